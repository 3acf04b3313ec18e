"""The verdict on a trajectory: where it goes, with the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from coopgame.analysis.lyapunov import LyapunovExponents

Kind = Literal["converged", "periodic", "quasi-periodic", "heteroclinic", "chaotic", "undecided"]


@dataclass(frozen=True, eq=False)
class Outcome:
    """The verdict on a trajectory.

    kind: converged; periodic (it closes after one or several turns); quasi-periodic (its turns never close, and neighbours do not
    separate); heteroclinic (turns take longer each time, along a cycle of saddles); chaotic (neighbours separate exponentially); undecided.
    label, state: the rest point it converges to. residual: largest rate of a share at the last state, of a map its change in one generation. how: what the verdict rests on.
    period: of a closed orbit, else of the last turn; amplitude: of the share that swings most. growth: ratio of successive turn
    times, above 1 when the orbit approaches a heteroclinic cycle. exponents: Lyapunov exponents where the verdict needed them.
    """

    kind: Kind
    text: str
    residual: float
    how: str = ""
    label: str | None = None
    state: np.ndarray | None = None
    period: float | None = None
    amplitude: float | None = None
    growth: float | None = None
    exponents: LyapunovExponents | None = None

    @property
    def cycling(self) -> bool:
        """Whether the trajectory keeps turning, of whichever kind its turns are."""
        return self.period is not None

    def __str__(self) -> str:
        return f"{self.text} (largest rate {self.residual:.1e}{'; ' + self.how if self.how else ''})"
