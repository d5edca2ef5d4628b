"""Claims of the same sign: f > 0, = 0, < 0 exactly where the equivalent is, over the piece.

- reduced: f as a product, without the factors of certain strict sign (a factor >= 0 that may vanish is dropped from a
  claim f >= 0 only, where the claim without it is sufficient);
- logarithmic: f = p - q with p > 0 and q > 0 becomes log p - log q;
- scaled: erfc(u) = erfcx(u) e^{-u^2} with u >= 0, after which a common Gaussian factor drops out.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from verify.balls.boxes import Piece
from verify.balls.compile import UnknownNode, compile_expr, erfcx
from verify.balls.diagonal import about_diagonals
from verify.balls.signs import quick_sign
from verify.balls.views import as_product

Equivalent = tuple[sp.Expr, str]
_LARGEST = 150  # operations in a claim that is still rewritten


def equivalents(expr: sp.Expr, piece: Piece, strict: bool) -> list[Equivalent]:
    """Expressions whose being >= 0 (> 0 if strict) over the piece implies the claim, the claim itself first."""
    found = {expr: ""}
    if expr.count_ops() <= _LARGEST:
        for candidate, why in _candidates(expr, piece, strict):
            if candidate not in found and _compiles(candidate, piece):
                found[candidate] = why
    return list(found.items())


def _candidates(expr: sp.Expr, piece: Piece, strict: bool) -> Iterator[Equivalent]:
    yield reduced(expr, piece, strict), "after cancelling factors of known sign"
    scaled = _scaled(expr, piece)
    if scaled != expr:
        yield reduced(scaled, piece, strict), "with erfc scaled by its Gaussian factor"
    logarithmic = _logarithmic(expr, piece)
    if logarithmic is not None:
        yield reduced(logarithmic, piece, strict), "after taking logarithms of two positive sides"


def sufficient(expr: sp.Expr, piece: Piece) -> list[Equivalent]:
    """Claims >= 0 that imply expr >= 0 over the piece without being equivalent to it."""
    if expr.count_ops() > _LARGEST:
        return []
    return [(reduced(e, piece, False), why) for e, why in about_diagonals(expr, piece) if _compiles(e, piece)]


def _compiles(expr: sp.Expr, piece: Piece) -> bool:
    try:
        compile_expr(expr, piece.symbols)
    except UnknownNode:
        return False
    return True


def reduced(expr: sp.Expr, piece: Piece, strict: bool) -> sp.Expr:
    """The product form of ``expr`` without the factors whose sign over the piece is evident."""
    rest, sign = [], 1
    for factor in sp.Mul.make_args(as_product(expr)):
        found = quick_sign(factor, piece)
        if found is None or (strict and not found[1]):
            rest.append(factor)
        else:
            sign *= found[0]
    return sign * sp.Mul(*rest)


def _scaled(expr: sp.Expr, piece: Piece) -> sp.Expr:
    def scale(node: sp.Expr) -> sp.Expr:
        u = node.args[0]
        return erfcx(u) * sp.exp(-sp.expand(u**2)) if (quick_sign(u, piece) or (0, False))[0] == 1 else node

    return expr.replace(lambda e: isinstance(e, sp.erfc), scale)


def _logarithmic(expr: sp.Expr, piece: Piece) -> sp.Expr | None:
    """log p - log q for the sum p of the positive and -q of the negative terms; None if a sign is not evident."""
    positive: list[sp.Expr] = []
    negative: list[sp.Expr] = []
    for term in sp.Add.make_args(sp.expand_mul(expr)):
        sign = quick_sign(term, piece)
        if sign is None or not sign[1]:
            return None
        (positive if sign[0] > 0 else negative).append(term)
    if not positive or not negative:
        return None
    return _log_of(sp.Add(*positive)) - _log_of(-sp.Add(*negative))


def _log_of(expr: sp.Expr) -> sp.Expr:
    return sp.expand_log(sp.log(sp.factor_terms(expr)))
