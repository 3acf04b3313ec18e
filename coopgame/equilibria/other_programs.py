"""Equilibria of two-player games by other programs, whose answers are checked exactly where that is possible."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from coopgame.algebra.affine import solve_linear
from coopgame.equilibria.result import NashEquilibria, NashEquilibrium
from coopgame.equilibria.tables import PayoffTables
from coopgame.errors import MissingExtraError, ParameterError, UnsupportedError

_NO_SHARE = 1e-9  # probabilities up to this are first taken for 0
_FAR = 1e-6  # in probabilities and, relative to the range of payoffs, in what a change gains
_LARGEST_DENOMINATOR = 10**7  # of places in a continuum
Exact = tuple[Fraction, ...]


class OtherProgram(ABC):
    """How another program finds equilibria of a game of two players; `limits` says what it may miss."""

    limits: ClassVar[str]

    @abstractmethod
    def solve(self, first: np.ndarray, second: np.ndarray) -> Iterable[Any]:
        """Yield pairs of mixtures for the payoff tables of both players."""


@dataclass(frozen=True)
class NashpySupportEnumeration(OtherProgram):
    """Nashpy's support enumeration: for every two supports of equal size, with non_degenerate=False of any sizes, linear equations in doubles.

    It misses equilibria of degenerate games, whose equations have many solutions, and others to rounding; the time grows with the number of pairs of
    supports, about 4 ** n. tol: what counts as 0 when best replies are compared.
    """

    non_degenerate: bool = False
    tol: float = 1e-16
    limits: ClassVar[str] = (
        "support enumeration in doubles misses equilibria of degenerate games and others to rounding"
    )

    def solve(self, first: np.ndarray, second: np.ndarray) -> Iterable[Any]:
        """Yield pairs of mixtures for the payoff tables of both players."""
        import nashpy

        yield from nashpy.Game(first, second).support_enumeration(self.non_degenerate, self.tol)


@dataclass(frozen=True)
class NashpyVertexEnumeration(OtherProgram):
    """Nashpy's vertex enumeration: vertices of both best-response polytopes by Qhull, in doubles.

    Vertices that lie close together may be merged or split where the game is degenerate or nearly so.
    """

    limits: ClassVar[str] = (
        "vertices found by Qhull in doubles may be merged or lost where a game is degenerate or nearly so"
    )

    def solve(self, first: np.ndarray, second: np.ndarray) -> Iterable[Any]:
        """Yield pairs of mixtures for the payoff tables of both players."""
        import nashpy

        yield from nashpy.Game(first, second).vertex_enumeration()


@dataclass(frozen=True)
class NashpyLemkeHowson(OtherProgram):
    """Nashpy's Lemke-Howson path from one dropped label, 0 to m + n - 1: one equilibrium; degenerate games are not handled."""

    initial_dropped_label: int = 0
    limits: ClassVar[str] = (
        "a Lemke-Howson path ends at one equilibrium, and in Nashpy it may fail on degenerate games"
    )

    def solve(self, first: np.ndarray, second: np.ndarray) -> Iterable[Any]:
        """Yield pairs of mixtures for the payoff tables of both players."""
        import nashpy

        _check_label("initial_dropped_label", self.initial_dropped_label, first)
        return [nashpy.Game(first, second).lemke_howson(self.initial_dropped_label)]


@dataclass(frozen=True)
class QuanteconLemkeHowson(OtherProgram):
    """Quantecon's Lemke-Howson path in doubles with lexicographic pivoting: one equilibrium, also of large games (extra "quantecon").

    initial_pivot: the label that is dropped first, 0 to m + n - 1. max_iter: most pivots. capping: of the heuristic of Codenotti, De Rossi and Pagan
    (2008), which starts anew from other labels.
    """

    initial_pivot: int = 0
    max_iter: int = 1_000_000
    capping: int | None = None
    limits: ClassVar[str] = "a Lemke-Howson path ends at one equilibrium"

    def solve(self, first: np.ndarray, second: np.ndarray) -> Iterable[Any]:
        """Yield pairs of mixtures for the payoff tables of both players."""
        try:
            from quantecon.game_theory import NormalFormGame, Player, lemke_howson
        except ImportError:
            raise MissingExtraError("QuanteconLemkeHowson", "quantecon") from None
        _check_label("initial_pivot", self.initial_pivot, first)
        game = NormalFormGame([Player(np.ascontiguousarray(first)), Player(np.ascontiguousarray(second.T))])
        return [lemke_howson(game, self.initial_pivot, self.max_iter, self.capping)]


def _check_label(name: str, label: int, table: np.ndarray) -> None:
    if not 0 <= label < sum(table.shape):
        raise ParameterError(f"{name} is {label}; the labels of this game are 0 to {sum(table.shape) - 1}")


def equilibria_by(method: OtherProgram, tables: PayoffTables) -> NashEquilibria:
    """Return what another program finds, each answer once: the rational equilibrium with its supports where there is one close by, else in doubles.

    Answers in doubles have in `radius` the most that a change of one player gains. What gains more than a millionth of the range of payoffs is no
    equilibrium and left out. Of a game inside one population, the symmetric equilibria are kept. The list is never called complete.
    """
    largest = max(abs(entry) for table in tables.exact for entry in table.flat)
    if largest > 10**300:
        raise UnsupportedError(
            f"{type(method).__name__} computes with doubles, and a payoff is above 1e300; divide them by a number"
        )
    doubles = [table.astype(float) for table in tables.exact]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nashpy and numpy warn of degenerate games and of divisions by zero
        answers = list(method.solve(*doubles))
    found: dict[tuple[Any, ...], NashEquilibrium] = {}
    wrong = 0
    for answer in answers:
        checked = _checked(tables, answer)
        if checked is None:
            wrong += 1
        elif not tables.symmetric or checked.strategies[0] == checked.strategies[1]:
            found.setdefault(tuple(tuple(own.values()) for own in checked.strategies), checked)
    kept = tuple(_state(e) if tables.symmetric else e for e in found.values())
    left = f"; {wrong} of its answers are no equilibria and were left out" if wrong else ""
    because = f"found by {type(method).__name__}: {method.limits}{left}"
    return NashEquilibria(tables.game, kept, (), False, because, "numerical")


