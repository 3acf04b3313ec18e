"""One noisy share on a line: the exact polynomial behind its drift, its ends, and the shape of its density."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb
from typing import Any, Literal

import numpy as np

from coopgame.algebra.bernstein import bernstein_to_power
from coopgame.algebra.roots import isolate_roots
from coopgame.analysis.share_line import ShareLine, share_line_of
from coopgame.dynamics.noise import StochasticReplicator
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

End = Literal["repelling", "neutral", "attracting"]


@dataclass(frozen=True, eq=False)
class NoisyLine:
    """Log odds u = ln(x/(1 - x)) that move by (g(x) + mutation (1/x - 1/(1 - x))) dt + s dW, all numbers exact.

    gain: Bernstein coefficients of g, the advantage less the difference of the corrections. variance: s^2, the sum of both variances.
    """

    gain: tuple[Fraction, ...]
    variance: Fraction
    mutation: Fraction

    @property
    def ends(self) -> tuple[End, End]:
        """What x = 0 and x = 1 do, by how a strategy grows when it is rare."""
        if self.mutation:
            return "repelling", "repelling"
        return _end(self.gain[0]), _end(-self.gain[-1])

    @property
    def has_law(self) -> bool:
        """Whether there is a stationary law: both ends repel."""
        return self.ends == ("repelling", "repelling")

    @cached_property
    def exponents(self) -> tuple[Fraction, Fraction]:
        """The exponents a, b: the density behaves like x^(a - 1) at 0 and (1 - x)^(b - 1) at 1 without mutation."""
        return 2 * self.gain[0] / self.variance, -2 * self.gain[-1] / self.variance

    @property
    def pull(self) -> Fraction:
        """The factor of -(1/x + 1/(1 - x)) in the exponent of the density, from mutation."""
        return 2 * self.mutation / self.variance

    @cached_property
    def smooth(self) -> tuple[Fraction, ...]:
        """Bernstein coefficients of the polynomial in the exponent of the density."""
        return smooth_part(self.gain, self.variance)

    @cached_property
    def powers(self) -> list[Fraction]:
        """Power coefficients of the same polynomial, the last one not 0."""
        powers = list(bernstein_to_power(self.smooth))
        while powers and not powers[-1]:
            powers.pop()
        return powers

    @cached_property
    def bends(self) -> tuple[float, ...]:
        """The log odds at which their density has its peaks and troughs: the drift vanishes there."""
        powers = list(bernstein_to_power(self.gain))
        if self.mutation:
            powers = _with_mutation(powers, self.mutation)
        if not any(powers):
            return ()
        places = [root.middle for root in isolate_roots(powers)]
        return tuple(float(np.log(float(x)) - np.log(float(1 - x))) for x in places)  # 1 - x exactly

    @cached_property
    def modes(self) -> tuple[float, ...]:
        """The shares at which their density has a local maximum or is unbounded, rising; none for the uniform law."""
        slope = self._slope()
        if not any(slope):
            return ()
        roots = isolate_roots(slope)
        inner = [float(root) for root in roots if root.before > 0 > root.after]
        if self.pull:
            return tuple(inner)
        first = (
            roots[0].before
            if roots
            else _sign(sum((c * Fraction(1, 2) ** k for k, c in enumerate(slope)), Fraction(0)))
        )
        last = roots[-1].after if roots else first
        a, b = self.exponents
        start = [0.0] if a < 1 or (a == 1 and first < 0) else []
        end = [1.0] if b < 1 or (b == 1 and last > 0) else []
        return (*start, *inner, *end)

    def _slope(self) -> list[Fraction]:
        """Power coefficients of a polynomial with the sign of the density's derivative on (0, 1)."""
        powers = [2 * c / self.variance for c in bernstein_to_power(self.gain)] + [Fraction(0)] * 2
        powers[0] -= 1
        powers[1] += 2
        return _with_mutation(powers, self.pull) if self.pull else powers


