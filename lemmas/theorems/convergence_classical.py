"""Convergence, the classical chain: with probability >= 1 - delta, |e(t)| <= (1 - eta m lambda/4)^t sqrt(n) for all t.

Source: the route that the literature takes to this theorem; every constant is this project's explicit version.

Proof: by induction over the steps. While no neuron has moved further than R, the Gram matrix keeps its least
eigenvalue above lambda/2 (gram-perturbation), so each step contracts (step-contraction), so the neurons stay within R
(weight-movement). The two events at the start are those of exp-uniform-bound and gram-concentration-frobenius.
"""

from __future__ import annotations

from sympy import Rational, exp, sqrt
from sympy import S as Zero

from lemmas.symbols import (
    E_0,
    B,
    E_peak,
    M,
    R,
    S_path,
    T,
    e,
    e_path,
    eta,
    i,
    keep,
    lam,
    lam_H0,
    m,
    n,
    nu,
    path,
    r,
    t,
    w,
    w0,
)
from verify import Lemma, eq, ge, le
from verify.proof import Fact, Norm, Proof, assume, bound, calc, chain, in_domain, iterate, rules, times
from verify.proof.facts import value_of
from verify.proof.terms import euclidean


def proof_on_good_event(p: Proof) -> Fact:
    hypotheses = {name: p.given(name) for name in p.lemma.given}
    setting = [hypotheses["data"], hypotheses["start"]]
    near, decay = assume(le(S_path, R), "near so far"), assume(le(E_peak, E_0), "decay so far")
    move, ratio = Norm(path(t, r) - w0(r)), euclidean(e_path(t, i), i) / keep ** (t - 1)
    bases = [_near_at_start(), bound(ratio.subs(t, 1), "<=", E_0, name="decay at the start")]
    steps = [_near_next(p, setting, near, decay, hypotheses), _decay_next(p, setting, near, decay, hypotheses)]
    claims = [(move, (r,)), (ratio, ())]
    return p.conclude(rules.complete_induction(claims, bases, steps, t, 1))


def _near_at_start() -> Fact:
    start = calc(
        "nothing has moved at the start",
        Norm(path(1, r) - w0(r)),
        ("==", 0, [iterate(path, Zero.One, r)]),
        ("<=", R, in_domain(R)),
    )
    return rules.sup_least(start, r)


def _near_next(p: Proof, setting: list[Fact], near: Fact, decay: Fact, given: dict[str, Fact]) -> Fact:
    """The weights after T steps are within R, by weight-movement and the requirement on m."""
    rate = bound(eta * m * lam / 4, "<=", 1 - keep, given["rate"])
    moved = p.cite("weight-movement", {}, *setting, near, decay, rate)
    allowed = calc(
        "the requirement on m",
        moved.high,
        ("<=", 4 * sqrt(n) * exp(B + R) * sqrt(n) / (m * lam), [given["labels"]]),
        ("<=", R, [given["movement"]]),
    )
    return chain(moved, allowed, name="near after the next step")


def _decay_next(p: Proof, setting: list[Fact], near: Fact, decay: Fact, given: dict[str, Fact]) -> Fact:
    """|e(T+1)| <= keep |e(T)|, divided by keep^T."""
    here = {w: lambda neuron: path(T, neuron), e: lambda point: e_path(T, point)}
    close = rules.sup_least(chain(rules.sup_member(S_path, T, r), near), r)
    eigenvalue = p.cite(
        "gram-perturbation",
        here,
        *setting,
        close,
        given["radius"],
        given["initialization"],
        given["radius against lambda"],
        part="eigenvalue",
    )
    above, below = in_domain(keep)
    peak = chain(rules.sup_member(E_peak, T), decay)
    size = times(peak, keep ** (T - 1), name="the residual now")
    small = calc(
        "the residual is at most sqrt(n)",
        euclidean(e_path(T, i), i),
        ("<=", keep ** (T - 1) * E_0, [size]),
        ("<=", E_0, [below]),
        ("<=", sqrt(n), [given["labels"]]),
    )
    curvature = calc(
        "the second bound on eta",
        4 * eta * n * sqrt(n) * exp(3 * (B + R)) * euclidean(e_path(T, i), i),
        ("<=", 4 * eta * n**2 * exp(3 * (B + R)), [small]),
        ("<=", lam, [given["step against the curvature"]]),
    )
    contracts = p.cite("step-contraction", here, *setting, close, eigenvalue, given["step against the norm"], curvature)
    after = calc(
        "the next residual",
        euclidean(e_path(T + 1, i), i),
        ("==", euclidean(e_path.value(T + 1, i), i), [value_of(e_path, T + 1, i)]),
        ("==", contracts.low, [iterate(path, T + 1, r), value_of(e_path, T, i)]),
        ("<=", (1 - eta * m * lam / 4) * euclidean(e_path(T, i), i), [contracts]),
        ("==", keep * euclidean(e_path(T, i), i), [given["rate"]]),
        ("<=", keep * keep ** (T - 1) * E_0, [size]),
    )
    return bound(after.low / keep**T, "<=", E_0, times(after, keep ** (-T)), name="decay after the next step")


lemma = Lemma(
    le(E_peak, E_0),
    given={
        "data": le(nu, 1),
        "labels": le(E_0, sqrt(n)),
        "start": le(M, B),
        "initialization": ge(lam_H0, 3 * lam / 4),
        "radius": le(R, Rational(1, 2)),
        "radius against lambda": le(16 * n * R * exp(2 * B), lam),
        "movement": le(4 * n * exp(B + R) / (m * lam), R),
        "step against the norm": le(eta * m * n * exp(2 * (B + R)), 1),
        "step against the curvature": le(4 * eta * n**2 * exp(3 * (B + R)), lam),
        "rate": eq(keep, 1 - eta * m * lam / 4),
    },
    latex=r"\|e(t)\| \le \Big(1-\frac{{\eta m\lambda}}{{4}}\Big)^t \|e(0)\|",
    uses=("gram-perturbation", "step-contraction", "weight-movement"),
    proof=proof_on_good_event,
)
