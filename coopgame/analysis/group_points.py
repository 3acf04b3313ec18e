"""Rest points of one population with two strategies whose advantage is a polynomial in the share, group games above all."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy

from coopgame.algebra.bernstein import sign_changes
from coopgame.algebra.conditions import FALSE, TRUE, Condition, any_of
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import all_vanish
from coopgame.algebra.roots import Root, isolate_roots
from coopgame.analysis.gain_signs import SignRun, at_most_one_change, one_change, sign_runs
from coopgame.analysis.points import Component, RestPoint
from coopgame.analysis.share_line import ShareLine
from coopgame.analysis.stability import Attracting, Stability, Verdict
from coopgame.expressions import to_sympy

_DIGITS = 17
_MOST_OPEN_RUNS = 5
_SETTLED = {
    -1: Verdict(Stability.SINK, "asymptotic", "the eigenvalue is negative"),
    1: Verdict(Stability.SOURCE, "unstable", "the eigenvalue is positive"),
}


def line_points(line: ShareLine, prover: Prover) -> tuple[list[RestPoint], list[Component], bool, str]:
    """Return rest points, components, whether the list is complete, and why."""
    runs = sign_runs(line, prover)
    points = [_vertex(line, runs, end) for end in (0, 1)]
    if not runs:
        components = [Component("line", "everywhere", note="both strategies always earn the same")]
        return points, components, True, "the advantage is zero everywhere"
    if line.ring.names:
        mixed = _symbolic_point(line, runs, prover)
        points += [mixed] if mixed else []
        complete = at_most_one_change(runs, prover)
        return points, _lines(line, prover), complete, _because(complete)
    points += _mixed_points(line)
    changes = sign_changes(line.numbers)
    because = (
        f"all roots of the advantage are isolated exactly; its Bernstein coefficients change sign {_times(changes)}"
    )
    return points, [], True, because


def _because(complete: bool) -> str:
    if complete:
        return "the Bernstein coefficients of the advantage change sign at most once, so its roots are known in number and kind"
    return (
        "pure states, and the mixed one where the Bernstein coefficients of the advantage change sign once; where they change "
        "sign more often give values, or use find_sign_patterns and find_fold_curve"
    )


def _times(count: int) -> str:
    return {0: "nowhere", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _lines(line: ShareLine, prover: Prover) -> list[Component]:
    """Return the line of rest points where all coefficients vanish together, if that may happen."""
    condition = prover.tidy(all_vanish([d for d in line.coefficients if not d.is_zero()]))
    if condition == FALSE or not prover.can_hold(condition):
        return []
    return [Component("line", "everywhere", condition, "both strategies always earn the same")]


def _vertex(line: ShareLine, runs: list[SignRun], end: int) -> RestPoint:
    """Return a pure state: share 0 or 1 of the first strategy, with eigenvalue d_0 or -d_m."""
    game = line.game
    eigenvalue = line.coefficients[0] if end == 0 else -line.coefficients[-1]
    nearest = (runs[0] if end == 0 else runs[-1]) if runs else None
    verdict = _vertex_verdict(line, nearest, end)
    strategy = game.populations[0].strategies[1 - end]
    sign = None if eigenvalue.is_zero() or nearest is None or nearest.sign is None else nearest.sign * (1 - 2 * end)
    stable_if = (nearest.below if end == 0 else nearest.above) if nearest else FALSE
    return RestPoint(
        label=dict(game.labels).get(strategy, f"E{end + 1}"),
        kind="vertex",
        coordinates={game.coordinates[0]: sympy.Integer(end)},
        eigenvalues=(eigenvalue.expression(),),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=game,
        stable_if=stable_if,
        profile=(strategy,),
        saturated=True if eigenvalue.is_zero() and runs else None if sign is None else sign < 0,
        index=None if sign is None else -sign,
    )


def _vertex_verdict(line: ShareLine, nearest: SignRun | None, end: int) -> Verdict:
    """Near a pure state the advantage has the sign of the first Bernstein coefficient that is not zero."""
    if nearest is None:
        return Verdict(Stability.NON_HYPERBOLIC, "lyapunov", "every state is at rest")
    k = nearest.first if end == 0 else line.degree - nearest.last
    towards = None if nearest.sign is None else nearest.sign * (1 - 2 * end)
    if k == 0:
        if towards is None:
            return Verdict(Stability.DEPENDS, "depends", "the sign of the eigenvalue depends on the parameters")
        return _SETTLED[towards]
    because = f"the eigenvalue is 0; the Bernstein coefficient {k} from this end decides"
    answers: dict[int | None, Attracting] = {None: "depends", -1: "asymptotic", 1: "unstable"}
    return Verdict(Stability.NON_HYPERBOLIC, answers[towards], because)


def _symbolic_point(line: ShareLine, runs: list[SignRun], prover: Prover) -> RestPoint | None:
    """Return the mixed state that exists where the coefficients change sign exactly once, None where they cannot."""
    if sum(run.sign is None for run in runs) > _MOST_OPEN_RUNS:
        return None
    sink, source = one_change(runs, prover, 1), one_change(runs, prover, -1)
    exists: Condition = any_of(sink, source)
    if exists == FALSE:
        return None
    verdict = _symbolic_verdict(sink, source)
    share = line.game.coordinates[0]
    return RestPoint(
        label="I1",
        kind="interior",
        coordinates={share: sympy.Symbol(share)},
        eigenvalues=(),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=line.game,
        exists=exists,
        stable_if=sink,
        type_if={"sink": sink, "source": source},
        note=f"the only root between 0 and 1 of the advantage, a polynomial of degree at most {line.degree} in {share}",
        saturated=True,
        index={Stability.SINK: 1, Stability.SOURCE: -1}.get(verdict.stability),
    )


def _symbolic_verdict(sink: Condition, source: Condition) -> Verdict:
    once = "the Bernstein coefficients of the advantage change sign once, so the root is simple: from"
    if source == FALSE:
        return Verdict(Stability.SINK, "asymptotic", f"{once} + to -")
    if sink == FALSE:
        return Verdict(Stability.SOURCE, "unstable", f"{once} - to +")
    return Verdict(Stability.DEPENDS, "depends", "the direction of the one sign change depends on the parameters")


def _mixed_points(line: ShareLine) -> Iterator[RestPoint]:
    """Yield the roots of the advantage in order, at given values."""
    game, share = line.game, line.game.coordinates[0]
    for number, root in enumerate(isolate_roots(line.powers), start=1):
        verdict = _root_verdict(root)
        eigenvalue = _eigenvalue(line, root)
        simple = root.multiplicity == 1
        yield RestPoint(
            label=f"I{number}",
            kind="interior",
            coordinates={share: root.expression if root.expression is not None else _float(root.middle)},
            eigenvalues=(eigenvalue,),
            stability=verdict.stability,
            attracting=verdict.attracting,
            because=verdict.because,
            game=game,
            known="exact" if root.expression is not None else "certified",
            stable_if=TRUE if verdict.attracting == "asymptotic" else FALSE,
            note=_note(root),
            saturated=True,
            index=-root.after if simple else None,
            within={share: (root.low, root.high)},
        )


def _root_verdict(root: Root) -> Verdict:
    """The signs of the advantage on both sides decide, whatever the multiplicity."""
    if root.multiplicity == 1:
        return _SETTLED[root.after]
    many = f"a root of multiplicity {root.multiplicity}:"
    if root.before == root.after:
        side = "below" if root.after > 0 else "above"
        return Verdict(Stability.NON_HYPERBOLIC, "unstable", f"{many} attracting from {side} only (semi-stable)")
    if root.after < 0:
        return Verdict(Stability.NON_HYPERBOLIC, "asymptotic", f"{many} the advantage falls through zero")
    return Verdict(Stability.NON_HYPERBOLIC, "unstable", f"{many} the advantage rises through zero")


def _note(root: Root) -> str:
    if root.low == root.high or root.expression is not None:
        return ""
    return f"between {_decimal(root.low, -1)} and {_decimal(root.high, 1)}, proved by Descartes' rule"


def _decimal(value: Fraction, direction: int) -> str:
    """Return a decimal with 12 places at or below (-1), or at or above (1), a positive number."""
    scaled = value * 10**12
    whole = scaled.numerator // scaled.denominator
    whole += 1 if direction > 0 and whole != scaled else 0
    return f"0.{whole:012d}" if whole < 10**12 else "1"


def _eigenvalue(line: ShareLine, root: Root) -> sympy.Expr:
    """Return x (1 - x) D'(x) at a root: exact where the root is rational, 0 at a multiple one, else to 17 digits."""
    if root.multiplicity > 1:
        return sympy.Integer(0)
    x = root.middle
    slope = sum((i * c * x ** (i - 1) for i, c in enumerate(line.powers) if i), Fraction(0))
    value = x * (1 - x) * slope
    if root.low == root.high:
        return to_sympy(value)
    return _float(value)


def _float(value: Fraction) -> sympy.Expr:
    return sympy.Float(to_sympy(value), _DIGITS)
