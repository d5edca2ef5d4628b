"""Rules about sums of independent random matrices."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import sympy as sp

from verify.proof.algebra import equal, unfold
from verify.proof.facts import Fact, free_indices, sure
from verify.proof.rules.expectation import independent_copies, one_of
from verify.proof.rules.registry import need, need_free, need_variable, rule
from verify.proof.steps import require
from verify.proof.terms import (
    Entry,
    Exceeds,
    Expect,
    Index,
    LambdaMax,
    LambdaMin,
    LaplaceMax,
    Mat,
    Prob,
    is_fixed,
    mean,
    put,
    total,
)
from verify.proof.wellformed import spoken
from verify.relations import Relation, le, lt
from verify.statement import Quantity

TROPP = "Tropp, User-friendly tail bounds for sums of random matrices, Found. Comput. Math. 12 (2012)"


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
        need(equal(unfold(side), unfold(form)), name, "{} does not bound {}", fact.relation, form)
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
    need_free(share, name, k)
    c = _quadratic(scalar, name)
    need(bool(theta.is_positive and c.is_nonnegative), name, "{} or {} has no known sign", theta, c)
    mean_form, square_form = LambdaMin(expected(share, index)), LambdaMax(expected_square(share, index, k))
    for fact, side, form in ((least, least.high, mean_form), (square, square.low, square_form)):
        _for_every_copy(fact, index, name)
        need(equal(unfold(side), unfold(form)), name, "{} does not bound {}", fact.relation, form)
    _fixed_numbers(name, index, theta, least.low, square.high)
    return le(LaplaceMax(share, theta), 1 - theta * least.low + c * theta**2 * square.high)


def _quadratic(scalar: Fact, name: str) -> sp.Expr:
    """The number c of a fact e^(-z) <= 1 - z + c z^2 that holds for every z >= 0."""
    letters = [s for s in scalar.low.free_symbols if isinstance(s, Quantity)]
    need(len(letters) == 1 and equal(scalar.low, sp.exp(-letters[0])), name, "{} is not about e^(-z)", scalar.relation)
    z = letters[0]
    need_variable(z, name)
    whole = z.domain.lower == 0 and z.domain.upper == sp.oo
    assumed = {s for a in scalar.assumptions for side in (a.left, a.right) for s in spoken(side)}
    need(whole and z not in assumed, name, "{} is not shown for every {} >= 0", scalar.relation, z)
    c = sp.expand(scalar.high).coeff(z, 2)
    shape = equal(scalar.high, 1 - z + c * z**2) and z not in spoken(c)
    need(shape, name, "{} is not 1 - {} + c {}^2", scalar.high, z, z)
    return c


@rule(f"{TROPP}, Theorem 3.6 (master tail bound), for independent copies and with the trace at most n lambda_max")
def laplace_tail_below(share: Mat, index: Index, transform: Fact, theta: sp.Expr, tau: sp.Expr) -> Relation:
    """From lambda_max(E e^(-theta X)) <= c, theta > 0: P(lambda_min(mean X) < tau) <= n e^(q theta tau) c^q."""
    name = "laplace-tail-below"
    size = _copies(share, index, name)
    _for_every_copy(transform, index, name)
    same = equal(unfold(transform.low), unfold(LaplaceMax(share, theta)))
    need(same, name, "{} does not bound {}", transform.relation, LaplaceMax(share, theta))
    need(bool(theta.is_positive), name, "{} is not known to be positive", theta)
    _fixed_numbers(name, index, theta, tau, transform.high)
    tail = size * sp.exp(index.size * theta * tau) * transform.high**index.size
    return le(Prob(Exceeds(tau, LambdaMin(average(share, index)))), tail)


def _copies(share: Mat, index: Index, name: str, psd: Fact | None = None) -> sp.Expr:
    """The size of independent symmetric random matrices X_s. Raises StepFailed for others, or if not shown psd."""
    need(isinstance(share, Mat) and share.entries is not None, name, "{} is no matrix with known entries", share)
    assert share.entries is not None
    i, j = share.entries.signature
    entry = unfold(share.entries.expr)
    symmetric = isinstance(i, Index) and i.size == j.size and is_symmetric(entry, i, j)
    need(symmetric, name, "{} is not visibly symmetric", share)
    independent_copies(entry, index, name)
    if psd is not None:
        _for_every_copy(psd, index, name)
        shown = psd.low == 0 and equal(unfold(psd.high), unfold(LambdaMin(share)))
        need(shown, name, "{} is not 0 <= lambda_min({})", psd.relation, share)
    return i.size


def is_symmetric(entry: sp.Expr, i: Index, j: Index) -> bool:
    """Whether exchanging i and j changes nothing, up to exchanging the letters of two finite sums inside."""
    swapped = put(entry, {i: j, j: i})
    letters = {k for found in entry.atoms(sp.Sum) for k in found.variables} - entry.free_symbols
    pairs = itertools.combinations(sorted(letters, key=str), 2)
    same = [swapped, *(swapped.xreplace({k: h, h: k}) for k, h in pairs if k.size == h.size)]
    return any(equal(_in_order(entry), _in_order(other)) for other in same)


def _in_order(entry: sp.Expr) -> sp.Expr:
    """Finite sums over several indices with these in alphabetical order, where no range depends on an index."""

    def ordered(found: sp.Sum) -> sp.Sum:
        plain = all(isinstance(k, Index) and not high.has(Index) for k, _, high in found.limits)
        return sp.Sum(found.function, *sorted(found.limits, key=lambda limit: str(limit[0]))) if plain else found

    return entry.replace(lambda e: isinstance(e, sp.Sum), ordered)


def _for_every_copy(fact: Fact, index: Index, name: str) -> None:
    sure(fact, name)
    need(fact.relation.op != "==", name, "{} is no inequality", fact.relation)
    need(index not in free_indices(fact), name, "an assumption speaks of {}", index)


def _fixed_numbers(name: str, index: Index, *numbers: sp.Expr) -> None:
    for number in numbers:
        found = unfold(sp.sympify(number))
        fixed = is_fixed(found) and not any(isinstance(s, Index) for s in found.free_symbols)
        need(fixed, name, "{} may be random, or depends on an index", number)
