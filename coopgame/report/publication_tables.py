"""The sections of a publication: parameters, payoffs, rest points, stability and regimes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from coopgame.expressions import to_sympy
from coopgame.games.display import PayoffTable, payoff_table
from coopgame.games.population import PopulationGame
from coopgame.report.abbreviations import Abbreviations, rounded
from coopgame.report.cells import Cell, Lines, Short, cell_width
from coopgame.report.publication_conditions import between, condition_cell, place_cell, relations
from coopgame.report.publication_equations import (
    abbreviated,
    equations,
    jacobian,
    mixed_points,
    rate_equations,
    renamed,
)
from coopgame.report.record import cover_text
from coopgame.report.sections import TEXT_WIDTH, Note, PaperTable, Part, Section
from coopgame.report.terms import Language, term

if TYPE_CHECKING:
    from coopgame.analysis.analyse import Analysis
    from coopgame.analysis.points import RestPoint
    from coopgame.analysis.regimes import Regime, Regimes
    from coopgame.games.game import Game

_WIDEST_CELL = 18.0  # cm for all eigenvalues or payoffs of a row
_CONTINUA = {"line": "line", "face": "face", "other": "continuum"}


def sections_of(
    analysis: Analysis, points: Sequence[RestPoint], names: Abbreviations, language: Language
) -> Iterator[Section]:
    """Yield the sections of a publication in the order in which papers have them.

    Formulas that are too long for their place get names; each section ends with the names that it brings in.
    """
    game = analysis.game

    def section(heading: str, *parts: Part) -> Section:
        return Section(term(heading, language), (*parts, *abbreviated(game, names, language)))

    if game.parameters or analysis.values:
        yield section("Parameters", *_parameters(analysis, language))
    jacobian_parts = Note((term("Jacobian matrix:", language),)), jacobian(game, names)
    if game.populations:
        yield section("Payoffs", payoffs(game, names, language))
        words = term("Expected payoffs, mean payoffs and replicator equations:", language)
        yield section("Replicator dynamics", Note((words,)), equations(game, names), *jacobian_parts)
    else:
        yield section("Equations", rate_equations(game, names), *jacobian_parts)
    mixed = mixed_points(game, points, names, language)
    yield section(
        "Rest points and their eigenvalues",
        eigenvalue_table(points, names, language),
        *((mixed,) if mixed.lines else ()),
        _completeness(analysis, language),
    )
    yield section("Stability", stability_table(points, names, language), *continua(analysis, names, language))
    if analysis.regimes is not None:
        yield section("Regimes", *_regimes(analysis, names, language))
    elif analysis.mode == "symbolic":
        yield section("Regimes", Note((term("Not computed: ", language), f"{analysis.regimes_note}.")))


def _parameters(analysis: Analysis, language: Language) -> Iterator[Part]:
    game = analysis.game
    if game.parameters:
        yield parameter_table(game, language)
    if game.assumption_texts:
        assumed = [relation for text in game.assumption_texts for relation in relations(text)]
        yield Note((term("Assumed: ", language), *between(assumed, ", ")))
    if analysis.values:
        given = [sympy.Eq(sympy.Symbol(n), to_sympy(v), evaluate=False) for n, v in analysis.values.items()]
        yield Note((term("Values: ", language), *between(given, ", ")))


def parameter_table(game: Game, language: Language) -> PaperTable:
    """Return symbols with meaning, assumption, default, unit and source; columns that are empty are left out."""
    rows = []
    for p in game.parameters:
        between = f"[{p.range[0]}, {p.range[1]}]" if p.range else ""
        assumed = ", ".join(part for part in (p.assume or "", between) if part)
        assumed = assumed.replace(">=", "\u2265").replace("<=", "\u2264")
        meaning = (p.zh if language == "zh" else p.meaning) or p.meaning or ""
        default = "" if p.value is None else _decimal(p.value)
        rows.append((sympy.Symbol(p.name), meaning, assumed, default, p.unit or "", p.source or ""))
    heads = ("symbol", "meaning", "assumed", "default", "unit", "source")
    kept = [i for i in range(len(heads)) if i == 0 or any(row[i] != "" for row in rows)]
    return PaperTable(
        "parameters",
        term("Symbols, their meaning and what is assumed", language),
        tuple(term(heads[i], language) for i in kept),
        tuple(tuple(row[i] for i in kept) for row in rows),
    )


def _decimal(value: Fraction) -> Cell:
    """Return a number as papers print it: a decimal where it ends, else a fraction."""
    text = repr(float(value)).removesuffix(".0")
    return text if "e" not in text and Fraction(text) == value else to_sympy(value)


def payoffs(game: Game, names: Abbreviations, language: Language) -> PaperTable:
    """Return the payoff table as papers print it; payoffs of several populations stand below each other."""
    table = payoff_table(game, language)
    room = _WIDEST_CELL / max(1, len(table.heads) - table.names)
    rows = []
    for labels, entries in zip(_payoff_labels(game, table, language), table.expressions, strict=True):
        cells = [tuple(_short(e, names, room) for e in entry) for entry in entries]
        rows.append((*labels, *(Lines(c) if len(c) > 1 else c[0] for c in cells)))
    caption = table.orientation[:1].upper() + table.orientation[1:]
    return PaperTable("payoffs", caption, table.heads, tuple(rows))


def _payoff_labels(game: Game, table: PayoffTable, language: Language) -> list[tuple[Cell, ...]]:
    """Return what stands before the payoffs in each row; shares in brackets as mathematics."""
    if not isinstance(game, PopulationGame):
        return [row[: table.names] for row in table.rows]
    return [
        (
            population.name_in(language),
            (strategy, " (", Short(game.share(p, s), renamed(game, game.share(p, s))), ")"),
        )
        for p, population in enumerate(game.populations)
        for s, strategy in enumerate(population.strategies_in(language))
    ]


def _short(expression: sympy.Expr, names: Abbreviations, room: float) -> Short:
    """Return an expression with long parts named; a number is rounded to six digits where its exact form is long."""
    if expression.free_symbols:
        return Short(expression, names.shorten(expression, room))
    short = rounded(expression, room)
    return Short(expression if expression.is_Rational else short, short)


def eigenvalue_table(points: Sequence[RestPoint], names: Abbreviations, language: Language) -> PaperTable:
    """Return the pure states with their eigenvalues, one column for each eigenvalue."""
    pure = [p for p in points if p.kind == "vertex"]
    most = max((len(p.eigenvalues) for p in pure), default=0)
    rows = []
    for p in pure:
        values = [_short(value, names, _WIDEST_CELL / max(1, most)) for value in p.eigenvalues]
        shares = tuple(p.coordinates.values())
        state = shares[0] if len(shares) == 1 else sympy.Tuple(*shares)
        rows.append((p.label, state, *values, *([""] * (most - len(values)))))
    heads = (
        term("rest point", language),
        term("state", language),
        *(sympy.Symbol(f"lambda_{i + 1}") for i in range(most)),
    )
    return PaperTable("eigenvalues", term("Pure states and their eigenvalues", language), heads, tuple(rows))


def _completeness(analysis: Analysis, language: Language) -> Note:
    points = analysis.rest_points
    if points.complete:
        return Note((term("All rest points are listed.", language),))
    return Note((term("The list of rest points may be incomplete: ", language), f"{points.complete_because}."))


def stability_table(points: Sequence[RestPoint], names: Abbreviations, language: Language) -> PaperTable:
    """Return existence, type and stability condition of every rest point; what is open is not called unstable."""
    rows = [
        (
            p.label,
            condition_cell(p.exists, names, language),
            term("source (type)" if str(p.stability) == "source" else str(p.stability), language),
            term(p.attracting, language),
            term("not decided", language) if p.open else condition_cell(p.stable_if, names, language),
        )
        for p in points
    ]
    heads = ("rest point", "exists if", "type", "nearby states", "asymptotically stable if")
    return PaperTable(
        "stability",
        term("Stability of the rest points", language),
        tuple(term(h, language) for h in heads),
        tuple(rows),
    )


def continua(analysis: Analysis, names: Abbreviations, language: Language) -> Iterator[PaperTable]:
    """Yield the table of lines and faces of rest points, where there are any."""
    rows = [
        (
            term(_CONTINUA[c.kind], language),
            place_cell(analysis.game, c.where, language),
            condition_cell(c.condition, names, language),
            c.note,
        )
        for c in analysis.rest_points.components
    ]
    if rows:
        heads = ("type", "where", "if", "remark")
        kept = [i for i in range(4) if i < 3 or any(row[i] for row in rows)]
        yield PaperTable(
            "continua",
            term("Continua of rest points", language),
            tuple(term(heads[i], language) for i in kept),
            tuple(tuple(row[i] for i in kept) for row in rows),
        )


def _regimes(analysis: Analysis, names: Abbreviations, language: Language) -> Iterator[Part]:
    assert analysis.regimes is not None
    regimes = analysis.regimes
    rows = tuple((r.name, _stable(r, language), condition_cell(r.condition, names, language)) for r in regimes)
    heads = tuple(term(h, language) for h in ("regime", "stable", "condition"))
    yield PaperTable("regimes", term("Stable rest points of each regime", language), heads, rows)
    if regimes.cover:
        text = "The regimes cover all assumed parameters but for the hypersurfaces between them."
        yield Note((term(text, language),))
    else:
        yield Note((term("Not everything is decided: ", language), f"{cover_text(regimes)}."))
    if regimes.hypersurfaces:
        yield hypersurface_table(regimes, names, language)
    yield from examples(analysis, language)


def hypersurface_table(regimes: Regimes, names: Abbreviations, language: Language) -> PaperTable:
    """Return the hypersurfaces between regimes with the kinds of what happens on them and the rest points that take part."""
    rows = []
    for surface in regimes.hypersurfaces:
        kinds = ", ".join(term(str(kind), language) for kind in surface.kinds)
        points = "; ".join(dict.fromkeys(", ".join(change.points) for change in surface.changes if change.points))
        rows.append((condition_cell(surface.condition, names, language), kinds, points))
    heads = tuple(term(h, language) for h in ("hypersurface", "what happens", "rest points"))
    caption = term("Hypersurfaces between the regimes", language)
    return PaperTable("hypersurfaces", caption, heads, tuple(rows))


def abbreviation_table(names: Abbreviations) -> PaperTable:
    """Return all names with their sums in full, for a data file."""
    return PaperTable("abbreviations", "Abbreviations", ("name", "stands for"), names.definitions)


def _stable(regime: Regime, language: Language) -> str:
    return ", ".join(regime.stable) or term("none", language)


def examples(analysis: Analysis, language: Language) -> Iterator[PaperTable]:
    """Yield tables with parameter values that lie in each regime: a row for each parameter, a column for each regime."""
    assert analysis.regimes is not None
    columns = [(r.name, r.witness) for r in analysis.regimes if r.witness]
    parameters = analysis.game.ring.names
    tables: list[list[tuple[Cell, ...]]] = []
    used = TEXT_WIDTH
    for name, witness in columns:
        column = (name, *(to_sympy(witness[p]) if p in witness else "" for p in parameters))
        width = max(map(cell_width, column)) + 0.6
        if used + width > TEXT_WIDTH:
            tables.append([(term("symbol", language), *(sympy.Symbol(p) for p in parameters))])
            used = max(map(cell_width, tables[-1][0])) + 0.6
        tables[-1].append(column)
        used += width
    for number, table in enumerate(tables, 1):
        heads, *rows = zip(*table, strict=True)
        file = "examples" if number == 1 else f"examples_{number}"
        yield PaperTable(file, term("Examples of parameters for each regime", language), heads, tuple(rows))
