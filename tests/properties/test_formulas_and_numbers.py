"""What conditions say of stability is what exact numbers say, for games full of ties, where eigenvalues are 0 whatever the parameters."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    Game,
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    RestPoint,
    RestPoints,
    find_rest_points,
)

ENTRIES = st.sampled_from(["a", "b", "-a", "-b", "a - b", "a + b", "1", "0", "0", "-1", "2*a - 1", "a*b"])
VALUES = st.fixed_dictionaries({name: st.fractions(-6, 6, max_denominator=5).filter(bool) for name in ("a", "b")})
Place = tuple[float, ...]


def check(game: Game, given_values: dict[str, Fraction]) -> None:
    """Every point that is claimed stable is so in numbers, and every stable one is claimed, or open, or on a hypersurface."""
    values = {name: given_values[name] for name in game.ring.names}
    if not values:
        return
    symbolic, numeric = find_rest_points(game), find_rest_points(game, values)
    on_hypersurface = any(
        leaf.ring == game.ring and game.ring.evaluate(leaf.polynomial, values) == 0
        for point in symbolic
        for condition in (point.exists, point.stable_if)
        for leaf in condition.signs()
    )
    unknown = [place(point, {}) for point in numeric if point.attracting == "unknown"]
    stable = [place(point, {}) for point in numeric.attractors]
    claimed, left_open = claims(symbolic, values)
    for one in claimed:
        assert any(near(one, other) for other in (*stable, *unknown))
    if not on_hypersurface and None not in left_open:
        for one in stable:
            assert any(near(one, other) for other in (*claimed, *(o for o in left_open if o)))


def claims(points: RestPoints, values: dict[str, Fraction]) -> tuple[list[Place], list[Place | None]]:
    """Return the places claimed stable at values and those left open, None for one without formula."""
    numbers = {sympy.Symbol(name): sympy.Rational(v.numerator, v.denominator) for name, v in values.items()}
    claimed: list[Place] = []
    left_open: list[Place | None] = []
    for point in points:
        if any(leaf.ring != points.game.ring for leaf in point.exists.signs()):
            left_open.append(None)
        elif not point.exists.holds(values):
            continue
        elif point.open:
            left_open.append(place(point, numbers))
        elif point.stable_if.holds(values):
            claimed.append(place(point, numbers))
    return claimed, left_open


def place(point: RestPoint, numbers: Any) -> Place:
    return tuple(float(sympy.re(value.xreplace(numbers))) for value in point.coordinates.values())


def near(one: Place, other: Place) -> bool:
    return all(abs(a - b) < 1e-7 for a, b in zip(one, other, strict=True))


@given(st.integers(2, 4).flatmap(lambda n: st.lists(ENTRIES, min_size=n * n, max_size=n * n)), VALUES)
@settings(max_examples=30)
def test_one_population(entries: list[str], values: dict[str, Fraction]) -> None:
    n = {4: 2, 9: 3, 16: 4}[len(entries)]
    check(MatrixGame([entries[i * n : (i + 1) * n] for i in range(n)]), values)


@given(st.sampled_from([(2, 2), (2, 3), (3, 3)]), st.data(), VALUES)
@settings(max_examples=40)
def test_two_populations(sizes: tuple[int, int], data: st.DataObject, values: dict[str, Fraction]) -> None:
    rows, columns = ("uvw"[: sizes[0]], "lmr"[: sizes[1]])
    table = {(u, v): data.draw(st.lists(ENTRIES, min_size=2, max_size=2)) for u in rows for v in columns}
    check(NormalFormGame(table), values)


@given(st.lists(ENTRIES, min_size=9, max_size=9), VALUES)
@settings(max_examples=15)
def test_own_shares(entries: list[str], values: dict[str, Fraction]) -> None:
    a, b, c, d, e, f, g, h, k = entries
    check(
        PopulationGame.from_advantages({"x": f"({a})*x + ({b})*y + {c}", "y": f"({d})*x + ({e})*y*x + {f}"}), values
    )
    check(PopulationGame.from_advantages({"x": f"({g})*x", "y": f"({h})*x + ({k})*y", "z": c}), values)


def test_a_mixture_whose_ally_earns_the_same_is_left_open() -> None:
    """The third strategy always earns what the mixture of the others does: numbers decide, no sign of an eigenvalue."""
    game = MatrixGame([["0", "a", "b"], ["a", "0", "c"], ["a/2", "a/2", "-1"]], assumptions=["a > 0"])
    mixture = find_rest_points(game)["F1"]
    assert "0 throughout" in mixture.open and mixture.never_stable is None
    for value, attracting in ((3, "asymptotic"), (-3, "unstable")):
        # with a few of the third strategy the others earn value times their share more or less than it
        assert find_rest_points(game, {"a": 1, "b": value, "c": value})["F1"].attracting == attracting


def test_the_hypercycle_of_four_is_left_open_with_symbols() -> None:
    """Hofbauer and Sigmund (1998), chapter 12: a pair on the imaginary axis for all rates, and yet asymptotically stable."""
    rates = [["0", "0", "0", "k1"], ["k2", "0", "0", "0"], ["0", "k3", "0", "0"], ["0", "0", "k4", "0"]]
    game = MatrixGame(rates, assumptions=[f"k{i} > 0" for i in range(1, 5)])
    assert "imaginary axis" in find_rest_points(game)["I1"].open
    numeric = find_rest_points(game, {f"k{i}": 1 for i in range(1, 5)})["I1"]
    assert (str(numeric.stability), numeric.attracting) == ("non-hyperbolic", "asymptotic")
