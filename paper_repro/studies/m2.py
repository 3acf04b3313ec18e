"""Studies of M2, price war (W), homogeneous goods (H) and brand (B)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import sympy

from coopgame import (
    MatrixGame,
    Prover,
    find_conserved_quantities,
    find_heteroclinic_cycles,
    find_regimes,
    find_rest_points,
    parse_expression,
    replicator,
)
from coopgame.algebra.conditions import FALSE, Condition, all_of, any_of, negate
from coopgame.report.repro import ClaimResult, StudyContext

from . import m1
from .common import condition, proved, sentence, share_sentence

# payoffs without m, as written in the model
WW, WH, WB = "-d - g + L_W", "-d + h + L_W", "-d + (1 - lam)*h + L_W"
HW, HH, HB = "-h + L_H", "-e + L_H", "k + y + L_H"
BW, BH, BB = "p - r + u_T - (1 - lam)*h + L_B", "p - r + u_T - l + y + L_B", "p - r + u_T - b + kappa*u_T + j + L_B"
LASTS = f"{BB} > {WB} and {BB} > {HB}"  # B is a strict equilibrium
STRATEGIES = ("W", "H", "B")
BOX = dict.fromkeys(
    ("d", "h", "g", "e", "b", "p", "r", "u_T", "L_W", "L_H", "L_B", "k", "l", "y", "j", "kappa", "lam"), (0.0, 1.0)
)
BOX |= {"m": (0.5, 1.5)}
LIGHT = {"h": (0.5, 1.0), "e": (0.5, 1.0), "lam": (0.0, 0.5)}
HEAVY = {"h": (0.0, 0.5), "e": (0.0, 0.5), "lam": (0.5, 1.0)}
_STEP, _STEPS, _GRID = 0.1, 1500, 30


def _setting(context: StudyContext) -> tuple[Any, Prover]:
    game = context.game("m2")
    return game, context.cached("m2 prover", lambda: Prover(game.assumptions))


def chain(context: StudyContext) -> ClaimResult:
    """Judge C02 in M1 and M2: does what spills over from leaders lift the whole chain?"""
    first = m1.spillover(context)
    game, prover = _setting(context)
    lifts = condition(game, "k > l")
    lasting = all_of(lifts, condition(game, LASTS))
    return replace(
        first,
        verdict=f"{first.verdict} (M1); in M2 iff k > l",
        detail=f"{first.detail} In M2 brands lead and homogeneous firms follow: the follower gains k, the leader loses l, so the two "
        "together gain from the spillover exactly when k > l. Spillover between brands, j, always lifts both.",
        evidence=[
            *first.evidence,
            "M2, exact: in a meeting of H and B the terms with k and l sum to k - l.",
            sentence("M2: spillover that lifts the chain while brands last", prover.decide(lasting)),
            sentence(
                "M2: spillover that costs more than it brings while brands last",
                prover.decide(all_of(negate(lifts), condition(game, LASTS))),
            ),
        ],
    )


def trap(context: StudyContext) -> ClaimResult:
    """Judge C05 in M1 and M2: the price-war trap, and in which sectors it is widest."""
    first = m1.trap(context)
    game, prover = _setting(context)
    stable = condition(game, f"{WW} > {HW} and {WW} > {BW}")
    caught = all_of(stable, any_of(condition(game, f"{HH} > {WW}"), condition(game, f"{BB} > {WW}")))
    lines = [
        f"M2, exact: price war is stable iff {stable.text()}; e is not in it, h makes it easier and lam harder.",
        *_slopes(stable, ("h", "lam", "e")),
        sentence("M2: the trap, price war stable although all-H or all-B pays more", prover.decide(caught)),
        "M2, light industry (h and e in the upper, lam in the lower half): "
        + _share(context, caught, LIGHT, "light"),
        "M2, the opposite half: " + _share(context, caught, HEAVY, "heavy"),
    ]
    return replace(
        first,
        verdict=f"{first.verdict} (M1); in M2 iff {caught.text()}",
        detail=f"{first.detail} In M2 the sector matters through the business h that a cut takes and through loyalty lam; crowding e makes "
        "homogeneous goods worse but does not enter the stability of price war.",
        evidence=[*first.evidence, *lines],
    )


def _slopes(what: Condition, names: tuple[str, ...]) -> list[str]:
    """Say for every part of a condition how its margin moves with parameters."""
    lines = []
    for name in names:
        slopes = []
        for leaf in what.signs():
            slope = leaf.polynomial.derivative(leaf.ring.names.index(name))
            turn = slope if leaf.relation == ">" else -slope
            slopes.append(leaf.ring.text(turn))
        lines.append(f"M2, exact: the margins of these inequalities have the slopes {', '.join(slopes)} in {name}.")
    return lines


def _share(context: StudyContext, what: Condition, part: dict[str, tuple[float, float]], key: str) -> str:
    game, _ = _setting(context)
    return share_sentence(game, what, {**BOX, **part}, context.rng("C05", key))


def way_up(context: StudyContext) -> ClaimResult:
    """Judge C06: brands invade price war and homogeneous goods."""
    game, prover = _setting(context)
    invades = condition(game, f"{BW} > {WW} and {BH} > {HH}")
    dominated = condition(game, f"{BW} > {WW} and {BH} > {WH} and {BB} > {WB}")
    mixture = next(p for p in _points(context) if p.coordinates["firms.B"] == 0 and p.kind != "vertex")
    against_mixture = all_of(invades, mixture.stable_if)
    return ClaimResult(
        f"holds iff {invades.text()}",
        "Low price does not last where a brand earns more than either incumbent among them. It disappears for certain where it is "
        "dominated by the brand. But invading each alone is not invading their mixture.",
        [
            sentence("Brands invade both", prover.decide(invades)),
            sentence("Brands do not invade", prover.decide(negate(invades))),
            f"Exact: W is strictly dominated by B, and dies out from every interior start, iff {dominated.text()}.",
            sentence(
                "Brands invade price war alone and homogeneous goods alone, but not their stable mixture",
                prover.decide(against_mixture),
            ),
            share_sentence(game, invades, BOX, context.rng("C06")),
        ],
    )


def innovation(context: StudyContext) -> ClaimResult:
    """Judge C07: innovation support as the way out of the price-war trap."""
    game, prover = _setting(context)
    enough = condition(game, "p + d + g + L_B > (1 - lam)*h + L_W")
    trapped = condition(game, f"{WW} > {BW}")
    threshold = "r + (1 - lam)*h + L_W - p - d - g - L_B"
    return ClaimResult(
        f"holds iff {enough.text()}",
        f"Support makes brands invade price war from u_T = {threshold} on. That is below r, the cost it can cover, exactly under this "
        "condition; elsewhere even full support fails and loyalty, premium or the temptation itself must change. It is a way out, not "
        "the only one: the premium p and a logistics saving of brands act with the same strength per unit.",
        [
            sentence("Trapped, and some support below r leads out", prover.decide(all_of(trapped, enough))),
            sentence("Trapped, and no support below r leads out", prover.decide(all_of(trapped, negate(enough)))),
            "Exact: the margin of brands among price warriors has slope 1 in u_T, p and L_B, -1 in r and L_W, h in lam, -(1 - lam) in h.",
            "Exact: among brands support also eases crowding: the margin of B against H and W has slope 1 + kappa in u_T.",
            *_basin_facts(context),
        ],
        figures={"m2_levers": _tornado(context), "m2_simplex": _simplex(context)},
        captions={
            "m2_levers": "What moves the basin of the brand: its share of starts when one parameter is 25 % lower or higher",
            "m2_simplex": "M2 at the default values: price war and brand are both stable",
        },
        tables={"m2_levers": _levers(context)},
    )


def premium(context: StudyContext) -> ClaimResult:
    """Judge C08: the branded state lasts and pays more than the other uniform states."""
    game, prover = _setting(context)
    lasting = condition(game, LASTS)
    richer = condition(game, f"{BB} > {HH} and {BB} > {WW}")
    poorer = prover.decide(all_of(lasting, negate(richer)))
    assert poorer.status == "empty"
    return ClaimResult(
        f"holds iff {lasting.text()}",
        "Wherever brands last they also pay more than the other uniform states; that is proved. The premium itself is not enough: brands must "
        "keep off price cutters and imitators, and crowding among them must stay small.",
        [
            sentence("Brands last", prover.decide(lasting)),
            sentence("Brands last although price war or homogeneous goods would pay more", poorer),
            sentence("Brands would pay most but do not last", prover.decide(all_of(richer, negate(lasting)))),
            share_sentence(game, lasting, BOX, context.rng("C08")),
        ],
    )


def persistence(context: StudyContext) -> ClaimResult:
    """Judge C11 in M1 and M2."""
    first = m1.persistence(context)
    _, prover = _setting(context)
    with_war = [p for p in _points(context) if p.coordinates["firms.W"] != 0 and p.stable_if != FALSE]
    lines = [
        "M2, exact: m is in all payoffs alike and cancels, so growth of trade moves no regime.",
        *(sentence(f"M2: the state with {_mixture(p)} stable", prover.decide(p.stable_if)) for p in with_war),
    ]
    return replace(
        first,
        verdict=f"{first.verdict} (M1); in M2 where a state with price warriors is stable",
        evidence=[*first.evidence, *lines],
    )


def _mixture(point: Any) -> str:
    return " and ".join(s for s in STRATEGIES if point.coordinates[f"firms.{s}"] != 0)


def logistics(context: StudyContext) -> ClaimResult:
    """Judge C13: only a saving that brands get more of helps them."""
    game, prover = _setting(context)
    common = sympy.Symbol("common")
    shifted = {sympy.Symbol(f"L_{s}"): sympy.Symbol(f"L_{s}") + common for s in STRATEGIES}
    mean = game.mean_payoff(0)
    total = sympy.Add(*(game.share(0, s) for s in range(3)))
    for s in range(3):
        gain = game.expected_payoff(0, s) - mean
        change = sympy.expand(gain.xreplace(shifted) - gain)
        assert sympy.expand(change - common * total * (1 - total)) == 0  # 0 where shares sum to 1
    favours = condition(game, "L_B > L_W and L_B > L_H")
    lasts = condition(game, LASTS)
    without = condition(game, LASTS.replace(" + L_W", "").replace(" + L_H", "").replace(" + L_B", ""))
    turned = all_of(lasts, negate(without), favours)
    lost = all_of(negate(lasts), without)
    return ClaimResult(
        f"holds iff {favours.text()}",
        "A saving that all firms get alike drops out of the dynamics: it raises incomes and moves nobody. It helps brands against price "
        "warriors exactly by L_B - L_W and against homogeneous firms by L_B - L_H.",
        [
            "Proved: adding one constant to L_W, L_H and L_B leaves every growth rate unchanged (checked by expansion).",
            sentence("Brands last because of the saving", prover.decide(turned)),
            sentence("Brands no longer last because of a saving that favours others", prover.decide(lost)),
            sentence(
                "A saving that favours brands and makes them lose their stability",
                prover.decide(all_of(lost, favours)),
            ),
        ],
    )


def division(context: StudyContext) -> ClaimResult:
    """Judge C16: homogeneous and branded firms coexist stably, and as complements."""
    game, prover = _setting(context)
    point = next(p for p in _points(context) if p.coordinates["firms.W"] == 0 and p.kind != "vertex")
    complements = condition(game, f"{BH} > {BB} and {HB} > {HH}")
    good, parasitic = all_of(point.stable_if, complements), all_of(point.stable_if, condition(game, f"{BH} < {BB}"))
    on_edge = condition(game, f"{HB} > {BB} and {BH} > {HH}")
    return ClaimResult(
        f"holds iff homogeneous and branded firms coexist stably ({on_edge.text()}, and price war does not invade) and "
        f"{condition(game, f'{BH} > {BB}').text()}",
        "H and B coexist where each does well among the other. They are complements where the brand too earns more with a homogeneous partner "
        "than with another brand: y - l above j - b + kappa*u_T. Otherwise the imitator lives off the brand.",
        [
            sentence("Stable coexistence as complements", prover.decide(good)),
            sentence("Stable coexistence with the imitator living off the brand", prover.decide(parasitic)),
            share_sentence(game, good, BOX, context.rng("C16")),
            *_regime_facts(context),
            *_cycle_facts(context),
        ],
    )


def mixtures(context: StudyContext) -> list[str]:
    """Return the M2 part of C20: which mixtures can be stable."""
    _, prover = _setting(context)
    mixed = [p for p in _points(context) if p.kind != "vertex" and p.stable_if != FALSE]
    return [sentence(f"M2: a stable mixture of {_mixture(p)}", prover.decide(p.stable_if)) for p in mixed]


def _points(context: StudyContext) -> Any:
    return context.cached("m2 points", lambda: find_rest_points(context.game("m2")))


def _regime_facts(context: StudyContext) -> list[str]:
    """All regimes by the six payoff differences; in M2 they are free but for one sum, which is positive."""
    game, prover = _setting(context)
    names = ("WH", "HW", "WB", "BW", "HB", "BH")
    table = [[0, "WH", "WB"], ["HW", 0, "HB"], ["BW", "BH", 0]]
    reduced = MatrixGame(table, strategies=STRATEGIES, parameters=dict.fromkeys(names), assumptions=["WH + HW > 0"])
    assert (
        proved(prover, condition(game, "m > 0"), condition(game, f"({WH}) - ({HH}) + ({HW}) - ({WW}) > 0")).status
        == "empty"
    )
    regimes = context.cached("m2 regimes", lambda: find_regimes(reduced))
    assert regimes.cover
    payoffs = {"W": (WW, WH, WB), "H": (HW, HH, HB), "B": (BW, BH, BB)}
    differences = {
        f"{a}{b}": f"({payoffs[a][i]}) - ({payoffs[b][i]})"
        for i, b in enumerate(STRATEGIES)
        for a in STRATEGIES
        if a != b
    }
    points = game.assumptions.sample(200_000, context.rng("M2 regimes"), box=BOX)
    polynomials = [game.ring.from_expression(parse_expression(differences[name])) for name in names]
    rows = game.ring.evaluator(polynomials)(points).T
    found = regimes.classify(rows)
    met = {regimes.regimes[i].name for i in np.unique(found) if i >= 0}
    return [
        f"Complete: in the six payoff differences, with advantage of W among H plus that of H among W positive as in M2, there are {len(regimes)} "
        f"regimes by stable states, none undecided; {len(met)} of them are met among 200000 sampled parameters of M2.",
    ]


def _cycle_facts(context: StudyContext) -> list[str]:
    game, prover = _setting(context)
    cycles = find_heteroclinic_cycles(game)
    assert len(cycles) == 1
    states = [next(n for n, v in s.items() if v).split(".")[1] for s in cycles[0].states]
    lines = [
        f"Exact: the three can chase each other in one order only, {' -> '.join([*states, states[0]])}, iff {cycles[0].exists.text()}.",
        sentence("That cycle attracting", prover.decide(cycles[0].attracts)),
        sentence("That cycle repelling, towards a stable mixture of all three", prover.decide(cycles[0].repels)),
    ]
    assert find_conserved_quantities(game) == ()
    return lines


def _basin(context: StudyContext, changes: dict[str, Any]) -> float:
    """Return the share of starts on a grid of the simplex from which brands take over; fixed steps, numerically."""
    game, _ = _setting(context)
    dynamics = replicator(game)
    values = {**game.values(), **changes}
    counts = [(i, k) for i in range(1, _GRID) for k in range(1, _GRID - i)]
    state = np.array([[i, k, _GRID - i - k] for i, k in counts], dtype=float) / _GRID
    for _ in range(_STEPS):
        middle = np.clip(state + _STEP / 2 * dynamics(state, values), 0, 1)
        middle /= middle.sum(axis=1, keepdims=True)
        state = np.clip(state + _STEP * dynamics(middle, values), 0, 1)
        state /= state.sum(axis=1, keepdims=True)
    return float((state[:, 2] > 0.99).mean())


def _levers(context: StudyContext) -> list[dict[str, str]]:
    """Return how large the basin of B is when one parameter is a quarter lower or higher, widest effect first."""
    rows: list[dict[str, str]] = context.cached("m2 levers", lambda: _moved(context))
    return rows


def _moved(context: StudyContext) -> list[dict[str, str]]:
    context.progress("M2: what moves the basin of the brand")
    game, _ = _setting(context)
    values = game.values()
    rows = []
    for parameter in game.parameters:
        if parameter.name == "m":
            continue
        low, high = (_basin(context, {parameter.name: values[parameter.name] * f / 4}) for f in (3, 5))
        rows.append((parameter.name, low, high))
    rows.sort(key=lambda row: -abs(row[2] - row[1]))
    return [
        {"parameter": name, "at 75 %": f"{low:.3f}", "at 125 %": f"{high:.3f}", "known": "numerical"}
        for name, low, high in rows
    ]


def _basin_facts(context: StudyContext) -> list[str]:
    starts = (_GRID - 1) * (_GRID - 2) // 2
    size = _basin(context, {})
    first = ", ".join(row["parameter"] for row in _levers(context)[:4])
    return [
        f"Numerical: at the default values brands take over from {100 * size:.1f} % of {starts} starts on a grid; of all parameters moved by a "
        f"quarter, {first} move this most (table of levers; midpoint steps of {_STEP}, {_STEPS} of them)."
    ]


def _tornado(context: StudyContext) -> Any:
    from coopgame.figures import draw_tornado

    rows = [(r["parameter"], float(r["at 75 %"]), float(r["at 125 %"])) for r in _levers(context)[:10]]
    words = ("share of starts that go to the brand", "归于品牌的初始状态比例")
    return draw_tornado(rows, _basin(context, {}), words, changes=("75 %", "125 %"), language=context.language).figure


def _simplex(context: StudyContext) -> Any:
    from coopgame.figures import draw_simplex

    game, _ = _setting(context)
    dynamics = replicator(game)
    return draw_simplex(dynamics, find_rest_points(game, {}), {}, language=context.language).figure
