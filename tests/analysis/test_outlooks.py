"""Labels of regimes against payoffs compared by hand at random parameters."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from coopgame import (
    GameError,
    MatrixGame,
    ParameterError,
    PopulationGame,
    UnsupportedError,
    find_outlooks,
    find_regimes,
    find_rest_points,
    read_game,
)

MODELS = Path(__file__).parents[2] / "paper_repro" / "models"


def _outlooks(game, **options):
    points = find_rest_points(game)
    regimes = find_regimes(game, points=points)
    return regimes, find_outlooks(regimes, points, **options)


def test_the_prisoners_dilemma_is_a_trap_and_the_stag_hunt_depends_on_the_path() -> None:
    dilemma = MatrixGame(
        [["b - c", "-c"], ["b", "0"]], strategies=["C", "D"], symbol="x", assumptions=["b > c", "c > 0"]
    )
    _, (only,) = _outlooks(dilemma)
    assert only["trap"].holds == "always" and only.name == "trap"
    stag = MatrixGame(
        [["s", "0"], ["h", "h"]], strategies=["stag", "hare"], symbol="x", assumptions=["s > h", "h > 0"]
    )
    _, (both,) = _outlooks(stag)
    assert both.name == "path dependence, win-win, greatest total" and both["trap"].holds == "never"


def test_m1_by_hand_at_random_parameters() -> None:
    """Price war alone stable: a trap iff m + a + k - c + s > m - d - g - t; cooperation alone: win-win iff total rises too."""
    game = read_game(MODELS / "m1.toml")
    regimes, outlooks = _outlooks(game, transfers=("s", "t"))
    war = next(o for o in outlooks if o.regime.stable == ("E1",))
    peace = next(o for o in outlooks if o.regime.stable == ("E2",))
    assert war["trap"].holds == "sometimes" and peace["win-win"].holds == "sometimes"
    rng = np.random.default_rng(2)
    seen = set()
    for _ in range(400):
        p = {n: Fraction(int(rng.integers(1, 40)), 20) for n in game.ring.names} | {
            n: Fraction(int(rng.integers(0, 21)), 20) for n in ("psi", "phi")
        }
        if any(surface.condition.holds(p) for surface in regimes.hypersurfaces):
            continue
        regime = regimes.at(p).stable
        private = p["a"] + p["k"] - p["c"] + p["s"] + p["d"] + p["g"] + p["t"]
        social = private - p["s"] - p["t"]
        if regime == ("E1",):
            assert war["trap"].condition.holds(p) == (private > 0)
        if regime == ("E2",):
            assert peace["win-win"].condition.holds(p) == (private > 0 and social > 0)
        seen.add(regime)
    assert {("E1",), ("E2",)} <= seen
    fits, misses = war["trap"].fits, war["trap"].does_not_fit
    assert fits is not None and regimes.at(fits).stable == ("E1",)
    assert misses is not None and not war["trap"].condition.holds(misses)


def test_the_lasting_state_of_m4_is_a_win_win_wherever_it_is_stable() -> None:
    """Proved in the report by hand for each party; here as a label of every regime that contains it."""
    _, outlooks = _outlooks(read_game(MODELS / "m4.toml"), transfers=("S_p", "S_s", "F_p", "F_s"))
    with_it = [o for o in outlooks if "E7" in o.regime.stable]
    assert len(with_it) == 3 and all(o["win-win"].holds == "always" for o in with_it)
    assert outlooks["R1"].name == "no stable state"


def test_mixed_states_and_own_names() -> None:
    hawks = MatrixGame([["(V - C)/2", "V"], ["0", "V/2"]], symbol="x", assumptions=["C > V", "V > 0"])
    _, outlooks = _outlooks(hawks, named=lambda o: "peace" if o["coexistence"].holds == "always" else "?")
    assert [o.name for o in outlooks] == ["peace"]
    assert "trap" in outlooks.meanings() and "peace" in str(outlooks)


def test_bad_questions_are_refused() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", "0"]], symbol="x")
    with pytest.raises(GameError, match="'E9' is no pure state; there are E1, E2"):
        _outlooks(game, baseline="E9")
    with pytest.raises(ParameterError, match="unknown parameter 'tax'"):
        _outlooks(game, transfers=("tax",))
    with pytest.raises(UnsupportedError, match="welfare needs payoffs"):
        _outlooks(PopulationGame.from_advantages({"x": "y - a", "y": "x - b"}))
