"""Claims about a probability whose value is known, at thresholds exceeded more, or less, often than claimed.

The threshold is the quantile of a factor times the level, so by that factor the claim is right or wrong. One proof for
each quantity gives the probability of failure exactly, and balls compare it with the level (see quality_laws).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import quality_laws as laws
import sympy as sp
from quality_statement import Statement, statement
from scipy.stats import binom, chi2, norm

from verify import Fact, Lemma, Proof, Quantity, eq, le
from verify.statement import Instance

LEVEL = 0.1
# by what factor the probability of failure is the one claimed
FACTORS = {
    "a third of the level": 1 / 3,
    "just within the level": 1 - 1e-6,
    "just beyond": 1 + 1e-6,
    "twice": 2.0,
    "5 times": 5.0,
}
Law = tuple[Quantity, Callable[[Proof], Fact], Callable[[float], float]]  # what is measured, its law, upper quantiles

LAWS: dict[str, Law] = {
    "modulus of a Gaussian": (laws.modulus, laws.of_modulus, lambda p: norm.isf(p / 2)),
    "largest of five": (laws.largest, laws.of_largest, lambda p: norm.isf(-np.expm1(np.log1p(-p) / 5) / 2)),
    "squared norm": (laws.squared, laws.of_squared, lambda p: chi2.isf(p, 5)),
    "mean of five": (laws.mean, laws.of_mean, lambda p: norm.isf(p) / np.sqrt(5)),
    "eigenvalue": (laws.least, laws.of_least, norm.isf),
}


def claimed(quantity: Quantity, law: Callable[[Proof], Fact], value: float) -> Lemma:
    """quantity <= value except with probability LEVEL, numbers both: the claim is about this one level."""

    def draw(rng: np.random.Generator, case: str) -> Instance:
        return {"g": rng.standard_normal((5, 1)), "e": np.ones(1)}

    claim = le(quantity, sp.Rational(float(value)))
    return Lemma(claim, {"unit": eq(laws.length, 1)}, fails_with=sp.Rational(LEVEL), proof=law, draw=draw)


def coins(tosses: int, most: int, claim: float) -> Lemma:
    """At most ``most`` heads in so many fair tosses, except with probability ``claim``."""

    def draw(rng: np.random.Generator, case: str) -> Instance:
        return {"coins": rng.choice([-1.0, 1.0], tosses)}

    return Lemma(le(laws.heads(tosses), most), fails_with=sp.Rational(claim), proof=laws.of_heads(tosses), draw=draw)


def statements() -> Iterator[Statement]:
    """All of them."""
    for name, (quantity, law, quantile) in LAWS.items():
        for how, factor in FACTORS.items():
            lemma = claimed(quantity, law, quantile(factor * LEVEL))
            yield statement(f"{name}, {how}", "chance", factor <= 1, lemma, abs(factor - 1))
    for tosses, most in ((10, 7), (20, 13)):
        exact: Any = binom.sf(most, tosses, 0.5)
        for how, factor in (("three times", 3.0), ("a third", 1 / 3)):
            lemma = coins(tosses, most, float(factor * exact))
            yield statement(
                f"heads of {tosses}, {how} the truth claimed", "chance", factor >= 1, lemma, abs(1 / factor - 1)
            )
