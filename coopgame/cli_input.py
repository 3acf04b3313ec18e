"""What commands share: options with many NAME=VALUE, the start, errors and warnings as plain messages."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from coopgame.errors import CoopgameError, CoopgameWarning

if TYPE_CHECKING:
    from coopgame.games.game import Game

BAD_INPUT = 2
_PAIR = re.compile(r"[^-=/\\][^=/\\]*=")


class BadInput(click.ClickException):
    """Bad input or wrong usage: shown as one message, exit code 2."""

    exit_code = BAD_INPUT


class PlainGroup(click.Group):
    """A group that shows errors of coopgame as one message, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        with plain_warnings():
            try:
                return super().invoke(ctx)
            except CoopgameError as error:
                raise BadInput(str(error)) from error
            except OSError as error:
                if isinstance(error, BrokenPipeError):
                    raise
                raise BadInput(f"{error.filename or 'a file'}: {error.strerror or error}") from error


class PairsCommand(click.Command):
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


@contextmanager
def plain_warnings() -> Iterator[None]:
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


def number_pairs(ctx: click.Context, option: click.Parameter, texts: Sequence[str]) -> dict[str, Fraction]:
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


game_file = click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
values_option = click.option(
    "--values",
    metavar="NAME=NUMBER ...",
    multiple=True,
    callback=number_pairs,
    help="Numbers for parameters, exact: 0.1 is 1/10, and 1/3 is allowed. Several with spaces or commas between.",
)
initial_option = click.option(
    "--initial",
    metavar="NAME=SHARE ...",
    multiple=True,
    callback=number_pairs,
    help="Start: x=0.5 (share of the first strategy), population.strategy=0.5. Default: [initial] in FILE.",
)
dynamics_option = click.option(
    "--dynamics", type=click.Choice(["replicator"]), default="replicator", show_default=True
)


def start_shares(game: Game, initial: Mapping[str, Fraction]) -> dict[str, float]:
    """Return the start: what was given, and [initial] of the file for the populations that were not."""
    for name, share in initial.items():
        if not 0 <= share <= 1:
            raise BadInput(f"--initial {name}={float(share):g}: a share lies between 0 and 1")
    start = {name: float(share) for name, share in initial.items()}
    for block in game.blocks:
        own = {block.symbol, block.name, *(f"{block.name}.{s}" for s in block.strategies)}
        if not own & set(start):
            start.update({name: float(share) for name, share in game.initial if name in own})
    if not start:
        example = " ".join(f"{name}=0.5" for name in game.coordinates)
        raise BadInput(f"no start is given and the file has no [initial]; add --initial {example}")
    return start


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is going on, on the error stream of a terminal only."""
    from tqdm import tqdm

    quiet = not sys.stderr.isatty()
    with tqdm(total=0, disable=quiet, file=sys.stderr, bar_format="{elapsed}  {desc}", leave=False) as bar:
        yield bar.set_description_str
