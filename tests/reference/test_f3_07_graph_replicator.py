"""Published results reproduced: the replicator equation on graphs under death-birth updating, Ohtsuki and Nowak (2006)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from coopgame import MatrixGame, death_birth, find_rest_points, replicator, replicator_on_graph

DONATION = MatrixGame([["b - c", "-c"], ["b", 0]], ["cooperate", "defect"])


@pytest.mark.parametrize(("ratio", "lead"), [("3.9", Fraction(-4, 100)), ("4.1", Fraction(4, 100))])
def test_cooperation_loses_below_the_degree_and_wins_above_it(ratio: str, lead: Fraction) -> None:
    game = replicator_on_graph(DONATION, 4, death_birth())
    payoffs = game.payoff_matrix({"b": ratio, "c": 1})
    # on the edge: a cooperator among defectors and a defector among cooperators
    assert payoffs[0, 1] - payoffs[1, 1] == pytest.approx(float(lead), abs=1e-12)
    assert payoffs[0, 0] - payoffs[1, 0] == pytest.approx(float(lead), abs=1e-12)
    speed = replicator(game)([0.5, 0.5], {"b": ratio, "c": 1})
    assert (speed[0] > 0) == (lead > 0)


def test_hawks_and_doves() -> None:
    game = replicator_on_graph(MatrixGame([["(V - C)/2", "V"], [0, "V/2"]], ["hawk", "dove"]), 4, death_birth())
    values = {"V": 4, "C": 6}
    assert np.abs(game.payoff_matrix(values) - [[-1, 2.9], [1.1, 2]]).max() < 1e-12
    mixed = find_rest_points(game, values)["I1"]
    assert abs(float(mixed.coordinates["x"]) - 0.3) < 1e-12
    well_mixed = find_rest_points(MatrixGame([["(V - C)/2", "V"], [0, "V/2"]]), values)["I1"]
    assert abs(float(well_mixed.coordinates["x"]) - 2 / 3) < 1e-12
