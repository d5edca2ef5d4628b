"""Composition: lemma instances put together, and the relations between parameters that are left to be met.

Each hypothesis of each instance is either a relation between parameters, or about a measured quantity; the latter
must be the conclusion of another instance, and what is left is the relation between the two bounds. Nothing is typed
again: an edited constant of a lemma moves the width. Whether values meet what is left is verified in ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

import sympy as sp
from flint import arb

from verify.lemma import Lemma
from verify.relations import Relation, le
from verify.statement import Quantity

Library = Callable[[str], Lemma]
Side = Literal["least", "greatest"]


class ChainError(ValueError):
    """A chain that does not compose, or has no solution."""


@dataclass(frozen=True)
class Link:
    """One lemma (or one of its further parts) with its quantities replaced."""

    lemma: str
    at: Mapping[Quantity, Any] = field(default_factory=dict)
    part: str = ""

    def instance(self, library: Library) -> Lemma:
        """The statement alone: without its further parts and its LaTeX."""
        found = library(self.lemma)
        return replace(found.also[self.part] if self.part else found, also={}, latex="").at(self.at)


@dataclass(frozen=True)
class Requirement:
    """One relation that must hold, where it comes from, and whose hypothesis it is."""

    lemma: str
    name: str
    relation: Relation


@dataclass(frozen=True)
class Chain:
    """A theorem as the composition of its lemmas.

    width: the quantity solved for, a multiple of ``multiple``. level: what the failure probabilities may add up to.
    unknowns: parameters set in this order, each to the least or greatest value that its requirements allow.
    data: the quantities that a case provides (n, lambda, ...). extra: requirements of the theorem itself.
    tuned: free parameters, each with the open interval in which the value that makes the width least is sought.
    defined: quantities in the links and in ``extra`` that stand for what a lemma concludes, each as a function of the
        lemmas, so that an edited constant moves them too.
    """

    id: str
    theorem: str
    links: tuple[Link, ...]
    width: Quantity
    level: sp.Expr
    unknowns: tuple[tuple[Quantity, Side], ...]
    data: frozenset[Quantity]
    extra: Mapping[str, Relation] = field(default_factory=dict)
    multiple: int = 1
    tuned: Mapping[Quantity, tuple[float, float]] = field(default_factory=dict)
    defined: Mapping[Quantity, Callable[[Library], sp.Expr]] = field(default_factory=dict)

    def definitions(self, library: Library) -> dict[Quantity, sp.Expr]:
        """What the defined quantities are, with the constants of this library."""
        return {symbol: value(library) for symbol, value in self.defined.items()}

    def instances(self, library: Library) -> list[tuple[str, Lemma]]:
        """Every link's lemma by its id, with its quantities replaced."""
        values = self.definitions(library)
        found = [(link.lemma, link.instance(library)) for link in self.links]
        met = [(name, one, {s: v for s, v in values.items() if s in one.symbols}) for name, one in found]
        return [(name, one.at(defined) if defined else one) for name, one, defined in met]


def requirements(chain: Chain, library: Library) -> tuple[Requirement, ...]:
    """Every relation between parameters that the composition needs.

    Raises ChainError if a hypothesis about a measured quantity is concluded by no lemma of the chain.
    """
    instances = chain.instances(library)
    found = [_requirement(chain, instances, *owner, name) for owner in instances for name in owner[1].given]
    levels = [i.spelled_out(le(0, i.fails_with)).right for _, i in instances if i.fails_with is not None]
    found.append(Requirement(chain.theorem, "failure probabilities", Relation(sp.Add(*levels), "<=", chain.level)))
    meant = chain.definitions(library)
    found += [Requirement(chain.theorem, name, relation.subs(meant)) for name, relation in chain.extra.items()]
    return tuple(r for r in found if not _trivial(r.relation))


def _requirement(chain: Chain, instances: list[tuple[str, Lemma]], owner: str, lemma: Lemma, name: str) -> Requirement:
    needed = lemma.spelled_out(lemma.given[name])
    if _trivial(needed) or not _measured(chain, needed):
        return Requirement(owner, name, needed)
    for provider, instance in instances:
        link = _linked(chain, instance.spelled_out(instance.claim), needed)
        if link is not None:
            return Requirement(owner, f"{name}, from {provider}", link)
    raise ChainError(f"chain {chain.id}: no lemma concludes the hypothesis '{name}' ({needed}) of {owner}")


def _measured(chain: Chain, relation: Relation) -> bool:
    known = chain.data | {chain.width}
    return any(isinstance(s, Quantity) and s.measure is not None and s not in known for s in relation.symbols)


def _linked(chain: Chain, claim: Relation, needed: Relation) -> Relation | None:
    """What must hold so that ``claim`` implies ``needed``; None if they are not about the same quantity."""
    if claim.low == needed.low and not _measured(chain, Relation(claim.high, "<=", needed.high)):
        return Relation(claim.high, needed.op if needed.op in ("<=", "<") else "<=", needed.high)
    if claim.high == needed.high and not _measured(chain, Relation(claim.low, "<=", needed.low)):
        return Relation(needed.low, "<=", claim.low)
    return None


def _trivial(relation: Relation) -> bool:
    difference = relation.high - relation.low
    return bool(difference.is_nonnegative if not relation.strict else difference.is_positive)


def hypotheses(chain: Chain, lemmas: Mapping[str, Lemma]) -> dict[str, Relation]:
    """The requirements by name, for the theorem to state as its hypotheses: the same relations, not typed again."""
    found: dict[str, Relation] = {}
    for r in requirements(chain, lemmas.__getitem__):
        if r.relation not in found.values():
            found[f"{r.lemma}: {r.name}"] = r.relation
    return found


@lru_cache(maxsize=256)  # a tuned parameter is tried at many values
def isolated(unknown: Quantity, side: Side, needed: tuple[Requirement, ...]) -> tuple[sp.Expr, ...]:
    """The bounds on an unknown from the requirements that say: unknown times a positive factor, against the rest."""
    found = []
    for requirement in needed:
        low, high = requirement.relation.low, requirement.relation.high
        bounded, other = (high, low) if side == "least" else (low, high)
        factor = bounded / unknown
        if bounded.has(unknown) and not factor.has(unknown) and factor.is_positive and not other.has(unknown):
            found.append(other / factor)
    return tuple(found)


def verify(needed: tuple[Requirement, ...], values: Mapping[Quantity, Any]) -> tuple[Mapping[str, str], ...]:
    """Each requirement at exact or enclosed values: its two sides as decimals, and whether it certainly holds."""
    from verify.balls.compile import evaluate
    from verify.balls.exact import lower_decimal, upper_decimal

    found = []
    for requirement in needed:
        relation = requirement.relation
        low, high = (evaluate(side, dict(values)) for side in (relation.low, relation.high))
        shown = {"holds": _held(relation, low, high), "low": upper_decimal(low, 15), "high": lower_decimal(high, 15)}
        found.append({"lemma": requirement.lemma, "name": requirement.name, **shown})
    return tuple(found)


def _held(relation: Relation, low: arb, high: arb) -> str:
    """Whether balls around its two sides show a relation, or its negation; SymPy is asked where the sides may agree."""
    if low < high or (low <= high and not relation.strict):
        return "yes"
    if low > high:
        return "certainly not"
    same = not relation.strict and sp.simplify(relation.high - relation.low) == 0
    return "yes" if same else "unknown"
