"""Local elasticities: by how many per cent a quantity moves when a parameter rises by one per cent."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import sympy

from coopgame.analysis.points import RestPoints
from coopgame.analysis.rest_points import find_rest_points
from coopgame.dynamics.field import VectorField
from coopgame.errors import ParameterError
from coopgame.expressions import exact_number, format_expression, to_sympy
from coopgame.games.document import close_match
from coopgame.games.game import Game
from coopgame.sweeps.measure import Measure
from coopgame.sweeps.point_formulas import number, point_formula, slope
from coopgame.sweeps.responses import respond

if TYPE_CHECKING:
    import pandas
    import xarray

Sign = Literal["+", "-", "0", "undecided"]
_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False)
class Elasticity:
    """The elasticity p/Q dQ/dp of a quantity Q with respect to a parameter p, at values.

    value: NaN where Q is zero, which has no percentage. derivative: dQ/dp. known: exact or numerical. exact: the exact value, a Fraction where
    it is rational. formula: the derivative as a formula in the parameters, where there is one. error: an estimate of the error of value, 0 where it is exact.
    """

    parameter: str
    value: float
    derivative: float
    sign: Sign
    known: Literal["exact", "numerical"]
    exact: Fraction | sympy.Expr | None = None
    formula: sympy.Expr | None = field(default=None, repr=False)
    error: float = 0.0
    note: str = ""

    def __str__(self) -> str:
        if self.known == "exact":
            shown = f"{self.exact}" if isinstance(self.exact, Fraction) else f"{self.value:.6g}"
        else:
            shown = f"{self.value:.6g} ± {self.error:.1g}"
        return f"{self.parameter}: {shown} [{self.known}]{f'; {self.note}' if self.note else ''}"


@dataclass(frozen=True, eq=False)
class Elasticities(Sequence[Elasticity]):
    """The elasticities of one quantity with respect to each parameter, at values; `elasticities["c"]` is one of them.

    level: the quantity itself at the values. formula: the quantity as a formula in the parameters, where there is one.
    """

    quantity: str
    level: float
    rows: tuple[Elasticity, ...]
    values: Mapping[str, Fraction] = field(repr=False)
    formula: sympy.Expr | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Elasticity]:
        return iter(self.rows)

    def __getitem__(self, key: Any) -> Any:
        """Return one elasticity, by the name of its parameter or its place. Raises KeyError for an unknown name."""
        if not isinstance(key, str):
            return self.rows[key]
        for row in self.rows:
            if row.parameter == key:
                return row
        raise KeyError(f"no elasticity for {key!r}; there are {', '.join(row.parameter for row in self.rows)}")

    @property
    def known(self) -> Literal["exact", "numerical"]:
        """The weaker of what its rows say."""
        return "exact" if all(row.known == "exact" for row in self.rows) else "numerical"

    def to_dataframe(self) -> pandas.DataFrame:
        """Return elasticity, its error, derivative, sign and how it is known, one row for each parameter."""
        import pandas

        keys = ("value", "error", "derivative", "sign", "known")
        columns = {("elasticity" if key == "value" else key): [getattr(row, key) for row in self] for key in keys}
        return pandas.DataFrame(columns, index=pandas.Index([row.parameter for row in self], name="parameter"))

    def to_xarray(self) -> xarray.Dataset:
        """Return the columns of the table with the dimension parameter."""
        import xarray

        table = self.to_dataframe()
        data = {str(name): (("parameter",), table[name].to_numpy(dtype=None)) for name in table.columns}
        about = {"quantity": self.quantity, "level": self.level, "known": self.known}
        return xarray.Dataset(data, {"parameter": list(table.index)}, about)

    @property
    def text(self) -> str:
        """The quantity and its elasticities, the largest first."""
        rule = f" = {format_expression(self.formula)}" if self.formula is not None else ""
        order = sorted(self.rows, key=lambda row: -abs(row.value) if math.isfinite(row.value) else math.inf)
        return "\n".join([f"{self.quantity}{rule} = {self.level:.6g}; elasticities:", *map(str, order)])

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.text.splitlines()[0])}</p>{self.to_dataframe().to_html(float_format='%.6g')}"


def find_elasticities(
    model: Game | VectorField | RestPoints,
    quantity: tuple[str, str] | Measure | Callable[..., Any],
    values: Mapping[str, Any] | None = None,
    *,
    parameters: Sequence[str] | None = None,
    variable: str | None = None,
    at: Mapping[str, str | float] | None = None,
    step: float = 0.01,
    rng: int = 0,
    workers: int = 1,
) -> Elasticities:
    """Return the local elasticities of a quantity, exact where it has a formula.

    quantity: a rest point and what of it, such as ("I1", "x"), ("E4", "eigenvalue x"), ("I1", "payoff firm") or ("I1", "payoff firm.comply"):
    its formula is differentiated and evaluated exactly. Else a measure or a function of numbers: central differences at two
    step sizes, `step` times the parameter and half of it, extrapolated; the error compares the two. values: numbers for all parameters,
    defaults of the game stand in; for a measure also starts. parameters: those asked about, all by default. variable and at choose among
    several results of a measure, as in `sobol_indices`.

    Raises ParameterError for unknown names, missing values and a point that does not exist at the values; UnsupportedError for a point
    without formula.

    >>> from coopgame import MatrixGame
    >>> hawks = MatrixGame([["(v - c)/2", "v"], ["0", "v/2"]], symbol="x", parameters={"v": "> 0", "c": "> 0"})
    >>> print(find_elasticities(hawks, ("I1", "x"), {"v": 2, "c": 3}))
    I1 x = v/c = 0.666667; elasticities:
    v: 1 [exact]
    c: -1 [exact]
    """
    game = model if isinstance(model, Game) else model.game
    if not isinstance(quantity, tuple):
        numbers = _numbers(game, values)
        names = _asked(parameters, [p.name for p in game.parameters] if parameters is None else list(numbers))
        return _numerical(quantity, numbers, names, step, variable=variable, at=at, seed=rng, workers=workers)
    exact = game.values(values)
    names = _asked(parameters, list(exact))
    points = model if isinstance(model, RestPoints) else find_rest_points(model)
    if not exact:
        raise ParameterError(
            "the game depends on no parameter, or all were put in; give the game itself and values beside it"
        )
    label, what = quantity
    value = point_formula(points, label, what)
    if not points[label].exists.holds(exact):
        raise ParameterError(f"{label} does not exist at these values; it exists if {points[label].exists}")
    level = number(value, exact)
    rows = tuple(_exact(name, exact[name], level, slope(points.game, value, name), exact) for name in names)
    return Elasticities(f"{label} {what}", float(level), rows, exact, value)


def _asked(parameters: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    for name in parameters or ():
        if name not in known:
            raise ParameterError(f"unknown parameter {name!r}{close_match(name, known)}")
    return list(known if parameters is None else parameters)


def _numbers(game: Game, values: Mapping[str, Any] | None) -> dict[str, Fraction]:
    """Return numbers for all parameters, and the starts among the values."""
    given = dict(values or {})
    starts = {name: exact_number(given.pop(name), name) for name in list(given) if name in game.coordinates}
    return {**game.values(given), **starts}


def _exact(
    name: str, value: Fraction, level: sympy.Expr, formula: sympy.Expr, at: Mapping[str, Fraction]
) -> Elasticity:
    derivative = number(formula, at)
    if not level.is_finite or not derivative.is_finite:
        raise ParameterError(f"the formula or its derivative with respect to {name} divides by zero at these values")
    sign = _sign_of(derivative * to_sympy(value) * level)
    if level.is_zero:
        note = "the quantity is zero, so there is no percentage; look at the derivative"
        return Elasticity(name, math.nan, float(derivative), "undecided", "exact", None, formula, 0.0, note)
    exact = to_sympy(value) * derivative / level
    shown: Fraction | sympy.Expr = Fraction(int(exact.p), int(exact.q)) if exact.is_Rational else exact
    return Elasticity(name, float(exact), float(derivative), sign, "exact", shown, formula)


def _sign_of(value: sympy.Expr) -> Sign:
    if value.is_zero:
        return "0"
    return "+" if value.is_positive else "-" if value.is_negative else "undecided"


def _numerical(
    measure: Measure | Callable[..., Any],
    numbers: Mapping[str, Fraction],
    names: Sequence[str],
    step: float,
    **options: Any,
) -> Elasticities:
    if not 0 < step < 0.5:
        raise ParameterError(f"step = {step:g}; a part of the parameter is needed, between 0 and 0.5, such as 0.01")
    base = {name: float(value) for name, value in numbers.items()}
    moved = [name for name in names if base[name]]
    shifts = (-step, -step / 2, step / 2, step)
    table = {name: np.full(1 + 4 * len(moved), value) for name, value in base.items()}
    for k, name in enumerate(moved):
        table[name][1 + 4 * k : 5 + 4 * k] *= 1 + np.array(shifts)
    found = respond(measure, table, None, **options)
    level = float(found.numbers[0])
    rows = {
        name: _differences(name, base[name], level, found.numbers[1 + 4 * k :][:4], step)
        for k, name in enumerate(moved)
    }
    for name in names:
        if name not in rows:
            note = "the parameter is zero: a percentage of it changes nothing"
            rows[name] = Elasticity(name, 0.0 if level else math.nan, math.nan, "0", "numerical", note=note)
    return Elasticities(found.quantity.name, level, tuple(rows[name] for name in names), dict(numbers))


def _differences(name: str, value: float, level: float, near: np.ndarray, step: float) -> Elasticity:
    """Return the elasticity from the quantity at 1 - step, 1 - step/2, 1 + step/2, 1 + step times the parameter."""
    wide, narrow = (near[3] - near[0]) / (2 * step), (near[2] - near[1]) / step  # p dQ/dp
    best = (4 * narrow - wide) / 3
    rounding = 4 * _EPS * float(np.abs([*near, level]).max()) / step
    error = abs(best - narrow) + rounding
    if not level:
        note = "the quantity is zero, so there is no percentage; look at the derivative"
        return Elasticity(name, math.nan, best / value, "undecided", "numerical", error=math.nan, note=note)
    jumps = error > 0.1 * abs(best) and error > 100 * rounding
    note = "the two steps disagree: the quantity jumps or bends near here; try another step" if jumps else ""
    elasticity = best / level
    sign: Sign = "undecided" if jumps or abs(best) <= error else "+" if elasticity > 0 else "-"
    return Elasticity(name, elasticity, best / value, sign, "numerical", error=abs(error / level), note=note)
