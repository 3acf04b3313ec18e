"""A second, independent implementation of M6: share x of cooperators and state e of the shared ecosystem.

Payoffs are (1 - e) A0 + e A1 with the tables of M1. Two laws of e: "switch" with eps and theta (Weitz et al.),
"renewal" with eps, r, u and delta (after Tilman, Plotkin and Akcay). Exact and by brute force from the written
payoffs; no code is shared with the toolkit it checks. Positions that solve a quadratic are exact numbers
p + q sqrt(D), so that every sign of a trace or determinant is exact.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, sqrt
from typing import NamedTuple

from tests.paper.second_dynamics import polynomial_derivative, polynomial_product, polynomial_sum
from tests.paper.second_models import admissible_m1, draw_m1, payoffs_m1

Values = Mapping[str, Fraction]
Polynomial = dict[tuple[int, ...], Fraction]  # powers of x and e
ZERO = Fraction(0)
ONE = Fraction(1)
LAWS_M6 = {"switch": ("eps", "theta"), "renewal": ("eps", "r", "u", "delta")}


@dataclass(frozen=True)
class Surd:
    """The exact number rational + factor * sqrt(radicand)."""

    rational: Fraction
    factor: Fraction = ZERO
    radicand: Fraction = ZERO

    def __add__(self, other: Surd) -> Surd:
        """Sum of two numbers over the same root."""
        return Surd(self.rational + other.rational, self.factor + other.factor, self.radicand or other.radicand)

    def __mul__(self, other: Surd) -> Surd:
        """Product of two numbers over the same root."""
        radicand = self.radicand or other.radicand
        rational = self.rational * other.rational + self.factor * other.factor * radicand
        return Surd(rational, self.rational * other.factor + self.factor * other.rational, radicand)

    def inverse(self) -> Surd:
        """One divided by the number."""
        norm = self.rational**2 - self.factor**2 * self.radicand
        return Surd(self.rational / norm, -self.factor / norm, self.radicand)

    def sign(self) -> int:
        """-1, 0 or 1, exactly."""
        first = _sign(self.rational)
        second = _sign(self.factor) if self.radicand else 0
        if first * second >= 0:
            return first or second
        return first * _sign(self.rational**2 - self.factor**2 * self.radicand)

    def __float__(self) -> float:
        """Nearest ordinary number."""
        return float(self.rational) + float(self.factor) * sqrt(self.radicand)


class RestPoint(NamedTuple):
    """A rest point, where it lies, the signs of the real parts of its eigenvalues, and its stability."""

    x: Surd
    e: Surd
    place: str
    signs: tuple[int, int]
    real: bool
    stability: str


class Continuum(ValueError):
    """The rest points are not isolated."""


def _sign(number: Fraction) -> int:
    return (number > 0) - (number < 0)


def admissible_m6(poor: Values, rich: Values, law: str, speed: Values) -> bool:
    """Both M1 sets admissible, but A0 may have a = 0 or k = 0; the law's parameters positive, u >= 0."""
    if any(name not in speed for name in LAWS_M6[law]):
        return False
    positive = all(speed[name] > 0 or (name == "u" and speed[name] == 0) for name in LAWS_M6[law])
    filled = {**poor, **{name: ONE for name in ("a", "k") if poor.get(name) == 0}}
    return positive and admissible_m1(filled) and admissible_m1(rich)


def draw_m6(rng: random.Random, law: str) -> tuple[dict[str, Fraction], dict[str, Fraction], dict[str, Fraction]]:
    """Draw two M1 sets, independent of each other, and the law's parameters, multiples of 1/1000 up to 3."""
    poor, rich = draw_m1(rng), draw_m1(rng)
    speed = {name: Fraction(rng.randint(0 if name == "u" else 1, 3000), 1000) for name in LAWS_M6[law]}
    return poor, rich, speed


