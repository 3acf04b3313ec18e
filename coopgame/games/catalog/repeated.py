"""Named games whose payoffs sum over rounds or roles: repeated dilemma, tacit collusion, ultimatum."""

from __future__ import annotations

from typing import Any

from coopgame.games.declarations import Parameter, Population
from coopgame.games.matrix import MatrixGame
from coopgame.games.substitution import with_numbers


def iterated_prisoners_dilemma(**values: Any) -> MatrixGame:
    """Return the prisoner's dilemma of m rounds between ALLC, ALLD and tit-for-tat, which costs c.

    A cost c > 0 makes ALLC the better reply to tit-for-tat, so ALLD is the only strict equilibrium; yet small populations with
    rare mutations spend most of their time near tit-for-tat. The source has T = 5, R = 3, P = 1, S = 1/10, m = 10, c = 0.8. m may be
    an expected number of rounds, and need not be whole. values: numbers for T, R, P, S, m, c.

    References: Imhof, Fudenberg and Nowak (2005), Proceedings of the National Academy of Sciences 102, 10797-10800.

    >>> from coopgame import catalog, find_ess_vertices
    >>> find_ess_vertices(catalog.iterated_prisoners_dilemma(T=5, R=3, P=1, S="0.1", m=10, c="0.8"))
    ('ALLD',)
    """
    game = MatrixGame(
        [
            ["R*m", "S*m", "R*m"],
            ["T*m", "P*m", "T + P*(m - 1)"],
            ["R*m - c", "S + P*(m - 1) - c", "R*m - c"],
        ],
        population=Population(
            "player", ("ALLC", "ALLD", "TFT"), zh="参与者", strategies_zh=("总是合作", "总是背叛", "以牙还牙")
        ),
        name="Iterated prisoner's dilemma",
        zh="重复囚徒困境",
        source="L. A. Imhof, D. Fudenberg and M. A. Nowak (2005), Evolutionary cycles of cooperation and defection, PNAS 102, "
        "10797-10800",
        parameters=[
            Parameter("T", "temptation: defect against a cooperator", "诱惑"),
            Parameter("R", "reward of mutual cooperation", "合作的奖励"),
            Parameter("P", "punishment of mutual defection", "背叛的惩罚"),
            Parameter("S", "sucker's payoff: cooperate against a defector", "受骗者的收益"),
            Parameter("m", "expected number of rounds", "期望轮数", assume="> 1"),
            Parameter("c", "cost of tit-for-tat", "以牙还牙的成本", assume=">= 0"),
        ],
        assumptions=["T > R", "R > P", "P > S"],
    )
    return with_numbers(game, values)


def tacit_collusion(**values: Any) -> MatrixGame:
    """Return repeated price competition between sellers who collude until cheated, and sellers who undercut.

    Colluders share the monopoly profit pm; who undercuts takes it once, and pc each ever after; d is the discount factor. For pm >
    2 pc collusion is a strict equilibrium for d > (pm/2)/(pm - pc). values: numbers for pm, pc, d.

    References: Friedman (1971), Review of Economic Studies 38, 1-12, for the threat; the population of sellers is this project's
    reading.

    >>> from coopgame import catalog, find_ess_vertices
    >>> find_ess_vertices(catalog.tacit_collusion(pm=10, pc=1, d="0.8"))
    ('collude', 'undercut')
    """
    game = MatrixGame(
        [["pm/2/(1 - d)", "d*pc/(1 - d)"], ["pm + d*pc/(1 - d)", "pc/(1 - d)"]],
        population=Population("seller", ("collude", "undercut"), "x", "卖方", ("合谋", "降价")),
        name="Price war or tacit collusion",
        zh="价格战或默契合谋",
        source="J. W. Friedman (1971), A non-cooperative equilibrium for supergames, Review of Economic Studies 38, 1-12; the "
        "population of sellers is added",
        parameters=[
            Parameter("pm", "monopoly profit", "垄断利润", assume="> 0"),
            Parameter("pc", "profit in a price war", "价格战中的利润", assume=">= 0"),
            Parameter("d", "discount factor", "贴现因子", assume="> 0 and < 1"),
        ],
    )
    return with_numbers(game, values)


def ultimatum_minigame(**values: Any) -> MatrixGame:
    """Return the ultimatum game with two offers, high and low, each player proposing once and responding once.

    A strategy is named by its offer and by the least it accepts. Strategies that offer high, high-high and high-low, earn 1 among
    each other: a line of rest points, of which those with more than (h - l)/(1 - l) high-high keep low offers out. low-low is
    the only strict equilibrium. values: numbers for h, l.

    References: Nowak, Page and Sigmund (2000), Science 289, 1773-1775; Gale, Binmore and Samuelson (1995), Games and Economic
    Behavior 8, 56-90.

    >>> from coopgame import catalog
    >>> catalog.ultimatum_minigame().payoffs[0]
    (1, h - l + 1, h, l)
    """
    sizes = {"low": "l", "high": "h"}
    strategies = [("low", "low"), ("high", "low"), ("high", "high"), ("low", "high")]

    def payoff(own: tuple[str, str], other: tuple[str, str]) -> str:
        proposer = f"1 - {sizes[own[0]]}" if _accepts(other, own) else "0"
        responder = sizes[other[0]] if _accepts(own, other) else "0"
        return f"{proposer} + {responder}"

    game = MatrixGame(
        [[payoff(own, other) for other in strategies] for own in strategies],
        population=Population(
            "player",
            tuple("-".join(strategy) for strategy in strategies),
            zh="参与者",
            strategies_zh=("低出价低要求", "高出价低要求", "高出价高要求", "低出价高要求"),
        ),
        name="Ultimatum minigame",
        zh="简化最后通牒博弈",
        source="M. A. Nowak, K. M. Page and K. Sigmund (2000), Fairness versus reason in the ultimatum game, Science 289, "
        "1773-1775",
        parameters=[
            Parameter("h", "high offer", "高出价", assume="< 1"),
            Parameter("l", "low offer", "低出价", assume="> 0"),
        ],
        assumptions="l < h",
    )
    return with_numbers(game, values)


def _accepts(responder: tuple[str, str], proposer: tuple[str, str]) -> bool:
    """Return whether the proposer's offer is at least what the responder demands."""
    return proposer[0] == "high" or responder[1] == "low"
