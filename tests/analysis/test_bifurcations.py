"""Bifurcations of rest points as one parameter moves, against published values and formulas."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from coopgame import ParameterError, PopulationGame, find_bifurcations, find_rest_points, read_game

GAMES = Path(__file__).parents[1] / "reference" / "games"


def test_break_and_sustain_points_of_agglomeration() -> None:
    """Forslid and Ottaviano (2003): break point (sg - mu)(sg - 1 - mu)/((sg + mu)(sg - 1 + mu)), a subcritical pitchfork."""
    found = find_bifurcations(read_game(GAMES / "F4-08a.toml"), "phi", ("0.6", "0.8"))
    pitchfork = [b for b in found if b.kind == "pitchfork"]
    assert [b.value for b in pitchfork] == pytest.approx([4.6 * 3.6 / (5.4 * 4.4)], abs=1e-12)
    assert pitchfork[0].happens.startswith("subcritical") and pitchfork[0].state == {"lam": 0.5}
    leaving = [b.value for b in found if b.kind == "transcritical"]
    assert leaving == pytest.approx([0.6954423676] * 2, abs=1e-9)


def test_the_hopf_point_of_a_renewable_resource() -> None:
    """After Tilman, Plotkin and Akcay (2020): eps_H = 0.0380713 at (0.759518, 0.731662)."""
    found = find_bifurcations(read_game(GAMES / "F4-02.toml"), "eps", ("0.01", "0.1"))
    assert found.complete and [b.kind for b in found] == ["Hopf"]
    assert found[0].value == pytest.approx(0.03807130877, abs=1e-11) and found[0].radius < 1e-12
    assert found[0].state == pytest.approx({"x": 0.7595178272, "n": 0.731662479}, abs=1e-9)
    assert found[0].coefficient is not None and found[0].coefficient < 0


def test_a_degenerate_hopf_point_is_recognised() -> None:
    """Weitz et al. (2016): at dP1 dR0 = dS0 dT1 the variables separate and all orbits close; here R0 = 2 + 1/2."""
    found = find_bifurcations(read_game(GAMES / "F4-01a.toml"), "R0", (2, 5))
    assert [(b.kind, b.value) for b in found] == [("Hopf", 2.5)]
    assert "closed orbits" in found[0].happens and found[0].coefficient is None


@pytest.mark.parametrize("c", ["3/10", "7/10", "9/10"])
def test_a_fold_by_formula(c: str) -> None:
    """D(x) = k - (x - c)**2: two points for 0 < k < min(c, 1 - c)**2, one leaves at each end of the interval."""
    game = PopulationGame.from_advantages({"x": f"k - (x - {c})**2"}, parameters={"k": None})
    found = find_bifurcations(game, "k", ("-1/2", 1))
    middle = float(Fraction(c))
    assert found.complete
    assert [(b.kind, b.value) for b in found if b.kind == "fold"] == [("fold", pytest.approx(0, abs=1e-12))]
    assert [b.value for b in found if b.kind == "transcritical"] == pytest.approx(
        sorted([middle**2, (1 - middle) ** 2]), abs=1e-12
    )


def test_the_number_of_points_changes_only_there() -> None:
    """Between neighbouring bifurcations rest points keep their number and types."""
    game = PopulationGame.from_advantages(
        {"x": "k - 3*x + 7*x**2 - 4*x**3 + x*y", "y": "x - k*y - 1/5"}, parameters={"k": None}
    )
    found = find_bifurcations(game, "k", ("1/10", 2))
    assert found.complete
    ends = [0.1, *(b.value for b in found), 2.0]
    for low, high in pairwise(ends):
        pictures = {
            tuple(sorted(str(p.stability) for p in find_rest_points(game, {"k": f"{value:.9f}"})))
            for value in np.linspace(low, high, 6)[1:-1]
        }
        assert len(pictures) == 1


def test_a_line_of_rest_points_is_said_once() -> None:
    found = find_bifurcations(read_game(GAMES / "F1-14a-dynamic.toml"), "F", ("0.1", 10))
    assert [(b.value, b.kind) for b in found] == [
        (pytest.approx(1), "line of rest points"),
        (pytest.approx(2), "transcritical"),
        (pytest.approx(4), "transcritical"),
    ]


def test_bad_questions_are_refused() -> None:
    game = read_game(GAMES / "F4-02.toml")
    with pytest.raises(ParameterError, match="unknown parameter 'epsilon'"):
        find_bifurcations(game, "epsilon", (0, 1))
    with pytest.raises(ParameterError, match="smaller value first"):
        find_bifurcations(game, "eps", (1, "0.1"))
