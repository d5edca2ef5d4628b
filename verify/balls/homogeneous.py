"""Homogeneous claims on cones, reduced to the surface of the unit cube.

If f(c v) = c^k f(v) for c > 0 in some symbols v, each ranging over a line or a half line from 0, then f >= 0 for all v
if f >= 0 where max |v_i| = 1: every v other than 0 is a positive multiple of such a point, and at 0 continuity gives
f >= 0 if k > 0, for then f(0) = 0. Other claims (f > 0 fails at 0, and for k = 0 nothing is known of f(0)) are reduced
only where 0 is excluded.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import sympy as sp

from verify.balls.boxes import Piece
from verify.balls.compile import UnknownNode, evaluate
from verify.balls.goals import vanishes
from verify.statement import Domain

Case = tuple[sp.Expr, Piece]
_MOST_SYMBOLS = 5


def sections(expr: sp.Expr, piece: Piece, strict: bool) -> list[Case] | None:
    """The claim on every face of the unit cube in the symbols in which it is homogeneous; None if in none."""
    cone = [i for i, d in enumerate(piece.domains) if _is_cone(d)]
    for size in range(min(len(cone), _MOST_SYMBOLS), 1, -1):
        for group in itertools.combinations(cone, size):
            excluded = any(_excludes_zero(piece.domains[i]) for i in group)
            degree = _homogeneity(expr, [piece.symbols[i] for i in group]) if excluded or not strict else None
            if degree is not None and (excluded or degree > 0):
                return [case for i in group for case in _faces(expr, piece, group, i)]
    return None


def _is_cone(domain: Domain) -> bool:
    return not domain.integer and domain.lower in (-sp.oo, 0) and domain.upper in (0, sp.oo)


def _excludes_zero(domain: Domain) -> bool:
    return (domain.lower == 0 and domain.open_lower) or (domain.upper == 0 and domain.open_upper)


def _faces(expr: sp.Expr, piece: Piece, group: tuple[int, ...], fixed: int) -> Iterator[Case]:
    domains = [_within_cube(d) if i in group else d for i, d in enumerate(piece.domains)]
    cube = Piece(piece.symbols, tuple(domains))
    for end in (cube.domains[fixed].lower, cube.domains[fixed].upper):
        if end != 0:
            yield expr.subs(piece.symbols[fixed], end), cube.without(fixed)


def _within_cube(domain: Domain) -> Domain:
    """The part of a cone in the cube: an end where the cube cuts it off belongs to it."""
    lower, upper = sp.Max(domain.lower, -1), sp.Min(domain.upper, 1)
    return Domain(lower, upper, domain.open_lower and lower == 0, domain.open_upper and upper == 0)


def _homogeneity(expr: sp.Expr, group: list[sp.Symbol]) -> sp.Rational | None:
    """The degree k, or None if f(c v) = c^k f(v) is not seen for any."""
    degree = _degree(expr, group) if all(expr.has(s) for s in group) else None
    if degree is None:
        return None
    c = sp.Dummy("c", positive=True)
    scaled = expr.subs({s: c * s for s in group}, simultaneous=True)
    return degree if vanishes(_powers_pulled_out(scaled) - c**degree * expr) else None


def _degree(expr: sp.Expr, group: list[sp.Symbol]) -> sp.Rational | None:
    """The degree that two points suggest, as a small rational; None if they disagree with every such degree."""
    point = {s: sp.Rational(7 + 2 * i, 11 + i) * (-1 if s.is_nonpositive else 1) for i, s in enumerate(_sorted(expr))}
    doubled = {s: 2 * v if s in group else v for s, v in point.items()}
    try:
        one, two = evaluate(expr, point), evaluate(expr, doubled)
    except UnknownNode:
        return None
    if not (one != 0 and two / one > 0):
        return None
    degree = math.log2(float(two / one))
    near = sp.Rational(round(2 * degree), 2)
    return near if abs(float(near) - degree) < 1e-9 and near >= 0 else None


def _sorted(expr: sp.Expr) -> list[sp.Symbol]:
    return sorted(expr.free_symbols, key=str)


def _powers_pulled_out(expr: sp.Expr) -> sp.Expr:
    """Every base of a power factored, so that sqrt(c^2 x^2 + c^2 y^2) shows its factor c."""
    return expr.replace(
        lambda e: isinstance(e, sp.Pow) and not isinstance(e, sp.exp) and isinstance(e.base, sp.Add),
        lambda e: sp.Pow(sp.factor(e.base), e.exp),
    )
