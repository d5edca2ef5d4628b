"""What runs in a worker process: one task, from names alone to evidence."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from verify.checks import load
from verify.checks.base import EFFORTS, Context
from verify.pack import attribute
from verify.pipeline.plan import Session, Task, parts
from verify.verdict import Evidence, Verdict


@dataclass(frozen=True)
class Result:
    evidence: Evidence
    seconds: float


def run_task(session: Session, task: Task) -> Result:
    """Run one task. A crash of the check is evidence too: verdict `error`, with the exception in one line."""
    start = time.perf_counter()
    with threadpool_limits(limits=1):  # sums must not depend on the number of BLAS threads
        try:
            evidence = _clean(_evidence(session, task))
        except Exception as problem:
            evidence = Evidence(task.check, Verdict.ERROR, one_line(problem))
    return Result(evidence, time.perf_counter() - start)


def killed(task: Task) -> Result:
    """What is known of a task whose worker process was killed each time, by the system or by the check itself."""
    return Result(Evidence(task.check, Verdict.ERROR, "its worker process was killed; too little memory?"), 0.0)


def _evidence(session: Session, task: Task) -> Evidence:
    library = session.library()
    context = Context(EFFORTS[session.effort], session.seed, library.lemma, session.family)
    if not task.lemma:
        return _run_hook(context, task.check)
    return load(task.check).run(parts(library.lemma(task.lemma))[task.part], context)


def _run_hook(context: Context, reference: str) -> Evidence:
    entries = list(attribute(reference)(context))
    return Evidence(reference, Verdict.PROVED, "ran", {"entries": entries})


def _clean(evidence: Evidence) -> Evidence:
    """The evidence as it reads back from JSON, so that it is the same whether it was computed or remembered."""
    return from_json(json.loads(json.dumps(to_json(evidence), allow_nan=False)))


def to_json(evidence: Evidence) -> dict[str, Any]:
    """The evidence as JSON values."""
    found = {"check": evidence.check, "verdict": evidence.verdict.value, "summary": evidence.summary}
    return {**found, "data": dict(evidence.data)}


def from_json(value: Mapping[str, Any]) -> Evidence:
    """The inverse of to_json. Raises KeyError or ValueError for what is no evidence."""
    return Evidence(value["check"], Verdict(value["verdict"]), value["summary"], value["data"])


def one_line(problem: BaseException) -> str:
    """An exception as one line."""
    return " ".join(f"{type(problem).__name__}: {problem}".split())
