"""Correlated and coarse correlated equilibria: the best for an objective, and exact verdicts on given distributions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.analysis.points import Known
from coopgame.equilibria.linear_programs import Program, Row, solve_program
from coopgame.equilibria.result import Number, shown
from coopgame.equilibria.tables import PayoffTables, payoff_tables
from coopgame.errors import GameError, StateError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.game import Game

if TYPE_CHECKING:
    import pandas as pd

Profile = tuple[str, ...]
Place = tuple[int, ...]
Objective = Callable[[PayoffTables], "np.ndarray | Sequence[np.ndarray]"]
_ZERO = Fraction(0)
_MOST_ENTRIES = 60_000  # of a program that is solved by exact pivots where its vertex was misread


def total_payoff(tables: PayoffTables) -> np.ndarray:
    """Return the sum of all payoffs at every profile: the objective that maximises welfare."""
    return np.asarray(sum(tables.exact[1:], tables.exact[0]))


def smallest_payoff(tables: PayoffTables) -> Sequence[np.ndarray]:
    """Return the payoffs of all players: the objective whose maximum gives the player who expects least as much as possible."""
    return tables.exact


def payoff_of(population: str) -> Objective:
    """Return the objective that is the payoff of one player."""

    def chosen(tables: PayoffTables) -> np.ndarray:
        names = [q.name for q in tables.game.populations]
        if population not in names:
            raise GameError(f"no population {population!r}; there are {', '.join(names)}")
        return tables.exact[names.index(population)]

    return chosen


@dataclass(frozen=True)
class Incentive:
    """What a player gains by not following: `told` one strategy, to play `instead` another; told None: before being told.

    gain: in expectation over all that may be recommended, so it counts how often `told` is.
    """

    population: str
    told: str | None
    instead: str
    gain: Fraction

    def __str__(self) -> str:
        when = f"when told {self.told}, " if self.told is not None else "by ignoring the advice and "
        return f"{self.population} gains {shown(self.gain)} {when}playing {self.instead}"


@dataclass(frozen=True)
class CorrelatedVerdict:
    """Whether a distribution is an equilibrium, and the incentive that it violates most; true when it is."""

    correlated: bool
    violated: Incentive | None

    def __bool__(self) -> bool:
        return self.correlated

    def __str__(self) -> str:
        return "no player gains by not following" if self.violated is None else str(self.violated)


@dataclass(frozen=True, eq=False)
class CorrelatedEquilibrium:
    """A distribution over profiles that nobody gains by not following, the best for an objective.

    distribution: profile -> probability, the positive ones. payoffs: what each player expects. objective: its value, the largest (or smallest) of
    all such equilibria. coarse: whether players decide before they are told their part. violation: the largest gain from not following; 0 where the
    result is exact. Of a MatrixGame profiles are pairs of strategies, in which members have no roles: the distribution is symmetric.
    """

    game: Game = field(repr=False)
    distribution: Mapping[Profile, Number]
    payoffs: tuple[Number, ...]
    objective: Number
    coarse: bool = False
    known: Known = "exact"
    violation: float = 0.0

    @property
    def because(self) -> str:
        """How the result is known."""
        if self.known == "exact":
            return "every incentive was checked exactly, and multipliers prove that no other equilibrium is better"
        return f"in floating point; nobody gains more than {self.violation:.2g}"

    def probability(self, *profile: str) -> Number:
        """Return the probability of a profile."""
        return self.distribution.get(tuple(profile), _ZERO)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row per profile with positive probability."""
        import pandas as pd

        names = [q.name for q in self.game.populations]
        names = [f"{names[0]}{k + 1}" for k in range(2)] if len(names) == 1 else names
        rows = [(*profile, float(p)) for profile, p in self.distribution.items()]
        return pd.DataFrame(rows, columns=[*names, "probability"])

    def __str__(self) -> str:
        places = "; ".join(f"({', '.join(profile)}) = {shown(p)}" for profile, p in self.distribution.items())
        return f"{places}: payoffs {', '.join(map(shown, self.payoffs))}, objective {shown(self.objective)} ({self.known})"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(', '.join(profile))}</td><td>{shown(p)}</td></tr>"
            for profile, p in self.distribution.items()
        )
        kind = "coarse correlated" if self.coarse else "correlated"
        foot = f"<p>{kind}: payoffs {', '.join(map(shown, self.payoffs))}; {escape(self.because)}</p>"
        return (
            f"<table><thead><tr><th>profile</th><th>probability</th></tr></thead><tbody>{rows}</tbody></table>{foot}"
        )


