"""What is asked of the conclusion of every rule: that it holds in numbers where its assumptions do."""

from __future__ import annotations

from typing import Any

from verify.proof import Fact, Index
from verify.proof.evaluate import violation


def assert_holds(fact: Fact, at: dict[str, Any], seed: int, within: float) -> None:
    """The fact at an instance that meets its assumptions, its free indices chosen by the seed."""
    free = {s: 1 + seed % at[str(s.size)] for s in fact.relation.symbols if isinstance(s, Index)}
    assert all(violation(held, at, free) <= 1e-12 for held in fact.assumptions)
    assert violation(fact.relation, at, free) < within
