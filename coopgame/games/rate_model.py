"""RateModel: quantities that move by given rates, without populations and payoffs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from math import inf
from typing import Any

import sympy

from coopgame.errors import GameError, UnsupportedError
from coopgame.expressions import format_expression
from coopgame.games.declarations import Environment
from coopgame.games.game import Game

_NO_PAYOFFS = "a model of quantities alone has no payoffs; replicator(model).equations() gives its rates"


class RateModel(Game):
    """A model of quantities, such as outputs, stocks or densities, that move by given rates.

    rates: {name: time derivative}, for quantities from 0 on without an upper bound; or `Environment` objects, which also give
    meanings and may run between 0 and 1. It is used like a game: `find_rest_points`, `find_regimes`, `analyse`, `integrate` take it, and
    `replicator(model)` is the field of its rates. A state gives every quantity: {"N1": 0.5, "N2": 2}.

    >>> model = RateModel({"N": "r*N*(1 - N/K)"}, parameters={"r": "> 0", "K": "> 0"})
    >>> model.coordinates
    ('N',)
    """

    kind = "rates"

    def __init__(self, rates: Mapping[str, Any] | Iterable[Environment], **common: Any) -> None:
        given = rates.items() if isinstance(rates, Mapping) else [(variable.name, variable) for variable in rates]
        quantities = tuple(
            rate if isinstance(rate, Environment) else Environment(name, rate, between=(0, inf))
            for name, rate in given
        )
        if not quantities:
            raise GameError('a model needs at least one quantity, such as {"N": "r*N*(1 - N/K)"}')
        super().__init__((), frozenset(), environment=quantities, **common)

    def _check_populations(self) -> None:
        """Accept that there are none."""

    def _content(self) -> tuple[Any, ...]:
        return ()

    def _with_payoffs(self, substitution: Mapping[sympy.Symbol, sympy.Expr], **common: Any) -> RateModel:
        return RateModel(common.pop("environment"), **common)

    def __repr__(self) -> str:
        names = ", ".join(self.coordinates)
        return f"<{type(self).__name__} {self.name!r}: {names}, {len(self.parameters)} parameters>"

    def payoff_table(self, language: str = "en") -> Any:
        """Raise UnsupportedError: there are no payoffs."""
        raise UnsupportedError(_NO_PAYOFFS)

    def derivation(self) -> Any:
        """Raise UnsupportedError: there are no payoffs from which the rates would follow."""
        raise UnsupportedError(_NO_PAYOFFS)

    def latex(self) -> str:
        """Return the equations as a LaTeX align environment."""
        lines = [rf"\dot{{{sympy.latex(sympy.Symbol(v.name))}}} &= {sympy.latex(v.rate)}" for v in self.environment]
        return "\n".join([r"\begin{align*}", " \\\\\n".join(lines), r"\end{align*}"])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(v.name)}</th><td>{escape(v.meaning or '')}</td><td>{escape(format_expression(v.rate))}</td></tr>"
            for v in self.environment
        )
        return f"<table><tr><th>quantity</th><th>meaning</th><th>rate</th></tr>{rows}</table>"
