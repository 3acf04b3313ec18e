"""Random games of several parties as the text of game files; the same seed gives the same game.

Run it as: python benchmarks/random_games.py POPULATIONS PARAMETERS SEED

Every population has two strategies. The payoffs of every pure profile are sums of up to three whole multiples of
parameters, sometimes with a whole number; all parameters are assumed positive.
"""

from __future__ import annotations

import random
import sys
from itertools import product

SYMBOLS = "xyzw"


def game_text(populations: int, parameters: int, seed: int) -> str:
    """Return a random game as the text of a game file."""
    # only Random.random gives the same numbers in all versions of Python, so that everything is made from it
    rng = random.Random(seed)
    names = [f"a{k + 1}" for k in range(parameters)]
    lines = [
        'format = "coopgame-game/1"',
        f'name = "random: {populations} parties, {parameters} parameters, seed {seed}"',
        "",
    ]
    lines += ["[parameters]", *(f'{name} = {{ assume = "> 0" }}' for name in names), ""]
    for p, symbol in enumerate(SYMBOLS[:populations]):
        lines += ["[[populations]]", f'name = "party {p + 1}"', f'symbol = "{symbol}"', 'strategies = ["A", "B"]', ""]
    lines += ["[payoffs]", 'kind = "profiles"']
    for profile in product("AB", repeat=populations):
        row = ", ".join(f'"{payoff(rng, names)}"' for _ in range(populations))
        lines.append(f'"{", ".join(profile)}" = [{row}]')
    return "\n".join([*lines, ""])


def payoff(rng: random.Random, names: list[str]) -> str:
    """Return a sum of multiples of one to three parameters, with a whole number in about one case of four."""
    count = 1 + int(3 * rng.random())
    chosen = sorted(sorted(range(len(names)), key=lambda _: rng.random())[:count])
    terms = [f"{_one_of(rng, (-2, -1, 1, 2))}*{names[k]}" for k in chosen]
    if rng.random() < 0.25:
        terms.append(str(_one_of(rng, (-3, -2, -1, 1, 2, 3))))
    return " + ".join(terms).replace("+ -", "- ").replace("1*", "")


def _one_of(rng: random.Random, values: tuple[int, ...]) -> int:
    return values[int(len(values) * rng.random())]


if __name__ == "__main__":
    populations, parameters, seed = map(int, sys.argv[1:] or ("3", "15", "1"))
    print(game_text(populations, parameters, seed))
