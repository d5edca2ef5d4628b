"""Where a claim holds with equality inside its domain: exact guesses from the boxes that stayed undecided."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import sympy as sp

from verify.balls.boxes import Box, Piece
from verify.balls.compile import UnknownNode, evaluate
from verify.balls.goals import vanishes

_TINY = 2.0**-20
_LARGEST_DENOMINATOR = 1000
_MOST_CLUSTERS = 6


def touching_cuts(expr: sp.Expr, piece: Piece, undecided: Sequence[Box]) -> list[tuple[int, sp.Expr]]:
    """(coordinate, exact value) pairs at which ``expr`` vanishes identically in the other coordinates."""
    found = []
    for index, symbol in enumerate(piece.symbols):
        ends = (piece.end(index, False), piece.end(index, True))
        for lo, hi in _clusters(undecided, index):
            guesses = closed_forms((lo + hi) / 2, max((hi - lo) / 2, 1e-9))
            value = next((v for v in guesses if v not in ends and touches(expr, symbol, v)), None)
            if value is not None:
                found.append((index, value))
    return found


def _clusters(undecided: Sequence[Box], index: int) -> list[tuple[float, float]]:
    """The bounded sides of undecided boxes in one coordinate, merged where they meet; the first few."""
    sides = sorted((float(b[index].lo), float(b[index].hi)) for b in undecided if b[index].is_bounded)
    merged: list[tuple[float, float]] = []
    for lo, hi in sides:
        gap = _TINY * max(1.0, abs(lo))
        if merged and lo <= merged[-1][1] + max(gap, hi - lo):
            merged[-1] = (merged[-1][0], max(hi, merged[-1][1]))
        else:
            merged.append((lo, hi))
    return merged[:_MOST_CLUSTERS]


def closed_forms(value: float, width: float) -> Iterator[sp.Expr]:
    """Simple exact numbers within ``width`` of a float: rationals, then their logarithms, roots, multiples of pi, e."""
    yield from _rationals(value, width)
    if abs(value) < 40:
        yield from (sp.log(r) for r in _rationals(math.exp(value), width * math.exp(value)) if r > 0)
    yield from (sp.sign(value) * sp.sqrt(r) for r in _rationals(value**2, 2 * abs(value) * width))
    if value > 0:
        yield from (sp.exp(r) for r in _rationals(math.log(value), width / value))
    yield from (r * sp.pi for r in _rationals(value / math.pi, width))


def _rationals(value: float, width: float) -> Iterator[sp.Rational]:
    seen = set()
    for largest in (1, 10, 100, _LARGEST_DENOMINATOR):
        near = Fraction(value).limit_denominator(largest)
        if abs(float(near) - value) <= width and near not in seen:
            seen.add(near)
            yield sp.Rational(near.numerator, near.denominator)


def touches(expr: sp.Expr, symbol: sp.Symbol, value: sp.Expr) -> bool:
    """Whether ``expr`` vanishes identically where ``symbol`` has the given value."""
    try:
        if not evaluate(value).is_finite():
            return False
        at = expr.subs(symbol, value)
        return not at.has(sp.nan, sp.zoo, sp.oo, -sp.oo) and vanishes(at)
    except UnknownNode:
        return False
