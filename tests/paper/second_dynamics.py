"""Brute-force replicator dynamics of the second implementation: sums over profiles, polynomials differentiated term by term."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod

Values = Mapping[str, Fraction]
Profile = tuple[int, ...]
Payoffs = Callable[[Profile, Values], tuple[Fraction, ...]]
State = Sequence[Sequence[Fraction]]
Polynomial = dict[tuple[int, ...], Fraction]
Matrix = tuple[tuple[Fraction, ...], ...]

ZERO = Fraction(0)
ONE = Fraction(1)

# Dynamics, for any number of populations and of strategies


def _players(sizes: Sequence[int]) -> tuple[int, ...]:
    """Population of each player of an encounter."""
    return (0, 0) if len(sizes) == 1 else tuple(range(len(sizes)))


def _encounters(sizes: Sequence[int]) -> Iterator[tuple[int, int, Profile, list[tuple[int, int]]]]:
    """Yield (population, own strategy, profile of codes, the others as (population, strategy)).

    Strategies are counted here from 0 in the order of naming.
    """
    players = _players(sizes)
    for strategies in itertools.product(*(range(sizes[player]) for player in players)):
        codes = tuple(sizes[player] - 1 - which for player, which in zip(players, strategies, strict=True))
        for population in range(len(sizes)):
            others = [
                (player, which)
                for position, (player, which) in enumerate(zip(players, strategies, strict=True))
                if position != population
            ]
            yield population, strategies[population], codes, others


def expected_payoffs(payoffs: Payoffs, sizes: Sequence[int], state: State, values: Values) -> Matrix:
    """Expected payoff of every strategy of every population, in the order of naming."""
    totals = [[ZERO] * size for size in sizes]
    for population, strategy, profile, others in _encounters(sizes):
        weight = prod((state[other][which] for other, which in others), start=ONE)
        totals[population][strategy] += weight * payoffs(profile, values)[population]
    return tuple(tuple(row) for row in totals)


def field(payoffs: Payoffs, sizes: Sequence[int], state: State, values: Values) -> Matrix:
    """Replicator field: share times (expected payoff minus mean of the population), in full coordinates."""
    expected = expected_payoffs(payoffs, sizes, state, values)
    speeds = []
    for shares, row in zip(state, expected, strict=True):
        mean = sum((share * pay for share, pay in zip(shares, row, strict=True)), ZERO)
        speeds.append(tuple(share * (pay - mean) for share, pay in zip(shares, row, strict=True)))
    return tuple(speeds)


def full_state(sizes: Sequence[int], point: Sequence[Fraction]) -> Matrix:
    """Shares of all strategies from the reduced coordinates."""
    if len(point) != sum(sizes) - len(sizes):
        raise ValueError("the point does not have the number of reduced coordinates")
    rows = []
    start = 0
    for size in sizes:
        free = tuple(point[start : start + size - 1])
        rows.append((*free, ONE - sum(free, ZERO)))
        start += size - 1
    return tuple(rows)


def polynomial_sum(first: Polynomial, second: Polynomial, factor: Fraction = ONE) -> Polynomial:
    """First plus factor times second."""
    total = dict(first)
    for powers, coefficient in second.items():
        total[powers] = total.get(powers, ZERO) + factor * coefficient
    return {powers: coefficient for powers, coefficient in total.items() if coefficient != 0}


def polynomial_product(first: Polynomial, second: Polynomial) -> Polynomial:
    """Product of two polynomials."""
    total: Polynomial = {}
    for left, left_coefficient in first.items():
        for right, right_coefficient in second.items():
            powers = tuple(i + j for i, j in zip(left, right, strict=True))
            total[powers] = total.get(powers, ZERO) + left_coefficient * right_coefficient
    return {powers: coefficient for powers, coefficient in total.items() if coefficient != 0}


def polynomial_derivative(polynomial: Polynomial, variable: int) -> Polynomial:
    """Partial derivative by the variable with that position."""
    total: Polynomial = {}
    for powers, coefficient in polynomial.items():
        power = powers[variable]
        if power:
            lowered = (*powers[:variable], power - 1, *powers[variable + 1 :])
            total[lowered] = total.get(lowered, ZERO) + power * coefficient
    return total


def polynomial_value(polynomial: Polynomial, point: Sequence[Fraction]) -> Fraction:
    """Value of a polynomial at a point."""
    total = ZERO
    for powers, coefficient in polynomial.items():
        total += coefficient * prod((x**power for x, power in zip(point, powers, strict=True)), start=ONE)
    return total


def share_polynomials(sizes: Sequence[int]) -> list[list[Polynomial]]:
    """Every share as a polynomial in the reduced coordinates."""
    dimension = sum(sizes) - len(sizes)
    constant = (0,) * dimension
    rows = []
    start = 0
    for size in sizes:
        row: list[Polynomial] = []
        last: Polynomial = {constant: ONE}
        for position in range(start, start + size - 1):
            share: Polynomial = {tuple(int(i == position) for i in range(dimension)): ONE}
            row.append(share)
            last = polynomial_sum(last, share, -ONE)
        rows.append([*row, last])
        start += size - 1
    return rows


def expected_payoff_polynomials(payoffs: Payoffs, sizes: Sequence[int], values: Values) -> list[list[Polynomial]]:
    """Expected payoff of every strategy as a polynomial in the reduced coordinates."""
    shares = share_polynomials(sizes)
    constant = (0,) * (sum(sizes) - len(sizes))
    totals: list[list[Polynomial]] = [[{} for _ in range(size)] for size in sizes]
    for population, strategy, profile, others in _encounters(sizes):
        term: Polynomial = {constant: payoffs(profile, values)[population]}
        for other, which in others:
            term = polynomial_product(term, shares[other][which])
        totals[population][strategy] = polynomial_sum(totals[population][strategy], term)
    return totals


def reduced_field_polynomials(payoffs: Payoffs, sizes: Sequence[int], values: Values) -> tuple[Polynomial, ...]:
    """Replicator field of the reduced coordinates, as polynomials in them."""
    shares = share_polynomials(sizes)
    expected = expected_payoff_polynomials(payoffs, sizes, values)
    speeds = []
    for share_row, pay_row in zip(shares, expected, strict=True):
        mean: Polynomial = {}
        for share, pay in zip(share_row, pay_row, strict=True):
            mean = polynomial_sum(mean, polynomial_product(share, pay))
        for share, pay in zip(share_row[:-1], pay_row[:-1], strict=True):
            speeds.append(polynomial_product(share, polynomial_sum(pay, mean, -ONE)))
    return tuple(speeds)


def reduced_field(
    payoffs: Payoffs, sizes: Sequence[int], point: Sequence[Fraction], values: Values
) -> tuple[Fraction, ...]:
    """Replicator field of the reduced coordinates at a reduced point."""
    return tuple(polynomial_value(speed, point) for speed in reduced_field_polynomials(payoffs, sizes, values))


def jacobian(payoffs: Payoffs, sizes: Sequence[int], point: Sequence[Fraction], values: Values) -> Matrix:
    """Exact Jacobian of the reduced field at a reduced point; row i holds the derivatives of speed i."""
    speeds = reduced_field_polynomials(payoffs, sizes, values)
    return tuple(
        tuple(polynomial_value(polynomial_derivative(speed, j), point) for j in range(len(point))) for speed in speeds
    )


def vertices(sizes: Sequence[int]) -> list[Profile]:
    """All vertices: one code per population, in ascending order."""
    return list(itertools.product(*(range(size) for size in sizes)))


def vertex_eigenvalues(
    payoffs: Payoffs, sizes: Sequence[int], vertex: Profile, values: Values
) -> tuple[Fraction, ...]:
    """Eigenvalues at a vertex, population by population.

    In each population they are the payoffs of the absent strategies, in the order of naming, against the
    vertex, minus the payoff of the present one. With two strategies that is (1 - 2 v) times the payoff of
    the first minus the payoff of the second.
    """
    eigenvalues = []
    for population, size in enumerate(sizes):

        def pay(code: int, population: int = population) -> Fraction:
            if len(sizes) == 1:
                return payoffs((code, vertex[0]), values)[0]
            profile = (*vertex[:population], code, *vertex[population + 1 :])
            return payoffs(profile, values)[population]

        present = vertex[population]
        eigenvalues += [pay(code) - pay(present) for code in reversed(range(size)) if code != present]
    return tuple(eigenvalues)


def stable_vertices(payoffs: Payoffs, sizes: Sequence[int], values: Values) -> list[Profile]:
    """Vertices with all eigenvalues negative."""
    return [
        vertex
        for vertex in vertices(sizes)
        if all(value < 0 for value in vertex_eigenvalues(payoffs, sizes, vertex, values))
    ]


def zero_eigenvalue_vertices(payoffs: Payoffs, sizes: Sequence[int], values: Values) -> list[Profile]:
    """Vertices with at least one eigenvalue equal to zero."""
    return [
        vertex
        for vertex in vertices(sizes)
        if any(value == 0 for value in vertex_eigenvalues(payoffs, sizes, vertex, values))
    ]


# Zero-sumness, for any game in normal form


def normal_form(payoffs: Payoffs, sizes: Sequence[int], values: Values) -> dict[Profile, tuple[Fraction, ...]]:
    """Payoffs of all players at all profiles; one population gives its symmetric two-player game."""
    ranges = (range(sizes[player]) for player in _players(sizes))
    table: dict[Profile, tuple[Fraction, ...]] = {}
    for profile in itertools.product(*ranges):
        if len(sizes) == 1:
            own, other = profile
            table[profile] = (payoffs((own, other), values)[0], payoffs((other, own), values)[0])
        else:
            table[profile] = payoffs(profile, values)
    return table


def zero_sum_decomposition(
    table: Mapping[Profile, tuple[Fraction, ...]],
) -> tuple[tuple[Fraction, ...], dict[Profile, Fraction], dict[Profile, tuple[Fraction, ...]]]:
    """Split a game into player constants, a part common to all players and a zero-sum part.

    The payoff of player i at a profile is constants[i] + common[profile] + opposed[profile][i]: the constants
    are the means over profiles, the common part is the mean over players of what remains and the opposed part
    is each player's deviation from it.
    """
    players = len(next(iter(table.values())))
    constants = tuple(sum((row[i] for row in table.values()), ZERO) / len(table) for i in range(players))
    common = {}
    opposed = {}
    for profile, row in table.items():
        centred = [pay - constant for pay, constant in zip(row, constants, strict=True)]
        common[profile] = sum(centred, ZERO) / players
        opposed[profile] = tuple(pay - common[profile] for pay in centred)
    return constants, common, opposed


def cooperation_index(table: Mapping[Profile, tuple[Fraction, ...]]) -> Fraction | None:
    """Share of the common part in the squared Frobenius norm; None for a constant game."""
    constants, common, opposed = zero_sum_decomposition(table)
    common_norm = len(constants) * sum((value**2 for value in common.values()), ZERO)
    opposed_norm = sum((value**2 for row in opposed.values() for value in row), ZERO)
    total = common_norm + opposed_norm
    return None if total == 0 else common_norm / total
