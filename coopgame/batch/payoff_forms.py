"""Payoffs and rates of quantities for a lane kernel where they are no table: as polynomials of any coefficients, or as formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import sympy

from coopgame.codegen.lane_text import lines_of
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.replicator import ReplicatorField
from coopgame.dynamics.state import slices

_MOST_TERMS = 200
_HIGHEST = 12  # above this degree powers of shares cancel too many digits; formulas are evaluated as they stand


class PayoffForm(Protocol):
    """How payoffs f0, f1, … and drives h0, h1, … of quantities follow from shares s0, s1, … and numbers p0, p1, ….

    kind: "shape" when the lines hold for all games of that shape, "model" when they were made for this one.
    """

    kind: str

    @property
    def entries(self) -> Sequence[sympy.Expr]:
        """What p0, p1, … are, in the game's parameters."""

    @property
    def lines(self) -> Sequence[str]:
        """Assignments to f0, f1, …, h0, h1, …."""

    @property
    def leads(self) -> tuple[str, ...]:
        """Assignments of what is compared with `bounds`."""

    def bounds(self, parameters: np.ndarray) -> np.ndarray:
        """Return from where on the lead of each profile is never lost; shape (N, number of leads)."""


@dataclass(frozen=True, eq=False)
class PolynomialPayoffs:
    """Payoffs that are polynomials of shares and quantities: the same monomials with any coefficients share one kernel.

    terms: name of the line -> exponents of the coordinates -> coefficient.
    """

    dynamics: VectorField
    terms: Mapping[str, Mapping[tuple[int, ...], sympy.Expr]]

    kind = "shape"
    leads: tuple[str, ...] = ()

    @staticmethod
    def of(dynamics: VectorField) -> PolynomialPayoffs | None:
        """Return the polynomials of a game; None where payoffs are none, or too long or of too high a degree."""
        coordinates = [sympy.Symbol(name) for name in dynamics.game.coordinates]
        found = {}
        for name, value in _wanted(dynamics).items():
            if not value.is_polynomial(*coordinates):
                return None
            # parameters may stand in any form: only the coordinates are expanded
            found[name] = dict(sympy.Poly(value, *coordinates, domain="EX").terms())
        monomials = [powers for terms in found.values() for powers in terms]
        if len(monomials) > _MOST_TERMS or max(map(sum, monomials), default=0) > _HIGHEST:
            return None
        return PolynomialPayoffs(dynamics, found)

    @cached_property
    def entries(self) -> Sequence[sympy.Expr]:
        """The coefficients."""
        return [terms[powers] for terms in self.terms.values() for powers in terms]

    @cached_property
    def lines(self) -> Sequence[str]:
        """Nested multiplication (Horner) in one coordinate after another."""
        names = list(_share_names(self.dynamics).values())
        found, position = [], 0
        for name, terms in self.terms.items():
            places = {powers: f"p{position + n}" for n, powers in enumerate(terms)}
            position += len(terms)
            found.append(f"{name} = {_horner(places, names)}")
        return found

    def bounds(self, parameters: np.ndarray) -> np.ndarray:
        """Return no bounds: shape (N, 0)."""
        return np.empty((len(parameters), 0))


@dataclass(frozen=True, eq=False)
class FormulaPayoffs:
    """Payoffs as the formulas of one model."""

    dynamics: VectorField

    kind = "model"
    leads: tuple[str, ...] = ()

    @cached_property
    def entries(self) -> Sequence[sympy.Expr]:
        """The parameters."""
        return [sympy.Symbol(name) for name in self.dynamics.game.ring.names]

    @cached_property
    def lines(self) -> Sequence[str]:
        """The formulas, with common parts computed once."""
        parameters = {sympy.Symbol(name): f"p{n}" for n, name in enumerate(self.dynamics.game.ring.names)}
        return lines_of(_wanted(self.dynamics), _share_names(self.dynamics) | parameters, "c")

    def bounds(self, parameters: np.ndarray) -> np.ndarray:
        """Return no bounds: shape (N, 0)."""
        return np.empty((len(parameters), 0))


def _wanted(dynamics: VectorField) -> dict[str, sympy.Expr]:
    """Return payoffs, relative to the last strategy's where differences suffice, and drives by the names of their lines."""
    game = dynamics.game
    found: dict[str, sympy.Expr] = {}
    for p, part in enumerate(slices(game)[: len(game.populations)]):
        count = part.stop - part.start
        last = game.expected_payoff(p, count - 1) if isinstance(dynamics, ReplicatorField) else sympy.S.Zero
        for s in range(count):
            found[f"f{part.start + s}"] = game.expected_payoff(p, s) - last
    return found | {f"h{k}": game.environment_rate(k)[0] for k in range(len(game.environment))}


def _share_names(dynamics: VectorField) -> dict[sympy.Symbol, str]:
    """Return the names in the kernel of the coordinates in which payoffs are written."""
    return {sympy.Symbol(name): f"s{i}" for name, i in _coordinate_places(dynamics)}


def _coordinate_places(dynamics: VectorField) -> Iterator[tuple[str, int]]:
    game = dynamics.game
    places = [
        part.start + i
        for block, part in zip(game.blocks, slices(game), strict=True)
        for i in (range(1) if block.symbol else range(len(block.strategies)))
    ]
    yield from zip(game.coordinates, places, strict=True)


def _horner(terms: Mapping[tuple[int, ...], str], names: Sequence[str]) -> str:
    """Return a polynomial as text: in the first coordinate by nested multiplication, with coefficients that are such texts."""
    if not terms:
        return "0.0"
    if not names:
        (only,) = terms.values()
        return only
    by_power: dict[int, dict[tuple[int, ...], str]] = {}
    for powers, place in terms.items():
        by_power.setdefault(powers[0], {})[powers[1:]] = place
    text = ""
    for power in range(max(by_power), -1, -1):
        inner = _horner(by_power[power], names[1:]) if power in by_power else ""
        text = f"({text}) * {names[0]}" if text else ""
        text = f"{text} + {inner}" if text and inner else text or inner
    return text
