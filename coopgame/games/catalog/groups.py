"""Named games of public goods in groups with more than two strategies: staying away, and fining those who give nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from coopgame.games.declarations import Parameter, Population
from coopgame.games.group import GroupGame, checked_size
from coopgame.games.substitution import with_numbers

_POSITIVE = "> 0"
_ALONE = "where(k_abstain <= size - 2, {}, sigma)"  # who takes part alone earns what those earn who stay away
_ZH = {"cooperate": "合作", "defect": "背叛", "abstain": "不参与", "punish": "惩罚"}


def optional_public_goods(size: int, **values: Any) -> GroupGame:
    """Return the public goods game in which one may also stay away and earn sigma instead.

    `size` players are asked at random. Those who take part may contribute c; r times the sum is shared equally among all who take part, contributors included, so that S participants of
    whom m contribute earn r c m/S, less c for who contributes. Who takes part alone gets sigma too.

    Defection invades cooperation, abstaining invades defection, and few who cooperate grow where nearly all abstain. An interior rest point of the replicator equation exists for r > 2;
    there the share of contributors among participants is sigma/((r - 1) c), and the orbits around it are closed. values: numbers for r, c (1 by default, as in the source), sigma.

    References: Hauert, De Monte, Hofbauer and Sigmund (2002), Science 296, 1129-1132, and Journal of Theoretical Biology 218,
    187-194.

    >>> from coopgame import catalog
    >>> game = catalog.optional_public_goods(3)
    >>> game.compositions[2], [str(payoffs[2]) for payoffs in game.payoffs]
    ((0, 2, 0), ['c*r/3 - c', '0', 'sigma'])
    """
    n = checked_size(size)
    share = "r*c*{}/(size - k_abstain)"
    game = GroupGame(
        {
            "cooperate": _ALONE.format(f"{share.format('(k_cooperate + 1)')} - c"),
            "defect": _ALONE.format(share.format("k_cooperate")),
            "abstain": "sigma",
        },
        n,
        population=_population("cooperate", "defect", "abstain"),
        name=f"Optional public goods in groups of {n}",
        zh=f"{n} 人自愿参与的公共品博弈",
        source="C. Hauert, S. De Monte, J. Hofbauer and K. Sigmund (2002), Volunteering as Red Queen mechanism for cooperation in "
        "public goods games, Science 296, 1129-1132",
        parameters=[*_contributions(), _sigma()],
        assumptions=[f"r < {n}", "sigma < (r - 1)*c"],
    )
    return with_numbers(game, values)


def public_goods_with_punishment(size: int, *, optional: bool = True, **values: Any) -> GroupGame:
    """Return the public goods game with contributors who fine each participant of their group who does not contribute.

    As `optional_public_goods`, with a fourth strategy: who punishes contributes c too and then, at the cost gamma for each, takes beta from every defector of the own group. Contributors
    who do not punish are not fined. With optional=False nobody may stay away, and there are three strategies.

    In finite populations with rare mutants defection prevails where all have to take part, and punishment where one may stay away. values: numbers for r, c (1 by default), sigma where
    one may stay away, beta, gamma.

    References: Hauert, Traulsen, Brandt, Nowak and Sigmund (2007), Science 316, 1905-1907.

    >>> from coopgame import catalog
    >>> game = catalog.public_goods_with_punishment(2, optional=False, r="3/2", beta=1, gamma="3/10")
    >>> game.compositions[1], [str(payoffs[1]) for payoffs in game.payoffs]
    ((0, 1, 0), ['-c/4', '0', '-c/4 - 3/10'])
    """
    n = checked_size(size)
    share = f"r*c*{{}}/{'(size - k_abstain)' if optional else 'size'}"
    rules = {
        "cooperate": f"{share.format('(k_cooperate + k_punish + 1)')} - c",
        "defect": f"{share.format('(k_cooperate + k_punish)')} - beta*k_punish",
        "punish": f"{share.format('(k_cooperate + k_punish + 1)')} - c - gamma*k_defect",
    }
    if optional:
        both = {strategy: _ALONE.format(rule) for strategy, rule in rules.items()}
        rules = {
            "cooperate": both["cooperate"],
            "defect": both["defect"],
            "abstain": "sigma",
            "punish": both["punish"],
        }
    fines = [
        Parameter("beta", "fine of a defector, from each who punishes", "每位惩罚者对背叛者的罚款", assume=_POSITIVE),
        Parameter("gamma", "cost of each fine to who punishes", "惩罚者每次罚款的成本", assume=_POSITIVE),
    ]
    game = GroupGame(
        rules,
        n,
        population=_population(*rules),
        name=f"{'Optional public' if optional else 'Public'} goods with punishment in groups of {n}",
        zh=f"{n} 人{'自愿参与、' if optional else ''}带惩罚的公共品博弈",
        source="C. Hauert, A. Traulsen, H. Brandt, M. A. Nowak and K. Sigmund (2007), Via freedom to coercion: the emergence of costly "
        "punishment, Science 316, 1905-1907",
        parameters=[*_contributions(), *([_sigma()] if optional else []), *fines],
        assumptions=[f"r < {n}", *(["sigma < (r - 1)*c"] if optional else [])],
    )
    return with_numbers(game, values)


def _population(*strategies: str) -> Population:
    return Population(
        "player", strategies, zh="参与者", strategies_zh=tuple(_ZH[strategy] for strategy in strategies)
    )


def _contributions() -> list[Parameter]:
    return [
        Parameter("r", "multiplication of contributions", "贡献的倍数", assume="> 1"),
        Parameter("c", "contribution", "贡献额", value=Fraction(1), assume=_POSITIVE),
    ]


def _sigma() -> Parameter:
    return Parameter("sigma", "income of those who abstain", "不参与者的收入", assume=_POSITIVE)
