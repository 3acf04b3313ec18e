"""Industrial clusters as networks of firms: of one trade, along supply chains, and mixtures of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import NetworkError
from coopgame.expressions import exact_number
from coopgame.networks.generators import generator, pair_of
from coopgame.networks.layers import LayeredNetwork
from coopgame.networks.network import Network
from coopgame.networks.readers import build

if TYPE_CHECKING:
    import pandas as pd

HORIZONTAL, VERTICAL = "horizontal", "vertical"


@dataclass(frozen=True, eq=False, repr=False)
class Cluster:
    """Firms with their relations; whatever takes a network takes a cluster, as the union of its layers.

    layers: "horizontal", between firms of one trade or tier, or "vertical", between suppliers and buyers, or both. groups: the names of trades or tiers, of
    tiers the most upstream one first. group: the place of each firm's trade or tier among them; int32 of shape (size,).
    """

    layers: LayeredNetwork
    groups: tuple[str, ...]
    group: np.ndarray

    @property
    def size(self) -> int:
        """The number of firms."""
        return self.layers.size

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the firms: trade or tier, and a number from 1 on."""
        return self.layers.names

    @cached_property
    def _union(self) -> Network:
        return self.layers.union()

    def explicit(self) -> Network:
        """Return the network of all relations: the union of the layers."""
        return self._union

    def members(self, group: str) -> np.ndarray:
        """Return the firms of a trade or tier by place, ascending."""
        if group not in self.groups:
            raise NetworkError(f"no trade or tier {group!r}; there are {', '.join(self.groups)}")
        return np.flatnonzero(self.group == self.groups.index(group))

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each firm: its name, its trade or tier, and how many neighbours it has in each layer."""
        import pandas as pd

        groups = np.array(self.groups, dtype=object)[self.group]
        counts = {name: net.degrees for name, net in self.layers.items()}
        return pd.DataFrame({"firm": self.names, "group": groups, **counts})

    def __str__(self) -> str:
        sizes = np.bincount(self.group, minlength=len(self.groups))
        shown = ", ".join(f"{name} {size}" for name, size in zip(self.groups, sizes, strict=True))
        return f"cluster of {self.size} firms: {shown}\n" + "\n".join(f"{k}: {net}" for k, net in self.layers.items())

    def __repr__(self) -> str:
        return f"<Cluster: {self.size} firms in {', '.join(self.groups)}>"

    def _repr_html_(self) -> str:
        from html import escape

        rows = [
            ("firms", str(self.size)),
            ("groups", ", ".join(self.groups)),
            *((k, str(v)) for k, v in self.layers.items()),
        ]
        return f"<table>{''.join(f'<tr><th>{k}</th><td>{escape(v)}</td></tr>' for k, v in rows)}</table>"


def horizontal_cluster(
    trades: Sequence[int], seed: int | np.random.Generator, *, partners: Any = None, across: Any = 0
) -> Cluster:
    """Return a cluster of firms that compete and cooperate with firms of their own trade, and little with others.

    trades: the number of firms in each trade. partners: how many firms of its own trade a firm deals with on average; without it all of them. across: how
    many firms of other trades, on average. Numbers of relations are fixed by these averages, rounded; which pairs are related is drawn evenly without
    repetition (a planted partition with given numbers of edges).

    Raises NetworkError for more partners than there are firms to deal with.

    References: Condon and Karp (2001), Random Structures and Algorithms 18, 116-140, for the planted partition.

    >>> from coopgame import horizontal_cluster
    >>> cluster = horizontal_cluster([20, 20, 10], seed=1, partners=6, across="2/5")
    >>> cluster.groups, cluster.layers["horizontal"].edge_count  # 60 + 60 + 30 within trades, 10 across
    (('trade1', 'trade2', 'trade3'), 160)
    """
    sizes = _sizes(trades, "trades")
    rng = generator(seed)
    inside = []
    for size in sizes:
        pairs = size * (size - 1) // 2
        count = pairs if partners is None else _edges(partners, size, pairs, "partners", f"a trade of {size} firms")
        inside.append(_draw(rng, pairs, count))
    blocks = [(a, b) for b in range(len(sizes)) for a in range(b)]
    total = sum(sizes[a] * sizes[b] for a, b in blocks)
    over = _draw(rng, total, _edges(across, sum(sizes), total, "across", "these trades"))
    ends = [_within(sizes, k, numbers) for k, numbers in enumerate(inside)] + [_between(sizes, blocks, over)]
    return _cluster(sizes, "trade", {HORIZONTAL: ends})


def vertical_cluster(tiers: Sequence[int], seed: int | np.random.Generator, *, suppliers: int = 2) -> Cluster:
    """Return a cluster along a supply chain: every firm buys from firms of the tier above it.

    tiers: the number of firms in each tier, the most upstream one first: raw materials, parts, final goods. suppliers: how many firms of the tier above each
    firm buys from; all of them where that tier has fewer. Suppliers are dealt out like cards from a shuffled pack, a new one whenever it is used up, so the
    numbers of buyers of two firms of a tier differ by 1 at most. A relation is mutual: supplier and buyer both play.

    Raises NetworkError for fewer than two tiers or no supplier.

    >>> from coopgame import vertical_cluster
    >>> cluster = vertical_cluster([5, 10, 20], seed=1, suppliers=2)
    >>> degrees = cluster.explicit().degrees
    >>> [degrees[cluster.members(tier)].tolist()[:5] for tier in cluster.groups]
    [[4, 4, 4, 4, 4], [6, 6, 6, 6, 6], [2, 2, 2, 2, 2]]
    """
    sizes = _sizes(tiers, "tiers", least=2)
    if isinstance(suppliers, bool) or not isinstance(suppliers, int | np.integer) or suppliers < 1:
        raise NetworkError(f"suppliers is {suppliers!r}; a firm buys from at least 1 firm of the tier above")
    rng = generator(seed)
    starts = _starts(sizes)
    ends = []
    for tier in range(1, len(sizes)):
        above, below = sizes[tier - 1], sizes[tier]
        own = min(int(suppliers), above)
        dealt = starts[tier - 1] + _deal(rng, above, below, own)
        ends.append((dealt, starts[tier] + np.repeat(np.arange(below), own)))
    return _cluster(sizes, "tier", {VERTICAL: ends})


def mixed_cluster(
    tiers: Sequence[int], seed: int | np.random.Generator, *, partners: Any = 4, vertical: Any = "1/2"
) -> Cluster:
    """Return a cluster with both kinds of relations over the same firms: between neighbouring tiers, and within them.

    tiers: the number of firms in each tier, the most upstream one first; a tier is also a trade. partners: how many firms a firm deals with on average.
    vertical: the share of relations between supplier and buyer, from 0, all within tiers, to 1, all between them; the mean number of partners stays the
    same, so that clusters of different kinds compare. Pairs of either kind are drawn evenly without repetition; numbers of relations are rounded.

    Raises NetworkError where a kind has fewer pairs than relations.

    >>> from coopgame import mixed_cluster
    >>> cluster = mixed_cluster([20, 20, 20], seed=1, partners=6, vertical="1/3")
    >>> {name: net.edge_count for name, net in cluster.layers.items()}
    {'horizontal': 120, 'vertical': 60}
    """
    sizes = _sizes(tiers, "tiers", least=2)
    share = exact_number(vertical, "vertical")
    if not 0 <= share <= 1:
        raise NetworkError(f"vertical is {vertical}; a share from 0 to 1 is needed")
    mean = exact_number(partners, "partners")
    steps = [(k - 1, k) for k in range(1, len(sizes))]
    between = sum(sizes[a] * sizes[b] for a, b in steps)
    pairs = [size * (size - 1) // 2 for size in sizes]
    firms = sum(sizes)
    up = _edges(mean * share, firms, between, "partners in neighbouring tiers", "these tiers")
    along = _edges(mean * (1 - share), firms, sum(pairs), "partners in the own tier", "these tiers")
    rng = generator(seed)
    inner = _draw(rng, sum(pairs), along)
    first = _starts(pairs)
    own = [
        _within(sizes, k, inner[(inner >= first[k]) & (inner < first[k] + pairs[k])] - first[k])
        for k in range(len(sizes))
    ]
    return _cluster(sizes, "tier", {HORIZONTAL: own, VERTICAL: [_between(sizes, steps, _draw(rng, between, up))]})


def _sizes(given: Sequence[int], what: str, least: int = 1) -> list[int]:
    sizes = list(given) if hasattr(given, "__iter__") and not isinstance(given, str) else []
    whole = all(isinstance(n, int | np.integer) and not isinstance(n, bool) and n >= 1 for n in sizes)
    if len(sizes) < least or not whole:
        raise NetworkError(
            f"{what} is {given!r}; the number of firms in each of at least {least} is needed, such as [10, 20]"
        )
    return [int(n) for n in sizes]


def _edges(mean: Any, firms: int, pairs: int, what: str, where: str) -> int:
    """Return how many relations give each firm a mean number of partners."""
    number = exact_number(mean, what)
    count = round(number * firms / Fraction(2))
    if number < 0 or count > pairs:
        raise NetworkError(
            f"{what} is {mean}; {where} have room for 0 to {float(Fraction(2 * pairs, firms)):g} on average"
        )
    return count


def _draw(rng: np.random.Generator, total: int, count: int) -> np.ndarray:
    """Return a number of different pairs by their numbers, all sets equally likely."""
    if not count:
        return np.zeros(0, dtype=np.int64)
    return rng.choice(total, count, replace=False, shuffle=False)


def _starts(sizes: Sequence[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _within(sizes: Sequence[int], block: int, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    one, other = pair_of(numbers)
    start = _starts(sizes)[block]
    return one + start, other + start


def _between(
    sizes: Sequence[int], blocks: Sequence[tuple[int, int]], numbers: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of firms of two blocks each that numbers stand for: first all pairs of the first two blocks, and so on."""
    starts, first = _starts(sizes), _starts([sizes[a] * sizes[b] for a, b in blocks])
    which = np.searchsorted(first, numbers, side="right") - 1
    one, other = np.array(blocks, dtype=np.int64).reshape(-1, 2).T
    row, column = np.divmod(numbers - first[which], np.array(sizes)[other[which]])
    return starts[one[which]] + row, starts[other[which]] + column


