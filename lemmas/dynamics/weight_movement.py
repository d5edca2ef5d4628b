"""The weights stay close: |w_r(t) - w_r(0)| <= C sqrt(n) e^{B+R} |e(0)| / (m lambda) while each step contracts.

Source: a step of every such proof; the constant 4 is this project's explicit version.

Proof: each step moves neuron r by eta |dL/dw_r| <= eta sqrt(n) e^{B+R} |e(k)|, and |e(k)| <= keep^k |e(0)| with
1 - keep >= eta m lambda/4. Sum the geometric series.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import sympy as sp
from sympy import exp, sqrt

from lemmas import model
from lemmas.draws import CASES, INSIDE, contracting, one_point
from lemmas.notation.runs import E_0, S_path, drift, e_path, keep, lag, path, path_descent, written
from lemmas.notation.symbols import B, M, R, T, e, eta, i, lam, m, n, nu, r, t, w, w0
from verify import Lemma, Search, const, le
from verify.proof import Fact, Norm, Proof, bound, calc, chain, in_domain, iterate, plus, rules, total
from verify.proof.terms import euclidean

C = const("C", 4)


def proof(p: Proof) -> Fact:
    near = chain(rules.sup_member(S_path, t, r), p.given("near"), name="near at every step")
    along = {w: lambda neuron: path(t, neuron), e: lambda point: e_path(t, point)}
    at_step = p.cite("gradient-bound", along, p.given("data"), p.given("start"), rules.sup_least(near, r))
    neuron = chain(rules.sup_member(at_step.low, r), at_step)
    above, below = in_domain(keep)
    shrunk = chain(rules.sup_member(lag, t), p.given("decay"))
    decay = plus(shrunk, keep ** (t - 1) * E_0, name="the residual decays")
    one = calc(
        "one step of one neuron",
        Norm(path(t + 1, r) - path(t, r)),
        ("==", eta * Norm(path_descent(t, r)), [iterate(path, t + 1, r)]),
        ("<=", eta * sqrt(n) * exp(B + R) * euclidean(e_path(t, i), i), [neuron]),
        ("<=", eta * sqrt(n) * exp(B + R) * keep ** (t - 1) * E_0, [decay]),
    )
    scale = eta * sqrt(n) * exp(B + R) * E_0
    whole = calc(
        "all steps of one neuron",
        Norm(path(T + 1, r) - w0(r)),
        ("==", Norm(path(T + 1, r) - path(1, r)), [iterate(path, sp.S.One, r)]),
        ("<=", total(Norm(path(t + 1, r) - path(t, r)), t), [rules.polygon(path(t, r), t)]),
        ("<=", scale * total(keep ** (t - 1), t), [rules.sum_bound(one, t)]),
        ("<=", scale / (1 - keep), [rules.geometric_sum(keep, above, below, t)]),
        ("<=", scale * 4 / (eta * m * lam), [p.given("rate")]),
    )
    largest = rules.sup_least(whole, r)
    return p.conclude(
        bound(drift, "<=", p.const("C") * sqrt(n) * exp(B + R) * E_0 / (m * lam), largest, name="the constant")
    )


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """A run of gradient descent of up to twenty steps; lambda, R and keep near what it allows."""
    at = contracting(rng, case)
    labels, steps = rng.uniform(-1, 1, len(at["X"])), int(rng.integers(1, 21))
    return written(_run({**at, "lam": at["lam"] * float(rng.uniform(0.5, 4))}, labels, steps))


def _run(at: dict[str, Any], labels: np.ndarray[Any, Any], steps: int) -> dict[str, Any]:
    """The instance with these labels and so many steps, and R and keep as the run allows."""
    weights, residuals = model.run(at["X"], at["W0"], at["a"], labels, at["eta"], steps)
    sizes = [float(np.linalg.norm(e)) for e in residuals]
    ratios = [after / before for before, after in itertools.pairwise(sizes) if before]  # 0 stays 0
    radius = max(float(model.max_neuron_move(W, at["W0"])) for W in weights[:-1])
    keep = min(max([*ratios, 0.0]) + 1e-9, 1 - 1e-9)
    return {**at, "W": at["W0"], "y": labels, "T": steps, "keep": keep, "R": radius * INSIDE + 1e-12}


def _one_neuron(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One point, one neuron at u0 in [0, 1], a residual down to 1e-4; lambda as large as the rate of the run allows."""
    at = one_point(float(u[0]), 0.0, 0.0)
    start = model.network(at["X"], at["W0"], at["a"])
    eta_at = 0.1 + 0.4 * float(u[1])
    at = {**at, "eta": eta_at / float(model.lambda_min(model.gram(at["X"], at["W0"])))}
    found = _run(at, start + 10 ** (-1 - 3 * float(u[2])), 20)
    return {**found, "lam": 4 * (1 - found["keep"]) / at["eta"] / INSIDE}


# One neuron at 0, one point 1/2, label 3/2, one step of size 1/4: all of it exact.
ONE_STEP = {
    "X": np.array([[0.5]]), "y": np.array([1.5]), "W0": np.array([[0.0]]), "W": np.array([[0.0]]),
    "a": np.array([1.0]), "T": 1, "eta": 0.25, "B": 0.0, "R": 0.0625, "lam": 0.5, "keep": 0.9375,
}  # fmt: skip


lemma = Lemma(
    le(drift, C * sqrt(n) * exp(B + R) * E_0 / (m * lam)),
    given={
        "data": le(nu, 1),
        "start": le(M, B),
        "near": le(S_path, R),
        "decay": le(lag, 0),
        "rate": le(eta * m * lam / 4, 1 - keep),
    },
    latex=r"\|w_r(t)-w_r(0)\| \le \frac{{{C}\sqrt{{n}}\,e^{{B+R}}}}{{m\lambda}}\,\|e(0)\|",
    letters={r"\|w_r(t)-w_r(0)\|": drift, r"\|e(0)\|": E_0},
    source="geometric series; this project's explicit constant",
    limitations="Attained as the residual vanishes, with lambda as large as the rate allows; where H = lambda/2 the "
    "constant would be 2.",
    uses=("gradient-bound",),
    proof=proof,
    draw=draw,
    point=ONE_STEP,
    cases=CASES,
    search={"one neuron": Search(3, _one_neuron)},
)
