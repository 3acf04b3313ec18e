"""What nearby states do at each Nash equilibrium, under the replicator dynamics or another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import sympy

from coopgame.algebra.affine import Vector
from coopgame.analysis.ess import Matrix, exact_payoffs
from coopgame.analysis.exact_spectrum import exact_spectrum
from coopgame.analysis.law_search import point_near
from coopgame.analysis.points import RestPoint, readable
from coopgame.analysis.profile_numbers import is_balanced, pair_tangent, pair_verdict
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.stability import Stability, Verdict, classify_real
from coopgame.analysis.support_numbers import earned, tangent_jacobian, verdict_at
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator
from coopgame.dynamics.replicator import ReplicatorField
from coopgame.equilibria.result import NashEquilibria, NashEquilibrium
from coopgame.equilibria.tables import payoff_tables
from coopgame.errors import UnsupportedError
from coopgame.expressions import to_sympy
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.listed import Listed

if TYPE_CHECKING:
    import pandas

_MOST_SUPPORTS = 200  # up to so many faces all rest points are found, with every theorem that is known about them
_SAME = 1e-9
Spectrum = tuple[tuple[sympy.Expr, ...], Verdict]


@dataclass(frozen=True, eq=False)
class StabilityAtEquilibrium:
    """An equilibrium as a rest point of a dynamic.

    eigenvalues: on the tangent space of the state space; none on a continuum and where the point could not be enclosed. verdict: its linear type, what
    nearby states do, and why.
    """

    equilibrium: NashEquilibrium
    eigenvalues: tuple[sympy.Expr, ...]
    verdict: Verdict

    def __str__(self) -> str:
        return f"{self.equilibrium}: {self.verdict.stability}, {self.verdict.attracting} ({self.verdict.because})"


@dataclass(frozen=True, eq=False)
class EquilibriumStability(Listed[StabilityAtEquilibrium]):
    """The equilibria of a game with what nearby states do at each, in the order of the list of equilibria."""

    dynamics: VectorField = field(repr=False)
    equilibria: NashEquilibria = field(repr=False)
    found: tuple[StabilityAtEquilibrium, ...]

    entries_in = "found"

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
                "eigenvalues": ", ".join(map(readable, one.eigenvalues)),
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

    Small games: all rest points are found with `find_rest_points`, whose verdicts rest on eigenvalues and theorems. Larger ones under the replicator:
    the spectrum at each exact equilibrium of one population or two players is counted exactly. Elsewhere each equilibrium is enclosed by
    balls, and so are its eigenvalues. On a continuum of equilibria no single one is asymptotically stable. Strict equilibria are asymptotically
    stable under the replicator (Ritzberger and Weibull 1995, Econometrica 63, 1371-1399).

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
    small = prod(2 ** len(p.strategies) - 1 for p in game.populations) <= _MOST_SUPPORTS
    listed = find_rest_points(dynamics, {}) if small else ()
    spectrum = _spectrum_of(game) if isinstance(dynamics, ReplicatorField) else None
    alone = {m for c in equilibria.components if c.is_point for m in c.members}
    found = []
    for n, equilibrium in enumerate(equilibria):
        point = next((p for p in listed if np.abs(p.state - equilibrium.state).max() <= _SAME), None)
        if n not in alone:
            found.append(_on_continuum(equilibrium, point))
        elif point is not None:
            found.append(_as_rest_point(equilibrium, point))
        elif spectrum is not None and equilibrium.known == "exact":
            found.append(StabilityAtEquilibrium(equilibrium, *spectrum(equilibrium)))
        else:
            found.append(_as_rest_point(equilibrium, point_near(dynamics, {}, equilibrium.state)))
    return EquilibriumStability(dynamics, equilibria, tuple(found))


def _as_rest_point(equilibrium: NashEquilibrium, point: RestPoint | None) -> StabilityAtEquilibrium:
    if point is None:
        return StabilityAtEquilibrium(
            equilibrium, (), Verdict(Stability.NON_HYPERBOLIC, "unknown", "no rest point could be enclosed there")
        )
    return StabilityAtEquilibrium(
        equilibrium, point.eigenvalues, Verdict(point.stability, point.attracting, point.because)
    )


def _on_continuum(equilibrium: NashEquilibrium, point: RestPoint | None) -> StabilityAtEquilibrium:
    if point is not None and point.attracting in ("lyapunov", "unstable"):
        return _as_rest_point(equilibrium, point)
    because = "it belongs to a continuum of equilibria, none of which is asymptotically stable by itself"
    return StabilityAtEquilibrium(equilibrium, (), Verdict(Stability.NON_HYPERBOLIC, "unknown", because))


def _spectrum_of(game: Game) -> Callable[[NashEquilibrium], Spectrum] | None:
    """Return what gives eigenvalues and verdict at an exact equilibrium under the replicator; None for three and more players."""
    if isinstance(game, MatrixGame):
        matrix = exact_payoffs(game, {})
        return lambda equilibrium: _in_one_population(matrix, _mixtures(equilibrium)[0])
    if len(game.populations) != 2:
        return None
    first, second = payoff_tables(game, {}).exact
    return lambda equilibrium: _of_two_players(first, second.T, *_mixtures(equilibrium))


def _mixtures(equilibrium: NashEquilibrium) -> list[Vector]:
    return [tuple(Fraction(p) for p in own.values()) for own in equilibrium.strategies]


def _in_one_population(matrix: Matrix, x: Vector) -> Spectrum:
    support = [i for i, share in enumerate(x) if share]
    mean = earned(matrix, support[0], x)
    away = {k: earned(matrix, k, x) - mean for k in range(len(x)) if k not in support}
    inside = exact_spectrum(tangent_jacobian(matrix, support, x))
    verdict = verdict_at(matrix, x, inside, away) if len(support) > 1 else classify_real(_signs(away.values()))
    return (*inside.values, *map(to_sympy, away.values())), verdict


def _of_two_players(first: np.ndarray, second: np.ndarray, x: Vector, y: Vector) -> Spectrum:
    """Both tables have a player's own strategies as rows."""
    rows, columns = ([i for i, p in enumerate(own) if p] for own in (x, y))
    away = [*_behind(first, rows, y), *_behind(second, columns, x)]
    if len(rows) == len(columns) == 1:
        return tuple(map(to_sympy, away)), classify_real(_signs(away))
    one, other = first[np.ix_(rows, columns)].tolist(), second[np.ix_(columns, rows)].tolist()
    inside = exact_spectrum(pair_tangent(one, other, tuple(x[i] for i in rows), tuple(y[j] for j in columns)))
    verdict = pair_verdict(inside, away, is_balanced(one, other))
    return (*inside.values, *map(to_sympy, away)), verdict


def _behind(table: np.ndarray, used: Sequence[int], mixture: Vector) -> list[Fraction]:
    """Return what the strategies that are not used earn more than those that are."""
    payoffs = table @ np.array(mixture, dtype=object)
    return [payoffs[i] - payoffs[used[0]] for i in range(len(payoffs)) if i not in used]


def _signs(values: Iterable[Fraction]) -> list[int | None]:
    return [(value > 0) - (value < 0) for value in values]
