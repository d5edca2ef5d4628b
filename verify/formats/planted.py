"""What became of the planted faults of a whole report: how many of each outcome, and those that nobody caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from verify.formats.words import Json

OUTCOMES = ("refuted", "underivable", "true", "out-of-reach", "survived")
MEANING = {
    "refuted": "a check found it false",
    "underivable": "a step of the proof fails",
    "true": "no fault after all: a check shows that it holds",
    "out-of-reach": "no budget decides it; never counted as caught",
    "survived": "false or not, no check noticed: the run fails",
}


def rows(report: Json) -> list[tuple[str, list[int]]]:
    """For each lemma with planted faults, and last for all of them ("all lemmas"), the numbers in order of OUTCOMES."""
    found = [(lemma["id"], _numbers(lemma["planted"])) for lemma in report["lemmas"] if lemma["planted"]]
    everything = [fault for lemma in report["lemmas"] for fault in lemma["planted"]]
    return [*found, ("all lemmas", _numbers(everything))] if found else []


def _numbers(faults: Iterable[Json]) -> list[int]:
    count = Counter(fault["outcome"] for fault in faults)
    return [count[outcome] for outcome in OUTCOMES]


def not_refuted(report: Json) -> list[tuple[str, str, str, str]]:
    """(lemma, fault, outcome, reason) of what no check found false and no proof failed on, the worst first."""
    shown = OUTCOMES[:1:-1]
    found = [
        (lemma["id"], fault["fault"], fault["outcome"], fault["reason"])
        for lemma in report["lemmas"]
        for fault in lemma["planted"]
        if fault["outcome"] in shown
    ]
    return sorted(found, key=lambda row: shown.index(row[2]))


def sentence(report: Json) -> str:
    """``312 faults planted: 250 refuted, 40 underivable, 10 true, 12 out-of-reach, 0 survived``; or none."""
    if not rows(report):
        return "no faults planted"
    numbers = rows(report)[-1][1]
    told = ", ".join(f"{number} {outcome}" for number, outcome in zip(numbers, OUTCOMES, strict=True))
    return f"{sum(numbers)} faults planted: {told}"


def kept_brief(reason: str, length: int = 160) -> str:
    """A reason on one line, cut to ``length``."""
    line = " ".join(reason.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
