"""Stationary distributions as bars, on the triangle and on the square: each state where its shares are, with its probability."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from coopgame import (
    MatrixGame,
    NormalFormGame,
    ParameterError,
    StateError,
    UnsupportedError,
    fermi_imitation,
    find_rest_points,
    find_small_mutation_law,
    find_stationary_distribution,
    finite_population,
)
from coopgame.figures import draw_stationary
from coopgame.figures.triangle import CORNERS

HAWK_DOVE = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"], symbol="x")
TRIANGLE = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], ["rock", "paper", "scissors"])
MATCHING = NormalFormGame.from_bimatrix(
    [[3, 0], [0, 1]], [[2, 0], [0, 1]], {"platform": ["open", "own"], "firms": ["open", "own"]}
)


def law_of(game: Any, size: Any, mutation: str = "1/20") -> Any:
    return find_stationary_distribution(finite_population(game, fermi_imitation(), size, mutation=mutation))


def drawn(ax: Axes, gid: str) -> Any:
    (found,) = (own for own in [*ax.collections, *ax.patches] if own.get_gid() == gid)
    return found


def marks(ax: Axes) -> dict[tuple[float, float], str]:
    lines = [line for line in ax.lines if str(line.get_gid()).startswith("rest-point-")]
    return {
        (round(float(line.get_xdata()[0]), 9), round(float(line.get_ydata()[0]), 9)): str(line.get_gid())[11:]
        for line in lines
    }


def test_bars_are_probabilities_by_the_number_of_the_first_strategy() -> None:
    law = law_of(HAWK_DOVE, 20)
    ax = draw_stationary(law, rest_points=find_rest_points(HAWK_DOVE, {}))
    bars = drawn(ax, "bars").get_data()
    np.testing.assert_allclose(bars.values, [law.at({"hawk": k, "dove": 20 - k}) for k in range(21)])
    np.testing.assert_allclose((bars.edges[1:] + bars.edges[:-1]) / 2, np.arange(21))
    # half of the members are hawks where both earn the same
    assert marks(ax) == {(0, 0): "source", (10, 0): "sink", (20, 0): "source"}
    assert ax.get_xlabel() == "members with hawk" and ax.get_ylabel() == "probability"
    assert ax.get_ylim()[0] == 0 and ax.get_ylim()[1] > bars.values.max()
    assert all(tick == round(tick) for tick in ax.get_xticks())


def test_logarithmic_bars_show_what_is_hardly_ever_met() -> None:
    law = law_of(HAWK_DOVE, 300, "1/1000")
    ax = draw_stationary(law, logarithmic=True)
    bars = drawn(ax, "bars").get_data()
    np.testing.assert_allclose(10**bars.values, [law.at({"hawk": k, "dove": 300 - k}) for k in range(301)], rtol=1e-9)
    assert np.ptp(bars.values) > 10
    assert ax.get_ylim()[0] <= bars.values.min() and bars.baseline == ax.get_ylim()[0]


def test_the_triangle_has_one_cell_for_each_state() -> None:
    law = law_of(TRIANGLE, 12)
    ax = draw_stationary(law, rest_points=find_rest_points(TRIANGLE, {}))
    cells = drawn(ax, "states")
    middles = [np.asarray(path.vertices)[:6].mean(axis=0) for path in cells.get_paths()]
    assert len(middles) == 91
    np.testing.assert_allclose(cells.get_array(), law.probabilities)
    for middle, value in zip(middles, cells.get_array(), strict=True):
        # barycentric coordinates by linear equations: shares sum to 1 and put the state here
        shares = np.linalg.solve(
            np.vstack([np.array([(0, 0), (1, 0), (0.5, np.sqrt(3) / 2)]).T, np.ones(3)]), [*middle, 1]
        )
        counts = np.round(12 * shares).astype(int)
        np.testing.assert_allclose(12 * shares, counts, atol=1e-9)
        assert value == pytest.approx(law.at(counts.tolist()))
    # cells of neighbouring states touch
    first, second = (np.asarray(cells.get_paths()[k].vertices)[:6] for k in (0, 1))
    assert sum(np.hypot(*(a - b)) < 1e-9 for a in first for b in second) == 2
    assert {text.get_text() for text in ax.texts} == {"rock", "paper", "scissors"}
    assert marks(ax)[0.5, round(np.sqrt(3) / 6, 9)] == "sink"


def test_the_cells_of_the_smallest_population_are_inside_the_picture_and_names_outside_of_them() -> None:
    ax = draw_stationary(law_of(TRIANGLE, 2))
    vertices = np.concatenate([np.asarray(path.vertices) for path in drawn(ax, "states").get_paths()])
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    assert left < vertices[:, 0].min() and vertices[:, 0].max() < right
    assert low < vertices[:, 1].min() and vertices[:, 1].max() < high
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert heights["scissors"] > vertices[:, 1].max() and heights["rock"] < vertices[:, 1].min()


def test_two_populations_give_a_square() -> None:
    law = law_of(MATCHING, {"platform": 4, "firms": 6})
    ax = draw_stationary(law, rest_points=find_rest_points(MATCHING, {}))
    mesh = drawn(ax, "states")
    picture = np.asarray(mesh.get_array()).reshape(7, 5)
    for i in range(5):
        for j in range(7):
            assert picture[j, i] == pytest.approx(law.at([i, 4 - i, j, 6 - j]))
    corners = np.asarray(mesh.get_coordinates())
    np.testing.assert_allclose(corners[0, :, 0], np.arange(6) - 0.5)
    np.testing.assert_allclose(corners[:, 0, 1], np.arange(8) - 0.5)
    # the mixed point has 1/4 of the firms open, where platforms are indifferent, and 1/3 of the platforms
    assert marks(ax) == {
        (0, 0): "sink",
        (4, 6): "sink",
        (0, 6): "source",
        (4, 0): "source",
        (round(4 / 3, 9), 1.5): "saddle",
    }
    assert ax.get_xlabel() == "platform: members with open" and ax.get_ylabel() == "firms: members with open"


def test_states_that_are_left_for_ever_are_white_in_logarithms() -> None:
    law = law_of(MATCHING, {"platform": 3, "firms": 3})
    logs = np.array(law.log_probabilities)
    logs[5] = -np.inf
    mesh = drawn(draw_stationary(replace(law, log_probabilities=logs), logarithmic=True), "states")
    assert np.ma.count_masked(mesh.get_array()) == 1


def test_rare_mutants_have_a_bar_for_each_state() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", 0]], ["C", "D"], parameters={"b": 3, "c": 1})
    law = find_small_mutation_law(finite_population(game, fermi_imitation("1/10"), 20), {"c": [0, 1]})
    ax = draw_stationary(law, point=1)
    bars = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert [bar.get_height() for bar in bars] == pytest.approx(law.law[1])
    assert [text.get_text() for text in ax.get_xticklabels()] == ["C", "D"]
    assert [text.get_text() for text in ax.texts] == [f"{share:.3f}" for share in law.law[1]]
    with pytest.raises(StateError, match="which of the 2 points"):
        draw_stationary(law)


def test_tiny_shares_of_time_are_written_with_their_exponent() -> None:
    law = find_small_mutation_law(
        finite_population(MatrixGame([[9, 9], [0, 0]], ["a", "b"]), fermi_imitation(10), 100)
    )
    ax = draw_stationary(law, logarithmic=True)
    tops = [bar.get_y() + bar.get_height() for bar in ax.patches if isinstance(bar, Rectangle)]
    # fixation against selection over fixation with it: exp(-10 * 9 * 99)
    exponent = -10 * 9 * 99 / np.log(10)
    assert tops == pytest.approx([0, exponent])
    digits, power = ax.texts[1].get_text().split("e")
    assert np.log10(float(digits)) + int(power) == pytest.approx(exponent, abs=0.02)
    assert ax.texts[0].get_text() == "1.000"


def test_what_cannot_be_drawn_is_refused() -> None:
    law = law_of(HAWK_DOVE, 5)
    with pytest.raises(UnsupportedError, match="this game has 4"):
        draw_stationary(law_of(MatrixGame([[0] * 4] * 4), 4))
    with pytest.raises(ParameterError, match="another game"):
        draw_stationary(law, rest_points=find_rest_points(TRIANGLE, {}))
    with pytest.raises(StateError, match="no points"):
        draw_stationary(law, point=0)
    rare = find_small_mutation_law(finite_population(HAWK_DOVE, fermi_imitation(), 5))
    with pytest.raises(ParameterError, match="leave rest_points out"):
        draw_stationary(rare, rest_points=find_rest_points(HAWK_DOVE, {}))


def test_chinese_labels(chinese_font: str) -> None:
    ax = draw_stationary(law_of(HAWK_DOVE, 5), language="zh")
    assert ax.get_xlabel() == "采用 hawk 的个体数" and ax.get_ylabel() == "概率"
    assert chinese_font in ax.xaxis.label.get_fontfamily()


def test_the_corners_of_the_triangle_are_equally_far_apart() -> None:
    assert [np.hypot(*(CORNERS[i] - CORNERS[i - 1])) for i in range(3)] == pytest.approx([1, 1, 1])
