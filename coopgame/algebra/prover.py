"""Decides whether a condition can hold under assumptions: witness, certificate, solver verdict, or undecided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np

from coopgame.algebra.assumptions import Assumptions
from coopgame.algebra.conditions import (
    FALSE,
    TRUE,
    And,
    Condition,
    Constant,
    Or,
    Sign,
    all_of,
    any_of,
    condition_from_text,
    negate,
    sign,
)
from coopgame.algebra.farkas import Certificate, find_certificate
from coopgame.algebra.nearby import neighbours, walk_from
from coopgame.algebra.polynomials import Polynomial
from coopgame.algebra.smt import solver, statement
from coopgame.algebra.truths import Truths

Point = dict[str, Fraction]
_MOST_CASES = 16
_LESS = 30


@dataclass(frozen=True)
class SolverRun:
    """Which program was asked, with which bound, and how many sampled points had been tried before."""

    program: str
    version: str
    steps: int
    samples: int


@dataclass(frozen=True, eq=False)
class Proof:
    """How an answer is known.

    kind: `witness` (an exact point, checked by substitution), `identity` (the signs contradict each other, or what
    is assumed or proved of single polynomials), `farkas` (certificates that a reader can add up), `solver` (unsat by
    the named program), `undecided`. run: the solver's part, where it was asked.
    """

    kind: Literal["witness", "identity", "farkas", "solver", "undecided"]
    text: str
    certificates: tuple[Certificate, ...] = ()
    run: SolverRun | None = None

    @property
    def known(self) -> str:
        """How sure the answer is: exact, certified, solver or undecided."""
        table = {"witness": "exact", "identity": "exact", "farkas": "certified"}
        return table.get(self.kind, self.kind)


@dataclass(frozen=True, eq=False)
class Decision:
    """Whether some admissible point meets a condition: realised (with a witness), empty, or undecided."""

    status: Literal["realised", "empty", "undecided"]
    witness: Point | None
    proof: Proof

    def __str__(self) -> str:
        return f"{self.status}: {self.proof.text}"


@dataclass(frozen=True, eq=False)
class Fact:
    """A sign that holds at every admissible point, with the proof that its negation cannot hold."""

    statement: Sign
    proof: Proof

    def __str__(self) -> str:
        return f"{self.statement}: {self.proof.kind}"


class Prover:
    """Decides conditions under one set of assumptions; answers are deterministic and independent of load.

    Order of decision: constants; exact re-check of sampled points; linear certificates with a bounded case split;
    Z3 with a bound of `steps` (its `rlimit`), whose models are rounded and re-checked exactly. After `patience` questions
    without an answer the bound is a thirtieth. Affine conditions with alternatives go to Z3 first, and certificates are
    searched where it finds no point. The points next to a witness join the sample.
    """

    def __init__(
        self,
        assumptions: Assumptions,
        *,
        samples: int = 4000,
        steps: int = 3_000_000,
        seed: int = 0,
        patience: int = 1_000_000,
    ) -> None:
        self.assumptions = assumptions
        self.ring = assumptions.ring
        self._samples = samples
        self._steps = steps
        self._seed = seed
        self._patience = patience
        self._tidied: dict[Sign, Condition] = {}
        self._facts: dict[Sign, Fact] = {}

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The signs that were proved to hold everywhere so far; `tidy` drops factors because of them."""
        return tuple(self._facts.values())

    @property
    def points(self) -> np.ndarray:
        """Admissible points, shape (n, number of parameters): a sample, then what was met near witnesses so far."""
        return self._truths.points

    @cached_property
    def _truths(self) -> Truths:
        """The sample, two decimals each."""
        rng = np.random.default_rng(self._seed)
        points = self.assumptions.sample(self._samples, rng)
        if len(points) < self._samples // 20 and self.ring.names:
            decision = self._by_solver(TRUE, len(points))
            if decision.witness is not None:
                points = np.concatenate([points, walk_from(self.assumptions, decision.witness, self._samples, rng)])
        return Truths(self.ring, points)

    def near(self, witness: Point) -> Truths:
        """Return a known admissible point and admissible points around it, and what holds at them."""
        return Truths(self.ring, neighbours(self.assumptions, witness, np.random.default_rng(self._seed)))

    def truth(self, condition: Condition) -> np.ndarray:
        """Return for every one of `points` whether the condition holds there, in floats."""
        return self._truths.of(condition)

    def decide(self, condition: Condition | str) -> Decision:
        """Return whether some admissible point meets the condition, or the text of one, such as `F > g and g > c`."""
        if isinstance(condition, str):
            condition = condition_from_text(self.ring, condition)
        wanted = all_of(self.assumptions.condition, condition)
        if wanted == FALSE:
            return Decision("empty", None, Proof("identity", "false whatever the values"))
        if not self.ring.names:
            return Decision("realised", {}, Proof("identity", "true at the given values"))
        witness = self._sampled_witness(condition, wanted)
        if witness is not None:
            return self._realised(witness)
        # one question to the solver saves the search through all cases when there is no certificate
        answer = self._by_solver(condition, len(self.points)) if _is_affine(wanted) and _split(condition)[1] else None
        if answer is None or answer.status != "realised":
            certificates = self._refute(condition)
            if certificates is not None:
                text = "; ".join(certificate.text() for certificate in certificates)
                return Decision("empty", None, Proof("farkas", text, certificates))
            answer = answer or self._by_solver(condition, len(self.points))
        if answer.witness is not None:
            self._truths.add(self.near(answer.witness).points)
        return answer

    def refutation(self, condition: Condition) -> Proof | None:
        """Return the proof that no admissible point meets the condition, None when there is none."""
        if condition == FALSE:
            return Proof("identity", "false whatever the values")
        decision = self.decide(condition)
        return decision.proof if decision.status == "empty" else None

    def tidy(self, condition: Condition) -> Condition:
        """Return an equivalent condition whose polynomials have lost the factors of known sign."""
        if isinstance(condition, Sign):
            return self._tidy_sign(condition)
        if isinstance(condition, And):
            return all_of(*(self.tidy(part) for part in condition.parts))
        if isinstance(condition, Or):
            return any_of(*(self.tidy(part) for part in condition.parts))
        return condition

    def _tidy_sign(self, leaf: Sign) -> Condition:
        if leaf in self._tidied:
            return self._tidied[leaf]
        unit, factors = self.ring.factor(leaf.polynomial)
        rest, flipped = self.ring.constant(1), unit < 0
        for factor, power in factors:
            known = self.definite_sign(factor)
            if known:
                flipped ^= known < 0 and power % 2 == 1
            else:
                rest = rest * factor**power
        tidied = sign(self.ring, -rest if flipped else rest, leaf.relation)
        if isinstance(tidied, Sign) and self.always(tidied):
            tidied = TRUE
        self._tidied[leaf] = tidied
        return tidied

    def definite_sign(self, polynomial: Polynomial) -> int:
        """Return +1 or -1 when the polynomial is proved to have that sign everywhere, else 0."""
        positive = sign(self.ring, polynomial, ">")
        negative = sign(self.ring, polynomial, "<")
        if isinstance(positive, Constant):
            return 1 if positive.value else -1 if negative == TRUE else 0
        for condition, result in ((positive, 1), (negative, -1)):
            if self.always(condition):
                return result
        return 0

    def can_hold(self, condition: Condition) -> bool:
        """Return whether the condition is not proved empty."""
        return self.decide(condition).status != "empty"

    def always(self, condition: Condition) -> bool:
        """Return whether the condition is proved to hold at every admissible point."""
        if not self._truths.everywhere(condition):
            return False
        decision = self.decide(negate(condition))
        if decision.status == "empty" and isinstance(condition, Sign):
            self._facts.setdefault(condition, Fact(condition, decision.proof))
        return decision.status == "empty"

    def _realised(self, witness: Point) -> Decision:
        shown = ", ".join(f"{name} = {value}" for name, value in witness.items())
        return Decision("realised", witness, Proof("witness", shown or "every value"))

    def _sampled_witness(self, condition: Condition, wanted: Condition) -> Point | None:
        for row in np.flatnonzero(self.truth(condition))[:5]:
            point = self.assumptions.exact_point(self.points[row])
            if wanted.holds(point):
                return self._simplest(point, wanted)
        return None

    def _simplest(self, point: Point, wanted: Condition) -> Point:
        """Return a point with fewer digits near the given one at which the condition still holds, exactly checked."""
        for denominator in (1, 2, 4, 10, 20, 100, 1000):
            rounded = {n: Fraction(round(v * denominator), denominator) for n, v in point.items()}
            if wanted.holds(rounded):
                return rounded
        return point

    def _by_solver(self, condition: Condition, samples: int) -> Decision:
        wanted = all_of(self.assumptions.condition, condition)
        logic = "QF_LRA" if _is_affine(wanted) else "QF_NRA"
        engine = solver()
        steps = self._steps if self._patience > 0 else self._steps // _LESS
        answer = engine.ask(len(self.ring.names), [statement(wanted)], steps, logic)
        run = SolverRun("z3", engine.version, steps, samples)
        if answer.status == "unsat":
            return Decision("empty", None, Proof("solver", f"unsat by {engine.name}", run=run))
        if answer.status == "unknown":
            self._patience -= 1
            text = f"{engine.name} stopped: {answer.why}; {samples} sampled points did not meet it either"
            return Decision("undecided", None, Proof("undecided", text, run=run))
        point = dict(zip(self.ring.names, answer.model, strict=True))
        simple = self._simplest(point, wanted)
        if wanted.holds(simple):
            return self._realised(simple)
        text = f"{engine.name} found a point that is not rational, and no rounding of it meets the condition exactly"
        return Decision("undecided", None, Proof("undecided", text, run=run))

    def _refute(self, condition: Condition) -> tuple[Certificate, ...] | None:
        """Return certificates that cover all cases of the condition, None when some case resists."""
        certificates: list[Certificate] = []
        for certificate in self._cases(*_split(condition)):
            if certificate is None or len(certificates) >= _MOST_CASES:
                return None
            certificates.append(certificate)
        return tuple(certificates)

    def _cases(self, signs: list[Sign], clauses: Sequence[Or]) -> Iterator[Certificate | None]:
        certificate = find_certificate(self.assumptions, signs)
        if certificate is not None or not clauses:
            yield certificate
            return
        first, *rest = clauses
        for part in first.parts:
            more_signs, more_clauses = _split(part)
            for closed in self._cases([*signs, *more_signs], [*more_clauses, *rest]):
                yield closed
                if closed is None:
                    return


def _is_affine(condition: Condition) -> bool:
    return all(leaf.polynomial.total_degree() <= 1 for leaf in condition.signs())


def _split(condition: Condition) -> tuple[list[Sign], list[Or]]:
    """Return the signs and the disjunctions of a conjunction."""
    parts = condition.parts if isinstance(condition, And) else (condition,)
    return [p for p in parts if isinstance(p, Sign)], [p for p in parts if isinstance(p, Or)]
