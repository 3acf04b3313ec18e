"""Shares over time show the mean of all runs and the band that holds 90 % of them."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes

from coopgame import (
    MatrixGame,
    UnsupportedError,
    fermi_imitation,
    finite_population,
    integrate,
    network_population,
    replicator,
    simulate_network,
    simulate_population,
    square_lattice,
    wright_fisher,
)
from coopgame.figures import draw_shares_over_time
from coopgame.figures.time_series import apart
from coopgame.networks.simulate import NetworkOptions
from coopgame.networks.simulate_result import NetworkRun

GAME = MatrixGame([[2, -1], [3, 0]], ["C", "D"])


def runs(count: int) -> NetworkRun:
    population = network_population(GAME, fermi_imitation("1/10"), square_lattice(6))
    return simulate_network(
        population, start={"C": 0.5, "D": 0.5}, sweeps=10, seed=1, options=NetworkOptions(runs=count)
    )


def means(ax: Axes) -> dict[str, np.ndarray]:
    gids = {str(line.get_gid()): np.asarray(line.get_xydata()) for line in ax.lines}
    return {gid.removeprefix("mean-"): line for gid, line in gids.items() if gid.startswith("mean-")}


def test_runs_on_a_network() -> None:
    course = runs(21)
    ax = draw_shares_over_time(course, single=2)
    counts = course.counts / 36
    for k, name in enumerate("CD"):
        line = means(ax)[name]
        np.testing.assert_array_equal(line[:, 0], np.arange(11))
        np.testing.assert_allclose(line[:, 1], counts[:, :, k].mean(axis=0))
    (band,) = (own for own in ax.collections if own.get_gid() == "band-C")
    edge = np.asarray(band.get_paths()[0].vertices)
    # of 21 sorted runs the second and the last but one are the quantiles 1/20 and 19/20
    ordered = np.sort(counts[:, :, 0], axis=0)
    for time in range(11):
        here = edge[edge[:, 0] == time, 1]
        assert (here.min(), here.max()) == pytest.approx((ordered[1, time], ordered[19, time]))
    single = [line for line in ax.lines if not str(line.get_gid()).startswith("mean-")]
    assert len(single) == 4
    np.testing.assert_allclose(single[1].get_ydata(), counts[1, :, 0])
    assert [text.get_text() for text in ax.texts] == ["C", "D"]
    assert ax.get_xlabel() == "sweep t"
    assert len({line.get_linestyle() for line in ax.lines if str(line.get_gid()).startswith("mean-")}) == 2


def test_one_run_has_no_band() -> None:
    course = runs(1)
    ax = draw_shares_over_time(course)
    assert not ax.collections
    np.testing.assert_allclose(means(ax)["D"][:, 1], course.shares[0, :, 1])


def test_paths_of_finite_populations() -> None:
    population = finite_population(GAME, fermi_imitation(), 20, mutation="1/100")
    paths = simulate_population(population, {}, start={"C": 10, "D": 10}, steps=200, seed=1, replicates=5, record=11)
    ax = draw_shares_over_time(paths)
    for k, name in enumerate("CD"):
        np.testing.assert_allclose(
            means(ax)[name], np.stack([20 * np.arange(11), paths.counts[:, :, k].mean(axis=0) / 20], -1)
        )
    assert ax.get_xlabel() == "step t"


def test_generations_and_many_strategies(chinese_font: str) -> None:
    game = MatrixGame([[0] * 9] * 9)
    population = finite_population(game, wright_fisher("1/10"), 18, mutation="1/10")
    paths = simulate_population(population, {}, start=[2] * 9, steps=20, seed=1, replicates=2, record=5)
    ax = draw_shares_over_time(paths, language="zh")
    assert ax.get_xlabel() == "世代 t" and ax.get_ylabel() == "比例"
    assert chinese_font in ax.xaxis.label.get_fontfamily()
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == list(game.populations[0].strategies)
    looks = {(line.get_color(), str(line.get_linestyle())) for line in ax.lines}
    assert len(looks) == 9


def test_trajectories_have_their_own_figure() -> None:
    trajectory = integrate(replicator(GAME), {"x": 0.5}, {}, t_end=1)
    with pytest.raises(UnsupportedError, match="draw_time_series"):
        draw_shares_over_time(trajectory)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("heights", "placed"),
    [
        ([1.0, 0.0, 1.0, 0.0], [0.94, 0.0, 1.0, 0.06]),  # two roles that agree: the lower names stay inside
        ([0.2, 0.5, 0.9], [0.2, 0.5, 0.9]),
        ([0.99, 0.98], [1.0, 0.94]),
        ([0.5, 0.5, 0.5], [0.5, 0.56, 0.62]),
    ],
)
def test_names_stand_apart_and_inside(heights: list[float], placed: list[float]) -> None:
    assert apart(heights) == pytest.approx(placed)
    assert all(0 <= height <= 1 for height in apart(heights))
