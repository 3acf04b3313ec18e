"""Fixation: published numbers, sums with sixty digits at any intensity, linear systems in Fractions, generations, several populations."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.finite.stepwise_chains import ends, log_sum_of_products

from coopgame import (
    GroupGame,
    Law,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    StateError,
    UnsupportedError,
    birth_death,
    death_birth,
    fermi_imitation,
    find_fixation,
    find_fixation_times,
    finite_population,
    imitation_updating,
    imitative_logit,
    linear_fitness,
    logit,
    moran,
    pairwise_imitation,
    transition_chain,
    wright_fisher,
)
from coopgame._kernels.fixation import climb, log_fixation_of_line
from coopgame.finite.monomorphic import log_steps

HAWK_DOVE = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"])
MOST = 1e-10


def _advantages(payoffs: list[list[Fraction]], i: int, j: int, size: int) -> list[tuple[Fraction, Fraction]]:
    """What mutants j and residents i earn with k = 1 … N - 1 mutants, pair by pair."""
    return [
        (
            (payoffs[j][j] * (k - 1) + payoffs[j][i] * (size - k)) / (size - 1),
            (payoffs[i][j] * k + payoffs[i][i] * (size - k - 1)) / (size - 1),
        )
        for k in range(1, size)
    ]


def _ratios(law: str, earned: list[tuple[Fraction, Fraction]], w: Fraction) -> list[mpmath.mpf]:
    """log T-/T+ for each number of mutants, from the definitions of the rules."""
    size, logs = len(earned) + 1, []
    for k, (mutant, resident) in enumerate(earned, 1):
        m, r = (mpmath.mpf(v.numerator) / v.denominator for v in (mutant, resident))
        beta = mpmath.mpf(w.numerator) / w.denominator
        if law in ("Fermi", "Moran"):
            logs.append(beta * (r - m))
        elif law == "linear":
            logs.append(mpmath.log((1 - beta + beta * r) / (1 - beta + beta * m)))
        else:  # death-birth: who dies does not compete
            a, b = mpmath.e ** (beta * m), mpmath.e ** (beta * r)
            up = a / (k * a + (size - k - 1) * b)
            down = b / ((k - 1) * a + (size - k) * b)
            logs.append(mpmath.log(down / up))
    return logs


@pytest.mark.parametrize("law", ["Fermi", "Moran", "linear", "death-birth"])
@pytest.mark.parametrize("strategies", [3, 5])
@pytest.mark.parametrize("size", [50, 500])
@pytest.mark.parametrize("intensity", ["1/100", "1", "10"])
def test_with_sixty_digits(law: str, strategies: int, size: int, intensity: str) -> None:
    """The error of log rho is at most 1e-10 of max(1, |log rho|)."""
    if law == "linear":
        intensity = {"1/100": "1/100", "1": "1/2", "10": "1"}[intensity]
    rng = np.random.default_rng(strategies * 1000 + size)
    low = 1 if law == "linear" else -20
    payoffs = [[Fraction(int(v), 7) for v in row] for row in rng.integers(low, 30, (strategies, strategies))]
    payoffs[1][2] = payoffs[2][1] = payoffs[1][1] = payoffs[2][2]  # a neutral pair
    rule: Law = {
        "Fermi": fermi_imitation(intensity),
        "Moran": moran(intensity),
        "linear": moran(intensity, linear_fitness()),
        "death-birth": death_birth(intensity),
    }[law]
    found = find_fixation(finite_population(MatrixGame(payoffs), rule, size))
    with mpmath.workdps(60):
        for i in range(strategies):
            assert np.isnan(found.log_probabilities[i, i])
            for j in range(strategies):
                if i == j or (size == 500 and (i + j) % 3):
                    continue
                logs = _ratios(law, _advantages(payoffs, i, j, size), Fraction(intensity))
                exact = -log_sum_of_products(logs)
                error = abs(mpmath.mpf(found.log_probabilities[i, j]) - exact)
                assert error <= MOST * max(1, abs(exact))
    if law != "death-birth":
        assert found.probability("2", "3") == pytest.approx(1 / size, rel=1e-12)


@given(
    st.floats(-2000, 2000).filter(lambda v: v == 0 or abs(v) > 1e-6),
    st.floats(-2000, 2000).filter(lambda v: v == 0 or abs(v) > 1e-6),
    st.sampled_from([2, 3, 31, 33, 34, 100, 333]),
    st.sampled_from([1e-6, 1e-3, 0.1, 1.0]),
)
@settings(max_examples=150)
def test_the_line_at_all_scales(u: float, v: float, size: int, scale: float) -> None:
    """Large, small and opposed exponents, and those that underflow, beside a sum with forty digits."""
    u, v = u * scale / size, v * scale
    with mpmath.workdps(40):
        exact = -log_sum_of_products([-(mpmath.mpf(u) * k + mpmath.mpf(v)) for k in range(1, size)])
        assert abs(mpmath.mpf(log_fixation_of_line(u, v, size)) - exact) <= MOST * max(1, abs(exact))


@pytest.mark.parametrize(
    ("u", "v", "size"),
    [
        (1e-8, -0.5, 10**5),
        (-2e-4, 5.0, 10**5),
        (2e-5, -1.0, 10**5),
        (0.0, 1e-7, 10**6),
        (1e4, -1e6, 200),
        (-1e5, 1e7, 200),
    ],
)
def test_long_and_steep_lines(u: float, v: float, size: int) -> None:
    """A hundred thousand members, and a peak or a valley of the exponents inside; beside plain sums with more digits."""
    k = np.arange(size, dtype=np.longdouble)
    exponents = -(np.longdouble(u) * k * (k + 1) / 2 + np.longdouble(v) * k)
    most = exponents.max()
    exact = -(most + np.log(np.exp(exponents - most).sum()))
    assert abs(log_fixation_of_line(u, v, size) - exact) <= MOST * max(1, abs(exact))


def test_groups_with_sixty_digits() -> None:
    """Groups of four from fifty, payoffs by hypergeometric sums."""
    rows = [[Fraction(v, 3) for v in row] for row in ((-2, 0, 3, 5), (1, 1, 2, 6))]
    game = GroupGame({"a": rows[0], "b": rows[1]}, 4)
    size, w = 50, Fraction(3, 2)

    def mean(row: list[Fraction], others: int) -> Fraction:
        ways = [math.comb(others, m) * math.comb(size - 1 - others, 3 - m) for m in range(4)]
        return sum((way * value for way, value in zip(ways, row, strict=True)), Fraction(0)) / math.comb(size - 1, 3)

    found = find_fixation(finite_population(game, fermi_imitation(w), size))
    with mpmath.workdps(60):
        of_a = [(mean(rows[0], k - 1), mean(rows[1], k)) for k in range(1, size)]
        of_b = [(mean(rows[1], size - k), mean(rows[0], size - k - 1)) for k in range(1, size)]
        for earned, name in ((of_a, ("b", "a")), (of_b, ("a", "b"))):
            exact = -log_sum_of_products(_ratios("Fermi", earned, w))
            assert abs(mpmath.mpf(found.log_probability(*name)) - exact) <= MOST * max(1, abs(exact))


def _fractions(chain: np.ndarray) -> list[list[Fraction]]:
    """The rows of a chain as Fractions that sum to 1."""
    rows = [[Fraction(float(v)) for v in row] for row in chain]
    for k, row in enumerate(rows):
        row[k] += 1 - sum(row)
    return rows


GAMES = {
    "coordination": MatrixGame([[4, 1], [2, 3]]),
    "dilemma": MatrixGame([[2, -1], [3, 0]]),
    "hawk-dove": HAWK_DOVE,
}
LAWS: dict[str, Law] = {
    "Fermi": fermi_imitation("1/2"),
    "imitative logit": imitative_logit(2),
    "pairwise": pairwise_imitation(),
    "Moran": moran("1/2"),
    "linear": moran("1/10", linear_fitness()),
    "birth-death": birth_death("1/2"),
    "death-birth": death_birth("1/2"),
    "imitation": imitation_updating("1/2"),
    "Wright-Fisher": wright_fisher("1/2"),
}


@pytest.mark.parametrize("kind", ["coordination", "dilemma", "hawk-dove"])
@pytest.mark.parametrize("rule", LAWS)
@pytest.mark.parametrize("initial", [1, 3, 6])
def test_linear_systems_in_fractions(kind: str, rule: str, initial: int) -> None:
    """Probabilities and both mean times are those of the linear systems of the chain, solved in Fractions, from any initial number."""
    game = GAMES[kind]
    population = finite_population(game, LAWS[rule], 7, step="1/10" if rule == "pairwise" else 1)
    fixed, times = find_fixation(population, initial=initial), find_fixation_times(population, initial=initial)
    if rule == "pairwise" and kind == "hawk-dove":  # nobody imitates who earns less: both strategies stay
        assert (
            fixed.probability("hawk", "dove") == 0 and (times.unconditional[~np.eye(2, dtype=bool)] == np.inf).all()
        )
        return
    matrix = _fractions(transition_chain(population).matrix.toarray())  # row k: k of the first strategy
    for rows, i, j in ((matrix, 1, 0), ([row[::-1] for row in matrix[::-1]], 0, 1)):
        chance, time, conditional = ends(rows)
        expected = float(chance[initial - 1])
        assert fixed.probabilities[i, j] == pytest.approx(expected, rel=1e-9, abs=1e-300)
        assert times.unconditional[i, j] == pytest.approx(float(time[initial - 1]), rel=1e-9)
        if conditional[initial - 1] is None:
            assert np.isnan(times.conditional[i, j]) or expected > 0
        else:
            assert times.conditional[i, j] == pytest.approx(float(conditional[initial - 1]), rel=1e-9)


def test_the_chain_that_stops_on_the_way() -> None:
    """Pairwise imitation at a tie inside: nobody imitates, nobody takes over, and time has no end."""
    game = MatrixGame([[0, 1], [1, 0]])
    population = finite_population(game, pairwise_imitation(), 6, step="1/10")
    found, times = find_fixation(population), find_fixation_times(population)
    assert found.probability("1", "2") == 0 and found.log_probability("1", "2") == -math.inf
    assert times.unconditional[0, 1] == math.inf and np.isnan(times.conditional[0, 1])
    assert "never" in str(times) and "infinite" in str(times)


def test_times_of_the_neutral_moran_process() -> None:
    """One neutral mutant takes over after N(N - 1) steps on average, where it does (Antal and Scheuring 2006)."""
    for size in (2, 5, 30):
        population = finite_population(MatrixGame([[1, 1], [1, 1]], ["A", "B"]), moran(), size)
        times = find_fixation_times(population)
        assert times.steps("A", "B") == pytest.approx(size * (size - 1), rel=1e-12)
        assert times.generations("A", "B") == pytest.approx(size - 1, rel=1e-12)
        harmonic = sum(1 / k for k in range(1, size))
        assert times.unconditional[0, 1] == pytest.approx(size * harmonic, rel=1e-12)


def test_times_by_the_formulas_of_altrock_and_traulsen() -> None:
    """New Journal of Physics 11 (2009), 013012: double sums over the ratios, with forty digits; strong selection, where plain floats overflow."""
    size, beta = 60, 3
    game = MatrixGame([[1, 5], [2, 3]], ["A", "B"])
    population = finite_population(game, fermi_imitation(beta), size)
    with mpmath.workdps(60):
        up, down = [], []
        for k in range(1, size):  # k of A
            gain = mpmath.mpf((k - 1) * 1 + (size - k) * 5 - k * 2 - (size - k - 1) * 3) / (size - 1)
            meet = mpmath.mpf(k) * (size - k) / (size * (size - 1))
            up.append(meet / (1 + mpmath.e ** (-beta * gain)))
            down.append(meet / (1 + mpmath.e ** (beta * gain)))
        gamma = [d / u for u, d in zip(up, down, strict=True)]

        def product(a: int, b: int) -> mpmath.mpf:  # of gamma_a … gamma_b
            return mpmath.fprod(gamma[a - 1 : b])

        phi = [mpmath.fsum([1, *(product(1, m) for m in range(1, k))]) for k in range(1, size + 1)]
        rho = [value / phi[-1] for value in phi]  # from k = 1 … N
        either = rho[0] * mpmath.fsum(product(l + 1, k) / up[l - 1] for k in range(1, size) for l in range(1, k + 1))
        success = mpmath.fsum(
            rho[l - 1] / up[l - 1] * product(l + 1, k) for k in range(1, size) for l in range(1, k + 1)
        )
        times = find_fixation_times(population)
        assert times.log_unconditional[1, 0] == pytest.approx(float(mpmath.log(either)), rel=1e-12)
        assert times.log_conditional[1, 0] == pytest.approx(float(mpmath.log(success)), rel=1e-12)


def test_times_beyond_all_floats() -> None:
    """A stable mixture at an intensity of 1000: the mean time is above e^10000, and known."""
    population = finite_population(HAWK_DOVE, fermi_imitation(1000), 100)
    times = find_fixation_times(population)
    assert times.log_unconditional[0, 1] > 10_000 and "e+" in str(times)


def test_laws_with_the_same_ratios() -> None:
    """The Fermi rule, Moran with exponential fitness, and birth-death have the same fixation probabilities (Traulsen, Shoresh and Nowak 2008)."""
    game = MatrixGame([[1, 5, 0], [2, 3, 1], [0, 4, 2]])
    one = find_fixation(finite_population(game, fermi_imitation("2/3"), 20)).log_probabilities
    for law in (moran("2/3"), birth_death("2/3"), imitation_updating("2/3")):
        other = find_fixation(finite_population(game, law, 20)).log_probabilities
        np.testing.assert_array_equal(one, other)
    process = finite_population(game, birth_death("2/3"), 20).at()
    assert climb(*log_steps(process, (0,), 0, 1), 1)[0] == pytest.approx(one[0, 1], rel=1e-11)


def test_several_populations() -> None:
    """A mutant of one population, the other being of one mind: a constant advantage, (1 - e^-a)/(1 - e^-Na)."""
    game = NormalFormGame.from_bimatrix(
        [[3, 0, 1], [5, 1, 1]], [[2, 4, 4], [0, 1, 3]], {"one": ["u", "d"], "two": ["l", "m", "r"]}
    )
    population = finite_population(game, fermi_imitation("1/3"), {"one": 5, "two": 8})
    found = find_fixation(population)
    assert found.labels[0] == "u, l" and found.log_probabilities.shape == (6, 6)
    assert np.isnan(found.log_probability(("u", "l"), ("d", "m")))

    def closed(a: float, size: int) -> float:
        return 1 / size if a == 0 else math.expm1(-a) / math.expm1(-a * size)

    assert found.probability(("u", "l"), ("d", "l")) == pytest.approx(closed(2 / 3, 5), rel=1e-12)
    assert found.probability("d, l", "d, r") == pytest.approx(closed(1.0, 8), rel=1e-12)
    assert found.probability("u, m", "u, r") == pytest.approx(1 / 8, rel=1e-12)
    general = find_fixation(
        finite_population(game, {"one": fermi_imitation("1/3"), "two": death_birth("1/3")}, {"one": 5, "two": 8})
    )
    assert general.probability("u, l", "d, l") == pytest.approx(closed(2 / 3, 5), rel=1e-12)
    times = find_fixation_times(population)
    alone = find_fixation_times(
        finite_population(MatrixGame([[3, 3], [5, 5]]), fermi_imitation("1/3"), 5)
    )  # the same advantage in one population, whose members revise 13/5 times as often
    expected = alone.unconditional[0, 1] * 13 / 5
    assert times.unconditional[0, found.labels.index("d, l")] == pytest.approx(expected, rel=1e-12)


def test_generations_with_strong_selection() -> None:
    """Wright-Fisher where fixation underflows: a detrimental mutant in a hundred members, beside mpmath's elimination at forty digits."""
    size, w = 12, 9
    game = MatrixGame([[0, 0], [1, 1]], ["A", "B"])
    found = find_fixation(finite_population(game, wright_fisher(w), size))
    with mpmath.workdps(60):
        p = [k / (k + (size - k) * mpmath.e**w) for k in range(size + 1)]
        inside = range(1, size)
        matrix = mpmath.matrix(size - 1, size - 1)
        right = mpmath.matrix(size - 1, 1)
        for i in inside:
            for j in inside:
                matrix[i - 1, j - 1] = (i == j) - math.comb(size, j) * p[i] ** j * (1 - p[i]) ** (size - j)
            right[i - 1] = p[i] ** size
        exact = mpmath.log(mpmath.lu_solve(matrix, right)[0])
    assert found.log_probability("B", "A") == pytest.approx(float(exact), rel=1e-12)
    assert found.log_probability("B", "A") < -40


