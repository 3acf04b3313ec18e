"""Paths of the best response dynamics, followed in closed form from tie to tie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import sympy

from coopgame.analysis.solution import Chart, Solution
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import slices
from coopgame.errors import IntegrationError, UnsupportedError

_TIE = 1e-9
_MOST_SWITCHES = 20_000
_SHORT = 1e-3
_SHORT_RUN = 12
_HIGHEST_DEGREE = 8


@dataclass(frozen=True, eq=False)
class _Ray:
    """The path x(t) = goal + (start - goal) exp(-(t - since)), on which every population goes straight to its reply."""

    since: float
    start: np.ndarray
    goal: np.ndarray

    def __call__(self, times: np.ndarray) -> np.ndarray:
        away = np.exp(-(np.asarray(times) - self.since))
        return np.asarray(self.goal[:, None] + (self.start - self.goal)[:, None] * away)


def follow_best_responses(chart: Chart, span: tuple[float, float]) -> Solution:
    """Return the path of dx/dt in BR(x) - x from a start, exact up to rounding.

    Towards a fixed reply the path is a straight line, and payoffs along it are polynomials in exp(-t), so that the next tie is a
    root. At a tie the new direction is an equilibrium of the game among the tied strategies with the payoffs that the direction
    itself brings about: the strategies it uses stay tied, the others fall behind. Of several such directions the one with the fewest
    strategies is taken, then the first in the order of strategies; the note of the solution says how often there was a choice.
    Where switches follow each other faster and faster around an equilibrium, the path is taken to have arrived there.

    Raises UnsupportedError where payoffs are no polynomials of low degree in the shares, or where a path slides along a
    curved set of ties.

    References: Gilboa and Matsui (1991); Hofbauer (1995); Gaunersdorfer and Hofbauer (1995), Games and Economic Behavior 11.
    """
    game = _Replies(chart)
    time, state = span[0], chart.start.copy()
    steps, rays = [time], []
    short, choices = 0, 0
    for _ in range(_MOST_SWITCHES):
        goal, others = game.direction(state)
        choices += others > 1
        length = game.next_tie(state, goal, span[1] - time)
        ray = _Ray(time, state, goal)
        stop = min(time + length, span[1])
        rays.append(ray)
        steps.append(stop)
        if stop >= span[1]:
            break
        state, time = game.normalised(ray(np.array([stop]))[:, 0]), stop
        short = short + 1 if length < _SHORT else 0
        centre = game.centre(state, length) if short >= _SHORT_RUN else None
        if centre is not None:
            rays.append(_Ray(time, centre, centre))
            steps.append(span[1])
            break
    else:
        text = f"best replies changed {_MOST_SWITCHES} times until t = {time:.6g}; shorten t_end, or use logit() with little noise"
        return Solution(chart, np.array(steps), rays, IntegrationError(text))
    note = f"at {choices} of {len(rays)} ties several directions were possible" if choices else ""
    return Solution(chart, np.array(steps), rays, note=note)


class _Replies:
    """Best replies of a game at values: ties, directions, and when a reply ceases to be best."""

    def __init__(self, chart: Chart) -> None:
        field = chart.dynamics
        self.field, self.numbers = field, chart.numbers
        self.parts = slices(field.game)
        self.degree = _degree(field)
        self.slopes = field.payoff_slopes
        nodes = np.cos(np.pi * (np.arange(self.degree + 1) + 0.5) / (self.degree + 1)) / 2 + 0.5
        self.nodes = nodes
        self.solver = np.linalg.inv(np.vander(nodes, self.degree + 1))

    def payoffs(self, states: np.ndarray) -> np.ndarray:
        return self.field.payoffs_at(states, self.numbers)

    def normalised(self, state: np.ndarray) -> np.ndarray:
        result: np.ndarray = np.maximum(state, 0.0)
        for part in self.parts:
            result[part] /= result[part].sum()
        return result

    def tied(self, state: np.ndarray) -> list[list[int]]:
        """Return the best replies of every population."""
        payoffs = self.payoffs(state)
        scale = max(1.0, float(np.abs(payoffs).max()))
        return [
            [i for i in range(p.start, p.stop) if payoffs[i] >= payoffs[p].max() - _TIE * scale] for p in self.parts
        ]

    def direction(self, state: np.ndarray) -> tuple[np.ndarray, int]:
        """Return the mixed reply that the path goes to, and among how many it was chosen."""
        tied = self.tied(state)
        if all(len(best) == 1 for best in tied):
            goal = np.zeros(len(state))
            goal[[best[0] for best in tied]] = 1.0
            return goal, 1
        slopes = self.slopes(state, self.numbers)
        found = [goal for supports in _supports(tied) for goal in self._consistent(supports, tied, slopes, state)]
        if not found:
            raise UnsupportedError(
                "best replies at a tie could not be resolved: no mixture of the tied strategies keeps them tied; use logit() with little noise"
            )
        if self.degree > 1 and np.count_nonzero(found[0]) > len(self.parts):
            raise UnsupportedError(
                "the path slides along a curved set of ties, which is followed for payoffs that are linear in the shares only; "
                "use logit() with little noise"
            )
        return found[0], len(found)

    def _consistent(
        self, supports: Sequence[Sequence[int]], tied: Sequence[Sequence[int]], slopes: np.ndarray, state: np.ndarray
    ) -> Iterator[np.ndarray]:
        """Yield the mixture on given supports under which its strategies stay tied and no tied one gets ahead."""
        used = [i for support in supports for i in support]
        size = len(state)
        rows, right = [], []
        for support in supports:
            sums = np.zeros(size)
            sums[list(support)] = 1.0
            rows.append(sums)
            right.append(1.0)
            for i in support[1:]:
                rows.append(slopes[i] - slopes[support[0]])
                right.append(float((slopes[i] - slopes[support[0]]) @ state))
        matrix = np.array(rows)[:, used]
        if np.linalg.matrix_rank(matrix) < len(used):
            return
        goal = np.zeros(size)
        goal[used] = np.linalg.solve(matrix, np.array(right))
        if goal.min() < -1e-12:
            return
        speed = slopes @ (goal - state)
        scale = 1e-9 * max(1.0, float(np.abs(slopes).max()))
        if all(speed[best].max() <= speed[support[0]] + scale for best, support in zip(tied, supports, strict=True)):
            yield self.normalised(goal)

    def next_tie(self, state: np.ndarray, goal: np.ndarray, longest: float) -> float:
        """Return the time until another strategy becomes as good as those that the path goes to."""
        along = goal + (state - goal) * self.nodes[:, None]
        polynomials: np.ndarray = self.solver @ self.payoffs(along)
        scale = _TIE * max(1.0, float(np.abs(polynomials).max()))
        last = np.exp(-longest)
        latest = 0.0
        for part in self.parts:
            used = [i for i in range(part.start, part.stop) if goal[i] > 0]
            for j in (j for j in range(part.start, part.stop) if j not in used):
                gap = polynomials[:, j] - polynomials[:, used[0]]
                latest = max(latest, _first_root(gap, last, scale))
        return -float(np.log(latest)) if latest > 0 else np.inf

    def centre(self, state: np.ndarray, length: float) -> np.ndarray | None:
        """Return the equilibrium that ever faster switches turn around, None where there is none beside the state."""
        tied = [list(range(part.start, part.stop)) for part in self.parts]
        slopes = self.slopes(state, self.numbers)
        payoffs = self.payoffs(state)
        size = len(state)
        rows, right = [], []
        for support in tied:
            sums = np.zeros(size)
            sums[support] = 1.0
            rows.append(sums)
            right.append(1.0)
            for i in support[1:]:
                row = slopes[i] - slopes[support[0]]
                rows.append(row)
                right.append(float(row @ state - (payoffs[i] - payoffs[support[0]])))
        found, *_ = np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)
        close = np.abs(found - state).max() < 10 * _SHORT and found.min() > 0
        level = self.payoffs(found)
        tie = all(np.ptp(level[part]) < 1e-9 * max(1.0, float(np.abs(level).max())) for part in self.parts)
        return self.normalised(found) if close and tie else None


def _supports(tied: Sequence[Sequence[int]]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Yield supports among the tied strategies, small ones first, then in their order."""
    choices = [[s for size in range(1, len(best) + 1) for s in combinations(best, size)] for best in tied]
    yield from sorted(product(*choices), key=lambda supports: (sum(map(len, supports)), supports))


