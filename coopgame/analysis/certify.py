"""Certified rest points inside a cube of any dimension at given values: interval subdivision and Krawczyk's test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any, Protocol

import numpy as np
from flint import arb, ctx, fmpq

Tables = Sequence[Mapping[tuple[int, ...], Fraction]]
_SMALLEST = 1e-10


@dataclass(frozen=True)
class CertifiedPoints:
    """Boxes that hold exactly one rest point each, and boxes where the search could not decide.

    points: midpoints, shape (n, k); radii: half-widths of the certified boxes, shape (n, k); undecided: number of
    small boxes that may hold rest points (a continuum leaves many).
    """

    points: np.ndarray
    radii: np.ndarray
    undecided: int
    straddling: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    straddling_radii: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))


class Enclosed(Protocol):
    """A function of k unknowns whose values and derivatives over a box of balls can be enclosed."""

    def value(self, box: Sequence[Any]) -> Any:
        """Return an enclosure of the values over a box of balls."""

    def slope(self, box: Sequence[Any], j: int) -> Any:
        """Return an enclosure of the derivative by unknown j."""


def certified_zeros(tables: Tables, most_boxes: int = 20_000) -> CertifiedPoints:
    """Return all zeros in the open cube of k multilinear functions, function i given at the corners of the others.

    tables[i] maps the shares (0 or 1) of the other k - 1 unknowns to the exact value of function i.
    """
    return zeros_in_cube([_Multilinear(i, len(tables), table) for i, table in enumerate(tables)], most_boxes)


def zeros_in_cube(
    functions: Sequence[Enclosed],
    most_boxes: int = 20_000,
    margin: float = 0.0,
    positive: Sequence[Enclosed] = (),
    vanishing: Sequence[Enclosed] = (),
    images: Sequence[Enclosed] = (),
) -> CertifiedPoints:
    """Return all common zeros in the open cube of k functions of k unknowns at which further functions are positive.

    vanishing: more functions than unknowns; boxes where one of them keeps its sign are left out, but that they vanish at a zero is
    not checked. images: functions whose values at a zero are its coordinates; boxes are cut down to what they allow.

    With a margin the search goes that far beyond the cube, so that zeros on its boundary are found too: they are among
    `straddling`, zeros that the balls place neither inside nor outside.

    Boxes are cut (at most most_boxes times) until a function keeps its sign (no zero) or Krawczyk's operator maps the
    box into itself (exactly one zero).

    References: Neumaier (1990), Interval Methods for Systems of Equations, section 5.1.
    """
    k = len(functions)
    stack = [tuple((-margin, 1.0 + margin) for _ in range(k))]
    found: list[list[Any]] = []
    undecided = seen = 0
    with precision(64):
        while stack:
            box = stack.pop()
            seen += 1
            if seen > most_boxes:
                undecided += 1 + len(stack)
                break
            cut_down = _contracted(images, box)
            if cut_down is None:
                continue
            box = cut_down
            balls = [_ball(*side) for side in box]
            if any(f.value(balls) < 0 for f in positive) or any(not f.value(balls).contains(0) for f in vanishing):
                continue
            outcome = _examine(functions, box)
            if outcome is None:
                continue
            if isinstance(outcome, list):
                found.append(outcome)
                continue
            widths = [high - low for low, high in outcome]
            widest = int(np.argmax(widths))
            if widths[widest] < _SMALLEST:
                undecided += 1
                continue
            low, high = outcome[widest]
            cut = low + 0.4871 * (high - low)  # off the middle: zeros at round shares stay inside a box
            stack += [(*outcome[:widest], part, *outcome[widest + 1 :]) for part in ((low, cut), (cut, high))]
        distinct = [
            roots
            for roots in _distinct(found)
            if not any(r < 0 or r > 1 for r in roots) and not any(f.value(roots) < 0 for f in positive)
        ]
        clear = [
            all(r > 0 and r < 1 for r in roots) and all(f.value(roots) > 0 for f in positive) for roots in distinct
        ]
    inside = [roots for roots, sure in zip(distinct, clear, strict=True) if sure]
    across = [roots for roots, sure in zip(distinct, clear, strict=True) if not sure]
    if not margin:
        undecided, across = undecided + len(across), []
    return CertifiedPoints(*_middles(inside, k), undecided, *_middles(across, k))


def zero_near(functions: Sequence[Enclosed], point: Sequence[float]) -> list[Any] | None:
    """Return balls around the one zero very close to a point, None where Krawczyk's test does not prove one."""
    with precision(128):
        for radius in (1e-7, 1e-9, 1e-11):
            outcome = _examine(functions, tuple((float(v) - radius, float(v) + radius) for v in point))
            if isinstance(outcome, list):
                return outcome
    return None


