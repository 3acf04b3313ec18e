"""Follows the trajectories of many points: in lanes, and one by one where lanes cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from coopgame.batch.engine import Batch, BatchOptions, integrate_many
from coopgame.batch.lane_models import lane_model
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Family
from coopgame.errors import CoopgameError, IntegrationError, UnsupportedError
from coopgame.sweeps.measures.setting import Given, Setting, isolated

if TYPE_CHECKING:  # single trajectories are rare in sweeps, and what judges them takes a third of a second to load
    from coopgame.analysis.solution import DenseSolution
    from coopgame.analysis.verdicts import Outcome

_STIFF = "Radau"
_POINTS = 1001


def has_lanes(dynamics: VectorField) -> bool:
    """Return whether the compiled kernel can follow a dynamic."""
    try:
        lane_model(dynamics)
    except UnsupportedError:
        return False
    return True


def kernel_kind(dynamics: VectorField) -> str:
    """Return whether the kernel serves all games of a shape or was made for one model; "none" where trajectories go one by one."""
    return lane_model(dynamics).kind if has_lanes(dynamics) else "none"


def solver_of(dynamics: VectorField, options: BatchOptions) -> dict[str, str]:
    """Return solver, tolerance and kind of kernel, as they stand in the provenance of a measure."""
    kind = kernel_kind(dynamics)
    if kind == "none":
        return {"solver": "one by one, by integrate()", "kernel": kind}
    return {"solver": options.pair.name, "tolerance": f"{options.tolerance:g}", "kernel": kind}


@dataclass(frozen=True, eq=False)
class States:
    """Log shares of points at chosen times, shape (n, T, number of shares), and why some have none."""

    log_shares: np.ndarray
    failures: Mapping[int, str]


def states_at(setting: Setting, given: Given, times: np.ndarray, options: BatchOptions) -> States:
    """Return the log shares of all points at the same times; failures are numbered as the points are here."""
    logs = np.full((len(given), len(times), _width(setting)), np.nan)
    failures: dict[int, str] = {}
    rest = np.arange(len(given))
    compiled = has_lanes(setting.dynamics)
    if compiled:
        done = []
        for chosen, batch in lanes(setting, given, times, options):
            if isinstance(batch, str):
                failures[int(chosen[0])] = batch
                done.append(chosen)
                continue
            good = batch.endings > 0
            logs[chosen[good]] = batch.log_shares[good]
            done.append(chosen[good])
        rest = np.setdiff1d(rest, np.concatenate(done)) if done else rest
    for k in rest:
        try:
            path = followed(setting.dynamics, given.starts[k], given.at(int(k)), float(times[-1]), stiff=compiled)
        except CoopgameError as stop:
            failures[int(k)] = str(stop)
            continue
        logs[k] = path.solution(times)
    return States(logs, failures)


def lanes(
    setting: Setting, given: Given, times: np.ndarray, options: BatchOptions, until_certain: bool = False
) -> list[tuple[np.ndarray, Batch | str]]:
    """Return batches of trajectories, each with the places of its points; and alone the points that a batch refuses."""

    def run(part: Given) -> Batch:
        with np.errstate(invalid="ignore"):  # of trajectories that are given up; these are followed one by one
            return integrate_many(
                setting.dynamics,
                part.starts,
                part.values,
                times=times.tolist(),
                until_certain=until_certain,
                options=options,
            )

    return list(isolated(given, run))


@dataclass(frozen=True, eq=False)
class Path:
    """A single trajectory."""

    dynamics: VectorField
    values: Mapping[str, Fraction]
    solution: DenseSolution
    judged: Outcome | None = None

    def outcome(self) -> Outcome:
        """Return the verdict on where it goes."""
        if self.judged is not None:
            return self.judged
        from coopgame.analysis.outcomes import judge

        times = np.linspace(self.solution.steps[0], self.solution.steps[-1], _POINTS)
        return judge(self.dynamics, self.values, self.solution(times), self.solution)


def followed(
    dynamics: VectorField, start: np.ndarray, values: Mapping[str, float], t_end: float, *, stiff: bool
) -> Path:
    """Return a single trajectory, which has a verdict; by an implicit method where the dynamic is stiff.

    It is that of `integrate`, without its warning about starts on a face, which is the sweep's own wish.

    Raises IntegrationError when it cannot be followed to its last time.
    """
    from coopgame.analysis.solution import Chart, IntegrationOptions, solve
    from coopgame.analysis.trajectories import integrate

    exact = dynamics.game.values(values)
    if any(law.family in (Family.BEST_RESPONSE, Family.PROJECTION) for law in dynamics.laws):
        trajectory = integrate(dynamics, start, exact, t_end=t_end)
        assert trajectory.solution is not None
        return Path(dynamics, exact, trajectory.solution, trajectory.outcome)
    options = IntegrationOptions(method=_STIFF) if stiff else IntegrationOptions()
    chart = Chart(dynamics, start, dynamics.numbers(exact))
    solution = solve(chart, (0.0, t_end), options)
    if solution.stopped is not None:
        raise IntegrationError(f"{solution.stopped} (at t = {solution.steps[-1]:g})")
    return Path(dynamics, exact, solution)


def _width(setting: Setting) -> int:
    return int(setting.game.parts[-1].stop)
