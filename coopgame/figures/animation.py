"""Films of games on networks: every kept state of a run as one frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coopgame.errors import ParameterError, UnsupportedError
from coopgame.figures.network import Layout, draw_cells, draw_network, draw_nodes, explain_network, places_of
from coopgame.figures.network_scene import Scene, scene_of
from coopgame.figures.style import Picture, house_style, label
from coopgame.networks.simulate_result import NetworkRun

_DPI = 100
_PIXELS = 400  # of the longer side of a lattice, or about so many
_LINE, _FOOTER, _NARROWEST = 16, 24, 200  # pixels of a line of the legend, of the text below, and of the width


def animate_network(
    course: NetworkRun,
    path: str | Path,
    network: Any = None,
    *,
    run: int = 0,
    layout: Layout | None = None,
    per_second: int = 10,
    language: str = "en",
) -> Path:
    """Write the kept states of a run as a film, one frame for each, and return the file.

    course: of a simulation with snapshots, as in `simulate_network(..., options=NetworkOptions(snapshots=range(0, 101)))`. path: ends in .gif, or in .mp4, which needs the
    program ffmpeg. network, run, layout: as for `draw_network`. per_second: frames. Cells of lattices have whole numbers of pixels.

    Raises ParameterError for runs without snapshots and for other endings, UnsupportedError where ffmpeg is not there.
    """
    file = Path(path)
    if not len(course.snapshot_times):
        raise ParameterError(
            "the run has kept no states on its way; simulate with options=NetworkOptions(snapshots=range(0, sweeps + 1))"
        )
    if not per_second > 0:
        raise ParameterError(f"per_second = {per_second}; a positive number of frames is needed")
    writer = _writer(file, per_second)
    with house_style():
        ax, words, places = _stage(course, network, run, layout, language)
        drawn: list[Any] = []
        with writer.saving(ax.get_figure(), str(file), dpi=_DPI):
            for time in course.snapshot_times.tolist():
                scene = scene_of(course, network, at=time, run=run)
                for artist in drawn:
                    artist.remove()
                drawn = [draw_cells(ax, scene)] if places is None else draw_nodes(ax, scene, places)
                words.set_text(label(f"sweep {time}", f"第 {time} 轮", language))
                writer.grab_frame()
    return file


def _writer(file: Path, per_second: int) -> Any:
    from matplotlib.animation import FFMpegWriter, PillowWriter

    if file.suffix == ".gif":
        return PillowWriter(fps=per_second)
    if file.suffix != ".mp4":
        raise ParameterError(f"films end in .gif or .mp4, got {file.name!r}")
    if not FFMpegWriter.isAvailable():
        raise UnsupportedError(
            f"a film in MP4 needs the program ffmpeg, and there is no {mpl.rcParams['animation.ffmpeg_path']!r} on the path; install it (Debian and "
            "Ubuntu: apt install ffmpeg), or write a .gif"
        )
    return FFMpegWriter(fps=per_second, metadata={})


def _stage(course: NetworkRun, network: Any, run: int, layout: Layout | None, language: str) -> tuple[Axes, Any, Any]:
    """Return axes with all that does not change, the text that tells the time, and the places of nodes, None on lattices."""
    first = int(course.snapshot_times[0])
    scene = scene_of(course, network, at=first, run=run)
    if scene.lattice is not None and layout is None:
        ax = _lattice_axes(scene, language)
        return ax, _words(ax), None
    places = places_of(scene, layout)
    ax = draw_network(
        course, network, at=first, run=run, layout=None if layout is None else places, language=language
    )
    words = _words(ax)
    figure = ax.get_figure()
    assert isinstance(figure, Figure), "these axes are new"
    figure.set_dpi(_DPI)
    figure.set_size_inches(*(2 * np.ceil(figure.get_size_inches() * _DPI / 2) / _DPI))
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # so that frames do not jump
    for nodes in [own for own in ax.collections if str(own.get_gid()).startswith("nodes")]:
        nodes.remove()
    return ax, words, places


def _words(ax: Axes) -> Any:
    return ax.text(0.5, -0.01, " ", transform=ax.transAxes, ha="center", va="top")


def _lattice_axes(scene: Scene, language: str) -> Axes:
    """Return axes on which every cell has the same whole number of pixels, under a legend and above a line of text."""
    assert scene.lattice is not None, "a lattice was found"
    rows, columns = scene.lattice.shape
    each = max(1, round(_PIXELS / max(rows, columns)))
    header = _LINE * (1 + (len(scene.strategies) - 1) // 4) + 8
    width = 2 * -(-max(each * columns, _NARROWEST) // 2)
    height = 2 * -(-(each * rows + header + _FOOTER) // 2)
    figure = Picture(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
    left = (width - each * columns) // 2
    ax: Axes = figure.add_axes(
        (left / width, _FOOTER / height, each * columns / width, each * rows / height), frameon=False
    )
    cells = draw_cells(ax, scene)
    for spine in ax.spines.values():
        spine.set_visible(False)
    explain_network(ax, scene, language)
    cells.remove()
    return ax
