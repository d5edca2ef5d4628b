"""No false statement is shown to hold, no true one is refuted: on a sample of each category, and, slowly, on all."""

from __future__ import annotations

from pathlib import Path

import pytest
import quality_suite as suite
from quality_statement import Statement

from verify.verdict import Verdict

ALMOST_EQUAL = 1e-6
UNDECIDABLE = {"chance", "norms", "eigenvalues"}  # a search shows nothing; so many draws do not separate all levels


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
    assert not wrong(one, suite.verdict_of(one, suite.SMALL))


def test_the_suite_would_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that believes every true-looking claim shows up as missed, one that refutes all as a false alarm."""
    few = [one for one in suite.STATEMENTS if one.category == "touching"]
    for verdict, key in ((Verdict.CERTIFIED, "missed"), (Verdict.REFUTED, "false alarms")):
        monkeypatch.setattr(suite, "verdict_of", lambda one, budget, verdict=verdict: verdict)
        assert suite.rates(suite.SMALL, few)["touching"][key] == 1
        assert any(wrong(one, verdict) for one in few)


@pytest.mark.slow
def test_rates() -> None:
    """All statements at the large budget: the published figures; nothing that stands off by 1e-6 is undecided."""
    found = suite.verdicts(suite.STATEMENTS, suite.LARGE)
    assert [one.name for one in suite.STATEMENTS if wrong(one, found[one.name])] == []
    undecided = [one for one in suite.STATEMENTS if found[one.name] is Verdict.INCONCLUSIVE]
    clear = [one for one in undecided if one.gap >= ALMOST_EQUAL and one.category not in UNDECIDABLE]
    assert [one.name for one in clear] == []
    assert [one.name for one in undecided if one.gap == 0] == []
    searched = [one for one in undecided if one.category in {"norms", "eigenvalues"}]
    assert all(one.truth for one in searched)
    rates = suite.rates_of(suite.STATEMENTS, found)
    common = [one for one in undecided if one.category == "chance" and not one.truth and one.gap >= 0.5]
    assert common == []  # twice the level claimed is seen
    assert suite.table(rates) in (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
