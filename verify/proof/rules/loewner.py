"""Rules about the order of symmetric matrices: Gram matrices, sums, scaling, whitening by an inverse square root."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from verify.proof.algebra import equal, unfold
from verify.proof.facts import Fact, free_indices
from verify.proof.rules.norms import HORN, RUDIN
from verify.proof.rules.registry import need, need_free, rule
from verify.proof.terms import (
    Entry,
    Index,
    Inner,
    InverseRoot,
    LambdaMax,
    LambdaMin,
    Mat,
    put,
    total,
)
from verify.relations import Relation, eq, ge, le


@rule(f"{HORN}, Theorem 7.2.10 (Gram matrices)")
def gram_is_psd(a: Mat, v: sp.Expr, i: Index, j: Index, *renamed: tuple[Index, Index]) -> Relation:
    """A_ij = <v_i, v_j> for all i, j: A is psd. Where v_i sums over k, ``renamed`` = (k, l) lets v_j sum over l."""
    name, other = "gram-is-psd", other_row(v, i, j, renamed, "gram-is-psd")
    need(i != j and j not in unfold(v).free_symbols, name, "{} speaks of {}", v, j)
    need(equal(_entry(a, i, j, name), unfold(Inner(v, other))), name, "{} is no Gram matrix of {}", a, v)
    return ge(LambdaMin(a), 0)


def other_row(v: sp.Expr, i: Index, j: Index, renamed: Sequence[tuple[Index, Index]], name: str) -> sp.Expr:
    """v_j, with other letters for the sums inside. Raises StepFailed for a letter that also stands outside of sums."""
    other = put(v, {i: j})
    for old, new in renamed:
        need(old.size == new.size and not other.has(new), name, "{} cannot stand for {}", new, old)
        need_free(other, name, old)
        other = other.xreplace({old: new})
    return other


@rule(f"{HORN}, Theorem 4.5.9 (Ostrowski)")
def scaled_gram_largest(a: Mat, gram: Mat, scale: sp.Expr, size: Fact, v: sp.Expr, i: Index, j: Index) -> Relation:
    """A_ij = d_i d_j <v_i, v_j>, G_ij = <v_i, v_j>, |d_i| <= b for all i: lambda_max(A) <= b^2 lambda_max(G)."""
    name = "scaled-gram-largest"
    need(i != j and i not in free_indices(size), name, "the bound must hold for every row")
    inner, scales = Inner(v, put(v, {i: j})), scale * put(scale, {i: j})
    need(equal(_entry(gram, i, j, name), unfold(inner)), name, "{} is not the Gram matrix of {}", gram, v)
    need(equal(_entry(a, i, j, name), unfold(scales * inner)), name, "{} is not scaled from {}", a, gram)
    need(equal(unfold(size.low), unfold(sp.Abs(scale))), name, "{} does not bound |{}|", size.relation, scale)
    need(not {i, j} & unfold(size.high).free_symbols, name, "the bound {} depends on the row", size.high)
    return le(LambdaMax(a), size.high**2 * LambdaMax(gram))


@rule(f"{HORN}, Theorem 4.3.1 (Weyl)")
def weyl_sum(a: Mat, b: Mat, c: Mat, entry: Fact, i: Index, j: Index) -> Relation:
    """From A_ij = B_ij + C_ij for all i, j, all symmetric: lambda_min(A) >= lambda_min(B) + lambda_min(C)."""
    name = "weyl-sum"
    need(i != j and not {i, j} & free_indices(entry), name, "the equation must hold for every entry")
    values = [_entry(matrix, i, j, name) for matrix in (a, b, c)]
    for value in values:
        need(equal(value, put(value, {i: j, j: i})), name, "{} is not visibly symmetric in {} and {}", value, i, j)
    same = entry.relation.op == "==" and equal(unfold(entry.left), values[0])
    need(same and equal(unfold(entry.right), values[1] + values[2]), name, "{} is not A = B + C", entry.relation)
    return ge(LambdaMin(a), LambdaMin(b) + LambdaMin(c))


def _entry(a: Mat, i: Index, j: Index, name: str) -> sp.Expr:
    """The entry (i, j), unfolded. Raises StepFailed unless i and j run over the rows and columns of a square matrix."""
    need(isinstance(a, Mat) and a.entries is not None, name, "{} is no matrix with known entries", a)
    assert a.entries is not None
    need_free(a, name, i, j)
    sizes = [getattr(index, "size", None) for index in a.entries.signature]
    need(sizes == [i.size, j.size] and i.size == j.size, name, "{}, {} are not the rows and columns of {}", i, j, a)
    return unfold(Entry(a, i, j))


@rule(f"{HORN}, section 4.2 (equal matrices have equal eigenvalues)")
def equal_entries_largest(a: Mat, b: Mat, entry: Fact, i: Index, j: Index) -> Relation:
    """From A_ij = B_ij for all i, j: lambda_max(A) = lambda_max(B)."""
    name = "equal-entries-largest"
    need(i != j and not {i, j} & free_indices(entry), name, "the equation must hold for every entry")
    sides = [_entry(matrix, i, j, name) for matrix in (a, b)]
    same = equal(unfold(entry.left), sides[0]) and equal(unfold(entry.right), sides[1])
    need(entry.relation.op == "==" and same, name, "{} is not A = B", entry.relation)
    return eq(LambdaMax(a), LambdaMax(b))


@rule(f"{HORN}, Theorem 7.2.6 (the square root of a positive definite matrix)")
def inverse_root(a: Mat, positive: Fact, i: Index, j: Index, k: Index, h: Index) -> Relation:
    """From A symmetric, lambda_min(A) > 0: the sum over k, h of N_ik A_kh N_hj is 1 if i = j, else 0; N = A^(-1/2)."""
    name = "inverse-root"
    _definite(a, positive, k, h, name)
    need(len({i, j, k, h}) == 4 and i.size == j.size == k.size, name, "it takes four indices of the rows")
    product = InverseRoot(a, i, k) * Entry(a, k, h) * InverseRoot(a, h, j)
    return eq(total(product, k, h), sp.KroneckerDelta(i, j))


@rule(f"{HORN}, section 1.1 (eigenvalues of the identity)")
def identity_smallest(a: Mat, entry: Fact, i: Index, j: Index) -> Relation:
    """From A_ij = 1 if i = j, else 0, for all i, j: lambda_min(A) = 1."""
    name = "identity-smallest"
    need(i != j and not {i, j} & free_indices(entry), name, "the equation must hold for every entry")
    same = equal(unfold(entry.left), _entry(a, i, j, name)) and equal(entry.right, sp.KroneckerDelta(i, j))
    need(entry.relation.op == "==" and same, name, "{} does not say that {} is the identity", entry.relation, a)
    return eq(LambdaMin(a), 1)


@rule(f"{HORN}, Theorem 7.7.2 (congruence keeps the Loewner order)")
def unwhitened(
    white: Mat, b: Mat, a: Mat, positive: Fact, order: Fact, sign: Fact, i: Index, j: Index, k: Index, h: Index
) -> Relation:
    """From lambda_min(A) > 0 and 0 <= c <= lambda_min(A^(-1/2) B A^(-1/2)): lambda_min(B) >= c lambda_min(A)."""
    name = "unwhitened"
    _definite(a, positive, k, h, name)
    for matrix in (a, b):
        need_free(matrix, name, i, j)
    entry = _entry(b, k, h, name)
    need(equal(entry, put(entry, {k: h, h: k})), name, "{} is not visibly symmetric", b)
    product = total(InverseRoot(a, i, k) * InverseRoot(a, j, h) * entry, k, h)
    need(len({i, j, k, h}) == 4, name, "it takes four different indices")
    need(equal(_entry(white, i, j, name), unfold(product)), name, "{} is not {} whitened by {}", white, b, a)
    need(
        equal(unfold(order.high), unfold(LambdaMin(white))), name, "{} bounds no lambda_min({})", order.relation, white
    )
    shown = sign.low == 0 and equal(unfold(sign.high), unfold(order.low))
    need(shown, name, "{} is not 0 <= {}", sign.relation, order.low)
    return ge(LambdaMin(b), order.low * LambdaMin(a))


def _definite(a: Mat, positive: Fact, k: Index, h: Index, name: str) -> None:
    entry = _entry(a, k, h, name)
    need(k != h and equal(entry, put(entry, {k: h, h: k})), name, "{} is not visibly symmetric", a)
    shown = positive.relation.strict and positive.low == 0 and equal(unfold(positive.high), unfold(LambdaMin(a)))
    need(shown, name, "{} is not 0 < lambda_min({})", positive.relation, a)


@rule(f"{RUDIN}, Definition 1.12 (distributive law)")
def product_of_sums(f: sp.Expr, g: sp.Expr, first: Sequence[Index], second: Sequence[Index]) -> Relation:
    """(sum of f over its indices) (sum of g over its own) = the sum of f g over all of them."""
    name, free = "product-of-sums", (unfold(f).free_symbols, unfold(g).free_symbols)
    need(not set(first) & set(second), name, "the two sums share an index")
    need(not set(first) & free[1] and not set(second) & free[0], name, "a factor speaks of the other one's index")
    return eq(total(f, *first) * total(g, *second), total(f * g, *first, *second))


@rule(f"{HORN}, section 0.2 (finite sums: the letter of the index)")
def renamed_sum(f: sp.Expr, old: Sequence[Index], new: Sequence[Index]) -> Relation:
    """The sum of f over some indices = the same with other letters for them."""
    name, sizes = "renamed-sum", [k.size for k in old]
    need(sizes == [k.size for k in new] and len(set(new)) == len(old), name, "the letters have other ranges")
    need(not set(new) & unfold(f).free_symbols, name, "{} speaks of a new letter", f)
    return eq(total(f, *old), total(put(f, dict(zip(old, new, strict=True))), *new))
