"""Claims under hypotheses reduced to claims under fewer of them.

- A claim f >= 0 follows from a hypothesis h >= 0 if f = r h with r >= 0, or if f - h >= 0.
- If h reads v <= g (or v >= g) with g free of v, and f falls (rises) in v over the whole half line from the domain of v
  to beyond g, then f(v) >= f(g): v is replaced by g, and the hypotheses that name v are dropped or become those on g.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from verify.balls.boxes import Piece
from verify.balls.defined import undefined
from verify.balls.goals import Condition, Goal, dummy_of
from verify.balls.signs import quick_sign
from verify.balls.views import as_product
from verify.statement import Domain


@dataclass(frozen=True)
class Reduced:
    """A claim expr >= 0 on ``piece`` under ``given`` that implies the one it came from, if the side claims hold.

    ``sides`` are claims >= 0 on their own pieces, without hypotheses.
    """

    expr: sp.Expr
    piece: Piece
    given: tuple[Condition, ...]
    why: str
    sides: tuple[tuple[sp.Expr, Piece], ...] = ()


def reductions(expr: sp.Expr, piece: Piece, given: Sequence[Condition], strict: bool) -> Iterator[Reduced]:
    """Ways to do with fewer hypotheses, those that lose the least first."""
    usable = [(h, (*given[:index], *given[index + 1 :])) for index, h in enumerate(given) if h.op != "=="]
    enough = [(h, rest) for h, rest in usable if h.strict or not strict]
    for h, _ in enough:
        yield from _multiple(expr, piece, h)
    for h, rest in usable:
        for v in sorted(h.expr.free_symbols & expr.free_symbols, key=str):
            yield from _replacing(expr, piece, h, rest, v)
    for h, rest in enough:
        yield Reduced(expr - h.expr, piece, rest, "a hypothesis subtracted")


def _multiple(expr: sp.Expr, piece: Piece, h: Condition) -> Iterator[Reduced]:
    ratio = as_product(expr / h.expr)
    # the ratio must be defined where h = 0 too: -1 is a positive multiple of -x^2 everywhere else
    if quick_sign(ratio, piece) == (1, True) and not undefined(ratio, piece)[0]:
        yield Reduced(sp.S.One, piece, (), "a positive multiple of a hypothesis")


def _replacing(
    expr: sp.Expr, piece: Piece, h: Condition, rest: tuple[Condition, ...], v: sp.Symbol
) -> Iterator[Reduced]:
    bound = solved_for(h.expr, v, piece)
    index = piece.symbols.index(v)
    if bound is None or piece.domains[index].integer:
        return
    g, is_upper = bound
    domain = _reaching(piece.domains[index], g, is_upper, piece)
    # v may be known to have a sign that it need not have on a longer domain
    free = dummy_of(v, domain)
    wide = piece.with_domain(index, domain).renamed(index, free)
    prolonged = expr.xreplace({v: free})
    slope = sp.diff(prolonged, free)
    new = expr.subs(v, g)
    inside = (c for c in domain_conditions(g, domain) if quick_sign(c.expr, piece) != (1, True))
    kept = (*(c for c in rest if not c.expr.has(v)), *inside)
    if undefined(prolonged, wide)[0]:
        return
    side = (-slope if is_upper else slope, wide)
    why = f"{v.name} replaced by its bound, in which the claim is monotone"
    yield Reduced(new, piece.without(index), kept, why, (side,))


def without_equations(goal: Goal) -> Goal:
    """The same goal with every hypothesis v = g used up, g a rational function: v replaced, its domain put on g."""
    for h in goal.given:
        for v in sorted(h.expr.free_symbols, key=str) if h.op == "==" else ():
            index = goal.piece.symbols.index(v)
            bound = solved_for(h.expr, v, goal.piece)
            if bound is not None and not goal.piece.domains[index].integer and _is_rational(bound[0]):
                return without_equations(_substituted(goal, h, v, bound[0]))
    return goal


def _is_rational(g: sp.Expr) -> bool:
    return bool(g.is_rational_function(*g.free_symbols)) and not g.has(sp.pi, sp.E)


def _substituted(goal: Goal, h: Condition, v: sp.Symbol, g: sp.Expr) -> Goal:
    index = goal.piece.symbols.index(v)
    rest = [Condition(c.expr.subs(v, g), c.op) for c in goal.given if c is not h]
    return replace(
        goal,
        claim=Condition(goal.claim.expr.subs(v, g), goal.claim.op),
        piece=goal.piece.without(index),
        given=(*rest, *domain_conditions(g, goal.piece.domains[index])),
        solved=((v, g), *goal.solved),
        needs=tuple(Condition(c.expr.subs(v, g), c.op) for c in goal.needs),
    )


def solved_for(expr: sp.Expr, v: sp.Symbol, piece: Piece) -> tuple[sp.Expr, bool] | None:
    """(g, True) if expr >= 0 says v <= g, (g, False) if it says v >= g; None unless expr is linear in v."""
    slope = sp.diff(expr, v)
    if slope.has(v):
        return None
    sign = quick_sign(sp.factor_terms(slope), piece)
    if sign is None or not sign[1]:
        return None
    return sp.simplify(-expr.subs(v, 0) / slope), sign[0] < 0


def _reaching(domain: Domain, g: sp.Expr, is_upper: bool, piece: Piece) -> Domain:
    """The domain, prolonged towards the bound g where that may lie outside it."""
    end = domain.upper if is_upper else domain.lower
    beyond = None if end.is_infinite else quick_sign(end - g if is_upper else g - end, piece)
    if beyond is not None and beyond == (1, True):
        return domain
    if is_upper:
        return replace(domain, upper=sp.oo, open_upper=False)
    return replace(domain, lower=-sp.oo, open_lower=False)


def domain_conditions(g: sp.Expr, domain: Domain) -> Iterator[Condition]:
    """That the value g lies in the domain."""
    for end in domain.bounds(g).values():
        yield Condition(end.high - end.low, ">" if end.strict else ">=")
