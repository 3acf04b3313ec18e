"""What runs of a game on a network came to: shares over time, states of all nodes, patterns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import ParameterError
from coopgame.networks.rules import NetworkPopulation

if TYPE_CHECKING:
    import pandas as pd
    import xarray

    from coopgame.networks.statistics import NetworkPatterns


@dataclass(frozen=True, eq=False)
class NetworkRun:
    """Runs of a game on a network.

    values: of the parameters, by layer. times: of records, in sweeps, from 0 on; shape (records,). counts: numbers of nodes by strategy, shape (runs, records, strategies). final: the place of each node's
    strategy after the last sweep, shape (runs, nodes). snapshot_times, snapshots: the same at sweeps that were asked for; shapes (snapshots,) and (runs, snapshots,
    nodes). engine: the kernel that played.
    """

    population: NetworkPopulation = field(repr=False)
    values: Mapping[str, Mapping[str, Fraction]] = field(repr=False)
    seed: int
    engine: str
    times: np.ndarray = field(repr=False)
    counts: np.ndarray = field(repr=False)
    final: np.ndarray = field(repr=False)
    snapshot_times: np.ndarray = field(repr=False)
    snapshots: np.ndarray = field(repr=False)

    @property
    def runs(self) -> int:
        """The number of runs."""
        return len(self.counts)

    @property
    def strategies(self) -> tuple[str, ...]:
        """The names of the strategies."""
        return self.population.strategies

    @property
    def shares(self) -> np.ndarray:
        """Shares of nodes by strategy; shape (runs, records, strategies)."""
        return np.asarray(self.counts / self.population.size)

    def mean_shares(self, since: float = 0) -> np.ndarray:
        """Return for each run the mean shares over records from a sweep on; shape (runs, strategies).

        Raises ParameterError where there are no such records.
        """
        if not (self.times >= since).any():
            raise ParameterError(f"no records from sweep {since} on; the last one is {self.times[-1]}")
        return np.asarray(self.shares[:, self.times >= since].mean(axis=1))

    def names(self, run: int = 0) -> np.ndarray:
        """Return the name of the strategy of each node after the last sweep of a run."""
        return np.asarray(np.array(self.strategies, dtype=object)[self._final(run)])

    def _final(self, run: int) -> np.ndarray:
        if not 0 <= run < self.runs:
            raise ParameterError(f"no run {run}; the runs are 0 to {self.runs - 1}")
        return np.asarray(self.final[run])

    def patterns(self, run: int = 0, layer: str | None = None) -> NetworkPatterns:
        """Return connected clusters of each strategy and edges between them after the last sweep of a run; layer: on it alone, else along all contacts."""
        from coopgame.networks.statistics import find_network_patterns

        graphs = {own.name: own.graph for own in self.population.layers}
        if layer is not None and layer not in graphs:
            raise ParameterError(f"no layer {layer!r}; the layers are {', '.join(map(repr, graphs))}")
        graph = self.population.contacts if layer is None else graphs[layer]
        return find_network_patterns(graph, self._final(run), self.strategies)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each run and record: run, sweep and the share of each strategy."""
        import pandas as pd

        runs, records, n = self.counts.shape
        columns: dict[str, Any] = {"run": np.repeat(np.arange(runs), records), "sweep": np.tile(self.times, runs)}
        shares = self.shares.reshape(-1, n)
        return pd.DataFrame({**columns, **{name: shares[:, k] for k, name in enumerate(self.strategies)}})

    def to_xarray(self) -> xarray.Dataset:
        """Return shares by run, sweep and strategy, and the states of all nodes by run, snapshot and node."""
        import xarray

        data = {
            "shares": (("run", "sweep", "strategy"), self.shares),
            "final": (("run", "node"), self.final),
            "state": (("run", "snapshot", "node"), self.snapshots),
        }
        coordinates = {
            "run": np.arange(self.runs),
            "sweep": self.times,
            "strategy": list(self.strategies),
            "snapshot": self.snapshot_times,
        }
        about = {"population": str(self.population), "seed": str(self.seed), "engine": self.engine}
        return xarray.Dataset(data, coordinates, about)

    def __str__(self) -> str:
        mean = self.shares[:, -1].mean(axis=0)
        shown = ", ".join(f"{name} {share:.4g}" for name, share in zip(self.strategies, mean, strict=True))
        runs = "1 run" if self.runs == 1 else f"mean of {self.runs} runs"
        return f"after {self.times[-1]} sweeps of {self.population.size} nodes ({runs}, seed {self.seed}): {shown}"

    def _repr_html_(self) -> str:
        from html import escape

        mean, spread = self.shares[:, -1].mean(axis=0), self.shares[:, -1].std(axis=0)
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{m:.4g}</td><td>{s:.2g}</td></tr>"
            for name, m, s in zip(self.strategies, mean, spread, strict=True)
        )
        head = "<thead><tr><th>strategy</th><th>share at the end</th><th>deviation between runs</th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table><p>{escape(str(self))}</p>"
