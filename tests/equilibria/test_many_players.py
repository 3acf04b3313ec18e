"""Equilibria of any number of players beside brute force in fractions, the replicator's rest points, nashpy, and published games."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import nashpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from coopgame import MatrixGame, NormalFormGame, find_equilibria_of_2x2x2, find_rest_points
from coopgame.equilibria.many_players import many_player_equilibria
from coopgame.equilibria.result import NashEquilibria, NashEquilibrium
from coopgame.equilibria.support_search import possible_supports
from coopgame.equilibria.tables import payoff_tables
from coopgame.errors import UnsupportedError


def equilibria(game: NormalFormGame, most_boxes: int = 20_000) -> NashEquilibria:
    return many_player_equilibria(payoff_tables(game), most_boxes)


def random_game(sizes: Sequence[int], seed: int, top: int = 99) -> NormalFormGame:
    rng = np.random.default_rng(seed)
    return NormalFormGame([rng.integers(-top, top + 1, sizes).tolist() for _ in sizes])


def of_profiles(payoffs: Mapping[str, Sequence[Any]], sizes: Sequence[int]) -> NormalFormGame:
    """A game from the payoffs at some profiles, such as "1 2 1"; 0 at all others."""
    names = [" ".join(str(s + 1) for s in place) for place in product(*map(range, sizes))]
    return NormalFormGame({tuple(n.split()): payoffs.get(n, [0] * len(sizes)) for n in names})


def earned(game: NormalFormGame, mixtures: Sequence[Sequence[Fraction]], player: int) -> list[Fraction]:
    """What every strategy of a player earns against the others' mixtures; exact, profile by profile."""
    totals = [Fraction(0)] * len(mixtures[player])
    for place in product(*(range(len(own)) for own in mixtures)):
        weight = Fraction(1)
        for p, s in enumerate(place):
            if p != player:
                weight *= mixtures[p][s]
        profile = tuple(population.strategies[s] for population, s in zip(game.populations, place, strict=True))
        payoff = game.payoff(profile)[player]
        totals[place[player]] += weight * Fraction(int(payoff.p), int(payoff.q))
    return totals


def is_equilibrium(
    game: NormalFormGame, mixtures: Sequence[Sequence[Fraction]], slack: Fraction = Fraction(0)
) -> bool:
    for player, own in enumerate(mixtures):
        values = earned(game, mixtures, player)
        if any(share > 0 and value < max(values) - slack for share, value in zip(own, values, strict=True)):
            return False
    return True


def mixtures_of(point: NashEquilibrium) -> list[list[Fraction]]:
    return [[Fraction(share) for share in own.values()] for own in point.strategies]


def check(game: NormalFormGame, found: NashEquilibria, slack: float = 1e-9) -> None:
    """Every listed equilibrium is one, exactly or nearly, with the payoffs that it says."""
    for point in found:
        mixtures = mixtures_of(point)
        exact = all(isinstance(share, Fraction) for own in point.strategies for share in own.values())
        assert exact is (point.known == "exact") and (point.radius == 0) is exact
        assert is_equilibrium(game, mixtures, Fraction(0) if exact else Fraction(slack))
        for p, own in enumerate(mixtures):
            mean = sum(a * b for a, b in zip(own, earned(game, mixtures, p), strict=True))
            assert mean == point.payoffs[p] if exact else abs(mean - Fraction(point.payoffs[p])) < slack
    known = [component.index for component in found.components]
    if found.complete and None not in known:
        assert sum(index for index in known if index is not None) == 1


@pytest.mark.parametrize(
    ("sizes", "seeds"), [((2, 2, 2), 12), ((2, 2, 3), 4), ((3, 3, 3), 2), ((2, 2, 2, 2), 3), ((2, 1, 3, 2), 3)]
)
def test_random_games_are_complete_and_verified(sizes: tuple[int, ...], seeds: int) -> None:
    for seed in range(seeds):
        game = random_game(sizes, seed)
        found = equilibria(game)
        assert found.complete and len(found) % 2 == 1
        assert all(component.is_point and component.index in (-1, 1) for component in found.components)
        check(game, found)


