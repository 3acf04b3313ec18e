"""Faces of the state space: which strategies are present, and the coordinates that are free there."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from coopgame.games.game import Game


@dataclass(frozen=True, eq=False)
class Face:
    """The strategies that are present, as a support for each population, and the free coordinates."""

    supports: tuple[tuple[int, ...], ...]
    free: tuple[str, ...]
    shares: tuple[tuple[sympy.Expr, ...], ...]

    @property
    def whole(self) -> bool:
        """Whether no strategy is absent."""
        return all(share != 0 for row in self.shares for share in row)


def face_of(game: Game, supports: tuple[tuple[int, ...], ...]) -> Face:
    """Return the face on which the given strategies of each population are present."""
    free: list[str] = []
    shares: list[tuple[sympy.Expr, ...]] = []
    for population, support in zip(game.populations, supports, strict=True):
        names = (
            [population.symbol] if population.symbol else [f"{population.name}.{s}" for s in population.strategies]
        )
        symbols = [sympy.Symbol(str(names[s])) for s in support[:-1]] if len(support) > 1 else []
        free += [symbol.name for symbol in symbols]
        values = dict(zip(support, [*symbols, 1 - sympy.Add(*symbols)], strict=True))
        shares.append(tuple(values.get(s, sympy.S.Zero) for s in range(len(population.strategies))))
    return Face(supports, (*free, *(variable.name for variable in game.environment)), tuple(shares))


def substitution_on(game: Game, face: Face) -> dict[sympy.Expr, sympy.Expr]:
    """Return what stands for the shares of the game on a face: the free coordinates, 1 minus them, and 0."""
    found: dict[sympy.Expr, sympy.Expr] = {}
    for p, row in enumerate(face.shares):
        population = game.populations[p]
        if population.symbol:
            found[sympy.Symbol(population.symbol)] = row[0]
        else:
            found |= {game.share(p, s): share for s, share in enumerate(row)}
    return found
