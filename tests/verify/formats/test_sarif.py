"""SARIF: structure, places and levels."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from verify.formats import sarif, words

Report = dict[str, Any]


def run(report: Report) -> dict[str, Any]:
    log = json.loads(sarif.render(report))
    assert log["version"] == "2.1.0"
    found: dict[str, Any] = log["runs"][0]
    return found


def test_every_lemma_is_a_rule_and_only_those_that_do_not_stand_are_results(report: Report) -> None:
    found = run(report)
    ids = [entry["id"] for entry in report["lemmas"]]
    assert [rule["id"] for rule in found["tool"]["driver"]["rules"]] == ids
    bad = [entry["id"] for entry in report["lemmas"] if not words.holds(entry["verdict"])]
    assert [result["ruleId"] for result in found["results"]] == bad
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in found["results"])


def test_everything_holds_means_no_results(holding: Report) -> None:
    assert run(holding)["results"] == []


def test_place_level_and_message(report: Report) -> None:
    results = {result["ruleId"]: result for result in run(report)["results"]}
    place = results["weight-movement"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "lemmas/dynamics/weight_movement.py"
    assert place["region"] == {"startLine": 12}
    assert "moved 2.1e-3" in results["weight-movement"]["message"]["text"]
    levels = {name: result["level"] for name, result in results.items()}
    assert levels == {"step-contraction": "warning", "weight-movement": "error", "jacobian-lipschitz": "error",
                      "convergence-classical": "error", "width-exponent": "note"}  # fmt: skip


def test_a_surviving_fault_is_an_error_though_the_lemma_holds(holding: Report, changed: Callable[..., Report]) -> None:
    fault = {"fault": "C = 0", "outcome": "survived", "reason": ""}
    results = run(changed(holding, "one-plus-x", planted=[fault]))["results"]
    assert [(r["ruleId"], r["level"]) for r in results] == [("one-plus-x", "error")]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("my lemmas/a#b.py", "my%20lemmas/a%23b.py"),
        ("/some where/a.py", "file:///some%20where/a.py"),
        ("../a.py", "../a.py"),
    ],
)
def test_paths_become_uri_references(file: str, expected: str) -> None:
    assert sarif.uri(file) == expected
