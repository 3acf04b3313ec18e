"""Verdicts on one printed value or sign: an eigenvalue, a trace, a determinant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy

from coopgame.algebra.conditions import all_of
from coopgame.analysis.auditing.facts import Facts
from coopgame.analysis.auditing.misprints import equal, nearest_reading
from coopgame.analysis.auditing.printed import Printed, real_sign
from coopgame.analysis.auditing.result import AuditKnown, Verdict
from coopgame.analysis.auditing.scene import Scene, missing_text, shown_value
from coopgame.analysis.published import SIGN_TEXTS, SignClaim
from coopgame.errors import UnsupportedError
from coopgame.expressions import symbols_of, sympy_values
from coopgame.games.document import close_match

_SAMPLES = 5
_SAME = sympy.Float(10) ** -25
NO_FORMULA = "no closed formula is known for the eigenvalues of this point; give values"


@dataclass(frozen=True)
class Judgement:
    """A verdict on one claim, before it is placed in the table."""

    verdict: Verdict
    ours: str = ""
    because: str = ""
    known: AuditKnown = "exact"
    reading: str = ""


def judge_formula(printed: Printed, ours: sympy.Expr, scene: Scene) -> Judgement:
    """Return whether a printed formula equals the derived one whatever the parameters, with the nearest reading when not."""
    names = scene.game.ring.names
    unknown = sorted(symbols_of(printed.value) - set(names))
    same, known = same_formula(printed.value, ours, scene)
    shown = scene.shown(scene.simplest(ours))
    if same:
        return Judgement("confirmed", shown, "", known)
    reading = nearest_reading(printed.value, ours, names, printed.text)
    because = "" if reading else "it is not equal to the derived formula, and no single change makes it so"
    if unknown:
        because = f"{unknown[0]!r} is no parameter of the game{close_match(unknown[0], names)}"
    return Judgement("differs", shown, because, known, str(reading or ""))


def same_formula(printed: sympy.Expr, ours: sympy.Expr, scene: Scene) -> tuple[bool, AuditKnown]:
    """Return whether two formulas are equal, exactly where they or their squares are rational; else at sample points."""
    ring = scene.prover.ring
    if symbols_of(printed) - set(ring.names):
        return False, "exact"
    try:
        return equal(ring, printed, ours), "exact"
    except UnsupportedError:
        values = _sampled(printed - ours, scene)
        if not all(abs(value) < _SAME for value in values):
            return False, "exact"
    try:
        return equal(ring, printed**2, ours**2), "exact"
    except UnsupportedError:
        return True, "numerical"


def _sampled(expression: sympy.Expr, scene: Scene) -> list[sympy.Expr]:
    """Values of an expression at admissible points, to 40 digits."""
    found = []
    for row in scene.prover.points[:_SAMPLES]:
        point = scene.game.assumptions.exact_point(row)
        numbers = sympy_values(point)
        found.append(sympy.N(expression.xreplace(numbers), 40))
    return found


def judge_number(printed: Printed, ours: sympy.Expr) -> Judgement:
    """Return whether a derived number rounds to the printed one."""
    known: AuditKnown = "numerical" if ours.has(sympy.Float) else "exact"
    shown = shown_value(ours)
    if not printed.value.is_finite:
        return Judgement("differs", shown, f"{printed} divides by zero at the values", known)
    if printed.agrees(ours):
        return Judgement("confirmed", shown, "", known)
    reading = ""
    if printed.agrees(-ours):
        reading = "the sign is turned"
    elif printed.agrees(ours, Fraction(2)):
        reading = "the digits are cut off instead of rounded, or the last one is wrong"
    exact = "" if printed.slack or printed.slack_imaginary else ", which has no digits to round"
    return Judgement("differs", shown, f"it does not round to {printed}{exact}", known, reading)


def judge_value(printed: Printed, symbolic: Facts | None, at_values: Facts | None, pick: Picked) -> Judgement:
    """Return the verdict on a printed value; formulas are compared for all parameters, numbers at the values.

    symbolic, at_values: what is true in either scene, None where the point is not known there.
    """
    ours = pick.of(symbolic)
    number = pick.of(at_values)
    if not printed.is_number and symbolic is not None and ours is not None:
        return judge_formula(printed, ours, symbolic.scene)
    if number is not None and at_values is not None:
        if not number.free_symbols:
            put = printed.at(at_values.scene.numbers)
            if put.is_number:
                return judge_number(put, number)
            unknown = ", ".join(sorted(symbols_of(put.value)))
            return Judgement("differs", shown_value(number), f"{unknown}: no parameter of the game")
        if not printed.is_number:
            return judge_formula(printed, number, at_values.scene)
        return judge_number_for_formula(printed, number, at_values, pick.formulas)
    return Judgement("undecidable", "", NO_FORMULA, "")


@dataclass(frozen=True, eq=False)
class Picked:
    """Which derived value a cell is about: an eigenvalue in a direction, the trace, the determinant, or one of a list.

    formulas: whether the row prints formulas, so that a number in it is meant for all parameters.
    """

    what: str
    formulas: bool = False

    def of(self, facts: Facts | None) -> sympy.Expr | None:
        """Return the value, None where it is not known."""
        if facts is None:
            return None
        if self.what == "trace":
            return None if facts.eigenvalues is None else facts.scene.simplest(sympy.Add(*facts.eigenvalues))
        if self.what == "determinant":
            return None if facts.eigenvalues is None else facts.scene.simplest(sympy.Mul(*facts.eigenvalues))
        if self.what in facts.pure:
            return facts.pure[self.what]
        only = facts.eigenvalues if facts.size == 1 else None
        return only[0] if only else None


def judge_number_for_formula(printed: Printed, ours: sympy.Expr, facts: Facts, formulas: bool) -> Judgement:
    """Return the verdict on a printed number where ours still depends on parameters.

    formulas: whether the row prints formulas, so that the number is meant for all parameters.
    """
    scene = facts.scene
    shown = scene.shown(scene.simplest(ours))
    quotient = scene.signable(ours - printed.value)
    where = scene.told(quotient.sign("=")) if quotient is not None else ""
    if formulas:
        only = f"; it is {printed} only where {where}" if where else ""
        reading = nearest_reading(printed.value, ours, scene.game.ring.names, printed.text)
        return Judgement(
            "differs", shown, f"a number stands where a formula belongs{only}", "exact", str(reading or "")
        )
    return Judgement("undecidable", shown, f"it has no number: {missing_text(scene, ours)}", "")


def judge_sign(claim: SignClaim, facts: Facts, value: sympy.Expr) -> Judgement:
    """Return the verdict on the printed sign of a derived value."""
    shown = facts.scene.shown(facts.scene.simplest(value))
    if not value.free_symbols:
        sign = real_sign(value)
        verdict: Verdict = "confirmed" if sign == claim.sign else "differs"
        known: AuditKnown = "numerical" if value.has(sympy.Float) else "exact"
        because = "" if verdict == "confirmed" else f"at the values the sign is {SIGN_TEXTS[sign]}"
        return Judgement(verdict, f"{SIGN_TEXTS[sign]}: {shown}", because, known)
    return _symbolic_sign(claim, facts, value, shown)


def _symbolic_sign(claim: SignClaim, facts: Facts, value: sympy.Expr, shown: str) -> Judgement:
    scene, quotient = facts.scene, facts.scene.signable(value)
    if quotient is None:
        return Judgement("undecidable", shown, "its sign is not decided for all parameters; give values", "")
    if quotient.is_zero():
        because = "" if claim.sign == 0 else "it is 0 whatever the parameters"
        return Judgement("confirmed" if claim.sign == 0 else "differs", f"0: {shown}", because)
    decisions = {r: scene.prover.decide(all_of(facts.existence, quotient.sign(r))) for r in "><="}
    status = {r: d.status for r, d in decisions.items()}
    signs = {"positive": ">", "negative": "<"}
    realised = [r for r in signs.values() if status[r] == "realised"]
    if claim.sign is None and len(realised) == 2:
        return Judgement("confirmed", f"+-: {shown}", "", "exact")
    relation = {1: ">", -1: "<", 0: "="}.get(claim.sign) if claim.sign is not None else None
    others = [r for r in status if r != relation]
    if relation and all(status[r] == "empty" for r in others):
        known = weakest([decisions[r].proof.known for r in others])
        return Judgement("confirmed", f"{claim.text}: {shown}", "", known)
    if relation and status[relation] == "empty":
        known = weakest([decisions[relation].proof.known])
        return Judgement("differs", shown, f"under the assumptions it is never {_word(relation)}", known)
    if claim.sign is None and "undecided" not in status.values():
        sign = "+" if status[">"] == "realised" else "-"
        return Judgement("differs", f"{sign}: {shown}", "one sign only is possible under the assumptions")
    only = scene.told(quotient.sign(relation or ">"))
    return Judgement("undecidable", shown, f"it depends: {_word(relation or '>')} if and only if {only}")


def _word(relation: str) -> str:
    return {">": "positive", "<": "negative", "=": "zero"}[relation]


def weakest(known: Sequence[str]) -> AuditKnown:
    """Return the least sure of several ways of knowing."""
    order: tuple[AuditKnown, ...] = ("exact", "certified", "solver", "numerical")
    return max((k for k in order if k in known), key=order.index, default="exact")
