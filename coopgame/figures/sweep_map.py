"""Results of sweeps over two dimensions, and refined maps of labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import ListedColormap

from coopgame.errors import ParameterError, UnsupportedError
from coopgame.figures.regime_map import name_regions
from coopgame.figures.style import COLUMN_WIDTH, axes_for, fill_of, house_style, label, wrapped
from coopgame.sweeps.refinement import RefinedMap

if TYPE_CHECKING:
    import xarray

_COLOURS = "cividis"  # rises evenly in lightness, and is the same to the colour-blind
_CONTOURS = 7
_RASTER = 512
_NOTHING = ("#FFFFFF", "")


def draw_sweep_map(
    dataset: xarray.Dataset, variable: str, x: str, y: str, ax: Axes | None = None, *, language: str = "en"
) -> Axes:
    """Draw a variable of a sweep over two of its dimensions; return the axes.

    dataset: as `sweep` returns it. The variable has the dimensions x and y alone; choose places along others first, with `dataset.sel(...)` or `isel`. Codes are drawn as
    filled and hatched regions that carry the attribute `labels`, white where there is none; numbers as colours with a bar and contour lines, white where they
    are missing. Names of axes come from `long_name`, `long_name_zh` and `units` of the coordinates.

    Raises ParameterError for names that the dataset has not, UnsupportedError for other dimensions or labels of other than numbers.
    """
    picture, across, up = _grid(dataset, variable, x, y)
    told = dataset[variable].attrs
    with house_style():
        ax = axes_for(ax, COLUMN_WIDTH, 0.8 * COLUMN_WIDTH)
        if "labels" in told:
            texts = _labels(told, language)
            _draw_codes(ax, np.where(picture < 0, -1, picture).astype(int), (across, up), texts)
        else:
            english = str(told.get("long_name", variable))
            name = label(english, told.get("long_name_zh"), language)
            _draw_numbers(ax, picture, across, up, _with_unit(name, told))
        for axis, setter in ((x, ax.set_xlabel), (y, ax.set_ylabel)):
            setter(wrapped(_axis_name(axis, dataset[axis].attrs, language)))
        ax.set_xlim(across.min(), across.max())
        ax.set_ylim(up.min(), up.max())
    return ax


def draw_basin_map(refined: RefinedMap, ax: Axes | None = None, *, language: str = "en", cells: bool = False) -> Axes:
    """Draw a refined map of labels: regions with their names, and the lines between them; return the axes.

    cells: whether the outlines of the cells are drawn, which shows where the map was refined.
    """
    with house_style():
        ax = axes_for(ax, COLUMN_WIDTH, 0.8 * COLUMN_WIDTH)
        axes_of = [np.linspace(low, high, _RASTER) for low, high in zip(refined.low, refined.high, strict=True)]
        picture = _raster(refined, axes_of)
        texts = {own.code: label(own.text, own.text_zh, language) for own in refined.labels}
        _draw_codes(ax, picture, (axes_of[0], axes_of[1]), texts, outlines=False)
        codes = [own.code for own in refined.labels]
        for n, first in enumerate(codes):
            for second in codes[n + 1 :]:
                for line in refined.boundary(first, second):
                    ax.plot(
                        *line.T,
                        color="black",
                        linewidth=0.8,
                        solid_capstyle="round",
                        gid=f"boundary-{first}-{second}",
                    )
        if cells:
            boxes = [_box(corner, size) for corner, size in zip(refined.corners, refined.sizes, strict=True)]
            ax.add_collection(PolyCollection(boxes, facecolors="none", edgecolors="#8A8A8A", linewidths=0.2))
        across, up = (_axis_name(*named, language) for named in zip(refined.names, refined.long_names, strict=True))
        ax.set_xlabel(wrapped(across))
        ax.set_ylabel(wrapped(up))
        ax.set_xlim(refined.low[0], refined.high[0])
        ax.set_ylim(refined.low[1], refined.high[1])
    return ax


def _grid(dataset: xarray.Dataset, variable: str, x: str, y: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the variable as an array (y, x), with rising coordinates."""
    if variable not in dataset.data_vars:
        known = ", ".join(map(str, dataset.data_vars))
        raise ParameterError(f"the sweep has no variable {variable!r}; there are {known or 'none'}")
    array = dataset[variable]
    for name in (x, y):
        if name not in array.dims:
            raise ParameterError(
                f"{variable} has no dimension {name!r}; it has {', '.join(map(str, array.dims)) or 'none'}"
            )
        if array[name].dtype.kind not in "fiu":
            raise UnsupportedError(f"the labels of {name!r} are no numbers; a map needs numbers along both axes")
    others = [str(dim) for dim in array.dims if dim not in (x, y)]
    if others or x == y:
        choice = ", ".join(f"{dim}=0" for dim in others)
        raise UnsupportedError(
            f"a map needs the two dimensions {x!r} and {y!r} alone, {variable} has {', '.join(map(str, array.dims))}; choose places "
            f"along the others first: dataset.isel({choice})"
        )
    array = array.transpose(y, x).sortby([x, y])
    return (
        np.asarray(array.values, dtype=float),
        np.asarray(array[x].values, float),
        np.asarray(array[y].values, float),
    )


