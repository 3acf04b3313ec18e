"""The command line: coopgame analyse | simulate | repro."""

from __future__ import annotations

import re
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from coopgame.errors import CoopgameError, CoopgameWarning

if TYPE_CHECKING:
    pass

BAD_INPUT = 2
FAILED = 1
_WIDEST = 120
_PAIR = re.compile(r"[^-=/\\][^=/\\]*=")
_EXIT_CODES = """\b
Exit codes: 0 done; 1 a study failed, or an unexpected error; 2 bad input or wrong usage."""


class _Group(click.Group):
    """A group that shows errors of coopgame as one message, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        with _plain_warnings():
            try:
                return super().invoke(ctx)
            except CoopgameError as error:
                raise _bad_input(str(error)) from error
            except OSError as error:
                if isinstance(error, BrokenPipeError):
                    raise
                raise _bad_input(f"{error.filename or 'a file'}: {error.strerror or error}") from error


class _Pairs(click.Command):
    """A command whose options `--values` and `--initial` take any number of NAME=VALUE."""

    _GREEDY = ("--values", "--initial")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option before every further NAME=VALUE behind it, which click alone cannot do."""
        spread: list[str] = []
        option, taken = "", 0
        for arg in args:
            if arg in self._GREEDY:
                option, taken = arg, -1
            elif option and taken and _PAIR.match(arg):
                spread.append(option)
            elif taken:
                option = ""
            taken += 1
            spread.append(arg)
        return super().parse_args(ctx, spread)


def _bad_input(message: str) -> click.ClickException:
    error = click.ClickException(message)
    error.exit_code = BAD_INPUT
    return error


@contextmanager
def _plain_warnings() -> Iterator[None]:
    """Show the warnings of coopgame as one line each on the error stream."""

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, CoopgameWarning):
            click.echo(f"Warning: {message}", err=True)
        else:
            usual(message, category, filename, lineno, file, line)

    with warnings.catch_warnings():
        usual = warnings.showwarning
        warnings.showwarning = show
        yield


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


@click.group(cls=_Group, epilog=_EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
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
      coopgame simulate inspection.toml --values F=5 c=1 g=2 --initial x=0.5 y=0.2 --figure path.pdf
      coopgame repro                                 all claims of the folder ./paper_repro, with a report

    Each command has its own help: coopgame analyse --help
    """
    _use_utf8()


def _number_pairs(ctx: click.Context, option: click.Parameter, texts: Sequence[str]) -> dict[str, Fraction]:
    """Read NAME=NUMBER texts, also several with commas between, as exact numbers."""
    from coopgame.expressions import exact_number

    found: dict[str, Fraction] = {}
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        if not text:
            continue
        name, equals, number = (part.strip() for part in text.rpartition("="))
        if not equals or not name or not number:
            raise click.BadParameter(f"{text!r} is not NAME=NUMBER, such as {_example(option)}", ctx, option)
        if name in found:
            raise click.BadParameter(f"{name!r} is given twice; keep one of them", ctx, option)
        found[name] = exact_number(number, name)
    return found


def _example(option: click.Parameter) -> str:
    return "x=0.5" if option.name == "initial" else "F=5 or c=1/3"


_FILE = click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_VALUES = click.option(
    "--values",
    metavar="NAME=NUMBER ...",
    multiple=True,
    callback=_number_pairs,
    help="Numbers for parameters, exact: 0.1 is 1/10, and 1/3 is allowed. Several with spaces or commas between.",
)
_DYNAMICS = click.option("--dynamics", type=click.Choice(["replicator"]), default="replicator", show_default=True)


@cli.command(cls=_Pairs)
@_FILE
@_VALUES
@click.option("--symbolic", is_flag=True, help="Keep parameters as symbols although all have values in the file.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON record (its JSON Schema ships with the package)."
)
@_DYNAMICS
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


@cli.command(cls=_Pairs)
@_FILE
@_VALUES
@click.option(
    "--initial",
    metavar="NAME=SHARE ...",
    multiple=True,
    callback=_number_pairs,
    help="Start: x=0.5 (share of the first strategy), population.strategy=0.5. Default: [initial] in FILE.",
)
@click.option("--time", "t_end", type=click.FloatRange(min=0, min_open=True), help="How long to run.")
@click.option("--points", type=click.IntRange(min=2), default=501, show_default=True, help="Rows of the CSV.")
@click.option(
    "--csv", "csv_path", type=click.Path(dir_okay=False, path_type=Path), help="CSV file (else the screen)."
)
@click.option(
    "--figure",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the shares over time: .pdf, .svg or .png.",
)
@_DYNAMICS
def simulate(
    file: Path,
    values: dict[str, Fraction],
    initial: dict[str, Fraction],
    t_end: float | None,
    points: int,
    csv_path: Path | None,
    figure: Path | None,
    dynamics: str,
) -> None:
    """Follow one trajectory of the game in FILE, as CSV (time and shares) and as a figure.

    The last line on the error stream says where it went: to which rest point, cycling, or undecided.

    \b
    Examples:
      coopgame simulate inspection.toml --initial x=0.5 y=0.2
      coopgame simulate inspection.toml --values F=5 c=1 g=2 --initial x=0.5 y=0.2 --time 50 --csv run.csv
      coopgame simulate price_war.toml --initial firm.brand=0.2 firm.copy=0.5 firm.cheap=0.3 --figure run.pdf
    """
    raise _bad_input("simulate is being written")


@cli.command()
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

    with _progress() as tell:
        report = run_claims(folder, output, progress=tell, seed=seed, language=language)
    width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
    click.echo(report.text(width))
    click.echo(f"Report: {report.output / 'report.html'} (and report.md, figures, tables)")
    for failure in report.failures:
        click.echo(f"Error: {failure}", err=True)
    if report.failures:
        sys.exit(FAILED)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is going on, on the error stream of a terminal only."""
    from tqdm import tqdm

    quiet = not sys.stderr.isatty()
    with tqdm(total=0, disable=quiet, file=sys.stderr, bar_format="{elapsed}  {desc}", leave=False) as bar:
        yield bar.set_description_str


def main() -> None:
    """Run the command line and leave with its exit code."""
    cli(prog_name="coopgame")
