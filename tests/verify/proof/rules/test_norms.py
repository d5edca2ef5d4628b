"""Rules about norms, sums and suprema: true on random numbers, refused with wrong premises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_checks import assert_holds

from verify import Quantity, integer, le, lt, positive, real
from verify.proof import (
    Fact,
    Index,
    Inner,
    Norm,
    StepFailed,
    assume,
    bound,
    in_domain,
    rules,
    scalars,
    sup,
    total,
    vectors,
)
from verify.proof.evaluate import violation
from verify.proof.terms import Entry, Mat

n, m = Quantity("n", integer(1)), Quantity("m", integer(1))
i, j, r, k = Index("i", n), Index("j", n), Index("r", m), Index("k", n)
v, u, f, c, h = vectors("V"), vectors("U"), scalars("f"), scalars("c"), scalars("h")
a, b, size = Quantity("a", real()), Quantity("b", real()), Quantity("size", real(0))
keep = Quantity("keep", positive(1, open_upper=True))
A = Mat("A", sp.Lambda((i, j), Inner(v(i), u(j))))


def numbers(seed: int) -> dict[str, Any]:
    """An instance; ``size`` is |a| in every second one, so that assumptions are met with equality."""
    rng = np.random.default_rng(seed)
    rows, blocks, dim = (int(s) for s in rng.integers(1, 5, 3))
    at: dict[str, Any] = {"n": rows, "m": blocks, "keep": float(rng.uniform(0.01, 0.99))}
    at |= {"V": rng.standard_normal((rows + 1, dim)), "U": rng.standard_normal((rows + 1, dim))}
    at |= {"f": rng.standard_normal(rows), "c": rng.standard_normal(rows), "h": rng.standard_normal((blocks, rows))}
    at |= {"a": float(rng.standard_normal()), "b": float(rng.standard_normal())}
    return at | {"size": abs(at["a"]) + float(rng.choice([0, rng.exponential()]))}


bounded = assume(le(sp.Abs(a), size))
each = rules.sup_member(sup(sp.Abs(f(i)), i), i)
each_entry = rules.sup_member(sup(sp.Abs(Entry(A, i, j)), i, j), i, j)
zero, zero_number = assume(le(Norm(v(1) - u(1)), 0)), assume(le(sp.Abs(a + b), 0))

TRUE: dict[str, Fact] = {
    "cauchy-schwarz": rules.cauchy_schwarz(v(i), u(i) + 2 * v(1)),
    "norm-squared": rules.norm_squared(v(i) - 3 * u(i)),
    "common-factor": rules.common_factor(a * b, f(i) * v(i), i),
    "triangle": rules.triangle(v(i), -2 * u(i), v(1)),
    "absolute-triangle": rules.absolute_triangle(a, b, f(i)),
    "absolute-of-sum": rules.absolute_of_sum(h(r, i), r, i),
    "norm-of-sum": rules.norm_of_sum(f(i) * v(i), i),
    "polygon": rules.polygon(v(i), i),
    "geometric-sum": rules.geometric_sum(keep, bound(0, "<=", keep), in_domain(keep)[1], i),
    "absolute-above": rules.absolute_above(bounded, a),
    "absolute-below": rules.absolute_below(bounded, a),
    "square-of-bounded": rules.square_of_bounded(bounded, a),
    "sup-member": rules.sup_member(sup(h(r, i), r, i), r, i),
    "sup-member, first and last": rules.sup_member(sup(h(r, i), r, i), m, sp.S.One),
    "sup-least": rules.sup_least(each, i),
    "sum-bound": rules.sum_bound(each, i),
    "absolute-sum-at-most-root": rules.absolute_sum_at_most_root(f(i), i),
    "euclidean-triangle": rules.euclidean_triangle(i, f(i), c(i), -2 * c(i)),
    "euclidean-entrywise": rules.euclidean_entrywise(each, i),
    "frobenius-entrywise": rules.frobenius_entrywise(A, each_entry, i, j),
    "spectral-at-most-frobenius": rules.spectral_at_most_frobenius(A),
    "frobenius-is-entrywise": rules.frobenius_is_entrywise(A, i, j),
    "frobenius-at-most-root-spectral": rules.frobenius_at_most_root_spectral(A, i, j),
}


@pytest.mark.parametrize("name", sorted(TRUE))
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_conclusions_hold(name: str, seed: int) -> None:
    assert_holds(TRUE[name], numbers(seed), seed, 1e-9)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_vanishing_norms(seed: int) -> None:
    at = numbers(seed)
    at |= {"U": at["V"], "b": -at["a"]}
    for fact in (
        rules.zero_norm(zero),
        rules.zero_norm(assume(le(Norm(-v(1) + u(1)), 0))),
        rules.zero_absolute(zero_number, a),
    ):
        assert violation(fact.relation, at) == 0
    assert rules.zero_norm(assume(le(Norm(v(1)), 0))).relation.right == 0


REFUSED: dict[str, Callable[[], Fact]] = {
    "cauchy-schwarz": lambda: rules.cauchy_schwarz(v(i), a),
    "common-factor": lambda: rules.common_factor(f(i), v(i), i),
    "common-factor, no vector": lambda: rules.common_factor(a, f(i), i),
    "norm-squared": lambda: rules.norm_squared(a),
    "zero-norm": lambda: rules.zero_norm(assume(le(Norm(v(1) - u(1)), size))),
    "zero-absolute": lambda: rules.zero_absolute(assume(le(sp.Abs(a + b), size)), a),
    "zero-absolute, no term": lambda: rules.zero_absolute(zero_number, f(1)),
    "triangle": lambda: rules.triangle(v(1)),
    "absolute-triangle": lambda: rules.absolute_triangle(a),
    "absolute-of-sum": lambda: rules.absolute_of_sum(f(i), sp.Symbol("i")),
    "norm-of-sum": lambda: rules.norm_of_sum(f(i), i),
    "polygon": lambda: rules.polygon(v(sp.Symbol("i")), sp.Symbol("i")),
    "geometric-sum": lambda: rules.geometric_sum(size, in_domain(size)[0], assume(le(size, 1)), i),
    "geometric-sum, sign": lambda: rules.geometric_sum(a, bounded, assume(lt(a, 1)), i),
    "geometric-sum, moving": lambda: rules.geometric_sum(f(i), assume(le(0, f(i))), assume(lt(f(i), 1)), i),
    "absolute-above": lambda: rules.absolute_above(bounded, b),
    "absolute-below": lambda: rules.absolute_below(bounded, b),
    "square-of-bounded": lambda: rules.square_of_bounded(assume(le(a, size)), a),
    "sup-member": lambda: rules.sup_member(sup(f(i), i), r),
    "sup-member, no supremum": lambda: rules.sup_member(total(f(i), i), i),
    "sup-least": lambda: rules.sup_least(bound(f(i), "<=", f(i)), i),
    "sup-least, one value": lambda: rules.sup_least(assume(le(f(i), b)), i),
    "sum-bound": lambda: rules.sum_bound(assume(le(f(i), c(i))), i),
    "absolute-sum-at-most-root": lambda: rules.absolute_sum_at_most_root(f(i), n),
    "euclidean-triangle": lambda: rules.euclidean_triangle(i, f(i)),
    "euclidean-entrywise": lambda: rules.euclidean_entrywise(rules.sup_member(sup(f(i), i), i), i),
    "euclidean-entrywise, one value": lambda: rules.euclidean_entrywise(assume(le(sp.Abs(f(i)), b)), i),
    "frobenius-entrywise": lambda: rules.frobenius_entrywise(A, each, i, j),
    "frobenius-entrywise, one index": lambda: rules.frobenius_entrywise(A, each_entry, i, i),
    "spectral-at-most-frobenius": lambda: rules.spectral_at_most_frobenius(a),
    "frobenius-is-entrywise": lambda: rules.frobenius_is_entrywise(A, i, i),
    "frobenius-is-entrywise, other rows": lambda: rules.frobenius_is_entrywise(A, i, r),
    "frobenius-at-most-root-spectral": lambda: rules.frobenius_at_most_root_spectral(A, i, r),
    "frobenius-at-most-root-spectral, opaque": lambda: rules.frobenius_at_most_root_spectral(Mat("K"), i, j),
    "frobenius-at-most-root-spectral, no matrix": lambda: rules.frobenius_at_most_root_spectral(a, i, j),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_wrong_premises_are_refused(name: str) -> None:
    with pytest.raises((StepFailed, TypeError)):
        REFUSED[name]()
