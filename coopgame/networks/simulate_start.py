"""What nodes play at first: given node by node, or drawn with given shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from coopgame.errors import StateError
from coopgame.expressions import exact_number
from coopgame.games.document import close_match

_STREAM = 1  # beside 0, the steps of a run


class Start:
    """The first states of runs.

    given: shares by strategy, which are placed at random, anew in each run; or one strategy for each node, by name or place, of shape (nodes,) for all runs or (runs, nodes). picture: rows and columns
    of a lattice, for starts of that shape.

    Raises StateError for unknown strategies, wrong lengths, and shares that do not sum to 1.
    """

    def __init__(
        self, given: Any, strategies: Sequence[str], nodes: int, runs: int, picture: tuple[int, int] | None = None
    ) -> None:
        self._nodes = nodes
        self._fixed: np.ndarray | None = None
        if isinstance(given, Mapping):
            self._counts = _counts(given, strategies, nodes)
        else:
            self._fixed = _places(given, strategies)
            if self._fixed.shape == picture:
                self._fixed = self._fixed.ravel()
            if self._fixed.shape not in ((nodes,), (runs, nodes)):
                rows = f", or a picture of {picture[0]} rows and {picture[1]} columns" if picture else ""
                raise StateError(
                    f"the start has shape {self._fixed.shape}; one strategy for each of {nodes} nodes is needed, or rows of them for {runs} runs{rows}"
                )

    def states(self, seed: int, runs: range) -> np.ndarray:
        """Return the states of runs by their numbers, uint8; shape (runs, nodes). They depend on the seed and the run's number alone."""
        if self._fixed is not None:
            wanted = self._fixed if self._fixed.ndim == 1 else self._fixed[runs.start : runs.stop]
            return np.array(np.broadcast_to(wanted, (len(runs), self._nodes)), order="C")
        ordered = np.repeat(np.arange(len(self._counts), dtype=np.uint8), self._counts)
        states = np.empty((len(runs), self._nodes), dtype=np.uint8)
        for k, run in enumerate(runs):
            random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(run, _STREAM))))
            states[k] = random.permutation(ordered)
        return states


def _counts(given: Mapping[Any, Any], strategies: Sequence[str], nodes: int) -> np.ndarray:
    """Return the numbers of nodes by strategy that are closest to shares, the largest remainders rounded up."""
    for name in given:
        if name not in strategies:
            raise StateError(
                f"no strategy {name!r}{close_match(name, strategies)}; a mapping gives shares, and strategies by node are a list in the order of the nodes"
            )
    shares = [exact_number(given.get(name, 0), f"the share of {name}") for name in strategies]
    if min(shares) < 0 or abs(float(sum(shares)) - 1) > 1e-9:
        raise StateError(
            f"shares at the start are at least 0 and sum to 1, got a sum of {float(sum(shares)):.6g}; divide numbers of nodes by {nodes}, or give a strategy for each node"
        )
    wanted = [share * nodes for share in shares]
    counts = [int(number) for number in wanted]
    order = sorted(range(len(counts)), key=lambda k: (float(counts[k] - wanted[k]), k))
    for k in order[: nodes - sum(counts)]:
        counts[k] += 1
    return np.array(counts)


def _places(given: Any, strategies: Sequence[str]) -> np.ndarray:
    try:
        array = np.asarray(given)
    except ValueError:
        raise StateError("the rows of the start differ in length; each needs one strategy for each node") from None
    if array.dtype.kind in "UO":
        known = {name: place for place, name in enumerate(strategies)}
        for name in np.unique(array.astype(str)):
            if name not in known:
                raise StateError(f"no strategy {str(name)!r}{close_match(name, strategies)}")
        return np.asarray(np.vectorize(known.__getitem__, otypes=[np.uint8])(array.astype(str)))
    if array.dtype.kind not in "iub" or not array.size:
        raise StateError(
            "the start is a mapping from strategies to shares, or a strategy for each node, by name or place in the game"
        )
    if array.min() < 0 or array.max() >= len(strategies):
        raise StateError(
            f"strategies by place run from 0 to {len(strategies) - 1}, got {array.min()} to {array.max()}"
        )
    return array.astype(np.uint8)
