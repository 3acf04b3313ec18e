"""Fans of noisy paths and stationary densities show the numbers that they are given."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import (
    EnsembleOptions,
    ItoShocks,
    MatrixGame,
    NormalFormGame,
    StateError,
    StratonovichShocks,
    UnsupportedError,
    find_stationary_law,
    simulate_ensemble,
    stochastic_replicator,
)
from coopgame.figures import draw_ensemble, draw_stationary_law

NOISY = stochastic_replicator(MatrixGame([[0, 1], [1, 0]]), ItoShocks("1/2"))
PATHS = simulate_ensemble(NOISY, {"x": 0.1}, t_end=5, rng=1, options=EnsembleOptions(0.05, 200, 51))


def test_a_fan_shows_median_bands_and_paths() -> None:
    ax = draw_ensemble(PATHS, paths=2)
    x = PATHS.coordinate("x")
    drawn = [line.get_ydata() for line in ax.lines]
    assert len(drawn) == 3
    assert np.array_equal(drawn[0], x[0]) and np.array_equal(drawn[1], x[1])
    assert drawn[2] == pytest.approx(np.median(x, axis=0))
    for collection, levels in zip(ax.collections, ([0.05, 0.95], [0.25, 0.75]), strict=True):
        outline = collection.get_paths()[0].vertices
        low, high = np.quantile(x[:, -1], levels)
        at_end = outline[np.isclose(outline[:, 0], 5), 1]
        assert (at_end.min(), at_end.max()) == pytest.approx((low, high))
    legend = ax.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["90 %", "50 %", "single paths", "median"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time t", "share x")


def test_bands_differ_in_grey_and_any_share_can_be_drawn() -> None:
    shades = [float(collection.get_facecolor()[0][0]) for collection in draw_ensemble(PATHS).collections]
    assert shades[0] - shades[1] > 0.1
    game = NormalFormGame([[[2, 0], [0, 1]], [[2, 0], [0, 1]]])
    paths = simulate_ensemble(
        stochastic_replicator(game, ItoShocks(1)),
        {"x": 0.5, "y": 0.2},
        t_end=1,
        rng=1,
        options=EnsembleOptions(0.1, 9),
    )
    assert draw_ensemble(paths, "y").lines[0].get_ydata()[0] == pytest.approx(0.2)
    with pytest.raises(StateError, match="no share 'z'"):
        draw_ensemble(paths, "z")


def test_a_density_stands_over_the_histogram_of_the_same_law() -> None:
    law = find_stationary_law(NOISY)
    paths = simulate_ensemble(NOISY, {"x": 0.5}, t_end=20, rng=1, options=EnsembleOptions(0.1, 2000, 2))
    ax = draw_stationary_law(law, paths)
    shares, density = ax.lines[0].get_data()
    assert density == pytest.approx(law.pdf(shares))
    bars = [(bar.get_x() + bar.get_width() / 2, bar.get_height(), bar.get_width()) for bar in ax.patches]
    assert sum(height * width for _, height, width in bars) == pytest.approx(1)
    middle, heights, _ = np.array(bars).T
    assert np.abs(heights - law.pdf(middle)).max() < 5 * np.sqrt(2.2 / (2000 * 0.025))
    assert ax.lines[1].get_xdata()[0] == law.mean
    assert ax.get_ylim()[1] > law.pdf(0.5)


def test_unbounded_densities_are_cut_and_others_are_not() -> None:
    game = MatrixGame([[0, 1], [1, 0]])
    poles = draw_stationary_law(find_stationary_law(stochastic_replicator(game, StratonovichShocks(3))))
    assert poles.get_ylim()[1] < 10
    near_end = MatrixGame([[0, 1], [1000, 0]])
    law = find_stationary_law(stochastic_replicator(near_end, StratonovichShocks("1/10")))
    assert draw_stationary_law(law).get_ylim()[1] > law.pdf(law.modes[0]) > 100


def test_without_a_law_nothing_is_drawn() -> None:
    law = find_stationary_law(stochastic_replicator(MatrixGame([[1, 0], [0, 1]]), ItoShocks(1)))
    with pytest.raises(UnsupportedError, match="no stationary law to draw: x tends to 0 or to 1"):
        draw_stationary_law(law)


@pytest.mark.usefixtures("chinese_font")
def test_chinese_labels() -> None:
    assert draw_ensemble(PATHS, language="zh").get_xlabel() == "时间 t"
    assert draw_stationary_law(find_stationary_law(NOISY), PATHS, language="zh").get_ylabel() == "密度"
