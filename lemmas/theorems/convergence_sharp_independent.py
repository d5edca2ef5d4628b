"""Convergence for independent signs: with probability 1 - delta every step has |e(t+1)| <= (1 - eta c sigma^2)|e(t)|.

Source: the Kantorovich argument, neuron by neuron, at the abstract's own initialization; every constant is this
project's explicit version. The width is of order n^2 e^{2 B1}/(delta lambda^2), so n^{2+o(1)}: the abstract's exponent.

Proof: as convergence-sharp, but |e(0)| <= |y| + |F(W(0))| grows like sqrt(m n), by Markov's inequality over the signs
(initial-residual), or, with 1/delta in a logarithm only, by initial-residual-subgaussian. A ball for all weights
together would not do: its radius is of order sqrt(n), however large m is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import sympy as sp
from sympy import exp, log

from lemmas.dynamics import kantorovich_neuronwise
from lemmas.gram import gram_variance_upper
from lemmas.initialization import (
    exp_uniform_bound,
    gram_lower_tail,
    initial_residual,
    initial_residual_subgaussian,
)
from lemmas.initialization.gram_lower_tail import t, v
from lemmas.notation.descent import beta, sigma, sigma0
from lemmas.notation.jacobians import B1, X_norm
from lemmas.notation.start import M1_g, b, lam_g, v_A
from lemmas.notation.symbols import a, delta, g, i, j, lam, lam_K, m, n, nu, q, r, x, y
from lemmas.notation.training import (
    H_first,
    J_first,
    M1_first,
    descent_gap,
    lam_H1,
    output_at,
    own_gap,
    residual_gap,
    toss_gap,
    y_norm,
)
from lemmas.notation.walk import farthest, size_first, walk, worst_step
from lemmas.perturbation import jacobian_lipschitz
from lemmas.steps import network_run
from lemmas.steps.sharp_chains import (
    BY_NEURONS,
    CHOICES,
    DATA_FREE,
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
from lemmas.steps.sharp_outputs import MARKOV, SUB_GAUSSIAN, F_size, Output
from verify import Lemma, Quantity, Relation, le, positive
from verify.chain import Chain, Link
from verify.proof import Fact, Inner, Proof, assume, bound, calc, chain, in_domain, rules, total
from verify.proof.terms import Entry, euclidean

d_B = Quantity("d_B", positive(1, open_upper=True), "what of delta is spent on the exponents at the start")


def composed(tail: Tail, output: Output) -> Chain:
    """The chain with one of the two tails, and one of the two bounds on the output at the start."""
    short = Link(tail.lemma, {q: m}, part=tail.part)
    left = delta - sp.Add(d_B, *output.levels)
    return Chain(
        id="sharp-independent",
        theorem="convergence-sharp-independent",
        links=(
            Link("exp-uniform-bound", {q: m, delta: d_B}, part="one-sided"),
            short,
            *output.links,
            Link(
                "kantorovich-neuronwise",
                {**RUNS, M1_first: M1_g, lam_H1: lam_g, size_first: y_norm + F_size},
                part="contraction",
            ),
        ),
        width=m,
        level=delta,
        unknowns=((d_B, "greatest"), *((level, "greatest") for level in output.levels), *UNKNOWNS),
        data=frozenset({n, nu, delta, lam, lam_K, v_A, v, X_norm, y_norm, *NARROW}),
        extra={
            **CHOICES,
            **BY_NEURONS,
            "share of the tail": spent(left),
            "share of the exponents": le(d_B, share * delta),
            **output.shares,
        },
        tuned={share: (0.0, 1.0)},
        defined={J_first: slope_bound, spread: partial(spread_of, short), F_size: output.size},
    )


CHAIN, CHAIN_DATA_FREE = composed(WHITENED, MARKOV), composed(DATA_FREE, MARKOV)
CHAIN_SUB_GAUSSIAN = composed(WHITENED, SUB_GAUSSIAN)
LEMMAS = {
    "exp-uniform-bound": exp_uniform_bound.lemma,
    "gram-lower-tail": gram_lower_tail.lemma,
    "gram-variance-upper": gram_variance_upper.lemma,
    "initial-residual": initial_residual.lemma,
    "initial-residual-subgaussian": initial_residual_subgaussian.lemma,
    "jacobian-lipschitz": jacobian_lipschitz.lemma,
    "kantorovich-neuronwise": kantorovich_neuronwise.lemma,
}


RUN: dict[str, Relation] = {
    "own vectors": le(own_gap, 0),
    "own signs": le(toss_gap, 0),
    "descent": le(descent_gap, 0),
    "residuals": le(residual_gap, 0),
}
DRIVE = "kantorovich-neuronwise"


def owned(p: Proof) -> Fact:
    """w_r(1) = g_r."""
    return rules.zero_norm(chain(rules.sup_member(own_gap, r), p.given("own vectors")))


def tossed(p: Proof) -> Fact:
    """a_r = b_r, an independent sign."""
    return rules.zero_absolute(chain(rules.sup_member(toss_gap, r), p.given("own signs")), a(r))


def events(p: Proof, tail: Tail, output: Output) -> list[Fact]:
    """Prob(an exponent exceeds its level), Prob(the least eigenvalue falls short), Prob(the output is large)."""
    sizes, count = {q: m}, in_domain(m)
    data, level = p.given("exp-uniform-bound: data"), p.given("exp-uniform-bound: level")
    return [
        p.cite("exp-uniform-bound", {**sizes, delta: d_B}, data, level, *in_domain(d_B), *count, part="one-sided"),
        tail.event(p, sizes, data, *count),
        *output.events(p, (data, *count)),
    ]


def held(event: Fact) -> Fact:
    """What holds unless the event happens."""
    left, right = event.low.args[0].args
    return assume(le(left, right))


def start(p: Proof, exponents: Fact) -> Fact:
    """<w_r(1), x_i> <= B1 for all r, i."""
    all_of_them = held(exponents)
    one = calc(
        "one exponent",
        Inner(walk(1, r), x(i)),
        ("==", Inner(g(r), x(i)), [owned(p)]),
        ("<=", all_of_them.low, [rules.sup_member(all_of_them.low, r, i)]),
        ("<=", all_of_them.high, [all_of_them]),
        ("<=", B1, [p.given(f"{DRIVE}: start, from exp-uniform-bound")]),
    )
    return rules.sup_least(one, r, i)


def slope(p: Proof, eigenvalue: Fact, tail: Tail) -> Fact:
    """sigma0^2 / m <= lambda_min(H(W(1)))."""
    least = held(eigenvalue)
    gram = least.high.args[0]
    entry = bound(Entry(H_first, i, j), "==", Entry(gram, i, j), owned(p), name="H(W(1)) is H of the Gaussian vectors")
    return calc(
        "the least eigenvalue at the start",
        sigma0**2 / m,
        ("<=", (1 - t) * tail.least, [p.given(f"{DRIVE}: slope, from {tail.lemma}")]),
        ("<=", least.high, [least]),
        ("==", lam_H1, [rules.equal_entries(H_first, gram, entry, i, j)]),
    )


def first_residual(p: Proof, small: Fact) -> Fact:
    """|e(1)| <= |y| + the bound on the output."""
    shown = bound(output_at(1, i), "==", total(b(r) * exp(Inner(g(r), x(i))), r), owned(p), tossed(p))
    return calc(
        "the residual at the start",
        size_first,
        ("==", euclidean(y(i) - output_at(1, i), i), [network_run.equal_residual(p, sp.S.One, sp.S.One)]),
        ("<=", y_norm + euclidean(-output_at(1, i), i), [rules.euclidean_triangle(i, y(i), -output_at(1, i))]),
        ("==", y_norm + small.low, [shown]),
        ("<=", y_norm + small.high, [small]),
    )


FIRST = {name: network_run.NETWORK[name] for name in ("step size", "inside")}


def proved(part: str, tail: Tail = WHITENED, output: Output = MARKOV) -> Callable[[Proof], Fact]:
    """The proof for one part of kantorovich-neuronwise."""

    def proof(p: Proof) -> Fact:
        exponents, eigenvalue, *large = happened = events(p, tail, output)
        below, size = start(p, exponents), first_residual(p, output.small([held(event) for event in large]))
        known = [p.given("exp-uniform-bound: data"), p.given("residuals"), p.given("descent"), below]
        known += [p.given(f"{DRIVE}: {name}") for name in ("lipschitz", "radius")]
        known += [slope(p, eigenvalue, tail)]
        known.append(
            bound(J_first + sigma0 - sigma, "<=", beta, slope_at_start(p, below), p.given(f"{DRIVE}: bounded"))
        )
        known += [bound(k.left, "<=", k.right, p.given(f"{DRIVE}: {name}"), size) for name, k in FIRST.items()]
        good = rules.good_events(p.cite(DRIVE, {}, *known, part=part), *happened)
        level = p.given("convergence-sharp-independent: failure probabilities")
        return p.conclude(bound(good.low, "<=", delta, good, level, name="all events"))

    return proof


USES = (
    "exp-uniform-bound",
    "gram-lower-tail",
    "gram-variance-upper",
    "initial-residual",
    "initial-residual-subgaussian",
    "jacobian-lipschitz",
    "kantorovich-neuronwise",
)
GIVEN = {**RUN, **required(LEMMAS, CHAIN)}
# One unit vector and 2^40 neurons; that vectors and signs are independent and the run one of descent is construction.
ENOUGH = {
    "X": np.array([[1.0]]), "y": np.array([1.0]), "m": 2**40, "q": 2**40, "delta": 0.6, "d_B": 0.25, "d_F": 0.25,
    "d_E": 0.05, "t": 0.5, "v": 55.0, "lam": 7.38, "B1": 7.8, "R": 0.56, "lip": 4300.0, "beta": 2.6e9, "sigma0": 2.0e6,
    "sigma": 1.2e6, "c": 0.5, "eta": 2.0**-63,
}  # fmt: skip
COMMON: dict[str, Any] = {"fails_with": delta, "construction": tuple(RUN), "point": ENOUGH}
LIMITS = "Needs far more neurons than can be simulated; the step size is that of the worst start."

lemma = Lemma(
    le(worst_step, 0),
    given=GIVEN,
    latex=r"\Pr\big[\exists t:\ \|e(t+1)\| > (1-\eta c\sigma_*^2)\,\|e(t)\|\big] \le \delta"
    r"\text{{ for independent signs}}",
    source="the Kantorovich argument, neuron by neuron; this project's explicit version",
    limitations=LIMITS,
    uses=USES,
    proof=proved("contraction"),
    also={
        "radius": Lemma(
            le(farthest, log(sigma0) - log(sigma)),
            given=GIVEN,
            latex=r"\Pr\big[\exists t, r:\ \|w_r(t)-w_r(0)\| > \log(\sigma_0/\sigma_*)\big] \le \delta",
            limitations=LIMITS,
            uses=USES,
            proof=proved(""),
            **COMMON,
        ),
        "sub-Gaussian": Lemma(
            le(worst_step, 0),
            given={**RUN, **required(LEMMAS, CHAIN_SUB_GAUSSIAN)},
            latex=r"\text{{the same with }} \|F(W(0))\| \text{{ of order }} \sqrt{{mn\log(1/\delta)}}",
            limitations="Four events share delta: at delta = .1 little is gained over Markov's inequality.",
            uses=USES,
            proof=proved("contraction", output=SUB_GAUSSIAN),
            **COMMON,
        ),
        "data-free": Lemma(
            le(worst_step, 0),
            given={**RUN, **required(LEMMAS, CHAIN_DATA_FREE)},
            latex=r"\text{{the same with }} v = e^8 n^2/\lambda^2 \text{{ for }} V",
            limitations="The data enter through lambda, |X| and |y| alone.",
            uses=USES,
            proof=proved("contraction", DATA_FREE),
            **COMMON,
        ),
    },
    **COMMON,
)
