"""Named games of animal contests: hawks, doves, and those who retaliate or respect ownership."""

from __future__ import annotations

from typing import Any

from coopgame.games.declarations import Parameter, Population
from coopgame.games.matrix import MatrixGame
from coopgame.games.substitution import with_numbers

_BOOK = "J. Maynard Smith (1982), Evolution and the Theory of Games, Cambridge University Press"


def _stakes() -> list[Parameter]:
    return [
        Parameter("V", "value of the resource", "资源的价值", assume="> 0"),
        Parameter("C", "cost of an injury", "受伤的代价", assume="> 0"),
    ]


def hawk_dove(**values: Any) -> MatrixGame:
    """Return the Hawk-Dove game: hawks fight for a resource of value V at the risk of an injury that costs C.

    For V < C a share V/C of hawks is the only evolutionarily stable state, with eigenvalue -(V/2)(1 - V/C); for V > C all are
    hawks. values: numbers for V, C.

    References: Maynard Smith and Price (1973), Nature 246, 15-18; Maynard Smith (1982).

    >>> from coopgame import catalog, find_rest_points
    >>> find_rest_points(catalog.hawk_dove(V=4, C=6))["I1"].coordinates["x"]
    2/3
    """
    game = MatrixGame(
        [["(V - C)/2", "V"], [0, "V/2"]],
        population=Population("animal", ("hawk", "dove"), "x", "动物", ("鹰", "鸽")),
        name="Hawk-Dove",
        zh="鹰鸽博弈",
        source="J. Maynard Smith and G. R. Price (1973), The logic of animal conflict, Nature 246, 15-18",
        parameters=_stakes(),
    )
    return with_numbers(game, values)


def hawk_dove_retaliator(**values: Any) -> MatrixGame:
    """Return the Hawk-Dove-Retaliator game; a retaliator fights back when attacked, and else does e better than a dove.

    For e > 0 all retaliators are an evolutionarily stable state, and so is the mixture with V/C hawks and 1 - V/C doves for V <
    C and e < V/2. For e = 0 doves and retaliators alone cannot be told apart: a line of rest points. The source has V = 2, C = 4,
    e = 1/10. values: numbers for V, C, e.

    References: Maynard Smith (1982), chapter 2; Zeeman (1981), Journal of Theoretical Biology 89, 249-270.

    >>> from coopgame import catalog, find_ess_vertices
    >>> find_ess_vertices(catalog.hawk_dove_retaliator(V=2, C=4, e="1/10"))
    ('retaliator',)
    """
    fight = "(V - C)/2"
    game = MatrixGame(
        [[fight, "V", fight], [0, "V/2", "V/2 - e"], [fight, "V/2 + e", "V/2"]],
        population=Population(
            "animal", ("hawk", "dove", "retaliator"), zh="动物", strategies_zh=("鹰", "鸽", "报复者")
        ),
        name="Hawk-Dove-Retaliator",
        zh="鹰鸽报复者博弈",
        source=_BOOK,
        parameters=[
            *_stakes(),
            Parameter("e", "edge of a retaliator over a dove", "报复者对鸽的优势", assume=">= 0"),
        ],
    )
    return with_numbers(game, values)


def hawk_dove_bourgeois(**values: Any) -> MatrixGame:
    """Return the Hawk-Dove-Bourgeois game: a bourgeois is a hawk as an owner and a dove as an intruder, each half of the time.

    For V < C all bourgeois are the only evolutionarily stable state, for V > C all hawks. values: numbers for V, C.

    References: Maynard Smith (1982), chapter 2.

    >>> from coopgame import catalog, find_ess_vertices
    >>> find_ess_vertices(catalog.hawk_dove_bourgeois(V=2, C=4))
    ('bourgeois',)
    """
    game = MatrixGame(
        [
            ["(V - C)/2", "V", "3*V/4 - C/4"],
            [0, "V/2", "V/4"],
            ["(V - C)/4", "3*V/4", "V/2"],
        ],
        population=Population(
            "animal", ("hawk", "dove", "bourgeois"), zh="动物", strategies_zh=("鹰", "鸽", "有产者")
        ),
        name="Hawk-Dove-Bourgeois",
        zh="鹰鸽有产者博弈",
        source=_BOOK,
        parameters=_stakes(),
    )
    return with_numbers(game, values)
