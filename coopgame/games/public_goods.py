"""Named group games of public goods, each with its source."""

from __future__ import annotations

from coopgame.errors import GameError
from coopgame.games.group import GroupGame, checked_size

_POSITIVE = "> 0"


def threshold_public_good(size: int, threshold: int, *, fee_shared: bool = True) -> GroupGame:
    """Return the threshold public good with cost sharing and a fee for those who did not commit.

    A good of fixed cost K is built when at least `threshold` of `size` members commit; its cost is split equally among them,
    and each of them loses f0 when fewer commit. Once built it yields b to every member, and each member who did not commit
    pays `fee`, shared equally among those who did; with fee_shared=False it goes to a third party.

    Every gain beyond the threshold is (size*fee - K)/(j + 1) with j committed co-players when the fee is shared, and
    fee - K/(j + 1) when it is not.

    References: cost sharing with a threshold as in Zheng, Yin, Chan and Hui (2007), EPL 80, 18002, extended by Souza,
    Pacheco and Santos (2009), Journal of Theoretical Biology 260; the fee is this project's addition.

    >>> threshold_public_good(3, 2).gains
    (-f0, -K/2 + b + fee/2, -K/3 + fee)
    """
    m = _threshold(threshold, size)
    shared = "b - (K - k_abstain*fee)/(k_commit + 1)"
    kept = "b - K/(k_commit + 1)"
    return GroupGame(
        {
            "commit": f"where(k_commit + 1 >= M, {shared if fee_shared else kept}, -f0)",
            "abstain": "where(k_commit >= M, b - fee, 0)",
        },
        size,
        integers={"M": m},
        name="Threshold public good with a fee",
        source="Souza, Pacheco and Santos (2009), cost sharing with a threshold; the fee is added",
        parameters={"b": _POSITIVE, "K": _POSITIVE, "fee": ">= 0", "f0": _POSITIVE},
        assumptions=["fee <= b"],
    )


def linear_public_good(size: int) -> GroupGame:
    """Return the linear public goods game: contributions c are multiplied by r and shared by the whole group.

    A contribution gains (r/size - 1) c whatever the others do: full contribution for r > size, none for r < size.

    References: Archetti and Scheuring (2012), Journal of Theoretical Biology 299, 9-20.

    >>> linear_public_good(4).gains[0]
    c*r/4 - c
    """
    share = "r*c*{}/size"
    return GroupGame(
        {
            "contribute": f"{share.format('(k_contribute + 1)')} - c",
            "free ride": share.format("k_contribute"),
        },
        size,
        name="Linear public good",
        source="Archetti and Scheuring (2012), Journal of Theoretical Biology 299",
        parameters={"r": "> 1", "c": _POSITIVE},
    )


def volunteers_dilemma(size: int) -> GroupGame:
    """Return the volunteer's dilemma: one volunteer at cost c is enough for everybody to have b > c.

    The mixed rest point is x* = 1 - (c/b)^(1/(size - 1)).

    References: Diekmann (1985), Journal of Conflict Resolution 29, 605-610; Archetti (2009), Journal of Theoretical
    Biology 261.

    >>> volunteers_dilemma(3).gains
    (b - c, -c, -c)
    """
    return GroupGame(
        {"volunteer": "b - c", "wait": "where(k_volunteer >= 1, b, 0)"},
        size,
        name="Volunteer's dilemma",
        source="Diekmann (1985), Journal of Conflict Resolution 29",
        parameters={"b": _POSITIVE, "c": _POSITIVE},
        assumptions=["c < b"],
    )


def group_snowdrift(size: int) -> GroupGame:
    """Return the n-person snowdrift game: a task of cost c is shared by those who work; everybody gains b once it is done.

    The mixed rest point solves r (1 - (1 - x)^size) = size x (1 - x)^(size - 1) with r = c/b.

    References: Zheng, Yin, Chan and Hui (2007), EPL 80, 18002.

    >>> group_snowdrift(3).gains
    (b - c, -c/2, -c/3)
    """
    return GroupGame(
        {"shovel": "b - c/(k_shovel + 1)", "stay": "where(k_shovel >= 1, b, 0)"},
        size,
        name="Group snowdrift game",
        source="Zheng, Yin, Chan and Hui (2007), EPL 80, 18002",
        parameters={"b": _POSITIVE, "c": _POSITIVE},
        assumptions=["c < b"],
    )


def collective_risk(size: int, threshold: int) -> GroupGame:
    """Return the collective-risk dilemma: with fewer than `threshold` contributors everybody loses b with probability r.

    A contribution costs c. The advantage of contributing is C(n-1, M-1) x^(M-1) (1-x)^(n-M) r b - c.

    References: Santos and Pacheco (2011), Proceedings of the National Academy of Sciences 108, 10421-10425; Milinski,
    Sommerfeld, Krambeck, Reed and Marotzke (2008), same journal 105.

    >>> collective_risk(3, 2).gains
    (-c, b*r - c, -c)
    """
    m = _threshold(threshold, size)
    return GroupGame(
        {
            "contribute": "where(k_contribute + 1 >= M, b, (1 - r)*b) - c",
            "keep": "where(k_contribute >= M, b, (1 - r)*b)",
        },
        size,
        integers={"M": m},
        name="Collective-risk dilemma",
        source="Santos and Pacheco (2011), Proceedings of the National Academy of Sciences 108",
        parameters={
            "b": _POSITIVE,
            "c": _POSITIVE,
            "r": {"range": (0, 1), "meaning": "probability of losing everything"},
        },
        assumptions=["c < b"],
    )


def _threshold(value: int, size: int) -> int:
    most = checked_size(size)
    if isinstance(value, bool) or not hasattr(value, "__index__") or not 1 <= int(value) <= most:
        raise GameError(
            f"the threshold is {value!r}; a whole number from 1 to the size {most} of the group is needed"
        )
    return int(value)
