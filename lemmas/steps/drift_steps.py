"""All steps of gradient descent where the Jacobian drifts exponentially: the proof, by complete induction over them.

For the parts 'contraction' and 'stays' of kantorovich-drift; the hypotheses stand in lemmas.steps.drift_path.
"""

from __future__ import annotations

import sympy as sp
from sympy import exp, sqrt

from lemmas.notation.descent import beta, c, lip, sigma0
from lemmas.notation.jacobians import M1, X_squares, b, damp, n4, rad, u
from lemmas.notation.symbols import T, a, e, eta, i, j, m, r, t, w, w0, x
from lemmas.notation.training import block, feature, output_at
from lemmas.notation.walk import res, size_at, size_first, walk
from lemmas.steps.drift_now import Now, exponent, grown, moves
from lemmas.steps.drift_path import RHO, START, TAME, J0_norm, lam_tame, moved, psi
from lemmas.steps.drift_path import feature as feature_0
from lemmas.steps.first_residual import starts
from lemmas.steps.kantorovich import E_START, L
from lemmas.steps.network_run import equal_residual
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
    plus,
    rules,
    times,
    total,
)
from verify.proof.rules.forms import image
from verify.proof.terms import euclidean, sup

EXP_RAD = exp(M1 + rad)


def gradient_below(p: Proof, now: Now) -> Fact:
    """(sigma0 - L (e^{|W - W(0)|} - 1)) |e| <= |J^T e|."""
    known = [p.given(name) for name in ("data", "tamed", "weights")]
    here, residual = now.families, res(now.time, i)
    drift = p.cite("jacobian-drift", {w: here[w], u: here[e]}, *known, part="at its distance")
    scaled = damp(r) * feature_0(i) * x(i) / sqrt(m)
    pulled_0 = total(residual * feature_0(i) * x(i), i)
    split = rules.common_factor(damp(r) / sqrt(m), residual * feature_0(i) * x(i), i)
    start = calc(
        "at the start",
        sigma0**2 * now.size**2,
        ("<=", m * lam_tame * now.size**2, [p.given("slope")]),
        ("<=", m * image(residual, scaled, i, r), [rules.gram_form_below(TAME, scaled, residual, i, j, r)]),
        ("==", m * total(split.right**2, r), [split]),
        ("==", total(damp(r) ** 2 * Norm(pulled_0) ** 2, r), []),
    )
    root, far = rules.root_at_least(start, sigma0 * now.size), moved(now.time)
    away = plus(bound(1, "<=", exp(far), bound(0, "<=", far)), -1, name="0 <= e^{|W - W(0)|} - 1")
    lost = times(p.given("drift"), (exp(far) - 1) * now.size, away, name="what the drift takes")
    return calc(
        "the gradient from below",
        (sigma0 - L * (exp(far) - 1)) * now.size,
        ("<=", root.high - L * (exp(far) - 1) * now.size, [root]),
        ("<=", root.high - lost.low, [plus(lost, root.high - lost.low - lost.high)]),
        ("<=", now.gradient, [drift]),
    )


def bounded(p: Proof, now: Now) -> Fact:
    """|J(W(t))| <= beta."""
    size = euclidean(u(i), i)
    still = rules.gram_form_above(START, feature_0(i) * x(i), u(i), i, j, r)
    first = rules.root_at_most(still, J0_norm * size, bound(0, "<=", J0_norm * size))
    high = bound(feature(now.time, r, i), "<=", EXP_RAD, exponent(p, now.time, now.near))
    back = {w: w0, w0: now.families[w], damp: lambda _: sp.S.One, b: M1 + rad}
    one = rules.sup_least(bound(1, "<=", 1), r)
    drift = p.cite("jacobian-drift", back, p.given("data"), now.near, rules.sup_least(high, r, i), one)
    lost = times(p.given("curvature"), (exp(rad) - 1) * size, grown(), name="what the curvature adds")
    split = now.signless(u(i))
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
        image(u(i), now.block, i, r), "<=", beta**2 * total(u(i) ** 2, i), rules.square_of_bounded(whole, pulled), split
    )
    norm = rules.gram_norm_from_form(now.jacobians, now.block, square, beta**2, u(i), i, j, r)
    return rules.root_at_most(norm, beta, bound(0, "<=", beta))


