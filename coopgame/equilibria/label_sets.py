"""Sets of labels as words of bits: which are distinct, which two hold all labels together, and which two part them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

_FEW = 64  # of so few, numpy and Python need less time than it takes to load what is compiled


def words_of(sets: Sequence[int], size: int) -> np.ndarray:
    """Return sets of labels that are bits of whole numbers as words, (sets, size)."""
    flat = np.frombuffer(b"".join(bits.to_bytes(8 * size, "little") for bits in sets), "<u8")
    return flat.reshape(-1, size).astype(np.uint64)


def whole(words: np.ndarray) -> int:
    """Return a set of labels that is kept in words as the bits of one whole number."""
    return int.from_bytes(words.astype("<u8", copy=False).tobytes(), "little")


def distinct(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the sets that differ from all before them, and for every set the place of its like among these."""
    if len(sets) > _FEW and sets.shape[1] == 2:
        from coopgame._kernels import label_pairs

        first, place = label_pairs.distinct(sets)
        return first, place
    places: dict[bytes, int] = {}
    place = np.array([places.setdefault(words.tobytes(), len(places)) for words in sets])
    return np.unique(place, return_index=True)[1], place


def parting(one: np.ndarray, other: np.ndarray, everything: np.ndarray) -> np.ndarray:
    """Return the places of all pairs that part the labels between them, (pairs, 2); the sets of each side are distinct."""
    if max(len(one), len(other)) > _FEW and one.shape[1] == 2:
        from coopgame._kernels import label_pairs

        return np.asarray(label_pairs.exact_partners(one, other, everything))
    places = {words.tobytes(): k for k, words in enumerate(other)}
    wanted = ((n, places.get((words ^ everything).tobytes(), -1)) for n, words in enumerate(one))
    return np.array([pair for pair in wanted if pair[1] >= 0], dtype=np.int64).reshape(-1, 2)


def covering(
    one: np.ndarray, other: np.ndarray, everything: np.ndarray, fewest: tuple[int, int]
) -> Iterator[np.ndarray]:
    """Yield the places of all pairs that hold all labels together, (pairs, 2); the sets are distinct.

    fewest: how few labels a set of each side may have, all labels in sum: two such sets have to part the labels, which a hash table finds. Only for
    larger sets, those of degenerate vertices, are pairs compared one by one.
    """
    if max(len(one), len(other)) <= _FEW or one.shape[1] > 2:
        for n, words in enumerate(one):
            found = ((words | other) == everything).all(axis=1).nonzero()[0]
            yield np.stack([np.full(len(found), n), found], axis=1)
        return
    from coopgame._kernels import label_pairs

    yield label_pairs.exact_partners(one, other, everything)
    large = label_pairs.sizes(one) > fewest[0]
    others_large = label_pairs.sizes(other) > fewest[1]
    for mine, theirs in ((np.ones(len(one), bool), others_large), (large, ~others_large)):
        near, far = np.nonzero(mine)[0], np.nonzero(theirs)[0]
        if len(near) and len(far):
            pairs = _partners(one[near], other[far], everything)
            yield np.stack([near[pairs[:, 0]], far[pairs[:, 1]]], axis=1)


def _partners(one: np.ndarray, other: np.ndarray, everything: np.ndarray) -> np.ndarray:
    """Return the places of all pairs that hold all labels together; the others are grouped by some of their labels, about a sixteenth as many groups."""
    from coopgame._kernels import label_pairs

    mask = np.uint64((1 << max(1, min(14, len(other).bit_length() - 4))) - 1)
    order = np.argsort(other[:, 0] & mask, kind="stable")
    parts, starts = np.unique(other[order, 0] & mask, return_index=True)
    pairs: np.ndarray = label_pairs.partners(one, other[order], parts, np.append(starts, len(other)), everything)
    pairs[:, 1] = order[pairs[:, 1]]
    return pairs
