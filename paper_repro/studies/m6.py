"""Studies of M6, conduct and a shared ecosystem that feed back on each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from coopgame import (
    PopulationGame,
    Prover,
    find_bifurcations,
    find_heteroclinic_cycles,
    find_regimes,
    find_rest_points,
    find_separatrices,
    integrate,
    replicator,
)
from coopgame.algebra.conditions import FALSE, all_of
from coopgame.report.repro import ClaimResult, StudyContext

from . import m1, m2, m4
from .common import condition, proved, sentence

# what cooperating brings against a cooperator (b) and against a price warrior (f), ecosystem poor (0) and rich (1):
# b is minus the greed and f minus the fear of M1
GAIN = "(1 - e)*(x*b0 + (1 - x)*f0) + e*(x*b1 + (1 - x)*f1)"
REGIMES = {
    "price-war dominance": ("< 0", "< 0"),
    "cooperation dominance": ("> 0", "> 0"),
    "coexistence": ("< 0", "> 0"),
    "coordination": ("> 0", "< 0"),
}
STATES = {"E1": "collapse (0,0)", "E2": "(1,0)", "E3": "(0,1)", "E4": "win-win (1,1)"}
HEIGHTS = ("0.12", "0.15", "0.2", "0.3", "0.5", "1", "2")
LONGEST = 400.0
START = {"x": 0.02, "e": 0.02}
CROWDING = {"h0": "0.05", "h1": "1.2", "g": "0.6", "d": "0.5", "a1": "0.3", "k1": "0.3", "psi": "0.5", "phi": "0.5"}


def _reduced(assumed: dict[str, str | None], environment: str, **more: str | None) -> PopulationGame:
    parameters = {**dict.fromkeys(("b0", "f0", "b1", "f1")), **assumed, **more}
    return PopulationGame.from_advantages({"x": GAIN}, parameters=parameters, environment={"e": environment})


def _weitz(assumed: dict[str, str | None]) -> PopulationGame:
    return _reduced(assumed, "eps*e*(1 - e)*(theta*x - (1 - x))", theta="> 0", eps="> 0")


def _renewal() -> PopulationGame:
    return _reduced({}, "eps*((x*r + u)*(1 - e) - delta*e)", r="> 0", u=">= 0", delta="> 0", eps="> 0")


def virtuous_circle(context: StudyContext) -> ClaimResult:
    """Judge C14 in M4 and M6: efficiency and sharing keep each other up after support has ended."""
    first = m4.virtuous_circle(context)
    context.progress("M6: the feedback between conduct and ecosystem")
    lasting = "delta*b0 + r*b1 > 0"
    evidence = [*first.evidence, *_renewal_facts(), *_pulse_facts(context)]
    return replace(
        first,
        verdict=f"{first.verdict} (M4); in M6 iff {lasting}",
        detail=f"{first.detail} In M6 the circle closes where cooperation, weighted by what the ecosystem is like that cooperators "
        "keep up (r against decay delta), pays against price cutting: it then lasts without public investment, beside a stable "
        "collapse out of which only a strong enough pulse of investment leads.",
        evidence=evidence,
        figures={
            **first.figures,
            "m6_portrait": _portrait(context, {}),
            "m6_hysteresis": _hysteresis(context),
        },
        captions={
            **first.captions,
            "m6_portrait": "M6: collapse and win-win are both stable; the separatrix parts their basins",
            "m6_hysteresis": "M6 with renewal: investment ramped up and down; the win-win outlasts the investment that brought it",
        },
        tables={**first.tables, "m6_pulses": _pulses(context), "m6_pairs": _pairs(context)},
    )


def to_win_win(context: StudyContext) -> ClaimResult:
    """Judge C19 in M1, M4 and M6."""
    first = m1.to_win_win(context)
    game = context.game("m6_renewal").substitute({"s": 0, "t": 0, "u": 0})
    prover = Prover(game.assumptions)
    won = find_rest_points(game).at(x=1, e="r/(r + delta)").stable_if
    gain = condition(game, "r*(a1 + k1 + d + g - c) + delta*(a0 + k0 + d + g - c) > 0")
    evidence = [
        *first.evidence,
        f"M6, exact: without policy and investment everybody cooperating, e = r/(r + delta), is stable iff {won.text()}.",
        sentence(
            "M6: that state stable although it raises total payoff over price war nowhere", proved(prover, won, gain)
        ),
        *_base_facts(),
    ]
    return replace(
        first,
        verdict=f"{first.verdict}; in M6 iff r*b1 + delta*b0 > 0",
        detail=f"{first.detail} In M6 (b0, b1: gain of cooperating among cooperators in a poor and a rich ecosystem) the win-win lasts without "
        "policy exactly under that condition, and then always raises total payoff; but collapse stays stable where price war is the better "
        "reply to price war in a poor ecosystem, so the way there is a pulse, not a drift.",
        evidence=evidence,
    )


def balance(context: StudyContext) -> ClaimResult:
    """Judge C20 in M1 and M6: a lasting mixture of cooperation and competition."""
    first = m1.balance(context)
    base = _weitz({})
    mixed = next(p for p in find_rest_points(base) if p.kind == "interior")
    return replace(
        first,
        verdict=f"{first.verdict} (M1); in M6 where a rich ecosystem attracts price cutters, or with renewal where few cooperators gain most",
        detail=f"{first.detail} In M6, where the ecosystem follows conduct alone, a mixture lasts only with crowding, where wealth raises the "
        "temptation: then at a mixed point, or in cycles of building and using up. Where it renews itself and decays a mixture can last "
        "without crowding too, if in the poor ecosystem cooperating pays less the more cooperate.",
        evidence=[
            *first.evidence,
            *_base_facts(),
            f"M6, exact: the mixed point x = 1/(1 + theta) attracts iff {mixed.stable_if.text()}.",
            *_renewal_mixtures(),
            *_cycle_facts(),
            *m2.mixtures(context),
        ],
        figures={**first.figures, "m6_crowding": _portrait(context, CROWDING)},
        captions={
            **first.captions,
            "m6_crowding": "M6 with crowding: a rich ecosystem attracts price cutters, play turns round a mixed point",
        },
    )


def _base_facts() -> list[str]:
    """A richer ecosystem that favours cooperation against both kinds of partner: no Hopf point, no cycle."""
    base = PopulationGame.from_advantages(
        {"x": GAIN},
        parameters={**dict.fromkeys(("b0", "f0", "b1", "f1")), "theta": "> 0", "eps": "> 0"},
        environment={"e": "eps*e*(1 - e)*(theta*x - (1 - x))"},
        assumptions=["b1 > b0", "f1 > f0"],
    )
    (mixed,) = [p for p in find_rest_points(base) if p.kind == "interior"]
    assert set(mixed.type_if) == {"saddle"} and mixed.stable_if == FALSE
    assert find_heteroclinic_cycles(base) == ()
    return [
        "M6 where the ecosystem follows conduct alone, proved: if a rich one favours cooperation against both kinds of partner (b1 > b0 and f1 > f0, the base case), any mixed "
        "point is a saddle (its determinant is negative), so there is no Hopf point; and no heteroclinic cycle exists. What can last is "
        "collapse, win-win, or an end at which conduct is mixed.",
    ]


def _renewal_mixtures() -> list[str]:
    """With renewal and decay the base case has stable mixtures; where they are impossible is proved."""
    richer = _renewal().assuming("b1 > b0", "f1 > f0")
    prover = Prover(richer.assumptions)
    found = [prover.decide(p.stable_if) for p in find_rest_points(richer) if p.kind == "interior"]
    witness = next(decision for decision in found if decision.status == "realised")
    together = richer.assuming("b0 >= f0", "b1 >= f1")
    strict = Prover(together.assumptions)
    never = [strict.decide(p.stable_if).status for p in find_rest_points(together) if p.kind == "interior"]
    assert never and set(never) == {"empty"}
    return [
        "M6 with renewal, exact: a mixture can be stable although a rich ecosystem favours cooperation against both kinds of partner, for "
        f"instance at {witness.proof.text}. Proved: never where cooperating pays at least as much among cooperators as among price warriors in both "
        "ecosystems (b0 >= f0 and b1 >= f1). Without sharing the payoffs of M1 have b0 - f0 = -(g + 2*v) < 0.",
    ]


def _cycle_facts() -> list[str]:
    base = _weitz({})
    lines = []
    for cycle in find_heteroclinic_cycles(base):
        path = " -> ".join(f"({s['x']},{s['e']})" for s in cycle.states)
        lines.append(
            f"M6, exact: the heteroclinic cycle {path} exists iff {cycle.exists.text()}; it attracts iff moreover "
            f"{_beyond(cycle.attracts, cycle.exists)}, which is where the mixed point repels."
        )
    return lines


def _beyond(whole: Any, part: Any) -> str:
    known = set(part.parts) if hasattr(part, "parts") else {part}
    return all_of(*(p for p in getattr(whole, "parts", (whole,)) if p not in known)).text()


def _renewal_facts() -> list[str]:
    game = _renewal()
    prover = Prover(game.assumptions)
    points = find_rest_points(game)
    collapse = points.at(x=0, e="u/(delta + u)").stable_if
    won = points.at(x=1, e="(r + u)/(delta + r + u)").stable_if
    alone = condition(game, "delta*b0 + r*b1 > 0")
    assert proved(prover, all_of(won, condition(game, "u <= 0")), alone).status == "empty"
    assert proved(prover, all_of(alone, condition(game, "u <= 0")), won).status == "empty"
    return [
        "M6 with renewal: b and f are what cooperating brings against a cooperator and against a price warrior, 0 in a poor and 1 in a rich ecosystem.",
        f"Exact: everybody cooperating is stable iff {won.text()}; without investment (u = 0) iff {alone.text()}.",
        f"Exact: price war everywhere, with what ecosystem investment alone keeps up, is stable iff {collapse.text()}.",
        sentence(
            "Investment that dislodges collapse although price war is the better reply to price war in a rich ecosystem too",
            proved(prover, condition(game, "f0 < 0 and f1 < 0"), collapse),
        ),
        sentence(
            "Collapse and win-win both stable without investment",
            prover.decide(all_of(won, collapse, condition(game, "u <= 0"))),
        ),
    ]


def _pulse_facts(context: StudyContext) -> list[str]:
    game = context.game("m6_renewal")
    found = find_bifurcations(game, "u", (0, 2))
    assert found.complete
    best = min((row for row in _pulses(context) if row["outlay"] != "-"), key=lambda row: float(row["outlay"]))
    return [
        "Certified, at the default values, as investment u moves from 0 to 2: " + "; ".join(map(str, found)) + ".",
        f"Numerical: of the rectangular pulses tried, least outlay {best['outlay']} with height {best['height']} for "
        f"{best['shortest duration']} time units (table of pulses).",
    ]


def _pulses(context: StudyContext) -> list[dict[str, str]]:
    """Return for heights of a rectangular pulse the least duration after which the win-win follows by itself, numerically."""
    rows: list[dict[str, str]] = context.cached("m6 pulses", lambda: [_pulse(context, h) for h in HEIGHTS])
    return rows


def _pulse(context: StudyContext, height: str) -> dict[str, str]:
    game = context.game("m6_renewal")
    context.progress(f"M6 pulse of height {height}")
    won = find_rest_points(game, {}).at(x=1.0, e=10 / 11).label

    def suffices(duration: float) -> bool:
        path = integrate(game, START, {"u": height}, t_end=duration)
        # some firm always tries the other conduct
        after = {"x": float(np.clip(path.coordinate("x")[-1], 1e-9, 1 - 1e-9)), "e": float(path.coordinate("e")[-1])}
        return integrate(game, after, {}, t_end=2000).outcome.label == won

    if not suffices(LONGEST):
        return {"height": height, "shortest duration": f"none up to {LONGEST:g}", "outlay": "-", "known": "numerical"}
    low, high = 0.0, LONGEST
    while high - low > 0.05:
        middle = (low + high) / 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return {
        "height": height,
        "shortest duration": f"{high:.1f}",
        "outlay": f"{float(height) * high:.2f}",
        "known": "numerical",
    }


def _pairs(context: StudyContext) -> list[dict[str, str]]:
    """Return for every pair of M1 regimes, poor and rich, what can last under the feedback."""
    rows = []
    for poor, rich in product(REGIMES, repeat=2):
        context.progress(f"M6: {poor} when poor, {rich} when rich")
        signs = dict(zip(("b0", "f0"), REGIMES[poor], strict=True)) | dict(
            zip(("b1", "f1"), REGIMES[rich], strict=True)
        )
        game = _weitz(dict(signs))
        regimes = find_regimes(game)
        mixed = [p for p in find_rest_points(game) if p.kind == "interior"]
        cycles = [c for c in find_heteroclinic_cycles(game) if c.attracts != FALSE]
        names = {
            **STATES,
            **{p.label: f"mixed at e = {p.coordinates['e']}" for p in find_rest_points(game) if p.kind == "edge"},
        }
        lasting = [" and ".join(names.get(label, "mixed point") for label in r.stable) or "none" for r in regimes]
        rows.append(
            {
                "poor": poor,
                "rich": rich,
                "what can be stable together": "; ".join(dict.fromkeys(lasting)),
                "mixed point": ", ".join(mixed[0].type_if) if mixed else "none",
                "attracting cycle": "possible" if cycles else "no",
                "cover": "proved" if regimes.cover else "undecided",
            }
        )
    return rows


def _portrait(context: StudyContext, changes: dict[str, str]) -> Any:
    from coopgame.figures import draw_phase_portrait

    game = context.game("m6")
    values = game.values(changes)
    dynamics = replicator(game)
    points = find_rest_points(game, values)
    curves = find_separatrices(dynamics, values)
    return draw_phase_portrait(dynamics, points, values, separatrices=curves, language=context.language).figure


def _hysteresis(context: StudyContext) -> Any:
    from coopgame.figures import draw_ramp

    game = context.game("m6_renewal")
    heights = np.linspace(0, 0.25, 26)
    branches = [(float(u), find_rest_points(game, {"u": f"{u:.6f}"})) for u in heights]
    up, state = [], {"x": 1e-3, "e": 1e-3}
    for u in (*heights, *heights[::-1]):
        path = integrate(game, state, {"u": f"{u:.6f}"}, t_end=200)
        state = {"x": float(np.clip(path.coordinate("x")[-1], 1e-3, 1 - 1e-3)), "e": float(path.coordinate("e")[-1])}
        up.append(float(path.coordinate("x")[-1]))
    ramp = np.array(up)
    down = ramp[len(heights) :][::-1]
    return draw_ramp(branches, ramp[: len(heights)], down, "x", "u", language=context.language).figure
