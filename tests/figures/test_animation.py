"""Films of games on networks: one frame for each kept state, cell by cell on lattices."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.animation import FFMpegWriter
from matplotlib.colors import to_rgb
from PIL.GifImagePlugin import GifImageFile

from coopgame import (
    MatrixGame,
    ParameterError,
    UnsupportedError,
    fermi_imitation,
    network_population,
    ring,
    simulate_network,
    square_lattice,
    vertical_cluster,
)
from coopgame.figures import animate_network, circular_layout, style
from coopgame.networks.simulate import NetworkOptions
from coopgame.networks.simulate_result import NetworkRun

GAME = MatrixGame([[2, -1], [3, 0]], ["C", "D"])


def run_on(net: Any, snapshots: tuple[int, ...] = (0, 2, 4)) -> NetworkRun:
    population = network_population(GAME, fermi_imitation(1), net)
    options = NetworkOptions(runs=2, snapshots=snapshots)
    return simulate_network(population, start={"C": 0.5, "D": 0.5}, sweeps=4, seed=1, options=options)


def frames(file: Path) -> list[np.ndarray]:
    with GifImageFile(file) as film:
        found = []
        for k in range(film.n_frames):
            film.seek(k)
            found.append(np.asarray(film.convert("RGB"), dtype=int))
    return found


def test_every_cell_of_every_frame_is_a_square_of_the_colour_of_its_strategy(tmp_path: Path) -> None:
    lattice = square_lattice(8, 10)
    course = run_on(lattice)
    file = animate_network(course, tmp_path / "lattice.gif", run=1)
    film = frames(file)
    assert len(film) == 3
    colours = np.array([to_rgb(colour) for colour in style.COLOURS[:2]]) * 255
    for frame, states in zip(film, course.snapshots[1], strict=True):
        nearest = np.abs(frame[..., None, :] - colours).sum(axis=-1)
        exact = nearest.min(axis=-1) < 12
        kinds = np.where(exact, nearest.argmin(axis=-1), -1)
        left, width = (frame.shape[1] - 400) // 2, 40  # cells of 400 / 10 pixels
        tops = [top for top in range(frame.shape[0] - 320) if (kinds[top : top + 320, left : left + 400] >= 0).all()]
        picture = kinds[tops[0] : tops[0] + 320, left : left + 400]
        np.testing.assert_array_equal(picture, np.kron(states.reshape(8, 10), np.ones((width, width), dtype=int)))


def test_films_of_clusters_move_the_marks_and_nothing_else(tmp_path: Path) -> None:
    cluster = vertical_cluster([2, 4], seed=1)
    course = run_on(cluster)
    for layout in (None, circular_layout):
        first, second, _ = frames(animate_network(course, tmp_path / "cluster.gif", cluster, layout=layout))
        changed = course.snapshots[0, 0] != course.snapshots[0, 1]
        assert 0 < changed.sum() < 6
        different = np.abs(first - second).sum(axis=-1) > 60
        assert different.any() and different.mean() < 0.05  # marks of firms and the sweep


def test_the_same_film_is_the_same_bytes(tmp_path: Path) -> None:
    course = run_on(square_lattice(4))
    one, other = (animate_network(course, tmp_path / name) for name in ("a.gif", "b.gif"))
    assert one.read_bytes() == other.read_bytes()


def test_a_film_of_one_frame(tmp_path: Path) -> None:
    assert len(frames(animate_network(run_on(ring(5), (3,)), str(tmp_path / "one.gif")))) == 1


def test_films_that_cannot_be_written_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = run_on(square_lattice(4))
    monkeypatch.setattr(FFMpegWriter, "isAvailable", classmethod(lambda cls: False))
    cases: list[tuple[type[Exception], str, Callable[[], object]]] = [
        (UnsupportedError, "needs the program ffmpeg", lambda: animate_network(course, tmp_path / "a.mp4")),
        (ParameterError, r"end in .gif or .mp4, got 'a.avi'", lambda: animate_network(course, tmp_path / "a.avi")),
        (
            ParameterError,
            r"snapshots=range\(0, sweeps \+ 1\)",
            lambda: animate_network(run_on(ring(5), ()), tmp_path / "a.gif"),
        ),
        (ParameterError, "per_second = 0", lambda: animate_network(course, tmp_path / "a.gif", per_second=0)),
        (ParameterError, "no run 2", lambda: animate_network(course, tmp_path / "a.gif", run=2)),
    ]
    for kind, said, write in cases:
        with pytest.raises(kind, match=said):
            write()
    assert not list(tmp_path.iterdir())


@pytest.mark.filterwarnings("ignore:.encoding. argument not specified:EncodingWarning:matplotlib.animation")
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not on the path")
def test_a_film_in_mp4(tmp_path: Path) -> None:
    file = animate_network(run_on(square_lattice(5)), tmp_path / "lattice.mp4")
    assert file.read_bytes()[4:8] == b"ftyp"
