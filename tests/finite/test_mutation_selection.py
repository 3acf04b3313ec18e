"""Mean shares under weak selection and mutation: against the exact stationary laws of small chains, in fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    ParameterError,
    ProtocolError,
    StateError,
    UnsupportedError,
    WeakRule,
    birth_death,
    death_birth,
    fermi_imitation,
    finite_population,
    imitation_of_the_dissatisfied,
    imitative_logit,
    linear_fitness,
    linear_public_good,
    moran,
    mutation_selection,
    weak_rule,
    weak_selection,
    well_mixed_structure,
    wright_fisher,
)
from coopgame.dynamics.markov import stationary_law
from tests.finite import first_order as exact

N, MU = sympy.symbols("N mu")
numbers = st.fractions(min_value=-9, max_value=9, max_denominator=5)
GENERAL = [[f"a{i}{j}" for j in range(3)] for i in range(3)]
THREE = MatrixGame(GENERAL, ["r", "s", "t"])
PROCESSES: dict[str, tuple[Any, exact.Process]] = {
    "Moran": (moran("w", linear_fitness()), exact.replacement("moran", exact.linear)),
    "Moran, exponential": (moran(), exact.replacement("moran", exact.exponential)),
    "birth-death": (birth_death(), exact.replacement("birth-death", exact.exponential)),
    "death-birth": (death_birth(), exact.replacement("death-birth", exact.linear)),
    "Fermi": (fermi_imitation(), exact.imitation(exact.fermi)),
    "imitative logit": (imitative_logit(2), exact.logit_imitation(Fraction(2))),
    "dissatisfied": (
        WeakRule("dissatisfied", strength="1/10", copying="1/2", explores=True),  # chances (10 - payoff)/20
        exact.imitation(lambda own, other: (10 - exact.W * own) / 20),
    ),
}


def _table(data: st.DataObject, n: int) -> list[list[Fraction]]:
    return [[data.draw(numbers) for _ in range(n)] for _ in range(n)]


@pytest.mark.parametrize("name", PROCESSES)
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_three_strategies_have_the_slopes_of_the_exact_law(name: str, data: st.DataObject) -> None:
    """N = 3 to 8 and any mutation: the coefficients equal the perturbation of the stationary law of the whole chain, exactly."""
    law, process = PROCESSES[name]
    size = data.draw(st.integers(3, 8 if name.startswith("Moran") else 6))
    mutation = data.draw(st.sampled_from([Fraction(1, 1000), Fraction(1, 7), Fraction(2, 5), Fraction(2, 3)]))
    table = _table(data, 3)
    slopes = exact.mean_share_slopes(process, exact.pair_payoffs(table), size, 3, mutation)
    values = {GENERAL[i][j]: table[i][j] for i in range(3) for j in range(3)}
    found = mutation_selection(THREE, rule=law)
    assert list(found.values(values, size=size, mutation=mutation).values()) == slopes
    at = mutation_selection(MatrixGame(table, ["r", "s", "t"]), size=size, mutation=mutation, rule=law)
    assert list(at.coefficients) == [sympy.Rational(s.numerator, s.denominator) for s in slopes]
    point = {n: Fraction(v) for n, v in values.items()}
    for strategy, slope in zip("rst", slopes, strict=True):
        assert at.favoured[strategy].holds({}) == (slope > 0)
        if mutation < Fraction(2, 3):  # a symbol for mutation stands for less than the chance that makes all alike
            assert found.favoured[strategy].holds({**point, "N": Fraction(size), "mu": mutation}) == (slope > 0)
    assert at.more_abundant("r", "t").holds({}) == (slopes[0] > slopes[2])
    assert [s for same in at.ranking() for s in same] == [
        s for _, s in sorted(zip(slopes, "rst", strict=True), key=lambda pair: -pair[0])
    ]


@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_generations_of_three_strategies(data: st.DataObject) -> None:
    """Wright-Fisher, N = 3 to 5: the ancestry of two and of three members gives the exact law's slopes."""
    size = data.draw(st.integers(3, 5))
    mutation = data.draw(st.sampled_from([Fraction(1, 100), Fraction(1, 3), Fraction(2, 3)]))
    table = _table(data, 3)
    process = exact.wright_fisher(exact.exponential)
    slopes = exact.mean_share_slopes(process, exact.pair_payoffs(table), size, 3, mutation)
    values = {GENERAL[i][j]: table[i][j] for i in range(3) for j in range(3)}
    found = mutation_selection(THREE, rule=wright_fisher())
    assert list(found.values(values, size=size, mutation=mutation).values()) == slopes


