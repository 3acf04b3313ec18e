"""Ensembles of noisy paths as a fan of bands, and the stationary law as a density."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from coopgame.analysis.ensembles import Ensemble
from coopgame.analysis.stationary_law import StationaryLaw
from coopgame.errors import UnsupportedError
from coopgame.figures.style import COLOURS, axes_for, house_style, label

_BANDS = ((0.05, 0.95, "#E2E2E2"), (0.25, 0.75, "#B4B4B4"))


def draw_ensemble(
    ensemble: Ensemble, share: str | None = None, ax: Axes | None = None, *, paths: int = 3, language: str = "en"
) -> Axes:
    """Draw one share of an ensemble over time: its median, bands that hold 50 % and 90 % of the replicates, a few paths.

    share: a coordinate of the game, the first one by default. Returns the axes.
    """
    name = share or ensemble.game.coordinates[0]
    values = ensemble.coordinate(name)
    with house_style():
        ax = axes_for(ax)
        for low, high, grey in _BANDS:
            edges = np.quantile(values, [low, high], axis=0)
            text = f"{round(100 * (high - low))} %"
            ax.fill_between(ensemble.times, *edges, color=grey, linewidth=0, label=text)
        for i, path in enumerate(values[:paths]):
            words = label("single paths", "单条路径", language) if i == 0 else None
            ax.plot(ensemble.times, path, color=COLOURS[0], linewidth=0.5, label=words)
        median = np.median(values, axis=0)
        words = label("median", "中位数", language)
        ax.plot(ensemble.times, median, color="black", linewidth=1.6, linestyle="--", label=words)
        ax.set_xlim(ensemble.times[0], ensemble.times[-1])
        ax.set_ylim(-0.03, 1.03)
        ax.set_xlabel(label("time t", "时间 t", language))
        ax.set_ylabel(label(f"share {name}", f"比例 {name}", language))
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, columnspacing=1.0, handlelength=1.6)
    return ax


def draw_stationary_law(
    law: StationaryLaw, ensemble: Ensemble | None = None, ax: Axes | None = None, *, language: str = "en"
) -> Axes:
    """Draw the density of a stationary law, with a histogram of the last states of an ensemble of the same game; return the axes.

    Raises UnsupportedError where there is no stationary law.
    """
    if not law.exists:
        raise UnsupportedError(f"there is no stationary law to draw: {law.fate}")
    with house_style():
        ax = axes_for(ax)
        if ensemble is not None:
            last = ensemble.coordinate(law.symbol)[:, -1]
            words = label(
                f"{len(last)} paths at t = {ensemble.times[-1]:g}",
                f"t = {ensemble.times[-1]:g} 时 {len(last)} 条路径",
                language,
            )
            bins = [float(edge) for edge in np.linspace(0, 1, 41)]
            ax.hist(last, bins=bins, density=True, color="#D9D9D9", edgecolor="#8A8A8A", linewidth=0.4, label=words)
        inner = law.quantile(np.linspace(0, 1, 1001)[1:-1])
        shares = np.unique(np.concatenate([np.linspace(0, 1, 801)[1:-1], inner[(inner > 0) & (inner < 1)]]))
        density = law.pdf(shares)
        ax.plot(shares, density, color="black", label=label("stationary density", "平稳密度", language))
        ax.axvline(law.mean, color=COLOURS[4], linewidth=0.9, linestyle=":", label=label("mean", "均值", language))
        ax.set_xlim(-0.02, 1.02)
        # an end at which the density is unbounded is cut off, so that the rest can be seen
        bounded = all(density_at < np.inf for density_at in law.pdf([0.0, 1.0]))
        shown = density if bounded else density[(shares > 0.005) & (shares < 0.995)]
        ax.set_ylim(0, 1.15 * float(np.max(shown)))
        ax.set_xlabel(label(f"share {law.symbol}", f"比例 {law.symbol}", language))
        ax.set_ylabel(label("density", "密度", language))
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, columnspacing=1.0, handlelength=1.6)
    return ax
