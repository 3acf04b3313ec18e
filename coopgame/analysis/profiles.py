"""Games of several populations with any number of strategies: what each strategy earns at pure profiles of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

import sympy

from coopgame.algebra.polynomials import Polynomial, Ring
from coopgame.algebra.quotients import Quotient
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

Profile = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Profiles:
    """A game whose payoffs are linear in each other population's shares and do not depend on the own.

    gain(p, s, profile): what strategy s of population p earns more than its strategy 0 when the others play the
    pure profile (entry p of which is ignored).
    """

    game: Game
    ring: Ring
    gains: tuple[dict[tuple[int, Profile], Quotient], ...]

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Numbers of strategies."""
        return tuple(len(population.strategies) for population in self.game.populations)

    def gain(self, p: int, s: int, profile: Profile) -> Quotient:
        """Return what strategy s of population p earns more than strategy 0 against a pure profile."""
        return self.gains[p][s, profile[:p] + profile[p + 1 :]]

    def lead(self, p: int, s: int, profile: Profile) -> Quotient:
        """Return what strategy s of population p earns more than the one that the profile has it play."""
        return self.gain(p, s, profile) - self.gain(p, profile[p], profile)

    @cached_property
    def vertices(self) -> tuple[Profile, ...]:
        """All pure profiles, the last strategies first and the first population changing fastest."""
        backwards = product(*(range(size - 1, -1, -1) for size in reversed(self.sizes)))
        return tuple(profile[::-1] for profile in backwards)

    def names(self, profile: Profile) -> tuple[str, ...]:
        """Return the strategies of a pure profile."""
        return tuple(p.strategies[s] for p, s in zip(self.game.populations, profile, strict=True))

    def coordinates(self, shares: Sequence[Mapping[int, sympy.Expr]]) -> dict[str, sympy.Expr]:
        """Return the coordinates of a state from the shares that are not zero, population by population."""
        found: dict[str, sympy.Expr] = {}
        for population, present in zip(self.game.populations, shares, strict=True):
            names = (
                [population.symbol]
                if population.symbol
                else [f"{population.name}.{s}" for s in population.strategies]
            )
            for s, name in enumerate(names):
                found[name] = present.get(s, sympy.Integer(0))
        return found

    def where(self, profile: Profile, moving: Mapping[int, Sequence[int]]) -> str:
        """Return the equations of a face: populations in `moving` mix the given strategies, the others play the profile."""
        parts = []
        for p, population in enumerate(self.game.populations):
            free = moving.get(p, ())
            if population.symbol:
                parts += [] if len(free) == 2 else [f"{population.symbol} = {1 - profile[p]}"]
            elif free:
                absent = (s for s in range(self.sizes[p]) if s not in free)
                parts += [f"{population.name}.{population.strategies[s]} = 0" for s in absent]
            else:
                parts.append(f"{population.name}.{population.strategies[profile[p]]} = 1")
        return " and ".join(parts) or "everywhere"


def profiles_of(game: Game) -> Profiles:
    """Return the gains of a game of several populations.

    Raises UnsupportedError when payoffs are not quotients of polynomials, depend on the own population's shares, or
    are not linear in another's.
    """
    if game.environment or len(game.populations) < 2:
        raise UnsupportedError("this analysis needs several populations and no environment")
    wide = Ring([*game.ring.names, *game.coordinates])
    gains = []
    for p, population in enumerate(game.populations):
        table: dict[tuple[int, Profile], Quotient] = {}
        base = game.expected_payoff(p, 0)
        for s in range(len(population.strategies)):
            what = f"what {population.strategies[s]!r} earns more than {population.strategies[0]!r}"
            top, bottom = wide.fraction(game.expected_payoff(p, s) - base, what)
            _require_linear(game, wide, top, bottom, p)
            for others in product(*(range(len(q.strategies)) for q in game.populations if q is not population)):
                at = _corner(game, (*others[:p], 0, *others[p:]))
                pair = (_at(wide, game.ring, part, at) for part in (top, bottom))
                table[s, others] = Quotient(game.ring, *pair)
        gains.append(table)
    return Profiles(game, game.ring, tuple(gains))


def _names(game: Game, p: int) -> tuple[str, ...]:
    population = game.populations[p]
    return (
        (population.symbol,) if population.symbol else tuple(f"{population.name}.{s}" for s in population.strategies)
    )


def _require_linear(game: Game, wide: Ring, top: Polynomial, bottom: Polynomial, p: int) -> None:
    name = game.populations[p].name
    if set(wide.names_in(bottom)) & set(game.coordinates):
        raise UnsupportedError(f"the payoffs of {name!r} divide by a share; use integrate() from several starts")
    for q in range(len(game.populations)):
        block = [wide.names.index(n) for n in _names(game, q)]
        degree = max((sum(int(exponents[i]) for i in block) for exponents, _ in top.terms()), default=0)
        if degree > (0 if p == q else 1):
            kind = (
                "depend on its own shares"
                if p == q
                else f"are not linear in the shares of {game.populations[q].name!r}"
            )
            raise UnsupportedError(
                f"the payoffs of {name!r} {kind}; with three and more strategies such games have no exact analysis: use "
                "integrate() from several starts"
            )


def _corner(game: Game, profile: Profile) -> dict[str, int]:
    """Return every coordinate at a pure profile."""
    values: dict[str, int] = {}
    for p, played in enumerate(profile):
        names = _names(game, p)
        values |= {names[0]: 1 - played} if len(names) == 1 else {n: int(s == played) for s, n in enumerate(names)}
    return values


def _at(wide: Ring, ring: Ring, polynomial: Polynomial, at: Mapping[str, int]) -> Polynomial:
    """Return the polynomial in the parameters that is left where every share is 0 or 1."""
    count = len(ring.names)
    total = ring.constant(0)
    for exponents, coefficient in polynomial.terms():
        shares = zip(wide.names[count:], exponents[count:], strict=True)
        if all(at[name] for name, power in shares if power):
            total = total + ring.context.from_dict({tuple(int(e) for e in exponents[:count]): coefficient})
    return total


@dataclass(frozen=True)
class Face:
    """Populations that mix, with the strategies they mix, while the others play a pure profile."""

    moving: tuple[tuple[int, tuple[int, ...]], ...]
    profile: Profile


def faces(sizes: Sequence[int], mixed: int) -> Iterator[Face]:
    """Yield the faces on which so many populations mix, those with fewer strategies first."""

    def supports(size: int) -> list[tuple[int, ...]]:
        return [chosen for count in range(2, size + 1) for chosen in combinations(range(size), count)]

    found = []
    for populations in combinations(range(len(sizes)), mixed):
        pure = [range(size) if p not in populations else (0,) for p, size in enumerate(sizes)]
        for chosen in product(*(supports(sizes[p]) for p in populations)):
            for profile in product(*pure):
                found.append(Face(tuple(zip(populations, chosen, strict=True)), profile))
    yield from sorted(found, key=lambda face: sum(len(chosen) for _, chosen in face.moving))
