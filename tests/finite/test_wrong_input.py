"""What is given in place of populations, laws, states and precisions is named in the error, with what to give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from coopgame import (
    GameError,
    Level,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    Protocol,
    ProtocolError,
    StateError,
    UnsupportedError,
    fermi_imitation,
    find_absorption,
    find_fixation,
    find_fixation_times,
    find_small_mutation_law,
    find_stationary_distribution,
    find_stochastic_stability,
    finite_population,
    moran,
    positive_part,
    selection_gradient,
    simulate_absorption,
    simulate_fixation,
    simulate_population,
    transition_chain,
)
from coopgame.finite.counts import as_counts

GAME = MatrixGame([[3, 0], [5, 1]], ["C", "D"])
ROLES = NormalFormGame.from_bimatrix([[1, 0], [0, 2]], [[1, 0], [0, 2]], {"one": ["a", "b"], "two": ["x", "y"]})
TEN = finite_population(GAME, fermi_imitation(), 10)
QUESTIONS: dict[str, Callable[[Any], Any]] = {
    own.__name__: own
    for own in (
        find_absorption,
        find_fixation,
        find_fixation_times,
        find_small_mutation_law,
        find_stationary_distribution,
        find_stochastic_stability,
        selection_gradient,
        transition_chain,
    )
} | {
    "simulate_fixation": lambda given: simulate_fixation(given, None, "C", "D"),
    "simulate_population": lambda given: simulate_population(given, None, {"C": 10}, 10),
    "simulate_absorption": lambda given: simulate_absorption(given, None, {"C": 10}),
}


def _rates(payoffs: Any, shares: Any) -> Any:
    """Return rates of a protocol of one's own: switch for a tenth of the gain, compared in mind."""
    return positive_part(payoffs[..., None, :] - payoffs[..., :, None]) / 10


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_game_is_no_population(name: str) -> None:
    for given in (GAME, None, "moran"):
        with pytest.raises(GameError, match=r"is no finite population; give finite_population\(game, law, size\)"):
            QUESTIONS[name](given)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: finite_population(None, moran(), 10), GameError, "None is no game"),  # type: ignore[arg-type]
        (lambda: finite_population([[1, 2], [3, 4]], moran(), 10), GameError, "is no game; give a game"),  # type: ignore[arg-type]
        (
            lambda: finite_population(GAME, fermi_imitation, 10),
            ProtocolError,
            "the function fermi_imitation is no protocol",
        ),  # type: ignore[arg-type]
        (
            lambda: finite_population(ROLES, moran(), {"one": 3, "tow": 4}),
            ParameterError,
            "size: unknown 'tow', missing 'two';",
        ),
        (
            lambda: finite_population(ROLES, moran(), {"one": 3}),
            ParameterError,
            "size: missing 'two'; the populations are",
        ),
        (lambda: finite_population(ROLES, moran(), [3, 4]), ParameterError, "or a mapping from population to one"),  # type: ignore[arg-type]
        (
            lambda: finite_population(ROLES, {"one": moran()}, 4),
            ProtocolError,
            "its protocol: missing 'two'; the pop",
        ),
        (
            lambda: finite_population(GAME, Protocol("mine", _rates), 9),
            UnsupportedError,
            r"levels={Level.MEAN, Level.FINITE}\)$",
        ),
        (lambda: Protocol("mine", _rates, levels="finite"), ProtocolError, "levels is 'finite'; give a set"),  # type: ignore[arg-type]
        (
            lambda: MatrixGame([["b", 0], [0, 1]], parameters=["b"]),
            ParameterError,
            "parameters: 'b' is no Parameter; give a mapping",
        ),  # type: ignore[list-item]
        (lambda: finite_population(GAME, moran(), 1), ParameterError, "size 1; a whole number from 2"),
        (
            lambda: find_fixation(finite_population(GAME, fermi_imitation(0), 9)),
            ProtocolError,
            "intensity = 0; a pos",
        ),
        (lambda: find_fixation(TEN).probability("C", None), StateError, "no monomorphic state None"),
        (lambda: find_fixation(TEN).probability(3, "C"), StateError, "no monomorphic state 3"),
        (lambda: simulate_fixation(TEN, None, "C", "D", precision=0.1), ParameterError, "precision = 0.1; give rel"),  # type: ignore[arg-type]
        (lambda: simulate_absorption(TEN, None, [5, 5], precision=0.1), ParameterError, "precision = 0.1; give rel"),  # type: ignore[arg-type]
        (
            lambda: find_stationary_distribution(finite_population(GAME, moran(), 4, mutation="1/9")).probability(
                {"C": 2, "D": 2}  # type: ignore[arg-type]
            ),
            StateError,
            r"an event is a function .* at\(\) gives",
        ),
    ],
)
def test_errors(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_a_protocol_of_ones_own() -> None:
    """Where one strategy always earns 2 more, members are independent of each other: shares are those of a chain of two states."""
    game = MatrixGame([[1, 1], [3, 3]], ["low", "high"])
    mine = Protocol("mine", _rates, levels={Level.MEAN, Level.FINITE})
    law = find_stationary_distribution(finite_population(game, mine, 12, mutation="1/100"))
    up, down = 0.99 * 0.2 + 0.01, 0.01
    assert law.mean_shares["high"] == pytest.approx(up / (up + down), rel=1e-12)


def test_a_function_for_single_states_is_told_what_it_gets() -> None:
    def rates(payoffs: Any, shares: Any) -> Any:
        return [[0, 1], [0, 0]] if payoffs[0] < payoffs[1] else [[0, 0], [1, 0]]

    mine = Protocol("mine", rates, imitative=True, levels={Level.MEAN, Level.FINITE})
    with pytest.raises(ProtocolError, match=r"mine: its function fails: .* strategies on the last axis"):
        find_stationary_distribution(finite_population(GAME, mine, 9, mutation="1/9"))


def test_what_is_shown_at_the_prompt() -> None:
    assert repr(fermi_imitation("1/3")) == "<Protocol: Fermi imitation (intensity = 1/3)>"
    assert repr(moran()) == "<ReplacementRule: Moran process (intensity = 1)>"
    assert repr(TEN) == f"<FinitePopulation: {TEN}>"
    both = finite_population(ROLES, moran(), {"one": 4, "two": 3}, mutation="1/9")
    assert str(both) == "4 members of 'one', 3 of 'two', Moran process (intensity = 1), mutation 1/9"
    apart = finite_population(ROLES, {"one": moran(), "two": fermi_imitation()}, {"one": 4, "two": 3})
    first, second = str(apart).split("; ")
    assert first == "4 members of 'one', Moran process (intensity = 1), mutation 0"
    assert second == "3 of 'two', Fermi imitation (intensity = 1), mutation 0"


def test_fixation_is_said_to_be_without_mutation() -> None:
    """Nobody mutates on the way, and the heads do not claim it."""
    mutating = finite_population(GAME, fermi_imitation(), 10, mutation="1/9")
    for ask in (find_fixation, find_fixation_times):
        assert str(ask(mutating)) == str(ask(TEN)) and "mutation 0" in str(ask(TEN))
        assert ask(mutating)._repr_html_() == ask(TEN)._repr_html_()


def test_numbers_of_several_populations_in_every_form() -> None:
    """By population, by population.strategy as results name them, and in order; wrong names are refused."""
    population = finite_population(ROLES, moran(), {"one": 4, "two": 3})
    forms: list[Any] = [
        {"one": {"a": 1, "b": 3}, "two": {"x": 3}},
        {"one.a": 1, "one.b": 3, "two.x": 3},
        {"one": [1, 3], "two": [3, 0]},
        [1, 3, 3, 0],
    ]
    for form in forms:
        assert as_counts(population, form).tolist() == [1, 3, 3, 0]
    for wrong in ({"one.a": 4, "two.z": 3}, {"one": [4, 0]}, {"a": 4}, [4, 0, 3], {"one.a": 4}, None):
        with pytest.raises(StateError):
            as_counts(population, wrong)
