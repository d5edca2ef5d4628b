"""The Kantorovich argument over all steps: by complete induction, from one step (kantorovich-descent) to the whole run.

What is claimed at every time: the potential of one step is at most sigma0, the residual at most that at the start, and
perhaps more about each block. Whoever uses it says why the run is near at a time, and at the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sympy as sp
from sympy import sqrt

from lemmas.notation.descent import beta, c, e_next, jac, jac0, lip, sigma, sigma0
from lemmas.notation.symbols import R, T, e, eta, r, t, w, w0
from lemmas.notation.walk import (
    bend,
    change_at,
    descent_at,
    dist_at,
    excess_at,
    gradient_at,
    gram_at,
    jac_at,
    lam_first,
    largest_slope,
    remainder,
    res,
    size_at,
    size_first,
    stray,
    walk,
)
from verify import Relation, le
from verify.proof import Fact, Norm, Proof, assume, bound, calc, chain, in_domain, plus, rules, times
from verify.proof.algebra import unfold
from verify.proof.rules.induction import Claim
from verify.proof.terms import Spectral, sup

GIVEN: dict[str, Relation] = {
    "descent": le(stray, 0),
    "slope": le(sigma0**2, lam_first),
    "bounded": le(largest_slope, beta),
    "lipschitz": le(bend, 0),
    "taylor": le(remainder, 0),
    "step size": le(c, 1 - eta * beta**2 / 2 - eta * lip * size_first / 2),
    "inside": le(sqrt(sigma**2 + 2 * lip * size_first / c), sigma0),
}


def root_at(time: sp.Expr) -> sp.Expr:
    """sqrt(sigma^2 + 2 Lambda |e(t)| / c)."""
    return sqrt(sigma**2 + 2 * lip * size_at(time) / c)


def potential_at(time: sp.Expr) -> sp.Expr:
    """What no step increases."""
    return lip * dist_at(time) + root_at(time)


@dataclass(frozen=True)
class Now:
    """What is claimed of the run at one time: the potential, the residual, perhaps more; and that it is near."""

    time: sp.Expr
    potential: Fact
    small: Fact
    near: Fact
    more: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Next:
    """The next step's end: near, the potential there, and by how much the residual has shrunk."""

    near: Fact
    potential: Fact
    rate: Fact


@dataclass(frozen=True)
class Region:
    """Why the run stays near, at a time and after a step; ``claims`` and hypotheses (``asks``) beyond the usual."""

    near: Callable[[Proof, sp.Expr, Fact, tuple[Fact, ...]], Fact]
    near_next: Callable[[Proof, Now], Fact]
    claims: tuple[Claim, ...] = ()
    asks: tuple[str, ...] = ()
    bases: Callable[[Proof], list[Fact]] = lambda p: []
    steps: Callable[[Proof, Now, Next], list[Fact]] = lambda p, now, after: []


CLAIMS: tuple[Claim, ...] = ((potential_at(t), ()), (size_at(t), ()))


def in_ball(time: sp.Expr, potential: Fact) -> Fact:
    """Lambda |W(t) - W(1)| <= sigma0 - sigma, from the potential."""
    root = rules.root_at_least(bound(sigma**2, "<=", root_at(time) ** 2), sigma)
    inside = chain(bound(lip * dist_at(time) + sigma, "<=", potential.low, root), potential)
    return plus(inside, -sigma, name="within the ball")


def while_near(p: Proof, name: str, quantity: sp.Expr, value: sp.Expr, at: Sequence[sp.Expr], *near: Fact) -> Fact:
    """What a hypothesis says of a time at which the run is near: the bound holds for ``value``."""
    hypothesis = p.given(name)
    member = chain(rules.sup_member(unfold(quantity), *at), hypothesis)
    return bound(value, "<=", hypothesis.high, member, *[rules.indicator_zero(f) for f in near], name=name)


