"""The price of damping, in numbers: the proof's last reduction to one variable, and where the constant is attained."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from lemmas.gram.damping_price import g, lemma, p, s, x
from verify.balls.certify import certify
from verify.balls.compile import evaluate


@given(x=st.floats(0, 300), s=st.floats(0, 1))
def test_it_holds_where_it_is_tried(x: float, s: float) -> None:
    damped = -np.exp(-s * s * x) * np.expm1(-(1 - s * s) * x)
    assert damped <= (1 - s * s) * x / (1 + (1 + s * s) * x / 2) * (1 + 1e-12)


@pytest.mark.parametrize("part", ["first order", "second order"])
def test_the_parts_are_certified(part: str) -> None:
    one = lemma.also[part]
    assert certify(one.spelled_out(one.claim), {x: x.domain}).status == "proved"


def test_without_the_half_it_is_false() -> None:
    false = lemma.faults["1 + s^2 without the half"]
    assert certify(false.claim, {p: p.domain, g: g.domain}, max_boxes=2000).status == "refuted"


def test_it_is_certified() -> None:
    assert certify(lemma.spelled_out(lemma.claim), {p: p.domain, g: g.domain}).status == "proved"


def test_it_is_the_price_of_a_weight() -> None:
    """p = s^2 x and g = (1 - s^2) x give the form in x and s."""
    weight, size = sp.Symbol("s", positive=True), sp.Symbol("y", positive=True)
    put = {p: weight**2 * size, g: (1 - weight**2) * size}
    claim = lemma.spelled_out(lemma.claim).subs(put)
    rate = 1 + (1 + weight**2) * size / 2
    scale = sp.exp(-(weight**2) * size) / rate
    assert sp.simplify(claim.left * scale - (sp.exp(-(weight**2) * size) - sp.exp(-size))) == 0
    assert sp.simplify(claim.right * scale - (1 - weight**2) * size / rate) == 0


def test_without_the_half_by_hand() -> None:
    """s = 0, x = 1: 1 - 1/e = .632 > 1/(1 + 1) = .5; with the half it is 2/3."""
    lost = 1 - sp.exp(-1)
    assert evaluate(lost) > evaluate(sp.Rational(1, 2))
    assert evaluate(lost) < evaluate(1 / (1 + sp.Rational(1, 2)))
    false = lemma.faults["1 + s^2 without the half"].claim
    left, right = (evaluate(side, {p: sp.S.Zero, g: sp.S.One}) for side in (false.low, false.high))
    assert left > right


def test_without_the_factor_it_follows() -> None:
    """1 for 1 - s^2 only makes the right side of the lemma larger; the fault has its denominator on the left."""
    true, rate = lemma.faults["without 1 - s^2, which is true"].claim, 1 + (1 + s**2) * x / 2
    assert sp.simplify(true.left - rate * (sp.exp(-(s**2) * x) - sp.exp(-x))) == 0
    assert (true.right - (1 - s**2) * true.right).simplify().is_nonnegative
    assert sp.simplify(true.right - x) == 0
