"""Random nodes, exactly even, from half of a random word each."""

from __future__ import annotations

import numpy as np

from coopgame._kernels.network_forms import inlined
from coopgame._kernels.random_streams import next_word

HALF, SPARE, THREE = np.uint64(32), np.uint64(11), np.uint64(3)
LOW, _ONE = np.uint64(0xFFFFFFFF), np.uint64(1)
PART = 2.0**-32


@inlined
def _refused(count: np.uint64) -> np.uint64:
    """Return below which lower halves of a product favour some numbers: 2**32 modulo the count."""
    return ((_ONE << HALF) - count) % count


@inlined
def draw_place(count: np.uint64, one: np.uint64, two: np.uint64) -> tuple[int, np.uint64, np.uint64, np.uint64]:
    """Return a whole number below count, each exactly as likely, 32 further random bits, and the next state; count up to 2**32.

    References: Lemire (2019), ACM Transactions on Modeling and Computer Simulation 29, "Fast random integer generation in an interval".
    """
    word, one, two = next_word(one, two)
    product = (word >> HALF) * count
    if product & LOW < count:
        refused = _refused(count)
        while product & LOW < refused:
            word, one, two = next_word(one, two)
            product = (word >> HALF) * count
    return int(np.int64(product >> HALF)), word & LOW, one, two


@inlined
def draw_cell(
    rows: np.uint64, columns: np.uint64, one: np.uint64, two: np.uint64
) -> tuple[int, int, np.uint64, np.uint64]:
    """Return a row and a column, each exactly as likely, and the next state."""
    word, one, two = next_word(one, two)
    upper, lower = (word >> HALF) * rows, (word & LOW) * columns
    if upper & LOW < rows or lower & LOW < columns:
        first, second = _refused(rows), _refused(columns)
        while upper & LOW < first or lower & LOW < second:
            word, one, two = next_word(one, two)
            upper, lower = (word >> HALF) * rows, (word & LOW) * columns
    return int(np.int64(upper >> HALF)), int(np.int64(lower >> HALF)), one, two
