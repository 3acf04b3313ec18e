"""Partitions the admissible parameters by the set of stable rest points, with witnesses and proofs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, Literal

import numpy as np

from coopgame.algebra.conditions import FALSE, TRUE, And, Condition, Or, Sign, all_of, any_of, negate
from coopgame.algebra.prover import Point, Proof, Prover
from coopgame.algebra.quotients import Quotient
from coopgame.algebra.shorten import shortened
from coopgame.analysis.hypersurfaces import Hypersurface, find_hypersurfaces
from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.rest_points import find_rest_points
from coopgame.dynamics.mean import VectorField
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.expressions import exact_number, parse_expression
from coopgame.games.game import Game

Status = Literal["realised", "empty", "undecided"]
_MOST_POPULATIONS = 4


@dataclass(frozen=True, eq=False)
class Regime:
    """The part of parameter space where exactly the listed rest points are asymptotically stable.

    definition: the listed points are stable and the others are not, written out. condition: a shorter condition,
    proved equivalent under the assumptions. side: signs of the polynomials that split regimes further.
    """

    name: str
    stable: tuple[str, ...]
    definition: Condition
    condition: Condition
    witness: Point | None
    status: Status
    proof: Proof
    side: tuple[tuple[str, str], ...] = ()

    def text(self) -> str:
        """Return the regime on one line."""
        stable = ", ".join(self.stable) or "no rest point"
        side = "".join(f", {name} {sign} 0" for name, sign in self.side)
        return f"{self.name}: {stable} stable{side} iff {self.condition} [{self.status}, {self.proof.known}]"

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, eq=False)
class Regimes:
    """All regimes of a game; together with the hypersurfaces they cover the admissible parameters.

    regimes: the realised ones; empty: sets of stable points that are proved impossible although no two of them
    exclude each other; undecided: sets for which the provers gave up. cover is True when nothing is undecided.
    """

    game: Game = field(repr=False)
    regimes: tuple[Regime, ...]
    empty: tuple[Regime, ...]
    undecided: tuple[Regime, ...]
    hypersurfaces: tuple[Hypersurface, ...]
    cover: bool

    @property
    def complete(self) -> bool:
        """Whether every possible set of stable rest points is decided."""
        return self.cover

    def __len__(self) -> int:
        return len(self.regimes)

    def __iter__(self) -> Iterator[Regime]:
        return iter(self.regimes)

    def __getitem__(self, name: str) -> Regime:
        for regime in self.regimes:
            if regime.name == name:
                return regime
        raise KeyError(f"no regime {name!r}; there are {', '.join(r.name for r in self.regimes)}")

    def at(self, values: Mapping[str, Any]) -> Regime:
        """Return the regime at values for all parameters; UnsupportedError on a hypersurface."""
        point = {name: exact_number(value, name) for name, value in values.items() if name in self.game.ring.names}
        missing = [name for name in self.game.ring.names if name not in point]
        if missing:
            raise ParameterError(f"no value for {', '.join(missing)}; give one to each of them")
        for regime in self.regimes:
            if regime.definition.holds(point):
                return regime
        on = [surface.text for surface in self.hypersurfaces if surface.condition.holds(point)]
        raise UnsupportedError(f"the values lie on a hypersurface between regimes: {', '.join(on) or 'not listed'}")

    def classify(self, points: np.ndarray) -> np.ndarray:
        """Return for every row of points (n, number of parameters) the index of its regime, -1 on a hypersurface."""
        result = np.full(len(points), -1)
        for index, regime in enumerate(self.regimes):
            result[regime.definition.holds_many(points, self.game.ring)] = index
        return result

    def __str__(self) -> str:
        lines = [regime.text() for regime in (*self.regimes, *self.undecided)]
        cover = "the regimes and hypersurfaces cover the assumed parameters" if self.cover else "cover not proved"
        return "\n".join([*lines, cover])

    def _repr_html_(self) -> str:
        from html import escape

        heads = "".join(f"<th>{h}</th>" for h in ("", "stable", "condition", "witness", "known"))
        rows = []
        for r in self.regimes:
            witness = ", ".join(f"{k} = {v}" for k, v in (r.witness or {}).items())
            cells = (r.name, ", ".join(r.stable) or "none", r.condition.text(), witness, r.proof.known)
            rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def find_regimes(
    game: Game | VectorField,
    values: Mapping[str, Any] | None = None,
    *,
    split_by: Mapping[str, Any] | None = None,
    points: RestPoints | None = None,
) -> Regimes:
    """Return the partition of the assumed parameters by the set of asymptotically stable rest points.

    values fixes some parameters exactly; the others stay free, whether they have defaults or not. split_by names further expressions in the parameters; every regime is split by
    their signs (for example a welfare comparison). points: rest points of the same game and values, when they are known.

    Each set of stable points is realised (with an exact witness), empty (with a certificate, or unsat by Z3) or
    undecided. Works for one population of two or three strategies and for two to four two-strategy populations.
    """
    if points is None:
        plain = game.game if isinstance(game, VectorField) else game
        points = find_rest_points(plain.substitute(values) if values else plain)
    game = points.game
    if len(game.populations) == 1 and len(game.populations[0].strategies) == 2 and not points.complete:
        raise UnsupportedError(
            "signs of payoffs alone do not settle the mixed rest points of this game; use find_sign_patterns, find_fold_curve and "
            "count_mixed_points, or find_rest_points(game, values) for the picture at given values"
        )
    if len(game.populations) > _MOST_POPULATIONS or (len(game.populations) == 1 and not points.complete):
        raise UnsupportedError(
            "complete partitions are computed for up to four two-strategy populations or one population of two or three "
            "strategies; use find_rest_points(game, values) for the picture at given values"
        )
    prover = Prover(game.assumptions)
    candidates = [point for point in points if point.stable_if != FALSE]
    finder = _Finder(prover, candidates, _splits(game, split_by or {}))
    decided = sorted(finder.decided(), key=lambda found: (len(found[0]), found[0], found[1]))
    regimes: dict[str, list[Regime]] = {"realised": [], "empty": [], "undecided": []}
    for chosen, side, definition, witness, proof, status in decided:
        name = f"R{len(regimes['realised']) + 1}" if status == "realised" else "-"
        condition = shortened(prover, definition) if status == "realised" else definition
        stable = tuple(candidates[i].label for i in chosen)
        signs = tuple(zip(finder.splits, side, strict=True))
        regimes[status].append(Regime(name, stable, definition, condition, witness, status, proof, signs))
    surfaces = find_hypersurfaces(points, prover, [(r.name, r.definition) for r in regimes["realised"]])
    realised, empty, undecided = (tuple(regimes[key]) for key in ("realised", "empty", "undecided"))
    return Regimes(game, realised, empty, undecided, surfaces, cover=not undecided)


def _splits(game: Game, split_by: Mapping[str, Any]) -> dict[str, Quotient]:
    return {
        name: Quotient.of(game.ring, parse_expression(text), f"split {name!r}") for name, text in split_by.items()
    }


Found = tuple[tuple[int, ...], tuple[str, ...], Condition, "Point | None", Proof, Status]


class _Finder:
    """Decides for every set of rest points whether exactly these can be stable together."""

    def __init__(self, prover: Prover, points: Sequence[RestPoint], splits: Mapping[str, Quotient]) -> None:
        self.prover = prover
        self.points = points
        self.splits = dict(splits)
        self.stable = [point.stable_if for point in points]
        self.unstable = [_strictly_not(condition) for condition in self.stable]
        self._impossible: list[frozenset[int]] = []

    def decided(self) -> Iterator[Found]:
        """Yield every set of pairwise compatible points with its verdict, split by the given signs."""
        for chosen in self._candidate_sets():
            definition = self._definition(chosen)
            if definition == FALSE:
                continue
            for side in product("><", repeat=len(self.splits)):
                signs = [self.prover.tidy(q.sign(s)) for q, s in zip(self.splits.values(), side, strict=True)]
                whole = all_of(definition, *signs)
                if whole != FALSE:
                    decision = self.prover.decide(whole)
                    yield chosen, side, whole, decision.witness, decision.proof, decision.status

    def _definition(self, chosen: tuple[int, ...]) -> Condition:
        inside = [self.stable[i] for i in chosen]
        outside = [self.unstable[i] for i in range(len(self.points)) if i not in chosen]
        return all_of(*inside, *(_resolved(clause, all_of(*inside)) for clause in outside))

    def _candidate_sets(self) -> Iterator[tuple[int, ...]]:
        """Yield all sets of points no two of which exclude each other, growing, without proved impossible subsets."""
        count = len(self.points)
        compatible = {pair: self._together(pair) for pair in combinations(range(count), 2)}
        level: list[tuple[int, ...]] = [()]
        while level:
            yield from level
            grown = []
            for chosen in level:
                for i in range(chosen[-1] + 1 if chosen else 0, count):
                    if all(compatible[(j, i)] for j in chosen) and self._together((*chosen, i)):
                        grown.append((*chosen, i))
            level = grown

    def _together(self, chosen: tuple[int, ...]) -> bool:
        members = frozenset(chosen)
        if any(known <= members for known in self._impossible):
            return False
        joint = all_of(*(self.stable[i] for i in chosen))
        if joint == FALSE:
            self._impossible.append(members)
            return False
        if len(chosen) < 2 or self.prover.truth(joint).any():
            return True
        if self.prover.decide(joint).status == "empty":
            self._impossible.append(members)
            return False
        return True


def _strictly_not(condition: Condition) -> Condition:
    """Return the negation off the hypersurfaces: `p <= 0` becomes `p < 0`."""
    return _strict(negate(condition))


def _strict(condition: Condition) -> Condition:
    if isinstance(condition, Sign) and condition.relation in (">=", "<="):
        return Sign(condition.ring, condition.polynomial, condition.relation[0])
    if isinstance(condition, And):
        return all_of(*map(_strict, condition.parts))
    if isinstance(condition, Or):
        return any_of(*map(_strict, condition.parts))
    return condition


def _resolved(clause: Condition, given: Condition) -> Condition:
    """Return the clause without the signs that contradict `given`, and TRUE when one of its signs is given."""
    if not isinstance(clause, Or) or given == TRUE:
        return TRUE if clause == given else clause
    known = set(given.parts) if isinstance(given, And) else {given}
    if any(part in known for part in clause.parts):
        return TRUE
    return any_of(*(part for part in clause.parts if all_of(given, part) != FALSE))
