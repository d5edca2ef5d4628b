"""Where an expression is defined: what its subexpressions need, and whether that holds over a whole piece."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from verify.balls.boxes import Piece
from verify.balls.compile import UnknownNode
from verify.balls.goals import Condition, sign_at
from verify.balls.prover import Cover, cover, forms_of
from verify.balls.signs import quick_sign

_MOST_BOXES = 400


def undefined(expr: sp.Basic, piece: Piece) -> tuple[list[Condition], int]:
    """The conditions for ``expr`` to be defined that were not proved over the piece, and the boxes spent."""
    spent = 0
    failed = []
    for condition in definedness(expr):
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


def definedness(expr: sp.Basic) -> list[Condition]:
    """What must hold for ``expr`` to be defined: bases and arguments of its subexpressions.

    op ">" and ">=" compare with 0; op "==" stands for "differs from 0".
    """
    found: dict[Condition, None] = {}
    for node in sp.preorder_traversal(expr):
        condition = _condition_of(node)
        if condition is not None and not condition.expr.is_number:
            found[condition] = None
        elif condition is not None:
            _check_number(condition, node)
    return list(found)


def _condition_of(node: sp.Basic) -> Condition | None:
    if isinstance(node, sp.Pow) and not isinstance(node, sp.exp):
        base, exponent = node.args
        if exponent.is_Integer:
            return Condition(base, "==") if exponent < 0 else None
        if exponent.is_Rational:
            return Condition(base, ">" if exponent < 0 else ">=")
        return Condition(base, ">")
    if isinstance(node, sp.log | sp.gamma | sp.loggamma | sp.polygamma):
        return Condition(node.args[-1], ">")
    if isinstance(node, sp.factorial):
        return Condition(node.args[0] + 1, ">")
    return None


def _check_number(condition: Condition, node: sp.Basic) -> None:
    """A constant subexpression such as log(2) is defined; sqrt(-1) is no real number."""
    sign = sign_at(condition.expr, {})
    fine = {"==": sign in (1, -1), ">": sign == 1, ">=": sign in (0, 1)}[condition.op]
    if not fine:
        raise UnknownNode(node)
