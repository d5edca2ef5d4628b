"""Inequalities between vectors and matrices with their best constants, attained by the families searched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sympy as sp
from quality_statement import Statement, around

from lemmas import model
from verify import Lemma, Quantity, Relation, le, real
from verify.lemma import Search
from verify.statement import Instance

GAPS = (1, 3, 6)


def measured(name: str, measure: Callable[[Instance], Any], *, signed: bool = False) -> Quantity:
    return Quantity(name, real() if signed else real(0), name, measure)


def square(a: Any) -> Any:
    return (a * a).sum()


def modulus(a: Any) -> Any:
    return model.maximum(np.array([a, -a]))


sum_of_both = measured("sum_of_both", lambda at: square(at["u"] + at["v"]))
squares = measured("squares", lambda at: square(at["u"]) + square(at["v"]))
inner = measured("inner", lambda at: (at["u"] * at["v"]).sum(), signed=True)
norms = measured("norms", lambda at: model.frobenius(at["u"]) * model.frobenius(at["v"]))
entries = measured("entries", lambda at: sum(modulus(a) for a in at["u"]))
length = measured("length", lambda at: model.frobenius(at["u"]))
frobenius = measured("frobenius", lambda at: model.frobenius(_matrix(at["u"])))
spectral = measured("spectral", lambda at: model.spectral_norm(_matrix(at["u"])))
least = measured("least", lambda at: model.lambda_min(_matrix(at["u"])), signed=True)
trace = measured("trace", lambda at: at["u"][0] + at["u"][2], signed=True)
product = measured("product", lambda at: model.frobenius(_matrix(at["u"]) @ _matrix(at["v"])))
both = measured("both", lambda at: model.frobenius(_matrix(at["u"])) * model.frobenius(_matrix(at["v"])))


def _matrix(a: Any) -> Any:
    """The symmetric 2 x 2 matrix with entries a_0, a_1, a_1, a_2."""
    return np.array([[a[0], a[1]], [a[1], a[2]]])


def _cube(point: np.ndarray[Any, Any]) -> Instance:
    return {"u": 4 * point[:3] - 2, "v": 4 * point[3:] - 2}


def _draw(rng: np.random.Generator, case: str) -> Instance:
    u = rng.standard_normal(3)
    return {"u": u, "v": u.copy() if case == "equal" else rng.standard_normal(3)}


def _identity(rng: np.random.Generator, case: str) -> Instance:
    """Random matrices, and in the other case multiples of the identity and of matrices of rank one."""
    u = rng.standard_normal(3) if case == "any" else float(rng.uniform(0.5, 2)) * np.array([1.0, 0.0, rng.integers(2)])
    return {"u": u, "v": u.copy()}


def _ones(rng: np.random.Generator, case: str) -> Instance:
    u = rng.standard_normal(3) if case == "any" else np.full(3, float(rng.uniform(0.5, 2)))
    return {"u": u, "v": u.copy()}


def stated(relation: Relation, draw: Any, other: str) -> Lemma:
    return Lemma(relation, draw=draw, cases=("any", other), search={"cube": Search(6, _cube)})


SHARP: dict[str, tuple[str, Callable[[sp.Rational], Lemma]]] = {
    "parallelogram": ("norms", lambda c: stated(le(sum_of_both, 2 * c * squares), _draw, "equal")),
    "Cauchy-Schwarz": ("norms", lambda c: stated(le(inner, c * norms), _draw, "equal")),
    "sum of moduli": ("norms", lambda c: stated(le(entries, c * sp.sqrt(3) * length), _ones, "ones")),
    "Frobenius by spectral": (
        "eigenvalues",
        lambda c: stated(le(frobenius, c * sp.sqrt(2) * spectral), _identity, "few"),
    ),
    "spectral by Frobenius": ("eigenvalues", lambda c: stated(le(spectral, c * frobenius), _identity, "few")),
    "submultiplicative": ("eigenvalues", lambda c: stated(le(product, c * both), _identity, "few")),
    "eigenvalue below the mean": (
        "eigenvalues",
        lambda c: stated(le(least, trace / 2 + (c - 1) * spectral), _identity, "few"),
    ),
}


def statements() -> Iterator[Statement]:
    """All of them."""
    for name, (category, make) in SHARP.items():
        yield from around(name, category, make, GAPS)
