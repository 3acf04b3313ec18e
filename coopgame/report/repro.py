"""Runs the studies of a folder of claims and writes its report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from coopgame.errors import ClaimsError
from coopgame.report.claims import Claim, Compatible, read_claims
from coopgame.report.claims_report import Outcome, ReproReport
from coopgame.report.study import VERDICTS, ClaimResult, StudyContext, StudyFailure, run_study, study_modules
from coopgame.report.tables import Table

__all__ = ["VERDICTS", "ClaimResult", "Outcome", "ReproReport", "StudyContext", "run_claims"]

_LOG = logging.getLogger("coopgame")
_WRITTEN = "files.txt"


def run_claims(
    folder: str | Path,
    output: str | Path | None = None,
    *,
    progress: Callable[[str], None] | None = None,
    seed: int | None = None,
    language: str = "en",
) -> ReproReport:
    """Return what the studies of FOLDER/claims.toml find, and write the report.

    Written to `output` (default: FOLDER/output): report.md, report.html, figures as PNG and PDF, tables as CSV
    and LaTeX. A second run with the same seed writes the same bytes: nothing depends on date, machine or place.
    The studies are programs of the folder's owner and run with your rights: run only folders you trust, as with
    any script.

    Every study runs once, also when several claims name it. A study that fails is reported under its claim
    (`ReproReport.failures`) and does not stop the others. progress: called with a short text before each study.

    Raises ClaimsError when the claims file is absent or not well formed.
    """
    folder = Path(folder)
    target = Path(output) if output is not None else folder / "output"
    claims = read_claims(folder)
    tell = progress or _LOG.info
    context = StudyContext(
        folder=folder.resolve(),
        output=target.resolve(),
        seed=claims.seed if seed is None else seed,
        language=language,
        facts={fact.id: fact for fact in claims.facts},
        progress=tell,
    )
    with study_modules(context.folder):
        done: dict[str, Outcome] = {}
        outcomes = tuple(_outcome(claim, context, done, tell) for claim in claims.claims)
        compatible = tuple(_outcome(question, context, done, tell) for question in claims.compatible)
    report = ReproReport(claims, outcomes, compatible, target)
    tell("writing the report")
    _write(report)
    return report


def _outcome(
    claim: Claim | Compatible, context: StudyContext, done: dict[str, Outcome], tell: Callable[[str], None]
) -> Outcome:
    if not claim.study:
        return Outcome(claim)
    if claim.study in done:
        known = done[claim.study]
        return Outcome(claim, known.result, known.failure)
    tell(f"{claim.id}: {claim.study}")
    try:
        outcome = Outcome(claim, run_study(claim.study, context))
    except StudyFailure as error:
        _LOG.info("claim %s: %s", claim.id, error)
        outcome = Outcome(claim, failure=str(error))
    done[claim.study] = outcome
    return outcome


def _write(report: ReproReport) -> None:
    """Write all files, and remove those of an earlier run that are no longer made."""
    root = report.output
    for name in ("figures", "tables"):
        (root / name).mkdir(parents=True, exist_ok=True)
    before = _listed(root)
    document = report.document()
    files: dict[str, str] = {"report.md": document.markdown(), "report.html": document.html()}
    for name, table in _tables(report).items():
        files[f"tables/{name}.csv"] = table.to_csv()
        files[f"tables/{name}.tex"] = table.to_latex(f"tab:{name}")
    for path, text in files.items():
        (root / path).write_text(text, encoding="utf-8", newline="\n")
    written = [*files, *_save_figures(report)]
    for path in sorted(before - set(written)):
        (root / path).unlink(missing_ok=True)
    (root / _WRITTEN).write_text("\n".join(sorted(written)) + "\n", encoding="utf-8", newline="\n")


def _listed(root: Path) -> set[str]:
    """The report files of an earlier run, as its own list names them; nothing outside the folder."""
    path = root / _WRITTEN
    if not path.is_file():
        return set()
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line.startswith(("figures/", "tables/")) and ".." not in line}


def _results(report: ReproReport) -> Iterator[tuple[str, ClaimResult]]:
    seen: list[ClaimResult] = []
    for outcome in (*report.outcomes, *report.compatible):
        if outcome.result is not None and not any(outcome.result is known for known in seen):
            seen.append(outcome.result)
            yield outcome.claim.id, outcome.result


def _tables(report: ReproReport) -> Mapping[str, Table]:
    tables: dict[str, Table] = {"verdicts": report.table()}
    for claim, result in _results(report):
        for name, table in result.tables.items():
            if name in tables and tables[name] != table:
                raise ClaimsError(f"claim {claim}: another study made a different table {name!r}; rename one")
            tables[name] = Table(table.columns, table.rows, result.captions.get(name, table.caption))
    return tables


def _save_figures(report: ReproReport) -> list[str]:
    """Save every figure as PNG and PDF without dates or program names, and return the paths."""
    figures: dict[str, Any] = {}
    for claim, result in _results(report):
        for name, figure in result.figures.items():
            if figures.get(name, figure) is not figure:
                raise ClaimsError(f"claim {claim}: another study drew a different figure {name!r}; rename one")
            figures[name] = figure
    if not figures:
        return []
    from coopgame.figures.style import house_style, save_figure

    paths = []
    for name, figure in figures.items():
        with house_style():  # ticks are made when a figure is drawn, that is here
            written = save_figure(figure, report.output / "figures" / name)
        paths += [path.relative_to(report.output).as_posix() for path in written]
        _close(figure)
    return paths


def _close(figure: Any) -> None:
    """Let pyplot forget a figure that a study made with it."""
    from matplotlib import pyplot

    pyplot.close(figure)
