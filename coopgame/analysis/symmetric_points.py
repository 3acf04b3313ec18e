"""Rest points of games played in pairs inside one population, by support."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of, any_of, sign
from coopgame.algebra.polynomials import Ring
from coopgame.algebra.prover import Proof, Prover
from coopgame.algebra.quotients import Quotient, all_vanish
from coopgame.analysis.cube_points import sign_of
from coopgame.analysis.points import Absence, Component, RestPoint
from coopgame.analysis.stability import Attracting, Stability, Verdict, classify_real
from coopgame.analysis.structure import Pairwise

_FACES = ("F1", "F2", "F3")
_MOST_TERMS = 2000


def vertex_points(pairwise: Pairwise, prover: Prover) -> Iterator[RestPoint]:
    """Yield every pure state; its eigenvalues are the advantages of the other strategies against it."""
    game, n = pairwise.game, pairwise.size
    # two strategies: E1 is share 0 of the first strategy, as on the cube; otherwise E1 is the first strategy
    order = (1, 0) if n == 2 else range(n)
    for number, j in enumerate(order, start=1):
        eigenvalues = [pairwise.differences[i][j] for i in range(n) if i != j]
        signs = [sign_of(prover, value) for value in eigenvalues]
        stable_if, never, unsettled = _vertex_stable(pairwise, j, prover)
        verdict = _vertex_verdict(pairwise, j, signs, prover)
        strategy = game.populations[0].strategies[j]
        yield RestPoint(
            label=dict(game.labels).get(strategy, f"E{number}"),
            kind="vertex",
            coordinates=_coordinates(pairwise, {j: sympy.Integer(1)}),
            eigenvalues=tuple(value.expression() for value in eigenvalues),
            stability=verdict.stability,
            attracting=verdict.attracting,
            because=verdict.because,
            game=game,
            stable_if=stable_if,
            profile=(strategy,),
            saturated=None if None in signs else 1 not in signs,
            index=None if None in signs or 0 in signs else (-1) ** signs.count(1),
            never_stable=never,
            open=unsettled,
        )


def _vertex_stable(pairwise: Pairwise, j: int, prover: Prover) -> tuple[Condition, Proof | None, str]:
    """Say where a pure state is asymptotically stable, the proof that it never is, or why that is open.

    An eigenvalue that is 0 throughout leaves it to the edge in its direction; of several, every edge has to lead back.
    """
    b, others = pairwise.differences, [i for i in range(pairwise.size) if i != j]
    level = [i for i in others if b[i][j].is_zero()]
    back = [b[j][i].sign(">") for i in level]
    stable_if, never = _stable_if(prover, all_of(*(b[i][j].sign("<") for i in others if i not in level), *back))
    if len(level) > 1 and stable_if != FALSE:
        return FALSE, None, f"{len(level)} eigenvalues are 0 throughout"
    return stable_if, never, ""


def _vertex_verdict(pairwise: Pairwise, j: int, signs: list[int | None], prover: Prover) -> Verdict:
    """With one zero eigenvalue the edge in its direction decides: there the dynamics is x' = x**2 (1 - x) slope."""
    if not signs:
        return Verdict(Stability.SINK, "asymptotic", "the only strategy")
    verdict = classify_real(signs)
    if verdict.attracting != "unknown" or signs.count(0) != 1:
        return verdict
    others = [i for i in range(pairwise.size) if i != j]
    i = others[signs.index(0)]
    back = sign_of(prover, pairwise.differences[j][i])
    if back is None:
        return Verdict(Stability.NON_HYPERBOLIC, "depends", "the eigenvalue 0 leaves it to the second-order term")
    answers: dict[int, tuple[Attracting, str]] = {
        1: ("asymptotic", "on the edge with eigenvalue 0 the second-order term points to the vertex"),
        -1: ("unstable", "on the edge with eigenvalue 0 the second-order term points away"),
        0: ("lyapunov", "the edge with eigenvalue 0 consists of rest points"),
    }
    attracting, because = answers[back]
    return Verdict(Stability.NON_HYPERBOLIC, attracting, because)


def _stable_if(prover: Prover, condition: Condition) -> tuple[Condition, Proof | None]:
    """Return the condition in tidy form; FALSE and the proof where it is proved that it cannot hold."""
    tidied = prover.tidy(condition)
    never = prover.refutation(tidied)
    return (FALSE, never) if never else (tidied, None)


def _coordinates(pairwise: Pairwise, shares: dict[int, sympy.Expr]) -> dict[str, sympy.Expr]:
    names = pairwise.game.coordinates
    return {name: shares.get(i, sympy.Integer(0)) for i, name in enumerate(names)}


