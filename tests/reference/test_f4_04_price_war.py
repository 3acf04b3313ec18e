"""Published results reproduced: price wars, as a stag hunt of repeated competition and with discrete prices."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy

from coopgame import (
    catalog,
    find_ess_vertices,
    find_pure_nash_equilibria,
    find_regimes,
    find_rest_points,
    integrate,
    is_ess,
    read_game,
    replicator,
)

GAMES = Path(__file__).parent / "games"
COLLUSION = catalog.tacit_collusion()
BERTRAND = read_game(GAMES / "F4-05.toml")
PATIENT = {"pm": 10, "pc": 1, "d": "0.8"}
IMPATIENT = {"pm": 10, "pc": 1, "d": "0.4"}


@pytest.mark.parametrize(
    ("discount", "equilibria"),
    [
        ("0.4", {("undercut",): True}),
        ("0.555", {("undercut",): True}),
        ("5/9", {("undercut",): True, ("collude",): False}),
        ("0.556", {("undercut",): True, ("collude",): True}),
        ("0.8", {("undercut",): True, ("collude",): True}),
    ],
)
def test_collusion_is_strict_above_a_critical_discount_factor(
    discount: str, equilibria: dict[tuple[str], bool]
) -> None:
    """Repeated price competition, textbook: collusion is a strict equilibrium iff d > (pm/2)/(pm - pc), here 5/9."""
    game = COLLUSION.substitute({"pm": 10, "pc": 1, "d": discount})
    assert {e.profile: e.strict for e in find_pure_nash_equilibria(game)} == equilibria


def test_the_critical_discount_factor_in_symbols() -> None:
    """Repeated price competition, textbook: the critical discount factor is (pm/2)/(pm - pc) for pm > pc."""
    pm, pc, d = sympy.symbols("pm pc d")
    collude = find_rest_points(COLLUSION)["E2"]
    assert sympy.solve(collude.eigenvalues[0], d) == [sympy.simplify(pm / 2 / (pm - pc))]
    regimes = find_regimes(COLLUSION)
    for rate in ("0.1", "0.55", "0.56", "0.9"):
        both = Fraction(rate) > Fraction(5, 9)
        assert regimes.at({"pm": 10, "pc": 1, "d": rate}).stable == (("E1", "E2") if both else ("E1",))


def test_patient_sellers_may_collude() -> None:
    """Constructed: at pm = 10, pc = 1, d = 0.8 both ways of pricing are stable, parted at 1/12 colluding."""
    points = find_rest_points(COLLUSION, PATIENT)
    assert {point.profile for point in points.attractors} == {("collude",), ("undercut",)}
    assert find_ess_vertices(COLLUSION.substitute(PATIENT)) == ("collude", "undercut")
    barrier = points["I1"]
    assert float(barrier.coordinates["x"]) == pytest.approx(1 / 12, abs=1e-9)
    assert barrier.stability == "source"
    for start, label in ((0.083, "E1"), (0.084, "E2")):
        assert integrate(replicator(COLLUSION), {"x": start}, PATIENT).outcome.label == label


def test_impatient_sellers_fight() -> None:
    """Constructed: at pm = 10, pc = 1, d = 0.4 the price war is the only ESS and attracts everything."""
    points = find_rest_points(COLLUSION, IMPATIENT)
    assert [point.profile for point in points.attractors] == [("undercut",)]
    assert {point.kind for point in points} == {"vertex"}
    assert find_ess_vertices(COLLUSION.substitute(IMPATIENT)) == ("undercut",)
    path = integrate(replicator(COLLUSION), {"x": 1 - 1e-6}, IMPATIENT)
    assert (path.outcome.kind, path.outcome.label) == ("converged", "E1")


def test_payoffs_of_price_competition() -> None:
    """Bertrand competition, textbook: the lower of two prices takes the market, equal prices share it."""
    prices = range(1, 5)
    expected = [[p if p < q else p / 2 if p == q else 0 for q in prices] for p in prices]
    assert BERTRAND.payoff_matrix().tolist() == expected  # type: ignore[attr-defined]


def test_equilibria_of_price_competition() -> None:
    """Bertrand competition, textbook: prices 1 and 2 are symmetric equilibria, and only price 1 is an ESS."""
    equilibria = {e.profile: e.strict for e in find_pure_nash_equilibria(BERTRAND)}
    assert equilibria == {("1",): True, ("2",): False}
    assert find_ess_vertices(BERTRAND) == ("1",)
    second = is_ess(BERTRAND, {"2": 1})
    assert not second and second.because.startswith("Nash equilibrium")
    # 1 is another best reply to 2, and earns more against itself than 2 against it
    table = np.array(BERTRAND.payoff_matrix())  # type: ignore[attr-defined]
    assert table[0, 1] == table[1, 1] and table[0, 0] > table[1, 0]
    assert [point.profile for point in find_rest_points(BERTRAND).attractors] == [("1",)]


def test_price_competition_ends_at_the_lowest_price() -> None:
    """Bertrand competition, textbook: from shares 0.1, 0.2, 0.3, 0.4 of the prices all sellers end at price 1."""
    path = integrate(replicator(BERTRAND), [0.1, 0.2, 0.3, 0.4])
    assert (path.outcome.kind, path.outcome.label) == ("converged", "E1")
    assert path.final == pytest.approx([1, 0, 0, 0], abs=1e-9)
    assert path.coordinate("seller.4")[-1] > 0
