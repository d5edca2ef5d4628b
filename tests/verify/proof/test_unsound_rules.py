"""Attempts to prove falsehoods by misusing a rule: each was a hole or could be one, and each must be refused."""

from __future__ import annotations

import pytest
import sympy as sp
from proof_letters import T, a, b, c, f, g, i, j, level, m, n, one, other, p, r, skew, t, x, z

from verify import Quantity, Relation, eq, integer, le, lt
from verify.proof import (
    Fact,
    Index,
    Inner,
    Norm,
    StepFailed,
    algebra,
    assume,
    bound,
    certified,
    in_domain,
    instance,
    rules,
    sup,
    total,
)
from verify.proof.facts import make
from verify.proof.terms import (
    Entry,
    Exceeds,
    Expect,
    Indicator,
    LambdaMin,
    Mat,
    data_numbers,
)

# --- outcomes and expectations ----------------------------------------------------------------------------------------


def test_equation_on_one_outcome_is_not_used_in_expectation() -> None:
    here = assume(eq(Inner(g(1), x(1)), a))
    with pytest.raises(StepFailed, match="one outcome"):
        bound(Expect(Inner(g(1), x(1))), "==", Expect(a), here)
    with pytest.raises(StepFailed):
        rules.expectation_monotone(here)


def test_nor_does_it_give_a_hypothesis_about_expectations() -> None:
    """1{<g, x> > 0} is 0 on one half of the outcomes, which makes its mean no smaller."""
    there = Indicator(Exceeds(Inner(g(1), x(1)), 0))
    none = rules.indicator_zero(assume(le(Inner(g(1), x(1)), 0)))
    nothing = rules.expectation_linear(sp.S.Zero)
    with pytest.raises(StepFailed, match="one outcome"):
        instance(assume(le(Expect(there), 0)), {}, none, bound(nothing.left, "<=", 0, nothing))


def test_discharged_assumptions_stay_where_they_are_used_elsewhere() -> None:
    small = assume(le(p, level))
    nothing = rules.markov(p, in_domain(p)[0], bound(Expect(p), "<=", level, rules.expectation_linear(p), small), level)
    shown = rules.good_events(bound(p, "<=", level, small), nothing)
    assert small.relation in shown.assumptions
    slope = bound(sp.Abs(sp.exp(z)), "<=", sp.exp(a), assume(le(z, a)))
    inside = [assume(le(z, a)), assume(le(b, a))]
    assert le(z, a) in rules.mean_value(sp.exp(z), slope, z, z, b, *inside).assumptions


def test_union_bound_over_what_moves() -> None:
    short, sign = assume(le(Norm(x(1)), 1)), in_domain(level)[0]
    moving = rules.gaussian_projection(g(1), x(1), short, level * i, bound(0, "<=", level * i))
    here = rules.gaussian_projection(g(1), x(i), assume(le(Norm(x(i)), 1)), level, sign)
    for wrong in (moving, here):
        with pytest.raises(StepFailed, match="index"):
            rules.union_bound(wrong, i)
    fact = rules.gaussian_projection(g(i), x(1), short, level, sign)
    assert rules.union_bound(fact, i).high == n * fact.high


def test_hoeffding_needs_copies() -> None:
    """The indicator of a mean is 0 or 1 however many terms it has: it does not concentrate."""
    averaged = Indicator(Exceeds(total(Inner(g(i), x(1)), i), 0))
    low, high = bound(0, "<=", averaged), assume(le(averaged, 1))
    positive_level = in_domain(level)[0]
    with pytest.raises(StepFailed):
        rules.hoeffding(low, high, averaged, i, level, positive_level)
    with pytest.raises(StepFailed, match="sums over"):
        rules.hoeffding(low, low, averaged, i, level, positive_level)


# --- induction --------------------------------------------------------------------------------------------------------


def test_induction_over_a_claim_about_other_times() -> None:
    hump: sp.Expr = (t - 1) * (T + 1 - t)  # 0 at t = 1 and at t = T + 1, not between
    ends = [bound(hump.subs(t, at), "<=", 0) for at in (1, T + 1)]
    with pytest.raises(StepFailed, match="other times"):
        rules.complete_induction([(hump, ())], ends[:1], ends[1:], t, 0)


def test_induction_with_a_hidden_hypothesis_about_time() -> None:
    hypothesis = assume(le(1, sup(c(t), t)))  # may hold at T and not before
    base = assume(le(f(1), 1))
    step = make(le(f(T + 1), 1), "algebra", "", premises=[hypothesis])
    with pytest.raises(StepFailed, match="speaks of time"):
        rules.complete_induction([(f(t), ())], [base], [step], t, 0)
    late = Quantity("T", integer(3))
    with pytest.raises(StepFailed, match="from 1 on"):
        rules.complete_induction([(f(t), ())], [base], [base], Index("t", late), 0)
    moving = [assume(le(f(at), total(c(t), t))) for at in (sp.S.One, T + 1)]
    with pytest.raises(StepFailed, match="depends on time"):
        rules.complete_induction([(f(t), ())], moving[:1], moving[1:], t, 0)


