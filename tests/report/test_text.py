"""The analysis as terminal text: what it says, and that it fits the terminal."""

from __future__ import annotations

import pytest

from coopgame.analysis.analyse import analyse
from coopgame.games.files import parse_game
from coopgame.report.terminal import aligned, display_width, labelled, wrapped
from coopgame.report.text import analysis_text
from tests.report import sample_games as games


def test_the_dilemma_in_words() -> None:
    text = analysis_text(analyse(parse_game(games.DILEMMA)), 100)
    for section in ("Parameters", "Payoffs", "Equations (replicator dynamics)", "Rest points", "Regimes"):
        assert section in text
    assert "dx/dt = x*(1 - x)*(-c)" in text or "dx/dt = -c*x*(1 - x)" in text or "x*(1 - x)" in text
    assert "sink" in text and "asymptotic" in text
    assert "if and only if  always" in text
    assert "Occur in no payoff (unused parameters): w" in text
    assert "All rest points are listed" in text


def test_numeric_text_has_numbers_and_no_regimes() -> None:
    text = analysis_text(analyse(parse_game(games.INSPECTION), {"F": 5}), 100)
    assert "F = 5, c = 1, g = 2" in text
    assert "x = 0.4, y = 0.2" in text
    assert "0 + 0.979796i" in text
    assert "Regimes" not in text and "stable if" not in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_terminal(width: int) -> None:
    text = analysis_text(analyse(parse_game(games.INSPECTION)), width)
    long = [line for line in text.splitlines() if display_width(line) > width]
    # one expression without spaces may be longer than a narrow terminal
    assert all(len(line.split()) <= 3 for line in long), long


def test_wrapping_keeps_terms_whole() -> None:
    text = "C_g + T > L + F and a < b and c*d > e"
    assert wrapped(text, 20, "if ", terms=True) == ["if C_g + T > L + F", "   and a < b", "   and c*d > e"]
    assert " ".join(wrapped(text, 24)) == text


def test_chinese_characters_take_two_columns() -> None:
    assert display_width("博弈 ab") == 7
    assert aligned([("博弈", "1"), ("a", "2")], indent=0) == ["博弈  1", "a     2"]


def test_labels_are_aligned_and_empty_rows_left_out() -> None:
    assert labelled([("a", "1"), ("long", "2"), ("none", "")], 40, indent=1) == [" a     1", " long  2"]
