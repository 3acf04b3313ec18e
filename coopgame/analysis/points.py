"""Result types of the search for rest points: isolated points and connected components."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, TypedDict, overload

import numpy as np
import sympy

from coopgame.algebra.conditions import FALSE, TRUE, Condition
from coopgame.algebra.prover import Fact, Proof
from coopgame.analysis.stability import Attracting, Stability
from coopgame.errors import StateError, UnsupportedError
from coopgame.expressions import format_expression, parse_expression
from coopgame.games.game import Game

_LARGEST_DENOMINATOR = 100  # of fractions that are shown as such

Kind = Literal["vertex", "edge", "face", "interior"]
Known = Literal["exact", "certified", "numerical"]


def readable(value: sympy.Expr) -> str:
    """Return an expression as people read it: with parameters exact, 1/3 for a short fraction, else six digits; 1 + 2i."""
    if value.free_symbols:
        return format_expression(value)
    if (
        value.is_Rational
        and value.q <= _LARGEST_DENOMINATOR
        and Fraction(f"{float(value):.6g}") != Fraction(value.p, value.q)
    ):
        return f"{value.p}/{value.q}"
    number = complex(sympy.N(value, 20, chop=sympy.Rational(1, 10**18)))
    if number.imag == 0:
        return f"{number.real + 0.0:.6g}"
    return f"{number.real + 0.0:.6g} {'-' if number.imag < 0 else '+'} {abs(number.imag):.6g}i"


class _Lasting(TypedDict):
    stable_if: Condition
    open: str


def stable_where(attracting: Attracting) -> _Lasting:
    """Return `stable_if` and `open` of a rest point at numbers, from what nearby states do."""
    unknown = "what nearby states do is not decided at these values" if attracting == "unknown" else ""
    return {"stable_if": TRUE if attracting == "asymptotic" else FALSE, "open": unknown}


@dataclass(frozen=True, eq=False)
class RestPoint:
    """A state that does not move, with its condition of existence and its stability.

    coordinates: share of the first strategy per two-strategy population, else one share per strategy, keyed like
    `Game.coordinates`. eigenvalues: on the tangent space of the state space; of the map where generations do not overlap. stable_if: where the point is
    asymptotically stable. type_if: for mixed points, named conditions for what the point can be. A coordinate that is its own
    symbol is a root of the equation in `exists` or in `note`. within: proved bounds of coordinates that are roots of
    polynomials. `state` gives floats when no parameter is left. never_stable: the proof that no admissible values make it
    stable, where `stable_if` is false for that reason. open: why it is not known where the point is stable; `stable_if` is
    false then and says nothing.
    """

    label: str
    kind: Kind
    coordinates: Mapping[str, sympy.Expr]
    eigenvalues: tuple[sympy.Expr, ...]
    stability: Stability
    attracting: Attracting
    because: str
    game: Game = field(repr=False)
    exists: Condition = TRUE
    stable_if: Condition = FALSE
    known: Known = "exact"
    note: str = ""
    profile: tuple[str, ...] | None = None
    type_if: Mapping[str, Condition] = field(default_factory=dict)
    saturated: bool | None = None
    index: int | None = None
    within: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    never_stable: Proof | None = None
    open: str = ""

    @property
    def state(self) -> np.ndarray:
        """All shares as floats, population after population; shape (number of strategies in all,)."""
        values = {sympy.Symbol(name): value for name, value in self.coordinates.items()}
        shares = [
            self.game.share(p, s).xreplace(values)
            for p, population in enumerate(self.game.blocks)
            for s in range(len(population.strategies))
        ]
        unknown = sorted({str(symbol) for share in shares for symbol in share.free_symbols})
        if unknown:
            raise UnsupportedError(
                f"{self.label} depends on {', '.join(unknown)}; give them values, for instance the defaults of the game: "
                "find_rest_points(game, game.values())"
            )
        state = np.array([float(share) for share in shares])
        state.flags.writeable = False
        return state

    def at_ends(self) -> dict[str, sympy.Expr]:
        """Return the coordinates that are at an end of their range, 0 or 1, for every parameter left."""
        top = {name for name in self.coordinates if name not in self.game.unbounded}
        return {n: v for n, v in self.coordinates.items() if v == 0 or (v == 1 and n in top)}

    def place(self) -> str:
        """Return the coordinates as text: formulas exact, numbers to six digits."""
        roots = [name for name, value in self.coordinates.items() if value == sympy.Symbol(name)]
        return ", ".join(
            f"{name} a root of its equation" if name in roots else f"{name} = {readable(value)}"
            for name, value in self.coordinates.items()
        )

    def text(self) -> str:
        """Return the point on one line."""
        return f"{self.label} ({self.place()}): {self.stability}, {self.attracting}"

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, eq=False)
class Component:
    """A connected set of rest points that is more than one point: a line, a face, or another set."""

    kind: Literal["line", "face", "other"]
    where: str
    condition: Condition = TRUE
    note: str = ""

    def __str__(self) -> str:
        when = "" if self.condition == TRUE else f" if {self.condition}"
        kind = "continuum" if self.kind == "other" else self.kind
        return f"{kind} of rest points {self.where}{when}{f' ({self.note})' if self.note else ''}"


@dataclass(frozen=True, eq=False)
class Absence:
    """The proof that a mixed point that a game may have exists for no admissible values."""

    label: str
    proof: Proof


@dataclass(frozen=True, eq=False)
class RestPoints(Sequence[RestPoint]):
    """All rest points that were found, and whether the list is complete.

    A sequence of isolated and special points; `components` are the continua. absent: in games of one population, the
    mixed points that are proved not to exist. facts: signs that hold everywhere, by which conditions were shortened.
    """

    game: Game = field(repr=False)
    points: tuple[RestPoint, ...]
    components: tuple[Component, ...]
    complete: bool
    complete_because: str
    mode: Literal["symbolic", "numeric"]
    absent: tuple[Absence, ...] = ()
    facts: tuple[Fact, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.points)

    @overload
    def __getitem__(self, key: int | str) -> RestPoint: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[RestPoint]: ...
    def __getitem__(self, key: int | str | slice) -> RestPoint | Sequence[RestPoint]:
        if isinstance(key, str):
            for point in self.points:
                if point.label == key:
                    return point
            raise KeyError(f"no rest point {key!r}; there are {', '.join(p.label for p in self.points)}")
        return self.points[key]

    def __iter__(self) -> Iterator[RestPoint]:
        return iter(self.points)

    def at(self, state: Mapping[str, Any] | None = None, /, **shares: Any) -> RestPoint:
        """Return the listed point with these coordinates, such as `points.at(x=1, y=0)`; floats agree to 1e-9.

        Raises StateError when no listed point has them, or when they are not all given.
        """
        wanted = {**(state or {}), **shares}
        if set(wanted) != set(self.game.coordinates):
            raise StateError(f"give {', '.join(self.game.coordinates)}, each once; got {', '.join(wanted) or 'none'}")
        for point in self.points:
            if all(_equal(value, wanted[name]) for name, value in point.coordinates.items()):
                return point
        shown = ", ".join(f"{name} = {value}" for name, value in wanted.items())
        raise StateError(f"no listed rest point at {shown}; there are {'; '.join(p.place() for p in self.points)}")

    @property
    def attractors(self) -> tuple[RestPoint, ...]:
        """The points that are asymptotically stable for every parameter left."""
        return tuple(point for point in self.points if point.attracting == "asymptotic")

    def __str__(self) -> str:
        lines = [point.text() for point in self.points] + [str(component) for component in self.components]
        verdict = "complete" if self.complete else "not complete"
        return "\n".join([*lines, f"{verdict}: {self.complete_because}"])

    def _repr_html_(self) -> str:
        from html import escape

        header = "".join(f"<th>{h}</th>" for h in ("", "state", "exists if", "eigenvalues", "type", "nearby states"))
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(point)) + "</tr>" for point in self.points
        )
        notes = "".join(f"<li>{escape(str(component))}</li>" for component in self.components)
        verdict = "Complete" if self.complete else "Not complete"
        foot = f"<p>{verdict}: {escape(self.complete_because)}</p>"
        return f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table><ul>{notes}</ul>{foot}"


def _equal(value: sympy.Expr, wanted: Any) -> bool:
    """Compare a coordinate with a number, or with text or an expression in the parameters."""
    if isinstance(wanted, float) and not value.free_symbols:
        return abs(float(value) - wanted) <= 1e-9
    difference = value - parse_expression(wanted)
    return bool(sympy.expand(difference) == 0 or sympy.cancel(difference) == 0)


def _cells(point: RestPoint) -> tuple[str, ...]:
    eigenvalues = ", ".join(map(readable, point.eigenvalues))
    return point.label, point.place(), point.exists.text(), eigenvalues, str(point.stability), point.attracting
