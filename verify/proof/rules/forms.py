"""Rules about quadratic forms of Gram matrices: how operator norms and least singular values are used and shown.

A Jacobian J is given by blocks v_ri (row i, block r); |J^T u|^2 is the sum over r of |sum_i u_i v_ri|^2, and the Gram
matrix of its rows is A = J J^T, so |J|^2 = |A| and sigma_min(J)^2 = lambda_min(A).
"""

from __future__ import annotations

import sympy as sp

from verify.proof.algebra import equal, unfold
from verify.proof.facts import Fact
from verify.proof.formulas import formulas
from verify.proof.rules.norms import HORN, RUDIN
from verify.proof.rules.registry import need, need_rows, rule
from verify.proof.terms import (
    Entry,
    Index,
    Inner,
    LambdaMin,
    Mat,
    Norm,
    Scalar,
    Spectral,
    Vec,
    euclidean,
    is_matrix,
    is_vector,
    put,
    total,
)
from verify.proof.wellformed import opaque
from verify.relations import Relation, eq, le


def image(coefficient: sp.Expr, block: sp.Expr, i: Index, *blocks: Index) -> sp.Expr:
    """|J^T u|^2 for the blocks v_ri and the coefficients u_i (one block only, if there is no index r)."""
    square = Norm(total(coefficient * block, i)) ** 2
    return total(square, *blocks) if blocks else square


@rule(f"{HORN}, Theorem 4.2.2 (Rayleigh, for a Gram matrix)")
def gram_form_above(a: Mat, block: sp.Expr, coefficient: sp.Expr, i: Index, j: Index, *blocks: Index) -> Relation:
    """A_ij = sum over r of <v_ri, v_rj> for all i, j: sum over r of |sum_i c_i v_ri|^2 <= |A| sum of c_i^2."""
    _is_gram(a, block, i, j, blocks, "gram-form-above")
    _coefficient(coefficient, i, j, blocks, "gram-form-above")
    return le(image(coefficient, block, i, *blocks), Spectral(a) * total(coefficient**2, i))


@rule(f"{HORN}, Theorem 4.2.2 (Rayleigh, for a Gram matrix)")
def gram_form_below(a: Mat, block: sp.Expr, coefficient: sp.Expr, i: Index, j: Index, *blocks: Index) -> Relation:
    """A_ij = sum over r of <v_ri, v_rj>: lambda_min(A) sum of c_i^2 <= sum over r of |sum_i c_i v_ri|^2."""
    _is_gram(a, block, i, j, blocks, "gram-form-below")
    _coefficient(coefficient, i, j, blocks, "gram-form-below")
    return le(LambdaMin(a) * total(coefficient**2, i), image(coefficient, block, i, *blocks))


@rule(f"{HORN}, Theorem 1.3.22 (A A* and A* A have the same eigenvalues but for 0)")
def gram_rows_above(a: Mat, point: sp.Expr, z: sp.Expr, i: Index, j: Index) -> Relation:
    """A_ij = <x_i, x_j> for all i, j: the sum over i of <x_i, z>^2 is at most |A| |z|^2."""
    name = "gram-rows-above"
    _is_gram(a, point, i, j, (), name)
    need(is_vector(z), name, "{} is no vector", z)
    need(not {i, j} & unfold(z).free_symbols, name, "{} depends on the index", z)
    return le(total(Inner(point, z) ** 2, i), Spectral(a) * Norm(z) ** 2)


@rule(f"{HORN}, Theorem 4.2.2 (Rayleigh, for a Gram matrix)")
def gram_norm_from_form(
    a: Mat, block: sp.Expr, every: Fact, c: sp.Expr, u: sp.Expr, i: Index, j: Index, *blocks: Index
) -> Relation:
    """A_ij = sum_r <v_ri, v_rj>; from sum_r |sum_i u_i v_ri|^2 <= c sum of u_i^2 for all numbers u_i: |A| <= c."""
    name = "gram-norm-from-form"
    _is_gram(a, block, i, j, blocks, name)
    need(type(u) is Scalar and u.indices == (i,), name, "{} is no arbitrary number for each {}", u, i)
    assumed = (side for b in every.assumptions for side in (b.left, b.right))
    need(not any(_mentions(side, u) for side in (*assumed, block, c)), name, "{} is not arbitrary", u)
    need(i not in unfold(c).free_symbols, name, "{} depends on {}", c, i)
    need(equal(unfold(every.low), unfold(image(u, block, i, *blocks))), name, "{} is not the form", every.low)
    need(
        equal(unfold(every.high), unfold(c * total(u**2, i))), name, "{} is not {} times the sum of u^2", every.high, c
    )
    return le(Spectral(a), c)


@rule(f"{HORN}, Theorem 4.1.5 (spectral theorem: A^2 <= |A| A for a Gram matrix A)")
def gram_squared(a: Mat, block: sp.Expr, coefficient: sp.Expr, i: Index, j: Index, *blocks: Index) -> Relation:
    """A_ij = sum over r of <v_ri, v_rj>: |A c|^2 <= |A| times the sum over r of |sum_i c_i v_ri|^2."""
    _is_gram(a, block, i, j, blocks, "gram-squared")
    _coefficient(coefficient, i, j, blocks, "gram-squared")
    mapped = total(unfold(Entry(a, i, j)) * put(coefficient, {i: j}), j)
    return le(total(mapped**2, i), Spectral(a) * image(coefficient, block, i, *blocks))


