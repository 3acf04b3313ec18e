"""M7 beside a second implementation written from the text of the model alone, and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coopgame import Game, find_branch, integrate, logit, mean_dynamic, read_game, smith
from coopgame.analysis.law_search import point_near
from coopgame.report.study import study_modules
from tests.paper import second_m7 as second

FOLDER = Path(__file__).parents[2] / "paper_repro"
GAME = read_game(FOLDER / "models" / "m7.toml")
CITIES = "XSN"


def _params(game: Game, values: dict[str, float]) -> tuple[second.Params, float]:
    p = {name: float(v) for name, v in game.values(values).items()}
    sigma = np.array([[p.get(f"sigma_{i}{j}", 0.0) for j in CITIES] for i in CITIES])
    shared = {name: p[name] for name in ("CC", "CW", "WC", "WW", "gamma", "omega", "beta")}
    own = {"A": np.array([p[f"A_{i}"] for i in CITIES]), "rho": np.array([p[f"rho_{i}"] for i in CITIES])}
    return second.Params(**shared, **own, sigma=sigma), p["eta"]


def _drawn(rng: np.random.Generator) -> dict[str, float]:
    return {p.name: round(float(rng.uniform(0.1, 2)), 3) for p in GAME.parameters}


def test_payoffs_and_fields_agree() -> None:
    rng = np.random.default_rng(71)
    by_logit, by_smith = mean_dynamic(GAME, logit("eta")), mean_dynamic(GAME, smith())
    for _ in range(30):
        values = _drawn(rng)
        params, noise = _params(GAME, values)
        x = rng.dirichlet(np.full(6, 0.7))
        cities = x.reshape(3, 2)
        assert by_logit(x, values) == pytest.approx(second.logit_field(cities, params, noise).ravel(), abs=1e-12)
        assert by_smith(x, values) == pytest.approx(second.smith_field(cities, params).ravel(), abs=1e-12)


def test_rest_points_next_to_states_agree_with_their_eigenvalues() -> None:
    rng = np.random.default_rng(72)
    dynamics = mean_dynamic(GAME, logit("eta"))
    seen = set()
    for _ in range(6):
        values = {**_drawn(rng), "eta": round(float(rng.uniform(0.1, 0.4)), 3)}
        params, noise = _params(GAME, values)
        for wanted in second.rest_points(params, noise, starts=30)[:2]:
            point = point_near(dynamics, GAME.values(values), wanted)
            assert point is not None
            assert [float(v) for v in point.state] == pytest.approx(wanted, abs=1e-9)
            eigenvalues = sorted(second.tangent_eigenvalues(wanted, params, noise).real)
            assert sorted(complex(e).real for e in point.eigenvalues) == pytest.approx(eigenvalues, abs=1e-7)
            seen.add(str(point.stability))
    assert "sink" in seen


@pytest.mark.parametrize("eta", [0.06, 0.07, 0.08])
def test_folds_of_the_branch_from_today_agree(eta: float) -> None:
    dynamics = mean_dynamic(GAME, logit("eta"))
    today = integrate(dynamics, dict(GAME.initial), {"eta": eta}, t_end=2000).final
    found = find_branch(dynamics, today, "rho_X", {"eta": eta}, to=0).folds
    params, noise = _params(GAME, {"eta": eta})
    start = second.newton(today.copy(), params, noise)
    assert start is not None
    _, wanted = second.continuation(start, params, noise, "rho", 0, 0.0, 1.35, -1)
    assert len(found) >= 1
    assert found[0].value == pytest.approx(wanted[0]["value"], abs=1e-9)
    assert found[0].state == pytest.approx(wanted[0]["x"], abs=1e-6)


def test_today_is_the_ratio_of_trade_volumes() -> None:
    """F16: Xiamen's volume is one fifth of Shenzhen's; a proxy for firms."""
    x = integrate(mean_dynamic(GAME, logit("eta")), dict(GAME.initial), t_end=2000).final
    assert (x[0] + x[1]) / (x[2] + x[3]) == pytest.approx(0.2, abs=0.01)


def test_the_model_is_there_for_any_number_of_cities() -> None:
    with study_modules(FOLDER):
        from _coopgame_studies.m7 import cities  # type: ignore[import-not-found]

        numbers = {p.name: p.value for p in GAME.parameters}
        assert cities(CITIES, numbers).payoffs == GAME.payoffs
        five = cities("abcde")
        assert len(five.populations[0].strategies) == 10
        assert sum(p.name.startswith("sigma") for p in five.parameters) == 20


def test_diversification_changes_as_the_condition_says() -> None:
    """A route of volume w to market 1: the inverse Herfindahl index rises iff 2 V (Q - V v) > w (V^2 - Q)."""
    rng = np.random.default_rng(73)
    seen = set()
    for _ in range(300):
        opens = (rng.random((int(rng.integers(1, 7)), 4)) < 0.5).astype(float)
        if not opens.any():
            continue
        w = float(rng.integers(1, 6))
        volumes = opens.sum(axis=0)
        total, squares = volumes.sum(), volumes @ volumes
        gap = 2 * total * (squares - total * volumes[0]) - w * (total**2 - squares)
        if gap == 0:
            continue
        more = np.vstack([opens, [1, 0, 0, 0]])
        capacity = np.append(np.ones(len(opens)), w)
        rises = second.diversification(more, capacity) > second.diversification(opens)
        assert rises == (gap > 0)
        seen.add(rises)
    assert seen == {True, False}


def test_the_break_of_two_equal_cities() -> None:
    """k = beta + sigma + 2 eta, conduct neutral: by hand, and the second implementation's largest eigenvalue is 0 there."""
    rng = np.random.default_rng(74)
    for _ in range(20):
        cc, cw, gamma, beta, sigma, noise = rng.uniform(0.1, 1, 6)
        rho = beta + sigma + 2 * noise - (cc + cw + gamma) / 2
        links = sigma * (np.ones((2, 2)) - np.eye(2))
        p = second.Params(np.zeros(2), cc, cw, cc, cw, gamma, np.array([rho, rho]), 0.0, beta, links)
        leading = second.tangent_eigenvalues(np.full(4, 0.25), p, noise)[0]
        assert abs(leading) < 1e-9
