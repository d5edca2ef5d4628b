"""How far a float matrix is from a product G G^T, in float64 alone and yet rigorously.

G is a float matrix rounded to fixed point and cut into three slices of few bits. Products of two slices are sums of
integers below 2^53: floats hold these and all partial sums exactly, in whatever order and with whatever fused
operations BLAS forms them (Ozaki, Ogita, Oishi and Rump, Numer. Algorithms 59 (2012) 95-118). What is left are three
subtractions an entry and the norms of the results, for which the rounding errors are bounded below.
Assumed of the machine: IEEE 754 binary64, rounding to nearest; underflow may be gradual or to zero.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

UNIT_ROUNDOFF = 2.0**-53
_UNDERFLOW = 2.0**-480  # more than what underflow can take from the norm of a matrix of 2^30 entries


def norm_upper(matrix: Floats) -> float:
    """At least the Frobenius norm of a float array of at most 2^30 entries; infinite or NaN if a square overflows.

    In any order of summation N squares add up with relative error at most N u / (1 - N u) < 2^-22 (Higham, Accuracy
    and Stability of Numerical Algorithms, 2002, 3.1 and 4.2). What underflows is less than 2^-1022 a square, so at most
    sqrt(2^30 2^-1022) = 2^-496 of the norm.
    """
    return float(np.linalg.norm(matrix)) * (1 + 2.0**-20) + _UNDERFLOW


def slices(factor: Floats) -> tuple[int, list[Floats]]:
    """(b, [A, B, C]): integers of which A 2^-b + B 2^-2b + C 2^-3b is close to the factor (n, p), |factor| <= 1.

    b is such that p 4^b <= 2^51. How close is not claimed: see gram_distance.
    """
    bits = (51 - (factor.shape[1] - 1).bit_length()) // 2
    rest, found = factor, list[Floats]()
    for place in (bits, 2 * bits, 3 * bits):
        found.append(np.rint(rest * 2.0**place))
        rest = rest - found[-1] * 2.0**-place
    return bits, found


def gram_distance(matrix: Floats, shift: float, factor: Floats) -> float:
    """At least ||matrix - shift I - G G^T||_F for some real G, which is the factor up to rounding; else infinite.

    matrix (n, n), factor (n, p): any floats; only the size of what is returned depends on how good a factor it is.
    """
    largest = float(np.abs(factor).max())
    exponent = math.frexp(largest)[1] if 0 < largest < math.inf else 1000
    if abs(exponent) > 450:
        return math.inf
    # Powers of two: exact, but for entries of ``matrix`` that underflow, which _UNDERFLOW covers.
    scale = 2.0 ** (-2 * exponent)
    with np.errstate(over="ignore", invalid="ignore"):  # ends as infinity or NaN
        distance = _distance(matrix * scale, shift * scale, factor * 2.0**-exponent) / scale
    return distance if math.isfinite(distance) else math.inf


def _distance(matrix: Floats, shift: float, factor: Floats) -> float:
    """gram_distance for |factor| <= 1.

    fl(x - y) differs from x - y by at most u |fl(x - y)| (Higham, 2.2), and by 2^-1022 more where it underflows.
    """
    bits, (A, B, C) = slices(factor)
    if not all(float(np.abs(x).max()) <= 2.0**bits for x in (A, B, C)):
        return math.inf
    gap = matrix.copy()
    np.fill_diagonal(gap, np.diagonal(matrix) - shift)
    rounded = norm_upper(np.diagonal(gap))
    # Every entry below is an integer of at most 3 p 4^b < 2^53, and so is every partial sum.
    for product, place in ((A @ A.T, 2), (_twice(A @ B.T), 3), (B @ B.T + _twice(A @ C.T), 4)):
        gap -= product * 2.0 ** (-place * bits)
        rounded += norm_upper(gap)
    # B C^T + C B^T and C C^T are not subtracted: their norms are bounded.
    b, c = norm_upper(B), norm_upper(C)
    left_out = 2 * b * c * 2.0 ** (-5 * bits) + c * c * 2.0 ** (-6 * bits)
    # A dozen sums and products of positive numbers: 2^-40 is more than their rounding.
    return (norm_upper(gap) + UNIT_ROUNDOFF * rounded + left_out) * (1 + 2.0**-40)


def _twice(product: Floats) -> Floats:
    """M + M^T."""
    return product + product.T
