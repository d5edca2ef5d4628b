"""The widths that the chains prove for given data, beside the widths that are observed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from flint import arb

from lemmas import data, model, simulate
from lemmas.data import DataSet
from lemmas.symbols import delta as delta_symbol
from lemmas.symbols import lam, lam_K, n, nu
from verify.balls.eigen import enclose_lambda_min
from verify.balls.exact import ball, exact, lower_decimal, upper_decimal
from verify.chain import ChainError, Library, Solution, solve
from verify.checks.base import Context
from verify.statement import Quantity
from verify.stats.bisect import ThresholdEstimate, find_threshold

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
        X = exact_rows(self.data)
        return enclose_lambda_min(lambda _: model.limit_gram(X), rel=1e-9)


def exact_rows(data: DataSet) -> Any:
    """X as balls without radius: floats are exact rationals."""
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


def classical(case: Case, eigenvalue: arb, library: Library) -> Json:
    """The classical chain's width. Raises ChainError where it has none."""
    from lemmas.theorems.convergence_classical import CHAIN

    known = values(case, eigenvalue)
    found = solve(CHAIN, known, library)
    rate = float(found.values["eta"]) * found.width * float(known[lam]) / 4
    return proved_width(case, eigenvalue, found, math.ceil(math.log(math.sqrt(case.n) / float(case.eps)) / rate))


def proved_width(case: Case, eigenvalue: arb, found: Solution, steps: int) -> Json:
    """A solved chain as the report shows it."""
    return {
        **_shared(case, eigenvalue),
        "m": {"lower": max(found.failing, 1), "upper": found.width},
        "eta": float(found.values["eta"]),
        "steps": steps,
        "binding": found.binding,
        "certificate": {
            "values": {name: str(value) for name, value in found.values.items()},
            "checks": [dict(check) for check in found.checks],
        },
    }


def tight(case: Case, eigenvalue: arb) -> Json:
    """The tight chain's width, certified in balls. Raises ChainError where the certificate fails."""
    from lemmas.laplace.balls import prove_width

    assert case.data is not None
    X, size = case.data.X, label_norm(case)
    found, certificate = prove_width(X, size, exact(case.delta))
    if not certificate["holds"]:
        raise ChainError(f"chain tight: {certificate['reason']}")
    return {
        **_shared(case, eigenvalue),
        "m": {"lower": 1, "upper": certificate["m"]},
        "eta": None,
        "steps": None,
        "binding": "gram-laplace-tail",
        "certificate": {
            "failure": upper_decimal(certificate["failure_upper"], 12),
            "lambda": lower_decimal(certificate["lambda_lower"], 12),
            "n4": upper_decimal(certificate["n4_upper"], 12),
            "parameters": _plain(found.parameters),
        },
    }


def label_norm(case: Case) -> arb:
    """|y| of the labels, or sqrt(n) where there are none."""
    y = case.data.y if case.data is not None else None
    if y is None:
        return arb(case.n).sqrt()
    return arb(sum((exact(float(v)) ** 2 for v in y), exact(0))).sqrt()


def _plain(value: Any) -> Any:
    """Dataclasses and tuples as JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    return value


def _shared(case: Case, eigenvalue: arb) -> Json:
    return {
        "case": case.name,
        "n": case.n,
        "d": case.d,
        "delta": float(case.delta),
        "eps": float(case.eps),
        "lambda": {"lower": lower_decimal(eigenvalue, 15), "upper": upper_decimal(eigenvalue, 15)},
        "log10_slack": {},
        "empirical": None,
        "certified": None,
        "simulated_m": None,
    }


def sharp(case: Case, eigenvalue: arb, library: Library) -> Json:
    """The sharp chain's width. Raises ChainError where it has none."""
    from lemmas.sharp_widths import solved  # which imports this module

    return solved(case, eigenvalue, library)


UNPROVED = {"tight": "evaluated in balls, but its theorem is not among the lemmas: an estimate until it is"}


