"""Conserved quantities: products of powers of shares that stay constant, or change at a constant rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy

from coopgame.algebra.linear import nullspace
from coopgame.algebra.polynomials import Polynomial, Ring, mostly_negative
from coopgame.algebra.quotients import Quotient
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator, replicator_game
from coopgame.dynamics.replicator import ReplicatorField
from coopgame.dynamics.state import as_state, share_names
from coopgame.errors import UnsupportedError
from coopgame.expressions import format_expression, sympy_values
from coopgame.games.game import Game


@dataclass(frozen=True, eq=False)
class ConservedQuantity:
    """H = sum of exponents[s] * ln(share s), with dH/dt equal to `rate` everywhere inside the state space.

    exponents: by share, those of other shares are 0. rate: 0 for a constant of motion; otherwise H grows or falls steadily,
    so that some shares die out.
    """

    game: Game = field(repr=False)
    exponents: Mapping[str, sympy.Expr]
    rate: sympy.Expr

    def text(self) -> str:
        """Return H as text, and its derivative."""
        return f"{format_expression(self.formula)}, derivative {format_expression(self.rate)}"

    @property
    def formula(self) -> sympy.Expr:
        """H as an expression in the shares, by `population.strategy`."""
        return sympy.Add(*(a * sympy.log(sympy.Symbol(name)) for name, a in self.exponents.items()))

    def __str__(self) -> str:
        return self.text()

    def _repr_latex_(self) -> str:
        return f"$\\frac{{d}}{{dt}}\\left({sympy.latex(self.formula)}\\right) = {sympy.latex(self.rate)}$"

    def value(self, state: Any, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return H at states, shape (...,); shares are those of `as_state`, parameters default as in `integrate`."""
        shares = as_state(self.game, state)
        names = share_names(self.game)
        exact = self.game.values(values)
        numbers = sympy_values(exact)
        total = np.zeros(shares.shape[:-1])
        for name, exponent in self.exponents.items():
            total = total + float(exponent.xreplace(numbers)) * np.log(shares[..., names.index(name)])
        return total


@dataclass(frozen=True, eq=False)
class Drift:
    """How far a computed trajectory lets a constant of motion drift.

    drift: largest change since the start, relative to the size of the terms that are summed. In exact arithmetic it is 0.
    """

    quantity: ConservedQuantity
    drift: float

    def __str__(self) -> str:
        return f"{format_expression(self.quantity.formula)} is constant; computed, it drifts by {self.drift:.1e}"


def drifts_along(dynamics: VectorField, values: Mapping[str, Any], logs: np.ndarray) -> tuple[Drift, ...]:
    """Return the constants of motion at parameter values with their drift along log shares of shape (T, number of shares).

    Empty where the dynamics is no replicator dynamics, the payoffs are no polynomials of the shares, or none is known.
    """
    if not isinstance(dynamics, ReplicatorField):
        return ()
    try:
        quantities = find_conserved_quantities(dynamics.game.substitute(values))
    except UnsupportedError:
        return ()
    found = []
    for quantity in quantities:
        weights = np.array([float(quantity.exponents.get(name, 0)) for name in share_names(dynamics.game)])
        terms = weights[weights != 0] * logs[:, weights != 0]
        if quantity.rate == 0 and np.isfinite(terms).all():
            size = np.abs(terms).sum(axis=1).max()
            found.append(Drift(quantity, float(np.abs((terms - terms[0]).sum(axis=1)).max() / size) if size else 0.0))
    return tuple(found)


