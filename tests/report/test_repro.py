"""The runner of claims: strict files, one run per study, honest failures, the same bytes twice."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coopgame.errors import ClaimsError
from coopgame.report.claims import parse_claims, read_claims
from coopgame.report.repro import ClaimResult, StudyContext, run_claims
from coopgame.report.study import StudyFailure, run_study, study_modules
from tests.report import sample_games as games

CLAIMS = """
format = "coopgame-claims/1"
title = "Claims about a dilemma"
seed = 7

[[claims]]
id = "A1"
section = "2"
statement = "defection spreads & wins"
zh = "背叛会扩散"
models = ["PD"]
formal = "all-D is the only sink for all b, c > 0"
weakest = "PD"
study = "dilemma:spreads"

[[claims]]
id = "A2"
section = "2"
statement = "the same in other words"
study = "dilemma:spreads"

[[claims]]
id = "A3"
section = "3"
statement = "networks help"
waits_for = ["M8"]

[[compatible]]
claims = ["A1", "A3"]
statement = "both at one point"
study = "dilemma:both"

[[facts]]
id = "F01"
section = "abstract"
statement = "trade grew by 10.8 %"
"""

STUDY = '''
"""Judges the dilemma."""

from coopgame.analysis.analyse import analyse
from coopgame.report.repro import ClaimResult

from .shared import share


def spreads(context):
    """Return the verdict on A1."""
    context.cache["calls"] = context.cache.get("calls", 0) + 1
    context.progress("looking at the dilemma")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 2))
    figure.subplots().plot([0, 1], [0, 1])
    points = analyse(context.game("pd")).rest_points
    return ClaimResult(
        "holds always",
        f"runs of this study: {context.cache['calls']}; {context.facts['F01'].statement}",
        [f"{len(points)} rest points", f"share {share(context):.6f}"],
        figures={"line": figure},
        tables={"points": [{"label": point.label, "type": str(point.stability)} for point in points]},
        captions={"line": "A line with `code`", "points": "Rest points"},
    )


def both(context):
    """Return whether A1 and A3 go together."""
    return ClaimResult("untestable: A3 has no model yet")


def broken(context):
    """Fail."""
    return 1 / 0


def wrong(context):
    """Return something else."""
    return {"verdict": "fails"}
'''

SHARED = """
def share(context):
    return float(context.rng("A1", 3).random())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "claims"
    (root / "studies").mkdir(parents=True)
    (root / "models").mkdir()
    (root / "claims.toml").write_text(CLAIMS, encoding="utf-8")
    (root / "studies" / "dilemma.py").write_text(STUDY, encoding="utf-8")
    (root / "studies" / "shared.py").write_text(SHARED, encoding="utf-8")
    (root / "models" / "pd.toml").write_text(games.DILEMMA, encoding="utf-8")
    return root


