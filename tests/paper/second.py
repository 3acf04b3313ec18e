"""A second, independent implementation of three evolutionary games (M1, M3 and M4).

This is an independent implementation by brute force over profiles from the written payoffs. It shares no
code with the toolkit it checks and simplifies nothing by hand: every expected payoff is a sum over all pure
profiles, every derivative is taken term by term on a polynomial built from that sum, and all arithmetic is
exact (``fractions.Fraction``).

Conventions
-----------
* A pure profile holds one code per player. In a population of ``k`` strategies the first-named strategy has
  code ``k - 1`` and the last-named one code ``0``; with two strategies ``1`` is the first and ``0`` the
  second. A state lists the shares of a population in the order of naming, first-named first, so with two
  strategies the state variable is the share of the strategy with code ``1``.
* ``sizes`` holds the number of strategies of each population. A game with a single population is a symmetric
  game of two players drawn from it: its profiles are ``(own, other)`` and its payoff functions return the
  payoff of ``own`` only. With several populations the players are one from each population.
* The reduced coordinates are, population by population, all shares but the last one.
* A vertex is the tuple of codes of the strategies that fill the populations.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, prod

Values = Mapping[str, Fraction]
Profile = tuple[int, ...]
Payoffs = Callable[[Profile, Values], tuple[Fraction, ...]]
State = Sequence[Sequence[Fraction]]
Polynomial = dict[tuple[int, ...], Fraction]
Matrix = tuple[tuple[Fraction, ...], ...]

ZERO = Fraction(0)
ONE = Fraction(1)

# ---------------------------------------------------------------------------------------------------------
# M1: co-opetition in the cluster
# ---------------------------------------------------------------------------------------------------------

SIZES_M1 = (2,)
NAMES_M1 = ("m", "a", "psi", "k", "phi", "v", "c", "h", "d", "g", "s", "t")
UNIT_M1 = ("psi", "phi")
NON_NEGATIVE_M1 = ("v", "s", "t")

VALUES_M1: dict[str, Fraction] = {
    "m": ONE,
    "a": Fraction(3, 20),
    "psi": Fraction(1, 2),
    "k": Fraction(1, 5),
    "phi": Fraction(1, 4),
    "v": Fraction(1, 50),
    "c": Fraction(1, 10),
    "h": Fraction(1, 2),
    "d": Fraction(1, 5),
    "g": Fraction(3, 20),
    "s": ZERO,
    "t": ZERO,
}
"""An illustrative admissible point with ``m`` normalised to 1 (a trap); none of it is measured."""


def payoffs_m1(profile: tuple[int, ...], values: Mapping[str, Fraction]) -> tuple[Fraction, ...]:
    """Payoff of ``own`` at ``(own, other)``; 1 = cooperate (C), 0 = price war (W)."""
    m, a, psi, k, phi, v = (values[name] for name in ("m", "a", "psi", "k", "phi", "v"))
    c, h, d, g, s, t = (values[name] for name in ("c", "h", "d", "g", "s", "t"))
    own, other = profile
    if own == 1 and other == 1:
        return (m + a + k - c + s,)
    if own == 1 and other == 0:
        return (m - h - c + s + v,)
    if own == 0 and other == 1:
        return (m + h - d + phi * k + psi * a - t + v,)
    if own == 0 and other == 0:
        return (m - d - g - t,)
    raise ValueError(f"not a profile of two strategies: {profile}")


def admissible_m1(values: Mapping[str, Fraction]) -> bool:
    """Psi and phi in [0, 1]; v, s and t not negative; every other parameter positive."""
    return _admissible(values, NAMES_M1, UNIT_M1, NON_NEGATIVE_M1)


def draw_m1(rng: random.Random) -> dict[str, Fraction]:
    """Draw random admissible values, multiples of 1/1000."""
    return _draw(rng, NAMES_M1, UNIT_M1, NON_NEGATIVE_M1)


# ---------------------------------------------------------------------------------------------------------
# M3: platform and small firms
# ---------------------------------------------------------------------------------------------------------

SIZES_M3 = (2, 2)
NAMES_M3 = ("G", "v0", "n", "o", "rho", "mu_p", "mu_s", "w_O", "w_K", "z_J", "z_W", "f", "c", "h", "d")

VALUES_M3: dict[str, Fraction] = {
    "G": ONE,
    "v0": ONE,
    "n": Fraction(1, 2),
    "o": Fraction(1, 4),
    "rho": Fraction(3, 10),
    "mu_p": Fraction(1, 10),
    "mu_s": Fraction(1, 5),
    "w_O": Fraction(1, 5),
    "w_K": Fraction(1, 10),
    "z_J": Fraction(1, 10),
    "z_W": Fraction(1, 20),
    "f": Fraction(1, 4),
    "c": Fraction(1, 10),
    "h": Fraction(1, 4),
    "d": Fraction(1, 5),
}
"""An illustrative admissible point; none of it is measured."""


def payoffs_m3(profile: tuple[int, ...], values: Mapping[str, Fraction]) -> tuple[Fraction, ...]:
    """Payoffs of (platform, small firms); platform 1 = open, 0 = concentrate; firms 1 = join, 0 = price war."""
    platform, firms = profile
    if platform not in (0, 1) or firms not in (0, 1):
        raise ValueError(f"not a profile of two strategies: {profile}")
    base, network = values["G"], values["n"]
    if platform == 1 and firms == 1:
        platform_pay = base + network + values["mu_p"] - values["o"]
    elif platform == 1:
        platform_pay = base - values["o"] - values["w_O"]
    elif firms == 1:
        platform_pay = base + values["rho"]
    else:
        platform_pay = base + values["rho"] - values["w_K"]
    start, traffic = values["v0"], values["f"]
    if firms == 1 and platform == 1:
        firms_pay = start + traffic + values["mu_s"] - values["c"]
    elif firms == 1:
        firms_pay = start + traffic - values["z_J"] - values["c"]
    elif platform == 1:
        firms_pay = start + traffic + values["h"] - values["d"]
    else:
        firms_pay = start + traffic + values["h"] - values["d"] - values["z_W"]
    return platform_pay, firms_pay


def admissible_m3(values: Mapping[str, Fraction]) -> bool:
    """Every parameter positive."""
    return _admissible(values, NAMES_M3, (), ())


def draw_m3(rng: random.Random) -> dict[str, Fraction]:
    """Draw random admissible values, multiples of 1/1000."""
    return _draw(rng, NAMES_M3, (), ())


# ---------------------------------------------------------------------------------------------------------
# M4: government, platform, small firms
# ---------------------------------------------------------------------------------------------------------

SIZES_M4 = (2, 2, 2)
NAMES_M4 = (
    *("C_g", "T", "R", "omega", "L", "S_p", "S_s", "F_p", "F_s", "V", "N", "C_p", "rho"),
    *("m", "p", "h", "d", "a", "k", "C_s", "tau0", "tau1", "q"),
)
UNIT_M4 = ("omega",)
COORDINATES_M4 = ("x", "y", "z")

VALUES_M4: dict[str, Fraction] = {
    "C_g": Fraction(1, 5),
    "T": Fraction(1, 10),
    "R": ONE,
    "omega": Fraction(1, 4),
    "L": Fraction(1, 5),
    "S_p": Fraction(1, 10),
    "S_s": Fraction(1, 10),
    "F_p": Fraction(1, 5),
    "F_s": Fraction(3, 20),
    "V": ONE,
    "N": Fraction(1, 2),
    "C_p": Fraction(1, 5),
    "rho": Fraction(1, 5),
    "m": ONE,
    "p": Fraction(1, 5),
    "h": Fraction(2, 5),
    "d": Fraction(1, 10),
    "a": Fraction(3, 20),
    "k": Fraction(1, 10),
    "C_s": Fraction(3, 10),
    "tau0": Fraction(1, 10),
    "tau1": Fraction(1, 5),
    "q": Fraction(1, 20),
}
"""An illustrative admissible point with ``m`` normalised to 1; none of it is measured."""


def payoffs_m4(profile: tuple[int, ...], values: Mapping[str, Fraction]) -> tuple[Fraction, ...]:
    """Payoffs of (government, platform, small firms).

    Government 1 = support and supervise, 0 = not; platform 1 = share, 0 = concentrate; small firms
    1 = differentiate, 0 = price war.
    """
    x, y, z = profile
    if any(code not in (0, 1) for code in profile):
        raise ValueError(f"not a profile of two strategies: {profile}")
    if x == 1:
        government = -values["C_g"] - values["T"] + z * values["R"] - y * values["S_p"] - z * values["S_s"]
        government += (1 - y) * values["F_p"] + (1 - z) * values["F_s"]
    else:
        government = z * (1 - values["omega"]) * values["R"] - (1 - z) * values["L"]
    if y == 1:
        platform = values["V"] + z * values["N"] - values["C_p"] + x * values["S_p"]
    else:
        platform = values["V"] + values["rho"] - x * values["F_p"]
    if z == 1:
        firms = values["m"] + values["p"] - (1 - values["tau0"] - values["tau1"] * x) * values["C_s"]
        firms += y * (values["a"] + values["k"]) - (1 - y) * values["q"] + x * values["S_s"]
    else:
        firms = values["m"] + values["h"] - values["d"] - x * values["F_s"]
    return government, platform, firms


def admissible_m4(values: Mapping[str, Fraction]) -> bool:
    """Omega in [0, 1]; tau0 + tau1 < 1; every other parameter, and tau0 and tau1, positive."""
    return _admissible(values, NAMES_M4, UNIT_M4, ()) and values["tau0"] + values["tau1"] < 1


def draw_m4(rng: random.Random) -> dict[str, Fraction]:
    """Draw random admissible values, multiples of 1/1000."""
    values = _draw(rng, NAMES_M4, UNIT_M4, ())
    permanent = rng.randint(1, 998)
    values["tau0"] = Fraction(permanent, 1000)
    values["tau1"] = Fraction(rng.randint(1, 999 - permanent), 1000)
    return values


def _admissible(values: Values, names: Sequence[str], unit: Sequence[str], non_negative: Sequence[str]) -> bool:
    if any(name not in values for name in names):
        return False
    for name in names:
        value = values[name]
        if name in unit:
            allowed = 0 <= value <= 1
        elif name in non_negative:
            allowed = value >= 0
        else:
            allowed = value > 0
        if not allowed:
            return False
    return True


def _draw(
    rng: random.Random, names: Sequence[str], unit: Sequence[str], non_negative: Sequence[str]
) -> dict[str, Fraction]:
    values = {}
    for name in names:
        low = 0 if name in unit or name in non_negative else 1
        high = 1000 if name in unit else 3000
        values[name] = Fraction(rng.randint(low, high), 1000)
    return values


# ---------------------------------------------------------------------------------------------------------
# Dynamics, for any number of populations and of strategies
# ---------------------------------------------------------------------------------------------------------


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


def reduced_state(state: State) -> tuple[Fraction, ...]:
    """Reduced coordinates of a full state."""
    return tuple(share for shares in state for share in shares[:-1])


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


# ---------------------------------------------------------------------------------------------------------
# Zero-sumness, for any game in normal form
# ---------------------------------------------------------------------------------------------------------


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


# ---------------------------------------------------------------------------------------------------------
# Questions about M1
# ---------------------------------------------------------------------------------------------------------


def greed_m1(values: Mapping[str, Fraction]) -> Fraction:
    """What a firm gains by price war against a cooperator (WC - CC)."""
    return payoffs_m1((0, 1), values)[0] - payoffs_m1((1, 1), values)[0]


def fear_m1(values: Mapping[str, Fraction]) -> Fraction:
    """What a firm gains by price war against a price warrior (WW - CW)."""
    return payoffs_m1((0, 0), values)[0] - payoffs_m1((1, 0), values)[0]


def regime_m1(values: Mapping[str, Fraction]) -> str | None:
    """One of "price war", "cooperation", "coexistence", "coordination"; None on a boundary."""
    greed, fear = greed_m1(values), fear_m1(values)
    if greed == 0 or fear == 0:
        return None
    if greed > 0:
        return "price war" if fear > 0 else "coexistence"
    return "coordination" if fear > 0 else "cooperation"


def interior_point_m1(values: Mapping[str, Fraction]) -> Fraction | None:
    """The share of cooperators strictly between 0 and 1 at which both strategies earn the same.

    None when there is none, and also when there is no single one because both always earn the same.
    """

    def advantage(share: Fraction) -> Fraction:
        first, second = expected_payoffs(payoffs_m1, SIZES_M1, [[share, 1 - share]], values)[0]
        return first - second

    at_zero, at_one = advantage(ZERO), advantage(ONE)
    if at_zero * at_one >= 0:
        return None
    return at_zero / (at_zero - at_one)


def private_comparison_m1(values: Mapping[str, Fraction]) -> Fraction:
    """Payoff of a firm when all cooperate minus its payoff when all wage price war (CC - WW)."""
    return payoffs_m1((1, 1), values)[0] - payoffs_m1((0, 0), values)[0]


def social_comparison_m1(values: Mapping[str, Fraction]) -> Fraction:
    """CC - WW with subsidy and sanction removed (both are transfers from and to the public purse)."""
    return private_comparison_m1({**values, "s": ZERO, "t": ZERO})


def cell_m1(values: Mapping[str, Fraction]) -> tuple[str, bool] | None:
    """Regime and whether the social comparison is positive; None on a boundary."""
    regime, social = regime_m1(values), social_comparison_m1(values)
    return None if regime is None or social == 0 else (regime, social > 0)


def is_trap_m1(values: Mapping[str, Fraction]) -> bool:
    """Price war dominates although a firm would earn more if all cooperated."""
    return regime_m1(values) == "price war" and private_comparison_m1(values) > 0


def is_win_win_m1(values: Mapping[str, Fraction]) -> bool:
    """Cooperation dominates and the social comparison is positive."""
    return regime_m1(values) == "cooperation" and social_comparison_m1(values) > 0


def passage_m1(values: Mapping[str, Fraction]) -> str | None:
    """The regime between price war and cooperation as the subsidy moves; None when they touch.

    Found by moving the subsidy (to a negative one if need be) halfway between the two switches.
    """
    halfway = values["s"] + (greed_m1(values) + fear_m1(values)) / 2
    return regime_m1({**values, "s": halfway})


def cooperation_index_m1(values: Mapping[str, Fraction]) -> Fraction | None:
    """Co-opetition index of the symmetric two-player game; None when all payoffs are equal."""
    return cooperation_index(normal_form(payoffs_m1, SIZES_M1, values))


# ---------------------------------------------------------------------------------------------------------
# Rest points of M4 off the vertices
# ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FacePoint:
    """A rest point inside a two-dimensional face of the cube.

    ``kind`` describes it within its face: "centre" (purely imaginary pair) or "saddle".
    ``transverse`` is the eigenvalue across the face.
    """

    coordinates: tuple[Fraction, ...]
    fixed: int
    kind: str
    transverse: Fraction


def _advantage_m4(population: int, point: Sequence[Fraction], values: Values) -> Fraction:
    """Expected payoff of the first strategy minus that of the second, of one population."""
    state = [[share, 1 - share] for share in point]
    first, second = expected_payoffs(payoffs_m4, SIZES_M4, state, values)[population]
    return first - second


def _place(places: Mapping[int, Fraction]) -> list[Fraction]:
    """A point of the cube; coordinates not named are 0."""
    return [places.get(position, ZERO) for position in range(3)]


def _coefficients_m4(population: int, one: int, two: int, values: Values) -> tuple[Fraction, ...]:
    """Coefficients (1, u, w, u w) of the advantage in coordinates ``one`` (u) and ``two`` (w)."""
    corner = {
        (u, w): _advantage_m4(population, _place({one: Fraction(u), two: Fraction(w)}), values)
        for u in (0, 1)
        for w in (0, 1)
    }
    constant = corner[0, 0]
    by_one = corner[1, 0] - constant
    by_two = corner[0, 1] - constant
    return constant, by_one, by_two, corner[1, 1] - constant - by_one - by_two


def _real_roots(coefficients: Sequence[Fraction]) -> list[Fraction]:
    """Isolated real roots of c0 + c1 x + c2 x^2; irrational ones to about forty digits."""
    c0, c1, c2 = coefficients
    if c2 == 0:
        return [] if c1 == 0 else [-c0 / c1]
    discriminant = c1**2 - 4 * c2 * c0
    if discriminant < 0:
        return []
    top, bottom = discriminant.numerator, discriminant.denominator
    scale = 10**40
    root = Fraction(isqrt(top * bottom * scale**2), bottom * scale)
    return sorted({(-c1 - root) / (2 * c2), (-c1 + root) / (2 * c2)})


def face_points_m4(values: Mapping[str, Fraction]) -> list[FacePoint]:
    """All isolated rest points inside the two-dimensional faces, exactly, with their type."""
    points = []
    for fixed in range(3):
        one, two = (position for position in range(3) if position != fixed)
        for side in (ZERO, ONE):
            solution = {fixed: side}
            slopes = []
            for population, other in ((one, two), (two, one)):
                at_zero = _advantage_m4(population, _place({fixed: side, other: ZERO}), values)
                at_one = _advantage_m4(population, _place({fixed: side, other: ONE}), values)
                if at_zero * at_one < 0:
                    solution[other] = at_zero / (at_zero - at_one)
                    slopes.append(at_one - at_zero)
            if len(slopes) != 2:
                continue
            coordinates = tuple(_place(solution))
            kind = "centre" if slopes[0] * slopes[1] < 0 else "saddle"
            across = (1 - 2 * side) * _advantage_m4(fixed, coordinates, values)
            points.append(FacePoint(coordinates, fixed, kind, across))
    return points


def _interior_m4(values: Values) -> list[tuple[Fraction, ...]]:
    """Isolated rest points in the interior of the cube.

    The advantages of two populations give two coordinates as ratios of affine functions of the third one;
    put into the last advantage they leave a quadratic. Each coordinate is tried as the third one, since the
    ratios may be undefined for some.
    """
    found: list[tuple[Fraction, ...]] = []
    for kept in range(3):
        one, two = (position for position in range(3) if position != kept)
        # The advantage of `one` depends on `two` and `kept` and gives `two`; that of `two` gives `one`.
        ratios = {}
        for population, wanted in ((one, two), (two, one)):
            constant, by_wanted, by_kept, by_both = _coefficients_m4(population, wanted, kept, values)
            top: Polynomial = {(0,): -constant, (1,): -by_kept}
            bottom: Polynomial = {(0,): by_wanted, (1,): by_both}
            ratios[wanted] = (top, bottom)
        constant, by_one, by_two, by_both = _coefficients_m4(kept, one, two, values)
        (top_one, bottom_one), (top_two, bottom_two) = ratios[one], ratios[two]
        cleared: Polynomial = {}
        for factor, left, right in (
            (constant, bottom_one, bottom_two),
            (by_one, top_one, bottom_two),
            (by_two, bottom_one, top_two),
            (by_both, top_one, top_two),
        ):
            cleared = polynomial_sum(cleared, polynomial_product(left, right), factor)
        for root in _real_roots([cleared.get((power,), ZERO) for power in range(3)]):
            solution = {kept: root}
            for wanted, (top, bottom) in ratios.items():
                divisor = polynomial_value(bottom, [root])
                if divisor != 0:
                    solution[wanted] = polynomial_value(top, [root]) / divisor
            point = tuple(_place(solution))
            inside = len(solution) == 3 and all(0 < share < 1 for share in point)
            if inside and not any(_close(point, other) for other in found):
                found.append(point)
    return found


def _close(first: Sequence[Fraction], second: Sequence[Fraction]) -> bool:
    return all(abs(a - b) < Fraction(1, 10**20) for a, b in zip(first, second, strict=True))


def interior_points_m4(
    values: Mapping[str, Fraction] | Mapping[str, float],
) -> list[tuple[tuple[float, ...], str]]:
    """Isolated rest points in the interior and inside the two-dimensional faces of the cube.

    Each is a triple (x, y, z) with "interior" or the face it lies in, such as "x=0". The values, floats
    included, are taken as the exact rational numbers they are; the coordinates are rounded at the end, and
    the field at the rounded coordinates must vanish to 1e-9 (times the largest payoff where that exceeds 1).
    """
    exact = {name: Fraction(value) for name, value in values.items()}
    points = [
        (point.coordinates, f"{COORDINATES_M4[point.fixed]}={int(point.coordinates[point.fixed])}")
        for point in face_points_m4(exact)
    ]
    points += [(point, "interior") for point in _interior_m4(exact)]
    sizes = [abs(pay) for row in normal_form(payoffs_m4, SIZES_M4, exact).values() for pay in row]
    tolerance = Fraction(1, 10**9) * max(ONE, *sizes)
    answer = []
    for point, face in points:
        rounded = tuple(float(share) for share in point)
        state = full_state(SIZES_M4, [Fraction(share) for share in rounded])
        speeds = field(payoffs_m4, SIZES_M4, state, exact)
        residual = max(abs(speed) for row in speeds for speed in row)
        if residual >= tolerance:
            raise ArithmeticError(f"not a rest point: {rounded} on {face}, residual {float(residual)}")
        answer.append((rounded, face))
    return answer
