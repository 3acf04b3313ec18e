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

import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

Values = Mapping[str, Fraction]
Profile = tuple[int, ...]
Payoffs = Callable[[Profile, Values], tuple[Fraction, ...]]
State = Sequence[Sequence[Fraction]]
Polynomial = dict[tuple[int, ...], Fraction]
Matrix = tuple[tuple[Fraction, ...], ...]

ZERO = Fraction(0)
ONE = Fraction(1)

# M1: co-opetition in the cluster

SIZES_M1 = (2,)
NAMES_M1 = ("m", "a", "psi", "k", "phi", "v", "c", "h", "d", "g", "s", "t")
UNIT_M1 = ("psi", "phi")
NON_NEGATIVE_M1 = ("v", "s", "t")


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


# M3: platform and small firms

SIZES_M3 = (2, 2)
NAMES_M3 = ("G", "v0", "n", "o", "rho", "mu_p", "mu_s", "w_O", "w_K", "z_J", "z_W", "f", "c", "h", "d")


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


# M4: government, platform, small firms

SIZES_M4 = (2, 2, 2)
NAMES_M4 = (
    *("C_g", "T", "R", "omega", "L", "S_p", "S_s", "F_p", "F_s", "V", "N", "C_p", "rho"),
    *("m", "p", "h", "d", "a", "k", "C_s", "tau0", "tau1", "q"),
)
UNIT_M4 = ("omega",)
COORDINATES_M4 = ("x", "y", "z")


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
