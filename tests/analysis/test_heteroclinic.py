"""Heteroclinic cycles against published criteria and integration."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, PopulationGame, UnsupportedError, find_heteroclinic_cycles, read_game
from coopgame.algebra.conditions import FALSE, TRUE

GAMES = Path(__file__).parents[1] / "reference" / "games"
positive = st.fractions("1/5", 3, max_denominator=5)


def test_rock_paper_scissors() -> None:
    """Zeeman (1980), Hofbauer and Sigmund (1998), theorem 7.7.2: the cycle attracts iff losses a exceed gains b."""
    (cycle,) = find_heteroclinic_cycles(read_game(GAMES / "F2-03a.toml"))
    assert cycle.exists == TRUE
    assert (cycle.attracts.text(), cycle.repels.text()) == ("a > b", "a < b")


@given(st.lists(positive, min_size=6, max_size=6))
@settings(max_examples=15)
def test_general_rock_paper_scissors_by_the_interior_point(numbers: list) -> None:
    """Hofbauer and Sigmund (1998), section 7.7: the cycle attracts iff the interior point repels, by the sign of det A."""
    a, b, c, d, e, f = (float(v) for v in numbers)
    table = [[0, -a, b], [c, 0, -d], [-e, f, 0]]
    determinant = np.linalg.det(np.array(table))
    assume(abs(determinant) > 0.05)
    matrix = [[0, -numbers[0], numbers[1]], [numbers[2], 0, -numbers[3]], [-numbers[4], numbers[5], 0]]
    (cycle,) = find_heteroclinic_cycles(MatrixGame(matrix))
    assert (cycle.attracts == TRUE) == (determinant < 0)


def test_the_commons_cycle_attracts_where_the_mixed_point_repels() -> None:
    """Weitz et al. (2016): both change at dP1 dR0 = dS0 dT1."""
    game = read_game(GAMES / "F4-01a.toml")
    (cycle,) = find_heteroclinic_cycles(game)
    assert sorted(part.text() for part in cycle.exists.parts) == ["R0 > T0", "R1 < T1", "S0 > P0", "S1 < P1"]
    defaults = game.values()
    assert cycle.attracts.holds(defaults) and not cycle.repels.holds(defaults)
    averted = {**defaults, "R0": 5, "S0": 3, "T0": 4, "P0": 1, "R1": 3, "S1": 0, "T1": 5, "P1": 1}
    assert cycle.repels.holds(averted) and not cycle.attracts.holds(averted)


def test_what_is_not_planar_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="planar"):
        find_heteroclinic_cycles(read_game(GAMES / "F1-06a.toml"))
    with pytest.raises(UnsupportedError, match="ends of n are not at rest"):
        find_heteroclinic_cycles(read_game(GAMES / "F4-02.toml"))
    saddle = find_heteroclinic_cycles(PopulationGame.from_advantages({"x": "y - 1/2", "y": "x - 1/2"}))
    assert saddle == ()
    assert FALSE not in [c.exists for c in find_heteroclinic_cycles(read_game(GAMES / "F1-14a.toml"))]
