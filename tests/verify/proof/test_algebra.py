"""Signs, and what multiplying out makes of an expression."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from verify import Quantity, eq, le, lt, positive, real
from verify.proof.algebra import _atomless, _by_name, equal, multiplied_out, no_larger, nonnegative
from verify.proof.terms import FamilyOf, Index, Scalar, Sup, scalars, sup, total

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
J, K, L = (Index(name, N) for name in "jkl")
Z = sp.Symbol("z", real=True)
f = scalars("f")


def larger(one: sp.Expr, other: sp.Expr) -> sp.Expr:
    """The larger of two, or the first if SymPy does not compare the two."""
    try:
        return sp.Max(one, other)
    except (ValueError, TypeError):
        return one


def expressions() -> st.SearchStrategy[sp.Expr]:
    """Sums, products, powers, roots, exponentials, logarithms; sums over indices and other functions inside."""
    return st.recursive(
        st.sampled_from([a, b, p, s, K, f(1), f(K), f(L), sp.Integer(-2), sp.Rational(1, 3), sp.sqrt(2)]),
        lambda inner: st.one_of(
            st.builds(sp.Add, inner, inner),
            st.builds(sp.Mul, inner, inner),
            st.builds(lambda e, k: e**k if e != 0 else e, inner, st.sampled_from([2, 3, sp.Rational(1, 2), -1])),
            st.builds(sp.exp, inner),
            st.builds(lambda e: sp.log(1 + e**2), inner),
            st.builds(sp.erfc, inner),
            st.builds(lambda e: e if e.has(sp.Abs) else sp.Abs(e), inner),  # SymPy leaves ||a|| if it was |2 |a||
            st.builds(larger, inner, inner),
            st.builds(lambda e: sup(e, K), inner),
            st.builds(lambda e: total(e, K), inner),
            st.builds(lambda e: total(e, K, L), inner),
            st.builds(lambda e: sp.Integral(e, (Z, 0, 1)), inner),
        ),
        max_leaves=8,
    )


def number(expr: sp.Expr) -> sp.Expr:
    """The value to 40 digits, all ranges being 1, 2 and the letters some fractions."""
    written = expr.replace(Sup, _written_out).xreplace({N: sp.Integer(2)}).doit()
    members = sorted(written.atoms(Scalar) | written.free_symbols, key=str)
    at = {letter: sp.Rational(2 + place, 7) for place, letter in enumerate(members)}
    return written.xreplace(at).doit().evalf(40)


def _written_out(largest: sp.Lambda) -> sp.Expr:
    return sp.Max(*(largest.expr.subs(largest.signature[0], k) for k in (1, 2)))


def same_value(one: sp.Expr, other: sp.Expr) -> bool:
    return bool(abs(number(one) - number(other)) <= 1e-30 * (1 + abs(number(one))))


@given(expressions())
def test_multiplying_out_is_expansion(expr: sp.Expr) -> None:
    found, expanded = multiplied_out(expr), sp.expand(expr)
    assert found == expanded or (expanded.has(sp.Product) and same_value(found, expanded))


@pytest.mark.parametrize("inner", [a, f(K)])
@pytest.mark.parametrize("around", [lambda e: total(e, L), lambda e: larger(1, e), lambda e: sup(e * f(L), L)])
def test_sympy_may_make_a_product_of_the_exponential_of_a_sum(
    inner: sp.Expr, around: Callable[[sp.Expr], sp.Expr]
) -> None:
    expr = around(sp.exp(2 * b + total(inner, K)))
    for found in (multiplied_out(expr), sp.expand(sp.expand(expr))):
        assert found != expr
        assert same_value(found, expr)
    assert sp.expand(sp.expand(expr)).has(sp.Product)


@pytest.mark.parametrize("expr", [(a + b) * p, sp.exp(a + b), sp.erfc((a + b) ** 2)])
def test_what_can_be_taken_apart_is(expr: sp.Expr) -> None:
    assert multiplied_out(expr) == sp.expand(expr) != expr


def test_letters_do_not_depend_on_what_was_met_before() -> None:
    def trial(family: FamilyOf) -> sp.Expr:
        return _atomless(total(family(K), K) + 2 * family(1) ** 2 - sp.exp(family(2) + Sup(sp.Lambda((K,), family(K)))))

    g, h = scalars("g"), scalars("h")
    _atomless(g(2) - 5 * g(1))
    assert trial(g) == trial(h)
    assert len(trial(g).free_symbols) == 4
    assert not equal(total(g(K), K), g(1))


def test_symbols_of_one_name_are_tried_in_the_order_of_the_expression() -> None:
    """Each gets another number at a trial point: which one must not depend on how a set happens to be ordered."""
    one, other = Quantity("same", positive()), Quantity("same", positive(2))
    assert _by_name(p * one**other) == [p, one, other]
    assert _by_name(p * other**one) == [p, other, one]


def test_what_has_no_number_at_a_point_is_not_equal() -> None:
    """SymPy takes no maximum of 1 and a sum of entries M[3, l]."""
    largest = sp.Max(total(FamilyOf(Scalar, "M")(K, L), L), 1)
    assert not equal(largest * sup(f(K) * b, K), sup(f(K) * b, K))
    assert not equal(largest * sup(f(K) * f(J), K), sup(f(K) * f(J), K))
