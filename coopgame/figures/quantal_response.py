"""Quantal response equilibria along their principal branch: probabilities over the precision of choice, up to the Nash equilibrium."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from coopgame.equilibria.quantal_response import QuantalBranch
from coopgame.figures.style import COLOURS, COLUMN_WIDTH, LINES, house_style, label, needs_result, new_axes

_MOVED = 0.005
_EVENTS = {"turning point": ("o", "turning point", "折返点"), "bifurcation": ("D", "bifurcation", "分岔点")}


def draw_quantal_response(result: QuantalBranch, ax: Axes | None = None, *, language: str = "en") -> Axes:
    """Draw the probabilities of strategies along a branch of `find_quantal_response` over lambda, on a logarithmic axis; return the axes.

    Of a population of two strategies the first is drawn, of others all. Crosses at the right show the Nash equilibrium to which the branch tends.
    """
    needs_result(result, QuantalBranch, "find_quantal_response")
    with house_style():
        ax = ax or new_axes(COLUMN_WIDTH, 0.8 * COLUMN_WIDTH)
        shown = _columns(result)
        lambdas = result.lambdas
        low, high = _reach(result)
        handles = []
        for number, (column, name) in enumerate(_names(result, shown, language).items()):
            style = {"color": COLOURS[number % len(COLOURS)], "linestyle": LINES[number % len(LINES)]}
            handles += ax.plot(lambdas[1:], result.probabilities[1:, column], label=name, **style)
            if result.limit is not None:
                height = result.limit.state[column]
                ax.plot([high], [height], "x", color=style["color"], markersize=5, clip_on=False, zorder=5)
        handles += _marked(ax, result, shown, language)
        if result.limit is not None:
            words = label("Nash equilibrium in the limit", "极限纳什均衡", language)
            handles.append(Line2D([], [], linestyle="none", marker="x", color="black", markersize=5, label=words))
        ax.set_xscale("log")
        ax.set_xlim(low, high)
        ax.set_ylim(-0.03, 1.03)
        ax.set_xlabel(label("precision of choice λ", "选择精度 λ", language))
        ax.set_ylabel(label("probability", "概率", language))
        ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2 if len(handles) > 1 else 1)
    return ax


def _reach(result: QuantalBranch) -> tuple[float, float]:
    """Return the ends of the axis: from where probabilities begin to move up to the largest lambda."""
    moved = np.abs(result.probabilities - result.probabilities[0]).max(axis=1) > _MOVED
    first = int(np.argmax(moved)) if moved.any() else 1
    return float(result.lambdas[max(first, 1)]), float(result.lambdas.max())


def _columns(result: QuantalBranch) -> list[int]:
    """Return the columns that are drawn: of two strategies the first, of more all."""
    found: list[int] = []
    position = 0
    for population in result.game.populations:
        count = len(population.strategies)
        found += range(position, position + (1 if count == 2 else count))
        position += count
    return found


def _names(result: QuantalBranch, shown: list[int], language: str) -> dict[int, str]:
    """Return what the lines are called: population and strategy, the strategy alone where there is one population."""
    populations = result.game.populations
    names = []
    for population in populations:
        for english, other in zip(population.strategies, population.strategies_in(language), strict=True):
            strategy = label(english, other, language)
            of = label(population.name, population.name_in(language), language)
            names.append(strategy if len(populations) == 1 else f"{of}: {strategy}")
    return {column: names[column] for column in shown}


def _marked(ax: Axes, result: QuantalBranch, shown: list[int], language: str) -> list[Line2D]:
    """Mark turning points and bifurcations on every line, and return what explains the marks."""
    handles = {}
    for event in result.events:
        marker, english, chinese = _EVENTS[event.kind]
        ax.plot(
            [event.lam] * len(shown),
            event.probabilities[shown],
            marker,
            color="black",
            markerfacecolor="white",
            markersize=4,
        )
        words = label(english, chinese, language)
        handles[words] = Line2D(
            [], [], linestyle="none", marker=marker, color="black", markerfacecolor="white", markersize=4, label=words
        )
    return list(handles.values())
