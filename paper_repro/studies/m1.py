"""Studies of M1, co-opetition in the cluster."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from coopgame import (
    Game,
    Prover,
    cooperation_index,
    decompose,
    find_regimes,
    find_rest_points,
    parse_expression,
    replicator,
)
from coopgame.algebra.conditions import Condition, all_of
from coopgame.report.repro import ClaimResult, StudyContext

from . import m4
from .common import condition, proved, regime_rows, sentence, share_sentence, witness_values

# the terms in which the results are stated
Q = "h - d - t + c - s"
A = "(1 - psi)*a + (1 - phi)*k"
GREED = f"({Q}) + v - ({A})"
FEAR = f"({Q}) - g - v"
PRIVATE = f"a + k + g + h - ({Q})"
SOCIAL = "a + k + d + g - c"
NAMES = {
    ("E1",): "price-war dominance",
    ("E2",): "cooperation dominance",
    ("I1",): "coexistence",
    ("E1", "E2"): "coordination",
}
CHINESE = {
    "price-war dominance": "价格战占优",
    "cooperation dominance": "合作占优",
    "coexistence": "共存",
    "coordination": "协调（双稳态）",
}
TERMS = {
    "price-war dominance": "q > max(A - v, g + v)",
    "cooperation dominance": "q < min(A - v, g + v)",
    "coexistence": "A - v < q < g + v",
    "coordination": "g + v < q < A - v",
}
# signs of greed and fear in each regime
_SIGNS = {
    "price-war dominance": (">", ">"),
    "cooperation dominance": ("<", "<"),
    "coexistence": (">", "<"),
    "coordination": ("<", ">"),
}
CC, CW = "m + a + k - c + s", "m - h - c + s + v"
WC, WW = "m + h - d + phi*k + psi*a - t + v", "m - d - g - t"
BOX = dict.fromkeys(("a", "psi", "k", "phi", "v", "c", "h", "d", "g"), (0.0, 1.0))
BOX |= {"m": (0.5, 1.5), "s": (0.0, 0.5), "t": (0.0, 0.5)}


def _setting(context: StudyContext) -> tuple[Game, Prover, Any]:
    game = context.game("m1")
    prover = context.cached("m1 prover", lambda: Prover(game.assumptions))
    regimes = context.cached("m1 regimes", lambda: find_regimes(game))
    return game, prover, regimes


def _regime(regimes: Any, name: str) -> Condition:
    found: Condition = next(r.definition for r in regimes if NAMES[r.stable] == name)
    return found


def _identity(first: str, second: str) -> bool:
    return bool(sympy.expand(parse_expression(first) - parse_expression(second)) == 0)


def shared_logistics(context: StudyContext) -> ClaimResult:
    """Judge C01: does the saving raise the advantage of cooperation?"""
    game, _, _ = _setting(context)
    slope = sympy.factor(sympy.diff(sympy.expand(game.advantage(0)), sympy.Symbol("a")))
    fear = sympy.diff(parse_expression(FEAR), sympy.Symbol("a"))
    return ClaimResult(
        "holds iff psi < 1",
        f"The advantage of cooperation grows with a at the rate {slope}, which is positive in the interior exactly when "
        "part of the saving stays with those who share. It never destabilises the all-price-war state: fear does not "
        f"contain a (its derivative is {fear}). That sharing lowers cost at all is built in (a > 0).",
        [f"Exact: d(advantage)/da = {slope}."],
    )


def spillover(context: StudyContext) -> ClaimResult:
    """Judge the M1 part of C02."""
    game, _, _ = _setting(context)
    slope = sympy.factor(sympy.diff(sympy.expand(game.advantage(0)), sympy.Symbol("k")))
    return ClaimResult(
        "holds iff phi < 1",
        "Everybody who meets a cooperator gains from k, price warriors the part phi. It favours cooperation exactly when "
        "phi < 1. That it lifts payoffs at all is built in (k > 0).",
        [f"Exact: d(advantage)/dk = {slope}."],
    )


def temptation(context: StudyContext) -> ClaimResult:
    """Judge C04: greed > 0."""
    game, prover, _ = _setting(context)
    pays, does_not = condition(game, f"{GREED} > 0"), condition(game, f"{GREED} < 0")
    return ClaimResult(
        f"holds iff {pays.text()}",
        "That is greed = q + v - A > 0 with the net temptation q = h - d - t + c - s and A = (1 - psi)a + (1 - phi)k: the business "
        "taken must exceed the margin given up, the sanction and the benefits that only cooperators keep.",
        [
            sentence("Greed positive", prover.decide(pays)),
            sentence("Greed negative", prover.decide(does_not)),
            share_sentence(game, pays, BOX, context.rng("C04")),
        ],
        figures={"m1_regimes": _regime_figure(context)},
        captions={"m1_regimes": "Regimes of M1 over the business taken by a price cut and the knowledge spillover"},
        tables={"m1_regimes": _regime_table(context)},
    )


def trap(context: StudyContext) -> ClaimResult:
    """Judge the M1 part of C05: price-war dominance although cooperation pays everyone more."""
    game, prover, regimes = _setting(context)
    dominance = _regime(regimes, "price-war dominance")
    caught = all_of(dominance, condition(game, f"{PRIVATE} > 0"))
    free = all_of(dominance, condition(game, f"{PRIVATE} < 0"))
    decision = prover.decide(caught)
    witness = witness_values(decision)
    evidence = [
        sentence("The trap", decision),
        _index_below_one_half(),
        sentence("Price-war dominance that is no trap (WW pays more than CC)", prover.decide(free)),
        *_private_split(context),
        share_sentence(game, caught, BOX, context.rng("C05")),
    ]
    return ClaimResult(
        f"holds iff {caught.text()}",
        "The trap is price-war dominance, q > max(A - v, g + v), with CC > WW. No trap is a zero-sum game: two cooperators earn more "
        "in total than two price warriors, so the sum of payoffs is not constant. But its co-opetition index is always below 1/2: "
        f"conflict outweighs common interest (at the witness {float(cooperation_index(game, witness)):.3f}).",
        evidence,
        figures={"m1_phase_line": _phase_line(context)},
        captions={"m1_phase_line": "The trap: from every start the share of cooperators falls to zero"},
    )


def _index_below_one_half() -> str:
    """Return the theorem that ties the trap to the index, after checking its identity."""
    gain, mixed = f"(({CC}) - ({WW}))", f"(({WC}) - ({CW}))"
    bend = f"(({CW}) + ({WC}) - ({CC}) - ({WW}))"
    conflict, common = f"({mixed}**2/2)", f"({gain}**2/2 + {bend}**2/4)"
    greed, fear = f"(({WC}) - ({CC}))", f"(({WW}) - ({CW}))"
    split = f"({greed} + {fear})**2/4 + {greed}*{fear} + {gain}*({greed} + {fear})"
    assert _identity(f"{conflict} - {common}", split)
    return (
        "Exact: of the payoffs' variation, conflict less common interest is (greed + fear)^2/4 + greed*fear + (CC - WW)*(greed + "
        "fear) for each player. In a trap all three are positive, so the index is below 1/2. The converse is false: an index below "
        "1/2 is no trap by itself."
    )


def _private_split(context: StudyContext) -> list[str]:
    """For v = 0, CC > WW outside price-war dominance, so only that regime splits: five regimes."""
    game, _, _ = _setting(context)
    plain = game.substitute({"v": 0})
    prover = Prover(plain.assumptions)
    regimes = find_regimes(plain)
    lines = []
    for regime in regimes:
        below = all_of(regime.definition, condition(plain, f"{PRIVATE} < 0".replace("+ v", "")))
        name = NAMES[regime.stable]
        lines.append(sentence(f"v = 0, {name} with CC < WW", prover.decide(below)))
    return lines


def persistence(context: StudyContext) -> ClaimResult:
    """Judge the M1 part of C11: some stable state keeps price warriors, and growth in m changes nothing."""
    game, prover, regimes = _setting(context)
    cooperation = _regime(regimes, "cooperation dominance")
    stays = all_of(condition(game, f"{GREED} > 0"))
    also = condition(game, f"{FEAR} > 0")
    coexist = _regime(regimes, "coexistence")
    advantage = sympy.expand(game.advantage(0))
    assert sympy.Symbol("m") not in advantage.free_symbols
    return ClaimResult(
        f"holds iff {stays.text()} or {also.text()}",
        "Growth of trade enters as the margin m, which cancels from the dynamics: growth alone ends no price war. Price warriors "
        "are part of a stable state everywhere outside cooperation dominance; a lasting mixture of both is coexistence.",
        [
            "Exact: the advantage of cooperation does not contain m.",
            sentence("Cooperation dominance, where the claim fails", prover.decide(cooperation)),
            sentence("Coexistence", prover.decide(coexist)),
        ],
    )


def to_win_win(context: StudyContext) -> ClaimResult:
    """Judge C19 in M1: where policy leads from the trap to a win-win, and where cooperation is only bought."""
    game, prover, regimes = _setting(context)
    dominance = _regime(regimes, "price-war dominance")
    cooperation = _regime(regimes, "cooperation dominance")
    caught = all_of(dominance, condition(game, f"{PRIVATE} > 0"))
    gain, loss = condition(game, f"{SOCIAL} > 0"), condition(game, f"{SOCIAL} < 0")
    no_policy = game.substitute({"s": 0, "t": 0})
    plain = Prover(no_policy.assumptions)
    trap_plain = condition(no_policy, f"{_put(GREED)} > 0 and {_put(FEAR)} > 0 and {_put(PRIVATE)} > 0")
    assert _identity(f"({GREED}) - ({FEAR})", f"g + 2*v - ({A})")
    evidence = [
        "Exact: only q contains s and t, and it falls by one unit per unit of either, so along a path in s or t the state moves from "
        "price-war dominance (q > max(A - v, g + v)) to cooperation dominance (q < min(A - v, g + v)).",
        "Exact: greed - fear = g + 2v - A. If A < g + 2v the path passes through coexistence (A - v < q < g + v), smoothly; if "
        "A > g + 2v through coordination (g + v < q < A - v), with hysteresis.",
        sentence(
            "Without policy (s = t = 0), a trap in which cooperation does not raise total payoff",
            proved(plain, trap_plain, condition(no_policy, f"{SOCIAL} > 0")),
        ),
        sentence(
            "Bought cooperation (cooperation dominance with a social loss)", prover.decide(all_of(cooperation, loss))
        ),
        sentence("Trap with policy and a social loss", prover.decide(all_of(caught, loss))),
        *_social_cells(context),
        share_sentence(game, gain, BOX, context.rng("C19")),
        *_index_facts(context),
        *m4.win_win(context),
    ]
    figures = {
        "m1_policy_smooth": _policy_figure(context, {"k": "0.1", "h": "0.7"}),
        "m1_policy_hysteresis": _policy_figure(context, {"k": "1.2", "h": "1.2"}),
    }
    return ClaimResult(
        f"holds iff {gain.text()} (M1); in M4 iff (0,1,1) is stable",
        "Subsidies and sanctions can always reach cooperation dominance; it is a win-win exactly when cooperation raises total "
        "payoff without transfers, a + k + d + g > c. Every trap that exists without policy meets this. Elsewhere cooperation "
        "is bought. The index does not mark the change: it is shown beside the regimes, not instead of them. "
        "In M4 (0,1,1) pays government, platform and firms more than (0,0,0) wherever it is stable, and strong enough support leads "
        "there; whether support can end is the question that C14 answers.",
        evidence,
        figures=figures,
        captions={
            "m1_policy_smooth": "A subsidy path with A < g + 2v: index, rest points and regimes; the passage is smooth",
            "m1_policy_hysteresis": "The same with A > g + 2v: two stable states overlap, which is hysteresis",
        },
    )


def _put(text: str) -> str:
    """Return an expression with s = t = 0."""
    return text.replace("- t + c - s", "+ c")


def _social_cells(context: StudyContext) -> list[str]:
    """Return for every regime and sign of the social comparison whether the cell is empty."""
    game, prover, regimes = _setting(context)
    lines = []
    for regime in regimes:
        for relation, word in ((">", "gain"), ("<", "loss")):
            cell = all_of(regime.definition, condition(game, f"{SOCIAL} {relation} 0"))
            lines.append(sentence(f"{NAMES[regime.stable].capitalize()} with a social {word}", prover.decide(cell)))
    return lines


def _index_facts(context: StudyContext) -> list[str]:
    game, _, _ = _setting(context)
    values = game.values()
    subsidies = [sympy.Rational(i, 10) for i in range(0, 31)]
    index = [cooperation_index(game, {**values, "s": s}) for s in subsidies]
    steps = np.sign(np.diff([float(value) for value in index]))
    monotone = "is not monotone" if len(set(steps)) > 1 else "is monotone"
    highest = max(range(len(index)), key=index.__getitem__)
    shares = decompose(game, values).shares
    harmonic = sympy.simplify(decompose(game).shares["harmonic"])
    return [
        f"Exact: along s = 0 … 3 at the default values the co-opetition index {monotone}: {float(index[0]):.3f} at s = 0, "
        f"{float(index[highest]):.3f} at s = {float(subsidies[highest]):.1f}, {float(index[-1]):.3f} at s = 3, while from s = "
        f"{_last_change(context):.2f} on the regime stays the same.",
        f"Exact: the harmonic share is {harmonic} for all parameters (every symmetric 2x2 game is an exact potential game); at the "
        f"default values the nonstrategic share is {float(shares['nonstrategic']):.3f}.",
    ]


def _last_change(context: StudyContext) -> float:
    """Return the subsidy from which on cooperation dominates at the default values."""
    return max(_thresholds(context.game("m1").values()))


def _thresholds(values: Any) -> list[float]:
    """Return the subsidies at which greed and fear vanish; both fall by one unit per unit of subsidy."""
    known = {sympy.Symbol(name): value for name, value in values.items()} | {sympy.Symbol("s"): 0}
    return sorted(float(parse_expression(text).subs(known)) for text in (GREED, FEAR))


def balance(context: StudyContext) -> ClaimResult:
    """Judge C20 in M1: coexistence."""
    game, prover, regimes = _setting(context)
    coexist = _regime(regimes, "coexistence")
    point = next(p for p in find_rest_points(game) if p.label == "I1")
    return ClaimResult(
        f"holds iff {coexist.text()}",
        "That is A - v < q < g + v. The interior point is then the only stable state; its share of cooperators is "
        f"x* = {point.coordinates['x']}. With v = 0 it needs A < g: homogenisation losses beyond what only cooperators keep.",
        [
            sentence("Coexistence", prover.decide(coexist)),
            sentence("Coexistence with v = 0", prover.decide(all_of(coexist, condition(game, "v <= 0")))),
            share_sentence(game, coexist, BOX, context.rng("C20")),
        ],
    )


def both(context: StudyContext) -> ClaimResult:
    """Judge whether C19 and C20 hold at one point."""
    game, prover, regimes = _setting(context)
    coexist = _regime(regimes, "coexistence")
    cooperation = _regime(regimes, "cooperation dominance")
    gain = condition(game, f"{SOCIAL} > 0")
    path = all_of(coexist, gain, condition(game, f"g + 2*v > {A}"))
    return ClaimResult(
        "fails",
        "At one parameter point the two exclude each other: the win-win is cooperation dominance, the balance is coexistence. On one "
        "policy path they follow each other exactly when A < g + 2v: the balance is then the way to the win-win, not its opposite.",
        [
            sentence("Coexistence together with cooperation dominance", prover.decide(all_of(coexist, cooperation))),
            sentence("Coexistence from which more subsidy leads to a win-win", prover.decide(path)),
        ],
    )


# tables and figures -------------------------------------------------------------------------------------------------


def _regime_table(context: StudyContext) -> list[dict[str, str]]:
    _, _, regimes = _setting(context)
    rows = regime_rows(regimes, NAMES)
    return [{"regime": row["regime"], "in q and A": _stated(context, row["regime"]), **row} for row in rows]


def _stated(context: StudyContext, name: str) -> str:
    """Return the regime's condition in q and A, after proving that it says the same as the regime found."""
    game, prover, regimes = _setting(context)
    greed, fear = (f"{text} {sign} 0" for text, sign in zip((GREED, FEAR), _SIGNS[name], strict=True))
    stated = condition(game, f"{greed} and {fear}")
    found = _regime(regimes, name)
    assert proved(prover, stated, found).status == proved(prover, found, stated).status == "empty"
    return TERMS[name]


