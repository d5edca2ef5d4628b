"""JUnit XML: a lemma is a test case. Only what holds is green; *inconclusive* is a failure of its own type."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from verify.formats import words
from verify.formats.text import printable
from verify.formats.words import Json


def render(report: Json) -> str:
    """The report as JUnit XML (no times: they would differ from run to run)."""
    root = ET.Element("testsuites", name="verify")
    for group, lemmas in words.by_group(report).items():
        _add_suite(root, group, [_lemma_case(lemma) for lemma in lemmas])
    _add_suite(root, "report", [_report_case(report)])
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_suite(root: ET.Element, name: str, cases: Sequence[ET.Element]) -> None:
    suite = ET.SubElement(root, "testsuite", name=printable(name), tests=str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)


def _lemma_case(lemma: Json) -> ET.Element:
    case = ET.Element("testcase", classname=printable(lemma["group"]), name=lemma["id"])
    case.set("file", printable(lemma["file"]))
    case.set("line", str(lemma["line"]))
    verdict = lemma["verdict"]
    if words.holds(verdict) and words.survivors(lemma):
        verdict = "planted-fault-survived"
    _mark(case, verdict, words.reason(lemma))
    output = [f"{lemma['verdict']} ({words.trusts_text(lemma['trusts'])})", *(_line(e) for e in lemma["evidence"])]
    ET.SubElement(case, "system-out").text = printable("\n".join([*output, lemma["reproduce"]]))
    return case


def _report_case(report: Json) -> ET.Element:
    # The verdict of the whole may be worse than that of every lemma: a chain that crashed, a baseline that is missed.
    case = ET.Element("testcase", classname="report", name="verdict")
    _mark(case, report["verdict"], report["summary"])
    return case


def _mark(case: ET.Element, verdict: str, message: str) -> None:
    if words.holds(verdict):
        return
    if verdict == "not-run":
        ET.SubElement(case, "skipped", message=printable(message))
        return
    mark = ET.SubElement(case, "error" if verdict == "error" else "failure", type=verdict, message=printable(message))
    mark.text = printable(f"{verdict}: {message}")


def _line(evidence: Json) -> str:
    return f"{evidence['check']}: {evidence['verdict']}: {evidence['summary']}"