def test_induction_under_what_holds_at_all_times_so_far() -> None:
    base = assume(le(f(1), 1))

    def step(hypothesis: Relation) -> Fact:
        rests_on = [assume(hypothesis)]
        return make(le(f(T + 1), 1), "algebra", "", premises=rests_on)

    def induced(hypothesis: Relation) -> Fact:
        return rules.complete_induction([(f(t), ())], [base], [step(hypothesis)], t, 0)

    for fine in (le(sup(c(t) + c(t + 1), t), 1), lt(sup(c(t) * f(i), t, i), 2)):
        assert induced(fine).assumptions == {fine, base.relation}
    late, double = sup(c(t) * T, t), Index("k", 2 * T)
    for wrong in (
        le(1, sup(c(t), t)),  # may hold at T and not before
        le(late, 1),
        le(sup(c(t), t), T),
        le(sup(c(T), i), 1),
        le(c(T), 1),
        eq(sup(c(t), t), 1),
        le(sup(-c(double), double), 1),
        le(sup(c(t) - sup(c(double), double), t), 1),
        le(-sup(c(t), t), 1),
    ):
        with pytest.raises(StepFailed, match="speaks of time"):
            induced(wrong)


def test_folded_sum_captures_nothing() -> None:
    from verify.proof.terms import Fold

    half = Index("s", n)
    double = assume(eq(m, 2 * n))
    with pytest.raises(StepFailed, match="already speaks"):
        rules.folded_sum(f(Fold(r, n)) * c(half), r, half, double)
    with pytest.raises(StepFailed, match="already speaks"):
        rules.split_halves(f(r) * c(half), r, half, double)


# --- matrices ---------------------------------------------------------------------------------------------------------


def test_indices_of_another_size() -> None:
    entry = make(le(sp.Abs(Entry(skew, one, other)), 1), "hypothesis", "")
    for attempt in (
        lambda: rules.frobenius_entrywise(skew, entry, one, other),
        lambda: rules.trace_is_diagonal_sum(skew, one),
        lambda: rules.diagonal_at_least_lambda_min(skew, Index("l", m)),
        lambda: rules.gram_form_below(Mat("XX", sp.Lambda((i, j), Inner(x(i), x(j)))), x(one), c(one), one, other),
        lambda: rules.trace_is_diagonal_sum(Mat("opaque"), one),
    ):
        with pytest.raises(StepFailed, match=r"rows|size"):
            attempt()  # type: ignore[no-untyped-call]


def test_matrices_that_are_not_symmetric() -> None:
    with pytest.raises(StepFailed, match="symmetric"):  # lambda_min of the symmetric part is 0, the trace too
        rules.psd_norm_at_most_trace(skew, assume(le(0, LambdaMin(skew))))
    v = x(i) + x(j)
    lopsided = Mat("lopsided", sp.Lambda((i, j), total(Inner(v, 2 * x(j)), r) / m))
    with pytest.raises(StepFailed, match="speaks of j"):
        rules.mean_gram_is_psd(lopsided, v, i, j, r)


# --- calculus ---------------------------------------------------------------------------------------------------------


def test_poles_within_the_domain() -> None:
    with pytest.raises(StepFailed):  # 1 <= -1
        rules.increasing(-1 / z, assume(le(0, 1 / z**2)), z, bound(-1, "<=", 1))
    y = sp.Symbol("y", real=True)
    with pytest.raises(StepFailed, match="differentiable"):  # the integral of 1/y^2 over [-1, 1] would be -2
        rules.antiderivative(-1 / y, assume(eq(1 / y**2, 1 / y**2)), y, sp.S(-1), sp.S.One)
    with pytest.raises(StepFailed, match="any real"):
        rules.antiderivative(p, algebra(1, 1), p, sp.S(-1), sp.S.One)
    with pytest.raises(StepFailed, match="assumption about"):
        rules.antiderivative(y, assume(eq(1, sp.exp(y))), y, sp.S.Zero, sp.S.One)


def test_certificates_over_integers_are_about_integers() -> None:
    with pytest.raises(StepFailed, match="integer"):
        certified(le(0, z * (z - 1)), {z: integer(0, 1)})


def test_labels_stay_fixed_in_an_expectation() -> None:
    label = data_numbers("y")
    fact = rules.expectation_linear(label(1) * sp.exp(Inner(g(1), x(1))))
    assert instance(fact, {label: lambda i: 2 * label(i)}).relation != fact.relation
    with pytest.raises(StepFailed, match="cannot stand for"):
        instance(fact, {label: lambda i: sp.exp(Inner(g(1), x(1)))})


def test_roots_of_what_may_be_negative_scale_no_vector() -> None:
    scaled = Mat("scaled", sp.Lambda((i, j), b * Inner(x(i), x(j))))
    with pytest.raises(StepFailed, match="may not be real"):
        rules.gram_is_psd(scaled, sp.sqrt(b) * x(i), i, j)
    with pytest.raises(StepFailed, match="may not be real"):
        rules.norm_squared(sp.sqrt(b) * x(i))
    assert rules.norm_squared(sp.sqrt(p) * x(i)).right == p * Norm(x(i)) ** 2
