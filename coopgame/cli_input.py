"""What the command line adds to click: options with many NAME=VALUE, errors and warnings as plain messages."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, TextIO

import click

from coopgame.errors import CoopgameError, CoopgameWarning

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
