"""Rest points with any number of strategies in one population, at given values: every support solved exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import comb

from coopgame.algebra.affine import AffineSet, Vector, corners, solve_linear
from coopgame.algebra.copositive import is_partly_copositive
from coopgame.analysis.ess import Matrix, best_replies, form_of_replies
from coopgame.analysis.exact_spectrum import ExactSpectrum, classify_count, exact_spectrum
from coopgame.analysis.lasalle import attracts_by_lasalle
from coopgame.analysis.points import Component, Kind, RestPoint, stable_where
from coopgame.analysis.stability import Stability, Verdict
from coopgame.analysis.structure import Pairwise
from coopgame.expressions import to_sympy

MOST_SUPPORTS = 70_000
_LETTERS = {2: "F", 3: "T", 4: "Q"}


@dataclass(frozen=True, eq=False)
class SupportPoints:
    """The mixed rest points and continua of a game, and up to which number of strategies supports were searched."""

    points: tuple[RestPoint, ...]
    components: tuple[Component, ...]
    searched: int


def support_points(pairwise: Pairwise, most_supports: int = MOST_SUPPORTS) -> SupportPoints:
    """Return all rest points with two and more strategies present, by support; smaller supports first.

    Inside a support the rest points solve linear equations: all its strategies earn the same (Haigh 1975). One solution is a
    point; many are a continuum, given by its extreme points. At most `most_supports` supports are searched.
    """
    b = [[entry.value({}) for entry in row] for row in pairwise.differences]
    n = pairwise.size
    if not any(any(row) for row in b):
        return SupportPoints((), (Component("face", "everywhere", note="all strategies always earn the same"),), n)
    points: list[RestPoint] = []
    continua: list[tuple[tuple[int, ...], tuple[Vector, ...]]] = []
    searched, seen = 1, 0
    for size in range(2, n + 1):
        seen += comb(n, size)
        if seen > most_supports:
            break
        searched = size
        for support in combinations(range(n), size):
            found = equal_payoffs(b, support)
            if found is None:
                continue
            if found.dimension:
                ends = tuple(whole_state(corner, support, n) for corner in corners(found, range(size)))
                if all(any(end[i] > 0 for end in ends) for i in support):
                    continua.append((support, ends))
            elif all(share > 0 for share in found.origin):
                points.append(_rest_point(pairwise, b, support, found.origin, _label(points, size, n)))
    largest = [c for c in continua if not any(_inside(b, c, other) for other in continua)]
    return SupportPoints(tuple(points), tuple(_component(pairwise, ends) for _, ends in largest), searched)


def _label(points: Sequence[RestPoint], size: int, n: int) -> str:
    letter = "I" if size == n else _LETTERS.get(size, f"S{size}.")
    return f"{letter}{sum(point.label.startswith(letter) for point in points) + 1}"


def equal_payoffs(b: Matrix, support: Sequence[int]) -> AffineSet | None:
    """Return the shares on a support at which its strategies earn the same."""
    first, *others = support
    rows = [[b[i][j] - b[first][j] for j in support] for i in others]
    found = solve_linear([*rows, [Fraction(1)] * len(support)], [*[Fraction(0)] * len(rows), Fraction(1)])
    return found


def whole_state(shares: Sequence[Fraction], support: Sequence[int], n: int) -> Vector:
    """Return the shares of all n strategies from those of a support."""
    whole = [Fraction(0)] * n
    for i, share in zip(support, shares, strict=True):
        whole[i] = share
    return tuple(whole)


def _inside(
    b: Matrix,
    one: tuple[tuple[int, ...], tuple[Vector, ...]],
    other: tuple[tuple[int, ...], tuple[Vector, ...]],
) -> bool:
    """Return whether a continuum lies in the closure of another with a larger support."""
    if not set(one[0]) < set(other[0]):
        return False
    first, *rest = other[0]
    return all(earned(b, i, end) == earned(b, first, end) for end in one[1] for i in rest)


def earned(b: Matrix, i: int, x: Sequence[Fraction]) -> Fraction:
    """Return what strategy i earns at a state."""
    return sum((entry * share for entry, share in zip(b[i], x, strict=True)), Fraction(0))


def _component(pairwise: Pairwise, ends: Sequence[Vector]) -> Component:
    names = pairwise.game.coordinates
    used = [i for i in range(len(names)) if any(end[i] for end in ends)]
    pure = all(sorted(end)[-1] == 1 for end in ends)
    if pure and len(ends) == len(used):
        where = " and ".join(f"{names[i]} = 0" for i in range(len(names)) if i not in used) or "everywhere"
        return Component("line" if len(ends) == 2 else "face", where)
    shown = [f"({', '.join(str(share) for share in end)})" for end in ends]
    if len(ends) == 2:
        return Component("line", f"from {shown[0]} to {shown[1]}")
    return Component("other", f"between {', '.join(shown)}")


def settled(pairwise: Pairwise, point: RestPoint) -> RestPoint:
    """Return a point whose eigenvalues left its stability open with what its second order says, at given values."""
    if point.attracting != "unknown":
        return point
    b = [[entry.value({}) for entry in row] for row in pairwise.differences]
    x = tuple(Fraction(int(v.p), int(v.q)) for v in point.coordinates.values())
    support = [i for i, share in enumerate(x) if share > 0]
    mean = earned(b, support[0], x)
    away = {k: earned(b, k, x) - mean for k in range(pairwise.size) if k not in support}
    verdict = verdict_at(b, x, exact_spectrum(tangent_jacobian(b, support, x)), away)
    lasting = stable_where(verdict.attracting)
    return replace(
        point, stability=verdict.stability, attracting=verdict.attracting, because=verdict.because, **lasting
    )


def _rest_point(
    pairwise: Pairwise, b: Matrix, support: Sequence[int], shares: Sequence[Fraction], label: str
) -> RestPoint:
    game, n = pairwise.game, pairwise.size
    x = whole_state(shares, support, n)
    spectrum = exact_spectrum(tangent_jacobian(b, support, x))
    mean = earned(b, support[0], x)
    outside = [k for k in range(n) if k not in support]
    away = {k: earned(b, k, x) - mean for k in outside}
    verdict = verdict_at(b, x, spectrum, away)
    kind: Kind = "interior" if not outside else "edge" if len(support) == 2 else "face"
    signs = [(value > 0) - (value < 0) for value in away.values()]
    turn = (-1) ** spectrum.size * ((spectrum.determinant > 0) - (spectrum.determinant < 0))
    for sign in signs:
        turn *= -sign
    return RestPoint(
        label=label,
        kind=kind,
        coordinates={name: to_sympy(v) for name, v in zip(game.coordinates, x, strict=True)},
        eigenvalues=(*spectrum.values, *(to_sympy(v) for v in away.values())),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=game,
        saturated=1 not in signs,
        index=turn or None,
        **stable_where(verdict.attracting),
    )


def tangent_jacobian(b: Matrix, support: Sequence[int], x: Sequence[Fraction]) -> list[list[Fraction]]:
    """Return the Jacobian along the face, in all its shares but the last: x_i (b_ij - mean of column j)."""
    *free, last = support
    mean = {j: sum((x[i] * b[i][j] for i in support), Fraction(0)) for j in support}

    def entry(i: int, j: int) -> Fraction:
        return x[i] * (b[i][j] - mean[j])

    return [[entry(i, j) - entry(i, last) for j in free] for i in free]


def verdict_at(b: Matrix, x: Vector, spectrum: ExactSpectrum, away: dict[int, Fraction]) -> Verdict:
    """Return the type of a mixed rest point: by eigenvalues, else by a centre manifold, ESS theory or a Lyapunov function.

    away: eigenvalues towards the absent strategies.
    """
    count = spectrum.count
    level = [k for k, value in away.items() if value == 0]
    outward = any(value > 0 for value in away.values())
    inside = classify_count(count)
    if outward or inside.attracting == "unstable":
        hyperbolic = not (level or count.zero or count.imaginary)
        source = hyperbolic and not count.left and all(value > 0 for value in away.values())
        kind = Stability.SOURCE if source else Stability.SADDLE if hyperbolic else Stability.NON_HYPERBOLIC
        return Verdict(kind, "unstable", "an eigenvalue has a positive real part")
    if not level and inside.attracting == "asymptotic":
        return inside
    if len(level) == 1 and inside.attracting == "asymptotic":
        return _along_centre(b, x, level[0])
    turning = bool(count.imaginary) and not (count.left or count.zero or away)
    return _beyond(b, x, Stability.CENTER if turning else Stability.NON_HYPERBOLIC)


def _along_centre(b: Matrix, x: Vector, k: int) -> Verdict:
    """The centre manifold keeps the strategies present at equal payoffs while x_k grows: x_k' = slope * x_k**2 + ..."""
    support = [i for i, share in enumerate(x) if share > 0]
    first, *others = support
    rows = [[b[i][j] - b[first][j] for j in support] for i in others] + [[Fraction(1)] * len(support)]
    right = [b[first][k] - b[i][k] for i in others] + [Fraction(-1)]
    shift = solve_linear(rows, right)
    assert shift is not None and not shift.dimension, "the equations of an isolated point have one solution"
    direction = list(whole_state(shift.origin, support, len(x)))
    direction[k] = Fraction(1)
    slope = earned(b, k, direction) - earned(b, first, direction)
    if slope < 0:
        because = "towards the absent strategy with eigenvalue 0 the second-order term points back (centre manifold)"
        return Verdict(Stability.NON_HYPERBOLIC, "asymptotic", because)
    if slope > 0:
        because = "towards the absent strategy with eigenvalue 0 the second-order term points away (centre manifold)"
        return Verdict(Stability.NON_HYPERBOLIC, "unstable", because)
    because = "it is the end of a line of rest points that attracts its surroundings"
    return Verdict(Stability.NON_HYPERBOLIC, "lyapunov", because)


def _beyond(b: Matrix, x: Vector, kind: Stability) -> Verdict:
    replies = best_replies(b, x)
    assert not isinstance(replies, int), "no absent strategy earns more, so the point is a Nash equilibrium"
    form, free = form_of_replies(b, x, replies)
    if is_partly_copositive(form, free):
        because = "an ESS (Taylor and Jonker 1978; Hofbauer, Schuster and Sigmund 1979)"
        return Verdict(Stability.NON_HYPERBOLIC, "asymptotic", because)
    if not is_partly_copositive(form, free, strictly=False):
        return Verdict(kind, "unknown", "eigenvalues on the imaginary axis and none to its right")
    if len(form) == free and attracts_by_lasalle(b, x):
        because = "sum of x* ln x never falls, and no orbit but the point stays where it is constant (LaSalle)"
        return Verdict(Stability.NON_HYPERBOLIC, "asymptotic", because)
    return Verdict(kind, "lyapunov", "neutrally stable: sum of x* ln x is a Lyapunov function (Thomas 1985)")
