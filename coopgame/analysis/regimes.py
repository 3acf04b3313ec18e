"""Partitions the admissible parameters by the set of stable rest points, with witnesses and proofs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from coopgame.algebra.conditions import FALSE, Condition
from coopgame.algebra.prover import Fact, Point, Proof, Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.hypersurfaces import Hypersurface, find_hypersurfaces
from coopgame.analysis.points import RestPoints
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.shorten import Step, shorten
from coopgame.analysis.stable_sets import Exclusion, StableSets
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
    proved equivalent under the assumptions by `steps`. side: signs of the polynomials that split regimes further.
    """

    name: str
    stable: tuple[str, ...]
    definition: Condition
    condition: Condition
    witness: Point | None
    status: Status
    proof: Proof
    side: tuple[tuple[str, str], ...] = ()
    steps: tuple[Step, ...] = field(default=(), repr=False)

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

    regimes: the realised ones; excluded: points that are never stable, or never together, with the proofs; empty: sets
    of stable points that are impossible although they contain none of these; undecided: sets for which the provers gave
    up. cover is True when nothing is undecided. facts: signs that hold everywhere, by which conditions were shortened.
    """

    game: Game = field(repr=False)
    regimes: tuple[Regime, ...]
    empty: tuple[Regime, ...]
    undecided: tuple[Regime, ...]
    hypersurfaces: tuple[Hypersurface, ...]
    cover: bool
    excluded: tuple[Exclusion, ...] = ()
    facts: tuple[Fact, ...] = field(default=(), repr=False)

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
    splits = _splits(game, split_by or {})
    sets = StableSets(prover, candidates, splits)
    regimes: dict[str, list[Regime]] = {"realised": [], "empty": [], "undecided": []}
    for found in sorted(sets.decided(), key=lambda found: (len(found.chosen), found.chosen, found.side)):
        decision = found.decision
        name, condition = "-", found.definition
        steps: tuple[Step, ...] = ()
        if decision.status == "realised":
            name = f"R{len(regimes['realised']) + 1}"
            condition, steps = shorten(prover, found.definition)
        stable = tuple(candidates[i].label for i in found.chosen)
        side = tuple(zip(sets.splits, found.side, strict=True))
        known = (decision.witness, decision.status, decision.proof)
        regimes[decision.status].append(Regime(name, stable, found.definition, condition, *known, side, steps))
    surfaces = find_hypersurfaces(points, prover, [(r.name, r.definition) for r in regimes["realised"]], splits)
    realised, empty, undecided = (tuple(regimes[key]) for key in ("realised", "empty", "undecided"))
    excluded = (*_never(points), *sets.excluded)
    facts = (*points.facts, *prover.facts)
    return Regimes(game, realised, empty, undecided, surfaces, not undecided, excluded, facts)


def _never(points: RestPoints) -> Iterator[Exclusion]:
    """Yield the points that are stable nowhere or exist nowhere, each with its proof."""
    for point in points:
        if point.never_stable is not None:
            yield Exclusion((point.label,), point.never_stable)
    for absence in points.absent:
        yield Exclusion((absence.label,), absence.proof)


def _splits(game: Game, split_by: Mapping[str, Any]) -> dict[str, Quotient]:
    return {
        name: Quotient.of(game.ring, parse_expression(text), f"split {name!r}") for name, text in split_by.items()
    }
