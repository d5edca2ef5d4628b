"""One time of a run whose Jacobian drifts exponentially: what stands for the weights, the step, and the exponents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy import exp, sqrt

from lemmas.notation.descent import e_next, jac, rows
from lemmas.notation.jacobians import M1, rad
from lemmas.notation.symbols import a, e, eta, i, r, w, w0, x
from lemmas.notation.training import block, descent_gap, feature
from lemmas.notation.walk import res, size_at, walk
from lemmas.steps.drift_path import moved
from lemmas.steps.near import unit
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, chain, in_domain, plus, rules, total
from verify.proof.terms import Mat


@dataclass(frozen=True)
class Now:
    """One time of the run, and what is known there: near the start, the potential and the residual at most |e(0)|."""

    time: sp.Expr
    near: Fact
    inside: Fact
    small: Fact

    @property
    def families(self) -> dict[Any, Callable[..., Any]]:
        """What stands for the weights, the residual and the Jacobian of one step."""
        return {
            w: lambda neuron: walk(self.time, neuron),
            e: lambda point: res(self.time, point),
            jac: lambda neuron, point: a(neuron) * feature(self.time, neuron, point) * x(point),
            e_next: lambda point: res(self.time + 1, point),
        }

    @property
    def size(self) -> sp.Expr:
        return size_at(self.time)

    @property
    def block(self) -> sp.Expr:
        return block(self.time, r, i)

    @property
    def jacobians(self) -> Mat:
        return rows("JJ", self.block)

    @property
    def step(self) -> sp.Expr:
        """Block r of J^T e."""
        return total(res(self.time, i) * self.block, i)

    @property
    def gradient(self) -> sp.Expr:
        """|J^T e|, without the signs."""
        pulled = total(res(self.time, i) * feature(self.time, r, i) * x(i), i)
        return sqrt(total(Norm(pulled) ** 2, r))

    def signless(self, coefficient: sp.Expr) -> Fact:
        """|sum of c_i a_r e^{<w_r, x_i>} x_i| is the same without a_r."""
        return rules.common_factor(a(r), coefficient * feature(self.time, r, i) * x(i), i)


def moves(p: Proof, now: Now) -> Fact:
    """w_r(t+1) = w_r(t) + eta times block r of J^T e."""
    gap = chain(rules.sup_member(descent_gap, now.time, r), p.given("descent"))
    after = walk(now.time, r) + eta * now.step
    return bound(walk(now.time + 1, r), "==", after, rules.zero_norm(gap), name="a step of gradient descent")


def grown() -> Fact:
    return plus(bound(1, "<=", exp(rad), *in_domain(rad)), -1, name="0 <= e^s - 1")


def exponent(p: Proof, time: sp.Expr, near: Fact) -> Fact:
    """<w_r(t), x_i> <= M1 + s."""
    move = walk(time, r) - w0(r)
    one = rules.entry_at_most_euclidean(Norm(move), r)
    neuron = chain(rules.root_at_most(one, moved(time), bound(0, "<=", moved(time))), near)
    shift = calc(
        "the exponent moves by at most s",
        abs(Inner(move, x(i))),
        ("<=", Norm(move) * Norm(x(i)), [rules.cauchy_schwarz(move, x(i))]),
        ("<=", rad, [neuron, unit(p, i)]),
    )
    whole = Inner(w0(r), x(i)) + Inner(move, x(i))
    above = rules.absolute_above(shift, Inner(move, x(i)))
    return bound(whole, "<=", M1 + rad, rules.sup_member(M1, r, i), above, name="<w_r(t), x_i> <= M1 + s")
