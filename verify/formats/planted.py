"""What became of the planted faults of a whole report: how many of each outcome, and those that nobody caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from verify.formats.words import Json

OUTCOMES = ("refuted", "underivable", "true", "out-of-reach", "survived")
NOTICED = ("refuted", "underivable")
MEANING = {
    "refuted": "a check found it false",
    "underivable": "a step of the proof fails, so the proof uses what was changed; whether the claim needs it is open",
    "true": "no fault after all: a check shows that it holds",
    "out-of-reach": "the draws spent on it decide nothing; never counted as caught",
    "survived": "false or not, no check noticed: the run fails",
}

# Of what is underivable, dropped hypotheses: the step that needs one is named, but another proof might do without it.
WITHOUT = "without hypothesis "
DROPPED = "underivable, a hypothesis was dropped"
COLUMNS = ("refuted", "underivable", "of these dropped hypotheses", "true", "out-of-reach", "survived")
KINDS = {
    "survived": MEANING["survived"],
    "refuted": MEANING["refuted"],
    "underivable": MEANING["underivable"],
    DROPPED: "the first step that fails without it is named; that the proof needs it does not show that the claim does",
    "out-of-reach": MEANING["out-of-reach"],
    "true": MEANING["true"],
}

TOLD = 320  # characters of the reason why a fault was neither refuted nor underivable


def kind(fault: Json) -> str:
    """The outcome of a fault, with underivable ones that lack a hypothesis apart."""
    dropped = fault["outcome"] == "underivable" and WITHOUT in fault["fault"]
    return DROPPED if dropped else str(fault["outcome"])


def dropped(faults: Iterable[Json]) -> int:
    """How many faults lack a hypothesis and are noticed by the proof alone."""
    return sum(kind(fault) == DROPPED for fault in faults)


def outcomes(lemma: Json) -> str:
    """``4 refuted, 9 underivable (8 hypotheses)``: what became of a lemma's planted faults; or ``none planted``."""
    missing = dropped(lemma["planted"])
    remark = {"underivable": f" ({missing} hypotheses)"} if missing else {}
    found = zip(OUTCOMES, _numbers(lemma["planted"]), strict=True)
    return ", ".join(f"{number} {word}{remark.get(word, '')}" for word, number in found if number) or "none planted"


def rows(report: Json) -> list[tuple[str, list[int]]]:
    """For each lemma with planted faults, and last for all of them ("all lemmas"), the numbers in order of COLUMNS."""
    found = [(lemma["id"], row(lemma["planted"])) for lemma in report["lemmas"] if lemma["planted"]]
    return [*found, ("all lemmas", row(_all(report)))] if found else []


def row(faults: Sequence[Json]) -> list[int]:
    """How many of these faults have which outcome, in order of COLUMNS."""
    refuted, underivable, *others = _numbers(faults)
    return [refuted, underivable, dropped(faults), *others]


def _all(report: Json) -> list[Json]:
    return [fault for lemma in report["lemmas"] for fault in lemma["planted"]]


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
    """``312 faults planted: 250 refuted, 40 underivable, 10 true, 12 out-of-reach, 0 survived``; or none.

    Dropped hypotheses that only the proof noticed are counted beside what is underivable.
    """
    faults = _all(report)
    if not faults:
        return "no faults planted"
    missing = dropped(faults)
    remark = f" ({missing} of them dropped hypotheses that the proof needs and the claim perhaps not)"
    told = [f"{number} {word}" for word, number in zip(OUTCOMES, _numbers(faults), strict=True)]
    told[OUTCOMES.index("underivable")] += remark if missing else ""
    return f"{len(faults)} faults planted: {', '.join(told)}"
