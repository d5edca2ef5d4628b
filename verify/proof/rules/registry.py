"""The register of rules: textbook theorems, each with a reference and a function that builds its conclusion."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec

import sympy as sp

from verify.proof.algebra import unfold
from verify.proof.declared import promises_more
from verify.proof.facts import Fact, StepFailed, make, need_real
from verify.proof.formulas import no_single_number
from verify.proof.terms import Index, Mat
from verify.proof.wellformed import is_letter, spoken
from verify.relations import Relation, free_symbols
from verify.statement import Quantity

P = ParamSpec("P")


@dataclass(frozen=True)
class Rule:
    """A textbook theorem that a proof may apply: ``build`` returns its conclusion or raises StepFailed."""

    name: str
    reference: str
    statement: str
    build: Callable[..., Any]


RULES: dict[str, Rule] = {}


def rule(reference: str) -> Callable[[Callable[P, Relation | Concluded]], Callable[P, Fact]]:
    """Register a rule. The decorated function takes facts and terms and returns the relation it concludes.

    It checks its own premises, so a step cannot cite it for anything else; the Fact is made here.
    """

    def register(build: Callable[P, Relation | Concluded]) -> Callable[P, Fact]:
        name = build.__name__.replace("_", "-")
        if name in RULES:
            raise ValueError(f"two rules are called {name}")
        RULES[name] = Rule(name, reference, (build.__doc__ or "").strip().splitlines()[0], build)

        @functools.wraps(build)
        def apply(*args: P.args, **kwargs: P.kwargs) -> Fact:
            _typed(build, args, kwargs)
            premises = list(_facts_in([*args, *kwargs.values()]))
            _all_real(name, [*args, *kwargs.values()], premises)
            found = build(*args, **kwargs)
            if isinstance(found, Relation):
                return make(found, "rule", name, name, premises)
            return make(found.relation, "rule", name, name, premises, discharged=found.discharged, of=found.of)

        return apply

    return register


@dataclass(frozen=True)
class Concluded:
    """A conclusion together with the assumptions it discharges (an induction hypothesis, a good event).

    They are dropped from the premises ``of`` only; another premise that rests on them keeps them.
    """

    relation: Relation
    discharged: tuple[Relation, ...]
    of: tuple[Fact, ...]


def _typed(build: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Raise TypeError for a premise that is no Fact: a bare relation has the same sides, and nothing shows it.

    Likewise for an index that is none, whose range nobody would know.
    """
    signature, hints = _parameters(build)
    bound = signature.bind(*args, **kwargs)
    for parameter, value in bound.arguments.items():
        kind, many = hints[parameter], isinstance(value, (list, tuple))
        expected = Fact if kind in (Fact, Sequence[Fact]) else Index if kind is Index else None
        values = value if many else [value]
        if expected is not None and not all(isinstance(v, expected) for v in values):
            raise TypeError(f"{build.__name__}: {parameter} takes {expected.__name__}s, not {value!r}")


@functools.lru_cache(maxsize=1_000)
def _parameters(build: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, Any]]:
    return inspect.signature(build), typing.get_type_hints(build)


def _all_real(name: str, values: Iterable[Any], premises: Sequence[Fact]) -> None:
    """Raise StepFailed for a term with a part that may not be real: the theorems are about real numbers and vectors."""
    for value in values:
        if isinstance(value, (list, tuple)):
            _all_real(name, value, premises)
        elif isinstance(value, sp.Expr):
            need_real(value, name, premises)
            for s in free_symbols(value):
                need(not promises_more(s), name, "{} lies in its domain by declaration only, not by its definition", s)
                need(no_single_number(s) is None, name, "{} is no one number: its definition speaks of an index", s)


def _facts_in(values: Iterable[Any]) -> Iterable[Fact]:
    for value in values:
        if isinstance(value, Fact):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _facts_in(value)


def need(condition: bool, rule_name: str, reason: str, *terms: object) -> None:
    """Raise StepFailed, naming the rule, unless the premise is of the required form.

    The terms are written into the reason only then: to print a long one takes more time than most conditions.
    """
    if not condition:
        raise StepFailed(f"step '{rule_name}': {reason.format(*terms)}")


def need_letter(z: sp.Symbol, rule_name: str) -> None:
    """Raise StepFailed unless z stands for any real number, so that an integral may range over it."""
    need(is_letter(z), rule_name, "{} is not a letter for any real number", z)


def need_variable(z: sp.Basic, rule_name: str) -> None:
    """Raise StepFailed unless z stands for any real number in its domain, not for what is measured or counted.

    Between two integers, or beyond what a definition allows, a fact about z says nothing.
    """
    free = isinstance(z, Quantity) and z.measure is None and z.definition is None and not z.domain.integer
    need(free, rule_name, "{} is no letter for any real number in its domain", z)


def need_free(expr: sp.Expr, rule_name: str, *indices: sp.Symbol) -> None:
    """Raise StepFailed if the expression speaks of one of the indices."""
    caught = spoken(expr) & set(indices)
    need(not caught, rule_name, "{} speaks of {}", expr, ", ".join(sorted(map(str, caught))))


def need_rows(a: sp.Expr, rule_name: str, *indices: Index) -> None:
    """Raise StepFailed unless the indices run over the rows and columns of every matrix in the expression.

    A coefficient that speaks of one of them would be caught by the sums over rows and columns.
    """
    need_free(a, rule_name, *indices)
    matrices = unfold(a).atoms(Mat)
    need(bool(matrices), rule_name, "{} is no matrix", a)
    for matrix in matrices:
        need(matrix.entries is not None, rule_name, "the size of {} is not known", matrix)
        sizes = {k.size for k in matrix.entries.signature}
        square = len(sizes) == 1 and {k.size for k in indices} == sizes
        need(square, rule_name, "{} are not the rows of {}", indices, matrix)
