"""Claims about a probability whose value is known, at thresholds exceeded more, or less, often than claimed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sympy as sp
from quality_statement import Statement, statement
from scipy.stats import binom, chi2, norm

from verify import Lemma, Quantity, le, real
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

modulus = Quantity("modulus", real(0), "|g_1|", lambda at: float(abs(at["g"][0])))
largest = Quantity("largest", real(0), "largest |g_i| of five", lambda at: float(np.abs(at["g"]).max()))
squared = Quantity("squared", real(0), "|g|^2 of five", lambda at: float((at["g"] ** 2).sum()))
mean = Quantity("mean", real(), "mean of five", lambda at: float(at["g"].mean()))
above = Quantity("above", real(), "eigenvalue of g_1 times a fixed projection", lambda at: _projected(at["g"][0]))

QUANTILES: dict[str, tuple[Quantity, Callable[[float], float]]] = {  # the p-th upper quantile
    "modulus of a Gaussian": (modulus, lambda p: float(norm.isf(p / 2))),
    "largest of five": (largest, lambda p: float(norm.isf(-np.expm1(np.log1p(-p) / 5) / 2))),
    "squared norm": (squared, lambda p: float(chi2.isf(p, 5))),
    "mean of five": (mean, lambda p: float(norm.isf(p) / np.sqrt(5))),
    "eigenvalue": (above, lambda p: float(norm.isf(p))),
}


def _projected(size: float) -> float:
    return float(np.linalg.eigvalsh(size * np.full((2, 2), 0.5) + 1e3 * np.array([[0.5, -0.5], [-0.5, 0.5]]))[0])


def claimed(quantity: Quantity, value: float) -> Lemma:
    """quantity <= value except with probability LEVEL, numbers both: the claim is about this one level."""

    def draw(rng: np.random.Generator, case: str) -> Instance:
        return {"g": rng.standard_normal(5)}

    return Lemma(le(quantity, sp.Rational(value)), fails_with=sp.Rational(LEVEL), draw=draw)


def coins(tosses: int, most: int, claim: float) -> Lemma:
    """At most ``most`` heads in so many fair tosses, except with probability ``claim``."""
    heads = Quantity("heads", real(0), "heads", lambda at: float(at["heads_seen"]))

    def draw(rng: np.random.Generator, case: str) -> Instance:
        return {"heads_seen": rng.binomial(tosses, 0.5)}

    return Lemma(le(heads, most), fails_with=sp.Rational(claim), draw=draw)


def statements() -> Iterator[Statement]:
    """All of them."""
    for name, (quantity, quantile) in QUANTILES.items():
        for how, factor in FACTORS.items():
            lemma = claimed(quantity, quantile(factor * LEVEL))
            yield statement(f"{name}, {how}", "chance", factor <= 1, lemma, abs(factor - 1))
    for tosses, most in ((10, 7), (20, 13)):
        exact: Any = binom.sf(most, tosses, 0.5)
        for how, factor in (("three times", 3.0), ("a third", 1 / 3)):
            lemma = coins(tosses, most, float(factor * exact))
            yield statement(
                f"heads of {tosses}, {how} the truth claimed", "chance", factor >= 1, lemma, abs(1 / factor - 1)
            )
