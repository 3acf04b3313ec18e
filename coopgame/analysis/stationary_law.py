"""The stationary law of one noisy population with two strategies, exact, or what happens where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import comb
from typing import Any, Literal

import numpy as np
import sympy

from coopgame.algebra.bernstein import bernstein_to_power
from coopgame.algebra.roots import isolate_roots
from coopgame.analysis.line_density import LineDensity
from coopgame.analysis.share_line import ShareLine, share_line_of
from coopgame.dynamics.noise import StochasticReplicator
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.games.game import Game

End = Literal["repelling", "neutral", "attracting"]
_LARGEST = 10**15  # of the numbers in the exponent of a density
_MOST_ERROR = 1e-7
_MOST_TERMS = 6  # longer polynomials are named, not shown
_DIGITS = 12  # longer fractions are shown as decimals


@dataclass(frozen=True, eq=False)
class StationaryLaw:
    """The long run of a noisy share x of the first strategy.

    Log odds u = ln(x/(1 - x)) move by g(x) dt + s dW, g the advantage less the difference of the corrections, s^2 the sum of both
    variances. gain: Bernstein coefficients of g, exact. variance: s^2. ends: what x = 0 and x = 1 do. exists: whether there is a
    stationary law inside; decided exactly from the signs of g at the ends. fate: the same in words, and where the share goes else.
    """

    dynamics: StochasticReplicator = field(repr=False)
    values: Mapping[str, Fraction]
    gain: tuple[Fraction, ...]
    variance: Fraction
    ends: tuple[End, End]
    exists: bool
    fate: str

    @property
    def symbol(self) -> str:
        """The name of the share."""
        return self.dynamics.game.coordinates[0]

    @cached_property
    def exponents(self) -> tuple[Fraction, Fraction]:
        """The exponents a, b of the density: it behaves like x^(a - 1) at 0 and (1 - x)^(b - 1) at 1 without mutation."""
        return 2 * self.gain[0] / self.variance, -2 * self.gain[-1] / self.variance

    @cached_property
    def _pull(self) -> Fraction:
        return 2 * self.dynamics.mutation / self.variance

    @cached_property
    def _powers(self) -> list[Fraction]:
        """The power coefficients of the polynomial in the exponent, the last one not 0."""
        powers = list(bernstein_to_power(smooth_part(self.gain, self.variance)))
        while powers and not powers[-1]:
            powers.pop()
        return powers

    @cached_property
    def formula(self) -> sympy.Expr:
        """The density up to a constant factor, x^(a-1) (1-x)^(b-1) exp(polynomial), exact; with mutation another factor.

        Raises UnsupportedError where there is no stationary law.
        """
        self._needed()
        x = sympy.Symbol(self.symbol)
        a, b = map(_rational, self.exponents)
        inner = sympy.Add(*(_rational(c) * x**k for k, c in enumerate(self._powers)))
        pull = _rational(self._pull)
        return x ** (a - 1) * (1 - x) ** (b - 1) * sympy.exp(inner - pull / x - pull / (1 - x))

    @cached_property
    def line(self) -> LineDensity:
        """The density of the log odds, with its integrals.

        Raises UnsupportedError where there is no stationary law, ParameterError where the noise is too weak for floats.
        """
        self._needed()
        return _sound(self._line)

    @cached_property
    def _line(self) -> LineDensity | None:
        return self._line_of(1)

    def _line_of(self, turn: int) -> LineDensity | None:
        """The density exp(turn * phi) of the log odds; None where rounding would take more from it than a stated error covers."""
        smooth = smooth_part(self.gain, self.variance)
        if max(map(abs, (*self.exponents, *smooth, self._pull))) > _LARGEST:
            return None
        a, b = (turn * float(e) for e in self.exponents)
        line = LineDensity(a, b, tuple(turn * float(c) for c in smooth), float(self._pull), self._bends)
        return line if line.error <= _MOST_ERROR else None

    @cached_property
    def _bends(self) -> tuple[float, ...]:
        """The log odds at which the density of the log odds has its peaks and troughs."""
        return _log_odds(_drift_of_odds(self.gain, self._pull * self.variance / 2))

    @property
    def mean(self) -> float:
        """The mean share. Raises UnsupportedError where there is no stationary law."""
        return self.line.moments[0]

    @property
    def std(self) -> float:
        """The standard deviation of the share."""
        return float(np.sqrt(self.line.moments[1]))

    @property
    def var(self) -> float:
        """The variance of the share. Raises UnsupportedError where there is no stationary law."""
        return self.line.moments[1]

    @property
    def error(self) -> float:
        """An estimate of the relative error of the normalisation; mean and probabilities have absolute errors like it."""
        return self.line.error

    @cached_property
    def modes(self) -> tuple[float, ...]:
        """The shares at which the density has a local maximum or is unbounded, rising; none for the uniform law.

        The zeros of the derivative are isolated exactly; 0 or 1 is a mode where the density grows towards it. Raises UnsupportedError where
        there is no stationary law.
        """
        self._needed()
        slope = self._slope()
        if not any(slope):
            return ()
        roots = isolate_roots(slope)
        inner = [float(root) for root in roots if root.before > 0 > root.after]
        if self._pull:
            return tuple(inner)
        first = roots[0].before if roots else _sign(_value(slope, Fraction(1, 2)))
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
        if not self._pull:
            return powers
        product = [
            b - c for b, c in zip([Fraction(0), *powers, Fraction(0)], [Fraction(0)] * 2 + powers, strict=True)
        ]
        product[0] += self._pull
        product[1] -= 2 * self._pull
        return product

    def pdf(self, shares: Any) -> np.ndarray:
        """Return the density at shares; 0 outside [0, 1], infinite at an end where it is unbounded."""
        x = np.asarray(shares, dtype=float)
        inside = (x > 0) & (x < 1)
        safe = np.where(inside, x, 0.5)
        u = np.log(safe) - np.log1p(-safe)
        logs = self.line.log(u) - self.line.log_integral - np.log(safe) - np.log1p(-safe)
        result = np.where(inside, np.exp(logs), np.where(np.isnan(x), np.nan, 0.0))
        for end, exponent in zip((0, 1), self.exponents, strict=True):
            result = np.where(x == end, self._at_end(end, exponent), result)
        return result

    def _at_end(self, end: int, exponent: Fraction) -> float:
        if self._pull or exponent > 1:
            return 0.0
        if exponent < 1:
            return float("inf")
        return float(np.exp(self.line.smooth[-end] - self.line.log_integral))

    def cdf(self, shares: Any) -> np.ndarray:
        """Return the probability of a share up to the given ones."""
        x = np.asarray(shares, dtype=float)
        if np.isnan(x).any():
            raise StateError("a share is NaN; give numbers between 0 and 1")
        return self.line.cdf(_logit(np.clip(x, 0.0, 1.0)))

    def quantile(self, levels: Any) -> np.ndarray:
        """Return the shares below which parts of the probability lie; 1 where floats know no share so near to 1.

        Raises StateError for levels outside 0 to 1.
        """
        q = np.asarray(levels, dtype=float)
        if not ((q >= 0) & (q <= 1)).all():
            raise StateError(f"quantiles are wanted at {levels}; levels lie between 0 and 1")
        inside = (q > 0) & (q < 1)
        u = self.line.quantile(np.where(inside, q, 0.5))
        return np.where(inside, np.exp(-np.logaddexp(0.0, -u)), q)

    def chance_of_first(self, share: float) -> float:
        """Return the probability that the first strategy takes over from a start with this share of it.

        By the scale function of the log odds (Gichman and Skorochod 1972). Raises UnsupportedError
        where the share has no limit, ParameterError where the noise is too weak for floats, StateError for a share that is not strictly between 0 and 1.
        """
        if not 0 < share < 1:
            raise StateError(f"a start at {share} is not strictly between 0 and 1; there nothing is left to chance")
        if "attracting" not in self.ends:
            raise UnsupportedError(f"no end attracts: {self.fate}")
        if self.ends != ("attracting", "attracting"):
            return float(self.ends[1] == "attracting")
        # the scale function is the integral of the reciprocal density
        return float(_sound(self._line_of(-1)).cdf(_logit(np.array(float(share)))))

    def _needed(self) -> None:
        if not self.exists:
            raise UnsupportedError(f"there is no stationary law: {self.fate}")

    def latex(self) -> str:
        """Return the density as LaTeX."""
        if len(self._powers) > _MOST_TERMS:
            return self._named_latex()
        long = {q: sympy.Float(q, 6) for q in self.formula.atoms(sympy.Rational) if len(str(q)) > _DIGITS}
        shown = sympy.latex(self.formula.xreplace(long))
        return rf"p({sympy.latex(sympy.Symbol(self.symbol))}) = \frac{{1}}{{Z}}\, {shown}, \quad \ln Z = {self.log_norm:.12g}"

    def _named_latex(self) -> str:
        """Return the density as LaTeX with a long polynomial by its name."""
        x = sympy.latex(sympy.Symbol(self.symbol))
        a, b = (_short(e - 1) for e in self.exponents)
        pull = (
            rf" - {_short(self._pull)} \left(\frac{{1}}{{{x}}} + \frac{{1}}{{1 - {x}}}\right)" if self._pull else ""
        )
        return (
            rf"p({x}) = \frac{{1}}{{Z}}\, {x}^{{{a}}} (1 - {x})^{{{b}}} e^{{S({x}){pull}}}, \quad \ln Z = {self.log_norm:.12g}, "
            rf"\quad \deg S = {len(self._powers) - 1}"
        )

    @property
    def log_norm(self) -> float:
        """The logarithm of the integral of `formula` over the shares."""
        return self.line.log_integral - 4 * float(self._pull)

    def __str__(self) -> str:
        if not self.exists:
            return f"no stationary law: {self.fate}"
        modes = ", ".join(f"{mode:.6g}" for mode in self.modes) or "none"
        about = f"stationary law of {self.symbol}: density proportional to {format_density(self)}"
        if self._line is None:
            return f"{about}; modes {modes} (exact); the noise is too weak for floats to give its moments"
        return f"{about}; mean {self.mean:.6g}, standard deviation {self.std:.6g}, modes {modes} (existence exact; numbers by quadrature, relative error about {self.error:.0e})"

    def _repr_html_(self) -> str:
        from html import escape

        if not self.exists or self._line is None:
            return f"<p>{escape(str(self))}</p>"
        low, middle, high = self.quantile([0.05, 0.5, 0.95])
        cells = {"mean": self.mean, "standard deviation": self.std, "5 %": low, "median": middle, "95 %": high}
        head = "".join(f"<th>{escape(name)}</th>" for name in (*cells, "modes"))
        modes = ", ".join(f"{mode:.6g}" for mode in self.modes) or "none"
        row = "".join(f"<td>{float(value):.6g}</td>" for value in cells.values()) + f"<td>{modes}</td>"
        return f"<p>${self.latex()}$</p><table><tr>{head}</tr><tr>{row}</tr></table><p>{escape(self.fate)}</p>"


def find_stationary_law(dynamics: StochasticReplicator, values: Mapping[str, Any] | None = None) -> StationaryLaw:
    """Return the stationary law of one noisy population with two strategies, or why there is none and what happens instead.

    The log odds u of the first share have drift g(x) and constant variance s^2, so the Fokker-Planck equation has the solution
    exp((2/s^2) integral of g du) without flow: x^(a-1) (1-x)^(b-1) exp(polynomial), a = 2 g(0)/s^2, b = -2 g(1)/s^2. It is a
    probability law where g(0) > 0 > g(1), or with mutation. Else the ends decide, by Feller's tests.

    Raises UnsupportedError for other games, advantages that are no polynomials, and without noise.

    References: Fudenberg and Harris (1992), Journal of Economic Theory 57, 420-441; Gichman and Skorochod (1972), Stochastic
    Differential Equations; Horsthemke and Lefever (1984), Noise-Induced Transitions, chapter 6.

    >>> from coopgame import ItoShocks, MatrixGame, stochastic_replicator
    >>> print(find_stationary_law(stochastic_replicator(MatrixGame([[0, 1], [1, 0]]), ItoShocks(0.5))).formula)
    x**3*(1 - x)**3
    """
    variance = needs_one_noisy_line(dynamics)
    game = dynamics.game
    exact = game.values(values)
    line = line_of(game.substitute(exact))
    difference = dynamics.corrections[0] - dynamics.corrections[1]
    gain = tuple(d - difference for d in line.numbers)
    low: End = _end(gain[0])
    high: End = _end(-gain[-1])
    exists = dynamics.mutation > 0 or (low, high) == ("repelling", "repelling")
    first, second = game.populations[0].strategies
    fate = _fate(game.coordinates[0], (first, second), (low, high), dynamics.mutation > 0)
    if dynamics.mutation:
        low = high = "repelling"
    return StationaryLaw(dynamics, exact, gain, variance, (low, high), exists, fate)


def needs_one_noisy_line(dynamics: StochasticReplicator) -> Fraction:
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


def line_of(game: Game) -> ShareLine:
    """Return the advantage as a polynomial in the share; UnsupportedError with another way for other advantages."""
    try:
        return share_line_of(game)
    except UnsupportedError as error:
        raise UnsupportedError(
            f"a stationary law as a formula needs an advantage that is a polynomial in the share; use simulate_ensemble ({error})"
        ) from None


def _end(growth: Fraction) -> End:
    return "repelling" if growth > 0 else "attracting" if growth < 0 else "neutral"


def _fate(x: str, names: tuple[str, str], ends: tuple[End, End], mutation: bool) -> str:
    """Return what happens in the long run, from how a rare strategy grows on average."""
    first, second = names
    if mutation:
        return f"mutation brings both strategies back, so {x} has one stationary law, which every start tends to"
    if ends == ("repelling", "repelling"):
        return f"each strategy grows when it is rare, so {x} has one stationary law, which every start tends to"
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


def _drift_of_odds(gain: tuple[Fraction, ...], mutation: Fraction) -> list[Fraction]:
    """Power coefficients of a polynomial with the sign of the drift of the log odds, g + mutation (1/x - 1/(1-x))."""
    powers = list(bernstein_to_power(gain))
    if not mutation:
        return powers
    product = [b - c for b, c in zip([Fraction(0), *powers, Fraction(0)], [Fraction(0)] * 2 + powers, strict=True)]
    return [product[0] + mutation, product[1] - 2 * mutation, *product[2:]]


def _log_odds(powers: list[Fraction]) -> tuple[float, ...]:
    """Return the log odds of the roots in (0, 1) of a polynomial; roots near 1 keep their distance from it."""
    if not any(powers):
        return ()
    places = [root.middle for root in isolate_roots(powers)]
    return tuple(float(np.log(float(x)) - np.log(float(1 - x))) for x in places)


def _sound(line: LineDensity | None) -> LineDensity:
    if line is None:
        raise ParameterError(
            "the noise is so weak, or the mutation so strong, that floats lose the density; it is narrow around the attracting rest "
            "points: use find_rest_points, or change sigma"
        )
    return line


def format_density(law: StationaryLaw) -> str:
    """Return the formula as text."""
    x, pull = law.symbol, law._pull
    a, b = law.exponents
    text = f"{x}^({_short(a - 1)}) (1-{x})^({_short(b - 1)})"
    powers = law._powers
    inner = " + ".join(f"({_short(c)}) {x}^{k}" for k, c in enumerate(powers) if c)
    inner = inner if len(powers) <= _MOST_TERMS else f"S({x}), a polynomial of degree {len(powers) - 1},"
    if pull:
        inner += f"{' ' if inner else ''}- {_short(pull)} (1/{x} + 1/(1-{x}))"
    return text + (f" exp({inner})" if inner else "")


def _short(value: Fraction) -> str:
    """Return a number as it is, or as a decimal where it is long, as the exact value of a float is."""
    return str(value) if len(str(value)) <= _DIGITS else f"{float(value):.6g}"


def _logit(x: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(x) - np.log1p(-x))


def _value(powers: list[Fraction], x: Fraction) -> Fraction:
    return sum((c * x**k for k, c in enumerate(powers)), Fraction(0))


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _rational(value: Fraction) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)
