"""Best-response paths beside closed forms, fictitious play, logit and the inclusion itself; ties, choices and degenerate games."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import nashpy
import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    BestResponsePath,
    Environment,
    Game,
    IntegrationError,
    IntegrationOptions,
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    StateError,
    Trajectory,
    UnsupportedError,
    best_response,
    collective_risk,
    crosses,
    integrate,
    logit,
    mean_dynamic,
    reaches,
    smith,
)
from coopgame.analysis.best_response_summaries import zero_sum_weights
from coopgame.analysis.exact_payoffs import exact_payoffs_of
from coopgame.analysis.straight_directions import find_directions
from coopgame.dynamics.state import as_exact_state, slices

Array = np.ndarray
PENNIES = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])


def followed(game: Game, start: Any, t_end: float = 20.0, **more: Any) -> tuple[Trajectory, BestResponsePath]:
    trajectory = integrate(mean_dynamic(game, best_response()), start, t_end=t_end, **more)
    path = trajectory.solution
    assert isinstance(path, BestResponsePath)
    return trajectory, path


def cyclic(win: int, loss: int) -> MatrixGame:
    """Rock, paper, scissors with these payoffs for winning and losing."""
    return MatrixGame([[0, -loss, win], [win, 0, -loss], [-loss, win, 0]])


def dirichlet(game: Game, rng: np.random.Generator) -> list[float]:
    return [float(v) for p in game.populations for v in rng.dirichlet(np.ones(len(p.strategies)))]


@st.composite
def games(draw: st.DrawFn) -> Game:
    """A game of one, two or three populations with small integer payoffs, degenerate ones among them."""
    entries = st.integers(-3, 3)
    sizes = draw(st.sampled_from([(1,), (2,), (3,), (4,), (2, 2), (3, 2), (3, 3), (2, 2, 2)]))
    if len(sizes) == 1:
        row = st.lists(entries, min_size=sizes[0], max_size=sizes[0])
        return MatrixGame(draw(st.lists(row, min_size=sizes[0], max_size=sizes[0])))
    count = int(np.prod(sizes))
    tables = [draw(st.lists(entries, min_size=count, max_size=count)) for _ in sizes]
    return NormalFormGame([np.array(table).reshape(sizes).tolist() for table in tables])


@settings(max_examples=120)
@given(games(), st.integers(0, 10**6))
def test_the_solution_keeps_to_best_replies(game: Game, seed: int) -> None:
    """dx/dt = b - x with b among the best replies at x, by compiled payoffs; continuous; shares sum to 1."""
    start = dirichlet(game, np.random.default_rng(seed))
    field = mean_dynamic(game, best_response())
    try:
        trajectory, path = followed(game, start, 4.0)
    except IntegrationError as error:
        assert "curve" in str(error)
        assert error.partial is not None
        path = error.partial.solution
        trajectory = error.partial
    for part in slices(game):
        assert trajectory.shares[:, part].sum(axis=1) == pytest.approx(1, abs=1e-12)
    ends = [ray.time for ray in path.rays[1:]] + [trajectory.times[-1]]
    for ray, end in zip(path.rays, ends, strict=True):
        if end - ray.time < 1e-9 or ray.within:
            continue
        target = np.array([float(v) for v in ray.target])
        for time in (ray.time + 1e-3 * (end - ray.time), (ray.time + end) / 2):
            state, later = trajectory.at([time, time + 1e-7 * (end - time)])
            payoffs = field.payoffs(state)
            assert later - state == pytest.approx((target - state) * 1e-7 * (end - time), abs=1e-13)
            for part in slices(game):
                worst = payoffs[part][target[part] > 0].min()
                assert worst > payoffs[part].max() - 1e-9
    for before, after in pairwise(path.rays):
        assert [float(v) for v in before.end] == pytest.approx([float(v) for v in after.start], abs=1e-12)


def fictitious_play(game: Game, start: Array, weight: int, t_end: float) -> Array:
    """Beliefs after best replies, one for each round; beliefs start with a weight of so many rounds; t is log of time."""
    field = mean_dynamic(game, best_response())
    state, rounds = np.array(start), weight
    while rounds < weight * math.exp(t_end):
        payoffs = field.payoffs(state)
        reply = np.zeros_like(state)
        for part in slices(game):
            reply[part.start + int(np.argmax(payoffs[part]))] = 1.0
        rounds += 1
        state += (reply - state) / rounds
    return state


@pytest.mark.parametrize(
    "game",
    [
        cyclic(1, 2),
        cyclic(2, 1),
        cyclic(1, 1),
        PENNIES,
        MatrixGame([[-1, 4], [0, 2]]),
        MatrixGame([[0, 6, -4], [-3, 0, 5], [-1, 3, 0]]),
        NormalFormGame.from_bimatrix([[0, 0, 1], [1, 0, 0], [0, 1, 0]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]]),
        NormalFormGame([[[[1, 0], [0, 1]], [[0, 1], [1, 0]]]] * 3),
    ],
    ids=repr,
)
def test_fictitious_play_is_a_discrete_path(game: Game) -> None:
    start = dirichlet(game, np.random.default_rng(4))
    trajectory, _ = followed(game, start, 2.5)
    assert fictitious_play(game, np.array(start), 4000, 2.5) == pytest.approx(trajectory.final, abs=5e-3)


@pytest.mark.parametrize("game", [cyclic(1, 2), cyclic(2, 1), MatrixGame([[-1, 4], [0, 2]]), PENNIES], ids=repr)
def test_logit_with_little_noise_stays_near(game: Game) -> None:
    start = dirichlet(game, np.random.default_rng(1))
    trajectory, _ = followed(game, start, 1.5)
    noisy = integrate(
        mean_dynamic(game, logit("1/500")), start, t_end=1.5, options=IntegrationOptions(method="Radau", rtol=1e-7)
    )
    assert np.abs(noisy.shares - trajectory.shares).max() < 0.03


@pytest.mark.parametrize("x0", ["1/10", "9/10", "1/3"])
def test_hawks_and_doves_reach_the_mixed_equilibrium_in_finite_time(x0: str) -> None:
    """With V = 2 and C = 3 the equilibrium is 2/3; the way to it is straight, to hawks from below and to doves from above."""
    x = Fraction(x0)
    game = MatrixGame([["-1/2", 2], [0, 1]], symbol="x")
    trajectory, path = followed(game, {"x": x})
    arrival = math.log((1 - x) / Fraction(1, 3)) if x < Fraction(2, 3) else math.log(x / Fraction(2, 3))
    assert path.ties == pytest.approx([arrival], rel=1e-14)
    assert [Fraction(int(v.p), int(v.q)) for v in path.rays[-1].start] == [Fraction(2, 3), Fraction(1, 3)]
    assert trajectory.outcome.kind == "converged"
    assert f"reached at t = {arrival:.6g}" in str(trajectory.outcome)
    early = trajectory.times < arrival
    towards = 1 if x < Fraction(2, 3) else 0
    assert trajectory.shares[early, 0] == pytest.approx(
        towards + (float(x) - towards) * np.exp(-trajectory.times[early])
    )
    assert (trajectory.shares[~early, 0] == pytest.approx(2 / 3, abs=1e-15)) and (~early).sum() > 10


@pytest.mark.parametrize(("win", "loss"), [(2, 1), (3, 1), (5, 4)])
@pytest.mark.parametrize("seed", range(3))
def test_good_rock_paper_scissors_reaches_the_centre_by_infinitely_many_turns(win: int, loss: int, seed: int) -> None:
    """V = max Ax falls as dV/dt = -V, the own payoff of the target being 0, and its least value is (win - loss)/3."""
    table = np.array([[0, -loss, win], [win, 0, -loss], [-loss, win, 0]])
    start = np.random.default_rng(seed).dirichlet(np.ones(3))
    trajectory, path = followed(cyclic(win, loss), start)
    arrival = math.log((table @ start).max() * 3 / (win - loss))
    assert path.rays[-1].infinitely
    assert path.rays[-1].time == pytest.approx(arrival, abs=1e-12)
    assert trajectory.final == pytest.approx([1 / 3] * 3, abs=1e-15)
    assert "infinitely many turns end" in str(trajectory.outcome)
    heights = (table @ trajectory.shares.T).max(axis=0)
    early = trajectory.times < arrival
    assert heights[early] == pytest.approx((table @ start).max() * np.exp(-trajectory.times[early]), rel=1e-9)


def exact_heights(game: Game, path: BestResponsePath, count: int) -> list[tuple[Fraction, Fraction]]:
    """Weighted sums of max F - x . F at the starts of rays, and what each ray leaves of its length."""
    payoffs = exact_payoffs_of(game, {})
    weights = zero_sum_weights(payoffs)
    assert weights is not None
    result = []
    for ray in path.rays[:count]:
        earned = payoffs.at(ray.start)
        height = sum(
            weight * (max(earned[part]) - sum(x * f for x, f in zip(ray.start[part], earned[part], strict=True)))
            for weight, part in zip(weights, payoffs.parts, strict=True)
        )
        result.append((height, ray.left))
    return result


@pytest.mark.parametrize(
    "game",
    [
        PENNIES,
        cyclic(1, 1),
        NormalFormGame.from_bimatrix([[3, -1], [-1, 1]], [[-2, 2], [4, -2]]),  # zero-sum after rescaling
        MatrixGame([[0, 1, -2, 3], [-1, 0, 2, -1], [2, -2, 0, 1], [-3, 1, -1, 0]]),
    ],
    ids=repr,
)
def test_zero_sum_paths_follow_the_law_of_exp_minus_t_exactly(game: Game) -> None:
    """Hofbauer (1995): max F - x . F is multiplied by exp(-t), in rational arithmetic from tie to tie."""
    trajectory, path = followed(game, dirichlet(game, np.random.default_rng(3)), 60.0)
    heights = exact_heights(game, path, 60)
    assert len(heights) == 60
    for (before, left), (after, _) in pairwise(heights):
        assert after == before * left
    assert trajectory.outcome.kind == "converged"
    mean = path.rays[-1]
    assert 0 < mean.within < 0.01
    centre = np.array([float(v) for v in mean.target])
    late = trajectory.times > mean.time
    bound = mean.within * np.exp(-(trajectory.times[late] - mean.time))
    assert (np.abs(trajectory.shares[late] - centre).max(axis=1) <= bound + 1e-15).all()


def test_zero_sum_weights() -> None:
    rescaled = NormalFormGame.from_bimatrix([[3, -1], [-1, 1]], [[-6, 2], [2, -2]])
    weights = zero_sum_weights(exact_payoffs_of(rescaled, {}))
    assert weights is not None and weights[0] == 2 * weights[1]
    assert zero_sum_weights(exact_payoffs_of(cyclic(1, 2), {})) is None
    common = NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    assert zero_sum_weights(exact_payoffs_of(common, {})) is None
    assert zero_sum_weights(exact_payoffs_of(MatrixGame([[5]]), {})) is not None


@pytest.mark.parametrize("seed", range(12))
def test_directions_at_a_tie_of_everything_are_the_equilibria(seed: int) -> None:
    """Beside nashpy's vertex enumeration."""
    rng = np.random.default_rng(seed)
    row, column = rng.integers(-999, 1000, (3, 3)), rng.integers(-999, 1000, (3, 3))
    payoffs = exact_payoffs_of(NormalFormGame.from_bimatrix(row.tolist(), column.tolist()), {})
    found = find_directions(*payoffs.table, ((0, 1, 2), (3, 4, 5)))
    wanted = {tuple(np.round(np.concatenate(pair), 9)) for pair in nashpy.Game(row, column).vertex_enumeration()}
    assert {tuple(np.round([float(v) for v in target], 9)) for target in found.targets} == wanted
    degenerate = any(len(set(line)) < 3 for line in [*row.T, *column])  # seed 9 repeats an entry
    assert found.complete and found.continuum == degenerate


