"""The Python examples of the README and of the documentation run, page by page, and print what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCKS = re.compile(r"^```(python|text|toml)\n(.*?)^```", re.DOTALL | re.MULTILINE)
WITH_EXAMPLES = [page for page in PAGES if "\n```python\n" in page.read_text(encoding="utf-8")]


@pytest.mark.usefixtures("chinese_font")
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_examples_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python blocks run in order in one namespace; what one prints is the text block that follows it.

    A TOML block that begins with `# file: NAME` is a file that the examples find.
    """
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    printed = ""
    for kind, content in BLOCKS.findall(page.read_text(encoding="utf-8")):
        if kind == "toml":
            named = re.match(r"# file: (\S+)\n", content)
            if named:
                (tmp_path / named[1]).write_text(content, encoding="utf-8")
        elif kind == "text":
            assert content == printed
            printed = ""
        else:
            assert printed == "", "a block of text with what was printed is missing"
            exec(compile(content, page.name, "exec"), names)
            printed = capsys.readouterr().out
    assert printed == ""
