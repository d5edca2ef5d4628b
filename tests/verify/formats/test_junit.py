"""JUnit: nothing that does not hold may look green."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest

from verify.formats import junit, words

Report = dict[str, Any]


def cases(report: Report) -> dict[str, ET.Element]:
    return {case.get("name", ""): case for case in ET.fromstring(junit.render(report)).iter("testcase")}


def outcome(case: ET.Element) -> tuple[str, str | None]:
    for tag in ("failure", "error", "skipped"):
        found = case.find(tag)
        if found is not None:
            return tag, found.get("type")
    return "passed", None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("one-plus-x", ("passed", None)), ("exp-decay-quadratic", ("passed", None)),
        ("gram-lower-tail", ("passed", None)),
        ("step-contraction", ("failure", "inconclusive")), ("weight-movement", ("failure", "refuted")),
        ("convergence-classical", ("failure", "blocked")), ("jacobian-lipschitz", ("error", "error")),
        ("width-exponent", ("skipped", None)), ("verdict", ("failure", "refuted")),
    ],
)  # fmt: skip
def test_outcome_of_each_verdict(report: Report, name: str, expected: tuple[str, str | None]) -> None:
    assert outcome(cases(report)[name]) == expected


@pytest.mark.parametrize("word", words.WORST_FIRST)
def test_green_means_holds(holding: Report, changed: Callable[..., Report], word: str) -> None:
    case = cases(changed(holding, "one-plus-x", verdict=word))["one-plus-x"]
    assert (outcome(case)[0] == "passed") == words.holds(word)


def test_a_surviving_fault_is_a_failure(holding: Report, changed: Callable[..., Report]) -> None:
    fault = {"fault": "C = 0", "outcome": "survived", "reason": ""}
    case = cases(changed(holding, "one-plus-x", planted=[fault]))["one-plus-x"]
    assert outcome(case) == ("failure", "planted-fault-survived")


def test_a_bad_whole_is_not_green_even_if_every_lemma_is(holding: Report) -> None:
    holding["verdict"] = "error"
    root = ET.fromstring(junit.render(holding))
    assert (root.get("failures"), root.get("errors")) == ("0", "1")


def test_counts_add_up(report: Report) -> None:
    root = ET.fromstring(junit.render(report))
    totals = {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert totals == {"tests": "13", "failures": "4", "errors": "1", "skipped": "1"}


def test_trusts_stand_beside_the_verdict_and_witness_in_the_message(report: Report) -> None:
    found = cases(report)
    assert "proved (trusts Jensen, Tropp's master bound, Weyl)" in (
        found["convergence-tight"].findtext("system-out") or ""
    )
    told = found["gram-lower-tail"].findtext("system-out") or ""
    assert "montecarlo: supported: 1 of 900 draws broke it" in told.splitlines()
    failure = found["weight-movement"].find("failure")
    assert failure is not None
    assert "moved 2.1e-3" in (failure.get("message") or "")


def test_characters_that_xml_cannot_hold_are_replaced(holding: Report, changed: Callable[..., Report]) -> None:
    noisy = changed(holding, "one-plus-x", group="a\x00<b>&", reproduce="run \x1b[31m]]>")
    case = cases(noisy)["one-plus-x"]
    assert case.get("classname") == "a\ufffd<b>&"
    assert (case.findtext("system-out") or "").endswith("run \ufffd[31m]]>")