def beyond_linear(p: Proof, now: Now) -> Fact:
    """e(t+1) - e(t) + eta J J^T e is minus the sum over r of a_r (e^{z+} - e^z (1 + z+ - z)), z = <w_r, x_i>."""
    step, assembled = moves(p, now), now.jacobians.entries
    assert assembled is not None
    along = eta * total(res(now.time, j) * block(now.time, r, j), j)
    renamed = bound(walk(now.time + 1, r), "==", walk(now.time, r) + along, step, name="the same step, summed over j")
    mapped = eta * total(assembled.expr * res(now.time, j), j)
    start, end = (Inner(walk(time, r), x(i)) for time in (now.time, now.time + 1))
    linear = total(a(r) * exp(start) * (end - start), r)
    residuals = [equal_residual(p, time, now.time) for time in (now.time, now.time + 1)]
    return calc(
        "what is beyond the linear part",
        res(now.time + 1, i) - res(now.time, i) + mapped,
        ("==", output_at(now.time, i) - output_at(now.time + 1, i) + mapped, residuals),
        ("==", output_at(now.time, i) - output_at(now.time + 1, i) + linear, [renamed]),
        ("==", -total(a(r) * (exp(end) - exp(start) - exp(start) * (end - start)), r), []),
    )


def curvature(p: Proof, now: Now, next_near: Fact) -> Fact:
    """|e(t+1) - e(t) + eta J J^T e| <= Lambda eta^2 |J^T e|^2 / 2."""
    z = Quantity("z", real(), "any exponent")
    bend = bound(abs(exp(z)), "<=", EXP_RAD, assume(le(z, M1 + rad)), name="the curvature of exp")
    start, end = (Inner(walk(time, r), x(i)) for time in (now.time, now.time + 1))
    ends = exponent(p, now.time, now.near), exponent(p, now.time + 1, next_near)
    one = rules.taylor(exp(z), bend, z, start, end, *ends)
    move = walk(now.time + 1, r) - walk(now.time, r)
    beyond = exp(end) - exp(start) - exp(start) * (end - start)
    squares = rules.sum_bound(rules.square_of_bounded(one, a(r) * beyond), i)
    tensor = rules.tensor_form(X_squares, x(i), move, move, i, j)
    size = EXP_RAD * n4 * Norm(move) ** 2 / 2
    neuron = rules.root_at_most(bound(squares.low, "<=", size**2, squares, tensor), size, bound(0, "<=", size))
    exact = beyond_linear(p, now)
    return calc(
        "the curvature of the step",
        euclidean(exact.left, i),
        ("==", euclidean(total(a(r) * beyond, r), i), [exact]),
        ("<=", total(euclidean(a(r) * beyond, i), r), [rules.euclidean_of_sum(a(r) * beyond, i, r)]),
        ("<=", total(size, r), [rules.sum_bound(neuron, r)]),
        ("<=", lip * total(Norm(move) ** 2, r) / 2, [p.given("curvature")]),
        ("==", lip * eta**2 * total(Norm(now.step) ** 2, r) / 2, [moves(p, now)]),
        ("==", lip * eta**2 * now.gradient**2 / 2, [now.signless(res(now.time, i))]),
    )


CLAIMS = ((moved(t), ()), (size_at(t) + c * psi(moved(t)), ()), (size_at(t), ()))


def at_start(p: Proof) -> list[Fact]:
    """The three claims at t = 1, where nothing has moved."""
    first = starts(p)
    still = calc("nothing has moved", moved(1), ("==", 0, [first]), ("<=", rad, in_domain(rad)))
    potential = bound(CLAIMS[1][0].subs(t, 1), "<=", size_first, first, name="the potential at the start")
    return [still, potential, bound(size_at(sp.S.One), "<=", size_first, name="the residual at the start")]


