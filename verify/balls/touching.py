"""Where a claim holds with equality inside its domain: exact guesses from the boxes that stayed undecided."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product

import sympy as sp

from verify.balls.boxes import Box, Piece
from verify.balls.compile import UnknownNode, ball_function, evaluate
from verify.balls.goals import sample_of, vanishes
from verify.balls.views import of_high_degree

_TINY = 2.0**-20
_DENOMINATORS = (1, 10, 100, 1000)
_LARGEST_INSIDE = 100  # denominators of rationals under a logarithm, a root or an exponential
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
    return found or _point_cuts(expr, piece, undecided)


def _point_cuts(expr: sp.Expr, piece: Piece, undecided: Sequence[Box]) -> list[tuple[int, sp.Expr]]:
    """The coordinates of an exact point at which ``expr`` vanishes, if all undecided boxes surround one."""
    clusters = [_clusters(undecided, i) for i in range(len(piece.symbols))]
    if len(clusters) < 2 or any(len(c) != 1 for c in clusters):
        return []
    spans = [c[0] for c in clusters]
    guesses = [list(islice(closed_forms((lo + hi) / 2, max((hi - lo) / 2, 1e-9)), 3)) for lo, hi in spans]
    for point in product(*guesses):
        if vanishes_at(expr, dict(zip(piece.symbols, point, strict=True))):
            return list(enumerate(point))
    return []


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
    """Simple exact numbers within ``width`` of a float, simplest first: r, log r, sqrt r, e^r, pi r for rational r."""
    for largest in _DENOMINATORS:
        yield from _rational(value, width, largest)
        if largest > _LARGEST_INSIDE:
            continue
        if abs(value) < 40:
            inner = _rational(math.exp(value), width * math.exp(value), largest)
            yield from (sp.log(r) for r in inner if r > 0)
        yield from (sp.sign(value) * sp.sqrt(r) for r in _rational(value**2, 2 * abs(value) * width, largest))
        if value > 0:
            yield from (sp.exp(r) for r in _rational(math.log(value), width / value, largest))
        yield from (r * sp.pi for r in _rational(value / math.pi, width, largest))


def _rational(value: float, width: float, largest: int) -> Iterator[sp.Rational]:
    """The rational closest to a float with a denominator up to ``largest``, if it is within ``width``."""
    near = Fraction(value).limit_denominator(largest)
    if abs(float(near) - value) <= width:
        yield sp.Rational(near.numerator, near.denominator)


def touches(expr: sp.Expr, symbol: sp.Symbol, value: sp.Expr) -> bool:
    """Whether ``expr`` vanishes identically where ``symbol`` has the given value."""
    return vanishes_at(expr, {symbol: value})


def vanishes_at(expr: sp.Expr, values: Mapping[sp.Symbol, sp.Expr]) -> bool:
    """Whether ``expr`` vanishes identically once some symbols have the given finite values."""
    if not all(v.is_finite for v in values.values()) or of_high_degree(expr):
        return False
    try:
        if _differs_from_zero(expr, values):
            return False
        at = expr.subs(values)
        return not at.has(sp.nan, sp.zoo, sp.oo, -sp.oo) and vanishes(at)
    except UnknownNode:
        return False


def _differs_from_zero(expr: sp.Expr, values: Mapping[sp.Symbol, sp.Expr]) -> bool:
    """Whether balls tell ``expr`` from 0 at one point with these values: most guesses fail before SymPy is asked."""
    symbols = tuple(sorted(expr.free_symbols, key=str))
    point = [evaluate(values[s] if s in values else sample_of(s, 3 * i)) for i, s in enumerate(symbols)]
    value = ball_function(expr, symbols)(*point)
    return bool(value.is_finite() and not value.contains(0))
