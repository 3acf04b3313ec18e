"""Maps of labels over two names, refined only where the label changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from coopgame.errors import ParameterError
from coopgame.sweeps.boundaries import Edges, find_edges, joined
from coopgame.sweeps.lattice import Coded, Labelling, Lattice
from coopgame.sweeps.measure import Measure

_FINEST = 4096


@dataclass(frozen=True, eq=False)
class MapLabel:
    """What a code of a map stands for, and which part of the map has it.

    share: of the area in which there is a label; cells that straddle a boundary count by their corners and centre. low, high: bounds, as far as cells with one
    label at their corners, centre and all finer points on their edges have that label everywhere.
    """

    code: int
    text: str
    text_zh: str
    share: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class RefinedMap:
    """Cells of different sizes, each with one label, and small ones that straddle a boundary.

    names: horizontal and vertical. low, high: the rectangle. corners, sizes: lower left corner and extent of each cell, shape (n, 2). codes: the label of each
    cell, that of its centre where it straddles; -1 for none. straddles: whether it does. evaluations: points at which the label was computed, of `full_grid`
    points at the same resolution. edges: where neighbouring points have different labels.
    """

    names: tuple[str, str]
    low: tuple[float, float]
    high: tuple[float, float]
    corners: np.ndarray
    sizes: np.ndarray
    codes: np.ndarray
    straddles: np.ndarray
    evaluations: int
    full_grid: int
    labels: tuple[MapLabel, ...]
    edges: Edges = field(repr=False)
    long_names: tuple[Mapping[str, str], Mapping[str, str]] = field(default=({}, {}), repr=False)

    def of(self, label: int | str) -> MapLabel:
        """Return a label by its code, its text or the first word of it; ParameterError where the map has none such."""
        found = [own for own in self.labels if label in (own.code, own.text, own.text.split(" ")[0])]
        if len(found) != 1:
            raise ParameterError(f"no label {label!r}; there are {', '.join(own.text for own in self.labels)}")
        return found[0]

    def boundary(self, first: int | str, second: int | str) -> tuple[np.ndarray, ...]:
        """Return the lines between the regions of two labels, each of shape (m, 2); none when they do not touch.

        Every point is within one of the smallest cells of a place where the label changes, nearer when the map was made with bisections.
        """
        codes = sorted((self.of(first).code, self.of(second).code))
        return self._lines.get((codes[0], codes[1]), ())

    @cached_property
    def _lines(self) -> dict[tuple[int, int], tuple[np.ndarray, ...]]:
        return joined(self.edges)

    def __str__(self) -> str:
        shown = "; ".join(f"{own.text}: {own.share:.4f} ({own.low:.4f} to {own.high:.4f})" for own in self.labels)
        return f"{shown} [{self.evaluations} evaluations instead of {self.full_grid}]"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(own.text)}</td><td>{own.share:.4f}</td><td>{own.low:.4f} – {own.high:.4f}</td></tr>"
            for own in self.labels
        )
        table = f"<table><tr><th></th><th>share of the area</th><th>bounds</th></tr>{rows}</table>"
        return f"{table}<p>{self.evaluations} evaluations instead of {self.full_grid}</p>"


def refine_boundaries(
    label: Measure | Labelling,
    over: Mapping[str, tuple[float, float]],
    *,
    cells: int = 16,
    levels: int = 5,
    bisections: int = 0,
    variable: str | None = None,
) -> RefinedMap:
    """Return a map of labels over two names, with small cells only where the label changes.

    label: a measure with a coded variable, such as `attractor_reached` or `regime`, or a function of two arrays that returns whole numbers. over: two names, parameters or
    shares, each with its lowest and highest value. The rectangle starts as cells x cells cells; one whose corners and centre differ is split in four, `levels` times; and so is
    one on whose edge a neighbour found another label. A region that lies between the points of the first cells is missed. bisections: how often each place where the label
    changes is halved at the end. variable: which variable of the measure, by default the first with labels. Points at which the measure fails have no label. One that lies
    on a boundary, as far as the measure can tell, gets the label of a point beside it, 1e-9 of the range away.

    Raises ParameterError for other than two names, ranges that do not rise, or a measure without labels; what `Measure.check` raises.

    >>> disc = refine_boundaries(lambda x, y: x**2 + y**2 < 1, {"x": (-2, 2), "y": (-2, 2)})
    >>> round(16 * disc.of(1).share, 2), round(16 * disc.of(1).low, 2), round(16 * disc.of(1).high, 2)
    (3.14, 3.11, 3.17)
    >>> disc.evaluations < disc.full_grid / 20
    True
    """
    names, low, high = _ranges(over)
    for name, value, least in (("cells", cells, 1), ("levels", levels, 0), ("bisections", bisections, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ParameterError(f"{name} = {value!r}; a whole number of at least {least} is needed")
    if cells * 2**levels > _FINEST:
        raise ParameterError(
            f"{cells} cells split {levels} times are {cells * 2**levels} on a side; at most {_FINEST}"
        )
    coded = Coded.of(label, names, variable, np.array(low), np.array(high))
    lattice = Lattice(coded, np.array(low), np.array(high), 2 * cells * 2**levels)
    tree = _refined(lattice, cells, 2 * 2**levels)
    codes = lattice.codes[tree[:, 0] + tree[:, 2] // 2, tree[:, 1] + tree[:, 2] // 2]
    straddles = lattice.straddle(tree)
    edges = find_edges(lattice.codes, tree[straddles, :2], lattice.place)
    edges = edges.bisected(lambda at: coded(at[:, 0], at[:, 1]), bisections)
    corners, sizes = lattice.place(tree[:, :2]), tree[:, 2:] * lattice.unit
    side = cells * 2**levels
    return RefinedMap(
        names,
        low,
        high,
        corners,
        sizes,
        codes,
        straddles,
        coded.evaluations,
        (side + 1) ** 2 + side**2,
        _labels(lattice, tree, straddles, coded),
        edges,
        coded.described,
    )


def _ranges(
    over: Mapping[str, tuple[float, float]],
) -> tuple[tuple[str, str], tuple[float, float], tuple[float, float]]:
    if len(over) != 2:
        raise ParameterError(
            f"two names are needed, each with its lowest and highest value; got {', '.join(over) or 'none'}"
        )
    ends = []
    for name, between in over.items():
        numbers = np.asarray(between, dtype=float)
        if numbers.shape != (2,) or not np.isfinite(numbers).all() or numbers[0] >= numbers[1]:
            raise ParameterError(
                f"the range of {name} is {between!r}; give its lowest and highest value, such as (0, 1)"
            )
        ends.append((float(numbers[0]), float(numbers[1])))
    first, second = over
    return (first, second), (ends[0][0], ends[1][0]), (ends[0][1], ends[1][1])


def _refined(lattice: Lattice, cells: int, size: int) -> np.ndarray:
    """Return all cells (left, bottom, size), those of the smallest size last split."""
    grid = np.arange(cells) * size
    pending = np.array([(i, j, size) for i in grid for j in grid])
    done = np.zeros((0, 3), dtype=int)
    while len(pending):
        split = lattice.straddle(pending) & (pending[:, 2] > 2)
        done = np.concatenate([done, pending[~split]])
        pending = _children(pending[split])
        if not len(pending):
            again = lattice.contradicted(done) & (done[:, 2] > 2)
            pending, done = _children(done[again]), done[~again]
    return done


def _children(cells: np.ndarray) -> np.ndarray:
    i, j, s = cells.T
    half = s // 2
    children = [np.stack([i + a * half, j + b * half, half], axis=1) for a in (0, 1) for b in (0, 1)]
    return np.concatenate(children) if len(cells) else cells


def _labels(lattice: Lattice, tree: np.ndarray, straddles: np.ndarray, coded: Coded) -> tuple[MapLabel, ...]:
    """Return the labels with the parts of the area."""
    area, codes = tree[:, 2].astype(float) ** 2, lattice.points(tree)
    weights = np.array([1, 1, 1, 1, 4]) / 8
    present = np.unique(codes)
    part = {int(c): float((area[:, None] * weights * (codes == c)).sum()) for c in present}
    whole = sum(size for code, size in part.items() if code != -1) or 1.0
    found = []
    for code in sorted(part):
        inside = float(area[~straddles & (codes[:, 0] == code)].sum())
        beside = float(area[straddles & (codes == code).any(axis=1)].sum())
        if code != -1:
            bounds = (part[code] / whole, inside / whole, min((inside + beside) / whole, 1.0))
            found.append(MapLabel(code, *coded.text(code), *bounds))
    return tuple(found)
