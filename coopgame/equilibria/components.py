"""Which extreme equilibria span others: maximal cliques of compatible vertices, and the connected components that they form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

MOST_PIECES = 10_000  # of one component
TOO_MANY_PIECES = f"a component is made of more than {MOST_PIECES} sets, of which only some are listed"


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


def largest_cliques(neighbours: Sequence[int], inside: int) -> tuple[list[int], bool]:
    """Return the maximal cliques within a set of vertices, and whether these are all; of too many, one for each vertex."""
    found = list(islice(maximal_cliques(neighbours, inside), MOST_PIECES + 1))
    if len(found) <= MOST_PIECES:
        return found, True
    return list(dict.fromkeys(_clique_with(neighbours, inside, v) for v in members(inside))), False


def _clique_with(neighbours: Sequence[int], inside: int, vertex: int) -> int:
    clique, candidates = 1 << vertex, inside & neighbours[vertex]
    while candidates:
        v = next(members(candidates))
        clique |= 1 << v
        candidates &= neighbours[v]
    return clique


def largest_products(pairs: Sequence[tuple[int, int]]) -> tuple[list[tuple[list[int], list[int]]], bool]:
    """Return the maximal sets of first and of second members all of which are paired, for pairs that hang together, and whether these are all.

    They are the maximal cliques once all first members and all second members are joined among themselves (Avis, Rosenberg, Savani and von
    Stengel 2010). Of too many, those are returned that hold all partners of a first member; they hold every pair.
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
    cliques = (clique for clique in maximal_cliques(neighbours, left | right) if clique & left and clique & right)
    found = list(islice(cliques, MOST_PIECES + 1))
    whole = len(found) <= MOST_PIECES
    if not whole:
        found = list(dict.fromkeys(_product_of(neighbours, left, right, n) for n in range(len(first))))
    products = [
        ([first[n] for n in members(clique & left)], [second[n - len(first)] for n in members(clique & right)])
        for clique in found
    ]
    return products, whole


def _product_of(neighbours: Sequence[int], left: int, right: int, vertex: int) -> int:
    partners = neighbours[vertex] & right
    common = left
    for v in members(partners):
        common &= neighbours[v]
    return common | partners


def members(bits: int) -> Iterator[int]:
    """Yield the numbers in a set that is kept as bits, in rising order."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
