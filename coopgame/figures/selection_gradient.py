"""The gradient of selection of two strategies over their shares, at one or several population sizes, with where it changes sign."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from coopgame.dynamics.field import VectorField
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.figures.style import (
    COLOURS,
    LINES,
    MARKS,
    axes_for,
    house_style,
    label,
    needs_populations,
    needs_result,
)
from coopgame.finite.gradient import GradientRoot, SelectionGradient

_MOST_MARKED = 60  # members up to which every state has a mark
_ROUNDING = 1e-12  # as in SelectionGradient.roots
_GREY = "#9A9A9A"
_ROOTS = {
    True: ("attracting", "吸引"),
    False: ("repelling", "排斥"),
    None: ("attracting from one side", "单侧吸引"),
}


def draw_selection_gradient(
    gradients: SelectionGradient | Sequence[SelectionGradient],
    ax: Axes | None = None,
    *,
    limit: VectorField | None = None,
    labels: Sequence[str] | None = None,
    language: str = "en",
) -> Axes:
    """Draw the mean change per unit of time of the first strategy's share over this share, with its roots; return the axes.

    One line for each gradient, with a mark at every state of populations of up to 60 members. Roots between the ends are discs on the axis, filled where both sides lead there, open
    where they lead away, grey where one does.

    gradients: of one population with two strategies each. limit: the mean dynamic of the same game and law, which is the gradient of an infinite population without mutation, at the values of
    the first gradient. labels: one for each gradient; by default its size, and the parameters in which they differ.

    Raises UnsupportedError for other numbers of strategies, ParameterError for other strategies or another number of labels.
    """
    shown = tuple(gradients) if isinstance(gradients, Iterable) else (gradients,)
    for gradient in shown:
        needs_result(gradient, SelectionGradient, "selection_gradient")
    _check(shown, labels)
    population = shown[0].population.game.populations[0]
    if limit is not None:
        needs_populations(limit.game, 1, "a gradient of selection")
        if limit.game.populations[0].strategies != population.strategies:
            raise ParameterError("the limit is the mean dynamic of another game")
    with house_style():
        ax = axes_for(ax)
        ax.axhline(0, color="black", linewidth=0.6)
        for k, (gradient, text) in enumerate(zip(shown, labels or _labels(shown), strict=True)):
            _draw_one(ax, gradient, k, text)
        if limit is not None:
            share = np.linspace(0, 1, 401)
            rate = limit(np.stack([share, 1 - share], axis=-1), shown[0].values)[:, 0]
            words = label("infinite population", "无限种群", language)
            ax.plot(share, rate, color="black", linewidth=1.0, linestyle=(0, (1, 1)), label=words, gid="limit")
        if not any(change_of(gradient)[:, 0].any() for gradient in shown):
            ax.set_ylim(-1, 1)
        ax.set_xlim(-0.02, 1.02)
        symbol = population.symbol or "x"
        strategy = population.strategies[0]
        ax.set_xlabel(label(f"share of {strategy}, {symbol}", f"{symbol}（{strategy}）", language))
        ax.set_ylabel(label("gradient of selection", "选择梯度", language))
        _explain(ax, shown, language)
    return ax


def _check(shown: Sequence[SelectionGradient], labels: Sequence[str] | None) -> None:
    if not shown:
        raise ParameterError("no gradient is given; selection_gradient(...) returns one")
    for gradient in shown:
        sizes = [len(own.strategies) for own in gradient.population.game.populations]
        if sizes != [2]:
            raise UnsupportedError(
                f"the gradient of selection is drawn for one population of two strategies, this one has {' x '.join(map(str, sizes))}: of three see draw_drift"
            )
    if len({gradient.names for gradient in shown}) > 1:
        raise ParameterError("the gradients are those of games with different strategies")
    if labels is not None and len(labels) != len(shown):
        raise ParameterError(f"{len(labels)} labels are given for {len(shown)} gradients")


def _labels(shown: Sequence[SelectionGradient]) -> list[str]:
    """Return the sizes, and the values of parameters in which gradients differ."""
    differing = [name for name in shown[0].values if len({gradient.values.get(name) for gradient in shown}) > 1]
    return [
        ", ".join(
            [f"N = {own.population.sizes[0]}", *(f"{name} = {float(own.values[name]):g}" for name in differing)]
        )
        for own in shown
    ]


def _draw_one(ax: Axes, gradient: SelectionGradient, k: int, text: str) -> None:
    size = gradient.population.sizes[0]
    order = np.argsort(gradient.states[:, 0])
    shares, change = gradient.states[order, 0] / size, change_of(gradient)[order, 0]
    colour = COLOURS[k % len(COLOURS)]
    mark: dict[str, Any] = {"marker": MARKS[k % len(MARKS)], "markersize": 2.5} if size <= _MOST_MARKED else {}
    ax.plot(
        shares,
        change,
        color=colour,
        linestyle=LINES[k % len(LINES)],
        linewidth=1.1,
        label=text,
        gid=f"gradient-{k}",
        **mark,
    )
    for root in gradient.roots:
        ax.plot(
            [root.share],
            [0.0],
            "o",
            color=colour,
            markerfacecolor=_face(root, colour),
            markersize=6,
            zorder=5,
            gid=f"root-{k}",
        )


def change_of(gradient: SelectionGradient) -> np.ndarray:
    """Return the mean changes of the shares per unit of time, 0 where they are but what rounding left of two chances; shape (states, strategies)."""
    chances = gradient.variance + gradient.drift**2
    return np.where(np.abs(gradient.drift) > _ROUNDING * chances, gradient.per_time, 0.0)


def _face(root: GradientRoot, colour: str) -> str:
    return _GREY if root.attracting is None else colour if root.attracting else "white"


def _explain(ax: Axes, shown: Sequence[SelectionGradient], language: str) -> None:
    handles, _ = ax.get_legend_handles_labels()
    present = {root.attracting for gradient in shown for root in gradient.roots}
    for attracting, words in _ROOTS.items():
        if attracting in present:
            face = _GREY if attracting is None else "black" if attracting else "white"
            mark = Line2D(
                [],
                [],
                linestyle="none",
                marker="o",
                color="black",
                markerfacecolor=face,
                markersize=5,
                label=label(*words, language),
            )
            handles.append(mark)
    ax.legend(
        handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, columnspacing=1.2, handlelength=2.2
    )
