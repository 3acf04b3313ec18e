"""Random graphs edge by edge; numbers are drawn from a generator that is handed in."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True, error_model="numpy")
def is_linked(table: np.ndarray, filled: np.ndarray, one: int, other: int) -> bool:
    """Return whether `other` is among the first filled[one] entries of row `one`."""
    for k in range(filled[one]):  # noqa: SIM110 - numba compiles no generators with any()
        if table[one, k] == other:
            return True
    return False


@numba.njit(cache=True, nogil=True, error_model="numpy")
def pair_points(rng: np.random.Generator, size: int, degree: int) -> np.ndarray:
    """Return the neighbours of every node of a random regular graph, shape (size, degree): suitable pairs of free points are joined until none is left.

    A pair is suitable when it joins two nodes that are not joined yet. Where points are left without a suitable pair, all begins anew (Steger and Wormald 1999).
    """
    table = np.empty((size, degree), dtype=np.int32)
    points = np.empty(size * degree, dtype=np.int32)
    filled = np.zeros(size, dtype=np.int64)
    while True:
        filled[:] = 0
        for node in range(size):
            points[node * degree : (node + 1) * degree] = node
        left = size * degree
        failed = 0
        while left > 0:
            a = int(rng.random() * left)
            b = int(rng.random() * left)
            one, other = points[a], points[b]
            if one == other or is_linked(table, filled, one, other):
                failed += 1
                if failed > left + 50:
                    if not any_suitable(table, filled, points, left):
                        break
                    failed = 0
                continue
            failed = 0
            table[one, filled[one]] = other
            table[other, filled[other]] = one
            filled[one] += 1
            filled[other] += 1
            for place in (max(a, b), min(a, b)):
                left -= 1
                points[place] = points[left]
        if left == 0:
            return table


@numba.njit(cache=True, nogil=True, error_model="numpy")
def any_suitable(table: np.ndarray, filled: np.ndarray, points: np.ndarray, left: int) -> bool:
    """Return whether two of the free points belong to nodes that are not joined yet."""
    for a in range(left):
        for b in range(a):
            if points[a] != points[b] and not is_linked(table, filled, points[a], points[b]):
                return True
    return False


@numba.njit(cache=True, nogil=True, error_model="numpy")
def attach_preferentially(rng: np.random.Generator, size: int, links: int) -> np.ndarray:
    """Return the ends of the edges of a growing graph, shape (number of edges, 2): each new node joins `links` old ones in proportion to their degrees.

    The first links + 1 nodes are all joined. A target drawn a second time is drawn anew.
    """
    first = links + 1
    count = first * links // 2 + (size - first) * links
    edges = np.empty((count, 2), dtype=np.int32)
    done = 0
    for one in range(first):
        for other in range(one):
            edges[done, 0], edges[done, 1] = other, one
            done += 1
    for node in range(first, size):
        before = done
        while done < before + links:
            end = int(rng.random() * (2 * before))
            target = edges[end // 2, end % 2]
            again = False
            for k in range(before, done):
                again = again or edges[k, 0] == target
            if not again:
                edges[done, 0], edges[done, 1] = target, node
                done += 1
    return edges


@numba.njit(cache=True, nogil=True, error_model="numpy")
def rewire_ring(rng: np.random.Generator, size: int, degree: int, chance: float) -> np.ndarray:
    """Return the ends of the edges of a ring of which each edge keeps one end and gets a new other end by chance, shape (number of edges, 2).

    Rings of neighbours at distance 1, 2, … are gone through one after the other (Watts and Strogatz 1998); a new end is neither the node itself nor joined to it.
    Half an edge e stands at each end: 2e at the first, 2e + 1 at the second; those at a node are a linked list.
    """
    half = degree // 2
    edges = np.empty((size * half, 2), dtype=np.int32)
    first = np.full(size, -1, dtype=np.int64)
    after = np.empty(2 * size * half, dtype=np.int64)
    degrees = np.full(size, degree, dtype=np.int64)
    for step in range(1, half + 1):
        for node in range(size):
            edge = (step - 1) * size + node
            edges[edge, 0], edges[edge, 1] = node, (node + step) % size
            for side in range(2):
                put_in(first, after, edges[edge, side], 2 * edge + side)
    for edge in range(size * half):
        node, old = edges[edge, 0], edges[edge, 1]
        if rng.random() >= chance or degrees[node] >= size - 1:
            continue
        new = int(rng.random() * size)
        while new == node or is_end(first, after, edges, node, new):
            new = int(rng.random() * size)
        take_out(first, after, old, 2 * edge + 1)
        put_in(first, after, new, 2 * edge + 1)
        edges[edge, 1] = new
        degrees[old] -= 1
        degrees[new] += 1
    return edges


@numba.njit(cache=True, nogil=True, error_model="numpy")
def put_in(first: np.ndarray, after: np.ndarray, node: int, half: int) -> None:
    """Put half an edge at the head of a node's list."""
    after[half] = first[node]
    first[node] = half


@numba.njit(cache=True, nogil=True, error_model="numpy")
def take_out(first: np.ndarray, after: np.ndarray, node: int, half: int) -> None:
    """Take half an edge out of a node's list."""
    if first[node] == half:
        first[node] = after[half]
        return
    place = first[node]
    while after[place] != half:
        place = after[place]
    after[place] = after[half]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def is_end(first: np.ndarray, after: np.ndarray, edges: np.ndarray, node: int, wanted: int) -> bool:
    """Return whether an edge at a node ends at another one."""
    half = first[node]
    while half >= 0:
        if edges[half // 2, 1 - half % 2] == wanted:
            return True
        half = after[half]
    return False
