"""What the signs of the gains alone say: numbers of mixed rest points by sign changes of Bernstein coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import combinations

import numpy as np

from coopgame.algebra.bernstein import sign_changes
from coopgame.algebra.conditions import FALSE, TRUE, And, Condition, Sign, all_of, any_of, negate, sign
from coopgame.algebra.prover import Decision, Prover
from coopgame.analysis.share_line import ShareLine, share_line_of
from coopgame.games.game import Game
from coopgame.listed import Listed

_MOST_RUNS = 24
_MOST_TRIPLES = 400


@dataclass(frozen=True, eq=False)
class SignRun:
    """Neighbouring Bernstein coefficients d_first … d_last that have one sign at all admissible parameters.

    sign: +1 or -1 where it is the same everywhere, else None; above, below: where the coefficients are positive, negative.
    """

    first: int
    last: int
    sign: int | None
    above: Condition
    below: Condition

    def has(self, wanted: int) -> Condition:
        """Return where the run has the sign +1 or -1."""
        return self.above if wanted > 0 else self.below

    def not_opposite(self, wanted: int) -> Condition:
        """Return where the run has the sign +1 or -1, or is zero."""
        opposite = self.below if wanted > 0 else self.above
        if isinstance(opposite, Sign):
            return sign(opposite.ring, opposite.polynomial, ">=" if opposite.relation == "<" else "<=")
        return FALSE if opposite == TRUE else TRUE


@dataclass(frozen=True, eq=False)
class SignPattern:
    """A sequence of signs that the gains have at some admissible parameters, and what follows from it.

    signs: of the runs of coefficients, zeros left out; ranges: first and last coefficient of each run. changes: the number
    of sign changes c; the number of mixed rest points, counted with multiplicity, is c, c - 2, … (`numbers`), so 0 and 1
    changes settle it. decision: a witness, or undecided.
    """

    signs: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]
    condition: Condition
    decision: Decision

    @property
    def changes(self) -> int:
        """The number of sign changes."""
        return sign_changes(self.signs)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The possible numbers of mixed rest points, counted with multiplicity, most first."""
        return tuple(range(self.changes, -1, -2))

    @property
    def stable_ends(self) -> tuple[bool, bool]:
        """Whether nobody, and whether everybody, playing the first strategy is asymptotically stable."""
        return (self.signs[0] < 0, self.signs[-1] > 0) if self.signs else (False, False)

    @property
    def shown(self) -> str:
        """The signs as text, e.g. `- + -`."""
        return " ".join("+" if value > 0 else "-" for value in self.signs) or "0"

    def __str__(self) -> str:
        count = " or ".join(map(str, self.numbers))
        return f"{self.shown}: {count} mixed rest points, if {self.condition} [{self.decision.status}]"


@dataclass(frozen=True, eq=False)
class SignPatterns(Listed[SignPattern]):
    """All strict sign patterns of the gains of a game, with their conditions; complete when none is undecided."""

    game: Game = field(repr=False)
    patterns: tuple[SignPattern, ...]
    complete: bool

    entries_in = "patterns"

    def __str__(self) -> str:
        return "\n".join(map(str, self.patterns))

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{h}</th>" for h in ("signs of the gains", "mixed rest points", "condition", "witness"))
        body = ""
        for p in self.patterns:
            cells = (p.shown, " or ".join(map(str, p.numbers)), p.condition.text(), p.decision.proof.text)
            body += "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def find_sign_patterns(game: Game) -> SignPatterns:
    """Return every sequence of signs that the gains from switching take, with its condition and a witness.

    Parameters where some gain is zero lie between the patterns. With c sign changes the number of mixed rest points,
    counted with multiplicity, is c or smaller by an even number; the first and the last sign decide the pure states.

    Raises UnsupportedError for other games than those of one population with two strategies and polynomial advantage.

    References: Peña, Lehmann and Nöldeke (2014), Journal of Theoretical Biology 346, 23-33.

    >>> from coopgame import volunteers_dilemma
    >>> print(find_sign_patterns(volunteers_dilemma(5)))
    + -: 1 mixed rest points, if true [realised]
    """
    line = share_line_of(game)
    prover = Prover(game.assumptions)
    runs = sign_runs(line, prover)
    found: list[SignPattern] = []
    ranges = tuple((run.first, run.last) for run in runs)
    for signs, condition in _strict_patterns(runs, prover):
        decision = prover.decide(condition)
        if decision.status != "empty":
            found.append(SignPattern(signs, ranges, condition, decision))
    return SignPatterns(game, tuple(found), all(p.decision.status == "realised" for p in found))


