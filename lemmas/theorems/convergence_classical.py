"""Convergence, the classical chain: with probability >= 1 - delta, |e(t)| <= (1 - eta m lambda/C)^t |e(0)| for all t.

Source: the route that the literature takes to this theorem; every constant is this project's explicit version.

Proof: by induction over the steps. While no neuron has moved further than R, the Gram matrix keeps its least
eigenvalue above lambda/2 (gram-perturbation), so each step contracts with the C of step-contraction, so the neurons
stay within R (weight-movement at that rate). The two events at the start are those of exp-uniform-bound and
gram-concentration-frobenius. The hypotheses are those of the lemmas, composed; a coupled start makes the residual at
the start the labels.
"""

from __future__ import annotations

import numpy as np
import sympy as sp
from sympy import exp, sqrt

from lemmas.dynamics import step_contraction, weight_movement
from lemmas.initialization import exp_uniform_bound, gram_concentration_frobenius
from lemmas.notation.coupled import COUPLED, TWINS, same_gram, same_largest
from lemmas.notation.runs import E_0, E_peak, S_path, drift, e_path, keep, lag, path
from lemmas.notation.start import lam_g
from lemmas.notation.symbols import (
    B,
    E,
    M,
    M_g,
    R,
    S,
    T,
    delta,
    e,
    eta,
    i,
    lam,
    lam_H0,
    lam_K,
    m,
    n,
    nu,
    q,
    r,
    t,
    w,
    w0,
    y_max,
)
from lemmas.perturbation import gram_perturbation
from verify import Lemma, Quantity, eq, ge, le, positive
from verify.chain import Chain, Library, Link, hypotheses
from verify.proof import Fact, Norm, Proof, assume, bound, calc, chain, in_domain, iterate, plus, rules, times, value_of
from verify.proof.terms import euclidean

HALF = {q: m / 2, delta: delta / 2}
SHARED = {M: M_g, lam_H0: lam_g}  # what a coupled start makes equal
STILL = {S_path: S, drift: S, E_0: sqrt(n), lag: 0}
C = step_contraction.C  # the rate of the theorem is that of one step
rate = Quantity("rate", positive(), "by what share the residual shrinks in each step, at least")


def rate_of_step(library: Library) -> sp.Expr:
    """eta m lambda / C, read off the claim of step-contraction as it stands in this library."""
    contraction = library("step-contraction")
    return sp.expand(1 - contraction.spelled_out(contraction.claim).right / E)


def at_rate(share: sp.Expr) -> dict[Quantity, sp.Expr]:
    """weight-movement at a rate: its lambda is no eigenvalue, but whatever makes eta m lambda/4 the rate."""
    return {lam: 4 * share / (eta * m)}


CHAIN = Chain(
    id="classical",
    theorem="convergence-classical",
    links=(
        Link("exp-uniform-bound", HALF),
        Link("gram-concentration-frobenius", HALF, part="eigenvalue"),
        Link("gram-perturbation", SHARED, part="eigenvalue"),
        Link("step-contraction", {**SHARED, E: sqrt(n)}),
        Link("weight-movement", {**SHARED, **STILL, keep: 1 - rate, **at_rate(rate)}),
    ),
    width=m,
    level=delta,
    unknowns=((B, "least"), (R, "greatest"), (eta, "greatest")),
    data=frozenset({n, lam, delta, nu, lam_K}),
    multiple=2,
    defined={rate: rate_of_step},
)
REQUIRED = hypotheses(
    CHAIN,
    {
        "exp-uniform-bound": exp_uniform_bound.lemma,
        "gram-concentration-frobenius": gram_concentration_frobenius.lemma,
        "gram-perturbation": gram_perturbation.lemma,
        "step-contraction": step_contraction.lemma,
        "weight-movement": weight_movement.lemma,
    },
)


def proof(p: Proof) -> Fact:
    data = p.given("exp-uniform-bound: data")
    small = p.given("exp-uniform-bound: delta in its domain (upper)")
    half = {delta: delta / 2}
    exponents = p.cite("exp-uniform-bound", half, data, small, *in_domain(delta))
    eigenvalue = p.cite(
        "gram-concentration-frobenius",
        half,
        data,
        small,
        *in_domain(delta),
        p.given("gram-concentration-frobenius: lambda"),
        p.given("gram-concentration-frobenius: width"),
        p.given("pairs"),
        part="eigenvalue",
    )
    level = exponents.low.args[0].args[1]
    allowed = bound(level, "<=", B, p.given("gram-perturbation: start, from exp-uniform-bound"), p.given("pairs"))
    start = chain(same_largest(p), assume(le(M_g, level)), allowed, name="no exponent exceeds B")
    initial = bound(lam_H0, ">=", 3 * lam / 4, same_gram(p), assume(ge(lam_g, 3 * lam / 4)), name="lambda at the start")
    stays = on_good_event(p, start, initial)
    return p.conclude(rules.good_events(stays, exponents, eigenvalue))


