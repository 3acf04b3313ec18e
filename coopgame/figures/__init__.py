"""Figures: each draws a result that it is given; nothing is computed here."""

from __future__ import annotations

from coopgame.figures.best_replies import draw_best_replies
from coopgame.figures.branch import draw_branch
from coopgame.figures.cube import draw_cube
from coopgame.figures.folds import draw_count_map, draw_fold_curves
from coopgame.figures.noise import draw_ensemble, draw_stationary_law
from coopgame.figures.phase_line import draw_phase_line
from coopgame.figures.phase_portrait import draw_phase_portrait
from coopgame.figures.policy_path import draw_policy_path
from coopgame.figures.quantal_response import draw_quantal_response
from coopgame.figures.ramp import draw_ramp
from coopgame.figures.regime_map import draw_regime_map
from coopgame.figures.simplex import draw_simplex
from coopgame.figures.style import house_style, new_axes, save_figure
from coopgame.figures.sweep_map import draw_basin_map, draw_sweep_map
from coopgame.figures.time_series import draw_parameter_overlay, draw_time_series
from coopgame.figures.tornado import draw_tornado

__all__ = [
    "draw_basin_map",
    "draw_best_replies",
    "draw_branch",
    "draw_count_map",
    "draw_cube",
    "draw_ensemble",
    "draw_fold_curves",
    "draw_parameter_overlay",
    "draw_phase_line",
    "draw_phase_portrait",
    "draw_policy_path",
    "draw_quantal_response",
    "draw_ramp",
    "draw_regime_map",
    "draw_simplex",
    "draw_stationary_law",
    "draw_sweep_map",
    "draw_time_series",
    "draw_tornado",
    "house_style",
    "new_axes",
    "save_figure",
]
