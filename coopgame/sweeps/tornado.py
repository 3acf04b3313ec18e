"""One parameter at a time: what a result becomes where each is low and high, for a tornado chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.expressions import exact_number
from coopgame.sweeps.measure import Measure
from coopgame.sweeps.ranges import ends, read_ranges
from coopgame.sweeps.responses import Quantity, game_of, respond

if TYPE_CHECKING:
    import pandas
    import xarray


@dataclass(frozen=True)
class Swing:
    """What a result is where one parameter alone is low or high. from_low, to_high: these numbers of the parameter."""

    parameter: str
    low: float
    high: float
    from_low: float
    to_high: float

    @property
    def width(self) -> float:
        """How far apart the two results are."""
        return abs(self.high - self.low)


@dataclass(frozen=True, eq=False)
class Tornado:
    """The swings of a result, the widest first; `draw_tornado` draws it.

    centre: the result where nothing is changed, at `values`.
    """

    quantity: Quantity
    centre: float
    swings: tuple[Swing, ...]
    values: Mapping[str, float] = field(repr=False)

    @property
    def known(self) -> str:
        """How it is known: numerical."""
        return "numerical"

    @property
    def rows(self) -> list[tuple[str, float, float]]:
        """Parameter, result where it is low, result where it is high; the widest swing first."""
        return [(swing.parameter, swing.low, swing.high) for swing in self.swings]

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the swings, one row for each parameter."""
        import pandas

        keys = ("low", "high", "width", "from_low", "to_high")
        columns = {key: [getattr(swing, key) for swing in self.swings] for key in keys}
        return pandas.DataFrame(columns, index=pandas.Index([s.parameter for s in self.swings], name="parameter"))

    def to_xarray(self) -> xarray.Dataset:
        """Return the swings with the dimension parameter."""
        import xarray

        table = self.to_dataframe()
        data = {str(name): (("parameter",), table[name].to_numpy()) for name in table.columns}
        about = {"quantity": self.quantity.name, "centre": self.centre, "known": self.known}
        return xarray.Dataset(data, {"parameter": list(table.index)}, about)

    @property
    def text(self) -> str:
        """The result in the centre and the swings."""
        lines = [
            f"{s.parameter} from {s.from_low:g} to {s.to_high:g}: {s.low:.6g} to {s.high:.6g}" for s in self.swings
        ]
        return "\n".join(
            [f"{self.quantity.name} = {self.centre:.6g} in the centre; one parameter at a time:", *lines]
        )

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.text.splitlines()[0])}</p>{self.to_dataframe().to_html(float_format='%.6g')}"


def tornado(
    measure: Measure | Callable[..., Any],
    ranges: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    *,
    variable: str | None = None,
    at: Mapping[str, str | float] | None = None,
    rng: int = 0,
    workers: int = 1,
) -> Tornado:
    """Return how far a result moves when one parameter at a time is low or high, from 2 d + 1 points.

    ranges: name -> (low, high) or a frozen distribution of scipy.stats, whose 5 % and 95 % quantiles are taken; default: the ranges that the parameters
    of the game declare. values: the centre; what is missing of the ranges' names is the default of the game, else the middle of its range.
    variable and at choose among several results of a measure, as in `sobol_indices`.

    Raises ParameterError for unknown names, points without a result and results that are not finite; UnsupportedError for a variable that
    stands for kinds.

    >>> print(tornado(lambda a, b: 3 * a - b, {"a": (0, 1), "b": (0, 4)}, {"a": 0.5, "b": 1}))
    value = 0.5 in the centre; one parameter at a time:
    b from 0 to 4: 1.5 to -2.5
    a from 0 to 1: -1 to 2
    """
    game = game_of(measure)
    spans = read_ranges(ranges, game)
    defaults = {p.name: p.value for p in game.parameters if p.value is not None} if game is not None else {}
    given = {name: exact_number(value, name) for name, value in (values or {}).items()}
    centre = {span.name: float(given.get(span.name, defaults.get(span.name, span.middle))) for span in spans}
    columns = {name: np.full(2 * len(spans) + 1, value) for name, value in centre.items()}
    for k, span in enumerate(spans):
        columns[span.name][1 + 2 * k : 3 + 2 * k] = ends(span)
    rest = {name: value for name, value in given.items() if name not in centre}
    found = respond(measure, columns, rest, variable=variable, at=at, seed=rng, workers=workers)
    low, high = found.numbers[1::2], found.numbers[2::2]
    swings = [
        Swing(s.name, float(low[k]), float(high[k]), *(float(end) for end in ends(s))) for k, s in enumerate(spans)
    ]
    swings.sort(key=lambda swing: -swing.width)
    return Tornado(found.quantity, float(found.numbers[0]), tuple(swings), {**found.values, **centre})
