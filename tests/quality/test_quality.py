"""No false statement is shown to hold, no true one is refuted: on a sample of each category, and, slowly, on all."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import quality_suite as suite
from quality_statement import Statement

from verify import Fact, Proof
from verify.checks import montecarlo, symbolic, worstcase
from verify.checks.base import EFFORTS, Budget, Check
from verify.proof import StepFailed, bound
from verify.proof.evaluate import evaluate
from verify.verdict import Evidence, Verdict

SMALL = Budget("quality, small", boxes=300, trials=200, draws=60, searches=60, digits=30)
SEARCHED = [one for one in suite.STATEMENTS if one.category in {"norms", "eigenvalues"}]
CHANCE = [one for one in suite.STATEMENTS if one.category == "chance"]


def wrong(one: Statement, verdict: Verdict) -> bool:
    """Whether the verdict says the opposite of what is known, or that the checks broke down."""
    return verdict is Verdict.ERROR or (verdict.fails if one.truth else verdict.holds)


def sample() -> list[Statement]:
    """Every fifth of each category and truth: among the four gaps of one constant, each turns up."""
    found: list[Statement] = []
    for key in sorted({(s.category, s.truth) for s in suite.STATEMENTS}):
        found += [s for s in suite.STATEMENTS if (s.category, s.truth) == key][::5]
    return found


def test_there_are_enough_statements() -> None:
    names = [one.name for one in suite.STATEMENTS]
    assert len(set(names)) == len(names)
    assert sum(one.truth for one in suite.STATEMENTS) >= 60
    assert sum(not one.truth for one in suite.STATEMENTS) >= 60
    assert {one.category for one in sample()} == {one.category for one in suite.STATEMENTS}


@pytest.mark.parametrize("one", sample(), ids=lambda one: one.name)
def test_no_wrong_verdict_on_the_sample(one: Statement) -> None:
    assert not wrong(one, suite.verdict_of(one, suite.evidence_of(one, SMALL)))


def test_the_suite_would_notice() -> None:
    """A check that believes every true-looking claim shows up as missed, one that refutes all as a false alarm."""
    few = [one for one in suite.STATEMENTS if one.category == "touching"]
    for verdict, key in ((Verdict.CERTIFIED, "missed"), (Verdict.REFUTED, "false alarms")):
        found = {one.name: verdict for one in few}
        assert suite.rates_of(few, found)["touching"][key] == 1
        assert any(wrong(one, verdict) for one in few)


def names(statements: list[Statement]) -> list[str]:
    return [one.name for one in statements]


def by(check: Check, one: Statement, budget: Budget = SMALL) -> Evidence:
    (found,) = suite.evidence_of(one, budget, [check])
    return found


# --- proofs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", SEARCHED, ids=lambda one: one.name)
def test_one_proof_serves_every_constant_that_is_large_enough_and_no_other(one: Statement) -> None:
    """The false ones fail at the comparison of the constants, and the search refutes them without the proof."""
    proved, searched = by(symbolic, one), by(worstcase, one)
    if one.truth:
        assert (proved.verdict, searched.verdict) == (Verdict.PROVED, Verdict.INCONCLUSIVE)
    else:
        assert (proved.verdict, searched.verdict) == (Verdict.INCONCLUSIVE, Verdict.REFUTED)
        assert "C is no smaller than the best constant" in proved.data["failed"]


@pytest.mark.parametrize("one", [one for one in SEARCHED if not one.truth], ids=lambda one: one.name)
def test_the_sharp_inequality_gives_no_smaller_constant(one: Statement, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever leaves the comparison out gets stuck at the conclusion: the claim does not follow from the sharp one."""
    monkeypatch.setattr("quality_norms.with_room", _without_room)
    monkeypatch.setattr("quality_eigenvalues.with_room", _without_room)
    monkeypatch.setattr("quality_eigenvalues.certified", lambda relation, domains, name: bound(0, "<=", 0))
    found = by(symbolic, one)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "does not follow" in found.data["failed"]


def _without_room(p: Proof, sharp: Fact, size: object) -> Fact:
    with pytest.raises(StepFailed, match="conclusion"):
        p.conclude(sharp)
    return p.conclude(bound(p.goal.left, "<=", p.goal.right, sharp))


@pytest.mark.parametrize(
    "one", [one for one in CHANCE if one.gap < 1e-3 or "heads" in one.name], ids=lambda one: one.name
)
def test_the_law_decides_what_draws_cannot(one: Statement) -> None:
    assert by(symbolic, one).verdict is (Verdict.PROVED if one.truth else Verdict.REFUTED)


@pytest.mark.parametrize("table", [SEARCHED, CHANCE], ids=["best constants", "laws"])
def test_the_proof_of_another_claim_proves_and_refutes_nothing(table: list[Statement]) -> None:
    """One claim of each family with the proofs of all the others."""
    claims = {one.lemma.proof: one for one in table}
    for one, other in permutations(claims.values(), 2):
        swapped = replace(one, lemma=replace(one.lemma, proof=other.lemma.proof))
        assert by(symbolic, swapped).verdict is Verdict.INCONCLUSIVE, (one.name, other.name)


@pytest.mark.parametrize("one", [*SEARCHED[::6], *CHANCE[::5], CHANCE[-1]], ids=lambda one: one.name)
def test_what_is_measured_is_what_the_proof_speaks_of(one: Statement) -> None:
    lemma = one.lemma
    assert lemma.draw is not None
    for trial in range(20):
        at = lemma.draw(np.random.default_rng(trial), lemma.cases[trial % len(lemma.cases)])
        for quantity in lemma.symbols:
            assert quantity.measure is not None
            assert quantity.definition is not None
            defined = evaluate(quantity.definition, at)
            assert quantity.measure(at) == pytest.approx(defined, rel=1e-9, abs=1e-9), quantity


# --- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_rates() -> None:
    """All statements at quick effort: the published figures. Nothing is undecided, whatever its gap."""
    found = suite.evidence(suite.STATEMENTS, EFFORTS["quick"])
    verdicts = {one.name: suite.verdict_of(one, found[one.name]) for one in suite.STATEMENTS}
    assert names([one for one in suite.STATEMENTS if wrong(one, verdicts[one.name])]) == []
    assert names([one for one in suite.STATEMENTS if verdicts[one.name] is Verdict.INCONCLUSIVE]) == []
    published = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    for table in suite.tables(suite.STATEMENTS, found):
        assert table in published


@pytest.mark.slow
def test_draws_alone_see_twice_the_level_and_not_a_millionth() -> None:
    budget = EFFORTS["standard"]
    found = {one.name: by(montecarlo, one, budget).verdict for one in CHANCE}
    for one in CHANCE:
        if one.gap < 1e-3:
            assert found[one.name] is Verdict.INCONCLUSIVE
        elif not one.truth:
            assert found[one.name] is Verdict.REFUTED
