"""What a record says of single states: equations, pure states, mixed states, checked at exact parameter values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgame.errors import ExpressionError, ParameterError, RecordError
from coopgame.expressions import parse_expression
from coopgame.report.check_game import StatedGame
from coopgame.report.check_numbers import evaluated
from coopgame.report.check_points import vertex_labels

_TOLERANCE = 1e-9
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)
Point = Mapping[str, Fraction]


def generic_point(names: Sequence[str]) -> dict[str, Fraction]:
    """Return numbers without a pattern for parameters; identities are tested there, assumptions need not hold."""
    count = len(_PRIMES)
    return {n: Fraction(_PRIMES[k % count] + k // count, _PRIMES[(k + 4) % count]) for k, n in enumerate(names)}


def value_of(text: Any, numbers: Point, what: str) -> Fraction:
    """Return the exact value of an expression in a record; RecordError for roots and unknown names."""
    if not isinstance(text, str):
        raise RecordError(f"{what}: {text!r} is not a text")
    try:
        expression = parse_expression(text, names=[name for name in numbers if "." in name])
    except (ExpressionError, ParameterError) as error:
        raise RecordError(f"{what}: {error}") from None

    def number(name: str) -> Fraction:
        if name not in numbers:
            raise RecordError(f"{what}: {name!r} has no value")
        return numbers[name]

    value: Fraction = evaluated(expression, number, Fraction)
    return value


def has_roots(text: Any) -> bool:
    """Return whether a text takes roots, or has the imaginary unit as a name."""
    return isinstance(text, str) and ("sqrt" in text or "**(" in text or "I" in text.replace("*", " ").split())


def check_equations(game: StatedGame, equations: Mapping[str, str], points: Sequence[Point]) -> None:
    """Compare the printed equations with the replicator dynamics of the payoffs, at exact values."""
    if set(equations) != set(game.coordinates):
        raise RecordError(f"equations for {', '.join(equations)}; the coordinates are {', '.join(game.coordinates)}")
    coordinates = _inner_state(game)
    for point in points:
        parameters = game.numbers(point)
        rates = game.rates(game.shares_of(coordinates, Fraction), parameters, Fraction)
        for name, text in equations.items():
            if value_of(text, {**point, **coordinates}, f"equation of {name}") != rates[name]:
                stated = "replicator equation of the payoffs" if game.populations else "stated rate"
                raise RecordError(f"the equation of {name} is not the {stated}")


def _inner_state(game: StatedGame) -> dict[str, Fraction]:
    """Return shares without a pattern, all positive."""
    state: dict[str, Fraction] = {}
    for p, (name, symbol, strategies) in enumerate(game.populations):
        weights = [_PRIMES[(p + 3 * s) % len(_PRIMES)] for s in range(len(strategies))]
        shares = [Fraction(weight, sum(weights)) for weight in weights]
        state |= (
            {symbol: shares[0]} if symbol else dict(zip((f"{name}.{s}" for s in strategies), shares, strict=True))
        )
    return state | {name: Fraction(_PRIMES[k], _PRIMES[k + 2]) for k, name in enumerate(game.environment)}


def check_still(game: StatedGame, where: str, point: Point) -> None:
    """Check that nothing moves at a state with the fixed coordinates of a text such as `y = 0 and z = 1/2`, the others between 0 and 1.

    The free coordinates are numbers without a pattern, so that a state at rest by chance is unlikely.
    """
    parts = [part.split(" = ") for part in where.split(" and ") if where != "everywhere"]
    if any(len(part) != 2 or part[0] not in game.coordinates for part in parts):
        raise RecordError(f"{where!r} fixes no coordinates")
    fixed = {name: value_of(text, point, where) for name, text in parts}
    if any(value < 0 or (value > 1 and name not in game.unbounded) for name, value in fixed.items()):
        raise RecordError(f"{where!r} lies outside the state space")
    state = _inner_state(game) | fixed
    for name, symbol, strategies in game.populations:
        if not symbol:
            keys = [f"{name}.{s}" for s in strategies]
            free = [key for key in keys if key not in fixed]
            left = 1 - sum(fixed.get(key, Fraction(0)) for key in keys)
            total = sum(state[key] for key in free)
            state |= {key: state[key] * left / total for key in free}
    rates = game.rates(game.shares_of(state, Fraction), game.numbers(point), Fraction)
    if any(rates.values()):
        raise RecordError(f"states with {where} are said to be at rest at {_shown(point)}, and they move")


def check_vertices(
    game: StatedGame, entries: Sequence[Mapping[str, Any]], points: Sequence[Point], numeric: bool
) -> Iterator[str]:
    """Yield what is wrong with the pure states of a record: missing ones, coordinates, eigenvalues, type."""
    wanted = vertex_labels(game)
    given = {entry["label"]: tuple(entry["profile"]) for entry in entries}
    if given != wanted or len(entries) != len(wanted):
        yield f"the pure states are {_listed(wanted)}; the record has {_listed(given)}"
        return
    for entry in entries:
        try:
            _check_vertex(game, entry, points, numeric)
        except RecordError as error:
            yield f"{entry['label']}: {error}"


def _listed(labels: Mapping[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{label} ({', '.join(profile)})" for label, profile in labels.items())


def _check_vertex(game: StatedGame, entry: Mapping[str, Any], points: Sequence[Point], numeric: bool) -> None:
    profile = tuple(entry["profile"])
    shares = game.shares_at(profile, Fraction)
    for name in game.coordinates:
        at = entry["coordinates"][name]
        if (Fraction(at) if numeric else value_of(at, {}, name)) != shares[name]:
            raise RecordError(f"{name} = {at} is not its place")
    for point in points:
        own = sorted(game.eigenvalues(profile, game.numbers(point), Fraction))
        if numeric:
            _same_floats([float(value) for value in own], entry["eigenvalues"])
        elif sorted(value_of(text, point, "an eigenvalue") for text in entry["eigenvalues"]) != own:
            raise RecordError("the eigenvalues are not those of the payoffs")


def check_type(game: StatedGame, entry: Mapping[str, Any], point: Point) -> None:
    """Compare the type that a record gives a pure state with the signs of its eigenvalues at admissible values."""
    own = game.eigenvalues(tuple(entry["profile"]), game.numbers(point), Fraction)
    if 0 in own:
        return
    positive = sum(value > 0 for value in own)
    kind = "sink" if not positive else "source" if positive == len(own) else "saddle"
    attracting = "unstable" if positive else "asymptotic"
    if entry["stability"] not in (kind, "depends") or entry["attracting"] not in (attracting, "depends"):
        shown = f"{entry['stability']}, {entry['attracting']}"
        raise RecordError(f"called {shown}; at {_shown(point)} it is {kind}, {attracting}")


def _shown(point: Point) -> str:
    return ", ".join(f"{name} = {value}" for name, value in point.items()) or "the values"


def _same_floats(own: Sequence[float], given: Sequence[Any]) -> None:
    if not all(isinstance(value, int | float) for value in given):
        raise RecordError("a pure state has a complex eigenvalue")
    pairs = zip(own, sorted(given), strict=False)
    if len(given) != len(own) or not all(
        math.isclose(a, b, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE) for a, b in pairs
    ):
        raise RecordError(f"the eigenvalues {given} are not those of the payoffs, {own}")


def check_mixed(game: StatedGame, entry: Mapping[str, Any], points: Sequence[Point], numeric: bool) -> bool:
    """Check that a mixed state does not move, exactly or in floats; False when its coordinates are roots."""
    given = entry["coordinates"]
    if set(given) != set(game.coordinates):
        raise RecordError(f"coordinates {', '.join(given)}; the game has {', '.join(game.coordinates)}")
    if not numeric and any(has_roots(text) or text == name for name, text in given.items()):
        return False
    tried = 0
    for point in points:
        try:
            state = {n: Fraction(v) if numeric else value_of(v, point, f"coordinate {n}") for n, v in given.items()}
        except ZeroDivisionError:
            continue  # the point does not exist at these values
        tried += 1
        rates = game.rates(game.shares_of(state, Fraction), game.numbers(point), Fraction)
        # a float is as near to a large quantity as its digits let it be
        allowed = {n: _TOLERANCE * 1000 * max(1, float(state[n])) if numeric else 0.0 for n in rates}
        moving = [n for n, rate in rates.items() if abs(rate) > allowed[n]]
        if moving:
            raise RecordError(f"the state moves: {', '.join(moving)} changes")
    if not tried:
        raise RecordError("its coordinates divide by zero wherever they were tried")
    return True
