"""One step of the Kantorovich argument in numbers alone: what its facts about norms imply, for any map and any start.

Letters: E = |e|, E_next = |e+|, g = |J^T e|, x = |e - eta J J^T e|, v = |e+ - e + eta J J^T e|, D = |W - W(0)|, D_next
likewise after the step, rho = a lower bound on sigma_min(J). Each fact rests on the assumptions that it names; a lemma
takes an instance of it.
"""

from __future__ import annotations

import sympy as sp
from sympy import sqrt

from lemmas.notation.descent import beta, c, lip, sigma, sigma0
from lemmas.notation.symbols import eta
from verify import Quantity, eq, le, lt, positive, real
from verify.proof import Fact, Proof, assume, bound, calc, chain, in_domain, plus, rules, times

E, E_NEXT, G = (Quantity(name, real(0), "a letter") for name in ("E", "E_next", "g"))
X, V = (Quantity(name, real(0), "a letter") for name in ("x", "v"))
D, D_NEXT = (Quantity(name, real(0), "a letter") for name in ("D", "D_next"))
RHO = Quantity("rho", positive(), "a letter")

ABOVE, BELOW = le(G, beta * E), le(RHO * E, G)
LINEAR = le(X**2, E**2 - 2 * eta * G**2 + eta**2 * beta**2 * G**2)
PARTS, TAYLOR = le(E_NEXT, X + V), le(V, lip * eta**2 * G**2 / 2)
STEP_SIZE = le(c, 1 - eta * beta**2 / 2 - eta * lip * E / 2)
ROOT, ROOT_NEXT = sigma**2 + 2 * lip * E / c, sigma**2 + 2 * lip * E_NEXT / c
SQUARED = eq(sigma**2, RHO**2 - 2 * lip * E / c)
INSIDE = le(lip * D + RHO, sigma0)
SMALL = le(eta * beta, 1 / (c * beta))
GROWTH = le(D_NEXT, D + eta * G)


def square() -> Fact:
    """E E_next <= E^2 - eta c g^2."""
    return calc(
        "the step",
        E * E_NEXT,
        ("<=", E * (X + V), [assume(PARTS, "both parts")]),
        ("<=", E**2 / 2 + X**2 / 2 + E * V, [rules.product_at_most_squares(E, X)]),
        ("<=", E**2 - eta * G**2 + eta**2 * beta**2 * G**2 / 2 + E * V, [assume(LINEAR, "the linear part")]),
        ("<=", E**2 - eta * G**2 + eta**2 * beta**2 * G**2 / 2 + E * lip * eta**2 * G**2 / 2, [assume(TAYLOR)]),
        ("==", E**2 - eta * G**2 * (1 - eta * beta**2 / 2 - eta * lip * E / 2), []),
        ("<=", E**2 - eta * c * G**2, [assume(STEP_SIZE, "step size")]),
    )


def fall() -> Fact:
    """eta c rho g <= E - E_next; at E = 0 this says that the residual stays 0."""
    return rules.either(_fall_at_zero(), _fall_elsewhere(), E, sp.S.Zero)


def _fall_elsewhere() -> Fact:
    steep = times(assume(BELOW, "the gradient from below"), eta * c * G)
    fallen = plus(square(), eta * c * G**2 - E * E_NEXT)
    both = chain(steep, fallen, name="eta c rho g E <= E (E - E_next)")
    divided = times(both, 1 / E, assume(lt(0, E), "the residual is not 0"))
    return bound(eta * c * RHO * G, "<=", E - E_NEXT, divided, name="eta c rho g <= E - E_next")


def _fall_at_zero() -> Fact:
    zero = assume(le(E, 0), "the residual is 0")
    gradient = bound(G, "<=", 0, assume(ABOVE, "the gradient from above"), zero)
    none = bound(X**2, "<=", 0, assume(LINEAR, "the linear part"), gradient, zero, name="the linear part vanishes")
    linear = rules.root_at_most(none, sp.S.Zero, bound(0, "<=", 0))
    whole = calc(
        "eta c rho g + E_next <= E",
        eta * c * RHO * G + E_NEXT,
        ("<=", E_NEXT, [gradient]),
        ("<=", X + V, [assume(PARTS, "both parts")]),
        ("<=", V, [linear]),
        ("<=", lip * eta**2 * G**2 / 2, [assume(TAYLOR)]),
        ("<=", 0, [gradient]),
        ("<=", E, []),
    )
    return plus(whole, -E_NEXT, name="eta c rho g <= E - E_next")


