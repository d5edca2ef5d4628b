"""GitHub Actions: annotations parse back, and the summary leads with the verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from verify.formats import github

Report = dict[str, Any]


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """What the runner reads from a workflow command: kind, properties, message."""
    _, command, message = line.split("::", 2)
    kind, _, properties = command.partition(" ")
    pairs = dict(item.split("=", 1) for item in properties.split(","))
    return kind, {key: unquote(value) for key, value in pairs.items()}, unquote(message)


def test_one_annotation_for_every_lemma_that_does_not_stand(report: Report, holding: Report) -> None:
    lines = github.line_annotations(report).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::warning", "::error", "::error", "::error", "::notice"]
    assert github.line_annotations(holding) == ""


def test_an_annotation_reads_back(holding: Report, changed: Callable[..., Report]) -> None:
    evidence = [{"check": "interval", "verdict": "refuted", "summary": "100 % wrong,\nat x: 1", "data": {}}]
    bad = changed(holding, "one-plus-x", verdict="refuted", file="a,b:c.py", evidence=evidence)
    (line,) = github.line_annotations(bad).splitlines()
    kind, properties, message = parsed(line)
    assert kind == "error"
    assert properties == {"file": "a,b:c.py", "line": "12", "title": "one-plus-x: refuted"}
    assert message == "interval: 100 % wrong,\nat x: 1"


def test_a_surviving_fault_is_annotated_as_an_error(holding: Report, changed: Callable[..., Report]) -> None:
    fault = {"fault": "C = 0", "outcome": "survived", "reason": ""}
    (line,) = github.line_annotations(changed(holding, "one-plus-x", planted=[fault])).splitlines()
    assert line.startswith("::error ")
    assert line.endswith("planted fault survived: C = 0")


def test_the_step_summary_leads_with_the_verdict_and_lists_every_lemma(report: Report) -> None:
    page = github.step_summary(report)
    assert page.startswith("# refuted\n\nweight-movement is refuted")
    assert all(f"| {entry['id']} | {entry['verdict']} |" in page for entry in report["lemmas"])
