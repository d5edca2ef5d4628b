"""What was shown, and how evidence combines into one word. Imports nothing of this package."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class Verdict(enum.Enum):
    """The eight words. ``bool()`` raises: nobody may mistake `inconclusive` for a yes or a no."""

    PROVED = "proved"
    CERTIFIED = "certified"
    SUPPORTED = "supported"
    INCONCLUSIVE = "inconclusive"
    REFUTED = "refuted"
    BLOCKED = "blocked"
    ERROR = "error"
    NOT_RUN = "not-run"

    def __bool__(self) -> bool:
        raise TypeError("a verdict is not a truth value: compare it with a Verdict, or ask .holds")

    def __str__(self) -> str:
        return self.value

    @property
    def holds(self) -> bool:
        return self in HOLDING

    @property
    def fails(self) -> bool:
        return self in (Verdict.REFUTED, Verdict.BLOCKED)


HOLDING = frozenset({Verdict.PROVED, Verdict.CERTIFIED, Verdict.SUPPORTED})

# Worst first: the order in which one bad part spoils the whole.
_WORST_FIRST = (
    Verdict.REFUTED,
    Verdict.BLOCKED,
    Verdict.ERROR,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_RUN,
    Verdict.SUPPORTED,
    Verdict.CERTIFIED,
    Verdict.PROVED,
)


@dataclass(frozen=True)
class Evidence:
    """What one check of one statement found; ``data`` holds JSON values only."""

    check: str
    verdict: Verdict
    summary: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Margin:
    """By what factor the stated bound exceeds what was attained, what kind of search says so, and where."""

    factor: float
    meaning: str
    at: Mapping[str, Any] = field(default_factory=dict)


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts; `not-run` when there is none."""
    found = set(verdicts)
    return next((v for v in _WORST_FIRST if v in found), Verdict.NOT_RUN)


def judge(designated: str, evidence: Iterable[Evidence]) -> tuple[Verdict, str]:
    """One verdict for one statement: the designated check gives it, every other check can only contradict it.

    Returns the verdict and the sentence that explains it. A holding check beside a refuting one is an `error`:
    one of two checkers is wrong, and neither can be believed.
    """
    by_check = list(evidence)
    crashed = [e for e in by_check if e.verdict is Verdict.ERROR]
    refuting = [e for e in by_check if e.verdict is Verdict.REFUTED]
    holding = [e for e in by_check if e.verdict.holds]
    if refuting and holding:
        return Verdict.ERROR, f"{refuting[0].check} refutes what {holding[0].check} shows: one of the two is wrong"
    if refuting:
        return Verdict.REFUTED, refuting[0].summary
    if crashed:
        return Verdict.ERROR, f"{crashed[0].check}: {crashed[0].summary}"
    chosen = [e for e in by_check if e.check == designated]
    if not chosen:
        return Verdict.NOT_RUN, f"the designated check ({designated}) was not run"
    return chosen[0].verdict, chosen[0].summary
