"""Rules for generations that do not overlap, and their maps: plain loops, exact ratios, invariances, errors."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from coopgame import (
    Environment,
    GenerationRule,
    IntegrationError,
    Level,
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    ProtocolError,
    UnsupportedError,
    difference_replicator,
    discrete_dynamic,
    exponential,
    fitness_replicator,
    maynard_smith,
    mean_dynamic,
    replicator,
    smith,
)

ROCK_PAPER_SCISSORS = MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], strategies=["R", "P", "S"])
PENNIES = NormalFormGame(
    {("H", "H"): (1, -1), ("H", "T"): (-1, 1), ("T", "H"): (-1, 1), ("T", "T"): (1, -1)},
    populations={"even": ["H", "T"], "odd": ["H", "T"]},
)
matrices = st.lists(st.integers(-4, 4), min_size=9, max_size=9).map(lambda v: np.reshape(v, (3, 3)))
inner = st.lists(st.integers(1, 9), min_size=3, max_size=3).map(lambda v: np.array(v) / sum(v))


def loop_by_differences(matrix: np.ndarray, x: list[float], step: float) -> list[float]:
    """The map in difference form, strategy by strategy."""
    n = len(x)
    payoffs = [sum(float(matrix[i][j]) * x[j] for j in range(n)) for i in range(n)]
    mean = sum(x[i] * payoffs[i] for i in range(n))
    return [x[i] + step * x[i] * (payoffs[i] - mean) for i in range(n)]


def loop_by_fitness(matrix: np.ndarray, x: list[float], background: float) -> list[float]:
    """The map in fitness form, strategy by strategy."""
    n = len(x)
    payoffs = [sum(float(matrix[i][j]) * x[j] for j in range(n)) for i in range(n)]
    mean = sum(x[i] * payoffs[i] for i in range(n))
    return [x[i] * (payoffs[i] + background) / (mean + background) for i in range(n)]


@given(matrices, inner)
def test_one_generation_is_the_loop_over_strategies(matrix: np.ndarray, x: np.ndarray) -> None:
    game = MatrixGame(matrix.tolist())
    one, two = discrete_dynamic(game, difference_replicator("1/9")), discrete_dynamic(game, fitness_replicator(5))
    np.testing.assert_allclose(one(x), loop_by_differences(matrix, x.tolist(), 1 / 9), atol=1e-14)
    np.testing.assert_allclose(two(x), loop_by_fitness(matrix, x.tolist(), 5.0), atol=1e-14)
    assert one(x).sum() == pytest.approx(1, abs=1e-14)
    assert two(x).sum() == pytest.approx(1, abs=1e-14)


@given(matrices, inner)
def test_relabelling_strategies_relabels_the_next_generation(matrix: np.ndarray, x: np.ndarray) -> None:
    order = [2, 0, 1]
    turned = MatrixGame(matrix[np.ix_(order, order)].tolist())
    for rule in (difference_replicator("1/9"), fitness_replicator(5)):
        there = discrete_dynamic(turned, rule)(x[order])
        np.testing.assert_allclose(there, discrete_dynamic(MatrixGame(matrix.tolist()), rule)(x)[order], atol=1e-14)


@given(matrices, inner)
def test_a_constant_added_to_a_payoff_column_changes_ratios_of_fitness_but_no_difference(
    matrix: np.ndarray, x: np.ndarray
) -> None:
    shifted = MatrixGame((matrix + np.array([3, 0, 1])).tolist())
    game = MatrixGame(matrix.tolist())
    step, background = difference_replicator("1/9"), fitness_replicator(5)
    np.testing.assert_allclose(discrete_dynamic(shifted, step)(x), discrete_dynamic(game, step)(x), atol=1e-14)
    there, here = discrete_dynamic(shifted, background)(x), discrete_dynamic(game, background)(x)
    payoffs = matrix @ x
    if np.ptp(payoffs) > 0.1:
        assert np.abs(there - here).max() > 1e-4
    # the larger background is all that the constant is
    extra = Fraction(5) + sum(c * Fraction(float(v)) for c, v in zip((3, 0, 1), x, strict=True))
    np.testing.assert_allclose(there, discrete_dynamic(game, fitness_replicator(extra))(x), atol=1e-14)


@given(matrices, inner, st.integers(2, 9))
def test_fitness_can_be_measured_in_any_unit(matrix: np.ndarray, x: np.ndarray, unit: int) -> None:
    scaled = discrete_dynamic(MatrixGame((unit * matrix).tolist()), fitness_replicator(5 * unit))(x)
    np.testing.assert_allclose(
        scaled, discrete_dynamic(MatrixGame(matrix.tolist()), fitness_replicator(5))(x), atol=1e-14
    )


def test_ratios_of_shares_change_by_the_ratio_of_fitness() -> None:
    game = MatrixGame([[5, 5, 5], [3, 3, 3], [1, 1, 1]])
    dynamics = discrete_dynamic(game, fitness_replicator(2))
    logs = np.log([0.2, 0.3, 0.5])
    step = dynamics.step([])
    for _ in range(2000):
        logs = step(logs)
    assert logs[2] - logs[0] == pytest.approx(np.log(0.5 / 0.2) + 2000 * np.log(3 / 7), rel=1e-13)
    assert logs[1] - logs[0] == pytest.approx(np.log(0.3 / 0.2) + 2000 * np.log(5 / 7), rel=1e-13)
    assert logs[2] < -1600  # far below the smallest number that is not 0


def test_a_map_prints_its_next_shares() -> None:
    game = MatrixGame([[0, "k"], ["k", 0]], symbol="x", parameters={"k": 1, "h": 1})
    dynamics = discrete_dynamic(game, difference_replicator("h"))
    x, k, h = sympy.symbols("x k h")
    assert sympy.expand(dynamics.next_shares[0] - (x + h * x * (1 - x) * k * (1 - 2 * x))) == 0
    assert set(dynamics.equations()) == {"x"}
    assert "x' &=" in dynamics._repr_latex_()
    other = discrete_dynamic(game, fitness_replicator("h"))
    assert sympy.cancel(other.next_shares[0] - x * (k * (1 - x) + h) / (2 * k * x * (1 - x) + h)) == 0
    assert sympy.cancel(other.jacobian_expressions[0, 0] - sympy.diff(other.next_shares[0], x)) == 0


def test_each_population_may_have_its_own_rule() -> None:
    rules = {"even": difference_replicator("1/4"), "odd": fitness_replicator(3)}
    both = discrete_dynamic(PENNIES, rules)([0.6, 0.4, 0.3, 0.7])
    np.testing.assert_allclose(both[:2], discrete_dynamic(PENNIES, rules["even"])([0.6, 0.4, 0.3, 0.7])[:2])
    np.testing.assert_allclose(both[2:], discrete_dynamic(PENNIES, rules["odd"])([0.6, 0.4, 0.3, 0.7])[2:])


def test_batches_of_states_and_of_values() -> None:
    game = MatrixGame([[0, "k"], ["k", 0]], symbol="x", parameters={"k": 1})
    dynamics = discrete_dynamic(game, difference_replicator("1/k"))
    k = np.array([1.0, 2.0, 4.0])
    np.testing.assert_allclose(dynamics({"x": 0.25}, {"k": k})[:, 0], 0.25 + 0.1875 * 0.5)
    found = dynamics({"x": [[0.25, 0.5]]}, {"k": k[:, None]})
    assert found.shape == (3, 2, 2)
    np.testing.assert_allclose(found[:, 1], 0.5)


def test_the_displacement_in_fitness_form_is_the_adjusted_replicator() -> None:
    game = MatrixGame([[3, 1, 4], [2, 5, 1], [6, 1, 2]])
    x = np.array([0.2, 0.3, 0.5])
    moved = discrete_dynamic(game, fitness_replicator())(x) - x
    np.testing.assert_allclose(moved, mean_dynamic(game, maynard_smith())(x), atol=1e-15)
    moved = discrete_dynamic(game, difference_replicator("1/8"))(x) - x
    np.testing.assert_allclose(moved, replicator(game)(x) / 8, atol=1e-15)


def test_a_rule_of_ones_own_multiplies_weights() -> None:
    rule = GenerationRule("weights", lambda payoffs, shares, beta: exponential(beta * payoffs), settings={"beta": 2})
    x = np.array([0.2, 0.3, 0.5])
    weights = x * np.exp(2 * np.array([-1 * 0.3 + 0.5, 0.2 - 0.5, -0.2 + 0.3]))
    np.testing.assert_allclose(discrete_dynamic(ROCK_PAPER_SCISSORS, rule)(x), weights / weights.sum())


def test_a_strategy_without_offspring_is_gone() -> None:
    game = MatrixGame([[0, 8], [8, 0]], symbol="x")
    nothing = discrete_dynamic(game, difference_replicator())({"x": 0.75})  # 1 + 8 (1 - x)(1 - 2x) = 0
    assert nothing.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("rule", "state", "words"),
    [
        (
            difference_replicator(4),
            [0.1, 0.8, 0.1],
            "R would leave -1.8 offspring from a share of 0.1 at a payoff of -0.7",
        ),
        (fitness_replicator(), [0.5, 0.3, 0.2], r"R would leave -0.1 .* a background above 0.2 keeps"),
    ],
)
def test_negative_offspring_is_an_error_with_a_remedy_that_helps(
    rule: GenerationRule, state: list[float], words: str
) -> None:
    with pytest.raises(IntegrationError, match=words):
        discrete_dynamic(ROCK_PAPER_SCISSORS, rule)(state)


def test_the_largest_step_keeps_the_state_inside() -> None:
    state = [0.1, 0.8, 0.1]
    payoffs = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) @ state
    largest = 1 / (payoffs @ state - payoffs.min())
    with pytest.raises(IntegrationError, match=f"a step of at most {largest:.4g} keeps"):
        discrete_dynamic(ROCK_PAPER_SCISSORS, difference_replicator(4))(state)
    assert (discrete_dynamic(ROCK_PAPER_SCISSORS, difference_replicator(largest * 0.999))(state) > 0).all()
    with pytest.raises(IntegrationError):
        discrete_dynamic(ROCK_PAPER_SCISSORS, difference_replicator(largest * 1.001))(state)


def test_absent_strategies_do_not_stop_a_map() -> None:
    alone = discrete_dynamic(MatrixGame([[1, 0], [-9, 0]]), fitness_replicator())([1.0, 0.0])
    assert alone.tolist() == [1.0, 0.0]


def test_no_offspring_at_all_and_no_number() -> None:
    with pytest.raises(IntegrationError, match="no strategy of population leaves offspring"):
        discrete_dynamic(MatrixGame([[0, 0], [0, 0]]), fitness_replicator())([0.5, 0.5])
    rule = GenerationRule("broken", lambda payoffs, shares: payoffs * np.nan)
    with pytest.raises(IntegrationError, match=r"the offspring of population.R is nan"):
        discrete_dynamic(ROCK_PAPER_SCISSORS, rule)([0.5, 0.3, 0.2])


def test_an_environment_has_no_next_generation() -> None:
    game = PopulationGame({"farmers": {"few": "1", "many": "n"}}, environment=[Environment("n", "n*(1-n)/2")])
    with pytest.raises(UnsupportedError, match=r"n has a rate in time.*use mean_dynamic"):
        discrete_dynamic(game, fitness_replicator(3))


def test_laws_say_where_they_belong() -> None:
    with pytest.raises(
        UnsupportedError, match=r"not defined for a mean dynamic; .* use discrete_dynamic\(game, rule\)"
    ):
        mean_dynamic(ROCK_PAPER_SCISSORS, fitness_replicator())
    with pytest.raises(
        UnsupportedError, match=r"Smith is not defined for a dynamic in discrete time; .* use mean_dynamic"
    ):
        discrete_dynamic(ROCK_PAPER_SCISSORS, smith())
    with pytest.raises(ProtocolError, match="is no protocol or update rule"):
        discrete_dynamic(ROCK_PAPER_SCISSORS, 3)  # type: ignore[arg-type]
    with pytest.raises(ProtocolError, match="names h, which the game does not declare"):
        discrete_dynamic(ROCK_PAPER_SCISSORS, difference_replicator("h"))
    with pytest.raises(ProtocolError, match="step = -1; a positive number is needed"):
        discrete_dynamic(ROCK_PAPER_SCISSORS, difference_replicator(-1))([0.5, 0.3, 0.2])
    assert difference_replicator().levels == {Level.DISCRETE}
    assert Level.DISCRETE not in smith().levels
