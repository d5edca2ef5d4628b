"""A run against an earlier report: what got worse; and the report cut down to what such a comparison needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from verify.errors import BadInput
from verify.formats.diff import compare
from verify.formats.schema import ReportInvalid, validate
from verify.verdict import Verdict, weakest

Json = dict[str, Any]


def read_report(file: Path) -> Json:
    """A report.json. Raises BadInput for anything else."""
    try:
        report: Json = json.loads(file.read_text(encoding="utf-8"))
        validate(report, stripped=True)
    except (OSError, ValueError, ReportInvalid) as problem:
        raise BadInput(f"{file}: {problem}") from None
    return report


def read_baseline(file: Path | None) -> Json | None:
    """The report to compare with, if there is one. Raises BadInput."""
    return None if file is None else read_report(file)


def slim(report: Json) -> Json:
    """The report without ``run``, ``timings`` and all that no comparison looks at; small enough to be committed."""
    lemmas = [
        {**lemma, "proof": [], "parts": [], "evidence": _compared(lemma), "planted": _outcomes(lemma)}
        for lemma in report["lemmas"]
    ]
    findings = [{**finding, "data": {}} for finding in report["findings"]]
    chains = [{"id": c["id"], "widths": [{**w, "certificate": {}} for w in c["widths"]]} for c in report["chains"]]
    kept = {key: report[key] for key in ("schema", "verdict", "summary")}
    return {**kept, "lemmas": lemmas, "findings": findings, "chains": chains}


def _outcomes(lemma: Json) -> list[Json]:
    return [{"fault": fault["fault"], "outcome": fault["outcome"], "reason": ""} for fault in lemma["planted"]]


def _compared(lemma: Json) -> list[Json]:
    """The evidence with a quantile, and of its data only that."""
    kept = ("part", "quantile")
    return [
        {**e, "data": {key: value for key, value in e["data"].items() if key in kept}}
        for e in lemma["evidence"]
        if e["data"].get("quantile")
    ]


def regressions(old: Json | None, new: Json, whole: bool) -> tuple[str, ...]:
    """What is worse in the new report, a line each. A run that is not of the ``whole`` library is compared with the
    part of the old report that it repeats."""
    if old is None:
        return ()
    changes = compare(old if whole else _part(old, new), new).changes
    return tuple(f"{change.what} {change.id}: {'; '.join(change.details)}" for change in changes if change.worse)


def _part(old: Json, new: Json) -> Json:
    ids = {lemma["id"] for lemma in new["lemmas"]}
    lemmas = [lemma for lemma in old["lemmas"] if lemma["id"] in ids]
    verdict = weakest(Verdict(lemma["verdict"]) for lemma in lemmas)
    return {**old, "lemmas": lemmas, "findings": [], "chains": [], "verdict": verdict.value}