@rule(f"{HORN}, Theorem 7.2.10 (the quadratic form of a Gram matrix)")
def gram_form(a: Mat, block: sp.Expr, coefficient: sp.Expr, i: Index, j: Index, *blocks: Index) -> Relation:
    """A_ij = sum over r of <v_ri, v_rj>: sum_i c_i (A c)_i = sum over r of |sum_i c_i v_ri|^2."""
    _is_gram(a, block, i, j, blocks, "gram-form")
    _coefficient(coefficient, i, j, blocks, "gram-form")
    mapped = total(unfold(Entry(a, i, j)) * put(coefficient, {i: j}), j)
    return eq(total(coefficient * mapped, i), image(coefficient, block, i, *blocks))


@rule(f"{HORN}, Definition 5.1.1 (triangle inequality in a direct sum)")
def block_triangle(left: sp.Expr, right: sp.Expr, coefficient: sp.Expr, i: Index, *blocks: Index) -> Relation:
    """|J^T c| <= |J'^T c| + |J''^T c| for blocks v_ri = v'_ri + v''_ri of J = J' + J''."""
    whole, one, other = (sp.sqrt(image(coefficient, part, i, *blocks)) for part in (left + right, left, right))
    return le(whole, one + other)


@rule(f"{HORN}, Theorem 5.1.4 (Cauchy-Schwarz)")
def entry_at_most_euclidean(value: sp.Expr, i: Index) -> Relation:
    """f_i^2 <= sum of f_i^2 (one term of a sum of squares)."""
    need(bool(value.is_real), "entry-at-most-euclidean", "{} is not known to be real", value)
    return le(value**2, total(value**2, i))


@rule(f"{HORN}, Definition 5.1.1 (Minkowski)")
def euclidean_of_sum(summand: sp.Expr, i: Index, r: Index) -> Relation:
    """The Euclidean norm over i of sum_r f_ri is at most the sum over r of those of f_ri."""
    need(i != r, "euclidean-of-sum", "it needs two different indices")
    return le(euclidean(total(summand, r), i), total(euclidean(summand, i), r))


@rule(f"{RUDIN}, Theorem 1.21 (roots are monotone)")
def root_at_most(square: Fact, b: sp.Expr, sign: Fact) -> Relation:
    """From 0 <= b and a <= b^2: sqrt(a) <= b."""
    need(sign.low == 0 and equal(unfold(sign.high), unfold(b)), "root-at-most", "{} is not 0 <= {}", sign.relation, b)
    need(equal(unfold(square.high), unfold(b**2)), "root-at-most", "{} does not bound by {}^2", square.relation, b)
    return le(sp.sqrt(square.low), b)


@rule(f"{RUDIN}, Theorem 1.21 (roots are monotone)")
def root_at_least(square: Fact, b: sp.Expr) -> Relation:
    """From b^2 <= a: b <= sqrt(a)."""
    need(equal(unfold(square.low), unfold(b**2)), "root-at-least", "{} is not {}^2 <= a", square.relation, b)
    need(bool(b.is_real), "root-at-least", "{} is not known to be real", b)
    return le(b, sp.sqrt(square.high))


def _is_gram(a: sp.Expr, block: sp.Expr, i: Index, j: Index, blocks: tuple[Index, ...], name: str) -> None:
    need(is_matrix(a) and i != j and i.size == j.size, name, "it takes one matrix and two indices of its rows")
    need_rows(a, name, i, j)
    need(len(blocks) <= 1 and not {i, j} & set(blocks), name, "it takes at most one index of blocks")
    need(j not in unfold(block).free_symbols, name, "{} speaks of {}", block, j)
    product = Inner(block, put(block, {i: j}))
    gram = total(product, *blocks) if blocks else product
    need(equal(unfold(Entry(a, i, j)), unfold(gram)), name, "{} is not the Gram matrix of {}", a, block)


def _coefficient(coefficient: sp.Expr, i: Index, j: Index, blocks: tuple[Index, ...], name: str) -> None:
    need(bool(coefficient.is_real), name, "{} is not known to be real", coefficient)
    need(
        not {j, *blocks} & unfold(coefficient).free_symbols, name, "{} speaks of another index than {}", coefficient, i
    )


def _mentions(expr: sp.Expr, u: Scalar | Vec) -> bool:
    """Whether the family of u stands in the expression, or in a definition or formula behind it, or may do so."""
    opened = unfold(sp.sympify(expr))
    return opaque(opened) is not None or any(
        a.family == u.family for part in (opened, *formulas(opened)) for a in part.atoms(Scalar, Vec)
    )


