"""Group games with more than two strategies: means against sums over all profiles of co-players, forms of input, files, tables, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb, prod

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    ExpressionError,
    GameError,
    GameFileError,
    GroupGame,
    MatrixGame,
    PopulationGame,
    UnsupportedError,
    analyse,
    catalog,
    fermi_imitation,
    find_finite_gains,
    find_regimes,
    find_rest_points,
    find_sign_patterns,
    group_mutation_selection,
    integrate,
    logit,
    mean_dynamic,
    one_third_law,
    parse_game,
    replicator,
    smith,
    weak_selection,
)

FOUR = catalog.public_goods_with_punishment(4, r="5/2", c=1, sigma="1/2", beta="3/4", gamma="1/4")
RULES = {"A": "where(k_B >= T, a, -k_C) + b*k_A*k_C", "B": "k_A/(k_B + 1)", "C": "size*b - k_B**2"}


def played(strategy: int, others: tuple[int, ...]) -> Fraction:
    """The payoffs of FOUR from the group itself: contributions of 1 times 5/2, shared by who takes part; a fine of 3/4 at the cost of 1/4."""
    group = [strategy, *others]
    taking = [member for member in group if member != 2]
    if strategy == 2 or len(taking) == 1:
        return Fraction(1, 2)
    pool = Fraction(5, 2) * sum(member in (0, 3) for member in group) / len(taking)
    if strategy == 1:
        return pool - Fraction(3, 4) * group.count(3)
    return pool - 1 - (Fraction(1, 4) * group.count(1) if strategy == 3 else 0)


def test_means_are_sums_over_all_profiles_of_co_players() -> None:
    """In Fractions, at random rational states."""
    rng = np.random.default_rng(4)
    for _ in range(4):
        parts = [int(part) for part in rng.integers(0, 9, 4)]
        shares = [Fraction(part, sum(parts)) for part in parts]
        point = {
            sympy.Symbol(name): sympy.Rational(x.numerator, x.denominator)
            for name, x in zip(FOUR.coordinates, shares, strict=True)
        }
        for own in range(4):
            profiles = list(product(range(4), repeat=3))
            mean = sum((prod([shares[o] for o in others]) * played(own, others) for others in profiles), Fraction(0))
            found = FOUR.expected_payoff(0, own).subs(point)
            assert found == sympy.Rational(mean.numerator, mean.denominator)
            assert replicator(FOUR).payoffs([float(x) for x in shares])[own] == pytest.approx(float(mean), abs=1e-14)


def test_compositions() -> None:
    """Every one once, in the order in which the first numbers rise slowest; of two strategies m is the number of the first."""
    for size, names in ((2, "AB"), (7, "AB"), (2, "ABC"), (5, "ABCD")):
        game = GroupGame(dict.fromkeys(names, 0), size)
        found = game.compositions
        assert len(set(found)) == len(found) == comb(size + len(names) - 2, len(names) - 1)
        assert list(found) == sorted(found) and {sum(met) for met in found} == {size - 1}
    assert GroupGame({"A": 0, "B": 1}, 4).compositions == ((0, 3), (1, 2), (2, 1), (3, 0))


def test_rules_tables_and_functions_are_the_same_game() -> None:
    rule = GroupGame(RULES, 4, integers={"T": 2})
    a, b = sympy.symbols("a b")

    def first(met: tuple[int, int, int]) -> sympy.Expr:
        return (a if met[1] >= 2 else -sympy.Integer(met[2])) + b * met[0] * met[2]

    function = GroupGame({"A": first, "B": lambda k: Fraction(k[0], k[1] + 1), "C": lambda k: 4 * b - k[1] ** 2}, 4)
    table = GroupGame({s: list(row) for s, row in zip("ABC", rule.payoffs, strict=True)}, 4)
    assert rule.payoffs == table.payoffs == function.payoffs and table == function
    for game in (rule, table):
        again = parse_game(game.to_toml())
        assert again == game and hash(again) == hash(game) and again.payoffs == game.payoffs
    part = rule.substitute({"a": "7/3"})
    assert isinstance(part, GroupGame) and [p.name for p in part.parameters] == ["b"]
    assert part.payoffs[0][2] == sympy.Rational(7, 3) and parse_game(part.to_toml()) == part
    assert parse_game(rule.assuming("a > b").to_toml()).assumption_texts == ("a > b",)


TABLES = st.lists(st.fractions(-5, 5, max_denominator=6), min_size=9, max_size=9)


@given(TABLES)
@settings(deadline=None, max_examples=15)
def test_pairs_are_a_matrix_game(entries: list[Fraction]) -> None:
    """Groups of two: payoffs[i][m] is the matrix read from the right; all results agree."""
    rows = [entries[3 * i : 3 * i + 3] for i in range(3)]
    pairs = GroupGame({name: row[::-1] for name, row in zip("ABC", rows, strict=True)}, 2)
    matrix = MatrixGame(rows, strategies=list("ABC"))
    assert pairs.pair_payoffs == matrix.payoffs
    assert str(find_rest_points(pairs)) == str(find_rest_points(matrix))
    state = [0.2, 0.5, 0.3]
    assert replicator(pairs)(state) == pytest.approx(replicator(matrix)(state), abs=1e-13)


def test_payoffs_linear_in_the_co_players_are_a_matrix_game() -> None:
    """Where all have to take part, punishment is linear: the rest points are exact, in symbols too."""
    game = catalog.public_goods_with_punishment(5, optional=False)
    table = game.pair_payoffs
    assert table is not None and table[2][1] == sympy.sympify("c*r/5 - c - 4*gamma", {"gamma": sympy.Symbol("gamma")})
    matrix = MatrixGame(
        [list(row) for row in table],
        population=game.populations[0],
        parameters=game.parameters,
        assumptions=game.assumption_texts,
    )
    assert str(find_rest_points(game)) == str(find_rest_points(matrix))
    assert str(find_regimes(game)) == str(find_regimes(matrix))
    assert str(analyse(game)) == str(analyse(matrix))
    # on the edge of defectors and punishers: r c/5 - c - 4 gamma y = -4 beta w with w = 1 - y
    edge = next(
        point for point in find_rest_points(game, {"r": 3, "beta": 1, "gamma": "0.3"}) if point.kind == "edge"
    )
    assert edge.coordinates["player.defect"] == sympy.Rational(9, 13)
    assert catalog.optional_public_goods(4).pair_payoffs is None


def test_other_dynamics_and_what_is_not_linear() -> None:
    """The same as a game whose payoffs are the published closed form for groups of 3: 1 + z and 1 + z + z^2 are (1 - z^n)/(1 - z)."""
    game, values = catalog.optional_public_goods(3), {"r": "5/2", "sigma": "1/2"}
    x, z = "player.cooperate", "player.abstain"
    defect = f"sigma*{z}**2 + r*{x}*(2 + {z})/3"
    cost = f"1 + (r - 1)*{z}**2 - r*(1 + {z} + {z}**2)/3"
    published = PopulationGame(
        {"player": {"cooperate": f"{defect} - ({cost})", "defect": defect, "abstain": "sigma"}}, game.populations
    )
    for protocol in (logit("1/5"), smith(), fermi_imitation(2)):
        field, other = mean_dynamic(game, protocol), mean_dynamic(published, protocol)
        for state in ([0.3, 0.3, 0.4], [0.9, 0.05, 0.05], [0.0, 0.2, 0.8]):
            assert field(state, values) == pytest.approx(other(state, values), abs=1e-13)
    path = integrate(mean_dynamic(game, logit("1/5")), [0.3, 0.3, 0.4], values, t_end=300)
    assert abs(mean_dynamic(published, logit("1/5"))(path.final, values)).max() < 1e-6
    for call in (find_rest_points, find_regimes, analyse):
        with pytest.raises(UnsupportedError, match=r"not linear.*integrate"):
            call(game)


def test_what_is_for_two_strategies_says_so() -> None:
    for call, kind, message in (
        (lambda: FOUR.gains, GameError, "first of two strategies.*this game has 4"),
        (lambda: FOUR.advantage(0), GameError, "other than two strategies"),
        (lambda: find_finite_gains(FOUR, 10), GameError, "this game has 4: take weak_selection"),
        (lambda: group_mutation_selection(FOUR), UnsupportedError, "two strategies, got 4"),
        (lambda: find_sign_patterns(FOUR), UnsupportedError, "two strategies"),
        (lambda: weak_selection(FOUR), Exception, "name the resident and the mutant"),
    ):
        with pytest.raises(kind, match=message):
            call()


@pytest.mark.parametrize(("mutant", "resident"), [("A", "B"), ("B", "A"), ("C", "A"), ("B", "C")])
def test_weak_selection_between_two_of_three(mutant: str, resident: str) -> None:
    """Among two strategies it is the game of these two alone."""
    game = GroupGame(RULES, 4, integers={"T": 2})
    third = next(name for name in "ABC" if name not in (mutant, resident))
    alone = {}
    for s in (mutant, resident):
        row = game.payoffs["ABC".index(s)]
        kept = [(met, u) for met, u in zip(game.compositions, row, strict=True) if not met["ABC".index(third)]]
        alone[s] = [u for _, u in sorted(kept, key=lambda pair: pair[0]["ABC".index(mutant)])]
    two = GroupGame({mutant: alone[mutant], resident: alone[resident]}, 4)
    found = weak_selection(game, resident, mutant).coefficient - weak_selection(two, resident, mutant).coefficient
    assert sympy.simplify(found) == 0
    assert str(one_third_law(game, resident, mutant)) == str(one_third_law(two, resident, mutant))


def test_tables_for_display() -> None:
    table = catalog.optional_public_goods(3).payoff_table()
    assert table.heads == ("k cooperate", "k defect", "k abstain", "cooperate", "defect", "abstain")
    assert table.rows[4] == ("1", "1", "0", "2*c*r/3 - c", "c*r/3", "sigma") and len(table.rows) == 6
    assert "groups of 3" in str(table) and r"\frac{2 c r}{3} - c" in table.latex()
    assert "每组 3 人" in str(catalog.optional_public_goods(3).payoff_table("zh"))
    assert "<th>2</th>" in catalog.optional_public_goods(3)._repr_html_()
    large = catalog.public_goods_with_punishment(12).payoff_table()
    assert len(large.rows) == 200 and "the first 200 of 364 rows" in large.orientation
    assert "player.abstain**2" in catalog.optional_public_goods(3).derivation().text()


@pytest.mark.parametrize(
    ("payoffs", "size", "message"),
    [
        ({"A": 0, "B": 0, "C": [1, 2]}, 3, "'C' has 2 payoffs; groups of 3 with 3 strategies need 6"),
        (
            {"A": "1/(k_B + k_C)", "B": 0, "C": 0},
            3,
            "no number with 2 co-players who play 'A', 0 co-players who play 'B'",
        ),
        ({"a b": 1, "x": 0, "a_b": 0}, 3, "'a b', 'a_b' both count as k_a_b"),
        (dict.fromkeys("ABCDEFGH", 0), 30, "29 co-players with 8 strategies have 8347680 compositions"),
        ({"A": 0, "B": float("nan"), "C": 0}, 3, "payoff of 'B'"),
        ({"A": 0, "B": lambda k: float("inf"), "C": 0}, 3, "payoff of 'B'"),
        ({}, 3, "strateg"),
    ],
)
def test_what_is_refused(payoffs: dict[str, object], size: int, message: str) -> None:
    with pytest.raises(GameError, match=message):
        GroupGame(payoffs, size)


def test_a_function_that_fails_is_named() -> None:
    with pytest.raises(ExpressionError, match="the function of payoffs fails"):
        GroupGame({"A": lambda k: 1 / k[1], "B": 0, "C": 0}, 3)  # type: ignore[misc]


def test_what_is_wrong_in_a_file() -> None:
    text = GroupGame({"A": "k_B", "B": 1, "C": lambda k: k[0]}, 3).to_toml()
    with pytest.raises(GameFileError, match="unknown parameter 'k_D'; did you mean"):
        parse_game(text.replace('"k_B"', '"k_D"'))
    with pytest.raises(GameFileError, match=r"groups of 3 with 3 strategies need 6 payoffs.*got 5") as caught:
        parse_game(text.replace('    "2",\n', "", 1))
    assert caught.value.where == "payoffs.payoff.C"


def test_the_largest_numbers() -> None:
    """Payoffs of 1e300 and 1e-300 keep their digits in the mean."""
    game = GroupGame({"A": "u*k_B*k_C", "B": "v*k_A**2", "C": 0}, 3)
    found = replicator(game).payoffs([0.5, 0.25, 0.25], {"u": "1e300", "v": "1e-300"})
    # both co-players differ with the chance 2/16; E k_A^2 = 2/4 + 2/4 = 1
    assert found == pytest.approx([1.25e299, 1e-300, 0], rel=1e-14)
