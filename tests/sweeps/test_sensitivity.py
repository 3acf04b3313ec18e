"""Sobol and Morris beside the closed forms of Ishigami, Sobol's g and linear functions."""

from __future__ import annotations

import builtins
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from scipy import stats

from coopgame import MatrixGame, morris_effects, sobol_indices
from coopgame.errors import MissingExtraError, ParameterError, UnsupportedError
from coopgame.games.game import Game
from coopgame.sweeps.chances import chance
from coopgame.sweeps.measure import Found, Measure, Points, Variable
from coopgame.sweeps.measures import attractor_reached
from coopgame.sweeps.ranges import read_ranges

pytestmark = pytest.mark.skipif(find_spec("SALib") is None, reason="needs the extra sensitivity")
ISHIGAMI = dict.fromkeys(("a", "b", "c"), (-math.pi, math.pi))
HAWKS = MatrixGame(
    [["(v - c)/2", "v"], ["0", "v/2"]],
    symbol="x",
    parameters={"v": {"assume": "> 0", "range": (1, 2)}, "c": {"value": 5, "range": (3, 6)}},
)


def ishigami(a: float, b: float, c: float) -> float:
    return math.sin(a) + 7 * math.sin(b) ** 2 + 0.1 * c**4 * math.sin(a)


@dataclass(frozen=True)
class Share(Measure):
    """The rest point v/c of hawks and doves, who is ahead there, and both shares; no result where c is 0."""

    dynamics: Game = HAWKS

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (
            Variable("hawks", meaning="share of hawks", zh="鹰的比例"),
            Variable("ahead", dtype="int64", labels=("hawk", "dove")),
            Variable("shares", dims=("strategy",)),
        )

    @property
    def coordinates(self) -> Mapping[str, Sequence[str]]:
        return {"strategy": ["hawk", "dove"]}

    def check(self, names: Sequence[str]) -> None:
        for name in names:
            self.dynamics.values({name: 1, "v": 1})

    def evaluate(self, points: Points) -> Found:
        v, c = points.values["v"], points.values["c"]
        zero = c == 0
        share = v / np.where(zero, 1, c)
        ahead = np.where(share == 0.5, -1, (share < 0.5).astype(int))
        arrays = {"hawks": share, "ahead": ahead, "shares": np.stack([share, 1 - share], axis=1)}
        return Found(arrays, {int(k): "c is 0, so nobody is hurt" for k in np.flatnonzero(zero)})


def test_ishigami() -> None:
    """Variances by Ishigami and Homma (1990): a = 7, b = 1/10."""
    first, second = 0.5 * (1 + 0.1 * math.pi**4 / 5) ** 2, 7**2 / 8
    third = 0.1**2 * math.pi**8 * (1 / 18 - 1 / 50)
    whole = first + second + third
    found = sobol_indices(ishigami, ISHIGAMI, 4096)
    assert found.first == pytest.approx([first / whole, second / whole, 0], abs=0.01)
    assert found.total == pytest.approx([(first + third) / whole, second / whole, third / whole], abs=0.01)
    assert found.second is not None
    assert found.second[0, 2] == found.second[2, 0] == pytest.approx(third / whole, abs=0.02)
    assert (
        abs(found.second[0, 1]) < 0.02 and abs(found.second[1, 2]) < 0.02 and np.isnan(found.second.diagonal()).all()
    )
    assert found.variance == pytest.approx(whole, rel=0.01) and found.mean == pytest.approx(3.5, abs=0.01)
    assert found.points == 4096 * 8 and found.known == "numerical"
    assert (np.abs(found.first - [first / whole, second / whole, 0]) <= found.first_half).all()
    assert "strongest pair: a and c" in found.text


def test_sobol_g() -> None:
    """Sobol' (1993): prod (|4 x_i - 2| + a_i) / (1 + a_i) has partial variances 1/3/(1 + a_i)^2 and product rule."""
    weights = {"p": 0.0, "q": 1.0, "r": 9.0}

    def g(**x: float) -> float:
        return math.prod((abs(4 * x[n] - 2) + a) / (1 + a) for n, a in weights.items())

    parts = np.array([1 / 3 / (1 + a) ** 2 for a in weights.values()])
    whole = np.prod(1 + parts) - 1
    found = sobol_indices(g, dict.fromkeys(weights, (0, 1)), 4096, second_order=False)
    assert found.second is None and found.points == 4096 * 5
    assert found.first == pytest.approx(parts / whole, abs=0.01)
    assert found.total == pytest.approx(parts * np.prod(1 + parts) / (1 + parts) / whole, abs=0.01)
    assert set(found.to_xarray()) == {"first", "first_half", "total", "total_half"}


