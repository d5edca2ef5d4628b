"""Run tasks: what is remembered is not run again, and what was run is remembered at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial

from verify.pipeline.engine import results
from verify.pipeline.keys import keys_of
from verify.pipeline.memory import Cache, Journal, Memory
from verify.pipeline.plan import Plan, Session, Task
from verify.pipeline.request import Listener, Request
from verify.pipeline.worker import Result, killed, run_task


def execute(planned: Plan, request: Request, progress: Listener) -> dict[Task, Result]:
    """The result of every task, in the order of the tasks whatever the order they finish in."""
    session, tasks = planned.session, planned.tasks
    with _memories(request) as memories:
        keys = {task: key for key, task in _keyed(session, tasks)} if memories else {}
        found = {task: result for task, key in keys.items() if (result := _recall(memories, key))}
        todo = [task for task in tasks if task not in found]
        with closing(results(partial(run_task, session), todo, request)) as finished:
            for index, answer in finished:
                task = todo[index]
                found[task] = answer or killed(task)
                for memory in memories:
                    memory.put(keys[task], found[task])
                progress(len(found), len(tasks), task.lemma or task.check)
    return {task: found[task] for task in tasks}


def _keyed(session: Session, tasks: Sequence[Task]) -> Iterator[tuple[str, Task]]:
    key = keys_of(session)
    return ((key(task), task) for task in tasks)


def _recall(memories: Sequence[Memory], key: str) -> Result | None:
    return next((result for memory in memories if (result := memory.get(key))), None)


@contextmanager
def _memories(request: Request) -> Iterator[list[Memory]]:
    journal = Journal(request.resume) if request.resume else None
    try:
        yield [*([journal] if journal else []), *([Cache()] if request.cache else [])]
    finally:
        if journal:
            journal.close()
