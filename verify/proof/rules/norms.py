"""Rules about absolute values, norms, sums and suprema."""

from __future__ import annotations

import sympy as sp

from verify.proof.algebra import equal, unfold
from verify.proof.facts import Fact, free_indices, need_real
from verify.proof.rules.registry import need, need_rows, rule
from verify.proof.terms import (
    Entry,
    Frobenius,
    Index,
    Inner,
    Mat,
    Norm,
    Spectral,
    Sup,
    euclidean,
    is_vector,
    put,
    sup,
    total,
)
from verify.proof.wellformed import in_range
from verify.relations import Relation, eq, le

HORN = "Horn, Johnson, Matrix Analysis (2nd ed., Cambridge 2013)"
RUDIN = "Rudin, Principles of Mathematical Analysis (3rd ed., McGraw-Hill 1976)"


@rule(f"{HORN}, Theorem 5.1.4")
def cauchy_schwarz(u: sp.Expr, v: sp.Expr) -> Relation:
    """|<u, v>| <= ||u|| ||v||."""
    return le(sp.Abs(Inner(u, v)), Norm(u) * Norm(v))


@rule(f"{HORN}, Definition 5.1.1")
def norm_squared(u: sp.Expr) -> Relation:
    """<u, u> = ||u||^2."""
    return eq(Inner(u, u), Norm(u) ** 2)


@rule(f"{HORN}, Definition 5.1.1 (a norm vanishes at zero only)")
def zero_norm(fact: Fact) -> Relation:
    """From ||u - v|| <= 0: u = v."""
    need(isinstance(fact.low, Norm) and fact.high == 0, "zero-norm", "{} says of no norm that it is 0", fact.relation)
    first, rest = fact.low.args[0].as_coeff_add()[1][0], fact.low.args[0]
    return eq(first, first - rest) if not first.could_extract_minus_sign() else eq(-first, rest - first)


@rule(f"{RUDIN}, Theorem 1.33 (an absolute value vanishes at zero only)")
def zero_absolute(fact: Fact, term: sp.Expr) -> Relation:
    """From |u + v| <= 0: u = -v."""
    known = isinstance(fact.low, sp.Abs) and fact.high == 0
    need(known, "zero-absolute", "{} says of no number that it is 0", fact.relation)
    inside = fact.low.args[0]
    parts = [(c, rest) for c, rest in ((inside.coeff(term), inside - inside.coeff(term) * term),) if c in (1, -1)]
    need(bool(parts) and not parts[0][1].has(term), "zero-absolute", "{} is no term of {}", term, inside)
    return eq(term, -parts[0][1] / parts[0][0])


@rule(f"{HORN}, Definition 5.1.1")
def triangle(*parts: sp.Expr) -> Relation:
    """||u_1 + ... + u_k|| <= ||u_1|| + ... + ||u_k||."""
    need(len(parts) > 1, "triangle", "it takes at least two vectors")
    return le(Norm(sp.Add(*parts)), sp.Add(*[Norm(u) for u in parts]))


@rule(f"{RUDIN}, Theorem 1.33")
def absolute_triangle(*parts: sp.Expr) -> Relation:
    """|a_1 + ... + a_k| <= |a_1| + ... + |a_k|."""
    need(len(parts) > 1, "absolute-triangle", "it takes at least two numbers")
    return le(sp.Abs(sp.Add(*parts)), sp.Add(*[sp.Abs(a) for a in parts]))


@rule(f"{RUDIN}, Theorem 1.33")
def absolute_of_sum(summand: sp.Expr, *indices: Index) -> Relation:
    """|sum of f| <= sum of |f|."""
    return le(sp.Abs(total(summand, *indices)), total(sp.Abs(summand), *indices))


@rule(f"{HORN}, Definition 5.1.1")
def norm_of_sum(summand: sp.Expr, *indices: Index) -> Relation:
    """||sum of v|| <= sum of ||v||."""
    return le(Norm(total(summand, *indices)), total(Norm(summand), *indices))


