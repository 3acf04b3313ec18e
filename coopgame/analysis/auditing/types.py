"""Verdicts on the printed type of a point and on printed conditions of stability and existence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of, any_of, negate, sign
from coopgame.algebra.prover import Decision
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.auditing.facts import Facts
from coopgame.analysis.auditing.scene import Scene
from coopgame.analysis.auditing.values import Judgement, weakest
from coopgame.analysis.ess import is_ess
from coopgame.analysis.published import Claim, Conditional
from coopgame.analysis.stability import NEVER_ASYMPTOTIC, Stability
from coopgame.errors import UnsupportedError
from coopgame.expressions import symbols_of
from coopgame.games.document import close_match
from coopgame.games.matrix import MatrixGame

_LINEAR = {
    Claim.SINK: Stability.SINK,
    Claim.SOURCE: Stability.SOURCE,
    Claim.SADDLE: Stability.SADDLE,
    Claim.CENTER: Stability.CENTER,
}
ASYMPTOTIC = (Claim.ESS, Claim.ASYMPTOTIC, Claim.SINK)
_NAMED = {
    Claim.SADDLE: ("saddle", "saddle on its face"),
    Claim.CENTER: ("centre", "centre on its face"),
    Claim.SOURCE: ("source",),
}
CORNER = "a pure state is a corner of the state space whose edges are invariant: no closed orbits surround it"


def judge_type(claim: Claim, facts: Facts, given: Condition = TRUE) -> Judgement:
    """Return the verdict on a claimed type of a point at rest; given: a condition under which it is claimed."""
    if claim == Claim.NO_REST_POINT:
        whatever = "every pure state is a rest point" if facts.located.is_vertex else "all rates vanish there"
        return Judgement(
            "impossible" if facts.located.is_vertex else "differs", f"a rest point: {facts.nature}", whatever
        )
    if claim == Claim.CENTER and facts.located.is_vertex:
        return Judgement("impossible", facts.nature, CORNER)
    if facts.trapped and claim in (*ASYMPTOTIC, Claim.SOURCE):
        return Judgement("impossible", facts.nature, f"{_why(facts)}; {NEVER_ASYMPTOTIC}")
    if claim == Claim.ESS and isinstance(facts.scene.game, MatrixGame):
        return _symmetric_ess(facts, given)
    decided = _definite(claim, facts)
    if decided is not None:
        return decided
    return _conditional(claim, facts, given)


def _why(facts: Facts) -> str:
    because = facts.verdict.because
    if facts.eigenvalues is None or any(value.free_symbols for value in facts.eigenvalues):
        return because
    return f"eigenvalues {', '.join(map(facts.scene.shown, facts.eigenvalues))}: {because}"


def _definite(claim: Claim, facts: Facts) -> Judgement | None:
    """The verdict where type and nearby states do not depend on parameters, None where they do."""
    stability, attracting = facts.verdict.stability, facts.verdict.attracting
    holds: bool | None
    if claim in _LINEAR:
        holds = None if stability == Stability.DEPENDS else stability == _LINEAR[claim]
        if holds is None and claim == Claim.SINK and attracting == "unstable":
            holds = False
    elif claim == Claim.UNSTABLE:
        holds = {"unstable": True, "asymptotic": False, "lyapunov": False}.get(attracting)
    elif claim == Claim.STABLE:
        holds = {"unstable": False, "asymptotic": True, "lyapunov": True}.get(attracting)
    else:
        holds = {"asymptotic": True, "unstable": False, "lyapunov": False}.get(attracting)
        if holds is None and facts.lines:
            holds = False
    if holds is None and attracting != "unknown":
        return None
    if holds is None and stability == Stability.DEPENDS:
        return None
    if holds is None:
        return Judgement("undecidable", facts.nature, f"the eigenvalues do not decide: {_why(facts)}", "")
    if holds:
        return Judgement("confirmed", facts.nature, _why(facts), facts.known)
    return Judgement("differs", facts.nature, _line_text(facts) or _why(facts), facts.known)


def _line_text(facts: Facts) -> str:
    """Why a point on a continuum of rest points is not asymptotically stable."""
    if not facts.lines or facts.verdict.attracting == "unstable":
        return ""
    lines = " and on ".join(f"the {line}" for line in facts.lines)
    return f"it lies on {lines}, so nearby states need not come back; {_why(facts)}"


def _symmetric_ess(facts: Facts, given: Condition) -> Judgement:
    """An ESS in the sense of Maynard Smith, for a game of pairs inside one population."""
    scene, state = facts.scene, facts.located.state
    game = scene.game
    if scene.numeric and state is not None and all(value.is_Rational for value in state.values()):
        shares = {}
        for s, strategy in enumerate(game.populations[0].strategies):
            share = game.share(0, s).xreplace(scene.at(state))
            shares[strategy] = Fraction(int(share.p), int(share.q))
        found = is_ess(game, shares)
        return Judgement("confirmed" if found else "differs", "an ESS" if found else "no ESS", found.because)
    two = len(game.populations[0].strategies) <= 2
    decided = _definite(Claim.ASYMPTOTIC, facts) or _conditional(Claim.ASYMPTOTIC, facts, given)
    if decided.verdict == "confirmed" and not two and not facts.located.is_vertex:
        because = "asymptotically stable, which an ESS is and not only an ESS; give values"
        return Judgement("undecidable", facts.nature, because, "")
    return decided


@dataclass(frozen=True, eq=False)
class _Pair:
    """Where a claim holds, and where it certainly fails."""

    holds: Condition
    fails: Condition


def _conditional(claim: Claim, facts: Facts, given: Condition) -> Judgement:
    pair = _conditions(claim, facts)
    if pair is None:
        because = facts.verdict.because or "no formula for its eigenvalues"
        return Judgement("undecidable", facts.nature, f"it depends on the parameters ({because}); give values", "")
    scene = facts.scene
    premise = all_of(facts.existence, given)
    if scene.prover.decide(premise).status == "empty":
        return Judgement("undecidable", facts.nature, "the condition under which it is claimed can never hold", "")
    against = scene.prover.decide(all_of(premise, negate(pair.holds)))
    stated = "where the stated condition holds" if given != TRUE else "for all parameters that meet the assumptions"
    if against.status == "empty":
        return Judgement("confirmed", f"{claim} {stated}", "", weakest([against.proof.known]))
    favour = scene.prover.decide(all_of(premise, pair.holds))
    if favour.status == "empty":
        known = weakest([favour.proof.known])
        return Judgement("differs", f"never {claim}", f"{_never(claim, facts)}{_example(against)}", known)
    fails = scene.prover.decide(all_of(premise, pair.fails))
    shown = scene.told(pair.holds)
    if given != TRUE and fails.status == "realised":
        text = f"the stated condition is not enough{_example(fails)}"
        return Judgement("differs", f"{claim} if and only if {shown}", text)
    both = f"{_example(favour, 'so')}{_example(fails, 'otherwise')}"
    return Judgement("undecidable", f"{claim} if and only if {shown}", f"it depends on the parameters{both}")


def _never(claim: Claim, facts: Facts) -> str:
    if facts.eigenvalues is None:
        return facts.verdict.because
    shown = ", ".join(facts.scene.shown(value) for value in facts.eigenvalues)
    return f"its eigenvalues {shown} never have such signs"


def _example(decision: Decision, word: str = "") -> str:
    if decision.status != "realised" or not decision.witness:
        return ""
    shown = ", ".join(f"{name} = {value}" for name, value in decision.witness.items())
    return f"; {f'{word} ' if word else ''}at {shown}"


def _conditions(claim: Claim, facts: Facts) -> _Pair | None:
    """Where a claim holds and fails, from the signs of rational eigenvalues, or from what is known of a mixed point."""
    point = facts.located.point
    quotients = [facts.scene.signable(value) for value in facts.eigenvalues or ()]
    if facts.eigenvalues and None not in quotients:
        return _by_signs(claim, [q for q in quotients if q is not None])
    if point is None:
        return None
    if claim in ASYMPTOTIC and not facts.scene.several and point.stable_if != FALSE:
        return _Pair(point.stable_if, negate(point.stable_if))
    named = next((point.type_if[name] for name in _NAMED.get(claim, ()) if name in point.type_if), None)
    if named is None or point.kind != "interior":
        return None
    return _Pair(named, negate(named))


def _by_signs(claim: Claim, values: Sequence[Quotient]) -> _Pair:
    negative = all_of(*(value.sign("<") for value in values))
    positive = all_of(*(value.sign(">") for value in values))
    some_positive = any_of(*(value.sign(">") for value in values))
    some_negative = any_of(*(value.sign("<") for value in values))
    no_zero = all_of(*(value.sign("!=") for value in values))
    if claim in ASYMPTOTIC:
        return _Pair(negative, some_positive)
    if claim == Claim.SOURCE:
        return _Pair(positive, negate(positive))
    if claim == Claim.SADDLE:
        saddle = all_of(some_positive, some_negative, no_zero)
        return _Pair(saddle, negate(saddle))
    if claim == Claim.UNSTABLE:
        return _Pair(some_positive, negative)
    if claim == Claim.STABLE:
        return _Pair(negative, some_positive)
    return _Pair(FALSE, TRUE)


def condition_in(scene: Scene, claimed: Conditional) -> Condition:
    """Return a printed condition as one about the parameters of a scene.

    Raises UnsupportedError where it names what is no parameter, or is no polynomial condition.
    """
    alternatives = []
    for alternative in claimed.alternatives:
        parts = []
        for part in alternative:
            unknown = sorted(symbols_of(part.difference) - set(scene.game.ring.names))
            if unknown:
                hint = close_match(unknown[0], scene.game.ring.names)
                raise UnsupportedError(f"{unknown[0]!r} is no parameter of the game{hint}")
            top, bottom = scene.game.ring.fraction(part.difference, "the condition")
            parts.append(sign(scene.game.ring, top * bottom, part.relation))
        alternatives.append(all_of(*parts))
    return any_of(*alternatives)


def judge_condition(claimed: Conditional, right: Condition, scene: Scene, aside: Condition = TRUE) -> Judgement:
    """Return whether a printed condition is equivalent to the derived one, with a witness in each direction where not.

    aside: what is left out of account, such as ties that the derived condition does not decide.
    """
    prover = scene.prover
    shown = scene.told(right)
    try:
        stated = condition_in(scene, claimed)
    except UnsupportedError as error:
        return Judgement("undecidable", shown, str(error), "")
    too_wide = prover.decide(all_of(aside, stated, negate(right)))
    too_narrow = prover.decide(all_of(aside, right, negate(stated)))
    statuses = {too_wide.status, too_narrow.status}
    if statuses == {"empty"}:
        return Judgement("confirmed", shown, "", weakest([too_wide.proof.known, too_narrow.proof.known]))
    parts = []
    if too_wide.status == "realised":
        parts.append(f"not enough{_example(too_wide)}")
    if too_narrow.status == "realised":
        parts.append(f"not necessary{_example(too_narrow)}")
    if parts:
        return Judgement("differs", shown, "the printed condition is " + ", and ".join(parts))
    text = too_wide.proof.text if too_wide.status == "undecided" else too_narrow.proof.text
    return Judgement("undecidable", shown, f"the provers did not decide whether they are equivalent: {text}", "")


def condition_where(claim: Claim, facts: Facts) -> Condition | None:
    """Return the condition on parameters under which a claimed type holds, None where no formula is known."""
    if claim == Claim.NO_REST_POINT or (facts.trapped and claim in (*ASYMPTOTIC, Claim.SOURCE)):
        return FALSE
    pair = _conditions(claim, facts)
    return None if pair is None else all_of(facts.existence, pair.holds)
