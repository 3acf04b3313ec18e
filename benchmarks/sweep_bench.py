"""Settings of solvers and their measurement for benchmarks/sweeps.py: the loosest tolerance that meets a target, rounds, rows of a table."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sweep_problems import MANY, PROBLEMS
from sweep_references import Truth, truth
from sweep_solvers import OWN, SweepSolver
from sweep_workers import NoAnswer, Run, Worker
from symbolic_engine import table_row
from trajectories import TARGETS, usual

POINTS = (1_000, 10_000, 100_000, 1_000_000)
DECADES = range(4, 14)
COUNTS = (10_000, 3_000, 1_000, 300, 100, 60)
STEP = 1 / 8
LIMIT = 30.0
HEADS = ("solver", "tolerance", "µs each", "ratio", "of", "error", "wrong", "near separatrix")


@dataclass(frozen=True)
class Plan:
    """How much is measured: seconds that a call may take, rounds, the most trajectories, and points of the largest sweep."""

    seconds: float = 0.5
    rounds: int = 5
    most: int = MANY
    points: Sequence[int] = POINTS


QUICK = Plan(0.1, 3, 1000, POINTS[:2])


@dataclass
class Setting:
    """A solver at a tolerance, the number of its trajectories, its runs, and what it found; or why there is nothing."""

    solver: SweepSolver
    tolerance: float = 0.0
    count: int = 0
    runs: list[Run] = field(default_factory=list)
    problem: str = ""

    @property
    def each(self) -> float:
        """Microseconds of the processor per trajectory, the median of the runs."""
        return 1e6 * statistics.median(run.processor for run in self.runs) / self.count


@dataclass
class Bench:
    """All workers and what is known of problems."""

    plan: Plan
    workers: dict[SweepSolver, Worker]
    truths: dict[str, Truth] = field(default_factory=dict)

    def truth(self, name: str) -> Truth:
        """Return what is true of a problem."""
        if name not in self.truths:
            self.truths[name] = truth(PROBLEMS[name]())
        return self.truths[name]

    def error(self, solver: SweepSolver, name: str, run: Run) -> float:
        """Return the error of a run."""
        return usual(self.truth(name).errors(run.found, solver.package == "heyoka"))

    def count(self, solver: SweepSolver, name: str) -> int:
        """Return how many trajectories are solved in about the planned time, all of them or few."""
        few = COUNTS[-1]
        for _ in range(2):  # what has to be compiled is, the first time
            run = self.workers[solver].run(name, few, 1e-6, LIMIT)
        if run.clock < self.plan.seconds / 10:
            few = min(COUNTS[2], self.plan.most)
            run = self.workers[solver].run(name, few, 1e-6, LIMIT)
        most = min(self.plan.most, self.plan.seconds * few / run.clock)
        return next((count for count in COUNTS if count <= most), COUNTS[-1])

    def settings(self, solver: SweepSolver, name: str) -> Iterator[Setting]:
        """Yield the setting of a solver for each target, of the loosest tolerance that meets it."""
        try:
            count, failed = self.count(solver, name), ""
        except NoAnswer as reason:
            count, failed = 0, str(reason)
        decades: Sequence[int] = DECADES[:1] if solver.fixed else DECADES
        for target in TARGETS:
            setting = Setting(solver, problem=failed or "not reached")
            try:
                power = None if failed else self._power(solver, name, count, target, decades)
            except NoAnswer as reason:
                power, failed = None, str(reason)
                setting = Setting(solver, problem=failed)
            if power is not None:
                setting = Setting(solver, 10.0**-power, count)
                decades = decades[int(power) - decades[0] :]
            yield setting

    def _power(
        self, solver: SweepSolver, name: str, count: int, target: float, decades: Sequence[int]
    ) -> float | None:
        """Return k of the loosest tolerance 10**-k that meets the target, to an eighth; None where no power of ten does."""
        meets = next((float(k) for k in decades if self._meets(solver, name, 10.0**-k, count, target)), None)
        if meets is None or solver.fixed:
            return meets
        step = 0.5
        while step >= STEP:
            if self._meets(solver, name, 10.0 ** -(meets - step), count, target):
                meets -= step
            step /= 2
        return meets

    def _meets(self, solver: SweepSolver, name: str, tolerance: float, count: int, target: float) -> bool:
        return self.error(solver, name, self.workers[solver].run(name, count, tolerance, LIMIT)) <= target

    def measure(self, name: str, settings: Sequence[Setting], rounds: int) -> None:
        """Run all settings in turn, several times."""
        for _ in range(rounds):
            for setting in settings:
                if not setting.problem:
                    try:
                        run = self.workers[setting.solver].run(name, setting.count, setting.tolerance, LIMIT)
                        setting.runs.append(run)
                    except NoAnswer as reason:
                        setting.problem = str(reason)

    def rows(self, name: str, settings: Sequence[Setting]) -> Iterator[str]:
        """Yield the lines of a table."""
        own = next(s for s in settings if s.solver == OWN)
        for setting in settings:
            solver = setting.solver
            if setting.problem:
                yield table_row([solver.name, setting.problem, *["-"] * (len(HEADS) - 2)])
                continue
            run = setting.runs[-1]
            wrong, near = self.truth(name).wrong(run.found)
            tolerance = "its own" if solver.fixed else f"{setting.tolerance:.1e}"
            numbers = [three(setting.each), three(setting.each / own.each), setting.count]
            yield table_row([solver.name, tolerance, *numbers, f"{self.error(solver, name, run):.1e}", wrong, near])


def three(number: float) -> str:
    """Return three digits of a number, without an exponent."""
    return f"{float(f'{number:.3g}'):.10g}"
