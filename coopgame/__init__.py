"""Evolutionary game theory of competition and cooperation: from a payoff table to proofs about its dynamics."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# module -> its public names, in the order in which data flows; loaded at first use, so that the import stays light
_NAMES = {
    "coopgame.expressions": "parse_expression parse_condition format_expression",
    "coopgame.algebra.assumptions": "Assumptions",
    "coopgame.algebra.conditions": "Condition",
    "coopgame.algebra.prover": "Decision Fact Proof Prover",
    "coopgame.algebra.farkas": "Certificate",
    "coopgame.games.declarations": "Population Parameter Environment",
    "coopgame.games.game": "Game",
    "coopgame.games.matrix": "MatrixGame",
    "coopgame.games.normal_form": "NormalFormGame",
    "coopgame.games.group": "GroupGame",
    "coopgame.games.population": "PopulationGame",
    "coopgame.games.rate_model": "RateModel",
    "coopgame.games.public_goods": "threshold_public_good linear_public_good volunteers_dilemma group_snowdrift collective_risk",
    "coopgame.games.memory_one": "MemoryOne always_cooperate always_defect tit_for_tat generous_tit_for_tat win_stay_lose_shift grim pure_memory_one",
    "coopgame.games.horizons": "LimitOfMeans Discounted FiniteRounds",
    "coopgame.games.stochastic_games": "StochasticGame",
    "coopgame.games.repeated_play": "RepeatedPlay find_repeated_play",
    "coopgame.games.repeated": "repeated_game repeated_normal_form",
    "coopgame.games.payoff_relations": "PayoffRelation EnforcedRelation find_enforced_relation",
    "coopgame.games.zero_determinant": "find_phi_range zero_determinant extortionate generous equalizer",
    "coopgame.games.incentives": "add_transfer proportional capped",
    "coopgame.games.files": "read_game parse_game write_game",
    "coopgame.games.nfg": "parse_nfg",
    "coopgame.games.spreadsheets": "read_payoff_table write_payoff_table write_long_table",
    "coopgame.games.neighbours": "from_nashpy to_nashpy from_pygambit to_pygambit",
    "coopgame.games.decomposition": "cooperation_index zero_sum_split ZeroSumSplit decompose StrategicDecomposition",
    "coopgame.coalitions.game": "CoalitionalGame",
    "coopgame.coalitions.properties": "CoalitionVerdict is_superadditive is_convex",
    "coopgame.coalitions.core": "BalancedCollection Core find_core is_in_core",
    "coopgame.coalitions.vertices": "find_core_vertices",
    "coopgame.coalitions.nucleolus": "find_nucleolus",
    "coopgame.coalitions.matrix_value": "mixed_maxmin pure_maxmin pure_minmax",
    "coopgame.coalitions.strategic": "coalitional_game_of",
    "coopgame.dynamics.state": "as_state share_names",
    "coopgame.dynamics.field": "VectorField",
    "coopgame.dynamics.mean": "replicator mean_dynamic",
    "coopgame.dynamics.replicator": "ReplicatorField",
    "coopgame.dynamics.elementwise": "positive_part exponential hyperbolic_tangent relative_exponentials",
    "coopgame.dynamics.laws": "Family Law Level Rest",
    "coopgame.dynamics.protocols": "Protocol pairwise_imitation imitation_of_the_dissatisfied imitation_of_success fermi_imitation imitative_logit logit smith brown_von_neumann_nash pairwise_comparison excess_payoff best_response mixture",
    "coopgame.dynamics.update_rules": "UpdateRule maynard_smith projection replicator_mutator selection_mutation",
    "coopgame.dynamics.fitness": "Fitness exponential_fitness linear_fitness",
    "coopgame.dynamics.replacement_rules": "ReplacementRule moran birth_death death_birth imitation_updating wright_fisher",
    "coopgame.dynamics.network_rules": "imitate_the_best degree_scaled_imitation NetworkRule",
    "coopgame.dynamics.generations": "GenerationRule difference_replicator fitness_replicator",
    "coopgame.dynamics.discrete": "GenerationMap discrete_dynamic",
    "coopgame.dynamics.shocks": "ItoShocks StratonovichShocks LearningNoise",
    "coopgame.dynamics.noise": "stochastic_replicator StochasticReplicator",
    "coopgame.dynamics.sde_steps": "EulerMaruyama StochasticRungeKutta",
    "coopgame.analysis.solution": "IntegrationOptions",
    "coopgame.analysis.schedules": "Schedule steps ramp",
    "coopgame.analysis.axioms": "Axiom Axioms find_axioms",
    "coopgame.analysis.continuation": "Branch BranchEvent find_branch",
    "coopgame.analysis.events": "Event EventHit crosses reaches leaves",
    "coopgame.analysis.trajectories": "Trajectory integrate",
    "coopgame.analysis.orbits": "iterate Orbit",
    "coopgame.batch.engine": "Batch BatchOptions Ending integrate_many",
    "coopgame.batch.warm_up": "warm_up",
    "coopgame.analysis.verdicts": "Outcome",
    "coopgame.analysis.lyapunov": "LyapunovExponents find_lyapunov_exponents",
    "coopgame.analysis.best_response_paths": "BestResponsePath",
    "coopgame.analysis.best_response_turns": "ShapleyPolygon",
    "coopgame.analysis.projection_paths": "ProjectedSolution",
    "coopgame.analysis.ensembles": "EnsembleOptions Ensemble simulate_ensemble",
    "coopgame.analysis.stationary_law": "StationaryLaw find_stationary_law",
    "coopgame.analysis.noise_regimes": "NoiseRegimes find_noise_regimes",
    "coopgame.analysis.separatrices": "find_separatrices",
    "coopgame.analysis.stability": "Stability",
    "coopgame.analysis.points": "RestPoint Component RestPoints",
    "coopgame.analysis.rest_points": "find_rest_points",
    "coopgame.analysis.bifurcations": "Bifurcation Bifurcations find_bifurcations",
    "coopgame.analysis.gain_signs": "SignPattern SignPatterns find_sign_patterns",
    "coopgame.analysis.folds": "FoldCurve Fold find_fold_curve find_folds",
    "coopgame.analysis.mixed_counts": "MixedCounts count_mixed_points",
    "coopgame.analysis.finite_groups": "FiniteGains find_finite_gains",
    "coopgame.analysis.hypersurfaces": "Hypersurface",
    "coopgame.analysis.cycling": "Cycling find_cycling",
    "coopgame.analysis.portraits": "Portrait Portraits find_portraits",
    "coopgame.analysis.crossings": "Crossing",
    "coopgame.analysis.surface_kinds": "SurfaceChange SurfaceKind",
    "coopgame.analysis.regimes": "Regime Regimes find_joint_stability find_regimes",
    "coopgame.analysis.outlooks": "Label Outlook Outlooks find_outlooks",
    "coopgame.analysis.conserved": "ConservedQuantity Drift find_conserved_quantities",
    "coopgame.analysis.classes": "GameClasses classify_game",
    "coopgame.analysis.permanence": "Permanence find_permanence",
    "coopgame.analysis.heteroclinic": "HeteroclinicCycle find_heteroclinic_cycles",
    "coopgame.analysis.comparative": "Effect Effects find_effects",
    "coopgame.analysis.thresholds": "Threshold Thresholds find_thresholds",
    "coopgame.analysis.basins": "BasinAreas basin_area find_basin",
    "coopgame.analysis.ess": "EssVerdict is_ess is_nss find_ess_vertices",
    "coopgame.analysis.stable_states": "StableState StableStates find_ess",
    "coopgame.analysis.es_sets": "EquilibriumSet EsSets find_es_sets",
    "coopgame.analysis.neutral_states": "NeutralSet NeutralStates find_nss",
    "coopgame.analysis.invasion": "InvasionBarrier find_invasion_barrier",
    "coopgame.finite.population": "FinitePopulation ProcessAt finite_population",
    "coopgame.finite.estimates": "Precision absolute_error relative_error",
    "coopgame.finite.simulate_fixation": "FixationEstimate simulate_fixation",
    "coopgame.finite.population_paths": "PopulationPaths",
    "coopgame.finite.simulate_population": "simulate_population",
    "coopgame.finite.simulate_absorption": "AbsorptionEstimate simulate_absorption",
    "coopgame.finite.chain": "MarkovChain transition_chain",
    "coopgame.finite.fixation": "FixationProbabilities find_fixation",
    "coopgame.finite.fixation_times": "FixationTimes find_fixation_times",
    "coopgame.finite.small_mutation": "SmallMutationLaw StrongTransition find_small_mutation_law",
    "coopgame.finite.weak_rules": "WeakRule weak_rule",
    "coopgame.finite.one_third_law": "OneThirdLaw one_third_law",
    "coopgame.finite.weak_selection": "WeakSelection weak_selection",
    "coopgame.finite.mutation_selection": "MutationSelection mutation_selection",
    "coopgame.finite.group_mutation_selection": "GroupMutationSelection group_mutation_selection",
    "coopgame.finite.well_mixed_structure": "WellMixedStructure well_mixed_structure",
    "coopgame.finite.absorption": "Absorption find_absorption",
    "coopgame.finite.stationary": "StationaryDistribution find_stationary_distribution",
    "coopgame.finite.gradient": "GradientRoot SelectionGradient selection_gradient",
    "coopgame.finite.stochastic_stability": "EllisonBound StochasticStability find_stochastic_stability",
    "coopgame.equilibria.result": "NashEquilibria NashEquilibrium NashComponent",
    "coopgame.equilibria.nash": "nash_equilibria",
    "coopgame.equilibria.other_programs": "NashpySupportEnumeration NashpyVertexEnumeration NashpyLemkeHowson QuanteconLemkeHowson",
    "coopgame.equilibria.pure": "PureEquilibrium find_pure_nash_equilibria",
    "coopgame.equilibria.two_by_two_by_two": "EquilibriaOf2x2x2 find_equilibria_of_2x2x2",
    "coopgame.equilibria.best_replies": "BestReplies find_best_replies",
    "coopgame.equilibria.stability": "StabilityAtEquilibrium EquilibriumStability find_equilibrium_stability",
    "coopgame.equilibria.refinements": "RefinementVerdict is_strict is_quasi_strict is_undominated is_perfect",
    "coopgame.equilibria.proper": "is_proper",
    "coopgame.equilibria.zero_sum": "OptimalStrategies find_optimal_strategies",
    "coopgame.equilibria.risk_dominance": "RiskDominance PDominance PDominances find_risk_dominant find_risk_dominance_conditions find_p_dominance",
    "coopgame.equilibria.efficiency": "Efficiency EquilibriumWelfare find_efficiency",
    "coopgame.equilibria.dominance": "find_dominated DominatedStrategies Dominance Belief",
    "coopgame.equilibria.elimination": "eliminate_dominated strict_dominance weak_dominance all_at_once one_at_a_time EliminationRule EliminationRound Elimination",
    "coopgame.equilibria.correlated": "find_correlated_equilibrium find_coarse_correlated_equilibrium is_correlated_equilibrium is_coarse_correlated_equilibrium total_payoff smallest_payoff payoff_of CorrelatedEquilibrium CorrelatedVerdict Incentive",
    "coopgame.equilibria.quantal_response": "find_quantal_response QuantalOptions QuantalBranch QuantalResponse QuantalEvent",
    "coopgame.equilibria.logit_points": "find_quantal_responses_at QuantalResponses",
    "coopgame.equilibria.alpha_rank": "find_alpha_rank AlphaRank SinkComponent ResponseEdge",
    "coopgame.analysis.analyse": "Analysis analyse",
    "coopgame.sweeps.basins": "BasinShares find_basin_shares",
    "coopgame.sweeps.refinement": "MapLabel RefinedMap refine_boundaries",
    "coopgame.report.publication": "Publication publication",
    "coopgame.report.matlab": "matlab_function matlab_script write_matlab",
    "coopgame.analysis.published": "Published read_published",
    "coopgame.analysis.vertex_patterns": "VertexPattern find_vertex_patterns",
    "coopgame.analysis.auditing.result": "AuditCell AuditRemark Audit",
    "coopgame.analysis.audit": "audit",
    "coopgame.report.checker": "RecordCheck check_record",
    "coopgame.sweeps.measure": "Variable Points Found Measure",
    "coopgame.sweeps.designs": "Design grid paired random_points quasi_random random_states",
    "coopgame.sweeps.functions": "vectorised",
    "coopgame.sweeps.sweep": "sweep",
    "coopgame.sweeps.store": "open_sweep",
    "coopgame.sweeps.export": "export_sweep",
    "coopgame.sweeps.chances": "Chance chance",
    "coopgame.sweeps.sensitivity": "SobolIndices sobol_indices",
    "coopgame.sweeps.screening": "MorrisEffects morris_effects",
    "coopgame.sweeps.elasticities": "Elasticity Elasticities find_elasticities",
    "coopgame.sweeps.tornado": "Swing Tornado tornado",
    "coopgame.sweeps.files": "SweepPlan read_sweep parse_sweep",
    "coopgame.sweeps.estimates": "SweepEstimate estimate_sweep",
    "coopgame.networks.network": "Network",
    "coopgame.networks.readers": "network",
    "coopgame.networks.lattices": "Neighbourhood von_neumann moore square_lattice SquareLattice ring Ring",
    "coopgame.networks.layers": "layers LayeredNetwork",
    "coopgame.networks.generators": "random_regular scale_free small_world erdos_renyi complete",
    "coopgame.networks.clusters": "Cluster horizontal_cluster vertical_cluster mixed_cluster",
    "coopgame.networks.graph_replicator": "replicator_on_graph",
    "coopgame.networks.structure_coefficients": "StructureCoefficient well_mixed_coefficient regular_coefficient sigma_rule",
    "coopgame.networks.layer_selection": "LayerSelection find_layer_selection",
    "coopgame.networks.critical_ratio": "CriticalRatio find_critical_ratio",
    "coopgame.errors": "CoopgameError ExpressionError ParameterError AssumptionError GameError GameFileError NetworkError StateError ProtocolError UnsupportedError IntegrationError RecordError CacheError ClaimsError SweepError StoreError SweepInterrupted MissingExtraError CoopgameWarning FaceStartWarning FontWarning FailedPointsWarning OtherVersionsWarning SimulationInterrupted",
    "coopgame.networks.payoffs": "accumulated averaged NetworkPayoffs",
    "coopgame.networks.rules": "network_population NetworkPopulation asynchronous synchronous Updating",
    "coopgame.networks.rules_process": "NetworkProcess",
    "coopgame.networks.simulate": "simulate_network NetworkOptions",
    "coopgame.networks.simulate_result": "NetworkRun",
    "coopgame.networks.simulate_fixation": "simulate_network_fixation NetworkFixation",
    "coopgame.networks.statistics": "find_network_patterns NetworkPatterns group_shares",
}
_WHERE = {name: module for module, names in _NAMES.items() for name in names.split()}

# public modules, loaded in the same way: `from coopgame import catalog`
_MODULES = {"catalog": "coopgame.games.catalog", "measures": "coopgame.sweeps.measures"}

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
    from coopgame.analysis.axioms import Axiom as Axiom
    from coopgame.analysis.axioms import Axioms as Axioms
    from coopgame.analysis.axioms import find_axioms as find_axioms
    from coopgame.analysis.basins import BasinAreas as BasinAreas
    from coopgame.analysis.basins import basin_area as basin_area
    from coopgame.analysis.basins import find_basin as find_basin
    from coopgame.analysis.best_response_paths import BestResponsePath as BestResponsePath
    from coopgame.analysis.best_response_turns import ShapleyPolygon as ShapleyPolygon
    from coopgame.analysis.bifurcations import Bifurcation as Bifurcation
    from coopgame.analysis.bifurcations import Bifurcations as Bifurcations
    from coopgame.analysis.bifurcations import find_bifurcations as find_bifurcations
    from coopgame.analysis.classes import GameClasses as GameClasses
    from coopgame.analysis.classes import classify_game as classify_game
    from coopgame.analysis.comparative import Effect as Effect
    from coopgame.analysis.comparative import Effects as Effects
    from coopgame.analysis.comparative import find_effects as find_effects
    from coopgame.analysis.conserved import ConservedQuantity as ConservedQuantity
    from coopgame.analysis.conserved import Drift as Drift
    from coopgame.analysis.conserved import find_conserved_quantities as find_conserved_quantities
    from coopgame.analysis.continuation import Branch as Branch
    from coopgame.analysis.continuation import BranchEvent as BranchEvent
    from coopgame.analysis.continuation import find_branch as find_branch
    from coopgame.analysis.crossings import Crossing as Crossing
    from coopgame.analysis.cycling import Cycling as Cycling
    from coopgame.analysis.cycling import find_cycling as find_cycling
    from coopgame.analysis.ensembles import Ensemble as Ensemble
    from coopgame.analysis.ensembles import EnsembleOptions as EnsembleOptions
    from coopgame.analysis.ensembles import simulate_ensemble as simulate_ensemble
    from coopgame.analysis.es_sets import EquilibriumSet as EquilibriumSet
    from coopgame.analysis.es_sets import EsSets as EsSets
    from coopgame.analysis.es_sets import find_es_sets as find_es_sets
    from coopgame.analysis.ess import EssVerdict as EssVerdict
    from coopgame.analysis.ess import find_ess_vertices as find_ess_vertices
    from coopgame.analysis.ess import is_ess as is_ess
    from coopgame.analysis.ess import is_nss as is_nss
    from coopgame.analysis.events import Event as Event
    from coopgame.analysis.events import EventHit as EventHit
    from coopgame.analysis.events import crosses as crosses
    from coopgame.analysis.events import leaves as leaves
    from coopgame.analysis.events import reaches as reaches
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
    from coopgame.analysis.invasion import InvasionBarrier as InvasionBarrier
    from coopgame.analysis.invasion import find_invasion_barrier as find_invasion_barrier
    from coopgame.analysis.lyapunov import LyapunovExponents as LyapunovExponents
    from coopgame.analysis.lyapunov import find_lyapunov_exponents as find_lyapunov_exponents
    from coopgame.analysis.mixed_counts import MixedCounts as MixedCounts
    from coopgame.analysis.mixed_counts import count_mixed_points as count_mixed_points
    from coopgame.analysis.neutral_states import NeutralSet as NeutralSet
    from coopgame.analysis.neutral_states import NeutralStates as NeutralStates
    from coopgame.analysis.neutral_states import find_nss as find_nss
    from coopgame.analysis.noise_regimes import NoiseRegimes as NoiseRegimes
    from coopgame.analysis.noise_regimes import find_noise_regimes as find_noise_regimes
    from coopgame.analysis.orbits import Orbit as Orbit
    from coopgame.analysis.orbits import iterate as iterate
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
    from coopgame.analysis.projection_paths import ProjectedSolution as ProjectedSolution
    from coopgame.analysis.published import Published as Published
    from coopgame.analysis.published import read_published as read_published
    from coopgame.analysis.regimes import Regime as Regime
    from coopgame.analysis.regimes import Regimes as Regimes
    from coopgame.analysis.regimes import find_joint_stability as find_joint_stability
    from coopgame.analysis.regimes import find_regimes as find_regimes
    from coopgame.analysis.rest_points import find_rest_points as find_rest_points
    from coopgame.analysis.schedules import Schedule as Schedule
    from coopgame.analysis.schedules import ramp as ramp
    from coopgame.analysis.schedules import steps as steps
    from coopgame.analysis.separatrices import find_separatrices as find_separatrices
    from coopgame.analysis.solution import IntegrationOptions as IntegrationOptions
    from coopgame.analysis.stability import Stability as Stability
    from coopgame.analysis.stable_states import StableState as StableState
    from coopgame.analysis.stable_states import StableStates as StableStates
    from coopgame.analysis.stable_states import find_ess as find_ess
    from coopgame.analysis.stationary_law import StationaryLaw as StationaryLaw
    from coopgame.analysis.stationary_law import find_stationary_law as find_stationary_law
    from coopgame.analysis.surface_kinds import SurfaceChange as SurfaceChange
    from coopgame.analysis.surface_kinds import SurfaceKind as SurfaceKind
    from coopgame.analysis.thresholds import Threshold as Threshold
    from coopgame.analysis.thresholds import Thresholds as Thresholds
    from coopgame.analysis.thresholds import find_thresholds as find_thresholds
    from coopgame.analysis.trajectories import Trajectory as Trajectory
    from coopgame.analysis.trajectories import integrate as integrate
    from coopgame.analysis.verdicts import Outcome as Outcome
    from coopgame.analysis.vertex_patterns import VertexPattern as VertexPattern
    from coopgame.analysis.vertex_patterns import find_vertex_patterns as find_vertex_patterns
    from coopgame.batch.engine import Batch as Batch
    from coopgame.batch.engine import BatchOptions as BatchOptions
    from coopgame.batch.engine import Ending as Ending
    from coopgame.batch.engine import integrate_many as integrate_many
    from coopgame.batch.warm_up import warm_up as warm_up
    from coopgame.coalitions.core import BalancedCollection as BalancedCollection
    from coopgame.coalitions.core import Core as Core
    from coopgame.coalitions.core import find_core as find_core
    from coopgame.coalitions.core import is_in_core as is_in_core
    from coopgame.coalitions.game import CoalitionalGame as CoalitionalGame
    from coopgame.coalitions.matrix_value import mixed_maxmin as mixed_maxmin
    from coopgame.coalitions.matrix_value import pure_maxmin as pure_maxmin
    from coopgame.coalitions.matrix_value import pure_minmax as pure_minmax
    from coopgame.coalitions.nucleolus import find_nucleolus as find_nucleolus
    from coopgame.coalitions.properties import CoalitionVerdict as CoalitionVerdict
    from coopgame.coalitions.properties import is_convex as is_convex
    from coopgame.coalitions.properties import is_superadditive as is_superadditive
    from coopgame.coalitions.strategic import coalitional_game_of as coalitional_game_of
    from coopgame.coalitions.vertices import find_core_vertices as find_core_vertices
    from coopgame.dynamics.discrete import GenerationMap as GenerationMap
    from coopgame.dynamics.discrete import discrete_dynamic as discrete_dynamic
    from coopgame.dynamics.elementwise import exponential as exponential
    from coopgame.dynamics.elementwise import hyperbolic_tangent as hyperbolic_tangent
    from coopgame.dynamics.elementwise import positive_part as positive_part
    from coopgame.dynamics.elementwise import relative_exponentials as relative_exponentials
    from coopgame.dynamics.field import VectorField as VectorField
    from coopgame.dynamics.fitness import Fitness as Fitness
    from coopgame.dynamics.fitness import exponential_fitness as exponential_fitness
    from coopgame.dynamics.fitness import linear_fitness as linear_fitness
    from coopgame.dynamics.generations import GenerationRule as GenerationRule
    from coopgame.dynamics.generations import difference_replicator as difference_replicator
    from coopgame.dynamics.generations import fitness_replicator as fitness_replicator
    from coopgame.dynamics.laws import Family as Family
    from coopgame.dynamics.laws import Law as Law
    from coopgame.dynamics.laws import Level as Level
    from coopgame.dynamics.laws import Rest as Rest
    from coopgame.dynamics.mean import mean_dynamic as mean_dynamic
    from coopgame.dynamics.mean import replicator as replicator
    from coopgame.dynamics.network_rules import NetworkRule as NetworkRule
    from coopgame.dynamics.network_rules import degree_scaled_imitation as degree_scaled_imitation
    from coopgame.dynamics.network_rules import imitate_the_best as imitate_the_best
    from coopgame.dynamics.noise import StochasticReplicator as StochasticReplicator
    from coopgame.dynamics.noise import stochastic_replicator as stochastic_replicator
    from coopgame.dynamics.protocols import Protocol as Protocol
    from coopgame.dynamics.protocols import best_response as best_response
    from coopgame.dynamics.protocols import brown_von_neumann_nash as brown_von_neumann_nash
    from coopgame.dynamics.protocols import excess_payoff as excess_payoff
    from coopgame.dynamics.protocols import fermi_imitation as fermi_imitation
    from coopgame.dynamics.protocols import imitation_of_success as imitation_of_success
    from coopgame.dynamics.protocols import imitation_of_the_dissatisfied as imitation_of_the_dissatisfied
    from coopgame.dynamics.protocols import imitative_logit as imitative_logit
    from coopgame.dynamics.protocols import logit as logit
    from coopgame.dynamics.protocols import mixture as mixture
    from coopgame.dynamics.protocols import pairwise_comparison as pairwise_comparison
    from coopgame.dynamics.protocols import pairwise_imitation as pairwise_imitation
    from coopgame.dynamics.protocols import smith as smith
    from coopgame.dynamics.replacement_rules import ReplacementRule as ReplacementRule
    from coopgame.dynamics.replacement_rules import birth_death as birth_death
    from coopgame.dynamics.replacement_rules import death_birth as death_birth
    from coopgame.dynamics.replacement_rules import imitation_updating as imitation_updating
    from coopgame.dynamics.replacement_rules import moran as moran
    from coopgame.dynamics.replacement_rules import wright_fisher as wright_fisher
    from coopgame.dynamics.replicator import ReplicatorField as ReplicatorField
    from coopgame.dynamics.sde_steps import EulerMaruyama as EulerMaruyama
    from coopgame.dynamics.sde_steps import StochasticRungeKutta as StochasticRungeKutta
    from coopgame.dynamics.shocks import ItoShocks as ItoShocks
    from coopgame.dynamics.shocks import LearningNoise as LearningNoise
    from coopgame.dynamics.shocks import StratonovichShocks as StratonovichShocks
    from coopgame.dynamics.state import as_state as as_state
    from coopgame.dynamics.state import share_names as share_names
    from coopgame.dynamics.update_rules import UpdateRule as UpdateRule
    from coopgame.dynamics.update_rules import maynard_smith as maynard_smith
    from coopgame.dynamics.update_rules import projection as projection
    from coopgame.dynamics.update_rules import replicator_mutator as replicator_mutator
    from coopgame.dynamics.update_rules import selection_mutation as selection_mutation
    from coopgame.equilibria.alpha_rank import AlphaRank as AlphaRank
    from coopgame.equilibria.alpha_rank import ResponseEdge as ResponseEdge
    from coopgame.equilibria.alpha_rank import SinkComponent as SinkComponent
    from coopgame.equilibria.alpha_rank import find_alpha_rank as find_alpha_rank
    from coopgame.equilibria.best_replies import BestReplies as BestReplies
    from coopgame.equilibria.best_replies import find_best_replies as find_best_replies
    from coopgame.equilibria.correlated import CorrelatedEquilibrium as CorrelatedEquilibrium
    from coopgame.equilibria.correlated import CorrelatedVerdict as CorrelatedVerdict
    from coopgame.equilibria.correlated import Incentive as Incentive
    from coopgame.equilibria.correlated import (
        find_coarse_correlated_equilibrium as find_coarse_correlated_equilibrium,
    )
    from coopgame.equilibria.correlated import find_correlated_equilibrium as find_correlated_equilibrium
    from coopgame.equilibria.correlated import is_coarse_correlated_equilibrium as is_coarse_correlated_equilibrium
    from coopgame.equilibria.correlated import is_correlated_equilibrium as is_correlated_equilibrium
    from coopgame.equilibria.correlated import payoff_of as payoff_of
    from coopgame.equilibria.correlated import smallest_payoff as smallest_payoff
    from coopgame.equilibria.correlated import total_payoff as total_payoff
    from coopgame.equilibria.dominance import Belief as Belief
    from coopgame.equilibria.dominance import Dominance as Dominance
    from coopgame.equilibria.dominance import DominatedStrategies as DominatedStrategies
    from coopgame.equilibria.dominance import find_dominated as find_dominated
    from coopgame.equilibria.efficiency import Efficiency as Efficiency
    from coopgame.equilibria.efficiency import EquilibriumWelfare as EquilibriumWelfare
    from coopgame.equilibria.efficiency import find_efficiency as find_efficiency
    from coopgame.equilibria.elimination import Elimination as Elimination
    from coopgame.equilibria.elimination import EliminationRound as EliminationRound
    from coopgame.equilibria.elimination import EliminationRule as EliminationRule
    from coopgame.equilibria.elimination import all_at_once as all_at_once
    from coopgame.equilibria.elimination import eliminate_dominated as eliminate_dominated
    from coopgame.equilibria.elimination import one_at_a_time as one_at_a_time
    from coopgame.equilibria.elimination import strict_dominance as strict_dominance
    from coopgame.equilibria.elimination import weak_dominance as weak_dominance
    from coopgame.equilibria.logit_points import QuantalResponses as QuantalResponses
    from coopgame.equilibria.logit_points import find_quantal_responses_at as find_quantal_responses_at
    from coopgame.equilibria.nash import nash_equilibria as nash_equilibria
    from coopgame.equilibria.other_programs import NashpyLemkeHowson as NashpyLemkeHowson
    from coopgame.equilibria.other_programs import NashpySupportEnumeration as NashpySupportEnumeration
    from coopgame.equilibria.other_programs import NashpyVertexEnumeration as NashpyVertexEnumeration
    from coopgame.equilibria.other_programs import QuanteconLemkeHowson as QuanteconLemkeHowson
    from coopgame.equilibria.proper import is_proper as is_proper
    from coopgame.equilibria.pure import PureEquilibrium as PureEquilibrium
    from coopgame.equilibria.pure import find_pure_nash_equilibria as find_pure_nash_equilibria
    from coopgame.equilibria.quantal_response import QuantalBranch as QuantalBranch
    from coopgame.equilibria.quantal_response import QuantalEvent as QuantalEvent
    from coopgame.equilibria.quantal_response import QuantalOptions as QuantalOptions
    from coopgame.equilibria.quantal_response import QuantalResponse as QuantalResponse
    from coopgame.equilibria.quantal_response import find_quantal_response as find_quantal_response
    from coopgame.equilibria.refinements import RefinementVerdict as RefinementVerdict
    from coopgame.equilibria.refinements import is_perfect as is_perfect
    from coopgame.equilibria.refinements import is_quasi_strict as is_quasi_strict
    from coopgame.equilibria.refinements import is_strict as is_strict
    from coopgame.equilibria.refinements import is_undominated as is_undominated
    from coopgame.equilibria.result import NashComponent as NashComponent
    from coopgame.equilibria.result import NashEquilibria as NashEquilibria
    from coopgame.equilibria.result import NashEquilibrium as NashEquilibrium
    from coopgame.equilibria.risk_dominance import PDominance as PDominance
    from coopgame.equilibria.risk_dominance import PDominances as PDominances
    from coopgame.equilibria.risk_dominance import RiskDominance as RiskDominance
    from coopgame.equilibria.risk_dominance import find_p_dominance as find_p_dominance
    from coopgame.equilibria.risk_dominance import find_risk_dominance_conditions as find_risk_dominance_conditions
    from coopgame.equilibria.risk_dominance import find_risk_dominant as find_risk_dominant
    from coopgame.equilibria.stability import EquilibriumStability as EquilibriumStability
    from coopgame.equilibria.stability import StabilityAtEquilibrium as StabilityAtEquilibrium
    from coopgame.equilibria.stability import find_equilibrium_stability as find_equilibrium_stability
    from coopgame.equilibria.two_by_two_by_two import EquilibriaOf2x2x2 as EquilibriaOf2x2x2
    from coopgame.equilibria.two_by_two_by_two import find_equilibria_of_2x2x2 as find_equilibria_of_2x2x2
    from coopgame.equilibria.zero_sum import OptimalStrategies as OptimalStrategies
    from coopgame.equilibria.zero_sum import find_optimal_strategies as find_optimal_strategies
    from coopgame.errors import AssumptionError as AssumptionError
    from coopgame.errors import CacheError as CacheError
    from coopgame.errors import ClaimsError as ClaimsError
    from coopgame.errors import CoopgameError as CoopgameError
    from coopgame.errors import CoopgameWarning as CoopgameWarning
    from coopgame.errors import ExpressionError as ExpressionError
    from coopgame.errors import FaceStartWarning as FaceStartWarning
    from coopgame.errors import FailedPointsWarning as FailedPointsWarning
    from coopgame.errors import FontWarning as FontWarning
    from coopgame.errors import GameError as GameError
    from coopgame.errors import GameFileError as GameFileError
    from coopgame.errors import IntegrationError as IntegrationError
    from coopgame.errors import MissingExtraError as MissingExtraError
    from coopgame.errors import NetworkError as NetworkError
    from coopgame.errors import OtherVersionsWarning as OtherVersionsWarning
    from coopgame.errors import ParameterError as ParameterError
    from coopgame.errors import ProtocolError as ProtocolError
    from coopgame.errors import RecordError as RecordError
    from coopgame.errors import SimulationInterrupted as SimulationInterrupted
    from coopgame.errors import StateError as StateError
    from coopgame.errors import StoreError as StoreError
    from coopgame.errors import SweepError as SweepError
    from coopgame.errors import SweepInterrupted as SweepInterrupted
    from coopgame.errors import UnsupportedError as UnsupportedError
    from coopgame.expressions import format_expression as format_expression
    from coopgame.expressions import parse_condition as parse_condition
    from coopgame.expressions import parse_expression as parse_expression
    from coopgame.finite.absorption import Absorption as Absorption
    from coopgame.finite.absorption import find_absorption as find_absorption
    from coopgame.finite.chain import MarkovChain as MarkovChain
    from coopgame.finite.chain import transition_chain as transition_chain
    from coopgame.finite.estimates import Precision as Precision
    from coopgame.finite.estimates import absolute_error as absolute_error
    from coopgame.finite.estimates import relative_error as relative_error
    from coopgame.finite.fixation import FixationProbabilities as FixationProbabilities
    from coopgame.finite.fixation import find_fixation as find_fixation
    from coopgame.finite.fixation_times import FixationTimes as FixationTimes
    from coopgame.finite.fixation_times import find_fixation_times as find_fixation_times
    from coopgame.finite.gradient import GradientRoot as GradientRoot
    from coopgame.finite.gradient import SelectionGradient as SelectionGradient
    from coopgame.finite.gradient import selection_gradient as selection_gradient
    from coopgame.finite.group_mutation_selection import GroupMutationSelection as GroupMutationSelection
    from coopgame.finite.group_mutation_selection import group_mutation_selection as group_mutation_selection
    from coopgame.finite.mutation_selection import MutationSelection as MutationSelection
    from coopgame.finite.mutation_selection import mutation_selection as mutation_selection
    from coopgame.finite.one_third_law import OneThirdLaw as OneThirdLaw
    from coopgame.finite.one_third_law import one_third_law as one_third_law
    from coopgame.finite.population import FinitePopulation as FinitePopulation
    from coopgame.finite.population import ProcessAt as ProcessAt
    from coopgame.finite.population import finite_population as finite_population
    from coopgame.finite.population_paths import PopulationPaths as PopulationPaths
    from coopgame.finite.simulate_absorption import AbsorptionEstimate as AbsorptionEstimate
    from coopgame.finite.simulate_absorption import simulate_absorption as simulate_absorption
    from coopgame.finite.simulate_fixation import FixationEstimate as FixationEstimate
    from coopgame.finite.simulate_fixation import simulate_fixation as simulate_fixation
    from coopgame.finite.simulate_population import simulate_population as simulate_population
    from coopgame.finite.small_mutation import SmallMutationLaw as SmallMutationLaw
    from coopgame.finite.small_mutation import StrongTransition as StrongTransition
    from coopgame.finite.small_mutation import find_small_mutation_law as find_small_mutation_law
    from coopgame.finite.stationary import StationaryDistribution as StationaryDistribution
    from coopgame.finite.stationary import find_stationary_distribution as find_stationary_distribution
    from coopgame.finite.stochastic_stability import EllisonBound as EllisonBound
    from coopgame.finite.stochastic_stability import StochasticStability as StochasticStability
    from coopgame.finite.stochastic_stability import find_stochastic_stability as find_stochastic_stability
    from coopgame.finite.weak_rules import WeakRule as WeakRule
    from coopgame.finite.weak_rules import weak_rule as weak_rule
    from coopgame.finite.weak_selection import WeakSelection as WeakSelection
    from coopgame.finite.weak_selection import weak_selection as weak_selection
    from coopgame.finite.well_mixed_structure import WellMixedStructure as WellMixedStructure
    from coopgame.finite.well_mixed_structure import well_mixed_structure as well_mixed_structure
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
    from coopgame.games.horizons import Discounted as Discounted
    from coopgame.games.horizons import FiniteRounds as FiniteRounds
    from coopgame.games.horizons import LimitOfMeans as LimitOfMeans
    from coopgame.games.incentives import add_transfer as add_transfer
    from coopgame.games.incentives import capped as capped
    from coopgame.games.incentives import proportional as proportional
    from coopgame.games.matrix import MatrixGame as MatrixGame
    from coopgame.games.memory_one import MemoryOne as MemoryOne
    from coopgame.games.memory_one import always_cooperate as always_cooperate
    from coopgame.games.memory_one import always_defect as always_defect
    from coopgame.games.memory_one import generous_tit_for_tat as generous_tit_for_tat
    from coopgame.games.memory_one import grim as grim
    from coopgame.games.memory_one import pure_memory_one as pure_memory_one
    from coopgame.games.memory_one import tit_for_tat as tit_for_tat
    from coopgame.games.memory_one import win_stay_lose_shift as win_stay_lose_shift
    from coopgame.games.neighbours import from_nashpy as from_nashpy
    from coopgame.games.neighbours import from_pygambit as from_pygambit
    from coopgame.games.neighbours import to_nashpy as to_nashpy
    from coopgame.games.neighbours import to_pygambit as to_pygambit
    from coopgame.games.nfg import parse_nfg as parse_nfg
    from coopgame.games.normal_form import NormalFormGame as NormalFormGame
    from coopgame.games.payoff_relations import EnforcedRelation as EnforcedRelation
    from coopgame.games.payoff_relations import PayoffRelation as PayoffRelation
    from coopgame.games.payoff_relations import find_enforced_relation as find_enforced_relation
    from coopgame.games.population import PopulationGame as PopulationGame
    from coopgame.games.public_goods import collective_risk as collective_risk
    from coopgame.games.public_goods import group_snowdrift as group_snowdrift
    from coopgame.games.public_goods import linear_public_good as linear_public_good
    from coopgame.games.public_goods import threshold_public_good as threshold_public_good
    from coopgame.games.public_goods import volunteers_dilemma as volunteers_dilemma
    from coopgame.games.rate_model import RateModel as RateModel
    from coopgame.games.repeated import repeated_game as repeated_game
    from coopgame.games.repeated import repeated_normal_form as repeated_normal_form
    from coopgame.games.repeated_play import RepeatedPlay as RepeatedPlay
    from coopgame.games.repeated_play import find_repeated_play as find_repeated_play
    from coopgame.games.spreadsheets import read_payoff_table as read_payoff_table
    from coopgame.games.spreadsheets import write_long_table as write_long_table
    from coopgame.games.spreadsheets import write_payoff_table as write_payoff_table
    from coopgame.games.stochastic_games import StochasticGame as StochasticGame
    from coopgame.games.zero_determinant import equalizer as equalizer
    from coopgame.games.zero_determinant import extortionate as extortionate
    from coopgame.games.zero_determinant import find_phi_range as find_phi_range
    from coopgame.games.zero_determinant import generous as generous
    from coopgame.games.zero_determinant import zero_determinant as zero_determinant
    from coopgame.networks.clusters import Cluster as Cluster
    from coopgame.networks.clusters import horizontal_cluster as horizontal_cluster
    from coopgame.networks.clusters import mixed_cluster as mixed_cluster
    from coopgame.networks.clusters import vertical_cluster as vertical_cluster
    from coopgame.networks.critical_ratio import CriticalRatio as CriticalRatio
    from coopgame.networks.critical_ratio import find_critical_ratio as find_critical_ratio
    from coopgame.networks.generators import complete as complete
    from coopgame.networks.generators import erdos_renyi as erdos_renyi
    from coopgame.networks.generators import random_regular as random_regular
    from coopgame.networks.generators import scale_free as scale_free
    from coopgame.networks.generators import small_world as small_world
    from coopgame.networks.graph_replicator import replicator_on_graph as replicator_on_graph
    from coopgame.networks.lattices import Neighbourhood as Neighbourhood
    from coopgame.networks.lattices import Ring as Ring
    from coopgame.networks.lattices import SquareLattice as SquareLattice
    from coopgame.networks.lattices import moore as moore
    from coopgame.networks.lattices import ring as ring
    from coopgame.networks.lattices import square_lattice as square_lattice
    from coopgame.networks.lattices import von_neumann as von_neumann
    from coopgame.networks.layer_selection import LayerSelection as LayerSelection
    from coopgame.networks.layer_selection import find_layer_selection as find_layer_selection
    from coopgame.networks.layers import LayeredNetwork as LayeredNetwork
    from coopgame.networks.layers import layers as layers
    from coopgame.networks.network import Network as Network
    from coopgame.networks.payoffs import NetworkPayoffs as NetworkPayoffs
    from coopgame.networks.payoffs import accumulated as accumulated
    from coopgame.networks.payoffs import averaged as averaged
    from coopgame.networks.readers import network as network
    from coopgame.networks.rules import NetworkPopulation as NetworkPopulation
    from coopgame.networks.rules import Updating as Updating
    from coopgame.networks.rules import asynchronous as asynchronous
    from coopgame.networks.rules import network_population as network_population
    from coopgame.networks.rules import synchronous as synchronous
    from coopgame.networks.rules_process import NetworkProcess as NetworkProcess
    from coopgame.networks.simulate import NetworkOptions as NetworkOptions
    from coopgame.networks.simulate import simulate_network as simulate_network
    from coopgame.networks.simulate_fixation import NetworkFixation as NetworkFixation
    from coopgame.networks.simulate_fixation import simulate_network_fixation as simulate_network_fixation
    from coopgame.networks.simulate_result import NetworkRun as NetworkRun
    from coopgame.networks.statistics import NetworkPatterns as NetworkPatterns
    from coopgame.networks.statistics import find_network_patterns as find_network_patterns
    from coopgame.networks.statistics import group_shares as group_shares
    from coopgame.networks.structure_coefficients import StructureCoefficient as StructureCoefficient
    from coopgame.networks.structure_coefficients import regular_coefficient as regular_coefficient
    from coopgame.networks.structure_coefficients import sigma_rule as sigma_rule
    from coopgame.networks.structure_coefficients import well_mixed_coefficient as well_mixed_coefficient
    from coopgame.report.checker import RecordCheck as RecordCheck
    from coopgame.report.checker import check_record as check_record
    from coopgame.report.matlab import matlab_function as matlab_function
    from coopgame.report.matlab import matlab_script as matlab_script
    from coopgame.report.matlab import write_matlab as write_matlab
    from coopgame.report.publication import Publication as Publication
    from coopgame.report.publication import publication as publication
    from coopgame.sweeps import measures as measures
    from coopgame.sweeps.basins import BasinShares as BasinShares
    from coopgame.sweeps.basins import find_basin_shares as find_basin_shares
    from coopgame.sweeps.chances import Chance as Chance
    from coopgame.sweeps.chances import chance as chance
    from coopgame.sweeps.designs import Design as Design
    from coopgame.sweeps.designs import grid as grid
    from coopgame.sweeps.designs import paired as paired
    from coopgame.sweeps.designs import quasi_random as quasi_random
    from coopgame.sweeps.designs import random_points as random_points
    from coopgame.sweeps.designs import random_states as random_states
    from coopgame.sweeps.elasticities import Elasticities as Elasticities
    from coopgame.sweeps.elasticities import Elasticity as Elasticity
    from coopgame.sweeps.elasticities import find_elasticities as find_elasticities
    from coopgame.sweeps.estimates import SweepEstimate as SweepEstimate
    from coopgame.sweeps.estimates import estimate_sweep as estimate_sweep
    from coopgame.sweeps.export import export_sweep as export_sweep
    from coopgame.sweeps.files import SweepPlan as SweepPlan
    from coopgame.sweeps.files import parse_sweep as parse_sweep
    from coopgame.sweeps.files import read_sweep as read_sweep
    from coopgame.sweeps.functions import vectorised as vectorised
    from coopgame.sweeps.measure import Found as Found
    from coopgame.sweeps.measure import Measure as Measure
    from coopgame.sweeps.measure import Points as Points
    from coopgame.sweeps.measure import Variable as Variable
    from coopgame.sweeps.refinement import MapLabel as MapLabel
    from coopgame.sweeps.refinement import RefinedMap as RefinedMap
    from coopgame.sweeps.refinement import refine_boundaries as refine_boundaries
    from coopgame.sweeps.screening import MorrisEffects as MorrisEffects
    from coopgame.sweeps.screening import morris_effects as morris_effects
    from coopgame.sweeps.sensitivity import SobolIndices as SobolIndices
    from coopgame.sweeps.sensitivity import sobol_indices as sobol_indices
    from coopgame.sweeps.store import open_sweep as open_sweep
    from coopgame.sweeps.sweep import sweep as sweep
    from coopgame.sweeps.tornado import Swing as Swing
    from coopgame.sweeps.tornado import Tornado as Tornado
    from coopgame.sweeps.tornado import tornado as tornado


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
