"""Named games that turn round: what does not stand in tests/reference."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from coopgame import catalog, find_ess_vertices, find_regimes, find_rest_points, is_ess, replicator


@pytest.mark.parametrize("size", [2, 3, 4, 5, 8])
def test_eigenvalues_of_a_hypercycle_are_roots_of_unity(size: int) -> None:
    """Hofbauer and Sigmund (1998), chapter 12: k/n times the roots of unity other than 1, for n = 2 just -k/2."""
    found = np.linalg.eigvals(replicator(catalog.hypercycle(size, k=2)).jacobian(np.full(size, 1 / size)))
    expected = 2 / size * np.exp(2j * np.pi * np.arange(1, size) / size)
    assert len(found) == size - 1
    for value in expected:
        assert np.abs(found - value).min() < 1e-9


def test_each_species_feeds_the_next() -> None:
    """Eigen and Schuster (1979): species i grows at a rate in proportion to species i - 1, the first to the last."""
    game = catalog.hypercycle(5)
    for i in range(5):
        previous = game.populations[0].strategies[i - 1]
        assert game.expected_payoff(0, i) == sympy.Symbol("k") * sympy.Symbol(f"molecule.{previous}")


def test_the_twin_earns_less_whatever_it_meets() -> None:
    """Hofbauer and Sandholm (2011): d less than scissors against all four; met by others, it is scissors."""
    table = catalog.rock_paper_scissors_with_twin(a=2, b=1, d="0.1").payoff_matrix()
    assert table[2] - table[3] == pytest.approx([0.1] * 4)
    assert (table[:3, 2] == table[:3, 3]).all()
    assert (table[:3, :3] == catalog.rock_paper_scissors(a=2, b=1).payoff_matrix()).all()
    assert (table[0, :3] == [0, -2, 1]).all()


def test_stakes_decide_with_and_without_the_twin() -> None:
    """Hofbauer and Sigmund (1998), theorem 7.7.2: the mixture of the three attracts iff a < b; a twin changes nothing of that."""
    for game in (catalog.rock_paper_scissors(), catalog.rock_paper_scissors_with_twin()):
        found = {bool(regime.stable): regime.condition.text() for regime in find_regimes(game)}
        assert found == {True: "a < b", False: "a > b"}


def test_two_states_are_stable_beside_chaos() -> None:
    """From the printed table of Skyrms (1992): a strict equilibrium, and a mixture of two that no other strategy enters."""
    game = catalog.skyrms_chaos()
    table = game.payoff_matrix()
    strict = [str(i + 1) for i in range(4) if all(table[i, i] > table[j, i] for j in range(4) if j != i)]
    assert find_ess_vertices(game) == tuple(strict) == ("2",)
    # the mixture x of strategies 3 and 4: equal payoffs 1.75 (1 - x) = 0.1 x, each the better reply to the other
    share = 1.75 / 1.85
    mixture = np.array([0, 0, share, 1 - share])
    earned = table @ mixture
    assert earned[2] == pytest.approx(earned[3]) and max(earned[:2]) < earned[2]
    pure, mixed = find_rest_points(game).attractors
    assert pure.profile == ("2",) and mixed.state == pytest.approx(mixture)
    assert is_ess(game, [0, 0, "35/37", "2/37"])


def test_zeemans_game_beside_its_transpose() -> None:
    """Zeeman (1980): row against column; the transposed table has another interior point."""
    table = catalog.zeeman_game().payoff_matrix()
    assert table.sum(axis=1) == pytest.approx([2, 2, 2])
    assert np.ptp(table.sum(axis=0)) > 0