def base_m6(rich: Values, h: Fraction) -> dict[str, Fraction]:
    """A0 of the base case: A1 with nothing to share (a = k = 0) and with this h."""
    return {**rich, "a": ZERO, "k": ZERO, "h": h}


def greed_fear_m6(values: Values) -> tuple[Fraction, Fraction]:
    """Payoff of W minus C against C (greed) and against W (fear) in one M1 table."""
    against_c, against_w = (payoffs_m1((0, j), values)[0] - payoffs_m1((1, j), values)[0] for j in (1, 0))
    return against_c, against_w


def regime_m6(values: Values) -> str:
    """The regime of one M1 table."""
    names = {
        (1, 1): "price-war dominance",
        (-1, -1): "cooperation dominance",
        (1, -1): "coexistence",
        (-1, 1): "coordination",
    }
    greed, fear = greed_fear_m6(values)
    return names.get((_sign(greed), _sign(fear)), "boundary")


def incentive_polynomial(poor: Values, rich: Values) -> Polynomial:
    """g(x, e): payoff of cooperating minus price war, written out as -(1-e)(...) - e(...)."""
    (greed0, fear0), (greed1, fear1) = greed_fear_m6(poor), greed_fear_m6(rich)
    return {
        (0, 0): -fear0,
        (1, 0): fear0 - greed0,
        (0, 1): fear0 - fear1,
        (1, 1): (fear1 - greed1) - (fear0 - greed0),
    }


def ecosystem_polynomial(law: str, speed: Values) -> Polynomial:
    """The speed of e, written out."""
    eps = speed["eps"]
    if law == "switch":  # eps (e - e^2) ((1 + theta) x - 1)
        slope = eps * (1 + speed["theta"])
        return {(1, 1): slope, (1, 2): -slope, (0, 1): -eps, (0, 2): eps}
    r, u, delta = speed["r"], speed["u"], speed["delta"]
    return {(0, 0): eps * u, (1, 0): eps * r, (1, 1): -eps * r, (0, 1): -eps * (u + delta)}


def field_polynomials(poor: Values, rich: Values, law: str, speed: Values) -> tuple[Polynomial, Polynomial]:
    """The two speeds as polynomials in x and e."""
    logistic: Polynomial = {(1, 0): ONE, (2, 0): -ONE}
    return polynomial_product(logistic, incentive_polynomial(poor, rich)), ecosystem_polynomial(law, speed)


def rates_m6(
    x: Fraction, e: Fraction, poor: Values, rich: Values, law: str, speed: Values
) -> tuple[Fraction, Fraction]:
    """The two speeds at a state, from the expected payoffs and the laws as they are written."""

    def expected(own: int) -> Fraction:
        total = ZERO
        for other, share in ((1, x), (0, 1 - x)):
            total += share * (1 - e) * payoffs_m1((own, other), poor)[0]
            total += share * e * payoffs_m1((own, other), rich)[0]
        return total

    mean = x * expected(1) + (1 - x) * expected(0)
    if law == "switch":
        change = speed["eps"] * e * (1 - e) * (speed["theta"] * x - (1 - x))
    else:
        change = speed["eps"] * ((x * speed["r"] + speed["u"]) * (1 - e) - speed["delta"] * e)
    return x * (expected(1) - mean), change


def evaluate(polynomial: Polynomial, x: Surd, e: Surd) -> Surd:
    """Exact value of a polynomial at a point."""
    total = Surd(ZERO)
    for (first, second), coefficient in polynomial.items():
        term = Surd(coefficient)
        for factor in [x] * first + [e] * second:
            term = term * factor
        total = total + term
    return total


def jacobian_m6(x: Surd, e: Surd, poor: Values, rich: Values, law: str, speed: Values) -> list[list[Surd]]:
    """Exact Jacobian in (x, e), the polynomials differentiated term by term."""
    fields = field_polynomials(poor, rich, law, speed)
    return [[evaluate(polynomial_derivative(field, i), x, e) for i in (0, 1)] for field in fields]


