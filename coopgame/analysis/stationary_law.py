"""The stationary law of one noisy population with two strategies, exact, or what happens where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from coopgame.analysis.line_density import LineDensity
from coopgame.analysis.noisy_line import End, NoisyLine, describe_fate, noisy_line_of
from coopgame.dynamics.noise import StochasticReplicator
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.expressions import to_sympy

_LARGEST = 10**15  # of the numbers in the exponent of a density
_MOST_ERROR = 1e-7
_MOST_TERMS = 6  # longer polynomials are named, not shown
_DIGITS = 12  # longer fractions are shown as decimals


@dataclass(frozen=True, eq=False)
class StationaryLaw:
    """The long run of a noisy share x of the first strategy.

    line: the exact drift and variance of the log odds. fate: what happens in the long run, in words. Moments and probabilities exist where
    `exists` is true; elsewhere they raise UnsupportedError with the fate.
    """

    dynamics: StochasticReplicator = field(repr=False)
    values: Mapping[str, Fraction]
    line: NoisyLine
    fate: str

    @property
    def exists(self) -> bool:
        """Whether there is a stationary law inside; decided exactly from the signs of the drift at the ends."""
        return self.line.has_law

    @property
    def ends(self) -> tuple[End, End]:
        """What the ends x = 0 and x = 1 do: repelling, neutral or attracting; exact."""
        return self.line.ends

    @property
    def exponents(self) -> tuple[Fraction, Fraction]:
        """The exponents a, b: the density behaves like x^(a - 1) at 0 and (1 - x)^(b - 1) at 1 without mutation; exact."""
        return self.line.exponents

    @property
    def symbol(self) -> str:
        """The name of the share."""
        return self.dynamics.game.coordinates[0]

    @cached_property
    def formula(self) -> sympy.Expr:
        """The density up to a constant factor, x^(a-1) (1-x)^(b-1) exp(polynomial), exact; with mutation another factor."""
        self._needed()
        x = sympy.Symbol(self.symbol)
        a, b = map(to_sympy, self.exponents)
        inner = sympy.Add(*(to_sympy(c) * x**k for k, c in enumerate(self.line.powers)))
        pull = to_sympy(self.line.pull)
        return x ** (a - 1) * (1 - x) ** (b - 1) * sympy.exp(inner - pull / x - pull / (1 - x))

    @property
    def odds(self) -> LineDensity:
        """The density of the log odds, with its integrals.

        Raises UnsupportedError where there is no stationary law, ParameterError where the noise is too weak for floats.
        """
        self._needed()
        return _sound(self._odds)

    @cached_property
    def _odds(self) -> LineDensity | None:
        return _density_of_odds(self.line, 1)

    @property
    def mean(self) -> float:
        """The mean share."""
        return self.odds.moments[0]

    @property
    def var(self) -> float:
        """The variance of the share."""
        return self.odds.moments[1]

    @property
    def std(self) -> float:
        """The standard deviation of the share."""
        return float(np.sqrt(self.var))

    @property
    def error(self) -> float:
        """An estimate of the relative error of the normalisation; mean and probabilities have absolute errors like it."""
        return self.odds.error

    @property
    def log_norm(self) -> float:
        """The logarithm of the integral of `formula` over the shares."""
        return self.odds.log_integral - 4 * float(self.line.pull)

    @property
    def modes(self) -> tuple[float, ...]:
        """The shares at which the density has a local maximum or is unbounded, rising; none for the uniform law.

        The zeros of the derivative are isolated exactly; 0 or 1 is a mode where the density grows towards it.
        """
        self._needed()
        return self.line.modes

    def pdf(self, shares: Any) -> np.ndarray:
        """Return the density at shares; 0 outside [0, 1], infinite at an end where it is unbounded."""
        x = np.asarray(shares, dtype=float)
        inside = (x > 0) & (x < 1)
        safe = np.where(inside, x, 0.5)
        u = np.log(safe) - np.log1p(-safe)
        logs = self.odds.log(u) - self.odds.log_integral - np.log(safe) - np.log1p(-safe)
        result = np.where(inside, np.exp(logs), np.where(np.isnan(x), np.nan, 0.0))
        for end, exponent in zip((0, 1), self.exponents, strict=True):
            result = np.where(x == end, self._at_end(end, exponent), result)
        return result

    def _at_end(self, end: int, exponent: Fraction) -> float:
        if self.line.pull or exponent > 1:
            return 0.0
        if exponent < 1:
            return float("inf")
        return float(np.exp(self.odds.smooth[-end] - self.odds.log_integral))

    def cdf(self, shares: Any) -> np.ndarray:
        """Return the probability of a share up to the given ones. Raises StateError for NaN."""
        x = np.asarray(shares, dtype=float)
        if np.isnan(x).any():
            raise StateError("a share is NaN; give numbers between 0 and 1")
        return self.odds.cdf(_logit(np.clip(x, 0.0, 1.0)))

    def quantile(self, levels: Any) -> np.ndarray:
        """Return the shares below which parts of the probability lie; 1 where floats know no share so near to 1.

        Raises StateError for levels outside 0 to 1.
        """
        q = np.asarray(levels, dtype=float)
        if not ((q >= 0) & (q <= 1)).all():
            raise StateError(f"quantiles are wanted at {levels}; levels lie between 0 and 1")
        inside = (q > 0) & (q < 1)
        u = self.odds.quantile(np.where(inside, q, 0.5))
        return np.where(inside, np.exp(-np.logaddexp(0.0, -u)), q)

    def chance_of_first(self, share: float) -> float:
        """Return the probability that the first strategy takes over from a start with this share of it.

        By the scale function of the log odds (Gichman and Skorochod 1972), the integral of the reciprocal density. Raises UnsupportedError
        where no end attracts, ParameterError where the noise is too weak for floats, StateError for a share that is not strictly between
        0 and 1.
        """
        if not 0 < share < 1:
            raise StateError(f"a start at {share} is not strictly between 0 and 1; there nothing is left to chance")
        if "attracting" not in self.ends:
            raise UnsupportedError(f"no end attracts: {self.fate}")
        if self.ends != ("attracting", "attracting"):
            return float(self.ends[1] == "attracting")
        return float(_sound(_density_of_odds(self.line, -1)).cdf(_logit(np.array(float(share)))))

    def _needed(self) -> None:
        if not self.exists:
            raise UnsupportedError(f"there is no stationary law: {self.fate}")

    def latex(self) -> str:
        """Return the density as LaTeX; a long polynomial by its name."""
        x = sympy.latex(sympy.Symbol(self.symbol))
        norm = rf"\quad \ln Z = {self.log_norm:.12g}"
        if len(self.line.powers) <= _MOST_TERMS:
            long = {q: sympy.Float(q, 6) for q in self.formula.atoms(sympy.Rational) if len(str(q)) > _DIGITS}
            return rf"p({x}) = \frac{{1}}{{Z}}\, {sympy.latex(self.formula.xreplace(long))}, {norm}"
        a, b, pull = (_short(e) for e in (self.exponents[0] - 1, self.exponents[1] - 1, self.line.pull))
        drawn = rf" - {pull} \left(\frac{{1}}{{{x}}} + \frac{{1}}{{1 - {x}}}\right)" if self.line.pull else ""
        shape = rf"{x}^{{{a}}} (1 - {x})^{{{b}}} e^{{S({x}){drawn}}}"
        return rf"p({x}) = \frac{{1}}{{Z}}\, {shape}, {norm}, \quad \deg S = {len(self.line.powers) - 1}"

    def __str__(self) -> str:
        if not self.exists:
            return f"no stationary law: {self.fate}"
        modes = ", ".join(f"{mode:.6g}" for mode in self.modes) or "none"
        about = f"stationary law of {self.symbol}: density proportional to {self._text()}"
        if self._odds is None:
            return f"{about}; modes {modes} (exact); the noise is too weak for floats to give its moments"
        return (
            f"{about}; mean {self.mean:.6g}, standard deviation {self.std:.6g}, modes {modes} (existence exact; numbers by quadrature, "
            f"relative error about {self.error:.0e})"
        )

    def _text(self) -> str:
        """Return the formula as text."""
        x, powers = self.symbol, self.line.powers
        a, b = self.exponents
        inner = " + ".join(f"({_short(c)}) {x}^{k}" for k, c in enumerate(powers) if c)
        inner = inner if len(powers) <= _MOST_TERMS else f"S({x}), a polynomial of degree {len(powers) - 1},"
        if self.line.pull:
            inner += f"{' ' if inner else ''}- {_short(self.line.pull)} (1/{x} + 1/(1-{x}))"
        return f"{x}^({_short(a - 1)}) (1-{x})^({_short(b - 1)})" + (f" exp({inner})" if inner else "")

    def _repr_html_(self) -> str:
        from html import escape

        if not self.exists or self._odds is None:
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
    game = dynamics.game
    exact = game.values(values)
    line = noisy_line_of(dynamics, game.substitute(exact))
    first, second = game.populations[0].strategies
    return StationaryLaw(dynamics, exact, line, describe_fate(game.coordinates[0], (first, second), line))


def _density_of_odds(line: NoisyLine, turn: int) -> LineDensity | None:
    """Return exp(turn * phi) on the log odds, phi that of the law; None where rounding takes more from it than an error can state."""
    if max(map(abs, (*line.exponents, *line.smooth, line.pull))) > _LARGEST:
        return None
    a, b = (turn * float(e) for e in line.exponents)
    density = LineDensity(a, b, tuple(turn * float(c) for c in line.smooth), float(line.pull), line.bends)
    return density if density.error <= _MOST_ERROR else None


def _sound(density: LineDensity | None) -> LineDensity:
    if density is None:
        raise ParameterError(
            "the noise is so weak, or the mutation so strong, that floats lose the density; it is narrow around the attracting rest "
            "points: use find_rest_points, or change sigma"
        )
    return density


def _logit(x: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(x) - np.log1p(-x))


def _short(value: Fraction) -> str:
    """Return a number as it is, or as a decimal where it is long, as the exact value of a float is."""
    return str(value) if len(str(value)) <= _DIGITS else f"{float(value):.6g}"
