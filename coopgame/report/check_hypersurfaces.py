"""The hypersurfaces of a record: where two regimes meet, and lines of rest points there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgame.errors import RecordError
from coopgame.report.check_game import StatedGame
from coopgame.report.check_logic import Formula, Known
from coopgame.report.check_numbers import Poly
from coopgame.report.check_states import check_still


class HypersurfaceChecker:
    """Checks what a record says of its hypersurfaces.

    atoms: the polynomials of the definitions of regimes. admissible: reads a witness and refuses one that violates an assumption.
    """

    def __init__(
        self,
        game: StatedGame,
        known: Known,
        atoms: Collection[Poly],
        admissible: Callable[[Mapping[str, Any]], dict[str, Fraction]],
    ) -> None:
        self.game, self.known, self._atoms, self._admissible = game, known, atoms, admissible
        self.verified: list[str] = []
        self.unchecked: list[str] = []

    def check(self, record: Mapping[str, Any]) -> None:
        """Check all hypersurfaces of a record; RecordError at the first thing that is wrong."""
        definitions = {entry["name"]: self.known.condition(entry["definition"]) for entry in record["regimes"]}
        found: set[Poly] = set()
        kinds: Counter[str] = Counter()
        crossings = still = 0
        for surface in record["hypersurfaces"]:
            (((polynomial, signs),),) = self.known.condition(surface["equation"])
            if signs != {0}:
                raise RecordError(f"{surface['equation']!r} is no equation")
            found.add(polynomial)
            kinds[_kind_of(surface)] += 1
            for crossing in surface["between"]:
                self._crossing(crossing, polynomial, definitions)
                crossings += 1
                still += self._lines(surface["changes"], crossing)
        if found != set(self._atoms):
            raise RecordError("the hypersurfaces are not where the polynomials of the definitions vanish")
        self.verified.append(f"{len(found)} hypersurfaces, and {crossings} points at which two regimes meet")
        if still:
            self.verified.append(f"{still} lines of rest points at these points: nothing moves there")
        if kinds:
            listed = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
            self.unchecked.append(f"what else happens on the hypersurfaces: {listed}")

    def _lines(self, changes: Sequence[Mapping[str, Any]], crossing: Mapping[str, Any]) -> int:
        """Check the states that are said to be at rest on a whole hypersurface at one point of it; return how many lines."""
        if crossing["within"] is not None:
            return 0
        point = self._admissible(crossing["witness"])
        lines = [c for c in changes if c["kind"] == "line of rest points" and c["everywhere"]]
        wheres = [where for change in lines for where in change["where"]]
        for where in wheres:
            check_still(self.game, where, point)
        return len(wheres)

    def _crossing(self, crossing: Mapping[str, Any], zero: Poly, definitions: Mapping[str, Formula]) -> None:
        """Check that one regime holds just below and the other just above the point, along the parameter that is named."""
        regimes = [definitions[crossing[key]] for key in ("below", "above")]
        if crossing["within"] is not None:
            return self._irrational(crossing, zero, regimes)
        point, along = self._admissible(crossing["witness"]), crossing["along"]
        if along not in point:
            raise RecordError(f"{along!r} is no parameter")
        if zero.value(point):
            raise RecordError("a meeting point does not lie on its hypersurface")
        beside = {polynomial: polynomial.signs_beside(along, point) for polynomial in self._atoms}
        sides = [{polynomial: signs[turn] for polynomial, signs in beside.items()} for turn in (0, 1)]
        self._between(crossing, [[holds(r, point, side) for r in regimes] for side in sides])
        return None

    def _irrational(self, crossing: Mapping[str, Any], zero: Poly, regimes: Sequence[Formula]) -> None:
        """Check that the two ends lie in the two regimes, and that the polynomial changes its sign between them."""
        along = crossing["along"]
        if along in crossing["witness"] or len(crossing["within"]) != 2:
            raise RecordError("a meeting point between two ends has a value of its own, or not two ends")
        points = [self._admissible({**crossing["witness"], along: end}) for end in crossing["within"]]
        if not points[0][along] < points[1][along] or zero.value(points[0]) * zero.value(points[1]) >= 0:
            raise RecordError("no meeting point lies between the two ends that are given")
        self._between(crossing, [[holds(regime, point) for regime in regimes] for point in points])

    def _between(self, crossing: Mapping[str, Any], sides: Sequence[Sequence[bool]]) -> None:
        if [list(side) for side in sides] != [[True, False], [False, True]]:
            raise RecordError(f"{crossing['below']} and {crossing['above']} do not meet at a point that is named")


def _kind_of(surface: Mapping[str, Any]) -> str:
    """Return the kind of a hypersurface; RecordError when it is not that of the first change that is listed."""
    kind, changes = surface["kind"], surface["changes"]
    if kind != (changes[0]["kind"] if changes else "undecided"):
        raise RecordError(f"the kind of {surface['equation']!r} is {kind!r}, and its first change is of another kind")
    return str(kind)


def holds(formula: Formula, point: Mapping[str, Fraction], given: Mapping[Poly, int] | None = None) -> bool:
    """Return whether a formula holds at a point; `given` overrides the signs of some polynomials."""

    def sign(polynomial: Poly) -> int:
        if given and polynomial in given:
            return given[polynomial]
        value = polynomial.value(point)
        return (value > 0) - (value < 0)

    return all(any(sign(polynomial) in signs for polynomial, signs in clause) for clause in formula)
