"""Protocols and update rules beside loops over pairs of strategies, their symbolic forms, and their theory."""

from __future__ import annotations

from collections.abc import Callable
from math import exp

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    Law,
    Level,
    MatrixGame,
    NormalFormGame,
    Protocol,
    ProtocolError,
    ReplicatorField,
    UnsupportedError,
    best_response,
    brown_von_neumann_nash,
    excess_payoff,
    fermi_imitation,
    find_regimes,
    imitation_of_success,
    imitation_of_the_dissatisfied,
    imitative_logit,
    logit,
    maynard_smith,
    mean_dynamic,
    mixture,
    pairwise_comparison,
    pairwise_imitation,
    projection,
    replicator,
    replicator_mutator,
    selection_mutation,
    smith,
)
from coopgame.dynamics.elementwise import positive_part

Pair = Callable[[list[float], list[float], int, int], float]


def _mean(f: list[float], x: list[float]) -> float:
    return sum(a * b for a, b in zip(f, x, strict=True))


# the rate of switching from i to j, written for one pair at a time
PAIRS: dict[str, tuple[Law, Pair]] = {
    "imitation": (pairwise_imitation(), lambda f, x, i, j: x[j] * max(f[j] - f[i], 0)),
    "dissatisfied": (imitation_of_the_dissatisfied(50), lambda f, x, i, j: x[j] * (50 - f[i])),
    "success": (imitation_of_success(-50), lambda f, x, i, j: x[j] * (f[j] + 50)),
    "fermi": (fermi_imitation("3/2"), lambda f, x, i, j: x[j] / (1 + exp(-1.5 * (f[j] - f[i])))),
    "imitative logit": (
        imitative_logit(2),
        lambda f, x, i, j: x[j] * exp(f[j] / 2) / sum(b * exp(a / 2) for a, b in zip(f, x, strict=True)),
    ),
    "logit": (logit("1/2"), lambda f, x, i, j: exp(2 * f[j]) / sum(exp(2 * a) for a in f)),
    "smith": (smith(), lambda f, x, i, j: max(f[j] - f[i], 0)),
    "bnn": (brown_von_neumann_nash(), lambda f, x, i, j: max(f[j] - _mean(f, x), 0)),
    "squared": (pairwise_comparison(lambda g: positive_part(g) ** 2), lambda f, x, i, j: max(f[j] - f[i], 0) ** 2),
    "excess": (excess_payoff(lambda e: positive_part(e) ** 2), lambda f, x, i, j: max(f[j] - _mean(f, x), 0) ** 2),
    "mixture": (
        mixture({smith(): 2, fermi_imitation(1): "1/3"}),
        lambda f, x, i, j: 2 * max(f[j] - f[i], 0) + x[j] / (1 + exp(f[i] - f[j])) / 3,
    ),
}
SYMBOLIC = [law for law, _ in PAIRS.values()] + [
    maynard_smith(),
    replicator_mutator("1/10"),
    replicator_mutator([["9/10", "1/10", 0], [0, 1, 0], ["1/4", "1/4", "1/2"]]),
    selection_mutation("1/20"),
]

entries = st.lists(st.integers(1, 9), min_size=9, max_size=9)
weights = st.lists(st.integers(1, 9), min_size=3, max_size=3)


