"""Rules about forms and roots that take premises: on numbers that meet these, and with wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from verify import Quantity, integer, le, positive, real
from verify.proof import Fact, Index, Inner, Norm, StepFailed, assume, bound, in_domain, rules, scalars, vectors
from verify.proof.evaluate import violation
from verify.proof.terms import Mat, Spectral, total

n = Quantity("n", integer(1))
i, j = Index("i", n), Index("j", n)
v, p, f, u = vectors("V"), vectors("P"), scalars("f"), scalars("u")
a, b = Quantity("a", real()), Quantity("b", real(0))
top = Quantity("top", positive())
A = Mat("A", sp.Lambda((i, j), Inner(v(i), v(j))))
below, above = assume(le(a**2, b)), assume(le(a, b))
dual = rules.absolute_above(rules.cauchy_schwarz(v(1), p()), Inner(v(1), p()))
form = rules.gram_form_above(A, v(i), u(i), i, j)


def numbers(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 5))
    at: dict[str, Any] = {"n": rows, "V": rng.standard_normal((rows, 3)), "u": rng.standard_normal(rows)}
    at["a"] = float(rng.uniform(0, 2))
    return at | {"top": at["a"] + float(rng.choice([0, 1])), "b": at["a"] ** 2 + float(rng.choice([0, 1]))}


TRUE: dict[str, Fact] = {
    "root-at-least": rules.root_at_least(below, a),
    "root-at-most": rules.root_at_most(bound(b, "<=", (b + 1) ** 2), b + 1, bound(0, "<=", b + 1)),
    "norm-from-dual": rules.norm_from_dual(v(1), dual, Norm(v(1)), p(), bound(0, "<=", Norm(v(1)))),
    "gram-norm-from-form": rules.gram_norm_from_form(A, v(i), form, Spectral(A), u(i), i, j),
    "exp-chord": rules.exp_chord(assume(le(a, top)), assume(le(0, a))),
}


@pytest.mark.parametrize("name", sorted(TRUE))
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_conclusions_hold(name: str, seed: int) -> None:
    at = numbers(seed)
    assert all(violation(held, at) <= 0 for held in TRUE[name].assumptions)
    assert violation(TRUE[name].relation, at) < 1e-9


imaginary = sp.sqrt(-1 - b)
REFUSED: dict[str, Callable[[], Fact]] = {
    "root-at-least": lambda: rules.root_at_least(above, a),
    "root-at-most": lambda: rules.root_at_most(assume(le(b, a**2)), a, in_domain(b)[0]),
    "norm-from-dual": lambda: rules.norm_from_dual(v(1), dual, Norm(v(1)), v(1), bound(0, "<=", Norm(v(1)))),
    "norm-from-dual, one vector": lambda: rules.norm_from_dual(
        v(1), assume(le(Inner(v(1), p()), b * Norm(p()))), b, p(), in_domain(b)[0]
    ),
    "gram-norm-from-form": lambda: rules.gram_norm_from_form(A, v(i), form, b, u(i), i, j),
    "exp-chord": lambda: rules.exp_chord(above, in_domain(b)[0]),
    "block-triangle": lambda: rules.block_triangle(v(i), f(i), u(i), i),
    "direct-sum-triangle": lambda: rules.direct_sum_triangle(v(i), v(1)),
    "entry-at-most-euclidean": lambda: rules.entry_at_most_euclidean(imaginary * f(i), i),
    "euclidean-of-sum": lambda: rules.euclidean_of_sum(f(i), i, i),
    "product-at-most-squares": lambda: rules.product_at_most_squares(imaginary, a),
    "sum-of-products": lambda: rules.sum_of_products(imaginary * f(i), f(i), i),
    "root-tangent": lambda: rules.root_tangent(b, b),
    "tensor-form": lambda: rules.tensor_form(A, v(i), v(1), v(1), i, j),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_wrong_premises_are_refused(name: str) -> None:
    with pytest.raises((StepFailed, TypeError)):
        REFUSED[name]()


def test_the_form_is_not_the_sum() -> None:
    """The Gram form is bounded through the norm of the matrix: the sum of the squares alone is too small."""
    at = numbers(1) | {"n": 2, "V": np.full((2, 3), 2.0), "u": np.ones(2)}
    assert violation(le(form.low, total(u(i) ** 2, i)), at) > 0