def so_far(bases: list[Fact]) -> list[Fact]:
    """The claims at all times, assumed."""
    return [assume(le(sup(claim, t), base.high), "so far") for (claim, _), base in zip(CLAIMS, bases, strict=True)]


def at_time(time: sp.Expr, everywhere: list[Fact]) -> Now:
    """The claims at one time."""
    return Now(time, *(chain(rules.sup_member(fact.low, time), fact) for fact in everywhere))


def one_step(p: Proof, now: Now) -> tuple[Fact, Fact, Fact]:
    """The first two claims at t + 1, and by how much the residual falls."""
    split, forward, least = now.signless(res(now.time, i)), moves(p, now), p.given("step size")
    step_size = bound(c, "<=", 1 - eta * beta**2 / 2 - eta * lip * now.size / 2, least, now.small, name="the step size")
    known = [bounded(p, now), now.near, now.inside, step_size, split]
    radius, at = [p.given("reach"), p.given("slope below norm")], {**now.families, E_START: size_first}
    no_jump = p.cite("kantorovich-drift", at, *known, *radius, part="no jump")
    growth = rules.direct_sum_triangle(walk(now.time, r) - w0(r), eta * now.step, r)
    next_near = calc(
        "near after the step",
        moved(now.time + 1),
        ("==", growth.low, [forward]),
        ("<=", no_jump.low, [growth]),
        ("<=", rad, [no_jump]),
    )
    known += [gradient_below(p, now), curvature(p, now, next_near), slope_left(p, now)]
    potential = p.cite("kantorovich-drift", at, *known)
    goal = size_at(now.time + 1) + c * psi(moved(now.time + 1))
    after = bound(goal, "<=", size_first, potential, forward, name="the potential after the step")
    return next_near, after, p.cite("kantorovich-drift", now.families, *known, part="rate")


def drifted(now: Now) -> Fact:
    """L (e^{|W - W(0)|} - 1) <= L (e^s - 1)."""
    return bound(L * (exp(moved(now.time)) - 1), "<=", L * (exp(rad) - 1), now.near, name="the drift so far")


def slope_left(p: Proof, now: Now) -> Fact:
    """0 < sigma0 - L (e^{|W - W(0)|} - 1)."""
    below = chain(drifted(now), p.given("slope left"))
    return plus(below, -below.low, name="some slope is left")


def everywhere(p: Proof) -> list[Fact]:
    """The three claims at all times, by complete induction."""
    bases = at_start(p)
    now = at_time(T, so_far(bases))
    near, potential, falls = one_step(p, now)
    less = calc(
        "the residual is no larger than at the start",
        falls.low,
        ("<=", falls.high, [falls]),
        ("<=", now.size, []),
        ("<=", size_first, [now.small]),
    )
    steps = [near, potential, less]
    return [rules.complete_induction(CLAIMS, bases, steps, t, chosen) for chosen in range(len(CLAIMS))]


def stays(p: Proof) -> Fact:
    return p.conclude(everywhere(p)[0])


def contraction(p: Proof) -> Fact:
    """|e(t+1)| <= (1 - eta c rho^2) |e(t)|."""
    now = at_time(t, everywhere(p))
    falls, here = one_step(p, now)[2], sigma0 - L * (exp(moved(t)) - 1)
    order = plus(drifted(now), sigma0 - L * (exp(moved(t)) - 1) - L * (exp(rad) - 1))
    least, left = plus(p.given("slope left"), -L * (exp(rad) - 1)), slope_left(p, now)
    steep = chain(times(order, least.high, least), times(order, left.high, left), name="the slope at the end")
    scaled = times(steep, eta * c * now.size)
    rate = calc(
        "the next residual",
        falls.low,
        ("<=", (1 - eta * c * here**2) * now.size, [falls]),
        ("<=", (1 - eta * c * RHO**2) * now.size, [plus(scaled, now.size - scaled.low - scaled.high)]),
    )
    return p.conclude(rules.sup_least(plus(rate, -rate.high), t))
