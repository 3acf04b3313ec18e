"""Partitions the admissible parameters by the set of stable rest points, with witnesses and proofs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from coopgame.algebra.conditions import FALSE, Condition
from coopgame.algebra.prover import Decision, Fact, Point, Proof, Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.hypersurfaces import Hypersurface, find_hypersurfaces
from coopgame.analysis.points import RestPoints
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.shorten import Step, shorten
from coopgame.analysis.stable_sets import Exclusion, StableSets
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator_game
from coopgame.errors import UnsupportedError
from coopgame.expressions import parse_expression
from coopgame.games.game import Game
from coopgame.games.substitution import check_denominators

Status = Literal["realised", "empty", "undecided"]
_MOST_POPULATIONS = 4
_PATIENCE = 4  # questions that the solver may fail to answer before it gets less time for each


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
    up; open: rest points of which it is not known where they are stable, with the reason; regimes say nothing of them. cover is
    True when nothing is undecided or open. facts: signs that hold everywhere, by which conditions were shortened.
    """

    game: Game = field(repr=False)
    regimes: tuple[Regime, ...]
    empty: tuple[Regime, ...]
    undecided: tuple[Regime, ...]
    hypersurfaces: tuple[Hypersurface, ...]
    cover: bool
    excluded: tuple[Exclusion, ...] = ()
    facts: tuple[Fact, ...] = field(default=(), repr=False)
    open: tuple[tuple[str, str], ...] = ()

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
        """Return the regime at values, merged with the game's defaults; UnsupportedError on a hypersurface."""
        point = self.game.values({name: value for name, value in values.items() if name in self.game.ring.names})
        check_denominators(self.game.denominators, point)
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
        lines += [f"{label}: not known where it is stable: {why}" for label, why in self.open]
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
    undecided. Works for one population of up to five strategies and for two to four populations. With five and more
    populations the regimes are those that samples meet, each with an exact witness, without hypersurfaces, and `cover` is False;
    `find_joint_stability` decides single sets of points.
    """
    if points is None:
        plain = replicator_game(game, "the partition into regimes")
        points = find_rest_points(plain.substitute(values) if values else plain)
    game = points.game
    if len(game.populations) == 1 and len(game.populations[0].strategies) == 2 and not points.complete:
        raise UnsupportedError(
            "signs of payoffs alone do not settle the mixed rest points of this game; use find_sign_patterns, find_fold_curve and "
            "count_mixed_points, or find_rest_points(game, values) for the picture at given values"
        )
    if not game.populations and not points.complete:
        raise UnsupportedError(
            "regimes need all rest points as formulas, which models of one or two quantities have; use find_rest_points(model, values) "
            "for the picture at given values"
        )
    if len(game.populations) == 1 and not points.complete:
        raise UnsupportedError(
            "regimes need all rest points as formulas, which one population has up to five strategies; use "
            "find_rest_points(game, values) for the picture at given values"
        )
    candidates = [point for point in points if point.stable_if != FALSE]
    prover = Prover(game.assumptions, patience=_PATIENCE)
    splits = _splits(game, split_by or {})
    sets = StableSets(prover, candidates, splits)
    sampled = len(game.populations) > _MOST_POPULATIONS
    regimes: dict[str, list[Regime]] = {"realised": [], "empty": [], "undecided": []}
    decided = sets.sampled() if sampled else sets.decided()
    for found in sorted(decided, key=lambda found: (len(found.chosen), found.chosen, found.side)):
        decision = found.decision
        name, condition = "-", found.definition
        steps: tuple[Step, ...] = ()
        if decision.witness is not None:
            name = f"R{len(regimes['realised']) + 1}"
            if not sampled:
                condition, steps = shorten(prover, condition, decision.witness)
        stable = tuple(candidates[i].label for i in found.chosen)
        side = tuple(zip(sets.splits, found.side, strict=True))
        known = (decision.witness, decision.status, decision.proof)
        regimes[decision.status].append(Regime(name, stable, found.definition, condition, *known, side, steps))
    named = [] if sampled else [(r.name, r.definition) for r in regimes["realised"]]
    surfaces = find_hypersurfaces(points, prover, named, splits)
    realised, empty, undecided = (tuple(regimes[key]) for key in ("realised", "empty", "undecided"))
    excluded = (*_never(points), *sets.excluded)
    facts = (*points.facts, *prover.facts)
    unsettled = tuple((point.label, point.open) for point in points if point.open)
    cover = not (undecided or unsettled or sampled)
    return Regimes(game, realised, empty, undecided, surfaces, cover, excluded, facts, unsettled)


def find_joint_stability(points: RestPoints, stable: Iterable[str], *, alone: bool = False) -> Decision:
    """Return whether some admissible parameters make these rest points stable together, with a witness or a proof.

    stable: labels of points; alone: whether all other points have to be unstable. Works with any number of populations, also
    where the partition into regimes would be too large. Raises UnsupportedError for a label that there is not, or a
    point of which it is not known where it is stable.

    >>> from coopgame import MatrixGame, find_joint_stability, find_rest_points
    >>> game = MatrixGame([["a", "0"], ["0", "b"]], symbol="x", assumptions=["a > 0"])
    >>> print(find_joint_stability(find_rest_points(game), ["E1", "E2"]))
    realised: a = 2, b = 1
    """
    candidates = [point for point in points if point.stable_if != FALSE]
    labels = [point.label for point in candidates]
    wanted = list(dict.fromkeys(stable))
    known = {point.label: point for point in points}
    for label in wanted:
        if label not in known:
            raise UnsupportedError(f"no rest point {label!r}; there are {', '.join(known)}")
        if known[label].open:
            raise UnsupportedError(f"it is not known where {label} is stable: {known[label].open}")
    prover = Prover(points.game.assumptions)
    never = [label for label in wanted if label not in labels]
    if never:
        proof = known[never[0]].never_stable
        return Decision("empty", None, proof or Proof("identity", f"{never[0]} is never asymptotically stable"))
    sets = StableSets(prover, candidates, {})
    chosen = tuple(labels.index(label) for label in wanted)
    return prover.decide(sets.exactly(chosen) if alone else sets.together(chosen))


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
