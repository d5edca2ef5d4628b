"""The exit code and the sentence: the worst thing that happened wins, and is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.lemma import Lemma
from verify.pipeline.judge import Judged
from verify.pipeline.summary import exit_code, overall, summary
from verify.relations import le
from verify.verdict import Verdict

V = Verdict
PRECEDENCE = [1, 3, 4, 0]


def report_of(*verdicts: V, findings: tuple[str, ...] = (), survived: bool = False) -> dict[str, Any]:
    """A report with just what the exit code is read from, and its summary."""
    judged = {f"lemma-{v.value}-{i}": Judged(Lemma(le(1, 1)), v, f"reason {i}", {}) for i, v in enumerate(verdicts)}
    fault = {"fault": "C = 1", "outcome": "survived" if survived else "refuted"}
    lemmas = [{"id": name, "verdict": one.verdict.value, "planted": [fault]} for name, one in judged.items()]
    found = [{"verdict": word, "title": f"finding {word}"} for word in findings]
    verdict = overall(judged.values(), lemmas, found, False)
    text = summary(verdict, judged, lemmas, found, False)
    return {"verdict": verdict.value, "lemmas": lemmas, "summary": text}


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([V.PROVED, V.CERTIFIED, V.SUPPORTED], 0),
        ([V.PROVED, V.INCONCLUSIVE], 4),
        ([V.NOT_RUN], 4),
        ([], 4),
        ([V.ERROR, V.INCONCLUSIVE], 3),
        ([V.REFUTED, V.ERROR, V.INCONCLUSIVE], 1),
        ([V.BLOCKED], 1),
    ],
)
def test_exit_codes(verdicts: list[V], code: int) -> None:
    assert exit_code(report_of(*verdicts)) == code


def single(verdict: V) -> int:
    return exit_code(report_of(verdict))


@given(st.lists(st.sampled_from(Verdict), min_size=1, max_size=5))
def test_the_code_is_that_of_the_worst_lemma(verdicts: list[V]) -> None:
    assert exit_code(report_of(*verdicts)) == min((single(v) for v in verdicts), key=PRECEDENCE.index)


def test_a_fault_that_survived_fails_the_run_and_is_named() -> None:
    report = report_of(V.PROVED, survived=True)
    assert exit_code(report) == 1
    assert report["verdict"] == "error"
    assert "C = 1" in report["summary"]


def test_a_hook_that_crashed_is_an_error() -> None:
    report = report_of(V.PROVED, findings=("error",))
    assert exit_code(report) == 3
    assert report["summary"] == "finding error."


def test_a_refuted_finding_is_recorded_not_a_failure() -> None:
    assert exit_code(report_of(V.PROVED, findings=("refuted",))) == 0


def test_regressions_fail_the_run() -> None:
    assert exit_code(report_of(V.PROVED), ["lemma x: worse"]) == 1


def test_the_summary_names_the_weakest_or_the_breaking_lemma() -> None:
    assert report_of(V.PROVED, V.SUPPORTED)["summary"] == (
        "All 2 lemmas checked hold (1 proved, 1 supported); the weakest is supported: lemma-supported-1 (reason 1)."
    )
    assert report_of(V.PROVED, V.REFUTED)["summary"] == "Refuted: lemma-refuted-1 (reason 1); 1 of 2 lemmas."


def test_the_cause_is_named_before_what_it_spoils() -> None:
    lemma = Lemma(le(1, 1))
    judged = {
        "spoiled": Judged(lemma, V.INCONCLUSIVE, "it uses cause", {}, limited=True),
        "cause": Judged(lemma, V.INCONCLUSIVE, "not reached", {}),
    }
    assert summary(V.INCONCLUSIVE, judged, [], [], False) == "Inconclusive: cause (not reached); 2 of 2 lemmas."
