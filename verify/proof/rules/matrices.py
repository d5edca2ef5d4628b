"""Rules about eigenvalues, traces and positive semidefinite matrices."""

from __future__ import annotations

import sympy as sp

from verify.proof.algebra import equal, nonnegative, unfold
from verify.proof.facts import Fact, free_indices
from verify.proof.rules.norms import HORN
from verify.proof.rules.probability import FELLER
from verify.proof.rules.registry import need, need_rows, rule
from verify.proof.terms import (
    Entry,
    Index,
    Inner,
    LambdaMax,
    LambdaMin,
    LeastDistance,
    LeastNorm,
    Mat,
    Norm,
    SpaceDimension,
    Spectral,
    Trace,
    Vec,
    euclidean,
    is_matrix,
    mean,
    put,
    sup,
    total,
)
from verify.relations import Relation, eq, ge, gt, le

MUELLER = "Mueller, Spherical Harmonics (Lecture Notes in Mathematics 17, Springer 1966)"


@rule(f"{HORN}, Theorem 4.3.1 (Weyl)")
def weyl(a: sp.Expr, b: sp.Expr) -> Relation:
    """lambda_min(A) >= lambda_min(B) - ||A - B||, both symmetric."""
    need(a.has(Mat) and b.has(Mat), "weyl", "it compares two matrices")
    return ge(LambdaMin(a), LambdaMin(b) - Spectral(a - b))


@rule(f"{HORN}, Theorem 4.2.2 (Rayleigh)")
def diagonal_at_least_lambda_min(a: sp.Expr, i: Index) -> Relation:
    """lambda_min(A) <= A_ii."""
    need_rows(a, "diagonal-at-least-lambda-min", i)
    return le(LambdaMin(a), Entry(unfold(a), i, i))


@rule(f"{HORN}, Theorem 7.2.1")
def psd_norm_at_most_trace(a: sp.Expr, sign: Fact) -> Relation:
    """From A psd: ||A|| <= tr A."""
    _is_psd(sign, a, "psd-norm-at-most-trace")
    _is_symmetric(a, "psd-norm-at-most-trace")
    return le(Spectral(a), Trace(a))


@rule(f"{HORN}, section 1.2")
def trace_is_diagonal_sum(a: sp.Expr, i: Index) -> Relation:
    """tr A = sum of A_ii."""
    need_rows(a, "trace-is-diagonal-sum", i)
    return eq(Trace(a), total(Entry(unfold(a), i, i), i))


@rule(f"{HORN}, Theorem 7.2.10 (Gram matrices), Observation 7.1.3 (sums)")
def mean_gram_is_psd(a: Mat, v: sp.Expr, i: Index, j: Index, r: Index) -> Relation:
    """A_ij = mean over r of <v_ri, v_rj> for all i, j: A is psd."""
    need(is_matrix(a) and i != j and r not in (i, j), "mean-gram-is-psd", "it takes one matrix and different indices")
    need_rows(a, "mean-gram-is-psd", i, j)
    need(j not in unfold(v).free_symbols, "mean-gram-is-psd", "{} speaks of {}", v, j)
    gram = mean(Inner(v, put(v, {i: j})), r)
    need(equal(unfold(Entry(a, i, j)), unfold(gram)), "mean-gram-is-psd", "{} is no mean of Gram matrices of {}", a, v)
    return ge(LambdaMin(a), 0)


@rule(f"{HORN}, Theorem 4.2.2 (Rayleigh)")
def lambda_min_at_most_norm(a: sp.Expr) -> Relation:
    """lambda_min(A) <= ||A||."""
    need(a.has(Mat), "lambda-min-at-most-norm", "{} is no matrix", a)
    return le(LambdaMin(a), Spectral(a))


@rule(f"{HORN}, Theorem 5.6.9 (an eigenvalue is at most any matrix norm)")
def lambda_max_at_most_norm(a: sp.Expr) -> Relation:
    """lambda_max(A) <= ||A||."""
    need(a.has(Mat), "lambda-max-at-most-norm", "{} is no matrix", a)
    return le(LambdaMax(a), Spectral(a))


