"""Published results reproduced: time averages along closed orbits are rest points."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import IntegrationOptions, Trajectory, catalog, crosses, integrate, replicator

STARTS = [(0.6, 0.3, 0.1), (0.01, 0.01, 0.98), (0.3, 0.35, 0.35)]


def whole_turn(start: tuple[float, float, float], stake: int = 1) -> Trajectory:
    """One period of zero-sum rock-paper-scissors, measured on a long path first."""
    field = replicator(catalog.rock_paper_scissors(a=stake, b=stake))
    period = integrate(field, start, t_end=400, options=IntegrationOptions(points=8001)).outcome.period
    assert period is not None
    return integrate(field, start, t_end=period)


@pytest.mark.parametrize("start", STARTS)
def test_even_stakes_conserve_the_product(start: tuple[float, float, float]) -> None:
    """Hofbauer and Sigmund (1998), section 7.6: zero-sum rock-paper-scissors moves on curves x1 x2 x3 = constant."""
    path = integrate(replicator(catalog.rock_paper_scissors(a=1, b=1)), start, t_end=200)
    assert path.outcome.kind == "periodic"
    assert path.log_shares.sum(axis=1) == pytest.approx(np.log(start).sum(), abs=1e-7)


@pytest.mark.parametrize("start", STARTS)
def test_time_averages_over_whole_turns(start: tuple[float, float, float]) -> None:
    """Hofbauer and Sigmund (1998), theorem 7.6.4: time averages over whole turns are 1/3 each."""
    turn = whole_turn(start)
    assert turn.final == pytest.approx(start, abs=1e-4)
    middle = (turn.shares[1:] + turn.shares[:-1]) / 2
    assert middle.mean(axis=0) == pytest.approx([1 / 3] * 3, abs=1e-4)


def test_stakes_only_change_the_clock() -> None:
    """By hand: payoffs times 2 are time times 2, so the same orbit is run through in half of the time."""
    once, twice = whole_turn(STARTS[0]), whole_turn(STARTS[0], 2)
    assert once.times[-1] / twice.times[-1] == pytest.approx(2, rel=1e-4)
    middle = (twice.shares[1:] + twice.shares[:-1]) / 2
    assert middle.mean(axis=0) == pytest.approx([1 / 3] * 3, abs=1e-4)


@pytest.mark.parametrize("start", [[0.5, 0.3, 0.2], [0.05, 0.15, 0.8], [0.98, 0.01, 0.01]])
def test_averages_between_returns_to_a_section(start: list[float]) -> None:
    """Hofbauer and Sigmund (1998), theorem 7.6.4: 1/3 each along every interior orbit; and x1 x2 x3 stays what it is."""
    section = crosses("player.rock - player.paper", rising=True)
    field = replicator(catalog.rock_paper_scissors(a=1, b=1))
    path = integrate(field, start, t_end=200, events=[section], options=IntegrationOptions(1e-11, 1e-13))
    turns = [event.time for event in path.events]
    assert len(turns) > 5
    assert path.average(turns[0], turns[-1]) == pytest.approx(np.full(3, 1 / 3), abs=1e-4)
    product = path.log_shares.sum(axis=1)
    assert product == pytest.approx(np.full(len(product), np.log(start).sum()), abs=1e-8)
