"""How long lineages of two nodes take to meet: a linear system over pairs of nodes, exact or by eigenvectors."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from flint import fmpq_mat

from coopgame.algebra.polynomials import to_fmpq, to_fraction
from coopgame.errors import UnsupportedError
from coopgame.networks.neutral_walks import NeutralWalk, scaled

_RESIDUAL = 1e-13
_MOST_STEPS = 500


def exact_meeting_sums(walk: NeutralWalk) -> np.ndarray:
    """Return the mean time until the lineages of two nodes meet, one of them moving at a time; Fractions of shape (size, size), 0 on the diagonal.

    (d_i + d_j) t_ij = 1 + sum over k of (r_ik t_kj + r_jk t_ki) for i != j, with rates r and their sums d.
    """
    rates = walk.rates
    size = len(rates)
    pairs = {pair: n for n, pair in enumerate(combinations(range(size), 2))}
    if not pairs:
        return np.zeros((size, size), dtype=object)
    table = fmpq_mat(len(pairs), len(pairs))
    steps = [[(k, to_fmpq(rates[i, k])) for k in range(size) if k != i and rates[i, k]] for i in range(size)]
    for (i, j), row in pairs.items():
        table[row, row] = sum((rate for _, rate in steps[i] + steps[j]), to_fmpq(0))
        for mover, other in ((i, j), (j, i)):
            for k, rate in steps[mover]:
                if k != other:
                    table[row, pairs[min(k, other), max(k, other)]] -= rate
    solved = table.solve(fmpq_mat([[1]] * len(pairs)))
    sums = np.full((size, size), to_fraction(to_fmpq(0)), dtype=object)
    for (i, j), row in pairs.items():
        sums[i, j] = sums[j, i] = to_fraction(solved[row, 0])
    return sums


def numerical_meeting_sums(walk: NeutralWalk) -> np.ndarray:
    """Return the same times in floats, shape (size, size).

    In coordinates x_ij = sqrt(m_i m_j) t_ij, with the measure m, the equations are A x + x A = sqrt(m) sqrt(m)^T - diag(q) with A symmetric and q such that
    the diagonal of x is 0. Given q, eigenvectors of A solve them; q comes from conjugate gradients, in which size**3 operations a step suffice.

    Raises UnsupportedError where they do not come close, on networks with parts that are hardly linked.
    """
    from scipy.linalg import eigh

    root = np.sqrt(walk.measure)
    moves = scaled(scaled(walk.rates, root).T, 1 / root).toarray()  # symmetric up to rounding
    leaving = np.asarray(walk.rates.sum(axis=1)).ravel()
    ladder, basis = eigh(np.diag(leaving) - (moves + moves.T) / 2)
    ladder[0] = 0.0
    beyond = np.ones(basis.shape, dtype=bool)
    beyond[0, 0] = False
    steady = walk.measure / walk.measure.sum()

    def solved(load: np.ndarray) -> np.ndarray:
        """Return the solution of A x + x A = diag(load) without its constant part, in the basis of eigenvectors."""
        table = np.asarray(basis.T @ (load[:, None] * basis))
        table[0, 0] = 0.0  # the constant part, which the diagonal fixes
        np.divide(table, ladder[:, None] + ladder[None, :], out=table, where=beyond)
        return table

    def on_diagonal(load: np.ndarray) -> np.ndarray:
        return np.asarray(np.einsum("ia,ia->i", basis @ solved(load), basis))

    load = _conjugate_gradients(on_diagonal, steady, 2 * leaving)
    constant = walk.measure.sum() / (steady @ load)
    table = np.asarray(np.outer(np.sqrt(steady), np.sqrt(steady)) - basis @ solved(load) @ basis.T)
    table *= constant / np.outer(root, root)
    np.fill_diagonal(table, 0)
    return table


def _conjugate_gradients(
    apply: Callable[[np.ndarray], np.ndarray], right: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Return the solution of a symmetric positive definite system; `scale` is about the inverse of its diagonal."""
    found = np.zeros_like(right)
    rest = right.copy()
    towards = scale * rest
    product = rest @ towards
    for _ in range(_MOST_STEPS):
        changed = apply(towards)
        step = product / (towards @ changed)
        found += step * towards
        rest -= step * changed
        if np.abs(rest).max() <= _RESIDUAL * right.max():
            return found
        before, product = product, rest @ (scale * rest)
        towards = scale * rest + product / before * towards
    raise UnsupportedError(
        "the times until lineages meet could not be found to 11 digits: parts of the network are hardly linked; "
        "a small network is solved exactly with a larger exact_up_to"
    )
