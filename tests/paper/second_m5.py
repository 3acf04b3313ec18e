"""A second, independent implementation of M5: a co-built overseas warehouse, n firms, threshold M.

Exact and by brute force from the written payoffs; it shares no code with the toolkit it checks. A group of n is
sampled at random from an infinite population in which the share x commits. Polynomials in x are coefficient
lists, constant term first, without trailing zeros.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import NamedTuple

Values = Mapping[str, Fraction]
Coefficients = list[Fraction]

ZERO = Fraction(0)
ONE = Fraction(1)
HALF = Fraction(1, 2)
TOLERANCE = Fraction(1, 2**40)

NAMES_M5 = ("K", "b", "f0", "fee")


class InteriorRest(NamedTuple):
    """A zero of the gain strictly inside (0, 1): an interval that isolates it, and its stability."""

    low: Fraction
    high: Fraction
    stability: str

    @property
    def exact(self) -> bool:
        """Whether the position is known exactly."""
        return self.low == self.high


def payoffs_m5(
    own_commits: bool, committed_others: int, n: int, M: int, values: Values, *, third_party: bool = False
) -> Fraction:
    """Payoff of a firm when so many of the other n - 1 commit; variant: the fee goes to a third party."""
    if not 0 <= committed_others <= n - 1 or not 1 <= M <= n:
        raise ValueError("impossible group")
    committed = committed_others + (1 if own_commits else 0)
    if committed < M:
        return -values["f0"] if own_commits else ZERO
    if not own_commits:
        return values["b"] - values["fee"]
    collected = ZERO if third_party else (n - committed) * values["fee"]
    return values["b"] - values["K"] / committed + collected / committed


def admissible_m5(n: int, M: int, values: Values) -> bool:
    """Two firms at least, 1 <= M <= n; K, b and f0 positive; 0 <= fee <= b."""
    if any(name not in values for name in NAMES_M5):
        return False
    positive = all(values[name] > 0 for name in ("K", "b", "f0"))
    return n >= 2 and 1 <= M <= n and positive and 0 <= values["fee"] <= values["b"]


def draw_m5(rng: random.Random, largest: int = 20) -> tuple[int, int, dict[str, Fraction]]:
    """Draw n up to the largest, M and admissible values, multiples of 1/100; K up to n b, f0 of three scales."""
    n = rng.randint(2, largest)
    benefit = rng.randint(1, 300)
    values = {
        "K": Fraction(rng.randint(1, benefit * n), 100),
        "b": Fraction(benefit, 100),
        "f0": Fraction(rng.randint(1, rng.choice((3, 30, 300))), 100),
        "fee": Fraction(rng.randint(0, benefit), 100),
    }
    return n, rng.randint(1, n), values


def gains_m5(n: int, M: int, values: Values, *, third_party: bool = False) -> Coefficients:
    """Payoff of committing minus not committing, at 0 to n - 1 committed others."""
    return [
        payoffs_m5(True, j, n, M, values, third_party=third_party)
        - payoffs_m5(False, j, n, M, values, third_party=third_party)
        for j in range(n)
    ]


def gain_polynomial_m5(n: int, M: int, values: Values, *, third_party: bool = False) -> Coefficients:
    """The expected gain of committing at share x, summed over binomial co-players."""
    total: Coefficients = [ZERO] * n
    for j, gain in enumerate(gains_m5(n, M, values, third_party=third_party)):
        for i in range(n - j):
            total[j + i] += comb(n - 1, j) * gain * comb(n - 1 - j, i) * (-1) ** i
    return trimmed(total)


def critical_fees_m5(n: int, M: int, values: Values, *, third_party: bool = False) -> tuple[Fraction | None, ...]:
    """The fee that makes the gain zero with M to n - 1 committed others: each is linear in the fee."""

    def gain(j: int, fee: Fraction) -> Fraction:
        return gains_m5(n, M, {**values, "fee": fee}, third_party=third_party)[j]

    slopes = {j: gain(j, ONE) - gain(j, ZERO) for j in range(M, n)}
    return tuple(-gain(j, ZERO) / slope if slope else None for j, slope in slopes.items())


# Polynomials in one variable


def trimmed(polynomial: Sequence[Fraction]) -> Coefficients:
    """Without trailing zero coefficients; the zero polynomial is the empty list."""
    last = max((i for i, coefficient in enumerate(polynomial) if coefficient), default=-1)
    return list(polynomial[: last + 1])


def value(polynomial: Sequence[Fraction], x: Fraction) -> Fraction:
    """Value by Horner's rule."""
    total = ZERO
    for coefficient in reversed(polynomial):
        total = total * x + coefficient
    return total


def derivative(polynomial: Sequence[Fraction]) -> Coefficients:
    """Derivative, term by term."""
    return [power * coefficient for power, coefficient in enumerate(polynomial)][1:]


def divide(first: Sequence[Fraction], second: Sequence[Fraction]) -> tuple[Coefficients, Coefficients]:
    """Quotient and remainder."""
    rest = list(first)
    quotient = [ZERO] * max(len(first) - len(second) + 1, 0)
    while len(rest) >= len(second):
        shift = len(rest) - len(second)
        quotient[shift] = rest[-1] / second[-1]
        for i, coefficient in enumerate(second):
            rest[shift + i] -= quotient[shift] * coefficient
        rest = trimmed(rest)
    return quotient, rest


