"""How often each state of finite populations is met: as bars, on the triangle of three strategies, and on the square of two populations."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from coopgame.analysis.points import RestPoints
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.figures.invasions import point_of
from coopgame.figures.style import (
    COLUMN_WIDTH,
    axes_for,
    explain_marks,
    fill_of,
    house_style,
    label,
    mark_rest_point,
    needs_result,
)
from coopgame.figures.triangle import CORNERS, HEAT, cell_radius, draw_state_cells, draw_triangle
from coopgame.finite.small_mutation import SmallMutationLaw
from coopgame.finite.stationary import StationaryDistribution
from coopgame.games.declarations import Population

_MOST_LEVEL = 10  # bars whose numbers are written level
_WORDS = {False: ("probability", "概率"), True: ("log10 of the probability", "概率的常用对数")}


def draw_stationary(
    distribution: StationaryDistribution | SmallMutationLaw,
    ax: Axes | None = None,
    *,
    rest_points: RestPoints | None = None,
    logarithmic: bool = False,
    point: int | None = None,
    language: str = "en",
) -> Axes:
    """Draw how often each state of finite populations is met in the long run; return the axes.

    Two strategies give bars over the number of members with the first one, three a triangle with one cell for each state, two populations of two strategies a square; the
    law of rare mutants one bar for each state, with its share of time.

    rest_points: of the mean dynamic at the same values, marked where these shares are. logarithmic: whether heights and colours are logarithms, which shows states that are hardly ever
    met. point: which entry of a law of rare mutants, where parameters are arrays.

    Raises UnsupportedError for other numbers of strategies, ParameterError for rest points of another game, or on the bars of rare mutants.
    """
    if isinstance(distribution, SmallMutationLaw):
        if rest_points is not None:
            raise ParameterError("the law of rare mutants has states of one strategy alone; leave rest_points out")
        return _draw_rare_mutants(distribution, ax, point, logarithmic, language)
    needs_result(distribution, StationaryDistribution, "find_stationary_distribution")
    if point is not None:
        raise StateError(f"this distribution has no points; leave out point = {point}")
    populations = distribution.population.game.populations
    sizes = [len(own.strategies) for own in populations]
    if rest_points is not None and [own.strategies for own in rest_points.game.populations] != [
        own.strategies for own in populations
    ]:
        raise ParameterError("the rest points are those of another game")
    shapes = {(2,): _draw_bars, (3,): _draw_triangle, (2, 2): _draw_square}
    if tuple(sizes) not in shapes:
        raise UnsupportedError(
            f"a stationary distribution is drawn for two or three strategies, or two populations with two each; this game has {' x '.join(map(str, sizes))}: "
            "see mean_shares, or draw_invasions for rare mutants"
        )
    with house_style():
        return shapes[tuple(sizes)](distribution, ax, rest_points, logarithmic, language)


def heights_of(distribution: StationaryDistribution, logarithmic: bool) -> np.ndarray:
    """Return probabilities, or their logarithms to base 10 with NaN for states that are never met; shape (states,)."""
    if not logarithmic:
        return distribution.probabilities
    logs = distribution.log_probabilities / np.log(10)
    return np.asarray(np.where(np.isfinite(logs), logs, np.nan))


def _draw_bars(
    law: StationaryDistribution, ax: Axes | None, rest_points: RestPoints | None, logarithmic: bool, language: str
) -> Axes:
    ax = axes_for(ax)
    size = law.population.sizes[0]
    heights = heights_of(law, logarithmic)[np.argsort(law.states[:, 0])]
    edges = np.arange(size + 2) - 0.5
    base = float(np.nanmin(heights)) - 0.05 if logarithmic else 0.0
    top = float(np.nanmax(heights))
    ax.stairs(
        heights,
        edges,
        baseline=base,
        fill=True,
        facecolor=fill_of(1)[0],
        edgecolor="black",
        linewidth=0.6,
        gid="bars",
    )
    ax.set_ylim(base, top + 0.05 * (top - base))
    ax.set_xlim(-0.5 - 0.01 * size, 1.01 * size + 0.5)
    ax.set_xlabel(_members(law.population.game.populations[0], language))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    ax.set_ylabel(label(*_WORDS[logarithmic], language))
    for point in rest_points or ():
        mark_rest_point(ax, size * float(point.state[0]), base, point)
    if rest_points is not None:
        explain_marks(ax, rest_points, language, height=1.03)
    return ax


def _draw_triangle(
    law: StationaryDistribution, ax: Axes | None, rest_points: RestPoints | None, logarithmic: bool, language: str
) -> Axes:
    ax = axes_for(ax, COLUMN_WIDTH, COLUMN_WIDTH)
    cells = draw_state_cells(ax, law.states, np.ma.masked_invalid(heights_of(law, logarithmic)), cmap=HEAT)
    draw_triangle(ax, law.population.game.populations[0].strategies, cell_radius(law.population.sizes[0]))
    draw_colour_bar(ax, cells, logarithmic, language)
    for point in rest_points or ():
        x, y = point.state @ CORNERS
        mark_rest_point(ax, float(x), float(y), point)
    if rest_points is not None:
        explain_marks(ax, rest_points, language, height=1.0)
    return ax


def _draw_square(
    law: StationaryDistribution, ax: Axes | None, rest_points: RestPoints | None, logarithmic: bool, language: str
) -> Axes:
    ax = axes_for(ax, COLUMN_WIDTH, 0.85 * COLUMN_WIDTH)
    one, other = law.population.sizes
    picture = np.full((other + 1, one + 1), np.nan)
    picture[law.states[:, 2], law.states[:, 0]] = heights_of(law, logarithmic)
    edges = (np.arange(size + 2) - 0.5 for size in (one, other))
    mesh = ax.pcolormesh(*edges, np.ma.masked_invalid(picture), cmap=HEAT, rasterized=True, gid="states")
    for population, axis in zip(law.population.game.populations, (ax.xaxis, ax.yaxis), strict=True):
        axis.set_label_text(_members(population, language, of_several=True))
        axis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    draw_colour_bar(ax, mesh, logarithmic, language)
    for point in rest_points or ():
        mark_rest_point(ax, one * float(point.state[0]), other * float(point.state[2]), point)
    if rest_points is not None:
        explain_marks(ax, rest_points, language, height=1.02)
    return ax


def _short(log: float) -> str:
    """Return a share of time with few digits, however small it is."""
    if log > np.log(0.0005):
        return f"{np.exp(log):.3f}"
    if not np.isfinite(log):
        return "0"
    exponent = int(np.floor((log + 1e-9) / np.log(10)))
    return f"{np.exp(log - exponent * np.log(10)):.1f}e{exponent}"


def _members(population: Population, language: str, *, of_several: bool = False) -> str:
    strategy = population.strategies[0]
    english = f"{population.name}: members with {strategy}" if of_several else f"members with {strategy}"
    chinese = (
        f"{population.zh or population.name}：采用 {strategy} 的个体数" if of_several else f"采用 {strategy} 的个体数"
    )
    return label(english, chinese, language)


def draw_colour_bar(ax: Axes, cells: Any, logarithmic: bool, language: str) -> None:
    """Add a bar that says which colour is which probability."""
    figure = ax.get_figure()
    if figure is not None:
        figure.colorbar(cells, ax=ax, shrink=0.75, label=label(*_WORDS[logarithmic], language))


def _draw_rare_mutants(
    law: SmallMutationLaw, ax: Axes | None, point: int | None, logarithmic: bool, language: str
) -> Axes:
    logs = law.log_law[point_of(law, point)]
    heights = logs / np.log(10) if logarithmic else np.exp(logs)
    heights = np.where(np.isfinite(heights), heights, np.nan)
    with house_style():
        ax = axes_for(ax)
        base = float(np.nanmin(heights)) - 1.0 if logarithmic else 0.0
        places = np.arange(len(heights))
        ax.bar(places, heights - base, bottom=base, color=fill_of(1)[0], edgecolor="black", linewidth=0.6)
        for place, height, log in zip(places, heights, logs, strict=True):
            at = (place, height if np.isfinite(height) else base)
            turned = 90 if len(logs) > _MOST_LEVEL else 0
            look: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "fontsize": 6, "rotation": turned}
            ax.annotate(_short(float(log)), at, xytext=(0, 2), **look)
        crowded = max(map(len, law.labels)) * len(law.labels) > 40
        ax.set_xticks(places, law.labels, rotation=90 if crowded else 0)
        ax.set_xlim(-0.6, len(places) - 0.4)
        ax.margins(y=0.1)
        english, chinese = (
            ("share of time", "时间比例") if not logarithmic else ("log10 of the share of time", "时间比例的常用对数")
        )
        ax.set_ylabel(label(english, chinese, language))
    return ax