def _shown(name: str, context: StudyContext) -> str:
    from coopgame.figures.style import label

    return label(name, CHINESE[name], context.language)


def _regime_figure(context: StudyContext) -> Any:
    from coopgame.figures import draw_regime_map

    game, _, regimes = _setting(context)
    values = {name: float(value) for name, value in game.values().items()} | {"v": 0.05, "g": 0.1}
    names = {r.name: _shown(NAMES[r.stable], context).replace(" ", "\n") for r in regimes}
    ax = draw_regime_map(regimes, ("h", 0.01, 0.6), ("k", 0.01, 1.0), values, names=names, language=context.language)
    return ax.figure


def _phase_line(context: StudyContext) -> Any:
    from coopgame.figures import draw_phase_line

    game, _, _ = _setting(context)
    points = find_rest_points(game, game.values())
    return draw_phase_line(replicator(game), points, game.values(), language=context.language).figure


def _policy_figure(context: StudyContext, changes: dict[str, str]) -> Any:
    from coopgame.figures import draw_policy_path
    from coopgame.figures.style import label

    game, _, regimes = _setting(context)
    base = game.values({"g": "0.2", "v": "0.05", **changes})
    thresholds = _thresholds(base)
    beside = [threshold + shift for threshold in thresholds for shift in (-1e-6, 1e-6)]
    path = np.sort(np.concatenate([np.linspace(0.0037, 2.5, 120), beside]))
    steps = [{**base, "s": float(s)} for s in path]
    labels = [_shown(NAMES[regimes.at(values).stable], context) for values in steps]
    points = [find_rest_points(game, values) for values in steps]
    index = np.array([float(cooperation_index(game, values)) for values in steps])
    axes = draw_policy_path(
        label("s: subsidy to cooperation", "s：合作补贴", context.language),
        path,
        points,
        labels,
        {label("co-opetition index", "竞合指数", context.language): index},
        thresholds=thresholds,
        order=[_shown(NAMES[regime.stable], context) for regime in regimes],
        language=context.language,
    )
    return axes[0].figure
