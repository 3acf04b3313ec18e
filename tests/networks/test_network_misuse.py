"""What is given in the wrong form is named, with what would be right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from coopgame import (
    MatrixGame,
    NetworkOptions,
    asynchronous,
    averaged,
    death_birth,
    fermi_imitation,
    find_critical_ratio,
    find_layer_selection,
    find_network_patterns,
    layers,
    mixed_cluster,
    moore,
    network,
    network_population,
    ring,
    simulate_network,
    simulate_network_fixation,
    square_lattice,
    synchronous,
)
from coopgame.errors import NetworkError, ParameterError, StateError

GAME = MatrixGame([[3, 0], [4, 1]], strategies=["C", "D"])
RING = ring(10)
FIRMS = network_population(GAME, fermi_imitation(), RING)
LAYERS: Any = layers({"a": ring(6), "b": [(0, 3), (1, 4), (2, 5)]})
ANY: Any = None
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


def test_long_fractions_are_printed_in_digits() -> None:
    found = find_critical_ratio(
        mixed_cluster([5, 5], seed=1, partners=4, vertical="1/2"), death_birth(), payoffs=averaged()
    )
    assert found.known == "exact" and len(str(found.ratio)) > 50
    assert f"b/c > {float(found.ratio):.10g} (exact" in str(found)
