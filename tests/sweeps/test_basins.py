"""Basins by sampling against exact areas, symmetry, and scipy's interval."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest, qmc

from coopgame import (
    IntegrationError,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    RateModel,
    StateError,
    UnsupportedError,
    basin_area,
    best_response,
    find_basin_shares,
    mean_dynamic,
    measures,
)
from coopgame.sweeps.measure import Points
from coopgame.sweeps.measures.sampling import draw_starts, wilson

STAG = NormalFormGame({"a, a": ["b", "b"], "a, b": [0, 0], "b, a": [0, 0], "b, b": [1, 1]})
THREE = MatrixGame([["k", 0, 0], [0, 1, 0], [0, 0, 1]], strategies=["r", "p", "s"])


def test_a_coordination_game_of_one_population() -> None:
    game = MatrixGame([[2, 0], [0, 1]], strategies=["a", "b"], symbol="x")
    shares = find_basin_shares(game, n=4000, confidence=0.999)
    # a wins from x > 1/3
    assert shares.low[list(shares.labels).index("E2 (a)")] < 2 / 3 < shares.high[list(shares.labels).index("E2 (a)")]
    reached = np.array(shares.labels)[shares.codes]
    assert (reached == np.where(shares.starts[:, 0] > 1 / 3, "E2 (a)", "E1 (b)")).all()
    assert (shares.certain == shares.count).all()


@pytest.mark.parametrize("b", [2, 5])
def test_two_populations_against_the_exact_area(b: int) -> None:
    exact = basin_area(STAG, {"b": b})
    shares = find_basin_shares(STAG, {"b": b}, 4000, rng=7, confidence=0.999)
    assert len(shares.labels) == 2
    for label in ("E1", "E4"):
        _, low, high = shares.of(label)
        assert low < float(exact.of(label)) < high
    net = qmc.Sobol(2, scramble=False).random(4096) + 0.5 / 4096
    even = find_basin_shares(STAG, {"b": b}, starts={"x": net[:, 0], "y": net[:, 1]})
    assert even.of("E4")[0] == pytest.approx(float(exact.of("E4")), abs=2e-3)


def test_three_equal_strategies_share_the_simplex() -> None:
    shares = find_basin_shares(THREE, {"k": 1}, 3000, confidence=0.999)
    assert len(shares.labels) == 3
    assert (shares.low < 1 / 3).all() and (shares.high > 1 / 3).all()
    # the largest share wins
    assert (
        np.array([text.split(" ")[0] for text in shares.labels])[shares.codes]
        == [f"E{i + 1}" for i in shares.starts.argmax(axis=1)]
    ).all()
    assert shares.share.sum() == pytest.approx(1) and shares.count.sum() == 3000


def test_the_draws_are_those_of_the_seed_and_uniform() -> None:
    one, same, other = (find_basin_shares(THREE, {"k": 1}, 50, rng=seed) for seed in (1, np.random.default_rng(1), 2))
    assert (one.starts == same.starts).all() and not (one.starts == other.starts).any()
    states = draw_starts(THREE, 20_000)
    # the distribution of a share of a uniform point in the triangle is 1 - (1 - s)^2
    assert np.quantile(states[:, 0], [0.25, 0.5, 0.75]) == pytest.approx(1 - np.sqrt([0.75, 0.5, 0.25]), abs=0.01)


def test_starts_may_be_drawn_by_a_function() -> None:
    shares = find_basin_shares(STAG, {"b": 2}, 30, starts=lambda rng, n: {"x": rng.uniform(0.9, 1, n), "y": 0.9})
    assert shares.labels == ("E4 (a, a)",) and shares.count.tolist() == [30]


def test_a_result_can_be_read() -> None:
    shares = find_basin_shares(STAG, {"b": 2}, 200)
    table = shares.to_dataframe()
    assert table["count"].tolist() == shares.count.tolist() and list(table.index) == list(shares.labels)
    assert "E4 (a, a)" in str(shares) and "200 starts, intervals at 95%" in str(shares)
    assert "<table>" in shares._repr_html_() and "E1 (b, b)" in shares._repr_html_()
    with pytest.raises(ParameterError, match="no start reached 'E2'"):
        shares.of("E2")
    with pytest.raises(ValueError, match="read-only"):
        shares.share[0] = 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"n": 0}, ParameterError),
        ({"n": 2.5}, ParameterError),
        ({"confidence": 1}, ParameterError),
        ({"confidence": 95}, ParameterError),
        ({"starts": {"x": 0.5, "y": 0.5}}, StateError),
        ({"starts": [[0.5, 0.6, 0.5, 0.5]]}, StateError),
        ({"values": {}}, ParameterError),
        ({"values": {"c": 1}}, ParameterError),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        find_basin_shares(STAG, **({"values": {"b": 2}} | arguments))


def test_quantities_without_bound_need_starts() -> None:
    model = RateModel({"N": "N*(N - 1)*(3 - N)"})
    with pytest.raises(UnsupportedError, match="no uniform distribution"):
        find_basin_shares(model)
    shares = find_basin_shares(model, starts=np.array([[0.2], [0.9], [1.5], [10.0]]))
    assert dict(zip(shares.labels, shares.share, strict=True)) == {"(N = 0)": 0.5, "mixed (N > 0)": 0.5}


def test_a_trajectory_that_fails_is_an_error() -> None:
    with pytest.raises(IntegrationError, match="trajectories failed, the first is start 0"):
        find_basin_shares(MatrixGame([["1/b", 0], [0, 1]], symbol="x"), {"b": 0}, 10)


def test_dynamics_without_a_kernel() -> None:
    dynamics = mean_dynamic(MatrixGame([[2, 0], [0, 1]], strategies=["a", "b"], symbol="x"), best_response())
    shares = find_basin_shares(dynamics, starts={"x": np.array([0.1, 0.3, 0.4, 0.9])})
    assert shares.of("E2")[0] == 0.5


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_intervals_are_those_of_scipy(confidence: float) -> None:
    counts = np.array([0, 1, 17, 99, 100])
    low, high = wilson(counts, 100, confidence)
    for k, count in enumerate(counts):
        wanted = binomtest(int(count), 100).proportion_ci(confidence, method="wilson")
        assert (low[k], high[k]) == pytest.approx((wanted.low, wanted.high), abs=1e-12)


def test_the_measure_is_the_result_at_every_point() -> None:
    measure = measures.share_of_basin(STAG, n=300, rng=3, confidence=0.9)
    assert measure.compiled
    values = {"b": np.array([0.5, np.nan, 2.0])}
    measure.check(["b"])
    found = pickle.loads(pickle.dumps(measure)).evaluate(Points(values, np.arange(3)))
    assert list(found.failures) == [1]
    labels = list(measure.coordinates["attractor"])
    for k in (0, 2):
        alone = find_basin_shares(STAG, {"b": float(values["b"][k])}, 300, rng=3, confidence=0.9)
        for n, label in enumerate(labels):
            share, low, high = alone.of(label) if label in alone.labels else (0.0, 0.0, None)
            assert found.arrays["basin"][k, n] == share and found.arrays["basin_low"][k, n] == low
            assert high is None or found.arrays["basin_high"][k, n] == high
    assert measure.provenance()["starts"] == "300 starts, uniform, rng = 3"


def test_a_point_where_payoffs_are_no_numbers_fails_alone() -> None:
    measure = measures.share_of_basin(MatrixGame([["1/b", 0], [0, 1]], symbol="x"), n=20)
    found = measure.evaluate(Points({"b": np.array([0.0, 1.0])}, np.arange(2)))
    assert list(found.failures) == [0] and "start 0: a payoff is no finite number" in found.failures[0]
    assert found.arrays["basin"][1].sum() == pytest.approx(1)
