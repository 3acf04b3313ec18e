"""Named models of quantities alone: clusters of firms, predator and prey, species that compete in a cycle."""

from __future__ import annotations

from math import inf
from typing import Any

from coopgame.games.declarations import Environment, Parameter
from coopgame.games.rate_model import RateModel
from coopgame.games.substitution import with_numbers


def _quantity(name: str, rate: str, meaning: str, zh: str) -> Environment:
    return Environment(name, rate, meaning, zh, between=(0, inf))


def cluster_symbiosis(**values: Any) -> RateModel:
    """Return two clusters of firms whose outputs grow logistically and help or hinder each other.

    dN1/dt = r1 N1 (1 - N1/K1 + s12 N2/K2), and dN2/dt likewise with s21. Positive effects s12, s21 are symbiosis, negative ones
    competition, one of each a parasite and its host. With both above -1 the outputs settle on N1 = K1 (1 + s12)/(1 - s12 s21), N2 = K2 (1 +
    s21)/(1 - s12 s21) for s12 s21 < 1 and grow without bound for s12 s21 > 1; with both below -1 the winner takes all. values: numbers
    for r1, r2, K1, K2, s12 and s21.

    References: Lotka (1925), Elements of Physical Biology; Volterra (1926), Nature 118, 558-560; with effects of either sign Hofbauer
    and Sigmund (1998), chapters 3 and 15.

    >>> from coopgame import catalog, find_rest_points
    >>> print(find_rest_points(catalog.cluster_symbiosis(), dict(r1=1, r2=1, K1=1, K2=1, s12="1/2", s21="1/2"))["I1"].place())
    N1 = 2, N2 = 2
    """
    model = RateModel(
        [
            _quantity("N1", "r1*N1*(1 - N1/K1 + s12*N2/K2)", "output of cluster 1", "集群1的产出"),
            _quantity("N2", "r2*N2*(1 - N2/K2 + s21*N1/K1)", "output of cluster 2", "集群2的产出"),
        ],
        name="Symbiosis and competition of two clusters",
        zh="两集群的共生与竞争（Lotka-Volterra）",
        source="A. J. Lotka (1925), Elements of Physical Biology, and V. Volterra (1926), Fluctuations in the abundance of a species "
        "considered mathematically, Nature 118, 558-560; with effects of either sign, as in models of industrial symbiosis",
        parameters=[
            Parameter("r1", "growth rate of cluster 1", "集群1的增长率", assume="> 0"),
            Parameter("r2", "growth rate of cluster 2", "集群2的增长率", assume="> 0"),
            Parameter("K1", "capacity of cluster 1 alone", "集群1独立时的容量", assume="> 0"),
            Parameter("K2", "capacity of cluster 2 alone", "集群2独立时的容量", assume="> 0"),
            Parameter("s12", "effect of cluster 2 on cluster 1", "集群2对集群1的作用系数"),
            Parameter("s21", "effect of cluster 1 on cluster 2", "集群1对集群2的作用系数"),
        ],
    )
    return with_numbers(model, values)


def enterprise_cluster(**values: Any) -> RateModel:
    """Return two enterprises of a cluster, of which the first is hurt by the output of the second, which gains from the first.

    dx1/dt = r1 x1 (1 - x1/K1 - al (x2 - c2)^2/K2), dx2/dt = r2 x2 (1 - x2/K2 + be (x1 - c1)^2/K1): outputs above and below the initial
    productions c1, c2 count alike. values: numbers for r1, r2, K1, K2, al, be, c1 and c2.

    References: Zhang, Zhang and Wade (2018), Boundary Value Problems 2018, article 1032-9, equation (1.1), without delays.

    >>> from coopgame import catalog
    >>> catalog.enterprise_cluster(c1=0, c2=0).coordinates
    ('x1', 'x2')
    """
    model = RateModel(
        [
            _quantity("x1", "r1*x1*(1 - x1/K1 - al*(x2 - c2)**2/K2)", "output of enterprise 1", "企业1的产出"),
            _quantity("x2", "r2*x2*(1 - x2/K2 + be*(x1 - c1)**2/K1)", "output of enterprise 2", "企业2的产出"),
        ],
        name="Competition and cooperation of two enterprises",
        zh="两企业竞争合作的集群模型",
        source="X. Zhang, Z. Zhang and M. J. Wade (2018), Dynamical analysis of a competition and cooperation system with multiple delays, "
        "Boundary Value Problems 2018, equation (1.1), without delays",
        parameters=[
            Parameter("r1", "growth rate of enterprise 1", "企业1的增长率", assume="> 0"),
            Parameter("r2", "growth rate of enterprise 2", "企业2的增长率", assume="> 0"),
            Parameter("K1", "market capacity for enterprise 1", "企业1的市场容量", assume="> 0"),
            Parameter("K2", "market capacity for enterprise 2", "企业2的市场容量", assume="> 0"),
            Parameter("al", "loss of enterprise 1 to enterprise 2", "企业2对企业1的竞争系数", assume="> 0"),
            Parameter("be", "gain of enterprise 2 from enterprise 1", "企业1对企业2的合作系数", assume="> 0"),
            Parameter("c1", "initial production of enterprise 1", "企业1的初始产量", assume=">= 0"),
            Parameter("c2", "initial production of enterprise 2", "企业2的初始产量", assume=">= 0"),
        ],
    )
    return with_numbers(model, values)


