"""Numbers of mixed rest points over two parameters, and fold curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from coopgame.analysis.folds import FoldCurve
from coopgame.analysis.mixed_counts import MixedCounts
from coopgame.errors import UnsupportedError
from coopgame.figures.regime_map import name_regions
from coopgame.figures.style import LINES, axes_for, fill_of, house_style, label, wrapped
from coopgame.games.game import Game

# number of mixed points, of stable ones, whether nobody and whether everybody playing the first strategy is stable
Picture = tuple[int, int, bool, bool]
_SHARES = np.linspace(0.002, 0.998, 499)


def draw_count_map(
    counts: MixedCounts,
    axes_of: tuple[str, str],
    ax: Axes | None = None,
    *,
    names: Mapping[Picture, str] | None = None,
    language: str = "en",
) -> Axes:
    """Draw which rest points exist and are stable over a rectangle of two parameters; return the axes.

    counts: over values with one array of shape (1, columns) for the horizontal and one of shape (rows, 1) for the vertical
    parameter, named in this order by axes_of. names: texts for (mixed points, stable ones, nobody stable, everybody stable), in
    the order in which fills are given out, so that figures with the same names have the same fills.
    """
    grid = _grid(counts, axes_of)
    with house_style():
        ax = axes_for(ax)
        across, up = np.meshgrid(*grid)
        keys = np.stack([counts.total, counts.stable, counts.nobody, counts.everybody], axis=-1).reshape(-1, 4)
        found = [(int(t), int(s), bool(n), bool(a)) for t, s, n, a in np.unique(keys, axis=0)]
        order = list(dict.fromkeys([*(names or {}), *found]))
        picture = np.zeros(counts.total.shape, dtype=int)
        texts = {}
        for kind in found:
            index = order.index(kind)
            here = (keys == np.array(kind)).all(axis=1).reshape(picture.shape)
            picture[here] = index
            inside = here.astype(float)
            fill, hatch = fill_of(index)
            ax.contourf(across, up, inside, levels=[0.5, 1.5], colors=[fill], hatches=[hatch])
            ax.contour(across, up, inside, levels=[0.5], colors="black", linewidths=0.6)
            texts[index] = (names or {}).get(kind, _plain(kind, language))
        name_regions(ax, picture, grid, texts)
        _name_axes(ax, counts.game, axes_of, language)
    return ax


def draw_fold_curves(curves: Mapping[str, FoldCurve], ax: Axes | None = None, *, language: str = "en") -> Axes:
    """Draw fold curves of the same two parameters where the assumptions hold, with their cusps; return the axes.

    curves: text for the legend -> curve. Axes that are given keep their limits.
    """
    if len({curve.parameters for curve in curves.values()}) != 1:
        raise UnsupportedError("fold curves in one figure need the same two parameters in the same order")
    with house_style():
        limits = (ax.get_xlim(), ax.get_ylim()) if ax else None
        ax = axes_for(ax)
        for number, (name, curve) in enumerate(curves.items()):
            shown = curve.points(_SHARES)
            shown[~curve.admissible(_SHARES)] = np.nan
            style = LINES[number % len(LINES)]
            ax.plot(shown[:, 0], shown[:, 1], color="black", linestyle=style, linewidth=1, label=name)
            for cusp in curve.cusps or ():
                if cusp.admissible:
                    place = [float(cusp.place[p]) for p in curve.parameters]
                    ax.plot([place[0]], [place[1]], "D", color="black", markersize=3)
        _name_axes(ax, next(iter(curves.values())).game, next(iter(curves.values())).parameters, language)
        if len(curves) > 1:
            ax.legend(loc="best")
        if limits:
            ax.set_xlim(*limits[0])
            ax.set_ylim(*limits[1])
    return ax


def _grid(counts: MixedCounts, axes_of: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    xs, ys = (np.asarray(counts.values.get(name)) for name in axes_of)
    if counts.total.ndim != 2 or xs.shape != (1, counts.total.shape[1]) or ys.shape != (counts.total.shape[0], 1):
        raise UnsupportedError(
            f"a map needs values of {axes_of[0]} of shape (1, columns) and of {axes_of[1]} of shape (rows, 1); got {xs.shape} and "
            f"{ys.shape}"
        )
    return xs[0], ys[:, 0]


def _plain(kind: Picture, language: str) -> str:
    total, stable, _, _ = kind
    if total < 0:
        return label("all at rest", "处处静止", language)
    return label(f"{total} mixed, {stable} stable", f"{total} 个内点，{stable} 个稳定", language)


def _name_axes(ax: Axes, game: Game, axes_of: Sequence[str], language: str) -> None:
    texts = []
    for name in axes_of:
        parameter = next(p for p in game.parameters if p.name == name)
        english = f"{name}: {parameter.meaning}" if parameter.meaning else name
        texts.append(wrapped(label(english, parameter.zh and f"{name}：{parameter.zh}", language)))
    ax.set_xlabel(texts[0])
    ax.set_ylabel(texts[1])
