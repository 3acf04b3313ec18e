"""Results as text, tables, JSON records and reports; nothing is computed here."""

from __future__ import annotations
