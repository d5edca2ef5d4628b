"""Convergence, the tight chain: with probability >= 1 - delta, |e(t)| <= keep^t |e(0)| for all t; m is close to real.

Neurons far out are damped in the analysis, the network is untouched: the least singular value of the damped Jacobian
at the start is all that costs probability, and it drifts slowly whatever the outlying neurons do.

Source: this project's explicit version. A coupled start; keep = 1 - eta c rho^2, rho = sigma0 - n4 e^b (e^s - 1).

Proof: gram-laplace-tail gives K^{-1/2} H~ K^{-1/2} >= tau, so sigma0^2 <= m tau lambda bounds the damped Jacobian from
below; the weights keep s_r e^{<w_r(0), x_i>} <= e^b by construction; a coupled start has |e(0)| = |y|. Then
kantorovich-drift. The step size rests on a bound B1 on all exponents, which costs delta2, as little as one likes.
"""

from __future__ import annotations

import numpy as np
from sympy import exp, sqrt

from lemmas.initialization import exp_uniform_bound
from lemmas.initialization.initial_residual import labels_at_start
from lemmas.notation.coupled import COUPLED, TWINS, paired
from lemmas.notation.damped import tau, theta, trace_q
from lemmas.notation.descent import beta, c, lip, sigma0
from lemmas.notation.jacobians import B1, M1, X_norm, b, n4, rad
from lemmas.notation.start import M1_g
from lemmas.notation.symbols import E_0, B, E_peak, R, delta, eta, g, i, lam, lam_K, m, nu, q, r, w, w0, x
from lemmas.notation.training import y_norm
from lemmas.steps import drift_path
from lemmas.steps.damped_start import WEIGHTED, cut, kept_eigenvalue, light, tame
from lemmas.steps.drift_path import J0_norm, psi
from verify import Lemma, Quantity, Relation, eq, gt, le, positive
from verify.proof import Fact, Inner, Norm, Proof, assume, bound, calc, in_domain, rules
from verify.proof.terms import Fold

delta2 = Quantity("delta2", positive(1, open_upper=True), "the part of delta spent on the step size")
ONE_SIDED = exp_uniform_bound.lemma.also["one-sided"]
SPENT = {delta: delta2}
LEVEL = ONE_SIDED.spelled_out(eq(0, B)).right.subs(SPENT)  # what exp-uniform-bound makes of delta2
FIXED = ("slope below norm", "slope left", "drift", "rate")
PARAMETERS: dict[str, Relation] = {
    "failure probabilities": le(exp(theta * q * tau) * trace_q + delta2, delta),
    "exponents": le(LEVEL, B1),
    "level": ONE_SIDED.given["level"].subs(SPENT),
    "some is kept": le(0, tau),
    "least slope": le(sigma0**2, m * tau * lam),
    "cut": le(cut, b),
    "curvature": le(n4 * exp(B1 + rad), lip),
    "norm": le(sqrt(m) * X_norm * exp(B1) + lip * (exp(rad) - 1), beta),
    "reach": le(y_norm, c * psi(rad)),
    "step size": le(c, 1 - eta * beta**2 / 2 - eta * lip * y_norm / 2),
    **{name: drift_path.GIVEN[name] for name in FIXED},
}
DATA: dict[str, Relation] = {"data": le(nu, 1), "definite": gt(lam_K, 0), "lambda": le(lam, lam_K)}


def events(p: Proof) -> tuple[Fact, Fact]:
    """P(an exponent exceeds its level) and P(H~ falls short of tau K)."""
    known = [p.given("data"), p.given("level"), *in_domain(delta2)]
    exponents = p.cite("exp-uniform-bound", SPENT, *known, part="one-sided")
    return exponents, p.cite("gram-laplace-tail", {}, p.given("rising"), p.given("above"))


def largest(p: Proof, exponents: Fact) -> Fact:
    """M1 <= B1, on the event."""
    level = exponents.low.args[0].args[1]
    one = calc(
        "one exponent",
        Inner(w0(r), x(i)),
        ("==", Inner(g(Fold(r, q)), x(i)), [paired(p)]),
        ("<=", M1_g, [rules.sup_member(M1_g, Fold(r, q), i)]),
        ("<=", level, [assume(le(M1_g, level), "the exponents at the start")]),
        ("<=", B1, [p.given("exponents")]),
    )
    return bound(M1, "<=", B1, rules.sup_least(one, r, i))


