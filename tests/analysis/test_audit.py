"""Audits of tables with known answers: every kind of cell, planted misprints, and degenerate input."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from coopgame import Audit, AuditCell, Game, PopulationGame, audit, format_expression, parse_game
from coopgame.analysis.published import Published, parse_published
from tests.analysis.test_published import BARE, GAME, HEAD


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("games")
    (path / "inspection.toml").write_text(GAME, encoding="utf-8")
    (path / "hawk_dove.toml").write_text(HAWK_DOVE, encoding="utf-8")
    (path / "three.toml").write_text(THREE, encoding="utf-8")
    (path / "own.toml").write_text(OWN, encoding="utf-8")
    (path / "root.toml").write_text(OWN.replace('"F*y**2 - c"', '"F*y - sqrt(c)"'), encoding="utf-8")
    return path


HAWK_DOVE = """
format = "coopgame-game/1"
populations = [{ name = "bird", symbol = "x", strategies = ["hawk", "dove"] }]
payoffs = { kind = "matrix", rows = [["(V - C)/2", "V"], ["0", "V/2"]] }
[parameters]
V = { assume = "> 0", value = 4 }
C = { assume = "> 0", value = 6 }
"""
THREE = """
format = "coopgame-game/1"
populations = [{ name = "p", strategies = ["r", "s", "t"] }]
payoffs = { kind = "matrix", rows = [["0", "-1", "a"], ["a", "0", "-1"], ["-1", "a", "0"]] }
"""
OWN = """
format = "coopgame-game/1"
populations = [{ name = "i", symbol = "x", strategies = ["a", "b"] }, { name = "f", symbol = "y", strategies = ["c", "d"] }]
payoffs = { kind = "advantages", x = "F*y**2 - c", y = "g - F*y*x" }
[parameters]
F = { value = 10 }
c = { value = 1 }
g = { value = 2 }
"""


def audited(text: str, folder: Path, head: str = HEAD) -> Audit:
    """The audit of the text of a file."""
    return audit(parse_published(head + text, folder=folder))


def cell(text: str, folder: Path, what: str, head: str = HEAD) -> AuditCell:
    """The one cell of a kind."""
    (found,) = [c for c in audited(text, folder, head) if c.what == what]
    return found


def head_of(game: str) -> str:
    """The head of an audit file for a game."""
    return f'format = "coopgame-audit/1"\ngame = "{game}.toml"\n'


# values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("eigenvalues", "verdicts", "readings"),
    [
        ('{ x = "-c", y = "g" }', "confirmed confirmed", ["", ""]),
        ('{ inspector = "-c", firm = "g" }', "confirmed confirmed", ["", ""]),
        ('["g", "-c"]', "confirmed confirmed", ["", ""]),
        ('{ x = "c" }', "differs", ["the sign of the whole is turned"]),
        ('{ x = "g", y = "-c" }', "differs differs", ["exchanged with", "exchanged with"]),
        ('{ x = "-C" }', "differs", ["-C is printed where -c belongs: the letter of c"]),
        ('["-c"]', "confirmed", [""]),
        ('["-c", "g", "0"]', "confirmed confirmed differs", ["", "", ""]),
        ("{ x = -1, y = 0 }", "undecidable undecidable", ["", ""]),
        ('{ x = -1, y = "g" }', "differs confirmed", ["-1 is printed where -c belongs", ""]),
    ],
)
def test_formulas_at_a_vertex(folder: Path, eigenvalues: str, verdicts: str, readings: list[str]) -> None:
    """At (0, 0) the eigenvalues are -c and g."""
    found = audited(f"[[points]]\nat = [0, 0]\neigenvalues = {eigenvalues}\n", folder)
    cells = [c for c in found if c.what != "omitted"]
    assert [c.verdict for c in cells] == verdicts.split()
    for c, reading in zip(cells, readings, strict=True):
        assert c.reading.startswith(reading) and bool(c.reading) == bool(reading)


@pytest.mark.parametrize(
    ("eigenvalues", "verdicts"),
    [
        ("{ x = -1, y = 0.5 }", "confirmed confirmed"),
        ('{ x = "-c", y = "g" }', "confirmed confirmed"),
        ("{ x = -1.0, y = 0.4 }", "confirmed differs"),
        ("[0.5, -1]", "confirmed confirmed"),
        ("[0.4, -1]", "differs confirmed"),
        ("{ x = 1, y = 0.5 }", "differs confirmed"),
    ],
)
def test_numbers_at_values(folder: Path, eigenvalues: str, verdicts: str) -> None:
    text = f"values = {{ g = 0.5 }}\ncomplete = false\n[[points]]\nat = [0, 0]\neigenvalues = {eigenvalues}\n"
    assert [c.verdict for c in audited(text, folder)] == verdicts.split()


def test_numbers_are_wrong_in_a_readable_way(folder: Path) -> None:
    text = "values = { g = '1.238' }\n[[points]]\nat = [0, 0]\neigenvalues = {{ x = 1, y = {} }}\n"
    turned, cut = audited(text.replace("{{", "{").replace("}}", "}").replace("{}", "1.23"), folder)[:2]
    assert turned.reading == "the sign is turned"
    assert cut.verdict == "differs" and "cut off" in cut.reading
    exchanged = audited("values = { g = 3 }\n[[points]]\nat = [0, 0]\neigenvalues = { x = 3, y = -1 }\n", folder)[:2]
    assert ["exchanged with" in c.reading for c in exchanged] == [True, True]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ('trace = "g - c"', "confirmed"),
        ('trace = "g + c"', "differs"),
        ('trace = "+"', "undecidable"),
        ('determinant = "-"', "confirmed"),
        ('determinant = "+"', "differs"),
        ('determinant = "-c*g"', "confirmed"),
        ('signs = ["+", "-"]', "confirmed"),
        ('signs = ["-", "-"]', "differs"),
        ('signs = ["+"]', "differs"),
        ('signs = { x = "-", y = "+" }', "confirmed confirmed"),
        ('signs = { x = "+-", y = "-" }', "differs differs"),
    ],
)
def test_signs_trace_and_determinant(folder: Path, claim: str, verdict: str) -> None:
    found = audited(f"complete = false\n[[points]]\nat = [0, 0]\n{claim}\n", folder)
    assert [c.verdict for c in found] == verdict.split()


def test_a_sign_that_depends(folder: Path) -> None:
    """At (1, 0) the second eigenvalue is g - F."""
    text = 'complete = false\n[[points]]\nat = [1, 0]\nsigns = {{ x = "+", y = "{}" }}\n'
    assert [c.verdict for c in audited(text.format("+-"), folder)] == ["confirmed", "confirmed"]
    depends = audited(text.format("-"), folder)[1]
    assert depends.verdict == "undecidable" and "negative if and only if F > g" in depends.because
    listed = cell('complete = false\n[[points]]\nat = [1, 0]\nsigns = ["+", "-"]\n', folder, "signs")
    assert listed.verdict == "undecidable"


def test_the_trace_inside_is_zero_for_any_payoffs(folder: Path) -> None:
    text = 'values = { g = 2 }\n[[points]]\nat = [0.4, 0.2]\ntrace = "-"\ndeterminant = "+"\n'
    verdicts = {c.what: c.verdict for c in audited(text, folder)}
    assert verdicts == {"rest point": "confirmed", "trace": "impossible", "determinant": "confirmed"}
    assert (
        cell("values = { g = 2 }\n[[points]]\nat = [0.4, 0.2]\ntrace = 0\n", folder, "trace").verdict == "confirmed"
    )


# planted misprints ------------------------------------------------------------------------------------------------

NAMES = ("E1", "E2", "E3", "S", "c")
SYMBOLS = {name: sympy.Symbol(name) for name in NAMES}
COEFFICIENTS = st.lists(st.sampled_from([-1, 0, 0, 1]), min_size=len(NAMES), max_size=len(NAMES))


def linear(coefficients: list[int]) -> sympy.Expr:
    """A sum of parameters."""
    return sympy.Add(*(k * s for k, s in zip(coefficients, SYMBOLS.values(), strict=True)))


@st.composite
def games(draw: st.DrawFn) -> dict[tuple[int, ...], dict[str, sympy.Expr]]:
    """Advantages of two or three populations at the corners of the others, and the table that follows from them."""
    size = draw(st.integers(2, 3))
    corners = [
        {others: linear(draw(COEFFICIENTS)) for others in product((0, 1), repeat=size - 1)} for _ in range(size)
    ]
    table = {}
    for vertex in product((0, 1), repeat=size):
        table[vertex] = {
            "xyz"[i]: (1 - 2 * vertex[i]) * corners[i][vertex[:i] + vertex[i + 1 :]] for i in range(size)
        }
    return table


def game_of(table: dict[tuple[int, ...], dict[str, sympy.Expr]]) -> Game:
    """The game that has a table of vertex eigenvalues: advantages by multilinear interpolation."""
    size = len(next(iter(table)))
    shares = sympy.symbols("x y z")[:size]
    advantages = {}
    for i in range(size):
        total = sympy.Integer(0)
        for vertex, row in table.items():
            if vertex[i] == 0:
                weight = sympy.Mul(
                    *(s if v else 1 - s for j, (s, v) in enumerate(zip(shares, vertex, strict=True)) if j != i)
                )
                total += weight * row["xyz"[i]]
        advantages["xyz"[i]] = format_expression(total)
    return PopulationGame.from_advantages(advantages, parameters={name: {} for name in NAMES})


def file_of(table: dict[tuple[int, ...], dict[str, Any]]) -> str:
    """An audit file that prints a table."""
    lines = ['format = "coopgame-audit/1"', 'game = "planted.toml"', "complete = false"]
    for vertex, row in table.items():
        cells = ", ".join(f'{name} = "{value}"' for name, value in row.items())
        lines += ["[[points]]", f"at = {list(vertex)}", f"eigenvalues = {{ {cells} }}"]
    return "\n".join(lines)


def misprinted(right: sympy.Expr, kind: str, other: str, term: int) -> sympy.Expr:
    """A formula with one thing wrong."""
    terms = list(sympy.Add.make_args(right))
    chosen = terms[term % len(terms)]
    if kind == "whole sign":
        return -right
    if kind == "sign":
        return right - 2 * chosen
    if kind == "missing":
        return right - chosen
    if kind == "extra":
        return right + SYMBOLS[other]
    coefficient = chosen.as_coeff_Mul()[0]
    return right - chosen + coefficient * (SYMBOLS[other] if kind == "replaced" else 1)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(table=games(), data=st.data())
def test_planted_misprints_are_found_and_nothing_else(
    table: dict[tuple[int, ...], dict[str, sympy.Expr]], data: st.DataObject, tmp_path: Path
) -> None:
    game_of(table).write(tmp_path / "planted.toml")
    printed: dict[tuple[int, ...], dict[str, Any]] = {v: dict(row) for v, row in table.items()}
    planted = set()
    for _ in range(data.draw(st.integers(0, 2))):
        vertex = data.draw(st.sampled_from(sorted(table)))
        name = data.draw(st.sampled_from(sorted(table[vertex])))
        kind = data.draw(st.sampled_from(["whole sign", "sign", "missing", "extra", "replaced", "one"]))
        right, other = table[vertex][name], data.draw(st.sampled_from(NAMES))
        # a term that cancels against another one leaves two gaps, which is more than one misprint
        assume(kind != "replaced" or SYMBOLS[other] not in right.free_symbols)
        wrong = misprinted(right, kind, other, data.draw(st.integers(0, 4)))
        assume(sympy.expand(wrong - right) != 0)
        printed[vertex][name] = wrong
        planted.add((f"point ({', '.join(map(str, vertex))})", f"eigenvalue {name}"))
    text = file_of({v: {n: format_expression(e) for n, e in row.items()} for v, row in printed.items()})
    found = audit(parse_published(text, folder=tmp_path))
    assert {(c.place, c.what) for c in found if c.verdict != "confirmed"} == planted
    assert all(c.verdict == "differs" and c.known == "exact" for c in found.wrong)
    assert all(c.reading for c in found.wrong)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(table=games(), data=st.data())
def test_a_table_of_rounded_numbers(
    table: dict[tuple[int, ...], dict[str, sympy.Expr]], data: st.DataObject, tmp_path: Path
) -> None:
    game_of(table).write(tmp_path / "planted.toml")
    values = {name: data.draw(st.fractions(-9, 9, max_denominator=97), label=name) for name in NAMES}
    point = {SYMBOLS[n]: sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
    unit = Decimal("0.001")

    def rounded(value: sympy.Expr) -> Decimal:
        exact = value.xreplace(point)
        return (Decimal(int(exact.p)) / Decimal(int(exact.q))).quantize(unit, ROUND_HALF_EVEN)

    printed: dict[tuple[int, ...], dict[str, Any]] = {
        v: {n: rounded(e) for n, e in r.items()} for v, r in table.items()
    }
    vertex = data.draw(st.sampled_from(sorted(table)))
    printed[vertex]["x"] += 2 * unit
    shown = ", ".join(f'{name} = "{value}"' for name, value in values.items())
    text = file_of(printed).replace("complete = false", f"complete = false\nvalues = {{ {shown} }}")
    found = audit(parse_published(text, folder=tmp_path))
    wrong = [(c.place, c.what) for c in found if c.verdict != "confirmed"]
    assert wrong == [(f"point ({', '.join(map(str, vertex))})", "eigenvalue x")]


# types ------------------------------------------------------------------------------------------------------------


def holds(claim: str, eigenvalues: list[Fraction]) -> bool | None:
    """Whether a type fits the eigenvalues of a vertex; None where two zeros leave it open."""
    negative, positive, zero = (
        sum(f(e) for e in eigenvalues) for f in (lambda e: e < 0, lambda e: e > 0, lambda e: e == 0)
    )
    size = len(eigenvalues)
    answers = {
        "ESS": negative == size,
        "sink": negative == size,
        "source": positive == size,
        "saddle": negative > 0 and positive > 0 and zero == 0,
        "unstable": True if positive else None if zero > 1 else False,
        "stable": False if positive else None if zero > 1 else True,
    }
    return answers[claim]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(table=games(), data=st.data())
def test_types_at_values(
    table: dict[tuple[int, ...], dict[str, sympy.Expr]], data: st.DataObject, tmp_path: Path
) -> None:
    game_of(table).write(tmp_path / "planted.toml")
    values = {name: data.draw(st.integers(-2, 2), label=name) for name in NAMES}
    point = {SYMBOLS[n]: sympy.Integer(v) for n, v in values.items()}
    claims = {v: data.draw(st.sampled_from(["ESS", "sink", "source", "saddle", "unstable", "stable"])) for v in table}
    shown = ", ".join(f"{name} = {value}" for name, value in values.items())
    lines = ['format = "coopgame-audit/1"', 'game = "planted.toml"', f"values = {{ {shown} }}"]
    for vertex, claim in claims.items():
        lines += ["[[points]]", f"at = {list(vertex)}", f'type = "{claim}"']
    found = audit(parse_published("\n".join(lines), folder=tmp_path))
    expected = {True: "confirmed", False: "differs", None: "undecidable"}
    for vertex, claim in claims.items():
        (c,) = [c for c in found if c.place == f"point ({', '.join(map(str, vertex))})" and c.what == "type"]
        right = holds(claim, [Fraction(int(e.xreplace(point))) for e in table[vertex].values()])
        assert c.verdict == expected[right], (c, values)
        if right is False and claim == "ESS" and "lyapunov" in c.ours:
            assert "line of rest points" in c.because
    assert not [c for c in found if c.what == "omitted"]


@pytest.mark.parametrize(
    ("at", "claim", "verdict", "ours"),
    [
        ("[0, 0]", "saddle", "confirmed", "saddle, unstable"),
        ("[0, 0]", "ESS", "differs", "saddle, unstable"),
        ("[1, 0]", "ESS", "differs", "unstable"),
        ("[1, 1]", "ESS", "undecidable", "ESS if and only if F < g"),
        ("[1, 1]", "saddle", "undecidable", "saddle if and only if F > g"),
        ("[1, 1]", "source", "differs", "never source"),
        ("[0, 1]", "center", "impossible", ""),
        ("[0, 1]", "not an equilibrium", "impossible", "a rest point"),
        ("['g/F', 'c/F']", "ESS", "impossible", "center, lyapunov"),
        ("['g/F', 'c/F']", "center", "confirmed", "center, lyapunov"),
        ("['g/F', 'c/F']", "stable", "confirmed", "center, lyapunov"),
        ("['g/F', 'c/F']", "saddle", "differs", "center, lyapunov"),
        ("'interior'", "central point", "confirmed", "center, lyapunov"),
        ("['g/F', 'g/F']", "center", "differs", "not at rest"),
        ("['g/F', 'g/F']", "not an equilibrium", "confirmed", "not at rest"),
        ("[1.5, 0]", "ESS", "differs", "not at rest"),
    ],
)
def test_types_for_all_parameters(folder: Path, at: str, claim: str, verdict: str, ours: str) -> None:
    """The inspection game with F > c > 0 and g > 0: a centre where F > g, and (1, 1) stable where F < g."""
    text = f'complete = false\n[[points]]\nname = "P"\nat = {at}\ntype = "{claim}"\n'
    found = cell(text, folder, "type")
    assert found.verdict == verdict, found
    assert ours in found.ours


def test_a_type_under_its_own_condition(folder: Path) -> None:
    text = 'complete = false\n[[points]]\nat = [1, 1]\ntype = "ESS"\nstable_if = "{}"\n'
    right = audited(text.format("F < g"), folder)
    assert [c.verdict for c in right] == ["confirmed", "confirmed"]
    wide = {c.what: c for c in audited(text.format("F < 2*g"), folder)}
    assert [wide[what].verdict for what in ("type", "stable if")] == ["differs", "differs"]
    assert "not enough" in wide["stable if"].because and "not necessary" not in wide["stable if"].because
    narrow = {c.what: c for c in audited(text.format("2*F < g"), folder)}
    assert narrow["type"].verdict == "confirmed"
    assert "not necessary" in narrow["stable if"].because and "not enough" not in narrow["stable if"].because


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [
        ("F < g", "confirmed"),
        ("g - F > 0 and c > 0", "confirmed"),
        ("F < g and g < 100", "differs"),
        ("F <= g", "differs"),
        ("g > F/2", "differs"),
        ("H < g", "undecidable"),
        ("sqrt(F) < g", "undecidable"),
    ],
)
def test_a_stability_condition_has_witnesses_where_it_is_wrong(folder: Path, stated: str, verdict: str) -> None:
    text = f'complete = false\n[[points]]\nat = [1, 1]\nstable_if = "{stated}"\n'
    found = cell(text, folder, "stable if")
    assert found.verdict == verdict
    for side, point in re.findall(r"(not enough|not necessary); at ([^;]*?)(?=, and not|$)", found.because):
        at = {n: Fraction(v) for n, v in (part.split(" = ") for part in point.split(", "))}
        assert at["F"] > at["c"] > 0 and at["g"] > 0  # admissible
        printed = {
            "F < g and g < 100": at["F"] < at["g"] < 100,
            "F <= g": at["F"] <= at["g"],
            "g > F/2": at["g"] > at["F"] / 2,
        }[stated]
        stable = at["F"] < at["g"]
        assert (printed, stable) == ((True, False) if side == "not enough" else (False, True))
    assert bool(re.search("not enough|not necessary", found.because)) == (verdict == "differs")


def test_a_condition_of_existence(folder: Path) -> None:
    text = "complete = false\n[[points]]\nat = ['g/F', 'c/F']\nexists = '{}'\n"
    assert cell(text.format("g < F"), folder, "exists if").verdict == "confirmed"
    assert "not necessary" in cell(text.format("2*g < F"), folder, "exists if").because
    alternatives = "complete = false\n[[points]]\nat = [1, 1]\nstable_if = ['F < g and g < 9', 'F < g and g > 5']\n"
    assert cell(alternatives, folder, "stable if").verdict == "confirmed"


# places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "verdict", "text"),
    [
        ("[0.4, 0.2]", "confirmed", "I1"),
        ("[0.42, 0.2]", "differs", "the nearest rest point is I1 (x = 0.4, y = 0.2)"),
        ("['2/5', '1/5']", "confirmed", "I1"),
        ("[1.2, 0.5]", "impossible", "lies outside of 0 to 1"),
        ("[0, 0.5]", "differs", "dy/dt"),
        ("'interior'", "confirmed", "I1"),
        ("['g/F', 'c/F']", "confirmed", "I1"),
    ],
)
def test_printed_coordinates(folder: Path, at: str, verdict: str, text: str) -> None:
    found = cell(f"values = {{ g = 2 }}\n[[points]]\nname = 'P'\nat = {at}\n", folder, "rest point")
    assert found.verdict == verdict
    assert text in found.ours + found.because


def test_misprinted_coordinates_are_read(folder: Path) -> None:
    found = cell("complete = false\n[[points]]\nat = ['g/F', 'g/F']\n", folder, "rest point")
    assert found.verdict == "differs"
    assert (
        found.reading == "y: g is printed where c belongs, throughout"
        or "g is printed where c belongs" in found.reading
    )


def test_a_point_on_a_line_of_rest_points(folder: Path) -> None:
    """With g = F the edge x = 1 is at rest."""
    text = 'values = { g = 5 }\n[[points]]\nat = [1, 0.5]\ntype = "ESS"\neigenvalues = [0, -1.5]\n'
    found = {c.what: c for c in audited(text, folder)}
    assert found["rest point"].verdict == "confirmed" and "line of rest points x = 1" in found["rest point"].ours
    assert found["type"].verdict == "impossible"
    assert found["eigenvalue 1"].verdict == "confirmed"
    assert found["eigenvalue 2"].verdict == "confirmed"


def test_no_interior_point(folder: Path) -> None:
    found = audited("values = { g = 9 }\ncomplete = false\n[[points]]\nat = 'interior'\ntype = 'center'\n", folder)
    assert [(c.what, c.verdict) for c in found] == [("rest point", "differs"), ("type", "differs")]


# lists, cases, assumptions ----------------------------------------------------------------------------------------


def test_a_stable_point_that_is_left_out(folder: Path) -> None:
    found = audited('values = { g = 9 }\n[[points]]\nat = [0, 0]\ntype = "saddle"\n', folder)
    assert [(c.what, c.verdict) for c in found] == [("type", "confirmed"), ("omitted", "differs")]
    assert found[1].place == "point (x = 1, y = 1)" and found[1].path == ""
    extract = audited('complete = false\nvalues = { g = 9 }\n[[points]]\nat = [0, 0]\ntype = "saddle"\n', folder)
    assert len(extract) == 1
    symbolic = cell('[[points]]\nat = [0, 0]\ntype = "saddle"\n', folder, "omitted")
    assert symbolic.ours == "stable if F < g"


def test_cases_are_decided_under_their_condition(folder: Path) -> None:
    text = """
