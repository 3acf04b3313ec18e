"""Sobol indices: which share of the variance of a result each uncertain number explains, alone and with others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import MissingExtraError, ParameterError
from coopgame.sweeps.measure import Measure
from coopgame.sweeps.per_number import PerNumber
from coopgame.sweeps.ranges import Range, read_ranges
from coopgame.sweeps.responses import Responses, game_of, is_constant, respond, seeds_of

if TYPE_CHECKING:
    import xarray

_RESAMPLES = 200
_LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class SobolIndices(PerNumber):
    """Shares of the variance of a quantity, by Sobol: first order, total and of pairs.

    names: the uncertain numbers, d of them. first: what a number explains alone, shape (d,). total: what would be left if all others were known,
    shape (d,). second: what a pair explains beyond its two first orders, shape (d, d), symmetric, NaN on the diagonal; None where it was not asked
    for. first_half, total_half, second_half: half widths of 95 % bootstrap intervals. constant: whether the result is one number at all
    points; the indices are then undefined and NaN. known: numerical, an estimate from `points` evaluations.
    """

    first: np.ndarray = field(repr=False)
    first_half: np.ndarray = field(repr=False)
    total: np.ndarray = field(repr=False)
    total_half: np.ndarray = field(repr=False)
    second: np.ndarray | None = field(repr=False)
    second_half: np.ndarray | None = field(repr=False)
    mean: float
    variance: float
    points: int
    constant: bool
    values: Mapping[str, float] = field(repr=False)

    columns = ("first", "first_half", "total", "total_half")
    digits = "%.4f"

    def to_xarray(self) -> xarray.Dataset:
        """Return all indices with dimensions parameter and, for pairs, other."""
        import xarray

        data: dict[str, Any] = {name: (("parameter",), getattr(self, name)) for name in self.columns}
        coordinates: dict[str, Any] = {"parameter": list(self.names)}
        if self.second is not None:
            coordinates["other"] = list(self.names)
            data |= {"second": (("parameter", "other"), self.second)}
            data |= {"second_half": (("parameter", "other"), self.second_half)}
        about = {"quantity": self.quantity.name, "points": self.points, "mean": self.mean, "variance": self.variance}
        return xarray.Dataset(data, coordinates, {**about, "known": self.known})

    @property
    def text(self) -> str:
        """The indices, the largest total first, and the pair that interacts most."""
        head = f"{self.quantity.name} over {self.points} points: mean {self.mean:.6g}, variance {self.variance:.6g}"
        if self.constant:
            return f"{head}\n{_constant(self)}"
        lines = [head] + [
            f"{self.names[i]}: alone {self.first[i]:.3f} ± {self.first_half[i]:.3f}, "
            f"with others {self.total[i]:.3f} ± {self.total_half[i]:.3f}"
            for i in np.argsort(-self.total, kind="stable")
        ]
        if self.second is not None and self.second_half is not None and len(self.names) > 1:
            i, j = np.unravel_index(np.nanargmax(self.second), self.second.shape)
            half = self.second_half[i, j]
            seen = self.second[i, j] > half
            pair = f"{self.names[i]} and {self.names[j]} together: {self.second[i, j]:.3f} ± {half:.3f}"
            lines.append(
                f"strongest pair: {pair}" if seen else "no pair interacts beyond the uncertainty of its index"
            )
        return "\n".join([*lines, "known: numerical; ± are half widths of 95 % bootstrap intervals"])

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.text)}</p>" if self.constant else super()._repr_html_()


def _constant(result: SobolIndices) -> str:
    spans = ", ".join(f"{given.name} {given.text}" for given in result.ranges)
    return (
        f"indices undefined: the result is {result.mean:.6g} at all points, so no number moves it over {spans}; widen the "
        "ranges or choose another variable"
    )


def sobol_indices(
    measure: Measure | Callable[..., Any],
    ranges: Mapping[str, Any] | None = None,
    n: int = 1024,
    *,
    values: Mapping[str, Any] | None = None,
    variable: str | None = None,
    at: Mapping[str, str | float] | None = None,
    second_order: bool = True,
    rng: int | np.random.Generator = 0,
    workers: int = 1,
) -> SobolIndices:
    """Return the Sobol indices of a result over ranges of parameters and starts.

    A scrambled Sobol sequence and Saltelli's scheme, by SALib: n (2 d + 2) points for d numbers, n (d + 2) without pairs. ranges:
    name -> (low, high) or a frozen distribution of scipy.stats, independent of each other; default: the ranges that the parameters of
    the game declare. n: a power of 2. values: the numbers that stay fixed. variable: which one, where a measure has several; at: which entry of it,
    such as at={"strategy": "comply"}.

    Raises ParameterError for unknown names, points without a result and results that are not finite; UnsupportedError for a variable
    that stands for kinds; MissingExtraError without SALib.

    References: Saltelli and others (2010), Computer Physics Communications 181, 259-270, Table 2 (b) and (f); pairs as in Saltelli (2002), Computer
    Physics Communications 145, 280-297.

    >>> indices = sobol_indices(lambda a, b: 3 * a + b, {"a": (0, 1), "b": (0, 1)}, 256)
    >>> [float(round(share, 2)) for share in indices.first]  # variances 9/12 and 1/12
    [0.9, 0.1]
    """
    try:
        from SALib.analyze import sobol as analysis
        from SALib.sample import sobol as sampling
    except ImportError:
        raise MissingExtraError("sobol_indices", "sensitivity") from None
    if n < 2 or n & (n - 1):
        raise ParameterError(f"n = {n}; a power of 2 is needed, such as {max(2, 1 << max(n, 1).bit_length())}")
    spans = read_ranges(ranges, game_of(measure))
    sample_rng, bootstrap_rng, seed = seeds_of(rng)
    problem = {"num_vars": len(spans), "names": [s.name for s in spans], "bounds": [[0.0, 1.0]] * len(spans)}
    unit = sampling.sample(problem, n, calc_second_order=second_order, seed=sample_rng)
    columns = {span.name: span.at(unit[:, i]) for i, span in enumerate(spans)}
    found = respond(measure, columns, values, variable=variable, at=at, seed=seed, workers=workers)
    if is_constant(found.numbers):
        return _result(found, spans, None, second_order)
    indices = analysis.analyze(
        problem,
        found.numbers,
        calc_second_order=second_order,
        num_resamples=_RESAMPLES,
        conf_level=_LEVEL,
        seed=bootstrap_rng,
    )
    return _result(found, spans, indices, second_order)


def _result(
    found: Responses, spans: tuple[Range, ...], indices: Mapping[str, Any] | None, second_order: bool
) -> SobolIndices:
    count = len(spans)

    def rows(key: str) -> np.ndarray:
        return _frozen(np.full(count, np.nan) if indices is None else np.array(indices[key], dtype=float))

    def square(key: str) -> np.ndarray | None:
        if not second_order:
            return None
        if indices is None:
            return _frozen(np.full((count, count), np.nan))
        upper = np.array(indices[key], dtype=float)
        return _frozen(np.where(np.isnan(upper), upper.T, upper))

    return SobolIndices(
        found.quantity,
        spans,
        rows("S1"),
        rows("S1_conf"),
        rows("ST"),
        rows("ST_conf"),
        square("S2"),
        square("S2_conf"),
        float(found.numbers.mean()),
        float(found.numbers.var()),
        len(found.numbers),
        indices is None,
        found.values,
    )


def _frozen(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array
