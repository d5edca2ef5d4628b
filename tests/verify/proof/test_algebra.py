"""Signs, and what multiplying out makes of an expression."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from verify import Quantity, eq, le, lt, positive, real
from verify.proof.algebra import multiplied_out, no_larger, nonnegative
from verify.proof.terms import Index

a, b = (Quantity(name, real()) for name in "ab")
p, q = Quantity("p", real(0)), Quantity("q", real(0))
s = Quantity("s", positive())
sure = le(p, q)


def test_signs() -> None:
    assert nonnegative(p * q + s**2)
    assert nonnegative(a - 1, [le(0, a - 1)])
    assert not nonnegative(a)
    assert not nonnegative(sp.sqrt(a) ** 4 - 2)
    assert not nonnegative((1 + sp.sqrt(a)) ** 2)  # a may be negative, and this then no real number
    assert not nonnegative(p - q, [sure])
    assert nonnegative(q - p, [le(0, q - p)])
    assert no_larger(2 * a, a**2 + 1)
    assert not no_larger(a, a**2)
    assert not no_larger(q, p, (sure,))
    assert nonnegative(b, [lt(0, b)])
    assert nonnegative(b, [eq(p, b)])


N = sp.Symbol("n", integer=True, positive=True)
K = Index("k", N)
Z = sp.Symbol("z", real=True)


def expressions() -> st.SearchStrategy[sp.Expr]:
    """Sums, products, powers, roots, exponentials, logarithms; sums over an index and other functions inside."""
    return st.recursive(
        st.sampled_from([a, b, p, s, K, sp.Integer(-2), sp.Rational(1, 3), sp.sqrt(2)]),
        lambda inner: st.one_of(
            st.builds(sp.Add, inner, inner),
            st.builds(sp.Mul, inner, inner),
            st.builds(lambda e, k: e**k if e != 0 else e, inner, st.sampled_from([2, 3, sp.Rational(1, 2), -1])),
            st.builds(sp.exp, inner),
            st.builds(lambda e: sp.log(1 + e**2), inner),
            st.builds(sp.erfc, inner),
            st.builds(lambda e: sp.Sum(e, (K, 1, N)), inner),
            st.builds(lambda e: sp.Integral(e, (Z, 0, 1)), inner),
        ),
        max_leaves=8,
    )


@given(expressions())
def test_multiplying_out_is_expansion(expr: sp.Expr) -> None:
    assert multiplied_out(expr) == sp.expand(expr)


@pytest.mark.parametrize("expr", [(a + b) * p, sp.exp(a + b), sp.erfc((a + b) ** 2)])
def test_what_can_be_taken_apart_is(expr: sp.Expr) -> None:
    assert multiplied_out(expr) == sp.expand(expr) != expr
