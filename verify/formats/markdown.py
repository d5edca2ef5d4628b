"""``report.md``: the report to be read in a terminal, a pull request or a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from verify.formats import planted, text, widths, words
from verify.formats.words import Json


def cell(value: Any) -> str:
    """A value as the content of one table cell: a single line in which nothing is mark-up."""
    plain = text.one_line(str(value))
    for mark in "\\`*_[]|~$":
        plain = plain.replace(mark, "\\" + mark)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """The lines of a table; cells are escaped."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return lines + ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]


def render(report: Json) -> str:
    """The whole report as GitHub-flavoured Markdown."""
    parts = [
        headline(report),
        loose_section(report),
        lemma_table(report),
        planted_table(report),
        _chain_table(report),
        _findings(report),
    ]
    parts += [_trust(report), *(_card(lemma) for lemma in report["lemmas"])]
    return "\n".join("\n".join(part) + "\n" for part in parts if part)


def headline(report: Json) -> list[str]:
    """The verdict, its sentence, and how many lemmas have which verdict."""
    trusted = words.all_trusts(report)
    return [
        f"# {report['verdict']}",
        "",
        f"{cell(report['summary'])}",
        "",
        f"{words.counts_text(report)}; {cell(words.trusts_text(trusted))}.",
    ]


def loose_section(report: Json) -> list[str]:
    """How far the best proved width is from what was observed, one row a case."""
    rows = [
        (
            gap.case,
            gap.chain,
            text.width(gap.proved),
            f"{text.count(gap.observed)} ({gap.kind})",
            f"{text.upper(gap.ratio, 2)}x",
        )
        for gap in widths.looseness(report)
    ]
    if not rows:
        return ["## How loose is the width?", "", "No width was both prescribed and observed."]
    head = ("case", "best chain", "prescribed m", "observed m", "ratio")
    return ["## How loose is the width?", "", *table(head, rows)]


def lemma_table(report: Json) -> list[str]:
    """One row a lemma: the verdict with what it trusts, the margin, the reason."""
    rows = [
        (lemma["id"], lemma["verdict"], ", ".join(lemma["trusts"]) or "none", margin(lemma), words.reason(lemma))
        for lemma in report["lemmas"]
    ]
    return ["## Lemmas", "", *table(("lemma", "verdict", "trusts", "margin", "why"), rows)]


def margin(lemma: Json) -> str:
    """The margin as text, or ``none``."""
    found = lemma["margin"]
    return f"{text.number(found['factor'])} ({found['meaning']})" if found else "none"


def planted_table(report: Json) -> list[str]:
    """The planted faults by lemma and outcome, and the reason for each that was neither refuted nor underivable."""
    found = planted.rows(report)
    if not found:
        return ["## Planted faults", "", "none"]
    counted = table(("lemma", *planted.COLUMNS), [(name, *numbers) for name, numbers in found])
    open_ = planted.not_refuted(report)
    told = [
        f"- {name}, {cell(fault)}: {outcome}; {cell(text.cut(text.one_line(why), planted.TOLD))}"
        for name, fault, outcome, why in open_
    ]
    legend = [f"- {outcome}: {planted.MEANING[outcome]}" for outcome in planted.OUTCOMES]
    body = ["", *legend, "", *counted, "", *(told or ["none is open"])]
    return ["## Planted faults", "", f"{planted.sentence(report)}.", *body]


def _chain_table(report: Json) -> list[str]:
    rows = [
        (
            chain["id"],
            widths.standing(report, chain["id"]),
            w["case"],
            text.width(w["m"]["upper"]),
            w["binding"] or "none",
            *("none" if w[k] is None else text.count(w[k]) for k in ("empirical", "certified", "simulated_m")),
        )
        for chain in report["chains"]
        for w in chain["widths"]
    ]
    if not rows:
        return ["## Widths", "", "No chain was solved."]
    head = ("chain", "theorem", "case", "prescribed m", "binding", "empirical", "certified", "simulated up to")
    return ["## Widths", "", *table(head, rows), *_simulated(report)]


def _simulated(report: Json) -> list[str]:
    rows = [
        (
            case,
            start,
            event,
            *("undecided" if seen[end] is None else text.count(seen[end]) for end in ("estimate", "lower", "upper")),
            text.number(seen["confidence"]),
        )
        for case, start, event, seen in widths.simulated(report)
    ]
    head = ("case", "start", "smallest width with", "estimate", "above", "at most", "confidence")
    shown = ["", *table(head, rows)] if rows else []
    return [*shown, *(line for sentence in widths.reach(report) for line in ("", cell(sentence)))]


def _findings(report: Json) -> list[str]:
    rows = [(f["id"], f["verdict"], f["title"]) for f in report["findings"]]
    body = table(("finding", "verdict", "title"), rows) if rows else ["none"]
    return ["## Findings", "", *body]


def _trust(report: Json) -> list[str]:
    sentences = [f"- {cell(sentence)}" for _, sentence in sorted(report.get("trust", {}).items())]
    return ["## What the theorems rest on", "", *(sentences or ["none stated"])]


def _card(lemma: Json) -> list[str]:
    statement = lemma["statement"]
    origin = f"{lemma['title']} ({lemma['source']}). {words.trusts_text(lemma['trusts'])}."
    lines = [f"## {lemma['id']}: {lemma['verdict']}", "", cell(origin), ""]
    lines += [*_fenced("math", [text.one_line(statement["latex"]) or r"\text{none}"]), ""]
    plain = [statement["sympy"], *(f"given {hypothesis}" for hypothesis in statement["given"])]
    if statement["fails_with"] is not None:
        plain.append(f"with probability at least {words.probability(statement)}")
    lines += [*_fenced("text", plain), ""]
    lines += [f"- {e['check']}: {e['verdict']}. {cell(e['summary'])}" for e in lemma["evidence"]]
    lines += [f"- limitation: {cell(limit)}" for limit in words.limitations(lemma)]
    return [*lines, f"- reproduce: {code(lemma['reproduce'])}"]


def code(source: str) -> str:
    """Text as an inline code span, whatever back-quotes it contains."""
    mark = _longer_than("`", source)
    return f"{mark} {source} {mark}" if len(mark) > 1 else f"`{source}`"


def _fenced(language: str, lines: Iterable[str]) -> list[str]:
    body = "\n".join(lines)
    mark = max("```", _longer_than("`", body), key=len)
    return [mark + language, body, mark]


def _longer_than(mark: str, source: str) -> str:
    runs = re.findall(f"{mark}+", source)
    return mark * (1 + max(map(len, runs), default=0))
