"""What vectors give: inner products and norms of their linear combinations, and measures of a whole family."""

from __future__ import annotations

from typing import Any

import sympy as sp

from verify.proof.terms.families import Vec


def is_vector(expr: sp.Expr) -> bool:
    """Whether the expression is vector-valued: a vector atom in a linear position."""
    if isinstance(expr, Vec):
        return True
    if isinstance(expr, sp.Sum):
        return is_vector(expr.function)
    return isinstance(expr, (sp.Add, sp.Mul)) and any(is_vector(a) for a in expr.args)


def linear_parts(expr: sp.Expr, is_atom: Any) -> list[tuple[sp.Expr, sp.Expr]]:
    """A linear combination as (coefficient, atom) pairs. Raises TypeError for anything else."""
    found = []
    for term in sp.Add.make_args(sp.expand(expr)):
        atoms = [f for f in sp.Mul.make_args(term) if is_atom(f)]
        if term == 0:
            continue
        if len(atoms) != 1:
            raise TypeError(f"{term} is not a scalar times one vector or matrix")
        found.append((sp.Mul(*[f for f in sp.Mul.make_args(term) if not is_atom(f)]), atoms[0]))
    return found


class Inner(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """<u, v>: bilinear and symmetric, expanded over linear combinations as soon as it is written."""

    is_real = True

    @classmethod
    def eval(cls, u: sp.Expr, v: sp.Expr) -> sp.Expr | None:
        left, right = linear_parts(u, is_vector), linear_parts(v, is_vector)
        if len(left) == len(right) == 1 and left[0][0] == right[0][0] == 1:
            return cls._of_atoms(left[0][1], right[0][1])
        return sp.Add(*[c * k * cls(a, b) for c, a in left for k, b in right])

    @classmethod
    def _of_atoms(cls, u: sp.Expr, v: sp.Expr) -> sp.Expr | None:
        for one, other in ((u, v), (v, u)):
            if isinstance(one, sp.Sum):
                if set(one.variables) & other.free_symbols:
                    raise ValueError(f"the index of {one} also occurs in {other}: rename it")
                return sp.Sum(cls(one.function, other), *one.limits)
        return None if sp.default_sort_key(u) <= sp.default_sort_key(v) else cls(v, u)


class Norm(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """The Euclidean norm of a vector; scalars are pulled out."""

    is_nonnegative = True

    @classmethod
    def eval(cls, u: sp.Expr) -> sp.Expr | None:
        parts = linear_parts(u, is_vector)
        if not parts:
            return sp.S.Zero
        if len(parts) == 1 and parts[0][0] != 1:
            return sp.Abs(parts[0][0]) * cls(parts[0][1])
        expanded = sp.expand(u)
        if expanded.could_extract_minus_sign():
            return cls(-expanded)
        return None if expanded == u else cls(expanded)


class LeastDistance(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """The least distance between two vectors of a family, LeastDistance(Lambda(i, x(i))); 2 if there is only one."""

    is_nonnegative = True


class LeastNorm(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """The least norm of the vectors of a family, LeastNorm(Lambda(i, x(i)))."""

    is_nonnegative = True


class SpaceDimension(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """The number of coordinates of the vectors of a family, SpaceDimension(Lambda(i, x(i)))."""

    is_integer = True
    is_positive = True
