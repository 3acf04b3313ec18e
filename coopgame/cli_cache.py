"""The commands of the kernel cache: what is in it, clearing it, compiling ahead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from coopgame.cli_input import progress


@click.group(short_help="The compiled kernels that are kept on this machine.")
def cache() -> None:
    """Look at or clear the folder of compiled kernels, which sweeps load instead of compiling them again.

    \b
    Examples:
      coopgame cache show
      coopgame cache clear
    """


@cache.command(short_help="Where the kernels are and how large they are.")
def show() -> None:
    """Print the size of all kept kernels and their folder."""
    from coopgame.codegen.kernel_cache import kernel_cache_size, kernel_folder

    click.echo(f"{_size(kernel_cache_size())} in {kernel_folder()}")


@cache.command(short_help="Delete all kept kernels.")
def clear() -> None:
    """Delete all kept kernels; the next sweep compiles what it needs."""
    from coopgame.codegen.kernel_cache import clear_kernels, kernel_folder

    click.echo(f"{_size(clear_kernels())} freed in {kernel_folder()}")


@click.command("warm-up", short_help="Compile kernels ahead of the first sweep.")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def warm_up(files: tuple[Path, ...]) -> None:
    """Compile the kernels that many games share, and those of the games in FILEs, so that the first sweep need not wait.

    Without FILEs those of the searches for equilibria, of finite populations and of networks are compiled, too.

    \b
    Examples:
      coopgame warm-up
      coopgame warm-up inspection.toml
    """
    from coopgame.batch.warm_up import warm_up as compile_ahead
    from coopgame.codegen.kernel_cache import kernel_cache_size, kernel_folder
    from coopgame.equilibria.warm_up import warm_up_equilibria
    from coopgame.games.files import read_game

    games: list[Any] | None = [read_game(file) for file in files] or None
    with progress() as tell:
        count = compile_ahead(games, progress=tell)
        if games is None:
            warm_up_equilibria(progress=tell)
    click.echo(f"{count} kernels are ready: {_size(kernel_cache_size())} in {kernel_folder()}")


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count / 2**10:.1f} KiB" if count else "nothing"
