"""M8: the boundaries of its study, re-derived by hand and by a second implementation."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from coopgame import (
    NetworkOptions,
    averaged,
    birth_death,
    death_birth,
    fermi_imitation,
    find_regimes,
    imitation_updating,
    layers,
    network,
    network_population,
    read_game,
    replicator_on_graph,
    simulate_network,
    simulate_network_fixation,
)
from coopgame.networks.layers import LayeredNetwork
from tests.paper import second_m8

MODELS = Path(__file__).parents[2] / "paper_repro" / "models"
M1, M8 = read_game(MODELS / "m1.toml"), read_game(MODELS / "m8.toml")
RULES = {
    "death-birth": death_birth(),
    "imitation": imitation_updating(),
    "birth-death": birth_death(),
    "fermi": fermi_imitation(),
}


def random_values(rng: np.random.Generator) -> dict[str, Fraction]:
    values = {p.name: Fraction(int(rng.integers(1, 40)), 20) for p in M8.parameters}
    values |= {name: Fraction(int(rng.integers(0, 21)), 20) for name in ("psi", "phi", "theta")}
    return values | {"c": Fraction(int(rng.integers(1, 160)), 20), "g": Fraction(int(rng.integers(1, 20)), 20)}


def mean_table(values: dict[str, Fraction]) -> list[list[Fraction]]:
    """The payoffs of a firm's mean relation, by its two kinds; the first strategy cooperates."""
    kinds = second_m8.two_kinds(values, values["a_v"], values["k_v"])
    tables = {kind: second_m8.table_m1(own) for kind, own in kinds.items()}
    theta = values["theta"]
    return [
        [(1 - theta) * tables["horizontal"][x][y] + theta * tables["vertical"][x][y] for y in (1, 0)] for x in (1, 0)
    ]


def test_the_game_is_the_mean_of_both_kinds_of_relations() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        values = random_values(rng)
        expected = np.array([[float(v) for v in row] for row in mean_table(values)])
        assert M8.payoff_matrix(values) == pytest.approx(expected, abs=1e-12)  # type: ignore[attr-defined]


@pytest.mark.parametrize("rule", list(RULES))
def test_regimes_on_networks_by_the_terms_of_m1(rule: str) -> None:
    """Greed and fear less what local competition takes, with S = greed + fear and P = CC - WW."""
    rng = np.random.default_rng(2)
    regimes = find_regimes(replicator_on_graph(M8, 5, RULES[rule]))
    z, seen = 5, set()
    for _ in range(150):
        values = random_values(rng)
        (cc, cw), (wc, ww) = mean_table(values)
        greed, fear, gap = wc - cc, ww - cw, cc - ww
        total = greed + fear
        taken = {
            "death-birth": (z * gap - total) / ((z + 1) * (z - 2)),
            "imitation": (z * gap - 3 * total) / ((z + 3) * (z - 2)),
            "birth-death": -total / (z - 2),
            "fermi": -total / (z - 2),
        }[rule]
        signs = (greed > taken, fear > taken)
        expected = {
            (True, True): ("E1",),
            (False, False): ("E2",),
            (True, False): ("I1",),
            (False, True): ("E1", "E2"),
        }[signs]
        if taken in (greed, fear):
            continue
        seen.add(expected)
        assert regimes.at(values).stable == expected
    assert len(seen) >= 3


def layered(net: second_m8.Net) -> LayeredNetwork:
    edges = {k: [(i, j) for i, j, kind in net.edges if kind == k] for k in ("horizontal", "vertical")}
    return layers({kind: network(pairs, size=net.size) for kind, pairs in edges.items()})


GAMES = {"horizontal": M1, "vertical": (M1, {"h": 0})}
VALUES = {n: Fraction(v) for n, v in M1.values().items()} | {"s": Fraction(1, 5)}
KINDS = second_m8.two_kinds(VALUES, VALUES["a"], VALUES["k"])


@pytest.mark.parametrize("rule", list(RULES))
def test_fixation_on_a_mixed_cluster_beside_all_of_its_states(rule: str) -> None:
    net = second_m8.mixed(2, 3)
    make = {
        "death-birth": death_birth,
        "imitation": imitation_updating,
        "birth-death": birth_death,
        "fermi": fermi_imitation,
    }[rule]
    population = network_population(GAMES, make(2), layered(net), payoffs=averaged())
    expected = second_m8.fixation(net, KINDS, rule, 2.0)
    for resident, mutant, chance in (
        ("price war", "cooperate", expected[0]),
        ("cooperate", "price war", expected[1]),
    ):
        found = simulate_network_fixation(population, VALUES, resident, mutant, runs=20_000, seed=5, progress=False)
        assert abs(found.probability - chance) < 4.5 * found.standard_error


def test_time_averages_with_mutation_beside_a_plain_simulation() -> None:
    """Under Fermi imitation a mutant takes the other strategy instead of comparing, in both."""
    net = second_m8.mixed(3, 3)
    population = network_population(GAMES, fermi_imitation(2), layered(net), payoffs=averaged(), mutation="1/10")
    options = NetworkOptions(runs=40, progress=False)
    start = {"cooperate": 0.5, "price war": 0.5}
    run = simulate_network(population, VALUES, start=start, sweeps=1500, seed=3, options=options)
    found = run.mean_shares(100)[:, 0]
    mean, error = second_m8.time_average(net, KINDS, "fermi", 2.0, 0.1, 60_000, 7)
    both = np.hypot(error, found.std(ddof=1) / np.sqrt(len(found)))
    assert abs(found.mean() - mean) < 4.5 * both
