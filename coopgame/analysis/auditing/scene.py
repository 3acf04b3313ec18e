"""The game of a publication at one set of values and under one condition, and where its points lie in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import sympy

from coopgame.algebra.conditions import Condition
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.auditing.printed import is_within
from coopgame.analysis.points import RestPoints, readable
from coopgame.analysis.published import Conditional, Values
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.structure import cube_of
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator
from coopgame.errors import AssumptionError, GameError, ParameterError, UnsupportedError
from coopgame.expressions import symbols_of, sympy_values
from coopgame.games.game import Game

_MOST_TERMS = 400
_LONGEST = 10_000


@dataclass(frozen=True, eq=False)
class Scene:
    """A game with some numbers put in, under the condition of a case.

    values: the numbers, None where parameters stay symbols. violated: assumptions or conditions that the values break, which are then left
    aside. void: why nothing can be said, such as a condition that can never hold.
    """

    game: Game
    values: Values | None = None
    violated: tuple[str, ...] = ()
    void: str = ""

    @property
    def numeric(self) -> bool:
        """Whether no parameter is left."""
        return not self.game.ring.names

    @cached_property
    def prover(self) -> Prover:
        """Decides conditions under the assumptions of the game and of the case."""
        return Prover(self.game.assumptions)

    @cached_property
    def field(self) -> VectorField:
        """The replicator field."""
        return replicator(self.game)

    @cached_property
    def _search(self) -> tuple[RestPoints | None, str]:
        try:
            return find_rest_points(self.game), ""
        except UnsupportedError as error:
            return None, str(error)

    @property
    def rest_points(self) -> RestPoints | None:
        """All rest points, None where the exact analysis does not apply."""
        return self._search[0]

    @property
    def unsupported(self) -> str:
        """Why the exact analysis does not apply, empty where it does."""
        return self._search[1]

    @property
    def several(self) -> bool:
        """Whether there is more than one population."""
        return len(self.game.populations) > 1

    @cached_property
    def separate(self) -> bool:
        """Whether there are several populations and no payoff difference depends on the own population's shares."""
        return self.several and not any(self._uses_own(p) for p in range(len(self.game.populations)))

    def _uses_own(self, p: int) -> bool:
        population = self.game.populations[p]
        own = {population.symbol} if population.symbol else {f"{population.name}.{s}" for s in population.strategies}
        payoffs = [self.game.expected_payoff(p, s) for s in range(len(population.strategies))]
        used = {name for f in payoffs[1:] for name in symbols_of(sympy.expand(f - payoffs[0]))}
        return bool(own & used)

    @cached_property
    def is_cube(self) -> bool:
        """Whether the structure of two-strategy populations with multilinear payoffs applies."""
        try:
            cube_of(self.game)
        except UnsupportedError:
            return False
        return self.several

    @property
    def numbers(self) -> dict[sympy.Symbol, sympy.Expr]:
        """The values as a substitution."""
        return sympy_values(self.values or {})

    def quotient(self, value: sympy.Expr) -> Quotient | None:
        """Return an expression as an exact rational function of the parameters, None where it is none."""
        if symbols_of(value) - set(self.game.ring.names):
            return None
        try:
            return Quotient.of(self.game.ring, value)
        except UnsupportedError:
            return None

    def signable(self, value: sympy.Expr) -> Quotient | None:
        """Return an expression as a quotient whose sign can be examined, None where it is none or far too long."""
        found = self.quotient(value)
        if found is None or len(found.numerator.coeffs()) * len(found.denominator.coeffs()) > _LONGEST:
            return None
        return found

    def simplest(self, value: sympy.Expr) -> sympy.Expr:
        """Return an expression in factored form where it is rational in the parameters."""
        found = self.quotient(value)
        return value if found is None or not value.free_symbols else found.expression()

    def at(self, state: Mapping[str, sympy.Expr]) -> dict[sympy.Symbol, sympy.Expr]:
        """Return coordinates as a substitution."""
        return {sympy.Symbol(name): value for name, value in state.items()}

    def advantage(self, name: str, state: Mapping[str, sympy.Expr]) -> sympy.Expr:
        """Return the payoff advantage of the first strategy of a two-strategy population at a state."""
        p = next(i for i, population in enumerate(self.game.populations) if population.symbol == name)
        return self.game.advantage(p).xreplace(self.at(state))

    def rates(self, state: Mapping[str, sympy.Expr]) -> dict[str, sympy.Expr]:
        """Return the rates of change that are not 0 at a state, by coordinate."""
        found = {}
        for name, rate in zip(self.game.coordinates, self.field.rates, strict=True):
            value = rate.xreplace(self.at(state))
            if not self.vanishes(value):
                found[name] = self.simplest(value)
        return found

    def vanishes(self, value: sympy.Expr) -> bool:
        """Return whether an expression is 0 whatever the parameters."""
        quotient = self.quotient(value)
        if quotient is not None:
            return quotient.is_zero()
        if value.free_symbols:
            return bool(sympy.expand(value) == 0)
        real, imaginary = value.as_real_imag()
        return is_within(real, Fraction(0)) and is_within(imaginary, Fraction(0))

    def shown(self, value: sympy.Expr) -> str:
        """Return an expression as cells show it."""
        return shown_value(value)

    def told(self, condition: Condition) -> str:
        """Return a condition as cells show it, in its short form where that is cheap to find."""
        terms = sum(len(leaf.polynomial.coeffs()) for leaf in condition.signs())
        if terms > _MOST_TERMS:
            return f"a condition with {terms} terms, too long to be shown"
        return condition_text(self.prover.tidy(condition))

    def values_text(self) -> str:
        """Return the values in one line."""
        return ", ".join(f"{name} = {value}" for name, value in (self.values or {}).items())


