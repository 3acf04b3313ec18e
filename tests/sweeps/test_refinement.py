"""Refined maps against exact circles and lines, and separatrices against the conserved quantity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    NormalFormGame,
    ParameterError,
    RefinedMap,
    basin_area,
    find_regimes,
    find_separatrices,
    measures,
    refine_boundaries,
    replicator,
)

SQUARE = {"x": (0.0, 1.0), "y": (0.0, 1.0)}
STAG = NormalFormGame({"a, a": ["b", "b"], "a, b": [0, 0], "b, a": [0, 0], "b, b": [1, 1]})


def disc(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return ((x - 0.4) ** 2 + (y - 0.55) ** 2 < 0.09).astype(int)


def whole(refined: RefinedMap) -> None:
    """The cells fill the rectangle without overlap."""
    extent = np.array(refined.high) - np.array(refined.low)
    assert refined.sizes.prod(axis=1).sum() == pytest.approx(extent.prod())
    rng = np.random.default_rng(0)
    for point in rng.uniform(refined.low, refined.high, (50, 2)):
        inside = (refined.corners < point) & (point < refined.corners + refined.sizes)
        assert inside.all(axis=1).sum() == 1


def test_a_disc() -> None:
    refined = refine_boundaries(disc, SQUARE, cells=8, levels=5)
    whole(refined)
    area = np.pi * 0.09
    inside = refined.of(1)
    assert inside.low < area < inside.high
    assert inside.share == pytest.approx(area, abs=1e-3)
    assert inside.share + refined.of(0).share == pytest.approx(1)
    # each cell of one label has it everywhere
    assert not refined.straddles.all()
    corners, sizes = refined.corners[~refined.straddles], refined.sizes[~refined.straddles]
    for part in np.random.default_rng(1).uniform(0, 1, (9, 2)):
        at = corners + part * sizes
        assert (disc(at[:, 0], at[:, 1]) == refined.codes[~refined.straddles]).all()
    assert refined.sizes[refined.straddles] == pytest.approx(1 / 256)
    # a line needs about as many points as it has smallest cells, not their square
    assert refined.evaluations < refined.full_grid / 20


def test_the_boundary_of_a_disc_is_one_closed_line() -> None:
    refined = refine_boundaries(disc, SQUARE, cells=8, levels=4)
    lines = refined.boundary(0, 1)
    assert len(lines) == 1
    line = lines[0]
    assert line[0] == pytest.approx(line[-1])
    radius = np.hypot(line[:, 0] - 0.4, line[:, 1] - 0.55)
    assert np.abs(radius - 0.3).max() < 1 / 128
    length = np.hypot(*np.diff(line, axis=0).T).sum()
    assert 2 * np.pi * 0.3 < length < 1.3 * 2 * np.pi * 0.3
    sharp = refine_boundaries(disc, SQUARE, cells=8, levels=4, bisections=20).boundary(1, 0)[0]
    assert np.abs(np.hypot(sharp[:, 0] - 0.4, sharp[:, 1] - 0.55) - 0.3).max() < 1e-8
    assert np.hypot(*np.diff(sharp, axis=0).T).sum() == pytest.approx(2 * np.pi * 0.3, rel=1e-3)


def test_three_regions_that_meet_in_a_point() -> None:
    def sectors(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        angle = np.arctan2(y - 0.52, x - 0.47)
        return np.digitize(angle, [-2.0, 0.3]) * 10

    refined = refine_boundaries(sectors, SQUARE, cells=8, levels=5, bisections=20)
    whole(refined)
    for first, second in ((0, 10), (10, 20), (0, 20)):
        lines = refined.boundary(first, second)
        assert lines
        nearest = min(np.hypot(line[:, 0] - 0.47, line[:, 1] - 0.52).min() for line in lines)
        assert nearest < 1 / 128, "each boundary ends where the three meet"
    assert refined.boundary(0, 10)[0] is refined.boundary(10, 0)[0]


def test_a_neighbour_shows_what_corners_do_not() -> None:
    # a wedge that enters the cells from the right, between their corners
    def wedge(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (np.abs(y - 0.3125) < 0.11 * (x - 0.2)).astype(int)

    refined = refine_boundaries(wedge, SQUARE, cells=4, levels=5)
    whole(refined)
    assert refined.of(1).share == pytest.approx(0.11 * 0.8**2, abs=2e-3)
    # without the edges of neighbours the wedge would end in the first cells whose corners and centre see it
    assert 0.19 < refined.corners[refined.straddles][:, 0].min() < 0.25


def test_one_label_everywhere_needs_no_refinement() -> None:
    refined = refine_boundaries(lambda x, y: np.zeros(len(x), dtype=int), SQUARE, cells=4)
    assert refined.evaluations == 25 + 16 and len(refined.codes) == 16
    assert refined.of(0).share == refined.of(0).low == refined.of(0).high == 1
    with pytest.raises(ParameterError, match="no label 1"):
        refined.of(1)


def test_the_separatrix_of_two_populations() -> None:
    refined = refine_boundaries(measures.attractor_reached(STAG, {"b": 2}), SQUARE, cells=8, levels=5, bisections=12)
    exact = basin_area(STAG, {"b": 2})
    assert refined.of("E4").low < float(exact.of("E4")) < refined.of("E4").high
    assert refined.of("E4").share == pytest.approx(float(exact.of("E4")), abs=1e-3)
    line = np.concatenate(refined.boundary("E1", "E4"))
    inner = line[(line > 0.02).all(axis=1) & (line < 0.98).all(axis=1)]
    # A0 ln y - A1 ln(1 - y) - B0 ln x + B1 ln(1 - x) is constant on it, with A0 = B0 = -1 and A1 = B1 = 2
    level = lambda x, y: -np.log(y) - 2 * np.log(1 - y) + np.log(x) + 2 * np.log(1 - x)  # noqa: E731
    assert np.abs(level(*inner.T) - level(1 / 3, 1 / 3)).max() < 1e-4
    curves = np.concatenate(find_separatrices(replicator(STAG), {"b": 2}))
    curves = curves[(curves > 0.03).all(axis=1) & (curves < 0.97).all(axis=1)]
    order = np.argsort(inner[:, 0])
    assert len(curves) > 5
    assert curves[:, 1] == pytest.approx(np.interp(curves[:, 0], *inner[order].T), abs=1e-4)


def test_a_tie_on_the_lattice_is_no_region() -> None:
    game = MatrixGame([["b", 0], [0, "c"]], symbol="x", assumptions=["b > 0", "c > 0"])
    measure = measures.attractor_reached(game, initial={"x": 0.5})
    refined = refine_boundaries(measure, {"b": (0.5, 2.5), "c": (0.5, 2.5)}, cells=8, levels=3)
    # at b = c the start lies on the separatrix, and half of the lattice points of the boundary do
    assert {own.text for own in refined.labels} == {"E1 (2)", "E2 (1)"}
    line = np.concatenate(refined.boundary("E1", "E2"))
    assert np.abs(line[:, 0] - line[:, 1]).max() <= 2 / 64
    assert refined.of("E1").share == pytest.approx(0.5, abs=0.02)


def test_regimes_over_two_parameters() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", "k"]], symbol="x")
    measure = measures.regime(find_regimes(game), {"k": "1/2"})
    refined = refine_boundaries(measure, {"b": (-1, 1), "c": (-1, 1)}, cells=8, levels=4)
    # cooperators are stable for c < 0, the others for k + c > 0
    stable = {own.text.split(": ")[1]: own.share for own in refined.labels}
    assert stable == pytest.approx({"E1": 0.5, "E2": 0.25, "E1, E2": 0.25}, abs=0.02)


def test_where_the_measure_fails_there_is_no_label() -> None:
    game = MatrixGame([[1, 0, 0], [0, 1, 0], [0, 0, 1]], strategies=["r", "p", "s"])
    over = {"population.r": (0.0, 1.0), "population.p": (0.0, 1.0)}
    refined = refine_boundaries(measures.attractor_reached(game), over, cells=8, levels=4)
    assert (refined.codes == -1).any() and all(own.code >= 0 for own in refined.labels)
    assert [own.share for own in refined.labels] == pytest.approx([1 / 3] * 3, abs=0.01)
    line = np.concatenate(refined.boundary("E1", "E2"))
    assert np.abs(line[:, 0] - line[:, 1]).max() <= 1 / 64
    assert refined.long_names[0]["long_name"] == "share of r in population"
    assert "evaluations instead of" in str(refined) and "<table>" in refined._repr_html_()


Broken = Callable[[np.ndarray, np.ndarray], Any]
BAD: list[tuple[Any, dict[str, Any], dict[str, Any], str]] = [
    (disc, {"x": (0, 1)}, {}, "two names"),
    (disc, {"x": (0, 1), "y": (1, 1)}, {}, "range of y"),
    (disc, {"x": (0, 1), "y": (0, np.inf)}, {}, "range of y"),
    (disc, SQUARE, {"cells": 0}, "cells = 0"),
    (disc, SQUARE, {"levels": -1}, "levels = -1"),
    (disc, SQUARE, {"levels": True}, "levels = True"),
    (disc, SQUARE, {"levels": 12}, "at most 4096"),
    (7, SQUARE, {}, "no measure and no function"),
    (lambda x, y: x + y, SQUARE, {}, "one whole number for each"),
    (lambda x, y: 1, SQUARE, {}, "one whole number for each"),
    (measures.final_shares(STAG, {"b": 1}), SQUARE, {}, "no variable with labels"),
    (measures.attractor_reached(STAG, {"b": 1}), SQUARE, {"variable": "end"}, "no variable 'end'"),
    (measures.attractor_reached(STAG, {"b": 1}), {"x": (0, 1), "w": (0, 1)}, {}, "unknown parameter or share 'w'"),
]


@pytest.mark.parametrize(("label", "over", "options", "text"), BAD)
def test_what_is_refused(label: Any, over: dict[str, Any], options: dict[str, Any], text: str) -> None:
    with pytest.raises(ParameterError, match=text):
        refine_boundaries(label, over, **options)
