"""The lower tail against the exact law of orthonormal points: the lemma holds there, its false variants do not."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import pytest

from lemmas.initialization.gram_lower_tail import C, lemma, t, v
from lemmas.notation.symbols import n, q
from verify.checks import montecarlo
from verify.checks.base import EFFORTS, Context
from verify.lemma import Lemma
from verify.verdict import Verdict

Exact = Callable[[int, int, float], tuple[float, float]]
WHITENED = lemma.also["whitened"]
TIGHT = math.exp(4)  # V of orthonormal points


def level(statement: Lemma, points: int) -> float:
    """The probability of failure that a statement allows at q = 20, t = 1/2."""
    assert statement.fails_with is not None
    return float(statement.fails_with.subs({n: points, q: 20, t: 0.5, v: TIGHT, C: C.value}))


def test_without_the_factor_n_the_level_is_below_the_exact_probability(exact_orthonormal_failure: Exact) -> None:
    """n=10, q=20, t=1/2: .984 against .955."""
    low, high = exact_orthonormal_failure(10, 20, 0.5)
    assert 0.983 < low <= high < 0.988
    assert level(WHITENED.faults["no factor n"], 10) == pytest.approx(0.955, abs=5e-4)
    assert level(WHITENED.faults["no factor n"], 10) < low
    assert high <= level(WHITENED, 10)


@pytest.mark.parametrize("points", [1, 10])
def test_with_1_for_V_the_level_is_below_the_exact_probability(exact_orthonormal_failure: Exact, points: int) -> None:
    low, high = exact_orthonormal_failure(points, 20, 0.5)
    assert level(WHITENED.faults["V = 1"], points) == pytest.approx(points * math.exp(-2.5))
    assert level(WHITENED.faults["V = 1"], points) < low
    assert high <= level(WHITENED, points)


@pytest.mark.parametrize(("fault", "case"), [("no factor n", "ten-q20-t50"), ("V = 1", "one-q20-t50")])
def test_draws_refute_what_the_exact_law_does(fault: str, case: str) -> None:
    variant = dataclasses.replace(WHITENED.faults[fault], id=f"gram-lower-tail {fault}", cases=(case,))
    found = montecarlo.run(variant, Context(EFFORTS["standard"], 0, lambda _: variant))
    assert found.verdict is Verdict.REFUTED, found.summary