# choices and degenerate games ----------------------------------------------------------------------------------


def test_a_start_at_an_unstable_equilibrium_stays_and_says_that_there_are_others() -> None:
    trajectory, path = followed(MatrixGame([[2, 0], [0, 1]], symbol="x"), {"x": Fraction(1, 3)})
    assert len(path.rays) == 1 and path.rays[0].rests
    (fork,) = path.forks
    assert {tuple(map(float, t)) for t in fork.directions.targets} == {(1, 0), (0, 1), (1 / 3, 2 / 3)}
    assert "not the only solution: 3 straight directions at t = 0" in str(trajectory.outcome)
    for nudge, end in ((Fraction(1, 10**20), 1), (-Fraction(1, 10**20), 0)):
        moved, alone = followed(MatrixGame([[2, 0], [0, 1]], symbol="x"), {"x": Fraction(1, 3) + nudge}, 60.0)
        assert moved.final[0] == pytest.approx(end, abs=1e-20) and not alone.forks


def test_a_tie_away_from_equilibrium_takes_fewest_strategies_then_the_first() -> None:
    game = MatrixGame([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    _, path = followed(game, [Fraction(2, 5), Fraction(2, 5), Fraction(1, 5)])
    assert [tuple(map(float, t)) for t in path.rays[0].directions.targets] == [(1, 0, 0), (0, 1, 0), (0.5, 0.5, 0)]
    assert path.rays[0].target == (1, 0, 0) and len(path.rays) == 1


def test_an_unstable_equilibrium_that_is_reached_is_left_where_a_strict_best_reply_leads_away() -> None:
    """Zeeman's game: the tie of the second and the third is followed to the interior equilibrium, and then the first wins."""
    game = MatrixGame([[0, 6, -4], [-3, 0, 5], [-1, 3, 0]])
    trajectory, path = followed(game, dirichlet(game, np.random.default_rng(4)))
    fork = path.forks[-1]
    assert [float(v) for v in fork.start] == pytest.approx([1 / 3] * 3) and fork.target == (1, 0, 0)
    assert len(fork.directions.strict) == 1 < len(fork.directions.targets)
    assert trajectory.final == pytest.approx([1, 0, 0], abs=1e-6)
    start, _ = followed(game, [Fraction(1, 3)] * 3)
    assert (start.final == 1 / 3).all()


def test_equal_payoffs_rest_everywhere() -> None:
    trajectory, path = followed(MatrixGame([[1, 1], [1, 1]]), [0.3, 0.7])
    assert (trajectory.shares == trajectory.shares[0]).all() and path.rays[0].directions.continuum
    assert "and all points between some of them" in str(trajectory.outcome)


def test_one_strategy_rests() -> None:
    trajectory, path = followed(MatrixGame([[7]]), [1])
    assert (trajectory.shares == 1).all() and not path.forks and trajectory.outcome.kind == "converged"


def test_duplicate_strategies_are_taken_in_their_order() -> None:
    """Hawk, and doves under two names: the line of equilibria (2/3, y, 1/3 - y) is met where the doves' shares allow."""
    game = MatrixGame([[0, 2, 2], [1, 0, 0], [1, 0, 0]])
    trajectory, path = followed(game, [0.9, 0.025, 0.075])
    assert path.rays[0].target == (0, 1, 0) and path.rays[0].directions.continuum
    assert trajectory.final[0] == pytest.approx(2 / 3)
    assert trajectory.final[2] == pytest.approx(0.075 * (2 / 3) / 0.9)
    assert path.rays[-1].rests


def test_dominated_strategies_only_decay() -> None:
    game = MatrixGame([[3, 2, 4], [1, 1, 1], [0, 0, 0]])
    trajectory, path = followed(game, [0.2, 0.3, 0.5], 1000.0)
    assert len(path.rays) == 1
    assert trajectory.log_shares[-1, 1] == pytest.approx(math.log(0.3) - 1000)
    assert trajectory.final[0] == 1


def test_a_dominated_strategy_dies_out_beside_turns_that_fade() -> None:
    game = MatrixGame([[0, -1, 1, 0], [1, 0, -1, 0], [-1, 1, 0, 0], [-5, -5, -5, -5]])
    trajectory, _ = followed(game, [0.4, 0.3, 0.1, 0.2], 40.0)
    assert trajectory.final == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0], abs=1e-12)
    assert "ever faster turns" in str(trajectory.outcome)