def _middles(found: Sequence[Sequence[Any]], k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return midpoints and radii of balls, each of shape (n, k)."""
    points = np.array([[float(r.mid()) for r in roots] for roots in found]).reshape(-1, k)
    radii = [
        [radius_of(root, float(middle)) for root, middle in zip(*both, strict=True)]
        for both in zip(found, points, strict=True)
    ]
    return points, np.array(radii).reshape(-1, k)


def radius_of(root: Any, middle: float) -> float:
    """Return a float radius around a float midpoint that contains the ball, rounding included."""
    return float(np.nextafter(float(abs(root - arb(middle)).upper()), np.inf))


class precision:
    """Working precision of ball arithmetic inside a block, in bits."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        self.before = ctx.prec
        ctx.prec = self.bits

    def __exit__(self, *_: object) -> None:
        ctx.prec = self.before


class _Multilinear:
    def __init__(self, own: int, k: int, table: Mapping[tuple[int, ...], Fraction]) -> None:
        self.others = [i for i in range(k) if i != own]
        self.table = {corner: arb(fmpq(v.numerator, v.denominator)) for corner, v in table.items()}

    def value(self, box: Sequence[Any]) -> Any:
        """Return an enclosure of the values over a box of balls."""
        return self._reduce(self.table, [box[i] for i in self.others])

    def slope(self, box: Sequence[Any], j: int) -> Any:
        """Return an enclosure of the derivative by unknown j."""
        if j not in self.others:
            return arb(0)
        at = self.others.index(j)
        rest = [box[i] for i in self.others if i != j]
        table = {}
        for corner in product((0, 1), repeat=len(rest)):
            low, high = ((*corner[:at], v, *corner[at:]) for v in (0, 1))
            table[corner] = self.table[high] - self.table[low]
        return self._reduce(table, rest)

    @staticmethod
    def _reduce(table: Mapping[tuple[int, ...], Any], box: Sequence[Any]) -> Any:
        while box:
            share, box = box[0], box[1:]
            lows = {c[1:]: v for c, v in table.items() if c[0] == 0}
            highs = {c[1:]: v for c, v in table.items() if c[0] == 1}
            table = {c: lows[c] + share * (highs[c] - lows[c]) for c in lows}
        return table[()]


def _ball(low: float, high: float) -> Any:
    return arb((low + high) / 2, (high - low) / 2 * (1 + 2**-50))


def _contracted(
    images: Sequence[Enclosed], box: tuple[tuple[float, float], ...]
) -> tuple[tuple[float, float], ...] | None:
    """Return the part of a box that holds the images of the box, repeatedly; None when there is none."""
    for _ in range(20 if images else 0):
        balls = [_ball(*side) for side in box]
        values = [image.value(balls) for image in images]
        smaller = tuple(
            (max(low, float(v.lower())), min(high, float(v.upper())))
            for v, (low, high) in zip(values, box, strict=True)
        )
        if any(low > high for low, high in smaller):
            return None
        smaller = tuple((low - 1e-15, high + 1e-15) for low, high in smaller)  # floats were rounded to nearest
        before, after = (max(high - low for low, high in sides) for sides in (box, smaller))
        box = smaller
        if after > 0.7 * before:
            break
    return box


def _examine(functions: Sequence[Enclosed], box: tuple[tuple[float, float], ...]) -> Any:
    """Return None (no zero), a list of balls (exactly one zero), or a box to cut further."""
    if any(high < 0 or low > 1 for low, high in box):
        return None
    balls = [_ball(*side) for side in box]
    if any(not f.value(balls).contains(0) for f in functions):
        return None
    k = len(box)
    middle = [(low + high) / 2 for low, high in box]
    centre = [arb(m) for m in middle]
    jacobian = np.array([[float(f.slope(centre, j).mid()) for j in range(k)] for f in functions])
    try:
        inverse = np.linalg.inv(jacobian)
    except np.linalg.LinAlgError:
        return box
    if not np.isfinite(inverse).all():
        return box
    image = _krawczyk(functions, balls, centre, inverse)
    if any(not new.overlaps(old) for new, old in zip(image, balls, strict=True)):
        return None
    if all(old.contains_interior(new) for new, old in zip(image, balls, strict=True)):
        return tightened(functions, image)
    return tuple(
        (max(low, float(new.lower()) - 1e-12), min(high, float(new.upper()) + 1e-12))
        for new, (low, high) in zip(image, box, strict=True)
    )


def _krawczyk(functions: Sequence[Enclosed], box: Sequence[Any], centre: Sequence[Any], y: np.ndarray) -> list[Any]:
    k = len(box)
    at_centre = [f.value(centre) for f in functions]
    slopes = [[f.slope(box, j) for j in range(k)] for f in functions]
    image = []
    for i in range(k):
        value = centre[i]
        for j in range(k):
            value = value - arb(y[i, j]) * at_centre[j]
            contraction = arb(1 if i == j else 0)
            for m in range(k):
                contraction = contraction - arb(y[i, m]) * slopes[m][j]
            value = value + contraction * (box[j] - centre[j])
        image.append(value)
    return image


def tightened(functions: Sequence[Enclosed], balls: list[Any]) -> list[Any]:
    """Apply the operator a few more times; the zero stays inside."""
    for _ in range(3):
        centre = [arb(b.mid()) for b in balls]
        k = len(balls)
        jacobian = np.array([[float(f.slope(centre, j).mid()) for j in range(k)] for f in functions])
        if not abs(np.linalg.det(jacobian)) > 0:
            return balls
        image = _krawczyk(functions, balls, centre, np.linalg.inv(jacobian))
        if not all(ball.is_finite() for ball in image):
            return balls
        balls = image
    return balls


def _distinct(found: Sequence[list[Any]]) -> list[list[Any]]:
    kept: list[list[Any]] = []
    for roots in found:
        if not any(all(a.overlaps(b) for a, b in zip(roots, other, strict=True)) for other in kept):
            kept.append(roots)
    return kept
