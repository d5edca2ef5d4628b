"""What a run of the network knows: the bounds on J and F that the Kantorovich argument asks for while it is near."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from sympy import exp, sqrt

from lemmas.notation.descent import beta, c, lip, rows, sigma, sigma0
from lemmas.notation.jacobians import B1, X_gram, X_norm, w1
from lemmas.notation.symbols import R, a, eta, i, j, m, nu, r, t, w, w0, x, y
from lemmas.notation.training import (
    H_first,
    J_first,
    M1_first,
    block,
    descent_gap,
    feature,
    lam_H1,
    output_at,
    residual_gap,
)
from lemmas.notation.walk import (
    away,
    beyond,
    dist_at,
    far_at,
    jac_at,
    res,
    size_first,
    walk,
)
from lemmas.steps.kantorovich_path import take
from verify import Relation, le, lt
from verify.proof import (
    Fact,
    Inner,
    Norm,
    Proof,
    algebra,
    assume,
    bound,
    calc,
    chain,
    in_domain,
    plus,
    rules,
    scalars,
    times,
    total,
)
from verify.proof.rules.forms import image
from verify.proof.terms import Entry, Spectral, euclidean

REACH = exp(B1 + R)
NETWORK: dict[str, Relation] = {
    "data": le(nu, 1),
    "descent": le(descent_gap, 0),
    "residuals": le(residual_gap, 0),
    "start": le(M1_first, B1),
    "slope": le(sigma0**2 / m, lam_H1),
    "lipschitz": le(X_norm * REACH, lip),
    "bounded": le(J_first + sigma0 - sigma, beta),
    "step size": le(c, 1 - eta * beta**2 / 2 - eta * lip * size_first / 2),
    "inside": le(sqrt(sigma**2 + 2 * lip * size_first / c), sigma0),
}
u = scalars("u")
CHANGE = block(t, r, i) - block(1, r, i)
JACOBIAN = {jac_at: block}


def at_time(time: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda neuron: walk(time, neuron)


def unless(fact: Fact, value: sp.Expr, low: sp.Expr, high: sp.Expr, indicator: sp.Expr, *sign: Fact) -> Fact:
    """(1 - 1{low > high}) value <= b, from value <= b where low <= high; ``sign`` says that 0 <= b."""
    inside, outside = assume(le(low, high)), assume(lt(high, low))
    goal = (1 - indicator) * value
    here = bound(goal, "<=", fact.high, rules.indicator_zero(inside), fact)
    there = bound(goal, "<=", fact.high, rules.indicator_one(outside), *sign)
    return rules.either(here, there, low, high)


def near(time: sp.Expr) -> Fact:
    return assume(le(far_at(time), R), "near")


def still() -> Fact:
    """At the start nothing has moved."""
    return rules.sup_least(bound(Norm(walk(1, r) - walk(1, r)), "<=", R, *in_domain(R)), r)


def moved(p: Proof) -> Fact:
    """w_r(t+1) = w_r(t) + eta (J^T e)_r."""
    gap = chain(rules.sup_member(descent_gap, t, r), p.given("descent"))
    after = walk(t, r) + eta * total(res(t, i) * block(t, r, i), i)
    return bound(walk(t + 1, r), "==", after, rules.zero_norm(gap), name="a step of gradient descent")


def bends(p: Proof) -> Fact:
    """|J(t) - J(1)| <= Lambda |W(t) - W(1)| while near."""
    points = {w: at_time(t), w1: at_time(sp.S.One), w0: at_time(sp.S.One)}
    found = p.cite("jacobian-lipschitz", points, p.given("data"), p.given("start"), near(t), still())
    return bound(sqrt(Spectral(rows("DJ", CHANGE))), "<=", lip * dist_at(t), found, p.given("lipschitz"))


def steep(p: Proof) -> Fact:
    """|J(t)| <= |J(1)| + |J(t) - J(1)| <= beta while near and in the ball."""
    first, size = block(1, r, i), euclidean(u(i), i)
    shares = []
    for matrix, part in ((rows("JJ", first), first), (rows("DJ", CHANGE), CHANGE)):
        form, norm = rules.gram_form_above(matrix, part, u(i), i, j, r), sqrt(Spectral(matrix))
        shares.append(rules.root_at_most(form, norm * size, bound(0, "<=", norm * size)))
    ball = assume(le(lip * dist_at(t), sigma0 - sigma), "in the ball")
    whole = image(u(i), block(t, r, i), i, r)
    root = calc(
        "both parts",
        sqrt(whole),
        ("<=", shares[0].low + shares[1].low, [rules.block_triangle(first, CHANGE, u(i), i, r)]),
        ("<=", shares[0].high + shares[1].high, shares),
        ("<=", J_first * size + lip * dist_at(t) * size, [bends(p)]),
        ("<=", J_first * size + (sigma0 - sigma) * size, [ball]),
        ("==", (J_first + sigma0 - sigma) * size, []),
        ("<=", beta * size, [p.given("bounded")]),
    )
    square = calc(
        "squared",
        whole,
        ("<=", beta * size * sqrt(whole), [times(root, sqrt(whole))]),
        ("<=", beta**2 * size**2, [root]),
    )
    norm = rules.gram_norm_from_form(rows("JJ", block(t, r, i)), block(t, r, i), square, beta**2, u(i), i, j, r)
    return rules.root_at_most(norm, beta, bound(0, "<=", beta))


def equal_residual(p: Proof, time: sp.Expr, member: sp.Expr = t) -> Fact:
    """e_i = y_i - F(W, x_i) at the time of the member, or a step later."""
    gap = res(time, i) - y(i) + output_at(time, i)
    both = chain(rules.sup_member(residual_gap, member, i), p.given("residuals"))
    alone = bound(sp.Abs(gap), "<=", 0, both, bound(sp.Abs(gap), "<=", both.low))
    return rules.zero_absolute(alone, res(time, i))


def expands(p: Proof) -> Fact:
    """|F(t+1) - F(t) - J (W(t+1) - W(t))| <= Lambda |step|^2/2 while near at both ends."""
    points = {w: at_time(t), w1: at_time(t + 1), w0: at_time(sp.S.One)}
    known = [p.given("data"), p.given("start"), near(t), near(t + 1)]
    found = p.cite("jacobian-lipschitz", points, *known, part="second order")
    step = moved(p)
    along = eta * total(res(t, j) * block(t, r, j), j)
    renamed = bound(walk(t + 1, r), "==", walk(t, r) + along, step, name="the same step, summed over j")
    linear = total(a(r) * feature(t, r, i) * Inner(walk(t + 1, r) - walk(t, r), x(i)), r)
    mapped = eta * total(Entry(rows("JJ", block(t, r, i)), i, j) * res(t, j), j)
    bent = calc(
        "the residual beyond its tangent",
        res(t + 1, i) - res(t, i) + mapped,
        ("==", output_at(t, i) - output_at(t + 1, i) + mapped, [equal_residual(p, t), equal_residual(p, t + 1)]),
        ("==", output_at(t, i) - output_at(t + 1, i) + linear, [renamed]),
    )
    return calc(
        "the second order",
        euclidean(bent.low, i),
        ("==", found.low, [bent]),
        ("<=", found.high, [found]),
        ("<=", lip * total(Norm(walk(t + 1, r) - walk(t, r)) ** 2, r) / 2, [p.given("lipschitz")]),
        ("==", lip * eta**2 * total(Norm(total(res(t, i) * block(t, r, i), i)) ** 2, r) / 2, [step]),
    )


def slope(p: Proof) -> Fact:
    """sigma0^2 <= lambda_min(J J^T) at the start, J J^T = m H."""
    jacobians = rows("JJ", block(1, r, i))
    entry = algebra(Entry(jacobians, i, j), Entry(m * H_first, i, j), name="J J^T = m H")
    same = rules.equal_entries(jacobians, m * H_first, entry, i, j)
    scaled = rules.scaled_eigenvalue(H_first, m)
    least = times(p.given("slope"), m)
    return bound(sigma0**2, "<=", same.left, least, scaled, same, name="the least slope")


def while_near(p: Proof) -> list[Fact]:
    """The bounds on |J|, on its change and on the second order, where the run is near: what the general lemma asks."""
    at_t = (far_at(t), R, away(t))
    slopes = unless(steep(p), sqrt(Spectral(gram(t))), lip * dist_at(t), sigma0 - sigma, beyond(t), *in_domain(beta))
    slopes = unless(slopes, slopes.low, *at_t, *in_domain(beta))
    change = sqrt(Spectral(rows("DJ", CHANGE))) - lip * dist_at(t)
    bent = unless(plus(bends(p), -lip * dist_at(t), expand=False), change, *at_t)
    second = expands(p)
    left = second.low - second.high
    later = unless(plus(second, -second.high, expand=False), left, far_at(t + 1), R, away(t + 1))
    curved = unless(later, later.low, *at_t)
    return [rules.sup_least(fact, t) for fact in (slopes, bent, curved)]


def gram(time: sp.Expr) -> sp.Expr:
    """J J^T."""
    return rows("JJ", block(time, r, i))


def hypotheses(p: Proof) -> list[Fact]:
    """All hypotheses of the general lemma that the network meets."""
    return [p.given("descent"), slope(p), *while_near(p), p.given("step size"), p.given("inside")]


def exponent(p: Proof) -> Fact:
    """<w_r(t), x_i> <= B1 + R while near."""
    move = walk(t, r) - walk(1, r)
    unit = chain(rules.sup_member(nu, i), p.given("data"))
    shift = calc(
        "the exponent moves by at most R",
        sp.Abs(Inner(move, x(i))),
        ("<=", Norm(move) * Norm(x(i)), [rules.cauchy_schwarz(move, x(i))]),
        ("<=", R, [chain(rules.sup_member(far_at(t), r), near(t)), unit]),
    )
    start = chain(rules.sup_member(M1_first, r, i), p.given("start"))
    whole = Inner(walk(1, r), x(i)) + Inner(move, x(i))
    return bound(whole, "<=", B1 + R, start, rules.absolute_above(shift, Inner(move, x(i))))


def pulls(p: Proof) -> Fact:
    """|(J^T e)_r| <= Lambda |e| while near, at all times."""
    coefficient, size = res(t, i) * a(r) * feature(t, r, i), euclidean(res(t, i), i)
    large = bound(feature(t, r, i) ** 2, "<=", REACH**2, exponent(p))
    square = calc(
        "the gradient of one neuron",
        image(coefficient, x(i), i),
        ("<=", X_norm**2 * total(coefficient**2, i), [rules.gram_form_above(X_gram, x(i), coefficient, i, j)]),
        ("<=", X_norm**2 * REACH**2 * total(res(t, i) ** 2, i), [rules.sum_bound(times(large, res(t, i) ** 2), i)]),
    )
    reach = X_norm * REACH * size
    root = rules.root_at_most(square, reach, bound(0, "<=", reach, *in_domain(X_norm)))
    light = bound(Norm(total(res(t, i) * block(t, r, i), i)), "<=", lip * size, root, p.given("lipschitz"))
    pull = light.low - light.high
    return rules.sup_least(unless(plus(light, -light.high, expand=False), pull, far_at(t), R, away(t)), t, r)


def general(p: Proof, part: str) -> Fact:
    """A claim of kantorovich-descent for the network; a part about blocks asks for more."""
    take(p, *NETWORK, "radius")
    known = [*hypotheses(p), p.given("radius")]
    return p.cite("kantorovich-descent", JACOBIAN, *known, *([pulls(p)] if "blocks" in part else []), part=part)
