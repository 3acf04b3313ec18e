"""Studies of M5, the co-built overseas warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from coopgame import (
    GroupGame,
    MixedCounts,
    Prover,
    RestPoints,
    count_mixed_points,
    find_fold_curve,
    find_folds,
    find_rest_points,
    format_expression,
    replicator,
    threshold_public_good,
)
from coopgame.algebra.conditions import all_of, condition_from_text
from coopgame.report.repro import ClaimResult, StudyContext

from . import m5_finite, m5_proofs
from .common import sentence

# mixed rest points, stable ones, nobody committing stable, everybody committing stable
NAMES = {
    (0, 0, True, False): "never built",
    (2, 1, True, False): "none or partly built",
    (1, 0, True, True): "none or full",
    (3, 1, True, True): "none, partly or full",
    (1, 1, False, False): "partly built",
}
CHINESE = {
    "never built": "不建",
    "partly built": "部分共建",
    "none or partly built": "不建或部分共建",
    "none or full": "不建或全员共建",
    "none, partly or full": "不建、部分或全员共建",
}
BOX = {"K": (0.0, 6.0), "fee": (0.0, 1.0), "f0": (0.0, 1.0)}
_SAMPLES = 100_000
_GRID = 481
_THIRD = (20, 6)  # firms and threshold of the figure of the other variant


def warehouse(context: StudyContext) -> ClaimResult:
    """Judge C15: is there a stable state with a warehouse, and does it earn the firms more than none?"""
    game = _game(context)
    context.progress("M5: all groups of up to twenty firms")
    chains = m5_finite.chain_table(game)
    return ClaimResult(
        "holds iff K < n*fee, or f0 and K - n*fee lie inside the fold curve of (n, M)",
        "(1 < M < n.) A warehouse that all n firms use at the cost K raises total payoff iff n b > K, over none and over one for each firm. A stable "
        "state builds it in two ways: everybody commits, iff the fee exceeds the cost share K/n (for M = n, iff b does); or some commit "
        "and some pay the fee, iff both mixed rest points exist (for M = 1 the one, iff K > n fee and b + (n - 1)fee > K). Every such state is worth more to the firms than none, because fee <= b. "
        "What refutes the claim is not waste but absence: for M > 1 nobody committing is stable at every fee, and where n b > K > n fee "
        "outside the fold curve it is the only stable state, although the warehouse is worth its cost.",
        [
            *m5_proofs.written_gains(),
            *m5_proofs.full_commitment(),
            *m5_proofs.possible_states(game),
            *m5_proofs.sign_changes(),
            *_fold_condition(game),
            *m5_proofs.monotone(),
            *m5_proofs.efficiency(),
            m5_proofs.no_stable_waste(game),
            *_refuting(game),
            *m5_proofs.no_cusp(),
            *m5_proofs.finite_populations(),
            *m5_finite.balance(game),
            m5_finite.long_run(chains),
            _measured(game, context.rng("C15")),
        ],
        figures=_figures(context),
        captions={
            "m5_map_shared": "Stable states over fee and cost, five firms, threshold three; the fee is shared. Bold: the fold curve",
            "m5_map_third_party": "The same when the fee goes to a third party, twenty firms, threshold six: all three states side by side",
            "m5_folds": "Fold curves of five firms for three thresholds: below each a partly built state exists (fee = 0)",
            "m5_fee_path": "Rising fee: what a firm earns in the best stable state, the rest points, and the stable states",
            "m5_thresholds": "Groups of n firms with K = 0.4 n b, fee = 0.3 b, f0 = 0.1 b: thresholds M by stable state",
            "m5_fold_costs": "Greatest cost at which a partly built state exists (fee = 0, f0 = 0.1 b), and the share of committed firms there",
            "m5_finite": "Finite populations at the values of the game file: where the gain changes sign, and which state is favoured",
            "m5_chains": "Finite populations under Fermi imitation of intensity 5: chances to take over, and how often the warehouse is built in the long run with mutation 1/200",
        },
        tables={
            "m5_thresholds": _threshold_table(),
            "m5_fold_costs": _fold_table(),
            "m5_finite": m5_finite.sign_table(game),
            "m5_chains": chains,
        },
    )


def _game(context: StudyContext) -> GroupGame:
    game = context.game("m5")
    assert isinstance(game, GroupGame)
    assert game.gains == threshold_public_good(game.size, dict(game.integers)["M"]).gains
    return game


def _fold_condition(game: GroupGame) -> list[str]:
    """Return the fold curve of the case of the game file, as a polynomial and as a curve in the share."""
    t, d, g, f0 = sympy.symbols("t d g f0")
    gains = (-f0, -f0, d, -g / 4, -g / 5)
    odds = sympy.Poly(60 * sum(sympy.binomial(4, k) * gain * t**k for k, gain in enumerate(gains)), t)
    factors = sympy.factor_list(sympy.discriminant(odds, t))[1]
    inner = max((factor for factor, _ in factors), key=lambda f: sympy.Poly(f, d, g, f0).total_degree())
    polynomial = sympy.Poly(inner, d, g, f0)
    polynomial = -polynomial if polynomial.coeff_monomial(d**4) > 0 else polynomial
    # along a ray in (f0, g) the coefficients change sign once, so the curve is met once
    for (power, *_), coefficient in polynomial.terms():
        assert (coefficient < 0) == (power >= 3)
    _check_fold(game, polynomial)
    curve = find_fold_curve(game, ("K", "f0"), {"b": 1, "fee": 0})
    shown = "; ".join(f"{name} = {format_expression(value)}" for name, value in curve.expressions().items())
    return [
        f"Exact, n = 5, M = 3: with the gain at the threshold d = b - (K - 2 fee)/3 > 0 and g = K - 5 fee > 0, both mixed rest points "
        f"exist iff {format_expression(polynomial.as_expr())} < 0, a factor of the discriminant of D. Its terms of degree 0 and 1 in f0 "
        "and g are negative and the others positive, so every ray from f0 = g = 0 leaves the region once. The number of mixed rest points "
        "depends on f0/d and g/d only, for all n and M: one curve for each (n, M).",
        f"Exact: on the fold curve, parametrised by the common share x of the two points, for b = 1 and fee = 0: {shown}.",
    ]


def _check_fold(game: GroupGame, polynomial: sympy.Poly) -> None:
    """Make sure that the polynomial says what counting the rest points says, at exact points of a lattice."""
    shown: set[bool] = set()
    for cost in range(1, 24):
        for loss in (1, 4, 16):
            values = game.values({"b": 1, "fee": "1/10", "K": f"{cost}/5", "f0": f"{loss}/20"})
            threshold, beyond = values["b"] - (values["K"] - 2 * values["fee"]) / 3, values["K"] - 5 * values["fee"]
            if threshold <= 0 or beyond <= 0:
                continue
            numbers = [sympy.Rational(v.numerator, v.denominator) for v in (threshold, beyond, values["f0"])]
            inside = bool(polynomial(*numbers) < 0)
            shown.add(inside)
            assert int(count_mixed_points(game, values).total) == (2 if inside else 0), values
    assert shown == {True, False}


def _refuting(game: GroupGame) -> list[str]:
    """Return an exact witness of a warehouse that is worth its cost and never built, and the stable states at the default values."""
    values = game.values({"K": "3.5", "fee": "0.2"})
    points = find_rest_points(game, values)
    assert [p.label for p in points.attractors] == ["E1"] and values["K"] < game.size * values["b"]
    shown = ", ".join(f"{name} = {value}" for name, value in values.items())
    default = find_rest_points(game, {})
    payoffs = [float(_mean_payoff(game, game.values(), point)) for point in default.attractors]
    places = "; ".join(
        f"x = {float(p.state[0]):.4f} with {pay:.4f} per firm"
        for p, pay in zip(default.attractors, payoffs, strict=True)
    )
    full = float(game.values()["b"] - game.values()["K"] / game.size)
    dominated = all_of(
        condition_from_text(game.ring, "3*b + 2*fee < K"), condition_from_text(game.ring, f"{game.size}*b > K")
    )
    return [
        f"Exact: at {shown} the warehouse is worth its cost, 5 b > K, and nobody committing is the only stable state.",
        sentence(
            "All gains negative although the warehouse is worth its cost", Prover(game.assumptions).decide(dominated)
        ),
        f"At the values of the game file the stable states are {places}; full commitment would earn {full:.4f} each.",
    ]


def _mean_payoff(game: GroupGame, values: Mapping[str, Any], point: Any) -> float:
    """Return what a firm earns on average at a rest point."""
    state = point.state
    return float(state @ replicator(game).payoffs(state, values))


def _provided(counts: MixedCounts) -> np.ndarray:
    provided: np.ndarray = counts.everybody | (counts.stable > 0)
    return provided


def _measured(game: GroupGame, rng: np.random.Generator) -> str:
    """Return the measured share of a box with a stable warehouse, uniform and log-uniform, with standard errors."""
    parts = []
    for log, name in ((False, "uniform"), (True, "log-uniform")):
        draws = {}
        for key, (low, high) in BOX.items():
            first, last = (float(np.log(0.01 * high)), float(np.log(high))) if log else (low, high)
            points = rng.uniform(first, last, _SAMPLES)
            draws[key] = np.exp(points) if log else points
        provided = _provided(count_mixed_points(game, {"b": 1, **draws}))
        worth = draws["K"] < game.size
        shares = [float(v.mean()) for v in (provided, worth & ~provided)]
        errors = [100 * np.sqrt(s * (1 - s) / _SAMPLES) for s in shares]
        parts.append(
            f"{name}: {100 * shares[0]:.1f} % ± {errors[0]:.1f} with a stable warehouse, {100 * shares[1]:.1f} % ± {errors[1]:.1f} "
            "without one although it is worth its cost"
        )
    ranges = ", ".join(f"{n} in [{low:g}, {high:g}]" for n, (low, high) in BOX.items())
    return (
        f"Measured in the box b = 1, {ranges} ({_SAMPLES} points each; log-uniform from 1 % of the upper ends): {'; '.join(parts)}. "
        "This is a property of the box, not evidence about Xiamen."
    )


# tables -------------------------------------------------------------------------------------------------------------


def _threshold_table() -> list[dict[str, str]]:
    rows = []
    for n in range(2, m5_proofs.LARGEST + 1):
        found: dict[str, list[int]] = {name: [] for name in NAMES.values() if name != "none, partly or full"}
        for m in range(1, n + 1):
            values = {"b": 1, "K": f"{4 * n}/10", "fee": "0.3", "f0": "0.1"}
            found[NAMES[_kind(count_mixed_points(threshold_public_good(n, m), values))]].append(m)
        rows.append({"n": str(n), **{name: _ranges(members) for name, members in found.items()}})
    return rows


def _kind(counts: MixedCounts) -> tuple[int, int, bool, bool]:
    return int(counts.total), int(counts.stable), bool(counts.nobody), bool(counts.everybody)


def _ranges(numbers: list[int]) -> str:
    if not numbers:
        return ""
    return f"M = {numbers[0]}" if len(numbers) == 1 else f"M = {numbers[0]} to {numbers[-1]}"


def _fold_table() -> list[dict[str, str]]:
    rows = []
    for n, m in ((3, 2), (5, 2), (5, 3), (5, 4), (10, 3), (10, 5), (10, 8), (20, 3), (20, 6), (20, 10), (20, 15)):
        [fold] = find_folds(threshold_public_good(n, m), "K", {"b": 1, "fee": 0, "f0": "0.1"})
        cost = float(fold.place["K"])
        rows.append(
            {
                "n": str(n),
                "M": str(m),
                "greatest K": f"{cost:.4f}",
                "part of n b": f"{cost / n:.3f}",
                "share x there": f"{float(fold.share):.4f}",
            }
        )
    return rows


# figures ------------------------------------------------------------------------------------------------------------


def _shown(context: StudyContext) -> dict[tuple[int, int, bool, bool], str]:
    from coopgame.figures.style import label

    return {kind: label(name, CHINESE[name], context.language) for kind, name in NAMES.items()}


def _figures(context: StudyContext) -> dict[str, Any]:
    game = _game(context)
    third = threshold_public_good(*_THIRD, fee_shared=False)
    return {
        "m5_map_shared": _map(context, game, (1.0, 6.0)),
        "m5_map_third_party": _map(context, _described(third, game), (0.45, 4.5)),
        "m5_folds": _fold_figure(context, game),
        "m5_fee_path": _path_figure(context, game),
    }


def _described(game: GroupGame, like: GroupGame) -> GroupGame:
    """Return a game with the meanings of parameters of another."""
    rules = dict(zip(game.populations[0].strategies, game.rules, strict=True))
    return GroupGame(
        rules,
        game.size,
        integers=dict(game.integers),
        parameters=like.parameters,
        assumptions=like.assumption_texts,
    )


def _map(context: StudyContext, game: GroupGame, ends: tuple[float, float]) -> Any:
    from coopgame.figures import draw_count_map, draw_fold_curves

    fixed = {name: game.values()[name] for name in ("b", "f0")}
    grid = {"fee": np.linspace(0.0, ends[0], _GRID)[None, :], "K": np.linspace(0.01, ends[1], _GRID)[:, None]}
    counts = count_mixed_points(game, {**fixed, **grid})
    names = {kind: _broken(text) for kind, text in _shown(context).items()}
    ax = draw_count_map(counts, ("fee", "K"), names=names, language=context.language)
    draw_fold_curves({"fold": find_fold_curve(game, ("fee", "K"), fixed)}, ax, language=context.language)
    return ax.figure


def _broken(text: str) -> str:
    """Return the name of a region on several lines, so that it fits into the region."""
    for mark in (" or ", ", ", "、", "或"):
        text = text.replace(mark, f"{mark.rstrip()}\n", 1)
    return text


def _fold_figure(context: StudyContext, game: GroupGame) -> Any:
    from coopgame.figures import draw_fold_curves

    curves = {}
    for m in (2, 3, 4):
        described = _described(threshold_public_good(5, m), game)
        curves[f"M = {m}"] = find_fold_curve(described, ("f0", "K"), {"b": 1, "fee": 0})
    ax = draw_fold_curves(curves, language=context.language)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 4)
    return ax.figure


def _path_figure(context: StudyContext, game: GroupGame) -> Any:
    from coopgame.figures import draw_policy_path
    from coopgame.figures.style import label

    base = game.values()
    folds = [float(f.place["fee"]) for f in find_folds(game, "fee", {n: v for n, v in base.items() if n != "fee"})]
    thresholds = sorted([*folds, float(base["K"] / game.size)])
    beside = [t + shift for t in thresholds for shift in (-1e-6, 1e-6)]
    path = np.sort(np.concatenate([np.linspace(0.0, 0.8, 161), beside]))
    path = path[~np.isclose(path, thresholds[-1], atol=1e-9)]
    points: list[RestPoints] = [find_rest_points(game, {**base, "fee": float(fee)}) for fee in path]
    counts = count_mixed_points(game, {**base, "fee": path})
    shown = _shown(context)
    kinds = zip(counts.total, counts.stable, counts.nobody, counts.everybody, strict=True)
    regimes = [shown[(int(t), int(s), bool(n), bool(a))] for t, s, n, a in kinds]
    best = np.array(
        [
            max(_mean_payoff(game, {**base, "fee": float(fee)}, p) for p in found.attractors)
            for fee, found in zip(path, points, strict=True)
        ]
    )
    axes = draw_policy_path(
        label("fee of a firm that did not commit", "未参建企业的使用费 fee", context.language),
        path,
        points,
        regimes,
        {label("payoff, best stable state", "最优稳定状态的收益", context.language): best},
        thresholds=thresholds,
        order=list(shown.values()),
        language=context.language,
    )
    return axes[0].figure