def moved(p: Proof, time: sp.Expr) -> Fact:
    """w_r(t+1) = w_r(t) + eta (J^T e)_r."""
    still = chain(rules.sup_member(stray, time, r), p.given("descent"))
    after = walk(time, r) + eta * descent_at(time, r)
    return bound(walk(time + 1, r), "==", after, rules.zero_norm(still), name="a step of gradient descent")


def slope(p: Proof, now: Now) -> Fact:
    """|J(t)| <= beta."""
    ball = in_ball(now.time, now.potential)
    return while_near(p, "bounded", largest_slope, sqrt(Spectral(gram_at(now.time))), [now.time], now.near, ball)


def step_size(p: Proof, now: Now) -> Fact:
    """c <= 1 - eta beta^2/2 - eta Lambda |e(t)|/2."""
    smaller = 1 - eta * beta**2 / 2 - eta * lip * size_at(now.time) / 2
    return bound(c, "<=", smaller, p.given("step size"), now.small, name="the step size")


def along(time: sp.Expr) -> dict[object, Callable[..., sp.Expr]]:
    """The families of one step, at a time of the run."""
    return {
        w: lambda block: walk(time, block),
        w0: lambda block: walk(1, block),
        e: lambda point: res(time, point),
        e_next: lambda point: res(time + 1, point),
        jac: lambda block, point: jac_at(time, block, point),
        jac0: lambda block, point: jac_at(1, block, point),
    }


def one_step_facts(p: Proof, now: Now, after: Fact) -> list[Fact]:
    """The hypotheses of one step at a time at which the run is near, and near after the step."""
    time = now.time
    bends = sqrt(Spectral(change_at(time))) - lip * dist_at(time)
    bent = plus(while_near(p, "lipschitz", bend, bends, [time], now.near), lip * dist_at(time), expand=False)
    curved = lip * eta**2 * gradient_at(time) ** 2 / 2
    left = while_near(p, "taylor", remainder, excess_at(time) - curved, [time], now.near, after)
    settled = plus(left, curved, expand=False)
    return [slope(p, now), bent, settled, now.potential, step_size(p, now), p.given("slope")]


def one_step(p: Proof, now: Now, region: Region) -> Next:
    """From a time t at which the run is near to t + 1."""
    time, after = now.time, region.near_next(p, now)
    known = one_step_facts(p, now, after)
    potential = p.cite("kantorovich-descent", along(time), *known)
    rate = p.cite("kantorovich-descent", along(time), *known, part="rate")
    at_next = bound(potential_at(time + 1), "<=", sigma0, moved(p, time), potential, name="the potential, a step later")
    return Next(after, at_next, rate)


def slope_below_norm(p: Proof) -> Fact:
    """sigma0 <= beta."""
    least = chain(p.given("slope"), rules.lambda_min_at_most_norm(gram_at(sp.S.One)))
    return chain(rules.root_at_least(least, sigma0), slope(p, at_start(p)))


def small_step(p: Proof, now: Now) -> Fact:
    """eta beta <= 1 / (c beta)."""
    kappa = eta * beta**2
    small = calc(
        "eta c beta^2 <= 1",
        kappa * c,
        ("<=", kappa * (1 - kappa / 2), [step_size(p, now)]),
        ("==", kappa - kappa**2 / 2, []),
        ("<=", (kappa**2 + 1) / 2 - kappa**2 / 2, [rules.product_at_most_squares(kappa, sp.S.One)]),
        ("<=", 1, []),
    )
    return times(small, 1 / (c * beta))


def near_in_ball(p: Proof, now: Now) -> Fact:
    """No jump: the step ends in the ball too."""
    growth = rules.direct_sum_triangle(walk(now.time, r) - walk(1, r), eta * descent_at(now.time, r), r)
    known = [slope(p, now), now.potential, slope_below_norm(p), small_step(p, now)]
    ends = p.cite("kantorovich-descent", along(now.time), *known, part="no jump")
    further = calc(
        "the distance after the step",
        lip * dist_at(now.time + 1),
        ("<=", lip * dist_at(now.time) + lip * eta * gradient_at(now.time), [moved(p, now.time), growth]),
        ("<=", sigma0 - sigma, [ends]),
    )
    return blocks_near(p, now.time + 1, further)


