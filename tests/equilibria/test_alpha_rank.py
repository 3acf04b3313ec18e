"""Alpha-rank: published laws, chains with hundreds of digits, all trees, egttools, and intensities at which floats lose the chain."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NormalFormGame,
    ParameterError,
    StateError,
    UnsupportedError,
    find_alpha_rank,
    find_pure_nash_equilibria,
)
from coopgame.equilibria.invasions import invasions_of
from coopgame.equilibria.tables import payoff_tables
from coopgame.finite.constant_advantage import log_fixation_of_constant

ROCK = MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["R", "P", "S"])
BIASED = MatrixGame([[0, "-1/2", 1], ["1/2", 0, "-1/10"], [-1, "1/10", 0]], ["R", "P", "S"])
SEXES = NormalFormGame.from_bimatrix([[3, 0], [0, 2]], [[2, 0], [0, 3]], {"one": ["O", "M"], "two": ["O", "M"]})


def test_the_law_of_han() -> None:
    """Han, Pereira, Santos and Lenaerts (2013), Scientific Reports 3, 2695: commitments; numbers as in the tests of OpenSpiel's alpharank (2019)."""
    r, t, p, s, delta, cost = 1, 2, 0, -1, 4, Fraction(1, 4)
    game = MatrixGame(
        [
            [r - cost / 2, r - cost, 0, s + delta - cost, r - cost],
            [r, r, s, s, s],
            [0, t, p, p, p],
            [t - delta, t, p, p, p],
            [r, t, p, p, p],
        ]
    )
    found = find_alpha_rank(game, intensity="1/10", size=20)
    np.testing.assert_allclose(found.masses, [0.40966787, 0.07959841, 0.20506998, 0.08505983, 0.2206039], atol=5e-9)
    assert found.ranking[0] == ("1",)


@pytest.mark.parametrize("intensity", ["1/100", 1, 100, 10**6, math.inf])
def test_rock_paper_scissors(intensity: object) -> None:
    """Omidshafiei et al. (2019): all alike whatever the intensity; one sink component of three."""
    found = find_alpha_rank(ROCK, intensity=intensity)
    np.testing.assert_allclose(found.masses, 1 / 3, rtol=1e-12)
    [sink] = found.sinks
    assert sink.law == {("R",): Fraction(1, 3), ("P",): Fraction(1, 3), ("S",): Fraction(1, 3)}
    assert {(e.source[0], e.target[0], e.chance) for e in found.edges} == {
        ("R", "P", 1),
        ("P", "S", 1),
        ("S", "R", 1),
    }


def test_biased_rock_paper_scissors() -> None:
    """Omidshafiei et al. (2019): the law is uneven at low intensity and tends to 1/3 each."""
    assert find_alpha_rank(BIASED, intensity=math.inf).exact_masses == (Fraction(1, 3),) * 3
    uneven = find_alpha_rank(BIASED, intensity=1)
    assert uneven.ranking == (("P",), ("R",), ("S",)) and uneven.mass("P") > 0.7
    np.testing.assert_allclose(find_alpha_rank(BIASED, intensity=10_000).masses, 1 / 3, atol=1e-9)


def test_battle_of_the_sexes_and_the_dilemma() -> None:
    """Omidshafiei et al. (2019): two sink components of one profile each, played half of the time."""
    found = find_alpha_rank(SEXES, intensity=math.inf)
    assert found.exact_masses == (Fraction(1, 2), 0, 0, Fraction(1, 2))
    assert [sink.profiles for sink in found.sinks] == [(("O", "O"),), (("M", "M"),)]
    assert found.strategy_masses == {"one": {"O": 0.5, "M": 0.5}, "two": {"O": 0.5, "M": 0.5}}
    dilemma = find_alpha_rank(MatrixGame([[3, 0], [5, 1]], ["C", "D"]), intensity=math.inf)
    assert dilemma.exact_masses == (0, 1) and [s.profiles for s in dilemma.sinks] == [(("D",),)]


