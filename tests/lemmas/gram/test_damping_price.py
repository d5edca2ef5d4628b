"""The price of damping, in numbers: the proof's last reduction to one variable, and where the constant is attained."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmas.gram.damping_price import lemma, s, x
from verify.balls.certify import certify


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
    assert certify(false.claim, {x: x.domain, s: s.domain}, max_boxes=2000).status == "refuted"


@pytest.mark.slow
def test_it_is_certified() -> None:
    assert certify(lemma.spelled_out(lemma.claim), {x: x.domain, s: s.domain}).status == "proved"
