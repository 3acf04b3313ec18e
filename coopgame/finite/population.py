"""A game in finite populations: who changes, with which chance, in one step of the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from coopgame.dynamics.laws import Law, Level
from coopgame.dynamics.mean import Dynamics, laws_of
from coopgame.dynamics.protocol_rates import log_of
from coopgame.dynamics.replacement_rules import ReplacementRule
from coopgame.errors import GameError, ParameterError, ProtocolError, UnsupportedError
from coopgame.expressions import exact_number, format_expression, parse_expression, symbols_of, value_at
from coopgame.finite.payoffs import FinitePayoffs, finite_payoffs
from coopgame.games.document import misnamed, shown
from coopgame.games.game import Game
from coopgame.games.group import GroupGame

_LARGEST = 10**9


@dataclass(frozen=True, repr=False)
class FinitePopulation:
    """A game whose populations have finitely many members, and the chain of their numbers.

    In one step one member of all, each as likely, may change: with the chance `mutation` it takes one of the other strategies, each as likely, else it
    revises by its population's protocol. Under a replacement rule it dies, and offspring mutates at birth with that chance; under Wright-Fisher all change at once.

    sizes, mutations: one for each population. step: rates of switching times the step are chances.
    """

    game: Game
    laws: tuple[Law, ...]
    sizes: tuple[int, ...]
    mutations: tuple[sympy.Expr, ...]
    step: Fraction = field(default=Fraction(1))

    @property
    def size(self) -> int:
        """The number of members of all populations."""
        return sum(self.sizes)

    @property
    def generations(self) -> bool:
        """Whether one step replaces all members."""
        return any(isinstance(law, ReplacementRule) and law.generation for law in self.laws)

    def at(self, values: Mapping[str, Any] | None = None) -> ProcessAt:
        """Return the process at numbers for all parameters.

        Raises ParameterError for missing values, ProtocolError for settings and mutation chances that are none.
        """
        point = self.game.values(values)
        settings = []
        for law in self.laws:
            own = {name: np.array([float(value_at(value, point))]) for name, value in law.settings}
            law.check_settings(own)
            settings.append(own)
        mutations = tuple(float(value_at(value, point)) for value in self.mutations)
        for population, chance in zip(self.game.populations, mutations, strict=True):
            if not 0 <= chance <= 1:
                raise ProtocolError(f"{population.name}: mutation = {chance:.6g}; a chance between 0 and 1 is needed")
        return ProcessAt(self, point, finite_payoffs(self.game, point, self.sizes), tuple(settings), mutations)

    @property
    def without_mutation(self) -> FinitePopulation:
        """The same populations in which nobody mutates."""
        return replace(self, mutations=(sympy.Integer(0),) * len(self.mutations))

    def __str__(self) -> str:
        whose = [
            f"{size} {'members ' if n == 0 else ''}of {population.name!r}"
            for n, (population, size) in enumerate(zip(self.game.populations, self.sizes, strict=True))
        ]
        how = [
            f"{law}, mutation {format_expression(chance)}"
            for law, chance in zip(self.laws, self.mutations, strict=True)
        ]
        if len(set(how)) == 1:
            return f"{', '.join(whose)}, {how[0]}"
        return "; ".join(f"{who}, {one}" for who, one in zip(whose, how, strict=True))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


@dataclass(frozen=True, eq=False)
class ProcessAt:
    """The process of finite populations at numbers for all parameters.

    counts, here and below: for every population the numbers of members by strategy, shape (..., its number of strategies).
    """

    population: FinitePopulation
    values: Mapping[str, Fraction]
    payoffs: FinitePayoffs
    settings: tuple[Mapping[str, np.ndarray], ...]
    mutations: tuple[float, ...]

    def log_chances(self, p: int, counts: Sequence[np.ndarray], *, mutation: bool = True) -> np.ndarray:
        """Return the log chances that one step takes a member of population p from strategy i to j; shape (..., n, n), -inf on the diagonal.

        They count that the step falls on population p. mutation: whether mutants arise.

        Raises ProtocolError where chances sum to more than 1, with the step that mends it.
        """
        law, own = self.population.laws[p], np.asarray(counts[p], dtype=float)
        numbers = [np.asarray(other, dtype=float) for other in counts]
        with np.errstate(over="ignore", invalid="ignore"):
            logs = law.log_chances(self.payoffs.seen(p, numbers), own, **self.settings[p])
        if law.explores:
            logs = logs + float(np.log(float(self.population.step)))
        logs = _known(logs, own)
        if mutation and self.mutations[p] > 0 and own.shape[-1] > 1:
            logs = self._mutated(law, p, own, logs)
        logs = np.where(np.eye(own.shape[-1], dtype=bool), -np.inf, logs)
        _check_chances(law, own, logs)
        return np.asarray(logs + np.log(self.population.sizes[p] / self.population.size))

    def log_parents(self, counts: np.ndarray, *, mutation: bool = True) -> np.ndarray:
        """Return the log chances that a member of the next generation is of each strategy; shape (..., n).

        For rules that replace all members at once, drawn independently. mutation: whether mutants arise.
        """
        own = np.asarray(counts, dtype=float)
        law, n = self.population.laws[0], own.shape[-1]
        with np.errstate(over="ignore", invalid="ignore"):
            logs = law.log_chances(self.payoffs.seen(0, [own]), own, **self.settings[0])
        parents = np.logaddexp.reduce(_known(logs, own), axis=-2)
        if n == 1 or not (mutation and self.mutations[0]):
            return np.asarray(parents)
        kept, changed = log_of(1 - self.mutations[0]), log_of(self.mutations[0] / (n - 1))
        mutants = np.where(np.eye(n, dtype=bool), kept, changed)
        return np.asarray(np.logaddexp.reduce(parents[..., :, None] + mutants, axis=-2))

    def _mutated(self, law: Law, p: int, own: np.ndarray, logs: np.ndarray) -> np.ndarray:
        mutation, n = self.mutations[p], own.shape[-1]
        kept, changed = log_of(1 - mutation), log_of(mutation / (n - 1))
        if law.explores:
            chosen = log_of(own / own.sum(axis=-1, keepdims=True))[..., :, None]
            return np.asarray(np.logaddexp(logs + kept, chosen + changed))
        mutants = np.where(np.eye(n, dtype=bool), kept, changed)
        return np.asarray(np.logaddexp.reduce(logs[..., :, :, None] + mutants, axis=-2))

    def chances(self, p: int, counts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the chances that one step takes a member of population p from strategy i to j; shape (..., n, n), 0 on the diagonal."""
        return np.asarray(np.exp(self.log_chances(p, counts)))


