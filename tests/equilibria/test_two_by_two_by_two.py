"""Games of three players with two strategies each: closed form beside interval arithmetic, exact fractions, and published games."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import EquilibriaOf2x2x2, NormalFormGame, find_equilibria_of_2x2x2
from coopgame.algebra.surds import Surd
from coopgame.analysis.certify import certified_zeros
from coopgame.equilibria.two_by_two_by_two import MixedTriples, mixed_triples
from coopgame.errors import GameError

CORNERS = tuple(product((0, 1), repeat=2))


def games(number: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(number, 3, 2, 2, 2))


def largest_regret(payoffs: np.ndarray, found: EquilibriaOf2x2x2) -> float:
    """Return the most that any player gains by changing alone, over all equilibria of all games."""
    listed = np.arange(9) < found.counts[:, None]
    mixed = np.stack([found.shares[listed], 1 - found.shares[listed]], axis=-1)
    owned = payoffs[np.repeat(np.arange(len(payoffs)), found.counts)]
    worst = 0.0
    for p in range(3):
        q, r = (m for m in range(3) if m != p)
        lines = np.moveaxis(owned[:, p], p + 1, 1)
        earned = np.einsum("nabc,nb,nc->na", lines, mixed[:, q], mixed[:, r])
        mean = np.einsum("na,na->n", earned, mixed[:, p])
        worst = max(worst, float((earned.max(axis=1) - mean).max()))
    return worst


def gains_of(payoffs: np.ndarray) -> list[list[list[Fraction]]]:
    """Return what the first strategy earns more than the second, by what the other two do; exact."""
    tables = [np.moveaxis(payoffs[p], p, 0) for p in range(3)]
    return [
        [[Fraction(t[0, b, c].item()) - Fraction(t[1, b, c].item()) for c in range(2)] for b in range(2)]
        for t in tables
    ]


def by_intervals(payoffs: np.ndarray) -> list[tuple[float, ...]]:
    """All equilibria of one game: pure ones by comparison, mixed ones from certified zeros on every face, then checked."""
    gains = gains_of(payoffs)

    def gain(i: int, shares: dict[int, float]) -> float:
        q, r = (m for m in range(3) if m != i)
        weights = {m: (shares[m], 1 - shares[m]) for m in (q, r)}
        return sum(float(gains[i][b][c]) * weights[q][b] * weights[r][c] for b, c in CORNERS)

    found = []
    for place in product((1.0, 0.0, None), repeat=3):
        mixing = [i for i, share in enumerate(place) if share is None]
        if len(mixing) == 1:
            continue
        zeros: Any = [()]
        if mixing:
            tables = []
            for i in mixing:
                table = {}
                others = [m for m in mixing if m != i]
                for ends in product((0, 1), repeat=len(others)):
                    full = {m: int(share) for m, share in enumerate(place) if share is not None}
                    full |= dict(zip(others, ends, strict=True))
                    q, r = (m for m in range(3) if m != i)
                    table[ends] = gains[i][1 - full[q]][1 - full[r]]
                tables.append(table)
            search = certified_zeros(tables)
            assert search.undecided == 0
            zeros = search.points
        for zero in zeros:
            shares = {m: share for m, share in enumerate(place) if share is not None}
            shares |= {m: float(v) for m, v in zip(mixing, zero, strict=True)}
            if all(gain(i, shares) * (2 * shares[i] - 1) > 0 for i in range(3) if i not in mixing):
                found.append(tuple(shares[i] for i in range(3)))
    return found


def test_random_games_have_an_odd_number_of_equilibria_each_verified() -> None:
    """Wilson (1971): an odd number; McKelvey and McLennan (1997): at most nine. Their indices are checked in the kernel."""
    payoffs = games(5000, 1)
    found = find_equilibria_of_2x2x2(payoffs)
    assert not found.degenerate.any()
    assert (found.counts % 2 == 1).all() and found.counts.max() <= 9
    assert (found.index.sum(axis=1) == 1).all()
    assert largest_regret(payoffs, found) < 1e-12
    assert np.isnan(found.shares[np.arange(9) >= found.counts[:, None]]).all()


def test_random_games_beside_certified_zeros() -> None:
    payoffs = games(60, 2)
    found = find_equilibria_of_2x2x2(payoffs)
    for n, table in enumerate(payoffs):
        other = by_intervals(table)
        assert len(other) == found.counts[n]
        for point in other:
            assert np.abs(found[n] - point).max(axis=1).min() < 1e-9


def test_nine_equilibria() -> None:
    """McKelvey and McLennan (1996), Handbook of Computational Economics 1, the game with nine equilibria, two of them totally mixed."""
    payoffs = np.zeros((3, 2, 2, 2))
    payoffs[:, 0, 0, 0], payoffs[:, 1, 1, 0] = (9, 8, 12), (9, 8, 2)
    payoffs[:, 0, 1, 1], payoffs[:, 1, 0, 1] = (3, 4, 6), (3, 4, 4)
    found = find_equilibria_of_2x2x2(payoffs)
    published = [
        (1, 1, 1),
        (0, 0, 1),
        (1, 0, 0),
        (0, 1, 0),
        (0, 1 / 3, 1 / 3),
        (1 / 4, 1, 1 / 4),
        (1 / 2, 1 / 2, 1),
        (1 / 4, 1 / 2, 1 / 3),
        (1 / 2, 1 / 3, 1 / 4),
    ]
    assert not found.degenerate[0]
    assert found.counts[0] == 9
    for point in published:
        assert np.abs(found[0] - point).max(axis=1).min() < 1e-15
    assert sorted(found.index[0]) == [-1] * 4 + [1] * 5


@pytest.mark.parametrize("unit", [1.0, 1e-300, 1e300, 3e307])
def test_a_unique_irrational_equilibrium_in_any_unit(unit: float) -> None:
    """Nau, Gomez Canovas and Hansen (2004), International Journal of Game Theory 32, 443-453."""
    table = np.zeros((3, 2, 2, 2))
    table[:, 0, 0, 0], table[:, 0, 1, 0], table[:, 1, 0, 0], table[:, 1, 1, 0] = (
        (3, 0, 2),
        (0, 2, 0),
        (0, 1, 0),
        (1, 0, 0),
    )
    table[:, 0, 0, 1], table[:, 0, 1, 1], table[:, 1, 0, 1], table[:, 1, 1, 1] = (
        (1, 0, 0),
        (0, 1, 0),
        (0, 3, 0),
        (2, 0, 3),
    )
    found = find_equilibria_of_2x2x2(table * unit)
    q = (-13 + np.sqrt(601)) / 24
    expected = ((9 * q - 1) / (7 * q + 2), q, (2 - 3 * q) / (q + 1))
    assert found.counts[0] == 1 and found[0][0] == pytest.approx(expected, abs=1e-15)
    assert not found.degenerate[0]  # its ties are where another player leaves, so they are never met in equilibrium


def test_each_depends_on_the_next_around_the_circle() -> None:
    """No share follows from another; each is the root of one linear equation."""
    gains = {0: lambda b, c: 1 - 3 * b, 1: lambda a, c: 1 - 4 * c, 2: lambda a, b: 1 - 5 * a}
    payoffs = np.zeros((1, 3, 2, 2, 2))
    for a, b, c in product((0, 1), repeat=3):
        if a == 0:
            payoffs[0, 0, a, b, c] = gains[0](b, c)
        if b == 0:
            payoffs[0, 1, a, b, c] = gains[1](a, c)
        if c == 0:
            payoffs[0, 2, a, b, c] = gains[2](a, b)
    for order in ((0, 1, 2), (2, 1, 0)):  # both ways around
        turned = np.transpose(payoffs[0][list(order)], (0, *(1 + p for p in order)))
        found = find_equilibria_of_2x2x2(turned)
        inside = [point for point in found[0] if all(0 < share < 1 for share in point)]
        expected = np.array([1 - 1 / 5, 1 - 1 / 3, 1 - 1 / 4])[list(order)]
        assert len(inside) == 1 and inside[0] == pytest.approx(expected)
        assert not found.degenerate[0]
        exact = mixed_triples(gains_of(turned)).points
        assert [tuple(share.p for share in point) for point in exact] == [
            tuple(np.array([Fraction(4, 5), Fraction(2, 3), Fraction(3, 4)])[list(order)])
        ]


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.permutations(range(3)), st.lists(st.booleans(), min_size=3, max_size=3))
def test_relabelling_relabels(seed: int, order: list[int], flips: list[bool]) -> None:
    payoffs = games(1, seed)[0]
    changed = np.transpose(payoffs[order], (0, *(1 + p for p in order)))
    for p, flip in enumerate(flips):
        if flip:
            changed = np.flip(changed, axis=p + 1)
    first, second = find_equilibria_of_2x2x2(payoffs)[0], find_equilibria_of_2x2x2(changed)[0]
    moved = first[:, order]
    moved[:, flips] = 1 - moved[:, flips]
    assert len(first) == len(second)
    for point in moved:
        assert np.abs(second - point).max(axis=1).min() < 1e-8


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_payoffs_that_others_decide_change_nothing(seed: int) -> None:
    """Adding to a player's payoffs what does not depend on the own strategy, and changing units, leaves equilibria."""
    rng = np.random.default_rng(seed)
    payoffs = rng.integers(-9, 10, (3, 2, 2, 2)).astype(float)
    shifted = payoffs * np.array([2.0, 8.0, 0.5])[:, None, None, None]
    for p in range(3):
        shifted[p] += np.expand_dims(rng.integers(-9, 10, (2, 2)), p)
    first, second = find_equilibria_of_2x2x2(payoffs), find_equilibria_of_2x2x2(shifted)
    assert first.counts[0] == second.counts[0]
    assert first[0] == pytest.approx(second[0], abs=1e-9)


