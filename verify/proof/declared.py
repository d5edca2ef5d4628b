"""What a domain declares of a quantity, and whether the formula that the quantity stands for shows it."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from verify.lemma import Lemma
from verify.proof.algebra import nonnegative, unfold
from verify.proof.terms import Sup
from verify.proof.visible import unreal
from verify.relations import Relation, free_symbols
from verify.statement import Domain, Quantity, StatementError


def lies_in(value: sp.Expr, domain: Domain) -> bool:
    """Whether an unfolded expression visibly lies in a domain."""
    whole = not domain.integer or bool(value.is_integer)
    return whole and all(_visible(r.high - r.low, r.strict) for r in domain.bounds(value).values())


def _visible(room: sp.Expr, strict: bool) -> bool:
    """Whether the room that is left to an end of the domain is visibly >= 0, or > 0 if ``strict``."""
    inner = -room if room.could_extract_minus_sign() else room
    if isinstance(inner, Sup):  # the largest of numbers >= 0, or, of both signs, the least of them
        each = inner.args[0].expr if inner is room else -inner.args[0].expr
        return bool(each.is_positive) if strict else nonnegative(each)
    return bool(room.is_positive) if strict else nonnegative(room)


@lru_cache(maxsize=50_000)
def domain_shown(quantity: Quantity) -> bool:
    """Whether the domain is declared of a letter, or a definition visibly lies in it: else it would be an axiom."""
    return quantity.definition is None or lies_in(unfold(quantity.definition), quantity.domain)


@lru_cache(maxsize=50_000)
def promises_more(symbol: sp.Symbol) -> bool:
    """Whether SymPy takes it for real, signed or whole, where its definition, followed to the end, shows less.

    With such a symbol in place of a letter it would simplify what is true of every number to what is not of this one.
    """
    if not isinstance(symbol, Quantity) or symbol.definition is None:
        return False
    if unreal(unfold(symbol)) is not None or any(map(promises_more, free_symbols(symbol.definition))):
        return True
    return bool(symbol.is_nonnegative or symbol.is_integer) and not domain_shown(symbol)


def check_declarations(lemma: Lemma) -> None:
    """Raise StatementError for a symbol that SymPy knows more of than the statement says.

    That is a quantity with a definition, or an abbreviation, declared in a domain where its formula does not visibly
    lie, so that |B| has become B; or an abbreviation in the definition of a quantity, where nothing spells it out.
    """
    vague = min((s for s in lemma.symbols if promises_more(s)), key=str, default=None)
    if vague is not None:
        raise StatementError(f"{vague} = {unfold(vague)} is not visibly in {vague.domain}: declare it real()")
    for symbol in lemma.where:
        value = lemma.spelled_out(Relation(sp.S.Zero, "==", symbol)).right
        if not lies_in(unfold(value), symbol.domain):
            raise StatementError(f"{symbol} := {value} is not visibly in {symbol.domain}: declare it real()")
    for quantity in lemma.symbols:
        caught = free_symbols(unfold(quantity)) & lemma.where.keys() if quantity.definition is not None else ()
        for symbol in caught:
            raise StatementError(f"{quantity} is defined through the abbreviation {symbol}: write that one out in it")
