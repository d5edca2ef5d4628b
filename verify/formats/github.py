"""Text for GitHub Actions: the step summary and the annotations that mark lines of a pull request."""

from __future__ import annotations

from verify.formats import markdown, words
from verify.formats.words import Json

COMMAND = {"inconclusive": "warning", "not-run": "notice"}


def step_summary(report: Json) -> str:
    """The Markdown to append to the job's step summary: the verdict, how loose it is, one row a lemma."""
    parts = [markdown.headline(report), markdown.loose_section(report), markdown.lemma_table(report)]
    return "\n".join("\n".join(part) + "\n" for part in parts)


def line_annotations(report: Json) -> str:
    """One workflow command a line for every lemma that does not stand; empty if all do."""
    return "".join(_command(lemma) + "\n" for lemma in report["lemmas"] if not words.stands(lemma))


def _command(lemma: Json) -> str:
    kind = COMMAND.get(lemma["verdict"], "error")
    title = f"{lemma['id']}: {lemma['verdict']}"
    place = f"file={_property(lemma['file'])},line={lemma['line']},title={_property(title)}"
    return f"::{kind} {place}::{_data(words.reason(lemma))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
