"""Attractors against closed-form separatrices, interior roots and accurate single trajectories."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest

from coopgame import (
    BatchOptions,
    FaceStartWarning,
    Game,
    IntegrationOptions,
    MatrixGame,
    NormalFormGame,
    RateModel,
    best_response,
    find_basin,
    find_rest_points,
    integrate,
    logit,
    mean_dynamic,
    measures,
    smith,
)
from coopgame.dynamics.mean import replicator
from coopgame.sweeps.measure import Found, Measure, Points
from coopgame.sweeps.measures.limits import Limits

HAWKS = MatrixGame([["(v - c)/2", "v"], [0, "v/2"]], strategies=["hawk", "dove"], symbol="x")
RPS = MatrixGame([["a", 0, 1], [1, "b", 0], [0, 1, "c"]], strategies=["r", "p", "s"])


def points_of(**values: Any) -> Points:
    columns = {name.replace("__", "."): np.asarray(column, dtype=float) for name, column in values.items()}
    return Points(columns, np.arange(len(next(iter(columns.values())))))


def texts(measure: Measure, found: Found) -> list[str]:
    labels = measure.variables[0].labels
    return ["" if code < 0 else labels[code] for code in found.arrays["attractor"]]


def test_two_by_two_games_against_the_exact_separatrix() -> None:
    rng = np.random.default_rng(5)
    game = NormalFormGame(
        {"a, a": ["p", "q"], "a, b": [0, 0], "b, a": [0, 0], "b, b": ["r", "s"]}, assumptions=["p > 0", "q > 0"]
    )
    values = {name: rng.uniform(0.2, 3, 200) for name in "pqrs"}
    starts = {name: rng.uniform(0.01, 0.99, 200) for name in "xy"}
    measure = measures.attractor_reached(game)
    found = measure.evaluate(points_of(**values, **starts))
    names = {name: column[:] for name, column in (values | starts).items()}
    wanted = [find_basin(game, {n: names[n][k] for n in "xy"}, {n: names[n][k] for n in "pqrs"}) for k in range(200)]
    assert [text.split(" ")[0] for text in texts(measure, found)] == wanted
    assert (found.arrays["known"] == 0).all(), "strict profiles are certain"
    assert (found.arrays["end"] < 200).all()


def test_one_population_against_the_interior_root() -> None:
    c = np.linspace(0.1, 3, 58)  # 1 is not among them
    measure = measures.attractor_reached(HAWKS, {"v": 1}, {"x": 0.9})
    found = measure.evaluate(points_of(c=c))
    # dominance for v > c, otherwise v/c are hawks
    assert texts(measure, found) == ["E2 (hawk)" if v < 1 else "mixed (hawk + dove)" for v in c]
    assert found.arrays["known"].tolist() == [0 if v < 1 else 1 for v in c]


def test_a_tie_is_undecided_and_a_start_at_an_unstable_root_too() -> None:
    measure = measures.attractor_reached(MatrixGame([["b", 0], [0, 1]], symbol="x"), initial={"x": 0.5}, t_end=50)
    assert texts(measure, measure.evaluate(points_of(b=[1.0])))[0] == "undecided"
    flat = measures.attractor_reached(HAWKS, {"v": 1}, {"x": 0.9}).evaluate(points_of(c=[1.0]))
    assert flat.arrays["known"].tolist() == [2], "at v = c the eigenvalue of pure hawks is zero"


def random_tri(rng: np.random.Generator, count: int) -> tuple[Game, dict[str, np.ndarray]]:
    profiles = [f"{a}, {b}, {c}" for a in "AB" for b in "CD" for c in "EF"]
    game = NormalFormGame({p: [f"u{i}", f"v{i}", f"w{i}"] for i, p in enumerate(profiles)})
    values = {name: rng.normal(size=count) for name in game.ring.names}
    return game, values | {name: rng.uniform(0.02, 0.98, count) for name in "xyz"}


def test_three_populations_against_accurate_single_trajectories() -> None:
    rng = np.random.default_rng(11)
    game, columns = random_tri(rng, 60)
    measure = measures.attractor_reached(game)
    found = measure.evaluate(points_of(**columns))
    shown = texts(measure, found)
    options = IntegrationOptions(rtol=1e-12, atol=1e-12)
    checked = 0
    for k in np.flatnonzero(found.arrays["known"] < 2)[:25]:
        values = {name: columns[name][k] for name in game.ring.names}
        start = {name: columns[name][k] for name in "xyz"}
        outcome = integrate(game, start, values, t_end=400, options=options).outcome
        assert outcome.kind == "converged"
        assert shown[k].split(" ")[0] == outcome.label
        checked += 1
    assert checked == 25
    # no mixed point of several populations is asymptotically stable
    assert not any(text.startswith("mixed") for text in shown)


def test_a_line_of_rest_points_is_said_to_have_an_eigenvalue_zero() -> None:
    # whoever stays out gets the same, whatever the other would do: the edge y of (out, y) is at rest
    entry = NormalFormGame({"out, fight": [2, 5], "out, share": [2, 5], "in, fight": ["f", 0], "in, share": [3, 1]})
    measure = measures.attractor_reached(entry, {"f": 0})
    found = measure.evaluate(points_of(x=[0.5, 0.1], y=[0.95, 0.1]))
    assert texts(measure, found) == ["at rest, eigenvalue zero", "E1 (in, share)"]
    assert found.arrays["known"].tolist() == [2, 0]
    followed = measures.attractor_reached(entry, {"f": 0}, follow_up=True)
    assert texts(followed, followed.evaluate(points_of(x=[0.5], y=[0.95])))[0] == "mixed (out, fight + share)"


def test_single_verdicts_are_taken_over_where_trajectories_turn() -> None:
    pennies = NormalFormGame({"a, a": [1, -1], "a, b": [-1, 1], "b, a": [-1, 1], "b, b": ["g", -1]})
    points = points_of(g=[1.0, 1.0], x=[0.3, 0.5], y=[0.4, 0.5])
    plain = measures.attractor_reached(pennies, t_end=50, doublings=1)
    found = plain.evaluate(points)
    assert texts(plain, found) == ["keeps moving", "at rest, eigenvalue zero"]
    assert (found.arrays["known"] == 2).all()
    assert found.arrays["end"].tolist() == [100, 100]
    followed = measures.attractor_reached(pennies, t_end=50, doublings=1, follow_up=True)
    assert not followed.compiled and plain.compiled
    assert texts(followed, followed.evaluate(points)) == ["cycle", "mixed (a + b, a + b)"]


def test_a_heteroclinic_cycle_is_not_taken_for_a_vertex() -> None:
    # b + c < 2a: outward spirals; with rates near 0 for ever longer times
    away = MatrixGame([[0, "-k", 1], [1, 0, "-k"], ["-k", 1, 0]], strategies=["r", "p", "s"])
    measure = measures.attractor_reached(away, initial=[0.5, 0.3, 0.2], doublings=2, follow_up=True)
    found = measure.evaluate(points_of(k=[1.4, 0.6]))
    assert texts(measure, found) == ["heteroclinic cycle", "mixed (r + p + s)"]
    without = measures.attractor_reached(away, initial=[0.5, 0.3, 0.2], doublings=2).evaluate(points_of(k=[1.4]))
    assert without.arrays["known"].tolist() == [2]


@pytest.mark.parametrize(
    ("law", "wanted"),
    [
        (logit("0.05"), ["mostly (hawk)", "mostly (dove)"]),
        (smith(), ["E2 (hawk)", "mixed (hawk + dove)"]),
        (best_response(), ["E2 (hawk)", "mixed (hawk + dove)"]),
    ],
)
def test_other_dynamics(law: Any, wanted: list[str]) -> None:
    measure = measures.attractor_reached(mean_dynamic(HAWKS, law), {"v": 1}, {"x": 0.2}, t_end=100)
    assert measure.compiled == (law.name == "logit"), "the others are judged one by one"
    with warnings.catch_warnings():
        warnings.simplefilter("error", FaceStartWarning)
        found = measure.evaluate(points_of(c=[0.5, 4.0]))
    assert texts(measure, found) == wanted
    assert not found.failures


def test_absent_strategies_stay_absent() -> None:
    measure = measures.attractor_reached(RPS, {"a": 0.2, "b": 0.1, "c": 0.1})
    found = measure.evaluate(points_of(population__r=[1.0, 0.5, 0.0], population__p=[0.0, 0.5, 0.0]))
    assert texts(measure, found) == ["E1 (r)", "E2 (p)", "E3 (s)"]


def test_results_depend_on_their_own_point_alone() -> None:
    rng = np.random.default_rng(3)
    measure = measures.attractor_reached(RPS, {"a": 0.2}, [0.3, 0.3, 0.4], doublings=1)
    columns = {"b": rng.uniform(-1, 2, 80), "c": rng.uniform(-1, 2, 80)}
    columns["b"][7] = np.nan
    whole = measure.evaluate(points_of(**columns))
    assert list(whole.failures) == [7]
    order = rng.permutation(80)[:33]
    part = measure.evaluate(points_of(**{name: column[order] for name, column in columns.items()}))
    good = [k for k in range(33) if k not in part.failures]
    for name, array in whole.arrays.items():
        assert part.arrays[name][good].tobytes() == array[order][good].tobytes()
    assert [int(order[k]) for k in part.failures] == [k for k in order if k == 7]


def test_impossible_points_are_failures_with_their_reasons() -> None:
    game = MatrixGame([["1/b", 0], [0, 1]], symbol="x", assumptions=["b > 0"])
    measure = measures.attractor_reached(game, t_end=50)
    found = measure.evaluate(points_of(b=[0, 1, 2, -1, np.inf, 1], x=[0.5, 0.7, 0.4, 0.2, 0.5, 1.2]))
    assert {k: why.split(":")[0] for k, why in found.failures.items()} == {
        0: "a payoff is no finite number at b = 0",
        4: "b = inf is no finite number",
        5: "the start is no state",
    }
    assert [text.split(" ")[0] for text in texts(measure, found)] == ["", "E2", "E1", "E1", "", ""]
    assert np.isnan(found.arrays["end"][[0, 4, 5]]).all()


def test_a_setting_out_of_range_fails_alone() -> None:
    dynamics = mean_dynamic(
        MatrixGame([["b", 0], [0, "1 + 0*n"]], symbol="x", parameters={"b": 2, "n": 1}), logit("n")
    )
    measure = measures.attractor_reached(dynamics, initial={"x": 0.5})
    found = measure.evaluate(points_of(n=[0.1, -1.0, 0.1, 0.0]))
    assert list(found.failures) == [1, 3]
    assert texts(measure, found)[0] == "mostly (1)"


def test_a_stiff_dynamic_is_followed_by_an_implicit_method() -> None:
    measure = measures.attractor_reached(HAWKS, {"v": 1}, {"x": 0.2}, options=BatchOptions(most_steps=5))
    found = measure.evaluate(points_of(c=[0.5, 4.0]))
    assert texts(measure, found) == ["E2 (hawk)", "mixed (hawk + dove)"]
    assert found.arrays["known"].tolist() == [0, 1], "certain of hawks before the steps are used up"


def test_measures_travel() -> None:
    measure = measures.attractor_reached(RPS, {"a": 0.2}, [0.3, 0.3, 0.4], doublings=0)
    points = points_of(b=[0.1, 0.5], c=[0.2, 0.9])
    before = measure.evaluate(points)
    after = pickle.loads(pickle.dumps(measure)).evaluate(points)
    for name in before.arrays:
        assert before.arrays[name].tobytes() == after.arrays[name].tobytes()
    told = measure.provenance()
    assert told["dynamics"] == "replicator"
    assert told["values"] == "a = 0.2"
    assert 'kind = "matrix"' in told["game"] or "payoffs" in told["game"]


GAMES: list[tuple[Game, dict[str, Any]]] = [
    (MatrixGame([[1, 0], [0, 1]], symbol="x"), {}),
    (MatrixGame([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), {}),
    (NormalFormGame({f"{a}, {b}, {c}": [0, 1, 2] for a in "AB" for b in "CD" for c in "EF"}), {}),
    (
        NormalFormGame({f"{a}, {b}": [i * j + i, i - j] for i, a in enumerate("ABC") for j, b in enumerate("DE")}),
        {},
    ),
    (
        MatrixGame([[1, 0], [0, 1]], symbol="x", strategies=["a", "b"], labels={"a": "good", "b": "bad"}),
        {},
    ),
]


@pytest.mark.parametrize(("game", "values"), GAMES)
def test_pure_profiles_are_labelled_as_rest_points_are(game: Game, values: dict[str, Any]) -> None:
    limits = Limits(replicator(game))
    vertices = [point for point in find_rest_points(game, values) if point.kind == "vertex"]
    assert vertices
    for point in vertices:
        code = limits.codes(point.state[None], point.state[None] > 0.5)[0]
        assert limits.texts[code] == f"{point.label} ({', '.join(point.profile or ())})"


def test_every_support_has_a_code_of_its_own() -> None:
    limits = Limits(replicator(RPS))
    supports = np.array([[bool(n & 4), bool(n & 2), bool(n & 1)] for n in range(1, 8)])
    codes = limits.codes(supports / supports.sum(axis=1, keepdims=True), supports)
    assert sorted(codes) == list(range(7))
    for code, support in zip(codes, supports, strict=True):
        named = {s for s, held in zip("rps", support, strict=True) if held}
        assert set(limits.texts[code].split("(")[1].rstrip(")").split(" + ")) == named


def test_very_many_supports_are_grouped() -> None:
    size = 14
    game = MatrixGame([[int(i == j) for j in range(size)] for i in range(size)])
    limits = Limits(replicator(game))
    assert not limits.separate
    states = np.array([np.eye(size)[3], np.full(size, 1 / size)])
    assert [limits.texts[c] for c in limits.codes(states, states > 0)] == ["E4 (4)", "mixed"]


def test_quantities_that_die_out_or_settle() -> None:
    model = RateModel({"N": "r*N*(1 - N/K)"}, parameters={"r": 1, "K": 1})
    measure = measures.attractor_reached(model, initial={"N": 0.5})
    found = measure.evaluate(points_of(r=[1.0, -1.0, 1.0], K=[5.0, 5.0, 1e-4]))
    assert texts(measure, found) == ["mixed (N > 0)", "(N = 0)", "mixed (N > 0)"]
    assert (found.arrays["known"] == 1).all()


def test_random_games_of_three_strategies_against_accurate_single_trajectories() -> None:
    game = MatrixGame([[f"a{i}{j}" for j in range(3)] for i in range(3)], strategies=["r", "p", "s"])
    rng = np.random.default_rng(8)
    values = {name: rng.normal(size=60) for name in game.ring.names}
    starts = rng.dirichlet(np.ones(3), 60)
    shares = {f"population.{name}": column for name, column in zip("rps", starts.T, strict=True)}
    measure = measures.attractor_reached(game)
    found = measure.evaluate(points_of(**values, **shares))
    shown = texts(measure, found)
    options = IntegrationOptions(rtol=1e-12, atol=1e-12)
    mixed = 0
    for k in np.flatnonzero(found.arrays["known"] < 2):
        t_end = 5 * max(float(found.arrays["end"][k]), 200.0)
        outcome = integrate(
            game, starts[k], {n: v[k] for n, v in values.items()}, t_end=t_end, options=options
        ).outcome
        assert outcome.kind == "converged" and outcome.state is not None
        support = " + ".join(name for name, share in zip("rps", outcome.state, strict=True) if share > 1e-6)
        assert shown[k].split("(")[1] == f"{support})"
        mixed += "+" in support
    assert mixed > 10 and (found.arrays["known"] < 2).sum() > 55
