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
    "Environment": "coopgame.games.declarations",
    "Game": "coopgame.games.game",
    "MatrixGame": "coopgame.games.matrix",
    "NormalFormGame": "coopgame.games.normal_form",
    "GroupGame": "coopgame.games.group",
    "PopulationGame": "coopgame.games.population",
    "threshold_public_good": "coopgame.games.public_goods",
    "linear_public_good": "coopgame.games.public_goods",
    "volunteers_dilemma": "coopgame.games.public_goods",
    "group_snowdrift": "coopgame.games.public_goods",
    "collective_risk": "coopgame.games.public_goods",
    "add_transfer": "coopgame.games.incentives",
    "proportional": "coopgame.games.incentives",
    "capped": "coopgame.games.incentives",
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
    "Bifurcation": "coopgame.analysis.bifurcations",
    "Bifurcations": "coopgame.analysis.bifurcations",
    "find_bifurcations": "coopgame.analysis.bifurcations",
    "SignPattern": "coopgame.analysis.gain_signs",
    "SignPatterns": "coopgame.analysis.gain_signs",
    "find_sign_patterns": "coopgame.analysis.gain_signs",
    "FoldCurve": "coopgame.analysis.folds",
    "Fold": "coopgame.analysis.folds",
    "find_fold_curve": "coopgame.analysis.folds",
    "find_folds": "coopgame.analysis.folds",
    "MixedCounts": "coopgame.analysis.mixed_counts",
    "count_mixed_points": "coopgame.analysis.mixed_counts",
    "FiniteGains": "coopgame.analysis.finite_groups",
    "find_finite_gains": "coopgame.analysis.finite_groups",
    "Hypersurface": "coopgame.analysis.hypersurfaces",
    "Cycling": "coopgame.analysis.cycling",
    "find_cycling": "coopgame.analysis.cycling",
    "Portrait": "coopgame.analysis.portraits",
    "Portraits": "coopgame.analysis.portraits",
    "find_portraits": "coopgame.analysis.portraits",
    "Crossing": "coopgame.analysis.crossings",
    "SurfaceChange": "coopgame.analysis.surface_kinds",
    "SurfaceKind": "coopgame.analysis.surface_kinds",
    "Regime": "coopgame.analysis.regimes",
    "Regimes": "coopgame.analysis.regimes",
    "find_joint_stability": "coopgame.analysis.regimes",
    "find_regimes": "coopgame.analysis.regimes",
    "Label": "coopgame.analysis.outlooks",
    "Outlook": "coopgame.analysis.outlooks",
    "Outlooks": "coopgame.analysis.outlooks",
    "find_outlooks": "coopgame.analysis.outlooks",
    "ConservedQuantity": "coopgame.analysis.conserved",
    "find_conserved_quantities": "coopgame.analysis.conserved",
    "GameClasses": "coopgame.analysis.classes",
    "classify_game": "coopgame.analysis.classes",
    "Permanence": "coopgame.analysis.permanence",
    "find_permanence": "coopgame.analysis.permanence",
    "HeteroclinicCycle": "coopgame.analysis.heteroclinic",
    "find_heteroclinic_cycles": "coopgame.analysis.heteroclinic",
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
    "is_nss": "coopgame.analysis.ess",
    "find_ess_vertices": "coopgame.analysis.ess",
    "StableState": "coopgame.analysis.stable_states",
    "StableStates": "coopgame.analysis.stable_states",
    "find_ess": "coopgame.analysis.stable_states",
    "EquilibriumSet": "coopgame.analysis.es_sets",
    "EsSets": "coopgame.analysis.es_sets",
    "find_es_sets": "coopgame.analysis.es_sets",
    "PureEquilibrium": "coopgame.analysis.nash",
    "find_pure_nash_equilibria": "coopgame.analysis.nash",
    "Analysis": "coopgame.analysis.analyse",
    "analyse": "coopgame.analysis.analyse",
    "Publication": "coopgame.report.publication",
    "publication": "coopgame.report.publication",
    "matlab_function": "coopgame.report.matlab",
    "matlab_script": "coopgame.report.matlab",
    "write_matlab": "coopgame.report.matlab",
    "Published": "coopgame.analysis.published",
    "read_published": "coopgame.analysis.published",
    "VertexPattern": "coopgame.analysis.vertex_patterns",
    "find_vertex_patterns": "coopgame.analysis.vertex_patterns",
    "AuditCell": "coopgame.analysis.auditing.result",
    "AuditRemark": "coopgame.analysis.auditing.result",
    "Audit": "coopgame.analysis.auditing.result",
    "audit": "coopgame.analysis.audit",
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

