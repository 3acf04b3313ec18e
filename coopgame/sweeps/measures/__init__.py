"""The measures that sweeps have built in: `from coopgame import measures`."""

from coopgame.sweeps.measures.attractors import attractor_reached
from coopgame.sweeps.measures.basin import share_of_basin
from coopgame.sweeps.measures.cycles import cycle
from coopgame.sweeps.measures.payoffs import cooperation, welfare
from coopgame.sweeps.measures.points import rest_points
from coopgame.sweeps.measures.reaching import time_to_reach
from coopgame.sweeps.measures.regimes import regime
from coopgame.sweeps.measures.shares import final_shares
from coopgame.sweeps.measures.together import together

__all__ = [
    "attractor_reached",
    "cooperation",
    "cycle",
    "final_shares",
    "regime",
    "rest_points",
    "share_of_basin",
    "time_to_reach",
    "together",
    "welfare",
]
