"""The steps of a proof that need no textbook: algebra, calculations, certificates, instances of facts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import sympy as sp

from verify.proof.algebra import equal, multiplied_out, nonnegative, unfold
from verify.proof.declared import domain_shown
from verify.proof.entailment import follows
from verify.proof.facts import Fact, assumed_of, assumptions_of, is_certain, make, need_real
from verify.proof.terms import AVERAGED, FamilyOf, bound_in
from verify.proof.values import replace_in
from verify.proof.wellformed import StepFailed, perhaps_unreal, problem
from verify.relations import Op, Relation
from verify.statement import Domain, Quantity


def algebra(left: Any, right: Any, name: str = "") -> Fact:
    """left == right, proved by SymPy after unfolding definitions. Raises StepFailed if SymPy cannot."""
    relation = Relation(sp.sympify(left), "==", sp.sympify(right))
    if not equal(unfold(relation.left), unfold(relation.right)):
        raise StepFailed(f"step '{name or relation}': SymPy does not prove {relation}")
    return make(relation, "algebra", "algebra", name)


def bound(left: Any, op: Literal["<=", ">=", "=="], right: Any, *facts: Fact, name: str = "") -> Fact:
    """``left op right`` by putting larger for smaller (or equal) parts, as ``facts`` allow, and algebra.

    Raises StepFailed, naming the step, if the facts do not give it.
    """
    relation = Relation(sp.sympify(left), op, sp.sympify(right))
    _pointwise(relation, facts, name)
    _outcomewise(relation, facts, name)
    if not follows(relation, [f.relation for f in facts]):
        given = "; ".join(str(f.relation) for f in facts) or "algebra alone"
        raise StepFailed(f"step '{name or relation}': {relation} does not follow from {given}")
    return make(relation, "algebra", "monotone substitution", name, facts)


def _pointwise(relation: Relation, facts: Sequence[Fact], name: str) -> None:
    """Raise StepFailed if a fact that assumes something of one index value would be used under a sum over that index.

    An assumption with a free index speaks of that value alone, so that cases can be told apart value by value.
    Likewise of the letter of an integral.
    """
    bound = _bound(relation).union(*(_bound(f.relation) for f in facts))
    blocked = bound & {symbol for fact in facts for symbol in assumed_of(fact)}
    if blocked:
        raise StepFailed(f"step '{name or relation}': an assumption speaks of {blocked}, which the claim ranges over")


def _outcomewise(relation: Relation, facts: Sequence[Fact], name: str) -> None:
    """Raise StepFailed if an equation that assumes something random could be used inside an expectation.

    Such an equation speaks of one outcome, an expectation of them all.
    """
    inside = set().union(
        *(_chances(side) for r in (relation, *(f.relation for f in facts)) for side in (r.left, r.right))
    )
    for fact in facts:
        if inside and fact.relation.op == "==" and not all(map(is_certain, fact.assumptions)):
            ends = [unfold(side) for side in (fact.left, fact.right)]
            if any(a.has(end) and a != end for a in inside for end in ends):
                raise StepFailed(f"step '{name or relation}': {fact.relation} holds on one outcome, not in expectation")


@lru_cache(maxsize=50_000)
def _chances(side: sp.Expr) -> frozenset[sp.Expr]:
    """What speaks of all outcomes at once, in one side of a relation."""
    return frozenset(unfold(side).atoms(*AVERAGED))


def _bound(relation: Relation) -> frozenset[sp.Basic]:
    """The indices that sums and suprema in the relation range over."""
    return bound_in(unfold(relation.left)) | bound_in(unfold(relation.right))


def calc(name: str, start: Any, *steps: tuple[Literal["<=", "==", ">="], Any, Sequence[Fact]]) -> Fact:
    """A calculation: start op1 e1 (because facts) op2 e2 (because facts) ..., all in one direction.

    Raises StepFailed, naming the calculation and the line.
    """
    found, at = [], sp.sympify(start)
    for number, (op, expr, facts) in enumerate(steps, 1):
        found.append(bound(at, op, expr, *facts, name=f"{name}, line {number}"))
        at = sp.sympify(expr)
    down = any(op == ">=" for op, _, _ in steps)
    if down and any(op == "<=" for op, _, _ in steps):
        raise StepFailed(f"step '{name}': a calculation goes in one direction only")
    return chain(*(reversed(found) if down else found), name=name)


def chain(*facts: Fact, name: str = "") -> Fact:
    """Transitivity: a <= b, b <= c, ... give a <= last; equal neighbours are matched by algebra. Raises StepFailed."""
    for one, after in itertools.pairwise(facts):
        if not equal(unfold(one.high), unfold(after.low)):
            raise StepFailed(f"step '{name or one.name}': {one.high} is not {after.low}")
    ops = {f.relation.op for f in facts}
    op: Op = "==" if ops == {"=="} else ("<" if ops & {"<", ">"} else "<=")
    return make(Relation(facts[0].low, op, facts[-1].high), "algebra", "transitivity", name, facts)


def times(fact: Fact, factor: sp.Expr, *signs: Fact, name: str = "") -> Fact:
    """Both sides multiplied by a factor that is >= 0, visibly or by ``signs``. Raises StepFailed otherwise."""
    _pointwise(Relation(factor, "==", factor), signs, name or fact.name)
    known = [Relation(unfold(s.left), s.relation.op, unfold(s.right)) for s in signs]
    if not nonnegative(unfold(factor), known) or not _finite(unfold(factor), known):
        raise StepFailed(f"step '{name or fact.name}': the sign of {factor} is unknown, or it may be infinite")
    op: Op = "==" if fact.relation.op == "==" else "<="
    return make(Relation(fact.low * factor, op, fact.high * factor), "algebra", "multiplication", name, [fact, *signs])


def _finite(factor: sp.Expr, known: Sequence[Relation]) -> bool:
    """Whether nothing that may be 0 stands in a denominator of the factor."""
    shown = {r.high for r in known if r.strict and r.low.is_nonnegative}
    return all(p.exp.is_nonnegative or p.base.is_positive or p.base in shown for p in factor.atoms(sp.Pow))


def plus(fact: Fact, term: sp.Expr, name: str = "", expand: bool = True) -> Fact:
    """The same number added to both sides, which are expanded unless ``expand`` is false."""
    left, right = (multiplied_out(side + term) if expand else side + term for side in (fact.left, fact.right))
    relation = Relation(left, fact.relation.op, right)
    return make(relation, "algebra", "addition", name, [fact])


def certified(relation: Relation, domains: Mapping[sp.Symbol, Domain], *given: Relation, name: str = "") -> Fact:
    """A scalar inequality by ball arithmetic over the whole box, for all values of its symbols there.

    Raises StepFailed if it is not certified. The domains (and ``given``) become assumptions.
    """
    from verify.balls.certify import certify
    from verify.balls.compile import UnknownNode

    unknown = {s for r in (relation, *given) for s in r.symbols} - set(domains)
    if unknown:
        raise StepFailed(f"step '{name or relation}': no domain for {', '.join(sorted(map(str, unknown)))}")
    between = [s for s, domain in domains.items() if domain.integer and not s.is_integer]
    if between:
        raise StepFailed(f"step '{name or relation}': {between[0]} is not declared to be an integer")
    try:
        found = certify(relation, domains, given)
    except UnknownNode as problem:
        raise StepFailed(f"step '{name or relation}': {problem}, which balls cannot enclose") from None
    if found.status != "proved":
        raise StepFailed(f"step '{name or relation}': {relation} is {found.status} by ball arithmetic")
    assumed = [*given, *(r for s, d in domains.items() for r in d.bounds(s).values() if not _declared(s, d))]
    return make(relation, "certificate", found.method, name, assumed=assumed)


def _declared(symbol: sp.Symbol, domain: Domain) -> bool:
    return isinstance(symbol, Quantity) and symbol.domain == domain and domain_shown(symbol)


def instance(fact: Fact, values: Mapping[Any, Any], *facts: Fact, name: str = "") -> Fact:
    """The fact with symbols, indices or vector families replaced; ``facts`` must give its assumptions, replaced too.

    Raises StepFailed if an assumption, or the domain of a replaced quantity, does not follow.
    """
    needed = [substitute(a, values) for a in fact.assumptions] + domain_of(values)
    require(needed, facts, name or fact.name)
    values_defined(values, facts, name or fact.name)
    relation = substitute(fact.relation, values)
    discharged = fact.assumptions - assumptions_of(facts)
    return make(relation, "algebra", "instance", name, [fact, *facts], discharged=discharged)


def values_defined(values: Mapping[Any, Any], facts: Sequence[Fact], name: str) -> None:
    """Raise StepFailed for a value with a denominator that may vanish, which could cancel unseen, or not real."""
    for key, value in values.items():
        if not isinstance(key, FamilyOf):
            wrong = problem(Relation(sp.sympify(value), "==", sp.sympify(value)), [f.relation for f in facts])
            if wrong:
                raise StepFailed(f"step '{name}': {wrong}")
            need_real(sp.sympify(value), name, facts)


def domain_of(values: Mapping[Any, Any]) -> list[Relation]:
    """What must hold so that each replaced quantity still lies in its domain."""
    return [r for s, v in values.items() if isinstance(s, Quantity) for r in s.domain.bounds(sp.sympify(v)).values()]


def require(needed: Iterable[Relation], facts: Sequence[Fact], name: str) -> None:
    """Raise StepFailed unless every needed relation means something and follows from the facts."""
    known = [f.relation for f in facts]
    for relation in needed:
        _pointwise(relation, facts, name)
        _outcomewise(relation, facts, name)
        if not follows(relation, known):
            raise StepFailed(f"step '{name}': the hypothesis {relation} is not discharged")
        wrong = problem(relation, known)  # SymPy takes 0 <= 1/x^2 for true, wherever x is
        if wrong is not None:
            raise StepFailed(f"step '{name}': in the hypothesis {relation}, {wrong}")
        strange = perhaps_unreal(relation, known)
        if strange is not None:
            raise StepFailed(f"step '{name}': {strange} in the hypothesis {relation} may not be real")


def substitute(relation: Relation, values: Mapping[Any, Any]) -> Relation:
    """Replace quantities, indices and vector families (FamilyOf keys; values are functions of the indices).

    Measured quantities that are defined through what is replaced are unfolded first. Raises StepFailed if a value
    speaks of an index over which the relation sums.
    """
    return replace_in(relation, values)
