"""Named games between two roles: matching pennies, sexes, Shapley's game, rock-paper-scissors between two."""

from __future__ import annotations

from typing import Any

from coopgame.games.declarations import Parameter, Population
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.substitution import with_numbers

_SIDES = (
    Population("matcher", ("heads", "tails"), "x", "求同者", ("正面", "反面")),
    Population("mismatcher", ("heads", "tails"), "y", "求异者", ("正面", "反面")),
)


def matching_pennies() -> NormalFormGame:
    """Return matching pennies: one player wins 1 when the coins match, the other when they do not.

    The mixture (1/2, 1/2) is a centre with eigenvalues +-i; x(1 - x)y(1 - y) is conserved.

    References: Hofbauer and Sigmund (1998), section 10.3.

    >>> from coopgame import catalog, find_rest_points
    >>> str(find_rest_points(catalog.matching_pennies())["I1"].stability)
    'center'
    """
    return NormalFormGame.from_bimatrix(
        [[1, -1], [-1, 1]],
        [[-1, 1], [1, -1]],
        _SIDES,
        name="Matching pennies",
        zh="猜硬币博弈",
        source="J. Hofbauer and K. Sigmund (1998), Evolutionary Games and Population Dynamics, Cambridge University Press",
    )


def asymmetric_matching_pennies(**values: Any) -> NormalFormGame:
    """Return matching pennies in which the matcher wins X on heads and 1 on tails, the mismatcher 1 on either.

    In equilibrium the matcher still mixes evenly, and the mismatcher plays heads with probability 1/(1 + X): own payoffs
    change only what the other one does. values: a number for X; 9 and 4 were played in the source.

    References: Ochs (1995), Games and Economic Behavior 10, 202-217; McKelvey and Palfrey (1995), same journal 10, 6-38.

    >>> from coopgame import catalog, find_rest_points
    >>> list(find_rest_points(catalog.asymmetric_matching_pennies())["I1"].coordinates.values())
    [1/2, 1/(X + 1)]
    """
    game = NormalFormGame.from_bimatrix(
        [["X", 0], [0, 1]],
        [[0, 1], [1, 0]],
        _SIDES,
        name="Asymmetric matching pennies",
        zh="不对称猜硬币博弈",
        source="J. Ochs (1995), Games with unique, mixed strategy equilibria: An experimental study, Games and Economic "
        "Behavior 10, 202-217",
        parameters=[Parameter("X", "the matcher's prize on heads", "求同者正面的奖金", assume="> 0")],
    )
    return with_numbers(game, values)


def battle_of_the_sexes(**values: Any) -> NormalFormGame:
    """Return the economists' battle of the sexes: both rather go out together, each rather to the own choice, a > b > 0.

    Both pure agreements are stable; the mixture, each choosing the own favourite with probability a/(a + b), is a saddle. values:
    numbers for a, b.

    References: Luce and Raiffa (1957), Games and Decisions, section 5.3.

    >>> from coopgame import catalog, find_rest_points
    >>> list(find_rest_points(catalog.battle_of_the_sexes(a=2, b=1))["I1"].coordinates.values())
    [2/3, 1/3]
    """
    game = NormalFormGame.from_bimatrix(
        [["a", 0], [0, "b"]],
        [["b", 0], [0, "a"]],
        [
            Population("woman", ("opera", "football"), "x", "女方", ("歌剧", "足球")),
            Population("man", ("opera", "football"), "y", "男方", ("歌剧", "足球")),
        ],
        name="Battle of the sexes",
        zh="性别之争",
        source="R. D. Luce and H. Raiffa (1957), Games and Decisions, Wiley",
        parameters=[
            Parameter("a", "together at the own favourite", "一起去自己喜欢的", assume="> 0"),
            Parameter("b", "together at the other's favourite", "一起去对方喜欢的", assume="> 0"),
        ],
        assumptions="a > b",
    )
    return with_numbers(game, values)


