"""Branch-free arithmetic on doubles that LLVM can carry out for many lanes at once; no calls, no tables."""

from __future__ import annotations

from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_DOUBLE, _INT32, _INT64 = ir.DoubleType(), ir.IntType(32), ir.IntType(64)
_BIAS = 1023
_MIDDLE = 0.043  # centres the error of the straight line through the powers of 2
ACCURATE = {
    "contract",
    "nsz",
}  # fused multiply-add is welcome; no reordering, and NaN and infinity stay what they are


@intrinsic
def rounded(typing: Any, x: Any) -> Any:
    """Return the nearest whole number, as a double."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic("llvm.rint", [_DOUBLE]), arguments)

    return types.float64(types.float64), generate


@intrinsic
def scaled(typing: Any, x: Any, k: Any) -> Any:
    """Return x * 2**k for a double k that is a whole number from -1022 to 1023."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        exponent = builder.sext(builder.fptosi(arguments[1], _INT32), _INT64)
        power = builder.bitcast(builder.shl(builder.add(exponent, _INT64(_BIAS)), _INT64(52)), _DOUBLE)
        return builder.fmul(arguments[0], power)

    return types.float64(types.float64, types.float64), generate


@intrinsic
def rough_log2(typing: Any, x: Any) -> Any:
    """Return log2(x) of a positive normal x to within 0.06: the exponent, and a straight line in between."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        high = builder.trunc(builder.lshr(builder.bitcast(arguments[0], _INT64), _INT64(32)), _INT32)
        return builder.fsub(builder.fmul(builder.sitofp(high, _DOUBLE), _DOUBLE(2.0**-20)), _DOUBLE(_BIAS - _MIDDLE))

    return types.float64(types.float64), generate


@intrinsic
def rough_exp2(typing: Any, x: Any) -> Any:
    """Return 2**x, |x| below 1000, to within 5 percent: the inverse of `rough_log2`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = builder.fmul(builder.fadd(arguments[0], _DOUBLE(_BIAS - _MIDDLE)), _DOUBLE(2.0**20))
        return builder.bitcast(builder.shl(builder.zext(builder.fptosi(value, _INT32), _INT64), _INT64(32)), _DOUBLE)

    return types.float64(types.float64), generate


@numba.njit(inline="always", fastmath=ACCURATE, error_model="numpy")
def exponential(x: float) -> float:
    """Return e**x to 2 units in the last place for x from -708 to 709; beyond, the value at the nearest end.

    x = k ln 2 + r with |r| <= ln(2)/2; ln 2 in two parts keeps r exact, and the Taylor polynomial of degree 13 is exact to rounding.
    """
    x = min(max(x, -708.0), 709.0)
    k: float = rounded(x * 1.4426950408889634)  # type: ignore[call-arg]
    r = x - k * 6.93147180369123816490e-01
    r = r - k * 1.90821492927058770002e-10
    p = 1.6059043836821613e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 1.984126984126984e-04
    p = p * r + 1.388888888888889e-03
    p = p * r + 8.333333333333333e-03
    p = p * r + 4.1666666666666664e-02
    p = p * r + 1.6666666666666666e-01
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return scaled(p, k)