@rule(f"{HORN}, section 1.2 (the characteristic polynomial of a 2 x 2 matrix)")
def smallest_of_two(a: Mat, i: Index, j: Index) -> Relation:
    """A symmetric and 2 x 2: lambda_min(A) = (A_11 + A_22)/2 - ((A_11 - A_22)^2/4 + A_12^2)^(1/2)."""
    name = "smallest-of-two"
    need_rows(a, name, i, j)
    need(is_matrix(a) and i.size == 2 and j.size == 2, name, "{} is no 2 x 2 matrix", a)
    _is_symmetric(a, name)
    first, second, off = (unfold(Entry(a, *at)) for at in ((1, 1), (2, 2), (1, 2)))
    return eq(LambdaMin(a), (first + second) / 2 - sp.sqrt((first - second) ** 2 / 4 + off**2))


@rule(f"{HORN}, section 1.1 (the eigenvalues of c A)")
def scaled_eigenvalue(a: sp.Expr, c: sp.Expr) -> Relation:
    """For c >= 0: lambda_min(c A) = c lambda_min(A)."""
    need(a.has(Mat), "scaled-eigenvalue", "{} is no matrix", a)
    need(bool(c.is_nonnegative), "scaled-eigenvalue", "{} is not known to be >= 0", c)
    return eq(LambdaMin(c * a), c * LambdaMin(a))


@rule(f"{HORN}, section 0.2 (equality of matrices)")
def equal_entries(a: Mat, b: Mat, entry: Fact, i: Index, j: Index) -> Relation:
    """From A_ij = B_ij for all i, j: lambda_min(A) = lambda_min(B)."""
    need(entry.relation.op == "==" and i != j, "equal-entries", "{} is no equation of entries", entry.relation)
    need(not free_indices(entry) & {i, j}, "equal-entries", "an assumption speaks of the index")
    need_rows(a, "equal-entries", i, j)
    need_rows(b, "equal-entries", i, j)
    same = equal(entry.left, unfold(Entry(a, i, j))) and equal(entry.right, unfold(Entry(b, i, j)))
    need(same, "equal-entries", "{} does not compare the entries of {} and {}", entry.relation, a, b)
    return eq(LambdaMin(a), LambdaMin(b))


@rule("Pinkus, Strictly positive definite functions on a real inner product space, Adv. Comput. Math. 20 (2004)")
def linear_exponential_kernel(
    a: Mat, entry: Fact, v: Vec, scale: sp.Expr, i: Index, j: Index, distinct: Fact, nonzero: Fact
) -> Relation:
    """A_ij = d_i d_j t e^t, t = <v_i, v_j>, d_i > 0, the v_i distinct and non-zero: lambda_min(A) > 0."""
    name = "linear-exponential-kernel"
    need_rows(a, name, i, j)
    need(j not in v.free_symbols | unfold(scale).free_symbols, name, "{} or {} speaks of {}", v, scale, j)
    t = Inner(v, put(v, {i: j}))
    kernel = scale * put(scale, {i: j}) * t * sp.exp(t)
    same = entry.relation.op == "==" and equal(entry.left, unfold(Entry(a, i, j))) and equal(entry.right, kernel)
    need(same and i != j, name, "{} is not d_i d_j t e^t", entry.relation)
    need(not free_indices(entry) & {i, j}, name, "an assumption speaks of the index")
    need(bool(scale.is_positive), name, "{} is not known to be positive", scale)
    family = sp.Lambda(i, v)
    for fact, measure in ((distinct, LeastDistance(family)), (nonzero, LeastNorm(family))):
        shown = fact.relation.strict and fact.low == 0 and equal(unfold(fact.high), measure)
        need(shown, name, "{} is not 0 < {}", fact.relation, measure)
    return gt(LambdaMin(a), 0)


@rule(f"{HORN}, section 0.4 (rank); {FELLER}, section II.5 (number of monomials of degree 1 to k in d variables)")
def polynomial_kernel(
    a: Mat, v: Vec, scale: sp.Expr, coefficient: sp.Expr, k: Index, i: Index, j: Index, many: Fact
) -> Relation:
    """A_ij = d_i d_j sum over k <= K of c_k <v_i, v_j>^k, more v_i than C(d+K, d) - 1: lambda_min(A) <= 0."""
    name = "polynomial-kernel"
    dimension = _polynomial(a, v, scale, coefficient, k, i, j, name)
    _more_than(many, sp.binomial(dimension + k.size, dimension) - 1, i, name)
    return le(LambdaMin(a), 0)


