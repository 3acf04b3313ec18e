"""Strategies for repeated games that remember one round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import sympy

from coopgame.errors import GameError, ParameterError
from coopgame.expressions import format_expression, parse_expression, symbols_of

OUTCOMES = ("CC", "CD", "DC", "DD")  # own action first; C is the first strategy of the stage game, whatever its name


@dataclass(frozen=True)
class MemoryOne:
    """A strategy for a repeated game of two actions that remembers the last round.

    after: the probabilities to play the first action, C, after the outcomes CC, CD, DC, DD, the own action first. first: the same in the first round;
    None where it is not said, which is enough where the long run does not depend on it. Entries are exact numbers or expressions of parameters, such as
    "q", which then stand for any probability.

    Raises GameError for other than four entries, ParameterError for a number that is no probability.

    References: Nowak and Sigmund (1993), Nature 364, 56-58; Press and Dyson (2012), Proceedings of the National Academy of Sciences 109, 10409-10413.

    >>> print(MemoryOne([1, "1/3", 1, "q"], first=1))
    (1, 1/3, 1, q), at first 1
    """

    after: tuple[sympy.Expr, ...]
    first: sympy.Expr | None = None

    def __init__(self, after: Sequence[Any], first: Any = None) -> None:
        if isinstance(after, str) or not hasattr(after, "__iter__") or len(tuple(after)) != len(OUTCOMES):
            raise GameError(f"after is {after!r}; give four probabilities of C, after {', '.join(OUTCOMES)}")
        read = tuple(probability(p, f"after {o}") for p, o in zip(after, OUTCOMES, strict=True))
        object.__setattr__(self, "after", read)
        object.__setattr__(self, "first", None if first is None else probability(first, "first"))

    @property
    def entries(self) -> tuple[sympy.Expr, ...]:
        """The probabilities after the four outcomes, and in the first round where it is said."""
        return self.after if self.first is None else (*self.after, self.first)

    def with_error(self, error: Any) -> MemoryOne:
        """Return the strategy as it is carried out when an action turns into the other one with a probability, in every round anew.

        >>> print(tit_for_tat().with_error("0.01"))
        (99/100, 1/100, 99/100, 1/100), at first 99/100
        """
        rate = probability(error, "error")
        flipped = [sympy.expand((1 - rate) * p + rate * (1 - p)) for p in self.entries]
        return MemoryOne(flipped[:4], *flipped[4:])

    def __str__(self) -> str:
        shown = f"({', '.join(map(format_expression, self.after))})"
        return shown if self.first is None else f"{shown}, at first {format_expression(self.first)}"


def probability(value: Any, where: str) -> sympy.Expr:
    """Return a probability exactly, as a number or an expression of parameters. Raises ParameterError for a number outside [0, 1]."""
    read = parse_expression(value, where)
    if not symbols_of(read):
        if not read.is_Rational:
            raise ParameterError(
                f"{where}: got {value}; a probability is a rational number or has parameters, so that laws are exact"
            )
        if not 0 <= read <= 1:
            raise ParameterError(f"{where}: got {value}; a probability lies between 0 and 1")
    elif not read.is_rational_function():
        raise ParameterError(
            f"{where}: got {value}; with parameters use + - * / and whole powers, so that laws are exact"
        )
    return read


def always_cooperate() -> MemoryOne:
    """Return ALLC, which plays the first action in every round.

    >>> print(always_cooperate())
    (1, 1, 1, 1), at first 1
    """
    return MemoryOne((1, 1, 1, 1), 1)


def always_defect() -> MemoryOne:
    """Return ALLD, which plays the second action in every round.

    >>> print(always_defect())
    (0, 0, 0, 0), at first 0
    """
    return MemoryOne((0, 0, 0, 0), 0)


def tit_for_tat(first: Any = 1) -> MemoryOne:
    """Return TFT, which does what the other one did; first=0 is suspicious tit-for-tat.

    References: Axelrod and Hamilton (1981), Science 211, 1390-1396.

    >>> print(tit_for_tat())
    (1, 0, 1, 0), at first 1
    """
    return MemoryOne((1, 0, 1, 0), first)


def generous_tit_for_tat(generosity: Any) -> MemoryOne:
    """Return GTFT, which answers cooperation with cooperation, and defection with cooperation at a given probability.

    The most generous strategy of this kind that still resists defectors in a prisoner's dilemma has min(1 - (T - R)/(R - S), (R - P)/(T - P)).

    References: Molander (1985), Journal of Conflict Resolution 29, 611-618; Nowak and Sigmund (1992), Nature 355, 250-253.

    >>> print(generous_tit_for_tat("1/3"))
    (1, 1/3, 1, 1/3), at first 1
    """
    return MemoryOne((1, generosity, 1, generosity), 1)


def win_stay_lose_shift(first: Any = 1) -> MemoryOne:
    """Return WSLS, also called Pavlov, which repeats its action after the two better outcomes of a prisoner's dilemma and changes it after the others.

    References: Nowak and Sigmund (1993), Nature 364, 56-58.

    >>> print(win_stay_lose_shift())
    (1, 0, 0, 1), at first 1
    """
    return MemoryOne((1, 0, 0, 1), first)


def grim() -> MemoryOne:
    """Return Grim, which cooperates until one of the two has defected, and never again.

    References: Friedman (1971), Review of Economic Studies 38, 1-12.

    >>> print(grim())
    (1, 0, 0, 0), at first 1
    """
    return MemoryOne((1, 0, 0, 0), 1)


def pure_memory_one(first: Any = None) -> dict[str, MemoryOne]:
    """Return the 16 pure strategies by name: what they do after CC, CD, DC, DD, 1 for C and 0 for D.

    With first=1 or 0 names begin with C or D, so that `pure_memory_one(1) | pure_memory_one(0)` are all 32. Without it the first round is not said.

    >>> print(pure_memory_one()["1001"], len(pure_memory_one(1) | pure_memory_one(0)), list(pure_memory_one(0))[-1])
    (1, 0, 0, 1) 32 D1111
    """
    if first is not None and probability(first, "first") not in (0, 1):
        raise ParameterError(f"first is {first}; a pure strategy begins with 1 or 0")
    begins = "" if first is None else "C" if probability(first, "first") == 1 else "D"
    return {f"{begins}{''.join(map(str, rule))}": MemoryOne(rule, first) for rule in product((0, 1), repeat=4)}