def _game(table: list[int]) -> MatrixGame:
    return MatrixGame([table[:3], table[3:6], table[6:]], ["A", "B", "C"])


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=15)
@given(entries, weights)
def test_the_mean_dynamic_is_inflow_minus_outflow(name: str, table: list[int], parts: list[int]) -> None:
    law, pair = PAIRS[name]
    game = _game(table)
    x = [part / sum(parts) for part in parts]
    f = [_mean(list(map(float, row)), x) for row in (table[:3], table[3:6], table[6:])]
    wanted = [sum(x[j] * pair(f, x, j, i) - x[i] * pair(f, x, i, j) for j in range(3)) for i in range(3)]
    np.testing.assert_allclose(mean_dynamic(game, law)(x), wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("law", SYMBOLIC, ids=str)
@settings(max_examples=8)
@given(entries, weights)
def test_formulas_agree_with_numbers(law: Law, table: list[int], parts: list[int]) -> None:
    """Symbolic rates and Jacobian beside the numerical field and its differences."""
    game = _game(table)
    field = mean_dynamic(game, law)
    x = np.array(parts) / sum(parts)
    at = dict(zip(map(sympy.Symbol, game.coordinates), map(float, x), strict=True))
    np.testing.assert_allclose([float(rate.subs(at)) for rate in field.rates], field(x), rtol=1e-9, atol=1e-11)
    assert abs(field(x).sum()) < 1e-12
    if any(abs(float(kink.subs(at))) < 1e-4 for kink in field.kinks):
        return
    jacobian, step = field.jacobian(x), 1e-6
    for column in range(2):
        moved = np.zeros(3)
        moved[column], moved[2] = step, -step
        difference = (field(x + moved) - field(x - moved))[:2] / (2 * step)
        np.testing.assert_allclose(jacobian[:, column], difference, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "law", [pairwise_imitation(), imitation_of_the_dissatisfied(60), imitation_of_success(-60)], ids=str
)
def test_three_kinds_of_imitation_have_the_replicator_as_mean(law: Protocol) -> None:
    """Sandholm (2010), section 5.4: one dynamic, three protocols; and the symbolic engine knows it."""
    game = MatrixGame([["b - c", "-c"], ["b", 0]], symbol="x", assumptions=["b > c > 0"])
    field = mean_dynamic(game, law)
    assert isinstance(field, ReplicatorField)
    assert [r.stable for r in find_regimes(field)] == [r.stable for r in find_regimes(game)]
    values = {"b": 3, "c": 1}
    np.testing.assert_allclose(field({"x": 0.3}, values), replicator(game)({"x": 0.3}, values), atol=1e-13)
    state, payoffs = np.array([0.3, 0.7]), replicator(game).payoffs({"x": 0.3}, values)
    numbers = field.settings(field.numbers(values))[0]
    np.testing.assert_allclose(
        law.change(payoffs, state, **numbers), replicator(game)({"x": 0.3}, values), atol=1e-13
    )


def test_settings_are_parameters_of_the_game() -> None:
    """A noise named in the game is swept like a payoff."""
    game = MatrixGame([[0, "-a", "b"], ["b", 0, "-a"], ["-a", "b", 0]], parameters={"a": 2, "b": 1, "eta": "1/6"})
    field = mean_dynamic(game, logit("eta"))
    middle = [1 / 3, 1 / 3, 1 / 3]
    for eta in (0.1, 1 / 6, 0.5):  # Hommes and Ochea (2012): (a - b)/(6 eta) - 1 +- i sqrt(3)(a + b)/(6 eta)
        found = np.linalg.eigvals(field.jacobian(middle, {"eta": eta}))
        assert sorted(found.real) == pytest.approx([1 / (6 * eta) - 1] * 2)
        assert max(found.imag) == pytest.approx(3**0.5 * 3 / (6 * eta))
    etas = np.array([0.1, 0.2, 0.4])
    rows = field(np.tile([0.5, 0.3, 0.2], (3, 1)), {"eta": etas})
    for eta, row in zip(etas, rows, strict=True):
        np.testing.assert_allclose(row, field([0.5, 0.3, 0.2], {"eta": eta}), rtol=1e-12)


def test_populations_may_revise_differently() -> None:
    game = NormalFormGame({("a", "a"): [2, 1], ("a", "b"): [0, 0], ("b", "a"): [0, 0], ("b", "b"): [1, 2]})
    first, second = (population.name for population in game.populations)
    field = mean_dynamic(game, {first: smith(), second: pairwise_imitation()})
    state = {"x": 0.2, "y": 0.9}
    np.testing.assert_allclose(field(state)[:2], mean_dynamic(game, smith())(state)[:2])
    np.testing.assert_allclose(field(state)[2:], replicator(game)(state)[2:])
    assert field.name == f"{first}: Smith; {second}: pairwise proportional imitation"
    with pytest.raises(ProtocolError, match="missing"):
        mean_dynamic(game, {first: smith()})


def test_projection_on_the_boundary() -> None:
    """Absent strategies that earn too little are left out of the mean; checked against the nearest point of the cone."""
    rng = np.random.default_rng(3)
    law = projection()
    for _ in range(200):
        payoffs = rng.normal(size=4)
        shares = rng.dirichlet(np.ones(4)) * (rng.random(4) < 0.6)
        if shares.sum() == 0:
            continue
        shares = shares / shares.sum()
        found = law.change(payoffs, shares)
        # the best of all admissible directions, by trying every set of absent strategies that may enter
        absent = np.flatnonzero(shares == 0)
        best = None
        for code in range(2 ** len(absent)):
            free = (shares > 0).copy()
            free[absent[[bool(code >> k & 1) for k in range(len(absent))]]] = True
            way = np.where(free, payoffs - payoffs[free].mean(), 0.0)
            if (way[absent] >= -1e-15).all() and (best is None or ((payoffs - way) ** 2).sum() < best[0] - 1e-12):
                best = ((payoffs - way) ** 2).sum(), way
        assert best is not None
        np.testing.assert_allclose(found, best[1], atol=1e-12)


def test_a_law_is_written_in_a_few_lines() -> None:
    """What a user adds: rates as a function of payoffs and shares, with a setting that is a parameter of the game."""

    def cautious(payoffs: np.ndarray, shares: np.ndarray, threshold: np.ndarray) -> np.ndarray:
        gains = payoffs[..., None, :] - payoffs[..., :, None]
        return positive_part(gains - np.asarray(threshold)[..., None])

    law = Protocol("cautious", cautious, settings={"threshold": "t"})
    game = MatrixGame([[0, 3], [2, 0]], symbol="x", parameters={"t": 1})
    field = mean_dynamic(game, law)
    assert field({"x": 0.5})[0] == 0.0  # a gain of 1/2 is not worth it
    assert field({"x": 0.1})[0] == pytest.approx(0.9 * (2.7 - 0.2 - 1))
    assert field.rates[0].subs({"x": sympy.Rational(1, 10), "t": 1}) == sympy.Rational(9, 10) * sympy.Rational(3, 2)


class TestBadInput:
    game = MatrixGame([[0, 3], [2, 0]], symbol="x", parameters={"eta": None})

    def test_negative_rates_are_named(self) -> None:
        field = mean_dynamic(self.game, imitation_of_success(2))
        with pytest.raises(ProtocolError, match=r"rate from strategy .* is -.*at least 0"):
            field({"x": 0.5}, {"eta": 1})

    def test_rates_of_a_wrong_shape(self) -> None:
        law = Protocol("flat", lambda payoffs, shares: payoffs)
        with pytest.raises(ProtocolError, match=r"shape \(2,\)"):
            mean_dynamic(self.game, law)({"x": 0.5}, {"eta": 1})

    def test_a_noise_of_zero(self) -> None:
        with pytest.raises(ProtocolError, match="a positive number is needed"):
            mean_dynamic(self.game, logit("eta"))({"x": 0.5}, {"eta": 0})

    def test_a_setting_that_the_game_does_not_declare(self) -> None:
        with pytest.raises(ProtocolError, match="sigma"):
            mean_dynamic(self.game, logit("sigma"))

    def test_what_is_no_law(self) -> None:
        with pytest.raises(ProtocolError, match="is no protocol"):
            mean_dynamic(self.game, "smith")  # type: ignore[arg-type]

    def test_best_response_has_no_formula(self) -> None:
        with pytest.raises(UnsupportedError, match="set-valued"):
            _ = mean_dynamic(self.game, best_response()).rates

    def test_negative_fitness(self) -> None:
        with pytest.raises(ProtocolError, match="a payoff is -1"):
            mean_dynamic(MatrixGame([[-1, 0], [0, 1]], symbol="x"), replicator_mutator("1/10"))({"x": 1})

    def test_a_mean_payoff_of_zero(self) -> None:
        with pytest.raises(ProtocolError, match="mean payoff is 0"):
            mean_dynamic(MatrixGame([[0, 1], [1, 0]], symbol="x"), maynard_smith())({"x": 1})

    def test_chances_that_do_not_sum_to_one(self) -> None:
        law = replicator_mutator([["1/2", "1/4"], [0, 1]])
        with pytest.raises(ProtocolError, match=r"row 1 .* sums to 0\.75"):
            mean_dynamic(MatrixGame([[1, 1], [1, 2]], symbol="x"), law)({"x": 0.5})

    def test_levels(self) -> None:
        with pytest.raises(UnsupportedError, match="not defined for a network"):
            brown_von_neumann_nash().needs(Level.NETWORK)

    def test_kinks_have_no_jacobian(self) -> None:
        field = mean_dynamic(MatrixGame([[0, 1], [1, 0]], symbol="x"), smith())
        with pytest.raises(UnsupportedError, match="not differentiable"):
            field.jacobian({"x": 0.5})
        assert field.jacobian({"x": 0.25})[0, 0] == pytest.approx(-2 * 0.75 - 0.5)

    def test_a_mixture_of_nothing(self) -> None:
        with pytest.raises(ProtocolError, match="at least one"):
            mixture({})


def test_imitative_logit_with_little_noise_leaves_an_absent_best_strategy_absent() -> None:
    """Payoffs ahead by 2000 times the noise: the two present strategies earn the same, so nothing moves."""
    change = imitative_logit("1/1000").change([2.0, 4.0, 2.0], [0.25, 0.0, 0.75], noise=np.array([0.001]))
    assert change.tolist() == [0.0, 0.0, 0.0]
    nearly = imitative_logit("1/1000").change([2.0, 4.0, 2.0], [0.25, 1e-300, 0.75], noise=np.array([0.001]))
    assert np.allclose(nearly, [-0.25, 1.0, -0.75])  # whoever revises copies the rare agent
