"""Two strategies where all nodes have as many neighbours: strategy and neighbours of the second strategy in one byte, chances from tables."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coopgame._kernels.network_draws import HALF, SPARE, THREE, draw_cell, draw_place
from coopgame._kernels.network_forms import compiled, inlined
from coopgame._kernels.random_streams import next_word, uniform_of

_AHEAD = 64  # steps whose random numbers are drawn together
MOST_NEIGHBOURS = 127  # that a byte holds beside the strategy
COPY, CHOOSE, DIE, COMPETE = range(4)
Drawn = tuple[int, np.uint64, np.uint64]


class Places(NamedTuple):
    """Where neighbours are: in a table, one row of `degree` for each node, or by offsets on a lattice that closes on itself, where the table is empty.

    The lattice has rows and columns; a ring has one row.
    """

    table: np.ndarray
    rows: int
    columns: int
    down: np.ndarray
    right: np.ndarray


class Chances(NamedTuple):
    """kind: COPY, CHOOSE, DIE or COMPETE.

    limits: below which 53 random bits say to change, mutation counted, uint64; of COPY by own byte and the number of second-strategy neighbours of whom one meets, who
    plays the other strategy; of CHOOSE by own byte; else empty. same: the limit where both play alike. fitness: by byte, up to a factor, of DIE and COMPETE; else empty.
    mutation: of offspring.
    """

    kind: int
    limits: np.ndarray
    same: np.uint64
    fitness: np.ndarray
    mutation: float


@inlined
def neighbour(places: Places, degree: int, node: int, row: int, column: int, k: int) -> int:
    """Return neighbour number k of a node."""
    if len(places.table):
        return int(places.table[node * degree + k])
    row += places.down[k]
    column += places.right[k]
    if row < 0:
        row += places.rows
    elif row >= places.rows:
        row -= places.rows
    if column < 0:
        column += places.columns
    elif column >= places.columns:
        column -= places.columns
    return row * places.columns + column


@compiled
def pack(state: np.ndarray, packed: np.ndarray, places: Places, degree: int) -> None:
    """Write strategy and number of second-strategy neighbours of every node."""
    for row in range(places.rows):
        for column in range(places.columns):
            node = row * places.columns + column
            second = 0
            for k in range(degree):
                second += state[neighbour(places, degree, node, row, column, k)] & 1
            packed[node] = (state[node] & 1) | (second << 1)


@inlined
def _parent(
    packed: np.ndarray,
    places: Places,
    chances: Chances,
    degree: int,
    node: int,
    row: int,
    column: int,
    one: np.uint64,
    two: np.uint64,
) -> Drawn:
    """Return the strategy of a parent, in proportion to fitness among neighbours, and the node itself where it competes."""
    mine = packed[node]
    own, second = mine & 1, mine >> 1
    if second == 0 and (chances.kind == DIE or own == 0):
        return 0, one, two
    if second == degree and (chances.kind == DIE or own == 1):
        return 1, one, two
    whole = upper = 0.0
    if chances.kind == COMPETE:
        whole = chances.fitness[mine]
        upper = whole * own
    for k in range(degree):
        other = packed[neighbour(places, degree, node, row, column, k)]
        fitness = chances.fitness[other]
        whole += fitness
        upper += fitness * (other & 1)
    word, one, two = next_word(one, two)
    return (1 if uniform_of(word) * whole >= whole - upper else 0), one, two


@inlined
def revised(
    packed: np.ndarray,
    places: Places,
    chances: Chances,
    degree: int,
    node: int,
    row: int,
    column: int,
    k: int,
    one: np.uint64,
    two: np.uint64,
) -> Drawn:
    """Return the next strategy of a node; k: the number of the neighbour whom it meets."""
    if chances.kind >= DIE:
        new, one, two = _parent(packed, places, chances, degree, node, row, column, one, two)
        if chances.mutation > 0.0:
            word, one, two = next_word(one, two)
            if uniform_of(word) < chances.mutation:
                new = 1 - new
        return new, one, two
    mine = packed[node]
    if chances.kind == COPY:
        met = packed[neighbour(places, degree, node, row, column, k)]
        limit = chances.limits[mine * (degree + 1) + (met >> 1)] if (mine ^ met) & 1 else chances.same
    else:
        limit = chances.limits[mine]
    word, one, two = next_word(one, two)
    own = int(mine & 1)
    return (1 - own if word >> SPARE < limit else own), one, two


@compiled
def _meetings(
    places: Places, degree: int, cells: np.ndarray, met: np.ndarray, words: np.ndarray, one: np.uint64, two: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Draw nodes, each exactly as likely, a neighbour whom each meets and 53 bits for whether it is copied; return the next state.

    cells: row and column of the nodes, and numbers of the neighbours; met: the neighbours; words: the bits. All of them are written.
    """
    nodes, wide, row = np.uint64(places.rows * places.columns), np.uint64(degree), 0
    for j in range(len(met)):
        node, rest, one, two = draw_place(nodes, one, two)
        words[j], one, two = next_word(one, two)
        if places.rows > 1:
            row = node // places.columns
        cells[0, j], cells[1, j], cells[2, j] = row, node - row * places.columns, np.int64(rest * wide >> HALF)
    for j in range(len(met)):
        row, column = cells[0, j], cells[1, j]
        met[j] = neighbour(places, degree, row * places.columns + column, row, column, cells[2, j])
    return one, two


