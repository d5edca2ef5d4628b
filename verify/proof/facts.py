"""Facts: relations that can only be made by algebra, a certificate, another lemma, or a rule that builds them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass
from functools import lru_cache
from typing import Any, Literal

import sympy as sp

from verify.lemma import Lemma
from verify.proof.algebra import NotMonotone, equal, lowered, no_larger, nonnegative, raised, unfold
from verify.proof.terms import DefinedFamily, Exceeds, Expect, FamilyOf, Index, Iterates, Prob, bound_in, is_fixed
from verify.proof.wellformed import StepFailed as StepFailed
from verify.proof.wellformed import at_indices, problem, replace_in
from verify.statement import Domain, Op, Quantity, Relation

By = Literal["algebra", "certificate", "lemma", "rule", "hypothesis", "definition"]
_SEAL = object()


@dataclass(frozen=True, eq=False)
class Fact:
    """A relation shown for all values of its generic indices, under ``assumptions``. Only this package makes facts."""

    relation: Relation
    by: By
    ref: str
    name: str
    premises: tuple[Fact, ...]
    assumptions: frozenset[Relation]
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("a Fact is made by a step of a proof, never by hand")

    @property
    def left(self) -> sp.Expr:
        return self.relation.left

    @property
    def right(self) -> sp.Expr:
        return self.relation.right

    @property
    def low(self) -> sp.Expr:
        return self.relation.low

    @property
    def high(self) -> sp.Expr:
        return self.relation.high

    def steps(self) -> list[Fact]:
        """All facts this one rests on, premises before what uses them, itself last."""
        found: dict[int, Fact] = {}
        _collect(self, found)
        return list(found.values())


def _collect(fact: Fact, found: dict[int, Fact]) -> None:
    for premise in fact.premises:
        if id(premise) not in found:
            _collect(premise, found)
    found[id(fact)] = fact


def make(
    relation: Relation,
    by: By,
    ref: str,
    name: str = "",
    premises: Iterable[Fact] = (),
    *,
    assumed: Iterable[Relation] = (),
    discharged: Iterable[Relation] = (),
    of: Iterable[Fact] | None = None,
) -> Fact:
    """For this package and its rules only: a fact with the assumptions of its premises.

    The ``discharged`` ones are dropped from the premises ``of`` only (from all, if not given). Raises TypeError for a
    premise that is no Fact, StepFailed for a relation that may mean nothing.
    """
    kept = tuple(premises)
    if not all(isinstance(p, Fact) for p in kept):
        raise TypeError(f"step '{name or ref}': a premise is no Fact")
    others = list(kept) if of is not None else []
    for premise in of or ():
        others.remove(premise)
    inherited = _own(kept) - frozenset(discharged) | _own(others)
    if by != "hypothesis":
        wrong = problem(relation, [*(p.relation for p in kept), *inherited, *assumed])
        if wrong:
            raise StepFailed(f"step '{name or ref or relation}': {wrong}")
    return Fact(relation, by, ref, name, kept, inherited | frozenset(assumed), _SEAL)


def assume(relation: Relation, name: str = "") -> Fact:
    """The relation under itself as an assumption; a rule must discharge it, or it must be a hypothesis of the lemma."""
    return make(relation, "hypothesis", name, name, assumed=[relation])


def in_domain(quantity: Quantity) -> list[Fact]:
    """What the declared domain of a quantity says: its bounds, as facts."""
    return [make(r, "definition", f"domain of {quantity}") for r in bounds_of(quantity, quantity.domain)]


def value_of(family: DefinedFamily, *indices: sp.Expr) -> Fact:
    """The definition of a member of a defined family."""
    return _defined(family, family.value, indices, indices)


def iterate(family: Iterates, k: sp.Expr, *indices: sp.Expr) -> Fact:
    """The definition of an iterate: v(1, r) == start(r), or v(k+1, r) == after(k, r)."""
    if k == 1:
        return _defined(family, family.start, indices, (k, *indices))
    if not sp.sympify(k - 1).is_positive:
        raise StepFailed(f"step 'iterate {family.name}': {k} is not visibly beyond the first")
    return _defined(family, family.after, (k - 1, *indices), (k, *indices))


_definitions: dict[tuple[str, bool, int], sp.Expr] = {}  # by name, whether it is a start, number of indices


def _defined(
    family: DefinedFamily | Iterates, value: Callable[..., sp.Expr], at: tuple[sp.Expr, ...], of: tuple[sp.Expr, ...]
) -> Fact:
    """family(of) == value(at). Raises StepFailed if another family of the same name is defined otherwise."""
    generic = value(*[sp.Symbol(f"@{place}", integer=True, positive=True) for place in range(len(at))])
    if _definitions.setdefault((family.name, len(at) < len(of), len(at)), generic) != generic:
        raise StepFailed(f"step 'definition of {family.name}': the name already has another definition")
    return make(Relation(family(*of), "==", at_indices(value, at)), "definition", f"definition of {family.name}")


def bounds_of(value: sp.Expr, domain: Domain) -> list[Relation]:
    """lower <= value and value <= upper, where finite, strict where open."""
    found = []
    if domain.lower != -sp.oo:
        found.append(Relation(domain.lower, "<" if domain.open_lower else "<=", value))
    if domain.upper != sp.oo:
        found.append(Relation(value, "<" if domain.open_upper else "<=", domain.upper))
    return found


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
    """
    bound = _bound(relation).union(*(_bound(f.relation) for f in facts))
    blocked = bound & {index for fact in facts for index in free_indices(fact)}
    if blocked:
        raise StepFailed(f"step '{name or relation}': an assumption speaks of {blocked}, which the claim ranges over")


