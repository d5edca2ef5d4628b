"""The words: agreement with the package's own verdicts, and which lemma is called the weakest link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify import verdict
from verify.formats import words

Report = dict[str, Any]
WORDS = [v.value for v in verdict.Verdict]


@given(st.lists(st.sampled_from(WORDS)))
def test_worst_agrees_with_the_verdict_module(found: list[str]) -> None:
    assert words.worst(found) == verdict.weakest(verdict.Verdict(w) for w in found).value


def test_every_word_is_explained_and_holds_means_the_same() -> None:
    assert set(words.MEANING) == set(words.WORST_FIRST) == set(WORDS)
    assert [w for w in WORDS if words.holds(w)] == [v.value for v in verdict.Verdict if v.holds]


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [([], "none"), (["proved", "supported"], "checked"), (["proved", "not-run"], "partial"),
     (["proved", "inconclusive", "refuted"], "broken"), (["error"], "broken")],
)  # fmt: skip
def test_proof_state(verdicts: list[str], state: str) -> None:
    assert words.proof_state({"proof": [{"verdict": v} for v in verdicts]}) == state


def test_the_weakest_link_is_the_one_the_summary_names(report: Report) -> None:
    report["summary"] = "nothing is known about step-contraction, which is inconclusive"
    found = words.weakest(report)
    assert found is not None
    assert found["id"] == "step-contraction"


def test_without_a_name_in_the_summary_the_worst_verdict_decides(report: Report) -> None:
    report["summary"] = "Something is wrong"
    found = words.weakest(report)
    assert found is not None
    assert found["id"] == "weight-movement"
    assert words.weakest({**report, "lemmas": []}) is None


def test_a_lemma_whose_faults_survive_does_not_stand(holding: Report, changed: Callable[..., Report]) -> None:
    fault = {"fault": "C = 1", "outcome": "survived", "reason": "nobody noticed"}
    lemma = changed(holding, "one-plus-x", planted=[fault])["lemmas"][1]
    assert words.stands(holding["lemmas"][1])
    assert not words.stands(lemma)
    assert words.reason(lemma).endswith("planted fault survived: C = 1")


def test_lemmas_are_counted_by_verdict_best_first(report: Report) -> None:
    told = "3 proved, 2 certified, 2 supported, 1 not-run, 1 inconclusive, 1 error, 1 blocked, 1 refuted"
    assert words.counts_text(report) == told
    assert words.counts_text({"lemmas": []}) == "no lemmas"


def test_limitations_as_text_or_list() -> None:
    assert words.limitations({"limitations": ""}) == []
    assert words.limitations({"limitations": "one"}) == ["one"]
    assert words.limitations({"limitations": ["one", "two"]}) == ["one", "two"]


@pytest.mark.parametrize(
    ("meaning", "at", "source"),
    [
        ("worst-case search", {"found by": "search equal points"}, "search"),
        ("largest of random draws", {"found by": "gram-perturbation.worstcase/random/3"}, "draws"),
        ("(1 - level) quantile of smaller/larger side", {"draw": "key"}, "draws"),
        ("stated over sharp constant", {"z": 1}, "exact"),
    ],
)
def test_where_a_margin_comes_from(meaning: str, at: Report, source: str) -> None:
    assert words.margin_source({"margin": {"factor": 1.2, "meaning": meaning, "at": at}}) == source
    assert words.margin_source({"margin": None}) == "none"


@pytest.mark.parametrize(
    ("level", "shown"), [("delta", "1 - delta"), ("n*exp(-q)", "1 - (n*exp(-q))"), ("2", "1 - (2)"), (None, None)]
)
def test_the_probability_of_a_statement(level: str | None, shown: str | None) -> None:
    assert words.probability({"fails_with": level}) == shown
