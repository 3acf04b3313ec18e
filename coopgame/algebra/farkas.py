"""Certificates of emptiness: nonnegative combinations of premises that add up to a contradiction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from coopgame.algebra.assumptions import Assumptions
from coopgame.algebra.conditions import Sign
from coopgame.algebra.polynomials import Polynomial, Ring, comparison_text, to_fraction
from coopgame.algebra.smt import number, solver

_MOST_PREMISES = 400
_STEPS = 2_000_000


Origin = Literal["claimed", "assumed", "square", "product"]


@dataclass(frozen=True, eq=False)
class Premise:
    """`polynomial > 0` (strict) or `polynomial >= 0`, and why it may be used.

    origin: `claimed` by the condition that is refuted, `assumed` of the parameters, the `square` of one of them, or
    the `product` of `factors`, which are premises that are assumed or squares.
    """

    polynomial: Polynomial
    strict: bool
    origin: Origin = "claimed"
    factors: tuple[Premise, ...] = ()

    def text(self, ring: Ring) -> str:
        """Return the premise as text."""
        return comparison_text(ring, self.polynomial, ">" if self.strict else ">=")

    def multiplied(self, ring: Ring, multiplier: int) -> str:
        """Return the premise times a positive number with everything on the left, e.g. `2*F - 2*c > 0`."""
        return f"{ring.text(self.polynomial * multiplier)} {'>' if self.strict else '>='} 0"

    def because(self, ring: Ring) -> str:
        """Return why the premise may be used, as words."""
        if self.origin != "product":
            return self.origin
        return " times ".join(f"({factor.text(ring)})" for factor in self.factors)


@dataclass(frozen=True, eq=False)
class Certificate:
    """Premises with positive integer multipliers whose sum is a nonpositive constant: they cannot all hold.

    `print` shows the inequalities one below the other, multiplied out, with their sum in the last line.
    """

    ring: Ring
    terms: tuple[tuple[int, Premise], ...]

    @property
    def strict(self) -> bool:
        """Whether the sum is strict: some premise is."""
        return any(premise.strict for _, premise in self.terms)

    def total(self) -> Polynomial:
        """Return the weighted sum of the premises' polynomials."""
        total = self.ring.constant(0)
        for multiplier, premise in self.terms:
            total = total + premise.polynomial * multiplier
        return total

    def verify(self) -> bool:
        """Return whether the weighted sum of the premises is a contradiction; exact, needs no solver."""
        total = self.total()
        if not (total.is_constant() or total.is_zero()):
            return False
        constant = self.ring.evaluate(total, {})
        return all(m > 0 for m, _ in self.terms) and (constant < 0 or (constant == 0 and self.strict))

    def sum_text(self) -> str:
        """Return what the premises add up to, e.g. `0 > 0`."""
        return f"{self.ring.text(self.total())} {'>' if self.strict else '>='} 0"

    def text(self) -> str:
        """Return the certificate as a line that a reader can check by adding up."""
        parts = [f"{m}*({p.text(self.ring)})" if m != 1 else f"({p.text(self.ring)})" for m, p in self.terms]
        return " + ".join(parts) + " adds up to a contradiction"

    def __str__(self) -> str:
        """Return the certificate as lines that add up: each inequality multiplied out, with why it may be used."""
        rows = [
            (p.multiplied(self.ring, m), f"{m} times " if m != 1 else "", p.text(self.ring), p.because(self.ring))
            for m, p in self.terms
        ]
        rule = "-" * max(len(row[0]) for row in rows)
        width = len(rule)
        lines = [f"{line:<{width}}   {times}{text}: {why}" for line, times, text, why in rows]
        return "\n".join([*lines, rule, f"{self.sum_text():<{width}}   the sum, which is false"])

    def latex(self) -> str:
        """Return the certificate as a LaTeX array whose lines add up to the last one."""
        rows = [
            (_latex(self.ring, p.polynomial * m, p.strict), f"{m} \\times " if m != 1 else "", _LATEX_WORDS[p.origin])
            for m, p in self.terms
        ]
        lines = [f"{left} & {times}\\text{{{why}}}" for left, times, why in rows]
        lines.append(f"\\hline {_latex(self.ring, self.total(), self.strict)} & \\text{{the sum, which is false}}")
        body = " \\\\\n".join(lines)
        return f"\\begin{{array}}{{r@{{\\;}}l@{{\\quad}}l}}\n{body}\n\\end{{array}}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"


_LATEX_WORDS = {
    "claimed": "claimed",
    "assumed": "assumed",
    "square": "a square",
    "product": "a product of assumptions",
}


def _latex(ring: Ring, polynomial: Polynomial, strict: bool) -> str:
    from sympy import latex

    return f"{latex(ring.to_expression(polynomial))} & {'>' if strict else chr(92) + 'ge'} 0"


def find_certificate(assumptions: Assumptions, signs: Sequence[Sign]) -> Certificate | None:
    """Return a verified certificate that no admissible point meets all signs, None when the search finds none.

    Every monomial counts as an unknown of its own (after Handelman 1988), so for polynomials that are affine in
    the parameters the search is complete (Farkas' lemma), and for others a None proves nothing. Products of
    assumptions are tried only where the signs, the assumptions and positive monomials do not do: short certificates
    are easier to read.
    """
    cases = [premise for sign in signs for premise in _from_sign(sign, "claimed")]
    plain = next((found for case in cases if (found := _by_coefficients(assumptions, case))), None)
    if plain is not None:
        return plain
    assumed = [premise for sign in assumptions.signs for premise in _from_sign(sign, "assumed")]
    if all(premise.polynomial.total_degree() <= 1 for premise in cases + assumed):
        return _certificate(assumptions.ring, cases + assumed)
    compound = [premise for premise in assumed if len(premise.polynomial.monoms()) > 1]
    monomials = {m for premise in cases + compound for m in _monomials(premise.polynomial)}
    found = _certificate(assumptions.ring, cases + compound + _positive_monomials(assumptions, monomials))
    if found is not None:
        return found
    products = _products(assumptions, compound, monomials)
    if not products:
        return None
    monomials |= {m for premise in products for m in _monomials(premise.polynomial)}
    positive = _positive_monomials(assumptions, monomials)
    return _certificate(assumptions.ring, cases + compound + products + positive)


