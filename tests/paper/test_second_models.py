"""Checks of the second implementation of M2, M5 and M6 by brute force of another kind."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import isclose

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import root

from tests.paper import second_m2 as m2
from tests.paper import second_m5 as m5
from tests.paper import second_m6 as m6
from tests.paper.second_models import draw_m1

ZERO = Fraction(0)
ONE = Fraction(1)
Function = Callable[[Fraction], Fraction]


def slope(function: Function, at: Fraction, step: Fraction = Fraction(1, 7)) -> Fraction:
    """Five-point difference quotient: exact for polynomials of degree 4 or less."""
    near = function(at + step) - function(at - step)
    far = function(at + 2 * step) - function(at - 2 * step)
    return (8 * near - far) / (12 * step)


def expected_label(eigenvalues: np.ndarray) -> str:
    """Stability from eigenvalues in floating point."""
    parts = eigenvalues.real
    return "stable" if max(parts) < 0 else "unstable" if min(parts) > 0 else "saddle"


# M2


def test_m2_table_shows_every_parameter_where_it_belongs() -> None:
    """Every parameter is another power of two, so that every sum shows what is in it."""
    values = {name: Fraction(2**i) for i, name in enumerate(m2.NAMES_M2)}
    values["lam"] = Fraction(1, 4)
    signs = {
        "WW": {"m": 1, "d": -1, "g": -1, "L_W": 1},
        "WH": {"m": 1, "d": -1, "h": 1, "L_W": 1},
        "WB": {"m": 1, "d": -1, "h": Fraction(3, 4), "L_W": 1},
        "HW": {"m": 1, "h": -1, "L_H": 1},
        "HH": {"m": 1, "e": -1, "L_H": 1},
        "HB": {"m": 1, "k": 1, "y": 1, "L_H": 1},
        "BW": {"m": 1, "p": 1, "r": -1, "u_T": 1, "h": Fraction(-3, 4), "L_B": 1},
        "BH": {"m": 1, "p": 1, "r": -1, "u_T": 1, "l": -1, "y": 1, "L_B": 1},
        "BB": {"m": 1, "p": 1, "r": -1, "u_T": 1, "b": -1, "j": 1, "L_B": 1},
    }
    for (own, other), row in signs.items():
        expected = sum(sign * values[name] for name, sign in row.items())
        expected += values["kappa"] * values["u_T"] if own == other == "B" else 0
        assert m2.payoffs_m2(own, other, values) == expected


def test_m2_draws_are_admissible_and_the_ranges_bite() -> None:
    rng = random.Random(1)
    values = m2.draw_m2(rng)
    assert all(m2.admissible_m2(m2.draw_m2(rng)) for _ in range(500))
    assert not m2.admissible_m2({**values, "u_T": values["r"]})
    assert not m2.admissible_m2({**values, "b": values["e"]})
    assert not m2.admissible_m2({**values, "lam": Fraction(101, 100)})
    assert not m2.admissible_m2({**values, "y": ZERO})
    assert not m2.admissible_m2({name: value for name, value in values.items() if name != "j"})


def test_m2_rates_are_the_growth_of_counted_firms() -> None:
    rng = random.Random(2)
    for _ in range(20):
        values = m2.draw_m2(rng)
        firms = [name for name in m2.STRATEGIES_M2 for _ in range(rng.randint(1, 5))]
        size = len(firms)
        means = [sum(m2.payoffs_m2(own, other, values) for other in firms) / size for own in firms]
        average = sum(means) / size
        shares = [Fraction(firms.count(name), size) for name in m2.STRATEGIES_M2]
        growth = [
            sum(pay - average for own, pay in zip(firms, means, strict=True) if own == name) / size
            for name in m2.STRATEGIES_M2
        ]
        assert list(m2.rates_m2(shares, values)) == growth
        assert sum(growth) == 0


def test_m2_jacobian_is_the_difference_quotient_of_the_rates() -> None:
    rng = random.Random(3)
    for _ in range(20):
        matrix = m2.matrix_m2(m2.draw_m2(rng))
        w, h = Fraction(rng.randint(0, 50), 100), Fraction(rng.randint(0, 50), 100)

        def rate(i: int, w: Fraction, h: Fraction, matrix: m2.Matrix = matrix) -> Fraction:
            return m2.rates((w, h, 1 - w - h), matrix)[i]

        expected = tuple(
            (slope(lambda x, i=i, h=h: rate(i, x, h), w), slope(lambda x, i=i, w=w: rate(i, w, x), h)) for i in (0, 1)
        )
        assert m2.tangent_jacobian(matrix, (w, h, 1 - w - h)) == expected


def test_m2_stability_is_that_of_the_eigenvalues() -> None:
    rng = random.Random(4)
    basis = np.array([[1, 0], [0, 1], [-1, -1]])
    seen: Counter[tuple[int, str]] = Counter()
    for _ in range(700):
        values = m2.draw_m2(rng)
        matrix = np.array(m2.matrix_m2(values), dtype=float)
        for point in m2.rest_points_m2(values):
            assert m2.rates_m2(point.shares, values) == (0, 0, 0)
            x = np.array(point.shares, dtype=float)
            pay = matrix @ x
            full = np.diag(pay - x @ pay) + x[:, None] * (matrix - pay - x @ matrix)
            eigenvalues = np.linalg.eigvals(np.linalg.pinv(basis) @ full @ basis)
            seen[len(point.present), point.stability] += 1
            if min(abs(eigenvalues.real)) > 1e-9:
                assert point.stability == expected_label(eigenvalues)
                assert point.oscillates == bool(abs(eigenvalues.imag[0]) > 1e-9)
            else:
                assert point.stability == "degenerate"
    assert {"stable", "unstable", "saddle"} <= {label for size, label in seen if size == 3}


def test_m2_rest_points_are_complete() -> None:
    """Newton's method from a grid finds nothing that is not on the list."""
    rng = random.Random(24)
    hits = 0
    for _ in range(40):
        values = m2.draw_m2(rng)
        matrix = np.array(m2.matrix_m2(values), dtype=float)
        known = [np.array(point.shares, dtype=float) for point in m2.rest_points_m2(values)]

        def speed(z: np.ndarray, matrix: np.ndarray = matrix) -> np.ndarray:
            x = np.array([z[0], z[1], 1 - z[0] - z[1]])
            pay = matrix @ x
            return (x * (pay - x @ pay))[:2]

        for start in itertools.product(np.linspace(0, 1, 7), repeat=2):
            found = root(speed, start, tol=1e-12)
            end = np.array([*found.x, 1 - sum(found.x)])
            if found.success and max(abs(speed(found.x))) < 1e-12 and min(end) > -1e-7:
                assert min(max(abs(end - point)) for point in known) < 1e-4
                hits += 1
    assert hits > 500


