"""Named games of markets and their supervision, beside brute force and other formulas."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy

from coopgame import (
    GameError,
    catalog,
    find_ess_vertices,
    find_pure_nash_equilibria,
    find_regimes,
    find_rest_points,
    integrate,
    parse_expression,
    replicator,
)


def strict(table: np.ndarray) -> list[int]:
    """Rows that earn more against themselves than any other row does."""
    return [i for i in range(len(table)) if all(table[i, i] > table[j, i] for j in range(len(table)) if j != i)]


def test_cournots_output_is_the_stable_one() -> None:
    """Cournot (1838): (a - c)/(3 b) each is the only equilibrium of the duopoly, and it dominates on the default grid."""
    assert [r.stable for r in find_regimes(catalog.cournot_duopoly())] == [("E2",)]
    assert find_ess_vertices(catalog.cournot_duopoly(a=10, b=1, c=1)) == ("Cournot",)
    a, b, c, q, other = sympy.symbols("a b c q other")
    best = sympy.solve(sympy.diff(q * (a - b * (q + other) - c), q), q)[0]
    assert sympy.solve(best - other, other)[0].equals((a - c) / (3 * b))
    collusive, cournot, competitive = (catalog.cournot_duopoly().payoffs[i][i] for i in range(3))
    assert sympy.simplify(collusive - (a - c) ** 2 / (8 * b)) == 0
    assert sympy.simplify(cournot - (a - c) ** 2 / (9 * b)) == 0 and competitive == 0


@pytest.mark.parametrize("grid", [[1, 2, 3, 4], ["1/2", "5/2", 3], [3, 1, 2, "7/2", 4]])
def test_outputs_on_any_grid(grid: list[int | str]) -> None:
    """Brute force over a grid that holds Cournot's output 3 for a = 10, b = 1, c = 1."""
    game = catalog.cournot_duopoly(grid, a=10, b=1, c=1)
    outputs = [Fraction(q) for q in grid]
    table = np.array([[float(q * (10 - (q + other)) - q) for other in outputs] for q in outputs])
    assert game.payoff_matrix().tolist() == table.tolist()
    assert [outputs[i] for i in strict(table)] == [3]
    assert find_ess_vertices(game) == ("3",)


def test_quantities_may_be_named_and_hold_symbols() -> None:
    game = catalog.cournot_duopoly({"half": "(a - c)/(6*b)", "Cournot": "(a - c)/(3*b)"})
    assert game.populations[0].strategies == ("half", "Cournot") and game.populations[0].symbol == "x"
    assert [r.stable for r in find_regimes(game)] == [("E1",)]
    assert find_rest_points(game)["E1"].profile == ("Cournot",)


@pytest.mark.parametrize("quantities", [[], {}, [1, "2/2"], 3, "1/2", None])
def test_wrong_quantities_are_refused(quantities: object) -> None:
    with pytest.raises(GameError, match="quantities are"):
        catalog.cournot_duopoly(quantities)  # type: ignore[arg-type]


@pytest.mark.parametrize("steps", [4, 5, 8])
@pytest.mark.parametrize("from_cost", [True, False])
def test_price_wars_end_at_the_lowest_price_above_cost(steps: int, from_cost: bool) -> None:
    """Bertrand (1883), on a grid up to the monopoly price: undercutting pays from everywhere else. Brute force."""
    grid = [Fraction(k, 2 * steps) for k in range(0 if from_cost else 1, steps + 1)]

    def profit(own: Fraction, other: Fraction) -> float:
        price, rival = 1 + 9 * own, 1 + 9 * other
        sold = (10 - price) if price < rival else (10 - price) / 2 if price == rival else 0
        return float((price - 1) * sold)

    game = catalog.bertrand_duopoly(grid, a=10, b=1, c=1)
    table = np.array([[profit(own, other) for other in grid] for own in grid])
    assert game.payoff_matrix() == pytest.approx(table, abs=1e-12)
    lowest = next(m for m in grid if m > 0)
    assert [grid[i] for i in strict(table)] == [lowest]
    assert find_ess_vertices(game) == (str(lowest),)


