"""What nodes of a network earn: added up or averaged over neighbours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkPayoffs:
    """How what a node earns from its neighbours becomes its payoff; made by `accumulated` and `averaged`.

    mean: whether the sum is divided by the weights of all meetings. with_self: whether a node plays with itself too, once.
    """

    mean: bool
    with_self: bool

    def __str__(self) -> str:
        return f"{'averaged' if self.mean else 'accumulated'}{' with oneself' if self.with_self else ''}"


def accumulated(*, with_self: bool = False) -> NetworkPayoffs:
    """Return the sum of what a node earns from its neighbours, by the weights of edges.

    with_self: whether a node plays with itself too, with weight 1 (Nowak and May 1992).

    >>> print(accumulated(with_self=True))
    accumulated with oneself
    """
    return NetworkPayoffs(mean=False, with_self=with_self)


def averaged(*, with_self: bool = False) -> NetworkPayoffs:
    """Return the mean of what a node earns from its neighbours, by the weights of edges.

    with_self: whether a node plays with itself too, with weight 1.

    >>> print(averaged())
    averaged
    """
    return NetworkPayoffs(mean=True, with_self=with_self)
