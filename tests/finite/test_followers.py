"""Ways to follow a path: tables, compiled formulas and the law in Python give the same path from the same random numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    GroupGame,
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    Protocol,
    best_response,
    birth_death,
    brown_von_neumann_nash,
    death_birth,
    fermi_imitation,
    finite_population,
    imitation_updating,
    imitative_logit,
    linear_fitness,
    logit,
    moran,
    pairwise_imitation,
    smith,
    wright_fisher,
)
from coopgame._kernels.random_streams import streams
from coopgame._kernels.rule_path import fill_moves
from coopgame.dynamics.elementwise import positive_part
from coopgame.dynamics.protocols import EVERYWHERE
from coopgame.errors import ProtocolError
from coopgame.finite.followers import _code, _numbers, _payoffs, compiled_follower, follower_of, table_follower
from coopgame.finite.path import CompiledFollower, Follower, Path, PlainFollower, TableFollower
from coopgame.finite.population import ProcessAt
from coopgame.finite.state_table import face_of, move_chances, moves_of

ROCK = MatrixGame([[0, -3, 2], [2, 1, -1], [-2, 3, 0]], strategies=["R", "S", "P"])
ROLES = NormalFormGame.from_bimatrix([[3, 0, -1], [0, 2, 1]], [[2, 0, 1], [-1, 3, 0]])
THREE = NormalFormGame(
    {f"{i}, {j}, {k}": [i * j - k, j - i * k, k * (1 - i) + j] for i in (0, 1) for j in (0, 1) for k in (0, 1)},
    {"a": ["0", "1"], "b": ["0", "1"], "c": ["0", "1"]},
)
LAWS = [
    fermi_imitation("1/2"),
    pairwise_imitation(),
    imitative_logit(2),
    smith(),
    logit(2),
    best_response(),
    moran("1/5"),
    moran("1/50", linear_fitness()),
    birth_death("1/5"),
    death_birth("1/5"),
    imitation_updating("1/3"),
]


def followed(follower: Follower, counts: Any, budget: int = 10**6) -> Path:
    path = Path(np.array(counts), np.array([0, 10, 100, 1000, 3000]), streams(1, range(1))[0])
    while not follower.follow(path, budget):
        continue
    return path


def assert_same(one: Path, other: Path) -> None:
    left, right = one.course, other.course
    assert (left.shown == right.shown).all()
    assert left.summed == pytest.approx(right.summed, rel=1e-14)
    assert (left.stream == right.stream).all()
    assert (left.clock[:4] == right.clock[:4]).all()


def process_of(game: Any, law: Any, size: int, mutation: Any = "1/20") -> ProcessAt:
    step = "1/20" if law.name in ("Smith", "pairwise proportional imitation", "Brown-von Neumann-Nash") else 1
    return finite_population(game, law, size, mutation=mutation, step=step).at()


@pytest.mark.parametrize("law", LAWS, ids=str)
@pytest.mark.parametrize(
    ("game", "start"),
    [(ROCK, [3, 4, 5]), (ROLES, [5, 7, 1, 2, 9]), (THREE, [6, 6, 12, 0, 1, 11])],
    ids=["1", "2", "3"],
)
@pytest.mark.parametrize("mutation", ["1/20", 0])
def test_all_ways_give_the_same_path(law: Any, game: Any, start: list[int], mutation: Any) -> None:
    process = process_of(game, law, 12, mutation)
    face = face_of(process, np.array(start))
    table = followed(table_follower(process, face), start)
    compiled = compiled_follower(process)
    assert compiled is not None
    assert table.changes > (100 if mutation else 0)
    assert_same(followed(compiled, start), table)
    assert_same(followed(PlainFollower(process, face), start), table)


def test_slices_do_not_matter() -> None:
    process = process_of(ROCK, fermi_imitation(1), 12)
    face = face_of(process, np.array([4, 4, 4]))
    general = compiled_follower(process_of(ROCK, logit(1), 12))
    for follower in (
        table_follower(process, face),
        compiled_follower(process),
        PlainFollower(process, face),
        general,
    ):
        assert follower is not None
        assert_same(followed(follower, [4, 4, 4], budget=7), followed(follower, [4, 4, 4]))


def test_sums_are_those_of_the_numbers_at_every_step() -> None:
    process = process_of(ROCK, fermi_imitation(1), 12)
    for follower in (follower_of(process, np.array([4, 4, 4])), compiled_follower(process)):
        assert follower is not None
        path = Path(np.array([4, 4, 4]), np.arange(500), streams(3, range(1))[0])
        assert follower.follow(path, 10**6)
        sums = np.vstack([np.zeros(3, dtype=int), np.cumsum(path.course.shown, axis=0)[:-1]])
        assert (path.course.summed == sums).all()
        assert (np.abs(np.diff(path.course.shown, axis=0)).sum(axis=1) <= 2).all()
        assert (path.course.shown.sum(axis=1) == 12).all()
        assert (np.abs(np.diff(path.course.shown, axis=0)).any(axis=1)).sum() == path.changes


@pytest.mark.parametrize(
    ("game", "start"),
    [
        (GroupGame({"give": "k_give - 1", "keep": "k_give"}, 3), [6, 6]),
        (PopulationGame({"p": {"a": "2 - 3*p.a**2", "b": "p.a", "c": "p.b"}}), [4, 4, 4]),
        (ROCK, [4, 4, 4]),
    ],
    ids=["groups", "shares", "pairs"],
)
def test_tables_serve_laws_and_games_without_a_formula(game: Any, start: list[int]) -> None:
    process = process_of(game, brown_von_neumann_nash(), 12)
    assert compiled_follower(process) is None
    follower = follower_of(process, np.array(start))
    assert isinstance(follower, TableFollower)
    assert_same(followed(follower, start), followed(PlainFollower(process, face_of(process, np.array(start))), start))


@settings(deadline=None, max_examples=25)
@given(
    st.integers(2, 4),
    st.integers(2, 15),
    st.data(),
    st.sampled_from([fermi_imitation, moran, birth_death, death_birth, logit]),
    st.sampled_from(["1/100", 1, 30]),
)
def test_compiled_formulas_give_the_chances_of_the_law(
    n: int, size: int, data: st.DataObject, law: Any, setting: Any
) -> None:
    """At states with absent and single strategies too, and with intense selection."""
    entries = st.integers(-20, 20)
    payoffs = data.draw(st.lists(st.lists(entries, min_size=n, max_size=n), min_size=n, max_size=n))
    cuts = sorted(data.draw(st.lists(st.integers(0, size), min_size=n - 1, max_size=n - 1)))
    counts = np.diff([0, *cuts, size])
    process = finite_population(MatrixGame(payoffs), law(setting), size, mutation="1/7").at()
    face = face_of(process, counts)
    assert (face.moves == moves_of([0], [range(n)])).all()
    expected = move_chances(process, face, counts)
    tables, code = _payoffs(process), _code(process.population.laws[0])
    assert tables is not None
    found = np.zeros(len(face.moves))
    total = fill_moves(
        tables[0].ravel(),
        np.array([0, n * n]),
        np.array([0, n]),
        np.array([code]),
        _numbers(process, True),
        counts,
        np.empty(n),
        np.full((3, max(3, n), max(3, n)), np.nan),
        found,
    )
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-300)
    assert total == pytest.approx(expected.sum(), rel=1e-10)


def _cubic(payoffs: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return np.asarray(positive_part(payoffs[..., None, :] - payoffs[..., :, None]) ** 3 / 10**6)


def test_large_spaces_take_formulas_and_own_laws_python() -> None:
    wide = MatrixGame(np.arange(36).reshape(6, 6).tolist())
    start = np.array([100, 0, 0, 0, 0, 0])
    assert isinstance(follower_of(process_of(wide, fermi_imitation(1), 100), start), CompiledFollower)
    own = Protocol("cubic", _cubic, levels=EVERYWHERE)
    follower = follower_of(process_of(wide, own, 100), start)
    assert isinstance(follower, PlainFollower)
    path = followed(follower, start)
    assert path.changes > 0
    # without mutants and with imitation only the strategies in play count
    process = process_of(wide, fermi_imitation(1), 100, mutation=0)
    narrow = follower_of(process, np.array([50, 50, 0, 0, 0, 0]))
    assert isinstance(narrow, TableFollower)
    assert narrow.chances.shape == (101, 2)


def test_chances_that_are_none_are_explained() -> None:
    wide = MatrixGame(np.arange(36).reshape(6, 6).tolist())
    process = finite_population(wide, smith(), 100, mutation="1/10").at()
    follower = follower_of(process, np.array([100, 0, 0, 0, 0, 0]))
    assert isinstance(follower, CompiledFollower)
    with pytest.raises(ProtocolError, match="give finite_population"):
        followed(follower, [100, 0, 0, 0, 0, 0])
    linear = finite_population(wide, moran("-1/10", linear_fitness()), 100, mutation="1/10").at()
    follower = follower_of(linear, np.array([0, 0, 0, 0, 0, 100]))
    assert isinstance(follower, CompiledFollower)
    with pytest.raises(ProtocolError, match="linear fitness"):
        followed(follower, [0, 0, 0, 0, 0, 100])


def test_generations_have_no_formula_of_single_changes() -> None:
    assert compiled_follower(finite_population(ROCK, wright_fisher(), 10).at()) is None
