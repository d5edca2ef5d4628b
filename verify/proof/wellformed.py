"""What a relation must look like to mean something, and which values may stand for a symbol of a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import sympy as sp

from verify.proof import terms
from verify.proof.algebra import nonnegative, unfold
from verify.proof.terms import (
    Datum,
    DatumNumber,
    Defined,
    Expect,
    FamilyOf,
    Gaussian,
    Index,
    Iterate,
    Mat,
    Prob,
    Rademacher,
    Scalar,
    Sign,
    Vec,
    bound_in,
    is_fixed,
    is_vector,
    put,
)
from verify.proof.terms.families import Member
from verify.statement import Quantity, Relation, Size


class StepFailed(Exception):
    """A proof step that does not follow; the message names the step."""


@lru_cache(maxsize=50_000)
def indices_in(expr: sp.Basic) -> frozenset[Index]:
    """Every generic index of the expression, those that sums and suprema range over among them."""
    return frozenset(s for s in expr.atoms(sp.Symbol) | bound_in(expr) if isinstance(s, Index))


@lru_cache(maxsize=50_000)
def spoken(expr: sp.Expr) -> frozenset[sp.Symbol]:
    """Every symbol that the value of the expression may depend on: the free ones, and those in sizes of ranges."""
    unfolded = unfold(sp.sympify(expr))
    sizes = {s for index in indices_in(unfolded) for s in index.size.free_symbols}
    return frozenset(unfolded.free_symbols | sizes)


def in_range(value: sp.Expr, size: sp.Expr) -> bool:
    """Whether the value is generic over the range 1..size, or its first or last value."""
    ends = value in (1, size) and bool(size.is_positive)
    return bool(getattr(value, "size", None) == size or ends)


# --- relations --------------------------------------------------------------------------------------------------------


def problem(relation: Relation, because: Iterable[Relation] = ()) -> str | None:
    """Why the relation may mean nothing, or None. What stands in ``because`` is known to be defined.

    Sums must run over the whole range of an index; denominators must not vanish and logarithms be of positive numbers,
    visibly or as ``because`` says.
    """
    return _problem(relation, tuple(dict.fromkeys(because)))


@lru_cache(maxsize=50_000)  # planted faults run a proof again and again, with one step changed
def _problem(relation: Relation, because: tuple[Relation, ...]) -> str | None:
    if relation.op not in ("<=", ">=", "<", ">", "=="):
        return f"{relation.op} is no relation"
    double = of_two_kinds((relation, *because))
    if double is not None:
        return f"{double} is the name of families of different kinds"
    known = [Relation(unfold(r.left), r.op, unfold(r.right)) for r in because]
    sides = [unfold(relation.left), unfold(relation.right)]
    for side in sides:
        if side.has(sp.I, sp.nan, sp.zoo):
            return f"{side} is not real"
        if side.has(sp.Float):
            return f"{side} has a float in it, which rounds"
        loose = next((i for i in indices_in(side) if not _one_size(i)), None)
        if loose is not None:
            return f"{loose} runs to {loose.size}, which may be random or another for each index"
        for found in side.atoms(sp.Sum):
            if any(not isinstance(i, Index) or low != 1 or high != i.size for i, low, high in found.limits):
                return f"{found} does not run over the range of an index"
    shown = {p for r in known for side in (r.left, r.right) for p in _partial(side)}
    partial = {p for side in sides for p in _partial(side)} - shown
    undefined = min((p for p in partial if not _defined(p, known)), key=str, default=None)
    return None if undefined is None else f"{undefined} may be undefined"


@lru_cache(maxsize=50_000)
def _one_size(index: Index) -> bool:
    size = unfold(index.size)
    return is_fixed(size) and not any(isinstance(s, Index) for s in spoken(size))


def of_two_kinds(relations: Iterable[Relation]) -> str | None:
    """A name that stands for families of different kinds (for data and for Gaussian vectors, say), or None.

    An instance has one array of that name. Fair signs are signs: these two kinds go together.
    """
    found = frozenset[tuple[str, type]]().union(*(_kinds(side) for r in relations for side in (r.left, r.right)))
    names = [name for name, _ in found]
    return min((name for name in names if names.count(name) > 1), default=None)


@lru_cache(maxsize=50_000)
def _kinds(expr: sp.Expr) -> frozenset[tuple[str, type]]:
    """The names of the families in an expression, each with its kind."""
    members = unfold(sp.sympify(expr)).atoms(Member)
    return frozenset((a.family, Sign if isinstance(a, Sign) else type(a)) for a in members)


@lru_cache(maxsize=50_000)
def _partial(expr: sp.Expr) -> frozenset[sp.Expr]:
    """The parts that are not defined everywhere."""
    powers = {p for p in expr.atoms(sp.Pow) if not (p.exp.is_integer and p.exp.is_nonnegative)}
    logarithms: set[sp.Expr] = expr.atoms(sp.log)
    return frozenset(powers | logarithms)


def _defined(part: sp.Expr, known: list[Relation]) -> bool:
    if isinstance(part, sp.log):
        return _positive(part.args[0], known)
    if part.exp.is_nonnegative:
        return True  # a root whose sign is not known is nowhere taken to be real
    if part.exp.is_integer:
        return bool(part.base.is_nonzero) or _positive(part.base, known) or _positive(-part.base, known)
    return _positive(part.base, known)


def _positive(expr: sp.Expr, known: list[Relation]) -> bool:
    """Whether the expression is certainly > 0, by SymPy's assumptions, its form, or a strict relation."""
    if expr.is_positive or any(r.strict and sp.expand(r.high - r.low - expr) == 0 for r in known):
        return True
    if any(r.high == expr and (r.low.is_positive or (r.strict and nonnegative(r.low, known))) for r in known):
        return True
    if isinstance(expr, sp.Add):
        return all(nonnegative(a, known) for a in expr.args) and any(_positive(a, known) for a in expr.args)
    if isinstance(expr, sp.Mul):
        return all(_positive(a, known) for a in expr.args)
    if isinstance(expr, sp.Sum):
        return _positive(expr.function, known) and all(bool(i.size.is_positive) for i in expr.variables)
    return isinstance(expr, sp.Pow) and bool(expr.exp.is_real) and _positive(expr.base, known)


