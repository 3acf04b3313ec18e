"""Named games of the field, each with its source; symbols stay unless numbers are given."""

from __future__ import annotations

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
from coopgame.games.catalog.overview import CatalogEntry, GameList, list_games
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
from coopgame.games.public_goods import (
    collective_risk,
    group_snowdrift,
    linear_public_good,
    threshold_public_good,
    volunteers_dilemma,
)

__all__ = [
    "CatalogEntry",
    "GameList",
    "asymmetric_matching_pennies",
    "battle_of_the_sexes",
    "bertrand_duopoly",
    "collective_risk",
    "commons_feedback",
    "coordination",
    "cournot_duopoly",
    "cyclic_competition",
    "dawkins_sexes",
    "donation_game",
    "enterprise_cluster",
    "entry_deterrence",
    "footloose_entrepreneur",
    "group_snowdrift",
    "harmony",
    "hawk_dove",
    "hawk_dove_bourgeois",
    "hawk_dove_retaliator",
    "hypercycle",
    "inspection_game",
    "iterated_prisoners_dilemma",
    "language_game",
    "linear_public_good",
    "list_games",
    "matching_pennies",
    "optional_public_goods",
    "platform_supervision",
    "predator_prey",
    "prisoners_dilemma",
    "public_goods_with_punishment",
    "renewable_resource",
    "rock_paper_scissors",
    "rock_paper_scissors_between_two",
    "rock_paper_scissors_with_twin",
    "shapley_game",
    "skyrms_chaos",
    "snowdrift",
    "stag_hunt",
    "symbiosis",
    "tacit_collusion",
    "threshold_public_good",
    "two_strategies",
    "ultimatum_minigame",
    "volunteers_dilemma",
    "zeeman_game",
]