[[cases]]
name = "low"
if = "F < g"
points = [{ at = [1, 1], type = "ESS" }, { at = [1, 0], type = "saddle" }]
[[cases]]
name = "high"
if = "F > g"
complete = false
points = [{ at = [1, 1], type = "ESS" }, { at = [1, 1], name = "again", type = "saddle" }]
"""
    found = audited(text, folder)
    assert [(c.place, c.what, c.verdict) for c in found] == [
        ("low, point (1, 1)", "type", "confirmed"),
        ("low, point (1, 0)", "type", "differs"),
        ("low", "together", "differs"),
        ("high, point (1, 1)", "type", "differs"),
        ("high, point again", "type", "confirmed"),
        ("high", "together", "differs"),
    ]


def test_types_that_exclude_each_other_for_any_payoffs(folder: Path) -> None:
    text = """
[[cases]]
complete = false
points = [{ at = [1, 1], type = "ESS" }, { at = [1, 0], type = "ESS" }]
"""
    found = cell(text, folder, "together")
    assert found.verdict == "impossible" and "opposite" in found.because


def test_a_condition_that_never_holds(folder: Path) -> None:
    found = audited('[[cases]]\nif = "F < c"\npoints = [{ at = [1, 1], type = "ESS" }]\n', folder)
    assert [(c.what, c.verdict) for c in found] == [("condition", "differs"), ("type", "undecidable")]


def test_values_that_break_an_assumption_are_told_and_used(folder: Path) -> None:
    text = "values = { F = 1, c = 2, g = 1 }\ncomplete = false\n[[points]]\nat = [0, 0]\neigenvalues = { x = -2, y = 1 }\n"
    found = audited(text, folder)
    assert [(c.what, c.verdict) for c in found] == [
        ("values", "differs"),
        ("eigenvalue x", "confirmed"),
        ("eigenvalue y", "confirmed"),
    ]
    assert "F > c" in found[0].because


# trajectories and effects -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("g", "ends", "verdict"),
    [
        (9, "[1, 1]", "confirmed"),
        (9, "[1, 0.99]", "differs"),
        (9, "[1, 1.0]", "confirmed"),
        (9, '"P"', "confirmed"),
        (9, '"Q"', "undecidable"),
        (9, '"cycling"', "differs"),
        (2, '"cycling"', "confirmed"),
        (2, "[0.4, 0.2]", "differs"),
    ],
)
def test_trajectories(folder: Path, g: int, ends: str, verdict: str) -> None:
    text = f"values = {{ g = {g} }}\n[[points]]\nname = 'P'\nat = [1, 1]\n[[outcomes]]\ninitial = [0.5, 0.5]\nends = {ends}\n"
    (found,) = [c for c in audited(text, folder) if c.what.startswith("trajectory")]
    assert found.verdict == verdict
    assert found.known == ("" if ends == '"Q"' else "numerical")


def test_a_trajectory_needs_numbers_and_time(folder: Path) -> None:
    symbolic = audited("[[outcomes]]\ninitial = [0.5, 0.5]\nends = [1, 1]\n", folder)
    assert symbolic[0].verdict == "undecidable" and "give them values" in symbolic[0].because
    short = audited("values = { g = 5.01 }\n[[outcomes]]\ninitial = [0.1, 0.1]\nends = [1, 1]\nt_end = 0.5\n", folder)
    assert short[0].verdict == "undecidable" and "longer t_end" in short[0].because


def test_effects_of_parameters(folder: Path, tmp_path: Path) -> None:
    dead = (
        GAME.replace('["F - c", "g - F"]', '["F - c + w", "g - F"]')
        .replace('"rest, cheat"     = ["0", "g"]', '"rest, cheat"     = ["w", "g"]')
        .replace("[parameters]\n", "[parameters]\nw = {}\nq = {}\n")
    )
    (tmp_path / "inspection.toml").write_text(dead, encoding="utf-8")
    text = "\n".join(
        f'[[effects]]\nparameter = "{name}"\nclaim = "{claim}"'
        for name, claim in (
            ("w", "matters"),
            ("w", "does not matter"),
            ("q", "matters"),
            ("F", "matters"),
            ("F", "does not matter"),
        )
    )
    found = audited(text, tmp_path)
    assert [c.verdict for c in found] == ["differs", "confirmed", "differs", "confirmed", "differs"]
    assert "cancels" in found[0].because and "no payoff" in found[2].because


def test_an_effect_at_values(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "inspection.toml").write_text(
        GAME.replace('"F - c"', '"h*F - c"').replace("[parameters]\n", "[parameters]\nh = {}\n"), encoding="utf-8"
    )
    text = '[[effects]]\nparameter = "h"\nclaim = "does not matter"\nvalues = {{ F = {}, c = -1 }}\n'
    assert audited(text.format(0), tmp_path)[0].verdict == "confirmed"
    assert audited(text.format(1), tmp_path)[0].verdict == "differs"


def test_a_knife_edge_is_remarked_once(folder: Path) -> None:
    text = 'values = { g = 5 }\n[[points]]\nat = [1, 1]\ntype = "ESS"\n[[outcomes]]\ninitial = [0.5, 0.5]\nends = [1, 1]\n'
    found = audited(text, folder)
    (remark,) = found.remarks
    assert "F = g" in remark.text and "line x = 1" in remark.text
    assert not audited(text.replace("g = 5", "g = 6"), folder).remarks


# other kinds of games ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "at", "claim", "verdict"),
    [
        ("", "['V/C']", "ESS", "confirmed"),
        ("if = 'V < C'", "['V/C']", "ESS", "confirmed"),
        ("if = 'V < C'", "[1]", "ESS", "differs"),
        ("if = 'V > C'", "[1]", "ESS", "confirmed"),
        ("values = {}", "['2/3']", "ESS", "confirmed"),
        ("values = {}", "[0.667]", "ESS", "confirmed"),
        ("values = {}", "[0]", "ESS", "differs"),
        ("values = { V = 6 }", "[1]", "ESS", "confirmed"),
    ],
)
def test_one_population(folder: Path, values: str, at: str, claim: str, verdict: str) -> None:
    """Hawk and dove (Maynard Smith 1982): V/C is the ESS where V < C, hawk where V >= C."""
    text = f'complete = false\n[[points]]\nname = "P"\nat = {at}\n{values}\ntype = "{claim}"\n'
    result = audited(text, folder, head_of("hawk_dove"))
    (found,) = [c for c in result if c.what == "type"]
    assert found.verdict == verdict, found
    assert "Maynard Smith" in result.definition


@pytest.mark.parametrize(
    ("a", "claim", "verdict"),
    [
        (2, "ESS", "confirmed"),
        (1, "ESS", "differs"),
        (1, "centre", "confirmed"),
        ("'1/2'", "ESS", "differs"),
        ("'1/2'", "source", "confirmed"),
    ],
)
def test_rock_scissors_paper(folder: Path, a: object, claim: str, verdict: str) -> None:
    """Zeeman (1980); Hofbauer and Sigmund (1998), section 7.7: stable where the determinant is positive, a > 1."""
    text = f'values = {{ a = {a} }}\n[[points]]\nname = "P"\nat = "interior"\ntype = "{claim}"\n'
    assert cell(text, folder, "type", head_of("three")).verdict == verdict
    listed = text.replace('"interior"', "['1/3', '1/3', '1/3']")
    assert cell(listed, folder, "type", head_of("three")).verdict == verdict
    rounded = text.replace('"interior"', "[0.33, 0.33, 0.33]")
    assert cell(rounded, folder, "type", head_of("three")).verdict == verdict


def test_shares_that_do_not_sum_to_one(folder: Path) -> None:
    text = "values = { a = 2 }\ncomplete = false\n[[points]]\nat = [0.5, 0.4, 0.3]\n"
    assert cell(text, folder, "rest point", head_of("three")).verdict == "impossible"


def test_payoffs_that_depend_on_the_own_share(folder: Path) -> None:
    """Inspection with a fine that grows: (sqrt(c/F) and g/(F y)) is a stable focus, -0.683772 +- 0.733296i."""
    text = """
