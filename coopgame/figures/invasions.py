"""The invasion diagram of rare mutants: which strategy takes over from which, and how often each is met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch

from coopgame.errors import StateError, UnsupportedError
from coopgame.figures.style import PAGE_WIDTH, axes_for, fill_of, house_style, label, needs_result
from coopgame.finite.monomorphic import MonomorphicStates
from coopgame.finite.small_mutation import SmallMutationLaw

_MOST_STATES = 40
_NEUTRAL = 1e-9  # of log times_neutral, as in SmallMutationLaw.strong_transitions
_FEW = 8  # states that fit a column and a half
_SMALLEST, _LARGEST = 0.035, 0.2  # radii of nodes on a circle of radius 1
_SPOTS = np.array([0.75, 0.66, 0.82, 0.58, 0.4])  # along an arrow, nearer to the head since lines cross in the middle
_APART = 0.13  # between numbers, where possible
_MARGIN = 0.2  # for names
_GREY = "#6A6A6A"
_GAP = 0.025  # between nodes and the ends of arrows


@dataclass(frozen=True)
class _Link:
    """A mutant that does at least as well as a neutral one; log_ratio: of its fixation probability to the neutral one."""

    resident: int
    mutant: int
    log_ratio: float

    @property
    def neutral(self) -> bool:
        return self.log_ratio <= _NEUTRAL


def draw_invasions(
    law: SmallMutationLaw,
    ax: Axes | None = None,
    *,
    point: int | None = None,
    numbered: int = 20,
    language: str = "en",
) -> Axes:
    """Draw monomorphic states on a circle with arrows from residents to mutants that selection favours; return the axes.

    The area of a state grows with its share of time, which stands below its name. A solid arrow is a mutant that takes over more often than a neutral one, with its fixation
    probability over the neutral 1/N as number; a dashed line without heads joins states that replace each other like neutral ones, and a dashed arrow is neutral one way alone.

    point: which entry, where parameters are arrays. numbered: how many arrows carry their number, the strongest first.

    Raises StateError for arrays of parameters without a point, UnsupportedError for more than 40 states.
    """
    needs_result(law, SmallMutationLaw, "find_small_mutation_law")
    at = point_of(law, point)
    shares, logs = law.law[at], law.log_fixation[at]
    labels = law.labels
    if len(labels) > _MOST_STATES:
        raise UnsupportedError(
            f"an invasion diagram shows up to {_MOST_STATES} states, this law has {len(labels)}: see strong_transitions()"
        )
    links = _links(law, logs)
    with house_style():
        width = (0.6 if len(labels) <= _FEW else 0.9) * PAGE_WIDTH
        ax = axes_for(ax, width, width if len(labels) > 2 else width / 2)
        places = _places(law)
        room = np.sin(np.pi / max(len(labels), 2))  # half the distance of neighbours
        radii = np.clip(_LARGEST * np.sqrt(shares), _SMALLEST, 0.85 * room)
        _draw_links(ax, links, places, radii, numbered)
        for place, radius, share, name in zip(places, radii, shares, labels, strict=True):
            ax.add_patch(
                Circle(place, radius, facecolor=fill_of(1)[0], edgecolor="black", zorder=3, gid=f"state-{name}")
            )
            _name(ax, place, radius, f"{name}\n{_share(share)}", below=len(labels) < 3)
        low, high = (places - radii[:, None]).min(axis=0) - _MARGIN, (places + radii[:, None]).max(axis=0) + _MARGIN
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
        ax.axis("off")
        _explain(ax, links, language)
    return ax


def point_of(law: SmallMutationLaw, point: int | None) -> tuple[int, ...]:
    """Return the index of what is drawn of a law: nothing where it has one point, else the place of that point.

    Raises StateError for arrays of parameters without a point, and for points that are none.
    """
    count = len(law.log_law) if law.log_law.ndim > 1 else 0
    if not count:
        if point is not None:
            raise StateError(f"the law has no points, since no parameter is an array; leave out point = {point}")
        return ()
    if point is None:
        raise StateError(f"parameters are arrays; say which of the {count} points is drawn, as in point=0")
    if not -count <= point < count:
        raise StateError(f"no point {point}; there are {count}")
    return (point,)


def _links(law: SmallMutationLaw, logs: np.ndarray) -> list[_Link]:
    states = MonomorphicStates(tuple(len(own.strategies) for own in law.population.game.populations))
    sizes = law.population.sizes
    found = [_Link(i, j, float(logs[i, j] + np.log(sizes[p]))) for i, j, p, _ in states.invasions()]
    return sorted((link for link in found if link.log_ratio >= -_NEUTRAL), key=lambda link: -link.log_ratio)


def _share(share: float) -> str:
    return f"{share:.3f}" if share >= 0.0005 else "< 0.001"


def _places(law: SmallMutationLaw) -> np.ndarray:
    """Return a point on the unit circle for each state, the first on top and the others clockwise; two side by side.

    Of several populations states next to each other differ in one population alone (a reflected Gray code), so that their arrows are short.
    """
    sizes = [len(own.strategies) for own in law.population.game.populations]
    order: list[tuple[int, ...]] = [()]
    for size in sizes:
        order = [
            (*head, s) for k, head in enumerate(order) for s in (range(size) if k % 2 == 0 else range(size)[::-1])
        ]
    count = len(order)
    first = np.pi if count == 2 else np.pi / 2
    angles = first - 2 * np.pi * np.arange(count) / count
    places = np.zeros((count, 2))
    index = MonomorphicStates(tuple(sizes)).index
    places[[index[state] for state in order]] = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return places


def _draw_links(ax: Axes, links: list[_Link], places: np.ndarray, radii: np.ndarray, numbered: int) -> None:
    directed = {(link.resident, link.mutant): link for link in links}
    taken: list[np.ndarray] = []
    strongest = max((link.log_ratio for link in links), default=0.0)
    for rank, link in enumerate(links):
        back = directed.get((link.mutant, link.resident))
        both_neutral = link.neutral and back is not None and back.neutral
        if both_neutral and link.resident > link.mutant:
            continue
        bend = 0.14 if back is not None and not both_neutral else 0.0
        strength = link.log_ratio / strongest if strongest > _NEUTRAL else 0.0
        spots = _draw_link(ax, link, places, radii, (bend, strength), heads=not both_neutral)
        if not link.neutral and rank < numbered:
            free = np.full(len(spots), np.inf)
            if taken:
                free = np.hypot(*(spots[:, None, :] - np.array(taken)).transpose(2, 0, 1)).min(axis=1)
            spot = spots[int(np.argmax(np.minimum(free, _APART)))]
            taken.append(spot)
            box = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
            text = f"{np.exp(link.log_ratio):.3g}"
            gid = f"number-{link.resident}-{link.mutant}"
            ax.text(
                float(spot[0]),
                float(spot[1]),
                text,
                ha="center",
                va="center",
                fontsize=6,
                bbox=box,
                zorder=4,
                gid=gid,
            )


def _draw_link(
    ax: Axes, link: _Link, places: np.ndarray, radii: np.ndarray, look: tuple[float, float], *, heads: bool
) -> np.ndarray:
    """Draw an arrow between the rims of two nodes; return where its number can stand, the best place first; shape (places, 2).

    look: how far it bends to its left as a share of its length, and how strong it is from 0 to 1.
    """
    bend, strength = look
    few = len(places) <= _FEW
    start, end = places[link.resident], places[link.mutant]
    along = (end - start) / np.hypot(*(end - start))
    tail, tip = start + along * (radii[link.resident] + _GAP), end - along * (radii[link.mutant] + _GAP)
    side = bend * np.hypot(*(tip - tail)) * np.array([-along[1], along[0]]) / 2
    grey = _GREY if link.neutral else str(round(0.55 * (1 - strength), 3))
    ax.add_patch(
        FancyArrowPatch(
            (float(tail[0]), float(tail[1])),
            (float(tip[0]), float(tip[1])),
            connectionstyle=f"arc3,rad={-bend}",
            arrowstyle="-|>" if heads else "-",
            mutation_scale=8 if few else 6,
            shrinkA=0,
            shrinkB=0,
            linestyle=(0, (3, 2)) if link.neutral else "-",
            gid=f"{'neutral' if link.neutral else 'favoured'}-{link.resident}-{link.mutant}",
            color=grey,
            linewidth=0.8 if link.neutral else (0.7 + 0.8 * strength) * (1.0 if few else 0.7),
            zorder=2 + strength / 2,
        )
    )
    t = _SPOTS[:, None]
    return np.asarray((1 - t) * tail + t * tip + 4 * t * (1 - t) * side)


def _name(ax: Axes, place: np.ndarray, radius: float, text: str, *, below: bool) -> None:
    """Write a text outside of the circle beside its node."""
    if below:
        ax.text(place[0], place[1] - radius - 0.05, text, ha="center", va="top")
        return
    x, y = place * (1 + (radius + 0.05) / np.hypot(*place))
    across = "center" if abs(x) < 0.35 else "left" if x > 0 else "right"
    up = "center" if abs(y) < 0.9 else "bottom" if y > 0 else "top"
    ax.text(x, y, text, ha=across, va=up, linespacing=1.1)


def _explain(ax: Axes, links: list[_Link], language: str) -> None:
    handles = []
    if any(not link.neutral for link in links):
        text = label("favoured mutant, times neutral", "受选择青睐的突变体（中性固定概率的倍数）", language)
        handles.append(Line2D([], [], color="black", marker=">", markersize=4, label=text))
    if any(link.neutral for link in links):
        text = label("neutral", "中性", language)
        handles.append(Line2D([], [], color=_GREY, linestyle=(0, (3, 2)), linewidth=0.8, label=text))
    if handles:
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=len(handles))
