"""The critical benefit-to-cost ratio of any network, and what it says about any game of two strategies, for weak selection."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame.algebra.conditions import Condition
from coopgame.dynamics.laws import Law
from coopgame.errors import NetworkError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.game import Game
from coopgame.networks.meeting_sums import exact_meeting_sums, numerical_meeting_sums
from coopgame.networks.network import Network
from coopgame.networks.network_rules import Maker, maker_of
from coopgame.networks.neutral_walks import exact_weights, identity, neutral_walk, row_sums, scaled
from coopgame.networks.payoffs import NetworkPayoffs, averaged
from coopgame.networks.readers import network as read_network
from coopgame.networks.structure_coefficients import StructureCoefficient, two_by_two

Number = Fraction | float
_MOST_NODES = 4000
_NOTHING = 1e-9
_LEAST = 1e-100


@dataclass(frozen=True)
class CriticalRatio:
    """How weak selection acts on the chance that one mutant at a random node takes over a network.

    benefit, cost: the chance of a cooperator in the donation game is 1/size + w (benefit * b - cost * c) for a small intensity w of selection; Fractions
    where `known` is "exact", floats where it is "numerical". size, rule, payoffs: of what.
    """

    benefit: Number
    cost: Number
    size: int
    rule: str
    payoffs: str
    known: str

    @property
    def ratio(self) -> Number:
        """The critical ratio cost / benefit: where it is positive, cooperation is favoured for b/c above it.

        Infinite where benefits have no effect, so that no ratio suffices; in numerical results also where it is beyond 1e9. Negative where cooperation never
        is favoured, and spite is: to pay c for taking from a neighbour more than |ratio| * c.
        """
        small = self.benefit == 0 if isinstance(self.benefit, Fraction) else abs(self.benefit) <= _NOTHING * self.cost
        return math.inf if small else self.cost / self.benefit

    @property
    def structure_coefficient(self) -> StructureCoefficient:
        """The number sigma of the network: the first strategy of a game [[a, b], [c, d]] is favoured when sigma*a + b > c + sigma*d.

        Raises UnsupportedError where payoffs against the other strategy count for nothing, so that no sigma exists; `condition` answers there too.
        """
        own, other = self._weights
        if other <= 0:
            raise UnsupportedError(
                "payoffs against the other strategy do not count in favour here, so there is no structure coefficient; use condition()"
            )
        where = f"this network of {self.size} nodes with payoffs {self.payoffs}"
        return StructureCoefficient(
            own / other, where, self.rule, "weak selection", "Tarnita et al. 2009; Allen et al. 2017", self.known
        )

    @property
    def _weights(self) -> tuple[Number, Number]:
        """What payoffs a - d and b - c add to the difference of the chances of the two strategies."""
        return self.cost + self.benefit, self.cost - self.benefit

    def slope(self, b: Any, c: Any) -> Number:
        """Return the derivative of a cooperator's chance to take over by the intensity of selection, at intensity 0."""
        gain, loss = exact_number(b, "b"), exact_number(c, "c")
        return self.benefit * _like(self.benefit, gain) - self.cost * _like(self.cost, loss)

    def condition(self, game: Game) -> Condition:
        """Return when the first of two strategies takes over more often than the second, as a condition on the game's parameters.

        Raises UnsupportedError unless the game is a MatrixGame with two strategies.
        """
        (a, b), (c, d) = two_by_two(game)
        own, other = (Fraction(weight) for weight in self._weights)
        return ((a - d) * own + (b - c) * other).sign(">")

    def __str__(self) -> str:
        shown = self.ratio if isinstance(self.ratio, Fraction) else f"{self.ratio:.10g}"
        if self.ratio == math.inf:
            said = "cooperation is favoured for no b/c"
        elif self.ratio < 0:
            said = f"cooperation is favoured for no b/c, spite for b/c < {shown}"
        else:
            said = f"cooperation is favoured for b/c > {shown}"
        return f"{said} ({self.known}; {self.rule}, payoffs {self.payoffs}, weak selection)"

    def _repr_html_(self) -> str:
        facts = {
            "critical b/c": self.ratio,
            "nodes": self.size,
            "rule": self.rule,
            "payoffs": self.payoffs,
            "known": self.known,
        }
        rows = "".join(f"<tr><th>{key}</th><td>{fact}</td></tr>" for key, fact in facts.items())
        return f"<table>{rows}</table>"


