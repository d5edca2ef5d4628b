"""Equality along a diagonal v = w: sufficient claims that no longer vanish there.

If f and its derivatives in v up to order k-1 vanish identically at v = w, k is even and the k-th derivative in v is
>= 0, then f >= 0 (Taylor with integral remainder about v = w). If only f is known to vanish there, it suffices that
(derivative of f in v) / (v - w) >= 0: f then falls towards the diagonal from both sides.
Both need the domain of v to contain every value of w, so that the segment from w to v stays inside.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import sympy as sp

from verify.balls.boxes import Piece
from verify.balls.touching import touches
from verify.balls.views import as_product
from verify.statement import Domain

_HIGHEST_ORDER = 4


def about_diagonals(expr: sp.Expr, piece: Piece) -> Iterator[tuple[sp.Expr, str]]:
    """Claims that imply expr >= 0 over the piece, for every pair of symbols on whose diagonal ``expr`` vanishes."""
    if expr.has(sp.Abs, sp.Max, sp.Min, sp.sign, sp.Heaviside, sp.floor, sp.ceiling):
        return
    for i, j in itertools.permutations(range(len(piece.symbols)), 2):
        v, w = piece.symbols[i], piece.symbols[j]
        if _within(piece.domains[j], piece.domains[i]) and touches(expr, v, w):
            yield from _divided(expr, v, w)


def _within(inner: Domain, outer: Domain) -> bool:
    return (inner.lower, inner.upper) == (outer.lower, outer.upper) and not inner.integer and not outer.integer


def _divided(expr: sp.Expr, v: sp.Symbol, w: sp.Symbol) -> Iterator[tuple[sp.Expr, str]]:
    slope = as_product(sp.diff(expr, v))
    quotient = sp.cancel(slope / (v - w)) if (v - w) in _factors(slope) or (w - v) in _factors(slope) else None
    if quotient is not None:
        yield as_product(quotient), f"decreasing towards the diagonal {v.name} = {w.name} from both sides"
    derivative, order = expr, 0
    while order < _HIGHEST_ORDER and touches(derivative, v, w):
        derivative, order = sp.diff(derivative, v), order + 1
    if order % 2 == 0 and order > 0:
        yield derivative, f"Taylor about the diagonal {v.name} = {w.name}"


def _factors(product: sp.Expr) -> tuple[sp.Expr, ...]:
    return tuple(sp.Mul.make_args(product))
