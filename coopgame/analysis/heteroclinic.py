"""Heteroclinic cycles between pure states: when they exist, and whether they attract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.box import Box, box_of
from coopgame.analysis.box_formulas import Formulas, substituted
from coopgame.analysis.heteroclinic_network import end_eigenvalue, judged_cycles, network_of
from coopgame.analysis.shorten import shorten
from coopgame.analysis.structure import Pairwise, pairwise_of
from coopgame.errors import UnsupportedError
from coopgame.expressions import to_sympy
from coopgame.games.game import Game

State = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class HeteroclinicCycle:
    """A cycle of saddle connections along edges.

    states: the pure states in the order in which they are visited, as coordinates. exists: each has an unstable direction
    along the edge to the next, nothing at rest inside that edge. attracts, repels: conditions, within existence, under which
    orbits nearby in the interior come nearer or move away; both FALSE where the criterion used does not decide. Beyond the plane,
    matrix is the characteristic matrix, a row for each state and a column for each share in `columns`, and weights are
    positive numbers with matrix*weights of one sign: negative where the cycle attracts, positive where it repels.
    """

    game: Game = field(repr=False)
    states: tuple[Mapping[str, int], ...]
    exists: Condition
    attracts: Condition
    repels: Condition
    criterion: str
    columns: tuple[str, ...] = ()
    matrix: sympy.Matrix | None = None
    weights: tuple[Fraction, ...] | None = None

    def __str__(self) -> str:
        path = " -> ".join("(" + ", ".join(str(v) for v in state.values()) + ")" for state in self.states)
        parts = [f"{path} -> back, exists if {self.exists}"]
        parts += [f"attracts if {self.attracts}"] if self.attracts != FALSE else []
        parts += [f"repels if {self.repels}"] if self.repels != FALSE else []
        return "; ".join(parts) + f" ({self.criterion})"


def find_heteroclinic_cycles(game: Game, values: Mapping[str, Any] | None = None) -> tuple[HeteroclinicCycle, ...]:
    """Return the heteroclinic cycles of pure states along edges, with conditions for attraction.

    Planar games, with symbols or at values: one population of three strategies with a payoff matrix, two populations of two
    strategies, or one of them and an environment variable at rest at both ends. A cycle through all pure states attracts where the
    product of the contracting eigenvalues exceeds that of the expanding ones, and repels where it is smaller.
    Larger games at values of all parameters: one population with a payoff matrix, populations of two strategies, or several
    populations. A cycle whose states have one unstable direction each, all other eigenvalues being negative, is
    asymptotically stable exactly where the product of its transition matrices has an eigenvalue above 1, and repels where all are
    below. A cycle with further unstable directions is not asymptotically stable; Hofbauer's matrix shows whether it repels.

    Raises UnsupportedError for larger games with parameters left, and where cycles are too many to be listed.

    References: Hofbauer and Sigmund (1998), section 17.5; Hofbauer (1994); Podvigina (2012).

    >>> from coopgame import MatrixGame, find_heteroclinic_cycles
    >>> lines = [[0, -2, -2, 1], [1, 0, -2, -2], [-2, 1, 0, -2], [-2, -2, 1, 0]]
    >>> [str(cycle.attracts) for cycle in find_heteroclinic_cycles(MatrixGame(lines))]
    ['true']
    """
    if values is not None:
        game = game.substitute(game.values(values))
    if not _is_planar(game):
        return tuple(_at_values(game))
    prover = Prover(game.assumptions)
    found = []
    for states, expanding, contracting, alone in rings_of(game):
        signs = [value.sign(">") for value in expanding] + [value.sign("<") for value in contracting]
        exists = prover.tidy(all_of(*signs, *alone))
        if exists == FALSE or not prover.can_hold(exists):
            continue
        exists = shorten(prover, exists)[0]
        balance = _product(expanding) - _product([-value for value in contracting])
        conditions = []
        for relation in "<>":
            within = prover.tidy(all_of(exists, balance.sign(relation)))
            conditions.append(within if within != FALSE and prover.can_hold(within) else FALSE)
        criterion = "product of contracting over product of expanding eigenvalues"
        found.append(HeteroclinicCycle(game, states, exists, conditions[0], conditions[1], criterion))
    return tuple(found)


def _is_simplex(game: Game) -> bool:
    return len(game.populations) == 1 and not game.environment and len(game.populations[0].strategies) == 3


def _is_planar(game: Game) -> bool:
    return _is_simplex(game) or (len(game.coordinates) == 2 and all(len(p.strategies) == 2 for p in game.populations))


def _at_values(game: Game) -> Iterator[HeteroclinicCycle]:
    if game.ring.names:
        raise UnsupportedError(
            f"cycles beyond planar games are found at values; give them to {', '.join(game.ring.names)}, or substitute defaults by {{}}"
        )
    network = network_of(game)
    for cycle in judged_cycles(network):
        states = tuple(network.coordinates(state) for state in cycle.states)
        attracts, repels = (TRUE if cycle.side == side else FALSE for side in ("attracts", "repels"))
        yield HeteroclinicCycle(
            game, states, TRUE, attracts, repels, cycle.criterion, cycle.columns, _table(cycle.rows), cycle.weights
        )


def _table(rows: Sequence[Sequence[Fraction]]) -> sympy.Matrix:
    return sympy.Matrix([[to_sympy(v) for v in row] for row in rows])


def _product(values: Sequence[Quotient]) -> Quotient:
    result = values[0]
    for value in values[1:]:
        result = result * value
    return result


def rings_of(game: Game) -> Iterator[Ring4]:
    """Yield both ways round the pure states of a planar game: states, expanding and contracting eigenvalues, and conditions
    that nothing is at rest inside the edges beyond the signs of these. Raises UnsupportedError for other games."""
    if not _is_planar(game):
        raise UnsupportedError("both ways round the pure states are those of planar games")
    yield from _simplex_rings(pairwise_of(game)) if _is_simplex(game) else _square_rings(box_of(game))


Ring4 = tuple[tuple[Mapping[str, int], ...], list[Quotient], list[Quotient], list[Condition]]


def _simplex_rings(pairwise: Pairwise) -> Iterator[Ring4]:
    """Both orders of three pure states; on an edge payoffs are linear, so opposite signs at its ends are enough."""
    b, names = pairwise.differences, pairwise.game.coordinates
    for order in ((0, 1, 2), (0, 2, 1)):
        states = tuple({name: int(k == j) for k, name in enumerate(names)} for j in order)
        following = order[1:] + order[:1]
        expanding = [b[j][i] for i, j in zip(order, following, strict=True)]
        contracting = [b[i][j] for i, j in zip(order, following, strict=True)]
        yield states, expanding, contracting, []


def _square_rings(box: Box) -> Iterator[Ring4]:
    """Both ways round the square."""
    box.needs_two_ends("a cycle of pure states")
    formulas = Formulas(box)
    way: list[State] = [(0, 0), (1, 0), (1, 1), (0, 1)]
    for states in (way, way[::-1]):
        expanding, contracting, alone = [], [], []
        for here, there in zip(states, states[1:] + states[:1], strict=True):
            i = next(k for k in (0, 1) if here[k] != there[k])
            expanding.append(end_eigenvalue(formulas, i, here))
            contracting.append(end_eigenvalue(formulas, i, there))
            alone.append(_no_rest_point(formulas, i, here))
        yield tuple(dict(zip(box.names, s, strict=True)) for s in states), expanding, contracting, alone


def _no_rest_point(formulas: Formulas, i: int, vertex: State) -> Condition:
    """A condition that the drive keeps its sign on the edge, beyond the signs at its ends; for degree up to two."""
    face = tuple(None if k == i else v for k, v in enumerate(vertex))
    polynomial = formulas.on_face(i, face)
    wide = formulas.wide
    place = wide.names.index(formulas.box.names[i])
    if polynomial.is_zero() or int(polynomial.degrees()[place]) <= 1:
        return all_of()
    if int(polynomial.degrees()[place]) > 2:
        raise UnsupportedError(
            f"on an edge the advantage is of degree {int(polynomial.degrees()[place])} in {formulas.box.names[i]}; give values"
        )
    # Bernstein coefficients of one sign keep the sign; the middle one follows from the ends and the square's coefficient
    square = polynomial.derivative(place).derivative(place) / 2
    at0, at1 = (substituted(wide, polynomial, formulas.box.names[i], v) for v in (0, 1))
    middle = (at0 + at1 - square) / 2
    count = len(formulas.ring.names)
    inner = formulas.ring.context.from_dict({tuple(map(int, m[:count])): c for m, c in middle.terms()})
    lead = formulas.ring.context.from_dict({tuple(map(int, m[:count])): c for m, c in at0.terms()})
    return Quotient(formulas.ring, inner * lead).sign(">=")
