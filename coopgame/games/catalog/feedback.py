"""Named games with feedback between strategies and an environment."""

from __future__ import annotations

from typing import Any

from coopgame.games.declarations import Environment, Parameter, Population
from coopgame.games.matrix import MatrixGame
from coopgame.games.substitution import with_numbers

_PLAYERS = Population("players", ("cooperate", "defect"), "x", "参与者", ("合作", "背叛"))
_ROWS = [
    ["(1 - n)*R0 + n*R1", "(1 - n)*S0 + n*S1"],
    ["(1 - n)*T0 + n*T1", "(1 - n)*P0 + n*P1"],
]


def _payoffs() -> list[Parameter]:
    """Return the payoffs where the environment is depleted (0) and replete (1)."""
    words = {
        "R": ("both cooperate", "双方合作"),
        "S": ("cooperate against defect", "合作对背叛"),
        "T": ("defect against cooperate", "背叛对合作"),
        "P": ("both defect", "双方背叛"),
    }
    states = (("0", "depleted", "资源枯竭"), ("1", "replete", "资源充足"))
    return [
        Parameter(letter + number, f"{english}, {state}", f"{chinese}，{zh}")
        for number, state, zh in states
        for letter, (english, chinese) in words.items()
    ]


def commons_feedback(**values: Any) -> MatrixGame:
    """Return a game whose payoffs move with the state n of a commons that cooperators restore and defectors deplete.

    Payoffs are interpolated between a depleted (R0, S0, T0, P0) and a replete commons (R1, S1, T1, P1), and
    dn/dt = eps n (1 - n)(theta x - (1 - x)). The interior rest point has x = 1/(1 + theta). With gains from cooperation where
    depleted (R0 > T0, S0 > P0) and from defection where replete (T1 > R1, P1 > S1) it attracts for (P1 - S1)(R0 - T0) < (S0 - P0)(T1
    - R1); for > the border is an attracting heteroclinic cycle, the oscillating tragedy of the commons. values: numbers for the
    eight payoffs, theta and eps.

    References: Weitz, Eksin, Paarporn, Brown and Ratcliff (2016), Proceedings of the National Academy of Sciences 113,
    E7518-E7525.

    >>> from coopgame import catalog
    >>> catalog.commons_feedback(theta=2, eps="1/10").environment[0].rate
    n*(1 - n)*(3*x - 1)/10
    """
    rate = "eps*n*(1 - n)*(theta*x - (1 - x))"
    game = MatrixGame(
        _ROWS,
        population=_PLAYERS,
        environment=[Environment("n", rate, "state of the commons", "公共资源的状态")],
        name="Oscillating tragedy of the commons",
        zh="振荡的公地悲剧",
        source="J. S. Weitz, C. Eksin, K. Paarporn, S. P. Brown and W. C. Ratcliff (2016), An oscillating tragedy of the commons "
        "in replicator dynamics with game-environment feedback, PNAS 113, E7518-E7525",
        parameters=[
            *_payoffs(),
            Parameter(
                "theta", "strength of cooperators in restoring the commons", "合作者恢复资源的强度", assume="> 0"
            ),
            Parameter("eps", "speed of the environment over that of strategies", "环境与策略的速度比", assume="> 0"),
        ],
    )
    return with_numbers(game, values)


def renewable_resource(**values: Any) -> MatrixGame:
    """Return a game whose payoffs move with a resource n that grows by itself and is harvested by all.

    dn/dt = eps (n (1 - n) - n (a x + b (1 - x))): cooperators harvest at the rate a, defectors at b. Unlike where strategies alone
    decide on growth, the interior rest point may lose its stability in a Hopf bifurcation as eps falls. values: numbers for
    the eight payoffs, a, b and eps.

    References: after Tilman, Plotkin and Akçay (2020), Nature Communications 11, 915; this parametrisation is this project's.

    >>> from coopgame import catalog
    >>> catalog.renewable_resource(eps=1, a=0, b=1).environment[0].rate
    n*(1 - n) - n*(1 - x)
    """
    rate = "eps*(n*(1 - n) - n*(a*x + b*(1 - x)))"
    game = MatrixGame(
        _ROWS,
        population=_PLAYERS,
        environment=[Environment("n", rate, "state of the resource", "资源的状态")],
        name="Renewable resource and its users",
        zh="可再生资源及其使用者",
        source="after A. R. Tilman, J. B. Plotkin and E. Akcay (2020), Evolutionary games with environmental feedbacks, Nature "
        "Communications 11, 915; this parametrisation our own",
        parameters=[
            *_payoffs(),
            Parameter("a", "harvest by cooperators", "合作者的采收率", assume=">= 0"),
            Parameter("b", "harvest by defectors", "背叛者的采收率", assume=">= 0"),
            Parameter("eps", "speed of the environment over that of strategies", "环境与策略的速度比", assume="> 0"),
        ],
    )
    return with_numbers(game, values)