def test_tables() -> None:
    found = find_fixation(finite_population(HAWK_DOVE, fermi_imitation("1/10"), 20))
    table = found.to_xarray()
    assert table.probability.sel(resident="dove", mutant="hawk").item() == found.probability("dove", "hawk")
    frame = found.to_dataframe()
    assert list(frame.columns) == ["resident", "mutant", "probability", "log_probability"] and len(frame) == 2
    assert "resident \\ mutant" in str(found) and "0.0735078" in str(found) and "<table>" in found._repr_html_()
    times = find_fixation_times(finite_population(HAWK_DOVE, fermi_imitation("1/10"), 20))
    assert times.to_xarray().conditional_generations.sel(resident="dove", mutant="hawk").item() == pytest.approx(
        times.generations("dove", "hawk")
    )
    assert len(times.to_dataframe()) == 2 and "until fixation" in str(times) and "<table>" in times._repr_html_()
    tiny = find_fixation(finite_population(HAWK_DOVE, fermi_imitation(1000), 100))
    assert "e-" in str(tiny) and not tiny.log_probabilities.flags.writeable


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: find_fixation(finite_population(HAWK_DOVE, logit(1), 5)), UnsupportedError, "come back"),
        (lambda: find_fixation_times(finite_population(HAWK_DOVE, logit(1), 5)), UnsupportedError, "come back"),
        (lambda: find_fixation(finite_population(HAWK_DOVE, moran(), 5), initial=5), ParameterError, "from 1 to 4"),
        (lambda: find_fixation(finite_population(HAWK_DOVE, moran(), 5), initial=0), ParameterError, "from 1 to 4"),
        (lambda: find_fixation(finite_population(HAWK_DOVE, wright_fisher(), 2000)), UnsupportedError, "up to 1000"),
        (
            lambda: find_fixation(finite_population(HAWK_DOVE, death_birth(), 10**8)),
            UnsupportedError,
            "up to 10000000",
        ),
        (
            lambda: find_fixation(finite_population(HAWK_DOVE, moran(), 5)).probability("hawk", "owl"),
            StateError,
            "hawk; dove",
        ),
    ],
)
def test_errors(call: Callable[[], object], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_one_strategy_and_two_members() -> None:
    assert np.isnan(find_fixation(finite_population(MatrixGame([[1]]), moran(), 5)).log_probabilities).all()
    two = find_fixation(finite_population(MatrixGame([[0, 0], [1, 0]], ["A", "B"]), fermi_imitation(1), 2))
    assert two.probability("A", "B") == pytest.approx(1 / (1 + math.exp(-1)), rel=1e-14)
