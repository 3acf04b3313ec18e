"""The measures of welfare and of co-opetition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.batch.engine import BatchOptions
from coopgame.codegen import compile_expressions
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import slices
from coopgame.errors import UnsupportedError
from coopgame.games.decomposition import payoff_table
from coopgame.games.game import Game
from coopgame.sweeps.measure import Found, Points, Variable
from coopgame.sweeps.measures.dynamic import OfSetting, OfTrajectories, failed
from coopgame.sweeps.measures.following import has_lanes, states_at
from coopgame.sweeps.measures.setting import Given, Setting

_INTERVALS = 200
_BLOCK = 4096  # points whose states over time are held at once
_CONSTANT = 1e-12


def welfare(
    dynamics: VectorField | Game,
    values: Mapping[str, Any] | None = None,
    initial: Any = None,
    *,
    t_end: float = 200.0,
    options: BatchOptions | None = None,
) -> Welfare:
    """Return the measure of mean payoffs.

    Variables: `payoff`, the mean payoff of each population at t_end, with the dimension `population`; `welfare`, their sum, in which every
    population counts alike, whatever its size; `payoff_average` and `welfare_average`, the same averaged over the time from 0 to t_end by the trapezoidal rule
    on 200 equal intervals. values, initial: as in `final_shares`.

    Raises UnsupportedError where only differences of payoffs are known, and for models without populations.

    >>> import numpy as np
    >>> from coopgame import MatrixGame
    >>> from coopgame.sweeps.measure import Points
    >>> measure = welfare(MatrixGame([["b", 0], [0, 1]], symbol="x"), initial={"x": 0.5})
    >>> measure.evaluate(Points({"b": np.array([0.5, 2.0])}, np.arange(2))).arrays["welfare"].round(6)
    array([1., 2.])
    """
    setting = Setting.of(dynamics, values, initial)
    if getattr(setting.game, "from_differences", False):
        raise UnsupportedError("only payoff differences of this game are known; welfare needs the payoffs")
    if not setting.game.populations:
        raise UnsupportedError("a model of quantities alone has no payoffs; use final_shares() for its quantities")
    return Welfare(setting, t_end, options or BatchOptions(), has_lanes(setting.dynamics))


@dataclass(frozen=True, eq=False)
class Welfare(OfTrajectories):
    """Mean payoffs; made by `welfare`."""

    compiled: bool
    name = "welfare"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """`payoff`, `welfare`, and their averages over time."""
        when = f"t = {self.t_end:g}"
        each = ("population",)
        return (
            Variable("payoff", each, meaning=f"mean payoff at {when}", zh=f"{when} 时的平均收益"),
            Variable("welfare", (), meaning=f"sum of mean payoffs at {when}", zh=f"{when} 时的总收益"),
            Variable("payoff_average", each, meaning="mean payoff, averaged over time", zh="时间平均收益"),
            Variable("welfare_average", (), meaning="sum of mean payoffs, averaged over time", zh="时间平均总收益"),
        )

    @property
    def coordinates(self) -> Mapping[str, Sequence[str] | np.ndarray]:
        """The names of the populations."""
        return {"population": [p.name for p in self.setting.game.populations]}

    def evaluate(self, points: Points) -> Found:
        """Return mean payoffs; see `welfare`."""
        given = self.setting.read(points)
        last, average = (np.full((len(given), len(self.setting.game.populations)), np.nan) for _ in range(2))
        for first in range(0, len(given), _BLOCK):
            rows = np.arange(first, min(first + _BLOCK, len(given)))
            last[rows], average[rows] = self._payoffs(given.only(rows), given)
        found = {"payoff": last, "payoff_average": average}
        sums = {"welfare": _sum(last), "welfare_average": _sum(average)}
        return self.found(len(points), given, found | sums)

    def _payoffs(self, part: Given, whole: Given) -> tuple[np.ndarray, np.ndarray]:
        """Return mean payoffs at the end and on average; shape (n, populations) each."""
        times = np.linspace(0, float(self.t_end), _INTERVALS + 1)[1:]
        states = states_at(self.setting, part, times, self.options)
        failed(part, states.failures)
        whole.failures.update(part.failures)
        shares = np.concatenate([part.starts[:, None], np.exp(states.log_shares)], axis=1)
        numbers = [column[:, None] for column in self.setting.numbers(part)]
        with np.errstate(all="ignore"):
            payoffs = self.setting.dynamics.payoffs_at(shares, list(numbers))
        means = []
        for block in slices(self.setting.game)[: len(self.setting.game.populations)]:
            mean = np.zeros(shares.shape[:2])
            for i in range(block.start, block.stop):
                mean += np.where(shares[..., i] == 0, 0.0, shares[..., i] * payoffs[..., i])
            means.append(mean)
        table = np.stack(means, axis=-1)
        area = (table[:, 0] + table[:, -1]) / 2
        for k in range(1, _INTERVALS):
            area = area + table[:, k]
        return table[:, -1], area / _INTERVALS


def _sum(table: np.ndarray) -> np.ndarray:
    total = np.zeros(len(table))
    for column in table.T:
        total = total + column
    return total


def cooperation(game: Game, values: Mapping[str, Any] | None = None) -> Cooperation:
    """Return the measure of the co-opetition index at parameter values; see `cooperation_index`.

    Variable: `cooperation`, from 0 (constant sum) to 1 (common interest). A point at which all payoffs of each player are equal, to within rounding, is
    a failure: the index is not defined there. Values that violate an assumption of the game are none.

    Raises UnsupportedError for payoffs that are no table.

    >>> import numpy as np
    >>> from coopgame import NormalFormGame
    >>> from coopgame.sweeps.measure import Points
    >>> game = NormalFormGame({"a, a": [1, "k"], "a, b": [-1, "-k"], "b, a": [-1, "-k"], "b, b": [1, "k"]})
    >>> cooperation(game).evaluate(Points({"k": np.array([-1.0, 0.0, 1.0])}, np.arange(3))).arrays["cooperation"]
    array([0. , 0.5, 1. ])
    """
    payoff_table(game)
    return Cooperation(Setting.without_start(game, values))


@dataclass(frozen=True, eq=False)
class Cooperation(OfSetting):
    """The co-opetition index; made by `cooperation`."""

    name = "cooperation"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """`cooperation`."""
        return (Variable("cooperation", (), meaning="co-opetition index", zh="竞合指数"),)

    def evaluate(self, points: Points) -> Found:
        """Return the indices; see `cooperation`."""
        given = self.setting.read(points)
        _, table = payoff_table(self.setting.game)
        entries = [payoff for row in table.values() for payoff in row]
        numbers = self.setting.numbers(given)
        with np.errstate(all="ignore"):
            compiled = compile_expressions(entries, (), self.setting.game.ring.names)
            columns = [np.broadcast_to(v, len(given)).astype(float) for v in compiled((), numbers)]
            payoffs = np.stack(columns).reshape(len(table), -1, len(given))
            centred = payoffs - sum(payoffs) / len(table)
            total = sum(sum(centred**2))
            shared = sum(sum(row) ** 2 for row in centred) / payoffs.shape[1]
            constant = total <= _CONSTANT**2 * sum(sum(payoffs**2))
            index = np.asarray(shared / total)
        for k in np.flatnonzero(constant | ~np.isfinite(index)):
            reason = "all payoffs are constant, so the co-opetition index is undefined"
            reason = reason if constant[k] else f"a payoff is no finite number at {given.at(int(k))}"
            given.failures[int(given.places[k])] = reason
        return self.found(len(points), given, {"cooperation": index})