def test_an_additive_function_with_distributions() -> None:
    """Independent numbers: each explains its weight squared times its variance, and pairs nothing."""
    ranges = {"u": (0, 6), "n": stats.norm(10, 2), "e": stats.expon(scale=1.5)}
    found = sobol_indices(lambda u, n, e, k: k * u - n + 2 * e, ranges, 2048, values={"k": 2}, rng=3)
    parts = np.array([4 * 36 / 12, 4.0, 4 * 1.5**2])
    assert found.first == pytest.approx(parts / parts.sum(), abs=0.02)
    assert found.total == pytest.approx(parts / parts.sum(), abs=0.02)
    assert found.mean == pytest.approx(6 - 10 + 3, abs=0.02) and found.values == {"k": 2}
    assert "no pair interacts" in found.text and "norm on [-inf, inf]" in [s.text for s in found.ranges]


def test_one_seed_one_answer() -> None:
    again = [sobol_indices(ishigami, ISHIGAMI, 64, rng=seed) for seed in (0, 0, 1)]
    assert (again[0].first == again[1].first).all() and (again[0].first_half == again[1].first_half).all()
    assert (again[0].first != again[2].first).any()


def test_a_constant_has_no_indices() -> None:
    found = sobol_indices(lambda a, b: (a + 3.0) - a + 0 * b, {"a": (0, 1), "b": (0, 1)}, 16)
    assert found.constant and np.isnan([found.first, found.total]).all() and found.second is not None
    assert "indices undefined: the result is 3 at all points" in found.text and "widen" in found._repr_html_()
    assert morris_effects(lambda a: 3.0 + 0 * a, {"a": (0, 1)}).size == 0


def test_results_as_tables_and_arrays() -> None:
    found = sobol_indices(ishigami, ISHIGAMI, 64)
    table = found.to_dataframe()
    assert list(table.index) == ["a", "b", "c"] and table.loc["b", "total"] == found.total[1]
    data = found.to_xarray()
    assert found.second is not None
    assert float(data["second"].sel(parameter="a", other="c")) == found.second[0, 2]
    assert "<table" in found._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        found.first[0] = 1
    effects = morris_effects(ishigami, ISHIGAMI)
    assert effects.to_dataframe().loc["a", "size"] == float(effects.to_xarray()["size"].sel(parameter="a"))
    assert "<table" in effects._repr_html_() and str(effects).startswith("ishigami")


def test_morris_of_a_linear_function_is_exact() -> None:
    """Effects per whole range: weight times width, the same on every trajectory."""
    ranges = {"a": (-1, 3), "b": (0, 10), "c": stats.uniform(2, 0.5)}
    for trajectories, levels in ((2, 2), (7, 4), (30, 8)):
        found = morris_effects(lambda a, b, c: 3 * a - 0.5 * b + 8 * c + 1, ranges, trajectories, levels)
        assert found.mean == pytest.approx([12, -5, 4], rel=1e-12)
        assert found.size == pytest.approx([12, 5, 4], rel=1e-12)
        assert found.spread == pytest.approx([0, 0, 0], abs=1e-12)
        assert found.points == 4 * trajectories


def test_morris_sees_interaction() -> None:
    """Of a b on the unit square the effect of a is b, on 4 levels each of 0, 1/3, 2/3, 1 as likely: mean 1/2, variance 5/36."""
    found = morris_effects(lambda a, b: a * b, {"a": (0, 1), "b": (0, 1)}, 4000)
    assert found.mean == pytest.approx([0.5, 0.5], abs=0.03)
    assert found.spread**2 == pytest.approx([5 / 36, 5 / 36], abs=0.01)


def test_measures_with_several_variables() -> None:
    found = sobol_indices(Share(), None, 256, variable="hawks")
    assert found.names == ("v", "c"), "the ranges that the game declares"
    assert [(s.low, s.high) for s in found.ranges] == [(1, 2), (3, 6)]
    assert found.quantity.meaning == "share of hawks"
    direct = sobol_indices(lambda v, c: v / c, {"v": (1, 2), "c": (3, 6)}, 256)
    assert found.first == pytest.approx(direct.first, rel=1e-12)
    doves = sobol_indices(Share(), None, 256, variable="shares", at={"strategy": "dove"})
    assert doves.total == pytest.approx(direct.total, rel=1e-9) and doves.quantity.name == "shares (strategy dove)"


def test_the_chance_of_a_kind() -> None:
    measure = chance(Share(), "hawk")
    assert measure.variables[0].name == "chance"
    found = sobol_indices(measure, {"v": (1, 2), "c": (1.5, 6)}, 4096)
    # v/c > 1/2 where c < 2 v: of c in [1.5, 6] and v in [1, 2] a share of (E[2 v] - 1.5) / 4.5
    assert found.mean == pytest.approx((3 - 1.5) / 4.5, abs=0.01)
    assert found.variance == pytest.approx(found.mean * (1 - found.mean), rel=1e-9)


