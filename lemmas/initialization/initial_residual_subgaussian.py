"""Residual of independent signs, sharper: |F(W(0))| <= C sqrt(log(sqrt(2)/delta)) |E|_F with probability >= 1 - delta.

Source: the Laplace transform of a quadratic form in independent signs; C = 2 is this project's explicit version.
E is the n x m matrix of features e^{<w_r, x_i>}, and the signs are independent of it.

Proof: F = Ea and E_a e^{c |Ea|^2/|E|_F^2} <= (1 - 2c)^{-1/2}. Markov at c = (1 - 1/u)/2 gives, for u >= 1,
P(|Ea|^2 > u |E|_F^2) <= sqrt(u) e^{-(u-1)/2}. At u = C^2 l with l = log(sqrt(2)/delta) that is at most delta, since
2l <= e^{2l-1} (one-plus-x).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Rational, exp, log, sqrt

from lemmas.draws import started
from lemmas.notation.start import E_F, F_g, M1_g, b
from lemmas.notation.symbols import B, B_q, delta, g, i, n, nu, q, s, x
from verify import Lemma, Quantity, const, le, lt, positive
from verify.proof import (
    Fact,
    Inner,
    Norm,
    Proof,
    assume,
    bound,
    calc,
    chain,
    in_domain,
    instance,
    plus,
    rules,
    times,
    total,
)
from verify.proof.terms import Exceeds, Expect, Indicator

C = const("C", 2)
v = Quantity("v", positive(), "square of the deviation in units of |E|_F^2, less 1")
u = 1 + v
c = v / (2 * u)  # (1 - 1/u) / 2, the best exponent
feature = exp(Inner(g(s), x(i)))
square = total(total(b(s) * feature, s) ** 2, i)
size = total(feature**2, i, s)


def tail() -> Fact:
    """P(|Ea| > sqrt(u) |E|_F) <= sqrt(u) e^{-(u-1)/2}."""
    moment = rules.signed_sum_exponential(b(s), feature, s, i, c)
    transform, threshold = exp(c * square / size), exp(v / 2)
    above = rules.markov(transform, bound(0, "<=", transform), moment, threshold)
    large = bound(above.low, "<=", sqrt(u) * exp(-v / 2), above, name="Markov's level")
    exponents = rules.exponents_compare(assume(le(transform, threshold)), c * square / size, v / 2)
    ratio = times(exponents, size / c, name="|Ea|^2 <= u |E|_F^2")
    root = bound(F_g, "<=", sqrt(u) * E_F, ratio, name="the square root")
    return rules.smaller_event(large, root)


def proof(p: Proof) -> Fact:
    ell, scale = log(sqrt(2) / delta), p.const("C") ** 2
    inside = bound(sqrt(2), "<=", sqrt(2) / delta, *in_domain(delta))
    large = bound(log(sqrt(2)), "<=", ell, inside, name="l >= log(2)/2")
    failure = instance(tail(), {v: scale * ell - 1}, large, name="at u = C^2 l")
    small = p.cite("one-plus-x", {"x": 2 * ell - 1})
    half = times(small, Rational(1, 2), name="l <= 1/(e delta^2)")
    level = calc(
        "the level",
        failure.high,
        ("==", 2 * sqrt(ell) * exp(Rational(1, 2)) * delta**2 / 2, []),
        ("<=", delta, [half, large]),
    )
    return p.conclude(bound(failure.low, "<=", delta, failure, level))


cut_off = Indicator(Exceeds(Inner(g(s), x(i)), B))
kept = feature**2 - feature**2 * cut_off  # e^{2<w, x>}, or 0 where <w, x> exceeds B
neuron = total(kept, i)
ELL = log(2 / delta)
SIZES = [f for quantity in (n, q, delta) for f in in_domain(quantity)]


def range_of_kept() -> tuple[Fact, Fact, Fact]:
    """What is kept is at least 0, at most e^{2B} and at most e^{2<w, x>}, cut off or not."""
    exponent = Inner(g(s), x(i))
    inside, outside = assume(le(exponent, B)), assume(lt(B, exponent))
    zero, one = rules.indicator_zero(inside), rules.indicator_one(outside)
    low, whole = (
        rules.either(bound(least, "<=", most, zero), bound(least, "<=", most, one), exponent, B)
        for least, most in ((0, kept), (kept, feature**2))
    )
    inner = calc("what is kept", kept, ("==", feature**2, [zero]), ("<=", exp(2 * B), [inside]))
    return low, rules.either(inner, bound(kept, "<=", exp(2 * B), one), exponent, B), whole


def moment(p: Proof, power: int) -> Fact:
    """The sum over i of E e^{power <w, x_i>} is at most n e^{power^2 / 2}."""
    short = chain(rules.sup_member(nu, i), p.given("data"), name="|x_i| <= 1")
    return calc(
        f"moment {power}",
        total(Expect(exp(power * Inner(g(1), x(i)))), i),
        ("==", total(exp(power**2 * Norm(x(i)) ** 2 / 2), i), [rules.gaussian_moment(g(1), power * x(i))]),
        ("<=", total(exp(Rational(power**2, 2)), i), [short]),
        ("==", n * exp(Rational(power**2, 2)), []),
    )


def deviation(p: Proof) -> Fact:
    """P(sum of what is kept > q n e^2 + EXCESS) <= delta / 2, by Bernstein's inequality."""
    low, high, whole = range_of_kept()
    one = neuron.subs({s: 1})
    below = bound(0, "<=", neuron, rules.sum_bound(low, i))
    above = bound(neuron, "<=", n * exp(2 * B), rules.sum_bound(high, i))
    sum_kept = instance(rules.sum_bound(whole, i), {s: 1})
    fourth = n * total(exp(4 * Inner(g(1), x(i))), i)
    root = rules.absolute_sum_at_most_root(exp(2 * Inner(g(1), x(i))), i)
    square = bound(one**2, "<=", fourth, chain(sum_kept, root), instance(below, {s: 1}), name="Cauchy-Schwarz")
    second = calc(
        "the mean square of one neuron",
        Expect(one**2),
        ("<=", Expect(fourth), [rules.expectation_monotone(square)]),
        ("==", n * total(Expect(exp(4 * Inner(g(1), x(i)))), i), [rules.expectation_linear(fourth)]),
        ("<=", n**2 * exp(8), [moment(p, 4)]),
    )
    return rules.bernstein(below, above, second, neuron, s, ELL, logarithm_sign())