def _outcomewise(relation: Relation, facts: Sequence[Fact], name: str) -> None:
    """Raise StepFailed if an equation that assumes something random could be used inside an expectation.

    Such an equation speaks of one outcome, an expectation of them all.
    """
    sides = [unfold(side) for r in (relation, *(f.relation for f in facts)) for side in (r.left, r.right)]
    inside = [a for side in sides for a in side.atoms(Prob, Expect)]
    for fact in facts:
        if inside and fact.relation.op == "==" and not all(map(_is_fixed, fact.assumptions)):
            ends = [unfold(side) for side in (fact.left, fact.right)]
            if any(a.has(end) and a != end for a in inside for end in ends):
                raise StepFailed(f"step '{name or relation}': {fact.relation} holds on one outcome, not in expectation")


def _bound(relation: Relation) -> frozenset[sp.Basic]:
    """The indices that sums and suprema in the relation range over."""
    return bound_in(unfold(relation.left)) | bound_in(unfold(relation.right))


ROUNDS = 4


def follows(goal: Relation, known: Sequence[Relation]) -> bool:
    """Whether ``goal`` follows from the known relations by a few rounds of replacement in either side, and algebra."""
    return _follows(goal, tuple(known))


@lru_cache(maxsize=100_000)  # planted faults run a proof again and again, with one step changed
def _follows(goal: Relation, known: tuple[Relation, ...]) -> bool:
    low, high = unfold(goal.low), unfold(goal.high)
    unfolded = [Relation(unfold(r.left), r.op, unfold(r.right)) for r in known]
    exact = {r.left: r.right for r in unfolded if r.op == "=="}
    if exact:
        moved = [_exchanged(r, exact) for r in unfolded if r.op != "=="]
        upward: Op = "==" if goal.op == "==" else ("<" if goal.strict else "<=")
        at = _exchanged(Relation(low, upward, high), exact)
        if (at.low, at.high, moved) != (low, high, unfolded) and follows(at, moved):
            return True
    if goal.strict:
        return _strictly(low, high, unfolded)
    if goal.op == "==":
        return any(equal(a, b) for a, b in _replaced(low, high, [r for r in unfolded if r.op == "=="]))
    rescaled = [v for r in unfolded for v in _rescaled(r)]
    return any(no_larger(a, b, facts) for facts in (unfolded, rescaled) for a, b in _replaced(low, high, facts))


