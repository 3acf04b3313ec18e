"""Which sets of rest points can be stable together: every set is decided, and the proofs are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from coopgame.algebra.conditions import FALSE, TRUE, And, Condition, Or, Sign, all_of, any_of, negate
from coopgame.algebra.prover import Decision, Proof, Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.points import RestPoint


@dataclass(frozen=True, eq=False)
class Exclusion:
    """Rest points that are never stable together, whatever the others do, with the proof; one point: it never is."""

    stable: tuple[str, ...]
    proof: Proof

    def __str__(self) -> str:
        return f"never stable together: {', '.join(self.stable)} [{self.proof.known}]"


@dataclass(frozen=True, eq=False)
class Found:
    """The verdict on one set of rest points, by their numbers, and on one choice of signs of splitting expressions."""

    chosen: tuple[int, ...]
    side: tuple[str, ...]
    definition: Condition
    decision: Decision


class StableSets:
    """Decides for every set of rest points whether exactly these can be stable together."""

    def __init__(self, prover: Prover, points: Sequence[RestPoint], splits: Mapping[str, Quotient]) -> None:
        self.prover = prover
        self.points = points
        self.splits = dict(splits)
        self.stable = [point.stable_if for point in points]
        self.unstable = [strictly_not(condition) for condition in self.stable]
        self._impossible: dict[frozenset[int], Proof] = {}

    @property
    def excluded(self) -> tuple[Exclusion, ...]:
        """The smallest sets of points that were proved never to be stable together, while sets were decided."""
        found = [(sorted(members), proof) for members, proof in self._impossible.items()]
        return tuple(Exclusion(tuple(self.points[i].label for i in members), proof) for members, proof in found)

    def decided(self) -> Iterator[Found]:
        """Yield every set of pairwise compatible points with its verdict, split by the given signs."""
        for chosen in self._candidate_sets():
            yield from self._found(chosen)

    def sampled(self) -> Iterator[Found]:
        """Yield the sets that sampled parameters meet, each with its verdict; other sets may be possible too."""
        rows = np.stack([self.prover.truth(condition) for condition in self.stable], axis=1)
        for row in np.unique(rows, axis=0):
            for found in self._found(tuple(int(i) for i in np.flatnonzero(row))):
                if found.decision.status == "realised":
                    yield found

    def _found(self, chosen: tuple[int, ...]) -> Iterator[Found]:
        definition = self.exactly(chosen)
        for side in product("><", repeat=len(self.splits)):
            signs = [self.prover.tidy(q.sign(s)) for q, s in zip(self.splits.values(), side, strict=True)]
            whole = all_of(definition, *signs)
            yield Found(chosen, side, whole, self.prover.decide(whole))

    def together(self, chosen: tuple[int, ...]) -> Condition:
        """Return that these points are stable, whatever the others are."""
        return all_of(*(self.stable[i] for i in chosen))

    def exactly(self, chosen: tuple[int, ...]) -> Condition:
        """Return that these points are stable and the others are not, off the hypersurfaces."""
        inside = [self.stable[i] for i in chosen]
        outside = [self.unstable[i] for i in range(len(self.points)) if i not in chosen]
        return all_of(*inside, *(resolved(clause, all_of(*inside)) for clause in outside))

    def _candidate_sets(self) -> Iterator[tuple[int, ...]]:
        """Yield all sets of points no two of which exclude each other, growing, without proved impossible subsets."""
        count = len(self.points)
        compatible = {pair: self._together(pair) for pair in combinations(range(count), 2)}
        level: list[tuple[int, ...]] = [()]
        while level:
            yield from level
            grown = []
            for chosen in level:
                for i in range(chosen[-1] + 1 if chosen else 0, count):
                    if all(compatible[(j, i)] for j in chosen) and self._together((*chosen, i)):
                        grown.append((*chosen, i))
            level = grown

    def _together(self, chosen: tuple[int, ...]) -> bool:
        members = frozenset(chosen)
        if any(known <= members for known in self._impossible):
            return False
        joint = all_of(*(self.stable[i] for i in chosen))
        if len(chosen) < 2 or self.prover.truth(joint).any():
            return True
        proof = self.prover.refutation(joint)
        if proof is not None:
            self._impossible[members] = proof
        return proof is None


def strictly_not(condition: Condition) -> Condition:
    """Return the negation off the hypersurfaces: `p <= 0` becomes `p < 0`."""
    return _strict(negate(condition))


def _strict(condition: Condition) -> Condition:
    if isinstance(condition, Sign) and condition.relation in (">=", "<="):
        return Sign(condition.ring, condition.polynomial, condition.relation[0])
    if isinstance(condition, And):
        return all_of(*map(_strict, condition.parts))
    if isinstance(condition, Or):
        return any_of(*map(_strict, condition.parts))
    return condition


def resolved(clause: Condition, given: Condition) -> Condition:
    """Return the clause without the signs that contradict `given`, and TRUE when one of its signs is given."""
    if not isinstance(clause, Or) or given == TRUE:
        return TRUE if clause == given else clause
    known = set(given.parts) if isinstance(given, And) else {given}
    if any(part in known for part in clause.parts):
        return TRUE
    return any_of(*(part for part in clause.parts if all_of(given, part) != FALSE))
