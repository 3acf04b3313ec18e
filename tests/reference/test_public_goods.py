"""Closed forms of published group games: Diekmann (1985), Zheng et al. (2007), Peña, Lehmann and Nöldeke (2014)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from scipy.optimize import brentq

from coopgame import (
    GroupGame,
    find_rest_points,
    find_sign_patterns,
    group_snowdrift,
    linear_public_good,
    volunteers_dilemma,
)


@pytest.mark.parametrize("size", [2, 3, 5, 20])
@pytest.mark.parametrize("cost", ["0.1", "0.5", "0.9"])
def test_volunteers_dilemma(size: int, cost: str) -> None:
    """Diekmann (1985): a volunteer with probability 1 - (c/b)**(1/(n - 1)), stable."""
    points = find_rest_points(volunteers_dilemma(size), {"b": 1, "c": cost})
    point = points["I1"]
    assert float(point.state[0]) == pytest.approx(1 - float(cost) ** (1 / (size - 1)), rel=1e-12)
    assert point.attracting == "asymptotic" and len(points) == 3


@pytest.mark.parametrize("size", [3, 5, 10])
@pytest.mark.parametrize("ratio", [0.2, 0.5, 0.8])
def test_group_snowdrift(size: int, ratio: float) -> None:
    """Zheng, Yin, Chan and Hui (2007): r (1 - (1 - x)**N) = N x (1 - x)**(N - 1), one stable root."""

    def published(x: float) -> float:
        return size * x * (1 - x) ** (size - 1) - ratio * (1 - (1 - x) ** size)

    expected = brentq(published, 1e-6, 1 - 1e-9)
    points = find_rest_points(group_snowdrift(size), {"b": 1, "c": Fraction(ratio)})
    assert float(points["I1"].state[0]) == pytest.approx(expected, abs=1e-9)
    assert points["I1"].attracting == "asymptotic"


def test_snowdrift_groups_cooperate_less_when_larger() -> None:
    """Zheng et al. (2007): the share of cooperators falls with the size of the group."""
    shares = [
        float(find_rest_points(group_snowdrift(n), {"b": 1, "c": "0.5"})["I1"].state[0]) for n in (2, 3, 5, 10, 20)
    ]
    assert shares == sorted(shares, reverse=True)


def test_linear_public_good() -> None:
    """Contribution dominates exactly for r > n."""
    for r, stable in (("3.9", "E1"), ("4.1", "E2")):
        points = find_rest_points(linear_public_good(4), {"r": r, "c": 1})
        assert [p.label for p in points if p.attracting == "asymptotic"] == [stable] and len(points) == 2


def test_results_on_gain_sequences() -> None:
    """Peña, Lehmann and Nöldeke (2014): one sign change decides; two with negative ends leave two points or none."""
    signs = {"a": "> 0", "b": {}, "c": "> 0"}
    down = find_sign_patterns(GroupGame({"A": ["a", "b", "-c"], "B": 0}, 3, parameters=signs))
    assert {p.numbers for p in down} == {(1,)}
    inner = GroupGame({"A": ["-a", "b", "-c"], "B": 0}, 3, parameters=dict.fromkeys("abc", "> 0"))
    assert {p.numbers for p in find_sign_patterns(inner)} == {(2, 0)}
    # -a (1-x)^2 + 2 b x (1-x) - c x^2 in odds t: -a + 2 b t - c t^2 has two roots exactly for b^2 > a c
    for b, number in (("1", 1), ("1.01", 2), ("0.99", 0)):
        points = find_rest_points(inner, {"a": 1, "b": b, "c": 1})
        assert sum(p.kind == "interior" for p in points) == number
