"""Stationary laws of finite Markov chains: from probabilities, from their logarithms, and in the limit of vanishing noise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq_mat

from coopgame.algebra.polynomials import to_fmpq, to_fraction
from coopgame.errors import StateError

Term = tuple[Fraction, Fraction]  # (order, coefficient): coefficient * e**order for a small e


def stationary_law(transition: np.ndarray, names: Sequence[str] = ()) -> np.ndarray:
    """Return the stationary law of a chain with one closed class; shape (n,), 0 where the chain does not stay.

    transition: probabilities or rates from row to column, shape (n, n); the diagonal is not read. names: of the states, for errors. Elimination without
    subtraction keeps the digits of every entry (Grassmann, Taksar and Heyman 1985, Operations Research 33, 1107-1116).

    Raises StateError for negative or other entries that are no rates, and for several closed classes, which it names.

    >>> stationary_law(np.array([[0.5, 0.5], [0.25, 0.75]]))
    array([0.33333333, 0.66666667])
    """
    rates = _square(transition)
    if not (rates >= 0).all() or np.isinf(rates).any():
        raise StateError("probabilities and rates are finite and not negative; logarithms go to log_stationary_law")
    closed = _closed_class(rates > 0, names)
    rates = rates[np.ix_(closed, closed)]
    for k in range(len(closed) - 1, 0, -1):
        leaving = rates[k, :k].sum()
        if leaving == 0:
            raise StateError(
                "rates are too small for floats and vanish on the way; give their logarithms to log_stationary_law"
            )
        rates[:k, k] /= leaving
        rates[:k, :k] += np.outer(rates[:k, k], rates[k, :k])
    law = np.zeros(len(closed))
    law[0] = 1.0
    for k in range(1, len(closed)):
        law[k] = law[:k] @ rates[:k, k]
        law[: k + 1] /= max(law[: k + 1].max(), 1.0)
    found = np.zeros(len(transition))
    found[closed] = law / law.sum()
    return found


def log_stationary_law(log_transition: np.ndarray, names: Sequence[str] = ()) -> np.ndarray:
    """Return the logarithms of the stationary law from the logarithms of a chain's probabilities or rates; shape (n,).

    Entries of any size are kept apart: probabilities such as exp(-100000), which a float takes for 0, count. -inf stands for 0; the diagonal is not read.
    Errors are those of `stationary_law`.
    """
    from coopgame._kernels.markov import log_stationary

    logs = _square(log_transition)
    if (logs == np.inf).any():
        raise StateError("the logarithm of a probability or rate is a number or -inf, got inf")
    closed = _closed_class(logs > -np.inf, names)
    found = np.full(len(logs), -np.inf)
    found[closed] = log_stationary(np.ascontiguousarray(logs[np.ix_(closed, closed)]))
    return found


def closed_classes(possible: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """Return the sets of states that a chain does not leave and within which each state leads to each, in order of their first state.

    possible: whether a state can be followed by another, shape (n, n), row to column.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(csr_array(possible), directed=True, connection="strong")
    row, column = np.nonzero(possible)
    open_labels = set(label[row[label[row] != label[column]]].tolist())
    classes = [tuple(np.flatnonzero(label == k).tolist()) for k in range(count) if k not in open_labels]
    return tuple(sorted(classes))


def exact_law(rates: Sequence[Mapping[int, Fraction]]) -> tuple[Fraction, ...]:
    """Return the stationary law of an irreducible chain with rational probabilities or rates, exactly, by linear algebra."""
    n = len(rates)
    if n == 1:
        return (Fraction(1),)
    balance = [[Fraction(0)] * n for _ in range(n)]  # row j: what comes to state j, less what leaves it
    for i, row in enumerate(rates):
        for j, rate in row.items():
            if i != j:
                balance[j][i] += rate
                balance[i][i] -= rate
    balance[-1] = [Fraction(1)] * n
    right = fmpq_mat([[to_fmpq(k == n - 1)] for k in range(n)])
    law = fmpq_mat([[to_fmpq(entry) for entry in row] for row in balance]).solve(right)
    return tuple(to_fraction(law[k, 0]) for k in range(n))


