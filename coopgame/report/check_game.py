"""The game of a record, read from its text for the checker: payoffs, eigenvalues of pure states, assumptions."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

from coopgame.errors import ExpressionError, RecordError
from coopgame.expressions import exact_number, parse_condition, parse_expression
from coopgame.report.check_numbers import SIGNS, Poly, Ratio, evaluated

Env = Mapping[str, Any]
Number = Callable[[Fraction], Any]
_MOST_STRATEGIES = 3


@dataclass(frozen=True, eq=False)
class StatedGame:
    """A game as its text states it, with the values of the record put in."""

    populations: tuple[tuple[str, str | None, tuple[str, ...]], ...]
    parameters: tuple[str, ...]
    values: Mapping[str, Fraction]
    assumed: tuple[tuple[Poly, frozenset[int]], ...]
    labels: Mapping[str, str]
    payoffs: Mapping[tuple[int, int], Any]
    table: Mapping[tuple[str, ...], tuple[Any, ...]]
    rows: tuple[tuple[Any, ...], ...]
    environment: Mapping[str, Any]
    unbounded: frozenset[str] = frozenset()

    @property
    def free(self) -> tuple[str, ...]:
        """The parameters that have no value."""
        return tuple(name for name in self.parameters if name not in self.values)

    @cached_property
    def coordinates(self) -> tuple[str, ...]:
        """Names of the shares and of the environment's variables, as records key them."""
        shares = (
            name for p, symbol, s in self.populations for name in ([symbol] if symbol else [f"{p}.{w}" for w in s])
        )
        return (*shares, *self.environment)

    @cached_property
    def is_settled_by_signs(self) -> bool:
        """Whether the checker derives by itself where points are stable: several populations, or one with up to three strategies."""
        return self.is_linear and (len(self.populations) > 1 or len(self.populations[0][2]) <= _MOST_STRATEGIES)

    @cached_property
    def profiles(self) -> tuple[tuple[str, ...], ...]:
        """All pure profiles."""
        return tuple(product(*(s for _, _, s in self.populations)))

    def shares_at(self, profile: tuple[str, ...], number: Number) -> dict[str, Any]:
        """Return all shares of a pure profile, by symbol and by `population.strategy`."""
        shares: dict[str, Any] = {}
        for (p, symbol, strategies), played in zip(self.populations, profile, strict=True):
            shares |= {f"{p}.{s}": number(Fraction(s == played)) for s in strategies}
            if symbol:
                shares[symbol] = shares[f"{p}.{strategies[0]}"]
        return shares

    def shares_of(self, coordinates: Env, number: Number) -> dict[str, Any]:
        """Return all shares from the coordinates of a state."""
        shares = dict(coordinates)
        for p, symbol, strategies in self.populations:
            if symbol:
                shares[f"{p}.{strategies[0]}"] = coordinates[symbol]
                shares[f"{p}.{strategies[1]}"] = number(Fraction(1)) - coordinates[symbol]
        return shares

    def payoff(self, p: int, s: int, shares: Env, parameters: Env, number: Number) -> Any:
        """Return what strategy s of population p earns where all shares and parameters have numbers."""

        def read(expression: Any) -> Any:
            return evaluated(expression, lambda name: _number_of(name, parameters, shares), number)

        if self.payoffs:
            return read(self.payoffs[p, s])
        name, _, strategies = self.populations[p]
        if self.rows:
            terms = [shares[f"{name}.{w}"] * read(u) for w, u in zip(strategies, self.rows[s], strict=True)]
            return _sum(terms, number)
        terms = []
        for profile, row in self.table.items():
            if profile[p] == strategies[s]:
                term = read(row[p])
                for q, (other, _, _) in enumerate(self.populations):
                    term = term * shares[f"{other}.{profile[q]}"] if q != p else term
                terms.append(term)
        return _sum(terms, number)

    def rates(self, shares: Env, parameters: Env, number: Number) -> dict[str, Any]:
        """Return the replicator equations at a state: time derivative of every coordinate."""
        rates: dict[str, Any] = {}
        for p, (name, symbol, strategies) in enumerate(self.populations):
            earned = [self.payoff(p, s, shares, parameters, number) for s in range(len(strategies))]
            own = [shares[f"{name}.{s}"] for s in strategies]
            if symbol:
                rates[symbol] = own[0] * own[1] * (earned[0] - earned[1])
                continue
            mean = _sum([share * payoff for share, payoff in zip(own, earned, strict=True)], number)
            rates |= {f"{name}.{s}": own[i] * (earned[i] - mean) for i, s in enumerate(strategies)}
        known = {**parameters, **shares}
        for name, rate in self.environment.items():
            rates[name] = evaluated(rate, lambda n: _number_of(n, known, {}), number)
        return rates

    @cached_property
    def is_linear(self) -> bool:
        """Whether payoffs feel no environment, and no own population's shares beyond a payoff matrix."""
        if self.environment:
            return False
        symbols = [symbol or f"{p}.{s}" for p, symbol, strategies in self.populations for s in strategies]
        shares = self.shares_of({name: Ratio(Poly.name(name)) for name in symbols}, ratio)
        parameters = {name: ratio(Fraction(k + 2, k + 1)) for k, name in enumerate(self.parameters)}
        for p, (name, symbol, strategies) in enumerate(self.populations):
            own = {symbol or f"{name}.{s}" for s in strategies}
            earned = [self.payoff(p, s, shares, parameters, ratio) for s in range(len(strategies))]
            for other in earned[1:]:
                gain = other - earned[0]
                if gain.bottom.number() is None or not _is_linear(gain.top, own, len(self.populations) == 1):
                    return False
        return True

    def eigenvalues(self, profile: tuple[str, ...], parameters: Env, number: Number) -> list[Any]:
        """Return what every other strategy of every population earns more than the one played, at a pure profile."""
        shares = self.shares_at(profile, number)
        found = []
        for p, (_, _, strategies) in enumerate(self.populations):
            played = strategies.index(profile[p])
            base = self.payoff(p, played, shares, parameters, number)
            found += [
                self.payoff(p, s, shares, parameters, number) - base for s in range(len(strategies)) if s != played
            ]
        return found

    def symbols(self) -> dict[str, Ratio]:
        """Return the parameters as polynomials: their names, or the values that were put in."""
        return {
            n: Ratio(Poly.constant(self.values[n]) if n in self.values else Poly.name(n)) for n in self.parameters
        }

    def denominators(self) -> tuple[Poly, ...]:
        """Return the polynomials that some payoff divides by; they are not zero where the game means anything."""
        symbols = self.symbols()
        entries = [*self.payoffs.values(), *(u for row in (*self.table.values(), *self.rows) for u in row)]
        found: dict[Poly, None] = {}
        for expression in entries:
            for node in _nodes(expression):
                if node.is_Pow and node.exp.is_Integer and node.exp < 0:
                    base = evaluated(node.base, lambda name: symbols.get(name, ratio(Fraction(1))), ratio)
                    found[base.top] = None
        return tuple(polynomial for polynomial in found if polynomial.number() is None)

    def numbers(self, point: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """Return every parameter's number at a point of the free ones."""
        if set(point) != set(self.free):
            raise RecordError(f"the point names {', '.join(point) or 'nothing'}; free are {', '.join(self.free)}")
        return {**self.values, **point}


def _is_linear(polynomial: Poly, own: set[str], alone: bool) -> bool:
    """Return whether no share is squared; own shares may stand only where one population meets itself, alone in a term."""
    for monomial in polynomial.terms:
        if any(power > 1 for _, power in monomial):
            return False
        if len(monomial) > 1 if alone else any(name in own for name, _ in monomial):
            return False
    return True


def ratio(value: Fraction) -> Ratio:
    """Return a number as a quotient of polynomials."""
    return Ratio(Poly.constant(value))


def _nodes(expression: Any) -> Iterator[Any]:
    yield expression
    for argument in expression.args:
        yield from _nodes(argument)


def _number_of(name: str, parameters: Env, shares: Env) -> Any:
    for known in (parameters, shares):
        if name in known:
            return known[name]
    raise RecordError(f"the payoffs of the game name {name!r}, which is neither a parameter nor a share")


def _sum(terms: list[Any], number: Number) -> Any:
    total = number(Fraction(0))
    for term in terms:
        total = total + term
    return total


def stated_game(text: Any, values: Mapping[str, Fraction]) -> StatedGame:
    """Return the game of a record from its TOML text; RecordError when a part cannot be read."""
    if not isinstance(text, str):
        raise RecordError("the record has no text of its game, so nothing can be checked against payoffs")
    try:
        document = tomllib.loads(text, parse_float=Decimal)
        return _read(document, values)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ExpressionError) as error:
        raise RecordError(f"the game in the record cannot be read: {error}") from None


