"""What happens between regimes: one game with a known answer for each kind, and plain numbers on both sides of every crossing."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    Crossing,
    Game,
    Hypersurface,
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    Regimes,
    RestPoint,
    SurfaceKind,
    find_regimes,
    find_rest_points,
    read_game,
)

GAMES = Path(__file__).parents[1] / "reference" / "games"
from_advantages = PopulationGame.from_advantages
STEP = Fraction(1, 10**7)


def surfaces(game: Game, **options: Any) -> dict[str, Hypersurface]:
    return {surface.text: surface for surface in find_regimes(game, **options).hypersurfaces}


def test_transcritical() -> None:
    """[[a, 0], [b, c]]: the mixture leaves through either end, whatever the parameters on the line are."""
    found = surfaces(MatrixGame([["a", "0"], ["b", "c"]], symbol="x"))
    assert {text: s.kind for text, s in found.items()} == dict.fromkeys(("c = 0", "a = b"), SurfaceKind.TRANSCRITICAL)
    (change,) = found["c = 0"].changes
    assert set(change.points) == {"I1", "E1"} and change.everywhere


def test_saddle_node() -> None:
    """x' = x(1 - x)(k - (x - 1/2)^2): two points meet where k = 0, at both ends of a second population that only rises."""
    found = surfaces(from_advantages({"x": "k - (x - 1/2)**2", "y": "c"}, assumptions=["c > 0", "k < 1/4"]))
    assert [(text, s.kind) for text, s in found.items()] == [("k = 0", SurfaceKind.SADDLE_NODE)]
    assert sorted(change.points for change in found["k = 0"].changes) == [("F1", "F2"), ("F3", "F4")]


@pytest.mark.parametrize(("sign", "side"), [("", "supercritical"), ("-", "subcritical")])
def test_pitchfork(sign: str, side: str) -> None:
    """x' = ±x(1 - x)(x - 1/2)(k - (x - 1/2)^2): two points branch off from x = 1/2, stable ones or unstable ones."""
    game = from_advantages({"x": f"{sign}(x - 1/2)*(k - (x - 1/2)**2)", "y": "c"}, assumptions=["c > 0", "k < 1/4"])
    surface = surfaces(game)["k = 0"]
    assert surface.kind == SurfaceKind.PITCHFORK
    (inner,) = (change for change in surface.changes if {"F4", "F5", "F6"} == set(change.points))
    assert side in inner.text


@pytest.mark.parametrize(
    ("cubic", "kind"), [("-", SurfaceKind.SUPERCRITICAL_HOPF), ("+", SurfaceKind.SUBCRITICAL_HOPF)]
)
def test_hopf(cubic: str, kind: SurfaceKind) -> None:
    """In u = x - 1/2, v = y - 1/2: u' = (1/4 - u^2)(v + ku ± u^3), v' = -(1/4 - v^2)u; the cubic term decides."""
    game = from_advantages(
        {"x": f"(y - 1/2) + k*(x - 1/2) {cubic} (x - 1/2)**3", "y": "1/2 - x"}, assumptions=["k < 1/8", "k > -1/8"]
    )
    assert [(text, s.kind) for text, s in surfaces(game).items()] == [("k = 0", kind)]


def test_hopf_at_an_irrational_value() -> None:
    """A published game: eps = 0.0380713, supercritical; the crossing is shut in between rational ends."""
    game = read_game(GAMES / "F4-02.toml")
    values = {name: value for name, value in game.values().items() if name != "eps"}
    kinds = [s for s in find_regimes(game, values).hypersurfaces if s.kind == SurfaceKind.SUPERCRITICAL_HOPF]
    (crossing,) = kinds[0].between
    assert crossing.within is not None
    assert float(crossing.within[0]) == pytest.approx(0.03807130877, abs=1e-9)
    assert crossing.within[0] < crossing.within[1]


def test_closed_orbits_and_a_heteroclinic_change() -> None:
    """Rock-paper-scissors (Zeeman 1980): at a = b the point is surrounded by closed orbits, and the border turns from attracting to repelling."""
    game = MatrixGame([["0", "-a", "b"], ["b", "0", "-a"], ["-a", "b", "0"]], assumptions=["a > 0", "b > 0"])
    surface = surfaces(game)["a = b"]
    assert [change.kind for change in surface.changes] == [SurfaceKind.DEGENERATE_HOPF, SurfaceKind.HETEROCLINIC]


def test_heteroclinic_change_without_hopf() -> None:
    """The commons of Weitz et al. (2016): where the mixed point loses its stability the border begins to attract."""
    game = read_game(GAMES / "F4-01a.toml")
    values = {name: value for name, value in game.values().items() if name != "P1"}
    kinds = {change.kind for s in find_regimes(game, values).hypersurfaces for change in s.changes}
    assert SurfaceKind.HETEROCLINIC in kinds


