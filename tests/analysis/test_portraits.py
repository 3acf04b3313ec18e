"""Portraits: every picture of rest points with a witness, the others proved impossible; checked by counting with plain numbers."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import MatrixGame, PopulationGame, find_portraits, find_rest_points
from coopgame.errors import UnsupportedError

SQUARE = PopulationGame.from_advantages({"x": "f0 + (f1 - f0)*y", "y": "g0 + (g1 - g0)*x"})
NAMES = [["0", "a", "b"], ["c", "0", "d"], ["e", "f", "0"]]


def test_fifteen_pictures_of_the_square() -> None:
    """Two populations, two strategies each: 15 patterns of vertices, and a centre exactly where all of them are saddles."""
    portraits = find_portraits(find_rest_points(SQUARE))
    assert portraits.cover and len(portraits) == 15
    vertices = {tuple(p.types[label] for label in ("E1", "E2", "E3", "E4")): p.types["I1"] for p in portraits}
    assert len(vertices) == 15
    assert [types for types, inside in vertices.items() if inside == "centre"] == [("saddle",) * 4]
    assert {types for types, inside in vertices.items() if inside == "saddle"} == {
        ("sink", "source", "source", "sink"),
        ("source", "sink", "sink", "source"),
    }


def test_the_witness_of_every_picture_shows_it() -> None:
    for portrait in find_portraits(find_rest_points(SQUARE)):
        found = {p.label: p for p in find_rest_points(SQUARE, portrait.witness)}
        for label, word in portrait.types.items():
            if word == "absent":
                assert label not in found
            else:
                assert str(found[label].stability).replace("center", "centre") == word


def picture(matrix: np.ndarray) -> tuple[str, ...]:
    """Return the picture of a matrix with zero diagonal, from eigenvalues in floats."""
    words = []
    for i in range(3):
        signs = np.sign([matrix[j, i] for j in range(3) if j != i])
        words.append("sink" if (signs < 0).all() else "source" if (signs > 0).all() else "saddle")
    for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 2, 0)):
        x = np.zeros(3)
        up, down = matrix[i, j], matrix[j, i]
        if up * down <= 0:
            words.append("absent")
            continue
        x[i], x[j] = up / (up + down), down / (up + down)
        payoff = matrix @ x
        words.append("stable" if up > 0 and payoff[k] < payoff[i] else "unstable")
    return (*words, inside(matrix))


def inside(matrix: np.ndarray) -> str:
    """Return what the interior rest point is."""
    x = np.linalg.solve(matrix + 97.5, np.ones(3))  # the same number added to all payoffs changes nothing
    if x.min() < 1e-9 and x.max() > -1e-9:
        return "absent"
    x = x / x.sum()
    payoff, mean = matrix @ x, x @ matrix @ x
    jacobian = np.diag(payoff - mean) + np.diag(x) @ (matrix - np.outer(np.ones(3), matrix.T @ x + payoff))
    basis = np.array([[1, 0], [0, 1], [-1, -1]])
    roots = np.linalg.eigvals(np.linalg.lstsq(basis, jacobian @ basis, rcond=None)[0])
    if abs(roots.imag).max() < 1e-12 and roots.real.min() < 0 < roots.real.max():
        return "saddle"
    return "sink" if roots.real.max() < 0 else "source"


def test_pictures_of_three_strategies_are_those_that_numbers_meet() -> None:
    """149 pictures: no random matrix has another one, and 30 000 of them meet all."""
    portraits = find_portraits(find_rest_points(MatrixGame(NAMES)))
    assert portraits.cover and portraits.watched == ("E1", "E2", "E3", "F1", "F2", "F3", "I1")
    claimed = {tuple(p.types.values()) for p in portraits}
    rng = np.random.default_rng(5)
    met = set()
    for entries in rng.integers(-20, 21, (30_000, 6)):
        a, b, c, d, e, f = (float(v) for v in entries)
        matrix = np.array([[0, a, b], [c, 0, d], [e, f, 0]])
        edge_ties = [a * c - a * e - c * f, b * e - b * c - d * e, d * f - a * d - b * f]
        if 0 in (a, b, c, d, e, f, a * d * e + b * c * f, *edge_ties):
            continue
        met.add(picture(matrix))
    assert met == claimed
    assert len(claimed) == 149


def test_existence_alone_and_assumptions() -> None:
    game = MatrixGame([["0", "a"], ["b", "0"]], symbol="x", assumptions=["a > 0"])
    portraits = find_portraits(find_rest_points(game), ["I1"])
    assert [(p.types["I1"], str(p.condition)) for p in portraits] == [("stable", "b > 0"), ("absent", "b < 0")]
    assert portraits["P2"].witness["b"] < 0
    assert "I1" in portraits._repr_html_()


def test_points_given_by_roots_are_left_out() -> None:
    names = [[f"{row}{k}" for k in range(4)] for row in "xyz"]
    advantages = {
        "x": "x0 + x1*y + x2*z + x3*y*z",
        "y": "y0 + y1*x + y2*z + y3*x*z",
        "z": "z0 + z1*x + z2*y + z3*x*y",
    }
    assert all(name in advantages[row[0][0]] for row in names for name in row)
    points = find_rest_points(PopulationGame.from_advantages(advantages))
    portraits = find_portraits(points, ["E1", "I1"])
    assert portraits.left_out == ("I1",)
    assert [p.types for p in portraits] == [{"E1": "sink"}, {"E1": "source"}, {"E1": "saddle"}]


def test_what_is_refused() -> None:
    points = find_rest_points(SQUARE)
    with pytest.raises(UnsupportedError, match="no rest point 'Z'"):
        find_portraits(points, ["Z"])


def test_points_that_bring_too_many_pictures_are_left_out() -> None:
    """The first vertex alone has three pictures; what is known of it is kept."""
    portraits = find_portraits(find_rest_points(SQUARE), most=3)
    assert portraits.watched == ("E1",) and len(portraits) == 3 and portraits.cover
    assert str(portraits).splitlines()[-1].startswith("not looked at: E2, E3, E4, I1; ")


def test_equal_payoffs_have_one_picture() -> None:
    (portrait,) = find_portraits(find_rest_points(MatrixGame([["a", "a"], ["a", "a"]], symbol="x")))
    assert set(portrait.types.values()) == {"unstable"}
