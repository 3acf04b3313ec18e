"""What the report says about M2, checked by payoffs written again and numerical Jacobians."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from coopgame import find_regimes, find_rest_points, integrate, read_game, replicator

GAME = read_game(Path(__file__).parents[2] / "paper_repro" / "models" / "m2.toml")


def _random(rng: np.random.Generator) -> dict[str, Fraction]:
    p = {name: Fraction(int(rng.integers(1, 60)), 20) for name in GAME.ring.names}
    p["lam"] = Fraction(int(rng.integers(0, 21)), 20)
    p["b"] = p["e"] * Fraction(int(rng.integers(1, 20)), 20)
    p["u_T"] = p["r"] * Fraction(int(rng.integers(0, 20)), 20)
    return p


def _payoffs(p: dict[str, Fraction]) -> np.ndarray:
    """Rows and columns W, H, B, as the model states them."""
    kept = (1 - p["lam"]) * p["h"]
    brand = p["m"] + p["p"] - p["r"] + p["u_T"] + p["L_B"]
    rows = [
        [p["m"] - p["d"] - p["g"], p["m"] - p["d"] + p["h"], p["m"] - p["d"] + kept],
        [p["m"] - p["h"], p["m"] - p["e"], p["m"] + p["k"] + p["y"]],
        [brand - kept, brand - p["l"] + p["y"], brand - p["b"] + p["kappa"] * p["u_T"] + p["j"]],
    ]
    saved = (p["L_W"], p["L_H"], 0)
    return np.array([[entry + saving for entry in row] for row, saving in zip(rows, saved, strict=True)])


def test_brands_that_last_pay_most() -> None:
    """Proved in the report: BB > WB and BB > HB imply BB > WW and BB > HH."""
    rng = np.random.default_rng(21)
    found = 0
    for _ in range(3000):
        a = _payoffs(_random(rng))
        if a[2, 2] > max(a[0, 2], a[1, 2]):
            found += 1
            assert a[2, 2] > max(a[0, 0], a[1, 1])
    assert found > 300


def test_the_stability_of_brands_by_the_jacobian() -> None:
    rng = np.random.default_rng(22)
    field = replicator(GAME)
    lasting = find_rest_points(GAME)["E3"].stable_if
    for _ in range(60):
        p = _random(rng)
        eigenvalues = np.linalg.eigvals(field.jacobian([0, 0, 1], p))
        assert bool((eigenvalues.real < 0).all()) == lasting.holds(p)


def test_a_saving_for_all_moves_nobody() -> None:
    rng = np.random.default_rng(23)
    field = replicator(GAME)
    for _ in range(20):
        p = _random(rng)
        more = {**p, **{name: p[name] + Fraction(7, 3) for name in ("L_W", "L_H", "L_B")}}
        state = rng.dirichlet([1, 1, 1])
        assert field(state, p) == pytest.approx(field(state, more), abs=1e-9)


def test_support_leads_out_of_the_trap_where_the_report_says() -> None:
    """Brands invade price war from u_T = r + (1 - lam) h + L_W - p - d - g - L_B on."""
    rng = np.random.default_rng(24)
    for _ in range(500):
        p = _random(rng)
        threshold = p["r"] + (1 - p["lam"]) * p["h"] + p["L_W"] - p["p"] - p["d"] - p["g"] - p["L_B"]
        enough = p["p"] + p["d"] + p["g"] + p["L_B"] > (1 - p["lam"]) * p["h"] + p["L_W"]
        assert enough == (threshold < p["r"])
        for u_T, invades in ((threshold + Fraction(1, 100), True), (threshold - Fraction(1, 100), False)):
            a = _payoffs({**p, "u_T": u_T})
            assert (a[2, 0] > a[0, 0]) == invades


def test_the_three_chase_each_other_in_one_order_only() -> None:
    """W -> B -> H -> W occurs; W -> H -> B -> W never: B after H and W after B would need b > e."""
    rng = np.random.default_rng(25)
    orders = {(0, 2, 1): 0, (0, 1, 2): 0}
    for _ in range(40_000):
        a = _payoffs(_random(rng))
        for order in orders:
            following = order[1:] + order[:1]
            orders[order] += all(
                a[j, i] > a[i, i] and a[i, j] < a[j, j] for i, j in zip(order, following, strict=True)
            )
    assert orders[(0, 2, 1)] > 0 and orders[(0, 1, 2)] == 0


def test_the_default_values_have_two_lasting_states() -> None:
    points = find_rest_points(GAME, {})
    assert [p.label for p in points.attractors] == ["E1", "E3"]
    for start, label in (([0.9, 0.05, 0.05], "E1"), ([0.02, 0.03, 0.95], "E3")):
        assert integrate(GAME, start, {}).outcome.label == label


def test_regimes_of_the_six_differences_contain_those_of_the_model() -> None:
    """The stable sets at random parameters of M2 are among the regimes of the reduced game, which cover everything."""
    from coopgame import MatrixGame

    names = ("WH", "HW", "WB", "BW", "HB", "BH")
    table = [[0, "WH", "WB"], ["HW", 0, "HB"], ["BW", "BH", 0]]
    regimes = find_regimes(MatrixGame(table, parameters=dict.fromkeys(names), assumptions=["WH + HW > 0"]))
    assert regimes.cover
    rng = np.random.default_rng(26)
    for _ in range(40):
        p = _random(rng)
        a = _payoffs(p)
        places = {"W": 0, "H": 1, "B": 2}
        differences = {n: a[places[n[0]], places[n[1]]] - a[places[n[1]], places[n[1]]] for n in names}
        points = find_rest_points(GAME, p)
        if any(point.stability == "non-hyperbolic" for point in points):
            continue
        assert len(regimes.at(differences).stable) == len(points.attractors)
