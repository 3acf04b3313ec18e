"""Hopf points in any dimension: closed forms, published systems, eigenvalues on a grid, and cycles found by integration."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import sympy
from flint import arb
from scipy.integrate import solve_ivp

from coopgame import MatrixGame, PopulationGame, UnsupportedError, find_bifurcations, find_rest_points
from coopgame.analysis.box import box_of
from coopgame.analysis.certify import precision
from coopgame.analysis.hopf import first_lyapunov, hurwitz_test, imaginary_pair, matrix_at
from coopgame.analysis.places import Place, ball_sign
from coopgame.analysis.weak_focus import lyapunov_coefficient

Field = Callable[[float, np.ndarray], np.ndarray]


def test_the_lorenz_system() -> None:
    """Lorenz (1963): r = s(s + b + 3)/(s - b - 1); Marsden and McCracken (1976), section 4B: subcritical there."""
    x, y, z, r = sympy.symbols("x y z r")
    rates = [10 * (y - x), r * x - y - x * z, x * y - sympy.Rational(8, 3) * z]
    with precision(160):
        critical = 10 * (arb(13) + arb(8) / 3) / (9 - arb(8) / 3)
        c = (arb(8) / 3 * (critical - 1)).sqrt()
        balls = [c, c, critical - 1, critical]
        pair = imaginary_pair(matrix_at(rates, "xyz", "xyzr", balls))
        assert pair is not None and pair.stable_otherwise
        number = first_lyapunov(rates, "xyz", "xyzr", balls, pair.frequency)
    assert number > 0


@pytest.mark.parametrize(("cubic", "through"), [(-1, 0), (1, 0), (0, 1), (0, -1), (-2, 1), (-1, 2)])
def test_a_normal_form_with_a_slaved_variable(cubic: int, through: int) -> None:
    """On the centre manifold w = u**2 + v**2, so r' = (cubic + through) r**3."""
    u, v, w = sympy.symbols("u v w")
    square = u**2 + v**2
    rates = [-v + cubic * u * square + through * u * w, u + cubic * v * square + through * v * w, -w + square]
    balls = [arb(0)] * 3
    pair = imaginary_pair(matrix_at(rates, "uvw", "uvw", balls))
    assert pair is not None
    number = first_lyapunov(rates, "uvw", "uvw", balls, pair.frequency)
    # w relaxes at speed 1 and u, v turn at speed 1, but the square of the radius does not turn: w is exact
    assert float(number.mid()) == pytest.approx(4 * (cubic + through))


def test_the_determinant_is_the_product_of_sums_of_eigenvalues() -> None:
    rng = random.Random(4)
    for size in (2, 3, 4):
        matrix = [[rng.randint(-5, 5) for _ in range(size)] for _ in range(size)]
        values = np.linalg.eigvals(np.array(matrix, dtype=float))
        sums = np.prod([values[i] + values[j] for i in range(size) for j in range(i)])
        assert abs(abs(complex(sums)) - abs(int(hurwitz_test(matrix)))) < 1e-6


@pytest.mark.parametrize("size", [5, 6, 7])
def test_hypercycles_with_self_limitation(size: int) -> None:
    """Hofbauer and Sigmund (1998), chapter 12: eigenvalues (a + w)/n for the n-th roots of unity w besides 1."""
    table = [["a" if i == j else int(i == (j + 1) % size) for j in range(size)] for i in range(size)]
    found = find_bifurcations(MatrixGame(table), "a", (-1, "-1/100"))
    assert found.complete
    (hopf,) = [b for b in found if b.kind == "Hopf"]
    assert hopf.value == pytest.approx(-np.cos(2 * np.pi / size), abs=1e-14)
    assert list(hopf.state.values()) == pytest.approx([1 / size] * size)
    assert hopf.coefficient is not None and hopf.coefficient < 0 and "small attracting cycle" in hopf.happens


def test_rock_paper_scissors_has_no_limit_cycle() -> None:
    """Zeeman (1980): at equal gain and loss all orbits around the interior point close."""
    game = MatrixGame([[0, "-a", 1], [1, 0, "-a"], ["-a", 1, 0]])
    (found,) = find_bifurcations(game, "a", ("1/2", 2))
    assert (found.kind, found.value, found.coefficient) == ("Hopf", 1, None)
    assert "closed orbits" in found.happens


def _random_family(rng: random.Random, size: int) -> list[list[str]]:
    return [
        ["0" if i == j else f"{Fraction(rng.randint(-9, 9), 3)} + ({rng.randint(-3, 3)})*t" for j in range(size)]
        for i in range(size)
    ]


