"""The hypersurfaces between regimes: which polynomial vanishes, what happens there, which regimes meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coopgame.algebra.conditions import Condition, Sign, sign
from coopgame.algebra.polynomials import Polynomial
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.box import Box, box_of
from coopgame.analysis.crossings import Crossing, CrossingSearch, irreducible_factors
from coopgame.analysis.points import RestPoints
from coopgame.analysis.structure import cube_of, pairwise_of
from coopgame.analysis.surface_branches import watched_polynomials
from coopgame.analysis.surface_changes import Scene
from coopgame.analysis.surface_kinds import SurfaceChange, SurfaceKind, merged
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.group import GroupGame

_TIMES_ON_BOX = 4  # points looked at for each pair of regimes where what happens may differ along a hypersurface
_NOT_MET = "no exact point of it was found where two regimes meet"
_ELSEWHERE = (
    "its factors are listed as hypersurfaces of their own, and no two regimes were found to meet on the rest of it"
)


@dataclass(frozen=True, eq=False)
class Hypersurface:
    """Where a polynomial of the conditions vanishes.

    condition: `polynomial = 0`. between: the pairs of regimes that were found to meet on it, each with an exact witness (the list of
    pairs is what sampling found, not proved complete). changes: what happens at the witnesses, decided exactly, and whether it is so on the whole
    hypersurface. kind: the first of their kinds; happens: all of them as a sentence.
    """

    condition: Sign
    kind: SurfaceKind
    happens: str
    between: tuple[Crossing, ...]
    changes: tuple[SurfaceChange, ...] = ()

    @property
    def text(self) -> str:
        """The equation as text, e.g. `F = c`."""
        return self.condition.text()

    @property
    def kinds(self) -> tuple[SurfaceKind, ...]:
        """All kinds of change that were found on it."""
        return tuple(dict.fromkeys([change.kind for change in self.changes] or [self.kind]))

    @property
    def pairs(self) -> str:
        """The pairs of regimes that meet, e.g. `R1 | R2, R3 | R4`; empty when none were found."""
        found = (sorted((c.below, c.above), key=lambda name: (len(name), name)) for c in self.between)
        return ", ".join(dict.fromkeys(" | ".join(pair) for pair in found))

    def __str__(self) -> str:
        return f"{self.text}: {self.happens} ({self.pairs or 'no two regimes found'})"


def find_hypersurfaces(
    points: RestPoints,
    prover: Prover,
    regimes: Sequence[tuple[str, Condition]],
    splits: Mapping[str, Quotient] | None = None,
) -> tuple[Hypersurface, ...]:
    """Return the hypersurfaces on which the definition of some regime changes, with what happens on them.

    splits: further quantities by whose signs regimes are told apart.
    """
    leaves = (leaf for _, definition in regimes for leaf in definition.signs())
    equations = dict.fromkeys(sign(leaf.ring, leaf.polynomial, "=") for leaf in leaves)
    surfaces = [surface for surface in equations if isinstance(surface, Sign)]
    if not surfaces:
        return ()
    watched = [*(s.polynomial for s in surfaces), *watched_polynomials(points, prover.ring)]
    search = CrossingSearch(prover, regimes, list({str(p): p for p in watched}.values()))
    scene = Scene(points, _box(points.game), splits or {})
    owners: dict[str, Sign] = {}
    for surface in sorted(surfaces, key=lambda s: s.polynomial.total_degree()):
        for factor in irreducible_factors(surface.polynomial):
            owners.setdefault(_key(prover, factor), surface)
    return tuple(_hypersurface(surface, owners, search, scene) for surface in surfaces)


def _key(prover: Prover, factor: Polynomial) -> str:
    return str(prover.ring.primitive(factor)[1])


def _hypersurface(surface: Sign, owners: Mapping[str, Sign], search: CrossingSearch, scene: Scene) -> Hypersurface:
    """Return a hypersurface with the crossings on those of its factors that belong to no hypersurface of lower degree."""
    crossings: list[Crossing] = []
    factors = irreducible_factors(surface.polynomial)
    own = [factor for factor in factors if owners[_key(search.prover, factor)] is surface]
    seen: set[object] = set()
    for factor in own:
        for crossing, spot in search.on(factor, 1 if scene.box is None else _TIMES_ON_BOX):
            changes_here = scene.at(spot, factor)
            key = frozenset({crossing.below, crossing.above}), frozenset(changes_here)
            if key not in seen:
                seen.add(key)
                crossings.append(crossing.with_changes(changes_here))
    changes = merged((change for crossing in crossings for change in crossing.changes), scene.order)
    if changes:
        happens = "; ".join(map(str, changes))
        return Hypersurface(surface, changes[0].kind, happens, tuple(crossings), changes)
    reason = _NOT_MET if own == factors else _ELSEWHERE
    return Hypersurface(surface, SurfaceKind.UNDECIDED, f"undecided: {reason}", tuple(crossings))


def _box(game: Game) -> Box | None:
    """Return the box of a game whose rest points are found as on a box, None for those with a structure of their own."""
    if isinstance(game, GroupGame) or any(len(population.strategies) != 2 for population in game.populations):
        return None
    try:
        pairwise_of(game) if len(game.populations) == 1 else cube_of(game)
    except UnsupportedError:
        return box_of(game)
    return None
