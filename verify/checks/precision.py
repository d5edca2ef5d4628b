"""Two independent computations of one number, at high precision: they can only contradict each other.

Agreement to many digits is no enclosure, so it is never `certified`; disagreement means that one of the two formulas is
wrong, which is an `error`: a check cannot know which.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath

from verify.checks.base import Context
from verify.lemma import Lemma
from verify.verdict import Evidence, Verdict

name = "precision"

GUARD = 10  # digits computed beyond those compared
LEAST = 20  # digits below which agreement says nothing

Computation = Callable[[int], Any]


def applies(lemma: Lemma) -> bool:
    return bool(lemma.precision)


def run(lemma: Lemma, context: Context) -> Evidence:
    """`inconclusive` if every pair agrees to the digits of the budget, `error` if one does not."""
    digits = max(LEAST, context.budget.digits)
    found = {label: agreement(pair, digits) for label, pair in sorted(lemma.precision.items())}
    data = {"digits": digits, "agreement": found}
    bad = [label for label, agreed in found.items() if agreed < digits]
    if bad:
        reason = f"{bad[0]}: the two computations agree to {found[bad[0]]} digits only, of {digits}"
        return Evidence(name, Verdict.ERROR, reason, data)
    return Evidence(name, Verdict.INCONCLUSIVE, f"{len(found)} pair(s) of computations agree to {digits} digits", data)


def agreement(pair: tuple[Computation, Computation], digits: int) -> int:
    """To how many significant digits two computations agree, at most ``digits``; 0 where one is not finite."""
    with mpmath.workdps(digits + GUARD):
        one, other = (mpmath.mpf(compute(digits + GUARD)) for compute in pair)
        if not (mpmath.isfinite(one) and mpmath.isfinite(other)):
            return 0
        scale = max(abs(one), abs(other))
        if one == other:
            return digits
        return max(0, min(digits, int(mpmath.floor(-mpmath.log10(abs(one - other) / scale)))))
