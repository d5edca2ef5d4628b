"""The language of proofs: vectors, matrices given by their entries, sums, suprema, probabilities, over generic indices.

An index stands for every value in its range, so a fact about ``Inner(w(r), x(i))`` is a fact about all r and i.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Self

import sympy as sp
from sympy.core.symbol import Str


class Index(sp.Symbol):  # type: ignore[misc]  # SymPy ships no types
    """A generic index that runs from 1 to ``size``."""

    size: sp.Expr

    def __new__(cls, name: str, size: Any) -> Self:
        obj: Self = sp.Symbol.__xnew__(cls, name, integer=True, positive=True)
        obj.size = sp.sympify(size)
        return obj

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.size)


@lru_cache(maxsize=50_000)
def bound_in(expr: sp.Basic) -> frozenset[sp.Symbol]:
    """The symbols over which sums, integrals, suprema and matrices inside the expression range."""
    lambdas = {s for found in expr.atoms(sp.Lambda) for s in found.signature}
    return frozenset(lambdas | {s for found in expr.atoms(sp.Sum, sp.Integral) for s in found.variables})


def put(expr: Any, values: Mapping[sp.Symbol, Any]) -> Any:
    """The expression with symbols replaced, simultaneously. Raises ValueError if a sum inside would catch a value."""
    expr = sp.sympify(expr)
    moved = {old: sp.sympify(new) for old, new in values.items() if old in expr.free_symbols and old != new}
    caught = bound_in(expr) & {s for new in moved.values() for s in new.free_symbols}
    if caught:
        raise ValueError(f"the index {caught} is summed over in {expr}: rename it")
    return _placed(expr, moved)


def _placed(expr: Any, values: Mapping[sp.Symbol, Any]) -> Any:
    """The expression with free symbols replaced; SymPy's own subs would also rename what sums range over."""
    if expr in values:
        return values[expr]
    if not expr.free_symbols & values.keys():
        return expr
    if isinstance(expr, sp.Lambda):
        inner = {old: new for old, new in values.items() if old not in expr.signature}
        return sp.Lambda(expr.signature, _placed(expr.expr, inner))
    if isinstance(expr, (sp.Sum, sp.Integral)):
        inner = {old: new for old, new in values.items() if old not in expr.variables}
        limits = [(v, *(_placed(end, values) for end in ends)) for v, *ends in expr.limits]
        return expr.func(_placed(expr.function, inner), *limits)
    return expr.func(*[_placed(a, values) for a in expr.args])


class _Family(sp.Expr):  # type: ignore[misc]  # SymPy ships no types
    is_commutative = True

    def __new__(cls, name: str | Str, *indices: Any) -> Any:
        return sp.Expr.__new__(cls, Str(str(name)), *map(sp.sympify, indices))

    @property
    def family(self) -> str:
        name: str = self.args[0].name  # printing it costs far more, and proofs on numbers ask all the time
        return name

    @property
    def indices(self) -> tuple[sp.Expr, ...]:
        return tuple(self.args[1:])

    def _sympystr(self, printer: Any) -> str:
        return f"{self.family}[{', '.join(printer.doprint(i) for i in self.indices)}]" if self.indices else self.family


class Vec(_Family):
    """One vector of an indexed family; linear combinations are SymPy sums."""


class Scalar(_Family):
    """One real number of an indexed family (a sign a_r, a label y_i)."""

    is_real = True


class Datum(Vec):
    """One data vector: not random."""


class Gaussian(Vec):
    """One standard Gaussian vector N(0, I_d); different members of its family are independent."""


class DatumNumber(Scalar):
    """One number of the data (a label): not random."""


class Sign(Scalar):
    """One sign, -1 or +1."""

    def _eval_Abs(self) -> sp.Expr:
        return sp.S.One

    def _eval_power(self, exponent: sp.Expr) -> sp.Expr | None:
        if exponent.is_even:
            return sp.S.One
        return self if exponent.is_odd else None


class Rademacher(Sign):
    """One sign, -1 or +1 with equal probability, independent of everything else."""


class Defined(Scalar):
    """One member of a family of numbers given by a formula: no arbitrary number."""


class Iterate(Vec):
    """One iterate: no arbitrary vector."""


class FamilyOf:
    """``vectors("W")(r)`` is the vector w_r; the name is the key of its array in an instance (rows count from 1)."""

    def __init__(self, kind: type[_Family], name: str) -> None:
        self.kind, self.name = kind, name

    def __call__(self, *indices: Any) -> Any:
        return self.kind(self.name, *indices)


