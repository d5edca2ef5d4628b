"""Proof steps about where a run begins: at W(0), and for a coupled start with the labels as its residual."""

from __future__ import annotations

import sympy as sp
from sympy import exp

from lemmas.initialization.initial_residual import cancels
from lemmas.notation.symbols import a, i, r, w0, x, y
from lemmas.notation.training import output_at, start_gap, y_norm
from lemmas.notation.walk import res, size_first
from lemmas.steps import network_run
from verify.proof import Fact, Inner, Proof, bound, calc, chain, rules, total


def starts(p: Proof) -> Fact:
    """w_r(1) = w_r(0)."""
    gap = chain(rules.sup_member(start_gap, r), p.given("starts there"))
    return rules.zero_norm(gap)


def first_residual(p: Proof) -> Fact:
    """|e(1)| == |y|."""
    output = calc(
        "the output at the start",
        output_at(1, i),
        ("==", total(a(r) * exp(Inner(w0(r), x(i))), r), [starts(p)]),
        ("==", 0, [cancels(p)]),
    )
    one = calc(
        "one residual",
        res(1, i),
        ("==", y(i) - output_at(1, i), [network_run.equal_residual(p, sp.S.One, sp.S.One)]),
        ("==", y(i), [output]),
    )
    return bound(size_first, "==", y_norm, one, name="the residual at the start is the labels")
