"""Finds all rest points of the replicator dynamics of a game, symbolically or at given values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
import sympy

from coopgame.algebra.conditions import TRUE
from coopgame.algebra.prover import Prover
from coopgame.analysis import cube_points, profile_points, symmetric_points, triple_points
from coopgame.analysis.box import Box, box_of
from coopgame.analysis.box_points import box_rest_points
from coopgame.analysis.box_symbolic import symbolic_rest_points
from coopgame.analysis.certify import certified_zeros
from coopgame.analysis.group_points import line_points
from coopgame.analysis.law_points import points_by_theory
from coopgame.analysis.law_search import searched_points
from coopgame.analysis.map_points import points_of_map
from coopgame.analysis.points import Absence, Component, Known, RestPoint, RestPoints
from coopgame.analysis.profile_numbers import mixed_points
from coopgame.analysis.profiles import Profiles, profiles_of
from coopgame.analysis.share_line import ShareLine, share_line_of
from coopgame.analysis.stability import NEVER_ASYMPTOTIC, Stability
from coopgame.analysis.structure import Cube, Pairwise, cube_of, pairwise_of
from coopgame.analysis.support_formulas import symbolic_supports
from coopgame.analysis.support_numbers import settled, support_points
from coopgame.dynamics.discrete import GenerationMap
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Rest
from coopgame.dynamics.mean import replicator_game
from coopgame.dynamics.replicator import ReplicatorField
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.group import GroupGame

# labels that stay open within this bound read "depends", which is safe
_STEPS = 300_000
_GENERIC = "continua that one equation brings about are listed with it"


def find_rest_points(game: Game | VectorField | GenerationMap, values: Mapping[str, Any] | None = None) -> RestPoints:
    """Return all rest points of the replicator dynamics, with existence, eigenvalues and stability.

    Without values the parameters stay symbols, and their defaults are not used. With values, {} for the defaults alone, the
    result is numeric: defaults stand in for what is not given. To fix some parameters and keep the others as symbols, pass
    `game.substitute(...)`. Vertices, edges and faces are solved by their structure, exactly; four and more mixed
    populations by interval arithmetic, at values only.

    One population: by support, up to five strategies as formulas, any number at values; with two the advantage may be any
    polynomial in the share, as in a GroupGame: at values all its roots are isolated exactly, with symbols the sign changes of
    a group game are decided.
    Several populations: two strategies each as formulas, four and more mixed ones at values. With more strategies: pure states and
    mixtures of two populations as formulas, all others at values. Where payoffs of two-strategy populations depend on the own population's shares, are not linear in the others', or feel
    an environment, rest points are formulas up to square roots on faces with two free coordinates, and at values certified. Other games
    raise UnsupportedError, ParameterError when a value is missing, AssumptionError when values violate an assumption.

    Of a map from generation to generation the rest points are the same, with multipliers for eigenvalues: stable inside the unit circle.

    References: Hofbauer and Sigmund (1998), Evolutionary Games and Population Dynamics, chapters 7, 10 and 13.
    """
    if isinstance(game, GenerationMap):
        return points_of_map(game, find_rest_points(game.game, values), values)
    if isinstance(game, VectorField) and not isinstance(game, ReplicatorField):
        return _of_other_dynamics(game, values)
    game = replicator_game(game, "the list of rest points")
    if values is not None:
        game = game.substitute(game.values(values))
    prover = Prover(game.assumptions, steps=_STEPS)
    line = _curved_line(game)
    if line is not None:
        return _on_a_line(line, prover)
    if len(game.populations) > 1 and any(len(p.strategies) != 2 for p in game.populations) and not game.environment:
        return _profiles(profiles_of(game), prover)
    try:
        structure = cube_of(game) if len(game.populations) > 1 else pairwise_of(game)
    except UnsupportedError:
        return _on_box(box_of(game), prover)
    return (
        _several_populations(structure, prover) if isinstance(structure, Cube) else _one_population(structure, prover)
    )


def _of_other_dynamics(dynamics: VectorField, values: Mapping[str, Any] | None) -> RestPoints:
    """Return rest points by theory from those of the replicator, where there is one; else search."""
    if any(law.rest == Rest.OWN for law in dynamics.laws):
        if values is None:
            raise UnsupportedError(
                f"rest points of {dynamics.name} are no formulas; give values, {{}} for the defaults: find_rest_points(dynamics, values)"
            )
        return searched_points(dynamics, values)
    return points_by_theory(dynamics, find_rest_points(dynamics.game, values), values)


def _curved_line(game: Game) -> ShareLine | None:
    """Return the advantage of a group game, or at values of any game with a polynomial advantage, when it is not linear."""
    if len(game.populations) > 1 or game.environment or len(game.populations[0].strategies) != 2:
        return None
    if game.ring.names and not isinstance(game, GroupGame):
        return None
    try:
        line = share_line_of(game)
    except UnsupportedError:
        return None
    return line if line.degree > 1 else None


def _mode(game: Game) -> Any:
    return "symbolic" if game.ring.names else "numeric"


def _on_box(box: Box, prover: Prover) -> RestPoints:
    if box.game.ring.names:
        found = symbolic_rest_points(box, prover)
        return RestPoints(box.game, found.points, found.components, found.complete, found.because, "symbolic")
    points, components, undecided = box_rest_points(box)
    because = "every face certified by ball arithmetic"
    if undecided:
        because = f"ball arithmetic left {undecided} boxes or equations that may hold rest points"
    return RestPoints(box.game, points, components, not undecided, because, "numeric")


def _one_population(pairwise: Pairwise, prover: Prover) -> RestPoints:
    game = pairwise.game
    points = list(symmetric_points.vertex_points(pairwise, prover))
    absent: list[Absence] = []
    components: list[Component] = []
    complete, because = True, "pure states, edges and the interior are solved exactly"
    facts = prover.facts
    if pairwise.size <= 3:
        mixed = list(symmetric_points.edge_points(pairwise, prover)) if pairwise.size > 1 else []
        mixed += [symmetric_points.interior_point(pairwise, prover)] if pairwise.size == 3 else []
        points += [found for found in mixed if isinstance(found, RestPoint)]
        absent = [found for found in mixed if isinstance(found, Absence)]
        facts = prover.facts
        components = list(symmetric_points.components(pairwise, prover)) if pairwise.size > 1 else []
    elif game.ring.names:
        found = symbolic_supports(pairwise, prover)
        points += found.points
        absent, components, facts = list(found.absent), list(found.components), prover.facts
        complete, because = found.complete, found.because
    else:
        numbers = support_points(pairwise)
        points += numbers.points
        components = list(numbers.components)
        because = "every support is solved exactly"
        if numbers.searched < pairwise.size:
            complete = False
            because = f"supports of more than {numbers.searched} of the {pairwise.size} strategies were not searched"
    if not game.ring.names and len(game.coordinates) == pairwise.size:
        points = [settled(pairwise, point) for point in points]
    if complete:
        because = _checked_by_index(game, points, components, because)
    return RestPoints(game, tuple(points), tuple(components), complete, because, _mode(game), tuple(absent), facts)


def _on_a_line(line: ShareLine, prover: Prover) -> RestPoints:
    points, components, complete, because = line_points(line, prover)
    if complete:
        because = _checked_by_index(line.game, points, components, because)
    return RestPoints(line.game, tuple(points), tuple(components), complete, because, _mode(line.game))


def _several_populations(cube: Cube, prover: Prover) -> RestPoints:
    game = cube.game
    points = list(cube_points.vertex_points(cube, prover))
    facts = prover.facts
    components = [*cube_points.edge_components(cube, prover), *cube_points.face_components(cube, prover)]
    for face in cube_points.pair_faces(cube):
        label = "I1" if not face.others else f"F{sum(p.kind == 'face' for p in points) + 1}"
        pair = cube_points.pair_point(face, prover, label)
        points += [pair] if pair else []
    complete, because = True, "vertices, faces and the interior are solved exactly"
    for found in _triples(cube):
        if isinstance(found, Component):
            components.append(found)
            complete, because = False, "the equations for an interior are dependent at these values"
        else:
            points.append(found)
    if cube.size >= 4:
        more, undecided = ((), 0) if game.ring.names else _larger(cube)
        points += more
        if game.ring.names:
            complete, because = False, "points with four or more mixed populations need values for all parameters"
        elif undecided:
            complete, because = False, f"interval arithmetic left {undecided} boxes that may hold rest points"
        else:
            because = "up to three mixed populations exact, more certified by interval arithmetic"
    if complete:
        because = _checked_by_index(game, points, components, because)
    components = _without_edges_of_faces(components)
    return RestPoints(game, tuple(points), tuple(components), complete, because, _mode(game), (), facts)


def _profiles(profiles: Profiles, prover: Prover) -> RestPoints:
    """Several populations, some with other than two strategies."""
    game = profiles.game
    points = list(profile_points.vertex_points(profiles, prover))
    facts = prover.facts
    if all(gain.is_zero() for table in profiles.gains for gain in table.values()):
        still = [replace(p, attracting="lyapunov", because="every state is at rest") for p in points]
        whole = Component("face", "everywhere", note="all strategies always earn the same")
        because = "every state is at rest"
        return RestPoints(game, tuple(still), (whole,), True, because, _mode(game), (), facts)
    components = list(profile_points.edge_components(profiles, prover))
    if game.ring.names:
        points += profile_points.pair_points(profiles, prover)
        complete = profile_points.two_populations_mix(profiles.sizes)
        because = "pure states, and mixtures of two populations with equally many strategies, are solved exactly"
        if not complete:
            because = "points with three or more mixed populations need values for all parameters"
    else:
        found = mixed_points(profiles)
        points, components = points + list(found.points), components + list(found.components)
        complete, because = found.searched and not found.undecided, "every face is solved exactly"
        if len(profiles.sizes) > 2:
            because = "up to two mixed populations exact, more certified by interval arithmetic"
        if found.undecided:
            because = f"interval arithmetic left {found.undecided} boxes that may hold rest points"
        elif not found.searched:
            because = "a limit on the number of faces was reached; those with fewer mixed strategies were searched"
    if complete:
        because = _checked_by_index(game, points, components, because)
    return RestPoints(game, tuple(points), tuple(components), complete, because, _mode(game), (), facts)


def _triples(cube: Cube) -> Iterator[RestPoint | Component]:
    number = 0
    for subcube in triple_points.subcubes(cube):
        whole = cube.size == 3
        if cube.game.ring.names:
            number += 1
            point = triple_points.symbolic_point(subcube, "I1" if whole else f"T{number}")
            if point:
                yield point
            continue
        for found in triple_points.numeric_points(subcube):
            if isinstance(found, Component):
                yield found
            else:
                number += 1
                yield triple_points.numeric_point(subcube, found, f"{'I' if whole else 'T'}{number}")


def _larger(cube: Cube) -> tuple[list[RestPoint], int]:
    """Points with four or more mixed populations at given values, certified; and the undecided boxes."""
    points: list[RestPoint] = []
    undecided = 0
    for size in range(4, cube.size + 1):
        for mixed in combinations(range(cube.size), size):
            others = [i for i in range(cube.size) if i not in mixed]
            for fixed in product((0, 1), repeat=len(others)):
                vertex = [0] * cube.size
                for i, share in zip(others, fixed, strict=True):
                    vertex[i] = share
                found = certified_zeros([_table(cube, i, mixed, vertex) for i in mixed])
                undecided += found.undecided
                for shares in found.points:
                    points.append(_certified_point(cube, mixed, vertex, shares, f"Q{len(points) + 1}"))
    return points, undecided


def _table(cube: Cube, i: int, mixed: tuple[int, ...], vertex: list[int]) -> dict[tuple[int, ...], Any]:
    others = [j for j in mixed if j != i]
    table = {}
    for ends in product((0, 1), repeat=len(others)):
        corner = list(vertex)
        for j, end in zip(others, ends, strict=True):
            corner[j] = end
        table[ends] = cube.corner(i, tuple(corner)).value({})
    return table


def _certified_point(
    cube: Cube, mixed: tuple[int, ...], vertex: list[int], shares: np.ndarray, label: str
) -> RestPoint:
    from coopgame.dynamics.mean import replicator

    state = np.array(vertex, dtype=float)
    state[list(mixed)] = shares
    field = replicator(cube.game)
    jacobian = field.jacobian(dict(zip(cube.game.coordinates, state, strict=True)))
    eigenvalues = np.linalg.eigvals(jacobian)
    real = np.sort(eigenvalues.real)
    saddle = real[0] < -1e-9 and real[-1] > 1e-9 and np.abs(real).min() > 1e-9
    outward = [float(jacobian[i, i]) for i in range(cube.size) if i not in mixed]
    clear = np.abs(eigenvalues).min() > 1e-9
    known: Known = "certified"
    return RestPoint(
        label=label,
        kind="interior" if len(mixed) == cube.size else "face",
        coordinates={n: sympy.Float(float(v)) for n, v in zip(cube.game.coordinates, state, strict=True)},
        eigenvalues=tuple(sympy.Float(e.real) + sympy.I * sympy.Float(e.imag) for e in eigenvalues.astype(complex)),
        stability=Stability.SADDLE if saddle else Stability.NON_HYPERBOLIC,
        attracting="unstable" if real[-1] > 1e-9 else "unknown",
        because="eigenvalues in floating point",
        game=cube.game,
        known=known,
        saturated=all(value < 0 for value in outward) if clear else None,
        index=int(np.sign(np.linalg.det(-jacobian))) if clear else None,
        note=f"existence certified by interval arithmetic, type numerical; never an ESS: {NEVER_ASYMPTOTIC}",
    )


def _checked_by_index(game: Game, points: list[RestPoint], components: list[Component], because: str) -> str:
    """Add the check by the index theorem: over regular Nash equilibria, sign det(-J) sums to 1.

    References: Hofbauer and Sigmund (1998), section 13.4; Ritzberger (1994), International Journal of Game Theory 23.
    """
    if game.ring.names:
        return f"{because}; {_GENERIC}"
    nash = [point for point in points if point.saturated is not False]
    if components or any(point.index is None for point in nash):
        return f"{because}; the index theorem does not apply to degenerate equilibria"
    total = sum(point.index or 0 for point in nash)
    if total != 1:
        raise UnsupportedError(
            f"the indices of the Nash equilibria found for {game.name!r} add up to {total} instead of 1: a rest point "
            "is missing; please report this game as a defect"
        )
    return f"{because}; the indices of the Nash equilibria add up to 1, as they must"


def _without_edges_of_faces(components: list[Component]) -> list[Component]:
    """Return the components without lines that lie in a face at rest under the same condition, or always."""
    faces = [(set(c.where.split(" and ")), c.condition) for c in components if c.kind == "face"]

    def inside(component: Component) -> bool:
        where = set(component.where.split(" and "))
        return component.kind == "line" and any(
            condition in (TRUE, component.condition) and (face <= where or face == {"everywhere"})
            for face, condition in faces
        )

    return [component for component in components if not inside(component)]