def test_infinitely_many_turns_can_end_at_a_tie_that_is_followed_further() -> None:
    """Good rock, paper, scissors beside a fourth strategy that only decays: equal thirds of the rest, then straight on."""
    game = MatrixGame([[0, -1, 2, 0], [2, 0, -1, 0], [-1, 2, 0, 0], [0, 0, 0, -1]])
    trajectory, path = followed(game, [0.5, 0.3, 0.1, 0.1], 30.0)
    joint = next(ray for ray in path.rays if ray.infinitely)
    shares = [float(v) for v in joint.start]
    assert shares[:3] == pytest.approx([(1 - shares[3]) / 3] * 3, abs=1e-15)
    assert shares[3] == pytest.approx(0.1 * math.exp(-joint.time), rel=1e-12)
    assert trajectory.final == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0], abs=1e-12)


def test_payoffs_of_groups_give_ties_at_roots() -> None:
    """Collective risk: contributors win between the roots of the advantage, found here by bisection of binomial sums."""
    values = {"b": 1, "c": Fraction(1, 10), "r": Fraction(1, 2)}
    game = collective_risk(6, 3)
    trajectory, path = followed(game, [0.5, 0.5], values=values)

    def advantage(x: float) -> float:
        return float(np.diff(mean_dynamic(game, best_response()).payoffs([x, 1 - x], values))[0])

    low, high = 0.5, 0.9
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if advantage(middle) < 0 else (low, middle)
    assert trajectory.final[0] == pytest.approx(low, abs=1e-12)
    assert path.ties == pytest.approx([math.log(0.5 / (1 - low))], rel=1e-12)
    assert not path.payoffs.affine and path.rays[-1].rests


