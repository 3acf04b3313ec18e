"""The verdict on a trajectory that turns: periodic, quasi-periodic, heteroclinic, chaotic, or not told apart yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coopgame.analysis.lyapunov import LyapunovExponents, exponents_of
from coopgame.analysis.recurrence import Turns, find_turns
from coopgame.analysis.solution import DenseSolution, Solution
from coopgame.analysis.verdicts import Kind, Outcome
from coopgame.dynamics.state import share_names
from coopgame.errors import IntegrationError, UnsupportedError
from coopgame.games.game import Game

_CLOSED = 1e-6
_FEWEST_TURNS = 3
_LENGTHENING = 1.05
_TURNS_FOR_EXPONENTS = 10
_TURNS_OF_A_TORUS = 450
_LEAST_SEEN = 9.0  # an exponent above 9 / time would have multiplied displacements by exp(9)


@dataclass(frozen=True)
class Turning:
    """The turns of a solution or an orbit, the share in which they are counted, and its last rate."""

    turns: Turns
    name: str
    residual: float
    kind: str = "share"

    def verdict(
        self, kind: Kind, text: str, how: str, period: float, exponents: LyapunovExponents | None = None
    ) -> Outcome:
        """Return a verdict of a kind, with the length of the last turn as its period where it has none of its own."""
        turns = self.turns
        growth = float(turns.lengths[-1] / turns.lengths[-2])
        return Outcome(
            kind,
            f"{kind}: {text}",
            self.residual,
            f"{len(turns.lengths)} turns, {how}",
            period=period,
            amplitude=self.swing,
            growth=growth,
            exponents=exponents,
        )

    @property
    def swing(self) -> float:
        """By how much the share swings in the last turn."""
        return float(self.turns.swings[-1])

    @property
    def last(self) -> float:
        """How long the last turn takes."""
        return float(self.turns.lengths[-1])


def turning_outcome(game: Game, solution: DenseSolution, residual: float) -> Outcome | None:
    """Return the verdict on a solution that turns, None when it does not or turned too few times."""
    names = share_names(game)
    turns = find_turns(solution, [i for i, name in enumerate(names) if name in game.unbounded])
    if turns is None:
        return None
    kind = "share" if game.populations else "quantity"
    turning = Turning(turns, swinging_coordinate(game, turns.column), residual, kind)
    found = heteroclinic_verdict(turning)
    if found is not None or len(turns.lengths) < _FEWEST_TURNS:
        return found
    return _periodic(turning) or _spiral(turning) or _recurrent(turning, solution)


def heteroclinic_verdict(turning: Turning) -> Outcome | None:
    """Return `heteroclinic` where in the later half each turn takes longer than the one before and comes nearer to the border."""
    turns = turning.turns
    ratios = (turns.lengths[1:] / turns.lengths[:-1])[(len(turns.lengths) - 1) // 2 :]
    deeper = np.diff(turns.depths[-len(ratios) - 1 :])
    if not ((ratios > _LENGTHENING).all() and (deeper < 0).all() and turns.depths[-1] < turns.depths[0] - 1):
        return None
    growth = ratios[-1]
    text = f"turns of {turning.name} take longer each time (ratio {growth:.3g}), towards a heteroclinic cycle"
    return turning.verdict(
        "heteroclinic", text, f"smallest {turning.kind} down to exp({turns.depths[-1]:.3g})", turning.last
    )


def _periodic(turning: Turning) -> Outcome | None:
    turns = turning.turns
    count = turns.closing(_CLOSED * turning.swing / float(turns.sizes[turns.column]))
    if count is None:
        return None
    period = float(turns.passages[-1] - turns.passages[-1 - count])
    after = "" if count == 1 else f" after {count} turns"
    text = f"{turning.name} swings by {turning.swing:.4g} with period {period:.5g}{after}"
    last = "the last one" if count == 1 else f"the last {count}"
    return turning.verdict("periodic", text, f"{last} closed to {turns.drifts(count)[-1]:.1e}", period)


def _spiral(turning: Turning) -> Outcome | None:
    if not turning.turns.spiral:
        return None
    text = "undecided: it turns and drifts slowly in one direction; integrate longer (t_end)"
    moved = turning.turns.drifts()[-1]
    how = f"{len(turning.turns.lengths)} turns, the last one moved the state by {moved:.1e}"
    return Outcome("undecided", text, turning.residual, how)


def _recurrent(turning: Turning, solution: DenseSolution) -> Outcome:
    """Turns that do not close: the exponents say whether neighbours separate, where they can be found."""
    turns, swing = turning.turns, f"{turning.name} swings by {turning.swing:.4g}"
    count = len(turns.lengths)
    apart = f"which differ by {turns.drifts()[count // 2 :].max():.1e}, in no one direction"
    exponents = _exponents(turning.turns, solution)
    if exponents is not None and exponents.sensitive:
        rate, error = exponents.exponents[0], exponents.errors[0]
        text = f"{swing}; neighbours separate at the rate {rate:.2g} ± {error:.1g}"
        how = f"{apart}; a displacement grew by exp({exponents.gain:.3g}) in half of the time"
        return turning.verdict("chaotic", text, how, turning.last, exponents)
    if exponents is not None and exponents.sensitive is False and count >= _TURNS_OF_A_TORUS:
        bound = _LEAST_SEEN / float(exponents.times[-1] - exponents.times[0])
        text = f"{swing}, without closing; neighbours stay near"
        how = f"{apart}; a displacement grew by exp({exponents.gain:.2g}) in half of the time, no exponent above {bound:.1g}"
        return turning.verdict("quasi-periodic", text, how, turning.last, exponents)
    text = f"{swing}, last turn {turning.last:.5g}, without closing"
    if isinstance(solution, Solution):
        enough = 4 / 3 * _TURNS_OF_A_TORUS * float(turns.passages[-1] - turns.passages[0]) / count
        text += f"; to tell quasi-periodic from chaotic, integrate to about t = {enough:.2g}"
    return turning.verdict("undecided", text, apart, turning.last, exponents)


def _exponents(turns: Turns, solution: DenseSolution) -> LyapunovExponents | None:
    if not isinstance(solution, Solution) or solution.chart.schedules or len(turns.lengths) < _TURNS_FOR_EXPONENTS:
        return None
    try:
        return exponents_of(solution, float(turns.passages[len(turns.passages) // 4]))
    except (UnsupportedError, IntegrationError):
        return None


def swinging_coordinate(game: Game, column: int) -> str:
    """Return the name of a share as users write it: the symbol of a two-strategy population, else population.strategy."""
    for population, part in zip(game.blocks, game.parts, strict=True):
        if population.symbol and part.start <= column < part.stop:
            return population.symbol
    return share_names(game)[column]
