"""Cells of an audit for published trajectories: from where to where, at which values."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from fractions import Fraction

from coopgame.analysis.auditing.entries import CYCLING
from coopgame.analysis.auditing.place import locate
from coopgame.analysis.auditing.printed import Printed
from coopgame.analysis.auditing.result import AuditCell, Verdict
from coopgame.analysis.auditing.scene import Scene, Scenes, missing_text
from coopgame.analysis.auditing.values import Judgement
from coopgame.analysis.published import PublishedGroup, PublishedOutcome, PublishedPoint
from coopgame.analysis.trajectories import Trajectory, integrate
from coopgame.dynamics.state import slices
from coopgame.errors import CoopgameError, FaceStartWarning
from coopgame.expressions import to_sympy
from coopgame.games.game import Game

_STEP = Fraction(1, 10**6)
_NOTHING = 1e-12


def outcome_cell(
    scenes: Scenes, outcome: PublishedOutcome, group: PublishedGroup, points: Mapping[str, PublishedPoint]
) -> AuditCell:
    """Return the verdict on a published trajectory; it is integrated, so the answer is numerical.

    points: the published points that the end may name.
    """
    start = ", ".join(f"{name} = {short(value)}" for name, value in outcome.initial.items())
    place = f"{group.name}, {outcome.name}" if group.name else outcome.name
    judgement = _judge_outcome(scenes.of(outcome.values), outcome, points)
    what = f"trajectory from {start}"
    j = judgement
    return AuditCell(place, what, outcome.path, outcome.ends_text, j.verdict, j.ours, j.because, j.known, j.reading)


def short(value: Fraction) -> str:
    """Return a number as a decimal where it is one that people write."""
    return f"{float(value):.6g}" if value.denominator <= 10**6 else str(value)


def _judge_outcome(scene: Scene, outcome: PublishedOutcome, points: Mapping[str, PublishedPoint]) -> Judgement:
    if scene.void:
        return Judgement("undecidable", "", scene.void, "")
    if not scene.numeric:
        return Judgement("undecidable", "", f"a trajectory needs numbers: {missing_text(scene)}", "")
    claimed: Mapping[str, Printed] | None = outcome.ends if not isinstance(outcome.ends, str) else None
    if isinstance(outcome.ends, str) and outcome.ends != CYCLING:
        if outcome.ends not in points:
            named = ", ".join(points) or "none"
            return Judgement("undecidable", "", f"no point is called {outcome.ends!r}; there are {named}", "")
        claimed = _state_of(scene, points[outcome.ends])
        if claimed is None:
            because = f"the point {outcome.ends!r} is no rest point at these values, or not a single one"
            return Judgement("differs", _followed(scene, outcome), because, "numerical")
    try:
        path = _follow(scene, outcome)
    except CoopgameError as error:
        return Judgement("undecidable", "", str(error), "")
    return _compare(path, claimed)


def _follow(scene: Scene, outcome: PublishedOutcome) -> Trajectory:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FaceStartWarning)  # the publication says where it starts
        initial = {name: float(value) for name, value in outcome.initial.items()}
        return integrate(scene.field, initial, t_end=outcome.t_end)


def _followed(scene: Scene, outcome: PublishedOutcome) -> str:
    try:
        return str(_follow(scene, outcome).outcome.text)
    except CoopgameError as error:
        return str(error)


def _state_of(scene: Scene, point: PublishedPoint) -> Mapping[str, Printed] | None:
    """The coordinates of a published point at the values of a trajectory."""
    located = locate(scene, point)
    if not located.rest or located.state is None:
        return None
    return {name: Printed(str(value), value) for name, value in located.state.items()}


def _compare(path: Trajectory, claimed: Mapping[str, Printed] | None) -> Judgement:
    found = path.outcome
    if found.kind == "undecided" and not found.cycling:
        return Judgement("undecidable", found.text, f"by t = {path.times[-1]:g}; give a longer t_end", "numerical")
    if claimed is None:
        verdict: Verdict = "confirmed" if found.cycling else "differs"
        return Judgement(verdict, found.text, "" if verdict == "confirmed" else found.how, "numerical")
    if found.cycling or found.state is None:
        return Judgement("differs", found.text, found.how, "numerical")
    ends = _coordinates(path.game, [float(share) for share in found.state])
    place = ", ".join(f"{name} = {0.0 if value < _NOTHING else value:.6g}" for name, value in ends.items())
    line = ", on a line of rest points" if "line of rest points" in found.text else ""
    shown = f"converges to {f'{found.label} ' if found.label else ''}({place}){line}"
    away = [name for name, printed in claimed.items() if not _reached(ends[name], printed)]
    if not away:
        return Judgement("confirmed", shown, found.how, "numerical")
    return Judgement("differs", shown, f"{', '.join(away)} elsewhere ({found.how})", "numerical")


def _reached(end: float, printed: Printed) -> bool:
    gap = to_sympy(Fraction(end)) - printed.value
    return bool(abs(float(gap)) <= float(printed.slack + _STEP))


def _coordinates(game: Game, state: Sequence[float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for population, part in zip(game.populations, slices(game), strict=True):
        shares = [float(share) for share in state[part]]
        names = (
            [population.symbol] if population.symbol else [f"{population.name}.{s}" for s in population.strategies]
        )
        found.update(zip(map(str, names), shares, strict=False))
    return found