def small_noise_law(
    rates: Sequence[Mapping[int, Term]], *, exact: bool = True
) -> tuple[tuple[Fraction, Fraction | float], ...]:
    """Return the leading term c e**r of each entry of a stationary law whose transition probabilities are c e**r for small e, as (r, c).

    rates: of each state the others that can follow it, with (order r, coefficient c > 0). States are eliminated without subtraction, in which leading terms
    never cancel. States of order 0 have positive mass in the limit, the coefficient; these sum to 1 (Freidlin and Wentzell 1984; Young 1993). Orders are exact; coefficients are
    Fractions, or floats where exact is False, which is faster for hundreds of states.

    Raises StateError when the chain is not irreducible: every state has to lead to every other, if rarely.
    """
    n = len(rates)
    scale, orders, coefficients = _tables(rates, exact)
    shares: list[tuple[np.ndarray, np.ndarray]] = [(orders[:0, 0], coefficients[:0, 0])]
    for k in range(n - 1, 0, -1):
        least, leaving = _sum(orders[k, :k], coefficients[k, :k])
        into, share = orders[:k, k] - least, coefficients[:k, k] / leaving
        shares.append((into, share))
        more, extra = into[:, None] + orders[k, :k], share[:, None] * coefficients[k, :k]
        _add(orders[:k, :k], coefficients[:k, :k], more, extra)
    law_orders, law = orders[:, 0].copy(), coefficients[:, 0].copy()
    law_orders[0], law[0] = 0, to_fmpq(1) if exact else 1.0
    for k, (into, share) in zip(range(1, n), reversed(shares[1:]), strict=True):
        law_orders[k], law[k] = _sum(law_orders[:k] + into, law[:k] * share)
    least, total = _sum(law_orders, law)
    return tuple(
        (Fraction(int(order - least), scale), to_fraction(c / total) if exact else float(c / total))
        for order, c in zip(law_orders, law, strict=True)
    )


def _tables(rates: Sequence[Mapping[int, Term]], exact: bool) -> tuple[int, np.ndarray, np.ndarray]:
    """Return orders as whole numbers in units of 1/scale, and coefficients, 0 where a state cannot follow; shape (n, n)."""
    n = len(rates)
    possible = np.zeros((n, n), dtype=bool)
    for i, row in enumerate(rates):
        possible[i, [j for j in row if j != i]] = True
    if [len(own) for own in closed_classes(possible)] != [n]:
        raise StateError("the limit of vanishing noise needs a chain in which every state leads to every other")
    terms = [(i, j, *term) for i, row in enumerate(rates) for j, term in row.items() if i != j]
    scale = math.lcm(*(order.denominator for _, _, order, _ in terms))
    largest = max((abs(order) * scale for _, _, order, _ in terms), default=0)
    orders = np.zeros((n, n), dtype=np.int64 if largest * 4 * n < 2**62 else object)
    coefficients = np.full((n, n), to_fmpq(0), dtype=object) if exact else np.zeros((n, n))
    for i, j, order, coefficient in terms:
        orders[i, j] = int(order * scale)
        coefficients[i, j] = to_fmpq(coefficient) if exact else float(coefficient)
    return scale, orders, coefficients


def _sum(orders: np.ndarray, coefficients: np.ndarray) -> tuple[Any, Any]:
    """Return the leading term of a sum."""
    there = np.asarray(coefficients != 0, dtype=bool)
    least = orders[there].min()
    return least, coefficients[there & (orders == least)].sum()


def _add(orders: np.ndarray, coefficients: np.ndarray, more: np.ndarray, extra: np.ndarray) -> None:
    """Add terms to terms in place, keeping the leading ones."""
    new, old = np.asarray(extra != 0, dtype=bool), np.asarray(coefficients != 0, dtype=bool)
    lower, level = np.asarray(more < orders, dtype=bool), np.asarray(more == orders, dtype=bool)
    better, tied = new & (lower | ~old), new & old & level
    orders[better] = more[better]
    coefficients[tied] += extra[tied]
    coefficients[better] = extra[better]


def _square(given: np.ndarray) -> np.ndarray:
    matrix = np.array(given, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise StateError(f"a chain is a square matrix from row to column, got shape {matrix.shape}")
    if np.isnan(matrix).any():
        raise StateError("a chain has an entry that is not a number")
    return matrix


def _closed_class(possible: np.ndarray, names: Sequence[str]) -> np.ndarray:
    moves = possible.copy()
    np.fill_diagonal(moves, False)
    classes = closed_classes(moves)
    if len(classes) == 1:
        return np.array(classes[0])
    called = names or [str(k + 1) for k in range(len(possible))]
    shown = "; ".join(
        "{" + ", ".join(called[k] for k in own[:6]) + (", ..." if len(own) > 6 else "") + "}" for own in classes[:6]
    )
    raise StateError(
        f"the chain has {len(classes)} closed classes, {shown}{'; ...' if len(classes) > 6 else ''}, and no stationary law of its own: where it ends depends on "
        "where it begins; restrict it to one of them, or let states be left with small probability"
    )
