"""Names mean nothing: other orders of strategies and populations give the same rest points, conditions and regimes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from coopgame import Game, find_regimes, find_rest_points
from coopgame.analysis.points import RestPoint, RestPoints
from tests.properties import sample_games as games

PARAMETERS = games.names(4)
POSITIVE = {"assumptions": ("a > 0", "b > 0")}
SIZES = ((2, 2), (2, 2, 2), (3, 2))
UNSHRUNK = (Phase.explicit, Phase.generate)  # making a failing game smaller would take minutes
State = tuple[tuple[float, ...], ...]


@st.composite
def relabelled_profiles(draw: st.DrawFn, sizes: tuple[int, ...]) -> tuple[Game, Game, list[int], list[list[int]]]:
    """A game, the same in another order, and which population and strategy of it stand at each place of the other."""
    table = {
        q: [draw(games.affine(PARAMETERS[: 2 if max(sizes) > 2 else 4])) for _ in sizes]
        for q in product(*map(range, sizes))
    }
    order = list(draw(st.permutations(range(len(sizes)))))
    turns = [list(draw(st.permutations(range(sizes[p])))) for p in order]
    moved = {}
    for q in product(*(range(sizes[p]) for p in order)):
        old = [0] * len(sizes)
        for place, s in enumerate(q):
            old[order[place]] = turns[place][s]
        moved[q] = [table[tuple(old)][p] for p in order]
    first = games.of_table(table, sizes, PARAMETERS, **POSITIVE)
    second = games.of_table(moved, tuple(sizes[p] for p in order), PARAMETERS, **POSITIVE)
    return first.game, second.game, order, turns


@st.composite
def relabelled_matrices(draw: st.DrawFn, size: int) -> tuple[Game, Game, list[int], list[list[int]]]:
    """The same for one population."""
    entries = st.one_of(
        st.builds(
            lambda name, k: games.Affine(0, ((name, k),)), st.sampled_from(PARAMETERS), st.sampled_from((-1, 1, 2))
        ),
        st.builds(lambda k: games.Affine(k, ()), games.COEFFICIENTS),
    )
    table = [[draw(entries) for _ in range(size)] for _ in range(size)]
    turn = list(draw(st.permutations(range(size))))
    moved = [[table[i][j] for j in turn] for i in turn]
    first, second = (games.of_matrix(rows, PARAMETERS, **POSITIVE) for rows in (table, moved))
    return first.game, second.game, [0], [turn]


def state_of(point: RestPoint, values: Mapping[str, Fraction]) -> State:
    """All shares at values, from the formulas of the symbolic point."""
    numbers = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
    shares = {sympy.Symbol(name): value.xreplace(numbers) for name, value in point.coordinates.items()}
    return tuple(
        tuple(
            round(float(point.game.share(p, s).xreplace(shares)), 9) + 0.0 for s in range(len(population.strategies))
        )
        for p, population in enumerate(point.game.populations)
    )


def back(state: State, order: Sequence[int], turns: Sequence[Sequence[int]]) -> State:
    """The state of the first game that a state of the second one stands for."""
    result: list[tuple[float, ...]] = [()] * len(order)
    for place, p in enumerate(order):
        result[p] = tuple(state[place][turns[place].index(s)] for s in range(len(turns[place])))
    return tuple(result)


def there(points: RestPoints, values: Mapping[str, Fraction]) -> list[tuple[RestPoint, State]]:
    """The points that exist at values, with their states; without those given by an equation for a share."""
    shares = {sympy.Symbol(name) for name in points.game.coordinates}
    given = [point for point in points if not any(v.free_symbols & shares for v in point.coordinates.values())]
    return [(point, state_of(point, values)) for point in given if point.exists.holds(values)]


def generic_points(game: Game, seed: int, count: int) -> list[dict[str, Fraction]]:
    """Admissible values with large numerators, so that no two forms with small coefficients agree."""
    rng = np.random.default_rng(seed)
    found: list[dict[str, Fraction]] = []
    while len(found) < count:
        values = {name: Fraction(int(rng.integers(-3000, 6000)), 997) for name in game.ring.names}
        if game.assumptions.contains(values):
            found.append(values)
    return found


def check(drawn: tuple[Game, Game, list[int], list[list[int]]], seed: int, regimes_too: bool) -> None:
    first, second, order, turns = drawn
    points, others = find_rest_points(first), find_rest_points(second)
    assert len(points) == len(others) and points.complete == others.complete
    generic = generic_points(first, seed, 4)
    for values in generic:
        wanted = {
            (s, p.kind, str(p.stability), p.attracting, p.stable_if.holds(values)) for p, s in there(points, values)
        }
        found = {
            (back(s, order, turns), p.kind, str(p.stability), p.attracting, p.stable_if.holds(values))
            for p, s in there(others, values)
        }
        assert found == wanted
        assert len(wanted) == len(there(points, values))
    one, other = (find_rest_points(game, generic[0]) for game in (first, second))
    assert {(state_of(p, {}), p.kind, str(p.stability), p.attracting) for p in one} == {
        (back(state_of(p, {}), order, turns), p.kind, str(p.stability), p.attracting) for p in other
    }
    if not regimes_too:
        return
    regimes, moved = find_regimes(first, points=points), find_regimes(second, points=others)
    assert (len(regimes), regimes.cover) == (len(moved), moved.cover)
    for regime in regimes:  # the witness of one is a point of the other, and there the same points are stable
        assert regime.witness is not None
        same = moved.at(regime.witness)
        here = {s for p, s in there(points, regime.witness) if p.label in regime.stable}
        assert here == {back(s, order, turns) for p, s in there(others, regime.witness) if p.label in same.stable}
        assert len(here) == len(regime.stable)
        for values in generic:
            assert regime.definition.holds(values) == same.definition.holds(values)
            assert regime.condition.holds(values) == same.condition.holds(values)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_other_orders_of_populations_and_strategies_change_names_only(sizes: tuple[int, ...]) -> None:
    @settings(max_examples=8, phases=UNSHRUNK)
    @given(relabelled_profiles(sizes), st.integers(0, 10**6))
    def run(drawn: tuple[Game, Game, list[int], list[list[int]]], seed: int) -> None:
        check(drawn, seed, regimes_too=max(sizes) == 2)

    run()


@pytest.mark.parametrize("size", [2, 3])
def test_other_orders_of_the_strategies_of_one_population_change_names_only(size: int) -> None:
    @settings(max_examples=8, phases=UNSHRUNK)
    @given(relabelled_matrices(size), st.integers(0, 10**6))
    def run(drawn: tuple[Game, Game, list[int], list[list[int]]], seed: int) -> None:
        check(drawn, seed, regimes_too=size == 2)

    run()
