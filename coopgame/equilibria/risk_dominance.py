"""Risk dominance and p-dominance: which equilibrium is safer when players are unsure of each other; exact, or as conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.algebra.conditions import FALSE, Condition, all_of
from coopgame.algebra.quotients import Quotient
from coopgame.equilibria.pure import pure_profiles
from coopgame.equilibria.result import shown
from coopgame.equilibria.tables import PayoffTables, payoff_tables
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.listed import Listed

if TYPE_CHECKING:
    import pandas

Profile = tuple[str, ...]
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class RiskDominance:
    """Which of two strict equilibria of a game with two strategies each risk-dominates the other.

    profiles: the two equilibria. losses: what each player loses by leaving them alone. products: the Nash products, one for each equilibrium; the larger one
    dominates. dominant: that equilibrium, None when the products are equal.
    """

    profiles: tuple[Profile, Profile]
    losses: tuple[tuple[Fraction, ...], tuple[Fraction, ...]]
    products: tuple[Fraction, Fraction]
    dominant: Profile | None

    def __str__(self) -> str:
        sides = [f"({', '.join(p)}) {shown(n)}" for p, n in zip(self.profiles, self.products, strict=True)]
        end = f"({', '.join(self.dominant)}) risk-dominates" if self.dominant else "neither risk-dominates"
        return f"{end}; Nash products: {', '.join(sides)}"


@dataclass(frozen=True)
class PDominance:
    """How sure of each other the players of a pure equilibrium have to be to stay with it.

    thresholds: for each player the least probability of the other's strategy from which on the own strategy is a best reply whatever else the other may
    do. p: the largest of them; the equilibrium is p-dominant from this number on.
    """

    profile: Profile
    thresholds: tuple[Fraction, ...]
    strict: bool

    @property
    def p(self) -> Fraction:
        """The least p for which the equilibrium is p-dominant."""
        return max(self.thresholds)

    @property
    def half_dominant(self) -> bool:
        """Whether the equilibrium is 1/2-dominant: p is at most 1/2."""
        return self.p <= _HALF

    def __str__(self) -> str:
        return f"({', '.join(self.profile)}): p-dominant from {shown(self.p)} on"


@dataclass(frozen=True, eq=False)
class PDominances(Listed[PDominance]):
    """The pure equilibria of a game with their thresholds, the most dominant first."""

    game: Game = field(repr=False)
    equilibria: tuple[PDominance, ...]

    entries_in = "equilibria"

    def __str__(self) -> str:
        return "\n".join([str(e) for e in self.equilibria] or ["no pure equilibrium"])

    def to_dataframe(self) -> pandas.DataFrame:
        """Return a pandas table with one row for each pure equilibrium."""
        import pandas

        rows = [
            {"profile": ", ".join(e.profile), "p": float(e.p), "half_dominant": e.half_dominant, "strict": e.strict}
            for e in self.equilibria
        ]
        return pandas.DataFrame(rows, columns=["profile", "p", "half_dominant", "strict"])

    def _repr_html_(self) -> str:
        return str(self.to_dataframe().to_html(index=False))


def find_risk_dominant(game: Game, values: Mapping[str, Any] | None = None) -> RiskDominance:
    """Return which of two strict equilibria of a game with two strategies each risk-dominates the other, exactly.

    The one with the larger Nash product does: the product of what the two players lose by leaving it alone (Harsanyi and Selten 1988). Of a
    MatrixGame both equilibria are symmetric, and the condition is that the strategy earns more against an even mixture. With parameters and
    without values use `find_risk_dominance_conditions`.

    Raises UnsupportedError unless there are two players with two strategies each and two strict equilibria; of a MatrixGame symmetric ones.

    References: Harsanyi and Selten (1988), A General Theory of Equilibrium Selection in Games, section 3.9.

    >>> from coopgame import MatrixGame, find_risk_dominant
    >>> print(find_risk_dominant(MatrixGame([[9, 0], [8, 7]], ["stag", "hare"])))
    (hare, hare) risk-dominates; Nash products: (stag, stag) 1, (hare, hare) 49
    """
    tables = _two_by_two(payoff_tables(game, values))
    strict = [place for place, sure in pure_profiles(tables) if sure]
    if tables.symmetric:
        strict = [place for place in strict if place[0] == place[1]]
    if len(strict) != 2:
        raise UnsupportedError(
            f"risk dominance compares two strict equilibria, and this game has {len(strict)} at these values; find_p_dominance takes any game of two players"
        )
    one, other = strict
    losses = (_losses(tables, one), _losses(tables, other))
    products = (losses[0][0] * losses[0][1], losses[1][0] * losses[1][1])
    profiles = (_profile(tables, one), _profile(tables, other))
    dominant = None if products[0] == products[1] else profiles[products[1] > products[0]]
    return RiskDominance(profiles, losses, products, dominant)


def _two_by_two(tables: PayoffTables) -> PayoffTables:
    if tables.sizes != (2, 2):
        raise UnsupportedError(
            f"risk dominance by Nash products needs two players with two strategies each, got {' x '.join(map(str, tables.sizes))}; "
            "find_p_dominance takes any number of strategies"
        )
    return tables


def _losses(tables: PayoffTables, place: tuple[int, ...]) -> tuple[Fraction, ...]:
    i, j = place
    first, second = tables.exact
    return Fraction(first[i, j] - first[1 - i, j]), Fraction(second[i, j] - second[i, 1 - j])


def _profile(tables: PayoffTables, place: Sequence[int]) -> Profile:
    return tuple(names[s] for names, s in zip(tables.names, place, strict=True))


def find_risk_dominance_conditions(game: Game) -> Mapping[Profile, Condition]:
    """Return for each profile of a game with two strategies each the condition that it is a strict equilibrium and risk-dominates the opposite one.

    The parameters stay symbols. Profiles for which the condition cannot hold are left out; of a MatrixGame the asymmetric ones too.

    Raises UnsupportedError unless there are two players with two strategies each.

    >>> from coopgame import MatrixGame, find_risk_dominance_conditions
    >>> game = MatrixGame([["b", "0"], ["s", "s"]], ["stag", "hare"], assumptions=["b > s", "s > 0"])
    >>> for profile, condition in find_risk_dominance_conditions(game).items():
    ...     print(*profile, "if", condition)
    stag stag if b > s and s > 0 and b > 2*s
    hare hare if s > 0 and b > s and b < 2*s
    """
    names, payoffs = _symbols(game)
    symmetric = isinstance(game, MatrixGame)
    found: dict[Profile, Condition] = {}
    for i, j in product(range(2), repeat=2):
        if symmetric and i != j:
            continue
        own, opposite = (_symbolic_losses(payoffs, a, b) for a, b in ((i, j), (1 - i, 1 - j)))
        lead = own[0] - opposite[0] if symmetric else own[0] * own[1] - opposite[0] * opposite[1]
        strict = [loss.sign(">") for loss in ([own[0], opposite[0]] if symmetric else [*own, *opposite])]
        condition = all_of(*strict, lead.sign(">"))
        if condition != FALSE:
            found[names[0][i], names[1][j]] = condition
    return found


def _symbols(game: Game) -> tuple[tuple[tuple[str, ...], ...], list[list[tuple[Quotient, Quotient]]]]:
    """Return the strategies and the payoffs of both players as quotients of polynomials in the parameters."""
    if isinstance(game, MatrixGame) and len(game.payoffs) == 2:
        own = game.populations[0].strategies
        table = [[Quotient.of(game.ring, entry) for entry in row] for row in game.payoffs]
        return (own, own), [[(table[i][j], table[j][i]) for j in range(2)] for i in range(2)]
    if isinstance(game, NormalFormGame) and [len(p.strategies) for p in game.populations] == [2, 2]:
        first, second = (population.strategies for population in game.populations)
        payoffs = [[tuple(Quotient.of(game.ring, u) for u in game.payoff((a, b))) for b in second] for a in first]
        return (first, second), [[(cell[0], cell[1]) for cell in row] for row in payoffs]
    raise UnsupportedError("conditions for risk dominance need two players with two strategies each")


def _symbolic_losses(payoffs: list[list[tuple[Quotient, Quotient]]], i: int, j: int) -> tuple[Quotient, Quotient]:
    return payoffs[i][j][0] - payoffs[1 - i][j][0], payoffs[i][j][1] - payoffs[i][1 - j][1]


def find_p_dominance(game: Game, values: Mapping[str, Any] | None = None) -> PDominances:
    """Return for every pure equilibrium of a two-player game how sure of each other the players have to be to stay with it, exactly.

    An equilibrium is p-dominant when each player's strategy is a best reply to every belief that gives the other's at least probability p (Morris,
    Rob and Shin 1995). Of a MatrixGame the symmetric pure equilibria are listed. In games with two strategies each and two strict equilibria,
    the risk-dominant one is that whose two thresholds add up to less than 1.

    Raises UnsupportedError for games of other than two players.

    References: Morris, Rob and Shin (1995), Econometrica 63, 145-157.

    >>> from coopgame import MatrixGame, find_p_dominance
    >>> print(find_p_dominance(MatrixGame([[9, 0], [8, 7]], ["stag", "hare"])))
    (hare, hare): p-dominant from 1/8 on
    (stag, stag): p-dominant from 7/8 on
    """
    tables = payoff_tables(game, values)
    if len(tables.exact) != 2:
        raise UnsupportedError(f"p-dominance is defined here for two players, got {len(tables.exact)}")
    found = []
    for place, strict in pure_profiles(tables):
        i, j = place
        if tables.symmetric and i != j:
            continue
        thresholds = (_threshold(tables.exact[0], i, j), _threshold(tables.exact[1].T, j, i))
        found.append(PDominance(_profile(tables, place), thresholds, strict))
    return PDominances(game, tuple(sorted(found, key=lambda e: e.p)))


def _threshold(table: np.ndarray, own: int, other: int) -> Fraction:
    """Return the least probability of the other's strategy from which on the own one is best: against each rival the worst belief puts the rest on one strategy."""
    least = Fraction(0)
    for rival in range(table.shape[0]):
        leads = [Fraction(a - b) for a, b in zip(table[own], table[rival], strict=True)]
        worst = min(leads)
        if worst < 0:
            least = max(least, -worst / (leads[other] - worst))
    return least
