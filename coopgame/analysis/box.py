"""Games on a box: two-strategy populations and environment variables, payoffs any smooth functions of the state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import sympy

from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

Face = tuple[int | None, ...]  # for every coordinate 0, 1, or None where it is free


@dataclass(frozen=True, eq=False)
class Box:
    """The unit box on which a game moves, one coordinate per two-strategy population or environment variable.

    A relative coordinate moves by u(1 - u) times its drive, so both its ends are at rest; a plain one, an environment
    variable with other ends, by its drive alone.
    """

    game: Game
    names: tuple[str, ...]
    drives: tuple[sympy.Expr, ...]
    relative: tuple[bool, ...]

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return len(self.names)

    @cached_property
    def rates(self) -> tuple[sympy.Expr, ...]:
        """Time derivatives of the coordinates."""
        rates = []
        for name, drive, relative in zip(self.names, self.drives, self.relative, strict=True):
            u = sympy.Symbol(name)
            rates.append(u * (1 - u) * drive if relative else drive)
        return tuple(rates)

    @cached_property
    def vertices(self) -> tuple[tuple[int, ...], ...]:
        """All vertices, the first coordinate changing fastest; none when a coordinate is plain."""
        return tuple(v[::-1] for v in product((0, 1), repeat=self.size)) if all(self.relative) else ()

    def faces(self, mixed: int) -> Iterator[Face]:
        """Yield the invariant faces on which that many coordinates are free, plain ones always among them."""
        choices: list[tuple[int | None, ...]] = [(0, 1, None) if r else (None,) for r in self.relative]
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
