"""Invasion barriers: the share below which mutants do worse than an evolutionarily stable state, for each mutant and for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from coopgame.algebra.affine import Vector
from coopgame.analysis.ess import Matrix, exact_payoffs, is_ess, shares_of
from coopgame.analysis.ess_search import DefinitePoint, search_ess
from coopgame.analysis.points import Known
from coopgame.errors import StateError, UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame

if TYPE_CHECKING:
    import pandas

DEFINITION = (
    "invasion barrier: the largest share below which a mutant y earns less than the state x in the mixed population, u(x, (1 - s)x + s y) > "
    "u(y, (1 - s)x + s y) (Vickers and Cannings 1987)"
)
_WIDTH = Fraction(1, 10**12)  # relative width of a barrier that is no short fraction
_GRAIN = 10**12  # mutants on the way to the worst one are rounded to such shares
_ROUNDS = 200
State = Mapping[str, Fraction]


@dataclass(frozen=True, eq=False)
class InvasionBarrier:
    """The share below which no mutant does as well as a state; 1 where no share of any of them suffices.

    The barrier lies between `lower` and `upper`, which are equal where it is exact; below `lower` the state is safe for sure, and at `upper` the
    `mutant` does as well (None where the barrier is 1). against: single mutants with their barriers, which are exact: the pure ones, or those that
    were asked for.
    """

    game: Game = field(repr=False)
    state: State
    lower: Fraction
    upper: Fraction
    mutant: State | None
    against: tuple[tuple[State, Fraction], ...]
    known: Known
    because: str

    def __float__(self) -> float:
        return float(self.lower)

    def to_dataframe(self) -> pandas.DataFrame:
        """Return one row per single mutant: what it plays, and its barrier as a float."""
        import pandas

        rows = [(_state_text(mutant), float(barrier)) for mutant, barrier in self.against]
        return pandas.DataFrame(rows, columns=["mutant", "barrier"])

    def text(self) -> str:
        """Return the barrier on one line."""
        shown = _number_text(self.lower) if self.lower == self.upper else f"{float(self.lower):.10g}"
        worst = f"; the worst mutant is {_state_text(self.mutant)}" if self.mutant else ""
        return f"invasion barrier {shown} [{self.known}]{worst}"

    def __str__(self) -> str:
        singles = [f"  against {_state_text(mutant)}: {_number_text(barrier)}" for mutant, barrier in self.against]
        return "\n".join([self.text(), *singles, f"  {self.because}"])

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(_state_text(m))}</td><td>{_number_text(b)}</td></tr>" for m, b in self.against
        )
        head = "<thead><tr><th>mutant</th><th>barrier</th></tr></thead>"
        notes = f"{self.text()}: {self.because}. {DEFINITION}"
        return f"<table>{head}<tbody>{rows}</tbody></table><p>{escape(notes)}</p>"


def find_invasion_barrier(
    game: Game,
    state: Sequence[Any] | Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    mutants: Iterable[Sequence[Any] | Mapping[str, Any]] | None = None,
) -> InvasionBarrier:
    """Return the share below which no mutant does as well as a state, over all pure and mixed mutants, or over the given ones.

    state and mutants: shares of all strategies, or mappings from strategy to share, as for `is_ess`. A mutant y with share s earns less than x where
    (x - y)·Ax > s (x - y)·A(x - y), so its barrier is the quotient of the two where the right-hand form is positive, at most 1; elsewhere it is 1 if x
    earns more at all shares, else 0. Over all mutants the barrier is the largest s <= 1 for which the form (x - y)·Ax - s (x - y)·A(x - y) is copositive in the
    shares y. It is lowered from mutant to mutant, each the exact minimiser of the form at the last barrier, until no mutant lowers it. The result is exact
    where the barrier is a short fraction; in general it is the root of a polynomial, and comes between two fractions within 1e-12 of each
    other, each proved.

    The barrier of a state that is no ESS is 0.

    Raises UnsupportedError for games other than MatrixGame, StateError for what is no state, and for a mutant that is the state itself.

    References: Vickers and Cannings (1987), Journal of Theoretical Biology 129, 349-353; Weibull (1995), section 2.1.

    >>> from coopgame import MatrixGame, find_invasion_barrier
    >>> print(find_invasion_barrier(MatrixGame([[4, 1], [3, 3]], ["stag", "hare"]), {"stag": 1}))
    invasion barrier 1/3 [exact]; the worst mutant is hare = 1
      against hare = 1: 1/3
      no mutant, pure or mixed, has a lower one
    """
    if not isinstance(game, MatrixGame):
        raise UnsupportedError(
            "an invasion barrier is defined here for one population with a payoff matrix (MatrixGame)"
        )
    payoffs, x = exact_payoffs(game, values), tuple(shares_of(game, state))
    names = game.populations[0].strategies

    def named(shares: Sequence[Fraction]) -> State:
        return dict(zip(names, shares, strict=True))

    contest = _Contest(payoffs, x)
    n = len(x)
    asked = [tuple(Fraction(int(i == k)) for i in range(n)) for k in range(n)]
    asked = [y for y in asked if y != x]
    if mutants is not None:
        asked = [tuple(shares_of(game, mutant)) for mutant in mutants]
        if x in asked:
            raise StateError("a mutant is the state itself; give states that differ from it")
    against = tuple((named(y), contest.barrier(y)) for y in asked)
    least = min((contest.barrier(y) for y in asked), default=Fraction(1))
    worst = next((y for y in asked if contest.barrier(y) == least < 1), None)
    if mutants is not None:
        found = _Bounds(least, least, worst, f"the lowest of the {len(asked)} mutants that were asked for")
    elif not (verdict := is_ess(game, x, values)):
        found = _Bounds(Fraction(0), Fraction(0), worst if least == 0 else None, f"not an ESS: {verdict.because}")
    else:
        found = contest.lowest(least, worst)
    mutant = named(found.mutant) if found.mutant is not None else None
    known: Known = "exact" if found.lower == found.upper else "certified"
    return InvasionBarrier(game, named(x), found.lower, found.upper, mutant, against, known, found.because)


@dataclass(frozen=True)
class _Bounds:
    lower: Fraction
    upper: Fraction
    mutant: Vector | None
    because: str


class _Contest:
    """A state x against mutants y: loss(y) = (x - y)·Ax and clash(y) = (x - y)·A(x - y)."""

    def __init__(self, payoffs: Matrix, x: Vector) -> None:
        self.x = x
        n = len(x)
        earned = [_dot(row, x) for row in payoffs]
        given = [_dot([row[j] for row in payoffs], x) for j in range(n)]
        mean = _dot(earned, x)
        self.losses = [mean - value for value in earned]
        both = [a + b for a, b in zip(earned, given, strict=True)]
        self.clashes = [
            [(payoffs[i][j] + payoffs[j][i] - both[i] - both[j]) / 2 + mean for j in range(n)] for i in range(n)
        ]

    def barrier(self, y: Vector) -> Fraction:
        """Return the barrier of one mutant, exactly."""
        loss = _dot(self.losses, y)
        clash = _dot([_dot(row, y) for row in self.clashes], y)
        if loss < 0 or (loss == 0 and clash >= 0):
            return Fraction(0)
        return min(Fraction(1), loss / clash) if clash > 0 else Fraction(1)

    def touching(self, share: Fraction) -> tuple[Fraction, list[Vector]]:
        """Return the least value over all y of loss(y) - share * clash(y), and the states other than x at which it is found; exact."""
        n = len(self.x)
        half = Fraction(1, 2)
        game = [
            [share * self.clashes[i][j] - half * (self.losses[i] + self.losses[j]) for j in range(n)]
            for i in range(n)
        ]
        found = search_ess(game)
        highest = max(point.payoff for point in (*found.points, *found.others))
        states = [_whole(point, n) for point in (*found.points, *found.others) if point.payoff == highest]
        return -highest, [y for y in states if y != self.x]

    def lowest(self, least: Fraction, worst: Vector | None) -> _Bounds:
        """Return bounds of the lowest barrier, from the lowest of the pure mutants on; x is an ESS."""
        at, mutant = least, worst
        for _ in range(_ROUNDS):
            value, states = self.touching(at)
            if value == 0:
                return _Bounds(at, at, mutant, "no mutant, pure or mixed, has a lower one")
            lower = min((_rounded(y) for y in states), key=self.barrier)
            if self.barrier(lower) >= at:
                lower = min(states, key=self.barrier)
            gain, at, mutant = at - self.barrier(lower), self.barrier(lower), lower
            if gain <= at * _WIDTH / 10:
                exact = self._short(at)
                if exact is not None:
                    return exact
                below = Fraction(int(at * (1 - _WIDTH / 2) * _GRAIN**2), _GRAIN**2)
                if self.touching(below)[0] == 0:
                    because = "no mutant has a barrier below the lower bound, by an exact minimum over all of them"
                    return _Bounds(below, at, mutant, because)
        raise AssertionError("the barrier is lowered until it is found")

    def _short(self, near: Fraction) -> _Bounds | None:
        """Return the barrier if it is a short fraction just below a number."""
        for digits in (3, 6):
            guess = near.limit_denominator(10**digits)
            if abs(guess - near) <= near * _WIDTH and guess <= near:
                value, states = self.touching(guess)
                reached = [y for y in states if self.barrier(y) == guess]
                if value == 0 and reached:
                    return _Bounds(guess, guess, reached[0], "no mutant, pure or mixed, has a lower one")
        return None


def _dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def _whole(point: DefinitePoint, n: int) -> Vector:
    shares = [Fraction(0)] * n
    for i, share in zip(point.support, point.shares, strict=True):
        shares[i] = share
    return tuple(shares)


def _rounded(y: Vector) -> Vector:
    """Return a state close by with short shares."""
    weights = [round(share * _GRAIN) for share in y]
    return tuple(Fraction(weight, sum(weights)) for weight in weights)


def _state_text(shares: State) -> str:
    return ", ".join(f"{name} = {_number_text(share)}" for name, share in shares.items() if share)


def _number_text(value: Fraction) -> str:
    return str(value) if value.denominator <= 1000 else f"{float(value):.10g}"
