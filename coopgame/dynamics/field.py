"""The vector field of a game and its laws of change: symbolic rates, compiled payoffs, Jacobian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import sympy

from coopgame.codegen import Compiled, compile_expressions
from coopgame.dynamics.laws import Law
from coopgame.dynamics.state import as_state, slices
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.expressions import format_expression
from coopgame.games.display import share_symbols
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame

_TIE = 1e-12


class VectorField:
    """The mean dynamic of a game; symbolic rates where the laws have formulas, evaluated at states and parameter values.

    laws: how each population changes. rates: time derivatives of `game.coordinates`.
    """

    def __init__(self, game: Game, laws: tuple[Law, ...]) -> None:
        self.game = game
        self.laws = laws

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.game, self.laws)

    @property
    def name(self) -> str:
        """The laws by name, with their settings."""
        if not self.laws:
            return "the model's own rates"
        if len(set(self.laws)) == 1:
            return str(self.laws[0])
        return "; ".join(f"{p.name}: {law}" for p, law in zip(self.game.populations, self.laws, strict=True))

    def __repr__(self) -> str:
        return f"<{self.name} field of {self.game!r}>"

    @cached_property
    def rates(self) -> tuple[sympy.Expr, ...]:
        """Symbolic time derivatives of the coordinates."""
        rates: list[sympy.Expr] = []
        for p, population in enumerate(self.game.populations):
            rates += self.population_rates(p)[: 1 if population.symbol else None]
        return (*rates, *(variable.rate for variable in self.game.environment))

    def population_rates(self, p: int) -> list[sympy.Expr]:
        """Return the symbolic time derivatives of all shares of a population."""
        count = range(len(self.game.populations[p].strategies))
        return self._change(
            p, [self.game.expected_payoff(p, s) for s in count], [self.game.share(p, s) for s in count]
        )

    @cached_property
    def kinks(self) -> tuple[sympy.Expr, ...]:
        """What vanishes, in `tangent_coordinates`, where the rates are not differentiable."""
        found: dict[sympy.Expr, None] = {}
        for rate in self.reduced_rates:
            for node in rate.atoms(sympy.Max, sympy.Min):
                found |= dict.fromkeys(a - b for a, b in combinations(node.args, 2))
        return tuple(found)

    def _change(self, p: int, payoffs: Sequence[sympy.Expr], shares: Sequence[sympy.Expr]) -> list[sympy.Expr]:
        """Return the symbolic change of the shares of a population."""
        law = self.laws[p]
        law.check_settings(dict(law.settings))
        settings = {name: np.array([value], dtype=object) for name, value in law.settings}
        change = law.change(np.array(payoffs, dtype=object), np.array(shares, dtype=object), **settings)
        if not all(isinstance(rate, sympy.Expr) for rate in change):
            raise UnsupportedError(
                f"{law.name} has no symbolic form: its rates are made for numbers; write them with operators and the functions of "
                "coopgame.dynamics.elementwise, or give values"
            )
        return list(change)

    @cached_property
    def _environment(self) -> tuple[tuple[sympy.Expr, bool], ...]:
        return tuple(self.game.environment_rate(p) for p in range(len(self.game.environment)))

    @cached_property
    def relative(self) -> tuple[bool, ...]:
        """For every block of a state, whether its shares have growth rates, so that absent strategies stay absent."""
        return (*(law.relative for law in self.laws), *(relative for _, relative in self._environment))

    def equations(self) -> dict[str, str]:
        """Return the time derivative of every coordinate as text."""
        return {name: format_expression(rate) for name, rate in zip(self.game.coordinates, self.rates, strict=True)}

    @cached_property
    def reduced_payoffs(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """Shares and payoffs of every strategy, population after population, in `tangent_coordinates`."""
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
        payoffs = [
            self.game.expected_payoff(p, s)
            for p, population in enumerate(self.game.populations)
            for s in range(len(population.strategies))
        ]
        for variable, (drive, relative) in zip(self.game.environment, self._environment, strict=True):
            payoffs += [drive, *([sympy.S.Zero if relative else -drive] if variable.bounded else [])]
        return compile_expressions(payoffs, self.game.coordinates, self.game.ring.names)

    @cached_property
    def _matrix(self) -> np.ndarray | None:
        """The payoff matrix of a game of pairs where it holds only numbers, shape (n, n): such payoffs need no generated code."""
        game = self.game
        if not isinstance(game, MatrixGame) or game.environment:
            return None
        if not all(isinstance(entry, sympy.Rational) for row in game.payoffs for entry in row):
            return None
        return np.array([[entry.p / entry.q for entry in row] for row in game.payoffs])

    @cached_property
    def _settings(self) -> Compiled:
        values = [value for law in self.laws for _, value in law.settings]
        return compile_expressions(values, (), self.game.ring.names)

    def payoffs(self, state: Any, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return the expected payoff of every strategy, population after population; shape (..., number of shares)."""
        shares = as_state(self.game, state)
        strategies = sum(len(population.strategies) for population in self.game.populations)
        return self._evaluated(shares, self.numbers(values))[..., :strategies]

    def payoffs_at(self, shares: np.ndarray, numbers: list[Any]) -> np.ndarray:
        """Return expected payoffs at checked states and parameters in order; shape (..., number of strategies)."""
        strategies = sum(len(population.strategies) for population in self.game.populations)
        return self._evaluated(shares, numbers)[..., :strategies]

    def payoff_slopes(self, shares: np.ndarray, numbers: list[Any]) -> np.ndarray:
        """Return the derivatives of payoffs by shares at one checked state; shape (strategies, strategies).

        Where a population has a symbol, payoffs are written in the share of its first strategy, and the column of the second is 0.
        """
        size = sum(len(population.strategies) for population in self.game.populations)
        entries = self._payoff_slopes(self._coordinates(shares), numbers)
        return np.array(entries, dtype=float).reshape(size, size)

    @cached_property
    def _payoff_slopes(self) -> Compiled:
        game = self.game
        columns = [
            None if population.symbol and s else game.share(p, s)
            for p, population in enumerate(game.populations)
            for s in range(len(population.strategies))
        ]
        payoffs = [
            game.expected_payoff(p, s) for p, q in enumerate(game.populations) for s in range(len(q.strategies))
        ]
        entries = [sympy.S.Zero if c is None else sympy.diff(payoff, c) for payoff in payoffs for c in columns]
        return compile_expressions(entries, game.coordinates, game.ring.names)

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
        """Return what moves each entry of checked states, shape (..., number of shares).

        In relative blocks that is a growth rate, up to a number that the whole block shares; elsewhere the time derivative.
        """
        drives = self._evaluated(shares, numbers)
        settings = self.settings(numbers)
        for law, own, part in zip(self.laws, settings, slices(self.game), strict=False):
            move = law.growth if law.relative else law.change
            drives[..., part] = move(drives[..., part], shares[..., part], **own)
        return drives

    def settings(self, numbers: list[Any]) -> list[dict[str, Any]]:
        """Return the settings of each population's law at parameters in order."""
        if not any(law.settings for law in self.laws):
            return [{} for _ in self.laws]
        values = iter(self._settings((), numbers))
        result = []
        for law in self.laws:
            own = {name: np.asarray(next(values), dtype=float)[..., None] for name, _ in law.settings}
            law.check_settings(own)
            result.append(own)
        return result

    def _evaluated(self, shares: np.ndarray, numbers: list[Any]) -> np.ndarray:
        """Return payoffs of strategies, and the environment's drives, of checked states as a new array."""
        try:
            if self._matrix is not None:
                # unlike a matrix product, the same sum in every row: equal rows earn the same to the last digit
                return np.asarray(np.einsum("ij,...j->...i", self._matrix, shares))
            values = self._payoffs(self._coordinates(shares), numbers)
        except (ArithmeticError, ValueError) as error:
            given = ", ".join(f"{name} = {value}" for name, value in zip(self.game.ring.names, numbers, strict=True))
            what = "payoff" if self.game.populations else "rate"
            raise ParameterError(
                f"a {what} is no number at {given or 'a state'}: {error}; change the values or the {what}"
            ) from None
        if shares.ndim == 1 and not any(isinstance(v, np.ndarray) and v.ndim for v in values):
            return np.array(values, dtype=float)
        shape = np.broadcast_shapes(shares.shape[:-1], *(np.shape(v) for v in values))
        return np.stack([np.broadcast_to(v, shape) for v in values], axis=-1).astype(float)

    def _coordinates(self, shares: np.ndarray) -> list[Any]:
        if shares.ndim == 1:
            values = shares.tolist()
            return [values[i] for i in self._columns]
        return [shares[..., i] for i in self._columns]

    @cached_property
    def _columns(self) -> list[int]:
        """Where the shares stand in which payoffs are written."""
        return [
            part.start + i
            for block, part in zip(self.game.blocks, slices(self.game), strict=True)
            for i in (range(1) if block.symbol else range(len(block.strategies)))
        ]

    def __call__(self, state: Any, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return the time derivatives of all shares, population after population; shape (..., number of shares)."""
        shares = as_state(self.game, state)
        drives = self.drives(shares, self.numbers(values))
        rates = np.empty(np.broadcast_shapes(shares.shape, drives.shape))
        for block, part, relative in zip(self.game.blocks, slices(self.game), self.relative, strict=True):
            x, f = shares[..., part], drives[..., part]
            if not relative or not block.bounded:
                rates[..., part] = x * f if relative else f
                continue
            # differences first: a constant added to all payoffs must not cost digits
            f = f - f[..., :1]
            rates[..., part] = x * (f - (x * f).sum(axis=-1, keepdims=True))
        return rates

    @cached_property
    def jacobian_expressions(self) -> sympy.Matrix:
        """Symbolic Jacobian on the tangent space, in `tangent_coordinates`; shape (d, d)."""
        variables = [sympy.Symbol(name) for name in self.tangent_coordinates]
        return sympy.Matrix([[sympy.diff(row, v) for v in variables] for row in self.reduced_rates])

    @cached_property
    def reduced_rates(self) -> tuple[sympy.Expr, ...]:
        """Symbolic time derivatives of `tangent_coordinates`, in these alone."""
        shares, payoffs = self.reduced_payoffs
        rows: list[sympy.Expr] = []
        for p, part in enumerate(slices(self.game)[: len(self.game.populations)]):
            rows += self._change(p, payoffs[part], shares[part])[:-1]
        return (*rows, *(variable.rate.xreplace(self._last_shares) for variable in self.game.environment))

    @cached_property
    def _kinks(self) -> Compiled:
        return compile_expressions(self.kinks, self.tangent_coordinates, self.game.ring.names)

    @cached_property
    def _jacobian(self) -> Compiled:
        entries = list(self.jacobian_expressions)
        return compile_expressions(entries, self.tangent_coordinates, self.game.ring.names)

    def jacobian(self, state: Any, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return the Jacobian on the tangent space at one state; shape (d, d), d = sum of (strategies - 1) and of environment variables.

        Raises UnsupportedError where payoffs tie under dynamics with kinks there, such as Smith's.

        Rows and columns are `tangent_coordinates`: the first n - 1 shares of every population. It has no spurious
        eigenvalues: the direction in which shares would not sum to 1 is gone.
        """
        shares = as_state(self.game, state)
        columns = [float(shares[i]) for i in self.game.tangent_entries]
        numbers, size = self.numbers(values), len(columns)
        ties = [kink for kink, at in zip(self.kinks, self._kinks(columns, numbers), strict=True) if abs(at) < _TIE]
        if ties:
            raise UnsupportedError(
                f"{self.name} is not differentiable at this state: {format_expression(ties[0])} vanishes; ask for the Jacobian beside it"
            )
        return np.array(self._jacobian(columns, numbers), dtype=float).reshape(size, size)

    def jacobians(self, shares: np.ndarray, numbers: list[Any]) -> np.ndarray:
        """Return the Jacobians on the tangent space at many checked states; shape (T, d, d). Kinks get a one-sided or mean slope."""
        columns = [shares[:, i] for i in self.game.tangent_entries]
        entries = [np.broadcast_to(v, len(shares)) for v in self._jacobian(columns, numbers)]
        return np.stack(entries, axis=-1).astype(float).reshape(len(shares), len(columns), len(columns))

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
