"""A hypothesis is needed by the first step that fails without it; a mention is no need."""

import sympy as sp

from verify.proof import assume, bound, chain, times
from verify.proof.needs import needing
from verify.relations import le
from verify.statement import Quantity as Q
from verify.statement import real

a, b, c = (Q(name, real(0)) for name in "abc")
BELOW_B, BELOW_C = le(a, b), le(b, c)


def test_a_substitution_is_tried_again_without_the_hypothesis():
    idle = bound(a, "<=", b, assume(BELOW_B), assume(BELOW_C), name="one")
    assert needing(idle, BELOW_C) is None
    assert needing(idle, BELOW_B) is idle


def test_the_first_step_that_fails_is_named_not_a_later_one():
    first = times(assume(BELOW_B), sp.Integer(2), name="doubled")
    last = chain(first, times(assume(BELOW_C), sp.Integer(2)), name="both")
    assert needing(last, BELOW_B) is first


def test_what_is_not_assumed_is_not_needed():
    assert needing(bound(a, "<=", b, assume(BELOW_B)), BELOW_C) is None


def test_a_conclusion_that_is_the_hypothesis_needs_it():
    stated = assume(BELOW_B)
    assert needing(stated, BELOW_B) is stated
