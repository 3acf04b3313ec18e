"""Zeros with quantities from 0 on: as they are, at infinity, and left open."""

from __future__ import annotations

import pytest
import sympy

from coopgame.analysis.compact import Compact, zeros_on_box

x, y, z, s = sympy.symbols("x y z s")


def values(zeros: object) -> list[list[float]]:
    found = [zeros.compact.values(balls) for balls in zeros.inside]  # type: ignore[attr-defined]
    return sorted([float(ball.mid()) for ball in balls] for balls in found)


def test_lines_cross_where_they_do() -> None:
    zeros = zeros_on_box([x + y - 5, x - 2 * y - 2], ["x", "y"], {"x", "y"}, 2000, 1 / 1024)
    assert values(zeros) == [pytest.approx([4, 1])] and zeros.undecided == 0 and zeros.straddling == ()


def test_parallel_lines_cross_at_infinity() -> None:
    zeros = zeros_on_box([x - y - 1, x - y + 1], ["x", "y"], {"x", "y"}, 2000, 1 / 1024)
    assert values(zeros) == [] and zeros.undecided == 0


def test_terms_are_balanced_by_powers_of_two() -> None:
    compact = Compact([x**2 - 10**18], ["x"], [["x"]])
    assert compact.scales[x] == 2**30  # 1e9 is 2**29.9
    (term,) = [expression.xreplace({x: sympy.Rational(1, 2)}) for expression in compact.expressions]
    assert abs(term) < sympy.Rational(1, 10) * 2**60


def test_a_share_beside_a_quantity_stays_as_it_is() -> None:
    """s = 1/4 and x s = 2."""
    zeros = zeros_on_box([4 * s - 1, x * s - 2], ["s", "x"], {"x"}, 2000, 1 / 1024)
    assert values(zeros) == [pytest.approx([0.25, 8])] and zeros.undecided == 0


def test_a_line_of_zeros_at_infinity_is_avoided_by_ends_apart() -> None:
    """Grazing with a parameter: for every capacity the drives vanish together where the grazers are infinite."""
    equations = [(1 - x / (1 + 9 * s)) * (1 + x) - y, x - (1 + x) / 2, 1 - 2 * x + s]
    joint = Compact(equations, ["x", "y", "s"], [["x", "y"]])
    assert len(joint.rests) == 1
    zeros = zeros_on_box(equations, ["x", "y", "s"], {"x", "y"}, 3000, 1 / 1024)
    # x = 1 from the second, then s = 1 is at the border of the cube
    assert zeros.undecided == 0 and len(zeros.compact.groups) == 2


def test_other_functions_leave_what_is_far_away_open() -> None:
    zeros = zeros_on_box([sympy.exp(-x) - sympy.Rational(1, 8)], ["x"], {"x"}, 2000, 1 / 1024)
    assert values(zeros) == [pytest.approx([float(sympy.log(8))])] and zeros.undecided == 1


def test_without_quantities_nothing_changes() -> None:
    zeros = zeros_on_box([2 * s - 1], ["s"], (), 2000, 0.0)
    assert values(zeros) == [[0.5]] and zeros.compact.expressions == [2 * s - 1]