def _exchanged(relation: Relation, exact: Mapping[sp.Expr, sp.Expr]) -> Relation:
    return Relation(relation.left.xreplace(exact), relation.op, relation.right.xreplace(exact))


def _strictly(low: sp.Expr, high: sp.Expr, known: Sequence[Relation]) -> bool:
    """Whether low < high: the difference is visibly positive after replacement, or a strict relation lies between."""
    rescaled = [v for r in known for v in _rescaled(r)]
    if any(sp.simplify(b - a).is_positive for a, b in _replaced(low, high, rescaled)):
        return True
    between = [r for r in rescaled if r.strict]
    return any(follows(_at_most(low, r.low), known) and follows(_at_most(r.high, high), known) for r in between)


def _at_most(low: sp.Expr, high: sp.Expr) -> Relation:
    return Relation(low, "<=", high)


def _rescaled(relation: Relation) -> Iterator[Relation]:
    """The relation, and the same one divided by the rational coefficient of either side, so that parts can match."""
    yield relation
    op: Op = relation.op if relation.op == "==" else ("<" if relation.strict else "<=")
    for side in (relation.low, relation.high):
        factor = side.as_coeff_Mul()[0]
        if factor.is_Rational and factor not in (0, 1) and not side.is_Number:
            low, high = relation.low / factor, relation.high / factor
            yield Relation(low, op, high) if factor > 0 else Relation(high, op, low)


def _replaced(low: sp.Expr, high: sp.Expr, known: Sequence[Relation]) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """(low or an upper bound of it, high or a lower bound of it), the cheapest pairs first."""
    lows, highs = _rounds(low, known, raised), _rounds(high, known, lowered)
    pairs = sorted(itertools.product(range(len(lows)), range(len(highs))), key=sum)
    yield from ((lows[a], highs[b]) for a, b in pairs)


def _rounds(
    expr: sp.Expr, known: Sequence[Relation], move: Callable[[sp.Expr, Sequence[Relation]], sp.Expr]
) -> list[sp.Expr]:
    """The expression and what up to ROUNDS rounds of replacement make of it."""
    found = [expr]
    for _ in range(ROUNDS):
        try:
            moved = move(found[-1], known)
        except NotMonotone:
            break
        if moved in found:
            break
        found.append(moved)
    return found


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
    left, right = (sp.expand(side + term) if expand else side + term for side in (fact.left, fact.right))
    relation = Relation(left, fact.relation.op, right)
    return make(relation, "algebra", "addition", name, [fact])


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


def certified(relation: Relation, domains: Mapping[sp.Symbol, Domain], *given: Relation, name: str = "") -> Fact:
    """A scalar inequality by ball arithmetic over the whole box, for all values of its symbols there.

    Raises StepFailed if it is not certified. The domains (and ``given``) become assumptions.
    """
    from verify.balls.certify import certify

    unknown = {s for r in (relation, *given) for s in r.symbols} - set(domains)
    if unknown:
        raise StepFailed(f"step '{name or relation}': no domain for {', '.join(sorted(map(str, unknown)))}")
    between = [s for s, domain in domains.items() if domain.integer and not s.is_integer]
    if between:
        raise StepFailed(f"step '{name or relation}': {between[0]} is not declared to be an integer")
    found = certify(relation, domains, given)
    if found.status != "proved":
        raise StepFailed(f"step '{name or relation}': {relation} is {found.status} by ball arithmetic")
    assumed = [*given, *(r for s, d in domains.items() for r in bounds_of(s, d) if not _declared(s, d))]
    return make(relation, "certificate", found.method, name, assumed=assumed)


