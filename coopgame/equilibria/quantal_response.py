"""Quantal response equilibria with logit choice along their principal branch, from uniform choice to a Nash equilibrium."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.analysis.points import Known
from coopgame.equilibria.logit_limit import degenerate_limit, exact_limit
from coopgame.equilibria.logit_model import LogitModel
from coopgame.equilibria.logit_path import ROUNDED, EventKind, LogitPath, Step
from coopgame.equilibria.result import NashEquilibrium, shown
from coopgame.equilibria.tables import payoff_tables
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.game import Game

if TYPE_CHECKING:
    import pandas as pd
    import xarray

_FAR = 1e3  # of the same from where on a limit may be extrapolated
_LARGEST = (
    1e8  # of lambda times the largest difference of payoffs, where rounding reaches eight digits of a log probability
)


@dataclass(frozen=True)
class QuantalOptions:
    """How far a branch is followed.

    largest: of lambda; left out, until the limit shows. most_points: of the branch.
    """

    largest: Any = None
    most_points: int = 20_000

    def __post_init__(self) -> None:
        if self.largest is not None and exact_number(self.largest, "largest") <= 0:
            raise ParameterError(
                f"largest is {self.largest}; lambda is followed upwards from 0, so give a positive number"
            )
        if self.most_points < 2:
            raise ParameterError(f"most_points is {self.most_points}; a branch has at least 2 points")


@dataclass(frozen=True, eq=False)
class QuantalResponse:
    """A logit equilibrium: every player chooses p_i proportional to exp(lam * payoff_i), payoffs being those at the equilibrium.

    lam: precision of choice, the inverse of the noise of `logit(noise)`. log_probabilities: of each population a mapping from strategy; they tell probabilities apart
    that are too small for a float. payoffs: what each player expects. index: +1 or -1, and 0 where not known; the indices of all equilibria at
    one lam sum to 1. known: `certified` where enclosed by ball arithmetic, with log probabilities within `radius`.
    """

    game: Game = field(repr=False)
    lam: float
    log_probabilities: tuple[Mapping[str, float], ...]
    payoffs: tuple[float, ...]
    index: int = 0
    known: Known = "numerical"
    radius: float = 0.0

    @property
    def probabilities(self) -> tuple[Mapping[str, float], ...]:
        """The probabilities, of each population a mapping from strategy."""
        return tuple({name: float(np.exp(v)) for name, v in own.items()} for own in self.log_probabilities)

    @property
    def state(self) -> np.ndarray:
        """All probabilities, population after population; shape (number of strategies in all,)."""
        state = np.exp([value for own in self.log_probabilities for value in own.values()])
        state.flags.writeable = False
        return state

    @property
    def noise(self) -> float:
        """1/lam: the noise of the logit protocol whose dynamics rests at this equilibrium."""
        return 1 / self.lam if self.lam else float("inf")

    def text(self) -> str:
        """Return the equilibrium on one line."""
        places = "; ".join(", ".join(f"{name} = {shown(p)}" for name, p in own.items()) for own in self.probabilities)
        return f"lambda = {self.lam:g}: {places}"

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, eq=False)
class QuantalEvent:
    """Where the branch turns back in lambda, or where other branches meet it."""

    kind: EventKind
    lam: float
    probabilities: np.ndarray

    def __str__(self) -> str:
        return f"{self.kind} at lambda = {self.lam:.10g}"


@dataclass(frozen=True, eq=False)
class QuantalBranch:
    """The principal branch of logit equilibria, which begins with uniform choice at lambda = 0; known numerically.

    lambdas: shape (m,), not monotone beyond a turning point. probabilities, log_probabilities: shape (m, number of strategies), columns as in `strategies`.
    payoffs: shape (m, number of populations). events: turning points and bifurcations in order. limit: the Nash equilibrium to which the branch tends, None where it
    was not followed that far. ended: why it was followed no further, and how its limit is known.
    """

    game: Game = field(repr=False)
    lambdas: np.ndarray
    log_probabilities: np.ndarray = field(repr=False)
    payoffs: np.ndarray = field(repr=False)
    events: tuple[QuantalEvent, ...]
    limit: NashEquilibrium | None
    ended: str
    _model: LogitModel = field(repr=False)
    _path: LogitPath = field(repr=False)

    @property
    def strategies(self) -> tuple[str, ...]:
        """The columns: `population.strategy`."""
        return tuple(f"{q.name}.{s}" for q in self.game.populations for s in q.strategies)

    @property
    def probabilities(self) -> np.ndarray:
        """The probabilities along the branch; shape (m, number of strategies)."""
        return np.asarray(np.exp(self.log_probabilities))

    @property
    def turning_points(self) -> tuple[QuantalEvent, ...]:
        """Where the branch turns back in lambda."""
        return tuple(event for event in self.events if event.kind == "turning point")

    def probability(self, name: str) -> np.ndarray:
        """Return the probability of a strategy along the branch, named as in `strategies` or alone where no two populations share the name; shape (m,)."""
        places = [k for k, whole in enumerate(self.strategies) if name in (whole, whole.partition(".")[2])]
        if len(places) != 1:
            raise StateError(f"{name!r} is not one strategy; name one of {', '.join(self.strategies)}")
        return np.asarray(self.probabilities[:, places[0]])

    def at(self, lam: Any) -> QuantalResponse:
        """Return the equilibrium of the branch where it first reaches a value of lambda, solved to rounding by Newton's method.

        Beyond the last point the branch is followed further. Raises ParameterError for a negative lambda, UnsupportedError where the branch cannot be followed so far.
        """
        return next(self._all_at(lam))

    def all_at(self, lam: Any) -> tuple[QuantalResponse, ...]:
        """Return all equilibria of the branch at a value of lambda, several where it turns back, in the order in which they are passed."""
        return tuple(self._all_at(lam))

    def _all_at(self, lam: Any) -> Iterator[QuantalResponse]:
        exact = exact_number(lam, "lam")
        if exact < 0:
            raise ParameterError(f"lambda is {lam}; the branch begins at 0")
        t = float(exact * self._model.scale)
        path = self._path
        if t > max(step.t for step in path.steps):
            path = self._further(t)
        found = False
        for last, ahead in pairwise(path.steps):
            if (last.t - t) * (ahead.t - t) < 0 or last.t == t:
                found = True
                yield response(self._model, _between(path, last, ahead, t), exact)
        if not found or path.steps[-1].t == t:
            yield response(self._model, path.steps[-1].log_p, exact)

    def _further(self, t: float) -> LogitPath:
        last = self._path.steps[-1]
        path = LogitPath(self._model, last.z, last.way * last.units, self._path.most_steps)
        path.follow(t, lambda step: False)
        if path.ended != "target":
            raise UnsupportedError(f"the branch could not be followed up to there: {path.ended}")
        return path

    def to_dataframe(self) -> pd.DataFrame:
        """Return lambda, probabilities and payoffs, one row per point."""
        import pandas as pd

        payoffs = [f"payoff of {q.name}" for q in self.game.populations]
        columns = np.column_stack([self.lambdas, self.probabilities, self.payoffs])
        return pd.DataFrame(columns, columns=["lambda", *self.strategies, *payoffs])

    def to_xarray(self) -> xarray.Dataset:
        """Return probabilities with dimensions point and strategy, and payoffs with point and population."""
        import xarray

        data = {
            "lambda": ("point", self.lambdas),
            "probability": (("point", "strategy"), self.probabilities),
            "log_probability": (("point", "strategy"), self.log_probabilities),
            "payoff": (("point", "population"), self.payoffs),
        }
        names = {"strategy": list(self.strategies), "population": [q.name for q in self.game.populations]}
        return xarray.Dataset(data, names, {"game": self.game.name})

    def __str__(self) -> str:
        events = "; ".join(map(str, self.events)) or "no turning point or bifurcation"
        lines = [f"{len(self.lambdas)} points from lambda = 0 to {self.lambdas[-1]:.6g}: {events}"]
        if self.limit is not None:
            kind = "a Nash equilibrium exactly" if self.limit.known == "exact" else "found numerically"
            lines.append(f"limit: {self.limit.text()} ({kind})")
        return "\n".join([*lines, self.ended])

    def _repr_html_(self) -> str:
        from html import escape

        heads = "".join(f"<th>{escape(name)}</th>" for name in ("", "lambda", *self.strategies))
        shown_rows = [("start", self.lambdas[0], self.probabilities[0])]
        shown_rows += [(event.kind, event.lam, event.probabilities) for event in self.events]
        shown_rows.append(("end", self.lambdas[-1], self.probabilities[-1]))
        rows = "".join(
            f"<tr><td>{kind}</td><td>{lam:.6g}</td>{''.join(f'<td>{p:.6g}</td>' for p in values)}</tr>"
            for kind, lam, values in shown_rows
        )
        notes = "".join(f"<p>{escape(line)}</p>" for line in str(self).splitlines())
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{notes}"


def find_quantal_response(
    game: Game, values: Mapping[str, Any] | None = None, *, options: QuantalOptions | None = None
) -> QuantalBranch:
    """Return the principal branch of logit equilibria (McKelvey and Palfrey 1995): p_i proportional to exp(lambda payoff_i), lambda from 0 up.

    The branch is followed by arc length in the logarithms of probabilities, so it passes turning points, and strategies that vanish keep their order
    however rare they are. It ends where its limit shows: strategies that stay and strategies that vanish exponentially are told apart by the slopes of their
    logarithms, the equilibrium with that support is solved exactly (where at most two players mix) and verified, and the branch has come close to it
    and points at it. Where the limit is not isolated, or strategies vanish slowly, it is extrapolated. Of a MatrixGame one population chooses against itself.

    Where choice is precise to lambda, `logit(noise=1/lambda)` is the protocol whose rest points these are.

    Raises UnsupportedError for games without a payoff table, ParameterError for missing values.

    References: McKelvey and Palfrey (1995), Games and Economic Behavior 10, 6-38; Turocy (2005), Games and Economic Behavior 51, 243-263.

    >>> from coopgame import NormalFormGame, find_quantal_response
    >>> pennies = NormalFormGame.from_bimatrix([[9, 0], [0, 1]], [[0, 1], [1, 0]])
    >>> branch = find_quantal_response(pennies)
    >>> print(branch.limit)
    1 = 1/2, 2 = 1/2; 1 = 1/10, 2 = 9/10
    >>> print(branch.at(1))
    lambda = 1: 1 = 0.893576, 2 = 0.106424; 1 = 0.31278, 2 = 0.68722
    """
    options = QuantalOptions() if options is None else options
    if not isinstance(options, QuantalOptions):
        raise ParameterError(f"options is {options!r}; give QuantalOptions, such as QuantalOptions(largest=10)")
    model = LogitModel(payoff_tables(game, values))
    path = principal_path(model, options.most_points)
    target = _LARGEST if options.largest is None else float(exact_number(options.largest, "largest") * model.scale)
    path.follow(target, lambda step: exact_limit(model, step) is not None)
    limit, ended = _limit(model, path, options)
    logs = np.array([step.log_p for step in path.steps])
    payoffs = np.array([model.payoff_units(row) for row in logs])
    lambdas = np.array([_lam(model, step.t) for step in path.steps])
    for array in (logs, payoffs, lambdas):
        array.flags.writeable = False
    events = tuple(QuantalEvent(turn.kind, _lam(model, turn.step.t), np.exp(turn.step.log_p)) for turn in path.turns)
    return QuantalBranch(game, lambdas, logs, payoffs, events, limit, ended, model, path)


def principal_path(model: LogitModel, most_points: int) -> LogitPath:
    """Return the path at its beginning, uniform choice at lambda = 0."""
    z = np.array([*model.start(), 0.0])
    return LogitPath(model, z, np.array([*np.zeros(model.size), 1.0]), most_points)


def response(
    model: LogitModel, log_p: np.ndarray, lam: Fraction, known: Known = "numerical", radius: float = 0.0
) -> QuantalResponse:
    """Return log probabilities at a lambda as an equilibrium."""
    determinant = np.linalg.det(model.at(log_p, float(lam * model.scale)).slopes)
    index = int(np.sign(determinant)) if abs(determinant) > 1e-9 else 0
    named = tuple(
        dict(zip(names, map(float, log_p[part]), strict=True))
        for names, part in zip(model.tables.names, model.parts, strict=False)
    )
    payoffs = tuple(model.payoff_units(log_p))
    return QuantalResponse(model.tables.game, float(lam), named, payoffs, index, known, radius)


def _lam(model: LogitModel, t: float) -> float:
    return float(Fraction(t) / model.scale)


def _between(path: LogitPath, last: Step, ahead: Step, t: float) -> np.ndarray:
    """Return the log probabilities of the branch between two places where t has a value."""
    from scipy.optimize import brentq

    if last.t == t:
        return last.log_p
    length = float(last.way @ ((ahead.z - last.z) / last.units))

    def missing(part: float) -> float:
        step = path.ahead(last, part) if part else last
        return (step.t if step is not None else ahead.t) - t

    step = path.ahead(last, brentq(missing, 0.0, length, xtol=1e-13)) or last
    solved = path.model.solved(step.log_p, t)
    near = solved is not None and np.abs((solved - step.log_p) / step.units[:-1]).max() < 1e-5
    return solved if near and solved is not None else step.log_p


def _limit(model: LogitModel, path: LogitPath, options: QuantalOptions) -> tuple[NashEquilibrium | None, str]:
    """Return the limit and why the branch ended."""
    last = path.steps[-1]
    lam = _lam(model, last.t)
    if path.ended == "limit":
        found = exact_limit(model, last)
        assert found is not None
        away = float(np.abs(np.exp(last.log_p) - found.state[: model.size]).max())
        how = "" if found.known == "exact" else ", found by Newton's method"
        return (
            found,
            f"at lambda = {lam:.4g} the branch is within {away:.1g} of a Nash equilibrium{how} and points at it",
        )
    if options.largest is not None and path.ended == "target":
        return exact_limit(model, last), f"lambda reached {lam:g}"
    if path.ended not in ("target", ROUNDED) or last.t < _FAR or last.rising <= 0:
        return None, path.ended
    return degenerate_limit(model, last), (
        f"at lambda = {lam:.4g} strategies still vanish slowly or the equilibrium is not isolated; the limit is extrapolated"
    )
