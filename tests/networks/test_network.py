"""Networks read from edges, matrices and graphs, against dense adjacency matrices and sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from coopgame import Network, network, ring
from coopgame.errors import NetworkError

PAIRS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda e: e[0] != e[1]), min_size=1, max_size=30
)


@settings(max_examples=60)
@given(PAIRS, st.booleans())
def test_rows_of_neighbours_are_those_of_the_edges(edges: list[tuple[int, int]], directed: bool) -> None:
    net = network(edges, size=9, directed=directed)
    expected = {i: {b for a, b in edges if a == i} for i in range(9)}
    if not directed:
        for a, b in edges:
            expected[b].add(a)
    for i in range(9):
        assert net.neighbours_of(i).tolist() == sorted(expected[i])
        assert net.degrees[i] == len(expected[i])
        assert all(net.has_edge(i, j) == (j in expected[i]) for j in range(9))
    assert net.edge_count == len({(a, b) if directed else (min(a, b), max(a, b)) for a, b in edges})
    assert 8 in net.isolated
    assert sorted(net.isolated) == [i for i in range(9) if not any(i in e for e in edges)]
    again = network(net.to_scipy(), directed=directed)
    assert np.array_equal(again.neighbours, net.neighbours) and again.weights is None


def test_weights_of_edges_and_of_matrices_agree() -> None:
    edges = [(0, 1, 2.5), (1, 2, 0.25), (2, 0, 1)]
    net = network(edges)
    dense = np.array([[0, 2.5, 1], [2.5, 0, 0.25], [1, 0.25, 0]])
    assert np.array_equal(net.to_scipy().toarray(), dense)
    assert np.array_equal(network(csr_array(dense)).to_scipy().toarray(), dense)
    assert np.array_equal(network(np.array(edges)).to_scipy().toarray(), dense)
    assert net.strengths.tolist() == [3.5, 2.75, 1.25]
    frame = net.to_dataframe()
    assert frame.values.tolist() == [["0", "1", 2.5], ["0", "2", 1.0], ["1", "2", 0.25]]


def test_entries_at_one_place_of_a_matrix_add_up_and_zeros_are_no_edges() -> None:
    matrix = coo_array(([0.5, 0.5, 1.0, 0.0, 0.0], ([0, 0, 1, 1, 2], [1, 1, 0, 2, 1])), shape=(3, 3))
    net = network(matrix)
    assert net.weights is None and net.edge_count == 1 and net.isolated.tolist() == [2]


def test_names_stand_in_order_of_appearance_or_as_given() -> None:
    net = network([("yard", "steel"), ("ore", "steel")])
    assert net.names == ("yard", "steel", "ore")
    assert net.neighbours_of("steel").tolist() == [0, 2]
    given_names = network([("b", "a")], names=["a", "b", "c"])
    assert given_names.names == ("a", "b", "c") and given_names.isolated.tolist() == [2]
    places = network([(0, 1)], names=["x", "y", "z"])
    assert places.index("z") == 2 and places.size == 3


def test_repeated_pairs_count_once_and_must_agree_in_weight() -> None:
    assert network([(0, 1), (1, 0), (0, 1)]).edge_count == 1
    assert network([(0, 1, 2.0), (1, 0, 2.0)]).weights.tolist() == [2.0, 2.0]
    with pytest.raises(NetworkError, match="weights 2 and 3"):
        network([(0, 1, 2.0), (1, 0, 3.0)])


def test_edges_to_oneself_are_kept_when_asked_for() -> None:
    with pytest.raises(NetworkError, match="self_loops=True"):
        network([(0, 0), (0, 1)])
    net = network([(0, 0), (0, 1)], self_loops=True)
    assert net.has_self_loops and net.edge_count == 2 and net.degrees.tolist() == [2, 1]
    assert net.isolated.tolist() == []
    assert network([(0, 1), (2, 2)], self_loops=True).isolated.tolist() == [2]


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("edges", {}, "no network"),
        (3, {}, "no network"),
        ([(0, 1, 2, 3)], {}, "no edge"),
        ([(0, 1), (1, 2, 1.0)], {}, "some have none"),
        ([(0, 1, 0.0)], {}, "weight 0"),
        ([(0, 1, -1)], {}, "weight -1"),
        ([(0, 1, float("nan"))], {}, "weight nan"),
        ([(0, 1, "much")], {}, "much"),
        ([(0, -1)], {}, "from 0 on"),
        ([(0, 5)], {"size": 3}, "there are 3 nodes"),
        ([(0, 1)], {"names": ["a", "a"]}, "different names"),
        ([("a", "b")], {"names": ["a", "c"]}, "'b'"),
        ([("a", "b")], {"size": 4}, "names"),
        ([(1, "1")], {}, "same name"),
        ([], {}, "1 to"),
        (np.zeros((4, 4)), {}, "csr_array"),
        (np.array([[0.5, 1.0]]), {}, "whole numbers"),
        (np.array([[np.nan, 1.0]]), {}, "whole numbers"),
        (csr_array(np.array([[0, 1], [0, 0]])), {}, "not symmetric: entries \\(0, 1\\)"),
        (csr_array(np.array([[0, 1, 0], [1, 0, 2], [0, 1, 0]])), {}, "not symmetric: entries \\(1, 2\\)"),
        (csr_array(np.ones((2, 3))), {}, "square"),
        (csr_array(np.array([[0, 1j], [1j, 0]])), {}, "real"),
    ],
)
def test_errors_say_what_is_wrong(source: object, options: dict[str, object], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        network(source, **options)


def test_a_network_without_edges_keeps_its_nodes() -> None:
    net = network([], size=3)
    assert (net.size, net.edge_count, net.isolated.tolist(), net.is_connected) == (3, 0, [0, 1, 2], False)
    assert network([], size=1).is_connected


def test_connected_and_regular() -> None:
    two = network([(0, 1), (2, 3)])
    assert not two.is_connected and two.components.tolist() == [0, 0, 1, 1] and two.degree == 1
    star = network([(0, i) for i in range(1, 5)])
    assert star.is_connected and not star.is_regular
    with pytest.raises(NetworkError, match="1 to 4 neighbours"):
        _ = star.degree
    one_way = network([(0, 1), (1, 2)], directed=True)
    assert not one_way.is_connected and network([(0, 1), (1, 2), (2, 0)], directed=True).is_connected


def test_arrays_are_not_changed_afterwards() -> None:
    net = network([(0, 1, 2.0)])
    for array in (net.indptr, net.neighbours, net.weights, net.degrees, net.strengths):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    rows = np.array([0, 1, 2])
    made = Network(rows, np.array([1, 0]))
    rows[0] = 0  # the caller's array stays writable
    assert made.size == 2
    with pytest.raises(NetworkError, match="rise"):
        Network(np.array([0, 2, 1]), np.array([1]))
    with pytest.raises(NetworkError, match="between 0 and 1"):
        Network(np.array([0, 1, 2]), np.array([1, 2]))


def test_a_network_comes_back_as_it_is() -> None:
    net = network([(0, 1)])
    assert network(net) is net
    assert network(ring(5)).edge_count == 5
    assert network(ring(3), names="abc").names == ("a", "b", "c")
    with pytest.raises(NetworkError, match="different names"):
        network(net, names="abc")


def test_text_and_table() -> None:
    net = network([("a", "b", 2)], directed=True)
    assert str(net) == "network of 2 nodes, 1 edge, neighbours: 0 to 1; directed, weighted, not connected"
    assert "<td>directed, weighted, not connected</td>" in net._repr_html_()


def test_graphs_of_networkx_there_and_back() -> None:
    nx = pytest.importorskip("networkx")
    graph = nx.les_miserables_graph()
    net = network(graph)
    assert net.names == tuple(graph.nodes)
    assert np.array_equal(net.to_scipy().toarray(), nx.to_numpy_array(graph))
    back = net.to_networkx()
    assert nx.utils.graphs_equal(
        nx.Graph(back), nx.Graph((a, b, {"weight": d["weight"]}) for a, b, d in graph.edges(data=True))
    )
    directed = network(nx.DiGraph([("a", "b"), ("b", "c")]))
    assert (
        directed.is_directed and directed.neighbours_of("a").tolist() == [1] and not len(directed.neighbours_of("c"))
    )
    assert list(directed.to_networkx().edges) == [("a", "b"), ("b", "c")]
    partly = nx.Graph([(0, 1), (1, 2)])
    partly.edges[0, 1]["weight"] = 3
    assert network(partly).weights.tolist() == [3, 3, 1, 1]
    assert network(partly, weight="trade").weights is None
    lonely = nx.empty_graph(3)
    assert network(lonely).isolated.tolist() == [0, 1, 2]
