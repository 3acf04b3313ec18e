"""Laws that the equilibria of any game of two players keep."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NashEquilibria, NormalFormGame, nash_equilibria

Table = list[list[Fraction]]
EXAMPLES = settings(max_examples=40)


@st.composite
def games(draw: st.DrawFn, most: int = 5) -> tuple[Table, Table]:
    """Payoffs with many ties, or with hardly any; whole numbers and halves, or floats."""
    m, n = draw(st.integers(1, most)), draw(st.integers(1, most))
    entry = draw(
        st.sampled_from(
            [
                st.integers(0, 2),
                st.integers(-50, 50),
                st.fractions(-3, 3, max_denominator=7),
                st.floats(-1, 1, allow_subnormal=False),
            ]
        )
    )
    table = st.lists(st.lists(entry.map(Fraction), min_size=n, max_size=n), min_size=m, max_size=m)
    return draw(table), draw(table)


def solved(first: Any, second: Any) -> NashEquilibria:
    found = nash_equilibria(NormalFormGame.from_bimatrix(first, second))
    assert found.complete
    return found


def mixtures(found: NashEquilibria) -> set[Any]:
    return {tuple(tuple(own.values()) for own in e.strategies) for e in found}


def shape(found: NashEquilibria) -> list[Any]:
    """Return the components as sets of mixtures with their index."""
    every = [tuple(tuple(own.values()) for own in e.strategies) for e in found]
    parts = ((frozenset(frozenset(every[k] for k in p) for p in c.pieces), c.index) for c in found.components)
    return sorted(parts, key=str)


@EXAMPLES
@given(games())
def test_indices_sum_to_one_and_without_ties_the_number_is_odd(tables: tuple[Table, Table]) -> None:
    found = solved(*tables)
    assert sum(part.index or 0 for part in found.components) == 1
    if all(part.is_point for part in found.components) and all(e.quasi_strict for e in found):
        assert {e.index for e in found} <= {1, -1} and len(found) % 2 == 1
    assert all(e.index == 1 for e in found if e.strict)


@EXAMPLES
@given(games(), st.fractions("1/9", 9, max_denominator=9), st.lists(st.integers(-9, 9), min_size=5, max_size=5))
def test_scaling_and_shifts_of_columns_change_nothing(
    tables: tuple[Table, Table], factor: Fraction, shifts: list[int]
) -> None:
    """What a player gets in addition whatever the own choice is no reason to choose otherwise."""
    first, second = tables
    scaled = [[factor * u + shifts[j] for j, u in enumerate(row)] for row in first]
    shifted = [[u / factor + shifts[i] for u in row] for i, row in enumerate(second)]
    assert shape(solved(scaled, shifted)) == shape(solved(first, second))


@EXAMPLES
@given(games(), st.randoms(use_true_random=False))
def test_relabelling_relabels(tables: tuple[Table, Table], rng: Any) -> None:
    first, second = tables
    rows, columns = list(range(len(first))), list(range(len(first[0])))
    rng.shuffle(rows)
    rng.shuffle(columns)
    moved = [[[table[i][j] for j in columns] for i in rows] for table in tables]
    back = {
        (tuple(x[rows.index(i)] for i in range(len(rows))), tuple(y[columns.index(j)] for j in range(len(columns))))
        for x, y in mixtures(solved(*moved))
    }
    assert back == mixtures(solved(first, second))
    indices = sorted(str((len(part.pieces), part.index)) for part in solved(*moved).components)
    assert indices == sorted(str((len(part.pieces), part.index)) for part in solved(first, second).components)


@EXAMPLES
@given(games(), st.integers(1, 5), st.lists(st.integers(-3, 3), min_size=5, max_size=5))
def test_a_strictly_dominated_strategy_adds_none(tables: tuple[Table, Table], loss: int, other: list[int]) -> None:
    first, second = tables
    worse = [*first, [u - loss for u in first[0]]]
    found = solved(worse, [*second, [Fraction(other[j]) for j in range(len(first[0]))]])
    assert mixtures(found) == {((*x, 0), y) for x, y in mixtures(solved(first, second))}


@EXAMPLES
@given(games())
def test_a_copy_of_a_strategy_leaves_the_components_and_their_indices(tables: tuple[Table, Table]) -> None:
    first, second = tables
    before, after = solved(first, second), solved([*first, first[0]], [*second, second[0]])
    joined = {((x[0] + x[-1], *x[1:-1]), y) for x, y in mixtures(after)}
    assert joined == mixtures(before)
    assert sorted(part.index or 0 for part in after.components) == sorted(
        part.index or 0 for part in before.components
    )


@EXAMPLES
@given(games())
def test_exchanging_the_players_exchanges_the_mixtures(tables: tuple[Table, Table]) -> None:
    first, second = tables
    exchanged = solved(list(zip(*second, strict=True)), list(zip(*first, strict=True)))
    assert {(x, y) for y, x in mixtures(exchanged)} == mixtures(solved(first, second))


@EXAMPLES
@given(games())
def test_a_symmetric_game_has_a_symmetric_equilibrium(tables: tuple[Table, Table]) -> None:
    """Nash (1951); at each, all strategies that are present are best replies."""
    size = min(len(tables[0]), len(tables[0][0]))
    square = [row[:size] for row in tables[0][:size]]
    alone = nash_equilibria(MatrixGame(square))
    assert len(alone) >= 1 and alone.complete and sum(part.index or 0 for part in alone.components) == 1
    for e in alone:
        x = tuple(e.strategies[0].values())
        earned = [sum(a * p for a, p in zip(row, x, strict=True)) for row in square]
        assert all(not p or u == max(earned) for p, u in zip(x, earned, strict=True))