# egttools 0.1.14.2: PairwiseComparison(size, game).calculate_transition_and_fixation_matrix_sml(beta), calculate_stationary_distribution
EGTTOOLS = [
    ([[0, "-1/2", 1], ["1/2", 0, "-1/10"], [-1, "1/10", 0]], 20, "1/2", [0.2149254774070112, 0.6654622350914455, 0.11961228750154318]),
    ([[0, "-1/2", 1], ["1/2", 0, "-1/10"], [-1, "1/10", 0]], 50, 10, [0.28184630147777306, 0.43801186871763387, 0.280141829804593]),
    ([[2, 0, 1], [1, 1, 1], [0, 3, 1]], 20, "1/2", [0.9230456231021384, 0.01640648030483373, 0.06054789659302786]),
    ([[1, 0, 0], [0, 1, 0], [0, 0, "9/10"]], 50, 1, [0.47830459317, 0.47830459308, 0.04339081373]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "size", "intensity", "expected"), EGTTOOLS)
def test_egttools_finds_the_same(
    rows: list[list[object]], size: int, intensity: object, expected: list[float]
) -> None:
    np.testing.assert_allclose(
        find_alpha_rank(MatrixGame(rows), intensity=intensity, size=size).masses, expected, atol=2e-10
    )


def test_intensity_does_not_make_the_chain_reducible() -> None:
    """At intensity 10 every chance to leave a convention is below exp(-100), where egttools 0.1.14.2 reports all mass on the first strategy."""
    found = find_alpha_rank(MatrixGame([[1, 0, 0], [0, 1, 0], [0, 0, "9/10"]]), intensity=10)
    np.testing.assert_allclose(found.masses, [0.5, 0.5, 0], atol=1e-10)
    assert find_alpha_rank(SEXES, intensity=10**9).masses == pytest.approx([0.5, 0, 0, 0.5], abs=1e-6)


def _digits(game: MatrixGame | NormalFormGame, alpha: int, size: int) -> list[mpmath.mpf]:
    """Return the log masses from the products and sums of the definition, with enough digits that nothing is lost."""
    tables = payoff_tables(game)
    sizes = tables.sizes[:1] if tables.symmetric else tables.sizes
    places = list(product(*map(range, sizes)))
    n = len(places)
    balance = mpmath.matrix(n, n)
    share = mpmath.mpf(1) / sum(s - 1 for s in sizes)
    for i, place in enumerate(places):
        moves = [(q, r) for q, count in enumerate(sizes) for r in range(count) if r != place[q]]
        for p, s in moves:
            other = (*place[:p], s, *place[p + 1 :])
            total, part = mpmath.mpf(1), mpmath.mpf(1)
            for k in range(1, size):
                if tables.symmetric:
                    u = tables.exact[0]
                    mutant = ((k - 1) * u[s, s] + (size - k) * u[s, place[0]]) / (size - 1)
                    resident = (k * u[place[0], s] + (size - k - 1) * u[place[0], place[0]]) / (size - 1)
                    gain = mutant - resident
                else:
                    gain = tables.exact[p][other] - tables.exact[p][place]
                part *= mpmath.exp(-alpha * mpmath.mpf(gain.numerator) / gain.denominator)
                total += part
            j = places.index(other)
            balance[j, i] += share / total
            balance[i, i] -= share / total
    for i in range(n):
        balance[n - 1, i] = 1
    law = mpmath.lu_solve(balance, mpmath.matrix([0] * (n - 1) + [1]))
    return [mpmath.log(law[k]) for k in range(n)]


@settings(max_examples=12)
@given(st.lists(st.integers(-3, 3), min_size=9, max_size=9), st.sampled_from([1, 7]), st.integers(2, 9))
def test_one_population_beside_many_digits(numbers: list[int], alpha: int, size: int) -> None:
    game = MatrixGame(np.reshape(numbers, (3, 3)).tolist())
    with mpmath.workdps(700):
        wanted = [float(v) for v in _digits(game, alpha, size)]
    np.testing.assert_allclose(
        find_alpha_rank(game, intensity=alpha, size=size).log_masses, wanted, rtol=1e-12, atol=1e-12
    )


