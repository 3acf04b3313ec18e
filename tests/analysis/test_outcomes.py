"""Verdicts on trajectories beside much longer integrations by other means: never a false arrival, periods as measured."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from coopgame import (
    FaceStartWarning,
    IntegrationOptions,
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    integrate,
    replicator,
)

Array = np.ndarray
RPS = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
PENNIES = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])


def much_later(table: Array, start: Array, time: float) -> Array:
    """The state of one population, by log ratios to the last strategy, written out by hand."""

    def shares(u: Array) -> Array:
        weights = np.exp(np.append(u, 0) - max(u.max(), 0))
        return weights / weights.sum()

    def rates(_t: float, u: Array) -> Array:
        earned = table @ shares(u)
        return earned[:-1] - earned[-1]

    begin = np.log(start[:-1] / start[-1])
    solution = solve_ivp(rates, (0, time), begin, "DOP853", rtol=1e-9, atol=1e-9)
    return shares(solution.y[:, -1])


def measured_period(field: object, start: list[float], index: int, level: float) -> float:
    """Time between two upward passages of a share through a level, located by the integrator."""

    def passage(_t: float, x: Array) -> float:
        return float(x[index] - level)

    passage.direction = 1  # type: ignore[attr-defined]
    solution = solve_ivp(field, (0, 100), start, "DOP853", events=passage, rtol=1e-12, atol=1e-14)
    hits = solution.t_events[0]
    return float(hits[-1] - hits[-2])


@pytest.mark.parametrize("start", [[0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0.05, 0.05, 0.9]])
def test_the_period_of_zero_sum_rock_paper_scissors(start: list[float]) -> None:
    outcome = integrate(replicator(MatrixGame(RPS)), start, options=IntegrationOptions(points=4001)).outcome
    assert outcome.kind == "periodic"
    period = measured_period(lambda _t, x: x * (RPS @ x), start, 0, 1 / 3)
    assert outcome.period == pytest.approx(period, rel=1e-4)
    assert outcome.growth == pytest.approx(1, abs=1e-3)
    # the swing of a share: the extreme values of x with x ((1 - x)/2)**2 = x1 x2 x3, where the others are equal
    product_of_shares = np.prod(start)
    low, high, _ = sorted(np.roots([0.25, -0.5, 0.25, -product_of_shares]).real)
    assert outcome.amplitude == pytest.approx(high - low, abs=1e-3)
    assert outcome.label is None and outcome.state is None


@pytest.mark.parametrize("start", [[0.3, 0.5], [0.45, 0.5], [0.02, 0.5]])
def test_the_period_of_matching_pennies(start: list[float]) -> None:
    path = integrate(
        replicator(PENNIES), dict(zip("xy", start, strict=True)), options=IntegrationOptions(points=4001)
    )

    def field(_t: float, s: Array) -> list[float]:
        x, y = s
        return [2 * x * (1 - x) * (2 * y - 1), -2 * y * (1 - y) * (2 * x - 1)]

    assert path.outcome.kind == "periodic"
    assert path.outcome.period == pytest.approx(measured_period(field, start, 0, 0.5), rel=1e-3)
    assert path.outcome.amplitude == pytest.approx(1 - 2 * start[0], abs=2e-3)


@pytest.mark.parametrize(("start", "label", "share"), [(0.32, "E1", 0), (0.34, "E2", 1)])
def test_coordination_converges(start: float, label: str, share: int) -> None:
    """The first strategy pays twice, so it needs more than a third."""
    path = integrate(replicator(MatrixGame([[2, 0], [0, 1]])), [start, 1 - start], t_end=12)
    assert (path.outcome.kind, path.outcome.label) == ("converged", label)
    assert path.outcome.state is not None and path.outcome.state.tolist() == [share, 1 - share]
    x = path.final[0]
    assert path.outcome.residual == pytest.approx(abs(x * (1 - x) * (3 * x - 1)), rel=1e-6)
    assert f"converged to {label}" in str(path)


@pytest.mark.parametrize(("start", "label"), [((0.3, 0.4, 0.45), "E1"), ((0.8, 0.6, 0.55), "E8")])
def test_three_populations_coordinate(start: tuple[float, float, float], label: str) -> None:
    """All earn 1 when they agree: where all majorities agree, they grow."""
    agree = [[[int(i == j == k) for k in (0, 1)] for j in (0, 1)] for i in (0, 1)]
    path = integrate(replicator(NormalFormGame([agree] * 3)), dict(zip("xyz", start, strict=True)))
    assert (path.outcome.kind, path.outcome.label) == ("converged", label)
    assert path.outcome.state is not None
    assert path.outcome.state.tolist() == ([0, 1] * 3 if label == "E1" else [1, 0] * 3)


@pytest.mark.parametrize("top", [1, 6])
def test_arrivals_are_true(top: int) -> None:
    """Random games, many with ties: where a trajectory is said to arrive, it is after twenty times the time."""
    rng = np.random.default_rng(top)
    arrived = 0
    for _ in range(30):
        table, start = rng.integers(-top, top + 1, (3, 3)), rng.dirichlet([1, 1, 1])
        time = float(rng.choice([5, 20, 50, 200]))
        outcome = integrate(replicator(MatrixGame(table)), start, t_end=time).outcome
        if outcome.kind == "converged":
            arrived += 1
            assert much_later(table, start, 20 * time) == pytest.approx(outcome.state, abs=2e-3)
    assert arrived >= 10


def test_lingering_at_a_saddle_is_no_arrival() -> None:
    """A rare defector grows by exp(2 t) and needs about t = 9 to be seen; cooperation is not reached before."""
    field = replicator(MatrixGame([[3, 0], [5, 1]]))
    for time in (0.5, 2, 5):
        early = integrate(field, [1 - 1e-8, 1e-8], t_end=time)
        assert early.final[0] > 0.99
        assert early.outcome.kind == "undecided"
    late = integrate(field, [1 - 1e-8, 1e-8], t_end=30)
    assert (late.outcome.kind, late.outcome.label) == ("converged", "E1")


@pytest.mark.parametrize("gain", ["1.02", "1.05"])
def test_damped_swings_are_not_cycling(gain: str) -> None:
    """A victory brings a little more than a defeat costs: turns shrink, at last into the mixture."""
    field = replicator(MatrixGame([[0, -1, gain], [gain, 0, -1], [-1, gain, 0]]))
    assert integrate(field, [0.5, 0.3, 0.2], t_end=200).outcome.kind == "undecided"
    # the linear rate is (gain - 1)/6, so this time leaves less than exp(-16) of the swing
    late = integrate(field, [0.5, 0.3, 0.2], t_end=100 / (float(gain) - 1), options=IntegrationOptions(points=2001))
    assert (late.outcome.kind, late.outcome.label) == ("converged", "I1")


def test_short_times_are_undecided() -> None:
    for table, start in ((RPS, [0.5, 0.3, 0.2]), (RPS + np.eye(3, dtype=int), [0.5, 0.3, 0.2])):
        outcome = integrate(replicator(MatrixGame(table)), start, t_end=3).outcome
        assert outcome.kind == "undecided" and "t_end" in outcome.text
        assert outcome.label is None and outcome.period is None


def test_algebraic_approach_is_undecided_not_wrong() -> None:
    """Equal payoffs against the winner: x approaches 0 like 1/t, too slow to be called arrived."""
    path = integrate(replicator(MatrixGame([[0, 1], [1, 1]])), [0.5, 0.5], t_end=200)
    # x' = x (1 - x) (-x), so 1/x - log(x/(1 - x)) = 2 + t
    x = path.final[0]
    assert 1 / x - np.log(x / (1 - x)) == pytest.approx(202, abs=1e-6)
    assert path.outcome.kind == "undecided" or path.outcome.label == "E1"


@pytest.mark.parametrize("share", [0.3, 0.75])
def test_states_on_lines_of_rest_points_are_told(share: float) -> None:
    still = integrate(replicator(MatrixGame([[1, 1], [1, 1]])), [share, 1 - share])
    assert still.outcome.kind == "converged" and "line of rest points" in still.outcome.text
    assert (still.shares[:, 0] == pytest.approx(share, abs=1e-15)) and still.outcome.label is None
    game = PopulationGame.from_advantages({"x": "y", "y": "0*x"})
    path = integrate(replicator(game), {"x": 0.3, "y": share}, t_end=200)
    assert path.outcome.kind == "converged" and f"(1, {share})" in path.outcome.text


def test_centres_attract_nothing_but_themselves() -> None:
    at_rest = integrate(replicator(PENNIES), {"x": 0.5, "y": 0.5}).outcome
    assert (at_rest.kind, at_rest.label) == ("converged", "I1")
    assert integrate(replicator(PENNIES), {"x": 0.49, "y": 0.5}).outcome.kind == "periodic"


@pytest.mark.parametrize("corner", range(3))
def test_starts_at_vertices_are_at_rest(corner: int) -> None:
    start = np.eye(3)[corner]
    with pytest.warns(FaceStartWarning):
        outcome = integrate(replicator(MatrixGame(RPS)), start).outcome
    assert (outcome.kind, outcome.residual) == ("converged", 0)
    assert outcome.state is not None and outcome.state.tolist() == start.tolist()


def test_five_strategies_in_a_ring_settle_on_a_limit_cycle() -> None:
    """Each strategy is fed by the one before it: with five, starts inside and outside reach the same cycle."""
    table = np.roll(np.eye(5, dtype=int), 1, axis=0)
    periods = []
    for start in ([0.21, 0.2, 0.2, 0.2, 0.19], [0.9, 0.025, 0.025, 0.025, 0.025]):
        outcome = integrate(
            replicator(MatrixGame(table)), start, t_end=1500, options=IntegrationOptions(points=6001)
        ).outcome
        assert outcome.kind == "periodic"
        periods.append(outcome.period)
    assert periods[0] == pytest.approx(periods[1], rel=1e-3)


@pytest.mark.parametrize("t_end", [5000, 20_000])
def test_heteroclinic_cycles_are_no_arrival(t_end: float) -> None:
    path = integrate(
        replicator(MatrixGame([[0, -2, 1], [1, 0, -2], [-2, 1, 0]])),
        [0.6, 0.3, 0.1],
        t_end=t_end,
        options=IntegrationOptions(points=40_001),
    )
    assert path.outcome.kind != "converged"


def test_small_payoffs_give_no_false_arrival() -> None:
    outcome = integrate(replicator(MatrixGame([["3e-7", 0], ["5e-7", "1e-7"]])), [1 - 1e-8, 1e-8]).outcome
    assert outcome.kind == "undecided"


def test_slow_spirals_are_not_cycling() -> None:
    outcome = integrate(
        replicator(MatrixGame([[0, -1, "1.0001"], ["1.0001", 0, -1], [-1, "1.0001", 0]])), [0.5, 0.3, 0.2]
    ).outcome
    assert outcome.kind == "undecided"


def test_rest_at_thirds_is_labelled() -> None:
    outcome = integrate(replicator(MatrixGame(RPS)), [1 / 3, 1 / 3, 1 / 3]).outcome
    assert (outcome.kind, outcome.label) == ("converged", "I1")


def test_face_start_converges_within_its_face() -> None:
    with pytest.warns(FaceStartWarning):
        outcome = integrate(replicator(MatrixGame([[0, 6, -4], [-3, 0, 5], [-1, 3, 0]])), [0, 0.3, 0.7]).outcome
    assert (outcome.kind, outcome.label) == ("converged", "F3")


def test_periods_do_not_depend_on_the_number_of_points() -> None:
    game = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    periods = [
        integrate(
            replicator(game), {"x": 1e-12, "y": 0.5}, t_end=5000, options=IntegrationOptions(points=n)
        ).outcome.period
        for n in (1001, 50_001)
    ]
    assert periods[0] == pytest.approx(periods[1], rel=1e-3)