_REAL = (sp.exp, sp.Abs, sp.erf, sp.erfc, sp.sinh, sp.cosh, sp.tanh, sp.Max, sp.Min, sp.KroneckerDelta)


@lru_cache(maxsize=50_000)
def unreal(expr: sp.Expr, known: tuple[Relation, ...] = ()) -> sp.Expr | None:
    """A part of an unfolded expression that is not visibly real (``known`` gives signs), or None.

    Members of families and matrices are real by themselves; what stands before them may not be. The largest of absolute
    values is real whatever they are of.
    """
    moduli = [found for found in expr.atoms(terms.Sup) if isinstance(found.args[0].expr, sp.Abs)]
    expr = expr.xreplace(dict.fromkeys(moduli, sp.S.One))
    parts = expr.atoms(sp.Pow, sp.Function, sp.Symbol, sp.NumberSymbol, sp.core.numbers.ImaginaryUnit)
    return min((part for part in parts if not _is_real(part, known)), key=str, default=None)


def _is_real(part: sp.Expr, known: tuple[Relation, ...]) -> bool:
    """Whether a power, a function or a letter is real if what stands in it is."""
    if part.is_real or isinstance(part, _REAL) or type(part).__module__.startswith(terms.__name__):
        return True
    if isinstance(part, sp.log):
        return _positive(part.args[0], list(known))
    return isinstance(part, sp.Pow) and bool(part.exp.is_integer or nonnegative(part, known))


# --- values -----------------------------------------------------------------------------------------------------------


def replace_in(relation: Relation, values: Mapping[Any, Any]) -> Relation:
    """The relation with quantities, indices and families replaced. Raises StepFailed for a value that does not fit."""
    families = {key.name: value for key, value in values.items() if isinstance(key, FamilyOf)}
    plain = {key: sp.sympify(value) for key, value in values.items() if not isinstance(key, FamilyOf)}
    if families or any(_hidden(side, set(plain)) for side in (relation.left, relation.right)):
        relation = Relation(unfold(relation.left), relation.op, unfold(relation.right))
    random = any(unfold(side).has(Prob, Expect) for side in (relation.left, relation.right))
    for key, value in plain.items():
        _fits(key, value, random)
    _nothing_opaque(relation, {*plain, *families})
    _nothing_defined(relation, [str(k) for k, v in plain.items() if k != v and not isinstance(k, Index)] + [*families])
    _stays_independent(relation, families, random)
    left, right = (_moved(side, plain, families, random) for side in (relation.left, relation.right))
    return Relation(left, relation.op, right)


def _hidden(side: sp.Expr, replaced: set[Any]) -> bool:
    """Whether a measured quantity is defined through something that is to be replaced, ranges of indices among it.

    It may be so although the same symbol also stands beside it, in the open.
    """
    measured = (s.definition for s in side.free_symbols if isinstance(s, Quantity) and s.definition is not None)
    return any(spoken(definition) & replaced for definition in measured)


