"""No definition of a family rests on what it defines: it would be an axiom, 0 = 1 for f_k = f_k + 1."""

from __future__ import annotations

import pytest
import sympy as sp

from verify import Quantity, integer
from verify.proof import Inner, StepFailed, iterate, total, value_of, vectors
from verify.proof.terms import DefinedFamily, Index, Iterates

steps = Quantity("T", integer(1), "number of steps")
t = Index("t", steps)
start = vectors("start")

itself: DefinedFamily = DefinedFamily("itself", lambda k: itself(k) + 1)
one: DefinedFamily = DefinedFamily("one", lambda k: other(k) + 1)
other: DefinedFamily = DefinedFamily("other", lambda k: 2 * one(k))
at_last: DefinedFamily = DefinedFamily("at_last", lambda k: Inner(ahead(k + 1, 1), start(1)))
summed: DefinedFamily = DefinedFamily("summed", lambda k: total(Inner(averaged(t, 1), start(1)), t))
first: DefinedFamily = DefinedFamily("first", lambda k: Inner(from_itself(k, 1), start(1)))

skipping: Iterates = Iterates("skipping", start, lambda k, r: skipping(k + 1, r) + start(r))
ahead: Iterates = Iterates("ahead", start, lambda k, r: at_last(k) * start(r))
averaged: Iterates = Iterates("averaged", start, lambda k, r: summed(k) * start(r))
from_itself: Iterates = Iterates("from_itself", lambda r: first(1) * start(r), lambda k, r: from_itself(k, r))


@pytest.mark.parametrize("family", [itself, one, other], ids=lambda family: str(family.name))
def test_a_number_that_rests_on_itself_is_not_defined(family: DefinedFamily) -> None:
    with pytest.raises(StepFailed, match="rests on it in turn"):
        value_of(family, sp.S.One)


@pytest.mark.parametrize("family", [skipping, ahead, averaged, from_itself], ids=lambda family: str(family.name))
def test_an_iterate_rests_on_earlier_ones_only(family: Iterates) -> None:
    for k in (sp.S.One, t + 1):
        with pytest.raises(StepFailed, match="rests on it in turn"):
            iterate(family, k, sp.S.One)


def test_one_step_earlier_is_no_circle() -> None:
    """Two runs that drive each other, through a number that speaks of both."""
    gap: DefinedFamily = DefinedFamily("gap", lambda k: Inner(left(k, 1), right(k, 1)))
    left: Iterates = Iterates("left", start, lambda k, r: left(k, r) - gap(k) * right(k, r))
    right: Iterates = Iterates("right", start, lambda k, r: right(k, r) - gap(k) * left(k, r))
    assert iterate(left, t + 1, sp.S.One).right == left(t, 1) - gap(t) * right(t, 1)
    assert iterate(left, sp.S.One, sp.S.One).right == start(1)
    assert value_of(gap, t).right == Inner(left(t, 1), right(t, 1))
    finished: DefinedFamily = DefinedFamily("finished", lambda k: total(Inner(left(t, 1), start(k)), t))
    later: Iterates = Iterates("later", start, lambda k, r: finished(r) * later(k, r))
    assert iterate(later, t + 1, sp.S.One).right == finished(1) * later(t, 1)
