"""M5 in finite populations: exact gains, chances to take over, and the long run of the chain."""

from __future__ import annotations

import sympy
from scipy.stats import binom, hypergeom

from coopgame import (
    GroupGame,
    fermi_imitation,
    find_finite_gains,
    find_fixation,
    find_rest_points,
    find_stationary_distribution,
    finite_population,
    format_expression,
    selection_gradient,
)
from coopgame.algebra.conditions import condition_from_text

INTENSITY, MUTATION = 5, "1/200"
SIZES = (20, 200, 2000)


def balance(game: GroupGame) -> list[str]:
    """Return which of the two uniform states replaces the other more easily, exactly."""
    size = 50
    gains = find_finite_gains(game, size)
    balance = condition_from_text(game.ring, f"{format_expression(gains.balance())} > 0")
    invasion = condition_from_text(game.ring, f"{format_expression(gains.invasion())} > 0")
    large = condition_from_text(game.ring, f"{format_expression(sympy.Add(*game.gains))} > 0")
    return [
        f"Exact, {size} firms in groups of five, M = 3: full commitment replaces none more easily than the reverse, under pairwise "
        f"comparison with Fermi's rule at any intensity, iff {balance.text()}; in large populations iff the gains add up to more than "
        f"0, {large.text()}.",
        f"Exact, the same firms, weak selection: one committed firm takes over with more than the probability 1/{size} iff "
        f"{invasion.text()}.",
    ]


def sign_table(game: GroupGame) -> list[dict[str, str]]:
    """Return where the gain of committing changes sign in finite populations."""
    rows = []
    points = [float(p.state[0]) for p in find_rest_points(game, {}) if p.kind == "interior"]
    for size in (10, 20, 50, 100, 200):
        gains = find_finite_gains(game, size)
        numbers = gains.numbers()
        places = [i + 1 for i in range(len(numbers) - 1) if numbers[i] * numbers[i + 1] < 0]
        rows.append(
            {
                "firms": str(size),
                "sign changes": str(gains.sign_changes()),
                "after i committed": ", ".join(map(str, places)),
                "share": ", ".join(f"{(i + 0.5) / size:.3f}" for i in places),
                "sum of gains": f"{float(sum(numbers)):.3f}",
                "easier": "to full commitment" if sum(numbers) > 0 else "to none",
            }
        )
    infinite = {
        "firms": "infinite",
        "sign changes": str(len(points)),
        "after i committed": "",
        "sum of gains": "",
        "easier": "",
    }
    return [*rows, {**infinite, "share": ", ".join(f"{x:.3f}" for x in points)}]


def chain_table(game: GroupGame) -> list[dict[str, str]]:
    """Return what firms that imitate do in populations of several sizes, and in an infinite one."""
    rows, threshold = [], dict(game.integers)["M"]
    for size in SIZES:
        plain = finite_population(game, fermi_imitation(INTENSITY), size)
        fixation = find_fixation(plain)
        law = find_stationary_distribution(
            finite_population(game, fermi_imitation(INTENSITY), size, mutation=MUTATION)
        )
        chances = hypergeom.sf(threshold - 1, size, law.counts["commit"], game.size)
        built = float(law.probabilities @ chances)
        roots = selection_gradient(plain).roots
        rows.append(
            {
                "firms": str(size),
                "turns at": ", ".join(f"{root.share:.4f}" for root in roots),
                "log chance to take over, one committed firm": f"{fixation.log_probability('abstain', 'commit'):.4f}",
                "one that abstains": f"{fixation.log_probability('commit', 'abstain'):.4f}",
                "built in the long run": f"{built:.6f}",
                "known": law.known,
            }
        )
    mixed = [float(p.state[0]) for p in find_rest_points(game, {}) if p.kind == "interior"]
    stable = max(mixed)
    infinite = {"firms": "infinite", "turns at": ", ".join(f"{x:.4f}" for x in mixed)}
    empty = dict.fromkeys(("log chance to take over, one committed firm", "one that abstains"), "")
    return [
        *rows,
        {
            **infinite,
            **empty,
            "built in the long run": f"{binom.sf(threshold - 1, game.size, stable):.6f} in the mixture, 0 without",
            "known": "certified",
        },
    ]


def long_run(table: list[dict[str, str]]) -> str:
    """Return the table as a sentence."""
    shown = "; ".join(f"{row['firms']} firms {row['built in the long run']}" for row in table)
    return (
        f"Exact up to rounding, Fermi imitation of intensity {INTENSITY}, mutation {MUTATION}, at the values of the game file: how often a group of five has a warehouse in the long run: {shown}. "
        "Few firms lose the mixture by chance and are without a warehouse most often; among many the mixture is where the chain rests more deeply."
    )
