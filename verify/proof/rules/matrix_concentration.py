"""Rules about sums of independent random matrices, and the matrix inequalities they are used with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sympy as sp

from verify.proof.algebra import equal, unfold
from verify.proof.facts import Fact, free_indices, require, sure
from verify.proof.rules.expectation import independent_copies, one_of
from verify.proof.rules.norms import HORN
from verify.proof.rules.registry import need, rule
from verify.proof.terms import (
    Entry,
    Exceeds,
    Expect,
    Index,
    Inner,
    InverseRoot,
    LambdaMax,
    LambdaMin,
    Mat,
    Prob,
    is_fixed,
    mean,
    put,
    total,
)
from verify.statement import Quantity, Relation, eq, ge, le, lt

TROPP = "Tropp, User-friendly tail bounds for sums of random matrices, Found. Comput. Math. 12 (2012)"


class LaplaceMax(sp.Function):  # type: ignore[misc]  # SymPy ships no types
    """lambda_max(E e^{-theta X}) for a random symmetric matrix X: LaplaceMax(X, theta)."""

    is_real = True


def average(share: Mat, index: Index) -> Mat:
    """The mean of the matrices X_s over the index s."""
    return _matrix(f"mean of {share}", share, lambda i, j: mean(Entry(share, i, j), index))


def expected(share: Mat, index: Index) -> Mat:
    """E X, one copy of the matrices X_s."""
    return _matrix(f"E {share}", share, lambda i, j: Expect(one_of(Entry(share, i, j), index)))


def expected_square(share: Mat, index: Index, k: Index) -> Mat:
    """E X^2, entry (i, j) being E of the sum over k of X_ik X_kj."""
    return _matrix(
        f"E {share}^2", share, lambda i, j: Expect(one_of(total(Entry(share, i, k) * Entry(share, k, j), k), index))
    )


def _matrix(name: str, like: Mat, entry: Callable[[Index, Index], sp.Expr]) -> Mat:
    """The matrix with the rows and columns of another and these entries."""
    assert like.entries is not None
    i, j = like.entries.signature
    found: Mat = Mat(name, sp.Lambda((i, j), entry(i, j)))
    return found


@rule(f"{TROPP}, Theorem 1.1 (matrix Chernoff; its proof needs of mu only that it is a lower bound)")
def matrix_chernoff_below(
    share: Mat, index: Index, psd: Fact, top: Fact, least: Fact, t: sp.Expr, *inside: Fact
) -> Relation:
    """For independent copies 0 <= X_s <= L, mu <= lambda_min(E X), 0 <= t < 1, mu, L > 0: a tail of the mean.

    P(lambda_min(mean X) < (1 - t) mu) <= n exp(-(q mu/L) (t + (1 - t) log(1 - t))), n being the size of the matrices.
    """
    name = "matrix-chernoff-below"
    size = _copies(share, index, name, psd)
    for fact, form, side in ((top, LambdaMax(share), top.low), (least, LambdaMin(expected(share, index)), least.high)):
        _for_every_copy(fact, index, name)
        need(equal(unfold(side), unfold(form)), name, f"{fact.relation} does not bound {form}")
    mu, largest = least.low, top.high
    _fixed_numbers(name, index, mu, largest, t)
    require([lt(0, mu), lt(0, largest), le(0, t), lt(t, 1)], inside, name)
    rate = t + (1 - t) * sp.log(1 - t)
    tail = size * sp.exp(-index.size * mu * rate / largest)
    return le(Prob(Exceeds((1 - t) * mu, LambdaMin(average(share, index)))), tail)


@rule("Tropp, An Introduction to Matrix Concentration Inequalities (2015), Proposition 2.1.4 (transfer rule); Weyl")
def transfer_quadratic(
    share: Mat, index: Index, k: Index, psd: Fact, scalar: Fact, theta: sp.Expr, least: Fact, square: Fact
) -> Relation:
    """From e^(-z) <= 1 - z + c z^2 on z >= 0, X psd, mu <= lambda_min(E X), lambda_max(E X^2) <= v, theta > 0, c >= 0:

    lambda_max(E e^(-theta X)) <= 1 - theta mu + c theta^2 v.
    """
    name = "transfer-quadratic"
    _copies(share, index, name, psd)
    c = _quadratic(scalar, name)
    need(bool(theta.is_positive and c.is_nonnegative), name, f"{theta} or {c} has no known sign")
    mean_form, square_form = LambdaMin(expected(share, index)), LambdaMax(expected_square(share, index, k))
    for fact, side, form in ((least, least.high, mean_form), (square, square.low, square_form)):
        _for_every_copy(fact, index, name)
        need(equal(unfold(side), unfold(form)), name, f"{fact.relation} does not bound {form}")
    _fixed_numbers(name, index, theta, least.low, square.high)
    return le(LaplaceMax(share, theta), 1 - theta * least.low + c * theta**2 * square.high)


def _quadratic(scalar: Fact, name: str) -> sp.Expr:
    """The number c of a fact e^(-z) <= 1 - z + c z^2 that holds for every z >= 0."""
    letters = [s for s in scalar.low.free_symbols if isinstance(s, Quantity)]
    need(len(letters) == 1 and equal(scalar.low, sp.exp(-letters[0])), name, f"{scalar.relation} is not about e^(-z)")
    z = letters[0]
    whole = z.domain.lower == 0 and z.domain.upper == sp.oo and not z.domain.integer and z.measure is None
    spoken = {s for a in scalar.assumptions for side in (a.left, a.right) for s in unfold(side).free_symbols}
    need(whole and z not in spoken, name, f"{scalar.relation} is not shown for every {z} >= 0")
    c = sp.expand(scalar.high).coeff(z, 2)
    shape = equal(scalar.high, 1 - z + c * z**2) and z not in c.free_symbols
    need(shape, name, f"{scalar.high} is not 1 - {z} + c {z}^2")
    return c


@rule(f"{TROPP}, Theorem 3.6 (master tail bound), for independent copies and with the trace at most n lambda_max")
def laplace_tail_below(share: Mat, index: Index, transform: Fact, theta: sp.Expr, tau: sp.Expr) -> Relation:
    """From lambda_max(E e^(-theta X)) <= c, theta > 0: P(lambda_min(mean X) < tau) <= n e^(q theta tau) c^q."""
    name = "laplace-tail-below"
    size = _copies(share, index, name)
    _for_every_copy(transform, index, name)
    same = equal(unfold(transform.low), unfold(LaplaceMax(share, theta)))
    need(same, name, f"{transform.relation} does not bound {LaplaceMax(share, theta)}")
    need(bool(theta.is_positive), name, f"{theta} is not known to be positive")
    _fixed_numbers(name, index, theta, tau, transform.high)
    tail = size * sp.exp(index.size * theta * tau) * transform.high**index.size
    return le(Prob(Exceeds(tau, LambdaMin(average(share, index)))), tail)


def _copies(share: Mat, index: Index, name: str, psd: Fact | None = None) -> sp.Expr:
    """The size of independent symmetric random matrices X_s. Raises StepFailed for others, or if not shown psd."""
    need(isinstance(share, Mat) and share.entries is not None, name, f"{share} is no matrix with known entries")
    assert share.entries is not None
    i, j = share.entries.signature
    entry = unfold(share.entries.expr)
    symmetric = isinstance(i, Index) and i.size == j.size and equal(entry, put(entry, {i: j, j: i}))
    need(symmetric, name, f"{share} is not visibly symmetric")
    independent_copies(entry, index, name)
    if psd is not None:
        _for_every_copy(psd, index, name)
        shown = psd.low == 0 and equal(unfold(psd.high), unfold(LambdaMin(share)))
        need(shown, name, f"{psd.relation} is not 0 <= lambda_min({share})")
    return i.size


def _for_every_copy(fact: Fact, index: Index, name: str) -> None:
    sure(fact, name)
    need(fact.relation.op != "==", name, f"{fact.relation} is no inequality")
    need(index not in free_indices(fact), name, f"an assumption speaks of {index}")


def _fixed_numbers(name: str, index: Index, *numbers: sp.Expr) -> None:
    for number in numbers:
        found = unfold(sp.sympify(number))
        fixed = is_fixed(found) and not any(isinstance(s, Index) for s in found.free_symbols)
        need(fixed, name, f"{number} may be random, or depends on an index")


@rule(f"{HORN}, Theorem 7.2.10 (Gram matrices)")
def gram_is_psd(a: Mat, v: sp.Expr, i: Index, j: Index, *renamed: tuple[Index, Index]) -> Relation:
    """A_ij = <v_i, v_j> for all i, j: A is psd. Where v_i sums over k, ``renamed`` = (k, l) lets v_j sum over l."""
    name, other = "gram-is-psd", put(v, {i: j})
    for old, new in renamed:
        need(old.size == new.size and not other.has(new), name, f"{new} cannot stand for {old}")
        other = other.xreplace({old: new})
    need(i != j and j not in unfold(v).free_symbols, name, f"{v} speaks of {j}")
    need(equal(_entry(a, i, j, name), unfold(Inner(v, other))), name, f"{a} is no Gram matrix of {v}")
    return ge(LambdaMin(a), 0)


@rule(f"{HORN}, Theorem 4.5.9 (Ostrowski)")
def scaled_gram_largest(a: Mat, gram: Mat, scale: sp.Expr, size: Fact, v: sp.Expr, i: Index, j: Index) -> Relation:
    """A_ij = d_i d_j <v_i, v_j>, G_ij = <v_i, v_j>, |d_i| <= b for all i: lambda_max(A) <= b^2 lambda_max(G)."""
    name = "scaled-gram-largest"
    need(i != j and i not in free_indices(size), name, "the bound must hold for every row")
    inner, scales = Inner(v, put(v, {i: j})), scale * put(scale, {i: j})
    need(equal(_entry(gram, i, j, name), unfold(inner)), name, f"{gram} is not the Gram matrix of {v}")
    need(equal(_entry(a, i, j, name), unfold(scales * inner)), name, f"{a} is not scaled from {gram}")
    need(equal(unfold(size.low), unfold(sp.Abs(scale))), name, f"{size.relation} does not bound |{scale}|")
    need(not {i, j} & unfold(size.high).free_symbols, name, f"the bound {size.high} depends on the row")
    return le(LambdaMax(a), size.high**2 * LambdaMax(gram))


@rule(f"{HORN}, Theorem 4.3.1 (Weyl)")
def weyl_sum(a: Mat, b: Mat, c: Mat, entry: Fact, i: Index, j: Index) -> Relation:
    """From A_ij = B_ij + C_ij for all i, j, all symmetric: lambda_min(A) >= lambda_min(B) + lambda_min(C)."""
    name = "weyl-sum"
    need(i != j and not {i, j} & free_indices(entry), name, "the equation must hold for every entry")
    values = [_entry(matrix, i, j, name) for matrix in (a, b, c)]
    for value in values:
        need(equal(value, put(value, {i: j, j: i})), name, f"{value} is not visibly symmetric in {i} and {j}")
    same = entry.relation.op == "==" and equal(unfold(entry.left), values[0])
    need(same and equal(unfold(entry.right), values[1] + values[2]), name, f"{entry.relation} is not A = B + C")
    return ge(LambdaMin(a), LambdaMin(b) + LambdaMin(c))


def _entry(a: Mat, i: Index, j: Index, name: str) -> sp.Expr:
    """The entry (i, j), unfolded. Raises StepFailed unless i and j run over the rows and columns of a square matrix."""
    need(isinstance(a, Mat) and a.entries is not None, name, f"{a} is no matrix with known entries")
    assert a.entries is not None
    sizes = [getattr(index, "size", None) for index in a.entries.signature]
    need(sizes == [i.size, j.size] and i.size == j.size, name, f"{i}, {j} are not the rows and columns of {a}")
    return unfold(Entry(a, i, j))


@rule(f"{HORN}, section 4.2 (equal matrices have equal eigenvalues)")
def equal_entries_largest(a: Mat, b: Mat, entry: Fact, i: Index, j: Index) -> Relation:
    """From A_ij = B_ij for all i, j: lambda_max(A) = lambda_max(B)."""
    name = "equal-entries-largest"
    need(i != j and not {i, j} & free_indices(entry), name, "the equation must hold for every entry")
    sides = [_entry(matrix, i, j, name) for matrix in (a, b)]
    same = equal(unfold(entry.left), sides[0]) and equal(unfold(entry.right), sides[1])
    need(entry.relation.op == "==" and same, name, f"{entry.relation} is not A = B")
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
    need(entry.relation.op == "==" and same, name, f"{entry.relation} does not say that {a} is the identity")
    return eq(LambdaMin(a), 1)


@rule(f"{HORN}, Theorem 7.7.2 (congruence keeps the Loewner order)")
def unwhitened(
    white: Mat, b: Mat, a: Mat, positive: Fact, order: Fact, sign: Fact, i: Index, j: Index, k: Index, h: Index
) -> Relation:
    """From lambda_min(A) > 0 and 0 <= c <= lambda_min(A^(-1/2) B A^(-1/2)): lambda_min(B) >= c lambda_min(A)."""
    name = "unwhitened"
    _definite(a, positive, k, h, name)
    entry = _entry(b, k, h, name)
    need(equal(entry, put(entry, {k: h, h: k})), name, f"{b} is not visibly symmetric")
    product = total(InverseRoot(a, i, k) * InverseRoot(a, j, h) * entry, k, h)
    need(len({i, j, k, h}) == 4, name, "it takes four different indices")
    need(equal(_entry(white, i, j, name), unfold(product)), name, f"{white} is not {b} whitened by {a}")
    need(equal(unfold(order.high), unfold(LambdaMin(white))), name, f"{order.relation} bounds no lambda_min({white})")
    shown = sign.low == 0 and equal(unfold(sign.high), unfold(order.low))
    need(shown, name, f"{sign.relation} is not 0 <= {order.low}")
    return ge(LambdaMin(b), order.low * LambdaMin(a))


def _definite(a: Mat, positive: Fact, k: Index, h: Index, name: str) -> None:
    entry = _entry(a, k, h, name)
    need(k != h and equal(entry, put(entry, {k: h, h: k})), name, f"{a} is not visibly symmetric")
    shown = positive.relation.strict and positive.low == 0 and equal(unfold(positive.high), unfold(LambdaMin(a)))
    need(shown, name, f"{positive.relation} is not 0 < lambda_min({a})")


@rule("Rudin, Principles of Mathematical Analysis (3rd ed., McGraw-Hill 1976), Definition 1.12 (distributive law)")
def product_of_sums(f: sp.Expr, g: sp.Expr, first: Sequence[Index], second: Sequence[Index]) -> Relation:
    """(sum of f over its indices) (sum of g over its own) = the sum of f g over all of them."""
    name, free = "product-of-sums", (unfold(f).free_symbols, unfold(g).free_symbols)
    need(not set(first) & set(second), name, "the two sums share an index")
    need(not set(first) & free[1] and not set(second) & free[0], name, "a factor speaks of the other one's index")
    return eq(total(f, *first) * total(g, *second), total(f * g, *first, *second))
