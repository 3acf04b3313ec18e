"""Alpha-rank: how often each profile is played when rare mutants take over or die out, at any intensity and in its exact limit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.dynamics.markov import closed_classes, exact_law, log_stationary_law, small_noise_law
from coopgame.equilibria.invasions import Invasions, invasions_of
from coopgame.equilibria.result import Number, shown
from coopgame.equilibria.tables import payoff_tables
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.game import Game

if TYPE_CHECKING:
    import pandas as pd

Profile = tuple[str, ...]
_MOST_PROFILES = 3000
_MOST_EXACT = 120
_SHOWN = 12


@dataclass(frozen=True)
class ResponseEdge:
    """A change from one profile to another whose mutant keeps a chance to take over however intense selection is.

    chance: its limit for infinite intensity: 1 for a mutant that does better throughout, 1/size for one that does equally well.
    """

    source: Profile
    target: Profile
    chance: Fraction


@dataclass(frozen=True, eq=False)
class SinkComponent:
    """A Markov-Conley chain: profiles that lead to each other in the response graph and to no others.

    law: how often each of them is played within the component in the limit of infinite intensity, exact.
    """

    profiles: tuple[Profile, ...]
    law: Mapping[Profile, Fraction]

    def __str__(self) -> str:
        return "; ".join(f"({', '.join(profile)}) = {shown(p)}" for profile, p in self.law.items())


@dataclass(frozen=True, eq=False)
class AlphaRank:
    """How often each profile is played in the long run.

    profiles: all pure profiles, of a game in one population its strategies alone. intensity: of selection; math.inf for the limit. size: of every population.
    masses, log_masses: shape (number of profiles,). exact_masses: as Fractions, in the limit; else None, and None with several sink components
    among more than 120 profiles.
    """

    game: Game = field(repr=False)
    profiles: tuple[Profile, ...] = field(repr=False)
    intensity: Fraction | float
    size: int
    masses: np.ndarray
    log_masses: np.ndarray = field(repr=False)
    exact_masses: tuple[Fraction, ...] | None
    _invasions: Invasions = field(repr=False)

    @property
    def ranking(self) -> tuple[Profile, ...]:
        """The profiles, those with most mass first; those that differ by rounding alone stand in the order of the game."""
        order = sorted(range(len(self.profiles)), key=lambda k: (-float(f"{self.log_masses[k]:.11g}"), k))
        return tuple(self.profiles[k] for k in order)

    def mass(self, *profile: str) -> float:
        """Return the mass of a profile."""
        if profile not in self.profiles:
            raise StateError(f"no profile {', '.join(profile)}; strategies stand in the order of the populations")
        return float(self.masses[self.profiles.index(profile)])

    @cached_property
    def strategy_masses(self) -> dict[str, dict[str, float]]:
        """How often each strategy of each population is played."""
        found = {q.name: dict.fromkeys(q.strategies, 0.0) for q in self.game.populations}
        for profile, mass in zip(self.profiles, self.masses, strict=True):
            for own, strategy in zip(found.values(), profile, strict=True):
                own[strategy] += float(mass)
        return found

    @cached_property
    def edges(self) -> tuple[ResponseEdge, ...]:
        """The response graph: changes whose chance does not vanish with intensity."""
        return tuple(
            ResponseEdge(self.profiles[i], self.profiles[j], coefficient / self._invasions.share)
            for i, row in enumerate(self._invasions.leading)
            for j, (order, coefficient) in row.items()
            if order == 0
        )

    @cached_property
    def sinks(self) -> tuple[SinkComponent, ...]:
        """The sink components of the response graph, the Markov-Conley chains, each with its law in the limit; exact."""
        leading = self._invasions.leading
        possible = np.zeros((len(leading),) * 2, dtype=bool)
        for i, row in enumerate(leading):
            possible[i, [j for j, (order, _) in row.items() if order == 0]] = True
        return tuple(self._sink(own) for own in closed_classes(possible))

    def _sink(self, own: Sequence[int]) -> SinkComponent:
        place = {k: n for n, k in enumerate(own)}
        rows = [
            {
                place[j]: chance
                for j, (order, chance) in self._invasions.leading[k].items()
                if j in place and order == 0
            }
            for k in own
        ]
        profiles = tuple(self.profiles[k] for k in own)
        return SinkComponent(profiles, dict(zip(profiles, exact_law(rows), strict=True)))

    @cached_property
    def limit(self) -> tuple[tuple[Fraction, Number], ...]:
        """How each mass behaves for large intensity: (r, c) for c * exp(-r * intensity); those with r = 0 stay.

        r is exact, and so is c for up to 120 profiles; for more it is a float.
        """
        return small_noise_law(self._invasions.leading, exact=len(self.profiles) <= _MOST_EXACT)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row per profile, those with most mass first."""
        import pandas as pd

        place = {profile: k for k, profile in enumerate(self.profiles)}
        rows = [(*p, self.masses[place[p]], self.log_masses[place[p]]) for p in self.ranking]
        return pd.DataFrame(rows, columns=[*(q.name for q in self.game.populations), "mass", "log_mass"])

    def _lines(self) -> list[tuple[str, str]]:
        place = {profile: k for k, profile in enumerate(self.profiles)}
        found = []
        for profile in self.ranking[:_SHOWN]:
            k = place[profile]
            exact = self.exact_masses[k] if self.exact_masses is not None else None
            small = self.masses[k] < 1e-6 and exact is None
            mass = (
                f"exp({self.log_masses[k]:.6g})" if small else shown(exact if exact is not None else self.masses[k])
            )
            found.append((", ".join(profile), mass))
        return found

    def __str__(self) -> str:
        head = f"intensity {float(self.intensity):g}, populations of {self.size}"
        lines = [f"{n + 1}. {name}: {mass}" for n, (name, mass) in enumerate(self._lines())]
        more = len(self.profiles) - len(lines)
        sinks = [f"within a sink component: {sink}" for sink in self.sinks[:_SHOWN]]
        return "\n".join([head, *lines, *([f"and {more} more"] if more else []), *sinks])

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(f"<tr><td>{escape(name)}</td><td>{mass}</td></tr>" for name, mass in self._lines())
        notes = "".join(f"<p>within a sink component: {escape(str(sink))}</p>" for sink in self.sinks[:_SHOWN])
        head = "<thead><tr><th>profile</th><th>mass</th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table>{notes}"


