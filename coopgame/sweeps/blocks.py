"""Cuts the points of a sweep into boxes that are whole stretches of their order, so that a chunk of a file is written once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod


@dataclass(frozen=True)
class Blocks:
    """Boxes of at most `size` points that cover a grid: the last axes whole, one axis in pieces, the first axes place by place.

    Points are counted with the last axis fastest. Every box but those at the end of the cut axis has the shape `box`.
    """

    shape: tuple[int, ...]
    size: int

    @cached_property
    def _cut(self) -> int:
        """The axis that is cut: the first one below which everything fits."""
        return next(k for k in range(len(self.shape)) if prod(self.shape[k + 1 :]) <= self.size)

    @cached_property
    def box(self) -> tuple[int, ...]:
        """The shape of a box; pieces of the cut axis are about equal."""
        k = self._cut
        most = self.size // prod(self.shape[k + 1 :])
        pieces = -(-self.shape[k] // most)
        return (*(1,) * k, -(-self.shape[k] // pieces), *self.shape[k + 1 :])

    @cached_property
    def _pieces(self) -> int:
        return -(-self.shape[self._cut] // self.box[self._cut])

    def __len__(self) -> int:
        return prod(self.shape[: self._cut]) * self._pieces

    def span(self, block: int) -> tuple[int, int]:
        """Return the first point of a block, and the one after its last."""
        k = self._cut
        outer, piece = divmod(block, self._pieces)
        inner, width = prod(self.shape[k + 1 :]), self.box[k]
        first = outer * self.shape[k]
        return (first + piece * width) * inner, (first + min((piece + 1) * width, self.shape[k])) * inner

    def places(self, block: int) -> tuple[int, ...]:
        """Return the place of a block along each axis, counted in boxes."""
        outer, piece = divmod(block, self._pieces)
        leading = []
        for length in reversed(self.shape[: self._cut]):
            outer, place = divmod(outer, length)
            leading.append(place)
        return (*reversed(leading), piece, *(0,) * (len(self.shape) - self._cut - 1))

    def slices(self, block: int) -> tuple[slice, ...]:
        """Return where a block stands in the grid."""
        return tuple(
            slice(place * width, min((place + 1) * width, length))
            for place, width, length in zip(self.places(block), self.box, self.shape, strict=True)
        )

    def runs(self, wanted: Iterable[int], points: int) -> Iterator[tuple[int, int]]:
        """Yield stretches (first, last + 1) of neighbouring blocks, each with about so many points and at least one block."""
        most = max(1, points // prod(self.box))
        first = last = None
        for block in wanted:
            if first is not None and last is not None and (block != last or block - first >= most):
                yield first, last
                first = None
            first = block if first is None else first
            last = block + 1
        if first is not None and last is not None:
            yield first, last
