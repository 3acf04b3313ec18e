"""Rest points and their stability under other dynamics than the replicator, beside theory, closed forms and integration."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    IntegrationOptions,
    Law,
    MatrixGame,
    NormalFormGame,
    ProtocolError,
    Stability,
    UnsupportedError,
    best_response,
    brown_von_neumann_nash,
    excess_payoff,
    fermi_imitation,
    find_regimes,
    find_rest_points,
    imitative_logit,
    integrate,
    logit,
    maynard_smith,
    mean_dynamic,
    pairwise_comparison,
    pairwise_imitation,
    projection,
    replicator_mutator,
    selection_mutation,
    smith,
)
from coopgame.dynamics.elementwise import positive_part

IMITATION = [fermi_imitation(2), imitative_logit(1), maynard_smith()]
NASH = [smith(), brown_von_neumann_nash(), best_response(), projection()]
OWN = [logit("1/4"), selection_mutation("1/50"), replicator_mutator("1/50")]
EIGHT = [
    pairwise_imitation(),
    fermi_imitation(2),
    smith(),
    brown_von_neumann_nash(),
    best_response(),
    projection(),
    OWN[0],
    OWN[1],
]


def _pairs(*rows: list[object]) -> MatrixGame:
    return MatrixGame([list(row) for row in rows])


TEN: dict[str, MatrixGame | NormalFormGame] = {
    "prisoner's dilemma": MatrixGame([[3, 1], [5, 2]], symbol="x"),
    "stag hunt": MatrixGame([[5, 1], [4, 4]], symbol="x"),
    "hawk and dove": MatrixGame([[1, 6], [2, 4]], symbol="x"),
    "good rock-paper-scissors": _pairs([2, 1, 4], [4, 2, 1], [1, 4, 2]),
    "bad rock-paper-scissors": _pairs([4, 1, 5], [5, 4, 1], [1, 5, 4]),
    "zero-sum rock-paper-scissors": _pairs([3, 2, 4], [4, 3, 2], [2, 4, 3]),
    "Zeeman": _pairs([5, 11, 1], [2, 5, 10], [4, 8, 5]),
    "coordination": _pairs([2, 1, 1], [1, 3, 1], [1, 1, 4]),
    "matching pennies": NormalFormGame(
        {("h", "h"): [3, 1], ("h", "t"): [1, 3], ("t", "h"): [1, 3], ("t", "t"): [3, 1]}
    ),
    "battle of the sexes": NormalFormGame(
        {("a", "a"): [3, 2], ("a", "b"): [1, 1], ("b", "a"): [1, 1], ("b", "b"): [2, 3]}
    ),
}


def _payoffs(game: MatrixGame | NormalFormGame, state: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Shares and payoffs of every population, by sums over profiles."""
    if isinstance(game, MatrixGame):
        table = game.payoff_matrix({})
        return [(state, table @ state)]
    x, y = state[:2], state[2:]
    first, second = game.payoff_arrays({})
    return [(x, first @ y), (y, second.T @ x)]


def _is_restricted(game: MatrixGame | NormalFormGame, state: np.ndarray) -> bool:
    return all(np.ptp(f[x > 1e-12]) < 1e-9 for x, f in _payoffs(game, state))


def _is_nash(game: MatrixGame | NormalFormGame, state: np.ndarray) -> bool:
    return all((f[x > 1e-12] > f.max() - 1e-9).all() for x, f in _payoffs(game, state))


def _restricted_count(game: MatrixGame | NormalFormGame) -> int:
    """Count states at which all present earn the same, by solving linear equations on every support."""
    if not isinstance(game, MatrixGame):
        return 5  # four pure profiles and one mixed one in these two games
    table, n, count = game.payoff_matrix({}), len(game.payoffs), 0
    for size in range(1, n + 1):
        for support in combinations(range(n), size):
            rows = [table[i, list(support)] - table[support[0], list(support)] for i in support[1:]]
            try:
                x = np.linalg.solve(np.array([*rows, np.ones(size)]), [0.0] * (size - 1) + [1.0])
            except np.linalg.LinAlgError:
                continue
            count += bool((x > 1e-12).all())
    return count


