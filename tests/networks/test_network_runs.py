"""Records, snapshots and ensembles of runs, and patterns of strategies against counts by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NetworkOptions,
    birth_death,
    death_birth,
    fermi_imitation,
    find_network_patterns,
    group_shares,
    horizontal_cluster,
    imitate_the_best,
    moore,
    network,
    network_population,
    ring,
    scale_free,
    simulate_network,
    square_lattice,
    synchronous,
)
from coopgame.errors import ParameterError, StateError

GAME = MatrixGame([[1, 0], ["b", 0]], strategies=["C", "D"], parameters={"b": "11/10"})
HALF = {"C": 0.5, "D": 0.5}
POPULATIONS = [
    network_population(GAME, fermi_imitation(2), square_lattice(9)),
    network_population(GAME, death_birth("1/2"), ring(50, 4), mutation="1/50", updating=synchronous()),
    network_population(GAME, fermi_imitation(2), scale_free(60, 2, seed=1), mutation="1/50"),
    network_population(GAME, birth_death(), scale_free(60, 2, seed=1), mutation="1/50"),
    network_population(GAME, imitate_the_best(), square_lattice(9, neighbourhood=moore()), updating=synchronous()),
]


@pytest.mark.parametrize("population", POPULATIONS, ids=str)
def test_results_depend_neither_on_workers_nor_on_how_runs_are_kept(population: Any) -> None:
    plain = simulate_network(population, start=HALF, sweeps=12, seed=5, options=NetworkOptions(runs=7))
    kept = simulate_network(
        population,
        start=HALF,
        sweeps=12,
        seed=5,
        options=NetworkOptions(runs=7, workers=2, every=3, snapshots=[0, 6, 9, 12]),
    )
    few = simulate_network(population, start=HALF, sweeps=6, seed=5, options=NetworkOptions(runs=2))
    assert (kept.final == plain.final).all()
    assert (kept.counts == plain.counts[:, ::3]).all()
    assert (kept.snapshots[:, -1] == kept.final).all() and (kept.snapshots[:2, 1] == few.final).all()
    assert (plain.counts[:, 0] == (plain.population.size + np.array([1, 0])) // 2).all()
    for run in range(7):
        for place, at in enumerate(kept.snapshot_times):
            numbers = np.bincount(kept.snapshots[run, place], minlength=2)
            assert numbers.tolist() == plain.counts[run, at].tolist()
    assert not (plain.final[0] == plain.final[1]).all()


def test_starts_by_node_and_by_run() -> None:
    population = network_population(GAME, fermi_imitation(), ring(4))
    run = simulate_network(population, start=["C", "D", "D", "C"], sweeps=1, options=NetworkOptions(snapshots=[0]))
    assert run.snapshots[0, 0].tolist() == [0, 1, 1, 0]
    rows = [[0, 0, 0, 0], [1, 1, 1, 1]]
    picture = np.array([[0, 1, 1, 0], [1, 0, 0, 0], [0, 0, 1, 1]])
    lattice = network_population(GAME, fermi_imitation(), square_lattice(3, 4))
    drawn = simulate_network(lattice, start=picture, sweeps=1, options=NetworkOptions(snapshots=[0]))
    assert (drawn.snapshots[0, 0].reshape(3, 4) == picture).all()
    with pytest.raises(StateError, match=r"shape \(4, 3\).*or a picture of 3 rows and 4 columns"):
        simulate_network(lattice, start=picture.T, sweeps=1)
    both = simulate_network(population, start=rows, sweeps=1, options=NetworkOptions(runs=2))
    assert both.final.tolist() == rows
    assert both.names(1).tolist() == ["D"] * 4
    thirds = MatrixGame(np.eye(3).tolist())
    drawn = simulate_network(
        network_population(thirds, fermi_imitation(), ring(10)), start={"1": "1/3", "2": "1/3", "3": "1/3"}, sweeps=1
    )
    assert drawn.counts[0, 0].tolist() == [4, 3, 3]
    assert drawn.values == {"network": {}}


def test_random_starts_are_even() -> None:
    """Each node plays C in about half of many runs."""
    population = network_population(GAME, fermi_imitation(), ring(10))
    options = NetworkOptions(runs=2000, snapshots=[0])
    run = simulate_network(population, start={"C": "3/10", "D": "7/10"}, sweeps=1, options=options)
    often = (run.snapshots[:, 0] == 0).mean(axis=0)
    assert (abs(often - 0.3) < 4 * np.sqrt(0.21 / 2000)).all()


def test_tables_and_arrays() -> None:
    run = simulate_network(
        POPULATIONS[0], start=HALF, sweeps=6, seed=1, options=NetworkOptions(runs=3, every=2, snapshots=[4])
    )
    frame = run.to_dataframe()
    assert list(frame.columns) == ["run", "sweep", "C", "D"] and len(frame) == 12
    row = frame[(frame.run == 2) & (frame.sweep == 4)].iloc[0]
    data = run.to_xarray()
    assert row.C == data.shares.sel(run=2, sweep=4, strategy="C") == (run.snapshots[2, 0] == 0).mean()
    assert (data.state.sel(run=1, snapshot=4).values == run.snapshots[1, 0]).all()
    assert run.mean_shares(4)[1] == pytest.approx(run.shares[1, 2:].mean(axis=0))
    with pytest.raises(ParameterError, match="no records from sweep 7"):
        run.mean_shares(7)
    with pytest.raises(ValueError, match="read-only"):
        run.final[0, 0] = 1
    assert str(run).startswith("after 6 sweeps of 81 nodes (mean of 3 runs, seed 1): C 0.")
    assert "<table>" in run._repr_html_()


def test_a_generator_gives_the_seed() -> None:
    found = [
        simulate_network(POPULATIONS[0], start=HALF, sweeps=3, seed=seed) for seed in (np.random.default_rng(4),) * 2
    ]
    again = simulate_network(POPULATIONS[0], start=HALF, sweeps=3, seed=found[0].seed)
    assert (again.final == found[0].final).all() and found[0].seed != found[1].seed


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 14), st.integers(0, 10**6), st.booleans())
def test_patterns_against_a_flood(size: int, seed: int, weighted: bool) -> None:
    random = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(size) for j in range(i) if random.random() < 0.3]
    weights = {pair: float(random.integers(1, 5)) if weighted else 1.0 for pair in pairs}
    net = network([(*pair, weights[pair]) if weighted else pair for pair in pairs], size=size)
    state = random.integers(0, 3, size)
    patterns = find_network_patterns(net, state, ["a", "b", "c"])
    near: dict[int, set[int]] = {k: set() for k in range(size)}
    for i, j in pairs:
        if state[i] == state[j]:
            near[i].add(j)
            near[j].add(i)
    sizes: dict[int, list[int]] = {k: [] for k in range(3)}
    left = set(range(size))
    while left:
        seed_node = left.pop()
        group, front = {seed_node}, [seed_node]
        while front:
            front = [k for node in front for k in near[node] if k not in group and not group.add(k)]  # type: ignore[func-returns-value]
        left -= group
        sizes[int(state[seed_node])].append(len(group))
    assert [own.tolist() for own in patterns.sizes] == [sorted(sizes[k], reverse=True) for k in range(3)]
    between = sum(w for (i, j), w in weights.items() if state[i] != state[j])
    assert patterns.boundary == pytest.approx(between)
    total = sum(weights.values())
    assert patterns.boundary_share == pytest.approx(between / total) if total else np.isnan(patterns.boundary_share)
    ends = sum(w * (int(state[i] == 0) + int(state[j] == 0)) for (i, j), w in weights.items())
    alike = sum(2 * w for (i, j), w in weights.items() if state[i] == state[j] == 0)
    assert patterns.met("a", "a") == pytest.approx(alike / ends) if ends else np.isnan(patterns.met("a", "a"))
    assert patterns.shares.tolist() == [(state == k).mean() for k in range(3)]


def test_patterns_of_a_run() -> None:
    """Half and half on a ring: two arcs, two edges between them; assortment is 1 - 2 * 2/50 with 25 each."""
    population = network_population(GAME, fermi_imitation(), ring(50))
    run = simulate_network(population, {"b": 1}, start=[0] * 25 + [1] * 25, sweeps=1, seed=1)
    patterns = find_network_patterns(population.contacts, [0] * 25 + [1] * 25, ["C", "D"])
    assert patterns.clusters == {"C": 1, "D": 1} and patterns.boundary == 2
    assert patterns.met("C", "C") == pytest.approx(48 / 50) and patterns.assortment("C", "D") == pytest.approx(
        46 / 50
    )
    assert run.patterns().clusters == {"C": 1, "D": 1}
    with pytest.raises(ParameterError, match="no layer 'vertical'"):
        run.patterns(layer="vertical")
    with pytest.raises(StateError, match="each of 50 nodes"):
        find_network_patterns(population.contacts, [0] * 49, ["C", "D"])
    with pytest.raises(StateError, match="no strategy 'E'"):
        patterns.met("E", "C")
    assert "2 clusters" not in str(patterns) and "<table" in patterns._repr_html_()


def test_shares_by_trade() -> None:
    cluster = horizontal_cluster([6, 4], seed=1)
    population = network_population(GAME, fermi_imitation(), cluster)
    run = simulate_network(
        population, start=[0] * 6 + [1] * 4, sweeps=2, options=NetworkOptions(runs=2, snapshots=[0, 2])
    )
    found = group_shares(run.snapshots, cluster.group, 2)
    assert found.shape == (2, 2, 2, 2) and found[:, 0].tolist() == [[[1, 0], [0, 1]]] * 2
    assert found[1, 1, 0, 0] == (run.final[1, :6] == 0).mean()
    assert np.isnan(group_shares([0, 1], [0, 2], 2)[1]).all()
    with pytest.raises(StateError, match="do not fit"):
        group_shares([0, 1], [0, 1, 1], 2)
