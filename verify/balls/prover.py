"""Branch and bound: cover a piece by boxes on each of which some form certainly has the right sign."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sympy as sp

from verify.balls.boxes import Box, Piece, box_of, halves, widest
from verify.balls.compile import UnknownNode, interval_function
from verify.balls.forms import Face, Form, holds
from verify.balls.goals import Condition
from verify.balls.touching import touches

_DEEPEST = 2.0**-30  # a side this small, relative to its domain, is not cut again
_MOST_STUCK = 24
_HIGHEST_ORDER = 8
_MOST_FORMS = 12
_KINKS = (sp.Abs, sp.Max, sp.Min)
_JUMPS = (sp.sign, sp.Heaviside, sp.floor, sp.ceiling)


@dataclass
class Cover:
    """What a covering reached: complete or not, how many boxes were tried, and those it could not decide."""

    complete: bool
    boxes: int
    undecided: list[Box] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)
    symbols: tuple[sp.Symbol, ...] = ()
    exhausted: bool = False  # whether more boxes might have helped


def cover(forms: Sequence[Form], piece: Piece, given: Sequence[Condition], strict: bool, max_boxes: int) -> Cover:
    """Try to show that the claim behind ``forms`` is >= 0 (> 0 if strict) on ``piece`` where ``given`` holds.

    The widest box is treated first: if no form holds on it, it is cut in two across its widest side. Boxes on which
    a hypothesis certainly fails are dropped. Gives up when ``max_boxes`` are spent or boxes become tiny.
    """
    hypotheses = [_Hypothesis(c, piece.symbols) for c in given]
    start = box_of(piece)
    limits = [_DEEPEST * min(1.0, side.width() or 1.0) for side in start]
    counter = itertools.count()
    heap = [(0.0, next(counter), start)]
    result = Cover(False, 0, symbols=piece.symbols)
    usable = list(forms)
    while heap and result.boxes < max_boxes and len(result.undecided) < _MOST_STUCK:
        _, _, box = heapq.heappop(heap)
        result.boxes += 1
        if any(h.fails_on(box) for h in hypotheses):
            continue
        form = _deciding(usable, box, start, strict)
        if form is not None:
            usable.remove(form)
            usable.insert(0, form)
            if form.faces:
                result.reasons.add("zeros on faces divided out (Taylor)")
            continue
        index = widest(box, limits)
        if index is None:
            result.undecided.append(box)
            continue
        for half in halves(box, index):
            heapq.heappush(heap, (-max(side.width() for side in half), next(counter), half))
    result.complete = not heap and not result.undecided
    result.exhausted = bool(heap) and result.boxes >= max_boxes
    result.undecided += [box for _, _, box in heap]
    return result


def _deciding(forms: Sequence[Form], box: Box, root: Box, strict: bool) -> Form | None:
    for form in forms:
        wide = form.extended(box, root)
        if wide is not None and not _fails_inside(form, wide) and holds(form, wide, strict):
            return form
    return None


def _fails_inside(form: Form, box: Box) -> bool:
    """Whether the form is certainly negative at the middle of a bounded box: then no test can succeed."""
    return all(side.is_bounded for side in box) and bool(form.ball(*(side.middle() for side in box)) < 0)


class _Hypothesis:
    """A condition (op) 0, and whether it certainly fails over a whole box."""

    def __init__(self, condition: Condition, symbols: tuple[sp.Symbol, ...]) -> None:
        self.op = condition.op
        self.interval = interval_function(condition.expr, symbols)

    def fails_on(self, box: Box) -> bool:
        lo, hi = self.interval(*(side.interval for side in box))
        if self.op == "==":
            return bool(lo > 0 or hi < 0)
        return bool(hi < 0 or (self.op == ">" and hi <= 0))


def forms_of(expr: sp.Expr, piece: Piece, strict: bool, smooth: bool = True) -> list[Form]:
    """The expression itself and the forms derived from it by dividing out its zeros on faces of the piece."""
    first = Form(expr, piece, smooth=smooth)
    found = [first]
    if not smooth:
        return found
    queue = [first]
    while queue and len(found) < _MOST_FORMS:
        form = queue.pop(0)
        for derived in _derived(form, piece, strict):
            if all(derived.faces != f.faces for f in found):
                found.append(derived)
                queue.append(derived)
    return found


def _derived(form: Form, piece: Piece, strict: bool) -> Iterator[Form]:
    for index, upper in _faces(piece):
        if (index, upper) in form.faces or (strict and not piece.excludes_end(index, upper)):
            continue
        derived = divided(form, piece, (index, upper))
        if derived is not None:
            yield derived


def _faces(piece: Piece) -> Iterator[Face]:
    for index, domain in enumerate(piece.domains):
        for upper in (False, True):
            if piece.end(index, upper).is_finite and domain.lower != domain.upper:
                yield index, upper


def divided(form: Form, piece: Piece, face: Face) -> Form | None:
    """The form with its zero on one face divided out, or None if it does not vanish identically there."""
    if form.expr.has(*_JUMPS):
        return None
    index, upper = face
    symbol, end = piece.symbols[index], piece.end(index, upper)
    expr, order = form.expr, 0
    highest = 0 if expr.has(*_KINKS) else _HIGHEST_ORDER  # a kink's derivative has a jump: one order at most
    while order <= highest and touches(expr, symbol, end):
        expr, order = sp.diff(expr, symbol), order + 1
    if order == 0 or expr == 0:
        return None
    sign = (-1) ** order if upper else 1
    try:
        return Form(sign * expr, piece, form.faces | {face})
    except UnknownNode:
        return None


def joined(a: Cover, b: Cover) -> Cover:
    """Two coverings of two parts as one of both."""
    open_part = a if a.undecided else b
    return Cover(
        a.complete and b.complete,
        a.boxes + b.boxes,
        open_part.undecided,
        a.reasons | b.reasons,
        open_part.symbols,
        a.exhausted or b.exhausted,
    )
