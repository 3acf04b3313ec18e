"""How shares change: vector fields on the states of populations."""

from __future__ import annotations