def test_m2_stability_is_what_trajectories_do() -> None:
    rng = random.Random(5)
    seen: Counter[str] = Counter()
    while min(seen["stable"], seen["unstable"]) < 4:
        values = m2.draw_m2(rng)
        matrix = np.array(m2.matrix_m2(values), dtype=float)
        for point in m2.rest_points_m2(values):
            if point.stability not in ("stable", "unstable") or len(point.present) < 2:
                continue
            x = np.array(point.shares, dtype=float)
            start = x * (1 - 1e-4) + 1e-4 * np.array([0.2, 0.3, 0.5])

            def speed(t: float, x: np.ndarray, matrix: np.ndarray = matrix) -> np.ndarray:
                pay = matrix @ x
                return x * (pay - x @ pay)

            slowest = min(abs(np.roots([1.0, -float(point.trace), float(point.determinant)]).real))
            path = solve_ivp(speed, (0, 20 / slowest), start, rtol=1e-9, atol=1e-12)
            closer = np.linalg.norm(path.y[:, -1] - x) < np.linalg.norm(start - x)
            assert closer == (point.stability == "stable")
            seen[point.stability] += 1


def test_m2_centre_continuum_and_linear_systems() -> None:
    cycle = tuple(tuple(Fraction(entry) for entry in row) for row in ((0, -1, 1), (1, 0, -1), (-1, 1, 0)))
    centre = m2.rest_points(cycle)[-1]
    third = Fraction(1, 3)
    assert centre.shares == (third, third, third)
    assert (centre.stability, centre.oscillates, centre.trace) == ("degenerate", True, 0)
    with pytest.raises(m2.Continuum):
        m2.rest_points(((ZERO,) * 3,) * 3)
    assert m2.solve([[ONE, ONE, ONE], [ONE, ONE, ZERO]]) is None
    assert m2.solve([[Fraction(2), ONE, Fraction(5)], [ONE, Fraction(-1), ONE]]) == (2, 1)


