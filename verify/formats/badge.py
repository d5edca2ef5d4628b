"""A badge in the endpoint format of shields: the verdict, never without what it trusts."""

from __future__ import annotations

from verify.formats import words
from verify.formats.canonical import to_json
from verify.formats.words import Json

COLOUR = {
    "proved": "brightgreen",
    "certified": "brightgreen",
    "supported": "green",
    "inconclusive": "yellow",
    "refuted": "red",
    "blocked": "red",
    "error": "orange",
    "not-run": "lightgrey",
}


def render(report: Json) -> str:
    """The badge as JSON."""
    verdict = report["verdict"]
    badge = {"schemaVersion": 1, "label": "theorem", "message": _message(report), "color": COLOUR[verdict]}
    if not words.holds(verdict):
        badge["isError"] = True
    return to_json(badge)


def _message(report: Json) -> str:
    verdict: str = report["verdict"]
    if words.holds(verdict):
        trusted = len(words.all_trusts(report))
        return f"{verdict}, trusts {trusted} rule{'' if trusted == 1 else 's'}"
    link = words.weakest(report)
    return f"{verdict}: {link['id']}" if link else verdict
