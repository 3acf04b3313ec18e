"""Named games that turn round: rock-paper-scissors and its kin, Zeeman's game, hypercycles, chaos."""

from __future__ import annotations

from typing import Any

from coopgame.errors import GameError
from coopgame.games.declarations import Parameter, Population
from coopgame.games.matrix import MatrixGame
from coopgame.games.substitution import with_numbers

_MOST_SPECIES = 50


def _stakes() -> list[Parameter]:
    return [
        Parameter("a", "what a defeat costs", "失败的损失", assume="> 0"),
        Parameter("b", "what a victory brings", "胜利的所得", assume="> 0"),
    ]


def rock_paper_scissors(**values: Any) -> MatrixGame:
    """Return rock-paper-scissors in which a defeat costs a and a victory brings b.

    Equal shares have the eigenvalues (a - b)/6 +- i sqrt(3)(a + b)/6: they attract for a < b, are surrounded by closed orbits for
    a = b, and for a > b the border, a heteroclinic cycle whose turns grow by (a/b)^3, attracts. values: numbers for a, b.

    References: Zeeman (1980); Hofbauer and Sigmund (1998), section 7.7; Gaunersdorfer (1992), SIAM Journal on Applied
    Mathematics 52, 1476-1489.

    >>> from coopgame import catalog, find_rest_points
    >>> str(find_rest_points(catalog.rock_paper_scissors(a=1, b=2))["I1"].stability)
    'sink'
    """
    game = MatrixGame(
        [[0, "-a", "b"], ["b", 0, "-a"], ["-a", "b", 0]],
        population=Population(
            "player", ("rock", "paper", "scissors"), zh="参与者", strategies_zh=("石头", "布", "剪刀")
        ),
        name="Rock-paper-scissors",
        zh="石头剪刀布",
        source="E. C. Zeeman (1980), Population dynamics from game theory, Lecture Notes in Mathematics 819, Springer",
        parameters=_stakes(),
    )
    return with_numbers(game, values)


def rock_paper_scissors_with_twin(**values: Any) -> MatrixGame:
    """Return rock-paper-scissors with a feeble twin of scissors that earns d less whatever it meets.

    Under the replicator dynamics the twin dies out relative to scissors as exp(-d t); under many others, with a > b, it
    survives although it is strictly dominated. The source has a = 2, b = 1. values: numbers for a, b, d.

    References: Hofbauer and Sandholm (2011), Theoretical Economics 6, 341-377.

    >>> from coopgame import catalog
    >>> catalog.rock_paper_scissors_with_twin(a=2, b=1).payoffs[3]
    (-d - 2, 1 - d, -d, -d)
    """
    game = MatrixGame(
        [
            [0, "-a", "b", "b"],
            ["b", 0, "-a", "-a"],
            ["-a", "b", 0, 0],
            ["-a - d", "b - d", "-d", "-d"],
        ],
        population=Population(
            "player",
            ("rock", "paper", "scissors", "twin"),
            zh="参与者",
            strategies_zh=("石头", "布", "剪刀", "弱孪生剪刀"),
        ),
        name="Rock-paper-scissors with a feeble twin of scissors",
        zh="带弱孪生策略的石头剪刀布",
        source="J. Hofbauer and W. H. Sandholm (2011), Survival of dominated strategies under evolutionary dynamics, "
        "Theoretical Economics 6, 341-377",
        parameters=[*_stakes(), Parameter("d", "what the twin earns less", "孪生策略少得的收益", assume="> 0")],
    )
    return with_numbers(game, values)


def zeeman_game() -> MatrixGame:
    """Return Zeeman's game, in which equal shares attract without being evolutionarily stable, beside a pure state that is.

    References: Zeeman (1980); Hofbauer and Sigmund (1998).

    >>> from coopgame import catalog, find_rest_points
    >>> [point.label for point in find_rest_points(catalog.zeeman_game()).attractors]
    ['E1', 'I1']
    """
    return MatrixGame(
        [[0, 6, -4], [-3, 0, 5], [-1, 3, 0]],
        population=Population("player", ("1", "2", "3"), zh="参与者"),
        name="Zeeman's game",
        zh="齐曼博弈",
        source="E. C. Zeeman (1980), Population dynamics from game theory, Lecture Notes in Mathematics 819, Springer",
    )


def hypercycle(size: int, **values: Any) -> MatrixGame:
    """Return the hypercycle: each of `size` species grows by k times the share of the one before it.

    Equal shares have the eigenvalues k/size times the roots of unity other than 1: stable for up to four species, unstable from
    five on, where a limit cycle takes their place. values: a number for k.

    Raises GameError when `size` is no whole number from 2 to 50.

    References: Eigen and Schuster (1979), The Hypercycle; Hofbauer and Sigmund (1998), chapter 12.

    >>> from coopgame import catalog
    >>> catalog.hypercycle(3).payoffs
    ((0, 0, k), (k, 0, 0), (0, k, 0))
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 2 <= size <= _MOST_SPECIES:
        raise GameError(f"the number of species is {size!r}; a whole number from 2 to {_MOST_SPECIES} is needed")
    game = MatrixGame(
        [["k" if j == (i - 1) % size else 0 for j in range(size)] for i in range(size)],
        population=Population(
            "molecule",
            tuple(f"species {i + 1}" for i in range(size)),
            zh="分子",
            strategies_zh=tuple(f"物种 {i + 1}" for i in range(size)),
        ),
        name=f"Hypercycle of {size} species",
        zh=f"{size} 元超循环",
        source="M. Eigen and P. Schuster (1979), The Hypercycle: A Principle of Natural Self-Organization, Springer",
        parameters=[Parameter("k", "rate of catalysis", "催化速率", assume="> 0")],
    )
    return with_numbers(game, values)


def skyrms_chaos() -> MatrixGame:
    """Return four strategies that move chaotically around a saddle-focus.

    The interior rest point has the eigenvalues -0.1687 and 0.0145 +- 0.0922 i. All of the second strategy, and a share
    35/37 of the third beside the fourth, are evolutionarily stable states beside the strange attractor.

    References: Skyrms (1992), Journal of Logic, Language and Information 1, 111-130; the attractor was found by Schnabl,
    Stadler, Forst and Schuster (1991), Physica D 48, 65-90.

    >>> from coopgame import catalog, find_rest_points
    >>> str(find_rest_points(catalog.skyrms_chaos())["I1"].stability)
    'saddle'
    """
    return MatrixGame(
        [
            [0, "-0.6", 0, 1],
            [1, 0, 0, "-0.5"],
            ["-1.05", "-0.2", 0, "1.75"],
            ["0.5", "-0.1", "0.1", 0],
        ],
        population=Population("player", ("1", "2", "3", "4"), zh="参与者"),
        name="Four strategies with chaos",
        zh="四策略混沌博弈",
        source="B. Skyrms (1992), Chaos in game dynamics, Journal of Logic, Language and Information 1, 111-130",
    )
