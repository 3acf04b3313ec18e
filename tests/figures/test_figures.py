"""Figures draw the results they are given: the same numbers, told apart without colour, the same bytes every time."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from coopgame import (
    FontWarning,
    Game,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    PopulationGame,
    UnsupportedError,
    find_best_replies,
    find_branch,
    find_regimes,
    find_rest_points,
    finite_population,
    integrate,
    logit,
    mean_dynamic,
    moran,
    nash_equilibria,
    parse_game,
    replicator,
)
from coopgame.analysis.separatrices import find_separatrices
from coopgame.figures import (
    draw_best_replies,
    draw_branch,
    draw_cube,
    draw_drift,
    draw_invasions,
    draw_parameter_overlay,
    draw_phase_line,
    draw_phase_portrait,
    draw_policy_path,
    draw_quantal_response,
    draw_ramp,
    draw_regime_map,
    draw_selection_gradient,
    draw_simplex,
    draw_stationary,
    draw_time_series,
    draw_tornado,
    save_figure,
    style,
)

HAWK_DOVE = """
format = "coopgame-game/1"
name = "Hawk and dove"
[parameters]
V = { value = 1, assume = "> 0", meaning = "value of the prize", zh = "资源价值" }
C = { value = 2, assume = "> 0", meaning = "cost of a fight", zh = "冲突成本" }
[[populations]]
name = "animals"
zh = "个体"
symbol = "x"
strategies = ["hawk", "dove"]
[payoffs]
kind = "matrix"
rows = [["(V - C)/2", "V"], ["0", "V/2"]]
"""


BOXES = "Last Resort High-Efficiency"  # comes with matplotlib


def hawk_dove() -> Game:
    return parse_game(HAWK_DOVE)


def coordination() -> Game:
    """Both want to match; the mixed point is at (1/3, 1/4)."""
    return NormalFormGame([[[3, 0], [0, 1]], [[2, 0], [0, 1]]])


def three() -> Game:
    def pay(own: int, others: tuple[int, int]) -> int:
        return 2 if own == others[0] == others[1] else 0

    arrays = np.zeros((3, 2, 2, 2), dtype=int)
    for profile in product((0, 1), repeat=3):
        for player in range(3):
            rest = tuple(profile[i] for i in range(3) if i != player)
            arrays[(player, *profile)] = pay(profile[player], rest)
    return NormalFormGame(arrays.tolist())


def marks(ax: Axes) -> dict[tuple[float, float], str]:
    """Return the rest points drawn: place -> kind."""
    found = {}
    for line in ax.lines:
        if (line.get_gid() or "").startswith("rest-point-"):
            x, y = (float(v[0]) for v in line.get_data())
            found[round(x, 6), round(y, 6)] = line.get_gid().removeprefix("rest-point-")
    return found


def test_the_phase_line_is_the_field_and_its_rest_points() -> None:
    game = hawk_dove()
    ax = draw_phase_line(replicator(game), find_rest_points(game, game.values()))
    curve = max(ax.lines, key=lambda line: len(line.get_xdata()))
    x, rate = (np.asarray(v, dtype=float) for v in curve.get_data())
    np.testing.assert_allclose(rate, x * (1 - x) * (0.5 - x), atol=1e-14)
    assert marks(ax) == {(0, 0): "source", (1, 0): "source", (0.5, 0): "sink"}


def test_the_portrait_marks_points_nullclines_and_the_separatrix() -> None:
    game = coordination()
    dynamics, points = replicator(game), find_rest_points(game, {})
    curves = find_separatrices(dynamics, {})
    ax = draw_phase_portrait(dynamics, points, {}, separatrices=curves)
    # x is indifferent where 3y = 1 - y, y where 2x = 1 - x
    assert marks(ax) == {
        (0, 0): "sink",
        (1, 1): "sink",
        (0, 1): "source",
        (1, 0): "source",
        (round(1 / 3, 6), 0.25): "saddle",
    }
    texts = {text.get_text() for text in ax.get_legend().get_texts()}
    assert {"sink", "saddle", "source", "separatrix"} <= texts
    drawn = [line for line in ax.lines if line.get_gid() == "separatrix"]
    nearest = min(np.hypot(*(np.asarray(line.get_xydata()) - (1 / 3, 1 / 4)).T).min() for line in drawn)
    assert nearest < 1e-3
    # the saddle's stable branch parts the basins: a start on either side ends at another vertex
    for branch in curves:
        middle = branch[len(branch) // 2]
        ends = {
            integrate(dynamics, {"x": middle[0] + s * 0.02, "y": middle[1] + s * 0.02}, {}).outcome.label
            for s in (-1, 1)
        }
        assert len(ends) == 2


def test_the_time_series_and_the_overlay_show_the_trajectories() -> None:
    game = hawk_dove()
    dynamics = replicator(game)
    paths = [integrate(dynamics, {"x": 0.1}, {"C": c}, t_end=30) for c in (1.5, 2, 3, 4, 5)]
    ax = draw_time_series(paths[0])
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), paths[0].coordinate("x"))
    assert ax.get_xlabel() == "time t"
    (panel,) = draw_parameter_overlay(paths, "C")
    assert [text.get_text() for text in panel.get_legend().get_texts()] == [f"C = {c:g}" for c in (1.5, 2, 3, 4, 5)]
    for line, path in zip(panel.lines, paths, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), path.coordinate("x"))
    assert len({(line.get_linestyle(), line.get_marker()) for line in panel.lines}) == 5


def test_the_cube_shows_every_path_and_labels_every_vertex() -> None:
    game = three()
    starts = [dict(zip("xyz", start, strict=True)) for start in product((0.3, 0.8), repeat=3)]
    paths = [integrate(replicator(game), start, {}) for start in starts]
    points = find_rest_points(game, {})
    ax = draw_cube(paths, points)
    labels = {text.get_text() for text in ax.texts}
    assert {point.label for point in points} <= labels
    ends = {path.outcome.label for path in paths}
    legend = {text.get_text() for text in ax.get_legend().get_texts()}
    assert {f"to {end}" for end in ends} <= legend and len(ends) == 2
    styles = {}
    for line, path in zip([line for line in ax.lines if len(line.get_data_3d()[0]) > 10], paths, strict=True):  # type: ignore[attr-defined]
        styles.setdefault(path.outcome.label, set()).add((line.get_color(), str(line.get_linestyle())))
    assert all(len(style) == 1 for style in styles.values())
    assert len(set.union(*styles.values())) == 2


def test_the_regime_map_colours_what_holds() -> None:
    game = hawk_dove()
    regimes = find_regimes(game)
    ax = draw_regime_map(
        regimes, ("V", 0.1, 2), ("C", 0.1, 2), {}, names={r.name: "+".join(r.stable) for r in regimes}
    )
    shown = {text.get_text() for text in ax.texts}
    # hawks alone are stable when V > C, the mixed state when V < C
    by_hand = {"+".join(regimes.at({"V": 2, "C": 1}).stable), "+".join(regimes.at({"V": 1, "C": 2}).stable)}
    assert shown == by_hand and len(shown) == 2
    for text in ax.texts:
        v, c = text.get_position()
        assert text.get_text() == "+".join(regimes.at({"V": Fraction(v), "C": Fraction(c)}).stable)
    assert ax.get_xlabel() == "V: value of the prize"
    # the boundary is V = C, which the grid meets in floats, and not a staircase beside it
    lines = [each for each in ax.collections if np.size(each.get_linewidths()) and not np.size(each.get_facecolor())]
    inside = [path.vertices for each in lines for path in each.get_paths() if len(path.vertices)]
    assert len(inside) == 2
    for vertices in inside:
        assert np.abs(vertices[:, 0] - vertices[:, 1]).max() < 1e-12 and np.ptp(vertices[:, 0]) > 1.8


def test_the_policy_path_uses_the_fills_of_the_map() -> None:
    game = hawk_dove()
    path = np.array([0.5, 1.0, 1.5, 1.9, 2.1, 3.0, 3.5])
    points = [find_rest_points(game, game.values({"V": v})) for v in path]
    names = ["mixed" if v < 2 else "hawks" for v in path]
    order = ["hawks", "mixed"]
    _, middle, band = draw_policy_path("V", path, points, names, {"index": path}, thresholds=[2.0], order=order)
    strips = [patch for patch in band.patches if patch.get_width() > 0]  # type: ignore[attr-defined]
    assert [to_rgb(strip.get_facecolor()) for strip in strips] == [to_rgb(style.fill_of(i)[0]) for i in (1, 0)]
    solid = [line for line in middle.lines if line.get_linewidth() > 1.5 and len(line.get_xdata()) > 1]
    heights = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in solid])
    np.testing.assert_allclose(sorted(heights), sorted(min(v / 2, 1) for v in path))


def test_figures_tell_apart_without_colour() -> None:
    weights = np.array([0.2126, 0.7152, 0.0722])
    light = [float(np.array(to_rgb(colour)) @ weights) for colour in style.COLOURS]
    assert all(abs(a - b) > 0.1 for a, b in pairwise(light[:5]))
    assert len({style.fill_of(i) for i in range(40)}) == 40
    assert all(style.fill_of(i)[1] != style.fill_of(i + 1)[1] for i in range(40))


@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_the_same_figure_gives_the_same_bytes(ending: str, tmp_path: Path) -> None:
    game = coordination()

    def draw(folder: str) -> bytes:
        (tmp_path / folder).mkdir()
        ax = draw_phase_portrait(replicator(game), find_rest_points(game, {}), {})
        (file,) = save_figure(ax.figure, tmp_path / folder / "portrait", (ending,))  # type: ignore[arg-type]
        return file.read_bytes()

    first = draw("first")
    assert first == draw("second")
    assert b"CreationDate" not in first and b"<dc:date>" not in first and str(tmp_path).encode() not in first


def test_what_a_figure_is_saved_from_and_as(tmp_path: Path) -> None:
    ax = Figure().add_subplot()
    with pytest.raises(ParameterError, match=r"Axes is no figure; give that of the axes, ax\.figure"):
        save_figure(ax, tmp_path / "picture")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=r"without an ending: .*picture', \['png'\]\)"):
        save_figure(ax.figure, tmp_path / "picture.png")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="there is no folder"):
        save_figure(ax.figure, tmp_path / "nowhere" / "picture")  # type: ignore[arg-type]
    assert [file.name for file in save_figure(ax.figure, tmp_path / "b_is_1.5", ["png"])] == ["b_is_1.5.png"]  # type: ignore[arg-type]


def test_a_figure_goes_into_given_axes_and_leaves_settings_alone() -> None:

    game = hawk_dove()
    before = dict(mpl.rcParams)
    ax = Figure().add_subplot()
    assert draw_phase_line(replicator(game), find_rest_points(game, game.values()), None, ax) is ax
    assert dict(mpl.rcParams) == before


def test_axes_that_are_given_get_chinese_names_too(chinese_font: str) -> None:
    game = hawk_dove()
    ax = draw_time_series(
        integrate(replicator(game), {"x": 0.3}, game.values(), t_end=5), Figure().add_subplot(), language="zh"
    )
    assert ax.get_xlabel() == "时间 t"
    assert chinese_font in ax.xaxis.label.get_fontfamily()


def test_a_font_of_last_resort_is_no_chinese_font() -> None:
    """It has the same box for all characters."""
    if BOXES not in {entry.name for entry in font_manager.fontManager.ttflist}:
        pytest.skip("this matplotlib comes without one")
    path = font_manager.findfont(font_manager.FontProperties(family=[BOXES]), fallback_to_default=False)
    assert not style._has_glyphs(path, "复制动态")
    assert style._has_glyphs(font_manager.findfont("DejaVu Sans"), "abcé")


def test_without_a_chinese_font_labels_are_english_with_one_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "chinese_font", lambda: None)
    style._warn_about_font.cache_clear()
    game = hawk_dove()
    regimes = find_regimes(game)

    def draw() -> str:
        return draw_regime_map(regimes, ("V", 0.1, 2), ("C", 0.1, 2), {}, language="zh").get_xlabel()

    with pytest.warns(FontWarning, match="Noto Sans CJK") as caught:
        assert draw() == "V: value of the prize"
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw() == "V: value of the prize"


def test_drawing_needs_no_pyplot_and_opens_no_window() -> None:
    program = (
        "import sys; from coopgame import MatrixGame, find_rest_points, replicator\n"
        "from coopgame.figures import draw_phase_line\n"
        "game = MatrixGame([[1, 0], [0, 1]])\n"
        "draw_phase_line(replicator(game), find_rest_points(game, {}), {})\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("payoffs", [[[1, 1], [1, 1]], [[0, 0], [0, 0]]])
def test_a_field_that_is_zero_everywhere_can_be_drawn(payoffs: list[list[int]]) -> None:
    game = MatrixGame(payoffs)
    ax = draw_phase_line(replicator(game), find_rest_points(game, {}), {})
    low, high = ax.get_ylim()
    assert low < 0 < high


DRAWERS: list[Callable[[], object]] = [
    lambda: draw_phase_portrait(replicator(hawk_dove()), find_rest_points(hawk_dove(), {}), {}),
    lambda: draw_phase_line(replicator(coordination()), find_rest_points(coordination(), {}), {}),
    lambda: draw_cube([integrate(replicator(hawk_dove()), {"x": 0.2}, {})]),
]


@pytest.mark.parametrize("draw", DRAWERS)
def test_a_game_of_another_shape_is_refused(draw: Callable[[], object]) -> None:
    from coopgame import UnsupportedError

    with pytest.raises(UnsupportedError, match=r"populations? with two strategies"):
        draw()


def test_a_ramp_shows_both_ways_and_the_branches() -> None:
    game = PopulationGame.from_advantages({"x": "u - 1/2 + x/2"}, parameters={"u": 0})
    branches = [(u, find_rest_points(game, {"u": u})) for u in (0.2, 0.25, 0.3, 0.35)]
    up, down = np.array([0.0, 0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 1.0])
    axes = draw_ramp(branches, up, down, "x", "u")
    marks = {line.get_marker(): line.get_ydata() for line in axes.get_lines() if line.get_marker() in ("^", "v")}
    assert list(marks["^"]) == list(up) and list(marks["v"]) == list(down)
    grey = [line for line in axes.get_lines() if line.get_color() == "#8A8A8A"]
    assert {line.get_linestyle() for line in grey} == {"-", "--"}
    middle = [line for line in grey if 0 < line.get_ydata()[0] < 1]
    assert [list(line.get_ydata()) for line in middle] == [pytest.approx([0.6, 0.5, 0.4, 0.3], abs=1e-9)]


def test_a_branch_is_solid_where_stable_and_marked_at_its_folds() -> None:
    game = MatrixGame([[2, 0], [0, 1]], symbol="x", parameters={"eta": "1/5"})
    branch = find_branch(mean_dynamic(game, logit("eta")), {"x": 0.01}, "eta", to=2)
    axes = draw_branch(branch, "x")
    (mark,) = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert mark.get_xdata()[0] == branch.folds[0].value
    drawn = {line.get_linestyle(): line.get_ydata() for line in axes.get_lines() if line.get_marker() != "o"}
    assert set(drawn) == {"-", "--"}
    assert max(drawn["-"]) <= branch.folds[0].state[0] + 0.01 and min(drawn["--"]) >= branch.folds[0].state[0] - 0.01


def test_a_simplex_puts_strategies_at_its_corners() -> None:
    game = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], strategies=["rock", "paper", "scissors"])
    path = integrate(game, [0.8, 0.1, 0.1], t_end=20)
    axes = draw_simplex(replicator(game), find_rest_points(game), trajectories=[path])
    texts = {text.get_text(): text.get_position() for text in axes.texts}
    assert texts["rock"][0] < 0.1 and texts["paper"][0] > 0.9 and texts["scissors"][1] > 0.8
    sinks = [line for line in axes.get_lines() if line.get_gid() == "rest-point-sink"]
    assert [float(v) for v in (*sinks[0].get_xdata(), *sinks[0].get_ydata())] == pytest.approx([0.5, 3**0.5 / 6])
    drawn = max(axes.get_lines(), key=lambda line: len(line.get_xdata()))
    assert float(drawn.get_xdata()[0]) == pytest.approx(0.1 + 0.05)
    with pytest.raises(UnsupportedError, match="this game has 2: draw shares over time"):
        two = MatrixGame([[0, 1], [1, 0]])
        draw_simplex(replicator(two), find_rest_points(two))


def test_a_tornado_shows_both_ends_of_every_row() -> None:
    axes = draw_tornado([("a", 0.2, 0.6), ("b", 0.45, 0.35)], 0.4, ("result", "结果"), changes=("less", "more"))
    ends = sorted(round(bar.get_x() + bar.get_width(), 9) for bar in axes.patches)
    assert ends == [0.2, 0.35, 0.45, 0.6]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    assert axes.get_yticks()[0] > axes.get_yticks()[1]


def test_best_replies_meet_at_the_equilibria_that_are_drawn() -> None:
    game = NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    ax = draw_best_replies(find_best_replies(game), nash_equilibria(game))
    marks = {
        tuple(line.get_xydata()[0]): line.get_markerfacecolor()
        for line in ax.lines
        if line.get_gid() == "equilibrium"
    }
    assert marks == {(1.0, 1.0): "black", (0.0, 0.0): "black", (2 / 3, 1 / 3): "white"}
    curves = [line.get_xydata() for line in ax.lines if str(line.get_gid()).startswith("best-reply")]
    assert len(curves) == 2 and all(ax.get_xlim() == (0, 1) for _ in curves)
    np.testing.assert_allclose(curves[0], [(0, 0), (0, 1 / 3), (1, 1 / 3), (1, 1)])
    np.testing.assert_allclose(curves[1], [(0, 0), (2 / 3, 0), (2 / 3, 1), (1, 1)])
    with pytest.raises(UnsupportedError, match="3 x 3"):
        draw_best_replies(
            find_best_replies(game), nash_equilibria(NormalFormGame.from_bimatrix(*[np.eye(3).tolist()] * 2))
        )


def test_a_player_to_whom_nothing_matters_has_the_whole_square() -> None:
    game = NormalFormGame.from_bimatrix([[1, 1], [1, 1]], [[1, 0], [0, 1]])
    ax = draw_best_replies(find_best_replies(game))
    assert [patch.get_hatch() for patch in ax.patches] == ["//"]
    assert [line.get_gid() for line in ax.lines] == ["best-reply-2"]


@pytest.mark.parametrize(
    ("draw", "maker"),
    [
        (draw_drift, "selection_gradient"),
        (draw_invasions, "find_small_mutation_law"),
        (draw_quantal_response, "find_quantal_response"),
        (draw_selection_gradient, "selection_gradient"),
        (draw_stationary, "find_stationary_distribution"),
        (draw_time_series, "integrate"),
    ],
)
def test_what_is_no_result_is_refused(draw: Callable[[Any], Axes], maker: str) -> None:
    """A population or a game in place of its result is the mistake that is made."""
    population = finite_population(coordination(), moran(), 10)
    for wrong in (population, coordination(), None):
        with pytest.raises(UnsupportedError, match=rf"{type(wrong).__name__} is not .*; give what {maker}\("):
            draw(wrong)
