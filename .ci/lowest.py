"""Print the lowest direct versions of pyproject.toml, and the test tools as in constraints.txt, for pip -c."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "jsonschema")


def lowest() -> list[str]:
    """Return one pin for each direct dependency; ValueError for one without a lower bound."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = []
    for requirement in project["dependencies"]:
        found = re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)(?:,.*)?", requirement)
        if found is None:
            raise ValueError(f"{requirement!r} has no lower bound; write name>=version")
        pins.append("{}=={}".format(*found.groups()))
    return pins


def tools() -> list[str]:
    """Return the pins of the test tools."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.partition("==")[0] in TOOLS]


if __name__ == "__main__":
    print("\n".join([*lowest(), *tools()]))
