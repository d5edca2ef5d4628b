"""The register of rules: textbook theorems, each with a reference and a function that builds its conclusion."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec

import sympy as sp

from verify.proof.algebra import nonnegative, unfold
from verify.proof.facts import Fact, StepFailed, make
from verify.proof.terms import Index, Mat, is_vector
from verify.statement import Relation

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
            _real_roots(name, [*args, *kwargs.values()], premises)
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
    bound = inspect.signature(build).bind(*args, **kwargs)
    hints = typing.get_type_hints(build)
    for parameter, value in bound.arguments.items():
        kind, many = hints[parameter], isinstance(value, (list, tuple))
        expected = Fact if kind in (Fact, Sequence[Fact]) else Index if kind is Index else None
        values = value if many else [value]
        if expected is not None and not all(isinstance(v, expected) for v in values):
            raise TypeError(f"{build.__name__}: {parameter} takes {expected.__name__}s, not {value!r}")


def _real_roots(name: str, values: Iterable[Any], premises: Sequence[Fact]) -> None:
    """Raise StepFailed for a vector with a root of what may be negative: theorems about vectors are about real ones."""
    known = [Relation(unfold(p.left), p.relation.op, unfold(p.right)) for p in premises]
    for value in values:
        if isinstance(value, (list, tuple)):
            _real_roots(name, value, premises)
        elif isinstance(value, sp.Expr) and is_vector(value):
            roots = [p for p in unfold(value).atoms(sp.Pow) if p.exp.is_Rational and not p.exp.is_integer]
            wrong = [p for p in roots if not nonnegative(p.base, known)]
            need(not wrong, name, f"{wrong[:1]} may not be real")


def _facts_in(values: Iterable[Any]) -> Iterable[Fact]:
    for value in values:
        if isinstance(value, Fact):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _facts_in(value)


def need(condition: bool, rule_name: str, reason: str) -> None:
    """Raise StepFailed, naming the rule, unless the premise is of the required form."""
    if not condition:
        raise StepFailed(f"step '{rule_name}': {reason}")


def need_free(expr: sp.Expr, rule_name: str, *indices: sp.Symbol) -> None:
    """Raise StepFailed if the expression speaks of one of the indices."""
    caught = unfold(expr).free_symbols & set(indices)
    need(not caught, rule_name, f"{expr} speaks of {', '.join(sorted(map(str, caught)))}")


def need_rows(a: sp.Expr, rule_name: str, *indices: Index) -> None:
    """Raise StepFailed unless the indices run over the rows and columns of every matrix in the expression.

    A coefficient that speaks of one of them would be caught by the sums over rows and columns.
    """
    need_free(a, rule_name, *indices)
    matrices = unfold(a).atoms(Mat)
    need(bool(matrices), rule_name, f"{a} is no matrix")
    for matrix in matrices:
        need(matrix.entries is not None, rule_name, f"the size of {matrix} is not known")
        sizes = {k.size for k in matrix.entries.signature}
        square = len(sizes) == 1 and {k.size for k in indices} == sizes
        need(square, rule_name, f"{indices} are not the rows of {matrix}")
