"""Rewards, penalties and transfers, fixed or growing with a share, as functions that turn one game into another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from coopgame.errors import GameError
from coopgame.expressions import parse_expression, symbols_of
from coopgame.games.declarations import Parameter, declared
from coopgame.games.game import Game
from coopgame.games.population import PopulationGame

Place = tuple[str, str]  # population, strategy


def proportional(amount: Any, share: str, power: int = 1) -> sympy.Expr:
    """Return an amount that grows with a power of a share: linear F*y, quadratic F*y**2.

    >>> proportional("F", "y", 2)
    F*y**2
    """
    if power < 1:
        raise GameError(f"the power of a share must be at least 1, got {power}; for a fixed amount give it as it is")
    return parse_expression(amount, "amount") * sympy.Symbol(share) ** power


def capped(amount: Any, cap: Any) -> sympy.Expr:
    """Return an amount that never exceeds a cap, min(amount, cap); not a polynomial, so analysed at values only.

    >>> capped("F*y", "Fmax")
    Min(Fmax, F*y)
    """
    return sympy.Min(parse_expression(amount, "amount"), parse_expression(cap, "cap"))


def add_transfer(
    game: Game,
    amount: Any,
    *,
    to: Place | None = None,
    by: Place | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> PopulationGame:
    """Return the game in which an amount changes hands, kept symbolic.

    to, by: (population, strategy) that receive and pay. With both, each who plays `to` receives the amount from those who
    play `by`, in proportion to their share, and they pay in proportion to the share of `to`: a subsidy that a government
    pays when it supports, a fine that it collects when it supervises. With `to` alone it is a reward from outside, with `by` alone
    a penalty to outside. The amount may grow with shares (`proportional`) or be capped (`capped`). parameters: what is to be declared of
    new names in the amount, as for a game; undeclared ones are any real number. Labels, starts and assumptions are kept.

    Raises GameError when a place is unknown or neither is given.

    >>> from coopgame import NormalFormGame
    >>> game = NormalFormGame.from_bimatrix([["-c", "-c"], [0, 0]], [["g", 0], ["g", 0]])
    >>> fined = add_transfer(game, "F", to=("player1", "1"), by=("player2", "1"), parameters={"F": "> 0"})
    >>> fined.advantage(0), fined.advantage(1)
    (F*y - c, -F*x + g)
    """
    if to is None and by is None:
        raise GameError("a transfer needs who receives (to) or who pays (by), each as (population, strategy)")
    expression = parse_expression(amount, "amount", names=tuple(_dotted(game)))
    payoffs = {
        p.name: {s: game.expected_payoff(i, j) for j, s in enumerate(p.strategies)}
        for i, p in enumerate(game.populations)
    }
    receiver, payer = _place(game, to), _place(game, by)
    if receiver is not None:
        share = game.share(*payer) if payer is not None else sympy.Integer(1)
        payoffs[to[0]][to[1]] += expression * share  # type: ignore[index]
    if payer is not None:
        share = game.share(*receiver) if receiver is not None else sympy.Integer(1)
        payoffs[by[0]][by[1]] -= expression * share  # type: ignore[index]
    kept = {p.name: p for p in game.parameters} | {p.name: p for p in declared(parameters or {})}
    known = {*kept, *game.coordinates, *_dotted(game)}
    new = sorted(symbols_of(expression) - known)
    stated = [*kept.values(), *(Parameter(name) for name in new)]
    return PopulationGame(
        {
            name: {s: sympy.expand(u) if u.is_polynomial() else u for s, u in row.items()}
            for name, row in payoffs.items()
        },
        game.populations,
        **{**game.common(), "parameters": stated},
    )


def _dotted(game: Game) -> list[str]:
    return [f"{p.name}.{s}" for p in game.populations for s in p.strategies]


def _place(game: Game, place: Place | None) -> tuple[int, int] | None:
    if place is None:
        return None
    population, strategy = place
    for i, p in enumerate(game.populations):
        if p.name == population and strategy in p.strategies:
            return i, p.strategies.index(strategy)
    raise GameError(f"no strategy {strategy!r} of population {population!r}; there are {', '.join(_dotted(game))}")
