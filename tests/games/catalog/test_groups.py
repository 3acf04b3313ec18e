"""Optional public goods beside sums over all profiles of co-players, and the results of Hauert et al. (2002)."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import sympy
from scipy.optimize import brentq

from coopgame import GameError, catalog, group_snowdrift, integrate, replicator


def played_out(size: int, r: float, sigma: float, state: np.ndarray) -> list[float]:
    """Mean payoffs of the three strategies over all profiles of co-players: contributions are 1, a lone player gets sigma."""
    totals = [0.0, 0.0, 0.0]
    for others in product(range(3), repeat=size - 1):
        weight = float(np.prod([state[other] for other in others]))
        for own in range(3):
            group = [own, *others]
            players = group.count(0) + group.count(1)
            if own == 2 or players == 1:
                totals[own] += weight * sigma
            else:
                totals[own] += weight * (r * group.count(0) / players - (own == 0))
    return totals


@pytest.mark.parametrize(("size", "r", "sigma"), [(2, 1.5, 0.25), (3, 2.5, 0.5), (5, 3.0, 1.0), (6, 1.75, 0.5)])
def test_payoffs_are_means_over_all_groups(size: int, r: float, sigma: float) -> None:
    """Hauert, De Monte, Hofbauer and Sigmund (2002), without their closed form."""
    field = replicator(catalog.optional_public_goods(size, r=r, sigma=sigma))
    rng = np.random.default_rng(size)
    for _ in range(5):
        state = rng.dirichlet([1, 1, 1])
        assert field.payoffs(state) == pytest.approx(played_out(size, r, sigma, state), abs=1e-12)
    # where all abstain nobody meets anybody, and all strategies earn sigma
    assert field.payoffs([0, 0, 1]) == pytest.approx([sigma] * 3)


@pytest.mark.parametrize(("n", "r"), [(2, "3/2"), (5, "3"), (6, "7/2")])
def test_payoffs_are_the_published_closed_form_exactly(n: int, r: str) -> None:
    """The same at random rational states, with a contribution of c: payoffs in its units."""
    game = catalog.optional_public_goods(n, r=r)
    rng = np.random.default_rng(n)
    for _ in range(4):
        x, y, z = (sympy.Integer(int(part)) for part in rng.integers(1, 9, 3))
        x, y, z = (part / (x + y + z) for part in (x, y, z))
        rate, sigma, c = sympy.Rational(r), sympy.Rational(1, 3), sympy.Rational(5, 2)
        defect = c * rate * x / (1 - z) * (1 - (1 - z**n) / (n * (1 - z))) + sigma * z ** (n - 1)
        cost = c * (1 + (rate - 1) * z ** (n - 1) - rate / n * (1 - z**n) / (1 - z))
        at = dict(zip(map(sympy.Symbol, (*game.coordinates, "sigma", "c")), (x, y, z, sigma, c), strict=True))
        found = [game.expected_payoff(0, s).subs(at) for s in range(3)]
        assert found == [defect - cost, defect, sigma]


def fined(size: int, optional: bool, state: np.ndarray) -> list[float]:
    """Mean payoffs with punishment over all profiles of co-players: r = 3/2, sigma = 1/4, each pair of a punisher and a defector costs 0.3 and 1."""
    places = ["cooperate", "defect", "abstain", "punish"] if optional else ["cooperate", "defect", "punish"]
    totals = dict.fromkeys(places, 0.0)
    for others in product(places, repeat=size - 1):
        weight = float(np.prod([state[places.index(other)] for other in others]))
        for own in places:
            group = [own, *others]
            players = size - group.count("abstain")
            if own == "abstain" or players == 1:
                totals[own] += weight * 0.25
                continue
            earned = 1.5 * (group.count("cooperate") + group.count("punish")) / players - (own != "defect")
            fines = {"defect": group.count("punish"), "punish": 0.3 * group.count("defect")}
            totals[own] += weight * (earned - fines.get(own, 0))
    return list(totals.values())


@pytest.mark.parametrize("optional", [True, False])
@pytest.mark.parametrize("size", [2, 3, 5])
def test_punishment_is_a_mean_over_all_groups(size: int, optional: bool) -> None:
    """Hauert, Traulsen, Brandt, Nowak and Sigmund (2007): contributors who punish pay gamma for each defector of their group, who pays beta."""
    numbers = {"r": "1.5", "beta": 1, "gamma": "0.3"} | ({"sigma": "0.25"} if optional else {})
    field = replicator(catalog.public_goods_with_punishment(size, optional=optional, **numbers))
    rng = np.random.default_rng(size)
    for _ in range(4):
        state = rng.dirichlet([1] * (4 if optional else 3))
        assert field.payoffs(state) == pytest.approx(fined(size, optional, state), abs=1e-12)


def test_payoffs_are_the_published_closed_form() -> None:
    """Hauert et al. (2002): P_d = sigma z^(N-1) + r x/(1-z) (1 - (1-z^N)/(N(1-z))) and P_d - P_c = 1 + (r-1)z^(N-1) - r/N (1-z^N)/(1-z)."""
    n, r, sigma = 5, 3.0, 1.0
    field = replicator(catalog.optional_public_goods(n, r=3, sigma=1))
    for x, z in ((0.2, 0.3), (0.05, 0.9), (0.5, 0.1)):
        defect = sigma * z ** (n - 1) + r * x / (1 - z) * (1 - (1 - z**n) / (n * (1 - z)))
        cost = 1 + (r - 1) * z ** (n - 1) - r / n * (1 - z**n) / (1 - z)
        assert field.payoffs([x, 1 - x - z, z]) == pytest.approx([defect - cost, defect, sigma])


@pytest.mark.parametrize(("size", "r", "sigma"), [(5, 3.0, 1.0), (5, 2.5, 0.5), (4, 2.2, 1.0)])
def test_the_interior_rest_point_is_a_centre(size: int, r: float, sigma: float) -> None:
    """Hauert et al. (2002), for r > 2: one interior point, sigma/(r - 1) of the participants contribute, orbits close."""

    def cost(z: float) -> float:
        return 1 + (r - 1) * z ** (size - 1) - r / size * sum(z**k for k in range(size))

    z = brentq(cost, 1e-6, 1 - 1e-6)
    x = (1 - z) * sigma / (r - 1)
    field = replicator(catalog.optional_public_goods(size, r=r, sigma=sigma))
    rates = field([x, 1 - x - z, z])
    assert rates == pytest.approx([0, 0, 0], abs=1e-12)
    eigenvalues = np.linalg.eigvals(field.jacobian([x, 1 - x - z, z]))
    assert eigenvalues.real == pytest.approx([0, 0], abs=1e-9) and abs(eigenvalues.imag).min() > 0.01
    path = integrate(field, [x + 0.01, 1 - x - z - 0.01, z], t_end=2000)
    assert path.outcome.kind == "periodic"


@pytest.mark.parametrize("r", ["1.5", "2"])
def test_no_interior_rest_point_where_contributions_return_little(r: str) -> None:
    """Hauert et al. (2002), for r <= 2: defection always pays more, orbits are homoclinic and all return to abstaining."""
    field = replicator(catalog.optional_public_goods(5, r=r, sigma="0.4"))
    for z in np.linspace(0.01, 0.99, 25):
        x = (1 - z) / 3
        contribute, defect, _ = field.payoffs([x, 1 - x - z, z])
        assert contribute < defect
    path = integrate(field, [0.6, 0.1, 0.3], t_end=2000)
    assert path.shares[:, 2].min() < 0.31 and path.final[2] > 0.99


def test_cheats_invade_contributors_and_abstaining_pays_among_cheats() -> None:
    """Hauert et al. (2002): the cycle of dominance at the pure states for sigma < r - 1 and r < N."""
    field = replicator(catalog.optional_public_goods(5, r=3, sigma=1))
    all_contribute, all_cheat = field.payoffs([1, 0, 0]), field.payoffs([0, 1, 0])
    assert all_contribute.argmax() == 1 and all_contribute[[0, 2]] == pytest.approx([2, 1])
    assert all_cheat.argmax() == 2
    nearly_none = field.payoffs([0.01, 0, 0.99])
    assert nearly_none.argmax() != 2 and nearly_none[0] > nearly_none[2]


def test_the_catalogue_points_to_the_public_goods() -> None:
    """They are the same functions, and take numbers too."""
    assert catalog.group_snowdrift is group_snowdrift
    assert catalog.collective_risk(5, 3, r="0.9").substitute({"b": 1, "c": "0.1"}) == catalog.collective_risk(
        5, 3, r="0.9", b=1, c="0.1"
    )
    with pytest.raises(GameError, match="size of a group"):
        catalog.optional_public_goods(1)