@pytest.mark.parametrize("name", TEN)
@pytest.mark.parametrize("law", EIGHT, ids=lambda law: law.name)
def test_eight_dynamics_on_ten_games_rest_where_theory_says(name: str, law: Law) -> None:
    """Replicator and other imitation: all restricted equilibria; comparison and the like: Nash equilibria; logit: its own."""
    game = TEN[name]
    points = find_rest_points(mean_dynamic(game, law), {})
    assert points.complete
    states = [point.state for point in points]
    if law in EIGHT[:2]:
        assert len(states) == _restricted_count(game)
        assert all(_is_restricted(game, state) for state in states)
    elif law in NASH:
        everything = [point.state for point in find_rest_points(game, {})]
        assert len(states) == sum(_is_nash(game, state) for state in everything)
        assert all(_is_nash(game, state) for state in states)
    elif law == OWN[0]:
        assert len(states) % 2 == 1  # generic: indices 1 and -1 sum to 1
        for state in states:
            for x, f in _payoffs(game, state):
                np.testing.assert_allclose(x, np.exp(4 * f) / np.exp(4 * f).sum(), atol=1e-12)
    field = mean_dynamic(game, law)
    if law != best_response():
        assert all(np.abs(field(state)).max() < 1e-9 for state in states)


@pytest.mark.parametrize(
    "law",
    [smith(), brown_von_neumann_nash(), projection(), fermi_imitation(2), imitative_logit("1/2"), logit("1/3")],
    ids=str,
)
@settings(max_examples=6)
@given(st.lists(st.integers(-4, 4), min_size=9, max_size=9))
def test_labels_agree_with_what_orbits_do(law: Law, table: list[int]) -> None:
    """Started next to a point, orbits come back to asymptotically stable ones and some leave the unstable ones."""
    game = MatrixGame([table[:3], table[3:6], table[6:]])
    field = mean_dynamic(game, law)
    try:
        points = find_rest_points(field, {})
    except UnsupportedError:
        return
    if points.components:
        return
    rng = np.random.default_rng(1)
    for point in points:
        if point.attracting not in ("asymptotic", "unstable"):
            continue
        ends = []
        for _ in range(3):
            other = rng.dirichlet([1, 1, 1])
            start = 0.99 * point.state + 0.01 * other
            try:
                path = integrate(field, start, t_end=300.0, options=IntegrationOptions(1e-7, 1e-10, method="LSODA"))
            except ProtocolError:
                return
            ends.append(np.abs(path.final - point.state).max() / np.abs(start - point.state).max())
        assert min(ends) < 0.7 if point.attracting == "asymptotic" else max(ends) > 1.0


def test_logit_equilibria_of_asymmetric_matching_pennies() -> None:
    """McKelvey and Palfrey (1995); Ochs (1995), the game with payoff 9: the numbers follow from two equations."""
    game = NormalFormGame(
        {("a", "a"): ["X", 0], ("a", "b"): [0, 1], ("b", "a"): [0, 1], ("b", "b"): [1, 0]},
        parameters={"X": 9, "eta": None},
    )
    expected = {
        2: (0.83067059, 0.41807747),
        1: (0.89357633, 0.31278038),
        "1/2": (0.86075439, 0.19107849),
        "1/5": (0.70198424, 0.11713529),
        "1/20": (0.55462739, 0.10109693),
    }
    for eta, (p, q) in expected.items():
        (point,) = find_rest_points(mean_dynamic(game, logit("eta")), {"eta": eta})
        assert point.known == "certified"
        np.testing.assert_allclose(point.state[[0, 2]], [p, q], atol=1e-7)


def test_bad_rock_paper_scissors_under_logit_and_comparison() -> None:
    """Hommes and Ochea (2012): the centre loses stability where the noise passes (a - b)/6."""
    game = MatrixGame([[0, "-a", "b"], ["b", 0, "-a"], ["-a", "b", 0]], parameters={"a": 2, "b": 1, "eta": None})
    for eta, stable in (("17/100", True), ("16/100", False)):
        (point,) = find_rest_points(mean_dynamic(game, logit("eta")), {"eta": eta})
        assert (point.attracting == "asymptotic") == stable
    for law, good in (
        (smith(), True),
        (brown_von_neumann_nash(), True),
        (best_response(), True),
        (smith(), False),
        (best_response(), False),
    ):
        values = {"a": 1, "b": 2, "eta": 1} if good else {"a": 2, "b": 1, "eta": 1}
        (point,) = find_rest_points(mean_dynamic(game, law), values)
        assert point.attracting == ("asymptotic" if good else "unstable")
        assert point.stability == Stability.NOT_DIFFERENTIABLE


def test_a_turn_around_by_closed_form() -> None:
    """Projection is linear inside: eigenvalues u +- iv, so a turn changes the distance by exp(2 pi u / v)."""
    a, b = 2, 1
    game = MatrixGame([[0, -a, b], [b, 0, -a], [-a, b, 0]])
    (point,) = find_rest_points(mean_dynamic(game, projection()), {})
    factor = float(point.because.rsplit(" ", 1)[1])
    u, v = (a - b) / 2, np.sqrt(3) * (a + b) / 2
    assert factor == pytest.approx(np.exp(2 * np.pi * u / v), rel=1e-4)


