"""The dynamics that a sweep file names: the replicator, or another protocol or update rule with its settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from coopgame.dynamics import protocols, update_rules
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Law
from coopgame.dynamics.mean import mean_dynamic, replicator
from coopgame.errors import CoopgameError, GameFileError
from coopgame.games.document import close_match, path_of, shown, text_at
from coopgame.games.game import Game

_REPLICATOR = "replicator"
LAWS: Mapping[str, Callable[..., Law]] = {
    law.__name__: law
    for law in (
        protocols.imitation_of_the_dissatisfied,
        protocols.imitation_of_success,
        protocols.fermi_imitation,
        protocols.imitative_logit,
        protocols.logit,
        protocols.smith,
        protocols.brown_von_neumann_nash,
        protocols.best_response,
        update_rules.maynard_smith,
        update_rules.projection,
        update_rules.replicator_mutator,
        update_rules.selection_mutation,
    )
}


def dynamics_of(given: Any, game: Game) -> VectorField:
    """Return the dynamics of the key `dynamics` of a document: a name, or a table with a name and settings.

    Settings are numbers, or texts in the game's parameters. Raises GameFileError, with the path inside the document.
    """
    if not isinstance(given, Mapping):
        given = {"name": given}
    name = text_at(given, "name", "dynamics").strip().replace(" ", "_").replace("-", "_")
    if name != _REPLICATOR and name not in LAWS:
        raise GameFileError(f"unknown dynamics {name[:60]!r}{close_match(name, (_REPLICATOR, *LAWS))}", "dynamics")
    accepted = inspect.signature(LAWS[name]).parameters if name in LAWS else {}
    settings = {key: value for key, value in given.items() if key != "name"}
    for key, value in settings.items():
        if key not in accepted:
            raise GameFileError(f"unknown setting {key[:60]!r}{close_match(key, accepted)}", path_of("dynamics", key))
        if isinstance(value, bool | list | Mapping):
            raise GameFileError(
                f'a number or a text such as "1/10" is needed, got {shown(value)}', path_of("dynamics", key)
            )
    for key, parameter in accepted.items():
        if parameter.default is parameter.empty and key not in settings:
            raise GameFileError(f"{name} needs {key}; write for instance {key} = 0.1", "dynamics")
    try:
        return replicator(game) if name == _REPLICATOR else mean_dynamic(game, LAWS[name](**settings))
    except CoopgameError as error:
        raise GameFileError(str(error), "dynamics") from error
