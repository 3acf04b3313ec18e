"""What is given in the wrong form is named, with what would be right."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from coopgame import (
    MatrixGame,
    NetworkOptions,
    Protocol,
    asynchronous,
    averaged,
    death_birth,
    fermi_imitation,
    find_critical_ratio,
    find_layer_selection,
    find_network_patterns,
    finite_population,
    group_shares,
    layers,
    mixed_cluster,
    moore,
    network,
    network_population,
    replicator_on_graph,
    ring,
    simulate_network,
    simulate_network_fixation,
    square_lattice,
    synchronous,
)
from coopgame.errors import GameError, NetworkError, ParameterError, ProtocolError, StateError, UnsupportedError

GAME = MatrixGame([[3, 0], [4, 1]], strategies=["C", "D"])
RING = ring(10)
FIRMS = network_population(GAME, fermi_imitation(), RING)
LAYERS: Any = layers({"a": ring(6), "b": [(0, 3), (1, 4), (2, 5)]})
ANY: Any = None
TEN = finite_population(GAME, fermi_imitation(), 10)
MINE = Protocol("mine", lambda payoffs, shares: payoffs[..., None, :] * 0)
START = {"C": 1}


def _run(**given: Any) -> Any:
    return simulate_network(**({"population": FIRMS, "start": START, "sweeps": 1} | given))


def _of(**given: Any) -> Any:
    return network_population(GAME, fermi_imitation(), RING, **given)


WRONG: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: network(np.ones((5, 5)) - np.eye(5)), NetworkError, "csr_array"),
    (lambda: network(np.array([[0, 2, 1], [2, 0, 1], [1, 1, 0]])), NetworkError, "csr_array"),
    (lambda: network([[0, 1, 1], [1, 0, 1], [1, 1, 0]]), NetworkError, "csr_array"),
    (lambda: network({0: [1], 1: [0]}), NetworkError, r"\[\(i, j\) for i, around"),
    (lambda: network("edges.csv"), NetworkError, r"read a file first, such as network\(pandas.read_csv"),
    (lambda: network([("ore", "steel", 2, 2026)]), NetworkError, "take the columns of the two ends"),
    (lambda: network([("ore", None)]), NetworkError, "called None, as missing entries"),
    (lambda: network([("ore", float("nan"))]), NetworkError, "called nan"),
    (lambda: network(pd.DataFrame({"a": ["x", None], "b": ["y", "z"]})), NetworkError, "drop these edges"),
    (lambda: network([(0, 10**30)]), NetworkError, "names as text"),
    (lambda: network([(0, 1)], size=ANY or "3"), NetworkError, "size is '3'; a whole number"),
    (lambda: network([(0, 1)], size=-1), NetworkError, "size is -1"),
    (lambda: network(csr_array([[0, np.nan], [np.nan, 0]])), NetworkError, r"entry \(0, 1\) of the matrix is nan"),
    (lambda: network([(0, 1, float("nan"))]), NetworkError, "weight nan"),
    (lambda: network([(0, 1, None)]), NetworkError, "weight None"),
    (lambda: square_lattice(9, neighbourhood=ANY or "moore"), NetworkError, "neighbourhood is 'moore'; give von"),
    (lambda: square_lattice(9, neighbourhood=ANY or moore), NetworkError, r"give von_neumann\(\)"),
    (lambda: _of(payoffs="averaged"), ParameterError, r"payoffs is 'averaged'; give averaged\(\)"),
    (lambda: _of(payoffs=averaged), ParameterError, r"give averaged\(\) or accumulated\(\)"),
    (lambda: _of(updating="synchronous"), ParameterError, r"updating is 'synchronous'; give asynchronous\(\)"),
    (lambda: _of(updating=synchronous), ParameterError, r"or synchronous\(\)"),
    (lambda: asynchronous(along=ANY or 3), NetworkError, "along is 3; give the name of a layer"),
    (
        lambda: simulate_network(ANY or GAME, start=START, sweeps=1),
        ParameterError,
        r"make one by network_population\(",
    ),
    (lambda: _run(options={"runs": 3}), ParameterError, r"NetworkOptions\(runs=10\)"),
    (lambda: _run(start=[["C"], ["C", "D"]]), StateError, "differ in length"),
    (lambda: _run().names(1), ParameterError, "the runs are 0 to 0"),
    (lambda: _run().patterns(-1), ParameterError, "no run -1"),
    (lambda: NetworkOptions(snapshots=ANY or 5), ParameterError, "snapshots is 5; give a list"),
    (lambda: NetworkOptions(snapshots=ANY), ParameterError, "snapshots is None"),
    (
        lambda: simulate_network_fixation(ANY or GAME, None, "C", "D"),
        ParameterError,
        r"make one by network_population\(",
    ),
    (
        lambda: simulate_network_fixation(FIRMS, None, "C", "D", precision=ANY or 0.01),
        ParameterError,
        r"absolute_error\(0\.01\)",
    ),
    (
        lambda: simulate_network_fixation(
            network_population(GAME, death_birth(), network([(0, 1), (2, 3)], size=5)), None, "C", "D"
        ),
        NetworkError,
        "3 parts, of 2, 2, 1 nodes",
    ),
    (
        lambda: simulate_network_fixation(
            network_population(GAME, death_birth(), network([(0, 1), (1, 2), (2, 1)], directed=True)), None, "C", "D"
        ),
        NetworkError,
        "2 directed parts .* of 2, 1 nodes",
    ),
    (lambda: find_critical_ratio(RING, death_birth(), payoffs=ANY or "averaged"), ParameterError, "payoffs is"),
    (lambda: find_critical_ratio(RING, death_birth(), exact_up_to=ANY), ParameterError, "exact_up_to = None"),
    (lambda: find_layer_selection(LAYERS, death_birth(), payoffs=ANY or "averaged"), ParameterError, "payoffs is"),
    (
        lambda: replicator_on_graph(GAME, RING, death_birth()),
        ParameterError,
        r"degree is a network; .* network\.degree",
    ),
    (lambda: network_population(GAME, death_birth, RING), ProtocolError, "the function death_birth is no law"),  # type: ignore[arg-type]
    (lambda: network_population(GAME, MINE, RING), UnsupportedError, r"levels={Level.MEAN, Level.NETWORK}\)$"),
    (
        lambda: simulate_network(TEN, start=START, sweeps=1),
        ParameterError,
        r"^<FinitePopulation: 10 members.{0,40}\.\.\. is no game on",
    ),  # type: ignore[arg-type]
    (lambda: _run(start={"ore": "C"}), StateError, "no strategy 'ore'.* list in the order of the nodes"),
    (lambda: _run(start={"C": 5, "D": 5}), StateError, "a sum of 10; divide numbers of nodes by 10"),
    (
        lambda: _run(start=np.zeros((5, 2), dtype=int)),
        StateError,
        r"shape \(5, 2\); one strategy for each of 10 nodes",
    ),
    (lambda: group_shares([0, 1], ["a", "b"], 2), StateError, "by place, whole numbers from 0 on"),
    (
        lambda: network_population({"a": GAME, "c": GAME}, fermi_imitation(), LAYERS),
        NetworkError,
        "unknown 'c', missing 'b'",
    ),
    (
        lambda: network_population({"a": GAME}, fermi_imitation(), LAYERS),
        NetworkError,
        "each layer: missing 'b'; the",
    ),
    (
        lambda: find_layer_selection(LAYERS, death_birth()).condition({"a": GAME}),
        NetworkError,
        "each layer: missing 'b'",
    ),
    (
        lambda: find_layer_selection(LAYERS, death_birth()).condition(
            {"a": GAME, "b": MatrixGame([["s", 0], [0, 1]])}
        ),
        GameError,
        "parameters={'s': None}, used or not",
    ),
    (lambda: find_layer_selection(LAYERS, death_birth(), exact_up_to=-1), ParameterError, "exact_up_to = -1"),
    (lambda: find_network_patterns(RING, ["C"] * 10), StateError, r"such as NetworkRun\.final\[0\]"),
    (lambda: FIRMS.at().chances(np.zeros(9, dtype=int)), StateError, "each of 10 nodes"),
    (lambda: FIRMS.at().chances(np.full(10, 2)), StateError, "from 0 to 1"),
    (lambda: FIRMS.at().payoffs(np.full(10, -1)), StateError, "from 0 to 1"),
]


@pytest.mark.parametrize(("act", "error", "text"), WRONG)
def test_errors_name_what_is_wrong(act: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        act()


def test_tables_of_edges() -> None:
    """Two columns are pairs, a third one holds weights."""
    plain = pd.DataFrame({"supplier": ["ore", "steel"], "buyer": ["steel", "yard"]})
    net = network(plain)
    assert net.names == ("ore", "steel", "yard") and net.edge_count == 2 and not net.is_weighted
    assert network(plain.assign(volume=[2.0, 3.0])).strengths.tolist() == [2, 5, 3]
    assert network(net.to_dataframe().iloc[:, :2]).names == net.names
    assert network(pd.DataFrame({"i": [0, 1], "j": [1, 4]})).size == 5


def test_what_is_shown_at_the_prompt() -> None:
    assert repr(network([(0, 1)])) == "<Network: network of 2 nodes, 1 edge, neighbours: 1 each; connected>"
    assert str(network([("a", "b", 2), ("b", "c", 1)])).endswith("1 to 2; weighted, connected")
    assert repr(LAYERS) == "<LayeredNetwork: 2 layers over 6 nodes: a, b>"
    assert repr(mixed_cluster([5, 5], seed=1, partners=4, vertical="1/2")) == "<Cluster: 10 firms in tier1, tier2>"
    assert repr(FIRMS) == f"<NetworkPopulation: {FIRMS}>"


def test_layers_with_parameters_of_their_own() -> None:
    """Two games with parameters of different names give the condition of two games that name all of them, and so do their numbers."""
    own = {"b": None, "s": None}
    games: Any = {
        "a": MatrixGame([["b", 0], [0, 1]], parameters=own),
        "b": MatrixGame([["s", 0], [0, 1]], parameters=own),
    }
    selection = find_layer_selection(LAYERS, death_birth())
    expected = sum(
        (selection.own[name] * (value - 1) for name, value in (("a", 3), ("b", 5))), Fraction(0)
    )  # (a - d) of each layer, b = c
    assert selection.difference(games, {"b": 3, "s": 5}) == expected


def test_long_fractions_are_printed_in_digits() -> None:
    found = find_critical_ratio(
        mixed_cluster([5, 5], seed=1, partners=4, vertical="1/2"), death_birth(), payoffs=averaged()
    )
    assert found.known == "exact" and len(str(found.ratio)) > 50
    assert f"b/c > {float(found.ratio):.10g} (exact" in str(found)
