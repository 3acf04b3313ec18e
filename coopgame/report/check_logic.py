"""Signs of polynomials as the checker reasons with them: literals, clauses, contradiction, certificates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from coopgame.errors import RecordError
from coopgame.report.check_numbers import SIGNS, Poly, comparison_of, fraction_of, polynomial_of

Signs = frozenset[int]
ANY: Signs = frozenset({-1, 0, 1})
NOT_ZERO: Signs = frozenset({-1, 1})
Literal = tuple[Poly, Signs]
Clause = tuple[Literal, ...]
Formula = tuple[Clause, ...]
IMPOSSIBLE: Formula = ((),)
_MOST_BRANCHES = 20_000


class Known:
    """What holds at every admissible point: assumptions, and the facts that were checked before.

    Polynomials lose their factors of known sign here, as the record's conditions did, and squares of denominators.
    """

    def __init__(self, assumed: Iterable[Literal], denominators: Iterable[Poly] = ()) -> None:
        self.assumed: tuple[Literal, ...] = tuple(assumed)
        self._squares = [polynomial * polynomial for polynomial in denominators]
        self.facts: list[Literal] = []
        self._factors: list[tuple[Poly, int]] = []
        self._reduced: dict[Poly, tuple[int, Poly]] = {}

    def learn(self, literal: Literal) -> None:
        """Add a sign that has been checked to hold everywhere."""
        polynomial, signs = literal
        self.facts.append(literal)
        # a constant divides everything without end, and its sign says nothing
        if polynomial.number() is None and len(signs) == 1 and 0 not in signs:
            self._factors.append((polynomial, next(iter(signs))))
            self._reduced.clear()

    def reduced(self, polynomial: Poly) -> tuple[int, Poly]:
        """Return (s, q): the polynomial has the sign of s times q, where q has no factor of known sign."""
        if polynomial not in self._reduced:
            turn, rest = polynomial.canonical()
            for factor, sign in [*self._factors, *((square, 1) for square in self._squares)]:
                while rest.number() is None and (quotient := rest.divided(factor)) is not None:
                    turn, rest = turn * sign, quotient
            lead, rest = rest.canonical()
            self._reduced[polynomial] = (turn * lead, rest)
        return self._reduced[polynomial]

    def literal(self, polynomial: Poly, signs: Iterable[int]) -> Literal:
        """Return the statement that a polynomial has one of the signs, in reduced form."""
        turn, rest = self.reduced(polynomial)
        return rest, frozenset(turn * sign for sign in signs)

    def condition(self, text: str) -> Formula:
        """Return the condition that a text of a record states: comparisons, `and`, and `or` in brackets."""
        if text == "true":
            return ()
        if text == "false":
            return IMPOSSIBLE
        clauses = [_bare(clause) for clause in _split(text, " and ")]
        return tuple(tuple(self._leaf(part) for part in _split(clause, " or ")) for clause in clauses)

    def _leaf(self, text: str) -> Literal:
        polynomial, relation = comparison_of(text)
        return self.literal(polynomial, SIGNS[relation])

    def units(self) -> Formula:
        """Return assumptions and facts as clauses, in reduced form and as they stand."""
        return (*self._as_clauses(self.assumed), *self.fact_units())

    def fact_units(self) -> Formula:
        """Return the facts alone as clauses."""
        return self._as_clauses(self.facts)

    def _as_clauses(self, literals: Iterable[Literal]) -> Formula:
        found = [form for part in literals for form in (part, self.literal(*part))]
        return tuple((part,) for part in dict.fromkeys(found))


def _split(text: str, word: str) -> list[str]:
    """Split at a word outside brackets."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and text.startswith(word, at):
            parts.append(text[start:at])
            start = at + len(word)
    return [*parts, text[start:]]


