"""Evolutionary game theory of competition and cooperation: from a payoff table to proofs about its dynamics."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# public name -> module, in the order in which data flows; loaded at first use, so that the import stays light
_WHERE = {
    "parse_expression": "coopgame.expressions",
    "parse_condition": "coopgame.expressions",
    "Assumptions": "coopgame.algebra.assumptions",
    "Prover": "coopgame.algebra.prover",
    "Population": "coopgame.games.game",
    "Parameter": "coopgame.games.game",
    "Game": "coopgame.games.game",
    "MatrixGame": "coopgame.games.matrix",
    "NormalFormGame": "coopgame.games.normal_form",
    "PopulationGame": "coopgame.games.population",
    "read_game": "coopgame.games.files",
    "parse_game": "coopgame.games.files",
    "cooperation_index": "coopgame.games.decomposition",
    "decompose": "coopgame.games.decomposition",
    "VectorField": "coopgame.dynamics.mean",
    "replicator": "coopgame.dynamics.mean",
    "IntegrationOptions": "coopgame.analysis.trajectories",
    "Trajectory": "coopgame.analysis.trajectories",
    "integrate": "coopgame.analysis.trajectories",
    "Stability": "coopgame.analysis.stability",
    "RestPoint": "coopgame.analysis.points",
    "RestPoints": "coopgame.analysis.points",
    "find_rest_points": "coopgame.analysis.rest_points",
    "Regime": "coopgame.analysis.regimes",
    "Regimes": "coopgame.analysis.regimes",
    "find_regimes": "coopgame.analysis.regimes",
    "is_ess": "coopgame.analysis.ess",
    "find_ess_vertices": "coopgame.analysis.ess",
    "find_pure_nash_equilibria": "coopgame.analysis.nash",
    "Analysis": "coopgame.analysis.analyse",
    "analyse": "coopgame.analysis.analyse",
    "CoopgameError": "coopgame.errors",
    "CoopgameWarning": "coopgame.errors",
}

__all__ = [*_WHERE, "__version__"]  # noqa: PLE0604

if TYPE_CHECKING:
    from coopgame.algebra.assumptions import Assumptions as Assumptions
    from coopgame.algebra.prover import Prover as Prover
    from coopgame.analysis.analyse import Analysis as Analysis
    from coopgame.analysis.analyse import analyse as analyse
    from coopgame.analysis.ess import find_ess_vertices as find_ess_vertices
    from coopgame.analysis.ess import is_ess as is_ess
    from coopgame.analysis.nash import find_pure_nash_equilibria as find_pure_nash_equilibria
    from coopgame.analysis.points import RestPoint as RestPoint
    from coopgame.analysis.points import RestPoints as RestPoints
    from coopgame.analysis.regimes import Regime as Regime
    from coopgame.analysis.regimes import Regimes as Regimes
    from coopgame.analysis.regimes import find_regimes as find_regimes
    from coopgame.analysis.rest_points import find_rest_points as find_rest_points
    from coopgame.analysis.stability import Stability as Stability
    from coopgame.analysis.trajectories import IntegrationOptions as IntegrationOptions
    from coopgame.analysis.trajectories import Trajectory as Trajectory
    from coopgame.analysis.trajectories import integrate as integrate
    from coopgame.dynamics.mean import VectorField as VectorField
    from coopgame.dynamics.mean import replicator as replicator
    from coopgame.errors import CoopgameError as CoopgameError
    from coopgame.errors import CoopgameWarning as CoopgameWarning
    from coopgame.expressions import parse_condition as parse_condition
    from coopgame.expressions import parse_expression as parse_expression
    from coopgame.games.decomposition import cooperation_index as cooperation_index
    from coopgame.games.decomposition import decompose as decompose
    from coopgame.games.files import parse_game as parse_game
    from coopgame.games.files import read_game as read_game
    from coopgame.games.game import Game as Game
    from coopgame.games.game import Parameter as Parameter
    from coopgame.games.game import Population as Population
    from coopgame.games.matrix import MatrixGame as MatrixGame
    from coopgame.games.normal_form import NormalFormGame as NormalFormGame
    from coopgame.games.population import PopulationGame as PopulationGame


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'coopgame' has no attribute {name!r}")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
