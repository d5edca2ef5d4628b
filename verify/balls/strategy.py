"""How one smooth claim on one piece is attacked: equivalents in turn, cuts at points of equality, ever more boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from verify.balls.boxes import Piece, cut_at
from verify.balls.defined import undefined
from verify.balls.equivalents import equivalents, sufficient
from verify.balls.goals import Condition, sign_at
from verify.balls.homogeneous import sections
from verify.balls.hypotheses import Reduced, reductions
from verify.balls.prover import Cover, cover, forms_of, joined
from verify.balls.touching import touching_cuts

_FIRST_BOXES = 250


def prove_case(
    expr: sp.Expr, piece: Piece, given: Sequence[Condition], strict: bool, max_boxes: int, depth: int = 2
) -> Cover:
    """Show expr >= 0 (> 0) on a piece under hypotheses. ``expr`` must be defined on the whole piece.

    Without hypotheses a homogeneous claim is reduced to the unit cube. Otherwise the claim's equivalents are tried in
    turn with ever more boxes, then ways to do with fewer hypotheses.
    """
    parts = None if given else sections(expr, piece, strict)
    if parts is not None:
        return _all_parts(parts, strict, max_boxes)
    first = _by_equivalents(expr, piece, given, strict, min(max_boxes, _FIRST_BOXES) if given else max_boxes)
    if first.complete or not given or depth == 0:
        return first
    for way in reductions(expr, piece, given, strict):
        found = _reduced(way, strict, max_boxes // 4, depth)
        if found.complete:
            return replace(found, boxes=found.boxes + first.boxes)
    rest = _by_equivalents(expr, piece, given, strict, max_boxes - first.boxes)
    return replace(rest, boxes=rest.boxes + first.boxes)


def _reduced(way: Reduced, strict: bool, max_boxes: int, depth: int) -> Cover:
    """The reduced claim and what it rests on; the side claims first, with few boxes."""
    total = Cover(True, 0, reasons={way.why})
    claims = [(way.expr, way.piece), *way.sides]
    if any(undefined(expr, piece)[0] for expr, piece in claims):
        return Cover(False, 0)
    for expr, piece in way.sides:
        total = joined(total, prove_case(expr, piece, (), False, min(max_boxes, _FIRST_BOXES), 0))
        if not total.complete:
            return total
    return joined(total, prove_case(way.expr, way.piece, way.given, strict, max_boxes, depth - 1))


def _by_equivalents(expr: sp.Expr, piece: Piece, given: Sequence[Condition], strict: bool, max_boxes: int) -> Cover:
    open_ways = equivalents(expr, piece, strict) + ([] if strict else sufficient(expr, piece))
    spent, limit, tried = 0, _FIRST_BOXES, 0
    best = Cover(False, 0)
    while open_ways and max_boxes - spent > tried:
        for way in list(open_ways):
            boxes = min(limit, max_boxes - spent)
            if boxes <= tried:  # with no more of them than before it gets no further
                break
            found = prove_part(way[0], piece, given, strict, boxes)
            spent += found.boxes
            if found.complete:
                return replace(found, boxes=spent, reasons=found.reasons | ({way[1]} - {""}))
            if not found.exhausted:
                open_ways.remove(way)
            best = best if best.undecided else found
        tried, limit = limit, 8 * limit
    return replace(best, boxes=spent)


def _all_parts(parts: Sequence[tuple[sp.Expr, Piece]], strict: bool, max_boxes: int) -> Cover:
    total = Cover(True, 0, reasons={"a homogeneous claim reduced to the unit cube"})
    for expr, piece in parts:
        found = prove_case(expr, piece, (), strict, max_boxes - total.boxes)
        total = joined(total, found)
        if not found.complete:
            break
    return total


def prove_part(
    expr: sp.Expr, piece: Piece, given: Sequence[Condition], strict: bool, max_boxes: int, depth: int = 3
) -> Cover:
    """Show expr >= 0 (> 0) on a piece; where the covering gets stuck at an equality, cut there and try the parts."""
    used = expr.free_symbols.union(*(c.expr.free_symbols for c in given))
    for symbol in [s for s in piece.symbols if s not in used]:
        piece = piece.without(piece.symbols.index(symbol))
    if not piece.symbols:
        sign = sign_at(expr, {})
        return Cover(sign is not None and (sign > 0 or (sign == 0 and not strict)), 1)
    found = cover(forms_of(expr, piece, strict), piece, given, strict, max_boxes if depth == 0 else max_boxes // 2 + 1)
    if found.complete or depth == 0 or strict:
        return found
    parts = [piece]
    for index, value in touching_cuts(expr, piece, found.undecided):
        parts = [q for p in parts for q in cut_at(p, index, value)]
    if len(parts) == 1:
        return found
    total = Cover(True, found.boxes, reasons={"cut at exact points of equality"})
    for part in parts:
        total = joined(total, prove_part(expr, part, given, strict, max_boxes - total.boxes, depth - 1))
    return total
