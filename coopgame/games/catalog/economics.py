"""Named games of markets and their supervision: Cournot, Bertrand, entry, inspection, location, three parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy

from coopgame.errors import GameError
from coopgame.expressions import exact_number, format_expression, parse_expression, to_sympy
from coopgame.games.declarations import Parameter, Population
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.population import PopulationGame
from coopgame.games.substitution import with_numbers

_OUTPUTS = {"collusive": "(a - c)/(4*b)", "Cournot": "(a - c)/(3*b)", "competitive": "(a - c)/(2*b)"}
_OUTPUTS_ZH = ("合谋产量", "古诺产量", "竞争产量")
_MARKUPS = ("1/10", "1/5", "3/10", "2/5", "1/2")


def _demand() -> list[Parameter]:
    """Return linear demand, price a - b Q, and the unit cost."""
    return [
        Parameter("a", "highest price that anybody pays", "最高需求价格", assume="> 0"),
        Parameter("b", "slope of demand", "需求斜率", assume="> 0"),
        Parameter("c", "unit cost", "单位成本", assume=">= 0"),
    ]


def cournot_duopoly(quantities: Mapping[str, Any] | Sequence[Any] = _OUTPUTS, **values: Any) -> MatrixGame:
    """Return quantity competition of two firms with linear demand: q_i earns q_i (a - b (q_i + q_j) - c).

    quantities: a list of numbers or expressions of a, b and c, or a mapping that names them; by default half of the monopoly's
    output, Cournot's (a - c)/(3 b), and half of what sells at cost. The price a - b Q is not cut off at 0, so keep the sum of two
    quantities below a/b. On any grid that holds it, Cournot's output is the only pure evolutionarily stable strategy of a large
    population. values: numbers for a, b, c.

    Raises GameError when quantities repeat or there are none.

    References: Cournot (1838), Recherches sur les principes mathématiques de la théorie des richesses; for imitation in
    small groups, which ends at the competitive output instead: Vega-Redondo (1997), Econometrica 65, 375-384.

    >>> from coopgame import catalog, find_ess_vertices
    >>> find_ess_vertices(catalog.cournot_duopoly(a=10, b=1, c=1))
    ('Cournot',)
    """
    outputs = _named_quantities(quantities)
    a, b, c = sympy.symbols("a b c")
    payoffs = [[sympy.factor(q * (a - b * (q + other) - c)) for other in outputs.values()] for q in outputs.values()]
    zh = _OUTPUTS_ZH if quantities is _OUTPUTS else None
    game = MatrixGame(
        payoffs,
        population=Population("firm", tuple(outputs), _symbol(outputs), "企业", zh),
        name="Cournot duopoly",
        zh="古诺双寡头",
        source="A. Cournot (1838), Recherches sur les principes mathématiques de la théorie des richesses, Hachette",
        parameters=_demand(),
        assumptions="a > c",
    )
    return with_numbers(game, values)


def _symbol(strategies: Mapping[str, Any] | Sequence[Any]) -> str | None:
    """Return the symbol of the first of two strategies; more have none."""
    return "x" if len(strategies) == 2 else None


def _named_quantities(given: Mapping[str, Any] | Sequence[Any]) -> dict[str, sympy.Expr]:
    """Return quantities by name; those of a list are named after themselves."""
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise GameError(
            f"quantities are {given!r}; give a list such as ['1', '3/2'], or a mapping from name to quantity"
        )
    if isinstance(given, Mapping):
        found = {str(name): parse_expression(q, f"quantity {name}") for name, q in given.items()}
    else:
        read = [parse_expression(q, "quantity") for q in given]
        found = {format_expression(q): q for q in read}
    if not found or len(set(found.values())) != len(list(given)):
        raise GameError(f"quantities are {', '.join(found) or 'none'}, or some repeat; give each once")
    return found


def bertrand_duopoly(markups: Sequence[Any] = _MARKUPS, **values: Any) -> MatrixGame:
    """Return price competition of two firms with linear demand: the lower price serves the market, equal prices share it.

    markups: the prices on the grid as numbers m between 0 and 1, for a price c + m (a - c), where the market yields m (1 -
    m)(a - c)^2/b. On a grid of equal steps from the cost upwards the lowest price above the cost is the only strict equilibrium: a price war. values:
    numbers for a, b, c.

    Raises GameError for markups that repeat or lie outside 0 to 1.

    References: Bertrand (1883), Journal des Savants 67, 499-508.

    >>> from coopgame import catalog, find_ess_vertices
    >>> find_ess_vertices(catalog.bertrand_duopoly(a=10, b=1, c=1))
    ('1/10',)
    """
    grid = _checked_markups(markups)
    a, b, c = sympy.symbols("a b c")

    def payoff(own: Fraction, other: Fraction) -> sympy.Expr:
        part = Fraction(own < other) + Fraction(own == other, 2)
        share = part * own * (1 - own)
        return to_sympy(share) * (a - c) ** 2 / b

    game = MatrixGame(
        [[payoff(own, other) for other in grid] for own in grid],
        population=Population("firm", tuple(str(m) for m in grid), _symbol(grid), "企业"),
        name="Bertrand price war",
        zh="伯特兰价格战",
        source="J. Bertrand (1883), Review of Théorie mathématique de la richesse sociale and of Recherches sur les principes "
        "mathématiques de la théorie des richesses, Journal des Savants 67, 499-508",
        parameters=_demand(),
        assumptions="a > c",
    )
    return with_numbers(game, values)


def _checked_markups(given: Sequence[Any]) -> list[Fraction]:
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise GameError(f"markups are {given!r}; give a list such as ['1/10', '1/5']")
    grid = [exact_number(m, "markup") for m in given]
    outside = [str(m) for m in grid if not 0 <= m <= 1]
    if outside or not grid or len(set(grid)) != len(grid):
        problem = f"{', '.join(outside)} outside 0 to 1" if outside else "none, or repeated"
        raise GameError(f"markups are {problem}; give different numbers from 0 (at cost) to 1 (no demand)")
    return grid


def entry_deterrence(**values: Any) -> NormalFormGame:
    """Return the chain-store game: an incumbent shares the market with an entrant, or fights at a loss of all profit.

    Entry and sharing is the only stable state. A line of rest points with no entry and a share of more than 1 - o/d of incumbents
    who would fight lies beside it, for a fight that never takes place is never punished. The source has m = 5, d = 2, o = 1. values:
    numbers for m, d, o.

    References: Selten (1978), Theory and Decision 9, 127-159; its dynamics: Weibull (1995).

    >>> from coopgame import catalog, find_pure_nash_equilibria
    >>> for e in find_pure_nash_equilibria(catalog.entry_deterrence(m=5, d=2, o=1)):
    ...     print(e.profile, e.strict)
    ('enter', 'share') True
    ('stay out', 'fight') False
    """
    game = NormalFormGame(
        {
            ("enter", "share"): ("d", "d"),
            ("enter", "fight"): (0, 0),
            ("stay out", "share"): ("o", "m"),
            ("stay out", "fight"): ("o", "m"),
        },
        [
            Population("entrant", ("enter", "stay out"), "x", "进入者", ("进入", "不进入")),
            Population("incumbent", ("share", "fight"), "y", "在位者", ("容忍", "斗争")),
        ],
        name="Entry deterrence",
        zh="市场进入博弈",
        source="R. Selten (1978), The chain store paradox, Theory and Decision 9, 127-159",
        parameters=[
            Parameter("m", "profit of the monopoly", "垄断利润"),
            Parameter("d", "profit of each in the duopoly", "双寡头各自的利润"),
            Parameter("o", "what the entrant earns elsewhere", "进入者的外部收益", assume="> 0"),
        ],
        assumptions=["m > d", "d > o"],
    )
    return with_numbers(game, values)


def inspection_game(**values: Any) -> NormalFormGame:
    """Return the inspection game: inspecting costs c, cheating gains g, and the inspector keeps the fine F of who is caught.

    For F > c and F > g the mixture with a share g/F of inspections and c/F of cheating is a centre: a higher fine lowers both, and
    never makes compliance stable. values: numbers for F, c, g.

    References: Tsebelis (1989), American Political Science Review 83, 77-91; Avenhaus, von Stengel and Zamir (2002),
    Handbook of Game Theory 3, 1947-1987.

    >>> from coopgame import catalog, find_rest_points
    >>> list(find_rest_points(catalog.inspection_game())["I1"].coordinates.values())
    [g/F, c/F]
    """
    game = NormalFormGame(
        {
            ("inspect", "cheat"): ("F - c", "g - F"),
            ("inspect", "comply"): ("-c", 0),
            ("rest", "cheat"): (0, "g"),
            ("rest", "comply"): (0, 0),
        },
        [
            Population("inspector", ("inspect", "rest"), "x", "检查者", ("检查", "不检查")),
            Population("inspectee", ("cheat", "comply"), "y", "被检查者", ("违规", "合规")),
        ],
        name="Inspection game",
        zh="检查博弈",
        source="G. Tsebelis (1989), The Abuse of Probability in Political Analysis: The Robinson Crusoe Fallacy, American "
        "Political Science Review 83, 77-91",
        parameters=[
            Parameter("F", "fine", "罚金", assume="> 0"),
            Parameter("c", "cost of an inspection", "检查成本", assume="> 0"),
            Parameter("g", "gain from cheating", "违规所得", assume="> 0"),
        ],
    )
    return with_numbers(game, values)


def footloose_entrepreneur(**values: Any) -> PopulationGame:
    """Return entrepreneurs who choose between two regions by the real wages that their own number makes.

    lam is the share in the north, phi the freeness of trade, mu the share of income spent on manufactures, sg the elasticity of
    substitution. Wages w1, w2 solve w1 = mu/sg (Y1/D1 + phi Y2/D2), w2 = mu/sg (phi Y1/D1 + Y2/D2) with incomes Y1 = w1 lam + 1/2, Y2
    = w2 (1 - lam) + 1/2 and D1 = lam + phi (1 - lam), D2 = phi lam + 1 - lam; real wages are w1 D1^(mu/(sg - 1)) and alike.

    Even dispersion is stable below phi = (sg - mu)(sg - 1 - mu)/((sg + mu)(sg - 1 + mu)), and agglomeration already from a little
    less on: both are stable in between. values: numbers for mu, sg, phi.

    References: Forslid and Ottaviano (2003), Journal of Economic Geography 3, 229-240.

    >>> from coopgame import catalog, find_rest_points
    >>> [str(p.stability) for p in find_rest_points(catalog.footloose_entrepreneur(mu="0.4", sg=5, phi="0.5"))]
    ['source', 'source', 'sink']
    """
    d1, d2 = "(lam + phi*(1 - lam))", "(phi*lam + 1 - lam)"
    # w1 (1 - a11) - a12 w2 = r1 and -a21 w1 + (1 - a22) w2 = r2, solved by Cramer's rule
    r1, r2 = f"mu/sg/2*(1/{d1} + phi/{d2})", f"mu/sg/2*(phi/{d1} + 1/{d2})"
    a11, a12 = f"mu/sg*lam/{d1}", f"mu/sg*phi*(1 - lam)/{d2}"
    a21, a22 = f"mu/sg*phi*lam/{d1}", f"mu/sg*(1 - lam)/{d2}"
    determinant = f"((1 - {a11})*(1 - {a22}) - {a12}*({a21}))"
    wage1, wage2 = f"({r1}*(1 - {a22}) + {a12}*({r2}))", f"({r2}*(1 - {a11}) + {a21}*({r1}))"
    index = "exp(mu/(sg - 1)*log({}))"
    game = PopulationGame(
        {
            "entrepreneurs": {
                "north": f"{wage1}/{determinant}*{index.format(d1)}",
                "south": f"{wage2}/{determinant}*{index.format(d2)}",
            }
        },
        [Population("entrepreneurs", ("north", "south"), "lam", "企业家", ("北部", "南部"))],
        name="Footloose entrepreneurs between two regions",
        zh="两地区间的自由企业家",
        source="R. Forslid and G. I. P. Ottaviano (2003), An analytically solvable core-periphery model, Journal of Economic "
        "Geography 3, 229-240",
        parameters=[
            Parameter("mu", "share of income spent on manufactures", "制造品支出份额", assume="> 0 and < 1"),
            Parameter("sg", "elasticity of substitution between varieties", "产品替代弹性", assume="> 1"),
            Parameter("phi", "freeness of trade", "贸易自由度", range=(Fraction(0), Fraction(1)), assume="> 0"),
        ],
    )
    return with_numbers(game, values)
