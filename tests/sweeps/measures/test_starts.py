"""Where starts and parameters come from: fixed, from the points, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coopgame import (
    Environment,
    MatrixGame,
    NormalFormGame,
    Parameter,
    ParameterError,
    Population,
    PopulationGame,
    RateModel,
    StateError,
    UnsupportedError,
    difference_replicator,
    discrete_dynamic,
    measures,
)
from coopgame.sweeps.measure import Points
from coopgame.sweeps.measures.setting import Setting
from coopgame.sweeps.measures.starts import Starts

THREE = MatrixGame([["a", 0, 0], [0, 1, 0], [0, 0, 1]], strategies=["r", "p", "s"])
TWO = NormalFormGame({"a, c": ["k", 1], "a, d": [0, 0], "b, c": [0, 0], "b, d": [1, 1]})
NAMES = ["population.r", "population.p", "population.s"]


def states(starts: Starts, **columns: Any) -> tuple[np.ndarray, dict[int, str]]:
    values = {name.replace("__", "."): np.asarray(column, dtype=float) for name, column in columns.items()}
    starts.check(list(values))
    return starts.states(Points(values, np.arange(len(next(iter(values.values()))))))


def test_the_last_share_is_what_the_others_miss() -> None:
    found, wrong = states(Starts.of(THREE, None), population__r=[0.1, 0.7, 0.9], population__s=[0.2, 0.3, 0.3])
    assert found[0] == pytest.approx([0.1, 0.7, 0.2])
    assert found[1].tolist() == [0.7, 0.0, 0.3], "a rounding error is no strategy that is present"
    assert list(wrong) == [2] and "population.p = -0.2" in wrong[2]


def test_points_override_the_fixed_start_population_by_population() -> None:
    fixed = {"x": 0.25, "y": 0.5}
    found, wrong = states(Starts.of(TWO, fixed), y=[0.1, 0.9])
    assert not wrong
    assert found.tolist() == [[0.25, 0.75, 0.1, 0.9], [0.25, 0.75, 0.9, 1 - 0.9]]
    second = f"{TWO.populations[1].name}.d"
    again, _ = states(Starts.of(TWO, [[0.25, 0.75], [0.5, 0.5]]), **{second.replace(".", "__"): [0.25]})
    assert again.tolist() == [[0.25, 0.75, 0.75, 0.25]]


def test_a_share_next_to_one_leaves_the_rest_to_the_other() -> None:
    assert states(Starts.of(TWO, {"x": 1 - 1e-13, "y": 0.5}), k=[1.0])[0][0, 1] == 1 - (1 - 1e-13)


def test_one_share_may_change_while_another_is_fixed() -> None:
    found, _ = states(Starts.of(THREE, {"population.s": 0.2}), population__r=[0.3, 0.5])
    assert found == pytest.approx(np.array([[0.3, 0.5, 0.2], [0.5, 0.3, 0.2]]))


def test_a_fixed_pure_start_needs_no_other_share() -> None:
    setting = Setting.of(THREE, {"a": 2}, {"population.p": 1})
    setting.check(["a"])
    assert setting.read(Points({"a": np.array([1.0])}, np.arange(1))).starts.tolist() == [[0, 1, 0]]


def test_the_game_has_its_own_start() -> None:
    game = MatrixGame([["a", 0], [0, 1]], symbol="x", initial={"x": "1/4"})
    assert states(Starts.of(game, None), a=[1.0])[0].tolist() == [[0.25, 0.75]]
    assert states(Starts.of(game, {"x": 0.5}), a=[1.0])[0].tolist() == [[0.5, 0.5]]


def test_quantities_and_environments() -> None:
    model = RateModel({"N": "r*N*(1 - N)"}, parameters={"r": 1})
    assert states(Starts.of(model, {"N": 7}), r=[1.0])[0].tolist() == [[7]]
    found, wrong = states(Starts.of(model, None), N=[0.0, -1.0, np.inf])
    assert found[0].tolist() == [0] and list(wrong) == [1, 2]
    with pytest.raises(StateError, match="no start for N"):
        Starts.of(model, None).check(["r"])


@pytest.mark.parametrize(
    ("initial", "names", "error", "text"),
    [
        (None, ["population.r"], StateError, "no start for population.p, population.s; give all shares"),
        (None, ["a"], StateError, "no start"),
        ([0.2, 0.3, 0.5], ["population.r"], StateError, "cannot change alone"),
        ({"population.r": 0.2, "population.p": 0.2}, ["a"], None, ""),
        ([0.2, 0.3, 0.5], ["b"], ParameterError, "unknown parameter or share 'b'"),
        ([0.2, 0.3, 0.5], ["population.t"], ParameterError, "did you mean"),
        ([0.2, 0.3, 0.5], [], ParameterError, "no value for a"),
    ],
)
def test_what_a_check_refuses(initial: Any, names: list[str], error: type[Exception] | None, text: str) -> None:
    measure = measures.final_shares(THREE, None if "a" in names or not names else {"a": 1}, initial)
    if error is None:
        measure.check(names)
        return
    with pytest.raises(error, match=text):
        measure.check(names)


def test_the_same_share_twice_is_refused() -> None:
    first = f"{TWO.populations[0].name}.a"
    with pytest.raises(ParameterError, match="same share"):
        measures.final_shares(TWO, {"k": 1}, {"y": 0.5}).check(["x", first])


@pytest.mark.parametrize(
    ("values", "initial", "error"),
    [
        ({"b": 1}, None, ParameterError),
        ({"a": float("nan")}, None, ParameterError),
        ({"a": np.array([1.0, 2.0])}, None, ParameterError),
        (None, {"population.q": 1}, StateError),
        (None, {"population.r": "much"}, StateError),
        (None, {"population.r": [0.1, 0.2]}, StateError),
        (None, {"population": [0.5, 0.5]}, StateError),
        (None, [[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]], StateError),
        (None, [0.2, 0.3, 0.4], StateError),
    ],
)
def test_what_a_measure_refuses_when_it_is_made(values: Any, initial: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        measures.final_shares(THREE, values, initial)


def test_generations_have_no_measures_of_trajectories() -> None:
    with pytest.raises(UnsupportedError, match="no mean dynamic in continuous time"):
        measures.final_shares(discrete_dynamic(THREE, difference_replicator()))  # type: ignore[arg-type]


def test_descriptions() -> None:
    game = PopulationGame(
        {"firms": {"build": "b*n", "wait": "c"}},
        [Population("firms", ("build", "wait"), "x", "企业", ("建", "等"))],
        parameters=[Parameter("b", "benefit", "收益", "EUR"), Parameter("c", "cost")],
        environment=[Environment("n", "n*(1 - n)*(x - c)", "network", "网络")],
    )
    measure = measures.final_shares(game)
    assert measure.describe("b") == {"long_name": "benefit", "long_name_zh": "收益", "units": "EUR"}
    assert measure.describe("c") == {"long_name": "cost"}
    assert measure.describe("x") == {"long_name": "share of build in firms", "long_name_zh": "企业中建的比例"}
    assert measure.describe("firms.wait")["long_name"] == "share of wait in firms"
    assert measure.describe("n") == {"long_name": "network", "long_name_zh": "网络"}
    assert measure.describe("q") == {}
