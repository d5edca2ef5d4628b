"""One tape in three arithmetics: balls and intervals enclose what mpmath computes."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.balls import compile as co

x, y = sp.symbols("x y", positive=True)
EXPRESSIONS = [
    x + y * 3 - sp.Rational(1, 3),
    x**3 - x**2 * y,
    x**-2 + y ** sp.Rational(-1, 3),
    sp.sqrt(x) * y ** sp.Rational(5, 2),
    x**y,
    2**x,
    sp.exp(x - y) * sp.log(x + 1),
    sp.Abs(x - y),
    sp.Max(x, y, 1) - sp.Min(x, y),
    sp.erf(x) + sp.erfc(y),
    co.erfcx(x) - sp.erfc(x) * sp.exp(x**2) + co.xexp(y),
    sp.sinh(x) - sp.cosh(x - y) + sp.tanh(y),
    sp.sin(x) * sp.cos(y) + sp.atan(x),
    sp.gamma(x + 1) + sp.loggamma(y + 1) + sp.factorial(x),
    sp.polygamma(0, x),
    sp.floor(10 * x) + sp.ceiling(10 * y),
    sp.pi * x + sp.E * y + sp.EulerGamma,
]
positive = st.integers(1, 400).map(lambda k: sp.Rational(k, 100))


def mp_value(expr: sp.Expr, a: sp.Rational, b: sp.Rational) -> arb:
    plain = expr.replace(co.erfcx, lambda u: sp.exp(u**2) * sp.erfc(u)).replace(co.xexp, lambda u: u * sp.exp(-u))
    return arb(str(sp.N(plain.subs({x: a, y: b}), 60)))


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=str)
@settings(max_examples=15, deadline=None)
@given(a=positive, b=positive, width=st.integers(0, 50))
def test_every_arithmetic_encloses_the_value(expr: sp.Expr, a: sp.Rational, b: sp.Rational, width: int) -> None:
    with ctx.workprec(128):
        expected = mp_value(expr, a, b)
        slack = arb(0, 1e-25) * (1 + abs(expected))
        ends = [(co.evaluate(v), co.evaluate(v + sp.Rational(width, 100))) for v in (a, b)]
        hulls = [lo.union(hi) for lo, hi in ends]
        assert (co.ball_function(expr, (x, y))(*hulls) + slack).overlaps(expected)
        lo, hi = co.interval_function(expr, (x, y))(*ends)
        assert not lo > expected + slack
        assert not hi < expected - slack
        with np.errstate(all="ignore"):
            approx = float(co.float_function(expr, (x, y))(float(a), float(b)))
        if not expr.has(sp.floor, sp.ceiling):
            assert abs(approx - float(expected)) <= 1e-9 * (1 + abs(float(expected)))


def test_points_are_evaluated_to_working_precision() -> None:
    with ctx.workprec(256):
        value = co.evaluate(sp.exp(x) * sp.erfc(x), {x: fmpq(1, 3)})
        assert value.rel_accuracy_bits() > 240
        with mpmath.workdps(90):
            reference = mpmath.exp(mpmath.mpf(1) / 3) * mpmath.erfc(mpmath.mpf(1) / 3)
        assert abs(value - arb(mpmath.nstr(reference, 85))) < arb("1e-75")


def test_equal_subexpressions_are_computed_once() -> None:
    tape = co.compile_expr(sp.exp(x * y) + sp.exp(x * y) ** 2 + sp.sin(sp.exp(x * y)), (x, y))
    assert [op for op, _, _ in tape.steps].count("exp") == 2  # e^{xy} and, as SymPy writes it, e^{2xy}


@pytest.mark.parametrize(
    ("expr", "node"),
    [
        (sp.besselj(0, x), "besselj"),
        (sp.Piecewise((x, x > 1), (1, True)), "Piecewise"),
        (sp.Integral(sp.exp(x**2), (x, 0, 1)), "Integral"),
        (x + sp.I, "ImaginaryUnit"),
        (x + sp.Symbol("w"), "Symbol"),
        (sp.Float(0.1) * x, "Float"),
        (sp.oo, "Infinity"),
        (sp.nan, "NaN"),
        (sp.Function("f")(x), "f"),
        (sp.polygamma(1, x), "polygamma"),
        (sp.Heaviside(x - y, 5), "Heaviside"),  # 5 at 0, but steps stay in [0, 1]
    ],
)
def test_unknown_nodes_raise(expr: sp.Expr, node: str) -> None:
    with pytest.raises(co.UnknownNode, match=node) as caught:
        co.compile_expr(expr, (x, y))
    assert caught.value.node == node


def test_scaled_erfc_and_its_derivative() -> None:
    derivative = sp.diff(co.erfcx(x), x)
    plain = sp.diff(sp.exp(x**2) * sp.erfc(x), x)
    with ctx.workprec(128):
        assert co.evaluate(derivative, {x: 2}).overlaps(co.evaluate(plain, {x: 2}))
        assert co.evaluate(sp.diff(co.xexp(x), x), {x: 2}).overlaps(co.evaluate((1 - x) * sp.exp(-x), {x: 2}))
