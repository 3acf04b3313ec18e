"""Random games of every kind, each with its rates of change worked out here in plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import comb
from typing import Any

import numpy as np
from hypothesis import strategies as st

from coopgame import Game, GroupGame, MatrixGame, NormalFormGame, Population, PopulationGame, parse_expression

Values = Mapping[str, Any]
Blocks = list[np.ndarray]
Payoffs = Callable[[Blocks, Values], list[list[Any]]]
Rates = Callable[[Blocks, Values], list[Any]]
COEFFICIENTS = st.integers(-2, 2)


@dataclass(frozen=True)
class Affine:
    """A constant plus whole multiples of parameters: as text for a game, as a number for the tests."""

    constant: int
    multiples: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        return " + ".join([str(self.constant), *(f"({k})*{name}" for name, k in self.multiples)])

    def at(self, values: Values) -> Any:
        return self.constant + sum(k * values[name] for name, k in self.multiples)


@dataclass(frozen=True)
class Sample:
    """A game, its payoffs as a function of the shares, and the rates of its environment variables."""

    game: Game
    sizes: tuple[int, ...]
    payoffs: Payoffs
    environment: Rates = lambda blocks, values: []

    def blocks(self, state: np.ndarray) -> Blocks:
        """Shares of each population, then each environment variable with what it misses to 1."""
        count = (len(state) - sum(self.sizes)) // 2
        return np.split(state, np.cumsum([*self.sizes, *[2] * count])[:-1])

    def rates(self, state: np.ndarray, values: Values) -> np.ndarray:
        """Time derivatives of all shares under the replicator dynamics; complex states have complex rates."""
        blocks = self.blocks(state)
        result: list[Any] = []
        for x, earned in zip(blocks, self.payoffs(blocks, values), strict=False):
            f = np.array(earned, dtype=state.dtype)
            result.extend(x * (f - (x * f).sum()))
        for rate in self.environment(blocks, values):
            result += [rate, -rate]
        return np.array(result)

    def jacobian(self, state: np.ndarray, values: Values) -> np.ndarray:
        """Derivatives of all but the last share of each block by complex steps: exact to rounding for polynomials."""
        ends = np.cumsum([len(block) for block in self.blocks(state)])
        pairs = [
            (i, end - 1)
            for block, end in zip(self.blocks(state), ends, strict=True)
            for i in range(end - len(block), end - 1)
        ]
        columns = []
        for i, last in pairs:
            moved = state.astype(complex)
            moved[i] += 1e-30j
            moved[last] -= 1e-30j
            columns.append(self.rates(moved, values)[[k for k, _ in pairs]].imag / 1e-30)
        return np.array(columns).T


def names(count: int) -> list[str]:
    return list("abcdefgh"[:count])


@st.composite
def affine(draw: st.DrawFn, parameters: Sequence[str]) -> Affine:
    chosen = draw(st.lists(st.sampled_from(parameters), max_size=2, unique=True)) if parameters else []
    return Affine(draw(COEFFICIENTS), tuple((name, draw(st.sampled_from((-2, -1, 1, 2)))) for name in chosen))


def _table(draw: st.DrawFn, parameters: Sequence[str], rows: int, columns: int) -> list[list[Affine]]:
    return [[draw(affine(parameters)) for _ in range(columns)] for _ in range(rows)]


@st.composite
def matrix_games(draw: st.DrawFn, sizes: Sequence[int], parameters: Sequence[str], **common: Any) -> Sample:
    n = draw(st.sampled_from(sizes))
    return of_matrix(_table(draw, parameters, n, n), parameters, **common)


@st.composite
def short_matrix_games(draw: st.DrawFn, size: int, parameters: Sequence[str], **common: Any) -> Sample:
    """Every payoff is a multiple of one parameter or a whole number; against itself each strategy earns 0."""
    entries = st.one_of(
        st.builds(
            lambda name, k: Affine(0, ((name, k),)), st.sampled_from(parameters), st.sampled_from((-2, -1, 1, 2))
        ),
        st.builds(lambda k: Affine(k, ()), COEFFICIENTS),
    )
    table = [[Affine(0, ()) if i == j else draw(entries) for j in range(size)] for i in range(size)]
    return of_matrix(table, parameters, **common)


def of_matrix(table: Sequence[Sequence[Affine]], parameters: Sequence[str], **common: Any) -> Sample:
    """The game of one population with this table."""
    game = MatrixGame([[str(u) for u in row] for row in table], parameters=dict.fromkeys(parameters), **common)

    def payoffs(blocks: Blocks, values: Values) -> list[list[Any]]:
        return [[sum(u.at(values) * x for u, x in zip(row, blocks[0], strict=True)) for row in table]]

    return Sample(game, (len(table),), payoffs)


@st.composite
def profile_games(
    draw: st.DrawFn, sizes: Sequence[tuple[int, ...]], parameters: Sequence[str], **common: Any
) -> Sample:
    chosen = draw(st.sampled_from(sizes))
    table = {q: [draw(affine(parameters)) for _ in chosen] for q in product(*map(range, chosen))}
    return of_table(table, chosen, parameters, **common)


def of_table(
    table: Mapping[tuple[int, ...], Sequence[Affine]],
    sizes: tuple[int, ...],
    parameters: Sequence[str],
    **common: Any,
) -> Sample:
    """The game in normal form with these payoffs."""
    populations = {f"p{i}": [f"s{k}" for k in range(n)] for i, n in enumerate(sizes)}
    texts = {tuple(f"s{k}" for k in q): [str(u) for u in row] for q, row in table.items()}
    game = NormalFormGame(texts, populations, parameters=dict.fromkeys(parameters), **common)

    def payoffs(blocks: Blocks, values: Values) -> list[list[Any]]:
        earned: list[list[Any]] = [[0] * n for n in sizes]
        for q, row in table.items():
            for p, s in enumerate(q):
                weight = np.prod([blocks[r][k] for r, k in enumerate(q) if r != p])
                earned[p][s] = earned[p][s] + weight * row[p].at(values)
        return earned

    return Sample(game, sizes, payoffs)


@st.composite
def group_games(draw: st.DrawFn, parameters: Sequence[str]) -> Sample:
    """Two or three strategies; of three the first k and the second m of the co-players are chosen one after the other."""
    size, n = draw(st.integers(2, 6)), draw(st.integers(2, 3))
    size = min(size, 4) if n == 3 else size
    met = [(k, m) for k in range(size) for m in (range(size - k) if n == 3 else [size - 1 - k])]
    table = _table(draw, parameters, n, len(met))
    rows = dict(zip("CDE"[:n], ([str(u) for u in row] for row in table), strict=True))
    game = GroupGame(rows, size, parameters=dict.fromkeys(parameters), symbol="x" if n == 2 else None)

    def payoffs(blocks: Blocks, values: Values) -> list[list[Any]]:
        x, y, z = (*blocks[0], 1)[:3]
        chances = [comb(size - 1, k) * x**k * comb(size - 1 - k, m) * y**m * z ** (size - 1 - k - m) for k, m in met]
        return [[sum(c * u.at(values) for c, u in zip(chances, row, strict=True)) for row in table]]

    return Sample(game, (n,), payoffs)


@st.composite
def own_share_games(draw: st.DrawFn, parameters: Sequence[str]) -> Sample:
    """Two populations of two; payoffs are sums of a form times a product of powers of both shares."""
    exponents = st.tuples(st.integers(0, 3), st.integers(0, 3))
    terms = [draw(st.lists(st.tuples(affine(parameters), exponents), min_size=1, max_size=3)) for _ in range(4)]
    texts = [" + ".join(f"({u})*x**{i}*y**{j}" for u, (i, j) in row) for row in terms]
    groups = [Population("first", ("1", "2"), "x"), Population("second", ("1", "2"), "y")]
    table = {"first": dict(zip("12", texts[:2], strict=True)), "second": dict(zip("12", texts[2:], strict=True))}
    game = PopulationGame(table, groups, parameters=dict.fromkeys(parameters))

    def payoffs(blocks: Blocks, values: Values) -> list[list[Any]]:
        x, y = blocks[0][0], blocks[1][0]
        earned = [sum(u.at(values) * x**i * y**j for u, (i, j) in row) for row in terms]
        return [earned[:2], earned[2:]]

    return Sample(game, (2, 2), payoffs)


@st.composite
def environment_games(draw: st.DrawFn, parameters: Sequence[str]) -> Sample:
    """One population whose payoffs change with n; n stays between 0 and 1 by a factor n(1 - n), or is drawn to a share."""
    size = draw(st.sampled_from((2, 3)))
    table, slope = _table(draw, parameters, size, size), _table(draw, parameters, size, size)
    drive, between = draw(affine(parameters)), draw(st.booleans())
    share = "x" if size == 2 else "population.A"
    rate = f"n*(1 - n)*({drive} + {share})" if between else f"2*({share} - n)"
    rows = [[f"{u} + ({v})*n" for u, v in zip(*pair, strict=True)] for pair in zip(table, slope, strict=True)]
    naming: dict[str, Any] = {"symbol": "x"} if size == 2 else {"strategies": ["A", "B", "C"]}
    game = MatrixGame(
        rows,
        parameters=dict.fromkeys(parameters),
        environment={"n": parse_expression(rate, names=(share,))},
        **naming,
    )

    def payoffs(blocks: Blocks, values: Values) -> list[list[Any]]:
        x, n = blocks[0], blocks[1][0]
        return [
            [
                sum((u.at(values) + v.at(values) * n) * y for u, v, y in zip(*pair, x, strict=True))
                for pair in zip(table, slope, strict=True)
            ]
        ]

    def environment(blocks: Blocks, values: Values) -> list[Any]:
        x, n = blocks[0][0], blocks[1][0]
        return [n * (1 - n) * (drive.at(values) + x) if between else 2 * (x - n)]

    return Sample(game, (size,), payoffs, environment)