def test_the_price_war_for_any_demand() -> None:
    """The same in symbols a > c: the only stable state is the lowest price, from the monopoly price downwards."""
    game = catalog.bertrand_duopoly()
    assert [r.stable for r in find_regimes(game)] == [("E1",)]
    path = integrate(replicator(catalog.bertrand_duopoly(a=10, b=1, c=1)), [0.01, 0.01, 0.02, 0.06, 0.9], t_end=500)
    assert (path.outcome.kind, path.outcome.label) == ("converged", "E1")


@pytest.mark.parametrize("markups", [[], ["1/2", "0.5"], [-1, 0], ["3/2"], "1/2", 1])
def test_wrong_markups_are_refused(markups: object) -> None:
    with pytest.raises(GameError, match="markups are"):
        catalog.bertrand_duopoly(markups)  # type: ignore[arg-type]


def test_entry_is_the_only_stable_state_beside_a_line_of_threats() -> None:
    """Selten (1978), with 5, 2 and 1: one strict equilibrium, and threats that are never put to the test."""
    game = catalog.entry_deterrence(m=5, d=2, o=1)
    assert [game.payoff(p) for p in game.profiles] == [(2, 2), (0, 0), (1, 5), (1, 5)]
    points = find_rest_points(game)
    assert [p.profile for p in points.attractors] == [("enter", "share")]
    assert [(c.kind, c.where) for c in points.components] == [("line", "x = 0")]
    assert {e.profile: e.strict for e in find_pure_nash_equilibria(game)} == {
        ("enter", "share"): True,
        ("stay out", "fight"): False,
    }
    assert [r.stable for r in find_regimes(catalog.entry_deterrence())] == [("E4",)]


@pytest.mark.parametrize(("share", "enter"), [("0.49", False), ("0.51", True)])
def test_threats_hold_where_enough_would_fight(share: str, enter: bool) -> None:
    """By hand: dx/dt = x(1 - x)(d y - o), so a few entrants die out for y < o/d = 1/2, close to the line."""
    path = integrate(replicator(catalog.entry_deterrence(m=5, d=2, o=1)), {"x": "1e-6", "y": share}, t_end=2000)
    assert (path.final[0] > 0.99) == enter and (path.final[0] < 1e-6) != enter


def test_a_higher_fine_lowers_inspection_and_not_crime_alone() -> None:
    """Tsebelis (1989): the mixture is (g/F, c/F), a centre with frequency F sqrt(x(1 - x) y(1 - y))."""
    point = find_rest_points(catalog.inspection_game())["I1"]
    fine, c, g = sympy.symbols("F c g")
    assert list(point.coordinates.values()) == [g / fine, c / fine]
    for value in point.eigenvalues:
        assert sympy.simplify(value**2 + g * c * (fine - g) * (fine - c) / fine**2) == 0
    centre = find_rest_points(catalog.inspection_game(F=5, c=1, g=2))["I1"]
    assert (str(centre.stability), centre.attracting) == ("center", "lyapunov")
    assert sorted(complex(v).imag for v in centre.eigenvalues) == pytest.approx([-0.9797958971, 0.9797958971])
    regimes = {r.stable: r.condition.text() for r in find_regimes(catalog.inspection_game())}
    assert set(regimes) == {(), ("E3",), ("E4",)} and regimes[("E3",)] == "F < c"


