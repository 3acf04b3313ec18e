"""Random networks with their laws named, from a seed: regular, scale-free, small worlds, uniform; and the complete network."""

from __future__ import annotations

from typing import Any

import numpy as np

from coopgame.errors import NetworkError
from coopgame.expressions import exact_number
from coopgame.networks.network import MOST_NODES, Network
from coopgame.networks.readers import build

_MOST_EDGES = 200_000_000
_MOST_COMPLETE = 10_000
_FAR = 4e18  # beyond all pairs of the largest network, and sums of steps up to it fit into 64 bits


def random_regular(size: int, degree: int, seed: int | np.random.Generator) -> Network:
    """Return a random network in which every node has the same number of neighbours.

    Every node gets `degree` points; two free points are drawn and joined if their nodes differ and are not joined yet, until none are left, and all is begun
    anew where that cannot be completed (Steger and Wormald 1999). All regular networks are possible, and for a fixed degree equally likely in the limit of
    many nodes; in small ones nearly so. Of degrees above half the size the network of what is not joined is drawn. From degree 3 on a large network is
    connected with a chance near 1.

    Raises NetworkError when size * degree is odd or the degree is not less than the size.

    References: Steger and Wormald (1999), Combinatorics, Probability and Computing 8, 377-396; Kim and Vu (2003), Proceedings of the 35th ACM Symposium on
    Theory of Computing, 213-222.

    >>> from coopgame import random_regular
    >>> print(random_regular(1000, 4, seed=1))
    network of 1000 nodes, 2000 edges, neighbours: 4 each; connected
    """
    from coopgame._kernels.graphs import pair_points

    count, own = _whole(size, 1, "size"), _whole(degree, 0, "degree")
    if own >= count or (own * count) % 2:
        raise NetworkError(
            f"no network of {count} nodes has {own} neighbours each: the degree is less than the size, and their product is even"
        )
    _check_edges(own * count // 2)
    rng = generator(seed)
    if own > (count - 1) // 2:
        return _complement(pair_points(rng, count, count - 1 - own))
    table = pair_points(rng, count, own)
    table.sort(axis=1)
    return Network(np.arange(0, count * own + 1, own) if own else np.zeros(count + 1), table.ravel())


def scale_free(size: int, links: int, seed: int | np.random.Generator) -> Network:
    """Return a random network that grows by preferential attachment; few nodes have many neighbours, P(k) falls like k**-3.

    It begins with links + 1 nodes that are all joined; every further node is joined to `links` different ones, each drawn in proportion to the neighbours
    that it has so far. The mean degree tends to 2 * links, the least is links.

    Raises NetworkError unless size > links >= 1.

    References: Barabási and Albert (1999), Science 286, 509-512.

    >>> from coopgame import scale_free
    >>> print(scale_free(1000, 2, seed=1).edge_count)
    1997
    """
    from coopgame._kernels.graphs import attach_preferentially

    own = _whole(links, 1, "links")
    count = _whole(size, own + 1, "size")
    _check_edges(count * own)
    edges = attach_preferentially(generator(seed), count, own)
    return build(count, edges[:, 0], edges[:, 1])


def small_world(size: int, degree: int, rewiring: Any, seed: int | np.random.Generator) -> Network:
    """Return a ring of which each edge, with a given chance, keeps one end and gets a random other end.

    degree: of the ring, even. rewiring: the chance of each edge, from 0, the ring itself, to 1. The new end is drawn evenly from the nodes to which the
    first end is not joined; the number of edges stays, and every node keeps at least degree / 2 neighbours.

    Raises NetworkError for degrees that a ring cannot have and chances outside [0, 1].

    References: Watts and Strogatz (1998), Nature 393, 440-442.

    >>> from coopgame import small_world
    >>> print(small_world(1000, 4, "1/10", seed=1).edge_count)
    2000
    """
    from coopgame._kernels.graphs import rewire_ring
    from coopgame.networks.lattices import ring

    start = ring(size, degree)
    chance = _between(rewiring, 0, 1, "rewiring")
    _check_edges(start.edge_count)
    edges = rewire_ring(generator(seed), start.size, start.degree, chance)
    return build(start.size, edges[:, 0], edges[:, 1])


def erdos_renyi(size: int, mean_degree: Any, seed: int | np.random.Generator) -> Network:
    """Return a random network in which every pair of nodes is joined independently with the same chance.

    mean_degree: the expected number of neighbours; the chance is mean_degree / (size - 1). Only the pairs that are joined are visited, by geometric steps
    between them (Batagelj and Brandes 2005), so a sparse network of a million nodes takes about a second. Some nodes may have no neighbour.

    Raises NetworkError for mean degrees outside [0, size - 1].

    References: Gilbert (1959), Annals of Mathematical Statistics 30, 1141-1144; Batagelj and Brandes (2005), Physical Review E 71, 036113.

    >>> from coopgame import erdos_renyi
    >>> net = erdos_renyi(1000, 4, seed=1)
    >>> 1800 < net.edge_count < 2200
    True
    """
    count = _whole(size, 1, "size")
    mean = _between(mean_degree, 0, count - 1, "mean_degree")
    chance = mean / (count - 1) if count > 1 else 0.0
    total = count * (count - 1) // 2
    _check_edges(int(chance * total))
    one, other = pair_of(_hits(generator(seed), total, chance))
    return build(count, one, other)


def complete(size: int) -> Network:
    """Return the network in which every node is a neighbour of every other one.

    A well-mixed population is described without its size**2 edges by the functions for finite populations.

    Raises NetworkError for more than 10000 nodes.

    >>> from coopgame import complete
    >>> print(complete(5))
    network of 5 nodes, 10 edges, neighbours: 4 each; connected
    """
    count = _whole(size, 1, "size")
    if count > _MOST_COMPLETE:
        raise NetworkError(
            f"a complete network of {count} nodes has {count * (count - 1) // 2} edges; up to {_MOST_COMPLETE} nodes are written out. "
            "Functions for finite populations treat well-mixed ones of any size"
        )
    nodes = np.arange(count, dtype=np.int32)
    table = np.tile(np.arange(count - 1, dtype=np.int32), (count, 1))
    table += table >= nodes[:, None]
    return Network(np.arange(0, count * (count - 1) + 1, count - 1) if count > 1 else np.zeros(2), table.ravel())


def generator(seed: int | np.random.Generator) -> np.random.Generator:
    """Return the generator of random numbers of a seed, or the one given. Raises NetworkError for anything else."""
    if isinstance(seed, np.random.Generator):
        return seed
    return np.random.Generator(np.random.PCG64(_whole(seed, 0, "seed")))


def pair_of(number: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs i < j that numbers stand for: pairs in the order (0, 1), (0, 2), (1, 2), (0, 3), … are numbered from 0 on."""
    number = np.asarray(number, dtype=np.int64)
    larger = ((1 + np.sqrt(1 + 8 * number.astype(float))) / 2).astype(np.int64)
    larger -= larger * (larger - 1) // 2 > number  # the root is rounded
    larger += larger * (larger + 1) // 2 <= number
    return number - larger * (larger - 1) // 2, larger


def _hits(rng: np.random.Generator, total: int, chance: float) -> np.ndarray:
    """Return the successes among a number of independent trials, ascending."""
    if chance <= 0 or not total:
        return np.zeros(0, dtype=np.int64)
    if chance >= 1:
        return np.arange(total, dtype=np.int64)
    parts, last = [], -1
    while last < total:
        expected = (total - last) * chance
        steps = rng.geometric(chance, int(expected + 5 * np.sqrt(expected)) + 10)
        near = steps[np.cumsum(steps, dtype=float) < _FAR]
        places = last + np.cumsum(near)
        parts.append(places[places < total])
        last = int(places[-1]) if len(near) == len(steps) else total
    return np.concatenate(parts)


def _complement(table: np.ndarray) -> Network:
    """Return the network of the pairs that a table of neighbours does not join."""
    size = len(table)
    apart = ~np.eye(size, dtype=bool)
    apart[np.arange(size)[:, None], table] = False
    one, other = np.nonzero(apart)
    return build(size, one, other)


def _whole(value: Any, least: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value:
        raise NetworkError(f"{what} is {value!r}; a whole number of at least {least} is needed")
    if value > MOST_NODES and what != "seed":
        raise NetworkError(f"{what} is {value}; at most {MOST_NODES} is possible")
    return int(value)


def _between(value: Any, low: int, high: int, what: str) -> float:
    number = exact_number(value, what)
    if not low <= number <= high:
        raise NetworkError(f"{what} is {value}; a number from {low} to {high} is needed")
    return float(number)


def _check_edges(count: int) -> None:
    if count > _MOST_EDGES:
        raise NetworkError(f"the network would have about {count} edges; up to {_MOST_EDGES} are drawn")
