"""SARIF 2.1.0: a lemma is a rule, and a lemma that does not stand is a result at the line of its statement."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from verify.formats import words
from verify.formats.canonical import to_json
from verify.formats.words import Json

LEVEL = {"refuted": "error", "blocked": "error", "error": "error", "inconclusive": "warning", "not-run": "note"}


def render(report: Json) -> str:
    """The report as a SARIF log. A lemma whose planted fault survived is listed even if it holds."""
    lemmas = report["lemmas"]
    results = [_result(index, lemma) for index, lemma in enumerate(lemmas) if not words.stands(lemma)]
    driver = {"name": "theorem-verify", "rules": [_rule(lemma) for lemma in lemmas]}
    run = {
        "tool": {"driver": driver},
        "results": results,
        "columnKind": "unicodeCodePoints",
        "properties": {"verdict": report["verdict"], "summary": report["summary"]},
    }
    return to_json({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _rule(lemma: Json) -> dict[str, Any]:
    return {
        "id": lemma["id"],
        "shortDescription": {"text": lemma["title"]},
        "fullDescription": {"text": lemma["statement"]["sympy"] or lemma["title"]},
        "help": {"text": f"Reproduce with: {lemma['reproduce']}"},
        "properties": {"group": lemma["group"], "verdict": lemma["verdict"], "trusts": lemma["trusts"]},
    }


def _result(index: int, lemma: Json) -> dict[str, Any]:
    location = {"artifactLocation": {"uri": uri(lemma["file"])}, "region": {"startLine": lemma["line"]}}
    return {
        "ruleId": lemma["id"],
        "ruleIndex": index,
        "level": LEVEL.get(lemma["verdict"], "error"),
        "message": {"text": f"{lemma['id']} is {lemma['verdict']}: {words.reason(lemma)}"},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"statement/v1": lemma["fingerprint"]},
    }


def uri(file: str) -> str:
    """The file as a URI reference: relative paths stay relative, absolute ones become file URIs."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
