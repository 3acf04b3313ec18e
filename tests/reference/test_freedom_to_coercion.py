"""Hauert, Traulsen, Brandt, Nowak and Sigmund (2007), Science 316, 1905-1907: punishment prevails where one may stay away, defection where not."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import mpmath
import pytest

from coopgame import (
    catalog,
    fermi_imitation,
    find_fixation,
    find_small_mutation_law,
    finite_population,
    linear_fitness,
    moran,
)

M, N, R, SIGMA, GAMMA, BETA = 100, 5, Fraction(3), Fraction(1), Fraction(3, 10), Fraction(1)  # c = 1
VALUES = {"r": R, "c": 1, "sigma": SIGMA, "gamma": GAMMA, "beta": BETA}
ALL = ("cooperate", "defect", "abstain", "punish")


def earned(own: str, group: list[str]) -> Fraction:
    """What a member of a group earns: contributions are shared by who takes part; a lone one has sigma."""
    players = [member for member in group if member != "abstain"]
    if own == "abstain" or len(players) == 1:
        return SIGMA
    pool = R * sum(member != "defect" for member in players) / len(players)
    if own == "defect":
        return pool - BETA * group.count("punish")
    return pool - 1 - (GAMMA * group.count("defect") if own == "punish" else 0)


def mean(own: str, other: str, others_own: int, others_other: int) -> Fraction:
    """The mean over all groups drawn from all others: so many of the own type and so many of the other."""
    total = Fraction(0)
    for k in range(N):
        ways = comb(others_own, k) * comb(others_other, N - 1 - k)
        total += ways * earned(own, [own] * (k + 1) + [other] * (N - 1 - k))
    return total / comb(M - 1, N - 1)


def gains(resident: str, mutant: str) -> list[Fraction]:
    """What each of 1 ... M - 1 mutants earns more than a resident."""
    return [
        mean(mutant, resident, m - 1, M - m) - mean(resident, mutant, M - m - 1, m)
        if resident != mutant
        else Fraction(0)
        for m in range(1, M)
    ]


def takeover(resident: str, mutant: str, intensity: int) -> mpmath.mpf:
    """1/(1 + sum over k of the product of exp(-intensity * gain)), the chance of one mutant under pairwise comparison."""
    total, exponent = mpmath.mpf(1), Fraction(0)
    for gain in gains(resident, mutant):
        exponent += intensity * gain
        total += mpmath.exp(-mpmath.mpf(exponent.numerator) / exponent.denominator)
    return 1 / total


def long_run(strategies: tuple[str, ...], intensity: int) -> dict[str, mpmath.mpf]:
    """The stationary law of the chain in which a rare mutant, each other strategy as likely, takes over or vanishes."""
    n = len(strategies)
    with mpmath.workdps(400):
        rates = mpmath.matrix(n, n)
        for i, resident in enumerate(strategies):
            for j, mutant in enumerate(strategies):
                if i != j:
                    rates[j, i] = takeover(resident, mutant, intensity)
                    rates[i, i] -= rates[j, i]
        for j in range(n):
            rates[0, j] = 1
        law = mpmath.lu_solve(rates, mpmath.matrix([1] + [0] * (n - 1)))
        return dict(zip(strategies, law, strict=True))


@pytest.mark.parametrize("intensity", [0, 1, 10])
@pytest.mark.parametrize("optional", [True, False])
def test_the_long_run_beside_a_second_implementation(optional: bool, intensity: int) -> None:
    game = catalog.public_goods_with_punishment(N, optional=optional)
    values = {name: value for name, value in VALUES.items() if optional or name != "sigma"}
    law = fermi_imitation(intensity) if intensity else fermi_imitation("1e-12")
    found = find_small_mutation_law(finite_population(game, law, M), values)
    names = game.populations[0].strategies
    expected = long_run(names, intensity)
    for name in names:
        tolerance = 1e-9 if intensity else 1e-7
        assert float(found.mass(name)) == pytest.approx(float(expected[name]), rel=tolerance, abs=1e-300)
    fixation = find_fixation(finite_population(game, law, M), values)
    for resident, mutant in (("cooperate", "defect"), ("defect", "punish"), ("punish", "defect")):
        with mpmath.workdps(400):
            chance = mpmath.log(takeover(resident, mutant, intensity))
        assert fixation.log_probability(resident, mutant) == pytest.approx(float(chance), rel=1e-9)


def test_punishment_prevails_where_one_may_stay_away_and_defection_where_not() -> None:
    """Under strong imitation, in the long run with rare mutants, at r = 3, c = sigma = beta = 1, gamma = 0.3, groups of 5 among 100."""
    voluntary = find_small_mutation_law(
        finite_population(catalog.public_goods_with_punishment(N), fermi_imitation(10), M), VALUES
    )
    assert voluntary.mass("punish") > 0.9
    compulsory = find_small_mutation_law(
        finite_population(catalog.public_goods_with_punishment(N, optional=False), fermi_imitation(10), M),
        {name: value for name, value in VALUES.items() if name != "sigma"},
    )
    assert compulsory.mass("defect") > 0.99
    without = find_small_mutation_law(
        finite_population(catalog.optional_public_goods(N), fermi_imitation(10), M),
        {name: VALUES[name] for name in ("r", "c", "sigma")},
    )
    assert min(without.law) > 0.1  # cooperators, defectors and loners follow each other


def test_the_shares_of_time_of_the_paper() -> None:
    """Figure 1A, as it is quoted by others: under the Moran process with fitness 1 - s + s pi, s = 0.249, 72% punishers, 14% cooperators, 9% nonparticipants, 5% defectors; 1B: nearly always defectors."""
    law = moran("0.249", linear_fitness())
    found = find_small_mutation_law(finite_population(catalog.public_goods_with_punishment(N), law, M), VALUES)
    assert {name: round(100 * float(found.mass(name))) for name in ALL} == dict(zip(ALL, (14, 5, 9, 72), strict=True))
    compulsory = catalog.public_goods_with_punishment(N, optional=False)
    values = {name: value for name, value in VALUES.items() if name != "sigma"}
    assert find_small_mutation_law(finite_population(compulsory, law, M), values).mass("defect") > 0.99


def test_the_limit_of_strong_imitation() -> None:
    """Derived here: defectors take over cooperators, loners defectors, and the first cooperator or punisher among loners is as good as they are and drawn back with chance 1/2, while
    cooperators and punishers are neutral to each other, 1/M; nothing else happens. The chain with these chances has the law (2, 2, 2, M + 2)/(M + 8).
    """
    chances = dict.fromkeys([(a, b) for a in ALL for b in ALL if a != b], Fraction(0))
    chances |= {("cooperate", "defect"): Fraction(1), ("defect", "abstain"): Fraction(1)}
    chances |= {("abstain", new): Fraction(1, 2) for new in ("cooperate", "punish")}
    chances |= {("cooperate", "punish"): Fraction(1, M), ("punish", "cooperate"): Fraction(1, M)}
    law = dict(zip(ALL, (Fraction(part, M + 8) for part in (2, 2, 2, M + 2)), strict=True))
    for state in ALL:
        enters = sum((law[a] * chances[a, state] for a in ALL if a != state), Fraction(0))
        assert enters == sum((law[state] * chances[state, b] for b in ALL if b != state), Fraction(0))
    population = finite_population(catalog.public_goods_with_punishment(N), fermi_imitation(10_000), M)
    fixation, found = find_fixation(population, VALUES), find_small_mutation_law(population, VALUES)
    for (resident, mutant), chance in chances.items():
        assert fixation.probability(resident, mutant) == pytest.approx(float(chance), rel=1e-9, abs=1e-12)
    for name in ALL:
        assert found.mass(name) == pytest.approx(float(law[name]), rel=1e-9)
