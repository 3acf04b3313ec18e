"""Small measures and functions for the tests of sweeps, where workers can import them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coopgame import Found, Measure, ParameterError, Points, Variable

CHOICES = ("low pay", "high pay")


@dataclass(frozen=True)
class Payoff(Measure):
    """b - c and its sign, its powers, and a random number; fails where c is between 0.4 and 0.6."""

    scale: float = 1.0
    compiled: bool = False
    name: str = "payoff"

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (
            Variable("gain", meaning="gain of b over c", zh="收益", unit="days"),
            Variable("kind", dtype="int64", labels=CHOICES, labels_zh=("低", "高")),
            Variable("powers", ("power",)),
            Variable("noise"),
            Variable("even", dtype="bool"),
        )

    @property
    def coordinates(self) -> Mapping[str, Sequence[str]]:
        return {"power": ["first", "second"]}

    def check(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in ("b", "c"):
                raise ParameterError(f"unknown parameter {name!r}; the parameters are b, c")

    def evaluate(self, points: Points) -> Found:
        b, c = points.values["b"], points.values["c"]
        gain = self.scale * (b - c)
        arrays = {
            "gain": gain,
            "kind": (gain > 0).astype(np.int64),
            "powers": np.stack([gain, gain**2], axis=1),
            "noise": np.array([points.rng(k).random() for k in range(len(points))]),
            "even": points.indices % 2 == 0,
        }
        return Found(arrays, {int(k): f"c = {c[k]:.3f}" for k in np.flatnonzero((c > 0.4) & (c < 0.6))})

    def describe(self, name: str) -> Mapping[str, str]:
        return {"long_name": f"the number {name}", "long_name_zh": "数", "units": "days"} if name == "b" else {}

    def provenance(self) -> Mapping[str, str]:
        return {"scale": str(self.scale)}


def noisy(b: float, c: float, rng: np.random.Generator) -> dict[str, object]:
    """An ordinary function with random numbers that fails at c = 0."""
    if c == 0:
        raise ZeroDivisionError("c is 0")
    return {"ratio": b / c, "draw": rng.normal(), "both": [b, c], "larger": b > c}
