"""What every check gets: a budget in counts (never seconds), the seed, and the other lemmas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from verify.checks.instances import Instances
from verify.lemma import Lemma
from verify.verdict import Evidence


@dataclass(frozen=True)
class Budget:
    """boxes: of a bisection; trials: cap of one sequential test; draws: instances drawn for a worst case;
    searches: evaluations of the search of one family; digits: of a precision check; first: whether only the answer is
    wanted: no worse case than the first exact witness, nor which hypotheses a proof needs."""

    effort: str
    boxes: int
    trials: int
    draws: int
    searches: int
    digits: int
    first: bool = False


EFFORTS = {
    "quick": Budget("quick", boxes=20_000, trials=400, draws=200, searches=100, digits=50),
    "standard": Budget("standard", boxes=100_000, trials=2_000, draws=250, searches=150, digits=60),
    "thorough": Budget("thorough", boxes=5_000_000, trials=200_000, draws=100_000, searches=100_000, digits=100),
}


@dataclass(frozen=True)
class Context:
    """The budget, the seed of all streams, the number of claims that share the family-wise level, and the library.

    simulate: whether a pack's hook may also simulate; an audit asks for what is proved alone.
    instances: where instances come from; all planted faults of a lemma share those of one that remembers.
    """

    budget: Budget
    seed: int
    library: Callable[[str], Lemma]
    family: int = 1
    simulate: bool = True
    instances: Instances = field(default_factory=Instances)


class Check(Protocol):
    """A kind of evidence: whether it applies to a lemma, and what it finds."""

    name: str

    def applies(self, lemma: Lemma) -> bool: ...

    def run(self, lemma: Lemma, context: Context) -> Evidence: ...
