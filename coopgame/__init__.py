"""Evolutionary game theory of competition and cooperation: from a payoff table to proofs about its dynamics."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# public name -> module, in the order in which data flows; loaded at first use, so that the import stays light
_WHERE = {
    "parse_expression": "coopgame.expressions",
    "parse_condition": "coopgame.expressions",
    "format_expression": "coopgame.expressions",
    "Assumptions": "coopgame.algebra.assumptions",
    "Condition": "coopgame.algebra.conditions",
    "Decision": "coopgame.algebra.prover",
    "Fact": "coopgame.algebra.prover",
    "Proof": "coopgame.algebra.prover",
    "Prover": "coopgame.algebra.prover",
    "Certificate": "coopgame.algebra.farkas",
    "Population": "coopgame.games.declarations",
    "Parameter": "coopgame.games.declarations",
    "Game": "coopgame.games.game",
    "MatrixGame": "coopgame.games.matrix",
    "NormalFormGame": "coopgame.games.normal_form",
    "PopulationGame": "coopgame.games.population",
    "read_game": "coopgame.games.files",
    "parse_game": "coopgame.games.files",
    "write_game": "coopgame.games.files",
    "cooperation_index": "coopgame.games.decomposition",
    "zero_sum_split": "coopgame.games.decomposition",
    "ZeroSumSplit": "coopgame.games.decomposition",
    "decompose": "coopgame.games.decomposition",
    "StrategicDecomposition": "coopgame.games.decomposition",
    "as_state": "coopgame.dynamics.state",
    "share_names": "coopgame.dynamics.state",
    "VectorField": "coopgame.dynamics.mean",
    "replicator": "coopgame.dynamics.mean",
    "IntegrationOptions": "coopgame.analysis.solution",
    "Trajectory": "coopgame.analysis.trajectories",
    "integrate": "coopgame.analysis.trajectories",
    "Outcome": "coopgame.analysis.outcomes",
    "find_separatrices": "coopgame.analysis.separatrices",
    "Stability": "coopgame.analysis.stability",
    "RestPoint": "coopgame.analysis.points",
    "Component": "coopgame.analysis.points",
    "RestPoints": "coopgame.analysis.points",
    "find_rest_points": "coopgame.analysis.rest_points",
    "Hypersurface": "coopgame.analysis.hypersurfaces",
    "Regime": "coopgame.analysis.regimes",
    "Regimes": "coopgame.analysis.regimes",
    "find_regimes": "coopgame.analysis.regimes",
    "Effect": "coopgame.analysis.comparative",
    "Effects": "coopgame.analysis.comparative",
    "find_effects": "coopgame.analysis.comparative",
    "Threshold": "coopgame.analysis.thresholds",
    "Thresholds": "coopgame.analysis.thresholds",
    "find_thresholds": "coopgame.analysis.thresholds",
    "BasinAreas": "coopgame.analysis.basins",
    "basin_area": "coopgame.analysis.basins",
    "find_basin": "coopgame.analysis.basins",
    "EssVerdict": "coopgame.analysis.ess",
    "is_ess": "coopgame.analysis.ess",
    "find_ess_vertices": "coopgame.analysis.ess",
    "PureEquilibrium": "coopgame.analysis.nash",
    "find_pure_nash_equilibria": "coopgame.analysis.nash",
    "Analysis": "coopgame.analysis.analyse",
    "analyse": "coopgame.analysis.analyse",
    "RecordCheck": "coopgame.report.checker",
    "check_record": "coopgame.report.checker",
    "CoopgameError": "coopgame.errors",
    "ExpressionError": "coopgame.errors",
    "ParameterError": "coopgame.errors",
    "AssumptionError": "coopgame.errors",
    "GameError": "coopgame.errors",
    "GameFileError": "coopgame.errors",
    "StateError": "coopgame.errors",
    "UnsupportedError": "coopgame.errors",
    "IntegrationError": "coopgame.errors",
    "RecordError": "coopgame.errors",
    "ClaimsError": "coopgame.errors",
    "MissingExtraError": "coopgame.errors",
    "CoopgameWarning": "coopgame.errors",
    "FaceStartWarning": "coopgame.errors",
    "FontWarning": "coopgame.errors",
}

__all__ = [*_WHERE, "__version__"]  # noqa: PLE0604

if TYPE_CHECKING:
    from coopgame.algebra.assumptions import Assumptions as Assumptions
    from coopgame.algebra.conditions import Condition as Condition
    from coopgame.algebra.farkas import Certificate as Certificate
    from coopgame.algebra.prover import Decision as Decision
    from coopgame.algebra.prover import Fact as Fact
    from coopgame.algebra.prover import Proof as Proof
    from coopgame.algebra.prover import Prover as Prover
    from coopgame.analysis.analyse import Analysis as Analysis
    from coopgame.analysis.analyse import analyse as analyse
    from coopgame.analysis.basins import BasinAreas as BasinAreas
    from coopgame.analysis.basins import basin_area as basin_area
    from coopgame.analysis.basins import find_basin as find_basin
    from coopgame.analysis.comparative import Effect as Effect
    from coopgame.analysis.comparative import Effects as Effects
    from coopgame.analysis.comparative import find_effects as find_effects
    from coopgame.analysis.ess import EssVerdict as EssVerdict
    from coopgame.analysis.ess import find_ess_vertices as find_ess_vertices
    from coopgame.analysis.ess import is_ess as is_ess
    from coopgame.analysis.hypersurfaces import Hypersurface as Hypersurface
    from coopgame.analysis.nash import PureEquilibrium as PureEquilibrium
    from coopgame.analysis.nash import find_pure_nash_equilibria as find_pure_nash_equilibria
    from coopgame.analysis.outcomes import Outcome as Outcome
    from coopgame.analysis.points import Component as Component
    from coopgame.analysis.points import RestPoint as RestPoint
    from coopgame.analysis.points import RestPoints as RestPoints
    from coopgame.analysis.regimes import Regime as Regime
    from coopgame.analysis.regimes import Regimes as Regimes
    from coopgame.analysis.regimes import find_regimes as find_regimes
    from coopgame.analysis.rest_points import find_rest_points as find_rest_points
    from coopgame.analysis.separatrices import find_separatrices as find_separatrices
    from coopgame.analysis.solution import IntegrationOptions as IntegrationOptions
    from coopgame.analysis.stability import Stability as Stability
    from coopgame.analysis.thresholds import Threshold as Threshold
    from coopgame.analysis.thresholds import Thresholds as Thresholds
    from coopgame.analysis.thresholds import find_thresholds as find_thresholds
    from coopgame.analysis.trajectories import Trajectory as Trajectory
    from coopgame.analysis.trajectories import integrate as integrate
    from coopgame.dynamics.mean import VectorField as VectorField
    from coopgame.dynamics.mean import replicator as replicator
    from coopgame.dynamics.state import as_state as as_state
    from coopgame.dynamics.state import share_names as share_names
    from coopgame.errors import AssumptionError as AssumptionError
    from coopgame.errors import ClaimsError as ClaimsError
    from coopgame.errors import CoopgameError as CoopgameError
    from coopgame.errors import CoopgameWarning as CoopgameWarning
    from coopgame.errors import ExpressionError as ExpressionError
    from coopgame.errors import FaceStartWarning as FaceStartWarning
    from coopgame.errors import FontWarning as FontWarning
    from coopgame.errors import GameError as GameError
    from coopgame.errors import GameFileError as GameFileError
    from coopgame.errors import IntegrationError as IntegrationError
    from coopgame.errors import MissingExtraError as MissingExtraError
    from coopgame.errors import ParameterError as ParameterError
    from coopgame.errors import RecordError as RecordError
    from coopgame.errors import StateError as StateError
    from coopgame.errors import UnsupportedError as UnsupportedError
    from coopgame.expressions import format_expression as format_expression
    from coopgame.expressions import parse_condition as parse_condition
    from coopgame.expressions import parse_expression as parse_expression
    from coopgame.games.declarations import Parameter as Parameter
    from coopgame.games.declarations import Population as Population
    from coopgame.games.decomposition import StrategicDecomposition as StrategicDecomposition
    from coopgame.games.decomposition import ZeroSumSplit as ZeroSumSplit
    from coopgame.games.decomposition import cooperation_index as cooperation_index
    from coopgame.games.decomposition import decompose as decompose
    from coopgame.games.decomposition import zero_sum_split as zero_sum_split
    from coopgame.games.files import parse_game as parse_game
    from coopgame.games.files import read_game as read_game
    from coopgame.games.files import write_game as write_game
    from coopgame.games.game import Game as Game
    from coopgame.games.matrix import MatrixGame as MatrixGame
    from coopgame.games.normal_form import NormalFormGame as NormalFormGame
    from coopgame.games.population import PopulationGame as PopulationGame
    from coopgame.report.checker import RecordCheck as RecordCheck
    from coopgame.report.checker import check_record as check_record


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'coopgame' has no attribute {name!r}")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
