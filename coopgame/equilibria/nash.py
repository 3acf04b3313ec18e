"""All Nash equilibria of a game in normal form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgame.equilibria.bimatrix import two_player_equilibria
from coopgame.equilibria.one_population import symmetric_equilibria
from coopgame.equilibria.other_programs import OtherProgram, equilibria_by
from coopgame.equilibria.result import NashEquilibria
from coopgame.equilibria.tables import payoff_tables
from coopgame.errors import UnsupportedError
from coopgame.games.document import shown
from coopgame.games.game import Game


def nash_equilibria(
    game: Game,
    values: Mapping[str, Any] | None = None,
    *,
    method: OtherProgram | None = None,
    exact: bool = False,
) -> NashEquilibria:
    """Return all Nash equilibria of a game with a payoff table at values of all parameters.

    Of two players the extreme ones are listed, finitely many also where there is a continuum: `components` says which of them span sets of
    equilibria, which sets hang together, and the index of each. They are the pairs of vertices of the two best-response polytopes at which every
    strategy is unused or a best reply. All vertices are visited by pivoting, in whole numbers where these stay small, else in floating point with
    error bounds that prove that nothing was missed; ties are handled by perturbing the polytopes symbolically. Mixtures and payoffs are solved and
    checked in rational numbers when they are looked at. `complete`, `because` and `known` say what is known about the list as a whole.

    Of a MatrixGame, played inside one population, the equilibria are states of the population: symmetric equilibria of the two-player game. All
    equilibria of that game are those of `NormalFormGame.from_bimatrix(A, A transposed)`.

    method: another program instead, such as `NashpySupportEnumeration()`; what it returns is checked, and the list is never called complete.
    exact: compute in whole numbers alone, which takes longer; the statement on completeness is then exact and not certified.

    Raises UnsupportedError for games without a payoff table, for payoffs that contain shares, and for another method with other than two players;
    ParameterError for missing values; MissingExtraError when a method needs a package that is not installed.

    References: Mangasarian (1964); Shapley (1974); von Stengel (2002); Avis, Rosenberg, Savani and von Stengel (2010).

    >>> from coopgame import NormalFormGame, nash_equilibria
    >>> chicken = NormalFormGame.from_bimatrix([[0, 7], [2, 6]], [[0, 2], [7, 6]])
    >>> print(nash_equilibria(chicken))
    1. 1 = 1; 2 = 1
    2. 2 = 1; 1 = 1
    3. 1 = 1/3, 2 = 2/3; 1 = 1/3, 2 = 2/3
    complete: all vertices were visited, in whole numbers
    """
    tables = payoff_tables(game, values)
    if method is not None:
        if not isinstance(method, OtherProgram):
            raise UnsupportedError(
                f"method is {shown(method)}; give another program, such as NashpyLemkeHowson(), or leave it out"
            )
        if len(tables.whole) != 2:
            raise UnsupportedError(
                f"{type(method).__name__} is for games of two players, this one has {len(tables.whole)}; leave method out"
            )
        return equilibria_by(method, tables)
    if tables.symmetric:
        return symmetric_equilibria(tables, exact=exact)
    if len(tables.whole) == 2:
        return two_player_equilibria(tables, exact=exact)
    from coopgame.equilibria.many_players import many_player_equilibria

    return many_player_equilibria(tables)
