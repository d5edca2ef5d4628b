"""Where an expression is defined: from evident signs at once, by covering otherwise."""

from __future__ import annotations

import pytest
import sympy as sp

from verify.balls.defined import undefined
from verify.balls.goals import goal_of
from verify.relations import ge
from verify.statement import Domain, positive, real

x, y, z = sp.symbols("x y z")
POSITIVE = {s: positive() for s in (x, y, z)}


def conditions(expr: sp.Expr, domains: dict[sp.Symbol, Domain]) -> tuple[list[str], int]:
    goal = goal_of(ge(expr, 0), domains)
    failed, boxes = undefined(goal.claim.expr, goal.piece)
    return [f"{c.expr} {c.op} 0".replace("_", "") for c in failed], boxes


@pytest.mark.parametrize("expr", [sp.log(x / (y * z**2)), 1 / (x * y), 1 / sp.erfc(x), (x * y) ** sp.Rational(1, 3)])
def test_evident_signs_need_no_covering(expr: sp.Expr) -> None:
    failed, boxes = conditions(expr, POSITIVE)
    assert failed == []
    assert boxes <= 3  # one for each condition, though the products come close to 0 far out


def test_signs_that_are_not_evident_are_covered() -> None:
    assert conditions(sp.log(1 + x - x**2), {x: real(0, 1)})[0] == []
    assert conditions(sp.sqrt(x), {x: real(-1, 1)})[0] == ["x >= 0"]
    assert conditions(1 / (x - 1), {x: real(0, 1)})[0] == ["x - 1 == 0"]


@pytest.mark.parametrize(("expr", "condition"), [(sp.log(x * y), "x*y > 0"), (1 / (x * y), "x == 0")])
def test_a_factor_that_may_vanish_is_no_evident_sign(expr: sp.Expr, condition: str) -> None:
    assert condition in conditions(expr, {x: real(0, 1), y: positive(1)})[0]
