"""Compiles the kernels of common games ahead of their first use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

from coopgame._kernels.tableaus import DOP853, TSIT5
from coopgame.batch.engine import BatchOptions
from coopgame.batch.lane_models import lane_model
from coopgame.codegen.kernel_cache import kernel_is_kept, load_kernel
from coopgame.codegen.lanes import kernel_source
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame

_ONE_POPULATION = (2, 3, 4, 5)
_ROLES = ((2, 2), (3, 3), (2, 2, 2))


def warm_up(
    models: Iterable[Game | VectorField] | None = None, progress: Callable[[str], object] | None = None
) -> int:
    """Return the number of kernels that are ready, compiled now or before, for both Runge-Kutta pairs.

    models: whose kernels; a game stands for its replicator dynamics. By default the shapes that most models have: two to five strategies of one
    population, and roles with 2 x 2, 3 x 3 and 2 x 2 x 2 strategies. progress: is told what is being compiled. Each takes
    some seconds the first time on a machine; later processes load it in a few hundredths of a second.

    >>> from coopgame import MatrixGame, warm_up
    >>> warm_up([MatrixGame([["a", 0], [0, 1]])])
    2
    """
    kernels: dict[str, str] = {}
    for model in _common() if models is None else models:
        dynamics = replicator(model) if isinstance(model, Game) else model
        field = lane_model(dynamics).field
        sizes = " x ".join(str(len(block.strategies)) for block in dynamics.game.blocks)
        if field.dimension:
            kernels |= {
                kernel_source(field, pair): f"{sizes}, {dynamics.name}, {pair.name}" for pair in (TSIT5, DOP853)
            }
    for number, (source, what) in enumerate(kernels.items(), start=1):
        if progress is not None:
            progress(f"kernel {number} of {len(kernels)}: {what}")
        load_kernel(source)
    return len(kernels)


def compile_for(dynamics: VectorField, options: BatchOptions, tell: Callable[[str], object]) -> None:
    """Compile the kernel that trajectories of a dynamic need, and say so by `tell` where it was not done before."""
    field = lane_model(dynamics).field
    if not field.dimension:
        return
    source = kernel_source(field, options.pair)
    if not kernel_is_kept(source):
        tell("compiling, once on this computer")
    load_kernel(source)


def _common() -> Iterable[Game]:
    for size in _ONE_POPULATION:
        yield MatrixGame([[f"a{i}_{j}" for j in range(size)] for i in range(size)])
    for sizes in _ROLES:
        profiles = list(product(*(range(size) for size in sizes)))
        tables = []
        for p in range(len(sizes)):
            names = {profile: "_".join(map(str, (f"p{p}", *profile))) for profile in profiles}
            tables.append(_nested(names, sizes))
        yield NormalFormGame(tables)


def _nested(names: dict[tuple[int, ...], str], sizes: tuple[int, ...], prefix: tuple[int, ...] = ()) -> object:
    if len(prefix) == len(sizes):
        return names[prefix]
    return [_nested(names, sizes, (*prefix, s)) for s in range(sizes[len(prefix)])]
