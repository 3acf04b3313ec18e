"""All logit equilibria at one precision: certified where one log odds determines the rest, else searched for by Newton's method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
from flint import arb, ctx

from coopgame.algebra.polynomials import to_fmpq
from coopgame.analysis.points import Known
from coopgame.equilibria.logit_limit import isolated_mixtures
from coopgame.equilibria.logit_model import LogitModel
from coopgame.equilibria.quantal_response import QuantalResponse, principal_path, response
from coopgame.equilibria.tables import payoff_tables
from coopgame.errors import ParameterError
from coopgame.expressions import exact_number
from coopgame.games.game import Game
from coopgame.listed import Listed

_BITS = 200
_MOST_PURE_STARTS, _RANDOM_STARTS, _MOST_SUPPORTS = 256, 60, 5


@dataclass(frozen=True, eq=False)
class QuantalResponses(Listed[QuantalResponse]):
    """The logit equilibria at one lambda that were found, and whether none is missing.

    principal: the number in the list of the one on the principal branch where that first reaches lambda; None where the branch was not followed so far.
    """

    game: Game = field(repr=False)
    lam: float
    equilibria: tuple[QuantalResponse, ...]
    complete: bool
    because: str
    known: Known
    principal: int | None

    entries_in = "equilibria"

    def __str__(self) -> str:
        lines = [
            f"{n + 1}. {e.text()}{' (principal branch)' if n == self.principal else ''}"
            for n, e in enumerate(self.equilibria)
        ]
        return "\n".join([*lines, self._claim()])

    def _claim(self) -> str:
        return f"{'complete' if self.complete else 'may be incomplete'}: {self.because}"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{n + 1}</td><td>{escape(e.text())}</td><td>{'yes' if n == self.principal else ''}</td></tr>"
            for n, e in enumerate(self.equilibria)
        )
        head = "<thead><tr><th></th><th>equilibrium</th><th>principal branch</th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table><p>{escape(self._claim())}</p>"


def find_quantal_responses_at(game: Game, lam: Any, values: Mapping[str, Any] | None = None) -> QuantalResponses:
    """Return the logit equilibria of a game at one lambda, those off the principal branch too.

    With two strategies, in one population or for two players, the log odds of the first player solve one equation; intervals are cut until ball arithmetic proves that
    each holds one root or none, so the list is complete. Other games are searched by Newton's method from the principal branch, from pure
    profiles and from random mixtures; the list may be incomplete, and is known to be where the indices do not sum to 1.
    `find_rest_points(mean_dynamic(game, logit(noise)), values)` with noise = 1/lambda certifies lists for more strategies at a moderate lambda.

    Raises UnsupportedError for games without a payoff table, ParameterError for a negative lambda and for missing values.

    References: McKelvey and Palfrey (1995), Games and Economic Behavior 10, 6-38.

    >>> from coopgame import MatrixGame, find_quantal_responses_at
    >>> print(find_quantal_responses_at(MatrixGame([[2, 0], [0, 1]], ["a", "b"]), 4))
    1. lambda = 4: a = 0.0237865, b = 0.976213
    2. lambda = 4: a = 0.234955, b = 0.765045
    3. lambda = 4: a = 0.999663, b = 0.000336707 (principal branch)
    complete: every interval of log odds holds one root or none, by ball arithmetic
    """
    model = LogitModel(payoff_tables(game, values))
    exact = exact_number(lam, "lam")
    if exact < 0:
        raise ParameterError(f"lambda is {lam}; precision of choice is 0 or positive")
    t = float(exact * model.scale)
    two = model.tables.sizes == (2, 2)
    known: Known
    if two:
        roots, undecided = _certified(model, exact)
        found = [response(model, logs, exact, "certified", radius) for logs, radius in roots]
        found += [response(model, logs, exact) for start in undecided if (logs := model.solved(start, t)) is not None]
        complete, known = not undecided, "certified"
        because = "every interval of log odds holds one root or none, by ball arithmetic"
        if undecided:
            because = f"at {len(undecided)} place ball arithmetic cannot tell how many there are: branches turn or meet next to this lambda"
    else:
        logs_found = _searched(model, t)
        found = [response(model, logs, exact) for logs in logs_found]
        total = sum(e.index for e in found)
        complete, known = False, "numerical"
        because = f"found by Newton's method from many starts; the indices sum to {total}" + (
            ", as those of all equilibria do" if total == 1 else ", not 1: some are missing"
        )
    return QuantalResponses(game, float(exact), tuple(found), complete, because, known, _principal(model, t, found))


def _principal(model: LogitModel, t: float, found: Sequence[QuantalResponse]) -> int | None:
    logs = _on_branch(model, t)
    if logs is None:
        return None
    places = [np.abs(np.exp(logs) - e.state).max() for e in found]
    return int(np.argmin(places)) if places and min(places) < 1e-6 else None


def _on_branch(model: LogitModel, t: float) -> np.ndarray | None:
    path = principal_path(model, 20_000)
    if t > 0:
        path.follow(t, lambda step: False)
    return path.steps[-1].log_p if t == 0 or path.ended == "target" else None


def _searched(model: LogitModel, t: float) -> list[np.ndarray]:
    """Return solutions that Newton's method reaches from the principal branch, replies to pure profiles and random mixtures."""
    starts: list[np.ndarray] = []
    branch = _on_branch(model, t)
    if branch is not None:
        starts.append(branch)
    sizes = model.tables.sizes[: model.players]
    if np.prod(sizes) <= _MOST_PURE_STARTS:
        for profile in product(*map(range, sizes)):
            state = np.concatenate([np.eye(size)[s] for size, s in zip(sizes, profile, strict=True)])
            starts.append(model.replies(np.log(np.maximum(state, 1e-300)), t))
    starts += _near_equilibria(model, t)
    rng = np.random.default_rng(0)
    for _ in range(_RANDOM_STARTS):
        mixture = np.concatenate([rng.dirichlet(np.full(size, 0.7)) for size in sizes])
        starts.append(np.log(np.maximum(mixture, 1e-12)))
    found: list[np.ndarray] = []
    for start in starts:
        logs = model.solved(start, t)
        if logs is not None and all(np.abs((logs - other) / (1 + np.abs(other))).max() > 1e-6 for other in found):
            found.append(logs)
    return sorted(found, key=lambda logs: tuple(np.exp(logs).round(9)))