def finite_population(
    game: Game,
    law: Dynamics,
    size: int | Mapping[str, int],
    *,
    mutation: Any = 0,
    step: Any = 1,
) -> FinitePopulation:
    """Return a game in populations of finite size, whose members revise by a protocol or are replaced by a rule.

    law: a protocol or replacement rule for all populations, or a mapping from each population's name to its own. size: of every population, or a mapping from
    name to size. mutation: the chance that a member who would revise, or a newborn one, takes another strategy, each of the others as likely; a number or a text in the
    game's parameters, or a mapping from population to it. step: what rates of switching are multiplied by to make chances; 1 for protocols whose rates are chances, such as
    `fermi_imitation`, `logit` and `best_response`.

    A member never meets itself: pairs and groups are drawn from all others, without replacement. Members of games between populations meet all members of the
    others; payoffs that are formulas of the shares are taken at the shares as they are, in which a member counts with its present strategy.

    Raises UnsupportedError for laws that are not defined for finite populations, ParameterError for sizes that are no whole numbers of at least 2, GameError for groups larger than
    the population, ProtocolError for a mutation that is no chance.

    References: Traulsen and Hauert (2009), in Reviews of Nonlinear Dynamics and Complexity II; Sandholm (2010), chapters 10 to 12.

    >>> from coopgame import MatrixGame, fermi_imitation
    >>> print(finite_population(MatrixGame([["b - c", "-c"], ["b", 0]]), fermi_imitation(), 50))
    50 members of 'population', Fermi imitation (intensity = 1), mutation 0
    """
    if not isinstance(game, Game):
        raise GameError(f"{shown(game)} is no game; give a game first, such as MatrixGame([[3, 0], [5, 1]])")
    if not game.populations:
        raise UnsupportedError("a model of quantities alone has no members who revise")
    laws = laws_of(game, law, Level.FINITE)
    names = [population.name for population in game.populations]
    sizes = tuple(_size(name, one) for name, one in zip(names, _for_each(names, size, "size"), strict=True))
    mutations = tuple(parse_expression(one, "mutation") for one in _for_each(names, mutation, "mutation"))
    for chance in mutations:
        unknown = sorted(symbols_of(chance) - set(game.ring.names))
        if unknown:
            raise ProtocolError(f"mutation names {', '.join(unknown)}, which the game does not declare")
        if chance.is_number and not 0 <= chance <= 1:
            raise ProtocolError(f"mutation = {chance}; a chance between 0 and 1 is needed")
    if isinstance(game, GroupGame) and sizes[0] < game.size:
        raise GameError(f"groups of {game.size} cannot be drawn from a population of {sizes[0]}; take a larger one")
    factor = exact_number(step, "step")
    if factor <= 0:
        raise ParameterError(f"step = {step}; a positive number is needed")
    population = FinitePopulation(game, laws, sizes, mutations, factor)
    if population.generations and len(laws) > 1:
        raise UnsupportedError(
            "generations that are replaced at once are for one population; use a rule of single steps"
        )
    return population


