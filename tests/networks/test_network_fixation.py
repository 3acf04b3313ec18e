"""Fixation on networks by simulation against absorption of chains over all states, closed forms and published thresholds."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    absolute_error,
    averaged,
    birth_death,
    complete,
    death_birth,
    fermi_imitation,
    imitation_updating,
    linear_fitness,
    network,
    network_population,
    pairwise_imitation,
    random_regular,
    ring,
    simulate_network_fixation,
    synchronous,
)
from coopgame.errors import NetworkError, ParameterError, StateError, UnsupportedError
from tests.networks import brute_network as brute
from tests.networks.test_network_chains import HEAVY, ONE_WAY, PAW, TWO, weights

GAME = MatrixGame(TWO, strategies=["hold", "share"])
PRISONERS = MatrixGame([["b - c", "-c"], ["b", 0]], strategies=["help", "defect"])
LAWS: dict[str, Any] = {
    "death-birth": (death_birth("1/2"), brute.by_fitness(lambda f: math.exp(f / 2), itself=False)),
    "imitation": (imitation_updating("1/2"), brute.by_fitness(lambda f: math.exp(f / 2), itself=True)),
    "fermi": (fermi_imitation("3/4"), brute.fermi(0.75)),
    "birth-death": (birth_death("1/2"), None),
    "birth-death, wide": (birth_death(4), None),
}


def absorbed(matrix: np.ndarray, nodes: int) -> float:
    """Return the chance that one mutant of strategy 1 at a random node takes over."""
    last = len(matrix) - 1
    inner = list(range(1, last))
    reach = np.linalg.solve(np.eye(len(inner)) - matrix[np.ix_(inner, inner)], matrix[inner, last])
    return float(np.mean([reach[inner.index(2**k)] for k in range(nodes)]))


@pytest.mark.parametrize("kind", ["paw", "ring", "heavy", "one way"])
@pytest.mark.parametrize("name", LAWS)
def test_tiny_networks(name: str, kind: str) -> None:
    """The ring by tables, the others by counts."""
    law, drawn = LAWS[name]
    edges = {"paw": PAW, "ring": [(0, 1), (1, 2), (2, 3), (3, 0)], "heavy": HEAVY, "one way": ONE_WAY}[kind]
    net = weights(edges, 4, directed=kind == "one way")
    scene = brute.Scene([(net, TWO)], net)
    if drawn is None:
        matrix = brute.births(scene, lambda f: math.exp(float(law.settings[0][1]) * f))
    else:
        matrix = brute.chain(scene, drawn, together=False)
    exact = absorbed(matrix, 4)
    population = network_population(GAME, law, network(edges, directed=kind == "one way"))
    found = simulate_network_fixation(population, None, "hold", "share", runs=30_000, seed=2)
    assert found.status == "complete" and found.unfinished == 0 and found.fixed + found.extinct == 30_000
    assert abs(found.probability - exact) < 4 * math.sqrt(exact * (1 - exact) / 30_000)


@pytest.mark.parametrize("size", [5, 12])
def test_the_star_amplifies_selection(size: int) -> None:
    """Birth-death with constant fitness on a star, solved by the number of mutant leaves and the centre alone."""
    r, leaves = 1.5, size - 1
    states = [(centre, k) for centre in (0, 1) for k in range(leaves + 1)]
    place = {state: k for k, state in enumerate(states)}
    matrix = np.zeros((len(states), len(states)))
    for centre, k in states:
        fitness = {"centre": r if centre else 1.0, "mutants": k * r, "others": leaves - k}
        total = sum(fitness.values())
        moves = [((1, k), fitness["mutants"] / total), ((0, k), fitness["others"] / total)]
        share = fitness["centre"] / total
        moves += [((centre, k + 1 if centre else k), share * (leaves - k) / leaves)]
        moves += [((centre, k if centre else k - 1), share * k / leaves)]
        for after, chance in moves:
            if chance:
                matrix[place[centre, k], place[after]] += chance
    ends = (place[0, 0], place[1, leaves])
    inner = [k for k in range(len(states)) if k not in ends]
    reach = np.linalg.solve(np.eye(len(inner)) - matrix[np.ix_(inner, inner)], matrix[inner, ends[1]])
    exact = (reach[inner.index(place[1, 0])] + leaves * reach[inner.index(place[0, 1])]) / size
    assert exact > (1 - 1 / r) / (
        1 - 1 / r**size
    )  # Lieberman, Hauert and Nowak (2005): more than in the Moran process
    star = network([(0, k) for k in range(1, size)])
    constant = MatrixGame([[1, 1], [r, r]], strategies=["a", "b"])
    law = birth_death(1, fitness=linear_fitness())

    population = network_population(constant, law, star, payoffs=averaged())
    found = simulate_network_fixation(population, None, "a", "b", runs=40_000, seed=5)
    assert abs(found.probability - exact) < 4 * found.standard_error


@pytest.mark.parametrize("net", [ring(12), random_regular(12, 3, seed=4), complete(12)], ids=str)
def test_isothermal_networks_keep_the_moran_chance(net: Any) -> None:
    """Lieberman, Hauert and Nowak (2005): (1 - 1/r) / (1 - 1/r**N) on every regular network."""
    r = 1.2
    constant = MatrixGame([[1, 1], ["r", "r"]], strategies=["a", "b"])
    law = birth_death(1, fitness=linear_fitness())
    population = network_population(constant, law, net, payoffs=averaged())
    found = simulate_network_fixation(population, {"r": "6/5"}, "a", "b", runs=40_000, seed=1)
    assert abs(found.probability - (1 - 1 / r) / (1 - 1 / r**12)) < 4 * found.standard_error


@pytest.mark.parametrize(("b", "better"), [(12, True), (2, False)])
def test_death_birth_on_a_random_regular_network(b: int, better: bool) -> None:
    """Ohtsuki, Hauert, Lieberman and Nowak (2006): helpers take over more often than neutral mutants where b/c is above the number of neighbours, corrected for
    finite size (N - 2) / (N/k - 2), here 98/23; birth-death never favours them.
    """
    net = random_regular(100, 4, seed=1)
    values = {"b": b, "c": 1}
    found = simulate_network_fixation(
        network_population(PRISONERS, death_birth("1/100"), net), values, "defect", "help", runs=60_000, seed=1
    )
    low, high = found.interval(0.999)
    assert low > 0.01 if better else high < 0.01
    never = simulate_network_fixation(
        network_population(PRISONERS, birth_death("1/100"), net), values, "defect", "help", runs=20_000, seed=1
    )
    assert never.interval(0.999)[1] < 0.01


def test_neutral_mutants_and_workers() -> None:
    """One over the number of nodes on any network, and the same runs whatever the threads."""
    paw = network_population(MatrixGame([[0, 0], [0, 0]]), death_birth(), network(PAW))
    one = simulate_network_fixation(paw, None, "1", "2", runs=25_000, seed=9)
    two = simulate_network_fixation(paw, None, "1", "2", runs=25_000, seed=9, workers=2)
    assert (one.fixed, one.steps) == (two.fixed, two.steps)
    assert abs(one.probability - one.neutral) < 4 * one.standard_error
    assert simulate_network_fixation(paw, None, "1", "2", runs=25_000, seed=8).fixed != one.fixed


def test_precision_ends_the_runs() -> None:
    paw = network_population(GAME, fermi_imitation(), network(PAW))
    found = simulate_network_fixation(paw, None, "hold", "share", precision=absolute_error(0.01), runs=10**6)
    assert found.standard_error < 0.0101 and 2000 <= found.runs <= 3000
    assert found.status == "complete"
    short = simulate_network_fixation(paw, None, "hold", "share", precision=absolute_error(0.001), runs=2000)
    assert "was not reached" in short.status


def test_runs_that_are_cut() -> None:
    """A snowdrift game with strong selection keeps both strategies for ever."""
    snowdrift = MatrixGame([[0, 1], [1, 0]])
    population = network_population(snowdrift, fermi_imitation(60), ring(30, 6))
    found = simulate_network_fixation(population, None, "1", "2", runs=50, most_steps=20_000)
    assert found.unfinished > 25 and "raise most_steps" in found.status
    low, high = found.interval()
    assert low < 0.1 and high > 0.5


def test_what_has_no_fixation_is_refused() -> None:
    paw = network(PAW)
    cases: list[tuple[Any, type[Exception], str]] = [
        (network_population(GAME, pairwise_imitation(), paw), UnsupportedError, "coexist"),
        (network_population(GAME, death_birth(), paw, updating=synchronous()), UnsupportedError, "asynchronous"),
        (network_population(GAME, death_birth(), paw, mutation="1/10"), UnsupportedError, "mutation"),
        (network_population(GAME, death_birth(), network(PAW, size=5)), NetworkError, "connected"),
        (network_population(GAME, death_birth(), network([(0, 1)], directed=True)), NetworkError, "connected"),
    ]
    for population, error, text in cases:
        with pytest.raises(error, match=text):
            simulate_network_fixation(population, None, "hold", "share")
    population = network_population(GAME, death_birth(), paw)
    with pytest.raises(StateError, match="did you mean 'share'"):
        simulate_network_fixation(population, None, "hold", "shar")
    with pytest.raises(StateError, match="both 'hold'"):
        simulate_network_fixation(population, None, "hold", "hold")
    with pytest.raises(ParameterError, match="runs"):
        simulate_network_fixation(population, None, "hold", "share", runs=0)


def test_two_of_three_strategies() -> None:
    """Only resident and mutant are there: the third one does not matter."""
    three = MatrixGame([[1, 9, 0], [7, 7, 7], ["5/4", 3, "1/2"]], strategies=["a", "x", "b"])
    two = MatrixGame([[1, 0], ["5/4", "1/2"]], strategies=["a", "b"])
    for law, net in product((death_birth("1/2"), fermi_imitation()), (network(PAW), ring(5))):
        found = [
            simulate_network_fixation(network_population(game, law, net), None, "a", "b", runs=3000, seed=3)
            for game in (three, two)
        ]
        assert found[0].fixed == found[1].fixed


def test_what_is_shown() -> None:
    found = simulate_network_fixation(
        network_population(GAME, death_birth(), network(PAW)), None, "hold", "share", runs=2000
    )
    row = found.to_dataframe().iloc[0]
    assert (row.resident, row.mutant, row.runs, row.fixed) == ("hold", "share", 2000, found.fixed)
    assert str(found).startswith("share takes over hold with chance 0.") and "<table>" in found._repr_html_()
