"""Every notebook runs from the first cell to the last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROGRESS = re.compile(r"(?:\r[^\n]*\| [^\n]*points[^\n]*\n?)*\s*")  # bars of sweeps that take more than a second
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.mark.filterwarnings("ignore")  # of the kernel's own machinery; warnings inside the notebook are shown in it
@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebook_runs(path: Path) -> None:
    import nbformat  # collected where the notebook packages are absent, too
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=None, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    errors = [
        output
        for cell in code
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]
    errors = [output for output in errors if not PROGRESS.fullmatch(output["text"])]
    assert not errors
    assert any("image/png" in output.get("data", {}) for cell in code for output in cell.outputs)
