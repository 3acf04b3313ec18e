"""Repeated and stochastic games as games of one round between strategies: tables of exact payoffs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy

from coopgame.algebra.chains import Field, Law
from coopgame.algebra.polynomials import Ring
from coopgame.errors import GameError, UnsupportedError
from coopgame.expressions import format_expression, parse_expression, symbols_of
from coopgame.games.declarations import Parameter, Population
from coopgame.games.game import Game
from coopgame.games.horizons import Discounted, Horizon, LimitOfMeans
from coopgame.games.matrix import MatrixGame
from coopgame.games.memory_one import MemoryOne, probability
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.repeated_play import Chain, Rules, Strategy, exact_laws, inputs, read_strategies
from coopgame.games.stochastic_games import StochasticGame, as_stochastic_game, check_stage


def repeated_game(
    stage: Game | StochasticGame,
    strategies: Mapping[str, Strategy],
    horizon: Horizon,
    *,
    error: Any = 0,
    costs: Mapping[str, Any] | None = None,
) -> MatrixGame:
    """Return the game between strategies of a repeated or stochastic game: what each earns against each, exactly.

    The shares of outcomes (`find_repeated_play`) are exact, and payoffs are linear in those of the stage game, whose parameters, assumptions included, stay
    symbols. So do parameters in strategies, error, factor and transitions; the game assumes of each that it is a probability, in the limit of means
    neither 0 nor 1, since it may settle otherwise there.

    stage: a MatrixGame of two strategies, a NormalFormGame that is one, or a StochasticGame. strategies, horizon, error: as for `find_repeated_play`. costs:
    what a strategy pays for its complexity, in the units of the payoffs: per round, or in total where the horizon sums.

    Raises UnsupportedError for other stage games, GameError for strategies and costs that do not fit, and for a first round that is needed and not said.

    References: Imhof, Fudenberg and Nowak (2005), Proceedings of the National Academy of Sciences 102, 10797-10800, for the example.

    >>> from coopgame import FiniteRounds, MatrixGame, always_cooperate, always_defect, tit_for_tat
    >>> dilemma = MatrixGame([["R", "S"], ["T", "P"]], ["C", "D"])
    >>> rules = {"ALLC": always_cooperate(), "ALLD": always_defect(), "TFT": tit_for_tat()}
    >>> game = repeated_game(dilemma, rules, FiniteRounds(10, summed=True), costs={"TFT": "c"})
    >>> game.payoffs[1]
    (10*T, 10*P, 9*P + T)
    >>> game.payoff_matrix({"R": 3, "S": "0.1", "T": 5, "P": 1, "c": "0.8"})[2].tolist()
    [29.2, 8.3, 29.2]
    """
    world = as_stochastic_game(stage)
    read, rate = read_strategies(strategies, world), probability(error, "error")
    names = tuple(strategies)
    paid = _costs(costs or {}, names)
    payoffs = [u for row in world.payoffs for u in row]
    field, laws = exact_laws(world, read, horizon, rate, _rational_names([*payoffs, *paid]))
    table: list[list[sympy.Expr]] = [[sympy.Integer(0)] * len(names) for _ in names]
    for (i, j), law in laws:
        table[i][j] = _mean(field, law, payoffs, horizon.length, paid[i])
    given = inputs(world, read.values(), horizon, rate)
    known = world.stages[0].populations[0]
    return MatrixGame(
        table,
        population=Population(known.name, names, zh=known.zh),
        name=_name([stage.name for stage in world.stages], horizon),
        parameters=_parameters(world.parameters, [*given, *paid]),
        assumptions=[*world.assumptions, *_bounds(given, horizon)],
    )


def repeated_normal_form(
    stage: NormalFormGame,
    strategies: Mapping[str, Mapping[str, MemoryOne]],
    horizon: Horizon,
    *,
    error: Any = 0,
) -> NormalFormGame:
    """Return the game between strategies for the two players of a repeated game who earn differently, exactly.

    strategies: {population: {name: MemoryOne}} for the two populations of the stage game; C is the first strategy of a population, and outcomes are seen from
    the own side. Else as `repeated_game`.

    Raises UnsupportedError for stage games of other than two players with two strategies each, and else as `repeated_game`.

    References: Press and Dyson (2012), Proceedings of the National Academy of Sciences 109, 10409-10413, for the chain of outcomes.

    >>> from coopgame import Discounted, NormalFormGame, grim, always_defect
    >>> trust = NormalFormGame.from_bimatrix([["a", "-1"], [0, 0]], [["b", "b + t"], [0, 0]], {"buyer": ["buy", "stay"], "seller": ["serve", "cheat"]})
    >>> repeated = repeated_normal_form(trust, {"buyer": {"trigger": grim()}, "seller": {"serve": grim(), "cheat": always_defect()}}, Discounted("d"))
    >>> repeated.payoff(("trigger", "serve")), repeated.payoff(("trigger", "cheat"))
    ((a, b), (d - 1, -(b + t)*(d - 1)))
    """
    if not isinstance(stage, NormalFormGame) or [len(p.strategies) for p in stage.populations] != [2, 2]:
        raise UnsupportedError(
            f"the stage game is {stage!r}; a NormalFormGame of two players with two strategies each is needed"
        )
    check_stage(stage)
    first, second = (p.name for p in stage.populations)
    if not isinstance(strategies, Mapping) or set(strategies) != {first, second}:
        raise GameError(
            f"strategies are {strategies!r}; give those of {first!r} and of {second!r}, each name -> MemoryOne"
        )
    world = as_stochastic_game(MatrixGame([[0, 0], [0, 0]], ["C", "D"]))
    own, other = (read_strategies(strategies[name], world) for name in (first, second))
    rate = probability(error, "error")
    given = inputs(world, [*own.values(), *other.values()], horizon, rate)
    used = frozenset[str]().union(*map(symbols_of, given))
    payoffs = [[stage.payoff(profile)[p] for profile in stage.profiles] for p in (0, 1)]
    field = Field(sorted({*used, *_rational_names(payoffs[0] + payoffs[1])} if used else ()))
    chain = Chain(world, field)
    table = {}
    for i, mine in own.items():
        for j, yours in other.items():
            played: list[Rules] = [tuple(rule.with_error(rate) for rule in rules) for rules in (mine, yours)]
            law = chain.law(played[0], played[1], horizon, f"{i!r} against {j!r}")
            table[i, j] = [_mean(field, law, row, horizon.length, sympy.Integer(0)) for row in payoffs]
    return NormalFormGame(
        table,
        [Population(p.name, tuple(strategies[p.name]), zh=p.zh) for p in stage.populations],
        name=_name([stage.name], horizon),
        parameters=_parameters(stage.parameters, given),
        assumptions=[*stage.assumption_texts, *_bounds(given, horizon)],
    )


def _costs(costs: Mapping[str, Any], names: Sequence[str]) -> list[sympy.Expr]:
    for name in costs:
        if name not in names:
            raise GameError(f"costs name {name!r}; the strategies are {', '.join(names)}")
    return [parse_expression(costs.get(name, 0), f"cost of {name!r}") for name in names]


def _rational_names(payoffs: Sequence[sympy.Expr]) -> list[str]:
    """Return the parameters of payoffs, none when one of them is not a quotient of polynomials."""
    if not all(u.is_rational_function() for u in payoffs):
        return []
    return sorted(frozenset[str]().union(*map(symbols_of, payoffs)))


def _mean(field: Field, law: Law, payoffs: Sequence[sympy.Expr], length: sympy.Expr, cost: sympy.Expr) -> sympy.Expr:
    """Return the payoff of a law, times the length, less the cost; in lowest terms where the payoffs allow it."""
    names = set(field.ring.names)
    if names and all(u.is_rational_function() and symbols_of(u) <= names for u in (*payoffs, cost)):
        total = sum(share * field.read(u) for share, u in zip(law, payoffs, strict=True))
        return field.write(total * field.read(length) - field.read(cost))
    terms = [field.write(share) * u for share, u in zip(law, payoffs, strict=True)]
    total = sympy.Add(*terms) * length
    return (total if names else sympy.expand(total)) - cost


def _parameters(known: Sequence[Parameter], given: Iterable[sympy.Expr]) -> list[Parameter]:
    names = {p.name for p in known}
    new = sorted({name for expression in given for name in symbols_of(expression)} - names)
    return [*known, *(Parameter(name) for name in new)]


def _bounds(given: Iterable[sympy.Expr], horizon: Horizon) -> list[str]:
    """Return as assumptions, in polynomials, that each input with parameters is a probability."""
    found = []
    strict = isinstance(horizon, LimitOfMeans)
    factor = horizon.factor if isinstance(horizon, Discounted) else None
    for entry in given:
        names = sorted(symbols_of(entry))
        if not names:
            continue
        ring = Ring(names)
        top, bottom = (ring.to_expression(part) for part in ring.fraction(entry))
        low, high = (sympy.expand(side * bottom) if bottom.free_symbols else side for side in (top, bottom - top))
        found.append(f"{format_expression(low)} {'>' if strict else '>='} 0")
        found.append(f"{format_expression(high)} {'>' if strict or entry == factor else '>='} 0")
    return list(dict.fromkeys(found))


def _name(stages: Iterable[str], horizon: Horizon) -> str:
    named = " / ".join(dict.fromkeys(name for name in stages if name)) or "Game"
    return f"{named}, repeated: {horizon}"
