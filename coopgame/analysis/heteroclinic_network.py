"""Saddle connections between pure states at values, in any dimension: cycles, characteristic matrices, who attracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import sympy

from coopgame.algebra.positive import positive_weights
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.box import Box, box_of
from coopgame.analysis.box_formulas import Formulas
from coopgame.analysis.box_points import find_places
from coopgame.analysis.profiles import Profiles, profiles_of
from coopgame.analysis.structure import Pairwise, pairwise_of
from coopgame.errors import UnsupportedError
from coopgame.expressions import to_sympy
from coopgame.games.game import Game

State = tuple[int, ...]  # one strategy per population; an environment variable counts as a population of two
Species = tuple[int, int]  # a population and one of its strategies
_MOST_CYCLES = 1_000
_MOST_STEPS = 200_000


@dataclass(frozen=True, eq=False)
class Network:
    """Pure states, the eigenvalues towards strategies that are absent there, and which edges lead all the way.

    eigenvalues[state][p, s]: the growth rate of strategy s of population p while it is rare. leads[state]: the absent strategies along
    whose edge an orbit runs from the state to the pure state that has this strategy.
    """

    eigenvalues: Mapping[State, Mapping[Species, Fraction]]
    leads: Mapping[State, tuple[Species, ...]]
    shares: Mapping[Species, str]
    names: tuple[str, ...]

    def coordinates(self, state: State) -> dict[str, int]:
        """Return a pure state by coordinate."""
        present = {self.shares[p, s] for p, s in enumerate(state)}
        return {name: int(name in present) for name in self.names}

    def is_simple(self, state: State) -> bool:
        """Return whether one eigenvalue is positive and the others are negative."""
        values = self.eigenvalues[state].values()
        return sum(value > 0 for value in values) == 1 and 0 not in values


def next_state(state: State, species: Species) -> State:
    """Return the pure state at the other end of an edge."""
    p, s = species
    return (*state[:p], s, *state[p + 1 :])


def network_of(game: Game) -> Network:
    """Return the saddle connections of a game without parameters.

    Raises UnsupportedError for payoffs that are not linear in a population of three and more strategies, and for environment
    variables whose ends are not at rest.
    """
    if len(game.populations) == 1 and not game.environment and len(game.populations[0].strategies) > 2:
        return _of_matrix(pairwise_of(game))
    if all(len(population.strategies) == 2 for population in game.populations):
        return _of_box(box_of(game))
    return _of_profiles(profiles_of(game))


def _of_matrix(pairwise: Pairwise) -> Network:
    b = [[entry.value({}) for entry in row] for row in pairwise.differences]
    n, names = pairwise.size, pairwise.game.coordinates
    eigenvalues: dict[State, dict[Species, Fraction]] = {
        (i,): {(0, j): b[j][i] for j in range(n) if j != i} for i in range(n)
    }
    leads: dict[State, tuple[Species, ...]] = {
        (i,): tuple((0, j) for j in range(n) if b[j][i] > 0 > b[i][j]) for i in range(n)
    }
    return Network(eigenvalues, leads, {(0, i): name for i, name in enumerate(names)}, names)


def _of_box(box: Box) -> Network:
    """The first of two strategies is the one whose share is the coordinate: 1 at the vertex, strategy 0 of the state."""
    box.needs_two_ends("a cycle of pure states")
    formulas = Formulas(box)
    mixed = [place for place in find_places(box).places if len(place.mixed) == 1]
    eigenvalues, leads = {}, {}
    for vertex in box.vertices:
        state = tuple(1 - v for v in vertex)
        numbers = {(i, vertex[i]): end_eigenvalue(formulas, i, vertex).value({}) for i in range(box.size)}
        eigenvalues[state] = numbers
        free = [
            i
            for i in range(box.size)
            if not any(p.mixed == (i,) and _same_but(p.face, vertex, i) for p in mixed) and numbers[i, vertex[i]] > 0
        ]
        leads[state] = tuple((i, vertex[i]) for i in free)
    shares = {(i, s): name if s == 0 else f"1 - {name}" for i, name in enumerate(box.names) for s in (0, 1)}
    return Network(eigenvalues, leads, shares, box.names)


def end_eigenvalue(formulas: Formulas, i: int, vertex: State) -> Quotient:
    """Return the eigenvalue of a vertex of a box along coordinate i."""
    value = formulas.drive(i, vertex, {}).p
    return value if vertex[i] == 0 else -value


def _same_but(face: Sequence[int | None], vertex: State, i: int) -> bool:
    return all(v == w for k, (v, w) in enumerate(zip(face, vertex, strict=True)) if k != i)


def _of_profiles(profiles: Profiles) -> Network:
    eigenvalues, leads, shares = {}, {}, {}
    for p, population in enumerate(profiles.game.populations):
        for s, strategy in enumerate(population.strategies):
            two = (population.symbol, f"1 - {population.symbol}")
            shares[p, s] = two[s] if population.symbol else f"{population.name}.{strategy}"
    for profile in profiles.vertices:
        numbers = {
            (p, s): profiles.lead(p, s, profile).value({})
            for p, size in enumerate(profiles.sizes)
            for s in range(size)
            if s != profile[p]
        }
        eigenvalues[profile] = numbers
        leads[profile] = tuple(species for species, value in numbers.items() if value > 0)
    return Network(eigenvalues, leads, {k: str(v) for k, v in shares.items()}, profiles.game.coordinates)


@dataclass(frozen=True, eq=False)
class JudgedCycle:
    """A cycle with its characteristic matrix, and on which side it was decided."""

    states: tuple[State, ...]
    side: Literal["attracts", "repels", ""]
    criterion: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Fraction, ...], ...]
    weights: tuple[Fraction, ...] | None


def judged_cycles(network: Network) -> Iterator[JudgedCycle]:
    """Yield all cycles of saddle connections, shorter ones first, each with its verdict."""
    yield from (_judged(network, cycle) for cycle in sorted(_cycles(network.leads), key=lambda c: (len(c), c)))


def attracting_cycles(network: Network) -> Iterator[JudgedCycle]:
    """Yield the asymptotically stable cycles; only states with one unstable direction are followed."""
    simple = {state: network.leads[state] for state in network.leads if network.is_simple(state)}
    yield from (cycle for cycle in (_judged(network, c) for c in _cycles(simple)) if cycle.side == "attracts")


def _cycles(leads: Mapping[State, tuple[Species, ...]]) -> list[tuple[State, ...]]:
    """Return the elementary cycles of the connections, each from its least state on."""
    found: list[tuple[State, ...]] = []
    steps = 0
    for root in sorted(leads):
        paths: list[tuple[State, ...]] = [(root,)]
        while paths:
            path = paths.pop()
            steps += 1
            for species in leads[path[-1]]:
                there = next_state(path[-1], species)
                if there == root:
                    found.append(path)
                elif there in leads and there > root and there not in path:
                    paths.append((*path, there))
            if len(found) > _MOST_CYCLES or steps > _MOST_STEPS:
                raise UnsupportedError(
                    "there are too many cycles of saddle connections to list; look at fewer strategies"
                )
    return found


def _judged(network: Network, cycle: tuple[State, ...]) -> JudgedCycle:
    simple = all(network.is_simple(state) for state in cycle)
    entered = [_difference(a, b) for a, b in zip(cycle, cycle[1:] + cycle[:1], strict=True)]
    species = sorted(set(entered)) if simple else sorted({s for state in cycle for s in network.eigenvalues[state]})
    rows = tuple(tuple(network.eigenvalues[state].get(s, Fraction(0)) for s in species) for state in cycle)
    columns = tuple(network.shares[s] for s in species)
    repelling = positive_weights(rows)
    if not simple:
        level = any(0 in network.eigenvalues[state].values() for state in cycle)
        several = any(sum(v > 0 for v in network.eigenvalues[state].values()) > 1 for state in cycle)
        why = "some state has a further unstable direction, so it is not asymptotically stable"
        why = why if several else "an eigenvalue is 0" if level else why
        if repelling is not None:
            why += "; the characteristic matrix with these weights is positive (Hofbauer 1994)"
        return JudgedCycle(cycle, "repels" if repelling else "", why, columns, rows, repelling)
    radius = compare_with_one(return_matrix(network, cycle, entered))
    side: Literal["attracts", "repels", ""] = "attracts" if radius > 0 else "repels" if radius < 0 else ""
    relation = {1: "above 1", 0: "equal to 1, which leaves it open", -1: "below 1"}[radius]
    weights = (
        positive_weights([[-v for v in row] for row in rows]) if radius > 0 else repelling if radius < 0 else None
    )
    criterion = f"largest eigenvalue of the product of transition matrices {relation}"
    return JudgedCycle(cycle, side, criterion, columns, rows, weights)


def _difference(here: State, there: State) -> Species:
    return next((p, t) for p, (s, t) in enumerate(zip(here, there, strict=True)) if s != t)


def return_matrix(network: Network, cycle: Sequence[State], entered: Sequence[Species]) -> list[list[Fraction]]:
    """Return how one turn around a cycle changes -ln of the shares that are small before its first state.

    At a state the rare strategy that is `entered` next grows for a time -ln(share)/eigenvalue, in which the others change by that
    time times their eigenvalues; along edges logarithms change by bounded amounts. The strategy just left starts at 0. Shares
    that are absent throughout only follow, and are left out. Every entry is positive.
    """
    own = sorted(set(entered))
    before = _difference(cycle[0], cycle[-1])  # what was left on the way to the first state
    start = [s for s in own if s in network.eigenvalues[cycle[0]] and s != before]
    logs = {s: [Fraction(int(s == t)) for t in start] for s in start}
    logs[before] = [Fraction(0)] * len(start)
    for state, there, species in zip(cycle, (*cycle[1:], cycle[0]), entered, strict=True):
        rates = network.eigenvalues[state]
        rising = logs.pop(species)
        logs = {
            s: [a - rates[s] / rates[species] * r for a, r in zip(row, rising, strict=True)]
            for s, row in logs.items()
        }
        logs[_difference(there, state)] = [Fraction(0)] * len(start)
    return [logs[s] for s in start]


def compare_with_one(matrix: Sequence[Sequence[Fraction]]) -> int:
    """Return the sign of the largest eigenvalue of a positive matrix minus 1, exactly."""
    table = sympy.Matrix([[to_sympy(v) for v in row] for row in matrix])
    polynomial = sympy.Poly(table.charpoly().as_expr(), table.charpoly().gen)
    above = polynomial.count_roots(1, None)
    level = polynomial.eval(1) == 0
    if not above:
        return -1
    return 0 if level and polynomial.sqf_part().count_roots(1, None) == 1 else 1
