"""Sweeps against loops, and the same results from any number of workers, any chunks, threads and a cluster."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

from coopgame import (
    FailedPointsWarning,
    Found,
    ParameterError,
    Points,
    SweepError,
    SweepInterrupted,
    Variable,
    paired,
    sweep,
    vectorised,
)
from tests.sweeps.small_measures import CHOICES, Payoff, noisy

OVER = {"b": np.linspace(0, 2, 100), "c": np.linspace(0, 1, 200)}


def _quiet(*args: Any, **kwargs: Any) -> xarray.Dataset:
    with pytest.warns(FailedPointsWarning):
        return sweep(*args, **kwargs)


def _bare(result: xarray.Dataset) -> xarray.Dataset:
    """Return a result without what is written about it as a whole."""
    bare = result.copy()
    bare.attrs = {}
    return bare


@pytest.fixture(scope="module")
def reference() -> xarray.Dataset:
    return _quiet(Payoff(), OVER)


def test_a_measure_is_what_a_loop_computes(reference: xarray.Dataset) -> None:
    assert reference["gain"].dims == ("b", "c")
    failed = [[0.4 < c < 0.6 for c in OVER["c"]] for _ in OVER["b"]]
    assert reference["failed"].values.tolist() == failed
    for i, b in enumerate(OVER["b"][::7]):
        for j, c in enumerate(OVER["c"][::9]):
            point = reference.isel(b=7 * i, c=9 * j)
            if point["failed"]:
                assert np.isnan(point["gain"]) and point["kind"] == -1 and not point["even"]
                assert np.isnan(point["powers"]).all()
                continue
            index = 7 * i * 200 + 9 * j
            own = np.random.Generator(np.random.PCG64(np.random.SeedSequence(0, spawn_key=(index,))))
            assert point["gain"] == b - c and point["kind"] == (b > c)
            assert point["powers"].values.tolist() == [b - c, (b - c) ** 2]
            assert point["noise"] == own.random() and point["even"] == (index % 2 == 0)


def test_the_result_says_what_it_is(reference: xarray.Dataset) -> None:
    assert reference["gain"].attrs == {
        "long_name": "gain of b over c",
        "long_name_zh": "收益",
        "units": "days",
    }
    kind = reference["kind"].attrs
    assert kind["flag_values"] == [0, 1] and kind["flag_meanings"] == "low_pay high_pay"
    assert kind["labels"] == list(CHOICES) and kind["labels_zh"] == ["低", "高"]
    assert reference["b"].attrs["units"] == "days" and reference["c"].attrs == {}
    assert reference["power"].values.tolist() == ["first", "second"]
    count = int(reference["failed"].sum())
    attrs = reference.attrs
    assert attrs["failures"] == count > 0 and attrs["seed"] == 0 and attrs["scale"] == "1.0"
    assert attrs["numpy_version"] == np.__version__
    first = int(np.flatnonzero(reference["failed"].values.ravel())[0])
    assert reference["failure_index"].size == count and reference["failure_index"][0] == first
    assert str(reference["failure_reason"].values[0]) == f"c = {OVER['c'][first]:.3f}"


@pytest.mark.parametrize("chunk", [1000, 10_000])
@pytest.mark.parametrize(("compiled", "workers"), [(False, 1), (True, 2), (False, 2)])
def test_measures_give_the_same_for_all_workers_and_chunks(
    reference: xarray.Dataset, chunk: int, compiled: bool, workers: int
) -> None:
    found = _quiet(Payoff(compiled=compiled), OVER, workers=workers, chunk=chunk)
    xarray.testing.assert_identical(found, reference)


def test_functions_give_the_same_for_all_workers_and_chunks() -> None:
    one = _quiet(noisy, OVER, chunk=1000)
    xarray.testing.assert_identical(_quiet(noisy, OVER, chunk=10_000, workers=2), one)
    b, c = np.meshgrid(OVER["b"], OVER["c"], indexing="ij")
    inside = c != 0
    assert (one["ratio"].values[inside] == (b / np.where(inside, c, 1))[inside]).all()
    assert (one["larger"].values == (b > c) & inside).all()
    assert one["both"].dims == ("b", "c", "both_place")
    assert one["failed"].values.tolist() == (~inside).tolist()
    draw = np.random.Generator(np.random.PCG64(np.random.SeedSequence(0, spawn_key=(7,)))).normal()
    assert one["draw"].values.ravel()[7] == draw
    assert set(one["failure_reason"].values.tolist()) == {"ZeroDivisionError: c is 0"}
    other = _quiet(noisy, OVER, rng=1)
    assert not np.array_equal(other["draw"], one["draw"], equal_nan=True)


def test_a_vectorised_function_gives_what_the_function_gives_point_by_point() -> None:
    def powers(b: Any, c: Any) -> dict[str, Any]:
        if np.any(b == 1):
            raise ValueError("b is 1")
        return {"sum": b + c, "list": np.stack([b, b * c], axis=-1), "more": b > c}

    over = {"b": np.arange(40.0), "c": np.arange(30.0)}
    together, single = _quiet(vectorised(powers), over), _quiet(powers, over)
    xarray.testing.assert_identical(_bare(together), _bare(single))
    assert together["failed"].values.sum() == 30 and together["failed"].values[1].all()
    xarray.testing.assert_identical(_quiet(vectorised(powers), over, chunk=7), together)


def test_lists_side_by_side_keep_their_numbers() -> None:
    found = sweep(lambda b, x: b * x, paired({"b": [2, 3], "x": [0.5, 0.25]}))
    assert found["value"].dims == ("case",) and found["b"].dims == ("case",)
    assert found["value"].values.tolist() == [1.0, 0.75]


def test_a_function_in_part_fixed_takes_the_rest() -> None:
    def gain(b: float, c: float, d: float = 3) -> float:
        return b - c * d

    assert sweep(partial(gain, c=2), {"b": [10, 20]})["gain"].values.tolist() == [4.0, 14.0]
    assert sweep(gain, {"b": [10], "c": [1], "d": [5]})["gain"].item() == 5.0


def test_not_a_number_is_a_result() -> None:
    found = sweep(lambda b: float("nan") if b == 2 else float(b), {"b": [1, 2, 3]})
    assert np.isnan(found["value"].values[1]) and not found["failed"].any()
    assert found.attrs["failures"] == 0 and found["failure_reason"].size == 0


def test_a_function_that_gives_something_else_at_a_point_fails_there() -> None:
    with pytest.warns(FailedPointsWarning, match=r"at 3 of 6 points, first at point 1: ResultError"):
        found = sweep(lambda n: {1: [1, 2], 2: {"a": 1}, 3: "text"}.get(n, 0.5), {"n": range(6)})
    reasons = found["failure_reason"].values.tolist()
    assert "elsewhere value ()" in reasons[0] and "returned a ()" in reasons[1] and "text 'text'" in reasons[2]


def test_all_points_may_fail() -> None:
    with pytest.warns(FailedPointsWarning, match="at 100 of 100 points"):
        found = sweep(Payoff(), {"b": np.arange(100.0), "c": [0.5]})
    assert found["failed"].all() and np.isnan(found["gain"]).all()


def test_a_function_that_always_fails_is_an_error_with_its_reason() -> None:
    with pytest.raises(
        ParameterError, match=r"failed at all 3 points that were tried, first at b = 1: ZeroDivisionError"
    ):
        sweep(lambda b: b / 0, {"b": [1, 2, 3]})


def test_an_interrupt_passes_through_a_function_and_keeps_what_is_done() -> None:
    def stops(b: int) -> float:
        if b == 25:
            raise KeyboardInterrupt
        return b / 2

    with pytest.raises(
        SweepInterrupted, match="stopped after 2 of 4 blocks; they are in the attribute `partial`"
    ) as caught:
        sweep(stops, {"b": range(1, 41)}, chunk=10)
    partial_result = caught.value.partial
    assert partial_result["computed"].values.tolist() == [True] * 20 + [False] * 20
    assert partial_result["stops"].values[:20].tolist() == [b / 2 for b in range(1, 21)]
    assert np.isnan(partial_result["stops"].values[20:]).all()


class Wrong(Payoff):
    """A measure that does not keep what it promises."""

    def __init__(self, arrays: dict[str, Any], variables: tuple[Variable, ...] = (Variable("a"),)) -> None:
        super().__init__()
        object.__setattr__(self, "given", arrays)
        object.__setattr__(self, "said", variables)

    @property
    def variables(self) -> tuple[Variable, ...]:
        return self.said  # type: ignore[attr-defined, no-any-return]

    def evaluate(self, points: Points) -> Found:
        return Found(self.given)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("measure", "message"),
    [
        (Wrong({}), "'payoff' gave no 'a'"),
        (Wrong({"a": np.zeros(3)}), r"gave 'a' with the shape \(3,\); \(2,\) is needed"),
        (Wrong({"a": np.array(["x", "y"])}), "gave 'a' as <U1; float64 is needed"),
        (Wrong({"a": np.zeros(2), "q": np.zeros(2)}), "gave 'q', which is not among its variables"),
        (Wrong({}, (Variable("b"),)), "'b' is the name of two things"),
        (Wrong({}, (Variable("failed"),)), "'failed' is the name of two things"),
        (Wrong({}, (Variable("a", ("nowhere",)),)), "no coordinates for the dimension 'nowhere'"),
        (Wrong({}, (Variable("a", dtype="U4"),)), "the variable 'a' is <U4"),
    ],
)
def test_a_measure_that_breaks_its_word_is_named(measure: Wrong, message: str) -> None:
    with pytest.raises(SweepError, match=message):
        sweep(measure, {"b": [1, 2]})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measure": lambda b: b, "over": {"b": []}}, "b has no values, so the sweep has no points"),
        ({"measure": lambda b: b, "over": [1, 2]}, r"over = \[1, 2\]; give a mapping"),
        ({"measure": lambda b: b, "over": {"c": [1]}}, "unknown name 'c' in the design; value takes b"),
        ({"measure": lambda b, c: b, "over": {"b": [1]}}, "does not give 'c'; value takes b, c"),
        ({"measure": Payoff(), "over": {"d": [1]}}, "unknown parameter 'd'"),
        ({"measure": 3, "over": {"b": [1]}}, "3 is no measure"),
        ({"measure": lambda b: "text", "over": {"b": [1]}}, "value at b = 1: value is the text 'text'"),
        ({"measure": lambda b: 1j, "over": {"b": [1]}}, "value is complex"),
        ({"measure": lambda b: None, "over": {"b": [1]}}, "value is NoneType, no number"),
        ({"measure": lambda b: [[b]], "over": {"b": [1]}}, r"value has the shape \(1, 1\)"),
        ({"measure": lambda b: b, "over": {"b": [1]}, "workers": 0}, "workers = 0"),
        ({"measure": lambda b: b, "over": {"b": [1]}, "chunk": 0}, "chunk = 0"),
        ({"measure": lambda b: b, "over": {"b": [1]}, "rng": -1}, "rng = -1"),
        ({"measure": lambda b: b, "over": {"b": [1]}, "resume": True}, "resume=True needs the store"),
        pytest.param(
            {"measure": lambda b: b, "over": {"b": [1]}, "scheduler": 8786},
            "scheduler = 8786",
            marks=pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra cluster"),
        ),
        ({"measure": lambda b: b, "over": {"b": [1]}, "scheduler": "tcp://x", "workers": 2}, "beside a scheduler"),
    ],
)
def test_bad_input_is_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        sweep(**arguments)


def test_a_generator_gives_a_seed_that_is_recorded() -> None:
    found = sweep(lambda b, rng: rng.random(), {"b": [1, 2]}, rng=np.random.default_rng(4))
    seed = int(np.random.default_rng(4).integers(2**63))
    assert found.attrs["seed"] == seed
    xarray.testing.assert_identical(_bare(found), _bare(sweep(lambda b, rng: rng.random(), {"b": [1, 2]}, rng=seed)))


def test_two_sweeps_in_threads(reference: xarray.Dataset) -> None:
    found: dict[int, xarray.Dataset] = {}

    def run(k: int) -> None:
        found[k] = sweep(
            Payoff(compiled=k % 2 == 0, scale=k + 1), {**OVER, "c": OVER["c"][:70]}, workers=2, chunk=500
        )

    threads = [threading.Thread(target=run, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = reference["gain"].values[:, :70]
    assert (found[0]["gain"].values == wanted).all() and (found[1]["gain"].values == 2 * wanted).all()


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        """
from coopgame import sweep
offset = 10
def own(b, c):
    return b * c + offset
print(sweep(own, {"b": range(30), "c": [1, 2]}, workers=2, chunk=9)["own"].sum().item())
print(sweep(lambda b: b + offset, {"b": range(30)}, workers=2)["value"].sum().item())
""",
        encoding="utf-8",
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", str(script)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(root), "PATH": ""},
    )
    total = sum(b * c + 10 for b in range(30) for c in (1, 2))
    assert done.stdout.split() == [f"{total:.1f}", f"{sum(b + 10 for b in range(30)):.1f}"], done.stderr


def test_a_bar_is_shown_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    sweep(lambda b: b, {"b": range(50)}, chunk=5, progress=True)
    assert "50.0/50.0" in capsys.readouterr().err
    sweep(lambda b: b, {"b": range(50)}, chunk=5)
    assert capsys.readouterr().err == ""
