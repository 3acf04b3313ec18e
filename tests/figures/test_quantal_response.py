"""Branches of quantal response equilibria are drawn as they are: lines, marks at turning points, crosses at the limit."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import MatrixGame, NormalFormGame, Population, QuantalOptions, find_quantal_response
from coopgame.figures import draw_quantal_response

TURNING = NormalFormGame.from_bimatrix(
    [[3, 5, 3], [3, 1, 4]],
    [[4, 3, 0], [1, 1, 5]],
    [
        Population("firm", ("high", "low"), zh="企业", strategies_zh=("高价", "低价")),
        Population("rival", ("enter", "wait", "leave")),
    ],
)


def test_lines_marks_and_limit() -> None:
    branch = find_quantal_response(TURNING)
    axes = draw_quantal_response(branch)
    lines = {line.get_label(): line for line in axes.lines if not str(line.get_label()).startswith("_")}
    assert set(lines) == {"firm: high", "rival: enter", "rival: wait", "rival: leave"}
    np.testing.assert_array_equal(lines["rival: wait"].get_ydata(), branch.probability("wait")[1:])
    np.testing.assert_array_equal(lines["firm: high"].get_xdata(), branch.lambdas[1:])
    marks = [line for line in axes.lines if line.get_marker() == "o"]
    assert [mark.get_xdata()[0] for mark in marks] == [event.lam for event in branch.turning_points]
    np.testing.assert_array_equal(marks[0].get_ydata(), branch.events[0].probabilities[[0, 2, 3, 4]])
    crosses = [line for line in axes.lines if line.get_marker() == "x"]
    assert [float(cross.get_ydata()[0]) for cross in crosses] == [0, 0, 0, 1]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()][-2:] == ["turning point", "Nash equilibrium in the limit"]
    assert axes.get_xscale() == "log" and axes.get_xlabel() == "precision of choice λ"


def test_one_population_without_a_limit() -> None:
    branch = find_quantal_response(MatrixGame([[1, 0], [0, 1]], ["a", "b"]), options=QuantalOptions(largest=5))
    axes = draw_quantal_response(branch)
    assert [line.get_marker() for line in axes.lines] == ["None", "D"]
    legend = axes.get_legend()
    assert legend is not None and [text.get_text() for text in legend.get_texts()] == ["a", "bifurcation"]
    assert axes.get_xlim()[1] == 5


@pytest.mark.usefixtures("chinese_font")
def test_given_axes_and_chinese() -> None:
    from coopgame.figures.style import new_axes

    given = new_axes()
    axes = draw_quantal_response(find_quantal_response(TURNING), given, language="zh")
    assert axes is given and axes.get_ylabel() == "概率" and axes.get_xlabel() == "选择精度 λ"
    legend = axes.get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts[:2] == ["企业: 高价", "rival: enter"] and texts[-2:] == ["折返点", "极限纳什均衡"]
