"""The command that lists the equilibria of a game, and what nearby states do at each."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from coopgame.cli_input import PairsCommand, game_file, values_option


@click.command(cls=PairsCommand, short_help="All Nash equilibria of a game file, and their stability.")
@game_file
@values_option
@click.option("--latex", is_flag=True, help="Print the table of equilibria for LaTeX (booktabs).")
@click.option("--csv", "as_csv", is_flag=True, help="Print equilibria, payoffs, index and stability as CSV.")
def equilibria(file: Path, values: dict[str, Fraction], latex: bool, as_csv: bool) -> None:
    """Print the Nash equilibria of the game in FILE, whether the list is complete, and what nearby states do under the replicator.

    FILE is a game file, a Gambit file (.nfg), or a payoff table (.csv, .xlsx). All parameters need numbers, in FILE or by --values. Of a game in one
    population the states are listed, and which of them are evolutionarily stable.

    \b
    Examples:
      coopgame equilibria inspection.toml --values F=5 c=1 g=2
      coopgame equilibria prices.csv --latex
    """
    from coopgame.analysis.stable_states import find_ess
    from coopgame.equilibria.nash import nash_equilibria
    from coopgame.equilibria.stability import find_equilibrium_stability
    from coopgame.games.files import read_game
    from coopgame.games.matrix import MatrixGame

    if latex and as_csv:
        raise click.UsageError("--latex and --csv are two forms of one table; choose one of them")
    game = read_game(file)
    found = nash_equilibria(game, values)
    if latex:
        click.echo(found.to_latex(), nl=False)
        return
    stability = find_equilibrium_stability(found)
    if as_csv:
        table = found.to_dataframe().reset_index(drop=True)
        judged = stability.to_dataframe().reset_index(drop=True)[["eigenvalues", "type", "nearby states", "because"]]
        click.echo(table.join(judged).to_csv(index=False), nl=False)
        return
    click.echo(str(found))
    for component in found.components:
        if not component.is_point:
            members = ", ".join(str(n + 1) for n in component.members)
            click.echo(f"{members} are connected by equilibria; index {component.index}")
    click.echo()
    click.echo(f"under {stability.dynamics.name}:")
    for number, one in enumerate(stability, start=1):
        click.echo(f"{number}. {one.verdict.stability}, {one.verdict.attracting}: {one.verdict.because}")
    if isinstance(game, MatrixGame):
        click.echo()
        click.echo(str(find_ess(game, values)))
