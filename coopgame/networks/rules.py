"""A game on a network: who plays what with whom, by which law nodes change, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy

from coopgame._kernels import network_kinds as kinds
from coopgame.dynamics.laws import Law, named_law
from coopgame.errors import NetworkError, ParameterError, ProtocolError, UnsupportedError
from coopgame.expressions import exact_number, format_expression, parse_expression, symbols_of
from coopgame.games.document import shown
from coopgame.networks.layers import LayeredNetwork
from coopgame.networks.payoffs import Graph, Layer, NetworkPayoffs, accumulated, read_layers, read_payoffs
from coopgame.networks.rules_kinds import SCALED_RATES, kind_of

if TYPE_CHECKING:
    from coopgame.networks.rules_process import NetworkProcess


@dataclass(frozen=True)
class Updating:
    """When nodes change and along which layers strategies spread; made by `asynchronous` and `synchronous`.

    together: whether all change at once. along: names of layers, or None for all. step: by which rates are multiplied to make chances, or None for the largest number
    with which no chance exceeds 1.
    """

    together: bool
    along: tuple[str, ...] | None = None
    step: Any = None

    def __str__(self) -> str:
        along = "" if self.along is None else f" along {', '.join(self.along)}"
        step = "" if self.step is None else f", step {self.step}"
        return f"{'synchronous' if self.together else 'asynchronous'}{along}{step}"


def asynchronous(*, along: str | Sequence[str] | None = None, step: Any = None) -> Updating:
    """Return random sequential updating: at each step one node is drawn, each as likely, and may change; a sweep is one step for each node.

    along: the layers of a layered network along which strategies are imitated or handed on; all by default. step: what rates are multiplied by to make chances, for the
    laws whose rates are none: `pairwise_imitation`, `imitation_of_success`, `imitation_of_the_dissatisfied`, `smith` and one's own. By default of the first four the
    largest one with which no chance can exceed 1 in any state of the network; for `pairwise_imitation` one over the largest difference of payoffs between two
    nodes, so on a regular network with added payoffs degree times the range of payoffs. For one's own it is 1.

    >>> print(asynchronous())
    asynchronous
    """
    return _updating(False, along, step)


def synchronous(*, along: str | Sequence[str] | None = None, step: Any = None) -> Updating:
    """Return updating of all nodes at once, each by what was there before; a sweep is one such step. along, step: as for `asynchronous`.

    >>> print(synchronous(along="horizontal"))
    synchronous along horizontal
    """
    return _updating(True, along, step)


def _updating(together: bool, along: str | Sequence[str] | None, step: Any) -> Updating:
    if along is not None and not isinstance(along, str | Sequence):
        raise NetworkError(f"along is {along!r}; give the name of a layer, or a list of them")
    layers = (along,) if isinstance(along, str) else None if along is None else tuple(along)
    if layers is not None and not layers:
        raise NetworkError("along names no layer; leave it out for all layers")
    factor = None if step is None else exact_number(step, "step")
    if factor is not None and factor <= 0:
        raise ParameterError(f"step = {step}; a positive number is needed")
    return Updating(together, layers, factor)


@dataclass(frozen=True, eq=False, repr=False)
class NetworkPopulation:
    """A game on a network with a law for its nodes; made by `network_population`.

    layers: the game and the network of every layer, of one where there are no layers. kind: of the rule for nodes, as kernels number it.
    """

    layers: tuple[Layer, ...]
    law: Law
    payoffs: NetworkPayoffs
    updating: Updating
    mutation: sympy.Expr
    kind: int

    @property
    def strategies(self) -> tuple[str, ...]:
        """The names of the strategies."""
        return self.layers[0].game.populations[0].strategies

    @property
    def size(self) -> int:
        """The number of nodes."""
        return self.layers[0].graph.size

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the nodes."""
        return next(
            (layer.graph.names for layer in self.layers if layer.graph.labels is not None), self.layers[0].graph.names
        )

    @cached_property
    def contacts(self) -> Graph:
        """The network along which strategies spread: the union of the layers that `along` names."""
        along = self.updating.along
        spreading = {layer.name: layer.graph for layer in self.layers if along is None or layer.name in along}
        if len(spreading) == 1:
            return next(iter(spreading.values()))
        return LayeredNetwork({name: graph.explicit() for name, graph in spreading.items()}).union()

    def at(self, values: Mapping[str, Any] | None = None) -> NetworkProcess:
        """Return the process at numbers for all parameters.

        Raises ParameterError for missing and unknown values, ProtocolError for settings, mutation chances and steps that are none, and where fitness could be 0 or negative.
        """
        from coopgame.networks.rules_process import process_at

        return process_at(self, values or {})

    def __str__(self) -> str:
        graphs = "; ".join(
            f"{layer.name}: {layer.graph}" if len(self.layers) > 1 else str(layer.graph) for layer in self.layers
        )
        mutation = format_expression(self.mutation)
        return f"{graphs}; {self.law}, {self.payoffs} payoffs, {self.updating}, mutation {mutation}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def _repr_html_(self) -> str:
        from html import escape

        return "<table>" + "".join(f"<tr><td>{escape(part)}</td></tr>" for part in str(self).split("; ")) + "</table>"


