"""What makes a family given by formulas what it is: its name together with the formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import sympy as sp
from sympy.core.symbol import Str

from verify.proof.terms.indices import put
from verify.statement import Quantity

Formula = Callable[..., Any]


def atletters(formula: Formula, count: int) -> sp.Expr:
    """The formula at so many letters that stand for indices."""
    return sp.sympify(formula(*letters(count)))


def at_indices(formula: Formula, indices: tuple[sp.Expr, ...]) -> sp.Expr:
    """formula(*indices), computed at letters first, so that no sum inside catches an index."""
    return put_indices(atletters(formula, len(indices)), indices)


def put_indices(generic: sp.Expr, indices: tuple[sp.Expr, ...]) -> sp.Expr:
    """What ``at_letters`` gave, at these indices. Raises ValueError if a sum inside would catch one."""
    found: sp.Expr = put(generic, dict(zip(letters(len(indices)), indices, strict=True)))
    return found


def letters(count: int) -> list[sp.Symbol]:
    """What stands for so many indices."""
    return [sp.Symbol(f"@{place}", integer=True, positive=True) for place in range(count)]


class Definition:
    """The formulas of a family with one number of indices, by what each gives, worked out when first asked for.

    Not before: a formula may speak of what its module defines further down, and of the family itself. And once: what a
    member is does not change.
    """

    _at_work = True  # while it is unpickled too

    def __init__(self, formulas: Mapping[str, tuple[Formula, int]]) -> None:
        """formulas: each with the number of its indices."""
        self._formulas = formulas
        self._found: dict[str, sp.Expr] | None = None
        self._at_work = False

    def found(self) -> Mapping[str, sp.Expr]:
        """The formulas at letters. Raises what a formula raises."""
        if self._found is None:
            self._at_work = True
            try:
                self._found = {what: atletters(formula, count) for what, (formula, count) in self._formulas.items()}
            finally:
                self._at_work = False
        return self._found

    def known(self) -> Mapping[str, sp.Expr] | None:
        """The same, or None where they cannot be worked out yet: while that is done, or while a module is executed."""
        try:
            return None if self._at_work else self.found()
        except NameError:
            return None

    def __getstate__(self) -> dict[str, Any]:
        return {"_found": self.found(), "_at_work": False}  # what a formula gives, not the function, can be pickled


class DefinedName(Str):  # type: ignore[misc]  # SymPy ships no types
    """The name of a family given by formulas. Two are equal if the names are and the formulas are.

    It prints, sorts and hashes as the mere name, which is needed before the formulas can be worked out.
    """

    definition: Definition

    def __new__(cls, name: str, definition: Definition) -> Self:
        obj: Self = super().__new__(cls, name)
        obj.definition = definition
        return obj

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DefinedName) and _same(self, other, frozenset())

    __hash__ = Str.__hash__

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.name, self.definition


_Pairs = frozenset[tuple[Definition, Definition]]


def _same(one: DefinedName, other: DefinedName, assumed: _Pairs) -> bool:
    """Whether the formulas are the same if the pairs ``assumed`` are: a family may be defined through itself."""
    if one.name != other.name:
        return False
    pair = (one.definition, other.definition)
    if pair[0] is pair[1] or pair in assumed:
        return True
    first, second = (definition.known() for definition in pair)
    if first is None or second is None or first.keys() != second.keys():
        return False
    return all(_alike(first[what], second[what], assumed | {pair}) for what in first)


def _alike(one: sp.Basic, other: sp.Basic, assumed: _Pairs) -> bool:
    """Whether two terms are the same, part by part, if the pairs ``assumed`` are."""
    if type(one) is not type(other):
        return False
    if isinstance(one, DefinedName):
        return _same(one, other, assumed)
    if isinstance(one, Quantity) and one.definition is not None and other.definition is not None:
        *own, _ = one._hashable_content()
        *its, _ = other._hashable_content()
        return own == its and _alike(one.definition, other.definition, assumed)
    if not one.args or len(one.args) != len(other.args):
        return bool(one == other)
    return all(_alike(a, b, assumed) for a, b in zip(one.args, other.args, strict=True))
