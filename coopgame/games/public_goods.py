"""Named group games of public goods, each with its source."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from coopgame.errors import GameError
from coopgame.games.declarations import Parameter, Population
from coopgame.games.group import GroupGame, checked_size
from coopgame.games.substitution import with_numbers

_POSITIVE = "> 0"


def threshold_public_good(size: int, threshold: int, *, fee_shared: bool = True, **values: Any) -> GroupGame:
    """Return the threshold public good with cost sharing and a fee for those who did not commit.

    A good of fixed cost K is built when at least `threshold` of `size` members commit; its cost is split equally among them,
    and each of them loses f0 when fewer commit. Once built it yields b to every member, and each member who did not commit
    pays `fee`, shared equally among those who did; with fee_shared=False it goes to a third party.

    Every gain beyond the threshold is (size*fee - K)/(j + 1) with j committed co-players when the fee is shared, and
    fee - K/(j + 1) when it is not. values: numbers for b, K, fee, f0.

    References: cost sharing with a threshold as in Zheng, Yin, Chan and Hui (2007), EPL 80, 18002, extended by Souza,
    Pacheco and Santos (2009), Journal of Theoretical Biology 260; the fee is this project's addition.

    >>> threshold_public_good(3, 2).gains
    (-f0, -K/2 + b + fee/2, -K/3 + fee)
    """
    m = _threshold(threshold, size)
    shared = "b - (K - k_abstain*fee)/(k_commit + 1)"
    kept = "b - K/(k_commit + 1)"
    game = GroupGame(
        {
            "commit": f"where(k_commit + 1 >= M, {shared if fee_shared else kept}, -f0)",
            "abstain": "where(k_commit >= M, b - fee, 0)",
        },
        size,
        integers={"M": m},
        population=_population("commit", "abstain", ("承诺", "不承诺")),
        name="Threshold public good with a fee",
        zh="带费用的门槛公共品博弈",
        source="Souza, Pacheco and Santos (2009), cost sharing with a threshold; the fee is added",
        parameters=[
            Parameter("b", "what the good yields to every member", "公共品给每人的收益", assume=_POSITIVE),
            Parameter("K", "cost of the good", "公共品的成本", assume=_POSITIVE),
            Parameter("fee", "payment of a member who did not commit", "未承诺者的使用费", assume=">= 0"),
            Parameter("f0", "loss of a commitment in vain", "承诺落空的损失", assume=_POSITIVE),
        ],
        assumptions=["fee <= b"],
    )
    return with_numbers(game, values)


def linear_public_good(size: int, **values: Any) -> GroupGame:
    """Return the linear public goods game: contributions c are multiplied by r and shared by the whole group.

    A contribution gains (r/size - 1) c whatever the others do: full contribution for r > size, none for r < size. values:
    numbers for r, c.

    References: Archetti and Scheuring (2012), Journal of Theoretical Biology 299, 9-20.

    >>> linear_public_good(4).gains[0]
    c*r/4 - c
    """
    share = "r*c*{}/size"
    game = GroupGame(
        {
            "contribute": f"{share.format('(k_contribute + 1)')} - c",
            "free ride": share.format("k_contribute"),
        },
        size,
        population=_population("contribute", "free ride", ("贡献", "搭便车")),
        name="Linear public good",
        zh="线性公共品博弈",
        source="Archetti and Scheuring (2012), Journal of Theoretical Biology 299",
        parameters=[
            Parameter("r", "multiplication of contributions", "贡献的倍数", assume="> 1"),
            Parameter("c", "contribution", "贡献额", assume=_POSITIVE),
        ],
    )
    return with_numbers(game, values)


def volunteers_dilemma(size: int, **values: Any) -> GroupGame:
    """Return the volunteer's dilemma: one volunteer at cost c is enough for everybody to have b > c.

    The mixed rest point is x* = 1 - (c/b)^(1/(size - 1)). values: numbers for b, c.

    References: Diekmann (1985), Journal of Conflict Resolution 29, 605-610; Archetti (2009), Journal of Theoretical
    Biology 261.

    >>> volunteers_dilemma(3).gains
    (b - c, -c, -c)
    """
    game = GroupGame(
        {"volunteer": "b - c", "wait": "where(k_volunteer >= 1, b, 0)"},
        size,
        population=_population("volunteer", "wait", ("志愿", "等待")),
        name="Volunteer's dilemma",
        zh="志愿者困境",
        source="Diekmann (1985), Journal of Conflict Resolution 29",
        parameters=[
            Parameter("b", "benefit of everybody", "每人的收益", assume=_POSITIVE),
            Parameter("c", "cost of volunteering", "志愿的成本", assume=_POSITIVE),
        ],
        assumptions=["c < b"],
    )
    return with_numbers(game, values)


def group_snowdrift(size: int, **values: Any) -> GroupGame:
    """Return the n-person snowdrift game: a task of cost c is shared by those who work; everybody gains b once it is done.

    The mixed rest point solves r (1 - (1 - x)^size) = size x (1 - x)^(size - 1) with r = c/b. values: numbers for
    b, c.

    References: Zheng, Yin, Chan and Hui (2007), EPL 80, 18002.

    >>> group_snowdrift(3).gains
    (b - c, -c/2, -c/3)
    """
    game = GroupGame(
        {"shovel": "b - c/(k_shovel + 1)", "stay": "where(k_shovel >= 1, b, 0)"},
        size,
        population=_population("shovel", "stay", ("铲雪", "等待")),
        name="Group snowdrift game",
        zh="多人雪堆博弈",
        source="Zheng, Yin, Chan and Hui (2007), EPL 80, 18002",
        parameters=[
            Parameter("b", "value of a free road", "道路畅通的价值", assume=_POSITIVE),
            Parameter("c", "cost of the whole work", "铲雪的总成本", assume=_POSITIVE),
        ],
        assumptions=["c < b"],
    )
    return with_numbers(game, values)


def collective_risk(size: int, threshold: int, **values: Any) -> GroupGame:
    """Return the collective-risk dilemma: with fewer than `threshold` contributors everybody loses b with probability r.

    A contribution costs c. The advantage of contributing is C(n-1, M-1) x^(M-1) (1-x)^(n-M) r b - c. values: numbers for
    b, c, r.

    References: Santos and Pacheco (2011), Proceedings of the National Academy of Sciences 108, 10421-10425; Milinski,
    Sommerfeld, Krambeck, Reed and Marotzke (2008), same journal 105.

    >>> collective_risk(3, 2).gains
    (-c, b*r - c, -c)
    """
    m = _threshold(threshold, size)
    game = GroupGame(
        {
            "contribute": "where(k_contribute + 1 >= M, b, (1 - r)*b) - c",
            "keep": "where(k_contribute >= M, b, (1 - r)*b)",
        },
        size,
        integers={"M": m},
        population=_population("contribute", "keep", ("贡献", "保留")),
        name="Collective-risk dilemma",
        zh="集体风险困境",
        source="Santos and Pacheco (2011), Proceedings of the National Academy of Sciences 108",
        parameters=[
            Parameter("b", "endowment", "禀赋", assume=_POSITIVE),
            Parameter("c", "contribution", "贡献额", assume=_POSITIVE),
            Parameter("r", "probability of losing everything", "全部损失的概率", range=(Fraction(0), Fraction(1))),
        ],
        assumptions=["c < b"],
    )
    return with_numbers(game, values)


def _population(first: str, second: str, zh: tuple[str, str]) -> Population:
    return Population("population", (first, second), zh="群体", strategies_zh=zh)


def _threshold(value: int, size: int) -> int:
    most = checked_size(size)
    if isinstance(value, bool) or not hasattr(value, "__index__") or not 1 <= int(value) <= most:
        raise GameError(
            f"the threshold is {value!r}; a whole number from 1 to the size {most} of the group is needed"
        )
    return int(value)
