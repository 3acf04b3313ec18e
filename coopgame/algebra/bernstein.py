"""Polynomials on [0, 1] by their Bernstein coefficients: conversion, halving, sign changes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import TypeVar

Number = TypeVar("Number")


def power_to_bernstein(coefficients: Sequence[Number]) -> tuple[Number, ...]:
    """Return the Bernstein coefficients of a polynomial given by its power coefficients, the constant one first.

    b_j = sum over i <= j of C(j, i)/C(m, i) a_i, for numbers or quotients of polynomials.

    References: Farouki and Rajan (1988), Computer Aided Geometric Design 5, 1-26.
    """
    m = len(coefficients) - 1
    return tuple(
        _sum([Fraction(comb(j, i), comb(m, i)) * a for i, a in enumerate(coefficients[: j + 1])])  # type: ignore[operator]
        for j in range(m + 1)
    )


def bernstein_to_power(coefficients: Sequence[Number]) -> tuple[Number, ...]:
    """Return the power coefficients, the constant one first, of a polynomial given by its Bernstein coefficients."""
    m = len(coefficients) - 1
    return tuple(
        _sum([(-1) ** (i - j) * comb(m, i) * comb(i, j) * b for j, b in enumerate(coefficients[: i + 1])])
        for i in range(m + 1)
    )


def _sum(terms: Sequence[Number]) -> Number:
    total = terms[0]
    for term in terms[1:]:
        total = total + term  # type: ignore[operator]
    return total


def halves(coefficients: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return integer Bernstein coefficients, up to one positive factor, on the left and the right half of the interval.

    De Casteljau's scheme, with every mean multiplied by 2 so that integers stay integers.
    """
    row = list(coefficients)
    m = len(row) - 1
    left, right = [row[0] << m], [row[-1] << m]
    for step in range(1, m + 1):
        row = [a + b for a, b in itertools.pairwise(row)]
        left.append(row[0] << (m - step))
        right.append(row[-1] << (m - step))
    return left, right[::-1]


def sign_changes(signs: Sequence[int | Fraction]) -> int:
    """Return how often the sign changes along a sequence of numbers, zeros left out.

    >>> sign_changes([-1, 0, 2, 5, -1])
    2
    """
    present = [value > 0 for value in signs if value != 0]
    return sum(a != b for a, b in itertools.pairwise(present))
