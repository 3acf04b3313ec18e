"""Ranges of numbers that compiled loops can take, known without loading them."""

WIDE_BITS = 61  # entries up to 2**61 keep every difference of two products below 2**123
