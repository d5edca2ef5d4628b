"""What runs in a worker process: one task, from names alone to evidence."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from threadpoolctl import threadpool_limits

from verify.checks import load
from verify.checks.base import EFFORTS, Context
from verify.pack import attribute
from verify.pipeline.plan import Task, parts
from verify.registry import Entry, Library
from verify.verdict import Evidence, Verdict


@dataclass(frozen=True)
class Session:
    """All that a task needs beside its name; small, and the same for all tasks of a run.

    edits: (lemma, constant, value) that replace what the lemma's file says, for a what-if.
    """

    entries: tuple[Entry, ...]
    effort: str
    seed: int
    family: int = 1
    edits: tuple[tuple[str, str, str], ...] = ()

    def library(self) -> Library:
        """The library of the session, edits included. Raises RegistryError."""
        return _library(self)

    def context(self) -> Context:
        return Context(EFFORTS[self.effort], self.seed, self.library().lemma, self.family)


@lru_cache(maxsize=4)
def _library(session: Session) -> Library:
    library = Library(session.entries)
    for lemma, name, value in session.edits:
        library.edit(lemma, name, value)
    return library


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
    if not task.lemma:
        return _run_hook(session, task.check)
    statement = parts(session.library().lemma(task.lemma))[task.part]
    return load(task.check).run(statement, session.context())


def _run_hook(session: Session, reference: str) -> Evidence:
    entries = list(attribute(reference)(session.context()))
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
