"""Clusters: every relation joins whom it should, in the numbers asked for, and evenly."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from coopgame import Cluster, horizontal_cluster, mixed_cluster, network, vertical_cluster
from coopgame.errors import NetworkError

SIZES = st.lists(st.integers(1, 8), min_size=2, max_size=4)


def groups_of_edges(cluster: Cluster, layer: str) -> list[tuple[int, int]]:
    one, other, _ = cluster.layers[layer].edges()
    return list(zip(cluster.group[one].tolist(), cluster.group[other].tolist(), strict=True))


@settings(max_examples=50)
@given(SIZES, st.integers(0, 1000))
def test_firms_of_a_trade_all_deal_with_each_other(sizes: list[int], seed: int) -> None:
    cluster = horizontal_cluster(sizes, seed)
    edges = groups_of_edges(cluster, "horizontal")
    assert all(a == b for a, b in edges)
    assert Counter(a for a, _ in edges) == Counter({k: n * (n - 1) // 2 for k, n in enumerate(sizes) if n > 1})
    assert cluster.members("trade2").tolist() == list(range(sizes[0], sizes[0] + sizes[1]))
    assert cluster.names[sizes[0]] == "trade2.1"


def test_numbers_of_partners_are_averages() -> None:
    cluster = horizontal_cluster([20, 30, 50], seed=3, partners=7, across=2)
    edges = Counter((a == b) for a, b in groups_of_edges(cluster, "horizontal"))
    assert edges == {True: 70 + 105 + 175, False: 100}
    inside = Counter(a for a, b in groups_of_edges(cluster, "horizontal") if a == b)
    assert inside == {0: 70, 1: 105, 2: 175}


def test_pairs_across_trades_are_drawn_evenly() -> None:
    rng = np.random.default_rng(1)
    seen: Counter[tuple[int, int]] = Counter()
    for _ in range(3000):
        one, other, _ = horizontal_cluster([1, 2, 3], rng, partners=0, across=1).layers["horizontal"].edges()
        seen.update(zip(one.tolist(), other.tolist(), strict=True))
    assert len(seen) == 1 * 2 + 1 * 3 + 2 * 3 and sum(seen.values()) == 9000
    assert stats.chisquare(list(seen.values())).pvalue > 1e-4


@settings(max_examples=80)
@given(SIZES, st.integers(1, 4), st.integers(0, 1000))
def test_every_firm_buys_from_the_tier_above_and_buyers_are_spread(
    sizes: list[int], suppliers: int, seed: int
) -> None:
    cluster = vertical_cluster(sizes, seed, suppliers=suppliers)
    one, other, _ = cluster.layers["vertical"].edges()
    assert (cluster.group[other] - cluster.group[one] == 1).all()
    for tier in range(1, len(sizes)):
        own = cluster.group[other] == tier
        bought = np.bincount(other[own], minlength=cluster.size)[cluster.members(f"tier{tier + 1}")]
        assert (bought == min(suppliers, sizes[tier - 1])).all()
        sold = np.bincount(one[own], minlength=cluster.size)[cluster.members(f"tier{tier}")]
        assert sold.max() - sold.min() <= 1


def test_suppliers_are_dealt_evenly() -> None:
    rng = np.random.default_rng(2)
    seen = Counter(
        tuple(vertical_cluster([4, 1], rng, suppliers=2).layers["vertical"].neighbours_of(4).tolist())
        for _ in range(3000)
    )
    assert len(seen) == 6 and stats.chisquare(list(seen.values())).pvalue > 1e-4


@pytest.mark.parametrize(("share", "vertical"), [(0, 0), ("1/3", 60), (0.5, 90), (1, 180)])
def test_mixtures_keep_the_number_of_relations(share: object, vertical: int) -> None:
    cluster = mixed_cluster([20, 20, 20], seed=4, partners=6, vertical=share)
    across, along = groups_of_edges(cluster, "vertical"), groups_of_edges(cluster, "horizontal")
    assert len(across) == vertical and len(along) == 180 - vertical
    assert all(b - a == 1 for a, b in across) and all(a == b for a, b in along)
    assert network(cluster).edge_count == 180  # no pair is of both kinds
    assert network(cluster) is cluster.explicit()


def test_pairs_within_tiers_are_drawn_evenly_over_all_of_them() -> None:
    rng = np.random.default_rng(5)
    seen: Counter[tuple[int, int]] = Counter()
    for _ in range(3000):
        one, other, _ = mixed_cluster([2, 3, 4], rng, partners="2/3", vertical=0).layers["horizontal"].edges()
        seen.update(zip(one.tolist(), other.tolist(), strict=True))
    assert len(seen) == 1 + 3 + 6 and sum(seen.values()) == 9000
    assert stats.chisquare(list(seen.values())).pvalue > 1e-4


def test_table_and_text() -> None:
    cluster = mixed_cluster([2, 2], seed=1, partners=2, vertical=1)
    frame = cluster.to_dataframe()
    assert frame["firm"].tolist() == ["tier1.1", "tier1.2", "tier2.1", "tier2.2"]
    assert frame["vertical"].tolist() == [2, 2, 2, 2] and frame["horizontal"].tolist() == [0, 0, 0, 0]
    assert str(cluster).startswith("cluster of 4 firms: tier1 2, tier2 2\nhorizontal: ")
    assert "<th>groups</th><td>tier1, tier2</td>" in cluster._repr_html_()
    assert horizontal_cluster([3], seed=1).size == 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: horizontal_cluster([], 1), "trades"),
        (lambda: horizontal_cluster(5, 1), "trades is 5"),
        (lambda: horizontal_cluster([3, 0], 1), "trades"),
        (lambda: horizontal_cluster([4], 1, partners=4), "0 to 3 on average"),
        (lambda: horizontal_cluster([4], 1, across=1), "0 to 0 on average"),
        (lambda: horizontal_cluster([4, 4], 1, partners=-1), "0 to 3"),
        (lambda: vertical_cluster([4], 1), "at least 2"),
        (lambda: vertical_cluster([4, 4], 1, suppliers=0), "at least 1"),
        (lambda: mixed_cluster([4, 4], 1, vertical=2), "from 0 to 1"),
        (lambda: mixed_cluster([4, 4], 1, partners=7, vertical=1), "0 to 4 on average"),
        (lambda: mixed_cluster([4, 4], 1).members("trade1"), "tier1, tier2"),
    ],
)
def test_errors_name_what_is_possible(make: object, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        make()  # type: ignore[operator]
