"""The verdict of the whole run, the sentence a reviewer can quote, and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from verify.verdict import Verdict, weakest

if TYPE_CHECKING:
    from verify.pipeline.judge import Judged

Json = dict[str, Any]

OK, FAILED, CRASHED, UNDECIDED = 0, 1, 3, 4


def overall(judged: Iterable[Judged], lemmas: Sequence[Json], findings: Sequence[Json], allow_assumed: bool) -> Verdict:
    """The weakest verdict of all lemmas; `error` where a checker crashed or overlooked a planted fault."""
    verdicts = [one.verdict for one in judged if not (allow_assumed and one.excused)]
    if survivors(lemmas) or any(finding["verdict"] == "error" for finding in findings):
        verdicts.append(Verdict.ERROR)
    return weakest(verdicts)


def survivors(lemmas: Iterable[Json]) -> list[tuple[str, str]]:
    """(lemma, fault) of every planted falsehood that no check noticed."""
    return [(x["id"], fault["fault"]) for x in lemmas for fault in x["planted"] if fault["outcome"] == "survived"]


def exit_code(report: Json, regressions: Sequence[str] = ()) -> int:
    """1 refuted, blocked, a fault survived or regressed; 3 error; 4 inconclusive; 0 all hold."""
    verdict = Verdict(report["verdict"])
    failing = any(lemma["verdict"] in ("refuted", "blocked") for lemma in report["lemmas"])
    if failing or survivors(report["lemmas"]) or regressions:
        return FAILED
    if verdict is Verdict.ERROR:
        return CRASHED
    return OK if verdict.holds else UNDECIDED


def summary(
    verdict: Verdict,
    judged: Mapping[str, Judged],
    lemmas: Sequence[Json],
    findings: Sequence[Json],
    allow_assumed: bool,
) -> str:
    """One sentence; it names the breaking lemma, or the weakest one."""
    total = f"{len(judged)} lemmas" if len(judged) != 1 else "1 lemma"
    excused = sum(one.excused for one in judged.values()) if allow_assumed else 0
    aside = f"; {excused} assumed without a check" if excused else ""
    worst = [name for name, one in judged.items() if one.verdict is verdict and not (allow_assumed and one.excused)]
    if verdict.holds:
        counts = _counted(judged.values())
        hold = f"All {total} checked hold" if len(judged) > 1 else f"{total} checked holds"
        return f"{hold} ({counts}){aside}; the weakest is {verdict}: {_because(judged, worst)}."
    if worst:
        return f"{verdict.value.capitalize()}: {_because(judged, worst)}; {len(worst)} of {total}{aside}."
    if survivors(lemmas):
        lemma, fault = survivors(lemmas)[0]
        return f"The checks of {lemma} did not notice the planted fault '{fault}', so their verdicts mean nothing."
    crashed = next((finding for finding in findings if finding["verdict"] == "error"), None)
    return f"{crashed['title']}." if crashed else "Nothing was checked."


def _because(judged: Mapping[str, Judged], names: Sequence[str]) -> str:
    name = min(names, key=lambda name: judged[name].limited)  # the cause, not what it spoils
    return f"{name} ({judged[name].reason.rstrip('.')})"


def _counted(judged: Iterable[Judged]) -> str:
    counts = Counter(str(one.verdict) for one in judged)
    return ", ".join(f"{number} {word}" for word, number in sorted(counts.items()))
