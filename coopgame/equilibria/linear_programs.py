"""Linear programs with rational numbers: solved in floating point, made exact at the vertex that was found, proved by the dual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame.algebra.affine import solve_linear
from coopgame.algebra.polynomials import to_fmpq, to_fraction

Row = Mapping[int, Fraction]  # column -> coefficient
Rows = Sequence[tuple[Row, Fraction]]
_ZERO = Fraction(0)
_TOLERANCES = (1e-9, 1e-7, 1e-11, 1e-6)
_MAGNIFIED = (1, 10**8, 10**16, 10**24)
_FAR = Fraction(10**19)  # where HiGHS would take a number for infinite


@dataclass(frozen=True, eq=False)
class Program:
    """Maximise objective·x over x >= 0, with row·x <= bound for every row of `limits` and row·x = value for every row of `equations`."""

    objective: Sequence[Fraction]
    limits: Rows
    equations: Rows

    @property
    def entries(self) -> int:
        """The size of the table on which pivots would be made."""
        height = len(self.limits) + len(self.equations)
        return height * (len(self.objective) + height)


@dataclass(frozen=True, eq=False)
class Optimum:
    """An optimal vertex and the multipliers of the rows, which prove that no other is better.

    exact: whether both were verified in rational arithmetic; otherwise x holds floats and there are no multipliers.
    """

    x: tuple[Fraction, ...]
    value: Fraction
    limit_multipliers: tuple[Fraction, ...] = ()
    equation_multipliers: tuple[Fraction, ...] = ()
    exact: bool = True


def solve_program(program: Program, most_entries: int | None = None) -> Optimum:
    """Return an optimum of a program that has one.

    HiGHS gives a vertex in floating point. The unknowns that are positive there and the rows that hold with equality are linear equations for the vertex
    and for the multipliers; both are solved and then verified in rational arithmetic, so that no tolerance decides. Where the vertex was misread, the
    program is magnified around it and solved again; at last pivots in rational arithmetic find it, unless their table had more than `most_entries`
    entries: then the floats come back.
    """
    point = [_ZERO] * len(program.objective)
    for magnified in _MAGNIFIED:
        floats = _by_floats(program, point, magnified)
        if floats is None:
            break
        for tolerance in _TOLERANCES:
            optimum = _made_exact(program, floats, tolerance)
            if optimum is not None:
                return optimum
        point = [x + Fraction(float(step)) / magnified for x, step in zip(point, floats.steps, strict=True)]
    if floats is not None and most_entries is not None and program.entries > most_entries:
        x = [max(value, _ZERO) for value in point]
        return Optimum(tuple(x), _dot(dict(enumerate(program.objective)), x), exact=False)
    return solve_by_pivots(program)


@dataclass(frozen=True, eq=False)
class _Floats:
    """A vertex in floating point, beside a point: steps to it, unknowns and slacks, multipliers of the limits and reduced costs."""

    steps: np.ndarray
    x: np.ndarray
    slacks: np.ndarray
    multipliers: np.ndarray
    reduced: np.ndarray


def _by_floats(program: Program, point: Sequence[Fraction], magnified: int) -> _Floats | None:
    """Return the optimum that HiGHS finds as steps from a point, in units of 1/magnified; None where it finds none.

    Seen from close by, unknowns and violations are as large as one wants, which the tolerances of a solver are not (Gleixner, Steffy and Wolter 2016).
    Every row is scaled to a largest coefficient of 1.
    """
    from scipy.optimize import linprog

    most = max(map(abs, program.objective), default=_ZERO) or Fraction(1)
    lowest = np.array([-float(min(magnified * x, _FAR)) for x in point])
    found = linprog(
        [-_ratio(c, most) for c in program.objective],
        *_matrix(program.limits, point, magnified),
        *_matrix(program.equations, point, magnified),
        bounds=np.column_stack([lowest, np.full(len(point), np.inf)]),
        method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if found.status != 0:
        return None
    slacks = np.asarray(found.ineqlin.residual)
    return _Floats(
        found.x, found.x - lowest, slacks, -np.asarray(found.ineqlin.marginals), np.asarray(found.lower.marginals)
    )


def _matrix(rows: Rows, point: Sequence[Fraction], magnified: int) -> tuple[Any, np.ndarray | None]:
    from scipy.sparse import csr_array

    if not rows:
        return None, None
    entries, columns, ends, right = [], [], [0], []
    for row, bound in rows:
        most = max(map(abs, row.values()), default=_ZERO) or Fraction(1)
        entries += [_ratio(value, most) for value in row.values()]
        columns += list(row)
        ends.append(len(columns))
        right.append(float(min(magnified * (bound - _dot(row, point)) / most, _FAR)))
    return csr_array((entries, columns, ends), shape=(len(rows), len(point))), np.array(right)


def _ratio(value: Fraction, most: Fraction) -> float:
    return (value.numerator * most.denominator) / (value.denominator * most.numerator)


def _made_exact(program: Program, floats: _Floats, tolerance: float) -> Optimum | None:
    """Return the vertex and its multipliers exactly, None where they are not what the floats seem to say.

    What is positive of one of them is, by complementary slackness, what vanishes of the other, so each can be read off either; tiny ones are lost in one only.
    """
    rows = [*program.limits, *program.equations]
    equations = range(len(program.limits), len(rows))
    by_x = [int(j) for j in np.flatnonzero(floats.x > tolerance)], _places(floats.slacks <= tolerance, equations)
    by_costs = (
        [int(j) for j in np.flatnonzero(floats.reduced <= tolerance)],
        _places(floats.multipliers > tolerance, equations),
    )
    found = (_vertex(program, rows, *places) for places in (by_x, by_costs))
    x = next((point for point in found if point is not None), None)
    if x is None:
        return None
    proofs = (_multipliers(program, rows, *places) for places in (by_costs, by_x))
    return next((p for weights in proofs if weights and (p := _proved(program, x, weights)) is not None), None)


def _places(chosen: np.ndarray, always: range) -> list[int]:
    return [*(int(i) for i in np.flatnonzero(chosen)), *always]


def _vertex(program: Program, rows: Rows, columns: Sequence[int], tight: Sequence[int]) -> list[Fraction] | None:
    """Return the feasible point that is 0 outside some columns and meets some rows with equality."""
    if not columns:
        return None
    found = solve_linear([[rows[i][0].get(j, _ZERO) for j in columns] for i in tight], [rows[i][1] for i in tight])
    if found is None:
        return None
    x = [_ZERO] * len(program.objective)
    for j, value in zip(columns, found.origin, strict=True):
        x[j] = value
    return x if _feasible(program, x) else None


def _multipliers(program: Program, rows: Rows, columns: Sequence[int], tight: Sequence[int]) -> list[Fraction] | None:
    """Return the multipliers, 0 but for some rows, at which some columns are worth what they cost."""
    if not columns:
        return None
    system = [[rows[i][0].get(j, _ZERO) for i in tight] for j in columns]
    found = solve_linear(system, [program.objective[j] for j in columns])
    if found is None:
        return None
    weights = [_ZERO] * len(rows)
    for i, value in zip(tight, found.origin, strict=True):
        weights[i] = value
    return weights


def _feasible(program: Program, x: Sequence[Fraction]) -> bool:
    return (
        all(value >= 0 for value in x)
        and all(_dot(row, x) == value for row, value in program.equations)
        and all(_dot(row, x) <= bound for row, bound in program.limits)
    )


def _proved(program: Program, x: Sequence[Fraction], weights: Sequence[Fraction]) -> Optimum | None:
    """Return a feasible point as an optimum if the multipliers prove it to be one: no column is worth more than it costs, and values agree."""
    cost = [_ZERO] * len(program.objective)
    total = _ZERO
    for (row, right), weight in zip([*program.limits, *program.equations], weights, strict=True):
        if weight:
            total += weight * right
            for j, value in row.items():
                cost[j] += weight * value
    count = len(program.limits)
    value = _dot(dict(enumerate(program.objective)), x)
    fair = all(w >= 0 for w in weights[:count]) and all(c >= o for c, o in zip(cost, program.objective, strict=True))
    return (
        Optimum(tuple(x), value, tuple(weights[:count]), tuple(weights[count:])) if fair and value == total else None
    )


def _dot(row: Row, x: Sequence[Fraction]) -> Fraction:
    return sum((value * x[j] for j, value in row.items() if x[j]), _ZERO)


def solve_by_pivots(program: Program) -> Optimum:
    """Return an optimum by the simplex method in rational arithmetic, which Bland's rule keeps from cycling (Bland 1977).

    Every row has an unknown of its own at first, which measures by how much the row fails and costs more than all else: the first of two rows of costs.
    """
    size, limits = len(program.objective), len(program.limits)
    rows = [*program.limits, *program.equations]
    width = size + limits + len(rows)
    table, signs = [], []
    for i, (row, right) in enumerate(rows):
        sign = -1 if right < 0 else 1
        line = [to_fmpq(_ZERO)] * (width + 1)
        for j, value in row.items():
            line[j] = to_fmpq(sign * value)
        if i < limits:
            line[size + i] = to_fmpq(sign)
        line[size + limits + i] = to_fmpq(1)
        line[width] = to_fmpq(sign * right)
        table.append(line)
        signs.append(sign)
    failing = [-sum((line[j] for line in table), to_fmpq(0)) for j in range(width + 1)]
    for i in range(len(rows)):
        failing[size + limits + i] = to_fmpq(0)
    costs = [to_fmpq(-c) for c in program.objective] + [to_fmpq(0)] * (width + 1 - size)
    basis = list(range(size + limits, width))
    _pivot_to_the_end(table, [failing, costs], basis, size + limits, width)
    if failing[width] != 0:
        raise AssertionError("the program has no feasible point")
    _pivot_to_the_end(table, [costs], basis, size + limits, width, kept_at_zero=size + limits)
    x = [_ZERO] * size
    for line, j in zip(table, basis, strict=True):
        if j < size:
            x[j] = to_fraction(line[width])
    multipliers = [to_fraction(costs[size + limits + i]) * signs[i] for i in range(len(rows))]
    optimum = _proved(program, x, multipliers) if _feasible(program, x) else None
    if optimum is None:
        raise AssertionError("the simplex method ended at a point that is no optimum")
    return optimum


def _pivot_to_the_end(
    table: list[list[Any]],
    costs: list[list[Any]],
    basis: list[int],
    free: int,
    last: int,
    kept_at_zero: int | None = None,
) -> None:
    """Pivot until the first row of costs is nonnegative on the first `free` columns.

    kept_at_zero: from which column on basic unknowns are 0 and have to stay so; one leaves as soon as it would change.
    """
    while True:
        entering = next((j for j in range(free) if costs[0][j] < 0), None)
        if entering is None:
            return
        best = None
        for i, line in enumerate(table):
            stuck = kept_at_zero is not None and basis[i] >= kept_at_zero and line[entering] != 0
            if stuck or line[entering] > 0:
                ratio = (to_fmpq(0) if stuck else line[last] / line[entering], basis[i], i)
                best = ratio if best is None else min(best, ratio)
        if best is None:
            raise AssertionError("the program has no largest value")
        row = best[2]
        pivot = table[row][entering]
        table[row] = [entry / pivot for entry in table[row]]
        chosen = [(j, entry) for j, entry in enumerate(table[row]) if entry != 0]
        for line in [*(line for i, line in enumerate(table) if i != row), *costs]:
            factor = line[entering]
            if factor != 0:
                for j, entry in chosen:
                    line[j] = line[j] - factor * entry
        basis[row] = entering