def test_m2_invasion_is_the_growth_of_a_rare_strategy() -> None:
    rng = random.Random(6)
    rare = Fraction(1, 10**9)
    stable = 0
    for _ in range(100):
        values = m2.draw_m2(rng)
        for where, resident in enumerate(("W", "H")):
            shares = [ZERO, ZERO, rare]
            shares[where] = 1 - rare
            growth = m2.rates_m2(shares, values)[2]
            assert m2.b_invades_m2(values)[resident] in (0, m2.sign(growth))
        pure = {point.present: point.stability for point in m2.rest_points_m2(values) if len(point.present) == 1}
        for name, label in pure.items():
            if label != "degenerate":
                assert m2.evolutionarily_stable_m2(name, values) == (label == "stable")
                stable += label == "stable"
    assert stable > 10


def test_m2_evolutionary_stability_at_ties_against_a_grid_of_mutants() -> None:
    rng = random.Random(7)
    seen = set()
    for _ in range(120):
        values = m2.draw_m2(rng)
        brand = m2.payoffs_m2("B", "B", values)
        values["L_W"] += brand - m2.payoffs_m2("W", "B", values)
        values["L_H"] += brand - m2.payoffs_m2("H", "B", values)
        better = []
        for i in range(41):
            mutant = {"W": Fraction(i, 40), "H": 1 - Fraction(i, 40)}
            advantage = ZERO
            for own, other in itertools.product(mutant, repeat=2):
                gap = m2.payoffs_m2("B", other, values) - m2.payoffs_m2(own, other, values)
                advantage += mutant[own] * mutant[other] * gap
            better.append(advantage > 0)
        assert m2.evolutionarily_stable_m2("B", values) == all(better)
        seen.add(all(better))
    assert seen == {True, False}


def test_m2_cycles_have_no_stable_pure_state() -> None:
    rng = random.Random(8)
    cycles = 0
    for _ in range(2000):
        values = m2.draw_m2(rng)
        if m2.cycle_m2(values):
            cycles += 1
            assert all(p.stability == "saddle" for p in m2.rest_points_m2(values) if len(p.present) == 1)
    assert cycles > 0


def test_m2_a_common_saving_drops_out_and_a_saving_of_one_does_not() -> None:
    rng = random.Random(9)
    for _ in range(50):
        values = m2.draw_m2(rng)
        shares = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
        saving = Fraction(rng.randint(1, 99), 10)
        assert not m2.common_saving_changes_rates_m2(saving, shares, values)
        assert m2.rates_m2(shares, {**values, "L_B": values["L_B"] + saving}) != m2.rates_m2(shares, values)


# M5


def group_payoffs(profile: tuple[int, ...], M: int, values: dict[str, Fraction], third_party: bool) -> list[Fraction]:
    """Payoffs of all firms of a group by booking every payment."""
    committed = [i for i, commits in enumerate(profile) if commits]
    purse = [ZERO] * len(profile)
    if len(committed) < M:
        for i in committed:
            purse[i] -= values["f0"]
        return purse
    till = ZERO
    for i, commits in enumerate(profile):
        purse[i] += values["b"]
        if not commits:
            purse[i] -= values["fee"]
            till += values["fee"]
    for i in committed:
        purse[i] += ((ZERO if third_party else till) - values["K"]) / len(committed)
    return purse


