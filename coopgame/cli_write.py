"""The commands that write files for others: tables of a paper, programs for MATLAB and Octave."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopgame.cli_input import PairsCommand, game_file, initial_option, progress, start_shares, values_option

if TYPE_CHECKING:
    from coopgame.report.terms import Language

_OUT = click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files; made when absent. Files of the same names in it are replaced, others stay.",
)


@click.command(cls=PairsCommand, short_help="The tables of a paper: LaTeX, Word, HTML, Markdown, CSV.")
@game_file
@values_option
@_OUT
@click.option("--symbolic", is_flag=True, help="Keep parameters as symbols although all have values in the file.")
@click.option(
    "--language",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="English or Chinese terms and names.",
)
@click.option("--word", is_flag=True, help="Write tables.docx too; needs the extra word.")
def tables(
    file: Path, values: dict[str, Fraction], out: Path, symbolic: bool, language: Language, word: bool
) -> None:
    """Write parameters, payoffs, equations, rest points, stability and regimes of the game in FILE as tables of a paper.

    Writes tables.tex (compile it with xelatex), tables.md, tables.html and one CSV file for each table, and lists them.
    As with analyse, the answer is numeric when every parameter has a number, unless --symbolic is given.

    \b
    Examples:
      coopgame tables inspection.toml --out tables
      coopgame tables inspection.toml --out tables --symbolic --language zh --word
      coopgame tables inspection.toml --values F=5 c=1/3 --out tables
    """
    from coopgame.analysis.analyse import analyse
    from coopgame.games.files import read_game
    from coopgame.report.publication import load_pandoc, publication

    game = read_game(file)
    if word:
        load_pandoc()  # what is missing is told before the long work
    out.mkdir(parents=True, exist_ok=True)
    with progress() as tell:
        tell("analysing")
        analysis = analyse(game, values, symbolic=symbolic)
        tell("writing")
        written = publication(analysis, language=language).write(out, word=word)
    _list(written)


@click.command(cls=PairsCommand, short_help="The equations as programs for MATLAB and Octave.")
@game_file
@values_option
@initial_option
@_OUT
@click.option(
    "--name", default="field", show_default=True, help="Name of the function of the field, and of its file."
)
@click.option(
    "--time",
    "t_end",
    type=click.FloatRange(min=0, min_open=True),
    default=100.0,
    show_default=True,
    help="How long simulate.m runs.",
)
def export(
    file: Path,
    values: dict[str, Fraction],
    initial: dict[str, Fraction],
    out: Path,
    name: str,
    t_end: float,
) -> None:
    """Write the replicator equations of the game in FILE as programs that run in MATLAB and in Octave.

    Writes field.m, a function of time, state and a struct of parameters, and simulate.m, which sets every parameter,
    integrates with ode45 from the start and plots; and lists the two files.

    \b
    Examples:
      coopgame export inspection.toml --out matlab --values F=5
      coopgame export inspection.toml --out matlab --values F=5 --initial x=0.5 y=0.2 --time 50 --name inspection
    """
    from coopgame.games.files import read_game
    from coopgame.report.matlab import write_matlab

    game = read_game(file)
    _list(write_matlab(game, out, start_shares(game, initial), values, t_end=t_end, name=name))


def _list(written: Iterable[Path]) -> None:
    for path in written:
        click.echo(str(path))