@dataclass(frozen=True, eq=False)
class Scenes:
    """Makes every scene of a publication once."""

    game: Game
    _made: dict[tuple[frozenset[tuple[str, Fraction]] | None, str], Scene] = field(default_factory=dict)

    def of(self, values: Values | None, when: Conditional | None = None) -> Scene:
        """Return the game at values and under a condition.

        Where values and defaults of the game give every parameter a number, all are put in; else only the values.
        """
        key = (None if values is None else frozenset(values.items()), when.text if when else "")
        if key not in self._made:
            self._made[key] = _scene(self.game, values, when)
        return self._made[key]


def _scene(game: Game, values: Values | None, when: Conditional | None) -> Scene:
    texts = [str(part) for part in when.alternatives[0]] if when else []
    try:
        under = game.assuming(*texts) if texts else game
    except AssumptionError as error:
        return Scene(game, None, void=f"the condition can never hold: {error}")
    if values is None:
        return Scene(under)
    put = put_in(game, values)
    try:
        return Scene(under.substitute(put), put)
    except AssumptionError as error:
        free = game.without_assumptions()
        violated = under.check_values(put) if len(put) == len(game.ring.names) else (str(error),)
        return _at_broken_values(free, put, tuple(violated))
    except GameError as error:
        return Scene(game, put, void=f"the payoffs have no value there: {error}")


def _at_broken_values(free: Game, put: Values, violated: tuple[str, ...]) -> Scene:
    """The game at values that break its assumptions; a denominator may vanish there."""
    try:
        return Scene(free.substitute(put), put, violated)
    except GameError as error:
        return Scene(free, put, violated, f"the payoffs have no value there: {error}")


def put_in(game: Game, values: Values) -> dict[str, Fraction]:
    """Return the numbers that are put in: with the defaults where that gives every parameter one, else the values alone."""
    try:
        return game.values(values)
    except ParameterError:
        return dict(values)


def missing_text(scene: Scene, value: sympy.Expr | None = None) -> str:
    """Return which values are missing for a number."""
    used = symbols_of(value) if value is not None else set(scene.game.ring.names)
    names = [name for name in scene.game.ring.names if name in used]
    defaults = {p.name for p in scene.game.parameters if p.value is not None}
    if scene.values is None and names and set(names) <= defaults:
        return f"it depends on {', '.join(names)}; give [values], empty ones for the defaults of the game"
    return f"it depends on {', '.join(names)}; give them values"


def shown_value(value: sympy.Expr) -> str:
    """Return a formula, or a number to six digits; an imaginary number without its real part 0."""
    if value.free_symbols:
        return str(value) if value.has(sympy.I) else readable(value)
    return readable(value).removeprefix("0 + ").replace("0 - ", "-", 1) if sympy.re(value) == 0 else readable(value)


def condition_text(condition: Condition) -> str:
    """Return a condition as cells show it."""
    return {"true": "always", "false": "never"}.get(condition.text(), condition.text())
