"""An audit as a JSON record, and the JSON Schema of that record."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopgame.analysis.auditing.result import Audit

FORMAT = "coopgame-audit-record/1"


def audit_record(audit: Audit) -> dict[str, Any]:
    """Return an audit as a record of plain JSON types; keys in a fixed order, all values are texts or counts."""
    published = audit.published
    return {
        "format": FORMAT,
        "title": published.title,
        "source": published.source,
        "game": published.game.name if published.game is not None else None,
        "definition": audit.definition,
        "counts": dict(audit.counts),
        "cells": [
            {
                "place": cell.place,
                "what": cell.what,
                "path": cell.path,
                "claim": cell.claim,
                "verdict": cell.verdict,
                "ours": cell.ours,
                "because": cell.because,
                "known": cell.known,
                "reading": cell.reading,
            }
            for cell in audit.cells
        ],
        "remarks": [{"place": remark.place, "text": remark.text} for remark in audit.remarks],
    }


def audit_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every record of an audit meets."""
    text = resources.files("coopgame.report").joinpath("audit.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
