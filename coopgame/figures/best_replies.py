"""The best replies of two players with two strategies each, and the Nash equilibria where they meet."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from coopgame.equilibria.best_replies import BestReplies
from coopgame.equilibria.result import NashEquilibria, NashEquilibrium
from coopgame.errors import UnsupportedError
from coopgame.figures.style import COLUMN_WIDTH, axes_for, house_style, label

_LOOKS: tuple[tuple[str, Any], ...] = (("#0072B2", "-"), ("#D55E00", (0, (4, 2))))
_PLAYER = (("player 1", "参与者一"), ("player 2", "参与者二"))


def draw_best_replies(
    replies: BestReplies, equilibria: NashEquilibria | None = None, ax: Axes | None = None, *, language: str = "en"
) -> Axes:
    """Draw the best-reply curves of two players in the square of their shares, and the equilibria; return the axes.

    A player to whom nothing matters has the whole square, hatched. Strict equilibria are filled discs, others open ones. equilibria: of the same game with two
    players, as `nash_equilibria` returns them for a NormalFormGame; of one population its states lie on the diagonal.

    Raises UnsupportedError for equilibria of a game with other numbers of players or strategies.
    """
    game = replies.game
    populations = [*game.populations, *game.populations][:2]
    with house_style():
        ax = axes_for(ax, COLUMN_WIDTH, 1.07 * COLUMN_WIDTH)
        handles = []
        for p, (segments, (colour, line)) in enumerate(zip(replies.curves, _LOOKS, strict=True)):
            if replies.indifferent[p]:
                ax.add_patch(
                    Rectangle((0, 0), 1, 1, facecolor="none", edgecolor=colour, hatch="/\\"[p] * 2, linewidth=0)
                )
            corners = [*(segment[0] for segment in segments), *(segment[1] for segment in segments[-1:])]
            if corners:
                ax.plot(
                    *zip(*corners, strict=True),
                    color=colour,
                    linestyle=line,
                    linewidth=1.8,
                    clip_on=False,
                    zorder=3,
                    gid=f"best-reply-{p + 1}",
                )
            one = len(game.populations) == 1
            english, chinese = _PLAYER[p] if one else (populations[p].name, populations[p].zh)
            text = label(f"best reply of {english}", chinese and f"{chinese}的最优反应", language)
            handles.append(Line2D([], [], color=colour, linestyle=line, linewidth=1.8, label=text))
        for equilibrium in equilibria or ():
            face = "black" if equilibrium.strict else "white"
            ax.plot(
                *_place(equilibrium),
                "o",
                color="black",
                markerfacecolor=face,
                markersize=6,
                zorder=5,
                clip_on=False,
                gid="equilibrium",
            )
        for population, axis in zip(populations, (ax.xaxis, ax.yaxis), strict=True):
            english = f"{population.name}: share of {population.strategies[0]}"
            axis.set_label_text(label(english, population.zh, language))
        ax.set(xlim=(0, 1), ylim=(0, 1))
        ax.set_box_aspect(1)
        ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.02), ncols=1)
    return ax


def _place(equilibrium: NashEquilibrium) -> tuple[float, float]:
    firsts = [next(iter(own.values())) for own in equilibrium.strategies]
    sizes = [len(own) for own in equilibrium.strategies]
    if sizes not in ([2], [2, 2]):
        raise UnsupportedError(
            f"equilibria of {' x '.join(map(str, sizes))} strategies have no place in a square; give those of the same game"
        )
    return float(firsts[0]), float(firsts[-1])
