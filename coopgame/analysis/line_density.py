"""Densities exp(phi) on the line of log odds u = ln(x/(1 - x)): integrals, distribution function and quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

_REACH = 40.0  # beyond it x or 1 - x is below 5e-18, and phi is a straight line to rounding
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_WANTED = 1e-14
_MOST_HALVINGS = 60


@dataclass(frozen=True, eq=False)
class LineDensity:
    """A density proportional to exp(phi), phi = low ln x + high ln(1 - x) + S(x) - pull (1/x + 1/(1 - x) - 4).

    low, high: positive unless pull is. smooth: Bernstein coefficients of the polynomial S. peaks: log odds near which phi may bend
    sharply. Integrals are sums over panels of Gauss-Legendre rules with 20 nodes, graded towards the peaks and halved until they
    agree to 1e-14 or to rounding; without pull the two tails are added in closed form.
    """

    low: float
    high: float
    smooth: tuple[float, ...]
    pull: float
    peaks: Sequence[float] = ()

    def log(self, u: np.ndarray) -> np.ndarray:
        """Return phi at log odds."""
        left, right = -np.logaddexp(0.0, -u), -np.logaddexp(0.0, u)
        total = self.low * left + self.high * right + bernstein_value(self.smooth, np.exp(left), np.exp(right))
        if self.pull:
            with np.errstate(over="ignore"):
                total = total - self.pull * 4 * np.sinh(u / 2) ** 2  # 1/x + 1/(1 - x) - 4
        return np.asarray(total)

    def _size(self, u: float) -> float:
        """Return how large the terms of phi are at log odds; times the precision of floats it is the rounding of phi."""
        logs = abs(self.low) * np.logaddexp(0.0, -u) + abs(self.high) * np.logaddexp(0.0, u)
        return float(logs + np.max(np.abs(self.smooth)) + self.pull * 4 * np.cosh(u / 2) ** 2)

    @cached_property
    def reach(self) -> float:
        """How far from 0 panels extend."""
        if not self.pull:
            return _REACH
        slope = abs(self.low) + abs(self.high) + 1.0
        reach = _REACH
        while self.pull * np.exp(reach) < 2 * slope * reach + 800:
            reach += 5.0
        return reach

    @cached_property
    def _edges(self) -> np.ndarray:
        """The edges of the first panels: even ones, and panels that shrink by halves towards every peak."""
        grades = 2.0 ** -np.arange(0, 48)
        graded = [place + sign * grades for place in self.peaks for sign in (-1, 0, 1)]
        edges = np.concatenate([np.linspace(-self.reach, self.reach, 129), *graded])
        return np.unique(edges[np.abs(edges) <= self.reach])

    @cached_property
    def _panels(self) -> tuple[np.ndarray, np.ndarray, float, float]:
        """Edges of panels, the integral over each, the maximum that phi was lowered by, and the relative error."""
        top = float(np.max(self.log(self._edges)))
        rounding = np.finfo(float).eps * (1 + self._size(float(self._edges[np.argmax(self.log(self._edges))])))
        wanted = max(_WANTED, rounding)  # halving cannot mend what rounding took
        left, right = self._edges[:-1], self._edges[1:]
        whole = self._panel_sums(left, right, top)
        done: list[np.ndarray] = []
        error, total = 0.0, float(whole.sum())
        for turn in range(_MOST_HALVINGS):
            middle = (left + right) / 2
            halves = np.stack([self._panel_sums(left, middle, top), self._panel_sums(middle, right, top)])
            gaps = np.abs(whole - halves.sum(axis=0))
            total += float((halves.sum(axis=0) - whole).sum())
            rough = (gaps > wanted * total / 64) & (right - left > 1e-12 * np.maximum(1, np.abs(left)))
            rough &= turn < _MOST_HALVINGS - 1
            error += float(gaps[~rough].sum())
            done.append(np.stack([left, right, halves.sum(axis=0)])[:, ~rough])
            if not rough.any():
                break
            ends = np.stack([left, middle, right])[:, rough]
            left, right = np.concatenate([ends[0], ends[1]]), np.concatenate([ends[1], ends[2]])
            whole = halves[:, rough].ravel()
        starts, stops, sums = np.concatenate(done, axis=1)
        order = np.argsort(starts)
        return np.append(starts[order], stops[order][-1]), sums[order], top, error / float(sums.sum()) + rounding

    def _panel_sums(self, left: np.ndarray, right: np.ndarray, top: float) -> np.ndarray:
        u, weights = _spread(left, right)
        return np.asarray((weights * np.exp(self.log(u) - top)).sum(axis=-1))

    @cached_property
    def _tails(self) -> tuple[float, float]:
        """The integrals beyond the panels, of exp(phi - top)."""
        if self.pull:
            return 0.0, 0.0
        ends = np.exp(self.log(np.array([-self.reach, self.reach])) - self._panels[2])
        return float(ends[0]) / self.low, float(ends[1]) / self.high

    @property
    def error(self) -> float:
        """An estimate of the relative error of integrals."""
        return self._panels[3]

    @cached_property
    def _below(self) -> np.ndarray:
        """The integral up to each edge, lowered by top, not normalised."""
        return np.asarray(self._tails[0] + np.concatenate([[0.0], np.cumsum(self._panels[1])]))

    @cached_property
    def _total(self) -> float:
        return float(self._below[-1] + self._tails[1])

    @cached_property
    def log_integral(self) -> float:
        """The logarithm of the integral of exp(phi) over the whole line."""
        return float(np.log(self._total) + self._panels[2])

    @cached_property
    def moments(self) -> tuple[float, float]:
        """Mean and variance of x."""
        edges, _, top, _ = self._panels
        u, weights = _spread(edges[:-1], edges[1:])
        mass = weights * np.exp(self.log(u) - top) / self._total
        x = np.exp(-np.logaddexp(0.0, -u))
        low, high = (tail / self._total for tail in self._tails)
        mean = float((mass * x).sum() + high)
        return mean, float((mass * (x - mean) ** 2).sum() + low * mean**2 + high * (1 - mean) ** 2)

    def cdf(self, u: np.ndarray) -> np.ndarray:
        """Return the probability of log odds up to u."""
        edges = self._panels[0]
        inside = np.clip(u, edges[0], edges[-1])
        panel = np.clip(np.searchsorted(edges, inside, side="right") - 1, 0, len(edges) - 2)
        part = self._panel_sums(edges[panel], inside, self._panels[2])
        result = np.array((self._below[panel] + part) / self._total)
        below, beyond = (np.array(0.0), np.array(1.0)) if self.pull else self._tail_probabilities(u, edges)
        result = np.where(u < edges[0], below, np.where(u > edges[-1], beyond, result))
        return np.asarray(np.clip(result, 0.0, 1.0))

    def _tail_probabilities(self, u: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the distribution function as it is below and beyond the panels."""
        low, high = (tail / self._total for tail in self._tails)
        below = low * np.exp(self.low * np.minimum(u - edges[0], 0.0))
        return below, 1 - high * np.exp(-self.high * np.maximum(u - edges[-1], 0.0))

    def quantile(self, levels: np.ndarray) -> np.ndarray:
        """Return the log odds below which a part of the probability lies, by halving; levels strictly between 0 and 1."""
        edges = self._panels[0]
        wanted = levels * self._total
        panel = np.clip(np.searchsorted(self._below, wanted, side="right") - 1, 0, len(edges) - 2)
        left, right = edges[panel], edges[panel + 1]
        for _ in range(64):
            middle = (left + right) / 2
            above = self._below[panel] + self._panel_sums(edges[panel], middle, self._panels[2]) > wanted
            left, right = np.where(above, left, middle), np.where(above, middle, right)
        result = (left + right) / 2
        low, high = self._tails
        if low:
            below = wanted < low
            result = np.where(below, edges[0] + np.log(np.where(below, wanted, low) / low) / self.low, result)
        if high:
            beyond = self._total - wanted < high
            rest = np.where(beyond, self._total - wanted, high)
            result = np.where(beyond, edges[-1] - np.log(rest / high) / self.high, result)
        return np.asarray(result)


def _spread(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of the Gauss-Legendre rule on intervals; a last axis of 20."""
    half = (right - left)[..., None] / 2
    return (left + right)[..., None] / 2 + half * _NODES, half * _WEIGHTS


def bernstein_value(coefficients: Sequence[float], x: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return a polynomial in Bernstein form at x, with rest = 1 - x, by de Casteljau's scheme."""
    row: list[np.ndarray] = [np.full_like(x, c) for c in coefficients]
    while len(row) > 1:
        row = [rest * a + x * b for a, b in pairwise(row)]
    return row[0] if row else np.zeros_like(x)