def test_ties_are_marked() -> None:
    nothing = find_equilibria_of_2x2x2(np.zeros((3, 2, 2, 2)))
    assert nothing.degenerate[0] and nothing.counts[0] == 8  # all pure profiles
    assert (nothing.index[0] == 0).all()
    payoffs = games(1, 3)
    place = find_equilibria_of_2x2x2(payoffs)[0][0]
    b, c = (int(1 - place[p]) for p in (1, 2))
    assert set(place) <= {0.0, 1.0}  # a pure equilibrium
    payoffs[0, 0, 0, b, c] = payoffs[0, 0, 1, b, c] * (1 + 1e-15)
    assert find_equilibria_of_2x2x2(payoffs).degenerate[0]


def test_a_nearly_double_root_is_marked() -> None:
    """The quadratic of this family is (4 t - 1)**2 / 16 - e up to a factor: two interior points, one, or none."""

    def family(e: float) -> np.ndarray:
        # gains: of 1 from q, r; of 2: x = r's share; of 3: x = q's share; so q = r = x and 1's gain is a quadratic in x
        payoffs = np.zeros((3, 2, 2, 2))
        own = {(0, 0): (4 - 1) ** 2 / 16 - e, (0, 1): -3 / 16 - e, (1, 0): -3 / 16 - e, (1, 1): 1 / 16 - e}
        for a, b, c in product((0, 1), repeat=3):
            if a == 0:
                payoffs[0, a, b, c] = own[b, c]
            if b == 0:  # gain of player 2: (1 - c's share) * ... vanishes where both shares agree
                payoffs[1, a, b, c] = {(0, 0): 0, (0, 1): 1, (1, 0): -1, (1, 1): 0}[a, c]
            if c == 0:
                payoffs[2, a, b, c] = {(0, 0): 0, (0, 1): 1, (1, 0): -1, (1, 1): 0}[a, b]
        return payoffs

    for e, inside in ((1 / 64, 2), (-1 / 64, 0)):
        exact = mixed_triples(gains_of(family(e)))
        assert len(exact.points) == inside and not exact.continuum
    double = mixed_triples(gains_of(family(0.0)))
    assert [tuple(share.p for share in point) for point in double.points] == [(Fraction(1, 4),) * 3]
    assert find_equilibria_of_2x2x2(family(1e-13)).degenerate[0]


