"""Paths of the projection dynamics: smooth where the strategies in play stay the same, switched exactly where they change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from coopgame.analysis.solution import Chart, IntegrationOptions, Path, Solution, Watcher
from coopgame.dynamics.state import slices
from coopgame.errors import CoopgameError, IntegrationError

_MOST_SWITCHES = 5_000
_PARTS_OF_A_STEP = 8
_BELOW = -1e-13


def follow_projection(
    chart: Chart, span: tuple[float, float], options: IntegrationOptions, watch: Watcher | None = None
) -> Solution:
    """Return the path of the projection dynamics.

    With the strategies in play fixed, their payoffs less the plain mean move them, and the others rest at 0. A path is followed so until one
    in play reaches 0, or one at rest would earn more than the mean; the time is a root of the dense solution, and the share
    is exactly 0 from then, or until then.

    References: Lahkar and Sandholm (2008), Games and Economic Behavior 64.
    """
    path = _Path(chart)
    time, state = span[0], chart.start.copy()
    steps: list[float] = [time]
    pieces: list[Path] = []
    stopped: CoopgameError | None = None
    try:
        active = path.active(state)
        for _ in range(_MOST_SWITCHES):
            time, state, who = _stretch(path, active, (time, span[1]), state, options, watch, steps, pieces)
            if who is not None:
                # the mean over those in play only rises when one leaves, and stays when one enters: no other follows
                active[who] = not active[who]
            else:
                return Solution(chart, np.array(steps), pieces)
        text = f"the strategies in play changed {_MOST_SWITCHES} times until t = {time:.6g}; shorten t_end"
        stopped = IntegrationError(text)
    except CoopgameError as error:
        stopped = error
    return Solution(chart, np.array(steps), pieces, stopped)


class _Path:
    """Payoffs and their projection with the strategies in play given."""

    def __init__(self, chart: Chart) -> None:
        self.field, self.numbers = chart.dynamics, chart.numbers
        self.parts = slices(chart.dynamics.game)

    def active(self, state: np.ndarray) -> np.ndarray:
        """Return which strategies are in play: those present, and absent ones that earn more than the mean of all in play."""
        payoffs = self.field.payoffs_at(state, self.numbers)
        result = state > 0
        for part in self.parts:
            absent = [i for i in range(part.start, part.stop) if state[i] <= 0]
            for i in sorted(absent, key=lambda k: -payoffs[k]):
                if payoffs[i] > payoffs[part][result[part]].mean():
                    result[i] = True
        return result

    def excess(self, states: np.ndarray, active: np.ndarray) -> np.ndarray:
        """Return payoffs less the mean over strategies in play, of the others too; shape of the states."""
        payoffs = self.field.payoffs_at(states, self.numbers)
        for part in self.parts:
            mean = payoffs[..., part][..., active[part]].mean(axis=-1, keepdims=True)
            payoffs[..., part] = payoffs[..., part] - mean
        return payoffs

    def signals(self, states: np.ndarray, active: np.ndarray) -> np.ndarray:
        """Return what falls below 0 when a strategy leaves play or enters it."""
        return np.where(active, states - _BELOW, -self.excess(states, active))


def _stretch(
    path: _Path,
    active: np.ndarray,
    span: tuple[float, float],
    state: np.ndarray,
    options: IntegrationOptions,
    watch: Watcher | None,
    steps: list[float],
    pieces: list[Path],
) -> tuple[float, np.ndarray, int | None]:
    """Follow the path until a strategy leaves or enters play; return time, state, and which one, None at the end of the path."""
    from scipy import integrate

    def rates(_time: float, x: np.ndarray) -> np.ndarray:
        return np.where(active, path.excess(x, active), 0.0)

    solver = integrate.DOP853(
        rates, span[0], state, span[1], rtol=options.rtol, atol=options.atol, max_step=options.max_step
    )
    while solver.status == "running":
        message = solver.step()
        if solver.status == "failed" or not np.isfinite(solver.y).all():
            raise IntegrationError(
                f"the path stopped at t = {solver.t:g}: {message or 'a share is no finite number'}"
            )
        dense = solver.dense_output()
        times = np.linspace(solver.t_old, solver.t, _PARTS_OF_A_STEP + 1)
        signals = path.signals(dense(times).T, active)
        fallen = np.argwhere((signals[1:] < 0) & (signals[:-1] >= 0))
        switch, who = None, None
        if len(fallen):
            first = fallen[:, 0].min()
            roots = {
                k: _root(path, active, dense, k, times[first], times[first + 1]) for i, k in fallen if i == first
            }
            who = min(roots, key=roots.__getitem__)
            switch = roots[who]
        end = float(solver.t) if switch is None else switch
        pieces.append(dense)
        steps.append(end)
        halt = watch(end, dense) if watch else None
        if halt is not None:
            steps[-1] = halt
            return halt, state, None
        if switch is not None and who is not None:
            state = np.where(active, np.maximum(dense(switch), 0.0), 0.0)
            state[who] = 0.0  # it leaves at 0, or enters from there
            for part in path.parts:
                state[part] /= state[part].sum()
            return switch, state, int(who)
    return float(solver.t), np.array(solver.y), None


def _root(
    path: _Path, active: np.ndarray, dense: Callable[[float], np.ndarray], k: int, low: float, high: float
) -> float:
    from scipy.optimize import brentq

    def signal(time: float) -> float:
        return float(path.signals(np.asarray(dense(time)), active)[k])

    return float(brentq(signal, low, high, xtol=1e-14, rtol=1e-14))