def sign_runs(line: ShareLine, prover: Prover) -> list[SignRun]:
    """Return the coefficients by runs of one sign; coefficients that vanish identically are left out."""
    runs: list[SignRun] = []
    for k, coefficient in enumerate(line.coefficients):
        if coefficient.is_zero():
            continue
        above, below = (prover.tidy(coefficient.sign(relation)) for relation in "><")
        if runs and (runs[-1].above, runs[-1].below) == (above, below):
            runs[-1] = SignRun(runs[-1].first, k, runs[-1].sign, above, below)
            continue
        definite = prover.definite_sign(coefficient.numerator * coefficient.denominator) or None
        if definite:
            above, below = (TRUE, FALSE) if definite > 0 else (FALSE, TRUE)
        if runs and definite and runs[-1].sign == definite:
            runs[-1] = SignRun(runs[-1].first, k, definite, above, below)
        else:
            runs.append(SignRun(k, k, definite, above, below))
    return runs


def _strict_patterns(runs: Sequence[SignRun], prover: Prover) -> list[tuple[tuple[int, ...], Condition]]:
    """Return the sequences of strict signs that are not proved empty, run by run, with short conditions."""
    found: list[tuple[tuple[int, ...], Condition]] = [((), TRUE)]
    for run in runs:
        grown = []
        for signs, condition in found:
            for value in (1, -1) if run.sign is None else (run.sign,):
                joint = all_of(condition, run.has(value))
                if joint != FALSE and (run.sign is not None or _possible(joint, prover)):
                    short = condition if _implies(condition, run.has(value), prover) else joint
                    grown.append(((*signs, value), short))
        found = grown
    return [(signs, _shortened(condition, prover)) for signs, condition in found]


def _possible(condition: Condition, prover: Prover) -> bool:
    return bool(prover.truth(condition).any()) or prover.can_hold(condition)


def _implies(premise: Condition, conclusion: Condition, prover: Prover) -> bool:
    return conclusion == TRUE or not _possible(all_of(premise, negate(conclusion)), prover)


def _shortened(condition: Condition, prover: Prover) -> Condition:
    """Return the conjunction without the parts that the others imply."""
    parts = list(condition.parts) if isinstance(condition, And) else [condition]
    for part in list(parts):
        rest = all_of(*(other for other in parts if other is not part))
        if len(parts) > 1 and _implies(rest, part, prover):
            parts.remove(part)
    return all_of(*parts)


def one_change(runs: Sequence[SignRun], prover: Prover, first: int) -> Condition:
    """Return where the coefficients change sign exactly once, from the sign `first` to the other; zeros are passed over."""
    cases = []
    for cut in range(1, len(runs)):
        left, right = runs[:cut], runs[cut:]
        weak = [*(run.not_opposite(first) for run in left), *(run.not_opposite(-first) for run in right)]
        some = any_of(*(run.has(first) for run in left)), any_of(*(run.has(-first) for run in right))
        case = all_of(*weak, *some)
        if case != FALSE and _possible(case, prover):
            cases.append(_shortened(case, prover))
    return any_of(*cases)


def at_most_one_change(runs: Sequence[SignRun], prover: Prover) -> bool:
    """Return whether it is proved that the coefficients never change sign twice, zeros passed over."""
    if len(runs) < 3:
        return True
    if prover.ring.names and len(prover.points):
        table = np.stack([prover.truth(run.above) * 1 - prover.truth(run.below) * 1 for run in runs], axis=1)
        if any(sign_changes(row) > 1 for row in np.unique(table, axis=0).tolist()):
            return False
    triples = list(combinations(runs, 3))
    if len(runs) > _MOST_RUNS or len(triples) > _MOST_TRIPLES:
        return False
    for triple in triples:
        for middle in (1, -1):
            case = all_of(*(run.has(s) for run, s in zip(triple, (-middle, middle, -middle), strict=True)))
            if case != FALSE and prover.can_hold(case):
                return False
    return True