def find_alpha_rank(
    game: Game, values: Mapping[str, Any] | None = None, *, intensity: Any, size: int = 50
) -> AlphaRank:
    """Return the masses of alpha-rank (Omidshafiei et al. 2019): the stationary law over pure profiles when mutants are rare.

    Every population is of one mind until a mutant appears, in each population and for each other strategy alike; it imitates its way to fixation or
    extinction by the Fermi rule before the next one appears. Of a NormalFormGame a player's payoff depends on the other populations alone; members of a
    MatrixGame meet each other, without meeting themselves.

    intensity: of selection, alpha; math.inf gives the limit exactly, with its Markov-Conley chains and, where there are several, the masses that
    mutants against selection give them. Fixation probabilities, the chain and its law are kept in logarithms, so no intensity makes the chain reducible.

    Raises UnsupportedError for games without a payoff table or with more than 3000 profiles, ParameterError for a negative intensity or a size below 2.

    References: Omidshafiei, Papadimitriou, Piliouras, Tuyls et al. (2019), Scientific Reports 9, 9937.

    >>> import math
    >>> from coopgame import NormalFormGame, find_alpha_rank
    >>> sexes = NormalFormGame.from_bimatrix([[3, 0], [0, 2]], [[2, 0], [0, 3]])
    >>> print(find_alpha_rank(sexes, intensity=math.inf).exact_masses)
    (Fraction(1, 2), Fraction(0, 1), Fraction(0, 1), Fraction(1, 2))
    """
    alpha = _intensity(intensity)
    if not isinstance(size, int) or isinstance(size, bool) or size < 2:
        raise ParameterError(
            f"size is {size!r}; a population of at least 2 members is needed for a mutant to meet a resident"
        )
    tables = payoff_tables(game, values)
    count = tables.sizes[0] if tables.symmetric else math.prod(tables.sizes)
    if count > _MOST_PROFILES:
        raise UnsupportedError(
            f"the game has {count} pure profiles; alpha-rank is computed for up to {_MOST_PROFILES}"
        )
    invasions = invasions_of(tables, size)
    if isinstance(alpha, float):
        return _in_the_limit(game, invasions, size)
    logs = log_stationary_law(invasions.log_transition(alpha))
    return _result(game, invasions, alpha, size, np.exp(logs), logs)


def _in_the_limit(game: Game, invasions: Invasions, size: int) -> AlphaRank:
    """Return the law of infinite intensity: with one sink component that of the component, else from the leading terms of all chances."""
    empty = np.zeros(len(invasions.profiles))
    plain = _result(game, invasions, math.inf, size, empty, empty)
    masses: list[Number] = [Fraction(0)] * len(invasions.profiles)
    if len(plain.sinks) == 1:
        for profile, mass in plain.sinks[0].law.items():
            masses[invasions.profiles.index(profile)] = mass
    else:
        masses = [mass if order == 0 else Fraction(0) for order, mass in plain.limit]
    exact = tuple(mass for mass in masses if isinstance(mass, Fraction))
    numbers = np.array([float(mass) for mass in masses])
    with np.errstate(divide="ignore"):
        logs = np.log(numbers)
    return _result(game, invasions, math.inf, size, numbers, logs, exact if len(exact) == len(masses) else None)


def _result(
    game: Game,
    invasions: Invasions,
    alpha: Fraction | float,
    size: int,
    masses: np.ndarray,
    logs: np.ndarray,
    exact: tuple[Fraction, ...] | None = None,
) -> AlphaRank:
    for array in (masses, logs):
        array.flags.writeable = False
    return AlphaRank(game, invasions.profiles, alpha, size, masses, logs, exact, invasions)


def _intensity(given: Any) -> Fraction | float:
    if isinstance(given, float) and math.isinf(given) and given > 0:
        return math.inf
    alpha = exact_number(given, "intensity")
    if alpha < 0:
        raise ParameterError(f"intensity is {given}; selection is 0 or positive, math.inf for its limit")
    return alpha
