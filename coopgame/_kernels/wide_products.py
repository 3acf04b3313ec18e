"""Differences of products of whole numbers in 128 bits: exact division, its check, and comparison; no calls."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_INT64, _INT128 = ir.IntType(64), ir.IntType(128)
_FOUR = types.int64(types.int64, types.int64, types.int64, types.int64)
_FIVE = types.int64(types.int64, types.int64, types.int64, types.int64, types.int64)


def _difference(builder: Any, arguments: Any) -> Any:
    a, b, c, d = (builder.sext(argument, _INT128) for argument in arguments[:4])
    return builder.sub(builder.mul(a, b), builder.mul(c, d))


@intrinsic
def sign_of_difference(typing: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Return the sign of a*b - c*d."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        difference = _difference(builder, arguments)
        zero = ir.Constant(_INT128, 0)
        above = builder.zext(builder.icmp_signed(">", difference, zero), _INT64)
        below = builder.zext(builder.icmp_signed("<", difference, zero), _INT64)
        return builder.sub(above, below)

    return _FOUR, generate


@intrinsic
def difference_shifted(typing: Any, a: Any, b: Any, c: Any, d: Any, shift: Any) -> Any:
    """Return the lowest 64 bits of (a*b - c*d) / 2**shift, rounded down."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        shifted = builder.ashr(_difference(builder, arguments), builder.zext(arguments[4], _INT128))
        return builder.trunc(shifted, _INT64)

    return _FIVE, generate