def _checked(tables: PayoffTables, answer: Any) -> NashEquilibrium | None:
    sizes = tables.sizes
    if answer is None or len(answer) != 2 or any(np.shape(own) != (n,) for own, n in zip(answer, sizes, strict=True)):
        return None
    x, y = (np.asarray(own, dtype=float) for own in answer)
    if not all(np.isfinite(own).all() and abs(own.sum() - 1) < _FAR and own.min() > -_FAR for own in (x, y)):
        return None
    mine, theirs = _rational(tables.exact[1].T, x, y), _rational(tables.exact[0], y, x)
    return _equilibrium(tables, mine, theirs) if mine and theirs else _in_doubles(tables, x, y)


def _rational(payoffs: np.ndarray, own: np.ndarray, other: np.ndarray) -> Exact | None:
    """Return a rational mixture close to one in doubles to which the strategies of the other player's mixture are best replies.

    Of many, one with all best replies that seem to be best: of a continuum this is its end where the mixture is close to one.
    """
    doubles = payoffs.astype(float)
    earned = doubles @ own
    level = earned.max() - _NO_SHARE * np.ptp(doubles)
    for least in (_NO_SHARE, 0.0):
        used = np.nonzero(own > least)[0].tolist()
        replies = np.nonzero(other > least)[0]
        for best in (np.union1d(replies, np.nonzero(earned >= level)[0]), replies):
            found = _near(payoffs, best.tolist(), used, own)
            if found is not None:
                return found
    return None


def _near(payoffs: np.ndarray, replies: Sequence[int], used: Sequence[int], near: np.ndarray) -> Exact | None:
    """Return a mixture of the strategies used to which the given replies are best, close to one in doubles; None without one."""
    rows = [[payoffs[i, j] - payoffs[replies[0], j] for j in used] for i in replies[1:]]
    solutions = solve_linear([*rows, [Fraction(1)] * len(used)], [*[Fraction(0)] * len(rows), Fraction(1)])
    if solutions is None:
        return None
    point = list(solutions.origin)
    if solutions.dimension:
        across = np.array(solutions.directions, dtype=float).T
        steps = np.linalg.lstsq(across, near[used] - np.array(point, dtype=float), rcond=None)[0]
        for step, direction in zip(steps, solutions.directions, strict=True):
            short = Fraction(step).limit_denominator(_LARGEST_DENOMINATOR)
            point = [a + short * b for a, b in zip(point, direction, strict=True)]
    mixture = [Fraction(0)] * payoffs.shape[1]
    for j, share in zip(used, point, strict=True):
        mixture[j] = share
    earned = payoffs @ np.array(mixture, dtype=object)
    close = max(abs(float(share) - other) for share, other in zip(mixture, near, strict=True)) < _FAR
    return tuple(mixture) if close and min(point) >= 0 and earned[replies[0]] == max(earned) else None


def _equilibrium(tables: PayoffTables, x: Exact, y: Exact) -> NashEquilibrium:
    earned = (tables.exact[0] @ np.array(y, dtype=object), tables.exact[1].T @ np.array(x, dtype=object))
    best = [[i for i, value in enumerate(own) if value == max(own)] for own in earned]
    used = [[i for i, share in enumerate(own) if share] for own in (x, y)]
    return NashEquilibrium(
        tables.game,
        tuple(dict(zip(names, own, strict=True)) for names, own in zip(tables.names, (x, y), strict=True)),
        (max(earned[0]), max(earned[1])),
        strict=all(len(own) == 1 for own in (*best, *used)),
        quasi_strict=best == used,
    )


def _in_doubles(tables: PayoffTables, x: np.ndarray, y: np.ndarray) -> NashEquilibrium | None:
    x, y = (np.maximum(own, 0) / np.maximum(own, 0).sum() for own in (x, y))
    exact = [np.array([Fraction(share) for share in own], dtype=object) for own in (x, y)]
    earned = (tables.exact[0] @ exact[1], tables.exact[1].T @ exact[0])
    payoffs = [weights @ own / sum(weights) for own, weights in zip(earned, exact, strict=True)]
    gains = [max(own) - payoff for own, payoff in zip(earned, payoffs, strict=True)]
    ranges = [max(table.flat) - min(table.flat) for table in tables.exact]
    if any(gain > _FAR * spread for gain, spread in zip(gains, ranges, strict=True)):
        return None
    return NashEquilibrium(
        tables.game,
        tuple(dict(zip(names, own.tolist(), strict=True)) for names, own in zip(tables.names, (x, y), strict=True)),
        tuple(map(float, payoffs)),
        known="numerical",
        radius=float(np.nextafter(float(max(gains)), np.inf)),
    )


def _state(equilibrium: NashEquilibrium) -> NashEquilibrium:
    return replace(equilibrium, strategies=equilibrium.strategies[:1], payoffs=equilibrium.payoffs[:1])
