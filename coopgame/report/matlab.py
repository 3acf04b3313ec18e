"""The field of a game as MATLAB and Octave programs, for co-authors who use them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import sympy
from sympy.printing.octave import octave_code

from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator
from coopgame.dynamics.state import as_state, slices
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

_SCRIPT = "simulate"
_TAKEN = frozenset(
    [
        _SCRIPT,
        "p",
        "t",
        "x",
        "x0",
        "options",
        "ode45",
        "odeset",
        "struct",
        "plot",
        "xlabel",
        "ylabel",
        "ylim",
        "legend",
        "zeros",
    ]
)
_RESERVED = frozenset(
    [
        "break",
        "case",
        "catch",
        "classdef",
        "continue",
        "else",
        "elseif",
        "end",
        "for",
        "function",
        "global",
        "if",
        "otherwise",
        "parfor",
        "persistent",
        "return",
        "spmd",
        "switch",
        "try",
        "while",
        "do",
        "until",
        "endif",
        "endwhile",
        "endfor",
        "endfunction",
        "unwind_protect",
    ]
)


def matlab_function(game: Game, name: str = "field") -> str:
    """Return a function file dx = name(t, x, p): the replicator field in `game.coordinates`, parameters as fields of p.

    The text is plain ASCII and runs in MATLAB and Octave. Names that they could not use are replaced, and a comment says by what.
    """
    _check_name(name)
    dynamics = replicator(game)
    coordinates = [f"x({i + 1})" for i in range(len(game.coordinates))]
    fields = _fields(game)
    replaced: dict[sympy.Expr, sympy.Expr] = {
        sympy.Symbol(n): sympy.Symbol(f"p.{fields[n]}") for n in game.ring.names
    }
    replaced |= {sympy.Symbol(n): sympy.Symbol(c) for n, c in zip(game.coordinates, coordinates, strict=True)}
    lines = [
        f"function dx = {name}(t, x, p)",
        f"% {_ascii(game.name) or 'Game'}: {_kind(dynamics)}, written by coopgame.",
        *(f"% {c} = {_ascii(n)}" for n, c in zip(game.coordinates, coordinates, strict=True)),
        *(f"% p.{f} stands for {_ascii(n)}" for n, f in fields.items() if f != n),
        f"dx = zeros({len(coordinates)}, 1);",
    ]
    for i, rate in enumerate(_rates(dynamics), 1):
        lines.append(f"dx({i}) = {_code(rate.xreplace(replaced))};")
    return "\n".join([*lines, "end"]) + "\n"


def _kind(dynamics: VectorField) -> str:
    return "replicator dynamics" if dynamics.game.populations else "rates"


def matlab_script(
    game: Game,
    initial: Any,
    values: Mapping[str, Any] | None = None,
    *,
    t_end: float = 100.0,
    name: str = "field",
) -> str:
    """Return a script that sets all parameters, integrates with ode45 from a state, and plots; it calls matlab_function's file."""
    _check_name(name)
    exact = game.values(values)
    fields = _fields(game)
    meanings = {p.name: p.meaning for p in game.parameters}
    start = _start(game, initial)
    lines = [f"% {_ascii(game.name) or 'Game'}: a trajectory, written by coopgame. Needs {name}.m beside it."]
    for parameter, value in exact.items():
        meaning = f"  % {_ascii(meanings[parameter] or '')}" if meanings[parameter] else ""
        lines.append(f"p.{fields[parameter]} = {_number(value)};{meaning}")
    if not exact:
        lines.append("p = struct();")
    legend = ", ".join(f"'{_ascii(n)}'" for n in game.coordinates)
    lines += [
        f"x0 = [{'; '.join(f'{v:.17g}' for v in start)}];",
        "options = odeset('RelTol', 1e-10, 'AbsTol', 1e-12);",
        f"[t, x] = ode45(@(t, x) {name}(t, x, p), [0 {t_end:.17g}], x0, options);",
        "plot(t, x, 'LineWidth', 1.5);",
        "xlabel('t'); ylabel('share'); ylim([0 1]);",
        f"legend({legend}, 'Location', 'best');",
    ]
    return "\n".join(lines) + "\n"


def write_matlab(
    game: Game,
    folder: str | Path,
    initial: Any,
    values: Mapping[str, Any] | None = None,
    *,
    t_end: float = 100.0,
    name: str = "field",
) -> list[Path]:
    """Write the function file, field.m unless `name` says otherwise, and simulate.m into a folder; return the files."""
    if name.lower() in _TAKEN:
        raise UnsupportedError(f"{name} is used by {_SCRIPT}.m itself; choose another name for the function")
    function = matlab_function(game, name)
    texts = {name: function, _SCRIPT: matlab_script(game, initial, values, t_end=t_end, name=name)}
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for stem, text in texts.items():
        (target / f"{stem}.m").write_text(text, encoding="ascii", newline="\n")
    return [target / f"{stem}.m" for stem in texts]


def _rates(dynamics: VectorField) -> Sequence[sympy.Expr]:
    return dynamics.rates


def _code(expression: sympy.Expr) -> str:
    # numbers, not arrays: plain operators read as co-authors write them
    text: str = octave_code(expression, human=True)
    if "Not supported" in text:
        raise UnsupportedError(
            f"{expression} has no MATLAB form; write it with + - * / powers, exp, log, sqrt, min, max"
        )
    return text.replace(".^", "^").replace(".*", "*").replace("./", "/")


def _fields(game: Game) -> dict[str, str]:
    """Return a field name for every parameter: its own where MATLAB takes it."""
    found: dict[str, str] = {}
    for name in game.ring.names:
        field = re.sub(r"[^A-Za-z0-9_]", "", name).lstrip("_0123456789") or "q"
        field = f"{field}_" if field in _RESERVED else field
        number = 2
        unique = field
        while unique in found.values():
            unique, number = f"{field}{number}", number + 1
        found[name] = unique
    return found


def _number(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    decimal = repr(float(value))
    return decimal if Fraction(decimal) == value else f"{value.numerator}/{value.denominator}"


def _start(game: Game, initial: Any) -> list[float]:
    state = as_state(game, initial)
    found: list[float] = []
    for block, part in zip(game.blocks, slices(game), strict=True):
        shares = [float(v) for v in state[part]]
        found += shares[:1] if block.symbol else shares
    return found


def _ascii(text: str) -> str:
    plain = text.encode("ascii", "ignore").decode().replace("'", "").replace("%", "").strip()
    return " ".join(plain.split())


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or name in _RESERVED:
        raise UnsupportedError(f"{name!r} is no name for a MATLAB function; use letters, digits and _")
