"""Mean shares in group games under mutation: against the exact stationary laws of small chains, in fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    GroupGame,
    MatrixGame,
    ParameterError,
    UnsupportedError,
    WeakRule,
    fermi_imitation,
    group_mutation_selection,
    mutation_selection,
    volunteers_dilemma,
    weak_selection,
    wright_fisher,
)
from tests.finite import first_order as exact
from tests.finite.test_mutation_selection import PROCESSES

N, MU = sympy.symbols("N mu")
numbers = st.fractions(min_value=-9, max_value=9, max_denominator=5)


@pytest.mark.parametrize("name", PROCESSES)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_the_coefficient_is_the_slope_of_the_exact_law(name: str, data: st.DataObject) -> None:
    law, process = PROCESSES[name]
    d = data.draw(st.integers(2, 5))
    size = data.draw(st.integers(d, 9))
    mutation = data.draw(st.sampled_from([Fraction(1, 1000), Fraction(1, 7), Fraction(2, 5), Fraction(1, 2)]))
    rows = [[data.draw(numbers) for _ in range(d)] for _ in range(2)]
    slope = exact.mean_share_slopes(process, exact.group_payoffs(rows), size, 2, mutation)[0]
    game = GroupGame({"A": rows[0], "B": rows[1]}, d)
    found = group_mutation_selection(game, rule=law)
    assert found.value(size=size, mutation=mutation) == slope
    at = group_mutation_selection(game, size=size, mutation=mutation, rule=law)
    assert at.value() == slope
    assert at.favoured.holds({}) == (slope > 0)
    if mutation < Fraction(1, 2) and (size > 2 or name != "death-birth"):
        assert found.favoured.holds({"N": Fraction(size), "mu": mutation}) == (slope > 0)


@pytest.mark.parametrize("d", [2, 3, 6])
def test_rare_mutation_is_the_rule_of_gokhale_and_traulsen(d: int) -> None:
    """Gokhale and Traulsen (2010): the sum of N (a_k - b_(d-1-k)) over k < d - 1, and N - d times the last, is positive."""
    game = GroupGame({"A": [f"a{k}" for k in range(d)], "B": [f"b{k}" for k in range(d)]}, d)
    found = group_mutation_selection(game, mutation=0)
    assert found.structure == (*(sympy.Integer(1),) * (d - 1), (N - d) / N)
    # two states, left with the two fixation probabilities: 1/2 + N/4 times their difference
    assert sympy.simplify(found.coefficient - weak_selection(game).difference * N / 4) == 0


def test_groups_of_two_are_pairs() -> None:
    pairs = mutation_selection(MatrixGame([["a", "b"], ["c", "d"]], ["A", "B"]), rule=fermi_imitation())
    groups = group_mutation_selection(GroupGame({"A": ["b", "a"], "B": ["d", "c"]}, 2), rule=fermi_imitation())
    assert sympy.simplify(groups.coefficient - pairs.coefficients[0]) == 0
    assert groups.structure == (1, (N - 2) / N)


def test_frequent_mutation_weighs_compositions_as_coins_do() -> None:
    """In a large population sigma_k goes from 1 at theta = 2 N mu = 0 to C(d - 1, k), the weights of even mixtures."""
    theta = sympy.Symbol("theta", positive=True)
    game = GroupGame({"A": [f"a{k}" for k in range(4)], "B": [f"b{k}" for k in range(4)]}, 4)
    structure = group_mutation_selection(game).structure
    scaled = [sympy.limit(sympy.cancel(s.subs(MU, theta / (2 * N))), N, sympy.oo) for s in structure]
    assert [sympy.limit(s, theta, sympy.oo) for s in scaled] == [1, 3, 3, 1]
    assert [s.subs(theta, 0) for s in scaled] == [1, 1, 1, 1]


def test_refusals_and_text() -> None:
    game = volunteers_dilemma(3)
    with pytest.raises(UnsupportedError, match="Wright-Fisher"):
        group_mutation_selection(game, rule=wright_fisher())
    with pytest.raises(UnsupportedError, match="no GroupGame"):
        group_mutation_selection(MatrixGame([[1, 0], [0, 1]]))  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="a whole number from 3"):
        group_mutation_selection(game, size=2)
    with pytest.raises(ParameterError, match="a whole number from 3"):
        group_mutation_selection(game).value({"b": 1, "c": 1}, size=2, mutation=0)
    with pytest.raises(ParameterError, match="leave it out"):
        group_mutation_selection(game, mutation=0).value({"b": 1, "c": 1}, size=5, mutation=0)
    rare = group_mutation_selection(game, mutation=0)
    assert str(rare) == "mean share of 'volunteer' above 1/2 if b*N + 3*c > 3*c*N + 3*b; Moran process"
    assert rare.favoured == weak_selection(game).risk
    assert r"\langle x_{\text{volunteer}}\rangle" in rare._repr_latex_()
    flat = group_mutation_selection(GroupGame({"A": [1, 1], "B": [1, 1]}, 2))
    assert flat.coefficient == 0 and flat.favoured.text() == "false"
    none = group_mutation_selection(game, rule=WeakRule("drift", strength=0))
    assert none.coefficient == 0 and none.favoured.text() == "false"
