"""Models of quantities alone: what they accept, their files, and what they refuse."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import sympy

from coopgame import (
    CoopgameError,
    Environment,
    GameFileError,
    MatrixGame,
    PopulationGame,
    RateModel,
    UnsupportedError,
    cooperation_index,
    decompose,
    find_basin,
    find_ess,
    find_ess_vertices,
    find_permanence,
    find_pure_nash_equilibria,
    parse_game,
    read_game,
    stochastic_replicator,
    zero_sum_split,
)
from coopgame.dynamics.shocks import ItoShocks

LOGISTIC = {"N": "r*N*(1 - N/K)"}
FILE = """
format = "coopgame-game/1"
name = "growth"
payoffs = { kind = "rates" }
parameters = { r = { assume = "> 0" }, K = { value = 5 } }
"""


def test_what_a_model_holds() -> None:
    model = RateModel(LOGISTIC, name="growth", parameters={"r": "> 0", "K": 5}, initial={"N": 12})
    assert model.coordinates == ("N",) and model.populations == () and model.kind == "rates"
    assert model.environment[0].between == (0, math.inf) and model.unbounded == {"N"}
    assert dict(model.initial)["N"] == 12
    assert model.substitute({"r": 2}).environment[0].rate == sympy.sympify("2*N*(1 - N/K)", {"N": sympy.Symbol("N")})
    assert model.assuming("r < 1").assumption_texts == ("r < 1",)
    assert {p.name for p in RateModel(LOGISTIC).parameters} == {"r", "K"}
    assert "<td>N*r*(1 - N/K)</td>" in model._repr_html_() and r"\dot{N}" in model.latex()
    assert repr(model) == "<RateModel 'growth': N, 2 parameters>"


def test_bounded_and_unbounded_quantities_together() -> None:
    """A share of infected between 0 and 1 beside a stock without bound."""
    model = RateModel([Environment("i", "b*i*(1 - i) - g*i"), Environment("S", "a - S*i", between=(0, math.inf))])
    assert model.unbounded == {"S"} and [len(block.strategies) for block in model.blocks] == [2, 1]
    assert parse_game(model.to_toml()) == model


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: RateModel({}), "at least one quantity"),
        (lambda: RateModel({"N": "r*N*(1 -"}), "N"),
        (lambda: RateModel({"N": None}), "N"),
        (lambda: RateModel({"N": math.nan}), "N"),
        (lambda: RateModel({"2N": "1"}), "'2N' is no name"),
        (lambda: RateModel(LOGISTIC, parameters={"r": 1}), "unknown parameter 'K'"),
        (lambda: RateModel(LOGISTIC, parameters={"r": 1, "K": 1, "N": 1}), "collides"),
        (lambda: RateModel(LOGISTIC, initial={"N": -1}), "initial N = -1; a quantity is at least 0"),
        (lambda: RateModel(LOGISTIC, initial={"M": 1}), "initial names 'M'"),
        (lambda: Environment("n", "1 - n", between=(1, 2)), r"runs between \(1, 2\).*\(0, math.inf\)"),
        (lambda: PopulationGame({}, []), "at least one population; RateModel"),
        (lambda: RateModel(LOGISTIC, parameters={"r": "> 0", "K": "> 0"}).substitute({"r": -1}), "r = -1 violates"),
    ],
)
def test_bad_models_are_refused(make: Any, words: str) -> None:
    with pytest.raises(CoopgameError, match=words):
        make()


def test_files_hold_models_exactly(tmp_path: Path) -> None:
    given = Environment("N2", "N2*(a - N2)", "output", "产出", between=(0, math.inf))
    model = RateModel(
        [Environment("N1", "N1*(1/3 - N1) + 0.1*N2", between=(0, math.inf)), given],
        name="two",
        zh="两个",
        source="a test of 2020",
        parameters={"a": {"value": "0.7", "assume": "> 0", "meaning": "capacity"}},
        initial={"N1": "12.5", "N2": 3},
    )
    model.write(tmp_path / "model.toml")
    assert read_game(tmp_path / "model.toml") == model
    harvested = MatrixGame(
        [["n", "0"], ["1", "1"]],
        symbol="x",
        environment=[Environment("n", "n*(4 - n) - x*n", between=(0, math.inf))],
        initial={"x": "1/2", "n": 3},
    )
    assert parse_game(harvested.to_toml()) == harvested


def test_what_a_file_may_leave_out() -> None:
    """Quantities of a model run from 0 on unless the file says otherwise; of a game between 0 and 1."""
    model = parse_game(FILE + '[environment]\nN = { rate = "r*N*(1 - N/K)" }\n[initial]\nN = 7')
    assert isinstance(model, RateModel) and model.unbounded == {"N"} and dict(model.initial) == {"N": 7}
    bounded = parse_game(FILE + '[environment]\nN = { rate = "r*N*(1 - N)", between = [0, 1] }')
    assert bounded.unbounded == frozenset()


@pytest.mark.parametrize(
    ("rest", "where", "words"),
    [
        ("", "environment", r"needs a table \[environment\]"),
        ('[environment]\nN = { rate = "r*N", between = [0, 2] }', "environment.N.between", r"\[0, 1\] or \[0, inf\]"),
        ('[environment]\nN = { rate = "r*N", between = [inf, 0] }', "environment.N.between", r"\[0, inf\]"),
        ('[environment]\nN = { rate = "r*N", between = [0, -inf] }', "environment.N.between", "number"),
        ('[environment]\nN = { rate = "r*N", between = [0, nan] }', "environment.N.between", "number"),
        ('[environment]\nN = { rate = "r*N", initial = -2 }', "environment.N.initial", "is at least 0, got -2"),
        ('[environment]\nN = { rate = "q*N" }', "environment.N.rate", "unknown parameter 'q'"),
        ('[environment]\nN = { rate = "r*N" }\n[initial]\nN = -1', "initial.N", "is at least 0"),
        ('[environment]\nN = { rate = "r*N" }\n[initial]\nM = 1', "initial.M", "not a coordinate"),
        (
            'populations = [{ name = "p", strategies = ["a", "b"] }]\n[environment]\nN = { rate = "r*N" }',
            "populations",
            "leave the populations out",
        ),
    ],
)
def test_errors_in_files_name_their_place(rest: str, where: str, words: str) -> None:
    with pytest.raises(GameFileError, match=words) as told:
        parse_game(FILE + rest)
    assert str(told.value.where).startswith(where)


def test_payoffs_of_a_file_of_rates_are_refused() -> None:
    text = FILE.replace('kind = "rates"', 'kind = "rates", rows = [["1"]]') + '[environment]\nN = { rate = "r*N" }'
    with pytest.raises(GameFileError, match="unknown key 'rows'"):
        parse_game(text)


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.payoff_table(),
        lambda model: model.derivation(),
        cooperation_index,
        decompose,
        zero_sum_split,
        find_pure_nash_equilibria,
        find_ess,
        find_ess_vertices,
        lambda model: find_basin(model, {}),
        lambda model: stochastic_replicator(model, ItoShocks("0.1")),
    ],
)
def test_what_has_no_meaning_without_strategies(ask: Any) -> None:
    with pytest.raises(UnsupportedError):
        ask(RateModel({"N1": "N1*(1 - N1)", "N2": "N2*(1 - N2)"}))
    assert find_permanence(RateModel({"N": "N*(1 - N)"})).status == "undecided"


def test_noise_beside_a_quantity_without_bound_is_refused() -> None:
    game = MatrixGame([["n", "0"], ["1", "1"]], environment=[Environment("n", "n*(1 - n)", between=(0, math.inf))])
    with pytest.raises(UnsupportedError, match="n has no upper bound"):
        stochastic_replicator(game, ItoShocks("0.1"))
