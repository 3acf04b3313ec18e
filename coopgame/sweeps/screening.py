"""Morris screening: elementary effects, which say with few points which numbers matter and which do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import MissingExtraError, ParameterError
from coopgame.sweeps.measure import Measure
from coopgame.sweeps.per_number import PerNumber
from coopgame.sweeps.ranges import read_ranges
from coopgame.sweeps.responses import game_of, respond, seeds_of

if TYPE_CHECKING:
    import xarray

_RESAMPLES = 1000


@dataclass(frozen=True, eq=False)
class MorrisEffects(PerNumber):
    """Elementary effects of each number on a quantity: change of the result per whole range of the number.

    mean: of the effects, with their signs. size: mean of their absolute values, often written mu*. spread: their standard deviation; large
    where the number interacts with others or acts nonlinearly. size_half: half width of the 95 % bootstrap interval of size. All of
    shape (d,). known: numerical.
    """

    mean: np.ndarray = field(repr=False)
    size: np.ndarray = field(repr=False)
    spread: np.ndarray = field(repr=False)
    size_half: np.ndarray = field(repr=False)
    trajectories: int
    levels: int
    points: int
    values: Mapping[str, float] = field(repr=False)

    columns = ("mean", "size", "size_half", "spread")
    digits = "%.4g"

    def to_xarray(self) -> xarray.Dataset:
        """Return the effects with the dimension parameter."""
        import xarray

        data = {name: (("parameter",), getattr(self, name)) for name in self.columns}
        about = {"quantity": self.quantity.name, "trajectories": self.trajectories, "levels": self.levels}
        return xarray.Dataset(data, {"parameter": list(self.names)}, {**about, "known": self.known})

    @property
    def text(self) -> str:
        """The effects, the largest first."""
        lines = [
            f"{self.quantity.name}: change per whole range, {self.trajectories} trajectories, {self.points} points"
        ]
        for i in np.argsort(-self.size, kind="stable"):
            effect = f"{self.names[i]}: size {self.size[i]:.4g} ± {self.size_half[i]:.2g}, mean {self.mean[i]:.4g}"
            lines.append(f"{effect}, spread {self.spread[i]:.4g}")
        return "\n".join([*lines, "known: numerical; ± are half widths of 95 % bootstrap intervals"])


def morris_effects(
    measure: Measure | Callable[..., Any],
    ranges: Mapping[str, Any] | None = None,
    trajectories: int = 20,
    levels: int = 4,
    *,
    values: Mapping[str, Any] | None = None,
    variable: str | None = None,
    at: Mapping[str, str | float] | None = None,
    rng: int | np.random.Generator = 0,
    workers: int = 1,
) -> MorrisEffects:
    """Return the elementary effects of parameters and starts on a result, from trajectories (d + 1) points.

    Each trajectory changes one number after the other by SALib's step on a grid with `levels` levels (an even number). An effect is the change of the
    result per whole range of the number; for a distribution, per whole unit of its quantile. ranges, values, variable and at are those of
    `sobol_indices`; distributions must have finite ends, because the grid contains them.

    Raises ParameterError for unknown names, unbounded distributions, points without a result and results that are not finite;
    UnsupportedError for a variable that stands for kinds; MissingExtraError without SALib.

    References: Morris (1991), Technometrics 33, 161-174; the mean of absolute values is of Campolongo, Cariboni and Saltelli (2007), Environmental
    Modelling & Software 22, 1509-1518.

    >>> effects = morris_effects(lambda a, b: 3 * a - b, {"a": (0, 2), "b": (0, 1)})
    >>> effects.size.round(9), effects.mean.round(9)
    (array([6., 1.]), array([ 6., -1.]))
    """
    try:
        from SALib.analyze import morris as analysis
        from SALib.sample import morris as sampling
    except ImportError:
        raise MissingExtraError("morris_effects", "sensitivity") from None
    if trajectories < 2:
        raise ParameterError(
            f"trajectories = {trajectories}; at least 2 are needed, for a spread; 10 to 50 are usual"
        )
    if levels < 2 or levels % 2:
        raise ParameterError(f"levels = {levels}; an even number is needed, such as 4")
    spans = read_ranges(ranges, game_of(measure))
    for span in spans:
        if not np.isfinite([span.low, span.high]).all():
            raise ParameterError(
                f"{span.name} is {span.text}; Morris's grid contains both ends, so truncate the distribution or give (low, high)"
            )
    sample_rng, bootstrap_rng, seed = seeds_of(rng)
    problem = {"num_vars": len(spans), "names": [s.name for s in spans], "bounds": [[0.0, 1.0]] * len(spans)}
    unit = sampling.sample(problem, trajectories, num_levels=levels, seed=sample_rng)
    columns = {span.name: span.at(unit[:, i]) for i, span in enumerate(spans)}
    found = respond(measure, columns, values, variable=variable, at=at, seed=seed, workers=workers)
    effects = analysis.analyze(
        problem, unit, found.numbers, num_levels=levels, num_resamples=_RESAMPLES, seed=bootstrap_rng
    )
    mean, size, spread, half = (
        np.array(effects[key], dtype=float) for key in ("mu", "mu_star", "sigma", "mu_star_conf")
    )
    for array in (mean, size, spread, half):
        array.flags.writeable = False
    return MorrisEffects(
        found.quantity, spans, mean, size, spread, half, trajectories, levels, len(found.numbers), found.values
    )
