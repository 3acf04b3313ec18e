"""What happens: rest points, stability, regimes, trajectories."""

from __future__ import annotations
