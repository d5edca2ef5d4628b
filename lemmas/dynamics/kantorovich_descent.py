"""Kantorovich descent, for any C^1 map: if h = Lambda |e(0)|/sigma0^2 < c/2 it stays within s* and converges linearly.

Source: the Kantorovich argument for gradient descent; this project's explicit version, without continuity in eta.
One step: Lambda |W - W(0)| + sqrt(sigma^2 + 2 Lambda |e| / c) stays <= sigma0. All steps, by complete induction: with
sigma = sigma0 sqrt(1 - 2h/c) it holds at the start, so |W - W(0)| <= s* = (sigma0 - sigma)/Lambda for ever.

Proof: sigma_min(J) >= sigma0 - Lambda |W - W(0)| >= rho, the root. With g = |J^T e| >= rho |e| a step gives
|e| |e+| <= |e|^2 - eta c g^2, so |e+| <= |e| - eta c rho g: the root falls by at least Lambda eta g (it is concave),
while |W - W(0)| grows by at most eta g.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Rational, log, sqrt

from lemmas import quadratic_maps
from lemmas.notation.descent import (
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
from lemmas.notation.symbols import E, R, T, e, eta, i, j, r, w, w0
from lemmas.notation.walk import farthest, heaviest, reach, size_first, size_last, worst_step
from lemmas.steps import kantorovich as letters
from lemmas.steps import kantorovich_blocks
from lemmas.steps import kantorovich_path as whole
from verify import Lemma, Quantity, Relation, Search, const, le, real
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
    whole.take(p, *STEP)
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


def steep_rate(p: Proof) -> Fact:
    """The same with rho at the point."""
    names, known = facts(p)
    return p.conclude(instance(letters.rate(), names, *known))


def no_jump(p: Proof) -> Fact:
    """The same for the end of the step, from what is known at its beginning."""
    whole.take(p, *IN)
    known = [gradient_above(p), p.given("inside"), p.given("slope below norm"), p.given("small step")]
    return p.conclude(instance(letters.no_jump(), HERE, *known))


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
    "draw": quadratic_maps.draw,
    "cases": ("small", "middling", "wide"),
    "search": {"bent line": Search(4, quadratic_maps.bent_line)},
}
RUN: dict[str, Any] = {
    "draw": quadratic_maps.draw_run,
    "cases": ("small", "middling", "wide"),
    "search": {"bent line": Search(3, quadratic_maps.bent_run)},
}
# F(w) = w, one step of size 1/4 from w = 0 to the label 1/8: all of it exact.
BY_BLOCKS_RUN: dict[str, Any] = {
    **RUN,
    "draw": quadratic_maps.draw_blocks,
    "search": {"bent line": Search(3, quadratic_maps.bent_blocks)},
    "point": {
        "X": np.zeros((1, 1)), "W0": np.zeros((1, 1)), "W": np.zeros((1, 1)), "walk": np.array([[[0.0]], [[0.03125]]]),
        "jacobians": np.ones((2, 1, 1, 1)), "residuals": np.array([[0.125], [0.09375]]),
        "eta": 0.25, "lip": 1.125, "beta": 1.0625, "sigma0": 0.984375, "sigma": 0.75, "c": 0.75, "R": 0.5,
    },
}  # fmt: skip
IN_BALL = {**whole.GIVEN, "radius": le((sigma0 - sigma) / lip, R)}
BY_BLOCKS = {**whole.GIVEN, "pull": le(heaviest, 0), "radius": le(log(sigma0) - log(sigma), R)}
S_STAR = (sigma0 - sigma) / lip
BEYOND = Lemma(  # F(w) = w - w^2/2 with y = .51: the residual stays above .01
    le(60 * size_last, size_first),
    given={
        **whole.GIVEN,
        "inside": le(lip * size_first, Rational(51, 100) * sigma0**2),
        "radius": le(sigma0 / lip, R),
        "long": le(64, eta * T * sigma0**2),
    },
    search={"bent line": Search(2, quadratic_maps.out_of_reach)},
)
z = Quantity("z", real(), "a point of the line")
H = const("H", Rational(1, 2), "tight")
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
        "steep rate": Lemma(
            le(res_next, (1 - eta * c * ROOT**2) * E),
            given=STEP,
            latex=r"\|e^+\| \le (1-\eta c\rho^2)\,\|e\|,\quad \rho^2 = \sigma_*^2 + 2\Lambda\|e\|/c",
            limitations="The rate at the point: it falls to that of the part 'rate' as the residual vanishes.",
            proof=steep_rate,
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
        "path": Lemma(
            le(reach, S_STAR),
            given=IN_BALL,
            latex=r"\forall t:\ \|W(t)-W(0)\| \le s_* = (\sigma_0-\sigma_*)/\Lambda"
            r"\quad\text{{if}}\quad \sigma_*^2 + 2\Lambda\|e(0)\|/c \le \sigma_0^2",
            limitations="The bounds on J and F are asked for at the run's own points only, while it is near.",
            uses=("kantorovich-descent",),
            proof=lambda p: p.conclude(whole.reaches(p)),
            faults={
                "s* halved": Lemma(le(reach, S_STAR / 2), given=IN_BALL, **RUN),
                "h up to .51, and e tends to 0": BEYOND,
            },
            **RUN,
        ),
        "contraction": Lemma(
            le(worst_step, 0),
            given=IN_BALL,
            latex=r"\forall t:\ \|e(t+1)\| \le (1-\eta c\sigma_*^2)\,\|e(t)\|",
            limitations="The rate is that of the worst point of the ball; it vanishes as h tends to c/2.",
            uses=("kantorovich-descent",),
            proof=lambda p: p.conclude(whole.contraction(p, whole.IN_BALL)),
            **RUN,
        ),
        "blocks": Lemma(
            le(farthest, log(sigma0) - log(sigma)),
            given=BY_BLOCKS,
            latex=r"\forall t, r:\ \|w_r(t)-w_r(0)\| \le \log(\sigma_0/\sigma_*)"
            r"\quad\text{{if}}\quad \|(J^{{\!\top}}e)_r\| \le \Lambda\|e\|",
            limitations="Worth more than the part 'path' only where log(sigma0/sigma) < (sigma0 - sigma)/Lambda.",
            uses=("kantorovich-descent", "one-plus-x"),
            proof=lambda p: p.conclude(kantorovich_blocks.blocks_reach(p)),
            **BY_BLOCKS_RUN,
        ),
        "blocks contraction": Lemma(
            le(worst_step, 0),
            given=BY_BLOCKS,
            latex=r"\forall t:\ \|e(t+1)\| \le (1-\eta c\sigma_*^2)\,\|e(t)\|",
            limitations="The rate is that of the worst point; it vanishes as h tends to c/2.",
            uses=("kantorovich-descent", "one-plus-x"),
            proof=lambda p: p.conclude(whole.contraction(p, kantorovich_blocks.BLOCKS)),
            **BY_BLOCKS_RUN,
        ),
        "sharp": Lemma(
            le(z - z**2 / 2, H),
            latex=r"w - \tfrac12 w^2 \le {H}:\quad \text{{no }} y > {H} \text{{ is reached by }}"
            r" F(w) = w - \tfrac12 w^2,\ \sigma_0 = \Lambda = 1",
            limitations="One map of one variable: it shows that no constant above 1/2 can stand in h < c/2.",
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
