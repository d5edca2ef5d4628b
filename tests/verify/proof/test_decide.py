"""A law decides a claim about a probability either way: proved if p <= level, disproved if p > level, else neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy as sp

from verify import Lemma, Quantity, Relation, eq, ge, le, lt, real
from verify.proof import (
    Disproved,
    Fact,
    Index,
    Inner,
    Norm,
    Proof,
    StepFailed,
    assume,
    bound,
    certified,
    chain,
    gaussians,
    rules,
)
from verify.proof.terms import Exceeds, Prob, data, rademachers, total

coins = Index("s", 4)
heads = Quantity("heads", real(), "", None, total((1 + rademachers("coins")(coins)) / 2, coins))
LAW = rules.fair_coins_law(rademachers("coins")(coins), coins, sp.Integer(2))  # P(more than 2 heads of 4) = 5/16
chance = Prob(Exceeds(heads, 2))
free = Quantity("free", real(0, 1))


def claimed(level: object) -> Lemma:
    return Lemma(le(heads, 2), fails_with=sp.sympify(level), id="heads")


def decided(lemma: Lemma, law: Fact = LAW) -> Fact:
    return Proof(lemma, lambda name: lemma).decide(law)


@pytest.mark.parametrize("level", [sp.Rational(5, 16), sp.Rational(5, 16) + sp.Rational(1, 10**12), 1])
def test_what_is_kept_is_proved(level: sp.Rational) -> None:
    """The level itself is kept: at most is not less than."""
    assert decided(claimed(level)).relation == le(chance, level).subs({heads: heads.definition})


@pytest.mark.parametrize("level", [sp.Rational(5, 16) - sp.Rational(1, 10**12), sp.Rational(1, 100)])
def test_what_is_exceeded_is_disproved(level: sp.Rational) -> None:
    with pytest.raises(Disproved) as found:
        decided(claimed(level))
    opposite = found.value.fact.relation
    assert (opposite.op, opposite.low) == ("<", level)
    assert {step.ref for step in found.value.fact.steps() if step.by == "rule"} == {"fair-coins-law"}


def test_bounds_decide_one_way_only() -> None:
    """An upper bound that is too large disproves nothing, a lower bound that is small enough proves nothing."""
    upper = bound(chance, "<=", sp.Rational(1, 2), LAW)
    lower = bound(chance, ">=", sp.Rational(1, 4), LAW)
    assert decided(claimed(sp.Rational(1, 2)), upper).high == sp.Rational(1, 2)
    with pytest.raises(StepFailed, match="the level is kept"):
        decided(claimed(sp.Rational(1, 3)), upper)
    with pytest.raises(StepFailed, match="the level is kept"):
        decided(claimed(sp.Rational(1, 5)), upper)
    with pytest.raises(Disproved):
        decided(claimed(sp.Rational(1, 5)), lower)
    for level in (sp.Rational(1, 3), sp.S.One):
        with pytest.raises(StepFailed):
            decided(claimed(level), lower)


def test_a_level_over_a_range_is_kept_everywhere_or_not_decided() -> None:
    high = Quantity("high", real(sp.Rational(1, 3), 1))
    assert decided(claimed(high)).high == high
    with pytest.raises(StepFailed, match="the level is kept"):
        decided(claimed(free))


ONE = Inner(gaussians("g")(1), data("e")())
event = Prob(Exceeds(ONE, 0))
size = Quantity("size", real(), "", None, ONE)
length = Quantity("length", real(0), "", None, Norm(data("e")()))


def half() -> Fact:
    """P(<g, e> > 0) = 1/2, for e of length 1."""
    positive = chain(certified(lt(0, 1), {}), bound(1, "==", Norm(data("e")()), assume(eq(length, 1))))
    law = rules.gaussian_law(gaussians("g")(1), data("e")(), positive, sp.S.Zero)
    return bound(law.left, "==", sp.Rational(1, 2), law)


def about(level: sp.Rational, **given: Relation) -> Lemma:
    return Lemma(le(size, 0), given=given, fails_with=level, id="sign")


def test_what_the_law_rests_on_must_be_a_hypothesis() -> None:
    third, unit = sp.Rational(1, 3), eq(length, 1)
    with pytest.raises(Disproved):
        decided(about(third, unit=unit), half())
    for level in (third, sp.Rational(2, 3)):
        with pytest.raises(StepFailed, match="no hypothesis"):
            decided(about(level, other=le(length, 2)), half())


def test_nothing_is_disproved_under_a_hypothesis_about_chance() -> None:
    """Where g is such that <g, e> <= 0, the claim never fails, whatever the law says of all g."""
    with pytest.raises(StepFailed, match="the level is kept"):
        decided(about(sp.Rational(1, 3), unit=eq(length, 1), lucky=le(size, 0)), half())


WRONG: dict[str, Callable[[], Fact]] = {
    "another event": lambda: decided(replace(claimed(1), claim=le(heads, 3))),
    "no level": lambda: decided(replace(claimed(1), fails_with=None)),
    "the other side": lambda: decided(claimed(1), bound(sp.Rational(5, 16), "==", chance, LAW)),
    "not a number": lambda: decided(claimed(1), assume(eq(chance, Norm(data("e")())))),
    "a bound on nothing": lambda: decided(claimed(1), assume(ge(length, 0))),
    "assumed": lambda: decided(claimed(1), assume(eq(chance, 0))),
    "assumed the other way": lambda: decided(claimed(0), assume(lt(0, chance))),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_wrong_laws_decide_nothing(name: str) -> None:
    with pytest.raises(StepFailed):
        WRONG[name]()
