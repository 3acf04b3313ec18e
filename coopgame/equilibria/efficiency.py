"""Efficiency of equilibria: welfare, the prices of anarchy and of stability, and Pareto-efficient profiles; exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.analysis.points import Known
from coopgame.equilibria.pure import pure_profiles
from coopgame.equilibria.result import NashEquilibria, Number, shown
from coopgame.equilibria.tables import PayoffTables, payoff_tables
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

if TYPE_CHECKING:
    import pandas

Profile = tuple[str, ...]
_MOST_PROFILES = 20_000  # that are compared with each other for Pareto efficiency


@dataclass(frozen=True)
class EquilibriumWelfare:
    """An equilibrium as text, the payoffs of all players in it, and their sum."""

    text: str
    payoffs: tuple[Number, ...]
    welfare: Number


@dataclass(frozen=True, eq=False)
class Efficiency:
    """How far equilibria fall short of the largest welfare, the sum of all players' payoffs.

    optimum: the largest welfare, over pure profiles and so over mixtures too. optimal_profiles: where it is reached. equilibria: those that were compared;
    best, worst: the ones with most and least welfare. price_of_anarchy, price_of_stability: at least 1, 1 where the worst, or the best, equilibrium reaches the
    optimum; None where `because` says why there is no such number. pareto_efficient: pure profiles that no other pure profile betters for
    someone without loss to anyone. known: of the welfare of the equilibria.
    """

    game: Game = field(repr=False)
    optimum: Fraction
    optimal_profiles: tuple[Profile, ...]
    equilibria: tuple[EquilibriumWelfare, ...]
    best: EquilibriumWelfare | None
    worst: EquilibriumWelfare | None
    price_of_anarchy: Number | None
    price_of_stability: Number | None
    pareto_efficient: tuple[Profile, ...]
    known: Known
    because: str

    def __str__(self) -> str:
        at = "; ".join(", ".join(profile) for profile in self.optimal_profiles[:3])
        more = f"; and {len(self.optimal_profiles) - 3} more" if len(self.optimal_profiles) > 3 else ""
        lines = [f"largest welfare {shown(self.optimum)} at {at}{more}"]
        for name, outcome, price in (
            ("worst", self.worst, self.price_of_anarchy),
            ("best", self.best, self.price_of_stability),
        ):
            if outcome is None:
                continue
            title = "price of anarchy" if name == "worst" else "price of stability"
            number = "undefined" if price is None else shown(price)
            lines.append(f"{name} equilibrium {outcome.text}: welfare {shown(outcome.welfare)}, {title} {number}")
        return "\n".join([*lines, self.because])

    def to_dataframe(self) -> pandas.DataFrame:
        """Return a pandas table with one row for each equilibrium."""
        import pandas

        players = [f"player {n + 1}" for n in range(len(self.equilibria[0].payoffs))] if self.equilibria else []
        rows = [[e.text, *map(float, e.payoffs), float(e.welfare)] for e in self.equilibria]
        return pandas.DataFrame(rows, columns=["equilibrium", *players, "welfare"])

    def _repr_html_(self) -> str:
        from html import escape

        lines = "".join(f"<p>{escape(line)}</p>" for line in str(self).splitlines())
        return f"{self.to_dataframe().to_html(index=False)}{lines}"


def find_efficiency(
    game: Game, values: Mapping[str, Any] | None = None, equilibria: NashEquilibria | None = None
) -> Efficiency:
    """Return welfare at its largest and in equilibrium, the prices of anarchy and of stability, and the Pareto-efficient profiles.

    equilibria: what to compare, such as all equilibria from `nash_equilibria`; left out, the pure ones. Welfare is the sum of all payoffs. On a continuum that is a
    product of convex hulls it is largest and least at corners, which are listed. Where welfare is positive at the optimum and in equilibrium, the price of
    anarchy is optimum / worst; where both are negative, payoffs count as costs and it is worst / optimum: at least 1 either way
    (Koutsoupias and Papadimitriou 1999; the price of stability, Anshelevich et al. 2008, has the best equilibrium instead). With signs
    that differ, or a welfare of 0, there is no such number, and `because` says so. A MatrixGame counts as the game of two members of the
    population, with its symmetric equilibria.

    Raises UnsupportedError for games without a payoff table, for equilibria of another game, and for more than 20 000 profiles.

    >>> from coopgame import MatrixGame, find_efficiency
    >>> print(find_efficiency(MatrixGame([[3, 0], [5, 1]], ["C", "D"])))
    largest welfare 6 at C, C
    worst equilibrium D, D: welfare 2, price of anarchy 3
    best equilibrium D, D: welfare 2, price of stability 3
    pure equilibria compared; ratios are optimum / equilibrium
    """
    tables = payoff_tables(game, values)
    if tables.exact[0].size > _MOST_PROFILES:
        raise UnsupportedError(
            f"{tables.exact[0].size} profiles are more than the {_MOST_PROFILES} that are compared for efficiency; leave out strategies"
        )
    welfare = sum(tables.exact[1:], tables.exact[0])
    optimum = Fraction(welfare.max())
    best_places = [_profile(tables, place) for place in np.argwhere(welfare == optimum)]
    outcomes = _pure(tables) if equilibria is None else _given(tables, equilibria)
    known: Known = "exact"
    if any(not isinstance(outcome.welfare, Fraction) for outcome in outcomes):
        known = "certified"
    worst = min(outcomes, key=lambda outcome: outcome.welfare, default=None)
    best = max(outcomes, key=lambda outcome: outcome.welfare, default=None)
    anarchy, stability = (_price(optimum, outcome) for outcome in (worst, best))
    return Efficiency(
        game,
        optimum,
        tuple(best_places),
        outcomes,
        best,
        worst,
        anarchy,
        stability,
        tuple(_profile(tables, place) for place in _efficient(tables)),
        known,
        _because(optimum, equilibria, (worst, best), (anarchy, stability)),
    )


def _profile(tables: PayoffTables, place: Iterable[int]) -> Profile:
    return tuple(names[int(s)] for names, s in zip(tables.names, place, strict=True))


def _pure(tables: PayoffTables) -> tuple[EquilibriumWelfare, ...]:
    outcomes = []
    for place, _ in pure_profiles(tables):
        if tables.symmetric and place[0] != place[1]:
            continue
        payoffs = tuple(Fraction(table[place]) for table in tables.exact)
        outcomes.append(EquilibriumWelfare(", ".join(_profile(tables, place)), payoffs, sum(payoffs, Fraction(0))))
    return tuple(outcomes)


def _given(tables: PayoffTables, equilibria: NashEquilibria) -> tuple[EquilibriumWelfare, ...]:
    if not isinstance(equilibria, NashEquilibria):
        raise UnsupportedError(
            f"equilibria are of type {type(equilibria).__name__}; give nash_equilibria(game), or leave them out to compare the pure ones"
        )
    if equilibria.game != tables.game:
        raise UnsupportedError(
            "these equilibria belong to another game, or to other values of its parameters; find those of this one"
        )
    outcomes = []
    for point in equilibria:
        payoffs = (*point.payoffs, *point.payoffs) if tables.symmetric and len(point.payoffs) == 1 else point.payoffs
        exact = all(isinstance(payoff, Fraction) for payoff in payoffs)
        total: Number = sum(payoffs, Fraction(0)) if exact else float(sum(payoffs))
        outcomes.append(EquilibriumWelfare(point.text(), payoffs, total))
    return tuple(outcomes)


def _price(optimum: Fraction, outcome: EquilibriumWelfare | None) -> Number | None:
    """Return the ratio of the optimum and the welfare of an equilibrium that is at least 1; None where there is none."""
    if outcome is None or optimum == 0 or outcome.welfare == 0 or (optimum > 0) != (outcome.welfare > 0):
        return None
    if not isinstance(outcome.welfare, Fraction):
        ratio = float(optimum) / outcome.welfare
        return max(1.0, ratio if optimum > 0 else 1 / ratio)
    return optimum / outcome.welfare if optimum > 0 else outcome.welfare / optimum


def _because(
    optimum: Fraction,
    equilibria: NashEquilibria | None,
    outcomes: tuple[EquilibriumWelfare | None, ...],
    prices: tuple[Number | None, ...],
) -> str:
    compared = "pure equilibria compared"
    if equilibria is not None:
        compared = "all equilibria compared" if equilibria.complete else "the equilibria compared may be incomplete"
    if outcomes[0] is None:
        return (
            "no pure equilibrium, so no price; give equilibria" if equilibria is None else "no equilibrium was given"
        )
    if None not in prices:
        orientation = "optimum / equilibrium" if optimum > 0 else "equilibrium / optimum, payoffs being costs below 0"
        return f"{compared}; ratios are {orientation}"
    if optimum == 0:
        return f"{compared}; the largest welfare is 0, so a ratio to it says nothing: compare differences"
    return f"{compared}; the welfare of an equilibrium is 0 or has another sign than the largest, so its ratio says nothing: compare differences"


def _efficient(tables: PayoffTables) -> list[tuple[int, ...]]:
    """Return the pure profiles that no other betters for someone without loss to anyone."""
    places = list(product(*map(range, tables.sizes)))
    payoffs = np.array([_ranks(table) for table in tables.exact]).T
    order = np.lexsort(payoffs.T[::-1])[::-1]  # a profile can only be bettered by one that comes before it
    kept: list[int] = []
    front = np.zeros((0, payoffs.shape[1]), dtype=payoffs.dtype)
    for n in order:
        row = payoffs[n]
        if not ((front >= row).all(axis=1) & (front > row).any(axis=1)).any():
            kept.append(int(n))
            front = np.concatenate([front, row[None]])
    return [places[n] for n in sorted(kept)]


def _ranks(table: np.ndarray) -> np.ndarray:
    """Return the rank of every payoff of a player, equal ones alike."""
    levels = {value: rank for rank, value in enumerate(sorted(set(table.flat)))}
    return np.array([levels[value] for value in table.flat])