def read_population(given: Any) -> NetworkPopulation:
    """Return a game on a network. Raises ParameterError for what is none."""
    if not isinstance(given, NetworkPopulation):
        raise ParameterError(
            f"{shown(given)} is no game on a network; make one by network_population(game, law, network)"
        )
    return given


def network_population(
    game: Any,
    law: Law,
    network: Any,
    *,
    payoffs: NetworkPayoffs | None = None,
    updating: Updating | None = None,
    mutation: Any = 0,
) -> NetworkPopulation:
    """Return a game on a network, whose nodes change by a law.

    game: a MatrixGame, or for a layered network or a cluster a mapping from the name of each layer to its MatrixGame or to (MatrixGame, values), where the values hold on
    that layer alone; all with the same strategies. One game for a layered network is played on every layer. network: lattices, `Network`, layers, clusters, or what `network` reads.
    payoffs: `accumulated()`, the default, or `averaged()`. updating: `asynchronous()`, the default, or `synchronous()`. mutation: the chance of another strategy, each
    as likely: of a node that would revise, or of offspring under a replacement rule; a number or a text in the game's parameters.

    A drawn node, its neighbours being those at whom it looks, each as likely or in proportion to the weights of edges,
    - under an imitative protocol such as `fermi_imitation` meets one neighbour and compares payoffs;
    - under other protocols such as `logit`, `smith` and `best_response` compares what each strategy would earn it from its neighbours as they are;
    - under `death_birth` takes the strategy of a neighbour in proportion to fitness, times weights; under `imitation_updating` itself competes too, with weight 1;
    - under `imitate_the_best` takes the strategy of the best paid, its own where that is among the best.
    Under `birth_death` a parent is drawn by fitness among all nodes, and its offspring takes the place of one that looks at it. In a directed network i -> j says that i
    looks at j: it plays with it, imitates it, or gives way to its offspring.

    Nodes without a neighbour earn 0 and keep their strategy, except for mutation under protocols, and for choices: there `logit` and `best_response` draw any strategy evenly.
    On the complete network with averaged payoffs the numbers of nodes by strategy move as in `finite_population`.

    Raises UnsupportedError for laws that are not defined on networks, birth-death at once, and games other than between pairs, GameError for layers whose strategies differ,
    NetworkError for unknown layers, ProtocolError for a mutation that is no chance, ParameterError for payoffs and updating that no function here has made.

    References: Szabó and Fáth (2007), Physics Reports 446, 97-216; Ohtsuki, Hauert, Lieberman and Nowak (2006), Nature 441, 502-505.

    >>> from coopgame import MatrixGame, fermi_imitation, square_lattice
    >>> print(network_population(MatrixGame([[1, 0], ["b", 0]]), fermi_imitation(10), square_lattice(100)))
    square lattice of 100 x 100, von Neumann neighbourhood, periodic; Fermi imitation (intensity = 10), accumulated payoffs, asynchronous, mutation 0
    """
    if not isinstance(law, Law):
        raise ProtocolError(
            f"{named_law(law)} is no law; give a protocol such as fermi_imitation(), a replacement rule such as death_birth(), or imitate_the_best()"
        )
    kind = kind_of(law)
    layers = read_layers(game, network)
    own = updating if updating is not None else asynchronous()
    if not isinstance(own, Updating):
        raise ParameterError(f"updating is {updating!r}; give asynchronous() or synchronous()")
    names = [layer.name for layer in layers]
    for name in own.along or ():
        if name not in names:
            raise NetworkError(
                f"strategies cannot spread along {name!r}; the layers are {', '.join(map(repr, names))}"
            )
    if own.together and kind == kinds.BIRTH_DEATH:
        raise UnsupportedError("birth-death replaces one node at a time; use death_birth() or asynchronous()")
    if own.step is not None and kind not in (*SCALED_RATES, kinds.OWN_COPY, kinds.OWN_CHOICE):
        raise ProtocolError(f"{law.name} gives chances, so it takes no step; leave it out")
    chance = parse_expression(mutation, "mutation")
    known = {name for layer in layers for name in layer.game.ring.names}
    for what, names_used in (("mutation", symbols_of(chance)), (str(law), law.parameters)):
        if unknown := sorted(names_used - known):
            raise ProtocolError(
                f"{what} names {', '.join(unknown)}, which the game does not declare; its parameters are {', '.join(sorted(known)) or 'none'}"
            )
    if chance.is_number and not 0 <= chance <= 1:
        raise ProtocolError(f"mutation = {mutation}; a chance between 0 and 1 is needed")
    return NetworkPopulation(
        layers, law, accumulated() if payoffs is None else read_payoffs(payoffs), own, chance, kind
    )
