"""The last step of a lemma whose constant is 1: any larger one will do as well."""

from __future__ import annotations

from verify.proof import Fact, Proof, bound, chain, times


def with_constant(p: Proof, sharp: Fact, name: str = "C") -> Fact:
    """a <= C b from a <= b, where a >= 0 visibly; fails for C < 1."""
    positive = chain(bound(0, "<=", sharp.low), sharp)
    return chain(sharp, times(bound(1, "<=", p.const(name), name="the constant"), sharp.high, positive))
