"""Larger for smaller: parts of an expression give way to their bounds where that is visibly monotone."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from verify.proof.algebra import nonnegative, same_form
from verify.relations import Relation


class NotMonotone(ValueError):
    """An expression, the second argument, contains a replaceable part in a position whose direction is unknown."""


def raised(expr: sp.Expr, known: Sequence[Relation]) -> sp.Expr:
    """An upper bound of ``expr``: parts that are the low side of a known relation give way to its high side.

    Raises NotMonotone where such a part stands in a place that is not visibly monotone.
    """
    found = _whole(expr, known, up=True)
    return _moved(expr, known, up=True) if found is None else found


def lowered(expr: sp.Expr, known: Sequence[Relation]) -> sp.Expr:
    """A lower bound of ``expr``, likewise."""
    found = _whole(expr, known, up=False)
    return _moved(expr, known, up=False) if found is None else found


def _whole(expr: sp.Expr, known: Sequence[Relation], up: bool) -> sp.Expr | None:
    """The other side of a known relation one side of which is the whole expression, written differently perhaps."""
    if any(_touched(expr, [r]) for r in known):
        return None
    for r in known:
        source, target = (r.low, r.high) if up else (r.high, r.low)
        if same_form(expr, source):
            return target
    return None


def _moved(expr: sp.Expr, known: Sequence[Relation], up: bool) -> sp.Expr:
    for r in known:
        source, target = (r.low, r.high) if up else (r.high, r.low)
        if expr == source:
            return target
        if r.op == "==" and expr == target:
            return source
    if not expr.args or not _touched(expr, known):
        return expr
    if isinstance(expr, sp.Add):
        return sp.Add(*[_moved(a, known, up) for a in expr.args])
    if isinstance(expr, sp.Mul):
        return _moved_product(expr, known, up)
    if isinstance(expr, sp.exp):
        return sp.exp(_moved(expr.args[0], known, up))
    if isinstance(expr, sp.log):
        return _moved_log(expr, known, up)
    if isinstance(expr, sp.erfc):
        return sp.erfc(_moved(expr.args[0], known, not up))
    if isinstance(expr, sp.Pow):
        return _moved_power(expr, known, up)
    if isinstance(expr, sp.Sum):
        return sp.Sum(_moved(expr.function, known, up), *expr.limits)
    if isinstance(expr, (sp.Max, sp.Min)):
        return expr.func(*[_moved(a, known, up) for a in expr.args])
    if isinstance(expr, sp.Abs) and nonnegative(expr.args[0], known):
        return _moved(expr.args[0], known, up)
    raise NotMonotone("not visibly monotone in what is to be replaced", expr)


def _touched(expr: sp.Expr, known: Sequence[Relation]) -> bool:
    """Whether a side of a known relation occurs; numbers occur everywhere (in limits of sums) and do not count."""
    return any(not side.is_Number and expr.has(side) for r in known for side in (r.low, r.high))


def _moved_log(expr: sp.log, known: Sequence[Relation], up: bool) -> sp.Expr:
    moved = _moved(expr.args[0], known, up)
    if not (moved if not up else expr.args[0]).is_positive:
        raise NotMonotone("the argument is not known to be positive", expr)
    return sp.log(moved)


def _moved_factors(expr: sp.Mul, known: Sequence[Relation], up: bool) -> sp.Expr | None:
    """The product with several of its factors, which together are a side of a known relation, replaced at once."""
    for r in known:
        source, target = (r.low, r.high) if up else (r.high, r.low)
        if source.is_Mul and set(source.args) <= set(expr.args):
            rest = sp.Mul(*[a for a in expr.args if a not in source.args])
            if nonnegative(rest, known):
                return rest * target
    return None


def _moved_product(expr: sp.Mul, known: Sequence[Relation], up: bool) -> sp.Expr:
    together = _moved_factors(expr, known, up)
    if together is not None:
        return together
    fixed = [a for a in expr.args if not _touched(a, known)]
    moving = [a for a in expr.args if _touched(a, known)]
    factor = sp.Mul(*fixed)
    if nonnegative(-factor, known) and len(moving) == 1:
        return factor * _moved(moving[0], known, not up)
    moved = [_moved(a, known, up) for a in moving]
    signed = [*moving, factor] if len(moving) > 1 else [factor]
    if not all(nonnegative(a, known) for a in signed) or (not up and not all(nonnegative(a, known) for a in moved[1:])):
        raise NotMonotone("a factor has no known sign", expr)
    return factor * sp.Mul(*moved)


def _moved_power(expr: sp.Pow, known: Sequence[Relation], up: bool) -> sp.Expr:
    base, exponent = expr.args
    if _touched(exponent, known) or not nonnegative(base, known):
        raise NotMonotone("not visibly monotone in what is to be replaced", expr)
    if exponent.is_nonnegative:
        moved = _moved(base, known, up)
        if not up and not nonnegative(moved, known):
            raise NotMonotone("the lower bound of the base has no known sign", expr)
        return moved**exponent
    if exponent.is_negative:
        moved = _moved(base, known, not up)
        if not (moved.is_positive and nonnegative(base, known)):
            raise NotMonotone("the denominator is not known to be positive", expr)
        return moved**exponent
    raise NotMonotone("the sign of the exponent is unknown", expr)
