"""What can happen on a hypersurface between regimes: the kinds, and one change of the picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class SurfaceKind(StrEnum):
    """What happens on a hypersurface between regimes."""

    TRANSCRITICAL = "transcritical"
    SADDLE_NODE = "saddle-node"
    PITCHFORK = "pitchfork"
    SUPERCRITICAL_HOPF = "supercritical Hopf"
    SUBCRITICAL_HOPF = "subcritical Hopf"
    DEGENERATE_HOPF = "degenerate Hopf"
    HOPF = "Hopf"
    LINE = "line of rest points"
    HETEROCLINIC = "heteroclinic change"
    POLE = "pole"
    INFINITY = "infinity"
    SPLIT = "split"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class SurfaceChange:
    """One thing that happens on a hypersurface.

    points: labels of the rest points that take part. where: on a line of rest points the equations of the states at rest, else the place.
    everywhere: the equations behind it hold on the whole hypersurface, wherever the points exist; otherwise they were decided at the
    witnesses. exchange: some points gain stability where others lose it. leaving: mixed points that reach a line of rest points and
    leave the state space there. text: the sentence without the kind; for `undecided` the reason.
    """

    kind: SurfaceKind
    points: tuple[str, ...]
    text: str
    everywhere: bool = False
    where: tuple[str, ...] = ()
    exchange: bool = False
    leaving: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.kind == SurfaceKind.UNDECIDED:
            return f"undecided: {self.text}"
        if self.kind == SurfaceKind.SPLIT:
            return self.text
        return f"{self.text} ({self.kind}{'' if self.everywhere else ', decided at the witnesses'})"


def in_words(labels: Sequence[str]) -> str:
    """Return labels as words: E1, E2 and E3."""
    return " and ".join([*([", ".join(labels[:-1])] if labels[1:] else []), *labels[-1:]])


def line_change(change: SurfaceChange) -> SurfaceChange:
    """Return the change on lines of rest points, through which stability passes, with its sentence."""
    if len(change.points) < 2:
        words = "gains or loses stability"
    else:
        words = "exchange stability" if change.exchange else "gain or lose stability together"
    states = "all states" + ("" if "everywhere" in change.where else f" with {'; '.join(change.where)}")
    start = f"{in_words(change.points)} {words}; " if change.points else ""
    end = "reaches them and leaves" if len(change.leaving) == 1 else "reach them and leave"
    left = f"; {in_words(change.leaving)} {end} the state space" if change.leaving else ""
    return replace(change, text=f"{start}{states} are at rest{left}")


def merged(changes: Iterable[SurfaceChange], order: Sequence[str]) -> tuple[SurfaceChange, ...]:
    """Return the changes found at several points, each once and in the order of the kinds; labels in the given order.

    Lines of rest points become one entry. A change counts as shown everywhere when it was so at each point where it was met.
    """
    found: dict[object, SurfaceChange] = {}
    for change in changes:
        key = change.kind if change.kind == SurfaceKind.LINE else (change.kind, change.text)
        found[key] = _joined(found[key], change, order) if key in found else change
    kinds = list(SurfaceKind)
    return tuple(sorted(found.values(), key=lambda change: kinds.index(change.kind)))


def _joined(one: SurfaceChange, other: SurfaceChange, order: Sequence[str]) -> SurfaceChange:
    everywhere = one.everywhere and other.everywhere
    if one.kind != SurfaceKind.LINE:
        return one if one.everywhere == everywhere else other

    def union(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({*first, *second}, key=lambda name: (order.index(name) if name in order else 0, name)))

    both = replace(
        one,
        points=union(one.points, other.points),
        where=union(one.where, other.where),
        leaving=union(one.leaving, other.leaving),
        everywhere=everywhere,
        exchange=one.exchange or other.exchange,
    )
    return line_change(both)