def _declared(symbol: sp.Symbol, domain: Domain) -> bool:
    return isinstance(symbol, Quantity) and symbol.domain == domain


def instance(fact: Fact, values: Mapping[Any, Any], *facts: Fact, name: str = "") -> Fact:
    """The fact with symbols, indices or vector families replaced; ``facts`` must give its assumptions, replaced too.

    Raises StepFailed if an assumption, or the domain of a replaced quantity, does not follow.
    """
    needed = [substitute(a, values) for a in fact.assumptions] + domain_of(values)
    require(needed, facts, name or fact.name)
    values_defined(values, facts, name or fact.name)
    relation = substitute(fact.relation, values)
    return make(relation, "algebra", "instance", name, [fact, *facts], discharged=fact.assumptions - _own(facts))


def _own(facts: Iterable[Fact]) -> frozenset[Relation]:
    return frozenset(a for f in facts for a in f.assumptions)


def values_defined(values: Mapping[Any, Any], facts: Sequence[Fact], name: str) -> None:
    """Raise StepFailed if a value has a denominator that may vanish: it could cancel unseen."""
    for key, value in values.items():
        if not isinstance(key, FamilyOf):
            wrong = problem(Relation(sp.sympify(value), "==", sp.sympify(value)), [f.relation for f in facts])
            if wrong:
                raise StepFailed(f"step '{name}': {wrong}")


def domain_of(values: Mapping[Any, Any]) -> list[Relation]:
    """What must hold so that each replaced quantity still lies in its domain."""
    return [r for s, v in values.items() if isinstance(s, Quantity) for r in bounds_of(sp.sympify(v), s.domain)]


def require(needed: Iterable[Relation], facts: Sequence[Fact], name: str) -> None:
    """Raise StepFailed unless every needed relation follows from the facts."""
    known = [f.relation for f in facts]
    for relation in needed:
        _pointwise(relation, facts, name)
        if not follows(relation, known):
            raise StepFailed(f"step '{name}': the hypothesis {relation} is not discharged")


def substitute(relation: Relation, values: Mapping[Any, Any]) -> Relation:
    """Replace quantities, indices and vector families (FamilyOf keys; values are functions of the indices).

    Measured quantities that are defined through what is replaced are unfolded first. Raises StepFailed if a value
    speaks of an index over which the relation sums.
    """
    return replace_in(relation, values)


def fails(relation: Relation) -> sp.Expr:
    """The event that a relation low <= high does not hold."""
    return Exceeds(relation.low, relation.high)


def with_probability(lemma: Lemma) -> Relation:
    """What a proof of ``lemma`` must conclude: its claim, or a bound on the probability that the claim fails."""
    claim = lemma.spelled_out(lemma.claim)
    if lemma.fails_with is None:
        return claim
    level = lemma.spelled_out(Relation(sp.S.Zero, "<=", sp.sympify(lemma.fails_with))).right
    return Relation(Prob(fails(claim)), "<=", level)


def sure(fact: Fact, name: str, allowed: Sequence[Relation] = ()) -> None:
    """Raise StepFailed if the fact rests on an assumption about something random: then it does not hold surely.

    allowed: relations that hold for every outcome, by the construction of what is random.
    """
    for assumption in fact.assumptions:
        if not _is_fixed(assumption) and assumption not in allowed:
            raise StepFailed(f"step '{name}': {fact.relation} rests on {assumption}, which may be random")


def _is_fixed(relation: Relation) -> bool:
    return is_fixed(unfold(relation.left)) and is_fixed(unfold(relation.right))


def free_indices(fact: Fact) -> set[Index]:
    """The generic indices that the assumptions of a fact speak of: no rule may bind one of these."""
    return {
        s
        for a in fact.assumptions
        for s in unfold(a.left).free_symbols | unfold(a.right).free_symbols
        if isinstance(s, Index)
    }
