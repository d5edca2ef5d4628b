"""Matrix Chernoff: P(lambda_min(H(W(0))) < (1-t) mu) <= n [e^{-t}/(1-t)^{1-t}]^{q mu/(|X|^2 e^{2B})}, for any real B.

mu is at most the least eigenvalue of E Z', Z' being one neuron's share Z, or 0 where some <w, x_i> exceeds B: no event
and no failure probability is spent on B. E Z' loses at most A n^2 Q(B - 2) against K if B >= 0.

Source: Song and Yang (arXiv:1906.03593) for the technique, Tropp's matrix Chernoff bound (2012) for the tail; this
project's explicit version.

Proof: the whole share is cut, so Z' is psd and H - (1/q) sum of Z' is psd; |Z'| <= |X|^2 e^{2B}. Chernoff's bound for
Z', and Weyl's inequality. Bias: e^{<w, v>} shifts w by v = x_i + x_j, so cutting at x_k loses e^{|v|^2/2}
Q((B - <v, x_k>)/|x_k|) <= e^2 Q(B - 2); sum over k, then n times the largest entry.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Abs, exp, log

from lemmas import model
from lemmas.draws import INSIDE, unit_rows
from lemmas.initialization.gram_lower_tail import t
from lemmas.notation.jacobians import B1, X_gram, X_norm
from lemmas.notation.start import H_g, lam_g
from lemmas.notation.symbols import K, g, i, j, k, lam, lam_K, n, nu, q, s, x
from lemmas.steps.cut_mean import mean_of_cut
from lemmas.steps.cut_mean import tail as normal_tail_of
from lemmas.steps.cut_shares import REST, E_cut, Z_cut, cut, entry_of_bias, lam_cut
from verify import Lemma, Quantity, Search, const, ge, le, positive
from verify.proof import (
    Fact,
    Inner,
    Proof,
    algebra,
    assume,
    bound,
    calc,
    chain,
    in_domain,
    normal_tail,
    rules,
    sup,
)
from verify.proof.rules.matrix_concentration import average
from verify.proof.terms import Entry, Exceeds, Frobenius, LambdaMax, LambdaMin, Prob, Spectral
from verify.relations import lt

A = const("A", exp(2), "tight")
C = const("C", 1)
mu = Quantity("mu", positive(), "a number at most the least eigenvalue of E Z'")
size = Quantity("size", positive(), "a number at least |X|")
RATE = t + (1 - t) * log(1 - t)
LEVEL = n * exp(-C * q * mu * RATE / (size**2 * exp(2 * B1)))


def largest_share(p: Proof) -> Fact:
    """lambda_max(Z') <= e^{2B} |X|^2."""
    top, scale = sup(Inner(g(s), x(k)), k), exp(Inner(g(s), x(i))) * (1 - cut(g(s)))
    inside, outside = assume(le(top, B1)), assume(lt(B1, top))
    kept = calc(
        "a kept neuron",
        Abs(scale),
        ("==", exp(Inner(g(s), x(i))), [rules.indicator_zero(inside)]),
        ("<=", exp(B1), [chain(rules.sup_member(top, i), inside)]),
    )
    dropped = bound(Abs(scale), "<=", exp(B1), rules.indicator_one(outside), name="a dropped neuron")
    scaled = rules.scaled_gram_largest(Z_cut, X_gram, scale, rules.either(kept, dropped, top, B1), x(i), i, j)
    return calc(
        "the largest share",
        LambdaMax(Z_cut),
        ("<=", exp(2 * B1) * LambdaMax(X_gram), [scaled]),
        ("<=", exp(2 * B1) * X_norm**2, [rules.lambda_max_at_most_norm(X_gram)]),
        ("<=", exp(2 * B1) * size**2, [p.given("size")]),
    )


def more_than_kept() -> Fact:
    """lambda_min(H_g) >= lambda_min of the mean of the Z': what was cut is psd."""
    kept = average(Z_cut, s)
    parts = algebra(Entry(H_g, i, j), Entry(kept, i, j) + Entry(REST, i, j), name="what is kept and what is cut")
    psd = rules.mean_gram_is_psd(REST, exp(Inner(g(s), x(i))) * cut(g(s)) * x(i), i, j, s)
    return bound(lam_g, ">=", LambdaMin(kept), rules.weyl_sum(H_g, kept, REST, parts, i, j), psd, name="cut shares")


def proof(p: Proof) -> Fact:
    psd = rules.gram_is_psd(Z_cut, exp(Inner(g(s), x(i))) * (1 - cut(g(s))) * x(i), i, j)
    least = bound(mu, "<=", LambdaMin(E_cut), p.given("mean"), name="mu against E Z'")
    tail = rules.matrix_chernoff_below(Z_cut, s, psd, largest_share(p), least, t, *in_domain(mu), *in_domain(t))
    event = assume(le((1 - t) * mu, LambdaMin(average(Z_cut, s))))
    whole = rules.smaller_event(tail, chain(event, more_than_kept()))
    return p.conclude(bound(Prob(Exceeds((1 - t) * mu, lam_g)), "<=", p.goal.right, whole, name="the constant"))


def bias(p: Proof) -> Fact:
    largest = rules.frobenius_entrywise(E_cut - K, entry_of_bias(p), i, j)
    return p.conclude(
        calc(
            "the least eigenvalue",
            lam_cut,
            (">=", lam_K - Spectral(E_cut - K), [rules.weyl(E_cut, K)]),
            (">=", lam_K - Frobenius(E_cut - K), [rules.spectral_at_most_frobenius(E_cut - K)]),
            (">=", lam_K - p.const("A") * n**2 * normal_tail(B1 - 2), [largest]),
        )
    )


def tail(p: Proof) -> Fact:
    """The main claim, with the bias paid for."""
    data, level = p.given("data"), p.given("level")
    least = p.cite("gram-matrix-chernoff", {}, data, level, part="bias")
    enough = calc(
        "mu is at most the least eigenvalue of E Z'",
        mu,
        ("<=", lam - p.const("A") * n**2 * normal_tail(B1 - 2), [p.given("mean")]),
        ("<=", lam_K - p.const("A") * n**2 * normal_tail(B1 - 2), [p.given("lambda")]),
        ("<=", lam_cut, [least]),
    )
    return p.conclude(p.cite("gram-matrix-chernoff", {}, p.given("size"), enough, *in_domain(t)))


# --- instances --------------------------------------------------------------------------------------------------------

DATA = {"one": np.eye(1), "short": 0.3 * np.eye(2), "line": np.array([[1.0], [-1.0]])}


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Gaussian vectors on fixed data, in every third draw a third as long; the case names data, q, 100 t and 10 B.

    mu is just below the least eigenvalue of E Z' of the data at full length.
    """
    at = start(rng, case)
    return {**at, "mu": float(model.lambda_min(mean_of_cut(at["whole"], at["B1"]))) / INSIDE}


def draw_data_free(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The same, mu being just below lambda - A n^2 Q(B - 2)."""
    at = start(rng, case)
    lam_at = float(model.lambda_min(model.limit_gram(at["whole"]))) / INSIDE
    lost_at_most = float(A.value) * len(at["X"]) ** 2 * normal_tail_of(at["B1"] - 2)
    return {**at, "lam": lam_at, "mu": (lam_at - lost_at_most) / INSIDE}


def draw_unpaid(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The same, mu being just below lambda itself."""
    at = start(rng, case)
    return {**at, "mu": float(model.lambda_min(model.limit_gram(at["whole"]))) / INSIDE}


def start(rng: np.random.Generator, case: str) -> dict[str, Any]:
    name, count, percent, level = case.split("-")
    whole = unit_rows(DATA[name]) * float(np.linalg.norm(DATA[name][0]))
    X = whole if rng.random() < 2 / 3 else whole / 3
    numbers = {"t": int(percent[1:]) / 100, "B1": int(level[1:]) / 10, "size": model.spectral_norm(whole) * INSIDE}
    return {"X": X, "whole": whole, "G": rng.standard_normal((int(count[1:]), X.shape[1])), **numbers}


def draw_bias(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Points on a line, or orthogonal ones, of norm up to 1.5, and B down to -1."""
    size = int(rng.integers(1, 4))
    X = unit_rows(rng.standard_normal((size, 1))) * rng.uniform(0.2, 1, (size, 1)) if case == "line" else np.eye(size)
    return {"X": X * rng.choice([1.0, 1.0, 1.5]) / INSIDE, "B1": float(rng.uniform(-1, 4))}


def _one_number(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One number in [0, 1] as data, and B up to 4."""
    return {"X": u[:1, None], "B1": float(4 * u[1])}


LIMITS = (
    "Pays e^{2B}, the largest share there may be, where gram-lower-tail pays the variance; mu is measured only for "
    "points on a line and orthogonal ones, for others bounded by part bias."
)
TAIL = r"\Pr[\lambda_{{\min}}(H(W(0))) < (1-t)\mu] \le n\Big[\frac{{e^{{-t}}}}{{(1-t)^{{1-t}}}}\Big]"
TAIL += r"^{{{C}\,q\mu/(\|X\|^2e^{{2B}})}}"

lemma = Lemma(
    ge(lam_g, (1 - t) * mu),
    given={"size": le(X_norm, size), "mean": le(mu, lam_cut)},
    fails_with=LEVEL,
    latex=rf"{TAIL}, \quad \mu \le \lambda_{{{{\min}}}}(\mathbb{{{{E}}}} Z')",
    source="Song and Yang for the technique, Tropp's matrix Chernoff bound; this project's explicit version",
    limitations=LIMITS,
    proof=proof,
    draw=draw,
    cases=("one-q20-t90-B10", "short-q60-t50-B5", "line-q60-t90-B15"),
    faults={
        "the bias not paid for": Lemma(
            ge(lam_g, (1 - t) * mu),
            given={"size": le(X_norm, size), "mean": le(mu, lam_K)},
            fails_with=LEVEL,
            draw=draw_unpaid,
            cases=("one-q4-t90-B0",),
        )
    },
    also={
        "bias": Lemma(
            ge(lam_cut, lam_K - A * n**2 * normal_tail(B1 - 2)),
            given={"data": le(nu, 1), "level": le(0, B1)},
            latex=r"\lambda_{{\min}}(\mathbb{{E}} Z') \ge \lambda_{{\min}}(K) - {A}\,n^2 Q(B-2) \qquad (B \ge 0)",
            limitations="Attained by one unit vector; entrywise, so far from attained for more points.",
            proof=bias,
            draw=draw_bias,
            cases=("line", "orthogonal"),
            search={"one number": Search(2, _one_number)},
        ),
        "tail": Lemma(
            ge(lam_g, (1 - t) * mu),
            given={
                "data": le(nu, 1),
                "level": le(0, B1),
                "lambda": le(lam, lam_K),
                "size": le(X_norm, size),
                "mean": le(mu, lam - A * n**2 * normal_tail(B1 - 2)),
            },
            fails_with=LEVEL,
            latex=rf"{TAIL}, \quad \mu \le \lambda - {{A}}\,n^2 Q(B-2)",
            limitations=LIMITS,
            uses=("gram-matrix-chernoff",),
            proof=tail,
            draw=draw_data_free,
            cases=("one-q120-t90-B25", "one-q50-t90-B20"),
        ),
    },
)