@pytest.mark.parametrize(("sizes", "seeds"), [((2, 2, 2), 6), ((2, 2, 3), 2), ((2, 2, 2, 2), 2)])
def test_equilibria_are_the_saturated_rest_points_of_the_replicator_dynamics(
    sizes: tuple[int, ...], seeds: int
) -> None:
    """Hofbauer and Sigmund (1998), section 13.1: Nash equilibria are the rest points that no absent strategy can invade."""
    for seed in range(20, 20 + seeds):
        game = random_game(sizes, seed)
        found = [point.state for point in equilibria(game)]
        points = find_rest_points(game)
        assert points.complete
        other = [point.state for point in points if point.saturated]
        assert len(found) == len(other)
        for state in other:
            assert min(np.abs(state - mine).max() for mine in found) < 1e-9


def test_the_closed_form_in_floats_finds_the_same() -> None:
    for seed in range(100):
        payoffs = np.random.default_rng(seed).integers(-99, 100, (3, 2, 2, 2))
        found = equilibria(NormalFormGame([table.tolist() for table in payoffs]))
        floats = find_equilibria_of_2x2x2(payoffs)
        if floats.degenerate[0]:
            continue
        assert found.complete and len(found) == floats.counts[0]
        for point in found:
            assert np.abs(floats[0] - point.state[::2]).max(axis=1).min() < 1e-9


def test_two_players_beside_nashpy() -> None:
    for seed in range(8):
        rng = np.random.default_rng(seed)
        row, column = rng.integers(-99, 100, (2, 3, 4))
        found = equilibria(NormalFormGame.from_bimatrix(row.tolist(), column.tolist()))
        other = [np.concatenate(pair) for pair in nashpy.Game(row, column).vertex_enumeration()]
        assert found.complete and len(found) == len(other)
        for state in other:
            assert min(np.abs(state - point.state).max() for point in found) < 1e-9


def test_one_player_maximises() -> None:
    found = equilibria(NormalFormGame([[1, 3, "1/2", 3]]))
    assert [point.support for point in found] == [(("2",),), (("4",),)]
    assert found.complete and [(c.pieces, c.index) for c in found.components] == [(((0, 1),), 1)]
    assert not any(point.strict for point in found)
    single = equilibria(NormalFormGame([[1, 3]]))
    assert single[0].strict and single[0].index == 1 and single[0].payoffs == (3,)


# published games


def test_a_unique_irrational_equilibrium() -> None:
    """Nau, Gomez Canovas and Hansen (2004), International Journal of Game Theory 32, 443-453: rational payoffs, q = (sqrt(601) - 13)/24."""
    game = of_profiles(
        {
            "1 1 1": (3, 0, 2),
            "1 2 1": (0, 2, 0),
            "2 1 1": (0, 1, 0),
            "2 2 1": (1, 0, 0),
            "1 1 2": (1, 0, 0),
            "1 2 2": (0, 1, 0),
            "2 1 2": (0, 3, 0),
            "2 2 2": (2, 0, 3),
        },
        (2, 2, 2),
    )
    found = equilibria(game)
    assert found.complete and len(found) == 1 and found.known == "exact"
    (point,) = found
    assert point.known == "certified" and point.quasi_strict and point.index == 1
    with mp.workdps(40):
        q = (mp.sqrt(601) - 13) / 24
        expected = [(9 * q - 1) / (7 * q + 2), q, (2 - 3 * q) / (q + 1)]
        given_ = [mpf(own["1"]) for own in point.strategies]
        assert 0 < point.radius < 1e-15
        assert all(abs(a - b) <= point.radius for a, b in zip(expected, given_, strict=True))


