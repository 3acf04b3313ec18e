"""What estimates of fixation have in common, in well-mixed populations and on networks: a share of runs, its error, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coopgame.finite.estimates import standard_error_of, wilson_interval

if TYPE_CHECKING:
    import pandas as pd


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
