"""The chain of a process state by state, from the chances of its laws alone: states as tuples, loops in Python."""

from __future__ import annotations

from itertools import product
from math import factorial, prod

import numpy as np
from scipy import stats

from coopgame.finite.population import ProcessAt

State = tuple[int, ...]


class StepwiseChain:
    """All states, and the matrix of the chances of one step."""

    def __init__(self, process: ProcessAt, *, mutation: bool = True) -> None:
        parts, sizes = process.population.game.parts, process.population.sizes
        blocks = [
            [c for c in product(range(size + 1), repeat=part.stop - part.start) if sum(c) == size]
            for size, part in zip(sizes, parts, strict=True)
        ]
        self.states: list[State] = [sum(one, ()) for one in product(*blocks)]
        place = {state: k for k, state in enumerate(self.states)}
        self.matrix = np.zeros((len(self.states),) * 2)
        for k, state in enumerate(self.states):
            if process.population.generations:
                self.matrix[k] = self._generation(process, state, mutation)
                continue
            counts = [np.array(state[part], dtype=float) for part in parts]
            for p, part in enumerate(parts):
                chances = np.exp(process.log_chances(p, counts, mutation=mutation))
                n = part.stop - part.start
                for i, j in product(range(n), repeat=2):
                    if i != j and chances[i, j] > 0:
                        moved = list(state)
                        moved[part.start + i] -= 1
                        moved[part.start + j] += 1
                        self.matrix[k, place[tuple(moved)]] += chances[i, j]
            self.matrix[k, k] = 1 - self.matrix[k].sum()

    def _generation(self, process: ProcessAt, state: State, mutation: bool) -> np.ndarray:
        """Return the multinomial chances of the next generation; offspring in proportion to number times exp(intensity * payoff)."""
        counts, n, size = np.array(state, dtype=float), len(state), sum(state)
        payoffs = np.diagonal(process.payoffs.seen(0, [counts]))
        born = counts * np.exp(float(process.settings[0]["intensity"][0]) * payoffs)
        chances = born / born.sum()
        mu = process.mutations[0] if mutation else 0.0
        chances = chances * (1 - mu) + (1 - chances) * mu / (n - 1)
        return np.array(
            [
                factorial(size)
                / prod(factorial(k) for k in other)
                * prod(c**k for c, k in zip(chances, other, strict=True))
                for other in self.states
            ]
        )

    def law_after(self, start: State, steps: int) -> np.ndarray:
        """Return the chances of all states after a number of steps."""
        first = np.zeros(len(self.states))
        first[self.states.index(start)] = 1
        return np.asarray(first @ np.linalg.matrix_power(self.matrix, steps))

    def stationary(self) -> np.ndarray:
        """Return the stationary law, by linear algebra."""
        n = len(self.states)
        system = np.vstack([self.matrix.T - np.eye(n), np.ones(n)])
        return np.asarray(np.linalg.lstsq(system, np.append(np.zeros(n), 1.0), rcond=None)[0])

    def absorption(self, start: State) -> tuple[np.ndarray, float]:
        """Return the chances to end at each state, and the mean steps until then."""
        still = np.diag(self.matrix) > 1 - 1e-13
        moving = np.flatnonzero(~still)
        inverse = np.linalg.inv(np.eye(len(moving)) - self.matrix[np.ix_(moving, moving)])
        row = inverse[list(moving).index(self.states.index(start))]
        return row @ self.matrix[moving] * still, float(row.sum())


def agreement(drawn: list[State], chain: StepwiseChain, law: np.ndarray) -> float:
    """Return the p-value of the chi-square test of states against a law; states expected less than 5 times are put together."""
    place = {state: k for k, state in enumerate(chain.states)}
    counts = np.bincount([place[state] for state in drawn], minlength=len(law)).astype(float)
    expected = np.clip(law, 0, None) / np.clip(law, 0, None).sum() * len(drawn)
    assert counts[expected < 1e-9 * len(drawn)].sum() == 0
    rare = expected < 5
    observed = np.append(counts[~rare], counts[rare].sum())
    wanted = np.append(expected[~rare], expected[rare].sum())
    if wanted[-1] < 1e-6:
        observed, wanted = observed[:-1], wanted[:-1]
    return float(stats.chisquare(observed, wanted * observed.sum() / wanted.sum()).pvalue) if len(wanted) > 1 else 1.0
