"""Discrete-time dynamics: the map from one generation to the next of a game whose generations do not overlap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import sympy

from coopgame.dynamics.field import VectorField
from coopgame.dynamics.generations import GenerationRule
from coopgame.dynamics.laws import Law, Level
from coopgame.dynamics.mean import Dynamics, laws_of
from coopgame.dynamics.state import as_state, share_names, slices
from coopgame.errors import IntegrationError, UnsupportedError
from coopgame.expressions import format_expression
from coopgame.games.display import share_symbols
from coopgame.games.game import Game

Step = Callable[[np.ndarray], np.ndarray]


class GenerationMap:
    """The map from the shares of one generation to those of the next; symbolic, and evaluated at states and parameter values.

    laws: the rule of each population. displacement: by how much shares change in one generation, as a vector field. Its zeros are the rest points
    of the map, and its Jacobian is that of the map less the identity; its flow is another dynamic.
    """

    def __init__(self, game: Game, laws: tuple[GenerationRule, ...]) -> None:
        self.game = game
        self.laws = laws
        self.displacement = VectorField(game, laws)

    @property
    def name(self) -> str:
        """The rules by name, with their settings."""
        return self.displacement.name

    def __repr__(self) -> str:
        return f"<{self.name} map of {self.game!r}>"

    @cached_property
    def next_shares(self) -> tuple[sympy.Expr, ...]:
        """The symbolic next value of every coordinate of the game."""
        shares: list[sympy.Expr] = []
        for p, population in enumerate(self.game.populations):
            count = range(len(population.strategies))
            own = np.array([self.game.share(p, s) for s in count], dtype=object)
            payoffs = np.array([self.game.expected_payoff(p, s) for s in count], dtype=object)
            shares += list(own * self.laws[p].factors(payoffs, own, **self._symbolic(p)))[
                : 1 if population.symbol else None
            ]
        return tuple(shares)

    @cached_property
    def fitness_expressions(self) -> tuple[sympy.Expr, ...]:
        """The symbolic offspring of every strategy, in `tangent_coordinates`, up to a factor for each population."""
        shares, payoffs = (np.array(values, dtype=object) for values in self.displacement.reduced_payoffs)
        return tuple(
            value
            for p, part in enumerate(slices(self.game))
            for value in self.laws[p].fitness(payoffs[part], shares[part], **self._symbolic(p))
        )

    def _symbolic(self, p: int) -> dict[str, np.ndarray]:
        return {name: np.array([value], dtype=object) for name, value in self.laws[p].settings}

    @property
    def tangent_coordinates(self) -> tuple[str, ...]:
        """The coordinates that are left when the last share of every population is 1 minus the others."""
        return self.displacement.tangent_coordinates

    @cached_property
    def jacobian_expressions(self) -> sympy.Matrix:
        """Symbolic Jacobian of the map on the tangent space, in `tangent_coordinates`; shape (d, d)."""
        return self.displacement.jacobian_expressions + sympy.eye(len(self.tangent_coordinates))

    def equations(self) -> dict[str, str]:
        """Return the next value of every coordinate as text."""
        pairs = zip(self.game.coordinates, self.next_shares, strict=True)
        return {name: format_expression(share) for name, share in pairs}

    def jacobian(self, state: Any, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return the Jacobian on the tangent space at one state; shape (d, d), d = sum of (strategies - 1)."""
        return self.displacement.jacobian(state, values) + np.eye(len(self.tangent_coordinates))

    def jacobians(self, shares: np.ndarray, numbers: list[Any]) -> np.ndarray:
        """Return the Jacobians on the tangent space at many checked states; shape (T, d, d)."""
        return self.displacement.jacobians(shares, numbers) + np.eye(len(self.tangent_coordinates))

    def numbers(self, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Return the parameters in order as floats; arrays among the values stay arrays for batches."""
        return self.displacement.numbers(values)

    def __call__(self, state: Any, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return all shares of the next generation, population after population; shape (..., number of shares).

        Raises IntegrationError, with strategy and value, where a strategy that is present would have negative offspring, no strategy would have any, or
        a payoff is no number.
        """
        shares, numbers = as_state(self.game, state), self.numbers(values)
        batch = np.broadcast_shapes(shares.shape[:-1], *(np.shape(number) for number in numbers))
        with np.errstate(divide="ignore"):
            logs = np.log(np.broadcast_to(shares, (*batch, shares.shape[-1])))
        return np.asarray(np.exp(self.step(numbers)(logs)))

    def step(self, numbers: list[Any]) -> Step:
        """Return the function from log shares, -inf for absent strategies, to those of the next generation; shapes (..., number of shares).

        Logarithms are added, so shares far below 1e-300 are kept. A strategy without any offspring is gone: its share is exactly 0 from then on.
        """
        parts, settings = slices(self.game), self.displacement.settings(numbers)

        def next_logs(logs: np.ndarray) -> np.ndarray:
            shares = np.exp(logs)
            payoffs = self.displacement.payoffs_at(shares, numbers)
            result = np.empty_like(logs)
            for law, own, part in zip(self.laws, settings, parts, strict=True):
                present, x, f = logs[..., part] > -np.inf, shares[..., part], payoffs[..., part]
                fitness = np.where(present, law.fitness(f, x, **own), 0.0)
                mean = (x * fitness).sum(axis=-1, keepdims=True)
                if not ((fitness >= 0).all() and (mean > 0).all() and np.isfinite(mean).all()):
                    raise self._stopped(law, own, part.start, fitness, f, x, present)
                with np.errstate(divide="ignore"):
                    result[..., part] = logs[..., part] + np.log(fitness) - np.log(mean)
            return result

        return next_logs

    def _stopped(
        self,
        law: GenerationRule,
        own: Mapping[str, np.ndarray],
        start: int,
        fitness: np.ndarray,
        payoffs: np.ndarray,
        shares: np.ndarray,
        present: np.ndarray,
    ) -> IntegrationError:
        """Return the error of the first state that has no next generation; start: where its population begins."""
        wrong = np.argwhere(~(fitness >= 0) | ~np.isfinite(fitness))
        if not len(wrong):
            return IntegrationError(
                f"no strategy of {share_names(self.game)[start].split('.')[0]} leaves offspring; {law.name} needs a positive mean fitness"
            )
        *batch, i = (int(k) for k in wrong[0])
        at = tuple(batch)
        name, value, payoff = share_names(self.game)[start + i], fitness[(*at, i)], payoffs[(*at, i)]
        if not np.isfinite(value):
            return IntegrationError(
                f"the offspring of {name} is {value:.6g} at payoffs {payoffs[at]}; check the payoffs for division by zero or huge numbers"
            )
        one = {key: np.broadcast_to(number, (*fitness.shape[:-1], 1))[at] for key, number in own.items()}
        here = present[at]
        remedy = law.remedy(payoffs[at][here], shares[at][here], **one)
        return IntegrationError(
            f"{name} would leave {value:.6g} offspring from a share of {shares[(*at, i)]:.6g} at a payoff of {payoff:.6g} under {law.name}; "
            f"offspring cannot be negative: {remedy}"
        )

    def _repr_latex_(self) -> str:
        names = share_symbols(self.game)
        lines = []
        for name, share in zip(self.game.coordinates, self.next_shares, strict=True):
            symbol = sympy.latex(sympy.Symbol(name), symbol_names=names)
            lines.append(rf"{symbol}' &= {sympy.latex(share, symbol_names=names)}")
        return r"$\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}$"


def discrete_dynamic(game: Game, rule: Dynamics) -> GenerationMap:
    """Return the map from one generation to the next of a game whose generations do not overlap.

    rule: a generation rule for all populations, or a mapping from each population's name to its own. `iterate` follows it and
    `find_rest_points` takes it as it takes a vector field.

    Raises UnsupportedError for laws in continuous time and for games with an environment, ProtocolError when a population has no rule or a
    setting names what is no parameter of the game.

    References: Hofbauer and Sigmund (1998), Evolutionary Games and Population Dynamics, chapter 7.

    >>> from coopgame import MatrixGame, fitness_replicator
    >>> hawk_dove = MatrixGame([[-1, 2], [0, 1]], strategies=["hawk", "dove"], symbol="x")
    >>> discrete_dynamic(hawk_dove, fitness_replicator(3))({"x": 0.25})
    array([0.27419355, 0.72580645])
    """
    laws = laws_of(game, rule, Level.DISCRETE)
    for law in laws:
        law.check_settings(dict(law.settings))
    if game.environment:
        raise UnsupportedError(
            f"{', '.join(v.name for v in game.environment)} has a rate in time, which gives no value for the next generation; use mean_dynamic(game, law)"
        )
    return _map(game, laws)


@lru_cache(maxsize=256)
def _map(game: Game, laws: tuple[Law, ...]) -> GenerationMap:
    rules = []
    for law in laws:
        if not isinstance(law, GenerationRule):
            raise UnsupportedError(
                f"{law.name} does not say how many offspring a strategy leaves; give a GenerationRule"
            )
        rules.append(law)
    return GenerationMap(game, tuple(rules))
