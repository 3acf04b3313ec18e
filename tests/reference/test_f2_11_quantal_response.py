"""Published results reproduced: the principal branch of a matching pennies game with one large payoff."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from coopgame import NormalFormGame, find_quantal_response, find_quantal_responses_at

GAME = NormalFormGame(
    {("a", "a"): ["X", 0], ("a", "b"): [0, 1], ("b", "a"): [0, 1], ("b", "b"): [1, 0]}, parameters={"X": 9}
)
# McKelvey and Palfrey (1995), Games and Economic Behavior 10, 6; Ochs (1995), the game with payoff 9: by lambda
EQUILIBRIA = {
    "0": (0.5, 0.5),
    "1/2": (0.83067059, 0.41807747),
    "1": (0.89357633, 0.31278038),
    "2": (0.86075439, 0.19107849),
    "5": (0.70198424, 0.11713529),
    "20": (0.55462739, 0.10109693),
}


@pytest.mark.parametrize("lam", EQUILIBRIA)
def test_the_branch_passes_there_and_no_other_equilibrium_exists(lam: str) -> None:
    np.testing.assert_allclose(find_quantal_response(GAME).at(lam).state[[0, 2]], EQUILIBRIA[lam], atol=1e-7)
    everywhere = find_quantal_responses_at(GAME, lam)
    assert everywhere.complete and len(everywhere) == 1
    np.testing.assert_allclose(everywhere[0].state[[0, 2]], EQUILIBRIA[lam], atol=1e-7)


def test_the_limit_and_the_way_there() -> None:
    """It tends to the Nash equilibrium (1/2, 1/10), and the first player's probability rises before it falls; the second's only falls."""
    branch = find_quantal_response(GAME)
    assert branch.limit is not None and branch.limit.known == "exact"
    assert [next(iter(own.values())) for own in branch.limit.strategies] == [Fraction(1, 2), Fraction(1, 10)]
    x, y = branch.probabilities[:, 0], branch.probabilities[:, 2]
    top = int(x.argmax())
    assert (np.diff(x[: top + 1]) > 0).all() and (np.diff(x[top:]) < 0).all() and 0 < top < len(x) - 1
    assert (np.diff(y) < 0).all()
    assert branch.events == ()
