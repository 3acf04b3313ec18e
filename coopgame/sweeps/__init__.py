"""Sweeps over parameters and starts: designs of points, measures, stores, sensitivity."""