def test_nine_equilibria() -> None:
    """McKelvey and McLennan (1996), Handbook of Computational Economics 1, 87-142."""
    game = of_profiles({"1 1 1": (9, 8, 12), "2 2 1": (9, 8, 2), "1 2 2": (3, 4, 6), "2 1 2": (3, 4, 4)}, (2, 2, 2))
    found = equilibria(game)
    half, third, quarter = Fraction(1, 2), Fraction(1, 3), Fraction(1, 4)
    published = {
        (1, 1, 1),
        (0, 0, 1),
        (1, 0, 0),
        (0, 1, 0),
        (0, third, third),
        (quarter, 1, quarter),
        (half, half, 1),
        (quarter, half, third),
        (half, third, quarter),
    }
    assert {tuple(own["1"] for own in point.strategies) for point in found} == published
    assert found.complete and found.known == "exact"
    assert all(point.quasi_strict for point in found) and sum(point.index or 0 for point in found) == 1


def test_a_continuum_of_mixtures_is_said() -> None:
    """Gambit's 2x2x2-nau (Nau, Gomez Canovas and Hansen 2004): three pure equilibria, two incompletely mixed, and a continuum of completely mixed."""
    game = of_profiles(
        {"1 1 1": (0, 0, 2), "2 1 1": (3, 0, 0), "1 2 1": (0, 3, 0), "1 1 2": (1, 1, 0), "2 2 2": (0, 0, 3)},
        (2, 2, 2),
    )
    found = equilibria(game)
    assert sum(point.pure for point in found) == 3
    assert len(found) - 3 == 2
    assert not found.complete and "a continuum" in found.because
    check(game, found)


def test_seltens_horse() -> None:
    """Selten (1975), International Journal of Game Theory 4, section 6: two sets of equilibria, each a segment."""
    game = NormalFormGame(
        {
            ("C", "c", "L"): (1, 1, 1),
            ("C", "c", "R"): (1, 1, 1),
            ("C", "d", "L"): (4, 4, 0),
            ("C", "d", "R"): (0, 0, 1),
            ("D", "c", "L"): (3, 2, 2),
            ("D", "c", "R"): (0, 0, 0),
            ("D", "d", "L"): (3, 2, 2),
            ("D", "d", "R"): (0, 0, 0),
        }
    )
    found = equilibria(game)
    assert found.complete and found.known == "exact"
    sets = set()
    for component in found.components:
        (piece,) = component.pieces
        sets.add(
            frozenset(tuple(own[first] for own, first in zip(found[n].strategies, "CcL", strict=True)) for n in piece)
        )
    third, quarter = Fraction(1, 3), Fraction(1, 4)
    assert sets == {frozenset({(0, third, 1), (0, 1, 1)}), frozenset({(1, 1, 0), (1, 1, quarter)})}


# Payoffs of Gambit's sample games, in its order: the first player's strategy changes fastest.
FIVE = """1.131 1.210 2.426 1.358 2.234 2.238 1.655 1.347 2.747 1.576 5.634 5.675 1.478 2.544 1.973 1.436 4.864 5.267 1.735 4.043 7.247
3.830 1.335 1.734 1.428 1.521 4.248 2.429 2.326 2.422 5.255 5.334 2.643 2.243 3.518 3.062 2.455 6.523 4.225 7.486 4.483 5.764 7.566 4.655 7.076
4.943 7.362 4.382 4.434 4.271 4.120 4.533 5.231 5.458 3.222 3.024 1.223 2.873 4.452 4.549 4.564 4.326 1.762 5.277 4.837 5.645 4.995 5.754 4.383
4.423 1.759 2.705 4.642 1.897 4.042 4.976 7.324 7.723 4.486 4.882 2.537"""
THREE = """1.131 1.210 2.426 2.429 4.225 5.277 4.837 5.645 4.452 4.549 1.655 1.347 7.566 4.655 7.076 4.423 1.223 1.358 2.234 2.238
4.483 5.764 4.995 5.754 4.564 4.326 1.762 1.576 7.247 4.943 7.362 4.382 2.326 2.422 3.222 3.024 1.478 2.544 1.973 7.486 2.747 2.243 3.518 3.062
1.759 2.705 1.735 4.043 5.255 5.334 2.643 2.873 4.383 1.436 4.864 5.267 5.634 5.675 2.455 6.523 4.642 1.897 4.042 3.830"""


