"""What the words of a report mean to a reader: which hold, which is worst, which lemma is the weakest link."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

HOLDING = ("proved", "certified", "supported")
WORST_FIRST = ("refuted", "blocked", "error", "inconclusive", "not-run", "supported", "certified", "proved")
BEST_FIRST = tuple(reversed(WORST_FIRST))

MEANING = {
    "proved": "every step checked by machine, except applications of the rules it trusts",
    "certified": "a rigorous enclosure over the whole domain",
    "supported": "a claim about a probability that sampling did not contradict, at the confidence stated",
    "inconclusive": "nothing failed, and nothing was shown",
    "refuted": "false: there is a witness",
    "blocked": "something it uses is refuted",
    "error": "a checker crashed, or two checks disagree",
    "not-run": "its designated check was not run",
}

PROOF_MEANING = {
    "checked": "every step of the proof holds",
    "partial": "some step of the proof is not shown",
    "broken": "some step of the proof fails",
    "none": "no proof by steps: the verdict comes from the designated check alone",
}


def holds(verdict: str) -> bool:
    """Whether a claim with this verdict may be built upon."""
    return verdict in HOLDING


def worst(verdicts: Iterable[str]) -> str:
    """The worst of several verdicts; ``not-run`` when there is none."""
    return min(verdicts, key=WORST_FIRST.index, default="not-run")


def proof_state(lemma: Json) -> str:
    """``checked``, ``partial``, ``broken`` or ``none``: the state of the proof, apart from that of the statement."""
    steps = [step["verdict"] for step in lemma["proof"]]
    if not steps:
        return "none"
    bad = worst(steps)
    if holds(bad):
        return "checked"
    return "broken" if bad in ("refuted", "blocked", "error") else "partial"


def survivors(lemma: Json) -> list[Json]:
    """The planted faults that should have been refuted and were not."""
    return [fault for fault in lemma["planted"] if fault["outcome"] == "survived"]


def stands(lemma: Json) -> bool:
    """Whether the lemma holds and its checks noticed every fault planted in it."""
    return holds(lemma["verdict"]) and not survivors(lemma)


def reason(lemma: Json) -> str:
    """Why the lemma has its verdict, in one line: its worst evidence, failing steps, and faults that went unnoticed.

    Of a lemma that holds, the first evidence with its verdict; of another one, all of it.
    """
    # A point at which the hypotheses hold is `certified`, which is no reason for a claim to be.
    speaking = [e for e in lemma["evidence"] if e["check"] != "vacuity" or not holds(e["verdict"])]
    found = [f"{e['check']}: {e['summary']}" for e in speaking if e["verdict"] == lemma["verdict"]]
    found = found[:1] if holds(lemma["verdict"]) else found
    found = found or [f"step: {s['step']}" for s in lemma["proof"] if s["verdict"] == lemma["verdict"]]
    found += [f"planted fault survived: {fault['fault']}" for fault in survivors(lemma)]
    return "; ".join(found) or MEANING[lemma["verdict"]]


def trusts_text(trusts: Iterable[str]) -> str:
    """The rules a result trusts, as they are printed beside its verdict."""
    names = list(trusts)
    return "trusts " + ", ".join(names) if names else "trusts no rule"


def all_trusts(report: Json) -> list[str]:
    """Every rule that some lemma of the report trusts, sorted."""
    return sorted({rule for lemma in report["lemmas"] for rule in lemma["trusts"]})


def counts(report: Json) -> dict[str, int]:
    """How many lemmas have each verdict, best first, words that do not occur left out."""
    found = Counter(lemma["verdict"] for lemma in report["lemmas"])
    return {word: found[word] for word in BEST_FIRST if found[word]}


def counts_text(report: Json) -> str:
    """``9 proved, 2 supported``"""
    return ", ".join(f"{number} {word}" for word, number in counts(report).items()) or "no lemmas"


def weakest(report: Json) -> Json | None:
    """The lemma the summary names; failing that the first of those with the worst verdict."""
    lemmas: list[Json] = report["lemmas"]
    named = {lemma["id"]: lemma for lemma in lemmas}
    for token in re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", report["summary"]):
        if token in named:
            return named[token]
    return min(lemmas, key=lambda lemma: WORST_FIRST.index(lemma["verdict"]), default=None)


def limitations(lemma: Json) -> list[str]:
    """The limitations as a list, whether the report holds one text or several."""
    value = lemma["limitations"]
    return [text for text in ([value] if isinstance(value, str) else value) if text]


def probability(statement: Json) -> str | None:
    """``1 - delta``: the probability with which a statement holds at least; None for one that never fails."""
    level = statement["fails_with"]
    return None if level is None else f"1 - {level if level.isidentifier() else f'({level})'}"


# What the margin of a worst-case check means where random draws came closer to the bound than any search.
LARGEST_DRAW = "largest of random draws"


def margin_source(lemma: Json) -> str:
    """Where the margin comes from: ``draws`` or ``search`` (both move with the seed), ``exact``, or ``none``."""
    if lemma["margin"] is None:
        return "none"
    at = lemma["margin"]["at"]
    if "draw" in at or "quantile" in at or lemma["margin"]["meaning"] == LARGEST_DRAW:
        return "draws"
    return "search" if "found by" in at else "exact"


def by_group(report: Json) -> dict[str, list[Json]]:
    """The lemmas of each group, groups and lemmas in the order of the report."""
    found: dict[str, list[Json]] = {}
    for lemma in report["lemmas"]:
        found.setdefault(lemma["group"], []).append(lemma)
    return found