def dawkins_sexes(**values: Any) -> NormalFormGame:
    """Return Dawkins' battle of the sexes between faithful or philandering males and coy or fast females.

    An offspring is worth G to each parent, raising it costs C, shared by a faithful male and borne by a deserted female, and a long
    courtship, on which coy females insist, costs either E. Assumed is E < G < C < 2 (G - E); then a share (C - G)/(C - G + E) of
    faithful males and C/(2 (G - E)) of coy females is a centre. Dawkins has G = 15, C = 20, E = 3: 5/8 and 5/6. values: numbers for
    G, C, E.

    References: Dawkins (1976), The Selfish Gene, chapter 9; Schuster and Sigmund (1981), Animal Behaviour 29, 186-192.

    >>> from coopgame import catalog, find_rest_points
    >>> list(find_rest_points(catalog.dawkins_sexes(G=15, C=20, E=3))["I1"].coordinates.values())
    [5/8, 5/6]
    """
    game = NormalFormGame(
        {
            ("faithful", "coy"): ("G - C/2 - E", "G - C/2 - E"),
            ("faithful", "fast"): ("G - C/2", "G - C/2"),
            ("philandering", "coy"): (0, 0),
            ("philandering", "fast"): ("G", "G - C"),
        },
        [
            Population("male", ("faithful", "philandering"), "x", "雄性", ("忠诚", "薄情")),
            Population("female", ("coy", "fast"), "y", "雌性", ("羞怯", "放荡")),
        ],
        name="Battle of the sexes (Dawkins)",
        zh="两性之战（道金斯）",
        source="R. Dawkins (1976), The Selfish Gene, Oxford University Press; P. Schuster and K. Sigmund (1981), Coyness, "
        "philandering and stable strategies, Animal Behaviour 29, 186-192",
        parameters=[
            Parameter("G", "value of an offspring to each parent", "后代对双亲各自的价值", assume="> 0"),
            Parameter("C", "cost of raising it", "抚养成本", assume="> 0"),
            Parameter("E", "cost of a long courtship to each", "求偶期的成本", assume="> 0"),
        ],
        assumptions=["E < G", "G < C", "C < 2*(G - E)"],
    )
    return with_numbers(game, values)


def shapley_game() -> NormalFormGame:
    """Return Shapley's game: the first player wants to match, the second to be one ahead, in a circle of three.

    Both mix evenly in the only equilibrium; fictitious play never gets there, and under the replicator dynamics it is a saddle.

    References: Shapley (1964), section 5.3, which gives the order of the payoffs; the numbers 0 and 1 are the usual ones,
    as in Krishna and Sjöström (1998), Mathematics of Operations Research 23, 479-511.

    >>> from coopgame import catalog, find_pure_nash_equilibria
    >>> find_pure_nash_equilibria(catalog.shapley_game())
    ()
    """
    names = ("1", "2", "3")
    return NormalFormGame.from_bimatrix(
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
        [Population("first", names, zh="参与者一"), Population("second", names, zh="参与者二")],
        name="Shapley's game",
        zh="沙普利博弈",
        source="L. S. Shapley (1964), Some topics in two-person games, Advances in Game Theory, Annals of Mathematics "
        "Studies 52, Princeton University Press",
    )


def rock_paper_scissors_between_two(**values: Any) -> NormalFormGame:
    """Return rock-paper-scissors between two learners, who earn ex and ey for a tie.

    With ex + ey = 0 it is a zero-sum game and the product of all shares is conserved; unless both are 0 motion on the level sets is
    chaotic from many starts. values: numbers for ex, ey.

    References: Sato, Akiyama and Farmer (2002), Proceedings of the National Academy of Sciences 99, 4748-4751.

    >>> from coopgame import catalog
    >>> catalog.rock_paper_scissors_between_two().payoff(("rock", "paper"))
    (-1, 1)
    """

    def table(tie: str) -> list[list[Any]]:
        return [[tie, -1, 1], [1, tie, -1], [-1, 1, tie]]

    names, zh = ("rock", "paper", "scissors"), ("石头", "布", "剪刀")
    other = table("ey")
    game = NormalFormGame.from_bimatrix(
        table("ex"),
        [[other[j][i] for j in range(3)] for i in range(3)],
        [
            Population("first", names, zh="参与者一", strategies_zh=zh),
            Population("second", names, zh="参与者二", strategies_zh=zh),
        ],
        name="Rock-paper-scissors between two learners",
        zh="两人石头剪刀布",
        source="Y. Sato, E. Akiyama and J. D. Farmer (2002), Chaos in learning a simple two-person game, PNAS 99, 4748-4751",
        parameters=[
            Parameter("ex", "what a tie brings the first", "平局时参与者一的收益", assume="> -1 and < 1"),
            Parameter("ey", "what a tie brings the second", "平局时参与者二的收益", assume="> -1 and < 1"),
        ],
    )
    return with_numbers(game, values)