@settings(max_examples=100)
@given(st.integers(0, 10_000), st.integers(1, 9))
def test_exact_mixtures_solve_the_equations(seed: int, top: int) -> None:
    """In surds, without rounding; and the closed form in floats finds the same points."""
    payoffs = np.random.default_rng(seed).integers(-top, top + 1, (3, 2, 2, 2))
    gains = gains_of(payoffs)
    found = mixed_triples(gains)
    for x in found.points:
        for i in range(3):
            q, r = (m for m in range(3) if m != i)
            total = Surd(Fraction(0))
            for b, c in CORNERS:
                weight = (x[q] if b == 0 else 1 - x[q]) * (x[r] if c == 0 else 1 - x[r])
                total = total + weight * gains[i][b][c]
            assert total.sign() == 0
        assert all(share.sign() > 0 and (1 - share).sign() > 0 for share in x)
    floats = find_equilibria_of_2x2x2(payoffs.astype(float))
    inside = [point for point in floats[0] if all(0 < share < 1 for share in point)]
    if not floats.degenerate[0]:
        assert len(inside) == len(found.points) and not found.continuum
        for point in inside:
            assert min(max(abs(float(s) - v) for s, v in zip(x, point, strict=True)) for x in found.points) < 1e-9


def has_zero(gains: list[list[list[Fraction]]], parts: int) -> bool:
    """Whether some cell of a fine grid may hold a common zero of three gains: no gain has one sign at its corners."""
    for cell in product(range(parts), repeat=3):
        for i in range(3):
            q, r = (m for m in range(3) if m != i)
            values = []
            for ends in CORNERS:
                y, z = (Fraction(cell[m] + end, parts) for m, end in zip((q, r), ends, strict=True))
                values.append(
                    sum(gains[i][b][c] * (y if b == 0 else 1 - y) * (z if c == 0 else 1 - z) for b, c in CORNERS)
                )
            if min(values) > 0 or max(values) < 0:
                break
        else:
            return True
    return False


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_continua_are_recognised(seed: int) -> None:
    """With payoffs -1, 0 and 1 most games have ties; what the grid excludes is no continuum and no point."""
    payoffs = np.random.default_rng(seed).integers(-1, 2, (3, 2, 2, 2))
    gains = gains_of(payoffs)
    found = mixed_triples(gains)
    if not has_zero(gains, 4):
        assert found == MixedTriples(())


