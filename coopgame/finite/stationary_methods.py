"""Stationary laws of large sparse chains: by elimination without subtraction, by LU factors, and by iteration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import StateError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_MOST_WORK = 3e9  # multiplications of an elimination in a band
_MOST_LOG_WORK = 1e9  # likewise in logarithms
_MOST_BAND = 1.5e8  # entries of a band
_MOST_FACTORED = 45_000  # states of a chain that goes to LU factors, which fill up
_MOST_IN_PLANE = 250_000  # likewise where the states lie in a plane
_FIRST_STEPS = 2000
_MOST_ERROR = 1e-7  # of the law, in the sum of absolute values
_ROUNDING = 2.0**-53

Solve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Solved:
    """A stationary law: log probabilities, how they are known, and by what."""

    logs: np.ndarray
    known: str
    accuracy: str


def closed_part(matrix: csr_array) -> list[np.ndarray]:
    """Return the sets of states that the chain does not leave, each in order."""
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(matrix, directed=True, connection="strong")
    if count == 1:
        return [np.arange(matrix.shape[0])]
    entries = matrix.tocoo()
    leaving = label[entries.row[(label[entries.row] != label[entries.col]) & (entries.data != 0)]]
    closed = np.setdiff1d(np.arange(count), leaving)
    places = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[places], closed), np.searchsorted(label[places], closed, side="right")
    found = [places[a:b] for a, b in zip(*starts, strict=True)]
    return sorted(found, key=lambda own: int(own[0]))


def solve_stationary(matrix: csr_array) -> Solved | None:
    """Return the stationary law of an irreducible chain, row-stochastic and sparse; None where floats do not hold all that counts on the way.

    Raises StateError where a large chain mixes too slowly for factors or iteration.
    """
    from coopgame._kernels.band_chains import log_law_of_band

    count = matrix.shape[0]
    if count == 1:
        return Solved(np.zeros(1), "exact up to rounding", "one state")
    rows = np.repeat(np.arange(count), np.diff(matrix.indptr))
    width = int(np.abs(matrix.indices - rows).max())
    if count * float(width) ** 2 <= _MOST_WORK and count * (2.0 * width + 1) <= _MOST_BAND:
        logs, held = log_law_of_band(matrix.data, matrix.indices, matrix.indptr, width)
        return (
            Solved(logs, "exact up to rounding", f"{count} states eliminated without subtraction") if held else None
        )
    if matrix.nnz > count * count / 4:
        return _refined(matrix, _dense_solver, "dense LU factors")
    if count <= (_MOST_IN_PLANE if width <= 3 * np.sqrt(count) else _MOST_FACTORED):
        return _refined(matrix, _factored, "sparse LU factors")
    return _refined(matrix, _iterated, "GMRES with incomplete factors")


def solve_in_logarithms(shifted: csr_array) -> Solved:
    """Return the stationary law of an irreducible chain from the logarithms of its entries, less one.

    Raises StateError where that takes too long.
    """
    from coopgame._kernels.band_chains import log_law_of_log_band

    count = shifted.shape[0]
    if count == 1:
        return Solved(np.zeros(1), "exact up to rounding", "one state")
    rows = np.repeat(np.arange(count), np.diff(shifted.indptr))
    width = int(np.abs(shifted.indices - rows).max())
    if count * float(width) ** 2 > _MOST_LOG_WORK or count * (2.0 * width + 1) > _MOST_BAND:
        raise StateError(
            f"chances below 1e-300 need elimination in logarithms, which takes too long for {count} states; take smaller populations, more noise or mutation, or "
            "find_stochastic_stability()"
        )
    logs: np.ndarray = log_law_of_log_band(shifted.data + 1, shifted.indices, shifted.indptr, width)
    return Solved(logs, "exact up to rounding", f"{count} states eliminated without subtraction, in logarithms")


def _refined(matrix: csr_array, solver: Any, method: str) -> Solved:
    """Return the law from the balance of all states but one, whose mass is set to 1, with one step of refinement.

    Rounding counts as many times as the mean number of steps until that state is reached, from the worst start: that is the norm of the inverse.
    """
    reference = _often(matrix)
    for _ in range(3):
        law, steps = _with_reference(matrix, solver, reference)
        best = int(np.argmax(law))
        if law[reference] > 1e-6 * law[best]:
            break
        reference = best
    residual = float(np.abs(law @ matrix - law).sum())
    error = _ROUNDING * steps
    if not (residual <= _MOST_ERROR and 0 <= error <= _MOST_ERROR):
        raise StateError(
            f"the chain of {matrix.shape[0]} states is too slow for floats: it needs some {steps:.2g} steps to where it mostly is, and {method} would be wrong by {max(error, residual):.1g}; "
            "take smaller populations or a larger mutation, find_small_mutation_law() for rare mutants, or simulate"
        )
    with np.errstate(divide="ignore"):
        logs = np.log(law)
    note = f"{method}; wrong by less than about {error:.0e} in sum; one step changes the law by {residual:.0e}; small probabilities have fewer digits"
    return Solved(logs, "numerical", note)


def _often(matrix: csr_array) -> int:
    """Return a state that is met often: the likeliest one after some steps from all states alike. Beside the mass of a rare one that of others would overflow."""
    backwards = matrix.T.tocsr()
    law = np.full(matrix.shape[0], 1.0 / matrix.shape[0])
    for _ in range(int(min(_FIRST_STEPS, 1 + _MOST_WORK / 3 / matrix.nnz))):
        law = backwards @ law
    return int(np.argmax(law))


def _with_reference(matrix: csr_array, solver: Any, reference: int) -> tuple[np.ndarray, float]:
    """Return the law, and the largest mean number of steps until the reference is reached."""
    from scipy.sparse import csc_array, eye_array

    count = matrix.shape[0]
    others = np.delete(np.arange(count), reference)
    balance = csc_array(eye_array(count, format="csr") - matrix.T)
    inner = csc_array(balance[others, :][:, others])
    right = -balance[others, :][:, [reference]].toarray().ravel()
    solve, solve_transposed = solver(inner)
    found = solve(right)
    found = found + solve(right - inner @ found)
    times = solve_transposed(np.ones(count - 1))
    law = np.zeros(count)
    law[reference], law[others] = 1.0, np.maximum(found, 0.0)
    return law / law.sum(), float(times.max()) if (times > 0).all() else np.inf


def _factored(inner: Any) -> tuple[Solve, Solve]:
    from scipy.sparse.linalg import splu

    factors = splu(inner, diag_pivot_thresh=0.0, options={"SymmetricMode": True}, permc_spec="MMD_AT_PLUS_A")
    return factors.solve, lambda right: factors.solve(right, trans="T")


def _dense_solver(inner: Any) -> tuple[Solve, Solve]:
    from scipy.linalg import lu_factor, lu_solve

    factors = lu_factor(inner.toarray())
    return lambda right: lu_solve(factors, right), lambda right: lu_solve(factors, right, trans=1)


def _iterated(inner: Any) -> tuple[Solve, Solve]:
    from scipy.sparse.linalg import LinearOperator, gmres, spilu

    order = {"diag_pivot_thresh": 0.0, "permc_spec": "MMD_AT_PLUS_A", "options": {"SymmetricMode": True}}
    factors = spilu(inner, drop_tol=1e-3, fill_factor=10, **order)
    nearly = LinearOperator(inner.shape, factors.solve)
    nearly_transposed = LinearOperator(inner.shape, lambda right: factors.solve(right, trans="T"))
    limits = {"atol": 0.0, "restart": 60, "maxiter": 20}

    def solve(right: np.ndarray) -> np.ndarray:
        return np.asarray(gmres(inner, right, M=nearly, rtol=1e-13, **limits)[0])

    def solve_transposed(right: np.ndarray) -> np.ndarray:
        return np.asarray(gmres(inner.T, right, M=nearly_transposed, rtol=1e-3, **limits)[0])

    return solve, solve_transposed
