"""Cells of an audit for published points: place, eigenvalues, signs, type, conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of
from coopgame.analysis.auditing.facts import Facts, facts_or_none
from coopgame.analysis.auditing.lists import judge_list, judge_pairs, judge_signs
from coopgame.analysis.auditing.place import Located, locate
from coopgame.analysis.auditing.printed import Printed
from coopgame.analysis.auditing.result import AuditCell
from coopgame.analysis.auditing.scene import Scene, Scenes, condition_text
from coopgame.analysis.auditing.types import ASYMPTOTIC, condition_in, judge_condition, judge_type
from coopgame.analysis.auditing.values import NO_FORMULA, Judgement, Picked, judge_sign, judge_value
from coopgame.analysis.published import Claim, PublishedPoint, SignClaim
from coopgame.errors import UnsupportedError

NOT_AT_REST = "the point is not at rest, so it has no type and no eigenvalues"


@dataclass(frozen=True, eq=False)
class PointAudit:
    """A published point in its two scenes: for all parameters, and at the values that go with it."""

    published: PublishedPoint
    place: str
    symbolic_scene: Scene
    scene: Scene

    @cached_property
    def located(self) -> Located:
        """Where the point lies at the values."""
        return locate(self.scene, self.published)

    @cached_property
    def facts(self) -> Facts | None:
        """What is true there at the values, None where it is not at rest."""
        return facts_or_none(self.scene, self.located)

    @cached_property
    def symbolic(self) -> Facts | None:
        """What is true there for all parameters, None where the point cannot be found without values."""
        if self.symbolic_scene is self.scene:
            return self.facts
        return facts_or_none(self.symbolic_scene, locate(self.symbolic_scene, self.published))

    @cached_property
    def formulas(self) -> bool:
        """Whether some eigenvalue is printed as a formula."""
        printed = self.published.eigenvalues
        return any(not p.is_number for p in (printed.values() if isinstance(printed, Mapping) else printed))

    def cell(self, what: str, claim: str, judgement: Judgement, key: str) -> AuditCell:
        """Return a judgement as a cell of this point."""
        j = judgement
        path = f"{self.published.path}.{key}"
        return AuditCell(self.place, what, path, claim, j.verdict, j.ours, j.because, j.known, j.reading)

    def cells(self) -> Iterator[AuditCell]:
        """Yield a cell for every claim about the point."""
        if self.scene.void:
            yield from self._claimless(Judgement("undecidable", "", self.scene.void, ""))
            return
        yield from self._place()
        if self.located.rest is None:
            yield from self._claimless(Judgement("undecidable", "", self.located.because, ""))
        elif not self.located.rest:
            yield from self._claimless(Judgement("differs", "not at rest", NOT_AT_REST))
        elif self.facts is None:
            yield from self._claimless(Judgement("undecidable", "", "the payoffs have no derivative there", ""))
        else:
            yield from self._values(self.facts)
            yield from self._type(self.facts)
        yield from self._conditions()

    def _place(self) -> Iterator[AuditCell]:
        """The claim that it is a rest point at all; pure states are, so nothing is said of them."""
        located, at = self.located, self.published.at
        if located.is_vertex or self.published.type == Claim.NO_REST_POINT:
            return
        claim = "interior" if at is None else ", ".join(f"{name} = {printed}" for name, printed in at.items())
        if located.rest is None:
            judgement = Judgement("undecidable", "", located.because, "")
        elif located.outside:
            judgement = Judgement("impossible", "no state", located.because)
        elif not located.rest:
            judgement = Judgement("differs", "not at rest", located.because, "exact", located.reading)
        else:
            judgement = self._found(located)
        yield self.cell("rest point", claim, judgement, "at")

    def _found(self, located: Located) -> Judgement:
        point = located.point
        if point is None:
            lines = "; ".join(str(line) for line in located.components)
            ours = f"on a {lines}" if lines else "all rates vanish"
            return Judgement("confirmed", ours, "", "exact")
        because = "" if point.known == "exact" else "certified by interval arithmetic"
        inside = "" if point.exists == TRUE else f", exists if {condition_text(point.exists)}"
        return Judgement("confirmed", f"{point.label} ({point.place()}){inside}", because, point.known)

    def _claimless(self, judgement: Judgement) -> Iterator[AuditCell]:
        """The same verdict for all that is said of the point."""
        p = self.published
        printed = p.eigenvalues.items() if isinstance(p.eigenvalues, Mapping) else enumerate(p.eigenvalues)
        for key, value in printed:
            yield self.cell(self._eigenvalue_name(key), str(value), judgement, f"eigenvalues.{key}")
        signs = p.signs.items() if isinstance(p.signs, Mapping) else enumerate(p.signs)
        for key, sign in signs:
            yield self.cell(f"sign {key}", sign.text, judgement, f"signs.{key}")
        for what, given in (("trace", p.trace), ("determinant", p.determinant)):
            if given is not None:
                yield self.cell(what, given.text, judgement, what)
        if p.type is not None:
            no_rest = p.type == Claim.NO_REST_POINT and judgement.verdict == "differs"
            agreed = Judgement("confirmed", "not at rest", self.located.because) if no_rest else judgement
            yield self.cell("type", p.type_text, agreed, "type")

    @staticmethod
    def _eigenvalue_name(key: str | int) -> str:
        return f"eigenvalue {key + 1 if isinstance(key, int) else key}"

    def _values(self, facts: Facts) -> Iterator[AuditCell]:
        p = self.published
        if isinstance(p.eigenvalues, Mapping):
            yield from self._by_direction(p.eigenvalues)
        else:
            found = judge_list(p.eigenvalues, self.symbolic, facts, self.formulas)
            for i, (printed, judgement) in enumerate(zip(p.eigenvalues, found, strict=True)):
                yield self.cell(self._eigenvalue_name(i), str(printed), judgement, f"eigenvalues[{i}]")
        if isinstance(p.signs, Mapping):
            for key, sign in p.signs.items():
                yield self.cell(f"sign {key}", sign.text, self._sign(sign, facts, Picked(key)), f"signs.{key}")
        elif p.signs:
            claim = ", ".join(sign.text for sign in p.signs)
            yield self.cell("signs", claim, judge_signs(p.signs, facts), "signs")
        for what, given in (("trace", p.trace), ("determinant", p.determinant)):
            if isinstance(given, SignClaim):
                yield self.cell(what, given.text, self._sign(given, facts, Picked(what)), what)
            elif given is not None:
                judgement = judge_value(given, self.symbolic, facts, Picked(what, self.formulas))
                yield self.cell(what, str(given), self._no_trace(what, judgement, facts), what)

    def _sign(self, sign: SignClaim, facts: Facts, pick: Picked) -> Judgement:
        value = pick.of(facts)
        if value is None:
            because = (
                "there is no single eigenvalue in this direction: the population is mixed"
                if pick.what in facts.located.mixed
                else NO_FORMULA
            )
            return Judgement("undecidable", "", because, "")
        return self._no_trace(pick.what, judge_sign(sign, facts, value), facts)

    @staticmethod
    def _no_trace(what: str, judgement: Judgement, facts: Facts) -> Judgement:
        """Where all populations are mixed the trace is 0 for any payoffs that do not depend on own shares."""
        inside = facts.located.state is not None and len(facts.located.mixed) == len(facts.scene.game.populations)
        if what != "trace" or judgement.verdict != "differs" or not (facts.scene.separate and inside):
            return judgement
        because = "payoffs do not depend on the own population's shares: the diagonal of the Jacobian inside is 0"
        return replace(judgement, verdict="impossible", because=because)

    def _by_direction(self, eigenvalues: Mapping[str, Printed]) -> Iterator[AuditCell]:
        """Eigenvalues by population: of pure ones each its own, of mixed ones all in any order."""
        known = {**(self.facts.pure if self.facts else {}), **(self.symbolic.pure if self.symbolic else {})}
        mixed = [key for key in eigenvalues if key not in known]
        single = self.facts is not None and self.facts.size == 1
        verdicts: dict[str, Judgement] = {}
        if mixed and not single:
            verdicts = dict(zip(mixed, self._mixed([eigenvalues[key] for key in mixed]), strict=True))
        for key, printed in eigenvalues.items():
            judgement = verdicts.get(key) or judge_value(
                printed, self.symbolic, self.facts, Picked(key, self.formulas)
            )
            yield self.cell(self._eigenvalue_name(key), str(printed), judgement, f"eigenvalues.{key}")

    def _mixed(self, printed: list[Printed]) -> list[Judgement]:
        numbers = all(p.is_number for p in printed)
        facts = self.facts if numbers or self.symbolic is None or self.symbolic.mixed is None else self.symbolic
        if facts is None or (facts.mixed is None and facts.eigenvalues is None):
            return [Judgement("undecidable", "", NO_FORMULA, "")] * len(printed)
        ours = facts.mixed if facts.mixed is not None else facts.eigenvalues or ()
        return judge_pairs(printed, ours, facts, self.formulas)

    def _type(self, facts: Facts) -> Iterator[AuditCell]:
        p = self.published
        if p.type is None:
            return
        judgement = judge_type(p.type, facts, self.premise(facts))
        if facts.existence != TRUE and judgement.verdict == "confirmed":
            judgement = replace(judgement, because=f"where it exists; {judgement.because}".removesuffix("; "))
        yield self.cell("type", p.type_text, judgement, "type")

    def premise(self, facts: Facts) -> Condition:
        """The condition under which a type is claimed: stable_if of a stable type, where parameters are left."""
        p = self.published
        if p.stable_if is None or facts.scene.numeric or p.type not in (*ASYMPTOTIC, Claim.STABLE):
            return TRUE
        try:
            return condition_in(facts.scene, p.stable_if)
        except UnsupportedError:
            return TRUE

    def _conditions(self) -> Iterator[AuditCell]:
        p, symbolic = self.published, self.symbolic
        for what, claimed, key in (("stable if", p.stable_if, "stable_if"), ("exists if", p.exists, "exists")):
            if claimed is None:
                continue
            if symbolic is None:
                because = "the point is not found without values; give its coordinates as formulas"
                yield self.cell(what, claimed.text, Judgement("undecidable", "", because, ""), key)
            elif key == "stable_if":
                yield self.cell(what, claimed.text, self._stable_if(symbolic), key)
            else:
                yield self.cell(what, claimed.text, self._exists_if(symbolic), key)

    def _stable_if(self, facts: Facts) -> Judgement:
        claimed = self.published.stable_if
        assert claimed is not None
        scene = facts.scene
        if facts.trapped:
            return judge_condition(claimed, FALSE, scene)
        quotients = [scene.signable(value) for value in facts.eigenvalues or ()]
        rational = [q for q in quotients if q is not None]
        if facts.eigenvalues and len(rational) == len(quotients) and facts.located.is_vertex:
            # in one population a tie may be decided by the second-order term
            aside = TRUE if scene.several else all_of(*(q.sign("!=") for q in rational))
            return judge_condition(claimed, all_of(*(q.sign("<") for q in rational)), scene, aside)
        if facts.located.point is not None and not scene.several:
            return judge_condition(claimed, facts.located.point.stable_if, scene)
        return Judgement("undecidable", "", NO_FORMULA, "")

    def _exists_if(self, facts: Facts) -> Judgement:
        claimed = self.published.exists
        assert claimed is not None
        exists = facts.existence
        if facts.located.point is None or set(exists.parameters()) - set(facts.scene.game.ring.names):
            return Judgement(
                "undecidable", exists.text(), "no condition of existence in the parameters alone is known", ""
            )
        return judge_condition(claimed, exists, facts.scene)


def point_audit(scenes: Scenes, published: PublishedPoint, group: str) -> PointAudit:
    """Return a published point with its scenes; group: the case it belongs to."""
    place = f"{group}, point {published.name}" if group else f"point {published.name}"
    symbolic = scenes.of(None, published.when)
    return PointAudit(published, place, symbolic, scenes.of(published.values, published.when))
