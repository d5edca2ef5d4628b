"""Absolute values, maxima and minima resolved into cases, each smooth, all of which must hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp

from verify.balls.boxes import Piece, cut_at
from verify.balls.compile import float_function
from verify.balls.search import sample
from verify.balls.signs import proved_sign, quick_sign
from verify.balls.touching import closed_forms, touches

Case = tuple[sp.Expr, Piece]
_KINKS = (sp.Abs, sp.Max, sp.Min)
_MOST_ZEROS = 6


def cases_of(expr: sp.Expr, piece: Piece) -> list[Case]:
    """Cases (f, part): the claim expr >= 0 on ``piece`` holds if f >= 0 on its part for every case.

    -|u| is the smaller of u and -u, so both must do; +|u| is resolved by cutting the piece where u changes sign.
    What cannot be resolved stays in the expression.
    """
    conjuncts = _conjuncts(expr, piece)
    return [case for f in conjuncts for part in _parts(f, piece) for case in [(_resolved(f, part), part)]]


def _conjuncts(expr: sp.Expr, piece: Piece) -> list[sp.Expr]:
    for term in sp.Add.make_args(expr):
        choices = _smaller_of(term, piece)
        if choices:
            rest = expr - term
            return [f for choice in choices for f in _conjuncts(rest + choice, piece)]
    return [expr]


def _smaller_of(term: sp.Expr, piece: Piece) -> list[sp.Expr] | None:
    """Expressions whose minimum the term is: -w|u|, -w max(...) or w min(...) with w >= 0."""
    factors = sp.Mul.make_args(term)
    kinks = [f for f in factors if isinstance(f, _KINKS)]
    if len(kinks) != 1:
        return None
    kink = kinks[0]
    weight = sp.Mul(*[f for f in factors if f is not kink])
    sign = quick_sign(weight, piece)
    wanted = 1 if isinstance(kink, sp.Min) else -1
    if sign is None or sign[0] != wanted:
        return None
    choices = (kink.args[0], -kink.args[0]) if isinstance(kink, sp.Abs) else kink.args
    return [weight * c for c in choices]


def _switches(expr: sp.Expr) -> Iterator[sp.Expr]:
    """Expressions at whose zeros a kink of ``expr`` lies."""
    for node in expr.atoms(*_KINKS):
        if isinstance(node, sp.Abs):
            yield node.args[0]
        elif len(node.args) == 2:
            yield node.args[0] - node.args[1]


def _parts(expr: sp.Expr, piece: Piece) -> list[Piece]:
    """The piece cut at every zero of a switch that depends on one symbol."""
    parts = [piece]
    for switch in _switches(expr):
        free = switch.free_symbols
        if len(free) == 1:
            symbol = next(iter(free))
            for zero in zeros_of(switch, piece.only(symbol)):
                parts = [q for p in parts for q in cut_at(p, p.symbols.index(symbol), zero)]
    return parts


def zeros_of(expr: sp.Expr, piece: Piece) -> list[sp.Expr]:
    """Closed-form zeros of an expression in the one symbol of a piece; a missed one costs a proof, not its truth."""
    from scipy.optimize import brentq

    function = float_function(expr, piece.symbols)
    with np.errstate(all="ignore"):
        points = np.unique(sample(piece, 0)[:, 0])
        values = np.broadcast_to(function(points), points.shape)
        changes = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) <= 0)
        roots = {float(brentq(function, *points[i : i + 2])) for i in changes if values[i] * values[i + 1] < 0}
    roots |= {float(points[i + k]) for i in changes for k in (0, 1) if values[i + k] == 0}
    found = [next((v for v in closed_forms(r, 1e-9) if touches(expr, piece.symbols[0], v)), None) for r in roots]
    return list({v for v in found if v is not None})[:_MOST_ZEROS]


def _resolved(expr: sp.Expr, piece: Piece) -> sp.Expr:
    """The expression with every kink replaced whose sign over the piece is proved."""
    known = {}
    for node in expr.atoms(*_KINKS):
        if isinstance(node, sp.Abs):
            sign = proved_sign(node.args[0], piece)
            if sign is not None:
                known[node] = sign * node.args[0]
        elif len(node.args) == 2:
            sign = proved_sign(node.args[0] - node.args[1], piece)
            if sign is not None:
                first_wins = (sign > 0) == isinstance(node, sp.Max)
                known[node] = node.args[0] if first_wins else node.args[1]
    return _resolved(expr.xreplace(known), piece) if known else expr
