"""Write what lrsnash finds in the random and in the degenerate games to data/.

Run it from the root of the repository as: python -m tests.equilibria.make_answers
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.equilibria import lrsnash
from tests.equilibria.degenerate_games import DEGENERATE_GAMES
from tests.equilibria.games import random_game

DATA = Path(__file__).parent / "data"
RANDOM_GAMES = 500


def digest(equilibria: lrsnash.Equilibria) -> str:
    """Return a short fingerprint of all exact probabilities."""
    text = "\n".join(sorted("; ".join(" ".join(map(str, own)) for own in pair) for pair in equilibria))
    return sha256(text.encode()).hexdigest()[:16]


def supports(equilibria: lrsnash.Equilibria) -> list[list[int]]:
    """Return the strategies used in each equilibrium, as bits."""
    return sorted([sum(1 << i for i, p in enumerate(own) if p) for own in pair] for pair in equilibria)


def texts(equilibria: lrsnash.Equilibria) -> list[list[str]]:
    """Return the equilibria as texts of fractions."""
    return sorted([" ".join(map(str, own)) for own in pair] for pair in equilibria)


def _write(name: str, content: dict[str, Any]) -> None:
    lines = [
        f" {json.dumps(key)}: {json.dumps(value, separators=(',', ':'), ensure_ascii=False)}"
        for key, value in content.items()
    ]
    (DATA / name).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> None:
    """Write both files."""
    DATA.mkdir(exist_ok=True)
    made = {"made by": lrsnash.version()}
    found = lrsnash.extreme_equilibria([random_game(number) for number in range(RANDOM_GAMES)])
    _write("random_games.json", made | {str(n): [digest(each), supports(each)] for n, each in enumerate(found)})
    found = lrsnash.extreme_equilibria(list(DEGENERATE_GAMES.values()))
    _write(
        "degenerate_games.json",
        made | {name: texts(each) for name, each in zip(DEGENERATE_GAMES, found, strict=True)},
    )


if __name__ == "__main__":
    main()
