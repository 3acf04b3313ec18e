"""Where finite populations end when no mutants arise, and how long it takes, by simulation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame._kernels.course import FOREVER
from coopgame.batch.progress import progress_bar
from coopgame.errors import SimulationInterrupted, StateError, UnsupportedError
from coopgame.finite.batches import in_order
from coopgame.finite.counts import as_counts
from coopgame.finite.estimates import Precision, checked_precision, standard_error_of, wilson_interval
from coopgame.finite.followers import follower_of
from coopgame.finite.generation_paths import GenerationFollower
from coopgame.finite.path import Follower, Path
from coopgame.finite.population import FinitePopulation, ProcessAt, process_of
from coopgame.finite.seeds import count_of, seed_of
from coopgame.finite.simulate_population import path_of, slice_of

if TYPE_CHECKING:
    import pandas as pd

Profile = tuple[str, ...]
_BATCH = 100  # runs between two looks at the precision; results depend on it


@dataclass(frozen=True, eq=False)
class AbsorptionEstimate:
    """Where independent runs of finite populations without mutants ended, and after how many steps.

    profiles: the strategies of which one is left in each population, in the order of the arrays. start: numbers of members at first. hits: runs that ended at each profile. stuck: runs that came to rest
    elsewhere, or at which nothing happens for 2**62 steps. unfinished: runs that were cut after the most changes allowed; they count as hits of nothing. mean_steps, step_errors: steps until a run ends at each
    profile, given that it does, and their standard errors; NaN without runs. all_steps, all_error: the same over all profiles. changes: of members, in all runs. status: "complete", or what there is to know.
    """

    population: FinitePopulation = field(repr=False)
    profiles: tuple[Profile, ...]
    start: np.ndarray
    runs: int
    hits: np.ndarray
    stuck: int
    unfinished: int
    mean_steps: np.ndarray
    step_errors: np.ndarray
    all_steps: float
    all_error: float
    changes: int
    seed: int
    status: str

    def chance(self, *profile: str) -> float:
        """Return the share of the runs that ended at a profile; StateError for an unknown one."""
        return int(self.hits[self._place(profile)]) / self.runs

    def interval(self, *profile: str, confidence: float = 0.95) -> tuple[float, float]:
        """Return the ends of Wilson's interval for the chance to end at a profile, widened by unfinished runs; StateError for an unknown one."""
        hits = int(self.hits[self._place(profile)])
        low, _ = wilson_interval(hits, self.runs, confidence)
        _, high = wilson_interval(hits + self.unfinished, self.runs, confidence)
        return low, high

    def _place(self, profile: Profile) -> int:
        if profile not in self.profiles:
            known = "; ".join(", ".join(one) for one in self.profiles)
            raise StateError(f"no profile {', '.join(profile)}; strategies in play at the start allow {known}")
        return self.profiles.index(profile)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row per profile: its chance, standard error and interval, and the mean steps to it with their standard error."""
        import pandas as pd

        names = [own.name for own in self.population.game.populations]
        rows = []
        for k, profile in enumerate(self.profiles):
            chance = (
                self.chance(*profile),
                standard_error_of(int(self.hits[k]), self.runs),
                *self.interval(*profile),
            )
            rows.append((*profile, *chance, self.mean_steps[k], self.step_errors[k]))
        columns = ["chance", "standard_error", "low", "high", "mean_steps", "step_error"]
        return pd.DataFrame(rows, columns=[*names, *columns])

    def _lines(self) -> list[tuple[str, str, str]]:
        return [
            (
                ", ".join(profile),
                f"{self.chance(*profile):.4g} ± {standard_error_of(int(hits), self.runs):.2g}",
                f"{mean:.4g} ± {error:.2g}" if hits > 1 else "-",
            )
            for profile, hits, mean, error in zip(
                self.profiles, self.hits, self.mean_steps, self.step_errors, strict=True
            )
        ]

    def __str__(self) -> str:
        lines = [f"{name}: chance {chance}, steps {steps}" for name, chance, steps in self._lines()]
        head = f"{self.runs} runs, {self.all_steps:.4g} ± {self.all_error:.2g} steps to the end: {self.status}"
        return "\n".join([head, *lines])

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(f"<tr><td>{escape(a)}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in self._lines())
        head = "<thead><tr><th>left over</th><th>chance</th><th>steps</th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table><p>{escape(self.status)}</p>"


def simulate_absorption(
    population: FinitePopulation,
    values: Mapping[str, Any] | None,
    start: Any,
    *,
    runs: int = 1000,
    precision: Precision | None = None,
    most_changes: int = 10**8,
    seed: int | np.random.Generator = 0,
    workers: int = 1,
    progress: bool | None = None,
) -> AbsorptionEstimate:
    """Return where populations end from a start and how many steps it takes, when no mutants arise: which strategy is left in each population.

    Runs go from change to change with the time in between, as in `simulate_population`. start: as there. runs: how many, or at most so many where a precision is given: runs then come in batches
    of 100 until the chance of each profile has that standard error, a relative one of those at which runs have ended. most_changes: after which a run is cut and counts as unfinished. seed: a run has random numbers keyed by the seed and its own
    number, so that results do not depend on workers, which are threads.

    Raises StateError for a start that is none, ParameterError for numbers that are not positive, UnsupportedError for laws that bring absent strategies back, SimulationInterrupted when it
    is stopped from the keyboard.

    References: Antal and Scheuring (2006), Bulletin of Mathematical Biology 68; Traulsen and Hauert (2009), in Reviews of Nonlinear Dynamics and Complexity II.

    >>> from coopgame import MatrixGame, fermi_imitation, finite_population
    >>> game = MatrixGame([[1, 1, 1]] * 3, strategies=["A", "B", "C"])
    >>> found = simulate_absorption(finite_population(game, fermi_imitation(1), 10), None, {"A": 5, "B": 5})
    >>> print(found.profiles, found.status)
    (('A',), ('B',)) complete
    """
    process = process_of(population, values)
    for law in population.laws:
        if not law.relative:
            raise UnsupportedError(
                f"{law.name} brings absent strategies back, so none is left for good; use imitation or a replacement rule, or simulate_population()"
            )
    counts, key = as_counts(population, start), seed_of(seed)
    runs, most = count_of(runs, "runs"), count_of(most_changes, "most_changes")
    checked_precision(precision)
    workers = count_of(workers, "workers", 1, 1024)
    outcomes = Outcomes(process, counts, key, most)
    batches = [range(done, min(done + _BATCH, runs)) for done in range(0, runs, _BATCH)]

    def batch(k: int, stop: Callable[[], bool]) -> np.ndarray:
        return outcomes.of(batches[k], stop)

    found: list[np.ndarray] = []
    try:
        with (
            progress_bar(runs, unit="runs", progress=progress) as bar,
            closing(in_order(batch, len(batches), workers)) as parts,
        ):
            for one in parts:
                found.append(one)
                bar.update(len(one))
                if precision is not None and outcomes.precise(np.concatenate(found), precision):
                    break
    except KeyboardInterrupt:
        done = sum(len(one) for one in found)
        error = SimulationInterrupted(
            f"stopped after {done} of {runs} runs; they are in the attribute `partial` of this error"
        )
        error.partial = outcomes.estimate(np.concatenate(found), None) if found else None
        raise error from None
    return outcomes.estimate(np.concatenate(found), precision)


class Outcomes:
    """Runs from one start, each to its end."""

    def __init__(self, process: ProcessAt, counts: np.ndarray, seed: int, most: int) -> None:
        self.process, self.counts, self.seed, self.most = process, counts, seed, most
        self.population = process.population
        self.follower: Follower = (
            GenerationFollower(process, mutation=False)
            if self.population.generations
            else follower_of(process, counts, mutation=False)
        )
        parts = self.population.game.parts
        self.ends = list(product(*(np.flatnonzero(counts[part]) + part.start for part in parts)))
        self.names = [s for own in self.population.game.populations for s in own.strategies]

    def of(self, numbers: range, stop: Callable[[], bool]) -> np.ndarray:
        """Return of each run where it ended (-1 at rest elsewhere, -2 unfinished), the step, and the changes; shape (runs, 3)."""
        rows = []
        marks = np.array([FOREVER - 1])
        for number in numbers:
            path = path_of(self.process, self.counts, marks, self.seed, number)
            while (
                not self.follower.follow(path, min(slice_of(self.follower), self.most - path.changes)) and not stop()
            ):
                if path.changes >= self.most:
                    break
            rows.append((self._end(path), path.last, path.changes))
        return np.array(rows, dtype=np.int64)

    def _end(self, path: Path) -> int:
        present = tuple(np.flatnonzero(path.course.counts))
        if len(present) == len(self.population.game.populations):
            return self.ends.index(present)
        return -1 if path.at_rest else -2

    def precise(self, rows: np.ndarray, precision: Precision) -> bool:
        """Whether the chances of all profiles are precise enough; relative to them, of those at which runs have ended."""
        hits = np.bincount(rows[:, 0][rows[:, 0] >= 0], minlength=len(self.ends))
        judged = [int(count) for count in hits if count or not precision.relative]
        return bool(judged) and all(precision.reached(count, len(rows)) for count in judged)

    def estimate(self, rows: np.ndarray, precision: Precision | None) -> AbsorptionEstimate:
        """Return what the runs say together."""
        where, steps = rows[:, 0], rows[:, 1].astype(float)
        stuck, unfinished = int((where == -1).sum()), int((where == -2).sum())
        by_end = [_mean(steps[where == k]) for k in range(len(self.ends))]
        notes = []
        if unfinished:
            notes.append(
                f"{unfinished} of {len(rows)} runs were cut after the most changes allowed; raise most_changes"
            )
        if stuck:
            notes.append(f"{stuck} of {len(rows)} runs came to rest with several strategies in a population")
        if precision is not None and not self.precise(rows, precision):
            notes.append(f"the {precision} was not reached within the runs allowed; raise runs")
        means, errors = np.array([one[0] for one in by_end]), np.array([one[1] for one in by_end])
        hits = np.array([(where == k).sum() for k in range(len(self.ends))])
        for array in (means, errors, hits, self.counts):
            array.flags.writeable = False
        return AbsorptionEstimate(
            self.population,
            tuple(tuple(self.names[s] for s in end) for end in self.ends),
            self.counts,
            len(rows),
            hits,
            stuck,
            unfinished,
            means,
            errors,
            *_mean(steps[where >= 0]),
            int(rows[:, 2].sum()),
            self.seed,
            "; ".join(notes) or "complete",
        )


def _mean(steps: np.ndarray) -> tuple[float, float]:
    """Return a mean and its standard error, NaN for too few numbers."""
    if not len(steps):
        return float("nan"), float("nan")
    error = float(steps.std(ddof=1) / np.sqrt(len(steps))) if len(steps) > 1 else float("nan")
    return float(steps.mean()), error
