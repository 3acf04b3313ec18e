"""Logit equilibria: closed forms, fifty digits, Gambit, folds and pitchforks, limits, tiny probabilities, certified lists."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from coopgame import (
    Game,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    QuantalOptions,
    StateError,
    UnsupportedError,
    find_pure_nash_equilibria,
    find_quantal_response,
    find_quantal_responses_at,
    find_rest_points,
    logit,
    mean_dynamic,
)

PENNIES = NormalFormGame.from_bimatrix([[9, 0], [0, 1]], [[0, 1], [1, 0]])
# A branch that turns twice: integer payoffs without ties, found by a search of random games
TURNING = NormalFormGame.from_bimatrix([[3, 5, 3], [3, 1, 4]], [[4, 3, 0], [1, 1, 5]])
SEXES = NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])


def _missing(game: Game, state: np.ndarray, lam: float) -> float:
    """Return by how much probabilities differ from logit replies, from the game's expected payoffs."""
    names = dict(zip(_shares(game), state, strict=True))
    position, worst = 0, 0.0
    for p, population in enumerate(game.populations):
        count = len(population.strategies)
        payoffs = np.array([float(game.expected_payoff(p, s).xreplace(names)) for s in range(count)])
        reply = np.exp(lam * (payoffs - payoffs.max()))
        worst = max(worst, np.abs(state[position : position + count] - reply / reply.sum()).max())
        position += count
    return worst


def _shares(game: Game) -> list[sympy.Symbol]:
    """Return a symbol per strategy; of two-strategy populations the second is 1 minus the first, which no payoff names."""
    return [
        game.share(p, s) if game.share(p, s).is_Symbol else sympy.Symbol(f"unused_{p}_{s}")
        for p, q in enumerate(game.populations)
        for s in range(len(q.strategies))
    ]


@settings(max_examples=15)
@given(st.integers(1, 9), st.integers(1, 9))
def test_two_strategies_in_closed_form(a: int, b: int) -> None:
    """One population: lambda ((a + b) x - b) = log(x/(1 - x)) along the branch."""
    branch = find_quantal_response(MatrixGame([[a, 0], [0, b]]))
    x, logs = branch.probabilities[:, 0], branch.log_probabilities
    odds = logs[:, 0] - logs[:, 1]
    np.testing.assert_allclose(odds, branch.lambdas * ((a + b) * x - b), rtol=1e-9, atol=1e-9)
    assert branch.lambdas[0] == 0 and x[0] == pytest.approx(0.5)
    assert branch.limit is not None
    wanted = {"1": Fraction(a > b), "2": Fraction(b > a)} if a != b else {"1": Fraction(1, 2), "2": Fraction(1, 2)}
    assert branch.limit.strategies == (wanted,)


@pytest.mark.parametrize("lam", ["1/3", 3, 40])
def test_forty_digits(lam: str | int) -> None:
    """The same equations solved by mpmath with forty digits, from close by."""
    found = find_quantal_response(TURNING).all_at(lam)
    rows, columns = [[3, 5, 3], [3, 1, 4]], [[4, 3, 0], [1, 1, 5]]
    with mpmath.workdps(40):
        precision = mpmath.mpf(Fraction(lam).numerator) / Fraction(lam).denominator

        def logs(payoffs: list[mpmath.mpf]) -> list[mpmath.mpf]:
            total = mpmath.log(mpmath.fsum(mpmath.exp(precision * u) for u in payoffs))
            return [precision * u - total for u in payoffs]

        def equations(*z: mpmath.mpf) -> list[mpmath.mpf]:
            x, y = [mpmath.exp(v) for v in z[:2]], [mpmath.exp(v) for v in z[2:]]
            one = logs([mpmath.fdot(row, y) for row in rows])
            two = logs([mpmath.fdot([columns[i][j] for i in range(2)], x) for j in range(3)])
            return [a - b for a, b in zip(z, [*one, *two], strict=True)]

        for equilibrium in found:
            start = [v for own in equilibrium.log_probabilities for v in own.values()]
            root = mpmath.findroot(equations, [mpmath.mpf(v) for v in start], tol=1e-60)
            np.testing.assert_allclose(start, [float(v) for v in root], rtol=3e-12, atol=3e-12)
    assert len(found) == (3 if lam == 3 else 1)


