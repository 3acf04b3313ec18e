"""Comparative statics: how rest points and eigenvalues move with each parameter, sign by sign with its proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, And, Condition, Or, all_of, any_of
from coopgame.algebra.prover import Point, Proof, Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.rest_points import find_rest_points
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.games.game import Game
from coopgame.listed import Listed

Direction = Literal["+", "-", "0", ">=0", "<=0", "ambiguous", "undecided"]
_STEPS = 1_000_000
_WORDS: dict[Direction, str] = {
    "+": "rises with",
    "-": "falls with",
    ">=0": "never falls with",
    "<=0": "never rises with",
    "0": "does not depend on",
    "ambiguous": "either way with",
    "undecided": "undecided for",
}


@dataclass(frozen=True, eq=False)
class Effect:
    """The sign of the derivative of one quantity with respect to one parameter, wherever the point exists.

    quantity: a coordinate of a mixed point such as `x`, or of a vertex its eigenvalue in the direction of a coordinate,
    `eigenvalue x`. sign: `+`, `-` or `0` everywhere; `>=0` or `<=0` where it is also zero somewhere; `ambiguous` with
    exact values at which it rises and at which it falls; `undecided`. proofs: that the other signs are impossible.
    """

    point: str
    quantity: str
    parameter: str
    sign: Direction
    derivative: Quotient = field(repr=False)
    proofs: tuple[Proof, ...] = ()
    rising: Point | None = None
    falling: Point | None = None

    @property
    def known(self) -> str:
        """How sure the sign is: exact, certified, solver or undecided; the weakest of its proofs."""
        order = ("exact", "certified", "solver", "undecided")
        return max((proof.known for proof in self.proofs), key=order.index, default="exact")

    def __str__(self) -> str:
        return f"{self.point}: {self.quantity} {_WORDS[self.sign]} {self.parameter} [{self.known}]"


@dataclass(frozen=True, eq=False)
class Effects(Listed[Effect]):
    """All effects that were decided, point by point; `left_out` names the points without a closed form."""

    game: Game = field(repr=False)
    effects: tuple[Effect, ...]
    left_out: tuple[tuple[str, str], ...]

    entries_in = "effects"

    def on(self, point: str, quantity: str, parameter: str) -> Effect:
        """Return one effect, such as `effects.on("F1", "x", "S_p")`; ParameterError when there is none such."""
        for effect in self.effects:
            if (effect.point, effect.quantity, effect.parameter) == (point, quantity, parameter):
                return effect
        quantities = dict.fromkeys(f"{effect.point} {effect.quantity}" for effect in self.effects)
        raise ParameterError(f"no effect of {parameter!r} on {point} {quantity}; there are {', '.join(quantities)}")

    def count(self, sign: object) -> int:
        """Return how many effects have a sign."""
        return sum(effect.sign == sign for effect in self.effects)

    def __str__(self) -> str:
        lines = []
        for (point, quantity), row in self._rows().items():
            parts = []
            for sign, words in _WORDS.items():
                names = [effect.parameter for effect in row if effect.sign == sign]
                if names and sign != "0":
                    parts.append(f"{words} {', '.join(names)}")
            lines.append(f"{point}: {quantity} {'; '.join(parts) or 'depends on no parameter'}")
        lines += [f"{label}: left out, {why}" for label, why in self.left_out]
        return "\n".join(lines)

    def _rows(self) -> dict[tuple[str, str], list[Effect]]:
        rows: dict[tuple[str, str], list[Effect]] = {}
        for effect in self.effects:
            rows.setdefault((effect.point, effect.quantity), []).append(effect)
        return rows

    def _repr_html_(self) -> str:
        from html import escape

        names = dict.fromkeys(effect.parameter for effect in self.effects)
        head = "".join(f"<th>{escape(name)}</th>" for name in ("", "", *names))
        body = ""
        for (point, quantity), row in self._rows().items():
            signs = {
                effect.parameter: effect.sign.replace("ambiguous", "±").replace("undecided", "?") for effect in row
            }
            cells = (point, quantity, *(signs[name] for name in names))
            body += "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        left = "".join(f"<li>{escape(label)}: left out, {escape(why)}</li>" for label, why in self.left_out)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><ul>{left}</ul>"


def find_effects(game: Game | RestPoints, parameters: Sequence[str] | None = None) -> Effects:
    """Return how every rest point moves with every parameter: signs of derivatives, each proved or witnessed.

    Of vertices the eigenvalues, of mixed points the coordinates, wherever the point exists and the assumptions hold. Points
    whose coordinates are roots of an equation are left out and named. parameters: those asked about, all by default.

    Raises ParameterError for an unknown parameter.

    >>> from coopgame import MatrixGame
    >>> hawks = MatrixGame([["(v - c)/2", "v"], ["0", "v/2"]], symbol="x", parameters={"v": "> 0", "c": "> 0"})
    >>> print(find_effects(hawks))
    E1: eigenvalue x rises with v
    E2: eigenvalue x rises with c; falls with v
    I1: x rises with v; falls with c
    """
    points = find_rest_points(game) if isinstance(game, Game) else game
    ring = points.game.ring
    unknown = [name for name in parameters or () if name not in ring.names]
    if unknown:
        raise ParameterError(f"unknown parameter {unknown[0]!r}; known are {', '.join(ring.names) or 'none'}")
    finder = _Finder(Prover(points.game.assumptions, steps=_STEPS))
    effects: list[Effect] = []
    left_out: list[tuple[str, str]] = []
    for point in points:
        try:
            quantities = list(_quantities(point))
        except UnsupportedError as error:
            left_out.append((point.label, str(error)))
            continue
        for quantity, value, exists in quantities:
            given = finder.possible(exists)
            for name in ring.names if parameters is None else parameters:
                effects.append(finder.effect(point.label, quantity, name, value, given))
    return Effects(points.game, tuple(effects), tuple(left_out))


def _quantities(point: RestPoint) -> Iterator[tuple[str, Quotient, Condition]]:
    """Yield what moves at a point: name, value, and the condition under which the point exists."""
    ring = point.game.ring
    if point.kind == "vertex":
        for name, value in zip(vertex_directions(point), point.eigenvalues, strict=True):
            yield f"eigenvalue {name}", Quotient.of(ring, value), TRUE
        return
    for name, value in point.coordinates.items():
        if value == sympy.Symbol(name) or value.has(sympy.Float) or not _is_rational(value):
            raise UnsupportedError("its coordinates are roots of an equation, without a closed form here")
        if value.free_symbols:
            yield name, Quotient.of(ring, value), point.exists


def vertex_directions(point: RestPoint) -> list[str]:
    """Return the coordinate in whose direction each eigenvalue of a vertex points."""
    game = point.game
    if len(game.populations) != 1 or len(game.populations[0].strategies) <= 2:
        return list(game.coordinates)[: len(point.eigenvalues)]
    played = game.populations[0].strategies.index((point.profile or ("",))[0])
    return [name for i, name in enumerate(game.coordinates) if i != played]


def _is_rational(value: sympy.Expr) -> bool:
    return all(node.exp.is_Integer for node in value.atoms(sympy.Pow))


def derivative(quotient: Quotient, name: str) -> Quotient:
    """Return the derivative of a quotient with respect to one parameter."""
    column = quotient.ring.names.index(name)
    top, bottom = quotient.numerator, quotient.denominator
    change = top.derivative(column) * bottom - top * bottom.derivative(column)
    return Quotient(quotient.ring, change, bottom * bottom)


class _Finder:
    """Decides signs of derivatives; equal questions are asked once."""

    def __init__(self, prover: Prover) -> None:
        self.prover = prover
        self._possible: dict[str, Condition] = {}
        self._decided: dict[tuple[str, str], tuple[Direction, tuple[Proof, ...], Point | None, Point | None]] = {}

    def possible(self, exists: Condition) -> Condition:
        """Return a condition of existence as the cases in which it can hold, so that each question has fewer."""
        if exists.text() not in self._possible:
            parts = exists.parts if isinstance(exists, And) else (exists,)
            choices = [part.parts if isinstance(part, Or) else (part,) for part in parts]
            cases = [all_of(*case) for case in product(*choices)]
            kept = [case for case in cases if case != FALSE and self.prover.can_hold(case)]
            self._possible[exists.text()] = any_of(*kept)
        return self._possible[exists.text()]

    def effect(self, point: str, quantity: str, name: str, value: Quotient, given: Condition) -> Effect:
        """Return the effect of one parameter on one quantity."""
        slope = derivative(value, name)
        key = (str(slope.numerator * slope.denominator), given.text())
        if key not in self._decided:
            self._decided[key] = self._sign(slope, given)
        sign, proofs, rising, falling = self._decided[key]
        return Effect(point, quantity, name, sign, slope, proofs, rising, falling)

    def _sign(
        self, slope: Quotient, given: Condition
    ) -> tuple[Direction, tuple[Proof, ...], Point | None, Point | None]:
        if slope.is_zero():
            return "0", (Proof("identity", "the parameter does not occur"),), None, None
        decide = self.prover.decide
        up, down = (decide(all_of(given, self.prover.tidy(slope.sign(relation)))) for relation in "><")
        if up.witness is not None and down.witness is not None:
            return "ambiguous", (up.proof, down.proof), up.witness, down.witness
        excluded = tuple(found.proof for found in (up, down) if found.status == "empty")
        if len(excluded) == 2:
            return "0", excluded, None, None
        if not excluded:
            return "undecided", (up.proof, down.proof), up.witness, down.witness
        level = decide(all_of(given, self.prover.tidy(slope.sign("="))))
        if level.status == "empty":
            return ("+" if down.status == "empty" else "-"), (*excluded, level.proof), up.witness, down.witness
        return (">=0" if down.status == "empty" else "<=0"), excluded, up.witness, down.witness