@rule(f"{HORN}, Definition 5.1.1 (homogeneity)")
def common_factor(factor: sp.Expr, vector: sp.Expr, i: Index) -> Relation:
    """||sum of c v_i|| = |c| ||sum of v_i||, c being free of i."""
    name = "common-factor"
    need(i not in unfold(factor).free_symbols, name, "{} depends on {}", factor, i)
    need(bool(factor.is_real) and is_vector(vector), name, "{} is no number, or {} no vector", factor, vector)
    return eq(Norm(total(factor * vector, i)), sp.Abs(factor) * Norm(total(vector, i)))


@rule(f"{HORN}, Definition 5.1.1 (triangle inequality, along a path)")
def polygon(vertex: sp.Expr, k: Index) -> Relation:
    """||v_{T+1} - v_1|| <= sum over k <= T of ||v_{k+1} - v_k||."""
    ends = put(vertex, {k: k.size + 1}) - put(vertex, {k: 1})
    return le(Norm(ends), total(Norm(put(vertex, {k: k + 1}) - vertex), k))


@rule(f"{RUDIN}, Theorem 3.26 (geometric series)")
def geometric_sum(c: sp.Expr, low: Fact, high: Fact, k: Index) -> Relation:
    """From 0 <= c < 1: sum over k <= T of c^(k-1) <= 1/(1 - c)."""
    need(low.low == 0 and equal(low.high, c), "geometric-sum", "{} is not 0 <= {}", low.relation, c)
    below = high.relation.strict and high.high == 1 and equal(high.low, c)
    need(below, "geometric-sum", "{} is not {} < 1", high.relation, c)
    need(k not in unfold(c).free_symbols, "geometric-sum", "{} depends on {}", c, k)
    return le(total(c ** (k - 1), k), 1 / (1 - c))


@rule(f"{RUDIN}, Definition 1.17")
def absolute_above(fact: Fact, value: sp.Expr) -> Relation:
    """From |a| <= b: a <= b (and -a <= b)."""
    need(
        equal(unfold(fact.low), unfold(sp.Abs(value))), "absolute-above", "{} does not bound |{}|", fact.relation, value
    )
    return le(value, fact.high)


@rule(f"{RUDIN}, Definition 1.17")
def absolute_below(fact: Fact, value: sp.Expr) -> Relation:
    """From |a| <= b: -b <= a (and -b <= -a)."""
    need(
        equal(unfold(fact.low), unfold(sp.Abs(value))), "absolute-below", "{} does not bound |{}|", fact.relation, value
    )
    return le(-fact.high, value)


@rule(f"{RUDIN}, Proposition 1.18 (monotonicity of squares)")
def square_of_bounded(fact: Fact, value: sp.Expr) -> Relation:
    """From |a| <= b: a^2 <= b^2."""
    bounded = equal(unfold(fact.low), unfold(sp.Abs(value)))
    need(bounded, "square-of-bounded", "{} does not bound |{}|", fact.relation, value)
    return le(value**2, fact.high**2)


@rule(f"{RUDIN}, Definition 1.8 (least upper bound)")
def sup_member(supremum: sp.Expr, *indices: sp.Expr) -> Relation:
    """Each member is at most the supremum: f(r, i) <= sup f."""
    unfolded = unfold(sp.sympify(supremum))
    need(isinstance(unfolded, Sup), "sup-member", "{} is no supremum", supremum)
    bound = unfolded.args[0].signature
    same = len(bound) == len(indices)
    within = same and all(in_range(sp.sympify(i), b.size) for i, b in zip(indices, bound, strict=True))
    need(within, "sup-member", "{} run over other ranges", indices)
    return le(put(unfolded.args[0].expr, dict(zip(bound, indices, strict=True))), unfolded)


@rule(f"{RUDIN}, Definition 1.8 (least upper bound)")
def sup_least(fact: Fact, *indices: Index) -> Relation:
    """From f(r, i) <= b for all r, i, with b free of them: sup f <= b."""
    _universal(fact, "sup-least", *indices)
    if not isinstance(fact.low, sp.Abs):
        need_real(fact.low, "sup-least", [fact])
    return le(sup(fact.low, *indices), fact.high)


