"""The house style of figures: readable in greyscale, fonts with the glyphs of the labels, files without dates."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.lines import Line2D

from coopgame.analysis.points import RestPoint
from coopgame.analysis.stability import Stability
from coopgame.errors import FontWarning, ParameterError, UnsupportedError
from coopgame.games.game import Game

# Okabe and Ito's palette, ordered so that neighbours differ in lightness
COLOURS = ("#0072B2", "#E69F00", "#000000", "#56B4E9", "#D55E00", "#009E73", "#CC79A7", "#8A8A8A")
LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
MARKS = ("o", "s", "^", "D", "v", "P")
HATCHES = ("", "//", "..", "\\\\", "xx", "--", "oo", "++")
FILLS = ("#F4F4F4", "#BFD7EA", "#FBE3B5", "#9FD3C0", "#E8BFD3", "#D9D9D9", "#F6C7A9", "#C9C6E8", "#DDE8B9", "#B9DDE0")
COLUMN_WIDTH = 85 / 25.4
PAGE_WIDTH = 170 / 25.4
_MARK_WORDS: dict[Stability, tuple[str, str]] = {
    Stability.SINK: ("sink", "汇（稳定）"),
    Stability.SADDLE: ("saddle", "鞍点"),
    Stability.SOURCE: ("source", "源（不稳定）"),
    Stability.CENTER: ("centre", "中心"),
}
_CHINESE_SAMPLE = "复制动态方程均衡点企业价格战政府监管概率"
_PREFERRED = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Noto Sans CJK JP",
)


class Picture(Figure):
    """A matplotlib figure that a notebook shows by itself, whatever the backend."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=120, metadata={"Software": None})
        return buffer.getvalue()


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside the block; settings outside it stay as they are."""
    settings: dict[str, Any] = {
        "font.size": 8,
        "font.family": ["DejaVu Sans"],
        "axes.titlesize": 8,
        "axes.labelsize": 8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "axes.unicode_minus": False,
        "xtick.labelsize": 7,
        "ytick.labelsize": 7,
        "legend.fontsize": 7,
        "legend.frameon": False,
        "lines.linewidth": 1.3,
        "hatch.linewidth": 0.4,
        "pdf.fonttype": 42,
        "svg.hashsalt": "coopgame",
        "figure.dpi": 120,
        "savefig.dpi": 300,
    }
    family = chinese_font()
    if family:
        settings["font.family"] = ["DejaVu Sans", family]
    with mpl.rc_context(settings):  # type: ignore[arg-type]
        yield


def axes_for(ax: Axes | None, width: float = COLUMN_WIDTH, height: float | None = None, **keywords: Any) -> Axes:
    """Return the axes that are given, their names in the fonts of the house, or new ones; sizes in inches."""
    if ax is None:
        return new_axes(width, height, **keywords)
    for text in (ax.title, *(axis.label for axis in (ax.xaxis, ax.yaxis, getattr(ax, "zaxis", None)) if axis)):
        text.set_fontfamily(mpl.rcParams["font.family"])
    return ax


def new_axes(width: float = COLUMN_WIDTH, height: float | None = None, **keywords: Any) -> Axes:
    """Return the axes of a new figure, sizes in inches; no window is opened and no global state changes."""
    figure = Picture(figsize=(width, height or 0.75 * width), layout="constrained")
    axes: Axes = figure.add_subplot(**keywords)
    return axes


@cache
def chinese_font() -> str | None:
    """Return the name of an installed font with simplified-Chinese glyphs, checked glyph by glyph, else None."""
    entries = sorted(font_manager.fontManager.ttflist, key=lambda entry: (_rank(entry.name), entry.name, entry.fname))
    checked: set[str] = set()
    for entry in entries:
        if entry.fname in checked:
            continue
        checked.add(entry.fname)
        if _has_glyphs(entry.fname, _CHINESE_SAMPLE):
            return str(entry.name)
    return None


def _rank(name: str) -> int:
    return _PREFERRED.index(name) if name in _PREFERRED else len(_PREFERRED)


def _has_glyphs(path: str, text: str) -> bool:
    """Return whether a font has a glyph of its own for each character; fonts of last resort show one box for all of them."""
    try:
        known = FT2Font(path).get_charmap()
    except (OSError, RuntimeError):
        return False
    return len({known.get(ord(character), 0) for character in text} - {0}) == len(set(text))


@cache
def _warn_about_font() -> None:
    text = (
        "no installed font has simplified-Chinese glyphs, so labels are English; install one, for example Noto Sans CJK SC "
        "(Debian and Ubuntu: apt install fonts-noto-cjk), and delete matplotlib's font cache"
    )
    warnings.warn(text, FontWarning, stacklevel=4)


def label(english: str, chinese: str | None, language: str) -> str:
    """Return the label in the wanted language; English, with one warning, when Chinese cannot be drawn."""
    if language != "zh" or not chinese:
        return english
    if chinese_font() is None:
        _warn_about_font()
        return english
    return chinese


def needs_populations(game: Game, count: int, figure: str, *, unbounded: bool = False) -> None:
    """Raise UnsupportedError unless the game has this many coordinates: two-strategy populations or environment variables.

    unbounded: whether quantities without upper bound may be among them.
    """
    if game.unbounded and not (unbounded and len(game.coordinates) == count):
        raise UnsupportedError(
            f"{figure} is not drawn for the coordinates {', '.join(game.coordinates)}, of which {min(game.unbounded)} has no upper bound: draw "
            "them over time with draw_time_series"
        )
    sizes = [len(block.strategies) for block in game.blocks]
    if sizes != [2] * count and not game.unbounded:
        wanted = "one population" if count == 1 else f"{['two', 'three'][count - 2]} populations"
        raise UnsupportedError(
            f"{figure} is drawn for {wanted} with two strategies{' each' if count > 1 else ''}; this game has "
            f"{' x '.join(map(str, sizes))} strategies: draw its shares over time with draw_time_series"
        )


def needs_result(given: object, kinds: type | tuple[type, ...], maker: str) -> None:
    """Raise UnsupportedError for what is none of the results that a figure draws. maker: the function that returns one."""
    if not isinstance(given, kinds):
        raise UnsupportedError(f"{type(given).__name__} is not what is drawn here; give what {maker}(…) returns")


def fill_of(number: int) -> tuple[str, str]:
    """Return colour and hatching of the regime with this place in its list; the same in every figure."""
    return FILLS[number % len(FILLS)], HATCHES[number % len(HATCHES)]


def wrapped(text: str, width: int = 34) -> str:
    """Return a label broken into lines that fit a column-wide figure; Chinese text counts double."""
    wide = any(ord(character) > 0x2E7F for character in text)
    return "\n".join(textwrap.wrap(text, width // 2 if wide else width)) or text


def mark_rest_point(axes: Axes, x: float, y: float, point: RestPoint, size: float = 6) -> None:
    """Draw a rest point: filled disc a sink, open disc a source, half disc a saddle, ring with dot a centre, square else.

    A square is filled where nearby states come to the point, open where some leave it, grey where that is not known.
    """
    common: dict[str, Any] = {
        "linestyle": "none",
        "markeredgecolor": "black",
        "markersize": size,
        "zorder": 5,
        "clip_on": False,
    }
    style = _mark_style(point.stability)
    if point.stability == Stability.NOT_DIFFERENTIABLE:
        style["markerfacecolor"] = {"asymptotic": "black", "unstable": "white"}.get(point.attracting, "#9A9A9A")
    axes.plot([x], [y], gid=f"rest-point-{point.stability}", **style, **common)
    if point.stability == Stability.CENTER:
        axes.plot([x], [y], "o", color="black", markersize=size / 3, zorder=6, clip_on=False)


def _mark_style(stability: Stability) -> dict[str, Any]:
    if stability == Stability.SADDLE:
        return {"marker": "o", "fillstyle": "left", "markerfacecolor": "black", "markerfacecoloralt": "white"}
    faces = {Stability.SINK: "black", Stability.SOURCE: "white", Stability.CENTER: "white"}
    return {"marker": "o" if stability in faces else "s", "markerfacecolor": faces.get(stability, "#9A9A9A")}


def explain_marks(
    axes: Axes, points: Iterable[RestPoint], language: str = "en", *, lines: Sequence[Any] = (), height: float = 1.1
) -> None:
    """Write above the axes what marks and lines mean; only kinds of rest points that occur are listed.

    lines: further legend handles. height: where the legend stands, in heights of the axes.
    """
    present = {point.stability for point in points}
    kinds = {kind: words for kind, words in _MARK_WORDS.items() if kind in present}
    if Stability.NOT_DIFFERENTIABLE in present:
        kinds[Stability.NOT_DIFFERENTIABLE] = (
            "no eigenvalues (filled: stable, open: unstable)",
            "无特征值（实心稳定，空心不稳定）",
        )
    if present - {*_MARK_WORDS, Stability.NOT_DIFFERENTIABLE}:
        kinds[Stability.NON_HYPERBOLIC] = ("not hyperbolic", "非双曲")
    marks = [
        Line2D(
            [],
            [],
            linestyle="none",
            markeredgecolor="black",
            markersize=5,
            label=label(english, chinese, language),
            **_mark_style(kind),
        )
        for kind, (english, chinese) in kinds.items()
    ]
    axes.legend(
        handles=[*marks, *lines],
        loc="lower center",
        bbox_to_anchor=(0.5, height),
        ncols=3 if lines else max(len(marks), 1),
        columnspacing=1.2,
        borderaxespad=0.2,
    )


def save_figure(figure: Figure, path: str | Path, formats: Sequence[str] = ("png", "pdf")) -> list[Path]:
    """Write a figure in several formats and return the files; the same figure gives the same bytes.

    path: without an ending. No date or program version is written into the files.

    Raises ParameterError for what is no figure, for a path that has an ending, and for a folder that is not there.
    """
    if not isinstance(figure, Figure):
        raise ParameterError(f"{type(figure).__name__} is no figure; give that of the axes, ax.figure")
    if Path(path).suffix.lower().removeprefix(".") in figure.canvas.get_supported_filetypes():
        bare, ending = Path(path).with_suffix(""), Path(path).suffix.removeprefix(".")
        raise ParameterError(f"the path is without an ending: save_figure(figure, {str(bare)!r}, [{ending!r}])")
    if not Path(path).parent.is_dir():
        raise ParameterError(f"there is no folder {str(Path(path).parent)!r}; make it first")
    written = []
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Software": None},
        "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
        "svg": {"Date": None, "Creator": None},
    }
    with mpl.rc_context({"pdf.fonttype": 42, "svg.hashsalt": "coopgame"}):
        for ending in formats:
            file = Path(f"{path}.{ending}")
            figure.savefig(file, format=ending, dpi=300, metadata=metadata.get(ending))
            written.append(file)
    return written
