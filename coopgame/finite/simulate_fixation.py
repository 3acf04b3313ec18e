"""The chance that a mutant takes over, by simulating the jumps of its number alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import StateError, UnsupportedError
from coopgame.finite.estimates import Precision, checked_precision
from coopgame.finite.fixation_runs import generations_of, jumps_of
from coopgame.finite.population import FinitePopulation, process_of
from coopgame.finite.seeds import count_of, seed_of
from coopgame.finite.takeovers import Batches, Takeovers
from coopgame.games.document import close_match

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class FixationEstimate(Takeovers):
    """How often mutants took over in independent runs.

    size: of the population. start: mutants at first. fixed, extinct: runs in which mutants took over or died out. stuck: runs that came to rest in between, where no change has a
    chance any more. unfinished: runs that were cut after the most jumps allowed; they count as not fixed in `probability`, and both ways in `interval`. jumps: changes of
    the number of mutants, or generations, in all runs. status: "complete", or what there is to know.
    """

    population: FinitePopulation = field(repr=False)
    resident: str
    mutant: str
    start: int
    runs: int
    fixed: int
    extinct: int
    stuck: int
    unfinished: int
    jumps: int
    seed: int
    status: str

    @property
    def neutral(self) -> float:
        """The fixation probability of mutants that make no difference."""
        return self.start / self.population.size

    @property
    def mean_jumps(self) -> float:
        """Changes of the number of mutants in a run, or generations."""
        return self.jumps / self.runs

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row with what was found."""
        import pandas as pd

        found = {"resident": self.resident, "mutant": self.mutant, "start": self.start, **self._estimate()}
        found |= {"runs": self.runs, "fixed": self.fixed, "extinct": self.extinct, "stuck": self.stuck}
        return pd.DataFrame([found | {"unfinished": self.unfinished, "mean_jumps": self.mean_jumps}])

    @property
    def _effort(self) -> str:
        return f", {self.mean_jumps:.4g} jumps each"


def simulate_fixation(
    population: FinitePopulation,
    values: Mapping[str, Any] | None,
    resident: str,
    mutant: str,
    *,
    start: int = 1,
    runs: int = 10_000,
    precision: Precision | None = None,
    most_jumps: int = 10**9,
    seed: int | np.random.Generator = 0,
    workers: int = 1,
    progress: bool | None = None,
) -> FixationEstimate:
    """Return an estimate of the chance that mutants take over a population of residents, when no further mutants arise.

    Only the changes of the number of mutants are drawn, up with the chance T+ / (T+ + T-) as a multiple of 2**-53; under Wright-Fisher whole generations. start: mutants at
    first. runs: how many, or at most so many where a precision is given, as by `relative_error(0.05)`: runs then come in batches of 1000 until the standard error is
    reached. most_jumps: after which a run is cut and counts as unfinished; where strategies coexist, runs can be endless. seed: a batch has random numbers keyed by the seed and its
    place, so that results do not depend on workers, which are threads. For the time it takes, several populations, and more than two strategies see `simulate_absorption`.

    Raises StateError for unknown strategies and a start that is not between 1 and the size less 1, ParameterError for runs that are no positive number, UnsupportedError for laws that
    bring absent strategies back and for several populations, SimulationInterrupted when it is stopped from the keyboard.

    References: Nowak (2006), Evolutionary Dynamics, chapter 6; Traulsen and Hauert (2009), in Reviews of Nonlinear Dynamics and Complexity II.

    >>> from coopgame import MatrixGame, fermi_imitation, finite_population
    >>> game = MatrixGame([["b - c", "-c"], ["b", 0]], strategies=["cooperate", "defect"])
    >>> population = finite_population(game, fermi_imitation("1/10"), 20)
    >>> print(simulate_fixation(population, {"b": 2, "c": 1}, "cooperate", "defect", runs=2000).probability)
    0.118
    """
    process = process_of(population, values)
    pair = _pair(population, resident, mutant)
    size = population.size
    first = count_of(start, "start", 1, size - 1)
    key, workers, most = seed_of(seed), count_of(workers, "workers", 1, 1024), count_of(most_jumps, "most_jumps")
    runs = count_of(runs, "runs")
    checked_precision(precision)
    part = (generations_of if population.generations else jumps_of)(process, pair, first, key)

    def batch(k: int, runs: int, stop: Callable[[], bool]) -> np.ndarray:
        return part(k, runs, most, stop)

    empty = FixationEstimate(population, resident, mutant, first, 0, 0, 0, 0, 0, 0, key, "")
    batches = Batches(runs, precision, workers, progress)
    return batches.added_up(batch, lambda counts: _estimate(empty, counts, precision))


def _estimate(empty: FixationEstimate, counts: np.ndarray, precision: Precision | None) -> FixationEstimate:
    runs, fixed, extinct, stuck, unfinished, jumps = (int(count) for count in counts)
    notes = []
    if unfinished:
        notes.append(f"{unfinished} of {runs} runs were cut after the most jumps allowed; raise most_jumps")
    if stuck:
        notes.append(f"{stuck} of {runs} runs came to rest with both strategies present")
    if precision is not None and not precision.reached(fixed, runs):
        notes.append(f"the {precision} was not reached within the runs allowed; raise runs")
    return replace(
        empty,
        runs=runs,
        fixed=fixed,
        extinct=extinct,
        stuck=stuck,
        unfinished=unfinished,
        jumps=jumps,
        status="; ".join(notes) or "complete",
    )


def _pair(population: FinitePopulation, resident: str, mutant: str) -> tuple[int, int]:
    """Return the places of two different strategies; refuse what has no fixation probability of this kind."""
    game = population.game
    if len(game.populations) > 1:
        raise UnsupportedError("fixation here is in one population; of several use simulate_absorption()")
    law = population.laws[0]
    if not law.relative:
        raise UnsupportedError(
            f"{law.name} brings absent strategies back, so none takes over for good; use imitation or a replacement rule, or simulate_population()"
        )
    names = game.populations[0].strategies
    for name in (resident, mutant):
        if name not in names:
            raise StateError(f"no strategy {name!r}{close_match(name, names)}")
    if resident == mutant:
        raise StateError(f"resident and mutant are both {resident!r}; two strategies are needed")
    return names.index(resident), names.index(mutant)