def on_good_event(p: Proof, start: Fact, initial: Fact) -> Fact:
    """|e(t)| <= keep^t |e(0)| for all t, given the two events at the start."""
    near, decay = assume(le(S_path, R), "near so far"), assume(le(E_peak, E_0), "decay so far")
    setting = [p.given("exp-uniform-bound: data"), start]
    labels = p.cite("initial-residual", {}, *(p.given(name) for name in ("labels", *TWINS)))
    move, ratio = Norm(path(t, r) - w0(r)), euclidean(e_path(t, i), i) / keep ** (t - 1)
    bases = [near_at_start(), bound(ratio.subs(t, 1), "<=", E_0, name="decay at the start")]
    steps = [
        near_next(p, [*setting, near], decay, labels),
        decay_next(p, setting, near, decay, initial, labels),
    ]
    return rules.complete_induction([(move, (r,)), (ratio, ())], bases, steps, t, 1)


def near_at_start() -> Fact:
    still = calc(
        "nothing has moved at the start",
        Norm(path(1, r) - w0(r)),
        ("==", 0, [iterate(path, sp.S.One, r)]),
        ("<=", R, in_domain(R)),
    )
    return rules.sup_least(still, r)


def near_next(p: Proof, setting: list[Fact], decay: Fact, labels: Fact) -> Fact:
    """The weights after T steps are within R, by weight-movement and the requirement on m."""
    share = eta * m * lam / p.const("C")
    rate = bound(share, "<=", 1 - keep, p.given("rate"))
    size = times(chain(rules.sup_member(E_peak, t), decay), keep ** (t - 1), name="the residual so far")
    shrunk = rules.sup_least(plus(size, -(keep ** (t - 1)) * E_0, name="no step has failed to contract"), t)
    moved = p.cite("weight-movement", at_rate(share), *setting, shrunk, rate)
    allowed = calc(
        "the requirement on m",
        moved.high,
        ("<=", p.const("C") * sqrt(n) * exp(B + R) * sqrt(n) / (m * lam), [labels]),
        ("<=", R, [p.given("gram-perturbation: near, from weight-movement")]),
    )
    return chain(moved, allowed, name="near after the next step")


def decay_next(p: Proof, setting: list[Fact], near: Fact, decay: Fact, initial: Fact, labels: Fact) -> Fact:
    """|e(T+1)| <= keep |e(T)|, divided by keep^T."""
    here = {w: lambda neuron: path(T, neuron), e: lambda point: e_path(T, point)}
    close = rules.sup_least(chain(rules.sup_member(S_path, T, r), near), r)
    radii = [p.given(f"gram-perturbation: {name}") for name in ("radius", "radius against lambda")]
    eigenvalue = p.cite("gram-perturbation", here, *setting, close, initial, *radii, part="eigenvalue")
    size = times(chain(rules.sup_member(E_peak, T), decay), keep ** (T - 1), name="the residual now")
    small = calc(
        "the residual is at most sqrt(n)",
        euclidean(e_path(T, i), i),
        ("<=", keep ** (T - 1) * E_0, [size]),
        ("<=", E_0, in_domain(keep)),
        ("<=", sqrt(n), [labels]),
    )
    curvature = calc(
        "the second bound on eta",
        4 * eta * n * sqrt(n) * exp(3 * (B + R)) * euclidean(e_path(T, i), i),
        ("<=", 4 * eta * n**2 * exp(3 * (B + R)), [small]),
        ("<=", lam, [p.given("step-contraction: step against the curvature")]),
    )
    norm = p.given("step-contraction: step against the norm")
    contracts = p.cite("step-contraction", here, *setting, close, eigenvalue, norm, curvature)
    after = calc(
        "the next residual",
        euclidean(e_path(T + 1, i), i),
        ("==", euclidean(e_path.value(T + 1, i), i), [value_of(e_path, T + 1, i)]),
        ("==", contracts.low, [iterate(path, T + 1, r), value_of(e_path, T, i)]),
        ("<=", (1 - eta * m * lam / p.const("C")) * euclidean(e_path(T, i), i), [contracts]),
        ("==", keep * euclidean(e_path(T, i), i), [p.given("rate")]),
        ("<=", keep * keep ** (T - 1) * E_0, [size]),
    )
    return bound(after.low / keep**T, "<=", E_0, times(after, keep ** (-T)), name="decay after the next step")


# One unit vector, so lambda_min(K) = e^2, and 2^57 neurons; what makes a start coupled holds by construction.
ENOUGH = {
    "X": np.array([[1.0]]), "y": np.array([1.0]), "m": 2**57, "q": 2**56, "delta": 0.5, "lam": 7.0, "B": 10.0,
    "R": 2.0**-31, "eta": 2.0**-86, "keep": 1 - 7 * 2.0**-31,
}  # fmt: skip

lemma = Lemma(
    le(E_peak, E_0),
    given={
        **COUPLED,
        **TWINS,
        "labels": le(y_max, 1),
        "rate": eq(keep, 1 - eta * m * lam / C),
        **REQUIRED,
    },
    fails_with=delta,
    construction=(*COUPLED, *TWINS),
    latex=r"\Pr\Big[\exists t:\ \|e(t)\| > \Big(1-\frac{{\eta m\lambda}}{{{C}}}\Big)^t \|e(0)\|\Big] \le \delta",
    source="the classical route; the paper is cited for the model and the headline only",
    limitations="The width it needs is far beyond simulation: nothing here is confirmed by runs at a smaller m.",
    uses=(
        "exp-uniform-bound",
        "gram-concentration-frobenius",
        "gram-perturbation",
        "initial-residual",
        "step-contraction",
        "weight-movement",
    ),
    proof=proof,
    point=ENOUGH,
)
