"""The table of planted faults: every outcome counted, and what was not caught listed with its reason."""

from collections.abc import Callable
from typing import Any

import pytest

from verify.formats import html, markdown
from verify.formats import planted as faults
from verify.formats.schema import validate

Report = dict[str, Any]


def planted(fault: str, outcome: str, reason: str) -> Report:
    return {"fault": fault, "outcome": outcome, "reason": reason}


@pytest.fixture
def sown() -> Report:
    first = [planted("C = 1", "refuted", "at 0"), planted("C = 2", "true", "it still holds")]
    second = [planted("no data", "underivable", "step 3"), planted("level", "out-of-reach", "400 draws " * 40)]
    return {
        "lemmas": [{"id": name, "planted": sown} for name, sown in (("one", first), ("two", second), ("three", []))]
    }


def test_every_outcome_is_counted(sown: Report) -> None:
    assert faults.rows(sown) == [
        ("one", [1, 0, 0, 1, 0, 0]),
        ("two", [0, 1, 0, 0, 1, 0]),
        ("all lemmas", [1, 1, 0, 1, 1, 0]),
    ]
    assert len(faults.COLUMNS) == 6
    assert faults.sentence(sown) == "4 faults planted: 1 refuted, 1 underivable, 1 true, 1 out-of-reach, 0 survived"
    assert faults.sentence({"lemmas": []}) == "no faults planted"


def test_what_was_not_caught_is_listed_with_its_reason_the_worst_first(sown: Report) -> None:
    sown["lemmas"][2]["planted"] = [planted("sign", "survived", "nobody saw it")]
    assert [row[:3] for row in faults.not_refuted(sown)] == [
        ("three", "sign", "survived"),
        ("two", "level", "out-of-reach"),
        ("one", "C = 2", "true"),
    ]


def test_the_reason_of_what_is_true_is_shown_before_it_is_cut(holding: Report, changed: Callable[..., Report]) -> None:
    why = f"it still holds, since the price is not negative; symbolic: {'steps ' * 99}"
    step = {"step": "0 <= 1", "by": "algebra", "ref": "algebra", "verdict": "proved"}
    fault = {**planted("by hand: price kept", "true", why), "proof": [step]}
    told = changed(holding, "one-plus-x", planted=[fault])
    validate(told)
    for page in (markdown.render(told), html.render(told)):
        assert "since the price is not negative" in page
        assert "steps " * 60 not in page


def test_the_reports_show_the_table(report: Report) -> None:
    sentence = faults.sentence(report)
    assert "0 survived" not in sentence  # the example has a survivor
    for page in (markdown.render(report), html.render(report)):
        assert sentence in page
    assert "| all lemmas |" in markdown.render(report)
    assert "<h2 id=planted>Planted faults</h2>" in html.render(report)


DROPPED = planted("without hypothesis radius", "underivable", "step 'the ball' is not derived without it")


def test_dropped_hypotheses_that_only_the_proof_noticed_are_counted_apart_everywhere(
    holding: Report, changed: Callable[..., Report]
) -> None:
    sown = [DROPPED, planted("C = 1", "underivable", "step 'the constant': x <= y does not follow")]
    report = changed(holding, "one-plus-x", planted=sown)
    remark = "2 underivable (1 of them dropped hypotheses that the proof needs and the claim perhaps not)"
    assert remark in faults.sentence(report)
    assert faults.outcomes({"planted": sown}) == "2 underivable (1 hypotheses)"
    assert ("one-plus-x", [0, 2, 1, 0, 0, 0]) in faults.rows(report)
    for page in (markdown.render(report), html.render(report)):
        assert remark in page
        assert "whether the claim needs it is open" in page
    assert "| one-plus-x | 0 | 2 | 1 | 0 | 0 | 0 |" in markdown.render(report)
    assert "that the proof needs it does not show that the claim does" in html.render(report)
    assert "radius (the ball)" in html.render(report)


def test_only_what_is_underivable_is_counted_so() -> None:
    assert faults.kind(DROPPED) == faults.DROPPED
    assert faults.kind({**DROPPED, "fault": "part: without hypothesis radius"}) == faults.DROPPED
    assert faults.kind({**DROPPED, "outcome": "refuted"}) == "refuted"
    assert faults.kind({**DROPPED, "fault": "C = 1"}) == "underivable"
    assert set(faults.OUTCOMES) | {faults.DROPPED} == set(faults.KINDS)
