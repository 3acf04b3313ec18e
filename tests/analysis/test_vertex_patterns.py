"""Patterns of vertex types against random payoffs, and the search for signs against the list of all of them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgame import UnsupportedError, find_vertex_patterns
from coopgame.analysis.vertex_patterns import (
    Signs,
    conflicting,
    interior_kind,
    neighbour,
    realise,
    vertices_of,
)

SQUARE = vertices_of(2)


def type_of(eigenvalues: np.ndarray) -> str:
    """Linear type of a vertex without zero eigenvalues."""
    if (eigenvalues < 0).all():
        return "sink"
    return "source" if (eigenvalues > 0).all() else "saddle"


def random_types(size: int, rng: np.random.Generator) -> tuple[str, ...]:
    """Types of all vertices for random payoff advantages at the corners of the others."""
    corners = rng.normal(size=(size,) + (2,) * size)
    types = []
    for vertex in vertices_of(size):
        eigenvalues = [(1 - 2 * vertex[i]) * corners[(i, *vertex[:i], 0, *vertex[i + 1 :])] for i in range(size)]
        types.append(type_of(np.array(eigenvalues)))
    return tuple(types)


@pytest.mark.parametrize(("size", "count", "samples"), [(1, 2, 200), (2, 15, 3_000), (3, 531, 60_000)])
def test_random_payoffs_give_exactly_the_patterns(size: int, count: int, samples: int) -> None:
    """Complexity 2021, 8956704: 15 patterns for two parties; for three all that random payoffs show."""
    rng = np.random.default_rng(1)
    seen = {random_types(size, rng) for _ in range(samples)}
    listed = {tuple(str(t) for t in pattern.types.values()) for pattern in find_vertex_patterns(size)}
    assert seen == listed
    assert len(listed) == count


def interior_of(f: np.ndarray, g: np.ndarray) -> str:
    """The interior rest point of dx = x(1-x)f(y), dy = y(1-y)g(x), by solving and by its eigenvalues."""
    y, x = f[0] / (f[0] - f[1]), g[0] / (g[0] - g[1])
    if not (0 < x < 1 and 0 < y < 1):
        return "absent"
    jacobian = np.array([[0, x * (1 - x) * (f[1] - f[0])], [y * (1 - y) * (g[1] - g[0]), 0]])
    return "saddle" if np.linalg.eigvals(jacobian).real.max() > 1e-12 else "center"


def test_the_interior_follows_from_the_vertices() -> None:
    rng = np.random.default_rng(2)
    patterns = {tuple(str(t) for t in p.types.values()): p.interior for p in find_vertex_patterns(2)}
    seen: dict[tuple[str, ...], set[str]] = {}
    for _ in range(3_000):
        f, g = rng.normal(size=2), rng.normal(size=2)
        eigenvalues = {(x, y): np.array([(1 - 2 * x) * f[y], (1 - 2 * y) * g[x]]) for x, y in SQUARE}
        types = tuple(type_of(eigenvalues[v]) for v in SQUARE)
        kind = interior_of(f, g)
        seen.setdefault(types, set()).add(kind)
        signs = {v: tuple(int(s) for s in np.sign(e)) for v, e in eigenvalues.items()}
        assert interior_kind(signs) == kind
    assert {types: set(interior) for types, interior in patterns.items()} == seen


def all_squares() -> list[dict[tuple[int, int], Signs]]:
    """Signs at the vertices for all signs of f(0), f(1), g(0), g(1), ties included."""
    found = []
    for f0, f1, g0, g1 in product((1, 0, -1), repeat=4):
        found.append({(0, 0): (f0, g0), (1, 0): (-f0, g1), (0, 1): (f1, -g0), (1, 1): (-f1, -g1)})
    return found


ALL = all_squares()
EVERY = list(product((1, 0, -1), repeat=2))
DEMANDS = st.dictionaries(
    st.sampled_from(SQUARE), st.frozensets(st.sampled_from(EVERY), min_size=1), min_size=1, max_size=4
)


def member(allowed: frozenset[Signs]) -> Callable[[Signs], bool]:
    """The demand that signs are among those allowed."""
    return lambda signs: signs in allowed


@given(DEMANDS)
def test_the_search_finds_what_enumeration_finds(demands: dict[tuple[int, int], frozenset[Signs]]) -> None:
    allowed = {v: member(s) for v, s in demands.items()}
    possible = [s for s in ALL if all(s[v] in demands[v] for v in demands)]
    found = realise(2, allowed)
    assert found.decided
    assert (found.example is not None) == bool(possible)
    if found.example is not None:
        assert dict(found.example) in possible
    else:
        core = conflicting(2, allowed)
        assert not [s for s in ALL if all(s[v] in demands[v] for v in core)]
        for left_out in core:
            assert [s for s in ALL if all(s[v] in demands[v] for v in core if v != left_out)]


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_neighbours_are_never_stable_together_and_opposites_can_be(size: int) -> None:
    def sink(signs: Signs) -> bool:
        return max(signs) < 0

    origin, corner = vertices_of(size)[0], vertices_of(size)[-1]
    for i in range(size):
        pair = {origin: sink, neighbour(origin, i): sink}
        assert realise(size, pair).impossible
        assert set(conflicting(size, pair)) == set(pair)
    assert realise(size, {origin: sink, corner: sink}).example is not None


def test_a_tie_makes_the_interior_a_line_or_nothing() -> None:
    line = next(s for s in ALL if s[0, 0] == (0, 1) and s[1, 0][1] == -1 and s[0, 1][0] == 0)
    assert interior_kind(line) == "continuum"
    nothing = next(s for s in ALL if s[0, 0] == (0, 1) and s[1, 0][1] == 1 and s[0, 1][0] == 0)
    assert interior_kind(nothing) == "absent"


@pytest.mark.parametrize("size", [0, 4, 10])
def test_too_many_populations_are_refused(size: int) -> None:
    with pytest.raises(UnsupportedError, match="up to 3"):
        find_vertex_patterns(size)


def test_a_pattern_reads_well() -> None:
    texts = [str(pattern) for pattern in find_vertex_patterns(2)]
    assert "(0, 0) saddle, (1, 0) saddle, (0, 1) saddle, (1, 1) saddle; interior center" in texts
