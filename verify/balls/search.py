"""The search for a counterexample: floats propose, exact rationals in balls decide."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import sympy as sp

from verify.balls.boxes import Box, Piece, Side
from verify.balls.compile import float_function
from verify.balls.exact import to_fraction
from verify.balls.goals import Condition, Goal, admits, violates

Floats = npt.NDArray[np.float64]
_SAMPLES = 4096
_STARTS = 6
_LARGEST_EXPANDED = 40
_MOST_BOXES = 12
_MOST_STEPS = 64
_DENOMINATORS = [1, 2, 3, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100] + [10**k for k in range(3, 19)]


def find_witness(goal: Goal, seed: int = 0) -> dict[sp.Symbol, Fraction] | None:
    """A rational point that certainly refutes the goal, with small denominators; None if none was found."""
    for point in _candidates(goal, seed):
        found = simplest_witness(goal, point)
        if found is not None:
            return found
    return None


def simplest_witness(goal: Goal, point: Sequence[float]) -> dict[sp.Symbol, Fraction] | None:
    """The first refuting point among ever finer rational approximations of a float point."""
    tried = set()
    rough = [tuple(_rounded(x, digits) for x in point) for digits in (1, 2, 3)]
    finer = [tuple(_nearest(x, denominator) for x in point) for denominator in _DENOMINATORS]
    for near in rough + finer:
        if near in tried:
            continue
        tried.add(near)
        candidate = dict(zip(goal.piece.symbols, near, strict=True))
        if violates(goal, candidate):
            return candidate
    return None


def _rounded(x: float, digits: int) -> Fraction:
    return Fraction(f"{x:.{digits - 1}e}")


def closer_witness(goal: Goal, boxes: Sequence[Box], symbols: Sequence[sp.Symbol]) -> dict[sp.Symbol, Fraction] | None:
    """A refuting rational point in or near boxes that no enclosure decided, sought in balls where floats see nothing.

    Tries the midpoints and, geometrically, points ever closer to the ends that the boxes share with the domain, or
    ever further out on unbounded sides.
    """
    base = _admissible_point(goal)
    if base is None:
        return None
    for box in sorted(boxes, key=_ends_reached, reverse=True)[:_MOST_BOXES]:
        for step in range(_MOST_STEPS):
            point = {**base, **{s: _inside(side, step) for s, side in zip(symbols, box, strict=True)}}
            if violates(goal, point):
                simpler = simplest_witness(goal, [float(point[s]) for s in goal.piece.symbols])
                return simpler or point
    return None


def _ends_reached(box: Box) -> int:
    """How many ends of the domain the box shares, an unbounded side counting as one."""
    return sum(side.at_lower + side.at_upper + (not side.is_bounded) for side in box)


def _admissible_point(goal: Goal) -> dict[sp.Symbol, Fraction] | None:
    """Any point that certainly satisfies the domain and the hypotheses."""
    if not goal.piece.symbols:
        return {} if admits(goal, {}) else None
    for row in sample(goal.piece, 0)[:64]:
        point = {s: _nearest(float(x), 1000) for s, x in zip(goal.piece.symbols, row, strict=True)}
        if admits(goal, point):
            return point
    return None


def _inside(side: Side, step: int) -> Fraction:
    """The middle of the side at step 0; then geometrically closer to an end of the domain, or further out."""
    scale = Fraction(1, 2**step)
    if not side.is_bounded:
        finite = to_fraction((side.lo if side.lo.is_finite() else side.hi).mid()) if _has_end(side) else Fraction(0)
        outward = -1 if side.hi.is_finite() else 1
        return finite + outward * (1 + abs(finite)) / scale
    lo, hi = to_fraction(side.lo.mid()), to_fraction(side.hi.mid())
    if side.integer:
        return Fraction(math.floor((lo + hi) / 2))
    if side.at_upper and not side.at_lower:
        return hi - (hi - lo) / 2 * scale
    return lo + (hi - lo) / 2 * (scale if side.at_lower else 1)


def _has_end(side: Side) -> bool:
    return bool(side.lo.is_finite() or side.hi.is_finite())


def _nearest(x: float, denominator: int) -> Fraction:
    return Fraction(round(Fraction(x) * denominator), denominator)


def _candidates(goal: Goal, seed: int) -> Iterator[list[float]]:
    """The worst sample points, then their local refinements."""
    badness = _badness(goal)
    if not goal.piece.symbols:
        yield []
        return
    points = sample(goal.piece, seed)
    with np.errstate(all="ignore"):
        scores = np.where(_excluded(goal.piece, points), np.inf, badness(points))
    order = [i for i in np.argsort(scores, kind="stable") if np.isfinite(scores[i])][: 4 * _STARTS]
    starts = [points[i] for i in order]
    yield from (p.tolist() for p in starts[:_STARTS])
    scale = np.ptp(points, axis=0)
    for start in _spread(starts, scale):
        yield refine(goal.piece, badness, start)


def _spread(starts: list[Floats], scale: Floats) -> list[Floats]:
    """A few starts that are not all in one place."""
    kept: list[Floats] = []
    for p in starts:
        if len(kept) < _STARTS and all(np.max(np.abs(p - q) / (1e-300 + scale)) > 1e-3 for q in kept):
            kept.append(p)
    return kept


def _badness(goal: Goal) -> Callable[[Floats], Floats]:
    """How nearly (or how much) the claim fails at points, shape (k, dim) to (k,); infinite where not admitted."""
    claim = _scaled(goal.claim, goal.piece.symbols)
    given = [_scaled(c, goal.piece.symbols) for c in goal.given]

    def badness(points: Floats) -> Floats:
        columns, value = tuple(points.T), np.empty(len(points))
        value[:] = claim(*columns)
        if goal.claim.op == "==":
            value = -np.abs(value)
        for condition, function in zip(goal.given, given, strict=True):
            slack = function(*columns)
            value[np.abs(slack) > 1e-9 if condition.op == "==" else slack < 0] = np.inf
        value[np.isnan(value)] = np.inf
        return value

    return badness


def _scaled(condition: Condition, symbols: tuple[sp.Symbol, ...]) -> Callable[..., Floats]:
    """The expression over the sum of the sizes of its terms, in floats: a relative slack in [-1, 1]."""
    terms = [float_function(t, symbols) for t in _terms(condition.expr)]

    def slack(*columns: Floats) -> Floats:
        values = [t(*columns) for t in terms]
        size = np.asarray(sum(np.abs(v) for v in values))
        share: Floats = np.divide(sum(values), size, out=np.zeros(size.shape), where=size > 0)
        return share

    return slack


def _terms(expr: sp.Expr) -> tuple[sp.Expr, ...]:
    """The terms of a sum; of a product of sums its expansion, which alone shows cancellation."""
    if not isinstance(expr, sp.Add) and expr.count_ops() < _LARGEST_EXPANDED:
        expr = sp.expand_mul(sp.expand_multinomial(expr))
    return tuple(sp.Add.make_args(expr))


def refine(piece: Piece, badness: Callable[[Floats], Floats], start: Floats) -> list[float]:
    """A local minimum of ``badness``, a function of points of shape (k, dim), within the piece; a float point."""
    bounds = [float_ends(piece, i) for i in range(len(start))]
    scale = np.maximum(np.abs(start), 1e-3)
    lower, upper = (np.array(ends) for ends in zip(*bounds, strict=True))

    def place(u: Floats) -> Floats:
        found: Floats = np.minimum(np.maximum(start + scale * u, lower), upper)
        return found

    def value(u: Floats) -> float:
        score = float(badness(place(u)[None, :])[0])
        return score if math.isfinite(score) else 1e9

    from scipy.optimize import minimize

    with np.errstate(all="ignore"):
        found = minimize(value, np.zeros(len(start)), method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 0})
    best: list[float] = place(found.x).tolist()
    return best


def float_ends(piece: Piece, index: int) -> tuple[float, float]:
    """The ends of a domain as floats, which may be infinite."""
    domain = piece.domains[index]
    return float(domain.lower), float(domain.upper)


def _excluded(piece: Piece, points: Floats) -> npt.NDArray[np.bool_]:
    """Which points, shape (k, dim), lie at an end that does not belong to its domain; (k,)."""
    ends = np.array([float_ends(piece, index) for index in range(len(piece.symbols))])
    closed = [[not piece.excludes_end(index, upper) for upper in (False, True)] for index in range(len(ends))]
    excluded: npt.NDArray[np.bool_] = (points[:, :, None] == np.where(closed, np.nan, ends)).any(axis=(1, 2))
    return excluded


def sample(piece: Piece, seed: int) -> Floats:
    """Points of a piece, shape (k, dim): quasi-random with many near ends and far out, and the corners."""
    from scipy.stats.qmc import Sobol  # takes longer to load than all of this package

    dim = len(piece.symbols)
    unit = Sobol(dim, seed=np.random.default_rng(seed)).random(_SAMPLES)
    columns = []
    for i in range(dim):
        lo, hi = float_ends(piece, i)
        column = _spread_over(unit[:, i], lo, hi)
        columns.append(np.clip(np.round(column), lo, hi) if piece.domains[i].integer else column)
    return np.column_stack(columns)


def _spread_over(u: Floats, lo: float, hi: float) -> Floats:
    """[0, 1] onto [lo, hi]: the middle half evenly, the outer quarters geometrically towards each end (or outwards)."""
    if np.isfinite(lo) and np.isfinite(hi):
        inner = lo + (hi - lo) * np.clip(2 * u - 0.5, 0, 1)
        toward = (hi - lo) * 10.0 ** (-9 * (1 - 4 * np.minimum(u, 1 - u)))
        inner = np.where(u < 0.25, lo + toward / 4, np.where(u > 0.75, hi - toward / 4, inner))
        return np.where(u < 1 / 64, lo, np.where(u > 63 / 64, hi, inner))
    if np.isfinite(lo):
        return lo + _half_line(u)
    if np.isfinite(hi):
        return hi - _half_line(u)
    return np.where(u < 0.5, -_half_line(2 * u), _half_line(2 * u - 1))


def _half_line(u: Floats) -> Floats:
    """[0, 1] onto [0, 1e6]: one part in 64 at 0, half up to 10, the rest geometrically."""
    near = 1 + 36 * (u - 1 / 4)  # from 1, where the geometric part ends, to 10
    far = 10.0 ** (1 + 5 * (2 * u - 1))
    tiny = 10.0 ** (-9 + 36 * u)
    return np.where(u < 1 / 64, 0.0, np.where(u < 0.25, tiny, np.where(u < 0.5, near, far)))
