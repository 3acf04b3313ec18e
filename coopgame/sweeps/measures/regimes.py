"""The measure of the regime at parameter values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.algebra.conditions import And, Condition, Constant, Or, Sign
from coopgame.algebra.polynomials import Ring, to_fmpq, to_fraction
from coopgame.codegen import compile_expressions
from coopgame.errors import UnsupportedError
from coopgame.sweeps.measure import Found, Points, Variable
from coopgame.sweeps.measures.dynamic import OfSetting
from coopgame.sweeps.measures.setting import Given, Setting

if TYPE_CHECKING:
    from coopgame.analysis.regimes import Regimes

Plain = tuple[Any, ...]


def regime(regimes: Regimes, values: Mapping[str, Any] | None = None) -> RegimeAt:
    """Return the measure of the regime that holds at parameter values.

    values: fixed ones, which the points override. Variable: `regime`, a code whose labels are the names of regimes with their stable rest points;
    -1 on a hypersurface between regimes, and where it was not decided which points are stable. Conditions are
    polynomials in floating point, so a tie counts as one when the numbers are such that the polynomial comes out as 0. A point where a payoff
    divides by zero is a failure; values that violate an assumption are none, but the partition says nothing about them.

    >>> import numpy as np
    >>> from coopgame import MatrixGame, find_regimes
    >>> from coopgame.sweeps.measure import Points
    >>> measure = regime(find_regimes(MatrixGame([["b - c", "-c"], ["b", 0]], symbol="x", assumptions=["b > 0"])), {"b": 2})
    >>> measure.variables[0].labels
    ('R1: E1', 'R2: E2')
    >>> measure.evaluate(Points({"c": np.array([-1.0, 0.0, 1.0])}, np.arange(3))).arrays["regime"].tolist()
    [1, -1, 0]
    """
    found = tuple((r.name, r.stable, _plain(r.definition)) for r in regimes.regimes)
    return RegimeAt(Setting.without_start(regimes.game, values), found)


@dataclass(frozen=True, eq=False)
class RegimeAt(OfSetting):
    """The regime at parameter values; made by `regime`. regimes: name, stable points and definition of each."""

    regimes: tuple[tuple[str, tuple[str, ...], Plain], ...]
    name = "regime"
    compiled = True

    def __getstate__(self) -> dict[str, Any]:
        return {"setting": self.setting, "regimes": self.regimes}  # conditions do not travel

    @cached_property
    def _definitions(self) -> list[Condition]:
        ring = self.setting.game.ring
        return [_condition(ring, definition) for _, _, definition in self.regimes]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """`regime`."""
        labels = tuple(f"{name}: {', '.join(stable) or 'none'}" for name, stable, _ in self.regimes)
        labels_zh = tuple(f"{name}：{'，'.join(stable) or '无'}" for name, stable, _ in self.regimes)
        return (
            Variable("regime", (), "int16", "stable rest points", "稳定均衡点", labels=labels, labels_zh=labels_zh),
        )

    def evaluate(self, points: Points) -> Found:
        """Return the regimes; see `regime`."""
        given = _without_division_by_zero(self.setting, self.setting.read(points))
        names = self.setting.game.ring.names
        table = np.array([given.values[name] for name in names]).reshape(len(names), len(given)).T
        codes = np.full(len(given), -1, dtype=np.int16)
        for code, definition in enumerate(self._definitions):
            codes[definition.holds_many(table, self.setting.game.ring)] = code
        return self.found(len(points), given, {"regime": codes})


def _without_division_by_zero(setting: Setting, given: Given) -> Given:
    game = setting.game
    if not game.denominators:
        return given
    values = compile_expressions(list(game.denominators), (), game.ring.names)((), setting.numbers(given))
    zero = np.zeros(len(given), dtype=bool)
    for value in values:
        zero |= np.broadcast_to(value == 0, len(given))
    for k in np.flatnonzero(zero):
        shown = ", ".join(f"{name} = {value:g}" for name, value in given.at(int(k)).items())
        given.failures[int(given.places[k])] = f"a payoff divides by zero at {shown}"
    kept = given.only(np.flatnonzero(~zero))
    return Given(kept.places, kept.values, kept.starts, given.failures)


def _plain(condition: Condition) -> Plain:
    """Return a condition as tuples and numbers, which can be pickled."""
    if isinstance(condition, Constant):
        return ("constant", condition.value)
    if isinstance(condition, Sign):
        terms = tuple((tuple(map(int, m)), to_fraction(c)) for m, c in condition.polynomial.terms())
        return ("sign", terms, condition.relation)
    if isinstance(condition, And | Or):
        return ("and" if isinstance(condition, And) else "or", tuple(map(_plain, condition.parts)))
    raise UnsupportedError(f"the condition {condition} is of a kind that a sweep cannot evaluate")


def _condition(ring: Ring, plain: Plain) -> Condition:
    if plain[0] == "constant":
        return Constant(plain[1])
    if plain[0] == "sign":
        terms: dict[tuple[int, ...], Fraction] = dict(plain[1])
        polynomial = ring.context.from_dict({m: to_fmpq(c) for m, c in terms.items()})
        return Sign(ring, polynomial, plain[2])
    parts = tuple(_condition(ring, part) for part in plain[1])
    return And(parts) if plain[0] == "and" else Or(parts)
