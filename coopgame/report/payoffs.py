"""The payoffs of a game as text for a terminal, with their orientation in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sympy

from coopgame.expressions import format_expression
from coopgame.games.display import group_orientation, payoff_table
from coopgame.games.game import Game
from coopgame.games.group import GroupGame
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.population import PopulationGame
from coopgame.report.terminal import aligned, display_width, labelled, wrapped


def payoff_lines(game: Game, width: int) -> list[str]:
    """Return the payoffs in lines of at most `width` columns; a table where it fits, else one line per payoff."""
    if isinstance(game, MatrixGame):
        return list(_matrix(game, width))
    if isinstance(game, NormalFormGame):
        return list(_profiles(game, width))
    if isinstance(game, GroupGame):
        return list(_group(game, width))
    return list(_expected(game, width))


def _group(game: GroupGame, width: int) -> Iterator[str]:
    if len(game.payoffs) > 2:
        yield from _compositions(game, width)
        return
    text = group_orientation(game)
    yield from wrapped(f"{text[0].upper()}{text[1:]}.", width, "  ")
    yield ""
    columns = [str(k) for k in range(game.size)]
    yield from _grid(game.populations[0].strategies, columns, game.payoffs, width, " with ")


def _compositions(game: GroupGame, width: int) -> Iterator[str]:
    table = payoff_table(game)
    yield from wrapped(f"{table.orientation[0].upper()}{table.orientation[1:]}.", width, "  ")
    yield ""
    lines = aligned([table.heads, *table.rows])
    if max(map(display_width, lines)) <= width:
        yield from lines
        return
    pairs = [
        (f"{strategy} with {', '.join(row[: table.names])}", cell)
        for k, strategy in enumerate(game.populations[0].strategies)
        for row in table.rows
        for cell in (row[table.names + k],)
    ]
    yield from labelled(pairs, width, 2, [label for label, _ in pairs])


def _matrix(game: MatrixGame, width: int) -> Iterator[str]:
    names = game.populations[0].strategies
    yield from wrapped("What the row strategy earns when it meets the column strategy.", width, "  ")
    yield ""
    yield from _grid(names, names, game.payoffs, width, " meets ")


def _profiles(game: NormalFormGame, width: int) -> Iterator[str]:
    populations = [population.name for population in game.populations]
    text = f"One line per profile ({', '.join(populations)}); what each of them earns there."
    yield from wrapped(text, width, "  ")
    yield ""
    profiles = [", ".join(profile) for profile in game.profiles]
    rows = [game.payoff(profile) for profile in game.profiles]
    yield from _grid(profiles, populations, rows, width, ": ")


def _expected(game: Game, width: int) -> Iterator[str]:
    differences = isinstance(game, PopulationGame) and game.from_differences
    text = "What each strategy earns at a state, in shares and parameters."
    if differences:
        text = "What the first strategy earns more than the second, in shares and parameters."
    yield from wrapped(text, width, "  ")
    yield ""
    rows = []
    for p, population in enumerate(game.populations):
        for s, strategy in enumerate(population.strategies[:1] if differences else population.strategies):
            expression = game.advantage(p) if differences else game.expected_payoff(p, s)
            rows.append((f"{population.name}.{strategy}", format_expression(expression)))
    yield from labelled(rows, width, 2, [label for label, _ in rows])


def _grid(
    rows: Sequence[str],
    columns: Sequence[str],
    entries: Sequence[Sequence[sympy.Expr]],
    width: int,
    between: str,
) -> list[str]:
    cells = [[format_expression(entry) for entry in row] for row in entries]
    table = aligned([("", *columns), *((name, *row) for name, row in zip(rows, cells, strict=True))])
    if max(map(display_width, table)) <= width:
        return table
    pairs = [
        (f"{row}{between}{column}", cell)
        for row, line in zip(rows, cells, strict=True)
        for column, cell in zip(columns, line, strict=True)
    ]
    return labelled(pairs, width, 2, [label for label, _ in pairs])
