"""Rules about the order of symmetric matrices: true on random matrices, refused with wrong premises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from verify import Quantity, eq, integer, le, lt, real
from verify.proof import (
    Fact,
    Index,
    Inner,
    StepFailed,
    algebra,
    assume,
    chain,
    rules,
    scalars,
    sup,
    total,
    vectors,
)
from verify.proof.evaluate import violation
from verify.proof.terms import Entry, InverseRoot, LambdaMin, Mat

n, m = Quantity("n", integer(1)), Quantity("m", integer(1))
i, j, k, h, row, column = (Index(name, n) for name in ("i", "j", "k", "h", "row", "column"))
r = Index("r", m)
x, y, f, d = vectors("X"), vectors("Y"), scalars("f"), scalars("d")
size, c = Quantity("size", real(0)), Quantity("c", real(0))


def matrix(name: str, entry: sp.Expr) -> Mat:
    found: Mat = Mat(name, sp.Lambda((i, j), entry))
    return found


gram = matrix("gram", Inner(x(i), x(j)))
scaled = matrix("scaled", d(i) * d(j) * Inner(x(i), x(j)))
other = matrix("other", Inner(y(i), y(j)))
both = matrix("both", Inner(x(i), x(j)) + Inner(y(i), y(j)))
skew = matrix("skew", f(i) - f(j))
definite: Mat = Mat("definite", sp.Lambda((row, column), Inner(y(row), y(column))))
summed = matrix("summed", total(total(f(k) * f(h) * d(i) * d(j) * Inner(x(k), x(h)), k), h))
white = matrix("white", total(InverseRoot(definite, i, k) * InverseRoot(definite, j, h) * Inner(x(k), x(h)), k, h))
roots = InverseRoot(definite, i, k) * InverseRoot(definite, h, j)
identity = matrix("identity", total(roots * Entry(definite, k, h), k, h))
positive = assume(lt(0, LambdaMin(definite)))
largest = sup(sp.Abs(d(i)), i)
bounded = chain(rules.sup_member(largest, i), assume(le(largest, size)))
ordered = assume(le(c, LambdaMin(white)))
nonnegative_c = assume(le(0, c))
whole = algebra(Entry(both, i, j), Entry(gram, i, j) + Entry(other, i, j))
unit = rules.inverse_root(definite, positive, i, j, k, h)

TRUE: dict[str, Fact] = {
    "gram-is-psd": rules.gram_is_psd(gram, x(i), i, j),
    "gram-is-psd, of sums": rules.gram_is_psd(summed, total(f(k) * d(i) * x(k), k), i, j, (k, h)),
    "scaled-gram-largest": rules.scaled_gram_largest(scaled, gram, d(i), bounded, x(i), i, j),
    "weyl-sum": rules.weyl_sum(both, gram, other, whole, i, j),
    "equal-entries-largest": rules.equal_entries_largest(
        both,
        matrix("turned", Inner(y(j), y(i)) + Inner(x(j), x(i))),
        algebra(Entry(both, i, j), Inner(y(j), y(i)) + Inner(x(j), x(i))),
        i,
        j,
    ),
    "inverse-root": unit,
    "identity-smallest": rules.identity_smallest(identity, unit, i, j),
    "unwhitened": rules.unwhitened(white, gram, definite, positive, ordered, nonnegative_c, i, j, k, h),
    "product-of-sums": rules.product_of_sums(f(k) * Inner(x(i), x(k)), d(h), [k], [h]),
    "renamed-sum": rules.renamed_sum(f(k) * Inner(x(i), x(h)), [k, h], [row, column]),
}


def numbers(seed: int) -> dict[str, Any]:
    """Random instances; c is the least eigenvalue of the whitened matrix, or less."""
    rng = np.random.default_rng(seed)
    rows, dim = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    at: dict[str, Any] = {"n": rows, "m": rows + 1, "X": rng.standard_normal((rows, dim))}
    at |= {"Y": rng.standard_normal((rows, rows + 2)), "f": rng.standard_normal(rows), "d": rng.standard_normal(rows)}
    values, vectors_ = np.linalg.eigh(at["Y"] @ at["Y"].T)
    root = (vectors_ / np.sqrt(values)) @ vectors_.T
    least = np.linalg.eigvalsh(root @ at["X"] @ at["X"].T @ root)[0]
    at["c"] = float(max(least - rng.choice([1e-9, 0.1]), 0.0))
    return at | {"size": float(abs(at["d"]).max())}


@pytest.mark.parametrize("name", sorted(TRUE))
@given(seed=st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_conclusions_hold(name: str, seed: int) -> None:
    at, fact = numbers(seed), TRUE[name]
    free = {s: 1 + seed % at[str(s.size)] for s in (i, j)}
    assert all(violation(held, at, free) <= 1e-9 for held in fact.assumptions)
    assert violation(fact.relation, at, free) < 1e-7


REFUSED: dict[str, Callable[[], Fact]] = {
    "gram-is-psd": lambda: rules.gram_is_psd(scaled, x(i), i, j),
    "gram-is-psd, one index": lambda: rules.gram_is_psd(gram, x(i), i, i),
    "gram-is-psd, another range": lambda: rules.gram_is_psd(gram, x(i), i, r),
    "gram-is-psd, letter in use": lambda: rules.gram_is_psd(summed, total(f(k) * d(i) * x(k), k), i, j, (k, k)),
    "scaled-gram-largest": lambda: rules.scaled_gram_largest(gram, scaled, d(i), bounded, x(i), i, j),
    "scaled-gram-largest, one row": lambda: rules.scaled_gram_largest(
        scaled, gram, d(i), assume(le(sp.Abs(d(1)), size)), x(i), i, j
    ),
    "scaled-gram-largest, moving bound": lambda: rules.scaled_gram_largest(
        scaled, gram, d(i), algebra(sp.Abs(d(i)), sp.Abs(d(i))), x(i), i, j
    ),
    "weyl-sum": lambda: rules.weyl_sum(gram, both, other, whole, i, j),
    "weyl-sum, not symmetric": lambda: rules.weyl_sum(
        skew, skew, matrix("zero", sp.S.Zero * f(i)), algebra(Entry(skew, i, j), f(i) - f(j)), i, j
    ),
    "weyl-sum, one entry": lambda: rules.weyl_sum(
        both, gram, other, assume(eq(Entry(both, 1, 1), Entry(gram, 1, 1) + Entry(other, 1, 1))), i, j
    ),
    "equal-entries-largest": lambda: rules.equal_entries_largest(both, gram, whole, i, j),
    "inverse-root": lambda: rules.inverse_root(definite, assume(le(0, LambdaMin(definite))), i, j, k, h),
    "inverse-root, not symmetric": lambda: rules.inverse_root(skew, assume(lt(0, LambdaMin(skew))), i, j, k, h),
    "inverse-root, one letter": lambda: rules.inverse_root(definite, positive, i, i, k, h),
    "identity-smallest": lambda: rules.identity_smallest(gram, unit, i, j),
    "identity-smallest, one entry": lambda: rules.identity_smallest(
        identity, assume(eq(Entry(identity, i, j), sp.KroneckerDelta(i, j))), i, j
    ),
    "unwhitened": lambda: rules.unwhitened(scaled, gram, definite, positive, ordered, nonnegative_c, i, j, k, h),
    "unwhitened, sign": lambda: rules.unwhitened(white, gram, definite, positive, ordered, positive, i, j, k, h),
    "product-of-sums": lambda: rules.product_of_sums(f(k), d(k), [k], [k]),
    "product-of-sums, shared": lambda: rules.product_of_sums(f(k) * f(h), d(h), [k], [h]),
    "renamed-sum": lambda: rules.renamed_sum(f(k) * f(h), [k], [h]),
    "renamed-sum, another range": lambda: rules.renamed_sum(f(k), [k], [r]),
    "renamed-sum, twice": lambda: rules.renamed_sum(f(k) * f(h), [k, h], [row, row]),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_wrong_premises_are_refused(name: str) -> None:
    with pytest.raises((StepFailed, TypeError)):
        REFUSED[name]()
