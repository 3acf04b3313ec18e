"""Games on a box, open at some sides: two-strategy populations, environment variables; payoffs any smooth functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import sympy

from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

Face = tuple[int | None, ...]  # for every coordinate its end 0 or 1, or None where it is free


@dataclass(frozen=True, eq=False)
class Box:
    """The box on which a game moves, one coordinate per two-strategy population or environment variable.

    A coordinate runs between 0 and 1, an unbounded one from 0 on. A relative coordinate moves by `factor` times its drive, so its ends
    are at rest; a plain one, an environment variable with other ends, by its drive alone.
    """

    game: Game
    names: tuple[str, ...]
    drives: tuple[sympy.Expr, ...]
    relative: tuple[bool, ...]

    def bounded(self, i: int) -> bool:
        """Whether coordinate i ends at 1."""
        return self.names[i] not in self.game.unbounded

    def ends(self, i: int) -> tuple[int, ...]:
        """Return the ends at which coordinate i is at rest: both, 0 alone where there is no upper one, none where it is plain."""
        if not self.relative[i]:
            return ()
        return (0, 1) if self.bounded(i) else (0,)

    def needs_two_ends(self, what: str) -> None:
        """Raise UnsupportedError unless every coordinate is at rest at two ends."""
        for i, name in enumerate(self.names):
            if self.ends(i) != (0, 1):
                reason = "the ends of {} are not at rest" if self.bounded(i) else "{} has no upper end"
                raise UnsupportedError(f"{reason.format(name)}: no {what.removeprefix('a ')}")

    def factor(self, i: int) -> sympy.Expr:
        """Return what a drive is multiplied by in the rate of coordinate i: u(1 - u), u or 1, as its ends say."""
        u = sympy.Symbol(self.names[i])
        return sympy.Mul(*(u if end == 0 else 1 - u for end in self.ends(i)))

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return len(self.names)

    @cached_property
    def rates(self) -> tuple[sympy.Expr, ...]:
        """Time derivatives of the coordinates."""
        return tuple(self.factor(i) * drive for i, drive in enumerate(self.drives))

    @cached_property
    def vertices(self) -> tuple[tuple[int, ...], ...]:
        """All vertices, the first coordinate changing fastest; none when a coordinate is plain."""
        ends = [self.ends(i) for i in range(self.size)]
        return tuple(v[::-1] for v in product(*ends[::-1]))

    def faces(self, mixed: int) -> Iterator[Face]:
        """Yield the invariant faces on which that many coordinates are free, plain ones always among them."""
        choices: list[tuple[int | None, ...]] = [(*self.ends(i), None) for i in range(self.size)]
        for face in product(*choices[::-1]):
            if face.count(None) == mixed:
                yield face[::-1]

    def on(self, face: Face, expression: sympy.Expr) -> sympy.Expr:
        """Return an expression with the fixed coordinates put in."""
        fixed = {sympy.Symbol(n): sympy.Integer(v) for n, v in zip(self.names, face, strict=True) if v is not None}
        return expression.xreplace(fixed)

    def where(self, face: Face) -> str:
        """Return the equations of a face."""
        fixed = [f"{n} = {v}" for n, v in zip(self.names, face, strict=True) if v is not None]
        return " and ".join(fixed) or "everywhere"


def box_of(game: Game) -> Box:
    """Return the box of a game. Raises UnsupportedError when a population has other than two strategies."""
    for population in game.populations:
        if len(population.strategies) != 2:
            raise UnsupportedError(
                f"population {population.name!r} has {len(population.strategies)} strategies; payoffs that are not linear "
                "in the other populations' shares, and environments, are analysed for two strategies each; use integrate() "
                "from several starts"
            )
    populations = range(len(game.populations))
    environment = [game.environment_rate(p) for p in range(len(game.environment))]
    drives = [game.advantage(p) for p in populations] + [drive for drive, _ in environment]
    relative = [True for _ in populations] + [relative for _, relative in environment]
    return Box(game, game.coordinates, tuple(drives), tuple(relative))
