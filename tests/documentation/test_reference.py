"""The reference lists everything that is public, and every citation has its entry."""

from __future__ import annotations

import re
from pathlib import Path

import coopgame
import coopgame.figures

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def test_every_public_name_is_in_the_reference_once() -> None:
    page = (DOCS / "reference/api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\.\. auto(?:function|class):: coopgame\.(\w+)$", page, re.MULTILINE)
    listed += re.findall(r"^\.\. automodule:: coopgame\.(?:games|sweeps)\.(\w+)$", page, re.MULTILINE)
    assert sorted(listed) == sorted(name for name in coopgame.__all__ if name != "__version__")
    drawn = re.findall(r"^\.\. autofunction:: coopgame\.figures\.(\w+)$", page, re.MULTILINE)
    assert sorted(drawn) == sorted(coopgame.figures.__all__)


def test_citations_have_entries_and_entries_are_cited() -> None:
    entries = set(re.findall(r"^@\w+\{(\w+),", (DOCS / "refs.bib").read_text(encoding="utf-8"), re.MULTILINE))
    pages = [path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))]
    cited = {
        key for text in pages for group in re.findall(r"\{cite:\w+\}`([^`]+)`", text) for key in group.split(",")
    }
    assert cited <= entries
    assert entries <= cited


def test_every_entry_of_the_bibliography_closes_its_braces() -> None:
    text = (DOCS / "refs.bib").read_text(encoding="utf-8")
    for entry in re.split(r"^(?=@)", text, flags=re.MULTILINE)[1:]:
        assert entry.count("{") == entry.count("}"), entry.partition(",")[0]


def test_every_fence_of_a_page_is_closed_before_the_next_heading() -> None:
    for path in sorted(DOCS.rglob("*.md")):
        fence = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            mark = re.match(r"(`{3,}|:{3,})(.*)$", line)
            if mark and not fence:
                fence = mark[1]
            elif mark and mark[1] == fence and not mark[2].strip():
                fence = ""
            assert not (fence and line.startswith("### ")), f"{path.name}, line {number}"
        assert not fence, path.name
