"""Exact polynomials in the parameters, conditions on their signs, and proofs about them."""

from __future__ import annotations
