"""Other programs as methods: their answers are checked exactly, and never called complete."""

from __future__ import annotations

import random
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    MissingExtraError,
    NashEquilibria,
    NashpyLemkeHowson,
    NashpySupportEnumeration,
    NashpyVertexEnumeration,
    NormalFormGame,
    ParameterError,
    QuanteconLemkeHowson,
    UnsupportedError,
    nash_equilibria,
)
from coopgame.equilibria.other_programs import OtherProgram

CHICKEN = NormalFormGame.from_bimatrix([[0, 7], [2, 6]], [[0, 2], [7, 6]])
TIED = NormalFormGame.from_bimatrix([[3, 3], [2, 5], [0, 6]], [[3, 3], [2, 6], [3, 1]])


class Given(OtherProgram):
    """A program that returns what it is given."""

    limits: ClassVar[str] = "it only repeats"

    def __init__(self, *answers: Any) -> None:
        self.answers = answers

    def solve(self, first: np.ndarray, second: np.ndarray) -> Iterable[Any]:
        return self.answers


def mixtures(found: NashEquilibria) -> set[Any]:
    return {tuple(tuple(own.values()) for own in e.strategies) for e in found}


@pytest.mark.parametrize(
    "method",
    [NashpySupportEnumeration(), NashpySupportEnumeration(non_degenerate=True, tol=1e-12), NashpyVertexEnumeration()],
)
def test_what_enumerations_find_are_the_exact_equilibria_of_generic_games(method: OtherProgram) -> None:
    rng = random.Random(4)
    for size in (2, 3, 4):
        game = NormalFormGame.from_bimatrix(
            *([[rng.gauss(0, 1) for _ in range(size)] for _ in range(size)] for _ in range(2))
        )
        found, every = nash_equilibria(game, method=method), nash_equilibria(game)
        if isinstance(method, NashpyVertexEnumeration):
            assert mixtures(found) == mixtures(every)
        assert len(found) and mixtures(found) <= mixtures(every)  # support enumeration loses some to rounding
        assert not found.complete and found.known == "numerical" and found.components == ()
        assert found.because.startswith(f"found by {type(method).__name__}: ")
        by_mixture = {tuple(e.support): e for e in every}
        for e in found:
            same = by_mixture[tuple(e.support)]
            assert e.known == "exact" and e.radius == 0 and e.index is None
            assert (e.payoffs, e.strict, e.quasi_strict) == (same.payoffs, same.strict, same.quasi_strict)


def test_a_path_ends_at_one_equilibrium() -> None:
    ends = [mixtures(nash_equilibria(CHICKEN, method=NashpyLemkeHowson(label))) for label in range(4)]
    assert all(len(end) == 1 for end in ends) and set().union(*ends) < mixtures(nash_equilibria(CHICKEN))
    with pytest.raises(ParameterError, match="initial_dropped_label is 4; the labels of this game are 0 to 3"):
        nash_equilibria(CHICKEN, method=NashpyLemkeHowson(4))


def test_support_enumeration_misses_a_degenerate_equilibrium_and_does_not_say_complete() -> None:
    found = nash_equilibria(TIED, method=NashpySupportEnumeration())
    assert mixtures(found) < mixtures(nash_equilibria(TIED)) and not found.complete


def test_quantecon_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "quantecon", None)
    monkeypatch.setitem(__import__("sys").modules, "quantecon.game_theory", None)
    with pytest.raises(MissingExtraError, match="quantecon"):
        nash_equilibria(CHICKEN, method=QuanteconLemkeHowson())


def test_answers_are_replaced_by_the_rational_equilibrium_close_by() -> None:
    third = 1 / 3 + 1e-10
    (found,) = nash_equilibria(CHICKEN, method=Given(([third, 1 - third], [third, 1 - third])))
    assert mixtures([found]) == {((Fraction(1, 3), Fraction(2, 3)),) * 2}  # type: ignore[arg-type]


def test_an_answer_inside_a_continuum_stays_where_it_is() -> None:
    found = nash_equilibria(
        TIED, method=Given(([1, 0, 0], [0.75, 0.25]), ([1, 0, 0], [2 / 3 + 1e-12, 1 / 3 - 1e-12]))
    )
    assert [e.known for e in found] == ["exact", "exact"]
    assert mixtures(found) == {
        ((1, 0, 0), (Fraction(3, 4), Fraction(1, 4))),
        ((1, 0, 0), (Fraction(2, 3), Fraction(1, 3))),
    }


def test_answers_close_to_no_rational_one_keep_a_bound_of_what_a_change_gains() -> None:
    """One payoff is 1e-8 too small for (2, 2): a change gains just that, in a range of payoffs of 3."""
    game = NormalFormGame.from_bimatrix([[3, 1], [0, "0.99999999"]], [[3, 0], [0, 1]])
    (found,) = nash_equilibria(game, method=Given(([0, 1], [0, 1])))
    assert found.known == "numerical" and 1e-8 <= found.radius < 1.0001e-8
    assert found.payoffs == (0.99999999, 1.0) and found.strategies[0] == {"1": 0.0, "2": 1.0}


def test_wrong_answers_are_left_out_and_counted() -> None:
    wrong = [
        ([1, 0], [1, 0]),  # both dare
        ([float("nan"), 1], [1, 0]),
        ([0.5, 0.6], [1, 0]),
        ([2, -1], [1, 0]),
        ([1, 0, 0], [1, 0]),
        None,
        ([1, 0],),
    ]
    found = nash_equilibria(CHICKEN, method=Given(([1, 0], [0, 1]), ([1, 0], [0, 1]), *wrong))
    assert mixtures(found) == {((1, 0), (0, 1))} and len(found) == 1
    assert found.because.endswith("; 7 of its answers are no equilibria and were left out")


def test_of_one_population_the_symmetric_ones_are_kept() -> None:
    found = nash_equilibria(MatrixGame([[-1, 4], [0, 2]]), method=NashpyVertexEnumeration())
    (state,) = found
    assert state.strategies == ({"1": Fraction(2, 3), "2": Fraction(1, 3)},)
    assert state.payoffs == (Fraction(2, 3),)


def test_a_method_is_an_object() -> None:
    """Neither the name of an algorithm nor the class, whose calls are left out."""
    game = NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    for wrong in ("lemke_howson", NashpyLemkeHowson):
        with pytest.raises(
            UnsupportedError, match=r"method is .*; give another program, such as NashpyLemkeHowson\(\)"
        ):
            nash_equilibria(game, method=wrong)  # type: ignore[arg-type]


def test_other_numbers_of_players_and_payoffs_beyond_doubles_are_refused() -> None:
    three = NormalFormGame([np.zeros((2, 2, 2)).tolist()] * 3)
    with pytest.raises(UnsupportedError, match="two players, this one has 3"):
        nash_equilibria(three, method=NashpyVertexEnumeration())
    with pytest.raises(UnsupportedError, match="doubles"):
        nash_equilibria(
            NormalFormGame.from_bimatrix([[10**400, 0], [0, 1]], [[1, 0], [0, 1]]), method=NashpyVertexEnumeration()
        )