@pytest.mark.parametrize("third_party", [False, True])
def test_m5_gain_is_the_sum_over_all_profiles_of_the_others(third_party: bool) -> None:
    rng = random.Random(10)
    for _ in range(30):
        n, M, values = m5.draw_m5(rng, 6)
        assert m5.admissible_m5(n, M, values)
        gain = m5.gain_polynomial_m5(n, M, values, third_party=third_party)
        x = Fraction(rng.randint(0, 20), 20)
        total = ZERO
        for others in itertools.product((0, 1), repeat=n - 1):
            weight = x ** sum(others) * (1 - x) ** (n - 1 - sum(others))
            groups = [group_payoffs((own, *others), M, values, third_party) for own in (1, 0)]
            for own, group in zip((True, False), groups, strict=True):
                assert m5.payoffs_m5(own, sum(others), n, M, values, third_party=third_party) == group[0]
            total += weight * (groups[0][0] - groups[1][0])
        assert m5.value(gain, x) == total


def test_m5_ranges_and_impossible_groups() -> None:
    n, M, values = 4, 2, {"K": ONE, "b": ONE, "f0": ONE, "fee": ONE}
    assert m5.admissible_m5(n, M, values)
    assert not m5.admissible_m5(n, 5, values)
    assert not m5.admissible_m5(n, M, {**values, "fee": Fraction(2)})
    assert not m5.admissible_m5(n, M, {**values, "K": ZERO})
    with pytest.raises(ValueError, match="impossible"):
        m5.payoffs_m5(True, 4, n, M, values)


def test_m5_gain_beyond_the_threshold_and_the_critical_fees() -> None:
    rng = random.Random(11)
    for _ in range(50):
        n, M, values = m5.draw_m5(rng)
        gains = m5.gains_m5(n, M, values)
        for j in range(M, n):
            assert gains[j] == (n * values["fee"] - values["K"]) / (j + 1)
        assert m5.critical_fees_m5(n, M, values) == (values["K"] / n,) * (n - M)
        fees = m5.critical_fees_m5(n, M, values, third_party=True)
        assert fees == tuple(values["K"] / (j + 1) for j in range(M, n))


@pytest.mark.parametrize("third_party", [False, True])
def test_m5_zeros_are_those_of_numpy(third_party: bool) -> None:
    rng = random.Random(12)
    compared = 0
    for _ in range(150):
        n, M, values = m5.draw_m5(rng, 8)
        gain = m5.gain_polynomial_m5(n, M, values, third_party=third_party)
        if m5.value(gain, ONE) == 0:  # possibly a multiple zero at the end, which floating point scatters
            continue
        found = m5.interior_rest_points_m5(n, M, values, third_party=third_party)
        floats = np.array(gain, dtype=float)
        roots = np.roots(floats[::-1])
        real = sorted(roots[abs(roots.imag) < 1e-7].real)
        expected = [x for x in real if 1e-7 < x < 1 - 1e-7]
        assert len(found) == len(expected) == m5.count_interior_m5(n, M, values, third_party=third_party)
        for point, x in zip(found, expected, strict=True):
            assert point.high - point.low <= m5.TOLERANCE
            assert isclose(float(point.low), x, abs_tol=1e-6)
            before, after = (np.polynomial.polynomial.polyval(x + way * 1e-5, floats) for way in (-1, 1))
            assert (point.stability == "stable") == (before > 0 > after)
            assert (point.stability == "unstable") == (before < 0 < after)
            compared += 1
    assert compared > 50


