"""The phase line of one population with two strategies."""

from __future__ import annotations

import itertools

import numpy as np
from matplotlib.axes import Axes

from coopgame.analysis.points import RestPoints
from coopgame.dynamics.field import VectorField
from coopgame.figures.style import axes_for, explain_marks, house_style, label, mark_rest_point, needs_populations


def draw_phase_line(
    dynamics: VectorField, points: RestPoints, values: object = None, ax: Axes | None = None, *, language: str = "en"
) -> Axes:
    """Draw the rate of change over the share of the first strategy, with arrows and rest points; return the axes.

    points: rest points at the same values.
    """
    needs_populations(dynamics.game, 1, "a phase line")
    with house_style():
        ax = axes_for(ax, height=2.1)
        population = dynamics.game.populations[0]
        share = np.linspace(0, 1, 401)
        state = np.stack([share, 1 - share], axis=-1)
        rate = dynamics(state, values)[:, 0]  # type: ignore[arg-type]
        ax.axhline(0, color="black", linewidth=0.6)
        ax.plot(share, rate, color="black")
        span = max(float(np.abs(rate).max()), 1e-12)
        places = sorted(float(point.state[0]) for point in points)
        for left, right in itertools.pairwise(places):
            middle, direction = (left + right) / 2, np.sign(np.interp((left + right) / 2, share, rate))
            if direction and right - left > 0.02:
                reach = 0.12 * (right - left) * direction
                arrow = {"arrowstyle": "-|>", "color": "black", "linewidth": 1}
                ax.annotate("", (middle + reach, 0), (middle - reach, 0), arrowprops=arrow)
        for point in points:
            mark_rest_point(ax, float(point.state[0]), 0.0, point)
        ax.set_xlim(-0.02, 1.02)
        ax.set_ylim(1.1 * min(float(rate.min()), -0.15 * span), 1.1 * max(float(rate.max()), 0.15 * span))
        symbol = population.symbol or "x"
        strategy = population.strategies[0]
        ax.set_xlabel(label(f"share of {strategy}, {symbol}", f"{symbol}（{strategy}）", language))
        ax.set_ylabel(f"d{symbol}/dt")
        explain_marks(ax, points, language, height=1.03)
    return ax
