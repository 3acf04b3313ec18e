"""The certificates of a record as lines that a reader can add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def proof_text(record: Mapping[str, Any]) -> str:
    """Return every certificate in a record, each below the statement that it refutes; empty when there is none.

    The multiplied inequalities stand one below the other, their sum below a rule: what cannot be true.
    """
    blocks = []
    for statement, proof in _statements(record):
        for number, certificate in enumerate(proof["certificates"], start=1):
            case = f", case {number}" if len(proof["certificates"]) > 1 else ""
            blocks.append(f"Impossible{case}: {statement}\n" + _indented(certificate_text(certificate)))
    return "\n\n".join(blocks)


def certificate_text(certificate: Mapping[str, Any]) -> str:
    """Return one certificate of a record as lines that add up to the last one."""
    terms: Sequence[Mapping[str, Any]] = certificate["terms"]
    width = max(len(line) for line in (*(term["line"] for term in terms), certificate["sum"]))
    lines = [f"{term['line']:<{width}}   {_reason(term)}" for term in terms]
    return "\n".join([*lines, "-" * width, f"{certificate['sum']:<{width}}   the sum, which is false"])


def _reason(term: Mapping[str, Any]) -> str:
    times = f"{term['times']} times " if term["times"] != "1" else ""
    because = " times ".join(f"({factor['inequality']})" for factor in term["factors"]) or term["because"]
    return f"{times}{term['inequality']}: {because}"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _statements(record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what the record says to be impossible, in words, with the proof."""
    for fact in record["facts"]:
        yield f"not {fact['statement']}", fact["proof"]
    for entry in record["excluded"]:
        together = " together" if len(entry["stable"]) > 1 else ""
        yield f"{', '.join(entry['stable'])} stable{together}", entry["proof"]
    for entry in record["empty"]:
        yield f"exactly {', '.join(entry['stable']) or 'no point'} stable", entry["proof"]
    for entry in record["regimes"]:
        for step in entry["shortening"]:
            yield f"{step['dropped']} with the rest of {entry['name']}", step["proof"]
