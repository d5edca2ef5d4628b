"""A run on a Dask cluster, a scheduler and two worker processes, one of which is killed: the same report."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from verify.formats.canonical import strip_volatile

pytestmark = pytest.mark.slow
pytest.importorskip("distributed", reason="distributed is not installed (pip install theorem-verify[dask])")
PATIENCE = 90  # seconds until the cluster, or a run, must have come to the point that a test waits for


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def started(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of a scheduler with two workers of one process each, which nobody restarts."""
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    processes = [started("distributed.cli.dask_scheduler", "--port", str(port), *here)]
    worker = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--nworkers", "1", "--no-nanny", *here]
    processes += [started(*worker) for _ in range(2)]
    try:
        yield address
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def verify_run(tmp_path: Path, name: str, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "verify", "run", str(tmp_path / "claims" / "toys"), "--no-cache", "--json"]
    return subprocess.Popen(
        [*command, "--out", str(tmp_path / name), *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def report_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    return strip_volatile(json.loads(output))


def test_a_killed_worker_changes_no_byte_of_the_report(write: Any, tmp_path: Path, cluster: str) -> None:
    go, busy = tmp_path / "go", tmp_path / "busy"
    for number in range(3):
        write(f"toys/fast_{number}")
    write(
        "toys/waits",
        action=(
            f"import os, time, pathlib\n    pathlib.Path({str(busy)!r}).write_text(str(os.getpid()))\n"
            f"    while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.05)"
        ),
    )
    process = verify_run(tmp_path, "dask", "--engine", "dask", "--scheduler", cluster)
    end = time.monotonic() + PATIENCE
    while not (busy.is_file() and busy.read_text()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "no worker took the task"
        time.sleep(0.05)
    victim = int(busy.read_text())
    busy.unlink()
    os.kill(victim, signal.SIGKILL)
    while not busy.is_file():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "the other worker did not take over"
        time.sleep(0.05)
    assert int(busy.read_text() or victim + 1) != victim
    go.touch()
    over_dask = report_of(process)
    assert over_dask == report_of(verify_run(tmp_path, "local", "--jobs", "1"))
    assert over_dask == report_of(verify_run(tmp_path, "two", "--jobs", "2"))
    assert {lemma["verdict"] for lemma in over_dask["lemmas"]} == {"proved"}
