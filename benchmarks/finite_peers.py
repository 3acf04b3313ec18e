"""Programs for finite populations, as benchmarks/finite.py calls them, and the games that they are given."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from turns import Entry

OWN, PEER = "coopgame-egt", "egttools"
BATCH, HAND, VALUES, PAYOFFS, KERNEL = (
    "coopgame, all games in a call",
    "coopgame, a call for each game that is there",
    "coopgame, a call with payoffs as values",
    "coopgame, a new game from payoffs",
    "coopgame, kernel alone",
)
COMPILED, PYTHON = "egttools, compiled", "egttools, Python"
CACHED = 10_000  # fitness values that egttools keeps; more or fewer are no faster


def normal_games(count: int, strategies: int) -> np.ndarray:
    """Return games with payoffs from N(0, 1); shape (count, strategies, strategies)."""
    return np.random.default_rng([7, strategies]).normal(size=(count, strategies, strategies))


# rare mutants --------------------------------------------------------------------------------------------------


@cache
def symbolic_population(strategies: int, size: int) -> Any:
    """Return a population that plays a game with a symbol for each payoff."""
    from coopgame import MatrixGame, fermi_imitation, finite_population

    span = range(strategies)
    game = MatrixGame([[f"a{i}_{j}" for j in span] for i in span], [f"s{i}" for i in span])
    return finite_population(game, fermi_imitation(1), size)


def rare_mutants(strategies: int, size: int, most: int) -> list[Entry]:
    """Return the programs that find the long run of populations with rare mutants; a unit is a game, the result laws of shape (games, strategies)."""
    games = normal_games(most, strategies)
    span = range(strategies)

    def values(part: np.ndarray) -> dict[str, Any]:
        return {f"a{i}_{j}": part[..., i, j] for i in span for j in span}

    def batch(count: int) -> Callable[[], Any]:
        from coopgame import find_small_mutation_law

        population, given = symbolic_population(strategies, size), values(games[:count])
        return lambda: find_small_mutation_law(population, given).law

    def with_values(count: int) -> Callable[[], Any]:
        from coopgame import find_small_mutation_law

        population = symbolic_population(strategies, size)
        given = [{name: float(value) for name, value in values(game).items()} for game in games[:count]]
        return lambda: np.array([find_small_mutation_law(population, one).law for one in given])

    def made(game: np.ndarray) -> Any:
        from coopgame import MatrixGame, fermi_imitation, finite_population

        return finite_population(MatrixGame(game), fermi_imitation(1), size)

    def in_hand(count: int) -> Callable[[], Any]:
        from coopgame import find_small_mutation_law

        populations = [made(game) for game in games[:count]]
        return lambda: np.array([find_small_mutation_law(one).law for one in populations])

    def from_payoffs(count: int) -> Callable[[], Any]:
        from coopgame import find_small_mutation_law

        return lambda: np.array([find_small_mutation_law(made(game)).law for game in games[:count]])

    def kernel(count: int) -> Callable[[], Any]:
        from coopgame._kernels.fixation import laws_of_rare_mutants

        part, intensities = np.ascontiguousarray(games[:count]), np.ones(count)
        return lambda: np.exp(laws_of_rare_mutants(part, size, intensities)[1])

    def compiled(count: int) -> Callable[[], Any]:
        return lambda: np.array([compiled_law(game, size) for game in games[:count]])

    def in_python(count: int) -> Callable[[], Any]:
        from egttools.analytical import StochDynamics

        def law(game: np.ndarray) -> Any:
            return StochDynamics(strategies, game, size, mu=0).calculate_stationary_distribution(1.0)

        return lambda: np.array([law(game) for game in games[:count]])

    own = [(BATCH, batch), (HAND, in_hand), (VALUES, with_values), (PAYOFFS, from_payoffs), (KERNEL, kernel)]
    peers = [(COMPILED, compiled), (PYTHON, in_python)]
    return [Entry(name, OWN, make, most=most) for name, make in own] + [
        Entry(name, PEER, make, most=most) for name, make in peers
    ]


def compiled_law(game: np.ndarray, size: int) -> np.ndarray:
    """Return egttools' long run of a population with rare mutants."""
    from egttools.analytical import PairwiseComparison
    from egttools.games import Matrix2PlayerGameHolder
    from egttools.utils import calculate_stationary_distribution

    holder = Matrix2PlayerGameHolder(len(game), game)
    transition, _ = PairwiseComparison(size, holder, CACHED).calculate_transition_and_fixation_matrix_sml(1.0)
    return np.asarray(calculate_stationary_distribution(transition.T))


