"""What estimates of fixation have in common, in well-mixed populations and on networks: a share of runs, its error, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from coopgame.batch.progress import progress_bar
from coopgame.errors import SimulationInterrupted
from coopgame.finite.batches import in_order
from coopgame.finite.estimates import Precision, standard_error_of, wilson_interval

if TYPE_CHECKING:
    import pandas as pd


_BATCH = 1000  # runs that share a stream of random numbers; results depend on it
Estimate = TypeVar("Estimate")
# number of the batch, its runs, whether to stop -> counts, of which the first are runs and runs in which mutants took over
Batch = Callable[[int, int, Callable[[], bool]], np.ndarray]


@dataclass(frozen=True)
class Batches:
    """Runs in batches, whose counts are added up in order until there are enough; workers are threads."""

    runs: int
    precision: Precision | None
    workers: int
    progress: bool | None

    def added_up(self, batch: Batch, estimate: Callable[[np.ndarray], Estimate]) -> Estimate:
        """Return the estimate from the counts of all batches, or of as many as the precision takes.

        Raises SimulationInterrupted when it is stopped from the keyboard, with the estimate from what there is.
        """
        sizes = [min(_BATCH, self.runs - done) for done in range(0, self.runs, _BATCH)]
        counts = np.zeros(2, dtype=np.int64)
        try:
            with (
                progress_bar(self.runs, unit="runs", progress=self.progress) as bar,
                closing(in_order(lambda k, stop: batch(k, sizes[k], stop), len(sizes), self.workers)) as found,
            ):
                for one in found:
                    counts = one if not counts[0] else counts + one
                    bar.update(int(one[0]))
                    if self.precision is not None and self.precision.reached(int(counts[1]), int(counts[0])):
                        break
        except KeyboardInterrupt:
            error = SimulationInterrupted(
                f"stopped after {counts[0]} of {self.runs} runs; they are in the attribute `partial` of this error"
            )
            error.partial = estimate(counts) if counts[0] else None
            raise error from None
        return estimate(counts)


class Takeovers:
    """Independent runs in which mutants took over residents or not; what it is mixed into has these as fields."""

    resident: str
    mutant: str
    runs: int
    fixed: int
    unfinished: int
    status: str

    @property
    def probability(self) -> float:
        """The share of the runs in which mutants took over."""
        return self.fixed / self.runs

    @property
    def standard_error(self) -> float:
        """The standard error of `probability`; 0 where all runs end alike, so look at `interval` then."""
        return standard_error_of(self.fixed, self.runs)

    @property
    def neutral(self) -> float:
        """The fixation probability of mutants that make no difference."""
        raise AssertionError(f"{type(self).__name__} must say what neutral mutants do")

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the ends of Wilson's interval, widened by unfinished runs; ParameterError for a confidence not between 0 and 1."""
        low, _ = wilson_interval(self.fixed, self.runs, confidence)
        _, high = wilson_interval(self.fixed + self.unfinished, self.runs, confidence)
        return low, high

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row with what was found."""
        raise AssertionError(f"{type(self).__name__} must make its table")

    def _estimate(self) -> dict[str, Any]:
        """Return the estimate with its error, by column."""
        low, high = self.interval()
        return {
            "probability": self.probability,
            "standard_error": self.standard_error,
            "low": low,
            "high": high,
            "neutral": self.neutral,
        }

    def __str__(self) -> str:
        low, high = self.interval()
        return (
            f"{self.mutant} takes over {self.resident} with chance {self.probability:.4g} ± {self.standard_error:.2g} (95%: {low:.4g} to {high:.4g}; neutral {self.neutral:.4g}), "
            f"{self.runs} runs{self._effort}: {self.status}"
        )

    @property
    def _effort(self) -> str:
        return ""

    def _repr_html_(self) -> str:
        rows = self.to_dataframe().iloc[0].items()
        cells = "".join(f"<tr><td>{k}</td><td>{f'{v:.6g}' if isinstance(v, float) else v}</td></tr>" for k, v in rows)
        return f"<table><tbody>{cells}</tbody></table><p>{self.status}</p>"
