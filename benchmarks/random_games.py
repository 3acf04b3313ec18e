"""Random affine games as game files, the same for the same seed."""

from __future__ import annotations

import random
from itertools import product


def game_file(seed: int, populations: int, parameters: int) -> str:
    """Return a game of two-strategy populations as a game file.

    Every payoff of every profile is a sum of one to three of the parameters, which are positive, with small whole coefficients, and
    sometimes a whole number.
    """
    rng = random.Random(seed)
    names = [f"a{k}" for k in range(1, parameters + 1)]
    lines = [
        'format = "coopgame-game/1"',
        f'name = "random affine, {populations} populations, seed {seed}"',
        "",
        "[parameters]",
    ]
    lines += [f'{name} = {{ assume = "> 0" }}' for name in names]
    for p in range(populations):
        lines += ["", "[[populations]]", f'name = "P{p + 1}"', f'symbol = "x{p + 1}"', 'strategies = ["one", "two"]']
    lines += ["", "[payoffs]", 'kind = "profiles"']
    for profile in product(("one", "two"), repeat=populations):
        payoffs = ", ".join(f'"{_payoff(rng, names)}"' for _ in range(populations))
        lines.append(f'"{", ".join(profile)}" = [{payoffs}]')
    return "\n".join(lines) + "\n"


def _payoff(rng: random.Random, names: list[str]) -> str:
    terms = [f"{rng.choice((-2, -1, 1, 2))}*{name}" for name in rng.sample(names, rng.choice((1, 2, 3)))]
    number = rng.choice((0, 0, 0, -3, -2, -1, 1, 2, 3))
    return " + ".join([*terms, *([str(number)] if number else [])]).replace("+ -", "- ")
