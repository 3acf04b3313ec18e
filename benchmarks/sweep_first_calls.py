"""How long a fresh Python takes until a thousand trajectories are there, for benchmarks/sweeps.py.

Beside it stands a Python that only imports the same libraries: all modules that the run had loaded in the end, without those of
coopgame and of the benchmark. Alone it solves once and prints these: python benchmarks/sweep_first_calls.py SOLVER TOLERANCE
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from symbolic_engine import ROOT, child, heading, table_row

if TYPE_CHECKING:
    from sweep_bench import Setting

POINTS = 1000
M4 = "coopgame, M4 of the paper"
IMPORT = "import importlib, sys, json\nfor name in json.loads(sys.argv[1]): importlib.import_module(name)"
HEADS = ("solver", "s", "bare import: s", "more: s", "compiled anew: s", "more: s")


def first_calls(settings: Sequence[Setting], repeats: int) -> Iterator[str]:
    """Yield the seconds of fresh processes, medians, each solver at the tolerance of its setting, all in turn."""
    known = [(s.solver.name, s.tolerance) for s in settings if not s.problem]
    chosen = [(M4, known[0][1]), *known]
    times: dict[tuple[str, float], list[tuple[float, ...]]] = {key: [] for key in chosen}
    for key in chosen:
        _solved(key, {})  # kernels and the files of Python are in the caches from here on
    for _ in range(repeats):
        for key, rows in times.items():
            warm, libraries = _solved(key, {})
            bare = child([sys.executable, "-c", IMPORT, libraries])[1]
            anew: tuple[float, ...] = ()
            if key[0].startswith("coopgame"):
                with tempfile.TemporaryDirectory() as folder:
                    anew = (_solved(key, {"COOPGAME_CACHE_DIR": folder})[0],)
            rows.append((warm, bare, *anew))
    yield from (
        "",
        f"## First call: {POINTS} trajectories of tri in a fresh Python, by the clock",
        "",
        *heading(HEADS),
    )
    for (name, _), rows in times.items():
        warm, bare, *anew = (statistics.median(column) for column in zip(*rows, strict=True))
        cells = [f"{warm:.2f}", f"{bare:.2f}", f"{warm - bare:.2f}"]
        if name == M4:
            added = f"A sweep of M4 adds {warm - bare:.2f} s to a bare import; at most 1 s was wanted."
        yield table_row([name, *cells, *([f"{anew[0]:.2f}", f"{anew[0] - bare:.2f}"] if anew else ["-", "-"])])
    yield from ("", added)


def _solved(key: tuple[str, float], settings: Mapping[str, str]) -> tuple[float, str]:
    text, seconds, _ = child([sys.executable, __file__, key[0], str(key[1])], environment=settings)
    return seconds, text.strip().splitlines()[-1]


def solve_first(name: str, tolerance: float) -> None:
    """Solve a thousand trajectories, and print the names of the modules of other packages that this has loaded."""
    shares = _sweep_of_m4(tolerance) if name == M4 else _sweep_of_tri(name)(tolerance)
    if len(shares) != POINTS:
        raise SystemExit(f"{name} returned {len(shares)} trajectories")
    own = {path.stem for path in Path(__file__).parent.glob("*.py")} | {"__main__", "__mp_main__", "_distutils_hack"}
    loaded = [
        module
        for module, what in sys.modules.items()
        if getattr(what, "__spec__", None) is not None
        and what.__spec__.name == module
        and module.partition(".")[0] not in sys.stdlib_module_names | own
        and not module.startswith("coopgame")
    ]
    print(json.dumps(loaded))


def _sweep_of_tri(name: str) -> Callable[[float], np.ndarray]:
    from sweep_problems import PROBLEMS
    from sweep_solvers import SOLVERS

    problem = PROBLEMS["tri"]().first(POINTS)
    solve = next(solver for solver in SOLVERS if solver.name == name).prepare(problem)
    return lambda tolerance: solve(problem.parameters, problem.starts, tolerance)


def _sweep_of_m4(tolerance: float) -> np.ndarray:
    """Return the ends for a subsidy, a fine and a start that vary."""
    from coopgame import BatchOptions, integrate_many, read_game

    game = read_game(ROOT / "paper_repro" / "models" / "m4.toml")
    drawn = np.random.default_rng(4).uniform(0.05, 0.95, (5, POINTS))
    values = {"S_p": drawn[0], "F_p": drawn[1]}
    starts = dict(zip("xyz", drawn[2:], strict=True))
    return integrate_many(game, starts, values, times=50.0, options=BatchOptions(tolerance)).final


if __name__ == "__main__":
    solve_first(sys.argv[1], float(sys.argv[2]))