def all_chains(case: Case, library: Library) -> list[Json]:
    """Every chain's width for one case; a chain without one says why in ``reason``."""
    eigenvalue = case.least_eigenvalue()
    solvers: dict[str, Callable[[], Json]] = {"classical": lambda: classical(case, eigenvalue, library)}
    if case.data is not None:
        solvers["sharp"] = lambda: sharp(case, eigenvalue, library)
        solvers["tight"] = lambda: tight(case, eigenvalue)
    found = []
    for name, solver in solvers.items():
        try:
            found.append({"id": name, "widths": [solver()], "note": UNPROVED.get(name, "")})
        except ChainError as problem:
            found.append({"id": name, "widths": [], "reason": str(problem)})
    return found


REPORT_SPHERES = ((2, 2), (5, 3), (10, 5))  # (n, d)


def report_chains(context: Context) -> list[Json]:
    """The chains of the report: the widths of a few named data sets, and what is observed there."""
    by_chain: dict[str, list[Json]] = {}
    cases: list[Case] = []
    for size, dim in REPORT_SPHERES:
        points = data.sphere(size, dim, context.seed)
        case = Case(points.name, size, dim, Fraction(1, 10), Fraction(1, 100), points)
        found = all_chains(case, context.library)
        if not context.simulate:
            for chain in found:
                by_chain.setdefault(chain["id"], []).extend(chain["widths"])
            continue
        cases.append(case)
        observed = observe(case, context.seed, context.budget.trials // 10)
        for chain in found:
            widths = [{**width, "empirical": observed["descent"]["estimate"]} for width in chain["widths"]]
            by_chain.setdefault(chain["id"], []).extend(_with_slack(chain["id"], w, observed) for w in widths)
    chains = [{"id": name, "widths": widths} for name, widths in by_chain.items()]
    if not context.simulate:
        return chains
    from lemmas.open_chains import with_programs  # which imports this module

    return with_programs(chains, cases, context.library)


SLACK = {  # by chain: the lemma about the Gram matrix at the start, and that about the path
    "classical": ("gram-concentration-frobenius", "weight-movement"),
    "sharp": ("gram-lower-tail", "kantorovich-neuronwise"),
    "tight": ("gram-laplace-tail", "kantorovich-drift"),
}


def _with_slack(chain: str, width: Json, observed: Json) -> Json:
    """Where log10(m proved / m observed) goes: first the Gram lemma is replaced by what is seen, then the path."""
    proved, gram, descent = width["m"]["upper"], 2 * observed["gram"]["estimate"], observed["descent"]["estimate"]
    lemma, path = SLACK[chain]
    shares = {lemma: math.log10(proved / gram), path: math.log10(gram / descent)}
    return {**width, "log10_slack": shares, "simulated_m": observed["descent"]["largest"]}


STEPS, WIDEST = 1000, 512  # of the simulated descents


def observe(case: Case, seed: int, cap: int) -> Json:
    """The least q with lambda_min(H) >= lambda/2, and the least m with which descent reaches eps, in 1-delta of draws.

    Bisection with the sequential test; each with the interval it leaves, at confidence 95 %. Descent has STEPS steps of
    half the inverse of |J|^2 at the start, and widths up to WIDEST.
    """
    assert case.data is not None
    X, level = case.data.X, float(case.delta)
    gram = find_threshold(
        lambda q, rng: simulate.lambda_min_holds(X, q, rng),
        level, seed=seed, check="observed-gram", case=case.name, largest=65536, cap=cap,
    )  # fmt: skip
    descent = find_threshold(
        lambda m, rng: simulate.gd_succeeds(X, _labels(case, rng), m, None, STEPS, float(case.eps), rng, "coupled"),
        level, seed=seed, check="observed-descent", case=case.name, largest=WIDEST, step=2, cap=cap // 5 + 8,
    )  # fmt: skip
    return {"gram": _observed(gram, 65536), "descent": _observed(descent, WIDEST)}


def _labels(case: Case, rng: np.random.Generator) -> Any:
    assert case.data is not None
    return rng.choice([-1.0, 1.0], case.n) if case.data.y is None else case.data.y


def _observed(found: ThresholdEstimate, largest: int) -> Json:
    seen = {"estimate": found.estimate, "lower": found.lower, "upper": found.upper, "confidence": found.confidence}
    return {**seen, "largest": max((probe.m for probe in found.probes), default=largest)}
