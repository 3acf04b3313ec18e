"""What all tests share: how hypothesis runs, the drawing backend, and the mark of the core tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")

# The clock decides nothing: no deadline, and no complaint about slow examples on a busy machine.
settings.register_profile("developer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI") else "developer")

HERE = Path(__file__).parent
# Tests of the repository, of the paper and of the surroundings; the others are about what the library computes.
NOT_CORE = {"architecture", "documentation", "external", "notebooks", "paper"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and item.path.relative_to(HERE).parts[0] not in NOT_CORE:
            item.add_marker("core")


@pytest.fixture
def chinese_font(monkeypatch: pytest.MonkeyPatch) -> str:
    """A font that stands for a Chinese one, since tests must not need what is installed: it has a box for every character."""
    from coopgame.figures import style

    boxes = "Last Resort High-Efficiency"  # comes with matplotlib
    monkeypatch.setattr(style, "chinese_font", lambda: boxes)
    return boxes