values = {}
[[points]]
name = "rounded"
at = [0.632, 0.316]
eigenvalues = ["-0.683772±0.733296i"]
type = "ESS"
trace = "-"
[[points]]
name = "exact"
at = ["g/F/sqrt(c/F)", "sqrt(c/F)"]
eigenvalues = ["-0.683772±0.733296i"]
type = "ESS"
[[points]]
name = "off"
at = [0.61, 0.316]
[[points]]
at = [1, 1]
eigenvalues = { x = "c - F", y = "F - g" }
type = "saddle"
"""
    found = audited(text, folder, head_of("own"))
    wrong = [c for c in found if c.verdict != "confirmed"]
    assert [(c.place, c.what, c.verdict) for c in wrong] == [("point off", "rest point", "differs")]
    assert {c.known for c in found if c.place == "point rounded" and c.what == "type"} == {"numerical"}
    assert "depend on the own population" in found.definition


def test_payoffs_that_are_no_quotients(folder: Path) -> None:
    text = "values = {{}}\ncomplete = false\n[[points]]\nat = [0, 0]\neigenvalues = { x = {} }\n"
    right, wrong = (text.replace("{{}}", "{ c = 2 }").replace("{}", v) for v in ("-1.414", "-1.415"))
    assert audited(right, folder, head_of("root"))[0].verdict == "confirmed"
    assert audited(wrong, folder, head_of("root"))[0].verdict == "differs"
    formula = '[[points]]\nat = [0, 0]\neigenvalues = { x = "-sqrt(c)", y = "g" }\n'
    assert [c.verdict for c in audited(formula, folder, head_of("root"))] == ["confirmed", "confirmed"]


# without payoffs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "what", "verdict"),
    [
        ("at = [0, 0]\ntype = 'centre'", "type", "impossible"),
        ("at = [0, 0]\ntype = 'not an equilibrium'", "type", "impossible"),
        ("at = [0, 0]\ntype = 'ESS'", "type", "undecidable"),
        ("at = [0, 0]\neigenvalues = { x = '0.5i' }", "eigenvalue x", "impossible"),
        ("at = [0, 0]\neigenvalues = ['a', 'b', 'c']", "eigenvalues", "impossible"),
        ("at = [0, 0]\nsigns = ['+', '+', '-']", "signs", "impossible"),
        ("at = [0, 0]\nstable_if = 'a > b'", "stable if", "undecidable"),
        ("at = 'interior'\ntype = 'ESS'", "type", "impossible"),
        ("at = [0.3, 0.3]\ntype = 'sink'", "type", "impossible"),
        ("at = [0, 0.3]\ntype = 'asymptotically stable'", "type", "impossible"),
        ("at = [0, 0.3]\ntype = 'saddle'", "type", "undecidable"),
        ("at = 'interior'\ntype = 'centre'", "type", "undecidable"),
        ("at = 'interior'\ntrace = '-'", "trace", "impossible"),
        ("at = 'interior'\ntrace = 0.00", "trace", "confirmed"),
        ("at = 'interior'\neigenvalues = [0.5, -0.3]", "sum of eigenvalues", "impossible"),
        ("at = 'interior'\neigenvalues = ['±0.5i']", "sum of eigenvalues", "confirmed"),
        ("at = 'interior'\nsigns = ['-', '-']", "signs", "impossible"),
        ("at = 'interior'\nsigns = ['+', '-']", "signs", "undecidable"),
        ("at = [0.5, 1.5]", "rest point", "impossible"),
        ("at = 'interior'\nexists = 'a > b'", "exists if", "undecidable"),
    ],
)
def test_single_claims_without_payoffs(folder: Path, entry: str, what: str, verdict: str) -> None:
    assert cell(f"[[points]]\nname = 'P'\n{entry}\n", folder, what, BARE).verdict == verdict


@pytest.mark.parametrize(
    ("points", "verdict"),
    [
        ("{ at = [0, 0], type = 'ESS' }, { at = [1, 0], type = 'ESS' }", "impossible"),
        ("{ at = [0, 0], type = 'ESS' }, { at = [1, 1], type = 'ESS' }", "confirmed"),
        ("{ at = [0, 0], signs = { x = '+' } }, { at = [1, 0], signs = { x = '+' } }", "impossible"),
        ("{ at = [0, 0], signs = { x = '+' } }, { at = [1, 0], signs = { y = '+' } }", "confirmed"),
        (
            "{ at = [0, 0], determinant = '+', trace = '-' }, { at = [1, 0], determinant = '+', trace = '-' }",
            "impossible",
        ),
        ("{ at = [0, 0], eigenvalues = [1, 2] }, { at = [0, 1], eigenvalues = [3, 4] }", "impossible"),
        ("{ at = [0, 0], type = 'ESS', values = { a = 1 } }, { at = [1, 0], type = 'ESS', values = { a = 2 } }", ""),
    ],
)
def test_vertices_together_without_payoffs(folder: Path, points: str, verdict: str) -> None:
    found = [c for c in audited(f"points = [{points}]\n", folder, BARE) if c.what == "together"]
    assert [c.verdict for c in found] == ([verdict] if verdict else [])


def test_edges_without_payoffs(folder: Path) -> None:
    text = "points = [{{ at = [0, 0], eigenvalues = {{ x = '{}' }} }}, {{ at = [1, 0], eigenvalues = {{ x = '{}' }} }}]\n"
    wrong = audited(text.format("F - c + E4", "c - F - E3"), folder, BARE)
    (edge,) = [c for c in wrong if c.verdict == "impossible"]
    assert edge.place == "edge (0, 0) to (1, 0)" and "E4 is printed where E3 belongs" in edge.reading
    assert not audited(text.format("F - c + E4", "c - F - E4"), folder, BARE).wrong
    assert not audited(text.format("1.25", "-1.3"), folder, BARE).wrong  # both may round the same number
    assert audited(text.format("1.25", "-1.4"), folder, BARE).wrong


def test_three_populations_without_payoffs(folder: Path) -> None:
    head = BARE.replace('["x", "y"]', '["x", "y", "z"]')
    signs = ", ".join(
        f"{{ at = [{x}, {y}, {z}], signs = {{ x = '{'+' if x == 0 else '-'}' }} }}"
        for x, y, z in product((0, 1), repeat=3)
    )
    text = f"points = [{signs}, {{ at = 'interior', type = 'saddle' }}]\n"
    found = {c.what: c.verdict for c in audited(text, folder, head) if "interior" in c.place}
    assert found == {"rest point": "impossible", "type": "impossible"}
    free = {c.what: c.verdict for c in audited("points = [{ at = 'interior', type = 'saddle' }]\n", folder, head)}
    assert free == {"rest point": "undecidable", "type": "undecidable"}


def test_trajectories_and_effects_need_payoffs(folder: Path) -> None:
    text = "[[outcomes]]\ninitial = [0.5, 0.5]\nends = 'cycling'\n[[effects]]\nparameter = 'a'\nclaim = 'matters'\n"
    assert [c.verdict for c in audited(text, folder, BARE)] == ["undecidable", "undecidable"]


# display ----------------------------------------------------------------------------------------------------------


def test_an_audit_reads_well(folder: Path) -> None:
    found = audited('complete = false\n[[points]]\nat = [0, 0]\neigenvalues = { x = "c", y = "g" }\n', folder)
    assert found.summary == "2 cells: 1 confirmed, 1 differing, 0 impossible, 0 undecidable"
    assert "reading: the sign of the whole is turned" in str(found)
    assert str(found[0]).endswith("[differs]; ours: -c; the sign of the whole is turned")
    assert found.wrong == (found[0],) and list(found[1:]) == [found[1]]
    assert "<td>differs</td>" in found._repr_html_()


def test_what_is_printed_is_escaped(folder: Path) -> None:
    found = audited("[[points]]\nname = '<b>'\nat = [0, 0]\ntype = 'saddle'\n", folder)
    assert "<b>" not in found._repr_html_()


def test_a_game_is_accepted_as_it_was_read(folder: Path) -> None:
    published = parse_published(HEAD + "[[points]]\nat = [0, 0]\ntype = 'saddle'\n", folder=folder)
    assert isinstance(published, Published) and published.game == parse_game(GAME)
    assert audit(published)[0].verdict == "confirmed"


# independent numbers ----------------------------------------------------------------------------------------------


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(numbers=st.lists(st.integers(-9, 9).filter(bool), min_size=4, max_size=4))
def test_the_mixed_point_of_two_populations(numbers: list[int], tmp_path: Path) -> None:
    """Against the Jacobian in floating point: place, eigenvalues, determinant and type of the interior rest point."""
    f0, f1, g0, g1 = numbers
    (tmp_path / "own.toml").write_text(
        OWN.replace('"F*y**2 - c"', f'"{f0} + ({f1 - f0})*y"').replace('"g - F*y*x"', f'"{g0} + ({g1 - g0})*x"'),
        encoding="utf-8",
    )
    text = "complete = false\nvalues = {{}}\n[[points]]\nname = 'P'\nat = {}\neigenvalues = [{}]\ndeterminant = {:.4f}\ntype = '{}'\n"
    exists = f0 * f1 < 0 and g0 * g1 < 0
    if not exists:
        found = cell(
            "complete = false\nvalues = {}\n[[points]]\nat = 'interior'\n", tmp_path, "rest point", head_of("own")
        )
        assert found.verdict == "differs"
        return
    x, y = g0 / (g0 - g1), f0 / (f0 - f1)
    jacobian = np.array([[0, x * (1 - x) * (f1 - f0)], [y * (1 - y) * (g1 - g0), 0]])
    shown = [f"{e.real:.5f}" if abs(e.imag) < 1e-12 else f"{e.imag:.5f}i" for e in np.linalg.eigvals(jacobian)]
    kind = "saddle" if np.linalg.eigvals(jacobian).real.max() > 1e-9 else "center"
    at = f"[{x:.8f}, {y:.8f}]"
    listed = ", ".join(f"'{e}'" for e in shown)
    result = audited(text.format(at, listed, float(np.linalg.det(jacobian)), kind), tmp_path, head_of("own"))
    assert {c.verdict for c in result} == {"confirmed"}, str(result)
    other = "center" if kind == "saddle" else "saddle"
    wrong = audited(text.format(at, listed, float(np.linalg.det(jacobian)), other), tmp_path, head_of("own"))
    assert [c.what for c in wrong.wrong] == ["type"]


def test_values_at_which_a_payoff_has_no_number(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "inspection.toml").write_text(
        GAME.replace('"F - c"', '"F/(1 - c)"').replace('assumptions = ["F > c"]', ""), encoding="utf-8"
    )
    text = "values = { g = 1 }\n[[points]]\nat = [0, 0]\ntype = 'saddle'\n[[outcomes]]\ninitial = [0.5, 0.5]\nends = [1, 1]\n"
    found = audited(text, tmp_path)
    assert [(c.what[:10], c.verdict) for c in found] == [
        ("values", "differs"),
        ("type", "undecidable"),
        ("trajectory", "undecidable"),
    ]
    division = 'values = { g = 1 }\ncomplete = false\n[[points]]\nat = [0, 0]\neigenvalues = ["c/(g - 1)"]\n'
    assert [c.verdict for c in audited(division, folder)] == ["differs"]
