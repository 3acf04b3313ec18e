"""An analysis as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from coopgame.algebra.conditions import And, Condition, all_of
from coopgame.analysis.points import readable
from coopgame.report.payoffs import payoff_lines
from coopgame.report.record import cover_text
from coopgame.report.terminal import NARROWEST, aligned, heading, labelled, wrapped

if TYPE_CHECKING:
    from coopgame.analysis.analyse import Analysis
    from coopgame.analysis.points import RestPoint
    from coopgame.analysis.regimes import Regime, Regimes
    from coopgame.games.game import Game

_WORDS = (
    "Type says what the eigenvalues tell: sink (all real parts negative), source (all positive), saddle (both), "
    "center (closed orbits around it), non-hyperbolic (a real part is zero, so they do not decide). Nearby states: "
    "asymptotic (they come back: the state is stable), lyapunov (they stay near), unstable (some leave), depends (on "
    "the parameters)."
)
_LARGEST_DENOMINATOR = 10**6
_LONGEST_EXPRESSION = 400
_LONGEST_CONDITION = 800
_CONDITIONS = {"true": "always", "false": "never"}


def analysis_text(analysis: Analysis, width: int = 100) -> str:
    """Return an analysis as text with lines of at most `width` columns where expressions allow it.

    Sections: the game with its payoffs and their orientation, equations, rest points, continua of rest points,
    regimes, hypersurfaces, and what is left open.
    """
    width = max(width, NARROWEST)
    lines = [
        *_game(analysis.game, width),
        *_values(analysis, width),
        *([*heading("Payoffs"), *payoff_lines(analysis.game, width)] if analysis.game.populations else []),
        *_equations(analysis, width),
        *_rest_points(analysis, width),
        *_regimes(analysis, width),
        *_left_over(analysis, width),
    ]
    return "\n".join(lines) + "\n"


def _game(game: Game, width: int) -> Iterator[str]:
    title = game.name or "Game"
    yield f"{title} ({game.zh})" if game.zh else title
    yield "=" * min(width, len(title))
    if game.source:
        yield from wrapped(game.source, width, "Source: ", "  ")
    for population in game.populations:
        share = f"  ({population.symbol} = share of {population.strategies[0]})" if population.symbol else ""
        strategies = ", ".join(population.strategies)
        yield from wrapped(f"{population.name}: {strategies}{share}", width, "Population ", "  ")
    for variable in game.environment if not game.populations else ():
        meaning = f": {variable.meaning}" if variable.meaning else ""
        text = f"{variable.name}{meaning} ({'between 0 and 1' if variable.bounded else 'from 0 on'})"
        yield from wrapped(text, width, "Quantity ", "  ")
    if game.parameters:
        yield from heading("Parameters")
        rows = []
        for p in game.parameters:
            unit = f" ({p.unit})" if p.unit else ""
            between = f"between {p.range[0]} and {p.range[1]}" if p.range else ""
            assumed = "; ".join(part for part in (p.assume or "", between) if part) or "any number"
            default = f"default {p.value}" if p.value is not None else ""
            rows.append((p.name, assumed, default, f"{p.meaning or ''}{unit}"))
        yield from aligned(rows)
        if game.assumption_texts:
            yield from wrapped("; ".join(game.assumption_texts), width, "  Assumed: ", terms=True)


def _values(analysis: Analysis, width: int) -> Iterator[str]:
    if analysis.values:
        yield from heading("Values put in")
        shown = ", ".join(f"{name} = {_value(value)}" for name, value in analysis.values.items())
        yield from wrapped(shown, width, "  ", terms=True)


def _value(value: Fraction) -> str:
    """Return a value as it was meant: a fraction with a huge denominator was a float."""
    return str(value) if value.denominator <= _LARGEST_DENOMINATOR else repr(float(value))


def _equations(analysis: Analysis, width: int) -> Iterator[str]:
    yield from heading(f"Equations ({analysis.dynamics}{' dynamics' if analysis.game.populations else ''})")
    for name, rate in analysis.equations.items():
        yield from wrapped(rate, width, f"  d{name}/dt = " if name.isidentifier() else f"  d[{name}]/dt = ")


def _rest_points(analysis: Analysis, width: int) -> Iterator[str]:
    points = analysis.rest_points
    yield from heading("Rest points")
    yield from wrapped(_WORDS, width, "  ")
    noted: dict[str, str] = {}
    for point in points:
        yield ""
        first = noted.setdefault(point.note, point.label)
        note = point.note if first == point.label else f"as for {first}"
        yield from _rest_point(point, note if point.note else "", analysis.mode == "numeric", width)
    yield ""
    for component in points.components:
        condition = component.condition.text()
        text = f"{component.where}{'' if condition == 'true' else f' if {_condition(condition)}'}"
        text += f" ({component.note})" if component.note else ""
        yield from wrapped(text, width, f"  {_CONTINUA[component.kind]} of rest points: ", " " * 6, terms=True)
    if points.components:
        yield ""
    complete = "All rest points are listed" if points.complete else "This list may be incomplete"
    yield from wrapped(f"{complete}: {points.complete_because}.", width, "  ")


_CONTINUA = {"line": "line", "face": "face", "other": "continuum"}


def _rest_point(point: RestPoint, note: str, numeric: bool, width: int) -> Iterator[str]:
    profile = f"   ({', '.join(point.profile)})" if point.profile else ""
    yield from wrapped(f"{point.place()}{profile}", width, f"  {point.label:<4}", " " * 6)
    stable = point.stable_if.text()
    exists = point.exists.text()
    nearby = f"{point.attracting}: {point.because}" if point.because else point.attracting
    yield from labelled(
        [
            ("type", f"{point.stability} ({point.kind})"),
            ("nearby states", nearby),
            ("exists if", "" if exists == "true" else _condition(exists)),
            (
                "eigenvalues",
                ", ".join(_shortened(readable(value), _LONGEST_EXPRESSION) for value in point.eigenvalues),
            ),
            ("stable if", "" if numeric else _condition(stable)),
            *(() if numeric else ((f"{name} if", _beyond(point, c)) for name, c in point.type_if.items())),
            ("known", "" if point.known == "exact" else point.known),
            ("note", note),
        ],
        width,
        indent=6,
        prose=("note", "nearby states"),
    )


def _beyond(point: RestPoint, condition: Condition) -> str:
    """The condition without the parts that the existence of the point already says."""
    existence = {part.text() for part in _parts(point.exists)}
    more = [part for part in _parts(condition) if part.text() not in existence]
    if len(more) == len(_parts(condition)):
        return _condition(condition.text())
    return "it exists" + (f" and {_condition(all_of(*more).text())}" if more else "")


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return tuple(condition.parts) if isinstance(condition, And) else (condition,)


def _condition(text: str) -> str:
    return _shortened(_CONDITIONS.get(text, text), _LONGEST_CONDITION)


def _shortened(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return f"{text[: longest // 2].rstrip()} ... ({len(text)} characters; the JSON record has it in full)"


def _regimes(analysis: Analysis, width: int) -> Iterator[str]:
    regimes = analysis.regimes
    if regimes is None:
        if analysis.mode == "symbolic":
            yield from heading("Regimes")
            yield from wrapped(f"Not computed: {analysis.regimes_note}.", width, "  ")
        return
    yield from heading("Regimes: which rest points are stable together, and where")
    for regime in regimes.regimes:
        yield from _regime(regime, width)
        yield ""
    for regime in regimes.undecided:
        yield from wrapped(f"Undecided: exactly {_stable(regime)} stable. {regime.proof.text}", width, "  ")
    if regimes.empty:
        excluded = "; ".join(f"{_stable(regime)} ({regime.proof.known})" for regime in regimes.empty)
        yield from wrapped(f"Proved impossible: exactly these stable: {excluded}.", width, "  ")
    sentence = cover_text(regimes)
    yield from wrapped(sentence[:1].upper() + sentence[1:] + ".", width, "  ")
    yield from _hypersurfaces(regimes, width)


def _stable(regime: Regime) -> str:
    return ", ".join(regime.stable) or "no rest point"


def _regime(regime: Regime, width: int) -> Iterator[str]:
    side = "".join(f", {name} {sign} 0" for name, sign in regime.side)
    yield f"  {regime.name:<4}{_stable(regime)} stable{side}"
    condition, definition = regime.condition.text(), regime.definition.text()
    witness = ", ".join(f"{name} = {value}" for name, value in (regime.witness or {}).items())
    yield from labelled(
        [
            ("if and only if", _condition(condition)),
            ("written out", "" if definition == condition else _condition(definition)),
            ("for example", witness),
            ("status", f"{regime.status} ({regime.proof.known}): {_proof(regime)}"),
        ],
        width,
        indent=6,
    )


def _proof(regime: Regime) -> str:
    return "the example is checked in exact numbers" if regime.proof.kind == "witness" else regime.proof.text


def _hypersurfaces(regimes: Regimes, width: int) -> Iterator[str]:
    if not regimes.hypersurfaces:
        return
    yield from heading("Between the regimes")
    for surface in regimes.hypersurfaces:
        text = f"{surface.text}: {surface.happens}" + (f"   [{surface.pairs}]" if surface.pairs else "")
        yield from wrapped(text, width, "  ", "      ")


def _left_over(analysis: Analysis, width: int) -> Iterator[str]:
    dead, unused = analysis.dead_parameters, analysis.unused_parameters
    if dead or unused:
        yield ""
    if dead:
        yield from wrapped(", ".join(dead), width, "Cancel out of the dynamics (dead parameters): ", "  ")
    if unused:
        yield from wrapped(", ".join(unused), width, "Occur in no payoff (unused parameters): ", "  ")
    for text in analysis.violated:
        yield from wrapped(f"the values violate the assumption {text}", width, "Note: ")
