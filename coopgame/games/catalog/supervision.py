"""A named game of three parties: government, platform and firm."""

from __future__ import annotations

from typing import Any

from coopgame.games.declarations import Parameter, Population
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.substitution import with_numbers


def platform_supervision(**values: Any) -> NormalFormGame:
    """Return a game of a government, a platform and a firm in the fewest symbols that make supervision interesting.

    Designed for this catalogue, after a pattern that is common in applied work; it is not a published model. The government may
    supervise strictly, which costs Cg, and fine a cheating firm F and a platform that lets it pass K; if it is lax, cheating that
    nobody stops costs it A. The platform may review, which costs Cp, and fine a cheating firm P. Honesty costs the firm Ch. With
    shares x of strict governments, y of reviewing platforms and z of honest firms the advantages of the first strategies are (1 -
    z)(F + (1 - y)(K + A)) - Cg, (1 - z)(P + x K) - Cp, and x F + y P - Ch.

    No pure state with honest firms is stable whatever the fines: where all are honest nobody pays for watching. The stable
    pure states with cheating are lax and passing for Cg > F + K + A and Cp > P; strict and passing for Cg < F + K + A, Cp >
    P + K and Ch > F; lax and reviewing for Cg > F, Cp < P and Ch > P; strict and reviewing for Cg < F, Cp < P + K and Ch > F + P.
    values: numbers for the seven parameters.

    >>> from coopgame import catalog
    >>> catalog.platform_supervision().payoff(("strict", "pass", "cheat"))
    (-Cg + F + K, -K, -F)
    """
    game = NormalFormGame(
        {
            ("strict", "review", "honest"): ("-Cg", "-Cp", "-Ch"),
            ("strict", "review", "cheat"): ("F - Cg", "P - Cp", "-F - P"),
            ("strict", "pass", "honest"): ("-Cg", 0, "-Ch"),
            ("strict", "pass", "cheat"): ("F + K - Cg", "-K", "-F"),
            ("lax", "review", "honest"): (0, "-Cp", "-Ch"),
            ("lax", "review", "cheat"): (0, "P - Cp", "-P"),
            ("lax", "pass", "honest"): (0, 0, "-Ch"),
            ("lax", "pass", "cheat"): ("-A", 0, 0),
        },
        [
            Population("government", ("strict", "lax"), "x", "政府", ("严格监管", "宽松监管")),
            Population("platform", ("review", "pass"), "y", "平台", ("审核", "放任")),
            Population("firm", ("honest", "cheat"), "z", "企业", ("诚信", "欺诈")),
        ],
        name="Government, platform and firm",
        zh="政府、平台与企业三方博弈",
        source="designed for this catalogue, after a common pattern of applied work",
        parameters=[
            Parameter("Cg", "cost of strict supervision", "严格监管成本", assume="> 0"),
            Parameter("Cp", "cost of review", "审核成本", assume="> 0"),
            Parameter("Ch", "cost of honesty", "诚信成本", assume="> 0"),
            Parameter("F", "government's fine for a cheating firm", "政府对欺诈企业的罚金", assume="> 0"),
            Parameter(
                "K", "government's fine for a platform that lets it pass", "政府对放任平台的罚金", assume="> 0"
            ),
            Parameter("P", "platform's fine for a cheating firm", "平台对欺诈企业的罚金", assume="> 0"),
            Parameter(
                "A", "loss of a lax government where cheating is not stopped", "宽松政府的问责损失", assume="> 0"
            ),
        ],
    )
    return with_numbers(game, values)
