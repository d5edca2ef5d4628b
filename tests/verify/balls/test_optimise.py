"""Suprema, infima and sharp constants: known closed forms, enclosed to twelve digits and identified."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from verify.balls.optimise import Extremum, NoExtremum, infimum, sharp_constant, supremum
from verify.relations import ge, le
from verify.statement import Domain, integer, positive, real

C, t, x, y, z = sp.symbols("C t x y z")
E = sp.exp
TAIL = sp.erfc(t / sp.sqrt(2)) / 2

SUPREMA: dict[str, tuple[sp.Expr, dict[sp.Symbol, Domain], sp.Expr, str]] = {
    "first order": (sp.Abs(E(z) - 1) / sp.Abs(z), {z: real(-1, 1)}, sp.E - 1, "z = 1"),
    "second order": (sp.Abs(E(z) - 1 - z) / z**2, {z: real(-1, 1)}, sp.E - 2, "z = 1"),
    "decay": ((E(-x) - 1 + x) / x**2, {x: real(0)}, sp.Rational(1, 2), "x -> 0"),
    "gaussian tail": (TAIL * E(t**2 / 2), {t: real(0)}, sp.Rational(1, 2), "t = 0"),
    "interior": (x * E(-x), {x: real()}, E(-1), "x = 1"),
    "at an irrational point": (-x * sp.log(x), {x: positive()}, E(-1), "x = exp(-1)"),
    "at infinity": (x / (1 + x), {x: real(0)}, sp.S.One, "x -> oo"),
    "integers": (x * (5 - 2 * x), {x: integer(0, 10)}, sp.Integer(3), "x = 1"),
    "two symbols": (x * y * (1 - x - y), {x: real(0, 1), y: real(0, 1)}, sp.Rational(1, 27), "x = 1/3, y = 1/3"),
}


def encloses(found: Extremum, value: sp.Expr, rel: float = 1e-12) -> bool:
    lower, upper = sp.Rational(Fraction(found.lower)), sp.Rational(Fraction(found.upper))
    return bool(lower <= value) and bool(value <= upper) and bool(upper - lower <= rel * abs(value))


@pytest.mark.parametrize("name", SUPREMA)
def test_known_suprema(name: str) -> None:
    expr, domains, value, place = SUPREMA[name]
    found = supremum(expr, domains)
    assert encloses(found, value), found
    assert found.exact is not None
    assert sp.simplify(found.exact - value) == 0
    assert found.at == place
    assert found.attained == ("=" in place)


def test_a_supremum_without_closed_form_is_still_enclosed() -> None:
    found = supremum(x * (1 - x) * (2 - x) * E(x / 3), {x: real(0, 1)})
    reference = sp.Rational("0.4459283236078425")  # Newton's method on the derivative, 30 digits
    assert encloses(found, reference, 1e-11)
    assert found.exact is None


def test_infimum() -> None:
    found = infimum(x * sp.log(x), {x: positive()})
    assert encloses(found, -E(-1))
    assert found.exact is not None
    assert sp.simplify(found.exact + E(-1)) == 0


def test_hypotheses_bound_the_search_and_the_proof() -> None:
    found = supremum(x * y, {x: real(0, 10), y: real(0, 10)}, [le(x + y, 2)])
    assert encloses(found, sp.S.One)


def test_an_unbounded_expression_has_no_supremum() -> None:
    with pytest.raises(NoExtremum):
        supremum(1 / x, {x: positive(1)}, max_boxes=2000)


@pytest.mark.parametrize(
    ("claim", "domain", "value"),
    [
        (le(E(-x), 1 - x + C * x**2), real(0), sp.Rational(1, 2)),
        (ge(E(x), 1 + C * x), real(0), sp.S.One),
    ],
)
def test_sharp_constants(claim: object, domain: Domain, value: sp.Expr) -> None:
    found = sharp_constant(claim, C, {x: domain})  # type: ignore[arg-type]
    assert encloses(found, value)
    assert found.exact == value


def test_a_claim_that_is_not_linear_in_the_constant_raises() -> None:
    with pytest.raises(ValueError, match="not linear"):
        sharp_constant(le(x, C**2), C, {x: real(0, 1)})
    with pytest.raises(ValueError, match="sign"):
        sharp_constant(le(x, C * z), C, {x: real(0, 1), z: real(-1, 1)})
