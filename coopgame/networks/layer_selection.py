"""Weak selection on networks with layers: how much the game on each kind of relation counts for which strategy takes over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any

from coopgame.algebra.conditions import Condition
from coopgame.algebra.quotients import Quotient
from coopgame.dynamics.laws import Law
from coopgame.errors import GameError, NetworkError, UnsupportedError
from coopgame.expressions import exact_number, sympy_values
from coopgame.games.document import misnamed
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.substitution import check_denominators
from coopgame.networks.critical_ratio import checked, first_order_effects, shown, whole_limit
from coopgame.networks.layers import LayeredNetwork
from coopgame.networks.network_rules import maker_of
from coopgame.networks.payoffs import NetworkPayoffs, averaged, read_payoffs
from coopgame.networks.structure_coefficients import two_by_two

Number = Fraction | float
_MOST_NODES = 4000


@dataclass(frozen=True, eq=False)
class LayerSelection:
    """How the games on the layers of a network decide together which of two strategies takes over.

    own, other: name of layer -> what the differences a - d and b - c of its payoffs [[a, b], [c, d]] add, by unit of intensity, to the difference of two chances: that one
    mutant of the first strategy at a random node takes over, less that one of the second does. Fractions where `known` is "exact", floats where it is "numerical". size, rule, payoffs:
    of what.
    """

    own: Mapping[str, Number]
    other: Mapping[str, Number]
    size: int
    rule: str
    payoffs: str
    known: str

    def condition(self, games: Any) -> Condition:
        """Return when the first strategy takes over more often than the second, as a condition on the games' parameters.

        games: a MatrixGame of two strategies for all layers, or a mapping from layer to a MatrixGame or to (MatrixGame, values that hold on that layer alone).

        Raises UnsupportedError for other games, GameError where layers have different parameters, NetworkError for names of layers that do not fit.
        """
        return self._difference(games).sign(">")

    def difference(self, games: Any, values: Mapping[str, Any] | None = None) -> Number:
        """Return the derivative of the difference of the two chances by the intensity of selection, at intensity 0, at values of all parameters.

        Where it is positive the first strategy is favoured. Errors are those of `condition`, and ParameterError for missing values.
        """
        first = next(iter(self._games(games).values()))[0]
        found = self._difference(games).value(first.values(values))
        return found if self.known == "exact" else float(found)

    def weight(self, layer: str) -> tuple[Number, Number]:
        """Return the parts of a layer in what decides: of the payoffs among players of one strategy, and of those between strategies.

        They sum to 1 over layers; a layer's share of relations is another number where the layers are placed differently. Raises UnsupportedError where a sum is 0.
        """
        if layer not in self.own:
            raise NetworkError(f"no layer {layer!r}; the layers are {', '.join(self.own)}")
        sums = sum(self.own.values()), sum(self.other.values())
        if 0 in sums:
            raise UnsupportedError(
                "meetings of one kind count for nothing on this network, so no layer has a part in them"
            )
        return self.own[layer] / sums[0], self.other[layer] / sums[1]

    def _difference(self, games: Any) -> Quotient:
        total: Any = 0
        for name, (game, own) in self._games(games).items():
            (a, b), (c, d) = _quotients(game, own)
            total = (a - d) * Fraction(self.own[name]) + (b - c) * Fraction(self.other[name]) + total
        assert isinstance(total, Quotient), "there is a layer"
        return total

    def _games(self, games: Any) -> dict[str, tuple[Game, Mapping[str, Any]]]:
        given = games if isinstance(games, Mapping) else dict.fromkeys(self.own, games)
        unknown, missing = [n for n in given if n not in self.own], [n for n in self.own if n not in given]
        if unknown or missing:
            raise NetworkError(
                f"a game for each layer: {misnamed(unknown, missing)}; the network's layers are {', '.join(self.own)}"
            )
        found = {name: one if isinstance(one, tuple) else (one, {}) for name, one in given.items()}
        rings = {name: game.ring for name, (game, _) in found.items() if isinstance(game, Game)}
        if len(set(rings.values())) > 1:
            lists = "; ".join(f"{name}: {', '.join(ring.names) or 'none'}" for name, ring in rings.items())
            every = ", ".join(
                f"{name!r}: None" for name in sorted({n for ring in rings.values() for n in ring.names})
            )
            raise GameError(
                f"the games of all layers need the same parameters in the same order, got {lists}; make each with parameters={{{every}}}, used or not"
            )
        return {name: found[name] for name in self.own}

    def __str__(self) -> str:
        parts = [f"{name}: {shown(self.own[name])} (a - d) + {shown(self.other[name])} (b - c)" for name in self.own]
        said = "the first strategy is favoured when the sum over layers is positive"
        return "\n".join([*parts, f"{said} ({self.known}; {self.rule}, payoffs {self.payoffs}, weak selection)"])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{shown(self.own[name])}</td><td>{shown(self.other[name])}</td></tr>"
            for name in self.own
        )
        facts = f"{self.size} nodes, {self.rule}, payoffs {self.payoffs}, weak selection; {self.known}"
        return f"<table><tr><th>layer</th><th>a - d</th><th>b - c</th></tr>{rows}</table><p>{escape(facts)}</p>"


def find_layer_selection(
    network: Any, rule: Law, *, payoffs: NetworkPayoffs | None = None, exact_up_to: int = 24
) -> LayerSelection:
    """Return how weak selection weighs the games of two strategies on the layers of a network.

    For two strategies and one mutant at a random node, the difference of the two chances to take over is linear in payoffs, to first order in the intensity; by the
    symmetry of the two strategies only correlations of pairs of nodes count, which the times until lineages meet give (Allen et al. 2017, with a game on each
    layer). Strategies spread along the union of the layers. So one solution of the network answers for all games on it.

    network: a LayeredNetwork, or a cluster, whose union is connected and undirected. rule: death_birth(), birth_death(), imitation_updating() or fermi_imitation(); its
    intensity does not matter. payoffs: averaged() over all relations of a node, the default, or accumulated(). exact_up_to: networks up to this size are solved in rational
    numbers, larger ones, up to 4000 nodes, in floats to about 10 digits.

    Raises NetworkError for networks without layers, directed ones, and several parts; UnsupportedError for other rules and too many nodes.

    References: Allen, Lippner, Chen, Fotouhi, Momeni, Yau and Nowak (2017), Nature 544, 227-230; Tarnita, Ohtsuki, Antal, Fu and Nowak (2009), Journal of Theoretical Biology
    259, 570-581, for the symmetry; Su, McAvoy, Mori and Plotkin (2022), Nature Human Behaviour 6, 338-348, on layers with games of their own.

    >>> from coopgame import MatrixGame, death_birth, find_layer_selection, layers, ring
    >>> trade = layers({"horizontal": ring(8), "vertical": [(0, 4), (1, 5), (2, 6), (3, 7)]})
    >>> selection = find_layer_selection(trade, death_birth())
    >>> game = MatrixGame([["b - c", "-c - h"], ["b + h", 0]], ["cooperate", "cut"], assumptions=["b > 0", "c > 0", "h >= 0"])
    >>> print(selection.condition({"horizontal": game, "vertical": (game, {"h": 0})}))
    3*b > 27*c + 16*h
    """
    make = maker_of(rule, "weak selection on layers is")
    layered = getattr(network, "layers", network)
    if not isinstance(layered, LayeredNetwork):
        raise NetworkError("the network has no layers; make some by layers(), or take find_critical_ratio()")
    contacts = checked(layered.union())
    for name, layer in layered.items():
        if layer.is_directed:
            raise NetworkError(
                f"layer {name!r} is directed, and the theory is for mutual relations; read it with directed=False"
            )
    most = whole_limit(exact_up_to)
    if contacts.size > max(_MOST_NODES, most):
        raise UnsupportedError(
            f"the network has {contacts.size} nodes; times until lineages meet are found for up to {_MOST_NODES}"
        )
    option = averaged() if payoffs is None else read_payoffs(payoffs)
    exact = contacts.size <= most
    effects = first_order_effects(contacts, list(layered.values()), make, option, exact=exact)
    pairs = [effect if exact else (float(effect[0]), float(effect[1])) for effect in effects]
    own = {name: cost + benefit for name, (benefit, cost) in zip(layered, pairs, strict=True)}
    other = {name: cost - benefit for name, (benefit, cost) in zip(layered, pairs, strict=True)}
    return LayerSelection(own, other, contacts.size, rule.name, str(option), "exact" if exact else "numerical")


def _quotients(game: Game, own: Mapping[str, Any]) -> list[list[Quotient]]:
    """Return the payoffs of two strategies, with the layer's own values, in all the parameters of the game."""
    plain = two_by_two(game)
    if not own:
        return plain
    assert isinstance(game, MatrixGame), "two_by_two() takes no other"
    numbers = {name: exact_number(value, name) for name, value in own.items()}
    game.values({**{p.name: 0 for p in game.parameters}, **numbers})  # refuses unknown names
    check_denominators(game.denominators, numbers)
    point = sympy_values(numbers)
    return [[Quotient.of(game.ring, entry.xreplace(point)) for entry in row] for row in game.payoffs]