@settings(max_examples=10)
@given(st.lists(st.integers(-3, 3), min_size=12, max_size=12), st.sampled_from([1, 5]), st.integers(2, 9))
def test_two_populations_beside_many_digits(numbers: list[int], alpha: int, size: int) -> None:
    game = NormalFormGame([np.reshape(part, (2, 3)).tolist() for part in (numbers[:6], numbers[6:])])
    with mpmath.workdps(900):
        wanted = [float(v) for v in _digits(game, alpha, size)]
    np.testing.assert_allclose(
        find_alpha_rank(game, intensity=alpha, size=size).log_masses, wanted, rtol=1e-12, atol=1e-12
    )


@settings(max_examples=30)
@given(st.lists(st.integers(-2, 2), min_size=12, max_size=12))
def test_the_limit_is_what_large_intensities_tend_to(numbers: list[int]) -> None:
    """Log masses at intensity 10000 are log c - 10000 r, with r exact; equilibria that are strict are sinks, and sinks hold all mass."""
    game = NormalFormGame([np.reshape(part, (2, 3)).tolist() for part in (numbers[:6], numbers[6:])])
    limit, far = (find_alpha_rank(game, intensity=a, size=5) for a in (math.inf, 10_000))
    wanted = [math.log(c) - 10_000 * r for r, c in limit.limit]
    np.testing.assert_allclose(far.log_masses, wanted, rtol=1e-12, atol=1e-9)
    assert limit.exact_masses == tuple(c if r == 0 else 0 for r, c in limit.limit)
    assert limit.exact_masses is not None and sum(limit.exact_masses) == 1
    inside = {profile for sink in limit.sinks for profile in sink.profiles}
    assert all(
        mass == 0 or profile in inside for profile, mass in zip(limit.profiles, limit.exact_masses, strict=True)
    )
    alone = {sink.profiles[0] for sink in limit.sinks if len(sink.profiles) == 1}
    assert alone == {e.profile for e in find_pure_nash_equilibria(game) if e.strict}
    for sink in limit.sinks:
        assert sum(sink.law.values()) == 1 and min(sink.law.values()) > 0


def test_mutants_that_rise_at_first_and_then_fall() -> None:
    """Hawk and dove with V = 2, C = 4 in a population of 11: k doves earn (9 - 2k)/10 more than hawks, k hawks (13 - 2k)/10 more than doves.

    Added up to k = 10 that is -2 and 2: doves rise at first, but to take over they have to pass advantages that cost 2; hawks lose nothing on the way.
    """
    game, size = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"]), 11
    leading = invasions_of(payoff_tables(game), size).leading
    assert leading == ({1: (Fraction(2), Fraction(1))}, {0: (Fraction(0), Fraction(1))})
    found = find_alpha_rank(game, intensity=math.inf, size=size)
    assert found.exact_masses == (1, 0) and found.limit == ((0, 1), (2, 1))
    assert [sink.profiles for sink in found.sinks] == [(("hawk",),)]
    even = find_alpha_rank(MatrixGame([[0, 1], [1, 0]]), intensity=math.inf, size=11)  # the sums end where they began
    assert even.exact_masses == (Fraction(1, 2), Fraction(1, 2)) and {e.chance for e in even.edges} == {
        Fraction(1, 2)
    }


@pytest.mark.parametrize("size", [2, 3, 50, 1000])
@pytest.mark.parametrize(
    "advantage", [Fraction(1, 10**400), Fraction(-1, 10**9), Fraction(1, 3), Fraction(-40), Fraction(10**6)]
)
def test_fixation_beside_many_digits(advantage: Fraction, size: int) -> None:
    with mpmath.workdps(900):
        a = mpmath.mpf(advantage.numerator) / advantage.denominator
        wanted = float(mpmath.log(mpmath.expm1(-a) / mpmath.expm1(-size * a)))
    assert log_fixation_of_constant(advantage, size) == pytest.approx(wanted, rel=1e-14, abs=1e-300)
    assert log_fixation_of_constant(Fraction(0), size) == -math.log(size)


