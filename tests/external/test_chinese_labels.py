"""Chinese labels with a font from outside Python; a missing glyph would be a warning, and so an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgame import MatrixGame, integrate, replicator
from coopgame.figures import draw_time_series, save_figure
from coopgame.figures.style import chinese_font

pytestmark = pytest.mark.external


def test_a_font_with_simplified_chinese_is_found() -> None:
    assert chinese_font() is not None, "install one, such as fonts-wqy-microhei or fonts-noto-cjk"


@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_chinese_labels_have_all_their_glyphs(ending: str, tmp_path: Path) -> None:
    game = MatrixGame([["3", "0"], ["5", "1"]], symbol="x")
    axes = draw_time_series(integrate(replicator(game), {"x": 0.9}, t_end=10), language="zh")
    assert axes.get_xlabel() == "时间 t"
    axes.set_title("价格战与合作的复制动态")
    figure = axes.get_figure()
    assert figure is not None
    (file,) = save_figure(figure, tmp_path / "shares", formats=[ending])
    assert file.stat().st_size > 5_000  # an empty picture is smaller
