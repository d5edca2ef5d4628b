"""Gradient descent at 40 digits from certified weights does what the certificate says."""

from collections.abc import Callable
from fractions import Fraction

import mpmath
import pytest

from lemmas.certificate.format import Certificate
from lemmas.certificate.prove import certify
from lemmas.model import Array

Problem = Callable[..., tuple[Array, Array]]

STEPS = 150


def vector(values: list[float]) -> list[mpmath.mpf]:
    return [mpmath.mpf(v) for v in values]


def norm(values: list[mpmath.mpf]) -> mpmath.mpf:
    return mpmath.sqrt(sum(v * v for v in values))


class Descent:
    """Gradient descent written out in sums, at mpmath's working precision."""

    def __init__(self, c: Certificate, eta: Fraction) -> None:
        self.X, self.W = [vector(x) for x in c.X.tolist()], [vector(w) for w in c.weights.tolist()]
        self.y, self.a = vector(c.y.tolist()), [int(s) for s in c.signs]
        self.start = [list(w) for w in self.W]
        self.eta = mpmath.mpf(eta.numerator) / eta.denominator

    def features(self) -> list[list[mpmath.mpf]]:
        return [[mpmath.exp(mpmath.fdot(w, x)) for w in self.W] for x in self.X]

    def residual(self, E: list[list[mpmath.mpf]]) -> list[mpmath.mpf]:
        return [y - mpmath.fdot(self.a, row) for y, row in zip(self.y, E, strict=True)]

    def step(self) -> mpmath.mpf:
        """One step; returns |e| before it."""
        E = self.features()
        e = self.residual(E)
        for r, w in enumerate(self.W):
            for k in range(len(w)):
                w[k] += self.eta * self.a[r] * sum(e[i] * E[i][r] * x[k] for i, x in enumerate(self.X))
        return norm(e)

    def moved(self) -> mpmath.mpf:
        return norm([a - b for w, v in zip(self.W, self.start, strict=True) for a, b in zip(w, v, strict=True)])


@pytest.mark.parametrize("init", ["coupled", "independent"])
@pytest.mark.parametrize(("seed", "n", "m", "scale"), [(2, 2, 4, 1.0), (4, 2, 4, 1.0), (2, 3, 6, 1.0), (6, 2, 4, 1.8)])
def test_the_residual_falls_at_the_rate_and_the_weights_stay(
    problem: Problem, init: str, seed: int, n: int, m: int, scale: float
) -> None:
    found = certify(*problem(n, 2, seed, scale=scale), width=m, init=init, seed=seed)
    assert isinstance(found, Certificate)
    with mpmath.workdps(40):
        shrink, radius = 1 - mpmath.mpf(str(found.rate)), mpmath.mpf(str(found.radius))
        descent = Descent(found, found.eta)
        last = descent.step()
        assert last <= mpmath.mpf(str(found.bounds["residual"]))
        for _ in range(STEPS):
            assert descent.moved() < radius
            now = descent.step()
            assert now <= shrink * last
            last = now


def test_from_a_certified_start_the_loss_goes_to_zero(problem: Problem) -> None:
    found = certify(*problem(2, 2, 2), width=4, seed=2)
    assert isinstance(found, Certificate)
    with mpmath.workdps(40):
        descent = Descent(found, found.eta)
        first = descent.step()
        for _ in range(2000):
            last = descent.step()
        assert last < first * mpmath.mpf("1e-9")
        assert descent.moved() < mpmath.mpf(str(found.radius))


def test_a_step_the_prover_refuses_can_indeed_diverge(problem: Problem) -> None:
    """With eta |J|^2 > 2 the residual of the same weights grows, so the simulation can tell."""
    found = certify(*problem(2, 2, 2), width=4, seed=2)
    assert isinstance(found, Certificate)
    norm = found.bounds["jacobian_norm"]
    with mpmath.workdps(40):
        descent = Descent(found, Fraction(Fraction(22, 10) / Fraction(norm) ** 2))
        residuals = [descent.step() for _ in range(30)]
        assert max(residuals[1:]) > residuals[0]
