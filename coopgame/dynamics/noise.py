"""Stochastic replicator dynamics: strategies grow by their payoffs and by chance."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, reduce
from typing import Any

import numpy as np
import sympy

from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator
from coopgame.dynamics.shocks import Shocks, not_negative, read_sigmas
from coopgame.dynamics.state import slices
from coopgame.errors import UnsupportedError
from coopgame.expressions import format_expression, to_sympy
from coopgame.games.display import share_symbols
from coopgame.games.game import Game


def stochastic_replicator(game: Game, shocks: Shocks) -> StochasticReplicator:
    """Return the stochastic replicator dynamics of a game under `ItoShocks`, `StratonovichShocks` or `LearningNoise`.

    In every population ln(x_i/x_j) moves by (F_i - c_i - F_j + c_j) dt + sigma_i dW_i - sigma_j dW_j with one Wiener process for each
    strategy, independent of the others; c_i = sigma_i^2/2 for Ito shocks and 0 otherwise. Environment variables feel no noise of
    their own.

    Raises ParameterError when sigma or the mutation rate is negative or no number, or names no strategy, UnsupportedError beside
    quantities without an upper bound.

    References: Fudenberg and Harris (1992), Journal of Economic Theory 57, 420-441.

    >>> from coopgame import ItoShocks, MatrixGame
    >>> hawk_dove = MatrixGame([["-1", "2"], ["0", "1"]], strategies=["hawk", "dove"])
    >>> print(stochastic_replicator(hawk_dove, ItoShocks({"hawk": "1/2", "dove": 0})).equations()["x"])
    dx = x*(1 - x)*(1 - 9*x/4) dt + x*(1 - x)/2 dW_hawk
    """
    return StochasticReplicator(game, shocks)


class StochasticReplicator:
    """The stochastic replicator dynamics of a game: which noise, how large, and the equations of the shares.

    mean: the field without noise. sigmas: standard deviation of the shock of every strategy, exact, population after population.
    corrections: what the noise takes off the payoff in the logarithm of a size. mutation: rate of changing strategy.
    """

    def __init__(self, game: Game, shocks: Shocks) -> None:
        if not game.populations:
            raise UnsupportedError(
                "a model of quantities alone has no strategies that noise could move; use integrate()"
            )
        if game.unbounded:
            raise UnsupportedError(
                f"{min(game.unbounded)} has no upper bound; noise is defined beside environment variables between 0 and 1: measure it in "
                "units of a bound, or use integrate()"
            )
        self.game = game
        self.shocks = shocks
        self.mean: VectorField = replicator(game)
        self.sigmas = read_sigmas(game, shocks.sigma)
        self.corrections = tuple(shocks.correction(sigma) for sigma in self.sigmas)
        self.mutation = not_negative(shocks.mutation, "the mutation rate")

    def __repr__(self) -> str:
        return f"<stochastic replicator of {self.game!r}: {self.shocks.name}>"

    @property
    def reading(self) -> str:
        """How the noise is read: Ito, Stratonovich, or Ito on scores."""
        return self.shocks.reading

    # numbers: log shares as an additive-noise equation --------------------------------------------------------

    @cached_property
    def noise(self) -> np.ndarray:
        """The standard deviations as floats, one for every entry of a state; 0 for environment variables."""
        rest = 2 * len(self.game.environment)
        return np.array([*(float(sigma) for sigma in self.sigmas), *[0.0] * rest])

    @cached_property
    def _corrections(self) -> np.ndarray:
        rest = 2 * len(self.game.environment)
        return np.array([*(float(c) for c in self.corrections), *[0.0] * rest])

    @cached_property
    def _plain(self) -> tuple[slice, ...]:
        """Where the environment variables stand that move by a plain rate and are their own coordinates."""
        parts = slices(self.game)[len(self.game.populations) :]
        return tuple(part for p, part in enumerate(parts) if not self.game.environment_rate(p)[1])

    @cached_property
    def _relative(self) -> tuple[slice, ...]:
        return tuple(part for part in slices(self.game) if part not in self._plain)

    def coordinates(self, shares: np.ndarray) -> np.ndarray:
        """Return logarithms of checked shares, -inf for absent strategies; plain environment variables stay as they are."""
        with np.errstate(divide="ignore"):
            result = np.asarray(np.log(shares))
        for part in self._plain:
            result[..., part] = shares[..., part]
        return result

    def log_shares(self, points: np.ndarray) -> np.ndarray:
        """Return log shares from coordinates; shape (..., number of shares)."""
        result = np.array(points)
        with np.errstate(divide="ignore", invalid="ignore"):
            for part in self._plain:
                result[..., part] = np.log(points[..., part])
        return result

    def drift(self, points: np.ndarray, numbers: list[Any]) -> np.ndarray:
        """Return what logarithms of sizes grow by, up to a common term of their population; shape (replicates, shares).

        points: logarithms of shares or of sizes.
        NaN where a payoff of a strategy that is present is no finite number. Mutation is left to `mutated`.
        """
        with np.errstate(all="ignore"):
            logs = self.normalised(np.array(points))
            shares = np.exp(logs)
            for part in self._plain:
                shares[..., part] = logs[..., part]
            drives = self.mean.drives(shares, numbers)
            for part in self._relative:
                # differences first: a constant added to all payoffs must not cost digits
                block = drives[..., part]
                leader = np.argmax(points[..., part], axis=-1)[..., None]
                drives[..., part] = block - np.take_along_axis(block, leader, axis=-1)
            for part in self._plain:
                drives[..., part] = drives[..., part.start, None] * np.array([1.0, -1.0])
            rates = drives - self._corrections
        present = points > -np.inf
        return np.where(present, np.where(np.isfinite(rates), rates, np.nan), 0.0)

    def normalised(self, points: np.ndarray) -> np.ndarray:
        """Return log shares from logarithms of sizes: the sum of the shares is 1 in every population again."""
        with np.errstate(invalid="ignore"):
            for part in self._relative:
                # one strategy after the other: numpy is slow along short last axes
                columns = [points[..., i] for i in range(part.start, part.stop)]
                top = reduce(np.maximum, columns)
                total = reduce(np.add, [np.exp(column - top) for column in columns])
                points[..., part] -= (top + np.log(total))[..., None]
            for part in self._plain:
                points[..., part] = np.clip(points[..., part], 0.0, 1.0)
        return points

    def mutated(self, points: np.ndarray, time: float) -> np.ndarray:
        """Return log shares after mutation alone has acted for some time: exact, shares move towards equal ones."""
        if not self.mutation:
            return points
        for part in slices(self.game)[: len(self.game.populations)]:
            count = part.stop - part.start
            if count > 1:
                pull = float(self.mutation) * time * count / (count - 1)
                points[..., part] = np.logaddexp(points[..., part] - pull, np.log(-np.expm1(-pull) / count))
        return points

    # formulas ---------------------------------------------------------------------------------------------------

    @cached_property
    def drifts(self) -> tuple[sympy.Expr, ...]:
        """The drift of the share of every strategy in the Ito equation, population after population.

        x_i (m_i - sum_j x_j m_j + (sigma_i^2 - sum_j x_j sigma_j^2)/2 - x_i sigma_i^2 + sum_j x_j^2 sigma_j^2), m_i = F_i - c_i, and
        mutation. For Ito shocks the halves cancel against c_i.
        """
        result = []
        for p, part in enumerate(slices(self.game)[: len(self.game.populations)]):
            count = part.stop - part.start
            x = [self.game.share(p, s) for s in range(count)]
            squares = [to_sympy(sigma**2) for sigma in self.sigmas[part]]
            halves = [q / 2 - to_sympy(c) for q, c in zip(squares, self.corrections[part], strict=True)]
            growth = [self.game.expected_payoff(p, s) + half for s, half in enumerate(halves)]
            mean = sympy.Add(*(a * b for a, b in zip(x, growth, strict=True)))
            spread = sympy.Add(*(a**2 * q for a, q in zip(x, squares, strict=True)))
            for a, b, q in zip(x, growth, squares, strict=True):
                flow = to_sympy(self.mutation) * ((1 - a) / (count - 1) - a) if count > 1 else sympy.Integer(0)
                result.append(a * (b - mean - a * q + spread) + flow)
        return tuple(result)

    def equations(self) -> dict[str, str]:
        """Return the Ito equation of every coordinate as text; W_i is the Wiener process of strategy i."""
        result: dict[str, str] = {}
        parts = slices(self.game)
        for p, population in enumerate(self.game.populations):
            shown = population.strategies[:1] if population.symbol else population.strategies
            for s, strategy in enumerate(shown):
                name = population.symbol or f"{population.name}.{strategy}"
                drift = self._drift_text(p, parts[p].start + s)
                result[name] = f"d{name} = {drift} dt{self._noise_text(p, s)}"
        return result | {e.name: f"d{e.name} = ({format_expression(e.rate)}) dt" for e in self.game.environment}

    def _drift_text(self, p: int, position: int) -> str:
        drift = self.drifts[position]
        symbol = self.game.populations[p].symbol
        if symbol and not self.mutation:
            x = sympy.Symbol(symbol)
            inner = sympy.cancel(sympy.expand(drift) / (x * (1 - x)))
            return f"{symbol}*(1 - {symbol})*({format_expression(inner)})"
        return f"({format_expression(sympy.expand(drift))})"

    def _noise_text(self, p: int, s: int) -> str:
        population = self.game.populations[p]
        start = slices(self.game)[p].start
        x = self.game.share(p, s)
        text = ""
        for j, other in enumerate(population.strategies):
            sigma = to_sympy(self.sigmas[start + j])
            rest = (1 - x) if j == s else self.game.share(p, j)
            if sigma and len(population.strategies) > 1:
                sign = "+" if j == s else "-"
                text += f" {sign} {format_expression(sympy.Mul(sigma, x, rest))} dW_{other}"
        return text

    def _repr_latex_(self) -> str:
        names = share_symbols(self.game)
        lines = []
        for p, population in enumerate(self.game.populations):
            start = slices(self.game)[p].start
            for s in range(1 if population.symbol else len(population.strategies)):
                x = self.game.share(p, s)
                drift = sympy.latex(self.drifts[start + s], symbol_names=names)
                noise = [
                    ("+" if j == s else "-")
                    + sympy.latex(
                        sympy.Mul(sigma, x, (1 - x) if j == s else self.game.share(p, j)), symbol_names=names
                    )
                    + rf"\, dW_{{{start + j + 1}}}"
                    for j in range(len(population.strategies))
                    if (sigma := to_sympy(self.sigmas[start + j]))
                ]
                shown = sympy.latex(x, symbol_names=names)
                lines.append(rf"d {shown} &= \left({drift}\right) dt {' '.join(noise)}")
        return r"$\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}$"

    def numbers(self, values: Mapping[str, Any] | None = None) -> list[float]:
        """Return the parameters in order as floats."""
        return self.mean.numbers(self.game.values(values))