def _pair_crossings(table: list[list[str]]) -> list[float]:
    """Values of t at which a complex pair at the interior point changes sides, from eigenvalues on a grid."""
    at = [[sympy.lambdify(sympy.Symbol("t"), sympy.Rational(0) + sympy.sympify(e)) for e in row] for row in table]
    found, before = [], None
    for t in np.linspace(0, 1, 2001):
        a = np.array([[float(f(t)) for f in row] for row in at])
        n = len(a)
        whole = np.vstack([np.hstack([a, -np.ones((n, 1))]), np.append(np.ones(n), 0.0)])
        x = (
            np.linalg.solve(whole, np.append(np.zeros(n), 1.0))[:n]
            if abs(np.linalg.det(whole)) > 1e-9
            else -np.ones(n)
        )
        now = None
        if x.min() > 1e-9:
            jacobian = x[:, None] * (a - x @ a - (a @ x)[None, :] * 0)
            tangent = (jacobian - jacobian[:, -1:])[:-1, :-1]
            values = [v for v in np.linalg.eigvals(tangent) if v.imag > 1e-6]
            now = sorted(v.real for v in values)
        if now is not None and before is not None and len(now) == len(before):
            found += [t for one, two in zip(before, now, strict=True) if one * two < 0]
        before = now
    return found


def test_random_games_of_four_strategies_against_eigenvalues_on_a_grid() -> None:
    rng = random.Random(12)
    crossings = 0
    for _ in range(50):
        table = _random_family(rng, 4)
        found = [b for b in find_bifurcations(MatrixGame(table), "t", (0, 1)) if b.kind == "Hopf"]
        expected = _pair_crossings(table)
        assert [b.value for b in found] == pytest.approx(expected, abs=6e-4), table
        crossings += len(expected)
    assert crossings > 3


@pytest.mark.parametrize("size", [3, 4])
def test_rest_points_change_only_at_bifurcations(size: int) -> None:
    rng = random.Random(size)
    changes = 0
    for _ in range(12):
        game = MatrixGame(_random_family(rng, size))
        found = find_bifurcations(game, "t", (0, 1))
        if not found.complete:
            continue
        ends = [0.0, *sorted({b.value for b in found}), 1.0]
        changes += len(ends) - 2
        for low, high in pairwise(ends):
            pictures = {
                tuple(sorted(str(p.stability) for p in find_rest_points(game, {"t": f"{value:.12f}"})))
                for value in np.linspace(low, high, 5)[1:-1]
            }
            assert len(pictures) == 1 or high - low < 1e-9
    assert changes > 10


def _amplitude(field: Field, start: np.ndarray, time: float) -> float:
    """The range of the first coordinate over the last part of an orbit."""
    path = solve_ivp(
        field, (0, time), start, method="DOP853", rtol=1e-10, atol=1e-12, t_eval=np.linspace(0.9 * time, time, 4000)
    )
    return float(np.ptp(path.y[0]))


def _replicator(payoffs: np.ndarray) -> Field:
    def rates(_: float, x: np.ndarray) -> np.ndarray:
        earned = payoffs @ x
        return x * (earned - x @ earned / x.sum())

    return rates


def _unstable_side(game: MatrixGame, value: float, step: float) -> float:
    """The direction of the parameter in which the interior point becomes unstable."""
    for turn in (1, -1):
        (point,) = [p for p in find_rest_points(game, {"t": f"{value + turn * step:.12f}"}) if p.kind == "interior"]
        if point.attracting == "unstable":
            return float(turn)
    raise AssertionError("the interior point is stable on both sides")


SUBCRITICAL = (
    [
        ["0", "-1/3 + 3*t", "t", "1/3 - t"],
        ["3 - t", "0", "2 + 2*t", "-2/3 + 2*t"],
        ["1/3 + t", "4/3 - t", "0", "-t"],
        ["-7/3 - t", "5/3 - 2*t", "4/3 - 3*t", "0"],
    ],
    [
        ["0", "t", "-2/3 - t", "5/3 + t"],
        ["-1 + 3*t", "0", "-2/3 - 3*t", "1 + t"],
        ["-3 + 2*t", "7/3 + 2*t", "0", "1 + t"],
        ["2/3 + 3*t", "2 - 3*t", "-4/3 - 2*t", "0"],
    ],
)
SUPERCRITICAL = (
    [
        ["0", "1/3", "-2 - 3*t", "3 + 2*t"],
        ["2 - 2*t", "0", "2/3 + t", "-5/3 + t"],
        ["3 - t", "1 - t", "0", "-t"],
        ["2/3 - t", "7/3 + t", "5/3 - 3*t", "0"],
    ],
)


