"""Inequalities between the norms and eigenvalues of symmetric 2 x 2 matrices, sharp, with proofs for every C >= 1."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from quality_array import Family, families, measured, with_room
from quality_statement import Statement

from lemmas import model
from verify import Fact, Proof, le
from verify.proof import Index, bound, calc, certified, rules, scalars, times, total
from verify.proof.terms import Entry, Frobenius, LambdaMin, Mat, Spectral, Trace, euclidean

u, v = scalars("u"), scalars("v")
i, j, k = (Index(name, 2) for name in "ijk")
A = Mat("A", sp.Lambda((i, j), u(i + j - 1)))  # entries u_1, u_2, u_2, u_3
B = Mat("B", sp.Lambda((i, j), v(i + j - 1)))
AB = Mat("AB", sp.Lambda((i, j), total(Entry(A, i, k) * Entry(B, k, j), k)))


def _matrix(a: model.Array) -> model.Array:
    return np.array([[a[0], a[1]], [a[1], a[2]]])


frobenius = measured("frobenius", lambda at: model.frobenius(_matrix(at["u"])), Frobenius(A))
spectral = measured("spectral", lambda at: model.spectral_norm(_matrix(at["u"])), Spectral(A))
least = measured("least", lambda at: model.lambda_min(_matrix(at["u"])), LambdaMin(A), signed=True)
trace = measured("trace", lambda at: at["u"][0] + at["u"][2], Trace(A), signed=True)
product = measured("product", lambda at: model.frobenius(_matrix(at["u"]) @ _matrix(at["v"])), Frobenius(AB))
both = measured(
    "both",
    lambda at: model.frobenius(_matrix(at["u"])) * model.frobenius(_matrix(at["v"])),
    Frobenius(A) * Frobenius(B),
)


def frobenius_by_spectral(p: Proof) -> Fact:
    return with_room(p, rules.frobenius_at_most_root_spectral(A, i, j), sp.sqrt(2) * spectral)


def spectral_by_frobenius(p: Proof) -> Fact:
    return with_room(p, rules.spectral_at_most_frobenius(A), frobenius)


def submultiplicative(p: Proof) -> Fact:
    """Cauchy-Schwarz for each entry of AB, then the sums of the squares of rows and of columns part."""
    a, b = Entry(A, i, k), Entry(B, k, j)
    entry = calc(
        "one entry",
        sp.Abs(total(a * b, k)),
        ("<=", total(sp.Abs(a) * sp.Abs(b), k), [rules.absolute_of_sum(a * b, k)]),
        ("<=", euclidean(a, k) * euclidean(b, k), [rules.sum_of_products(a, b, k)]),
    )
    squares = rules.sum_bound(rules.square_of_bounded(entry, total(a * b, k)), i, j)
    rows, columns = total(a**2, k), total(b**2, k)
    parts = [rules.frobenius_is_entrywise(A, i, k), rules.frobenius_is_entrywise(B, k, j)]
    norm = calc(
        "the square of the norm",
        Frobenius(AB) ** 2,
        ("==", total(Entry(AB, i, j) ** 2, i, j), [rules.frobenius_is_entrywise(AB, i, j)]),
        ("<=", total(rows * columns, i, j), [squares]),
        ("==", total(rows, i) * total(columns, j), [rules.product_of_sums(rows, columns, [i], [j])]),
        ("==", Frobenius(A) ** 2 * Frobenius(B) ** 2, parts),
    )
    root = rules.root_at_most(norm, Frobenius(A) * Frobenius(B), bound(0, "<=", Frobenius(A) * Frobenius(B)))
    return with_room(p, bound(product, "<=", both, root), both)


def below_the_mean(p: Proof) -> Fact:
    """lambda_min(A) <= A_ii for i = 1 and 2, and the two add up to the trace."""
    diagonal = rules.sum_bound(rules.diagonal_at_least_lambda_min(A, i), i)
    mean = bound(least, "<=", trace / 2, diagonal, rules.trace_is_diagonal_sum(A, i), name="at most the mean")
    room = certified(le(0, p.const("C") - 1), {}, name="C is no smaller than the best constant")
    return p.conclude(bound(least, "<=", p.goal.right, mean, times(room, spectral), name="the constant"))


SHARP: dict[str, Family] = {
    "Frobenius by spectral": (lambda C: le(frobenius, C * sp.sqrt(2) * spectral), frobenius_by_spectral, "few"),
    "spectral by Frobenius": (lambda C: le(spectral, C * frobenius), spectral_by_frobenius, "few"),
    "submultiplicative": (lambda C: le(product, C * both), submultiplicative, "few"),
    "eigenvalue below the mean": (lambda C: le(least, trace / 2 + (C - 1) * spectral), below_the_mean, "few"),
}


def statements() -> Iterator[Statement]:
    """All of them."""
    yield from families(SHARP, "eigenvalues")
