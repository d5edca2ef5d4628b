"""What a proof may conclude and cite, and that a step that fails names itself."""

from __future__ import annotations

import pytest
import sympy as sp
from proof_letters import a, b, g, level, p, x, z

from verify import Lemma, Quantity, le, lt, real
from verify.proof import (
    Fact,
    Inner,
    Proof,
    StepFailed,
    algebra,
    assume,
    bound,
    calc,
    certified,
    chain,
    instance,
    times,
)
from verify.proof.terms import (
    Exceeds,
    Prob,
)
from verify.statement import real as reals


def prove(lemma: Lemma, *library: Lemma) -> Fact:
    found = {part.id: part for part in library}
    proof = Proof(lemma, lambda name: found[name])
    assert lemma.proof is not None
    return lemma.proof(proof)


def test_conclusions() -> None:
    weak = Lemma(le(a, 2), given={"small": le(a, 1)}, proof=lambda s: s.conclude(s.given("small")))
    with pytest.raises(StepFailed, match="conclusion"):  # stronger than what is claimed, and not the claim
        prove(weak)
    shown = Lemma(le(a, 2), given={"small": le(a, 1)}, proof=lambda s: s.conclude(bound(a, "<=", 2, s.given("small"))))
    assert prove(shown).relation == le(a, 2)
    too_strong = Lemma(le(a, 0), given={"small": le(a, 1)}, proof=lambda s: s.conclude(s.given("small")))
    with pytest.raises(StepFailed, match="conclusion"):
        prove(too_strong)
    extra = Lemma(le(a, 1), proof=lambda s: s.conclude(assume(le(a, 1))))
    with pytest.raises(StepFailed, match="no hypothesis"):
        prove(extra)
    dropped = Lemma(le(a, 1), proof=lambda s: s.conclude(s.given("small")))
    with pytest.raises(StepFailed, match="given small"):
        prove(dropped)
    strict = Lemma(lt(a, 1), given={"small": le(a, 1)}, proof=lambda s: s.conclude(s.given("small")))
    with pytest.raises(StepFailed, match="conclusion"):
        prove(strict)


def test_random_hypothesis_of_a_claim_about_a_probability() -> None:
    size = Inner(g(1), x(1))
    chance = Quantity("chance", real(0), "", None, Prob(Exceeds(size, 1)))
    here = Quantity("here", real(), "", None, size)
    lemma = Lemma(le(chance, p), given={"small": le(here, 1), "so": le(chance, p)})
    rests = Proof(lemma, lambda name: lemma)
    with pytest.raises(StepFailed, match="random"):
        rests.conclude(bound(chance, "<=", p, rests.given("so"), rests.given("small")))


def test_citations() -> None:
    cited = Lemma(le(a, 2 * b), given={"small": le(a, b)}, id="cited")
    user = Lemma(le(a, 2), uses=("cited",), id="user")
    proof = Proof(user, {"cited": cited}.__getitem__)
    with pytest.raises(StepFailed, match=r"cite cited.*not discharged"):
        proof.cite("cited", {"b": 1})
    with pytest.raises(StepFailed, match="not among uses"):
        proof.cite("user")
    with pytest.raises(StepFailed, match="no quantity"):
        proof.cite("cited", {"nobody": 1})
    assert proof.cite("cited", {"b": 1}, assume(le(a, 1))).relation == le(a, 2)
    tail = Lemma(le(a, 1), fails_with=level, id="tail", given={}, where={})
    in_range = Proof(Lemma(le(a, 2), uses=("tail",)), {"tail": tail}.__getitem__)
    with pytest.raises(StepFailed, match="not discharged"):  # the domain of the level is (0, oo)
        in_range.cite("tail", {"level": -p})


def test_failures_name_the_step() -> None:
    for attempt in (
        lambda: bound(1, "<=", 0, name="wrong way"),
        lambda: algebra(a, b, name="wrong way"),
        lambda: calc("wrong way", a, ("<=", b, [])),
        lambda: chain(bound(0, "<=", 1), bound(2, "<=", 3), name="wrong way"),
        lambda: times(bound(0, "<=", 1), a, name="wrong way"),
        lambda: instance(assume(le(a, 1)), {a: sp.S(2)}, name="wrong way"),
        lambda: certified(le(z, 1), {z: reals(0, 2)}, name="wrong way"),
        lambda: calc("wrong way", 1, ("<=", 2, []), (">=", 0, [])),
    ):
        with pytest.raises(StepFailed, match="wrong way"):
            attempt()  # type: ignore[no-untyped-call]
