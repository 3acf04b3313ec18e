"""The measure of rest points and their eigenvalues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from coopgame.analysis.stability import Stability
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import share_names
from coopgame.errors import CoopgameError, ParameterError
from coopgame.games.game import Game
from coopgame.sweeps.measure import Found, Points, Variable
from coopgame.sweeps.measures.dynamic import OfSetting
from coopgame.sweeps.measures.limits import Limits
from coopgame.sweeps.measures.setting import Setting, field_of

if TYPE_CHECKING:
    from coopgame.analysis.points import RestPoint

ATTRACTING = ("asymptotic", "lyapunov", "unstable", "unknown")
_ATTRACTING_ZH = ("渐近稳定", "李雅普诺夫稳定", "不稳定", "未知")
_STABILITY_ZH = ("汇", "源", "鞍点", "中心", "非双曲", "不可微", "取决于参数")
_POSITIVE = 1e-12


def rest_points(
    dynamics: VectorField | Game, values: Mapping[str, Any] | None = None, *, most: int = 16
) -> RestPointsAt:
    """Return the measure of all rest points, by `find_rest_points` at every point of a sweep.

    most: how many rest points have room, in the order of `find_rest_points`, pure states first; `count` says how many there are. Variables with the
    dimension `rest_point`: `points` (all shares), `place` (a code: which strategies are present), `real` and `imaginary` (parts of the eigenvalues),
    `stability` and `attracting` (codes). `complete`: whether the list is. Empty rows hold NaN and -1. Components that are more than a point are
    counted in `components`. Values that violate an assumption of the game are no failures.

    >>> import numpy as np
    >>> from coopgame import MatrixGame
    >>> from coopgame.sweeps.measure import Points
    >>> hawks = MatrixGame([["(v - c)/2", "v"], [0, "v/2"]], symbol="x")
    >>> found = rest_points(hawks, {"v": 1}, most=3).evaluate(Points({"c": np.array([0.5, 2.0])}, np.arange(2)))
    >>> found.arrays["count"].tolist(), found.arrays["points"][1, :, 0].tolist()
    ([2, 3], [0.0, 1.0, 0.5])
    """
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise ParameterError(f"most = {most!r}; a whole number of at least 1 is needed")
    field = field_of(dynamics)
    free = type(field)(field.game.without_assumptions(), field.laws)
    return RestPointsAt(Setting.without_start(free, values), most)


@dataclass(frozen=True, eq=False)
class RestPointsAt(OfSetting):
    """Rest points at parameter values; made by `rest_points`."""

    most: int
    name = "rest_points"

    @cached_property
    def limits(self) -> Limits:
        """The codes of places."""
        return Limits(self.setting.dynamics)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Points, places, eigenvalues, stability, counts."""
        rows, kinds = ("rest_point",), tuple(str(kind) for kind in Stability)
        texts, texts_zh = self.limits.texts, self.limits.texts_zh
        return (
            Variable("points", (*rows, "share"), meaning="shares at rest points", zh="均衡点处的比例"),
            Variable("place", rows, "int16", "strategies present", "存在的策略", labels=texts, labels_zh=texts_zh),
            Variable("real", (*rows, "eigenvalue"), meaning="real parts of eigenvalues", zh="特征值实部"),
            Variable("imaginary", (*rows, "eigenvalue"), meaning="imaginary parts of eigenvalues", zh="特征值虚部"),
            Variable("stability", rows, "int16", "linear type", "线性类型", labels=kinds, labels_zh=_STABILITY_ZH),
            Variable(
                "attracting",
                rows,
                "int16",
                "what nearby states do",
                "稳定性",
                labels=ATTRACTING,
                labels_zh=_ATTRACTING_ZH,
            ),
            Variable("count", (), "int32", "number of rest points", "均衡点个数"),
            Variable("components", (), "int32", "number of continua of rest points", "均衡点连续统个数"),
            Variable("complete", (), "bool", "whether the list is complete", "列表是否完整"),
        )

    @property
    def coordinates(self) -> Mapping[str, Sequence[str] | np.ndarray]:
        """Numbers of rest points and eigenvalues, names of shares."""
        game = self.setting.game
        return {
            "rest_point": np.arange(1, self.most + 1),
            "share": list(share_names(game)),
            "eigenvalue": np.arange(1, len(game.tangent_entries) + 1),
        }

    def evaluate(self, points: Points) -> Found:
        """Return the rest points; see `rest_points`."""
        from coopgame.analysis.rest_points import find_rest_points

        given = self.setting.read(points)
        sizes = {dim: len(labels) for dim, labels in self.coordinates.items()}
        arrays = {
            v.name: np.full((len(given), *(sizes[dim] for dim in v.dims)), v.missing, dtype=v.dtype)
            for v in self.variables
        }
        for k in range(len(given)):
            row = {name: array[k] for name, array in arrays.items()}
            try:
                found = find_rest_points(self.setting.dynamics, given.at(k))
                for place, point in enumerate(found.points[: self.most]):
                    self._write({name: cell[place] for name, cell in row.items() if cell.ndim}, row, place, point)
            except CoopgameError as error:
                given.failures[int(given.places[k])] = str(error)
                continue
            arrays["count"][k], arrays["components"][k] = len(found), len(found.components)
            arrays["complete"][k] = found.complete
        return self.found(len(points), given, arrays)

    def _write(
        self, cells: Mapping[str, np.ndarray], row: Mapping[str, np.ndarray], place: int, point: RestPoint
    ) -> None:
        state = point.state
        cells["points"][:] = state
        row["place"][place] = self.limits.codes(state[None], state[None] > _POSITIVE)[0]
        eigenvalues = np.array([complex(sympy.N(value)) for value in point.eigenvalues])
        order = np.lexsort((eigenvalues.imag, -eigenvalues.real))
        cells["real"][: len(order)] = eigenvalues.real[order]
        cells["imaginary"][: len(order)] = eigenvalues.imag[order]
        row["stability"][place] = list(Stability).index(point.stability)
        row["attracting"][place] = ATTRACTING.index(point.attracting)
