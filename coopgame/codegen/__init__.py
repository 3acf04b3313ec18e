"""Symbolic expressions and vector fields to compiled code; the only place where code is generated."""

from __future__ import annotations

from coopgame.codegen.expressions import Compiled, compile_expressions

__all__ = ["Compiled", "compile_expressions"]
