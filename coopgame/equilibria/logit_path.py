"""A branch of logit equilibria followed by arc length in logarithms of probabilities, around its turning points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from coopgame.equilibria.logit_model import LogitModel, solved_rows

EventKind = Literal["turning point", "bifurcation"]
ROUNDED = "the branch could not be followed further in floating point"
_ROUNDS = 8
_CLOSE, _ROUNDED = (
    1e-11,
    1e-9,
)  # of corrections that end Newton's method, at once and where rounding keeps them from shrinking
_LEAST, _FIRST, _MOST = 1e-8, 0.02, 0.1  # lengths of steps, relative to the coordinates
_FAR = 1e3  # of t, from where on points need not be dense enough for a figure
_NODES = 11
_STRAIGHT = 0.985  # cosine of the largest turn between two steps


@dataclass(eq=False)
class Step:
    """A place of the branch, z = (log probabilities, t), and the direction in which it goes on, relative to `units` = 1 + |z|."""

    z: np.ndarray
    way: np.ndarray
    units: np.ndarray
    slopes: np.ndarray

    @property
    def t(self) -> float:
        """The precision in units of the model."""
        return float(self.z[-1])

    @property
    def log_p(self) -> np.ndarray:
        """The log probabilities."""
        return self.z[:-1]

    @property
    def rising(self) -> float:
        """Whether t grows: the entry of the direction, which vanishes at a turning point."""
        return float(self.way[-1])

    @cached_property
    def determinant(self) -> float:
        """The determinant of the derivatives by log p, its rows scaled; its sign is the index of the equilibrium, and it vanishes where branches meet or turn."""
        rows = self.slopes / np.linalg.norm(self.slopes, axis=1)[:, None]
        return float(np.linalg.det(rows))

    @cached_property
    def smallest(self) -> float:
        """The real part of the eigenvalue of the derivatives by log p that is closest to 0; of several that vanish together it changes sign as well."""
        eigenvalues = np.linalg.eigvals(self.slopes)
        return float(eigenvalues[np.abs(eigenvalues).argmin()].real)

    @cached_property
    def negative(self) -> int:
        """The number of negative real eigenvalues of the derivatives by log p."""
        eigenvalues = np.linalg.eigvals(self.slopes)
        return int(((np.abs(eigenvalues.imag) < 1e-9 * (1 + np.abs(eigenvalues))) & (eigenvalues.real < 0)).sum())

    def speeds(self) -> np.ndarray:
        """Return t times the derivatives of the log probabilities by t: 0 in the limit for strategies that stay, to minus infinity for those that vanish."""
        direction = self.way * self.units
        return np.asarray(self.t * direction[:-1] / direction[-1])


@dataclass(frozen=True, eq=False)
class Turn:
    """A turning point or a bifurcation of the branch, as a step there."""

    kind: EventKind
    step: Step


class LogitPath:
    """The branch from a start, as steps and the turns between them."""

    def __init__(self, model: LogitModel, z: np.ndarray, towards: np.ndarray, most_steps: int) -> None:
        self.model, self.most_steps = model, most_steps
        self.steps = [self.step(z, towards)]
        self.turns: list[Turn] = []
        self.ended = ""

    def step(self, z: np.ndarray, towards: np.ndarray) -> Step:
        """Return a place with its direction, the one of two that points along `towards`, which is given in the coordinates of z."""
        units = 1 + np.abs(z)
        equations = self.model.at(z[:-1], float(z[-1]))
        matrix = np.column_stack([equations.slopes, equations.by_t]) * units
        matrix /= np.maximum(np.abs(matrix).max(axis=1), 1e-300)[:, None]
        way = np.linalg.svd(matrix)[2][-1]
        return Step(z, way if way @ (towards / units) >= 0 else -way, units, equations.slopes)

    def ahead(self, last: Step, length: float) -> Step | None:
        """Return the place of the branch in the plane a length ahead; None where Newton's method does not converge quickly."""
        guess = last.z + length * last.way * last.units
        z: np.ndarray = guess.copy()
        for count in range(_ROUNDS):
            equations = self.model.at(z[:-1], float(z[-1]))
            rows = np.column_stack([equations.slopes, equations.by_t]) * last.units
            right = np.array([*equations.residual, last.way @ ((z - guess) / last.units)])
            change = solved_rows(np.vstack([rows, last.way]), right)
            if change is None or np.abs(change).max() > max(length, 1e-6):
                return None
            z = z - change * last.units
            if np.abs(change).max() < (_CLOSE if count < _ROUNDS // 2 else _ROUNDED):
                return self.step(z, last.way * last.units)
        return None

    def follow(self, target: float, arrived: Callable[[Step], bool]) -> None:
        """Follow the branch until t reaches a target, or a place at which `arrived` holds."""
        length = _FIRST
        while not self.ended:
            last = self.steps[-1]
            ahead = self.ahead(last, length)
            bent = ahead is None or _cosine(last, ahead) < _STRAIGHT
            turns = [] if bent or ahead is None else self._turns(last, ahead, length)
            if bent or turns is None:
                if length > _LEAST:
                    length /= 2
                else:
                    self.ended = ROUNDED
                continue
            assert ahead is not None
            if ahead.t >= target:
                self._finish(last, ahead, length, target)
                return
            self.turns += turns
            self.steps += [*(turn.step for turn in turns if turn.kind == "turning point"), ahead]
            if ahead.t < 0:
                self.ended = "the branch came back to precision 0"
            elif arrived(ahead):
                self.ended = "limit"
            elif len(self.steps) >= self.most_steps:
                self.ended = f"{self.most_steps} steps were made"
            length = min(1.5 * length, _MOST if ahead.t < _FAR else 2.5 * _MOST)

    def _finish(self, last: Step, ahead: Step, length: float, target: float) -> None:
        """Add the place at which t is the target."""
        part = (target - last.t) / (ahead.t - last.t)
        guess = last.z[:-1] + part * (ahead.z[:-1] - last.z[:-1])
        log_p = self.model.solved(guess, target)
        if log_p is None:
            log_p = guess
        self.steps.append(self.step(np.array([*log_p, target]), last.way * last.units))
        self.ended = "target"

    def _turns(self, last: Step, ahead: Step, length: float) -> list[Turn] | None:
        """Return what lies between two places, or None when the second is on another branch, so that the step was too long."""
        if last.rising * ahead.rising < 0:
            found = self._located(last, length, lambda step: step.rising)
            return [Turn("turning point", found)]
        crosses = last.determinant * ahead.determinant < 0
        if not crosses and abs(last.negative - ahead.negative) < 2:
            return []
        found, low = self._crossed(last, length, touches=not crosses)
        if low < 1e-3 * min(abs(last.determinant), abs(ahead.determinant)):
            return [Turn("bifurcation", found)]
        return None if crosses else []

    def _located(self, last: Step, length: float, signal: Callable[[Step], float]) -> Step:
        """Return where a signal vanishes on the way to a place."""
        from scipy.optimize import brentq

        def at(part: float) -> float:
            step = self.ahead(last, part) if part else last
            return signal(step if step is not None else last)

        part = brentq(at, 0.0, length, xtol=1e-15, rtol=1e-14)
        return self.ahead(last, part) or last

    def _crossed(self, last: Step, length: float, *, touches: bool) -> tuple[Step, float]:
        """Return where the determinant vanishes, or only touches 0, on the way to a place, and how far from 0 it is there.

        Next to a bifurcation Newton's method loses digits, but the branch itself runs smoothly through it: so it is read off a polynomial through places around it.
        """
        from numpy.polynomial.chebyshev import chebder, chebfit, chebroots, chebval

        nodes = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
        steps = [step for node in nodes if (step := self.ahead(last, length * (1 + node) / 2)) is not None]
        if len(steps) < _NODES:
            return last, np.inf
        determinants = chebfit(nodes, np.array([step.determinant for step in steps]), _NODES - 1)
        path = chebfit(nodes, np.array([step.z for step in steps]), _NODES - 1)
        zeros = chebroots(chebder(determinants) if touches else determinants)
        inside = [float(root.real) for root in zeros if abs(root.imag) < 0.05 and abs(root.real) <= 1 + 1e-9]
        if not inside:
            return last, np.inf
        rough = min(inside, key=lambda root: abs(chebval(root, determinants)))

        def at(place: float) -> Step:
            return self.step(np.asarray(chebval(place, path)), last.way * last.units)

        found = at(_crossing(lambda place: at(place).smallest, rough))
        return found, abs(found.determinant)


def _crossing(signal: Callable[[float], float], rough: float) -> float:
    """Return where a signal changes sign next to a place; the place itself where it does not."""
    from scipy.optimize import brentq

    low, high = rough - 0.05, rough + 0.05
    if signal(low) * signal(high) >= 0:
        return rough
    return float(brentq(signal, low, high, xtol=1e-15, rtol=1e-14))


def _cosine(last: Step, ahead: Step) -> float:
    """Return the cosine of the turn between two directions, both relative to the units of the second."""
    before = last.way * last.units / ahead.units
    return float(before @ ahead.way / np.linalg.norm(before))
