"""What the studies share: conditions from text, decisions as sentences, measured shares of a box."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from coopgame import Game, Prover, Regimes
from coopgame.algebra.conditions import Condition, all_of, condition_from_text, negate
from coopgame.algebra.prover import Decision

Box = Mapping[str, tuple[float, float]]
_SAMPLES = 100_000


def condition(game: Game, text: str) -> Condition:
    """Return the condition that a text states about the parameters of a game."""
    return condition_from_text(game.ring, text)


def proved(prover: Prover, premise: Condition, conclusion: Condition) -> Decision:
    """Return the decision whether a premise can hold without the conclusion; empty means the implication is proved."""
    return prover.decide(all_of(premise, negate(conclusion)))


def sentence(text: str, decision: Decision) -> str:
    """Return a decision as a line of evidence."""
    if decision.status == "realised":
        return f"{text}: possible, for example at {decision.proof.text}."
    if decision.status == "empty":
        return f"{text}: impossible ({decision.proof.known}: {decision.proof.text})."
    return f"{text}: undecided ({decision.proof.text})."


def witness_values(decision: Decision) -> dict[str, Fraction]:
    """Return the witness of a realised decision."""
    assert decision.witness is not None, decision
    return decision.witness


def share_sentence(game: Game, what: Condition, box: Box, rng: np.random.Generator) -> str:
    """Return the measured share of a box where a condition holds, uniform and log-uniform, with standard errors."""
    parts = []
    for log, name in ((False, "uniform"), (True, "log-uniform")):
        inside = box if not log else {n: (max(low, 0.01 * high), high) for n, (low, high) in box.items()}
        points = game.assumptions.sample(_SAMPLES, rng, box=inside, log=log)
        share = float(what.holds_many(points, game.ring).mean())
        error = float(np.sqrt(share * (1 - share) / len(points)))
        parts.append(f"{100 * share:.1f} % ± {100 * error:.1f} ({name})")
    ranges = ", ".join(f"{n} in [{low:g}, {high:g}]" for n, (low, high) in box.items())
    return (
        f"Holds in {' and '.join(parts)} of the box {ranges} ({_SAMPLES} points each; log-uniform from 1 % of the upper "
        "ends). This is a property of the box, not evidence about Xiamen."
    )


def regime_rows(
    regimes: Regimes, names: Mapping[tuple[str, ...], str] | None = None, places: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """Return the table of regimes; names: of regimes by their stable points; places: of rest points by their labels."""
    return [
        {
            "regime": names[regime.stable] if names else regime.name,
            "stable": "; ".join((places or {}).get(label, label) for label in regime.stable) or "none",
            "condition": regime.condition.text(),
            "witness": ", ".join(f"{name} = {value}" for name, value in (regime.witness or {}).items()),
            "known": regime.proof.known,
        }
        for regime in regimes
    ]
