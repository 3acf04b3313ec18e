"""Studies of M4, government, platform and small firms."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from coopgame import Prover, decompose, find_regimes, find_rest_points, integrate, replicator
from coopgame.algebra.conditions import TRUE, all_of
from coopgame.analysis.analyse import dead_parameters
from coopgame.report.repro import ClaimResult, StudyContext

from .common import condition, sentence, share_sentence

POSITIVE = (
    "C_g",
    "T",
    "R",
    "L",
    "S_p",
    "S_s",
    "F_p",
    "F_s",
    "V",
    "N",
    "C_p",
    "rho",
    "m",
    "p",
    "h",
    "d",
    "a",
    "k",
    "C_s",
    "q",
)
BOX = dict.fromkeys(POSITIVE, (0.0, 1.0)) | {"omega": (0.0, 1.0), "tau0": (0.0, 0.5), "tau1": (0.0, 0.5)}
BOX |= {"R": (0.0, 4.0), "N": (0.0, 2.0), "V": (1.0, 3.0), "m": (0.5, 1.5)}
TRAPPED = {"C_g": "1.5", "C_s": "0.7", "h": "0.6", "F_p": "0.3", "F_s": "0.2"}


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
    own = all_of(
        *(part for part in [condition(game, "N > C_p + rho"), condition(game, "C_s*tau0 + p + d + a + k > h + C_s")])
    )
    instruments = sorted(policy & set(own.parameters()))
    evidence = [
        f"Exact: firms and platform stay at (0,1,1) iff {own.text()}; subsidies and fines in it: {', '.join(instruments) or 'none'}. "
        "They enter the third condition only, whether the government stays away.",
        f"Exact: the government stays away at (0,1,1) iff {condition(game, 'omega*R < C_g + T + S_p + S_s').text()}.",
        sentence("(1,1,1) stable, that is, lasting only with support", prover.decide(supported.stable_if)),
        f"Complete: {len(regimes)} regimes by stable vertices, {len(regimes.empty)} further sets proved empty, none undecided.",
        *_cycling(context),
        f"Dead parameters (in payoffs, not in the dynamics): {', '.join(dead_parameters(replicator(game)))}.",
        f"The harmonic share at the default values is {float(decompose(game, game.values()).shares['harmonic']):.3f}.",
        share_sentence(game, lasting.stable_if, BOX, context.rng("C14")),
        *_pulse(context),
    ]
    return ClaimResult(
        f"holds iff {lasting.stable_if.text()}",
        "Sharing platform and differentiating firms keep each other in place without support exactly there: the network income must "
        "exceed cost and rent, differentiation must pay on a sharing platform, and supervision must not pay any more.",
        evidence,
        figures={"m4_cube": _cube(context), "m4_overlay": _overlay(context)},
        captions={
            "m4_cube": "M4 from a grid of starts: two basins, the trap (0,0,0) and the lasting (0,1,1)",
            "m4_overlay": "The subsidy to small firms at four values, from one start",
        },
        tables={
            "m4_vertices": _vertices(context),
            "m4_mixed_points": _mixed(context),
            "m4_regimes": _regimes(context),
        },
    )


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
    regimes = context.cached("m4 regimes", lambda: find_regimes(game))
    none = next((r for r in regimes if not r.stable), None)
    lines.append(
        sentence("No vertex stable", prover.decide(none.definition)) if none else "Some vertex is always stable."
    )
    return lines


def _pulse(context: StudyContext) -> list[str]:
    """How long support must be kept to carry the state from near (0,0,0) into the basin of (0,1,1), numerically."""
    game = context.game("m4")
    values = game.values(TRAPPED)
    dynamics = replicator(game)
    labels = {p.label for p in find_rest_points(game, values) if p.attracting == "asymptotic"}
    lines = [f"At the values of the policy study the stable states are {', '.join(sorted(labels))}."]
    for subsidy in ("0.3", "0.9", "1.5"):
        supported = {**values, "S_s": subsidy, "tau1": "0.3"}
        found = None
        for duration in (2, 4, 8, 16, 32):
            held = _held_support(dynamics, supported, duration)
            after = integrate(dynamics, held, values, t_end=300)
            if after.outcome.label == "E7":
                found = duration
                break
        outcome = f"a pulse of length {found} suffices" if found else "no pulse up to length 32 suffices"
        lines.append(
            f"Numerical: from (0.05, 0.05, 0.05), government held at support, S_s = {subsidy}, tau1 = 0.3: {outcome}."
        )
    return lines


def _held_support(dynamics: Any, values: Any, duration: float) -> dict[str, float]:
    """Return the state after support by decree: x stays near 1, platform and firms adapt."""
    start = {"x": 1 - 1e-12, "y": 0.05, "z": 0.05}
    path = integrate(dynamics, start, values, t_end=duration)
    return {"x": 0.05, "y": float(path.coordinate("y")[-1]), "z": float(path.coordinate("z")[-1])}


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
            "asymptotically stable": "never" if p.stable_if != TRUE else "yes",
        }
        for p in points
        if p.kind != "vertex"
    ]


def _regimes(context: StudyContext) -> list[dict[str, str]]:
    regimes = context.cached("m4 regimes", lambda: find_regimes(context.game("m4")))
    return [
        {
            "regime": r.name,
            "stable": ", ".join(r.stable) or "none",
            "condition": r.condition.text(),
            "witness": ", ".join(f"{n} = {v}" for n, v in (r.witness or {}).items()),
            "known": r.proof.known,
        }
        for r in regimes
    ]


def _cube(context: StudyContext) -> Any:
    from coopgame.figures import draw_cube

    game = context.game("m4")
    values = game.values(TRAPPED)
    dynamics = replicator(game)
    starts = [dict(zip("xyz", start, strict=True)) for start in product((0.2, 0.5, 0.8), repeat=3)]
    paths = [integrate(dynamics, start, values, t_end=150) for start in starts]
    return draw_cube(paths, find_rest_points(game, values), language=context.language).figure


def _overlay(context: StudyContext) -> Any:
    from coopgame.figures import draw_parameter_overlay

    game = context.game("m4")
    dynamics = replicator(game)
    start = {"x": 0.5, "y": 0.3, "z": 0.3}
    paths = [
        integrate(dynamics, start, {**game.values(TRAPPED), "S_s": f"{s:.1f}"}, t_end=40)
        for s in np.array([0.1, 0.4, 0.7, 1.0])
    ]
    return draw_parameter_overlay(paths, "S_s", language=context.language)[0].figure