def test_m5_up_to_twenty_firms_the_zeros_are_the_sign_changes_on_a_grid() -> None:
    rng = random.Random(13)
    grid = [Fraction(i, 200) for i in range(1, 200)]
    for _ in range(40):
        n, M, values = m5.draw_m5(rng)
        for third_party in (False, True):
            gain = m5.gain_polynomial_m5(n, M, values, third_party=third_party)
            points = m5.interior_zeros(gain)
            signs = [m5.value(gain, x) for x in grid]
            for low, high, at_low, at_high in zip(grid, grid[1:], signs, signs[1:], strict=False):
                if at_low * at_high < 0:
                    assert sum(low < point.high and point.low < high for point in points) % 2 == 1
            bound = m5.sign_changes(m5.gains_m5(n, M, values, third_party=third_party))
            assert len(points) <= bound  # the gain in Bernstein form
            assert (bound - len(points)) % 2 == 0 or any(point.stability == "degenerate" for point in points)
            assert all(left.high < right.low for left, right in itertools.pairwise(points))
            kinds = [point.stability for point in points if point.stability != "degenerate"]
            assert all(left != right for left, right in itertools.pairwise(kinds))


def test_m5_third_party_can_have_three_interior_rest_points() -> None:
    values = {"K": Fraction(12), "b": Fraction(10), "f0": Fraction(1, 100), "fee": Fraction(3, 2)}
    n, M = 12, 2
    points = m5.interior_rest_points_m5(n, M, values, third_party=True)
    assert [point.stability for point in points] == ["unstable", "stable", "unstable"]
    assert m5.end_stability_m5(n, M, values, third_party=True) == ("stable", "stable")


def test_m5_folds_are_degenerate() -> None:
    """The double zero at x* = 1/3 is made by solving D = D' = 0, linear in b and fee."""
    n, M, x = 5, 3, Fraction(1, 3)
    base = {"K": Fraction(4), "b": ZERO, "f0": Fraction(1, 10), "fee": ZERO}

    def rows(values: dict[str, Fraction]) -> tuple[Fraction, Fraction]:
        gain = m5.gain_polynomial_m5(n, M, values)
        return m5.value(gain, x), m5.value(m5.derivative(gain), x)

    start = rows(base)
    columns = [
        [new - old for new, old in zip(rows({**base, name: ONE}), start, strict=True)] for name in ("b", "fee")
    ]
    solved = m2.solve([[columns[0][i], columns[1][i], -start[i]] for i in (0, 1)])
    assert solved is not None
    values = {**base, "b": solved[0], "fee": solved[1]}
    assert m5.admissible_m5(n, M, values)
    assert rows(values) == (0, 0)
    points = m5.interior_rest_points_m5(n, M, values)
    assert [point.stability for point in points] == ["degenerate"]
    assert points[0].low <= x <= points[0].high
    shifts = (Fraction(-1, 99), Fraction(1, 99))
    assert [m5.count_interior_m5(n, M, {**values, "b": values["b"] + shift}) for shift in shifts] == [0, 2]


def test_m5_ends_and_boundary_zeros() -> None:
    values = {"K": Fraction(2), "b": Fraction(3), "f0": ONE, "fee": Fraction(1, 2)}
    assert m5.end_stability_m5(4, 2, values) == ("stable", "degenerate")  # fee = K/n
    assert m5.end_stability_m5(4, 2, {**values, "fee": Fraction(3, 4)}) == ("stable", "stable")
    assert m5.end_stability_m5(4, 2, {**values, "fee": Fraction(1, 4)}) == ("stable", "unstable")
    assert [point.stability for point in m5.interior_rest_points_m5(4, 2, values)] == ["unstable"]


def test_m5_stability_is_what_the_share_does() -> None:
    rng = random.Random(14)
    seen: Counter[str] = Counter()
    while min(seen["stable"], seen["unstable"]) < 5:
        n, M, values = m5.draw_m5(rng, 10)
        floats = np.array(m5.gain_polynomial_m5(n, M, values), dtype=float)
        points = m5.interior_rest_points_m5(n, M, values)
        gaps = np.diff([0.0, *(float(point.low) for point in points), 1.0])
        for i, point in enumerate(points):
            away = 0.2 * min(gaps[i], gaps[i + 1])
            closer = []
            for way in (-1, 1):
                x = float(point.low) + way * away
                for _ in range(50):
                    x += 0.01 * x * (1 - x) * np.polynomial.polynomial.polyval(x, floats)
                closer.append(abs(x - float(point.low)) < away)
            assert closer == [point.stability == "stable"] * 2
            seen[point.stability] += 1