@rule("Hardy, Littlewood, Polya, Inequalities (2nd ed., Cambridge 1952), Theorem 9 (arithmetic and geometric means)")
def root_tangent(a: sp.Expr, b: sp.Expr) -> Relation:
    """For a > 0, b >= 0: sqrt(b) <= (a + b) / (2 sqrt(a))."""
    need(bool(a.is_positive), "root-tangent", "{} is not known to be positive", a)
    need(bool(b.is_nonnegative), "root-tangent", "{} is not known to be >= 0", b)
    return le(sp.sqrt(b), (a + b) / (2 * sp.sqrt(a)))


@rule("Hardy, Littlewood, Polya, Inequalities (2nd ed., Cambridge 1952), Theorem 9 (arithmetic and geometric means)")
def product_at_most_squares(a: sp.Expr, b: sp.Expr) -> Relation:
    """a b <= (a^2 + b^2) / 2."""
    need(bool(a.is_real) and bool(b.is_real), "product-at-most-squares", "{} or {} is not known to be real", a, b)
    return le(a * b, (a**2 + b**2) / 2)


@rule(f"{HORN}, Definition 5.1.1 (triangle inequality in a direct sum)")
def direct_sum_triangle(left: sp.Expr, right: sp.Expr, *blocks: Index) -> Relation:
    """(sum_r |u_r + v_r|^2)^(1/2) <= (sum_r |u_r|^2)^(1/2) + (sum_r |v_r|^2)^(1/2)."""
    need(bool(blocks), "direct-sum-triangle", "it needs the index of the blocks")
    whole, one, other = (sp.sqrt(total(Norm(part) ** 2, *blocks)) for part in (left + right, left, right))
    return le(whole, one + other)


@rule(f"{HORN}, Theorem 4.2.2 (Rayleigh, for the Gram matrix of the tensor squares of the x_i)")
def tensor_form(a: Mat, point: sp.Expr, u: sp.Expr, v: sp.Expr, i: Index, j: Index) -> Relation:
    """A_ij = <x_i, x_j>^2 for all i, j: sum of <x_i, u>^2 <x_i, v>^2 <= |A| |u|^2 |v|^2."""
    name = "tensor-form"
    need(is_matrix(a) and i != j and i.size == j.size, name, "it takes one matrix and two indices of its rows")
    need_rows(a, name, i, j)
    need(equal(unfold(Entry(a, i, j)), Inner(point, put(point, {i: j})) ** 2), name, "{} is not made of {}", a, point)
    need(not {i, j} & (u.free_symbols | v.free_symbols), name, "{} or {} depends on the index", u, v)
    need(j not in point.free_symbols, name, "{} speaks of {}", point, j)
    squares = Inner(point, u) ** 2 * Inner(point, v) ** 2
    return le(total(squares, i), Spectral(a) * Norm(u) ** 2 * Norm(v) ** 2)


@rule(f"{HORN}, Theorem 5.1.4 (Cauchy-Schwarz, for sums)")
def sum_of_products(f: sp.Expr, g: sp.Expr, i: Index) -> Relation:
    """sum |f_i| |g_i| <= (sum f_i^2)^(1/2) (sum g_i^2)^(1/2)."""
    need(bool(f.is_real) and bool(g.is_real), "sum-of-products", "{} or {} is not known to be real", f, g)
    return le(total(sp.Abs(f) * sp.Abs(g), i), euclidean(f, i) * euclidean(g, i))


@rule(f"{HORN}, Theorem 5.1.4 (Cauchy-Schwarz, with equality at p = u)")
def norm_from_dual(u: sp.Expr, every: Fact, c: sp.Expr, p: sp.Expr, sign: Fact) -> Relation:
    """From <u, p> <= c |p| for all vectors p, and 0 <= c: |u| <= c."""
    name = "norm-from-dual"
    need(type(p) is Vec and not p.indices, name, "{} is no arbitrary vector", p)
    assumed = (side for a in every.assumptions for side in (a.left, a.right))
    need(not any(_mentions(side, p) for side in (*assumed, u, c)), name, "{} is not arbitrary", p)
    need(equal(unfold(every.low), unfold(Inner(u, p))), name, "{} is not <u, {}>", every.low, p)
    need(equal(unfold(every.high), unfold(c * Norm(p))), name, "{} is not {} |{}|", every.high, c, p)
    need(sign.low == 0 and equal(unfold(sign.high), unfold(c)), name, "{} is not 0 <= {}", sign.relation, c)
    return le(Norm(u), c)


@rule(f"{RUDIN}, chapter 4, exercise 23 (slopes of the convex function exp)")
def exp_chord(fact: Fact, sign: Fact) -> Relation:
    """From 0 <= a <= s and 0 < s: e^a - 1 <= a (e^s - 1) / s."""
    shown = fact.relation.op in ("<=", ">=") and bool(fact.high.is_positive)
    need(shown, "exp-chord", "{} is not a <= s with s > 0", fact.relation)
    need(sign.low == 0 and equal(unfold(sign.high), unfold(fact.low)), "exp-chord", "{} is not 0 <= a", sign.relation)
    return le(sp.exp(fact.low) - 1, fact.low * (sp.exp(fact.high) - 1) / fact.high)
