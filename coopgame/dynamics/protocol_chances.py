"""Revision protocols in finite populations: log chances that a member, chosen at random, switches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.dynamics.protocol_rates import log_of
from coopgame.errors import CoopgameError, ProtocolError

if TYPE_CHECKING:
    from coopgame.dynamics.protocols import Protocol


def log_chances_of(
    protocol: Protocol, payoffs: np.ndarray, counts: np.ndarray, settings: Mapping[str, Any]
) -> np.ndarray:
    """Return the log chances that a member of i, chosen at random, turns to j; shape (..., n, n), the diagonal does not matter.

    payoffs: entry [i, j] is what a member of i would earn as one of j; shape (..., n, n). counts: shape (..., n).
    """
    if protocol.parts:
        return _of_parts(protocol, payoffs, counts, settings)
    chosen = log_of(counts / counts.sum(axis=-1, keepdims=True))[..., :, None]
    return np.asarray(
        chosen + (_imitating if protocol.imitative else _considering)(protocol, payoffs, counts, settings)
    )


def _of_parts(protocol: Protocol, payoffs: np.ndarray, counts: np.ndarray, settings: Mapping[str, Any]) -> np.ndarray:
    """Return the log chances of a mixture: in each part members meet and compare as the part says."""
    found = []
    for k, part in enumerate(protocol.parts, 1):
        own = {name: settings[f"{name}_{k}"] for name, _ in part.settings}
        weight = log_of(np.asarray(settings[f"weight_{k}"], dtype=float))
        found.append(weight[..., None] + log_chances_of(part, payoffs, counts, own))
    return np.asarray(np.logaddexp.reduce(found))


def _imitating(
    protocol: Protocol, payoffs: np.ndarray, counts: np.ndarray, settings: Mapping[str, Any]
) -> np.ndarray:
    """Return the log rates of those who compare what they earn with what others do, meetings included."""
    size = counts.sum(axis=-1, keepdims=True)
    present = counts > 0
    own = np.diagonal(payoffs, axis1=-2, axis2=-1)
    own = np.where(present, own, np.max(np.where(present, own, -np.inf), axis=-1, keepdims=True))
    if protocol.among_all:
        met = (counts / size)[..., None, :]
    else:
        met = np.maximum(counts[..., None, :] - np.eye(counts.shape[-1]), 0) / (size[..., None] - 1)
    return np.asarray(_log_rates(protocol, own, counts / size, settings) + log_of(met))


def _considering(
    protocol: Protocol, payoffs: np.ndarray, counts: np.ndarray, settings: Mapping[str, Any]
) -> np.ndarray:
    """Return the log rates of those who compare what they would earn themselves."""
    present = counts > 0
    somebody = np.argmax(present, axis=-1)[..., None, None]  # whose view stands where nobody has one
    payoffs = np.where(present[..., None], payoffs, np.take_along_axis(payoffs, somebody, axis=-2))
    shares = (counts / counts.sum(axis=-1, keepdims=True))[..., None, :]
    logs = _log_rates(protocol, payoffs, np.broadcast_to(shares, payoffs.shape), settings)
    return np.stack([logs[..., i, i, :] for i in range(counts.shape[-1])], axis=-2)


def _log_rates(
    protocol: Protocol, payoffs: np.ndarray, shares: np.ndarray, settings: Mapping[str, Any]
) -> np.ndarray:
    """Return the logarithms of the rates from i to j, without meetings; ProtocolError where the protocol's function fails."""
    try:
        return protocol.log_rates_of(payoffs, shares, settings)
    except CoopgameError:
        raise
    except (TypeError, ValueError) as error:
        raise ProtocolError(
            f"{protocol.name}: its function fails: {error}. It is given arrays, strategies on the last axis and states in front, and its settings by name; numpy.where "
            "tells cases apart"
        ) from error