class Iterates(FamilyOf):
    """Vectors v(k, r), k = 1, 2, ..., given by v(1, r) = start(r) and v(k+1, r) = after(k, r)."""

    def __init__(self, name: str, start: Any, after: Any) -> None:
        super().__init__(Iterate, name)
        self.start, self.after = start, after


class DefinedFamily(FamilyOf):
    """Numbers given by a formula in their indices, which a proof unfolds when it says so."""

    def __init__(self, name: str, value: Any) -> None:
        super().__init__(Defined, name)
        self.value = value


class Fold(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """Index r folded into 1..q: ((r - 1) mod q) + 1, so that r and r + q are one pair."""

    is_integer = True
    is_positive = True

    @property
    def size(self) -> sp.Expr:
        return self.args[1]


def vectors(name: str) -> FamilyOf:
    """A family of vectors of equal length."""
    return FamilyOf(Vec, name)


def data(name: str) -> FamilyOf:
    """A family of data vectors, which are not random."""
    return FamilyOf(Datum, name)


def gaussians(name: str) -> FamilyOf:
    """A family of independent standard Gaussian vectors."""
    return FamilyOf(Gaussian, name)


def is_gaussian(expr: sp.Basic) -> bool:
    """Whether the expression is one member of a family of independent standard Gaussian vectors."""
    return isinstance(expr, Gaussian)


def is_fixed(expr: sp.Basic) -> bool:
    """Whether an unfolded expression visibly depends on data and parameters only, not on anything random.

    An expectation or a probability is a number, whatever stands inside.
    """
    expr = sp.sympify(expr).replace(
        lambda e: isinstance(e, (Expect, LaplaceMax, MeanExcess, Prob)), lambda e: sp.Dummy()
    )
    opaque = [a for a in expr.atoms(Mat) if a.entries is None]
    measured = [s for s in expr.free_symbols if getattr(s, "measure", None) and not s.is_integer]
    return not opaque and not measured and all(isinstance(a, (Datum, DatumNumber)) for a in expr.atoms(_Family))


def data_numbers(name: str) -> FamilyOf:
    """A family of numbers that belong to the data: labels."""
    return FamilyOf(DatumNumber, name)


def signs(name: str) -> FamilyOf:
    """A family of numbers -1 or +1."""
    return FamilyOf(Sign, name)


def rademachers(name: str) -> FamilyOf:
    """A family of independent uniform signs, independent of everything else."""
    return FamilyOf(Rademacher, name)


def scalars(name: str) -> FamilyOf:
    """A family of real numbers."""
    return FamilyOf(Scalar, name)


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


class Mat(sp.Expr):  # type: ignore[misc]  # SymPy ships no types
    """A matrix given by its entries: Mat(name, Lambda((i, j), entry)); None as entries leaves it opaque."""

    is_commutative = True

    def __new__(cls, name: str | Str, entries: Any = None) -> Any:
        return sp.Expr.__new__(cls, Str(str(name)), *([] if entries is None else [sp.sympify(entries)]))

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


class Exceeds(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """The event {left > right}."""


class Indicator(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """1 where the event {left > right} happens, else 0: Indicator(Exceeds(left, right))."""

    is_nonnegative = True

    def _eval_power(self, exponent: sp.Expr) -> sp.Expr | None:
        return self if exponent.is_positive else None


class Prob(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """The probability of an event."""

    is_nonnegative = True


class Expect(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """The expectation of a real number (or, entrywise, of a matrix); not negative for what never is."""

    is_real = True

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.args[0].is_nonnegative else None


class LaplaceMax(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """lambda_max(E e^{-theta X}) for a random symmetric matrix X: LaplaceMax(X, theta)."""

    is_real = True


class SpectralExcess(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """lambda_max(f(X) - M), f a function of the eigenvalues of a symmetric X: SpectralExcess(Lambda(z, f), X, M).

    Of M (here and in the next two) only the symmetric part counts.
    """

    is_real = True


class MeanExcess(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """lambda_max(E f(X) - M) for a random symmetric X and a random function f: MeanExcess(Lambda(z, f), X, M)."""

    is_real = True


class TracePower(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """tr M^q for an integer q >= 1: TracePower(M, q)."""

    is_real = True


def normal_tail(t: Any) -> sp.Expr:
    """Q(t) = P(g > t) for a standard Gaussian g, as ½ erfc(t/√2)."""
    return sp.erfc(sp.sympify(t) / sp.sqrt(2)) / 2
