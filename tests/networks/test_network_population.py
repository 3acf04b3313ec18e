"""What network_population and simulate_network accept and refuse, and what isolated nodes do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coopgame import (
    Fitness,
    MatrixGame,
    NetworkOptions,
    NetworkPopulation,
    NormalFormGame,
    accumulated,
    asynchronous,
    averaged,
    best_response,
    birth_death,
    death_birth,
    degree_scaled_imitation,
    fermi_imitation,
    imitate_the_best,
    imitation_of_success,
    imitation_of_the_dissatisfied,
    imitation_updating,
    layers,
    linear_fitness,
    linear_public_good,
    logit,
    maynard_smith,
    mixed_cluster,
    mixture,
    moran,
    network,
    network_population,
    pairwise_comparison,
    pairwise_imitation,
    positive_part,
    ring,
    simulate_network,
    smith,
    square_lattice,
    synchronous,
)
from coopgame.errors import GameError, NetworkError, ParameterError, ProtocolError, StateError, UnsupportedError

GAME = MatrixGame(
    [["b - c", "-c"], ["b", 0]], strategies=["help", "defect"], parameters={"b": 3, "c": 1, "w": "1/10"}
)
PAW = network([(0, 1), (1, 2), (0, 2), (2, 3)])


def population(law: Any = None, net: Any = PAW, **options: Any) -> NetworkPopulation:
    return network_population(GAME, law or fermi_imitation(), net, **options)


@pytest.mark.parametrize(
    ("law", "error", "text"),
    [
        (moran(), UnsupportedError, "not defined for a network"),
        (maynard_smith(), UnsupportedError, "not defined for a network"),
        ("fermi", ProtocolError, "is no law"),
        (fermi_imitation("beta"), ProtocolError, "names beta"),
        (
            death_birth(1, fitness=Fitness("odd", lambda p, w: p, lambda p, w: p)),
            UnsupportedError,
            "exponential_fitness",
        ),
        (mixture({smith(): 1, pairwise_imitation(): 1}), UnsupportedError, "all parts of a mixture imitate, or none"),
    ],
    ids=["moran", "mean", "text", "unknown parameter", "own fitness", "mixture"],
)
def test_laws_that_are_refused(law: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        network_population(GAME, law, PAW)


def test_games_that_are_refused() -> None:
    two = NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    with pytest.raises(GameError, match="MatrixGame"):
        network_population(two, fermi_imitation(), PAW)
    shares = MatrixGame([["x", 0], [0, 1]], symbol="x")
    with pytest.raises(UnsupportedError, match="shares"):
        network_population(shares, fermi_imitation(), PAW).at()
    with pytest.raises(GameError, match="MatrixGame"):
        network_population(linear_public_good(3), fermi_imitation(), PAW)


def test_layers_need_their_games() -> None:
    both = layers({"vertical": [(0, 1), (2, 3)], "horizontal": [(1, 2), (0, 3)]})
    assert len(network_population(GAME, fermi_imitation(), both).layers) == 2
    with pytest.raises(NetworkError, match=r"unknown 'vertica', missing 'vertical'; the network's"):
        network_population({"vertica": GAME, "horizontal": GAME}, fermi_imitation(), both)
    with pytest.raises(NetworkError, match="one without a name"):
        network_population({"vertical": GAME}, fermi_imitation(), PAW)
    other = MatrixGame([[1, 0], [0, 1]], strategies=["a", "b"])
    with pytest.raises(GameError, match="same strategies"):
        network_population({"vertical": GAME, "horizontal": other}, fermi_imitation(), both)
    with pytest.raises(ParameterError, match="unknown parameter 'h'"):
        network_population({"vertical": (GAME, {"h": 0}), "horizontal": GAME}, fermi_imitation(), both)
    with pytest.raises(NetworkError, match="cannot spread along 'vertica'"):
        network_population(GAME, fermi_imitation(), both, updating=asynchronous(along="vertica"))
    with pytest.raises(NetworkError, match="names no layer"):
        asynchronous(along=[])
    mixed = network_population({"vertical": (GAME, {"w": 1}), "horizontal": GAME}, fermi_imitation("w"), both)
    with pytest.raises(ParameterError, match="intensity = w differs between layers"):
        mixed.at()
    assert mixed.at({"w": 1}).setting == 1.0
    with pytest.raises(ParameterError, match="unknown parameter 'd'"):
        mixed.at({"d": 1})


def test_an_empty_layer_earns_nothing() -> None:
    both = layers({"vertical": network([], size=4), "horizontal": PAW})
    state = np.array([0, 1, 1, 0])
    for payoffs in (accumulated(), averaged()):
        pair = network_population(GAME, death_birth(), both, payoffs=payoffs)
        alone = population(death_birth(), payoffs=payoffs)
        assert pair.at().payoffs(state).tolist() == alone.at().payoffs(state).tolist()
        start, sweeps = {"help": "1/2", "defect": "1/2"}, 4
        found = [simulate_network(one, start=start, sweeps=sweeps, seed=3).final for one in (pair, alone)]
        assert (found[0] == found[1]).all()


def test_a_cluster_of_firms_plays_on_its_layers() -> None:
    cluster = mixed_cluster([4, 8, 8], seed=2)
    game = MatrixGame([["b - h", "-h"], ["b", 0]], parameters={"b": 1, "h": "1/2"})
    both = network_population({"horizontal": game, "vertical": (game, {"h": 0})}, fermi_imitation(), cluster)
    assert [layer.name for layer in both.layers] == list(cluster.layers) and both.names == cluster.names
    process = both.at()
    state = np.arange(cluster.size) % 2
    across, down = cluster.layers["horizontal"], cluster.layers["vertical"]
    for node in (0, 5, 13):
        rivals, partners = state[across.neighbours_of(node)], state[down.neighbours_of(node)]
        mine = int(state[node])
        table = {0: [0.5, -0.5], 1: [1.0, 0.0]}
        free = {0: [1.0, 0.0], 1: [1.0, 0.0]}
        expected = sum(table[mine][k] for k in rivals) + sum(free[mine][k] for k in partners)
        assert process.payoffs(state)[node] == pytest.approx(expected)
    assert set(both.contacts.neighbours_of(0).tolist()) == set(cluster.explicit().neighbours_of(0).tolist())


def test_numbers_that_are_none() -> None:
    with pytest.raises(ProtocolError, match="intensity"):
        population(fermi_imitation(0)).at()
    with pytest.raises(ProtocolError, match="mutation = 2"):
        population(mutation=2)
    with pytest.raises(ProtocolError, match=r"mutation = 1\.1"):
        population(mutation="w + 1").at()
    with pytest.raises(ProtocolError, match="mutation names mu"):
        population(mutation="mu")
    with pytest.raises(ParameterError, match="no value for"):
        network_population(MatrixGame([["a", 0], [0, 1]]), fermi_imitation(), PAW).at()
    with pytest.raises(ParameterError, match="step"):
        asynchronous(step=0)
    with pytest.raises(ProtocolError, match="takes no step"):
        population(updating=asynchronous(step="1/2"))
    with pytest.raises(ProtocolError, match="steps of at most"):
        population(pairwise_imitation(), updating=asynchronous(step=1)).at()
    with pytest.raises(UnsupportedError, match="birth-death replaces one node at a time"):
        population(birth_death(), updating=synchronous())


def test_fitness_that_could_be_negative() -> None:
    """A helper among three defectors earns -3: linear fitness is 1 - w - 3 w, positive for w < 1/4."""
    assert population(death_birth("0.2499", fitness=linear_fitness())).at().low == -3.0
    with pytest.raises(ProtocolError, match="linear fitness"):
        population(death_birth("1/4", fitness=linear_fitness())).at()
    with pytest.raises(ProtocolError, match="linear fitness"):
        population(birth_death(1, fitness=linear_fitness())).at()
    assert population(death_birth("3/10", fitness=linear_fitness()), payoffs=averaged()).at().low == -1.0


def test_rates_that_could_be_negative() -> None:
    with pytest.raises(ProtocolError, match="aspiration has to be at least 9"):
        population(imitation_of_the_dissatisfied(8)).at()
    with pytest.raises(ProtocolError, match="baseline has to be at most -3"):
        population(imitation_of_success(-2)).at()


def test_rates_of_ones_own() -> None:
    """By tables on a ring; where nodes differ there is no table, and chances above 1 are refused."""
    squared = pairwise_comparison(lambda gains: positive_part(gains) ** 2)
    with pytest.raises(ProtocolError, match=r"give the updating a step of at most 0\.25"):
        simulate_network(population(squared, ring(6)), start={"help": 1}, sweeps=1)
    slow = population(squared, ring(6), updating=asynchronous(step="1/4"))
    assert simulate_network(slow, start={"help": 1}, sweeps=40, seed=1).final.tolist() == [[1] * 6]
    with pytest.raises(UnsupportedError, match="nodes have as many neighbours"):
        simulate_network(population(squared, updating=asynchronous(step="1/100")), start={"help": 1}, sweeps=1)


def test_payoffs_beyond_floats() -> None:
    huge = MatrixGame([[10**308, 0], [0, 1]])
    with pytest.raises(ParameterError, match="larger unit"):
        network_population(huge, fermi_imitation(), PAW).at()
    large = MatrixGame([[10**285, 0], [0, 1]])
    with pytest.raises(ParameterError, match="larger unit"):
        network_population(large, fermi_imitation(), [(0, 1, 1e30)]).at()
    with pytest.raises(ParameterError, match="exceeds what a float holds"):
        network_population(large, death_birth(10**25), PAW).at()
    sure = network_population(large, fermi_imitation(), ring(8))  # chances of 0 and 1, no overflow
    assert simulate_network(sure, start=[0] * 4 + [1] * 4, sweeps=60, seed=2).final.tolist() == [[0] * 8]
    tiny = MatrixGame([[f"1/{10**300}", 0], [0, 0]])
    neutral = network_population(tiny, death_birth(), ring(8)).at()
    chances = neutral.chances(np.array([0, 1] * 4))
    assert chances[::2, 1].tolist() == pytest.approx([1 / 8] * 4)


@pytest.mark.parametrize(
    ("start", "text"),
    [
        ({"help": 0.4, "defect": 0.5}, "sum to 1"),
        ({"help": 1.5, "defect": -0.5}, "at least 0"),
        ({"helper": 1}, "did you mean 'help'"),
        ([0, 1, 1], "one strategy for each of 4 nodes"),
        ([[0, 1, 1, 0]] * 2, "rows of them for 3 runs"),
        ([0, 1, 2, 0], "0 to 1, got 0 to 2"),
        ([0, -1, 1, 0], "got -1 to 1"),
        (["help", "defect", "halp", "help"], "no strategy 'halp'"),
        ([0.5, 0.5, 0, 0], "by name or place"),
        ([], "by name or place"),
        ("help", "one strategy for each of 4 nodes"),
    ],
)
def test_starts_that_do_not_fit(start: Any, text: str) -> None:
    with pytest.raises(StateError, match=text):
        simulate_network(population(), start=start, sweeps=1, options=NetworkOptions(runs=3))


def test_schedules_that_do_not_fit() -> None:
    start = {"help": 1}
    with pytest.raises(ParameterError, match="sweeps"):
        simulate_network(population(), start=start, sweeps=0)
    with pytest.raises(ParameterError, match="no multiple of every = 3; take 9"):
        simulate_network(population(), start=start, sweeps=10, options=NetworkOptions(every=3))
    with pytest.raises(ParameterError, match=r"snapshots at \[4, 12\]"):
        simulate_network(population(), start=start, sweeps=9, options=NetworkOptions(every=3, snapshots=[3, 4, 12]))
    with pytest.raises(ParameterError, match="runs"):
        NetworkOptions(runs=0)
    with pytest.raises(ParameterError, match="seed"):
        simulate_network(population(), start=start, sweeps=1, seed=-1)


COPY = [fermi_imitation(), pairwise_imitation(), degree_scaled_imitation(), death_birth(), imitation_updating()]


@pytest.mark.parametrize("law", [*COPY, imitate_the_best(), birth_death()], ids=str)
def test_isolated_nodes_keep_their_strategy(law: Any) -> None:
    lonely = network([(0, 1), (1, 2)], size=5)
    run = simulate_network(population(law, lonely), start=[0, 1, 0, 0, 1], sweeps=50, seed=1)
    assert run.final[0, 3:].tolist() == [0, 1]


@pytest.mark.parametrize("law", [logit("1/10"), best_response()], ids=str)
def test_isolated_nodes_choose_evenly(law: Any) -> None:
    """They earn 0 with every strategy."""
    lonely = network([], size=400)
    run = simulate_network(population(law, lonely), start={"help": 1}, sweeps=20, seed=1)
    assert abs(run.shares[0, -1, 0] - 0.5) < 0.1
    assert simulate_network(population(smith(), lonely), start={"help": 1}, sweeps=20).shares[0, -1, 0] == 1


@pytest.mark.parametrize("law", [*COPY, imitate_the_best(), birth_death()], ids=str)
@pytest.mark.parametrize("net", [PAW, square_lattice(5)], ids=str)
def test_one_strategy_alone_stays(law: Any, net: Any) -> None:
    run = simulate_network(population(law, net), start={"defect": 1}, sweeps=30, seed=1)
    assert (run.final == 1).all() and (run.counts[..., 0] == 0).all() and len(run.times) == 31


def test_mutation_brings_strategies_back() -> None:
    """With a mutation of 1 under protocols every drawn node changes; of offspring too."""
    run = simulate_network(population(mutation=1, updating=synchronous()), start={"help": 1}, sweeps=3)
    assert run.shares[0, :, 0].tolist() == [1, 0, 1, 0]
    births = population(death_birth(), square_lattice(20), mutation="1/2")
    assert 0.4 < simulate_network(births, start={"help": 1}, sweeps=30).mean_shares(10)[0, 0] < 0.6


def test_a_single_pair() -> None:
    """Two nodes: under death-birth the other one always takes over."""
    run = simulate_network(population(death_birth(), [(0, 1)]), start=[0, 1], sweeps=1, seed=3)
    assert run.final[0, 0] == run.final[0, 1]


def test_what_is_shown() -> None:
    text = str(population(updating=synchronous(), payoffs=averaged(with_self=True), mutation="w"))
    assert text.startswith("network of 4 nodes") and text.endswith(
        "averaged with oneself payoffs, synchronous, mutation w"
    )
    assert "<table>" in population()._repr_html_()
