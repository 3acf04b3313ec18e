"""Where a finite population with three strategies goes on average in one step, state by state on the triangle."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from coopgame.analysis.points import RestPoints
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.figures.selection_gradient import change_of
from coopgame.figures.stationary import draw_colour_bar, heights_of
from coopgame.figures.style import (
    COLUMN_WIDTH,
    axes_for,
    explain_marks,
    house_style,
    label,
    mark_rest_point,
    needs_result,
)
from coopgame.figures.triangle import CORNERS, LIGHT_HEAT, cell_radius, draw_state_cells, draw_triangle
from coopgame.finite.gradient import SelectionGradient
from coopgame.finite.stationary import StationaryDistribution


def draw_drift(
    gradient: SelectionGradient,
    stationary: StationaryDistribution | None = None,
    ax: Axes | None = None,
    *,
    rest_points: RestPoints | None = None,
    logarithmic: bool = False,
    arrows: int = 14,
    language: str = "en",
) -> Axes:
    """Draw the mean change of the shares per unit of time, from state to state, as arrows on the triangle of three strategies; return the axes.

    Arrows begin at states; their length grows with the square root of the mean change, so that slow places are seen too, and the longest one fits between two of them. stationary: of
    the same population, drawn as colours below. rest_points: of the mean dynamic, marked. logarithmic: whether the colours are logarithms. arrows: about how many along
    a side.

    Raises UnsupportedError for other numbers of strategies, ParameterError for a distribution of another population.
    """
    needs_result(gradient, SelectionGradient, "selection_gradient")
    populations = gradient.population.game.populations
    if [len(own.strategies) for own in populations] != [3]:
        sizes = " x ".join(str(len(own.strategies)) for own in populations)
        raise UnsupportedError(
            f"the drift is drawn for one population of three strategies, this one has {sizes}: of two see draw_selection_gradient"
        )
    if arrows < 1:
        raise ParameterError(f"arrows = {arrows}; at least 1 along a side is needed")
    if stationary is not None and (str(stationary.population), stationary.values) != (
        str(gradient.population),
        gradient.values,
    ):
        raise ParameterError("the stationary distribution is that of another population or of other values")
    size = gradient.population.sizes[0]
    stride = -(-size // arrows)
    shown = (gradient.states[:, :2] % stride == 0).all(axis=1)
    change = change_of(gradient)[shown] @ CORNERS
    speed = np.hypot(*change.T)
    longest = float(speed.max(initial=0.0))
    factor = 0.9 * stride / size / np.sqrt(np.where(speed > 0, speed, 1.0) * (longest or 1.0))
    places = gradient.states[shown] / size @ CORNERS
    with house_style():
        ax = axes_for(ax, COLUMN_WIDTH, COLUMN_WIDTH)
        if stationary is not None:
            heights = np.ma.masked_invalid(heights_of(stationary, logarithmic))
            cells = draw_state_cells(ax, stationary.states, heights, cmap=LIGHT_HEAT)
            draw_colour_bar(ax, cells, logarithmic, language)
        draw_triangle(ax, populations[0].strategies, 0.0 if stationary is None else cell_radius(size))
        moves = change * factor[:, None]
        look: dict[str, Any] = {
            "angles": "xy",
            "scale_units": "xy",
            "scale": 1.0,
            "width": 0.004,
            "headwidth": 3.5,
            "headlength": 4.0,
        }
        ax.quiver(*places.T, *moves.T, color="black", zorder=3, gid="drift", **look)
        for point in rest_points or ():
            x, y = point.state @ CORNERS
            mark_rest_point(ax, float(x), float(y), point)
        if rest_points is not None:
            explain_marks(ax, rest_points, language, height=1.0)
        text = label(
            f"mean change per unit of time, at most {longest:.2g}", f"单位时间平均变化，最大 {longest:.2g}", language
        )
        ax.text(0.5, -0.12, text, ha="center", va="top", fontsize=7)
    return ax
