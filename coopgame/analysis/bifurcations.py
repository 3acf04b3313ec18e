"""Bifurcations on a box as one parameter moves: folds, Hopf points, exchanges of stability, each certified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import sympy
from flint import arb

from coopgame.algebra.polynomials import to_fmpq
from coopgame.analysis.box import Box, Face, box_of
from coopgame.analysis.branches import VALUES, zeros_on_branches
from coopgame.analysis.certify import precision, tightened, zeros_in_cube
from coopgame.analysis.compact import zeros_on_box
from coopgame.analysis.enclosures import Enclosure, vanishes
from coopgame.analysis.hopf import first_lyapunov, hurwitz_test, imaginary_pair, matrix_at, words
from coopgame.analysis.places import Place, ball_sign
from coopgame.analysis.weak_focus import is_separable, lyapunov_coefficient
from coopgame.errors import ParameterError
from coopgame.expressions import exact_number, to_sympy
from coopgame.games.game import Game
from coopgame.listed import Listed

Kind = Literal["fold", "pitchfork", "transcritical", "Hopf", "stability along a face", "line of rest points"]
_MOST_BOXES = 3_000
_MARGIN = 1 / 1024
_BITS = 160
_ON_THE_BORDER = 1e-9
_SHORT = 10_000
_MOST_FREE = 4


@dataclass(frozen=True, eq=False)
class Bifurcation:
    """A value of a parameter at which rest points change.

    value: the parameter, the middle of a ball that certainly holds the exact value; radius: of that ball. state: the rest point
    there. coefficient: the first Lyapunov coefficient of a Hopf point, negative where small attracting cycles appear;
    None for other kinds and where variables separate and all orbits around the point are closed.
    """

    kind: Kind
    parameter: str
    value: float
    radius: float
    state: Mapping[str, float]
    happens: str
    coefficient: float | None = None

    def __str__(self) -> str:
        place = ", ".join(f"{name} = {value:.6g}" for name, value in self.state.items())
        return f"{self.parameter} = {self.value:.10g}: {self.kind} at {place} ({self.happens})"


@dataclass(frozen=True, eq=False)
class Bifurcations(Listed[Bifurcation]):
    """All bifurcations of rest points that were found between two values of a parameter, in rising order.

    complete: whether ball arithmetic left no box open; because says what it left.
    """

    game: Game = field(repr=False)
    parameter: str
    between: tuple[Fraction, Fraction]
    found: tuple[Bifurcation, ...]
    complete: bool
    because: str

    entries_in = "found"

    def __str__(self) -> str:
        verdict = "complete" if self.complete else "not complete"
        return "\n".join([*map(str, self.found), f"{verdict}: {self.because}"])

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{b.value:.10g}</td><td>{escape(b.kind)}</td><td>{escape(str(b))}</td></tr>" for b in self.found
        )
        heads = "".join(f"<th>{escape(h)}</th>" for h in (self.parameter, "kind", "what happens"))
        return f"<table><tr>{heads}</tr>{rows}</table><p>{escape(self.because)}</p>"


def find_bifurcations(
    game: Game, parameter: str, between: Sequence[Any], values: Mapping[str, Any] | None = None
) -> Bifurcations:
    """Return where rest points change as one parameter moves between two values; the others take values or defaults.

    Populations of two strategies, environment variables, models of quantities: on every face with up to two free coordinates, folds (two points meet), Hopf points, and values at which a transverse eigenvalue passes through 0, so that a
    point enters or leaves the face or its stability changes; Hopf points inside boxes of three and four dimensions. Zeros of the
    defining equations are certified by ball arithmetic; a branch at a constant rational state is recognised, so that
    pitchforks of symmetric games are found. One population with a payoff matrix of three to seven strategies: all of them, by
    exact isolation of roots. The first Lyapunov coefficient of a Hopf point is enclosed in balls, so its sign is certified.

    Raises ParameterError when the parameter is unknown or the interval empty, UnsupportedError for several populations of
    which one has three and more strategies.

    References: Kuznetsov (2004), sections 3.5, 5.4; Guckenheimer and Holmes (1983), section 3.4.
    """
    low, high = (exact_number(end, parameter) for end in between)
    if parameter not in game.ring.names:
        raise ParameterError(f"unknown parameter {parameter!r}; known are {', '.join(game.ring.names)}")
    if low >= high:
        raise ParameterError(f"{parameter} runs between {low} and {high}; give the smaller value first")
    rest = {n: v for n, v in game.values({**(values or {}), parameter: low}).items() if n != parameter}
    fixed = game.substitute(rest)
    if len(game.populations) == 1 and len(game.populations[0].strategies) > 2:
        from coopgame.analysis.support_bifurcations import support_bifurcations

        return support_bifurcations(fixed, game, parameter, low, high)
    search = _Search(box_of(fixed), parameter, low, high)
    for size in range(min(search.box.size, 2) + 1):
        for face in search.box.faces(size):
            search.on_face(face)
    inside = 2 < search.box.size <= _MOST_FREE and not game.unbounded
    if inside:
        search.hopf_inside()
    found = sorted(search.found, key=lambda b: (b.value, b.kind))
    because = "all defining equations solved by ball arithmetic on faces with up to two free coordinates"
    if search.undecided:
        because = f"ball arithmetic left {search.undecided} boxes that may hold bifurcations"
    elif search.box.size > 2 and not inside:
        because += "; larger faces are not searched"
    elif inside:
        because += f"; on larger faces only Hopf points inside are searched, along branches met at {VALUES} values"
    complete = not search.undecided and search.box.size <= 2
    return Bifurcations(game, parameter, (low, high), tuple(found), complete, because)


class _Search:
    """Collects the bifurcations face by face."""

    def __init__(self, box: Box, parameter: str, low: Fraction, high: Fraction) -> None:
        self.box = box
        self.parameter = parameter
        self.low, self.high = low, high
        self.found: list[Bifurcation] = []
        self.undecided = 0
        self._p = sympy.Symbol(parameter)
        # the parameter runs through the unit interval, as the coordinates do
        width = high - low
        self._scaled = to_sympy(low) + self._p * to_sympy(width)

    def on_face(self, face: Face) -> None:
        """Search one face for points that lose or gain stability, and for folds and Hopf points on it."""
        box = self.box
        free = [i for i, value in enumerate(face) if value is None]
        drives = [box.on(face, box.drives[i]) for i in free]
        inside = {sympy.Symbol(box.names[i]) for i in free}
        if any(vanishes(drive) or not drive.free_symbols & inside for drive in drives):
            return  # nothing isolated there: a drive that does not vary on the face leaves it at rest as a whole
        constant = self._constant_branches(face, free, drives)
        for j, value in enumerate(face):
            if value is not None:
                self._exchange(face, free, drives, j)
        if not free:
            return
        rates = [box.on(face, box.rates[i]) for i in free]
        symbols = [sympy.Symbol(box.names[i]) for i in free]
        jacobian = sympy.Matrix([[sympy.diff(rate, s) for s in symbols] for rate in rates])
        for branch in constant:
            self._along_branch(face, free, drives, branch)
        fold = sympy.Matrix([[sympy.diff(d, s) for s in symbols] for d in drives]).det()
        if constant and drives[0].is_rational_function(
            *symbols
        ):  # divided out, the constant branch leaves the others
            drives = [sympy.cancel(drives[0] / sympy.Mul(*(symbols[0] - branch[0] for branch in constant)))]
            fold = sympy.diff(drives[0], symbols[0])
        for place, ball in () if vanishes(fold) else self._zeros(face, free, [*drives, fold]):
            self._add("fold", place, ball, "two rest points meet and vanish")
        if len(free) == 2:
            self._hopf(face, free, drives, jacobian.trace(), jacobian.det())

    def _constant_branches(
        self, face: Face, free: Sequence[int], drives: Sequence[sympy.Expr]
    ) -> list[tuple[sympy.Rational, ...]]:
        """Rational states that are at rest for every value of the parameter, on faces with one free coordinate."""
        if len(free) != 1:
            return []
        from coopgame.analysis.box_points import find_places

        found = []
        middle = (self.low + self.high) / 2
        game = self.box.game.substitute({self.parameter: middle})
        for place in find_places(box_of(game)).places:
            if place.face == face:
                guess = Fraction(float(place.balls[free[0]].mid())).limit_denominator(1000)
                number = to_sympy(guess)
                at = drives[0].xreplace({sympy.Symbol(self.box.names[free[0]]): number})
                if vanishes(at):
                    found.append((number,))
        return found

    def _along_branch(
        self, face: Face, free: Sequence[int], drives: Sequence[sympy.Expr], branch: tuple[sympy.Rational, ...]
    ) -> None:
        """Where the slope of the drive vanishes on a constant branch: pitchfork or transcritical."""
        u = sympy.Symbol(self.box.names[free[0]])
        slope = sympy.diff(drives[0], u).xreplace({u: branch[0]})
        if vanishes(slope):
            return
        for ball in self._values(slope):
            place = Place(face, tuple(self._state(face, free, branch)), None)
            second, third = (self._ball(sympy.diff(drives[0], u, k), place, ball) for k in (2, 3))
            kind: Kind = "transcritical" if ball_sign(second) else "pitchfork"
            words = "two branches cross and exchange stability"
            if kind == "pitchfork":
                side = ball_sign(third)
                words = {
                    -1: "supercritical: two stable points branch off",
                    1: "subcritical: two unstable points meet it",
                }.get(side or 0, "its side is not decided")
            self._add(kind, place, ball, words)

    def _state(self, face: Face, free: Sequence[int], branch: tuple[sympy.Rational, ...]) -> list[Any]:
        state = [arb(int(value or 0)) for value in face]
        for i, number in zip(free, branch, strict=True):
            state[i] = arb(to_fmpq(Fraction(int(number.p), int(number.q))))
        return state

    def _values(self, equation: sympy.Expr) -> Iterator[Any]:
        """Yield the scaled parameter at which an expression of it alone vanishes."""
        found = zeros_in_cube([Enclosure(equation.xreplace({self._p: self._scaled}), [self.parameter])], _MOST_BOXES)
        self.undecided += found.undecided
        functions = [Enclosure(equation.xreplace({self._p: self._scaled}), [self.parameter])]
        for middle, radius in zip(found.points, found.radii, strict=True):
            with precision(_BITS):
                (ball,) = tightened(functions, [arb(float(middle[0]), float(radius[0]))])
            yield ball

    def _exchange(self, face: Face, free: Sequence[int], drives: Sequence[sympy.Expr], j: int) -> None:
        """A point on the face whose transverse eigenvalue in direction j passes through 0."""
        drive = self.box.on(face, self.box.drives[j])
        if vanishes(drive) or self._p not in {*drive.free_symbols, *(s for d in drives for s in d.free_symbols)}:
            return
        wider = tuple(None if i == j else value for i, value in enumerate(face))
        along = self.box.on(wider, self.box.drives[j])
        line = not free and vanishes(sympy.diff(along, sympy.Symbol(self.box.names[j])))
        for place, ball in self._zeros(face, free, [*drives, drive]):
            if line and face[j] == 1:
                continue  # said at its other end
            if line:
                self._add("line of rest points", place, ball, f"the edge along {self.box.names[j]} is at rest")
            else:
                self._add(
                    "transcritical", place, ball, f"a rest point passes through the border in {self.box.names[j]}"
                )

    def _hopf(
        self,
        face: Face,
        free: Sequence[int],
        drives: Sequence[sympy.Expr],
        trace: sympy.Expr,
        determinant: sympy.Expr,
    ) -> None:
        if vanishes(trace):
            return
        for place, ball in self._zeros(face, free, [*drives, trace]):
            if ball_sign(self._ball(determinant, place, ball)) != 1:
                continue
            if self.box.size > 2:
                self._add("stability along a face", place, ball, "an imaginary pair along the face")
                continue
            fixed = self.box.game.substitute({self.parameter: self._fraction(ball)})
            box = box_of(fixed)
            if is_separable(box):
                self._add("Hopf", place, ball, "closed orbits around it: the variables separate")
                continue
            number = lyapunov_coefficient(box, place)
            side = ball_sign(number)
            words = {-1: "supercritical: a small attracting cycle", 1: "subcritical: a small repelling cycle"}
            self._add("Hopf", place, ball, words.get(side or 0, "its side is not decided"), float(number.mid()))

    def hopf_inside(self) -> None:
        """Search the interior of a box of three and more dimensions for imaginary pairs, by Hurwitz's determinant."""
        box = self.box
        face: Face = (None,) * box.size
        symbols = [sympy.Symbol(name) for name in box.names]
        # at rest the drives vanish, so only their derivatives are left in the Jacobian
        jacobian = [[box.factor(i) * sympy.diff(d, u) for u in symbols] for i, d in enumerate(box.drives)]
        test = hurwitz_test(jacobian)
        if vanishes(test) or any(vanishes(drive) for drive in box.drives):
            return  # two eigenvalues add up to 0 everywhere, or nothing is isolated
        names = [*box.names, self.parameter]
        drives, rates = ([e.xreplace({self._p: self._scaled}) for e in part] for part in (box.drives, box.rates))
        for balls in zeros_on_branches(drives, test.xreplace({self._p: self._scaled}), box.names, self.parameter):
            with precision(_BITS):
                functions = [Enclosure(e, names) for e in (*drives, test.xreplace({self._p: self._scaled}))]
                exact = tightened(functions, balls)
                pair = imaginary_pair(matrix_at(rates, box.names, names, exact))
                if pair is None:
                    continue
                number = first_lyapunov(rates, box.names, names, exact, pair.frequency)
            side = None if number is None else ball_sign(number)
            coefficient = None if number is None else float(number.mid())
            place = Place(face, tuple(exact[:-1]), None)
            self._add("Hopf", place, exact[-1], words(side, pair.stable_otherwise), coefficient)

    def _fraction(self, ball: Any) -> Fraction:
        """Return the parameter in a scaled ball: a short fraction where the ball holds one, else its middle."""
        width = self.high - self.low
        middle = self.low + width * Fraction(float(ball.mid()))
        short = middle.limit_denominator(_SHORT)
        with precision(_BITS):
            return short if ball.overlaps(arb(to_fmpq((short - self.low) / width))) else middle

    def _ball(self, expression: sympy.Expr, place: Place, ball: Any) -> Any:
        names = [*self.box.names, self.parameter]
        with precision(_BITS):
            return Enclosure(expression.xreplace({self._p: self._scaled}), names).value([*place.balls, ball])

    def _zeros(self, face: Face, free: Sequence[int], equations: Sequence[sympy.Expr]) -> Iterator[tuple[Place, Any]]:
        """Yield places and scaled parameters at which all equations hold, the free coordinates strictly inside."""
        names = [*(self.box.names[i] for i in free), self.parameter]
        scaled = [e.xreplace({self._p: self._scaled}) for e in equations]
        found = zeros_on_box(scaled, names, self.box.game.unbounded, _MOST_BOXES, _MARGIN)
        middles = [[float(ball.mid()) for ball in balls] for balls in found.straddling]
        at_border = [min(min(abs(m), abs(1 - m)) for m in middle) < _ON_THE_BORDER for middle in middles]
        self.undecided += found.undecided + at_border.count(False)
        for unknowns in found.inside:
            with precision(_BITS):
                balls = found.compact.values(tightened(found.compact.functions, unknowns))
            state = [arb(int(value or 0)) for value in face]
            for i, ball in zip(free, balls[:-1], strict=True):
                state[i] = ball
            yield Place(face, tuple(state), None), balls[-1]

    def _add(self, kind: Kind, place: Place, ball: Any, happens: str, coefficient: float | None = None) -> None:
        value = self._fraction(ball)
        radius = float(self.high - self.low) * float(np.nextafter(float(ball.rad()), 1.0))
        state = {n: float(b.mid()) for n, b in zip(self.box.names, place.balls, strict=True)}
        self.found.append(Bifurcation(kind, self.parameter, float(value), radius, state, happens, coefficient))
