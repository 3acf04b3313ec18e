"""Fixation chances and long-run cooperation of M1 on graphs whose edges are of two kinds, computed a second time.

This module rests on the written payoffs alone and shares no code with the library it is held against. Firms are nodes.
An edge is `(i, j, kind)`: "horizontal" edges join competitors (h > 0), "vertical" edges join a supplier and its client
(h = 0, with their own a and k). Each kind has its own parameter values, and the payoff of a firm is the mean, or with
`accumulated` the sum, of the payoffs of M1 at its edges. A state is a set of cooperators, written as a bit mask.

Rules of one step; fitness is exp(w payoff):
- "death-birth": a random firm leaves and a neighbour takes its place, in proportion to fitness;
- "birth-death": a firm reproduces, in proportion to fitness, and a random neighbour of it is replaced;
- "fermi": a random firm looks at a random neighbour and copies it with chance 1 / (1 + exp(-w (other - own)));
- "imitation": a random firm takes the strategy of itself or a neighbour, in proportion to fitness.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TypeVar

import numpy as np

Values = Mapping[str, Fraction]
Kinds = Mapping[str, Values]
Edge = tuple[int, int, str]
Number = TypeVar("Number", float, Fraction)
Table = tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]
Contest = tuple[int, int, Fraction, tuple[int, ...]]
RULES = ("death-birth", "birth-death", "fermi", "imitation")


@dataclass(frozen=True)
class Net:
    """A connected graph of `size` firms, each pair joined once at most."""

    size: int
    edges: tuple[Edge, ...]

    def __post_init__(self) -> None:
        """Nothing; raises where an edge is doubled or the graph is not connected."""
        if len({frozenset(edge[:2]) for edge in self.edges if edge[0] != edge[1]}) != len(self.edges):
            raise ValueError("an edge joins a firm to itself, or two edges join the same firms")
        reached = {0}
        for _ in range(self.size):
            reached |= {end for i, j, _ in self.edges if i in reached or j in reached for end in (i, j)}
        if reached != set(range(self.size)):
            raise ValueError("the graph is not connected")

    def neighbours(self, i: int) -> list[int]:
        """The firms that share an edge with firm `i`."""
        return [b if a == i else a for a, b, _ in self.edges if i in (a, b)]


def horizontal(groups: int, k: int) -> Net:
    """Complete graphs of `k` competitors, joined in a ring: the last firm of a group with the first of the next."""
    pairs = {pair for g in range(groups) for pair in combinations(range(g * k, g * k + k), 2)}
    ring = {(g * k + k - 1, (g + 1) % groups * k) for g in range(groups) if groups > 1}
    pairs |= {(min(pair), max(pair)) for pair in ring}
    return Net(groups * k, tuple((i, j, "horizontal") for i, j in sorted(pairs)))


def vertical(layers: int, size: int) -> Net:
    """Layers of `size` firms; each firm is linked to all firms of the next layer."""
    ranks = [range(at * size, (at + 1) * size) for at in range(layers)]
    links = [(i, j, "vertical") for rank, following in pairwise(ranks) for i in rank for j in following]
    return Net(layers * size, tuple(links))


def mixed(layers: int, size: int) -> Net:
    """Layers as in `vertical`, where the firms of one layer also compete, each with each."""
    ranks = [range(at * size, (at + 1) * size) for at in range(layers)]
    rivals = [(i, j, "horizontal") for rank in ranks for i, j in combinations(rank, 2)]
    return Net(layers * size, (*rivals, *vertical(layers, size).edges))


def two_kinds(values: Values, a: Fraction, k: Fraction) -> dict[str, dict[str, Fraction]]:
    """The values of both kinds of edges: as given, and for vertical edges with h = 0 and their own `a` and `k`."""
    return {"horizontal": dict(values), "vertical": {**values, "h": Fraction(0), "a": a, "k": k}}


def table_m1(values: Values) -> Table:
    """The payoffs of M1 to the row player, indexed by own and other strategy; 1 cooperates, 0 is price war."""
    p = {name: Fraction(value) for name, value in values.items()}
    both = p["m"] + p["a"] + p["k"] - p["c"] + p["s"]
    alone = p["m"] - p["h"] - p["c"] + p["s"] + p["v"]
    against = p["m"] + p["h"] - p["d"] + p["phi"] * p["k"] + p["psi"] * p["a"] - p["t"] + p["v"]
    war = p["m"] - p["d"] - p["g"] - p["t"]
    return (war, against), (alone, both)


def payoffs(net: Net, kinds: Kinds, state: int, accumulated: bool = False) -> list[Fraction]:
    """The exact payoff of each firm when the firms in the bit mask `state` cooperate."""
    tables = {kind: table_m1(values) for kind, values in kinds.items()}
    total = [Fraction(0)] * net.size
    for i, j, kind in net.edges:
        x, y = state >> i & 1, state >> j & 1
        total[i] += tables[kind][x][y]
        total[j] += tables[kind][y][x]
    return total if accumulated else [x / len(net.neighbours(i)) for i, x in enumerate(total)]


@lru_cache(maxsize=64)
def contests(net: Net, rule: str) -> tuple[Contest, ...]:
    """All ways in which firm i takes the strategy of j, as (i, j, scale, pool).

    The chance is the scale times the fitness of j over the fitness of the whole pool, which has j among it.
    """
    one, everybody = Fraction(1, net.size), tuple(range(net.size))
    near = [tuple(net.neighbours(i)) for i in everybody]
    ways: dict[str, Callable[[int, int], tuple[Fraction, tuple[int, ...]]]] = {
        "death-birth": lambda i, j: (one, near[i]),
        "birth-death": lambda i, j: (Fraction(1, len(near[j])), everybody),
        "fermi": lambda i, j: (one / len(near[i]), (i, j)),
        "imitation": lambda i, j: (one, (i, *near[i])),
    }
    return tuple((i, j, *ways[rule](i, j)) for i in everybody for j in near[i])


def step_chances(net: Net, kinds: Kinds, rule: str, w: float, state: int, accumulated: bool) -> dict[int, float]:
    """The chances of the next states other than the present one."""
    p = [float(x) for x in payoffs(net, kinds, state, accumulated)]
    chances: dict[int, float] = {}
    for i, j, scale, pool in contests(net, rule):
        if (state >> i ^ state >> j) & 1:
            top = max(p[l] for l in pool)
            share = math.exp(w * (p[j] - top)) / math.fsum(math.exp(w * (p[l] - top)) for l in pool)
            chances[state ^ 1 << i] = chances.get(state ^ 1 << i, 0.0) + float(scale) * share
    return chances


def solve(rows: Sequence[dict[int, Number]]) -> list[list[Number]]:
    """The solutions of linear systems that share one matrix, one list per unknown, by elimination.

    Row r holds the entries at columns 0 .. size - 1 and, from column size on, the right-hand sides. The matrix must
    allow elimination along its diagonal, as those of absorbing chains do.
    """
    size = len(rows)
    work = [dict(row) for row in rows]
    width = max(max(row) for row in work) + 1
    for at in range(size):
        pivot = work[at][at]
        ahead = {col: x / pivot for col, x in work[at].items() if col > at}
        work[at] = ahead
        for row in work[at + 1 :]:
            if at in row:
                factor = row.pop(at)
                for col, x in ahead.items():
                    row[col] = row[col] - factor * x if col in row else -factor * x
    for at in reversed(range(size)):
        row = work[at]
        for col in [col for col in row if col < size]:
            factor = row.pop(col)
            for side, x in work[col].items():
                row[side] = row[side] - factor * x if side in row else -factor * x
    none = pivot - pivot
    return [[row.get(col, none) for col in range(size, width)] for row in work]


def fixation(net: Net, kinds: Kinds, rule: str, w: float, accumulated: bool = False) -> tuple[float, float]:
    """The fixation chances of one cooperator and of one price warrior, at a uniformly random firm."""
    full = (1 << net.size) - 1
    rows = []
    for state in range(1, full):
        chances = step_chances(net, kinds, rule, w, state, accumulated)
        row = {end - 1: -chance for end, chance in chances.items() if 0 < end < full}
        row[state - 1] = math.fsum(chances.values())
        row[full - 1], row[full] = chances.get(full, 0.0), chances.get(0, 0.0)
        rows.append(row)
    reached = solve(rows)
    cooperate = math.fsum(reached[(1 << i) - 1][0] for i in range(net.size)) / net.size
    return cooperate, math.fsum(reached[full - (1 << i) - 1][1] for i in range(net.size)) / net.size


@lru_cache(maxsize=64)
def neutral_visits(net: Net, rule: str) -> tuple[Fraction, ...]:
    """The expected number of visits to states 1 .. 2^n - 2 without selection, from one random cooperator."""
    full = (1 << net.size) - 1
    columns: list[dict[int, Fraction]] = [{} for _ in range(full - 1)]
    for state in range(1, full):
        for i, j, scale, pool in contests(net, rule):
            if (state >> i ^ state >> j) & 1:
                end = state ^ 1 << i
                chance = scale / len(pool)
                columns[state - 1][state - 1] = columns[state - 1].get(state - 1, Fraction(0)) + chance
                if 0 < end < full:
                    columns[end - 1][state - 1] = columns[end - 1].get(state - 1, Fraction(0)) - chance
    for i in range(net.size):
        columns[(1 << i) - 1][full - 1] = Fraction(1, net.size)
    return tuple(row[0] for row in solve(columns))


def neutral_values(net: Net, rule: str) -> list[Fraction]:
    """The chance, without selection, that all firms descend from firm i in the end, for each i."""
    rows: list[dict[int, Fraction]] = [dict.fromkeys(range(net.size + 1), Fraction(0)) for _ in range(net.size)]
    for i, j, scale, pool in contests(net, rule):
        rows[j][i] -= scale / len(pool)  # the strategy of j spreads to i
        rows[i][i] += scale / len(pool)  # and that of i is lost there
    rows[-1] = dict.fromkeys(range(net.size + 1), Fraction(1))
    return [row[0] for row in solve(rows)]


def weak_selection(net: Net, kinds: Kinds, rule: str, accumulated: bool = False) -> tuple[Fraction, Fraction]:
    """The exact slopes at w = 0 of the fixation chances of one cooperator and of one price warrior.

    To first order a run gains, at each visited state, the change of the neutral chance that selection brings about.
    The share of j in a pool has the slope (payoff of j less the mean of the pool) / size of the pool.
    """
    full = (1 << net.size) - 1
    values = neutral_values(net, rule)
    visits = neutral_visits(net, rule)
    slopes = [Fraction(0), Fraction(0)]
    for state in range(1, full):
        p = payoffs(net, kinds, state, accumulated)
        change = Fraction(0)
        for i, j, scale, pool in contests(net, rule):
            turn = (state >> j & 1) - (state >> i & 1)
            if turn:
                mean = sum((p[l] for l in pool), Fraction(0)) / len(pool)
                change += turn * values[i] * scale / len(pool) * (p[j] - mean)
        slopes[0] += visits[state - 1] * change
        slopes[1] -= visits[full - state - 1] * change
    return slopes[0], slopes[1]


def critical_value(
    net: Net, kinds: Kinds, rule: str, name: str, on: Iterable[str], accumulated: bool = False
) -> Fraction | None:
    """The value of parameter `name`, on edges of the kinds `on`, where the slopes of both chances are equal.

    Their difference is affine in the parameter, so two values of it settle the matter; None where it does not matter.
    """
    chosen = set(on)
    at = []
    for value in (Fraction(0), Fraction(1)):
        changed = {kind: {**given, name: value} if kind in chosen else given for kind, given in kinds.items()}
        cooperator, warrior = weak_selection(net, changed, rule, accumulated)
        at.append(cooperator - warrior)
    return at[0] / (at[0] - at[1]) if at[0] != at[1] else None


def one_step(
    x: list[int], p: list[float], near: list[list[int]], rule: str, w: float, mu: float, rng: np.random.Generator
) -> bool:
    """Whether the strategies `x` changed in one step, in place; with chance `mu` a random firm changes its own."""

    def chosen(pool: Sequence[int]) -> int:
        top = max(p[l] for l in pool)
        weights = np.cumsum([math.exp(w * (p[l] - top)) for l in pool])
        return pool[int(np.searchsorted(weights, rng.random() * weights[-1], side="right"))]

    i = int(rng.integers(len(x)))
    before = x[i]
    if rng.random() < mu:
        x[i] = 1 - before
        return True
    if rule == "birth-death":
        j = chosen(range(len(x)))
        i = near[j][int(rng.integers(len(near[j])))]
        before = x[i]
    elif rule == "fermi":
        j = chosen((i, near[i][int(rng.integers(len(near[i])))]))
    else:
        j = chosen({"death-birth": near[i], "imitation": [i, *near[i]]}[rule])
    x[i] = x[j]
    return x[i] != before


def time_average(
    net: Net, kinds: Kinds, rule: str, w: float, mu: float, steps: int, seed: int, accumulated: bool = False
) -> tuple[float, float]:
    """The share of cooperators averaged over a run of `steps` steps, and its standard error.

    The run starts at random strategies, and a tenth of `steps` goes before what is counted. The error is that of 20
    consecutive parts of the run, held independent.
    """
    rng = np.random.default_rng(seed)
    near = [net.neighbours(i) for i in range(net.size)]
    names = sorted({kind for _, _, kind in net.edges})
    tables = np.array([[[float(v) for v in row] for row in table_m1(kinds[kind])] for kind in names])
    left, right = np.array([edge[0] for edge in net.edges]), np.array([edge[1] for edge in net.edges])
    kind = np.array([names.index(edge[2]) for edge in net.edges])
    degree = np.ones(net.size) if accumulated else np.array([len(ends) for ends in near], dtype=float)
    x: list[int] = [int(v) for v in rng.integers(2, size=net.size)]
    shares = np.empty(steps)
    p: list[float] = []
    moved = True
    for at in range(-(steps // 10), steps):
        if moved:
            own, other = np.array(x)[left], np.array(x)[right]
            total = np.bincount(left, tables[kind, own, other], net.size)
            total += np.bincount(right, tables[kind, other, own], net.size)
            p = (total / degree).tolist()
        moved = one_step(x, p, near, rule, w, mu, rng)
        if at >= 0:
            shares[at] = sum(x) / net.size
    parts = [float(part.mean()) for part in np.array_split(shares, 20)]
    return float(np.mean(parts)), float(np.std(parts, ddof=1) / math.sqrt(len(parts)))
