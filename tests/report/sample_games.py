"""Small game files whose analysis can be checked by hand."""

from __future__ import annotations

INSPECTION = """
format = "coopgame-game/1"
name = "Inspection game"
zh = "监管博弈"
assumptions = ["F > c", "g < F"]

[parameters]
F = { meaning = "fine", assume = "> 0" }
c = { meaning = "cost of inspection", value = 1, assume = "> 0" }
g = { value = 2, assume = "> 0" }

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

[initial]
x = 0.5
y = 0.5
"""

# x = share of C; C against C earns b - c, ...: C - D = -c always, so D is the only stable state
DILEMMA = """
format = "coopgame-game/1"
name = "Prisoner's dilemma"

[parameters]
b = { assume = "> 0" }
c = { assume = "> 0" }
w = { meaning = "declared, in no payoff" }

[[populations]]
name = "firms"
symbol = "x"
strategies = ["C", "D"]

[payoffs]
kind = "matrix"
rows = [["b - c", "-c"], ["b", "0"]]
"""

ROCK_PAPER_SCISSORS = """
format = "coopgame-game/1"
name = "Rock, paper, scissors"

[[populations]]
name = "hand"
strategies = ["rock", "paper", "scissors"]

[payoffs]
kind = "matrix"
rows = [["0", "-1", "1"], ["1", "0", "-1"], ["-1", "1", "0"]]
"""
