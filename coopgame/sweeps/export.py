"""Writes the result of a sweep as a table (CSV, Parquet) or as NetCDF, a part at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import MissingExtraError, ParameterError, StoreError
from coopgame.sweeps.blocks import Blocks
from coopgame.sweeps.outline import FAILED
from coopgame.sweeps.store import open_sweep

if TYPE_CHECKING:
    import pandas
    import xarray

_ROWS = 100_000
# What each kind of file needs beside pandas, all of it in the extra `store`.
_NEEDS: Mapping[str, tuple[str, ...]] = {".csv": (), ".parquet": ("pyarrow",), ".nc": ("h5netcdf", "h5py")}


def export_sweep(result: xarray.Dataset | str | os.PathLike[str], path: str | os.PathLike[str]) -> Path:
    """Write the result of a sweep to a file and return its path; the ending says how: .csv, .parquet or .nc.

    result: what `sweep` returned, or the path of a store. Tables have a row for each point in the order of the dimensions: the numbers
    of the point, then the variables; lists are spread over columns such as `share[0]`; where numbers stand for something, a column
    `…_label` has the text; `failure_reason` says why a point failed. CSV is UTF-8 with a byte order mark, so that Excel shows Chinese, with
    all digits. Tables are written a hundred thousand rows at a time; NetCDF (version 4) one variable at a time.

    Raises ParameterError for another ending or a dataset of something else, StoreError for a file that exists.

    >>> import tempfile
    >>> from coopgame import export_sweep, sweep
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = export_sweep(sweep(lambda b: b / 2, {"b": [1, 2]}), f"{folder}/halves.csv")
    ...     print(table.read_text(encoding="utf-8-sig"))
    b,value,failed
    1,0.5,False
    2,1.0,False
    """
    target = Path(path)
    writers: dict[str, Callable[[Any, Path], None]] = {
        ".csv": _write_csv,
        ".parquet": _write_parquet,
        ".nc": _write_netcdf,
    }
    check_export(target)
    found = open_sweep(result) if isinstance(result, str | os.PathLike) else result
    if FAILED not in found:
        raise ParameterError("the dataset is no result of a sweep: it has no variable 'failed'")
    part = target.with_name(target.name + ".part")
    try:
        writers[target.suffix](found, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def check_export(target: Path) -> None:
    """Raise what `export_sweep` would raise for a file of this name, so that it is known before a long sweep."""
    if target.suffix not in _NEEDS:
        raise ParameterError(f"{target.name} ends with {target.suffix!r}; choose one of {', '.join(_NEEDS)}")
    if target.exists():
        raise StoreError(f"{target} exists; delete it, or choose another name")
    if not all(map(find_spec, _NEEDS[target.suffix])):
        raise MissingExtraError(f"a file {target.name}", "store")


def _tables(result: xarray.Dataset) -> Iterator[pandas.DataFrame]:
    """Yield the points as tables of bounded length, in the order of the dimensions."""
    import pandas

    dims = result[FAILED].dims
    shape = result[FAILED].shape
    blocks = Blocks(shape, _ROWS)
    labels = {str(d): result[d].values for name in _variables(result) for d in result[name].dims[len(dims) :]}
    reasons = dict(
        zip(result["failure_index"].values.tolist(), result["failure_reason"].values.tolist(), strict=True)
    )
    for block in range(len(blocks)):
        start, stop = blocks.span(block)
        places = dict(zip(dims, np.unravel_index(np.arange(start, stop), shape), strict=True))
        columns: dict[str, Any] = {
            str(name): c.values[places[c.dims[0]]]
            for name, c in result.coords.items()
            if c.dims and c.dims[0] in places
        }
        for name in _variables(result):
            values = result[name][dict(zip(dims, blocks.slices(block), strict=True))].values
            columns |= _columns(name, values, result[name], len(dims), labels, stop - start)
        if reasons:
            columns["failure_reason"] = [reasons.get(k, "") for k in range(start, stop)]
        yield pandas.DataFrame(columns)


def _variables(result: xarray.Dataset) -> list[str]:
    """Return the variables that have a value at every point."""
    first = result[FAILED].dims
    return [str(name) for name, v in result.data_vars.items() if v.dims[: len(first)] == first]


def _columns(
    name: str, values: np.ndarray, about: xarray.DataArray, leading: int, labels: Mapping[str, np.ndarray], count: int
) -> dict[str, np.ndarray]:
    """Return the columns of a variable, one for each place along its other dimensions, and texts for what is coded."""
    tail = values.shape[leading:]
    table = values.reshape(count, -1)
    found: dict[str, np.ndarray] = {}
    for n, place in enumerate(np.ndindex(*tail)):
        keys = [str(labels[str(d)][i]) for d, i in zip(about.dims[leading:], place, strict=True)]
        column = f"{name}[{', '.join(keys)}]" if keys else name
        found[column] = table[:, n]
        if "labels" in about.attrs:
            texts = np.array([*about.attrs["labels"], ""], dtype=object)  # -1 takes the last one
            found[f"{column}_label"] = texts[table[:, n]]
    return found


def _write_csv(result: xarray.Dataset, path: Path) -> None:
    for n, table in enumerate(_tables(result)):
        encoding = "utf-8" if n else "utf-8-sig"
        table.to_csv(path, mode="a" if n else "w", header=not n, index=False, encoding=encoding, lineterminator="\n")


def _write_parquet(result: xarray.Dataset, path: Path) -> None:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    writer = None
    try:
        for table in _tables(result):
            rows = pyarrow.Table.from_pandas(table, preserve_index=False)
            writer = writer or ParquetWriter(path, rows.schema)
            writer.write_table(rows.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()


def _write_netcdf(result: xarray.Dataset, path: Path) -> None:
    # Numbers that a variable takes are written in its own type, as the CF conventions ask for.
    plain = result.copy()
    for name in plain.variables:
        plain[name].attrs = {
            key: np.array(value, dtype=plain[name].dtype) if key == "flag_values" else value
            for key, value in plain[name].attrs.items()
        }
    plain.to_netcdf(path, engine="h5netcdf", encoding={name: {} for name in plain.variables})