def test_m5_sturm_counts_known_roots() -> None:
    rng = random.Random(15)
    for _ in range(60):
        roots = [Fraction(rng.randint(-6, 18), 12) for _ in range(rng.randint(1, 6))]
        polynomial = [Fraction(rng.choice((-1, 1)))]
        for x in roots:
            shifted = [ZERO, *polynomial]
            polynomial = [a - x * b for a, b in itertools.zip_longest(shifted, polynomial, fillvalue=ZERO)]
        inside = sorted({x for x in roots if 0 < x < 1})
        found = m5.interior_zeros(polynomial)
        assert len(found) == len(inside)
        for point, x in zip(found, inside, strict=True):
            assert point.low <= x <= point.high
            assert (point.stability == "degenerate") == (roots.count(x) % 2 == 0)
    with pytest.raises(ValueError, match="everywhere"):
        m5.interior_zeros([ZERO])
    tiny = Fraction(1, 2**60)
    assert [point.stability for point in m5.interior_zeros([ZERO, -tiny, ONE])] == ["unstable"]
    assert [point.stability for point in m5.interior_zeros([ZERO, tiny, -ONE])] == ["stable"]
    close = [tiny / 4 * (tiny / 2), -(tiny / 4 + tiny / 2), ONE]
    assert [point.stability for point in m5.interior_zeros(close)] == ["stable", "unstable"]


# M6


def test_m6_rates_are_those_of_the_polynomials() -> None:
    rng = random.Random(16)
    for law in m6.LAWS_M6:
        for _ in range(25):
            poor, rich, speed = m6.draw_m6(rng, law)
            assert m6.admissible_m6(poor, rich, law, speed)
            x, e = Fraction(rng.randint(0, 9), 9), Fraction(rng.randint(0, 9), 9)
            by_hand = m6.rates_m6(x, e, poor, rich, law, speed)
            for polynomial, rate in zip(m6.field_polynomials(poor, rich, law, speed), by_hand, strict=True):
                assert m6.evaluate(polynomial, m6.Surd(x), m6.Surd(e)) == m6.Surd(rate)


def test_m6_ranges_bite() -> None:
    poor, rich, speed = m6.draw_m6(random.Random(25), "renewal")
    assert m6.admissible_m6({**poor, "a": ZERO}, rich, "renewal", {**speed, "u": ZERO})
    assert not m6.admissible_m6(poor, {**rich, "a": ZERO}, "renewal", speed)
    assert not m6.admissible_m6({**poor, "h": ZERO}, rich, "renewal", speed)
    assert not m6.admissible_m6(poor, rich, "renewal", {**speed, "delta": ZERO})
    assert not m6.admissible_m6(poor, rich, "switch", {"eps": ONE})


def test_m6_jacobian_is_the_difference_quotient_of_the_rates() -> None:
    rng = random.Random(17)
    for law in m6.LAWS_M6:
        for _ in range(15):
            poor, rich, speed = m6.draw_m6(rng, law)
            x, e = Fraction(rng.randint(0, 9), 9), Fraction(rng.randint(0, 9), 9)
            found = m6.jacobian_m6(m6.Surd(x), m6.Surd(e), poor, rich, law, speed)

            def rate(i: int, x: Fraction, e: Fraction, game: tuple = (poor, rich, law, speed)) -> Fraction:
                return m6.rates_m6(x, e, *game)[i]

            for i in (0, 1):
                assert found[i][0] == m6.Surd(slope(lambda z, i=i, e=e: rate(i, z, e), x))
                assert found[i][1] == m6.Surd(slope(lambda z, i=i, x=x: rate(i, x, z), e))


