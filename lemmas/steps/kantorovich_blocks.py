"""The Kantorovich argument, block by block: no block moves further than log(sigma0 / sigma), whatever the others do.

Each block has a potential of its own, |w_r(t) - w_r(1)| + log sqrt(sigma^2 + 2 Lambda |e(t)| / c), which no step
increases if the gradient of one block is at most Lambda |e|.
"""

from __future__ import annotations

import sympy as sp
from sympy import log

from lemmas.notation.descent import lip, sigma, sigma0
from lemmas.notation.symbols import R, eta, r, t
from lemmas.notation.walk import descent_at, heaviest, size_at, walk
from lemmas.steps import kantorovich as letters
from lemmas.steps.kantorovich_path import (
    Next,
    Now,
    Region,
    along,
    at_all_times,
    moved,
    one_step_facts,
    root_at,
    slope_below_norm,
    small_step,
    while_near,
)
from verify.proof import Fact, Norm, Proof, bound, calc, chain, instance, plus, rules, times


def block_potential(time: sp.Expr) -> sp.Expr:
    """|w_r(t) - w_r(1)| + log sqrt(sigma^2 + 2 Lambda |e(t)| / c): what no step increases, block by block."""
    return Norm(walk(time, r) - walk(1, r)) + log(root_at(time) ** 2) / 2


def letters_at(time: sp.Expr) -> dict[object, sp.Expr]:
    """What the letters of lemmas.steps.kantorovich stand for."""
    return {letters.E: size_at(time), letters.E_NEXT: size_at(time + 1), letters.RHO: root_at(time)}


def root_least(time: sp.Expr) -> Fact:
    """sigma <= sqrt(sigma^2 + 2 Lambda |e(t)| / c)."""
    return rules.root_at_least(bound(sigma**2, "<=", root_at(time) ** 2), sigma)


def one_block(time: sp.Expr, potential: Fact) -> Fact:
    """|w_r(t) - w_r(1)| <= log sigma0 - log sigma, from the block's potential."""
    block = Norm(walk(time, r) - walk(1, r))
    square = bound(sigma**2, "<=", root_at(time) ** 2)
    least = bound(block + log(sigma), "<=", potential.low, square, name="the root is at least sigma")
    return plus(chain(least, potential), -log(sigma))


def within(p: Proof, block: Fact) -> Fact:
    """No block is further than R."""
    return rules.sup_least(chain(block, bound(block.high, "<=", R, p.given("radius"))), r)


def pulled(p: Proof, now: Now) -> Fact:
    """No block moves further than eta Lambda |e(t)| in the step."""
    time = now.time
    member = while_near(p, "pull", heaviest, Norm(descent_at(time, r)) - lip * size_at(time), [time, r], now.near)
    light = plus(member, lip * size_at(time))
    old = walk(time, r) - walk(1, r)
    return calc(
        "one block after the step",
        Norm(walk(time + 1, r) - walk(1, r)),
        ("==", Norm(old + eta * descent_at(time, r)), [moved(p, time)]),
        ("<=", Norm(old) + eta * Norm(descent_at(time, r)), [rules.triangle(old, eta * descent_at(time, r))]),
        ("<=", Norm(old) + eta * lip * size_at(time), [light]),
    )


def near_one_by_one(p: Proof, now: Now) -> Fact:
    """No jump: after the step no block is further than R."""
    time = now.time
    below = bound(root_at(time), "<=", sigma0, now.potential)
    known = [root_least(time), chain(below, slope_below_norm(p)), small_step(p, now)]
    room = instance(letters.log_room(p), letters_at(time), *known)
    move = pulled(p, now)
    after = bound(move.low + log(sigma), "<=", now.more[0].low, move, room)
    return within(p, plus(chain(after, now.more[0]), -log(sigma)))


def block_bases(p: Proof) -> list[Fact]:
    """At the start: log sqrt(sigma^2 + 2 Lambda |e(1)| / c) <= log sigma0."""
    square = bound(root_at(sp.S.One) ** 2, "<=", sigma0**2, p.given("inside"))
    return [rules.sup_least(bound(block_potential(sp.S.One), "<=", log(sigma0), square), r)]


def block_steps(p: Proof, now: Now, after: Next) -> list[Fact]:
    """The block potential after the step."""
    rate = p.cite("kantorovich-descent", along(now.time), *one_step_facts(p, now, after.near), part="steep rate")
    fall = times(instance(letters.log_fall(p), letters_at(now.time), rate), sp.S.Half)
    move = pulled(p, now)
    total = bound(block_potential(now.time + 1), "<=", now.more[0].low, move, fall)
    return [rules.sup_least(chain(total, now.more[0]), r)]


BLOCKS = Region(
    lambda p, time, _, more: within(p, one_block(time, more[0])),
    near_one_by_one,
    ((block_potential(t), (r,)),),
    ("pull",),
    block_bases,
    block_steps,
)


def blocks_reach(p: Proof) -> Fact:
    """|w_r(t) - w_r(1)| <= log sigma0 - log sigma at all times."""
    everywhere = at_all_times(p, BLOCKS)[2]
    potential = chain(rules.sup_member(everywhere.low, t, r), everywhere)
    return rules.sup_least(one_block(t, potential), t, r)
