"""A bar that shows how far long work is."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any


def progress_bar(count: int, there: int = 0, *, unit: str, progress: bool | None = None) -> Any:
    """Return a progress bar, with rate and time left; hidden unless someone looks at it and has waited for a second.

    count: of the whole work. there: how much of it is done before. unit: in plural. progress: whether to show it; None for in terminals and notebooks.
    """
    if find_spec("ipywidgets") is None:  # tqdm.auto warns in a notebook without it
        from tqdm import tqdm
    else:
        from tqdm.auto import tqdm
    delay = 0 if progress else 1
    if progress is None:
        progress = _in_notebook() or bool(getattr(sys.stderr, "isatty", lambda: False)())
    return tqdm(total=count, initial=there, unit=f" {unit}", unit_scale=True, disable=not progress, delay=delay)


def _in_notebook() -> bool:
    """Whether a kernel of Jupyter runs this."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None
