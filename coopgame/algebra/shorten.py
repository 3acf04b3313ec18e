"""Shorter conditions: parts that the other parts and the assumptions imply are left out, each step proved."""

from __future__ import annotations

from coopgame.algebra.conditions import FALSE, And, Condition, Or, all_of, any_of, negate
from coopgame.algebra.prover import Prover


def shortened(prover: Prover, definition: Condition) -> Condition:
    """Return an equivalent condition without the parts that the others and the assumptions imply."""
    parts = list(definition.parts) if isinstance(definition, And) else [definition]
    parts.sort(key=lambda part: -sum(1 for _ in part.signs()))
    for part in list(parts):
        rest = all_of(*(other for other in parts if other is not part))
        if _implied(prover, rest, part):
            parts.remove(part)
    slim: list[Condition] = []
    for part in parts:
        rest = all_of(*(other for other in parts if other is not part))
        slim.append(_without_impossible(prover, rest, part) if isinstance(part, Or) else part)
    return all_of(*slim)


def _implied(prover: Prover, rest: Condition, part: Condition) -> bool:
    against = all_of(rest, negate(part))
    if against == FALSE:
        return True
    return not prover.truth(against).any() and prover.decide(against).status == "empty"


def _without_impossible(prover: Prover, rest: Condition, clause: Or) -> Condition:
    kept = []
    for part in clause.parts:
        joint = all_of(rest, part)
        if joint == FALSE:
            continue
        if prover.truth(joint).any() or prover.decide(joint).status != "empty":
            kept.append(part)
    return any_of(*kept)
