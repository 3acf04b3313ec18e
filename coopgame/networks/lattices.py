"""Square lattices and rings as rules: the neighbours of a node are computed, no arrays are kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coopgame.errors import NetworkError
from coopgame.networks.network import MOST_NODES, Network


@dataclass(frozen=True)
class Neighbourhood:
    """The cells next to a cell of a square lattice: offsets (down, to the right), without the cell itself.

    An offset and its opposite come together, so that being neighbours is mutual.
    """

    name: str
    offsets: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        given = set(self.offsets)
        if len(given) != len(self.offsets) or (0, 0) in given or {(-i, -j) for i, j in given} != given or not given:
            raise NetworkError(
                "a neighbourhood has different offsets other than (0, 0), each with its opposite; to count the cell itself, say so in the game's settings"
            )

    @property
    def reach(self) -> int:
        """The largest offset in either direction."""
        return max(max(abs(i), abs(j)) for i, j in self.offsets)

    def __str__(self) -> str:
        return self.name


def von_neumann(radius: int = 1) -> Neighbourhood:
    """Return the neighbourhood of cells within a number of steps along rows and columns: 4 cells for radius 1.

    >>> von_neumann().offsets
    ((-1, 0), (0, -1), (0, 1), (1, 0))
    """
    cells = _box(radius)
    return Neighbourhood(_named("von Neumann", radius), tuple((i, j) for i, j in cells if abs(i) + abs(j) <= radius))


def moore(radius: int = 1) -> Neighbourhood:
    """Return the neighbourhood of cells within a number of steps along rows, columns and diagonals: 8 cells for radius 1.

    >>> len(moore().offsets), len(moore(2).offsets)
    (8, 24)
    """
    return Neighbourhood(_named("Moore", radius), tuple(_box(radius)))


def _named(kind: str, radius: int) -> str:
    return kind if radius == 1 else f"{kind} of radius {radius}"


def _box(radius: int) -> list[tuple[int, int]]:
    _whole(radius, 1, "the radius of a neighbourhood")
    span = range(-radius, radius + 1)
    return [(i, j) for i in span for j in span if (i, j) != (0, 0)]


def _whole(value: int, least: int, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise NetworkError(f"{what} is a whole number of at least {least}, got {value!r}")


class _Lattice:
    """What lattices answer like a Network, without its arrays."""

    is_directed = False
    is_weighted = False
    has_self_loops = False
    is_connected = True
    weights = None
    labels = None
    size: int

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the nodes: 0, 1, 2, …"""
        return tuple(map(str, range(self.size)))

    def _node(self, node: int) -> int:
        if not 0 <= node < self.size:
            raise NetworkError(f"no node {node}; the nodes are 0 to {self.size - 1}")
        return int(node)


@dataclass(frozen=True)
class SquareLattice(_Lattice):
    """A square lattice as a rule; made by `square_lattice`. Node number = row * columns + column.

    periodic: whether the last row and column are next to the first ones.
    """

    rows: int
    columns: int
    neighbourhood: Neighbourhood
    periodic: bool = True

    def __post_init__(self) -> None:
        least = 2 * self.neighbourhood.reach + 1 if self.periodic else 1
        _whole(
            self.rows, least, f"the number of rows of a {'periodic ' * self.periodic}lattice with this neighbourhood"
        )
        _whole(
            self.columns,
            least,
            f"the number of columns of a {'periodic ' * self.periodic}lattice with this neighbourhood",
        )
        if self.size > MOST_NODES:
            raise NetworkError(f"a lattice has at most {MOST_NODES} nodes, got {self.size}")

    @property
    def size(self) -> int:  # type: ignore[override]
        """The number of nodes."""
        return self.rows * self.columns

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.rows, self.columns

    @cached_property
    def degrees(self) -> np.ndarray:
        """How many neighbours each node has; shape (size,)."""
        if self.periodic:
            return np.broadcast_to(np.int64(len(self.neighbourhood.offsets)), self.size)
        degrees = np.zeros(self.shape, dtype=np.int64)
        for down, right in self.neighbourhood.offsets:
            degrees[_inside(down, self.rows), _inside(right, self.columns)] += 1
        degrees.flags.writeable = False
        return degrees.ravel()

    @property
    def is_regular(self) -> bool:
        """Whether all nodes have the same number of neighbours: on periodic lattices."""
        return self.periodic or bool((self.degrees == self.degrees[0]).all())

    @cached_property
    def is_connected(self) -> bool:  # type: ignore[override]
        """Whether every node reaches every other one along edges."""
        return {(1, 0), (0, 1)} <= set(self.neighbourhood.offsets) or self.explicit().is_connected

    @property
    def degree(self) -> int:
        """The number of neighbours that every node has. Raises NetworkError on a lattice with a border."""
        if not self.is_regular:
            raise NetworkError("cells at the border have fewer neighbours, so there is no single degree; see degrees")
        return int(self.degrees[0])

    @property
    def edge_count(self) -> int:
        """The number of edges."""
        return int(self.degrees.sum()) // 2

    def neighbours_of(self, node: int) -> np.ndarray:
        """Return the neighbours of a node, ascending."""
        row, column = divmod(self._node(node), self.columns)
        cells = np.array(self.neighbourhood.offsets) + np.array([row, column])
        if self.periodic:
            cells %= self.shape
        else:
            cells = cells[((cells >= 0) & (cells < self.shape)).all(axis=1)]
        return np.sort((cells[:, 0] * self.columns + cells[:, 1]).astype(np.int32))

    def explicit(self) -> Network:
        """Return the lattice as a Network with its arrays: 16 to 24 bytes a node for four neighbours."""
        row, column = np.divmod(np.arange(self.size, dtype=np.int32), np.int32(self.columns))
        table = np.empty((self.size, len(self.neighbourhood.offsets)), dtype=np.int32)
        for k, (down, right) in enumerate(self.neighbourhood.offsets):
            i, j = row + np.int32(down), column + np.int32(right)
            if self.periodic:
                i, j = i % np.int32(self.rows), j % np.int32(self.columns)
                table[:, k] = i * np.int32(self.columns) + j
            else:
                there = (i >= 0) & (i < self.rows) & (j >= 0) & (j < self.columns)
                table[:, k] = np.where(there, i * np.int32(self.columns) + j, -1)
        return _from_table(table)

    def __str__(self) -> str:
        edge = "periodic" if self.periodic else "with a border"
        return f"square lattice of {self.rows} x {self.columns}, {self.neighbourhood} neighbourhood, {edge}"


