"""Fixation probabilities under weak selection: against exact chains, numbers with 60 digits, and published formulas."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    GroupGame,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    StateError,
    UnsupportedError,
    WeakRule,
    birth_death,
    death_birth,
    fermi_imitation,
    find_finite_gains,
    imitation_of_success,
    imitation_of_the_dissatisfied,
    imitation_updating,
    imitative_logit,
    linear_fitness,
    linear_public_good,
    logit,
    mixture,
    moran,
    one_third_law,
    pairwise_imitation,
    volunteers_dilemma,
    weak_rule,
    weak_selection,
    wright_fisher,
)
from tests.finite import first_order as exact

N, A, B, C, D = sympy.symbols("N a b c d")
PAIRS = MatrixGame([["a", "b"], ["c", "d"]], ["A", "B"])
numbers = st.fractions(min_value=-9, max_value=9, max_denominator=7)
# the law of the package; the same process written from its definition, with jets
RULES: dict[str, tuple[Any, exact.Process]] = {
    "Moran": (moran(), exact.replacement("moran", exact.exponential)),
    "Moran, linear fitness": (moran("w", linear_fitness()), exact.replacement("moran", exact.linear)),
    "imitation updating": (imitation_updating(), exact.replacement("moran", exact.linear)),
    "birth-death": (birth_death(), exact.replacement("birth-death", exact.exponential)),
    "death-birth": (death_birth(), exact.replacement("death-birth", exact.linear)),
    "Fermi": (fermi_imitation(), exact.imitation(exact.fermi)),
    "dissatisfied": (imitation_of_the_dissatisfied(3), exact.imitation(lambda own, other: 3 - exact.W * own)),
    "success": (imitation_of_success(-2), exact.imitation(lambda own, other: exact.W * other + 2)),
    "imitative logit": (imitative_logit(3), exact.logit_imitation(Fraction(3))),
    "local update": (
        WeakRule("local update", strength=Fraction(2, 5), copying=Fraction(1, 2)),
        exact.imitation(lambda own, other: Fraction(1, 2) + exact.W * (other - own) / 10),
    ),
}
ALL = {**RULES, "Wright-Fisher": (wright_fisher(), exact.wright_fisher(exact.exponential))}


def test_the_formula_of_nowak_and_others() -> None:
    """Nowak, Sasaki, Taylor and Fudenberg (2004): rho > 1/N iff a(N - 2) + b(2N - 1) > c(N + 1) + d(2N - 4)."""
    weak = weak_selection(PAIRS)
    bracket = A * (N - 2) + B * (2 * N - 1) - C * (N + 1) - D * (2 * N - 4)
    assert sympy.simplify(weak.coefficient - bracket / (6 * N)) == 0
    assert weak.favoured.text() == "a*N + 2*b*N + 4*d > c*N + 2*d*N + 2*a + b + c"
    assert weak.one_third.condition.text() == "a + 2*b > c + 2*d"
    assert sympy.simplify(weak.one_third.unstable_point - (D - B) / (A - B - C + D)) == 0
    # risk dominance and its form for a finite population: (N - 2)(a - d) > N (c - b)
    assert sympy.simplify(weak.difference - ((N - 2) * (A - D) + N * (B - C)) / (2 * N)) == 0
    assert weak.risk_limit.text() == "a + b > c + d"


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_the_coefficient_is_the_slope_of_the_exact_chain(name: str, data: st.DataObject) -> None:
    """The derivative of the fixation probability of the whole chain, in fractions: equal, not close."""
    law, process = ALL[name]
    size = data.draw(st.integers(2, 6 if name == "Wright-Fisher" else 9))
    table = [[data.draw(numbers) for _ in range(2)] for _ in range(2)]
    values = dict(zip("abcd", [*table[0], *table[1]], strict=True))
    slope = exact.fixation_slope(process, exact.pair_payoffs(table), size)
    weak = weak_selection(PAIRS, rule=law)
    assert weak.value(values, size) == slope
    numbered = weak_selection(PAIRS, size=size, rule=law)
    assert numbered.value(values) == slope
    point = {n: Fraction(v) for n, v in values.items()}
    assert numbered.favoured.holds(point) == (slope > 0)
    if size > 2:  # a symbol for the size stands for at least 3
        assert weak.favoured.holds({**point, "N": Fraction(size)}) == (slope > 0)
    back = exact.fixation_slope(process, exact.pair_payoffs([row[::-1] for row in table[::-1]]), size)
    assert numbered.risk.holds(point) == (slope > back)
    turned = weak_selection(PAIRS, "A", "B", size=size, rule=law)
    assert turned.value(values) == back
    assert sympy.simplify(numbered.difference - numbered.coefficient + turned.coefficient) == 0


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_groups_have_the_slope_of_the_exact_chain(name: str, data: st.DataObject) -> None:
    law, process = RULES[name]
    d = data.draw(st.integers(2, 5))
    size = data.draw(st.integers(d, 8))
    rows = [[data.draw(numbers) for _ in range(d)] for _ in range(2)]
    game = GroupGame({"A": rows[0], "B": rows[1]}, d)
    payoffs = exact.group_payoffs(rows)
    slope = exact.fixation_slope(process, payoffs, size)
    assert weak_selection(game, rule=law).value(size=size) == slope
    assert weak_selection(game, size=size, rule=law).value() == slope
    other = [row[::-1] for row in rows[::-1]]
    back = exact.fixation_slope(process, exact.group_payoffs(other), size)
    assert weak_selection(game, mutant="B", rule=law, size=size).value() == back
    if (size, name) != (2, "death-birth"):
        assert weak_selection(game, rule=law).risk.holds({"N": Fraction(size)}) == (slope > back)


def _fixation(payoffs: Callable[[int], tuple[Any, Any]], size: int, ratio: Callable[[Any, Any], Any]) -> Any:
    """Return the fixation probability by the product formula, in the working precision."""
    total, product = mpmath.mpf(1), mpmath.mpf(1)
    for k in range(1, size):
        product *= ratio(*payoffs(k))
        total += product
    return 1 / total


@pytest.mark.parametrize("linear", [True, False])
@settings(max_examples=15, deadline=None)
@given(size=st.integers(2, 150), table=st.tuples(numbers, numbers, numbers, numbers))
def test_sixty_digits_at_small_intensities(linear: bool, size: int, table: tuple[Fraction, ...]) -> None:
    """(rho(w) - 1/N)/w at three w of at most 1e-5, extrapolated to w = 0, agrees to 14 digits of the largest payoff."""
    with mpmath.workdps(60):
        a, b, c, d = (mpmath.mpf(v.numerator) / v.denominator for v in table)

        def payoffs(k: int) -> tuple[Any, Any]:
            return (a * (k - 1) + b * (size - k)) / (size - 1), (c * k + d * (size - k - 1)) / (size - 1)

        def slope(w: Any) -> Any:
            def moran_ratio(one: Any, other: Any) -> Any:
                return (1 - w + w * other) / (1 - w + w * one)

            def fermi_ratio(one: Any, other: Any) -> Any:
                return (1 + mpmath.exp(-w * (one - other))) / (1 + mpmath.exp(w * (one - other)))

            return (_fixation(payoffs, size, moran_ratio if linear else fermi_ratio) - mpmath.mpf(1) / size) / w

        scale = max(1, *(abs(mpmath.mpf(v.numerator) / v.denominator) for v in table))
        w = mpmath.mpf("1e-5") / (scale * size)
        first, second, third = slope(w), slope(w / 2), slope(w / 4)
        once, twice = 2 * second - first, 2 * third - second
        found = (4 * twice - once) / 3
        values = dict(zip("abcd", table, strict=True))
        law = moran("w", linear_fitness()) if linear else fermi_imitation("w")
        formula = weak_selection(PAIRS, rule=law).value(values, size)
        assert abs(found - mpmath.mpf(formula.numerator) / formula.denominator) < 1e-14 * scale
        # the first order decides where w is small: the sign of rho - 1/N
        if abs(float(formula)) > 1e-4 * scale:
            assert (first > 0) == (formula > 0)


@given(size=st.integers(2, 40), count=st.integers(2, 6))
@settings(max_examples=20, deadline=None)
def test_groups_agree_with_the_sums_over_numbers_of_mutants(size: int, count: int) -> None:
    """Symbolic payoffs: the sums of `find_finite_gains`, term by term, over N^2 and over N."""
    if size < count:
        return
    game = volunteers_dilemma(count)
    gains = find_finite_gains(game, size)
    weak = weak_selection(game)
    assert sympy.simplify(weak.coefficient.subs(N, size) - gains.invasion() / size**2) == 0
    assert sympy.simplify(weak.difference.subs(N, size) - gains.balance() / size) == 0


def test_the_law_for_groups_is_that_of_gokhale_and_traulsen() -> None:
    """Gokhale and Traulsen (2010): sum of a_k (d - k) > sum of b_k (d - k); for d = 3: 3 a0 + 2 a1 + a2 > 3 b0 + 2 b1 + b2."""
    game = GroupGame({"A": ["a0", "a1", "a2"], "B": ["b0", "b1", "b2"]}, 3)
    law = one_third_law(game)
    assert law.condition.text() == "3*a0 + 2*a1 + a2 > 3*b0 + 2*b1 + b2"
    assert law.unstable_point is None
    assert weak_selection(game).risk_limit.text() == "a0 + a1 + a2 > b0 + b1 + b2"
    limit = sympy.limit(weak_selection(game).coefficient, N, sympy.oo)
    symbols = {name: sympy.Symbol(name) for name in ("a0", "a1", "a2", "b0", "b1", "b2")}
    expected = sum((3 - k) * (symbols[f"a{k}"] - symbols[f"b{k}"]) for k in range(3)) / 12
    assert sympy.simplify(limit - expected) == 0


def test_public_goods_in_groups() -> None:
    """A linear public good: contributors earn less by c - r c / n at every state, so rho - 1/N is -w times a multiple of it in large populations."""
    game = linear_public_good(4)
    law = one_third_law(game)
    r = next(name for name in game.ring.names if name not in ("c", "b"))
    assert law.condition.holds({"c": Fraction(1), r: Fraction(5)}) and not law.condition.holds(
        {"c": Fraction(1), r: Fraction(3)}
    )


def test_the_one_third_law_says_where_the_unstable_point_is() -> None:
    law = one_third_law(PAIRS)
    assert law.bistable is not None and law.unstable_point is not None
    rng = np.random.default_rng(5)
    seen = 0
    for a, b, c, d in rng.integers(-9, 10, (300, 4)).tolist():
        point = {n: Fraction(v) for n, v in zip("abcd", (a, b, c, d), strict=True)}
        if law.bistable.holds(point):
            place = law.unstable_point.subs({A: a, B: b, C: c, D: d})
            assert 0 < place < 1
            assert law.condition.holds(point) == bool(place < sympy.Rational(1, 3))
            seen += 1
    assert seen > 50


def test_rules_agree_up_to_a_factor() -> None:
    """Moran and Fermi have the same first order; death-birth is weaker by (N - 2)/(N - 1), imitation of success by its baseline."""
    base = weak_selection(PAIRS).coefficient
    for law, factor in [
        (fermi_imitation(), 1),
        (birth_death(), 1),
        (imitation_updating(), 1),
        (death_birth(), (N - 2) / (N - 1)),
        (imitation_of_success(-4), sympy.Rational(1, 4)),
        (imitation_of_the_dissatisfied("K"), 1 / sympy.Symbol("K")),
        (imitative_logit("eta"), 1 / sympy.Symbol("eta")),
        (WeakRule("twice", strength=2), 2),
    ]:
        assert sympy.simplify(weak_selection(PAIRS, rule=law).coefficient - factor * base) == 0, law


def test_the_value_of_an_intensity_does_not_matter() -> None:
    assert weak_rule(fermi_imitation("beta")) == weak_rule(fermi_imitation(7)) == weak_rule(fermi_imitation())
    assert weak_rule(moran("w")) == weak_rule(moran()) == weak_rule()


def test_mixtures_and_steps() -> None:
    """Half Fermi (slope 1/4, rate 1/2), half dissatisfaction (slope of the difference 1, rate 2): g = (1/4 + 1/2)/(1/4 + 1)."""
    parts = {fermi_imitation(): "1/2", imitation_of_the_dissatisfied(2): "1/2"}
    rule = weak_rule(mixture(parts), step="1/3")
    assert rule.strength == sympy.Rational(3, 5)
    assert rule.copying == sympy.Rational(5, 12)


def test_the_donation_game() -> None:
    """Costs decide: b + c (N - 1) < 0 never holds for positive costs; the benefit hurts, as it goes to the others."""
    game = MatrixGame([["b - c", "-c"], ["b", "0"]], ["C", "D"])
    weak = weak_selection(game)
    b, c = sympy.symbols("b c")
    assert sympy.simplify(weak.coefficient + (b + c * (N - 1)) / (2 * N)) == 0
    assert weak.favoured.text() == weak.risk.text() == "c*N + b < c"


def test_settings_of_unknown_sign_stay_in_the_condition() -> None:
    weak = weak_selection(PAIRS, rule=WeakRule("either way", strength="s"))
    point = {"a": Fraction(5), "b": Fraction(3), "c": Fraction(1), "d": Fraction(1), "N": Fraction(10)}
    assert weak.favoured.holds({**point, "s": Fraction(1)})
    assert not weak.favoured.holds({**point, "s": Fraction(-1)})
    assert weak.value({"a": 5, "b": 3, "c": 1, "d": 1, "s": -1}, 10) < 0
    with pytest.raises(ParameterError, match="no value for s"):
        weak.value({"a": 5, "b": 3, "c": 1, "d": 1}, 10)


def test_pairs_among_many_strategies() -> None:
    game = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], ["rock", "paper", "scissors"])
    weak = weak_selection(game, "rock", "paper", size=10)
    assert weak.value() == exact.fixation_slope(
        RULES["Moran"][1], exact.pair_payoffs([[Fraction(0), Fraction(2)], [Fraction(-1), Fraction(0)]]), 10
    )
    with pytest.raises(StateError, match="name the resident and the mutant; strategies are rock, paper, scissors"):
        weak_selection(game)
    with pytest.raises(StateError, match="no strategy 'spock'"):
        weak_selection(game, "rock", "spock")
    with pytest.raises(StateError, match="both 'rock'"):
        weak_selection(game, "rock", "rock")


def test_ties_and_zero_payoffs_have_no_first_order() -> None:
    weak = weak_selection(MatrixGame([[0, 0], [0, 0]]))
    assert weak.coefficient == weak.difference == 0
    assert weak.favoured.text() == weak.risk.text() == weak.one_third.condition.text() == "false"
    assert weak.one_third.unstable_point is None
    assert weak_selection(PAIRS, size=2, rule=death_birth()).coefficient == 0  # who comes is the only one left


def test_huge_and_tiny_payoffs_are_exact() -> None:
    weak = weak_selection(MatrixGame([["1e300", "1e-300"], [0, 0]]), size=3)
    assert weak.value() == (Fraction(10**300) + 5 * Fraction(1, 10**300)) / 18


def test_payoffs_with_a_denominator() -> None:
    game = MatrixGame([["1/k", "-1/k"], ["h", "0"]])
    weak = weak_selection(game, size=4)
    k, h = sympy.symbols("k h")
    assert sympy.simplify(weak.coefficient - (2 / k - 7 / k - 5 * h) / 24) == 0
    assert weak.favoured.holds({"k": Fraction(-1), "h": Fraction(0)})
    assert not weak.favoured.holds({"k": Fraction(1), "h": Fraction(0)})


@pytest.mark.parametrize("size", [0, 1, -3, 2.5, True, float("nan"), "2*M", 10**10])
def test_sizes_that_are_none(size: Any) -> None:
    with pytest.raises(ValueError, match=r"population|number"):
        weak_selection(PAIRS, size=size)


def test_groups_need_a_population_that_holds_them() -> None:
    with pytest.raises(ParameterError, match="a whole number from 4"):
        weak_selection(volunteers_dilemma(4), size=3)
    with pytest.raises(ParameterError, match="a whole number from 4"):
        weak_selection(volunteers_dilemma(4)).value({"b": 1, "c": 1}, 3)
    with pytest.raises(ParameterError, match="leave it out"):
        weak_selection(PAIRS, size=5).value({"a": 1, "b": 1, "c": 1, "d": 1}, 6)


def test_a_name_of_the_game_cannot_be_the_size() -> None:
    game = MatrixGame([["N", 0], [0, 1]])
    with pytest.raises(ParameterError, match="another name"):
        weak_selection(game)
    z = sympy.Symbol("Z")
    assert sympy.simplify(weak_selection(game, size="Z").coefficient - (z - 2) * (N - 2) / (6 * z)) == 0


def test_what_has_no_expansion() -> None:
    for law in (logit(1), pairwise_imitation()):
        with pytest.raises(UnsupportedError, match="no expansion"):
            weak_selection(PAIRS, rule=law)
    with pytest.raises(UnsupportedError, match="Wright-Fisher"):
        weak_selection(volunteers_dilemma(3), rule=wright_fisher())
    two = NormalFormGame(
        {("a", "c"): (1, 1), ("a", "d"): (0, 0), ("b", "c"): (0, 0), ("b", "d"): (1, 1)},
        populations={"x": ["a", "b"], "y": ["c", "d"]},
    )
    with pytest.raises(UnsupportedError, match="NormalFormGame"):
        weak_selection(two)


def test_text_and_latex() -> None:
    weak = weak_selection(PAIRS)
    assert str(weak).splitlines() == [
        "a mutant 'A' among 'B' takes over with 1/N + w*(a*(N - 2) + b*(2*N - 1) - c*(N + 1) - 2*d*(N - 2))/(6*N) + O(w^2), Moran process",
        "above 1/N if a*N + 2*b*N + 4*d > c*N + 2*d*N + 2*a + b + c",
        "easier than the reverse if a*N + b*N + 2*d > c*N + d*N + 2*a",
        "in a large population if a + 2*b > c + 2*d",
    ]
    assert (
        r"a \left(N - 2\right) + b \left(2 N - 1\right) - c \left(N + 1\right) - 2 d \left(N - 2\right)"
        in weak._repr_latex_()
    )
    assert weak.one_third._repr_latex_() == "$a + 2 b > c + 2 d$"


def test_names_with_signs_of_latex_are_escaped() -> None:
    """A % would comment out the rest of the formula."""
    weak = weak_selection(MatrixGame([[1, 0], [2, 1]], ["50%_off", "full"]))
    assert r"$\rho_{\text{50\%\_off}} = " in weak._repr_latex_()