# public modules, loaded in the same way: `from coopgame import catalog`
_MODULES = {"catalog": "coopgame.games.catalog"}

__all__ = [*_WHERE, *_MODULES, "__version__"]  # noqa: PLE0604

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
    from coopgame.analysis.audit import audit as audit
    from coopgame.analysis.auditing.result import Audit as Audit
    from coopgame.analysis.auditing.result import AuditCell as AuditCell
    from coopgame.analysis.auditing.result import AuditRemark as AuditRemark
    from coopgame.analysis.basins import BasinAreas as BasinAreas
    from coopgame.analysis.basins import basin_area as basin_area
    from coopgame.analysis.basins import find_basin as find_basin
    from coopgame.analysis.bifurcations import Bifurcation as Bifurcation
    from coopgame.analysis.bifurcations import Bifurcations as Bifurcations
    from coopgame.analysis.bifurcations import find_bifurcations as find_bifurcations
    from coopgame.analysis.classes import GameClasses as GameClasses
    from coopgame.analysis.classes import classify_game as classify_game
    from coopgame.analysis.comparative import Effect as Effect
    from coopgame.analysis.comparative import Effects as Effects
    from coopgame.analysis.comparative import find_effects as find_effects
    from coopgame.analysis.conserved import ConservedQuantity as ConservedQuantity
    from coopgame.analysis.conserved import find_conserved_quantities as find_conserved_quantities
    from coopgame.analysis.crossings import Crossing as Crossing
    from coopgame.analysis.cycling import Cycling as Cycling
    from coopgame.analysis.cycling import find_cycling as find_cycling
    from coopgame.analysis.es_sets import EquilibriumSet as EquilibriumSet
    from coopgame.analysis.es_sets import EsSets as EsSets
    from coopgame.analysis.es_sets import find_es_sets as find_es_sets
    from coopgame.analysis.ess import EssVerdict as EssVerdict
    from coopgame.analysis.ess import find_ess_vertices as find_ess_vertices
    from coopgame.analysis.ess import is_ess as is_ess
    from coopgame.analysis.ess import is_nss as is_nss
    from coopgame.analysis.finite_groups import FiniteGains as FiniteGains
    from coopgame.analysis.finite_groups import find_finite_gains as find_finite_gains
    from coopgame.analysis.folds import Fold as Fold
    from coopgame.analysis.folds import FoldCurve as FoldCurve
    from coopgame.analysis.folds import find_fold_curve as find_fold_curve
    from coopgame.analysis.folds import find_folds as find_folds
    from coopgame.analysis.gain_signs import SignPattern as SignPattern
    from coopgame.analysis.gain_signs import SignPatterns as SignPatterns
    from coopgame.analysis.gain_signs import find_sign_patterns as find_sign_patterns
    from coopgame.analysis.heteroclinic import HeteroclinicCycle as HeteroclinicCycle
    from coopgame.analysis.heteroclinic import find_heteroclinic_cycles as find_heteroclinic_cycles
    from coopgame.analysis.hypersurfaces import Hypersurface as Hypersurface
    from coopgame.analysis.mixed_counts import MixedCounts as MixedCounts
    from coopgame.analysis.mixed_counts import count_mixed_points as count_mixed_points
    from coopgame.analysis.nash import PureEquilibrium as PureEquilibrium
    from coopgame.analysis.nash import find_pure_nash_equilibria as find_pure_nash_equilibria
    from coopgame.analysis.outcomes import Outcome as Outcome
    from coopgame.analysis.outlooks import Label as Label
    from coopgame.analysis.outlooks import Outlook as Outlook
    from coopgame.analysis.outlooks import Outlooks as Outlooks
    from coopgame.analysis.outlooks import find_outlooks as find_outlooks
    from coopgame.analysis.permanence import Permanence as Permanence
    from coopgame.analysis.permanence import find_permanence as find_permanence
    from coopgame.analysis.points import Component as Component
    from coopgame.analysis.points import RestPoint as RestPoint
    from coopgame.analysis.points import RestPoints as RestPoints
    from coopgame.analysis.portraits import Portrait as Portrait
    from coopgame.analysis.portraits import Portraits as Portraits
    from coopgame.analysis.portraits import find_portraits as find_portraits
    from coopgame.analysis.published import Published as Published
    from coopgame.analysis.published import read_published as read_published
    from coopgame.analysis.regimes import Regime as Regime
    from coopgame.analysis.regimes import Regimes as Regimes
    from coopgame.analysis.regimes import find_joint_stability as find_joint_stability
    from coopgame.analysis.regimes import find_regimes as find_regimes
    from coopgame.analysis.rest_points import find_rest_points as find_rest_points
    from coopgame.analysis.separatrices import find_separatrices as find_separatrices
    from coopgame.analysis.solution import IntegrationOptions as IntegrationOptions
    from coopgame.analysis.stability import Stability as Stability
    from coopgame.analysis.stable_states import StableState as StableState
    from coopgame.analysis.stable_states import StableStates as StableStates
    from coopgame.analysis.stable_states import find_ess as find_ess
    from coopgame.analysis.surface_kinds import SurfaceChange as SurfaceChange
    from coopgame.analysis.surface_kinds import SurfaceKind as SurfaceKind
    from coopgame.analysis.thresholds import Threshold as Threshold
    from coopgame.analysis.thresholds import Thresholds as Thresholds
    from coopgame.analysis.thresholds import find_thresholds as find_thresholds
    from coopgame.analysis.trajectories import Trajectory as Trajectory
    from coopgame.analysis.trajectories import integrate as integrate
    from coopgame.analysis.vertex_patterns import VertexPattern as VertexPattern
    from coopgame.analysis.vertex_patterns import find_vertex_patterns as find_vertex_patterns
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
    from coopgame.games import catalog as catalog
    from coopgame.games.declarations import Environment as Environment
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
    from coopgame.games.group import GroupGame as GroupGame
    from coopgame.games.incentives import add_transfer as add_transfer
    from coopgame.games.incentives import capped as capped
    from coopgame.games.incentives import proportional as proportional
    from coopgame.games.matrix import MatrixGame as MatrixGame
    from coopgame.games.normal_form import NormalFormGame as NormalFormGame
    from coopgame.games.population import PopulationGame as PopulationGame
    from coopgame.games.public_goods import collective_risk as collective_risk
    from coopgame.games.public_goods import group_snowdrift as group_snowdrift
    from coopgame.games.public_goods import linear_public_good as linear_public_good
    from coopgame.games.public_goods import threshold_public_good as threshold_public_good
    from coopgame.games.public_goods import volunteers_dilemma as volunteers_dilemma
    from coopgame.report.checker import RecordCheck as RecordCheck
    from coopgame.report.checker import check_record as check_record
    from coopgame.report.matlab import matlab_function as matlab_function
    from coopgame.report.matlab import matlab_script as matlab_script
    from coopgame.report.matlab import write_matlab as write_matlab
    from coopgame.report.publication import Publication as Publication
    from coopgame.report.publication import publication as publication


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = import_module(_MODULES[name])
    elif name in _WHERE:
        value = getattr(import_module(_WHERE[name]), name)
    else:
        raise AttributeError(f"module 'coopgame' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
