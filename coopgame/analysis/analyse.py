"""The whole exact analysis of a game in one result: equations, rest points, regimes, dead parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from coopgame.algebra.polynomials import Ring
from coopgame.analysis.points import RestPoints
from coopgame.analysis.regimes import Regimes, find_regimes
from coopgame.analysis.rest_points import find_rest_points
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator
from coopgame.errors import UnsupportedError
from coopgame.expressions import exact_number, symbols_of
from coopgame.games.game import Game


@dataclass(frozen=True, eq=False)
class Analysis:
    """What is known exactly about a game under the replicator dynamics.

    mode: numeric when no parameter is left, else symbolic. values: the numbers put in. regimes: None in numeric mode
    and where no partition is computed (`regimes_note` says why). dead_parameters occur in payoffs but cancel
    from the dynamics; unused_parameters occur in no payoff or rate. stated: the game before values were put in.
    """

    game: Game = field(repr=False)
    mode: Literal["symbolic", "numeric"]
    values: Mapping[str, Fraction]
    rest_points: RestPoints
    regimes: Regimes | None
    regimes_note: str
    equations: Mapping[str, str]
    dead_parameters: tuple[str, ...]
    unused_parameters: tuple[str, ...]
    stated: Game = field(repr=False)
    violated: tuple[str, ...] = ()

    @property
    def dynamics(self) -> str:
        """Name of the dynamics."""
        return replicator(self.game).name

    def __str__(self) -> str:
        parts = [str(self.rest_points)]
        return "\n".join([*parts, str(self.regimes)] if self.regimes else parts)

    def _repr_html_(self) -> str:
        table = self.rest_points._repr_html_()
        return table + (self.regimes._repr_html_() if self.regimes else "")


def analyse(game: Game, values: Mapping[str, Any] | None = None, *, symbolic: bool = False) -> Analysis:
    """Return rest points, regimes and equations of a game under the replicator dynamics.

    When every parameter has a value, by default or in `values`, the analysis is numeric; symbolic=True keeps the
    parameters that `values` does not name. When some parameter has none, all stay symbols except those in `values`.
    """
    given = {name: exact_number(value, name) for name, value in (values or {}).items()}
    defaults = {p.name: p.value for p in game.parameters if p.value is not None}
    everything = {**defaults, **given}
    if not symbolic and all(name in everything for name in game.ring.names):
        given = {name: game.values(everything)[name] for name in game.ring.names}
    violated = game.check_values(given) if len(given) == len(game.ring.names) else ()
    reduced = game.substitute(given) if given else game
    points = find_rest_points(reduced)
    regimes, note = _regimes(points)
    field_of_game = replicator(game)
    return Analysis(
        game=reduced,
        mode=points.mode,
        values=given,
        rest_points=points,
        regimes=regimes,
        regimes_note=note,
        equations=replicator(reduced).equations(),
        dead_parameters=dead_parameters(field_of_game),
        unused_parameters=unused_parameters(game),
        stated=game,
        violated=tuple(violated),
    )


def _regimes(points: RestPoints) -> tuple[Regimes | None, str]:
    if points.mode == "numeric":
        return None, "regimes are a matter of parameters; all have values"
    try:
        return find_regimes(points.game, points=points), ""
    except UnsupportedError as error:
        return None, str(error)


def unused_parameters(game: Game) -> tuple[str, ...]:
    """Return the declared parameters that occur in no payoff and no rate of the environment."""
    used = _payoff_symbols(game)
    return tuple(name for name in game.ring.names if name not in used)


def dead_parameters(field_of_game: VectorField) -> tuple[str, ...]:
    """Return the parameters that occur in payoffs and cancel from the dynamics: changing them changes nothing."""
    game = field_of_game.game
    both = Ring([*game.ring.names, *game.coordinates])
    alive: set[str] = set()
    for rate in field_of_game.rates:
        numerator, denominator = both.fraction(rate, "rate")
        alive |= set(both.names_in(numerator)) | set(both.names_in(denominator))
    used = _payoff_symbols(game)
    return tuple(name for name in game.ring.names if name in used and name not in alive)


def _payoff_symbols(game: Game) -> frozenset[str]:
    symbols = (
        symbols_of(game.expected_payoff(p, s))
        for p, population in enumerate(game.populations)
        for s in range(len(population.strategies))
    )
    return frozenset().union(*symbols, *(symbols_of(variable.rate) for variable in game.environment))
