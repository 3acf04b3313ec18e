"""What a sweep will take: points, time measured on some of them, memory and disk."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from coopgame.sweeps.designs import Design
from coopgame.sweeps.measure import Measure, Points, Variable

_FIRST = 64
_ENOUGH = 0.5  # seconds of measuring
_FACTOR = 4


@dataclass(frozen=True)
class SweepEstimate:
    """What a sweep will take on this machine with one worker.

    seconds: estimated from `sample` random points, which took `measured` seconds after a warm-up of `warm_up` seconds. failed: how many
    of them had no result. size: bytes of all arrays of the result, which is also what a store takes at most, since it compresses.
    """

    design: Design
    variables: tuple[Variable, ...]
    dims: Mapping[str, int]
    seconds: float
    sample: int
    measured: float
    warm_up: float
    failed: int
    size: int

    @property
    def text(self) -> str:
        """The estimate, one line for each part."""
        lines = [str(self.design)]
        for variable in self.variables:
            shape = "".join(f", {dim} ({self.dims[dim]})" for dim in variable.dims)
            lines.append(f"variable: {variable.name}{shape}, {variable.dtype}{_meaning(variable)}")
        how = (
            f"measured on {self.sample} random points ({self.measured:.2g} s) after a warm-up of {self.warm_up:.2g} s"
        )
        lines.append(f"time: about {_time(self.seconds)} with one worker; {how}")
        if self.failed:
            lines.append(f"no result at {self.failed} of the {self.sample} random points")
        lines.append(f"memory: {_bytes(self.size)} for the result; with a store only the chunks that are worked on")
        lines.append(f"disk: at most {_bytes(self.size)}; a store compresses")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text


def estimate_sweep(measure: Measure, design: Design, seed: int = 0) -> SweepEstimate:
    """Return what a sweep will take, from a measurement on random points of it.

    The first few points are computed once before the measurement, so that compilation is not counted. Sets of points grow until they take half a second
    or are as many as the sweep has; the last one counts, because many points at once cost less each.

    Raises ParameterError and StateError when the measure cannot be computed at such points.

    >>> from coopgame import MatrixGame, estimate_sweep, grid, measures
    >>> hunt = MatrixGame([["b", 0], [0, 1]], symbol="x")
    >>> estimate = estimate_sweep(measures.rest_points(hunt, most=3), grid({"b": [1, 2, 3]}))
    >>> estimate.sample, estimate.failed
    (3, 0)
    """
    measure.check(design.names)
    draw = np.random.default_rng(seed)
    started = perf_counter()
    _failures(measure, design, np.arange(min(2, len(design))), seed)
    warm_up = perf_counter() - started
    count = min(_FIRST, len(design))
    while True:
        indices = (
            np.sort(draw.choice(len(design), count, replace=False))
            if len(design) < 10**6
            else draw.integers(len(design), size=count)
        )
        started = perf_counter()
        failed = _failures(measure, design, indices, seed)
        measured = perf_counter() - started
        if measured >= _ENOUGH or count == len(design):
            break
        count = min(count * _FACTOR, len(design))
    dims = {dim: len(labels) for dim, labels in measure.coordinates.items()}
    widths = [np.dtype(v.dtype).itemsize * math.prod(dims[dim] for dim in v.dims) for v in measure.variables]
    seconds = measured / count * len(design)
    size = (sum(widths) + 1) * len(design)  # and whether a point failed
    return SweepEstimate(design, measure.variables, dims, seconds, count, measured, warm_up, failed, size)


def _failures(measure: Measure, design: Design, indices: np.ndarray, seed: int) -> int:
    return len(measure.evaluate(Points(design.points(indices), indices, seed)).failures)


def _meaning(variable: Variable) -> str:
    unit = f" in {variable.unit}" if variable.unit else ""
    return f" ({variable.meaning}{unit})" if variable.meaning else ""


def _time(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.2g} {unit}"
    return f"{seconds:.2g} seconds"


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} TiB"
