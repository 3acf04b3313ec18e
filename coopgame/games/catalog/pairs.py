"""Named games of pairs from one population: dilemmas, coordination, languages."""

from __future__ import annotations

from typing import Any

from coopgame.errors import GameError
from coopgame.games.declarations import Parameter, Population
from coopgame.games.matrix import MatrixGame
from coopgame.games.substitution import with_numbers

_DILEMMA = Population("player", ("cooperate", "defect"), "x", "参与者", ("合作", "背叛"))
_MOST_LANGUAGES = 50


def _dilemma_parameters() -> list[Parameter]:
    """Return the four payoffs of a social dilemma by their usual letters."""
    return [
        Parameter("T", "temptation: defect against a cooperator", "诱惑"),
        Parameter("R", "reward of mutual cooperation", "合作的奖励"),
        Parameter("P", "punishment of mutual defection", "背叛的惩罚"),
        Parameter("S", "sucker's payoff: cooperate against a defector", "受骗者的收益"),
    ]


def two_strategies(**values: Any) -> MatrixGame:
    """Return the symmetric game of two strategies with any payoffs a, b (first row) and c, d (second row).

    The first strategy dominates for a > c and b > d, the second for both reversed; both are stable for a > c and b < d, and a
    mixture with share (b - d)/(b - d + c - a) of the first for a < c and b > d. values: numbers for parameters.

    References: Hofbauer and Sigmund (1998), section 7.1.

    >>> from coopgame import catalog, find_regimes
    >>> len(find_regimes(catalog.two_strategies()).regimes)
    4
    """
    game = MatrixGame(
        [["a", "b"], ["c", "d"]],
        population=Population("player", ("first", "second"), "x", "参与者", ("第一策略", "第二策略")),
        name="Two strategies, any payoffs",
        zh="两策略对称博弈",
        source="J. Hofbauer and K. Sigmund (1998), Evolutionary Games and Population Dynamics, Cambridge University Press",
        parameters=[
            Parameter("a", "first against first", "第一对第一"),
            Parameter("b", "first against second", "第一对第二"),
            Parameter("c", "second against first", "第二对第一"),
            Parameter("d", "second against second", "第二对第二"),
        ],
    )
    return with_numbers(game, values)


def prisoners_dilemma(**values: Any) -> MatrixGame:
    """Return the prisoner's dilemma with T > R > P > S: defection dominates, cooperation would pay more to both.

    For repeated play one often asks for 2 R > T + S as well; it is not assumed here. values: numbers for T, R, P, S.

    References: Rapoport and Chammah (1965), Prisoner's Dilemma; Axelrod and Hamilton (1981), Science 211, 1390-1396.

    >>> from coopgame import catalog, find_ess_vertices
    >>> find_ess_vertices(catalog.prisoners_dilemma(T=5, R=3, P=1, S=0))
    ('defect',)
    """
    game = MatrixGame(
        [["R", "S"], ["T", "P"]],
        population=_DILEMMA,
        name="Prisoner's dilemma",
        zh="囚徒困境",
        source="A. Rapoport and A. M. Chammah (1965), Prisoner's Dilemma, University of Michigan Press",
        parameters=_dilemma_parameters(),
        assumptions=["T > R", "R > P", "P > S"],
    )
    return with_numbers(game, values)


def donation_game(**values: Any) -> MatrixGame:
    """Return the donation game: a cooperator pays c so that the other one has b > c.

    It is the prisoner's dilemma with equal gains from switching: defection gains c whatever the other does. values:
    numbers for b, c.

    References: Nowak (2006), Science 314, 1560-1563.

    >>> from coopgame import catalog
    >>> catalog.donation_game().payoffs
    ((b - c, -c), (b, 0))
    """
    game = MatrixGame(
        [["b - c", "-c"], ["b", 0]],
        population=_DILEMMA,
        name="Donation game",
        zh="捐赠博弈",
        source="M. A. Nowak (2006), Five rules for the evolution of cooperation, Science 314, 1560-1563",
        parameters=[
            Parameter("b", "benefit to the other one", "给对方的收益", assume="> 0"),
            Parameter("c", "cost of giving it", "付出的成本", assume="> 0"),
        ],
        assumptions="b > c",
    )
    return with_numbers(game, values)


def stag_hunt(**values: Any) -> MatrixGame:
    """Return the stag hunt with R > T >= P > S: both hunts are stable, parted at (P - S)/(R - S - T + P) hunting the stag.

    Hares are risk dominant for T + P > R + S: then their basin is the larger one. values: numbers for T, R, P, S.

    References: Skyrms (2004), The Stag Hunt and the Evolution of Social Structure; risk dominance: Harsanyi and Selten
    (1988), A General Theory of Equilibrium Selection in Games.

    >>> from coopgame import catalog, find_rest_points
    >>> find_rest_points(catalog.stag_hunt(R=4, S=1, T=3, P=3))["I1"].coordinates["x"]
    2/3
    """
    game = MatrixGame(
        [["R", "S"], ["T", "P"]],
        population=Population("hunter", ("stag", "hare"), "x", "猎人", ("猎鹿", "猎兔")),
        name="Stag hunt",
        zh="猎鹿博弈",
        source="B. Skyrms (2004), The Stag Hunt and the Evolution of Social Structure, Cambridge University Press",
        parameters=[
            Parameter("T", "a hare while the other one waits for the stag", "对方猎鹿时的兔"),
            Parameter("R", "half of the stag", "半只鹿"),
            Parameter("P", "a hare while the other one hunts hares too", "对方猎兔时的兔"),
            Parameter("S", "nothing: waiting for the stag alone", "独自等鹿"),
        ],
        assumptions=["R > T", "T >= P", "P > S"],
    )
    return with_numbers(game, values)