def true_law(game: np.ndarray, size: int) -> np.ndarray:
    """Return the long run with rare mutants by 60 digits: sums of products, and states censored one by one, without a subtraction."""
    import mpmath

    with mpmath.workdps(60):
        count = len(game)
        a = [[mpmath.mpf(value) for value in row] for row in game.tolist()]
        chances = [[mpmath.mpf(0)] * count for _ in range(count)]
        for i, j in itertools.permutations(range(count), 2):
            chances[i][j] = true_fixation(a[j][j], a[j][i], a[i][j], a[i][i], size)
        for k in range(count - 1, 0, -1):  # Grassmann, Taksar and Heyman
            leaving = mpmath.fsum(chances[k][:k])
            for i in range(k):
                chances[i][k] /= leaving
                for j in range(k):
                    if i != j:
                        chances[i][j] += chances[i][k] * chances[k][j]
        law = [mpmath.mpf(1)]
        for k in range(1, count):
            law.append(mpmath.fsum(law[i] * chances[i][k] for i in range(k)))
        total = mpmath.fsum(law)
        return np.array([float(value / total) for value in law])


def true_fixation(own: Any, other: Any, met: Any, between: Any, size: int, intensity: Any = 1) -> Any:
    """Return the chance that one mutant takes over, in the digits that mpmath works with.

    own, other: what a mutant earns against a mutant and a resident; met, between: what a resident earns against them.
    """
    import mpmath

    total, exponent = mpmath.mpf(1), mpmath.mpf(0)
    for k in range(1, size):
        mutant = own * (k - 1) + other * (size - k)
        resident = met * k + between * (size - k - 1)
        exponent -= intensity * (mutant - resident) / mpmath.mpf(size - 1)
        total += mpmath.exp(exponent)
    return 1 / total


# chains --------------------------------------------------------------------------------------------------------


def full_chains(strategies: int, size: int, mutation: float) -> list[Entry]:
    """Return the programs that build the chain of a game; the result is a sparse matrix with rows from states, and the states in its order."""
    game = normal_games(1, strategies)[0]

    def own(count: int) -> Callable[[], Any]:
        from coopgame import MatrixGame, fermi_imitation, finite_population, transition_chain

        population = finite_population(MatrixGame(game), fermi_imitation(1), size, mutation=mutation)
        return lambda: [transition_chain(population) for _ in range(count)][-1]

    def compiled(count: int) -> Callable[[], Any]:
        return lambda: [compiled_chain(game, size, mutation) for _ in range(count)][-1]

    def in_python(count: int) -> Callable[[], Any]:
        from egttools.analytical import StochDynamics

        def build() -> Any:
            return StochDynamics(strategies, game, size, mu=mutation).calculate_full_transition_matrix(1.0).T

        return lambda: [build() for _ in range(count)][-1]

    return [Entry("coopgame", OWN, own), Entry(COMPILED, PEER, compiled), Entry(PYTHON, PEER, in_python)]


def compiled_chain(game: np.ndarray, size: int, mutation: float) -> Any:
    """Return egttools' chain of a game, a sparse matrix."""
    from egttools.analytical import PairwiseComparison
    from egttools.games import Matrix2PlayerGameHolder

    holder = Matrix2PlayerGameHolder(len(game), game)
    return PairwiseComparison(size, holder, CACHED).calculate_transition_matrix(1.0, mutation)


def states_of_egttools(size: int, strategies: int) -> np.ndarray:
    """Return the numbers by strategy of all states in the order of egttools; shape (states, strategies)."""
    import egttools

    count = egttools.calculate_nb_states(size, strategies)
    return np.array([egttools.sample_simplex(k, size, strategies) for k in range(count)], dtype=np.int64)


def stationary_laws(strategies: int, size: int, mutation: float) -> list[Entry]:
    """Return the programs that find the stationary law of the whole chain; the result is the law and, for egttools, its order of states."""
    game = normal_games(1, strategies)[0]

    def own(count: int) -> Callable[[], Any]:
        from coopgame import MatrixGame, fermi_imitation, find_stationary_distribution, finite_population

        population = finite_population(MatrixGame(game), fermi_imitation(1), size, mutation=mutation)
        return lambda: [find_stationary_distribution(population) for _ in range(count)][-1]

    def by_eigenvectors(count: int) -> Callable[[], Any]:
        from egttools.utils import calculate_stationary_distribution

        return lambda: [
            calculate_stationary_distribution(compiled_chain(game, size, mutation).T.toarray()) for _ in range(count)
        ][-1]

    def by_schur(count: int) -> Callable[[], Any]:
        from egttools.utils import calculate_stationary_distribution_non_hermitian

        return lambda: [
            calculate_stationary_distribution_non_hermitian(compiled_chain(game, size, mutation).T.toarray())
            for _ in range(count)
        ][-1]

    def by_solving(count: int) -> Callable[[], Any]:
        return lambda: [solved(compiled_chain(game, size, mutation)) for _ in range(count)][-1]

    peers = [("eigenvectors", by_eigenvectors), ("Schur form", by_schur), ("scipy's sparse solver", by_solving)]
    return [
        Entry("coopgame", OWN, own),
        *(Entry(f"{COMPILED} + {name}", PEER, make) for name, make in peers),
    ]