@pytest.mark.parametrize(("table", "side"), [(t, 1) for t in SUBCRITICAL] + [(t, -1) for t in SUPERCRITICAL])
def test_small_cycles_of_four_strategies_are_where_the_coefficient_says(table: list[list[str]], side: int) -> None:
    """Beyond a supercritical point orbits settle on a cycle whose size is as the square root; beyond a subcritical one they leave."""
    game = MatrixGame(table)
    points = [b for b in find_bifurcations(game, "t", (0, 1)) if b.kind == "Hopf" and "not attract" not in b.happens]
    (hopf,) = [b for b in points if b.coefficient is not None and np.sign(b.coefficient) == side]
    turn = _unstable_side(game, hopf.value, 1e-3)
    sizes = []
    for step in (1e-3, 4e-3):
        payoffs = game.payoff_matrix({"t": f"{hopf.value + turn * step:.12f}"})
        x = np.array(list(hopf.state.values())) * (1 + 1e-2 * np.array([1, -1, 0.5, -0.5]))
        sizes.append(_amplitude(_replicator(payoffs), x / x.sum(), 8_000))
    small = sizes[0] < 0.3 and 1.5 < sizes[1] / sizes[0] < 2.5
    assert small == (side == -1), sizes


@pytest.mark.parametrize(("cubic", "side"), [(4, -1), (-4, 1)])
def test_three_populations_with_crowding(cubic: int, side: int) -> None:
    """A ring of three: the even point has eigenvalues (w - k)/4, w**3 = -1, so k = 1/2; against integration beyond it."""
    own = "- k*({0} - 1/2) - (" + str(cubic) + ")*({0} - 1/2)**3"
    game = PopulationGame.from_advantages(
        {
            "x": "y - 1/2" + own.format("x"),
            "y": "z - 1/2" + own.format("y"),
            "z": "1/2 - x" + own.format("z"),
        },
        parameters={"k": None},
    )
    (hopf,) = [b for b in find_bifurcations(game, "k", ("2/5", "3/5")) if b.kind == "Hopf"]
    assert hopf.value == pytest.approx(0.5, abs=1e-12) and hopf.radius < 1e-12
    assert hopf.coefficient is not None and np.sign(hopf.coefficient) == side
    sizes = []
    for step in (0.01, 0.04):

        def rates(_: float, u: np.ndarray, k: float = hopf.value - step) -> np.ndarray:
            away = u - 0.5
            drives = np.array([away[1], away[2], -away[0]]) - k * away - cubic * away**3
            return np.asarray(u * (1 - u) * drives)

        sizes.append(_amplitude(rates, np.array([0.52, 0.49, 0.5]), 3_000))
    if side == -1:
        assert sizes[0] < 0.3 and sizes[1] / sizes[0] == pytest.approx(2, abs=0.3)
    else:
        assert sizes[0] > 0.5 or sizes[0] < 1e-3  # on to the border, or to a point far away


def test_the_plane_by_both_formulas() -> None:
    """Guckenheimer and Holmes (1983), equation (3.4.11), and Kuznetsov's projection give one sign."""
    rng = random.Random(3)
    signs = []
    for _ in range(40):
        c = [Fraction(rng.randint(-6, 6), 4) for _ in range(6)]
        game = PopulationGame.from_advantages(
            {
                "x": f"y - 1/2 + ({c[0]})*(x - 1/2)**2 + ({c[1]})*(x - 1/2)**3 + ({c[2]})*x*(y - 1/2)**2",
                "y": f"1/2 - x + ({c[3]})*(y - 1/2)**2 + ({c[4]})*(x - 1/2)*(y - 1/2) + ({c[5]})*(y - 1/2)**3",
            }
        )
        box = box_of(game)
        half = (arb(0.5), arb(0.5))
        with precision(120):
            planar = lyapunov_coefficient(box, Place((None, None), half, None))
            pair = imaginary_pair(matrix_at(box.rates, "xy", "xy", half))
            assert pair is not None
            number = first_lyapunov(box.rates, "xy", "xy", half, pair.frequency)
        assert ball_sign(number) == ball_sign(planar) or planar.contains(0)
        signs.append(ball_sign(planar))
    assert signs.count(1) > 10 and signs.count(-1) > 10


def test_degenerate_families() -> None:
    twins = MatrixGame([[0, "t", 1, 0], [0, "t", 1, 0], [1, 1, 0, 2], [0, 2, 1, 0]])
    assert not find_bifurcations(twins, "t", (1, 2)).complete
    with pytest.raises(UnsupportedError, match="divides by zero"):
        find_bifurcations(MatrixGame([[0, "1/t", 1], [1, 0, 2], [2, 1, 0]]), "t", (-1, 1))
    with pytest.raises(UnsupportedError, match="up to 7"):
        find_bifurcations(MatrixGame([["t" if i == j else 1 for j in range(8)] for i in range(8)]), "t", (-1, 1))
    lines = find_bifurcations(MatrixGame([[0, "t", -1], ["t", 0, -1], [1, 1, 0]]), "t", (-1, 1))
    assert [b.kind for b in lines if b.value == 0].count("line of rest points") == 1
