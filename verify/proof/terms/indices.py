"""Generic indices, which stand for every value in their range, and putting values for symbols without catching them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Self

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from verify.relations import free_symbols


class Index(sp.Symbol):  # type: ignore[misc]  # SymPy ships no types
    """A generic index that runs from 1 to ``size``. Raises ValueError unless that is one whole number >= 1, whatever
    other indices are: sums and suprema change places, and their terms are counted, without a look at the sizes."""

    size: sp.Expr

    def __new__(cls, name: str, size: Any) -> Self:
        obj: Self = sp.Symbol.__xnew__(cls, name, integer=True, positive=True)
        obj.size = sp.sympify(size)
        if not (obj.size.is_integer and obj.size.is_positive) or any(
            isinstance(s, Index) for s in obj.size.free_symbols
        ):
            raise ValueError(f"index {name}: its size {size} is not visibly one whole number >= 1")
        return obj

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.size)


class Fold(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """Index r folded into 1..q: ((r - 1) mod q) + 1, so that r and r + q are one pair."""

    def _eval_is_integer(self) -> bool | None:
        return True if self.args[0].is_integer and self.args[1].is_integer else None

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_real and self.args[1].is_positive else None

    def _eval_is_real(self) -> bool | None:
        return True if self.args[0].is_real and self.args[1].is_positive else None

    @property
    def size(self) -> sp.Expr:
        return self.args[1]


@lru_cache(maxsize=50_000)
def bound_in(expr: sp.Basic) -> frozenset[sp.Symbol]:
    """The symbols over which sums, integrals, suprema and matrices inside the expression range."""
    own = expr.variables if isinstance(expr, (ExprWithLimits, sp.Lambda)) else ()  # products too, of exp of a sum
    return frozenset(own).union(*map(bound_in, expr.args))


def put(expr: Any, values: Mapping[sp.Symbol, Any]) -> Any:
    """The expression with symbols replaced, simultaneously. Raises ValueError if a sum inside would catch a value."""
    expr = sp.sympify(expr)
    moved = {old: sp.sympify(new) for old, new in values.items() if old in free_symbols(expr) and old != new}
    caught = bound_in(expr) & {s for new in moved.values() for s in free_symbols(new)}
    if caught:
        raise ValueError(f"the index {caught} is summed over in {expr}: rename it")
    return _placed(expr, moved) if bound_in(expr) & moved.keys() else expr.xreplace(moved)


def _placed(expr: Any, values: Mapping[sp.Symbol, Any]) -> Any:
    """The expression with free symbols replaced, some of which are bound elsewhere in it.

    SymPy's own subs would also rename what sums range over.
    """
    if expr in values:
        return values[expr]
    if not free_symbols(expr) & values.keys():
        return expr
    if isinstance(expr, sp.Lambda):
        inner = {old: new for old, new in values.items() if old not in expr.signature}
        return sp.Lambda(expr.signature, _placed(expr.expr, inner))
    if isinstance(expr, (sp.Sum, sp.Integral)):
        inner = {old: new for old, new in values.items() if old not in expr.variables}
        limits = [(v, *(_placed(end, values) for end in ends)) for v, *ends in expr.limits]
        return expr.func(_placed(expr.function, inner), *limits)
    return expr.func(*[_placed(a, values) for a in expr.args])
