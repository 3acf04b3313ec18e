"""What regimes mean for those who live in them: trap, win-win, path dependence, coexistence, as proved labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of, any_of, negate
from coopgame.algebra.prover import Point, Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.points import RestPoint
from coopgame.analysis.regimes import Regime, Regimes
from coopgame.errors import GameError, ParameterError, UnsupportedError
from coopgame.games.game import Game
from coopgame.games.population import PopulationGame

Holds = Literal["always", "never", "sometimes", "undecided"]
_MEANINGS = {
    "no stable state": "no rest point is asymptotically stable",
    "path dependence": "two or more states are stable; the start decides",
    "coexistence": "a stable state is mixed",
    "trap": "all stable states are pure, and at each everybody earns less than at some other pure state",
    "win-win": "a stable pure state pays everybody more than the baseline, and all together more without the transfers",
    "greatest total": "a stable pure state has a greater total payoff, without the transfers, than any other pure state",
}


@dataclass(frozen=True, eq=False)
class Label:
    """Whether a label fits a regime: always, never, sometimes (with a witness for either), or undecided."""

    name: str
    holds: Holds
    condition: Condition
    fits: Point | None = None
    does_not_fit: Point | None = None

    def __str__(self) -> str:
        return self.name if self.holds == "always" else f"{self.name} ({self.holds})"


@dataclass(frozen=True, eq=False)
class Outlook:
    """A regime with its labels."""

    regime: Regime
    labels: tuple[Label, ...]
    name: str

    def __getitem__(self, name: str) -> Label:
        for label in self.labels:
            if label.name == name:
                return label
        raise KeyError(f"no label {name!r}; there are {', '.join(label.name for label in self.labels)}")

    def __str__(self) -> str:
        stable = ", ".join(self.regime.stable) or "no rest point"
        return f"{self.regime.name} ({stable} stable): {self.name}"


@dataclass(frozen=True, eq=False)
class Outlooks:
    """The regimes of a game with their labels; baseline and transfers that were used."""

    outlooks: tuple[Outlook, ...]
    baseline: str
    transfers: tuple[str, ...]

    def __iter__(self) -> Iterator[Outlook]:
        return iter(self.outlooks)

    def __len__(self) -> int:
        return len(self.outlooks)

    def __getitem__(self, name: str) -> Outlook:
        return next(outlook for outlook in self.outlooks if outlook.regime.name == name)

    def meanings(self) -> dict[str, str]:
        """Return what each label means."""
        return dict(_MEANINGS)

    def __str__(self) -> str:
        without = f"; welfare without {', '.join(self.transfers)}" if self.transfers else ""
        return "\n".join([*map(str, self.outlooks), f"baseline {self.baseline}{without}"])

    def _repr_html_(self) -> str:
        from html import escape

        heads = "".join(f"<th>{h}</th>" for h in ("regime", "stable", "labels"))
        rows = "".join(
            f"<tr><td>{escape(o.regime.name)}</td><td>{escape(', '.join(o.regime.stable) or 'none')}</td>"
            f"<td>{escape(o.name)}</td></tr>"
            for o in self.outlooks
        )
        notes = "".join(f"<li>{escape(name)}: {escape(text)}</li>" for name, text in _MEANINGS.items())
        return f"<table><tr>{heads}</tr>{rows}</table><ul>{notes}</ul><p>baseline {escape(self.baseline)}</p>"


def find_outlooks(
    regimes: Regimes,
    points: Sequence[RestPoint],
    *,
    baseline: str | None = None,
    transfers: Sequence[str] = (),
    named: Callable[[Outlook], str] | None = None,
) -> Outlooks:
    """Return for every regime which labels fit it: always, never, or at some of its parameters, each proved or witnessed.

    points: the rest points that the regimes speak of. baseline: label of the pure state that a win-win is compared with, by default the
    first. transfers: parameters that only move money between those concerned and outsiders; welfare totals are taken with
    them at 0. named: gives a regime its name from its labels, by default those that always fit.

    Raises UnsupportedError when only payoff differences are known, GameError when the baseline is no pure state.
    """
    game = regimes.game
    if isinstance(game, PopulationGame) and game.from_differences:
        raise UnsupportedError("welfare needs payoffs; this game gives only their differences")
    pure = {point.label: point for point in points if point.kind == "vertex"}
    baseline = baseline or next(iter(pure))
    if baseline not in pure:
        raise GameError(f"the baseline {baseline!r} is no pure state; there are {', '.join(pure)}")
    unknown = sorted(set(transfers) - set(game.ring.names))
    if unknown:
        raise ParameterError(f"unknown parameter {unknown[0]!r}; known are {', '.join(game.ring.names)}")
    welfare = _Welfare(game, pure, frozenset(transfers))
    prover = Prover(game.assumptions)
    found = []
    for regime in regimes:
        labels = tuple(_label(prover, regime, name, rule) for name, rule in _rules(welfare, regime, baseline).items())
        outlook = Outlook(regime, labels, _default_name(labels))
        found.append(Outlook(regime, labels, named(outlook)) if named else outlook)
    return Outlooks(tuple(found), baseline, tuple(transfers))


def _default_name(labels: Sequence[Label]) -> str:
    always = [label.name for label in labels if label.holds == "always"]
    sometimes = [f"{label.name} at some parameters" for label in labels if label.holds == "sometimes"]
    return ", ".join([*always, *sometimes]) or "one stable state"


class _Welfare:
    """Payoffs of every population at pure states, and their total without transfers."""

    def __init__(self, game: Game, pure: Mapping[str, RestPoint], transfers: frozenset[str]) -> None:
        self.pure = tuple(pure)
        zero = {sympy.Symbol(name): sympy.Integer(0) for name in transfers}
        self.earned = {label: _payoffs(game, point, {}) for label, point in pure.items()}
        self.totals = {label: _total(_payoffs(game, point, zero)) for label, point in pure.items()}

    def everybody_better(self, state: str, other: str) -> Condition:
        """Return where every population earns more at the first state."""
        pairs = zip(self.earned[state], self.earned[other], strict=True)
        return all_of(*((a - b).sign(">") for a, b in pairs))

    def richer(self, state: str, other: str) -> Condition:
        """Return where the total without transfers is greater at the first state."""
        return (self.totals[state] - self.totals[other]).sign(">")


def _payoffs(game: Game, point: RestPoint, zero: Mapping[sympy.Expr, sympy.Expr]) -> tuple[Quotient, ...]:
    place = {sympy.Symbol(name): value for name, value in point.coordinates.items()}
    found = []
    for p, population in enumerate(game.populations):
        (played,) = [s for s in range(len(population.strategies)) if game.share(p, s).xreplace(place) == 1]
        payoff = game.expected_payoff(p, played).xreplace(place).xreplace(dict(zero))
        found.append(Quotient.of(game.ring, payoff, f"payoff of {population.name} at {point.label}"))
    return tuple(found)


def _total(payoffs: Sequence[Quotient]) -> Quotient:
    total = payoffs[0]
    for payoff in payoffs[1:]:
        total = total + payoff
    return total


def _rules(welfare: _Welfare, regime: Regime, baseline: str) -> dict[str, Condition]:
    stable = regime.stable
    pure = [label for label in stable if label in welfare.pure]
    better = {
        label: any_of(*(welfare.everybody_better(other, label) for other in welfare.pure if other != label))
        for label in pure
    }
    gains = [
        all_of(welfare.everybody_better(label, baseline), welfare.richer(label, baseline))
        for label in pure
        if label != baseline
    ]
    greatest = [all_of(*(welfare.richer(label, other) for other in welfare.pure if other != label)) for label in pure]
    return {
        "no stable state": FALSE if stable else TRUE,
        "path dependence": TRUE if len(stable) > 1 else FALSE,
        "coexistence": TRUE if len(pure) < len(stable) else FALSE,
        "trap": all_of(*better.values()) if pure and len(pure) == len(stable) else FALSE,
        "win-win": any_of(*gains),
        "greatest total": any_of(*greatest),
    }


def _label(prover: Prover, regime: Regime, name: str, rule: Condition) -> Label:
    if rule in (TRUE, FALSE):
        return Label(name, "always" if rule == TRUE else "never", rule)
    inside = prover.decide(all_of(regime.definition, rule))
    if inside.status == "empty":
        return Label(name, "never", rule)
    outside = prover.decide(all_of(regime.definition, negate(rule)))
    if outside.status == "empty":
        return Label(name, "always", rule)
    if "undecided" in (inside.status, outside.status):
        return Label(name, "undecided", rule, inside.witness, outside.witness)
    return Label(name, "sometimes", rule, inside.witness, outside.witness)
