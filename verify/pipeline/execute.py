"""Run tasks: what is remembered is not run again, and what was run is remembered at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial

from verify.checks import symbolic
from verify.pipeline import interrupt
from verify.pipeline.engine import results
from verify.pipeline.keys import keys_of
from verify.pipeline.memory import Cache, Journal, Memory
from verify.pipeline.plan import FAULTS, Plan, Session, Task
from verify.pipeline.request import Listener, Request
from verify.pipeline.worker import Job, Result, killed, run_job
from verify.verdict import Verdict


def execute(planned: Plan, request: Request, progress: Listener) -> dict[Task, Result]:
    """The result of every task, in an order that does not depend on which finish first.

    First the checks and the hooks, then the planted faults, which are sized by what the checks found.
    """
    memories = _memories(request)
    first = _run([Job(task) for task in planned.tasks], planned.session, request, memories, progress)
    faults = list(_faults(planned, first))
    return first | _run(faults, planned.session, request, memories, progress)


def _faults(planned: Plan, results: Mapping[Task, Result]) -> Iterator[Job]:
    """A job for every statement that no check has refuted, none has failed to check, and whose proof stands.

    Where a proof fails already, that it fails with a fault in it too would say nothing.
    """
    statements = dict.fromkeys((task.lemma, task.part) for task in planned.checks if planned.with_faults)
    for lemma, part in statements:
        found = tuple(r.evidence for task, r in results.items() if (task.lemma, task.part) == (lemma, part))
        unproved = any(e.check == symbolic.name and e.verdict is not Verdict.PROVED for e in found)
        if not unproved and not any(e.verdict in (Verdict.REFUTED, Verdict.ERROR) for e in found):
            yield Job(Task(lemma, part, FAULTS), found)


def _run(
    jobs: Sequence[Job], session: Session, request: Request, memories: Sequence[Memory], progress: Listener
) -> dict[Task, Result]:
    key_of = keys_of(session)
    keys = [key_of(job) if memories else "" for job in jobs]
    found = {index: result for index, key in enumerate(keys) if (result := _recall(memories, key))}
    todo = [index for index in range(len(jobs)) if index not in found]
    with closing(results(partial(run_job, session), [jobs[index] for index in todo], request)) as finished:
        for position, answer in finished:
            interrupt.check()
            index = todo[position]
            task = jobs[index].task
            found[index] = answer or killed(task)
            for memory in memories:
                memory.put(keys[index], found[index])
            progress(len(found), len(jobs), f"{task.lemma} {task.check}".strip())
    return {job.task: found[index] for index, job in enumerate(jobs)}


def _recall(memories: Sequence[Memory], key: str) -> Result | None:
    return next((result for memory in memories if (result := memory.get(key))), None)


def _memories(request: Request) -> list[Memory]:
    journal: list[Memory] = [Journal(request.resume)] if request.resume else []
    return [*journal, *([Cache()] if request.cache else [])]
