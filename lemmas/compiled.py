"""exp in one pass of machine code, which numba compiles (extra `fast`); `lemmas.kernels` imports it where first needed.

What was compiled is kept: in `__pycache__` beside this file or, where that is read-only, in the user's cache of numba.
"""

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from lemmas.kernels import Floats

_CHUNK = 512  # entries whose values wait, in the nearest cache, until it is known that no argument was out of range
_PER_LN2 = 1 / math.log(2)
_ROUND = 1.5 * 2.0**52  # adding it rounds to an integer, which then fills the low bits of the float
with mpmath.workprec(200):
    _LN2 = float(mpmath.floor(mpmath.ln2 * 2**40) / 2**40)  # so short that its multiples by exponents are exact
    _REST = float(mpmath.ln2 - _LN2)
    # c_0, ..., c_11: exp interpolated at Chebyshev nodes; rounded they err by less than 2e-17 for |r| <= ln(2) / 2
    COEFFICIENTS = tuple(map(float, reversed(mpmath.chebyfit(mpmath.exp, [-mpmath.ln2 / 2, mpmath.ln2 / 2], 12))))
_MAGNITUDE = 2**63 - 1  # all bits but the sign; as integers they are ordered like |x|, NaN on top
_SAFE = int(np.float64(707).view(np.int64))  # up to here exp is a normal number


def _reinterpret(source: Any, target: Any) -> Any:
    """The function that reads the bits of a `source` as a `target`."""

    def typed(_context: Any, _x: Any) -> Any:
        return target(source), lambda context, builder, _signature, values: builder.bitcast(
            values[0], context.get_value_type(target)
        )

    return intrinsic(typed)


_bits, _float = _reinterpret(types.float64, types.int64), _reinterpret(types.int64, types.float64)


def _exp(u: Floats) -> float:
    """exp(u) = 2^k exp(r), r = u - k ln(2), by a polynomial in r; loops so plain that LLVM vectorises them."""
    c = COEFFICIENTS
    largest = 0
    values = np.empty(_CHUNK)
    for first in range(0, u.size, _CHUNK):
        chunk = u[first : first + _CHUNK]
        here = 0
        for i in range(chunk.size):
            x = chunk[i]
            here = max(here, _bits(x) & _MAGNITUDE)
            shifted = x * _PER_LN2 + _ROUND
            k = shifted - _ROUND
            r = x - k * _LN2 - k * _REST
            s = r * r
            low = (c[0] + c[1] * r) + (c[2] + c[3] * r) * s
            middle = (c[4] + c[5] * r) + (c[6] + c[7] * r) * s
            high = (c[8] + c[9] * r) + (c[10] + c[11] * r) * s
            power = low + (middle + high * (s * s)) * (s * s)
            values[i] = _float(_bits(power) + (_bits(shifted) << 52))
        largest = max(largest, here)
        if here <= _SAFE:
            for i in range(chunk.size):
                chunk[i] = values[i]
        else:
            for i in range(chunk.size):
                chunk[i] = math.exp(chunk[i])
    return float(_float(largest))


def _compiled() -> Any:
    options: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        "fastmath": {"contract"},
    }  # contract: x * y + z rounded once
    try:
        return njit("float64(float64[::1])", cache=True, **options)(_exp)
    except Exception:  # nowhere to keep it, or what is kept there is spoiled
        return njit("float64(float64[::1])", **options)(_exp)


exp: Callable[[Floats], float] = _compiled()
"""Replace the contiguous u by exp(u), relative error below 1e-15; returns max |u| (NaN if there is one)."""
