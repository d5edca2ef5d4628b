"""Proof steps about truncated means: exponentials cut off above 2B concentrate, and lose little of their mean.

TAU is the deviation of one truncated mean at level delta/(2 n^2), BIAS what truncation takes from the mean.
"""

from __future__ import annotations

from sympy import Abs, exp, log, sqrt

from lemmas.notation.start import H_g, cut_ij
from lemmas.notation.symbols import B, K, M_g, delta, g, i, j, n, nu, q, s, x
from verify import le, lt
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
    mean,
    normal_tail,
    rules,
    sup,
)
from verify.proof.algebra import unfold
from verify.proof.terms import Entry, Exceeds, Expect, Indicator, Prob

both = x(i) + x(j)
exponent = Inner(g(s), both)
cut_off = Indicator(Exceeds(exponent, 2 * B))
kept = exp(exponent) - exp(exponent) * cut_off  # e^{<w, x_i + x_j>}, or 0 where the exponent exceeds 2B
first = {s: 1}  # one neuron, to take expectations over
TAU = exp(2 * B) * sqrt(log(4 * n**2 / delta) / (2 * q))
BIAS = exp(2) * normal_tail(B - 2)
largest = sup(Abs(mean(kept, s) - Expect(kept.subs(first))), i, j)  # deviation of the cut means


def range_of_kept() -> tuple[Fact, Fact]:
    """0 <= kept <= e^{2B}, whether the exponent exceeds 2B or not."""
    inside, outside = assume(le(exponent, 2 * B)), assume(lt(2 * B, exponent))
    zero, one = rules.indicator_zero(inside), rules.indicator_one(outside)
    low = rules.either(bound(0, "<=", kept, zero), bound(0, "<=", kept, one), exponent, 2 * B)
    inner = calc("what is kept", kept, ("==", exp(exponent), [zero]), ("<=", exp(2 * B), [inside]))
    return low, rules.either(inner, bound(kept, "<=", exp(2 * B), one), exponent, 2 * B)


def logarithm_at_least(count: int) -> Fact:
    """log(count) <= log(4 n^2 / delta), for count <= 4."""
    many = bound(count, "<=", 4 * n**2 / delta, *in_domain(n), *in_domain(delta))
    return bound(log(count), "<=", log(4 * n**2 / delta), many)


def cut_means() -> Fact:
    """P(a cut mean deviates by more than TAU) <= delta / 2."""
    positive = bound(0, "<=", TAU, logarithm_at_least(1), name="TAU >= 0")
    low, high = range_of_kept()
    one = rules.hoeffding(low, high, kept, s, TAU, positive)  # at level delta / (2 n^2)
    return bound(Prob(Exceeds(largest, TAU)), "<=", delta / 2, rules.union_bound(one, i, j), name="n^2 entries")


def cut_limit(p: Proof) -> Fact:
    """E[what is kept] = e^{|x_i + x_j|^2 / 2} - what is lost."""
    one = kept.subs(first)
    value, lost = Expect(exp(exponent.subs(first))), Expect(exp(exponent.subs(first)) * cut_off.subs(first))
    return calc(
        "the mean of what is kept",
        Expect(one),
        ("==", value - lost, [rules.expectation_linear(one)]),
        ("==", exp(Norm(both) ** 2 / 2) - cut_ij, [rules.gaussian_moment(g(1), both)]),
    )


def one_entry(p: Proof, nothing_cut: Fact, means: Fact) -> Fact:
    """|H_ij - K_ij| <= TAU + BIAS, if no exponent exceeds B in size and no cut mean deviates by more than TAU."""
    sizes = [rules.absolute_above(chain(rules.sup_member(M_g, s, t), nothing_cut), Inner(g(s), x(t))) for t in (i, j)]
    whole = rules.indicator_zero(bound(exponent, "<=", 2 * B, *sizes, name="no exponent is cut"))
    points = [chain(rules.sup_member(nu, t), p.given("data")) for t in (i, j)]
    inner = calc(
        "the data factor is at most 1",
        Abs(Inner(x(i), x(j))),
        ("<=", Norm(x(i)) * Norm(x(j)), [rules.cauchy_schwarz(x(i), x(j))]),
        ("<=", 1, points),
    )
    lost = p.cite("gram-truncation-bias", {}, p.given("data"), part="of an entry")
    deviation = mean(kept, s) - Expect(kept.subs(first))
    error = mean(exp(exponent), s) - exp(Norm(both) ** 2 / 2)
    split = calc(
        "the error of the mean",
        Abs(error),
        ("==", Abs(mean(kept, s) - exp(Norm(both) ** 2 / 2)), [whole]),
        ("==", Abs(deviation - cut_ij), [cut_limit(p)]),
        ("<=", Abs(deviation) + Abs(cut_ij), [rules.absolute_triangle(deviation, -unfold(cut_ij))]),
        ("<=", TAU + Abs(cut_ij), [chain(rules.sup_member(largest, i, j), means)]),
        ("<=", TAU + BIAS, [lost, logarithm_at_least(1)]),
    )
    return calc(
        "one entry",
        Abs(Entry(H_g - K, i, j)),
        ("==", Abs(Inner(x(i), x(j))) * Abs(error), []),
        ("<=", Abs(error), [inner]),
        ("<=", TAU + BIAS, [split]),
    )
