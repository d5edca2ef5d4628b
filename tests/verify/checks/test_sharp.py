from fractions import Fraction

import pytest
import sympy as sp
from toy_lemmas import E, first_order, n, p, z

from verify.checks.sharp import Sharp, sharp
from verify.lemma import Lemma
from verify.relations import eq, ge, le
from verify.statement import Quantity, const, positive, real

x = Quantity("x", real(0), "a number that is not negative")
t = Quantity("t", positive(), "a positive number")


def of(claim, name="C", **fields):
    lemma = Lemma(claim, id="toy", **fields)
    return sharp(lemma, lemma.constants[name])


def test_a_value_attained_at_a_simple_point_is_known_exactly():
    found = sharp(first_order, E)
    assert sp.sympify(found.exact).equals(sp.E - 1)
    assert found.at == {"z": "1"}
    assert Fraction(found.lower) < sp.E - 1 < Fraction(found.upper)
    assert (found.lower, found.upper) == ("1.71828182845904", "1.71828182845905")


def test_a_value_approached_but_not_attained_is_enclosed():
    found = of(le(sp.exp(-x), 1 - x + const("C", 1) * x**2))
    assert found.exact == "1/2"
    assert found.at == {"x": "-> 0"}
    assert found.point == {"x": 0.0}
    assert Fraction(found.lower) <= Fraction(1, 2) <= Fraction(found.upper)


def test_a_constant_that_bounds_from_below_has_a_largest_value():
    found = of(ge(sp.exp(t), const("C", sp.Rational(1, 3)) * t))
    assert Fraction(found.lower) <= Fraction(str(sp.E.evalf(30))) <= Fraction(found.upper)
    assert found.factor(sp.Rational(1, 3)) == pytest.approx(3 * float(sp.E), rel=1e-9)


def test_hypotheses_and_abbreviations_restrict_the_search():
    half = Quantity("half", positive(), "abbreviates a half")
    claim = le(p, const("C", 100) * half)
    found = of(claim, given={"small": le(p, 3), "large": ge(p, 1)}, where={half: sp.Rational(1, 2)})
    assert (found.lower, found.upper, found.exact) == ("6", "6", "6")


def test_a_value_between_integers_does_not_count():
    found = of(le(n * (3 - n), const("C", 9)))  # 9/4 over the reals, 2 at n = 1 and at n = 2
    assert found is None or Fraction(found.lower) <= 2 <= Fraction(found.upper)
    assert of(le(1 / n, const("C", 9))).exact == "1"


def test_each_of_two_constants_is_moved_with_the_other_fixed():
    claim = le(p, const("A", 3) + const("B", 2) * p**2)
    found = {name: of(claim, name) for name in ("A", "B")}
    assert found["A"].exact == "1/8"  # p - 2 p^2 at p = 1/4
    assert found["B"].exact == "1/12"  # (p - 3)/p^2 at p = 6


@pytest.mark.parametrize(
    "claim",
    [
        le(z, sp.exp(const("C", 3))),  # not linear
        eq(2 * z, const("C", 2) * z),  # an equation has no better value
        le(z, 2 + 0 * const("C", 3)),
    ],
)
def test_where_no_best_value_is_defined_none_is_given(claim):
    lemma = Lemma(claim, id="toy")
    constant = lemma.constants.get("C", const("C", 3))
    assert sharp(lemma, constant) is None


def test_a_false_claim_gets_the_value_that_would_make_it_true_or_none():
    found = of(le(sp.Abs(sp.exp(z) - 1), const("C", 1) * sp.Abs(z)))
    assert found is None or Fraction(found.lower) > 1


def test_the_factor_is_about_positive_numbers_and_never_below_one():
    found = Sharp("1.99", "2", None, {})
    assert found.factor(sp.Integer(3)) == 1.5
    assert found.factor(sp.Integer(1)) == 1.99
    assert found.factor(sp.Rational(199, 100)) == 1.0
    assert Sharp("-2", "-1", None, {}).factor(sp.Integer(3)) is None


def test_places_are_read_back_as_points():
    assert Sharp("1", "1", None, {"a": "1/2", "b": "0.25 (about)"}).point == {"a": 0.5, "b": 0.25}
    assert Sharp("1", "1", None, {"a": "-> oo"}).point is None