@pytest.mark.parametrize("n", [2, 4])
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_two_and_four_strategies(n: int, data: st.DataObject) -> None:
    size, mutation = (
        data.draw(st.integers(2, 9 if n == 2 else 4)),
        data.draw(st.sampled_from([Fraction(1, 9), Fraction(1, 2)])),
    )
    table = _table(data, n)
    for law, process in (PROCESSES["Moran"], PROCESSES["Fermi"]):
        slopes = exact.mean_share_slopes(process, exact.pair_payoffs(table), size, n, mutation)
        found = mutation_selection(MatrixGame(table), size=size, rule=law)
        assert list(found.values(mutation=mutation).values()) == slopes


@pytest.mark.parametrize("law", [None, fermi_imitation(), birth_death(), death_birth(), wright_fisher()])
def test_rare_mutation_is_the_chain_of_fixations(law: Any) -> None:
    """At mu = 0 the coefficients come from fixation probabilities: rare mutants lead from one strategy alone to another (Fudenberg and Imhof 2006)."""
    found = mutation_selection(THREE, mutation=0, rule=law)
    names = found.strategies
    for k, name in enumerate(names):
        flow = sum(
            weak_selection(THREE, other, name, rule=law).coefficient
            - weak_selection(THREE, name, other, rule=law).coefficient
            for other in names
            if other != name
        )
        # pi (1/N) of all transitions is 1/n each; the first order of the law is the net flow over n times n (1/N)
        assert sympy.simplify(found.coefficients[k] - flow * N / 9) == 0


def test_the_large_population_is_that_of_antal_and_others() -> None:
    """Antal, Traulsen, Ohtsuki, Tarnita and Nowak (2009): 1/n (1 + w N (1 - u)(L + N u H)/((1 + N u)(2 + N u))) for large N."""
    found = mutation_selection(THREE)
    a = sympy.Matrix(3, 3, [sympy.Symbol(GENERAL[i][j]) for i in range(3) for j in range(3)])
    nu = sympy.Symbol("nu", positive=True)
    for k in range(3):
        low = sum(a[k, k] + a[k, i] - a[i, k] - a[i, i] for i in range(3)) / 3
        high = sum(a[k, j] - a[i, j] for i in range(3) for j in range(3)) / 9
        assert sympy.expand(found.low_limit[k] - low) == sympy.expand(found.high_limit[k] - high) == 0
        assert sympy.simplify(sympy.limit(found.low[k], N, sympy.oo) - low) == 0
        assert sympy.simplify(sympy.limit(found.high[k], N, sympy.oo) - high) == 0
        scaled = sympy.cancel(found.coefficients[k].subs(MU, sympy.Rational(2, 3) * nu / N) / N)
        expected = (low + nu * high) / (3 * (1 + nu) * (2 + nu))
        assert sympy.simplify(sympy.limit(scaled, N, sympy.oo) - expected) == 0


def test_the_error_of_the_large_population_is_of_order_one_over_its_size() -> None:
    """The exact coefficient against the published formula at N u = 1: N times the relative difference settles."""
    rng = np.random.default_rng(3)
    table = rng.integers(-9, 10, (3, 3)).tolist()
    game = MatrixGame(table)
    limit = mutation_selection(game)
    gaps = []
    for size in (100, 1000, 10000):
        exact_one = mutation_selection(game, size=size, mutation=Fraction(2, 3 * size)).coefficients[0]
        published = size * (limit.low_limit[0] + limit.high_limit[0]) * (1 - sympy.Rational(1, size)) / (3 * 2 * 3)
        gaps.append(float((exact_one / published - 1) * size))
    assert abs(gaps[2] - gaps[1]) < abs(gaps[1] - gaps[0]) < 1
    assert abs(gaps[2]) > 1e-3  # the formula is a limit, and not exact


@pytest.mark.parametrize(
    ("law", "pace"),
    [(moran(), 1), (birth_death(), 1), (death_birth(), 1), (fermi_imitation(), 2), (wright_fisher(), 2)],
)
def test_the_scaled_mutation_of_large_populations(law: Any, pace: int) -> None:
    """Theta tends to N u; under the Fermi rule, which copies half the time, and in generations of two lineages, to 2 N u."""
    nu = sympy.Symbol("nu")
    theta = mutation_selection(THREE, rule=law).scaled_mutation
    limit = sympy.limit(sympy.cancel(theta.subs(MU, sympy.Rational(2, 3) * nu / N)), N, sympy.oo)
    assert sympy.simplify(limit - pace * nu) == 0


def test_two_strategies_obey_one_rule_at_any_mutation() -> None:
    """Antal, Nowak and Traulsen (2009); Tarnita, Ohtsuki, Antal, Fu and Nowak (2009): (N - 2)(a - d) + N (b - c) > 0 whatever the mutation."""
    game = MatrixGame([["a", "b"], ["c", "d"]], ["A", "B"])
    for law in (None, fermi_imitation(), birth_death(), death_birth(), wright_fisher()):
        found = mutation_selection(game, rule=law)
        assert found.favoured["A"].text() == "a*N + b*N + 2*d > c*N + d*N + 2*a"
        assert found.favoured["B"].text() == "a*N + b*N + 2*d < c*N + d*N + 2*a"
        assert well_mixed_structure(rule=law).sigma == (N - 2) / N