def _bare(text: str) -> str:
    """Take away the one pair of brackets around a clause; those inside comparisons stay."""
    closes = [at for at, depth in enumerate(accumulate((c == "(") - (c == ")") for c in text)) if depth == 0]
    inner = text[1:-1] if text.startswith("(") and closes[:1] == [len(text) - 1] else text
    if any(len(_split(part, " and ")) > 1 for part in _split(inner, " or ")):
        raise RecordError(f"{text!r} nests deeper than comparisons joined by `or`, joined by `and`")
    return inner


def opposite(clause: Clause) -> Formula:
    """Return the formula that the clause does not hold."""
    return tuple(((polynomial, ANY - signs),) for polynomial, signs in clause)


def contradictory(formula: Formula, domain: Signs = ANY) -> bool:
    """Return whether no choice of a sign for every polynomial, of those in the domain, meets all clauses.

    Polynomials count as unknowns that are independent of each other, so True is a proof and False is not.
    """
    budget = [_MOST_BRANCHES]
    return not _possible(list(formula), {}, domain, budget)


def _possible(clauses: list[Clause], signs: dict[Poly, Signs], domain: Signs, budget: list[int]) -> bool:
    budget[0] -= 1
    if budget[0] < 0:
        raise RecordError("a condition has too many cases for the checker")
    open_clauses = clauses
    changed = True
    while changed:
        changed, left = False, []
        for clause in open_clauses:
            state = _literals_left(clause, signs, domain)
            if state is None:
                continue
            if not state:
                return False
            if len(state) == 1:
                polynomial, allowed = state[0]
                signs = {**signs, polynomial: allowed & _now(polynomial, signs, domain)}
                changed = True
            else:
                left.append(state)
        open_clauses = left
    if not open_clauses:
        return True
    polynomial, allowed = open_clauses[0][0]
    now = _now(polynomial, signs, domain)
    choices = [now & allowed, now - allowed]
    return any(_possible(open_clauses, {**signs, polynomial: part}, domain, budget) for part in choices)


def _now(polynomial: Poly, signs: Mapping[Poly, Signs], domain: Signs) -> Signs:
    number = polynomial.number()
    if number is not None:
        return frozenset({(number > 0) - (number < 0)})
    return signs.get(polynomial, domain)


def _literals_left(clause: Clause, signs: Mapping[Poly, Signs], domain: Signs) -> Clause | None:
    """Return the literals of a clause that are open, None when one of them holds."""
    left = []
    for polynomial, allowed in clause:
        now = _now(polynomial, signs, domain)
        if now <= allowed:
            return None
        if now & allowed:
            left.append((polynomial, allowed))
    return tuple(left)


def implies(formula: Formula, other: Formula, domain: Signs = ANY) -> bool:
    """Return whether the first formula forces every clause of the second, sign by sign."""
    return all(contradictory((*formula, *opposite(clause)), domain) for clause in other)


@dataclass(frozen=True, eq=False)
class CheckedCertificate:
    """A certificate whose sum was checked; the signs it takes from the refuted condition, in reduced form."""

    claims: tuple[Literal, ...]


def check_certificate(certificate: Mapping[str, Any], known: Known) -> CheckedCertificate:
    """Add a certificate up term by term; RecordError says which line is wrong."""
    total, strict, claims = Poly({}), False, []
    for term in certificate["terms"]:
        times = fraction_of(term["times"], "a multiplier")
        if times <= 0:
            raise RecordError(f"the multiplier {times} is not positive")
        polynomial, is_strict = premise_of(term["inequality"])
        _check_line(term, polynomial.times(times), is_strict)
        _check_reason(term, polynomial, is_strict, known)
        if term["because"] == "claimed":
            claims.append(known.literal(polynomial, {1} if is_strict else {0, 1}))
        total, strict = total + polynomial.times(times), strict or is_strict
    number = total.number()
    if number is None or not (number < 0 or (number == 0 and strict)):
        raise RecordError("the lines of a certificate do not add up to a contradiction")
    if certificate["sum"] != f"{number} {'>' if strict else '>='} 0":
        raise RecordError(f"a certificate adds up to {number}, not to {certificate['sum']!r}")
    return CheckedCertificate(tuple(claims))