# pygambit 16.7.0, qre.logit_solve_lambda(game, lam, first_step=0.01)
GAMBIT = [
    (
        [[[6, 8, 0], [8, 4, 5], [6, 2, 9]], [[0, 2, 3], [5, 4, 1], [0, 0, 0]]],
        {
            "1/2": [0.310923579147, 0.383117479802, 0.305958941051, 0.348710222977, 0.392920031866, 0.258369745157],
            "2": [0.50763601969, 0.25735681825, 0.23500716206, 0.121414176641, 0.552823117466, 0.325762705893],
        },
    ),
    (
        [
            [[8, 8, 4], [3, 9, 9], [6, 3, 2], [9, 2, 5]],
            [[6, 2, 3], [7, 1, 6], [9, 6, 6], [4, 9, 2]],
        ],
        {"1": [0.609002740088, 0.0280508728579, 0.0408638163431, 0.322082570711, 0.714236597557, 0.23385926051, 0.0519041419324]},
    ),
    (
        [[[[4, 4], [1, 0]], [[7, 4], [3, 6]]], [[[5, 9], [6, 9]], [[5, 3], [3, 9]]], [[[5, 1], [8, 8]], [[0, 1], [6, 4]]]],
        {
            "1/2": [0.191194201096, 0.808805798904, 0.382538670801, 0.617461329199, 0.620338423833, 0.379661576167],
            "2": [0.00511412412523, 0.994885875875, 0.488185828717, 0.511814171283, 0.747511036499, 0.252488963501],
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("payoffs", "expected"), GAMBIT)
def test_gambit_finds_the_same(payoffs: list[object], expected: dict[str, list[float]]) -> None:
    branch = find_quantal_response(NormalFormGame(payoffs))
    for lam, probabilities in expected.items():
        np.testing.assert_allclose(branch.at(lam).state, probabilities, atol=2e-9)


def test_a_branch_that_turns_twice() -> None:
    """Between the turning points three equilibria lie on the branch; each turn is a fold: the equations' derivative is singular there."""
    branch = find_quantal_response(TURNING)
    first, second = branch.turning_points
    assert branch.events == (first, second) and first.lam > second.lam
    for lam, count in ((second.lam * 0.99, 1), (second.lam * 1.01, 3), (first.lam * 0.99, 3), (first.lam * 1.01, 1)):
        found = branch.all_at(lam)
        assert len(found) == count
        assert [e.index for e in found] == [1, -1, 1][:count]
        assert max(_missing(TURNING, e.state, lam) for e in found) < 1e-12
        np.testing.assert_array_equal(branch.at(lam).state, found[0].state)
    for event in (first, second):
        assert _missing(TURNING, event.probabilities, event.lam) < 1e-9
        near = branch.all_at(event.lam - (1e-7 if event is first else -1e-7))
        assert np.diff(sorted(e.state[0] for e in near)).min() < 5e-3  # two are about to meet
    assert branch.limit is not None and branch.limit.strict


def test_a_pitchfork_of_two_players_in_closed_form() -> None:
    """Battle of the sexes: on the symmetric branch log odds L solve L = lambda (3 s(-L) - 1), and others branch off where 3 lambda s(L) s(-L) = 1."""
    [event] = find_quantal_response(SEXES).events
    assert event.kind == "bifurcation"

    def odds(lam: float) -> float:
        return float(brentq(lambda v: v - lam * (3 / (1 + np.exp(v)) - 1), -5, 5, xtol=1e-15))

    def slope(lam: float) -> float:
        s = 1 / (1 + np.exp(-odds(lam)))
        return float(3 * lam * s * (1 - s) - 1)

    lam = brentq(slope, 0.5, 3, xtol=1e-15)
    assert event.lam == pytest.approx(lam, abs=1e-9)
    assert event.probabilities[0] == pytest.approx(1 / (1 + np.exp(-odds(lam))), abs=1e-9)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_all_directions_bifurcate_at_once_in_pure_coordination(n: int) -> None:
    """At uniform choice the derivative of the replies is lambda/n on the tangent space: all its eigenvalues pass 1 at lambda = n."""
    branch = find_quantal_response(MatrixGame(np.eye(n, dtype=int).tolist()))
    assert [(e.kind, round(e.lam, 6)) for e in branch.events] == [("bifurcation", n)]
    np.testing.assert_allclose(branch.probabilities, 1 / n, atol=1e-12)


@settings(max_examples=25)
@given(st.lists(st.integers(-9, 9), min_size=18, max_size=18))
def test_the_limit_is_a_nash_equilibrium(numbers: list[int]) -> None:
    """McKelvey and Palfrey (1995), theorem 2: limit points are Nash equilibria. Checked from the definition, exactly where it is said to be exact."""
    a, b = (np.array(part, dtype=object).reshape(3, 3) for part in (numbers[:9], numbers[9:]))
    branch = find_quantal_response(NormalFormGame.from_bimatrix(a.tolist(), b.tolist()))
    limit = branch.limit
    assert limit is not None
    x, y = (np.array(list(own.values())) for own in limit.strategies)
    tolerance = 0 if limit.known == "exact" else 1e-3 + 20 * limit.radius
    assert max(a @ y) - x @ a @ y <= tolerance and max(x @ b) - x @ b @ y <= tolerance
    if limit.known == "exact":
        assert (sum(x), sum(y)) == (1, 1) and limit.payoffs == (x @ a @ y, x @ b @ y)
        assert np.abs(branch.probabilities[-1] - limit.state).max() < 1e-2
    if limit.strict:
        assert limit.pure and any(e.strict for e in find_pure_nash_equilibria(branch.game))


def test_the_limit_in_a_game_with_a_weakly_dominated_strategy() -> None:
    """The column player gives up the second column exponentially fast, so the rows that tie against the first end at one half each."""
    branch = find_quantal_response(NormalFormGame.from_bimatrix([[1, 1], [1, 0]], [[1, 0], [1, 0]]))
    assert branch.limit is not None and "extrapolated" in branch.ended
    assert branch.limit.strategies == ({"1": Fraction(1, 2), "2": Fraction(1, 2)}, {"1": 1, "2": 0})
    slow = find_quantal_response(NormalFormGame.from_bimatrix([[1, 1], [1, 0]], [[1, 1], [1, 0]]))
    assert slow.limit is not None and slow.limit.strategies == ({"1": 1, "2": 0}, {"1": 1, "2": 0})
    assert not slow.limit.strict and not slow.limit.quasi_strict


def test_rare_strategies_keep_their_order() -> None:
    """Against the dominant strategy payoffs are 0, -1, -2, -3, so at lambda = 1e4 the second is chosen once in e^10000 times."""
    pay = [[0, 1, 1, 1], [-1, 0, 0, 0], [-2, -1, -1, -1], [-3, -2, -2, -2]]
    found = find_quantal_response(MatrixGame(pay, list("abcd"))).at(10_000)
    assert [found.log_probabilities[0][s] for s in "abcd"] == pytest.approx([0, -1e4, -2e4, -3e4], rel=1e-12)
    assert found.probabilities[0]["a"] == 1 and found.probabilities[0]["b"] == 0


@settings(max_examples=15)
@given(
    st.lists(st.integers(-5, 5), min_size=12, max_size=12), st.integers(-7, 7), st.sampled_from([1e300, 1e-280, 3.0])
)
def test_constants_and_units_do_not_matter(numbers: list[int], constant: int, unit: float) -> None:
    """A constant added to a column of one's payoffs changes nothing, and payoffs in another unit change lambda."""
    a, b = np.reshape(numbers[:6], (2, 3)), np.reshape(numbers[6:], (2, 3))
    plain = NormalFormGame.from_bimatrix(a.tolist(), b.tolist())
    moved = [[int(v) + (constant if j == 1 else 0) for j, v in enumerate(row)] for row in a]
    exact = Fraction(unit)
    scaled = NormalFormGame.from_bimatrix(
        [[exact * v for v in row] for row in moved], [[exact * int(v) for v in row] for row in b]
    )
    if unit > 1e290:
        with pytest.raises(UnsupportedError, match="another unit"):
            find_quantal_response(NormalFormGame.from_bimatrix([[exact, 0]] * 2, [[exact, 0]] * 2))
        return
    one, other = find_quantal_response(plain), find_quantal_response(scaled)
    np.testing.assert_allclose(one.at(2).state, other.at(2 / exact).state, atol=1e-11)


def test_three_players_and_more() -> None:
    """Probabilities are logit replies all along the branch, and where three mix the limit makes all of them indifferent."""
    rng = np.random.default_rng(5)
    for sizes in ((2, 2, 2), (3, 2, 2), (2, 2, 2, 2)):
        game = NormalFormGame([rng.integers(0, 10, sizes).tolist() for _ in sizes])
        branch = find_quantal_response(game)
        assert branch.limit is not None
        for k in range(0, len(branch.lambdas), 7):
            assert _missing(game, branch.probabilities[k], branch.lambdas[k]) < 1e-8


def test_three_who_mix() -> None:
    """Matching pennies in a ring: each wants to match the next but for the last, who wants to differ from the first; all mix equally."""
    table = {}
    for i in range(2):
        for j in range(2):
            for k in range(2):
                table[str(i), str(j), str(k)] = (int(i == j), int(j == k), int(k != i))
    branch = find_quantal_response(NormalFormGame(table))
    assert branch.limit is not None and branch.limit.known == "numerical"
    np.testing.assert_allclose(branch.limit.state, 0.5, atol=1e-10)


@settings(max_examples=20)
@given(st.lists(st.integers(-4, 4), min_size=8, max_size=8), st.sampled_from(["1/2", "2", "5", "30"]))
def test_certified_lists_of_two_by_two(numbers: list[int], lam: str) -> None:
    """All sign changes of the one equation on a fine grid, and nothing else."""
    a, b = np.reshape(numbers[:4], (2, 2)), np.reshape(numbers[4:], (2, 2))
    found = find_quantal_responses_at(NormalFormGame.from_bimatrix(a.tolist(), b.tolist()), lam)
    rate = float(Fraction(lam))

    def replies(payoffs: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-rate * payoffs))

    x = 1 / (1 + np.exp(-np.linspace(-250, 250, 200_001)))

    def excess(x: np.ndarray) -> np.ndarray:
        y = replies(x * (b[0, 0] - b[0, 1]) + (1 - x) * (b[1, 0] - b[1, 1]))
        return np.log(x / (1 - x)) - rate * (y * (a[0, 0] - a[1, 0]) + (1 - y) * (a[0, 1] - a[1, 1]))

    inside = (x > 1e-15) & (x < 1 - 1e-15)
    signs = np.sign(excess(x[inside]))
    if found.complete and min(e.state.min() for e in found) > 1e-14:
        assert len(found) == np.count_nonzero(np.diff(signs[signs != 0]))
    assert sum(e.index for e in found) == 1 or not found.complete
    for equilibrium in found:
        assert _missing(NormalFormGame.from_bimatrix(a.tolist(), b.tolist()), equilibrium.state, rate) < 1e-10
    assert found.principal is not None


def test_lists_next_to_a_pitchfork() -> None:
    game = MatrixGame([[1, 0], [0, 1]])
    assert [len(find_quantal_responses_at(game, lam)) for lam in ("1.999", "2.001")] == [1, 3]
    at = find_quantal_responses_at(game, 2)
    assert not at.complete and "branches turn or meet" in at.because and len(at) == 1
    far = find_quantal_responses_at(game, 10_000)
    assert far.complete and len(far) == 3 and far.known == "certified"
    logs = far[0].log_probabilities[0]
    assert logs["1"] == pytest.approx(-10_000, rel=1e-12)


def test_lists_of_three_strategies_beside_the_certified_rest_points_of_logit_choice() -> None:
    game = MatrixGame([[3, 0, 0], [0, 2, 0], [0, 0, 1]])
    found = find_quantal_responses_at(game, 5)
    certified = find_rest_points(mean_dynamic(game, logit("1/5")), {})
    assert certified.complete and len(found) == len(certified) == 7
    for point in certified:
        assert min(np.abs(e.state - point.state).max() for e in found) < 1e-10
    assert not found.complete and found.because.endswith("as those of all equilibria do")
    assert found[found.principal or 0].noise == 0.2
    cold = find_quantal_responses_at(game, 200)
    assert len(cold) == 7 and sum(e.index for e in cold) == 1


def test_options_end_the_branch() -> None:
    short = find_quantal_response(PENNIES, options=QuantalOptions(largest=2))
    assert short.lambdas[-1] == 2 and short.limit is None and short.ended == "lambda reached 2"
    np.testing.assert_allclose(short.probabilities[-1], find_quantal_response(PENNIES).at(2).state, atol=1e-12)
    np.testing.assert_allclose(short.at(50).state, find_quantal_response(PENNIES).at(50).state, atol=1e-12)
    few = find_quantal_response(PENNIES, options=QuantalOptions(most_points=5))
    assert len(few.lambdas) == 5 and few.ended == "5 steps were made"


def test_one_strategy_and_no_difference() -> None:
    assert find_quantal_response(MatrixGame([[3]])).limit.payoffs == (3,)  # type: ignore[union-attr]
    flat = find_quantal_response(MatrixGame([[1, 1], [1, 1]]))
    np.testing.assert_allclose(flat.probabilities, 0.5)
    assert flat.at(7).state == pytest.approx([0.5, 0.5])


def test_a_player_alone_chooses_by_the_logit_rule() -> None:
    game = NormalFormGame([[3, 1, 3]], {"firm": ["a", "b", "c"]})
    weights = np.exp([2 * 3.0, 2.0, 6.0])
    np.testing.assert_allclose(find_quantal_response(game).at(2).state, weights / weights.sum(), rtol=1e-13)
    [only] = find_quantal_responses_at(game, 2)
    np.testing.assert_allclose(only.state, weights / weights.sum(), rtol=1e-13)


def test_values_tables_and_text() -> None:
    game = NormalFormGame.from_bimatrix(
        [["X", 0], [0, 1]],
        [[0, 1], [1, 0]],
        {"one": ["up", "down"], "two": ["left", "right"]},
        parameters={"X": None},
    )
    branch = find_quantal_response(game, {"X": 9})
    assert branch.strategies == ("one.up", "one.down", "two.left", "two.right")
    np.testing.assert_array_equal(branch.probability("up"), branch.probability("one.up"))
    frame, data = branch.to_dataframe(), branch.to_xarray()
    assert list(frame.columns[:3]) == ["lambda", "one.up", "one.down"] and len(frame) == len(branch.lambdas)
    assert data["probability"].dims == ("point", "strategy") and data["payoff"].dims == ("point", "population")
    x, y = branch.probability("up"), branch.probability("left")
    np.testing.assert_allclose(branch.payoffs[:, 0], 9 * x * y + (1 - x) * (1 - y), atol=1e-12)
    assert (
        str(branch).splitlines()[1]
        == "limit: up = 1/2, down = 1/2; left = 1/10, right = 9/10 (a Nash equilibrium exactly)"
    )
    assert "<td>start</td><td>0</td><td>0.5</td>" in branch._repr_html_()
    assert (
        str(branch.at(0)) == "lambda = 0: up = 0.5, down = 0.5; left = 0.5, right = 0.5"
        and branch.at(0).noise == np.inf
    )
    assert all(a <= b for a, b in pairwise(branch.lambdas))
    assert str(find_quantal_response(SEXES).events[0]).startswith("bifurcation at lambda = 1.372183")


def test_errors_say_what_to_do() -> None:
    branch = find_quantal_response(PENNIES)
    with pytest.raises(ParameterError, match="options is 3; give QuantalOptions"):
        find_quantal_response(PENNIES, options=3)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="begins at 0"):
        branch.at(-1)
    with pytest.raises(StateError, match="name one of"):
        branch.probability("1")
    with pytest.raises(ParameterError, match="positive number"):
        QuantalOptions(largest=0)
    with pytest.raises(ParameterError, match="at least 2 points"):
        QuantalOptions(most_points=1)
    with pytest.raises(ParameterError, match="0 or positive"):
        find_quantal_responses_at(PENNIES, -1)


def test_a_list_is_a_table_in_notebooks() -> None:
    coordination = NormalFormGame.from_bimatrix(
        [[2, 0], [0, 1]], [[1, 0], [0, 2]], {"one": ["a<b", "c"], "two": ["d", "e"]}
    )
    found = find_quantal_responses_at(coordination, 3)
    html = found._repr_html_()
    assert html.count("<tr><td>") == len(found) == 3 and "a&lt;b" in html and "a<b" not in html
    assert html.count("<td>yes</td>") == 1 and html.endswith(f"<p>complete: {found.because}</p>")
