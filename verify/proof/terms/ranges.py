"""Sums, averages and largest values over the whole range of generic indices."""

from __future__ import annotations

from typing import Any

import sympy as sp

from verify.proof.terms.indices import Index


class Sup(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """The largest value of an expression over generic indices: Sup(Lambda((r, i), expr))."""

    is_real = True


def sup(expr: Any, *indices: Index) -> sp.Expr:
    """max over the indices of ``expr``."""
    return Sup(sp.Lambda(indices, expr))


def total(expr: Any, *indices: Index) -> sp.Expr:
    """The sum of ``expr`` over the whole range of each index."""
    return sp.Sum(expr, *[(i, 1, i.size) for i in indices])


def mean(expr: Any, index: Index) -> sp.Expr:
    """The average of ``expr`` over the index."""
    return total(expr, index) / index.size


def euclidean(expr: Any, index: Index) -> sp.Expr:
    """The Euclidean norm of the vector whose entry at ``index`` is ``expr``."""
    return sp.sqrt(total(expr**2, index))
