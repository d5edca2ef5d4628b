"""What is visibly positive, and what is visibly real, by form and by known relations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import sympy as sp

from verify.proof import terms
from verify.proof.algebra import nonnegative
from verify.relations import Relation


def positive(expr: sp.Expr, known: Sequence[Relation]) -> bool:
    """Whether the expression is certainly > 0, by SymPy's assumptions, its form, or a strict relation."""
    if expr.is_positive or any(r.strict and sp.expand(r.high - r.low - expr) == 0 for r in known):
        return True
    if any(r.high == expr and (r.low.is_positive or (r.strict and nonnegative(r.low, known))) for r in known):
        return True
    if isinstance(expr, sp.Add):
        return all(nonnegative(a, known) for a in expr.args) and any(positive(a, known) for a in expr.args)
    if isinstance(expr, sp.Mul):
        return all(positive(a, known) for a in expr.args)
    if isinstance(expr, sp.Sum):
        return positive(expr.function, known) and all(bool(i.size.is_positive) for i in expr.variables)
    return isinstance(expr, sp.Pow) and bool(expr.exp.is_real) and positive(expr.base, known)


_REAL = (sp.exp, sp.Abs, sp.erf, sp.erfc, sp.sinh, sp.cosh, sp.tanh, sp.Max, sp.Min, sp.KroneckerDelta)


def unreal(expr: sp.Expr, known: tuple[Relation, ...] = ()) -> sp.Expr | None:
    """One of the parts that ``unreal_parts`` finds, or None."""
    return min(unreal_parts(expr, known), key=str, default=None)


@lru_cache(maxsize=50_000)
def unreal_parts(expr: sp.Expr, known: tuple[Relation, ...] = ()) -> frozenset[sp.Expr]:
    """The parts of an unfolded expression that are not visibly real (``known`` gives signs).

    Members of families and matrices are real by themselves; what stands before them may not be. An absolute value is
    real whatever it is of.
    """
    expr = expr.xreplace(dict.fromkeys(expr.atoms(sp.Abs), sp.S.One))
    parts = expr.atoms(sp.Pow, sp.Function, sp.Symbol, sp.NumberSymbol, sp.core.numbers.ImaginaryUnit)
    return frozenset(part for part in parts if not _is_real(part, known))


def _is_real(part: sp.Expr, known: tuple[Relation, ...]) -> bool:
    """Whether a power, a function or a letter is real if what stands in it is."""
    if part.is_real or isinstance(part, _REAL) or str(type(part).__module__).startswith(terms.__name__):
        return True
    if isinstance(part, sp.log):
        return positive(part.args[0], known)
    return isinstance(part, sp.Pow) and bool(part.exp.is_integer or nonnegative(part, known))
