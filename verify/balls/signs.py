"""The certain sign of an expression over a whole piece, from its structure or from a short covering."""

from __future__ import annotations

import sympy as sp

from verify.balls.boxes import Piece, box_of
from verify.balls.compile import UnknownNode, interval_function
from verify.balls.prover import cover, forms_of

_SHORT = 200  # boxes spent on an auxiliary sign


def quick_sign(expr: sp.Expr, piece: Piece) -> tuple[int, bool] | None:
    """(sign, strict) of an expression over the interior of a piece, without covering; None if not evident.

    (1, False) means >= 0 everywhere; (1, True) means > 0 at every point of the domain, excluded ends aside.
    """
    if isinstance(expr, sp.exp | sp.erfc):
        return 1, True
    if isinstance(expr, sp.Mul):
        return _product_sign([quick_sign(a, piece) for a in expr.args])
    if isinstance(expr, sp.Pow):
        return _power_sign(expr, piece)
    if expr in piece.symbols:
        return _symbol_sign(expr, piece)
    return _evaluated_sign(expr, piece)


def _product_sign(signs: list[tuple[int, bool] | None]) -> tuple[int, bool] | None:
    sign, strict = 1, True
    for found in signs:
        if found is None:
            return None
        sign, strict = sign * found[0], strict and found[1]
    return sign, strict


def _power_sign(expr: sp.Pow, piece: Piece) -> tuple[int, bool] | None:
    base, exponent = expr.args
    found = quick_sign(base, piece)
    if exponent.is_Integer and exponent % 2 == 0:
        return 1, exponent < 0 or (found is not None and found[1])
    if exponent.is_Integer:
        return found
    # a real power is defined for a base >= 0 only, and positive where the base is
    return 1, found is not None and found == (1, True)


def _symbol_sign(symbol: sp.Symbol, piece: Piece) -> tuple[int, bool] | None:
    index = piece.symbols.index(symbol)
    domain = piece.domains[index]
    if domain.lower.is_nonnegative:
        return 1, bool(domain.lower.is_positive or domain.open_lower)
    if domain.upper.is_nonpositive:
        return -1, bool(domain.upper.is_negative or domain.open_upper)
    return None


def _evaluated_sign(expr: sp.Expr, piece: Piece) -> tuple[int, bool] | None:
    try:
        lo, hi = interval_function(expr, piece.symbols)(*(side.interval for side in box_of(piece)))
    except UnknownNode:
        return None
    if lo >= 0:
        return 1, bool(lo > 0)
    return (-1, bool(hi < 0)) if hi <= 0 else None


def proved_sign(expr: sp.Expr, piece: Piece) -> int | None:
    """1 if ``expr`` >= 0 is proved over the piece, -1 if <= 0 is, None otherwise (a short covering is tried)."""
    quick = quick_sign(expr, piece)
    if quick is not None:
        return quick[0]
    for sign in (1, -1):
        try:
            if cover(forms_of(sign * expr, piece, False), piece, (), False, _SHORT).complete:
                return sign
        except UnknownNode:
            return None
    return None