def _near_equilibria(model: LogitModel, t: float) -> Iterator[np.ndarray]:
    """Yield log probabilities next to the Nash equilibria of small games, each of which a branch tends to where it is regular."""
    sizes = model.tables.sizes[: model.players]
    if len(model.tables.sizes) != 2 or max(sizes) > _MOST_SUPPORTS:
        return
    for count in range(1, min(sizes) + 1):
        for choice in product(*(combinations(range(size), count) for size in sizes)):
            support = [list(own) for own in choice]
            mixtures = isolated_mixtures(model, support)
            if mixtures is not None and min(map(min, mixtures)) >= 0:
                p = np.array([float(v) for mixture in mixtures for v in mixture])
                earned = model.payoffs(p)
                gaps = np.concatenate([earned[part] - earned[part].max() for part in model.parts])
                yield np.where(p > 0, np.log(np.maximum(p, 1e-300)), np.minimum(t * gaps, -1.0))


def _certified(model: LogitModel, lam: Fraction) -> tuple[list[tuple[np.ndarray, float]], list[np.ndarray]]:
    """Return the log probabilities of all solutions with their radius, and places where their number could not be told.

    The log odds L of the first player solve L = a + b s(K), where s is the logistic function and K the log odds of the opponent: K = L in one population, else
    K = c + d s(L). Odds lie between a and a + b.
    """
    bits = ctx.prec
    ctx.prec = _BITS
    try:
        lines = _lines(model, lam)
        ends = sorted((lines[0][0], lines[0][0] + lines[0][1]))
        roots, undecided = _roots(lines, *map(_ball, ends))
        return [_log_probabilities(lines, root) for root in roots], [
            _log_probabilities(lines, b)[0] for b in undecided
        ]
    finally:
        ctx.prec = bits


def _log_probabilities(lines: Sequence[tuple[Fraction, Fraction]], root: Any) -> tuple[np.ndarray, float]:
    """Return all log probabilities at log odds of the first player, and how far they may be off."""
    odds = [root] if len(lines) == 1 else [root, _affine(lines[1], root)]
    balls = [part for ball in odds for part in (-(1 + (-ball).exp()).log(), -(1 + ball.exp()).log())]
    radius = max(float(ball.rad()) for ball in balls) + 2e-16 * max(abs(float(ball.mid())) for ball in balls)
    return np.array([float(ball.mid()) for ball in balls]), radius


