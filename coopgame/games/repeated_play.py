"""What two strategies do to each other in a repeated or stochastic game: how often each outcome occurs, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from coopgame.algebra.chains import Field, Law
from coopgame.algebra.linear import Number
from coopgame.errors import GameError, ParameterError
from coopgame.expressions import exact_number, format_expression, symbols_of
from coopgame.games.game import Game
from coopgame.games.horizons import Horizon
from coopgame.games.memory_one import OUTCOMES, MemoryOne, probability
from coopgame.games.stochastic_games import StochasticGame, as_stochastic_game

if TYPE_CHECKING:
    import pandas

Rules = tuple[MemoryOne, ...]  # a strategy for each state
Strategy = MemoryOne | Mapping[str, MemoryOne]
_FACING = (0, 2, 1, 3)  # the outcome as the other player sees it
_COOPERATORS = (0, 1, 1, 2)  # where a transition stands for each outcome: of two who play C, of one, of none


@dataclass(frozen=True, eq=False)
class RepeatedPlay:
    """How often each outcome occurs between each two strategies.

    laws[i][j]: the shares of rounds in the order of `outcomes` when strategy i meets strategy j, the action of i first; they sum to 1. Entries are exact:
    rational numbers, or expressions of the parameters of strategies, errors, horizon and transitions.
    """

    strategies: tuple[str, ...]
    states: tuple[str, ...]
    laws: tuple[tuple[tuple[sympy.Expr, ...], ...], ...]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """CC, CD, DC, DD; of a game with states such as `good CC`, state by state."""
        return tuple(f"{state} {outcome}".strip() for state in self.states for outcome in OUTCOMES)

    def law(self, first: str, second: str) -> dict[str, sympy.Expr]:
        """Return how often each outcome occurs when one strategy meets another; the action of the first one stands first."""
        i, j = map(self._place, (first, second))
        return dict(zip(self.outcomes, self.laws[i][j], strict=True))

    @cached_property
    def cooperation(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """How often strategy i plays the first action, C, against strategy j, at [i][j]."""
        return tuple(tuple(_total(law[0::4] + law[1::4]) for law in row) for row in self.laws)

    def state_shares(self, first: str, second: str) -> dict[str, sympy.Expr]:
        """Return how often the game is in each state when one strategy meets another."""
        law = self.laws[self._place(first)][self._place(second)]
        return {state: _total(law[4 * k : 4 * k + 4]) for k, state in enumerate(self.states)}

    def cooperation_rates(self, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return how often strategy i plays C against strategy j as floats, shape (n, n). Raises ParameterError for missing values."""
        numbers = {
            sympy.Symbol(name): sympy.Rational(*exact_number(value, name).as_integer_ratio())
            for name, value in (values or {}).items()
        }
        table = [[entry.xreplace(numbers) for entry in row] for row in self.cooperation]
        missing = sorted({name for row in table for entry in row for name in symbols_of(entry)})
        if missing:
            raise ParameterError(f"no value for {', '.join(missing)}; give one to each of them")
        return np.array([[float(entry) for entry in row] for row in table])

    def _place(self, name: str) -> int:
        if name not in self.strategies:
            raise GameError(f"no strategy {name!r}; there are {', '.join(self.strategies)}")
        return self.strategies.index(name)

    def __str__(self) -> str:
        return "\n".join(
            f"{first} against {second}: "
            + ", ".join(f"{o} {format_expression(p)}" for o, p in self.law(first, second).items() if p != 0)
            for i, first in enumerate(self.strategies)
            for second in self.strategies[i:]
        )

    def to_dataframe(self) -> pandas.DataFrame:
        """Return a pandas table with a row for each ordered pair: the shares of outcomes, and how often the first strategy cooperates."""
        import pandas

        rows = [
            {"strategy": first, "against": second, **self.law(first, second), "cooperation": self.cooperation[i][j]}
            for i, first in enumerate(self.strategies)
            for j, second in enumerate(self.strategies)
        ]
        return pandas.DataFrame(rows)

    def _repr_html_(self) -> str:
        lines = [f"<tr><td>{escape(line)}</td></tr>" for line in str(self).splitlines()]
        return f"<table>{''.join(lines)}</table>"


def find_repeated_play(
    stage: Game | StochasticGame, strategies: Mapping[str, Strategy], horizon: Horizon, *, error: Any = 0
) -> RepeatedPlay:
    """Return how often each outcome occurs between each two strategies of a repeated or stochastic game, exactly.

    The outcome of a round, with the state where there are several, is a Markov chain; its law comes from linear equations over the rational numbers, or
    over rational functions of parameters. Where play without errors settles in several ways, shares are means over these ways, weighed by their chances from
    the first round. In the limit of means symbols stand for numbers at which all entries with symbols lie inside (0, 1).

    stage: a MatrixGame of two strategies, or a StochasticGame. strategies: name -> MemoryOne; in a game with states also name -> {state: MemoryOne}, whose
    entries are for the state in which the action is taken, after the outcome of the round before. horizon: LimitOfMeans(), Discounted(factor) or
    FiniteRounds(number). error: the probability that an intended action turns into the other one; a number or an expression.

    Raises GameError for strategies that do not fit, and for a first round that is needed and not said.

    References: Hilbe, Simsa, Chatterjee and Nowak (2018), Nature 559, 246-249, for states; Nowak and Sigmund (1993), Nature 364, 56-58.

    >>> from coopgame import LimitOfMeans, catalog, tit_for_tat, win_stay_lose_shift
    >>> both = {"TFT": tit_for_tat(), "WSLS": win_stay_lose_shift()}
    >>> print(find_repeated_play(catalog.prisoners_dilemma(), both, LimitOfMeans(), error="0.01"))
    TFT against TFT: CC 1/4, CD 1/4, DC 1/4, DD 1/4
    TFT against WSLS: CC 1/4, CD 1/4, DC 1/4, DD 1/4
    WSLS against WSLS: CC 120087/125000, CD 99/10000, DC 99/10000, DD 1219/62500
    """
    world = as_stochastic_game(stage)
    field, laws = exact_laws(world, read_strategies(strategies, world), horizon, probability(error, "error"))
    names = tuple(strategies)
    written = {pair: tuple(map(field.write, law)) for pair, law in laws}
    table = tuple(tuple(written[i, j] for j in range(len(names))) for i in range(len(names)))
    return RepeatedPlay(names, world.states, table)


