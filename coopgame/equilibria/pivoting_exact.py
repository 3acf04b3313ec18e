"""The walk over all feasible bases of {z >= 0, M z <= 1} in whole numbers of any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class _Dictionary:
    """basic = right-hand side - table * nonbasic, all multiplied by the common denominator `scale` > 0; the last column is the right-hand side.

    Variables are numbered z first, then slacks. Entries are minors of (M, 1), so that division by the old scale leaves no remainder (Edmonds 1967).
    """

    table: list[list[int]]
    basic: list[int]
    nonbasic: list[int]
    scale: int = 1
    columns: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = {variable: e for e, variable in enumerate(self.nonbasic)}

    def pivot(self, row: int, column: int) -> None:
        """Exchange a basic and a nonbasic variable."""
        table, old = self.table, self.scale
        line, entry = table[row], table[row][column]
        sign = 1 if entry > 0 else -1
        signed, divisor = sign * entry, old
        for i, other in enumerate(table):
            factor = other[column]
            if i == row:
                continue
            if factor:
                signed_factor = sign * factor
                table[i] = [(signed * a - signed_factor * b) // divisor for a, b in zip(other, line, strict=True)]
                table[i][column] = -signed_factor
            else:
                table[i] = [signed * a // divisor for a in other]
        table[row] = [sign * a for a in line]
        table[row][column] = sign * old
        self.scale = signed
        leaves, enters = self.basic[row], self.nonbasic[column]
        self.basic[row], self.nonbasic[column] = enters, leaves
        del self.columns[enters]
        self.columns[leaves] = column

    def leaving_row(self, column: int) -> int:
        """Return the row whose variable leaves when a column enters; rows are perturbed by eps, eps**2, ... to tell equal ratios apart."""
        table, best = self.table, -1
        for i, row in enumerate(table):
            if row[column] > 0:
                if best < 0:
                    best = i
                    continue
                difference = row[-1] * table[best][column] - table[best][-1] * row[column]
                if difference < 0 or (difference == 0 and self._is_first(i, best, column)):
                    best = i
        assert best >= 0, "the polytope is bounded"
        return best

    def _is_first(self, i: int, k: int, column: int) -> bool:
        table, width = self.table, len(self.nonbasic)
        for slack in range(width, width + len(table)):
            if self.basic[i] == slack:
                return False
            if self.basic[k] == slack:
                return True
            q = self.columns.get(slack)
            if q is not None:
                difference = table[i][q] * table[k][column] - table[k][q] * table[i][column]
                if difference:
                    return difference < 0
        raise AssertionError("no two rows of a dictionary are proportional")


def walk_exactly(
    matrix: Sequence[Sequence[int]], labels: Sequence[int], most_bases: int
) -> tuple[list[int], list[int], list[int], bool]:
    """Return the labels of the nonbasic variables of every feasible basis, its sign, the labels of all variables that are 0, and whether none is missing.

    The walk is that of `coopgame._kernels.pivoting.walk` on whole numbers; sets of labels are kept as bits. At most `most_bases` are visited.
    """
    height, width = len(matrix), len(matrix[0])
    here = _Dictionary([[*row, 1] for row in matrix], list(range(width, width + height)), list(range(width)))
    current = sum(1 << labels[e] for e in range(width))
    keys, tight, signs = [], [], {current: 1}
    visited: set[int] = set()
    met, waiting = {current: 0}, [current]
    while True:
        visited.add(current)
        keys.append(current)
        tight.append(
            current | sum(1 << labels[v] for v, row in zip(here.basic, here.table, strict=True) if not row[-1])
        )
        following, row, column = -1, -1, -1
        for e, leaves in enumerate(here.nonbasic):
            i = here.leaving_row(e)
            other = current ^ 1 << labels[leaves] ^ 1 << labels[here.basic[i]]
            if other not in met:
                met[other] = len(met)
                low, high = sorted((labels[leaves], labels[here.basic[i]]))
                signs[other] = -signs[current] * (-1) ** (current >> low + 1 & (1 << high - low - 1) - 1).bit_count()
                waiting.append(other)
            if other not in visited and (following < 0 or met[other] < met[following]):
                following, row, column = other, i, e
        if following >= 0:
            here.pivot(row, column)
        else:
            while waiting and waiting[-1] in visited:
                waiting.pop()
            if not waiting:
                return keys, [signs[key] for key in keys], tight, True
            following = waiting[-1]
            _go_to(here, labels, following)
        if len(keys) == most_bases:
            return keys, [signs[key] for key in keys], tight, False
        current = following


def _go_to(here: _Dictionary, labels: Sequence[int], target: int) -> None:
    while True:
        rows = [i for i, v in enumerate(here.basic) if target >> labels[v] & 1]
        if not rows:
            return
        columns = [e for e, v in enumerate(here.nonbasic) if not target >> labels[v] & 1]
        here.pivot(*next((i, e) for i in rows for e in columns if here.table[i][e]))