@compiled
def _meetings_on_square(
    places: Places, cells: np.ndarray, met: np.ndarray, words: np.ndarray, one: np.uint64, two: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Do as `_meetings` where neighbours are the four nearest cells of a square lattice: without a division, and for many at a time."""
    rows, columns = places.rows, places.columns
    high, wide = np.uint64(rows), np.uint64(columns)
    for j in range(len(met)):
        row, column, one, two = draw_cell(high, wide, one, two)
        words[j], one, two = next_word(one, two)
        cells[0, j], cells[1, j], cells[2, j] = row, column, np.int64(words[j] & THREE)
    for j in range(len(met)):
        k = cells[2, j]
        row, column = cells[0, j] + (k == 3) - (k == 0), cells[1, j] + (k == 2) - (k == 1)
        row = rows - 1 if row < 0 else 0 if row == rows else row
        column = columns - 1 if column < 0 else 0 if column == columns else column
        met[j] = row * columns + column
    return one, two


@inlined
def _count_around(
    packed: np.ndarray, places: Places, degree: int, square: bool, row: int, column: int, step: np.uint8
) -> None:
    """Count what a node has taken up at all of its neighbours; step: 2 for the second strategy, -2 modulo 256 for the first."""
    start = row * places.columns
    if square:
        packed[(row - 1 if row > 0 else places.rows - 1) * places.columns + column] += step
        packed[start + (column - 1 if column > 0 else places.columns - 1)] += step
        packed[start + (column + 1 if column < places.columns - 1 else 0)] += step
        packed[(row + 1 if row < places.rows - 1 else 0) * places.columns + column] += step
        return
    for k in range(degree):
        packed[neighbour(places, degree, start + column, row, column, k)] += step


@compiled
def _copying(
    packed: np.ndarray,
    places: Places,
    chances: Chances,
    degree: int,
    square: bool,
    steps: int,
    stream: np.ndarray,
) -> int:
    """Let nodes drawn at random copy a neighbour, one at each step; return how many more play the second strategy than before.

    Random numbers and places do not depend on what is played: they are drawn for many steps at a time, which lets the memory answer all of them at once.
    """
    one, two = stream[0], stream[1]
    cells, met, words = np.empty((3, _AHEAD), np.int64), np.empty(_AHEAD, np.int64), np.empty(_AHEAD, np.uint64)
    gained = 0
    for begin in range(0, steps, _AHEAD):
        count = min(_AHEAD, steps - begin)
        if square:
            one, two = _meetings_on_square(places, cells, met[:count], words, one, two)
        else:
            one, two = _meetings(places, degree, cells, met[:count], words, one, two)
        for j in range(count):
            row, column = cells[0, j], cells[1, j]
            node = row * places.columns + column
            mine, other = packed[node], packed[met[j]]
            limit = chances.limits[mine * (degree + 1) + (other >> 1)] if (mine ^ other) & 1 else chances.same
            if words[j] >> SPARE < limit:
                packed[node] = mine ^ np.uint8(1)
                gained += -1 if mine & 1 else 1
                step = np.uint8(254) if mine & 1 else np.uint8(2)
                _count_around(packed, places, degree, square, row, column, step)
    stream[0], stream[1] = one, two
    return gained


@compiled
def _one_by_one(
    packed: np.ndarray, places: Places, chances: Chances, degree: int, steps: int, stream: np.ndarray
) -> int:
    """Let nodes drawn at random choose, or give way to offspring, one at each step; return how many more play the second strategy than before."""
    one, two = stream[0], stream[1]
    gained, row, nodes = 0, 0, np.uint64(len(packed))
    for _ in range(steps):
        node, _rest, one, two = draw_place(nodes, one, two)
        column = node
        if places.rows > 1:
            row = node // places.columns
            column = node - row * places.columns
        new, one, two = revised(packed, places, chances, degree, node, row, column, 0, one, two)
        if new != packed[node] & 1:
            packed[node] ^= np.uint8(1)
            gained += 2 * new - 1
            step = np.uint8(2) if new else np.uint8(254)
            _count_around(packed, places, degree, False, row, column, step)
    stream[0], stream[1] = one, two
    return gained


@compiled
def _together(
    packed: np.ndarray,
    after: np.ndarray,
    places: Places,
    chances: Chances,
    degree: int,
    sweeps: int,
    stream: np.ndarray,
) -> None:
    """Let all nodes change at once, each by what was there before."""
    one, two = stream[0], stream[1]
    for _ in range(sweeps):
        for row in range(places.rows):
            for column in range(places.columns):
                node = row * places.columns + column
                k = 0
                if chances.kind == COPY:
                    word, one, two = next_word(one, two)
                    k = int(uniform_of(word) * degree)
                after[node], one, two = revised(packed, places, chances, degree, node, row, column, k, one, two)
        pack(after, packed, places, degree)
    stream[0], stream[1] = one, two


@compiled
def play_packed(
    states: np.ndarray,
    streams: np.ndarray,
    places: Places,
    chances: Chances,
    degree: int,
    square: bool,
    together: bool,
    every: int,
    shares: np.ndarray,
) -> None:
    """Let several runs go on; states and streams move on, and the numbers of nodes by strategy are written.

    states: strategies by run and node, uint8. square: whether neighbours are the four nearest cells, above, left, right and below. every: sweeps between two
    records. shares: the numbers, shape (runs, records, 2), int64.
    """
    runs, nodes = states.shape
    packed = np.empty(nodes, np.uint8)
    after = np.empty(nodes if together else 0, np.uint8)
    for run in range(runs):
        pack(states[run], packed, places, degree)
        second = 0
        for node in range(nodes):
            second += int(states[run, node])
        for record in range(shares.shape[1]):
            over = chances.mutation == 0.0 and chances.kind != CHOOSE and (second in (0, nodes))
            if not over and together:
                _together(packed, after, places, chances, degree, every, streams[run])
                second = 0
                for node in range(nodes):
                    second += int(packed[node] & 1)
            elif not over and chances.kind == COPY:
                second += _copying(packed, places, chances, degree, square, every * nodes, streams[run])
            elif not over:
                second += _one_by_one(packed, places, chances, degree, every * nodes, streams[run])
            shares[run, record, 0] = nodes - second
            shares[run, record, 1] = second
        for node in range(nodes):
            states[run, node] = packed[node] & 1
