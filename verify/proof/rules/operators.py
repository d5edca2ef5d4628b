"""Rules about functions of symmetric matrices in the Loewner order, and what they give for sums of random matrices.

f(X) <= M is written lambda_max(f(X) - M) <= 0. A Gram matrix X has X_ij = <a_i, a_j>.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from verify.proof.algebra import equal, nonnegative, unfold
from verify.proof.facts import Fact, free_indices, sure
from verify.proof.formulas import hidden
from verify.proof.rules.expectation import independent_copies, integrable, one_of
from verify.proof.rules.loewner import other_row
from verify.proof.rules.matrix_concentration import TROPP, average, is_symmetric
from verify.proof.rules.norms import HORN
from verify.proof.rules.registry import need, need_free, need_rows, need_variable, rule
from verify.proof.steps import require
from verify.proof.terms import (
    Entry,
    Exceeds,
    Expect,
    Index,
    Inner,
    LambdaMin,
    Mat,
    MeanExcess,
    Prob,
    SpectralExcess,
    TracePower,
    is_fixed,
    put,
    total,
)
from verify.proof.wellformed import spoken
from verify.relations import Relation, le
from verify.statement import Quantity

Renamed = tuple[Index, Index]


def _excess(fact: Fact, kind: type[sp.Function], name: str) -> tuple[sp.Lambda, Mat, Mat]:
    """(f, X, M) of a fact lambda_max(f(X) - M) <= 0, of the kind that is asked for."""
    low = fact.low if isinstance(fact.low, kind) else unfold(fact.low)
    shown = isinstance(low, kind) and fact.relation.op != "==" and fact.high == 0
    need(shown, name, "{} is not lambda_max(f(X) - M) <= 0", fact.relation)
    return low.args[0], low.args[1], low.args[2]


def _letter(z: Quantity, name: str, *others: Fact) -> None:
    """Raise StepFailed unless z is a letter for any number >= 0, of which no assumption speaks."""
    need_variable(z, name)
    whole = z.domain.lower == 0 and not z.domain.open_lower and z.domain.upper == sp.oo
    need(whole, name, "{} is no letter for any number >= 0", z)
    assumed = {s for f in others for a in f.assumptions for side in (a.left, a.right) for s in spoken(side)}
    need(z not in assumed, name, "an assumption speaks of {}", z)


def _psd(x: Mat, sign: Fact, name: str) -> None:
    """Raise StepFailed unless X is visibly symmetric and shown to be psd."""
    need(isinstance(x, Mat) and x.entries is not None, name, "{} is no matrix with known entries", x)
    assert x.entries is not None
    i, j = x.entries.signature
    need(i.size == j.size and is_symmetric(unfold(x.entries.expr), i, j), name, "{} is not visibly symmetric", x)
    shown = sign.low == 0 and sign.relation.op != "==" and equal(unfold(sign.high), unfold(LambdaMin(x)))
    need(shown, name, "{} is not 0 <= lambda_min({})", sign.relation, x)


def _matrix(name: str, i: Index, j: Index, entry: sp.Expr) -> Mat:
    found: Mat = Mat(name, sp.Lambda((i, j), entry))
    return found


@rule(f"{TROPP}, section 2.3 (transfer rule); {HORN}, Theorem 4.1.5 (spectral theorem)")
def transfer_order(order: Fact, z: Quantity, excess: Fact, psd: Fact) -> Relation:
    """From f(z) <= g(z) for all z >= 0, X psd, lambda_max(g(X) - M) <= 0: lambda_max(f(X) - M) <= 0."""
    name = "transfer-order"
    larger, x, m = _excess(excess, SpectralExcess, name)
    _letter(z, name, order)
    _psd(x, psd, name)
    need(z not in spoken(x) | spoken(m), name, "the matrices speak of {}", z)
    need(z not in hidden(order.low) | hidden(order.high), name, "a definition in {} speaks of {}", order.relation, z)
    need(order.relation.op in ("<=", ">="), name, "{} is no inequality", order.relation)
    same = equal(unfold(order.high), unfold(larger(z)))
    need(same, name, "{} is not the function of {}", order.high, excess.relation)
    return le(SpectralExcess(sp.Lambda(z, order.low), x, m), 0)


@rule(f"{HORN}, Theorem 7.2.10 and section 7.7 (least squares: u' (1 + cX)^-1 u is the least |u - cYp|^2 + c|p|^2)")
def resolvent_above(
    x: Mat, a: sp.Expr, p: sp.Expr, t: sp.Expr, c: sp.Expr, z: Quantity, i: Index, j: Index, o: Index, h: Index,
    *renamed: Renamed,
) -> Relation:  # fmt: skip
    """X_ij = <a_i, a_j>, any vectors p_i and numbers t_oi, c > 0: lambda_max((1 + cX + c^2 X^2/2)^-1 - M) <= 0.

    u'Mu = |u - c Y p|^2 + c |p - Y't|^2 + 2 |t|^2 with p and t the combinations of the p_i and t_i with coefficients u,
    the rows of Y being the a_i. ``renamed``: (k, l) for letters of sums in a_i and p_i that need another name in a_j.
    """
    name = "resolvent-above"
    _letter(z, name)
    need(len({i, j, o, h}) == 4 and o.size == h.size == i.size == j.size, name, "it takes four indices of the rows")
    need_rows(x, name, i, j)
    need(
        not {j, o, h} & unfold(a).free_symbols | {j, o, h} & unfold(p).free_symbols,
        name,
        "{} or {} speaks of {}",
        a,
        p,
        j,
    )
    need_free(t, name, j, h)
    need_free(c, name, i, j, o, h, z)
    need(bool(c.is_positive) and bool(t.is_real), name, "{} is not known to be positive, or {} to be real", c, t)
    need(
        equal(unfold(Entry(x, i, j)), unfold(Inner(a, other_row(a, i, j, renamed, name)))),
        name,
        "{} is not <a_i, a_j>",
        x,
    )
    yp_i = Inner(put(a, {i: o}), p)
    yp_j = put(yp_i, {i: j})
    first = sp.KroneckerDelta(i, j) - c * (put(yp_j, {o: i}) + put(yp_i, {o: j})) + c**2 * total(yp_i * yp_j, o)
    t_j = put(t, {i: j})
    cross = Inner(p, other_row(p, i, j, renamed, name)) - total(t_j * yp_i, o) - total(t * yp_j, o)
    second = c * (cross + total(t * Entry(x, o, h) * put(t_j, {o: h}), o, h))
    m = _matrix(f"resolvent bound of {x}", i, j, first + second + 2 * total(t * t_j, o))
    return le(SpectralExcess(sp.Lambda(z, 1 / (1 + c * z + c**2 * z**2 / 2)), x, m), 0)


@rule(f"{HORN}, section 7.7 (Loewner order: (1 + cX)^-1 >= T + T' - T'(1 + cX)T for every T)")
def tangent_above(
    x: Mat, t: sp.Expr, c: sp.Expr, z: Quantity, psd: Fact, i: Index, j: Index, o: Index, h: Index
) -> Relation:
    """X psd, c > 0, any numbers T_ij: lambda_max(X (1 + cX)^-1 - M) <= 0, M = (1 - T)'(1 - T)/c + T'XT."""
    name = "tangent-above"
    _letter(z, name)
    _psd(x, psd, name)
    need(len({i, j, o, h}) == 4 and o.size == h.size == i.size == j.size, name, "it takes four indices of the rows")
    need_rows(x, name, i, j)
    need_free(t, name, o, h)
    need_free(c, name, i, j, o, h, z)
    need(bool(c.is_positive) and bool(t.is_real), name, "{} is not known to be positive, or {} to be real", c, t)
    t_ji, t_oi, t_oj, t_hj = (put(t, {i: a, j: b}) for a, b in ((j, i), (o, i), (o, j), (h, j)))
    square = sp.KroneckerDelta(i, j) - t - t_ji + total(t_oi * t_oj, o)
    m = _matrix(f"tangent of {x}", i, j, square / c + total(t_oi * Entry(x, o, h) * t_hj, o, h))
    return le(SpectralExcess(sp.Lambda(z, z / (1 + c * z)), x, m), 0)


@rule(f"{HORN}, Definition 7.7.1 (the Loewner order is kept by sums and by factors >= 0)")
def combined_excess(
    weights: Sequence[sp.Expr], excesses: Sequence[Fact], ranges: Sequence[tuple[Index, ...]], signs: Sequence[Fact]
) -> Relation:
    """From lambda_max(f_k(X) - M_k) <= 0 and c_k >= 0: the same for sum c_k f_k and sum c_k M_k; k over ranges."""
    name = "combined-excess"
    need(len(weights) == len(excesses) == len(ranges) > 0, name, "it needs a weight and a range for each")
    found = [_excess(e, SpectralExcess, name) for e in excesses]
    x = found[0][1]
    need(all(equal(LambdaMin(other), LambdaMin(x)) for _, other, _ in found), name, "it takes one X")
    (z,) = found[0][0].signature
    assert x.entries is not None
    i, j = x.entries.signature
    known = [Relation(unfold(s.left), s.relation.op, unfold(s.right)) for s in signs]
    function, entry = sp.S.Zero, sp.S.Zero
    for weight, (f, _, m), over, fact in zip(weights, found, ranges, excesses, strict=True):
        need(nonnegative(unfold(weight), known), name, "{} is not known to be >= 0", weight)
        blocked = set(over) & ({i, j} | free_indices(fact) | {k for s in signs for k in free_indices(s)})
        need(not blocked, name, "an assumption speaks of {}, or the matrices do", blocked)
        need(z not in spoken(weight), name, "{} speaks of {}", weight, z)
        need_free(x, name, *over)
        need_free(weight, name, i, j)
        need_free(m, name, i, j)
        function += total(weight * f(z), *over) if over else weight * f(z)
        entry += total(weight * Entry(m, i, j), *over) if over else weight * Entry(m, i, j)
    return le(SpectralExcess(sp.Lambda(z, function), x, _matrix("combined", i, j, entry)), 0)


@rule(f"{TROPP}, section 2.4 (the expectation keeps the Loewner order)")
def mean_excess(excess: Fact, index: Index, *signs: Fact) -> Relation:
    """From lambda_max(f(X_s) - M_s) <= 0 surely, f bounded on z >= 0: lambda_max(E f(X) - E M) <= 0, at s = 1.

    f is a combination of e^{-cz} with c >= 0 (visibly, or by ``signs``); the moments of M must visibly exist.
    """
    name = "mean-excess"
    f, x, m = _excess(excess, SpectralExcess, name)
    for fact in (excess, *signs):
        sure(fact, name)
        need(index not in free_indices(fact), name, "an assumption speaks of {}", index)
    (z,) = f.signature
    known = [Relation(unfold(s.left), s.relation.op, unfold(s.right)) for s in signs]
    need(_is_bounded(unfold(f.expr), z, known), name, "{} is not visibly bounded for {} >= 0", f.expr, z)
    assert x.entries is not None
    assert m.entries is not None
    first = [one_of(entry, index) for entry in (f.expr, x.entries.expr, m.entries.expr)]
    integrable(first[2], name)
    one = Mat(str(x), sp.Lambda(x.entries.signature, first[1]))
    return le(
        MeanExcess(sp.Lambda(z, first[0]), one, Mat(f"E {m}", sp.Lambda(m.entries.signature, Expect(first[2])))), 0
    )


def _is_bounded(f: sp.Expr, z: Quantity, known: Sequence[Relation]) -> bool:
    """Whether f is a sum of fixed multiples of e^{-cz}, c >= 0."""
    for term in sp.Add.make_args(f):
        moving = [factor for factor in sp.Mul.make_args(term) if z in factor.free_symbols]
        rest = sp.Mul(*[factor for factor in sp.Mul.make_args(term) if z not in factor.free_symbols])
        if len(moving) > 1 or not is_fixed(rest):
            return False
        if moving and not (isinstance(moving[0], sp.exp) and _falls(-moving[0].args[0], z, known)):
            return False
    return True


def _falls(exponent: sp.Expr, z: Quantity, known: Sequence[Relation]) -> bool:
    """Whether the exponent is z times factors each of which is >= 0."""
    factors = list(sp.Mul.make_args(exponent))
    if factors.count(z) != 1:
        return False
    return all(z not in c.free_symbols and nonnegative(c, known) for c in factors if c != z)


@rule(f"{TROPP}, section 2.4 (linearity of the expectation)")
def sum_of_mean_excess(one: Fact, other: Fact) -> Relation:
    """From lambda_max(E f(X) - M) <= 0 and lambda_max(E g(X) - N) <= 0: lambda_max(E (f + g)(X) - (M + N)) <= 0."""
    name = "sum-of-mean-excess"
    (f, x, m), (g, y, n) = (_excess(fact, MeanExcess, name) for fact in (one, other))
    need(equal(LambdaMin(x), LambdaMin(y)), name, "{} is not {}", x, y)
    (z,) = f.signature
    assert m.entries is not None
    i, j = m.entries.signature
    need_free(n, name, i, j)
    return le(MeanExcess(sp.Lambda(z, f(z) + g(z)), x, _matrix(f"{m} + {n}", i, j, Entry(m, i, j) + Entry(n, i, j))), 0)


@rule(f"{TROPP}, Theorem 3.6 (master tail bound), for independent copies; log and tr exp are monotone (section 2)")
def laplace_trace_below(
    share: Mat, index: Index, base: Mat, factor: sp.Expr, mean: Fact, theta: sp.Expr, tau: sp.Expr, sign: Fact
) -> Relation:
    """X_s = c_s A_s, c_s >= 0, E e^(-theta X) <= M: P(lambda_min(mean X) < tau) <= e^(q theta tau) tr M^q."""
    name = "laplace-trace-below"
    f, a, m = _excess(mean, MeanExcess, name)
    for fact in (mean, sign):
        sure(fact, name)
        need(index not in free_indices(fact), name, "an assumption speaks of {}", index)
    for matrix in (share, base):
        need(isinstance(matrix, Mat) and matrix.entries is not None, name, "{} is no matrix with known entries", matrix)
    assert share.entries is not None
    i, j = share.entries.signature
    need_rows(base, name, i, j)
    entry = unfold(Entry(base, i, j))
    need(is_symmetric(entry, i, j), name, "{} is not visibly symmetric", base)
    need(not {i, j} & unfold(factor).free_symbols, name, "{} speaks of {} or {}", factor, i, j)
    need(equal(unfold(Entry(share, i, j)), unfold(factor) * entry), name, "{} is not {} times {}", share, factor, base)
    independent_copies(unfold(factor) * entry, index, name)
    require([le(0, factor)], [sign], name)
    first = Mat(str(base), sp.Lambda((i, j), one_of(entry, index)))
    need(equal(LambdaMin(first), LambdaMin(a)), name, "{} is not about {}", mean.relation, base)
    (z,) = f.signature
    need(equal(unfold(f.expr), sp.exp(-theta * one_of(factor, index) * z)), name, "{} is no Laplace transform", f.expr)
    need(bool(theta.is_positive), name, "{} is not known to be positive", theta)
    for number in (theta, tau):
        found = unfold(sp.sympify(number))
        fixed = is_fixed(found) and not any(isinstance(s, Index) for s in found.free_symbols)
        need(fixed, name, "{} may be random, or depends on an index", number)
    tail = sp.exp(index.size * theta * tau) * TracePower(m, index.size)
    return le(Prob(Exceeds(tau, LambdaMin(average(share, index)))), tail)


@rule(f"{HORN}, section 0.2 (equality of matrices)")
def equal_bound(mean: Fact, m: Mat, entry: Fact) -> Relation:
    """From lambda_max(E f(X) - M) <= 0 and M_ij = N_ij for all i, j: lambda_max(E f(X) - N) <= 0."""
    name = "equal-bound"
    f, x, old = _excess(mean, MeanExcess, name)
    need(isinstance(m, Mat) and m.entries is not None, name, "{} is no matrix with known entries", m)
    assert m.entries is not None
    i, j = m.entries.signature
    need_rows(old, name, i, j)
    need(entry.relation.op == "==" and not free_indices(entry) & {i, j}, name, "the equation must hold for every entry")
    sides = [unfold(Entry(matrix, i, j)) for matrix in (old, m)]
    same = equal(unfold(entry.left), sides[0]) and equal(unfold(entry.right), sides[1])
    need(same, name, "{} does not compare {} and {}", entry.relation, old, m)
    return le(MeanExcess(f, x, m), 0)
