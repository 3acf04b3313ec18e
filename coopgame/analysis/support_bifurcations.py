"""Bifurcations of one population with a payoff matrix: every support has one mixture, so each is a root of a polynomial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import sympy
from flint import arb, arb_poly, fmpq_poly

from coopgame.algebra.hurwitz import determinant, hurwitz_quantities
from coopgame.algebra.polynomials import to_fmpq, to_fraction
from coopgame.analysis.bifurcations import Bifurcation, Bifurcations, Kind
from coopgame.analysis.certify import precision
from coopgame.analysis.hopf import first_lyapunov, imaginary_pair, matrix_at, words
from coopgame.analysis.places import ball_sign
from coopgame.analysis.structure import Pairwise, pairwise_of
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

_BITS = 200
_MOST_STRATEGIES = 7
_SHORT = 10_000
_ZERO = fmpq_poly([0])
Table = list[list[Any]]  # of polynomials in the parameter, which runs through the unit interval


@dataclass(frozen=True, eq=False)
class _Root:
    """A root strictly inside the unit interval: a ball, the irreducible factor that it is a root of, and its power."""

    ball: Any
    factor: Any
    power: int


def support_bifurcations(game: Game, whole: Game, parameter: str, low: Fraction, high: Fraction) -> Bifurcations:
    """Return where the mixtures of `game`, which has one parameter left, change between two values of it.

    whole: the game that was asked about. The mixture of a support is a rational function of the parameter (Cramer's rule). It passes to
    another support where an absent strategy earns as much; it has an imaginary pair where Hurwitz's determinant of order one less
    than the dimension vanishes, as Orlando's formula shows. Both are polynomials, whose real roots are isolated exactly.
    """
    search = _Search(pairwise_of(game), whole, parameter, low, high)
    for size in range(1, search.n + 1):
        for support in combinations(range(search.n), size):
            search.on_support(support)
    found = sorted(search.found, key=lambda b: (b.value, b.kind))
    because = "every support has at most one mixture, and all roots of the polynomials that decide were isolated"
    if search.open:
        because = f"not decided: {'; '.join(dict.fromkeys(search.open))}"
    return Bifurcations(whole, parameter, (low, high), tuple(found), not search.open, because)


class _Search:
    """Collects the bifurcations support by support."""

    def __init__(self, table: Pairwise, whole: Game, parameter: str, low: Fraction, high: Fraction) -> None:
        if table.size > _MOST_STRATEGIES:
            raise UnsupportedError(
                f"bifurcations are searched for up to {_MOST_STRATEGIES} strategies, the game has {table.size}; leave some out"
            )
        self.game, self.parameter, self.low, self.high = whole, parameter, low, high
        self.n = table.size
        self.b = _polynomials(table, parameter, low, high)
        self.found: list[Bifurcation] = []
        self.open: list[str] = []
        self.lines: set[tuple[float, tuple[int, ...]]] = set()

    def on_support(self, support: tuple[int, ...]) -> None:
        """Look at the mixture of one support for every value of the parameter."""
        cramer = _cramer(self.b, support)
        total = sum(cramer, _ZERO)
        if all(u == 0 for u in cramer):
            self.open.append(f"{self._names(support)} are at rest together for every {self.parameter}")
            return
        if total == 0:
            return  # no mixture for any value: the equations contradict each other
        equal = determinant([[self.b[i][j] for j in support] for i in support])
        for k in (k for k in range(self.n) if k not in support):
            lead = sum((self.b[k][j] * u for j, u in zip(support, cramer, strict=True)), _ZERO) - equal
            self._exchange(support, cramer, k, lead)
        if len(support) > 2:
            self._hopf(support, cramer, total)

    def _exchange(self, support: tuple[int, ...], cramer: Sequence[Any], k: int, lead: Any) -> None:
        """Where absent strategy k begins or ceases to invade the mixture of a support."""
        if lead == 0:
            if self._exists_somewhere(cramer):
                self.open.append(f"{self._names((k,))} always earns as much as the mixture of {self._names(support)}")
            return
        wider = tuple(sorted((*support, k)))
        others = _cramer(self.b, wider)
        for root in _roots(lead):
            if not self._present(support, cramer, root):
                continue
            if all(u % root.factor == 0 for u in others):
                self._line(root, wider, support, cramer)
            else:
                name = self.game.coordinates[k]
                self._add("transcritical", root, support, cramer, f"a rest point passes through the border in {name}")

    def _line(self, root: _Root, wider: tuple[int, ...], support: tuple[int, ...], cramer: Sequence[Any]) -> None:
        key = (float(root.ball.mid()), wider)
        if key not in self.lines:
            self.lines.add(key)
            happens = f"rest points of {self._names(wider)} form a line that ends here"
            self._add("line of rest points", root, support, cramer, happens)

    def _hopf(self, support: tuple[int, ...], cramer: Sequence[Any], total: Any) -> None:
        """Where the mixture of a support has an imaginary pair along its face."""
        coefficients = _characteristic(_jacobian(self.b, support, cramer, total))
        size = len(coefficients) - 1
        test = hurwitz_quantities(coefficients)[(size + 1) // 2]
        if test == 0:
            return  # two eigenvalues add up to 0 throughout: nothing crosses
        for root in _roots(test):
            if not self._present(support, cramer, root):
                continue
            with precision(_BITS):
                self._imaginary(support, cramer, total, root)

    def _imaginary(self, support: tuple[int, ...], cramer: Sequence[Any], total: Any, root: _Root) -> None:
        moving = [f"x{i}" for i in range(len(support) - 1)]
        rates = self._rates(support, moving)
        balls = [*self._shares(cramer, total, root.ball)[:-1], root.ball]
        names = [*moving, "t"]
        pair = imaginary_pair(matrix_at(rates, moving, names, balls))
        if pair is None:
            return
        if len(support) < self.n:
            self._add("stability along a face", root, support, cramer, "an imaginary pair along the face")
        elif root.power > 1:
            self._add("Hopf", root, support, cramer, "the imaginary pair does not cross at a positive speed")
        elif len(support) == 3:
            happens = "closed orbits around it: three strategies have no limit cycle (Zeeman 1980)"
            self._add("Hopf", root, support, cramer, happens)
        else:
            number = first_lyapunov(rates, moving, names, balls, pair.frequency)
            side = None if number is None else ball_sign(number)
            coefficient = None if number is None else float(number.mid())
            self._add("Hopf", root, support, cramer, words(side, pair.stable_otherwise), coefficient)

    def _rates(self, support: tuple[int, ...], moving: Sequence[str]) -> list[sympy.Expr]:
        """Return the replicator field along a face, the last share put in as what is missing to 1."""
        free = [sympy.Symbol(m) for m in moving]
        shares = [*free, 1 - sympy.Add(*free)]
        entries = [[_expression(self.b[i][j]) for j in support] for i in support]
        payoffs = [sympy.Add(*(a * x for a, x in zip(row, shares, strict=True))) for row in entries]
        mean = sympy.Add(*(x * f for x, f in zip(shares, payoffs, strict=True)))
        return [sympy.expand(x * (f - mean)) for x, f in zip(free, payoffs, strict=False)]

    def _shares(self, cramer: Sequence[Any], total: Any, ball: Any) -> list[Any]:
        below = _at(total, ball)
        return [_at(u, ball) / below for u in cramer]

    def _exists_somewhere(self, cramer: Sequence[Any]) -> bool:
        """Return whether all shares are positive between some neighbouring roots of them."""
        balls = [root.ball for u in cramer for root in _roots(u)]
        places = sorted([0.0, *(float(ball.mid()) for ball in balls), 1.0])
        return any(
            {ball_sign(_at(u, arb((one + two) / 2))) for u in cramer} in ({1}, {-1}) for one, two in pairwise(places)
        )

    def _present(self, support: tuple[int, ...], cramer: Sequence[Any], root: _Root) -> bool:
        """Return whether all shares are positive at a root; those that vanish there exactly are none of this support."""
        if any(u % root.factor == 0 for u in cramer):
            return False
        with precision(_BITS):
            signs = {ball_sign(_at(u, root.ball)) for u in cramer}
        if None in signs:
            self.open.append(f"the mixture of {self._names(support)} where balls leave a share's sign open")
        return signs in ({1}, {-1})

    def _names(self, support: Sequence[int]) -> str:
        strategies = self.game.populations[0].strategies
        return ", ".join(strategies[i] for i in support)

    def _add(
        self,
        kind: Kind,
        root: _Root,
        support: tuple[int, ...],
        cramer: Sequence[Any],
        happens: str,
        coefficient: float | None = None,
    ) -> None:
        width = self.high - self.low
        with precision(_BITS):
            shares = self._shares(cramer, sum(cramer, _ZERO), root.ball)
            value = self.low + width * Fraction(float(root.ball.mid()))
            if root.factor.degree() == 1:
                value = self.low + width * to_fraction(-root.factor[0] / root.factor[1])
            error = abs(root.ball * arb(to_fmpq(width)) + arb(to_fmpq(self.low)) - arb(float(value)))
        state = dict.fromkeys(self.game.coordinates, 0.0)
        for i, share in zip(support, shares, strict=True):
            state[self.game.coordinates[i]] = float(share.mid())
        radius = float(np.nextafter(float(error.upper()), np.inf))
        self.found.append(Bifurcation(kind, self.parameter, float(value), radius, state, happens, coefficient))


def _polynomials(table: Pairwise, parameter: str, low: Fraction, high: Fraction) -> Table:
    """Return the payoff differences as polynomials, times a common positive factor, which changes the speed alone."""
    moved = fmpq_poly([to_fmpq(low), to_fmpq(high - low)])
    place = table.ring.names.index(parameter)

    def scaled(polynomial: Any) -> Any:
        total = _ZERO
        for exponents, coefficient in polynomial.terms():
            total = total + coefficient * moved ** int(exponents[place])
        return total

    below = table.ring.constant(1)
    for entry in (e for row in table.differences for e in row):
        below = below * (entry.denominator / below.gcd(entry.denominator))
    common = scaled(below)
    if common.degree() > 0 and (any(_roots(common)) or common(0) == 0 or common(1) == 0):
        raise UnsupportedError(
            f"a payoff divides by zero for some {parameter} between {low} and {high}; narrow the interval"
        )
    sign = 1 if common(0) > 0 else -1
    return [[scaled(e.numerator * (below / e.denominator)) * sign for e in row] for row in table.differences]


def _cramer(b: Table, support: Sequence[int]) -> list[Any]:
    """Return polynomials to which the shares of the mixture are proportional."""
    block = [[b[i][j] for j in support] for i in support]
    one = fmpq_poly([1])
    found = [
        determinant([[one if j == k else entry for j, entry in enumerate(row)] for row in block])
        for k in range(len(support))
    ]
    return [_ZERO + u for u in found]


def _jacobian(b: Table, support: Sequence[int], cramer: Sequence[Any], total: Any) -> Table:
    """Return the Jacobian along a face at its mixture, times the square of `total`."""
    means = [sum((u * b[i][j] for i, u in zip(support, cramer, strict=True)), _ZERO) for j in support]
    rows = [
        [u * (total * b[i][j] - m) for j, m in zip(support, means, strict=True)]
        for i, u in zip(support, cramer, strict=True)
    ]
    return [[entry - row[-1] for entry in row[:-1]] for row in rows[:-1]]


def _characteristic(matrix: Table) -> list[Any]:
    """Return the coefficients of the characteristic polynomial, the leading one, 1, first: sums of principal minors."""
    size = len(matrix)
    coefficients: list[Any] = [fmpq_poly([1])]
    for order in range(1, size + 1):
        minors = (
            determinant([[matrix[i][j] for j in chosen] for i in chosen])
            for chosen in combinations(range(size), order)
        )
        coefficients.append((-1) ** order * sum(minors, _ZERO))
    return coefficients


def _roots(polynomial: Any) -> Iterator[_Root]:
    """Yield the roots strictly between 0 and 1."""
    if polynomial.degree() < 1:
        return
    for factor, power in polynomial.numer().factor()[1]:
        with precision(_BITS):
            balls = [root.real for root, _ in factor.complex_roots() if root.imag.is_zero()]
            inside = [ball for ball in balls if ball > 0 and ball < 1]
        for ball in inside:
            yield _Root(ball, fmpq_poly(factor), int(power))


def _at(polynomial: Any, ball: Any) -> Any:
    return arb_poly(polynomial)(ball)


def _expression(polynomial: Any) -> sympy.Expr:
    t = sympy.Symbol("t")
    terms = [sympy.Rational(int(c.p), int(c.q)) * t**k for k, c in enumerate(polynomial.coeffs())]
    return sympy.Add(*terms)
