"""Tails of sums of random matrices, against a law that is known: X_s = c_s G with coins c_s in {0, 1}.

The least eigenvalue of the mean is then the share of ones times that of G, so both sides are exact.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp
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
    chain,
    gaussians,
    in_domain,
    rules,
    vectors,
)
from verify.proof.evaluate import evaluate
from verify.proof.rules.matrix_concentration import average, expected, expected_square
from verify.proof.terms import Exceeds, LambdaMax, LambdaMin, LaplaceMax, Mat, Prob, data, rademachers

n, q = Quantity("n", integer(1)), Quantity("q", integer(1))
i, j, k, h, s = Index("i", n), Index("j", n), Index("k", n), Index("h", n), Index("s", q)
x, g, w, e = data("X"), gaussians("G"), vectors("W"), rademachers("e")
mu, top, v = (Quantity(name, positive()) for name in ("mu", "top", "v"))
t, theta, tau = Quantity("t", positive(1, open_upper=True)), Quantity("theta", positive()), Quantity("tau", real())
z, part = Quantity("z", real(0)), Quantity("part", real(0, 1))


def matrix(name: str, entry: sp.Expr) -> Mat:
    found: Mat = Mat(name, sp.Lambda((i, j), entry))
    return found


coin = (1 + e(s)) / 2
share, gram_of_data = matrix("share", coin * Inner(x(i), x(j))), matrix("gram", Inner(x(i), x(j)))
skew = matrix("skew", e(s) * (Inner(x(i), x(1)) - Inner(x(j), x(1))))
two = matrix("two", e(s) * e(1) * Inner(x(i), x(j)))
psd = rules.gram_is_psd(share, coin * x(i), i, j)
at_most_one = bound(sp.Abs(coin), "<=", 1, rules.absolute_triangle(sp.Rational(1, 2), e(s) / 2))
scaled = rules.scaled_gram_largest(share, gram_of_data, coin, at_most_one, x(i), i, j)
bounded = chain(scaled, assume(le(LambdaMax(gram_of_data), top)))
least = assume(le(mu, LambdaMin(expected(share, s))))
square = assume(le(LambdaMax(expected_square(share, s, k)), v))
decay = assume(le(sp.exp(-z), 1 - z + z**2 / 2))

quadratic = certified(decay.relation, {z: z.domain})
chernoff = rules.matrix_chernoff_below(share, s, psd, bounded, least, t, *in_domain(t))
transfer = rules.transfer_quadratic(share, s, k, psd, quadratic, theta, least, square)
laplace = rules.laplace_tail_below(share, s, transfer, theta, tau)
SIMULATED: dict[str, Fact] = {
    "matrix-chernoff-below": chernoff,
    "transfer-quadratic": transfer,
    "laplace-tail-below": laplace,
}
GRAMS = [np.diag([2.0, 1.0]), np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([[0.7]])]


def exactly(gram: np.ndarray, count: int, threshold: float) -> float:
    """P(lambda_min(mean X) < threshold)."""
    share_of_ones = threshold / np.linalg.eigvalsh(gram)[0]
    return float(binom.cdf(np.ceil(share_of_ones * count - 1e-12) - 1, count, 0.5))


@pytest.mark.parametrize("gram", GRAMS)
@pytest.mark.parametrize("count", [1, 5, 40])
def test_chernoff_and_laplace_tails(gram: np.ndarray, count: int) -> None:
    values = np.linalg.eigvalsh(gram)
    at = {"n": len(gram), "q": count, "mu": values[0] / 2, "top": values[-1]}
    for fall in (0.1, 0.5, 0.9):
        allowed = evaluate(chernoff.high, at | {"t": fall})
        threshold = evaluate(chernoff.low.args[0].args[0], at | {"t": fall})
        assert exactly(gram, count, threshold) <= allowed
        for exponent in (0.3, 1.0, 3.0):
            laplace_at = at | {"theta": exponent, "tau": threshold, "v": values[-1] ** 2 / 2}
            found = evaluate(laplace.high, laplace_at)
            assert exactly(gram, count, threshold) <= found


@pytest.mark.parametrize("gram", GRAMS)
def test_transfer(gram: np.ndarray) -> None:
    """lambda_max(E e^(-theta X)) = (1 + e^(-theta lambda_min(G)))/2."""
    values = np.linalg.eigvalsh(gram)
    for exponent in (0.01, 0.5, 4.0):
        at = {"theta": exponent, "mu": values[0] / 2, "v": values[-1] ** 2 / 2}
        assert (1 + np.exp(-exponent * values[0])) / 2 <= evaluate(transfer.high, at) + 1e-15
    assert laplace.low == Prob(Exceeds(tau, LambdaMin(average(share, s))))
    assert transfer.low == LaplaceMax(share, theta)


random_least = assume(le(Inner(g(1), x(1)), LambdaMin(expected(share, s))))
of_one = assume(le(LambdaMax(share), top * sp.Abs(e(s))))
NOTHING = Quantity("z", real(0), "", None, sp.S.Zero)
REFUSED: dict[str, Callable[[], Fact]] = {
    "matrix-chernoff-below": lambda: rules.matrix_chernoff_below(share, s, bounded, bounded, least, t, *in_domain(t)),
    "matrix-chernoff-below, skew": lambda: rules.matrix_chernoff_below(
        skew, s, assume(le(0, LambdaMin(skew))), assume(le(LambdaMax(skew), top)), least, t, *in_domain(t)
    ),
    "matrix-chernoff-below, dependent": lambda: rules.matrix_chernoff_below(
        two, s, assume(le(0, LambdaMin(two))), assume(le(LambdaMax(two), top)), least, t, *in_domain(t)
    ),
    "matrix-chernoff-below, not random": lambda: rules.matrix_chernoff_below(
        matrix("fixed", Inner(x(i), x(j))), s, psd, bounded, least, t, *in_domain(t)
    ),
    "matrix-chernoff-below, random mean": lambda: rules.matrix_chernoff_below(
        share, s, psd, bounded, random_least, t, *in_domain(t)
    ),
    "matrix-chernoff-below, share": lambda: rules.matrix_chernoff_below(share, s, psd, bounded, least, part),
    "matrix-chernoff-below, mean": lambda: rules.matrix_chernoff_below(
        share, s, psd, bounded, assume(le(mu, LambdaMin(share))), t, *in_domain(t)
    ),
    "transfer-quadratic": lambda: rules.transfer_quadratic(share, s, k, psd, decay, theta, least, square),
    "transfer-quadratic, another function": lambda: rules.transfer_quadratic(
        share, s, k, psd, assume(le(sp.exp(-z), 1 - z / 2)), theta, least, square
    ),
    "transfer-quadratic, at a single number": lambda: rules.transfer_quadratic(
        share, s, k, psd, bound(sp.exp(-NOTHING), "<=", 1 - NOTHING), theta, least, square
    ),
    "transfer-quadratic, sign": lambda: rules.transfer_quadratic(share, s, k, psd, quadratic, -theta, least, square),
    "transfer-quadratic, square": lambda: rules.transfer_quadratic(share, s, k, psd, quadratic, theta, least, bounded),
    "laplace-tail-below": lambda: rules.laplace_tail_below(share, s, transfer, 2 * theta, tau),
    "laplace-tail-below, random": lambda: rules.laplace_tail_below(share, s, transfer, theta, Inner(g(1), x(1))),
    "laplace-tail-below, sign": lambda: rules.laplace_tail_below(
        share, s, assume(le(LaplaceMax(share, tau), top)), tau, tau
    ),
    "laplace-tail-below, other vectors": lambda: rules.laplace_tail_below(
        matrix("unknown", Inner(w(i), w(j))), s, transfer, theta, tau
    ),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_wrong_premises_are_refused(name: str) -> None:
    with pytest.raises((StepFailed, TypeError)):
        REFUSED[name]()