def rate() -> Fact:
    """E_next <= (1 - eta c rho^2) E."""
    steep = times(assume(BELOW, "the gradient from below"), eta * c * RHO)
    return plus(chain(steep, fall()), E_NEXT - eta * c * RHO**2 * E, name="E_next <= (1 - eta c rho^2) E")


def potential() -> Fact:
    """Lambda D_next + sqrt(sigma^2 + 2 Lambda E_next / c) <= sigma0, if rho is that root at E and D."""
    tangent = rules.root_tangent(RHO**2, ROOT_NEXT)
    fallen = times(fall(), lip / (c * RHO))
    settled = plus(fallen, lip * D + RHO - fallen.high, name="what the root loses")
    return calc(
        "the potential does not grow",
        lip * D_NEXT + sqrt(ROOT_NEXT),
        ("<=", lip * D + lip * eta * G + sqrt(ROOT_NEXT), [assume(GROWTH, "the distance grows by at most eta g")]),
        ("<=", lip * D + lip * eta * G + (RHO**2 + ROOT_NEXT) / (2 * RHO), [tangent]),
        ("==", lip * D + RHO + lip * eta * G - lip * (E - E_NEXT) / (c * RHO), [assume(SQUARED, "rho is the root")]),
        ("<=", lip * D + RHO, [settled]),
        ("<=", sigma0, [assume(INSIDE, "inside")]),
    )


def no_jump() -> Fact:
    """Lambda (D + eta g) <= sigma0 - sigma: the whole step stays in the ball; needs nothing beyond the point itself."""
    tangent = rules.root_tangent(RHO**2, sigma**2)
    slope = bound(RHO, "<=", beta, assume(INSIDE, "inside"), assume(le(sigma0, beta), "sigma0 <= beta"))
    return calc(
        "the step ends inside",
        lip * D + lip * eta * G,
        ("<=", lip * D + lip * eta * beta * E, [assume(ABOVE, "the gradient from above")]),
        ("<=", lip * D + lip * E / (c * beta), [assume(SMALL, "eta c beta^2 <= 1")]),
        ("<=", lip * D + lip * E / (c * RHO), [slope]),
        ("==", lip * D + RHO - (RHO**2 + sigma**2) / (2 * RHO), [assume(SQUARED, "rho is the root")]),
        ("<=", lip * D + RHO - sigma, [tangent]),
        ("<=", sigma0 - sigma, [assume(INSIDE, "inside")]),
    )


STEEP = le(E_NEXT, (1 - eta * c * RHO**2) * E)


def log_fall(p: Proof) -> Fact:
    """log(sigma^2 + 2 Lambda E_next / c) <= 2 log rho - 2 eta Lambda E: what one block may move is gained here."""
    exponent = 2 * eta * lip * E
    shrunk = times(p.cite("one-plus-x", {"x": -exponent}), RHO**2)
    root = calc(
        "the root, a step later",
        ROOT_NEXT,
        ("<=", sigma**2 + 2 * lip * (1 - eta * c * RHO**2) * E / c, [assume(STEEP, "the rate")]),
        (
            "==",
            RHO**2 - 2 * lip * E / c + 2 * lip * (1 - eta * c * RHO**2) * E / c,
            [assume(SQUARED, "rho is the root")],
        ),
        ("==", RHO**2 * (1 - exponent), []),
        ("<=", RHO**2 * sp.exp(-exponent), [shrunk]),
    )
    return rules.exponents_compare(root, sp.log(ROOT_NEXT), 2 * sp.log(RHO) - exponent)


def log_room(p: Proof) -> Fact:
    """eta Lambda E <= log rho - log sigma: a step that long stays near; needs nothing beyond the point itself."""
    room = 2 * sp.log(RHO) - 2 * sp.log(sigma)
    order = bound(sp.log(sigma), "<=", sp.log(RHO), assume(le(sigma, RHO), "sigma <= rho"))
    sign = times(plus(order, -sp.log(sigma)), sp.S(2), name="0 <= 2 log(rho / sigma)")
    scale = eta * c * RHO**2
    least = times(plus(p.cite("one-plus-x", {"x": -room}), room), scale, name="1 - sigma^2/rho^2 <= 2 log(rho / sigma)")
    slope = calc(
        "eta c rho^2 <= 1",
        scale,
        ("<=", eta * c * beta**2, [assume(le(RHO, beta), "rho <= beta")]),
        ("<=", 1, [times(assume(SMALL, "eta c beta^2 <= 1"), c * beta)]),
    )
    twice = calc(
        "the step of one block, twice",
        2 * eta * lip * E,
        ("==", scale - eta * c * sigma**2, [assume(SQUARED, "rho is the root")]),
        ("<=", scale * room, [plus(least, -eta * c * sigma**2)]),
        ("<=", room, [times(slope, room, sign)]),
    )
    return times(twice, sp.S.Half)