def blocks_near(p: Proof, time: sp.Expr, inside: Fact) -> Fact:
    """No block is further than R, from Lambda |W(t) - W(1)| <= sigma0 - sigma."""
    block = Norm(walk(time, r) - walk(1, r))
    one = rules.root_at_least(rules.entry_at_most_euclidean(block, r), block)
    ball = calc(
        "one block in the ball",
        block,
        ("<=", dist_at(time), [one]),
        ("<=", (sigma0 - sigma) / lip, [times(inside, 1 / lip)]),
        ("<=", R, [p.given("radius")]),
    )
    return rules.sup_least(ball, r)


def at_start(p: Proof) -> Now:
    """The usual two claims at the first time, where the run is near."""
    still = rules.sup_least(bound(Norm(walk(1, r) - walk(1, r)), "<=", R, *in_domain(R)), r)
    same = bound(size_at(sp.S.One), "<=", size_first)
    first = bound(potential_at(sp.S.One), "<=", sigma0, p.given("inside"), name="the potential at the start")
    return Now(sp.S.One, first, same, still)


def claimed(p: Proof, region: Region, time: sp.Expr, everywhere: Sequence[Fact]) -> Now:
    """The claims at one time, from those at all times so far."""
    at = [rules.sup_member(fact.low, *_place(fact, time)) for fact in everywhere]
    potential, small, *more = (chain(member, fact) for member, fact in zip(at, everywhere, strict=True))
    return Now(time, potential, small, region.near(p, time, potential, tuple(more)), tuple(more))


def _place(fact: Fact, time: sp.Expr) -> tuple[sp.Expr, ...]:
    return (time, *fact.low.args[0].signature[1:])


def take(p: Proof, *names: str) -> None:
    """Ask for hypotheses before they are used: a proof that lacks one fails before it has done any work."""
    for name in names:
        p.given(name)


def at_all_times(p: Proof, region: Region) -> list[Fact]:
    """Every claim at all times, by complete induction."""
    take(p, *GIVEN, "radius", *region.asks)
    start, claims = at_start(p), [*CLAIMS, *region.claims]
    bases = [start.potential, start.small, *region.bases(p)]
    hypotheses = [assume(le(sup(f, t, *k), base.high), "so far") for (f, k), base in zip(claims, bases, strict=True)]
    now = claimed(p, region, T, hypotheses)
    after = one_step(p, now, region)
    less = calc(
        "the residual is no larger than at the start",
        after.rate.low,
        ("<=", after.rate.high, [after.rate]),
        ("<=", size_at(T), []),
        ("<=", size_first, [now.small]),
    )
    steps = [after.potential, less, *region.steps(p, now, after)]
    return [rules.complete_induction(claims, bases, steps, t, chosen) for chosen in range(len(claims))]


def contraction(p: Proof, region: Region) -> Fact:
    """|e(t+1)| <= (1 - eta c sigma^2) |e(t)| at all times."""
    rate = one_step(p, claimed(p, region, t, at_all_times(p, region)), region).rate
    return rules.sup_least(plus(rate, -rate.high), t)


IN_BALL = Region(lambda p, time, potential, more: blocks_near(p, time, in_ball(time, potential)), near_in_ball)


def reaches(p: Proof) -> Fact:
    """|W(t) - W(1)| <= (sigma0 - sigma) / Lambda at all times."""
    everywhere = at_all_times(p, IN_BALL)[0]
    potential = chain(rules.sup_member(everywhere.low, t), everywhere)
    return rules.sup_least(times(in_ball(t, potential), 1 / lip), t)
