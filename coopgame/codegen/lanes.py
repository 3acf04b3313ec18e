"""Writes the source of a kernel that integrates many trajectories of one vector field side by side, in lanes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coopgame._kernels.tableaus import Tableau

LANES = 16
_NAME = re.compile(r"[A-Za-z_]\w*")
_CONTROL = ("time", "step", "memory", "goal", "flag", "steps", "rejected")


@dataclass(frozen=True)
class LaneField:
    """An autonomous vector field as straight-line code on doubles.

    dimension: number d of coordinates u0, u1, … parameters: number m of p0, p1, … lines: assignments from these to du0, du1, … by way
    of any other names; conditional expressions, max, min, abs, `exponential` and `math` functions are allowed. leads: names
    assigned in the lines; a trajectory is trapped, for good, when lead i is at least its own bound i. growing: numbers of the coordinates whose error
    is relative where they exceed 1, for quantities that may become large.
    """

    dimension: int
    parameters: int
    lines: tuple[str, ...]
    leads: tuple[str, ...] = ()
    growing: tuple[int, ...] = ()

    def at(self, stage: str) -> list[str]:
        """Return the lines with every name that belongs to a stage marked by it."""
        own = {line.partition("=")[0].strip() for line in self.lines} | {f"u{i}" for i in range(self.dimension)}
        return [_NAME.sub(lambda m: f"{m[0]}_{stage}" if m[0] in own else m[0], line) for line in self.lines]


@lru_cache(maxsize=64)
def kernel_source(field: LaneField, tableau: Tableau, lanes: int = LANES) -> str:
    """Return the source of a module with the function `kernel`; see `coopgame.batch.engine` for its arguments.

    All quantities of all lanes lie in one flat array, so that the loop over lanes is free of aliases and LLVM turns it into vector
    instructions. Every lane has its own time, step and error control, decided by selection instead of branches; a lane that
    has finished takes the next trajectory. No operation mixes lanes, so results depend on neither lane nor neighbours.
    """
    rows = _rows(field)
    put = {name: f"S[{row * lanes} + lane]" for name, row in rows.items()}
    size = field.dimension
    body = [*_load(field, put), *_stages(field, tableau), *_error(field, tableau), *_control(field, tableau, put)]
    start = [
        *(f"u{i}_0 = starts[j, {i}]" for i in range(size)),
        *(f"p{i} = parameters[j, {i}]" for i in range(field.parameters)),
        *field.at("0"),
        "fastest = 1e-300",
        *(f"fastest = max(fastest, abs(du{i}_0))" for i in range(size)),
        *(f"{put[f'u{i}']} = u{i}_0" for i in range(size)),
        *(f"{put[f'k{i}']} = du{i}_0" for i in range(size)),
        *(f"{put[f'p{i}']} = p{i}" for i in range(field.parameters)),
        *(f"{put[f'bound{i}']} = bounds[j, {i}]" for i in range(len(field.leads))),
        f"{put['time']} = 0.0",
        f"{put['step']} = min(times[-1], 0.2 / fastest)",
        f"{put['goal']} = times[0]",
        *(f"{put[name]} = 0.0" for name in ("memory", "flag", "steps", "rejected")),
    ]
    rest = {"time": 0.0, "step": 1e-300, "goal": 1e300, "memory": 0.0, "flag": 0.0, "steps": 0.0, "rejected": 0.0}
    rest |= {f"bound{i}": 2.0 for i in range(len(field.leads))}
    return _TEMPLATE.format(
        lanes=lanes,
        total=len(rows) * lanes,
        start=_block(start, 1),
        idle=_block([f"{put[name]} = {value!r}" for name, value in rest.items()], 1),
        body=_block(body, 3),
        state=_block([f"out[j, i, {n}] = {put[f'u{n}']}" for n in range(size)], 5),
        time=put["time"],
        goal=put["goal"],
        flag=put["flag"],
        steps=put["steps"],
        rejected=put["rejected"],
    )


def _rows(field: LaneField) -> dict[str, int]:
    names = [f"u{i}" for i in range(field.dimension)] + [f"k{i}" for i in range(field.dimension)]
    names += [f"p{i}" for i in range(field.parameters)] + [f"bound{i}" for i in range(len(field.leads))]
    return {name: row for row, name in enumerate([*names, *_CONTROL])}


def _load(field: LaneField, put: dict[str, str]) -> list[str]:
    names = [f"p{i}" for i in range(field.parameters)] + [f"bound{i}" for i in range(len(field.leads))]
    return [
        *(f"u{i} = {put[f'u{i}']}" for i in range(field.dimension)),
        *(f"du{i}_0 = {put[f'k{i}']}" for i in range(field.dimension)),
        *(f"{name} = {put[name]}" for name in names),
        f"time = {put['time']}",
        f"planned = {put['step']}",
        f"memory = {put['memory']}",
        f"left = {put['goal']} - time",
        "h = min(planned, left)",
    ]


def _stages(field: LaneField, tableau: Tableau) -> Iterable[str]:
    """Yield the stages and the new state; the last stage, at the new state, is marked `e`."""
    marks = [str(k) for k in range(len(tableau.weights))]
    for mark, row in [*zip(marks[1:], tableau.stages, strict=True), ("e", tableau.weights)]:
        for i in range(field.dimension):
            yield f"u{i}_{mark} = u{i} + h * ({_sum(row, marks, i)})"
        yield from field.at(mark)


def _error(field: LaneField, tableau: Tableau) -> Iterable[str]:
    """Yield the mean square of the error in units of the tolerance, between 1e-12 and 1e12; NaN counts as 1e12."""
    size = field.dimension
    marks = [*(str(k) for k in range(len(tableau.weights))), "e"]
    for n, row in enumerate(tableau.errors):
        for i in range(size):
            size_of = f" / max(1.0, abs(u{i}), abs(u{i}_e))" if i in field.growing else ""
            yield f"error{i} = h * ({_sum(row, marks, i)}) * precision{size_of}"
        yield f"square{n} = ({' + '.join(f'error{i} * error{i}' for i in range(size))}) * {1 / size!r}"
    if len(tableau.errors) == 2:
        yield "square0 = square0 * square0 / max(square0 + 0.01 * square1, 1e-60)"
    yield "square0 = square0 if square0 < 1e12 else 1e12"
    yield "square0 = square0 if square0 > 1e-12 else 1e-12"


def _control(field: LaneField, tableau: Tableau, put: dict[str, str]) -> Iterable[str]:
    """Yield the step-size control (proportional-integral below order 8) and what is kept of the step."""
    beta = 0.04 if tableau.order < 8 else 0.0
    alpha = 1 / tableau.order - 0.75 * beta
    yield "accepted = square0 <= 1.0"
    yield "size = rough_log2(square0)"
    yield f"factor = 0.9 * rough_exp2({-alpha / 2!r} * size + {beta / 2!r} * memory)"
    yield "factor = min(max(factor, 0.2), 10.0)"
    # a step that was cut to end at a goal says nothing against the planned one
    yield "grown = max(h * factor, planned if h < planned else 0.0)"
    for i in range(field.dimension):
        yield f"{put[f'u{i}']} = u{i}_e if accepted else u{i}"
        yield f"{put[f'k{i}']} = du{i}_e if accepted else du{i}_0"
    yield "reached = 1.0 if h >= left else 0.0"
    for n, lead in enumerate(field.leads):
        yield f"reached = {n + 2.0!r} if {lead}_e >= bound{n} else reached"
    yield f"{put['time']} = time + h if accepted else time"
    yield f"{put['step']} = grown if accepted else h * min(factor, 1.0)"
    yield f"{put['memory']} = size if accepted else memory"
    yield f"count = {put['steps']} + 1.0"
    yield f"flag = reached if accepted else (-1.0 if h < 1e-15 * {put['goal']} else 0.0)"
    yield "spent = -2.0 if count >= most_steps else 0.0"
    yield "flag = spent if flag == 0.0 else flag"
    yield f"{put['flag']} = flag"
    yield f"{put['steps']} = count"
    yield f"{put['rejected']} = {put['rejected']} + (0.0 if accepted else 1.0)"
    yield "flags += 0 if flag == 0.0 else 1"  # a sum of whole numbers: one of doubles could not be vectorised


def _sum(row: Sequence[float], marks: Sequence[str], i: int) -> str:
    return " + ".join(f"{weight!r} * du{i}_{mark}" for weight, mark in zip(row, marks, strict=False) if weight)


def _block(lines: Iterable[str], depth: int) -> str:
    return "\n".join("    " * depth + line for line in lines)


_TEMPLATE = '''"""A kernel that integrates trajectories in lanes; written by coopgame."""

import math

import numba
import numpy as np

from coopgame._kernels.lane_math import ACCURATE, exponential, rough_exp2, rough_log2


@numba.njit(fastmath=ACCURATE, error_model="numpy", cache=True, nogil=True)
def begin(S, lane, j, starts, parameters, bounds, times):
{start}


@numba.njit(cache=True, nogil=True)
def idle(S, lane):
{idle}


@numba.njit(
    "void(f8[:, ::1], f8[:, ::1], f8[:, ::1], f8[::1], f8, f8, i8, i8, f8[:, :, ::1], f8[::1], f8[:, ::1], i8[::1])",
    fastmath=ACCURATE,
    error_model="numpy",
    cache=True,
    nogil=True,
)
def kernel(starts, parameters, bounds, times, tolerance, most_steps, first, last, out, ends, counts, codes):
    precision = 1.0 / tolerance
    S = np.zeros({total})
    who = np.full({lanes}, -1, np.int64)
    goal = np.zeros({lanes}, np.int64)
    coming = first
    active = 0
    for lane in range({lanes}):
        begin(S, lane, min(coming, last - 1), starts, parameters, bounds, times)
        if coming < last:
            who[lane] = coming
            coming += 1
            active += 1
        else:
            idle(S, lane)
    while active > 0:
        flags = 0
        for lane in range({lanes}):
{body}
        if flags == 0:
            continue
        for lane in range({lanes}):
            if flags == 0:
                break
            j, flag = who[lane], {flag}
            if flag == 0.0:
                continue
            flags -= 1
            if j < 0:
                continue
            for i in range(goal[lane], len(times)):
                if flag > 0.0:
{state}
                else:
                    out[j, i] = np.nan
                if flag == 1.0:
                    break
            goal[lane] += 1
            if flag == 1.0 and goal[lane] < len(times):
                {goal} = times[goal[lane]]
                continue
            ends[j] = {time}
            counts[j, 0], counts[j, 1] = {steps}, {rejected}
            codes[j] = int(flag)
            if coming < last:
                begin(S, lane, coming, starts, parameters, bounds, times)
                who[lane], goal[lane] = coming, 0
                coming += 1
            else:
                idle(S, lane)
                who[lane] = -1
                active -= 1
'''
