"""How a rule moves strategies over a network without selection, and what selection adds first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame.dynamics.protocols import fermi_imitation
from coopgame.dynamics.replacement_rules import birth_death, death_birth, imitation_updating
from coopgame.networks.network import Network
from coopgame.networks.network_rules import Maker

Matrix = Any  # an array of Fractions, or a sparse array of floats


@dataclass(frozen=True, eq=False)
class NeutralWalk:
    """Ancestry of nodes without selection, size times faster than one step of the rule.

    rates: entry [i, j] is the rate at which offspring of j takes the place of i. measure: positive numbers m with m_i rates[i, j] = m_j rates[j, i], in
    proportion to the reproductive value of the nodes. spread: a function that multiplies a matrix by S, symmetric, where selection changes the expected
    share of a strategy, weighted by reproductive value, by sum_ij S_ij u_i (x_i - x_j) / size to first order for payoffs u and strategies x.
    """

    rates: Matrix
    measure: np.ndarray
    spread: Callable[[np.ndarray], np.ndarray]

    def pressure(self, sums: np.ndarray) -> np.ndarray:
        """Return (S - diag(S 1)) times a matrix."""
        ones = np.ones((len(self.measure), 1), dtype=self.measure.dtype)
        return np.asarray(self.spread(sums) - self.spread(ones) * sums)


def neutral_walk(make: Maker, weights: Matrix) -> NeutralWalk:
    """Return the walk of a rule on a network whose adjacency matrix is given, exact or in floats.

    Under imitation a node counts among its neighbours with weight 1.
    """
    if make is birth_death:
        return _birth_death(weights)
    own = weights + identity(weights) if make is imitation_updating else weights
    strengths = row_sums(own)
    values = strengths / strengths.sum()
    if make in (death_birth, imitation_updating):
        step = scaled(own, 1 / strengths)
        return NeutralWalk(step, strengths, lambda sums: values[:, None] * (step @ (step @ sums)))
    assert make is fermi_imitation, "maker_of() names no other rule"
    half = scaled(own, 1 / (2 * strengths))  # at weak selection a node imitates in half of its comparisons
    return NeutralWalk(half, strengths, lambda sums: values[:, None] * (half @ sums))


def _birth_death(weights: Matrix) -> NeutralWalk:
    strengths = row_sums(weights)
    measure = 1 / strengths
    rates = scaled(weights.T, measure).T  # offspring of j moves along its edges
    values = measure / measure.sum()
    return NeutralWalk(rates, measure, lambda sums: values[:, None] * (rates @ sums))


def exact_weights(network: Network) -> np.ndarray:
    """Return the adjacency matrix as an array of Fractions; floats are the binary numbers that they are."""
    matrix = np.full((network.size, network.size), Fraction(0), dtype=object)
    values = [1] * len(network.neighbours) if network.weights is None else network.weights.tolist()
    for i, j, value in zip(network.rows.tolist(), network.neighbours.tolist(), values, strict=True):
        matrix[i, j] = Fraction(value)
    return matrix


def scaled(matrix: Matrix, factors: np.ndarray) -> Matrix:
    """Return a matrix with each row multiplied by its factor."""
    if isinstance(matrix, np.ndarray):
        return factors[:, None] * matrix
    from scipy.sparse import diags_array

    return (diags_array(factors) @ matrix).tocsr()


def row_sums(matrix: Matrix) -> np.ndarray:
    """Return the sums of the rows of a matrix."""
    return np.asarray(matrix.sum(axis=1)).ravel()


def identity(like: Matrix) -> Matrix:
    """Return the identity of the size and kind of a matrix."""
    size = like.shape[0]
    if isinstance(like, np.ndarray):
        return np.array([[Fraction(int(i == j)) for j in range(size)] for i in range(size)], dtype=object)
    from scipy.sparse import eye_array

    return eye_array(size, format="csr")
