"""Published results reproduced: cooperative, seller and farmer, with two misprints found in the published table."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
import sympy

from coopgame import RestPoint, find_regimes, find_rest_points, parse_expression, read_game

GAME = read_game(Path(__file__).parent / "games" / "F1-02.toml")
POINTS = find_rest_points(GAME)

# The vertices (cooperative, seller, farmer) with the three expressions whose negativity makes them stable.
DERIVED = """
000 | F - C1 + G - P1  | V1 - C2                     | E3 - C3 - E4
010 | G - C1 - P1 - S1 | C2 - V1                     | E3 - C3 + R1 + S2 - E4
001 | F - C1 + G       | A1 - C2 - S2 + V1           | C3 - E3 + E4
011 | G - C1 - S1      | C2 - A1 + S2 - V1           | C3 - E3 - R1 - S2 + E4
100 | C1 - F - G + P1  | A1 - C2 + F + S1 - S2 + V1  | E3 - C3 - E4 + M1
110 | C1 - G + P1 + S1 | C2 - A1 - F - S1 + S2 - V1  | E3 - C3 - E4 + M1 + R1 + S2
101 | C1 - F - G       | A1 - C2 - G + S1 - S2 + V1  | C3 - E3 + E4 - M1
111 | C1 - G + S1      | C2 - A1 + G - S1 + S2 - V1  | C3 - E3 + E4 - M1 - R1 - S2
"""

# As printed: in two cells of the last column 1 stands for E4.
PRINTED = """
000 | F - C1 + G - P1  | V1 - C2                     | E3 - C3 - E4
010 | G - C1 - P1 - S1 | C2 - V1                     | E3 - C3 + R1 + S2 - 1
001 | F - C1 + G       | A1 - C2 - S2 + V1           | C3 - E3 + E4
011 | G - C1 - S1      | C2 - A1 + S2 - V1           | C3 - E3 - R1 - S2 + 1
100 | C1 - F - G + P1  | A1 - C2 + F + S1 - S2 + V1  | E3 - C3 - E4 + M1
110 | C1 - G + P1 + S1 | C2 - A1 - F - S1 + S2 - V1  | E3 - C3 - E4 + M1 + R1 + S2
101 | C1 - F - G       | A1 - C2 - G + S1 - S2 + V1  | C3 - E3 + E4 - M1
111 | C1 - G + S1      | C2 - A1 + G - S1 + S2 - V1  | C3 - E3 + E4 - M1 - R1 - S2
"""


def table(text: str) -> dict[tuple[str, str], sympy.Expr]:
    """Expressions of a table by vertex and party."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return {
        (vertex, party): parse_expression(cell)
        for vertex, *cells in rows
        for party, cell in zip(("cooperative", "seller", "farmer"), cells, strict=True)
    }


def computed() -> dict[tuple[str, str], sympy.Expr]:
    """Eigenvalues at the vertices, by vertex and party in whose direction they point."""
    names = [population.name for population in GAME.populations]
    vertices = [point for point in POINTS if point.kind == "vertex"]
    return {(p.label, name): e for p in vertices for name, e in zip(names, p.eigenvalues, strict=True)}


def differing(one: dict[tuple[str, str], sympy.Expr], other: dict[tuple[str, str], sympy.Expr]) -> set[str]:
    """The cells in which two tables differ as functions of the parameters."""
    assert set(one) == set(other) and len(one) == 24
    return {f"{vertex} {party}" for vertex, party in one if sympy.expand(one[vertex, party] - other[vertex, party])}


def test_eigenvalues_follow_from_the_payoff_table() -> None:
    """Scientific Reports 14, 23875 (2024), doi 10.1038/s41598-024-74158-1: what table 2 must be, given table 1."""
    assert differing(computed(), table(DERIVED)) == set()


def test_the_printed_table_has_two_misprints() -> None:
    """Scientific Reports 14, 23875 (2024), doi 10.1038/s41598-024-74158-1: table 2 does not follow from table 1."""
    assert differing(computed(), table(PRINTED)) == {"010 farmer", "011 farmer"}
    gaps = {key: sympy.expand(value - table(PRINTED)[key]) for key, value in computed().items()}
    payoff = sympy.Symbol("E4")
    assert gaps["010", "farmer"] == 1 - payoff
    assert gaps["011", "farmer"] == payoff - 1


@pytest.mark.parametrize("point", [p for p in POINTS if p.kind == "vertex"], ids=lambda point: point.label)
def test_a_vertex_is_stable_where_its_three_expressions_are_negative(point: RestPoint) -> None:
    """Scientific Reports 14, 23875 (2024), doi 10.1038/s41598-024-74158-1: stability conditions of table 2, corrected."""
    expected = table(DERIVED)
    parts = [expected[point.label, party] for party in ("cooperative", "seller", "farmer")]
    leaves = [part.expression() for part in point.stable_if.signs()]
    assert len(leaves) == 3
    for leaf in leaves:
        # "left > right" says that right - left is negative, "left < right" that left - right is
        below = leaf.lts - leaf.gts
        assert any(sympy.expand(below - part) == 0 for part in parts), leaf
    assert " or " not in point.stable_if.text()


def test_neighbours_exclude_each_other_and_opposites_do_not() -> None:
    """Scientific Reports 14, 23875 (2024), doi 10.1038/s41598-024-74158-1: which vertices can be stable together."""
    regimes = find_regimes(GAME, points=POINTS)
    assert regimes.cover
    together = {frozenset(pair) for regime in regimes for pair in combinations(regime.stable, 2)}
    labels = [point.label for point in POINTS if point.kind == "vertex"]
    for one, other in combinations(labels, 2):
        distance = sum(a != b for a, b in zip(one, other, strict=True))
        assert (frozenset((one, other)) in together) == (distance > 1), (one, other)
    both = next(regime for regime in regimes if regime.stable == ("000", "111"))
    assert both.witness is not None
    point = {sympy.Symbol(k): sympy.Rational(v.numerator, v.denominator) for k, v in both.witness.items()}
    expected = table(DERIVED)
    for vertex in ("000", "111"):
        assert all(expected[vertex, party].xreplace(point) < 0 for party in ("cooperative", "seller", "farmer"))
