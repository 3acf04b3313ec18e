"""All feasible bases of a best-response polytope, by the fastest way that proves that none is missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coopgame.analysis.points import Known
from coopgame.equilibria.label_sets import whole, words_of
from coopgame.equilibria.pivoting_exact import walk_exactly
from coopgame.equilibria.reply_polytopes import ReplyPolytope, ReplyVertex, solve_vertex

MOST_BASES = 2_000_000
MOST_EXACT_ENTRIES = 25_000_000  # entries of tables in whole numbers of any size: about half a minute
MOST_DOUBTFUL = 500
MOST_LABELS = 128  # of compiled walks, of two words
_SMALL = 16  # payoffs: whole numbers of any size need less time than it takes to load what is compiled
_MOVED, _NEAR_ZERO = 1e-7, 1e-5  # used only where nothing is claimed


@dataclass(frozen=True, eq=False)
class FeasibleBases:
    """Feasible bases of a polytope as sets of labels, each some words of bits.

    nonbasic: of the nonbasic variables, (bases, words). signs: of the determinants of the normals of their facets, in the order of labels, beside that
    at z = 0, which is the first. tight: of all variables that are 0, so equal for bases of one vertex. complete: whether
    none is missing of a perturbation that makes the polytope simple and keeps all its vertices; known and because: how sure that is.
    """

    nonbasic: np.ndarray
    signs: np.ndarray
    tight: np.ndarray
    complete: bool
    known: Known
    because: str

    @cached_property
    def simple(self) -> bool:
        """Whether no variable is 0 that is basic, so that every vertex has one basis."""
        return self.tight is self.nonbasic or np.array_equal(self.tight, self.nonbasic)


def find_bases(polytope: ReplyPolytope, *, exact: bool = False) -> FeasibleBases:
    """Return the feasible bases of a polytope.

    Whole numbers of 64 bits where all minors fit, else doubles with error bounds that prove every basis feasible and nondegenerate; where that fails,
    because payoffs are tied or their range is huge, whole numbers of 64 bits as long as they fit, then of any size; so too with more than 128 strategies of both players. exact: no doubles.

    The graph of a polytope is connected (Balinski 1961), so a walk along edges misses no vertex if it never errs on what is a vertex and visits
    all neighbours. Ties would need care: perturbed right-hand sides make all bases nondegenerate, and every vertex is the limit of a perturbed one.
    """
    if polytope.replies * polytope.strategies <= _SMALL or len(polytope.labels) > MOST_LABELS:
        return _in_any_size(polytope, exact)
    sure = polytope.surely_fits
    found = None if sure or exact else _in_doubles(polytope)
    if found is None and polytope.words is not None:
        found = _in_words(polytope)
        assert found or not sure, "Hadamard's bounds hold"
    return found or _in_any_size(polytope, exact)


def _in_words(polytope: ReplyPolytope) -> FeasibleBases | None:
    walked = _walk(polytope, polytope.words, 0.0, 0)
    if walked is None:
        return None
    because = "all vertices were visited, in whole numbers" if walked.complete else _too_many(MOST_BASES)
    return FeasibleBases(walked.nonbasic, walked.signs, walked.tight, walked.complete, "exact", because)


def _in_doubles(polytope: ReplyPolytope) -> FeasibleBases | None:
    """Return the bases where error bounds prove that all are feasible and nondegenerate; bases in doubt are decided in rational numbers."""
    walked = None if polytope.doubles is None else _walk(polytope, polytope.doubles, -1.0, MOST_DOUBTFUL)
    if walked is None or not all(_is_nondegenerate(polytope, whole(walked.nonbasic[n])) for n in walked.doubtful):
        return None
    because = "all vertices were visited, in floating point; error bounds prove that each is one and that none is degenerate"
    because = because if walked.complete else _too_many(MOST_BASES)
    return FeasibleBases(walked.nonbasic, walked.signs, walked.nonbasic, walked.complete, "certified", because)


@dataclass(frozen=True, eq=False)
class _Walked:
    nonbasic: np.ndarray
    signs: np.ndarray
    tight: np.ndarray
    doubtful: np.ndarray
    complete: bool


def _walk(polytope: ReplyPolytope, matrix: np.ndarray | None, tolerance: float, most_doubtful: int) -> _Walked | None:
    """Return the bases that the compiled walk visits, None when it cannot go on."""
    from coopgame._kernels.pivoting import DONE, UNDECIDED, walk

    labels = np.array(polytope.labels)
    nonbasic, signs, tight, visited, doubtful, status = walk(matrix, labels, tolerance, MOST_BASES, most_doubtful)
    if status == UNDECIDED:
        return None
    if status == DONE:
        return _Walked(nonbasic, signs, tight, doubtful, True)
    seen = visited[:, 0].nonzero()[0]
    return _Walked(nonbasic[seen], signs[seen], tight[seen], np.searchsorted(seen, doubtful), False)


def _is_nondegenerate(polytope: ReplyPolytope, nonbasic: int) -> bool:
    vertex = solve_vertex(polytope, nonbasic)
    return vertex is not None and vertex.labels == nonbasic


def _in_any_size(polytope: ReplyPolytope, exact: bool) -> FeasibleBases:
    entries = polytope.replies * (polytope.strategies + 1)
    most = MOST_BASES if exact else max(1, MOST_EXACT_ENTRIES // entries)
    nonbasic, signs, tight, complete = walk_exactly(polytope.rows, polytope.labels, most)
    size = max(2, (len(polytope.labels) + 63) // 64)
    found = FeasibleBases(
        words_of(nonbasic, size),
        np.array(signs),
        words_of(tight, size),
        True,
        "exact",
        "all vertices were visited, in whole numbers",
    )
    if complete:
        return found
    because = f"{_too_many(most)} in exact arithmetic, which payoffs with ties or of very different size need"
    walked = None if exact else _walk_moved(polytope)
    if walked is None:
        return FeasibleBases(found.nonbasic, found.signs, found.tight, False, "exact", because)
    return FeasibleBases(walked.nonbasic, walked.signs, walked.tight, False, "numerical", because)


def _walk_moved(polytope: ReplyPolytope) -> _Walked | None:
    """Return the bases of a polytope close by without ties: most of those that a symbolic perturbation would give, and some that are not feasible."""
    if polytope.doubles is None or len(polytope.labels) > MOST_LABELS:
        return None
    moves = _MOVED * (1 + np.modf(np.arange(polytope.replies) * np.sqrt(2))[0])
    return _walk(polytope, polytope.doubles / (1 + moves[:, None]), _NEAR_ZERO, MOST_BASES)


def vertex_of(polytope: ReplyPolytope, bases: FeasibleBases, number: int) -> ReplyVertex | None:
    """Return the vertex of a basis; None where a basis that is not known to be feasible is not."""
    nonbasic = whole(bases.nonbasic[number])
    if bases.known != "numerical":
        labels = nonbasic if bases.tight is bases.nonbasic else whole(bases.tight[number])
        return ReplyVertex(polytope, nonbasic, labels)
    found = solve_vertex(polytope, nonbasic)
    return None if found is None else ReplyVertex(polytope, nonbasic, found.labels)


def least_known(*found: FeasibleBases) -> tuple[bool, str, Known]:
    """Return whether all are complete, why, and how sure that is: what holds for the weakest."""
    order: tuple[Known, ...] = ("exact", "certified", "numerical")
    weakest = max(found, key=lambda bases: (not bases.complete, order.index(bases.known)))
    return weakest.complete, weakest.because, max((bases.known for bases in found), key=order.index)


def _too_many(most: int) -> str:
    return f"there are more than {most:,} bases of a best-response polytope to visit".replace(",", " ")
