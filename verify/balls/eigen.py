"""Rigorous enclosures of the extreme eigenvalues of a symmetric matrix given in balls.

Lower bound, well-conditioned: with a float Cholesky factor R of K - sI, rounded to integers over 2^60, the residual
E = K - sI - R^T R is formed exactly up to the balls of K, and Weyl's inequality gives lambda_min(K) >= s - ||E||_F.
Lower bound, near-singular: K - sI is positive definite if its leading block and the Schur complement are, recursively.
Upper bound: the Rayleigh quotient of any vector. (Horn and Johnson, Matrix Analysis, 4.2.2, 4.3.1 and 7.7.7;
the residual test follows Rump, Verification of positive definiteness, BIT 46 (2006), with exact instead of float sums.)
Matrices are symmetric by assumption: a ball matrix stands for every *symmetric* matrix that it contains.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from flint import arb, arb_mat, ctx, fmpz_mat

from verify.balls.exact import hull

Floats = npt.NDArray[np.float64]
_SCALE = 60  # bits of the integer Cholesky factor
_WORK = 128  # bits in which residuals and Rayleigh quotients are formed
_SMALL = 24  # below this size the scalar elimination is faster than blocks


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


def _shifted(matrix: arb_mat, shift: arb) -> arb_mat:
    return matrix - _multiple_of_identity(matrix.nrows(), shift)


def _residual_lower(matrix: arb_mat, approx: Floats, shift: float) -> arb | None:
    """shift - ||K - shift I - R^T R||_F, or None if the float Cholesky factorisation breaks down or a ball is NaN."""
    try:
        factor = np.linalg.cholesky(approx - shift * np.eye(len(approx)))
    except np.linalg.LinAlgError:
        return None
    integers = fmpz_mat([[int(x) for x in row] for row in np.ldexp(factor, _SCALE).tolist()])
    product = arb_mat(integers * integers.transpose()) * (arb(2) ** (-2 * _SCALE))
    residual = _shifted(matrix, arb(shift)) - product
    bound = (arb(shift) - frobenius_upper(residual)).lower()
    return bound if bound.is_finite() else None


def _float_lower(matrix: arb_mat, approx: Floats, smallest: float) -> arb | None:
    """The residual bound with the shift as close to the float eigenvalue as the factorisation allows."""
    norm = float(np.abs(approx).sum(axis=1).max())
    slack = 4 * len(approx) * 2.0**-53 * max(norm, 1e-300)
    for _ in range(4):
        found = _residual_lower(matrix, approx, smallest - slack)
        if found is not None:
            return found
        slack *= 8
    return None


def _blocks(matrix: arb_mat) -> tuple[arb_mat, arb_mat, arb_mat]:
    rows = matrix.tolist()
    half = len(rows) // 2
    corner = arb_mat([row[:half] for row in rows[:half]])
    side = arb_mat([row[half:] for row in rows[:half]])
    return corner, side, arb_mat([row[half:] for row in rows[half:]])


def _positive_pivots(matrix: arb_mat) -> bool:
    """Gaussian elimination without pivoting; the matrix is positive definite if every pivot is (Sylvester)."""
    rows = matrix.tolist()
    for k, row in enumerate(rows):
        if not row[k] > 0:
            return False
        for i in range(k + 1, len(rows)):
            factor = row[i] / row[k]
            rows[i] = rows[i][:i] + [rows[i][j] - factor * row[j] for j in range(i, len(rows))]
    return True


def is_positive_definite(matrix: arb_mat) -> bool:
    """True only if every symmetric matrix in the balls is positive definite; False says nothing."""
    if matrix.nrows() <= _SMALL:
        return _positive_pivots(matrix)
    corner, side, rest = _blocks(matrix)
    if not is_positive_definite(corner):
        return False
    try:
        complement = rest - side.transpose() * corner.solve(side)
    except ZeroDivisionError:
        return False
    return is_positive_definite(complement)


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
        approx = midpoints(balls)
        found = _float_lower(balls, approx, float(np.linalg.eigvalsh(approx)[0]))
    if found is None:
        raise EnclosureError("the Cholesky factorisation broke down at every shift tried")
    return found


def _inverse_vector(matrix: arb_mat) -> list[arb]:
    """An accurate approximate eigenvector of a near-singular matrix, by inverse iteration at working precision."""
    inverse = matrix.mid().solve(_multiple_of_identity(matrix.nrows(), arb(1)), algorithm="approx").mid()
    scale = max(abs(x).upper() for x in inverse.entries())
    vector = np.linalg.eigh(midpoints(inverse * (1 / scale).mid()))[1][:, -1]
    column = arb_mat([[arb(x)] for x in vector.tolist()])
    for _ in range(2):
        column = (inverse * column).mid()
        column = (column * (1 / frobenius_upper(column)).mid()).mid()
    return list(column.entries())


def _enclose_near_singular(matrix: arb_mat, rel: float) -> arb | None:
    try:
        upper = lambda_min_upper(matrix, _inverse_vector(matrix))
    except ZeroDivisionError:
        return None
    lower = (upper - abs(upper) * arb(rel) / 2).lower()
    return hull(lower, upper) if is_positive_definite(_shifted(matrix, lower)) else None


def _narrow(lower: arb, upper: arb, rel: float) -> bool:
    return bool(upper - lower <= arb(rel) * min(abs(lower).lower(), abs(upper).lower()))


def _enclose_once(matrix: arb_mat, rel: float) -> tuple[arb | None, bool]:
    """(the best enclosure at this precision, is it narrow enough)."""
    approx = midpoints(matrix)
    values, vectors = np.linalg.eigh(approx)
    upper = lambda_min_upper(matrix, vectors[:, 0].tolist())
    lower = _float_lower(matrix, approx, float(values[0]))
    if lower is not None and _narrow(lower, upper, rel):
        return hull(lower, upper), True
    sharper = _enclose_near_singular(matrix, rel)
    if sharper is not None:
        return sharper, True
    return (None if lower is None else hull(lower, upper)), False


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
            found, narrow = _enclose_once(matrix, rel)
        if found is not None and (best is None or found.rad() < best.rad()):
            best = found
        if narrow and best is not None:
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