def noisy_line_of(dynamics: StochasticReplicator, game: Game) -> NoisyLine:
    """Return the noisy share of a game without parameters, that of the dynamics with its parameters replaced.

    Raises UnsupportedError for other games than those with one share, advantages that are no polynomials, and without noise.
    """
    variance = needs_one_share(dynamics)
    return NoisyLine(gains(dynamics, polynomial_line(game).numbers), variance, dynamics.mutation)


def gains(dynamics: StochasticReplicator, coefficients: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return Bernstein coefficients of the advantage less the difference of the corrections; numbers, or quotients."""
    difference = dynamics.corrections[0] - dynamics.corrections[1]
    return tuple(d - difference for d in coefficients)


def needs_one_share(dynamics: StochasticReplicator) -> Fraction:
    """Return the variance of the noise on the log odds; UnsupportedError for other games than those with one share, and without noise."""
    game = dynamics.game
    if game.environment or [len(p.strategies) for p in game.populations] != [2]:
        raise UnsupportedError(
            "a stationary law is found for one population with two strategies and no environment; use simulate_ensemble"
        )
    variance = sum((sigma**2 for sigma in dynamics.sigmas), Fraction(0))
    if variance == 0:
        raise UnsupportedError("sigma is 0 for both strategies, so there is no noise; use find_rest_points")
    return variance


def polynomial_line(game: Game) -> ShareLine:
    """Return the advantage as a polynomial in the share; UnsupportedError with another way for other advantages."""
    try:
        return share_line_of(game)
    except UnsupportedError as error:
        raise UnsupportedError(
            f"a stationary law as a formula needs an advantage that is a polynomial in the share; use simulate_ensemble ({error})"
        ) from None


def smooth_part(gain: tuple[Any, ...], variance: Fraction) -> tuple[Any, ...]:
    """Return Bernstein coefficients of (2/s^2) times the integral of the polynomial (g - g(0)(1-x) - g(1)x)/(x(1-x)) from 0 to x.

    gain: numbers, or quotients of polynomials.
    """
    m = len(gain) - 1
    if m < 2:
        return (0 * gain[0],)
    rest = [d - gain[0] * Fraction(m - k, m) - gain[-1] * Fraction(k, m) for k, d in enumerate(gain)]
    inner = [rest[k] * Fraction(comb(m, k), comb(m - 2, k - 1)) for k in range(1, m)]
    result: list[Any] = [0 * gain[0]]
    for c in inner:
        result.append(result[-1] + c * (2 / (variance * (m - 1))))
    return tuple(result)


def describe_fate(x: str, names: tuple[str, str], line: NoisyLine) -> str:
    """Return what happens to the share in the long run, in words."""
    first, second = names
    if line.mutation:
        return f"mutation brings both strategies back, so {x} has one stationary law, which every start tends to"
    if line.has_law:
        return f"each strategy grows when it is rare, so {x} has one stationary law, which every start tends to"
    ends = line.ends
    if ends == ("attracting", "attracting"):
        return f"{x} tends to 0 or to 1, to each with positive probability (chance_of_first): chance decides which strategy is lost"
    if "attracting" in ends:
        lost, end = (first, 0) if ends[0] == "attracting" else (second, 1)
        return f"{x} tends to {end} with probability 1: {lost} is lost"
    if ends == ("neutral", "neutral"):
        return f"{x} returns to every value, but no probability law is stationary: it lingers ever longer near 0 and near 1"
    end = 0 if ends[0] == "neutral" else 1
    return (
        f"{x} returns to every value, but no probability law is stationary: it lingers ever longer near {end}, and tends to "
        f"{end} in probability"
    )


def _with_mutation(powers: list[Fraction], rate: Fraction) -> list[Fraction]:
    """Return the power coefficients of x (1 - x) p(x) + rate (1 - 2x)."""
    product = [b - c for b, c in zip([Fraction(0), *powers, Fraction(0)], [Fraction(0)] * 2 + powers, strict=True)]
    return [product[0] + rate, product[1] - 2 * rate, *product[2:]]


def _end(growth: Fraction) -> End:
    return "repelling" if growth > 0 else "attracting" if growth < 0 else "neutral"


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)
