"""Exported sweeps, read again by other libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
import xarray

from coopgame import (
    FailedPointsWarning,
    ParameterError,
    StoreError,
    export_sweep,
    paired,
    random_points,
    sweep,
)
from coopgame.sweeps import export
from tests.sweeps.small_measures import Payoff

pytest.importorskip("zarr")
pytest.importorskip("pyarrow")

DESIGN = paired({"b": [0.1, 0.7, 3.0]}) * random_points({"c": (0, 1)}, 200)


@pytest.fixture(scope="module")
def result() -> xarray.Dataset:
    with pytest.warns(FailedPointsWarning):
        return sweep(Payoff(), DESIGN)


def _read(path: Path) -> Any:
    if path.suffix == ".csv":
        return pandas.read_csv(path, encoding="utf-8-sig", keep_default_na=False, na_values={"gain": [""]})
    return pandas.read_parquet(path)


@pytest.mark.parametrize("rows", [7, 100_000])
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_table_has_every_point_once_with_all_digits(
    result: xarray.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, rows: int
) -> None:
    monkeypatch.setattr(export, "_ROWS", rows)
    table = _read(export_sweep(result, tmp_path / f"x{ending}"))
    points = DESIGN.points(range(600))
    failed = (points["c"] > 0.4) & (points["c"] < 0.6)
    assert table["b"].tolist() == points["b"].tolist() and table["c"].tolist() == points["c"].tolist()
    gain = np.where(failed, np.nan, points["b"] - points["c"])
    assert np.array_equal(table["gain"], gain, equal_nan=True)
    assert table["failed"].tolist() == failed.tolist()
    assert (table["powers[second]"].astype(str) != "").any()
    labels = ["" if f else "high pay" if g > 0 else "low pay" for f, g in zip(failed, gain, strict=True)]
    assert table["kind_label"].tolist() == labels
    reasons = [f"c = {c:.3f}" if f else "" for c, f in zip(points["c"], failed, strict=True)]
    assert table["failure_reason"].tolist() == reasons


def test_chinese_texts_open_in_excel(result: xarray.Dataset, tmp_path: Path) -> None:
    named = result.copy()
    named["kind"].attrs["labels"] = ["低", "高"]
    path = export_sweep(named, tmp_path / "x.csv")
    assert path.read_bytes().startswith("\ufeff".encode())
    assert "低" in path.read_text(encoding="utf-8-sig")


def test_a_store_is_exported_by_its_path(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    kept = sweep(lambda b, c: [b, c], {"b": range(5), "c": range(4)}, store=tmp_path / "x.zarr", chunk=3)
    table = _read(export_sweep(tmp_path / "x.zarr", tmp_path / "x.parquet"))
    assert table["value[1]"].tolist() == [float(c) for _ in range(5) for c in range(4)]
    with xarray.open_dataset(export_sweep(kept, tmp_path / "x.nc"), engine="h5netcdf") as found:
        assert np.array_equal(found["value"].values, kept["value"].values)


def test_netcdf_keeps_everything(result: xarray.Dataset, tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    path = export_sweep(result, tmp_path / "x.nc")
    with xarray.open_dataset(path, engine="h5netcdf", decode_times=False, decode_timedelta=False) as found:
        assert {str(n) for n in found.variables} == {str(n) for n in result.variables}
        for name, variable in result.variables.items():
            if variable.dtype.kind == "f":
                assert np.array_equal(found[name].values, variable.values, equal_nan=True)
            else:
                assert found[name].values.tolist() == variable.values.tolist()
        assert found["gain"].attrs["long_name_zh"] == "收益" and found["gain"].attrs["units"] == "days"
        assert found["kind"].attrs["flag_values"].dtype == found["kind"].dtype
        assert list(found["kind"].attrs["labels"]) == ["low pay", "high pay"]
        assert found.attrs["failures"] == result.attrs["failures"]


def test_what_cannot_be_exported_is_named(result: xarray.Dataset, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"ends with '.xlsx'; choose one of .csv, .parquet, .nc"):
        export_sweep(result, tmp_path / "x.xlsx")
    (tmp_path / "x.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match=r"x\.csv exists"):
        export_sweep(result, tmp_path / "x.csv")
    with pytest.raises(ParameterError, match="no variable 'failed'"):
        export_sweep(xarray.Dataset({"a": 1}), tmp_path / "y.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
