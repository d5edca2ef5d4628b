"""Kantorovich descent, one step of any C^1 map: Lambda |W - W(0)| + sqrt(sigma^2 + 2 Lambda |e| / c) stays <= sigma0.

Source: the Kantorovich argument for gradient descent; this project's explicit version, without continuity in eta.
With sigma = sigma0 sqrt(1 - 2h/c) the bound holds at the start, so by induction |W - W(0)| <= s* for ever.

Proof: sigma_min(J) >= sigma0 - Lambda |W - W(0)| >= rho, the root. With g = |J^T e| >= rho |e| a step gives
|e| |e+| <= |e|^2 - eta c g^2, so |e+| <= |e| - eta c rho g: the root falls by at least Lambda eta g (it is concave),
while |W - W(0)| grows by at most eta g.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Rational, sqrt

from lemmas import kantorovich as letters
from lemmas.descent import (
    DJ,
    JJ,
    JJ0,
    J_move,
    J_size,
    beta,
    c,
    direction,
    dist,
    dist_next,
    e_next,
    excess,
    grad_norm,
    jac,
    jac0,
    lam_JJ0,
    lip,
    mapped,
    res_next,
    sigma,
    sigma0,
)
from lemmas.draws import INSIDE
from lemmas.symbols import E, e, eta, i, j, r, w, w0
from verify import Lemma, Relation, Search, const, le
from verify.proof import Fact, Proof, bound, calc, chain, instance, plus, rules, times, total
from verify.proof.rules.forms import image
from verify.proof.terms import euclidean

C = const("C", 1, "tight")
ROOT = sqrt(sigma**2 + 2 * lip * E / c)
HERE = {letters.E: E, letters.G: grad_norm, letters.D: dist, letters.RHO: ROOT}


def gradient_above(p: Proof) -> Fact:
    """|J^T e| <= beta |e|."""
    square = calc(
        "the gradient squared",
        image(e(i), jac(r, i), i, r),
        ("<=", J_size**2 * E**2, [rules.gram_form_above(JJ, jac(r, i), e(i), i, j, r)]),
        ("<=", beta**2 * E**2, [rules.square_of_bounded(p.given("bounded"), J_size)]),
    )
    return bound(grad_norm, "<=", beta * E, rules.root_at_most(square, beta * E, bound(0, "<=", beta * E)))


def gradient_below(p: Proof) -> Fact:
    """rho |e| <= |J^T e|."""
    start = calc(
        "at the start",
        sigma0**2 * E**2,
        ("<=", lam_JJ0 * E**2, [p.given("slope")]),
        ("<=", image(e(i), jac0(r, i), i, r), [rules.gram_form_below(JJ0, jac0(r, i), e(i), i, j, r)]),
    )
    change = jac0(r, i) - jac(r, i)
    moved = calc(
        "what has changed",
        image(e(i), change, i, r),
        ("<=", J_move**2 * E**2, [rules.gram_form_above(DJ, change, e(i), i, j, r)]),
        ("<=", lip**2 * dist**2 * E**2, [rules.square_of_bounded(p.given("lipschitz"), J_move)]),
    )
    root = rules.root_at_most(moved, lip * dist * E, bound(0, "<=", lip * dist * E))
    whole = calc(
        "the start's share",
        sigma0 * E,
        ("<=", sqrt(start.high), [rules.root_at_least(start, sigma0 * E)]),
        ("<=", grad_norm + sqrt(moved.low), [rules.block_triangle(jac(r, i), change, e(i), i, r)]),
        ("<=", grad_norm + lip * dist * E, [root]),
    )
    inside = times(p.given("inside"), E, name="inside, times |e|")
    return plus(chain(inside, whole), -lip * dist * E, name="rho |e| <= |J^T e|")


def linear_part(p: Proof) -> Fact:
    """|e - eta J J^T e|^2 <= |e|^2 - 2 eta g^2 + eta^2 beta^2 g^2."""
    straight = e(i) - eta * mapped
    second = calc(
        "the second order",
        total(mapped**2, i),
        ("<=", J_size**2 * grad_norm**2, [rules.gram_squared(JJ, jac(r, i), e(i), i, j, r)]),
        ("<=", beta**2 * grad_norm**2, [rules.square_of_bounded(p.given("bounded"), J_size)]),
    )
    first = rules.gram_form(JJ, jac(r, i), e(i), i, j, r)
    return calc(
        "the linear part",
        euclidean(straight, i) ** 2,
        ("==", E**2 - 2 * eta * total(e(i) * mapped, i) + eta**2 * total(mapped**2, i), []),
        ("==", E**2 - 2 * eta * grad_norm**2 + eta**2 * total(mapped**2, i), [first]),
        ("<=", E**2 - 2 * eta * grad_norm**2 + eta**2 * beta**2 * grad_norm**2, [second]),
    )


def facts(p: Proof) -> tuple[dict[Any, Any], list[Fact]]:
    """What the letters stand for, and what is known of them."""
    straight, beyond = e(i) - eta * mapped, e_next(i) - e(i) + eta * mapped
    names = {**HERE, letters.E_NEXT: res_next, letters.X: euclidean(straight, i), letters.V: excess}
    known = [gradient_above(p), gradient_below(p), linear_part(p), rules.euclidean_triangle(i, straight, beyond)]
    return names, [*known, p.given("taylor"), p.given("step size"), p.given("inside")]


def proof(p: Proof) -> Fact:
    names, known = facts(p)
    growth = rules.direct_sum_triangle(w(r) - w0(r), eta * direction(r), r)
    further = bound(dist_next, "<=", dist + eta * grad_norm, growth, name="the distance grows by at most eta g")
    found = instance(letters.potential(), {**names, letters.D_NEXT: dist_next}, *known, further)
    goal = p.const("C") * sigma0
    return p.conclude(bound(found.low, "<=", goal, found, name="the constant"))


def rate(p: Proof) -> Fact:
    """|e+| <= (1 - eta c rho^2) |e|, and rho >= sigma."""
    names, known = facts(p)
    found = instance(letters.rate(), names, *known)
    final = bound(found.high, "<=", (1 - eta * c * sigma**2) * E, name="rho >= sigma")
    return p.conclude(chain(found, final))


def no_jump(p: Proof) -> Fact:
    """The same for the end of the step, from what is known at its beginning."""
    known = [gradient_above(p), p.given("inside"), p.given("slope below norm"), p.given("small step")]
    return p.conclude(instance(letters.no_jump(), HERE, *known))


def step_of(slopes: Any, bends: Any, start: Any, move: Any, labels: Any, eta: float, stretch: float) -> dict[str, Any]:
    """One step for the quadratic map F_i(W) = <l_i, v> + <v, Q_i v>/2, v = W - W(0), from W = W(0) + ``move``.

    slopes (n, m d), bends (n, m d, m d) symmetric, start and move (m, d), labels (n,). Bounds are the least allowed;
    sigma is ``stretch`` times the largest allowed.
    """
    at, shape = move.reshape(-1), start.shape
    value, jacobian = slopes @ at + bends @ at @ at / 2, slopes + bends @ at
    residual = labels - value
    step = eta * (jacobian.T @ residual)
    later = labels - (slopes @ (at + step) + bends @ (at + step) @ (at + step) / 2)
    left = float(np.linalg.norm(later - residual + jacobian @ step))
    length, size = float(np.linalg.norm(at)), float(np.linalg.norm(step))
    change = float(np.linalg.norm(jacobian - slopes, 2))
    lipschitz = max(change / max(length, 1e-9), 2 * left / max(size, 1e-9) ** 2, 1e-6)
    blocks = {name: np.swapaxes(J.reshape(len(J), *shape), 0, 1) for name, J in (("J", jacobian), ("J0", slopes))}
    bounds = _constants(slopes, jacobian, residual, length, lipschitz * INSIDE, eta)
    bounds["sigma"] *= stretch
    sizes = {"X": np.zeros((len(slopes), 1))}  # only its length, the number of outputs, is read
    weights = {**sizes, "W0": start, "W": start + move, "e": residual, "e_next": later, "eta": eta}
    return {**blocks, **weights, **bounds}


def _constants(slopes: Any, jacobian: Any, residual: Any, length: float, lip: float, eta: float) -> dict[str, float]:
    """beta, sigma0, c and sigma as large as the hypotheses allow, short of rounding."""
    size, least = float(np.linalg.norm(residual)), _least(slopes)
    beta = max(float(np.linalg.norm(jacobian, 2)), least) * INSIDE
    c = (1 - eta * beta**2 / 2 - eta * lip * size / 2) / INSIDE
    left = (least / INSIDE - lip * length) ** 2 - 2 * lip * size / max(c, 1e-3)
    sigma = float(np.sqrt(max(left, 1e-12))) / INSIDE
    return {"lip": lip, "beta": beta, "sigma0": least / INSIDE, "c": max(c, 1e-3), "sigma": sigma}


def _least(slopes: Any) -> float:
    return float(np.linalg.svd(slopes, compute_uv=False)[-1])


def draw(rng: np.random.Generator, case: str) -> dict[str, Any]:
    """A random quadratic map, one to three outputs; the case says how small its bend and its residual are."""
    shape = (int(rng.integers(1, 4)), int(rng.integers(1, 3)))
    size = shape[0] * shape[1]
    outputs = int(rng.integers(1, min(size, 3) + 1))
    slopes, bends = rng.standard_normal((outputs, size)), rng.standard_normal((outputs, size, size))
    least = _least(slopes)
    scale = least**2 * {"small": 0.02, "middling": 0.1, "wide": 0.4}[case]
    labels, move = rng.standard_normal(outputs), rng.standard_normal(shape)
    bends = (bends + np.swapaxes(bends, 1, 2)) * scale / np.linalg.norm(bends) / np.linalg.norm(labels)
    eta = float(rng.uniform(0.05, 0.9)) / float(np.linalg.norm(slopes, 2)) ** 2
    start, stretch = rng.standard_normal(shape), float(rng.uniform(0.8, 1.1))
    return step_of(slopes, bends, start, move * float(rng.uniform(0, 0.1)), labels, eta, stretch)


def bent_line(u: np.ndarray[Any, Any]) -> dict[str, Any]:
    """F(w) = w - w^2/2 on the line, at w = u3, residual up to 1/2: F can reach nothing beyond 1/2."""
    one = np.ones((1, 1))
    at, eta, stretch = float(0.9 * u[3]), float(0.001 + 0.5 * u[1]), float(0.85 + 0.4 * u[2])
    label = np.array([0.01 + 0.48 * u[0] * (1 - at) ** 2 + at - at**2 / 2])
    return step_of(one, -np.ones((1, 1, 1)), 0 * one, at * one, label, eta, stretch)


STEP: dict[str, Relation] = {
    "slope": le(sigma0**2, lam_JJ0),
    "lipschitz": le(J_move, lip * dist),
    "bounded": le(J_size, beta),
    "taylor": le(excess, lip * eta**2 * grad_norm**2 / 2),
    "inside": le(lip * dist + ROOT, sigma0),
    "step size": le(c, 1 - eta * beta**2 / 2 - eta * lip * E / 2),
}
IN: dict[str, Relation] = {
    **{name: STEP[name] for name in ("bounded", "inside")},
    "slope below norm": le(sigma0, beta),
    "small step": le(eta * beta, 1 / (c * beta)),
}
DRAWN: dict[str, Any] = {
    "draw": draw,
    "cases": ("small", "middling", "wide"),
    "search": {"bent line": Search(4, bent_line)},
}
REACHED = lip * dist + lip * eta * grad_norm
POTENTIAL = lip * dist_next + sqrt(sigma**2 + 2 * lip * res_next / c)

lemma = Lemma(
    le(POTENTIAL, C * sigma0),
    given=STEP,
    latex=r"\Lambda\|W^+-W(0)\| + \sqrt{{\sigma_*^2+2\Lambda\|e^+\|/c}} \le {C}\,\sigma_0",
    source="the Kantorovich argument for gradient descent; this project's explicit version",
    limitations="The Lipschitz constant is asked for along the step only; whoever knows it in a ball uses the part "
    "'no jump' first. Unknown whether c = 1 suffices for eta beta^2 <= 1.",
    proof=proof,
    also={
        "rate": Lemma(
            le(res_next, (1 - eta * c * sigma**2) * E),
            given=STEP,
            latex=r"\|e^+\| \le (1-\eta c\sigma_*^2)\,\|e\|",
            proof=rate,
            **DRAWN,
        ),
        "no jump": Lemma(
            le(REACHED, sigma0 - sigma),
            given=IN,
            latex=r"\|W-W(0)\| + \eta\|J^{{\!\top}}e\| \le s_* = (\sigma_0-\sigma_*)/\Lambda",
            proof=no_jump,
            faults={"s* halved": Lemma(le(REACHED, (sigma0 - sigma) / 2), given=IN, **DRAWN)},
            **DRAWN,
        ),
    },
    faults={
        "h up to 2 c/3": Lemma(
            le(POTENTIAL, sigma0),
            given={**STEP, "inside": le(lip * dist + sqrt(sigma**2 + Rational(3, 2) * lip * E / c), sigma0)},
            **DRAWN,
        ),
    },
    **DRAWN,
)
