"""Maps of sweeps and of refined labels: what is drawn is what the data say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection, QuadMesh

from coopgame import ParameterError, UnsupportedError, refine_boundaries
from coopgame.figures import draw_basin_map, draw_sweep_map, new_axes, style

BS, CS = np.linspace(0, 2, 41), np.linspace(0, 1, 31)


def dataset() -> xarray.Dataset:
    b, c = np.meshgrid(BS, CS, indexing="ij")
    codes = np.where(b / 2 > c, 2, 0).astype(np.int16)
    codes[:3, :3] = -1
    number = b * c
    number[4, 5] = np.nan
    told = {
        "labels": ["none stable", "never", "both stable"],
        "labels_zh": ["无", "从不", "都稳定"],
        "long_name": "regime",
    }
    return xarray.Dataset(
        {
            "regime": (("b", "c"), codes, told),
            "welfare": (("b", "c"), number, {"long_name": "welfare", "long_name_zh": "福利", "units": "EUR"}),
            "deep": (("b", "c", "k"), np.zeros((41, 31, 2))),
        },
        {
            "b": ("b", BS, {"long_name": "benefit", "long_name_zh": "收益", "units": "EUR"}),
            "c": ("c", CS),
            "k": ("k", ["u", "v"]),
        },
    )


def mesh(ax: Axes) -> QuadMesh:
    found = [artist for artist in ax.collections if isinstance(artist, QuadMesh)]
    assert len(found) == 1
    return found[0]


def colours_at(ax: Axes, x: float, y: float) -> np.ndarray:
    drawn = mesh(ax)
    corners = drawn.get_coordinates()
    column = int(np.searchsorted(corners[0, :, 0], x)) - 1
    row = int(np.searchsorted(corners[:, 0, 1], y)) - 1
    values = np.ma.asarray(drawn.get_array()).reshape(corners.shape[0] - 1, corners.shape[1] - 1)
    return np.asarray(drawn.to_rgba(values[row, column]))


def test_codes_are_regions_with_their_names() -> None:
    ax = draw_sweep_map(dataset(), "regime", "b", "c")
    assert {text.get_text() for text in ax.texts} == {"none stable", "both stable"}
    place = {text.get_text(): text.get_position() for text in ax.texts}
    for name, (b, c) in place.items():
        assert (name == "both stable") == (b / 2 > c), "each name stands in its own region"
    for b, c, colour in ((1.5, 0.2, style.FILLS[2]), (0.3, 0.9, style.FILLS[0]), (0.04, 0.04, "#FFFFFF")):
        wanted = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        assert colours_at(ax, b, c)[:3] == pytest.approx(wanted, abs=1e-6)
    assert ax.get_xlabel() == "b: benefit (EUR)" and ax.get_ylabel() == "c"
    assert ax.get_xlim() == (0, 2) and ax.get_ylim() == (0, 1)


def test_axes_may_be_turned_and_fall() -> None:
    turned = draw_sweep_map(dataset().isel(b=slice(None, None, -1)), "regime", "c", "b")
    assert turned.get_xlim() == (0, 1)
    both = next(text for text in turned.texts if text.get_text() == "both stable")
    c, b = both.get_position()
    assert b / 2 > c


def test_numbers_are_colours_with_contours_and_a_bar() -> None:
    ax = draw_sweep_map(dataset(), "welfare", "b", "c", new_axes())
    values = np.ma.asarray(mesh(ax).get_array()).reshape(31, 41)
    assert values.mask[5, 4] and values.mask.sum() == 1
    assert values[30, 40] == 2 and values[10, 20] == pytest.approx(BS[20] * CS[10])
    figure = ax.get_figure()
    assert figure is not None and len(figure.axes) == 2
    assert figure.axes[1].get_ylabel() == "welfare (EUR)"
    contours = [artist for artist in ax.collections if hasattr(artist, "levels")]
    assert len(contours) == 1
    for level, path in zip(contours[0].levels, contours[0].get_paths(), strict=True):
        inner = path.vertices[(path.vertices > 0.3).all(axis=1)]
        assert inner.prod(axis=1) == pytest.approx(level, abs=5e-3), "the lines are b c = level"


def test_a_constant_has_no_contours() -> None:
    data = dataset()
    data["welfare"][:] = 1.0
    ax = draw_sweep_map(data, "welfare", "b", "c")
    assert not [artist for artist in ax.collections if hasattr(artist, "levels")]


def test_names_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "chinese_font", lambda: "DejaVu Sans")
    ax = draw_sweep_map(dataset(), "regime", "b", "c", language="zh")
    assert {text.get_text() for text in ax.texts} == {"无", "都稳定"}
    assert ax.get_xlabel() == "b：收益 (EUR)" and ax.get_ylabel() == "c"


@pytest.mark.parametrize(
    ("variable", "x", "y", "error", "text"),
    [
        ("wealth", "b", "c", ParameterError, "no variable 'wealth'"),
        ("regime", "b", "d", ParameterError, "no dimension 'd'"),
        ("deep", "b", "c", UnsupportedError, r"dataset.isel\(k=0\)"),
        ("deep", "b", "k", UnsupportedError, "no numbers"),
        ("regime", "b", "b", UnsupportedError, "two dimensions"),
    ],
)
def test_what_cannot_be_drawn(variable: str, x: str, y: str, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        draw_sweep_map(dataset(), variable, x, y)


def label(x: np.ndarray, y: np.ndarray) -> Any:
    return (y > 0.2 + x / 2).astype(int) + 3


def test_a_refined_map_has_regions_and_a_line() -> None:
    refined = refine_boundaries(label, {"u": (0, 1), "v": (0, 1)}, cells=4, levels=4)
    ax = draw_basin_map(refined, cells=True)
    (line,) = [own for own in ax.lines if own.get_gid() == "boundary-3-4"]
    x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
    assert np.abs(y - 0.2 - x / 2).max() < 1 / 64 and np.ptp(x) > 0.98
    assert [text.get_text() for text in ax.texts] == ["3", "4"]
    colour = colours_at(ax, 0.5, 0.9)
    assert colour[:3] == pytest.approx([int(style.FILLS[4][k : k + 2], 16) / 255 for k in (1, 3, 5)])
    boxes = [own for own in ax.collections if type(own) is PolyCollection]
    assert len(boxes) == 1 and len(boxes[0].get_paths()) == len(refined.codes)
    assert ax.get_xlabel() == "u" and ax.get_ylabel() == "v"
    assert not draw_basin_map(
        refine_boundaries(lambda x, y: np.zeros(len(x), dtype=int), {"u": (0, 1), "v": (0, 1)})
    ).lines