@pytest.mark.parametrize(
    ("text", "sizes", "number", "pure"), [(FIVE, (3, 3, 3), 5, 2), (THREE, (2, 2, 2, 2), 3, None)]
)
def test_sample_games_of_gambit(text: str, sizes: tuple[int, ...], number: int, pure: int | None) -> None:
    """3x3x3.nfg: "five equilibria (two pure)"; 2x2x2x2.nfg: "3 Nash equilibria"."""
    values = text.split()
    players = len(sizes)
    table = {
        tuple(str(s + 1) for s in place[::-1]): values[players * n : players * (n + 1)]
        for n, place in enumerate(product(*(range(k) for k in sizes[::-1])))
    }
    found = equilibria(NormalFormGame(table))
    assert found.complete and len(found) == number
    assert pure is None or sum(point.pure for point in found) == pure


@pytest.mark.parametrize(("players", "number"), [(3, 2), (4, 9)])
def test_as_many_mixed_equilibria_as_derangements(players: int, number: int) -> None:
    """McKelvey and McLennan (1997), Journal of Economic Theory 72, 411-425: the most totally mixed equilibria of games with two strategies each.

    Where the gain of player i is the product of (x_j - a_ij) over all others, a mixture makes all indifferent when every share is one of the numbers
    that some other player has for it, each player once: there are as many as permutations without fixed points.
    """
    levels = [[Fraction(i + 1, players + 1)] * players for i in range(players)]  # a_ij
    tables = []
    for i in range(players):
        table = np.full((2,) * players, Fraction(0), dtype=object)
        for place in product((0, 1), repeat=players):
            if place[i] == 0:
                factors = [(1 - place[j]) - levels[i][j] for j in range(players) if j != i]
                table[place] = np.prod(np.array(factors, dtype=object))
        tables.append(table.tolist())
    found = equilibria(NormalFormGame(tables))
    assert found.complete
    mixed = {
        tuple(own["1"] for own in point.strategies) for point in found if all(len(s) == 2 for s in point.support)
    }
    expected = {
        tuple(levels[order[j]][j] for j in range(players))
        for order in permutations(range(players))
        if all(order[j] != j for j in range(players))
    }
    assert len(expected) == number and mixed == expected


def test_certified_points_lie_within_their_radius() -> None:
    """The indifference equations solved again by mpmath with 40 digits."""
    seen = 0
    for sizes, seed in (((2, 2, 2, 2), 0), ((3, 3, 3), 1), ((2, 2, 3), 1)):
        game = random_game(sizes, seed)
        for point in equilibria(game):
            if point.known == "exact":
                continue
            seen += 1
            supports = [list(own) for own in point.support]
            with mp.workdps(40):
                start = [mpf(point.strategies[p][s]) for p, own in enumerate(supports) for s in own[1:]]

                def equations(
                    *unknowns: Any, game: NormalFormGame = game, supports: list[list[str]] = supports
                ) -> list[Any]:
                    values = iter(unknowns)
                    shares = []
                    for own in supports:
                        rest = [next(values) for _ in own[1:]]
                        shares.append(dict(zip(own, [1 - sum(rest), *rest], strict=True)))
                    left = []
                    for p, own in enumerate(supports):
                        others = [list(shares[q].items()) for q in range(len(supports)) if q != p]

                        def earned(s: str, p: int = p, others: Any = others) -> Any:
                            total = mpf(0)
                            for choice in product(*others):
                                profile = [name for name, _ in choice]
                                profile.insert(p, s)
                                total += int(game.payoff(profile)[p]) * mp.fprod(share for _, share in choice)
                            return total

                        left += [earned(s) - earned(own[0]) for s in own[1:]]
                    return left

                root = mp.findroot(equations, start)
                assert all(abs(a - b) <= point.radius for a, b in zip(root, start, strict=True))
    assert seen >= 3


# ties and continua


