"""A report is refused for the right reason, in one line, and no reason is missed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from verify.formats.canonical import strip_volatile
from verify.formats.schema import ReportInvalid, load_schema, validate
from verify.verdict import Verdict

Report = dict[str, Any]


def refusal(report: Any, **options: bool) -> str:
    with pytest.raises(ReportInvalid) as caught:
        validate(report, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_fixture_reports_are_valid(report: Report, holding: Report) -> None:
    validate(report)
    validate(holding)


def test_the_eight_words_are_those_of_the_verdict() -> None:
    assert load_schema()["definitions"]["verdict"]["enum"] == [v.value for v in Verdict]


def test_the_fixture_uses_every_verdict(report: Report) -> None:
    assert {entry["verdict"] for entry in report["lemmas"]} == {v.value for v in Verdict}


@pytest.mark.parametrize("field", ["schema", "verdict", "summary", "run", "timings", "lemmas", "findings", "chains"])
def test_a_missing_top_level_field_is_refused(report: Report, field: str) -> None:
    del report[field]
    assert field in refusal(report)


@pytest.mark.parametrize(
    "path",
    [
        ["lemmas", 0],
        ["lemmas", 0, "statement"],
        ["lemmas", 1, "proof", 0],
        ["lemmas", 0, "evidence", 0],
        ["lemmas", 0, "constants", 0],
        ["lemmas", 0, "constants", 0, "sharp"],
        ["lemmas", 0, "margin"],
        ["lemmas", 0, "planted", 0],
        ["findings", 0],
        ["chains", 0],
        ["chains", 0, "widths", 0],
        ["chains", 0, "widths", 0, "m"],
        ["chains", 0, "widths", 0, "lambda"],
        ["lemmas", 3, "evidence", 0, "data", "quantile"],
    ],
)
def test_an_unknown_field_is_refused_and_every_contract_field_is_needed(report: Report, path: list[Any]) -> None:
    target: Any = report
    for key in path:
        target = target[key]
    for field in sorted(target):
        broken = copy.deepcopy(report)
        place: Any = broken
        for key in path:
            place = place[key]
        del place[field]
        if field != "exact":
            assert field in refusal(broken)
    target["surprise"] = 1
    assert "surprise" in refusal(report)


@pytest.mark.parametrize(
    "path",
    [
        ["run"],
        ["timings"],
        ["findings", 0, "data"],
        ["lemmas", 0, "evidence", 0, "data"],
        ["lemmas", 0, "margin", "at"],
    ],
)
def test_free_form_places_take_anything(report: Report, path: list[Any]) -> None:
    target: Any = report
    for key in path:
        target = target[key]
    target["surprise"] = {"anything": [1, None, "x"]}
    validate(report)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["verdict"], "ok"),
        (["schema"], "verify-report/2"),
        (["lemmas", 0, "verdict"], "passed"),
        (["lemmas", 0, "id"], "Exp First"),
        (["lemmas", 0, "line"], 0),
        (["lemmas", 0, "margin", "factor"], 0.99),
        (["lemmas", 0, "planted", 0, "outcome"], "killed"),
        (["lemmas", 0, "proof", 0, "by"], "hope"),
        (["lemmas", 0, "constants", 0, "kind"], "loose"),
        (["lemmas", 0, "constants", 0, "sharp", "lower"], 1.7),
        (["lemmas", 0, "uses"], "one-plus-x"),
        (["chains", 0, "widths", 0, "m", "upper"], 12.5),
        (["chains", 0, "widths", 0, "delta"], 1.0),
        (["chains", 0, "widths", 0, "empirical"], 0),
        (["lemmas", 3, "evidence", 0, "data", "trials"], -1),
        (["lemmas", 3, "evidence", 0, "data", "draws"], ["x"]),
    ],
)
def test_a_wrong_value_is_named_by_its_path(report: Report, path: list[Any], value: Any) -> None:
    target: Any = report
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    assert str(path[-1] if isinstance(path[-1], str) else path[-2]) in refusal(report)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_not_finite_is_refused_anywhere(report: Report, number: float) -> None:
    report["findings"][0]["data"]["deep"] = [{"x": number}]
    assert refusal(report) == "report.findings[0].data.deep[0].x must be finite"


def test_two_lemmas_of_one_id_are_refused(report: Report) -> None:
    report["lemmas"].append(report["lemmas"][0])
    assert "exp-first-order" in refusal(report)


def test_two_widths_for_one_case_are_refused(report: Report) -> None:
    report["chains"][1]["widths"].append(report["chains"][1]["widths"][0])
    assert "report.chains[1].widths" in refusal(report)


def test_a_stripped_report_passes_only_when_asked_for(report: Report) -> None:
    stripped = strip_volatile(report)
    validate(stripped, stripped=True)
    assert "run" in refusal(stripped)


@pytest.mark.parametrize("thing", [None, [], "report", 3, {}])
def test_what_is_no_report_at_all_is_refused(thing: Any) -> None:
    assert refusal(thing).startswith("report ")


def test_optional_fields_are_optional(report: Report, changed: Callable[..., Report]) -> None:
    del report["trust"]
    validate(report)
    validate(changed(report, "one-plus-x", parts=[{"name": "upper", "verdict": "proved"}]))
