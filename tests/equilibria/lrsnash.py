"""The program lrsnash (lrslib), which enumerates extreme equilibria exactly: games in, equilibria out.

It reads numerators and denominators as 64-bit integers and takes the largest for what does not fit.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

Table = Sequence[Sequence[Fraction]]
Game = tuple[Table, Table]
Mixture = tuple[Fraction, ...]
Equilibria = frozenset[tuple[Mixture, Mixture]]
_BATCH = 200


def version() -> str:
    """Return the first line that the program prints of itself."""
    with tempfile.TemporaryDirectory() as folder:
        return _output([([[Fraction(1)]], [[Fraction(1)]])], Path(folder)).splitlines()[0].lstrip("*")


def extreme_equilibria(games: Sequence[Game]) -> list[Equilibria]:
    """Return the extreme equilibria of every game; the program is started once for each two hundred."""
    found: list[Equilibria] = []
    for start in range(0, len(games), _BATCH):
        with tempfile.TemporaryDirectory() as folder:
            text = _output(games[start : start + _BATCH], Path(folder))
        found += [_read(part) for part in text.split("*Number of equilibria found:")[:-1]]
    assert len(found) == len(games), "one answer for each game"
    return found


def _output(games: Iterable[Game], folder: Path) -> str:
    paths = []
    for number, (first, second) in enumerate(games):
        values = [value for table in (first, second) for row in table for value in row]
        assert all(abs(v.numerator) < 2**63 and v.denominator < 2**63 for v in values), "lrsnash would misread it"
        rows = [" ".join(map(str, row)) for table in (first, second) for row in ("", *table)]
        path = folder / f"{number}"
        path.write_text("\n".join([f"{len(first)} {len(first[0])}", *rows, ""]), encoding="utf-8")
        paths.append(str(path))
    done = subprocess.run(["lrsnash", *paths], capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout


def _read(text: str) -> Equilibria:
    """Mixtures of the second player, lines that begin with 2, belong to the line of the first player that follows them; payoffs are last."""
    found, waiting = set(), []
    for line in text.splitlines():
        player, *numbers = line.split() or [""]
        if player in ("1", "2"):
            mixture = tuple(Fraction(number) for number in numbers[:-1])
            if player == "2":
                waiting.append(mixture)
            else:
                found |= {(mixture, other) for other in waiting}
        elif not player:
            waiting = []
    return frozenset(found)
