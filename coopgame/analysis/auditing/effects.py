"""Effects of parameters: cells for what is claimed of them, remarks on idle sweeps and on figures at degenerate values."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from coopgame.algebra.conditions import sign
from coopgame.analysis.analyse import dead_parameters, unused_parameters
from coopgame.analysis.auditing.result import AuditCell, AuditRemark
from coopgame.analysis.auditing.scene import Scene, Scenes
from coopgame.analysis.auditing.trajectories import short
from coopgame.analysis.auditing.values import Judgement
from coopgame.analysis.published import Published, PublishedEffect, Values
from coopgame.analysis.structure import cube_of
from coopgame.dynamics.mean import replicator
from coopgame.errors import CoopgameError, GameError
from coopgame.expressions import symbols_of
from coopgame.games.game import Game

_MOST_LINES = 3


def effect_cell(game: Game, effect: PublishedEffect) -> AuditCell:
    """Return the verdict on a statement that a parameter matters to the dynamics, or does not; exact."""
    judgement = _judge_effect(game, effect)
    claim = "matters" if effect.matters else "does not matter"
    j = judgement
    return AuditCell(
        f"parameter {effect.parameter}", "effect", effect.path, claim, j.verdict, j.ours, j.because, j.known
    )


def _judge_effect(game: Game, effect: PublishedEffect) -> Judgement:
    idle = idle_parameters(game).get(effect.parameter, "")
    if not idle and effect.values:
        others = {name: value for name, value in effect.values.items() if name != effect.parameter}
        try:
            free = game.without_assumptions().substitute(others)
        except GameError as error:
            return Judgement("undecidable", "", f"the payoffs have no value there: {error}", "")
        if effect.parameter in idle_parameters(free):
            idle = "it cancels out of the dynamics at the given values"
    ours = "does not matter" if idle else "matters"
    because = idle or f"the rates of change depend on {effect.parameter}"
    return Judgement("confirmed" if effect.matters != bool(idle) else "differs", ours, because)


def idle_parameters(game: Game) -> dict[str, str]:
    """Return the parameters without any influence on the dynamics, and why."""
    found = dict.fromkeys(unused_parameters(game), "it occurs in no payoff")
    try:
        dead = dead_parameters(replicator(game))
    except CoopgameError:
        # payoffs that are no quotients of polynomials: what the rates do not even name is dead
        named = {name for rate in replicator(game).rates for name in symbols_of(rate)}
        dead = tuple(name for name in game.ring.names if name not in named and name not in found)
    return {
        **found,
        **dict.fromkeys(dead, "it cancels out of the dynamics: the payoffs contain it, their differences do not"),
    }


def sweep_remarks(published: Published, game: Game) -> Iterator[AuditRemark]:
    """Yield a remark for every parameter that the publication varies although nothing depends on it."""
    claimed = {effect.parameter for effect in published.effects if not effect.matters}
    for name, why in idle_parameters(game).items():
        used = [values[name] for _, values in published.value_tables() if name in values]
        default = next((p.value for p in game.parameters if p.name == name), None)
        some = [*used, *([default] if default is not None and used else [])]
        different = list(dict.fromkeys(some))
        if len(different) > 1 and name not in claimed:
            shown = ", ".join(short(value) for value in dict.fromkeys(used))
            text = (
                f"varied ({shown}) without any effect: {why}. Trajectories that differ in {name} only are identical"
            )
            yield AuditRemark(f"parameter {name}", text)


def knife_edge_remarks(published: Published, scenes: Scenes) -> Iterator[AuditRemark]:
    """Yield a remark for every set of values at which an eigenvalue of a vertex is exactly 0 that is not 0 in general."""
    told: set[frozenset[tuple[str, Fraction]]] = set()
    for group in published.groups:
        items = [(p.name, p.values) for p in group.points] + [(o.name, o.values) for o in group.outcomes]
        for name, values in items:
            if values is None or frozenset(values.items()) in told:
                continue
            told.add(frozenset(values.items()))
            equations = degenerate_equations(scenes, values)
            if equations:
                place = f"{group.name}, {name}" if group.name else name
                text = f"the values lie exactly where {' and '.join(equations)}: a knife edge, at which a vertex eigenvalue is 0"
                text += (
                    f"{_lines(scenes.of(values))}. The slightest change of these parameters can change the picture"
                )
                yield AuditRemark(place, text)


def degenerate_equations(scenes: Scenes, values: Values) -> tuple[str, ...]:
    """Return the equations among parameters, true at the values, that make an eigenvalue of a vertex 0."""
    scene = scenes.of(values)
    if not scene.numeric or not scene.is_cube or not scenes.of(None).is_cube:
        return ()
    general, here = cube_of(scenes.game), cube_of(scene.game)
    found: dict[str, None] = {}
    for i in range(general.size):
        for others, advantage in general.corners[i].items():
            if here.corners[i][others].is_zero() and not advantage.is_zero():
                found[sign(general.ring, advantage.numerator, "=").text()] = None
    return tuple(found)


def _lines(scene: Scene) -> str:
    lines = scene.rest_points.components if scene.rest_points else ()
    shown = [f"a {line.kind if line.kind != 'other' else 'continuum'} {line.where}" for line in lines[:_MOST_LINES]]
    more = f" and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    return f"; at rest there: {'; '.join(shown)}{more}" if lines else ""
