"""Attempts to prove falsehoods: each was a hole or could be one, and each must be refused."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp
from proof_letters import a, b, c, f, g, i, j, k, level, m, n, p, product, r, t, w, x, z

from verify import Lemma, Quantity, Relation, eq, ge, integer, le, lt, real
from verify.proof import (
    Fact,
    Index,
    Inner,
    Norm,
    StepFailed,
    algebra,
    assume,
    bound,
    gaussians,
    in_domain,
    instance,
    iterate,
    rules,
    sup,
    times,
    total,
    value_of,
)
from verify.proof.entailment import follows
from verify.proof.facts import make
from verify.proof.steps import substitute
from verify.proof.terms import (
    DefinedFamily,
    Entry,
    Exceeds,
    Expect,
    Iterates,
    LambdaMin,
    Mat,
    Prob,
    signs,
)
from verify.statement import StatementError

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


def test_what_is_hidden_moves_with_what_is_in_the_open() -> None:
    """Were n replaced in the open alone, P(max over n > level(1)) would be as small as P(one > level(1))."""
    largest = Quantity("largest", real(), "", lambda at: 0.0, sup(f(i), i))
    event = Prob(Exceeds(largest, sp.log(1 + n)))
    assert substitute(le(event, level), {n: sp.S.One}).left == Prob(
        Exceeds(sup(f(Index("i", 1)), Index("i", 1)), sp.log(2))
    )
    assert substitute(le(largest / n, b), {n: m}).left == sup(f(r), r).xreplace({r: Index("i", m)}) / m


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
    with pytest.raises(ValueError, match="whole number >= 1"):
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
    first = value_of(DefinedFamily("twice defined", lambda at: sp.S.One), i)
    second = value_of(DefinedFamily("twice defined", lambda at: sp.S(2)), i)
    with pytest.raises(StepFailed, match="twice defined is the name of families"):
        bound(first.left - second.left, "==", -1, first, second)
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
    with pytest.raises(StepFailed, match="may depend on W"):  # else the walk would start at two places
        instance(iterate(path, sp.S.One, r), {w: lambda s: 2 * w(s)})
    assert instance(iterate(path, sp.S.One, r), {r: m}).right == w(m)


def test_no_abbreviation_within_another() -> None:
    """B := A, A := n - 5: spelled out once, 0 <= B would be 0 <= A, and A is declared to be positive."""
    inner, outer = Quantity("A", real(0)), Quantity("B", real())
    with pytest.raises(StatementError, match="speaks of another"):
        Lemma(le(0, outer), where={outer: inner, inner: n - 5})
    with pytest.raises(StatementError, match="speaks of another"):
        Lemma(le(0, outer), where={outer: outer + 1})


def test_no_verdict_without_a_check_that_gives_one() -> None:
    """z3 takes for granted that a root is defined; it may contradict only."""
    with pytest.raises(StatementError, match="'engines' gives no verdict"):
        Lemma(le(0, sp.sqrt(n)), designated="engines")
    with pytest.raises(StatementError, match="nobody would check"):
        Lemma(le(0, n), also={"part": Lemma(le(0, n), also={"of it": Lemma(le(n, 0))})})
