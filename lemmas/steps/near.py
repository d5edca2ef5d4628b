"""Proof steps that lemmas share: what the hypotheses `data`, `start` and `near` say about one neuron and one point."""

from __future__ import annotations

from lemmas.notation.symbols import B, M, R, S, nu, r, w, w0, x
from verify.proof import Fact, Index, Inner, Norm, Proof, bound, calc, chain, rules


def unit(p: Proof, point: Index) -> Fact:
    """|x_i| <= 1."""
    return chain(rules.sup_member(nu, point), p.given("data"), name=f"|x_{point}| <= 1")


def close(p: Proof, neuron: Index = r) -> Fact:
    """|w_r - w_r(0)| <= R."""
    return chain(rules.sup_member(S, neuron), p.given("near"), name="no neuron has moved further than R")


def start_exponent(p: Proof, neuron: Index, point: Index) -> Fact:
    """<w_r(0), x_i> <= B."""
    largest = chain(rules.sup_member(M, neuron, point), p.given("start"))
    return rules.absolute_above(largest, Inner(w0(neuron), x(point)))


def moved_exponent(p: Proof, neuron: Index, point: Index) -> Fact:
    """<w_r, x_i> <= B + R."""
    move = w(neuron) - w0(neuron)
    shift = calc(
        "the exponent moves by at most R",
        abs(Inner(move, x(point))),
        ("<=", Norm(move) * Norm(x(point)), [rules.cauchy_schwarz(move, x(point))]),
        ("<=", R, [close(p, neuron), unit(p, point)]),
    )
    above = rules.absolute_above(shift, Inner(move, x(point)))
    total = Inner(w0(neuron), x(point)) + Inner(move, x(point))
    return bound(total, "<=", B + R, above, start_exponent(p, neuron, point), name="<w_r, x_i> <= B + R")
