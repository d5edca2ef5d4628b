"""Rules about probabilities and expectations: simulated, and refused with wrong premises.

Where the law is known the two sides are computed; elsewhere they are estimated from seeded draws, with an error of four
standard deviations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from rule_checks import estimated
from scipy.integrate import quad
from scipy.stats import binom, norm

from verify import Quantity, integer, le, lt, positive, real
from verify.proof import (
    Fact,
    Index,
    Inner,
    Norm,
    StepFailed,
    assume,
    bound,
    gaussians,
    in_domain,
    rules,
    vectors,
)
from verify.proof.evaluate import evaluate
from verify.proof.terms import Exceeds, Expect, Indicator, data, rademachers, scalars

n, q = Quantity("n", integer(1)), Quantity("q", integer(1))
i, s = Index("i", n), Index("s", q)
g, x, w, e = gaussians("G"), data("X"), vectors("W"), rademachers("e")
f = scalars("f")
t, p, length = Quantity("t", positive()), Quantity("p", real(0)), Quantity("length", positive())
DRAWS = 400
X = np.array([[0.6, 0.3], [-0.2, 0.5], [0.1, -0.9]])
AT: dict[str, Any] = {"n": 3, "q": 5, "X": X, "t": 0.7, "p": 0.4, "length": 1.0}

short = [assume(le(Norm(x(k)), length)) for k in (1, 2)]
one_short = assume(le(Norm(x(i)), length))
sign = in_domain(t)[0]
size = sp.Abs(Inner(g(s), x(1)))
pulse = Indicator(Exceeds(Inner(g(s), x(1)), t))
tail = rules.gaussian_projection(g(s), x(1), short[0], t, sign)
other_tail = rules.gaussian_projection(g(s), x(2), short[1], t, sign)
good = assume(le(size, t))
good_both = bound(size + sp.Abs(Inner(g(s), x(2))), "<=", 2 * t, good, assume(le(sp.Abs(Inner(g(s), x(2))), t)))
zero_to_one = (bound(0, "<=", pulse), assume(le(pulse, 1)))


def draws(seed: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    return [{**AT, "G": rng.standard_normal((5, 2)), "e": rng.choice([-1.0, 1.0], 5), "s": 1} for _ in range(DRAWS)]


ENV = {s: 1.0, i: 1.0}


QUARTER_IS_LESS = bound(sp.Rational(1, 4), "<", sp.Rational(1, 2))  # type: ignore[arg-type]  # strict: see follows

SIMULATED: dict[str, Fact] = {
    "gaussian-projection": tail,
    "gaussian-projection-above": rules.gaussian_projection_above(g(s), x(1), short[0], t, sign),
    "gaussian-moment": rules.gaussian_moment(g(s), x(1)),
    "union-bound": rules.union_bound(tail, s),
    "good-events": rules.good_events(good_both, tail, other_tail),
    "smaller-event": rules.smaller_event(tail, bound(size / 2, "<=", t / 2, good)),
    "markov": rules.markov(
        sp.exp(Inner(g(s), x(1))),
        bound(0, "<=", sp.exp(Inner(g(s), x(1)))),
        rules.gaussian_moment(g(s), x(1)),
        t + 2,
    ),
    "expectation-linear": rules.expectation_linear(3 * Inner(g(s), x(1)) ** 2 - t * sp.exp(Inner(g(s), x(2))) + p),
    "expectation-monotone": rules.expectation_monotone(
        rules.product_at_most_squares(Inner(g(s), x(1)), Inner(g(s), x(2)))
    ),
    "gaussian-law": rules.gaussian_law(g(s), x(1), assume(lt(0, Norm(x(1)))), t),
    "gaussian-tilt": rules.gaussian_tilt(g(s), x(1), x(2), t),
    "signed-square": rules.signed_square(e(s), Inner(g(s), x(1)), s),
    "signed-sum-exponential": rules.signed_sum_exponential(
        e(s),
        sp.exp(Inner(g(s), x(i))),
        s,
        i,
        sp.Rational(1, 4),
        bound(0, "<=", sp.Rational(1, 4)),
        QUARTER_IS_LESS,
    ),
}


@pytest.mark.parametrize("name", sorted(SIMULATED))
def test_simulated(name: str) -> None:
    relation = SIMULATED[name].relation
    sample = draws(sum(map(ord, name)))
    low, spread = estimated(relation.low, sample, ENV)
    high, more = estimated(relation.high, sample, ENV)
    allowed = 4 * (spread + more) + 1e-12
    assert low <= high + allowed
    if relation.op == "==":
        assert low >= high - allowed


def bounded_mean(q: int, probability: float, t: float) -> float:
    """P(|mean of q coin tosses - probability| > t), exactly."""
    k = np.arange(q + 1)
    return float(binom.pmf(k, q, probability)[abs(k / q - probability) > t + 1e-12].sum())


def test_hoeffding_and_bernstein_against_the_binomial_law() -> None:
    """The bounded variables are signs, mapped to 0 and 1: the law of their sum is known."""
    coin = (1 + e(s)) / 2
    low = bound(0, "<=", coin, rules.absolute_below(bound(sp.Abs(e(s)), "<=", 1), e(s)))
    high = bound(coin, "<=", 1, rules.absolute_above(bound(sp.Abs(e(s)), "<=", 1), e(s)))
    found = rules.hoeffding(low, high, coin, s, t, sign).relation
    square = assume(le(Expect(((1 + e(1)) / 2) ** 2), sp.Rational(1, 2)))
    sharper = rules.bernstein(low, high, square, coin, s, t, sign).relation
    for count in (1, 4, 20):
        for deviation in (0.05, 0.25, 0.4):
            at = {"q": count, "t": deviation}
            assert bounded_mean(count, 0.5, deviation) <= evaluate(found.high, at)
            assert found.low.args[0].args[1] == t
        for level in (0.1, 1.0, 3.0):
            at = {"q": count, "t": level}
            excess = evaluate(sharper.low.args[0].args[1], at)
            assert binom.sf(np.floor(count / 2 + excess + 1e-12), count, 0.5) <= evaluate(sharper.high, at)


def test_gaussian_moment_beyond() -> None:
    y = sp.Symbol("y", real=True)
    relation = rules.gaussian_moment_beyond(g(s), x(1), assume(lt(0, Norm(x(1)))), t, y).relation
    left, spread = estimated(relation.left, draws(5), ENV)
    length_of = float(np.linalg.norm(X[0]))
    right, _ = quad(lambda v: np.exp(length_of * v) * norm.pdf(v), AT["t"] / length_of, 12)
    assert left == pytest.approx(right, abs=4 * spread)
    density = sp.lambdify(y, relation.right.args[0].subs(Norm(x(1)), length_of))
    assert density(0.3) == pytest.approx(np.exp(length_of * 0.3) * norm.pdf(0.3))


def test_zero_vector() -> None:
    """<u, 0> = 0."""
    relation = rules.zero_vector(w(1), assume(le(Norm(x(1)), 0))).relation
    assert relation.right == 0
    assert evaluate(relation.left, {"W": np.ones((1, 2)), "X": np.zeros((1, 2))}) == 0.0


random_bound = assume(le(Norm(x(1)), sp.Abs(Inner(g(1), x(1)))))
REFUSED: dict[str, Callable[[], Fact]] = {
    "gaussian-projection": lambda: rules.gaussian_projection(w(s), x(1), short[0], t, sign),
    "gaussian-projection, random": lambda: rules.gaussian_projection(
        g(s), w(1), assume(le(Norm(w(1)), length)), t, sign
    ),
    "gaussian-projection, length": lambda: rules.gaussian_projection(g(s), x(1), short[1], t, sign),
    "gaussian-projection, threshold": lambda: rules.gaussian_projection(
        g(s), x(1), short[0], Inner(g(1), x(1)), assume(le(0, Inner(g(1), x(1))))
    ),
    "gaussian-projection, random length": lambda: rules.gaussian_projection(g(s), x(1), random_bound, t, sign),
    "gaussian-projection-above": lambda: rules.gaussian_projection_above(g(s), x(1), short[0], -t, assume(le(0, t))),
    "gaussian-moment": lambda: rules.gaussian_moment(g(s), w(1)),
    "gaussian-moment-beyond": lambda: rules.gaussian_moment_beyond(
        g(s), x(1), assume(le(0, Norm(x(1)))), t, sp.Symbol("y")
    ),
    "gaussian-law": lambda: rules.gaussian_law(g(s), x(1), assume(le(0, Norm(x(1)))), t),
    "gaussian-tilt": lambda: rules.gaussian_tilt(g(s), x(1), w(1), t),
    "union-bound": lambda: rules.union_bound(assume(le(size, t)), s),
    "union-bound, moving": lambda: rules.union_bound(rules.gaussian_projection(g(s), x(i), one_short, t, sign), i),
    "good-events": lambda: rules.good_events(good_both),
    "good-events, no event": lambda: rules.good_events(good_both, short[0]),
    "smaller-event": lambda: rules.smaller_event(other_tail, bound(size, "<=", 2 * t, good)),
    "markov": lambda: rules.markov(Inner(g(s), x(1)), sign, rules.gaussian_moment(g(s), x(1)), t),
    "markov, threshold": lambda: rules.markov(
        sp.exp(Inner(g(s), x(1))),
        bound(0, "<=", sp.exp(Inner(g(s), x(1)))),
        rules.gaussian_moment(g(s), x(1)),
        size + 1,
    ),
    "expectation-linear": lambda: rules.expectation_linear(Inner(g(s), x(1)) + 1 / Inner(g(s), x(1))),
    "expectation-linear, heavy": lambda: rules.expectation_linear(sp.exp(Inner(g(s), x(1)) ** 2)),
    "expectation-monotone": lambda: rules.expectation_monotone(good),
    "zero-vector": lambda: rules.zero_vector(w(1), short[0]),
    "signed-square": lambda: rules.signed_square(e(i), Inner(g(s), x(1)), s),
    "signed-square, dependent": lambda: rules.signed_square(e(s), e(1), s),
    "signed-sum-exponential": lambda: rules.signed_sum_exponential(
        e(s), sp.exp(Inner(g(s), x(i))), s, i, sp.Rational(1, 2), bound(0, "<=", sp.Rational(1, 2))
    ),
    "hoeffding": lambda: rules.hoeffding(*zero_to_one, pulse, i, t, sign),
    "hoeffding, random bounds": lambda: rules.hoeffding(*zero_to_one, pulse, s, t, sign),
    "bernstein": lambda: rules.bernstein(*zero_to_one, short[0], pulse, s, t, sign),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_wrong_premises_are_refused(name: str) -> None:
    with pytest.raises((StepFailed, TypeError)):
        REFUSED[name]()