def test_wages_of_entrepreneurs_clear_the_markets() -> None:
    """Forslid and Ottaviano (2003): the two wage equations, solved here by numpy at random shares."""
    game = catalog.footloose_entrepreneur()
    rng = np.random.default_rng(0)
    for _ in range(5):
        mu, sg, phi, lam = rng.uniform(0.1, 0.9), rng.uniform(2, 6), rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9)
        d1, d2, k = lam + phi * (1 - lam), phi * lam + 1 - lam, mu / sg
        matrix = np.eye(2) - k * np.array([[lam / d1, phi * (1 - lam) / d2], [phi * lam / d1, (1 - lam) / d2]])
        wages = np.linalg.solve(matrix, k / 2 * np.array([1 / d1 + phi / d2, phi / d1 + 1 / d2]))
        expected = wages * np.array([d1, d2]) ** (mu / (sg - 1))
        values = {"mu": mu, "sg": sg, "phi": phi}
        assert replicator(game).payoffs({"lam": lam}, values) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("mu", "sg"), [(Fraction(2, 5), 5), (Fraction(3, 10), 4), (Fraction(1, 2), 3)])
def test_the_break_point_of_dispersion(mu: Fraction, sg: int) -> None:
    """Forslid and Ottaviano (2003): dispersion is stable below (sg - mu)(sg - 1 - mu)/((sg + mu)(sg - 1 + mu))."""
    threshold = (sg - mu) * (sg - 1 - mu) / ((sg + mu) * (sg - 1 + mu))
    game = catalog.footloose_entrepreneur(mu=mu, sg=sg)
    near = Fraction(1, 1000)
    for phi, kind in ((threshold - near, "sink"), (threshold + near, "source")):
        assert str(find_rest_points(game, {"phi": phi}).at(lam="1/2").stability) == kind


NAMES = ("Cg", "Cp", "Ch", "F", "K", "P", "A")


def test_advantages_of_supervision_are_the_stated_ones() -> None:
    """The three formulas of the docstring, beside the payoff table."""
    stated = ("(1 - z)*(F + (1 - y)*(K + A)) - Cg", "(1 - z)*(P + x*K) - Cp", "x*F + y*P - Ch")
    game = catalog.platform_supervision()
    for p, text in enumerate(stated):
        assert sympy.expand(game.advantage(p) - parse_expression(text)) == 0


def test_stable_states_of_supervision_are_strict_and_never_honest() -> None:
    """The docstring's conditions, beside strict equilibria by brute force at random numbers; ties are left out."""
    rng = np.random.default_rng(3)
    game = catalog.platform_supervision()
    regimes = find_regimes(game)
    assert regimes.cover
    seen = set()
    for _ in range(300):
        numbers = rng.choice(np.arange(1, 60), len(NAMES), replace=False)
        v = dict(zip(NAMES, map(int, numbers), strict=True))
        arrays = game.payoff_arrays(v)
        brute = {
            s
            for s in product((0, 1), repeat=3)
            if all(arrays[p][s] > arrays[p][(*s[:p], 1 - s[p], *s[p + 1 :])] for p in range(3))
        }
        conditions = {
            (1, 1, 1): v["Cg"] > v["F"] + v["K"] + v["A"] and v["Cp"] > v["P"],
            (0, 1, 1): v["Cg"] < v["F"] + v["K"] + v["A"] and v["Cp"] > v["P"] + v["K"] and v["Ch"] > v["F"],
            (1, 0, 1): v["Cg"] > v["F"] and v["Cp"] < v["P"] and v["Ch"] > v["P"],
            (0, 0, 1): v["Cg"] < v["F"] and v["Cp"] < v["P"] + v["K"] and v["Ch"] > v["F"] + v["P"],
        }
        stated = {state for state, holds in conditions.items() if holds}
        margins = [v["Cg"] - v["F"] - v["K"] - v["A"], v["Cp"] - v["P"] - v["K"], v["Ch"] - v["F"] - v["P"]]
        if 0 in margins:
            continue
        assert brute == stated
        found = (
            {tuple(1 - int(share) for share in p.coordinates.values()) for p in find_rest_points(game, v).attractors}
            if len(seen) < 40
            else brute
        )
        assert found == brute
        assert len(regimes.at(v).stable) == len(brute)
        seen.add(tuple(sorted(brute)))
    assert len(seen) == 5
