"""How large the output of independent signs may be at the start: by Markov's inequality, or with sub-Gaussian tails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp
from sympy import Rational, log, sqrt

from lemmas.notation.start import E_F
from lemmas.notation.symbols import delta, m, n, q
from lemmas.steps.sharp_chains import share
from verify import Quantity, Relation, le, positive, real
from verify.chain import Library, Link
from verify.proof import Fact, Proof, bound, calc, chain, in_domain, times

d_F = Quantity("d_F", positive(1, open_upper=True), "what of delta is spent on the output at the start")
d_E = Quantity("d_E", positive(1, open_upper=True), "what of delta is spent on the size of the features at the start")
REST = (1 - share) * delta


F_size = Quantity("F_size", real(), "what |F(W(0))| is at most")


@dataclass(frozen=True)
class Output:
    """A bound on |F(W(0))|, the links and levels it takes, and its proof from what holds unless its events happen.

    size: the bound, read off the claims of its lemmas.
    """

    size: Callable[[Library], sp.Expr]
    links: tuple[Link, ...]
    levels: tuple[Quantity, ...]
    shares: dict[str, Relation]
    events: Callable[[Proof, tuple[Fact, ...]], list[Fact]]
    small: Callable[[list[Fact]], Fact]


def claimed(link: Link, library: Library) -> Relation:
    """What the lemma of a link claims, in numbers and free quantities."""
    lemma = link.instance(library)
    return lemma.spelled_out(lemma.claim)


AVERAGE = Link("initial-residual", {q: m, delta: d_F}, part="independent")


def markov_events(p: Proof, facts: tuple[Fact, ...]) -> list[Fact]:
    """Prob(the output is large)."""
    return [p.cite("initial-residual", {q: m, delta: d_F}, *facts, *in_domain(d_F), part="independent")]


MARKOV = Output(
    lambda library: claimed(AVERAGE, library).right,
    (AVERAGE,),
    (d_F,),
    {"share of the output": le(d_F, Rational(999, 1000) * REST)},  # hardly anything is left for H
    markov_events,
    lambda held: held[0],
)

SUB = "initial-residual-subgaussian"
TOSSES, FEATURES = Link(SUB, {q: m, delta: d_F}), Link(SUB, {q: m, delta: d_E}, part="features")


def sub_gaussian_size(library: Library) -> sp.Expr:
    """2 sqrt(log(sqrt(2)/d_F)) |E|_F at the bound of the features on |E|_F^2."""
    return claimed(TOSSES, library).right.subs(E_F, sqrt(claimed(FEATURES, library).right))


def sub_gaussian_events(p: Proof, facts: tuple[Fact, ...]) -> list[Fact]:
    """Prob(the output is large against the features), Prob(the features are large)."""
    features = p.cite(SUB, {q: m, delta: d_E}, *facts, *in_domain(d_E), part="features")
    return [p.cite(SUB, {q: m, delta: d_F}, *facts, *in_domain(d_F)), features]


def sub_gaussian_small(held: list[Fact]) -> Fact:
    """|F(W(0))| <= 2 sqrt(log(sqrt(2)/d_F)) |E|_F, and |E|_F^2 is bounded."""
    above_one = bound(1, "<=", sqrt(2) / d_F, *in_domain(d_F))
    sign = bound(0, "<=", log(sqrt(2) / d_F), above_one, name="the logarithm is >= 0")
    large, features = held
    square = times(chain(bound(0, "<=", features.low), features), 1 / (m * n), name="the mean square is >= 0")
    return calc(
        "the output at the start",
        large.low,
        ("<=", large.high, [large]),
        ("<=", large.high.xreplace({features.low: features.high}), [features, sign, square]),
    )


SUB_GAUSSIAN = Output(
    sub_gaussian_size,
    (TOSSES, FEATURES),
    (d_F, d_E),
    {
        "share of the output": le(d_F, Rational(95, 100) * REST),
        "share of the features": le(d_E, Rational(49, 1000) * REST),
    },
    sub_gaussian_events,
    sub_gaussian_small,
)
