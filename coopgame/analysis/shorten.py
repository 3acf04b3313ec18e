"""Shorter conditions that are proved equivalent under the assumptions, with the proof of every step."""

from __future__ import annotations

from dataclasses import dataclass

from coopgame.algebra.conditions import FALSE, TRUE, And, Condition, Or, all_of, any_of, negate
from coopgame.algebra.prover import Point, Proof, Prover
from coopgame.algebra.truths import Truths


@dataclass(frozen=True, eq=False)
class Step:
    """One part of a conjunction replaced by a shorter one.

    kept true: the part is implied, because its negation contradicts the other parts that are left then. Otherwise the part is a
    disjunction that loses an alternative: the proof shows that `dropped` and the other parts cannot hold where `kept` does not.
    """

    part: Condition
    kept: Condition
    dropped: Condition
    proof: Proof

    def __str__(self) -> str:
        return f"{self.part} becomes {self.kept} [{self.proof.known}]"


def shorten(
    prover: Prover, definition: Condition, witness: Point | None = None
) -> tuple[Condition, tuple[Step, ...]]:
    """Return an equivalent condition without what the rest and the assumptions imply, and the steps to it.

    witness: a point where the definition holds, if one is known; no proof is sought of what points around it refute.
    First whole parts are left out, one after the other. Then disjunctions lose alternatives that contradict the parts that are left, or
    imply another alternative where the signs among these hold; each disjunction is compared with the other parts as they were
    before any lost one.
    """
    if definition in (TRUE, FALSE):
        return definition, ()
    near = prover.near(witness) if witness else Truths(prover.ring, prover.points[:0])
    parts = list(definition.parts) if isinstance(definition, And) else [definition]
    parts.sort(key=lambda part: -sum(1 for _ in part.signs()))
    steps: list[Step] = []
    for part in list(parts):
        rest = all_of(*(other for other in parts if other is not part))
        proof = _refuted(prover, near, all_of(rest, negate(part)))
        if proof is not None:
            parts.remove(part)
            steps.append(Step(part, TRUE, negate(part), proof))
    slim: list[Condition] = []
    for part in parts:
        kept = part
        if isinstance(part, Or):
            others = [other for other in parts if other is not part]
            signs = all_of(*(other for other in others if not isinstance(other, Or)))
            for dropped in part.parts:
                shorter = _without(kept, dropped)
                implies = all_of(signs, dropped, negate(shorter))
                proof = _refuted(prover, near, all_of(*others, dropped)) or _refuted(prover, near, implies)
                if proof is not None:
                    steps.append(Step(part, shorter, dropped, proof))
                    kept = shorter
        slim.append(kept)
    return all_of(*slim), tuple(steps)


def _refuted(prover: Prover, near: Truths, condition: Condition) -> Proof | None:
    """Return the proof that a condition cannot hold; a point that meets it saves the search."""
    return None if near.of(condition).any() or prover.truth(condition).any() else prover.refutation(condition)


def _without(condition: Condition, dropped: Condition) -> Condition:
    parts = condition.parts if isinstance(condition, Or) else (condition,)
    return any_of(*(part for part in parts if part is not dropped)) if parts != (dropped,) else FALSE