def find_correlated_equilibrium(
    game: Game, values: Mapping[str, Any] | None = None, *, objective: Any = total_payoff, maximise: bool = True
) -> CorrelatedEquilibrium:
    """Return the correlated equilibrium that is best for an objective (Aumann 1974).

    objective: `total_payoff`, `payoff_of(population)` or `smallest_payoff`; an array over profiles, indexed in player order; a mapping from profile to number; or a
    function from payoff tables to such an array. A linear program over the distributions that give no player a reason not to
    follow; its solution is made exact and verified, incentive by incentive, with a dual that proves it best. Only where that fails in
    large games the floats come back, with the largest gain from not following.

    Raises UnsupportedError for games without a payoff table and for the smallest payoff minimised, GameError for an objective of another shape.

    References: Aumann (1974), Journal of Mathematical Economics 1, 67-96; Aumann (1987), Econometrica 55, 1-18.

    >>> from coopgame import NormalFormGame, find_correlated_equilibrium
    >>> chicken = NormalFormGame.from_bimatrix([[6, 2], [7, 0]], [[6, 7], [2, 0]])
    >>> print(find_correlated_equilibrium(chicken))
    (1, 1) = 1/2; (1, 2) = 1/4; (2, 1) = 1/4: payoffs 21/4, 21/4, objective 21/2 (exact)
    """
    return _best(payoff_tables(game, values), objective, maximise, coarse=False)


def find_coarse_correlated_equilibrium(
    game: Game, values: Mapping[str, Any] | None = None, *, objective: Any = total_payoff, maximise: bool = True
) -> CorrelatedEquilibrium:
    """Return the coarse correlated equilibrium that is best for an objective: nobody gains by choosing before being told (Moulin and Vial 1978).

    Every correlated equilibrium is one. These are what averages of play converge to when no player regrets not having played one
    strategy throughout (Hannan 1957). Arguments and errors are those of `find_correlated_equilibrium`.

    References: Moulin and Vial (1978), International Journal of Game Theory 7, 201-221.
    """
    return _best(payoff_tables(game, values), objective, maximise, coarse=True)


def is_correlated_equilibrium(
    game: Game, distribution: Any, values: Mapping[str, Any] | None = None
) -> CorrelatedVerdict:
    """Return whether a distribution over profiles is a correlated equilibrium, decided exactly, with the incentive that it violates most.

    distribution: a mapping from profile, ("a", "b") or "a, b", to probability, or an array indexed in player order; numbers are exact as everywhere, a
    float is that binary number.

    Raises StateError when probabilities are negative, do not sum to 1, or belong to no profile.
    """
    return _verdict(payoff_tables(game, values), distribution, coarse=False)


def is_coarse_correlated_equilibrium(
    game: Game, distribution: Any, values: Mapping[str, Any] | None = None
) -> CorrelatedVerdict:
    """Return whether a distribution over profiles is a coarse correlated equilibrium; arguments are those of `is_correlated_equilibrium`."""
    return _verdict(payoff_tables(game, values), distribution, coarse=True)


@dataclass(frozen=True, eq=False)
class _Constraint:
    """What a player gains at each profile by playing `instead`, where told what it is about; must not be positive in sum."""

    player: int
    told: int | None
    instead: int
    gains: Mapping[Place, Fraction]


def _constraints(tables: PayoffTables, coarse: bool) -> Iterator[_Constraint]:
    """Yield the incentives of every player; of one population those of the first of two members suffice."""
    places = list(product(*map(range, tables.sizes)))
    for p in range(1 if tables.symmetric else len(tables.sizes)):
        payoffs = tables.exact[p]
        for instead in range(tables.sizes[p]):
            for told in (None,) if coarse else (s for s in range(tables.sizes[p]) if s != instead):
                gains = {
                    place: payoffs[(*place[:p], instead, *place[p + 1 :])] - payoffs[place]
                    for place in places
                    if told is None or place[p] == told
                }
                yield _Constraint(p, told, instead, gains)


def _best(tables: PayoffTables, objective: Any, maximise: bool, *, coarse: bool) -> CorrelatedEquilibrium:
    wanted = _objectives(tables, objective)
    if len(wanted) > 1 and not maximise:
        raise UnsupportedError(
            "the smallest of several payoffs is maximised only; minimise one of them with payoff_of(population)"
        )
    sign = 1 if maximise else -1
    cells = _cells(tables)
    width = len(cells)

    def row(values: Callable[[Place], Fraction]) -> dict[int, Fraction]:
        """Return what a cell gives, on average over its places."""
        found = {k: sum(map(values, cell), _ZERO) / len(cell) for k, cell in enumerate(cells)}
        return {k: value for k, value in found.items() if value}

    limits: list[tuple[Row, Fraction]] = [
        (row(lambda place, gains=c.gains: gains.get(place, _ZERO)), _ZERO)  # type: ignore[misc]
        for c in _constraints(tables, coarse)
    ]
    goal = [_ZERO] * width
    if len(wanted) == 1:
        for k, value in row(lambda place: sign * wanted[0][place]).items():
            goal[k] = value
    else:  # an unknown more, at most what each player expects above the least of all payoffs
        least = min(value for array in wanted for value in array.flat)
        limits += [
            ({**row(lambda place, array=array: least - array[place]), width: Fraction(1)}, _ZERO)  # type: ignore[misc]
            for array in wanted
        ]
        goal.append(Fraction(1))
    found = solve_program(
        Program(goal, limits, [(dict.fromkeys(range(width), Fraction(1)), Fraction(1))]), most_entries=_MOST_ENTRIES
    )
    chances = {place: found.x[k] / len(cell) for k, cell in enumerate(cells) if found.x[k] for place in cell}
    return _result(tables, chances, wanted, exact=found.exact, coarse=coarse)


