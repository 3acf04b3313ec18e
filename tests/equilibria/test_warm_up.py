"""Compiling ahead reaches the kernels that larger games use."""

from __future__ import annotations

from coopgame._kernels import markov, pivoting, two_by_two_by_two
from coopgame.equilibria.warm_up import warm_up_equilibria


def test_all_searches_are_ready_and_named_as_they_are_compiled() -> None:
    told: list[str] = []
    count = warm_up_equilibria(told.append)
    assert len(told) == count and told[0].startswith(f"search 1 of {count}: ")
    assert len(pivoting.walk.signatures) >= 2, "payoffs with decimals and whole ones have a kernel each"
    compiled = [
        kernel
        for module in (markov, two_by_two_by_two)
        for kernel in vars(module).values()
        if getattr(kernel, "signatures", None)
    ]
    assert compiled
    assert warm_up_equilibria() == count
