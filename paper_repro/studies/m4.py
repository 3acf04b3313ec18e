"""Studies of M4, government, platform and small firms."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from coopgame import Prover, Regime, Regimes, decompose, find_regimes, find_rest_points, integrate, replicator
from coopgame.algebra.conditions import FALSE, Condition, all_of
from coopgame.analysis.analyse import dead_parameters
from coopgame.report.repro import ClaimResult, StudyContext

from .common import condition, proved, regime_rows, sentence, share_sentence, witness_values

BOX = dict.fromkeys(
    ("C_g", "T", "L", "S_p", "S_s", "F_p", "F_s", "C_p", "rho", "p", "h", "d", "a", "k", "C_s", "q"), (0.0, 1.0)
)
BOX |= {"omega": (0.0, 1.0), "tau0": (0.0, 0.5), "tau1": (0.0, 0.5)}
BOX |= {"R": (0.0, 4.0), "N": (0.0, 2.0), "V": (1.0, 3.0), "m": (0.5, 1.5)}
# what support may consist of while it lasts; fines act only while the government supervises
POLICIES: dict[str, dict[str, str]] = {
    "supervision at the default subsidies and fines": {},
    "more subsidy to firms": {"S_s": "0.9"},
    "more subsidy to the platform": {"S_p": "1.0"},
    "higher fine on firms": {"F_s": "0.8"},
    "higher fine on the platform": {"F_p": "0.9"},
    "more talent support backed by government": {"tau1": "0.8"},
    "all of these, half as strong": {"S_s": "0.6", "S_p": "0.7", "F_s": "0.5", "F_p": "0.6", "tau1": "0.5"},
}
LONGEST = 64.0
CYCLING_STARTS = tuple(
    dict(zip("xyz", start, strict=True)) for start in ((0.5, 0.4, 0.3), (0.2, 0.7, 0.6), (0.8, 0.2, 0.9))
)


def _setting(context: StudyContext) -> tuple[Any, Any, Any]:
    game = context.game("m4")
    prover = context.cached("m4 prover", lambda: Prover(game.assumptions))
    return game, prover, context.cached("m4 points", lambda: find_rest_points(game))


def virtuous_circle(context: StudyContext) -> ClaimResult:
    """Judge C14: (0,1,1) is stable, sharing and differentiation last without support."""
    game, prover, points = _setting(context)
    lasting, supported = points["E7"], points["E8"]
    context.progress("regimes of M4")
    regimes = context.cached("m4 regimes", lambda: find_regimes(game))
    assert regimes.cover
    policy = {"S_p", "S_s", "F_p", "F_s"}
    own = condition(game, "N > C_p + rho and C_s*tau0 + p + d + a + k > h + C_s")
    away = condition(game, "omega*R < C_g + T + S_p + S_s")
    for premise, conclusion in ((lasting.stable_if, all_of(own, away)), (all_of(own, away), lasting.stable_if)):
        assert proved(prover, premise, conclusion).status == "empty"
    evidence = [
        f"Exact: firms and platform stay at (0,1,1) iff {own.text()}; no subsidy and no fine is in it "
        f"({_named(policy, own)} of S_p, S_s, F_p, F_s).",
        f"Exact: the government stays away at (0,1,1) iff {away.text()}; fines are not in it ({_named(policy, away)} of S_p, S_s, F_p, "
        "F_s), and a higher subsidy only makes it more certain. So no instrument can cost (0,1,1) its stability: the question is "
        "which support, kept for how long, carries the state into its basin.",
        sentence("(1,1,1) stable, that is, lasting only with support", prover.decide(supported.stable_if)),
        f"Complete: {len(regimes)} regimes by stable vertices, {len(regimes.empty)} further sets proved empty, none undecided.",
        *_cycling(context),
        f"Dead parameters (in payoffs, not in the dynamics): {', '.join(dead_parameters(replicator(game)))}.",
        f"The harmonic share at the default values is {float(decompose(game, game.values()).shares['harmonic']):.3f}.",
        share_sentence(game, lasting.stable_if, BOX, context.rng("C14")),
        "Numerical: how long the government must keep up support (x held near 1 by decree, from y = z = 0.05 on) until (0,1,1) follows "
        "by itself after its end is in the table of pulses; at the default values (0,0,0) and (0,1,1) are both stable.",
    ]
    return ClaimResult(
        f"holds iff {lasting.stable_if.text()}",
        "Sharing platform and differentiating firms keep each other in place without support exactly there: the network income must "
        "exceed cost and rent, differentiation must pay on a sharing platform, and supervision must not pay any more.",
        evidence,
        figures={"m4_cube": _cube(context), "m4_overlay": _overlay(context), "m4_cycling": _cycling_cube(context)},
        captions={
            "m4_cube": "M4 from a grid of starts: two basins, the trap (0,0,0) and the lasting (0,1,1)",
            "m4_cycling": "M4 where no vertex is stable: play settles on closed orbits of a face",
            "m4_overlay": "The subsidy to small firms at four values, from one start: too little and sharing collapses",
        },
        tables={
            "m4_vertices": _vertices(context),
            "m4_mixed_points": _mixed(context),
            "m4_regimes": regime_rows(regimes),
            "m4_pulses": _pulses(context),
        },
    )


def win_win(context: StudyContext) -> list[str]:
    """Return the M4 part of C19: what (0,1,1) brings compared with (0,0,0), and that support can lead there."""
    game, prover, points = _setting(context)
    lasting = points["E7"].stable_if
    gains = {
        "government": "(1 - omega)*R + L > 0",
        "platform": "V + N - C_p > V + rho",
        "firms": "m + p - (1 - tau0)*C_s + a + k > m + h - d",
    }
    lines = []
    for who, text in gains.items():
        decision = proved(prover, lasting, condition(game, text))
        lines.append(
            sentence(f"M4: (0,1,1) stable although the {who} would earn no more there than at (0,0,0)", decision)
        )
    held = condition(game, "N + F_p + S_p > C_p + rho and C_s*(tau0 + tau1) + S_s + F_s + p + d + a + k > h + C_s")
    leaves = proved(prover, lasting, held)
    lines.append(
        sentence("M4: (0,1,1) stable although platform or firms leave (x,1,1) at full support, x = 1", leaves)
        + " Their advantages are linear in x, so on the whole edge from (1,1,1) to (0,1,1) both stay and the government withdraws: "
        "support that brings y and z close enough to 1 leads to (0,1,1). The shortest such support is with C14."
    )
    trapped = all_of(lasting, points["E1"].stable_if)
    lines.append(sentence("M4: (0,0,0) and (0,1,1) stable together, where a pulse is needed", prover.decide(trapped)))
    return lines


def talent(context: StudyContext) -> ClaimResult:
    """Judge C18: permanent against government-backed talent support at (0,1,1)."""
    game, prover, points = _setting(context)
    lasting = points["E7"].stable_if
    needed = all_of(lasting, condition(game, "p + d + a + k < h + C_s"))
    without = all_of(lasting, condition(game, "p + d + a + k > h + C_s"))
    present = sorted({"tau0", "tau1"} & set(lasting.parameters()))
    return ClaimResult(
        f"holds iff {needed.text()}",
        "There (0,1,1) is stable with permanent talent support and would not be without it. Government-backed support (tau1) does not "
        "enter: it ends with the government's part and can only help the state into the basin.",
        [
            f"Exact: of tau0 and tau1, the stability of (0,1,1) contains {', '.join(present)}.",
            sentence("Stable because of permanent talent support", prover.decide(needed)),
            sentence("Stable without it as well", prover.decide(without)),
            share_sentence(game, needed, BOX, context.rng("C18")),
        ],
    )


def _cycling(context: StudyContext) -> list[str]:
    """Cycling made precise: centres of faces that attract their closed orbits, and parameters without a stable vertex."""
    game, prover, points = _setting(context)
    lines = []
    for point in points:
        attracts = point.type_if.get("attracts closed orbits")
        if attracts is not None:
            where = ", ".join(f"{n} = {v}" for n, v in point.coordinates.items() if v in (0, 1))
            decision = prover.decide(attracts)
            lines.append(
                sentence(
                    f"Closed orbits on the face {where} attract (centre, negative transverse exponent)", decision
                )
            )
    none = _without_stable_vertex(context)
    decision = prover.decide(none.definition)
    lines.append(sentence("No vertex stable", decision))
    for start in CYCLING_STARTS:
        outcome = integrate(replicator(game), start, witness_values(decision), t_end=200).outcome
        lines.append(f"Numerical: there, from ({', '.join(map(str, start.values()))}): {outcome}.")
    return lines


def _without_stable_vertex(context: StudyContext) -> Regime:
    regimes: Regimes = context.cached("m4 regimes", lambda: find_regimes(context.game("m4")))
    return next(regime for regime in regimes if not regime.stable)


def _named(policy: set[str], what: Condition) -> str:
    return ", ".join(sorted(policy & set(what.parameters()))) or "none"


def _pulses(context: StudyContext) -> list[dict[str, str]]:
    """Return for every policy the shortest support after which the state goes to (0,1,1) by itself, numerically."""
    game = context.game("m4")
    values = game.values()
    assert {p.label for p in find_rest_points(game, values) if p.attracting == "asymptotic"} == {"E1", "E7"}
    rows = []
    for name, changes in POLICIES.items():
        context.progress(f"pulse: {name}")
        raised = ", ".join(f"{parameter} = {value}" for parameter, value in changes.items()) or "-"
        shortest = _shortest(game, game.values(changes), values)
        shown = f"{shortest:.1f}" if shortest else f"none up to {LONGEST:g}"
        rows.append(
            {"support": name, "raised while it lasts": raised, "shortest duration": shown, "known": "numerical"}
        )
    return rows


def _shortest(game: Any, supported: Any, values: Any) -> float | None:
    """Return the shortest duration of support that suffices, to 0.05, by bisection; None when the longest does not."""
    dynamics = replicator(game)

    def suffices(duration: float) -> bool:
        path = integrate(dynamics, {"x": 1 - 1e-12, "y": 0.05, "z": 0.05}, supported, t_end=duration)
        # shares that round to 1 are kept off the face: some firm always tries the other strategy
        start = {name: float(np.clip(path.coordinate(name)[-1], 1e-9, 1 - 1e-9)) for name in "yz"} | {"x": 0.95}
        return integrate(dynamics, start, values, t_end=400).outcome.label == "E7"

    low, high = 0.0, LONGEST
    if not suffices(high):
        return None
    while high - low > 0.05:
        middle = (low + high) / 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high


def _vertices(context: StudyContext) -> list[dict[str, str]]:
    _, _, points = _setting(context)
    return [
        {
            "label": p.label,
            "state": "(" + ", ".join(str(v) for v in p.coordinates.values()) + ")",
            "eigenvalues": "; ".join(str(e) for e in p.eigenvalues),
            "stable iff": p.stable_if.text(),
            "known": p.known,
        }
        for p in points
        if p.kind == "vertex"
    ]


def _mixed(context: StudyContext) -> list[dict[str, str]]:
    _, _, points = _setting(context)
    return [
        {
            "label": p.label,
            "state": "(" + ", ".join(str(v) for v in p.coordinates.values()) + ")",
            "kind": p.kind,
            "type": str(p.stability),
            "nearby states": p.attracting,
            "asymptotically stable": "never" if p.stable_if == FALSE else p.stable_if.text(),
        }
        for p in points
        if p.kind != "vertex"
    ]


def _cube(context: StudyContext) -> Any:
    from coopgame.figures import draw_cube

    game = context.game("m4")
    values = game.values()
    dynamics = replicator(game)
    starts = [dict(zip("xyz", start, strict=True)) for start in product((0.2, 0.5, 0.8), repeat=3)]
    paths = [integrate(dynamics, start, values, t_end=150) for start in starts]
    return draw_cube(paths, find_rest_points(game, values), language=context.language).figure


def _cycling_cube(context: StudyContext) -> Any:
    from coopgame.figures import draw_cube

    game, _, _ = _setting(context)
    values = _without_stable_vertex(context).witness
    paths = [integrate(replicator(game), start, values, t_end=60) for start in CYCLING_STARTS]
    return draw_cube(paths, find_rest_points(game, values), language=context.language).figure


def _overlay(context: StudyContext) -> Any:
    from coopgame.figures import draw_parameter_overlay

    game = context.game("m4")
    dynamics = replicator(game)
    start = {"x": 0.7, "y": 0.4, "z": 0.4}
    paths = [integrate(dynamics, start, {**game.values(), "S_s": s}, t_end=40) for s in ("0.1", "0.3", "0.5", "0.9")]
    return draw_parameter_overlay(paths, "S_s", language=context.language)[0].figure