def _first_root(gap: np.ndarray, last: float, scale: float) -> float:
    """Return the largest root in (last, 1) at which a polynomial that is not positive at 1 becomes positive, 0 without one."""
    slope = float(np.polyval(np.polyder(gap), 1.0)) if len(gap) > 1 else 0.0
    at_start = float(np.polyval(gap, 1.0))
    if at_start > -scale and abs(slope) <= scale:
        return 0.0  # tied now and on the whole way, as twins are
    roots = np.roots(gap) if len(gap) > 1 else np.zeros(0)
    real = np.sort(roots.real[np.abs(roots.imag) < 1e-9])[::-1]
    near = 1 - 1e-12 if at_start < -scale else 1 - 1e-7
    for root in real:
        if last < root < near:
            return float(root)
    return 0.0


def _degree(field: VectorField) -> int:
    """Return the degree of the payoffs along a ray. Raises UnsupportedError where they are no polynomials, or of a high degree."""
    game = field.game
    if game.environment:
        raise UnsupportedError(
            "best response paths are followed without environment variables; use logit() with little noise"
        )
    symbols = [sympy.Symbol(name) for name in game.coordinates]
    degree = 0
    for p, population in enumerate(game.populations):
        for s in range(len(population.strategies)):
            payoff = game.expected_payoff(p, s)
            if not payoff.is_polynomial(*symbols):
                raise UnsupportedError(
                    "best response paths are followed where payoffs are polynomials in the shares; use logit() with little noise"
                )
            degree = max(degree, int(sympy.Poly(payoff, *symbols).total_degree()))
    if degree > _HIGHEST_DEGREE:
        raise UnsupportedError(
            f"payoffs have degree {degree} in the shares; best response paths are followed up to {_HIGHEST_DEGREE}; use logit() with little noise"
        )
    return max(degree, 1)