@pytest.mark.parametrize("law", [None, fermi_imitation(), birth_death(), death_birth(), wright_fisher()])
@pytest.mark.parametrize("n", [2, 3])
def test_the_rule_of_two_structure_coefficients(law: Any, n: int) -> None:
    """Tarnita, Wage and Nowak (2011): sigma1 (a_kk - mean a_jj) + mean a_kj - mean a_jk + sigma2 (mean a_kj - mean) > 0."""
    game = MatrixGame([[f"a{i}{j}" for j in range(n)] for i in range(n)])
    a = sympy.Matrix(n, n, lambda i, j: sympy.Symbol(f"a{i}{j}"))
    structure = well_mixed_structure(n, rule=law)
    diagonal, mean = sum(a[j, j] for j in range(n)) / n, sum(a) / n**2
    row, column = sum(a[0, j] for j in range(n)) / n, sum(a[j, 0] for j in range(n)) / n
    rule = structure.sigma1 * (a[0, 0] - diagonal) + row - column + structure.sigma2 * (row - mean)
    coefficient = mutation_selection(game, rule=law).coefficients[0]
    ratio = sympy.cancel(coefficient / rule)
    assert ratio.free_symbols <= {N, MU}
    for size, chance in ((3, 0), (5, sympy.Rational(1, 9)), (40, sympy.Rational(1, 3))):
        assert ratio.subs({N: size, MU: chance}) > 0
    small = well_mixed_structure(n, size=7, mutation="1/5", rule=law)
    at = mutation_selection(game, size=7, mutation="1/5", rule=law)
    assert small.condition(game, "1") == at.favoured["1"]


def test_structure_coefficients_of_a_large_population() -> None:
    """Tarnita, Wage and Nowak (2011): in a large well-mixed population sigma1 = 1 and sigma2 is the scaled mutation."""
    nu = sympy.Symbol("nu")
    structure = well_mixed_structure(3)
    first, second = (
        sympy.limit(sympy.cancel(e.subs(MU, sympy.Rational(2, 3) * nu / N)), N, sympy.oo)
        for e in (structure.sigma1, structure.sigma2)
    )
    assert (first, second) == (1, nu)


def test_a_ranking_that_turns_with_mutation() -> None:
    """L of r is positive and H negative: what rare mutation favours, frequent mutation does not; the turn is where L + theta H = 0."""
    game = MatrixGame([[5, 0, 0], [0, 1, 8], [0, 8, 1]], ["r", "s", "t"])
    found = mutation_selection(game, size=100)
    low, high = found.low[0], found.high[0]
    assert low > 0 > high
    theta = -low / high
    turn = Fraction(int((2 * theta).p), int((2 * theta).q)) / (3 * (100 + Fraction(int(theta.p), int(theta.q))))
    assert found.values(mutation=turn)["r"] == 0
    assert found.ranking(mutation=turn / 2)[0] == ("r",)
    assert found.ranking(mutation=turn * 2) == (("s", "t"), ("r",))


def test_the_most_mutation_leaves_nothing_to_selection_but_survival() -> None:
    """At mu = 2/3 of three strategies offspring is drawn at random; only who lives longer counts, under birth-death."""
    values = {GENERAL[i][j]: i * 3 + j**2 for i in range(3) for j in range(3)}
    for law in (None, death_birth(), wright_fisher()):
        found = mutation_selection(THREE, size=5, mutation="2/3", rule=law)
        assert found.coefficients == (0, 0, 0)
        assert found.favoured["r"].text() == "false"
    alive = mutation_selection(THREE, size=5, mutation="2/3", rule=birth_death()).values(values)
    table = [[Fraction(values[GENERAL[i][j]]) for j in range(3)] for i in range(3)]
    process = exact.replacement("birth-death", exact.exponential)
    slopes = exact.mean_share_slopes(process, exact.pair_payoffs(table), 5, 3, Fraction(2, 3))
    assert list(alive.values()) == slopes and slopes[2] > 0


def test_equal_payoffs_and_sums() -> None:
    flat = mutation_selection(MatrixGame([[2, 2, 2]] * 3))
    assert flat.coefficients == flat.low == flat.high == (0, 0, 0)
    assert flat.ranking(size=4, mutation="0.1") == (("1", "2", "3"),)
    assert sympy.simplify(sum(mutation_selection(THREE).coefficients)) == 0


