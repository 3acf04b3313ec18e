"""An analysis as a JSON record, and the JSON Schema of that record."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from fractions import Fraction
from importlib import resources
from typing import TYPE_CHECKING, Any

import sympy

from coopgame.errors import ExpressionError, GameError, UnsupportedError
from coopgame.expressions import format_expression
from coopgame.report.proofs import exclusion_record, fact_record, proof_record, step_record

if TYPE_CHECKING:
    from coopgame.analysis.analyse import Analysis
    from coopgame.analysis.crossings import Crossing
    from coopgame.analysis.hypersurfaces import Hypersurface
    from coopgame.analysis.points import Component, RestPoint
    from coopgame.analysis.regimes import Regime, Regimes
    from coopgame.analysis.surface_kinds import SurfaceChange
    from coopgame.games.game import Game

FORMAT = "coopgame-analysis/2"
_DIGITS = 30
_ZERO = 1e-25


def analysis_record(analysis: Analysis) -> dict[str, Any]:
    """Return an analysis as a record of plain JSON types; keys in a fixed order.

    Expressions are text that the expression reader reads back. In numeric mode coordinates and eigenvalues are
    numbers, complex ones [re, im]; NaN and infinity never occur. `regimes` is empty and `cover` null when no
    partition of the parameters was computed; `cover_because` says why. `game` is the text of the game before values
    were put in. Every verdict carries its proof, so that `check_record` can check it without the program that found it.
    """
    numeric = analysis.mode == "numeric"
    points = analysis.rest_points
    regimes = analysis.regimes
    return {
        "format": FORMAT,
        "name": analysis.game.name,
        "game": _game_text(analysis.stated),
        "dynamics": analysis.dynamics,
        "mode": analysis.mode,
        "values": _exact(analysis.values) if analysis.values else None,
        "equations": {name: str(rate) for name, rate in analysis.equations.items()},
        "rest_points": [_rest_point(point, numeric) for point in points],
        "components": [_component(component) for component in points.components],
        "complete": points.complete,
        "complete_because": points.complete_because,
        "facts": [fact_record(fact) for fact in regimes.facts] if regimes else [],
        "excluded": [exclusion_record(exclusion) for exclusion in regimes.excluded] if regimes else [],
        "regimes": [_regime(regime) for regime in regimes.regimes] if regimes else [],
        "empty": [_regime(regime) for regime in regimes.empty] if regimes else [],
        "hypersurfaces": [_hypersurface(surface) for surface in regimes.hypersurfaces] if regimes else [],
        "undecided": [_regime(regime) for regime in regimes.undecided] if regimes else [],
        "cover": regimes.cover if regimes is not None else None,
        "cover_because": _cover_because(analysis),
        "dead_parameters": list(analysis.dead_parameters),
        "unused_parameters": list(analysis.unused_parameters),
    }


def _game_text(game: Game) -> str | None:
    """Return the game file, null for a kind of game that has none."""
    try:
        return game.to_toml()
    except (GameError, ExpressionError):
        return None


def _cover_because(analysis: Analysis) -> str:
    if analysis.regimes is None:
        return analysis.regimes_note
    return cover_text(analysis.regimes)


def cover_text(regimes: Regimes) -> str:
    """Return in one sentence what the regimes cover and what they leave open."""
    if regimes.cover:
        return (
            "every set of rest points that could be stable together is decided: the regimes cover the assumed "
            "parameters but for the hypersurfaces"
        )
    parts = [f"not known where {label} is stable: {why}" for label, why in regimes.open]
    if regimes.undecided:
        sets = "; ".join(", ".join(regime.stable) or "none stable" for regime in regimes.undecided)
        parts.append(f"not decided whether some parameters make exactly these stable: {sets}")
    return "; ".join([*parts, "put numbers in for some parameters"])


def expression_text(value: sympy.Expr) -> str:
    """Return an expression as text that the expression reader reads back, where it has such a text."""
    if value.has(sympy.I, sympy.Float):
        return str(value)
    return format_expression(value)


def record_text(record: Mapping[str, Any]) -> str:
    """Return a record as indented JSON text with a final line break; NaN is refused."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def analysis_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every record of an analysis meets."""
    text = resources.files("coopgame.report").joinpath("analysis.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def plain_number(value: sympy.Expr, what: str) -> float | list[float]:
    """Return a number without symbols as a float, a complex one as [re, im].

    Raises UnsupportedError when the value has symbols or is not finite.
    """
    if value.free_symbols:
        names = ", ".join(sorted(map(str, value.free_symbols)))
        raise UnsupportedError(f"{what} still depends on {names}; give values to all parameters for numbers")
    number = complex(sympy.N(value, _DIGITS, chop=_ZERO))
    if not (math.isfinite(number.real) and math.isfinite(number.imag)):
        raise UnsupportedError(f"{what} is not a finite number: {value}")
    if number.imag == 0:
        return number.real + 0.0
    return [number.real + 0.0, number.imag]


def _exact(values: Mapping[str, Fraction]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def _shown(value: sympy.Expr, numeric: bool, what: str) -> str | float | list[float]:
    return plain_number(value, what) if numeric else expression_text(value)


def _rest_point(point: RestPoint, numeric: bool) -> dict[str, Any]:
    where = f"rest point {point.label}"
    return {
        "label": point.label,
        "kind": point.kind,
        "profile": list(point.profile) if point.profile is not None else None,
        "coordinates": {n: _shown(v, numeric, f"{where}, {n}") for n, v in point.coordinates.items()},
        "exists": point.exists.text(),
        "eigenvalues": [_shown(v, numeric, f"{where}, eigenvalue") for v in point.eigenvalues],
        "stability": str(point.stability),
        "attracting": point.attracting,
        "attracting_known": point.because,
        "stable_if": point.stable_if.text(),
        "type_if": {name: condition.text() for name, condition in point.type_if.items()},
        "known": point.known,
        "note": point.note,
        "open": point.open,
    }


def _component(component: Component) -> dict[str, Any]:
    return {
        "kind": component.kind,
        "where": component.where,
        "if": component.condition.text(),
        "note": component.note,
    }


def _regime(regime: Regime) -> dict[str, Any]:
    return {
        "name": regime.name,
        "stable": list(regime.stable),
        "condition": regime.condition.text(),
        "definition": regime.definition.text(),
        "witness": _exact(regime.witness) if regime.witness is not None else None,
        "status": regime.status,
        "proof": proof_record(regime.proof),
        "shortening": [step_record(step) for step in regime.steps],
    }


def _hypersurface(surface: Hypersurface) -> dict[str, Any]:
    return {
        "equation": surface.text,
        "kind": str(surface.kind),
        "happens": surface.happens,
        "changes": [_change(change) for change in surface.changes],
        "between": [_crossing(crossing) for crossing in surface.between],
    }


def _change(change: SurfaceChange) -> dict[str, Any]:
    return {
        "kind": str(change.kind),
        "points": list(change.points),
        "where": list(change.where),
        "everywhere": change.everywhere,
        "text": change.text,
    }


def _crossing(crossing: Crossing) -> dict[str, Any]:
    return {
        "below": crossing.below,
        "above": crossing.above,
        "witness": _exact(crossing.witness),
        "along": crossing.along,
        "within": [str(end) for end in crossing.within] if crossing.within is not None else None,
    }
