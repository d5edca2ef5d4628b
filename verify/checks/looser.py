"""Edited constants that only loosen a lemma: what it says then follows from the lemma as its author states it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import sympy as sp

from verify.lemma import Lemma
from verify.proof import Fact, Proof, StepFailed, bound, certified, chain, in_domain, plus, times
from verify.proof.declared import domain_shown
from verify.relations import Relation
from verify.statement import Quantity

STATED = "as stated"
MOST_NUMBERS = 2  # in a factor that ball arithmetic is asked about


def proved(edited: Lemma, library: Callable[[str], Lemma]) -> list[Fact]:
    """The steps that prove the lemma as it is stated, and those that lead from it to the edited one.

    Raises StepFailed if the lemma was not edited, if it or another part of it has no proof as stated, or if a step
    fails.
    """
    whole = library(edited.id.partition(":")[0]).stated
    if edited.stated is None or whole is None:
        raise StepFailed("step 'as stated': no constant was edited")
    _same_but_for_constants(edited.stated, edited)

    def as_stated(name: str) -> Lemma:
        return whole if name == whole.id else library(name)

    own = _steps(edited.stated, as_stated)
    if any(step.by == "lemma" and step.ref == whole.id for step in own):
        # What the edited parts are worth says nothing about the stated ones on which this one rests.
        own = [step for part in (whole, *whole.also.values()) for step in _steps(part, as_stated)]
    left = [step for claim in _consequences(edited.stated, edited) for step in _steps(claim, library)]
    return list(dict.fromkeys([*own, *left]))


def _same_but_for_constants(stated: Lemma, edited: Lemma) -> None:
    """A variant of an edited lemma remembers what was stated, though it may lack a hypothesis of it, or its level."""
    surely = [lemma.fails_with is None for lemma in (stated, edited)]
    if stated.given.keys() != edited.given.keys() or surely[0] != surely[1]:
        raise StepFailed("step 'as stated': more than constants was edited")


def _steps(lemma: Lemma, library: Callable[[str], Lemma]) -> list[Fact]:
    if lemma.proof is None:
        raise StepFailed(f"step 'as stated': {lemma.id} has no proof")
    proof = Proof(lemma, library)
    return proof.conclude(lemma.proof(proof)).steps()


def _consequences(stated: Lemma, edited: Lemma) -> Iterator[Lemma]:
    """What remains to be shown, each a lemma: the stated hypotheses, then the edited claim, then its level.

    A claim about a probability is a claim about each outcome here: where every outcome that meets the one meets the
    other, it fails no more often.
    """
    given = {k: edited.spelled_out(r) for k, r in edited.given.items()}
    for name, relation in given.items():
        yield _lemma(relation, stated.spelled_out(stated.given[name]), given)
    yield _lemma(stated.spelled_out(stated.claim), edited.spelled_out(edited.claim), given)
    if edited.fails_with is not None:
        allowed, level = (
            lemma.spelled_out(Relation(sp.S.Zero, "<=", sp.sympify(lemma.fails_with))).right
            for lemma in (stated, edited)
        )
        yield _lemma(Relation(allowed, "<=", allowed), Relation(allowed, "<=", level), given)


def _lemma(told: Relation, claim: Relation, given: dict[str, Relation]) -> Lemma:
    """``claim`` follows from ``told``, a relation of the same form with other constants, and the hypotheses."""
    return Lemma(claim, given={**given, STATED: told}, proof=_transitive)


def _transitive(p: Proof) -> Fact:
    """goal.low <= told.low <= told.high <= goal.high."""
    told, goal = p.given(STATED), p.goal
    if told.relation == goal:
        return p.conclude(told)
    known = [p.given(name) for name in p.lemma.given if name != STATED]
    known += [fact for s in _quantities(told.relation, goal) for fact in in_domain(s)]
    smaller = _at_most(goal.low, told.low, known, "the smaller side")
    with suppress(StepFailed):
        known.append(chain(bound(0, "<=", told.low, *known, name="the smaller side is >= 0"), told))
    return p.conclude(chain(smaller, told, _at_most(told.high, goal.high, known, "the larger side")))


def _at_most(low: sp.Expr, high: sp.Expr, known: Sequence[Fact], name: str) -> Fact:
    """low <= high by algebra, as a multiple, or by the sign of the difference."""
    with suppress(StepFailed):
        return bound(low, "<=", high, *known, name=name)
    with suppress(StepFailed):
        factor = _at_least_one(sp.powsimp(high / low), name)
        return times(factor, low, bound(0, "<=", low, *known, name=name), name=name)
    return plus(_nonnegative(high - low, name), low, name=name)


def _at_least_one(factor: sp.Expr, name: str) -> Fact:
    """1 <= factor, which is a number or an exponential."""
    signs = [_nonnegative(factor.args[0], name)] if isinstance(factor, sp.exp) else []
    return bound(1, "<=", factor, *signs, name=name)


def _nonnegative(expr: sp.Expr, name: str) -> Fact:
    """0 <= expr, factor by factor."""
    found = bound(0, "<=", 1, name=name)
    for factor in sp.Mul.make_args(sp.factor_terms(expr)):
        signed = _signed(factor, name)
        found = times(found, signed.high, signed, name=name)
    return bound(0, "<=", expr, found, name=name)


def _signed(factor: sp.Expr, name: str) -> Fact:
    """0 <= factor or 0 <= -factor: visibly, or in few numbers by ball arithmetic."""
    for way in (_visible, _in_balls):
        for signed in (factor, -factor):
            with suppress(StepFailed):
                return way(signed, name)
    raise StepFailed(f"step '{name}': the sign of {factor} is unknown")


def _visible(expr: sp.Expr, name: str) -> Fact:
    return bound(0, "<=", expr, name=name)


def _in_balls(expr: sp.Expr, name: str) -> Fact:
    relation = Relation(sp.S.Zero, "<=", expr)
    if len(relation.symbols) > MOST_NUMBERS:
        raise StepFailed(f"step '{name}': {expr} has too many letters for boxes")
    return certified(relation, {s: s.domain for s in _quantities(relation)}, name=name)


def _quantities(*relations: Relation) -> list[Quantity]:
    """What the relations speak of, in a fixed order, where its declared domain may be believed."""
    found = {s for r in relations for s in r.symbols if isinstance(s, Quantity) and domain_shown(s)}
    return sorted(found, key=str)


__all__ = ["proved"]
