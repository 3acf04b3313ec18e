"""A font that stands for a Chinese one, since tests must not need what is installed: it has a box for every character."""

from __future__ import annotations

import pytest

from coopgame.figures import style

BOXES = "Last Resort High-Efficiency"  # comes with matplotlib


@pytest.fixture
def chinese_font(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(style, "chinese_font", lambda: BOXES)
    return BOXES
