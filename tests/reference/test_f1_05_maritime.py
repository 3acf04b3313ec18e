"""Published results reproduced: four parties in maritime emissions trading, and a mixed state that is unstable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sympy

from coopgame import Trajectory, find_rest_points, integrate, read_game, replicator

GAME = read_game(Path(__file__).parent / "games" / "F1-05a.toml")
FIELD = replicator(GAME)
NAMES = ("P1", "P2", "P3", "F3", "DC1", "DC4", "V", "S", "F1", "DC2", "DC3", "L", "K", "E", "D")
SCENARIOS = {
    "E1": "1 1 2 3 1 2 1 6 2 1 1 2 2 2 1",
    "E2": "1 1 1.5 2 1 4.5 0.5 6 2 1 1 2 2 2 1",
    "E9": "0.5 1 1 2 1 1 2.5 1.5 2 0.5 0.5 2 2 2 1",
    "E16": "0.5 0.5 1 1 5 3 2 2 1 3.5 1.5 1 1 1 1",
    "mixed": "2 1 2 1 3 2 1 2 4 6 1 1 1 2 1",
}
STABLE = {"E1": (1, 1, 1, 1), "E2": (1, 1, 1, 0), "E9": (0, 1, 1, 1), "E16": (0, 0, 0, 0)}
THIRD = sympy.Rational(1, 3)


def values(scenario: str) -> dict[str, str]:
    """Parameters of a scenario."""
    return dict(zip(NAMES, SCENARIOS[scenario].split(), strict=True))


def mixed_path(t_end: float) -> Trajectory:
    """The trajectory from the middle with the parameters of the mixed state."""
    return integrate(FIELD, dict.fromkeys("xyzr", 0.5), values("mixed"), t_end=t_end)


@pytest.mark.parametrize("scenario", STABLE)
def test_one_vertex_of_sixteen_is_stable(scenario: str) -> None:
    """Emissions trading and MRV, a four-party evolutionary analysis: the stable vertex of each scenario."""
    points = find_rest_points(GAME, values(scenario))
    assert sum(point.kind == "vertex" for point in points) == 16
    assert [tuple(p.coordinates.values()) for p in points.attractors] == [STABLE[scenario]]


@pytest.mark.parametrize("scenario", STABLE)
def test_the_published_start_reaches_it(scenario: str) -> None:
    """Emissions trading and MRV, a four-party evolutionary analysis: trajectories from (0.01, 0.99, 0.99, 0.99)."""
    start = {"x": 0.01, "y": 0.99, "z": 0.99, "r": 0.99}
    path = integrate(FIELD, start, values(scenario))
    assert path.outcome.kind == "converged"
    assert path.final[::2] == pytest.approx(STABLE[scenario], abs=1e-6)


def test_the_mixed_state_is_unstable() -> None:
    """Emissions trading and MRV, a four-party evolutionary analysis: (1/3, 2/3, 0, 0) rests, and z grows there."""
    points = find_rest_points(GAME, values("mixed"))
    wanted = {"x": THIRD, "y": 2 * THIRD, "z": 0, "r": 0}
    (point,) = [p for p in points if p.coordinates == wanted]
    found = sorted((complex(e) for e in point.eigenvalues), key=lambda e: (e.imag, e.real))
    assert found == pytest.approx([-4j / 3, 0, 1 / 3, 4j / 3], abs=1e-12)
    assert (point.stability, point.attracting) == ("non-hyperbolic", "unstable")
    assert points.attractors == ()
    assert {p.attracting for p in points if p.kind == "vertex"} == {"unstable"}


def test_a_conserved_quantity_of_the_mixed_case() -> None:
    """Emissions trading and MRV, a four-party evolutionary analysis: logit y - 2 logit r does not change."""
    logs = mixed_path(200).log_shares
    conserved = (logs[:, 2] - logs[:, 3]) - 2 * (logs[:, 6] - logs[:, 7])
    assert np.abs(conserved - conserved[0]).max() < 1e-7
    assert np.ptp(logs[:, 2] - logs[:, 3]) > 1


def test_the_mixed_case_cycles_for_ever() -> None:
    """Emissions trading and MRV, a four-party evolutionary analysis: z goes to 1, the others oscillate."""
    path = mixed_path(400)
    assert path.outcome.kind == "periodic"
    assert path.coordinate("z")[-1] == pytest.approx(1, abs=1e-6)
    late = path.times > 200
    for name in "xyr":
        assert np.ptp(path.coordinate(name)[late]) > 0.1
    x = path.coordinate("x")[late]
    assert (x.min(), x.max()) == pytest.approx((0.152, 0.557), abs=2e-3)
