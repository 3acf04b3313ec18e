"""The commands of sweeps: run a sweep file, look at and clear the cache of kernels, compile ahead."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopgame.cli_input import BadInput, progress

if TYPE_CHECKING:
    from coopgame.sweeps.files import SweepPlan

_FAILED = 1
_INTERRUPTED = 130  # what shells give for an interrupt from the keyboard


@click.command(short_help="A measure at many parameters and starts, from a sweep file.")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Store for the result, a folder such as runs/x.zarr.")
@click.option("--resume", is_flag=True, help="Go on with an unfinished store; what is there is kept.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Threads or processes.")
@click.option(
    "--scheduler", metavar="ADDRESS", help="Dask scheduler, such as tcp://host:8786; needs the extra cluster."
)
@click.option("--chunk", type=click.IntRange(min=1), help="Points that are computed and stored together.")
@click.option("--dry-run", is_flag=True, help="Only say how many points, how long, how much memory and disk.")
@click.option(
    "--export",
    "exports",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the result to .csv, .nc or .parquet too; can be given several times.",
)
def sweep(
    file: Path,
    out: Path | None,
    resume: bool,
    workers: int,
    scheduler: str | None,
    chunk: int | None,
    dry_run: bool,
    exports: tuple[Path, ...],
) -> None:
    """Compute the measure of the sweep FILE at all its points, and store or export the labelled result.

    With --out the result is written chunk by chunk: a run that was killed goes on with --resume and gives the same arrays as
    one that was not. The same FILE and seed give the same numbers, whatever the workers and chunks.

    \b
    Examples:
      coopgame sweep fines.toml --dry-run
      coopgame sweep fines.toml --out runs/fines.zarr --workers 2
      coopgame sweep fines.toml --out runs/fines.zarr --resume --export fines.csv
    """
    from coopgame.sweeps.export import check_export
    from coopgame.sweeps.files import read_sweep

    for path in exports:
        check_export(path)
    plan = read_sweep(file)
    if dry_run:
        _tell_estimate(plan)
        return
    if out is None and not exports:
        raise BadInput("the result would go nowhere; give --out runs/x.zarr or --export x.csv, or try --dry-run")
    if resume and out is None:
        raise BadInput("--resume needs the store to go on with; give --out too")
    try:
        _run(plan, exports, store=out, resume=resume, workers=workers, scheduler=scheduler, chunk=chunk)
    except KeyboardInterrupt:  # during the sweep, and before and after it
        lasting = out is not None and out.exists()
        kept = f"{out} keeps what is done; the same command with --resume goes on" if lasting else "nothing is kept"
        click.echo(f"Interrupted: {kept}{'' if out else '; with --out a sweep can be resumed'}", err=True)
        sys.exit(_INTERRUPTED)


def _run(plan: SweepPlan, exports: tuple[Path, ...], *, store: Path | None, **options: Any) -> None:
    from coopgame.errors import StoreError, SweepError
    from coopgame.sweeps.export import export_sweep

    try:
        result = plan.run(store=store, **options)
    except StoreError as error:
        raise BadInput(str(error).replace("resume=True", "--resume").replace("store=", "--out ")) from error
    except SweepError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_FAILED)
    if store is not None:
        click.echo(f"{len(plan)} points: {store}")
    for path in exports:
        export_sweep(result, path)
        click.echo(f"{len(plan)} points: {path}")


def _tell_estimate(plan: SweepPlan) -> None:
    from coopgame.sweeps.estimates import estimate_sweep

    with progress() as tell:
        tell("measuring the time on a few points")
        found = estimate_sweep(plan.measure, plan.design, plan.seed)
    click.echo(f"measure: {plan.measure.name} of {plan.game.name or 'the game'}")
    click.echo(found.text)
