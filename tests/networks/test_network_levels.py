"""A complete network is a finite population: the chances of one step agree law by law."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    Law,
    MatrixGame,
    averaged,
    best_response,
    birth_death,
    complete,
    death_birth,
    fermi_imitation,
    finite_population,
    imitation_of_success,
    imitation_updating,
    linear_fitness,
    logit,
    network_population,
    pairwise_comparison,
    pairwise_imitation,
    positive_part,
    smith,
)
from coopgame.networks.rules import asynchronous

LAWS: list[tuple[Law, Any]] = [
    (fermi_imitation("3/2"), None),
    (pairwise_imitation(), "1/10"),
    (imitation_of_success(-20), "1/40"),
    (pairwise_comparison(lambda gains: positive_part(gains) ** 2), "1/200"),
    (smith(), "1/30"),
    (logit("1/3"), None),
    (best_response(), None),
    (birth_death("1/2"), None),
    (death_birth("1/2"), None),
    (imitation_updating("1/2"), None),
    (imitation_updating("1/10", fitness=linear_fitness()), None),
]


@pytest.mark.parametrize(("law", "step"), LAWS, ids=str)
@settings(max_examples=15, deadline=None)
@given(
    payoffs=st.lists(st.integers(-3, 3), min_size=9, max_size=9),
    counts=st.lists(st.integers(0, 4), min_size=3, max_size=3).filter(lambda c: sum(c) >= 2),
    mutation=st.sampled_from([0, "1/7"]),
)
def test_the_complete_network_moves_as_the_finite_population(
    law: Law, step: Any, payoffs: list[int], counts: list[int], mutation: Any
) -> None:
    game = MatrixGame(np.array(payoffs).reshape(3, 3).tolist())
    size = sum(counts)
    well_mixed = finite_population(game, law, size, mutation=mutation, step=step or 1).at()
    wanted = well_mixed.chances(0, [np.array(counts)])
    network = network_population(
        game, law, complete(size), payoffs=averaged(), mutation=mutation, updating=asynchronous(step=step)
    )
    state = np.repeat(np.arange(3), counts)
    chances = network.at().chances(state)
    for i, j in product(range(3), repeat=2):
        assert chances[state == i, j].sum() == pytest.approx(wanted[i, j] if i != j else 0, abs=1e-12)


def test_the_default_step_is_the_largest_that_gives_chances() -> None:
    """One over the largest difference of payoffs between two nodes: degree times the range where nodes have as many neighbours."""
    game = MatrixGame([[1, -2], [4, 0]])
    ring = [(k, (k + 1) % 5) for k in range(5)]
    assert network_population(game, pairwise_imitation(), ring).at().step == pytest.approx(1 / (2 * 6))
    assert network_population(game, pairwise_imitation(), ring, payoffs=averaged()).at().step == pytest.approx(1 / 6)
    star = [(0, k) for k in range(1, 6)]
    assert network_population(game, pairwise_imitation(), star).at().step == pytest.approx(1 / (5 * 6))