# Exponential drift: sigma_min(J(W)) >= sigma0 - L (e^D - 1), whose integral from 0 is psi(D).
L = Quantity("L", positive(), "how fast the least singular value may fall: by L (e^s - 1) within a distance s")
E_START = Quantity("E_start", real(0), "a level that the potential E + c psi(D) does not exceed")
A = Quantity("A", real(0), "a distance whose potential is at least that level")
PSI, PSI_NEXT = (sigma0 * d - L * (sp.exp(d) - 1 - d) for d in (D, D_NEXT))
DRIFTING = eq(RHO, sigma0 - L * (sp.exp(D) - 1))


def drift_potential() -> Fact:
    """E_next + c psi(D_next) <= E_start, if that holds at E and D and the slope of psi is still positive at D_next.

    psi is concave, so it grows by at most psi'(D) (D_next - D) <= rho eta g, which the residual loses c times.
    """
    tangent = times(assume(le(1 + D_NEXT - D, sp.exp(D_NEXT - D)), "one-plus-x"), c * L * sp.exp(D))
    line = c * (sigma0 + L) * (D_NEXT - D) + c * L * sp.exp(D)
    concave = plus(tangent, line - tangent.low - tangent.high, name="psi lies below its tangent")
    further = times(assume(GROWTH, "the distance grows by at most eta g"), c * RHO)
    rise = calc(
        "what the potential gains by moving",
        c * PSI_NEXT - c * PSI,
        ("==", c * (sigma0 + L) * (D_NEXT - D) - c * L * sp.exp(D) * (sp.exp(D_NEXT - D) - 1), []),
        ("<=", c * (sigma0 + L) * (D_NEXT - D) - c * L * sp.exp(D) * (D_NEXT - D), [concave]),
        ("==", c * RHO * (D_NEXT - D), [assume(DRIFTING, "rho is what the drift leaves")]),
        ("<=", c * RHO * eta * G, [plus(further, -c * RHO * D)]),
        ("<=", E - E_NEXT, [fall()]),
    )
    inside = plus(rise, E_NEXT + c * PSI)
    return chain(inside, assume(le(E + c * PSI, E_START), "inside"), name="the potential does not grow")


def drift_no_jump() -> Fact:
    """D + eta g <= A, if E + c psi(D) <= E_start <= c psi(A), D <= A and sigma0 <= beta: no step leaves the ball.

    psi rises by at most sigma0 (A - D) from D to A, which bounds E, and eta beta c sigma0 <= 1.
    """
    left = plus(assume(le(D, A), "inside"), -D)
    tangent = times(assume(le(1 + A - D, sp.exp(A - D)), "one-plus-x"), sp.exp(D))
    flat = times(bound(1, "<=", sp.exp(D), *in_domain(D)), A - D, left)
    convex = chain(plus(flat, sp.exp(D)), tangent, name="exp lies above its tangent")
    curved = times(plus(convex, -convex.low), c * L, name="what curvature takes from psi")
    psi_end = sigma0 * A - L * (sp.exp(A) - 1 - A)
    rise = plus(curved, c * psi_end - c * PSI, name="psi rises by at most sigma0 (A - D)")
    within = chain(assume(le(E + c * PSI, E_START), "the potential"), assume(le(E_START, c * psi_end), "reach"))
    size = chain(plus(within, -c * PSI), rise, name="the residual is at most c sigma0 (A - D)")
    gain = times(_small_step(), A - D, left)
    return calc(
        "the step ends inside",
        D + eta * G,
        ("<=", D + eta * beta * E, [assume(ABOVE, "the gradient from above")]),
        ("<=", D + eta * beta * c * sigma0 * (A - D), [times(size, eta * beta)]),
        ("<=", A, [plus(gain, D)]),
    )


def _small_step() -> Fact:
    """eta beta c sigma0 <= 1, since eta beta^2 <= 2 (1 - c) and 2 c (1 - c) <= 1."""
    share = bound(eta * beta**2 / 2 + c, "<=", 1, plus(assume(STEP_SIZE, "step size"), eta * beta**2 / 2))
    square = plus(bound(0, "<=", c**2 + (1 - c) ** 2), 2 * c - 2 * c**2, name="2 c (1 - c) <= 1")
    scaled = plus(times(share, 2 * c), -2 * c**2)
    steep = times(assume(le(sigma0, beta), "sigma0 <= beta"), eta * beta * c)
    return chain(steep, scaled, square, name="eta beta c sigma0 <= 1")
