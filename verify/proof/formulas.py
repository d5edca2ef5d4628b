"""What stands behind the letters of an expression: definitions of quantities, and formulas of families."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import sympy as sp

from verify.proof.algebra import unfold
from verify.proof.terms import Defined, Index, Iterate, bound_in
from verify.proof.terms.definitions import DefinedName, Definition, letters
from verify.proof.terms.families import Member
from verify.relations import free_symbols
from verify.statement import Constant, Quantity


@lru_cache(maxsize=50_000)
def formulas(expr: sp.Basic) -> frozenset[sp.Expr]:
    """The formulas, at letters, of the families in an unfolded expression, and of those in these in turn."""
    found: set[sp.Expr] = set()
    seen: set[Definition] = set()
    ahead = [expr]
    while ahead:
        for name in ahead.pop().atoms(DefinedName):
            if name.definition not in seen:
                seen.add(name.definition)
                new = {unfold(formula) for formula in name.definition.found().values()}
                found |= new
                ahead += new
    return frozenset(found)


@lru_cache(maxsize=50_000)
def in_the_open(expr: sp.Expr) -> frozenset[sp.Symbol]:
    """The free symbols of an unfolded expression, and those in sizes of ranges; formulas of families not opened."""
    ranges = (s for s in free_symbols(expr) | bound_in(expr) if isinstance(s, Index))
    return free_symbols(expr).union(*(index.size.free_symbols for index in ranges))


@lru_cache(maxsize=50_000)
def hidden(expr: sp.Expr) -> frozenset[sp.Symbol]:
    """The symbols that only opening a definition or a formula shows, so that putting a value for one misses them."""
    measured = [s for s in free_symbols(expr) if isinstance(s, Quantity) and s.definition is not None]
    behind = [*(unfold(s) for s in measured), *formulas(unfold(expr))]
    return frozenset[sp.Symbol]().union(*map(in_the_open, behind), *(hidden(s.definition) for s in measured))


@lru_cache(maxsize=50_000)
def circular(name: DefinedName) -> sp.Expr | None:
    """What the definition of a family rests on although it rests on that family in turn, or None.

    Such a definition would be an axiom. Only an iterate may rest on others of its kind, one step earlier.
    """
    for what, formula in name.definition.found().items():
        for member in _ends(unfold(formula), frozenset({name})):
            before = what == "after" and member.indices[0] == letters(1)[0]
            cycle = isinstance(member, Defined) or (what != "value" and name in _behind(member) and not before)
            if cycle:
                return member
    return None


def _ends(expr: sp.Expr, opened: frozenset[DefinedName]) -> Iterator[Member]:
    """The iterates in an unfolded expression, and those that show where the numbers in it are opened.

    A number whose family is already ``opened`` stands for itself: its formula leads back to it.
    """
    for member in expr.atoms(Defined, Iterate):
        name = member.args[0]
        if isinstance(member, Iterate) or name in opened:
            yield member
        else:
            at = dict(zip(letters(len(member.indices)), member.indices, strict=True))
            yield from _ends(unfold(name.definition.found()["value"]).xreplace(at), opened | {name})


def _behind(member: Member) -> set[DefinedName]:
    return {name for part in (member, *formulas(member)) for name in part.atoms(DefinedName)}


@lru_cache(maxsize=50_000)
def no_single_number(symbol: sp.Symbol) -> sp.Symbol | None:
    """A generic index or a bare letter in the definition of a quantity, which is thus no one number; or None.

    A sum over that index would catch it unseen, for what stands beside the sum speaks of the quantity alone.
    """
    definition = symbol.definition if isinstance(symbol, Quantity) else None
    return None if definition is None else not_its_own(definition, 0)


def not_its_own(formula: sp.Expr, count: int) -> sp.Symbol | None:
    """A letter of a formula with so many indices that is none of them: a generic index, or a bare symbol; or None.

    A member would depend on it, though its own indices are all that steps see and put values for.
    """
    others = in_the_open(unfold(formula)) - set(letters(count))
    return min((s for s in others if not isinstance(s, (Quantity, Constant))), key=str, default=None)
