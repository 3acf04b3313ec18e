"""Weak selection on layers beside the exact first order of all 2^n states, by an implementation of its own, and with one layer beside the critical ratio."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    birth_death,
    death_birth,
    fermi_imitation,
    find_critical_ratio,
    find_layer_selection,
    imitation_updating,
    layers,
    mixed_cluster,
    network,
    pairwise_imitation,
    read_game,
    ring,
)
from coopgame.errors import GameError, NetworkError, UnsupportedError
from coopgame.networks.layers import LayeredNetwork
from coopgame.networks.payoffs import accumulated, averaged
from tests.paper import second_m8

M1 = read_game(Path(__file__).parents[2] / "paper_repro" / "models" / "m1.toml")
RULES = {
    "death-birth": death_birth(),
    "birth-death": birth_death(),
    "fermi": fermi_imitation(),
    "imitation": imitation_updating(),
}
NETS = {
    "mixed": second_m8.mixed(2, 3),
    "irregular": second_m8.Net(
        5, ((0, 1, "horizontal"), (1, 2, "vertical"), (2, 3, "horizontal"), (1, 3, "vertical"), (3, 4, "vertical"))
    ),
    "star": second_m8.Net(4, ((0, 1, "horizontal"), (0, 2, "vertical"), (0, 3, "vertical"))),
}


def layered(net: second_m8.Net) -> LayeredNetwork:
    edges = {k: [(i, j) for i, j, kind in net.edges if kind == k] for k in ("horizontal", "vertical")}
    return layers({kind: network(pairs, size=net.size) for kind, pairs in edges.items()})


def random_values(seed: int) -> dict[str, Fraction]:
    rng = np.random.default_rng(seed)
    values = {p.name: Fraction(int(rng.integers(1, 40)), 20) for p in M1.parameters}
    return values | {name: Fraction(int(rng.integers(0, 21)), 20) for name in ("psi", "phi")}


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("rule", list(RULES))
@pytest.mark.parametrize("name", list(NETS))
def test_the_difference_of_chances_is_exact(name: str, rule: str, mean: bool) -> None:
    net = NETS[name]
    selection = find_layer_selection(layered(net), RULES[rule], payoffs=averaged() if mean else accumulated())
    assert selection.known == "exact"
    for seed in range(2):
        values = random_values(seed)
        own = {"h": 0, "a": "3/10", "k": "1/5"}
        kinds = second_m8.two_kinds(values, Fraction(3, 10), Fraction(1, 5))
        one, other = second_m8.weak_selection(net, kinds, rule, accumulated=not mean)
        games = {"horizontal": M1, "vertical": (M1, own)}
        assert selection.difference(games, values) == one - other


@pytest.mark.parametrize("rule", list(RULES))
def test_the_condition_turns_at_the_critical_value(rule: str) -> None:
    net = NETS["mixed"]
    selection = find_layer_selection(layered(net), RULES[rule], payoffs=averaged())
    condition = selection.condition({"horizontal": M1, "vertical": (M1, {"h": 0})})
    values = random_values(5) | {"a": Fraction(1, 2), "k": Fraction(2)}
    kinds = second_m8.two_kinds(values, values["a"], values["k"])
    critical = second_m8.critical_value(net, kinds, rule, "h", ["horizontal"])
    assert critical is not None
    point = {name: Fraction(value) for name, value in values.items()}
    assert condition.holds(point | {"h": critical - Fraction(1, 1000)})
    assert not condition.holds(point | {"h": critical + Fraction(1, 1000)})


@pytest.mark.parametrize("rule", list(RULES))
def test_one_layer_is_a_network(rule: str) -> None:
    net = ring(9, 4)
    ratio = find_critical_ratio(net, RULES[rule])
    selection = find_layer_selection(layers({"trade": net}), RULES[rule])
    assert selection.own["trade"] == ratio.cost + ratio.benefit
    assert selection.other["trade"] == ratio.cost - ratio.benefit
    game = MatrixGame([["b - c", "-c"], ["b", 0]])
    assert selection.condition(game) == ratio.condition(game)
    assert selection.weight("trade") == (1, 1)


def test_floats_agree_with_fractions() -> None:
    cluster = mixed_cluster([8, 8, 8], seed=4, partners=6)
    for rule in RULES.values():
        exact = find_layer_selection(cluster, rule, exact_up_to=24)
        near = find_layer_selection(cluster, rule, exact_up_to=0)
        assert (exact.known, near.known) == ("exact", "numerical")
        for name in exact.own:
            assert near.own[name] == pytest.approx(float(exact.own[name]), rel=1e-9)
            assert near.other[name] == pytest.approx(float(exact.other[name]), rel=1e-9)


def test_errors_say_what_is_possible() -> None:
    trade = layers({"horizontal": ring(6), "vertical": [(0, 3), (1, 4), (2, 5)]})
    selection = find_layer_selection(trade, death_birth())
    game = MatrixGame([["b - c", "-c"], ["b", 0]])
    with pytest.raises(NetworkError, match="missing 'vertical'"):
        selection.condition({"horizontal": game})
    with pytest.raises(GameError, match="same parameters"):
        selection.condition({"horizontal": game, "vertical": MatrixGame([[1, 0], [0, 1]])})
    with pytest.raises(UnsupportedError, match="two strategies"):
        selection.condition(MatrixGame([[0, 1, 2]] * 3))
    with pytest.raises(NetworkError, match="no layers"):
        find_layer_selection(ring(6), death_birth())
    with pytest.raises(UnsupportedError, match="elsewhere simulate"):
        find_layer_selection(trade, pairwise_imitation())
    with pytest.raises(NetworkError, match="no layer 'rail'"):
        selection.weight("rail")
