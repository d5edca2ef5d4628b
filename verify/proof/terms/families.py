"""Indexed families of vectors and numbers: arbitrary ones, data, Gaussians, signs, and those a formula defines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.core.symbol import Str

from verify.proof.terms.definitions import DefinedName, Definition, Formula


class Member(sp.Expr):  # type: ignore[misc]  # SymPy ships no types
    """One member of an indexed family: a name and its indices."""

    is_commutative = True

    def __new__(cls, name: str | Str, *indices: Any) -> Any:
        return sp.Expr.__new__(cls, name if isinstance(name, Str) else Str(name), *map(sp.sympify, indices))

    @property
    def family(self) -> str:
        name: str = self.args[0].name  # printing it costs far more, and proofs on numbers ask all the time
        return name

    @property
    def indices(self) -> tuple[sp.Expr, ...]:
        return tuple(self.args[1:])

    def _sympystr(self, printer: Any) -> str:
        return f"{self.family}[{', '.join(printer.doprint(i) for i in self.indices)}]" if self.indices else self.family


class Vec(Member):
    """One vector of an indexed family; linear combinations are SymPy sums."""


class Scalar(Member):
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

    def __init__(self, kind: type[Member], name: str) -> None:
        self.kind, self.name = kind, name

    def __call__(self, *indices: Any) -> Any:
        return self.kind(self.name, *indices)


class GivenFamily(FamilyOf):
    """A family that formulas give: members of two of one name are the same only if the formulas are."""

    def __init__(self, kind: type[Member], name: str) -> None:
        super().__init__(kind, name)
        self._names: dict[int, DefinedName] = {}  # by the number of indices

    def __call__(self, *indices: Any) -> Any:
        return self.kind(self._named(len(indices)), *indices)

    def definition(self, count: int) -> Mapping[str, sp.Expr]:
        """The formulas of the members with so many indices, at letters (see ``put_indices``), by what they give."""
        return self._named(count).definition.found()

    def _named(self, count: int) -> DefinedName:
        if count not in self._names:
            self._names[count] = DefinedName(self.name, Definition(self._formulas(count)))
        return self._names[count]

    def _formulas(self, count: int) -> Mapping[str, tuple[Formula, int]]:
        raise NotImplementedError


class Iterates(GivenFamily):
    """Vectors v(k, r), k = 1, 2, ..., given by v(1, r) = start(r) and v(k+1, r) = after(k, r)."""

    def __init__(self, name: str, start: Any, after: Any) -> None:
        super().__init__(Iterate, name)
        self.start, self.after = start, after

    def _formulas(self, count: int) -> Mapping[str, tuple[Formula, int]]:
        return {"start": (self.start, count - 1), "after": (self.after, count)}


class DefinedFamily(GivenFamily):
    """Numbers given by a formula in their indices, which a proof unfolds when it says so."""

    def __init__(self, name: str, value: Any) -> None:
        super().__init__(Defined, name)
        self.value = value

    def _formulas(self, count: int) -> Mapping[str, tuple[Formula, int]]:
        return {"value": (self.value, count)}


def vectors(name: str) -> FamilyOf:
    """A family of vectors of equal length."""
    return FamilyOf(Vec, name)


def data(name: str) -> FamilyOf:
    """A family of data vectors, which are not random."""
    return FamilyOf(Datum, name)


def gaussians(name: str) -> FamilyOf:
    """A family of independent standard Gaussian vectors."""
    return FamilyOf(Gaussian, name)


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