def test_m6_rest_points_are_complete_and_their_signs_are_those_of_the_eigenvalues() -> None:
    rng = random.Random(18)
    seen: Counter[tuple[str, str, str]] = Counter()
    for law in m6.LAWS_M6:
        for number in range(450):
            poor, rich, speed = m6.draw_m6(rng, law)
            if number % 3 == 0:
                poor = m6.base_m6(rich, rich["h"] + rng.randint(1, 6))
            elif number % 3 == 1:  # crowding: the rich ecosystem attracts price cutters, v is small
                poor["v"], rich["v"], rich["h"] = ZERO, ZERO, rich["h"] + 2
            points = m6.rest_points_m6(poor, rich, law, speed)
            polynomials = m6.field_polynomials(poor, rich, law, speed)
            for point in points:
                for polynomial in polynomials:
                    assert m6.evaluate(polynomial, point.x, point.e).sign() == 0
                jacobian = m6.jacobian_m6(point.x, point.e, poor, rich, law, speed)
                eigenvalues = np.linalg.eigvals([[float(entry) for entry in row] for row in jacobian])
                seen[law, point.place, point.stability] += 1
                assert np.sign(np.sort(eigenvalues.real)).tolist() == list(point.signs)
                assert point.stability == expected_label(eigenvalues)
                assert point.real == bool(max(abs(eigenvalues.imag)) < 1e-9)
            if number >= 40:
                continue
            terms = [[(*powers, float(c)) for powers, c in polynomial.items()] for polynomial in polynomials]

            def rate(z: np.ndarray, terms: list = terms) -> list[float]:
                return [sum(c * z[0] ** i * z[1] ** j for i, j, c in row) for row in terms]

            for start in itertools.product(np.linspace(0.02, 0.98, 6), repeat=2):
                found = root(rate, start, tol=1e-12)
                if found.success and max(map(abs, rate(found.x))) < 1e-12 and 0 <= min(found.x) <= max(found.x) <= 1:
                    assert min(max(abs(float(p.x) - found.x[0]), abs(float(p.e) - found.x[1])) for p in points) < 1e-4
    assert {("switch", "interior", label) for label in ("stable", "unstable", "saddle")} <= set(seen)
    assert {("renewal", "interior", label) for label in ("stable", "saddle")} <= set(seen)


def test_m6_interior_zeros_of_the_renewal_law_are_sign_changes_along_its_nullcline() -> None:
    rng = random.Random(19)
    grid = [Fraction(i, 300) for i in range(1, 300)]
    counts: Counter[int] = Counter()
    for _ in range(60):
        poor, rich, speed = m6.draw_m6(rng, "renewal")
        if rng.random() < 0.5:
            poor = m6.base_m6(rich, rich["h"] + 2)
            speed["u"] /= 20
        inner = [point for point in m6.rest_points_m6(poor, rich, "renewal", speed) if point.place == "interior"]
        along = []
        for x in grid:
            inflow = x * speed["r"] + speed["u"]
            along.append(m6.rates_m6(x, inflow / (inflow + speed["delta"]), poor, rich, "renewal", speed)[0])
        for low, high, first, second in zip(grid, grid[1:], along, along[1:], strict=False):
            if first * second < 0:
                assert sum(low < Fraction(float(point.x)) < high for point in inner) == 1
        counts[len(inner)] += 1
    assert min(counts[0], counts[1]) > 5


