"""Studies of M8: M1 on networks of horizontal relations, of one trade, and vertical ones, between suppliers and buyers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from coopgame import (
    Game,
    Law,
    MatrixGame,
    Prover,
    birth_death,
    death_birth,
    fermi_imitation,
    find_critical_ratio,
    format_expression,
    imitation_updating,
    parse_expression,
    regular_coefficient,
    replicator_on_graph,
    ring,
)
from coopgame.algebra.conditions import all_of, any_of, negate
from coopgame.report.repro import ClaimResult, StudyContext

from . import m7, m8_clusters
from .common import condition, sentence

RULES: dict[str, Law] = {
    "death-birth": death_birth(),
    "imitation updating": imitation_updating(),
    "birth-death": birth_death(),
    "Fermi imitation": fermi_imitation(),
}
# what a network of degree z takes from greed and from fear, with S = greed + fear and P = CC - WW
LOCAL = {
    "death-birth": "(z*P - S)/((z + 1)*(z - 2))",
    "imitation updating": "(z*P - 3*S)/((z + 3)*(z - 2))",
    "birth-death": "-S/(z - 2)",
    "Fermi imitation": "-S/(z - 2)",
}
_Z, _THETA, _H = sympy.symbols("z theta h")


def kinds(context: StudyContext) -> ClaimResult:
    """Judge C22: do the boundaries of the regimes of M1 move with the kind of network?"""
    game = _game(context)
    context.progress("M8: weak selection on clusters, exact and by eigenvectors")
    table = m8_clusters.weak_table(context)
    context.progress("M8: firms on clusters, simulated")
    runs = m8_clusters.simulated(context, table)
    return ClaimResult(
        verdict="built in: h = 0 on vertical relations; with equal payoffs on both kinds only the numbers of partners tell (weak selection)",
        detail="Two things set vertical clusters apart. Payoffs: no business is taken from a supplier or buyer, so every boundary of the regimes moves towards cooperation as the share of "
        "vertical relations grows, by the same amount for greed and fear; that holds for every rule and degree, as long as suppliers and buyers share as much (a_v = a, k_v = k), "
        "and it is the assumption h = 0 that makes it so. It can be reversed where they share less: then vertical clusters are the harder ones. "
        "Structure: with the same payoffs on all relations and as many partners for every firm, the same conduct takes over more often in horizontal and in vertical clusters under weak "
        "selection, exactly, whatever the density of cliques. What matters is the number of partners, fewer being better under death-birth, and, in clusters of unequal firms, "
        "who has more of them. Under strong selection structure alone does tell, by simulation.",
        evidence=[
            *_local_competition(game),
            *_vertical_share(game),
            _reversed(game),
            *_boundaries(game),
            *_same_structure(),
            *m8_clusters.weak_evidence(table),
            *m8_clusters.simulated_evidence(runs),
            m8_clusters.structure_alone(context),
        ],
        figures={"m8_boundaries": m8_clusters.boundary_figure(context, runs)},
        captions={
            "m8_boundaries": "Subsidy that tips firms to cooperation: clusters of 120 firms, mean share of cooperators with two standard errors; vertical lines: half of the firms cooperate",
            "m8_weak": "Subsidy s from which cooperation is favoured for weak selection, at the values of M1, and the critical ratio of a donation game on the same cluster",
            "m8_simulated": "Subsidy s at which half of the firms cooperate, simulated, with standard errors",
        },
        tables={"m8_weak": table, "m8_simulated": m8_clusters.simulated_table(runs)},
    )


def links(context: StudyContext) -> ClaimResult:
    """Judge C17 in M7 and M8: what links between clusters do to payoffs and to the regimes of cooperation."""
    first = m7.network(context)
    game = _game(context)
    return replace(
        first,
        verdict=f"{first.verdict}; in M8 vertical links enlarge cooperation iff theta*h + B_after > B_before",
        detail=first.detail
        + " On networks (M8) a firm of one trade with z_1 partners gains vertical links and then has z_2 > z_1 partners, the share theta of them vertical. No business is taken along "
        "the new links, which favours cooperation; but under death-birth and imitation more partners weaken the advantage that cooperators have from local competition, which "
        "works against it. Under birth-death and Fermi imitation links always help where price war is risk dominant. Everybody cooperating pays more with links iff a_v + k_v > a + k.",
        evidence=[*first.evidence, *_links(game)],
    )


def _game(context: StudyContext) -> MatrixGame:
    game = context.game("m8")
    assert isinstance(game, MatrixGame)
    return game


def _parts(game: Game) -> dict[str, sympy.Expr]:
    """Return greed, fear, P = CC - WW of a game of cooperation and price war."""
    assert isinstance(game, MatrixGame)
    (cc, cw), (wc, ww) = game.payoffs
    greed, fear = sympy.expand(wc - cc), sympy.expand(ww - cw)
    return {"greed": greed, "fear": fear, "P": sympy.expand(cc - ww), "S": greed + fear}


def _local(rule: str, parts: dict[str, sympy.Expr], degree: sympy.Expr = _Z) -> sympy.Expr:
    """Return what the network takes from greed and fear."""
    symbols = {sympy.Symbol(name): parts[name] for name in ("P", "S")} | {_Z: degree}
    return parse_expression(LOCAL[rule]).xreplace(symbols)


def _local_competition(game: MatrixGame) -> list[str]:
    """Return the terms of Ohtsuki and Nowak in those of M1, after checking them."""
    parts, lines = _parts(game), []
    for rule, law in RULES.items():
        there = _parts(replicator_on_graph(game, "z", law))
        for name in ("greed", "fear"):
            assert sympy.simplify(there[name] - parts[name] + _local(rule, parts)) == 0
    for names, text in (
        ("death-birth", "death-birth"),
        ("imitation updating", "imitation updating"),
        ("birth-death", "birth-death and Fermi imitation"),
    ):
        lines.append(f"{text}: B = {LOCAL[names]}")
    return [
        "M8, exact (large random networks in which every firm has z >= 3 partners, weak selection, pair approximation of Ohtsuki and Nowak 2006): the regimes are those of M1 with "
        "greed - B and fear - B for greed and fear, where S = greed + fear and P = CC - WW; "
        + "; ".join(lines)
        + ".",
        "M8, exact: under birth-death and Fermi imitation greed - B and fear - B sum to S*z/(z - 2), so the sign of S, which says which conduct is risk dominant, stays, and the regimes of "
        "coexistence and coordination shrink: greed < 0 becomes (z - 1)*greed + fear < 0, and fear < 0 becomes (z - 1)*fear + greed < 0.",
    ]


def _vertical_share(game: MatrixGame) -> list[str]:
    """Return how the boundaries move with the share of vertical relations that share as much."""
    same = {sympy.Symbol("a_v"): sympy.Symbol("a"), sympy.Symbol("k_v"): sympy.Symbol("k")}
    parts = {name: part.xreplace(same) for name, part in _parts(game).items()}
    assert sympy.diff(parts["P"], _THETA) == 0
    lines = []
    for rule in RULES:
        shift = sympy.factor(sympy.diff(parts["greed"] - _local(rule, parts), _THETA))
        assert sympy.simplify(shift - sympy.diff(parts["fear"] - _local(rule, parts), _THETA)) == 0
        rise = sympy.cancel(-shift / _H).subs(_Z, sympy.Symbol("y") + 3)
        assert all(c > 0 for c in sympy.Poly(sympy.numer(rise), sympy.Symbol("y")).coeffs())
        assert all(c > 0 for c in sympy.Poly(sympy.denom(rise), sympy.Symbol("y")).coeffs())
        lines.append(f"{rule} {format_expression(shift)}")
    return [
        "M8, exact: with a_v = a and k_v = k the derivative of greed - B and of fear - B by theta is "
        + ", ".join(lines)
        + ": negative for every z >= 3. In a "
        "large population without a network it is -h. So vertical relations move every boundary towards cooperation, and what does it is h > 0 on horizontal relations alone."
    ]


def _reversed(game: MatrixGame) -> str:
    """Return a witness that vertical relations which share less can be the harder ones."""
    prover = Prover(game.assumptions)
    parts = _parts(game)
    horizontal, vertical = ({k: v.xreplace({_THETA: sympy.Integer(end)}) for k, v in parts.items()} for end in (0, 1))
    cooperates = all_of(*(_sign(game, horizontal[name], "<") for name in ("greed", "fear")))
    not_there = any_of(*(_sign(game, vertical[name], ">") for name in ("greed", "fear")))
    less = condition(game, "a_v < a and k_v < k")
    more = all_of(negate(condition(game, "a_v < a")), negate(condition(game, "k_v < k")))
    never = prover.decide(all_of(cooperates, not_there, more))
    assert never.status == "empty"
    return (
        sentence(
            "M8: cooperation dominance among firms of one trade, not along the supply chain",
            prover.decide(all_of(cooperates, not_there, less)),
        )
        + " "
        + sentence("The same where suppliers and buyers share at least as much", never)
    )


def _sign(game: Game, expression: sympy.Expr, relation: str) -> Any:
    return condition(game, f"{format_expression(expression)} {relation} 0")


def _boundaries(game: MatrixGame) -> list[str]:
    """Return the subsidies at which the regimes change for four partners, at the values of the game file."""
    lines = []
    for rule in ("none", *RULES):
        texts = []
        for theta, kind in ((0, "horizontal"), (Fraction(1, 2), "mixed"), (1, "vertical")):
            values = {
                sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator)
                for n, v in game.values({"theta": theta}).items()
                if n != "s"
            }
            parts = {name: part.xreplace(values) for name, part in _parts(game).items()}
            local = sympy.Integer(0) if rule == "none" else _local(rule, parts, sympy.Integer(4))
            tips = [
                sympy.solve(sympy.expand(parts[name] - local), sympy.Symbol("s"))[0] for name in ("greed", "fear")
            ]
            texts.append(f"{kind} {min(tips)} and {max(tips)}")
        name = "without a network" if rule == "none" else f"{rule}, 4 partners"
        lines.append(f"{name}: {', '.join(texts)}")
    return [
        "M8, exact, at the values of the game file: below the first subsidy price war dominates, above the second cooperation does. "
        + "; ".join(lines)
        + "."
    ]


def _same_structure() -> list[str]:
    """Return that regular clusters of different structure select alike, exactly."""
    nets: dict[str, Any] = {
        "a ring of dense neighbourhoods": ring(24, 4),
        "a closed chain of tiers of four firms": m8_clusters.closed_chain(24),
    }
    assert all(net.explicit().degrees.tolist() == [4] * 24 for net in nets.values())
    shown = []
    for rule, law in RULES.items():
        expected = regular_coefficient(law, 4, 24)
        found = {find_critical_ratio(net, law).structure_coefficient.value for net in nets.values()}
        assert found == {expected.value}
        shown.append(f"{rule} {expected.value}")
    return [
        f"M8, exact: {' and '.join(nets)}, 24 firms with 4 partners each and the same payoffs on all relations, have the same structure coefficient: {', '.join(shown)}. It is the "
        "same for all connected networks in which everybody has as many partners."
    ]


def _links(game: MatrixGame) -> list[str]:
    """Return when vertical links enlarge the regimes of cooperation."""
    same = {sympy.Symbol("a_v"): sympy.Symbol("a"), sympy.Symbol("k_v"): sympy.Symbol("k")}
    after = {name: part.xreplace(same) for name, part in _parts(game).items()}
    before = {name: part.xreplace({_THETA: sympy.Integer(0)}) for name, part in after.items()}
    gain = sympy.expand(before["greed"] - after["greed"])
    assert gain == sympy.expand(_THETA * _H) == sympy.expand(before["fear"] - after["fear"])
    lines = [
        "M8, exact, a_v = a and k_v = k: both boundaries move by theta*h + B_after - B_before, with B_before at z_1 and theta = 0 and B_after at z_2; cooperation gains where that is positive."
    ]
    first, second = sympy.Integer(4), sympy.Integer(8)
    for rule in RULES:
        moved = gain + _local(rule, after, second) - _local(rule, before, first)
        values = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in game.values().items()}
        number = moved.xreplace(values)
        least = sympy.solve(moved.xreplace({k: v for k, v in values.items() if k != _H}), _H)
        lines.append(
            f"M8, exact, {rule}, from 4 partners of one trade to 8 of whom half are suppliers and buyers, at the values of the game file: moved by {number} "
            f"({float(number):.4f}), {'towards' if number > 0 else 'away from'} cooperation; it turns at h = {', '.join(map(str, least)) or 'no value'}."
        )
    total = sympy.diff(game.payoffs[0][0], _THETA)
    assert sympy.expand(total - parse_expression("a_v + k_v - a - k")) == 0
    return [
        *lines,
        "M8, exact: what everybody earns when all cooperate rises with theta at the rate a_v + k_v - a - k.",
    ]
