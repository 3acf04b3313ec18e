"""Mean dynamics: the vector field of a game whose players revise by protocols or change by update rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Law, Level, named_law
from coopgame.dynamics.protocols import Protocol, pairwise_imitation
from coopgame.dynamics.replicator import ReplicatorField
from coopgame.errors import ProtocolError, UnsupportedError
from coopgame.games.document import misnamed
from coopgame.games.game import Game

Dynamics = Law | Mapping[str, Law]


def mean_dynamic(game: Game, law: Dynamics) -> VectorField:
    """Return the mean dynamic of a game whose players revise by a protocol or change by an update rule.

    law: a protocol or a rule for all populations, or a mapping from each population's name to its own. Protocols whose mean
    dynamic is the replicator dynamic give a `ReplicatorField`.

    Raises UnsupportedError where a law has no mean dynamic, ProtocolError when a population has none or a setting names what is no
    parameter of the game.

    References: Sandholm (2010), Population Games and Evolutionary Dynamics, section 4.2.

    >>> from coopgame import MatrixGame, smith
    >>> mean_dynamic(MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]), smith())([0.5, 0.3, 0.2])
    array([-0.18,  0.3 , -0.12])
    """
    return _field(game, laws_of(game, law, Level.MEAN))


def laws_of(game: Game, law: Dynamics, level: Level) -> tuple[Law, ...]:
    """Return the law of each population, all of them defined at a level and with settings in the game's parameters."""
    laws = _one_for_each(game, law)
    for own in laws:
        own.needs(level)
        unknown = sorted(own.parameters - set(game.ring.names))
        if unknown:
            raise ProtocolError(
                f"{own} names {', '.join(unknown)}, which the game does not declare; its parameters are "
                f"{', '.join(game.ring.names) or 'none'}"
            )
    return laws


def replicator(game: Game) -> ReplicatorField:
    """Return the replicator field: a share grows at the rate by which its payoff exceeds the population's mean.

    dx_i/dt = x_i (F_i(x) - mean), in every population; for two strategies dx/dt = x (1 - x) (F_1 - F_2).

    References: Taylor and Jonker (1978); Hofbauer and Sigmund (1998), chapters 7 and 10.
    """
    field = mean_dynamic(game, pairwise_imitation())
    assert isinstance(field, ReplicatorField), "proportional imitation has the replicator as its mean dynamic"
    return field


def replicator_game(dynamics: Game | VectorField, what: str) -> Game:
    """Return the game of a replicator field, or the game itself; UnsupportedError for other dynamics."""
    if isinstance(dynamics, Game):
        return dynamics
    if isinstance(dynamics, ReplicatorField):
        return dynamics.game
    raise UnsupportedError(
        f"{what} is known for the replicator dynamics only, not for {dynamics.name}; find_rest_points() and integrate() take both"
    )


def _one_for_each(game: Game, law: Dynamics) -> tuple[Law, ...]:
    names = [population.name for population in game.populations]
    if isinstance(law, Law):
        return (law,) * len(names)
    if not isinstance(law, Mapping):
        raise ProtocolError(
            f"{named_law(law)} is no protocol or update rule; give one such as smith(), or one for each population"
        )
    unknown = [name for name in law if name not in names]
    missing = [name for name in names if name not in law]
    if unknown or missing:
        raise ProtocolError(
            f"every population needs its protocol: {misnamed(unknown, missing)}; the populations are {', '.join(names)}"
        )
    return tuple(law[name] for name in names)


@lru_cache(maxsize=256)
def _field(game: Game, laws: tuple[Law, ...]) -> VectorField:
    same = all(isinstance(law, Protocol) and law.mean_is_replicator for law in laws)
    return ReplicatorField(game, laws) if same else VectorField(game, laws)
