"""What can stand together in a table of vertices whatever the payoffs: signs along edges, types, the interior."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from coopgame.analysis.stability import Stability, classify_real
from coopgame.analysis.structure import Vertex
from coopgame.errors import UnsupportedError

Signs = tuple[int, ...]
_MOST_STEPS = 20_000
_MOST_GENERIC = 3
CLASS = "two strategies in each population and payoffs that do not depend on the own population's shares"


def vertices_of(size: int) -> tuple[Vertex, ...]:
    """Return the vertices of a cube, the first population changing fastest."""
    return tuple(vertex[::-1] for vertex in product((0, 1), repeat=size))


def neighbour(vertex: Vertex, i: int) -> Vertex:
    """Return the vertex at the other end of the edge in direction i."""
    return (*vertex[:i], 1 - vertex[i], *vertex[i + 1 :])


@dataclass(frozen=True)
class VertexPattern:
    """Types of all vertices that occur together.

    types: by vertex. interior: what the interior rest point can be, `absent` among it; empty where vertex signs do not tell.
    """

    types: Mapping[Vertex, Stability]
    interior: frozenset[str] = field(default_factory=frozenset)

    def __str__(self) -> str:
        shown = ", ".join(f"({', '.join(map(str, v))}) {kind}" for v, kind in self.types.items())
        inside = f"; interior {' or '.join(sorted(self.interior))}" if self.interior else ""
        return shown + inside


def find_vertex_patterns(populations: int = 2) -> tuple[VertexPattern, ...]:
    """Return all patterns of vertex types that payoffs without ties can give, for two or three populations.

    Each population has two strategies and payoffs that do not depend on its own shares. Then the eigenvalue at a vertex in the
    direction of population i is, up to sign, i's payoff advantage at a corner of the others, opposite at the two ends of the edge,
    and otherwise free: the patterns are the images of all signs of the corners. For two populations the signs also decide the
    interior rest point.

    References: Hofbauer and Sigmund (1998), Evolutionary Games and Population Dynamics, chapter 10.

    >>> len(find_vertex_patterns(2))
    15
    """
    if not 1 <= populations <= _MOST_GENERIC:
        raise UnsupportedError(
            f"patterns of {populations} populations are not listed, there are too many; up to {_MOST_GENERIC} are"
        )
    found: dict[tuple[Stability, ...], set[str]] = {}
    for signs in _corner_signs(populations):
        types = tuple(classify_real(signs[v]).stability for v in vertices_of(populations))
        found.setdefault(types, set()).update({interior_kind(signs)} - {"unknown"})
    vertices = vertices_of(populations)
    return tuple(
        VertexPattern(dict(zip(vertices, types, strict=True)), frozenset(inside)) for types, inside in found.items()
    )


def _corner_signs(size: int) -> Iterator[dict[Vertex, Signs]]:
    """Yield the signs of all eigenvalues at all vertices, for every choice of signs + and - at the corners."""
    lower = [[v for v in vertices_of(size) if v[i] == 0] for i in range(size)]
    for choice in product((1, -1), repeat=sum(map(len, lower))):
        corner = dict(zip(((i, v) for i in range(size) for v in lower[i]), choice, strict=True))
        yield {
            v: tuple(corner[i, v] if v[i] == 0 else -corner[i, neighbour(v, i)] for i in range(size))
            for v in vertices_of(size)
        }


def interior_kind(signs: Mapping[Vertex, Signs]) -> str:
    """Return what the signs at all vertices say about the interior rest point.

    `absent`, `saddle`, `center`, `continuum` (isolated ones are absent) or `unknown`. At a rest point inside, every advantage
    vanishes: a mean of its corners with positive weights, so the corners have both signs or are all 0. For two populations that
    is sufficient too, and the squared eigenvalue has the sign of the product of the two slopes.
    """
    size = len(next(iter(signs)))
    corners = [{s[i] for v, s in signs.items() if v[i] == 0} for i in range(size)]
    if any(values != {0} and not {1, -1} <= values for values in corners):
        return "absent"
    if any(values == {0} for values in corners):
        return "continuum" if size <= 2 else "unknown"
    if size != 2:
        return "unknown" if size > 2 else "absent"
    # slopes: the advantage of either population where the other one plays its first strategy has the sign of its slope
    f1, g1 = signs[0, 1][0], signs[1, 0][1]
    return "saddle" if f1 * g1 > 0 else "center"


Allowed = Mapping[Vertex, Callable[[Signs], bool]]


@dataclass(frozen=True, eq=False)
class Realisation:
    """Whether some payoffs meet all demands on vertices: an example of signs, None where there is none or none was found.

    decided: False where the search was stopped.
    """

    example: Mapping[Vertex, Signs] | None
    decided: bool = True

    @property
    def impossible(self) -> bool:
        """Whether it is proved that no payoffs meet the demands."""
        return self.decided and self.example is None


def realise(size: int, allowed: Allowed, also: Callable[[Mapping[Vertex, Signs]], bool] | None = None) -> Realisation:
    """Return signs at all vertices that meet the demands on single vertices, and on all together; or that none do.

    A search over the signs of the corner advantages, 0 included: at the two ends of an edge eigenvalues have opposite
    signs, and nothing else ties them. It stops undecided after a fixed number of steps.
    """
    every = list(product((1, -1, 0), repeat=size))
    domains = {v: [s for s in every if v not in allowed or allowed[v](s)] for v in vertices_of(size)}
    search = _Search(size, domains, also)
    example = search.extend({})
    return Realisation(example, decided=search.steps < _MOST_STEPS)


class _Search:
    """Assigns signs vertex by vertex, the one with the fewest choices left first."""

    def __init__(
        self,
        size: int,
        domains: Mapping[Vertex, Sequence[Signs]],
        also: Callable[[Mapping[Vertex, Signs]], bool] | None,
    ) -> None:
        self.size, self.domains, self.also, self.steps = size, domains, also, 0

    def extend(self, done: Mapping[Vertex, Signs]) -> Mapping[Vertex, Signs] | None:
        """Return an assignment that contains the given one, None when there is none or the steps are used up."""
        if len(done) == len(self.domains):
            return done if self.also is None or self.also(done) else None
        choices = {v: self._left(done, v) for v in self.domains if v not in done}
        vertex = min(choices, key=lambda v: len(choices[v]))
        for signs in choices[vertex]:
            self.steps += 1
            if self.steps >= _MOST_STEPS:
                return None
            found = self.extend({**done, vertex: signs})
            if found is not None:
                return found
        return None

    def _left(self, done: Mapping[Vertex, Signs], vertex: Vertex) -> list[Signs]:
        fixed = [(i, -done[n][i]) for i in range(self.size) if (n := neighbour(vertex, i)) in done]
        return [signs for signs in self.domains[vertex] if all(signs[i] == sign for i, sign in fixed)]


def conflicting(size: int, allowed: Allowed) -> tuple[Vertex, ...]:
    """Return vertices whose demands cannot be met together, none of them superfluous. The demands must be impossible."""
    core = dict(allowed)
    for vertex in allowed:
        rest = {v: demand for v, demand in core.items() if v != vertex}
        if realise(size, rest).impossible:
            core = rest
    return tuple(core)
