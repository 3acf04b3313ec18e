"""Published results reproduced: generative AI in community group buying, with thresholds and a knife edge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coopgame import analyse, find_regimes, find_rest_points, integrate, read_game, replicator

GAME = read_game(Path(__file__).parent / "games" / "F1-06a.toml")
FIELD = replicator(GAME)
START = {"x": 0.3, "y": 0.3, "z": 0.3}


def stable(values: dict[str, int]) -> dict[tuple[int, ...], list[float]]:
    """Stable vertices with their eigenvalues."""
    points = analyse(GAME, values).rest_points.attractors
    return {tuple(int(v) for v in p.coordinates.values()): [float(e) for e in p.eigenvalues] for p in points}


def test_all_adopt_in_the_base_case() -> None:
    """Zhou, Zhang, Tiwari, Huang, Basu, Gen-AI and community group buying: (1, 1, 1) is the only stable vertex."""
    assert stable({}) == {(1, 1, 1): [-15, -10, -15]}


def test_two_stable_vertices_when_k1_is_20() -> None:
    """Zhou, Zhang, Tiwari, Huang, Basu, Gen-AI and community group buying: K1 = 20 is bistable."""
    assert stable({"K1": 20}) == {(0, 0, 1): [-5, -10, -5], (1, 1, 1): [-5, -10, -15]}
    path = integrate(FIELD, START, {"K1": 20})
    assert path.outcome.kind == "converged"
    assert path.final[::2] == pytest.approx([0, 0, 1], abs=1e-6)


def test_thresholds_of_k1() -> None:
    """Zhou, Zhang, Tiwari, Huang, Basu, Gen-AI and community group buying: (0, 0, 1) to 25, (1, 1, 1) from 15 on."""
    others = {name: value for name, value in GAME.values().items() if name != "K1"}
    points = find_rest_points(GAME.substitute(others))
    found = {tuple(p.coordinates.values()): p.stable_if.text() for p in points if p.kind == "vertex"}
    assert found[0, 0, 1] == "K1 < 25"
    assert found[1, 1, 1] == "K1 > 15"
    regimes = find_regimes(GAME, others)
    assert regimes.cover
    names = {tuple(p.coordinates.values()): p.label for p in points if p.kind == "vertex"}
    off, on = names[0, 0, 1], names[1, 1, 1]
    for value, expected in {14: (off,), 16: (off, on), 24: (off, on), 26: (on,)}.items():
        assert regimes.at({"K1": value}).stable == expected


def test_two_stable_vertices_when_m_is_5() -> None:
    """Zhou, Zhang, Tiwari, Huang, Basu, Gen-AI and community group buying: M = 5 is bistable."""
    assert set(stable({"M": 5})) == {(1, 0, 0), (1, 1, 1)}
    path = integrate(FIELD, START, {"M": 5})
    assert path.outcome.kind == "converged"
    assert path.final[::2] == pytest.approx([1, 0, 0], abs=1e-6)


def test_a_line_of_rest_points_when_m_is_10() -> None:
    """Zhou, Zhang, Tiwari, Huang, Basu, Gen-AI and community group buying: M = 10 makes (1, 0, z) rest."""
    points = analyse(GAME, {"M": 10}).rest_points
    assert "x = 1 and y = 0" in {c.where for c in points.components if c.kind == "line"}
    ends = [p for p in points if p.kind == "vertex" and p.coordinates["x"] == 1 and p.coordinates["y"] == 0]
    assert [p.stability for p in ends] == ["non-hyperbolic"] * 2
    assert [p.attracting for p in ends] == ["lyapunov", "unstable"]
    for z, growing in {0.49: False, 0.51: True}.items():
        eigenvalues = np.linalg.eigvals(FIELD.jacobian({"x": 1, "y": 0, "z": z}, {"M": 10}))
        assert np.abs(eigenvalues).min() == 0
        assert (eigenvalues.real.max() > 0) == growing


def test_the_end_on_that_line() -> None:
    """Zhou, Zhang, Tiwari, Huang, Basu, Gen-AI and community group buying: from 0.3 each to (1, 0, 0.36774)."""
    path = integrate(FIELD, START, {"M": 10})
    assert path.final[::2] == pytest.approx([1, 0, 0.36774], abs=1e-4)
    assert path.outcome.kind == "converged"
    assert path.outcome.label is None
    assert "line of rest points" in path.outcome.text


def test_price_parameters_act_on_nothing() -> None:
    """Zhou, Zhang, Tiwari, Huang, Basu, Gen-AI and community group buying: Q, p, w, r, two of them swept in figures."""
    assert analyse(GAME).unused_parameters == ("Q", "p", "w", "r")
    base = integrate(FIELD, START).shares
    for name, sweep in {"p": (0.5, 5, 10, 20), "w": (0.1, 3, 10, 20)}.items():
        for value in sweep:
            assert np.array_equal(integrate(FIELD, START, {name: value}).shares, base)
    assert not np.array_equal(integrate(FIELD, START, {"M": 14}).shares, base)