def snowdrift(**values: Any) -> MatrixGame:
    """Return the snowdrift game: work of cost c frees a road worth b > c to both, and two share the work.

    A share 1 - c/(2 b - c) of cooperators is the evolutionarily stable state. values: numbers for b, c.

    References: Hauert and Doebeli (2004), Nature 428, 643-646.

    >>> from coopgame import catalog, find_rest_points
    >>> find_rest_points(catalog.snowdrift(b="3/2", c=1))["I1"].coordinates["x"]
    1/2
    """
    game = MatrixGame(
        [["b - c/2", "b - c"], ["b", 0]],
        population=Population("driver", ("cooperate", "defect"), "x", "司机", ("铲雪", "等待")),
        name="Snowdrift game",
        zh="雪堆博弈",
        source="C. Hauert and M. Doebeli (2004), Spatial structure often inhibits the evolution of cooperation in the snowdrift "
        "game, Nature 428, 643-646",
        parameters=[
            Parameter("b", "value of a free road", "道路畅通的价值", assume="> 0"),
            Parameter("c", "cost of the work", "铲雪的成本", assume="> 0"),
        ],
        assumptions="b > c",
    )
    return with_numbers(game, values)


def harmony(**values: Any) -> MatrixGame:
    """Return the harmony game with R > T and S > P: cooperation dominates, there is no dilemma.

    values: numbers for T, R, P, S.

    References: Santos, Pacheco and Lenaerts (2006), Proceedings of the National Academy of Sciences 103, 3490-3494.

    >>> from coopgame import catalog, find_ess_vertices
    >>> find_ess_vertices(catalog.harmony(R=4, S=3, T=3, P=1))
    ('cooperate',)
    """
    game = MatrixGame(
        [["R", "S"], ["T", "P"]],
        population=_DILEMMA,
        name="Harmony game",
        zh="和谐博弈",
        source="F. C. Santos, J. M. Pacheco and T. Lenaerts (2006), Evolutionary dynamics of social dilemmas in structured "
        "heterogeneous populations, PNAS 103, 3490-3494",
        parameters=_dilemma_parameters(),
        assumptions=["R > T", "S > P"],
    )
    return with_numbers(game, values)


def coordination(**values: Any) -> MatrixGame:
    """Return the game of pure coordination: a for both who choose A, b for both who choose B, nothing for a mismatch.

    Both conventions are stable, parted at a share b/(a + b) of A: the better one has the larger basin. values: numbers for
    a, b.

    References: Kandori, Mailath and Rob (1993), Econometrica 61, 29-56.

    >>> from coopgame import catalog, find_rest_points
    >>> find_rest_points(catalog.coordination())["I1"].coordinates["x"]
    b/(a + b)
    """
    game = MatrixGame(
        [["a", 0], [0, "b"]],
        population=Population("player", ("A", "B"), "x", "参与者"),
        name="Pure coordination",
        zh="纯协调博弈",
        source="M. Kandori, G. J. Mailath and R. Rob (1993), Learning, mutation, and long run equilibria in games, "
        "Econometrica 61, 29-56",
        parameters=[
            Parameter("a", "payoff of meeting on A", "都选 A 的收益", assume="> 0"),
            Parameter("b", "payoff of meeting on B", "都选 B 的收益", assume="> 0"),
        ],
    )
    return with_numbers(game, values)


def language_game(size: int, **values: Any) -> MatrixGame:
    """Return the language game: speakers of one language understand each other fully, of two to the degree a.

    Every language is stable under imitation without mistakes, and equal shares are a source with eigenvalues (1 - a)/size. The
    mistakes of learners, which the source is about, belong to the dynamics and not to the game. values: a number for a.

    Raises GameError when `size` is no whole number from 2 to 50.

    References: Nowak, Komarova and Niyogi (2001), Science 291, 114-118.

    >>> from coopgame import catalog
    >>> catalog.language_game(3).payoffs[0]
    (1, a, a)
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 2 <= size <= _MOST_LANGUAGES:
        raise GameError(f"the number of languages is {size!r}; a whole number from 2 to {_MOST_LANGUAGES} is needed")
    game = MatrixGame(
        [[1 if i == j else "a" for j in range(size)] for i in range(size)],
        population=Population(
            "speaker",
            tuple(f"language {i + 1}" for i in range(size)),
            zh="说话者",
            strategies_zh=tuple(f"语言 {i + 1}" for i in range(size)),
        ),
        name="Language game",
        zh="语言博弈",
        source="M. A. Nowak, N. L. Komarova and P. Niyogi (2001), Evolution of universal grammar, Science 291, 114-118",
        parameters=[Parameter("a", "likeness of two languages", "两种语言的相似度", assume=">= 0 and < 1")],
    )
    return with_numbers(game, values)
