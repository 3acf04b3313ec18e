"""Where a measure takes parameters and starts from: what is fixed, and what the points override."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator
from coopgame.dynamics.state import share_names
from coopgame.errors import CoopgameError, ParameterError, UnsupportedError
from coopgame.games.game import Game
from coopgame.sweeps.measure import Points
from coopgame.sweeps.measures.starts import Starts

T = TypeVar("T")


def field_of(dynamics: VectorField | Game) -> VectorField:
    """Return a mean dynamic; a game stands for its replicator dynamics."""
    if isinstance(dynamics, Game):
        return replicator(dynamics)
    if not isinstance(dynamics, VectorField):
        raise UnsupportedError(
            f"{dynamics!r} is no mean dynamic in continuous time; give a game, replicator(game) or mean_dynamic(game, protocol)"
        )
    return dynamics


@dataclass(frozen=True, eq=False)
class Given:
    """The points that can be computed, with all that they need.

    places: among the points, shape (n,). values: parameter -> numbers of shape (n,). starts: shape (n, number of shares), empty where no start
    is needed. failures: place -> reason, for all other points.
    """

    places: np.ndarray
    values: Mapping[str, np.ndarray]
    starts: np.ndarray
    failures: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.places)

    def only(self, chosen: np.ndarray) -> Given:
        """Return some of the points; failures stay with the whole."""
        values = {name: column[chosen] for name, column in self.values.items()}
        return Given(self.places[chosen], values, self.starts[chosen])

    def at(self, k: int) -> dict[str, float]:
        """Return the parameters of one of the points."""
        return {name: float(column[k]) for name, column in self.values.items()}


@dataclass(frozen=True, eq=False)
class Setting:
    """A dynamic with fixed values and, where `starts` is not None, a fixed start; names of points override both."""

    dynamics: VectorField
    values: Mapping[str, Any]
    starts: Starts | None = None

    @staticmethod
    def of(dynamics: VectorField | Game, values: Mapping[str, Any] | None, initial: Any = None) -> Setting:
        """Return the setting of a measure that follows trajectories; the game's own start stands in for `initial`."""
        found = field_of(dynamics)
        return Setting(found, _known_values(found.game, values), Starts.of(found.game, initial))

    @staticmethod
    def without_start(dynamics: VectorField | Game, values: Mapping[str, Any] | None) -> Setting:
        """Return the setting of a measure of parameters alone."""
        found = field_of(dynamics)
        return Setting(found, _known_values(found.game, values))

    @property
    def game(self) -> Game:
        """The game that is played."""
        return self.dynamics.game

    def check(self, names: Sequence[str]) -> None:
        """Raise ParameterError for unknown names and parameters without a value, StateError for a start that is not complete."""
        parameters = {p.name for p in self.game.parameters}
        shares = {*self.game.coordinates, *share_names(self.game)}
        for name in names:
            if name not in parameters and name not in shares:
                known = {*parameters, *self.game.coordinates}
                close = difflib.get_close_matches(str(name), {*known, *shares}, 1)
                hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(sorted(known)) or 'none'}"
                raise ParameterError(f"unknown parameter or share {name!r}; {hint}")
        missing = [p.name for p in self.game.parameters if p.value is None and p.name not in {*self.values, *names}]
        if missing:
            raise ParameterError(
                f"no value for {', '.join(missing)}; sweep over it, or give it by `values` or as a default of the game"
            )
        if self.starts is not None:
            self.starts.check(names)

    def read(self, points: Points) -> Given:
        """Return the points that can be computed, with the reasons for the others."""
        count = len(points)
        failures: dict[int, str] = {}
        exact = self.game.values({**self.values, **dict.fromkeys(set(points.values) & set(self.game.ring.names), 0)})
        values = {}
        for name in self.game.ring.names:
            column = points.values.get(name)
            values[name] = np.full(count, float(exact[name])) if column is None else np.array(column, dtype=float)
            for k in np.flatnonzero(~np.isfinite(values[name])):
                failures.setdefault(int(k), f"{name} = {values[name][k]:g} is no finite number")
        starts = np.zeros((count, 0))
        if self.starts is not None:
            starts, wrong = self.starts.states(points)
            failures = {**wrong, **failures}
        places = np.setdiff1d(np.arange(count), np.fromiter(failures, dtype=int, count=len(failures)))
        given = Given(places, {name: v[places] for name, v in values.items()}, starts[places], failures)
        return self.with_finite_payoffs(given) if self.starts is not None else given

    def numbers(self, given: Given) -> list[np.ndarray]:
        """Return the parameters of points in order."""
        return [given.values[name] for name in self.game.ring.names]

    def with_finite_payoffs(self, given: Given) -> Given:
        """Leave out the points where a payoff or a rate is no number at the start."""

        def finite(part: Given) -> np.ndarray:
            with np.errstate(all="ignore"):
                drives = self.dynamics.drives(part.starts.copy(), list(self.numbers(part)))
            return np.asarray(np.isfinite(np.broadcast_to(drives, part.starts.shape)).all(axis=1))

        ok = np.zeros(len(given), dtype=bool)
        for chosen, result in isolated(given, finite):
            if isinstance(result, str):
                given.failures[int(given.places[chosen[0]])] = result
                continue
            ok[chosen] = result
            for k in chosen[~result]:
                given.failures[int(given.places[k])] = self._no_number(given, int(k))
        kept = given.only(np.flatnonzero(ok))
        return Given(kept.places, kept.values, kept.starts, given.failures)

    def _no_number(self, given: Given, k: int) -> str:
        what = "payoff" if self.game.populations else "rate"
        shown = ", ".join(f"{name} = {value:g}" for name, value in given.at(k).items())
        return f"a {what} is no finite number at {shown or 'this start'}"

    def describe(self, name: str) -> dict[str, str]:
        """Return the meaning of a parameter or a share in English and Chinese, and its unit."""
        told: dict[str, str | None] = {}
        for parameter in self.game.parameters:
            if parameter.name == name:
                told = {"long_name": parameter.meaning, "long_name_zh": parameter.zh, "units": parameter.unit}
        for variable in self.game.environment:
            if variable.name == name:
                told = {"long_name": variable.meaning, "long_name_zh": variable.zh}
        for population in self.game.populations:
            for k, strategy in enumerate(population.strategies):
                if name == f"{population.name}.{strategy}" or (k == 0 and name == population.symbol):
                    zh = f"{population.name_in('zh')}中{population.strategies_in('zh')[k]}的比例"
                    chinese = zh if population.zh or population.strategies_zh else None
                    told = {"long_name": f"share of {strategy} in {population.name}", "long_name_zh": chinese}
        return {key: text for key, text in told.items() if text}

    def provenance(self) -> dict[str, str]:
        """Return the game's text, the dynamics, and the fixed values and start."""
        told = {"game": self.game.to_toml(), "dynamics": self.dynamics.name}
        if self.values:
            told["values"] = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        if self.starts is not None and str(self.starts):
            told["initial"] = str(self.starts)
        return told


def isolated(given: Given, compute: Callable[[Given], T]) -> Iterator[tuple[np.ndarray, T | str]]:
    """Yield the results of a computation on many points, and alone the points at which it fails, with the reason.

    Where it fails the points are halved, so that one bad point does not cost the others theirs.
    """
    stack = [np.arange(len(given))] if len(given) else []
    while stack:
        chosen = stack.pop()
        try:
            yield chosen, compute(given.only(chosen))
        except CoopgameError as error:
            if len(chosen) == 1:
                yield chosen, str(error)
            else:
                stack += [chosen[len(chosen) // 2 :], chosen[: len(chosen) // 2]]


def _known_values(game: Game, values: Mapping[str, Any] | None) -> dict[str, Any]:
    given = dict(values or {})
    game.values({**dict.fromkeys(game.ring.names, 0), **given})  # names and numbers are checked
    for name, value in given.items():
        if np.ndim(value):
            raise ParameterError(f"{name} is an array; fixed values are single numbers, sweep over the array instead")
    return given
