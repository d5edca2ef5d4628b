"""Which values may stand for a symbol of a fact, and the fact with them put in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from verify.proof.algebra import unfold
from verify.proof.formulas import formulas
from verify.proof.terms import (
    AVERAGED,
    Datum,
    DatumNumber,
    Defined,
    FamilyOf,
    Gaussian,
    Index,
    Iterate,
    Mat,
    Rademacher,
    Scalar,
    Sign,
    Vec,
    bound_in,
    is_fixed,
    is_vector,
    put,
)
from verify.proof.terms.definitions import at_indices
from verify.proof.visible import unreal
from verify.proof.wellformed import StepFailed, in_range, indices_in, is_opaque, spoken
from verify.relations import Relation
from verify.statement import Quantity, Size


def replace_in(relation: Relation, values: Mapping[Any, Any]) -> Relation:
    """The relation with quantities, indices and families replaced. Raises StepFailed for a value that does not fit."""
    families = {key.name: value for key, value in values.items() if isinstance(key, FamilyOf)}
    plain = {key: sp.sympify(value) for key, value in values.items() if not isinstance(key, FamilyOf)}
    if families or any(_hidden(side, set(plain)) for side in (relation.left, relation.right)):
        relation = Relation(unfold(relation.left), relation.op, unfold(relation.right))
    random = any(unfold(side).has(*AVERAGED) for side in (relation.left, relation.right))
    for key, value in plain.items():
        _fits(key, value, plain, random)
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


def _fits(key: Any, value: sp.Expr, plain: Mapping[Any, sp.Expr], random: bool) -> None:
    """Raise StepFailed unless ``value`` is of the kind that ``key`` stands for, all of ``plain`` being replaced."""
    if isinstance(key, Index):
        size = put(key.size, plain)
        if not in_range(value, size):
            raise StepFailed(f"{value} is not visibly in the range 1..{size} of {key}")
    elif key != value:
        _fits_quantity(key, value)
    if key != value and random and not is_fixed(unfold(value)):
        raise StepFailed(f"{value} may be random, and {key} stands in a claim about probabilities")


def _fits_quantity(key: Any, value: sp.Expr) -> None:
    if not isinstance(key, Quantity) or key.definition is not None or (key.measure and not isinstance(key, Size)):
        raise StepFailed(f"{key} is no free quantity: it cannot be replaced")
    if key.is_integer and not value.is_integer:
        raise StepFailed(f"{value} is not visibly an integer, which {key} is")
    if is_vector(value) or value.is_real is False or isinstance(value, Mat):
        raise StepFailed(f"{value} is no real number")


def _nothing_opaque(relation: Relation, replaced: set[Any]) -> None:
    """Raise StepFailed if a quantity is measured in a way that proofs cannot see, and so may depend on what moves."""
    arrays = {s.array for s in replaced if isinstance(s, Size)}
    found = relation.symbols | spoken(relation.left) | spoken(relation.right) if replaced else set()
    for s in found - replaced:
        if isinstance(s, Size) and s.array in arrays:
            raise StepFailed(f"{s} counts the rows of {s.array} too, and stays")
        if is_opaque(s):
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
        sizes = {i: Index(i.name, put(i.size, plain)) for i in indices_in(expr)}
    except ValueError as problem:
        raise StepFailed(str(problem)) from None
    if len(set(sizes.values())) < len(sizes):
        raise StepFailed(f"two indices of one name would get one range, among {', '.join(sorted(map(str, sizes)))}")
    expr = expr.xreplace({i: new for i, new in sizes.items() if i != new})
    bound = bound_in(expr)
    caught = bound & {s for v in plain.values() for s in spoken(v)}
    if caught:
        raise StepFailed(f"the value for a quantity speaks of {caught}, over which {expr} sums")
    moved = put(expr, {sizes.get(key, key): value for key, value in plain.items()})

    def value(member: Any) -> sp.Expr:
        found = _member(member, families[member.family], random)
        caught = (spoken(found) - spoken(member)) & bound
        if caught:
            raise StepFailed(f"the value for {member} speaks of {caught}, over which the relation sums")
        return found

    return moved.replace(lambda e: isinstance(e, (Vec, Scalar)) and e.family in families, value) if families else moved


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
    elif random:  # fair signs are independent of everything else
        fits = fits and not any(part.has(Rademacher) for part in (unfold(found), *formulas(unfold(found))))
    if not fits or (not is_vector(found) and unreal(unfold(found)) is not None):
        raise StepFailed(f"{found} cannot stand for {member}, a {type(member).__name__}")
    return found
