"""What a drawing of a network shows: its layers, and the strategy of every node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import colormaps

from coopgame.errors import ParameterError, StateError
from coopgame.figures.style import COLOURS
from coopgame.networks.lattices import Ring, SquareLattice
from coopgame.networks.layers import LayeredNetwork
from coopgame.networks.readers import network as read_network
from coopgame.networks.simulate_result import NetworkRun
from coopgame.networks.simulate_start import Start


@dataclass(frozen=True, eq=False)
class Scene:
    """Networks by layer, strategies, and for each node its strategy by place, or None where nodes are bare.

    network: what was given or what the run was on, for layouts.
    """

    network: Any
    graphs: Mapping[str, Any]
    strategies: tuple[str, ...]
    states: np.ndarray | None

    @property
    def size(self) -> int:
        """The number of nodes."""
        return int(next(iter(self.graphs.values())).size)

    @property
    def lattice(self) -> SquareLattice | None:
        """The square lattice that can be drawn as a picture."""
        return next((graph for graph in self.graphs.values() if isinstance(graph, SquareLattice)), None)

    @property
    def colours(self) -> list[Any]:
        """A colour for each strategy; they differ in lightness."""
        count = len(self.strategies)
        if count <= len(COLOURS):
            return list(COLOURS[:count])
        return [colormaps["cividis"](x) for x in np.linspace(0, 1, count)]


def scene_of(
    states: Any,
    network: Any = None,
    *,
    at: int | None = None,
    run: int = 0,
    strategies: Sequence[str] | None = None,
) -> Scene:
    """Return what is to be drawn, checked; arguments as those of `draw_network`."""
    if isinstance(states, NetworkRun):
        if strategies is not None:
            raise ParameterError("a run has its own strategies; leave strategies out")
        graphs: dict[str, Any] = {own.name: own.graph for own in states.population.layers}
        shown = network
        if network is None:
            shown = LayeredNetwork(graphs) if len(graphs) > 1 else next(iter(graphs.values()))
        else:
            graphs = _graphs(network)
        scene = Scene(shown, graphs, states.strategies, _snapshot(states, at, run))
        if states.population.size != scene.size:
            raise StateError(f"the run is on {states.population.size} nodes, the network has {scene.size}")
        return scene
    if network is None:
        raise ParameterError(
            "states alone are not drawn; give their network too, as in draw_network(states, network)"
        )
    if at is not None or run:
        raise ParameterError("at and run choose among the states of a NetworkRun; leave them out")
    graphs = _graphs(network)
    given, known = _read_states(states, strategies, int(next(iter(graphs.values())).size))
    return Scene(network, graphs, known, given)


def _graphs(network: Any) -> dict[str, Any]:
    layered = getattr(network, "layers", network)  # a cluster has layers
    if isinstance(layered, LayeredNetwork):
        return dict(layered)
    return {"network": network if isinstance(network, SquareLattice | Ring) else read_network(network)}


def _snapshot(course: NetworkRun, at: int | None, run: int) -> np.ndarray:
    if not 0 <= run < course.runs:
        raise ParameterError(f"no run {run}; there are {course.runs}, counted from 0 on")
    if at is None or at == course.times[-1]:
        return np.asarray(course.final[run])
    found = np.flatnonzero(course.snapshot_times == at)
    if not len(found):
        kept = ", ".join(map(str, sorted({*course.snapshot_times.tolist(), int(course.times[-1])})))
        raise ParameterError(
            f"no states are kept of sweep {at}, but of {kept}; run again with options=NetworkOptions(snapshots=[{at}])"
        )
    return np.asarray(course.snapshots[run, found[0]])


def _read_states(
    states: Any, strategies: Sequence[str] | None, size: int
) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return states by place and the names of the strategies."""
    if states is None:
        return None, ()
    array = np.asarray(states)
    if isinstance(states, Mapping) or array.shape != (size,):
        got = "shares" if isinstance(states, Mapping) else f"shape {array.shape}"
        raise StateError(f"{size} nodes need a strategy each, by name or by place; got {got}")
    if strategies is not None:
        known = tuple(strategies)
    elif array.dtype.kind in "UO":
        known = tuple(sorted(set(map(str, array))))
    else:
        known = tuple(map(str, range(int(array.max()) + 1)))
    return Start(array, known, size, 1).states(0, range(1))[0], known
