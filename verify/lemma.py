"""The lemma: a statement, its proof, and how instances of it are drawn. Everything numeric derives from it."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from verify.relations import Relation, replaced
from verify.statement import Constant, Instance, Quantity, StatementError

if TYPE_CHECKING:
    import numpy as np

    from verify.proof import Fact, Proof

Draw = Callable[["np.random.Generator", str], Instance]
Build = Callable[["np.ndarray[Any, Any]"], Instance]
DECIDING = ("symbolic", "interval", "montecarlo", "worstcase")  # the other checks can only contradict


@dataclass(frozen=True)
class Search:
    """A family of instances for the worst-case search: ``build`` maps a point of the unit cube to an instance."""

    dimension: int
    build: Build


@dataclass(frozen=True)
class Lemma:
    """``claim`` holds whenever ``given`` does; if ``fails_with`` is set, with probability at least 1 - fails_with.

    where: symbols that abbreviate an expression in the others (B := sqrt(2 log(2 q n / delta))), none within another.
    construction: the hypotheses that say how something random is built (which neurons share a vector): they hold for
        every outcome, so a claim about a probability may rest on them.
    latex: the formula as displayed, with ``{C}`` where the value of constant C goes (other braces doubled).
    letters: pieces of that LaTeX that stand for one quantity each, so that the formula can be read back and compared.
    uses: ids of the lemmas that the proof may cite.
    proof: builds the fact that is the claim (see verify.proof), with the constants as they are in this lemma.
    draw: (rng, case) -> instance, from an envelope wider than the hypotheses; one independent test for each case.
    point: an instance at which every hypothesis certainly holds, for a lemma whose drawn ones do not show it. Where an
        array would be too large, the number of its rows stands under the name of the quantity, and `construction` says
        what such arrays meet. What can be computed of the claim there must not speak against it.
    search: families of instances for the worst-case search, by name.
    precision: name -> two independent computations, each (digits) -> mpmath number, that must agree.
    also: further statements of the same lemma, by name; the lemma holds if all of them do.
    faults: name -> a false variant planted by hand, beyond those derived mechanically; or one that looks false and is
        true, with a proof of its own or certified like any statement: its ``source`` says why, in words.
    designated: the check that gives the verdict; None picks symbolic, interval or montecarlo, whichever the lemma has.
    assumed: the reason why the lemma is taken without a check, if it is.
    stated: the statement as its author made it, where an audit has given a constant another value.
    """

    claim: Relation
    given: Mapping[str, Relation] = field(default_factory=dict)
    where: Mapping[Quantity, sp.Expr] = field(default_factory=dict)
    fails_with: sp.Expr | None = None
    construction: tuple[str, ...] = ()
    latex: str = ""
    letters: Mapping[str, Quantity] = field(default_factory=dict)
    source: str = ""
    limitations: str = ""
    uses: tuple[str, ...] = ()
    proof: Callable[[Proof], Fact] | None = None
    draw: Draw | None = None
    cases: tuple[str, ...] = ("default",)
    point: Instance | None = None
    search: Mapping[str, Search] = field(default_factory=dict)
    precision: Mapping[str, tuple[Callable[[int], Any], Callable[[int], Any]]] = field(default_factory=dict)
    also: Mapping[str, Lemma] = field(default_factory=dict)
    faults: Mapping[str, Lemma] = field(default_factory=dict)
    designated: str | None = None
    assumed: str | None = None
    stated: Lemma | None = None
    id: str = ""

    def __post_init__(self) -> None:
        for relation in self.relations:
            for symbol in relation.symbols:
                if not isinstance(symbol, (Quantity, Constant)):
                    raise StatementError(f"undeclared symbol {symbol} in '{relation}': make it a Quantity or a const")
        nested = [s for s, value in self.where.items() if self.where.keys() & sp.sympify(value).free_symbols]
        if nested:
            raise StatementError(f"the abbreviation {nested[0]} speaks of another one: write that one out in it")
        if self.fails_with is not None and self.claim.strict:
            raise StatementError(f"'{self.claim}' with a probability: state it with <= or >=, ties do not count")
        if self.designated not in (None, *DECIDING):
            raise StatementError(f"'{self.designated}' gives no verdict: designate one of {', '.join(DECIDING)}")
        if any(part.also for part in self.also.values()):
            raise StatementError("a further statement has further statements of its own, which nobody would check")
        if self.latex:
            self.displayed()

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The claim, the hypotheses, and the abbreviations as equations."""
        abbreviations = tuple(Relation(symbol, "==", sp.sympify(value)) for symbol, value in self.where.items())
        level = (Relation(sp.S.Zero, "<", sp.sympify(self.fails_with)),) if self.fails_with is not None else ()
        return (self.claim, *self.given.values(), *abbreviations, *level)

    @property
    def symbols(self) -> frozenset[Quantity]:
        """Every declared quantity that occurs, constants excepted."""
        return frozenset(s for r in self.relations for s in r.symbols if isinstance(s, Quantity))

    @property
    def constants(self) -> dict[str, Constant]:
        """The named constants, those of further parts included, by name, in alphabetical order."""
        found = {name: c for part in self.also.values() for name, c in part.constants.items()}
        found |= {s.name: s for r in self.relations for s in r.symbols if isinstance(s, Constant)}
        return dict(sorted(found.items()))

    @property
    def is_scalar(self) -> bool:
        """Whether the statement is about numbers alone: nothing measured, no probability."""
        return self.fails_with is None and all(s.measure is None for s in self.symbols)

    def numeric(self, relation: Relation) -> Relation:
        """The relation with every named constant replaced by its value."""
        return relation.subs({c: c.value for c in relation.symbols if isinstance(c, Constant)})

    def spelled_out(self, relation: Relation) -> Relation:
        """The relation with constants and abbreviations replaced, so that only free quantities remain."""
        return self.numeric(self.numeric(relation).subs(self.where))

    def set(self, **values: Any) -> Lemma:
        """The lemma with other values of named constants: a what-if, or a planted fault.

        Where SymPy has simplified a formula for the sign of the stated value, |C| to C, it stays so: see ``edited``.
        Raises StatementError for an unknown name or a value that is no finite real number.
        """
        unknown = [name for name in values if name not in self.constants]
        if unknown:
            known = ", ".join(self.constants) or "none"
            raise StatementError(f"{self.id or 'the lemma'} has no constant {unknown[0]} (it has: {known})")
        new = {self.constants[k]: Constant(k, v, self.constants[k].tightness) for k, v in values.items()}
        return self._mapped(new)

    def edited(self, **values: Any) -> Lemma:
        """The same for an audit: the lemma and its parts remember how they are stated.

        Raises StatementError for a value that is not positive, if the stated one is: |C| has become C in the formulas.
        """
        stated, new = self.stated or self, self.set(**values)
        turned = [k for k in values if self.constants[k].is_positive and not new.constants[k].is_positive]
        if turned:
            raise StatementError(f"the formulas were simplified for a positive {turned[0]}: state the lemma anew")
        parts = {name: replace(part, stated=stated.also[name]) for name, part in new.also.items()}
        return replace(new, stated=stated, also=parts)

    def at(self, values: Mapping[Any, Any]) -> Lemma:
        """The instance with quantities replaced by expressions; the domains of what is replaced become hypotheses."""
        exprs = {s: sp.sympify(e) for s, e in values.items()}
        ends = {s: s.domain.bounds(e) for s, e in exprs.items()}
        domains = {f"{s} in its domain ({side})": end for s, both in ends.items() for side, end in both.items()}
        moved = self._mapped(exprs)
        return replace(moved, given={**moved.given, **domains})

    def freed(self, constant: Constant, letter: Quantity) -> Lemma:
        """This statement alone, with a quantity in the place of a named constant, so that its value can be varied."""
        return replace(self, latex="", also={})._mapped({constant: letter})

    def drop(self, name: str) -> Lemma:
        """The lemma without one of its hypotheses. Raises StatementError if there is no such hypothesis."""
        if name not in self.given:
            raise StatementError(f"{self.id or 'the lemma'} has no hypothesis {name} (it has: {', '.join(self.given)})")
        return replace(self, given={k: r for k, r in self.given.items() if k != name})

    def _mapped(self, values: Mapping[Any, Any]) -> Lemma:
        return replace(
            self,
            claim=self.claim.subs(values),
            given={k: r.subs(values) for k, r in self.given.items()},
            where={s: replaced(e, values) for s, e in self.where.items() if s not in values},
            fails_with=None if self.fails_with is None else replaced(self.fails_with, values),
            also={k: part._mapped(values) for k, part in self.also.items()},
        )

    def displayed(self) -> str:
        """The hand-written LaTeX with the constants' values filled in, in brackets where the place may need them.

        Raises StatementError when a place names no constant.
        """
        try:
            return self.latex.format(**{name: _factor_latex(c.value) for name, c in self.constants.items()})
        except (KeyError, IndexError, ValueError) as problem:
            reason = f"the LaTeX has a place that names no constant ({problem}); double all other braces"
            raise StatementError(reason) from None

    def _repr_html_(self) -> str:
        return str(_notebook().lemma_html(self))

    def _repr_latex_(self) -> str:
        return str(_notebook().lemma_latex(self))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over claim, hypotheses, abbreviations, symbols (domain and meaning), constants and level; no more."""
        parts = [f"claim {self.claim}", f"fails with {self.fails_with}"]
        parts += sorted(f"given {r}" for r in self.given.values())
        parts += sorted(f"where {s} = {e}" for s, e in self.where.items())
        parts += sorted(f"{s} in {s.domain}: {s.meaning}" for s in self.symbols)
        parts += [f"{name} = {c.value} ({c.tightness})" for name, c in self.constants.items()]
        parts += [f"also {name} {part.fingerprint}" for name, part in sorted(self.also.items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _factor_latex(value: sp.Expr) -> str:
    """A constant's value as LaTeX that may stand beside other factors: a sum, or a minus sign, is put in brackets."""
    written = sp.latex(value)
    return rf"\left({written}\right)" if value.is_Add or written.startswith("-") else written


def _notebook() -> Any:
    """How lemmas show themselves; by name, so that no result of a check depends on the code of a rendering."""
    return importlib.import_module("verify.notebook")


def values_at(lemma: Lemma, instance: Instance) -> dict[sp.Symbol, Any]:
    """The numbers of all free quantities of ``lemma`` at ``instance``: measured ones computed, others looked up.

    Raises StatementError if the instance lacks one.
    """
    symbols = sorted(lemma.symbols - set(lemma.where), key=lambda s: str(s.name))
    return {symbol: value_at(lemma, symbol, instance) for symbol in symbols}


def value_at(lemma: Lemma, symbol: Quantity, instance: Instance) -> Any:
    """The number of one free quantity at ``instance``. Raises StatementError if the instance lacks it."""
    if symbol.measure is not None:
        return symbol.measure(instance)
    if symbol.name not in instance:
        raise StatementError(f"{lemma.id or 'the lemma'}: the instance has no value for {symbol.name}")
    return instance[symbol.name]


__all__ = ["Build", "Draw", "Lemma", "Search", "value_at", "values_at"]