def test_three_players_in_a_ring_circle_on_a_polygon() -> None:
    """Jordan (1993): matching pennies for three, each looking at the next."""
    pay = np.zeros((3, 2, 2, 2))
    for s in np.ndindex(2, 2, 2):
        pay[0][s], pay[1][s] = 2 * (s[0] == s[1]) - 1, 2 * (s[1] == s[2]) - 1
        pay[2][s] = 2 * (s[2] != s[0]) - 1
    trajectory, path = followed(NormalFormGame(pay.astype(int).tolist()), {"x": 0.8, "y": 0.3, "z": 0.6}, 60.0)
    assert trajectory.outcome.kind == "periodic" and path.polygon is not None
    # by symmetry six rays of one length leave s each; a share rises for three and falls for three, so it turns at
    # a = s**3/(1 + s**3), and it passes 1/2, a tie, one ray after that: 2 s = 1 + s**3, or s**2 + s = 1
    golden = (math.sqrt(5) - 1) / 2
    assert path.polygon.period == pytest.approx(-6 * math.log(golden), rel=1e-9)
    assert len(path.polygon.corners) == 6


# what is refused -----------------------------------------------------------------------------------------------


def test_what_is_not_followed_is_named_with_a_remedy() -> None:
    with pytest.raises(UnsupportedError, match=r"not beside another law; use logit"):
        integrate(mean_dynamic(PENNIES, {"player1": best_response(), "player2": smith()}), {"x": 0.3, "y": 0.3})
    with pytest.raises(UnsupportedError, match=r"while a change in time"):
        field = mean_dynamic(MatrixGame([["a", 0], [0, 1]]), best_response())
        integrate(field, [0.5, 0.5], {"a": 1}, schedules={"a": lambda t: t})
    with pytest.raises(UnsupportedError, match=r"polynomials of the shares .* crowd\.stay is not"):
        game = PopulationGame({"crowd": {"stay": "sqrt(crowd.stay)", "go": "1/2"}})
        integrate(mean_dynamic(game, best_response()), [0.5, 0.5])
    with pytest.raises(UnsupportedError, match="environment"):
        game = PopulationGame({"crowd": {"stay": "n", "go": "1/2"}}, environment=[Environment("n", "n*(1-n)/2")])
        integrate(mean_dynamic(game, best_response()), {"crowd": [0.5, 0.5], "n": 0.5})


