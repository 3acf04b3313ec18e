"""The kernels of the notebooks run as a reader's would: pictures inside, no complaints that only the tests ask for."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def readers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MPLBACKEND", "PYTHONWARNDEFAULTENCODING"):
        monkeypatch.delenv(name, raising=False)
