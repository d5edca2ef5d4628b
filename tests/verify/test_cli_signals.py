"""Ctrl-C and kill -9 from outside: the exit code, the files, and the processes left behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from verify.formats.canonical import strip_volatile
from verify.pipeline.memory import decode

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")]
PATIENCE = 60  # seconds until a run must have come to the point that a test waits for


@pytest.fixture
def start(write: Any, tmp_path: Path) -> Any:
    """Start a run over a fast lemma and one that waits for the file "go"; returns once the fast one is journaled."""
    go = tmp_path / "go"
    write("toys/fast", preamble="# " + "begun first, because its file is longer " * 9)
    folder = write(
        "toys/waits", action=f"import time, pathlib\n    while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.05)"
    )

    def begin(jobs: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "verify", "run", str(folder.parent), "--jobs", str(jobs), "--no-cache"]
        process = subprocess.Popen(
            [*command, "--resume", str(tmp_path / "journal"), "--out", str(tmp_path / "out")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        journal, end = tmp_path / "journal" / "journal.jsonl", time.monotonic() + PATIENCE
        while not (journal.is_file() and '\\"symbolic\\"' in journal.read_text()):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end, "the fast lemma was not finished"
            time.sleep(0.05)
        return process

    return begin


def group_is_gone(group: int) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("whole_group", [True, False])
@pytest.mark.parametrize("pause", [None, 0, 0.1])  # seconds until a second one, if there is one
def test_ctrl_c(start: Any, tmp_path: Path, jobs: int, whole_group: bool, pause: float | None) -> None:
    process = start(jobs)
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    if pause is not None:
        time.sleep(pause)
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert errors.splitlines()[-1] == "interrupted"
    assert list((tmp_path / "out").iterdir()) == []
    assert group_is_gone(process.pid)


@pytest.mark.parametrize("jobs", [1, 2])
def test_kill_and_resume(start: Any, tmp_path: Path, jobs: int) -> None:
    process = start(jobs)
    process.kill()
    process.communicate()
    assert group_is_gone(process.pid), "workers outlive their parent"
    done_before = (tmp_path / "journal" / "journal.jsonl").read_text().splitlines()
    (tmp_path / "go").touch()
    reports = []
    for journal in ("journal", "another"):
        arguments = ["run", str(tmp_path / "claims" / "toys"), "--jobs", "1", "--no-cache", "--json"]
        arguments += ["--resume", str(tmp_path / journal), "--out", str(tmp_path / "out")]
        command = [sys.executable, "-m", "verify", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        reports.append(strip_volatile(json.loads(done.stdout)))
    assert reports[0] == reports[1]
    resumed, whole = (keys(tmp_path / name / "journal.jsonl") for name in ("journal", "another"))
    assert resumed[: len(done_before)] == [decode(line)[0] for line in done_before]
    assert len(set(resumed)) == len(resumed), "something that was done before the kill was done again"
    assert set(resumed) == set(whole)


def keys(journal: Path) -> list[str]:
    """What was done, in the order in which it was done."""
    return [decode(line)[0] for line in journal.read_text().splitlines()]