def _cells(tables: PayoffTables) -> list[tuple[Place, ...]]:
    """Return the profiles, each alone; of one population a pair together with its mirror image."""
    places = list(product(*map(range, tables.sizes)))
    if not tables.symmetric:
        return [(place,) for place in places]
    return [(place,) if place[0] == place[1] else (place, place[::-1]) for place in places if place[0] <= place[1]]


def _result(
    tables: PayoffTables,
    chances: Mapping[Place, Fraction],
    wanted: Sequence[np.ndarray],
    *,
    exact: bool,
    coarse: bool,
) -> CorrelatedEquilibrium:
    total = sum(chances.values())
    chances = {place: chances[place] / total for place in sorted(chances)}

    def expected(array: np.ndarray) -> Fraction:
        return sum((p * array[place] for place, p in chances.items()), _ZERO)

    gains = [_gain(c, chances) for c in _constraints(tables, coarse)]
    if exact and max(gains, default=_ZERO) > 0:
        raise AssertionError("the distribution that was found is no equilibrium")
    payoffs, best = [expected(array) for array in tables.exact], min(map(expected, wanted))
    if tables.symmetric:
        payoffs = payoffs[:1]
    number: Callable[[Fraction], Number] = Fraction if exact else float
    return CorrelatedEquilibrium(
        tables.game,
        {_names(tables, place): number(p) for place, p in chances.items()},
        tuple(map(number, payoffs)),
        number(best),
        coarse,
        "exact" if exact else "numerical",
        0.0 if exact else float(max(gains, default=_ZERO)),
    )


def _gain(constraint: _Constraint, chances: Mapping[Place, Fraction]) -> Fraction:
    return sum((p * constraint.gains.get(place, _ZERO) for place, p in chances.items()), _ZERO)


def _names(tables: PayoffTables, place: Place) -> Profile:
    return tuple(own[s] for own, s in zip(tables.names, place, strict=True))


def _objectives(tables: PayoffTables, objective: Any) -> tuple[np.ndarray, ...]:
    """Return the arrays over profiles whose smallest expectation is to be large."""
    given = objective(tables) if callable(objective) else objective
    if isinstance(given, Mapping):
        return (_array(tables, given, "the objective", GameError),)
    several = given if isinstance(given, tuple) and callable(objective) else (given,)
    return tuple(_array(tables, one, "the objective", GameError) for one in several)


def _array(tables: PayoffTables, given: Any, what: str, error: type[GameError] | type[StateError]) -> np.ndarray:
    """Return exact numbers over profiles, from a mapping, in which those that are absent are 0, or an array."""
    array = np.full(tables.sizes, _ZERO, dtype=object)
    if isinstance(given, Mapping):
        for key, value in given.items():
            names = tuple(part.strip() for part in key.split(",")) if isinstance(key, str) else tuple(key)
            known = len(names) == len(tables.names) and all(
                s in own for s, own in zip(names, tables.names, strict=True)
            )
            if not known:
                raise error(
                    f"{what} names {', '.join(map(str, names))!r}, which is no profile; strategies stand in the order of the players"
                )
            place = tuple(own.index(s) for s, own in zip(names, tables.names, strict=True))
            array[place] = exact_number(value, what)
        return array
    numbers = np.asarray(given, dtype=object)
    if numbers.shape != tables.sizes:
        raise error(f"{what} has shape {numbers.shape}; one number per profile is needed, shape {tables.sizes}")
    for place in product(*map(range, tables.sizes)):
        array[place] = exact_number(numbers[place], what)
    return array


def _verdict(tables: PayoffTables, distribution: Any, *, coarse: bool) -> CorrelatedVerdict:
    array = _array(tables, distribution, "the distribution", StateError)
    if array.min() < 0 or array.sum() != 1:
        raise StateError(
            f"probabilities must be nonnegative and sum to exactly 1, got {float(array.sum()):.6g}; give them as fractions"
        )
    chances = {place: array[place] for place in product(*map(range, tables.sizes)) if array[place]}
    views = [chances]
    if tables.symmetric:  # the other member's incentives are those of the first at the mirror image
        views.append({place[::-1]: p for place, p in chances.items()})
    worst: Incentive | None = None
    for seen in views:
        for constraint in _constraints(tables, coarse):
            gain = _gain(constraint, seen)
            if gain > 0 and (worst is None or gain > worst.gain):
                worst = _incentive(tables, constraint, gain)
    return CorrelatedVerdict(worst is None, worst)


def _incentive(tables: PayoffTables, constraint: _Constraint, gain: Fraction) -> Incentive:
    own = tables.names[constraint.player]
    told = None if constraint.told is None else own[constraint.told]
    return Incentive(tables.game.populations[constraint.player].name, told, own[constraint.instead], gain)
