"""What a statement says: relations between expressions, kept as they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import sympy as sp

Op = Literal["<=", ">=", "<", ">", "=="]


@dataclass(frozen=True)
class Relation:
    """(left, op, right). Not a SymPy relation: those simplify, and lose what was stated."""

    left: sp.Expr
    op: Op
    right: sp.Expr

    @property
    def low(self) -> sp.Expr:
        """The side claimed to be the smaller one."""
        return self.right if self.op in (">=", ">") else self.left

    @property
    def high(self) -> sp.Expr:
        """The side claimed to be the larger one."""
        return self.left if self.op in (">=", ">") else self.right

    @property
    def strict(self) -> bool:
        return self.op in ("<", ">")

    @cached_property
    def symbols(self) -> frozenset[sp.Symbol]:
        """The symbols of this very relation: equal ones elsewhere may be measured in another way."""
        return _own_symbols(self.left) | _own_symbols(self.right)

    def subs(self, values: Mapping[Any, Any]) -> Relation:
        """The same relation with symbols replaced, simultaneously."""
        return Relation(replaced(self.left, values), self.op, replaced(self.right, values))

    def __str__(self) -> str:
        return f"{_written(self.left)} {self.op} {_written(self.right)}"


@lru_cache(maxsize=50_000)  # the steps of a proof share their sides
def _written(expr: sp.Expr) -> str:
    return str(expr)


@lru_cache(maxsize=50_000)  # SymPy walks through the whole expression, and builds each sum in it anew, every time
def free_symbols(expr: sp.Basic) -> frozenset[sp.Symbol]:
    """The symbols that occur other than as what a sum, an integral or a function ranges over, or equal ones."""
    return _free(expr, free_symbols)


def _own_symbols(expr: sp.Basic) -> frozenset[sp.Symbol]:
    """The very same, never equal ones."""
    return _free(expr, _own_symbols)


def _free(expr: sp.Basic, free: Callable[[sp.Basic], frozenset[sp.Symbol]]) -> frozenset[sp.Symbol]:
    """The free symbols, given what finds those of a part."""
    if isinstance(expr, sp.Symbol):
        return frozenset((expr,))
    if isinstance(expr, (sp.Sum, sp.Integral)):
        found = free(expr.function)
        for variable, *ends in expr.limits:
            found = (found - {variable} if ends else found | {variable}).union(*map(free, ends))
        return found
    if isinstance(expr, sp.Lambda):
        return free(expr.expr) - frozenset(expr.bound_symbols)
    if not _of_parts(type(expr)):  # type: ignore[arg-type]  # mypy takes no class for hashable
        return frozenset(expr.free_symbols)
    return frozenset().union(*map(free, expr.args))


@lru_cache(maxsize=1_000)
def _of_parts(kind: type) -> bool:
    """Whether the free symbols are those of the parts, as SymPy has it unless a class says otherwise."""
    own = next(vars(base)["free_symbols"] for base in kind.__mro__ if "free_symbols" in vars(base))
    return bool(own is vars(sp.Basic)["free_symbols"])


def replaced(expr: Any, values: Mapping[Any, Any]) -> sp.Expr:
    """The expression with symbols replaced, simultaneously; what sums and integrals range over stays as it is."""
    expr = sp.sympify(expr)
    present = {s: sp.sympify(v) for s, v in values.items() if s in free_symbols(expr)}
    if not present:
        return expr
    if expr.has(sp.Integral):  # whose own variable might be caught
        return expr.subs(present, simultaneous=True)
    return expr.xreplace(present)


def le(left: Any, right: Any) -> Relation:
    """left <= right"""
    return Relation(sp.sympify(left), "<=", sp.sympify(right))


def ge(left: Any, right: Any) -> Relation:
    """left >= right"""
    return Relation(sp.sympify(left), ">=", sp.sympify(right))


def lt(left: Any, right: Any) -> Relation:
    """left < right"""
    return Relation(sp.sympify(left), "<", sp.sympify(right))


def gt(left: Any, right: Any) -> Relation:
    """left > right"""
    return Relation(sp.sympify(left), ">", sp.sympify(right))


def eq(left: Any, right: Any) -> Relation:
    """left == right"""
    return Relation(sp.sympify(left), "==", sp.sympify(right))
