"""What multipliers say of a rest point of a map: its linear type, what nearby states do, and what overshooting changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coopgame.analysis.places import ball_sign
from coopgame.analysis.stability import Attracting, Stability, Verdict


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Eigenvalues of a map at a rest point, as balls.

    moves: multipliers along the face less 1, None where they could not be enclosed. absent: absent strategies with their multipliers, which
    are their offspring relative to that of the strategies present. beside: for strategies that leave no offspring at the point, 1 where they never
    leave a negative number at states beside it, -1 where they do, None where that is not known.
    """

    moves: Sequence[Any] | None
    absent: Sequence[tuple[str, Any]]
    beside: Mapping[str, int | None] = field(default_factory=dict)

    def signs(self) -> list[int | None]:
        """Return for each multiplier whether its modulus is above, at or below 1, as 1, 0 or -1; None where that is not known."""
        if self.moves is None:
            return [None]
        # |1 + d|^2 - 1, in a form that keeps small d
        inner = [ball_sign(m.real * (2 + m.real) + m.imag * m.imag) for m in self.moves]
        return inner + [ball_sign(ratio * ratio - 1) for _, ratio in self.absent]

    def offspring(self) -> dict[str, int | None]:
        """Return for each absent strategy whether a few players of it leave offspring, 1, or would leave a negative number, -1, or None."""
        signs = {name: ball_sign(ratio) for name, ratio in self.absent}
        return {name: self.beside.get(name) if sign == 0 else sign for name, sign in signs.items()}

    def shrinking(self) -> float | None:
        """Return the factor below which all moves have to shrink for the point to attract, None where that is not known to help."""
        outwards = [m.real for m in self.moves or ()] + [ratio - 1 for _, ratio in self.absent]
        if self.moves is None or any(ball_sign(real) != -1 for real in outwards):
            return None
        inner = [2 * abs(float(m.real.mid())) / abs(_complex(m)) ** 2 for m in self.moves or ()]
        outer = [1 / (1 - float(ratio.mid())) for _, ratio in self.absent if ball_sign(ratio) == -1]
        return min([*inner, *outer], default=1.0)


def judge_multipliers(multipliers: Multipliers, continuous: Attracting) -> tuple[Verdict, str]:
    """Return the verdict on a rest point of a map, and a note where it differs from what the point does in continuous time."""
    signs = multipliers.signs()
    verdict = _classified(signs)
    offspring = multipliers.offspring()
    leaving = [name for name, sign in offspring.items() if sign == -1]
    if leaving and verdict.attracting != "unstable":
        because = f"a few players of {leaving[0]} would leave negative offspring: states beside the point have no next generation"
        verdict = Verdict(verdict.stability, "unstable", because)
    doubtful = [name for name, sign in offspring.items() if sign is None]
    if doubtful and verdict.attracting == "asymptotic":
        verdict = Verdict(
            verdict.stability,
            "unknown",
            f"whether {doubtful[0]} would leave negative offspring at states beside the point is not decided",
        )
    if continuous != "asymptotic" or verdict.attracting != "unstable":
        return verdict, ""
    note, factor = f"attracts in continuous time, but {_overshooting(multipliers)}", multipliers.shrinking()
    if factor is None:
        return verdict, note
    remedy = (
        f"moves smaller by a factor below {factor:.4g} (a smaller step, a larger background) would let it attract"
    )
    return verdict, f"{note}; {remedy}"


def _classified(signs: Sequence[int | None]) -> Verdict:
    if all(sign == -1 for sign in signs):
        return Verdict(Stability.SINK, "asymptotic", "all multipliers lie inside the unit circle")
    clear = 0 not in signs and None not in signs
    if clear and all(sign == 1 for sign in signs):
        return Verdict(Stability.SOURCE, "unstable", "all multipliers lie outside the unit circle")
    if clear:
        return Verdict(Stability.SADDLE, "unstable", "multipliers inside and outside the unit circle")
    if 1 in signs:
        return Verdict(Stability.NON_HYPERBOLIC, "unstable", "a multiplier lies outside the unit circle")
    if None in signs:
        because = "a multiplier is too close to the unit circle to be told from it at 160 bits"
        return Verdict(Stability.NON_HYPERBOLIC, "unknown", because)
    return Verdict(Stability.NON_HYPERBOLIC, "unknown", "multipliers on the unit circle and none outside it")


def _overshooting(multipliers: Multipliers) -> str:
    """Return how a generation goes too far: by flipping sides, by spiralling out, or by leaving the state space."""
    far = max(multipliers.moves or (), key=lambda move: abs(1 + _complex(move)), default=None)
    if far is None or abs(1 + _complex(far)) <= 1:
        return "a generation goes beyond the border of the state space"
    value = 1 + _complex(far)
    if value.imag == 0 and value.real > 0:
        return f"not over generations: a multiplier is {value.real:.4g}"
    if value.imag == 0:
        return f"generations overshoot: a multiplier is {value.real:.4g}, below -1, where the period has doubled"
    return f"generations spiral outwards: a pair of multipliers has modulus {abs(value):.4g}"


def _complex(move: Any) -> complex:
    imaginary = 0.0 if move.imag.contains(0) else float(move.imag.mid())
    return complex(float(move.real.mid()), imaginary)
