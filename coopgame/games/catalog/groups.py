"""A named game of groups with three strategies: public goods from which one may stay away."""

from __future__ import annotations

from typing import Any

from coopgame.games.declarations import Parameter, Population
from coopgame.games.group import checked_size
from coopgame.games.population import PopulationGame
from coopgame.games.substitution import with_numbers

_POPULATION = Population(
    "player", ("cooperate", "defect", "abstain"), zh="参与者", strategies_zh=("合作", "背叛", "不参与")
)


def optional_public_goods(size: int, **values: Any) -> PopulationGame:
    """Return the public goods game in which one may also stay away and earn sigma instead.

    `size` players are asked at random; those who take part may contribute 1, and r times the sum is shared among them. Who takes
    part alone gets sigma too, which is the term with z^(size - 1), where z is the share of those who abstain. Payoffs are
    written as polynomials: (1 - z^n)/(1 - z) of the published closed form is 1 + z + ... + z^(n - 1).

    Defection invades cooperation, abstaining invades defection, and few who cooperate grow where nearly all abstain. An interior
    rest point exists for r > 2; there the share of contributors among participants is sigma/(r - 1), and the orbits around it
    are closed. values: numbers for r, sigma.

    References: Hauert, De Monte, Hofbauer and Sigmund (2002), Science 296, 1129-1132, and Journal of Theoretical Biology 218,
    187-194.

    >>> from coopgame import catalog, find_rest_points
    >>> game = catalog.optional_public_goods(3)
    >>> game.payoffs[0][2], game.payoffs[0][1]
    (sigma, player.abstain**2*sigma + player.cooperate*r*(player.abstain + 2)/3)
    """
    n = checked_size(size)
    alone = f"sigma*player.abstain**{n - 1}"
    shared = _powers([n - 1 - j for j in range(n - 1)])
    defect = f"{alone} + r*player.cooperate*({shared})/{n}"
    # a contribution of 1 brings back r divided by the participants, but not the r - 1 of a lone one, who has sigma instead
    cost = f"1 + (r - 1)*player.abstain**{n - 1} - r*({_powers([1] * n)})/{n}"
    game = PopulationGame(
        {"player": {"cooperate": f"{defect} - ({cost})", "defect": defect, "abstain": "sigma"}},
        [_POPULATION],
        name=f"Optional public goods in groups of {n}",
        zh=f"{n} 人自愿参与的公共品博弈",
        source="C. Hauert, S. De Monte, J. Hofbauer and K. Sigmund (2002), Volunteering as Red Queen mechanism for cooperation in "
        "public goods games, Science 296, 1129-1132",
        parameters=[
            Parameter("r", "multiplication of contributions", "贡献的倍数", assume="> 1"),
            Parameter("sigma", "income of those who abstain", "不参与者的收入", assume="> 0"),
        ],
        assumptions=[f"r < {n}", "sigma < r - 1"],
    )
    return with_numbers(game, values)


def _powers(coefficients: list[int]) -> str:
    """Return a polynomial in the share of those who abstain, from its coefficients."""
    return " + ".join(f"{c}*player.abstain**{j}" for j, c in enumerate(coefficients))