def predator_prey(**values: Any) -> RateModel:
    """Return the classical model of a prey that grows and a predator that lives on it.

    dx/dt = x (r - a y), dy/dt = y (b x - m). All orbits around the rest point (m/b, r/a) are closed; small ones have the period 2
    pi/sqrt(r m), and on each the time averages are those of the rest point. values: numbers for r, a, b and m.

    References: Lotka (1925), Elements of Physical Biology; Volterra (1926), Nature 118, 558-560; Hofbauer and Sigmund (1998),
    sections 2.2 and 2.3.

    >>> from coopgame import catalog, find_rest_points
    >>> print(find_rest_points(catalog.predator_prey())["I1"])
    I1 (x = m/b, y = r/a): center, lyapunov
    """
    model = RateModel(
        [
            _quantity("x", "x*(r - a*y)", "density of the prey", "被捕食者密度"),
            _quantity("y", "y*(b*x - m)", "density of the predator", "捕食者密度"),
        ],
        name="Predator and prey",
        zh="捕食者与被捕食者",
        source="A. J. Lotka (1925), Elements of Physical Biology; V. Volterra (1926), Fluctuations in the abundance of a species considered "
        "mathematically, Nature 118, 558-560",
        parameters=[
            Parameter("r", "growth rate of the prey alone", "被捕食者独立时的增长率", assume="> 0"),
            Parameter("a", "loss of prey for each predator", "捕食率", assume="> 0"),
            Parameter("b", "growth of predators for each prey", "捕食转化率", assume="> 0"),
            Parameter("m", "mortality of predators without prey", "捕食者的死亡率", assume="> 0"),
        ],
    )
    return with_numbers(model, values)


def cyclic_competition(**values: Any) -> RateModel:
    """Return three species that compete in a cycle, the model of May and Leonard.

    dN1/dt = N1 (1 - N1 - al N2 - be N3), and so on around the cycle. All three at 1/(1 + al + be) are stable for al + be < 2; for al + be
    > 2 with al < 1 < be the trajectories go from species to species, for ever longer, towards the heteroclinic cycle of the three
    states with one species. values: numbers for al and be.

    References: May and Leonard (1975), SIAM Journal on Applied Mathematics 29, 243-253; Hofbauer and Sigmund (1998), section 5.5.

    >>> from coopgame import catalog
    >>> catalog.cyclic_competition(al="0.8", be="1.3").environment[2].rate
    N3*(-4*N1/5 - 13*N2/10 - N3 + 1)
    """
    following = {1: (2, 3), 2: (3, 1), 3: (1, 2)}
    model = RateModel(
        [
            _quantity(f"N{i}", f"N{i}*(1 - N{i} - al*N{j} - be*N{k})", f"density of species {i}", f"物种{i}的密度")
            for i, (j, k) in following.items()
        ],
        name="Competition of three species in a cycle (May and Leonard)",
        zh="三物种的循环竞争（May-Leonard）",
        source="R. M. May and W. J. Leonard (1975), Nonlinear aspects of competition between three species, SIAM Journal on Applied Mathematics "
        "29, 243-253",
        parameters=[
            Parameter("al", "competition from the next species of the cycle", "循环中下一物种的竞争系数", assume="> 0"),
            Parameter("be", "competition from the species after that", "循环中再下一物种的竞争系数", assume="> 0"),
        ],
    )
    return with_numbers(model, values)