def _both(first: Quotient, second: Quotient, relation: str) -> Condition:
    return all_of(first.sign(relation), second.sign(relation))


def edge_points(pairwise: Pairwise, prover: Prover) -> Iterator[RestPoint | Absence]:
    """Yield the isolated rest point on every edge between two pure states, or the proof that there is none."""
    n, b = pairwise.size, pairwise.differences
    pairs = list(combinations(range(n), 2))
    for number, (i, j) in enumerate(pairs, start=1):
        into, back = b[i][j], b[j][i]
        total, label = into + back, "I1" if n == 2 else f"F{number}"
        exists, nowhere = _stable_if(prover, any_of(_both(into, back, ">"), _both(into, back, "<")))
        if nowhere:
            yield Absence(label, nowhere)
            continue
        others = [k for k in range(n) if k not in (i, j)]
        cleared = [b[k][i] * into + b[k][j] * back - into * back for k in others]
        level = sum(value.is_zero() for value in cleared)
        towards = [value.sign("<") for value in cleared if not value.is_zero()]
        stable_if, never = _stable_if(prover, all_of(_both(into, back, ">"), *towards))
        left_open = zeros_throughout(level) if level and never is None else ""
        stable_if = FALSE if left_open else stable_if
        attractive = _sign_given(prover, exists, into)
        transverse = [_transverse_sign(prover, exists, value, attractive) for value in cleared]
        signs = [None if attractive is None else -attractive, *transverse]
        verdict = classify_real(signs)
        yield RestPoint(
            label=label,
            kind="interior" if n == 2 else "edge",
            coordinates=_coordinates(pairwise, {i: (into / total).expression(), j: (back / total).expression()}),
            eigenvalues=(
                (-into * back / total).expression(),
                *((value / total).expression() for value in cleared),
            ),
            stability=verdict.stability,
            attracting=verdict.attracting,
            because=verdict.because,
            game=pairwise.game,
            exists=exists,
            stable_if=stable_if,
            saturated=None if None in transverse else 1 not in transverse,
            index=None if None in signs or 0 in signs else (-1) ** signs.count(1),
            never_stable=never,
            open=left_open,
        )


def zeros_throughout(count: int) -> str:
    """Return why a point is left open at which eigenvalues towards absent strategies are 0 whatever the parameters."""
    return f"{count} eigenvalues are 0 throughout" if count > 1 else "an eigenvalue is 0 throughout; give values"


def _sign_given(prover: Prover, exists: Condition, quotient: Quotient) -> int | None:
    positive = prover.can_hold(all_of(exists, quotient.sign(">")))
    negative = prover.can_hold(all_of(exists, quotient.sign("<")))
    if positive == negative:
        return None
    return 1 if positive else -1


def _transverse_sign(prover: Prover, exists: Condition, cleared: Quotient, attractive: int | None) -> int | None:
    """Sign of cleared / total where the point exists; total has the sign of `attractive`."""
    if cleared.is_zero():
        return 0
    if prover.can_hold(all_of(exists, cleared.sign("="))) or attractive is None:
        return 0 if not prover.ring.names else None
    sign = _sign_given(prover, exists, cleared)
    return None if sign is None else sign * attractive


def interior_point(pairwise: Pairwise, prover: Prover) -> RestPoint | Absence:
    """Return the isolated rest point with three strategies present, or the proof that there is none.

    With Cramer numerators u and s their sum, x* = u/s, the trace is -det(B)/s and the determinant x1 x2 x3 s.
    """
    b = pairwise.differences
    u = cramer_numerators(pairwise)
    s = u[0] + u[1] + u[2]
    positive, negative = (all_of(*(value.sign(relation) for value in u)) for relation in "><")
    if s.is_zero():
        return Absence("I1", Proof("identity", "the numerators of the shares add up to 0"))
    exists, nowhere = _stable_if(prover, any_of(positive, negative))
    if nowhere:
        return Absence("I1", nowhere)
    determinant = determinant3(b)
    stable_if, never = _stable_if(prover, all_of(positive, determinant.sign(">")))
    side = _sign_given(prover, exists, s)
    turning = sign_of(prover, determinant)
    verdict = _interior_verdict(side, turning)
    half = -determinant / (2 * s)
    root, half_trace = _root(half, u, s), half.expression()
    return RestPoint(
        label="I1",
        kind="interior",
        coordinates=_coordinates(pairwise, {i: (value / s).expression() for i, value in enumerate(u)}),
        eigenvalues=(half_trace + root, half_trace - root),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=pairwise.game,
        exists=exists,
        stable_if=stable_if,
        type_if={
            "saddle": prover.tidy(negative),
            "sink": stable_if,
            "source": prover.tidy(all_of(positive, determinant.sign("<"))),
            "centre": prover.tidy(all_of(positive, determinant.sign("="))),
        },
        saturated=True,
        index=side,
        never_stable=never,
    )