def solved(matrix: Any) -> np.ndarray:
    """Return the stationary law of a sparse matrix by solving for the others after the first state is given weight 1."""
    from scipy.sparse import eye_array
    from scipy.sparse.linalg import spsolve

    flow = (matrix.T - eye_array(matrix.shape[0])).tocsc()
    law = np.concatenate([[1.0], spsolve(flow[1:, 1:], -flow[1:, [0]].toarray().ravel())])
    return law / law.sum()


# simulation ----------------------------------------------------------------------------------------------------

DONATION = np.array([[1.0, -1.0], [2.0, 0.0]])  # a benefit of 2 at a cost of 1
RUNS = 10**8  # steps after which egttools would give up a run


def fixation_runs(size: int, intensity: float, resident: int) -> list[Entry]:
    """Return the programs that simulate the fixation of a mutant in a donation game; a unit is a run, the result the share of runs in which it takes over."""
    mutant = 1 - resident

    def own(count: int) -> Callable[[], Any]:
        from coopgame import MatrixGame, fermi_imitation, finite_population, simulate_fixation

        names = ["C", "D"]
        population = finite_population(MatrixGame(DONATION, names), fermi_imitation(intensity), size)
        seeds = itertools.count()
        return lambda: simulate_fixation(
            population, None, names[resident], names[mutant], runs=count, seed=next(seeds)
        )

    def compiled(count: int) -> Callable[[], Any]:
        from egttools.games import Matrix2PlayerGameHolder
        from egttools.numerical import PairwiseComparisonNumerical

        holder = Matrix2PlayerGameHolder(2, DONATION)  # egttools does not keep it alive
        simulation = PairwiseComparisonNumerical(size, holder, CACHED)
        keep = [holder]
        return lambda: keep and simulation.estimate_fixation_probability(mutant, resident, count, RUNS, intensity)

    return [Entry("coopgame", OWN, own, least=10), Entry(COMPILED, PEER, compiled, least=10)]


def stable_game(strategies: int) -> np.ndarray:
    """Return a game in which all strategies stay: each is paid least when it is common."""
    return 0.2 * normal_games(1, strategies)[0] - 2 * np.eye(strategies)


def weak_game(strategies: int) -> np.ndarray:
    """Return a game whose payoffs hardly differ."""
    return 0.02 * normal_games(1, strategies)[0]


MEAN, LAST, PATH = "egttools, mean shares", "egttools, last state", "egttools, all states"


def mutation_paths(game: np.ndarray, size: int, mutation: float) -> list[Entry]:
    """Return the programs that simulate a population with mutation; a unit is a step, the result mean shares or, from the last two, states."""
    strategies = len(game)
    start = np.full(strategies, size // strategies, dtype=np.uint64)
    start[0] += size - start.sum()

    def own(count: int) -> Callable[[], Any]:
        from coopgame import MatrixGame, fermi_imitation, finite_population, simulate_population

        population = finite_population(MatrixGame(game), fermi_imitation(1), size, mutation=mutation)
        seeds, counts = itertools.count(), start.astype(int).tolist()
        return lambda: simulate_population(population, None, counts, count, burn_in=count // 10, seed=next(seeds))

    def compiled(run: Callable[[Any, int], Any]) -> Callable[[int], Callable[[], Any]]:
        def make(count: int) -> Callable[[], Any]:
            from egttools.games import Matrix2PlayerGameHolder
            from egttools.numerical import PairwiseComparisonNumerical

            holder = Matrix2PlayerGameHolder(strategies, game)
            simulation = PairwiseComparisonNumerical(size, holder, CACHED)
            keep = [holder]
            return lambda: keep and run(simulation, count)

        return make

    runs: dict[str, Callable[[Any, int], Any]] = {
        MEAN: lambda s, count: s.estimate_strategy_distribution(1, count, count // 10, 1.0, mutation),
        LAST: lambda s, count: s.evolve(count, 1.0, mutation, start),
        PATH: lambda s, count: s.run_with_mutation(count, 1.0, mutation, start),
    }
    peers = [
        Entry(name, PEER, compiled(run), least=10_000, most=3_000_000 if name == PATH else 10**12)
        for name, run in runs.items()
    ]
    return [Entry("coopgame", OWN, own, least=10_000, most=10**12), *peers]


def exact_shares(game: np.ndarray, size: int, mutation: float) -> np.ndarray | None:
    """Return mean shares in the long run, of the stationary law, or None where there are too many states."""
    from math import comb

    from coopgame import MatrixGame, fermi_imitation, find_stationary_distribution, finite_population

    if comb(size + len(game) - 1, len(game) - 1) > MOST_STATES:
        return None
    law = find_stationary_distribution(
        finite_population(MatrixGame(game), fermi_imitation(1), size, mutation=mutation)
    )
    return np.asarray(law.probabilities @ law.states / size)


MOST_STATES = 10_000