def test_several_sinks_among_many_profiles() -> None:
    """Twelve by twelve with conventions on the diagonal: the best one has all mass, by orders that are exact."""
    pay = np.diag(range(1, 13)).tolist()
    found = find_alpha_rank(NormalFormGame([pay, pay]), intensity=math.inf, size=10)
    assert len(found.profiles) == 144 and len(found.sinks) == 12
    assert found.ranking[0] == ("12", "12") and found.mass("12", "12") == 1
    orders = dict(zip(found.profiles, (order for order, _ in found.limit), strict=True))
    assert (
        orders["11", "11"] == 9
    )  # to leave 12 costs 12 per competitor, to leave 11 costs 11, and there are 9 of them
    tied = NormalFormGame([np.eye(12, dtype=int).tolist()] * 2)
    np.testing.assert_allclose(
        [find_alpha_rank(tied, intensity=math.inf).mass(s, s) for s in ("1", "7")], 1 / 12, rtol=1e-12
    )


def test_degenerate_games() -> None:
    assert list(find_alpha_rank(MatrixGame([[3]]), intensity=math.inf).masses) == [1]
    assert list(find_alpha_rank(NormalFormGame([[[1]], [[2]]]), intensity=5).masses) == [1]
    flat = find_alpha_rank(NormalFormGame([[[1, 1], [1, 1]]] * 2), intensity=math.inf)
    assert flat.exact_masses == (Fraction(1, 4),) * 4 and {e.chance for e in flat.edges} == {Fraction(1, 50)}
    neutral = find_alpha_rank(MatrixGame([[1, 0], [5, 1]]), intensity=0)
    np.testing.assert_allclose(neutral.masses, 0.5, rtol=1e-14)
    tiny = MatrixGame([[0, Fraction(1, 10**300)], [0, 0]])
    assert find_alpha_rank(tiny, intensity=Fraction(10) ** 300).masses == pytest.approx(
        find_alpha_rank(MatrixGame([[0, 1], [0, 0]]), intensity=1).masses, rel=1e-12
    )


def test_values_text_and_tables() -> None:
    game = NormalFormGame.from_bimatrix(
        [["a", 0], [0, 2]], [[2, 0], [0, "a"]], {"one": ["O", "M"], "two": ["O", "M"]}, parameters={"a": None}
    )
    found = find_alpha_rank(game, {"a": 3}, intensity=1)
    assert str(found).splitlines()[:4] == [
        "intensity 1, populations of 50",
        "1. O, O: 0.5",
        "2. M, M: 0.5",
        "3. O, M: exp(-98.6931)",
    ]
    assert str(found).endswith("within a sink component: (M, M) = 1")
    assert "<td>O, O</td><td>0.5</td>" in found._repr_html_()
    frame = found.to_dataframe()
    assert list(frame.columns) == ["one", "two", "mass", "log_mass"] and list(frame["log_mass"]) == sorted(
        found.log_masses, reverse=True
    )
    assert "1. R: 1/3" in str(find_alpha_rank(ROCK, intensity=math.inf))


def test_errors_say_what_to_do() -> None:
    with pytest.raises(ParameterError, match=r"math\.inf for its limit"):
        find_alpha_rank(ROCK, intensity=-1)
    with pytest.raises(ParameterError, match="at least 2 members"):
        find_alpha_rank(ROCK, intensity=1, size=1)
    with pytest.raises(StateError, match="no profile X"):
        find_alpha_rank(ROCK, intensity=1).mass("X")
    with pytest.raises(UnsupportedError, match=r"math\.inf gives the limit exactly"):
        find_alpha_rank(MatrixGame([[0, 0], [1e300, 0]]), intensity=Fraction(10) ** 100)
    wide = NormalFormGame([np.zeros((60, 60), dtype=int).tolist()] * 2)
    with pytest.raises(UnsupportedError, match="3600 pure profiles"):
        find_alpha_rank(wide, intensity=1)
