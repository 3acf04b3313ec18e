"""Partitions the admissible parameters by the whole picture: which rest points exist and of what type each is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from coopgame.algebra.conditions import FALSE, TRUE, And, Condition, Or, all_of, any_of
from coopgame.algebra.prover import Decision, Point, Proof, Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.shorten import shorten
from coopgame.analysis.stable_sets import resolved, strictly_not
from coopgame.errors import UnsupportedError

_PATIENCE = 4
ABSENT = "absent"
Types = tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Portrait:
    """The part of parameter space with one picture of rest points.

    types: what every watched point is: absent, sink, source, saddle, stable, unstable … definition: that it is so, written out;
    condition: a shorter one, proved equivalent under the assumptions.
    """

    name: str
    types: Mapping[str, str]
    definition: Condition
    condition: Condition
    witness: Point
    proof: Proof

    def __str__(self) -> str:
        picture = ", ".join(f"{label} {word}" for label, word in self.types.items() if word != ABSENT)
        return f"{self.name}: {picture or 'none of the points'} iff {self.condition}"


@dataclass(frozen=True, eq=False)
class Portraits:
    """All pictures of the watched rest points; together with the sets where a condition is an equation they cover the parameters.

    left_out: points whose conditions are no signs of polynomials in the parameters, or that would bring too many pictures. empty: combinations, given as far as needed, that are
    proved impossible. undecided: those for which the provers gave up.
    """

    portraits: tuple[Portrait, ...]
    watched: tuple[str, ...]
    left_out: tuple[str, ...]
    empty: tuple[tuple[Types, Proof], ...] = field(repr=False)
    undecided: tuple[Types, ...]

    @property
    def cover(self) -> bool:
        """Whether there are no other pictures."""
        return not self.undecided

    def __len__(self) -> int:
        return len(self.portraits)

    def __iter__(self) -> Iterator[Portrait]:
        return iter(self.portraits)

    def __getitem__(self, name: str) -> Portrait:
        for portrait in self.portraits:
            if portrait.name == name:
                return portrait
        raise KeyError(f"no portrait {name!r}; there are {len(self.portraits)}")

    def __str__(self) -> str:
        more = f"{len(self.undecided)} pictures undecided" if self.undecided else "no other picture is possible"
        more = f"not looked at: {', '.join(self.left_out)}; {more}" if self.left_out else more
        return "\n".join([*map(str, self.portraits), f"{more}; {len(self.empty)} combinations proved empty"])

    def _repr_html_(self) -> str:
        from html import escape

        heads = "".join(f"<th>{escape(head)}</th>" for head in ("", *self.watched, "condition"))
        rows = []
        for p in self.portraits:
            cells = (p.name, *(p.types[label] for label in self.watched), p.condition.text())
            rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def find_portraits(points: RestPoints, watch: Iterable[str] | None = None, *, most: int = 500) -> Portraits:
    """Return every picture that the rest points of a game can give, each with a witness; all others are proved empty.

    points: the rest points with their conditions. watch: labels of the points to tell apart by, by default all; with the mixed points
    alone the partition is that by existence. most: a point that would bring more pictures than that is left out, and listed so.

    Raises UnsupportedError for a label that there is not.

    References: Bomze (1983), Biological Cybernetics 48, 201-211.

    >>> from coopgame import MatrixGame, find_portraits, find_rest_points
    >>> game = MatrixGame([["0", "a"], ["b", "0"]], symbol="x", assumptions=["a > 0"])
    >>> print(find_portraits(find_rest_points(game)))
    P1: E1 unstable, E2 stable iff b < 0
    P2: E1 unstable, E2 unstable, I1 stable iff b > 0
    no other picture is possible; 2 combinations proved empty
    """
    known = {point.label: point for point in points}
    labels = list(known) if watch is None else list(dict.fromkeys(watch))
    missing = [label for label in labels if label not in known]
    if missing:
        raise UnsupportedError(f"no rest point {missing[0]!r}; there are {', '.join(known)}")
    prover = Prover(points.game.assumptions, patience=_PATIENCE)
    search = _Search(prover, most)
    told = [label for label in labels if _is_told_by_signs(known[label], prover)]
    watched = [label for label in told if search.refine(label, _options(known[label], prover))]
    left_out = tuple(label for label in labels if label not in watched)
    found = tuple(search.named())
    return Portraits(found, tuple(watched), left_out, tuple(search.empty), tuple(search.undecided))


@dataclass(frozen=True, eq=False)
class _Cell:
    types: Types
    definition: Condition
    decision: Decision | None = None


class _Search:
    """Splits the admissible set point by point, and keeps what can be."""

    def __init__(self, prover: Prover, most: int) -> None:
        self.prover = prover
        self.most = most
        self.cells = [_Cell((), TRUE)]
        self.empty: list[tuple[Types, Proof]] = []
        self.undecided: list[Types] = []

    def refine(self, label: str, options: Mapping[str, Condition]) -> bool:
        """Split every cell by what a point is; leave all as it was and return False where the cells would be too many."""
        cells: list[_Cell] = []
        empty: list[tuple[Types, Proof]] = []
        undecided: list[Types] = []
        for cell in self.cells:
            for word, condition in options.items():
                types, definition = (*cell.types, (label, word)), _joined(cell.definition, condition)
                decision = self.prover.decide(definition)
                if decision.status == "realised":
                    cells.append(_Cell(types, definition, decision))
                elif decision.status == "empty":
                    empty.append((types, decision.proof))
                else:
                    undecided.append(types)
            if len(cells) > self.most:
                return False
        self.cells = cells
        self.empty += empty
        self.undecided += undecided
        return True

    def named(self) -> Iterator[Portrait]:
        """Yield the cells with names and short conditions."""
        for number, cell in enumerate(self.cells, start=1):
            decision = cell.decision or self.prover.decide(cell.definition)
            if decision.witness is not None:
                condition, _ = shorten(self.prover, cell.definition, decision.witness)
                known = (decision.witness, decision.proof)
                yield Portrait(f"P{number}", dict(cell.types), cell.definition, condition, *known)


def _joined(given: Condition, condition: Condition) -> Condition:
    """Return both, without alternatives that contradict a sign which has to hold."""
    parts = [*_parts(given), *_parts(condition)]
    clauses = [part for part in parts if isinstance(part, Or)]
    whole = all_of(*(part for part in parts if not isinstance(part, Or)))
    while clauses:
        slim = [resolved(clause, whole) for clause in clauses]
        signs = [part for clause in slim for part in _parts(clause) if not isinstance(part, Or)]
        if not signs:
            return all_of(whole, *slim)
        whole = all_of(whole, *signs)
        clauses = [part for clause in slim for part in _parts(clause) if isinstance(part, Or)]
    return whole


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, And) else (condition,)


def _is_told_by_signs(point: RestPoint, prover: Prover) -> bool:
    conditions = (point.exists, point.stable_if, *point.type_if.values())
    return all(leaf.ring == prover.ring for condition in conditions for leaf in condition.signs())


def _options(point: RestPoint, prover: Prover) -> dict[str, Condition]:
    """Return what a point can be, off the hypersurfaces, with the conditions; they exclude each other."""
    options: dict[str, Condition] = {}
    left = point.exists
    for word, condition in _types(point, prover).items():
        options[word] = all_of(left, condition)
        left = all_of(left, strictly_not(condition))
    options["other"] = left
    options[ABSENT] = strictly_not(point.exists)
    possible = {word: prover.tidy(condition) for word, condition in options.items()}
    return {word: condition for word, condition in possible.items() if condition != FALSE}


def _types(point: RestPoint, prover: Prover) -> dict[str, Condition]:
    """Return what an existing point can be, without what needs an equation between parameters."""
    if point.open:
        return {"open": TRUE}
    if point.type_if:
        inside = point.kind == "interior"
        named = {word.removesuffix(" on its face") if inside else word: c for word, c in point.type_if.items()}
        return {word: c for word, c in named.items() if all(leaf.relation != "=" for leaf in c.signs())}
    if point.kind == "vertex" and len(point.eigenvalues) > 1:
        numbers = [Quotient.of(prover.ring, value, "eigenvalue") for value in point.eigenvalues]
        sink, source = (all_of(*(number.sign(relation) for number in numbers)) for relation in "<>")
        return {"sink": sink, "source": source, "saddle": strictly_not(any_of(sink, source))}
    return {"stable": point.stable_if, "unstable": strictly_not(point.stable_if)}