def inside(point: Sequence[Sequence[Fraction]], found: NashEquilibria) -> bool:
    """Whether a profile of players with two strategies lies in a piece: a product of intervals."""
    for component in found.components:
        for piece in component.pieces:
            shares = [[next(iter(found[n].strategies[p].values())) for n in piece] for p in range(len(point))]
            if all(min(own) <= x[0] <= max(own) for own, x in zip(shares, point, strict=True)):
                return True
    return False


@settings(max_examples=40)
@given(st.integers(0, 100_000), st.integers(1, 2))
def test_games_with_ties_beside_a_grid_of_profiles(seed: int, top: int) -> None:
    """No profile of a grid is an equilibrium that is not listed, unless something is left open; all of a piece are equilibria."""
    game = random_game((2, 2, 2), seed, top)
    found = equilibria(game)
    check(game, found)
    grid = [Fraction(n, 6) for n in range(7)]
    for shares in product(grid, repeat=3):
        mixtures = [[x, 1 - x] for x in shares]
        if is_equilibrium(game, mixtures):
            assert inside(mixtures, found) or not found.complete
    rng = np.random.default_rng(seed)
    for component in found.components:
        for piece in component.pieces:
            if not all(found[n].known == "exact" for n in piece):
                continue
            mixed = []
            for p in range(3):
                weights = [Fraction(int(w)) for w in rng.integers(1, 9, len(piece))]
                corners = [list(found[n].strategies[p].values()) for n in piece]
                mixed.append(
                    [
                        sum((w * c[s] for w, c in zip(weights, corners, strict=True)), Fraction(0)) / sum(weights)
                        for s in range(2)
                    ]
                )
            assert is_equilibrium(game, mixed)


def test_a_player_without_influence() -> None:
    """A third player whom nobody minds and who does not mind makes a segment of every equilibrium of the other two."""
    two = {"1 1": (2, 1), "2 2": (1, 2)}
    game = of_profiles({f"{k} {s}": (*v, 0) for k, v in two.items() for s in "12"}, (2, 2, 2))
    found = equilibria(game)
    assert found.complete and len(found.components) == 3 and len(found) == 6
    assert all(len(component.members) == 2 for component in found.components)
    check(game, found)


def test_everything_is_an_equilibrium_when_nothing_matters() -> None:
    found = equilibria(NormalFormGame([np.zeros((2, 2, 2), dtype=int).tolist()] * 3))
    assert found.complete and len(found) == 8
    assert [(component.pieces, component.index) for component in found.components] == [((tuple(range(8)),), 1)]
    assert not any(point.strict or point.quasi_strict for point in found)


def test_one_strategy_each() -> None:
    found = equilibria(NormalFormGame([[[[1]]], [[[2]]], [[["1/3"]]]]))
    assert found.complete and len(found) == 1
    assert found[0].strict and found[0].index == 1 and found[0].payoffs == (1, 2, Fraction(1, 3))


def test_duplicate_strategies_span_a_segment() -> None:
    game = random_game((2, 2, 2), 2)
    twice = NormalFormGame(
        {
            (a, b, c): game.payoff((a, b, "1" if c == "3" else c))
            for a, b, c in product(("1", "2"), ("1", "2"), ("1", "2", "3"))
        }
    )
    plain, found = equilibria(game), equilibria(twice)
    assert found.complete
    assert [component.index for component in found.components] == [component.index for component in plain.components]
    for component, single in zip(found.components, plain.components, strict=True):
        ((n,),) = single.pieces
        used = plain[n].strategies[2]["1"] > 0
        assert len(component.members) == (2 if used else 1)
        for m in component.members:
            own = found[m].strategies[2]
            assert own["1"] + own["3"] == plain[n].strategies[2]["1"] and own["1"] * own["3"] == 0
    check(twice, found)


