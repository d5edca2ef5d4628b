"""Faults planted in statements about numbers and in deterministic ones: all are refuted, underivable or shown true."""

import pytest

from verify.checks import CHECK_NAMES, load
from verify.pipeline.plan import FAULTS, Session, Task, parts
from verify.pipeline.select import installed
from verify.pipeline.worker import Job, run_job

LIBRARY = installed()
SESSION = Session(tuple(LIBRARY.entries.values()), "quick", 0)
DETERMINISTIC = [
    (name, part)
    for name in LIBRARY.entries
    for part, statement in parts(LIBRARY.lemma(name)).items()
    if statement.fails_with is None
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "part"), DETERMINISTIC, ids=lambda label: label)
def test_no_fault_is_overlooked_or_out_of_reach(name: str, part: str) -> None:
    statement = parts(LIBRARY.lemma(name))[part]
    checks = [check for check in CHECK_NAMES if load(check).applies(statement)]
    found = tuple(run_job(SESSION, Job(Task(name, part, check))).evidence for check in checks)
    planted = run_job(SESSION, Job(Task(name, part, FAULTS), found)).evidence
    assert "planted" in planted.data, planted.summary
    missed = [f for f in planted.data["planted"] if f["outcome"] not in ("refuted", "underivable", "true")]
    assert missed == []
    assert all(fault["reason"] for fault in planted.data["planted"])
