"""Convergence, the tight chain: with probability >= 1 - delta, |e(t+1)| <= (1 - eta c rho^2) |e(t)| for all t.

On the random points of the sphere that were tried, m is at most six times the number of Gaussian vectors that are seen
to keep half of lambda; where points nearly coincide, or are short, twenty times and far more: the path of descent is
paid for with 1/lambda.

Neurons far out are damped in the analysis, the network is untouched: the least singular value of the damped Jacobian
at the start is all that costs probability, and it drifts slowly whatever the outlying neurons do.

Source: this project's explicit version. A coupled start; rho = sigma0 - L (e^s - 1), L = n4 e^b.

Proof: gram-laplace-tail gives K^{-1/2} H~ K^{-1/2} >= tau, so sigma0^2 <= m tau lambda bounds the damped Jacobian from
below; the weights keep s_r e^{<w_r(0), x_i>} <= e^b by construction; a coupled start has |e(0)| = |y|. Then
kantorovich-drift. The step size rests on a bound B1 on all exponents, which costs delta2, as little as one likes; in
'measured step' on |J(W(0))| and the largest exponent as they are drawn, which costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from sympy import exp, sqrt

from lemmas.initialization import exp_uniform_bound
from lemmas.notation.coupled import COUPLED, TWINS, paired
from lemmas.notation.damped import tau, theta, trace_q
from lemmas.notation.descent import beta, c, lip, sigma0
from lemmas.notation.jacobians import B1, M1, X_norm, b, damp, n4, rad, weight
from lemmas.notation.start import M1_g
from lemmas.notation.symbols import B_q, R, delta, eta, g, i, j, lam, lam_K, m, n, nu, q, r, w, w0, x
from lemmas.notation.training import RUN, descent_gap_0, eta_0, y_norm
from lemmas.notation.walk import size_first
from lemmas.steps import drift_path
from lemmas.steps.damped_start import WEIGHTED, cut, kept_eigenvalue, light, tame
from lemmas.steps.drift_now import grown
from lemmas.steps.drift_path import START, TAME, D_path, J0_norm, feature, lam_tame, psi, worst_drift, worst_drift_0
from lemmas.steps.first_residual import first_residual
from lemmas.steps.kantorovich import L
from verify import Lemma, Quantity, Relation, eq, gt, le, positive
from verify.proof import Fact, Inner, Norm, Proof, assume, bound, calc, chain, in_domain, plus, rules, times, total
from verify.proof.rules.forms import image
from verify.proof.terms import Fold

delta2 = Quantity("delta2", positive(1, open_upper=True), "the part of delta spent on the step size")
ONE_SIDED = exp_uniform_bound.lemma.also["one-sided"]
SPENT = {delta: delta2}
LEVEL = ONE_SIDED.spelled_out(eq(0, B_q)).right.subs(SPENT)  # what exp-uniform-bound makes of delta2
FIXED = ("slope left", "drift")
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
    "slope below norm": drift_path.GIVEN["slope below norm"],
    **{name: drift_path.GIVEN[name] for name in FIXED},
}
ON_EXPONENTS = ("exponents", "level", "curvature", "norm", "step size", "slope below norm")
BEND = L * exp(M1 + rad - b)  # Lambda, from the exponents as they are drawn
SIZE = J0_norm + BEND * (exp(rad) - 1)  # |J| in the ball
MEASURED: dict[str, Relation] = {
    **{name: relation for name, relation in PARAMETERS.items() if name not in ON_EXPONENTS},
    "failure probabilities": le(exp(theta * q * tau) * trace_q, delta),
    "descent": le(descent_gap_0, 0),
    "measured step": le(c, 1 - eta_0 * SIZE**2 / 2 - eta_0 * BEND * y_norm / 2),
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


def always(p: Proof) -> list[Fact]:
    """The hypotheses of kantorovich-drift that do not speak of the step size, given that H~ keeps tau K."""
    return [
        p.given("data"),
        bound(tame(p).low, "<=", exp(b), tame(p), p.given("cut"), name="no weighted exponent exceeds e^b"),
        light(p),
        slope(p),
        bound(size_first, "<=", c * psi(rad), first_residual(p), p.given("reach"), name="the ball is wide enough"),
        *(p.given(name) for name in (*FIXED, "starts there", "descent", "residuals")),
    ]


def on_good_event(p: Proof, exponents: Fact, part: str) -> Fact:
    """The claim, given the two events at the start."""
    below, labels = largest(p, exponents), first_residual(p)
    first = size_at_start(p, below)
    facts = [
        *always(p),
        bound(n4 * exp(M1 + rad), "<=", lip, below, p.given("curvature"), name="the curvature in the ball"),
        bound(J0_norm + lip * (exp(rad) - 1), "<=", beta, first, p.given("norm"), name="|J| in the ball"),
        bound(c, "<=", 1 - eta * beta**2 / 2 - eta * lip * size_first / 2, labels, p.given("step size")),
        p.given("slope below norm"),
    ]
    return p.cite("kantorovich-drift", {}, *facts, part=part)


def slope_below_norm(p: Proof) -> Fact:
    """sigma0 <= |J(W(0))|: J~0 is J(W(0)) with blocks made smaller, as seen on the vector of ones."""
    light_block = damp(r) * feature(i) * x(i)
    split = rules.common_factor(damp(r) / sqrt(m), feature(i) * x(i), i)
    least = rules.gram_form_below(TAME, light_block / sqrt(m), sp.S.One, i, j, r)
    whole = rules.gram_form_above(START, feature(i) * x(i), sp.S.One, i, j, r)
    weight_at_most_one = chain(rules.sup_member(weight, r), light(p))
    block = times(rules.square_of_bounded(weight_at_most_one, damp(r)), Norm(total(feature(i) * x(i), i)) ** 2)
    lighter = rules.sum_bound(block, r)
    square = calc(
        "on the vector of ones",
        n * sigma0**2,
        ("<=", n * m * lam_tame, [slope(p)]),
        ("<=", m * image(sp.S.One, light_block / sqrt(m), i, r), [least]),
        ("==", m * total(split.right**2, r), [split]),
        ("==", lighter.low, []),
        ("<=", lighter.high, [lighter]),
        ("<=", n * J0_norm**2, [whole]),
    )
    return rules.root_at_least(times(square, 1 / n), sigma0)


def with_measured_step(p: Proof, part: str) -> Fact:
    """The same where the step size suits the start as it is drawn: only the Gram matrix may fail."""
    lipschitz = times(p.given("drift"), exp(M1 + rad - b), name="the curvature in the ball")
    labels = first_residual(p)
    known = p.given("measured step")
    more = plus(times(grown(), BEND), J0_norm, expand=False)
    below = chain(slope_below_norm(p), more, name="sigma0 <= |J| in the ball")
    facts = [
        *always(p),
        lipschitz,
        bound(SIZE, "<=", SIZE),
        bound(c, "<=", known.high.subs(y_norm, size_first), known, labels, name="the step size"),
        below,
        chain(*in_domain(sigma0), below, name="0 < |J|"),
    ]
    return p.cite("kantorovich-drift", {eta: eta_0, lip: BEND, beta: SIZE}, *facts, part=part)


def proved(part: str) -> Callable[[Proof], Fact]:
    """The proof for one part of kantorovich-drift."""

    def proof(p: Proof) -> Fact:
        exponents, tail = events(p)
        either = rules.good_events(on_good_event(p, exponents, part), exponents, tail)
        return p.conclude(bound(either.low, "<=", delta, either, p.given("failure probabilities"), name="both events"))

    return proof


def measured(part: str) -> Callable[[Proof], Fact]:
    """The same with a step size chosen after the start."""

    def proof(p: Proof) -> Fact:
        tail = p.cite("gram-laplace-tail", {}, p.given("rising"), p.given("above"))
        kept = rules.good_events(with_measured_step(p, part), tail)
        return p.conclude(bound(kept.low, "<=", delta, kept, p.given("failure probabilities"), name="the only event"))

    return proof


# One unit vector, 2^15 neurons, and trial numbers near the best. What makes a start coupled holds by construction.
ENOUGH = {
    "X": np.array([[1.0]]), "y": np.array([1.0]), "G": np.zeros((2**14, 1), dtype=int), "m": 2**15, "q": 2**14,
    "alpha": np.array([1.0]), "rho": np.array([0.55]), "alpha2": np.array([1.0]), "rho2": np.array([0.55]),
    "V1": np.array([[[0.246]]]), "V2": np.array([[[0.085]]]), "edge": np.array([2.2, 2.5, 3.0, 3.7]), "theta": 0.25,
    "T": np.array([[[[0.262]], [[0.178]], [[0.077]]]]), "T_top": np.array([[[0.019]]]), "tau": 0.1, "b": 2.25,
    "delta": 0.5, "delta2": 0.25, "lam": 7.0, "sigma0": 150.0, "L": 10.0, "rad": 1.0, "B1": 4.625, "lip": 280.0,
    "beta": 19200.0, "eta": 2.0**-30, "c": 0.5,
}  # fmt: skip
BUILT = (*COUPLED, *TWINS, *RUN, "weights")
STARTED: dict[str, Relation] = {**COUPLED, **TWINS, **RUN, **WEIGHTED, **DATA}
GIVEN: dict[str, Relation] = {**STARTED, **PARAMETERS}
GIVEN_MEASURED: dict[str, Relation] = {**STARTED, **MEASURED}
COMMON: dict[str, Any] = {"fails_with": delta, "construction": BUILT, "point": ENOUGH}
BUILT_MEASURED: dict[str, Any] = {**COMMON, "construction": (*BUILT, "measured step")}
USES = ("exp-uniform-bound", "gram-laplace-tail", "jacobian-lipschitz", "kantorovich-drift")
LIMITS = "Every parameter but m may be any number, fixed before sampling, that meets the hypotheses."
CHOSEN = r"\text{{ if }} \eta \text{{ is chosen after the start, }}"
CHOSEN += r" c \le 1 - \tfrac{{\eta}}{{2}}\big(\beta^2 + \Lambda\|y\|\big),"
CHOSEN += r"\ \beta = \|J(W(0))\| + \Lambda(e^s-1),\ \Lambda = Le^{{\max\langle w_r(0),x_i\rangle+s-b}}"

lemma = Lemma(
    le(worst_drift, 0),
    given=GIVEN,
    latex=r"\Pr\big[\exists t:\ \|e(t+1)\| > (1-\eta c\rho^2)\,\|e(t)\|\big] \le \delta,"
    r"\quad \rho = \sqrt{{m\tau\lambda}} - n_4e^b(e^s-1)",
    source="this project's explicit version",
    limitations=f"{LIMITS} The step size is that of the worst start: 'measured step' takes far fewer steps.",
    proof=proved("contraction"),
    also={
        "radius": Lemma(
            le(D_path, rad),
            given=GIVEN,
            latex=r"\Pr\big[\exists t:\ \|W(t)-W(0)\|_F > s\big] \le \delta",
            limitations=LIMITS,
            proof=proved("stays"),
            uses=USES,
            **COMMON,
        ),
        "measured step": Lemma(
            le(worst_drift_0, 0),
            given=GIVEN_MEASURED,
            latex=rf"\Pr\big[\exists t:\ \|e(t+1)\| > (1-\eta c\rho^2)\,\|e(t)\|\big] \le \delta {CHOSEN}",
            limitations=LIMITS,
            proof=measured("contraction"),
            uses=("gram-laplace-tail", "kantorovich-drift"),
            **BUILT_MEASURED,
        ),
        "measured radius": Lemma(
            le(D_path, rad),
            given=GIVEN_MEASURED,
            latex=rf"\Pr\big[\exists t:\ \|W(t)-W(0)\|_F > s\big] \le \delta {CHOSEN}",
            limitations=LIMITS,
            proof=measured("stays"),
            uses=("gram-laplace-tail", "kantorovich-drift"),
            **BUILT_MEASURED,
        ),
    },
    uses=USES,
    **COMMON,
)