def contents(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_a_run_writes_the_report(folder: Path) -> None:
    told: list[str] = []
    report = run_claims(folder, progress=told.append)
    assert [outcome.verdict for outcome in report.outcomes] == ["holds always", "holds always", "not yet modelled"]
    assert report["A1 with A3"].verdict.startswith("untestable")
    assert not report.failures
    assert "A1: dilemma:spreads" in told and "looking at the dilemma" in told
    files = set(contents(folder / "output"))
    assert {"report.md", "report.html", "tables/points.csv", "tables/points.tex", "tables/verdicts.csv"} <= files
    assert {"figures/line.png", "figures/line.pdf"} <= files
    page = (folder / "output" / "report.html").read_text(encoding="utf-8")
    assert "defection spreads &amp; wins" in page and "背叛会扩散" in page
    assert '<img src="figures/line.png"' in page and "<code>code</code>" in page
    assert page.count("runs of this study: 1;") == 1 and "the study is that of A1" in page
    notes = (folder / "output" / "report.md").read_text(encoding="utf-8")
    assert "not yet modelled" in notes and "trade grew by 10.8 %" in notes


def test_a_second_run_writes_the_same_bytes_elsewhere(folder: Path, tmp_path: Path) -> None:
    run_claims(folder)
    first = contents(folder / "output")
    run_claims(folder)
    assert contents(folder / "output") == first
    run_claims(folder, tmp_path / "elsewhere")
    assert contents(tmp_path / "elsewhere") == first
    assert all(str(tmp_path).encode() not in data for data in first.values())


def test_files_that_are_no_longer_made_go_away_and_others_stay(folder: Path) -> None:
    run_claims(folder)
    kept = folder / "output" / "tables" / "mine.csv"
    kept.write_text("a\n", encoding="utf-8")
    study = folder / "studies" / "dilemma.py"
    study.write_text(STUDY.replace('tables={"points"', 'tables={"renamed"'), encoding="utf-8")
    run_claims(folder)
    assert not (folder / "output" / "tables" / "points.csv").exists()
    assert (folder / "output" / "tables" / "renamed.csv").exists()
    assert kept.exists()


def test_a_study_that_fails_is_reported_under_its_claim(folder: Path) -> None:
    path = folder / "claims.toml"
    text = CLAIMS.replace(
        'study = "dilemma:spreads"\n\n[[claims]]\nid = "A2"', 'study = "dilemma:broken"\n\n[[claims]]\nid = "A2"'
    )
    path.write_text(text, encoding="utf-8")
    report = run_claims(folder)
    assert report["A1"].verdict == "study failed"
    assert report["A2"].verdict == "holds always"
    assert report.failures == ("claim A1: study dilemma:broken: ZeroDivisionError: division by zero",)
    assert "ZeroDivisionError" in (folder / "output" / "report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("study", "message"),
    [
        ("dilemma:wrong", "must return a ClaimResult, it returned dict"),
        ("dilemma:absent", "has no function 'absent'"),
        ("absent:spreads", "there is no file studies/absent.py"),
    ],
)
def test_errors_of_studies(folder: Path, study: str, message: str) -> None:
    context = StudyContext(folder, folder / "output")
    with study_modules(folder), pytest.raises(StudyFailure, match=message):
        run_study(study, context)


def test_studies_leave_no_modules_behind(folder: Path) -> None:
    path = list(sys.path)
    run_claims(folder)
    assert sys.path == path
    assert not [name for name in sys.modules if name.startswith("_coopgame_studies")]


def test_random_numbers_depend_on_seed_and_key_only(tmp_path: Path) -> None:
    context = StudyContext(tmp_path, tmp_path, seed=1)
    context.rng("other").random()
    assert context.rng("C01", 2).random() == StudyContext(tmp_path, tmp_path, seed=1).rng("C01", 2).random()
    assert context.rng("C01", 2).random() != context.rng("C01", 3).random()
    assert context.rng("C01", 2).random() != StudyContext(tmp_path, tmp_path, seed=2).rng("C01", 2).random()


def test_verdicts_keep_to_the_vocabulary() -> None:
    assert ClaimResult("holds iff q < A - v").verdict == "holds iff q < A - v"
    with pytest.raises(ClaimsError, match="verdict 'probably' is not one of: holds always"):
        ClaimResult("probably")
    with pytest.raises(ClaimsError, match="plain file name"):
        ClaimResult("fails", figures={"../escape": None})


def changed(old: str, new: str) -> Callable[[], str]:
    assert old in CLAIMS
    return lambda: CLAIMS.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed("weakest", "weakist"), r"claims\[0\].weakist: unknown key, did you mean 'weakest'\?"),
        (changed("seed = 7", "sed = 7"), r"sed: unknown key, did you mean 'seed'\?"),
        (changed("seed = 7", "seed = -7"), "seed: expected a whole number"),
        (changed('id = "A2"', 'id = "A1"'), "the id 'A1' occurs twice"),
        (changed('waits_for = ["M8"]', ""), "claim A3 has neither a study nor waits_for"),
        (changed('waits_for = ["M8"]', 'waits_for = "M8"'), r"claims\[2\].waits_for: expected a list of texts"),
        (changed('"dilemma:spreads"', '"../evil:run"'), r"claims\[0\].study: expected 'module:function'"),
        (changed('"dilemma:spreads"', '"os.path:join"'), r"claims\[0\].study: expected 'module:function'"),
        (changed('claims = ["A1", "A3"]', 'claims = ["A1", "A33"]'), "no claim 'A33', did you mean 'A3'"),
        (changed("coopgame-claims/1", "coopgame-claims/9"), "format: expected 'coopgame-claims/1'"),
        (changed('statement = "networks help"', ""), r"claims\[2\].statement: this key is missing"),
        (changed('section = "3"', "section = true"), r"claims\[2\].section: expected text, got True"),
        (changed("title =", "title"), "claims.toml is not TOML"),
    ],
)
def test_a_claims_file_that_is_not_well_formed(folder: Path, text: Callable[[], str], message: str) -> None:
    (folder / "claims.toml").write_text(text(), encoding="utf-8")
    with pytest.raises(ClaimsError, match=message):
        read_claims(folder)


def test_an_absent_or_unreadable_claims_file(tmp_path: Path) -> None:
    with pytest.raises(ClaimsError, match=r"there is no claims.toml in .*paper_repro comes with the source"):
        read_claims(tmp_path)
    (tmp_path / "claims.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ClaimsError, match="not UTF-8"):
        read_claims(tmp_path)
    with pytest.raises(ClaimsError, match=r"claims: expected a list of tables"):
        parse_claims({"format": "coopgame-claims/1", "title": "t", "claims": {"id": "C01"}})
