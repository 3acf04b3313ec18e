"""All evolutionarily stable states of a game, exactly at values or as conditions; strict equilibria where there are several populations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy

from coopgame.algebra.conditions import TRUE, Condition
from coopgame.analysis.ess import exact_payoffs
from coopgame.analysis.ess_conditions import ConditionalState, conditions_of_mixtures, conditions_of_profiles
from coopgame.analysis.ess_search import search_ess
from coopgame.analysis.points import Known, readable
from coopgame.analysis.strict_profiles import strict_profiles
from coopgame.dynamics.state import share_names
from coopgame.errors import UnsupportedError
from coopgame.expressions import to_sympy
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.listed import Listed

if TYPE_CHECKING:
    import pandas

    from coopgame.analysis.invasion import InvasionBarrier

DEFINITION = "ESS: a Nash equilibrium x with u(x, y) > u(y, y) for every other best reply y to it (Maynard Smith and Price 1973)"
SEVERAL = "ESS of several populations: a strict Nash equilibrium, from which every player who changes alone loses (Selten 1980)"
_MOST_SHOWN = 100
_ZERO, _ONE = sympy.Integer(0), sympy.Integer(1)


@dataclass(frozen=True, eq=False)
class StableState:
    """An evolutionarily stable state: shares of all strategies, and the condition under which it is one.

    shares: of a game of several populations they are keyed `population.strategy`, and `profile` has the strategies. replies: all best replies to the state.
    payoffs: the mean payoff of every population. condition: exact but for parameters at which an absent strategy earns the same as the
    mixture, where values decide. values: the values of the parameters at which it was searched, None where it holds under the condition.
    """

    game: Game = field(repr=False)
    shares: Mapping[str, sympy.Expr]
    condition: Condition = TRUE
    replies: tuple[str, ...] = ()
    payoffs: tuple[sympy.Expr, ...] = ()
    profile: tuple[str, ...] | None = None
    values: Mapping[str, Fraction] | None = field(default=None, repr=False)

    @property
    def support(self) -> tuple[str, ...]:
        """The strategies that are present."""
        return tuple(name for name, share in self.shares.items() if share != 0)

    @property
    def strict(self) -> bool:
        """Whether it is a strict Nash equilibrium: pure, and every other strategy earns less."""
        return self.regular and len(self.support) == len(self.game.populations)

    @property
    def regular(self) -> bool:
        """Whether every best reply is present, so that it is a quasi-strict equilibrium and small changes of the payoffs only move it."""
        return len(self.replies) == len(self.support)

    @cached_property
    def invasion_barrier(self) -> InvasionBarrier:
        """The share below which no mutant, pure or mixed, does as well as the state; see `find_invasion_barrier`.

        Raises UnsupportedError for conditions in parameters (give find_ess values) and for several populations.
        """
        from coopgame.analysis.invasion import find_invasion_barrier

        if self.values is None:
            raise UnsupportedError("an invasion barrier is found at values of the parameters: find_ess(game, values)")
        return find_invasion_barrier(self.game, self.shares, self.values)

    def text(self) -> str:
        """Return the state on one line."""
        present = [(name, share) for name, share in self.shares.items() if share != 0]
        shown = ", ".join(self.profile or (f"{name} = {readable(share)}" for name, share in present))
        return shown if self.condition == TRUE else f"{shown} if {self.condition}"

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, eq=False)
class StableStates(Listed[StableState]):
    """The evolutionarily stable states of a game, smaller supports first.

    The list is complete, or as complete as the conditions of its states say; because: how that is known. visited: how many supports or profiles were
    solved; all others are excluded by proof.
    """

    game: Game = field(repr=False)
    states: tuple[StableState, ...]
    known: Known = "exact"
    because: str = ""
    visited: int = 0
    definition: str = DEFINITION

    entries_in = "states"

    def to_dataframe(self) -> pandas.DataFrame:
        """Return one row per state: its support, the share of every strategy, mean payoffs, and whether it is strict and regular.

        Numbers are floats; what contains parameters is text, with a column for the condition.
        """
        import pandas

        several = len(self.game.populations) > 1
        names = share_names(self.game) if several else self.game.populations[0].strategies
        payoffs = [f"payoff of {p.name}" for p in self.game.populations] if several else ["payoff"]
        rows = [
            [
                ", ".join(s.support),
                *map(_cell, (*s.shares.values(), *s.payoffs)),
                s.strict,
                s.regular,
                s.condition.text(),
            ]
            for s in self.states
        ]
        table = pandas.DataFrame(rows, columns=["support", *names, *payoffs, "strict", "regular", "condition"])
        return table if any(s.condition != TRUE for s in self.states) else table.drop(columns="condition")

    def __str__(self) -> str:
        shown = [state.text() for state in self.states[:_MOST_SHOWN]] or ["no ESS"]
        more = len(self.states) - _MOST_SHOWN
        return "\n".join([*shown, *([f"... and {more} more"] if more > 0 else []), self.definition])

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(', '.join(s.support))}</td><td>{escape(s.text())}</td>"
            f"<td>{escape(', '.join(map(readable, s.payoffs)))}</td><td>{_kind(s)}</td></tr>"
            for s in self.states[:_MOST_SHOWN]
        )
        head = "<thead><tr><th>support</th><th>state</th><th>mean payoff</th><th>kind</th></tr></thead>"
        count = f"{len(self.states)} found" if len(self.states) > _MOST_SHOWN else ""
        notes = ". ".join(note for note in (count, self.definition, f"{self.known}: {self.because}") if note)
        return f"<table>{head}<tbody>{rows}</tbody></table><p>{escape(notes)}</p>"


def find_ess(game: Game, values: Mapping[str, Any] | None = None) -> StableStates:
    """Return all evolutionarily stable states of a game with a payoff matrix, all strict equilibria of a game in normal form.

    With values ({} for the defaults alone) every state is found and proved, whatever ties there are; floats are taken as the binary numbers that
    they are. Only supports are solved on which the game is negative definite, as it is on the support of an ESS and on all parts of it (Haigh 1975), and of these
    only the largest in every branch of the search, since each of them has a single equilibrium. More than twelve strategies are searched in floats with
    bounds of their errors, and what these leave open in rational arithmetic; ties with absent strategies are decided by strict copositivity
    (Abakuks 1980; Bomze 1992). The number of ESS can grow exponentially, by 3^(n/3) and more.

    Without values, for up to five strategies, each support comes with the condition that its mixture exists, is an ESS, and no absent strategy earns as
    much (Abakuks 1980); supports that are proved never to carry an ESS are left out, unless their conditions are very long.

    Between several populations, who do not meet their own kind, a state is evolutionarily stable only as a strict Nash equilibrium
    (Selten 1980); those of a NormalFormGame come back, at values or with conditions, for up to a hundred profiles.

    Raises UnsupportedError for other kinds of games, for payoffs that contain shares, and where there is too much for conditions.

    References: Haigh (1975), Advances in Applied Probability 7, 8-11; Abakuks (1980), Journal of Applied Probability 17, 559-562; Bomze (1992);
    Selten (1980), Journal of Theoretical Biology 84, 93-101.

    >>> from coopgame import MatrixGame, find_ess
    >>> print(find_ess(MatrixGame([[-1, 4], [0, 2]], ["hawk", "dove"])))
    hawk = 2/3, dove = 1/3
    ESS: a Nash equilibrium x with u(x, y) > u(y, y) for every other best reply y to it (Maynard Smith and Price 1973)
    """
    symbolic = values is None and bool(game.ring.names)
    if isinstance(game, MatrixGame):
        return _conditional(game, list(conditions_of_mixtures(game))) if symbolic else _mixtures(game, values)
    if isinstance(game, NormalFormGame):
        return _conditional(game, list(conditions_of_profiles(game))) if symbolic else _profiles(game, values)
    raise UnsupportedError(
        "an ESS is defined here for payoff tables: of one population whose members meet in pairs (MatrixGame), or between "
        "populations (NormalFormGame); for other games see find_rest_points"
    )


def _mixtures(game: MatrixGame, values: Mapping[str, Any] | None) -> StableStates:
    names, point = game.populations[0].strategies, game.values(values)
    found = search_ess(exact_payoffs(game, values))
    numbers: dict[tuple[int, int], sympy.Expr] = {}

    def rational(top: int, bottom: int) -> sympy.Expr:
        number = numbers.get((top, bottom))
        return number if number is not None else numbers.setdefault((top, bottom), sympy.Rational(top, bottom))

    states = []
    for p in found.points:
        shares, total = dict.fromkeys(names, _ZERO), sum(p.weights)
        for i, weight in zip(p.support, p.weights, strict=True):
            shares[names[i]] = rational(weight, total)
        payoff = (rational(p.payoff.numerator, p.payoff.denominator),)
        states.append(StableState(game, shares, TRUE, tuple(names[i] for i in p.replies), payoff, values=point))
    rest = "on all others the game is not negative definite, or part of a larger definite one"
    where = (
        "in rational arithmetic"
        if found.exactly == found.visited
        else (f"in floats with bounds of their errors, {found.exactly} of them in rational arithmetic alone")
    )
    return StableStates(
        game, tuple(states), "exact", f"{found.visited} supports were solved {where}; {rest}", found.visited
    )


def _profiles(game: NormalFormGame, values: Mapping[str, Any] | None) -> StableStates:
    point = game.values(values)
    states = []
    for place, earned in strict_profiles(game, values):
        shares = [
            _ONE if i == s else _ZERO
            for s, q in zip(place, game.populations, strict=True)
            for i in range(len(q.strategies))
        ]
        payoffs = tuple(to_sympy(u) for u in earned)
        states.append(_of_profile(game, place, shares, payoffs, TRUE, point))
    because = f"all {len(game.profiles)} profiles were compared with every change of one player"
    return StableStates(game, tuple(states), "exact", because, len(game.profiles), SEVERAL)


def _conditional(game: MatrixGame | NormalFormGame, found: Sequence[ConditionalState]) -> StableStates:
    because = (
        "the conditions are equivalent to the definition where no absent strategy earns as much as those present"
    )
    if isinstance(game, NormalFormGame):
        states = [_of_profile(game, s.support, s.shares, s.payoffs, s.condition, None) for s in found]
        because = "the conditions are the definition, written out for every profile"
        return StableStates(game, tuple(states), "exact", because, len(game.profiles), SEVERAL)
    names = game.populations[0].strategies
    mixtures = tuple(
        StableState(
            game, dict(zip(names, s.shares, strict=True)), s.condition, tuple(names[i] for i in s.support), s.payoffs
        )
        for s in found
    )
    return StableStates(game, mixtures, "exact", because, 2 ** len(names) - 1)


def _of_profile(
    game: NormalFormGame,
    place: Sequence[int],
    shares: Sequence[sympy.Expr],
    payoffs: tuple[sympy.Expr, ...],
    condition: Condition,
    values: Mapping[str, Fraction] | None,
) -> StableState:
    profile = tuple(q.strategies[s] for q, s in zip(game.populations, place, strict=True))
    present = tuple(f"{q.name}.{s}" for q, s in zip(game.populations, profile, strict=True))
    return StableState(
        game, dict(zip(share_names(game), shares, strict=True)), condition, present, payoffs, profile, values
    )


def _cell(value: sympy.Expr) -> Any:
    return readable(value) if value.free_symbols else float(value)


def _kind(state: StableState) -> str:
    return "strict" if state.strict else "regular" if state.regular else "tied with absent strategies"
