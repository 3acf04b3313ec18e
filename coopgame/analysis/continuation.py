"""Branches of rest points followed along one parameter, around folds, with their changes of stability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import sympy

from coopgame.analysis.points import RestPoint
from coopgame.codegen import compile_expressions
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import as_state, share_names, slices
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.expressions import exact_number

if TYPE_CHECKING:
    import xarray

_ROUNDS = 8
_CLOSE = 1e-12
_LEAST_STEP, _FIRST_STEP, _MOST_STEP = 1e-9, 1e-3, 0.02
_MOST_POINTS = 20_000
_OUTSIDE = 1e-9


@dataclass(frozen=True, eq=False)
class BranchEvent:
    """Where a branch turns or its stability changes: a fold, a Hopf point, or a point where another branch crosses.

    value: of the parameter. state: all shares; shape (number of shares,).
    """

    kind: Literal["fold", "Hopf", "branch point"]
    value: float
    state: np.ndarray

    def __str__(self) -> str:
        return f"{self.kind} at {self.value:.10g}"


@dataclass(frozen=True, eq=False)
class Branch:
    """A branch of rest points, in the order in which it was followed; known numerically.

    parameter: its name. values: shape (m,). states: all shares, shape (m, number of shares). unstable: number of eigenvalues with positive
    real part, shape (m,). events: folds, Hopf points and branch points in order. ended: why the branch was followed no further.
    """

    dynamics: VectorField = field(repr=False)
    parameter: str
    values: np.ndarray
    states: np.ndarray
    unstable: np.ndarray
    events: tuple[BranchEvent, ...]
    ended: str

    @property
    def folds(self) -> tuple[BranchEvent, ...]:
        """The folds, at which a state that is followed by small changes of the parameter is lost."""
        return tuple(event for event in self.events if event.kind == "fold")

    @property
    def stable(self) -> np.ndarray:
        """Whether all eigenvalues have negative real parts; shape (m,)."""
        return np.asarray(self.unstable == 0)

    def coordinate(self, name: str) -> np.ndarray:
        """Return one share along the branch by its symbol or as `population.strategy`; shape (m,)."""
        game = self.dynamics.game
        for block, part in zip(game.blocks, slices(game), strict=True):
            if block.symbol == name:
                return np.asarray(self.states[:, part.start])
        names = share_names(game)
        if name not in names:
            raise StateError(f"no share {name!r}; there are {', '.join((*game.coordinates, *names))}")
        return np.asarray(self.states[:, names.index(name)])

    def to_xarray(self) -> xarray.Dataset:
        """Return states and stability with dimensions point and share."""
        import xarray

        data = {
            "shares": (("point", "share"), self.states),
            "unstable": ("point", self.unstable),
            self.parameter: ("point", self.values),
        }
        return xarray.Dataset(
            data, {"share": list(share_names(self.dynamics.game))}, {"dynamics": self.dynamics.name}
        )

    def __str__(self) -> str:
        events = "; ".join(map(str, self.events)) or "no fold, Hopf or branch point"
        span = f"{self.values.min():.6g} to {self.values.max():.6g}"
        return f"branch over {self.parameter} from {span}: {events}; ended: {self.ended}"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{e.kind}</td><td>{e.value:.10g}</td><td>{', '.join(f'{v:.6g}' for v in e.state)}</td></tr>"
            for e in self.events
        )
        heads = f"<tr><th>what</th><th>{escape(self.parameter)}</th><th>shares</th></tr>"
        return f"<table>{heads}{rows}</table><p>{escape(str(self))}</p>"


def find_branch(
    dynamics: VectorField,
    start: RestPoint | Any,
    parameter: str,
    values: Mapping[str, Any] | None = None,
    *,
    to: Any,
) -> Branch:
    """Return the branch of rest points through a start, followed in one parameter towards a value.

    start: a rest point at the values, or a state next to one. The branch is followed by arc length (Keller 1977), so it goes on around
    folds, back past its starting value if need be, until it reaches `to`, comes back to the starting value, or leaves the state space. Folds, Hopf
    points and branch points are located to rounding.

    Raises ParameterError for an unknown parameter, StateError when no rest point is near the start, UnsupportedError for
    dynamics with kinks.

    References: Keller (1977), in Applications of Bifurcation Theory; Kuznetsov (2004), Elements of Applied Bifurcation Theory, chapter 10.

    >>> from coopgame import MatrixGame, find_branch, logit, mean_dynamic
    >>> game = MatrixGame([[2, 0], [0, 1]], symbol="x", parameters={"eta": "1/5"})
    >>> branch = find_branch(mean_dynamic(game, logit("eta")), {"x": 0.01}, "eta", to=2)
    >>> [event.kind for event in branch.events]
    ['fold']
    """
    system = _System(dynamics, parameter, values)
    if dynamics.kinks:
        raise UnsupportedError(
            f"{dynamics.name} has kinks where payoffs tie; branches are followed for smooth dynamics"
        )
    target = float(exact_number(to, "to"))
    point = system.first(start.state if isinstance(start, RestPoint) else start)
    return _Walk(system, point, target).branch()


class _System:
    """Rates and their derivatives in tangent coordinates and the parameter, all other parameters at values."""

    def __init__(self, dynamics: VectorField, parameter: str, values: Mapping[str, Any] | None) -> None:
        self.dynamics, self.parameter = dynamics, parameter
        names = dynamics.game.ring.names
        if parameter not in names:
            raise ParameterError(f"no parameter {parameter!r}; there are {', '.join(names) or 'none'}")
        self.exact: dict[str, Fraction] = dynamics.game.values(values)
        self.place = names.index(parameter)
        self.numbers = [float(v) for v in self.exact.values()]
        self.start = self.numbers[self.place]
        unknowns = [*map(sympy.Symbol, dynamics.tangent_coordinates), sympy.Symbol(parameter)]
        self.size = len(unknowns) - 1
        rates = dynamics.reduced_rates
        self._rates = compile_expressions(rates, dynamics.tangent_coordinates, names)
        slopes = [sympy.diff(rate, unknown) for rate in rates for unknown in unknowns]
        self._slopes = compile_expressions(slopes, dynamics.tangent_coordinates, names)

    def _at(self, z: np.ndarray) -> tuple[list[float], list[float]]:
        numbers = list(self.numbers)
        numbers[self.place] = float(z[-1])
        return [float(v) for v in z[:-1]], numbers

    def rates(self, z: np.ndarray) -> np.ndarray:
        return np.array(self._rates(*self._at(z)), dtype=float)

    def slopes(self, z: np.ndarray) -> np.ndarray:
        """Return the derivatives by coordinates and, in the last column, by the parameter; shape (d, d + 1)."""
        return np.array(self._slopes(*self._at(z)), dtype=float).reshape(self.size, self.size + 1)

    def first(self, state: Any) -> np.ndarray:
        shares = as_state(self.dynamics.game, state)
        reduced = [float(shares[i]) for i in self.dynamics.game.tangent_entries]
        z = np.array([*reduced, self.start])
        for _ in range(50):
            try:
                step = np.linalg.solve(self.slopes(z)[:, :-1], self.rates(z))
            except np.linalg.LinAlgError:
                break
            z[:-1] -= step
            if np.abs(step).max(initial=0.0) < _CLOSE:
                return z
        raise StateError("no rest point was found next to the start; give one of find_rest_points(dynamics, values)")

    def shares(self, z: np.ndarray) -> np.ndarray:
        parts, position = [], 0
        game = self.dynamics.game
        for block, part in zip(game.blocks, slices(game), strict=True):
            own = z[position : position + part.stop - part.start - block.bounded]
            parts += [*own, 1 - own.sum()] if block.bounded else [*own]
            position += len(own)
        return np.array(parts)


@dataclass(eq=False)
class _Step:
    """A point of the branch, the direction in which it goes on, and what changes sign at events."""

    z: np.ndarray
    way: np.ndarray
    slopes: np.ndarray

    @cached_property
    def eigenvalues(self) -> np.ndarray:
        return np.asarray(np.linalg.eigvals(self.slopes[:, :-1]))

    @property
    def unstable(self) -> int:
        return int((self.eigenvalues.real > 0).sum())

    @property
    def crossing(self) -> float:
        """Vanishes where another branch crosses."""
        return float(np.linalg.det(np.vstack([self.slopes, self.way])))

    @property
    def turning(self) -> float:
        """Vanishes at a Hopf point: the product over pairs of sums of eigenvalues."""
        e = self.eigenvalues
        sums = [e[i] + e[j] for i in range(len(e)) for j in range(i)]
        return float(np.prod(sums).real) if sums else 1.0


class _Walk:
    def __init__(self, system: _System, first: np.ndarray, target: float) -> None:
        self.system, self.target = system, target
        self.scale = max(abs(target - first[-1]), 1e-12)
        towards = np.zeros(len(first))
        towards[-1] = np.sign(target - first[-1]) or 1.0
        self.steps = [self._step(first, towards)]
        self.events: list[BranchEvent] = []

    def _step(self, z: np.ndarray, before: np.ndarray) -> _Step:
        slopes = self.system.slopes(z)
        way = np.linalg.svd(slopes * self._units())[2][-1]
        way = way * (1.0 if way @ before >= 0 else -1.0)
        return _Step(z, way, slopes * self._units())

    def _units(self) -> np.ndarray:
        """The parameter is measured in its whole range."""
        units = np.ones(self.system.size + 1)
        units[-1] = self.scale
        return units

    def _corrected(self, guess: np.ndarray, way: np.ndarray) -> np.ndarray | None:
        """Return the point of the branch in the plane through a guess across the direction."""
        units = self._units()
        z: np.ndarray = guess.copy()
        for _ in range(_ROUNDS):
            matrix = np.vstack([self.system.slopes(z) * units, way])
            right = np.array([*self.system.rates(z), way @ ((z - guess) / units)])
            try:
                step = np.linalg.solve(matrix, right)
            except np.linalg.LinAlgError:
                return None
            z = z - step * units
            if not np.isfinite(z).all():
                return None
            if np.abs(step).max() < _CLOSE:
                return z
        return None

    def _ahead(self, step: _Step, length: float) -> _Step | None:
        z = self._corrected(step.z + length * step.way * self._units(), step.way)
        return None if z is None else self._step(z, step.way)

    def branch(self) -> Branch:
        ended, length = "", _FIRST_STEP
        while not ended:
            last = self.steps[-1]
            ahead = self._ahead(last, length)
            sharp = ahead is None or ahead.way @ last.way < 0.98
            if sharp and length > _LEAST_STEP:
                length /= 2
                continue
            if ahead is None:
                ended = "the branch could not be followed further"
                break
            ended = self._end(last, ahead)
            if not ended:
                self.events += self._events(last, ahead, length)
                self.steps.append(ahead)
                length = min(1.5 * length, _MOST_STEP)
        return self._result(ended)

    def _end(self, last: _Step, ahead: _Step) -> str:
        if self.system.shares(ahead.z).min() < -_OUTSIDE:
            return "it leaves the state space"
        low, high = sorted((self.system.start, self.target))
        if not low <= ahead.z[-1] <= high:
            self._finish(last, low if ahead.z[-1] < low else high)
            reached = (ahead.z[-1] < low) == (self.target < self.system.start)
            return (
                f"{self.system.parameter} reached {self.target:g}"
                if reached
                else "it came back to the starting value"
            )
        return "the largest number of points was reached" if len(self.steps) >= _MOST_POINTS else ""

    def _finish(self, last: _Step, value: float) -> None:
        """Add the point of the branch exactly at an end of the range."""
        z = last.z + last.way * self._units() * ((value - last.z[-1]) / (last.way[-1] * self.scale or np.inf))
        z[-1] = value
        for _ in range(50):
            step = np.linalg.solve(self.system.slopes(z)[:, :-1], self.system.rates(z))
            z[:-1] -= step
            if np.abs(step).max(initial=0.0) < _CLOSE:
                self.steps.append(self._step(z, last.way))
                return

    def _events(self, last: _Step, ahead: _Step, length: float) -> Iterator[BranchEvent]:
        kinds: tuple[tuple[Literal["fold", "Hopf", "branch point"], Any], ...] = (
            ("fold", lambda step: step.way[-1]),
            ("branch point", lambda step: step.crossing),
            ("Hopf", lambda step: step.turning),
        )
        for kind, signal in kinds:
            if signal(last) * signal(ahead) < 0:
                found = self._located(last, length, signal)
                if kind != "Hopf" or np.abs(found.eigenvalues.imag).max() > 1e-6:
                    yield BranchEvent(kind, float(found.z[-1]), self.system.shares(found.z))

    def _located(self, last: _Step, length: float, signal: Any) -> _Step:
        from scipy.optimize import brentq

        def at(part: float) -> float:
            step = self._ahead(last, part) if part else last
            return float(signal(step if step is not None else last))

        part = brentq(at, 0.0, length, xtol=1e-15, rtol=1e-14)
        return self._ahead(last, part) or last

    def _result(self, ended: str) -> Branch:
        arrays = (
            np.array([step.z[-1] for step in self.steps]),
            np.array([self.system.shares(step.z) for step in self.steps]),
            np.array([step.unstable for step in self.steps]),
        )
        for array in arrays:
            array.flags.writeable = False
        return Branch(self.system.dynamics, self.system.parameter, *arrays, tuple(self.events), ended)
