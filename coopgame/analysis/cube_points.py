"""Rest points of games of two-strategy populations, by structure: vertices, faces, interiors of subcubes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of, any_of
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient, all_vanish
from coopgame.analysis.points import Component, RestPoint
from coopgame.analysis.stability import (
    NEVER_ASYMPTOTIC,
    Stability,
    Verdict,
    classify_mixed_pair,
    classify_real,
)
from coopgame.analysis.structure import Cube, Vertex
from coopgame.expressions import format_expression


def sign_of(prover: Prover, quotient: Quotient) -> int | None:
    """Return +1, -1 or 0 where the sign is the same at all admissible parameters, None where it depends."""
    if quotient.is_zero():
        return 0
    return prover.definite_sign(quotient.numerator * quotient.denominator) or None


def vertex_label(cube: Cube, vertex: Vertex) -> str:
    """Return the label of a vertex: E1 … from (0, …, 0), or the one its game file gives."""
    labels = dict(cube.game.labels)
    return labels.get(", ".join(profile_of(cube, vertex)), f"E{cube.vertices.index(vertex) + 1}")


def profile_of(cube: Cube, vertex: Vertex) -> tuple[str, ...]:
    """Return the strategies that are played at a vertex."""
    pairs = zip(cube.game.populations, vertex, strict=True)
    return tuple(population.strategies[1 - share] for population, share in pairs)


def vertex_points(cube: Cube, prover: Prover) -> Iterator[RestPoint]:
    """Yield every vertex with its eigenvalues, which are payoff advantages up to sign."""
    for vertex in cube.vertices:
        eigenvalues = [cube.eigenvalue(i, vertex) for i in range(cube.size)]
        signs = [sign_of(prover, value) for value in eigenvalues]
        stable_if = prover.tidy(all_of(*(value.sign("<") for value in eigenvalues)))
        never = prover.refutation(stable_if)
        stable_if = FALSE if never else stable_if
        verdict = _vertex_verdict(cube, prover, vertex, signs, stable_if)
        yield RestPoint(
            label=vertex_label(cube, vertex),
            kind="vertex",
            coordinates={s: sympy.Integer(v) for s, v in zip(cube.game.coordinates, vertex, strict=True)},
            eigenvalues=tuple(value.expression() for value in eigenvalues),
            stability=verdict.stability,
            attracting=verdict.attracting,
            because=verdict.because,
            game=cube.game,
            stable_if=stable_if,
            profile=profile_of(cube, vertex),
            note=_vertex_note(cube, vertex, signs),
            saturated=None if None in signs else 1 not in signs,
            index=None if None in signs or 0 in signs else _product([-s for s in signs if s is not None]),
            never_stable=never,
        )


def _vertex_verdict(
    cube: Cube, prover: Prover, vertex: Vertex, signs: Sequence[int | None], stable_if: Condition
) -> Verdict:
    verdict = classify_real(signs)
    if verdict.attracting == "unknown" and signs.count(0) == 1:
        because = "one edge at the vertex consists of rest points and the other eigenvalues are negative"
        return Verdict(Stability.NON_HYPERBOLIC, "lyapunov", because)
    if verdict.attracting == "depends" and stable_if == FALSE and 0 not in signs:
        return Verdict(verdict.stability, "depends", "its eigenvalues are never all negative")
    return verdict


def _vertex_note(cube: Cube, vertex: Vertex, signs: Sequence[int | None]) -> str:
    lines = [_where_edge(cube, i, vertex) for i, sign in enumerate(signs) if sign == 0]
    return f"lies on the line of rest points {' and on '.join(lines)}" if lines else ""


def _product(values: Sequence[int]) -> int:
    result = 1
    for value in values:
        result *= value
    return result


def _where_edge(cube: Cube, i: int, vertex: Vertex) -> str:
    fixed = [f"{s} = {v}" for j, (s, v) in enumerate(zip(cube.game.coordinates, vertex, strict=True)) if j != i]
    return " and ".join(fixed) or "everywhere"


def edge_components(cube: Cube, prover: Prover) -> Iterator[Component]:
    """Yield the edges of the cube that consist of rest points, with the condition for it.

    On an edge only one share varies and its advantage is constant there, so an edge has isolated rest points at
    its ends only, or is at rest as a whole.
    """
    for i in range(cube.size):
        for others, advantage in cube.corners[i].items():
            vertex = (*others[:i], 0, *others[i:])
            condition = _possible(prover, advantage.sign("="))
            if condition != FALSE:
                yield Component("line", _where_edge(cube, i, vertex), condition)


@dataclass(frozen=True, eq=False)
class PairFace:
    """A face where populations j and l are mixed and the others play `vertex`.

    j0, j1: advantage of j where l plays its second, first strategy; l0, l1: of l where j does.
    """

    cube: Cube
    j: int
    l: int  # noqa: E741
    vertex: Vertex

    def at(self, **shares: int) -> Vertex:
        """Return the vertex with the shares of j and l replaced."""
        changed = list(self.vertex)
        changed[self.j] = shares.get("j", 0)
        changed[self.l] = shares.get("l", 0)
        return tuple(changed)

    @property
    def numbers(self) -> tuple[Quotient, Quotient, Quotient, Quotient]:
        """(j0, j1, l0, l1)."""
        corner = self.cube.corner
        j0, j1 = corner(self.j, self.at(l=0)), corner(self.j, self.at(l=1))
        return j0, j1, corner(self.l, self.at(j=0)), corner(self.l, self.at(j=1))

    @property
    def others(self) -> tuple[int, ...]:
        """The populations that are pure on the face."""
        return tuple(i for i in range(self.cube.size) if i not in (self.j, self.l))


def pair_faces(cube: Cube) -> Iterator[PairFace]:
    """Yield every two-dimensional face of the cube."""
    for j, l in combinations(range(cube.size), 2):  # noqa: E741
        others = [i for i in range(cube.size) if i not in (j, l)]
        for fixed in product((0, 1), repeat=len(others)):
            vertex = [0] * cube.size
            for i, share in zip(others, fixed[::-1], strict=True):
                vertex[i] = share
            yield PairFace(cube, j, l, tuple(vertex))


def _opposite(first: Quotient, second: Quotient) -> Condition:
    return any_of(
        all_of(first.sign(">"), second.sign("<")),
        all_of(first.sign("<"), second.sign(">")),
    )


def _same(first: Quotient, second: Quotient) -> Condition:
    return any_of(
        all_of(first.sign(">"), second.sign(">")),
        all_of(first.sign("<"), second.sign("<")),
    )


def pair_point(face: PairFace, prover: Prover, label: str) -> RestPoint | None:
    """Return the isolated rest point inside a face, None when it is proved not to exist."""
    j0, j1, l0, l1 = face.numbers
    if (j0 - j1).is_zero() or (l0 - l1).is_zero():
        return None
    exists = prover.tidy(all_of(_opposite(j0, j1), _opposite(l0, l1)))
    if exists == FALSE or prover.decide(exists).status == "empty":
        return None
    saddle = prover.tidy(_same(j1, l1))
    centre = prover.tidy(_opposite(j1, l1))
    tangent = _which(prover, exists, saddle, centre)
    transverse = {m: _Transverse(face, m) for m in face.others}
    signs = [t.sign_given(prover, exists) for t in transverse.values()]
    verdict = classify_mixed_pair(tangent, signs)
    shares = {face.l: j0 / (j0 - j1), face.j: l0 / (l0 - l1)}
    squared = j0 * j1 * l0 * l1 / ((j0 - j1) * (l0 - l1))
    root = squared.root()
    type_if: dict[str, Condition] = {
        "saddle on its face": prover.tidy(all_of(exists, saddle)),
        "centre on its face": prover.tidy(all_of(exists, centre)),
    }
    if transverse:
        inward = [prover.tidy(t.condition("<")) for t in transverse.values()]
        type_if["attracts closed orbits"] = all_of(exists, centre, *inward)
    definite = tangent is not None and None not in signs and 0 not in signs
    return RestPoint(
        label=label,
        kind="interior" if not face.others else "face",
        coordinates=_coordinates(face, shares),
        eigenvalues=(root, -root, *(t.value(shares).expression() for t in transverse.values())),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=face.cube.game,
        exists=exists,
        note=_pair_note(verdict),
        type_if=type_if,
        saturated=None if None in signs else 1 not in signs,
        index=_product([-s for s in signs if s is not None]) * -(tangent or 0) if definite else None,
    )


def _pair_note(verdict: Verdict) -> str:
    return "" if verdict.attracting == "unstable" else f"not an ESS: {NEVER_ASYMPTOTIC}"


def _which(prover: Prover, given: Condition, plus: Condition, minus: Condition) -> int | None:
    """Return +1 or -1 when only `plus` or only `minus` can hold where `given` does, else None."""
    can_plus = prover.can_hold(all_of(given, plus))
    can_minus = prover.can_hold(all_of(given, minus))
    if can_plus == can_minus:
        return None
    return 1 if can_plus else -1


def _coordinates(face: PairFace, shares: Mapping[int, Quotient]) -> dict[str, sympy.Expr]:
    return {
        name: shares[i].expression() if i in shares else sympy.Integer(face.vertex[i])
        for i, name in enumerate(face.cube.game.coordinates)
    }


class _Transverse:
    """The eigenvalue at a face point towards the other strategy of a pure population m."""

    def __init__(self, face: PairFace, m: int) -> None:
        self.face = face
        self.m = m
        self.j0, self.j1, self.l0, self.l1 = face.numbers
        # share of l at the point is j0/(j0-j1), of j l0/(l0-l1): clear both denominators
        weight_l, weight_j = {1: self.j0, 0: -self.j1}, {1: self.l0, 0: -self.l1}
        total: Quotient | int = 0
        for a, b in product((0, 1), repeat=2):
            total = face.cube.corner(m, face.at(j=a, l=b)) * weight_j[a] * weight_l[b] + total
        assert isinstance(total, Quotient)
        self.cleared = total if face.vertex[m] == 0 else -total

    def value(self, shares: Mapping[int, Quotient]) -> Quotient:
        """Return the eigenvalue."""
        return self.cleared / ((self.j0 - self.j1) * (self.l0 - self.l1))

    def condition(self, relation: str) -> Condition:
        """Return `eigenvalue relation 0` where the point exists: there j0 - j1 has the sign of j0, l0 - l1 of l0."""
        mirrored = {"<": ">", ">": "<", "=": "="}[relation]
        return any_of(
            all_of(_same(self.j0, self.l0), self.cleared.sign(relation)),
            all_of(_opposite(self.j0, self.l0), self.cleared.sign(mirrored)),
        )

    def sign_given(self, prover: Prover, exists: Condition) -> int | None:
        """Return the sign of the eigenvalue where the point exists, None where it depends."""
        if self.cleared.is_zero():
            return 0
        positive, negative = (self._possible(prover, exists, relation) for relation in "><")
        if positive and negative:
            return None
        if self._possible(prover, exists, "="):
            return None if positive or negative else 0
        return 1 if positive else -1

    def _possible(self, prover: Prover, exists: Condition, relation: str) -> bool:
        return prover.can_hold(all_of(exists, prover.tidy(self.condition(relation))))


def face_components(cube: Cube, prover: Prover) -> Iterator[Component]:
    """Yield faces at rest, and lines at rest inside faces, with the one equation for which they are."""
    for face in pair_faces(cube):
        j0, j1, l0, l1 = face.numbers
        fixed = [f"{cube.game.coordinates[i]} = {face.vertex[i]}" for i in face.others]
        whole = _possible(prover, all_vanish([j0, j1, l0, l1]))
        if whole != FALSE:
            yield Component("face", " and ".join(fixed) or "everywhere", whole)
        for first, second, low, high, share in ((j0, j1, l0, l1, face.j), (l0, l1, j0, j1, face.l)):
            equation = all_vanish([first, second])
            if equation == FALSE or whole == TRUE or (low - high).is_zero():
                continue
            condition = _possible(prover, all_of(equation, _opposite(low, high)))
            if condition != FALSE:
                value = format_expression((low / (low - high)).expression())
                yield Component(
                    "line", " and ".join([f"{cube.game.coordinates[share]} = {value}", *fixed]), condition
                )


def _possible(prover: Prover, condition: Condition) -> Condition:
    """Return a condition in tidy form, FALSE when it is proved that it cannot hold."""
    tidied = prover.tidy(condition)
    return tidied if tidied in (TRUE, FALSE) or prover.can_hold(tidied) else FALSE
