"""Shares of strategies in simulated populations and on networks: the mean of all runs, and the band that holds most of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from coopgame.errors import UnsupportedError
from coopgame.figures.style import COLOURS, LINES, axes_for, house_style, label
from coopgame.figures.time_series import apart
from coopgame.finite.population_paths import PopulationPaths
from coopgame.finite.states import names_of
from coopgame.networks.simulate_result import NetworkRun

_BAND = (0.05, 0.95)
_MOST_NAMED = 8


def draw_shares_over_time(
    paths: PopulationPaths | NetworkRun, ax: Axes | None = None, *, single: int = 0, language: str = "en"
) -> Axes:
    """Draw the share of each strategy over time: the mean of all paths or runs, and a band that holds 90 % of them; return the axes.

    single: how many single paths are drawn as thin lines, the first ones. Strategies differ in colour and line and are named at the end; more than eight are named in a legend.
    """
    if isinstance(paths, PopulationPaths):
        times, names = paths.steps, names_of(paths.population)
        generations = paths.population.generations
        words = ("generation t", "世代 t") if generations else ("step t", "步数 t")
    elif isinstance(paths, NetworkRun):
        times, names, words = paths.times, paths.strategies, ("sweep t", "轮次 t")
    else:
        raise UnsupportedError(
            f"{type(paths).__name__} has no paths of shares: draw_time_series is for trajectories and orbits, draw_ensemble for noisy ones"
        )
    shares = paths.shares
    with house_style():
        ax = axes_for(ax)
        means = shares.mean(axis=0)
        edges = np.quantile(shares, _BAND, axis=0)
        for k, name in enumerate(names):
            colour, line = COLOURS[k % len(COLOURS)], LINES[k % len(LINES)]
            if len(shares) > 1:
                band: dict[str, Any] = {"color": colour, "alpha": 0.18, "linewidth": 0, "gid": f"band-{name}"}
                ax.fill_between(times, edges[0, :, k], edges[1, :, k], **band)
            for path in shares[:single]:
                ax.plot(times, path[:, k], color=colour, linewidth=0.4, alpha=0.7)
            ax.plot(times, means[:, k], color=colour, linestyle=line, linewidth=1.5, label=name, gid=f"mean-{name}")
        if len(names) <= _MOST_NAMED:
            for name, height in zip(names, apart(means[-1].tolist()), strict=True):
                ax.annotate(name, (times[-1], height), xytext=(4, 0), textcoords="offset points", va="center")
        else:
            ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), ncols=1 + len(names) // 16)
        ax.set_ylim(-0.03, 1.03)
        ax.set_xlim(times[0], times[-1] if len(times) > 1 else times[0] + 1)
        ax.set_xlabel(label(*words, language))
        ax.set_ylabel(label("share", "比例", language))
    return ax
