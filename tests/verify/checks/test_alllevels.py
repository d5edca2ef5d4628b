"""U = inf{delta : the claim fails}: exact for falling bounds, for waves in fixed ones, and silent for random waves."""

import pytest
import sympy as sp

from verify.checks import alllevels
from verify.checks.reading import Reader
from verify.lemma import Lemma
from verify.relations import le
from verify.statement import Quantity, integer, positive, real

delta = Quantity("delta", positive(1, open_upper=True))
seen = Quantity("seen", real(0), measure=lambda at: at["seen_value"])
other = Quantity("other", real(0), measure=lambda at: at["other_value"])
size = Quantity("size", integer(1), measure=lambda at: 1)
FALLING = 1 - delta
WAVE = sp.Abs(delta - sp.Rational(1, 2))  # least at one half


def level_of(bound, observed, **values):
    lemma = Lemma(le(seen, bound), fails_with=delta, id="toy")
    reader = Reader(lemma)
    at = {"seen_value": observed, "other_value": 1.0, "delta": 0.3, **values}
    return alllevels.violation(reader, reader.read(reader.measure(at)))


@pytest.mark.parametrize("observed", [0.1, 0.5, 0.9])
def test_a_falling_bound(observed):
    for bound in (FALLING, FALLING * other, FALLING * size):
        assert level_of(bound, observed) == pytest.approx(1 - observed, abs=1e-6)


def test_a_wave_in_a_bound_that_is_fixed_counts():
    for bound in (WAVE, WAVE * size):
        assert level_of(bound, 0.2) == pytest.approx(0.3, abs=1e-6)


def test_a_wave_in_a_bound_that_is_random_says_nothing():
    assert level_of(WAVE * other, 0.2) == 1.0
    assert level_of(FALLING * other, 0.2) < 1.0


def test_one_is_not_exceeded():
    assert level_of(FALLING + 1, 0.5) == 1.0
