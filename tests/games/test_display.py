"""Payoff tables say how they are read; derivations end in the field; names are escaped."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
import sympy

from coopgame import MatrixGame, NormalFormGame, PopulationGame, parse_expression, read_game, replicator

PAPER = Path(__file__).parents[2] / "paper_repro" / "models"
DILEMMA = MatrixGame([["b - c", "-c"], ["b", "0"]], ["C", "D"], symbol="x", name="Dilemma")
INSPECTION = NormalFormGame(
    {"i, c": ["F - k", "g - F"], "i, n": ["-k", 0], "r, c": [0, "g"], "r, n": [0, 0]},
    {"inspector": ["i", "r"], "firm": ["c", "n"]},
)
GAMES = [
    DILEMMA,
    MatrixGame([["a", 1, 2], [0, "b", 1], [1, 0, "c"]], ["r", "p", "s"]),
    INSPECTION,
    PopulationGame.from_advantages({"x": "a*y - b", "y": "c - x"}),
    *(read_game(PAPER / f"{model}.toml") for model in ("m1", "m3", "m4")),
]


class Tags(HTMLParser):
    """Collects the elements and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_tables_say_whose_payoff_they_show() -> None:
    assert "payoff of the row strategy against the column strategy" in str(DILEMMA.payoff_table())
    words = Tags(DILEMMA._repr_html_()).words
    assert "payoff of the row strategy against the column strategy" in words
    assert [w for w in words if w in ("C", "D")] == ["C", "D", "C", "D"]
    shown = str(INSPECTION.payoff_table())
    assert "inspector" in shown and "firm" in shown


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.name or type(game).__name__)
def test_derivations_end_in_the_field(game: object) -> None:
    """The steps named dx/dt, read back, are the rates of the field."""
    text = game.derivation().text()  # type: ignore[attr-defined]
    steps = dict(line.split(" = ", 1) for line in text.splitlines() if line.startswith("d") and "/dt = " in line)
    rates = replicator(game).rates  # type: ignore[arg-type]
    names = game.coordinates  # type: ignore[attr-defined]
    assert len(steps) == len(names)
    for name, rate in zip(names, rates, strict=True):
        last = steps[f"d{name}/dt"].split(" = ")[-1]
        written = parse_expression(last, names=tuple(n for n in names if "." in n))
        assert sympy.expand(written - rate) == 0


def test_expected_payoffs_are_written_out() -> None:
    text = DILEMMA.derivation().text()
    assert "U_x1" in text and "U_x2" in text
    first = next(line for line in text.splitlines() if line.startswith("U_x1"))
    written = parse_expression(first.split(" = ")[-1])
    assert sympy.expand(written - parse_expression("x*(b - c) - (1 - x)*c")) == 0


def test_names_are_escaped() -> None:
    game = MatrixGame([[1, 0], [0, 1]], ["<script>alert(1)</script>", "a & b"], symbol="x", name="<b>")
    html = game._repr_html_()
    assert "script" not in Tags(html).tags and "<script>alert(1)</script>" in Tags(html).words
    latex = MatrixGame([[1, 0], [0, 1]], ["50% & more_x", "#1"], symbol="x").latex()
    assert r"50\% \& more\_x" in latex and r"\#1" in latex


def test_chinese_names_are_shown_on_request() -> None:
    game = read_game(PAPER / "m4.toml")
    assert "政府" in str(game.payoff_table("zh")) and "政府" not in str(game.payoff_table())


def test_chinese_names_of_strategies_stand_in_chinese_tables_of_every_kind() -> None:
    shown = {
        "m1": ("合作", "价格战"),  # matrix
        "m3": ("开放", "中小企业: 加入"),  # profiles
        "m4": ("支持 (x)", "价格战 (1 - z)"),  # strategies
        "m5": ("参建", "采用“参建”的人数"),  # group
    }
    for model, words in shown.items():
        table = read_game(PAPER / f"{model}.toml").payoff_table("zh")
        assert all(word in str(table) for word in words)
    english = read_game(PAPER / "m3.toml").payoff_table()
    assert english.expressions == read_game(PAPER / "m3.toml").payoff_table("zh").expressions


def test_formulas_name_shares_and_means_in_latex() -> None:
    game = MatrixGame([["a", 1, 2], [0, "b", 1], [1, 0, "c"]], ["rock", "paper_1", "s"], population="small firms")
    for latex in (game.derivation().latex(), replicator(game)._repr_latex_()):
        assert r"x_{\text{rock}}" in latex and r"x_{\text{paper\_1}}" in latex and "small firms." not in latex
    assert r"\bar{U}_{\text{small\_firms}}" in game.derivation().latex()
    assert r"\frac{d x}{dt}" in DILEMMA.derivation().latex()
