"""Tables of random games: planted misprints are found and nothing else, rounding is known, types are right."""

from __future__ import annotations

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

from coopgame import Game, PopulationGame, audit, format_expression
from coopgame.analysis.published import parse_published
from tests.analysis.audit_files import GAME, OWN, audited, cell, head_of, write_games


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("games")
    write_games(path)
    return path


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
