"""Compiles the kernels of the searches for equilibria, and of finite populations, ahead of their first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from coopgame.analysis.stable_states import find_ess
from coopgame.equilibria.alpha_rank import find_alpha_rank
from coopgame.equilibria.nash import nash_equilibria
from coopgame.equilibria.two_by_two_by_two import find_equilibria_of_2x2x2
from coopgame.finite.warm_up import finite_computations
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame

_SIZE = 10  # below, some searches do without compiled code


def warm_up_equilibria(progress: Callable[[str], object] | None = None) -> int:
    """Return the number of searches whose kernels are ready, compiled now or before.

    Each search runs once on a game that is large enough for compiled code. progress: is told what is being compiled.
    """
    searches = _searches()
    for number, (what, search) in enumerate(searches.items(), start=1):
        if progress is not None:
            progress(f"search {number} of {len(searches)}: {what}")
        search()
    return len(searches)


def _searches() -> Mapping[str, Callable[[], object]]:
    rng = np.random.default_rng(0)
    floats, integers = rng.normal(size=(2, _SIZE, _SIZE)), rng.integers(0, 3, (2, _SIZE, _SIZE))
    crowded = np.ones((15, 15)) - np.eye(15)
    return {
        "equilibria of two players, payoffs with decimals": lambda: nash_equilibria(
            NormalFormGame.from_bimatrix(*floats)
        ),
        "equilibria of two players, whole payoffs": lambda: nash_equilibria(NormalFormGame.from_bimatrix(*integers)),
        "equilibria of one population": lambda: nash_equilibria(MatrixGame(floats[0])),
        "equilibria of 2 x 2 x 2 games": lambda: find_equilibria_of_2x2x2(np.zeros((1, 3, 2, 2, 2))),
        "evolutionarily stable states": lambda: find_ess(MatrixGame(crowded), {}),
        "alpha-rank": lambda: find_alpha_rank(MatrixGame(crowded[:3, :3]), intensity=1),
        **finite_computations(),
    }