def test_ties_along_a_curve_stop_with_what_was_followed() -> None:
    """Two populations stay tied while the third moves: the set of ties is curved."""
    payoffs = {
        "a": {"1": "y*z - 1/4", "2": "0"},
        "b": {"1": "1/4 - x*z", "2": "0"},
        "c": {"1": "1", "2": "0"},
    }
    game = PopulationGame(payoffs)
    start = {"x": Fraction(1, 2), "y": Fraction(1, 2), "z": Fraction(1, 2)}
    with pytest.raises(IntegrationError, match="curve"):
        integrate(mean_dynamic(game, best_response()), start)


def test_starts_are_exact_fractions_or_binary_floats() -> None:
    game = MatrixGame([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    assert as_exact_state(game, [Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)]) == (Fraction(1, 3),) * 3
    assert as_exact_state(game, np.array([0.5, 0.25, 0.25])) == (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4))
    assert sum(as_exact_state(game, [0.1, 0.2, 0.7])) == 1
    assert as_exact_state(game, {"population.2": 1}) == (0, 1, 0)
    assert as_exact_state(PENNIES, {"player1": [0.5, 0.5], "y": Fraction(1, 7)})[2:] == (
        Fraction(1, 7),
        Fraction(6, 7),
    )
    assert as_exact_state(PENNIES, [[1, 0], [0, 1]]) == (1, 0, 0, 1)
    with pytest.raises(StateError, match="one start"):
        as_exact_state(game, [[1, 0, 0], [0, 1, 0]])


