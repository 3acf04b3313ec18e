"""What a game declares: its populations with their strategies, and its parameters with what is assumed of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from coopgame.errors import AssumptionError, GameError, ParameterError
from coopgame.expressions import Inequality, exact_number, parse_condition, parse_expression, symbols_of, to_sympy

_SYMBOLS = ("x", "y", "z", "w", "u", "v")
RESERVED = frozenset({"kind", "rows", "row", "column", "size", "payoff"})


@dataclass(frozen=True)
class Population:
    """A group of agents who share a strategy set.

    symbol: for two strategies, the name of the first strategy's share. zh: Chinese name. strategies_zh: Chinese names
    of the strategies, in the same order, which tables in Chinese show.
    """

    name: str
    strategies: tuple[str, ...]
    symbol: str | None = None
    zh: str | None = None
    strategies_zh: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "strategies", tuple(self.strategies))
        if not self.strategies:
            raise GameError(f"population {self.name!r} has no strategies; give it at least one")
        for name in (self.name, *self.strategies):
            _check_name(name)
        if len(set(self.strategies)) != len(self.strategies):
            raise GameError(
                f"strategies of population {self.name!r} repeat: {', '.join(self.strategies)}; rename one"
            )
        if self.strategies_zh is not None:
            object.__setattr__(self, "strategies_zh", tuple(self.strategies_zh))
            self._check_chinese_names(self.strategies_zh)

    def _check_chinese_names(self, names: tuple[str, ...]) -> None:
        if len(names) != len(self.strategies) or len(set(names)) != len(names) or not all(map(str.strip, names)):
            raise GameError(
                f"strategies_zh of population {self.name!r} must give one name for each strategy "
                f"({', '.join(self.strategies)}), no two alike; got {', '.join(names) or 'none'}"
            )

    @property
    def bounded(self) -> bool:
        """True: shares lie between 0 and 1, and the last one is what the others miss to 1."""
        return True

    def name_in(self, language: str) -> str:
        """Return the name of the population in `en` or `zh`; English where there is no Chinese one."""
        return self.zh if language == "zh" and self.zh else self.name

    def strategies_in(self, language: str) -> tuple[str, ...]:
        """Return the names of the strategies in `en` or `zh`; English where there are no Chinese ones."""
        return self.strategies_zh if language == "zh" and self.strategies_zh else self.strategies


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not name.strip() or name != name.strip():
        raise GameError(f"{name!r} is not a name; give a text without spaces at its ends")
    if "," in name or "." in name or name in RESERVED:
        raise GameError(f"the name {name!r} is not allowed: no comma, no dot, none of {', '.join(sorted(RESERVED))}")


@dataclass(frozen=True)
class Parameter:
    """A named number of a model, with its meaning and what is assumed of it.

    value: a default. range: an admissible interval, both ends included. assume: a condition on the parameter
    alone, such as "> 0". source: where the value is from.
    """

    name: str
    meaning: str | None = None
    zh: str | None = None
    unit: str | None = None
    value: Fraction | None = None
    range: tuple[Fraction, Fraction] | None = None
    assume: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        if self.value is not None:
            object.__setattr__(self, "value", exact_number(self.value, self.name))
        if self.range is not None:
            low, high = (exact_number(end, f"range of {self.name}") for end in self.range)
            object.__setattr__(self, "range", (low, high))
            if low >= high:
                raise ParameterError(f"range of {self.name} is [{low}, {high}]; its ends must rise")
            if self.value is not None and not low <= self.value <= high:
                raise ParameterError(f"{self.name} = {self.value} lies outside its range [{low}, {high}]")

    def inequalities(self) -> tuple[Inequality, ...]:
        """Return what `range` and `assume` state."""
        found: list[Inequality] = []
        symbol = sympy.Symbol(self.name)
        if self.range is not None:
            low, high = (to_sympy(end) for end in self.range)
            found += [Inequality(symbol, ">=", low), Inequality(symbol, "<=", high)]
        if self.assume is not None:
            text = self.assume.strip()
            # "> 0" is short for "name > 0"; the mark stands for the parameter, whose name may be a Python word
            whole = f"{self.name} {text}" if text[:1] in "<>!" else text
            parts = parse_condition(
                whole.replace(" and >", f" and {self.name} >").replace(" and <", f" and {self.name} <")
            )
            for part in parts:
                others = symbols_of(part.left) | symbols_of(part.right)
                if others != {self.name}:
                    raise AssumptionError(
                        f"`assume` of {self.name} is {text!r}; it may speak of {self.name} only, put others into `assumptions`"
                    )
            found += parts
        return tuple(found)


@dataclass(frozen=True)
class Environment:
    """A quantity beside the shares that the players' conduct changes and their payoffs feel, such as a resource.

    rate: its time derivative, in shares, environment variables and parameters; it may not lead out of the range. between: (0, 1), or
    (0, math.inf) for a stock or an output that has no upper bound. A quantity with another range is measured in units of that
    range. name is also its coordinate.
    """

    name: str
    rate: sympy.Expr
    meaning: str | None = None
    zh: str | None = None
    between: tuple[float, float] = (0, 1)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.isidentifier():
            raise GameError(f"{self.name!r} is no name for an environment variable; use letters, digits and _")
        if not isinstance(self.rate, sympy.Expr):
            object.__setattr__(self, "rate", parse_expression(self.rate, f"rate of {self.name}"))
        if tuple(self.between) not in ((0, 1), (0, math.inf)):
            raise GameError(
                f"{self.name} runs between {self.between}; an environment variable runs between (0, 1) or (0, math.inf): measure it "
                "in units of its range, from its lower end"
            )
        object.__setattr__(self, "between", tuple(self.between))

    @property
    def bounded(self) -> bool:
        """Whether it lies between 0 and 1, so that a state also holds what it misses to 1."""
        return self.between[1] == 1

    @property
    def symbol(self) -> str:
        """The coordinate, as for a population of two strategies."""
        return self.name

    @property
    def strategies(self) -> tuple[str, ...]:
        """What a state holds for it: the variable and what is missing to 1; without an upper bound the variable alone."""
        return (self.name, f"1 - {self.name}") if self.bounded else (self.name,)


def environments(given: Mapping[str, Any] | Iterable[Environment]) -> tuple[Environment, ...]:
    """Return environment variables from Environment objects, or a mapping from name to rate."""
    if not isinstance(given, Mapping):
        return tuple(given)
    return tuple(rate if isinstance(rate, Environment) else Environment(name, rate) for name, rate in given.items())


def declared(parameters: Mapping[str, Any] | Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Return parameters from Parameter objects, or a mapping from name to value, condition or fields."""
    if not isinstance(parameters, Mapping):
        listed = (parameters,) if isinstance(parameters, str) else tuple(parameters)
        if wrong := [one for one in listed if not isinstance(one, Parameter)]:
            raise ParameterError(
                f"parameters: {wrong[0]!r} is no Parameter; give a mapping from names to values, such as {{'b': 3, 'c': None}}, None where there is none"
            )
        return listed
    found = []
    for name, given in parameters.items():
        if isinstance(given, Parameter):
            found.append(given)
        elif isinstance(given, Mapping):
            found.append(Parameter(name, **given))
        elif isinstance(given, str) and given.strip()[:1] in "<>!":
            found.append(Parameter(name, assume=given))
        else:
            found.append(Parameter(name, value=given))
    return tuple(found)


