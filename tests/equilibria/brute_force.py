"""Slow twins of the search for equilibria: every set of as many tight inequalities as there are unknowns is solved, in Fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

Table = Sequence[Sequence[Fraction]]
Mixture = tuple[Fraction, ...]


def solved(rows: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """Return the solution of a square system by Gauss elimination, None when there is none or more than one."""
    table = [[*row, value] for row, value in zip(rows, right, strict=True)]
    size = len(table)
    for k in range(size):
        pivot = next((i for i in range(k, size) if table[i][k] != 0), None)
        if pivot is None:
            return None
        table[k], table[pivot] = table[pivot], table[k]
        table[k] = [entry / table[k][k] for entry in table[k]]
        for i in range(size):
            if i != k and table[i][k] != 0:
                factor = table[i][k]
                table[i] = [a - factor * b for a, b in zip(table[i], table[k], strict=True)]
    return [row[-1] for row in table]


def best_response_vertices(payoffs: Table) -> dict[Mixture, frozenset[int]]:
    """Return the vertices (mixture of the columns, best payoff to it) of the polyhedron above all rows, with what is tight in each.

    Number j < n says that column j is unused, n + i that row i is a best reply.
    """
    m, n = len(payoffs), len(payoffs[0])
    tight_rows = [[*(Fraction(int(j == k)) for k in range(n)), Fraction(0)] for j in range(n)]
    tight_rows += [[*row, Fraction(-1)] for row in payoffs]
    total = [*[Fraction(1)] * n, Fraction(0)]
    found: dict[Mixture, frozenset[int]] = {}
    for tight in combinations(range(m + n), n):
        point = solved([*(list(tight_rows[k]) for k in tight), total], [*[Fraction(0)] * n, Fraction(1)])
        if point is None:
            continue
        values = [sum((a * b for a, b in zip(row, point, strict=True)), Fraction(0)) for row in tight_rows]
        if min(values[:n]) >= 0 and max(values[n:]) <= 0:
            found[tuple(point[:n])] = frozenset(k for k, value in enumerate(values) if value == 0)
    return found


def extreme_equilibria(first: Table, second: Table) -> frozenset[tuple[Mixture, Mixture]]:
    """Return all pairs of vertices at which every strategy of both players is unused or a best reply."""
    m, n = len(first), len(first[0])
    ys = best_response_vertices(first)
    xs = best_response_vertices([[second[i][j] for i in range(m)] for j in range(n)])
    return frozenset(
        (x, y)
        for x, of_x in xs.items()
        for y, of_y in ys.items()
        if all(i in of_x or n + i in of_y for i in range(m)) and all(j in of_y or m + j in of_x for j in range(n))
    )


def extreme_states(payoffs: Table) -> frozenset[Mixture]:
    """Return all vertices at which every strategy of the population is absent or a best reply."""
    n = len(payoffs)
    vertices = best_response_vertices(payoffs)
    return frozenset(x for x, tight in vertices.items() if all(i in tight or n + i in tight for i in range(n)))


def maximal_products(pairs: frozenset[tuple[Mixture, Mixture]]) -> frozenset[frozenset[tuple[Mixture, Mixture]]]:
    """Return the largest sets of first and second mixtures all of which are paired, as sets of pairs; by trying all sets of first mixtures."""
    firsts = sorted({x for x, _ in pairs})
    found = set()
    for size in range(1, len(firsts) + 1):
        for some in combinations(firsts, size):
            seconds = [y for y in {y for _, y in pairs} if all((x, y) in pairs for x in some)]
            if seconds:
                found.add(frozenset((x, y) for x in some for y in seconds))
    return frozenset(one for one in found if not any(one < other for other in found))


def gain(payoffs: Table, own: Mixture, other: Mixture) -> Fraction:
    """Return the most that the row player gains by changing."""
    earned = [sum((a * y for a, y in zip(row, other, strict=True)), Fraction(0)) for row in payoffs]
    return max(earned) - sum((x * value for x, value in zip(own, earned, strict=True)), Fraction(0))
