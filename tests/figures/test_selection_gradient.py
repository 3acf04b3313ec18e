"""Gradients of selection and drift fields show the mean changes of the chain, against formulas written out here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

from coopgame import (
    MatrixGame,
    ParameterError,
    UnsupportedError,
    fermi_imitation,
    find_rest_points,
    find_stationary_distribution,
    finite_population,
    mean_dynamic,
)
from coopgame.figures import draw_drift, draw_selection_gradient
from coopgame.figures.triangle import CORNERS
from coopgame.finite.gradient import selection_gradient

HAWK_DOVE = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"], symbol="x")
STAG_HUNT = MatrixGame([[3, 0], [2, 2]], ["stag", "hare"], symbol="x")
TRIANGLE = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], ["rock", "paper", "scissors"])
PAYOFFS = np.array([[0, -1, 2], [2, 0, -1], [-1, 2, 0]])


def gradient_of(game: Any, size: int, mutation: Any = 0) -> Any:
    return selection_gradient(finite_population(game, fermi_imitation(), size, mutation=mutation))


def line(ax: Axes, gid: str) -> np.ndarray:
    (found,) = (own for own in ax.lines if own.get_gid() == gid)
    return np.asarray(found.get_xydata(), dtype=float)


def roots(ax: Axes) -> list[tuple[float, str]]:
    lines = [own for own in ax.lines if str(own.get_gid()).startswith("root-")]
    return [(float(own.get_xdata()[0]), str(own.get_markerfacecolor())) for own in lines]


def words(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def pairwise_comparison(size: int, k: int) -> float:
    """Return k/N (N-k)/N tanh((f_hawk - f_dove)/2) with payoffs over the other members; the partner is one of all others."""
    hawk = (-(k - 1) + 2 * (size - k)) / (size - 1)
    dove = (size - k - 1) / (size - 1)
    return k / size * (size - k) / (size - 1) * math.tanh((hawk - dove) / 2)


def test_lines_are_the_gradients_of_each_size_with_their_roots() -> None:
    sizes = (6, 20, 100)
    ax = draw_selection_gradient(
        [gradient_of(HAWK_DOVE, n) for n in sizes], limit=mean_dynamic(HAWK_DOVE, fermi_imitation())
    )
    for k, size in enumerate(sizes):
        drawn = line(ax, f"gradient-{k}")
        np.testing.assert_allclose(drawn[:, 0], np.arange(size + 1) / size)
        by_hand = [0.0, *(pairwise_comparison(size, n) for n in range(1, size)), 0.0]
        np.testing.assert_allclose(drawn[:, 1], by_hand, atol=1e-12)
    # hawks and doves earn the same where 2(N - k) - (k - 1) = N - k - 1, at k = N/2 + 1
    places = [(n / 2 + 1) / n for n in sizes]
    assert [place for place, _ in roots(ax)] == pytest.approx(places)
    assert all(face != "white" for _, face in roots(ax))
    limit = line(ax, "limit")
    np.testing.assert_allclose(
        limit[:, 1], limit[:, 0] * (1 - limit[:, 0]) * np.tanh((1 - 2 * limit[:, 0]) / 2), atol=1e-12
    )
    assert words(ax) == ["N = 6", "N = 20", "N = 100", "infinite population", "attracting"]
    looks = [
        (own.get_color(), str(own.get_linestyle())) for own in ax.lines if str(own.get_gid()).startswith("gradient")
    ]
    assert len({colour for colour, _ in looks}) == len({style for _, style in looks}) == 3


def test_a_root_that_is_left_is_open() -> None:
    ax = draw_selection_gradient(gradient_of(STAG_HUNT, 13))
    # 3(k - 1) = 2 * 12 at k = 9
    assert roots(ax) == [(pytest.approx(9 / 13), "white")]
    assert words(ax) == ["N = 13", "repelling"]
    assert ax.get_xlabel() == "share of stag, x" and ax.get_ylabel() == "gradient of selection"


def test_parameters_that_differ_are_named_and_own_labels_go_first() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", 0]], ["C", "D"], parameters={"b": 3, "c": 1})
    population = finite_population(game, fermi_imitation(), 10)
    two = [selection_gradient(population, {"c": c}) for c in (1, "5/2")]
    assert words(draw_selection_gradient(two)) == ["N = 10, c = 1", "N = 10, c = 2.5"]
    assert words(draw_selection_gradient(two, labels=["low", "high"])) == ["low", "high"]


def test_arrows_are_the_mean_changes_of_the_states_they_begin_at() -> None:
    size = 12
    ax = draw_drift(gradient_of(TRIANGLE, size), arrows=6, rest_points=find_rest_points(TRIANGLE, {}))
    (quiver,) = (own for own in ax.collections if own.get_gid() == "drift")
    places, moves = np.asarray(quiver.get_offsets()), np.stack([quiver.U, quiver.V], axis=-1)
    assert len(places) == 28  # every second state along the sides
    lengths, expected = np.hypot(*moves.T), []
    for place, move in zip(places, moves, strict=True):
        shares = np.linalg.solve(np.vstack([CORNERS.T, np.ones(3)]), [*place, 1])
        counts = np.round(size * shares)
        payoffs = (PAYOFFS @ counts - np.diag(PAYOFFS)) / (size - 1)
        change = np.zeros(3)
        for i in range(3):
            for j in range(3):
                chance = counts[i] / size * counts[j] / (size - 1) / (1 + math.exp(payoffs[i] - payoffs[j]))
                change += chance * (np.eye(3)[j] - np.eye(3)[i])
        wanted = change @ CORNERS
        assert np.cross([*move, 0], [*wanted, 0])[2] == pytest.approx(0, abs=1e-12) and move @ wanted >= 0
        expected.append(np.hypot(*wanted))
    np.testing.assert_allclose(lengths / lengths.max(), np.sqrt(np.array(expected) / max(expected)), atol=1e-9)
    assert lengths.max() == pytest.approx(0.9 * 2 / size)
    assert f"at most {max(expected):.2g}" in ax.texts[-1].get_text()
    marks = {str(own.get_gid()) for own in ax.lines if str(own.get_gid()).startswith("rest-point-")}
    assert marks == {"rest-point-sink", "rest-point-saddle"}


def test_the_stationary_distribution_lies_below_the_arrows() -> None:
    population = finite_population(TRIANGLE, fermi_imitation(), 10, mutation="1/10")
    law = find_stationary_distribution(population)
    ax = draw_drift(selection_gradient(population), law)
    (cells,) = (own for own in ax.collections if own.get_gid() == "states")
    (quiver,) = (own for own in ax.collections if own.get_gid() == "drift")
    np.testing.assert_allclose(cells.get_array(), law.probabilities)
    assert cells.get_zorder() < quiver.get_zorder()
    with pytest.raises(ParameterError, match="another population"):
        draw_drift(gradient_of(TRIANGLE, 10), law)


def test_a_drift_that_is_zero_everywhere_has_arrows_without_length() -> None:
    ax = draw_drift(gradient_of(MatrixGame([[0] * 3] * 3), 6))
    (quiver,) = (own for own in ax.collections if own.get_gid() == "drift")
    np.testing.assert_allclose(np.hypot(quiver.U, quiver.V), 0, atol=1e-12)
    flat = draw_selection_gradient(gradient_of(MatrixGame([[1, 1], [1, 1]]), 6))
    np.testing.assert_allclose(line(flat, "gradient-0")[:, 1], 0, atol=1e-15)
    assert not roots(flat)


def test_what_cannot_be_drawn_is_refused() -> None:
    two, three = gradient_of(HAWK_DOVE, 5), gradient_of(TRIANGLE, 5)
    with pytest.raises(UnsupportedError, match="see draw_drift"):
        draw_selection_gradient(three)
    with pytest.raises(UnsupportedError, match="see draw_selection_gradient"):
        draw_drift(two)
    with pytest.raises(ParameterError, match="different strategies"):
        draw_selection_gradient([two, gradient_of(STAG_HUNT, 5)])
    with pytest.raises(ParameterError, match="2 labels are given for 1"):
        draw_selection_gradient(two, labels=["a", "b"])
    with pytest.raises(ParameterError, match="no gradient"):
        draw_selection_gradient([])
    with pytest.raises(ParameterError, match="another game"):
        draw_selection_gradient(two, limit=mean_dynamic(STAG_HUNT, fermi_imitation()))
    with pytest.raises(ParameterError, match="arrows = 0"):
        draw_drift(three, arrows=0)


def test_chinese_labels(chinese_font: str) -> None:
    ax = draw_selection_gradient(gradient_of(HAWK_DOVE, 6), language="zh")
    assert ax.get_ylabel() == "选择梯度" and words(ax) == ["N = 6", "吸引"]
    assert chinese_font in ax.yaxis.label.get_fontfamily()