def with_symbols(populations: tuple[Population, ...], taken: set[str]) -> tuple[Population, ...]:
    """Give every two-strategy population without a symbol one of x, y, z, w, u, v."""
    used = taken | {p.symbol for p in populations if p.symbol}
    result = []
    for population in populations:
        if population.symbol is not None and len(population.strategies) != 2:
            raise GameError(
                f"the symbol {population.symbol!r} of population {population.name!r} would be the share of the first of two "
                f"strategies, but it has {len(population.strategies)}; leave the symbol out"
            )
        if population.symbol is not None and not population.symbol.isidentifier():
            raise GameError(
                f"the symbol {population.symbol!r} of population {population.name!r} is no name such as x"
            )
        if len(population.strategies) == 2 and population.symbol is None:
            free = next((s for s in _SYMBOLS if s not in used), None)
            if free is None:
                raise GameError(f"no symbol left for population {population.name!r}; give it one")
            used.add(free)
            population = replace(population, symbol=free)
        result.append(population)
    return tuple(result)


_OWN_LABEL = re.compile(r"[EFITQ]\d+")


def check_labels(populations: tuple[Population, ...], labels: tuple[tuple[str, str], ...]) -> None:
    """Refuse labels of no pure profile, labels that repeat, and those that other rest points are given by default."""
    profiles = {", ".join(profile) for profile in product(*(p.strategies for p in populations))}
    for profile, label in labels:
        if profile not in profiles:
            raise GameError(
                f"the label {label!r} stands at {profile!r}, which is no pure profile; strategies stand in the order of the "
                "populations, such as " + repr(min(profiles))
            )
        if _OWN_LABEL.fullmatch(label) and len(labels) < len(profiles):
            raise GameError(
                f"the label {label!r} may be given to another rest point by default; label all {len(profiles)} pure profiles, or "
                "use another word"
            )
    words = [label for _, label in labels]
    if len(set(words)) != len(words):
        raise GameError(f"labels repeat: {', '.join(words)}; give each profile its own")
