"""All steps of gradient descent where the Jacobian drifts exponentially: the proof, by complete induction over them.

For the parts 'path' and 'stays' of kantorovich-drift; what is assumed at the start stands in lemmas.steps.drift_path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy import exp, sqrt

from lemmas.notation.descent import beta, c, e_next, jac, lip, sigma0
from lemmas.notation.jacobians import M1, X_squares, b, damp, n4, rad, u
from lemmas.notation.symbols import E_0, E_peak, T, a, e, e_path, eta, i, j, keep, m, path, r, t, w, w0, x
from lemmas.steps.drift_path import RHO, START, TAME, D_path, J0_norm, feature, lam_tame, moved, psi, residual
from lemmas.steps.kantorovich import E_START, L
from lemmas.steps.near import unit
from verify import Quantity, le, real
from verify.proof import (
    Fact,
    Inner,
    Norm,
    Proof,
    assume,
    bound,
    calc,
    chain,
    in_domain,
    iterate,
    plus,
    rules,
    times,
    total,
    value_of,
)
from verify.proof.rules.forms import image
from verify.proof.terms import Mat, euclidean, sup

NOW: dict[Any, Callable[..., Any]] = {
    w: lambda neuron: path(T, neuron),
    e: lambda point: e_path(T, point),
    jac: lambda neuron, point: a(neuron) * exp(Inner(path(T, neuron), x(point))) * x(point),
    e_next: lambda point: e_path(T + 1, point),
}
D, D_NEXT = moved(T), moved(T + 1)
E, E_NEXT = residual(T), residual(T + 1)
BLOCK = NOW[jac](r, i)
PULLED = total(e_path(T, i) * exp(Inner(path(T, r), x(i))) * x(i), i)
G = sqrt(total(Norm(PULLED) ** 2, r))
JJ_NOW = Mat("JJ", sp.Lambda((i, j), total(Inner(BLOCK, BLOCK.subs(i, j)), r)))
STEP = total(e_path(T, i) * BLOCK, i)  # block r of J^T e
EXP_RAD = exp(M1 + rad)


def signless(coefficient: sp.Expr) -> Fact:
    """|sum of c_i a_r e^{<w_r, x_i>} x_i| is the same without a_r, at W(T)."""
    return rules.common_factor(a(r), coefficient * exp(Inner(path(T, r), x(i))) * x(i), i)


def step_forward() -> Fact:
    """w_r(T+1) = w_r(T) + eta times block r of J^T e."""
    letters = rules.renamed_sum(e_path(T, j) * BLOCK.subs(i, j), (j,), (i,))
    return bound(path(T + 1, r), "==", path(T, r) + eta * STEP, iterate(path, T + 1, r), letters)


def grown() -> Fact:
    return plus(bound(1, "<=", exp(rad), *in_domain(rad)), -1, name="0 <= e^s - 1")


def neuron_near(time: sp.Expr, near: Fact) -> Fact:
    """|w_r(t) - w_r(0)| <= s, if all weights together have moved no further."""
    one = rules.entry_at_most_euclidean(Norm(path(time, r) - w0(r)), r)
    return chain(rules.root_at_most(one, moved(time), bound(0, "<=", moved(time))), near)


def exponent(p: Proof, time: sp.Expr, near: Fact) -> Fact:
    """<w_r(t), x_i> <= M1 + s."""
    move = path(time, r) - w0(r)
    shift = calc(
        "the exponent moves by at most s",
        abs(Inner(move, x(i))),
        ("<=", Norm(move) * Norm(x(i)), [rules.cauchy_schwarz(move, x(i))]),
        ("<=", rad, [neuron_near(time, near), unit(p, i)]),
    )
    whole = Inner(w0(r), x(i)) + Inner(move, x(i))
    above = rules.absolute_above(shift, Inner(move, x(i)))
    return bound(whole, "<=", M1 + rad, rules.sup_member(M1, r, i), above, name="<w_r(t), x_i> <= M1 + s")


def gradient_below(p: Proof) -> Fact:
    """(sigma0 - L (e^{|W - W(0)|} - 1)) |e| <= |J^T e|."""
    known = [p.given(name) for name in ("data", "tamed", "weights")]
    drift = p.cite("jacobian-drift", {w: NOW[w], u: NOW[e]}, *known, part="at its distance")
    block = damp(r) * feature(i) * x(i) / sqrt(m)
    pulled_0 = total(e_path(T, i) * feature(i) * x(i), i)
    split = rules.common_factor(damp(r) / sqrt(m), e_path(T, i) * feature(i) * x(i), i)
    start = calc(
        "at the start",
        sigma0**2 * E**2,
        ("<=", m * lam_tame * E**2, [p.given("slope")]),
        ("<=", m * image(e_path(T, i), block, i, r), [rules.gram_form_below(TAME, block, e_path(T, i), i, j, r)]),
        ("==", m * total(split.right**2, r), [split]),
        ("==", total(damp(r) ** 2 * Norm(pulled_0) ** 2, r), []),
    )
    root = rules.root_at_least(start, sigma0 * E)
    away = plus(bound(1, "<=", exp(D), bound(0, "<=", D)), -1, name="0 <= e^{|W - W(0)|} - 1")
    lost = times(p.given("drift"), (exp(D) - 1) * E, away, name="what the drift takes")
    return calc(
        "the gradient from below",
        (sigma0 - L * (exp(D) - 1)) * E,
        ("<=", root.high - L * (exp(D) - 1) * E, [root]),
        ("<=", root.high - lost.low, [plus(lost, root.high - lost.low - lost.high)]),
        ("<=", G, [drift]),
    )


def bounded(p: Proof, near: Fact) -> Fact:
    """|J(W(T))| <= beta."""
    size = euclidean(u(i), i)
    still = rules.gram_form_above(START, feature(i) * x(i), u(i), i, j, r)
    first = rules.root_at_most(still, J0_norm * size, bound(0, "<=", J0_norm * size))
    high = bound(exp(Inner(path(T, r), x(i))), "<=", EXP_RAD, exponent(p, T, near))
    back = {w: w0, w0: NOW[w], damp: lambda _: sp.S.One, b: M1 + rad}
    one = rules.sup_least(bound(1, "<=", 1), r)
    drift = p.cite("jacobian-drift", back, p.given("data"), near, rules.sup_least(high, r, i), one)
    lost = times(p.given("curvature"), (exp(rad) - 1) * size, grown(), name="what the curvature adds")
    split = signless(u(i))
    pulled = sqrt(total(split.right**2, r))
    whole = calc(
        "|J^T u|",
        pulled,
        ("<=", first.low + n4 * EXP_RAD * (exp(rad) - 1) * size, [plus(drift, n4 * EXP_RAD * (exp(rad) - 1) * size)]),
        ("<=", J0_norm * size + n4 * EXP_RAD * (exp(rad) - 1) * size, [first]),
        ("<=", J0_norm * size + lip * (exp(rad) - 1) * size, [lost]),
        ("<=", beta * size, [times(p.given("norm"), size)]),
    )
    square = bound(
        image(u(i), BLOCK, i, r), "<=", beta**2 * total(u(i) ** 2, i), rules.square_of_bounded(whole, pulled), split
    )
    norm = rules.gram_norm_from_form(JJ_NOW, BLOCK, square, beta**2, u(i), i, j, r)
    return rules.root_at_most(norm, beta, bound(0, "<=", beta))


def linear_part(start: sp.Expr) -> Fact:
    """eta (J J^T e)_i is the sum over r of a_r e^{<w_r, x_i>} <w_r(T+1) - w_r(T), x_i>."""
    assert JJ_NOW.entries is not None
    mapped = total(JJ_NOW.entries.expr * e_path(T, j), j)
    move = Inner(path(T + 1, r) - path(T, r), x(i))
    return bound(eta * mapped, "==", total(a(r) * exp(start) * move, r), iterate(path, T + 1, r))


def curvature(p: Proof, near: Fact, next_near: Fact) -> Fact:
    """|e(T+1) - e(T) + eta J J^T e| <= Lambda eta^2 |J^T e|^2 / 2."""
    z = Quantity("z", real(), "any exponent")
    bend = bound(abs(exp(z)), "<=", EXP_RAD, assume(le(z, M1 + rad)), name="the curvature of exp")
    start, end = (Inner(path(time, r), x(i)) for time in (T, T + 1))
    one = rules.taylor(exp(z), bend, z, start, end, exponent(p, T, near), exponent(p, T + 1, next_near))
    move, beyond = path(T + 1, r) - path(T, r), exp(end) - exp(start) - exp(start) * (end - start)
    squares = rules.sum_bound(rules.square_of_bounded(one, a(r) * beyond), i)
    tensor = rules.tensor_form(X_squares, x(i), move, move, i, j)
    size = EXP_RAD * n4 * Norm(move) ** 2 / 2
    neuron = rules.root_at_most(bound(squares.low, "<=", size**2, squares, tensor), size, bound(0, "<=", size))
    step, split = step_forward(), signless(e_path(T, i))
    mapped = total(JJ_NOW.entries.expr * e_path(T, j), j)
    values = [value_of(e_path, T, i), value_of(e_path, T + 1, i)]
    left = e_path(T + 1, i) - e_path(T, i) + eta * mapped
    linear = total(a(r) * exp(start) * (end - start), r)
    exact = calc(
        "what is beyond the linear part",
        left,
        ("==", -total(a(r) * (exp(end) - exp(start)), r) + eta * mapped, values),
        ("==", -total(a(r) * (exp(end) - exp(start)), r) + linear, [linear_part(start)]),
        ("==", -total(a(r) * beyond, r), []),
    )
    return calc(
        "the curvature of the step",
        euclidean(left, i),
        ("==", euclidean(total(a(r) * beyond, r), i), [exact]),
        ("<=", total(euclidean(a(r) * beyond, i), r), [rules.euclidean_of_sum(a(r) * beyond, i, r)]),
        ("<=", total(size, r), [rules.sum_bound(neuron, r)]),
        ("<=", lip * total(Norm(move) ** 2, r) / 2, [p.given("curvature")]),
        ("==", lip * eta**2 * total(Norm(STEP) ** 2, r) / 2, [step]),
        ("==", lip * eta**2 * G**2 / 2, [split]),
    )


def descent(p: Proof, chosen: int) -> Fact:
    """By complete induction: 0, no further than s; 1, the potential is at most |e(0)|; 2, |e| decays by ``keep``."""
    near = assume(le(D_path, rad), "near so far")
    held = assume(le(sup(residual(t) + c * psi(moved(t)), t), E_0), "the potential so far")
    decay = assume(le(E_peak, E_0), "decay so far")
    claims = [(moved(t), ()), (residual(t) + c * psi(moved(t)), ()), (residual(t) / keep ** (t - 1), ())]
    here = chain(rules.sup_member(D_path, T), near)
    inside = chain(rules.sup_member(held.low, T), held)
    size = times(chain(rules.sup_member(E_peak, T), decay), keep ** (T - 1), name="the residual now")
    small = bound(E, "<=", E_0, size, *in_domain(keep), name="the residual is at most |e(0)|")
    steps = one_step(p, here, inside, size, small)
    return rules.complete_induction(claims, at_start(), steps, t, chosen)


def at_start() -> list[Fact]:
    """The three claims at t = 1, where nothing has moved."""
    first = iterate(path, sp.S.One, r)
    still = calc("nothing has moved", moved(1), ("==", 0, [first]), ("<=", rad, in_domain(rad)))
    potential = bound(residual(1) + c * psi(moved(1)), "<=", E_0, first, name="the potential at the start")
    return [still, potential, bound(residual(1), "<=", E_0, name="decay at the start")]


def one_step(p: Proof, near: Fact, inside: Fact, size: Fact, small: Fact) -> list[Fact]:
    """The three claims at T + 1."""
    split, forward = signless(e_path(T, i)), step_forward()
    least = p.given("step size")
    step_size = bound(c, "<=", 1 - eta * beta**2 / 2 - eta * lip * E / 2, least, small, name="the step size")
    known = [bounded(p, near), near, inside, step_size, split]
    radius = [p.given("reach"), p.given("slope below norm")]
    no_jump = p.cite("kantorovich-drift", {**NOW, E_START: E_0}, *known, *radius, part="no jump")
    growth = rules.direct_sum_triangle(path(T, r) - w0(r), eta * STEP, r)
    next_near = calc(
        "near after the step",
        D_NEXT,
        ("==", growth.low, [forward]),
        ("<=", no_jump.low, [growth]),
        ("<=", rad, [no_jump]),
    )
    known += [gradient_below(p), curvature(p, near, next_near), slope_left(p, near)]
    potential = p.cite("kantorovich-drift", {**NOW, E_START: E_0}, *known)
    after = bound(E_NEXT + c * psi(D_NEXT), "<=", E_0, potential, forward, name="the potential after the step")
    falls = p.cite("kantorovich-drift", NOW, *known, part="rate")
    return [next_near, after, decays(p, near, falls, size)]


def drifted(p: Proof, near: Fact) -> Fact:
    """L (e^{|W - W(0)|} - 1) <= L (e^s - 1)."""
    return bound(L * (exp(D) - 1), "<=", L * (exp(rad) - 1), near, name="the drift so far")


def slope_left(p: Proof, near: Fact) -> Fact:
    """0 < sigma0 - L (e^{|W - W(0)|} - 1)."""
    below = chain(drifted(p, near), p.given("slope left"))
    return plus(below, -below.low, name="some slope is left")


def decays(p: Proof, near: Fact, falls: Fact, size: Fact) -> Fact:
    """|e(T+1)| / keep^T <= |e(0)|."""
    here = sigma0 - L * (exp(D) - 1)
    order = plus(drifted(p, near), sigma0 - L * (exp(D) - 1) - L * (exp(rad) - 1))
    least = plus(p.given("slope left"), -L * (exp(rad) - 1))
    left = slope_left(p, near)
    steep = chain(times(order, least.high, least), times(order, left.high, left), name="the slope at the end")
    scaled = times(steep, eta * c * E)
    after = calc(
        "the next residual",
        falls.low,
        ("<=", (1 - eta * c * here**2) * E, [falls]),
        ("<=", (1 - eta * c * RHO**2) * E, [plus(scaled, E - scaled.low - scaled.high)]),
        ("<=", keep * E, [times(p.given("rate"), E)]),
        ("<=", keep * keep ** (T - 1) * E_0, [size]),
    )
    return bound(E_NEXT / keep**T, "<=", E_0, times(after, keep ** (-T)), name="decay after the step")


def proof(p: Proof) -> Fact:
    return p.conclude(descent(p, 2))


def stays(p: Proof) -> Fact:
    return p.conclude(descent(p, 0))
