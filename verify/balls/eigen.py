"""Rigorous enclosures of the extreme eigenvalues of a symmetric matrix given in balls.

Lower bound: with a float Cholesky factor L of K - sI, lambda_min(K) >= s - ||K - sI - G G^T||, where G is L rounded to
fixed point so that float arithmetic forms G G^T without error (Weyl's inequality).
Near-singular: the inverse K^-1, enclosed at more bits, has a largest eigenvalue that the same bound encloses well; its
reciprocal is the smallest eigenvalue of K once K is positive definite.
Upper bound: the Rayleigh quotient of any vector. (Horn and Johnson, Matrix Analysis, 4.2.2, 4.3.1 and 7.7.7; the
residual test follows Rump, Verification of positive definiteness, BIT 46 (2006).)
Matrices are symmetric by assumption: a ball matrix stands for every *symmetric* matrix that it contains.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
from flint import arb, arb_mat, ctx

from verify.balls.definite import is_positive_definite
from verify.balls.exact import hull
from verify.balls.residual import Floats, gram_distance, norm_upper

_WORK = 128  # bits in which residuals and Rayleigh quotients are formed


class EnclosureError(ArithmeticError):
    """No enclosure as narrow as asked; ``best`` is the rigorous one reached, or None."""

    def __init__(self, message: str, best: arb | None = None) -> None:
        super().__init__(message)
        self.best = best


def ball_matrix(matrix: Any) -> arb_mat:
    """An arb_mat from an arb_mat, a float array (taken as exact) or an object array of balls; shape (n, p)."""
    if isinstance(matrix, arb_mat):
        return matrix
    return arb_mat([[x if isinstance(x, arb) else arb(x) for x in row] for row in np.asarray(matrix).tolist()])


def midpoints(matrix: arb_mat) -> Floats:
    """The midpoints as a float64 array of the same shape (nearest doubles; no rigour)."""
    flat = np.array([float(x) for x in matrix.entries()])
    return flat.reshape(matrix.nrows(), matrix.ncols())


def frobenius_upper(matrix: arb_mat) -> arb:
    """An exact number at least the Frobenius norm of every matrix in the balls."""
    entries = matrix.entries()
    row = arb_mat(1, len(entries), entries)
    return (row * row.transpose())[0, 0].abs_upper().sqrt().upper()


def _multiple_of_identity(n: int, value: arb) -> arb_mat:
    matrix = arb_mat(n, n)
    for i in range(n):
        matrix[i, i] = value
    return matrix


def _row_sums(matrix: arb_mat) -> list[arb]:
    """The sums of the rows; finite only if every ball is."""
    sums = matrix * arb_mat(matrix.ncols(), 1, [1] * matrix.ncols())
    return list(sums.entries())


def _is_finite(matrix: arb_mat) -> bool:
    return all(x.is_finite() for x in _row_sums(matrix))


def _shifted(matrix: arb_mat, shift: arb) -> arb_mat:
    return matrix - _multiple_of_identity(matrix.nrows(), shift)


class _Rounded(NamedTuple):
    """Symmetric floats F (n, n), and an exact number at least ||S - F|| for every symmetric S in the balls."""

    floats: Floats
    error: arb


def _rounded(matrix: arb_mat, approx: Floats) -> _Rounded:
    """The midpoints as symmetric floats, and what these miss; ``approx``: the midpoints as floats.

    A radius matters in the spectral norm, which is at most the largest row sum. Rounding matters in the Frobenius norm:
    floats are within u |m| of a midpoint m (Arb documents arf_get_d as correctly rounded; twice that is allowed for),
    the mean of two is rounded by u again, and all that is less than 2^-51 ||F||_F.
    """
    spread = matrix - matrix.mid()
    row, column = (max(x.abs_upper() for x in _row_sums(side)) for side in (spread, spread.transpose()))
    rounding = arb(2) ** -51 * arb(norm_upper(approx))
    return _Rounded((approx + approx.T) / 2, ((row + column) / 2 + rounding).upper())


def _scaled(matrix: arb_mat) -> tuple[arb_mat, Floats, int]:
    """(K 2^-e, its midpoints, e); e = 0 unless floats might overflow or underflow.

    Raises EnclosureError for balls that are not finite.
    """
    approx = midpoints(matrix)
    if 2.0**-400 < np.abs(approx).max() < 2.0**400:
        return matrix, approx, 0
    largest = frobenius_upper(matrix)
    if largest.is_zero():
        return matrix, approx, 0
    mantissa, exponent = largest.man_exp()
    shift = int(exponent) + int(mantissa).bit_length()
    scaled = matrix * arb(2) ** -shift
    return scaled, midpoints(scaled), shift


def _float_lower(rounded: _Rounded, smallest: float) -> arb | None:
    """s - ||F - s I - G G^T|| - ||K - F||, with s as close to the float eigenvalue as the factorisation allows."""
    floats = rounded.floats
    norm = float(np.abs(floats).sum(axis=1).max())
    slack = 4 * len(floats) * 2.0**-53 * max(norm, 2.0**-400)
    for _ in range(4):
        shift = smallest - slack
        slack *= 8
        try:
            factor = np.asarray(np.linalg.cholesky(floats - shift * np.eye(len(floats))), dtype=np.float64)
        except np.linalg.LinAlgError:
            continue
        bound = (arb(shift) - arb(gram_distance(floats, shift, factor)) - rounded.error).lower()
        return bound if bound.is_finite() else None
    return None


def rayleigh_quotient(matrix: arb_mat, vector: Any) -> arb:
    """v^T K v / v^T v in balls, for n numbers v."""
    column = arb_mat([[arb(x)] for x in vector])
    row = column.transpose()
    return (row * (matrix * column))[0, 0] / (row * column)[0, 0]


def lambda_min_upper(matrix: Any, vector: Any = None) -> arb:
    """An exact number at least the smallest eigenvalue: the Rayleigh quotient of ``vector`` (default: a float one)."""
    with ctx.workprec(max(ctx.prec, _WORK)):
        balls = ball_matrix(matrix)
        if vector is None:
            vector = np.linalg.eigh(midpoints(balls))[1][:, 0].tolist()
        return rayleigh_quotient(balls, vector).upper()


def lambda_min_lower(matrix: Any) -> arb:
    """An exact number at most the smallest eigenvalue; K in balls, shape (n, n).

    Raises EnclosureError if even the float factorisation finds no bound.
    """
    with ctx.workprec(max(ctx.prec, _WORK)):
        balls = ball_matrix(matrix)
        if not _is_finite(balls):
            raise EnclosureError("the matrix has an entry that is not finite")
        balls, approx, exponent = _scaled(balls)
        rounded = _rounded(balls, approx)
        found = _float_lower(rounded, float(np.linalg.eigvalsh(rounded.floats)[0]))
        if found is None:
            raise EnclosureError("the Cholesky factorisation broke down at every shift tried")
        return found * arb(2) ** exponent


def _by_floats(matrix: arb_mat) -> arb | None:
    """A ball around the smallest eigenvalue, as narrow as floats can tell; None if they tell nothing."""
    matrix, approx, exponent = _scaled(matrix)
    rounded = _rounded(matrix, approx)
    values, vectors = np.linalg.eigh(rounded.floats)
    lower = _float_lower(rounded, float(values[0]))
    if lower is None:
        return None
    return hull(lower, lambda_min_upper(matrix, vectors[:, 0].tolist())) * arb(2) ** exponent


def _by_inverse(matrix: arb_mat, floats: arb | None, rel: float) -> arb | None:
    """A ball around the smallest eigenvalue if that is also the one nearest to zero; ``floats``: what these found.

    The eigenvalues of K are the reciprocals of those of B = K^-1, so the one of B that is largest in absolute value,
    which floats tell well, encloses one of K. That none lies below it remains to be shown.
    """
    try:
        inverse = matrix.inv()
    except ZeroDivisionError:
        return None
    if not _is_finite(inverse):
        return None
    lowest, minus = _by_floats(inverse), _by_floats(-inverse)
    if lowest is None or minus is None:
        return None
    if abs(minus) > abs(lowest):
        found = 1 / -minus
        positive = floats is not None and _no_negative(floats.lower(), lowest.lower())
        return found if found > 0 and (positive or is_positive_definite(matrix)) else None
    found = 1 / lowest
    below = (found.lower() - abs(found).upper() * arb(rel) / 4).lower()
    return hull(below, found.upper()) if is_positive_definite(_shifted(matrix, below)) else None


def _no_negative(matrix: arb, inverse: arb) -> bool:
    """Whether no eigenvalue k < 0 has both k >= ``matrix`` and 1/k >= ``inverse``: these bound the spectra of K, K^-1.

    For k < 0 both would mean k <= 1/inverse, hence matrix * inverse >= 1.
    """
    return bool(matrix > 0) or bool(inverse > 0) or bool(matrix * inverse < 1)


def _narrow(found: arb | None, rel: float) -> bool:
    return found is not None and bool(2 * found.rad() <= arb(rel) * abs(found).lower())


def _enclose_once(matrix: arb_mat, rel: float) -> arb | None:
    """The best enclosure at this precision; None if there is none."""
    if not _is_finite(matrix):
        return None
    floats = _by_floats(matrix)
    if _narrow(floats, rel):
        return floats
    sharper = _by_inverse(matrix, floats, rel)
    return floats if sharper is None else sharper


def enclose_lambda_min(
    build: Callable[[int], Any] | Any, rel: float = 1e-6, prec: int = 128, max_prec: int = 2048
) -> arb:
    """A ball around the smallest eigenvalue, of relative width at most ``rel``.

    ``build(prec)`` returns the symmetric matrix in balls of that precision (called under it); precision is doubled
    until the ball is narrow enough. A fixed matrix may be given instead. Raises EnclosureError, with the best ball
    reached, if ``max_prec`` bits do not suffice (an eigenvalue that is exactly zero never has a relative width).
    """
    best: arb | None = None
    while prec <= max_prec:
        with ctx.workprec(prec):
            matrix = ball_matrix(build(prec) if callable(build) else build)
            found = _enclose_once(matrix, rel)
        if found is not None and (best is None or found.rad() < best.rad()):
            best = found
        if best is not None and _narrow(best, rel):
            return best
        prec *= 2
    raise EnclosureError(f"the smallest eigenvalue is not known to relative width {rel:g}", best)


def enclose_lambda_max(
    build: Callable[[int], Any] | Any, rel: float = 1e-6, prec: int = 128, max_prec: int = 2048
) -> arb:
    """A ball around the largest eigenvalue; as enclose_lambda_min."""
    if not callable(build):
        return -enclose_lambda_min(ball_matrix(build) * -1, rel, prec, max_prec)
    return -enclose_lambda_min(lambda bits: ball_matrix(build(bits)) * -1, rel, prec, max_prec)


def enclose_spectral_norm(matrix: Any, rel: float = 1e-6) -> arb:
    """A ball around the spectral norm of a matrix in balls, shape (n, p): the root of lambda_max(M M^T)."""
    balls = ball_matrix(matrix)
    wide = balls if balls.nrows() <= balls.ncols() else balls.transpose()
    if all(x.is_zero() for x in wide.entries()):
        return arb(0)
    return enclose_lambda_max(lambda _: wide * wide.transpose(), rel).sqrt()


def enclose_extreme(matrix: Any, which: Literal["min", "max"], rel: float = 1e-6) -> arb:
    """A ball around the smallest or largest eigenvalue of a symmetric object array of balls, shape (n, n)."""
    enclose = enclose_lambda_min if which == "min" else enclose_lambda_max
    return enclose(matrix, rel, ctx.prec)


def is_narrow(value: arb, rel: float) -> bool:
    """Whether the radius is at most ``rel`` times the absolute value everywhere in the ball."""
    return math.isfinite(float(value)) and bool(value.rad() <= arb(rel) * abs(value).lower())
