"""How fast the rigorous part is: boxes a second, and least eigenvalues of the limiting Gram matrix in balls."""

import time
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import ctx

from lemmas import data, kernels
from verify.balls.certify import certify
from verify.balls.eigen import enclose_lambda_min
from verify.relations import ge
from verify.statement import Quantity, real

SHAPES = ((100, 20), (300, 20), (1000, 20), (200, 3))  # (n, d); the last is close to singular: lambda is about 1e-16
RELATIVE_WIDTH = 1e-6


def boxes(gap: Fraction) -> dict[str, Any]:
    """Certify (x - e^-y)^2 + gap >= 0, multiplied out, on the unit square: the smaller the gap, the more boxes."""
    x, y = Quantity("x", real(0, 1)), Quantity("y", real(0, 1))
    claim = ge(x**2 - 2 * x * sp.exp(-y) + sp.exp(-2 * y) + sp.Rational(gap.numerator, gap.denominator), 0)
    began = time.perf_counter()
    found = certify(claim, {x: x.domain, y: y.domain})
    seconds = time.perf_counter() - began
    return {"status": found.status, "boxes": found.boxes, "seconds": seconds, "per_second": found.boxes / seconds}


def eigenvalues(shapes: tuple[tuple[int, int], ...] = SHAPES) -> list[dict[str, Any]]:
    """For random points on the sphere: seconds to build K in balls, and seconds to build and enclose lambda_min(K)."""
    return [_eigenvalue(n, d) for n, d in shapes]


def _eigenvalue(n: int, d: int) -> dict[str, Any]:
    X = data.sphere(n, d).X
    began = time.perf_counter()
    with ctx.workprec(128):
        kernels.limit_gram_balls(X)
    built = time.perf_counter()
    found = enclose_lambda_min(lambda _: kernels.limit_gram_balls(X), RELATIVE_WIDTH)
    ended = time.perf_counter()
    return {"n": n, "d": d, "lambda": float(found), "build_seconds": built - began, "seconds": ended - built}