@dataclass(frozen=True)
class Ring(_Lattice):
    """A ring on which every node has the nearest nodes on both sides as neighbours, as a rule; made by `ring`."""

    size: int
    degree: int = 2

    def __post_init__(self) -> None:
        _whole(self.degree, 2, "the number of neighbours on a ring")
        if self.degree % 2:
            raise NetworkError(
                f"a ring has as many neighbours on both sides, so an even number of them, got {self.degree}"
            )
        _whole(self.size, self.degree + 1, f"the size of a ring with {self.degree} neighbours each")
        if self.size > MOST_NODES:
            raise NetworkError(f"a ring has at most {MOST_NODES} nodes, got {self.size}")

    @cached_property
    def degrees(self) -> np.ndarray:
        """How many neighbours each node has; shape (size,)."""
        return np.broadcast_to(np.int64(self.degree), self.size)

    @property
    def is_regular(self) -> bool:
        """Whether all nodes have the same number of neighbours: they have."""
        return True

    @property
    def edge_count(self) -> int:
        """The number of edges."""
        return self.size * self.degree // 2

    @property
    def offsets(self) -> tuple[int, ...]:
        """How far the neighbours of a node are along the ring."""
        half = self.degree // 2
        return tuple(step for step in range(-half, half + 1) if step)

    def neighbours_of(self, node: int) -> np.ndarray:
        """Return the neighbours of a node, ascending."""
        return np.sort(((self._node(node) + np.array(self.offsets)) % self.size).astype(np.int32))

    def explicit(self) -> Network:
        """Return the ring as a Network with its arrays."""
        nodes = np.arange(self.size, dtype=np.int64)[:, None]
        return _from_table(((nodes + np.array(self.offsets)) % self.size).astype(np.int32))

    def __str__(self) -> str:
        return f"ring of {self.size}, {self.degree} neighbours each"


def square_lattice(
    rows: int, columns: int | None = None, *, neighbourhood: Neighbourhood | None = None, periodic: bool = True
) -> SquareLattice:
    """Return a square lattice as a rule that takes no memory; `explicit()` gives it as a Network.

    columns: as many as rows unless given. neighbourhood: `von_neumann()`, the default, `moore()`, or one's own offsets as a Neighbourhood. periodic: whether
    opposite borders meet; then rows and columns must be so many that all neighbours differ.

    Raises NetworkError for lattices that are too small for their neighbourhood.

    >>> from coopgame import moore, square_lattice
    >>> lattice = square_lattice(100, neighbourhood=moore())
    >>> print(lattice)
    square lattice of 100 x 100, Moore neighbourhood, periodic
    >>> lattice.neighbours_of(0).tolist()
    [1, 99, 100, 101, 199, 9900, 9901, 9999]
    """
    return SquareLattice(rows, rows if columns is None else columns, neighbourhood or von_neumann(), periodic)


def ring(size: int, degree: int = 2) -> Ring:
    """Return a ring as a rule that takes no memory; every node has degree / 2 neighbours on either side. With degree 2 it is the cycle.

    Raises NetworkError for an odd degree or one that is not less than the size.

    >>> from coopgame import ring
    >>> ring(10, 4).neighbours_of(0).tolist()
    [1, 2, 8, 9]
    """
    return Ring(size, degree)


def _inside(offset: int, length: int) -> slice:
    """Return the places of a line from which a step by an offset stays on it."""
    return slice(max(0, -offset), max(0, min(length, length - offset)))


def _from_table(table: np.ndarray) -> Network:
    """Return the network whose row i lists the neighbours of node i; -1 stands for none."""
    table.sort(axis=1)
    size, width = table.shape
    if table[:, 0].min() >= 0:
        return Network(np.arange(0, size * width + 1, width, dtype=np.int64), table.ravel())
    there = table >= 0
    indptr = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(there.sum(axis=1), out=indptr[1:])
    return Network(indptr, table[there])
