"""The partition in a record: proofs of facts, exclusions, regimes and short conditions, and that no set is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgame.errors import ParameterError, RecordError
from coopgame.report.check_game import StatedGame
from coopgame.report.check_hypersurfaces import HypersurfaceChecker, holds
from coopgame.report.check_logic import (
    Clause,
    Formula,
    Known,
    cases_covered,
    check_certificate,
    contradictory,
    implies,
    opposite,
)
from coopgame.report.check_numbers import Poly, fraction_of
from coopgame.report.check_points import needed_everywhere, stable_at
from coopgame.report.check_states import check_type

_MOST_SETS = 100_000
_KNOWN = {"witness": "exact", "identity": "exact", "farkas": "certified"}


class RegimeChecker:
    """Checks everything in a record that speaks of which points are stable together.

    Facts come first, each proved from the assumptions and earlier facts; then points that exclude each other; then
    every set. `failures` says what is wrong, `on_solver` what only a solver's word stands for.
    """

    def __init__(self, record: Mapping[str, Any], game: StatedGame) -> None:
        self.record, self.game = record, game
        self.failures: list[str] = []
        self.verified: list[str] = []
        self.unchecked: list[str] = []
        self.on_solver: list[str] = []
        self.open: list[str] = []
        self._kinds: Counter[str] = Counter()
        self._certificates = 0
        self._needed: dict[str, list[tuple[Poly, int]]] = {}
        self._unsettled: frozenset[str] = frozenset()
        self._excluded: list[frozenset[str]] = []
        self._atoms: dict[Poly, None] = {}

    def check(self) -> None:
        """Check the whole partition; results stand in the attributes."""
        self.known = Known(self.game.assumed, self.game.denominators())
        try:
            self._needed, self._unsettled = needed_everywhere(self.game)
        except RecordError as error:
            self.failures.append(str(error))
            return
        for fact in self.record["facts"]:
            self._try(f"fact {fact.get('statement')}", lambda f=fact: self._fact(f))  # type: ignore[misc]
        for entry in self.record["excluded"]:
            self._try(f"excluded {_names(entry)}", lambda e=entry: self._exclusion(e))  # type: ignore[misc]
        for entry in self.record["rest_points"]:
            self._try(str(entry.get("label")), lambda e=entry: self._point(e))  # type: ignore[misc]
        for status in ("regimes", "empty", "undecided"):
            for entry in self.record[status]:
                where = f"{entry.get('name')} ({_names(entry)} stable)"
                self._try(where, lambda e=entry, s=status, w=where: self._set(e, s, w))  # type: ignore[misc]
        self._try("completeness", self._complete)
        self._try("hypersurfaces", self._hypersurfaces)
        self._report()

    def _try(self, where: str, check: Callable[[], None]) -> None:
        try:
            check()
        except (
            RecordError,
            ParameterError,
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            ZeroDivisionError,
        ) as error:
            self.failures.append(f"{where}: {error}")

    # proofs -----------------------------------------------------------------------------------------------------

    def _refuted(self, formula: Formula, proof: Mapping[str, Any], what: str) -> None:
        """Check that a proof shows a formula to hold nowhere; RecordError when it does not."""
        kind = proof["kind"]
        self._check_labels_of(proof)
        if kind == "solver":
            self.on_solver.append(f"{what}: {proof['solver']['program']} {proof['solver']['version']}")
        elif kind == "identity":
            if not contradictory((*self.known.units(), *formula)):
                raise RecordError("no contradiction of signs")
        elif kind == "farkas":
            certificates = [check_certificate(certificate, self.known) for certificate in proof["certificates"]]
            if not certificates or not cases_covered(formula, certificates, self.known):
                raise RecordError("the certificates do not cover every case of what they should refute")
            self._certificates += len(certificates)
        else:
            raise RecordError(f"a proof of kind {kind!r} proves nothing impossible")
        self._kinds[kind] += 1

    def _check_labels_of(self, proof: Mapping[str, Any]) -> None:
        kind, known = proof["kind"], proof["known"]
        if known != _KNOWN.get(kind, kind):
            raise RecordError(f"a proof of kind {kind!r} is called {known!r}")
        if bool(proof["certificates"]) != (kind == "farkas"):
            raise RecordError(f"a proof of kind {kind!r} with {len(proof['certificates'])} certificates")
        if (proof["solver"] is not None) != (kind in ("solver", "undecided")):
            raise RecordError(f"a proof of kind {kind!r}, and the solver's part is {proof['solver']!r}")

    def _fact(self, fact: Mapping[str, Any]) -> None:
        formula = self.known.condition(fact["statement"])
        if len(formula) != 1 or len(formula[0]) != 1:
            raise RecordError("not the sign of one polynomial")
        self._refuted(opposite(formula[0]), fact["proof"], f"{fact['statement']} everywhere")
        self.known.learn(formula[0][0])

    def _exclusion(self, entry: Mapping[str, Any]) -> None:
        members = frozenset(entry["stable"])
        if not members or len(members) < len(entry["stable"]):
            raise RecordError("no points, or one of them twice")
        what = f"{_names(entry)} never stable together" if len(members) > 1 else f"{_names(entry)} never stable"
        self._refuted(self._stable(members), entry["proof"], what)
        self._excluded.append(members)

    # conditions ---------------------------------------------------------------------------------------------------

    def _stable(self, labels: frozenset[str]) -> Formula:
        """Return the formula that all these points are stable, from the payoffs."""
        clauses: list[Clause] = []
        for label in sorted(labels):
            needed = self._known_label(label)
            clauses += [(self.known.literal(polynomial, {sign}),) for polynomial, sign in needed]
        return tuple(clauses)

    def _known_label(self, label: str) -> list[tuple[Poly, int]]:
        if label not in self._needed:
            raise RecordError(f"{label!r} is no point that can be stable")
        return self._needed[label]

    def _never(self, label: str) -> bool:
        return frozenset({label}) in self._excluded

    def _exactly(self, labels: frozenset[str]) -> Formula:
        """Return the formula that these points are stable and every other has a value of the wrong sign."""
        unstable: list[Clause] = []
        for label, needed in self._needed.items():
            if label not in labels and not self._never(label) and label not in self._unsettled:
                unstable.append(tuple(self.known.literal(polynomial, {-sign}) for polynomial, sign in needed))
        return (*self._stable(labels), *unstable)

    def _same(self, one: Formula, other: Formula, what: str) -> None:
        units = self.known.fact_units()  # not the assumptions: a text that says something else is wrong too
        if not (implies((*units, *one), other) and implies((*units, *other), one)):
            raise RecordError(what)

    def _point(self, entry: Mapping[str, Any]) -> None:
        label, text = entry["label"], entry["stable_if"]
        if label not in self._needed:
            if text != "false":
                raise RecordError("a mixed point of several populations is said to be stable")
            return
        if label in self._unsettled and not self._never(label):
            if text != "false" or not entry["open"]:
                raise RecordError(
                    "more than signs is needed for its stability, and the record does not leave it open"
                )
            self.open.append(f"{label}: {entry['open']}")
        elif text == "false":
            if not self._never(label):
                raise RecordError("said never to be stable, and no proof excludes it")
        else:
            formula = self._stable(frozenset({label}))
            self._same(self.known.condition(text), formula, f"stable_if is {text!r}, which the payoffs do not give")

    # sets of stable points ----------------------------------------------------------------------------------------

    def _set(self, entry: Mapping[str, Any], status: str, where: str) -> None:
        labels = frozenset(entry["stable"])
        if len(labels) < len(entry["stable"]):
            raise RecordError("a point stands twice")
        if entry["status"] != {"regimes": "realised"}.get(status, status):
            raise RecordError(f"listed under {status}, and its status is {entry['status']!r}")
        formula = self._exactly(labels)
        definition = self.known.condition(entry["definition"])
        self._same(definition, formula, "the definition is not that exactly these points are stable")
        self._same(
            self._shortened(definition, entry["shortening"], where),
            self.known.condition(entry["condition"]),
            "the steps do not lead from the definition to the condition",
        )
        if status != "regimes" and entry["condition"] != entry["definition"]:
            raise RecordError("a short condition of a set that is not realised")
        if status == "regimes":
            self._atoms |= {polynomial: None for clause in definition for polynomial, _ in clause}
            self._witness(entry, labels)
        elif entry["witness"] is not None:
            raise RecordError("a witness of a set that is not realised")
        elif status == "empty":
            self._refuted(formula, entry["proof"], f"{_names(entry)} never exactly the stable points")
        else:
            self._check_labels_of(entry["proof"])
            if entry["proof"]["kind"] != "undecided":
                raise RecordError(f"undecided, and the proof is of kind {entry['proof']['kind']!r}")
            self.open.append(f"exactly {_names(entry)} stable")

    def _witness(self, entry: Mapping[str, Any], labels: frozenset[str]) -> None:
        self._check_labels_of(entry["proof"])
        if entry["proof"]["kind"] != "witness" and (self.game.free or entry["proof"]["kind"] != "identity"):
            raise RecordError(f"realised by a proof of kind {entry['proof']['kind']!r}")
        point = self._admissible(entry["witness"])
        for key in ("definition", "condition"):
            if not holds(self.known.condition(entry[key]), point):
                raise RecordError(f"the witness does not meet the {key}")
        shown = ", ".join(f"{name} = {value}" for name, value in point.items()) or "every value"
        if entry["proof"]["kind"] == "witness" and entry["proof"]["text"] != shown:
            raise RecordError("the text of the proof is not the witness")
        stable, undecided = stable_at(self.game, point)
        left_open = sorted(label for label in undecided - self._unsettled if not self._never(label))
        if stable != labels or left_open:
            found = ", ".join(sorted(stable)) or "none"
            raise RecordError(f"at the witness {found} is stable, left open: {', '.join(left_open) or 'none'}")
        for state in self.record["rest_points"]:
            if state["kind"] == "vertex":
                check_type(self.game, state, point)

    def _admissible(self, witness: Mapping[str, Any]) -> dict[str, Fraction]:
        point = {name: fraction_of(value, f"witness, {name}") for name, value in witness.items()}
        self.game.numbers(point)
        if not holds(tuple((literal,) for literal in self.known.assumed), point):
            raise RecordError("the witness violates an assumption")
        return point

    def _shortened(self, definition: Formula, steps: Sequence[Mapping[str, Any]], where: str) -> Formula:
        """Follow the steps from a definition, with their proofs, and return what is left of it."""
        left = [frozenset(clause) for clause in definition]
        slim: dict[frozenset[Any], frozenset[Any]] = {}
        for step in steps:
            (part,) = (frozenset(clause) for clause in self.known.condition(step["part"]))
            if part not in left:
                raise RecordError(f"a step changes {step['part']!r}, which is not there")
            rest = tuple(tuple(clause) for clause in left if clause != part)
            dropped = self.known.condition(step["dropped"])
            what = f"{where}: {step['part']} becomes {step['kept']}"
            gone = {clause[0] for clause in dropped if len(clause) == 1}
            fewer = slim.get(part, part) - gone
            whole = step["kept"] == "true"
            self._refuted((*rest, *dropped, *(() if whole else opposite(tuple(fewer)))), step["proof"], what)
            if whole:
                if slim:
                    raise RecordError("a part is left out after alternatives were")
                self._same(dropped, opposite(tuple(part)), f"{step['dropped']!r} is not the negation of the part")
                left.remove(part)
                continue
            slim[part] = fewer
            kept = self.known.condition(step["kept"])
            if len(dropped) != 1 or len(gone) != 1 or [set(clause) for clause in kept] != [set(slim[part])]:
                raise RecordError(f"{step['part']!r} without {step['dropped']!r} is not {step['kept']!r}")
        return tuple(tuple(slim.get(clause, clause)) for clause in left)

    # completeness -------------------------------------------------------------------------------------------------

    def _complete(self) -> None:
        entries = [entry for key in ("regimes", "empty", "undecided") for entry in self.record[key]]
        listed = Counter(frozenset(entry["stable"]) for entry in entries)
        twice = [_joined(labels) for labels, count in listed.items() if count > 1]
        if twice:
            raise RecordError(f"listed more than once: {'; '.join(twice)}")
        wanted = 0
        for labels in self._possible_sets():
            wanted += 1
            if labels not in listed:
                raise RecordError(f"nothing is said of exactly {_joined(labels)} stable")
        if wanted != len(listed):
            raise RecordError(f"{len(listed)} sets are listed, {wanted} remain when those excluded are left out")
        names = [entry["name"] for entry in self.record["regimes"]]
        if len(set(names)) < len(names):
            raise RecordError("two regimes have one name")
        unsettled = [entry["label"] for entry in self.record["rest_points"] if entry["open"]]
        if self.record["cover"] is not (not self.record["undecided"] and not unsettled):
            left = f"{len(self.record['undecided'])} sets undecided and {len(unsettled)} points open"
            raise RecordError(f"cover is {self.record['cover']} with {left}")
        self.verified.append(f"all {wanted} sets of points that no proof excludes are listed, each once")

    def _possible_sets(self) -> Iterator[frozenset[str]]:
        labels = [label for label in self._needed if not self._never(label) and label not in self._unsettled]
        level: list[tuple[int, ...]] = [()]
        count = 0
        while level:
            count += len(level)
            if count > _MOST_SETS:
                raise RecordError(f"more than {_MOST_SETS} sets of points are not excluded")
            yield from (frozenset(labels[i] for i in chosen) for chosen in level)
            level = [
                (*chosen, i)
                for chosen in level
                for i in range(chosen[-1] + 1 if chosen else 0, len(labels))
                if not any(e <= {labels[k] for k in (*chosen, i)} for e in self._excluded)
            ]

    def _hypersurfaces(self) -> None:
        checker = HypersurfaceChecker(self.game, self.known, self._atoms, self._admissible)
        checker.check(self.record)
        self.verified += checker.verified
        self.unchecked += checker.unchecked

    def _report(self) -> None:
        proofs = ", ".join(f"{count} by {_KIND_WORDS[kind]}" for kind, count in sorted(self._kinds.items()))
        self.verified.append(
            f"{len(self.record['regimes'])} regimes: definition and short condition, witness put into the payoffs"
        )
        if proofs:
            self.verified.append(f"{sum(self._kinds.values())} statements that something is impossible: {proofs}")
        if self._certificates:
            self.verified.append(f"{self._certificates} certificates added up term by term")


_KIND_WORDS = {"identity": "contradicting signs", "farkas": "certificates", "solver": "the word of a solver"}


def _names(entry: Mapping[str, Any]) -> str:
    return ", ".join(map(str, entry.get("stable", ()))) or "no point"


def _joined(labels: frozenset[str]) -> str:
    return ", ".join(sorted(labels)) or "no point"
