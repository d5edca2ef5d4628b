"""One statement whose truth is known on paper, and how many of its kind are made from one sharp constant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from verify import Lemma


@dataclass(frozen=True)
class Statement:
    """``truth``: whether it holds. ``gap``: by what share the constant stands off its sharp value; 0 if it touches."""

    name: str
    category: str
    truth: bool
    lemma: Lemma
    gap: float


def statement(name: str, category: str, truth: bool, lemma: Lemma, gap: float = 0.0) -> Statement:
    """A statement whose lemma carries its name."""
    return Statement(name, category, truth, replace(lemma, id=name), gap)


def around(
    name: str, category: str, stated: Callable[[sp.Rational], Lemma], exponents: Sequence[int]
) -> Iterator[Statement]:
    """For each gap 10^-k: true with the sharp constant times 1 + 10^-k, false with it times 1 - 10^-k.

    stated: the lemma with its sharp constant times the factor given.
    """
    for k in exponents:
        gap = sp.Rational(1, 10**k)
        yield statement(f"{name}, 1e-{k} above", category, True, stated(1 + gap), 10.0**-k)
        yield statement(f"{name}, 1e-{k} below", category, False, stated(1 - gap), 10.0**-k)
