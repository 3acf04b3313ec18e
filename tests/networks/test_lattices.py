"""Lattices and rings against neighbours counted by hand, and their arrays against their rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import Neighbourhood, layers, moore, network, ring, square_lattice, von_neumann
from coopgame.errors import NetworkError

KNIGHT = Neighbourhood(
    "knight's moves", tuple((i, j) for i in (-2, -1, 1, 2) for j in (-2, -1, 1, 2) if abs(i) != abs(j))
)


@settings(max_examples=60)
@given(
    st.integers(1, 8),
    st.integers(1, 8),
    st.sampled_from([von_neumann(), moore(), von_neumann(2), KNIGHT]),
    st.booleans(),
)
def test_rule_and_arrays_agree_with_a_plain_count(
    rows: int, columns: int, around: Neighbourhood, periodic: bool
) -> None:
    least = 2 * around.reach + 1
    if periodic and min(rows, columns) < least:
        with pytest.raises(NetworkError, match=f"at least {least}"):
            square_lattice(rows, columns, neighbourhood=around, periodic=periodic)
        return
    lattice = square_lattice(rows, columns, neighbourhood=around, periodic=periodic)
    net = lattice.explicit()
    for node in range(rows * columns):
        expected = set()
        for i, j in around.offsets:
            r, c = node // columns + i, node % columns + j
            if periodic:
                expected.add(r % rows * columns + c % columns)
            elif 0 <= r < rows and 0 <= c < columns:
                expected.add(r * columns + c)
        assert lattice.neighbours_of(node).tolist() == net.neighbours_of(node).tolist() == sorted(expected)
        assert lattice.degrees[node] == net.degrees[node] == len(expected)
    assert lattice.edge_count == net.edge_count
    assert lattice.is_connected == net.is_connected
    assert lattice.is_regular == net.is_regular


@settings(max_examples=40)
@given(st.integers(3, 30), st.integers(1, 6))
def test_rings(size: int, half: int) -> None:
    if 2 * half >= size:
        with pytest.raises(NetworkError, match="size of a ring"):
            ring(size, 2 * half)
        return
    circle = ring(size, 2 * half)
    net = circle.explicit()
    for node in range(size):
        expected = sorted(j for j in range(size) if 0 < min((j - node) % size, (node - j) % size) <= half)
        assert circle.neighbours_of(node).tolist() == net.neighbours_of(node).tolist() == expected
    assert circle.edge_count == net.edge_count and net.is_connected and net.degree == circle.degree == 2 * half


def test_neighbourhoods_are_mutual_and_leave_the_cell_out() -> None:
    for offsets in [((0, 1),), ((0, 0),), ((0, 1), (0, -1), (0, 1)), ()]:
        with pytest.raises(NetworkError, match="each with its opposite"):
            Neighbourhood("own", offsets)
    with pytest.raises(NetworkError, match="at least 1"):
        moore(0)


def test_errors_of_lattices() -> None:
    with pytest.raises(NetworkError, match="even number"):
        ring(10, 3)
    with pytest.raises(NetworkError, match="at most"):
        square_lattice(10**6)
    with pytest.raises(NetworkError, match="whole number"):
        square_lattice(10.0)  # type: ignore[arg-type]
    with pytest.raises(NetworkError, match="border"):
        _ = square_lattice(4, periodic=False).degree
    with pytest.raises(NetworkError, match="no node 9"):
        ring(9).neighbours_of(9)


def test_a_million_cells_take_tens_of_megabytes() -> None:
    net = square_lattice(1000).explicit()
    assert net.indptr.nbytes + net.neighbours.nbytes == 8 * (10**6 + 1) + 4 * 4 * 10**6
    assert net.is_regular and net.degree == 4


def test_layers_share_their_nodes() -> None:
    both = layers({"horizontal": ring(4), "vertical": network([("a", "c", 2.0)], names="abcd")})
    assert both.size == 4 and both.names == ("a", "b", "c", "d") and list(both) == ["horizontal", "vertical"]
    union = both.union()
    assert union.to_scipy().toarray().tolist() == [[0, 1, 2, 1], [1, 0, 1, 0], [2, 1, 0, 1], [1, 0, 1, 0]]
    plain = layers({"one": ring(5), "two": ring(5, 4)}).union()
    assert plain.weights is None and plain.degree == 4
    with pytest.raises(NetworkError, match="one 4, two 5"):
        layers({"one": ring(4), "two": ring(5)})
    with pytest.raises(NetworkError, match="differently"):
        layers({"one": network([("a", "b")]), "two": network([("b", "a")])})
    with pytest.raises(NetworkError, match="by name"):
        layers({})
    with pytest.raises(KeyError, match="horizontal, vertical"):
        both["diagonal"]
    assert "2 layers over 4 nodes" in str(both) and "<th>vertical</th>" in both._repr_html_()
