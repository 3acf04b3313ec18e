"""Long runs of one noisy population with two strategies as exact conditions on the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from coopgame.algebra.bernstein import bernstein_to_power
from coopgame.algebra.conditions import Condition, all_of, any_of
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.noisy_line import gains, needs_one_share, polynomial_line, smooth_part
from coopgame.dynamics.noise import StochasticReplicator
from coopgame.expressions import to_sympy


@dataclass(frozen=True, eq=False)
class NoiseRegimes:
    """Which long run a noisy share has, as conditions on the parameters; exactly one of them holds wherever the payoffs do
    not divide by zero.

    law: there is a stationary law inside. first, second: that strategy takes over with probability 1. either: one of them does, by
    chance. neutral: no limit, no law. density: the density of the law up to a constant factor, in the share and the parameters.
    """

    dynamics: StochasticReplicator = field(repr=False)
    law: Condition
    first: Condition
    second: Condition
    either: Condition
    neutral: Condition
    density: sympy.Expr

    def conditions(self) -> dict[str, Condition]:
        """Return the conditions by what happens."""
        one, two = self.dynamics.game.populations[0].strategies
        return {
            "one stationary law": self.law,
            f"{one} takes over": self.first,
            f"{two} takes over": self.second,
            f"{one} or {two} takes over, by chance": self.either,
            "no limit and no law": self.neutral,
        }

    def at(self, values: Mapping[str, Any] | None = None) -> str:
        """Return what happens at values of the parameters; GameError where a payoff divides by zero there."""
        exact = self.dynamics.game.values(values)
        self.dynamics.game.substitute(exact)
        [found] = [what for what, condition in self.conditions().items() if condition.holds(exact)]
        return found

    def __str__(self) -> str:
        lines = [f"{what} iff {condition.text()}" for what, condition in self.conditions().items()]
        return "\n".join(lines) + "\nexact"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(what)}</td><td>${condition.latex()}$</td></tr>"
            for what, condition in self.conditions().items()
        )
        symbol = self.dynamics.game.coordinates[0]
        density = rf"<p>$p({symbol}) \propto {sympy.latex(self.density)}$</p>"
        return f"<table><tr><th>in the long run</th><th>if and only if</th></tr>{rows}</table>{density}"


def find_noise_regimes(dynamics: StochasticReplicator) -> NoiseRegimes:
    """Return for one noisy population with two strategies which long run it has, for all values of the parameters.

    The signs of how each strategy grows when it is rare decide, as in `find_stationary_law`; sigma and mutation are numbers. Assumptions
    of the game are not used to shorten the conditions.

    Raises UnsupportedError for other games, advantages that are no polynomials, and without noise.

    >>> from coopgame import ItoShocks, MatrixGame, stochastic_replicator
    >>> snowdrift = MatrixGame([["b - c/2", "b - c"], ["b", "0"]])
    >>> print(find_noise_regimes(stochastic_replicator(snowdrift, ItoShocks([1, 0]))).law)
    2*b > 2*c + 1 and c + 1 > 0
    """
    variance = needs_one_share(dynamics)
    gain = gains(dynamics, polynomial_line(dynamics.game).coefficients)
    low, high = gain[0], gain[-1]
    always, never = all_of(), any_of()
    density = _density(dynamics, gain, variance)
    if dynamics.mutation:
        return NoiseRegimes(dynamics, always, never, never, never, never, density)
    return NoiseRegimes(
        dynamics,
        law=all_of(low.sign(">"), high.sign("<")),
        first=all_of(low.sign(">="), high.sign(">")),
        second=all_of(low.sign("<"), high.sign("<=")),
        either=all_of(low.sign("<"), high.sign(">")),
        neutral=any_of(all_of(low.sign("="), high.sign("<=")), all_of(low.sign(">"), high.sign("="))),
        density=density,
    )


def _density(dynamics: StochasticReplicator, gain: tuple[Quotient, ...], variance: Any) -> sympy.Expr:
    x = sympy.Symbol(dynamics.game.coordinates[0])
    one = sympy.Integer(1)
    a, b = (2 * gain[0] / variance).expression(), (-2 * gain[-1] / variance).expression()
    powers = bernstein_to_power(smooth_part(gain, variance))
    inner = sympy.Add(*((c.expression() if isinstance(c, Quotient) else c) * x**k for k, c in enumerate(powers)))
    pull = 2 * dynamics.mutation / variance
    pull = to_sympy(pull)
    return x ** (a - one) * (1 - x) ** (b - one) * sympy.exp(inner - pull / x - pull / (1 - x))
