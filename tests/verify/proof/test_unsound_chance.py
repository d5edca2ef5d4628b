"""Attempts to prove falsehoods by taking for fixed what is picked after the draw: each must be refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp

from verify import Lemma, Proof, Quantity, eq, integer, le, lt, real
from verify.proof import (
    Fact,
    Index,
    Inner,
    Norm,
    StepFailed,
    assume,
    bound,
    certified,
    gaussians,
    in_domain,
    instance,
    rules,
    scalars,
    sup,
)
from verify.proof.facts import make
from verify.proof.terms import Exceeds, Fold, Indicator, Mat, data, is_fixed, rademachers, signs
from verify.statement import Domain, Instance, Size

g, x = gaussians("g"), data("x")


def best(at: Instance) -> int:
    """The number of the x_i with the largest inner product with g_1."""
    return 1 + int(np.argmax(at["x"] @ at["g"][0]))


picked = Quantity("N", integer(1), "the best of the x_i", best)
declared = Quantity("K", integer(1), "any one of the x_i")
rows = Size("rows", "x", "number of data points")


def test_a_direction_picked_after_the_draw_has_no_gaussian_law() -> None:
    """P(<g, x_N> > 4) <= Q(4) for unit vectors x_i and the best N is false: it is the law of a maximum."""
    long = assume(lt(0, Norm(x(picked))))
    with pytest.raises(StepFailed, match="random"):
        rules.gaussian_law(g(1), x(picked), long, sp.Integer(4))
    with pytest.raises(StepFailed, match="random"):
        rules.gaussian_law(g(1), x(1), assume(lt(0, Norm(x(1)))), sp.sympify(picked))
    chosen, last = (rules.gaussian_law(g(1), x(k), assume(lt(0, Norm(x(k)))), sp.Integer(4)) for k in (declared, rows))
    assert chosen.right.has(x(declared))
    assert last.right.has(x(rows))
    with pytest.raises(StepFailed, match="random"):
        instance(chosen, {declared: picked}, long)


def test_a_gaussian_vector_picked_after_the_draw_has_no_gaussian_law() -> None:
    """P(<g_N, x> > 4) is that of a maximum if g_N has the largest inner product with x."""
    long, four = assume(lt(0, Norm(x(1)))), sp.Integer(4)
    attempts: list[Callable[[], Fact]] = [
        lambda: rules.gaussian_law(g(picked), x(1), long, four),
        lambda: rules.gaussian_modulus_law(g(picked), x(1), long, four, bound(0, "<=", four)),
        lambda: rules.gaussian_moment(g(picked), x(1)),
        lambda: rules.gaussian_moment_beyond(g(picked), x(1), long, four, sp.Symbol("z", real=True)),
    ]
    for attempt in attempts:
        with pytest.raises(StepFailed, match="not visibly a standard Gaussian"):
            attempt()
    i = Index("i", rows)
    every = rules.gaussian_law(g(i), x(1), long, four)
    with pytest.raises(StepFailed, match="random"):
        instance(every, {i: Fold(picked, rows)}, long)
    assert instance(every, {i: Fold(declared, rows)}, long).right == every.right


def test_copies_of_a_random_number_have_no_law() -> None:
    s, long = Index("s", picked), assume(lt(0, Norm(x(1))))
    with pytest.raises(StepFailed, match="random"):
        rules.gaussian_sum_law(g(s), x(1), s, long, sp.S.Zero)


def test_only_sizes_and_parameters_are_fixed() -> None:
    assert is_fixed(rows + declared)
    assert not is_fixed(sp.sympify(picked))
    assert not is_fixed(Quantity("rows", integer(1), "number of data points", lambda at: len(at["x"])))


def test_what_is_picked_does_not_stay_when_the_data_move() -> None:
    """N measures <x_1, x_2>, say: the claim about x is none about other data."""
    claim = assume(le(picked, Inner(x(1), x(2))))
    with pytest.raises(StepFailed, match="may depend on x"):
        instance(claim, {x: lambda i: 0 * x(i)}, assume(le(picked, 0)))
    counted = assume(eq(rows, Inner(x(1), x(2))))
    y = data("y")
    assert instance(counted, {x: y}, assume(eq(rows, Inner(y(1), y(2))))).left == rows


def test_a_size_is_the_length_of_its_array() -> None:
    levels, steps = Size("J", "edge", less=1), Size("T", "residuals", less=1, given=True)
    at = {"edge": np.zeros(4), "residuals": np.zeros((3, 2)), "x": np.zeros((5, 2)), "J": 9, "rows": 9}
    assert [size.measure(at) for size in (levels, steps, rows) if size.measure] == [3, 2, 5]
    assert steps.measure is not None
    assert steps.measure({"T": 7}) == 7
    assert pickle.loads(pickle.dumps(steps)) == steps
    assert (
        len({Size("n", "x"), Size("n", "y"), Size("n", "x", less=1), Size("n", "x", given=True), Size("n", "x")}) == 4
    )


def test_one_name_is_one_family() -> None:
    """<g_1, g_1> > 4 |g_1| would have probability Q(4), g being both Gaussian and data."""
    same = data("g")(1)
    with pytest.raises(StepFailed, match="different kinds"):
        rules.gaussian_law(g(1), same, assume(lt(0, Norm(same))), 4 * Norm(same))
    law = rules.gaussian_law(g(1), x(1), assume(lt(0, Norm(x(1)))), sp.S.Zero)
    with pytest.raises(StepFailed, match="different kinds"):
        instance(law, {x: data("g")}, assume(lt(0, Norm(same))))
    with pytest.raises(StepFailed, match="different kinds"):  # through a measured quantity too
        bound(Quantity("S", real(), "<x, g>", None, Inner(x(1), same)), "==", Inner(x(1), same), law)


def test_a_proof_holds_no_two_families_of_one_name() -> None:
    """Neither of the two facts that the conclusion rests on speaks of both."""
    number = Quantity("c", real())
    one, other = (Inner(family(1), x(1)) ** 2 for family in (g, data("g")))
    first = bound(number, "<=", number + one, bound(0, "<=", one))
    second = bound(number, "<=", number + other, bound(0, "<=", other))
    claim = le(2 * number, 2 * number + 1)
    both = make(claim, "algebra", "", premises=[make(claim, "algebra", "", premises=[f]) for f in (first, second)])
    with pytest.raises(StepFailed, match="different kinds"):
        Proof(Lemma(claim), Lemma).conclude(both)  # type: ignore[arg-type]
    assert Proof(Lemma(claim), Lemma).conclude(both.premises[0]).relation == claim  # type: ignore[arg-type]


def test_signs_of_one_name_are_not_independent() -> None:
    """The f_s = 1 + [a_s > 0] depend on the signs a_s, whatever kind of numbers the a_s are called."""
    s, i = Index("s", declared), Index("i", declared)
    for numbers in (signs("a"), scalars("a")):
        value = 1 + Indicator(Exceeds(numbers(s), 0))
        with pytest.raises(StepFailed, match="depend on the signs"):
            rules.signed_square(rademachers("a")(s), value, s)
        with pytest.raises(StepFailed, match="depend on the signs"):
            rules.signed_sum_exponential(rademachers("a")(s), value, s, i, sp.S.Zero)


@pytest.mark.parametrize("domain", [real(-10, 0), real(0)])
def test_the_domain_of_what_is_measured_shows_nothing(domain: Domain) -> None:
    """<g_1, x_1> is negative or not, whatever is declared of it."""
    one, other = Index("i", rows), Index("j", rows)
    measured = Quantity("m", domain, "<g, x>", lambda at: 0.0, Inner(g(1), x(1)))
    claim = le(measured, 0) if domain.upper == 0 else le(0, measured)
    with pytest.raises(StepFailed, match="visibly"):
        in_domain(measured)
    with pytest.raises(StepFailed):
        bound(claim.left, "<=", claim.right)
    with pytest.raises(StepFailed):  # lambda_min(m A) = m lambda_min(A) for m >= 0 only
        rules.scaled_eigenvalue(Mat("A", sp.Lambda((one, other), scalars("f")(one))), sp.sympify(measured))
    with pytest.raises(StepFailed, match=r"no hypothesis|by declaration"):
        Proof(Lemma(claim), Lemma).conclude(certified(claim, {measured: domain}))  # type: ignore[arg-type]


def test_a_domain_that_the_definition_shows_is_a_fact() -> None:
    i = Index("i", rows)
    for value in (Norm(x(1)), sup(Norm(x(i)), i), -sup(-Norm(x(i)), i)):
        assert in_domain(Quantity("s", real(0), "a size", None, value))[0].low == 0
    with pytest.raises(StepFailed, match="visibly"):
        in_domain(Quantity("s", real(0), "", None, -sup(Norm(x(i)), i)))


def test_what_has_no_mean_is_compared_with_nothing() -> None:
    """E e^{<g, x>^2} is infinite for |x| = 1, and would be a number above e^{s^2} P(<g, x> > s) for every s."""
    value = sp.exp(Inner(g(1), x(1)) ** 2)
    with pytest.raises(StepFailed, match="no expectation"):
        rules.expectation_monotone(bound(0, "<=", value))
    with pytest.raises(StepFailed, match="no expectation"):
        rules.expectation_monotone(bound(-value, "<=", 0))
    cut = Indicator(Exceeds(Inner(g(1), x(1)), 1))
    assert rules.expectation_monotone(rules.indicator_at_most_one(Inner(g(1), x(1)), sp.S.One)).low.has(cut)
