"""Whether an expression is defined over a whole piece: whether what its subexpressions need holds there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sympy as sp

from verify.balls.boxes import Piece
from verify.balls.goals import Condition, definedness
from verify.balls.prover import Cover, cover, forms_of
from verify.balls.signs import quick_sign

_MOST_BOXES = 400


def undefined(expr: sp.Basic, piece: Piece) -> tuple[list[Condition], int]:
    """The conditions for ``expr`` to be defined that were not proved over the piece, and the boxes spent."""
    return unproved(definedness(expr), piece)


def unproved(conditions: Iterable[Condition], piece: Piece) -> tuple[list[Condition], int]:
    """Those that were not proved over the piece, and the boxes spent; "==" stands for "differs from zero"."""
    spent = 0
    failed = []
    for condition in conditions:
        found = _shows(condition, piece)
        spent += found.boxes
        if not found.complete:
            failed.append(condition)
    return failed, spent


def _shows(condition: Condition, piece: Piece) -> Cover:
    """Prove a definedness condition; "==" stands for "differs from zero", shown through either sign."""
    signs = (1, -1) if condition.op == "==" else (1,)
    strict = condition.op != ">="
    evident = quick_sign(condition.expr, piece)
    if evident is not None and evident[0] in signs and (evident[1] or not strict):
        return Cover(True, 1)
    spent = 0
    found = Cover(False, 0)
    for sign in signs:
        found = cover(forms_of(sign * condition.expr, piece, strict), piece, (), strict, _MOST_BOXES)
        spent += found.boxes
        if found.complete:
            break
    return replace(found, boxes=spent)
