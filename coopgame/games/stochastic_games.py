"""StochasticGame: a game of two actions in each state of the environment, which the actions change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from coopgame.errors import GameError, UnsupportedError
from coopgame.expressions import symbols_of
from coopgame.games.declarations import Parameter
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.memory_one import probability
from coopgame.games.normal_form import NormalFormGame

Distribution = tuple[sympy.Expr, ...]  # a probability for each state
_COUNTS = (2, 1, 0)


@dataclass(frozen=True)
class StochasticGame:
    """A symmetric game of two players and two actions in each state; what they do decides the next state.

    stages: for each state a MatrixGame of two strategies, the same in all; the first one is called C, the second D, whatever its name. transitions: for
    each state and each number of players, 2, 1, 0, who play C in it, the next state, or a mapping from states to probabilities. start: the first state, or
    such a mapping; None where it is not said, which is enough where the long run does not depend on it. Probabilities and payoffs may have parameters.

    Raises GameError for states, numbers of players or probabilities that do not fit, UnsupportedError for stages that are not symmetric games of two actions.

    References: Shapley (1953), Proceedings of the National Academy of Sciences 39, 1095-1100; Hilbe, Simsa, Chatterjee and Nowak (2018), Nature 559,
    246-249.

    >>> good, poor = (MatrixGame([[f"{b} - c", "-c"], [b, 0]], ["C", "D"]) for b in ("b1", "b2"))
    >>> moves = {2: "good", 1: "poor", 0: "poor"}
    >>> print(StochasticGame({"good": good, "poor": poor}, {"good": moves, "poor": moves}, start="good"))
    good: after two C good, after one poor, after none poor
    poor: after two C good, after one poor, after none poor
    """

    states: tuple[str, ...]
    stages: tuple[MatrixGame, ...]
    moves: tuple[tuple[Distribution, ...], ...]
    start: Distribution | None

    def __init__(
        self, stages: Mapping[str, Game], transitions: Mapping[str, Mapping[int, Any]], start: Any = None
    ) -> None:
        if not isinstance(stages, Mapping) or not stages:
            raise GameError(f"stages are {stages!r}; give a mapping from the name of each state to its game")
        states = tuple(stages)
        if set(transitions) != set(states):
            raise GameError(f"transitions are given for {_listed(transitions)}; the states are {_listed(states)}")
        games = tuple(
            symmetric_stage(stage, f"in state {state!r}" if state else "") for state, stage in stages.items()
        )
        for state, game in zip(states, games, strict=True):
            if game.populations[0].strategies != games[0].populations[0].strategies:
                raise GameError(
                    f"the strategies in state {state!r} are {_listed(game.populations[0].strategies)}, in {states[0]!r} "
                    f"{_listed(games[0].populations[0].strategies)}; name them alike in all states"
                )
        object.__setattr__(self, "states", states)
        object.__setattr__(self, "stages", games)
        object.__setattr__(self, "moves", tuple(_moves(transitions[state], state, states) for state in states))
        object.__setattr__(self, "start", None if start is None else _distribution(start, states, "start"))
        _declared(games)

    @property
    def payoffs(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """What a player earns in each state at CC, CD, DC, DD, the own action first."""
        return tuple(tuple(entry for row in game.payoffs for entry in row) for game in self.stages)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of all stages."""
        return _declared(self.stages)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the stages assume, each once."""
        return tuple(dict.fromkeys(text for game in self.stages for text in game.assumption_texts))

    @property
    def probabilities(self) -> tuple[sympy.Expr, ...]:
        """The probabilities of next and first states."""
        moves = [p for rows in self.moves for row in rows for p in row]
        return (*moves, *(self.start or ()))

    def __str__(self) -> str:
        return "\n".join(
            f"{state}: after two C {two}, after one {one}, after none {none}"
            for state, (two, one, none) in zip(
                self.states, (map(self._shown, row) for row in self.moves), strict=True
            )
        )

    def _shown(self, distribution: Distribution) -> str:
        parts = [(state, p) for state, p in zip(self.states, distribution, strict=True) if p != 0]
        return parts[0][0] if len(parts) == 1 else " or ".join(f"{state} ({p})" for state, p in parts)


def _declared(stages: Iterable[Game]) -> tuple[Parameter, ...]:
    """Return the parameters of all stages. Raises GameError when two of them declare one differently."""
    found: dict[str, Parameter] = {}
    for parameter in (p for game in stages for p in game.parameters):
        if found.setdefault(parameter.name, parameter) != parameter:
            raise GameError(f"two stages declare the parameter {parameter.name!r} differently; declare it alike")
    return tuple(found.values())


def as_stochastic_game(stage: Any) -> StochasticGame:
    """Return a stage game that is played again and again as a stochastic game of one state; a stochastic game as it is."""
    if isinstance(stage, StochasticGame):
        return stage
    return StochasticGame({"": stage}, {"": dict.fromkeys(_COUNTS, "")}, start="")


def symmetric_stage(stage: Any, where: str = "") -> MatrixGame:
    """Return a stage game of two actions as a MatrixGame; of a NormalFormGame both players have to earn alike.

    Raises UnsupportedError for other games.
    """
    place = f" {where}" if where else ""
    if isinstance(stage, NormalFormGame) and len(stage.populations) == 2:
        stage = _from_normal_form(stage, place)
    if not isinstance(stage, MatrixGame) or len(stage.payoffs) != 2:
        raise UnsupportedError(
            f"the stage game{place} is {stage!r}; a MatrixGame of two strategies is needed, or a NormalFormGame of two players that is one"
        )
    check_stage(stage, place)
    return stage


def check_stage(stage: Game, place: str = "") -> None:
    """Raise UnsupportedError for payoffs that depend on shares or on an environment."""
    shares = {name for row in stage._content() for u in row for name in symbols_of(u)} & set(stage.coordinates)
    if stage.environment or shares:
        raise UnsupportedError(
            f"payoffs of the stage game{place} depend on {_listed(sorted(shares) or [e.name for e in stage.environment])}; two players who meet again "
            "and again need payoffs that depend on what they do alone"
        )


def _from_normal_form(stage: NormalFormGame, place: str) -> MatrixGame:
    rows, columns = (p.strategies for p in stage.populations)
    table = [[stage.payoff((i, j)) for j in columns] for i in rows]
    if len(rows) != len(columns) or any(
        sympy.cancel(table[i][j][0] - table[j][i][1]) != 0 for i in range(len(rows)) for j in range(len(rows))
    ):
        raise UnsupportedError(
            f"the two players of the stage game{place} do not earn alike; repeated_normal_form takes such games, with strategies for each of the two"
        )
    return MatrixGame(
        [[u[0] for u in row] for row in table],
        rows,
        population=stage.populations[0].name,
        name=stage.name,
        parameters=stage.parameters,
        assumptions=stage.assumption_texts,
        environment=stage.environment,
    )


def _moves(given: Mapping[int, Any], state: str, states: tuple[str, ...]) -> tuple[Distribution, ...]:
    if not isinstance(given, Mapping) or set(given) != set(_COUNTS):
        raise GameError(
            f"transitions from {state!r} are {given!r}; give the next state for each number of players who play the first strategy: 2, 1, 0"
        )
    return tuple(_distribution(given[k], states, f"transition from {state!r} with {k} who play C") for k in _COUNTS)


def _distribution(given: Any, states: tuple[str, ...], where: str) -> Distribution:
    chances = given if isinstance(given, Mapping) else {given: 1}
    unknown = [name for name in chances if name not in states]
    if unknown:
        raise GameError(f"{where}: no state {unknown[0]!r}; the states are {_listed(states)}")
    found = tuple(probability(chances.get(state, 0), f"{where}, to {state!r}") for state in states)
    if sympy.cancel(sympy.Add(*found) - 1) != 0:
        raise GameError(f"{where}: probabilities sum to {sympy.Add(*found)}; they must sum to 1")
    return found


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(map(repr, names)) or "none"
