"""What simulations are told in whole numbers: the seed from which all random numbers come, and how many of something."""

from __future__ import annotations

from typing import Any

import numpy as np

from coopgame.errors import ParameterError


def seed_of(given: Any) -> int:
    """Return a seed; a generator gives one and moves on.

    Raises ParameterError for what is neither a whole number from 0 on nor a generator.
    """
    if isinstance(given, np.random.Generator):
        return int(given.integers(2**63))
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < 0:
        raise ParameterError(f"seed = {given!r}; give a whole number from 0 on, or a numpy.random.Generator")
    return int(given)


def count_of(given: Any, name: str, least: int = 1, most: int = 2**61) -> int:
    """Return a whole number of runs, steps or workers; ParameterError outside its range."""
    if isinstance(given, bool) or not hasattr(given, "__index__") or not least <= int(given) <= most:
        raise ParameterError(f"{name} = {given!r}; a whole number from {least} to {most} is needed")
    return int(given)
