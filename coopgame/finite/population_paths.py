"""What simulations of finite populations found: numbers of members over time, and time averages with their errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.dynamics.state import share_names
from coopgame.finite.population import FinitePopulation

if TYPE_CHECKING:
    import pandas as pd
    import xarray

ENOUGH = 10  # paths from which on errors are taken over paths


@dataclass(frozen=True, eq=False)
class PopulationPaths:
    """Simulated paths of finite populations.

    steps: at which numbers are recorded, shape (T,). counts: numbers of members of all strategies then, shape (replicates, T, strategies), population after
    population. blocks: mean shares over blocks of the steps from `burn_in` to the last, of equal length up to one step; shape (replicates, blocks, strategies). changes: members who
    changed (or generations that differ from the one before), by path. rest_since: by path the step since which nothing changes any more, -1 where something still can.
    status: "complete", or what stopped.
    """

    population: FinitePopulation = field(repr=False)
    values: Mapping[str, Fraction]
    steps: np.ndarray
    counts: np.ndarray
    blocks: np.ndarray = field(repr=False)
    lengths: np.ndarray = field(repr=False)
    changes: np.ndarray
    rest_since: np.ndarray
    burn_in: int
    seed: int
    status: str

    @property
    def strategies(self) -> tuple[str, ...]:
        """`population.strategy` for every strategy, in the order of the arrays."""
        return share_names(self.population.game)

    @property
    def shares(self) -> np.ndarray:
        """Shares of the strategies in their populations; shape (replicates, T, strategies)."""
        sizes = np.repeat(self.population.sizes, [len(own.strategies) for own in self.population.game.populations])
        return np.asarray(self.counts / sizes)

    @property
    def path_means(self) -> np.ndarray:
        """Mean shares of each path over the steps burn_in, …, last - 1; shape (replicates, strategies)."""
        return np.asarray(np.einsum("rbs,b->rs", self.blocks, self.lengths) / self.lengths.sum())

    @property
    def mean_shares(self) -> np.ndarray:
        """Mean shares over these steps and all paths; shape (strategies,)."""
        return np.asarray(self.path_means.mean(axis=0))

    @property
    def standard_errors(self) -> np.ndarray:
        """Standard errors of `mean_shares`: over paths from 10 on, else by batch means, for which blocks have to be longer than the memory of the process; shape (strategies,)."""
        if len(self.blocks) >= ENOUGH:
            return np.asarray(self.path_means.std(axis=0, ddof=1) / np.sqrt(len(self.blocks)))
        batches = self.blocks.reshape(-1, self.blocks.shape[-1])
        if len(batches) < 2:
            return np.full(batches.shape[-1], np.nan)
        return np.asarray(batches.std(axis=0, ddof=1) / np.sqrt(len(batches)))

    @property
    def error_method(self) -> str:
        """How `standard_errors` are found."""
        if len(self.blocks) >= ENOUGH:
            return f"over {len(self.blocks)} paths"
        return f"batch means, {self.blocks.shape[0] * self.blocks.shape[1]} blocks"

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row per strategy: mean share, its standard error, and the mean of the last recorded shares."""
        import pandas as pd

        last = self.shares[:, -1].mean(axis=0)
        columns = {"mean_share": self.mean_shares, "standard_error": self.standard_errors, "last_share": last}
        return pd.DataFrame({"strategy": self.strategies, **columns})

    def to_xarray(self) -> xarray.Dataset:
        """Return numbers and shares with dimensions replicate, time and strategy, and means with their errors."""
        import xarray

        dims = ("replicate", "time", "strategy")
        data = {
            "counts": (dims, self.counts, {"long_name": "number of members"}),
            "shares": (dims, self.shares, {"long_name": "share"}),
            "mean_shares": (("strategy",), self.mean_shares, {"long_name": "mean share"}),
            "standard_errors": (("strategy",), self.standard_errors, {"long_name": self.error_method}),
            "changes": (("replicate",), self.changes, {"long_name": "changes"}),
            "rest_since": (("replicate",), self.rest_since, {"long_name": "at rest since, -1 for not"}),
        }
        where = {
            "replicate": np.arange(len(self.counts)),
            "time": ("time", self.steps, {"units": "steps"}),
            "strategy": list(self.strategies),
        }
        about = {"population": str(self.population), "seed": str(self.seed), "burn_in": str(self.burn_in)}
        return xarray.Dataset(data, where, {"game": self.population.game.name or "", **about, "status": self.status})

    def __str__(self) -> str:
        means = ", ".join(
            f"{name} {mean:.4g} ± {error:.2g}"
            for name, mean, error in zip(self.strategies, self.mean_shares, self.standard_errors, strict=True)
        )
        return (
            f"{len(self.counts)} {'path' if len(self.counts) == 1 else 'paths'} of {self.steps[-1]} steps (seed {self.seed}), mean shares from step {self.burn_in}: {means} "
            f"({self.error_method}): {self.status}"
        )

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(row.strategy)}</td><td>{row.mean_share:.6g}</td><td>{row.standard_error:.2g}</td><td>{row.last_share:.6g}</td></tr>"
            for row in self.to_dataframe().itertuples()
        )
        head = (
            "<thead><tr><th>strategy</th><th>mean share</th><th>standard error</th><th>last share</th></tr></thead>"
        )
        return f"<table>{head}<tbody>{rows}</tbody></table><p>{escape(self.status)}</p>"


def joined(found: list[dict[str, Any]], whole: PopulationPaths) -> PopulationPaths:
    """Return the paths that were found, put into a result that knows the rest."""
    arrays = {name: np.stack([one[name] for one in found]) for name in ("counts", "blocks", "changes", "rest_since")}
    for array in (*arrays.values(), whole.steps, whole.lengths):
        array.flags.writeable = False
    rest = arrays["rest_since"]
    status = whole.status
    if (rest >= 0).any() and status == "complete":
        status = f"{int((rest >= 0).sum())} of {len(rest)} paths came to rest, the last at step {rest.max()}; nothing changes after that"
    return replace(
        whole,
        counts=arrays["counts"],
        blocks=arrays["blocks"],
        changes=arrays["changes"],
        rest_since=rest,
        status=status,
    )