def logarithm_sign() -> Fact:
    """l >= 0."""
    return bound(0, "<=", ELL, bound(1, "<=", 2 / delta, *in_domain(delta)), name="l >= 0")


def mean_of_neuron(p: Proof) -> Fact:
    """E f <= n e^2."""
    whole = instance(rules.sum_bound(range_of_kept()[2], i), {s: 1})
    return calc(
        "the mean of one neuron",
        Expect(neuron.subs({s: 1})),
        ("<=", Expect(whole.high), [rules.expectation_monotone(whole)]),
        ("==", total(Expect(exp(2 * Inner(g(1), x(i)))), i), [rules.expectation_linear(whole.high)]),
        ("<=", n * exp(2), [moment(p, 2)]),
    )


def features(p: Proof) -> Fact:
    """|E|_F^2 <= q n e^2 and the deviation, unless an exponent exceeds B or the cut sums deviate."""
    level, data, one = p.where(B_q), p.given("data"), neuron.subs({s: 1})
    deviates = deviation(p)
    nothing_cut, close = assume(le(M1_g, B)), assume(le(*deviates.low.args[0].args))
    uncut = rules.indicator_zero(chain(rules.sup_member(M1_g, s, i), nothing_cut))
    whole = calc(
        "the size of the features",
        E_F**2,
        ("==", total(neuron, s), [uncut]),
        ("<=", q * Expect(one) + close.high, [plus(close, q * Expect(one), expand=False)]),
        ("<=", q * n * exp(2) + close.high, [mean_of_neuron(p), logarithm_sign()]),
    )
    above = bound(0, "<=", level, bound(0, "<=", log(q * n / delta), bound(1, "<=", q * n / delta, *SIZES)))
    half = [bound(delta / 2, "<=", q * n / 2, *SIZES), *in_domain(delta)]
    uncut_probably = p.cite("exp-uniform-bound", {"delta": delta / 2}, data, *half, part="one-sided")
    events = [uncut_probably, instance(deviates, {B: level}, data, above)]
    at_level = instance(whole, {B: level}, *[assume(le(*e.low.args[0].args)) for e in events], data, above)
    both = rules.good_events(at_level, *events)
    return p.conclude(bound(p.goal.low, "<=", p.goal.high, both, name="both events"))


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Gaussian vectors with independent signs; every second draw has longer data."""
    at = started(rng, case)
    return {**at, "a": rng.choice([-1.0, 1.0], len(at["G"]))}


lemma = Lemma(
    le(F_g, C * sqrt(log(sqrt(2) / delta)) * E_F),
    fails_with=delta,
    latex=r"\Pr\big[\|F(W(0))\| > {C}\sqrt{{\log(\sqrt2/\delta)}}\,\|E\|_F\big] \le \delta, \quad"
    r" E_{{ir}} = e^{{\langle w_r,x_i\rangle}}",
    source="quadratic forms in independent signs; this project's explicit constant",
    limitations="Given the weights: |E|_F is itself random, of order sqrt(mn) and bounded in another part.",
    uses=("one-plus-x",),
    proof=proof,
    draw=draw,
    cases=("n1-d1-q1-d24", "n1-d1-q20-d86", "n5-d3-q20-d10"),
    faults={
        "no logarithm of 1/delta": Lemma(
            le(F_g, E_F), fails_with=delta, draw=draw, cases=("n1-d1-q20-d10", "n5-d3-q20-d10")
        )
    },
    also={
        "features": Lemma(
            le(E_F**2, q * n * (exp(2) + sqrt(2 * exp(8) * ELL / q) + exp(2 * B_q) * ELL / (3 * q))),
            given={"data": le(nu, 1)},
            where={B_q: sqrt(2 * log(q * n / delta))},
            fails_with=delta,
            latex=r"\|E\|_F^2 \le mn\Big[e^2 + \sqrt{{2e^8\ell/m}} + \frac{{e^{{2B_1}}\ell}}{{3m}}\Big],"
            r"\quad \ell = \log(2/\delta),\ B_1 = \sqrt{{2\log(mn/\delta)}}",
            limitations="Half of delta is spent on the event that no exponent exceeds B_1.",
            uses=("exp-uniform-bound",),
            proof=features,
            draw=started,
            cases=("n1-d1-q5-d20", "n5-d3-q20-d10"),
        )
    },
)
