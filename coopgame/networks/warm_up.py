"""Compiles the kernels of simulation on networks ahead of their first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from coopgame.dynamics.laws import Law
from coopgame.dynamics.network_rules import imitate_the_best
from coopgame.dynamics.protocols import fermi_imitation
from coopgame.dynamics.replacement_rules import death_birth
from coopgame.games.matrix import MatrixGame
from coopgame.networks.lattices import ring, square_lattice
from coopgame.networks.readers import network
from coopgame.networks.rules import asynchronous, network_population, synchronous
from coopgame.networks.simulate import simulate_network
from coopgame.networks.simulate_fixation import simulate_network_fixation


def network_simulations() -> dict[str, Callable[[], object]]:
    """Return what to run once so that the kernels are ready: name to function."""
    path = network([(0, 1), (1, 2)])
    return {
        "games on lattices and regular networks": lambda: _played(fermi_imitation(), ring(4)),
        "games on any network": lambda: _played(fermi_imitation(), path),
        "imitation of the best on lattices": lambda: _played(imitate_the_best(), square_lattice(3), together=True),
        "fixation on regular networks": lambda: _fixed(ring(4)),
        "fixation on any network": lambda: _fixed(path),
    }


def _played(law: Law, net: Any, *, together: bool = False) -> object:
    updating = synchronous() if together else asynchronous()
    return simulate_network(network_population(_game(), law, net, updating=updating), start={"1": 1}, sweeps=1)


def _fixed(net: Any) -> object:
    return simulate_network_fixation(network_population(_game(), death_birth(), net), None, "1", "2", runs=1)


def _game() -> MatrixGame:
    return MatrixGame([[1, 0], [0, 1]])
