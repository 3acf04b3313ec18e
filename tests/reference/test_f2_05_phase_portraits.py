"""Published results reproduced: the robust phase portraits of three strategies (Zeeman 1980)."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

from coopgame import MatrixGame, RestPoints, find_rest_points

PAYOFFS = [sign * size for sign in (-1, 1) for size in (1, 2, 3, 5, 8, 13)]


def turned(kind: str) -> str:
    """The type of a point when time runs backwards."""
    return {"sink": "source", "source": "sink"}.get(kind, kind)


def signature(points: RestPoints, direction: int) -> Any:
    """What relabelling and continuous change keep: which points there are, with the signs of their eigenvalues."""

    def signs(values: Any) -> list[int]:
        return [direction * (1 if complex(value).real > 0 else -1) for value in values]

    found = []
    for new in permutations(range(3)):
        items: list[Any] = []
        for point in points:
            support = [i for i, share in enumerate(point.coordinates.values()) if share != 0]
            if len(support) == 1:
                others = [i for i in range(3) if i not in support]
                rates = sorted(zip([new[i] for i in others], signs(point.eigenvalues), strict=True))
                items.append((1, new[support[0]], rates))
            elif len(support) == 2:
                items.append((2, sorted(new[i] for i in support), signs(point.eigenvalues)))
            else:
                items.append((3, str(point.stability) if direction > 0 else turned(str(point.stability))))
        found.append(str(sorted(items, key=str)))
    return min(found)


def test_thirty_five_classes_nineteen_up_to_reversal() -> None:
    """Zeeman (1980), Population dynamics from game theory: 19 stable classes up to flow reversal, 35 with direction."""
    rng = random.Random(0)
    classes, undirected = set(), set()
    for _ in range(1500):
        payoffs = [[0 if i == j else rng.choice(PAYOFFS) for j in range(3)] for i in range(3)]
        points = find_rest_points(MatrixGame(payoffs))
        if points.components or any(p.stability in ("non-hyperbolic", "center") for p in points):
            continue
        forwards, backwards = signature(points, 1), signature(points, -1)
        classes.add(forwards)
        undirected.add(min(forwards, backwards))
    assert (len(classes), len(undirected)) == (35, 19)
