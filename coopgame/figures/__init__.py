"""Figures: each draws a result that it is given; nothing is computed here."""

from __future__ import annotations

from coopgame.figures.animation import animate_network
from coopgame.figures.best_replies import draw_best_replies
from coopgame.figures.branch import draw_branch
from coopgame.figures.cube import draw_cube
from coopgame.figures.drift import draw_drift
from coopgame.figures.folds import draw_count_map, draw_fold_curves
from coopgame.figures.invasions import draw_invasions
from coopgame.figures.layouts import circular_layout, group_layout, spring_layout, tier_layout
from coopgame.figures.network import draw_network
from coopgame.figures.noise import draw_ensemble, draw_stationary_law
from coopgame.figures.phase_line import draw_phase_line
from coopgame.figures.phase_portrait import draw_phase_portrait
from coopgame.figures.policy_path import draw_policy_path
from coopgame.figures.quantal_response import draw_quantal_response
from coopgame.figures.ramp import draw_ramp
from coopgame.figures.regime_map import draw_regime_map
from coopgame.figures.selection_gradient import draw_selection_gradient
from coopgame.figures.shares_over_time import draw_shares_over_time
from coopgame.figures.simplex import draw_simplex
from coopgame.figures.stationary import draw_stationary
from coopgame.figures.style import house_style, new_axes, save_figure
from coopgame.figures.sweep_map import draw_basin_map, draw_sweep_map
from coopgame.figures.time_series import draw_parameter_overlay, draw_time_series
from coopgame.figures.tornado import draw_tornado

__all__ = [
    "animate_network",
    "circular_layout",
    "draw_basin_map",
    "draw_best_replies",
    "draw_branch",
    "draw_count_map",
    "draw_cube",
    "draw_drift",
    "draw_ensemble",
    "draw_fold_curves",
    "draw_invasions",
    "draw_network",
    "draw_parameter_overlay",
    "draw_phase_line",
    "draw_phase_portrait",
    "draw_policy_path",
    "draw_quantal_response",
    "draw_ramp",
    "draw_regime_map",
    "draw_selection_gradient",
    "draw_shares_over_time",
    "draw_simplex",
    "draw_stationary",
    "draw_stationary_law",
    "draw_sweep_map",
    "draw_time_series",
    "draw_tornado",
    "group_layout",
    "house_style",
    "new_axes",
    "save_figure",
    "spring_layout",
    "tier_layout",
]
