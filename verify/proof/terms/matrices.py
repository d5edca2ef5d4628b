"""Matrices given by their entries, and the numbers of a matrix: entries, norms, extreme eigenvalues, traces."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.symbol import Str

from verify.proof.terms.indices import put
from verify.proof.terms.vectors import linear_parts


class Mat(sp.Expr):  # type: ignore[misc]  # SymPy ships no types
    """A matrix given by its entries: Mat(name, Lambda((i, j), entry)); None as entries leaves it opaque."""

    is_commutative = True

    def __new__(cls, name: str | Str, entries: Any = None) -> Any:
        label = name if isinstance(name, Str) else Str(name)
        return sp.Expr.__new__(cls, label, *([] if entries is None else [sp.sympify(entries)]))

    @property
    def entries(self) -> sp.Lambda | None:
        return self.args[1] if len(self.args) > 1 else None

    def _sympystr(self, printer: Any) -> str:
        return str(self.args[0])


def is_matrix(expr: sp.Expr) -> bool:
    """Whether the expression is a matrix atom."""
    return isinstance(expr, Mat)


class Entry(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """The (i, j) entry of a linear combination of matrices, unfolded where entries are given."""

    is_real = True

    @classmethod
    def eval(cls, a: sp.Expr, i: sp.Expr, j: sp.Expr) -> sp.Expr | None:
        if isinstance(a, Mat):
            if a.entries is None:
                return None
            return put(a.entries.expr, dict(zip(a.entries.signature, (i, j), strict=True)))
        return sp.Add(*[c * cls(m, i, j) for c, m in linear_parts(a, is_matrix)])


class InverseRoot(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """The (i, j) entry of A^(-1/2) for a symmetric positive definite A: InverseRoot(A, i, j), symmetric too."""

    is_real = True

    @classmethod
    def eval(cls, a: sp.Expr, i: sp.Expr, j: sp.Expr) -> sp.Expr | None:
        return None if sp.default_sort_key(i) <= sp.default_sort_key(j) else cls(a, j, i)


class _MatrixNumber(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    is_real = True
    even = False

    @classmethod
    def eval(cls, a: sp.Expr) -> sp.Expr | None:
        expanded = sp.expand(a)
        if cls.even and expanded.could_extract_minus_sign():
            return cls(-expanded)
        return None if expanded == a else cls(expanded)


class Frobenius(_MatrixNumber):
    """The Frobenius norm."""

    is_nonnegative = True
    even = True


class Spectral(_MatrixNumber):
    """The spectral norm (largest singular value)."""

    is_nonnegative = True
    even = True


class LambdaMin(_MatrixNumber):
    """The smallest eigenvalue of a symmetric matrix; A ⪰ B is written LambdaMin(A - B) >= 0."""


class LambdaMax(_MatrixNumber):
    """The largest eigenvalue of a symmetric matrix."""


class Trace(_MatrixNumber):
    """The trace of a square matrix."""


class TracePower(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """tr M^q for an integer q >= 1, M being the symmetric part of a matrix: TracePower(M, q)."""

    is_real = True
