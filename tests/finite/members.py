"""A slow twin of the chains of finite populations: members one by one, opponents one by one, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations, product

Members = tuple[tuple[int, ...], ...]  # of every population the strategy of each member
Payoff = Callable[
    [Members, int, int, int], float
]  # members, population, member -> what it earns as one of a strategy
Switch = Callable[
    [Members, int, int, Payoff, int], dict[int, float]
]  # also number of strategies -> rate to each strategy


def members_of(counts: Sequence[Sequence[int]]) -> Members:
    return tuple(tuple(i for i, number in enumerate(own) for _ in range(number)) for own in counts)


# payoffs ------------------------------------------------------------------------------------------------------


def by_pairs(matrix: Sequence[Sequence[float]]) -> Payoff:
    def payoff(members: Members, p: int, m: int, strategy: int) -> float:
        others = [s for k, s in enumerate(members[0]) if k != m]
        return sum(matrix[strategy][s] for s in others) / len(others)

    return payoff


def by_groups(payoffs: Sequence[Sequence[float]], size: int) -> Payoff:
    def payoff(members: Members, p: int, m: int, strategy: int) -> float:
        others = [s for k, s in enumerate(members[0]) if k != m]
        groups = list(combinations(others, size - 1))
        return sum(payoffs[strategy][group.count(0)] for group in groups) / len(groups)

    return payoff


def by_roles(table: Callable[[tuple[int, ...]], Sequence[float]]) -> Payoff:
    def payoff(members: Members, p: int, m: int, strategy: int) -> float:
        seats = [own if q != p else (strategy,) for q, own in enumerate(members)]
        met = list(product(*seats))
        return sum(table(profile)[p] for profile in met) / len(met)

    return payoff


def by_shares(formula: Callable[[list[list[float]], int, int], float], strategies: Sequence[int]) -> Payoff:
    """At the shares as they are, in which the member counts with what it plays now."""

    def payoff(members: Members, p: int, m: int, strategy: int) -> float:
        shares = [[own.count(i) / len(own) for i in range(n)] for own, n in zip(members, strategies, strict=True)]
        return formula(shares, p, strategy)

    return payoff


# one step -----------------------------------------------------------------------------------------------------


def revisions(
    members: Members, p: int, strategies: int, payoff: Payoff, switch: Switch, mutation: float, step: float
) -> dict[tuple[int, int], float]:
    """The chances that one step takes a member of population p from i to j: everybody is as likely to revise."""
    found: dict[tuple[int, int], float] = {}
    everybody = sum(len(own) for own in members)
    for m, i in enumerate(members[p]):
        rates = switch(members, p, m, payoff, strategies)
        for j in range(strategies):
            if j != i:
                chance = (1 - mutation) * step * rates.get(j, 0.0) + mutation / (strategies - 1)
                found[i, j] = found.get((i, j), 0.0) + chance / everybody
    return found


def earnings(members: Members, p: int, m: int, payoff: Payoff, strategies: int) -> list[float]:
    """What one member would earn from each strategy, all others as they are."""
    return [payoff(members, p, m, s) for s in range(strategies)]


def imitating(rate: Callable[[float, float], float]) -> Switch:
    """One of the others is met, each as likely; rate: of own payoff and the payoff of whom one meets."""

    def switch(members: Members, p: int, m: int, payoff: Payoff, strategies: int) -> dict[int, float]:
        own, found = members[p], {}
        mine = payoff(members, p, m, own[m])
        for k, s in enumerate(own):
            if k != m:
                found[s] = found.get(s, 0.0) + rate(mine, payoff(members, p, k, s)) / (len(own) - 1)
        return found

    return switch


def choosing_a_member(noise: float) -> Switch:
    """Anybody is chosen, oneself too, with chances in proportion to exp(payoff / noise)."""

    def switch(members: Members, p: int, m: int, payoff: Payoff, strategies: int) -> dict[int, float]:
        weights = [math.exp(payoff(members, p, k, s) / noise) for k, s in enumerate(members[p])]
        found: dict[int, float] = {}
        for s, weight in zip(members[p], weights, strict=True):
            found[s] = found.get(s, 0.0) + weight / sum(weights)
        return found

    return switch


def comparing(rate: Callable[[float], float]) -> Switch:
    """rate: of what a switch gains the member who makes it."""

    def switch(members: Members, p: int, m: int, payoff: Payoff, strategies: int) -> dict[int, float]:
        would = earnings(members, p, m, payoff, strategies)
        return {j: rate(value - would[members[p][m]]) for j, value in enumerate(would)}

    return switch


def above_the_mean(rate: Callable[[float], float]) -> Switch:
    """rate: of what a strategy earns the member above the mean over the members' strategies, its own strategy counted too."""

    def switch(members: Members, p: int, m: int, payoff: Payoff, strategies: int) -> dict[int, float]:
        would = earnings(members, p, m, payoff, strategies)
        mean = sum(would[s] for s in members[p]) / len(members[p])
        return {j: rate(value - mean) for j, value in enumerate(would)}

    return switch


def choosing(weight: Callable[[float], float]) -> Switch:
    """Strategies are chosen in proportion to weights of what they would earn."""

    def switch(members: Members, p: int, m: int, payoff: Payoff, strategies: int) -> dict[int, float]:
        weights = [weight(value) for value in earnings(members, p, m, payoff, strategies)]
        return {j: w / sum(weights) for j, w in enumerate(weights)}

    return switch


def best_reply(members: Members, p: int, m: int, payoff: Payoff, strategies: int) -> dict[int, float]:
    would = earnings(members, p, m, payoff, strategies)
    best = [j for j, value in enumerate(would) if value > max(would) - 1e-12]
    return {j: 1 / len(best) for j in best}


def adding(parts: Sequence[tuple[float, Switch]]) -> Switch:
    def switch(members: Members, p: int, m: int, payoff: Payoff, strategies: int) -> dict[int, float]:
        found: dict[int, float] = {}
        for weight, part in parts:
            for j, rate in part(members, p, m, payoff, strategies).items():
                found[j] = found.get(j, 0.0) + weight * rate
        return found

    return switch


def replacements(
    members: Members,
    p: int,
    strategies: int,
    payoff: Payoff,
    fitness: Callable[[float], float],
    parents: Callable[[Sequence[float], int], list[tuple[int, int, float]]],
    mutation: float,
) -> dict[tuple[int, int], float]:
    """The chances that one step replaces one of i by one of j. parents: fitness of all, number -> (who dies, who is born, chance)."""
    own = members[p]
    everybody = sum(len(q) for q in members)
    found: dict[tuple[int, int], float] = {}
    for dies, parent, chance in parents([fitness(payoff(members, p, k, s)) for k, s in enumerate(own)], len(own)):
        for j in range(strategies):
            born = 1 - mutation if j == own[parent] else mutation / (strategies - 1)
            if j != own[dies]:
                place = (own[dies], j)
                found[place] = found.get(place, 0.0) + chance * born * len(own) / everybody
    return found


def parent_first(fitness: Sequence[float], size: int) -> list[tuple[int, int, float]]:
    return [(d, b, fitness[b] / sum(fitness) / size) for d in range(size) for b in range(size)]


def neighbour_dies(fitness: Sequence[float], size: int) -> list[tuple[int, int, float]]:
    return [(d, b, fitness[b] / sum(fitness) / (size - 1)) for d in range(size) for b in range(size) if b != d]


def death_first(fitness: Sequence[float], size: int) -> list[tuple[int, int, float]]:
    return [
        (d, b, fitness[b] / (sum(fitness) - fitness[d]) / size) for d in range(size) for b in range(size) if b != d
    ]
