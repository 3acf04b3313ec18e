"""Designs of points, against loops over combinations, quantiles of scipy and the definition of states."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
from scipy.stats import qmc

from coopgame import (
    Design,
    Environment,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    UnsupportedError,
    as_state,
    grid,
    paired,
    quasi_random,
    random_points,
    random_states,
)

HUNT = MatrixGame([["a", 0], [3, 3]], symbol="x")


def _all_points(design: Design) -> list[dict[str, float]]:
    found = design.points(range(len(design)))
    return [{name: column[k].item() for name, column in found.items()} for k in range(len(design))]


def test_a_grid_is_every_combination_with_the_last_name_fastest() -> None:
    design = grid({"b": [3, 1, 2], "c": [0.5, 0.25], "d": np.array([7.0, 8.0, 9.0, 10.0])})
    wanted = itertools.product([3, 1, 2], [0.5, 0.25], [7.0, 8.0, 9.0, 10.0])
    assert _all_points(design) == [dict(zip("bcd", values, strict=True)) for values in wanted]
    assert (design.dims, design.shape, len(design)) == (("b", "c", "d"), (3, 2, 4), 24)


def test_points_of_some_indices_are_those_of_a_meshgrid() -> None:
    axes = [np.linspace(0, 1, 7), np.linspace(2, 5, 11), np.linspace(-1, 1, 3)]
    design = grid(dict(zip("abc", axes, strict=True)))
    meshes = [mesh.ravel() for mesh in np.meshgrid(*axes, indexing="ij")]
    chosen = np.array([200, 3, 3, 0, len(design) - 1])
    for name, mesh in zip("abc", meshes, strict=True):
        assert design.points(chosen)[name].tolist() == mesh[chosen].tolist()


def test_a_grid_of_a_billion_points_takes_no_memory() -> None:
    design = grid({name: np.arange(1000.0) for name in "abc"})
    assert len(design) == 10**9
    assert {n: v[0] for n, v in design.points([123_456_789]).items()} == {"a": 123.0, "b": 456.0, "c": 789.0}


def test_a_product_joins_dimensions_and_keeps_pairs_together() -> None:
    pairs = paired({"b": [1, 2], "c": [10, 20]})
    design = {"a": [5, 6, 7]} * pairs
    wanted = [{"a": a, "b": b, "c": c} for a in (5, 6, 7) for b, c in ((1, 10), (2, 20))]
    assert _all_points(design) == wanted
    assert design.dims == ("a", "case")
    assert _all_points(pairs * {"a": [5, 6, 7]}) == [
        {"b": b, "c": c, "a": a} for b, c in ((1, 10), (2, 20)) for a in (5, 6, 7)
    ]
    assert design.coordinates["b"][0] == "case"


def test_whole_numbers_stay_whole_and_fractions_become_floats() -> None:
    points = grid({"n": range(3), "q": [Fraction(1, 4), 1]}).points([3])
    assert points["n"].dtype == np.int64 and points["q"].tolist() == [1.0]


def test_uniform_points_are_those_of_a_range_and_the_first_ones_do_not_depend_on_n() -> None:
    values = {"b": (1, 3), "c": scipy.stats.norm(5, 2), "k": scipy.stats.poisson(4)}
    many, few = random_points(values, 4000, rng=3), random_points(values, 10, rng=3)
    found = many.points(range(4000))
    for name, column in few.points(range(10)).items():
        assert found[name][:10].tolist() == column.tolist()
    assert scipy.stats.kstest(found["b"], scipy.stats.uniform(1, 2).cdf).pvalue > 1e-3
    assert scipy.stats.kstest(found["c"], scipy.stats.norm(5, 2).cdf).pvalue > 1e-3
    assert set(found["k"]) <= set(range(40)) and abs(found["k"].mean() - 4) < 0.2
    assert random_points(values, 10, rng=4).points([0])["b"] != few.points([0])["b"]


@pytest.mark.parametrize("engine", [None, qmc.Sobol, qmc.Halton, qmc.LatinHypercube])
def test_quasi_random_points_are_more_even_than_random_ones(engine: type | None) -> None:
    values = {"b": (0, 1), "c": (0, 1)}
    even, plain = (
        d.points(range(256)) for d in (quasi_random(values, 256, 1, engine), random_points(values, 256, 1))
    )
    tables = [np.column_stack([found["b"], found["c"]]) for found in (even, plain)]
    assert qmc.discrepancy(tables[0]) < qmc.discrepancy(tables[1])
    again = quasi_random(values, 256, 1, engine).points(range(256))
    assert again["b"].tolist() == even["b"].tolist()


def test_sobol_points_need_a_power_of_two() -> None:
    with pytest.raises(ParameterError, match=r"n = 100; .* take n = 64 or 128, or sequence=qmc.Halton"):
        quasi_random({"b": (0, 1)}, 100)
    assert len(quasi_random({"b": (0, 1)}, 100, sequence=qmc.Halton)) == 100
    with pytest.raises(ParameterError, match=r"give a class of scipy\.stats\.qmc"):
        quasi_random({"b": (0, 1)}, 8, sequence=np.random.default_rng)


def test_random_states_are_states_and_uniform() -> None:
    roles = {"firm": ["a", "b", "c"], "buyer": ["yes", "no"]}
    game = NormalFormGame({(f, b): (1, 2) for f in roles["firm"] for b in roles["buyer"]}, populations=roles)
    design = random_states(game, 3000, rng=5)
    found = design.points(range(3000))
    assert tuple(found) == game.coordinates
    states = as_state(game, found)
    assert np.allclose(states[:, :3].sum(axis=1), 1) and np.allclose(states[:, 3:].sum(axis=1), 1)
    # the share of one of three strategies in a uniform state is Beta(1, 2)
    for name in ("firm.a", "firm.c"):
        assert scipy.stats.kstest(found[name], scipy.stats.beta(1, 2).cdf).pvalue > 1e-3
    assert scipy.stats.kstest(found[game.coordinates[-1]], scipy.stats.uniform().cdf).pvalue > 1e-3
    few = random_states(game, 4, rng=5).points(range(4))
    assert all(found[name][:4].tolist() == column.tolist() for name, column in few.items())


def test_a_concentration_moves_states_to_the_vertices() -> None:
    shares = random_states(HUNT, 2000, concentration=0.5).points(range(2000))["x"]
    assert scipy.stats.kstest(shares, scipy.stats.beta(0.5, 0.5).cdf).pvalue > 1e-3
    with pytest.raises(ParameterError, match="concentration = 0"):
        random_states(HUNT, 3, concentration=0)


def test_quantities_without_a_bound_have_no_uniform_start() -> None:
    game = MatrixGame(
        [["n", 0], [0, 1]], symbol="x", environment=[Environment("n", "n*(x - n)", between=(0, math.inf))]
    )
    with pytest.raises(UnsupportedError, match="n has no upper bound"):
        random_states(game, 3)


def test_starts_and_parameters_of_one_seed_are_independent() -> None:
    starts, points = random_states(HUNT, 500, rng=9), random_points({"b": (0, 1)}, 500, rng=9)
    correlation = np.corrcoef(starts.points(range(500))["x"], points.points(range(500))["b"])[0, 1]
    assert abs(correlation) < 0.15


def test_a_description_names_what_changed() -> None:
    one, other = grid({"b": np.linspace(0, 3, 50)}).describe(), grid({"b": np.linspace(0, 3, 60)}).describe()
    assert one["the values of b"].startswith("50 from 0 to 3 along b [sha256 ")
    assert other["the values of b"].startswith("60 from 0 to 3 along b [sha256 ")
    bent = np.linspace(0, 3, 50)
    bent[7] += 1e-12
    assert grid({"b": bent}).describe() != one
    assert grid({"b": np.linspace(0, 3, 50)}).describe() == one
    assert "seed 3" in random_points({"b": (0, 1)}, 4, rng=3).describe()["the points along sample"]
    assert str(grid({"b": [1, 2]}) * paired({"c": [3]})) == "2 points: b: 2 from 1 to 2; case: 1 number, 3"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "the design has no names"),
        ({"b": []}, "b has no values"),
        ({"b": 3}, r"b = 3 is one value; .* fix the value in the measure"),
        ({"b": [[1, 2], [3, 4]]}, r"b has the shape \(2, 2\)"),
        ({"b": [1.0, float("nan")]}, "value 1 of b is nan"),
        ({"b": [float("inf")]}, "value 0 of b is inf"),
        ({"b": [True, False]}, "the values of b are bool"),
        ({"b": ["low", "high"]}, r"the values of b are <U4"),
        ({"b": "low"}, "is one value"),
        ({3: [1]}, "3 is no name"),
    ],
)
def test_bad_values_are_named(values: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        grid(values)


def test_names_and_dimensions_stand_once() -> None:
    with pytest.raises(ParameterError, match="the name 'b' stands twice"):
        _ = paired({"b": [1]}) * random_points({"b": (0, 1)}, 3)
    with pytest.raises(ParameterError, match="the dimension 'sample' stands twice"):
        _ = random_points({"a": (0, 1)}, 3) * random_points({"b": (0, 1)}, 3)
    with pytest.raises(ParameterError, match="'b' is a dimension"):
        _ = paired({"a": [1]}, dim="b") * paired({"b": [1]})
    with pytest.raises(ParameterError, match="b has 2, c has 3"):
        paired({"b": [1, 2], "c": [1, 2, 3]})


@pytest.mark.parametrize("given", [(3, 1), (1, 1), (0, float("inf")), 4, "ab", (1, 2, 3)])
def test_ranges_rise(given: object) -> None:
    with pytest.raises(ParameterError, match="b"):
        random_points({"b": given}, 3)


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_the_number_of_points_is_a_whole_number(n: object) -> None:
    with pytest.raises(ParameterError, match="n = "):
        random_points({"b": (0, 1)}, n)  # type: ignore[arg-type]
