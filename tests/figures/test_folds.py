"""Maps of counts and fold curves show the numbers that they are given."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import UnsupportedError, count_mixed_points, find_fold_curve, threshold_public_good
from coopgame.figures import draw_count_map, draw_fold_curves

GAME = threshold_public_good(5, 3, fee_shared=False)
VALUES = {"b": 1, "f0": "0.1"}
FEE, COST = np.linspace(0, 1, 81)[None, :], np.linspace(0.05, 4, 61)[:, None]


def test_each_region_of_the_map_is_there_and_named() -> None:
    counts = count_mixed_points(GAME, {**VALUES, "fee": FEE, "K": COST})
    names = {(0, 0, True, False): "none", (1, 0, True, True): "none or all"}
    ax = draw_count_map(counts, ("fee", "K"), names=names)
    shown = {text.get_text() for text in ax.texts}
    legend = ax.get_legend()
    shown |= {text.get_text() for text in legend.get_texts()} if legend else set()
    assert {"none", "none or all", "2 mixed, 1 stable", "3 mixed, 1 stable"} == shown
    shown = [" ".join(text.split()) for text in (ax.get_xlabel(), ax.get_ylabel())]
    assert shown == ["fee: payment of a member who did not commit", "K: cost of the good"]
    label = next(text for text in ax.texts if text.get_text() == "none or all")
    fee, cost = label.get_position()
    column, row = np.abs(FEE[0] - fee).argmin(), np.abs(COST[:, 0] - cost).argmin()
    assert counts.total[row, column] == 1 and counts.everybody[row, column]


@pytest.mark.usefixtures("chinese_font")
def test_chinese_labels_stand_in_the_map() -> None:
    counts = count_mixed_points(GAME, {**VALUES, "fee": FEE, "K": COST})
    texts = {text.get_text() for text in draw_count_map(counts, ("fee", "K"), language="zh").texts}
    assert "0 个内点，0 个稳定" in texts


def test_fold_curves_are_drawn_where_the_assumptions_hold() -> None:
    curve = find_fold_curve(GAME, ("fee", "K"), VALUES)
    ax = draw_fold_curves({"fold": curve})
    line = ax.lines[0]
    drawn = np.isfinite(line.get_xdata())
    assert drawn.any() and (line.get_xdata()[drawn] >= 0).all() and (line.get_xdata()[drawn] <= 1).all()
    share = np.linspace(0.002, 0.998, 499)[drawn][3]
    assert line.get_xydata()[drawn][3] == pytest.approx([float(v) for v in curve.at(share).values()])
    [cusp] = curve.cusps or ()
    assert ax.lines[1].get_xydata()[0] == pytest.approx([float(v) for v in cusp.place.values()])
    two = draw_fold_curves({"one": curve, "other": curve})
    assert [text.get_text() for text in two.get_legend().get_texts()] == ["one", "other"]


def test_given_axes_keep_their_limits() -> None:
    counts = count_mixed_points(GAME, {**VALUES, "fee": FEE, "K": COST})
    ax = draw_count_map(counts, ("fee", "K"))
    before = ax.get_xlim(), ax.get_ylim()
    draw_fold_curves({"fold": find_fold_curve(GAME, ("fee", "K"), VALUES)}, ax)
    assert (ax.get_xlim(), ax.get_ylim()) == before


def test_what_cannot_be_drawn() -> None:
    counts = count_mixed_points(GAME, {**VALUES, "fee": 0.2, "K": np.array([1.0, 2.0])})
    with pytest.raises(UnsupportedError, match="shape"):
        draw_count_map(counts, ("fee", "K"))
    one, other = (find_fold_curve(GAME, pair, {"b": 1, "f0": "0.1"}) for pair in (("fee", "K"), ("K", "fee")))
    with pytest.raises(UnsupportedError, match="same two parameters"):
        draw_fold_curves({"one": one, "other": other})
