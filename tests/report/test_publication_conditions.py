"""Conditions and places in publications: mathematics in brackets, words where there is no formula."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgame import read_game
from coopgame.algebra.conditions import FALSE, TRUE, all_of, any_of, condition_from_text
from coopgame.algebra.polynomials import Ring
from coopgame.report.abbreviations import Abbreviations
from coopgame.report.cells import cell_latex, cell_text
from coopgame.report.publication_conditions import between, condition_cell, place_cell, relations

MODELS = Path(__file__).parents[2] / "paper_repro" / "models"
NAMES = ("a", "b", "c", "d")
A, B, C, D = (condition_from_text(Ring(NAMES), f"{name} > 0") for name in NAMES)


def test_parts_of_a_condition_stand_below_each_other_in_brackets_of_their_own() -> None:
    names = Abbreviations(NAMES)
    cell = condition_cell(all_of(any_of(A, all_of(B, C)), D), names, "en")
    assert cell_latex(cell) == r"[$a > 0$ or ($b > 0$ and $c > 0$)]~and\newline $d > 0$"
    chinese = condition_cell(any_of(A, all_of(B, C)), names, "zh")
    assert cell_latex(chinese) == r"$a > 0$~或\newline ($b > 0$ 且 $c > 0$)"
    assert names.definitions == ()


def test_what_always_or_never_holds_is_said_in_words() -> None:
    names = Abbreviations(NAMES)
    assert [condition_cell(c, names, "en") for c in (TRUE, FALSE)] == ["always", "never"]
    assert [condition_cell(c, names, "zh") for c in (TRUE, FALSE)] == ["恒成立", "不成立"]


def test_long_comparisons_get_a_name_and_stay_whole_in_data() -> None:
    letters = [f"K_{i}" for i in range(40)]
    ring = Ring(letters)
    names = Abbreviations(letters)
    text = f"{' + '.join(letters)} > 0"
    cell = condition_cell(condition_from_text(ring, text), names, "en")
    assert cell_latex(cell) == "$Q_{1} > 0$"
    assert all(name in cell_text(cell) for name in letters)
    assert set(map(str, names.definitions[0][1].args)) == set(letters)


@pytest.mark.parametrize(
    ("model", "where", "language", "latex"),
    [
        ("m4", "x = 1 and z = 0", "en", "$x = 1$ and $z = 0$"),
        ("m4", "y = 1 and z >= 1/2", "zh", r"$y = 1$ 且 $z \geq \frac{1}{2}$"),
        ("m2", "firms.H = 0", "en", "$x_{H} = 0$"),
        ("m1", "everywhere", "zh", "全部状态"),
    ],
)
def test_places_of_continua(model: str, where: str, language: str, latex: str) -> None:
    game = read_game(MODELS / f"{model}.toml")
    cell = place_cell(game, where, "zh" if language == "zh" else "en")
    assert cell_latex(cell) == latex
    assert "x_H" not in cell_text(cell)  # data keep the names of the game


def test_relations_stand_as_they_were_written() -> None:
    assert [str(r) for r in relations("0 <= phi <= 1 and b < e")] == ["0 <= phi", "phi <= 1", "b < e"]
    assert between(["a", "b", "c"], ", ") == ["a", ", ", "b", ", ", "c"] and between([], ", ") == []