def _deal(rng: np.random.Generator, cards: int, hands: int, each: int) -> np.ndarray:
    """Return the cards of hands dealt one after the other, all cards of a hand different; shape (hands * each,)."""
    dealt: list[int] = []
    pack: list[int] = []
    for _ in range(hands):
        hand = pack[:each]
        pack = pack[each:]
        if len(hand) < each:
            fresh = rng.permutation(cards).tolist()
            taken = [card for card in fresh if card not in hand][: each - len(hand)]
            pack = [card for card in fresh if card not in taken]
            hand = hand + taken
        dealt += hand
    return np.array(dealt, dtype=np.int64)


def _cluster(sizes: Sequence[int], kind: str, layers: dict[str, list[tuple[np.ndarray, np.ndarray]]]) -> Cluster:
    groups = tuple(f"{kind}{k + 1}" for k in range(len(sizes)))
    labels = tuple(f"{name}.{n + 1}" for name, size in zip(groups, sizes, strict=True) for n in range(size))
    group = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    group.flags.writeable = False
    built = {
        name: build(
            len(labels), np.concatenate([e[0] for e in ends]), np.concatenate([e[1] for e in ends]), labels=labels
        )
        for name, ends in layers.items()
    }
    return Cluster(LayeredNetwork(built), groups, group)
