"""Integrals against closed forms, to fifty digits."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import acb, arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.balls import integrals as it
from verify.balls.compile import UnknownNode, evaluate

x = sp.Symbol("x")


def close(value: arb, exact: sp.Expr, digits: int = 50) -> bool:
    """The ball holds the exact value and is narrow."""
    with ctx.workprec(300):
        return bool(value.overlaps(evaluate(exact))) and bool(value.rad() < arb(10) ** (2 - digits))


def test_finite_integrals() -> None:
    with ctx.workprec(200):
        assert close(it.integral(sp.exp(x), 0, 1, x), sp.E - 1)
        assert close(it.integral(1 / (1 + x**2), 0, 1, x), sp.pi / 4)
        assert close(it.integral(sp.sqrt(x), 1, 4, x), sp.Rational(14, 3))  # a branch cut near by
        assert close(it.integral(lambda z: z * z, 0, 3), sp.Integer(9))


@pytest.mark.parametrize(
    ("f", "growth", "lower", "upper", "exact"),
    [
        (sp.S.One + 0 * x, (1, 0), None, None, sp.S.One),
        (x**2, (16, 1), None, None, sp.S.One),
        (x**4, (24, 1), None, None, sp.Integer(3)),
        (sp.exp(x), (1, 1), None, None, sp.exp(sp.Rational(1, 2))),
        (sp.exp(2 * x), (1, 2), 1, None, sp.exp(2) * sp.erfc(-1 / sp.sqrt(2)) / 2),
        (sp.S.One + 0 * x, (1, 0), None, 0, sp.Rational(1, 2)),
        (sp.cos(x), (1, 0), None, None, sp.exp(-sp.Rational(1, 2))),
    ],
)
def test_gaussian_expectations(
    f: sp.Expr, growth: tuple[int, int], lower: int | None, upper: int | None, exact: sp.Expr
) -> None:
    assert close(it.gaussian_expectation(f, growth, x, lower, upper), exact)


def test_python_integrands_take_ball_parameters() -> None:
    with ctx.workprec(220):
        s = arb(fmpq(3, 10))
        found = it.gaussian_expectation(lambda z: (acb(s) * z).exp(), (1, fmpq(3, 10)))
    assert close(found, sp.exp(sp.Rational(9, 200)))


def test_growth_that_is_false_or_unproved_raises() -> None:
    with pytest.raises(it.IntegralError, match="refuted"):
        it.gaussian_expectation(sp.exp(2 * x), (1, 1), x)


def test_functions_that_are_not_analytic_raise() -> None:
    with pytest.raises(UnknownNode):
        it.integral(sp.Abs(x), -1, 1, x)
    with pytest.raises(it.IntegralError):
        it.integral(1 / x, -1, 1, x)


@settings(max_examples=20, deadline=None)
@given(s=st.integers(1, 40), c=st.integers(-60, 60))
def test_truncated_moment_agrees_with_the_integral(s: int, c: int) -> None:
    scale, cut = sp.Rational(s, 20), sp.Rational(c, 10)
    with ctx.workprec(200):
        closed = it.truncated_exponential_moment(evaluate(scale), evaluate(cut))
        integrated = it.gaussian_expectation(sp.exp(scale * x), (1, scale), x, lower=evaluate(cut / scale), digits=40)
    assert closed.overlaps(integrated)
    assert integrated.rad() < arb("1e-36")


def test_normal_tail() -> None:
    with ctx.workprec(200):
        assert it.normal_tail(0).contains(fmpq(1, 2))
        assert abs(it.normal_tail(5) + it.normal_tail(-5) - 1) < arb("1e-50")
        assert it.normal_tail(arb(40)).rel_accuracy_bits() > 150
        slope = (it.normal_tail(arb(1)) - it.normal_tail(arb(1) + arb("1e-20"))) * arb("1e20")
        assert abs(slope - it.normal_density(1)) < arb("1e-19")
