"""M2, M5 and M6 beside a second implementation that knows only their written payoffs."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

from coopgame import Game, GroupGame, find_regimes, find_rest_points, parse_game, read_game, replicator
from tests.paper import second_m2, second_m5, second_m6

FOLDER = Path(__file__).parents[2] / "paper_repro" / "models"
ATTRACTING = {"stable": "asymptotic", "unstable": "unstable", "saddle": "unstable"}
KINDS = {"stable": "sink", "unstable": "source", "saddle": "saddle"}
DRAWS = 40


def place(point: Any) -> tuple[Fraction, ...]:
    """The exact coordinates of a rest point."""
    return tuple(Fraction(int(v.p), int(v.q)) for v in point.coordinates.values())


# M2


@pytest.fixture(scope="module")
def brands() -> Game:
    return read_game(FOLDER / "m2.toml")


def test_the_field_of_three_kinds_of_firms(brands: Game) -> None:
    rng = random.Random(21)
    field = replicator(brands)
    for _ in range(DRAWS):
        values = second_m2.draw_m2(rng)
        parts = [rng.randint(0, 9) for _ in range(3)]
        shares = [Fraction(part, sum(parts) or 1) for part in parts] if sum(parts) else [Fraction(1, 3)] * 3
        wanted = [float(rate) for rate in second_m2.rates_m2(shares, values)]
        assert np.asarray(field([float(s) for s in shares], values)) == pytest.approx(wanted, abs=1e-12)


def test_rest_points_and_types_of_three_kinds_of_firms(brands: Game) -> None:
    rng = random.Random(22)
    mixed = 0
    for _ in range(DRAWS):
        values = second_m2.draw_m2(rng)
        wanted = {p.shares: p.stability for p in second_m2.rest_points_m2(values)}
        found = find_rest_points(brands, values)
        assert found.complete and {place(p) for p in found} == set(wanted)
        for point in found:
            stability = wanted[place(point)]
            mixed += point.kind != "vertex"
            if stability != "degenerate":
                assert (point.stability, point.attracting) == (KINDS[stability], ATTRACTING[stability])
    assert mixed > DRAWS


def test_the_regime_of_the_brands_at_random_values(brands: Game) -> None:
    """Fixed but for three parameters, so that the partition is small; the second implementation says what is stable."""
    rng = random.Random(23)
    fixed = {n: v for n, v in brands.values().items() if n not in ("h", "e", "L_B")}
    regimes = find_regimes(brands, fixed)
    seen = set()
    for _ in range(DRAWS):
        drawn = second_m2.draw_m2(rng)
        free = {"h": drawn["h"], "L_B": drawn["L_B"] / 8, "e": drawn["e"] / 2 + fixed["b"]}
        regime = regimes.at(free)
        stable = {p.present for p in second_m2.rest_points_m2({**fixed, **free}) if p.stability == "stable"}
        points = find_rest_points(brands, {**fixed, **free})
        assert len(regime.stable) == len(stable) == len(points.attractors)
        assert {"".join(n[-1] for n, v in p.coordinates.items() if v != 0) for p in points.attractors} == stable
        seen.add(regime.name)
    assert len(seen) > 2


# M5


def warehouse(n: int, threshold: int, third_party: bool = False) -> GroupGame:
    """The written payoffs as a group game of n firms; M5 of the files has n = 5 and a threshold of 3."""
    text = (FOLDER / "m5.toml").read_text(encoding="utf-8")
    text = text.replace("size = 5", f"size = {n}").replace("M = 3", f"M = {threshold}")
    if third_party:
        text = text.replace("(K - k_abstain*fee)", "K")
    game = parse_game(text)
    assert isinstance(game, GroupGame)
    return game


@pytest.mark.parametrize("third_party", [False, True])
def test_interior_points_of_the_warehouse(third_party: bool) -> None:
    rng = random.Random(51)
    counts: dict[int, int] = {}
    for _ in range(DRAWS):
        n, threshold, values = second_m5.draw_m5(rng)
        wanted = second_m5.interior_rest_points_m5(n, threshold, values, third_party=third_party)
        found = [p for p in find_rest_points(warehouse(n, threshold, third_party), values) if p.kind == "interior"]
        assert len(found) == len(wanted)
        for point, other in zip(sorted(found, key=lambda p: p.state[0]), wanted, strict=True):
            assert float(other.low) - 1e-12 <= point.state[0] <= float(other.high) + 1e-12
            if other.stability != "degenerate":
                assert point.attracting == ATTRACTING[other.stability]
        counts[len(found)] = counts.get(len(found), 0) + 1
    assert len(counts) > 1


def test_the_ends_of_the_warehouse() -> None:
    rng = random.Random(52)
    compared = 0
    for _ in range(DRAWS):
        n, threshold, values = second_m5.draw_m5(rng, 8)
        points = find_rest_points(warehouse(n, threshold), values)
        for x, stability in zip((0, 1), second_m5.end_stability_m5(n, threshold, values), strict=True):
            if stability != "degenerate":
                assert points.at(x=x).attracting == ATTRACTING[stability]
                compared += 1
    assert compared > DRAWS


# M6


def drawn_feedback(rng: random.Random, law: str) -> tuple[dict[str, Fraction], ...]:
    """Two sets of M1 that differ in a, k and h only, as in the file; the law's numbers; all of them under the file's names."""
    poor, rich, speed = second_m6.draw_m6(rng, law)
    rich = {**poor, **{name: rich[name] for name in ("a", "k", "h")}}
    both = {n: v for n, v in poor.items() if n not in ("a", "k", "h")}
    both |= {f"{n}{i}": values[n] for i, values in enumerate((poor, rich)) for n in ("a", "k", "h")}
    return poor, rich, speed, {**both, **speed}


@pytest.mark.parametrize(("law", "file"), [("switch", "m6"), ("renewal", "m6_renewal")])
def test_the_field_with_feedback(law: str, file: str) -> None:
    game = read_game(FOLDER / f"{file}.toml")
    field = replicator(game)
    rng = random.Random(61)
    for _ in range(DRAWS):
        poor, rich, speed, values = drawn_feedback(rng, law)
        x, e = Fraction(rng.randint(0, 10), 10), Fraction(rng.randint(0, 10), 10)
        wanted = [float(rate) for rate in second_m6.rates_m6(x, e, poor, rich, law, speed)]
        found = dict(zip(("x", "e"), wanted, strict=True))
        rates = {
            name: float(
                rate.xreplace(
                    {
                        sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator)
                        for n, v in {**values, "x": x, "e": e}.items()
                    }
                )
            )
            for name, rate in zip(game.coordinates, field.rates, strict=True)
        }
        assert rates == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize(("law", "file"), [("switch", "m6"), ("renewal", "m6_renewal")])
def test_rest_points_with_feedback(law: str, file: str) -> None:
    game = read_game(FOLDER / f"{file}.toml")
    rng = random.Random(62)
    interior = 0
    for _ in range(3 * DRAWS):
        poor, rich, speed, values = drawn_feedback(rng, law)
        wanted = sorted(second_m6.rest_points_m6(poor, rich, law, speed), key=lambda p: (float(p.x), float(p.e)))
        found = sorted(find_rest_points(game, values), key=lambda p: (p.state[0], p.state[2]))
        assert len(found) == len(wanted)
        for point, other in zip(found, wanted, strict=True):
            assert [point.state[0], point.state[2]] == pytest.approx([float(other.x), float(other.e)], abs=1e-9)
            interior += other.place == "interior"
            if other.stability != "degenerate":
                assert (point.stability, point.attracting) == (KINDS[other.stability], ATTRACTING[other.stability])
    assert interior > 5
