"""Heteroclinic cycles between pure states: when they exist, and whether they attract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from coopgame.algebra.conditions import FALSE, Condition, all_of
from coopgame.algebra.positive import positive_weights
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.box import Box, box_of
from coopgame.analysis.box_formulas import Formulas, substituted
from coopgame.analysis.shorten import shorten
from coopgame.analysis.structure import Pairwise, pairwise_of
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

State = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class HeteroclinicCycle:
    """A cycle of saddle connections along edges.

    states: the pure states in the order in which they are visited, as coordinates. exists: each has an unstable direction
    along the edge to the next, nothing at rest inside that edge. attracts, repels: conditions, within existence, under which
    orbits nearby in the interior come nearer or move away; both FALSE where the criterion used does not decide.
    """

    game: Game = field(repr=False)
    states: tuple[Mapping[str, int], ...]
    exists: Condition
    attracts: Condition
    repels: Condition
    criterion: str

    def __str__(self) -> str:
        path = " -> ".join("(" + ", ".join(str(v) for v in state.values()) + ")" for state in self.states)
        parts = [f"{path} -> back, exists if {self.exists}"]
        parts += [f"attracts if {self.attracts}"] if self.attracts != FALSE else []
        parts += [f"repels if {self.repels}"] if self.repels != FALSE else []
        return "; ".join(parts) + f" ({self.criterion})"


def find_heteroclinic_cycles(game: Game, values: Mapping[str, Any] | None = None) -> tuple[HeteroclinicCycle, ...]:
    """Return the heteroclinic cycles through all pure states of a planar game, with conditions for attraction.

    Planar: one population of three strategies with a payoff matrix, two populations of two strategies, or one of them and
    an environment variable at rest at both ends. The cycle attracts where the product of the
    contracting eigenvalues exceeds that of the expanding ones, and repels where it is smaller. For other games at values
    of all parameters, `find_cycles_by_matrix` has the criterion of the characteristic matrix.

    References: Hofbauer and Sigmund (1998), section 17.5; Hofbauer (1994), Tatra Mountains Math. Publ. 4, 105-116.
    """
    if values is not None:
        game = game.substitute(game.values(values))
    prover = Prover(game.assumptions)
    rings = _simplex_rings(pairwise_of(game)) if _is_simplex(game) else _square_rings(box_of(game))
    found = []
    for states, expanding, contracting, alone in rings:
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
    if len(game.populations) == 1 and not game.environment and len(game.populations[0].strategies) == 3:
        return True
    if len(game.coordinates) != 2 or any(len(p.strategies) != 2 for p in game.populations):
        raise UnsupportedError(
            "the product criterion is for planar games: one population of three strategies, or two coordinates"
        )
    return False


def _product(values: Sequence[Quotient]) -> Quotient:
    result = values[0]
    for value in values[1:]:
        result = result * value
    return result


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
    if not all(box.relative):
        raise UnsupportedError(
            f"the ends of {box.names[box.relative.index(False)]} are not at rest: no cycle of pure states"
        )
    formulas = Formulas(box)
    way: list[State] = [(0, 0), (1, 0), (1, 1), (0, 1)]
    for states in (way, way[::-1]):
        expanding, contracting, alone = [], [], []
        for here, there in zip(states, states[1:] + states[:1], strict=True):
            i = next(k for k in (0, 1) if here[k] != there[k])
            expanding.append(_eigenvalue(formulas, i, here))
            contracting.append(_eigenvalue(formulas, i, there))
            alone.append(_no_rest_point(formulas, i, here))
        yield tuple(dict(zip(box.names, s, strict=True)) for s in states), expanding, contracting, alone


def _eigenvalue(formulas: Formulas, i: int, vertex: State) -> Quotient:
    value = formulas.drive(i, vertex, {}).p
    return value if vertex[i] == 0 else -value


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


@dataclass(frozen=True, eq=False)
class MatrixCriterion:
    """The characteristic matrix of a heteroclinic cycle at values, and what it says.

    states: pure states in order; matrix: eigenvalues away from the states, one row per state, one column per coordinate that
    is extreme there; weights: positive numbers p with matrix*p of one sign, if there are any. verdict: where all are negative the
    cycle attracts interior orbits provided that it attracts within the border; where all are positive it repels; else undecided.
    """

    states: tuple[tuple[int, ...], ...]
    matrix: sympy.Matrix
    weights: tuple[Fraction, ...] | None
    verdict: str


def find_cycles_by_matrix(game: Game, values: Mapping[str, Any] | None = None) -> tuple[MatrixCriterion, ...]:
    """Return the simple heteroclinic cycles of a game of two-strategy populations at values, with Hofbauer's criterion.

    A cycle is simple when every state on it has one unstable direction. Weights are found by linear programming and checked in exact
    numbers.

    References: Hofbauer (1994); Hofbauer and Sigmund (1998), section 17.5, theorem 17.5.1.
    """
    game = game.substitute(game.values(values))
    box = box_of(game)
    if not box.vertices:
        raise UnsupportedError("an environment variable does not stay at its ends: no pure states")
    formulas = Formulas(box)
    eigenvalues = {v: [_eigenvalue(formulas, i, v).value({}) for i in range(box.size)] for v in box.vertices}
    following: dict[State, State] = {}
    for vertex, numbers in eigenvalues.items():
        rising = [i for i, value in enumerate(numbers) if value > 0]
        if len(rising) == 1 and 0 not in numbers:
            i = rising[0]
            there = tuple(1 - v if k == i else v for k, v in enumerate(vertex))
            if eigenvalues[there][i] < 0 and not _mixed_on_edge(box, i, vertex):
                following[vertex] = there
    return tuple(_criterion(cycle, eigenvalues) for cycle in _cycles(following))


def _mixed_on_edge(box: Box, i: int, vertex: State) -> bool:
    from coopgame.analysis.box_points import find_places

    return any(
        p.mixed == (i,) and all(v == w for k, (v, w) in enumerate(zip(p.face, vertex, strict=True)) if k != i)
        for p in find_places(box).places
    )


def _cycles(following: Mapping[State, State]) -> Iterator[tuple[State, ...]]:
    seen: set[State] = set()
    for start in following:
        path: list[State] = []
        here: State | None = start
        while here is not None and here not in path and here not in seen:
            path.append(here)
            here = following.get(here)
        if here in path:
            yield tuple(path[path.index(here) :])
        seen.update(path)


def _criterion(cycle: tuple[State, ...], eigenvalues: Mapping[State, Sequence[Fraction]]) -> MatrixCriterion:
    size = len(cycle[0])
    # a column for each end of each coordinate that some state of the cycle does not sit at
    columns = [(i, end) for i in range(size) for end in (0, 1) if any(state[i] != end for state in cycle)]
    rows = [[eigenvalues[state][i] if state[i] != end else Fraction(0) for i, end in columns] for state in cycle]
    attracting = positive_weights([[-value for value in row] for row in rows])
    repelling = positive_weights(rows)
    weights = attracting or repelling
    verdict = "attracts where it attracts within the border" if attracting else "repels" if repelling else "undecided"
    table = sympy.Matrix([[sympy.Rational(v.numerator, v.denominator) for v in row] for row in rows])
    return MatrixCriterion(cycle, table, weights, verdict)
