"""Runs the command line: python -m coopgame."""

from __future__ import annotations

from coopgame.cli import main

if __name__ == "__main__":
    main()
