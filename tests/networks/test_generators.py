"""Random networks: their laws on small sizes counted exactly, and their statistics beside those of networkx."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from coopgame import Network, complete, erdos_renyi, random_regular, ring, scale_free, small_world
from coopgame.errors import NetworkError
from coopgame.networks.generators import _hits, pair_of


def edge_set(net: Network) -> frozenset[tuple[int, int]]:
    one, other, _ = net.edges()
    return frozenset(zip(one.tolist(), other.tolist(), strict=True))


def completions(size: int, degree: int) -> dict[frozenset[tuple[int, int]], Fraction]:
    """Return the law of Steger and Wormald's pairing by following all its courses, in fractions; dead ends begin anew."""
    law: dict[frozenset[tuple[int, int]], Fraction] = {frozenset(): Fraction(1)}
    for _ in range(size * degree // 2):
        following: dict[frozenset[tuple[int, int]], Fraction] = {}
        for edges, chance in law.items():
            free = [degree - sum(node in edge for edge in edges) for node in range(size)]
            ways = {e: free[e[0]] * free[e[1]] for e in combinations(range(size), 2) if e not in edges}
            total = sum(ways.values())
            for edge, way in ways.items():
                if way:
                    grown = edges | {edge}
                    following[grown] = following.get(grown, Fraction(0)) + chance * way / total
        law = following
    whole = sum(law.values())
    return {edges: chance / whole for edges, chance in law.items()}


def test_the_law_of_regular_networks_is_that_of_the_pairing() -> None:
    law = completions(6, 2)
    assert len(law) == 70  # 60 hexagons and 10 pairs of triangles
    rng = np.random.default_rng(1)
    drawn = Counter(edge_set(random_regular(6, 2, rng)) for _ in range(14000))
    assert set(drawn) <= set(law)
    expected = [14000 * float(chance) for chance in law.values()]
    assert stats.chisquare([drawn[edges] for edges in law], expected).pvalue > 1e-4


def test_regular_networks_of_high_degree_are_complements() -> None:
    rng = np.random.default_rng(2)
    drawn = Counter(edge_set(random_regular(6, 3, rng)) for _ in range(7000))
    law = completions(6, 2)
    pairs = frozenset(combinations(range(6), 2))
    assert stats.chisquare([drawn[pairs - e] for e in law], [7000 * float(p) for p in law.values()]).pvalue > 1e-4


@pytest.mark.parametrize(
    ("size", "degree"), [(10, 0), (2, 1), (11, 4), (50, 7), (200, 3), (40, 39), (41, 30), (9, 4)]
)
def test_regular_networks_are_regular_and_simple(size: int, degree: int) -> None:
    net = random_regular(size, degree, seed=5)
    assert net.degree == degree and not net.has_self_loops and net.edge_count == size * degree // 2
    matrix = net.to_scipy().toarray()
    assert np.array_equal(matrix, matrix.T) and matrix.max(initial=0) <= 1
    assert edge_set(net) == edge_set(random_regular(size, degree, seed=5))


def test_short_cycles_of_regular_networks_are_as_rare_as_they_should_be() -> None:
    """Triangles of random 3-regular graphs tend to a Poisson law of mean (3 - 1)^3 / 6 (Bollobas 1980)."""
    rng = np.random.default_rng(3)
    counts = []
    for _ in range(400):
        matrix = random_regular(200, 3, rng).to_scipy()
        counts.append((matrix @ matrix @ matrix).diagonal().sum() / 6)
    assert np.mean(counts) == pytest.approx(8 / 6, abs=4 * np.sqrt(8 / 6 / 400))


def test_growth_prefers_nodes_with_many_neighbours() -> None:
    # two joined nodes, then two more: the chance that node 0 or 1 ends with 3 neighbours is 2 * 1/2 * 1/2
    rng = np.random.default_rng(4)
    stars = sum(scale_free(4, 1, rng).degrees.max() == 3 for _ in range(4000))
    assert stats.binomtest(stars, 4000, 0.5).pvalue > 1e-4
    net = scale_free(20000, 2, seed=6)
    assert net.edge_count == 3 + 2 * 19997 and net.degrees.min() == 2 and net.is_connected
    # P(k) = 2 m (m + 1) / (k (k + 1) (k + 2)) for large networks (Bollobas, Riordan, Spencer and Tusnady 2001)
    for k in (2, 3, 4, 5):
        assert np.mean(net.degrees == k) == pytest.approx(12 / (k * (k + 1) * (k + 2)), abs=0.015)


def test_growth_beside_networkx() -> None:
    nx = pytest.importorskip("networkx")
    ours, theirs = [], []
    for seed in range(60):
        ours.append(scale_free(300, 3, seed).degrees)
        graph = nx.barabasi_albert_graph(300, 3, seed=seed, initial_graph=nx.complete_graph(4))
        theirs.append(np.array([d for _, d in graph.degree()]))
    assert stats.ks_2samp([d.max() for d in ours], [d.max() for d in theirs]).pvalue > 1e-4
    assert stats.ks_2samp([(d**2).mean() for d in ours], [(d**2).mean() for d in theirs]).pvalue > 1e-4


def test_small_worlds_between_ring_and_chance() -> None:
    assert edge_set(small_world(30, 4, 0, seed=1)) == edge_set(ring(30, 4).explicit())
    for seed in range(20):
        net = small_world(30, 6, 1, seed)
        assert net.edge_count == 90 and net.degrees.min() >= 3 and not net.has_self_loops
    kept = [len(edge_set(small_world(500, 4, "1/4", s)) & edge_set(ring(500, 4).explicit())) for s in range(40)]
    assert np.mean(kept) / 1000 == pytest.approx(0.75, abs=0.01)  # few new edges are old ones
    full = small_world(5, 4, 1, seed=1)  # nothing to rewire to
    assert edge_set(full) == edge_set(complete(5))


def test_small_worlds_beside_networkx() -> None:
    nx = pytest.importorskip("networkx")
    ours, theirs = [], []
    for seed in range(40):
        ours.append(nx.average_clustering(small_world(200, 6, 0.2, seed).to_networkx()))
        theirs.append(nx.average_clustering(nx.watts_strogatz_graph(200, 6, 0.2, seed=seed)))
    assert stats.ks_2samp(ours, theirs).pvalue > 1e-4


def test_uniform_networks_join_every_pair_with_the_same_chance() -> None:
    rng = np.random.default_rng(7)
    drawn = Counter(edge_set(erdos_renyi(4, "3/2", rng)) for _ in range(6400))  # chance 1/2: all 64 graphs alike
    assert len(drawn) == 64 and stats.chisquare(list(drawn.values())).pvalue > 1e-4
    net = erdos_renyi(3000, 5, seed=8)
    counts = np.bincount(net.degrees, minlength=30)[:30]
    expected = stats.binom.pmf(np.arange(30), 2999, 5 / 2999) * 3000
    assert np.abs(counts - expected).max() < 5 * np.sqrt(expected.max())
    assert erdos_renyi(10, 0, seed=1).edge_count == 0
    assert edge_set(erdos_renyi(10, 9, seed=1)) == edge_set(complete(10))


def test_steps_between_joined_pairs_neither_overflow_nor_miss() -> None:
    rng = np.random.default_rng(9)
    total = 2**61
    counts = [len(_hits(rng, total, 3 / total)) for _ in range(2000)]
    assert np.mean(counts) == pytest.approx(3, abs=4 * np.sqrt(3 / 2000))
    places = np.concatenate([_hits(rng, total, 3 / total) for _ in range(500)])
    assert places.min() >= 0 and places.max() < total
    assert stats.kstest(places / total, "uniform").pvalue > 1e-4


def test_pairs_are_numbered_without_gaps() -> None:
    one, other = pair_of(np.arange(45))
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == sorted(combinations(range(10), 2))
    size = 2**31 - 1
    last = size * (size - 1) // 2 - 1
    one, other = pair_of(np.array([last, last - size + 2, last - size + 1]))
    assert one.tolist() == [size - 2, 0, size - 3] and other.tolist() == [size - 1, size - 1, size - 2]


def test_complete_networks() -> None:
    for size in (1, 2, 5):
        assert edge_set(complete(size)) == frozenset(combinations(range(size), 2))


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: random_regular(5, 3, 1), "product is even"),
        (lambda: random_regular(4, 4, 1), "less than the size"),
        (lambda: random_regular(10, 3, -1), "seed is -1"),
        (lambda: random_regular(10, 3, None), "seed is None"),
        (lambda: random_regular(10.0, 3, 1), "whole number"),
        (lambda: random_regular(2**40, 3, 1), "at most"),
        (lambda: random_regular(10**9, 4, 1), "200000000"),
        (lambda: scale_free(3, 3, 1), "at least 4"),
        (lambda: scale_free(3, 0, 1), "links is 0"),
        (lambda: small_world(10, 3, 0.1, 1), "even"),
        (lambda: small_world(10, 4, 1.5, 1), "from 0 to 1"),
        (lambda: erdos_renyi(10, 10, 1), "from 0 to 9"),
        (lambda: complete(10**6), "well-mixed"),
    ],
)
def test_errors_say_what_is_possible(draw: object, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        draw()  # type: ignore[operator]
