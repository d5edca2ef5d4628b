"""Where a function is largest: float points, exact places near them, and values there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, arb_mat, ctx

from verify.balls.boxes import Piece
from verify.balls.compile import UnknownNode, ball_function, evaluate
from verify.balls.exact import to_fraction
from verify.balls.goals import Goal, admits, vanishes
from verify.balls.search import Floats, refine, sample
from verify.balls.touching import closed_forms

Place = tuple[sp.Expr, ...]  # one exact number or infinity for each symbol

_STARTS = 6
_FAR = 1e3
_NEAR = 1e-4
_COARSE, _SMALL = 1e-2, 10  # how far a place may be from a float point if its denominator is small
_FINE = 1e-6
_OPTIONS = 4
_NEWTON_STEPS = 8
_HIGHEST_ORDER = 8


def high_points(goal: Goal, value: sp.Expr) -> list[list[float]]:
    """Admitted float points at which ``value`` is large, in balls, the highest first."""
    score = _score(goal, value)
    points = sample(goal.piece, 0)
    scores = score(points)
    order = np.argsort(-scores, kind="stable")[:_STARTS]
    starts = [points[i] for i in order if np.isfinite(scores[i])]
    found = [p.tolist() for p in starts] + [refine(goal.piece, lambda p: -score(p), p) for p in starts[:2]]
    found = [[round(x) if d.integer else x for x, d in zip(p, goal.piece.domains, strict=True)] for p in found]
    ranked = [(float(score(np.array([p]))[0]), p) for p in found]
    return [p for s, p in sorted(ranked, key=lambda pair: -pair[0]) if np.isfinite(s)]


def _score(goal: Goal, value: sp.Expr) -> Callable[[Floats], Floats]:
    """The function from points, shape (k, dim), to lower bounds of ``value``; -oo where not admitted or undefined."""
    f = ball_function(value, goal.piece.symbols)
    given = [(ball_function(c.expr, goal.piece.symbols), c.op) for c in goal.given]

    def one(row: Sequence[float]) -> float:
        balls = [arb(float(x)) for x in row]
        for h, op in given:
            slack = h(*balls)
            if not (slack > 0 or (op == ">=" and slack >= 0)):
                return -np.inf
        at = f(*balls)
        return float(at.lower()) if at.is_finite() else -np.inf

    def score(points: Floats) -> Floats:
        return np.array([one(row) for row in points])

    return score


def places(piece: Piece, points: Sequence[Sequence[float]]) -> Iterator[Place]:
    """Exact places near the highest points: ends of the domain, infinity, simple numbers; the most exact first."""
    seen = set()
    for point in points:
        options = [list(_options(piece, i, x)) for i, x in enumerate(point)]
        for place in itertools.product(*options):
            if place not in seen:
                seen.add(place)
                yield place


def _options(piece: Piece, index: int, x: float) -> Iterator[sp.Expr]:
    for upper in (False, True):
        end = piece.end(index, upper)
        if end.is_finite and abs(float(end) - x) <= _NEAR * max(1.0, abs(x)):
            yield end
    if piece.end(index, True) == sp.oo and x > _FAR:
        yield sp.oo
    if piece.end(index, False) == -sp.oo and x < -_FAR:
        yield -sp.oo
    if piece.domains[index].integer:
        yield sp.Integer(round(x))
        return
    size = max(1.0, abs(x))
    coarse = (v for v in closed_forms(x, _COARSE * size) if v.is_Rational and v.q <= _SMALL)
    yield from dict.fromkeys(itertools.islice(itertools.chain(coarse, closed_forms(x, _FINE * size)), _OPTIONS))


def value_at(expr: sp.Expr, symbols: Sequence[sp.Symbol], place: Place) -> sp.Expr | None:
    """The value, or the limit taken one symbol at a time, at an exact place; None if there is no finite one."""
    for symbol, at in zip(symbols, place, strict=True):
        found = _limit(expr, symbol, at)
        if found is None:
            return None
        expr = found
    try:
        return expr if expr.is_number and evaluate(expr).is_finite() else None
    except UnknownNode:
        return None


def _limit(expr: sp.Expr, symbol: sp.Symbol, at: sp.Expr) -> sp.Expr | None:
    if not expr.has(symbol):
        return expr
    if not at.is_finite:
        u = sp.Dummy("u", positive=True)
        return _limit_at_infinity(expr, symbol, at, u)
    plain = expr.subs(symbol, at)
    if not plain.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        return plain
    top, bottom = sp.fraction(sp.together(expr))
    return _lhospital(top, bottom, symbol, at)


def _lhospital(numerator: sp.Expr, denominator: sp.Expr, symbol: sp.Symbol, at: sp.Expr) -> sp.Expr | None:
    """The limit of a quotient, both parts differentiated as long as both vanish identically at the place."""
    for _ in range(_HIGHEST_ORDER):
        top, bottom = numerator.subs(symbol, at), denominator.subs(symbol, at)
        if top.has(sp.nan, sp.zoo, sp.oo, -sp.oo) or bottom.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
            return None
        if not vanishes(bottom):
            return top / bottom
        if not vanishes(top):
            return None
        numerator, denominator = sp.diff(numerator, symbol), sp.diff(denominator, symbol)
    return None


def _limit_at_infinity(expr: sp.Expr, symbol: sp.Symbol, at: sp.Expr, u: sp.Dummy) -> sp.Expr | None:
    inverted = sp.together(expr.subs(symbol, (1 if at == sp.oo else -1) / u))
    if inverted.is_rational_function(u):
        return _limit(sp.cancel(inverted), u, sp.S.Zero)
    try:
        found = sp.limit(expr, symbol, at)
    except (NotImplementedError, ValueError, TypeError, RecursionError):
        return None
    return found if found.is_finite and not found.has(sp.Limit, sp.AccumBounds) else None


def polished(goal: Goal, value: sp.Expr, point: Sequence[float]) -> dict[sp.Symbol, Fraction]:
    """The float point improved by Newton's method on the gradient; as it was, if that leaves the domain or falls."""
    symbols = goal.piece.symbols
    start = dict(zip(symbols, map(Fraction, point), strict=True))
    if any(d.integer for d in goal.piece.domains):
        return start
    try:
        gradient = [ball_function(sp.diff(value, s), symbols) for s in symbols]
        hessian = [[ball_function(sp.diff(value, s, t), symbols) for t in symbols] for s in symbols]
    except UnknownNode:
        return start
    at = [arb(x) for x in point]
    with ctx.workprec(2 * ctx.prec):
        for _ in range(_NEWTON_STEPS):
            try:
                step = arb_mat([[h(*at) for h in row] for row in hessian]).solve(arb_mat([[g(*at)] for g in gradient]))
            except ZeroDivisionError:
                return start
            at = [(x - step[i, 0]).mid() for i, x in enumerate(at)]
    if not all(x.is_finite() for x in at):
        return start
    end = dict(zip(symbols, map(to_fraction, at), strict=True))
    return end if _improves(goal, value, start, end) else start


def _improves(goal: Goal, value: sp.Expr, start: dict[sp.Symbol, Fraction], end: dict[sp.Symbol, Fraction]) -> bool:
    return admits(goal, end) and bool(evaluate(value, dict(end)) >= evaluate(value, dict(start)))