def test_lines_of_rest_points() -> None:
    """Two populations: where a vertex eigenvalue vanishes the whole edge is at rest, since the one at its other end is opposite."""
    found = surfaces(from_advantages({"x": "f0 + (f1 - f0)*y", "y": "g0 + (g1 - g0)*x"}))
    assert {s.kind for s in found.values()} == {SurfaceKind.LINE} and len(found) == 4
    assert all(s.changes[0].everywhere for s in found.values())
    assert found["f0 = 0"].changes[0].where == ("y = 0",)


def test_split_and_pole() -> None:
    game = MatrixGame([["a/(b - c)", "0"], ["0", "1"]], symbol="x", assumptions=["a > 0"])
    found = surfaces(game, split_by={"a - 1": "a - 1"})
    assert found["b = c"].kind == SurfaceKind.POLE and "divides by zero" in found["b = c"].happens
    assert found["a = 1"].kind == SurfaceKind.SPLIT


def test_what_is_none_of_the_simple_kinds_is_left_open() -> None:
    """Coordination on one of four: at a = 0 a pure state meets many mixtures at once."""
    game = MatrixGame([["a", 0, 0, 0], [0, "b", 0, 0], [0, 0, "c", 0], [0, 0, 0, 1]])
    surface = surfaces(game)["a = 0"]
    assert surface.kind == SurfaceKind.UNDECIDED and "3 eigenvalues vanish" in surface.happens


# both sides in numbers ------------------------------------------------------------------------------------------------


def moved(crossing: Crossing, step: Fraction) -> dict[str, Fraction] | None:
    if crossing.within is not None:
        return None
    return {**crossing.witness, crossing.along: crossing.witness[crossing.along] + step}


def place(point: RestPoint, values: Mapping[str, Fraction]) -> tuple[float, ...] | None:
    """Return the coordinates at values, None where the point does not exist."""
    if not point.exists.holds(values):
        return None
    numbers = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
    return tuple(float(value.xreplace(numbers)) for value in point.coordinates.values())


def near(one: tuple[float, ...], other: tuple[float, ...], distance: float) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < distance


def check_both_sides(regimes: Regimes) -> int:
    """The stable states in numbers are those of the two regimes, and points said to meet come together; returns how many crossings."""
    points = find_rest_points(regimes.game)
    count = 0
    if regimes.open:  # a point of which it is not known where it is stable is in no regime
        return 0
    for surface in regimes.hypersurfaces:
        for crossing in surface.between[:3]:
            for step, name in ((-STEP, crossing.below), (STEP, crossing.above)):
                values = moved(crossing, step)
                if values is None or not regimes[name].definition.holds(values):
                    continue  # the side is thinner than the step
                count += 1
                expected = [place(points[label], values) for label in regimes[name].stable]
                numeric = [
                    tuple(float(v) for v in p.coordinates.values())
                    for p in find_rest_points(regimes.game, values).attractors
                ]
                assert len(numeric) == len(expected)
                assert all(any(e is not None and near(e, n, 1e-9) for n in numeric) for e in expected)
                check_meetings(points, crossing, values)
    return count


def check_meetings(points: Any, crossing: Crossing, values: Mapping[str, Fraction]) -> None:
    """Next to the crossing the points of a transcritical, saddle-node or pitchfork change are next to each other."""
    meeting = {SurfaceKind.TRANSCRITICAL, SurfaceKind.SADDLE_NODE, SurfaceKind.PITCHFORK}
    for change in crossing.changes:
        if change.kind in meeting and len(change.points) > 1:
            places = [place(points[label], values) for label in change.points]
            known = [p for p in places if p is not None]
            assert all(near(known[0], other, 0.05) for other in known)


NUMBERS = st.sampled_from(["a", "b", "c", "-a", "-b", "a - b", "b - c", "a + c", "1", "0", "-1", "2*a - 1"])


@given(st.lists(NUMBERS, min_size=9, max_size=9))
@settings(max_examples=12)
def test_three_strategies_at_random(entries: list[str]) -> None:
    game = MatrixGame([entries[0:3], entries[3:6], entries[6:9]])
    if game.parameters:
        check_both_sides(find_regimes(game))


@given(st.lists(NUMBERS, min_size=8, max_size=8))
@settings(max_examples=12)
def test_two_populations_at_random(entries: list[str]) -> None:
    profiles = [("u", "l"), ("u", "r"), ("d", "l"), ("d", "r")]
    game = NormalFormGame({p: entries[2 * k : 2 * k + 2] for k, p in enumerate(profiles)})
    if game.parameters:
        check_both_sides(find_regimes(game))


@given(st.lists(NUMBERS, min_size=4, max_size=4), st.sampled_from(["-1", "0", "1"]))
@settings(max_examples=12)
def test_own_shares_at_random(entries: list[str], square: str) -> None:
    """Advantages that depend on the own share: points with square roots, foci, saddle-nodes."""
    one, two, three, four = entries
    game = from_advantages({"x": f"{one} + ({two})*y + ({square})*x", "y": f"{three} + ({four})*x"})
    if game.parameters:
        check_both_sides(find_regimes(game))


def test_the_random_games_cross() -> None:
    """The check above has something to check."""
    game = MatrixGame([["0", "a", "b"], ["c", "0", "1"], ["-a", "b", "0"]])
    assert check_both_sides(find_regimes(game)) > 20
