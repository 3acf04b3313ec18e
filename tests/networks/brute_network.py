"""Chains of games on tiny networks from the definitions of the laws: loops over nodes, neighbours and states, and nothing of the package."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np

Weights = dict[int, dict[int, float]]  # node -> whom it looks at -> weight
State = tuple[int, ...]
# own payoff of the node and its strategy, neighbours as (strategy, payoff, weight, degree), what each strategy would earn, own degree -> chances
Drawn = Callable[["Scene", int, State], list[float]]


class Scene:
    """A game on layers of weighted networks; strategies spread along `spread`."""

    def __init__(
        self,
        layers: list[tuple[Weights, list[list[float]]]],
        spread: Weights,
        *,
        mean: bool = False,
        with_self: bool = False,
    ) -> None:
        self.layers, self.spread, self.mean, self.with_self = layers, spread, mean, with_self
        self.nodes, self.strategies = len(spread), len(layers[0][1])

    def weight(self, node: int) -> float:
        return sum(sum(net[node].values()) for net, _ in self.layers) + self.with_self * len(self.layers)

    def payoff(self, node: int, strategy: int, state: State) -> float:
        total = 0.0
        for net, table in self.layers:
            for other, weight in net[node].items():
                total += weight * table[strategy][state[other]]
            if self.with_self:
                total += table[strategy][strategy]
        if self.mean:
            return total / self.weight(node) if self.weight(node) else 0.0
        return total

    def earned(self, node: int, state: State) -> float:
        return self.payoff(node, state[node], state)


def copying(chance: Callable[[float, float, float], float]) -> Drawn:
    """Meet one neighbour; chance: of own payoff, its payoff and the larger weight of both, or 1 for means."""

    def drawn(scene: Scene, node: int, state: State) -> list[float]:
        found = [0.0] * scene.strategies
        total = sum(scene.spread[node].values())
        for other, weight in scene.spread[node].items():
            reach = 1.0 if scene.mean else max(scene.weight(node), scene.weight(other))
            taken = chance(scene.earned(node, state), scene.earned(other, state), reach)
            found[state[other]] += weight / total * taken
            found[state[node]] += weight / total * (1 - taken)
        if not total:
            found[state[node]] = 1.0
        return found

    return drawn


def fermi(intensity: float) -> Drawn:
    return copying(lambda own, met, _: 1 / (1 + math.exp(-intensity * (met - own))))


def logit(noise: float) -> Drawn:
    def drawn(scene: Scene, node: int, state: State) -> list[float]:
        parts = [math.exp(scene.payoff(node, s, state) / noise) for s in range(scene.strategies)]
        return [part / sum(parts) for part in parts]

    return drawn


def best_response(scene: Scene, node: int, state: State) -> list[float]:
    earned = [scene.payoff(node, s, state) for s in range(scene.strategies)]
    best = [math.isclose(e, max(earned), abs_tol=1e-12) for e in earned]
    return [b / sum(best) for b in best]


def smith(step: float) -> Drawn:
    def drawn(scene: Scene, node: int, state: State) -> list[float]:
        own = scene.earned(node, state)
        found = [step * max(scene.payoff(node, s, state) - own, 0.0) for s in range(scene.strategies)]
        found[state[node]] = 1 - sum(found)
        return found

    return drawn


def by_fitness(fitness: Callable[[float], float], *, itself: bool) -> Drawn:
    def drawn(scene: Scene, node: int, state: State) -> list[float]:
        around = list(scene.spread[node].items()) + ([(node, 1.0)] if itself else [])
        parts = [weight * fitness(scene.earned(other, state)) for other, weight in around]
        found = [0.0] * scene.strategies
        for (other, _), part in zip(around, parts, strict=True):
            found[state[other]] += part / sum(parts)
        if not around:
            found[state[node]] = 1.0
        return found

    return drawn


def best_neighbour(scene: Scene, node: int, state: State) -> list[float]:
    around = [node, *scene.spread[node]]
    top = max(scene.earned(other, state) for other in around)
    best = {state[k] for k in around if math.isclose(scene.earned(k, state), top, abs_tol=1e-12)}
    found = [0.0] * scene.strategies
    found[state[node] if state[node] in best else min(best)] = 1.0
    return found


def mutated(chances: list[float], mutation: float) -> list[float]:
    """Of what is born: another strategy with the chance of mutation."""
    n = len(chances)
    return [(1 - mutation) * c + mutation / (n - 1) * (sum(chances) - c) for c in chances]


def explored(chances: list[float], own: int, mutation: float) -> list[float]:
    """Of who would revise: another strategy than its own with the chance of mutation, else what it takes."""
    n = len(chances)
    return [(1 - mutation) * c + (mutation / (n - 1) if s != own else 0.0) for s, c in enumerate(chances)]


def chain(scene: Scene, drawn: Drawn, *, together: bool, mutation: float = 0.0, explores: bool = True) -> np.ndarray:
    """Return the transition matrix over all states, in lexicographic order, of one step."""
    states = list(product(range(scene.strategies), repeat=scene.nodes))
    place = {state: k for k, state in enumerate(states)}
    matrix = np.zeros((len(states), len(states)))
    for state in states:
        rows = []
        for node in range(scene.nodes):
            chances = drawn(scene, node, state)
            lonely = not scene.spread[node]
            if explores:
                chances = explored(chances, state[node], mutation)
            elif not lonely:
                chances = mutated(chances, mutation)
            rows.append(chances)
        if together:
            for after in states:
                matrix[place[state], place[after]] = math.prod(rows[k][s] for k, s in enumerate(after))
        else:
            for node, strategy in product(range(scene.nodes), range(scene.strategies)):
                after = (*state[:node], strategy, *state[node + 1 :])
                matrix[place[state], place[after]] += rows[node][strategy] / scene.nodes
    return matrix


def births(scene: Scene, fitness: Callable[[float], float], mutation: float = 0.0) -> np.ndarray:
    """Return the transition matrix of birth-death updating."""
    states = list(product(range(scene.strategies), repeat=scene.nodes))
    place = {state: k for k, state in enumerate(states)}
    matrix = np.zeros((len(states), len(states)))
    n = scene.strategies
    for state in states:
        parts = [fitness(scene.earned(k, state)) for k in range(scene.nodes)]
        for parent, part in enumerate(parts):
            followers = {k: row[parent] for k, row in scene.spread.items() if parent in row}
            if not followers:
                matrix[place[state], place[state]] += part / sum(parts)
            for child, weight in followers.items():
                for strategy in range(n):
                    born = 1 - mutation if strategy == state[parent] else mutation / (n - 1)
                    after = (*state[:child], strategy, *state[child + 1 :])
                    matrix[place[state], place[after]] += part / sum(parts) * weight / sum(followers.values()) * born
    return matrix
