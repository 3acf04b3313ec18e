"""The tables and equations of an analysis, one function for each section of a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, And, Condition, Or
from coopgame.dynamics.mean import replicator
from coopgame.games.display import derivation, payoff_table
from coopgame.report.sections import Cell, Equations, Lines, PaperTable, Section
from coopgame.report.terms import Language, term

if TYPE_CHECKING:
    from coopgame.analysis.analyse import Analysis
    from coopgame.analysis.points import RestPoint
    from coopgame.games.game import Game


def sections_of(analysis: Analysis, points: Sequence[RestPoint], language: Language) -> Iterator[Section]:
    """Yield the sections of a publication in the order in which papers have them."""
    game = analysis.game
    if game.parameters:
        yield Section(term("Parameters", language), (parameter_table(game, language),))
    yield Section(term("Payoffs", language), (payoffs(game, language),))
    yield Section(term("Replicator dynamics", language), (equations(game), jacobian(game)))
    parts: tuple[PaperTable | Equations, ...] = (eigenvalue_table(points, language),)
    if any(p.kind != "vertex" for p in points):
        parts = (*parts, mixed_points(points))
    yield Section(term("Rest points and their eigenvalues", language), parts)
    yield Section(term("Stability", language), (stability_table(points, language),))
    if analysis.regimes is not None:
        tables = [regime_table(analysis, language)]
        if analysis.regimes.hypersurfaces:
            tables.append(hypersurface_table(analysis, language))
        yield Section(term("Regimes", language), tuple(tables))


def parameter_table(game: Game, language: Language) -> PaperTable:
    """Return symbols with meaning, assumption, default, unit and source; columns that are empty are left out."""
    rows = []
    for p in game.parameters:
        between = f"[{p.range[0]}, {p.range[1]}]" if p.range else ""
        assumed = ", ".join(part for part in (p.assume or "", between) if part)
        meaning = (p.zh if language == "zh" else p.meaning) or p.meaning or ""
        rows.append((sympy.Symbol(p.name), meaning, assumed, _decimal(p.value), p.unit or "", p.source or ""))
    heads = ("symbol", "meaning", "assumed", "default", "unit", "source")
    widths = (1.2, 5.0, 1.6, 1.2, 1.2, 5.0)
    kept = [i for i in range(len(heads)) if i == 0 or any(row[i] != "" for row in rows)]
    return PaperTable(
        "parameters",
        term("Parameters", language),
        tuple(term(heads[i], language) for i in kept),
        tuple(tuple(row[i] for i in kept) for row in rows),
        tuple(widths[i] for i in kept),
    )


def _decimal(value: Fraction | None) -> Cell:
    """Return a number as papers print it: a decimal where it ends, else a fraction."""
    if value is None:
        return ""
    text = repr(float(value)).removesuffix(".0")
    return text if Fraction(text) == value else sympy.Rational(value.numerator, value.denominator)


def payoffs(game: Game, language: Language) -> PaperTable:
    """Return the payoff table as papers print it; payoffs of several populations stand below each other."""
    table = payoff_table(game, language)
    rows = []
    for names, entries in zip(table.rows, table.expressions, strict=True):
        cells = [Lines(tuple(entry)) if len(entry) > 1 else entry[0] for entry in entries]
        rows.append((*names[: table.names], *cells))
    widths = (*(1.4 for _ in range(table.names)), *(4.0 for _ in table.heads[table.names :]))
    return PaperTable("payoffs", table.orientation, table.heads, tuple(rows), widths)


def equations(game: Game) -> Equations:
    """Return expected payoffs, mean payoffs and replicator equations."""
    steps = derivation(game)
    return Equations(tuple((steps.symbol_latex(step.symbol), step.expressions) for step in steps.steps))


def jacobian(game: Game) -> Equations:
    """Return the Jacobian on the tangent space, entry by entry."""
    field = replicator(game)
    matrix = field.jacobian_expressions
    size = matrix.shape[0]
    return Equations(
        tuple((rf"J_{{{i + 1}{k + 1}}}", (sympy.factor(matrix[i, k]),)) for i in range(size) for k in range(size))
    )


def eigenvalue_table(points: Sequence[RestPoint], language: Language) -> PaperTable:
    """Return the pure states with their eigenvalues, one column for each eigenvalue."""
    pure = [p for p in points if p.kind == "vertex"]
    most = max((len(p.eigenvalues) for p in pure), default=0)
    rows = [(p.label, _tuple(p), *p.eigenvalues, *([""] * (most - len(p.eigenvalues)))) for p in pure]
    heads = (
        term("rest point", language),
        term("state", language),
        *(sympy.Symbol(f"lambda_{i + 1}") for i in range(most)),
    )
    caption = term("Pure states and their eigenvalues", language)
    longest = [max((len(str(row[2 + i])) for row in rows), default=1) for i in range(most)]
    widths = tuple(1.5 + 0.1 * min(length, 60) for length in longest)
    return PaperTable("eigenvalues", caption, heads, tuple(rows), (1.0, 1.6, *widths))


def mixed_points(points: Sequence[RestPoint]) -> Equations:
    """Return states and eigenvalues of mixed points, which are too long for a table."""
    lines: list[tuple[str, tuple[Any, ...]]] = []
    for p in (p for p in points if p.kind != "vertex"):
        mark = rf"\text{{{p.label}}}:\ "
        for name, value in p.coordinates.items():
            if value != sympy.Symbol(name):
                lines.append((mark + _left(name), (value,)))
        lines += [(rf"{mark}\lambda_{{{i}}}", (value,)) for i, value in enumerate(p.eigenvalues, 1)]
    return Equations(tuple(lines))


def _left(name: str) -> str:
    return (
        sympy.latex(sympy.Symbol(name))
        if name.isidentifier()
        else rf"x_{{\text{{{name.rsplit('.', maxsplit=1)[-1]}}}}}"
    )


def _tuple(point: RestPoint) -> Cell:
    return sympy.Tuple(*point.coordinates.values())


def stability_table(points: Sequence[RestPoint], language: Language) -> PaperTable:
    """Return existence, type and stability condition of every rest point."""
    rows = [
        (
            p.label,
            _condition(p.exists, language),
            term("source (type)" if str(p.stability) == "source" else str(p.stability), language),
            term("depends" if p.attracting == "depends" else p.attracting, language),
            _condition(p.stable_if, language),
        )
        for p in points
    ]
    heads = ("rest point", "exists if", "type", "nearby states", "asymptotically stable if")
    widths = (1.0, 6.5, 1.5, 1.5, 6.5)
    return PaperTable(
        "stability", term("Stability", language), tuple(term(h, language) for h in heads), tuple(rows), widths
    )


def _condition(condition: Condition, language: Language) -> Cell:
    """Return a condition as mathematics, its parts below each other."""
    if condition == TRUE:
        return term("always", language)
    if condition == FALSE:
        return term("never", language)
    if isinstance(condition, And):
        return Lines(tuple(_condition(part, language) for part in condition.parts))
    if isinstance(condition, Or):
        cells: list[Cell] = []
        for part in condition.parts:
            cells += [f" {term('or', language)} "] if cells else []
            cells += ["(", *_joined(part, language), ")"] if isinstance(part, And) else [part.expression()]
        return tuple(cells)
    return condition.expression()


def _joined(condition: And, language: Language) -> list[Cell]:
    cells: list[Cell] = []
    for part in condition.parts:
        cells += [f" {term('and', language)} "] if cells else []
        cells.append(_condition(part, language))
    return cells


def regime_table(analysis: Analysis, language: Language) -> PaperTable:
    """Return the regimes with the stable points, the condition and an example."""
    assert analysis.regimes is not None
    rows = []
    for regime in analysis.regimes:
        example = ", ".join(f"{name} = {value}" for name, value in (regime.witness or {}).items())
        stable = ", ".join(regime.stable) or term("none", language)
        rows.append((regime.name, stable, _condition(regime.condition, language), example))
    heads = tuple(term(h, language) for h in ("regime", "stable", "condition", "for example"))
    return PaperTable("regimes", term("Regimes", language), heads, tuple(rows), (1.0, 1.6, 8.0, 5.0))


def hypersurface_table(analysis: Analysis, language: Language) -> PaperTable:
    """Return the hypersurfaces between regimes with the kinds of what happens on them and the regimes that meet."""
    assert analysis.regimes is not None
    rows = []
    for surface in analysis.regimes.hypersurfaces:
        kinds = ", ".join(term(str(kind), language) for kind in surface.kinds)
        points = "; ".join(dict.fromkeys(", ".join(change.points) for change in surface.changes if change.points))
        rows.append((surface.condition.expression(), kinds, points, surface.pairs))
    heads = tuple(term(h, language) for h in ("hypersurface", "what happens", "rest points", "between"))
    name = term("Hypersurfaces between the regimes", language)
    return PaperTable("hypersurfaces", name, heads, tuple(rows), (6.0, 3.0, 3.0, 4.0))
