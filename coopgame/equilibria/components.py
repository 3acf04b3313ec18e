"""Which extreme equilibria span others: maximal cliques of compatible vertices, and the connected components that they form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MOST_PIECES = 100_000


def connected(neighbours: Sequence[int]) -> list[list[int]]:
    """Return the connected components of a graph, each as sorted vertices; neighbours[v] holds those of v as bits."""
    rest = (1 << len(neighbours)) - 1
    found = []
    while rest:
        reached = frontier = rest & -rest
        while frontier:
            near = 0
            for v in members(frontier):
                near |= neighbours[v]
            frontier = near & ~reached
            reached |= frontier
        found.append(list(members(reached)))
        rest &= ~reached
    return found


def maximal_cliques(neighbours: Sequence[int], inside: int) -> Iterator[int]:
    """Yield the maximal cliques within a set of vertices, all as bits (Bron and Kerbosch 1973, with the pivot of Tomita et al. 2006)."""
    waiting = [(0, inside, 0)]
    while waiting:
        clique, candidates, done = waiting.pop()
        if not candidates:
            if not done:
                yield clique
            continue
        pivot = max(members(candidates | done), key=lambda v: (candidates & neighbours[v]).bit_count())
        for v in members(candidates & ~neighbours[pivot]):
            waiting.append((clique | 1 << v, candidates & neighbours[v], done & neighbours[v]))
            candidates &= ~(1 << v)
            done |= 1 << v


def maximal_bicliques(pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the maximal sets of first and of second members all of which are paired, for pairs that hang together.

    They are the maximal cliques once all first members and all second members are joined among themselves (Avis, Rosenberg, Savani and von
    Stengel 2010).
    """
    first, second = sorted({x for x, _ in pairs}), sorted({y for _, y in pairs})
    place = {x: n for n, x in enumerate(first)}
    other = {y: len(first) + n for n, y in enumerate(second)}
    left = (1 << len(first)) - 1
    right = ((1 << len(second)) - 1) << len(first)
    neighbours = [(left if v < len(first) else right) & ~(1 << v) for v in range(len(first) + len(second))]
    for x, y in pairs:
        neighbours[place[x]] |= 1 << other[y]
        neighbours[other[y]] |= 1 << place[x]
    for clique in maximal_cliques(neighbours, left | right):
        if clique & left and clique & right:
            yield (
                [first[n] for n in members(clique & left)],
                [second[n - len(first)] for n in members(clique & right)],
            )


def members(bits: int) -> Iterator[int]:
    """Yield the numbers in a set that is kept as bits, in rising order."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