def process_of(population: Any, values: Mapping[str, Any] | None) -> ProcessAt:
    """Return the process at numbers for all parameters; GameError where something else than finite populations is given."""
    return finite_populations(population).at(values)


def finite_populations(given: Any) -> FinitePopulation:
    """Return what was given; GameError where it is something else than finite populations."""
    if not isinstance(given, FinitePopulation):
        raise GameError(f"{shown(given)} is no finite population; give finite_population(game, law, size)")
    return given


def _for_each(names: Sequence[str], given: Any, what: str) -> list[Any]:
    if not isinstance(given, Mapping):
        return [given] * len(names)
    unknown, missing = [n for n in given if n not in names], [n for n in names if n not in given]
    if unknown or missing:
        raise ParameterError(f"{what}: {misnamed(unknown, missing)}; the populations are {', '.join(names)}")
    return [given[name] for name in names]


def _size(name: str, size: Any) -> int:
    if isinstance(size, bool) or not hasattr(size, "__index__") or not 2 <= int(size) <= _LARGEST:
        several = "" if hasattr(size, "__index__") else ", or a mapping from population to one"
        raise ParameterError(
            f"population {name!r} has size {size!r}; a whole number from 2 to {_LARGEST} is needed{several}"
        )
    return int(size)


def _known(logs: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return log chances, -inf for whom nobody plays."""
    there = (counts > 0)[..., None] & ~np.eye(counts.shape[-1], dtype=bool)
    if np.isnan(logs[np.broadcast_to(there, logs.shape)]).any():
        raise ParameterError(
            "a chance is no number at these values: payoffs times intensity are too large for floats"
        )
    return np.where(np.isnan(logs), -np.inf, logs)


def _check_chances(law: Law, counts: np.ndarray, logs: np.ndarray) -> None:
    if not law.explores:
        return
    leaving = np.exp(logs).sum(axis=-1)
    shares = counts / counts.sum(axis=-1, keepdims=True)
    excess = np.where(shares > 0, leaving / np.where(shares > 0, shares, 1.0), 0.0)
    if (excess > 1 + 1e-9).any():
        raise ProtocolError(
            f"{law.name}: the chances of one member to switch sum to {excess.max():.6g}; rates are no chances: give finite_population() a step of at most "
            f"{1 / excess.max():.3g} of the present one"
        )
