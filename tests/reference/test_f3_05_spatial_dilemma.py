"""Nowak and May (1992), Nature 359, 826-829: cooperators and defectors on a lattice, all cells taking what the best neighbour plays."""

from __future__ import annotations

import math

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    NetworkOptions,
    NetworkPopulation,
    accumulated,
    imitate_the_best,
    moore,
    network_population,
    simulate_network,
    square_lattice,
    synchronous,
)
from coopgame.networks.simulate_engines import general_engine

DILEMMA = MatrixGame([[1, 0], ["b", 0]], strategies=["C", "D"])
SHARE = 12 * math.log(2) - 8  # 0.3178, their asymptotic share of cooperators for 1.8 < b < 2


def lattice(size: int) -> NetworkPopulation:
    """Eight neighbours, a meeting with oneself, payoffs added up, borders that meet."""
    return network_population(
        DILEMMA,
        imitate_the_best(),
        square_lattice(size, neighbourhood=moore()),
        payoffs=accumulated(with_self=True),
        updating=synchronous(),
    )


@pytest.mark.parametrize("b", ["1.85", "1.9"])
def test_the_share_of_cooperators(b: str) -> None:
    """From 10 % defectors on 200 x 200 cells; every start comes to 12 ln 2 - 8, within 0.02."""
    run = simulate_network(
        lattice(200),
        {"b": b},
        start={"C": "9/10", "D": "1/10"},
        sweeps=600,
        seed=1992,
        options=NetworkOptions(runs=4),
    )
    shares = run.mean_shares(since=200)[:, 0]
    assert abs(shares - SHARE).max() < 0.02
    assert abs(shares.mean() - SHARE) < 0.01


def test_outside_of_the_window_one_strategy_wins() -> None:
    """For b > 2 defectors take over; for b < 1.8 they stay in lines and do not."""
    start = {"C": "9/10", "D": "1/10"}
    low = simulate_network(lattice(100), {"b": "1.7"}, start=start, sweeps=300, seed=3)
    high = simulate_network(lattice(100), {"b": "2.1"}, start=start, sweeps=300, seed=3)
    assert low.shares[0, -1, 0] > 0.6 and high.shares[0, -1, 0] < 0.1


def test_the_kaleidoscope_keeps_its_symmetry() -> None:
    """A single defector in the middle of an odd lattice: all eight symmetries of the square stay, for 200 generations, and the pattern keeps changing."""
    size, generations = 69, 200
    start = np.zeros((size, size), dtype=int)
    start[size // 2, size // 2] = 1
    options = NetworkOptions(snapshots=range(generations + 1))
    run = simulate_network(lattice(size), {"b": "1.85"}, start=start.ravel(), sweeps=generations, options=options)
    assert run.engine == "generations"
    frames = run.snapshots[0].reshape(-1, size, size)
    for turned in (frames[:, ::-1], frames[:, :, ::-1], frames.transpose(0, 2, 1)):  # these generate all eight
        assert (turned == frames).all()
    first = frames[1]
    assert first.sum() == 9 and first[33:36, 33:36].all()  # the neighbours of the defector follow it
    assert len({frame.tobytes() for frame in frames}) == generations + 1
    states = start.ravel()[None].astype(np.uint8)
    general_engine(lattice(size).at({"b": "1.85"})).play(
        states, np.zeros((1, 2), dtype=np.uint64), 50, np.empty((1, 1, 2), dtype=np.int64)
    )
    assert (states[0].reshape(size, size) == frames[50]).all()