def _lines(model: LogitModel, lam: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Return for each player lambda times the advantage of the first strategy as a + b times the opponent's share of the first."""
    found = []
    for player in range(model.players):
        u = model.tables.exact[player] if player == 0 else model.tables.exact[1].T
        last, first = u[0, 1] - u[1, 1], u[0, 0] - u[1, 0]
        found.append((lam * last, lam * (first - last)))
    return found


def _ball(value: Fraction) -> Any:
    return arb(to_fmpq(value))


def _logistic(ball: Any) -> Any:
    """Return the logistic function over a ball, which is increasing."""
    return (1 / (1 + (-ball.lower()).exp())).union(1 / (1 + (-ball.upper()).exp()))


def _logistic_slope(ball: Any) -> Any:
    """Return the derivative of the logistic function over a ball: at most 1/4, falling with the distance from 0."""
    values = [s * (1 - s) for s in (1 / (1 + (-ball.lower()).exp()), 1 / (1 + (-ball.upper()).exp()))]
    if ball.contains(arb(0)):
        values.append(arb(1) / 4)
    return values[0].union(values[1]) if len(values) == 2 else values[0].union(values[1]).union(values[2])


def _affine(line: tuple[Fraction, Fraction], ball: Any) -> Any:
    return _ball(line[0]) + _ball(line[1]) * _logistic(ball)


def _missing(lines: Sequence[tuple[Fraction, Fraction]], ball: Any) -> Any:
    """Return L - a - b s(K) over a ball of log odds L."""
    return ball - _affine(lines[0], ball if len(lines) == 1 else _affine(lines[1], ball))


def _slope(lines: Sequence[tuple[Fraction, Fraction]], ball: Any) -> Any:
    if len(lines) == 1:
        return 1 - _ball(lines[0][1]) * _logistic_slope(ball)
    between = _affine(lines[1], ball)
    return 1 - _ball(lines[0][1] * lines[1][1]) * _logistic_slope(between) * _logistic_slope(ball)


def _roots(lines: Sequence[tuple[Fraction, Fraction]], low: Any, high: Any) -> tuple[list[Any], list[Any]]:
    """Return enclosures of all roots between two ends in rising order, and those places that could not be decided."""
    margin = (high - low + 1) / 2**30
    least = (high - low + 1) / 2**40
    waiting = [((low - margin).lower(), (high + margin).upper())]
    found: list[Any] = []
    undecided: list[Any] = []
    while waiting:
        left, right = waiting.pop()
        whole = left.union(right)
        middle = ((left + right) / 2).mid()
        slope = _slope(lines, whole)
        if not (_missing(lines, middle) + slope * (whole - middle)).overlaps(arb(0)):
            continue
        if not slope.overlaps(arb(0)):
            signs = [_sign(_missing(lines, end)) for end in (left, right)]
            if 0 not in signs:
                if signs[0] != signs[1]:
                    found.append(_narrowed(lines, left, right, signs[0]))
                continue
        if right - left < least:
            if undecided and not left > undecided[-1].upper():
                whole = undecided.pop().union(whole)
            undecided.append(whole)
            continue
        off = (right - left).mid() / 2**20  # cut next to the middle, where symmetric games have their roots
        waiting += [(middle + off, right), (left, middle + off)]
    return found, undecided


def _sign(ball: Any) -> int:
    return 1 if ball > 0 else -1 if ball < 0 else 0


def _narrowed(lines: Sequence[tuple[Fraction, Fraction]], left: Any, right: Any, sign: int) -> Any:
    """Return a ball that holds the only root between two ends: halving, then Newton's method on the ball."""
    for _ in range(_BITS // 2):
        middle = ((left + right) / 2).mid()
        here = _sign(_missing(lines, middle))
        if here == 0:
            break
        left, right = (middle, right) if here == sign else (left, middle)
    whole = left.union(right)
    for _ in range(3):
        middle = whole.mid()
        whole = middle - _missing(lines, middle) / _slope(lines, whole)
    return whole
