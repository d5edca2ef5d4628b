from dataclasses import replace

import mpmath
import pytest
from toy_lemmas import context, one_plus

from verify.checks import precision
from verify.verdict import Verdict


def with_pair(one, other):
    return replace(one_plus, precision={"pair": (one, other)})


def series(digits):
    return mpmath.nsum(lambda k: 1 / mpmath.factorial(k), [0, mpmath.inf])


def off_by(size):
    return lambda digits: mpmath.e * (1 + mpmath.mpf(size))


def test_it_applies_where_there_are_two_computations():
    assert precision.applies(with_pair(series, series))
    assert not precision.applies(one_plus)


def test_agreement_is_never_more_than_inconclusive():
    evidence = precision.run(with_pair(series, lambda digits: +mpmath.e), context(digits=60))
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert evidence.data == {"digits": 60, "agreement": {"pair": 60}}


def test_a_difference_in_the_last_digits_is_an_error():
    evidence = precision.run(with_pair(series, off_by("1e-58")), context(digits=60))
    assert evidence.verdict is Verdict.ERROR
    assert evidence.data["agreement"]["pair"] in (57, 58)


def test_a_difference_beyond_the_digits_compared_is_none():
    assert precision.run(with_pair(series, off_by("1e-62")), context(digits=60)).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("value", [mpmath.nan, mpmath.inf, 0, -mpmath.e])
def test_values_that_are_not_near_agree_to_no_digit(value):
    assert precision.agreement((series, lambda digits: value), 30) == 0


def test_zeros_agree_and_a_float_betrays_itself():
    assert precision.agreement((lambda digits: 0, lambda digits: mpmath.mpf(0)), 30) == 30
    assert precision.agreement((lambda digits: 1 / 3, lambda digits: mpmath.mpf(1) / 3), 30) == 16


def test_the_computations_get_the_guard_digits_too():
    asked = []
    precision.agreement((lambda digits: asked.append(digits) or 1, lambda digits: 1), 30)
    assert asked == [30 + precision.GUARD]