def _by_coefficients(assumptions: Assumptions, claimed: Premise) -> Certificate | None:
    """Return the certificate against a claim whose terms are all nonpositive, read off its coefficients."""
    if any(coefficient > 0 for coefficient in claimed.polynomial.coeffs()):
        return None
    terms = [(Fraction(1), claimed)]
    for monomial, coefficient in sorted((tuple(map(int, m)), to_fraction(c)) for m, c in claimed.polynomial.terms()):
        factors = _factors_of_monomial(assumptions, monomial)
        if factors is None:
            return None
        if any(monomial):
            terms.append((-coefficient, _product(assumptions.ring, factors)))
    scale = math.lcm(*(multiplier.denominator for multiplier, _ in terms))
    certificate = Certificate(assumptions.ring, tuple((int(m * scale), premise) for m, premise in terms))
    return certificate if certificate.verify() else None


def _certificate(ring: Ring, premises: Sequence[Premise]) -> Certificate | None:
    """Return nonnegative multipliers with which the premises add up to a contradiction, by linear arithmetic."""
    if not premises or len(premises) > _MOST_PREMISES:
        return None
    rows: dict[tuple[int, ...], list[tuple[int, Fraction]]] = {}
    for column, premise in enumerate(premises):
        for exponents, coefficient in premise.polynomial.terms():
            rows.setdefault(tuple(map(int, exponents)), []).append((column, to_fraction(coefficient)))
    constant_row = rows.pop((0,) * len(ring.names), [])
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
    certificate = Certificate(ring, terms)
    return certificate if certificate.verify() else None


def _weighted(entries: Sequence[tuple[int, Fraction]]) -> str:
    if not entries:
        return "0.0"
    return f"(+ 0.0 {' '.join(f'(* {number(value)} p{i})' for i, value in entries)})"


def _from_sign(sign: Sign, origin: Origin) -> list[Premise]:
    p = sign.polynomial
    if sign.relation == "=":
        return [Premise(p, False, origin), Premise(-p, False, origin)]
    if sign.relation == "!=":
        return []
    return [Premise(p if sign.relation[0] == ">" else -p, len(sign.relation) == 1, origin)]


def _monomials(polynomial: Polynomial) -> list[tuple[int, ...]]:
    return [tuple(map(int, m)) for m in polynomial.monoms()]


def _positive_monomials(assumptions: Assumptions, monomials: Iterable[tuple[int, ...]]) -> list[Premise]:
    """Monomials in parameters that are assumed nonnegative, one premise each."""
    found = []
    for monomial in sorted(monomials):
        factors = _factors_of_monomial(assumptions, monomial)
        if any(monomial) and factors is not None:
            found.append(_product(assumptions.ring, factors))
    return found


def _product(ring: Ring, factors: Sequence[Premise]) -> Premise:
    """Return the product of premises as a premise; one factor stays what it is."""
    if len(factors) == 1:
        return factors[0]
    polynomial = ring.constant(1)
    for factor in factors:
        polynomial = polynomial * factor.polynomial
    return Premise(polynomial, all(factor.strict for factor in factors), "product", tuple(factors))


def _factors_of_monomial(assumptions: Assumptions, monomial: Sequence[int]) -> list[Premise] | None:
    """Return nonnegative premises whose product is the monomial, None when its sign is open."""
    factors: list[Premise] = []
    for name, exponent in zip(assumptions.ring.names, monomial, strict=True):
        if not exponent:
            continue
        generator = assumptions.ring.generator(name)
        if assumptions.is_nonnegative(name):
            factors += [Premise(generator, assumptions.is_positive(name), "assumed")] * exponent
        elif exponent % 2:
            return None
        else:
            factors += [Premise(generator * generator, False, "square")] * (exponent // 2)
    return factors


def _products(
    assumptions: Assumptions, compound: Sequence[Premise], monomials: Iterable[tuple[int, ...]]
) -> list[Premise]:
    """Products of assumptions with nonnegative monomials, and of pairs, that can cancel a monomial in question."""
    wanted = sorted(monomials)
    pairs = [
        _product(assumptions.ring, (a, b))
        for i, a in enumerate(compound)
        for b in compound[i:]
        if a.polynomial.total_degree() + b.polynomial.total_degree() <= max(map(sum, wanted), default=0)
    ]
    found: dict[str, Premise] = {str(pair.polynomial): pair for pair in pairs}
    for premise in [*compound, *pairs]:
        for own in _monomials(premise.polynomial):
            for monomial in wanted:
                quotient = tuple(a - b for a, b in zip(monomial, own, strict=True))
                if min(quotient) < 0 or not any(quotient) or len(found) >= _MOST_PREMISES // 2:
                    continue
                factors = _factors_of_monomial(assumptions, quotient)
                if factors is not None:
                    product = _product(assumptions.ring, (*(premise.factors or (premise,)), *factors))
                    found.setdefault(str(product.polynomial), product)
    return list(found.values())
