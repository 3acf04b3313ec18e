"""Exact statements about M5 for all groups of up to twenty firms and all thresholds, as lines of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from coopgame import (
    GroupGame,
    Prover,
    find_finite_gains,
    find_fold_curve,
    find_rest_points,
    find_sign_patterns,
    threshold_public_good,
)
from coopgame.algebra.conditions import all_of, condition_from_text
from coopgame.algebra.polynomials import Ring
from coopgame.algebra.quotients import Quotient
from coopgame.expressions import parse_expression

from .common import sentence

LARGEST = 20
POPULATIONS = (20, 50)


def sizes() -> Iterator[tuple[int, int]]:
    """Yield all sizes and thresholds up to twenty firms."""
    for n in range(2, LARGEST + 1):
        for m in range(1, n + 1):
            yield n, m


def _equal(ring: Ring, found: Quotient, expected: str) -> bool:
    return (found - Quotient.of(ring, parse_expression(expected))).is_zero()


@cache
def _warehouse(n: int, m: int, shared: bool = True) -> GroupGame:
    return threshold_public_good(n, m, fee_shared=shared)


@cache
def _gains(game: GroupGame) -> tuple[Quotient, ...]:
    return tuple(Quotient.of(game.ring, gain) for gain in game.gains)


def written_gains() -> list[str]:
    """Return the gains of both variants, checked for every size and threshold as identities of polynomials."""
    count = 0
    for n, m in sizes():
        for shared in (True, False):
            game = _warehouse(n, m, shared)
            last = f"b - (K - {n - m}*fee)/{m}" if shared else f"b - K/{m}"
            beyond = f"({n}*fee - K)/{{}}" if shared else "fee - K/{}"
            for j, gain in enumerate(_gains(game)):
                expected = "-f0" if j < m - 1 else last if j == m - 1 else beyond.format(j + 1)
                assert _equal(game.ring, gain, expected), (n, m, shared, j)
            count += 1
    return [
        f"Exact, for all n up to {LARGEST} and all M ({count} games): with j committed co-players committing gains -f0 below the "
        "threshold (j < M - 1), b - (K - (n - M)fee)/M at it, and (n fee - K)/(j + 1) beyond it; when the fee goes to a third party, "
        "b - K/M at it and fee - K/(j + 1) beyond it.",
        "So two critical fees have to be told apart. K/n decides in both variants whether everybody committing is stable (M < n), "
        "because it is the sign of the gain with n - 1 committed co-players. K/(M + 1) is the fee at which it pays to be the first "
        "beyond the threshold when the fee goes to a third party. When the fee is shared that sign too is the one of n fee - K, and "
        "K/(M + 1) decides nothing.",
    ]


def full_commitment() -> list[str]:
    """Return for every size and threshold where everybody committing is stable."""
    for n, m in sizes():
        for shared in (True, False):
            game = _warehouse(n, m, shared)
            sign = _gains(game)[-1].sign(">")
            wanted = condition_from_text(game.ring, f"{n}*fee > K" if m < n else f"{n}*b > K")
            assert sign == wanted, (n, m, shared)
    return [
        f"Exact, for all n up to {LARGEST}: everybody committing has the eigenvalue K/n - fee for M < n, stable iff fee > K/n; for "
        "M = n the fee is never paid and it is stable iff b > K/n. At fee = K/n, M < n, the eigenvalue is 0. With "
        "a shared fee all gains beyond the threshold are then 0 and the one at it, b - K/n, decides: stable for b > fee. With a fee to a "
        "third party and M < n - 1 the gain fee - K/(n - 1) < 0 decides: not stable.",
        "Exact: nobody committing has the eigenvalue -f0 for M > 1, whatever the fee: no fee starts a warehouse. Enough firms must "
        "commit together.",
    ]


def sign_changes() -> list[str]:
    """Return the bound on mixed rest points, from the signs of the gains, proved for every threshold of five firms."""
    lines = []
    for shared, words in ((True, "shared"), (False, "paid to a third party")):
        most = 0
        for m in range(1, 6):
            patterns = find_sign_patterns(_warehouse(5, m, shared))
            assert patterns.complete
            most = max(most, *(p.changes for p in patterns))
        lines.append(
            f"Exact: fee {words}: the gains change sign at most {most} times (n = 5, all M, all parameters, by the prover; the "
            f"written gains give the same bound for every n), so there are at most {most} mixed rest points, of which at most "
            f"{most // 2} is stable."
        )
    return lines


def monotone() -> list[str]:
    """Return the comparative statics: each gain moves in one direction with each parameter."""
    for n, m in sizes():
        game = _warehouse(n, m)
        ring = game.ring
        for gain in _gains(game):
            for name, direction in (("b", 1), ("fee", 1), ("K", -1), ("f0", -1)):
                slope = gain.numerator.derivative(ring.names.index(name))
                assert slope.is_zero() or (slope.is_constant() and direction * slope.leading_coefficient() > 0), (
                    n,
                    m,
                    name,
                )
    return [
        f"Exact, for all n up to {LARGEST}: no gain falls with b or fee or rises with K or f0, so rising b or fee moves the unstable "
        "mixed state down and the stable one up, if at all, and rising K or f0 does the reverse."
    ]


def efficiency() -> list[str]:
    """Return why no stable state has an inefficient warehouse, and where the assumption fee <= b is needed."""
    for n, m in sizes():
        ring = Ring(("b", "K", "fee"))
        at = Quotient.of(ring, parse_expression(f"{m}*b + {n - m}*fee - K"))
        assert _equal(ring, at, f"{m}*(b - fee) + ({n}*fee - K)")
        assert _equal(ring, at + Quotient.of(ring, parse_expression(f"{n - m}*(b - fee)")), f"{n}*b - K")
    free = GroupGame(
        {"commit": _warehouse(5, 3).payoffs[0], "abstain": _warehouse(5, 3).payoffs[1]},
        5,
        parameters=dict.fromkeys(("b", "K", "fee", "f0"), "> 0"),
    )
    forced = condition_from_text(free.ring, "5*fee > K and 5*b < K")
    game = _warehouse(5, 3)
    bound = condition_from_text(game.ring, "5*fee > K and 5*b <= K")
    return [
        "Exact, for all n up to twenty: M b + (n - M)fee - K = M (b - fee) + (n fee - K), and n b - K is that plus (n - M)(b - fee). "
        "With fee <= b some gain can be positive only if n b > K, in both variants. Where n b < K all gains are negative and nobody "
        "committing is the only stable state: a warehouse that wastes resources is not kept up.",
        "Exact: at a mixed rest point every firm earns what an abstaining one does, (b - fee) times the probability that at least M of "
        "the n - 1 others commit. That is never below what it earns without a warehouse, and above it for fee < b and M < n.",
        sentence(
            "With fee <= b, everybody committing stable although 5 b <= K", Prover(game.assumptions).decide(bound)
        ),
        sentence("Without fee <= b, the same", Prover(free.assumptions).decide(forced))
        + " A fee above b, which firms would not pay of their own will, keeps up a warehouse that costs more than it yields: the "
        "finding rests on the assumption fee <= b.",
    ]


def finite_populations() -> list[str]:
    """Return the critical fee of full commitment in finite populations, exactly, for every size and threshold below n."""
    for n, m in sizes():
        for size in POPULATIONS if n in (3, 5, 10, 20) and m < n else ():
            for shared in (True, False):
                game = _warehouse(n, m, shared)
                last = find_finite_gains(game, size).gains[-1]
                cost = Fraction(1, n) if shared else Fraction(size, n * (size - 1))
                gain = f"{Fraction(size, size - 1)}*(fee - K/{n})" if shared else f"fee - {cost}*K"
                assert _equal(game.ring, last, gain), (n, m, size, shared)
    listed = ", ".join(map(str, POPULATIONS))
    return [
        f"Exact, for n = 3, 5, 10, 20, all M < n, and Z = {listed} firms from which groups are drawn without replacement: the last "
        "firm that abstains gains Z/(Z - 1) (fee - K/n) by committing when the fee is shared, so the critical fee is K/n in finite "
        "populations too; when the fee goes to a third party it is Z/(Z - 1) K/n, a little higher."
    ]


def no_cusp() -> list[str]:
    """Return where three mixed states can meet: nowhere when the fee is shared, in one place when it is not."""
    counts: dict[bool, set[int]] = {True: set(), False: set()}
    for n in (5, 10, 20):
        for m in range(2, n - 1):
            for shared, numbers in counts.items():
                pair = ("K", "f0") if shared else ("K", "fee")
                others = {"b": 1, "fee": 0} if shared else {"b": 1, "f0": "0.1"}
                curve = find_fold_curve(_warehouse(n, m, shared), pair, others)
                numbers.add(len(curve.cusps or ()))
    assert counts == {True: {0}, False: {1}}
    return [
        "Exact: with a shared fee no fold curve has a cusp, because three mixed rest points need three sign changes (checked on the "
        "curves in K and f0 at fee = 0, n = 5, 10, 20, M from 2 to n - 2). With the fee to a third party the curve in K and fee has "
        "exactly one, for the same n and M at b = 1, f0 = 0.1; from it opens a region where no warehouse, a partly kept up one and full "
        "commitment are stable together.",
        _three_stable_states(),
    ]


def _three_stable_states() -> str:
    values = {"b": 1, "K": "5/2", "fee": "3/20", "f0": "1/10"}
    points = find_rest_points(_warehouse(20, 6, False), values)
    stable = [p for p in points if p.attracting == "asymptotic"]
    assert points.complete and len(stable) == 3
    places = ", ".join(f"{float(p.state[0]):.4f}" for p in stable)
    shown = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f"Exact: for n = 20, M = 6, {shown}, fee to a third party: stable at x = {places}."


def possible_states(game: GroupGame) -> list[str]:
    """Return for the case of the game file which signs the gains can have and what follows."""
    lines = []
    for pattern in find_sign_patterns(game):
        numbers = " or ".join(map(str, pattern.numbers))
        lines.append(
            f"Exact: signs of the gains {pattern.shown} iff {pattern.condition.text()}: {numbers} mixed rest points (for example at "
            f"{pattern.decision.proof.text})."
        )
    return lines


def no_stable_waste(game: GroupGame) -> str:
    """Return the decision whether the fee and the threshold can both fail although the total gain is positive."""
    wanted = all_of(
        condition_from_text(game.ring, f"{game.size}*b > K"), condition_from_text(game.ring, f"{game.size}*fee < K")
    )
    return sentence(
        "A warehouse that is worth its cost although full commitment is not stable",
        Prover(game.assumptions).decide(wanted),
    )
