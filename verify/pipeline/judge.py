"""From evidence to one verdict a lemma: its own checks first, then what it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verify.lemma import Lemma
from verify.pipeline.plan import FAULTS, VACUITY, Task, parts
from verify.registry import Library
from verify.verdict import Evidence, Verdict, judge, weakest


@dataclass(frozen=True)
class Judged:
    """The verdict of a lemma, the sentence that explains it, and the evidence of each part ("" is the lemma itself)."""

    lemma: Lemma
    verdict: Verdict
    reason: str
    evidence: Mapping[str, Sequence[Evidence]]
    planted: Sequence[Mapping[str, Any]] = ()
    limited: bool = False  # the verdict is that of something it uses

    @property
    def excused(self) -> bool:
        """Whether the author says that the lemma is taken without a check, and nothing speaks against it."""
        return self.lemma.assumed is not None and self.verdict is Verdict.INCONCLUSIVE


def designated(lemma: Lemma) -> str:
    """The check that gives the verdict of one statement."""
    if lemma.designated:
        return lemma.designated
    if lemma.proof:
        return "symbolic"
    if lemma.is_scalar:
        return "interval"
    return "worstcase" if lemma.fails_with is None else "montecarlo"


def judge_all(
    library: Library, ids: Sequence[str], evidence: Mapping[Task, Evidence], allow_assumed: bool
) -> dict[str, Judged]:
    """The verdicts of all lemmas, in the order of ``ids``; what a lemma uses must be among them."""
    found: dict[str, Judged] = {}
    for name in library.order:
        if name in ids:
            own = _own(library.lemma(name), {t: e for t, e in evidence.items() if t.lemma == name})
            used = [found[use] for use in library.with_uses([name]) if use != name]
            found[name] = _after_uses(own, used, allow_assumed)
    return {name: found[name] for name in ids}


def _own(lemma: Lemma, evidence: Mapping[Task, Evidence]) -> Judged:
    """The verdict by the lemma's own checks: that of its weakest part."""
    by_part = {part: [e for t, e in evidence.items() if t.part == part and _counts(t, e)] for part in parts(lemma)}
    verdicts = {part: _verdict(statement, by_part[part]) for part, statement in parts(lemma).items()}
    verdict = weakest(v for v, _ in verdicts.values())
    part = next(part for part, (v, _) in verdicts.items() if v is verdict)
    reason = f"part {part}: {verdicts[part][1]}" if part else verdicts[part][1]
    if lemma.assumed is not None and not verdict.fails and verdict is not Verdict.ERROR:
        verdict, reason = Verdict.INCONCLUSIVE, f"assumed by its author: {lemma.assumed}"
    return Judged(lemma, verdict, reason, by_part, [*_planted(evidence)])


def _verdict(statement: Lemma, evidence: Sequence[Evidence]) -> tuple[Verdict, str]:
    """What the checks say of one statement; `inconclusive` if nobody has a point at which its hypotheses hold.

    A point at which the hypotheses hold is no reason for the claim to hold: finding one gives no verdict. One that its
    author gives may speak against the lemma, though.
    """
    against = (Verdict.ERROR, Verdict.REFUTED)
    verdict, reason = judge(designated(statement), [e for e in evidence if e.check != VACUITY or e.verdict in against])
    empty = next((e for e in evidence if e.check == VACUITY and e.verdict is Verdict.INCONCLUSIVE), None)
    if verdict.holds and empty is not None:
        about = "" if empty.data.get("suspected") else "perhaps about nothing: "
        return Verdict.INCONCLUSIVE, f"{verdict}, but {about}{empty.summary}"
    return verdict, reason


def _counts(task: Task, evidence: Evidence) -> bool:
    """What became of planted faults is no evidence about the lemma, but a crash while they were tried is one."""
    return task.check != FAULTS or evidence.verdict is Verdict.ERROR


def _planted(evidence: Mapping[Task, Evidence]) -> Iterator[Mapping[str, Any]]:
    for task, found in evidence.items():
        for fault in found.data.get("planted", ()):
            yield {**fault, "fault": f"{task.part}: {fault['fault']}"} if task.part else fault


def _after_uses(own: Judged, used: Sequence[Judged], allow_assumed: bool) -> Judged:
    """No lemma is better than what it rests on. A lemma that only a sample supports makes no proof of what uses it.

    One whose proof fails because a lemma it uses is false is blocked too, not merely inconclusive; where the checks of
    that lemma say that it holds, they disagree with the drawn instance at which it is false.
    """
    contradicted = next((one for one in used if one.verdict.holds and one.lemma.id in _denied(own)), None)
    if contradicted is not None:
        reason = f"checks disagree: {contradicted.lemma.id} is {contradicted.verdict}, but {own.reason}"
        return Judged(own.lemma, Verdict.ERROR, reason, own.evidence, own.planted)
    if not own.verdict.holds and own.verdict is not Verdict.INCONCLUSIVE:
        return own
    counted = [one for one in used if not (allow_assumed and one.excused)]
    limit = weakest([own.verdict, *(_limit(own.lemma, one.verdict) for one in counted)])
    if limit is own.verdict:
        return own
    cause = next(one for one in counted if _limit(own.lemma, one.verdict) is limit)
    return Judged(
        own.lemma, limit, f"it uses {cause.lemma.id}, which is {cause.verdict}", own.evidence, own.planted, True
    )


def _denied(own: Judged) -> set[str]:
    """The lemmas that a check of this one found false at an instance."""
    found = (one.data.get("denies") for evidence in own.evidence.values() for one in evidence)
    return {ref.partition(":")[0] for ref in found if ref}


def _limit(lemma: Lemma, used: Verdict) -> Verdict:
    """The best verdict that a lemma can have whose proof uses one with the verdict ``used``."""
    if used.fails:
        return Verdict.BLOCKED
    if used in (Verdict.PROVED, Verdict.CERTIFIED):
        return Verdict.PROVED
    if used is Verdict.SUPPORTED and lemma.fails_with is not None:
        return Verdict.SUPPORTED
    return Verdict.INCONCLUSIVE
