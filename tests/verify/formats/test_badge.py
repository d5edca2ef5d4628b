"""The badge: eight words, and never a bare success."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verify.formats import badge, words

Report = dict[str, Any]


def test_a_success_says_how_much_is_trusted(holding: Report) -> None:
    assert json.loads(badge.render(holding)) == {
        "schemaVersion": 1, "label": "theorem", "message": "supported, trusts 6 rules", "color": "green",
    }  # fmt: skip


def test_a_failure_names_the_culprit(report: Report) -> None:
    found = json.loads(badge.render(report))
    assert (found["message"], found["color"], found["isError"]) == ("refuted: weight-movement", "red", True)
    assert json.loads(badge.render({**report, "lemmas": []}))["message"] == "refuted"


@pytest.mark.parametrize("word", words.WORST_FIRST)
def test_only_what_holds_is_green(holding: Report, word: str) -> None:
    found = json.loads(badge.render({**holding, "verdict": word}))
    assert ("green" in found["color"]) == words.holds(word) == ("isError" not in found)
