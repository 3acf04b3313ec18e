"""The codes of a measure or a function on a lattice, computed where they are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from coopgame.errors import ParameterError
from coopgame.sweeps.measure import Measure, Points, Variable

Labelling = Callable[[np.ndarray, np.ndarray], Any]
_UNSEEN = np.iinfo(np.int32).min
_DOUBTFUL = ("undecided", "at rest, eigenvalue zero")
_BESIDE = 1e-9


class Coded:
    """The code at any points, with the number of points at which it was computed."""

    def __init__(self, function: Labelling, texts: Mapping[int, tuple[str, str]], described: Any = ({}, {})) -> None:
        self.function, self.texts, self.described = function, texts, described
        self.evaluations = 0

    def __call__(self, across: np.ndarray, up: np.ndarray) -> np.ndarray:
        self.evaluations += len(across)
        codes = np.asarray(self.function(across, up))
        if codes.shape != across.shape or codes.dtype.kind not in "iub":
            raise ParameterError(
                f"the labels have the shape {codes.shape} and the type {codes.dtype}; one whole number for each of {len(across)} points is needed"
            )
        return codes.astype(np.int32)

    @staticmethod
    def of(
        label: Measure | Labelling, names: tuple[str, str], variable: str | None, low: np.ndarray, high: np.ndarray
    ) -> Coded:
        """Return the code of a measure or a function."""
        if not isinstance(label, Measure):
            if not callable(label):
                raise ParameterError(
                    f"{label!r} is no measure and no function of two arrays that returns whole numbers"
                )
            return Coded(label, {})
        label.check(names)
        chosen = _variable_of(label, variable)
        centre, width = (low + high) / 2, (high - low) / 4

        doubt = [-1, *(code for code, text in enumerate(chosen.labels) if text in _DOUBTFUL)]

        def codes_at(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            found = label.evaluate(Points(dict(zip(names, points.T, strict=True)), np.arange(len(points))))
            codes = np.array(found.arrays[chosen.name], dtype=np.int32)
            doubtful = np.isin(codes, doubt)
            codes[list(found.failures)] = -1
            doubtful[list(found.failures)] = False
            return codes, doubtful

        def evaluate(across: np.ndarray, up: np.ndarray) -> np.ndarray:
            points = np.stack([across, up], axis=1)
            codes, doubtful = codes_at(points)
            if doubtful.any():  # on a boundary, as points of a lattice often are
                beside = points[doubtful] + _BESIDE * (centre - points[doubtful] + np.array([0.6, 0.8]) * width)
                codes[doubtful] = codes_at(beside)[0]
            return codes

        texts_zh = chosen.labels_zh or chosen.labels
        texts = dict(enumerate(zip(chosen.labels, texts_zh, strict=True)))
        return Coded(evaluate, texts, (label.describe(names[0]), label.describe(names[1])))

    def text(self, code: int) -> tuple[str, str]:
        """Return what a code stands for, in English and Chinese."""
        return self.texts.get(code, ("none", "无") if code == -1 else (str(code), str(code)))


def _variable_of(measure: Measure, name: str | None) -> Variable:
    coded = [v for v in measure.variables if v.labels and not v.dims]
    found = [v for v in coded if name in (None, v.name)]
    if not found:
        which = f" {name!r}" if name else ""
        known = ", ".join(v.name for v in coded) or "none"
        raise ParameterError(
            f"the measure {measure.name} has no variable{which} with labels for each point; there are {known}"
        )
    return found[0]


class Lattice:
    """Codes on the lattice of half the smallest cells, as far as they were needed."""

    def __init__(self, coded: Coded, low: np.ndarray, high: np.ndarray, size: int) -> None:
        self.coded, self.low, self.high, self.size = coded, low, high, size
        self.unit = (high - low) / size
        self.codes = np.full((size + 1, size + 1), _UNSEEN, dtype=np.int32)

    def place(self, units: np.ndarray) -> np.ndarray:
        """Return coordinates of lattice points; the ends of the ranges exactly."""
        part = units / self.size
        return self.low * (1 - part) + self.high * part

    def points(self, cells: np.ndarray) -> np.ndarray:
        """Return the codes at corners and centres of cells (left, bottom, size), shape (n, 5), which are computed where they are not known."""
        i, j, s = cells.T
        across = np.stack([i, i + s, i, i + s, i + s // 2], axis=1)
        up = np.stack([j, j, j + s, j + s, j + s // 2], axis=1)
        new = self.codes[across, up] == _UNSEEN
        if new.any():
            units = np.unique(np.stack([across[new], up[new]], axis=1), axis=0)
            at = self.place(units)
            self.codes[units[:, 0], units[:, 1]] = self.coded(at[:, 0], at[:, 1])
        return np.asarray(self.codes[across, up])

    def straddle(self, cells: np.ndarray) -> np.ndarray:
        """Return which cells have different codes at corners and centre."""
        codes = self.points(cells)
        return np.asarray((codes != codes[:, :1]).any(axis=1))

    def contradicted(self, cells: np.ndarray) -> np.ndarray:
        """Return which cells of one code have another one somewhere on their edges."""
        found = np.zeros(len(cells), dtype=bool)
        for n, (i, j, s) in enumerate(cells):
            along = slice(None, None)
            square = self.codes[i : i + s + 1, j : j + s + 1]
            own = square[0, 0]
            for edge in (square[0, along], square[-1, along], square[along, 0], square[along, -1]):
                if ((edge != _UNSEEN) & (edge != own)).any():
                    found[n] = True
        return found
