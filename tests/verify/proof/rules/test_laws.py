"""Rules that give a probability exactly: compared with SciPy's laws and with draws, refused with wrong premises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from rule_checks import estimated
from scipy.integrate import quad
from scipy.stats import binom, chi2, norm

from verify import Quantity, eq, integer, le, lt, positive, real
from verify.proof import Fact, Index, Inner, Norm, StepFailed, assume, bound, gaussians, in_domain, rules, sup, vectors
from verify.proof.evaluate import evaluate
from verify.proof.terms import Exceeds, Prob, data, rademachers, total

q = Quantity("q", integer(1))
s, r = Index("s", q), Index("r", Quantity("m", integer(1)))
t, p, low = Quantity("t", positive()), Quantity("p", real(0, 1)), Quantity("low", real())
g, x, w = gaussians("G"), data("X")(1), vectors("W")
coin, four = rademachers("coins"), Index("s", 4)
z = sp.Symbol("z", real=True)
POINT = np.array([[0.6, 0.3]])
LENGTH = float(np.linalg.norm(POINT))

long = assume(lt(0, Norm(x)))
sign = in_domain(t)[0]
one, size = Inner(g(s), x), sp.Abs(Inner(g(s), x))
modulus = rules.gaussian_modulus_law(g(s), x, long, t, sign)
above = rules.gaussian_law(g(s), x, long, t)
less, twice = assume(le(one, t)), assume(le(2 * one, 2 * t))
onward = bound(2 * one, "<=", 2 * t, less)
back = bound(one, "<=", t, twice)

SIMULATED: dict[str, Fact] = {
    "gaussian-modulus-law": modulus,
    "gaussian-sum-law": rules.gaussian_sum_law(g(s), x, s, long, t),
    "fair-coins-law": rules.fair_coins_law(coin(four), four, sp.Integer(1)),
    "fair-coins-law, never": rules.fair_coins_law(coin(four), four, sp.Integer(4)),
    "fair-coins-law, always": rules.fair_coins_law(coin(four), four, sp.Integer(-1)),
    "independent-maximum": rules.independent_maximum(modulus, s),
    "equal-events": rules.equal_events(above, onward, back),
}


def draws(seed: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    fixed = {"q": 3, "X": POINT, "t": 0.8}
    return [{**fixed, "G": rng.standard_normal((3, 2)), "coins": rng.choice([-1.0, 1.0], 4)} for _ in range(1500)]


@pytest.mark.parametrize("name", sorted(SIMULATED))
def test_simulated(name: str) -> None:
    """The share of draws on which the event happens, up to four standard deviations."""
    relation = SIMULATED[name].relation
    sample = draws(sum(map(ord, name)))
    seen, spread = estimated(relation.left, sample, {s: 1.0})
    assert seen == pytest.approx(evaluate(relation.right, sample[0], {s: 1.0}), abs=4 * spread + 1e-12)


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("level", [0.05, 0.7, 3.0])
def test_against_known_laws(count: int, level: float) -> None:
    """The right sides, by SciPy."""
    at = {"q": count, "t": level, "X": POINT}
    one_tail = norm.sf(level / LENGTH)
    assert evaluate(modulus.right, at) == pytest.approx(2 * one_tail, rel=1e-12)
    largest = rules.independent_maximum(modulus, s)
    assert evaluate(largest.right, at) == pytest.approx(1 - (1 - 2 * one_tail) ** count, rel=1e-9)
    summed = rules.gaussian_sum_law(g(s), x, s, long, t)
    assert evaluate(summed.right, at) == pytest.approx(norm.sf(level, scale=LENGTH * np.sqrt(count)), rel=1e-12)
    numbered = Index("s", count)
    heads = rules.fair_coins_law(coin(numbered), numbered, sp.Integer(1))
    assert evaluate(heads.right, at) == pytest.approx(binom.sf(1, count, 0.5), rel=1e-12)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_squares(count: int) -> None:
    """The integral of the density is the tail of the chi-square law; the event is about the squares."""
    numbered = Index("s", count)
    relation = rules.gaussian_squares_law(g(numbered), x, numbered, long, t, sign, z).relation
    assert relation.left == Prob(Exceeds(total(Inner(g(numbered), x) ** 2, numbered), t**2))
    density, (_, start, end) = relation.right.args
    from_t = evaluate(start, {"t": 0.8, "X": POINT})
    assert (from_t, end) == (pytest.approx(0.8 / LENGTH), sp.oo)
    found, _ = quad(sp.lambdify(z, density), from_t, 15)
    assert found == pytest.approx(chi2.sf((0.8 / LENGTH) ** 2, count), rel=1e-7)
    seen, spread = estimated(rules.gaussian_squares_law(g(s), x, s, long, t, sign, z).left, draws(count))
    assert seen == pytest.approx(chi2.sf((0.8 / LENGTH) ** 2, 3), abs=4 * spread)


REFUSED: dict[str, Callable[[], Fact]] = {
    "gaussian-modulus-law": lambda: rules.gaussian_modulus_law(w(s), x, long, t, sign),
    "gaussian-modulus-law, sign": lambda: rules.gaussian_modulus_law(g(s), x, long, low, assume(le(-1, low))),
    "gaussian-modulus-law, other threshold": lambda: rules.gaussian_modulus_law(g(s), x, long, low, sign),
    "gaussian-modulus-law, length": lambda: rules.gaussian_modulus_law(g(s), x, assume(le(0, Norm(x))), t, sign),
    "gaussian-modulus-law, random": lambda: rules.gaussian_modulus_law(g(s), w(1), assume(lt(0, Norm(w(1)))), t, sign),
    "gaussian-sum-law": lambda: rules.gaussian_sum_law(g(1), x, s, long, t),
    "gaussian-sum-law, moving": lambda: rules.gaussian_sum_law(
        g(s), data("X")(s), s, assume(lt(0, Norm(data("X")(s)))), t
    ),
    "gaussian-sum-law, random threshold": lambda: rules.gaussian_sum_law(g(s), x, s, long, Inner(g(1), x)),
    "gaussian-squares-law": lambda: rules.gaussian_squares_law(g(s), x, s, long, low, assume(le(low, 0)), z),
    "gaussian-squares-law, letter": lambda: rules.gaussian_squares_law(g(s), x, s, long, t, sign, t),
    "gaussian-squares-law, zero": lambda: rules.gaussian_squares_law(
        g(s), x, s, long, t, sign, sp.Symbol("z", zero=True)
    ),
    "gaussian-squares-law, complex": lambda: rules.gaussian_squares_law(g(s), x, s, long, t, sign, sp.Symbol("z")),
    "gaussian-squares-law, integer": lambda: rules.gaussian_squares_law(
        g(s), x, s, long, t, sign, sp.Symbol("z", integer=True)
    ),
    "gaussian-squares-law, negative": lambda: rules.gaussian_squares_law(
        g(s), x, s, long, t, sign, sp.Symbol("z", negative=True)
    ),
    "gaussian-squares-law, quantity": lambda: rules.gaussian_squares_law(
        g(s), x, s, long, t, sign, Quantity("z", real())
    ),
    "gaussian-squares-law, copies": lambda: rules.gaussian_squares_law(g(1), x, s, long, t, sign, z),
    "fair-coins-law": lambda: rules.fair_coins_law(coin(1), four, sp.Integer(1)),
    "fair-coins-law, no number": lambda: rules.fair_coins_law(coin(s), s, sp.Integer(1)),
    "fair-coins-law, half": lambda: rules.fair_coins_law(coin(four), four, sp.Rational(1, 2)),
    "independent-maximum": lambda: rules.independent_maximum(rules.gaussian_modulus_law(g(1), x, long, t, sign), s),
    "independent-maximum, a bound": lambda: rules.independent_maximum(
        rules.gaussian_projection(g(s), x, assume(le(Norm(x), t)), t, sign), s
    ),
    "equal-events": lambda: rules.equal_events(above, onward, onward),
    "equal-events, one way": lambda: rules.equal_events(above, bound(one, "<=", t + 1, less), less),
    "equal-events, circular": lambda: rules.equal_events(above, onward, less),
    "equal-events, a bound": lambda: rules.equal_events(
        rules.gaussian_projection(g(s), x, assume(le(Norm(x), t)), t, sign), onward, back
    ),
    "equal-events, nothing shown": lambda: rules.equal_events(above, bound(0, "<=", 1), back),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_wrong_premises_are_refused(name: str) -> None:
    with pytest.raises((StepFailed, TypeError)):
        REFUSED[name]()


def test_equal_events_keep_what_else_is_assumed() -> None:
    """Both inclusions hold beside another random event: the conclusion still rests on it."""
    beside = assume(le(Inner(g(2), x), 0))
    shifted = bound(2 * one + Inner(g(2), x), "<=", 2 * t, less, beside)
    other = assume(le(2 * one + Inner(g(2), x), 2 * t))
    exact = assume(le(0, Inner(g(2), x)))
    found = rules.equal_events(above, shifted, bound(one, "<=", t, other, exact))
    assert {beside.relation, exact.relation} <= found.assumptions
    with pytest.raises(StepFailed, match="random"):
        rules.union_bound(found, s)


def test_largest_of_copies_that_share_a_vector() -> None:
    """f_s = <g_s, x> - <g_1, x> shares g_1 with all the others, and so they are not independent."""
    shared = assume(eq(Prob(Exceeds(one - Inner(g(1), x), t)), p))
    with pytest.raises(StepFailed, match="more than the member"):
        rules.independent_maximum(shared, s)
    assert rules.independent_maximum(above, s).left == Prob(Exceeds(sup(one, s), t))
