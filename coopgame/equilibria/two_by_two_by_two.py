"""Games of three players with two strategies each: all equilibria of many games at once, and exact mixtures of all three."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.algebra.surds import Surd, quadratic_roots
from coopgame.errors import GameError
from coopgame.games.game import Game

if TYPE_CHECKING:
    import pandas
    import xarray

Table = Sequence[Sequence[Any]]
Line = tuple[Any, Any]  # values where a share is 1, and where it is 0


@dataclass(frozen=True, eq=False)
class EquilibriaOf2x2x2:
    """All equilibria of N games of three players with two strategies each, in floating point.

    shares: probability of each player's first strategy, shape (N, 9, 3), NaN beyond the last equilibrium; pure ones first. counts: how many equilibria
    a game has, shape (N,). index: +1 or -1, shape (N, 9); 0 beyond the last, and where a tie leaves it open. degenerate: games
    with ties that could be met in equilibrium, within rounding or near it, whose list is not claimed to be complete, shape (N,).
    """

    shares: np.ndarray
    counts: np.ndarray
    index: np.ndarray
    degenerate: np.ndarray

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, n: int) -> np.ndarray:
        """Return the equilibria of one game; shape (count, 3)."""
        found: np.ndarray = self.shares[n, : self.counts[n]]
        return found

    def __str__(self) -> str:
        numbers, often = np.unique(self.counts[~self.degenerate], return_counts=True)
        parts = [f"{g} with {n}" for n, g in zip(numbers, often, strict=True)]
        ties = int(self.degenerate.sum())
        said = f"; {ties} with ties, whose lists may be incomplete" if ties else ""
        games = "1 game" if len(self) == 1 else f"{len(self)} games"
        return f"equilibria of {games}: {', '.join(parts) or 'none without ties'}{said}"

    def to_xarray(self) -> xarray.Dataset:
        """Return shares, counts, indices and the mark of ties with the dimensions game, equilibrium and player."""
        import xarray

        data = {
            "share": (("game", "equilibrium", "player"), self.shares),
            "index": (("game", "equilibrium"), self.index),
            "count": (("game",), self.counts),
            "degenerate": (("game",), self.degenerate),
        }
        return xarray.Dataset(data)

    def to_dataframe(self) -> pandas.DataFrame:
        """Return a pandas table with one row for each equilibrium of each game."""
        import pandas

        game = np.repeat(np.arange(len(self)), self.counts)
        listed = np.arange(self.shares.shape[1]) < self.counts[:, None]
        columns = {f"player{p + 1}": self.shares[listed][:, p] for p in range(3)}
        return pandas.DataFrame(
            {"game": game, **columns, "index": self.index[listed], "degenerate": self.degenerate[game]}
        )


def find_equilibria_of_2x2x2(payoffs: Any) -> EquilibriaOf2x2x2:
    """Return all Nash equilibria of many games of three players with two strategies each, about a microsecond a game.

    payoffs: shape (N, 3, 2, 2, 2), or (3, 2, 2, 2) for one game: game, player who earns, strategy of each player. Pure profiles are compared, mixtures of two
    follow from two linear equations, mixtures of all three from one quadratic equation. A game without ties has an odd number of
    equilibria, at most nine, and their indices add up to 1, which is checked; a game where a comparison is
    too close to call, or that fails the check, is marked degenerate. For one game with exact numbers use `nash_equilibria`.

    Raises GameError for another shape and for payoffs that are not finite.

    References: McKelvey and McLennan (1996), Handbook of Computational Economics 1, 87-142 (nine equilibria); Wilson (1971), SIAM Journal on
    Applied Mathematics 21, 80-87 (an odd number).

    >>> import numpy as np
    >>> from coopgame import find_equilibria_of_2x2x2
    >>> payoffs = np.zeros((1, 3, 2, 2, 2))  # the game with nine equilibria of McKelvey and McLennan
    >>> payoffs[0, :, 0, 0, 0], payoffs[0, :, 1, 1, 0] = (9, 8, 12), (9, 8, 2)
    >>> payoffs[0, :, 0, 1, 1], payoffs[0, :, 1, 0, 1] = (3, 4, 6), (3, 4, 4)
    >>> found = find_equilibria_of_2x2x2(payoffs)
    >>> print(found)
    equilibria of 1 game: 1 with 9
    >>> found[0][-2:]
    array([[0.25      , 0.5       , 0.33333333],
           [0.5       , 0.33333333, 0.25      ]])
    """
    from coopgame._kernels.two_by_two_by_two import MOST, equilibria_of_2x2x2

    if isinstance(payoffs, Game):
        raise GameError("many games at once are given by an array of payoffs; of one game ask nash_equilibria(game)")
    given = np.asarray(payoffs, dtype=float)
    if given.shape[-4:] != (3, 2, 2, 2) or given.ndim not in (4, 5):
        raise GameError(f"payoffs need the shape (N, 3, 2, 2, 2): game, player, three strategies; got {given.shape}")
    given = np.ascontiguousarray(given.reshape(-1, 3, 2, 2, 2))
    if not np.isfinite(given).all():
        game, player, *profile = (int(n) for n in np.argwhere(~np.isfinite(given))[0])
        raise GameError(f"the payoff of player {player + 1} in game {game} at {tuple(profile)} is not finite")
    number = len(given)
    shares = np.full((number, MOST, 3), np.nan)
    index = np.zeros((number, MOST), dtype=np.int8)
    counts = np.zeros(number, dtype=np.int64)
    degenerate = np.zeros(number, dtype=bool)
    equilibria_of_2x2x2(given, shares, index, counts, degenerate)
    for array in (shares, index, counts, degenerate):
        array.flags.writeable = False
    return EquilibriaOf2x2x2(shares, counts, index, degenerate)


# exact mixtures of all three


@dataclass(frozen=True)
class MixedTriples:
    """Points inside the cube where three players are indifferent, and whether curves or surfaces of such points were met."""

    points: tuple[tuple[Surd, ...], ...]
    continuum: bool = False


def mixed_triples(gains: Sequence[Table]) -> MixedTriples:
    """Return the shares (of the first strategies) strictly between 0 and 1 that make all three players indifferent; exact.

    gains[i][b][c]: what the first strategy of player i earns more than the second where the other two, in order, play b and c. With p's share x,
    the shares of q and r that make r and q indifferent are quotients of linear functions of x; put into p's own equation
    they leave a quadratic one, whose roots are surds, and every sign is decided in rational numbers.
    """
    views = [_View(gains, p) for p in range(3)]
    for view in views:
        first = view.own[0][0]
        if all(value == first for row in view.own for value in row):  # p's gain does not depend on anyone
            return MixedTriples((), first == 0 and any(view.solved(x) for x in view.samples()))
    solvable = next((view for view in views if view.solvable), None)
    if solvable is None:
        return MixedTriples(tuple(_around(gains)))
    quadratic = solvable.quadratic()
    if any(quadratic):
        found = [solvable.completed(x) for x in quadratic_roots(*quadratic) if _between(x)]
        return MixedTriples(tuple(p for p in found if isinstance(p, tuple)), True in found)
    # the equation holds for every x: where x moves freely there is a curve
    special = solvable.special()
    isolated = [solvable.completed(x) for x in special]
    between = [solvable.completed(x) for x in solvable.samples() if x not in special]
    curve = any(found is not None for found in between) or True in isolated
    return MixedTriples(tuple(p for p in isolated if isinstance(p, tuple) and not curve), curve)


class _View:
    """The three equations as player p sees them; q and r are the next players around the circle."""

    def __init__(self, gains: Sequence[Table], p: int) -> None:
        self.p, self.q, self.r = p, (p + 1) % 3, (p + 2) % 3
        self.own = [[_gain(gains, p, self.q, b, c) for c in range(2)] for b in range(2)]
        # gains of r where q plays 0, 1, and of q where r plays 0, 1, as lines in p's share
        self.q_lines: list[Line] = [_ends(gains, self.r, self.q, b) for b in range(2)]
        self.r_lines: list[Line] = [_ends(gains, self.q, self.r, c) for c in range(2)]

    @property
    def solvable(self) -> bool:
        """Whether the shares of q and r follow from p's, but for single values of it."""
        return self.q_lines[0] != self.q_lines[1] and self.r_lines[0] != self.r_lines[1]

    def quadratic(self) -> tuple[Fraction, Fraction, Fraction]:
        """Return the coefficients of 1, x, x**2 in the equation for p's share x."""
        total = [Fraction(0)] * 3
        for b in range(2):
            for c in range(2):
                weight = self.own[b][c] * (1 if b == c else -1)
                (one, zero), (up, down) = self.q_lines[1 - b], self.r_lines[1 - c]
                parts = (zero * down, zero * (up - down) + (one - zero) * down, (one - zero) * (up - down))
                total = [t + weight * part for t, part in zip(total, parts, strict=True)]
        return total[0], total[1], total[2]

    def special(self) -> list[Surd]:
        """Return the shares strictly between 0 and 1 at which a line crosses 0, rising."""
        roots = {zero / (zero - one) for one, zero in (*self.q_lines, *self.r_lines) if one * zero < 0}
        return [Surd(root) for root in sorted(roots)]

    def samples(self) -> list[Surd]:
        """Return the special shares and one between each two of them: what can happen happens at one of them."""
        special = [x.p for x in self.special()]
        ends = [Fraction(0), *special, Fraction(1)]
        between = [(low + high) / 2 for low, high in pairwise(ends)]
        return [Surd(x) for x in sorted([*special, *between])]

    def solved(self, x: Surd) -> bool:
        """Return whether some shares of q and r make r and q indifferent."""
        return all(_share(_at(lines, x)) is not None for lines in (self.q_lines, self.r_lines))

    def completed(self, x: Surd) -> tuple[Surd, ...] | bool | None:
        """Return the point with p's share x, True where there is a line or curve of them, None where there is none."""
        y, z = (_share(_at(lines, x)) for lines in (self.q_lines, self.r_lines))
        if y is None or z is None:
            return None
        if y is True and z is True:
            values = [value for row in self.own for value in row]
            return True if min(values) < 0 < max(values) or not any(values) else None
        if y is True:
            y = _share([_mean(row, z) for row in self.own])
        elif z is True:
            z = _share([_mean(column, y) for column in zip(*self.own, strict=True)])
        if not isinstance(y, Surd) or not isinstance(z, Surd):
            return None if y is None or z is None else True
        point = {self.p: x, self.q: y, self.r: z}
        return tuple(point[i] for i in range(3))


