"""Mean dynamics: the vector field of a game, symbolic and compiled."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import sympy

from coopgame.codegen import Compiled, compile_expressions
from coopgame.dynamics.state import as_state, slices
from coopgame.errors import ParameterError
from coopgame.expressions import format_expression
from coopgame.games.display import by_shares, share_symbols
from coopgame.games.game import Game


def replicator(game: Game) -> VectorField:
    """Return the replicator field: a share grows at the rate by which its payoff exceeds the population's mean.

    dx_i/dt = x_i (F_i(x) - mean), in every population; for two strategies dx/dt = x (1 - x) (F_1 - F_2).

    References: Taylor and Jonker (1978); Hofbauer and Sigmund (1998), chapters 7 and 10.
    """
    return _replicator(game)


@lru_cache(maxsize=256)
def _replicator(game: Game) -> VectorField:
    return VectorField(game)


class VectorField:
    """The replicator field of a game; symbolic rates, compiled once, evaluated at states and parameter values.

    rates: time derivatives of `game.coordinates`, factored as x*(1 - x)*(advantage) for two strategies.
    """

    name = "replicator"

    def __init__(self, game: Game) -> None:
        self.game = game

    def __repr__(self) -> str:
        return f"<{self.name} field of {self.game!r}>"

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

    @cached_property
    def _environment(self) -> tuple[tuple[sympy.Expr, bool], ...]:
        return tuple(self.game.environment_rate(p) for p in range(len(self.game.environment)))

    @cached_property
    def relative(self) -> tuple[bool, ...]:
        """For every block of a state, whether it moves by x_i (F_i - mean); else, in the environment, by a plain rate."""
        return (*(True for _ in self.game.populations), *(relative for _, relative in self._environment))

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
    def _reduced(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """Shares and payoffs of every population in reduced coordinates."""
        substitution = self._last_shares
        shares, payoffs = [], []
        for p, population in enumerate(self.game.populations):
            for s in range(len(population.strategies)):
                shares.append(self.game.share(p, s).xreplace(substitution))
                payoffs.append(self.game.expected_payoff(p, s).xreplace(substitution))
        return tuple(shares), tuple(payoffs)

    @cached_property
    def _last_shares(self) -> dict[sympy.Expr, sympy.Expr]:
        """The last share of every population without a symbol, as 1 minus the others."""
        substitution = {}
        for p, population in enumerate(self.game.populations):
            if not population.symbol:
                count = len(population.strategies)
                others = sympy.Add(*(self.game.share(p, s) for s in range(count - 1)))
                substitution[self.game.share(p, count - 1)] = 1 - others
        return substitution

    @cached_property
    def tangent_coordinates(self) -> tuple[str, ...]:
        """The coordinates that are left when the last share of every population is 1 minus the others."""
        names: list[str] = []
        for population in self.game.populations:
            dotted = [f"{population.name}.{s}" for s in population.strategies]
            names += [population.symbol] if population.symbol else dotted[:-1]
        return (*names, *(variable.name for variable in self.game.environment))

    @cached_property
    def _payoffs(self) -> Compiled:
        names = self.game.coordinates
        payoffs = [
            self.game.expected_payoff(p, s)
            for p, population in enumerate(self.game.populations)
            for s in range(len(population.strategies))
        ]
        payoffs += [part for drive, _ in self._environment for part in (drive, sympy.Integer(0))]
        return compile_expressions(payoffs, names, self.game.ring.names)

    def payoffs(self, state: Any, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return the expected payoff of every strategy, population after population; shape (..., number of shares)."""
        shares = as_state(self.game, state)
        strategies = sum(len(population.strategies) for population in self.game.populations)
        return self.drives(shares, self.numbers(values))[..., :strategies]

    def numbers(self, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Return the parameters in order as floats; arrays among the values stay arrays for batches."""
        given = dict(values or {})
        arrays = {
            name: np.asarray(v, dtype=float) for name, v in given.items() if isinstance(v, np.ndarray) and v.ndim
        }
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                raise ParameterError(f"values of {name} are not all finite numbers")
        plain = {name: v for name, v in given.items() if name not in arrays}
        exact = self.game.values({**plain, **dict.fromkeys(arrays, 0)})
        return [arrays[name] if name in arrays else _float(name, exact[name]) for name in self.game.ring.names]

    def drives(self, shares: np.ndarray, numbers: list[Any]) -> np.ndarray:
        """Return what moves each entry of checked states: payoffs of strategies; for the environment its rate, and 0."""
        try:
            values = self._payoffs(self._coordinates(shares), numbers)
        except (ArithmeticError, ValueError) as error:
            given = ", ".join(f"{name} = {value}" for name, value in zip(self.game.ring.names, numbers, strict=True))
            raise ParameterError(
                f"a payoff is no number at {given}: {error}; change the values or the payoff"
            ) from None
        if shares.ndim == 1 and not any(isinstance(v, np.ndarray) and v.ndim for v in values):
            return np.array(values, dtype=float)
        shape = np.broadcast_shapes(shares.shape[:-1], *(np.shape(v) for v in values))
        return np.stack([np.broadcast_to(v, shape) for v in values], axis=-1)

    def _coordinates(self, shares: np.ndarray) -> list[Any]:
        columns: list[Any] = []
        for population, part in zip(self.game.blocks, slices(self.game), strict=True):
            block = shares[..., part]
            indices = (0,) if population.symbol else range(len(population.strategies))
            columns += [float(block[i]) if shares.ndim == 1 else block[..., i] for i in indices]
        return columns

    def __call__(self, state: Any, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return the time derivatives of all shares, population after population; shape (..., number of shares)."""
        shares = as_state(self.game, state)
        drives = self.drives(shares, self.numbers(values))
        rates = np.empty(np.broadcast_shapes(shares.shape, drives.shape))
        for part, relative in zip(slices(self.game), self.relative, strict=True):
            x, f = shares[..., part], drives[..., part]
            if not relative:
                rates[..., part] = f[..., :1] * np.array([1.0, -1.0])
                continue
            # differences first: a constant added to all payoffs must not cost digits
            f = f - f[..., :1]
            rates[..., part] = x * (f - (x * f).sum(axis=-1, keepdims=True))
        return rates

    @cached_property
    def growth_rates(self) -> tuple[sympy.Expr, ...]:
        """Derivatives of ln(share) in `tangent_coordinates`, F_s - mean for every share of a state.

        An environment variable n that stays between its ends has two, of ln n and of ln(1 - n); plain ones have none.
        """
        shares, payoffs = self._reduced
        rates = []
        for part in slices(self.game)[: len(self.game.populations)]:
            x, f = shares[part], payoffs[part]
            mean = sympy.Add(*(a * b for a, b in zip(x, f, strict=True)))
            rates += [b - mean for b in f]
        for variable, (drive, relative) in zip(self.game.environment, self._environment, strict=True):
            n = sympy.Symbol(variable.name)
            inner = drive.xreplace(self._last_shares)
            rates += [(1 - n) * inner, -n * inner] if relative else [inner / n, -inner / (1 - n)]
        return tuple(rates)

    @cached_property
    def jacobian_expressions(self) -> sympy.Matrix:
        """Symbolic Jacobian on the tangent space, in `tangent_coordinates`; shape (d, d)."""
        shares, payoffs = self._reduced
        rows = []
        for part in slices(self.game)[: len(self.game.populations)]:
            x, f = shares[part], payoffs[part]
            last = f[-1]
            mean = sympy.Add(*(a * (b - last) for a, b in zip(x[:-1], f[:-1], strict=True)))
            rows += [a * ((b - last) - mean) for a, b in zip(x[:-1], f[:-1], strict=True)]
        rows += [variable.rate.xreplace(self._last_shares) for variable in self.game.environment]
        variables = [sympy.Symbol(name) for name in self.tangent_coordinates]
        return sympy.Matrix([[sympy.diff(row, v) for v in variables] for row in rows])

    @cached_property
    def _jacobian(self) -> Compiled:
        entries = list(self.jacobian_expressions)
        return compile_expressions(entries, self.tangent_coordinates, self.game.ring.names)

    def jacobian(self, state: Any, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return the Jacobian on the tangent space at one state; shape (d, d), d = sum of (strategies - 1).

        Rows and columns are `tangent_coordinates`: the first n - 1 shares of every population. It has no spurious
        eigenvalues: the direction in which shares would not sum to 1 is gone.
        """
        shares = as_state(self.game, state)
        columns = [float(v) for part in slices(self.game) for v in shares[part][:-1]]
        size = len(columns)
        return np.array(self._jacobian(columns, self.numbers(values)), dtype=float).reshape(size, size)

    def _repr_latex_(self) -> str:
        names = share_symbols(self.game)
        lines = []
        for name, rate in zip(self.game.coordinates, self.rates, strict=True):
            share = sympy.latex(sympy.Symbol(name), symbol_names=names)
            lines.append(rf"\frac{{d {share}}}{{dt}} &= {sympy.latex(rate, symbol_names=names)}")
        return r"$\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}$"


def _float(name: str, value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        raise ParameterError(
            f"{name} is beyond the range of floating-point numbers, 1.8e308; measure payoffs in another unit"
        ) from None
