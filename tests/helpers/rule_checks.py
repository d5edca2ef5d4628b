"""What is asked of the conclusion of every rule: that it holds in numbers where its assumptions do."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from verify.proof import Fact, Index
from verify.proof.evaluate import Env, evaluate, violation
from verify.proof.terms import Expect, Indicator, Prob


def assert_holds(fact: Fact, at: dict[str, Any], seed: int, within: float) -> None:
    """The fact at an instance that meets its assumptions, its free indices chosen by the seed."""
    free = {s: 1 + seed % at[str(s.size)] for s in fact.relation.symbols if isinstance(s, Index)}
    assert all(violation(held, at, free) <= 1e-12 for held in fact.assumptions)
    assert violation(fact.relation, at, free) < within


def estimated(expr: sp.Expr, sample: list[dict[str, Any]], env: Env | None = None) -> tuple[float, float]:
    """The value of an expression with probabilities and expectations estimated, and its standard error."""
    values, error = {}, 0.0
    for found in expr.atoms(Prob, Expect):
        inner = found.args[0]
        body = Indicator(inner) if isinstance(found, Prob) else inner
        seen = np.array([float(evaluate(body, at, env)) for at in sample])
        dummy = sp.Dummy()
        values[found] = (dummy, float(seen.mean()))
        error += float(seen.std()) / np.sqrt(len(seen))
    expr = expr.xreplace({k: v for k, (v, _) in values.items()})
    known = dict(values.values())
    return float(evaluate(expr, sample[0], {**(env or {}), **known})), error