@rule(f"{HORN}, section 0.4 (rank); {MUELLER}, section 1 (dimension of the polynomials on the sphere)")
def polynomial_kernel_on_sphere(
    a: Mat, v: Vec, scale: sp.Expr, coefficient: sp.Expr, k: Index, i: Index, j: Index, many: Fact, unit: Fact
) -> Relation:
    """The same for |v_i| = 1 and more v_i than C(d+K-1, d-1) + C(d+K-2, d-1): lambda_min(A) <= 0."""
    name = "polynomial-kernel-on-sphere"
    d = _polynomial(a, v, scale, coefficient, k, i, j, name)
    _more_than(many, sp.binomial(d + k.size - 1, d - 1) + sp.binomial(d + k.size - 2, d - 1), i, name)
    gap = sup(sp.Abs(Norm(v) - 1), i)
    shown = unit.relation.op != "==" and unit.high == 0 and equal(unfold(unit.low), unfold(gap))
    need(shown, name, "{} does not say that every |{}| is 1", unit.relation, v)
    return le(LambdaMin(a), 0)


def _polynomial(
    a: Mat, v: Vec, scale: sp.Expr, coefficient: sp.Expr, k: Index, i: Index, j: Index, name: str
) -> sp.Expr:
    """The dimension of the v_i. Raises StepFailed unless A_ij = d_i d_j sum over k of c_k <v_i, v_j>^k."""
    need_rows(a, name, i, j)
    need(is_matrix(a) and len({i, j, k}) == 3, name, "it takes one matrix and three different indices")
    spoken = unfold(v).free_symbols | unfold(scale).free_symbols
    need(not {j, k} & spoken, name, "{} or {} speaks of {} or {}", v, scale, j, k)
    need(not {i, j} & unfold(coefficient).free_symbols, name, "{} speaks of {} or {}", coefficient, i, j)
    t = Inner(v, put(v, {i: j}))
    kernel = scale * put(scale, {i: j}) * t * total(coefficient * t ** (k - 1), k)
    need(equal(unfold(Entry(a, i, j)), unfold(kernel)), name, "{} is no such polynomial of {}", a, t)
    return SpaceDimension(sp.Lambda(i, v))


def _more_than(many: Fact, count: sp.Expr, i: Index, name: str) -> None:
    shown = many.relation.op != "==" and equal(unfold(many.low), unfold(count) + 1) and equal(many.high, i.size)
    need(shown, name, "{} is not {} + 1 <= {}", many.relation, count, i.size)


@rule(f"{HORN}, Theorem 4.1.5 (spectral theorem)")
def psd_step_contracts(a: Mat, least: Fact, size: Fact, c: sp.Expr, v: sp.Expr, i: Index, j: Index) -> Relation:
    """From A symmetric, l <= lambda_min(A), c ||A|| <= 1, c >= 0: |v - c A v| <= (1 - c l) |v|."""
    name = "psd-step-contracts"
    entry = unfold(Entry(a, i, j))
    need_rows(a, name, i, j)
    need(equal(entry, put(entry, {i: j, j: i})), name, "{} is not visibly symmetric", a)
    plain = not {i, j} & unfold(c).free_symbols and j not in unfold(v).free_symbols
    need(plain, name, "{} or {} speaks of an index", c, v)
    need(equal(unfold(least.high), unfold(LambdaMin(a))), name, "{} bounds no lambda_min({})", least.relation, a)
    small = equal(unfold(size.low), unfold(c * Spectral(a))) and size.high == 1
    need(small, name, "{} is not c |{}| <= 1", size.relation, a)
    need(nonnegative(unfold(c)), name, "{} is not known to be >= 0", c)
    image = total(Entry(a, i, j) * put(v, {i: j}), j)
    return le(euclidean(v - c * image, i), (1 - c * least.low) * euclidean(v, i))


def _is_symmetric(a: sp.Expr, name: str) -> None:
    """A psd matrix is symmetric; the least eigenvalue of anything else bounds no norm."""
    for matrix in unfold(a).atoms(Mat):
        need(matrix.entries is not None, name, "{} is not visibly symmetric", matrix)
        i, j = matrix.entries.signature
        entry = unfold(matrix.entries.expr)
        need(i.size == j.size and equal(entry, put(entry, {i: j, j: i})), name, "{} is not visibly symmetric", matrix)


def _is_psd(sign: Fact, a: sp.Expr, name: str) -> None:
    smallest = unfold(LambdaMin(a))
    need(sign.low == 0 and equal(unfold(sign.high), smallest), name, "{} is not 0 <= lambda_min({})", sign.relation, a)
