"""Games of Nashpy and pygambit, to games of coopgame and back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import GameError, MissingExtraError, UnsupportedError
from coopgame.games.exact_table import exact_table
from coopgame.games.game import Game
from coopgame.games.nfg import game_to_nfg, parse_nfg
from coopgame.games.normal_form import NormalFormGame

if TYPE_CHECKING:
    import nashpy
    import pygambit


def from_nashpy(game: nashpy.Game, populations: Any = None, **common: Any) -> NormalFormGame:
    """Return the game of two players that a nashpy.Game is.

    Both programs index both players' payoffs by [row strategy][column strategy], so nothing is transposed. Integers and Fractions stay what they
    are; a float is the binary number that it is. populations and common are as in NormalFormGame.

    Raises GameError for anything else than a nashpy.Game and for payoffs that are no finite numbers.

    >>> import nashpy
    >>> game = from_nashpy(nashpy.Game([[3, 0], [5, 1]], [[3, 5], [0, 1]]))
    >>> game.payoff(("1", "2"))
    (0, 5)
    """
    matrices = getattr(game, "payoff_matrices", None)
    if matrices is None or len(matrices) != 2:
        raise GameError(f"got {type(game).__name__}; a nashpy.Game is needed, which has two payoff matrices")
    row, column = matrices
    return NormalFormGame.from_bimatrix(row, column, populations, **common)


def to_nashpy(game: Game, values: Mapping[str, Any] | None = None) -> nashpy.Game:
    """Return a game as a nashpy.Game, payoffs at values of all parameters as floats.

    A MatrixGame becomes the symmetric game: its payoffs for the row player, their transpose for the column player.

    Raises UnsupportedError for other than two players and for payoffs too large for floats, ParameterError for missing values.

    >>> from coopgame import MatrixGame
    >>> to_nashpy(MatrixGame([["b - c", "-c"], ["b", 0]]), {"b": 3, "c": 1}).payoff_matrices[1].tolist()
    [[2.0, 3.0], [-1.0, 0.0]]
    """
    import nashpy

    table = exact_table(game, values)
    if len(table.players) != 2:
        raise UnsupportedError(
            f"nashpy has games of two players, this one has {len(table.players)}; to_pygambit has no such limit"
        )
    rows, columns = map(range, table.shape)
    try:
        matrices = [np.array([[float(table.payoffs[i, j][p]) for j in columns] for i in rows]) for p in (0, 1)]
    except OverflowError:
        raise UnsupportedError("a payoff is too large for a float; measure payoffs in larger units") from None
    return nashpy.Game(*matrices)


def from_pygambit(game: pygambit.Game) -> NormalFormGame:
    """Return the game in normal form of a pygambit.Game, with payoffs exactly as Gambit holds them.

    A game in extensive form becomes its reduced strategic form, as Gambit writes it. Names are changed as by `parse_nfg`.

    Raises GameError for anything else than a pygambit.Game, UnsupportedError for names that are not ASCII.
    """
    write = getattr(game, "to_nfg", None)
    if write is None:
        raise GameError(
            f"got {type(game).__name__}; a pygambit.Game is needed, one in strategic form from pygambit 17 on"
        )
    try:
        text = write()
    except UnicodeDecodeError:
        raise UnsupportedError("pygambit gives back names in ASCII only; read the .nfg file with read_game") from None
    return parse_nfg(text, "<pygambit.Game>")


def to_pygambit(game: Game, values: Mapping[str, Any] | None = None) -> pygambit.Game:
    """Return a game as a pygambit.Game in strategic form, payoffs at values of all parameters as exact fractions.

    A MatrixGame becomes the symmetric game of two players. Needs the extra `gambit`.

    Raises UnsupportedError for names that pygambit refuses: not ASCII, or numbers in another order than 1, 2, 3; MissingExtraError; ParameterError for missing values.
    """
    try:
        import pygambit
    except ImportError:
        raise MissingExtraError("a game of pygambit", "gambit") from None
    text = game_to_nfg(game, values)
    foreign = next((character for character in text if not character.isascii()), None)
    if foreign is not None:
        raise UnsupportedError(
            f"pygambit reads names in ASCII only, and {foreign!r} stands in the names or the source of this game; rename, or write an .nfg file "
            "for Gambit's other programs"
        )
    try:
        return pygambit.read_nfg(io.BytesIO(text.encode("ascii")))
    except ValueError as error:
        raise UnsupportedError(
            f"pygambit refuses the names of this game ({error}); rename its strategies or players"
        ) from error
