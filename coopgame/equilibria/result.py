"""Result types of the search for Nash equilibria: equilibria, the connected components that they form, and whether the list is complete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from fractions import Fraction
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np

from coopgame.analysis.points import Known
from coopgame.games.game import Game
from coopgame.listed import Listed

if TYPE_CHECKING:
    import pandas

Number = Fraction | float
Mixture = Mapping[str, Number]  # strategy -> probability, all strategies of a player in order
Value = TypeVar("Value")


class _Solved(Generic[Value]):
    """A field of a frozen dataclass that is given as a value, or as a function that is called when the field is first looked at."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __set__(self, instance: object, value: Value | Callable[[], Value]) -> None:
        vars(instance)[self._name] = value

    def __get__(self, instance: object | None, owner: type) -> Value:
        if instance is None:
            return cast(Value, MISSING)  # the field has no default
        value = vars(instance)[self._name]
        if callable(value):
            value = vars(instance)[self._name] = value()
        return cast(Value, value)


@dataclass(frozen=True, eq=False)
class NashEquilibrium:
    """Mutual best replies: no player gains by changing alone.

    strategies: one mapping from strategy to probability per player, in player order; of a game in one population (MatrixGame) a single mapping,
    the state. Probabilities and payoffs are Fractions where they are exact, else floats that lie within `radius` of the true ones.
    strict: whether every change of one player loses. quasi_strict: whether every strategy that is a best reply is used. index: +1, -1 or 0; of a
    member of a larger component its share of the component's index is not defined, so it is None there; None also where it was not computed.
    """

    game: Game = field(repr=False)
    strategies: _Solved[tuple[Mixture, ...]] = _Solved()
    payoffs: _Solved[tuple[Number, ...]] = _Solved()
    known: Known = "exact"
    strict: bool = False
    quasi_strict: bool = False
    index: int | None = None
    radius: float = 0.0

    def __getstate__(self) -> dict[str, Any]:
        """Return all fields as values: a function would not be pickled."""
        return {name: getattr(self, name) for name in vars(self)}

    @property
    def support(self) -> tuple[tuple[str, ...], ...]:
        """The strategies that each player uses."""
        return tuple(tuple(name for name, p in own.items() if p > 0) for own in self.strategies)

    @property
    def pure(self) -> bool:
        """Whether every player uses one strategy."""
        return all(len(own) == 1 for own in self.support)

    @property
    def state(self) -> np.ndarray:
        """All probabilities as floats, player after player; shape (number of strategies in all,)."""
        state = np.array([float(p) for own in self.strategies for p in own.values()])
        state.flags.writeable = False
        return state

    def text(self) -> str:
        """Return the equilibrium on one line."""
        return "; ".join(", ".join(f"{n} = {shown(p)}" for n, p in own.items() if p > 0) for own in self.strategies)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True)
class NashComponent:
    """A connected set of equilibria that no other equilibrium touches.

    pieces: the maximal Nash subsets that it is the union of, each as the numbers of its extreme equilibria in the list; such a subset is the product of the
    convex hulls of its players' mixtures. index: the sum over the component; 1 over all components of a game (None where not computed).
    """

    pieces: tuple[tuple[int, ...], ...]
    index: int | None = None

    @cached_property
    def members(self) -> tuple[int, ...]:
        """The numbers of all extreme equilibria of the component."""
        return tuple(sorted({n for piece in self.pieces for n in piece}))

    @property
    def is_point(self) -> bool:
        """Whether the component is one equilibrium."""
        return len(self.members) == 1

    def __str__(self) -> str:
        index = "" if self.index is None else f", index {self.index}"
        if self.is_point:
            return f"equilibrium {self.members[0] + 1} alone{index}"
        pieces = " and between ".join(", ".join(str(n + 1) for n in piece) for piece in self.pieces)
        return f"all that lies between equilibria {pieces}{index}"


