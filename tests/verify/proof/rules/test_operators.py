"""Functions of matrices in the Loewner order: true on random matrices, the tail against a law that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from verify import Quantity, integer, le, positive, real
from verify.proof import (
    Fact,
    Index,
    Inner,
    StepFailed,
    assume,
    bound,
    certified,
    gaussians,
    in_domain,
    instance,
    plus,
    rules,
    scalars,
    times,
    total,
    vectors,
)
from verify.proof.evaluate import evaluate, violation
from verify.proof.terms import Entry, Expect, LambdaMin, Mat, data, rademachers

n, q, J = Quantity("n", integer(1)), Quantity("q", integer(1)), Quantity("J", integer(1))
i, j, o, h, ell, l2, h2, a, b = (Index(name, n) for name in ("i", "j", "o", "h", "ell", "l2", "h2", "a", "b"))
k, s = Index("k", J), Index("s", q)
x, v, g, e = data("X"), vectors("V"), gaussians("G"), rademachers("e")
f, t, c, u = scalars("f"), scalars("t"), scalars("c"), scalars("u")
z, letter, theta = Quantity("z", real(0)), Quantity("letter", real(0)), Quantity("theta", positive())
tau, small = Quantity("tau", real()), Quantity("small", real(0, 1))


def matrix(name: str, entry: sp.Expr) -> Mat:
    found: Mat = Mat(name, sp.Lambda((i, j), entry))
    return found


ij, letters, renamed = (i, j), (o, h), ((ell, l2), (a, b))
row, point = total(f(ell) * t(i, ell) * v(ell), ell), total(c(a) * t(a, i) * v(a), a)
gram = matrix("gram", total(f(ell) * t(i, ell) * f(l2) * t(j, l2) * Inner(v(ell), v(l2)), ell, l2))
psd = rules.gram_is_psd(gram, row, i, j, (ell, l2))
resolvent = rules.resolvent_above(gram, row, point, t(o, i) * f(o), theta, z, *ij, *letters, *renamed)
tangent = rules.tangent_above(gram, t(i, j), theta, z, psd, *ij, *letters)
decay = certified(le(sp.exp(-letter), 1 / (1 + letter + letter**2 / 2)), {letter: letter.domain})
order = instance(decay, {letter: theta * z}, bound(0, "<=", theta * z))
laplace = rules.transfer_order(order, z, resolvent, psd)
combined = rules.combined_excess([sp.S(2), u(k) ** 2], [laplace, tangent], [(), (k,)], [])


def numbers(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    size, dim, count = (int(w) for w in rng.integers(1, 4, 3))
    at: dict[str, Any] = {"n": size, "J": count, "theta": float(rng.uniform(0.1, 3))}
    at |= {"V": rng.standard_normal((size, dim)), "t": rng.standard_normal((size, size)) / 2}
    at |= {"small": float(rng.uniform()), "tau": float(rng.standard_normal())}
    return at | {name: rng.standard_normal(max(size, count) + 1) for name in "fcu"}


UNIT = [*in_domain(small), plus(in_domain(small)[1], -small)]
TRUE: dict[str, Fact] = {
    "resolvent-above": resolvent,
    "tangent-above": tangent,
    "transfer-order": laplace,
    "combined-excess": combined,
    "exp-jensen": rules.exp_jensen(
        [small, 1 - small], [tau, 2 * theta], [(), ()], bound(small + (1 - small), "==", 1), UNIT
    ),
    "telescoping": rules.telescoping(f(k) ** 2, k),
    "indicator-monotone": rules.indicator_monotone(bound(0, "<=", small), tau),
    "indicator-at-most-one": rules.indicator_at_most_one(small, tau),
}


@pytest.mark.parametrize("name", sorted(TRUE))
@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_conclusions_hold(name: str, seed: int) -> None:
    assert TRUE[name].assumptions == frozenset()
    assert violation(TRUE[name].relation, numbers(seed)) < 1e-9


data_gram = matrix("A", Inner(x(i), x(j)))
data_psd = rules.gram_is_psd(data_gram, x(i), i, j)
coin = (1 + e(s)) / 2
share = matrix("share", coin * Inner(x(i), x(j)))
THIRD = sp.Rational(1, 3)
fixed = rules.resolvent_above(data_gram, x(i), THIRD * x(i), sp.S.Zero, theta, z, *ij, *letters)
half = rules.tangent_above(data_gram, THIRD * sp.KroneckerDelta(i, j), theta / 2, z, data_psd, *ij, *letters)


def test_resolvent_and_tangent_are_attained() -> None:
    """At the best vectors and numbers both sides are equal: n = 1, |x| = 1."""
    at = {"n": 1, "theta": 0.7, "X": np.ones((1, 1)), "f": np.zeros(1)}
    best = rules.tangent_above(data_gram, f(i) * f(j), theta, z, data_psd, *ij, *letters)
    value = 1 / 1.7
    assert evaluate(best.low, at | {"f": np.array([value**0.5])}) == pytest.approx(0, abs=1e-12)
    inner = 1 / (1 + 0.35)  # the least of c|p - t|^2 + 2|t|^2 over t is c p^2 / (1 + c/2), at t = c p / (c + 2)
    p = 1 / (inner + 0.7)
    at |= {"c": np.array([p]), "f": np.array([0.7 * p / 2.7])}
    exact = rules.resolvent_above(data_gram, x(i), c(i) * x(i), f(o), theta, z, *ij, *letters)
    assert evaluate(exact.low, at) == pytest.approx(0, abs=1e-12)


def laplace_of_coins() -> tuple[Fact, Fact]:
    """E e^(-theta c A) <= M for a coin c in {0, 1}, and 0 <= c."""
    size, half_one = bound(sp.Abs(e(s)), "<=", 1), sp.Rational(1, 2)
    sign = plus(bound(-half_one, "<=", e(s) / 2, rules.absolute_below(size, e(s))), half_one)
    other = plus(bound(e(s) / 2, "<=", half_one, rules.absolute_above(size, e(s))), -e(s) / 2)
    tails = sp.expand(1 - coin)
    whole = bound(coin + tails, "==", 1)
    convex = rules.exp_jensen([coin, tails], [-theta * z, sp.S.Zero], [(), ()], whole, [sign, other])
    price = certified(le(1 - sp.exp(-letter), letter / (1 + letter / 2)), {letter: letter.domain})
    paid = instance(price, {letter: theta * z}, bound(0, "<=", theta * z))
    loss = sp.exp(-theta * coin * z) - sp.exp(-theta * z)
    step = bound(loss, "<=", tails * (1 - sp.exp(-theta * z)), plus(convex, -sp.exp(-theta * z)))
    dear = bound(loss, "<=", tails * theta * (z / (1 + theta * z / 2)), step, times(paid, tails, other))
    lost = rules.transfer_order(dear, z, rules.combined_excess([tails * theta], [half], [()], [other]), data_psd)
    kept = rules.mean_excess(rules.transfer_order(order, z, fixed, data_psd), s)
    return rules.sum_of_mean_excess(kept, rules.mean_excess(lost, s, sign)), sign


MEAN, COIN_SIGN = laplace_of_coins()
tail = rules.laplace_trace_below(share, s, data_gram, coin, MEAN, theta, tau, COIN_SIGN)


OLD = MEAN.relation.low.args[2]
AGAIN = matrix("again", Entry(OLD, i, j) / 2 + Entry(OLD, i, j) / 2)
SAME = rules.equal_bound(MEAN, AGAIN, bound(Entry(OLD, i, j), "==", Entry(AGAIN, i, j)))


SIMULATED: dict[str, Fact] = {
    "mean-excess": MEAN,
    "sum-of-mean-excess": MEAN,
    "equal-bound": SAME,
    "laplace-trace-below": tail,
}


def mean_of_coin(expected: Expect) -> sp.Expr:
    """E of what is affine in the sign e_1: its value at e_1 = 0."""
    return expected.args[0].xreplace({e(1): sp.S.Zero})


@pytest.mark.parametrize("count", [1, 5, 40])
@pytest.mark.parametrize("gram_at", [np.eye(2), np.array([[0.7]]), np.diag([1.0, 0.5])])
def test_tail_of_coins(gram_at: np.ndarray, count: int) -> None:
    """The least eigenvalue of the mean is the share of ones times that of A, so the tail is known exactly."""
    high = tail.high.replace(lambda term: isinstance(term, Expect), mean_of_coin)
    X = np.sqrt(gram_at)
    for threshold in (0.05, 0.2, 0.4):
        for exponent in (0.3, 1.0, 3.0):
            allowed = evaluate(
                high, {"n": len(X), "q": count, "X": X, "f": np.zeros(2), "theta": exponent, "tau": threshold}
            )
            share_of_ones = threshold / np.linalg.eigvalsh(gram_at)[0]
            assert binom.cdf(np.ceil(share_of_ones * count - 1e-12) - 1, count, 0.5) <= allowed


def test_mean_excess_is_about_the_mean() -> None:
    """E e^(-theta c) <= M for n = 1, x = 1."""
    M = SAME.relation.low.args[2].replace(lambda term: isinstance(term, Expect), mean_of_coin)
    for exponent in (0.1, 1.0, 4.0):
        at = {"n": 1, "X": np.ones((1, 1)), "f": np.zeros(1), "theta": exponent}
        assert (1 + np.exp(-exponent)) / 2 <= evaluate(M, at)[0, 0]


once = bound(sp.exp(-theta * z) + e(s) ** 2 - 1, "<=", order.high, order, assume(le(e(s), 0)))
TAIL = (coin, MEAN, theta, tau)  # what the tail is about
REFUSED: dict[str, Callable[[], Fact]] = {
    "resolvent-above, not its rows": lambda: rules.resolvent_above(
        gram, 2 * row, point, f(o), theta, z, *ij, *letters, *renamed
    ),
    "resolvent-above, sign of c": lambda: rules.resolvent_above(data_gram, x(i), x(i), f(o), tau, z, *ij, *letters),
    "resolvent-above, p of j": lambda: rules.resolvent_above(data_gram, x(i), x(j), f(o), theta, z, *ij, *letters),
    "resolvent-above, letter": lambda: rules.resolvent_above(data_gram, x(i), x(i), f(o), theta, small, *ij, *letters),
    "tangent-above, no psd": lambda: rules.tangent_above(gram, t(i, j), theta, z, data_psd, *ij, *letters),
    "tangent-above, sign of c": lambda: rules.tangent_above(gram, t(i, j), tau, z, psd, *ij, *letters),
    "transfer-order, other function": lambda: rules.transfer_order(decay, z, resolvent, psd),
    "transfer-order, no psd": lambda: rules.transfer_order(order, z, resolvent, data_psd),
    "transfer-order, at one z": lambda: rules.transfer_order(
        assume(le(sp.exp(-z), tangent.low.args[0](z))), z, tangent, psd
    ),
    "combined-excess, sign": lambda: rules.combined_excess([tau], [laplace], [()], []),
    "combined-excess, two matrices": lambda: rules.combined_excess([1, 1], [laplace, fixed], [(), ()], []),
    "combined-excess, rows": lambda: rules.combined_excess([u(i) ** 2], [laplace], [(i,)], []),
    "mean-excess, unbounded": lambda: rules.mean_excess(half, s),
    "mean-excess, no excess": lambda: rules.mean_excess(psd, s),
    "mean-excess, on one outcome": lambda: rules.mean_excess(rules.transfer_order(once, z, fixed, data_psd), s),
    "equal-bound": lambda: rules.equal_bound(MEAN, data_gram, bound(Entry(OLD, i, j), "==", Entry(AGAIN, i, j))),
    "sum-of-mean-excess": lambda: rules.sum_of_mean_excess(MEAN, half),
    "laplace-trace-below, share": lambda: rules.laplace_trace_below(
        data_gram, s, data_gram, coin, MEAN, theta, tau, COIN_SIGN
    ),
    "laplace-trace-below, theta": lambda: rules.laplace_trace_below(
        share, s, data_gram, coin, MEAN, 2 * theta, tau, COIN_SIGN
    ),
    "laplace-trace-below, random tau": lambda: rules.laplace_trace_below(
        share, s, data_gram, coin, MEAN, theta, e(s) * tau, COIN_SIGN
    ),
    "laplace-trace-below, sign": lambda: rules.laplace_trace_below(
        share, s, data_gram, coin, MEAN, theta, tau, data_psd
    ),
    "exp-jensen, sum": lambda: rules.exp_jensen(
        [small, small], [tau, 0 * tau], [(), ()], in_domain(small)[0], in_domain(small)
    ),
    "exp-jensen, sign": lambda: rules.exp_jensen([tau, 1 - tau], [tau, tau], [(), ()], bound(1, "==", 1), []),
    "telescoping": lambda: rules.telescoping(total(f(k), k), k),
    "indicator-monotone": lambda: rules.indicator_monotone(bound(tau, "==", tau), small),
    "indicator-at-most-one": lambda: rules.indicator_at_most_one(small),  # type: ignore[call-arg]
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_wrong_premises_are_refused(name: str) -> None:
    with pytest.raises((StepFailed, TypeError)):
        REFUSED[name]()


def test_gaussian_features_have_moments() -> None:
    """e^(a<g, x> - b^2 <g, x>^2) has all moments, e^(b^2 <g, x>^2) may have none."""
    inner = Inner(g(s), x(i))
    assert rules.expectation_linear(3 * sp.exp(f(1) * 0 + inner - small**2 * inner**2)).right.has(Expect)
    with pytest.raises(StepFailed):
        rules.expectation_linear(3 * sp.exp(small**2 * inner**2))


def test_least_eigenvalue_is_what_the_tail_is_about() -> None:
    assert tail.low.args[0].args[0] == tau
    assert isinstance(tail.low.args[0].args[1], LambdaMin)
