"""Named games whose payoffs sum over rounds or roles, played out round by round."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import sympy

from coopgame import catalog, find_ess_vertices, find_pure_nash_equilibria, find_rest_points, integrate, replicator

Player = Callable[[list[str]], str]
PLAYERS: dict[str, Player] = {
    "ALLC": lambda _seen: "C",
    "ALLD": lambda _seen: "D",
    "TFT": lambda seen: seen[-1] if seen else "C",
}
PUBLISHED = {"T": 5, "R": 3, "P": 1, "S": "0.1", "m": 10, "c": "0.8"}


def rounds_of(one: Player, two: Player, number: int) -> list[tuple[str, str]]:
    """Play a number of rounds; each player sees what the other one did before."""
    played: list[tuple[str, str]] = []
    for _ in range(number):
        played.append((one([b for _, b in played]), two([a for a, _ in played])))
    return played


@pytest.mark.parametrize("number", [2, 3, 10])
def test_the_repeated_dilemma_round_by_round(number: int) -> None:
    """Imhof, Fudenberg and Nowak (2005): sums over m rounds, less the cost of tit-for-tat."""
    stage = {("C", "C"): 3, ("C", "D"): Fraction(1, 10), ("D", "C"): 5, ("D", "D"): 1}
    game = catalog.iterated_prisoners_dilemma(**{**PUBLISHED, "m": number})
    for i, (own, one) in enumerate(PLAYERS.items()):
        for j, two in enumerate(PLAYERS.values()):
            total = sum(stage[moves] for moves in rounds_of(one, two, number))
            total -= Fraction(8, 10) if own == "TFT" else 0
            assert Fraction(str(game.payoffs[i][j])) == total


def test_only_defection_is_stable_and_the_mixture_of_all_repels() -> None:
    """Imhof, Fudenberg and Nowak (2005), T, R, P, S = 5, 3, 1, 0.1, m = 10, c = 0.8: ALLD alone is a strict equilibrium."""
    game = catalog.iterated_prisoners_dilemma(**PUBLISHED)
    assert {e.profile: e.strict for e in find_pure_nash_equilibria(game)} == {("ALLD",): True}
    assert find_ess_vertices(game) == ("ALLD",)
    points = find_rest_points(game)
    assert [p.label for p in points.attractors] == ["E2"] and str(points["I1"].stability) == "source"
    # the mixture at which all three earn the same, by linear equations of its own
    table = sympy.Matrix(game.payoffs)
    shares = sympy.symbols("u v w")
    earned = table * sympy.Matrix(shares)
    solved = sympy.solve([earned[0] - earned[1], earned[0] - earned[2], sum(shares) - 1], shares)
    assert list(points["I1"].coordinates.values()) == [solved[s] for s in shares]
    path = integrate(replicator(game), [0.3, 0.1, 0.6], t_end=400)
    assert (path.outcome.kind, path.outcome.label) == ("converged", "E2")


def test_without_its_cost_tit_for_tat_drifts_to_cooperation() -> None:
    """Imhof, Fudenberg and Nowak (2005), c = 0: ALLC and TFT alone earn the same, a line of rest points."""
    points = find_rest_points(catalog.iterated_prisoners_dilemma(**{**PUBLISHED, "c": 0}))
    assert [c.where for c in points.components] == ["player.ALLD = 0"]


@pytest.mark.parametrize("discount", [0.1, 0.5, 0.9])
def test_collusion_adds_up_over_time(discount: float) -> None:
    """Friedman (1971): grim punishment, discounted over 2000 rounds that are played out."""
    pm, pc = 10.0, 1.0

    def profit(own: str, other: str, punished: bool) -> float:
        if punished:
            return pc
        if own == other:
            return pm / 2 if own == "collude" else pc
        return pm if own == "undercut" else 0.0

    game = catalog.tacit_collusion(pm=10, pc=1, d=str(discount))
    names = game.populations[0].strategies
    for i, own in enumerate(names):
        for j, other in enumerate(names):
            punished, total = False, 0.0
            for t in range(2000):
                total += discount**t * profit(own, other, punished)
                punished = punished or "undercut" in (own, other)
            assert float(game.payoffs[i][j]) == pytest.approx(total, rel=1e-9)


def test_the_ultimatum_role_by_role() -> None:
    """Nowak, Page and Sigmund (2000): the sum over a turn as proposer and a turn as responder."""
    h, low = Fraction(2, 5), Fraction(1, 10)
    game = catalog.ultimatum_minigame(h="2/5", l="1/10")
    offers = [(low, low), (h, low), (h, h), (low, h)]  # what each gives, and the least it takes
    for i, (p, q) in enumerate(offers):
        for j, (other_p, other_q) in enumerate(offers):
            earned = (1 - p if p >= other_q else 0) + (other_p if other_p >= q else 0)
            assert Fraction(str(game.payoffs[i][j])) == earned
    assert game.populations[0].strategies == ("low-low", "high-low", "high-high", "low-high")


def test_reason_is_the_only_strict_equilibrium_beside_a_line_of_fairness() -> None:
    """Nowak, Page and Sigmund (2000): without reputation only low-low is stable; fair states drift along a line."""
    game = catalog.ultimatum_minigame(h="2/5", l="1/10")
    assert {e.profile[0]: e.strict for e in find_pure_nash_equilibria(game)} == {"low-low": True, "high-high": False}
    assert find_ess_vertices(game) == ("low-low",)
    points = find_rest_points(game)
    assert [c.where for c in points.components] == ["player.low-low = 0 and player.low-high = 0"]
    assert [p.profile for p in points.attractors] == [("low-low",)]


@pytest.mark.parametrize(("fair", "low_offers_grow"), [(0.32, True), (0.34, False)])
def test_enough_who_insist_keep_low_offers_out(fair: float, low_offers_grow: bool) -> None:
    """By hand: on the line low offers pay where fewer than (h - l)/(1 - l) = 1/3 insist on high ones."""
    field = replicator(catalog.ultimatum_minigame(h="2/5", l="1/10"))
    earned = field.payoffs([0, 1 - fair, fair, 0])
    assert earned[1] == earned[2] == pytest.approx(1)
    assert (earned[0] > 1) == (earned[3] > 1) == low_offers_grow
    path = integrate(field, [1e-3, 1 - fair - 1e-3 - 1e-9, fair, 1e-9], t_end=5)
    assert (np.diff(path.log_shares[:10, 0]) > 0).all() == low_offers_grow
