"""The replicator equation on regular graphs: a game whose payoffs take the neighbourhood into account."""

from __future__ import annotations

from typing import Any

import sympy

from coopgame.analysis.ess import payoff_quotient
from coopgame.dynamics.laws import Law
from coopgame.dynamics.protocols import fermi_imitation
from coopgame.dynamics.replacement_rules import birth_death, death_birth, imitation_updating
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.expressions import parse_expression
from coopgame.games.declarations import Parameter
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.networks.network_rules import Maker, maker_of


def replicator_on_graph(game: Game, degree: Any, rule: Law) -> MatrixGame:
    """Return the game whose replicator dynamics describe a game on a large random graph in which every node has `degree` neighbours.

    Its payoffs are a_ij + b_ij, where b_ij = -b_ji says how strategy i fares in local competition with j (Ohtsuki and Nowak 2006):

    - death-birth: b_ij = ((k + 1) a_ii + a_ij - a_ji - (k + 1) a_jj) / ((k + 1)(k - 2)),
    - birth-death, and Fermi imitation: b_ij = (a_ii + a_ij - a_ji - a_jj) / (k - 2),
    - imitation: b_ij = ((k + 3) a_ii + 3 a_ij - 3 a_ji - (k + 3) a_jj) / ((k + 3)(k - 2)).

    All of coopgame applies to it: rest points, stability, regimes. It holds by pair approximation, in the limit of weak selection, for infinite random
    regular graphs, up to the unit of time; its `source` says so. Payoffs of the game are per neighbour, accumulated or averaged. On lattices and networks
    with many short cycles it is a rough guide; find_critical_ratio() is exact there.

    degree: at least 3, a whole number or the name of a parameter, then the result has it among its parameters, assumed at least 3. rule: death_birth(),
    birth_death(), imitation_updating() or fermi_imitation(); its intensity does not matter.

    Raises UnsupportedError for games other than a MatrixGame, for payoffs that contain shares, and for other rules; ParameterError for degrees below 3.

    References: Ohtsuki and Nowak (2006), Journal of Theoretical Biology 243, 86-97.

    >>> from coopgame import MatrixGame, death_birth, find_regimes, replicator_on_graph
    >>> donation = MatrixGame([["b - c", "-c"], ["b", 0]], ["give", "keep"], assumptions=["b > 0", "c > 0"])
    >>> print(find_regimes(replicator_on_graph(donation, "k", death_birth())))
    R1: E1 stable iff c*k > b [realised, exact]
    R2: E2 stable iff c*k < b [realised, exact]
    the regimes and hypersurfaces cover the assumed parameters
    """
    make = maker_of(rule, "the replicator equation on graphs is")
    if not isinstance(game, MatrixGame) or game.environment:
        raise UnsupportedError(
            "the replicator equation on graphs is known for pairs drawn from one population: a MatrixGame without an environment"
        )
    for row in game.payoffs:
        for entry in row:
            payoff_quotient(game, entry)
    k = _degree(degree)
    added = (
        []
        if k.is_Integer or str(k) in game.ring.names
        else [Parameter(str(k), "number of neighbours", "邻居数", assume=">= 3")]
    )
    n = len(game.payoffs)
    rows = [[game.payoffs[i][j] + _competition(game, make, k, i, j) for j in range(n)] for i in range(n)]
    common = {
        **game.common(),
        "name": f"{game.name or 'a game'} on a graph of degree {k}, {rule.name}",
        "zh": None,
        "source": f"Ohtsuki and Nowak (2006): {rule.name}, infinite random regular graph of degree {k}, weak selection, pair approximation",
        "parameters": (*game.parameters, *added),
    }
    if not k.is_Integer and not added:
        common["assumptions"] = (*game.assumption_texts, f"{k} >= 3")
    return MatrixGame(rows, population=game.populations[0], **common)


def _degree(degree: Any) -> sympy.Expr:
    if hasattr(degree, "degrees"):
        raise ParameterError("degree is a network; give the number of neighbours of each node, network.degree")
    k = parse_expression(degree, "degree")
    if not (k.is_Symbol or (k.is_Integer and k >= 3)):
        raise ParameterError(
            f"degree is {degree}; a whole number of at least 3 is needed, or the name of a parameter. On a cycle use find_critical_ratio() or regular_coefficient()"
        )
    return k


def _competition(game: MatrixGame, make: Maker, k: sympy.Expr, i: int, j: int) -> sympy.Expr:
    """Return b_ij; the weights are those of payoffs among one's own and against each other."""
    own, other, scale = {
        death_birth: (k + 1, 1, k + 1),
        birth_death: (1, 1, 1),
        fermi_imitation: (1, 1, 1),
        imitation_updating: (k + 3, 3, k + 3),
    }[make]
    a = game.payoffs
    return (own * (a[i][i] - a[j][j]) + other * (a[i][j] - a[j][i])) / (scale * (k - 2))
