"""How games show themselves: payoff tables with their orientation, and the derivation of the replicator equations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import product

import sympy

from coopgame.expressions import format_expression
from coopgame.games.game import Game
from coopgame.games.group import GroupGame
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame

_MOST_ROWS = 200  # of co-players that are listed


@dataclass(frozen=True)
class PayoffTable:
    """A payoff table as text by cells: heads and rows, with a sentence that states the orientation.

    rows: each a tuple of cells, the first of which are names. expressions: the payoffs in the same order, for LaTeX.
    """

    orientation: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: int
    expressions: tuple[tuple[tuple[sympy.Expr, ...], ...], ...]

    def text(self) -> str:
        """Return the table as aligned text."""
        lines = [self.heads, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.heads))]
        shown = ["  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines]
        return "\n".join([self.orientation, *shown])

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{escape(head)}</th>" for head in self.heads)
        body = ""
        for row in self.rows:
            cells = [
                f"<th>{escape(c)}</th>" if i < self.names else f"<td>{escape(c)}</td>" for i, c in enumerate(row)
            ]
            body += f"<tr>{''.join(cells)}</tr>"
        caption = f"<caption>{escape(self.orientation)}</caption>"
        return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"

    def latex(self) -> str:
        """Return the table as a LaTeX tabular with booktabs rules."""
        lines = [
            rf"% {self.orientation}",
            rf"\begin{{tabular}}{{{'l' * self.names}{'c' * (len(self.heads) - self.names)}}}",
        ]
        lines += [r"\toprule", " & ".join(map(latex_text, self.heads)) + r" \\", r"\midrule"]
        for row, expressions in zip(self.rows, self.expressions, strict=True):
            cells = [latex_text(name) for name in row[: self.names]]
            cells += ["$" + r",\ ".join(sympy.latex(e) for e in entry) + "$" for entry in expressions]
            lines.append(" & ".join(cells) + r" \\")
        return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])


def latex_text(text: str) -> str:
    """Return plain text with LaTeX's special characters escaped."""
    table = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    table |= {character: "\\" + character for character in "&%$#_{}"}
    return "".join(table.get(character, character) for character in text)


def payoff_table(game: Game, language: str = "en") -> PayoffTable:
    """Return the payoff table of a game, laid out as papers print it."""
    if isinstance(game, MatrixGame):
        names = game.populations[0].strategies_in(language)
        entries = [[(entry,) for entry in row] for row in game.payoffs]
        words = {"en": "payoff of the row strategy against the column strategy", "zh": "行策略对列策略的收益"}
        return _table(words.get(language, words["en"]), ("",), [(n,) for n in names], names, entries)
    if isinstance(game, NormalFormGame):
        return _profiles(game, language)
    if isinstance(game, GroupGame) and len(game.payoffs) > 2:
        return _compositions(game, language)
    if isinstance(game, GroupGame):
        names, columns = game.populations[0].strategies_in(language), [str(k) for k in range(game.size)]
        entries = [[(entry,) for entry in row] for row in game.payoffs]
        return _table(group_orientation(game, language), ("",), [(n,) for n in names], columns, entries)
    chinese = language == "zh"
    heads = ("群体", "策略", "期望收益") if chinese else ("population", "strategy", "expected payoff")
    rows, entries = [], []
    for p, population in enumerate(game.populations):
        for s, strategy in enumerate(population.strategies_in(language)):
            share = format_expression(game.share(p, s))
            rows.append((population.name_in(language), f"{strategy} ({share})"))
            entries.append([(game.expected_payoff(p, s),)])
    text = "expected payoff of each strategy; its share in brackets"
    text = "各策略的期望收益；括号内为其比例" if chinese else text
    return _table(text, heads[:2], rows, heads[2:], entries)


def group_orientation(game: GroupGame, language: str = "en") -> str:
    """Return in a sentence what rows and columns of a group game's table are."""
    if len(game.payoffs) > 2:
        total, shown = len(game.compositions), min(_MOST_ROWS, len(game.compositions))
        if language == "zh":
            more = f"；共 {total} 行，此处为前 {shown} 行" if shown < total else ""
            return f"每组 {game.size} 人；列策略的收益，行为同组其他人中采用各策略的人数{more}"
        more = f"; the first {shown} of {total} rows" if shown < total else ""
        return f"groups of {game.size}; payoff of the column strategy by the numbers of co-players who play each strategy{more}"
    first = game.populations[0].strategies_in(language)[0]
    if language == "zh":
        return f"每组 {game.size} 人；行策略的收益，列为同组其他人中采用“{first}”的人数"
    return f"groups of {game.size}; payoff of the row strategy by the number of co-players who play {first!r}"


def _compositions(game: GroupGame, language: str) -> PayoffTable:
    """Rows: the numbers of co-players by strategy; columns: the strategies."""
    names = game.populations[0].strategies_in(language)
    rows = [tuple(map(str, met)) for met in game.compositions[:_MOST_ROWS]]
    entries = [[(own[m],) for own in game.payoffs] for m in range(len(rows))]
    return _table(group_orientation(game, language), tuple(f"k {name}" for name in names), rows, names, entries)


def _profiles(game: NormalFormGame, language: str) -> PayoffTable:
    """Rows: the strategies of all populations but the last; columns: those of the last; cells in population order."""
    *above, last = game.populations
    rows = list(product(*(p.strategies_in(language) for p in above)))
    profiles = product(*(p.strategies for p in above))
    entries = [[game.payoff((*row, column)) for column in last.strategies] for row in profiles]
    order = ", ".join(p.name_in(language) for p in game.populations)
    text = f"payoffs in the order {order}" if language != "zh" else f"收益顺序：{order}"
    columns = tuple(f"{last.name_in(language)}: {s}" for s in last.strategies_in(language))
    return _table(text, tuple(p.name_in(language) for p in above), rows, columns, entries)