def test_the_chance_of_an_attractor_that_is_reached() -> None:
    """Of two conventions that with b x > 1 - x wins; b in [0, 4] and x in [0, 1] as likely: 1 - ln(5)/4 of all points."""
    convention = MatrixGame([["b", 0], [0, 1]], strategies=["new", "old"], symbol="x")
    measure = chance(attractor_reached(convention), "E2")
    found = sobol_indices(measure, {"b": (0, 4), "x": (0, 1)}, 4096, workers=2)
    assert found.mean == pytest.approx(1 - math.log(5) / 4, abs=0.01)
    # the share of x alone: its mean over b is max(0, 1 - (1 - x)/(4 x))
    x = (np.arange(100_000) + 0.5) / 100_000
    alone = np.maximum(0, 1 - (1 - x) / (4 * x)).var() / (found.mean * (1 - found.mean))
    assert found.first[1] == pytest.approx(alone, abs=0.03)
    assert found.first.sum() < 1 < found.total.sum()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"ranges": {"v": (1, 2), "c": (3, 6)}}, ParameterError, "hawks, ahead, shares; say which one"),
        ({"variable": "hawk"}, ParameterError, "no variable 'hawk'; did you mean 'hawks'"),
        ({"variable": "ahead"}, UnsupportedError, r"chance\(measure, 'hawk', 'ahead'\)"),
        ({"variable": "shares"}, ParameterError, "has the dimensions strategy; name one entry"),
        (
            {"variable": "shares", "at": {"strategy": "Dove"}},
            ParameterError,
            "no strategy 'Dove'; did you mean 'dove'",
        ),
        ({"variable": "hawks", "at": {"strategy": "dove"}}, ParameterError, "at names 'strategy'"),
        ({"variable": "hawks", "ranges": {"v": (1, 2), "w": (3, 6)}}, ParameterError, "unknown parameter 'w'"),
        ({"variable": "hawks", "values": {"c": 4}}, ParameterError, "c has a range and a fixed value"),
        ({"variable": "hawks", "ranges": {}}, ParameterError, "ranges is empty"),
        ({"variable": "hawks", "ranges": {"v": (2, 1)}}, ParameterError, r"v is \(2, 1\); its ends must rise"),
        ({"variable": "hawks", "ranges": {"v": 3}}, ParameterError, "range of v is 3; give two numbers"),
        ({"variable": "hawks", "ranges": {"v": stats.norm}}, ParameterError, "distribution without its numbers"),
        ({"variable": "hawks", "n": 1000}, ParameterError, "n = 1000; a power of 2 is needed, such as 1024"),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        sobol_indices(Share(), **{"n": 8, **arguments})


def test_points_without_a_result_are_counted() -> None:
    with pytest.raises(
        ParameterError, match=r"\d+ of \d+ points have no result, the first is v = .*, c = 0: c is 0"
    ) as told:
        morris_effects(Share(), {"v": (1, 2), "c": (0, 3)}, variable="hawks")
    assert "narrow the ranges" in str(told.value)
    with pytest.raises(ParameterError, match=r"inf at \d+ of \d+ points"):
        sobol_indices(lambda a: math.inf if a > 0.5 else a, {"a": (0, 1)}, 16)
    with pytest.raises(ParameterError, match=r"nan at \d+ of \d+ points"):
        morris_effects(lambda a: math.nan, {"a": (0, 1)})
    with pytest.raises(ParameterError, match="ahead is undecided here"):
        morris_effects(chance(Share(), "dove"), {"v": (1, 2), "c": (2, 4)})


def test_morris_refuses_ends_at_infinity_and_odd_levels() -> None:
    with pytest.raises(ParameterError, match="truncate the distribution"):
        morris_effects(lambda a: a, {"a": stats.norm(0, 1)})
    with pytest.raises(ParameterError, match="levels = 3; an even number"):
        morris_effects(lambda a: a, {"a": (0, 1)}, levels=3)
    with pytest.raises(ParameterError, match="trajectories = 1"):
        morris_effects(lambda a: a, {"a": (0, 1)}, trajectories=1)


def test_chance_refuses_what_is_no_kind() -> None:
    with pytest.raises(ParameterError, match="ahead is never 'hawks'; did you mean 'hawk'"):
        chance(Share(), "hawks")
    with pytest.raises(ParameterError, match="'hawks' stands for no kinds"):
        chance(Share(), "hawk", "hawks")
    reached = attractor_reached(MatrixGame([["b", 0], [0, 1]], symbol="x"), {"b": 2}, {"x": 0.5})
    with pytest.raises(ParameterError, match="attractor 'undecided' and known 'undecided'; give"):
        chance(reached, "undecided")
    assert chance(reached, "undecided", "known").kind.name == "known"
    with pytest.raises(ParameterError, match="attractor or known is never 'E9'"):
        chance(reached, "E9")
    with pytest.raises(ParameterError, match="use it as it is"):
        chance(_Numbers(), "hawk")


class _Numbers(Share):
    @property
    def variables(self) -> tuple[Variable, ...]:
        return (replace(super().variables[0]),)


def test_games_without_ranges_say_so() -> None:
    with pytest.raises(ParameterError, match="no parameter declares one"):
        read_ranges(None, MatrixGame([["a", 0], [0, 1]], symbol="x"))


def test_without_salib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("SALib"):
            raise ImportError(name)
        return usual(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    for function in (sobol_indices, morris_effects):
        with pytest.raises(MissingExtraError, match=r"coopgame-egt\[sensitivity\]"):
            function(ishigami, ISHIGAMI)
