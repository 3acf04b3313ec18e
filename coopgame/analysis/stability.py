"""Linear type of a rest point from the signs of its eigenvalues on the tangent space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Attracting = Literal["asymptotic", "lyapunov", "unstable", "unknown", "depends"]


class Stability(StrEnum):
    """Linear type: what the eigenvalues on the tangent space say."""

    SINK = "sink"
    SOURCE = "source"
    SADDLE = "saddle"
    CENTER = "center"
    NON_HYPERBOLIC = "non-hyperbolic"
    NOT_DIFFERENTIABLE = "not differentiable"
    DEPENDS = "depends"


@dataclass(frozen=True)
class Verdict:
    """Linear type, what nearby states do, and how the latter is known."""

    stability: Stability
    attracting: Attracting
    because: str


def classify_real(signs: Sequence[int | None]) -> Verdict:
    """Return the verdict for real eigenvalues, each given as +1, -1, 0 or None where the sign depends.

    A single zero eigenvalue whose direction is an edge at rest is treated by the caller, which knows the edge.
    """
    negative, positive = signs.count(-1), signs.count(1)
    if None in signs:
        if positive:
            return Verdict(Stability.DEPENDS, "unstable", "an eigenvalue is positive whatever the parameters")
        return Verdict(Stability.DEPENDS, "depends", "signs of eigenvalues depend on the parameters")
    if 0 in signs:
        if positive:
            return Verdict(Stability.NON_HYPERBOLIC, "unstable", "an eigenvalue is positive")
        return Verdict(Stability.NON_HYPERBOLIC, "unknown", "zero eigenvalues and no positive one")
    if not positive:
        return Verdict(Stability.SINK, "asymptotic", "all eigenvalues are negative")
    if not negative:
        return Verdict(Stability.SOURCE, "unstable", "all eigenvalues are positive")
    return Verdict(Stability.SADDLE, "unstable", "eigenvalues of both signs")


NEVER_ASYMPTOTIC = (
    "payoffs do not depend on the own population's shares, so the flow preserves volume up to a change of speed "
    "and no mixed point is asymptotically stable (Selten 1980; Eshel and Akin 1983; Ritzberger and Weibull 1995)"
)


def classify_mixed_pair(tangent: int | None, transverse: Sequence[int | None]) -> Verdict:
    """Return the verdict for a point where two two-strategy populations are mixed and the others pure.

    tangent: sign of the squared tangent eigenvalue (+1: a real pair of both signs, -1: an imaginary pair);
    transverse: signs of the eigenvalues towards the pure populations' other strategies.
    """
    if tangent is None:
        return Verdict(Stability.DEPENDS, "depends", "saddle or centre on its face, as the parameters say")
    if tangent > 0:
        if None in transverse:
            return Verdict(Stability.DEPENDS, "unstable", "a real pair of eigenvalues of both signs on the face")
        kind = Stability.NON_HYPERBOLIC if 0 in transverse else Stability.SADDLE
        return Verdict(kind, "unstable", "a real pair of eigenvalues of both signs on the face")
    if not transverse:
        return Verdict(Stability.CENTER, "lyapunov", "a conserved quantity makes all orbits around it closed")
    if 1 in transverse:
        return Verdict(Stability.NON_HYPERBOLIC, "unstable", "a transverse eigenvalue is positive")
    if None in transverse:
        return Verdict(Stability.NON_HYPERBOLIC, "depends", "the transverse eigenvalues depend on the parameters")
    if 0 in transverse:
        return Verdict(Stability.NON_HYPERBOLIC, "unknown", "an imaginary pair and a zero eigenvalue")
    because = (
        "closed orbits fill the face around it and the transverse eigenvalues are negative: it attracts a family of "
        "closed orbits, not single states"
    )
    return Verdict(Stability.NON_HYPERBOLIC, "lyapunov", because)


def classify_mixed_triple(determinant: int | None, transverse: Sequence[int | None]) -> Verdict:
    """Return the verdict for a point where three two-strategy populations are mixed and the others pure.

    The tangent Jacobian has a zero diagonal, so its trace is 0: with a determinant different from 0 one eigenvalue
    is real and the other two have real part of the opposite sign. determinant: the sign of the determinant.
    """
    if determinant is None:
        return Verdict(Stability.DEPENDS, "depends", "the determinant depends on the parameters")
    if determinant == 0 and 1 in transverse:
        return Verdict(Stability.NON_HYPERBOLIC, "unstable", "a transverse eigenvalue is positive")
    if determinant == 0:
        return Verdict(Stability.NON_HYPERBOLIC, "unknown", "trace and determinant vanish on the face")
    because = "the trace is 0 and the determinant is not, so eigenvalues have real parts of both signs"
    if 0 in transverse:
        return Verdict(Stability.NON_HYPERBOLIC, "unstable", because)
    if None in transverse:
        return Verdict(Stability.DEPENDS, "unstable", because)
    return Verdict(Stability.SADDLE, "unstable", because)
