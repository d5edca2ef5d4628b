"""The widths that the chains prove for given data, beside the widths that are observed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb

from lemmas import model
from lemmas.data import DataSet
from lemmas.symbols import delta as delta_symbol
from lemmas.symbols import lam, lam_K, n, nu
from verify.balls.eigen import enclose_lambda_min
from verify.balls.exact import ball, exact, lower_decimal, upper_decimal
from verify.chain import Chain, ChainError, Library, Solution, solve
from verify.statement import Quantity

Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """What a width is asked for: data (or only n, d and a value for lambda), failure probability and target loss."""

    name: str
    n: int
    d: int
    delta: Fraction
    eps: Fraction
    data: DataSet | None = None
    given_lambda: Fraction | None = None

    def least_eigenvalue(self) -> arb:
        """lambda as a ball: enclosed for data, exact if given."""
        if self.data is None:
            assert self.given_lambda is not None
            return ball(self.given_lambda)
        X = _exact_rows(self.data)
        return enclose_lambda_min(lambda _: model.limit_gram(X), rel=1e-9)


def _exact_rows(data: DataSet) -> Any:
    """X as balls without radius: floats are exact rationals."""
    import numpy as np

    return np.array([[arb(exact(float(v))) for v in row] for row in data.X], dtype=object)


def values(case: Case, eigenvalue: arb) -> dict[Quantity, Any]:
    """What the classical chain wants to know: n, delta, the bound 1 on the norms, and lambda from below, exactly."""
    return {
        n: sp.Integer(case.n),
        nu: sp.Integer(1),
        delta_symbol: _rational(case.delta),
        lam: _below(eigenvalue),
        lam_K: eigenvalue,
    }


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


def _below(value: arb) -> sp.Rational:
    """A rational of twelve digits certainly below the ball."""
    return sp.Rational(lower_decimal(value, 12)) * (1 - sp.Rational(1, 10**12))


def solved(chain: Chain, case: Case, known: Mapping[Quantity, Any], eigenvalue: arb, library: Library) -> Json:
    """One entry of `widths`: the proved m with its certificate, or the reason why there is none."""
    shared = {
        "case": case.name,
        "n": case.n,
        "d": case.d,
        "delta": float(case.delta),
        "eps": float(case.eps),
        "lambda": {"lower": lower_decimal(eigenvalue, 15), "upper": upper_decimal(eigenvalue, 15)},
    }
    try:
        found = solve(chain, known, library)
    except ChainError as problem:
        return {**shared, "m": None, "reason": str(problem)}
    return {**shared, **_solution(found, case, known)}


def _solution(found: Solution, case: Case, known: Mapping[Quantity, Any]) -> Json:
    rate = float(found.values["eta"]) * found.width * float(known[lam]) / 4
    steps = math.ceil(math.log(math.sqrt(case.n) / float(case.eps)) / rate)
    checked = {"values": {k: str(v) for k, v in found.values.items()}, "checks": [dict(c) for c in found.checks]}
    return {
        "m": {"lower": found.failing, "upper": found.width},
        "eta": str(found.values["eta"]),
        "steps": steps,
        "binding": found.binding,
        "certificate": checked,
    }
