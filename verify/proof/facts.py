"""Facts: relations that only a step, a certificate, another lemma or a rule can make, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import InitVar, dataclass
from functools import lru_cache
from typing import Literal

import sympy as sp

from verify.lemma import Lemma
from verify.proof.algebra import unfold
from verify.proof.declared import domain_shown
from verify.proof.formulas import circular, not_its_own
from verify.proof.terms import DefinedFamily, Exceeds, Index, Iterates, Prob, bound_in, is_fixed
from verify.proof.terms.definitions import put_indices
from verify.proof.visible import unreal
from verify.proof.wellformed import StepFailed as StepFailed
from verify.proof.wellformed import perhaps_unreal, problem
from verify.relations import Op, Relation, free_symbols
from verify.statement import Quantity

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
    inherited = assumptions_of(kept) - frozenset(discharged) | assumptions_of(others)
    if by != "hypothesis":
        wrong = flaw(relation, by, ref, kept, [*inherited, *assumed])
        if wrong is not None:
            raise StepFailed(f"step '{name or ref or relation}': {wrong}")
    return Fact(relation, by, ref, name, kept, inherited | frozenset(assumed), _SEAL)


def flaw(relation: Relation, by: By, ref: str, premises: Iterable[Fact], assumptions: Iterable[Relation]) -> str | None:
    """Why a relation that was made in this way may mean nothing, or not speak of real numbers; or None.

    Instances of what speaks of real numbers do so too, and certificates and lemmas are checked for it themselves. What
    assumes something of a single value of an index shows nothing of a sum over it.
    """
    bound = bound_in(unfold(relation.left)) | bound_in(unfold(relation.right))
    because = [p.relation for p in premises if not assumed_of(p) & bound]
    because += [a for a in assumptions if not _symbols(a) & bound]
    wrong = problem(relation, because)
    if wrong is not None or by in ("certificate", "lemma") or ref == "instance":
        return wrong
    strange = perhaps_unreal(relation, because)
    return None if strange is None else f"{strange} may not be real"


def assumptions_of(facts: Iterable[Fact]) -> frozenset[Relation]:
    """Everything that the facts assume."""
    return frozenset(a for f in facts for a in f.assumptions)


def assume(relation: Relation, name: str = "") -> Fact:
    """The relation under itself as an assumption; a rule must discharge it, or it must be a hypothesis of the lemma."""
    return make(relation, "hypothesis", name, name, assumed=[relation])


def in_domain(quantity: Quantity) -> list[Fact]:
    """What the declared domain of a quantity says: its bounds, as facts.

    Raises StepFailed for a quantity with a definition that does not visibly lie there: its domain shows nothing.
    """
    if not domain_shown(quantity):
        raise StepFailed(
            f"step 'domain of {quantity}': {quantity.definition} does not visibly lie in {quantity.domain}"
        )
    return [make(r, "definition", f"domain of {quantity}") for r in quantity.domain.bounds(quantity).values()]


def value_of(family: DefinedFamily, *indices: sp.Expr) -> Fact:
    """The definition of a member of a defined family."""
    return _defined(family, "value", indices, indices)


def iterate(family: Iterates, k: sp.Expr, *indices: sp.Expr) -> Fact:
    """The definition of an iterate: v(1, r) == start(r), or v(k+1, r) == after(k, r)."""
    if k == 1:
        return _defined(family, "start", indices, (k, *indices))
    if not sp.sympify(k - 1).is_positive:
        raise StepFailed(f"step 'iterate {family.name}': {k} is not visibly beyond the first")
    return _defined(family, "after", (k - 1, *indices), (k, *indices))


def _defined(family: DefinedFamily | Iterates, what: str, at: tuple[sp.Expr, ...], of: tuple[sp.Expr, ...]) -> Fact:
    """family(of) == its formula of this name at ``at``. Raises StepFailed if it is circular, or has other letters."""
    formula = family.definition(len(of))[what]
    strange = not_its_own(formula, len(at))
    if strange is not None:
        raise StepFailed(f"step 'definition of {family.name}': its formula speaks of {strange}, none of its indices")
    rests = circular(family(*of).args[0])
    if rests is not None:
        raise StepFailed(f"step 'definition of {family.name}': it rests on {rests}, which rests on it in turn")
    wrong = unreal(unfold(formula)) if isinstance(family, DefinedFamily) else None
    if wrong is not None:
        raise StepFailed(f"step 'definition of {family.name}': {wrong} may not be real")
    return make(Relation(family(*of), "==", put_indices(formula, at)), "definition", f"definition of {family.name}")


def fails(relation: Relation) -> sp.Expr:
    """The event that a relation low <= high does not hold. Raises StepFailed for a strict one, or an equation."""
    if relation.strict or relation.op == "==":
        raise StepFailed(f"step 'probability': {relation} fails also where its sides are equal, or on either side")
    return Exceeds(relation.low, relation.high)


def with_probability(lemma: Lemma) -> Relation:
    """What a proof of ``lemma`` must conclude: its claim, or a bound on the probability that the claim fails."""
    claim = lemma.spelled_out(lemma.claim)
    if lemma.fails_with is None:
        return claim
    level = lemma.spelled_out(Relation(sp.S.Zero, "<=", sp.sympify(lemma.fails_with))).right
    return Relation(Prob(fails(claim)), "<=", level)


def assumed_of(fact: Fact) -> set[sp.Symbol]:
    """The symbols that the assumptions of a fact speak of."""
    return set().union(*map(_symbols, fact.assumptions))


def free_indices(fact: Fact) -> set[Index]:
    """The generic indices that the assumptions of a fact speak of: no rule may bind one of these."""
    return {s for s in assumed_of(fact) if isinstance(s, Index)}


@lru_cache(maxsize=50_000)  # every fact of a proof shares the few assumptions of the lemma
def _symbols(relation: Relation) -> frozenset[sp.Symbol]:
    return free_symbols(unfold(relation.left)) | free_symbols(unfold(relation.right))


def sure(fact: Fact, name: str, allowed: Sequence[Relation] = ()) -> None:
    """Raise StepFailed if the fact rests on an assumption about something random: then it does not hold surely.

    allowed: relations that hold for every outcome, by the construction of what is random.
    """
    for assumption in fact.assumptions:
        if not is_certain(assumption) and assumption not in allowed:
            raise StepFailed(f"step '{name}': {fact.relation} rests on {assumption}, which may be random")


def is_certain(relation: Relation) -> bool:
    """Whether the relation visibly speaks of data and parameters only, so that chance does not enter."""
    return is_fixed(unfold(relation.left)) and is_fixed(unfold(relation.right))


def need_real(value: sp.Expr, name: str, premises: Sequence[Fact]) -> None:
    """Raise StepFailed if a part of the term may not be real. Premises may show the sign of what stands in a root.

    A premise that assumes something of a single value of an index shows nothing of the others.
    """
    known = [r for p in premises if not free_indices(p) for r in _signs(unfold(p.low), unfold(p.high), p)]
    wrong = unreal(unfold(value), tuple(dict.fromkeys(known)))
    if wrong is not None:
        raise StepFailed(f"step '{name}': {wrong} may not be real")


def _signs(low: sp.Expr, high: sp.Expr, fact: Fact) -> list[Relation]:
    """low <= high, and, from a number >= 0 that is at most c a, with c visibly positive, also 0 <= a."""
    op: Op = "==" if fact.relation.op == "==" else "<" if fact.relation.strict else "<="
    if not (low.is_Number and low >= 0):
        return [Relation(low, op, high)]
    rest = sp.Mul(*[a for a in sp.Mul.make_args(high) if not a.is_positive])
    return [Relation(low, op, high), Relation(sp.S.Zero, op if low == 0 else "<", rest)]
