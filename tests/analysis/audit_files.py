"""Games and helpers of the tests of audits."""

from __future__ import annotations

from pathlib import Path

from coopgame import Audit, AuditCell, audit
from coopgame.analysis.published import parse_published

GAME = """
format = "coopgame-game/1"
name = "Inspection"
assumptions = ["F > c"]

[parameters]
F = { value = 5, assume = "> 0" }
c = { value = 1, assume = "> 0" }
g = { assume = "> 0" }

[[populations]]
name = "inspector"
symbol = "x"
strategies = ["inspect", "rest"]

[[populations]]
name = "firm"
symbol = "y"
strategies = ["cheat", "comply"]

[payoffs]
kind = "profiles"
"inspect, cheat"  = ["F - c", "g - F"]
"inspect, comply" = ["-c", "0"]
"rest, cheat"     = ["0", "g"]
"rest, comply"    = ["0", "0"]
"""
HEAD = 'format = "coopgame-audit/1"\ngame = "inspection.toml"\n'
BARE = 'format = "coopgame-audit/1"\ncoordinates = ["x", "y"]\n'
HAWK_DOVE = """
format = "coopgame-game/1"
populations = [{ name = "bird", symbol = "x", strategies = ["hawk", "dove"] }]
payoffs = { kind = "matrix", rows = [["(V - C)/2", "V"], ["0", "V/2"]] }
[parameters]
V = { assume = "> 0", value = 4 }
C = { assume = "> 0", value = 6 }
"""
THREE = """
format = "coopgame-game/1"
populations = [{ name = "p", strategies = ["r", "s", "t"] }]
payoffs = { kind = "matrix", rows = [["0", "-1", "a"], ["a", "0", "-1"], ["-1", "a", "0"]] }
"""
OWN = """
format = "coopgame-game/1"
populations = [{ name = "i", symbol = "x", strategies = ["a", "b"] }, { name = "f", symbol = "y", strategies = ["c", "d"] }]
payoffs = { kind = "advantages", x = "F*y**2 - c", y = "g - F*y*x" }
[parameters]
F = { value = 10 }
c = { value = 1 }
g = { value = 2 }
"""


def audited(text: str, folder: Path, head: str = HEAD) -> Audit:
    """The audit of the text of a file."""
    return audit(parse_published(head + text, folder=folder))


def cell(text: str, folder: Path, what: str, head: str = HEAD) -> AuditCell:
    """The one cell of a kind."""
    (found,) = [c for c in audited(text, folder, head) if c.what == what]
    return found


def head_of(game: str) -> str:
    """The head of an audit file for a game."""
    return f'format = "coopgame-audit/1"\ngame = "{game}.toml"\n'


def write_games(folder: Path) -> None:
    """Write the games to files."""
    root = OWN.replace('"F*y**2 - c"', '"F*y - sqrt(c)"')
    games = {"inspection": GAME, "hawk_dove": HAWK_DOVE, "three": THREE, "own": OWN, "root": root}
    for name, text in games.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
