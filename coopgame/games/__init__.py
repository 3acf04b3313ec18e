"""What is played: games with symbolic payoffs."""

from __future__ import annotations