@dataclass(frozen=True, eq=False)
class NashEquilibria(Listed[NashEquilibrium]):
    """The equilibria of a game; of two players the extreme ones, which span all others.

    complete: whether no equilibrium is missing. because: how that is known, or what was left undone. known: how sure the
    statement on completeness is.
    """

    game: Game = field(repr=False)
    equilibria: tuple[NashEquilibrium, ...]
    components: tuple[NashComponent, ...]
    complete: bool
    because: str
    known: Known

    entries_in = "equilibria"

    def __str__(self) -> str:
        head = "complete" if self.complete else "may be incomplete"
        lines = [f"{n + 1}. {e.text()}" for n, e in enumerate(self.equilibria)]
        return "\n".join([*(lines or ["no equilibrium found"]), f"{head}: {self.because}"])

    @property
    def _players(self) -> tuple[str, ...]:
        """The populations whose mixtures the equilibria hold: of a game in one population this one alone."""
        return tuple(population.name for population in self.game.populations)

    def _table(self) -> tuple[list[str], list[list[str]]]:
        """Return heads and rows of what all tables show."""
        columns = [head for name in self._players for head in (name, f"payoff of {name}")]
        rows = []
        for n, found in enumerate(self.equilibria):
            row = [str(n + 1)]
            for own, payoff in zip(found.strategies, found.payoffs, strict=True):
                row += [", ".join(f"{name} = {shown(p)}" for name, p in own.items() if p > 0), shown(payoff)]
            index = "" if found.index is None else f"{found.index:+d}" if found.index else "0"
            rows.append([*row, self._component_of(n), index, "yes" if found.strict else "no"])
        return ["", *columns, "component", "index", "strict"], rows

    def _component_of(self, n: int) -> str:
        return next((str(k + 1) for k, part in enumerate(self.components) if n in part.members), "")

    def _repr_html_(self) -> str:
        heads, rows = self._table()
        head = "".join(f"<th>{escape(name)}</th>" for name in heads)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        status = "complete" if self.complete else "may be incomplete"
        text = escape(f"{status}: {self.because}")
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{text}</p>"

    def to_dataframe(self) -> pandas.DataFrame:
        """Return probabilities and payoffs as floats, one row for each equilibrium; columns player.strategy, payoff.player and what is known."""
        import pandas

        records: list[dict[str, Any]] = []
        for n, found in enumerate(self.equilibria):
            row: dict[str, Any] = {}
            for player, own in zip(self._players, found.strategies, strict=True):
                row |= {f"{player}.{name}": float(p) for name, p in own.items()}
            row |= {f"payoff.{name}": float(u) for name, u in zip(self._players, found.payoffs, strict=True)}
            row |= {
                key: getattr(found, key) for key in ("pure", "strict", "quasi_strict", "index", "known", "radius")
            }
            records.append(row | {"component": self._component_of(n)})
        names = [f"{p.name}.{s}" for p in self.game.populations for s in p.strategies]
        columns = [
            *names,
            *(f"payoff.{p}" for p in self._players),
            "pure",
            "strict",
            "quasi_strict",
            "index",
            "known",
        ]
        numbers = pandas.RangeIndex(1, len(records) + 1, name="equilibrium")
        table = pandas.DataFrame(records, columns=[*columns, "radius", "component"], index=numbers)
        return table.astype({"index": "Int64"})

    def to_latex(self) -> str:
        """Return a LaTeX `tabular` with booktabs rules; load the package booktabs."""
        heads, rows = self._table()
        spec = "r" + "lr" * len(self._players) + "rrl"
        lines = [rf"\begin{{tabular}}{{{spec}}}", r"\toprule", " & ".join(map(_latex, heads)) + r" \\", r"\midrule"]
        lines += [" & ".join(map(_latex, row)) + r" \\" for row in rows]
        return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def shown(value: Any) -> str:
    """Return a probability or payoff as people read it: a short fraction exactly, else six digits."""
    if isinstance(value, Fraction) and value.denominator <= 1000:
        return str(value)
    return f"{float(value):.6g}"


_LATEX = str.maketrans(
    {c: "\\" + c for c in "&%$#_{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
)


def _latex(text: str) -> str:
    """Return text with the special characters of LaTeX escaped and minus signs as such."""
    return text if not text else f"${text}$" if text[0] in "+-" and text[1:].isdigit() else text.translate(_LATEX)
