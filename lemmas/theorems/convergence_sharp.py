"""Convergence, the sharp chain: with probability 1 - delta every step has |e(t+1)| <= (1 - eta c sigma^2)|e(t)|.

Source: the Kantorovich argument on a Gram matrix bounded from below without truncation; every constant is this
project's explicit version. A coupled start; but for V, the order of the width is n^{1+o(1)}/lambda.

Proof: gram-lower-tail bounds the least singular value of the Jacobian at the start from below by sigma0, one-sided
exp-uniform-bound its curvature from above; a coupled start has |e(0)| = |y|. kantorovich-neuronwise does the rest, in
a Frobenius ball (main) or neuron by neuron; the step size may be measured at the start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lemmas.dynamics import kantorovich_neuronwise
from lemmas.gram import gram_variance_upper
from lemmas.initialization import exp_uniform_bound, gram_lower_tail
from lemmas.initialization.gram_lower_tail import t, v
from lemmas.notation.coupled import COUPLED, TWINS, paired, same_gram
from lemmas.notation.descent import beta, c, lip, sigma, sigma0
from lemmas.notation.jacobians import B1, X_norm
from lemmas.notation.start import M1_g, lam_g, v_A
from lemmas.notation.symbols import delta, eta, g, i, lam, lam_H0, lam_K, m, n, nu, q, r, w0, x
from lemmas.notation.training import (
    RUN,
    J_first,
    descent_gap_0,
    eta_0,
    lam_H1,
    worst_step_0,
    y_norm,
)
from lemmas.notation.walk import reach, size_first, walk, worst_step
from lemmas.perturbation import jacobian_lipschitz
from lemmas.steps import network_run
from lemmas.steps.first_residual import first_residual, starts
from lemmas.steps.sharp_chains import (
    BY_NEURONS,
    CHOICES,
    DATA_FREE,
    IN_BALL,
    MEASURED,
    NARROW,
    RUNS,
    UNKNOWNS,
    WHITENED,
    Tail,
    required,
    share,
    slope_at_start,
    slope_bound,
    spent,
    spread,
    spread_of,
)
from verify import Lemma, Relation, ge, le, lt
from verify.chain import Chain, Link
from verify.proof import Fact, Inner, Proof, assume, bound, calc, chain, in_domain, plus, rules
from verify.proof.terms import Fold


def composed(name: str, part: str, choices: dict[str, Relation], tail: Tail = WHITENED) -> Chain:
    """The chain with one of the two radii and one of the two tails."""
    short = Link(tail.lemma, {q: m / 2}, part=tail.part)
    return Chain(
        id=name,
        theorem="convergence-sharp",
        links=(
            Link("exp-uniform-bound", {q: m / 2, delta: share * delta}, part="one-sided"),
            short,
            Link("kantorovich-neuronwise", {**RUNS, **MEASURED}, part=part),
        ),
        width=m,
        level=delta,
        unknowns=UNKNOWNS,
        data=frozenset({n, nu, delta, lam, lam_K, v_A, v, X_norm, y_norm, *NARROW}),
        extra={**CHOICES, **choices, "share of the tail": spent((1 - share) * delta)},
        multiple=2,
        tuned={share: (0.0, 1.0)},
        defined={J_first: slope_bound, spread: partial(spread_of, short)},
    )


LEMMAS = {
    "exp-uniform-bound": exp_uniform_bound.lemma,
    "gram-lower-tail": gram_lower_tail.lemma,
    "gram-variance-upper": gram_variance_upper.lemma,
    "jacobian-lipschitz": jacobian_lipschitz.lemma,
    "kantorovich-neuronwise": kantorovich_neuronwise.lemma,
}
CHAIN = composed("sharp", "ball contraction", IN_BALL)
CHAIN_BY_NEURONS = composed("sharp", "contraction", BY_NEURONS)
CHAIN_DATA_FREE = composed("sharp", "ball contraction", IN_BALL, DATA_FREE)


BUILT = (*COUPLED, *TWINS, *RUN)
DRIVE = "kantorovich-neuronwise"


def events(p: Proof, tail: Tail) -> tuple[Fact, Fact]:
    """Prob(an exponent exceeds its level) and Prob(the least eigenvalue falls short)."""
    part = {delta: share * delta}
    pairs, positives = p.given("pairs"), [*in_domain(share), *in_domain(delta)]
    below = [p.given(f"exp-uniform-bound: {name}") for name in ("data", "level", "delta in its domain (upper)")]
    exponents = p.cite("exp-uniform-bound", part, *below, *positives, pairs, part="one-sided")
    return exponents, tail.event(p, {}, below[0])


def start(p: Proof, exponents: Fact) -> Fact:
    """<w_r(1), x_i> <= B1 for all r, i, on the event."""
    level = exponents.low.args[0].args[1]
    one = calc(
        "one exponent",
        Inner(walk(1, r), x(i)),
        ("==", Inner(w0(r), x(i)), [starts(p)]),
        ("==", Inner(g(Fold(r, q)), x(i)), [paired(p)]),
        ("<=", M1_g, [rules.sup_member(M1_g, Fold(r, q), i)]),
        ("<=", level, [assume(le(M1_g, level))]),
        ("<=", B1, [p.given(f"{DRIVE}: start, from exp-uniform-bound"), p.given("pairs")]),
    )
    return rules.sup_least(one, r, i)


def slope(p: Proof, tail: Tail) -> Fact:
    """sigma0^2 / m <= lambda_min(H(W(1))) on the event."""
    return calc(
        "the least eigenvalue at the start",
        sigma0**2 / m,
        ("<=", (1 - t) * tail.least, [p.given(f"{DRIVE}: slope, from {tail.lemma}")]),
        ("<=", lam_g, [assume(ge(lam_g, (1 - t) * tail.least))]),
        ("==", lam_H0, [same_gram(p)]),
        ("==", lam_H1, [starts(p)]),
    )


def on_good_event(p: Proof, exponents: Fact, part: str, tail: Tail) -> Fact:
    """The claim, given the two events at the start."""
    below, labels = start(p, exponents), first_residual(p)
    enough = p.given(f"{DRIVE}: bounded")
    known = [*always(p, below, tail), p.given("descent")]
    known.append(bound(J_first + sigma0 - sigma, "<=", beta, slope_at_start(p, below), enough, name="|J| in the ball"))
    known += [bound(r_.left, "<=", r_.right, p.given(f"{DRIVE}: {name}"), labels) for name, r_ in FIRST.items()]
    return p.cite(DRIVE, {}, *known, part=part)


def with_measured_step(p: Proof, exponents: Fact, part: str, tail: Tail) -> Fact:
    """The same where the step size is chosen for |J(W(1))|."""
    below, labels = start(p, exponents), first_residual(p)
    largest = J_first + sigma0 - sigma
    known = [*always(p, below, tail), p.given("descent"), bound(largest, "<=", largest)]
    step, size = p.given("measured step"), FIRST["inside"]
    known.append(bound(c, "<=", step.high.subs(y_norm, size_first), step, labels, name="the step size"))
    known.append(bound(size.left, "<=", size.right, p.given(f"{DRIVE}: inside"), labels))
    left = plus(p.given("slope left"), -sigma)
    positive_beta = chain(left, bound(left.high, "<=", largest), name="0 < beta")
    return p.cite(DRIVE, {eta: eta_0, beta: largest}, positive_beta, *known, part=part)


def always(p: Proof, below: Fact, tail: Tail) -> list[Fact]:
    """The hypotheses that do not speak of the step size."""
    named = [p.given(f"{DRIVE}: {name}") for name in ("lipschitz", "radius")]
    return [p.given("exp-uniform-bound: data"), p.given("residuals"), below, slope(p, tail), *named]


FIRST = {name: network_run.NETWORK[name] for name in ("step size", "inside")}
GoodEvent = Callable[[Proof, Fact, str, Tail], Fact]


def proved(part: str, good: GoodEvent = on_good_event, tail: Tail = WHITENED) -> Callable[[Proof], Fact]:
    """The proof of the theorem for one part of kantorovich-neuronwise."""

    def proof(p: Proof) -> Fact:
        exponents, eigenvalue = events(p, tail)
        either = rules.good_events(good(p, exponents, part, tail), exponents, eigenvalue)
        level = p.given("convergence-sharp: failure probabilities")
        return p.conclude(bound(either.low, "<=", delta, either, level, p.given("pairs"), name="both events"))

    return proof


GIVEN = {**COUPLED, **TWINS, **RUN, **required(LEMMAS, CHAIN)}
STEP = ("bounded", "step size")
MEASURED_STEP: dict[str, Relation] = {
    **{k: relation for k, relation in GIVEN.items() if k not in {f"{DRIVE}: {name}" for name in STEP}},
    "descent": le(descent_gap_0, 0),
    "slope left": lt(sigma, sigma0),
    "measured step": le(c, 1 - eta_0 * (J_first + sigma0 - sigma) ** 2 / 2 - eta_0 * lip * y_norm / 2),
}
USES = ("exp-uniform-bound", "gram-lower-tail", "gram-variance-upper", "jacobian-lipschitz", "kantorovich-neuronwise")
# One unit vector, so V = e^4, and 2^20 neurons; that the start is coupled and the run one of descent is construction.
ENOUGH = {
    "X": np.array([[1.0]]), "y": np.array([1.0]), "m": 2**20, "q": 2**19, "delta": 0.5, "share": 0.5, "t": 0.5,
    "v": 55.0, "lam": 7.38, "B1": 6.0, "R": 0.5, "lip": 666.0, "beta": 420000.0, "sigma0": 1945.0, "sigma": 1800.0,
    "c": 0.5, "eta": 2.0**-38, "eta_0": 2.0**-38, "J_first": 1024.0,
}  # fmt: skip
COMMON: dict[str, Any] = {"fails_with": delta, "construction": BUILT, "point": ENOUGH}
LIMITS = (
    "The Gram matrix asks for a width of order V log(n/delta), V being computed for the data or bounded by a multiple "
    "of n^2/lambda^2; the rest is of order n^{1+o(1)}/lambda. lambda itself may fall super-exponentially with n."
)

lemma = Lemma(
    le(worst_step, 0),
    given=GIVEN,
    latex=r"\Pr\big[\exists t:\ \|e(t+1)\| > (1-\eta c\sigma_*^2)\,\|e(t)\|\big] \le \delta",
    source="the Kantorovich argument on a Gram matrix bounded without truncation; this project's explicit version",
    limitations=f"{LIMITS} The step size is that of the worst start: 'measured step' takes far fewer steps.",
    proof=proved("ball contraction"),
    also={
        "radius": Lemma(
            le(reach, (sigma0 - sigma) / lip),
            given=GIVEN,
            latex=r"\Pr\big[\exists t:\ \|W(t)-W(0)\|_F > (\sigma_0-\sigma_*)/\Lambda\big] \le \delta",
            limitations=LIMITS,
            proof=proved("ball"),
            uses=USES,
            **COMMON,
        ),
        "measured step": Lemma(
            le(worst_step_0, 0),
            given=MEASURED_STEP,
            latex=r"\text{{the same if }} \eta \text{{ is chosen after the start, }}"
            r" c \le 1 - \tfrac{{\eta}}{{2}}\big((\|J(W(0))\|+\sigma_0-\sigma_*)^2 + \Lambda\|y\|\big)",
            limitations=LIMITS,
            proof=proved("ball contraction", with_measured_step),
            uses=USES,
            **{**COMMON, "construction": (*BUILT, "measured step")},
        ),
        "by neurons": Lemma(
            le(worst_step, 0),
            given={**COUPLED, **TWINS, **RUN, **required(LEMMAS, CHAIN_BY_NEURONS)},
            latex=r"\text{{the same with }} R \ge \log(\sigma_0/\sigma_*) \text{{ for each neuron}}",
            limitations="For a coupled start the ball serves better.",
            proof=proved("contraction"),
            uses=USES,
            **COMMON,
        ),
        "data-free": Lemma(
            le(worst_step, 0),
            given={**COUPLED, **TWINS, **RUN, **required(LEMMAS, CHAIN_DATA_FREE)},
            latex=r"\text{{the same with }} v = e^8 n^2/\lambda^2 \text{{ for }} V",
            limitations="The data enter through lambda, |X| and |y| alone; V itself is much smaller.",
            proof=proved("ball contraction", tail=DATA_FREE),
            uses=USES,
            **COMMON,
        ),
    },
    uses=USES,
    **COMMON,
)