def test_events_and_averages_on_the_closed_form() -> None:
    events = [crosses("x - 1/2", rising=True), reaches({"x": 2 / 3}, 1e-3)]
    game = MatrixGame([["-1/2", 2], [0, 1]], symbol="x")
    trajectory, path = followed(game, {"x": 0.1}, events=events)
    first, second = trajectory.events
    assert first.time == pytest.approx(math.log(0.9 / 0.5), abs=1e-12)
    assert second.time == pytest.approx(math.log(0.9 / (1 - (2 / 3 - 1e-3))), abs=1e-12)
    assert trajectory.times[-1] == second.time and path.steps[-1] == second.time
    mean = 1 - 0.9 * (1 - math.exp(-0.5)) / 0.5
    assert trajectory.average(0, 0.5)[0] == pytest.approx(mean, rel=1e-13)


def test_digits_do_not_grow_without_end() -> None:
    """Thousands of ties: rational states are rounded on their ties, and the triangle stays what it is."""
    trajectory, path = followed(cyclic(1, 2), [0.5, 0.3, 0.2], 2000.0)
    assert len(path.rays) > 2800
    assert max(int(ray.start[0].q).bit_length() for ray in path.rays) < 4000
    corner = sorted(float(v) for v in path.rays[-1].start)
    assert corner == pytest.approx([1 / 7, 2 / 7, 4 / 7], abs=1e-15)
    assert path.rays[-1].left == pytest.approx(0.5) or float(path.rays[-1].left) == pytest.approx(0.5, abs=1e-12)
    assert isinstance(path.rays[-1].left, fmpq)
    assert trajectory.outcome.kind == "periodic"


def test_many_tied_strategies_are_not_all_enumerated() -> None:
    """Fourteen equal strategies: enough is found to choose, and the list says that it is not complete."""
    game = MatrixGame([[1] * 14] * 14)
    _, path = followed(game, [Fraction(1, 14)] * 14)
    (ray,) = path.rays
    assert ray.rests and not ray.directions.complete
    assert len(ray.directions.targets) >= 14
    _, other = followed(MatrixGame([[0] * 3] * 3), [Fraction(1, 3)] * 3)
    assert other.rays[0].directions.complete and len(other.rays[0].directions.targets) == 3
