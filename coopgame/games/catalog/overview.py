"""What the catalogue holds: every named game with its kind, strategies, parameters and source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from coopgame.errors import GameError
from coopgame.games.catalog.clusters import cyclic_competition, enterprise_cluster, predator_prey, symbiosis
from coopgame.games.catalog.contests import hawk_dove, hawk_dove_bourgeois, hawk_dove_retaliator
from coopgame.games.catalog.cycles import (
    hypercycle,
    rock_paper_scissors,
    rock_paper_scissors_with_twin,
    skyrms_chaos,
    zeeman_game,
)
from coopgame.games.catalog.economics import (
    bertrand_duopoly,
    cournot_duopoly,
    entry_deterrence,
    footloose_entrepreneur,
    inspection_game,
)
from coopgame.games.catalog.feedback import commons_feedback, renewable_resource
from coopgame.games.catalog.groups import optional_public_goods, public_goods_with_punishment
from coopgame.games.catalog.pairs import (
    coordination,
    donation_game,
    harmony,
    language_game,
    prisoners_dilemma,
    snowdrift,
    stag_hunt,
    two_strategies,
)
from coopgame.games.catalog.repeated import iterated_prisoners_dilemma, tacit_collusion, ultimatum_minigame
from coopgame.games.catalog.roles import (
    asymmetric_matching_pennies,
    battle_of_the_sexes,
    dawkins_sexes,
    matching_pennies,
    rock_paper_scissors_between_two,
    shapley_game,
)
from coopgame.games.catalog.supervision import platform_supervision
from coopgame.games.game import Game
from coopgame.games.public_goods import (
    collective_risk,
    group_snowdrift,
    linear_public_good,
    threshold_public_good,
    volunteers_dilemma,
)

_FAMILIES: dict[str, tuple[Callable[..., Game], ...]] = {
    "pairs": (
        two_strategies,
        prisoners_dilemma,
        donation_game,
        stag_hunt,
        snowdrift,
        harmony,
        coordination,
        language_game,
    ),
    "contests": (hawk_dove, hawk_dove_retaliator, hawk_dove_bourgeois),
    "cycles": (rock_paper_scissors, rock_paper_scissors_with_twin, zeeman_game, hypercycle, skyrms_chaos),
    "roles": (
        matching_pennies,
        asymmetric_matching_pennies,
        battle_of_the_sexes,
        dawkins_sexes,
        shapley_game,
        rock_paper_scissors_between_two,
    ),
    "repeated": (iterated_prisoners_dilemma, tacit_collusion, ultimatum_minigame),
    "groups": (
        linear_public_good,
        threshold_public_good,
        volunteers_dilemma,
        collective_risk,
        group_snowdrift,
        optional_public_goods,
        public_goods_with_punishment,
    ),
    "feedback": (commons_feedback, renewable_resource),
    "quantities": (symbiosis, enterprise_cluster, predator_prey, cyclic_competition),
    "economics": (
        cournot_duopoly,
        bertrand_duopoly,
        entry_deterrence,
        inspection_game,
        footloose_entrepreneur,
        platform_supervision,
    ),
}
# sizes with which games that need one are shown
_SHOWN: dict[str, dict[str, int]] = {
    "language_game": {"size": 3},
    "hypercycle": {"size": 4},
    "linear_public_good": {"size": 4},
    "threshold_public_good": {"size": 5, "threshold": 3},
    "volunteers_dilemma": {"size": 3},
    "collective_risk": {"size": 5, "threshold": 3},
    "group_snowdrift": {"size": 3},
    "optional_public_goods": {"size": 5},
    "public_goods_with_punishment": {"size": 5},
}


@dataclass(frozen=True)
class CatalogEntry:
    """A named game of the catalogue. call: the function with the sizes it was shown with. game: what the call returns."""

    call: str
    family: str
    game: Game = field(repr=False)

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.call.partition("(")[0]

    @property
    def strategies(self) -> str:
        """The strategies of every population in a line; of a model of quantities alone, the quantities."""
        if not self.game.populations:
            return f"quantities: {', '.join(self.game.coordinates)}"
        return "; ".join(f"{p.name}: {', '.join(p.strategies)}" for p in self.game.populations)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, to which numbers may be given."""
        return tuple(p.name for p in self.game.parameters)


@dataclass(frozen=True)
class GameList:
    """Games of the catalogue in a table, by family; `games[name]` is an entry, `games.matching(word)` a shorter list."""

    entries: tuple[CatalogEntry, ...]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[CatalogEntry]:
        return iter(self.entries)

    def __getitem__(self, name: str) -> CatalogEntry:
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise GameError(
            f"no game {name!r} in this list; it holds {', '.join(e.name for e in self.entries) or 'none'}"
        )

    def matching(self, word: str) -> GameList:
        """Return the games whose function, name, family, kind, strategies or source contain a word, in English or Chinese."""
        return GameList(tuple(e for e in self.entries if word.casefold() in _text(e).casefold()))

    def text(self) -> str:
        """Return one line for each game: its function, kind, strategies and parameters."""
        rows = [(e.call, e.game.kind, e.strategies, " ".join(e.parameters)) for e in self.entries]
        widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{h}</th>" for h in ("game", "name", "kind", "strategies", "parameters", "source"))
        body, family = "", ""
        for entry in self.entries:
            if entry.family != family:
                family = entry.family
                body += f'<tr><th colspan="6">{escape(family)}</th></tr>'
            game = entry.game
            cells = (
                f"<code>{escape(entry.call)}</code>",
                escape(f"{game.name} {game.zh or ''}"),
                escape(game.kind),
                escape(entry.strategies),
                escape(", ".join(entry.parameters)),
                escape(game.source or ""),
            )
            body += "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def list_games() -> GameList:
    """Return all named games with their kinds, strategies, parameters and sources.

    Functions that need the size of a group or the number of strategies are shown with one.

    >>> from coopgame import catalog
    >>> [entry.call for entry in catalog.list_games().matching("Zeeman")]
    ['rock_paper_scissors()', 'zeeman_game()']
    """
    return GameList(tuple(_entry(family, make) for family, games in _FAMILIES.items() for make in games))


def _entry(family: str, make: Callable[..., Game]) -> CatalogEntry:
    sizes: Mapping[str, Any] = _SHOWN.get(make.__name__, {})
    shown = ", ".join(str(value) for value in sizes.values())
    return CatalogEntry(f"{make.__name__}({shown})", family, make(**sizes))


def _text(entry: CatalogEntry) -> str:
    """Return what may be searched: all that the list shows, and the Chinese names."""
    game = entry.game
    chinese = [name for p in game.populations for name in (p.name_in("zh"), *p.strategies_in("zh"))]
    chinese += [variable.zh or "" for variable in game.environment]
    parts = [entry.call, entry.family, game.kind, entry.strategies, game.name, game.zh or "", game.source or ""]
    return " ".join([*parts, *chinese])