def test_twins_leave_a_line_of_equilibria_and_lines_that_are_none_go() -> None:
    """Two doves that are alike: the mixtures with hawks stay at rest under Smith; the line of doves does not."""
    game = MatrixGame([[-1, 4, 4], [0, 2, 2], [0, 2, 2]], ["hawk", "dove", "pigeon"])
    lines = find_rest_points(game, {}).components
    points = find_rest_points(mean_dynamic(game, smith()), {})
    assert len(lines) == 2
    assert [c.where for c in points.components] == ["between (hawk = 2/3, dove = 1/3) and (hawk = 2/3, pigeon = 1/3)"]


def test_formulas_keep_the_conditions_of_the_replicator() -> None:
    game = MatrixGame([["(V - C)/2", "V"], [0, "V/2"]], ["H", "D"], symbol="x", assumptions=["V > 0", "C > 0"])
    for law in (smith(), fermi_imitation(1)):
        points = find_rest_points(mean_dynamic(game, law))
        mixed = points["I1"]
        assert mixed.coordinates["x"] == sympy.Symbol("V") / sympy.Symbol("C")
        assert str(mixed.stable_if) == "C > V"
    comparing = find_rest_points(mean_dynamic(game, smith()))
    assert {p.label for p in comparing if p.exists.holds({"V": 2, "C": 3})} == {"I1"}
    assert {p.label for p in comparing if p.exists.holds({"V": 3, "C": 2})} == {"E2"}
    with pytest.raises(UnsupportedError, match="give values"):
        find_rest_points(mean_dynamic(game, logit(1)))


def test_mutation_with_a_threshold() -> None:
    """Komarova, Niyogi and Nowak (2001): coherence is possible above q1, and the uniform state is unstable above q2 = 31/35."""
    n, a = 3, sympy.Rational(1, 2)
    game = MatrixGame([[1 if i == j else a for j in range(n)] for i in range(n)], parameters={"mu": None})
    field = mean_dynamic(game, replicator_mutator("mu"))
    q2 = (1 + (n - 1) * (1 + (n - 1) * a) / (2 + (n - 2) * a)) / n
    for shift, stable in ((sympy.Rational(1, 100), False), (-sympy.Rational(1, 100), True)):
        points = find_rest_points(field, {"mu": 1 - (q2 + shift)})
        assert points.complete
        middle = min(points, key=lambda point: np.abs(point.state - 1 / n).max())
        assert (middle.attracting == "asymptotic") == stable


def test_mutation_in_one_direction_lists_a_point_of_the_border_once() -> None:
    """Payoffs 2 and 1: dx/dt = x (1 - 2u - x) when offspring of the first mutate with chance u and others never do."""
    game = MatrixGame([[2, 2], [1, 1]], symbol="x", parameters={"u": None})
    field = mean_dynamic(game, replicator_mutator([["1 - u", "u"], [0, 1]]))
    points = find_rest_points(field, {"u": "1/10"})
    assert sorted(float(point.state[0]) for point in points) == pytest.approx([0, 0.8])
    assert [point.stability for point in points] == [Stability.SOURCE, Stability.SINK]
    assert [float(point.state[0]) for point in find_rest_points(field, {"u": "3/5"})] == [0]


class TestBadInput:
    def test_regimes_are_for_the_replicator(self) -> None:
        with pytest.raises(UnsupportedError, match="Smith"):
            find_regimes(mean_dynamic(TEN["stag hunt"], smith()))

    def test_a_rule_that_is_not_defined_at_a_rest_point(self) -> None:
        game = MatrixGame([[0, -2, 1], [1, 0, -2], [-2, 1, 0]])
        with pytest.raises(ProtocolError, match="mean payoff"):
            find_rest_points(mean_dynamic(game, maynard_smith()), {})

    def test_functions_for_numbers_alone_have_no_search(self) -> None:
        def fixed(payoffs: np.ndarray, shares: np.ndarray) -> np.ndarray:
            return np.full((*payoffs.shape, payoffs.shape[-1]), 0.5)

        from coopgame import Protocol

        points = find_rest_points(mean_dynamic(TEN["stag hunt"], Protocol("coin", fixed)), {})
        assert [float(p.coordinates["x"]) for p in points] == [0.5]

    def test_other_powers_of_gains(self) -> None:
        squared = pairwise_comparison(lambda gains: positive_part(gains) ** 2)
        doubled = excess_payoff(lambda excess: positive_part(excess) ** 2)
        for law in (squared, doubled):
            (point,) = find_rest_points(mean_dynamic(TEN["bad rock-paper-scissors"], law), {})
            assert point.attracting == "unstable"