@rule(f"{RUDIN}, Theorem 3.2 (monotonicity of finite sums)")
def sum_bound(fact: Fact, *indices: Index) -> Relation:
    """From f(i) <= g(i) for all i: sum f <= sum g (so <= size * g if g is free of i)."""
    blocked = free_indices(fact) & set(indices)
    need(not blocked, "sum-bound", "an assumption speaks of {}", blocked)
    return le(total(fact.low, *indices), total(fact.high, *indices))


@rule(f"{HORN}, Theorem 5.1.4 (Cauchy-Schwarz, against the vector of ones)")
def absolute_sum_at_most_root(summand: sp.Expr, index: Index) -> Relation:
    """sum |f_i| <= sqrt(size) (sum f_i^2)^(1/2)."""
    return le(total(sp.Abs(summand), index), sp.sqrt(index.size) * euclidean(summand, index))


@rule(f"{HORN}, Definition 5.1.1 (Minkowski)")
def euclidean_triangle(index: Index, *parts: sp.Expr) -> Relation:
    """|f + g| <= |f| + |g| for the Euclidean norm over an index."""
    need(len(parts) > 1, "euclidean-triangle", "it takes at least two vectors")
    return le(euclidean(sp.Add(*parts), index), sp.Add(*[euclidean(f, index) for f in parts]))


@rule(f"{HORN}, Definition 5.1.1")
def euclidean_entrywise(fact: Fact, index: Index) -> Relation:
    """From |f_i| <= b for all i: the Euclidean norm of f is at most sqrt(size) b."""
    _universal(fact, "euclidean-entrywise", index)
    need(isinstance(fact.low, sp.Abs), "euclidean-entrywise", "{} bounds no absolute value", fact.relation)
    need_real(fact.low.args[0], "euclidean-entrywise", [fact])
    return le(euclidean(fact.low.args[0], index), sp.sqrt(index.size) * fact.high)


@rule(f"{HORN}, section 5.6")
def frobenius_entrywise(matrix: sp.Expr, fact: Fact, i: Index, j: Index) -> Relation:
    """From |A_ij| <= b for all i, j of an n x n matrix: ||A||_F <= n b."""
    _universal(fact, "frobenius-entrywise", i, j)
    _square_matrix(matrix, i, j, "frobenius-entrywise")
    entry = sp.Abs(Entry(unfold(matrix), i, j))
    need(equal(unfold(fact.low), unfold(entry)), "frobenius-entrywise", "{} is not |({})_{}{}|", fact.low, matrix, i, j)
    return le(Frobenius(matrix), sp.sqrt(i.size * j.size) * fact.high)


@rule(f"{HORN}, section 5.6")
def spectral_at_most_frobenius(matrix: sp.Expr) -> Relation:
    """||A|| <= ||A||_F."""
    need(matrix.has(Mat), "spectral-at-most-frobenius", "{} is no matrix", matrix)
    return le(Spectral(matrix), Frobenius(matrix))


@rule(f"{HORN}, section 5.6 (the Frobenius norm is the Euclidean norm of the entries)")
def frobenius_is_entrywise(matrix: sp.Expr, i: Index, j: Index) -> Relation:
    """||A||_F^2 = sum over i, j of A_ij^2."""
    _square_matrix(matrix, i, j, "frobenius-is-entrywise")
    return eq(Frobenius(matrix) ** 2, total(Entry(unfold(matrix), i, j) ** 2, i, j))


@rule(f"{HORN}, section 5.6 (the squares of the singular values add up to the square of the Frobenius norm)")
def frobenius_at_most_root_spectral(matrix: sp.Expr, i: Index, j: Index) -> Relation:
    """||A||_F <= sqrt(n) ||A|| for an n x n matrix."""
    _square_matrix(matrix, i, j, "frobenius-at-most-root-spectral")
    return le(Frobenius(matrix), sp.sqrt(i.size) * Spectral(matrix))


def _square_matrix(matrix: sp.Expr, i: Index, j: Index, name: str) -> None:
    need_rows(matrix, name, i, j)
    need(i != j, name, "it needs two different indices")


def _universal(fact: Fact, name: str, *indices: Index) -> None:
    blocked = free_indices(fact) & set(indices)
    need(not blocked, name, "an assumption speaks of {}", blocked)
    need(not set(indices) & unfold(fact.high).free_symbols, name, "the bound {} depends on the index", fact.high)