def _gain(gains: Sequence[Table], i: int, j: int, b: int, c: int) -> Any:
    """Return the gain of player i where player j plays b and the third player c."""
    return gains[i][b][c] if j < 3 - i - j else gains[i][c][b]


def _ends(gains: Sequence[Table], i: int, j: int, b: int) -> Line:
    """Return the gain of player i where player j plays b, with the third player's share 1 and 0."""
    return _gain(gains, i, j, b, 0), _gain(gains, i, j, b, 1)


def _at(lines: Sequence[Line], x: Surd) -> list[Surd]:
    return [_mean(line, x) for line in lines]


def _mean(ends: Sequence[Any], share: Any) -> Surd:
    """Return the value of a linear function at a share, from its values at 1 and 0."""
    mean: Surd = share * (ends[0] - ends[1]) + ends[1]
    return mean


def _share(values: Sequence[Surd]) -> Surd | bool | None:
    """Return the share at which a mean of two values is 0; True where every share does, None where none strictly between 0 and 1 does."""
    one, zero = values
    signs = one.sign(), zero.sign()
    if signs == (0, 0):
        return True
    if signs[0] * signs[1] >= 0:
        return None
    share: Surd = zero / (zero - one)
    return share


def _between(x: Surd) -> bool:
    return x.sign() > 0 and (1 - x).sign() > 0


def _around(gains: Sequence[Table]) -> Iterator[tuple[Surd, ...]]:
    """Yield the point of three players of whom each is affected by one other, around the circle."""
    for step in (1, 2):
        shares: dict[int, Surd] = {}
        for i in range(3):
            j = (i + step) % 3
            ends = [_ends(gains, i, j, b) for b in range(2)]
            found = _share([Surd(end[0]) for end in ends]) if all(a == b for a, b in ends) else None
            if isinstance(found, Surd):
                shares[j] = found
        if len(shares) == 3:
            yield tuple(shares[i] for i in range(3))