def test_a_curve_and_a_surface_of_mixtures() -> None:
    """Gambit's game 2x2x2-nau has a continuum of completely mixed equilibria (Nau, Gomez Canovas and Hansen 2004)."""
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    payoffs[:, 0, 0, 0], payoffs[:, 1, 0, 0], payoffs[:, 0, 1, 0] = (0, 0, 2), (3, 0, 0), (0, 3, 0)
    payoffs[:, 0, 0, 1], payoffs[:, 1, 1, 1] = (1, 1, 0), (0, 0, 3)
    assert mixed_triples(gains_of(payoffs)).continuum
    zero = [[Fraction(0)] * 2] * 2
    mixed = [[Fraction(1), Fraction(-1)], [Fraction(1), Fraction(-1)]]
    never = [[Fraction(1)] * 2] * 2
    assert mixed_triples([zero, zero, zero]).continuum
    assert mixed_triples([zero, mixed, mixed]).continuum
    assert mixed_triples([zero, never, mixed]) == MixedTriples(())
    assert mixed_triples([never, zero, zero]) == MixedTriples(())


def test_results_are_read_only_and_become_tables() -> None:
    found = find_equilibria_of_2x2x2(games(4, 5))
    with pytest.raises(ValueError, match="read-only"):
        found.shares[0, 0, 0] = 1
    table = found.to_dataframe()
    assert len(table) == found.counts.sum() and list(table.columns) == [
        "game",
        "player1",
        "player2",
        "player3",
        "index",
        "degenerate",
    ]
    assert table.groupby("game")["index"].sum().tolist() == [1] * 4
    dataset = found.to_xarray()
    assert dict(dataset.sizes) == {"game": 4, "equilibrium": 9, "player": 3}
    assert np.array_equal(dataset["count"].values, found.counts)
    assert len(found) == 4


def test_a_game_is_no_array() -> None:
    game = NormalFormGame([np.zeros((2, 2, 2), dtype=int)] * 3)
    with pytest.raises(GameError, match=r"of one game ask nash_equilibria\(game\)"):
        find_equilibria_of_2x2x2(game)  # type: ignore[arg-type]


def test_wrong_payoffs_are_named() -> None:
    with pytest.raises(GameError, match=r"shape \(N, 3, 2, 2, 2\)"):
        find_equilibria_of_2x2x2(np.zeros((2, 2, 2)))
    payoffs = games(2, 1)
    payoffs[1, 2, 0, 1, 0] = np.nan
    with pytest.raises(GameError, match=r"player 3 in game 1 at \(0, 1, 0\)"):
        find_equilibria_of_2x2x2(payoffs)
    assert len(find_equilibria_of_2x2x2(np.zeros((0, 3, 2, 2, 2)))) == 0
