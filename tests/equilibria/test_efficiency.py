"""Welfare, prices of anarchy and stability, and Pareto efficiency beside brute force and known games."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NormalFormGame, catalog, find_efficiency, find_pure_nash_equilibria, nash_equilibria
from coopgame.equilibria.many_players import many_player_equilibria
from coopgame.equilibria.tables import payoff_tables
from coopgame.errors import UnsupportedError


def names(place: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(str(s + 1) for s in place)


@settings(max_examples=80)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.integers(0, 100_000), st.integers(1, 5))
def test_beside_trying_all_profiles(sizes: list[int], seed: int, top: int) -> None:
    payoffs = np.random.default_rng(seed).integers(-top, top + 1, (len(sizes), *sizes))
    game = NormalFormGame([table.tolist() for table in payoffs])
    found = find_efficiency(game)
    places = list(product(*map(range, sizes)))
    welfare = {place: sum(int(table[place]) for table in payoffs) for place in places}
    assert found.optimum == max(welfare.values())
    assert found.optimal_profiles == tuple(names(p) for p in places if welfare[p] == found.optimum)
    efficient = [
        p
        for p in places
        if not any(
            all(table[q] >= table[p] for table in payoffs) and any(table[q] > table[p] for table in payoffs)
            for q in places
        )
    ]
    assert found.pareto_efficient == tuple(map(names, efficient))
    pure = [tuple(int(s) - 1 for s in e.profile) for e in find_pure_nash_equilibria(game)]
    assert [e.welfare for e in found.equilibria] == [welfare[p] for p in pure]
    if not pure:
        assert found.best is None and found.price_of_anarchy is None and "no pure equilibrium" in found.because
        return
    low, high = min(welfare[p] for p in pure), max(welfare[p] for p in pure)
    assert found.worst is not None and found.best is not None
    assert (found.worst.welfare, found.best.welfare) == (low, high)
    if found.optimum > 0 and low > 0:
        assert found.price_of_anarchy == Fraction(found.optimum, low)
    if found.optimum < 0:
        assert found.price_of_anarchy == Fraction(low, found.optimum)
    if low <= 0 <= found.optimum:
        assert found.price_of_anarchy is None and "compare differences" in found.because
    for price in (found.price_of_anarchy, found.price_of_stability):
        assert price is None or price >= 1


def test_pigous_network_with_two_drivers() -> None:
    """Koutsoupias and Papadimitriou (1999) and Roughgarden (2005): costs are payoffs below 0.

    Two drivers choose a road that takes 2 minutes, or one that takes 1 minute for each on it. All on the second is an equilibrium of cost 4; the best
    is one on each, cost 3, which is an equilibrium as well.
    """
    game = MatrixGame([["-2", "-2"], ["-1", "-2"]], ["wide", "narrow"])
    found = find_efficiency(game)
    assert found.optimum == -3 and set(found.optimal_profiles) == {("wide", "narrow"), ("narrow", "wide")}
    assert [e.text for e in found.equilibria] == ["narrow, narrow"]  # of one population the symmetric ones
    roles = NormalFormGame.from_bimatrix([[-2, -2], [-1, -2]], [[-2, -1], [-2, -2]])
    both = find_efficiency(roles)
    assert both.price_of_anarchy == Fraction(4, 3) and both.price_of_stability == 1
    assert "costs" in both.because


def test_the_price_of_stability_of_sharing_a_link() -> None:
    """Anshelevich et al. (2008), SIAM Journal on Computing 38, 1602-1623, fig. 1 with two players: a shared link of cost 1 + e against own ones of 1 and 1/2.

    The only equilibrium is both alone at cost 3/2, while sharing costs 1 + e: the price of stability tends to H(2) = 3/2.
    """
    e = Fraction(1, 100)
    shared = (1 + e) / 2
    game = NormalFormGame(
        {
            ("shared", "shared"): (-shared, -shared),
            ("shared", "alone"): (-(1 + e), Fraction(-1, 2)),
            ("alone", "shared"): (-1, -(1 + e)),
            ("alone", "alone"): (-1, Fraction(-1, 2)),
        }
    )
    found = find_efficiency(game)
    assert [o.text for o in found.equilibria] == ["alone, alone"]
    assert found.price_of_stability == found.price_of_anarchy == Fraction(3, 2) / (1 + e)


def test_dilemma_and_coordination() -> None:
    dilemma = find_efficiency(MatrixGame([[3, 0], [5, 1]], ["C", "D"]))
    assert dilemma.price_of_anarchy == dilemma.price_of_stability == 3
    assert dilemma.pareto_efficient == (("C", "C"), ("C", "D"), ("D", "C"))
    hunt = find_efficiency(MatrixGame([[9, 0], [8, 7]]))
    assert (hunt.price_of_anarchy, hunt.price_of_stability) == (Fraction(9, 7), 1)


def test_mixed_equilibria_are_compared_when_given() -> None:
    """Battle of the sexes, 2 and 1 where both meet: in the mixed equilibrium (2/3, 1/3) each gets 2/3."""
    game = NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    found = find_efficiency(game, None, many_player_equilibria(payoff_tables(game)))
    assert len(found.equilibria) == 3 and "all equilibria compared" in found.because
    assert found.worst is not None and found.worst.welfare == Fraction(4, 3)
    assert (found.price_of_anarchy, found.price_of_stability) == (Fraction(9, 4), 1)


def test_states_of_one_population() -> None:
    """Hawk and dove with V = 2, C = 4: half hawks, payoff 1/2 each, where doves alone would have 1 each."""
    game = MatrixGame([["(V - C)/2", "V"], ["0", "V/2"]], ["hawk", "dove"])
    values = {"V": 2, "C": 4}
    found = find_efficiency(game, values, nash_equilibria(game, values))
    assert found.best == found.worst and found.best is not None
    assert found.best.payoffs == (Fraction(1, 2), Fraction(1, 2)) and found.price_of_anarchy == 2


def test_irrational_equilibria_are_certified() -> None:
    """Nau, Gomez Canovas and Hansen (2004): one equilibrium, with irrational payoffs."""
    game = NormalFormGame(
        [
            [[[3, 1], [0, 0]], [[0, 0], [1, 2]]],
            [[[0, 0], [2, 1]], [[1, 3], [0, 0]]],
            [[[2, 0], [0, 0]], [[0, 0], [0, 3]]],
        ]
    )
    equilibria = many_player_equilibria(payoff_tables(game))
    found = find_efficiency(game, None, equilibria)
    assert found.known == "certified" and found.optimum == 5
    assert found.price_of_anarchy == pytest.approx(5 / sum(map(float, equilibria[0].payoffs)))


def test_no_equilibrium_and_no_ratio() -> None:
    none = find_efficiency(catalog.matching_pennies())
    assert none.best is None and "no pure equilibrium" in str(none) and len(none.to_dataframe()) == 0
    zero = find_efficiency(NormalFormGame.from_bimatrix([[0]], [[0]]))
    assert zero.price_of_anarchy is None and "largest welfare is 0" in zero.because
    mixed = find_efficiency(NormalFormGame.from_bimatrix([[2, -3], [3, -1]], [[2, 3], [-3, -1]]))
    assert mixed.price_of_anarchy is None and "another sign" in mixed.because and "undefined" in str(mixed)


def test_what_is_refused() -> None:
    game, other = MatrixGame([["a", 0], [0, 1]]), NormalFormGame.from_bimatrix([[1]], [[1]])
    with pytest.raises(UnsupportedError, match=r"of type list; give nash_equilibria\(game\)"):
        find_efficiency(other, equilibria=[("1", "1")])  # type: ignore[arg-type]
    with pytest.raises(UnsupportedError, match="another game"):
        find_efficiency(game, {"a": 1}, many_player_equilibria(payoff_tables(other)))
    roles = NormalFormGame.from_bimatrix([["a", 0], [0, 1]], [["a", 0], [0, 1]])
    with pytest.raises(UnsupportedError, match="other values"):
        find_efficiency(roles, {"a": 1}, many_player_equilibria(payoff_tables(roles, {"a": 2})))
    with pytest.raises(UnsupportedError, match="payoff table"):
        find_efficiency(catalog.predator_prey())


def test_results_as_text_and_tables() -> None:
    found = find_efficiency(MatrixGame([[9, 0], [8, 7]], ["stag", "hare"]))
    table = found.to_dataframe()
    assert table["welfare"].tolist() == [18.0, 14.0] and table["equilibrium"].tolist() == ["stag, stag", "hare, hare"]
    assert "<p>worst equilibrium hare, hare: welfare 14, price of anarchy 9/7</p>" in found._repr_html_()
