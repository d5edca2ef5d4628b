"""``reports/STATE.md``: what is known, without a number that changes from run to run."""

from __future__ import annotations

from verify.formats import text, words
from verify.formats.markdown import table
from verify.formats.words import Json

NOTE = "Written by `python -m verify state`; do not edit. It holds only what does not depend on sampling."


def state_markdown(report: Json) -> str:
    """The stable content: verdicts, trusted rules, fingerprints, sharp constants, margins that are not statistical."""
    lines = ["# State", "", NOTE, "", f"Overall: {report['verdict']}. {words.counts_text(report)}.", ""]
    for group, lemmas in words.by_group(report).items():
        lines += [f"## {group}", "", *table(HEAD, [_row(lemma) for lemma in lemmas]), ""]
    rows = [(f["id"], f["verdict"], f["title"]) for f in report["findings"]]
    lines += ["## Findings", "", *(table(("finding", "verdict", "title"), rows) if rows else ["none"]), ""]
    sentences = [f"- {sentence}" for _, sentence in sorted(report.get("trust", {}).items())]
    lines += ["## What the theorems rest on", "", *(sentences or ["none stated"])]
    return "\n".join(lines) + "\n"


HEAD = ("lemma", "verdict", "trusts", "statement", "constants", "margin")


def _row(lemma: Json) -> tuple[str, ...]:
    constants = "; ".join(_constant(constant) for constant in lemma["constants"]) or "none"
    trusts = ", ".join(lemma["trusts"]) or "none"
    return (lemma["id"], lemma["verdict"], trusts, lemma["fingerprint"][:12], constants, _margin(lemma))


def _constant(constant: Json) -> str:
    sharp = constant["sharp"]
    if sharp is None:
        return f"{constant['name']} = {constant['stated']} ({constant['kind']}, sharp value unknown)"
    known = sharp.get("exact") or text.enclosure(sharp["lower"], sharp["upper"])
    return f"{constant['name']} = {constant['stated']} ({constant['kind']}, sharp {known})"


def _margin(lemma: Json) -> str:
    source = words.margin_source(lemma)
    if source == "exact":
        return f"{text.number(lemma['margin']['factor'])} ({lemma['margin']['meaning']})"
    # Whether a search or random draws come closest to the bound depends on the seed.
    return "none" if source == "none" else "from sampling"
