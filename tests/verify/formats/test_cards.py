"""What a card says of a lemma with several parts: once, and of which parts."""

from __future__ import annotations

from typing import Any

import pytest

from verify.formats import cards, planted

Report = dict[str, Any]


def stated(*given: str) -> Report:
    return {"latex": "", "sympy": "D <= R", "given": list(given), "fails_with": None}


def proved(*texts: str) -> list[Report]:
    return [{"step": text, "by": "algebra", "ref": None, "verdict": "proved"} for text in texts]


@pytest.fixture
def lemma() -> Report:
    """A claim with the parts ``tail`` and ``tail: far``."""
    claim = stated("n in integers in [1, oo): points", "R in [0, oo)", "near: R <= 1", "data: nu <= 1", "B := 2*n")
    tail = stated("n in integers in [1, oo): points", "data: nu <= 1", "far: R >= 1")
    return {
        "statement": claim,
        "parts": [{"name": "tail", "statement": tail}, {"name": "tail: far", "statement": tail}],
        "proof": [],
        "evidence": [],
        "planted": [],
    }


def test_a_name_in_front_is_a_part_only_if_the_lemma_has_it(lemma: Report) -> None:
    assert cards.split_part("tail: Weyl: x <= y", lemma) == ("tail", "Weyl: x <= y")
    assert cards.split_part("tail: far: Weyl", lemma) == ("tail: far", "Weyl")
    assert cards.split_part("exp-uniform-bound: data", lemma) == ("", "exp-uniform-bound: data")
    assert cards.split_part("tail: Weyl", {"parts": []}) == ("", "tail: Weyl")


def test_what_a_line_is_about(lemma: Report) -> None:
    assert cards.of_parts([""], lemma) == "the claim"
    assert cards.of_parts(["", "tail", "tail"], lemma) == "the claim; tail"
    assert cards.of_parts(["tail", "", "tail: far"], lemma) == "the claim and every part"
    assert cards.of_parts([""], {}) == ""


def test_hypotheses_stand_apart_from_the_domains_of_symbols(lemma: Report) -> None:
    assert cards.conditions(lemma["statement"]) == ["near: R <= 1", "data: nu <= 1", "B := 2*n"]
    domains = cards.domains(lemma["statement"])
    assert domains == {"n": "n in integers in [1, oo): points", "R": "R in [0, oo)"}
    odd = stated("delta in its domain (upper): delta < 1", "t in (0, 1): share")
    assert cards.conditions(odd) == ["delta in its domain (upper): delta < 1"]


def test_every_hypothesis_is_either_a_condition_or_a_domain(lemma: Report) -> None:
    found = [*cards.conditions(lemma["statement"]), *cards.domains(lemma["statement"]).values()]
    assert sorted(found) == sorted(lemma["statement"]["given"])


def test_the_notation_takes_the_most_frequent_meaning(lemma: Report) -> None:
    other = {**lemma, "statement": stated("R in [0, 1]: radius")}
    report = {"lemmas": [other, lemma, lemma]}
    assert cards.notation(report) == {"n": "n in integers in [1, oo): points", "R": "R in [0, oo)"}


def test_what_a_part_assumes_beyond_the_claim_and_what_it_does_without(lemma: Report) -> None:
    assert cards.other_conditions(lemma["parts"][0], lemma) == (["far: R >= 1"], ["near"])


def test_an_outline_counts_the_lines_of_named_steps_and_says_what_is_shown(lemma: Report) -> None:
    lemma["proof"] = proved(
        "grow, line 1: a <= b", "grow, line 2: b <= c", "grow: a <= c", "c <= d", "a <= d: a <= d",
        "tail: grow, line 1: a <= b", "tail: grow, line 2: b <= c", "tail: grow: a <= c", "tail: shrink: d <= e",
    )  # fmt: skip
    assert cards.outline(lemma) == {
        "the claim; tail": [cards.Named("grow", "a <= c", 3)],
        "the claim": [cards.Named("a <= d", "", 1)],  # such a name says what is shown
        "tail": [cards.Named("shrink", "d <= e", 1)],
    }


def found(check: str, verdict: str, summary: str, **data: Any) -> Report:
    return {"check": check, "verdict": verdict, "summary": summary, "data": data}


def test_the_same_finding_is_said_once_for_all_parts_that_have_it(lemma: Report) -> None:
    lemma["evidence"] = [
        found("vacuity", "certified", "met at a point"),
        found("vacuity", "certified", "tail: met at a point", part="tail"),
        found("vacuity", "certified", "tail: far: met elsewhere", part="tail: far"),
    ]
    ((key, sentences),) = cards.evidence(lemma, 0).items()
    assert key == ("vacuity", "certified")
    assert [(one.summary, parts) for one, parts in sentences.items()] == [
        ("met at a point", ["", "tail"]),
        ("met elsewhere", ["tail: far"]),
    ]


def test_evidence_with_other_data_is_not_merged_and_a_witness_is_never_cut(lemma: Report) -> None:
    lemma["evidence"] = [
        found("worstcase", "refuted", "false", witness={"x": "1" * 1500}),
        found("worstcase", "refuted", "tail: false", part="tail", witness={"x": "2"}),
    ]
    first, second = next(iter(cards.evidence(lemma, 0).values()))
    assert "1" * 1500 in first.data
    assert second.data == "witness {x: 2}"
    assert first.witness


def test_rules_are_left_to_the_line_that_lists_what_is_trusted_only_where_the_step_holds(lemma: Report) -> None:
    sentence = "3 steps, each checked by machine; rests on the rules weyl, triangle"
    lemma["evidence"] = [found("symbolic", "proved", sentence), found("symbolic", "refuted", sentence)]
    summaries = [one.summary for group in cards.evidence(lemma, 0).values() for one in group]
    assert summaries == ["3 steps, each checked by machine", sentence]


def test_faults_are_grouped_by_outcome_and_by_part_the_worst_first(lemma: Report) -> None:
    asked = "step 'Weyl' is not derived without it"
    lemma["planted"] = [
        {"fault": "without hypothesis near", "outcome": "underivable", "reason": asked},
        {"fault": "tail: without hypothesis near", "outcome": "underivable", "reason": asked},
        {"fault": "C = 1", "outcome": "refuted", "reason": "at\nz = 1"},
        {"fault": "tail: C = 1", "outcome": "survived", "reason": "nobody saw it"},
    ]
    assert cards.faults(lemma, 5) == {
        "survived": {"tail": [cards.Sown("C = 1", "nobo…")]},
        "refuted": {"the claim": [cards.Sown("C = 1", "at z…")]},
        planted.DROPPED: {"the claim; tail": [cards.Sown("near", "Weyl")]},
    }
    assert list(cards.faults(lemma, 5, "counted")) == ["survived"]
