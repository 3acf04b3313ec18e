"""The command line: coopgame analyse | equilibria | check | simulate | sweep | tables | export | audit | repro | cache | warm-up."""

from __future__ import annotations

import math
import shutil
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopgame.cli_cache import cache, warm_up
from coopgame.cli_equilibria import equilibria
from coopgame.cli_input import (
    BadInput,
    PairsCommand,
    PlainGroup,
    dynamics_option,
    game_file,
    initial_option,
    progress,
    start_shares,
    values_option,
)
from coopgame.cli_sweep import sweep
from coopgame.cli_write import export, tables

if TYPE_CHECKING:
    from coopgame.analysis.trajectories import Trajectory

FAILED = 1
WRONG = 3
OPEN = 4
_WIDEST = 120
_FINE = 1000
_FIGURES = (".pdf", ".svg", ".png")
_EXIT_CODES = """\b
Exit codes: 0 done; 1 a study failed, a checked record is wrong, or an unexpected error; 2 bad input or wrong usage;
130 interrupted from the keyboard; of audit: 3 a claim differs or is impossible; 4 none is, but some are undecidable."""


def _use_utf8() -> None:
    """Write UTF-8 wherever the output goes, also on Windows."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _show_version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    if wanted:
        import coopgame

        click.echo(f"coopgame {coopgame.__version__}")
        ctx.exit()


@click.group(cls=PlainGroup, epilog=_EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def cli() -> None:
    """Evolutionary games from payoff tables: rest points, stability, regimes of parameters, trajectories.

    \b
    A game is one text file (TOML) with populations, strategies, parameters and payoffs.
      coopgame analyse inspection.toml               rest points, stability conditions, regimes
      coopgame analyse inspection.toml --values F=5 c=1 g=2
      coopgame equilibria inspection.toml --values F=5 c=1 g=2   all Nash equilibria, and their stability
      coopgame check record.json                     the proofs in a saved analysis, without a solver
      coopgame simulate inspection.toml --values F=5 c=1 g=2 --initial x=0.5 y=0.2 --figure path.pdf
      coopgame sweep fines.toml --out runs/fines.zarr   a measure at many parameters and starts
      coopgame tables inspection.toml --out tables   the tables of a paper: LaTeX, Word, HTML, Markdown, CSV
      coopgame export inspection.toml --out matlab   programs for MATLAB and Octave
      coopgame audit table2.toml                     every printed claim of a publication, checked
      coopgame repro                                 all claims of the folder ./paper_repro, with a report

    Each command has its own help: coopgame analyse --help
    """
    _use_utf8()


@cli.command(cls=PairsCommand, short_help="Rest points, stability, regimes of a game file.")
@game_file
@values_option
@click.option("--symbolic", is_flag=True, help="Keep parameters as symbols although all have values in the file.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON record (its JSON Schema ships with the package)."
)
@dynamics_option
def analyse(file: Path, values: dict[str, Fraction], symbolic: bool, as_json: bool, dynamics: str) -> None:
    """Print payoffs, equations, rest points with stability conditions, and regimes of the game in FILE.

    When every parameter has a number (in FILE or by --values) the answer is numeric; otherwise it holds for all
    parameters that meet the assumptions in FILE, and --values puts some of them in exactly.

    \b
    Examples:
      coopgame analyse inspection.toml                     symbols or numbers, as the file has it
      coopgame analyse inspection.toml --symbolic          conditions on the parameters
      coopgame analyse inspection.toml --values F=5 c=1/3
      coopgame analyse inspection.toml --json > record.json
    """
    from coopgame.analysis.analyse import analyse as analyse_game
    from coopgame.games.files import read_game

    analysis = analyse_game(read_game(file), values, symbolic=symbolic)
    if as_json:
        from coopgame.report.record import analysis_record, record_text

        click.echo(record_text(analysis_record(analysis)), nl=False)
    else:
        from coopgame.report.text import analysis_text

        width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
        click.echo(analysis_text(analysis, width), nl=False)


@cli.command(short_help="Check the proofs in a saved record of an analysis.")
@click.argument("file", metavar="RECORD", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--proofs", is_flag=True, help="Print every certificate too, as lines that add up.")
def check(file: Path, proofs: bool) -> None:
    """Check the record that coopgame analyse --json wrote, from its text alone.

    Uses neither the solver nor the code that found the proofs: the payoffs are read again, witnesses are put into them,
    certificates are added up line by line, and the list of sets of stable points is gone through for gaps.

    \b
    Exit codes: 0 every checked claim holds; 1 some claim is wrong or not proved; 2 the file is no such record.
    Claims that rest on a solver are listed, and do not change the exit code.

    \b
    Examples:
      coopgame analyse inspection.toml --json > record.json
      coopgame check record.json
      coopgame check record.json --proofs
    """
    from coopgame.report.checker import check_record_data, load_record
    from coopgame.report.proof_text import proof_text

    record = load_record(file)
    checked = check_record_data(record, str(file))
    if proofs:
        click.echo(proof_text(record) or "No certificates in this record.")
        click.echo()
    click.echo(str(checked))
    if not checked.ok:
        sys.exit(FAILED)


@cli.command(cls=PairsCommand, short_help="One trajectory, as CSV and as a figure.")
@game_file
@values_option
@initial_option
@click.option(
    "--time",
    "t_end",
    type=click.FloatRange(min=0, min_open=True),
    default=200.0,
    show_default=True,
    help="How long to run.",
)
@click.option("--points", type=click.IntRange(min=2), default=501, show_default=True, help="Rows of the CSV.")
@click.option(
    "--csv", "csv_path", type=click.Path(dir_okay=False, path_type=Path), help="CSV file (else the screen)."
)
@click.option(
    "--figure",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the shares over time: .pdf, .svg or .png.",
)
@dynamics_option
def simulate(
    file: Path,
    values: dict[str, Fraction],
    initial: dict[str, Fraction],
    t_end: float,
    points: int,
    csv_path: Path | None,
    figure: Path | None,
    dynamics: str,
) -> None:
    """Follow one trajectory of the game in FILE, as CSV (time and shares) and as a figure.

    The last line on the error stream says where it went: to which rest point, round and round and how, or undecided.

    \b
    Examples:
      coopgame simulate inspection.toml --initial x=0.5 y=0.2
      coopgame simulate inspection.toml --values F=5 c=1 g=2 --initial x=0.5 y=0.2 --time 50 --csv run.csv
      coopgame simulate price_war.toml --initial firm.brand=0.2 firm.copy=0.5 firm.cheap=0.3 --figure run.pdf
    """
    from coopgame.analysis.solution import IntegrationOptions
    from coopgame.analysis.trajectories import integrate
    from coopgame.dynamics.mean import replicator
    from coopgame.games.files import read_game
    from coopgame.report.tables import trajectory_csv

    if figure is not None and figure.suffix.lower() not in _FIGURES:
        raise BadInput(f"--figure {figure}: the name must end in {', '.join(_FIGURES)}")
    game = read_game(file)
    start = start_shares(game, initial)
    every = max(1, math.ceil(_FINE / (points - 1)))  # the verdict needs a fine grid, however few rows are wanted
    options = IntegrationOptions(points=every * (points - 1) + 1)
    with progress() as tell:
        tell("integrating")
        trajectory = integrate(replicator(game), start, values, t_end=t_end, options=options)
    text = trajectory_csv(trajectory, every)
    if csv_path is None:
        click.echo(text, nl=False)
    else:
        csv_path.write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"Shares over time: {csv_path}", err=True)
    if figure is not None:
        _draw(trajectory, figure)
        click.echo(f"Figure: {figure}", err=True)
    click.echo(str(trajectory.outcome), err=True)


def _draw(trajectory: Trajectory, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from coopgame.figures.style import house_style, save_figure
    from coopgame.figures.time_series import draw_time_series

    with house_style():
        axes = draw_time_series(trajectory)
        save_figure(axes.figure.figure, path.with_suffix(""), (path.suffix[1:],))


@cli.command(short_help="Check a published table of equilibria, claim by claim.")
@game_file
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON record (its JSON Schema ships with the package)."
)
def audit(file: Path, as_json: bool) -> None:
    """Check what a publication prints, typed into FILE, against the payoffs of its game, claim by claim.

    Every claim is confirmed, differs (ours is shown beside it, with the nearest correct reading of a misprint), is impossible for any
    payoffs, or is undecidable from what is given. Without payoffs it is said what no payoffs can give.

    \b
    Examples:
      coopgame audit table2.toml
      coopgame audit table2.toml --json > audit.json

    \b
    Exit codes: 0 everything is confirmed; 3 something differs or is impossible; 4 nothing is, but something is
    undecidable; 2 bad input or wrong usage.
    """
    from coopgame.analysis.audit import audit as audit_file

    with progress() as tell:
        tell("auditing")
        found = audit_file(file)
    if as_json:
        from coopgame.report.audit_record import audit_record
        from coopgame.report.record import record_text

        click.echo(record_text(audit_record(found)), nl=False)
    else:
        from coopgame.report.audit_text import audit_text

        width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
        click.echo(audit_text(found, width), nl=False)
    if found.wrong:
        sys.exit(WRONG)
    if found.counts["undecidable"]:
        sys.exit(OPEN)


@cli.command(short_help="Judge the claims of a folder and write the report.")
@click.argument("folder", default=Path("paper_repro"), type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write. Default: FOLDER/output.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), help="Seed of all random numbers. Default: the one in claims.toml."
)
@click.option(
    "--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Labels of figures."
)
def repro(folder: Path, output: Path | None, seed: int | None, language: str) -> None:
    """Judge every claim in FOLDER/claims.toml and write the report (default folder: ./paper_repro).

    Runs the Python programs in FOLDER/studies, so use it on folders you trust. Writes report.md, report.html, figures
    (PNG, PDF) and tables (CSV, LaTeX); a second run writes the same bytes.

    \b
    Examples:
      coopgame repro
      coopgame repro my_study --output /somewhere/else
    """
    from coopgame.report.repro import run_claims

    with progress() as tell:
        report = run_claims(folder, output, progress=tell, seed=seed, language=language)
    width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
    click.echo(report.text(width))
    click.echo(f"Report: {report.output / 'report.html'} (and report.md, figures, tables)")
    for failure in report.failures:
        click.echo(f"Error: {failure}", err=True)
    if report.failures:
        sys.exit(FAILED)


cli.add_command(equilibria)
cli.add_command(tables)
cli.add_command(export)
cli.add_command(sweep)
cli.add_command(cache)
cli.add_command(warm_up)


def main() -> None:
    """Run the command line and leave with its exit code."""
    cli(prog_name="coopgame")
