"""Integrals against closed forms, to fifty digits."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import arb, ctx, fmpq

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


def test_functions_that_are_not_analytic_raise() -> None:
    with pytest.raises(UnknownNode):
        it.integral(sp.Abs(x), -1, 1, x)
    with pytest.raises(it.IntegralError):
        it.integral(1 / x, -1, 1, x)


def test_normal_tail() -> None:
    with ctx.workprec(200):
        assert it.normal_tail(0).contains(fmpq(1, 2))
        assert abs(it.normal_tail(5) + it.normal_tail(-5) - 1) < arb("1e-50")
        assert it.normal_tail(arb(40)).rel_accuracy_bits() > 150
        slope = (it.normal_tail(arb(1)) - it.normal_tail(arb(1) + arb("1e-20"))) * arb("1e20")
        assert abs(slope - (-arb(1) / 2).exp() / (2 * arb.pi()).sqrt()) < arb("1e-19")