def read_strategies(strategies: Mapping[str, Strategy], world: StochasticGame) -> dict[str, Rules]:
    """Return the strategies with one rule for each state. Raises GameError for what is none."""
    if not isinstance(strategies, Mapping) or not strategies:
        raise GameError(f"strategies are {strategies!r}; give a mapping from name to MemoryOne")
    return {name: _rules(strategy, name, world.states) for name, strategy in strategies.items()}


def _rules(strategy: Any, name: str, states: Sequence[str]) -> Rules:
    by_state = strategy if isinstance(strategy, Mapping) else dict.fromkeys(states, strategy)
    if set(by_state) != set(states):
        raise GameError(
            f"strategy {name!r} has rules for {list(by_state)}; the states of the game are {list(states)}"
        )
    for rule in by_state.values():
        if not isinstance(rule, MemoryOne):
            raise GameError(f"strategy {name!r} is {rule!r}; a MemoryOne is needed, such as tit_for_tat()")
    return tuple(by_state[state] for state in states)


def inputs(
    world: StochasticGame, strategies: Iterable[Rules], horizon: Horizon, error: sympy.Expr
) -> list[sympy.Expr]:
    """Return what laws are made from and may have parameters: each number or expression once."""
    if not isinstance(horizon, Horizon):
        raise GameError(f"horizon is {horizon!r}; give FiniteRounds(10), Discounted('9/10') or LimitOfMeans()")
    entries = [p for rules in strategies for rule in rules for p in rule.entries]
    return list(dict.fromkeys([*entries, error, *world.probabilities, *horizon.inputs]))


def exact_laws(
    world: StochasticGame,
    strategies: Mapping[str, Rules],
    horizon: Horizon,
    error: sympy.Expr,
    more_names: Sequence[str] = (),
) -> tuple[Field, Iterator[tuple[tuple[int, int], Law]]]:
    """Return the field that laws are computed in, and the law of each pair (i, j) of strategies.

    more_names: parameters that the field shall have besides, where it has any.
    """
    used = frozenset[str]().union(*map(symbols_of, inputs(world, strategies.values(), horizon, error)))
    field = Field(sorted({*used, *more_names} if used else ()))
    played = [
        tuple(rule.with_error(error) if error != 0 else rule for rule in rules) for rules in strategies.values()
    ]
    names = tuple(strategies)

    def pairs() -> Iterator[tuple[tuple[int, int], Law]]:
        chain = Chain(world, field)
        for i, own in enumerate(played):
            for j in range(i, len(played)):
                law = chain.law(own, played[j], horizon, f"{names[i]!r} against {names[j]!r}")
                yield (i, j), law
                if i != j:
                    yield (j, i), [law[4 * s + _FACING[o]] for s in range(len(world.states)) for o in range(4)]

    return field, pairs()


class Chain:
    """The Markov chain of outcomes of two strategies in a game with states, in one field."""

    def __init__(self, world: StochasticGame, field: Field) -> None:
        self.field = field
        self.moves = [[[field.read(p) for p in row] for row in rows] for rows in world.moves]
        self.start = None if world.start is None else [field.read(p) for p in world.start]

    def law(self, own: Rules, other: Rules, horizon: Horizon, who: str) -> Law:
        """Return how often each outcome occurs, state by state."""
        return horizon.law(self.field, self.rows(own, other), self._first(own, other), who)

    def rows(self, own: Rules, other: Rules) -> list[Law]:
        """Return the probabilities from outcome to outcome, states and outcomes in both as one number each."""
        states = range(len(self.moves))
        p, q = ([[self.field.read(entry) for entry in rule.after] for rule in rules] for rules in (own, other))
        return [
            [
                chance * share
                for t, chance in enumerate(self.moves[s][_COOPERATORS[o]])
                for share in _both(p[t][o], q[t][_FACING[o]])
            ]
            for s in states
            for o in range(4)
        ]

    def _first(self, own: Rules, other: Rules) -> list[Number] | None:
        """Return the law of the first round, None where it is not said."""
        if self.start is None:
            return None
        found: list[Number] = []
        for chance, mine, yours in zip(self.start, own, other, strict=True):
            if mine.first is None or yours.first is None:
                return None
            found += [chance * share for share in _both(self.field.read(mine.first), self.field.read(yours.first))]
        return found


def _both(p: Number, q: Number) -> tuple[Number, Number, Number, Number]:
    """Return the probabilities of CC, CD, DC, DD."""
    return p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)


def _total(shares: Sequence[sympy.Expr]) -> sympy.Expr:
    total = sympy.Add(*shares)
    return total if total.is_Rational else sympy.factor(total)
