"""Published results reproduced: enterprise, public and government against air pollution, in three stages."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from coopgame import Analysis, analyse, integrate, read_game, replicator

GAME = read_game(Path(__file__).parent / "games" / "F1-01a.toml")
STAGES: dict[str, dict[str, str]] = {
    "0": {"eA": "0.1", "Rc": "10", "alpha": "0", "beta": "0", "G0": "10", "G1": "5"},
    "1": {"eA": "0.2", "Rc": "10", "alpha": "0", "beta": "0.05", "G0": "20", "G1": "5"},
    "2": {"eA": "0.4", "Rc": "15", "alpha": "0.06", "beta": "0.2", "G0": "20", "G1": "10"},
}
STABLE = {"0": (0, 0, 0), "1": (0, 0, 1), "2": (1, 0, 1)}
PUBLISHED = [
    ("0", (0, 0, 0), (-3.15, -6.5, -10)),
    ("0", (1, 1, 1), (-0.85, 3.5, 8.5)),
    ("1", (0, 0, 1), (-3.9, -6.5, -2.4)),
    ("1", (1, 0, 0), (6.3, -3.5, 0)),
    ("2", (1, 0, 1), (-1.36, -3.5, -2.24)),
    ("2", (0, 0, 0), (-10.6, -6.5, 14.2)),
]


def vertices(analysis: Analysis) -> dict[tuple[int, ...], str]:
    """Labels of the vertices by their shares."""
    return {
        tuple(int(v) for v in p.coordinates.values()): p.label for p in analysis.rest_points if p.kind == "vertex"
    }


@pytest.mark.parametrize(("stage", "vertex", "eigenvalues"), PUBLISHED)
def test_eigenvalues_at_vertices(
    stage: str, vertex: tuple[int, ...], eigenvalues: tuple[float, float, float]
) -> None:
    """Wang, Jia, He, Wang, Huang (2023), J. Cleaner Production 418, 138074: eigenvalues of the Jacobian."""
    analysis = analyse(GAME, STAGES[stage])
    point = analysis.rest_points[vertices(analysis)[vertex]]
    assert [float(value) for value in point.eigenvalues] == pytest.approx(eigenvalues, abs=1e-9)


@pytest.mark.parametrize("stage", STAGES)
def test_one_vertex_is_stable_in_each_stage(stage: str) -> None:
    """Wang, Jia, He, Wang, Huang (2023), J. Cleaner Production 418, 138074: the only stable one of eight vertices."""
    analysis = analyse(GAME, STAGES[stage])
    assert len(vertices(analysis)) == 8
    stable = [tuple(int(v) for v in p.coordinates.values()) for p in analysis.rest_points.attractors]
    assert stable == [STABLE[stage]]


def test_a_zero_eigenvalue_in_stage_1_is_no_ess() -> None:
    """Wang, Jia, He, Wang, Huang (2023), J. Cleaner Production 418, 138074: (1, 0, 0) has eigenvalues 6.3, -3.5, 0."""
    analysis = analyse(GAME, STAGES["1"])
    point = analysis.rest_points[vertices(analysis)[(1, 0, 0)]]
    assert point.eigenvalues[2] == 0
    assert (point.stability, point.attracting) == ("non-hyperbolic", "unstable")
    assert [c.where for c in analysis.rest_points.components] == ["x = 1 and y = 0"]


@pytest.mark.parametrize("stage", STAGES)
def test_27_starts_reach_the_stable_vertex(stage: str) -> None:
    """Wang, Jia, He, Wang, Huang (2023), J. Cleaner Production 418, 138074: a grid of starts, to t = 200."""
    field = replicator(GAME)
    expected = [share for first in STABLE[stage] for share in (first, 1 - first)]
    for start in product((0.1, 0.5, 0.9), repeat=3):
        path = integrate(field, dict(zip("xyz", start, strict=True)), STAGES[stage], t_end=200)
        assert path.outcome.kind == "converged"
        assert path.outcome.state == pytest.approx(expected, abs=1e-12)
        assert path.final == pytest.approx(expected, abs=1e-6)
