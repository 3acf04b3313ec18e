"""Sweep files: the points and the measure that they describe, and errors that name the place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from coopgame import (
    Protocol,
    brown_von_neumann_nash,
    integrate,
    logit,
    mean_dynamic,
    parse_sweep,
    read_game,
    read_sweep,
    smith,
)
from coopgame.errors import GameFileError
from coopgame.sweeps.estimates import estimate_sweep
from coopgame.sweeps.file_measure import built_in
from coopgame.sweeps.measure import Points
from tests.report import sample_games as games

HEAD = 'format = "coopgame-sweep/1"\ngame = "inspection.toml"\nmeasure = "final shares"\n'
START = "[initial]\nx = 0.5\ny = 0.5\n"
REST = "[values]\nc = 1\ng = 2\n" + START


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inspection.toml").write_text(games.INSPECTION, encoding="utf-8")
    return tmp_path


def points(text: str, folder: Path) -> dict[str, np.ndarray]:
    """All points of the design of a file."""
    plan = parse_sweep(text, folder=folder)
    return plan.design.points(range(len(plan)))


def test_a_grid_holds_the_decimals_that_are_written(folder: Path) -> None:
    text = (
        HEAD + REST.replace("c = 1\n", "") + "[over]\nF = { from = 0.0, to = 1, points = 11 }\nc = [0.1, 1, 1e-3]\n"
    )
    found = points(text, folder)
    assert sorted(set(found["F"])) == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert list(found["c"][:4]) == [0.1, 1.0, 0.001, 0.1], "the last name changes fastest"
    whole = parse_sweep(text.replace("[0.1, 1, 1e-3]", "[1, 2]"), folder=folder)
    assert len(whole) == 22 and whole.design.names == ("F", "c")


def test_geometric_spacing(folder: Path) -> None:
    text = HEAD + REST + '[over]\nF = { from = 0.01, to = 100, points = 5, spacing = "geometric" }\n'
    assert points(text, folder)["F"] == pytest.approx([0.01, 0.1, 1, 10, 100], rel=1e-12)


def test_lists_side_by_side_times_a_grid(folder: Path) -> None:
    text = (
        HEAD
        + START
        + '[values]\nc = 1\n[over]\nx = [0.2, 0.4]\n[[paired]]\ndim = "law"\nover = { F = [3, 4, 5], g = [1, 2, 3] }\n'
    )
    plan = parse_sweep(text.replace("x = 0.5\n", ""), folder=folder)
    assert plan.design.dims == ("x", "law") and plan.design.shape == (2, 3)
    found = plan.design.points(range(6))
    assert list(zip(found["x"], found["F"], found["g"], strict=True))[4] == (0.4, 4, 2)


@pytest.mark.parametrize("method", ["random", "sobol", "halton", "latin hypercube"])
def test_samples(folder: Path, method: str) -> None:
    """Uniform and normal, by Kolmogorov and Smirnov; the seed of the file decides, and one of the samples before it."""
    text = f'{HEAD}seed = 4\n{REST.replace("c = 1", "")}[[samples]]\nmethod = "{method}"\npoints = 512\n'
    text += "over = { F = { from = 2, to = 4 }, c = { mean = 1, deviation = 0.2 } }\n"
    found = points(text, folder)
    assert stats.kstest(found["F"], stats.uniform(2, 2).cdf).pvalue > 0.001
    assert stats.kstest(found["c"], stats.norm(1, 0.2).cdf).pvalue > 0.001
    assert abs(np.corrcoef(found["F"], found["c"])[0, 1]) < 0.2
    assert (points(text, folder)["F"] == found["F"]).all()
    other = points(text.replace("seed = 4", "seed = 5"), folder)
    assert (other["F"] != found["F"]).any()
    pinned = points(text.replace("seed = 4", "seed = 5").replace("points =", "seed = 4\npoints ="), folder)
    assert (pinned["F"] == found["F"]).all()


def test_random_starts(folder: Path) -> None:
    text = f"{HEAD}[values]\nF = 3\nc = 1\ng = 2\n[[starts]]\npoints = 400\n"
    found = points(text, folder)
    assert set(found) == {"x", "y"} and stats.kstest(found["x"], stats.uniform.cdf).pvalue > 0.001


def test_the_measure_gets_values_start_and_settings(folder: Path) -> None:
    """Where inspection does not pay everybody rests and cheats; the share of inspectors falls as a logistic of -c t at y = 0."""
    text = HEAD.replace('"final shares"', '{ name = "final_shares", t_end = 3, tolerance = 1e-10 }')
    text += "[values]\nF = 1\ng = 2\n[initial]\nx = 0.5\ny = 0\n[over]\nc = [0.5, 1.5]\n"
    plan = parse_sweep(text, folder=folder)
    found = plan.measure.evaluate(Points(plan.design.points([0, 1]), np.arange(2)))
    name = plan.measure.variables[0].name
    shares = np.asarray(found.arrays[name])[:, 0]
    assert not found.failures
    assert shares == pytest.approx(1 / (1 + np.exp(3 * np.array([0.5, 1.5]))), rel=1e-7)
    assert "1e-10" in " ".join(plan.measure.provenance().values())


@pytest.mark.parametrize("name", sorted(built_in()))
def test_every_built_in_measure_can_be_named(folder: Path, name: str) -> None:
    """Those of parameters alone have no use for a start; one needs a target."""
    target = 'target = ["rest", "comply"]\n' if name == "time_to_reach" else ""
    starts = "n = 8\n" if name == "share_of_basin" else ""
    text = (
        HEAD.replace('measure = "final shares"\n', "")
        + f'[measure]\nname = "{name.replace("_", " ")}"\n{target}{starts}'
    )
    plan = parse_sweep(text + REST + "[over]\nF = [3, 4]\n", folder=folder)
    assert plan.measure.name == name
    found = plan.measure.evaluate(Points(plan.design.points([0]), np.arange(1)))
    assert not found.failures and set(found.arrays) == {variable.name for variable in plan.measure.variables}


def test_several_measures_together(folder: Path) -> None:
    text = (
        HEAD.replace('measure = "final shares"\n', "")
        + "[[measure]]\nname = 'final shares'\n[[measure]]\nname = 'cooperation'\n"
    )
    plan = parse_sweep(text + REST + "[over]\nF = [3, 4]\n", folder=folder)
    assert {"shares", "cooperation"} <= {variable.name for variable in plan.measure.variables}
    twice = text.replace("cooperation", "final shares")
    with pytest.raises(GameFileError, match=r"measure: .*shares"):
        parse_sweep(twice + REST + "[over]\nF = [3, 4]\n", folder=folder)


def test_a_measure_says_what_it_needs(folder: Path) -> None:
    text = HEAD.replace("final shares", "time to reach") + REST + "[over]\nF = [3, 4]\n"
    with pytest.raises(GameFileError, match="measure: the key 'target' is missing"):
        parse_sweep(text, folder=folder)


def test_the_game_counts_from_the_folder_of_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "sweeps").mkdir()
    path = folder / "sweeps" / "one.toml"
    text = HEAD.replace('"inspection.toml"', '"../inspection.toml"') + REST + "[over]\nF = [1, 2]\n"
    path.write_text(text, encoding="utf-8")
    monkeypatch.chdir("/")
    plan = read_sweep(path)
    assert len(plan) == 2 and plan.text == text and plan.seed == 0
    assert "2 points" in str(plan) and plan.game.name == "Inspection game"


@pytest.mark.parametrize(
    ("change", "where", "words"),
    [
        (("[over]", "[ovr]"), "ovr", "unknown key 'ovr'; did you mean 'over'"),
        (("F = [1, 2]", "f = [1, 2]"), "over.f", "unknown parameter or share 'f'"),
        (("F = [1, 2]", "Fx = [1, 2]"), "over.Fx", "did you mean"),
        (("F = [1, 2]", "F = 1"), "over.F", "one fixed number belongs into [values]"),
        (("F = [1, 2]", "F = []"), "over", "F has no values"),
        (("F = [1, 2]", "F = [1, true]"), "over.F[1]", "True"),
        (("F = [1, 2]", 'F = ["1; import os", 2]'), "over.F[0]", "1; import os"),
        (("F = [1, 2]", "F = [1, nan]"), "over.F[1]", "NaN"),
        (("F = [1, 2]", "F = { from = 0, to = 1 }"), "over.F", "the key 'points' is missing"),
        (("F = [1, 2]", "F = { from = 0, to = 1, points = 1 }"), "over.F.points", "at least 2"),
        (("F = [1, 2]", "F = { from = 1, to = 0, points = 3 }"), "over.F", "from = 1 must be less than to = 0"),
        (("F = [1, 2]", "F = { from = 0, to = 1, point = 3 }"), "over.F.point", "did you mean 'points'"),
        (("F = [1, 2]", 'F = { from = 0, to = 1, points = 3, spacing = "log" }'), "over.F.spacing", "unknown spacing 'log'"),
        (("F = [1, 2]", 'F = { from = 0, to = 1, points = 3, spacing = "geometric" }'), "over.F.from", "above 0"),
        (("c = 1\n", "c = 1\nd = 1\n"), "values.d", "unknown parameter 'd'"),
        (("c = 1\n", "c = 1\nF = 1\n"), "values.F", "F is also swept over"),
        (("F = [1, 2]", "x = [0.1, 0.2]"), "", "no value for F"),
        (('"final shares"', '"final share"'), "measure", "did you mean 'final_shares'"),
        (('"final shares"', '{ name = "final_shares", t_ende = 3 }'), "measure.t_ende", "did you mean 't_end'"),
        (('"final shares"', '{ name = "final_shares", t_end = "x" }'), "measure.t_end", "x"),
        (('"final shares"', '{ name = "final_shares", t_end = -1 }'), "measure", "t_end must be a positive number"),
        (('"final shares"', "7"), "measure", "a name or a table with a name is needed, got 7"),
        (('measure = "final shares"\n', ""), "measure", "the key 'measure' is missing"),
        (("coopgame-sweep/1", "coopgame-sweep/9"), "format", 'write format = "coopgame-sweep/1"'),
        (("[over]", 'dynamics = "replicater"\n[over]'), "initial.dynamics", "number"),
        (("measure =", 'dynamics = "replicater"\nmeasure ='), "dynamics", "did you mean 'replicator'"),
        (("measure =", "seed = -1\nmeasure ="), "seed", "at least 0"),
        (("[over]\nF = [1, 2]", ""), "over", "the sweep has no points"),
        (("[over]", "[[samples]]\npoints = 4\nover = { F = [1, 2] }\n[nothing]"), "nothing", "unknown key"),
        (("[over]\n", "[[samples]]\npoints = 4\nover = {}\n#"), "samples[0].over", "the table is empty"),
        (("[over]\n", "[[samples]]\npoints = 4\nover = { F = [1, 2] }\n#"), "samples[0].over.F", "{ from = 0, to = 10 }"),
        (("[over]\n", '[[samples]]\npoints = 5\nmethod = "sobol"\nover = { F = { from = 1, to = 2 } }\n#'), "samples[0]", "powers of 2"),
        (("[over]\n", '[[samples]]\npoints = 5\nmethod = "sobel"\nover = { F = { from = 1, to = 2 } }\n#'), "samples[0].method", "did you mean 'sobol'"),
        (("[over]\n", "[[samples]]\npoints = 5\nover = { F = { mean = 1, deviation = 0 } }\n#"), "samples[0].over.F.deviation", "above 0"),
        (("[over]\n", "[[paired]]\nover = { F = [1, 2, 3], x = [0, 1] }\n#"), "paired[0]", "F has 3, x has 2"),
    ],
)  # fmt: skip
def test_errors_name_the_place(folder: Path, change: tuple[str, str], where: str, words: str) -> None:
    text = HEAD + REST + "[over]\nF = [1, 2]\n"
    assert len(parse_sweep(text, folder=folder)) == 2
    with pytest.raises(GameFileError) as told:
        parse_sweep(text.replace(*change, 1), "sweep.toml", folder)
    assert told.value.where == where and words in str(told.value) and str(told.value).startswith("sweep.toml")


def test_an_absent_game_is_named(folder: Path) -> None:
    with pytest.raises(GameFileError, match=r"absent\.toml: there is no such file"):
        parse_sweep(HEAD.replace("inspection", "absent") + REST + "[over]\nF = [1, 2]\n", folder=folder)


def test_the_design_may_not_be_endless(folder: Path) -> None:
    axes = "".join(f"{name} = {{ from = 0.1, to = 1, points = 5000 }}\n" for name in ("F", "c", "g"))
    with pytest.raises(GameFileError, match="the design has 125000000000 points"):
        parse_sweep(HEAD + START + "[over]\n" + axes, folder=folder)


def test_an_estimate_counts_points_and_bytes(folder: Path) -> None:
    plan = parse_sweep(HEAD + REST + "[over]\nF = { from = 1, to = 2, points = 300 }\n", folder=folder)
    found = estimate_sweep(plan.measure, plan.design)
    assert found.size == 300 + sum(
        300 * np.dtype(v.dtype).itemsize * np.prod([len(plan.measure.coordinates[d]) for d in v.dims])
        for v in plan.measure.variables
    )
    assert 0 < found.sample <= 300 and found.seconds == pytest.approx(found.measured / found.sample * 300)
    assert "300 points" in found.text and "random points" in found.text and "warm-up" in found.text


@pytest.mark.parametrize(
    ("written", "law"),
    [
        ('"smith"', smith()),
        ('"brown von neumann nash"', brown_von_neumann_nash()),
        ("{ name = 'logit', noise = 0.25 }", logit("1/4")),
        ("{ name = 'logit', noise = 'g/8' }", logit("g/8")),
    ],
)
def test_other_dynamics(folder: Path, written: str, law: Protocol) -> None:
    plan = parse_sweep(HEAD + f"dynamics = {written}\n" + REST + "[over]\nF = [3]\n", folder=folder)
    dynamics = mean_dynamic(read_game(folder / "inspection.toml"), law)
    path = integrate(dynamics, {"x": 0.5, "y": 0.5}, {"F": 3, "c": 1, "g": 2}, t_end=200)
    np.testing.assert_allclose(plan.run()["shares"].values[0], path.final, atol=1e-6)
    assert plan.run().attrs["dynamics"] == dynamics.name


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('"logit"', "logit needs noise"),
        ("{ name = 'logit', nose = 1 }", "did you mean 'noise'"),
        ("{ name = 'logit', noise = [1] }", r"dynamics\.noise.*a number or a text"),
        ("{ name = 'logit', noise = 'eta' }", "eta"),
        ("7", "dynamics"),
    ],
)
def test_dynamics_that_are_none(folder: Path, written: str, words: str) -> None:
    with pytest.raises(GameFileError, match=words):
        parse_sweep(HEAD + f"dynamics = {written}\n" + REST + "[over]\nF = [3]\n", folder=folder)
