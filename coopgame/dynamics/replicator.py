"""The replicator field, with rates factored and growth written by payoffs."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import sympy

from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import slices
from coopgame.expressions import format_expression
from coopgame.games.display import by_shares


class ReplicatorField(VectorField):
    """The replicator field of a game; rates are factored as x*(1 - x)*(advantage) for two strategies.

    For a `RateModel`, which has no populations, it is the field of the model's own rates.
    """

    @property
    def name(self) -> str:
        return "replicator" if self.game.populations else super().name

    @cached_property
    def rates(self) -> tuple[sympy.Expr, ...]:
        """Symbolic time derivatives of the coordinates."""
        rates = []
        for p, population in enumerate(self.game.populations):
            if population.symbol:
                x = sympy.Symbol(population.symbol)
                rates.append(sympy.Mul(x, 1 - x, self.game.advantage(p)))
                continue
            mean = self.game.mean_payoff(p)
            for s in range(len(population.strategies)):
                rates.append(self.game.share(p, s) * (self.game.expected_payoff(p, s) - mean))
        return (*rates, *(variable.rate for variable in self.game.environment))

    def equations(self) -> dict[str, str]:
        """Return the time derivative of every coordinate as text."""
        result = {}
        position = 0
        for p, population in enumerate(self.game.populations):
            if population.symbol:
                x = population.symbol
                result[x] = f"{x}*(1 - {x})*({format_expression(by_shares(self.game, self.game.advantage(p)))})"
                position += 1
                continue
            for _ in population.strategies:
                result[self.game.coordinates[position]] = format_expression(self.rates[position])
                position += 1
        return result | {variable.name: format_expression(variable.rate) for variable in self.game.environment}

    @cached_property
    def growth_rates(self) -> tuple[sympy.Expr, ...]:
        """Derivatives of ln(share) in `tangent_coordinates`, F_s - mean for every share of a state.

        An environment variable n between 0 and 1 has two, of ln n and of ln(1 - n), one without an upper bound that of ln n.
        """
        shares, payoffs = self.reduced_payoffs
        rates = []
        for part in slices(self.game)[: len(self.game.populations)]:
            x, f = shares[part], payoffs[part]
            mean = sympy.Add(*(a * b for a, b in zip(x, f, strict=True)))
            rates += [b - mean for b in f]
        for variable, (drive, relative) in zip(self.game.environment, self._environment, strict=True):
            n = sympy.Symbol(variable.name)
            inner = drive.xreplace(self._last_shares)
            if not variable.bounded:
                rates.append(inner if relative else inner / n)
                continue
            rates += [(1 - n) * inner, -n * inner] if relative else [inner / n, -inner / (1 - n)]
        return tuple(rates)

    @cached_property
    def reduced_rates(self) -> tuple[sympy.Expr, ...]:
        """Symbolic time derivatives of `tangent_coordinates`, in these alone."""
        shares, payoffs = self.reduced_payoffs
        rows = []
        for part in slices(self.game)[: len(self.game.populations)]:
            x, f = shares[part], payoffs[part]
            last = f[-1]
            mean = sympy.Add(*(a * (b - last) for a, b in zip(x[:-1], f[:-1], strict=True)))
            rows += [a * ((b - last) - mean) for a, b in zip(x[:-1], f[:-1], strict=True)]
        return (*rows, *(variable.rate.xreplace(self._last_shares) for variable in self.game.environment))

    def drives(self, shares: np.ndarray, numbers: list[Any]) -> np.ndarray:
        """Return payoffs, and what moves the environment, of checked states; shape (..., number of shares)."""
        drives = self._evaluated(shares, numbers)
        for law, own, part in zip(self.laws, self.settings(numbers), slices(self.game), strict=False):
            if own:  # an aspiration or a baseline bounds the payoffs for which the protocol is defined
                law.growth(drives[..., part], shares[..., part], **own)
        return drives