def _labels(told: Mapping[str, Any], language: str) -> dict[int, str]:
    english = _texts(told["labels"])
    chinese = _texts(told.get("labels_zh", ())) or english
    return {code: label(a, b, language) for code, (a, b) in enumerate(zip(english, chinese, strict=True))}


def _texts(given: Any) -> Sequence[str]:
    return [given] if isinstance(given, str) else [str(text) for text in given]


def _draw_codes(
    ax: Axes,
    picture: np.ndarray,
    grid: tuple[np.ndarray, np.ndarray],
    texts: Mapping[int, str],
    *,
    outlines: bool = True,
) -> None:
    """Fill the region of each code, an array (y, x); every point of the grid has its own rectangle."""
    edges = tuple(_edges(axis) for axis in grid)
    present = [int(code) for code in np.unique(picture) if code >= 0]
    fills = {code: fill_of(code) for code in present}  # the same in every figure
    order = np.full(max([*present, 0]) + 2, len(present))
    for n, code in enumerate(present):
        order[code] = n
    colours = ListedColormap([*(fill for fill, _ in fills.values()), _NOTHING[0]])
    numbers = order[np.where(picture < 0, -1, picture)]
    ax.pcolormesh(*edges, numbers, cmap=colours, vmin=-0.5, vmax=len(present) + 0.5, rasterized=True)
    for code, (_, hatch) in fills.items():
        inside = np.pad((picture == code).astype(float), 1, mode="edge")
        around = [np.concatenate([[e[0]], axis, [e[-1]]]) for axis, e in zip(grid, edges, strict=True)]
        if hatch:
            ax.contourf(*around, inside, levels=[0.5, 1.5], colors="none", hatches=[hatch])
        if outlines and len(present) > 1:
            ax.contour(*around, inside, levels=[0.5], colors="black", linewidths=0.6)
    name_regions(ax, picture, grid, {code: texts.get(code, str(code)) for code in present})


def _draw_numbers(ax: Axes, picture: np.ndarray, across: np.ndarray, up: np.ndarray, name: str) -> None:
    values = np.ma.masked_invalid(picture)
    mesh = ax.pcolormesh(_edges(across), _edges(up), values, cmap=_COLOURS, rasterized=True)
    figure = ax.get_figure()
    if figure is not None:
        figure.colorbar(mesh, ax=ax, label=wrapped(name))
    if values.count() and float(values.max()) > float(values.min()) and min(picture.shape) > 1:
        lines = ax.contour(across, up, values, levels=_CONTOURS, colors="white", linewidths=0.7)
        ax.clabel(lines, fontsize=6, fmt="%.3g")


def _edges(axis: np.ndarray) -> np.ndarray:
    """Return the borders between the rectangles of neighbouring points."""
    if len(axis) == 1:
        return np.array([axis[0] - 0.5, axis[0] + 0.5])
    middle = (axis[1:] + axis[:-1]) / 2
    return np.concatenate([[axis[0]], middle, [axis[-1]]])


def _raster(refined: RefinedMap, axes_of: Sequence[np.ndarray]) -> np.ndarray:
    """Return the codes of cells on a grid, an array (y, x)."""
    picture = np.full((len(axes_of[1]), len(axes_of[0])), -1)
    last = [axis[-1] for axis in axes_of]
    for corner, size, code in zip(refined.corners, refined.sizes, refined.codes, strict=True):
        across, up = (
            slice(*np.searchsorted(axis, [low, low + width if low + width < end * (1 - 1e-12) else np.inf]))
            for axis, low, width, end in zip(axes_of, corner, size, last, strict=True)
        )
        picture[up, across] = code
    return picture


def _box(corner: np.ndarray, size: np.ndarray) -> np.ndarray:
    return np.asarray(corner + np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * size)


def _axis_name(name: str, told: Mapping[str, Any], language: str) -> str:
    english = f"{name}: {told['long_name']}" if told.get("long_name") else name
    chinese = f"{name}：{told['long_name_zh']}" if told.get("long_name_zh") else None
    return _with_unit(label(english, chinese, language), told)


def _with_unit(name: str, told: Mapping[str, Any]) -> str:
    return f"{name} ({told['units']})" if told.get("units") else name
