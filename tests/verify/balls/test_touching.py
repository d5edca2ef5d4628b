"""Guesses of where a claim holds with equality: balls reject most of them, SymPy confirms the rest."""

from __future__ import annotations

import pytest
import sympy as sp

from verify.balls import touching

x, y = sp.symbols("x y", positive=True)


@pytest.mark.parametrize(
    ("expr", "values", "expected"),
    [
        (sp.exp(x) - 2, {x: sp.log(2)}, True),
        (sp.exp(x) - 2, {x: sp.Rational(69, 100)}, False),
        (y * (x - 1) ** 2, {x: sp.S.One}, True),  # whatever y is
        (x - y, {x: sp.S.One}, False),
        (sp.log(x - y) - sp.log(2 - y), {x: sp.Integer(2)}, True),  # undefined at samples beyond 2
        (sp.log(x - y) - sp.log(3 - y), {x: sp.Integer(2)}, False),
        (1 / (x - 1), {x: sp.S.One}, False),
        (x - 1, {x: sp.oo}, False),
    ],
)
def test_vanishing_identically(expr: sp.Expr, values: dict[sp.Symbol, sp.Expr], expected: bool) -> None:
    assert touching.vanishes_at(expr, values) is expected


def test_sympy_is_not_asked_where_balls_tell_the_value_from_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[sp.Expr] = []
    monkeypatch.setattr(touching, "vanishes", asked.append)
    touching.vanishes_at(sp.exp(x) - 2 + 10**-9 * y, {x: sp.log(2)})
    assert asked == []