def _fits(key: Any, value: sp.Expr, random: bool) -> None:
    """Raise StepFailed unless ``value`` is of the kind that ``key`` stands for."""
    if isinstance(key, Index):
        if not in_range(value, key.size):
            raise StepFailed(f"{value} is not visibly in the range 1..{key.size} of {key}")
        return
    if key == value:
        return
    if not isinstance(key, Quantity) or key.definition is not None or (key.measure and not key.is_integer):
        raise StepFailed(f"{key} is no free quantity: it cannot be replaced")
    if key.is_integer and not value.is_integer:
        raise StepFailed(f"{value} is not visibly an integer, which {key} is")
    if is_vector(value) or value.is_real is False or isinstance(value, Mat):
        raise StepFailed(f"{value} is no real number")
    if random and not is_fixed(unfold(value)):
        raise StepFailed(f"{value} may be random, and {key} stands in a claim about probabilities")


def _nothing_opaque(relation: Relation, replaced: set[Any]) -> None:
    """Raise StepFailed if a quantity is measured in a way that proofs cannot see, and so may depend on what moves."""
    for s in relation.symbols - replaced if replaced else ():
        if isinstance(s, Quantity) and s.measure and s.definition is None and not isinstance(s, Size):
            raise StepFailed(f"{s} has no definition, so it may depend on {', '.join(sorted(map(str, replaced)))}")


def _nothing_defined(relation: Relation, replaced: list[str]) -> None:
    """Raise StepFailed if something is replaced beside iterates or numbers given by a formula, which may contain it."""
    sides = (relation.left, relation.right) if replaced else ()
    found = {a for side in sides for a in unfold(side).atoms(Defined, Iterate)}
    if found:
        name = min(str(a.family) for a in found)
        raise StepFailed(f"{name} has a definition, which may depend on {', '.join(sorted(replaced))}")


def _stays_independent(relation: Relation, families: Mapping[str, Callable[..., sp.Expr]], random: bool) -> None:
    """Raise StepFailed if two independent families of a claim about probabilities would become one."""
    members = {a for side in (relation.left, relation.right) for a in side.atoms(Gaussian, Rademacher)}
    moved = {a.family: _member(a, families[a.family], random) for a in members if a.family in families}
    names = [str(getattr(moved.get(name), "family", name)) for name in {a.family for a in members}]
    if random and len(set(names)) < len(names):
        raise StepFailed(f"two independent families would both be {', '.join(sorted(names))}")


def _moved(
    expr: sp.Expr, plain: Mapping[Any, sp.Expr], families: Mapping[str, Callable[..., sp.Expr]], random: bool
) -> sp.Expr:
    try:
        sizes = {i: Index(i.name, put(i.size, plain)) for i in indices_in(expr) if i not in plain}
    except ValueError as problem:
        raise StepFailed(str(problem)) from None
    expr = expr.xreplace({i: new for i, new in sizes.items() if i != new})
    bound = bound_in(expr)
    caught = bound & {s for v in plain.values() for s in v.free_symbols}
    if caught:
        raise StepFailed(f"the value for a quantity speaks of {caught}, over which {expr} sums")
    moved = put(expr, plain)

    def value(member: Any) -> sp.Expr:
        found = _member(member, families[member.family], random)
        caught = (found.free_symbols - member.free_symbols) & bound
        if caught:
            raise StepFailed(f"the value for {member} speaks of {caught}, over which the relation sums")
        return found

    return moved.replace(lambda e: isinstance(e, (Vec, Scalar)) and e.family in families, value) if families else moved


def at_indices(value: Callable[..., sp.Expr], indices: tuple[sp.Expr, ...]) -> sp.Expr:
    """value(*indices), computed at new letters first, so that no sum inside catches an index."""
    letters = [sp.Symbol(f"@{place}", integer=True, positive=True) for place in range(len(indices))]
    return put(value(*letters), dict(zip(letters, indices, strict=True)))


def _member(member: Any, value: Callable[..., sp.Expr], random: bool) -> sp.Expr:
    """The value that stands for one member of a family. Raises StepFailed if it is not of the same kind."""
    if isinstance(member, (Defined, Iterate)):
        raise StepFailed(f"{member} has a definition: it cannot be replaced")
    found = at_indices(value, member.indices)
    fits = is_vector(found) or found == 0 if isinstance(member, Vec) else not is_vector(found)
    if isinstance(member, (Gaussian, Rademacher)) and random:
        fits = type(found) is type(member) and found.indices == member.indices
    elif isinstance(member, Sign):
        fits = isinstance(found, Sign)
    elif isinstance(member, (Datum, DatumNumber)) and random:
        fits = fits and is_fixed(unfold(found))
    if not fits:
        raise StepFailed(f"{found} cannot stand for {member}, a {type(member).__name__}")
    return found