def find_critical_ratio(
    network: Any, rule: Law, *, payoffs: NetworkPayoffs | None = None, exact_up_to: int = 24
) -> CriticalRatio:
    """Return from which benefit-to-cost ratio on weak selection favours cooperation on a network, and what follows for any game of two strategies.

    One mutant appears at a random node. In the donation game a cooperator pays c and gives b to a neighbour; each node plays with all of its neighbours. The
    first-order effect of selection on the mutant's chance follows from the times until the lineages of two nodes meet (Allen et al. 2017): under death-birth
    with averaged payoffs the critical ratio is t2 / (t3 - t1), where t_n is the mean time for the ends of a random walk of n steps. It answers for a
    cooperator taking over with more than the neutral chance 1/size, which is the same as more often than a defector.

    network: what `network` reads; connected and undirected, with or without weights; a node that is its own neighbour plays with itself and may succeed
    itself. rule: death_birth(), birth_death(), imitation_updating(), under which a node competes for its own place with weight 1, or fermi_imitation(); its
    intensity does not matter. payoffs: averaged() or accumulated(); to be given where nodes have different numbers of neighbours, elsewhere the ratio is the
    same. exact_up_to: networks up to this size are solved in rational numbers, with weights as the binary numbers that they are; larger ones, up to 4000
    nodes, in floats to about 10 digits.

    Raises NetworkError for directed networks, for several parts, and where it matters how payoffs add up; UnsupportedError for other rules, too many nodes,
    and networks on which the rule selects nothing.

    References: Allen, Lippner, Chen, Fotouhi, Momeni, Yau and Nowak (2017), Nature 544, 227-230; Allen and McAvoy (2019), Journal of Mathematical Biology 78,
    1147-1210, for any rule.

    >>> from coopgame import death_birth, find_critical_ratio, ring
    >>> print(find_critical_ratio(ring(10), death_birth()))
    cooperation is favoured for b/c > 8/3 (exact; death-birth, payoffs averaged, weak selection)
    """
    make = maker_of(rule, "the critical ratio is")
    net = checked(read_network(network))
    option = payoffs if payoffs is not None else _only_option(net)
    if net.size > max(_MOST_NODES, exact_up_to):
        raise UnsupportedError(
            f"the network has {net.size} nodes; times until lineages meet are found for up to {_MOST_NODES}. Take a sample, or regular_coefficient() for regular graphs"
        )
    exact = net.size <= max(exact_up_to, 2)
    if not exact and net.weights is not None and not (net.weights.min() > _LEAST and net.weights.max() < 1 / _LEAST):
        raise NetworkError(
            f"weights run from {net.weights.min():g} to {net.weights.max():g}, too far for floats; divide them by a common number"
        )
    ((benefit, cost),) = first_order_effects(net, [net], make, option, exact=exact)
    if not (cost > 0):
        raise UnsupportedError(
            f"with {net.size} nodes {rule.name} selects nothing on this network: every change is the same whatever is earned"
        )
    if not exact:
        benefit, cost = float(benefit), float(cost)
    return CriticalRatio(benefit, cost, net.size, rule.name, str(option), "exact" if exact else "numerical")


def first_order_effects(
    contacts: Network, layers: Sequence[Network], make: Maker, option: NetworkPayoffs, *, exact: bool
) -> list[tuple[Any, Any]]:
    """Return what benefits and costs of donation in each layer add to a cooperator's chance to take over, by unit of intensity.

    contacts: the network along which strategies spread, by whose ancestry selection acts. layers: those along which the game is played, over the same nodes.
    """
    weights = [exact_weights(layer) if exact else layer.to_scipy() for layer in layers]
    walk = neutral_walk(make, exact_weights(contacts) if exact else contacts.to_scipy())
    pressure = walk.pressure(exact_meeting_sums(walk) if exact else numerical_meeting_sums(walk))
    meetings = [own + identity(own) if option.with_self else own for own in weights]
    total = np.asarray(sum(row_sums(own) for own in meetings))
    found = []
    for own in meetings:
        income = scaled(own, 1 / total) if option.mean else own
        spending = row_sums(income) * np.diagonal(pressure)
        found.append((_overlap(income, pressure) / contacts.size, spending.sum() / contacts.size))
    return found


def _only_option(net: Network) -> NetworkPayoffs:
    """Return averaged payoffs where added ones give the same ratio. Raises NetworkError elsewhere."""
    if not (net.strengths == net.strengths[0]).all():
        raise NetworkError(
            "nodes have different numbers of neighbours, so it matters how payoffs add up: give payoffs=averaged(), as Allen et al. (2017) do, or payoffs=accumulated()"
        )
    return averaged()


def checked(net: Network) -> Network:
    """Return a network for which weak selection is solved. Raises NetworkError for directed ones and for several parts."""
    if net.is_directed:
        raise NetworkError(
            "the network is directed, and the theory is for mutual relations; read it with directed=False, or add the edges in the other direction"
        )
    if net.size < 2:
        raise NetworkError("a network of one node has no neighbours to compete with")
    if len(net.isolated):
        names = ", ".join(net.names[i] for i in net.isolated[:5])
        raise NetworkError(
            f"{len(net.isolated)} nodes have no neighbours ({names}), so no mutant takes over; leave them out"
        )
    if not net.is_connected:
        sizes = np.sort(np.bincount(net.components))[::-1]
        raise NetworkError(
            f"the network has {len(sizes)} parts, of {', '.join(map(str, sizes[:5]))} nodes; no mutant takes over all: take one part"
        )
    return net


def _overlap(matrix: Any, table: np.ndarray) -> Any:
    """Return the sum of the products of the entries of two matrices."""
    return (matrix * table).sum() if isinstance(matrix, np.ndarray) else matrix.multiply(table).sum()


def _like(number: Number, given: Fraction) -> Number:
    return given if isinstance(number, Fraction) else float(given)
