"""A second, independent implementation of M2: price war (W), homogeneous goods (H), brand (B) in one population.

Exact and by brute force from the written payoffs; it shares no code with the toolkit it checks. States list the
shares in the order W, H, B. The reduced coordinates are the shares of W and H.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from tests.paper.second_dynamics import jacobian

Values = Mapping[str, Fraction]
Matrix = tuple[tuple[Fraction, ...], ...]
Shares = tuple[Fraction, Fraction, Fraction]

ZERO = Fraction(0)
ONE = Fraction(1)

STRATEGIES_M2 = ("W", "H", "B")
NAMES_M2 = (
    *("m", "d", "h", "g", "e", "b", "p", "r", "u_T", "kappa"),
    *("L_W", "L_H", "L_B", "lam", "k", "l", "y", "j"),
)


class RestPoint(NamedTuple):
    """A rest point: its shares, the strategies present, its exact stability."""

    shares: Shares
    present: str
    stability: str
    trace: Fraction
    determinant: Fraction

    @property
    def oscillates(self) -> bool:
        """Whether the eigenvalues on the tangent space are not real."""
        return self.trace**2 < 4 * self.determinant


class Continuum(ValueError):
    """The rest points inside a face are not isolated."""


def payoffs_m2(own: str, other: str, values: Values) -> Fraction:
    """Payoff of strategy ``own`` against ``other``."""
    v = values
    brand = v["m"] + v["p"] - v["r"] + v["u_T"] + v["L_B"]
    table = {
        ("W", "W"): v["m"] - v["d"] - v["g"] + v["L_W"],
        ("W", "H"): v["m"] - v["d"] + v["h"] + v["L_W"],
        ("W", "B"): v["m"] - v["d"] + (1 - v["lam"]) * v["h"] + v["L_W"],
        ("H", "W"): v["m"] - v["h"] + v["L_H"],
        ("H", "H"): v["m"] - v["e"] + v["L_H"],
        ("H", "B"): v["m"] + v["k"] + v["y"] + v["L_H"],
        ("B", "W"): brand - (1 - v["lam"]) * v["h"],
        ("B", "H"): brand - v["l"] + v["y"],
        ("B", "B"): brand - v["b"] + v["kappa"] * v["u_T"] + v["j"],
    }
    return table[own, other]


def matrix_m2(values: Values) -> Matrix:
    """The 3x3 payoff matrix in the order W, H, B."""
    return tuple(tuple(payoffs_m2(own, other, values) for other in STRATEGIES_M2) for own in STRATEGIES_M2)


def admissible_m2(values: Values) -> bool:
    """All positive but 0 <= u_T < r and 0 <= lam <= 1; b < e."""
    if any(name not in values for name in NAMES_M2):
        return False
    positive = all(values[name] > 0 for name in NAMES_M2 if name not in ("u_T", "lam"))
    return positive and 0 <= values["u_T"] < values["r"] and 0 <= values["lam"] <= 1 and values["b"] < values["e"]


def draw_m2(rng: random.Random) -> dict[str, Fraction]:
    """Draw random admissible values, multiples of 1/100 up to 3."""
    hundredths = {name: rng.randint(1, 300) for name in NAMES_M2}
    hundredths["lam"] = rng.randint(0, 100)
    hundredths["u_T"] = rng.randint(0, hundredths["r"] - 1)
    hundredths["e"] = rng.randint(2, 300)
    hundredths["b"] = rng.randint(1, hundredths["e"] - 1)
    return {name: Fraction(count, 100) for name, count in hundredths.items()}


def rates_m2(shares: Sequence[Fraction], values: Values) -> Shares:
    """Replicator rates: share times (expected payoff minus mean), summed over all encounters."""
    return rates(shares, matrix_m2(values))


def rates(shares: Sequence[Fraction], matrix: Matrix) -> Shares:
    """Replicator rates of a symmetric three-strategy game with this payoff matrix."""
    expected = [ZERO] * 3
    mean = ZERO
    for own, other in itertools.product(range(3), repeat=2):
        expected[own] += shares[other] * matrix[own][other]
        mean += shares[own] * shares[other] * matrix[own][other]
    first, second, third = (share * (pay - mean) for share, pay in zip(shares, expected, strict=True))
    return first, second, third


def solve(rows: Sequence[Sequence[Fraction]]) -> tuple[Fraction, ...] | None:
    """Solve a square linear system given with its right-hand side; None without solution; Continuum if many."""
    work = [list(row) for row in rows]
    size = len(work)
    done = 0
    for column in range(size):
        pivot = next((i for i in range(done, size) if work[i][column] != 0), None)
        if pivot is None:
            continue
        work[done], work[pivot] = work[pivot], work[done]
        work[done] = [entry / work[done][column] for entry in work[done]]
        for i in range(size):
            if i != done:
                factor = work[i][column]
                work[i] = [left - factor * right for left, right in zip(work[i], work[done], strict=True)]
        done += 1
    if any(row[-1] != 0 for row in work[done:]):
        return None
    if done < size:
        raise Continuum("the equations are dependent")
    return tuple(row[-1] for row in work)


def rest_shares(matrix: Matrix, present: Sequence[int]) -> Shares | None:
    """The rest point with exactly these strategies, None if there is none, Continuum if not isolated.

    A dependent system whose solutions all miss the open face raises Continuum too; no generic game has one.
    """
    equations = [[matrix[i][j] - matrix[present[0]][j] for j in present] + [ZERO] for i in present[1:]]
    found = solve([*equations, [ONE] * (len(present) + 1)])
    if found is None or any(share <= 0 for share in found):
        return None
    where = dict(zip(present, found, strict=True))
    return where.get(0, ZERO), where.get(1, ZERO), where.get(2, ZERO)


def tangent_jacobian(matrix: Matrix, shares: Sequence[Fraction]) -> Matrix:
    """Exact Jacobian on the tangent space of the simplex, in the shares of W and H."""

    def payoffs(profile: tuple[int, ...], values: Values) -> tuple[Fraction, ...]:
        own, other = profile
        return (matrix[2 - own][2 - other],)

    return jacobian(payoffs, (3,), (shares[0], shares[1]), {})


def stability_from_signs(trace: int, determinant: int) -> str:
    """Stability of a planar rest point from the signs of trace and determinant."""
    if determinant < 0:
        return "saddle"
    if determinant == 0 or trace == 0:
        return "degenerate"
    return "stable" if trace < 0 else "unstable"


def sign(number: Fraction) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


def rest_point(matrix: Matrix, shares: Shares) -> RestPoint:
    """Classify a rest point from its exact Jacobian."""
    (a, b), (c, d) = tangent_jacobian(matrix, shares)
    trace, determinant = a + d, a * d - b * c
    present = "".join(name for name, share in zip(STRATEGIES_M2, shares, strict=True) if share)
    return RestPoint(shares, present, stability_from_signs(sign(trace), sign(determinant)), trace, determinant)


def rest_points(matrix: Matrix) -> list[RestPoint]:
    """All rest points on the simplex: pure, on edges, interior; Continuum if a face holds a line of them."""
    faces = itertools.chain.from_iterable(itertools.combinations(range(3), size) for size in (1, 2, 3))
    found = (rest_shares(matrix, face) for face in faces)
    return [rest_point(matrix, shares) for shares in found if shares is not None]


def rest_points_m2(values: Values) -> list[RestPoint]:
    """All rest points of M2 at these values."""
    return rest_points(matrix_m2(values))


def invasion_m2(invader: str, resident: str, values: Values) -> int:
    """1 if a rare invader grows in the resident, -1 if it shrinks, 0 if neutral to first order."""
    return sign(payoffs_m2(invader, resident, values) - payoffs_m2(resident, resident, values))


def b_invades_m2(values: Values) -> dict[str, int]:
    """Whether B invades W and H, as the sign of its growth rate when rare."""
    return {resident: invasion_m2("B", resident, values) for resident in ("W", "H")}


def evolutionarily_stable_m2(strategy: str, values: Values) -> bool:
    """Maynard Smith's two conditions for a pure strategy against all pure others and their mixtures."""
    signs = {other: invasion_m2(other, strategy, values) for other in STRATEGIES_M2 if other != strategy}
    ties = [other for other, growth in signs.items() if growth == 0]
    if max(signs.values()) > 0:
        return False
    gap = {(i, j): payoffs_m2(strategy, j, values) - payoffs_m2(i, j, values) for i in ties for j in ties}
    if any(gap[i, i] <= 0 for i in ties):
        return False
    if len(ties) < 2:
        return True
    first, second = ties
    mixed = gap[first, second] + gap[second, first]
    return mixed > 0 or mixed**2 < 4 * gap[first, first] * gap[second, second]


def cycle_m2(values: Values) -> tuple[str, ...] | None:
    """The order in which each strategy is invaded by the next alone (rock-paper-scissors), or None."""
    for order in (("W", "H", "B"), ("W", "B", "H")):
        steps = list(zip(order, (*order[1:], order[0]), strict=True))
        if all(invasion_m2(new, old, values) > 0 > invasion_m2(old, new, values) for old, new in steps):
            return order
    return None


def common_saving_changes_rates_m2(saving: Fraction, shares: Sequence[Fraction], values: Values) -> bool:
    """Whether adding the saving to L_W, L_H and L_B changes the replicator rates at these shares."""
    more = {**values, **{name: values[name] + saving for name in ("L_W", "L_H", "L_B")}}
    return rates_m2(shares, more) != rates_m2(shares, values)
