"""Drawings of networks: lattices cell by cell, nodes where layouts put them, edges in the style of their layer."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba

from coopgame import (
    MatrixGame,
    MissingExtraError,
    ParameterError,
    StateError,
    UnsupportedError,
    erdos_renyi,
    fermi_imitation,
    horizontal_cluster,
    layers,
    mixed_cluster,
    network,
    network_population,
    ring,
    simulate_network,
    square_lattice,
    vertical_cluster,
)
from coopgame.figures import circular_layout, draw_network, group_layout, spring_layout, style, tier_layout
from coopgame.networks.simulate import NetworkOptions
from coopgame.networks.simulate_result import NetworkRun

GAME = MatrixGame([[2, -1], [3, 0]], ["C", "D"])


def run_on(net: Any, **options: Any) -> NetworkRun:
    chosen = NetworkOptions(**{"runs": 2, "snapshots": (0, 2), **options})
    population = network_population(GAME, fermi_imitation(1), net)
    return simulate_network(population, start={"C": 0.5, "D": 0.5}, sweeps=4, seed=1, options=chosen)


def drawn(ax: Axes, gid: str) -> Any:
    (found,) = (own for own in [*ax.collections, *ax.images] if own.get_gid() == gid)
    return found


def segments(ax: Axes, gid: str) -> list[np.ndarray]:
    lines = drawn(ax, gid)
    assert isinstance(lines, LineCollection)
    return [np.asarray(line) for line in lines.get_segments()]


def words(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def test_a_lattice_is_a_picture_of_its_states_row_by_row() -> None:
    course = run_on(square_lattice(5, 7))
    for at, run, states in (
        (0, 1, course.snapshots[1, 0]),
        (2, 0, course.snapshots[0, 1]),
        (None, 1, course.final[1]),
    ):
        ax = draw_network(course, at=at, run=run)
        picture = drawn(ax, "cells")
        np.testing.assert_array_equal(picture.get_array(), states.reshape(5, 7))
        assert picture.get_interpolation() == "nearest"
        assert [picture.to_rgba(k) for k in (0, 1)] == [to_rgba(colour) for colour in style.COLOURS[:2]]
        assert words(ax) == ["C", "D"]
    last = draw_network(course, at=4)
    np.testing.assert_array_equal(drawn(last, "cells").get_array(), course.final[0].reshape(5, 7))


def test_more_strategies_than_colours_still_differ() -> None:
    ax = draw_network(np.arange(12), square_lattice(3, 4), strategies=[f"s{k}" for k in range(12)])
    picture = drawn(ax, "cells")
    assert len({tuple(picture.to_rgba(k)) for k in range(12)}) == 12
    assert len(words(ax)) == 12


def test_nodes_stand_where_the_layout_says_in_the_mark_of_their_strategy() -> None:
    net = network([("yard", "steel"), ("yard", "engines"), ("steel", "ore")])
    ax = draw_network(["own", "open", "own", "own"], net, names=True)
    places = circular_layout(net)
    np.testing.assert_allclose(places, [(0, 1), (1, 0), (0, -1), (-1, 0)], atol=1e-12)
    np.testing.assert_allclose(drawn(ax, "nodes-open").get_offsets(), places[[1]])
    np.testing.assert_allclose(drawn(ax, "nodes-own").get_offsets(), places[[0, 2, 3]])
    shapes = [drawn(ax, f"nodes-{name}").get_paths()[0].vertices.shape for name in ("open", "own")]
    assert shapes[0] != shapes[1]
    pairs = {frozenset((0, 1)), frozenset((0, 2)), frozenset((1, 3))}
    ends = {
        frozenset(int(np.argmin(np.hypot(*(places - end).T))) for end in (line[0], line[-1]))
        for line in segments(ax, "edges-network")
    }
    assert ends == pairs
    assert {text.get_text() for text in ax.texts} == {"yard", "steel", "engines", "ore"}
    own = np.array([[0, 0], [1, 0], [2, 1], [5, 5]])
    moved = draw_network(["own", "open", "own", "own"], net, layout=own)
    np.testing.assert_allclose(drawn(moved, "nodes-own").get_offsets(), own[[0, 2, 3]])


def test_strategies_by_place_or_name_are_the_same_drawing() -> None:
    net = ring(6)
    by_name = draw_network(list("CDDCDC"), net, strategies=["C", "D"])
    by_place = draw_network([0, 1, 1, 0, 1, 0], net, strategies=["C", "D"])
    for name in ("nodes-C", "nodes-D"):
        np.testing.assert_array_equal(drawn(by_name, name).get_offsets(), drawn(by_place, name).get_offsets())
    assert words(by_name) == ["C", "D"]


def test_a_cluster_stands_tier_by_tier_with_a_kind_of_line_for_each_kind_of_relation() -> None:
    cluster = mixed_cluster([3, 5, 8], seed=1, partners=4, vertical="1/2")
    ax = draw_network(None, cluster)
    places = tier_layout(cluster)
    np.testing.assert_allclose(places[:, 1], 1.0 - cluster.group)  # three tiers at 1, 0 and -1
    for tier in range(3):
        across = np.sort(places[cluster.group == tier, 0])
        np.testing.assert_allclose(across + across[::-1], 0, atol=1e-12)
        np.testing.assert_allclose(np.diff(across), 2 / len(across))
    assert {text.get_text(): text.xy[1] for text in ax.texts} == {"tier1": 1, "tier2": 0, "tier3": -1}
    up, along = drawn(ax, "edges-vertical"), drawn(ax, "edges-horizontal")
    assert up.get_linestyle()[0][1] is None and along.get_linestyle()[0][1] is not None
    assert len(up.get_segments()) == cluster.layers["vertical"].edge_count
    assert len(along.get_segments()) == cluster.layers["horizontal"].edge_count
    assert words(ax) == ["horizontal", "vertical"]


def test_firms_of_a_tier_stand_below_their_suppliers() -> None:
    """Two separate chains, listed crosswise, are drawn without a crossing."""
    from coopgame.networks.clusters import Cluster

    labels = ("tier1.1", "tier1.2", "tier2.1", "tier2.2")
    net = network([("tier1.1", "tier2.2"), ("tier1.2", "tier2.1")], names=labels)
    places = tier_layout(
        Cluster(layers({"vertical": net}), ("tier1", "tier2"), np.array([0, 0, 1, 1], dtype=np.int32))
    )
    assert places.tolist() == [[-0.5, 1], [0.5, 1], [0.5, -1], [-0.5, -1]]


def test_an_edge_that_would_run_through_a_node_is_an_arc() -> None:
    row = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0], [1.0, -1.0]])
    net = network([(0, 1), (0, 2), (2, 3)])
    ax = draw_network(None, net, layout=row)
    lines = {(float(line[0, 0]), float(line[-1, 0])): line for line in segments(ax, "edges-network")}
    assert len(lines[0.0, 1.0]) == len(lines[2.0, 1.0]) == 2  # straight
    arc = lines[0.0, 2.0]
    assert arc[:, 1].max() > 1.2 and arc[0, 1] == arc[-1, 1] == 1.0
    assert np.hypot(*(arc - row[1]).T).min() > 0.2


def test_an_edge_of_two_layers_is_seen_twice() -> None:
    both = layers({"vertical": [(0, 1), (1, 2)], "horizontal": [(0, 1), (0, 2)]})
    ax = draw_network(None, both)
    straight = {len(line) for line in segments(ax, "edges-vertical")}
    assert straight == {2}
    assert sorted(len(line) for line in segments(ax, "edges-horizontal")) == [2, 17]


def test_trades_have_circles_of_their_own() -> None:
    cluster = horizontal_cluster([12, 12, 6], seed=1, partners=4, across="2/5")
    places = group_layout(cluster)
    centres = np.array([places[cluster.group == k].mean(axis=0) for k in range(3)])
    for k, centre in enumerate(centres):
        own = np.hypot(*(places[cluster.group == k] - centre).T)
        np.testing.assert_allclose(own, own[0])
        others = np.hypot(*(places[cluster.group != k] - centre).T)
        assert others.min() > own[0]
    ax = draw_network(None, cluster)
    np.testing.assert_allclose(drawn(ax, "nodes").get_offsets(), places)
    assert {text.get_text() for text in ax.texts} == {"trade1", "trade2", "trade3"}
    assert words(ax) == ["horizontal"]


def test_a_run_is_drawn_on_its_cluster() -> None:
    cluster = vertical_cluster([2, 4], seed=1)
    course = run_on(cluster)
    ax = draw_network(course, cluster, at=2, run=1)
    places = tier_layout(cluster)
    for k, name in enumerate("CD"):
        np.testing.assert_allclose(
            drawn(ax, f"nodes-{name}").get_offsets(), places[course.snapshots[1, 1] == k].reshape(-1, 2)
        )
    alone = draw_network(course)
    every = np.concatenate([drawn(alone, f"nodes-{name}").get_offsets() for name in "CD"])
    assert sorted(np.round(every, 9).tolist()) == sorted(np.round(circular_layout(cluster), 9).tolist())


def test_weights_are_widths_and_directed_edges_have_heads() -> None:
    net = network([(0, 1, 1), (1, 2, 4)], directed=True)
    places = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    ax = draw_network(None, net, layout=places)
    widths = drawn(ax, "edges-network").get_linewidths()
    assert widths[1] > 2 * widths[0]
    heads = [np.asarray(path.vertices)[:3] for path in drawn(ax, "heads").get_paths()]
    # the tip is on the edge, nearer to the node at which the other one looks
    for head, (start, end) in zip(heads, [(0, 1), (1, 2)], strict=True):
        tip, back = head[0], head[1:3].mean(axis=0)
        along = places[end] - places[start]
        assert (tip - back) @ along > 0
        assert 0.6 < (tip - places[start]) @ along < 0.9
        assert abs(np.cross([*along, 0], [*(tip - places[start]), 0])[2]) < 1e-12


def test_springs_are_the_same_each_time() -> None:
    pytest.importorskip("networkx")
    net = erdos_renyi(12, "1/3", seed=1)
    np.testing.assert_array_equal(spring_layout(net), spring_layout(net))
    assert (spring_layout(net) != spring_layout(net, seed=2)).any()
    ax = draw_network(None, net, layout=spring_layout)
    np.testing.assert_allclose(drawn(ax, "nodes").get_offsets(), spring_layout(net))


def test_springs_name_the_extra_that_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingExtraError, match=r"coopgame-egt\[network\]"):
        spring_layout(ring(5))


def test_what_cannot_be_drawn_is_refused() -> None:
    course = run_on(square_lattice(5))
    cases: list[tuple[type[Exception], str, Any]] = [
        (ParameterError, "of 0, 2, 4; run again with options=NetworkOptions", lambda: draw_network(course, at=3)),
        (ParameterError, "no run 2; there are 2", lambda: draw_network(course, run=2)),
        (ParameterError, "leave strategies out", lambda: draw_network(course, strategies=["C", "D"])),
        (StateError, "25 nodes, the network has 6", lambda: draw_network(course, ring(6))),
        (ParameterError, "give their network too", lambda: draw_network([0, 1])),
        (ParameterError, "leave them out", lambda: draw_network([0, 1, 1], ring(3), at=3)),
        (StateError, r"6 nodes need a strategy each.*shape \(5,\)", lambda: draw_network([0] * 5, ring(6))),
        (StateError, "got shares", lambda: draw_network({"C": 1}, ring(6))),
        (StateError, "no strategy 'E'", lambda: draw_network(list("CDE"), ring(3), strategies=["C", "D"])),
        (StateError, "0 to 1, got 0 to 2", lambda: draw_network([0, 1, 2], ring(3), strategies=["C", "D"])),
        (StateError, "give states, or a layout", lambda: draw_network(None, square_lattice(3))),
        (
            ParameterError,
            r"shape \(3, 2\), got shape \(2, 2\)",
            lambda: draw_network(None, ring(3), layout=np.zeros((2, 2))),
        ),
        (ParameterError, "finite places", lambda: draw_network(None, ring(3), layout=np.full((3, 2), np.nan))),
        (UnsupportedError, "Ring has no tiers", lambda: draw_network(None, ring(3), layout=tier_layout)),
        (UnsupportedError, "200000 edges are too many", lambda: draw_network(None, ring(100_000, 4))),
    ]
    for kind, said, draw in cases:
        with pytest.raises(kind, match=said):
            draw()


def test_bare_nodes_of_a_lattice_are_drawn_by_a_layout() -> None:
    lattice = square_lattice(3)
    grid = np.stack(np.unravel_index(np.arange(9), (3, 3)), axis=-1)[:, ::-1].astype(float)
    ax = draw_network(None, lattice, layout=grid)
    np.testing.assert_array_equal(drawn(ax, "nodes").get_offsets(), grid)
    assert len(segments(ax, "edges-network")) == lattice.edge_count


def test_one_node_and_no_edge() -> None:
    ax = draw_network(["C"], network([], size=1))
    np.testing.assert_allclose(drawn(ax, "nodes-C").get_offsets(), [(0, 1)], atol=1e-12)


def test_chinese_layers(chinese_font: str) -> None:
    ax = draw_network(None, mixed_cluster([2, 3], seed=1, partners=2), language="zh")
    assert words(ax) == ["横向关系", "纵向关系"]
    legend = ax.get_legend()
    assert legend is not None and chinese_font in legend.get_texts()[0].get_fontfamily()
