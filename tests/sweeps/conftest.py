"""Loads the optional libraries before the tests: on loading they warn of their own files, which pytest.warns would pass on."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

for library in ("dask", "distributed"):
    if find_spec(library):
        import_module(library)
