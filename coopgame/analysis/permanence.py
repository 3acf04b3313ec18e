"""Permanence: whether all strategies stay present, away from the border, from every start in the interior."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any, Literal

import sympy

from coopgame.algebra.affine import Vector, corners
from coopgame.algebra.positive import positive_weights
from coopgame.analysis.ess import Matrix
from coopgame.analysis.exact_spectrum import exact_spectrum
from coopgame.analysis.heteroclinic_network import attracting_cycles, network_of
from coopgame.analysis.structure import pairwise_of
from coopgame.analysis.support_numbers import earned, equal_payoffs, tangent_jacobian, whole_state
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

Status = Literal["permanent", "not permanent", "undecided"]
_MOST_STRATEGIES = 12
_DEFINITION = (
    "permanent: some distance from the border is finally kept by every orbit that starts with all strategies present"
)


@dataclass(frozen=True, eq=False)
class Permanence:
    """Whether a game is permanent, and why.

    status: `permanent`, `not permanent` or `undecided`; the first two are proved in rational arithmetic. because: the theorem that
    was used, or what is missing. weights: positive p by strategy where the product of x_i**p_i is an average Lyapunov function, which
    grows near the border (permanent) or falls there (not permanent). state: a rest point on the border that takes in interior orbits.
    """

    game: Game = field(repr=False)
    status: Status
    because: str
    weights: Mapping[str, Fraction] | None = None
    state: Mapping[str, Fraction] | None = None

    def __str__(self) -> str:
        return f"{self.status}: {self.because}"

    def _repr_html_(self) -> str:
        from html import escape

        shown = (("weights", self.weights), ("state", self.state))
        rows = "".join(
            f"<li>{name}: {escape(', '.join(f'{k} = {v}' for k, v in numbers.items()))}</li>"
            for name, numbers in shown
            if numbers is not None
        )
        return f"<p><b>{self.status}</b>: {escape(self.because)}</p><ul>{rows}</ul><p>{escape(_DEFINITION)}</p>"


def find_permanence(game: Game, values: Mapping[str, Any] | None = None) -> Permanence:
    """Return whether no strategy can be lost from the interior, for games at values of all parameters.

    One population with a payoff matrix A: positive weights p with p·Az > z·Az at every rest point z on the border make the game
    permanent, those with < make the border attract; on continua of rest points the extreme points are enough. It is not
    permanent without exactly one interior rest point, unless (-1)^(n-1) det J > 0 and tr J < 0 there, where a rest point on the
    border has only negative eigenvalues towards the absent strategies, and where a heteroclinic cycle is asymptotically stable. Several populations whose payoffs do not depend on their
    own shares are never permanent: after a change of velocity the flow preserves volume. Otherwise the answer is `undecided`.

    Raises ParameterError when a parameter has no value.

    References: Jansen (1987); Hofbauer and Sigmund (1998), sections 11.3, 13.5 and 13.6.

    >>> from coopgame import MatrixGame, find_permanence
    >>> find_permanence(MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]])).status
    'permanent'
    """
    game = game.substitute(game.values(values))
    if game.environment:
        return Permanence(game, "undecided", "permanence of a game with an environment is not defined here")
    if len(game.populations) > 1:
        return _several(game)
    strategies = game.populations[0].strategies
    if len(strategies) > _MOST_STRATEGIES:
        because = f"{len(strategies)} strategies are more than {_MOST_STRATEGIES}, on whose supports rest points are searched"
        return Permanence(game, "undecided", because)
    if len(strategies) == 1:
        return Permanence(
            game, "permanent", "there is one strategy, so none can be lost", {strategies[0]: Fraction(1)}
        )
    try:
        pairwise = pairwise_of(game)
    except UnsupportedError:
        return _without_theorem(game, "payoffs are not linear in the shares")
    return _one_population(game, [[entry.value({}) for entry in row] for row in pairwise.differences])


def _several(game: Game) -> Permanence:
    if all(len(population.strategies) == 1 for population in game.populations):
        return Permanence(game, "permanent", "every population has one strategy, so none can be lost")
    if all(not _uses_own_shares(game, p) for p in range(len(game.populations))):
        because = (
            "payoffs do not depend on the own population's shares, so the flow preserves volume after a change of velocity "
            "and nothing inside attracts (Hofbauer and Sigmund 1998, section 11.3)"
        )
        return Permanence(game, "not permanent", because)
    return _without_theorem(game, "payoffs depend on the own population's shares, and the populations are several")


def _uses_own_shares(game: Game, p: int) -> bool:
    """Return whether payoff differences inside a population vary with its own composition."""
    population = game.populations[p]
    names = [population.symbol] if population.symbol else [f"{population.name}.{s}" for s in population.strategies]
    own = [sympy.Symbol(str(name)) for name in names]
    last = {own[-1]: 1 - sympy.Add(*own[:-1])} if not population.symbol else {}
    base = game.expected_payoff(p, 0)
    gains = [
        sympy.cancel((game.expected_payoff(p, s) - base).xreplace(last)) for s in range(len(population.strategies))
    ]
    return any(gain.free_symbols & set(own) for gain in gains)


def _without_theorem(game: Game, missing: str) -> Permanence:
    """Look only for an attracting rest point on the border."""
    from coopgame.analysis.rest_points import find_rest_points

    try:
        points = find_rest_points(game, {})
    except UnsupportedError as error:
        return Permanence(game, "undecided", f"{missing}; {error}")
    for point in points.attractors:
        if point.kind != "interior":
            because = f"{point.label} ({point.place()}) on the border is asymptotically stable ({point.known})"
            return Permanence(game, "not permanent", because)
    pure = [point for point in points if point.kind == "vertex"]
    if len(game.coordinates) == 1 and len(pure) == 2 and all(point.attracting == "unstable" for point in pure):
        return Permanence(
            game, "permanent", f"both pure states repel, and between them there is a line ({pure[0].known})"
        )
    return Permanence(game, "undecided", f"{missing}; no theorem applied here covers that")


def _one_population(game: Game, b: Matrix) -> Permanence:
    names = game.populations[0].strategies
    against = _inside(b)
    if against:
        return Permanence(game, "not permanent", against)
    faces = list(_border(b))
    for ends in faces:
        state = _taking_in(b, ends)
        if state is not None:
            shares = dict(zip(names, state, strict=True))
            shown = ", ".join(f"{name} = {share}" for name, share in shares.items() if share)
            because = f"all absent strategies earn less than the mean at the rest point {shown}: it takes in interior orbits"
            return Permanence(game, "not permanent", because, state=shares)
    for cycle in attracting_cycles(network_of(game)) if len(b) > 2 else ():
        around = " -> ".join(names[i] for (i,) in cycle.states)
        because = f"the heteroclinic cycle {around} on the border is asymptotically stable (find_heteroclinic_cycles)"
        return Permanence(game, "not permanent", because)
    rows = list({tuple(_leads(b, end)): None for ends in faces for end in ends})
    weights = positive_weights(rows)
    if weights is not None:
        because = "the product of x_i**p_i grows on average near the border (Jansen 1987; Hofbauer and Sigmund 1998, theorem 13.6.1)"
        return Permanence(game, "permanent", because, dict(zip(names, weights, strict=True)))
    weights = positive_weights([[-lead for lead in row] for row in rows])
    if weights is not None:
        because = "the product of x_i**p_i falls on average near the border, which attracts its surroundings (Hofbauer and Sigmund 1998, section 13.6)"
        return Permanence(game, "not permanent", because, dict(zip(names, weights, strict=True)))
    because = (
        "the necessary conditions hold, but linear programming found no weights for an average Lyapunov function"
    )
    if any(max(row) == 0 for row in rows):
        because = "at a rest point on the border no absent strategy earns more than the mean and one earns the same: a degenerate case"
    return Permanence(game, "undecided", because)


def _inside(b: Matrix) -> str:
    """Return what the interior says against permanence, nothing when the necessary conditions hold."""
    n = len(b)
    everything = range(n)
    found = equal_payoffs(b, everything)
    none = "there is no interior rest point (Hofbauer and Sigmund 1998, theorem 13.5.1)"
    if found is None:
        return none
    if found.dimension:
        ends = corners(found, everything)
        through = ends and all(any(end[i] > 0 for end in ends) for i in everything)
        return "interior rest points form a continuum that reaches the border" if through else none
    x = found.origin
    if min(x) <= 0:
        return none
    jacobian = tangent_jacobian(b, everything, x)
    spectrum = exact_spectrum(jacobian)
    trace = sum((jacobian[i][i] for i in range(n - 1)), Fraction(0))
    if (-1) ** (n - 1) * spectrum.determinant <= 0:
        return (
            "the interior rest point has the index of no permanent game (Hofbauer and Sigmund 1998, theorem 13.5.2)"
        )
    if trace >= 0:
        return "the Jacobian at the interior rest point has a trace that is not negative (Hofbauer and Sigmund 1998, theorem 13.5.2)"
    return ""


def _border(b: Matrix) -> Iterator[tuple[Vector, ...]]:
    """Yield the extreme points of the rest points on every face of the border: one for an isolated point, more for a continuum.

    On a continuum all advantages over the mean are linear, so what holds at its extreme points holds on it.
    """
    n = len(b)
    for size in range(1, n):
        for support in combinations(range(n), size):
            found = equal_payoffs(b, support)
            if found is None:
                continue
            ends = tuple(whole_state(end, support, n) for end in corners(found, range(size)))
            if ends and all(any(end[i] > 0 for end in ends) for i in support):
                yield ends


def _leads(b: Matrix, x: Sequence[Fraction]) -> list[Fraction]:
    """Return what each strategy earns above the mean."""
    payoffs = [earned(b, i, x) for i in range(len(b))]
    mean = sum((share * payoff for share, payoff in zip(x, payoffs, strict=True)), Fraction(0))
    return [payoff - mean for payoff in payoffs]


def _taking_in(b: Matrix, ends: Sequence[Vector]) -> Vector | None:
    """Return a rest point on the face at which every absent strategy earns less than the mean, None when none was found."""
    n = len(b)
    absent = [k for k in range(n) if not any(end[k] for end in ends)]
    leads = [_leads(b, end) for end in ends]
    weights = positive_weights([[-lead[k] for lead in leads] for k in absent])
    if weights is None:
        return None
    total = sum(weights, Fraction(0))
    return tuple(
        sum((w * end[i] for w, end in zip(weights, ends, strict=True)), Fraction(0)) / total for i in range(n)
    )