@pytest.mark.parametrize("unit", ["1e-300", "1e300", "1/7"])
def test_units_change_nothing(unit: str) -> None:
    rng = np.random.default_rng(4)
    tables = [rng.integers(-9, 10, (2, 2, 2)).tolist() for _ in range(3)]
    plain = equilibria(NormalFormGame(tables))
    scaled = equilibria(
        NormalFormGame([[[[f"{v}*{unit}" for v in row] for row in layer] for layer in table] for table in tables])
    )
    assert [point.text() for point in plain] == [point.text() for point in scaled]
    assert [point.index for point in plain] == [point.index for point in scaled]


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.permutations(range(3)))
def test_relabelling_players_relabels(seed: int, order: list[int]) -> None:
    rng = np.random.default_rng(seed)
    tables = [rng.integers(-9, 10, (2, 3, 2)) for _ in range(3)]
    plain = equilibria(NormalFormGame([table.tolist() for table in tables]))
    moved = equilibria(NormalFormGame([np.transpose(tables[p], order).tolist() for p in order]))
    assert plain.complete == moved.complete
    states = [np.concatenate([list(map(float, point.strategies[p].values())) for p in order]) for point in plain]
    assert len(states) == len(moved)
    for state in states:
        assert min(np.abs(state - point.state).max() for point in moved) < 1e-9


def test_irrational_payoffs_beyond_floating_point_are_refused() -> None:
    game = NormalFormGame(
        [
            [[[10**400 * v for v in row] for row in layer] for layer in table]
            for table in (
                [[[3, 1], [0, 0]], [[0, 0], [1, 2]]],
                [[[0, 0], [2, 1]], [[1, 3], [0, 0]]],
                [[[2, 0], [0, 0]], [[0, 0], [0, 3]]],
            )
        ]
    )
    with pytest.raises(UnsupportedError, match="larger unit"):
        equilibria(game)


def test_payoffs_of_very_different_sizes() -> None:
    """One player counts in units of 10**300 and of 10**-300, which no float can hold together."""
    tables = [np.random.default_rng(2).integers(-9, 10, (2, 2, 2, 2)) for _ in range(4)]
    huge, tiny = Fraction(10**300), Fraction(1, 10**300)
    plain = equilibria(NormalFormGame([table.tolist() for table in tables]))
    first = [[[[huge * int(v) for v in a] for a in b] for b in c] for c in tables[0]]
    first[0][0][0][0] += tiny
    moved = equilibria(NormalFormGame([first, *(table.tolist() for table in tables[1:])]))
    assert plain.complete and moved.complete and len(plain) == len(moved)
    for one, other in zip(plain, moved, strict=True):
        assert one.state == pytest.approx(other.state, abs=1e-12)


def test_few_boxes_leave_supports_open() -> None:
    game = random_game((3, 3, 3), 2)
    full, poor = equilibria(game), equilibria(game, most_boxes=3)
    assert full.complete and not poor.complete
    assert "boxes of mixtures with the supports" in poor.because
    assert len(poor) <= len(full)


def test_possible_supports_beside_trying_all() -> None:
    """A support survives when no strategy in it is weakly dominated given the others' supports (Porter, Nudelman and Shoham 2008)."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        sizes = (3, 2, 3)
        tables = [rng.integers(-5, 6, sizes) for _ in sizes]
        subsets = [[s for s in product((0, 1), repeat=k) if any(s)] for k in sizes]
        expected = set()
        for masks in product(*subsets):
            support = tuple(tuple(i for i, used in enumerate(mask) if used) for mask in masks)
            fine = True
            for p, table in enumerate(tables):
                lines = np.moveaxis(table, p, 0)[np.ix_(range(sizes[p]), *(support[q] for q in range(3) if q != p))]
                flat = lines.reshape(sizes[p], -1)
                weak = [((flat >= flat[s]).all(axis=1) & (flat > flat[s]).any(axis=1)).any() for s in support[p]]
                fine = fine and not any(weak)
            if fine:
                expected.add(support)
        assert set(possible_supports(tables)) == expected


def test_games_inside_one_population_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="two players"):
        many_player_equilibria(payoff_tables(MatrixGame([[0, 1], [1, 0]])))
