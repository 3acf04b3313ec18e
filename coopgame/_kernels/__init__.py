"""Numba loops: arrays in, arrays out; each has a slow reference twin in tests/."""
