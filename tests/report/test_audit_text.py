"""An audit as text, table and record: complete, aligned, valid against the shipped schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from coopgame import Audit, audit
from coopgame.report.audit_record import audit_record, audit_schema
from coopgame.report.audit_text import audit_table, audit_text
from coopgame.report.record import record_text
from coopgame.report.terminal import display_width

FOLDER = Path(__file__).parents[1] / "reference" / "audits"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))


@pytest.fixture(scope="module")
def audits() -> dict[str, Audit]:
    return {name: audit(FOLDER / f"{name}.toml") for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [60, 100])
def test_every_cell_stands_in_the_text(audits: dict[str, Audit], name: str, width: int) -> None:
    found = audits[name]
    text = audit_text(found, width)
    words = " ".join(text.split())
    for cell in found:
        assert " ".join(cell.claim[:40].split()) in words
        for part in (cell.because, cell.reading) if cell.verdict != "confirmed" else ():
            assert " ".join(part.split()) in words
    for remark in found.remarks:
        assert remark.text in words
    assert text.rstrip().endswith(found.summary)
    assert found.definition in words


def test_what_is_wrong_stands_first(audits: dict[str, Audit]) -> None:
    text = audit_text(audits["F1-14a"])
    order = [text.index(title) for title in ("Impossible, whatever", "Differs from", "Confirmed")]
    assert order == sorted(order)
    assert "Undecidable from" not in text
    assert "nearest reading" in audit_text(audits["F1-02"])


def test_a_reason_that_many_cells_share_is_given_once(audits: dict[str, Audit]) -> None:
    assert audit_text(audits["F1-13"]).count("payoffs are needed") == 1


def test_lines_keep_the_width(audits: dict[str, Audit]) -> None:
    lines = audit_text(audits["F1-05a"], 90).splitlines()
    assert max(map(display_width, lines)) <= 90


@pytest.mark.parametrize("name", NAMES)
def test_the_record_meets_the_schema(audits: dict[str, Audit], name: str) -> None:
    record = json.loads(record_text(audit_record(audits[name])))
    jsonschema.Draft202012Validator(audit_schema()).validate(record)
    assert record["counts"] == dict(audits[name].counts)
    assert sum(record["counts"].values()) == len(record["cells"]) == len(audits[name])
    assert (record["game"] is None) == (name == "F1-13")


def test_the_schema_is_a_schema_and_refuses() -> None:
    jsonschema.Draft202012Validator.check_schema(audit_schema())
    record = audit_record(audit(FOLDER / "F1-14a.toml"))
    record["cells"][0]["verdict"] = "right"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(audit_schema()).validate(record)


def test_the_table_has_a_row_for_each_cell(audits: dict[str, Audit]) -> None:
    table = audit_table(audits["F1-02"])
    assert len(table.rows) == 24
    assert table.caption == audits["F1-02"].published.title
    (row,) = [row for row in table.texts() if row[0] == "point 010" and row[3] == "differs"]
    assert row[1:3] == ("eigenvalue c", "E3 - C3 + R1 + S2 - 1")
    assert "E4" in row[6]