def slope(p: Proof) -> Fact:
    """sigma0^2 <= m lam_tame, on the event."""
    kept = kept_eigenvalue(p, p.given("definite"), p.given("some is kept"))
    return calc(
        "the damped Jacobian at the start",
        sigma0**2,
        ("<=", m * tau * lam, [p.given("least slope")]),
        ("<=", m * tau * lam_K, [p.given("lambda"), p.given("some is kept")]),
        ("<=", m * kept.high, [kept]),
    )


def size_at_start(p: Proof, below: Fact) -> Fact:
    """|J(W(0))| <= sqrt(m) |X| e^{B1}."""
    still = rules.sup_least(bound(Norm(w0(r) - w0(r)), "<=", 0), r)
    found = p.cite("jacobian-lipschitz", {w: w0, R: 0}, p.given("data"), below, still, part="bounded")
    return bound(J0_norm, "<=", sqrt(m) * X_norm * exp(B1), found, name="|J| at the start")


def on_good_event(p: Proof, exponents: Fact) -> Fact:
    """The residual decays, given the two events at the start."""
    below = largest(p, exponents)
    first = size_at_start(p, below)
    labels = bound(E_0, "==", y_norm, labels_at_start(p), name="the residual at the start is the labels")
    facts = [
        p.given("data"),
        bound(tame(p).low, "<=", exp(b), tame(p), p.given("cut"), name="no weighted exponent exceeds e^b"),
        light(p),
        slope(p),
        bound(n4 * exp(M1 + rad), "<=", lip, below, p.given("curvature"), name="the curvature in the ball"),
        bound(J0_norm + lip * (exp(rad) - 1), "<=", beta, first, p.given("norm"), name="|J| in the ball"),
        bound(E_0, "<=", c * psi(rad), labels, p.given("reach"), name="the ball is wide enough"),
        bound(c, "<=", 1 - eta * beta**2 / 2 - eta * lip * E_0 / 2, labels, p.given("step size"), name="the step size"),
        *(p.given(name) for name in FIXED),
    ]
    return p.cite("kantorovich-drift", {}, *facts, part="path")


def proof(p: Proof) -> Fact:
    exponents, tail = events(p)
    either = rules.good_events(on_good_event(p, exponents), exponents, tail)
    return p.conclude(bound(either.low, "<=", delta, either, p.given("failure probabilities"), name="both events"))


# One unit vector, 2^15 neurons, and trial numbers near the best. What makes a start coupled holds by construction.
ENOUGH = {
    "X": np.array([[1.0]]), "y": np.array([1.0]), "G": np.zeros((2**14, 1), dtype=int), "m": 2**15, "q": 2**14,
    "alpha": np.array([1.0]), "rho": np.array([0.55]), "alpha2": np.array([1.0]), "rho2": np.array([0.55]),
    "V1": np.array([[[0.246]]]), "V2": np.array([[[0.085]]]), "edge": np.array([2.2, 2.5, 3.0, 3.7]), "theta": 0.25,
    "T": np.array([[[[0.262]], [[0.178]], [[0.077]]]]), "T_top": np.array([[[0.019]]]), "tau": 0.1, "b": 2.25,
    "delta": 0.5, "delta2": 0.25, "lam": 7.0, "sigma0": 150.0, "L": 10.0, "rad": 1.0, "B1": 4.625, "lip": 280.0,
    "beta": 19200.0, "eta": 2.0**-30, "c": 0.5, "keep": 1 - 2.0**-17,
}  # fmt: skip

lemma = Lemma(
    le(E_peak, E_0),
    given={**COUPLED, **TWINS, **WEIGHTED, **DATA, **PARAMETERS},
    fails_with=delta,
    construction=(*COUPLED, *TWINS, "weights"),
    latex=r"\Pr\Big[\exists t:\ \|e(t)\| > (1-\eta c\rho^2)^t\,\|e(0)\|\Big] \le \delta,"
    r"\quad \rho = \sqrt{{m\tau\lambda}} - n_4e^b(e^s-1)",
    source="this project's explicit version",
    limitations="Every parameter but m may be any number, fixed before sampling, that meets the hypotheses. eta suits "
    "the worst start, so that there are far more steps than needed: kantorovich-drift allows a larger step size once "
    "the start is known.",
    uses=("exp-uniform-bound", "gram-laplace-tail", "jacobian-lipschitz", "kantorovich-drift"),
    proof=proof,
    point=ENOUGH,
)
