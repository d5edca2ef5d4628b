"""Forms: expressions whose sign over a box decides the claim, and the tests of that sign.

A form g with faces F stands for "if g >= 0 on a box that reaches every face in F, then f >= 0 on it" (strictly, away
from the faces, if g > 0); a box that does not reach them is extended until it does. The claim f is the form without
faces. The others come from one lemma: if f and its first k-1 derivatives in v vanish identically at v = v0, then f(v)
is the k-fold integral of its k-th derivative from v0, so f >= 0 on a box with one end at v0 if (sign of v - v0)^k times
the k-th derivative is >= 0 on it (Taylor's theorem with integral remainder). It applies again, in another coordinate,
to the form so obtained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from flint import arb, arb_mat

from verify.balls.boxes import Box, Piece, replaced
from verify.balls.compile import UnknownNode, ball_function, interval_function
from verify.balls.definite import is_positive_definite
from verify.balls.intervals import UNKNOWN, add, hull_ball, is_bounded, mul, neg
from verify.balls.touching import vanishes_at
from verify.balls.views import Views

Face = tuple[int, bool]  # (coordinate, is it the upper end)


@dataclass
class Form:
    """An expression in the symbols of a piece, with the faces that a box must reach for it to count."""

    expr: sp.Expr
    piece: Piece
    faces: frozenset[Face] = frozenset()
    smooth: bool = True  # whether the mean value theorem may be used: f is defined on the whole box
    _slopes: dict[int, Views | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.symbols = self.piece.symbols
        self._corners: dict[Any, bool] = {}
        self.ball: Callable[..., arb] = ball_function(self.expr, self.symbols)
        self.views = Views(self.expr, self.symbols)

    def vanishes_at(self, corner: Box, flat: Sequence[int] = ()) -> bool:
        """Whether the box is a corner of the piece where the form and its derivatives in ``flat`` are exactly zero."""
        if not all(side.is_point and (side.at_lower or side.at_upper) for side in corner):
            return False
        key = (tuple(side.at_upper for side in corner), tuple(flat))
        if key not in self._corners:
            ends = {s: self.piece.end(i, u) for i, (s, u) in enumerate(zip(self.symbols, key[0], strict=True))}
            exprs = [self.expr, *(sp.diff(self.expr, self.symbols[i]) for i in flat)]
            self._corners[key] = all(vanishes_at(e, ends) for e in exprs)
        return self._corners[key]

    def curvature(self, i: int, j: int, box: Box) -> arb:
        """An enclosure of a second derivative over a bounded box; NaN if it cannot be compiled."""
        slope = self.slope(i)
        try:
            second = None if slope is None else interval_function(sp.diff(slope.expr, self.symbols[j]), self.symbols)
        except UnknownNode:
            second = None
        found = UNKNOWN if second is None else second(*(side.interval for side in box))
        return hull_ball(found) if is_bounded(found) else arb.nan()

    def extended(self, box: Box, root: Box) -> Box | None:
        """The box stretched to every face of ``root`` that the form needs; None for a stretch of unbounded sides."""
        for i, upper in self.faces:
            if box[i].at_upper if upper else box[i].at_lower:
                continue
            if not box[i].is_bounded:
                return None
            box = replaced(box, i, box[i].stretched(root[i], upper))
        return box

    def slope(self, index: int) -> Views | None:
        """The derivative in one coordinate; None if it cannot be compiled."""
        if index not in self._slopes:
            try:
                self._slopes[index] = Views(sp.diff(self.expr, self.symbols[index]), self.symbols)
            except UnknownNode:
                self._slopes[index] = None
        return self._slopes[index]


def accepts(value: Any, strict: bool) -> bool:
    """Whether a lower end is certainly >= 0 (> 0 if strict)."""
    return bool(value > 0 if strict else value >= 0)


def holds(form: Form, box: Box, strict: bool) -> bool:
    """Whether the form is certainly >= 0 (> 0 if strict) over the whole box; False says nothing."""
    if _natural(form, box, strict) or (not strict and form.vanishes_at(box)):
        return True
    return form.smooth and _by_slopes(form, box, strict)


def _natural(form: Form, box: Box, strict: bool) -> bool:
    intervals = [side.interval for side in box]
    if all(is_bounded(i) for i in intervals) and accepts(form.ball(*map(hull_ball, intervals)), strict):
        return True
    return any(accepts(found[0], strict) for found in form.views.all(*intervals))


def _by_slopes(form: Form, box: Box, strict: bool) -> bool:
    """Monotone coordinates collapse to their lower-valued end; the mean value form bounds the rest."""
    free = [i for i, side in enumerate(box) if not side.is_point]
    smaller = box
    for i in free:
        upper = _falls(form, i, box)
        if upper is not None:
            smaller = replaced(smaller, i, box[i].fix(upper))
    if smaller is not box:
        return holds(form, smaller, strict)
    return _mean_value(form, box, free, strict) or (not strict and _convex(form, box, free))


def _falls(form: Form, index: int, box: Box) -> bool | None:
    """True if the form certainly decreases in a coordinate, False if it increases, None if neither is certain.

    It is then smallest at that end of the side; an infinite end stands for the limit there.
    """
    slope = form.slope(index)
    if slope is None:
        return None
    for lo, hi in slope.all(*(side.interval for side in box)):
        if lo >= 0:
            return False
        if hi <= 0:
            return True
    return None


def _mean_value(form: Form, box: Box, free: list[int], strict: bool) -> bool:
    """f(x) >= f(c) + sum_i (range of d_i f)(x_i - c_i)."""
    slopes = {i: slope for i in free if (slope := form.slope(i)) is not None}
    if not free or len(slopes) < len(free) or not all(side.is_bounded for side in box):
        return False
    intervals = [side.interval for side in box]
    centre = {i: box[i].middle() for i in free}
    total = form.views(*[(centre[i], centre[i]) if i in centre else x for i, x in enumerate(intervals)])
    for i, slope in slopes.items():
        away = add(intervals[i], neg((centre[i], centre[i])))
        total = add(total, mul(slope(*intervals), away))
    return accepts(total[0], strict)


def _convex(form: Form, box: Box, free: list[int]) -> bool:
    """f and its gradient vanish at a corner of the box, and the Hessian is positive definite over it (Taylor)."""
    if len(free) < 2 or not all(side.is_bounded and (side.at_lower or side.at_upper) for side in box):
        return False
    corner = tuple(side if side.is_point else side.fix(not side.at_lower) for side in box)
    if not form.vanishes_at(corner, free):
        return False
    return is_positive_definite(arb_mat([[form.curvature(i, j, box) for j in free] for i in free]))
