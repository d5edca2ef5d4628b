"""What a coupled start is, and what it makes equal: neurons r and r + q share the Gaussian vector g_r."""

from __future__ import annotations

import sympy as sp

from lemmas import model
from lemmas.notation.start import H_g, lam_g
from lemmas.notation.symbols import H0, M, M_g, a, g, i, j, lam_H0, m, q, r, s, w0, x
from verify import Quantity, Relation, eq, le, real
from verify.proof import Fact, Inner, Norm, Proof, bound, calc, rules, sup, total
from verify.proof.terms import Entry, Fold
from verify.statement import Instance


def _gap(at: Instance) -> model.Scalar:
    pairs = len(at["G"])
    return model.maximum(abs(at["W0"] - at["G"][[r % pairs for r in range(len(at["W0"]))]]))


gap = Quantity(
    "gap",
    real(0),
    "how far a neuron starts from the Gaussian vector of its pair; 0 for a coupled start",
    _gap,
    sup(Norm(w0(r) - g(Fold(r, q))), r),
)
COUPLED: dict[str, Relation] = {"pairs": eq(m, 2 * q), "coupled": le(gap, 0)}


def paired(p: Proof) -> Fact:
    """w_r(0) = g of its pair."""
    distance = bound(Norm(w0(r) - g(Fold(r, q))), "<=", 0, rules.sup_member(gap, r), p.given("coupled"))
    return rules.zero_norm(distance)


def same_largest(p: Proof) -> Fact:
    """M <= M_g: the neurons' exponents are those of the Gaussian vectors."""
    one = calc(
        "one exponent",
        sp.Abs(Inner(w0(r), x(i))),
        ("==", sp.Abs(Inner(g(Fold(r, q)), x(i))), [paired(p)]),
        ("<=", M_g, [rules.sup_member(M_g, Fold(r, q), i)]),
    )
    return bound(M, "<=", M_g, rules.sup_least(one, r, i))


def same_gram(p: Proof) -> Fact:
    """lambda_min(H(W(0))) == lambda_min(H_g): every share occurs twice."""
    share = Inner(x(i), x(j)) * sp.exp(Inner(g(Fold(r, q)), x(i) + x(j)))
    double = p.given("pairs")
    entry = calc(
        "one entry",
        Entry(H0, i, j),
        ("==", total(share, r) / m, [paired(p)]),
        ("==", Entry(H_g, i, j) * 2 * q / m, [rules.folded_sum(share, r, s, double)]),
        ("==", Entry(H_g, i, j), [double]),
    )
    return bound(lam_H0, "==", lam_g, rules.equal_entries(H0, H_g, entry, i, j))


twin_gap = Quantity(
    "twin_gap",
    real(0),
    "how far the two neurons of a pair start from each other; 0 for a coupled start",
    lambda at: model.maximum(abs(at["W0"][len(at["G"]) :] - at["W0"][: len(at["G"])])),
    sup(Norm(w0(s + q) - w0(s)), s),
)
sign_gap = Quantity(
    "sign_gap",
    real(0),
    "largest |a_s + a_{s+q}|; 0 for a coupled start",
    lambda at: model.maximum(abs(at["a"][len(at["G"]) :] + at["a"][: len(at["G"])])),
    sup(sp.Abs(a(s + q) + a(s)), s),
)
TWINS: dict[str, Relation] = {"pairs": eq(m, 2 * q), "same weight": le(twin_gap, 0), "opposite signs": le(sign_gap, 0)}


def same_weight(p: Proof) -> Fact:
    """w_{s+q}(0) = w_s(0)."""
    distance = bound(Norm(w0(s + q) - w0(s)), "<=", 0, rules.sup_member(twin_gap, s), p.given("same weight"))
    return rules.zero_norm(distance)


def opposite_sign(p: Proof) -> Fact:
    """a_{s+q} = -a_s."""
    return rules.zero_absolute(
        bound(sp.Abs(a(s + q) + a(s)), "<=", 0, rules.sup_member(sign_gap, s), p.given("opposite signs")), a(s + q)
    )