def _root(half: Quotient, u: Sequence[Quotient], s: Quotient) -> sympy.Expr:
    """Return the square root of half the trace squared minus the determinant; what would fill pages is not multiplied out."""
    if math.prod(len(value.numerator) for value in u) <= _MOST_TERMS:
        return (half * half - u[0] * u[1] * u[2] / (s * s)).root()
    product = sympy.Mul(*(value.expression() for value in u), s.expression() ** -2)
    return sympy.sqrt(half.expression() ** 2 - product, evaluate=False)


def _interior_verdict(side: int | None, turning: int | None) -> Verdict:
    if side == -1:
        return Verdict(Stability.SADDLE, "unstable", "the determinant of the Jacobian is negative")
    if side is None or turning is None:
        return Verdict(Stability.DEPENDS, "depends", "trace and determinant depend on the parameters")
    table: dict[int, tuple[Stability, Attracting, str]] = {
        1: (Stability.SINK, "asymptotic", "trace negative and determinant positive in two dimensions"),
        -1: (Stability.SOURCE, "unstable", "trace and determinant positive in two dimensions"),
        0: (
            Stability.CENTER,
            "lyapunov",
            "the trace vanishes and a conserved quantity makes the orbits around it closed (Hofbauer and Sigmund 1998)",
        ),
    }
    return Verdict(*table[turning])


def cramer_numerators(pairwise: Pairwise) -> tuple[Quotient, Quotient, Quotient]:
    """Return u with x* proportional to u: B with one column replaced by ones, determinant by determinant."""
    b = pairwise.differences
    one = Quotient(pairwise.ring, pairwise.ring.constant(1))
    replaced = [[[one if j == k else b[i][j] for j in range(3)] for i in range(3)] for k in range(3)]
    return determinant3(replaced[0]), determinant3(replaced[1]), determinant3(replaced[2])


def determinant3(m: Sequence[Sequence[Quotient]]) -> Quotient:
    """Return the determinant of a 3x3 table of quotients."""
    ((a, b, c), (d, e, f), (g, h, i)) = m
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def components(pairwise: Pairwise, prover: Prover) -> Iterator[Component]:
    """Yield edges of rest points, and what remains of the interior where its equations are dependent."""
    n, b = pairwise.size, pairwise.differences
    names = pairwise.game.coordinates
    if all(b[i][j].is_zero() for i in range(n) for j in range(n)):
        yield Component("line" if n == 2 else "face", "everywhere", note="all strategies always earn the same")
        return
    for i, j in combinations(range(n), 2):
        condition = prover.tidy(all_of(b[i][j].sign("="), b[j][i].sign("=")))
        if condition != FALSE and (condition == TRUE or prover.can_hold(condition)):
            where = " and ".join(f"{names[k]} = 0" for k in range(n) if k not in (i, j)) or "everywhere"
            yield Component("line", where, condition)
    if n == 3 and prover.ring.names:
        yield from _interior_line_if(pairwise, prover)
    elif n == 3:
        yield from _interior_line(pairwise)


def _interior_line_if(pairwise: Pairwise, prover: Prover) -> Iterator[Component]:
    condition = prover.tidy(all_vanish(cramer_numerators(pairwise)))
    if condition != FALSE and (condition == TRUE or prover.can_hold(condition)):
        note = "the equal-payoff equations are dependent; where their line meets the interior it is at rest"
        yield Component("other", "inside the simplex", condition, note)


def _interior_line(pairwise: Pairwise) -> Iterator[Component]:
    """At given values: the interior rest points form a line when the equal-payoff equations are dependent."""
    if not all(value.is_zero() for value in cramer_numerators(pairwise)):
        return
    b = pairwise.differences
    rows = [[b[i][j] - b[2][j] for j in range(3)] for i in (0, 1)]
    row = next((row for row in rows if not all(entry.is_zero() for entry in row)), None)
    if row is None:
        return
    values = [entry.value({}) for entry in row]
    if min(values) < 0 < max(values):
        names = pairwise.game.coordinates
        ring = Ring(names)
        equation = sum(
            (ring.constant(v) * ring.generator(n) for v, n in zip(values, names, strict=True)), ring.constant(0)
        )
        yield Component("line", sign(ring, equation, "=").text())
