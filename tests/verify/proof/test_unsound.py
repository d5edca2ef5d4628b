"""Attempts to prove falsehoods: each was a hole or could be one, and each must be refused."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp

from verify import Lemma, Quantity, Relation, eq, ge, integer, le, lt, positive, real
from verify.proof import (
    Fact,
    Index,
    Inner,
    Norm,
    Proof,
    StepFailed,
    algebra,
    assume,
    bound,
    calc,
    certified,
    chain,
    gaussians,
    in_domain,
    instance,
    iterate,
    rules,
    scalars,
    sup,
    times,
    total,
    value_of,
    vectors,
)
from verify.proof.facts import follows, make, substitute
from verify.proof.terms import (
    DefinedFamily,
    Entry,
    Exceeds,
    Expect,
    Indicator,
    Iterates,
    LambdaMin,
    Mat,
    Prob,
    data,
    signs,
)
from verify.statement import real as reals

n, m = Quantity("n", integer(1)), Quantity("m", integer(1))
T = Quantity("T", integer(1))
i, j, k = Index("i", n), Index("j", n), Index("k", n)
r, t = Index("r", m), Index("t", T)
one, other = Index("one", 1), Index("other", 1)
x, w, g = data("X"), vectors("W"), gaussians("G")
f, c = scalars("f"), scalars("c")
a, b = Quantity("a", real()), Quantity("b", real())
p, z = Quantity("p", real(0)), Quantity("z", real())
level = Quantity("level", positive())
product = Mat("P", sp.Lambda((i, j), total(Inner(w(r), x(i)) * Inner(w(r), x(j)), r)))
skew = Mat("skew", sp.Lambda((i, j), f(i) - f(j)))


# --- making facts -----------------------------------------------------------------------------------------------------


def test_no_fact_by_hand() -> None:
    with pytest.raises(TypeError, match="never by hand"):
        Fact(le(1, 0), "algebra", "", "", (), frozenset())
    with pytest.raises(TypeError, match="never by hand"):
        dataclasses.replace(bound(0, "<=", 1), relation=le(1, 0))


def test_a_bare_relation_is_no_premise() -> None:
    with pytest.raises(TypeError):
        rules.absolute_above(le(sp.Abs(a), -1), a)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        rules.psd_norm_at_most_trace(product, ge(LambdaMin(product), 0))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        make(le(1, 0), "rule", "none", premises=[le(1, 0)])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        rules.sum_bound(bound(f(i), "<=", f(i)), sp.Symbol("i"))


def test_relations_that_mean_nothing() -> None:
    beyond = sp.Sum(f(i), (i, 1, 2 * n))
    for relation in (Relation(sp.S.One, "!=", sp.S.One), le(sp.I, 1), le(sp.nan, 0), le(beyond, 0)):  # type: ignore[arg-type]
        with pytest.raises(StepFailed):
            make(relation, "algebra", "")
    with pytest.raises(StepFailed, match="does not run over"):
        bound(0, "<=", sp.Sum(i, (i, -5, -1)))
    for wrong in (le(0, -1), le(1, 0), lt(0, 0), eq(1, 2)):
        assert not follows(wrong, [])


# --- division and roots -----------------------------------------------------------------------------------------------


def test_division_by_what_may_be_zero() -> None:
    zero = assume(le(p, 0))
    with pytest.raises(StepFailed):  # 1 <= 0
        times(zero, 1 / p)
    with pytest.raises(StepFailed):
        instance(times(zero, Quantity("y", real(0))), {Quantity("y", real(0)): 1 / p}, zero, bound(0, "<=", 1))
    with pytest.raises(StepFailed, match="may be undefined"):
        bound(0, "<=", 1 / p)
    with pytest.raises(StepFailed, match="may be undefined"):
        algebra(a / b + 1, (a + b) / b)
    assert bound(1, "<=", (a**2 + 1) / 1, name="nothing to divide by").assumptions == frozenset()
    assert times(zero, 1 / p, assume(lt(0, p))).assumptions == {le(p, 0), lt(0, p)}


def test_even_powers_of_what_may_be_imaginary() -> None:
    with pytest.raises(StepFailed):  # then 0 <= a + 1/a - 2, false at a = -1
        times(bound(0, "<=", 1), (sp.sqrt(a) - 1 / sp.sqrt(a)) ** 2)
    with pytest.raises(StepFailed):
        bound(0, "<=", (1 + sp.sqrt(a)) ** 2)


def test_unknown_sign_is_not_cancelled() -> None:
    with pytest.raises(StepFailed):
        bound(a, "<=", b, assume(le(a * z, b * z)))
    with pytest.raises(StepFailed):
        times(assume(le(a, b)), z)
    with pytest.raises(StepFailed):
        bound(z * a, "<=", z * b, assume(le(a, b)))
    with pytest.raises(StepFailed):
        bound(-a, "<=", -b, assume(le(a, b)))


# --- generic indices --------------------------------------------------------------------------------------------------


def test_sizes_move_with_what_is_replaced() -> None:
    """From P(max_{i <= n} f > b) <= n p, replacing n by 1 must not leave the maximum over n values."""
    tail = rules.gaussian_projection(g(i), x(1), assume(le(Norm(x(1)), 1)), level, in_domain(level)[0])
    every = rules.union_bound(tail, i)
    moved = instance(every, {n: sp.S.One}, assume(le(Norm(x(1)), 1)))
    assert moved.low == Prob(Exceeds(sup(sp.Abs(Inner(g(Index("i", 1)), x(1))), Index("i", 1)), level))
    named = Quantity("largest", real(0), "", lambda at: 0.0, sup(f(i), i))
    assert substitute(le(named, n), {n: sp.S.One}).left == sup(f(Index("i", 1)), Index("i", 1))


@pytest.mark.parametrize("value", [n + 1, sp.S.Zero, sp.S(2), Index("r", m), i + 1])
def test_indices_stay_in_range(value: sp.Expr) -> None:
    member = rules.sup_member(sup(f(i), i), i)
    with pytest.raises(StepFailed, match="range"):
        instance(member, {i: value})
    with pytest.raises(StepFailed, match="other ranges"):
        rules.sup_member(sup(f(i), i), value)
    assert instance(member, {i: n}).left == f(n)


def test_first_and_last_of_a_range_that_may_be_empty() -> None:
    none = Quantity("none", integer(0))
    with pytest.raises(StepFailed, match="other ranges"):
        rules.sup_member(sup(f(Index("i", none)), Index("i", none)), sp.S.One)


def test_captured_indices() -> None:
    with pytest.raises(ValueError, match="rename"):
        Entry(product, Index("r", m), j)
    with pytest.raises(ValueError, match="rename"):
        rules.sup_member(sup(total(f(i, k), k), i), k)
    family = DefinedFamily("captured", lambda at: total(f(at, k), k))
    with pytest.raises(ValueError, match="rename"):
        value_of(family, k)
    with pytest.raises(ValueError, match="rename"):
        instance(bound(0, "<=", f(k) ** 2), {f: lambda at: total(c(at, k), k)})


def test_assumption_about_one_index_does_not_leak() -> None:
    here = assume(le(0, c(i)))
    with pytest.raises(StepFailed, match="ranges over"):
        times(bound(0, "<=", 1), total(c(i), i), here)
    with pytest.raises(StepFailed, match="ranges over"):
        bound(0, "<=", a, assume(eq(a, total(c(i), i))), here)
    with pytest.raises(StepFailed):
        rules.sum_bound(here, i)
    with pytest.raises(StepFailed):
        rules.sup_least(assume(le(c(i), 1)), i)


# --- what may stand for what ------------------------------------------------------------------------------------------


def tail_of(t: sp.Expr) -> Fact:
    return rules.gaussian_projection(g(i), x(1), assume(le(Norm(x(1)), 1)), t, assume(le(0, t)))


def test_gaussian_vectors_are_replaced_by_such_only() -> None:
    fact = rules.gaussian_moment(g(i), x(1))
    for value in (lambda s: x(s), lambda s: 2 * g(s), lambda s: w(s), lambda s: g(sp.S.One)):
        with pytest.raises(StepFailed, match="stand for"):
            instance(fact, {g: value})
    assert instance(fact, {g: lambda s: gaussians("H")(s)}).left == Expect(sp.exp(Inner(gaussians("H")(i), x(1))))
    with pytest.raises(StepFailed, match="stand for"):  # a random vector where a fixed one was meant
        instance(fact, {x: lambda s: g(s)})
    both = Relation(Prob(Exceeds(Inner(g(1), x(1)), Inner(gaussians("H")(1), x(1)))), "<=", sp.S.Half)
    with pytest.raises(StepFailed, match="independent"):
        substitute(both, {g: lambda s: gaussians("H")(s)})


def test_thresholds_of_probabilities_are_fixed() -> None:
    fact = tail_of(level)
    size = sp.Abs(Inner(g(i), x(1)))
    with pytest.raises(StepFailed, match="random"):
        instance(fact, {level: size}, assume(le(Norm(x(1)), 1)), assume(lt(0, size)))


def test_what_has_a_definition_is_not_replaced() -> None:
    named = Quantity("named", real(0), "", None, sup(sp.Abs(f(i)), i))
    with pytest.raises(StepFailed, match="cannot be replaced"):
        instance(algebra(named, named.definition), {named: sp.S(5)})
    opaque = Quantity("opaque", real(0), "", lambda at: 0.0)
    with pytest.raises(StepFailed, match="no definition"):
        instance(assume(le(opaque, n)), {n: sp.S.One}, assume(le(opaque, 1)))
    with pytest.raises(StepFailed, match="cannot be replaced"):
        instance(bound(0, "<=", Norm(x(1))), {Norm(x(1)): sp.S(-1)})
    with pytest.raises(StepFailed, match="integer"):
        instance(bound(1, "<=", n), {n: sp.Rational(3, 2)}, bound(1, "<=", sp.Rational(3, 2)))
    with pytest.raises(StepFailed, match="real"):
        instance(bound(0, "<=", b**2), {b: sp.I})
    at_most_one = rules.absolute_above(bound(sp.Abs(signs("s")(i)), "<=", 1), signs("s")(i))
    with pytest.raises(StepFailed, match="stand for"):
        instance(at_most_one, {signs("s"): lambda at: sp.S(2)})


def test_one_name_has_one_definition() -> None:
    value_of(DefinedFamily("twice defined", lambda at: sp.S.One), i)
    with pytest.raises(StepFailed, match="another definition"):
        value_of(DefinedFamily("twice defined", lambda at: sp.S(2)), i)
    nought = DefinedFamily("nought", lambda at: sp.S.Zero)
    with pytest.raises(StepFailed, match="has a definition"):
        instance(value_of(nought, i), {nought: lambda at: sp.S.One})
    matrices = [Mat("A", sp.Lambda((i, j), entry)) for entry in (f(i), c(i))]
    first, second = (Quantity("least", real(), "", None, LambdaMin(matrix)) for matrix in matrices)
    assert first != second
    assert Index("i", n) != Index("i", Quantity("n", integer(5)))


def test_a_defined_number_is_not_arbitrary() -> None:
    u = DefinedFamily("zero", lambda at: sp.S.Zero)
    gram = Mat("XX", sp.Lambda((i, j), Inner(x(i), x(j))))
    form = bound(Norm(total(u(i) * x(i), i)) ** 2, "==", Norm(total(u(i) * x(i), i)) ** 2)
    with pytest.raises(StepFailed, match="arbitrary"):
        rules.gram_norm_from_form(gram, x(i), form, sp.S.Zero, u(i), i, j)


def test_iterates_start_once() -> None:
    path: Iterates = Iterates("walk", lambda s: w(s), lambda k, s: path(k, s) + w(s))
    assert iterate(path, sp.S.One, r).right == w(r)
    assert iterate(path, t + 1, r).right == path(t, r) + w(r)
    with pytest.raises(StepFailed, match="beyond the first"):  # t may be 1
        iterate(path, t, r)


# --- outcomes and expectations ----------------------------------------------------------------------------------------


def test_equation_on_one_outcome_is_not_used_in_expectation() -> None:
    here = assume(eq(Inner(g(1), x(1)), a))
    with pytest.raises(StepFailed, match="one outcome"):
        bound(Expect(Inner(g(1), x(1))), "==", Expect(a), here)
    with pytest.raises(StepFailed):
        rules.expectation_monotone(here)


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


# --- proofs -----------------------------------------------------------------------------------------------------------


def prove(lemma: Lemma, *library: Lemma) -> Fact:
    found = {part.id: part for part in library}
    proof = Proof(lemma, lambda name: found[name])
    assert lemma.proof is not None
    return lemma.proof(proof)


def test_conclusions() -> None:
    weak = Lemma(le(a, 2), given={"small": le(a, 1)}, proof=lambda s: s.conclude(s.given("small")))
    with pytest.raises(StepFailed, match="conclusion"):  # stronger than what is claimed, and not the claim
        prove(weak)
    shown = Lemma(le(a, 2), given={"small": le(a, 1)}, proof=lambda s: s.conclude(bound(a, "<=", 2, s.given("small"))))
    assert prove(shown).relation == le(a, 2)
    too_strong = Lemma(le(a, 0), given={"small": le(a, 1)}, proof=lambda s: s.conclude(s.given("small")))
    with pytest.raises(StepFailed, match="conclusion"):
        prove(too_strong)
    extra = Lemma(le(a, 1), proof=lambda s: s.conclude(assume(le(a, 1))))
    with pytest.raises(StepFailed, match="no hypothesis"):
        prove(extra)
    dropped = Lemma(le(a, 1), proof=lambda s: s.conclude(s.given("small")))
    with pytest.raises(StepFailed, match="given small"):
        prove(dropped)
    strict = Lemma(lt(a, 1), given={"small": le(a, 1)}, proof=lambda s: s.conclude(s.given("small")))
    with pytest.raises(StepFailed, match="conclusion"):
        prove(strict)


def test_random_hypothesis_of_a_claim_about_a_probability() -> None:
    size = Inner(g(1), x(1))
    chance = Quantity("chance", real(0), "", None, Prob(Exceeds(size, 1)))
    here = Quantity("here", real(), "", None, size)
    lemma = Lemma(le(chance, p), given={"small": le(here, 1), "so": le(chance, p)})
    rests = Proof(lemma, lambda name: lemma)
    with pytest.raises(StepFailed, match="random"):
        rests.conclude(bound(chance, "<=", p, rests.given("so"), rests.given("small")))


def test_citations() -> None:
    cited = Lemma(le(a, 2 * b), given={"small": le(a, b)}, id="cited")
    user = Lemma(le(a, 2), uses=("cited",), id="user")
    proof = Proof(user, {"cited": cited}.__getitem__)
    with pytest.raises(StepFailed, match=r"cite cited.*not discharged"):
        proof.cite("cited", {"b": 1})
    with pytest.raises(StepFailed, match="not among uses"):
        proof.cite("user")
    with pytest.raises(StepFailed, match="no quantity"):
        proof.cite("cited", {"nobody": 1})
    assert proof.cite("cited", {"b": 1}, assume(le(a, 1))).relation == le(a, 2)
    tail = Lemma(le(a, 1), fails_with=level, id="tail", given={}, where={})
    in_range = Proof(Lemma(le(a, 2), uses=("tail",)), {"tail": tail}.__getitem__)
    with pytest.raises(StepFailed, match="not discharged"):  # the domain of the level is (0, oo)
        in_range.cite("tail", {"level": -p})


def test_failures_name_the_step() -> None:
    for attempt in (
        lambda: bound(1, "<=", 0, name="wrong way"),
        lambda: algebra(a, b, name="wrong way"),
        lambda: calc("wrong way", a, ("<=", b, [])),
        lambda: chain(bound(0, "<=", 1), bound(2, "<=", 3), name="wrong way"),
        lambda: times(bound(0, "<=", 1), a, name="wrong way"),
        lambda: instance(assume(le(a, 1)), {a: sp.S(2)}, name="wrong way"),
        lambda: certified(le(z, 1), {z: reals(0, 2)}, name="wrong way"),
        lambda: calc("wrong way", 1, ("<=", 2, []), (">=", 0, [])),
    ):
        with pytest.raises(StepFailed, match="wrong way"):
            attempt()  # type: ignore[no-untyped-call]
