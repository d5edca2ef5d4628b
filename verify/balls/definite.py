"""Positive definiteness of a symmetric matrix given in balls, by elimination in blocks.

It is positive definite if and only if its leading block and the Schur complement are (Horn and Johnson, Matrix
Analysis, 7.7.7). A ball matrix stands for every *symmetric* matrix that it contains.
"""

from __future__ import annotations

from flint import arb_mat

_SMALL = 24  # below this size the scalar elimination is faster than blocks


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
