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
def scaled(typing: Any, x: Any, shifted: Any) -> Any:
    """Return x * 2**k for a normal x, where shifted is k + 1.5 * 2**52 and the result is normal: k is added to the exponent of x."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits, power = (builder.bitcast(argument, _INT64) for argument in arguments)
        return builder.bitcast(builder.add(bits, builder.shl(power, _INT64(52))), _DOUBLE)

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
    """Return e**x to 3 units in the last place for x from -708 to 709; beyond, the value at the nearest end.

    x = k ln 2 + r with |r| <= ln(2)/2; ln 2 in two parts keeps r exact. Adding 1.5 * 2**52 rounds to a whole number, which then stands in the last bits.
    The polynomial 1 + r + r**2 q(r) has the q of degree 9 closest to the power series in the largest error (1.3e-17), found by Chebyshev interpolation;
    its even and odd powers are summed apart, as a processor can do that side by side.
    """
    x = min(max(x, -708.0), 709.0)
    shifted = x * 1.4426950408889634 + 6755399441055744.0
    k = shifted - 6755399441055744.0
    r = x - k * 6.93147180369123816490e-01
    r = r - k * 1.90821492927058770002e-10
    s = r * r
    even = 2.7620088445409746e-07
    even = even * s + 2.4801521295954376e-05
    even = even * s + 0.0013888888917213717
    even = even * s + 0.04166666666662413
    even = even * s + 0.5
    even = even * s + 1.0
    odd = 2.510038549551032e-08
    odd = odd * s + 2.7557268459997064e-06
    odd = odd * s + 0.00019841269863053618
    odd = odd * s + 0.008333333333330062
    odd = odd * s + 0.16666666666666669
    odd = odd * s + 1.0
    return scaled(odd * r + even, shifted)  # type: ignore[call-arg]
