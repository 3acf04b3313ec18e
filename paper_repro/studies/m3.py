"""Studies of M3, platform and small firms."""

from __future__ import annotations

from typing import Any

from coopgame import Prover, decompose, find_regimes, find_rest_points, find_separatrices, replicator
from coopgame.algebra.conditions import all_of, any_of
from coopgame.report.repro import ClaimResult, StudyContext

from .common import condition, proved, regime_rows, sentence, share_sentence

PLACES = {
    "E1": "(concentrate, price war)",
    "E2": "(open, price war)",
    "E3": "(concentrate, join)",
    "E4": "(open, join)",
}
BOX = dict.fromkeys(("n", "o", "rho", "mu_p", "mu_s", "w_O", "w_K", "z_J", "z_W", "f", "c", "h", "d"), (0.0, 1.0))
BOX |= {"G": (1.0, 5.0), "v0": (0.5, 1.5)}


def _setting(context: StudyContext) -> tuple[Any, Any, Any]:
    game = context.game("m3")
    prover = context.cached("m3 prover", lambda: Prover(game.assumptions))
    return game, prover, context.cached("m3 points", lambda: find_rest_points(game))


def squeeze(context: StudyContext) -> ClaimResult:
    """Judge C10: a stable state with a concentrating platform in which small firms earn less than without one."""
    game, prover, points = _setting(context)
    joiners = all_of(points["E3"].stable_if, condition(game, "f - z_J - c < 0"))
    warriors = all_of(points["E1"].stable_if, condition(game, "f + h - d - z_W < 0"))
    squeezed = any_of(joiners, warriors)
    concentrating = any_of(points["E1"].stable_if, points["E3"].stable_if)
    return ClaimResult(
        f"holds iff {squeezed.text()}",
        "The platform must keep concentrating (rent above what openness brings) and the squeeze on those who stay must exceed the "
        "traffic income f it brings. With enough traffic, concentration is stable and small firms still gain.",
        [
            sentence("Squeezed joiners at a stable (concentrate, join)", prover.decide(joiners)),
            sentence("Squeezed price warriors at a stable (concentrate, price war)", prover.decide(warriors)),
            sentence("Stable concentration without a loss against v0", proved(prover, concentrating, squeezed)),
            share_sentence(game, squeezed, BOX, context.rng("C10")),
        ],
    )


def matching(context: StudyContext) -> ClaimResult:
    """Judge C12: (open, join) stable through matching gains."""
    game, prover, points = _setting(context)
    good, bad = points["E4"].stable_if, points["E1"].stable_if
    regimes = context.cached("m3 regimes", lambda: find_regimes(game))
    alone = next(r for r in regimes if r.stable == ("E4",))
    harmonic = decompose(game, game.values()).shares["harmonic"]
    return ClaimResult(
        f"holds iff {good.text()}",
        "Both matching gains help: mu_p opens the platform, mu_s makes firms join. But neither enters the stability of "
        "(concentrate, price war), so where that state is stable too, matching alone does not lead out of it.",
        [
            sentence("(open, join) the only stable state", prover.decide(alone.definition)),
            sentence("(open, join) and (concentrate, price war) stable together", prover.decide(all_of(good, bad))),
            f"Exact: stability of (concentrate, price war) iff {bad.text()}, without mu_p and mu_s.",
            f"The harmonic share of the game at its default values is {float(harmonic):.3f}.",
            share_sentence(game, good, BOX, context.rng("C12")),
        ],
        figures={"m3_portrait": _portrait(context)},
        captions={"m3_portrait": "M3 with two stable states; the separatrix parts their basins"},
        tables={"m3_regimes": regime_rows(regimes, places=PLACES)},
    )


def _portrait(context: StudyContext) -> Any:
    from coopgame.figures import draw_phase_portrait

    game = context.game("m3")
    values = game.values({"n": 1, "mu_p": "0.5", "mu_s": "0.6"})
    field = replicator(game)
    points = find_rest_points(game, values)
    curves = find_separatrices(field, values)
    return draw_phase_portrait(field, points, values, separatrices=curves, language=context.language).figure
