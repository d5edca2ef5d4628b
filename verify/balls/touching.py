"""Where a claim holds with equality inside its domain: exact guesses from the boxes that stayed undecided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import sympy as sp

from verify.balls.boxes import Box, Piece, Side
from verify.balls.compile import UnknownNode, evaluate
from verify.balls.goals import vanishes

_TINY = 2.0**-20
_LARGEST_DENOMINATOR = 10_000
_MOST_CLUSTERS = 4


def touching_cuts(expr: sp.Expr, piece: Piece, undecided: Sequence[Box]) -> list[tuple[int, sp.Expr]]:
    """(coordinate, exact value) pairs at which ``expr`` vanishes identically in the other coordinates."""
    found = []
    for index, symbol in enumerate(piece.symbols):
        for side in _clusters(undecided, index):
            value = next((v for v in _guesses(expr, symbol, side) if _touches(expr, symbol, v)), None)
            if value is not None and value not in (piece.end(index, False), piece.end(index, True)):
                found.append((index, value))
    return found


def _clusters(undecided: Sequence[Box], index: int) -> list[Side]:
    """Tiny sides of undecided boxes in one coordinate, one for each place."""
    kept: list[Side] = []
    for box in undecided:
        side = box[index]
        near = [k for k in kept if abs(float(k.middle()) - float(side.middle())) < 64 * _TINY]
        if side.width() < _TINY and not side.is_point and not near:
            kept.append(side)
    return kept[:_MOST_CLUSTERS]


def _guesses(expr: sp.Expr, symbol: sp.Symbol, side: Side) -> Iterator[sp.Expr]:
    """Exact numbers close to the side: simple rationals, then zeros of the derivative, then closed forms."""
    middle = float(side.middle())
    width = 64 * max(float(side.hi) - float(side.lo), 1e-12)
    for largest in (1, 10, 100, _LARGEST_DENOMINATOR):
        near = Fraction(middle).limit_denominator(largest)
        if abs(float(near) - middle) < width:
            yield sp.Rational(near.numerator, near.denominator)
    if expr.free_symbols == {symbol}:
        yield from _stationary(expr, symbol, middle, width)
    if 0 < abs(middle) < _LARGEST_DENOMINATOR:
        yield sp.nsimplify(middle, [sp.pi, sp.E, sp.sqrt(2), sp.log(2)], tolerance=min(width, _TINY))


def _stationary(expr: sp.Expr, symbol: sp.Symbol, middle: float, width: float) -> Iterator[sp.Expr]:
    try:
        zeros = sp.solve(sp.diff(expr, symbol), symbol)
    except (NotImplementedError, ValueError, TypeError):
        return
    for zero in zeros:
        if zero.is_number and zero.is_real and abs(float(zero) - middle) < width:
            yield zero


def _touches(expr: sp.Expr, symbol: sp.Symbol, value: sp.Expr) -> bool:
    try:
        if not evaluate(value).is_finite():
            return False
        at = expr.subs(symbol, value)
        return not at.has(sp.nan, sp.zoo, sp.oo, -sp.oo) and vanishes(at)
    except UnknownNode:
        return False
