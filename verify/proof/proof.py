"""What a lemma's proof function gets: its hypotheses, its constants, and the other lemmas it may cite."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from verify.lemma import Lemma
from verify.proof.algebra import equal, unfold
from verify.proof.declared import domain_shown
from verify.proof.facts import (
    Fact,
    StepFailed,
    assume,
    is_certain,
    make,
    sure,
    with_probability,
)
from verify.proof.steps import bound, certified, chain, domain_of, require, substitute, values_defined
from verify.proof.terms import Prob
from verify.proof.wellformed import of_two_kinds, perhaps_unreal
from verify.relations import Op, Relation
from verify.statement import Quantity

MIRRORED: dict[Op, Op] = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "==": "=="}


class Disproved(Exception):
    """The proof shows that the claim is false wherever the hypotheses hold; ``fact`` is what it shows instead."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(str(fact.relation))
        self.fact = fact


class Proof:
    """One run of a proof: ``given`` and ``cite`` make its leaves, ``goal`` is what it must conclude."""

    def __init__(self, lemma: Lemma, library: Callable[[str], Lemma]) -> None:
        self.lemma = lemma
        self._library = library

    @property
    def goal(self) -> Relation:
        """The claim with constants and abbreviations spelled out (as a bound on a probability if there is a level)."""
        return with_probability(self.lemma)

    def const(self, name: str) -> sp.Rational:
        """The value of a named constant of this lemma (an audit may have changed it).

        Raises StepFailed if it has none of that name (it went with a hypothesis that a planted fault dropped).
        """
        if name not in self.lemma.constants:
            raise StepFailed(f"step 'constant {name}': the lemma has no such constant")
        return self.lemma.constants[name].value

    def where(self, symbol: Quantity) -> sp.Expr:
        """What an abbreviation of this lemma stands for, in numbers and free quantities."""
        return self.lemma.spelled_out(Relation(sp.S.Zero, "==", symbol)).right

    def given(self, name: str) -> Fact:
        """A hypothesis of this lemma. Raises StepFailed if it has none of that name (a planted fault dropped it)."""
        if name not in self.lemma.given:
            raise StepFailed(f"step 'given {name}': the lemma has no such hypothesis")
        return assume(self.lemma.spelled_out(self.lemma.given[name]), name)

    def cite(self, lemma_id: str, values: Mapping[Any, Any] | None = None, *facts: Fact, part: str = "") -> Fact:
        """Another lemma's claim with quantities (by object or name) or vector families replaced.

        ``facts`` must give its hypotheses. Raises StepFailed if a hypothesis, or the domain of a replaced quantity,
        does not follow, or if ``uses`` does not list the lemma.
        """
        if lemma_id not in self.lemma.uses:
            raise StepFailed(f"step 'cite {lemma_id}': it is not among uses = {list(self.lemma.uses)}")
        cited = self._library(lemma_id)
        self._refuse_circle(cited, part)
        cited = cited.also[part] if part else cited
        values = {_resolve(cited, k): v for k, v in (values or {}).items()}
        needed = [substitute(cited.spelled_out(r), values) for r in cited.given.values()]
        require([*needed, *domain_of(values)], facts, f"cite {lemma_id}")
        values_defined(values, facts, f"cite {lemma_id}")
        return make(substitute(with_probability(cited), values), "lemma", lemma_id, f"cite {lemma_id}", facts)

    def _refuse_circle(self, cited: Lemma, part: str) -> None:
        """A part may cite its own lemma, and of that lemma's parts only those before it."""
        own, _, name = self.lemma.id.partition("~")[0].partition(":")  # a planted fault is "lemma:part~fault"
        earlier = list(itertools.takewhile(lambda other: other != name, cited.also)) if name else []
        if own and cited.id == own and (not name or (part and part not in earlier)):
            raise StepFailed(f"step 'cite {own}': the proof would rest on itself or on a later part")

    def conclude(self, fact: Fact) -> Fact:
        """The fact, if it is the claim and rests on nothing but the hypotheses. Raises StepFailed otherwise."""
        goal, found = self.goal, fact.relation
        mirrored = Relation(found.right, MIRRORED[found.op], found.left)
        if not _same(found, goal) and not _same(mirrored, goal):
            raise StepFailed(f"step 'conclusion': the proof gives {found}, not {goal}")
        strange = perhaps_unreal(goal, (found, *fact.assumptions))
        if strange is not None:
            raise StepFailed(f"step 'conclusion': {strange} may not be real")
        self._rests_on_hypotheses(fact)
        return fact

    def decide(self, law: Fact) -> Fact:
        """The claim that a probability is at most the level, from ``law``: P(the claim fails) == p, or <= p, or >= p.

        Ball arithmetic compares p with the level. Raises Disproved if the law shows that the probability is larger,
        both being numbers, and no hypothesis speaks of chance; StepFailed if it shows neither.
        """
        chance, level = self.goal.left, self.goal.right
        above = law.relation.op != "==" and equal(unfold(law.high), unfold(chance))
        p = law.low if above else law.high
        if self.lemma.fails_with is None or not (above or equal(unfold(law.low), unfold(chance))):
            raise StepFailed(f"step 'decide': {law.relation} is not about {chance}")
        beyond = self._beyond(level, p, law) if above or law.relation.op == "==" else None
        if beyond is not None:
            self._rests_on_hypotheses(beyond)
            raise Disproved(beyond)
        domains = {s: s.domain for s in p.free_symbols | level.free_symbols if isinstance(s, Quantity)}
        return self.conclude(chain(law, certified(Relation(p, "<=", level), domains, name="the level is kept")))

    def _beyond(self, level: sp.Expr, p: sp.Expr, law: Fact) -> Fact | None:
        """level < P(the claim fails), if it is so, both are numbers, and chance enters no hypothesis."""
        given = [self.lemma.spelled_out(r) for k, r in self.lemma.given.items() if k not in self.lemma.construction]
        if p.free_symbols or level.free_symbols or not all(map(is_certain, given)):
            return None
        try:
            excess = certified(Relation(level, "<", p), {}, name="the level is exceeded")
        except StepFailed:
            return None
        same = bound(p, "==", self.goal.left, law) if law.relation.op == "==" else law
        return chain(excess, same, name="the claim fails more often than it may")

    def _rests_on_hypotheses(self, fact: Fact) -> None:
        """Raise StepFailed if the fact assumes more than the lemma does, or a probability in it something random."""
        allowed = {self.lemma.spelled_out(r) for r in self.lemma.given.values()}
        extra = [a for a in fact.assumptions if a not in allowed and not _is_domain(a)]
        if extra:
            raise StepFailed(f"step 'conclusion': it rests on {extra[0]}, which is no hypothesis")
        double = of_two_kinds(step.relation for step in fact.steps())
        if double is not None:
            raise StepFailed(f"step 'conclusion': {double} is the name of families of different kinds or definitions")
        built = [self.lemma.spelled_out(self.lemma.given[name]) for name in self.lemma.construction]
        for step in fact.steps():  # a probability that was shown on a part of the outcomes is none, whatever it is for
            if unfold(step.left).has(Prob) or unfold(step.right).has(Prob):
                sure(step, "conclusion", allowed=built)


def _same(one: Relation, other: Relation) -> bool:
    """Whether the relations are the same, side by side."""
    if one.op != other.op or not equal(unfold(one.left), unfold(other.left)):
        return False
    return equal(unfold(one.right), unfold(other.right))


def _resolve(cited: Lemma, key: Any) -> Any:
    """A quantity of the cited lemma by its name; anything else as it is."""
    if not isinstance(key, str):
        return key
    found = [s for s in cited.symbols if s.name == key]
    if not found:
        raise StepFailed(f"step 'cite {cited.id}': it has no quantity {key}")
    return found[0]


def _is_domain(relation: Relation) -> bool:
    """Whether the relation only says that a declared quantity lies in its domain."""
    sides = [s for s in (relation.left, relation.right) if isinstance(s, Quantity) and domain_shown(s)]
    return any(relation in s.domain.bounds(s).values() for s in sides)
