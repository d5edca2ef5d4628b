"""What became of the planted faults of a whole report: how many of each outcome, and those that nobody caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from verify.formats.words import Json

OUTCOMES = ("refuted", "underivable", "true", "out-of-reach", "survived")
MEANING = {
    "refuted": "a check found it false",
    "underivable": "a step of the proof fails, so the proof uses what was changed; whether the claim needs it is open",
    "true": "no fault after all: a check shows that it holds",
    "out-of-reach": "no budget decides it; never counted as caught",
    "survived": "false or not, no check noticed: the run fails",
}

# Of what is underivable, the faults that were noticed in no other way than that the proof asks for a hypothesis which
# was dropped: it says little, since the proof could not but ask. The reason of such a fault begins so.
ASKED_FOR = "the proof asks for hypothesis"
BY_NAME = "underivable, the proof asks for the dropped hypothesis by name"
COLUMNS = ("refuted", "underivable", "of these by name", "true", "out-of-reach", "survived")
KINDS = {
    "survived": MEANING["survived"],
    "refuted": MEANING["refuted"],
    "underivable": MEANING["underivable"],
    BY_NAME: "this shows that the proof uses the hypothesis, not that the claim needs it",
    "out-of-reach": MEANING["out-of-reach"],
    "true": MEANING["true"],
}


def kind(fault: Json) -> str:
    """The outcome of a fault, with what was only noticed by the name of a hypothesis apart."""
    asked = fault["outcome"] == "underivable" and fault["reason"].startswith(ASKED_FOR)
    return BY_NAME if asked else str(fault["outcome"])


def by_name(faults: Iterable[Json]) -> int:
    """How many faults are noticed only because the proof asks for the dropped hypothesis by name."""
    return sum(kind(fault) == BY_NAME for fault in faults)


def outcomes(lemma: Json) -> str:
    """``4 refuted, 9 underivable (8 by name)``: what became of a lemma's planted faults; or ``none planted``."""
    named = by_name(lemma["planted"])
    remark = {"underivable": f" ({named} by name)"} if named else {}
    found = zip(OUTCOMES, _numbers(lemma["planted"]), strict=True)
    return ", ".join(f"{number} {word}{remark.get(word, '')}" for word, number in found if number) or "none planted"


def rows(report: Json) -> list[tuple[str, list[int]]]:
    """For each lemma with planted faults, and last for all of them ("all lemmas"), the numbers in order of COLUMNS."""
    found = [(lemma["id"], row(lemma["planted"])) for lemma in report["lemmas"] if lemma["planted"]]
    return [*found, ("all lemmas", row(_all(report)))] if found else []


def row(faults: Sequence[Json]) -> list[int]:
    """How many of these faults have which outcome, in order of COLUMNS."""
    refuted, underivable, *others = _numbers(faults)
    return [refuted, underivable, by_name(faults), *others]


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

    What is underivable by the name of a hypothesis alone is counted beside it.
    """
    faults = _all(report)
    if not faults:
        return "no faults planted"
    named = by_name(faults)
    remark = f" ({named} of them only because the proof asks for the dropped hypothesis by name)" if named else ""
    told = [f"{number} {word}" for word, number in zip(OUTCOMES, _numbers(faults), strict=True)]
    told[OUTCOMES.index("underivable")] += remark
    return f"{len(faults)} faults planted: {', '.join(told)}"