def find_conserved_quantities(game: Game | VectorField) -> tuple[ConservedQuantity, ...]:
    """Return a basis of the quantities sum a_s ln x_s that are conserved or change at a constant rate.

    Since d(ln x_s)/dt = F_s - mean, these are the linear relations with constant coefficients between the growth rates; they are found by
    exact linear algebra over the rational functions of the parameters. Conserved ones come first. The integral of a
    2 x 2 bimatrix game, those of zero-sum games with a mixed equilibrium, and the ratio of a strategy to its twin are of
    this form. A relation that needs an equation between parameters appears when they are put in (`game.substitute`).

    Raises UnsupportedError when payoffs are no polynomials of the state.

    References: Hofbauer and Sigmund (1998), sections 7.6 and 11.2.

    >>> from coopgame import NormalFormGame, find_conserved_quantities
    >>> pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> [quantity.rate for quantity in find_conserved_quantities(pennies)]
    [0]
    """
    dynamics = replicator(replicator_game(game, "a conserved quantity"))
    game = dynamics.game
    table = _table(dynamics)
    vectors = nullspace(table)
    changing = [v for v in vectors if not v[0].is_zero()]
    steady = [v for v in vectors if v[0].is_zero()]
    for vector in changing[1:]:
        factor = vector[0] / changing[0][0]
        steady.append([a - factor * b for a, b in zip(vector, changing[0], strict=True)])
    found = []
    for vector in [*steady, *changing[:1]]:
        rate, *exponents = _cleared(game.ring, vector)
        kept = {name: a for name, a in zip(share_names(game), exponents, strict=True) if a != 0}
        if kept:
            found.append(ConservedQuantity(game, kept, rate))
    return tuple(found)


def _table(dynamics: ReplicatorField) -> list[list[Quotient]]:
    """One row per monomial of the state: minus 1 in the first column for the constant, then coefficients of growth rates."""
    ring, variables = dynamics.game.ring, dynamics.tangent_coordinates
    wide = Ring([*ring.names, *variables])
    count = len(ring.names)
    zero = Quotient(ring, ring.constant(0))
    rows: dict[tuple[int, ...], list[Quotient]] = {}
    width = len(dynamics.growth_rates) + 1
    rows[(0,) * len(variables)] = [Quotient(ring, ring.constant(-1)), *[zero] * (width - 1)]
    for column, (name, rate) in enumerate(zip(share_names(dynamics.game), dynamics.growth_rates, strict=True), 1):
        top, bottom = wide.fraction(rate, f"growth rate of {name}")
        if set(wide.names_in(bottom)) & set(variables):
            raise UnsupportedError(
                f"the growth rate of {name} is no polynomial of the state; no search for conserved quantities"
            )
        below = Quotient(ring, _inner(ring, bottom, count))
        for monomial in {tuple(map(int, m[count:])) for m, _ in top.terms()}:
            terms = {tuple(map(int, m[:count])): c for m, c in top.terms() if tuple(map(int, m[count:])) == monomial}
            row = rows.setdefault(monomial, [zero] * width)
            row[column] = Quotient(ring, ring.context.from_dict(terms)) / below
    return list(rows.values())


def _inner(ring: Ring, polynomial: Polynomial, count: int) -> Polynomial:
    return ring.context.from_dict({tuple(map(int, m[:count])): c for m, c in polynomial.terms()})


def _cleared(ring: Ring, vector: list[Quotient]) -> list[sympy.Expr]:
    """Multiply by the common denominator, divide by the common factor, and let the first exponent read well."""
    below = ring.constant(1)
    for entry in vector:
        below = below * (entry.denominator / below.gcd(entry.denominator))
    whole = [entry.numerator * (below / entry.denominator) for entry in vector]
    common = ring.constant(0)
    for entry in whole:
        common = common.gcd(entry)
    lead = next(entry for entry in whole[1:] if not entry.is_zero())
    _, unit = ring.primitive(lead)
    scale = lead.leading_coefficient() / unit.leading_coefficient()
    reduced = [entry / common for entry in whole] if not common.is_constant() else [entry / scale for entry in whole]
    turn = -1 if mostly_negative(reduced[next(i for i, e in enumerate(whole) if i and not e.is_zero())]) else 1
    return [ring.factored_expression(turn * entry) for entry in reduced]