def test_settings_and_names() -> None:
    found = mutation_selection(THREE, rule=imitation_of_the_dissatisfied("K"))
    values = {GENERAL[i][j]: i + j * j for i in range(3) for j in range(3)}
    with pytest.raises(ProtocolError, match="which is no chance; give weak_rule"):
        mutation_selection(THREE, rule=imitation_of_the_dissatisfied(5))
    assert weak_rule(imitation_of_the_dissatisfied(5), step="1/5").copying == 1
    one = found.values({**values, "K": "1/2"}, size=5, mutation="0.1")
    # chances 1/2 - w * payoff: strength 2, copying 1/2
    two = mutation_selection(THREE, rule=WeakRule("same", strength=2, copying="1/2", explores=True)).values(
        values, size=5, mutation="0.1"
    )
    assert one == two
    renamed = mutation_selection(THREE, size="Z", mutation="m")
    assert renamed.coefficients[0].free_symbols >= set(sympy.symbols("Z m"))
    with pytest.raises(ParameterError, match="two names"):
        mutation_selection(THREE, mutation="N")
    with pytest.raises(ParameterError, match="two names"):
        well_mixed_structure(size="x", mutation="x")


@pytest.mark.parametrize("mutation", [-0.1, "0.7", 1, float("nan"), float("inf"), "2*m", True])
def test_chances_that_are_none(mutation: Any) -> None:
    with pytest.raises(ValueError, match=r"mutation|number"):
        mutation_selection(THREE, mutation=mutation)


def test_what_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="GroupGame"):
        mutation_selection(linear_public_good(3))  # type: ignore[arg-type]
    with pytest.raises(UnsupportedError, match="one strategy"):
        mutation_selection(MatrixGame([[1]]))
    with pytest.raises(UnsupportedError, match="depend on the shares"):
        mutation_selection(MatrixGame([["x", 0], [0, 1]], symbol="x"))
    with pytest.raises(StateError, match="no strategy 'q'"):
        mutation_selection(THREE).more_abundant("q", "r")
    with pytest.raises(ParameterError, match="leave it out"):
        mutation_selection(THREE, size=4).values({}, size=5)
    with pytest.raises(ParameterError, match="no value for mu"):
        mutation_selection(MatrixGame([[1, 0], [0, 2]])).values(size=5)
    with pytest.raises(ParameterError, match="at least 2"):
        well_mixed_structure(1)
    with pytest.raises(UnsupportedError, match="for 2 strategies"):
        well_mixed_structure(2).condition(THREE, "r")
    with pytest.raises(StateError, match="no strategy"):
        well_mixed_structure(3).condition(THREE, "q")


@pytest.mark.parametrize(
    "law", [moran("w"), birth_death("w"), death_birth("w"), fermi_imitation("w"), imitative_logit("1/w")]
)
def test_the_chains_of_the_package(law: Any) -> None:
    """The same processes as `finite_population` has: the stationary law of its chain at w = 1e-5, solved in floats."""
    w, size, mutation = Fraction(1, 10**5), 4, Fraction(1, 5)
    table = [[3, -1, 2], [0, 1, 4], [5, -2, 0]]
    game = MatrixGame(table, ["r", "s", "t"], parameters={"w": w})
    process = finite_population(game, law, size, mutation=mutation).at()
    places = exact.states(size, 3)
    transition = np.zeros((len(places), len(places)))
    for k, place in enumerate(places):
        chances = process.chances(0, [np.array(place)])
        for i, j in zip(*np.nonzero(chances), strict=True):
            after = list(place)
            after[i], after[j] = after[i] - 1, after[j] + 1
            transition[k, places.index(tuple(after))] += chances[i, j]
    shares = stationary_law(transition) @ np.array(places) / size
    rule = weak_rule(law) if "noise" not in dict(law.settings) else weak_rule(imitative_logit(1))
    found = mutation_selection(MatrixGame(table), size=size, mutation=mutation, rule=rule)
    assert (shares - 1 / 3) / float(w) == pytest.approx([float(c) for c in found.coefficients], rel=1e-3, abs=1e-6)


def test_display() -> None:
    found = mutation_selection(MatrixGame([["b - c", "-c"], ["b", "0"]], ["share", "keep"]))
    table = found.to_dataframe()
    assert list(table.columns) == ["strategy", "L", "H", "coefficient", "favoured"]
    assert table["favoured"].tolist() == ["c*N + b < c", "c*N + b > c"]
    assert "theta = 2*N*mu/(1 - 2*mu)" in str(found)
    assert r"\frac{b + c \left(N - 1\right)}{N}" in found._repr_html_()
    assert str(well_mixed_structure(3, mutation=0)) == "sigma = (N - 2)/N, sigma1 = (N - 2)/N, sigma2 = 0"
    assert r"\sigma_1 = \frac{N - 2}{N}" in well_mixed_structure(3, mutation=0)._repr_latex_()