def _read(document: Mapping[str, Any], values: Mapping[str, Fraction]) -> StatedGame:
    populations = tuple(
        (p["name"], p.get("symbol"), tuple(map(str, p["strategies"]))) for p in document.get("populations", ())
    )
    parameters = document.get("parameters", {})
    unknown = [name for name in values if name not in parameters]
    if unknown:
        raise RecordError(f"values are given for {', '.join(unknown)}, which the game does not have")
    dotted = tuple(f"{p}.{s}" for p, _, strategies in populations for s in strategies)
    stated = dict(document["payoffs"])
    kind = stated.pop("kind")
    payoffs: dict[tuple[int, int], Any] = {}
    table: dict[tuple[str, ...], tuple[Any, ...]] = {}
    rows: tuple[tuple[Any, ...], ...] = ()
    for p, (name, symbol, strategies) in enumerate(populations):
        if kind == "strategies":
            payoffs |= {(p, s): _expression(stated[name][w], dotted) for s, w in enumerate(strategies)}
        elif kind == "advantages":
            payoffs |= {(p, 0): _expression(stated[symbol], dotted), (p, 1): _expression(0, dotted)}
    if kind == "profiles":
        for key, row in stated.items():
            profile = tuple(part.strip() for part in key.split(","))
            table[profile] = tuple(_expression(u, dotted) for u in row)
        if set(table) != set(product(*(s for _, _, s in populations))):
            raise RecordError("the payoff table of the game does not have every pure profile once")
    elif kind == "matrix":
        rows = tuple(tuple(_expression(u, dotted) for u in row) for row in stated["rows"])
    elif kind not in ("strategies", "advantages") and not (kind == "rates" and not populations):
        raise RecordError(f"payoffs of kind {kind!r} are not known to the checker")
    environment = document.get("environment", {})
    rates = {name: _expression(entry["rate"], dotted) for name, entry in environment.items()}
    usual = [0, 1] if populations else [0, math.inf]
    unbounded = frozenset(n for n, entry in environment.items() if entry.get("between", usual)[1] != 1)
    labels = document.get("labels", {})
    game = StatedGame(populations, tuple(parameters), values, (), labels, payoffs, table, rows, rates, unbounded)
    return _with_assumptions(game, document, parameters)


