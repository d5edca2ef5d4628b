"""Rules about eigenvalues: true on random matrices, refused with wrong premises."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_checks import assert_holds

from verify import Quantity, eq, integer, le, lt, positive, real
from verify.proof import Fact, Index, Inner, StepFailed, algebra, assume, bound, in_domain, rules, scalars, vectors
from verify.proof.evaluate import violation
from verify.proof.terms import (
    Entry,
    LambdaMin,
    LeastDistance,
    LeastNorm,
    Mat,
    Norm,
    SpaceDimension,
    Spectral,
    mean,
    sup,
    total,
)

n, m = Quantity("n", integer(1)), Quantity("m", integer(1))
i, j, r = Index("i", n), Index("j", n), Index("r", m)
x, v, f = vectors("X"), vectors("V"), scalars("f")
step, least = Quantity("step", positive()), Quantity("least", real())
S = Mat("S", sp.Lambda((i, j), f(i) * f(j) + sp.cos(0) * Inner(x(i), x(j))))
B = Mat("B", sp.Lambda((i, j), f(i) + f(j)))
skew = Mat("skew", sp.Lambda((i, j), f(i) - f(j)))
gram = Mat("gram", sp.Lambda((i, j), mean(Inner(v(r, i), v(r, j)), r)))
scaled = Mat("scaled", sp.Lambda((i, j), mean(Inner(v(r, i), v(r, j)), r) + 0 * f(i)))
one, other = Index("one", 2), Index("other", 2)
small_one = Mat("small", sp.Lambda((one, other), f(one + other - 1)))
t = Inner(x(i), x(j))
kernel = Mat("kernel", sp.Lambda((i, j), sp.exp(f(i)) * sp.exp(f(j)) * t * sp.exp(t)))
family = sp.Lambda(i, x(i))
distinct, nonzero = assume(lt(0, LeastDistance(family))), assume(lt(0, LeastNorm(family)))
entry = algebra(Entry(kernel, i, j), sp.exp(f(i)) * sp.exp(f(j)) * t * sp.exp(t))
psd = rules.mean_gram_is_psd(gram, v(r, i), i, j, r)
below, small = assume(le(least, LambdaMin(S))), assume(le(step * Spectral(S), 1))


def numbers(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    rows, blocks, dim = (int(s) for s in rng.integers(1, 5, 3))
    at: dict[str, Any] = {"n": rows, "m": blocks, "X": rng.standard_normal((rows, dim)), "f": rng.standard_normal(rows)}
    at["V"] = rng.standard_normal((blocks, rows, dim))
    eigenvalues = np.linalg.eigvalsh(np.outer(at["f"], at["f"]) + at["X"] @ at["X"].T)
    at["least"] = float(eigenvalues[0] - rng.choice([1e-9, rng.exponential()]))
    return at | {"step": float(rng.uniform(0.1, 0.999) / eigenvalues[-1])}


TRUE: dict[str, Fact] = {
    "weyl": rules.weyl(S, B),
    "diagonal-at-least-lambda-min": rules.diagonal_at_least_lambda_min(B, i),
    "psd-norm-at-most-trace": rules.psd_norm_at_most_trace(gram, psd),
    "trace-is-diagonal-sum": rules.trace_is_diagonal_sum(B, i),
    "mean-gram-is-psd": psd,
    "lambda-min-at-most-norm": rules.lambda_min_at_most_norm(B - S),
    "lambda-max-at-most-norm": rules.lambda_max_at_most_norm(B - S),
    "equal-entries": rules.equal_entries(gram, scaled, algebra(Entry(gram, i, j), Entry(scaled, i, j)), i, j),
    "scaled-eigenvalue": rules.scaled_eigenvalue(B - S, n),
    "linear-exponential-kernel": rules.linear_exponential_kernel(
        kernel, entry, x(i), sp.exp(f(i)), i, j, distinct, nonzero
    ),
    "psd-step-contracts": rules.psd_step_contracts(S, below, small, step, f(i), i, j),
}


@pytest.mark.parametrize("name", sorted(TRUE))
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_conclusions_hold(name: str, seed: int) -> None:
    assert_holds(TRUE[name], numbers(seed), seed, 1e-8)


def test_the_kernel_is_singular_without_its_premises() -> None:
    """Equal points make the matrix singular: the premise that the rule asks for is needed."""
    at = numbers(3) | {"n": 2, "X": np.ones((2, 2)), "f": np.zeros(2)}
    assert violation(distinct.relation, at) == 0
    values = np.linalg.eigvalsh(np.full((2, 2), 2 * np.exp(2)))
    assert abs(values[0]) < 1e-12


deg = Quantity("deg", integer(1))
k, c = Index("k", deg), scalars("c")
d = SpaceDimension(family)
terms = sp.exp(f(i)) * sp.exp(f(j)) * t * total(c(k) * t ** (k - 1), k)
polynomial = Mat("polynomial", sp.Lambda((i, j), terms))
in_space = assume(le(sp.binomial(d + deg, d), n))
on_sphere = assume(le(sp.binomial(d + deg - 1, d - 1) + sp.binomial(d + deg - 2, d - 1) + 1, n))
units = assume(le(sup(sp.Abs(Norm(x(i)) - 1), i), 0))
long = assume(le(sup(sp.Abs(Norm(x(i)) - 1), i), 1))
AXES = np.vstack([np.eye(3), -np.eye(3)])


@pytest.mark.parametrize(("dim", "degree"), [(1, 1), (1, 3), (2, 1), (2, 2), (3, 1)])
def test_polynomial_kernels_have_low_rank(dim: int, degree: int) -> None:
    """As many points as the rules ask for; with one point less the least eigenvalue may be positive."""
    rng = np.random.default_rng([dim, degree])
    found = rules.polynomial_kernel(polynomial, x(i), sp.exp(f(i)), c(k), k, i, j, in_space)
    rows = math.comb(dim + degree, dim)
    at: dict[str, Any] = {
        "n": rows,
        "deg": degree,
        "X": rng.standard_normal((rows, dim)),
        "f": rng.standard_normal(rows),
    }
    at["c"] = rng.uniform(0.5, 1, degree)
    assert violation(in_space.relation, at) <= 0
    assert violation(found.relation, at) < 1e-9
    fewer = at | {"n": rows - 1, "X": at["X"][1:], "f": at["f"][1:]}
    assert violation(in_space.relation, fewer) > 0
    assert violation(found.relation, fewer) > 1e-9


@pytest.mark.parametrize(("points", "degree"), [(AXES[[0, 3, 0], :1], 1), (AXES[[0, 1, 3, 4], :2], 1), (AXES, 1)])
def test_polynomial_kernels_on_the_sphere(points: np.ndarray, degree: int) -> None:
    found = rules.polynomial_kernel_on_sphere(polynomial, x(i), sp.exp(f(i)), c(k), k, i, j, on_sphere, units)
    at = {"n": len(points), "deg": degree, "X": points, "f": np.zeros(len(points)), "c": np.ones(degree)}
    assert violation(on_sphere.relation, at) <= 0
    assert violation(units.relation, at) <= 0
    assert violation(found.relation, at) < 1e-9


@pytest.mark.parametrize("entries", [(1, 2, 3), (1, 0, 1), (-2, 1, 0.5), (0, 0, 0), (3, -4, 3)])
def test_two_by_two(entries: tuple[float, ...]) -> None:
    found = rules.smallest_of_two(small_one, one, other)
    assert abs(violation(found.relation, {"f": np.array(entries)})) < 1e-12


REFUSED: dict[str, Callable[[], Fact]] = {
    "smallest-of-two": lambda: rules.smallest_of_two(B, i, j),
    "smallest-of-two, skew": lambda: rules.smallest_of_two(
        Mat("skew", sp.Lambda((one, other), f(one) - f(other))), one, other
    ),
    "weyl": lambda: rules.weyl(S, least),
    "diagonal-at-least-lambda-min": lambda: rules.diagonal_at_least_lambda_min(S, r),
    "psd-norm-at-most-trace": lambda: rules.psd_norm_at_most_trace(S, psd),
    "psd-norm-at-most-trace, skew": lambda: rules.psd_norm_at_most_trace(skew, assume(le(0, LambdaMin(skew)))),
    "trace-is-diagonal-sum": lambda: rules.trace_is_diagonal_sum(S, r),
    "mean-gram-is-psd": lambda: rules.mean_gram_is_psd(S, x(i), i, j, r),
    "lambda-min-at-most-norm": lambda: rules.lambda_min_at_most_norm(least),
    "lambda-max-at-most-norm": lambda: rules.lambda_max_at_most_norm(least),
    "equal-entries": lambda: rules.equal_entries(gram, S, algebra(Entry(gram, i, j), Entry(scaled, i, j)), i, j),
    "equal-entries, one entry": lambda: rules.equal_entries(S, B, assume(eq(Entry(S, i, j), Entry(B, i, j))), i, j),
    "scaled-eigenvalue": lambda: rules.scaled_eigenvalue(S, sp.S.NegativeOne),
    "scaled-eigenvalue, no matrix": lambda: rules.scaled_eigenvalue(least, n),
    "linear-exponential-kernel": lambda: rules.linear_exponential_kernel(
        kernel, entry, x(i), sp.exp(f(i)), i, j, assume(le(0, LeastDistance(family))), nonzero
    ),
    "linear-exponential-kernel, sign": lambda: rules.linear_exponential_kernel(
        kernel, algebra(Entry(kernel, i, j), Entry(kernel, i, j)), x(i), f(i), i, j, distinct, nonzero
    ),
    "polynomial-kernel": lambda: rules.polynomial_kernel(polynomial, x(i), f(i), c(k), k, i, j, in_space),
    "polynomial-kernel, too few": lambda: rules.polynomial_kernel(
        polynomial, x(i), sp.exp(f(i)), c(k), k, i, j, assume(le(sp.binomial(d + deg, d) - 1, n))
    ),
    "polynomial-kernel, entries": lambda: rules.polynomial_kernel(kernel, x(i), sp.exp(f(i)), c(k), k, i, j, in_space),
    "polynomial-kernel, one row": lambda: rules.polynomial_kernel(
        polynomial, x(i), sp.exp(f(i)), c(k) * f(i), k, i, j, in_space
    ),
    "polynomial-kernel-on-sphere": lambda: rules.polynomial_kernel_on_sphere(
        polynomial, x(i), sp.exp(f(i)), c(k), k, i, j, on_sphere, long
    ),
    "polynomial-kernel-on-sphere, too few": lambda: rules.polynomial_kernel_on_sphere(
        polynomial, x(i), sp.exp(f(i)), c(k), k, i, j, assume(le(2, n)), units
    ),
    "psd-step-contracts": lambda: rules.psd_step_contracts(S, below, assume(le(Spectral(S), 1)), step, f(i), i, j),
    "psd-step-contracts, sign": lambda: rules.psd_step_contracts(
        S, below, assume(le(least * Spectral(S), 1)), least, f(i), i, j
    ),
    "psd-step-contracts, skew": lambda: rules.psd_step_contracts(
        skew, assume(le(least, LambdaMin(skew))), assume(le(step * Spectral(skew), 1)), step, f(i), i, j
    ),
    "psd-step-contracts, moving": lambda: rules.psd_step_contracts(
        S, below, assume(le(f(i) ** 2 * Spectral(S), 1)), f(i) ** 2, f(i), i, j
    ),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_wrong_premises_are_refused(name: str) -> None:
    with pytest.raises((StepFailed, TypeError)):
        REFUSED[name]()


def test_domains_and_bounds_used_here_are_facts() -> None:
    assert in_domain(step)[0].relation == lt(0, step)
    assert bound(0, "<=", step).assumptions == frozenset()