def test_m6_surds_have_exact_signs() -> None:
    rng = random.Random(20)
    root_two = m6.Surd(ZERO, ONE, Fraction(2))
    assert root_two * root_two == m6.Surd(Fraction(2), ZERO, Fraction(2))
    assert (root_two + m6.Surd(Fraction(-1414213562373095049, 10**18))).sign() == -1
    assert (root_two + m6.Surd(Fraction(-1414213562373095048, 10**18))).sign() == 1
    for _ in range(300):
        number = m6.Surd(Fraction(rng.randint(-9, 9), 4), Fraction(rng.randint(-9, 9), 5), Fraction(7, 3))
        assert number.sign() == np.sign(float(number))
        if number.sign():
            assert number * number.inverse() == m6.Surd(ONE, ZERO, Fraction(7, 3))
    for constant, linear, square in itertools.product(range(-4, 5), repeat=3):
        if (linear, square) == (0, 0):
            continue
        mine = [float(x) for x in m6.quadratic_roots(Fraction(constant), Fraction(linear), Fraction(square))]
        theirs = {round(z.real, 6) + 0 for z in np.roots([square, linear, constant]) if abs(z.imag) < 1e-7}
        assert sorted(round(x, 6) for x in mine) == pytest.approx(sorted(theirs))


def test_m6_greed_and_fear_are_the_written_formulas() -> None:
    rng = random.Random(21)
    seen = set()
    for _ in range(400):
        values = draw_m1(rng)
        greed, fear = m6.greed_fear_m6(values)
        q = values["h"] - values["d"] - values["t"] + values["c"] - values["s"]
        shared = (1 - values["psi"]) * values["a"] + (1 - values["phi"]) * values["k"]
        assert (greed, fear) == (q + values["v"] - shared, q - values["g"] - values["v"])
        seen.add(m6.regime_m6(values))
    assert {"price-war dominance", "cooperation dominance", "coexistence", "coordination"} <= seen


def test_m6_a_continuum_is_reported() -> None:
    poor, _, speed = m6.draw_m6(random.Random(22), "switch")
    flat = {**poor, "psi": ZERO}
    greed, fear = m6.greed_fear_m6(flat)
    flat["a"] += greed
    flat["g"] += fear
    assert m6.greed_fear_m6(flat) == (0, 0)
    with pytest.raises(m6.Continuum):
        m6.rest_points_m6(flat, flat, "switch", speed)


def test_m6_base_case_by_brute_force() -> None:
    """A0 has nothing to share and more business to take: no rotation, and a saddle under the switch law only."""
    rng = random.Random(23)
    seen: set[tuple[str, str]] = set()
    for _ in range(1500):
        for law in m6.LAWS_M6:
            _, rich, speed = m6.draw_m6(rng, law)
            poor = m6.base_m6(rich, rich["h"] + Fraction(rng.randint(0, 6000), 1000))
            assert m6.admissible_m6(poor, rich, law, speed)
            if m6.regime_m6(poor) != "price-war dominance":
                continue
            for point in m6.rest_points_m6(poor, rich, law, speed):
                if point.place == "interior":
                    seen.add((law, point.stability))
                    assert point.real
    assert seen == {("switch", "saddle"), ("renewal", "saddle"), ("renewal", "stable")}


def test_m6_base_case_with_a_stable_interior_point_under_the_renewal_law() -> None:
    """A witness by hand: price war against cooperation dominance, v = 0, and yet the interior point is a sink."""
    names = {"m": 1, "a": 1, "psi": 0, "k": 1, "phi": 0, "v": 0, "c": 1, "h": 1, "d": Fraction(1, 2), "g": 2}
    rich = {name: Fraction(number) for name, number in {**names, "s": 0, "t": 0}.items()}
    poor = m6.base_m6(rich, Fraction(2))
    speed = {"eps": ONE, "r": ONE, "u": Fraction(2), "delta": ONE}
    assert m6.admissible_m6(poor, rich, "renewal", speed)
    assert (m6.regime_m6(poor), m6.regime_m6(rich)) == ("price-war dominance", "cooperation dominance")
    inner = [point for point in m6.rest_points_m6(poor, rich, "renewal", speed) if point.place == "interior"]
    assert [(p.x.rational, p.e.rational, p.stability) for p in inner] == [(Fraction(1, 3), Fraction(7, 10), "stable")]
    assert m6.rates_m6(Fraction(1, 3), Fraction(7, 10), poor, rich, "renewal", speed) == (0, 0)
