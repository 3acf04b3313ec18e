"""A tornado chart: how far a result moves when one parameter at a time is lower or higher."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from coopgame.errors import ParameterError
from coopgame.figures.style import COLUMN_WIDTH, axes_for, house_style, label
from coopgame.sweeps.tornado import Tornado


def draw_tornado(
    rows: Tornado | Sequence[tuple[str, float, float]],
    centre: float | None = None,
    quantity: tuple[str, str] | None = None,
    ax: Axes | None = None,
    *,
    changes: tuple[str, str] = ("low", "high"),
    language: str = "en",
) -> Axes:
    """Draw one pair of bars for each parameter, the first row on top; return the axes.

    rows: the result of `tornado`, or parameter, result where it is lower, result where it is higher. centre: the result where nothing is changed.
    quantity: what the result is, in English and Chinese. A Tornado brings both. changes: what lower and higher mean, for the legend.

    Raises ParameterError where rows are given without centre and quantity.
    """
    if isinstance(rows, Tornado):
        centre = rows.centre if centre is None else centre
        quantity = (rows.quantity.meaning or rows.quantity.name, rows.quantity.zh) if quantity is None else quantity
        rows = rows.rows
    if centre is None or quantity is None:
        raise ParameterError(
            "rows alone do not say what they are; give centre and quantity, or the result of tornado()"
        )
    with house_style():
        ax = axes_for(ax, COLUMN_WIDTH, (0.25 + 0.075 * len(rows)) * COLUMN_WIDTH)
        places = range(len(rows), 0, -1)
        low = [row[1] - centre for row in rows]
        high = [row[2] - centre for row in rows]
        ax.barh(
            places,
            low,
            left=centre,
            height=0.62,
            color="white",
            edgecolor="black",
            hatch="////",
            linewidth=0.7,
            label=changes[0],
        )
        ax.barh(
            places,
            high,
            left=centre,
            height=0.36,
            color="#4D4D4D",
            edgecolor="black",
            linewidth=0.7,
            label=changes[1],
        )
        ax.axvline(centre, color="black", linewidth=0.9)
        ax.set_yticks(list(places), [row[0] for row in rows])
        ax.set_xlabel(label(*quantity, language))
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax
