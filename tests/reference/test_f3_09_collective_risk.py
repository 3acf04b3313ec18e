"""Santos and Pacheco (2011), Proceedings of the National Academy of Sciences 108: the infinite population, and a finite one."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import (
    collective_risk,
    count_mixed_points,
    fermi_imitation,
    find_finite_gains,
    find_folds,
    find_rest_points,
    find_stationary_distribution,
    finite_population,
    integrate,
)

VALUES = {"b": 1, "c": "0.1", "r": "0.5"}


def test_interior_roots_at_risk_one_half() -> None:
    """N = 6, M = 3, c = 0.1, r = 0.5: unstable at 0.196267, stable at 0.631050."""
    points = find_rest_points(collective_risk(6, 3), VALUES)
    inside = [(float(p.state[0]), p.attracting) for p in points if p.kind == "interior"]
    assert [place for place, _ in inside] == pytest.approx([0.19626700958, 0.63105004201], abs=1e-10)
    assert [kind for _, kind in inside] == ["unstable", "asymptotic"]
    assert points["E1"].attracting == "asymptotic" and points["E2"].attracting == "unstable"


def test_critical_risk() -> None:
    """r_c = 0.1/0.3456 = 0.289352: none below, two above."""
    [fold] = find_folds(collective_risk(6, 3), "r", {"b": 1, "c": "0.1"})
    assert float(fold.place["r"]) == pytest.approx(0.28935185185, abs=1e-10)
    assert float(fold.share) == 0.4
    risks = np.array([0.28, 0.289, 0.2894, 0.3])
    assert count_mixed_points(collective_risk(6, 3), {"b": 1, "c": 0.1, "r": risks}).total.tolist() == [0, 0, 2, 2]


def test_trajectories_part_at_the_unstable_point() -> None:
    game = collective_risk(6, 3)
    assert integrate(game, {"x": 0.19}, VALUES, t_end=400).outcome.label == "E1"
    assert integrate(game, {"x": 0.20}, VALUES, t_end=400).outcome.label == "I2"


def test_larger_groups_need_higher_risk() -> None:
    """With half of the group required: cooperation is easier in small groups, as the paper says."""
    critical = [
        float(find_folds(collective_risk(n, n // 2), "r", {"b": 1, "c": "0.1"})[0].place["r"]) for n in (4, 6, 10, 20)
    ]
    assert critical == sorted(critical)


def test_gains_in_a_finite_population_of_fifty() -> None:
    """Groups drawn without replacement from Z = 50: the closed form of payoffs at i contributors, written out here."""
    from math import comb

    size, n, m = 50, 6, 3
    gains = find_finite_gains(collective_risk(n, m), size).numbers(VALUES)
    for i in (1, 7, 25, 49):
        ways = comb(size - 1, n - 1)
        pivotal = sum(comb(i - 1, k) * comb(size - i, n - 1 - k) for k in range(m - 1, n)) / ways
        reached = sum(comb(i, k) * comb(size - 1 - i, n - 1 - k) for k in range(m, n)) / ways
        assert float(gains[i - 1]) == pytest.approx(0.5 * (pivotal - reached) - 0.1, abs=1e-12)


@pytest.mark.parametrize(("risk", "achieved"), [("0", 0.016647), ("0.4", 0.517061), ("0.8", 0.905673)])
def test_group_achievement(risk: str, achieved: float) -> None:
    """Z = 50, intensity 5, mutation 1/50: the probability that a random group of six has three contributors or more."""
    from scipy.stats import hypergeom

    population = finite_population(collective_risk(6, 3), fermi_imitation(5), 50, mutation="1/50")
    found = find_stationary_distribution(population, {"b": 1, "c": "0.1", "r": risk})
    eta = found.expectation(lambda counts: hypergeom.sf(2, 50, counts["contribute"], 6))
    assert eta == pytest.approx(achieved, abs=1e-6)
