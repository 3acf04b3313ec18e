"""Shares of basins of attraction, from trajectories of many starts, with confidence intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.batch.engine import BatchOptions
from coopgame.dynamics.field import VectorField
from coopgame.errors import IntegrationError, ParameterError
from coopgame.games.game import Game
from coopgame.sweeps.measure import Points
from coopgame.sweeps.measures.attractors import CERTAIN, attractor_reached
from coopgame.sweeps.measures.sampling import at_starts, check_confidence, draw_starts, wilson
from coopgame.sweeps.measures.setting import Setting

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True, eq=False)
class BasinShares:
    """Which part of the starts leads to each attractor.

    labels: the attractors that were reached, and motions that do not settle. share, low, high: of all starts, with the ends of a Wilson interval for
    each; count, certain: how many starts reached it, and how many of these provably. starts, codes: the starts, shape (n, number of shares), and
    for each the place of what it reached in `labels`, shape (n,).
    """

    game: Game = field(repr=False)
    labels: tuple[str, ...]
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    count: np.ndarray
    certain: np.ndarray
    confidence: float
    starts: np.ndarray = field(repr=False)
    codes: np.ndarray = field(repr=False)

    def of(self, label: str) -> tuple[float, float, float]:
        """Return the share of one attractor and the ends of its interval; a label may be shortened to its first word, such as E1.

        Raises ParameterError for one that no start reached.
        """
        found = [n for n, text in enumerate(self.labels) if label in (text, text.split(" ")[0])]
        if len(found) != 1:
            raise ParameterError(f"no start reached {label!r}, or several fit; reached are {', '.join(self.labels)}")
        return float(self.share[found[0]]), float(self.low[found[0]]), float(self.high[found[0]])

    def __str__(self) -> str:
        rows = zip(self.labels, self.share, self.low, self.high, self.count, self.certain, strict=True)
        lines = [
            f"{label}: {share:.4f} ({low:.4f} to {high:.4f}), {count} starts, {certain} certain"
            for label, share, low, high, count, certain in rows
        ]
        return "\n".join([*lines, f"{len(self.codes)} starts, intervals at {self.confidence:.0%}"])

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(label)}</td><td>{share:.4f}</td><td>{low:.4f} – {high:.4f}</td><td>{count}</td><td>{certain}</td></tr>"
            for label, share, low, high, count, certain in zip(
                self.labels, self.share, self.low, self.high, self.count, self.certain, strict=True
            )
        )
        heads = "".join(
            f"<th>{h}</th>" for h in ("", "share", f"{self.confidence:.0%} interval", "starts", "certain")
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"

    def to_xarray(self) -> xarray.Dataset:
        """Return shares, intervals and counts with the dimension attractor."""
        import xarray

        names = ("share", "low", "high", "count", "certain")
        data = {name: (("attractor",), getattr(self, name)) for name in names}
        about = {"game": self.game.name, "starts": len(self.codes), "confidence": self.confidence}
        return xarray.Dataset(data, {"attractor": list(self.labels)}, about)

    def to_dataframe(self) -> Any:
        """Return a pandas table with one row for each attractor."""
        return self.to_xarray().to_dataframe()


def find_basin_shares(
    dynamics: VectorField | Game,
    values: Mapping[str, Any] | None = None,
    n: int = 10_000,
    *,
    starts: Any = None,
    rng: int | np.random.Generator = 0,
    confidence: float = 0.95,
    t_end: float = 200.0,
    doublings: int = 4,
    follow_up: bool = False,
    options: BatchOptions | None = None,
) -> BasinShares:
    """Return which part of the starts reaches each attractor, with a Wilson confidence interval for each.

    starts: by default n states that are uniform in the shares of every population (Dirichlet with ones) and in environment variables between 0 and 1; a function
    of a generator and n that draws states; or the states themselves, in any form that `as_state` takes. The interval treats starts as independent
    draws, so it says nothing for a grid. t_end, doublings, follow_up: as in `attractor_reached`, which says how a limit is known.

    Raises StateError for starts that are no states, ParameterError for values, IntegrationError where a trajectory fails, UnsupportedError for quantities without an
    upper bound, which have no uniform distribution.

    References: Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    >>> from coopgame import NormalFormGame
    >>> stag = NormalFormGame({"a, a": ["b", "b"], "a, b": [0, 0], "b, a": [0, 0], "b, b": [1, 1]})
    >>> shares = find_basin_shares(stag, {"b": 2}, 1000)  # exact: 0.2636 and 0.7364
    >>> shares.labels
    ('E1 (b, b)', 'E4 (a, a)')
    >>> bool(shares.low[0] < 0.2636 < shares.high[0])
    True
    """
    measure = attractor_reached(
        dynamics, values, t_end=t_end, doublings=doublings, follow_up=follow_up, options=options
    )
    check_confidence(confidence)
    measure.setting.game.values(values)
    states = draw_starts(measure.setting.dynamics, n, starts, rng)
    given = at_starts(measure, Setting.without_start(dynamics, values).read(Points({}, np.arange(1))), states)
    reached = measure.reached(given)
    if given.failures:
        place, reason = next(iter(given.failures.items()))
        raise IntegrationError(
            f"{len(given.failures)} of {len(states)} trajectories failed, the first is start {place}: {reason}"
        )
    found, codes = np.unique(reached.attractor, return_inverse=True)
    count = np.bincount(codes, minlength=len(found))
    certain = np.bincount(codes, weights=reached.known == CERTAIN, minlength=len(found)).astype(int)
    low, high = wilson(count, len(states), confidence)
    labels = tuple(measure.limits.texts[code] for code in found)
    arrays = (count / len(states), low, high, count, certain, states, codes)
    for array in arrays:
        array.flags.writeable = False
    share, low, high, count, certain, states, codes = arrays
    return BasinShares(measure.setting.game, labels, share, low, high, count, certain, confidence, states, codes)
