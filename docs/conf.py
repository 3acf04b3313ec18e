"""How the documentation is built: offline, notebooks run, warnings are errors (see the Makefile)."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient

import coopgame

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parent / "notebooks"

project = "coopgame"
author = "The coopgame developers"
project_copyright = author
version = release = coopgame.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx-mathjax-offline", "sphinxcontrib.bibtex"]
exclude_patterns = ["_build"]
nitpicky = False
html_theme = "furo"
html_title = f"coopgame {release}"
html_show_sphinx = False
bibtex_bibfiles = ["refs.bib"]
bibtex_default_style = "plain"
bibtex_reference_style = "author_year"
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_output_stderr = "remove"  # progress bars; the tests see to it that there is nothing else
nb_execution_mode = "off"  # the notebooks arrive with their outputs, see run_notebooks
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_maximum_signature_line_length = 88


def run_notebooks(_app: Sphinx) -> None:
    """Run every notebook where it stands, and put the result beside these pages."""
    target = HERE / "notebooks"
    target.mkdir(exist_ok=True)
    inside = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}  # so that pictures are kept
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute(env=inside)
        nbformat.write(notebook, target / path.name)


def draw_pictures(_app: Sphinx) -> None:
    """Run the examples of the page about figures in the folder from which it shows them."""
    folder = HERE / "howto" / "pictures"
    folder.mkdir(exist_ok=True)
    page = (HERE / "howto" / "figures.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    with contextlib.chdir(folder), warnings.catch_warnings():
        warnings.simplefilter("ignore", coopgame.FontWarning)  # the page explains it
        for block in re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
            exec(compile(block, "figures.md", "exec"), names)


def plain_docstring(_app: Sphinx, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    """Turn a docstring, plain text with `code`, into reStructuredText that says the same."""
    example = False
    for i, line in enumerate(lines):
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
        if not example:
            parts = re.split(r"(`[^`]+`)", line)
            lines[i] = "".join(f"`{p}`" if p.startswith("`") else re.sub(r"([*|_\\])", r"\\\1", p) for p in parts)


def setup(app: Sphinx) -> None:
    """Connect the two steps above."""
    if sys.platform == "win32":
        import asyncio

        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    app.connect("builder-inited", run_notebooks)
    app.connect("builder-inited", draw_pictures)
    app.connect("autodoc-process-docstring", plain_docstring)
