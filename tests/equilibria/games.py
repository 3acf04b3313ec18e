"""Random games of two players as tables of Fractions, the same on every machine."""

from __future__ import annotations

import random
from fractions import Fraction

Table = list[list[Fraction]]
Game = tuple[Table, Table]
SIZES = range(2, 9)


def random_game(number: int) -> Game:
    """Return game number 0, 1, ...: of 2 to 8 strategies each, by turns whole payoffs 0, 1, 2 and bell-shaped floats.

    A float is the sum of twelve numbers from random() minus 6, of mean 0 and variance 1: a multiple of 2**-53 that needs no function whose last digit
    differs between machines.
    """
    rng = random.Random(number)
    size = SIZES[number // 2 % len(SIZES)]

    def payoff() -> Fraction:
        if number % 2:
            return Fraction(sum(rng.random() for _ in range(12)) - 6)
        return Fraction(int(3 * rng.random()))

    def table() -> Table:
        return [[payoff() for _ in range(size)] for _ in range(size)]

    return table(), table()
