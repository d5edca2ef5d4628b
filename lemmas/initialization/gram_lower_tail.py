"""Lower tail without truncation: P(lambda_min(H(W(0))) < (1 - t) lambda) <= n exp(-C q t^2 lambda^2 / v), v = |E Z^2|.

Source: matrix Laplace transforms (Tropp 2012); the closed form of v is this project's explicit version, C = 1/2.

Proof: one neuron's share Z is psd with mean K, so E e^{-theta Z} is at most 1 - theta lambda + theta^2 v/2
<= exp(-theta lambda + theta^2 v/2) (transfer rule with exp-decay-quadratic; one-plus-x). The master tail bound at
theta = t lambda / v gives the claim. (E Z^2)_ij = sum_k <x_i, x_k> <x_k, x_j> exp(|x_i + 2 x_k + x_j|^2 / 2). Whitened,
A = K^{-1/2} Z K^{-1/2} has mean I: the same with 1 for lambda and V = |E A^2| for v, and H ⪰ (1 - t) K.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import KroneckerDelta, Rational, exp

from lemmas import model
from lemmas.draws import unit_rows
from lemmas.gram.gram_closed_form import limit
from lemmas.laplace.lower_tail import plain_variance, whitened_variance
from lemmas.notation.start import A2, Z2, A, H_g, H_white, K_again, Z, h, lam_g, o, rel_g, root, share, u, v_A, v_Z
from lemmas.notation.start import p as p_
from lemmas.notation.symbols import K, g, i, j, k, lam, lam_K, n, q, s, x
from verify import Lemma, Quantity, const, ge, gt, le, positive
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
    instance,
    plus,
    rules,
    total,
)
from verify.proof.rules.matrix_concentration import average, expected, expected_square
from verify.proof.terms import Entry, Exceeds, Expect, Index, Mat, Prob

t = Quantity("t", positive(1, open_upper=True), "by what share the least eigenvalue may fall short")
theta = Quantity("theta", positive(), "exponent of the Laplace transform")
v = Quantity("v", positive(), "a number at least |E Z^2|")
C = const("C", Rational(1, 2))


def second_moment() -> Fact:
    """lambda_max(E Z^2) == v_Z."""
    product = share(g(1)).subs(j, k) * share(g(1)).subs(i, k)
    inner, vector = Inner(x(i), x(k)) * Inner(x(k), x(j)), x(i) + 2 * x(k) + x(j)
    linear = rules.expectation_linear(total(product, k))
    entry = calc(
        "an entry of E Z^2",
        Entry(expected_square(Z, s, k), i, j),
        ("==", linear.right, [linear]),
        ("==", total(inner * Expect(exp(Inner(g(1), vector))), k), []),
        ("==", Entry(Z2, i, j), [rules.gaussian_moment(g(1), vector)]),
    )
    return rules.equal_entries_largest(expected_square(Z, s, k), Z2, entry, i, j)


def mean_share(p: Proof) -> Fact:
    """lambda <= lambda_min(E Z)."""
    entry = calc("E Z = K", Entry(expected(Z, s), i, j), ("==", Entry(K, i, j), [limit(p)]))
    same = rules.equal_entries(expected(Z, s), K, entry, i, j)
    return bound(lam, "<=", same.left, p.given("lambda"), same, name="lambda against E Z")


def transform(p: Proof, share: Mat, psd: Fact, least: Fact, square: Fact, index: Index) -> Fact:
    """lambda_max(E e^{-theta X}) <= exp(-theta mu + theta^2 v / 2), by its first two moments."""
    decay = p.cite("exp-decay-quadratic")
    quadratic = rules.transfer_quadratic(share, s, index, psd, decay, theta, least, square)
    return chain(quadratic, p.cite("one-plus-x", {"x": quadratic.high - 1}), name="the Laplace transform")


def plain(p: Proof) -> Fact:
    psd = rules.gram_is_psd(Z, exp(Inner(g(s), x(i))) * x(i), i, j)
    laplace = transform(p, Z, psd, mean_share(p), chain(second_moment(), p.given("square")), k)
    best = instance(laplace, {theta: t * lam / v}, p.given("lambda"), p.given("square"))
    tail = rules.laplace_tail_below(Z, s, best, t * lam / v, (1 - t) * lam)
    whole = algebra(Entry(average(Z, s), i, j), Entry(H_g, i, j), name="H_g is the mean of the shares")
    return p.conclude(
        calc(
            "the tail at the best exponent",
            Prob(Exceeds((1 - t) * lam, lam_g)),
            ("==", tail.left, [rules.equal_entries(average(Z, s), H_g, whole, i, j)]),
            ("<=", tail.right, [tail]),
            ("==", p.goal.right, []),
        )
    )


def whitened_mean(definite: Fact) -> Fact:
    """lambda_min(E A) == 1."""
    linear = rules.expectation_linear(Entry(A, i, j).subs({s: 1}))
    entry = calc(
        "E A = I",
        Entry(expected(A, s), i, j),
        ("==", linear.right, [linear]),
        ("==", total(root(i, k) * root(j, h) * Entry(K, k, h), k, h), [rules.gaussian_moment(g(1), x(k) + x(h))]),
        ("==", KroneckerDelta(i, j), [rules.inverse_root(K_again, definite, i, j, k, h)]),
    )
    return rules.identity_smallest(expected(A, s), entry, i, j)


def whitened_second_moment() -> Fact:
    """lambda_max(E A^2) == v_A."""
    left, right = Entry(A, i, o), Entry(A, o, j)
    renamed = rules.renamed_sum(right.function, (k, h), (p_, u))
    product = rules.product_of_sums(left.function, renamed.right.function, (k, h), (p_, u))
    at_one = [instance(fact, {s: 1}) for fact in (renamed, product)]
    whole = total(at_one[1].right, o)
    vector = x(k) + x(h) + x(p_) + x(u)
    moment = Expect(exp(Inner(g(1), vector)))
    roots = root(i, k) * root(o, h) * root(o, p_) * root(j, u) * Inner(x(k), x(h)) * Inner(x(p_), x(u))
    entry = calc(
        "an entry of E A^2",
        Entry(expected_square(A, s, o), i, j),
        ("==", Expect(total((left * renamed.right).subs({s: 1}), o)), [at_one[0]]),
        ("==", Expect(whole), [at_one[1]]),
        ("==", rules.expectation_linear(whole).right, [rules.expectation_linear(whole)]),
        ("==", total(roots * moment, k, h, p_, u, o), []),
        ("==", Entry(A2, i, j), [rules.gaussian_moment(g(1), vector)]),
    )
    return rules.equal_entries_largest(expected_square(A, s, o), A2, entry, i, j)


def whitened(p: Proof) -> Fact:
    """P(lambda_min(K^{-1/2} H K^{-1/2}) < 1 - t) <= n exp(-q t^2 / (2 v))."""
    definite = positive_definite(p)
    psd = rules.gram_is_psd(A, total(root(i, k) * exp(Inner(g(s), x(k))) * x(k), k), i, j, (k, h))
    unit = whitened_mean(definite)
    least = bound(1, "<=", unit.left, unit, name="1 <= lambda_min(E A)")
    laplace = transform(p, A, psd, least, chain(whitened_second_moment(), p.given("square")), o)
    best = instance(laplace, {theta: t / v}, p.given("definite"), p.given("square"))
    tail = rules.laplace_tail_below(A, s, best, t / v, 1 - t)
    whole = algebra(Entry(average(A, s), i, j), Entry(H_white, i, j), name="whitening is linear")
    return calc(
        "the whitened tail at the best exponent",
        Prob(Exceeds(1 - t, rel_g)),
        ("==", tail.left, [rules.equal_entries(average(A, s), H_white, whole, i, j)]),
        ("<=", tail.right, [tail]),
        ("==", n * exp(-q * t**2 / (2 * v)), []),
    )


def positive_definite(p: Proof) -> Fact:
    same = algebra(Entry(K, i, j), Entry(K_again, i, j))
    return chain(p.given("definite"), rules.equal_entries(K, K_again, same, i, j), name="K is positive definite")


def relative(p: Proof) -> Fact:
    return p.conclude(bound(whitened(p).left, "<=", p.goal.right, whitened(p), name="the constant"))


def eigenvalue(p: Proof) -> Fact:
    """The same for lambda_min(H), since H ⪰ (1 - t) K gives lambda_min(H) >= (1 - t) lambda_min(K)."""
    order, sign = assume(le(1 - t, rel_g)), plus(in_domain(t)[1], -t, name="0 < 1 - t")
    back = rules.unwhitened(H_white, H_g, K_again, positive_definite(p), order, sign, i, j, k, h)
    same = rules.equal_entries(K, K_again, algebra(Entry(K, i, j), Entry(K_again, i, j)), i, j)
    least = bound(lam_g, ">=", (1 - t) * lam_K, back, same, name="the least eigenvalue")
    tail = rules.smaller_event(whitened(p), least)
    return p.conclude(bound(Prob(Exceeds((1 - t) * lam_K, lam_g)), "<=", p.goal.right, tail, name="the constant"))


DATA = {
    "orthonormal": np.eye(30),
    "ten": np.eye(10),
    "pair": np.array([[0.6, 0.0], [0.36, 0.48]]),
    "short": 0.3 * np.eye(2),
    "one": np.eye(1),
    "half": np.full((1, 1), 0.5),
    "long": np.full((1, 1), 0.8),
}


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """Gaussian vectors on fixed data; the case names the data, q and 100 t, as in pair-q25-t90."""
    name, count, percent = case.split("-")
    X = unit_rows(DATA[name]) * float(np.linalg.norm(DATA[name][0]))
    at = {"X": X, "G": rng.standard_normal((int(count[1:]), X.shape[1])), "t": int(percent[1:]) / 100}
    largest = 1 + 1e-8
    return {**at, "lam": model.lambda_min(model.limit_gram(X)) / largest, "v": plain_variance(X @ X.T) * largest}


def draw_whitened(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """The same with v just above V."""
    at = draw(rng, case)
    return {**at, "v": whitened_variance(at["X"] @ at["X"].T) * (1 + 1e-8)}


USES = ("exp-decay-quadratic", "one-plus-x")
WHITE = {"definite": gt(lam_K, 0), "square": le(v_A, v)}
LIMITS = "Costs a factor of about V; the trace in the master bound is replaced by n lambda_max."
CASES = ("short-q30-t50", "half-q40-t50", "long-q60-t90")
WHITE_CASES = ("short-q30-t50", "pair-q25-t90", "long-q60-t90")


def relative_tail(level: Any, *cases: str) -> Lemma:
    """A false variant of the whitened form."""
    return Lemma(ge(rel_g, 1 - t), given=WHITE, fails_with=level, draw=draw_whitened, cases=cases)


lemma = Lemma(
    ge(lam_g, (1 - t) * lam),
    given={"lambda": le(lam, lam_K), "square": le(v_Z, v)},
    fails_with=n * exp(-C * q * t**2 * lam**2 / v),
    latex=r"\Pr[\lambda_{{\min}}(H(W(0))) < (1-t)\lambda] \le n\, e^{{-{C}\,q t^2\lambda^2/v}},"
    r"\quad v = \|\mathbb{{E}} Z^2\|",
    source="matrix Laplace transform method (Tropp 2012); this project's explicit version",
    limitations=f"{LIMITS} The whitened form is never worse: v / lambda^2 >= V.",
    uses=USES,
    proof=plain,
    draw=draw,
    cases=CASES,
    also={
        "whitened": Lemma(
            ge(rel_g, 1 - t),
            given=WHITE,
            fails_with=n * exp(-C * q * t**2 / v),
            latex=r"\Pr[H(W(0)) \not\succeq (1-t)K] \le n\, e^{{-{C}\,q t^2/V}},"
            r"\quad V = \|\mathbb{{E}}(K^{{-1/2}} Z K^{{-1/2}})^2\|",
            limitations=LIMITS,
            uses=USES,
            proof=relative,
            draw=draw_whitened,
            cases=WHITE_CASES,
            faults={
                "V = 1": relative_tail(n * exp(-C * q * t**2), "one-q20-t50"),
                "no factor n": relative_tail(exp(-C * q * t**2 / v), "orthonormal-q30-t50"),
            },
        ),
        "eigenvalue": Lemma(
            ge(lam_g, (1 - t) * lam_K),
            given=WHITE,
            fails_with=n * exp(-C * q * t**2 / v),
            latex=r"\Pr[\lambda_{{\min}}(H(W(0))) < (1-t)\lambda] \le n\, e^{{-{C}\,q t^2/V}}",
            limitations=LIMITS,
            uses=USES,
            proof=eigenvalue,
            draw=draw_whitened,
            cases=WHITE_CASES,
        ),
    },
)
