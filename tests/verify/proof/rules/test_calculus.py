"""Rules of calculus, induction and cases: true on numbers, refused with wrong premises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from verify import Quantity, eq, integer, le, lt, positive, real
from verify.proof import Fact, Index, StepFailed, algebra, assume, bound, rules, scalars, sup
from verify.proof.evaluate import evaluate, violation
from verify.proof.facts import iterate
from verify.proof.terms import Fold, Iterates, normal_tail, vectors

n, m, T = (Quantity(name, integer(1)) for name in ("n", "m", "T"))
i, s, r, t = Index("i", n), Index("s", n), Index("r", m), Index("t", T)
f, c = scalars("f"), scalars("c")
a, b, z = (Quantity(name, real()) for name in "abz")
size, p = Quantity("size", real(0)), Quantity("p", real(0))
top = Quantity("top", positive())
y = sp.Symbol("y", real=True)
small, large = assume(le(a, b)), assume(lt(b, a))
double = assume(eq(m, 2 * n))
slope = bound(sp.Abs(sp.exp(z)), "<=", sp.exp(size), assume(le(z, size)))
ends = [assume(le(a, size)), assume(le(b, size))]


def numbers(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 5))
    at: dict[str, Any] = {
        "n": rows,
        "m": 2 * rows,
        "f": rng.standard_normal(2 * rows),
        "c": rng.standard_normal(2 * rows),
    }
    at["a"], at["b"] = sorted(float(v) for v in rng.standard_normal(2))
    return at | {"z": 0.0, "size": abs(at["a"]) + abs(at["b"]), "p": float(rng.uniform(0, 2)), "top": at["b"] + 4.0}


TRUE: dict[str, Fact] = {
    "increasing": rules.increasing(z + sp.exp(z), bound(0, "<=", 1 + sp.exp(z)), z, small),
    "exp-series-remainder": rules.exp_series_remainder(a, 3),
    "exp-series-remainder, no term": rules.exp_series_remainder(a, 0),
    "exp-tail": rules.exp_tail(bound(sp.Abs(a), "<=", sp.Abs(a) + p), a, s),
    "mean-value": rules.mean_value(sp.exp(z), slope, z, a, b, *ends),
    "taylor": rules.taylor(sp.exp(z), slope, z, a, b, *ends),
    "taylor, towards a": rules.taylor(sp.exp(z), slope, z, b, a, *ends),
    "exponents-compare": rules.exponents_compare(assume(le(sp.exp(a), sp.exp(b))), a, b),
    "split-halves": rules.split_halves(f(r) * (1 + r), r, s, double),
    "folded-sum": rules.folded_sum(f(Fold(r, n)) ** 2, r, s, double),
    "indicator-zero": rules.indicator_zero(small),
    "indicator-one": rules.indicator_one(assume(lt(a, top))),
    "indicator-of-sup": rules.indicator_of_sup(f(i), a, i),
    "either": rules.either(bound(0, "<=", p + 1, small), bound(0, "<=", p + 1, large), a, b),
}


@pytest.mark.parametrize("name", sorted(TRUE))
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_conclusions_hold(name: str, seed: int) -> None:
    at, fact = numbers(seed), TRUE[name]
    assert all(violation(held, at) <= 1e-12 for held in fact.assumptions)
    assert violation(fact.relation, at) < 1e-9


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_antiderivative(seed: int) -> None:
    """Against quadrature."""
    at = numbers(seed)
    primitive = sp.exp(2 * y) + y**3
    derivative = algebra(sp.diff(primitive, y), 2 * sp.exp(2 * y) + 3 * y**2)
    relation = rules.antiderivative(primitive, derivative, y, a, b).relation
    integrand = sp.lambdify(y, relation.left.args[0])
    found, _ = quad(integrand, at["a"], at["b"])
    assert found == pytest.approx(evaluate(relation.right, at), rel=1e-8, abs=1e-10)


def test_antiderivative_up_to_infinity() -> None:
    density = sp.exp(-(y**2) / 2) / sp.sqrt(2 * sp.pi)
    shown = algebra(sp.diff(-normal_tail(y), y), density)
    relation = rules.antiderivative(-normal_tail(y), shown, y, sp.S.Zero, sp.oo).relation
    assert relation.right == sp.Rational(1, 2)
    assert quad(sp.lambdify(y, density), 0, np.inf)[0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    "primitive", [1 / (1 + a**2 * y**2), sp.exp(-p * y), 1 / (1 + f(1) ** 2 * y**2), sp.erf(a * y)]
)
def test_a_limit_that_depends_on_a_parameter_is_not_taken(primitive: sp.Expr) -> None:
    """1 / (1 + a^2 y^2) tends to 0, unless a = 0."""
    slope = sp.diff(primitive, y)
    with pytest.raises(StepFailed, match="may depend on its parameters"):
        rules.antiderivative(primitive, algebra(slope, slope), y, sp.S.Zero, sp.oo)


def test_limits_with_parameters_that_do_not_matter() -> None:
    for primitive, low, high in ((sp.erfc(top * y - a), 2, 0), (b * sp.erf(y - a) + p, -b + p, b + p)):
        slope = sp.diff(primitive, y)
        relation = rules.antiderivative(primitive, algebra(slope, slope), y, -sp.oo, sp.oo).relation
        assert sp.expand(relation.right - (high - low)) == 0


w = vectors("W")
halved: Iterates = Iterates("halved", lambda at: w(at), lambda k, at: halved(k, at) / 2)


def test_complete_induction() -> None:
    """|w| at every step is at most the first |w|, if every step halves it; and so it is in numbers."""
    from verify.proof import Norm

    limit = Norm(w(1))
    base = bound(Norm(halved(1, 1)), "<=", limit, iterate(halved, sp.S.One, sp.S.One))
    so_far = assume(le(sup(Norm(halved(t, 1)), t), limit))
    last = rules.sup_member(sup(Norm(halved(t, 1)), t), T)
    half = bound(Norm(halved(T, 1)) / 2, "<=", Norm(halved(T, 1)))
    step = bound(Norm(halved(T + 1, 1)), "<=", limit, iterate(halved, T + 1, sp.S.One), half, last, so_far)
    found = rules.complete_induction([(Norm(halved(t, 1)), ())], [base], [step], t, 0)
    assert found.assumptions == frozenset()
    walk = np.array([[np.ones(3)], [np.ones(3) / 2], [np.ones(3) / 4]])
    assert violation(found.relation, {"T": 3, "halved": walk, "W": np.ones((1, 3))}) <= 0
    with pytest.raises(StepFailed, match="does not bound"):
        rules.complete_induction([(Norm(halved(t, 1)) + 1, ())], [base], [step], t, 0)


REFUSED: dict[str, Callable[[], Fact]] = {
    "antiderivative": lambda: rules.antiderivative(y**3, algebra(y**2, y**2), y, a, b),
    "antiderivative, no limit": lambda: rules.antiderivative(y**2, algebra(2 * y, 2 * y), y, a, sp.oo),
    "increasing": lambda: rules.increasing(-z, bound(0, "<=", 1), z, small),
    "increasing, one point": lambda: rules.increasing(z**3, assume(le(0, 3 * z**2)), z, small),
    "increasing, outside": lambda: rules.increasing(p**2, bound(0, "<=", 2 * p), p, small),
    "exp-series-remainder": lambda: rules.exp_series_remainder(a, -1),
    "exp-tail": lambda: rules.exp_tail(bound(a, "<=", sp.Abs(a) + p), a, s),
    "exp-tail, one term": lambda: rules.exp_tail(assume(le(sp.Abs(a), f(s))), a, s),
    "mean-value": lambda: rules.mean_value(sp.exp(z), slope, z, a, b, ends[1]),
    "taylor": lambda: rules.taylor(sp.exp(z), slope, z, a, b, ends[0]),
    "taylor, slope": lambda: rules.taylor(sp.exp(2 * z), slope, z, a, b, *ends),
    "exponents-compare": lambda: rules.exponents_compare(small, a, b),
    "complete-induction": lambda: rules.complete_induction([(f(t), ())], [small], [small], t, 0),
    "complete-induction, base": lambda: rules.complete_induction(
        [(f(t), ())], [assume(le(f(1), a))], [assume(le(f(T + 1), b))], t, 0
    ),
    "split-halves": lambda: rules.split_halves(f(r), r, s, assume(eq(m, 3 * n))),
    "folded-sum": lambda: rules.folded_sum(f(Fold(r, n)) * c(r), r, s, double),
    "folded-sum, size": lambda: rules.folded_sum(f(Fold(r, n)), r, s, assume(eq(m, n))),
    "either": lambda: rules.either(small, large, a, b),
    "indicator-zero": lambda: rules.indicator_zero(assume(eq(a, b))),
    "indicator-one": lambda: rules.indicator_one(small),
    "indicator-of-sup": lambda: rules.indicator_of_sup(f(i), c(i), i),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_wrong_premises_are_refused(name: str) -> None:
    with pytest.raises((StepFailed, TypeError)):
        REFUSED[name]()


def test_either_keeps_what_only_one_case_assumes() -> None:
    more = assume(le(0, p))
    one = bound(0, "<=", (a - b) ** 2, small, more)
    assert rules.either(one, bound(0, "<=", (a - b) ** 2, large), a, b).assumptions == {more.relation}
    with pytest.raises(StepFailed, match="both cases"):
        rules.either(bound(0, "<=", 1, small), bound(0, "<=", 1, small, large), a, b)


@pytest.mark.parametrize(
    "letter",
    [
        Quantity("z", integer(0, 1), "between its two values lies no other"),
        Quantity("z", real(), "", lambda at: abs(at["f"][0]), sp.Abs(f(1)) * 0),
        Quantity("z", real(), "of measure unknown", lambda at: at["f"][0]),
    ],
    ids=["whole", "defined", "measured"],
)
def test_no_letter_for_any_number_takes_a_derivative(letter: Quantity) -> None:
    """z^3/3 - z^2/2 falls from 0 to -1/6 between 0 and 1, though its derivative z^2 - z vanishes at both."""
    cube = letter**3 / 3 - letter**2 / 2
    flat = assume(le(sp.Abs(letter**2 - letter), 0))
    inside = bound(0, "<=", 1)
    for apply in (
        lambda: rules.mean_value(cube, flat, letter, sp.S.Zero, sp.S.One, inside),
        lambda: rules.taylor(letter * cube, flat, letter, sp.S.Zero, sp.S.One, inside),
        lambda: rules.increasing(cube, assume(le(0, letter**2 - letter)), letter, inside),
    ):
        with pytest.raises(StepFailed, match="is no letter for any real number"):
            apply()