def quadratic_roots(constant: Fraction, linear: Fraction, square: Fraction) -> list[Surd]:
    """Distinct real roots of constant + linear x + square x^2; Continuum if it is zero everywhere."""
    if square == 0:
        if linear == 0 and constant == 0:
            raise Continuum("the equation holds everywhere")
        return [Surd(-constant / linear)] if linear else []
    radicand = linear**2 - 4 * square * constant
    if radicand < 0:
        return []
    top, bottom = isqrt(radicand.numerator), isqrt(radicand.denominator)
    if Fraction(top, bottom) ** 2 == radicand:
        root = Fraction(top, bottom)
        return [Surd((-linear + way * root) / (2 * square)) for way in ((-1, 1) if root else (0,))]
    return [Surd(-linear / (2 * square), Fraction(way) / (2 * square), radicand) for way in (-1, 1)]


def inside(number: Surd) -> bool:
    """Whether the number lies strictly between 0 and 1."""
    return number.sign() > 0 > (number + Surd(-ONE)).sign()


def states_m6(poor: Values, rich: Values, law: str, speed: Values) -> list[tuple[Surd, Surd, str]]:
    """Positions and places of all rest points on [0, 1]^2."""
    g = incentive_polynomial(poor, rich)
    zero, one = Surd(ZERO), Surd(ONE)
    if law == "switch":
        found = [(x, e, "corner") for x in (zero, one) for e in (zero, one)]
        for e in (ZERO, ONE):
            roots = quadratic_roots(g[0, 0] + e * g[0, 1], g[1, 0] + e * g[1, 1], ZERO)
            found += [(root, Surd(e), "edge") for root in roots if inside(root)]
        x = 1 / (1 + speed["theta"])
        roots = quadratic_roots(g[0, 0] + x * g[1, 0], g[0, 1] + x * g[1, 1], ZERO)
        return found + [(Surd(x), root, "interior") for root in roots if inside(root)]
    r, u, delta = Surd(speed["r"]), Surd(speed["u"]), Surd(speed["delta"])

    def ecosystem(x: Surd) -> Surd:
        inflow = x * r + u
        return inflow * (inflow + delta).inverse()

    # g (x, E(x)) (x r + u + delta), a quadratic in x
    inflow: Polynomial = {(0, 0): u.rational, (1, 0): r.rational}
    at_e1: Polynomial = {(0, 0): g[0, 0] + g[0, 1], (1, 0): g[1, 0] + g[1, 1]}
    at_e0: Polynomial = {(0, 0): g[0, 0], (1, 0): g[1, 0]}
    total = polynomial_sum(polynomial_product(inflow, at_e1), at_e0, delta.rational)
    roots = quadratic_roots(*(total.get((power, 0), ZERO) for power in range(3)))
    found = [(x, ecosystem(x), "edge") for x in (zero, one)]
    return found + [(x, ecosystem(x), "interior") for x in roots if inside(x)]


def rest_points_m6(poor: Values, rich: Values, law: str, speed: Values) -> list[RestPoint]:
    """All rest points on [0, 1]^2 with exact signs of the real parts of their eigenvalues."""
    points = []
    for x, e, place in states_m6(poor, rich, law, speed):
        (a, b), (c, d) = jacobian_m6(x, e, poor, rich, law, speed)
        trace = a + d
        determinant = a * d + Surd(-ONE) * b * c
        t, s = trace.sign(), determinant.sign()
        real = (trace * trace + Surd(Fraction(-4)) * determinant).sign() >= 0
        signs = (-1, 1) if s < 0 else (t, t) if s > 0 else (min(t, 0), max(t, 0))
        names = {(-1, -1): "stable", (1, 1): "unstable", (-1, 1): "saddle"}
        points.append(RestPoint(x, e, place, signs, real, names.get(signs, "degenerate")))
    return points
