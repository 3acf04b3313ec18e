"""Games in finite populations: chances of one step beside members one by one, the mean dynamic, published chains, and errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from coopgame import (
    Game,
    GameError,
    GroupGame,
    Law,
    Level,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    Population,
    PopulationGame,
    Protocol,
    ProtocolError,
    RateModel,
    UnsupportedError,
    best_response,
    birth_death,
    brown_von_neumann_nash,
    death_birth,
    excess_payoff,
    fermi_imitation,
    finite_population,
    imitation_of_success,
    imitation_of_the_dissatisfied,
    imitation_updating,
    imitative_logit,
    linear_fitness,
    logit,
    maynard_smith,
    mean_dynamic,
    mixture,
    moran,
    pairwise_comparison,
    pairwise_imitation,
    positive_part,
    smith,
    wright_fisher,
)
from tests.finite import members as twin

STEP = 0.05
MUTATION = 0.03
PROTOCOLS: dict[str, tuple[Law, twin.Switch]] = {
    "Fermi": (fermi_imitation("3/2"), twin.imitating(lambda own, other: 1 / (1 + math.exp(-1.5 * (other - own))))),
    "pairwise imitation": (pairwise_imitation(), twin.imitating(lambda own, other: max(other - own, 0.0))),
    "dissatisfied": (imitation_of_the_dissatisfied(9), twin.imitating(lambda own, other: 9 - own)),
    "success": (imitation_of_success(-5), twin.imitating(lambda own, other: other + 5)),
    "imitative logit": (imitative_logit("1/2"), twin.choosing_a_member(0.5)),
    "logit": (logit("1/2"), twin.choosing(lambda value: math.exp(value / 0.5))),
    "Smith": (smith(), twin.comparing(lambda gain: max(gain, 0.0))),
    "BNN": (brown_von_neumann_nash(), twin.above_the_mean(lambda gain: max(gain, 0.0))),
    "comparison": (pairwise_comparison(lambda g: positive_part(g) ** 2), twin.comparing(lambda g: max(g, 0.0) ** 2)),
    "excess": (excess_payoff(lambda g: positive_part(g) ** 2), twin.above_the_mean(lambda g: max(g, 0.0) ** 2)),
    "best response": (best_response(), twin.best_reply),
    "mixture": (
        mixture({smith(): "1/3", pairwise_imitation(): 2}),
        twin.adding(
            [
                (1 / 3, twin.comparing(lambda gain: max(gain, 0.0))),
                (2.0, twin.imitating(lambda own, other: max(other - own, 0.0))),
            ]
        ),
    ),
}
RULES: dict[str, tuple[Law, Callable[..., Any]]] = {
    "Moran": (moran("3/4"), twin.parent_first),
    "birth-death": (birth_death("3/4"), twin.neighbour_dies),
    "death-birth": (death_birth("3/4"), twin.death_first),
    "imitation updating": (imitation_updating("3/4"), twin.parent_first),
    "Wright-Fisher": (wright_fisher("3/4"), twin.parent_first),
    "Moran, linear": (moran("1/20", linear_fitness()), twin.parent_first),
}
TWO = [[-1.0, 4.0], [0.0, 2.0]]
THREE = [[0.0, 2.0, -1.0], [1.5, 0.25, 0.0], [2.0, -1.0, 0.5]]
GROUP = [[-2.0, 0.0, 2.0], [0.0, 1.0, 1.0]]
_generator = np.random.default_rng(3)
BIMATRIX = _generator.integers(-3, 4, size=(2, 3, 2)).astype(float)
TRIPLE = _generator.integers(-3, 4, size=(2, 2, 2, 3)).astype(float)


def _table(p: int, i: int, x: list[list[float]]) -> float:
    return (x[0][0] * x[0][1] - x[0][2], 2 * x[0][0] ** 2, x[0][1] - x[0][0])[i]


def _share_game() -> PopulationGame:
    name = "population"
    a, b, c = (f"{name}.{s}" for s in "abc")
    return PopulationGame({name: {"a": f"{a}*{b} - {c}", "b": f"2*{a}**2", "c": f"{b} - {a}"}})


# game, payoff of one member in the twin, sizes, states
GAMES: dict[str, tuple[Game, twin.Payoff, tuple[int, ...], list[list[list[int]]]]] = {
    "two strategies": (MatrixGame(TWO), twin.by_pairs(TWO), (5,), [[[2, 3]], [[1, 4]], [[5, 0]], [[0, 5]]]),
    "three strategies": (
        MatrixGame(THREE),
        twin.by_pairs(THREE),
        (6,),
        [[[1, 2, 3]], [[4, 1, 1]], [[0, 2, 4]], [[6, 0, 0]]],
    ),
    "groups": (
        GroupGame({"a": GROUP[0], "b": GROUP[1]}, 3),
        twin.by_groups(GROUP, 3),
        (6,),
        [[[2, 4]], [[5, 1]], [[6, 0]]],
    ),
    "two populations": (
        NormalFormGame([BIMATRIX[0].tolist(), BIMATRIX[1].tolist()]),
        twin.by_roles(lambda profile: [BIMATRIX[q][profile] for q in range(2)]),
        (4, 3),
        [[[1, 1, 2], [2, 1]], [[0, 4, 0], [1, 2]]],
    ),
    "three populations": (
        NormalFormGame([TRIPLE[..., q].tolist() for q in range(3)]),
        twin.by_roles(lambda profile: list(TRIPLE[profile])),
        (3, 2, 4),
        [[[1, 2], [1, 1], [3, 1]], [[3, 0], [1, 1], [2, 2]]],
    ),
    "shares": (
        _share_game(),
        twin.by_shares(lambda x, p, i: _table(p, i, x), [3]),
        (5,),
        [[[1, 2, 2]], [[0, 2, 3]], [[0, 0, 5]]],
    ),
}


def _expected(chances: dict[tuple[int, int], float], n: int) -> np.ndarray:
    found = np.zeros((n, n))
    for (i, j), chance in chances.items():
        found[i, j] += chance
    return found


@pytest.mark.parametrize("kind", GAMES)
@pytest.mark.parametrize("rule", PROTOCOLS)
def test_protocols_member_by_member(kind: str, rule: str) -> None:
    game, payoff, sizes, states = GAMES[kind]
    law, switch = PROTOCOLS[rule]
    names = [population.name for population in game.populations]
    population = finite_population(game, law, dict(zip(names, sizes, strict=True)), mutation=MUTATION, step=STEP)
    for counts in states:
        total = 0.0
        for p, own in enumerate(counts):
            found = population.at().chances(p, [np.array(part) for part in counts])
            members = twin.members_of(counts)
            expected = twin.revisions(members, p, len(own), payoff, switch, MUTATION, STEP)
            np.testing.assert_allclose(found, _expected(expected, len(own)), rtol=1e-12, atol=1e-15)
            total += found.sum()
        assert 0 <= total <= 1


@pytest.mark.parametrize("kind", GAMES)
@pytest.mark.parametrize("rule", RULES)
def test_rules_member_by_member(kind: str, rule: str) -> None:
    game, payoff, sizes, states = GAMES[kind]
    law, parents = RULES[rule]
    names = [population.name for population in game.populations]
    if rule == "Wright-Fisher" and len(sizes) > 1:
        with pytest.raises(UnsupportedError, match="one population"):
            finite_population(game, law, 10)
        return
    population = finite_population(game, law, dict(zip(names, sizes, strict=True)), mutation=MUTATION)
    linear = "linear" in rule
    for counts in states:
        for p, own in enumerate(counts):
            found = population.at().chances(p, [np.array(part) for part in counts])
            members = twin.members_of(counts)
            expected = twin.replacements(
                members,
                p,
                len(own),
                payoff,
                (lambda value: 0.95 + 0.05 * value) if linear else (lambda value: math.exp(0.75 * value)),
                parents,
                MUTATION,
            )
            np.testing.assert_allclose(found, _expected(expected, len(own)), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("rule", [*PROTOCOLS, *RULES])
def test_many_states_at_once(rule: str) -> None:
    """Every row of an array of states is what it is alone."""
    law = (PROTOCOLS | RULES)[rule][0]
    population = finite_population(MatrixGame(THREE), law, 6, mutation=MUTATION, step=STEP)
    states = np.array([s for s in product(range(7), repeat=3) if sum(s) == 6])
    found = population.at().chances(0, [states])
    assert found.shape == (28, 3, 3) and (found >= 0).all() and (found.sum(axis=(1, 2)) <= 1 + 1e-12).all()
    for state, own in zip(states, found, strict=True):
        np.testing.assert_allclose(population.at().chances(0, [state]), own, rtol=1e-13)
        assert (own[state == 0] == 0).all()


SHARES = {
    "two strategies": [[0.3, 0.7]],
    "three strategies": [[0.3, 0.5, 0.2]],
    "groups": [[0.3, 0.7]],
    "two populations": [[0.2, 0.5, 0.3], [0.6, 0.4]],
    "three populations": [[0.3, 0.7], [0.6, 0.4], [0.5, 0.5]],
    "shares": [[0.3, 0.5, 0.2]],
}


@pytest.mark.parametrize("kind", GAMES)
@pytest.mark.parametrize("rule", [*PROTOCOLS, *RULES])
def test_the_drift_tends_to_the_mean_dynamic(kind: str, rule: str) -> None:
    """The error of the mean change per unit of time is of order 1/N: N times the error stays, and twice the members halve it."""
    game = GAMES[kind][0]
    law = (PROTOCOLS | RULES)[rule][0]
    if rule == "Wright-Fisher" and len(game.populations) > 1:
        return
    shares = SHARES[kind]
    limit = mean_dynamic(game, law)(np.concatenate([np.array(own) for own in shares]))
    errors = []
    for size in (50, 100, 200, 400):
        sizes = {population.name: size * (p + 1) for p, population in enumerate(game.populations)}
        step = STEP if rule in PROTOCOLS else 1
        population = finite_population(game, law, sizes, step=step)
        counts = [np.rint(np.array(own) * size * (p + 1)) for p, own in enumerate(shares)]
        drift = []
        for p, own in enumerate(sizes.values()):
            chances = population.at().chances(p, counts)
            drift.append((chances.sum(axis=0) - chances.sum(axis=1)) * population.size / own / step)
        errors.append(np.abs(np.concatenate(drift) - limit).max())
    scaled = np.array(errors) * np.array([50, 100, 200, 400])
    if (
        max(errors) < 1e-12
    ):  # payoffs of shares, or of other populations, and laws that do not count the member itself
        return
    assert scaled.max() < 30
    assert errors[-1] <= 1e-12 or 1.7 < errors[-2] / errors[-1] < 4.5  # 4 where what is of order 1/N cancels


def test_moran_with_constant_fitness() -> None:
    """The chain of Moran (1958): fitness r of one strategy, and T-/T+ = 1/r at every state."""
    game = MatrixGame([["r", "r"], [1, 1]])
    process = finite_population(game, moran(1, linear_fitness()), 10).at({"r": "11/10"})
    k = np.arange(1, 10)
    chances = process.chances(0, [np.stack([k, 10 - k], axis=-1)])
    np.testing.assert_allclose(chances[:, 0, 1] / chances[:, 1, 0], 1 / 1.1, rtol=1e-13)
    np.testing.assert_allclose(chances[:, 1, 0], 1.1 * k / (1.1 * k + 10 - k) * (10 - k) / 10, rtol=1e-13)


def test_no_chance_underflows() -> None:
    """At an intensity of 1e5 chances of exp(-100000) keep their logarithm."""
    process = finite_population(MatrixGame([[1, 1], [0, 0]]), fermi_imitation(10**5), 10).at()
    logs = process.log_chances(0, [np.array([5, 5])])
    assert logs[0, 1] == pytest.approx(math.log(0.5 * 5 / 9) - 1e5, rel=1e-15)
    assert process.chances(0, [np.array([5, 5])])[1, 0] == pytest.approx(0.5 * 5 / 9, rel=1e-15)


def test_strategies_that_nobody_plays_are_not_asked() -> None:
    """What an absent strategy would earn is below the baseline, and its linear fitness negative: nobody has it."""
    game = MatrixGame([[3, 1, 1], [1, 2, 1], [-50, -50, -50]])
    counts = np.array([4, 2, 0])
    for law in (imitation_of_success(0), moran(1, linear_fitness())):
        found = finite_population(game, law, 6, step="1/10").at().chances(0, [counts])
        assert found[2].max() == found[:, 2].max() == 0 and found[0, 1] > 0 and found[1, 0] > 0


def test_the_view_of_absent_strategies_does_not_matter() -> None:
    """A rate that is negative only as a player of an absent strategy would see it is no error."""
    game = MatrixGame([[1, 2, 3], [1, 2, 3], [1, 2, 900]])

    def rates(f: np.ndarray, x: np.ndarray) -> np.ndarray:
        return np.asarray(0 * (f[..., None, :] + f[..., :, None]) + (f.sum(axis=-1) + 200)[..., None, None] / 2000)

    shifted = Protocol("sum of all", rates, levels=frozenset({Level.FINITE}))
    for law in (pairwise_comparison(lambda gains: 1 / 20 + 0 * gains), shifted):
        found = finite_population(game, law, 4).at().chances(0, [[2, 2, 0]])
        assert found[2].max() == 0 and found[0, 1] > 0


def test_mutation_alone() -> None:
    """With mutation 1 nobody imitates: strategies are changed to each other one alike."""
    found = finite_population(MatrixGame(THREE), fermi_imitation(), 6, mutation=1).at().chances(0, [[1, 2, 3]])
    np.testing.assert_allclose(
        found, np.array([[0, 0.5, 0.5], [1, 0, 1], [1.5, 1.5, 0]]) / 6, rtol=1e-13, atol=1e-300
    )


def test_sizes_and_mutations_of_each_population() -> None:
    game = NormalFormGame([BIMATRIX[0].tolist(), BIMATRIX[1].tolist()])
    first, second = (population.name for population in game.populations)
    population = finite_population(
        game, {first: logit(1), second: smith()}, {first: 10, second: 20}, mutation={first: "1/10", second: 0}
    )
    assert population.sizes == (10, 20) and population.size == 30
    assert f"10 members of {first!r}, logit (noise = 1), mutation 1/10" in str(population)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: finite_population(MatrixGame(TWO), fermi_imitation(), 1), ParameterError, "from 2 to"),
        (lambda: finite_population(MatrixGame(TWO), fermi_imitation(), 5.5), ParameterError, "whole number"),
        (lambda: finite_population(MatrixGame(TWO), fermi_imitation(), True), ParameterError, "whole number"),
        (
            lambda: finite_population(MatrixGame(TWO), fermi_imitation(), {"x": 5}),
            ParameterError,
            "size: unknown 'x', missing 'population'",
        ),
        (
            lambda: finite_population(GroupGame({"a": GROUP[0], "b": GROUP[1]}, 3), moran(), 2),
            GameError,
            "groups of 3 cannot be drawn",
        ),
        (
            lambda: (
                finite_population(MatrixGame([[-3, -1], [1, 1]]), moran(1, linear_fitness()), 5)
                .at()
                .chances(0, [[2, 3]])
            ),
            ProtocolError,
            "fitness has to be positive",
        ),
        (
            lambda: finite_population(MatrixGame([[0, 9], [1, 1]]), smith(), 5).at().chances(0, [[1, 4]]),
            ProtocolError,
            "step of at most",
        ),
        (lambda: finite_population(MatrixGame(TWO), maynard_smith(), 5), UnsupportedError, "not defined"),
        (lambda: finite_population(RateModel({"n": "n"}), moran(), 5), UnsupportedError, "no members"),
        (lambda: finite_population(MatrixGame(TWO), moran(), 5, mutation=2), ProtocolError, "between 0 and 1"),
        (lambda: finite_population(MatrixGame(TWO), moran(), 5, mutation="m"), ProtocolError, "does not declare"),
        (lambda: finite_population(MatrixGame(TWO), smith(), 5, step=0), ParameterError, "positive"),
        (
            lambda: finite_population(MatrixGame([["a", 1], [0, "a"]]), moran(), 5, mutation="a").at({"a": 3}),
            ProtocolError,
            "mutation = 3",
        ),
        (lambda: finite_population(MatrixGame([["a", 1], [0, 1]]), moran(), 5).at(), ParameterError, "no value"),
        (
            lambda: finite_population(MatrixGame([["a", 1], [0, 1]]), moran(), 5).at({"a": float("nan")}),
            ParameterError,
            "finite",
        ),
        (
            lambda: finite_population(MatrixGame([["10**64*a", 1], [0, 1]]), moran(), 5).at({"a": 1e300}),
            ParameterError,
            "finite",
        ),
        (lambda: finite_population(MatrixGame([[1e295, 1], [0, 1]]), moran(), 5).at(), ParameterError, "at most 1e"),
        (
            lambda: finite_population(MatrixGame([[1e280, 1], [0, 1e280]]), moran(1e30), 5).at().chances(0, [[2, 3]]),
            ParameterError,
            "too large for floats",
        ),
        (
            lambda: finite_population(MatrixGame([["1/a", 1], [0, 1]]), moran(), 5).at({"a": 0}),
            GameError,
            "zero",
        ),
    ],
)
def test_errors(call: Callable[[], object], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_one_strategy_never_changes() -> None:
    process = finite_population(MatrixGame([[1]]), fermi_imitation(), 4).at()
    assert process.chances(0, [[4]]).tolist() == [[0.0]]


@pytest.mark.parametrize("scale", [1e-300, 1e290])
def test_huge_and_tiny_payoffs(scale: float) -> None:
    process = finite_population(MatrixGame([[0, scale], [0, 0]]), fermi_imitation(), 4).at()
    found = process.chances(0, [[2, 2]])
    assert np.isfinite(found).all()
    assert found[1, 0] == pytest.approx(0.5 * 2 / 3 * (0.5 if scale < 1 else 1))


def test_environments_have_no_chain() -> None:
    game = PopulationGame(
        {"p": {"a": "n", "b": 0}}, [Population("p", ("a", "b"), "x")], environment={"n": "n*(1 - n)*(x - 1/2)"}
    )
    with pytest.raises(UnsupportedError, match="environment"):
        finite_population(game, fermi_imitation(), 5).at()
