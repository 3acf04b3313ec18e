"""The repository: notebooks without outputs, pins without places, both READMEs with the same code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib

import pytest

from tests.architecture.sources import ROOT


def test_notebooks_are_kept_without_outputs() -> None:
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert len(notebooks) >= 2
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        kept = [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
        assert kept == [], f"{path.name}: run nbstripout"


def test_constraints_pin_versions_and_no_places() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9A-Za-z.!+]+", line) for line in pins)
    assert "coopgame" not in "".join(pins)


def test_constraints_pin_every_direct_requirement() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(r for extra in project["optional-dependencies"].values() for r in extra)]
    names = {_canonical(re.split(r"[\[<>=, ]", requirement)[0]) for requirement in wanted} - {"coopgame-egt"}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_canonical(line.partition("==")[0]) for line in lines}
    assert names <= pinned, "run make lock"


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_direct_requirement_has_a_lowest_version() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci/lowest.py")], capture_output=True, text=True, encoding="utf-8", check=True
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(done.stdout.splitlines()) == len(project["dependencies"]) + 4


def test_both_readmes_show_the_same_code_and_pictures() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    blocks = r"```(?:python|sh)\n.*?```"
    assert re.findall(blocks, english, re.DOTALL) == re.findall(blocks, chinese, re.DOTALL)
    assert re.findall(r"\]\(docs/images/[^)]*\)", english) == re.findall(r"\]\(docs/images/[^)]*\)", chinese)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_links_to_files_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    assert [target for target in targets if not (ROOT / target).exists()] == []
