"""Inequalities between norms of vectors with their best constants, and a proof of each that serves every C >= 1."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from quality_array import Family, families, measured, with_room
from quality_statement import Statement

from lemmas import model
from verify import Fact, Proof, le
from verify.proof import Index, Inner, Norm, bound, calc, rules, scalars, total, vectors
from verify.proof.terms import euclidean

u, v = vectors("u")(), vectors("v")()
k = Index("k", 3)
entry = scalars("u")(k)

sum_of_both = measured("sum_of_both", lambda at: _square(at["u"] + at["v"]), Norm(u + v) ** 2)
squares = measured("squares", lambda at: _square(at["u"]) + _square(at["v"]), Norm(u) ** 2 + Norm(v) ** 2)
inner = measured("inner", lambda at: (at["u"] * at["v"]).sum(), Inner(u, v), signed=True)
norms = measured("norms", lambda at: model.frobenius(at["u"]) * model.frobenius(at["v"]), Norm(u) * Norm(v))
moduli = measured("moduli", lambda at: sum(model.maximum(np.array([a, -a])) for a in at["u"]), total(sp.Abs(entry), k))
length = measured("length", lambda at: model.frobenius(at["u"]), euclidean(entry, k))


def _square(a: model.Array) -> model.Scalar:
    return (a * a).sum()


def parallelogram(p: Proof) -> Fact:
    """|u + v|^2 + |u - v|^2 = 2 (|u|^2 + |v|^2)."""
    law = calc(
        "parallelogram law",
        sum_of_both,
        ("==", Inner(u, u) + 2 * Inner(u, v) + Inner(v, v), [rules.norm_squared(u + v)]),
        ("==", 2 * (Inner(u, u) + Inner(v, v)) - Inner(u - v, u - v), []),
        ("==", 2 * (Inner(u, u) + Inner(v, v)) - Norm(u - v) ** 2, [rules.norm_squared(u - v)]),
        ("<=", 2 * (Inner(u, u) + Inner(v, v)), []),
        ("==", 2 * squares, [rules.norm_squared(u), rules.norm_squared(v)]),
    )
    return with_room(p, law, 2 * squares)


def cauchy_schwarz(p: Proof) -> Fact:
    sharp = rules.absolute_above(rules.cauchy_schwarz(u, v), Inner(u, v))
    return with_room(p, bound(inner, "<=", norms, sharp), norms)


def sum_of_moduli(p: Proof) -> Fact:
    """Cauchy-Schwarz against the vector of ones."""
    return with_room(p, rules.absolute_sum_at_most_root(entry, k), sp.sqrt(3) * length)


SHARP: dict[str, Family] = {
    "parallelogram": (lambda C: le(sum_of_both, C * 2 * squares), parallelogram, "equal"),
    "Cauchy-Schwarz": (lambda C: le(inner, C * norms), cauchy_schwarz, "equal"),
    "sum of moduli": (lambda C: le(moduli, C * sp.sqrt(3) * length), sum_of_moduli, "ones"),
}


def statements() -> Iterator[Statement]:
    """All of them."""
    yield from families(SHARP, "norms")
