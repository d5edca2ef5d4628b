"""The register of rules: textbook theorems, each with a reference and a function that builds its conclusion."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ParamSpec

from verify.proof.facts import Fact, StepFailed, make
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
            found = build(*args, **kwargs)
            relation, discharged = (found, ()) if isinstance(found, Relation) else (found.relation, found.discharged)
            premises = list(_facts_in([*args, *kwargs.values()]))
            return make(relation, "rule", name, name, premises, discharged=discharged)

        return apply

    return register


@dataclass(frozen=True)
class Concluded:
    """A conclusion together with the assumptions it discharges (an induction hypothesis, a good event)."""

    relation: Relation
    discharged: tuple[Relation, ...] = ()


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
