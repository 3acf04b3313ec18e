"""The equations of logit equilibria in logarithms of probabilities: log p = log softmax(t payoffs(p)), with derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

import numpy as np

from coopgame.equilibria.tables import PayoffTables
from coopgame.errors import UnsupportedError

_LARGEST, _SMALLEST = Fraction(10) ** 290, Fraction(1, 10**290)


@dataclass(frozen=True, eq=False)
class Equations:
    """The residual log p - log softmax(t payoffs(p)) at a place, its derivatives by log p, shape (n, n), and by t, shape (n,)."""

    residual: np.ndarray
    slopes: np.ndarray
    by_t: np.ndarray


class LogitModel:
    """Payoff tables as floats in which logit equilibria are followed.

    Only differences between the strategies of a player matter, so the least payoff against each profile of the others is taken off exactly; then payoffs are measured in
    the largest difference, `scale`. The precision t in these units is lambda times scale. log probabilities stand player after player;
    of a game in one population there is one player, who meets the population itself.
    """

    def __init__(self, tables: PayoffTables) -> None:
        self.tables = tables
        self.players = 1 if tables.symmetric else len(tables.sizes)
        ends = list(accumulate(tables.sizes[: self.players]))
        self.parts = tuple(slice(a, b) for a, b in zip((0, *ends), ends, strict=False))
        self.size = ends[-1]
        shifted = [
            np.asarray(tables.exact[p] - tables.exact[p].min(axis=p, keepdims=True)) for p in range(self.players)
        ]
        self.scale = max(value for array in shifted for value in array.flat) or Fraction(1)
        if not _SMALLEST < self.scale < _LARGEST:
            raise UnsupportedError(
                f"payoffs differ by up to {float(self.scale):.3g}, so that lambda has no float; measure them in another unit"
            )
        self.payoff_arrays = [
            np.vectorize(lambda v: float(v / self.scale), otypes=[float])(array) for array in shifted
        ]

        self._bilinear: np.ndarray | None = (
            None  # in one population and for two players payoffs are linear in all probabilities
        )
        if len(tables.sizes) == 2:
            self._bilinear = self.payoff_arrays[0] if tables.symmetric else self.slopes(np.ones(self.size))

    def start(self) -> np.ndarray:
        """Return the log probabilities at precision 0: all strategies of a player alike."""
        return np.concatenate([np.full(size, -np.log(size)) for size in self.tables.sizes[: self.players]])

    def payoffs(self, p: np.ndarray) -> np.ndarray:
        """Return what each strategy earns, in units of the scale; shape (n,)."""
        if self._bilinear is not None:
            return np.asarray(self._bilinear @ p)
        return np.concatenate([self._contracted(i, (i,), p) for i in range(self.players)])

    def slopes(self, p: np.ndarray) -> np.ndarray:
        """Return the derivatives of payoffs by probabilities; shape (n, n)."""
        if self._bilinear is not None:
            return self._bilinear
        matrix = np.zeros((self.size, self.size))
        for i in range(self.players):
            for j in range(self.players):
                if i != j:
                    block = self._contracted(i, (i, j), p)
                    matrix[self.parts[i], self.parts[j]] = block if i < j else block.T
        return matrix

    def _contracted(self, i: int, kept: tuple[int, ...], p: np.ndarray) -> np.ndarray:
        """Return the payoffs of player i averaged over the mixtures of all players but some, whose axes stay in order."""
        array: np.ndarray = self.payoff_arrays[i]
        for j in reversed(range(self.players)):
            if j not in kept:
                array = np.tensordot(array, p[self.parts[j]], axes=([j], [0]))
        return array

    def replies(self, log_p: np.ndarray, t: float) -> np.ndarray:
        """Return the logarithms of the logit replies to log probabilities."""
        earned = t * self.payoffs(np.exp(log_p))
        return np.concatenate([_log_softmax(earned[part]) for part in self.parts])

    def at(self, log_p: np.ndarray, t: float) -> Equations:
        """Return the equations at log probabilities and a precision."""
        p = np.exp(log_p)
        earned, matrix = self.payoffs(p), self.slopes(p)
        residual, by_t = np.empty(self.size), np.empty(self.size)
        slopes = np.eye(self.size)
        for part in self.parts:
            logs = _log_softmax(t * earned[part])
            reply = np.exp(logs)
            residual[part] = log_p[part] - logs
            by_t[part] = reply @ earned[part] - earned[part]
            slopes[part] -= t * (matrix[part] - reply @ matrix[part]) * p
        return Equations(residual, slopes, by_t)

    def solved(self, log_p: np.ndarray, t: float, rounds: int = 60) -> np.ndarray | None:
        """Return the solution next to log probabilities at a precision by Newton's method, with steps of at most 3; None where it does not converge."""
        z = log_p.copy()
        for _ in range(rounds):
            equations = self.at(z, t)
            step = solved_rows(equations.slopes, equations.residual)
            if step is None:  # exactly where branches meet
                break
            size = float(np.abs(step / (1 + np.abs(z))).max())
            z = np.minimum(z - step * min(1.0, 3 / max(size, 3.0)), 0.0)
            if size < 1e-13:
                break
        equations = self.at(z, t)
        small = np.abs(equations.residual) <= 1e-9 * (1 + np.abs(z))
        return z if small.all() else None

    def payoff_units(self, log_p: np.ndarray) -> list[float]:
        """Return what each player expects in the units of the game."""
        mixtures = [np.exp(log_p[part]) for part in self.parts]
        if self.tables.symmetric:
            mixtures *= 2
        found = []
        for p in range(self.players):
            array = self.tables.exact[p].astype(float)
            for mixture in reversed(mixtures):
                array = array @ mixture
            found.append(float(array))
        return found


def solved_rows(matrix: np.ndarray, right: np.ndarray) -> np.ndarray | None:
    """Return the solution of a linear system whose rows may be of very different size; None where there is none."""
    sizes = np.abs(matrix).max(axis=1)
    if not (np.isfinite(sizes).all() and sizes.all() and np.isfinite(right).all()):
        return None
    try:
        found = np.linalg.solve(matrix / sizes[:, None], right / sizes)
    except np.linalg.LinAlgError:
        return None
    return found if np.isfinite(found).all() else None


def _log_softmax(values: np.ndarray) -> np.ndarray:
    moved = values - values.max()
    return np.asarray(moved - np.log(np.exp(moved).sum()))
