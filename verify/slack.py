"""Where the slack of a width is: how much goes if one constant, or one lemma, is replaced by what is known better.

The replacements are made one after the other, each on top of those before it, from the proved width down to the
observed one. A share is the fall of log10 of the width at one replacement; so the shares of an order add up to the
whole, and nothing is left over. They depend on the order, which is why the reverse one is shown as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import sympy as sp

from verify.chain import Chain, Library, Requirement, least_width, requirements
from verify.lemma import Lemma
from verify.statement import Quantity

Json = dict[str, Any]


@dataclass(frozen=True)
class Replacement:
    """A constant of a lemma at a sharper value, or (without a constant) a lemma by what is observed.

    pinned: what is observed of parameters that the lemma bounds; they are no unknowns any more, and every lemma that
        abbreviates one of them takes the observed value.
    floor: an observed width that the argument needs whatever is proved. Where there is one, it is all that gives way.
    taking: other owners of requirements that go with the lemma: the theorem, whose choices serve it.
    """

    lemma: str
    constant: str = ""
    value: Any = None
    pinned: Mapping[Quantity, float] = field(default_factory=dict)
    floor: float = 0.0
    taking: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.lemma}.{self.constant}" if self.constant else self.lemma


def shares(width: Callable[[Sequence[Replacement]], float], order: Sequence[Replacement]) -> dict[str, float]:
    """The fall of log10(width) at each replacement, all of ``order`` before it being made already."""
    found, before = {}, math.log10(width(()))
    for count, replacement in enumerate(order, 1):
        after = math.log10(width(order[:count]))
        found[replacement.name] = before - after
        before = after
    return found


def both_ways(width: Callable[[Sequence[Replacement]], float], order: Sequence[Replacement]) -> Json:
    """The shares in the order given and in its reverse, as JSON values."""
    back = tuple(reversed(order))
    names = [replacement.name for replacement in order]
    return {"order": names, "forward": shares(width, order), "reverse": shares(width, back)}


def by_lemma(found: Mapping[str, float]) -> dict[str, float]:
    """The shares of every lemma, those of its constants included."""
    total: dict[str, float] = {}
    for name, share in found.items():
        lemma = name.partition(".")[0]
        total[lemma] = total.get(lemma, 0.0) + share
    return total


def width_after(
    chain: Chain,
    case: Mapping[Quantity, float],
    library: Library,
    every: Sequence[Replacement],
    *,
    proved: float,
    least: float,
) -> Callable[[Sequence[Replacement]], float]:
    """The function from the replacements made, some of ``every``, to the width that is then needed, in floats.

    It is ``proved`` with none, and at least ``least`` and the floor of every lemma that is not replaced. Raises
    ChainError where the chain has no solution.
    """
    pinned_by_all = {s: v for r in every for s, v in r.pinned.items()}

    @cache
    def needed(constants: tuple[str, ...], pinned: tuple[Quantity, ...]) -> tuple[Requirement, ...]:
        sharper = [r for r in every if r.name in constants]
        return requirements(chain, _edited(library, sharper, {s: pinned_by_all[s] for s in pinned}))

    @cache
    def width(names: tuple[str, ...]) -> float:
        if not names:
            return proved
        made = [r for r in every if r.name in names]
        gone = {owner for r in made if not r.constant and not r.floor for owner in (r.lemma, *r.taking)}
        pinned = {s: v for r in made for s, v in r.pinned.items()}
        found = needed(tuple(r.name for r in made if r.constant), tuple(pinned))
        opened = replace(chain, unknowns=tuple(u for u in chain.unknowns if u[0] not in pinned))
        kept = tuple(r for r in found if provider(r) not in gone)
        floors = [r.floor for r in every if r not in made]
        return max(least, *floors, least_width(opened, kept, {**case, **pinned}))

    return lambda made: width(tuple(sorted(r.name for r in made)))


def provider(requirement: Requirement) -> str:
    """The lemma whose bound is too weak if the requirement fails: the one that concludes it, else its owner."""
    return requirement.name.partition(", from ")[2] or requirement.lemma


def _edited(library: Library, made: Sequence[Replacement], pinned: Mapping[Quantity, float]) -> Library:
    """The lemmas with the constants of some replacements and what is observed of parameters.

    Asked for a lemma, it raises StatementError if a constant for whose sign the formulas were simplified changes it.
    """
    values: dict[str, dict[str, Any]] = {}
    for r in made:
        values.setdefault(r.lemma, {})[r.constant] = r.value

    def lemma(name: str) -> Lemma:
        found = library(name).edited(**values[name]) if name in values else library(name)
        return _observed(found, pinned) if pinned else found

    return lemma


def _observed(lemma: Lemma, pinned: Mapping[Quantity, float]) -> Lemma:
    """The lemma with its abbreviations that bear the names of pinned parameters replaced by what is observed."""
    seen = {s.name: sp.Rational(value) for s, value in pinned.items()}  # an abbreviation has a domain of its own
    where = {s: seen.get(s.name, value) for s, value in lemma.where.items()}
    return replace(lemma, latex="", where=where, also={k: _observed(part, pinned) for k, part in lemma.also.items()})