def _table(
    orientation: str,
    corner: tuple[str, ...],
    names: Sequence[tuple[str, ...]],
    columns: Sequence[str],
    entries: Sequence[Sequence[tuple[sympy.Expr, ...]]],
) -> PayoffTable:
    rows = tuple(
        (*name, *(", ".join(format_expression(e) for e in entry) for entry in row))
        for name, row in zip(names, entries, strict=True)
    )
    cells = tuple(tuple(row) for row in entries)
    return PayoffTable(orientation, (*corner, *columns), rows, len(corner), cells)


def share_symbols(game: Game) -> dict[sympy.Symbol, str]:
    """Return the LaTeX of the shares of populations without a symbol: x with the strategy as index."""
    several = len(game.populations) > 1
    return {
        sympy.Symbol(f"{p.name}.{s}"): rf"x_{{\text{{{latex_text(f'{p.name}, {s}' if several else s)}}}}}"
        for p in game.populations
        if not p.symbol
        for s in p.strategies
    }


@dataclass(frozen=True)
class Step:
    """One line of a derivation: a symbol, and the expressions that are equal to it, one after the other."""

    symbol: str
    expressions: tuple[sympy.Expr, ...]

    def text(self) -> str:
        """Return the line as text."""
        return " = ".join([self.symbol, *map(format_expression, self.expressions)])


@dataclass(frozen=True)
class Derivation:
    """Expected payoffs, mean payoffs and replicator equations of every population, step by step."""

    steps: tuple[Step, ...]
    shares: Mapping[sympy.Symbol, str]

    def text(self) -> str:
        """Return the derivation as lines of text."""
        return "\n".join(step.text() for step in self.steps)

    def __str__(self) -> str:
        return self.text()

    def latex(self) -> str:
        """Return the derivation as one aligned block of LaTeX mathematics."""
        symbols = {symbol for step in self.steps for e in step.expressions for symbol in e.free_symbols}
        names = {symbol: self.symbol_latex(str(symbol)) for symbol in symbols if str(symbol).startswith("U_")}
        names |= self.shares
        lines = [
            rf"{self.symbol_latex(step.symbol)} &= "
            + " = ".join(sympy.latex(e, symbol_names=names) for e in step.expressions)
            for step in self.steps
        ]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def symbol_latex(self, symbol: str) -> str:
        """Return the left side of a line as LaTeX."""
        if symbol.startswith("d") and symbol.endswith("/dt"):
            share = sympy.Symbol(symbol[1:-3])
            return rf"\frac{{d {self.shares.get(share, sympy.latex(share))}}}{{dt}}"
        head, _, index = symbol.partition("_")
        bar = rf"\bar{{{head}}}" if index.startswith("mean_") else head
        return rf"{bar}_{{\text{{{latex_text(index.removeprefix('mean_'))}}}}}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def derivation(game: Game) -> Derivation:
    """Return the steps from the payoffs to the replicator equations, as applied papers print them.

    U_x1 and U_x2 are the expected payoffs of the two strategies of the population with share x, U_mean_x their mean.
    """
    steps = []
    for p, population in enumerate(game.populations):
        tag = population.symbol or re.sub(r"\W", "_", population.name)
        for s in range(len(population.strategies)):
            payoff = game.expected_payoff(p, s)
            steps.append(Step(f"U_{tag}{s + 1}", _stages(game, payoff)))
        mean = sympy.Add(
            *(game.share(p, s) * sympy.Symbol(f"U_{tag}{s + 1}") for s in range(len(population.strategies)))
        )
        steps.append(Step(f"U_mean_{tag}", (mean,)))
        steps += _rates(game, p, tag)
    return Derivation(tuple(steps), share_symbols(game))


def _rates(game: Game, p: int, tag: str) -> list[Step]:
    population = game.populations[p]
    if population.symbol:
        x = sympy.Symbol(population.symbol)
        one, two = (sympy.Symbol(f"U_{tag}{s + 1}") for s in (0, 1))
        short = sympy.Mul(x, 1 - x, one - two, evaluate=False)
        whole = sympy.Mul(x, 1 - x, _stages(game, game.advantage(p))[-1], evaluate=False)
        return [Step(f"d{tag}/dt", (short, whole))]
    mean = sympy.Symbol(f"U_mean_{tag}")
    steps = []
    for s in range(len(population.strategies)):
        share = game.share(p, s)
        short = share * (sympy.Symbol(f"U_{tag}{s + 1}") - mean)
        whole = share * (game.expected_payoff(p, s) - game.mean_payoff(p))
        steps.append(Step(f"d{share}/dt", (short, whole)))
    return steps


def by_shares(game: Game, payoff: sympy.Expr) -> sympy.Expr:
    """Return a payoff with parameters collected by products of shares; as it stands when it is no polynomial in them.

    A mean over the co-players in a group stays in Bernstein form, in which its signs can be read.
    """
    if isinstance(game, GroupGame):
        return payoff
    shares = [sympy.Symbol(name) for name in game.coordinates]
    if not payoff.is_polynomial(*shares):
        return payoff
    return sympy.collect(sympy.expand(payoff), shares)


def _stages(game: Game, payoff: sympy.Expr) -> tuple[sympy.Expr, ...]:
    """Return the payoff as it stands and, where it differs, with parameters collected by shares."""
    collected = by_shares(game, payoff)
    return (payoff,) if collected == payoff else (payoff, collected)
