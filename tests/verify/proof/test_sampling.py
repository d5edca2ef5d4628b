"""The cheap no is never said of what algebra can show, and is said of what it cannot."""

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from verify.proof.algebra import no_larger, nonnegative
from verify.proof.sampling import negative_somewhere
from verify.relations import Relation

x, y = sp.symbols("x y", positive=True)
u, v = sp.symbols("u v", real=True)
k = sp.Symbol("k", integer=True, positive=True)
f = sp.Function("f", nonnegative=True)


def says_no(expr: sp.Expr, *given: sp.Expr) -> bool:
    return negative_somewhere(expr, given, lambda letter: nonnegative(letter))


atoms = st.sampled_from(
    [x, y, sp.exp(u), u**2, (u - v) ** 2, k - 1, sp.sqrt(x), f(u), sp.Rational(1, 3), sp.log(1 + x)]
)


@given(st.lists(st.tuples(atoms, atoms), min_size=1, max_size=4))
def test_sums_of_products_of_nonnegative_parts_are_never_denied(pairs: list[tuple[sp.Expr, sp.Expr]]) -> None:
    total = sp.Add(*[a * b for a, b in pairs])
    assert not says_no(total)
    assert not says_no(sp.expand(total))


@pytest.mark.parametrize(
    "expr", [-x, x - y, y - x, x - 2, 1 - x, u, x * u, sp.exp(u) - 1, f(u) - f(v), 3 - k, x**2 - x]
)
def test_what_takes_both_signs_is_denied(expr: sp.Expr) -> None:
    assert says_no(expr)


def test_only_points_count_where_nothing_given_is_negative() -> None:
    assert says_no(x - y)
    assert not says_no(x - y, x - y)
    assert not says_no(x**2 - y**2, x - y)
    assert says_no(x - 2 * y, x - y)


def test_what_cannot_be_evaluated_is_not_denied() -> None:
    assert not says_no(sp.log(-x))
    assert not says_no(sp.sqrt(-x) - 1)


def test_a_factorisation_that_is_needed_is_still_made() -> None:
    assert no_larger(2 * u * v, u**2 + v**2)
    assert not no_larger(3 * u * v, u**2 + v**2)
    assert no_larger(x * y, x**2, (Relation(sp.S.Zero, "<=", x - y),))


@pytest.mark.parametrize(
    "nothing",
    [
        1000 * x * ((x + y) ** 2 - x**2 - 2 * x * y - y**2),
        sp.exp((u - v) ** 2 - u**2 + 2 * u * v - v**2) - 1,
        sp.log((u - v) ** 2 + 2 * u * v) - sp.log(u**2 + v**2),
        1 / ((x + y) ** 2 - 2 * x * y) - 1 / (x**2 + y**2),
    ],
)
def test_what_cancels_is_denied_neither_way(nothing: sp.Expr) -> None:
    assert not says_no(nothing)
    assert not says_no(-nothing)


def test_parts_that_are_equal_when_multiplied_out_count_as_one() -> None:
    assert no_larger(f(x * (1 + y)), f(x + x * y))
    assert no_larger(sp.Abs(u * (1 + v)), sp.Abs(u) * sp.Abs(1 + v))


def test_whole_numbers_are_tried_as_such() -> None:
    assert no_larger(sp.S.One, sp.factorial(k))
    assert no_larger(sp.S.One, sp.Max(k, 2))