def common_divisor(first: Sequence[Fraction], second: Sequence[Fraction]) -> Coefficients:
    """Greatest common divisor by Euclid, with leading coefficient 1."""
    left, right = list(first), list(second)
    while right:
        left, right = right, divide(left, right)[1]
    return [coefficient / left[-1] for coefficient in left]


def inner_part(polynomial: Sequence[Fraction]) -> Coefficients:
    """The polynomial without its factors x and 1 - x, and without repeated factors."""
    part = trimmed(polynomial)
    for factor in ([ZERO, ONE], [-ONE, ONE]):
        while part and value(part, -factor[0]) == 0:
            part = divide(part, factor)[0]
    if len(part) > 1:
        part = divide(part, common_divisor(part, derivative(part)))[0]
    return part


def sturm_chain(polynomial: Sequence[Fraction]) -> list[Coefficients]:
    """Sturm chain of a polynomial without repeated factors, each member scaled by a positive number."""
    chain = [list(polynomial), derivative(polynomial)]
    while chain[-1]:
        rest = divide(chain[-2], chain[-1])[1]
        chain.append([-coefficient / abs(rest[-1]) for coefficient in rest])
    return chain[:-1]


def sign_changes(numbers: Sequence[Fraction]) -> int:
    """Changes of sign along the numbers, zeros left out."""
    signs = [number > 0 for number in numbers if number != 0]
    return sum(left != right for left, right in pairwise(signs))


def count_roots(chain: Sequence[Sequence[Fraction]], low: Fraction, high: Fraction) -> int:
    """Number of distinct roots in (low, high] by Sturm's theorem."""
    at_low, at_high = ([value(member, x) for member in chain] for x in (low, high))
    return sign_changes(at_low) - sign_changes(at_high)


def isolate(chain: Sequence[Sequence[Fraction]], low: Fraction, high: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Intervals (low, high] with one root each, in ascending order."""
    count = count_roots(chain, low, high)
    if count <= 1:
        return [(low, high)] * count
    middle = (low + high) * HALF
    return isolate(chain, low, middle) + isolate(chain, middle, high)


def refine(
    chain: Sequence[Sequence[Fraction]], interval: tuple[Fraction, Fraction], width: Fraction
) -> tuple[Fraction, Fraction]:
    """Bisect down to the width; an endpoint that is the root becomes both ends."""
    low, high = interval
    while value(chain[0], high) != 0:
        if high - low <= width and value(chain[0], low) != 0:
            return low, high
        middle = (low + high) * HALF
        low, high = (low, middle) if count_roots(chain, low, middle) else (middle, high)
    return high, high


def interior_zeros(polynomial: Sequence[Fraction], width: Fraction = TOLERANCE) -> list[InteriorRest]:
    """All distinct zeros in (0, 1) with the stability of dx/dt = x (1 - x) polynomial(x)."""
    if not trimmed(polynomial):
        raise ValueError("the gain is zero everywhere")
    part = inner_part(polynomial)
    if len(part) < 2:
        return []
    chain = sturm_chain(part)
    found = [refine(chain, interval, width) for interval in isolate(chain, ZERO, ONE)]
    while True:
        ends = [ZERO, *(end for interval in found for end in interval), ONE]
        if all(ends[i] < ends[i + 1] for i in range(0, len(ends), 2)):
            break
        width *= HALF
        found = [refine(chain, interval, width) if interval[0] < interval[1] else interval for interval in found]
    between = [(ends[i] + ends[i + 1]) * HALF for i in range(0, len(ends), 2)]
    signs = [value(polynomial, x) > 0 for x in between]
    names = {(True, False): "stable", (False, True): "unstable"}
    return [
        InteriorRest(*interval, names.get((before, after), "degenerate"))
        for interval, before, after in zip(found, signs, signs[1:], strict=False)
    ]


def count_interior_m5(n: int, M: int, values: Values, *, third_party: bool = False) -> int:
    """Number of distinct interior rest points by Sturm's theorem alone."""
    part = inner_part(gain_polynomial_m5(n, M, values, third_party=third_party))
    return count_roots(sturm_chain(part), ZERO, ONE) if len(part) > 1 else 0


def interior_rest_points_m5(n: int, M: int, values: Values, *, third_party: bool = False) -> list[InteriorRest]:
    """Interior rest points with position and stability."""
    return interior_zeros(gain_polynomial_m5(n, M, values, third_party=third_party))


def end_stability_m5(n: int, M: int, values: Values, *, third_party: bool = False) -> tuple[str, str]:
    """Stability of x = 0 and x = 1 from the eigenvalues D(0) and -D(1); degenerate when zero."""
    gain = gain_polynomial_m5(n, M, values, third_party=third_party)
    names = {-1: "stable", 0: "degenerate", 1: "unstable"}
    eigenvalues = (value(gain, ZERO), -value(gain, ONE))
    at_zero, at_one = (names[(number > 0) - (number < 0)] for number in eigenvalues)
    return at_zero, at_one
