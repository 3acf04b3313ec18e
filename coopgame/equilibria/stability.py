"""What nearby states do at each Nash equilibrium, under the replicator dynamics or another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from coopgame.analysis.law_search import point_near
from coopgame.analysis.points import RestPoint, RestPoints, readable
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.stability import Stability, Verdict
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator
from coopgame.equilibria.result import NashEquilibria, NashEquilibrium
from coopgame.errors import UnsupportedError

if TYPE_CHECKING:
    import pandas

_MOST_SUPPORTS = 200  # up to so many faces all rest points are found, with every theorem that is known about them; beyond, one by one
_SAME = 1e-9
_CONTINUUM = "it belongs to a continuum of equilibria, none of which is asymptotically stable by itself"
_NOT_ENCLOSED = "no rest point could be enclosed there by itself"


@dataclass(frozen=True, eq=False)
class StabilityAtEquilibrium:
    """An equilibrium as a rest point of a dynamic.

    point: the rest point with its eigenvalues, None on a continuum and where it could not be enclosed. verdict: its linear type, what nearby states do, and why.
    """

    equilibrium: NashEquilibrium
    point: RestPoint | None
    verdict: Verdict

    def __str__(self) -> str:
        return f"{self.equilibrium}: {self.verdict.stability}, {self.verdict.attracting} ({self.verdict.because})"


@dataclass(frozen=True, eq=False)
class EquilibriumStability(Sequence[StabilityAtEquilibrium]):
    """The equilibria of a game with what nearby states do at each, in the order of the list of equilibria."""

    dynamics: VectorField = field(repr=False)
    equilibria: NashEquilibria = field(repr=False)
    found: tuple[StabilityAtEquilibrium, ...]

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, key: int) -> StabilityAtEquilibrium: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[StabilityAtEquilibrium]: ...
    def __getitem__(self, key: int | slice) -> StabilityAtEquilibrium | Sequence[StabilityAtEquilibrium]:
        return self.found[key]

    def __iter__(self) -> Iterator[StabilityAtEquilibrium]:
        return iter(self.found)

    def __str__(self) -> str:
        return "\n".join([f"under {self.dynamics.name}:", *map(str, self.found)])

    def to_dataframe(self) -> pandas.DataFrame:
        """Return a table with one row for each equilibrium."""
        import pandas

        rows = [
            {
                "equilibrium": str(one.equilibrium),
                "index": one.equilibrium.index,
                "strict": one.equilibrium.strict,
                "eigenvalues": ", ".join(map(readable, one.point.eigenvalues)) if one.point else "",
                "type": str(one.verdict.stability),
                "nearby states": one.verdict.attracting,
                "because": one.verdict.because,
            }
            for one in self.found
        ]
        return pandas.DataFrame(rows, index=pandas.RangeIndex(1, len(rows) + 1))

    def _repr_html_(self) -> str:
        from html import escape

        return f"{self.to_dataframe().to_html()}<p>under {escape(self.dynamics.name)}</p>"


def find_equilibrium_stability(
    equilibria: NashEquilibria, dynamics: VectorField | None = None
) -> EquilibriumStability:
    """Return for every equilibrium in a list what nearby states do under the replicator dynamics, or another of the same game.

    Small games: all rest points are found with `find_rest_points`, whose verdicts rest on eigenvalues and theorems. Larger ones: each equilibrium is
    enclosed by itself and its eigenvalues decide. On a continuum of equilibria no single one is asymptotically stable. Strict equilibria are
    asymptotically stable under the replicator (Ritzberger and Weibull 1995, Econometrica 63, 1371-1399).

    Raises UnsupportedError for a dynamics of another game.

    >>> from coopgame import NormalFormGame, find_equilibrium_stability, nash_equilibria
    >>> sexes = NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    >>> [one.verdict.attracting for one in find_equilibrium_stability(nash_equilibria(sexes))]
    ['asymptotic', 'asymptotic', 'unstable']
    """
    game = equilibria.game
    dynamics = dynamics or replicator(game)
    if dynamics.game.populations != game.populations:
        raise UnsupportedError("the dynamics belongs to another game; make it from equilibria.game")
    alone = {m for c in equilibria.components if c.is_point for m in c.members}
    small = prod(2 ** len(p.strategies) - 1 for p in game.populations) <= _MOST_SUPPORTS
    listed = find_rest_points(dynamics, {}) if small else None
    return EquilibriumStability(
        dynamics,
        equilibria,
        tuple(_judged(e, dynamics, listed, n in alone) for n, e in enumerate(equilibria)),
    )


def _judged(
    equilibrium: NashEquilibrium, dynamics: VectorField, listed: RestPoints | None, alone: bool
) -> StabilityAtEquilibrium:
    point = _listed(listed, equilibrium.state) if listed is not None else None
    if point is None and alone:
        point = point_near(dynamics, {}, equilibrium.state)
    if point is not None and alone:
        return StabilityAtEquilibrium(equilibrium, point, Verdict(point.stability, point.attracting, point.because))
    if not alone:
        known: Any = (
            point.attracting if point is not None and point.attracting in ("lyapunov", "unstable") else "unknown"
        )
        because = point.because if point is not None and known != "unknown" else _CONTINUUM
        return StabilityAtEquilibrium(equilibrium, point, Verdict(Stability.NON_HYPERBOLIC, known, because))
    return StabilityAtEquilibrium(equilibrium, None, Verdict(Stability.NON_HYPERBOLIC, "unknown", _NOT_ENCLOSED))


def _listed(points: RestPoints, state: np.ndarray) -> RestPoint | None:
    return next((p for p in points if np.abs(p.state - state).max() <= _SAME), None)
