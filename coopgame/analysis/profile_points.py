"""Rest points of several populations with any number of strategies: vertices, edges and faces on which two populations mix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of, any_of
from coopgame.algebra.hurwitz import determinant
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.cube_points import sign_of
from coopgame.analysis.points import Component, Kind, RestPoint
from coopgame.analysis.profiles import Face, Profiles, faces
from coopgame.analysis.stability import NEVER_ASYMPTOTIC, Stability, Verdict, classify_mixed_pair, classify_real

Number = Quotient


def vertex_points(profiles: Profiles, prover: Prover) -> Iterator[RestPoint]:
    """Yield every pure profile; its eigenvalues are what the other strategies earn more than those played."""
    labels = dict(profiles.game.labels)
    for number, profile in enumerate(profiles.vertices, start=1):
        leads = [
            profiles.lead(p, s, profile)
            for p, size in enumerate(profiles.sizes)
            for s in range(size)
            if s != profile[p]
        ]
        signs = [sign_of(prover, value) for value in leads]
        stable_if = prover.tidy(all_of(*(value.sign("<") for value in leads)))
        never = prover.refutation(stable_if)
        verdict = classify_real(signs)
        if verdict.attracting == "unknown" and signs.count(0) == 1:
            because = "one edge at the vertex consists of rest points and the other eigenvalues are negative"
            verdict = Verdict(Stability.NON_HYPERBOLIC, "lyapunov", because)
        names = profiles.names(profile)
        yield RestPoint(
            label=labels.get(", ".join(names), f"E{number}"),
            kind="vertex",
            coordinates=profiles.coordinates([{s: sympy.Integer(1)} for s in profile]),
            eigenvalues=tuple(value.expression() for value in leads),
            stability=verdict.stability,
            attracting=verdict.attracting,
            because=verdict.because,
            game=profiles.game,
            stable_if=FALSE if never else stable_if,
            profile=names,
            saturated=None if None in signs else 1 not in signs,
            index=None if None in signs or 0 in signs else (-1) ** signs.count(1),
            never_stable=never,
        )


def edge_components(profiles: Profiles, prover: Prover) -> Iterator[Component]:
    """Yield the edges that consist of rest points: one population mixes two strategies that earn the same."""
    for face in faces(profiles.sizes, 1):
        ((p, chosen),) = face.moving
        if len(chosen) > 2:
            continue
        first, second = (profiles.gain(p, s, face.profile) for s in chosen)
        condition = prover.tidy((first - second).sign("="))
        if condition == TRUE or (condition != FALSE and prover.can_hold(condition)):
            yield Component("line", profiles.where(face.profile, dict(face.moving)), condition)


@dataclass(frozen=True, eq=False)
class Pair:
    """A face on which two populations mix: gains of each one's strategies against those of the other.

    tables[0][i][j]: gain of the i-th chosen strategy of the first population when the second plays its j-th.
    """

    profiles: Profiles
    face: Face
    tables: tuple[list[list[Number]], list[list[Number]]]

    @classmethod
    def on(cls, profiles: Profiles, face: Face) -> Pair:
        """Return the two tables of a face."""
        (p, rows), (q, columns) = face.moving
        one = [[profiles.gain(p, i, _with(face.profile, q, j)) for j in columns] for i in rows]
        other = [[profiles.gain(q, j, _with(face.profile, p, i)) for i in rows] for j in columns]
        return cls(profiles, face, (one, other))

    def away(self, x: Sequence[Number], y: Sequence[Number]) -> list[Number]:
        """Return what absent strategies earn more than those present; shares may be scaled by a common factor each."""
        (p, rows), (q, columns) = self.face.moving
        total_x, total_y = _sum(x), _sum(y)
        found: list[Number] = []
        for m, size in enumerate(self.profiles.sizes):
            played = rows[0] if m == p else columns[0] if m == q else self.face.profile[m]
            present = rows if m == p else columns if m == q else (played,)
            for s in (s for s in range(size) if s not in present):
                terms = []
                for i, share_x in zip(rows, x, strict=True):
                    for j, share_y in zip(columns, y, strict=True):
                        profile = _with(_with(self.face.profile, p, i), q, j)
                        lead = self.profiles.gain(m, s, profile) - self.profiles.gain(m, played, profile)
                        terms.append(share_x * share_y * lead)
                found.append(_sum(terms) / (total_x * total_y))
        return found


def _with(profile: tuple[int, ...], p: int, s: int) -> tuple[int, ...]:
    return (*profile[:p], s, *profile[p + 1 :])


def _sum(terms: Sequence[Number]) -> Number:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def pair_points(profiles: Profiles, prover: Prover) -> Iterator[RestPoint]:
    """Yield the isolated rest points at which two populations mix equally many strategies each, as formulas.

    With unequal numbers the equal-payoff equations have more equations than unknowns on one side; only equations between the
    parameters can make them solvable.
    """
    number = 0
    for face in faces(profiles.sizes, 2):
        (_, rows), (_, columns) = face.moving
        if len(rows) != len(columns):
            continue
        point = _pair_point(Pair.on(profiles, face), prover, f"F{number + 1}")
        if point is not None:
            number += point.kind != "interior"
            yield point


def _cramer(table: list[list[Number]]) -> list[Number]:
    """Return shares of the columns, up to a common factor, at which all rows are equal."""
    size = len(table)
    ring = table[0][0].ring
    zero, one = Quotient(ring, ring.constant(0)), Quotient(ring, ring.constant(1))
    rows = [[a - b for a, b in zip(row, table[0], strict=True)] for row in table[1:]]
    return [determinant([[one if j == k else zero for j in range(size)], *rows]) or zero for k in range(size)]


def _pair_point(pair: Pair, prover: Prover, label: str) -> RestPoint | None:
    y, x = _cramer(pair.tables[0]), _cramer(pair.tables[1])
    if any(_sum(shares).is_zero() for shares in (x, y)):
        return None
    exists = prover.tidy(all_of(_one_sign(x), _one_sign(y)))
    if exists == FALSE or prover.refutation(exists) is not None:
        return None
    away = pair.away(x, y)
    signs = [_sign_where(prover, exists, value) for value in away]
    (p, rows), (q, columns) = pair.face.moving
    tangent, squared = None, None
    if len(rows) == 2:
        squared = _squared(pair, x, y)
        tangent = _sign_where(prover, exists, squared)
        verdict = classify_mixed_pair(tangent, signs)
    elif 1 in signs:
        verdict = Verdict(Stability.DEPENDS, "unstable", "an absent strategy earns more wherever the point exists")
    else:
        verdict = Verdict(Stability.DEPENDS, "depends", f"eigenvalues along the face need values; {NEVER_ASYMPTOTIC}")
    root = () if squared is None else (sympy.sqrt(squared.expression()),)
    shares: list[Mapping[int, sympy.Expr]] = [{s: sympy.Integer(1)} for s in pair.face.profile]
    for m, chosen, numerators in ((p, rows, x), (q, columns, y)):
        total = _sum(numerators)
        shares[m] = {s: (u / total).expression() for s, u in zip(chosen, numerators, strict=True)}
    whole = not away
    kind: Kind = "interior" if whole else "face"
    return RestPoint(
        label="I1" if whole else label,
        kind=kind,
        coordinates=pair.profiles.coordinates(shares),
        eigenvalues=(*root, *(-value for value in root), *(value.expression() for value in away)),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=pair.profiles.game,
        exists=exists,
        note="" if verdict.attracting == "unstable" else f"not an ESS: {NEVER_ASYMPTOTIC}",
        saturated=None if None in signs else 1 not in signs,
    )


def _squared(pair: Pair, x: Sequence[Number], y: Sequence[Number]) -> Number:
    """Return the square of the two eigenvalues along a face of two strategies each."""
    (a, b), (c, d) = pair.tables[0]
    (e, f), (g, h) = pair.tables[1]
    heights = x[0] * x[1] * y[0] * y[1] / (_sum(x) * _sum(x) * _sum(y) * _sum(y))
    return heights * (a - c - b + d) * (e - g - f + h)


def _one_sign(values: Sequence[Number]) -> Condition:
    return any_of(*(all_of(*(value.sign(relation) for value in values)) for relation in "><"))


def _sign_where(prover: Prover, exists: Condition, value: Number) -> int | None:
    """Return the sign of a number where the point exists, None where it depends."""
    if value.is_zero():
        return 0
    possible = [
        sign
        for sign, relation in ((1, ">"), (-1, "<"), (0, "="))
        if prover.can_hold(all_of(exists, value.sign(relation)))
    ]
    return possible[0] if len(possible) == 1 else None


def two_populations_mix(sizes: Sequence[int]) -> bool:
    """Return whether no more than two populations have a choice."""
    return sum(size > 1 for size in sizes) <= 2
