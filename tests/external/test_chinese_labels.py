"""Chinese labels with a font from outside Python; a missing glyph would be a warning, and so an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from coopgame import MatrixGame, integrate, replicator
from coopgame.figures import draw_time_series, save_figure
from coopgame.figures.style import chinese_font

pytestmark = pytest.mark.external


def test_a_font_with_simplified_chinese_is_found() -> None:
    """Each character has its own glyph: fonts of last resort show one box for all of them."""
    name = chinese_font()
    assert name is not None, "install one, such as fonts-wqy-microhei or fonts-noto-cjk"
    font = FT2Font(font_manager.findfont(name, fallback_to_default=False))
    characters = "复制动态价格战合作"
    assert len({font.get_char_index(ord(character)) for character in characters} - {0}) == len(characters)


@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_chinese_labels_have_all_their_glyphs(ending: str, tmp_path: Path) -> None:
    game = MatrixGame([["3", "0"], ["5", "1"]], symbol="x")
    axes = draw_time_series(integrate(replicator(game), {"x": 0.9}, t_end=10), language="zh")
    assert axes.get_xlabel() == "时间 t"
    axes.set_title("价格战与合作的复制动态")
    figure = axes.get_figure()
    assert figure is not None
    (file,) = save_figure(figure, tmp_path / "shares", formats=[ending])
    assert file.is_file()