def premise_of(text: str) -> tuple[Poly, bool]:
    """Return (p, strict) of an inequality that says p > 0 or p >= 0."""
    polynomial, relation = comparison_of(text)
    if relation not in (">", ">=", "<", "<="):
        raise RecordError(f"{text!r} is no inequality")
    return (polynomial if relation[0] == ">" else -polynomial), len(relation) == 1


def _check_line(term: Mapping[str, Any], polynomial: Poly, strict: bool) -> None:
    left, _, right = term["line"].rpartition(" > " if strict else " >= ")
    if right != "0" or polynomial_of(left) != polynomial:
        raise RecordError(f"the line {term['line']!r} is not {term['times']} times {term['inequality']!r}")


def _check_reason(term: Mapping[str, Any], polynomial: Poly, strict: bool, known: Known) -> None:
    """Refuse a premise that its reason does not give."""
    because, text = term["because"], term["inequality"]
    if because == "claimed":
        return
    if because == "assumed" and _assumed(polynomial, strict, known):
        return
    if because == "square" and not strict and _is_square(polynomial):
        return
    if because == "product":
        whole, all_strict = Poly.constant(1), True
        for factor in term["factors"]:
            part, part_strict = premise_of(factor["inequality"])
            if factor["because"] not in ("assumed", "square"):
                raise RecordError(f"the factor {factor['inequality']!r} of {text!r} is neither assumed nor a square")
            _check_reason(factor, part, part_strict, known)
            whole, all_strict = whole * part, all_strict and part_strict
        if whole == polynomial and (all_strict or not strict):
            return
    raise RecordError(f"the premise {text!r} is said to be {because}, and is not")


def _assumed(polynomial: Poly, strict: bool, known: Known) -> bool:
    """Return whether one assumption alone gives the premise: a positive multiple of it, plus a number >= 0."""
    number = Poly.constant(polynomial.terms.get((), 0))
    shape = polynomial - number
    for assumption, signs in known.assumed:
        own = Poly.constant(assumption.terms.get((), 0))
        if not shape or (assumption - own).canonical()[1] != shape.canonical()[1]:
            continue
        monomial = next(iter(shape.terms))
        slope = shape.terms[monomial] / assumption.terms[monomial]
        gap = (number - own.times(slope)).number()
        possible = {(1 if slope > 0 else -1) * sign for sign in signs}
        if gap is None or gap < 0 or -1 in possible:
            continue
        if gap > 0 or not strict or 0 not in possible:
            return True
    return False


def _is_square(polynomial: Poly) -> bool:
    """Return whether a polynomial is a positive multiple of the square of a product of names."""
    return len(polynomial.terms) == 1 and all(
        value > 0 and all(power % 2 == 0 for _, power in monomial) for monomial, value in polynomial.terms.items()
    )


def cases_covered(formula: Formula, certificates: Sequence[CheckedCertificate], known: Known) -> bool:
    """Return whether in every case of a formula some certificate uses only signs that the case gives."""
    units = [clause[0] for clause in (*known.units(), *formula) if len(clause) == 1]
    claimed = {polynomial for certificate in certificates for polynomial, _ in certificate.claims}
    clauses = [clause for clause in formula if len(clause) > 1 and any(p in claimed for p, _ in clause)]
    clauses += [clause for clause in formula if not clause]
    return _covered(units, clauses, certificates)


def _covered(units: list[Literal], clauses: list[Clause], certificates: Sequence[CheckedCertificate]) -> bool:
    signs: dict[Poly, Signs] = {}
    for polynomial, allowed in units:
        signs[polynomial] = _now(polynomial, signs, ANY) & allowed
        if not signs[polynomial]:
            return True
    for certificate in certificates:
        if all(_now(polynomial, signs, ANY) <= allowed for polynomial, allowed in certificate.claims):
            return True
    if not clauses:
        return False
    first, *rest = clauses
    return all(_covered([*units, literal], rest, certificates) for literal in first)
