"""What nodes of a network earn: one game or one for each layer, added up or averaged over neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np

from coopgame.errors import GameError, NetworkError, ParameterError, UnsupportedError
from coopgame.finite.common_denominator import over_common_denominator
from coopgame.finite.payoffs import PairPayoffs, evaluated_payoffs, finite_payoffs
from coopgame.games.document import close_match, misnamed
from coopgame.games.matrix import MatrixGame
from coopgame.networks.lattices import Ring, SquareLattice
from coopgame.networks.layers import LayeredNetwork
from coopgame.networks.network import Network
from coopgame.networks.readers import network as read_network

Graph = Network | SquareLattice | Ring
ONLY = "network"  # the name of the layer where there is one
MOST_STRATEGIES = 200


@dataclass(frozen=True)
class NetworkPayoffs:
    """How what a node earns from its neighbours becomes its payoff; made by `accumulated` and `averaged`.

    mean: whether the sum is divided by the weights of all meetings. with_self: whether a node plays with itself too, once in every layer.
    """

    mean: bool
    with_self: bool

    def __str__(self) -> str:
        return f"{'averaged' if self.mean else 'accumulated'}{' with oneself' if self.with_self else ''}"


def accumulated(*, with_self: bool = False) -> NetworkPayoffs:
    """Return the sum of what a node earns from its neighbours, by the weights of edges.

    with_self: whether a node plays with itself too, with weight 1 (Nowak and May 1992).

    >>> print(accumulated(with_self=True))
    accumulated with oneself
    """
    return NetworkPayoffs(mean=False, with_self=with_self)


def averaged(*, with_self: bool = False) -> NetworkPayoffs:
    """Return the mean of what a node earns from its neighbours, by the weights of edges and over all layers; 0 without neighbours.

    with_self: whether a node plays with itself too, with weight 1.

    >>> print(averaged())
    averaged
    """
    return NetworkPayoffs(mean=True, with_self=with_self)


def read_payoffs(given: Any) -> NetworkPayoffs:
    """Return how payoffs add up. Raises ParameterError for what says it otherwise."""
    if not isinstance(given, NetworkPayoffs):
        raise ParameterError(f"payoffs is {given!r}; give averaged() or accumulated()")
    return given


@dataclass(frozen=True, eq=False)
class Layer:
    """A game on one network. own: values that hold on this layer alone."""

    name: str
    game: MatrixGame
    graph: Graph = field(repr=False)
    own: tuple[tuple[str, Any], ...] = ()

    def point(self, values: Mapping[str, Any]) -> dict[str, Fraction]:
        """Return numbers for all parameters of the game: the layer's own ones first, then those given, then defaults."""
        known = {parameter.name for parameter in self.game.parameters}
        return self.game.values({**{n: v for n, v in values.items() if n in known}, **dict(self.own)})


def read_layers(game: Any, network: Any) -> tuple[Layer, ...]:
    """Return the games with the networks on which they are played.

    Raises GameError for what is no MatrixGame or where strategies differ, NetworkError for names of layers that do not fit, UnsupportedError for games with an environment.
    """
    graphs = _graphs(network)
    if isinstance(game, Mapping):
        unknown, missing = [n for n in game if n not in graphs], [n for n in graphs if n not in game]
        if unknown or missing:
            known = ", ".join(map(repr, graphs)) if list(graphs) != [ONLY] else "one without a name"
            raise NetworkError(
                f"a game for each layer: {misnamed(unknown, missing)}; the network's layers are {known}"
            )
        given = game
    else:
        given = dict.fromkeys(graphs, game)
    found = tuple(_layer(name, given[name], graph) for name, graph in graphs.items())
    strategies = {layer.game.populations[0].strategies for layer in found}
    if len(strategies) > 1:
        raise GameError(f"all layers need the same strategies in the same order, got {sorted(strategies)}")
    if not 2 <= len(next(iter(strategies))) <= MOST_STRATEGIES:
        raise UnsupportedError(
            f"networks are for 2 to {MOST_STRATEGIES} strategies, got {len(next(iter(strategies)))}"
        )
    return found


def _layer(name: str, given: Any, graph: Graph) -> Layer:
    game, own = given if isinstance(given, tuple) and len(given) == 2 else (given, {})
    if not isinstance(game, MatrixGame) or not isinstance(own, Mapping):
        raise GameError(
            f"a network is played on by a MatrixGame, or by a mapping from layers to (MatrixGame, values); {name!r} has {given!r}"
        )
    if game.environment:
        raise UnsupportedError("a game whose environment moves cannot be played on a network")
    game.values({**{p.name: 0 for p in game.parameters}, **own})  # refuses unknown names
    return Layer(name, game, graph, tuple(own.items()))


def _graphs(network: Any) -> dict[str, Graph]:
    layered = getattr(network, "layers", network)  # a cluster has layers
    if isinstance(layered, LayeredNetwork):
        return dict(layered)
    if isinstance(network, SquareLattice | Ring):
        return {ONLY: network}
    return {ONLY: read_network(network)}


def payoff_tables_of(
    layers: tuple[Layer, ...], values: Mapping[str, Any]
) -> tuple[np.ndarray, list[dict[str, Fraction]]]:
    """Return the payoffs of every layer, shape (layers, strategies, strategies), and the numbers for its parameters.

    Raises ParameterError for unknown and missing values and for payoffs that are no finite number, UnsupportedError where payoffs name shares.
    """
    known = [parameter.name for layer in layers for parameter in layer.game.parameters]
    for name in values:
        if name not in known:
            raise ParameterError(f"unknown parameter {name!r}{close_match(name, known)}")
    points = [layer.point(values) for layer in layers]
    tables = []
    for layer, point in zip(layers, points, strict=True):
        found = finite_payoffs(layer.game, point, (2,))
        if not isinstance(found, PairPayoffs):
            raise UnsupportedError(
                "payoffs that name shares of the population have no meaning between two neighbours"
            )
        tables.append(found.matrix)
    return np.stack(tables), points


def whole_payoffs(layers: tuple[Layer, ...], points: list[dict[str, Fraction]], most: float) -> np.ndarray | None:
    """Return payoffs as whole numbers in one unit, whose sums up to `most` of them floats hold exactly; None where there are none."""
    rows = [
        row
        for layer, point in zip(layers, points, strict=True)
        for row in evaluated_payoffs(layer.game.payoffs, point)
    ]
    found = over_common_denominator(rows, ceil(most))
    return None if found is None else found[0].reshape(len(layers), -1, len(rows[0]))
