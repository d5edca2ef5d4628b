"""Events, probabilities and expectations, and what visibly does not depend on chance."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp

from verify.proof.terms.families import Datum, DatumNumber, Gaussian, Member
from verify.proof.terms.matrices import Mat
from verify.relations import free_symbols
from verify.statement import Size


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

    Of M (here, in MeanExcess and in TracePower) only the symmetric part counts.
    """

    is_real = True


class MeanExcess(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """lambda_max(E f(X) - M) for a random symmetric X and a random function f: MeanExcess(Lambda(z, f), X, M)."""

    is_real = True


AVERAGED = (Expect, LaplaceMax, MeanExcess, Prob)  # numbers that speak of all outcomes at once


@lru_cache(maxsize=50_000)
def is_fixed(expr: sp.Basic) -> bool:
    """Whether an unfolded expression visibly depends on data and parameters only, not on anything random.

    An expectation or a probability is a number, whatever stands inside. What is measured may be random, an integer too:
    only the sizes of an instance are not.
    """
    expr = sp.sympify(expr).replace(lambda e: isinstance(e, AVERAGED), lambda e: sp.Dummy())
    opaque = [a for a in expr.atoms(Mat) if a.entries is None]
    measured = [s for s in free_symbols(expr) if getattr(s, "measure", None) and not isinstance(s, Size)]
    return not opaque and not measured and all(isinstance(a, (Datum, DatumNumber)) for a in expr.atoms(Member))


def is_gaussian(expr: sp.Basic) -> bool:
    """Whether an unfolded expression is one member of a family of independent standard Gaussian vectors.

    Not one that is picked after the draw: the longest of them, say, is not Gaussian.
    """
    return isinstance(expr, Gaussian) and all(map(is_fixed, expr.indices))


def normal_tail(t: Any) -> sp.Expr:
    """Q(t) = P(g > t) for a standard Gaussian g, as ½ erfc(t/√2)."""
    return sp.erfc(sp.sympify(t) / sp.sqrt(2)) / 2
