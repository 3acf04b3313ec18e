"""The replicator equation on graphs: published thresholds, and its agreement with exact results of large graphs."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    birth_death,
    death_birth,
    fermi_imitation,
    find_regimes,
    imitation_updating,
    linear_public_good,
    moran,
    regular_coefficient,
    replicator_on_graph,
    sigma_rule,
    well_mixed_coefficient,
)
from coopgame.errors import NetworkError, ParameterError, UnsupportedError

RULES = [death_birth(), birth_death(), imitation_updating(), fermi_imitation()]
GENERAL = MatrixGame([["a", "b"], ["c", "d"]])
DONATION = MatrixGame([["b - c", "-c"], ["b", 0]], ["give", "keep"], assumptions=["b > 0", "c > 0"])
NUMBERS = st.fractions(-10, 10, max_denominator=20)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_risk_dominance_on_the_graph_is_the_sigma_rule_of_large_graphs(rule: object) -> None:
    """a + b > c + d of the new payoffs has to be sigma a + b > c + sigma d with sigma found otherwise."""
    for degree in (3, 4, 7):
        (a, b), (c, d) = replicator_on_graph(GENERAL, degree, rule).payoffs  # type: ignore[arg-type]
        lead = sympy.expand(a + b - c - d)
        sigma = lead.coeff(sympy.Symbol("a")) / lead.coeff(sympy.Symbol("b"))
        assert sigma == sympy.Rational(regular_coefficient(rule, degree).value)  # type: ignore[arg-type]


@pytest.mark.parametrize(("rule", "more"), [(death_birth(), 0), (imitation_updating(), 2)], ids=str)
def test_cooperation_with_a_symbolic_degree(rule: object, more: int) -> None:
    """Ohtsuki, Hauert, Lieberman and Nowak (2006): b/c > k under death-birth, b/c > k + 2 under imitation."""
    game = replicator_on_graph(DONATION, "k", rule)  # type: ignore[arg-type]
    assert [str(i) for p in game.parameters if p.name == "k" for i in p.inequalities()] == ["k >= 3"]
    regimes = find_regimes(game)
    for b, k in ((Fraction(29, 10), 3), (Fraction(31, 10), 3), (Fraction(51, 10), 3), (8, 5), (6, 5), (4, 5)):
        at = {"b": b, "c": 1, "k": k}
        stable = [str(regime) for regime in regimes if regime.condition.holds(at)]
        assert len(stable) == 1 and ("E2" if b > k + more else "E1") in stable[0]


@pytest.mark.parametrize("rule", [birth_death(), fermi_imitation()], ids=str)
def test_birth_death_never_favours_cooperation(rule: object) -> None:
    regimes = find_regimes(replicator_on_graph(DONATION, "k", rule))  # type: ignore[arg-type]
    assert [regime.condition.text() for regime in regimes] == ["true"] and "E1 stable" in str(regimes)


@pytest.mark.parametrize("rule", RULES, ids=str)
@settings(max_examples=25)
@given(rows=st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=3, max_size=3), degree=st.integers(3, 30))
def test_competition_is_antisymmetric_and_vanishes_in_large_neighbourhoods(
    rule: object, rows: list[list[Fraction]], degree: int
) -> None:
    game = MatrixGame(rows)
    new = replicator_on_graph(game, degree, rule)  # type: ignore[arg-type]
    added = [[new.payoffs[i][j] - game.payoffs[i][j] for j in range(3)] for i in range(3)]
    assert all(added[i][j] == -added[j][i] for i in range(3) for j in range(3))
    far = replicator_on_graph(game, 10**6, rule)  # type: ignore[arg-type]
    assert all(abs(far.payoffs[i][j] - game.payoffs[i][j]) < Fraction(1, 10**4) for i in range(3) for j in range(3))
    # strategies that earn the same everywhere stay alike
    twins = replicator_on_graph(MatrixGame([[r[0], r[0], r[2]] for r in (rows[0], rows[0], rows[2])]), degree, rule)  # type: ignore[arg-type]
    assert twins.payoffs[0] == twins.payoffs[1]


def test_rock_paper_scissors_on_graphs() -> None:
    """Ohtsuki and Nowak (2006), section on rock, scissors, paper: in a zero-sum cycle the graph only speeds the circling up."""
    game = MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    for rule, factor in (
        (death_birth(), Fraction(2, 10)),
        (birth_death(), Fraction(2, 2)),
        (imitation_updating(), Fraction(6, 14)),
    ):
        new = replicator_on_graph(game, 4, rule)
        assert all(
            new.payoffs[i][j] == game.payoffs[i][j] * (1 + sympy.Rational(factor.numerator, factor.denominator))
            for i in range(3)
            for j in range(3)
        )


def test_a_declared_degree_keeps_its_declaration() -> None:
    game = MatrixGame([["k", 0], [0, 1]], parameters={"k": ">= 5"})
    assert replicator_on_graph(game, "k", death_birth()).ring.names == ("k",)
    named = replicator_on_graph(DONATION, 4, death_birth())
    assert "pair approximation" in named.source and named.populations == DONATION.populations


@pytest.mark.parametrize(
    ("game", "degree", "rule", "error", "message"),
    [
        (DONATION, 2, death_birth(), ParameterError, "at least 3"),
        (DONATION, "7/2", death_birth(), ParameterError, "at least 3"),
        (DONATION, "k + 1", death_birth(), ParameterError, "name of a parameter"),
        (DONATION, 4, moran(), UnsupportedError, "not for Moran"),
        (MatrixGame([["x", 0], [0, 1]], symbol="x"), 4, death_birth(), UnsupportedError, "share"),
        (linear_public_good(3), 4, death_birth(), UnsupportedError, "MatrixGame"),
    ],
)
def test_errors_say_what_is_possible(
    game: object, degree: object, rule: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        replicator_on_graph(game, degree, rule)  # type: ignore[arg-type]


def test_coefficients_of_well_mixed_populations_are_those_of_complete_graphs() -> None:
    for size in (3, 10, 57):
        for rule in RULES:
            assert regular_coefficient(rule, size - 1, size).value == well_mixed_coefficient(size).value
    assert well_mixed_coefficient().value == 1 and well_mixed_coefficient().critical_ratio == float("inf")


def test_finite_coefficients_tend_to_those_of_large_graphs() -> None:
    for rule in RULES:
        near, far = regular_coefficient(rule, 6, 10**9), regular_coefficient(rule, 6)
        assert abs(near.value - far.value) < Fraction(1, 10**8)


def test_sigma_may_be_a_text_in_parameters() -> None:
    game = MatrixGame([["a", "b"], ["c", "d"]], assumptions=["k > 1"])
    condition = sigma_rule(game, "(k + 1)/(k - 1)")
    for k in (3, 5):
        for a in (0, 1, 2):
            point = {"a": a, "b": -1, "c": 2, "d": Fraction(1, 4), "k": k}
            sigma = Fraction(k + 1, k - 1)
            assert condition.holds(point) == (sigma * a - 1 > 2 + sigma / 4)
    with pytest.raises(ParameterError):
        sigma_rule(game, "s")
    with pytest.raises(UnsupportedError, match="two strategies"):
        sigma_rule(MatrixGame([[1, 2, 3]] * 3), 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: regular_coefficient(death_birth(), 1), "at least 2"),
        (lambda: regular_coefficient(death_birth(), 4, 4), "at least 5"),
        (lambda: regular_coefficient(death_birth(), 3, 7), "odd"),
        (lambda: well_mixed_coefficient(1), "at least 2"),
    ],
)
def test_graphs_that_do_not_exist(call: object, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        call()  # type: ignore[operator]
