"""Lines between regions of different labels, through the small cells that straddle them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

_CORNERS = ((0, 0), (2, 0), (2, 2), (0, 2))


@dataclass(frozen=True, eq=False)
class Edges:
    """Where neighbouring points have different labels, and which of these places are joined by a line.

    ends: the two points of each such edge, shape (m, 2, 2). codes: their labels, shape (m, 2). pieces: for every pair of labels the joints: pairs of an edge with another, or
    with a centre (counted from m on) at which three labels meet. centres: shape (k, 2).
    """

    ends: np.ndarray
    codes: np.ndarray
    centres: np.ndarray
    pieces: dict[tuple[int, int], list[tuple[int, int]]]

    @property
    def places(self) -> np.ndarray:
        """Where the lines run: the middle of each edge, then the centres."""
        return np.concatenate([self.ends.mean(axis=1), self.centres])

    def bisected(self, label: Callable[[np.ndarray], np.ndarray], times: int) -> Edges:
        """Return shorter edges, halved so many times around a change of the label."""
        ends, codes = self.ends.copy(), self.codes.copy()
        for _ in range(times if len(ends) else 0):
            middle = ends.mean(axis=1)
            found = label(middle)
            first = found == codes[:, 0]
            ends[first, 0] = middle[first]
            second = found == codes[:, 1]  # a third label in between stays where it is
            ends[second, 1] = middle[second]
        return Edges(ends, codes, self.centres, self.pieces)


def find_edges(codes: np.ndarray, cells: np.ndarray, place: Callable[[np.ndarray], np.ndarray]) -> Edges:
    """Return where labels change in the smallest cells: each is four triangles around its centre.

    codes: on a lattice of half cells. cells: their left bottom lattice points, shape (n, 2).
    """
    numbers: dict[tuple[tuple[int, int], tuple[int, int]], int] = {}
    found: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    centres: list[np.ndarray] = []
    meetings: list[tuple[int, list[tuple[int, ...]]]] = []

    def crossing(a: tuple[int, int], b: tuple[int, int]) -> int:
        return numbers.setdefault((min(a, b), max(a, b)), len(numbers))

    for i, j in cells.tolist():
        middle = (i + 1, j + 1)
        corners = [(i + a, j + b) for a, b in _CORNERS]
        for k in range(4):
            triangle = (middle, corners[k], corners[(k + 1) % 4])
            sides = [(a, b) for a, b in combinations(triangle, 2) if codes[a] != codes[b]]
            crossed = [(crossing(a, b), *sorted((int(codes[a]), int(codes[b])))) for a, b in sides]
            if len(crossed) == 2:
                found[crossed[0][1], crossed[0][2]].append((crossed[0][0], crossed[1][0]))
            elif len(crossed) == 3:
                meetings.append((len(centres), crossed))
                centres.append(np.mean(triangle, axis=0))
    for centre, crossed in meetings:
        for number, low, high in crossed:
            found[low, high].append((number, len(numbers) + centre))
    units = np.array(list(numbers)).reshape(-1, 2, 2)
    labels = codes[units[..., 0], units[..., 1]] if len(units) else np.zeros((0, 2), dtype=int)
    meets = place(np.array(centres).reshape(-1, 2))
    return Edges(place(units), labels, meets, dict(found))


def joined(edges: Edges) -> dict[tuple[int, int], tuple[np.ndarray, ...]]:
    """Return for each pair of labels the lines between their regions, as chains of places; closed ones end where they begin."""
    places = edges.places
    return {pair: tuple(places[chain] for chain in _chains(pieces)) for pair, pieces in edges.pieces.items()}


def _chains(pieces: list[tuple[int, int]]) -> list[list[int]]:
    """Join pieces into chains, from loose ends first, then round closed ones."""
    neighbours: dict[int, list[int]] = defaultdict(list)
    for a, b in pieces:
        neighbours[a].append(b)
        neighbours[b].append(a)
    chains = []
    loose = dict.fromkeys(node for node, others in neighbours.items() if len(others) != 2)
    for start in [*loose, *neighbours]:
        while neighbours[start]:
            chain = [start]
            while neighbours[chain[-1]]:
                here = chain[-1]
                following = neighbours[here].pop()
                neighbours[following].remove(here)
                chain.append(following)
                if following in loose:
                    break
            chains.append(chain)
    return chains
