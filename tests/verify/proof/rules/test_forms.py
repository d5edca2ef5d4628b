"""Rules about Gram matrices: their conclusions hold on random numbers, and wrong premises are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from verify import Quantity, integer, le, positive, real
from verify.proof import Fact, Index, Inner, StepFailed, assume, bound, rules, scalars, total, vectors
from verify.proof.evaluate import violation
from verify.proof.rules.forms import image
from verify.proof.terms import Mat, Norm, signs

n, m = Quantity("n", integer(1)), Quantity("m", integer(1))
i, j, r = Index("i", n), Index("j", n), Index("r", m)
v, c, u = vectors("V"), scalars("c"), scalars("u")
A = Mat("A", sp.Lambda((i, j), total(Inner(v(r, i), v(r, j)), r)))
B = Mat("B", sp.Lambda((i, j), Inner(v(1, i), v(1, j))))
TENSOR = Mat("T", sp.Lambda((i, j), Inner(v(1, i), v(1, j)) ** 2))
L = Quantity("L", real(0))


def numbers(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    rows, blocks, dim = rng.integers(1, 4, 3)
    V = rng.standard_normal((blocks, rows, dim))
    several = {"Y": rng.standard_normal((blocks, dim))}
    numbers: dict[str, Any] = {"c": rng.standard_normal(rows), "f": rng.standard_normal((blocks, rows))}
    numbers["L"] = float(rng.uniform(0, 3))
    return {"n": int(rows), "m": int(blocks), "V": V, **numbers, **several}


TRUE: dict[str, Fact] = {
    "gram-form-above": rules.gram_form_above(A, v(r, i), c(i), i, j, r),
    "gram-form-above, one block": rules.gram_form_above(B, v(1, i), c(i), i, j),
    "gram-rows-above": rules.gram_rows_above(B, v(1, i), 2 * vectors("Y")(1) - vectors("Y")(m), i, j),
    "gram-form-below": rules.gram_form_below(A, v(r, i), c(i), i, j, r),
    "gram-squared": rules.gram_squared(A, v(r, i), c(i), i, j, r),
    "gram-form": rules.gram_form(A, v(r, i), c(i), i, j, r),
    "block-triangle": rules.block_triangle(v(r, i), vectors("Y")(r), c(i), i, r),
    "euclidean-of-sum": rules.euclidean_of_sum(scalars("f")(r, i), i, r),
    "sum-of-products": rules.sum_of_products(c(i), scalars("f")(1, i), i),
    "tensor-form": rules.tensor_form(TENSOR, v(1, i), vectors("Y")(1), vectors("Y")(m), i, j),
    "direct-sum-triangle": rules.direct_sum_triangle(v(r, 1), vectors("Y")(r), r),
    "root-tangent": rules.root_tangent(1 + L, L**2),
    "product-at-most-squares": rules.product_at_most_squares(c(1), c(n)),
    "entry-at-most-euclidean": rules.entry_at_most_euclidean(c(i), i),
}


@pytest.mark.parametrize("name", sorted(TRUE))
@given(seed=st.integers(0, 10**6))
def test_conclusions_hold(name: str, seed: int) -> None:
    at = numbers(seed)
    free = {s: 1 for s in TRUE[name].relation.symbols if isinstance(s, Index)}
    assert violation(TRUE[name].relation, at, free) < 1e-9


@given(seed=st.integers(0, 10**6))
def test_some_conclusion_is_tight_enough_to_fail_when_shrunk(seed: int) -> None:
    """The best constant over all u is the norm itself: the leading eigenvector attains it."""
    at = numbers(seed)
    gram = np.einsum("rid,rjd->ij", at["V"], at["V"])
    at["c"] = np.linalg.eigh(gram)[1][:, -1]
    relation = rules.gram_form_above(A, v(r, i), c(i), i, j, r).relation
    assert violation(le(relation.low * sp.Rational(1001, 1000), relation.high), at) > 0


def test_norm_from_form() -> None:
    form = assume(le(image(u(i), v(r, i), i, r), L * total(u(i) ** 2, i)))
    with pytest.raises(StepFailed, match="not arbitrary"):  # assumed for the one u that it names
        rules.gram_norm_from_form(A, v(r, i), form, L, u(i), i, j, r)
    shown = rules.gram_form_above(A, v(r, i), u(i), i, j, r)
    norm = rules.gram_norm_from_form(A, v(r, i), shown, shown.high / total(u(i) ** 2, i), u(i), i, j, r)
    assert norm.low == norm.high  # |A| <= |A|
    with pytest.raises(StepFailed, match="no arbitrary number"):
        rules.gram_norm_from_form(A, v(r, i), shown, L, signs("u")(i), i, j, r)
    with pytest.raises(StepFailed, match="is not L times"):
        rules.gram_norm_from_form(A, v(r, i), shown, L, u(i), i, j, r)


@pytest.mark.parametrize("build", [rules.gram_form_above, rules.gram_form_below, rules.gram_squared, rules.gram_form])
def test_another_matrix_is_refused(build: Any) -> None:
    with pytest.raises(StepFailed, match="not the Gram matrix"):
        build(B, v(r, i), c(i), i, j, r)
    with pytest.raises(StepFailed, match="another index"):
        build(A, v(r, i), c(r), i, j, r)
    with pytest.raises(StepFailed, match="two indices"):
        build(A, v(r, i), c(i), i, i, r)


def test_rows_are_those_of_the_matrix() -> None:
    for wrong in ((A, v(1, i), v(1, 1)), (B, v(1, i), v(1, i)), (B, v(1, i), c(1)), (B, 2 * v(1, i), v(1, 1))):
        with pytest.raises(StepFailed):
            rules.gram_rows_above(*wrong, i, j)


def test_roots() -> None:
    x = Quantity("x", real(0))
    square = assume(le(x, L**2))
    assert rules.root_at_most(square, L, bound(0, "<=", L)).relation == le(sp.sqrt(x), L)
    y = Quantity("y", real())
    with pytest.raises(StepFailed, match="not 0 <= y"):
        rules.root_at_most(assume(le(x, y**2)), y, bound(0, "<=", L))
    assert rules.root_at_least(assume(le(y**2, x)), y).relation == le(y, sp.sqrt(x))
    with pytest.raises(StepFailed, match=r"is not y\^2"):
        rules.root_at_least(assume(le(y, x)), y)


def test_mean_value() -> None:
    z, a, b = Quantity("z", real()), Quantity("a", real()), Quantity("b", real())
    slope = bound(sp.Abs(sp.exp(z)), "<=", sp.exp(L), assume(le(z, L)))
    ends = [assume(le(a, L)), assume(le(b, L))]
    found = rules.mean_value(sp.exp(z), slope, z, a, b, *ends)
    assert found.assumptions == {f.relation for f in ends}
    for value in ({"a": -1.0, "b": 0.7, "L": 1.0}, {"a": 1.0, "b": 0.999, "L": 1.0}):
        assert violation(found.relation, value) < 1e-12
    with pytest.raises(StepFailed, match="not discharged"):
        rules.mean_value(sp.exp(z), slope, z, a, b, ends[0])
    square = bound(sp.Abs(sp.exp(z)), "<=", sp.exp(L), assume(le(z, L)), assume(le(1, z**2)))
    with pytest.raises(StepFailed, match="interval"):
        rules.mean_value(sp.exp(z), square, z, a, b, *ends)
    with pytest.raises(StepFailed, match="visibly differentiable"):
        rules.mean_value(sp.Abs(z), assume(le(sp.Abs(sp.diff(sp.Abs(z), z)), 1)), z, a, b)


def test_norm_from_dual() -> None:
    p, one = vectors("p")(), vectors("Y")(1)
    size = Norm(one)
    every = rules.absolute_above(rules.cauchy_schwarz(one, p), Inner(one, p))
    assert rules.norm_from_dual(one, every, size, p, bound(0, "<=", size)).relation == le(size, size)
    with pytest.raises(StepFailed, match="not arbitrary"):
        rules.norm_from_dual(one, assume(le(Inner(one, p), L * Norm(p))), L, p, bound(0, "<=", L))
    with pytest.raises(StepFailed, match="no arbitrary vector"):
        rules.norm_from_dual(one, every, size, one, bound(0, "<=", size))


@given(a=st.floats(0, 3), more=st.floats(0.01, 3))
def test_exp_chord(a: float, more: float) -> None:
    z, s = Quantity("z", real(0)), Quantity("s", positive())
    chord = rules.exp_chord(assume(le(z, s)), bound(0, "<=", z))
    assert violation(chord.relation, {"z": a, "s": a + more}) < 1e-12
    with pytest.raises(StepFailed, match="s > 0"):
        rules.exp_chord(assume(le(z, L)), bound(0, "<=", z))
    with pytest.raises(StepFailed, match="not 0 <= a"):
        rules.exp_chord(assume(le(z, s)), bound(0, "<=", L))


def test_tangents_need_signs() -> None:
    with pytest.raises(StepFailed, match="not known to be positive"):
        rules.root_tangent(L, L)
    with pytest.raises(StepFailed, match="not made of"):
        rules.tensor_form(B, v(1, i), c(1) * v(1, 1), v(1, 1), i, j)
