"""Named models of quantities: clusters in symbiosis, enterprises of one cluster, predator and prey, species in a cycle."""

from __future__ import annotations

from math import inf
from typing import Any

from coopgame.games.declarations import Environment, Parameter
from coopgame.games.rate_model import RateModel
from coopgame.games.substitution import with_numbers


def _quantity(name: str, rate: str, meaning: str, zh: str) -> Environment:
    return Environment(name, rate, meaning, zh, between=(0, inf))


def symbiosis(**values: Any) -> RateModel:
    """Return two clusters that grow towards capacities of their own and harm or help each other: Lotka and Volterra's equations.

    dN1/dt = r1 N1 (1 - N1/K1 + s12 N2/K2), and the same for N2 with s21. Negative s12, s21 are competition, positive ones
    mutualism, one of each sign exploitation. Both lasting outputs are N1 = K1 (1 + s12)/(1 - s12 s21), N2 = K2 (1 + s21)/(1 - s12 s21); they
    attract where they exist and s12 s21 < 1. With stronger competition on both sides the winner takes all; with stronger mutualism on
    both sides outputs grow beyond every bound. values: numbers for r1, r2, K1, K2, s12 and s21.

    References: Lotka (1925), Elements of Physical Biology; Volterra (1926), Nature 118; Hofbauer and Sigmund (1998), chapters 3 to 5.

    >>> from coopgame import catalog
    >>> catalog.symbiosis().coordinates
    ('N1', 'N2')
    """
    model = RateModel(
        [
            _quantity("N1", "r1*N1*(1 - N1/K1 + s12*N2/K2)", "output of the first cluster", "第一集群的产出"),
            _quantity("N2", "r2*N2*(1 - N2/K2 + s21*N1/K1)", "output of the second cluster", "第二集群的产出"),
        ],
        name="Symbiosis of two clusters",
        zh="两集群共生模型",
        source="A. J. Lotka (1925), Elements of Physical Biology; V. Volterra (1926), Fluctuations in the abundance of a species "
        "considered mathematically, Nature 118, 558-560; in the form used for industrial symbiosis",
        parameters=[
            Parameter("r1", "growth rate of the first cluster", "第一集群的增长率", assume="> 0"),
            Parameter("r2", "growth rate of the second cluster", "第二集群的增长率", assume="> 0"),
            Parameter("K1", "capacity of the first cluster alone", "第一集群独立时的容量", assume="> 0"),
            Parameter("K2", "capacity of the second cluster alone", "第二集群独立时的容量", assume="> 0"),
            Parameter("s12", "effect of the second cluster on the first", "第二集群对第一集群的作用系数"),
            Parameter("s21", "effect of the first cluster on the second", "第一集群对第二集群的作用系数"),
        ],
    )
    return with_numbers(model, values)


def enterprise_cluster(**values: Any) -> RateModel:
    """Return two enterprises of one cluster, of which the first suffers from the second's output and the second gains from the first's.

    dx1/dt = r1 x1 (1 - x1/K1 - al (x2 - c2)^2/K2), dx2/dt = r2 x2 (1 - x2/K2 + be (x1 - c1)^2/K1): competition and cooperation
    count by the square of how far the other one's output is from its initial production c. values: numbers for r1, r2, K1, K2, al, be,
    c1, c2.

    References: Zhang, Zhang and Wade (2018), Boundary Value Problems 2018, doi 10.1186/s13661-018-1032-9, equation (1.1), without the
    delays that they and others add.

    >>> from coopgame import catalog
    >>> catalog.enterprise_cluster().coordinates
    ('x1', 'x2')
    """
    model = RateModel(
        [
            _quantity(
                "x1", "r1*x1*(1 - x1/K1 - al*(x2 - c2)**2/K2)", "output of the first enterprise", "企业一的产出"
            ),
            _quantity(
                "x2", "r2*x2*(1 - x2/K2 + be*(x1 - c1)**2/K1)", "output of the second enterprise", "企业二的产出"
            ),
        ],
        name="Competition and cooperation of two enterprises in a cluster",
        zh="集群内两企业竞争合作模型",
        source="X. Zhang, Z. Zhang and M. J. Wade (2018), Dynamical analysis of a competition and cooperation system with multiple delays, "
        "Boundary Value Problems 2018, equation (1.1), without delays",
        parameters=[
            Parameter("r1", "growth rate of the first enterprise", "企业一的增长率", assume="> 0"),
            Parameter("r2", "growth rate of the second enterprise", "企业二的增长率", assume="> 0"),
            Parameter("K1", "capacity of the first enterprise alone", "企业一独立时的容量", assume="> 0"),
            Parameter("K2", "capacity of the second enterprise alone", "企业二独立时的容量", assume="> 0"),
            Parameter("al", "competition by the second enterprise", "企业二的竞争系数", assume="> 0"),
            Parameter("be", "cooperation by the first enterprise", "企业一的合作系数", assume="> 0"),
            Parameter("c1", "initial production of the first enterprise", "企业一的初始产量", assume=">= 0"),
            Parameter("c2", "initial production of the second enterprise", "企业二的初始产量", assume=">= 0"),
        ],
    )
    return with_numbers(model, values)


def predator_prey(**values: Any) -> RateModel:
    """Return prey that grows by itself and predators that live on it: closed orbits around (c/d, a/b).

    dx/dt = x (a - b y), dy/dt = y (d x - c). Small swings have the period 2 pi/sqrt(a c). values: numbers for a, b, c and d.

    References: Lotka (1920), Proceedings of the National Academy of Sciences 6; Volterra (1926), Nature 118.

    >>> from coopgame import catalog, find_rest_points
    >>> find_rest_points(catalog.predator_prey(a=1, b=1, c=1, d=2)).at(x="1/2", y=1).attracting
    'lyapunov'
    """
    model = RateModel(
        [
            _quantity("x", "x*(a - b*y)", "prey", "猎物"),
            _quantity("y", "y*(d*x - c)", "predators", "捕食者"),
        ],
        name="Predator and prey",
        zh="捕食者与猎物模型",
        source="A. J. Lotka (1920), Analytical note on certain rhythmic relations in organic systems, Proceedings of the National Academy of "
        "Sciences 6, 410-415; V. Volterra (1926), Nature 118, 558-560",
        parameters=[
            Parameter("a", "growth rate of prey", "猎物的增长率", assume="> 0"),
            Parameter("b", "prey lost per predator", "捕食造成的猎物损失率", assume="> 0"),
            Parameter("c", "death rate of predators", "捕食者的死亡率", assume="> 0"),
            Parameter("d", "predators gained per prey", "捕食者的转化率", assume="> 0"),
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
            Parameter(
                "al", "competition from the next species of the cycle", "循环中下一物种的竞争系数", assume="> 0"
            ),
            Parameter("be", "competition from the species after that", "循环中再下一物种的竞争系数", assume="> 0"),
        ],
    )
    return with_numbers(model, values)
