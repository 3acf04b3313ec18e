"""Every exception and warning that coopgame raises."""

from __future__ import annotations

from typing import Any


class CoopgameError(Exception):
    """Base of all errors of this package; catch it to catch them all."""


class ExpressionError(CoopgameError, ValueError):
    """A text is not an arithmetic expression or a condition; shows the place and what is accepted."""

    def __init__(self, message: str, text: str = "", position: int | None = None) -> None:
        self.text = text
        self.position = position
        pointer = ""
        if text and position is not None:
            start = max(0, position - 40)
            shown = text[start : position + 40].replace("\n", " ")
            pointer = f"\n    {shown}\n    {' ' * (position - start)}^"
        super().__init__(message + pointer)


class ParameterError(CoopgameError, ValueError):
    """A parameter is unknown, missing, not finite, or named like something else."""


class AssumptionError(CoopgameError, ValueError):
    """Assumptions contradict each other, or values violate them."""


class GameError(CoopgameError, ValueError):
    """A game is not well formed: wrong shape, repeated names, empty strategy set."""


class GameFileError(GameError):
    """A game file is not well formed; `where` is the path inside the document."""

    def __init__(self, message: str, where: str = "") -> None:
        self.where = where
        super().__init__(f"{where}: {message}" if where else message)


class NetworkError(CoopgameError, ValueError):
    """A network is not well formed, or not of the kind that is asked for: directed, disconnected, not regular."""


class StateError(CoopgameError, ValueError):
    """A population state is not a point of the state space."""


class ProtocolError(CoopgameError, ValueError):
    """A revision protocol or an update rule is not well formed: negative rates, a wrong shape, a setting out of range."""


class UnsupportedError(CoopgameError, ValueError):
    """A well-formed request lies outside what a method can answer; the text says what to use instead."""


class IntegrationError(CoopgameError, RuntimeError):
    """A trajectory could not be continued; says where it stopped and what to change. `partial` holds it up to there."""

    partial: Any = None


class CacheError(CoopgameError, RuntimeError):
    """The folder of compiled kernels is not safe to load code from."""


class ClaimsError(CoopgameError, ValueError):
    """A folder of claims is absent or not well formed."""


class RecordError(CoopgameError, ValueError):
    """A file is not the record of an analysis, or a part of it cannot be read."""


class SweepError(CoopgameError, RuntimeError):
    """A sweep could not go on: a measure gave arrays of a wrong shape, a worker died, no scheduler answers."""


class StoreError(CoopgameError, RuntimeError):
    """The store of a sweep exists, is in use, unfinished, of another sweep, or its disk is full; the text says what to do."""


class SweepInterrupted(KeyboardInterrupt):
    """A sweep was stopped from the keyboard; the text says how to go on. `partial` holds what was done where there is no store."""

    partial: Any = None


class SimulationInterrupted(KeyboardInterrupt):
    """A simulation was stopped from the keyboard. `partial` holds the result of what was done, None where nothing was."""

    partial: Any = None


class MissingExtraError(CoopgameError, ImportError):
    """An optional part is not installed; the text names the extra that brings it."""

    def __init__(self, feature: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{feature} needs the extra '{extra}': pip install 'coopgame-egt[{extra}]'")


class CoopgameWarning(UserWarning):
    """Base of all warnings of this package."""


class FaceStartWarning(CoopgameWarning):
    """A start has strategies with share zero, which imitation never brings back."""


class FontWarning(CoopgameWarning):
    """No installed font has the glyphs of a label; English is drawn instead."""


class FailedPointsWarning(CoopgameWarning):
    """A measure failed at some points of a sweep; the result says where and why."""


class OtherVersionsWarning(CoopgameWarning):
    """A sweep is resumed with other versions of libraries than it was begun with; last digits may differ."""
