"""The measures that sweeps have built in."""

from coopgame.sweeps.measures.shares import final_shares

__all__ = ["final_shares"]