def _expression(value: Any, dotted: tuple[str, ...]) -> Any:
    return parse_expression(value, names=dotted)


def _with_assumptions(game: StatedGame, document: Mapping[str, Any], parameters: Mapping[str, Any]) -> StatedGame:
    texts = list(document.get("assumptions", []))
    allowed: dict[Poly, frozenset[int]] = {}
    symbols = game.symbols()
    for name, entry in parameters.items():
        if "range" in entry:
            low, high = (exact_number(end) for end in entry["range"])
            texts += [f"{name} >= {low}", f"{name} <= {high}"]
        if "assume" in entry:
            whole = str(entry["assume"]).strip()
            whole = f"{name} {whole}" if whole[:1] in "<>!" else whole
            texts.append(whole.replace(" and >", f" and {name} >").replace(" and <", f" and {name} <"))
    for text in texts:
        for part in parse_condition(text):
            value = evaluated(part.difference, symbols.__getitem__, ratio)
            turn, polynomial = value.sign_polynomial().canonical()
            signs = frozenset(turn * s for s in SIGNS[part.relation])
            number = polynomial.number()
            if number is None:
                allowed[polynomial] = allowed.get(polynomial, signs) & signs
            elif (1 if number else 0) not in signs:
                raise RecordError(f"the values violate the assumption {text}")
    return replace(game, assumed=tuple(allowed.items()))
