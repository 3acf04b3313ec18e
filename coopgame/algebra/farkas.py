"""Certificates of emptiness: nonnegative combinations of premises that add up to a contradiction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgame.algebra.assumptions import Assumptions
from coopgame.algebra.conditions import Sign
from coopgame.algebra.polynomials import Polynomial, Ring, comparison_text, to_fmpq, to_fraction
from coopgame.algebra.smt import number, solver

_MOST_PREMISES = 400
_STEPS = 2_000_000


@dataclass(frozen=True, eq=False)
class Premise:
    """`polynomial > 0` (strict) or `polynomial >= 0`, known from an assumption, a case, or a product of such."""

    polynomial: Polynomial
    strict: bool

    def text(self, ring: Ring) -> str:
        """Return the premise as text."""
        return comparison_text(ring, self.polynomial, ">" if self.strict else ">=")


@dataclass(frozen=True, eq=False)
class Certificate:
    """Premises with positive integer multipliers whose sum is a nonpositive constant: they cannot all hold."""

    ring: Ring
    terms: tuple[tuple[int, Premise], ...]

    def verify(self) -> bool:
        """Return whether the weighted sum of the premises is a contradiction; exact, needs no solver."""
        total = self.ring.constant(0)
        for multiplier, premise in self.terms:
            total = total + premise.polynomial * multiplier
        if not (total.is_constant() or total.is_zero()):
            return False
        constant = self.ring.evaluate(total, {})
        strict = any(premise.strict for multiplier, premise in self.terms if multiplier > 0)
        return all(m > 0 for m, _ in self.terms) and (constant < 0 or (constant == 0 and strict))

    def text(self) -> str:
        """Return the certificate as a line that a reader can check by adding up."""
        parts = [f"{m}*({p.text(self.ring)})" if m != 1 else f"({p.text(self.ring)})" for m, p in self.terms]
        return " + ".join(parts) + " adds up to a contradiction"


def find_certificate(assumptions: Assumptions, signs: Sequence[Sign]) -> Certificate | None:
    """Return a verified certificate that no admissible point meets all signs, None when the search finds none.

    Every monomial counts as an unknown of its own (after Handelman 1988), so for polynomials that are affine in
    the parameters the search is complete (Farkas' lemma), and for others a None proves nothing.
    """
    premises = _premises(assumptions, signs)
    if not premises or len(premises) > _MOST_PREMISES:
        return None
    rows: dict[tuple[int, ...], list[tuple[int, Fraction]]] = {}
    for column, premise in enumerate(premises):
        for exponents, coefficient in premise.polynomial.terms():
            rows.setdefault(tuple(map(int, exponents)), []).append((column, to_fraction(coefficient)))
    constant_row = rows.pop((0,) * len(assumptions.ring.names), [])
    statements = [f"(>= p{i} 0.0)" for i in range(len(premises))]
    statements += [f"(= {_weighted(row)} 0.0)" for row in rows.values()]
    statements.append(f"(<= {_weighted(constant_row)} 0.0)")
    strict = [(i, Fraction(1)) for i, premise in enumerate(premises) if premise.strict]
    gap = [(i, -value) for i, value in constant_row]
    statements.append(f"(>= {_weighted(strict + gap)} 1.0)")
    answer = solver().ask(len(premises), statements, _STEPS, "QF_LRA")
    if answer.status != "sat":
        return None
    scale = math.lcm(*(value.denominator for value in answer.model))
    whole = [int(value * scale) for value in answer.model]
    shared = math.gcd(*whole) or 1
    terms = tuple((m // shared, premise) for m, premise in zip(whole, premises, strict=True) if m)
    certificate = Certificate(assumptions.ring, terms)
    return certificate if certificate.verify() else None


def _weighted(entries: Sequence[tuple[int, Fraction]]) -> str:
    if not entries:
        return "0.0"
    return f"(+ 0.0 {' '.join(f'(* {number(value)} p{i})' for i, value in entries)})"


def _premises(assumptions: Assumptions, signs: Iterable[Sign]) -> list[Premise]:
    cases = [premise for sign in signs for premise in _from_sign(sign)]
    assumed = [premise for sign in assumptions.signs for premise in _from_sign(sign)]
    if all(premise.polynomial.total_degree() <= 1 for premise in cases + assumed):
        return cases + assumed
    compound = [premise for premise in assumed if len(premise.polynomial.monoms()) > 1]
    monomials = {m for premise in cases + compound for m in _monomials(premise.polynomial)}
    products = _products(assumptions, compound, monomials)
    monomials |= {m for premise in products for m in _monomials(premise.polynomial)}
    return cases + compound + products + _positive_monomials(assumptions, monomials)


def _from_sign(sign: Sign) -> list[Premise]:
    p = sign.polynomial
    if sign.relation == "=":
        return [Premise(p, False), Premise(-p, False)]
    if sign.relation == "!=":
        return []
    return [Premise(p if sign.relation[0] == ">" else -p, len(sign.relation) == 1)]


def _monomials(polynomial: Polynomial) -> list[tuple[int, ...]]:
    return [tuple(map(int, m)) for m in polynomial.monoms()]


def _positive_monomials(assumptions: Assumptions, monomials: Iterable[tuple[int, ...]]) -> list[Premise]:
    """Monomials in parameters that are assumed nonnegative, one premise each."""
    found = []
    for monomial in sorted(monomials):
        strict = _sign_of_monomial(assumptions, monomial)
        if any(monomial) and strict is not None:
            found.append(Premise(_from_monomial(assumptions.ring, monomial), strict))
    return found


def _sign_of_monomial(assumptions: Assumptions, monomial: Sequence[int]) -> bool | None:
    """Return True when the monomial is known > 0, False when known >= 0, None when its sign is open."""
    strict = True
    for name, exponent in zip(assumptions.ring.names, monomial, strict=True):
        if exponent == 0 or assumptions.is_positive(name):
            continue
        if exponent % 2 and not assumptions.is_nonnegative(name):
            return None
        strict = False
    return strict


def _products(
    assumptions: Assumptions, compound: Sequence[Premise], monomials: Iterable[tuple[int, ...]]
) -> list[Premise]:
    """Products of assumptions with nonnegative monomials, and of pairs, that can cancel a monomial in question."""
    wanted = sorted(monomials)
    pairs = [
        Premise(a.polynomial * b.polynomial, a.strict and b.strict)
        for i, a in enumerate(compound)
        for b in compound[i:]
        if a.polynomial.total_degree() + b.polynomial.total_degree() <= max(map(sum, wanted), default=0)
    ]
    found: dict[str, Premise] = {str(pair.polynomial): pair for pair in pairs}
    for premise in [*compound, *pairs]:
        for own in _monomials(premise.polynomial):
            for monomial in wanted:
                quotient = tuple(a - b for a, b in zip(monomial, own, strict=True))
                if min(quotient) < 0 or not any(quotient):
                    continue
                strict = _sign_of_monomial(assumptions, quotient)
                if strict is None or len(found) >= _MOST_PREMISES // 2:
                    continue
                product = premise.polynomial * _from_monomial(assumptions.ring, quotient)
                found.setdefault(str(product), Premise(product, premise.strict and strict))
    return list(found.values())


def _from_monomial(ring: Ring, exponents: Sequence[int]) -> Polynomial:
    return ring.context.from_dict({tuple(exponents): to_fmpq(1)})
